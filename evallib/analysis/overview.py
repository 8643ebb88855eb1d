"""A county's evaluations of one year: which may be ranked together; ranks, grades, what drives the differences, outliers, own totals.

What ranks, counts and compares is given evaluations that are `alike`. No text, no drawing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from statistics import mean, median

from evallib.model.evaluation import Evaluation, IndicatorResult, SectionResult
from evallib.model.grouped import grouped
from evallib.model.units import as_decimal
from evallib.model.words import NOTHING, Words, words

Evaluations = Sequence[Evaluation]

FEWEST = 8
"""Departments below which no outlier is looked for: our own limit."""
FAR = Decimal("3.5")
"""Iglewicz & Hoaglin, How to Detect and Handle Outliers, 1993: a modified z-score beyond this, up or down, is an outlier."""
CONSISTENT = Decimal("0.6745")
"""The same source: the third quartile of the normal distribution; makes the median deviation comparable with a standard deviation."""
RESCALED = "rescaled"
"""The part of a total that no group holds: scaling back what does not apply, and rounding."""


# --- totals, ranks and grades


def alike(evaluations: Evaluations) -> tuple[tuple[Evaluation, ...], ...]:
    """The evaluations that may stand in one list: of one framework and one kind. The largest group first."""
    found = grouped(((e.framework.id, e.record.kind), e) for e in evaluations)
    return tuple(tuple(group) for group in sorted(found.values(), key=lambda group: -len(group)))


def rate_of(evaluation: Evaluation) -> Decimal | None:
    """The total as a share of the full points; None where no points apply."""
    return evaluation.total / evaluation.points if evaluation.points else None


def full_points(evaluations: Evaluations) -> Decimal | None:
    """The full points, where all departments share them; None where they differ and only shares can be compared."""
    found = {e.points for e in evaluations}
    return found.pop() if len(found) == 1 else None


def ranks(values: Sequence[Decimal]) -> tuple[int, ...]:
    """The rank of each value, largest first; equal values share the better rank and the next ranks are left out.

    >>> ranks([Decimal(90), Decimal(95), Decimal(90), Decimal(80)])
    (2, 1, 2, 4)
    """
    places = {value: place for place, value in reversed(list(enumerate(sorted(values, reverse=True), 1)))}
    return tuple(places[value] for value in values)


@dataclass(frozen=True)
class Standing:
    """A department's place among those of its year. `tied`: others share it."""

    rank: int
    tied: bool
    rate: Decimal
    evaluation: Evaluation


def ranking(evaluations: Evaluations) -> tuple[Standing, ...]:
    """The departments by total as a share of full points, best first; ties by code. A total without points has no place."""
    rated = [(rate, e) for e in evaluations if (rate := rate_of(e)) is not None]
    places = ranks([rate for rate, _ in rated])
    shared = Counter(places)
    found = [Standing(place, shared[place] > 1, rate, e) for place, (rate, e) in zip(places, rated, strict=True)]
    return tuple(sorted(found, key=lambda s: (s.rank, s.evaluation.record.department)))


def unsettled(standings: Sequence[Standing], ranges: Mapping[str, tuple[Decimal, Decimal]]) -> dict[str, tuple[Standing, ...]]:
    """By department: those of the next better rank whose order with it is not certain, because their ranges overlap; none for the best.

    `ranges` holds the lowest and highest total by department, each worked out by itself: what all have in common (the same
    evaluators, the same points) may move them together, so that an order that is not certain here need not be wrong.
    """
    found, own = dict[str, tuple[Standing, ...]](), tuple[Standing, ...]()
    for _, same in groupby(sorted(standings, key=lambda s: s.rank), lambda s: s.rank):
        better, own = own, tuple(same)
        for s in own:
            highest = ranges[s.evaluation.record.department][1] / s.evaluation.points
            above = (o for o in better if ranges[o.evaluation.record.department][0] / o.evaluation.points <= highest)
            found[s.evaluation.record.department] = tuple(above)
    return found


@dataclass(frozen=True)
class GradeCount:
    """A grade, the shares of full points it begins at (one for each way that frameworks set it), and who has it."""

    name: Words
    limits: tuple[Decimal, ...]
    evaluations: tuple[Evaluation, ...]


def grade_counts(evaluations: Evaluations) -> tuple[GradeCount, ...]:
    """Every grade of the framework in use, the best first, also those that nobody has; none where there is no total."""
    scales = ((g, e.framework.points) for e in evaluations if e.framework.points for g in e.framework.grades)
    found = grouped((g.id, (g.words, g.at_least / points)) for g, points in scales)
    counts = []
    for id, same in found.items():
        names, limits = zip(*same, strict=True)
        counts.append(GradeCount(names[0], tuple(sorted({*limits})), tuple(e for e in evaluations if e.grade_id == id)))
    return tuple(sorted(counts, key=lambda count: -count.limits[-1]))


# --- where the points go


def sections_of(evaluations: Evaluations, level: str = "groups") -> tuple[SectionResult, ...]:
    """The groups (or `dimensions`) of all frameworks in use, each id once, in the order of the frameworks."""
    return tuple(same[0] for same in grouped((s.id, s) for e in evaluations for s in _level(e, level)).values())


def _level(e: Evaluation, level: str) -> tuple[SectionResult, ...]:
    return e.dimensions if level == "dimensions" else e.groups


def section_rates(evaluation: Evaluation) -> dict[str, Decimal | None]:
    """The score rate of every dimension and group by id."""
    return {s.id: s.rate for s in (*evaluation.groups, *evaluation.dimensions)}


def largest_loss(evaluation: Evaluation) -> SectionResult | None:
    """The group that lost most points, the first of them where several did; None where none lost any."""
    worst = max(evaluation.groups, key=lambda g: g.points - g.score, default=None)
    return worst if worst is not None and worst.points > worst.score else None


def explained(parts: Sequence[Mapping[str, Fraction]]) -> dict[str, Fraction]:
    """The share of the variance of the sums that each part explains: cov(part, sum) / var(sum). The shares add up to 1.

    `parts` holds the parts of each sum by name, one left out counting as nothing. A share below zero: the part runs against
    the rest. Empty where the sums do not differ. Source: Shorrocks, Inequality decomposition by factor components,
    Econometrica 50 (1982) 193-211: the natural decomposition of the variance.

    >>> explained([{"a": Fraction(0), "b": Fraction(0)}, {"a": Fraction(3), "b": Fraction(1)}])
    {'a': Fraction(3, 4), 'b': Fraction(1, 4)}
    """
    names = list(dict.fromkeys(name for row in parts for name in row))
    sums = [sum(row.values(), Fraction(0)) for row in parts]
    if len(set(sums)) < 2:
        return {}
    middle = sum(sums, Fraction(0)) / len(sums)
    from_middle = [value - middle for value in sums]
    whole = sum((d * d for d in from_middle), Fraction(0))  # a part need not be centred: the deviations of the sums add up to zero
    return {
        name: sum((row.get(name, Fraction(0)) * d for row, d in zip(parts, from_middle, strict=True)), Fraction(0)) / whole
        for name in names
    }


@dataclass(frozen=True)
class Driver:
    """A group: its share of the variance of totals, and for how many departments it is the largest loss."""

    id: str
    name: Words
    dimension: str
    share: Decimal
    mean_lost: Decimal
    largest_for: int


def drivers(evaluations: Evaluations, level: str = "groups") -> tuple[Driver, ...]:
    """How much of the differences between totals each group (or dimension) explains, most first; empty where totals are equal.

    Each department's loss, as a share of its full points, is the sum of what its groups lost; see `explained`. `mean_lost` is
    that loss of an average department.
    """
    rated = [e for e in evaluations if e.points]
    sections = {s.id: s for s in sections_of(rated, level)}
    parts = [_lost(e, level) for e in rated]
    worst = [w.id for e in rated if (w := largest_loss(e)) is not None]
    found = []
    for id, share in explained(parts).items():
        name = sections[id].name if id in sections else words("折算和取整", "Rescaling and rounding")
        lost = mean([row.get(id, Fraction(0)) for row in parts])
        home = sections[id].dimension if id in sections else ""
        found.append(Driver(id, name, home, as_decimal(share), as_decimal(lost), worst.count(id)))
    return tuple(sorted(found, key=lambda d: (-d.share, d.id)))


def _lost(e: Evaluation, level: str) -> dict[str, Fraction]:
    """What each part lost, as a share of the full points; together one less the total's share."""
    points = Fraction(e.points)
    lost = {s.id: Fraction(s.points - s.score) / points for s in _level(e, level)}
    rest = Fraction(e.points - e.total) / points - sum(lost.values(), Fraction(0))
    return {**lost, RESCALED: rest} if rest else lost


# --- what stands out


def modified_z(values: Sequence[Decimal]) -> tuple[Decimal, ...] | None:
    """How far each value is from the median, in median deviations: 0.6745 (x - median) / MAD. None where the MAD is zero.

    Source: Iglewicz & Hoaglin, How to Detect and Handle Outliers (ASQC), 1993.

    >>> modified_z([Decimal(v) for v in (1, 2, 3, 4, 15)])[-1]
    Decimal('8.0940')
    """
    if not values:
        return None
    middle = median(values)
    mad = median([abs(v - middle) for v in values])
    return tuple(CONSISTENT * (v - middle) / mad for v in values) if mad else None


@dataclass(frozen=True)
class Outlier:
    """A department far from the median, and how far by the modified z-score."""

    evaluation: Evaluation
    value: Decimal
    z: Decimal


@dataclass(frozen=True)
class Screening:
    """The totals (`id` is empty) or the rates of one dimension, looked through for outliers.

    `mad` is the median absolute deviation. `verdict`: `few` departments, no `spread`, or `looked`.
    """

    id: str
    name: Words
    count: int
    median: Decimal | None
    mad: Decimal | None
    verdict: str
    outliers: tuple[Outlier, ...]


def screenings(evaluations: Evaluations) -> tuple[Screening, ...]:
    """The total and each dimension, as shares of their points, looked through for departments that stand out."""
    found = [_screened("", words("总分", "Total"), [(e, rate_of(e)) for e in evaluations])]
    for d in sections_of(evaluations, "dimensions"):
        found.append(_screened(d.id, d.name, [(e, section_rates(e).get(d.id)) for e in evaluations]))
    return tuple(found)


def _screened(id: str, name: Words, rates: Sequence[tuple[Evaluation, Decimal | None]]) -> Screening:
    rated = [(e, rate) for e, rate in rates if rate is not None]
    values = [rate for _, rate in rated]
    middle = median(values) if values else None
    mad = None if middle is None else median([abs(v - middle) for v in values])
    scores = modified_z(values)
    verdict = "few" if len(values) < FEWEST else "looked" if scores else "spread"
    looked = zip(rated, scores, strict=True) if scores and verdict == "looked" else ()
    far = [Outlier(e, rate, z) for (e, rate), z in looked if abs(z) > FAR]
    far.sort(key=lambda o: (-abs(o.z), o.evaluation.record.department))
    return Screening(id, name, len(values), middle, mad, verdict, tuple(far))


# --- self-evaluation and what is missing


@dataclass(frozen=True)
class SelfGap:
    """A department's own total beside the evaluation's. `gap`: own less evaluated; `rate`: the same as a share of full points."""

    evaluation: Evaluation
    own: Decimal
    own_grade: Words
    gap: Decimal
    rate: Decimal

    @property
    def better_grade(self) -> bool:
        """Whether the department's own total would give a better grade than the evaluation."""
        own, given = (self.evaluation.framework.grade_of(total) for total in (self.own, self.evaluation.total))
        return own is not None and (given is None or own.at_least > given.at_least)


def self_gaps(evaluations: Evaluations) -> tuple[SelfGap, ...]:
    """Where a department gave itself a total: the most generous first. The own grade is the one that its total gives."""
    found = []
    for e in evaluations:
        if e.self_total is not None and e.has_total:
            grade, gap = e.framework.grade_of(e.self_total), e.self_total - e.total
            found.append(SelfGap(e, e.self_total, grade.words if grade else NOTHING, gap, gap / e.points))
    return tuple(sorted(found, key=lambda g: (-g.rate, g.evaluation.record.department)))


def unscored(evaluations: Evaluations) -> tuple[tuple[Evaluation, tuple[IndicatorResult, ...]], ...]:
    """The departments with indicators that could not be scored for want of data, and these indicators."""
    found = [(e, tuple(i for i in e.indicators if i.status == "missing")) for e in evaluations]
    return tuple((e, missing) for e, missing in found if missing)
