"""From rows to measured numbers: formulas computed, targets held against actuals. Pure."""

from __future__ import annotations

from decimal import Decimal

from evallib.model.catalogue import Formula
from evallib.model.evaluation import FormulaResult, State, TargetResult, Way
from evallib.model.expression import Undefined, compute
from evallib.model.facts import Facts, InputValue
from evallib.model.framework import Framework, Indicator
from evallib.model.record import Operator, Record, Target, TargetPart
from evallib.model.units import SHARE, convert, times
from evallib.model.words import Words, words

ONE = Decimal(1)


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


def _not_given(facts: Facts, id: str, year: int) -> InputValue:
    fact = facts.catalogue.facts[id]
    return InputValue(fact=id, year=year, name=fact.name, value=None, unit=fact.unit, origins=(), note=words("未提供", "not given"))


def _actual(facts: Facts, row: Target, formula: FormulaResult | None) -> tuple[Decimal | None, Way]:
    """The actual in the target's unit, and how it came about."""
    read = facts.catalogue.units.read
    unit = read(row.unit)
    parts = counted_parts(facts.record, row.indicator, "actual")
    if row.actual is not None and row.base is not None:
        return (convert(row.actual / row.base, SHARE, unit) if row.base else None), "of base"
    if row.actual is not None:
        return convert(row.actual, read(row.actual_unit or row.unit), unit), "given"
    if parts:
        return sum((convert(p.value, read(p.unit), unit) for p in parts), Decimal(0)), "parts"
    if formula is not None:
        return (None if formula.value is None else convert(formula.value, formula.unit, unit)), "formula"
    return None, "none"


def counted_parts(record: Record, indicator: str, role: str) -> tuple[TargetPart, ...]:
    """The parts that add up to a target or to an actual."""
    return tuple(p for p in record.target_parts if p.indicator == indicator and p.role == role and p.counted == "yes")


def _is_met(operator: Operator, actual: Decimal, target: Decimal) -> bool:
    if operator == ">=":
        return actual >= target
    return actual <= target if operator == "<=" else actual == target


def _attained(operator: Operator, actual: Decimal, target: Decimal) -> Decimal:
    """How far a target that was not met was attained, as a share: actual / target, or target / actual where lower is better."""
    if operator == ">=" and target > 0:
        return max(actual / target, Decimal(0))
    if operator == "<=" and target >= 0:
        return target / actual
    return Decimal(0)


def compute_target(facts: Facts, row: Target, name: Words, formula: FormulaResult | None) -> TargetResult:
    """A target held against its actual: completion rate, attainment (at most full), and whether it was met."""
    actual, way = _actual(facts, row, formula)
    met = None if actual is None else _is_met(row.operator, actual, row.target)
    return TargetResult(
        id=row.indicator,
        name=name,
        operator=row.operator,
        target=row.target,
        actual=actual,
        unit=facts.catalogue.units.read(row.unit),
        completion_rate=actual / row.target if actual is not None and row.target else None,
        attainment=None if actual is None else ONE if met else _attained(row.operator, actual, row.target),
        met=met,
        judged=row.actual_by == "judged",
        way=way,
    )


def asks_no_more(target: TargetResult, last_actual: Decimal) -> bool:
    """Whether a target is already reached by last year's actual. A target of 100% cannot ask for more."""
    if target.operator == ">=":
        full = target.unit.is_share and convert(target.target, target.unit, SHARE) >= 1
        return target.target <= last_actual and not full
    return target.operator == "<=" and target.target >= last_actual


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
    targets = tuple(
        compute_target(
            facts,
            row,
            by_id[row.indicator].words if row.indicator in by_id else words(row.indicator),
            formulas.get(by_id[row.indicator].value) if row.indicator in by_id else None,
        )
        for row in facts.record.targets
    )
    return tuple(formulas.values()), targets
