"""What must hold of targets and their actuals: each says what its way of asking needs, and can be compared. Pure: it only reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from evallib.checks.gone import NONE, Gone
from evallib.model.catalogue import Catalogue
from evallib.model.errors import Place, Problem, Where
from evallib.model.framework import Framework, Indicator
from evallib.model.in_force import indicators_in_force
from evallib.model.record import Operator, Record, Target
from evallib.model.rules import Rule
from evallib.model.table_words import CHOICES
from evallib.say.numbers import plain
from evallib.say.refusals import problem
from evallib.score.answers import SURVEY
from evallib.score.measure import counted_parts


def file_of(where: Where, table: str, column: str) -> Place:
    """The column of a table, where a row is missing."""
    there = where(table, 0, None)
    return Place(there.file, None, column, there.sheet)


def check_targets(framework: Framework, record: Record, where: Where, gone: Gone = NONE) -> Iterator[Problem]:
    """Every problem of the targets of a year, their actuals and their parts."""
    catalogue = framework.catalogue
    read = catalogue.units.read
    indicators = {i.id: i for i in indicators_in_force(framework, record)}
    targets = {t.indicator: t for t in reversed(record.targets)}
    for index, row in enumerate(record.targets):
        indicator, at = indicators.get(row.indicator), partial(where, "targets", index)
        if indicator is None:
            continue
        asked = [*_asked(framework, row, at)]
        yield from asked
        if row.operator in ("by", "words"):
            yield from _kept(row, at)
        elif not asked and row.unit:  # a target that is still to come may have none
            if not indicator.value and not read(row.unit).is_share and _of_shares(indicator):
                yield problem("target.no_share", at("unit"), row.unit)
            yield from _actual(catalogue, record, row, indicator, at, gone)
    excused = {j.indicator for j in record.judgements if j.kind in ("not_applicable", "override")}
    for i in indicators.values():
        lacks = i.id not in targets and i.id not in excused and needs_target(i.rule, i.value)
        if lacks and not gone.may_be("targets", indicator=[i.id, i.words]):
            yield problem("target.missing", file_of(where, "targets", "indicator"), "", (i.id,), id=i.id, indicator=i.words)
    for index, part in enumerate(record.target_parts):
        target = targets.get(part.indicator)
        if target is not None and target.unit and read(part.unit).dimensions != read(target.unit).dimensions:
            yield problem("target.unit_differs", where("target_parts", index, "unit"), part.unit, unit=read(target.unit).symbol)


def needs_target(rule: Rule, value: str) -> bool:
    """Whether an indicator cannot be scored without a target row: by completion, or by a value that nothing else gives."""
    return rule.measures == "completion" or (rule.measures == "value" and not value)


def _of_shares(indicator: Indicator) -> bool:
    """Whether the limits of a rule can only mean shares: none is above 100%."""
    edges = indicator.rule.edges if indicator.rule.measures == "value" else ()
    return any(edge > 0 for edge in edges) and max(edges) <= 1


_KINDS: dict[Operator, str] = {"between": "upper", "by": "due", "words": "wording"}
"""The ways of asking for what is not one number, and the column that holds it or its end."""


def _asked(framework: Framework, row: Target, at: Callable[[str], Place]) -> Iterator[Problem]:
    """What is asked for is there, and is of the kind that the operator asks."""
    if row.state_of("target"):
        return
    odd = [operator for operator, column in _KINDS.items() if operator != row.operator and getattr(row, column)]
    if odd:
        given = {"operator": CHOICES[row.operator], "other": CHOICES[odd[0]]}
        found = row.wording or str(row.due or "") or f"{plain(row.asks)}~{plain(row.upper or row.asks)}"
        yield problem("target.other_kind", at("operator"), found, **given)
        return
    if row.operator == "words":
        if framework.qualitative is None:
            yield problem("target.no_shares_of_words", at("operator"), CHOICES["words"].zh)
        return
    needed = ["target"] if row.operator != "by" else []
    needed += [_KINDS[row.operator]] if row.operator in _KINDS else []
    if any(getattr(row, column) is None for column in needed):
        given = {"operator": CHOICES[row.operator], "what": CHOICES[f"a {needed[-1]}"]}
        yield problem("target.lacks", at("target"), row.wording, **given)
    elif row.operator == "between" and row.upper is not None and row.target is not None and row.upper < row.target:
        yield problem("target.range_upside_down", at("target"), f"{plain(row.target)}~{plain(row.upper)}")
    elif row.operator != "by" and not row.unit:
        yield problem("target.no_unit", at("unit"))


def _kept(row: Target, at: Callable[[str], Place]) -> Iterator[Problem]:
    """A date, or what is asked for in words, says what became of it."""
    column = "done" if row.operator == "by" else "verdict"
    if not getattr(row, column) and not row.state_of("actual") and not row.state_of("target"):
        yield problem(f"target.no_{column}", at("actual"), plain(row.actual) if row.actual is not None else "")


def _actual(
    catalogue: Catalogue, record: Record, row: Target, indicator: Indicator, at: Callable[[str], Place], gone: Gone
) -> Iterator[Problem]:
    """A target's actual comes from one place, in a unit that can be compared."""
    formula, unit = catalogue.formulas.get(indicator.value), catalogue.units.read(row.unit)
    parts = counted_parts(record, row.indicator, "actual")
    found = {
        "actual": row.actual is not None,
        "target_parts": bool(parts),
        "surveys": indicator.value == SURVEY,
        f"formula {indicator.value}": formula is not None,
    }
    ways = [way for way, there in found.items() if there]
    may_be = gone.may_be("target_parts", indicator=[row.indicator, indicator.words], role="actual")
    if not ways and not row.state_of("actual") and not row.state_of("target") and not may_be:
        yield problem("target.no_actual", at("actual"))
    if len(ways) > 1:
        yield problem("target.actual_twice", at("actual"), ", ".join(ways))
    if row.base is not None and ways and (row.actual is None or not unit.is_share):
        yield problem("target.base_alone", at("base"))
    if row.base is not None and not row.actual_unit:
        yield problem("target.base_without_unit", at("actual_unit"))
    have = formula.unit if formula else catalogue.units.read(row.actual_unit or row.unit)
    if row.base is None and have.dimensions != unit.dimensions:
        if formula:
            given = {"of": formula.entry.unit, "unit": formula.entry.unit if have.is_share else have.symbol}
            yield problem("target.formula_unit_differs", at("unit"), row.unit, **given)
        else:
            yield problem("target.unit_differs", at("actual_unit"), have.symbol, unit=unit.symbol)
