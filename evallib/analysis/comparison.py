"""One department over the years: the change of the total taken apart; indicators, targets, findings lined up. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from evallib.model.evaluation import Evaluation, IndicatorResult, SectionResult, TargetResult
from evallib.model.grouped import grouped
from evallib.model.record import Finding
from evallib.model.units import convert, round_half_up
from evallib.model.words import Words, words
from evallib.score.measure import asks_no_more, hold

ShiftKind = Literal["kept", "missing", "added", "dropped", "applicability"]
PARTS = ("performance", "rule", "weight", "missing", "added", "dropped", "applicability", "rescaling")
ZERO = Decimal(0)


@dataclass(frozen=True)
class Scored:
    """An indicator in one year: points, score (None where it does not apply), its rule, and whether its data was missing."""

    points: Decimal
    score: Decimal | None
    rule: object = None
    missing: bool = False


@dataclass(frozen=True)
class Shift:
    """What one indicator did to the total, in points: `change` is `performance` plus `weight` where it is in both years."""

    id: str
    kind: ShiftKind
    change: Decimal
    performance: Decimal = ZERO
    weight: Decimal = ZERO
    rule_changed: bool = False


@dataclass(frozen=True)
class Common:
    """The indicators scored from data in both years, weighted by their points in the later one. Rates and shares are shares."""

    indicators: int
    points: Decimal
    share_before: Decimal
    share_after: Decimal
    rate_before: Decimal
    rate_after: Decimal


@dataclass(frozen=True)
class Decomposition:
    """The change of a total taken apart, in points. The eight `parts` add up to it exactly."""

    total: Decimal
    shifts: tuple[Shift, ...]
    parts: dict[str, Decimal]
    common: Common | None

    @property
    def rest(self) -> Decimal:
        """All that is not performance under an unchanged rule, in points."""
        return self.total - self.parts["performance"]


def decompose(before: Mapping[str, Scored], after: Mapping[str, Scored], totals: tuple[Decimal, Decimal], places: int = 2) -> Decomposition:
    """Why a total changed: how well the department did, or what it was held against.

    For an indicator of both years with points p and score rate r = score / p, its change of score is split as Bennet (1920)
    splits a change of value, with the mean of both years as the weight of either side:

        performance = (p0 + p1) / 2 × (r1 − r0)        weight = (r0 + r1) / 2 × (p1 − p0)

    Performance is rounded half up to `places`; weight is what is left of the change of score, so that no remainder arises.
    An indicator with another rule than before has its performance counted as `rule`: the two cannot be told apart. Where the
    data was missing in one of the years, the whole change is `missing`: it says nothing about performance. One that only the
    later (earlier) year has adds (takes away) its whole score; so does one that began or ceased to apply. `rescaling` is what
    scaling the rest back to full points changed. The sum of the eight is the change of the total.

    Source: T. L. Bennet, The Theory of Measurement of Changes in Cost of Living, Journal of the Royal Statistical Society 83 (1920);
    W. E. Diewert, Index Number Theory Using Differences Rather Than Ratios, American Journal of Economics and Sociology 64 (2005).

    >>> half, most = Scored(Decimal(10), Decimal("5")), Scored(Decimal(20), Decimal("16"))
    >>> found = decompose({"a": half}, {"a": most}, (Decimal(5), Decimal(16)))
    >>> found.parts["performance"], found.parts["weight"], found.total
    (Decimal('4.50'), Decimal('6.50'), Decimal('11'))
    """
    shifts = tuple(_shift(id, before.get(id), after.get(id), places) for id in dict.fromkeys([*after, *before]))
    total = totals[1] - totals[0]
    parts = dict.fromkeys(PARTS, ZERO)
    for s in shifts:
        if s.kind == "kept":
            parts["rule" if s.rule_changed else "performance"] += s.performance
            parts["weight"] += s.weight
        else:
            parts[s.kind] += s.change
    parts["rescaling"] = total - sum((s.change for s in shifts), ZERO)
    measured = [s.id for s in shifts if s.kind == "kept" and not (before[s.id].missing or after[s.id].missing)]
    return Decomposition(total, shifts, parts, _common(before, after, measured))


def _shift(id: str, before: Scored | None, after: Scored | None, places: int) -> Shift:
    old, new = before.score if before else None, after.score if after else None
    change = (new or ZERO) - (old or ZERO)
    if before is None or after is None:
        return Shift(id, "dropped" if after is None else "added", change)
    if old is None or new is None:
        return Shift(id, "applicability", change)
    if before.missing != after.missing:
        return Shift(id, "missing", change)
    performance = change
    if before.points != after.points:
        performance = round_half_up((before.points + after.points) * (new / after.points - old / before.points) / 2, places)
    return Shift(id, "kept", change, performance, change - performance, before.rule != after.rule)


def _common(before: Mapping[str, Scored], after: Mapping[str, Scored], kept: Sequence[str]) -> Common | None:
    if not kept:
        return None
    points, old_points = (sum((year[id].points for id in kept), ZERO) for year in (after, before))
    all_points, all_old = (sum((s.points for s in year.values() if s.score is not None), ZERO) for year in (after, before))
    old = sum((after[id].points * (before[id].score or ZERO) / before[id].points for id in kept), ZERO)
    new = sum((after[id].score or ZERO for id in kept), ZERO)
    return Common(len(kept), points, old_points / all_old, points / all_points, old / points, new / points)


@dataclass(frozen=True)
class Change:
    """Two evaluated years, the earlier first, and what changed between them."""

    before: Evaluation
    after: Evaluation
    parts: Decomposition

    @property
    def skipped(self) -> tuple[int, ...]:
        """The years between the two that could not be used."""
        return tuple(range(self.before.record.year + 1, self.after.record.year))

    @property
    def framework_changed(self) -> bool:
        return framework_key(self.before) != framework_key(self.after)

    @property
    def comparable(self) -> bool:
        """Whether both totals rest on the same indicators, points, rules and kinds of data, and may be compared as they are."""
        return self.parts.parts["rescaling"] == 0 and all(
            s.kind == "kept" and not s.rule_changed and self.before.indicator(s.id).points == self.after.indicator(s.id).points
            for s in self.parts.shifts
        )

    def movers(self, count: int = 5) -> tuple[tuple[Shift, ...], tuple[Shift, ...]]:
        """The largest gains and the largest losses in performance, of the indicators that both years have."""
        gains = sorted((s for s in self.parts.shifts if s.performance > 0), key=lambda s: -s.performance)
        losses = sorted((s for s in self.parts.shifts if s.performance < 0), key=lambda s: s.performance)
        return tuple(gains[:count]), tuple(losses[:count])


def framework_key(evaluation: Evaluation) -> str:
    """A framework and the first year of the version used."""
    return f"{evaluation.framework.id}/{evaluation.framework.first_year}"


def by_framework(evaluations: Sequence[Evaluation]) -> dict[str, list[Evaluation]]:
    """The years of each framework, by its version."""
    return grouped((framework_key(e), e) for e in evaluations)


def compare_years(before: Evaluation, after: Evaluation) -> Change:
    """Two years of a department, the earlier first, with the change of the total taken apart; what has no points plays no part."""
    places = max(e.framework.rounding.scores for e in (before, after))
    zeros = _on_zero(before, after)
    sides = [
        {i.id: Scored(i.points, i.score, _rule(e, i, zeros), i.status == "missing") for i in e.indicators if i.points}
        for e in (before, after)
    ]
    return Change(before, after, decompose(sides[0], sides[1], (before.total, after.total), places))


def changes(evaluations: Sequence[Evaluation]) -> tuple[Change, ...]:
    """Each year against the one before it that could be used."""
    return tuple(compare_years(a, b) for a, b in pairwise(evaluations))


def _on_zero(*evaluations: Evaluation) -> set[str]:
    """The formulas that have a base of zero in any of some years: what the catalogue says of that moved nothing in others."""
    return {f.id for e in evaluations for f in e.formulas if f.state in ("undefined", "no change")}


def _rule(evaluation: Evaluation, i: IndicatorResult, zeros: set[str]) -> object:
    """All that an indicator's score follows from: the rule, and how the formula is defined."""
    formula = evaluation.catalogue.formulas[i.formula] if i.formula else None
    rule = evaluation.in_force[i.id].rule.model_copy(update={"note": "", "note_en": ""})
    return rule, formula and (formula.tree, formula.unit, i.formula in zeros and formula.entry.zero)


@dataclass(frozen=True)
class IndicatorLine:
    """An indicator over the years: its result in each (None where there is none), and what changed on the year before.

    `marks` are, for each year: added, dropped, renamed, reweighted, rule.
    """

    id: str
    name: Words
    results: tuple[IndicatorResult | None, ...]
    marks: tuple[tuple[str, ...], ...]


def line_up(evaluations: Sequence[Evaluation]) -> tuple[IndicatorLine, ...]:
    """Every indicator of any year by its id, in the order of the latest year that has it; those no longer used last."""
    years = [{i.id: i for i in e.indicators} for e in evaluations]
    lines = []
    for id in dict.fromkeys(id for year in reversed(years) for id in year):
        results = tuple(year.get(id) for year in years)
        marks: list[tuple[str, ...]] = [()]
        for (old, new), (a, b) in zip(pairwise(results), pairwise(evaluations), strict=True):
            if old is None or new is None:
                marks.append(("added",) if new else ("dropped",) if old else ())
                continue
            rules = [_rule(e, one, _on_zero(a, b)) for e, one in ((a, old), (b, new))]
            told = {"renamed": old.name != new.name, "reweighted": old.points != new.points, "rule": rules[0] != rules[1]}
            marks.append(tuple(mark for mark, true in told.items() if true))
        name = next(i.name for i in reversed(results) if i is not None)
        lines.append(IndicatorLine(id, name, results, tuple(marks)))
    return tuple(lines)


def dimensions_over(evaluations: Sequence[Evaluation]) -> list[tuple[SectionResult, list[SectionResult | None]]]:
    """Every dimension that has points in any year, as the latest of these years has it, with its result in each year."""
    found = [{d.id: d for d in e.dimensions if d.points} for e in evaluations]
    latest = {id: d for year in found for id, d in year.items()}
    return [(latest[id], [year.get(id) for year in found]) for id in dict.fromkeys(id for year in reversed(found) for id in year)]


def value_change(before: IndicatorResult | None, after: IndicatorResult | None) -> Decimal | None:
    """By how much an indicator's value changed, in the later year's unit; None where there is nothing to compare."""
    if before is None or after is None or before.value is None or after.value is None:
        return None
    if before.unit.dimensions != after.unit.dimensions:
        return None
    return after.value - convert(before.value, before.unit, after.unit)


Verdict = Literal["harder", "easier", "same", "moved", "new", "dropped", "unlike"]


@dataclass(frozen=True)
class TargetChange:
    """A target beside the one of the year before, both in the later year's unit.

    `verdict` goes by the target's direction; one to be met exactly has no easier side and is `moved`; `unlike`: direction or
    kind of unit changed. `reached`: whether last year's actual already meets it, None where that is not known.
    """

    id: str
    name: Words
    before: TargetResult | None
    after: TargetResult | None
    verdict: Verdict
    last_actual: Decimal | None = None
    reached: bool | None = None

    @property
    def last_share(self) -> Decimal | None:
        """How far the last actual would have reached the target; None where there is none, or no number is asked for."""
        t = self.after
        if t is None or self.last_actual is None:
            return None
        held = hold(t.operator, self.last_actual, t.target, t.upper)
        return held.attainment if t.lower_is_better or held.rate is None else held.rate


def target_change(before: TargetResult | None, after: TargetResult | None) -> TargetChange:
    """Whether a target became harder or easier, and whether it had been reached before it was set.

    Raises ValueError where there is neither.
    """
    given = after or before
    if given is None:
        raise ValueError("no target to compare")
    if before is None or after is None:
        return TargetChange(given.id, given.name, before, after, "new" if after else "dropped")
    if before.operator != after.operator or before.unit.dimensions != after.unit.dimensions:
        return TargetChange(after.id, after.name, before, after, "unlike")
    if not after.is_number:
        same = (before.target, before.upper, before.asked) == (after.target, after.upper, after.asked)
        return TargetChange(after.id, after.name, before, after, "same" if same else "moved")
    last = convert(before.target, before.unit, after.unit)
    actual = None if before.actual is None else convert(before.actual, before.unit, after.unit)
    verdict: Verdict = "same"
    if after.target != last:
        higher = after.target > last
        verdict = "moved" if after.operator == "=" else "harder" if higher == (not after.lower_is_better) else "easier"
    reached = None
    if actual is not None:
        reached = actual == after.target if after.operator == "=" else asks_no_more(after, actual)
    return TargetChange(after.id, after.name, before, after, verdict, actual, reached)


def target_changes(before: Evaluation, after: Evaluation) -> tuple[TargetChange, ...]:
    """Every target of either year beside its counterpart, in the order of the later year; those no longer set last."""
    ids = dict.fromkeys([*(t.id for t in after.targets), *(t.id for t in before.targets)])
    return tuple(target_change(before.target(id), after.target(id)) for id in ids)


@dataclass(frozen=True)
class FindingKind:
    """A kind of finding over the years: how many in each, and whether it came back, is new in the latest year, or is gone."""

    name: Words
    counts: tuple[int, ...]
    state: Literal["back", "new", "gone"]


def finding_kinds(years: Sequence[Sequence[Finding]]) -> tuple[FindingKind, ...]:
    """Every kind of finding by its Chinese name, those in the latest year and in most years first."""
    kinds = {f.kind: words(f.kind, f.kind_en) for found in years for f in found}
    lines = []
    for kind, name in kinds.items():
        counts = tuple(sum(1 for f in found if f.kind == kind) for found in years)
        lines.append(FindingKind(name, counts, "gone" if not counts[-1] else "back" if any(counts[:-1]) else "new"))
    order = ("back", "new", "gone")
    return tuple(sorted(lines, key=lambda k: (order.index(k.state), -sum(1 for count in k.counts if count), -sum(k.counts))))
