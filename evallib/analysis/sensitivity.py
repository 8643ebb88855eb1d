"""How sure a grade is: points and judgements varied within their bounds, many times over. Pure; in floats, for it only counts cases.

The method is that of composite indicators: simulate the total with uncertain inputs drawn at random (uncertainty analysis),
then ask which of them the spread of the total comes from (sensitivity analysis, Sobol' indices).

Sources: OECD/JRC, Handbook on Constructing Composite Indicators (2008), step 7; Saisana, Saltelli and Tarantola (2005),
J. R. Statist. Soc. A 168(2), 307-323. The estimators and their sources are in `evallib.analysis.sobol`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from evallib.analysis.sobol import Floats, latin_hypercube, sobol_indices
from evallib.analysis.uncertainty import Interval, Ints, Judged, Model, Points, build_model
from evallib.model.errors import InputRefused, Place, Problem, meant
from evallib.model.evaluation import Evaluation
from evallib.model.words import Words, joined, words
from evallib.say.numbers import percent, plain, written


@dataclass(frozen=True)
class GradeShare:
    """In which share of the cases a grade came out."""

    grade: str
    name: Words
    share: Decimal


@dataclass(frozen=True)
class Influence:
    """What an uncertain indicator does: shares of the variance of the total, and how often it alone changes the grade.

    `total_order` is the share of the variance that stays when all others are known. Points and score of one indicator vary
    together and count as one.
    """

    indicator: str
    name: Words
    varies: Words
    total_order: Decimal
    grade_changes: Decimal


@dataclass(frozen=True)
class Sensitivity:
    """The result of a simulation. `low`, `median`, `high`: the 5th, 50th and 95th percentile of the total, in points.

    `shares` are in the framework's order of grades and make exactly 1; `influences` begin with the most influential.
    """

    draws: int
    seed: int
    total: Decimal
    grade: Words
    shares: tuple[GradeShare, ...]
    low: Decimal
    median: Decimal
    high: Decimal
    influences: tuple[Influence, ...]
    assumptions: tuple[Words, ...]
    said: tuple[Words, ...]


def simulate(
    evaluation: Evaluation,
    *,
    spread: Decimal = Decimal("0.25"),
    points: Points = "reconstructed",
    judged: Judged = "step",
    intervals: Mapping[str, Interval] | None = None,
    draws: int = 10_000,
    seed: int = 2023,
) -> Sensitivity:
    """How often each grade comes out, and what decides it, when points, judged scores and measured values may vary.

    - Points: those that were not published (`points="all"`: all of them) vary evenly within +-`spread` of what they are, and
      are then scaled so that the smallest published section around them (group, dimension, or the whole) keeps its sum.
      The score rate stays. A single indicator in its section cannot vary.
    - Judged scores, `judged`: "step": of a checklist, each item is decided the other way in one case of ten; anything within
      the recorded tier; any other judged score evenly within +-10% of its points. "full": anything from nothing to full
      points. "fixed": as recorded.
    - `intervals`: by indicator id, the lowest and highest value in the unit of its value (for instance the confidence
      interval of a satisfaction rate); every value in it equally likely, scored by the indicator's rule.

    All inputs vary independently. The published total is not in doubt; what is simulated is how much of it hangs on points
    that nobody published and on what people judged. The same seed gives the same result. With nothing to vary, the recorded
    grade has the share 1.

    Raises InputRefused where there is no grade to vary (see `can_vary`), for an interval of an unknown or unmeasured indicator, and
    for a spread outside 0 to 1.

    >>> from pathlib import Path
    >>> from evallib.data.years import evaluate_year
    >>> found = simulate(evaluate_year(Path("data"), "hrss", 2023).evaluation, draws=1000)
    >>> sum(s.share for s in found.shares)
    Decimal('1')
    """
    intervals = intervals or {}
    _check(evaluation, spread, intervals, draws)
    model, results = build_model(evaluation, float(spread), points, judged, intervals)
    generator = np.random.default_rng(seed)
    inputs, shape = model.inputs, (draws, len(model.inputs), 2)
    a = latin_hypercube(draws, 2 * len(inputs), generator).reshape(shape)
    b = latin_hypercube(draws, 2 * len(inputs), generator).reshape(shape)
    drawn_a, drawn_b = model.draw(a), model.draw(b)
    sums_of_a = model.sums(drawn_a)
    of_a, of_b = model.totals(sums_of_a), model.totals(model.sums(drawn_b))
    of_ab = model.totals(sums_of_a + model.moves(drawn_a, drawn_b))
    alone = model.totals(model.sums(model.recorded) + model.moves(model.recorded, drawn_a))
    limits = sorted((float(g.at_least * 10**model.places), n) for n, g in enumerate(evaluation.framework.grades))

    def grades(totals: Floats) -> Ints:
        order = np.searchsorted([limit for limit, _ in limits], totals, side="right") - 1
        return np.array([n for _, n in limits])[np.maximum(order, 0)]

    recorded = next(n for n, g in enumerate(evaluation.framework.grades) if g.id == evaluation.grade_id)
    changes = (grades(alone) != recorded).sum(axis=1)
    _, total = sobol_indices(of_a, of_b, of_ab)
    influences = [
        Influence(
            results[i].id,
            results[i].name,
            _varies(model, i, spread, results[i].id in intervals),
            _decimal(total[n]),
            Decimal(int(changes[n])) / draws,
        )
        for n, i in enumerate(inputs)
    ]
    influences.sort(key=lambda i: -i.total_order)
    counts = np.bincount(grades(of_a), minlength=len(limits))
    shares = tuple(GradeShare(g.id, g.words, Decimal(int(c)) / draws) for g, c in zip(evaluation.framework.grades, counts, strict=True))
    low, median, high = (Decimal(int(t)).scaleb(-model.places) for t in np.percentile(of_a, [5, 50, 95], method="inverted_cdf"))
    said = _said(evaluation, draws, shares, (low, median, high), influences)
    assumed = _assumptions(evaluation, model, spread, judged, intervals)
    return Sensitivity(draws, seed, evaluation.total, evaluation.grade, shares, low, median, high, tuple(influences), assumed, said)


def can_vary(evaluation: Evaluation) -> bool:
    """Whether there is anything to simulate: a total with a grade."""
    return bool(evaluation.grade_id)


def measured(evaluation: Evaluation) -> list[str]:
    """The indicators that a value is scored for, and for which `simulate` takes an interval."""
    scored = [i for i in evaluation.indicators if i.points and i.formula_score is not None and i.status == "scored"]
    return [i.id for i in scored if i.method != "overridden" and evaluation.in_force[i.id].rule.takes == "number"]


def _decimal(value: np.float64) -> Decimal:
    return Decimal(f"{float(value):.4f}")


def _check(evaluation: Evaluation, spread: Decimal, intervals: Mapping[str, Interval], draws: int) -> None:
    problems = []
    if not can_vary(evaluation):
        what = words("没有总分或等级，无从模拟", "there is no total or no grade: nothing can be simulated")
        fix = words("在指标体系中写明分值（points）和等级（grade）", "give the framework points and grades")
        problems.append(Problem(Place("simulate"), what, fix))
    if not 0 <= spread < 1:
        fix = words("写 0 到 1 之间的小数，例如 0.25", "write a share from 0 to below 1, such as 0.25")
        problems.append(Problem(Place("spread"), words("不在 0 与 1 之间", "is not between 0 and 1"), fix, str(spread)))
    if draws < 1:
        fix = words("例如 10000", "for instance 10000")
        problems.append(Problem(Place("draws"), words("至少模拟一次", "at least one case must be simulated"), fix, str(draws)))
    known = measured(evaluation)
    for id, (low, high) in intervals.items():
        if id not in known:
            problems.append(
                Problem(
                    Place("intervals"),
                    words("没有这个按数值计分的指标", "no indicator of that id is scored by a value"),
                    meant(id, known),
                    id,
                )
            )
        elif low > high:
            fix = words("把较小的数写在前面", "write the smaller number first")
            found = f"{plain(low)} – {plain(high)}"
            problems.append(Problem(Place(f"intervals {id}"), words("下限高于上限", "the low end is above the high end"), fix, found))
    if problems:
        raise InputRefused(tuple(problems))


def _varies(model: Model, indicator: int, spread: Decimal, measured: bool) -> Words:
    said = []
    if any(indicator in pool for pool in model.pools):
        said.append(words(f"分值 ±{percent(spread, None)}", f"points ±{percent(spread, None)}"))
    if indicator in model.varied:
        said.append(words("实际值", "measured value") if measured else words("评定得分", "judged score"))
    return joined(said, "、", ", ")


def _assumptions(
    evaluation: Evaluation, model: Model, spread: Decimal, judged: Judged, intervals: Mapping[str, Interval]
) -> tuple[Words, ...]:
    said = [words("各项相互独立地变动，范围内各值机会均等", "everything varies independently, every value in its range equally likely")]
    pooled = sum(len(pool) for pool in model.pools)
    if pooled:
        said.append(
            words(
                f"{pooled} 项指标的分值在 ±{percent(spread, None)} 内变动，已公布的上级分值合计不变",
                f"the points of {pooled} indicators vary within ±{percent(spread, None)}; the published sums above them stay",
            )
        )
    people = len(model.varied) - len(intervals)
    if people > 0:
        how = {
            "step": words(
                "核对清单的每一项有 10% 的可能改判，其他评定在分值的 ±10% 内变动",
                "each checklist item is decided the other way in 10% of cases, other scores vary within ±10% of the points",
            ),
            "full": words("评定得分可为零分到满分的任何值", "judged scores may be anything from nothing to full points"),
            "fixed": words(""),
        }[judged]
        said.append(words(f"{people} 项由评价组评定：{how.zh}", f"{people} judged by the evaluators: {how.en}"))
    for id, (low, high) in intervals.items():
        name, unit = evaluation.indicator(id).name, evaluation.indicator(id).unit
        at, to = written(low, unit), written(high, unit)
        said.append(words(f"{name.zh}的实际值在 {at.zh} 与 {to.zh} 之间", f"the value of {name.en} lies between {at.en} and {to.en}"))
    return tuple(said)


def often(share: Decimal) -> str:
    """A share that is only written as 0% or 100% where it really is."""
    if 0 < share < Decimal("0.001"):
        return "<0.1%"
    return ">99.9%" if Decimal("0.999") < share < 1 else percent(share, 0 if share in (0, 1) else 1)


def _said(
    evaluation: Evaluation, draws: int, shares: tuple[GradeShare, ...], at: tuple[Decimal, ...], influences: list[Influence]
) -> tuple[Words, ...]:
    if not influences:
        return (words("没有可变动的项目，总分和等级不变", "there is nothing to vary: total and grade stay as they are"),)
    name, kept = evaluation.grade, next(s.share for s in shares if s.grade == evaluation.grade_id)
    said = [
        words(
            f"在 {draws} 次模拟中，{often(kept)} 的情况等级仍为“{name.zh}”",
            f"in {often(kept)} of {draws} simulated cases the grade stays “{name.en}”",
        )
    ]
    others = [s for s in shares if s.share and s.grade != evaluation.grade_id]
    if others:
        zh = "，".join(f"{often(s.share)} 为“{s.name.zh}”" for s in others)
        said.append(words(f"其余情况：{zh}", "otherwise: " + ", ".join(f"“{s.name.en}” in {often(s.share)}" for s in others)))
    low, median, high = (plain(t, evaluation.framework.rounding.scores) for t in at)
    said.append(
        words(
            f"总分一般（九成情况）在 {low} 与 {high} 之间，中位数 {median}",
            f"nine times in ten the total lies between {low} and {high}; its median is {median}",
        )
    )
    top = [i for i in influences[:3] if i.total_order >= Decimal("0.05")]
    if top:
        listed = [words(f"{i.name.zh}（{percent(i.total_order, 0)}）", f"{i.name.en} ({percent(i.total_order, 0)})") for i in top]
        named = joined(listed, "、", ", ")
        said.append(words(f"总分的波动主要来自：{named.zh}", f"the spread of the total comes mainly from {named.en}"))
    alone = sorted((i for i in influences if i.grade_changes), key=lambda i: -i.grade_changes)
    if alone:
        listed = [words(f"{i.name.zh}（{often(i.grade_changes)}）", f"{i.name.en} ({often(i.grade_changes)})") for i in alone[:3]]
        named = joined(listed, "、", ", ")
        said.append(words(f"单独一项就可能改变等级：{named.zh}", f"a single indicator that can change the grade by itself: {named.en}"))
    else:
        said.append(words("任何一项单独变动都不改变等级", "no single indicator changes the grade by itself"))
    return tuple(said)
