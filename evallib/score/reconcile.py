"""The published figures beside the computed ones. Pure: an Evaluation in, a verdict on every figure out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, partial
from typing import Literal

from evallib.model.base import Frozen
from evallib.model.evaluation import Evaluation, IndicatorResult, TargetResult
from evallib.model.expression import Interval, Name
from evallib.model.facts import InputValue
from evallib.model.record import Published
from evallib.model.units import NO_UNIT, SHARE, Unit, convert, parse_decimal, round_half_up
from evallib.score.measure import compute_formula, counted_parts, interval_of

ZERO = Decimal(0)
Verdict = Literal["agrees", "differs", "recorded", "not_computable"]

Kind = Literal["computed", "typed", "fitted"]
"""What an agreement is worth: computed from other inputs; only the repetition of what was typed in; fitted, the reconstruction to it."""


class Reconciled(Frozen):
    """A published figure, what the kit has for it and how it came by that, and whether the two agree."""

    id: str
    kind: Kind | None
    number: str
    published: str
    computed: str | None
    unit: str
    verdict: Verdict
    source: str
    section: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number of an evaluation; a text where the result is one (a grade).

    `interval` is all that it may truly be, where it rests on numbers that were printed with some digits only.
    """

    value: Decimal | str | None
    unit: Unit = NO_UNIT
    kind: Kind = "computed"
    interval: Interval | None = None


class Numbers(Mapping[str, Number]):
    """Every number of an evaluation that a published figure can be held against, by name, each kind worked out when it is asked for.

    Names: `fact.ID`, `fact.ID@YEAR`, `formula.ID`, `formula.ID.difference`, `target.ID.actual|target|completion_rate|
    attainment`, `indicator.ID.points|score`, `group.ID.points|score`, `dimension.ID.points|score|rate`, `total.score`,
    `total.points`, `grade`, `self.score`, `self.grade`, `count.…`, `finding.ID.amount|at_issue|parts|product|overpaid`.
    """

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation, self._made = evaluation, dict[str, dict[str, Number]]()

    def __getitem__(self, name: str) -> Number:
        evaluation, (kind, _, rest) = self._evaluation, name.partition(".")
        if kind != "fact":
            return self.of(kind)[name]
        id, at, of = rest.partition("@")
        made = evaluation.catalogue.facts.get(id)
        year = next((year for year in self._years if str(year) == of), None) if at else evaluation.record.year
        if made is None or year is None:
            raise KeyError(name)
        fact = evaluation.facts.find(id, year)
        return Number(fact.value if fact else None, made.unit, _fact_kind(fact), _inexact(fact))

    def __iter__(self) -> Iterator[str]:
        ends = [*(f"@{year}" for year in self._years), ""]
        yield from (f"fact.{id}{end}" for id in self._evaluation.catalogue.facts for end in ends)
        for kind in _KINDS:
            yield from self.of(kind)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def of(self, kind: str) -> dict[str, Number]:
        """The numbers of a kind other than facts."""
        if kind not in self._made:
            self._made[kind] = dict(_KINDS[kind](self._evaluation, self))
        return self._made[kind]

    @cached_property
    def _years(self) -> list[int]:
        record = self._evaluation.record
        return sorted({record.year, record.year - 1} | {f.year for f in record.facts})


def _fact_kind(fact: InputValue | None) -> Kind:
    """A fact was typed, unless it is made of several."""
    while fact is not None and len(fact.parts) == 1:
        (fact,) = fact.parts
    return "computed" if fact is not None and fact.parts else "typed"


def _kind(members: Iterable[IndicatorResult], typed: bool = False) -> Kind:
    """What a number of indicators is worth: it was fitted where one of them was reconstructed."""
    return "fitted" if any(m.basis == "reconstructed" for m in members) else "typed" if typed else "computed"


def _score_kind(indicator: IndicatorResult) -> Kind:
    """A score was typed where a person gave it: an override, an award, a score within a tier."""
    given = any(j.kind in ("override", "award", "tier") and (j.score, j.coefficient) != (None, None) for j in indicator.judgements)
    return "typed" if given and indicator.status == "scored" else _kind([indicator])


def _sum_kind(members: Sequence[IndicatorResult]) -> Kind:
    """A sum of scores was typed where every score in it was: adding up what was typed proves nothing about it."""
    kinds = {_score_kind(m) for m in members if m.points and m.status != "not_applicable"}
    return "typed" if kinds == {"typed"} else _kind(members)


def _inexact(fact: InputValue | None) -> Interval | None:
    if fact is None or fact.value is None or not fact.half:
        return None
    return Interval(fact.value - fact.half, fact.value + fact.half)


Named = Iterator[tuple[str, Number]]


def _formulas(evaluation: Evaluation, numbers: Numbers) -> Named:
    computed = {formula.id: formula for formula in evaluation.formulas}
    for id, made in evaluation.catalogue.formulas.items():
        formula = computed.get(id) or compute_formula(evaluation.facts, made)
        interval = None if formula.exact else interval_of(evaluation, formula)
        kind = _fact_kind(formula.inputs[0]) if isinstance(made.tree, Name) else "computed"
        yield f"formula.{formula.id}", Number(formula.value, formula.unit, kind, interval)
        first, second = (*formula.inputs[:2], None, None)[:2]
        if first is not None and second is not None and first.unit.dimensions == second.unit.dimensions:
            known = first.value is not None and second.value is not None
            difference = (first.value or ZERO) - convert(second.value or ZERO, second.unit, first.unit) if known else None
            yield f"formula.{formula.id}.difference", Number(difference, first.unit)


def _targets(evaluation: Evaluation, numbers: Numbers) -> Named:
    for target in evaluation.targets:
        whole, summed = _sum_of_target_parts(evaluation, target.id, target.target, target.unit)
        way = _actual_kind(evaluation, target, numbers)
        only_repeated = way == "typed" and target.unit.is_share and convert(target.target, target.unit, SHARE) == 1
        rate: Kind = "typed" if only_repeated else "computed"
        attained: Kind = "typed" if way == "typed" and target.judged else rate
        id = f"target.{target.id}"
        yield f"{id}.target", Number(whole, target.unit, "computed" if summed else "typed")
        yield f"{id}.actual", Number(target.actual, target.unit, way)
        yield f"{id}.completion_rate", Number(target.completion_rate, SHARE, rate)
        capped = None if target.attainment is None else min(target.attainment, Decimal(1))
        yield f"{id}.attainment", Number(capped, SHARE, attained)


def _indicators(evaluation: Evaluation, numbers: Numbers) -> Named:
    points = evaluation.catalogue.units.points
    for one in evaluation.indicators:
        yield f"indicator.{one.id}.points", Number(one.points, points, _kind([one], typed=True))
        yield f"indicator.{one.id}.score", Number(one.score, points, _score_kind(one))


def _sections(evaluation: Evaluation, numbers: Numbers, level: Literal["group", "dimension"]) -> Named:
    """Points are typed, in the framework; but what is left of them where an indicator does not apply is computed."""
    written, points = {s.id: s.points for s in evaluation.framework.sections}, evaluation.catalogue.units.points
    for one in evaluation.groups if level == "group" else evaluation.dimensions:
        id, inside = f"{level}.{one.id}", [i for i in evaluation.indicators if getattr(i, level) == one.id]
        typed = written[one.id] in (None, one.points)
        yield f"{id}.points", Number(one.points, points, _kind(inside, typed))
        yield f"{id}.score", Number(one.score, points, _sum_kind(inside))
        if level == "dimension":
            yield f"{id}.rate", Number(one.rate, SHARE, _kind(inside))


def _total(evaluation: Evaluation, numbers: Numbers) -> Named:
    everyone, points = evaluation.indicators, evaluation.catalogue.units.points
    summed_up = evaluation.total == sum((d.score for d in evaluation.dimensions), ZERO)  # else it is scaled back to full points
    kind = _sum_kind(everyone) if summed_up else _kind(everyone)
    yield "total.score", Number(evaluation.total, points, kind)
    full = _kind(everyone, typed=evaluation.points == evaluation.framework.points)
    yield "total.points", Number(evaluation.points, points, full)


def _grade(evaluation: Evaluation, numbers: Numbers) -> Named:
    yield "grade", Number(evaluation.grade.zh or None, NO_UNIT, _kind(evaluation.indicators))


def _self(evaluation: Evaluation, numbers: Numbers) -> Named:
    points = evaluation.catalogue.units.points
    yield "self.score", Number(evaluation.self_total, points, "typed")
    yield "self.grade", Number(evaluation.self_grade or None, NO_UNIT, "typed")


def _counts(evaluation: Evaluation, numbers: Numbers) -> Named:
    record, framework, everyone = evaluation.record, evaluation.framework, evaluation.indicators
    levels = {
        "dimensions": len(framework.dimensions),
        "groups": len(framework.groups),
        "indicators": len(everyone),
        "work_targets": len({t.no for t in record.work_targets}),
        "finding_kinds": len({f.kind for f in record.findings}),
    }
    counted = levels | {f"units.{kind}": n for kind, n in Counter(u.kind for u in record.units).items()}
    for id, n in counted.items():
        yield f"count.{id}", Number(Decimal(n), NO_UNIT, _kind(everyone) if id == "indicators" else "computed")


def _findings(evaluation: Evaluation, numbers: Numbers) -> Named:
    record, money = evaluation.record, evaluation.catalogue.units.money
    for finding in record.findings:
        id = f"finding.{finding.finding}"
        amounts = [a.value for a in record.finding_amounts if a.finding == finding.finding]
        parts = [value for value in amounts if value is not None] if None not in amounts else []
        yield f"{id}.amount", Number(finding.amount, money, "typed")
        yield f"{id}.at_issue", Number(finding.at_issue, money, "typed")
        kind: Kind = "computed" if len(parts) > 1 else "typed"
        yield f"{id}.parts", Number(sum(parts, ZERO) if parts else None, money, kind)
        product = finding.quantity * finding.unit_price if finding.quantity is not None and finding.unit_price is not None else None
        yield f"{id}.product", Number(product, money)
        over = finding.paid - finding.amount if finding.paid is not None and finding.amount is not None else None
        yield f"{id}.overpaid", Number(over, money)


_KINDS: dict[str, Callable[[Evaluation, Numbers], Named]] = {
    **{"formula": _formulas, "target": _targets, "indicator": _indicators},
    **{"group": partial(_sections, level="group"), "dimension": partial(_sections, level="dimension")},
    **{"total": _total, "grade": _grade, "self": _self, "count": _counts, "finding": _findings},
}
"""How the numbers of each kind but facts are made: by what stands before the first point of their names."""


def _actual_kind(evaluation: Evaluation, target: TargetResult, found: Numbers) -> Kind:
    if target.way == "formula":
        return found[f"formula.{evaluation.in_force[target.id].value}"].kind
    several = target.way == "parts" and len(counted_parts(evaluation.record, target.id, "actual")) > 1
    return "computed" if several or target.way == "of base" else "typed"


def _sum_of_target_parts(evaluation: Evaluation, id: str, target: Decimal, unit: Unit) -> tuple[Decimal, bool]:
    """A target, summed anew from its parts where several are recorded."""
    read, parts = evaluation.catalogue.units.read, counted_parts(evaluation.record, id, "target")
    known = [convert(p.value, read(p.unit), unit) for p in parts if p.value is not None]
    return (sum(known, ZERO), len(parts) > 1) if parts and len(known) == len(parts) else (target, False)


def reconcile(evaluation: Evaluation) -> tuple[Reconciled, ...]:
    """Every published figure of the record beside the computed one, in the order of the data.

    A figure agrees when the computed number, rounded half up to the decimals that were printed, is the printed one; or, where it
    rests on numbers that were printed with some digits only, when some number within them is.

    Raises KeyError where a figure names a number that there is not (`evaluate_year` refuses such data).
    """
    computed = Numbers(evaluation)
    recorded = {token for c in evaluation.record.contradictions for token in c.subjects}
    find = evaluation.catalogue.units.find
    return tuple(_one(row, computed.get(row.number), row.published in recorded, find(row.unit)) for row in evaluation.record.published)


def _one(row: Published, number: Number | None, recorded: bool, unit: Unit | None) -> Reconciled:
    shown: str | None = None
    verdict: Verdict = "not_computable"
    if row.number and number is None:
        raise KeyError(f"no number is called {row.number}")
    if number is not None and number.value is not None:
        shown, same = _as_printed(row, number, unit)
        verdict = "agrees" if same else "recorded" if recorded else "differs"
    return Reconciled(
        id=row.published,
        kind=number.kind if number and verdict != "not_computable" else None,
        number=row.number,
        published=row.value,
        computed=shown,
        unit=row.unit,
        verdict=verdict,
        source=row.source,
        section=row.section,
    )


def _as_printed(row: Published, number: Number, unit: Unit | None) -> tuple[str, bool]:
    """The computed number in the printed unit, with as many decimals as were printed; and whether it is the printed one.

    Where it rests on numbers with some digits only, it is so if some number within them would be printed so.
    """
    printed = parse_decimal(row.value)
    if isinstance(number.value, str) or printed is None:
        return str(number.value), str(number.value) == row.value.strip()
    assert number.value is not None

    def in_printed(value: Decimal) -> Decimal:
        alike = unit is not None and number.unit.symbol and unit.dimensions == number.unit.dimensions
        return convert(value, number.unit, unit) if alike and unit is not None and value.is_finite() else value

    places = len(row.value.strip().partition(".")[2])
    shown = str(round_half_up(in_printed(number.value), places))
    same = parse_decimal(shown) == printed
    if not same and number.interval is not None:
        half = Decimal(5).scaleb(-places - 1)
        same = in_printed(number.interval.low) <= printed + half and in_printed(number.interval.high) >= printed - half
    return shown, same
