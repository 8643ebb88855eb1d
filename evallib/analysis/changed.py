"""A framework and a record with something in them changed to try it: a copy is given, and nothing recorded is touched. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from evallib.model.base import Frozen
from evallib.model.catalogue import Catalogue
from evallib.model.facts import Facts
from evallib.model.framework import Framework, Section
from evallib.model.in_force import indicators_in_force
from evallib.model.record import Contradiction, Fact, Judgement, Record, Source, Target
from evallib.model.rules import Rule
from evallib.model.units import convert
from evallib.model.worths import inside_of
from evallib.score.answers import PANEL, SURVEY

Made = tuple[Framework, Record]
Model = TypeVar("Model", Framework, Record)
Row = TypeVar("Row", bound=Frozen)

WHAT_IF = "what-if"
_SOURCE = Source(source=WHAT_IF, title="试算（非实际数据）", title_en="Trial, not recorded data", kind="ledger")
_SAID = {"source": _SOURCE.source, "section": "—"}


def limits(rule: Rule) -> dict[str, Decimal]:
    """The numbers of a rule that `LimitChange` can change, by their path. The points of a checklist go with `PointsChange`.

    >>> from evallib.model.pieces import PassFail
    >>> limits(PassFail(kind="pass_fail", at_least="0.9"))
    {'at_least': Decimal('0.9')}
    """
    return {path: number for path, number in rule.numbers.items() if not path.startswith("items.")}


def put_at(data: Any, path: Sequence[str], value: Decimal) -> Any:
    """Nested data with another number at the end of a path."""
    if not path:
        return value
    key, *rest = path
    if isinstance(data, dict):
        return data | {key: put_at(data[key], rest, value)}
    return [put_at(inner, rest, value) if str(place) == key else inner for place, inner in enumerate(data)]


def copied(model: Model, update: dict[str, Any]) -> Model:
    """A copy with some fields changed. It keeps nothing that the recorded one has looked up in its old fields."""
    return type(model).model_construct(**{name: getattr(model, name) for name in type(model).model_fields} | update)


def rows_with(rows: tuple[Row, ...], changed: Callable[[Row], bool], **update: Any) -> tuple[Row, ...]:
    """Rows, those that are meant with some fields changed."""
    return tuple(row.model_copy(update=update) if changed(row) else row for row in rows)


def with_source(record: Record, update: dict[str, Any]) -> Record:
    """A copy with some tables changed, and with the source that changed rows name."""
    if _SOURCE not in record.sources:
        update = {**update, "sources": (*record.sources, _SOURCE)}
    return copied(record, update)


def facts_with(catalogue: Catalogue, record: Record, id: str, year: int, value: Decimal) -> tuple[Fact, ...]:
    """The facts with one of them changed, and with the stored sums that it is part of moved along."""
    facts, unit = Facts(catalogue, record), catalogue.facts[id].unit
    old = facts.find(id, year)
    row = Fact(fact=id, year=year, value=value, unit=unit.symbol, note="试算", note_en="trial", **_SAID)
    at = next((n for n, f in enumerate(record.facts) if (f.fact, f.year) == (id, year)), len(record.facts))
    rows = (*record.facts[:at], row, *(f for f in record.facts[at:] if (f.fact, f.year) != (id, year)))
    if old is None or old.value is None:
        return rows
    for sign, whole in ((sign, fact.id) for fact in catalogue.facts.values() for sign, part in fact.parts if part == id):
        stored = facts.find(whole, year) if record.find_fact(whole, year) else None
        if stored is not None and stored.value is not None:
            moved = stored.value + sign * convert(value - old.value, unit, stored.unit)
            rows = facts_with(catalogue, copied(record, {"facts": rows}), whole, year, moved)
    return rows


def set_aside(framework: Framework, record: Record, id: str) -> Made:
    """What people answered or experts gave, where an indicator takes that, counts no longer: another number stands in its place."""
    if next(i.value for i in indicators_in_force(framework, record) if i.id == id) not in (SURVEY, PANEL):
        return framework, record
    own = rows_with(record.own_indicators, lambda o: o.indicator == id, formula="")
    return with_indicator(framework, id, {"value": ""}), copied(record, {"own_indicators": own})


def with_target(record: Record, row: Target, update: dict[str, Any]) -> Record:
    """A record with some cells of a target changed."""
    return with_source(record, {"targets": rows_with(record.targets, lambda t: t is row, **update, **_SAID)})


def with_indicator(framework: Framework, id: str, update: dict[str, Any]) -> Framework:
    """A framework with something of an indicator changed."""
    return copied(framework, {"indicators": rows_with(framework.indicators, lambda i: i.id == id, **update)})


def with_sections(framework: Framework, update: Callable[[Section], dict[str, Any]]) -> Framework:
    """A framework with something of its dimensions and groups changed."""

    def made(section: Section) -> Section:
        return section.model_copy(update=update(section))

    return copied(framework, {level: tuple(map(made, getattr(framework, level))) for level in ("dimensions", "groups")})


def without_finding(record: Record, id: str) -> Record:
    """A record as if something had not been found."""

    def about(row: Contradiction) -> Contradiction:
        return row.model_copy(update={"about": " ".join(token for token in row.subjects if token != id)})

    left = {table: tuple(row for row in getattr(record, table) if row.finding != id) for table in ("findings", "finding_amounts")}
    return copied(record, {**left, "contradictions": tuple(map(about, record.contradictions))})


def summed(framework: Framework, record: Record) -> Framework:
    """The framework with groups and dimensions worth what their indicators are worth."""
    worth = inside_of(framework, indicators_in_force(framework, record), lambda section, inside: inside)
    return with_sections(framework, lambda section: {"points": worth[section.id]})


def judged(record: Record, indicator: str, kind: str, replaces: Callable[[Judgement], bool], **more: Any) -> Record:
    """The record with one judgement in the place of those it replaces."""
    row = Judgement.model_validate(
        {"indicator": indicator, "kind": kind, "basis": "own", "reason": "试算", "reason_en": "trial", **more, **_SAID}
    )
    kept = tuple(j for j in record.judgements if not (j.indicator == indicator and replaces(j)))
    return with_source(record, {"judgements": (*kept, row)})
