"""What a table of the data is made of: columns with their heads, rows, rows that say where they come from. No table lives here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Annotated, Any, ClassVar, Literal, TypeVar, cast

from pydantic import ConfigDict, Field

from evallib.model.base import Frozen, OrName
from evallib.model.made_ids import made_id
from evallib.model.table_words import COLUMNS, SUMS
from evallib.model.words import Words, words

Table = TypeVar("Table", bound="Row")


class InBoth:
    """A text of a row in both languages: that of a column, and of the one for English beside it."""

    def __init__(self, column: str) -> None:
        self.column = column

    def __get__(self, row: Row, owner: type[Row]) -> Words:
        return words(getattr(row, self.column), getattr(row, f"{self.column}_en"))


State = Literal["missing", "to_come", "not_applicable", "not_checked"]
"""Why there is no number: known to be missing, not yet known, does not apply, nobody checked."""


STATED = "stated"
"""Marks a column that holds a number, or says why there is none."""


@dataclass(frozen=True)
class Sums:
    """How the rows of a table are added up: what a total is called by, the amounts, which rows belong together; `only` those that count.

    `also`: what a total may narrow itself to. `about`: the id by which it is acknowledged that a row only happens to equal the others'
    sum; without it nothing is asked.
    """

    names: tuple[str, ...]
    amounts: tuple[str, ...]
    within: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    only: Mapping[str, str] = field(default_factory=dict)
    about: str = ""


class Row(Frozen):
    """A row of a table of the data; `words` says what it is, `states` why a cell has no number where it says so."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    words: ClassVar = InBoth("name")
    KEY: ClassVar[tuple[str, ...] | None] = None
    SUMS: ClassVar[Sums | None] = None

    states: Annotated[tuple[tuple[str, State], ...], Field(exclude_if=lambda states: not states)] = ()

    def state_of(self, column: str) -> State | Literal[""]:
        """Why a column has no number; empty where it has one, or nobody said."""
        return next((state for name, state in self.states if name == column), "") if self.states else ""


class Sourced(Row):
    """A row that says where it comes from: a document of sources.csv, and the section in it where it is known."""

    source: Annotated[str, Field(min_length=1)]
    section: str = ""


@cache
def columns(table: type[Row]) -> list[str]:
    """The columns of a table in the order in which people meet them: its own first, source and section last.

    >>> columns(Sourced)
    ['source', 'section']
    """
    last = [name for name in ("source", "section") if issubclass(table, Sourced)]
    return [name for name in table.model_fields if name not in (*last, "states")] + last


def key_columns(table: type[Row]) -> tuple[str, ...]:
    """The columns that no two rows of a table may have the same: its `KEY`, else the first; none where rows may be alike."""
    return tuple(columns(table)[:1]) if table.KEY is None else table.KEY


def told(model: type[Table], table: str) -> type[Table]:
    """A row class whose columns have the words of a table, with those that all sourced rows share."""
    if table in SUMS:
        given: dict[str, Any] = {key: tuple(one) if isinstance(one, list) else one for key, one in SUMS[table].items()}
        model.SUMS = Sums(**given)
    for name in columns(model):
        info = model.model_fields[name]
        said = COLUMNS[table].get(name) or COLUMNS["sourced"][name]
        info.title, info.description = said["zh"], said["en"]
        info.json_schema_extra = {key: said[key] for key in ("unit", "note", "refers", "makes", "also", *SPREADS) if key in said}
    return model


def unit_of(table: type[Row], name: str) -> str:
    """The column that names a number's unit, or the unit itself; empty where it has none."""
    return str(_extra(table, name).get("unit", ""))


SPREADS = ("range", "date", "text", "choice")
"""What may stand in the place of a number, where a column leaves room for it."""


@cache
def spread(table: type[Row], name: str) -> dict[str, str]:
    """The columns that take what is no number from a column that leaves room for it, by what it is."""
    return {what: column for what in SPREADS if (column := _extra(table, name).get(what))}


def heads_also(table: type[Row], name: str) -> list[str]:
    """What the heading of a column may say as well."""
    return cast(list[str], _extra(table, name).get("also", []))


@cache
def made_of(table: type[Row], name: str) -> list[str]:
    """The columns that an id is made of where none is given: the first that is filled; they are names of the row too."""
    return str(_extra(table, name).get("makes", "")).split()


def is_rare(table: type[Row], name: str) -> bool:
    """Whether a sheet often does without a column: English beside Chinese, ids that are made, what is written as it is used."""
    return name.endswith("_en") or bool(made_of(table, name)) or bool(_extra(table, name).get("rare"))


@lru_cache(maxsize=4096)
def is_id(table: type[Row], name: str, text: str) -> bool:
    """Whether a text is an id, or stands in a column that holds none."""
    return all(one.is_id(text) for one in table.model_fields[name].metadata if isinstance(one, OrName))


def id_as_typed(row: Row, id: str) -> str:
    """An id of a row as whoever typed the row knows it: by the name that it was made of."""
    names = (str(getattr(row, name)) for column in columns(type(row)) for name in made_of(type(row), column))
    return next((name for name in names if id == made_id(name)), id)


@cache
def refers(table: type[Row], name: str) -> list[str]:
    """The kinds of what the texts in a column refer to, by id or by name."""
    return str(_extra(table, name).get("refers", "")).split()


def note_of(table: type[Row], name: str) -> Words:
    """What a column holds: in Chinese its note, or its head where that says it all."""
    info = table.model_fields[name]
    return words(_extra(table, name).get("note") or str(info.title), str(info.description))


def _extra(table: type[Row], name: str) -> dict[str, Any]:
    return cast(dict[str, Any], table.model_fields[name].json_schema_extra or {})
