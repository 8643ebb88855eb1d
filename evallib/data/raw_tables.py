"""A record's tables in raw form, column -> text, so that rows which are still to be filled in can be written too. No files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Literal, get_args, get_origin

from evallib.model.record import TABLES, Record
from evallib.model.rows import Row, columns
from evallib.model.table_words import ALSO, CHOICES, STATES
from evallib.model.units import Units
from evallib.model.words import Lang, folded

Form = Literal["csv", "xlsx"]
UNIT_COLUMNS = ("unit", "actual_unit", "cost_unit")
VERDICTS = ("met", "not_met")
Tables = Mapping[str, Sequence[Mapping[str, str]]]
"""Tables in their raw form: by table, a row each, column -> text. What is not there is empty.

What begins with # only reminds and is never read; it stands behind the column that it follows in the row.
"""


def texts_of(row: Row) -> dict[str, str]:
    """A row in its raw form: each column as text, empty where nothing was given."""
    values = {column: row.state_of(column) or getattr(row, column) for column in columns(type(row))}
    return {column: "" if v is None else f"{v:f}" if isinstance(v, Decimal) else str(v) for column, v in values.items()}


def tables_of(record: Record) -> Tables:
    """A record's tables in their raw form."""
    return {table: [texts_of(row) for row in getattr(record, table)] for table in TABLES}


def choices_of(model: type[Row], column: str) -> tuple[str, ...]:
    """The few values that a column may hold; empty where any text may stand."""
    annotation = model.model_fields[column].annotation
    literals = (one for one in (annotation, *get_args(annotation)) if get_origin(one) is Literal)
    return next(map(get_args, literals), ())


Kind = Literal["choice", "verdict", "decimal", "date", "int", "unit", "text"]


@cache
def kind_of(model: type[Row], column: str) -> Kind:
    """What a column holds. A verdict is one of two words, or the id of a tier."""
    if choices_of(model, column):
        return "choice"
    annotation = str(model.model_fields[column].annotation)
    kinds: tuple[tuple[str, Kind], ...] = (("Decimal", "decimal"), ("date", "date"), ("int", "int"))
    by_name: Kind = "verdict" if column == "verdict" else "unit" if column in UNIT_COLUMNS else "text"
    return next((kind for word, kind in kinds if word in annotation), by_name)


@cache
def kinds_of(model: type[Row]) -> dict[str, Kind]:
    """What each column of a table holds."""
    return {column: kind_of(model, column) for column in columns(model)}


@cache
def choices_meant(model: type[Row], column: str) -> dict[str, str]:
    """What may stand in a cell of few choices, and the value it means."""
    values = choices_of(model, column) or (VERDICTS if column == "verdict" else ())
    return {folded(text): value for value in values for text in (value, CHOICES[value].zh, CHOICES[value].en, *ALSO[value])}


def head_of(model: type[Row], column: str, lang: Lang) -> str:
    """A column's head. In English it is the id in words: the description is too long for one and becomes the note."""
    return str(model.model_fields[column].title) if lang == "zh" else column.replace("_", " ").capitalize()


def shown(model: type[Row], column: str, text: str, lang: Lang, units: Units | None = None) -> str:
    """A cell as a reader of the language writes it; a unit by its English name where that is read as the same."""
    if text in (choices_of(model, column) or (VERDICTS if column == "verdict" else ())):
        return CHOICES[text][lang]
    if text in STATES and kind_of(model, column) not in ("text", "choice"):
        return STATES[text][lang]
    unit = units.find(text) if units and lang == "en" and column in UNIT_COLUMNS else None
    again = units.find(unit.name.en) if units and unit else None
    return unit.name.en if unit and again and again.symbol == text else text


def reminds(column: str) -> bool:
    """Whether a column of raw rows only reminds."""
    return column.startswith("#")


def layout(table: str, rows: Sequence[Mapping[str, str]] = ()) -> list[str]:
    """The columns of a table's file, each with what reminds behind it."""
    found = [*columns(TABLES[table])]
    for before, column in (pair for row in rows for pair in pairwise(row)):
        if reminds(column) and column not in found:
            found.insert(found.index(before) + 1, column)
    return found
