"""From rows to measured numbers: formulas computed, targets held against actuals. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from evallib.model.catalogue import Formula
from evallib.model.evaluation import Evaluation, FormulaResult, State, TargetResult, Way
from evallib.model.expression import Interval, Undefined, compute, compute_interval
from evallib.model.facts import Facts, InputValue
from evallib.model.framework import Framework, Indicator
from evallib.model.record import Operator, Record, Target, TargetPart
from evallib.model.rule_base import ONE, ZERO
from evallib.model.units import NO_UNIT, SHARE, Unit, convert, times
from evallib.model.words import words
from evallib.score.answers import SURVEY, satisfaction

DAY = (("days", 1),)
"""What is measured of what is late."""


def compute_formula(facts: Facts, formula: Formula) -> FormulaResult:
    """A formula with the record's facts put in; the value is None where it is not defined, and the state says why."""
    inputs = tuple(facts.named(name) or _not_given(facts, name.id, facts.record.year - name.before) for name in formula.inputs)
    value: Decimal | None = None
    state: State = "missing"
    if all(i.value is not None for i in inputs):
        try:
            value = compute(formula.tree, {name: i.base_value or Decimal(0) for name, i in zip(formula.inputs, inputs, strict=True)})
            state = "computed"
        except Undefined:
            state = "undefined"
            if formula.nothing is not None and not any(i.value for i in inputs):
                value, state = formula.nothing, "no change"
    if value is not None:
        value = times(value, 1 / formula.unit.factor)
    return FormulaResult(formula.id, formula.name, formula.unit, value, state, inputs)


def interval_of(evaluation: Evaluation, formula: FormulaResult) -> Interval | None:
    """All that a formula's value may truly be, given the digits that its inputs were printed with; None where it has no value."""
    if formula.value is None or formula.state != "computed":
        return None
    made = evaluation.catalogue.formulas[formula.id]
    held = {name: value.interval for name, value in zip(made.inputs, formula.inputs, strict=True)}
    found = compute_interval(made.tree, held)
    return Interval(times(found.low, 1 / made.unit.factor), times(found.high, 1 / made.unit.factor))


def _not_given(facts: Facts, id: str, year: int) -> InputValue:
    fact = facts.catalogue.facts[id]
    return InputValue(fact=id, year=year, name=fact.name, value=None, unit=fact.unit, origins=(), note=words("未提供", "not given"))


def _actual(
    facts: Facts, row: Target, unit: Unit, indicator: Indicator | None, formula: FormulaResult | None
) -> tuple[Decimal | None, Way]:
    """The actual in the target's unit, and how it came about."""
    read = facts.catalogue.units.read
    parts = counted_parts(facts.record, row.indicator, "actual")
    if row.actual is not None and row.base is not None:
        return (convert(row.actual / row.base, SHARE, unit) if row.base else None), "of base"
    if row.actual is not None:
        return convert(row.actual, read(row.actual_unit or row.unit), unit), "given"
    if parts:
        known = [convert(p.value, read(p.unit), unit) for p in parts if p.value is not None]
        return (sum(known, ZERO) if len(known) == len(parts) else None), "parts"
    if indicator is not None and indicator.value == SURVEY:
        rate = satisfaction(facts.record, indicator.id)
        return (None if rate is None or not unit.is_share else convert(rate, SHARE, unit)), "survey"
    if formula is not None:
        return (None if formula.value is None else convert(formula.value, formula.unit, unit)), "formula"
    return None, "none"


def counted_parts(record: Record, indicator: str, role: str) -> tuple[TargetPart, ...]:
    """The parts that add up to a target or to an actual."""
    return tuple(p for p in record.target_parts if p.indicator == indicator and p.role == role and p.counted == "yes")


class Held(NamedTuple):
    """A target held against its actual: completion rate, attainment, and whether it was met; None where that is not known."""

    rate: Decimal | None
    attainment: Decimal | None
    met: bool | None


def hold(operator: Operator, actual: Decimal | None, target: Decimal, upper: Decimal | None = None, *, exact: bool = False) -> Held:
    """How an actual stands to a target. `exact`: "=" is met by the very number only.

    Higher is better: attained is actual ÷ target; lower is better: target ÷ actual where it was missed, and where it was kept, 1 and
    what was saved of the target. Below a range it is actual ÷ lower end, above it upper end ÷ actual. Against zero, or less, no share
    can be told: reached or not. A negative target has no completion rate either.

    >>> hold("<=", Decimal(5), Decimal(4)).attainment, hold("<=", Decimal(3), Decimal(4)).attainment
    (Decimal('0.8'), Decimal('1.25'))
    """
    if actual is None:
        return Held(None, None, None)
    rate = actual / target if target > 0 else None
    met = {
        ">=": actual >= target,
        ">": actual > target,
        "<=": actual <= target,
        "<": actual < target,
        "=": actual == target or (not exact and actual >= target > 0),
        "between": upper is not None and target <= actual <= upper,
        "words": actual >= 1,
        "by": actual <= 0,
    }[operator]
    attained = ONE if met else ZERO
    if operator == "words":
        attained = actual
    elif operator in (">=", ">") or (operator == "=" and not exact):
        attained = max(rate, ZERO) if rate is not None else attained
    elif operator in ("<=", "<") and target > 0:
        attained = target / actual if actual > target else 1 + (target - actual) / target
    elif operator == "between" and not met:
        below = actual < target
        attained = max(actual / target, ZERO) if below and target > 0 else upper / actual if not below and upper and upper > 0 else ZERO
    return Held(rate, attained, met)


def compute_target(
    facts: Facts, row: Target, framework: Framework, indicator: Indicator | None = None, formula: FormulaResult | None = None
) -> TargetResult:
    """A target held against its actual: completion rate, attainment, and whether it was met."""
    unit, asked, reached = facts.catalogue.units.read(row.unit), "", ""
    target, upper = row.asks, row.upper if row.adjusted is None else None
    way: Way
    if row.operator == "by":
        unit = next((unit for unit in facts.catalogue.units if unit.dimensions == DAY), NO_UNIT)
        asked, reached, way = str(row.due or ""), str(row.done or ""), "given"
        actual = None if row.done is None or row.due is None else Decimal((row.done - row.due).days)
    elif row.operator == "words":
        unit, asked, reached, way = SHARE, row.wording, row.verdict or "", "given"
        shares = framework.qualitative
        actual, target = (None if not row.verdict or shares is None else getattr(shares, row.verdict)), ONE
    else:
        actual, way = _actual(facts, row, unit, indicator, formula)
    rate, attainment, met = hold(row.operator, actual, target, upper, exact=framework.treatment.equals == "exact")
    return TargetResult(
        id=row.indicator,
        name=indicator.words if indicator else words(row.indicator),
        operator=row.operator,
        target=target,
        actual=actual,
        unit=unit,
        upper=upper,
        asked=asked,
        reached=reached,
        state=next((state for column in ("actual", "target", "done", "verdict") if (state := row.state_of(column))), ""),
        completion_rate=None if row.operator == "by" else rate,
        attainment=attainment,
        met=met,
        judged=row.actual_by == "judged",
        way=way,
        original=row.target if row.adjusted is not None else None,
    )


def asks_no_more(target: TargetResult, last_actual: Decimal) -> bool:
    """Whether a target is already reached by last year's actual. A target of 100% cannot ask for more."""
    higher = target.operator in (">=", ">")
    full = higher and target.unit.is_share and convert(target.target, target.unit, SHARE) >= 1
    return (higher or target.operator in ("<=", "<")) and not full and bool(hold(target.operator, last_actual, target.target).met)


def is_easy(target: TargetResult, last: TargetResult | None) -> bool:
    """Whether a target asks no more than what last year's reached."""
    return last is not None and last.actual is not None and last.unit == target.unit and asks_no_more(target, last.actual)


def measure(
    framework: Framework, facts: Facts, indicators: tuple[Indicator, ...]
) -> tuple[tuple[FormulaResult, ...], tuple[TargetResult, ...]]:
    """The formulas that an indicator takes or for which there is a number, and every target of a department's year.

    In the order of the catalogue and of the data.
    """
    wanted = {i.value for i in indicators if i.value}
    formulas = {
        id: compute_formula(facts, formula)
        for id, formula in framework.catalogue.formulas.items()
        if id in wanted or any(facts.named(name) is not None for name in formula.inputs)
    }
    by_id = {i.id: i for i in indicators}
    targets = []
    for row in facts.record.targets:
        indicator = by_id.get(row.indicator)
        targets.append(compute_target(facts, row, framework, indicator, formulas.get(indicator.value) if indicator else None))
    return tuple(formulas.values()), tuple(targets)
