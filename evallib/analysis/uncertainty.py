"""What may vary in an evaluation: points nobody published, scores people judged, values known within an interval. Pure, in floats.

Another evaluator can only take from a full score and only add to none: varied both ways at once, high totals would sink and low
ones rise, away from what was recorded; and held at the recorded mean, a full score would be beyond doubt. So a recorded judgement
is the middle of what it may be: half of what may be drawn is stricter, half more lenient, and the halves can be drawn apart
(`Side`). The total with stricter evaluators is never above the recorded one, with more lenient ones never below.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from evallib.analysis.sobol import Floats
from evallib.model.evaluation import Evaluation, IndicatorResult
from evallib.model.grouped import grouped
from evallib.model.rule_base import Measured
from evallib.model.rules import Rule
from evallib.score.measure import compute_target
from evallib.score.scoring import award_number

Ints = NDArray[np.int64]
Side = Literal["either", "stricter", "lenient"]
"""Who else might have judged: anybody; or for every judgement somebody at least as strict, or at least as lenient, as who did."""
Interval = tuple[Decimal, Decimal]

_FLIP = 0.1  # how often a stricter evaluator decides against an item that was met, a more lenient one for one that was not
_STEP = Decimal("0.1")  # of the points: real forms award 9 of 10 where another evaluator gives 10
_CELLS = 200  # values tried within an interval
_HAIR = 1e-9  # keeps 9.175 from being 9.17499999 in floats


@dataclass(frozen=True)
class Rate:
    """What an indicator's score rate may be: values with their chances, or, with no chances, anything from each value to the next.

    If it was `judged`, the values rise, and those of the lower half of the chances are not above what was recorded, the others
    not below.
    """

    values: Floats
    chances: Floats | None = None
    judged: bool = False

    def draw(self, u: Floats, side: Side = "either") -> Floats:
        if self.judged and side != "either":
            u = u / 2 if side == "stricter" else (1 + u) / 2
        if self.chances is None:
            between: Floats = np.interp(u, np.linspace(0, 1, len(self.values)), self.values)
            return between
        place = np.searchsorted(np.cumsum(self.chances), u, side="right")
        found: Floats = self.values[np.minimum(place, len(self.values) - 1)]
        return found


@dataclass(frozen=True)
class Model:
    """The total as a function of what varies: score = points x score rate, rounded one by one, summed, scaled to full points.

    What varies is an array of draws x inputs x 2 (points, score rate), each number within 0 and 1. Cases are an array of 2 x indicators x
    draws: points, before they are scaled to the sum of their pool, and score rates.
    """

    points: Floats
    rates: Floats
    spread: float
    pools: tuple[Ints, ...]
    varied: Mapping[int, Rate]
    places: int
    scale: float
    extra: float = 0.0

    @property
    def inputs(self) -> list[int]:
        return sorted({int(i) for pool in self.pools for i in pool} | set(self.varied))

    @property
    def judged(self) -> bool:
        """Whether anything that varies was judged: whether the sides differ."""
        return any(rate.judged for rate in self.varied.values())

    def recorded(self, draws: int = 1) -> Floats:
        """The one case where nothing varies, so many times."""
        return np.repeat(np.array([self.points, self.rates])[:, :, None], draws, axis=2)

    def draw(self, u: Floats, side: Side = "either") -> Floats:
        """The cases of a sample, judged from one side; points and measured values vary as they do."""
        points, rates = cases = self.recorded(len(u))
        pooled = {int(i) for pool in self.pools for i in pool}
        for column, i in enumerate(self.inputs):
            if i in pooled:
                points[i] *= 1 + self.spread * (2 * u[:, column, 0] - 1)
            if i in self.varied:
                rates[i] = self.varied[i].draw(u[:, column, 1], side)
        return cases

    def mixed(self, cases: Floats, others: Floats) -> Floats:
        """The totals of cases of which one input is taken from others instead; inputs x draws."""
        found, mixed = np.empty((len(self.inputs), cases.shape[2])), cases.copy()
        for n, i in enumerate(self.inputs):
            mixed[:, i] = others[:, i]
            found[n] = self.totals(mixed)
            mixed[:, i] = cases[:, i]
        return found

    def totals(self, cases: Floats) -> Floats:
        """The total of each case, in the smallest step of rounding; with what is added to the points or taken away as it stands."""
        (points, rates), step = cases, 10**self.places
        scaled = points.copy()
        for pool in self.pools:
            scaled[pool] *= self.points[pool].sum() / points[pool].sum(axis=0)
        sums = np.floor(scaled * rates * step + (0.5 + _HAIR)).sum(axis=0)
        found: Floats = np.maximum(np.floor(sums * self.scale + 0.5 + _HAIR) + round(self.extra * step), 0)
        return found


def build_model(
    evaluation: Evaluation, spread: float, judged: bool, intervals: Mapping[str, Interval]
) -> tuple[Model, list[IndicatorResult]]:
    """The total of an evaluation as a model of what varies, and the indicators in the model's order; see `sensitivity.simulate`.

    Indicators without points are not in it.
    """
    framework = evaluation.framework
    results = [i for i in evaluation.indicators if i.points and i.counted and not i.extra]
    applying = [(n, r) for n, r in enumerate(results) if r.status != "not_applicable" and not r.veto]
    varied: dict[int, Rate] = {}
    for n, result in applying:
        if result.id in intervals:
            varied[n] = _interval_rate(evaluation, result, intervals[result.id])
        elif judged and (rate := _judged_rate(evaluation.in_force[result.id].rule, result)) and np.ptp(rate.values) > 0:
            varied[n] = rate
    pools = grouped((_section(evaluation, r), n) for n, r in applying if spread and r.basis == "reconstructed")
    worth = sum((r.points for r in results), Decimal(0))
    scale = framework.points / worth if worth and evaluation.points != worth else Decimal(1)
    model = Model(
        points=np.array([float(r.points) for r in results]),
        rates=np.array([float((r.score or Decimal(0)) / r.points) for r in results]),
        spread=spread,
        pools=tuple(np.array(pool) for pool in pools.values() if len(pool) > 1),
        varied=varied,
        places=framework.rounding.scores,
        scale=float(scale),
        extra=float(sum((i.score or Decimal(0) for i in evaluation.indicators if i.extra), Decimal(0))),
    )
    return model, results


def _section(evaluation: Evaluation, result: IndicatorResult) -> str:
    """The smallest section around an indicator whose points were published."""
    framework = evaluation.framework
    if any(g.id == result.group and g.basis == "published" for g in framework.groups):
        return f"group {result.group}"
    if any(d.id == result.dimension and d.basis == "published" for d in framework.dimensions):
        return f"dimension {result.dimension}"
    return "whole"


def _judged_rate(rule: Rule, result: IndicatorResult) -> Rate | None:
    """What the score rate of a judged indicator may be; None where nothing of it is judged."""
    if result.method == "computed" or result.score is None or result.status != "scored":
        return None
    rate = result.score / result.points
    as_ruled = result.formula_score == result.score
    if as_ruled and rule.checklist:
        met = {j.item: j.verdict == "met" for j in result.judgements if j.kind == "item"}
        good = [item for item in rule.checklist if met[item.id] == (item.points > 0)]
        stricter = _decided(result.score, [-abs(item.points) for item in good])
        lenient = _decided(result.score, [abs(item.points) for item in rule.checklist if item not in good])
        sides = [
            (min(max(score / result.points, Decimal(0)), Decimal(1)), chance / 2)
            for side in (stricter, lenient)
            for score, chance in sorted(side.items())
        ]
        return Rate(np.array([float(share) for share, _ in sides]), np.array([chance for _, chance in sides]), judged=True)
    low, high = max(rate - _STEP, Decimal(0)), min(rate + _STEP, Decimal(1))
    tier = next((rule.tier(j.verdict) for j in result.judgements if j.kind == "tier"), None)
    if as_ruled and tier:
        low, high = tier.low, tier.high
    return Rate(np.array([float(min(low, rate)), float(rate), float(max(high, rate))]), judged=True)


def _decided(recorded: Decimal, moves: list[Decimal]) -> dict[Decimal, float]:
    """The scores of a checklist with their chances, when each of the items may be decided the other way."""
    chances = {recorded: 1.0}
    for move in moves:
        for score, chance in [*chances.items()]:
            chances[score] -= chance * _FLIP
            chances[score + move] = chances.get(score + move, 0.0) + chance * _FLIP
    return chances


def _interval_rate(evaluation: Evaluation, result: IndicatorResult, interval: Interval) -> Rate:
    """The score rates over an interval of values, in equal cells, each scored by the indicator's rule."""
    rule, row = evaluation.in_force[result.id].rule, next((t for t in evaluation.record.targets if t.indicator == result.id), None)
    assert isinstance(rule, Measured)  # refused by _check
    low, high = interval
    rates = []
    for cell in range(_CELLS):
        value, target = low + (high - low) * (2 * cell + 1) / (2 * _CELLS), None
        if row is not None:
            there = row.model_copy(update={"actual": value, "actual_unit": row.unit, "base": None})
            target = compute_target(evaluation.facts, there, evaluation.framework)
        award = award_number(rule, value, result.unit, target, result.points)
        rates.append(float(award.score / result.points) if award else 0.0)
    return Rate(np.array(rates), np.full(_CELLS, 1 / _CELLS))
