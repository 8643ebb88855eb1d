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
from evallib.model.errors import InputRefused, Place, meant
from evallib.model.evaluation import Evaluation
from evallib.model.words import Given, Words, joined, listed
from evallib.say.numbers import percent, plain, written
from evallib.say.refusals import problem
from evallib.say.sentences import sentence


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
    influences = []
    for n, i in enumerate(inputs):
        id, name = results[i].id, results[i].name
        varies = _varies(model, i, spread, id in intervals)
        influences.append(Influence(id, name, varies, _decimal(total[n]), Decimal(int(changes[n])) / draws))
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
    problems, known = [], measured(evaluation)
    if not can_vary(evaluation):
        problems.append(problem("simulation.no_grade", Place("simulate")))
    if not 0 <= spread < 1:
        problems.append(problem("simulation.spread", Place("spread"), str(spread)))
    if draws < 1:
        problems.append(problem("simulation.draws", Place("draws"), str(draws)))
    for id, (low, high) in intervals.items():
        if id not in known:
            problems.append(problem("simulation.not_measured", Place("intervals"), id, known=meant(id, known)))
        elif low > high:
            problems.append(problem("simulation.interval_turned", Place(f"intervals {id}"), f"{plain(low)} – {plain(high)}"))
    if problems:
        raise InputRefused(tuple(problems))


def _told(name: str, /, **given: Given) -> Words:
    return sentence(f"sensitivity.{name}", **given)


def _varies(model: Model, indicator: int, spread: Decimal, measured: bool) -> Words:
    said = []
    if any(indicator in pool for pool in model.pools):
        said.append(_told("varies.points", spread=percent(spread, None)))
    if indicator in model.varied:
        said.append(_told("varies.value" if measured else "varies.judged"))
    return listed(said)


def _assumptions(
    evaluation: Evaluation, model: Model, spread: Decimal, judged: Judged, intervals: Mapping[str, Interval]
) -> tuple[Words, ...]:
    said = [_told("assumed.independent")]
    pooled, people = sum(len(pool) for pool in model.pools), len(model.varied) - len(intervals)
    if pooled:
        said.append(_told("assumed.points", count=pooled, spread=percent(spread, None)))
    if people > 0:
        said.append(_told(f"assumed.{judged}", count=people))
    for id, (low, high) in intervals.items():
        name, unit = evaluation.indicator(id).name, evaluation.indicator(id).unit
        said.append(_told("assumed.interval", name=name, low=written(low, unit), high=written(high, unit)))
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
        return (_told("said.nothing"),)
    kept = next(s.share for s in shares if s.grade == evaluation.grade_id)
    said = [_told("said.kept", draws=draws, often=often(kept), grade=evaluation.grade)]
    others = [s for s in shares if s.share and s.grade != evaluation.grade_id]
    if others:
        grades = joined((_told("said.other", often=often(s.share), grade=s.name) for s in others), "，", ", ")
        said.append(_told("said.others", grades=grades))
    low, median, high = (plain(t, evaluation.framework.rounding.scores) for t in at)
    said.append(_told("said.range", low=low, high=high, median=median))
    top = [i for i in influences[:3] if i.total_order >= Decimal("0.05")]
    if top:
        said.append(_told("said.spread", named=listed(_told("said.named", name=i.name, share=percent(i.total_order, 0)) for i in top)))
    alone = sorted((i for i in influences if i.grade_changes), key=lambda i: -i.grade_changes)[:3]
    named = listed(_told("said.named", name=i.name, share=often(i.grade_changes)) for i in alone)
    said.append(_told("said.alone", named=named) if alone else _told("said.none_alone"))
    return tuple(said)
