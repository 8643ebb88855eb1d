"""A form that is imported once more: what was taken then, what the form says now, what the data says now, compared cell by cell."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, NamedTuple

from evallib.data.raw_tables import UNIT_COLUMNS, Tables, reminds
from evallib.data.scoring_sheet import ONCE
from evallib.model.framework import Framework
from evallib.model.record import TABLES
from evallib.model.rows import columns, key_columns, unit_of
from evallib.model.table_words import TABLE_NAMES
from evallib.model.units import parse_decimal
from evallib.model.words import Given, Words, words
from evallib.say.refusals import refused

FORMAT = 1
Keep = Literal["", "form", "data"]
_SOURCE = ("source", "section")
_BESIDE = {*_SOURCE, "kind", "group", "points", *UNIT_COLUMNS, *(column for some in ONCE.values() for column in some)}
"""The columns that a row may have filled though nobody filled it in yet."""
Rows = dict[tuple[str, ...], dict[str, str]]
"""The rows of a table by their keys."""


class Change(NamedTuple):
    """A cell, or a row, that the form changes in the data."""

    what: Words
    before: str
    after: str


class Both(NamedTuple):
    """What both sides changed: the row by its table and key, the column of a cell, what it was, what it is and what the sides say."""

    table: str
    key: tuple[str, ...]
    column: str | None
    then: str
    said: dict[str, Given]


def taken_file(data: Path, department: str, year: int) -> Path:
    """Where it is kept what was taken of forms: beside the year."""
    return data / "departments" / department / f"{year}.taken.json"


def taken_text(tables: Tables, files: Iterable[Path], reads: Iterable[str]) -> str:
    """What was taken, as it is kept: of which files, what was said about cells, the rows."""
    sums = {path.name: sha256(path.read_bytes()).hexdigest() for path in files}
    rows = {table: [{"cells": dict(row)} for row in some] for table, some in tables.items() if some}
    return json.dumps({"format": FORMAT, "files": sums, "read": [*reads], "tables": rows}, ensure_ascii=False, indent=1) + "\n"


def read_taken(file: Path) -> Tables:
    """What was taken the last time. Raises InputRefused where there is no such file, or it cannot be read."""
    try:
        kept: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        if kept["format"] == FORMAT and all(isinstance(row["cells"], dict) for rows in kept["tables"].values() for row in rows):
            return {table: [row["cells"] for row in rows] for table, rows in kept["tables"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass
    raise refused("form.not_imported", f"{file.parent.name}/{file.name}")


def keyed(table: str, rows: Iterable[Mapping[str, str]]) -> Rows:
    """The rows by their keys, in their order; one without a key, or of a key that another has, by all that it says
    but its source.
    """
    found = Rows()
    for row in rows:
        key = tuple(row.get(column, "") for column in key_columns(TABLES[table]))
        if key in found or not any(key):
            key = (*key, repr(sorted((c, text) for c, text in row.items() if text and c not in _SOURCE)))
        while key in found:
            key = (*key, "again")
        found[key] = dict(row)
    return found


def is_bare(table: str, row: Mapping[str, str]) -> bool:
    """Whether nobody filled in a row yet: it holds nothing but what it is about, and what is said once for all."""
    filled = {column for column, text in row.items() if text and not reminds(column)}
    return filled <= {*key_columns(TABLES[table]), *_BESIDE}


def _source(row: Mapping[str, str]) -> dict[str, str]:
    return {column: row.get(column, "") for column in _SOURCE}


class Comparison:
    """The data `here`, with what `now` says otherwise than it did `then`: `tables`, the changes, and what both sides changed.

    What `both` changed is to be asked about, unless it is said which to `keep`. `passed` are columns that are not compared.
    """

    def __init__(
        self, framework: Framework, then: Tables, now: Tables, here: Tables, keep: Keep = "", passed: Sequence[str] = (), kept: str = ""
    ) -> None:
        self.names = {one.id: one.words for one in framework.indicators} | {f.id: f.name for f in framework.catalogue.facts.values()}
        own = (row for tables in (here, now) for row in tables.get("own_indicators", ()) if row.get("indicator"))
        self.names |= {row["indicator"]: words(row.get("name", "")) for row in own}
        self.names |= {one.id: one.words for one in framework.sections}
        sources = (row for tables in (now, here) for row in tables.get("sources", ()) if row.get("title"))
        self.titles = {row.get("source", ""): row["title"] for row in sources}
        self.keep, self.passed, self.kept = keep, passed, kept  # of documents, which other rows may name, none is taken away
        self.changes: list[Change] = []
        self.both: list[Both] = []
        self.tables: dict[str, list[dict[str, str]]] = {}
        for table in TABLES:
            before, new, mine = (keyed(table, tables.get(table, ())) for tables in (then, now, here))
            for key in dict.fromkeys((*before, *new)):
                self.row(table, mine, key, before.get(key), new.get(key))
            self.tables[table] = [*mine.values()]

    def row(self, table: str, data: Rows, key: tuple[str, ...], then: dict[str, str] | None, now: dict[str, str] | None) -> None:
        """One row, by its key: `data` is changed where only the other side has."""
        here, called, self.at = data.get(key), self.called(table, now or then or {}), (table, key)
        if now is None:
            if then is None or here is None or table == self.kept:
                return
            if same_row(then, here) or self.settled(called, "+", "—", "±"):
                del data[key]
                self.changes.append(Change(called, "+", ""))
        elif here is None:
            if then is None or (not same_row(then, now) and self.settled(called, "+", "±", "—")):
                data[key] = now
                self.changes.append(Change(called, "", "+"))
        else:
            mine, asked = dict(here), len(self.both)
            bare, is_bare_here = is_bare(table, now), is_bare(table, here)
            if bare and is_bare_here and self.keep == "form":
                here |= _source(now)
            if bare or is_bare_here:  # a source is that of what is filled in
                then = (then or {}) | _source(now if bare else here)
            self._cells(table, called, then or {}, now, here)
            if asked == len(self.both):
                self._pairs(table, called, now, mine, here)

    def _cells(self, table: str, called: Words, then: dict[str, str], now: dict[str, str], here: dict[str, str]) -> None:
        for column in dict.fromkeys((*now, *then)):
            old, new, mine = then.get(column, ""), now.get(column, ""), here.get(column, "")
            if column in self.passed or same_text(old, new) or same_text(new, mine):
                continue
            what = called + _column(table, column)
            if column == "source":
                mine, new, old = (self.titles.get(text) or text for text in (mine, new, old))
            if same_text(old, mine) or self.settled(what, old, new, mine, column):
                here[column] = now.get(column, "")
                self.changes.append(Change(what, mine, new))

    def _pairs(self, table: str, called: Words, now: dict[str, str], mine: dict[str, str], made: dict[str, str]) -> None:
        """A number and its unit come from one side: those of two would be a number that neither has."""
        model = TABLES[table]
        for column in columns(model):
            pair = (column, unit_of(model, column))
            if pair[1] in model.model_fields and not any(same_row(made, row, pair) for row in (mine, now)):
                new, here = (" ".join(row.get(c, "") for c in pair) for row in (now, mine))
                row = now if self.settled(called + _column(table, column), "", new, here, column) else mine
                made |= {c: row.get(c, "") for c in pair}

    def settled(self, what: Words, then: str, now: str, here: str, column: str | None = None) -> bool:
        """Whether what both changed is to be as the form has it; asked about where nobody said."""
        if not self.keep:
            said: dict[str, Given] = {"what": what, "now": now or "—", "here": here or "—"}
            self.both.append(Both(*self.at, column, then or "—", said))
        return self.keep == "form"

    def called(self, table: str, row: Mapping[str, str]) -> Words:
        """A row in words: its table, and what it is about."""
        name = next((row[column] for column in ("name", "title", "fact", "indicator", "key", "group") if row.get(column)), "")
        return TABLE_NAMES[table] + words(" ") + self.names.get(name, words(name))


def _column(table: str, column: str) -> Words:
    return words(f" {TABLES[table].model_fields[column].title}", f" {column.replace('_', ' ')}")


def same_row(one: Mapping[str, str], other: Mapping[str, str], on: Iterable[str] | None = None) -> bool:
    """Whether two rows say the same, in all columns or in some."""
    return all(same_text(one.get(column, ""), other.get(column, "")) for column in on or {*one, *other})


def same_text(one: str, other: str) -> bool:
    """Whether two cells say the same: the same text, or the same number."""
    if one == other:
        return True
    numbers = parse_decimal(one), parse_decimal(other)
    return None not in numbers and numbers[0] == numbers[1]
