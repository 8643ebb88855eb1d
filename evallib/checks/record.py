"""What must hold between the rows of a record, and between a record and its framework. Pure: it only reports."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import partial
from operator import attrgetter
from typing import Any

from pydantic import ValidationError

from evallib.checks.framework import no_such
from evallib.checks.gone import NONE, STAND_IN, Gone
from evallib.checks.judgements import check_judged, check_lacking_judgements
from evallib.checks.targets import check_targets, file_of
from evallib.model.errors import Place, Problem, Where, meant, near
from evallib.model.facts import Facts
from evallib.model.framework import Framework
from evallib.model.grouped import grouped
from evallib.model.in_force import indicators_in_force, own_rule
from evallib.model.made_ids import is_made
from evallib.model.record import TABLES, OwnIndicator, Record
from evallib.model.rows import STATED, columns, id_as_typed, key_columns, made_of, refers
from evallib.model.rules import Rule
from evallib.model.table_words import CALLED
from evallib.model.toml_lines import Path, called
from evallib.model.units import Units
from evallib.model.words import NOTHING, Given, Words, folded, listed, words
from evallib.model.worths import is_open, worths
from evallib.say.mistakes import broken, mistakes
from evallib.say.numbers import plain
from evallib.say.refusals import problem, unknown
from evallib.say.sentences import sentence
from evallib.score.answers import PANEL, SURVEY

_SCALES = (10**4, 10**8)
"""The scales that amounts of money are usually written in."""


def check_record(framework: Framework, record: Record, where: Where) -> Iterator[Problem]:
    """Every problem of a whole year that a row alone does not show: of its names, and only when all of these are known, of the rest."""
    for checks in (OF_ROWS, BETWEEN_ROWS):
        found = [one for check in checks for one in check(framework, record, where, NONE)]
        yield from found
        if any(one.level == "error" for one in found):
            return


Known = Mapping[str, Mapping[str, Words]]
"""By kind of thing, what the things are called, by id."""
Check = Callable[[Framework, Record, Where, Gone], Iterator[Problem]]


_HOMES = {
    "indicator": (("own_indicators", "indicator"),),
    "scored": (("own_indicators", "indicator"),),
    "veto": (),
    "target": (("targets", "indicator"), ("own_indicators", "indicator")),
    "finding": (("findings", "finding"),),
    "recommendation": (("recommendations", "id"),),
    "source": (("sources", "source"),),
    "id": (("published", "published"), ("own_indicators", "indicator"), ("findings", "finding")),
}
"""The tables in whose rows things get their names, and the column of the name."""
_THINGS = {"clause": "source", "whole indicator": "scored", "published indicator finding fact": "id"}
"""What a column names that refers to a part of something, or to things of several kinds."""
_OF = {("target_parts", "indicator"): "target", ("survey_answers", "indicator"): ""}
"""What some columns name besides: a part belongs to a target, and whose an answer is `check_methods` asks."""
_NAMING = [
    (table, column, thing)
    for table, model in TABLES.items()
    for column in columns(model)
    for kinds in [" ".join(refers(model, column))]
    if (thing := _OF.get((table, column), _THINGS.get(kinds, kinds))) in _HOMES
]
"""Which column names what."""
_SEVERAL: dict[str, Callable[[Any], Iterable[str]]] = {
    "clauses": lambda row: [source for source, _ in row.cited],
    "about": lambda row: row.subjects,
}
"""What reads the names of a column that holds several."""


def _sources(framework: Framework, record: Record, where: Where, gone: Gone) -> Iterator[Problem]:
    naming = [one for one in _NAMING if one[1] == "source"]
    return _named(record, where, naming, {"source": {s.source: s.words for s in record.sources}}, gone)


def _names(framework: Framework, record: Record, where: Where, gone: Gone) -> Iterator[Problem]:
    """What rows name is there."""
    indicators = {i.id: i.words for i in indicators_in_force(framework, record)}
    findings, facts = {f.finding: f.words for f in record.findings}, {id: fact.name for id, fact in framework.catalogue.facts.items()}
    known = {
        "indicator": indicators,
        "target": {id: indicators.get(id, words(id)) for id in sorted({t.indicator for t in record.targets})},
        "finding": findings,
        "recommendation": {r.id: r.title_words for r in record.recommendations},
        "scored": {"total": words(*CALLED["total"][:2])} | indicators,
        "veto": {veto.id: veto.words for veto in framework.vetoes},
        "source": {s.source: s.words for s in record.sources},
        "id": {p.published: words(p.published) for p in record.published} | indicators | findings | facts,
    }
    return _named(record, where, [one for one in _NAMING if one[1] != "source"], known, gone)


def _named(record: Record, where: Where, naming: Iterable[tuple[str, str, str]], known: Known, gone: Gone) -> Iterator[Problem]:
    for table, column, thing in naming:
        among, said = known[thing], "indicator" if thing == "scored" else thing
        for index, row in enumerate(getattr(record, table)):
            for id in _SEVERAL[column](row) if column in _SEVERAL else [getattr(row, column)]:
                if id and id not in among and not _may_be_gone(gone, thing, id):
                    found = known["indicator"][id].zh if is_made(id) and id in known.get("indicator", {}) else id
                    yield unknown(said, where(table, index, column), found, among)


def _may_be_gone(gone: Gone, thing: str, id: str) -> bool:
    """Whether what an id or a name stands for may be in a row that is not there."""
    if id == STAND_IN:
        return gone.stands_in
    homes = [(home, name) for home, column in _HOMES[thing] for name in (column, *made_of(TABLES[home], column))]
    return any(gone.may_be(home, **{name: id}) for home, name in homes)


_WITH_UNIT = [
    (table, column) for table, model in TABLES.items() for column in ("unit", "actual_unit", "cost_unit") if column in model.model_fields
]


def _units(framework: Framework, record: Record, where: Where, gone: Gone) -> Iterator[Problem]:
    """Any word is a unit; one that looks like money or a percentage and is not known is asked about."""
    units = framework.catalogue.units
    for table, column in _WITH_UNIT:
        for index, row in enumerate(getattr(record, table)):
            if (symbol := getattr(row, column)) and units.find(symbol) is None:
                yield unknown_unit(units, where(table, index, column), symbol)


def unknown_unit(units: Units, place: Place, text: str) -> Problem:
    """What is to be asked about a text that is no unit, and what may be meant."""
    parts = folded(text).split("/")
    like = {"money" if unicodedata.category(part[:1] or " ") == "Sc" else units.like(part) for part in parts}
    if "money" in like:
        return problem("unit.like_money", place, text, units=amounts(units))
    return problem("unit.like_share" if "share" in like else "unit.no_word", place, text)


def amounts(units: Units) -> Words:
    """The currency's own unit and its usual scales, as they may be written."""
    scaled = [next((s.word for s in units.scales if s.factor == factor), "") for factor in _SCALES]
    return listed(f"{word}{units.money.symbol}" for word in ("", *filter(None, scaled)))


_KEYED = [(table, key) for table, model in TABLES.items() if (key := key_columns(model))]


def _duplicates(framework: Framework, record: Record, where: Where, gone: Gone) -> Iterator[Problem]:
    for table, key in _KEYED:
        seen: dict[object, int] = {}
        key_of = attrgetter(*key)
        for index, row in enumerate(getattr(record, table)):
            found = key_of(row)
            if found in seen:
                told = " ".join(id_as_typed(row, str(part)) for part in map(partial(getattr, row), key) if part != "")
                yield problem("row.repeated", where(table, index, key[0]), told, row=str(where(table, seen[found], None).row))
            seen.setdefault(found, index)


_STATED = [(table, name) for table, model in TABLES.items() for name, column in model.model_fields.items() if STATED in column.metadata]


def _numbers(framework: Framework, record: Record, where: Where, gone: Gone) -> Iterator[Problem]:
    for table, column in _STATED:
        for index, row in enumerate(getattr(record, table)):
            if getattr(row, column) is None and not row.state_of(column):
                yield problem("cell.empty_number", where(table, index, column))


def _facts(framework: Framework, record: Record, where: Where, gone: Gone) -> Iterator[Problem]:
    catalogue = framework.catalogue
    for index, row in enumerate(record.facts):
        fact = catalogue.facts.get(row.fact)
        if fact is None:
            yield no_such(catalogue, where("facts", index, "fact"), row.fact, formulas=False)
            continue
        if fact.derived:
            yield problem("fact.derived", where("facts", index, "fact"), row.fact)
            continue
        unit = catalogue.units.find(row.unit)
        if unit is not None and unit.dimensions != fact.unit.dimensions:
            yield problem("fact.unit_differs", where("facts", index, "unit"), row.unit, unit=fact.unit.symbol)
            continue
        at = partial(where, "facts", index, "value")
        if row.value is None and not row.note and not row.states:
            yield problem("fact.empty", at())
        if row.value is not None and row.value < 0 and not fact.entry.may_be_negative:
            yield problem("number.negative", at(), plain(row.value))
        if unit is not None and unit.whole and row.value is not None and row.value != row.value.to_integral_value():
            yield problem("number.not_whole", at(), plain(row.value))
        if row.year > record.year:
            yield problem("fact.later", where("facts", index, "year"), str(row.year), year=record.year)


def _own_indicators(framework: Framework, record: Record, where: Where, gone: Gone) -> Iterator[Problem]:
    open_groups = {s.id: s.words for s in framework.open_sections}
    common = {i.id for i in framework.indicators}
    wrong = False
    for index, row in enumerate(record.own_indicators):
        closed = {s.id for s in framework.sections if row.group in (s.id, s.words.zh, s.words.en)}
        here = {i.id: i.words for i in framework.indicators if i.within in closed}
        if row.group not in open_groups and near(row.name, [text for name in here.values() for text in (name.zh, name.en)]):
            yield unknown("indicator", where("own_indicators", index, "name"), row.name, here)
            continue
        if row.group not in open_groups:
            yield unknown("open_group", where("own_indicators", index, "group"), row.group, open_groups)
        if row.indicator in common:
            yield problem("own_indicator.of_framework", where("own_indicators", index, "indicator"), row.indicator)
        if row.formula and row.formula not in (*framework.catalogue.formulas, SURVEY, PANEL):
            yield no_such(framework.catalogue, where("own_indicators", index, "formula"), row.formula, formulas=True)
        for told in _own_rule(framework, row, partial(where, "own_indicators", index)):
            wrong = True
            yield told
    names = {s.id: s.words for s in framework.sections} | {"": framework.words}
    known = not wrong and not gone.any("own_indicators")
    for there, points, inside in worths(framework, indicators_in_force(framework, record)) if known else ():
        if inside != points and is_open(framework, there):
            lacks = inside < points
            rows = [((row.points is None) == lacks, n) for n, row in enumerate(record.own_indicators) if row.group == there]
            place = where("own_indicators", max(rows)[1], "points") if rows else file_of(where, "own_indicators", "points")
            yield problem("own_indicator.points_differ", place, "", (there,), group=names[there], total=plain(inside), points=plain(points))


def _own_rule(framework: Framework, row: OwnIndicator, at: Callable[[str], Place]) -> Iterator[Problem]:
    """A rule of its own is one of the framework's, or written down; what it takes is there, and its items make up the points."""
    try:
        rule = own_rule(framework, row.group, row.rule)
    except ValueError as error:
        yield from written_wrong(row.rule, error, at("rule"))
        return
    if row.rule.startswith("{"):
        yield from written_wrong(row.rule, None, at("rule"))
    if rule is None and any(section.id == row.group for section in framework.open_sections):
        named = [text for r in framework.rules for text in (r.id, r.name)]
        clear = words("清空此格，按本组的规则计分", "clear this cell, and the rule of the group holds")
        yield problem("rule.unknown", at("rule"), row.rule, known=meant(row.rule, named) if named else clear)
        return
    if rule and rule.adds and rule.adds != row.points:
        yield problem("framework.items_differ", at("points"), total=plain(rule.adds), points=plain(row.points or Decimal(0)))


def written_wrong(text: str, error: ValueError | None, place: Place) -> Iterator[Problem]:
    """What is wrong with a rule written in one line, with the key of it that is meant."""

    def inside(path: Path) -> Place:
        return replace(place, title=called(written, path))

    if error is not None and not isinstance(error, ValidationError):
        yield replace(broken(f"rule = {text}", error, lambda _: place), found=text[:60])
        return
    written = tomllib.loads(f"rule = {text}", parse_float=Decimal)["rule"]
    for one in mistakes(error.errors() if error else (), written, Rule, inside):
        key = words(f"中的 {one.place.title}", f", at {one.place.title}") if one.place.title else NOTHING
        yield problem("own_indicator.rule", place, one.found or text[:60], key=key, said=one.what, fix=one.fix)


def _other_rows(framework: Framework, record: Record, where: Where, gone: Gone) -> Iterator[Problem]:
    points = {"total": framework.points} | {i.id: i.points for i in indicators_in_force(framework, record)}
    for index, row in enumerate(record.self_evaluation):
        most = points.get(row.indicator)
        if most is not None and row.score is not None and not 0 <= row.score <= most:
            yield problem("score.outside", where("self_evaluation", index, "score"), plain(row.score), points=plain(most))
    for index, figure in enumerate(record.published):
        if not figure.number and not figure.note:
            yield problem("published.no_note", where("published", index, "note"))


def _needed_facts(framework: Framework, record: Record, where: Where, gone: Gone) -> Iterator[Problem]:
    """A fact that a formula needs and nobody gave. An empty value counts as given: known to be missing."""
    catalogue = framework.catalogue
    facts = Facts(catalogue, record)
    excused = {j.indicator for j in record.judgements if j.kind == "not_applicable"}
    asking = (i for i in indicators_in_force(framework, record) if i.value in catalogue.formulas and i.id not in excused)
    asked = ((name, i) for i in asking for name in catalogue.formulas[i.value].inputs if facts.named(name) is None)
    for (id, before), indicators in grouped(asked).items():
        year = record.year - before
        names = [one for part in catalogue.family(id) for one in (part, catalogue.facts[part].name)]
        if gone.may_be("facts", fact=names, year=str(year)):
            continue
        fact, first = catalogue.facts[id], indicators[0]
        parts = sentence("checks.parts", parts=listed(part for _, part in fact.parts)) if fact.parts else NOTHING
        given: dict[str, Given] = {"fact": id, "called": fact.name, "year": year, "unit": fact.unit.symbol, "parts": parts}
        about = tuple(i.id for i in indicators)
        yield problem("fact.missing", file_of(where, "facts", "fact"), "", about, id=first.id, indicator=first.words, **given)


OF_ROWS: tuple[Check, ...] = (_sources, _units, _duplicates, _numbers, _facts, _own_indicators)
"""The checks of single rows: their sources, units, numbers and ids."""
BETWEEN_ROWS: tuple[Check, ...] = (_names, check_targets, check_judged, check_lacking_judgements, _other_rows, _needed_facts)
"""The checks of rows that are right by themselves: what they name, what must be there."""
