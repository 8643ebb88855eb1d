"""How sure a grade is: points and judgements varied within their bounds, many times over. Pure; in floats, for it only counts cases.

The method is that of composite indicators: simulate the total with uncertain inputs drawn at random (uncertainty analysis),
then ask which of them the spread of the total comes from (sensitivity analysis, Sobol' indices). How far the total could fall and
how far it could rise are asked apart, so that its range always holds the total itself: see `evallib.analysis.uncertainty` for why.

Sources: OECD/JRC, Handbook on Constructing Composite Indicators (2008), step 7; Saisana, Saltelli and Tarantola (2005),
J. R. Statist. Soc. A 168(2), 307-323. The estimators and their sources are in `evallib.analysis.sobol`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np

from evallib.analysis.sobol import Floats, latin_hypercube, total_order
from evallib.analysis.uncertainty import Interval, Ints, Model, Side, build_model
from evallib.model.evaluation import Evaluation
from evallib.model.words import NOTHING, Given, Words, joined, listed
from evallib.say.numbers import percent, plain, written
from evallib.say.sentences import sentence

DRAWS = 1000
"""Cases simulated for a page: from seed to seed the share of a grade then moves by a percentage point or so."""
_SPREAD, _SEED = Decimal("0.25"), 2023


@dataclass(frozen=True)
class GradeShare:
    """In which share of the cases a grade came out, with stricter and with more lenient evaluators; the same where nothing is judged."""

    grade: str
    name: Words
    stricter: Decimal
    lenient: Decimal


@dataclass(frozen=True)
class Influence:
    """What an uncertain indicator does: shares of the variance of the total, and how often it alone changes the grade.

    `total_order` is the share of the variance that stays when all others are known. Points and score of one indicator vary
    together and count as one. Half of the cases have stricter evaluators, half more lenient ones.
    """

    indicator: str
    name: Words
    varies: Words
    total_order: Decimal
    grade_changes: Decimal


@dataclass(frozen=True)
class Sensitivity:
    """The result of a simulation. `low` and `high`: the range of the total, see `total_range`.

    `shares` are in the framework's order of grades and make exactly 1 on each side; `influences` begin with the most influential.
    """

    evaluation: Evaluation = field(compare=False)
    model: Model = field(compare=False)
    spread: Decimal
    intervals: Mapping[str, Interval]
    draws: int
    seed: int
    shares: tuple[GradeShare, ...]
    low: Decimal
    high: Decimal
    influences: tuple[Influence, ...]

    @property
    def judged(self) -> bool:
        """Whether the sides, stricter and more lenient, differ."""
        return self.model.judged

    @property
    def assumptions(self) -> tuple[Words, ...]:
        said = [_told("assumed.independent")]
        pooled, people = sum(len(pool) for pool in self.model.pools), len(self.model.varied) - len(self.intervals)
        if pooled:
            said.append(_told("assumed.points", count=pooled, spread=percent(self.spread, None)))
        if people > 0:
            said.append(_told("assumed.judged", count=people))
            if pooled or self.intervals:
                said.append(_told("assumed.alike"))
        for id, (low, high) in self.intervals.items():
            name, unit = self.evaluation.indicator(id).name, self.evaluation.indicator(id).unit
            said.append(_told("assumed.interval", name=name, low=written(low, unit), high=written(high, unit)))
        return tuple(said)

    @property
    def said(self) -> tuple[Words, ...]:
        """How often the grade comes out, and the range of the total."""
        if not self.influences:
            return (_told("said.nothing"),)
        e, said = self.evaluation, []
        for side in ("stricter", "lenient") if self.judged else ("either",):
            found = [(s, s.lenient if side == "lenient" else s.stricter) for s in self.shares]
            kept = next(share for s, share in found if s.grade == e.grade_id)
            told = _told(f"said.{side}", draws=plain(Decimal(self.draws)), often=often(kept), grade=e.grade)
            others = [_told("said.other", often=often(share), grade=s.name) for s, share in found if share and s.grade != e.grade_id]
            said.append(told + _told("said.others", grades=joined(others, "，", ", ")) if others else told)
        low, high, total = map(self._points, (self.low, self.high, e.total))
        said.append(_told("said.range" if self.judged else "said.ends", low=low, high=high, total=total))
        return tuple(said)

    @property
    def brief(self) -> Words:
        """How sure grade and total are on the side where the grade is less sure, what is least certain; nothing where nothing varies."""
        if not self.influences:
            return NOTHING
        kept = next(s for s in self.shares if s.grade == self.evaluation.grade_id)
        share = min(kept.stricter, kept.lenient)
        side = "stricter" if share == kept.stricter else "lenient"
        varied = [what for what, there in ((side, self.judged), ("answers", self.intervals), ("points", self.model.pools)) if there]
        often = "most" if share > Decimal("0.99") else "hardly" if share < Decimal("0.01") else "about"
        return _told(
            "brief.said",
            when=joined((_told(f"brief.{what}") for what in varied), "、", ", "),
            grade=self.evaluation.grade,
            often=_told(f"brief.{often}", share=percent(share, 0)),
            low=self._points(self.low),
            high=self._points(self.high),
            name=self.influences[0].name,
            varies=self.influences[0].varies,
        )

    @property
    def decided(self) -> tuple[Words, ...]:
        """What the spread of the total comes from, and what alone decides the grade."""
        if not self.influences:
            return ()
        said = []
        top = [i for i in self.influences[:3] if i.total_order >= Decimal("0.05")]
        if top:
            said.append(_told("said.spread", named=listed(_told("said.named", name=i.name, share=percent(i.total_order, 0)) for i in top)))
        alone = sorted((i for i in self.influences if i.grade_changes), key=lambda i: -i.grade_changes)[:3]
        named = listed(_told("said.named", name=i.name, share=often(i.grade_changes)) for i in alone)
        said.append(_told("said.alone", named=named) if alone else _told("said.none_alone"))
        return tuple(said)

    def _points(self, total: Decimal) -> str:
        return plain(total, self.evaluation.framework.rounding.scores)


def simulate(
    evaluation: Evaluation,
    *,
    spread: Decimal = _SPREAD,
    judged: bool = True,
    intervals: Mapping[str, Interval] | None = None,
    draws: int = 10_000,
    seed: int = _SEED,
) -> Sensitivity:
    """How often each grade comes out, and what decides it, when points, judged scores and measured values may vary.

    - Points: those that were not published vary evenly within +-`spread` of what they are, and are then scaled so that the
      smallest published section around them (group, dimension, or the whole) keeps its sum. The score rate stays. A single
      indicator in its section cannot vary.
    - Scores that were `judged`, unless they are taken as recorded: of a checklist, a stricter evaluator decides each item that was
      met the other way in one case of ten; any other score is evenly within 10% of the points below the recorded one, but not below
      the recorded tier; a more lenient evaluator the reverse.
    - `intervals`: by indicator id, the lowest and highest value in the unit of its value (for instance the confidence
      interval of a satisfaction rate); every value in it equally likely, scored by the indicator's rule.

    All inputs vary independently. The published total is not in doubt; what is simulated is how much of it hangs on points
    that nobody published and on what people judged. The same seed gives the same result. With nothing to vary, the recorded
    grade has the share 1. It is for evaluations that have a grade, and for intervals of what is `measured`.

    >>> from pathlib import Path
    >>> from evallib.data.years import evaluate_year
    >>> found = simulate(evaluate_year(Path("data"), "hrss", 2023).evaluation, draws=1000)
    >>> sum(s.stricter for s in found.shares), found.low <= Decimal("84.63") <= found.high
    (Decimal('1'), True)
    """
    intervals = intervals or {}
    model, results = build_model(evaluation, float(spread), judged, intervals)
    generator, inputs = np.random.default_rng(seed), model.inputs
    a, b = _sample(model, draws, generator), _sample(model, draws, generator)
    drawn_a, drawn_b = model.draw(a), model.draw(b)
    of_a, of_b, of_ab = model.totals(drawn_a), model.totals(drawn_b), model.mixed(drawn_a, drawn_b)
    alone = model.mixed(model.recorded(draws), drawn_a)
    limits = sorted((float(g.at_least * 10**model.places), n) for n, g in enumerate(evaluation.framework.grades))

    def grades(totals: Floats) -> Ints:
        order = np.searchsorted([limit for limit, _ in limits], totals, side="right") - 1
        return np.array([n for _, n in limits])[np.maximum(order, 0)]

    recorded = next(n for n, g in enumerate(evaluation.framework.grades) if g.id == evaluation.grade_id)
    changes = (grades(alone) != recorded).sum(axis=1)
    influences = []
    for i, share, count in zip(inputs, total_order(of_a, of_b, of_ab), changes, strict=True):
        varies = _varies(model, i, spread, results[i].id in intervals)
        influences.append(Influence(results[i].id, results[i].name, varies, Decimal(f"{share:.4f}"), Decimal(int(count)) / draws))
    influences.sort(key=lambda i: -i.total_order)
    sides = _sides(model, a)
    counts = [np.bincount(grades(side), minlength=len(limits)) for side in sides]
    shares = tuple(
        GradeShare(g.id, g.words, *(Decimal(int(count)) / draws for count in both))
        for g, *both in zip(evaluation.framework.grades, *counts, strict=True)
    )
    low, high = _range(evaluation, model, sides)
    return Sensitivity(evaluation, model, spread, intervals, draws, seed, shares, low, high, tuple(influences))


def total_range(
    evaluation: Evaluation, intervals: Mapping[str, Interval] | None = None, *, draws: int = DRAWS, seed: int = _SEED
) -> tuple[Decimal, Decimal]:
    """How far the total could have fallen, and risen: `low` and `high` of `simulate` with nothing else given, without the rest of it.

    The total is at least `low` in 95% of the cases with stricter evaluators, at most `high` in 95% of those with more lenient ones.
    The recorded total is always a case, so that it lies within.

    >>> from pathlib import Path
    >>> from evallib.data.years import evaluate_year
    >>> low, high = total_range(evaluate_year(Path("data"), "hrss", 2023).evaluation)
    >>> low < Decimal("84.63") < high
    True
    """
    model, _ = build_model(evaluation, float(_SPREAD), True, intervals or {})
    return _range(evaluation, model, _sides(model, _sample(model, draws, np.random.default_rng(seed))))


def measured(evaluation: Evaluation) -> list[str]:
    """The indicators that a value is scored for, and for which `simulate` takes an interval."""
    scored = [i for i in evaluation.indicators if i.points and i.formula_score is not None and i.status == "scored"]
    return [i.id for i in scored if i.method != "overridden" and evaluation.in_force[i.id].rule.takes == "number"]


def _sample(model: Model, draws: int, generator: np.random.Generator) -> Floats:
    return latin_hypercube(draws, 2 * len(model.inputs), generator).reshape(draws, len(model.inputs), 2)


def _sides(model: Model, sample: Floats) -> tuple[Floats, Floats]:
    """The totals of a sample with stricter, and with more lenient evaluators."""
    sides: tuple[Side, Side] = ("stricter", "lenient")
    stricter, lenient = (model.totals(model.draw(sample, side)) for side in sides)
    return stricter, lenient


def _range(evaluation: Evaluation, model: Model, sides: tuple[Floats, Floats]) -> tuple[Decimal, Decimal]:
    ends = (np.percentile(side, at, method="inverted_cdf") for side, at in zip(sides, (5, 95), strict=True))
    low, high = (Decimal(int(end)).scaleb(-model.places) for end in ends)
    return min(low, evaluation.total), max(high, evaluation.total)  # a measured value at its best can only fall, too


def _told(name: str, /, **given: Given) -> Words:
    return sentence(f"sensitivity.{name}", **given)


def _varies(model: Model, indicator: int, spread: Decimal, measured: bool) -> Words:
    said = []
    if any(indicator in pool for pool in model.pools):
        said.append(_told("varies.points", spread=percent(spread, None)))
    if indicator in model.varied:
        said.append(_told("varies.value" if measured else "varies.judged"))
    return listed(said)


def often(share: Decimal) -> str:
    """A share that is only written as 0% or 100% where it really is."""
    if 0 < share < Decimal("0.001"):
        return "<0.1%"
    return ">99.9%" if Decimal("0.999") < share < 1 else percent(share, 0 if share in (0, 1) else 1)
