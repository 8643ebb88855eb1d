"""The sheet with a row an indicator: how it is split into the tables that it stands for.

Which column of which table each of its columns fills stands in `catalogue/words/sheets.toml`. What does not fit one row stays on its
table's own sheet; `scoring_rows` lays them out. Knows no workbook.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from pydantic import Field, create_model

from evallib.checks.targets import needs_target
from evallib.data.form_words import forms, is_subtotal, is_total
from evallib.data.heads import Head, Lines, head_key
from evallib.data.names import Names
from evallib.data.raw_tables import choices_meant
from evallib.model.errors import Problem
from evallib.model.framework import Framework, Indicator
from evallib.model.record import TABLES, Judgement
from evallib.model.rows import Row, columns, spread, unit_of
from evallib.model.rules import Rule
from evallib.model.table_words import CALLED, SHEET_WORDS, TABLE_NAMES
from evallib.model.units import parse_decimal
from evallib.model.words import Words, folded, name_key, words
from evallib.say.numbers import plain
from evallib.say.refusals import problem
from evallib.say.rules import kind_name
from evallib.score.answers import PANEL

SCORING = "scoring"
PARTS = ("own_indicators", "targets", "judgements", "self_evaluation")
"""The tables that the sheet stands for."""
NAME, PURPOSE = (words(SHEET_WORDS[SCORING][key], SHEET_WORDS[SCORING][f"{key}_en"]) for key in ("name", "purpose"))
ONCE: dict[str, list[str]] = SHEET_WORDS["once"]
"""By table, the columns that may be said once above the heads."""
_NAMED = ("id", "indicator", "name_en")


def called(table: str) -> Words:
    """What a sheet is called: that of a table, or this one."""
    return NAME if table == SCORING else TABLE_NAMES[table]


class Column(NamedTuple):
    """A column of the sheet: its head, the columns of tables that it fills, how it behaves."""

    id: str
    head: Words
    to: tuple[tuple[str, str], ...] = ()
    also: tuple[str, ...] = ()
    usual: bool = False
    grey: bool = False
    like: str = ""
    beside: str = ""
    notes: Words | None = None


def _column(id: str, said: Mapping[str, Any]) -> Column:
    to = tuple((table, column) for table, _, column in (one.partition(".") for one in said.get("to", ())))
    notes = words(*said["notes"]) if "notes" in said else None
    also, usual, grey = tuple(said.get("also", ())), said.get("usual", False), said.get("grey", False)
    return Column(id, words(said["zh"], said["en"]), to, also, usual, grey, said.get("like", ""), said.get("beside", ""), notes)


COLUMNS = {id: _column(id, said) for id, said in SHEET_WORDS[SCORING]["columns"].items()}
AT = {(table, column): one for one in COLUMNS.values() for table, column in one.to}
"""By table and column, the column of the sheet that fills it."""
_SHARED = {*_NAMED, *(one.like for one in COLUMNS.values())}
_TELLING: dict[str, list[str]] = {table: [] for table in PARTS}
"""By table, the columns of which one that is filled says that the table has a row for the indicator."""
for (_table, _of), _one in AT.items():
    _TELLING[_table] += [] if _one.like or _one.id in _SHARED or _of in ONCE[_table] else [_one.id]


_OF_FORMS = {"group": "level_2", "indicator": "name", "operator": "nature", "self_score": "own_score"}
"""What forms call the columns that have another id there."""


def _also(one: Column) -> tuple[str, ...]:
    """What the head of a column may say as well, with what forms call it and the sheet calls nothing else."""
    taken = {head_key(text) for other in COLUMNS.values() if other is not one for text in (other.head.zh, other.head.en, *other.also)}
    of_forms = forms()["indicators"].get(_OF_FORMS.get(one.id, one.id), ())
    return (*one.also, *(text for text in of_forms if head_key(text) not in taken))


@cache
def model() -> type[Row]:
    """The sheet as a class of rows, so that its heads are read as those of any table."""
    told: dict[str, Any] = {}
    for one in COLUMNS.values():
        table, column = one.to[0] if one.to else ("", "")
        of = TABLES[table].model_fields[column].annotation if table else str
        extra: Any = {"also": [*_also(one)], "rare": not one.usual, "unit": unit_of(TABLES[table], column) if table else ""}
        needed = ... if one.id == "indicator" else None
        told[one.id] = (of, Field(needed, title=one.head.zh, description=one.head.en, json_schema_extra=extra))
    return create_model("Scoring", __base__=Row, **told)


# --- from the sheet to its tables


class Parts:
    """The sheet as the tables that it stands for, whose cells stand where they stand on the sheet: the `lines` of each, and what is wrong
    with it or remarked. `apart` names, by table, the indicators that have rows on the table's own sheet.
    """

    def __init__(self, sheet: Lines, framework: Framework, apart: Mapping[str, Iterable[str]]) -> None:
        self.sheet, self.grid, self.at, self.framework = sheet, sheet.grid, sheet.head.order, framework
        self.problems: list[Problem] = []
        self.order: dict[str, int] = {}
        self.names = Names(framework, {})
        self.fixed = {i.id: i for i in framework.indicators}
        self.apart = {table: {name_key(self.id_of(text)) for text in texts} for table, texts in apart.items()}
        self.rows: dict[str, list[tuple[int, Mapping[str, str] | None]]] = {table: [] for table in PARTS}
        self.sum: list[Any] = []
        for number, given in sheet.rows:
            marked = {column: "" for column, index in self.at.items() if (number, index) in self.grid.marked}
            if cells := {**marked, **(given or {})}:
                self.row(number, cells)
        self.lines = {table: self.table(table) for table in PARTS}

    def rank(self, row: Mapping[str, Any]) -> int:
        """Where the indicator of a row stands on the sheet."""
        return self.order.get(name_key(str(row.get("indicator") or row.get("name") or "")), len(self.order))

    def id_of(self, text: str) -> str:
        """The id of an indicator of the framework that a text names; else the text."""
        found = self.names.ids("indicator", text)
        return found[0] if len(found) == 1 else text

    def refuse(self, name: str, number: int, column: str, found: str = "", /, **given: str | int | Words) -> None:
        self.problems.append(problem(name, self.sheet.place(number, column), found, **given))

    # --- rows

    def row(self, number: int, cells: dict[str, str]) -> None:
        text = cells.get("id") or cells.get("indicator", "")
        if is_total(cells.get("indicator", "")) or (not text and any(is_total(cells.get(c, "")) for c in ("level_1", "group"))):
            self.total(number, cells)
            return
        fixed = self.fixed.get(self.id_of(text))
        if cells.keys() <= {"level_1", "group"}:
            return  # a level merged over more rows than there are
        self.sum.append(parse_decimal(cells.get("points", "0")) if fixed is None else fixed.points)
        for one in (cells.get("id"), cells.get("indicator"), cells.get("name_en"), fixed.id if fixed else ""):
            if one:
                self.order.setdefault(name_key(one), len(self.order))
        if fixed:
            self.is_grey(number, cells, fixed)
        elif "group" in cells or name_key(text) not in self.apart.get("own_indicators", ()):
            self.rows["own_indicators"].append((number, self.of_table("own_indicators", cells, "")))
            self.is_below(number, cells)
        rule = fixed.rule if fixed else self.names.own_rule(cells.get("group", ""), cells.get("rule", ""))
        value = fixed.value if fixed else cells.get("formula", "")
        asked = rule is not None and needs_target(rule, value)
        if not asked and "judged" not in cells and _said_kind(cells.get("actual", "")) == "not_applicable":
            cells = {column: text for column, text in cells.items() if column != "actual"} | {"judged": cells["actual"]}
        keys = {name_key(self.id_of(cells[c])) for c in _NAMED if c in cells}
        elsewhere = not keys.isdisjoint(self.apart.get("judgements", ()))
        excused = elsewhere or _said_kind(cells.get("judged", "")) in ("not_applicable", "override")
        one_of = fixed.one_of if fixed else ""
        waits = {
            "targets": asked and not excused,
            "judgements": rule is not None and _is_judged(rule) and value != PANEL and not one_of,
            "self_evaluation": False,
        }
        for table, needed in waits.items():
            if any(column in cells for column in _TELLING[table]) or (needed and text and keys.isdisjoint(self.apart.get(table, ()))):
                row = self.of_table(table, cells, text)
                if table == "judgements":
                    row = judged(row, rule)
                self.rows[table].append((number, row))

    def total(self, number: int, cells: dict[str, str]) -> None:
        """A row that adds up the others: its own score is that of the whole; its points must be the sum."""
        name = next(text for column in ("indicator", "group", "level_1") if is_total(text := cells.get(column, "")))
        if any(column in cells for column in _TELLING["self_evaluation"]) and not is_subtotal(name):
            self.rows["self_evaluation"].append((number, self.of_table("self_evaluation", cells, CALLED["total"][0])))
        said = parse_decimal(cells.get("points", ""))
        known = [one for one in self.sum if one is not None]
        if said is not None and not is_subtotal(name) and said not in (sum(known), self.framework.points):
            self.refuse("total.differs", number, "points", cells["points"], name=name, sum=plain(sum(known)))
        left = [c for c in cells if c not in ("level_1", "group", "indicator", "points", "self_score", "self_grade", "source", "section")]
        if left or is_subtotal(name):
            self.refuse("total.left_out", number, left[0] if left else "indicator", cells[left[0]] if left else name)

    def of_table(self, table: str, cells: Mapping[str, str], named: str) -> dict[str, str]:
        """What a row says of a table, by the table's columns."""
        found: dict[str, str] = {}
        for column in columns(TABLES[table]):
            one = AT[table, column]
            text = cells.get(one.id, "")
            if one.id == "indicator" and column == "indicator":
                text = named
            elif one.like and not text and not (one.id.endswith("_section") and cells.get(AT[table, "source"].id)):
                text = cells.get(one.like, "")
            if text:
                found[column] = text
        return found

    # --- what the framework laid down

    def is_grey(self, number: int, cells: Mapping[str, str], fixed: Indicator) -> None:
        """Refuse what says otherwise than the framework where that alone decides."""
        for column, said in laid_down(self.framework, fixed).items():
            text = cells.get(column, "")
            number_said = parse_decimal(text) if column == "points" else None
            same = number_said == fixed.points if number_said is not None else name_key(text) in {name_key(said.zh), name_key(said.en)}
            if text and not same and text not in (fixed.within, self.framework.homes.get(fixed.within), fixed.rule.kind):
                given = {"indicator": fixed.words, "said": said, "name": self.framework.words}
                self.refuse("scoring.laid_down", number, column, text, framework=self.framework.id, **given)

    def is_below(self, number: int, cells: Mapping[str, str]) -> None:
        """Refuse a dimension that is not that of the group: the group decides where an indicator of the department's own counts."""
        group, said = self.names.ids("group", cells.get("group", "")), cells.get("level_1", "")
        dimension = self.framework.homes.get(group[0], "") if len(group) == 1 else ""
        if said and dimension and dimension not in self.names.ids("section", said):
            names = {one.id: one.words for one in self.framework.sections}
            self.refuse("scoring.dimension_differs", number, "level_1", said, group=names[group[0]], dimension=names[dimension])

    # --- tables

    def table(self, table: str) -> Lines:
        """A table's lines, with the columns that fill them; what has none stands, for who looks for it, where the indicator is named."""
        of = {column: AT[table, column] for column in columns(TABLES[table])}
        once = {column: said for column in ONCE[table] if (said := self.sheet.once.get(of[column].like or of[column].id))}
        order = dict[str, int]()
        for column, one in of.items():
            beside = next((AT[table, c].id for c in of if column in (unit_of(TABLES[table], c), *spread(TABLES[table], c).values())), "")
            ids = (one.id, one.like, "judged" if column == "kind" else "", beside, "" if column in once else "indicator")
            if id := next((id for id in ids if id in self.at), ""):
                order[column] = self.at[id]
        units = {column: unit for column in order if (unit := self.sheet.head.units.get(of[column].id))}
        there = frozenset(column for column in order if of[column].id in self.at)
        return Lines(self.grid, TABLES[table], Head(order, units), self.rows[table], once, there)


def laid_down(framework: Framework, fixed: Indicator) -> dict[str, Words]:
    """What a framework says of one of its indicators, by the columns of the sheet that are grey."""
    sections = {one.id: one.words for one in framework.sections}
    dimension = framework.homes.get(fixed.within, fixed.within)
    levels = {"level_1": dimension} | ({"group": fixed.within} if fixed.within != dimension else {})
    found = {column: sections[id] for column, id in levels.items() if id in sections}
    return found | {"points": words(plain(fixed.points)), "rule": kind_name(fixed.rule)}


def _is_judged(rule: Rule) -> bool:
    """Whether a rule waits for one judgement."""
    return rule.takes in ("tier", "score") or len(rule.checklist) == 1


def _said_kind(text: str) -> str:
    """The kind of judgement that a text is."""
    return choices_meant(Judgement, "kind").get(folded(text), "")


def judged(row: dict[str, str], rule: Rule | None) -> dict[str, str]:
    """A judgement with its kind: the one that it says in the place of a verdict, else that of the indicator's rule."""
    if row.get("kind"):
        return row
    text = row.get("verdict", "")
    tiers = {name_key(t) for tier in (rule.verdicts if rule else ()) for t in (tier.id, tier.words.zh, tier.words.en)}
    said = _said_kind(text)
    if said and name_key(text) not in tiers:
        return {**{column: cell for column, cell in row.items() if column != "verdict"}, "kind": said}
    items = rule.checklist if rule else ()
    if rule is None or not _is_judged(rule):  # a score in the place of a computed one is called so
        return row
    return {**row, "kind": rule.judgement, **({"item": items[0].id} if len(items) == 1 else {})}
