"""What a department has to fill in for a year, laid out from the year before. Makes rows; `csv_files` and `workbook` write them.

Nothing is guessed: what only the new year can say is left empty, and the check refuses it until it is filled in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal

from evallib.checks.targets import needs_target
from evallib.data.csv_files import write_year
from evallib.data.folder import data_of, data_root, has_data
from evallib.data.listing import list_year, listing_for, refuse_bad_code, usual_framework
from evallib.data.load import load_departments, load_year
from evallib.data.raw_tables import Tables, texts_of
from evallib.data.rulebook import framework_named, load_framework
from evallib.files.locks import held
from evallib.files.whole import together
from evallib.methods.follow_up import id_in, unresolved
from evallib.model.base import CODE
from evallib.model.errors import InputRefused, Place, nearest
from evallib.model.evaluation import TargetResult
from evallib.model.facts import Facts, InputValue
from evallib.model.framework import Framework, Indicator
from evallib.model.in_force import indicators_in_force
from evallib.model.made_ids import made_id, typed
from evallib.model.record import TABLES, Kind, Listing, OwnIndicator, Record, Target
from evallib.model.rows import Row
from evallib.model.table_words import SHEETS, TABLE_NAMES
from evallib.model.units import Unit, convert
from evallib.model.words import Given, Lang, folded, listed, words
from evallib.say.numbers import plain, quantity, written
from evallib.say.refusals import problem, refused
from evallib.say.sentences import sentence
from evallib.say.workings import reached_text, target_text
from evallib.score.answers import PANEL
from evallib.score.measure import measure

LAST_YEAR = "last-year"
"""The source that stands for last year's data: what was carried over from it says so."""

_PROFILE = ("full_name", "rank", "duties", "client")
_Rows = list[dict[str, str]]


def new_year(
    data: Path,
    department: str,
    year: int,
    *,
    from_year: int | None,
    to: Literal["csv", "xlsx"],
    lang: Lang,
    name: str = "",
    name_en: str = "",
    framework: str = "",
    kind: Kind | None = None,
    belongs_to: str = "",
    extra: str = "",
) -> Path:
    """Lay out what has to be filled in for a department's year, list the year in departments.csv, and return what was written.
    Data that is there already but on no list is listed and left as it is.

    `from_year` is the year to carry over from: where none is given, the latest listed year before `year` that has data, and
    an empty year where there is none. `framework` may be left out for a department that is listed, or where county.toml names
    one that is made for its kind and was not reconstructed from another's report; a new department needs a name too, and may be a
    project or a policy that `belongs_to` another. What cannot be a code and reads as a name is the name, and a code is made of it.
    A workbook is in the language, and has empty sheets of the tables named in `extra`; CSV has ids as heads, and its remarks are in the
    language.

    Raises InputRefused where the year is listed and has data already (nothing is ever overwritten), where the code, the year, the framework
    or the year to carry over from will not do, or where last year's data is bad. Both the data and the list are then as before.
    """
    if not name and _reads_as_name(department):
        department, name = made_id(department), department.strip()
    refuse_bad_code(department, year)
    more = _tables_named(extra)
    framework = framework_named(data_root(data), framework)
    with held(data_root(data), "new"), together(data) as change:
        every = load_departments(data)
        lines = [row for row in every if row.code == department]
        if name and not lines and (taken := every.code_of(name)) != name:
            raise refused("department.new_of_a_taken_name", "departments.csv", name, code=typed(taken, words(name)), year=year)
        there = data_of(data, department, year)
        if there and any(year in row.years for row in lines):
            raise refused("year.has_data", f"departments/{department}/{year}", department=typed(department, lines[-1].words), year=year)
        new = {"kind": kind, "department": belongs_to} if kind else {}
        if not lines and not framework:
            framework = usual_framework(data, department, year, name, kind or "department")
        listing = listing_for(lines, department, year, name, name_en, framework, new)
        in_force = load_framework(data, listing.framework, year)
        if there:
            list_year(data / "departments.csv", listing, change)
            return there
        empty = Record(department=listing.code, name=listing.words, year=year, framework=in_force.id, files=(), kind=listing.kind)
        before, by = _carried_from(data, department, year, from_year, lines) or (empty, in_force)
        plan = _Plan(in_force, empty.model_copy(update={"own_indicators": _kept(in_force, before)}), before, by, lang)
        target = data / "departments" / department / (f"{year}.xlsx" if to == "xlsx" else str(year))
        write_year(_lay_out(plan), change.put(target), in_force, lang, f"{plan.new.name[lang]} {year}", more)
        list_year(data / "departments.csv", listing, change)
        return target


def _tables_named(text: str) -> list[str]:
    """The tables that a list of names names."""
    names = [name for name in re.split(r"[,，、]\s*", text) if name.strip()]
    for name in names:
        if SHEETS.get(folded(name)) not in TABLES:
            near = nearest(name, [one for both in TABLE_NAMES.values() for one in (both.zh, both.en)])
            raise refused("table.mistyped" if near else "table.unknown", "--with", name, near=near, tables=listed(TABLE_NAMES.values()))
    return [SHEETS[folded(name)] for name in names]


def _reads_as_name(text: str) -> bool:
    """Whether a text is a name and no code that was mistyped: words, or letters that no code has."""
    return not re.fullmatch(CODE, text) and any(sign.isalpha() for sign in text) and (not text.isascii() or " " in text.strip())


def _carried_from(data: Path, department: str, year: int, from_year: int | None, listed: list[Listing]) -> tuple[Record, Framework] | None:
    """The record to carry over from, with its framework."""
    if from_year is not None and from_year >= year:
        raise refused("year.carried_from_later", f"departments/{department}/{from_year}", str(from_year), year=year)
    found = carried_year(data, department, year, listed) if from_year is None else from_year
    if found is None:
        return None
    try:
        loaded = load_year(data, department, found)
    except InputRefused as refusal:
        place = Place(f"departments/{department}/{found}")
        called = typed(department, listed[-1].words) if listed else words(department)
        said = problem("year.carried_unready", place, year=year, department=called, carried=found)
        raise InputRefused((said, *refusal.problems)) from None
    return loaded.record, loaded.framework


def carried_year(data: Path, department: str, year: int, listed: Iterable[Listing]) -> int | None:
    """The latest listed year before a year that has data: from which it is carried over."""
    spans = (y for row in listed for y in row.years if y < year)
    return max((y for y in spans if has_data(data, department, y)), default=None)


def _kept(framework: Framework, before: Record) -> tuple[OwnIndicator, ...]:
    """The indicators of the department's own that the framework still leaves room for."""
    groups, common = {s.id for s in framework.open_sections}, {i.id for i in framework.indicators}
    return tuple(o for o in before.own_indicators if o.group in groups and o.indicator not in common)


@dataclass(frozen=True)
class _Plan:
    """What the layout is made from: the framework in force, the new year's blank record, the record carried over from.

    Where nothing is carried over, that is an empty record of the new year.
    """

    framework: Framework
    new: Record
    before: Record
    before_framework: Framework
    lang: Lang

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        return indicators_in_force(self.framework, self.new)

    @property
    def carries(self) -> bool:
        return self.before.year < self.new.year

    @property
    def adjoining(self) -> bool:
        """Whether the record carried over from is that of the year just before."""
        return self.before.year == self.new.year - 1

    def head(self, what: str) -> str:
        """The head of a column that reminds of the year carried over from."""
        year = self.framework.catalogue.year(self.before.year)
        return self.t(f"{'last_year' if self.adjoining else 'earlier_year'}.{what}", year=year)

    def t(self, name: str, **given: Given) -> str:
        """A sentence of `sentences/new_year.toml`."""
        return sentence(f"new_year.{name}", **given)[self.lang]


def _carried(plan: _Plan, table: str, row: Row, **changed: str) -> dict[str, str]:
    """A row as it was, said to come from last year's data: the sheet, and where that had it from."""
    texts, cited = texts_of(row), plan.before.find_source(getattr(row, "source", ""))
    title = cited.words[plan.lang] if cited and cited.kind != "report" else ""  # last year's report needs no name beside last year
    had = " ".join(part for part in (TABLE_NAMES[table][plan.lang], title, texts["section"]) if part)
    return texts | {"source": LAST_YEAR, "section": texts["section"] if texts["source"] == LAST_YEAR else had} | changed


def _lay_out(plan: _Plan) -> Tables:
    """Every table of the new year in its raw form, with columns that remind."""
    before = plan.before
    ids = {i.id for i in plan.indicators}
    targets = _targets(plan)
    tables: dict[str, _Rows] = {
        "profile": _profile(plan),
        "units": [_carried(plan, "units", row) for row in before.units],
        "plan_targets": [
            _carried(plan, "plan_targets", row, indicator=row.indicator if row.indicator in ids else "") for row in before.plan_targets
        ],
        "facts": _facts(plan),
        "own_indicators": _own_indicators(plan),
        "targets": targets,
        "target_parts": [
            texts_of(row) | {"value": "", "source": "", "section": ""}
            for row in before.target_parts
            if row.indicator in {target["indicator"] for target in targets}
        ],
        "judgements": _judgements(plan),
        "self_evaluation": [{"indicator": "total"}],
        "follow_ups": _follow_ups(plan),
    }
    tables["sources"] = _sources(plan, any(row.get("source") == LAST_YEAR for rows in tables.values() for row in rows))
    return tables


def _sources(plan: _Plan, used: bool) -> _Rows:
    """The report to come, last year's data where anything is carried over from it, and the laws."""
    rows: _Rows = [{"source": "report", "kind": "report"}]
    if used:
        year = plan.before.year
        title = sentence("new_year.origin", department=plan.new.name, year=year)
        rows.append({"source": LAST_YEAR, "title": title.zh, "title_en": title.en, "year": str(year), "kind": "ledger"})
    taken = {row["source"] for row in rows}
    return rows + [texts_of(row) for row in plan.before.sources if row.kind == "law" and row.source not in taken]


def _profile(plan: _Plan) -> _Rows:
    if plan.carries:
        return [_carried(plan, "profile", row) for row in plan.before.profile if row.key in _PROFILE]
    name = plan.new.name
    called = {"text": name.zh, "text_en": "" if name.en == name.zh else name.en}
    return [{"key": key} | (called if key == "full_name" else {}) for key in _PROFILE]


def _own_indicators(plan: _Plan) -> _Rows:
    """Those carried over; for an open group that has none, a row to begin with."""
    own: tuple[OwnIndicator, ...] = plan.new.own_indicators
    open_groups = [s for s in plan.framework.open_sections if s.id not in {o.group for o in own}]
    rows = [_carried(plan, "own_indicators", row) for row in own]
    rows += [{"group": g.id, "points": f"{g.points:f}" if g.points else ""} for g in open_groups]
    order = [s.id for s in plan.framework.open_sections]
    return sorted(rows, key=lambda row: order.index(row["group"]))


def _needed_facts(plan: _Plan) -> set[tuple[str, int]]:
    """What the formulas of the indicators take, this year and before."""
    formulas = plan.framework.catalogue.formulas
    inputs = (name for i in plan.indicators if i.value in formulas for name in formulas[i.value].inputs)
    return {(name.id, plan.new.year - name.before) for name in inputs}


def _facts(plan: _Plan) -> _Rows:
    """A row for every fact that is needed or was given before; empty, but for what last year's record knows."""
    before, year, catalogue = plan.before, plan.new.year, plan.framework.catalogue
    shift, told = year - before.year, Facts(plan.before_framework.catalogue, before)
    given = {(row.fact, row.year + shift): row for row in before.facts if row.fact in catalogue.facts}

    def covered(fact: str, of: int) -> bool:
        parts = catalogue.facts[fact].parts
        return (fact, of) in given or (bool(parts) and all(covered(part, of) for _, part in parts))

    def of_last_year(fact: str, of: int) -> InputValue | None:
        return told.find(fact, of) if fact in told.catalogue.facts else None

    carried = dict(zip(catalogue.playing("carried in"), catalogue.playing("carried out"), strict=False))
    wanted = {*given, *((fact, of) for fact, of in _needed_facts(plan) if not covered(fact, of))}
    order = list(catalogue.facts)
    rows: _Rows = []
    for fact, of in sorted(wanted, key=lambda key: (order.index(key[0]), key[1])):
        made, old = catalogue.facts[fact], given.get((fact, of))
        row = {"fact": fact, plan.t("name"): made.name[plan.lang], "year": str(of), "value": ""}
        if plan.carries:
            last = of_last_year(fact, of - shift)
            row[plan.head("value")] = "" if last is None else written(last.value, last.unit)[plan.lang]
        row["unit"] = old.unit if old else made.unit.symbol
        known = (carried[fact], year - 1) if fact in carried and of == year else (fact, of)
        found = of_last_year(*known) if plan.adjoining and known[1] == year - 1 else None
        if found is not None and found.unit.dimensions == made.unit.dimensions and (found.value is not None or found.note):
            row |= {"source": LAST_YEAR, "section": f"{TABLE_NAMES['facts'][plan.lang]} {catalogue.facts[known[0]].name[plan.lang]}"}
            if found.value is None:
                row |= {"note": found.note.zh, "note_en": found.note.en}
            else:
                unit = _typed_unit(told, *known) if found.half else made.unit  # which keeps its precision
                row |= {"value": f"{convert(found.value, found.unit, unit):f}", "unit": unit.symbol}
        rows.append(row)
    return rows


def _typed_unit(told: Facts, fact: str, year: int) -> Unit:
    """The unit that a fact, or the first of its parts, was given in."""
    family = told.catalogue.family(fact)
    rows = (told.record.find_fact(id, year) for id in told.catalogue.facts if id in family)
    return next((told.catalogue.units.read(row.unit) for row in rows if row), told.catalogue.facts[fact].unit)


def _targets(plan: _Plan) -> _Rows:
    """The same indicators with their units, targets and actuals empty; and any other that needs a target."""
    before, lang, ids = plan.before, plan.lang, {i.id: i for i in plan.indicators}
    there = {row.indicator: row for row in before.targets if row.indicator in ids}
    more = [i.id for i in ids.values() if i.id not in there and needs_target(i.rule, i.value)]
    told = Facts(plan.before_framework.catalogue, before)
    held = {t.id: t for t in measure(plan.before_framework, told, indicators_in_force(plan.before_framework, before))[1]}
    rows: _Rows = []
    for id in (*there, *more):
        row = {"indicator": id, plan.t("name"): ids[id].words[lang]}
        if plan.carries:
            asked, reached = (target_text(held[id], lang), _reached(plan, there[id], held[id])) if id in there else ("", "")
            row |= {"target": "", plan.head("target"): asked, "actual": "", plan.head("actual"): reached}
        if id in there:
            row |= {c: text for c, text in texts_of(there[id]).items() if c in ("operator", "unit", "actual_unit", "actual_by")}
        rows.append(row)
    return rows


def _reached(plan: _Plan, row: Target, result: TargetResult) -> str:
    """What was reached of a target before, as it is to be typed beside it."""
    if not result.is_number:
        return reached_text(result, plan.lang)
    typed = plan.before_framework.catalogue.units.read(row.actual_unit or row.unit)
    as_typed = row.actual is not None and row.base is None
    actual, unit = (row.actual, typed) if as_typed else (result.actual, result.unit)
    said = "—" if actual is None else quantity(actual, unit, plan.lang)
    if row.actual is None:
        return plan.t("computed", value=said)
    return said if row.base is None else f"{said} ({quantity(row.actual, typed, plan.lang)} ÷ {quantity(row.base, typed, plan.lang)})"


def _judgements(plan: _Plan) -> _Rows:
    """A row for each thing that people decide; none for what a formula gives."""
    found: list[tuple[Indicator, dict[str, str], str]] = []
    for i in plan.indicators:
        if i.rule.checklist:
            found += [(i, {"kind": "item", "item": item.id}, item.words[plan.lang]) for item in i.rule.checklist]
        elif i.rule.verdicts:
            tiers = (f"{t.id}: {t.words[plan.lang]} {_range(i.points, t.low, t.high)}" for t in i.rule.verdicts)
            found.append((i, {"kind": "tier"}, "; ".join(tiers)))
        elif i.rule.takes == "findings" and plan.framework.treatment.no_finding == "unchecked":
            found.append((i, {"kind": "nothing_found"}, plan.t("nothing_found")))
        elif i.rule.takes == "score" and i.value != PANEL:
            found.append((i, {"kind": "award"}, _range(i.points, Decimal(0), Decimal(1))))
    named, items = plan.t("indicator"), plan.t("item")
    return [{"indicator": i.id, named: i.words[plan.lang], "kind": "", "item": "", **row, items: item} for i, row, item in found]


def _follow_ups(plan: _Plan) -> _Rows:
    """A row for each finding that is not told as done, and each recommendation told as open or promised: its day and office as
    last named; state and date wait to be filled in.
    """
    rows: _Rows = []
    for f in unresolved(plan.before):
        said = f.state_words[plan.lang] + (f" {f.date}" if f.date else "")
        row = {"subject": f.key.subject, "id": id_in(plan.new, f.key), plan.t("finding"): f.title[plan.lang], "state": ""}
        row |= {plan.head("state"): said, "due": str(f.due or ""), "office": f.office.zh}
        rows.append(row | {"office_en": f.office.en if f.office.en != f.office.zh else ""})
    return rows


def _range(points: Decimal, low: Decimal, high: Decimal) -> str:
    return f"{plain(low * points)}–{plain(high * points)}"
