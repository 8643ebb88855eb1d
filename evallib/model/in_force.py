"""The indicators that are in force in a department's year: those of the framework and the department's own. Pure."""

from __future__ import annotations

from decimal import Decimal

from evallib.model.framework import Framework, Indicator
from evallib.model.grouped import grouped
from evallib.model.record import Record
from evallib.model.rules import Rule, written_rule


def indicators_in_force(framework: Framework, record: Record) -> tuple[Indicator, ...]:
    """The framework's indicators and the department's own, in the order of the framework's tree."""
    known = record.__dict__.get("_in_force")  # asked for by every check; a copy of the record forgets it
    if known is None or known[0] is not framework:
        known = record.__dict__["_in_force"] = (framework, _in_force(framework, record))
    found: tuple[Indicator, ...] = known[1]
    return found


def _in_force(framework: Framework, record: Record) -> tuple[Indicator, ...]:
    held = grouped((indicator.within, indicator) for indicator in framework.indicators)
    sections = {s.id: s for s in framework.sections}
    for row in record.own_indicators:
        rule = own_rule(framework, row.group, row.rule)
        if row.group in sections and rule is not None:
            held.setdefault(row.group, []).append(
                Indicator.model_construct(  # of checked rows: not checked again
                    id=row.indicator,
                    name=row.name,
                    name_en=row.name_en or row.name,
                    group=row.group,
                    points=row.points or Decimal(0),
                    basis=row.basis,
                    value=row.formula,
                    rule=rule,
                    source=row.source,
                    clause=row.section,
                )
            )
    return tuple(indicator for section in framework.sections for indicator in held.get(section.id, ()))


def own_rule(framework: Framework, group: str, rule: str) -> Rule | None:
    """The rule of an indicator of the department's own: the one it names or writes down, else that of its group."""
    if rule.startswith("{"):
        return written_rule(rule)
    if rule:
        return framework.find_rule(rule)
    return next((s.own_rule for s in framework.sections if s.id == group), None)
