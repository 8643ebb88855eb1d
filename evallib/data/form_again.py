"""A form that is imported once more: what was taken then, what the form says now, what the data says now, compared cell by cell."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

from evallib.checks.record import KEYS
from evallib.data.cells import Reader, heads_of, load_table
from evallib.data.folder import data_of
from evallib.data.raw_tables import Tables, choices_of, texts_of
from evallib.data.sheets import Grid, read_csv
from evallib.data.xlsx_in import read_workbook
from evallib.model.errors import Place, Problem, refuse_errors
from evallib.model.record import TABLES
from evallib.model.table_words import ALSO, CHOICES, TABLE_NAMES
from evallib.model.units import Units, parse_decimal
from evallib.model.words import Words, folded, words
from evallib.say.refusals import problem, refused

FORMAT = 1
Keep = Literal["", "form", "data"]
_Rows = dict[tuple[str, ...], dict[str, str]]


class Change(NamedTuple):
    """A cell, or a row, that the form changes in the data."""

    what: Words
    before: str
    after: str


@dataclass(frozen=True)
class Compared:
    """The data with what the form changed, each change, and what both changed otherwise."""

    tables: Tables
    changes: tuple[Change, ...]
    asked: tuple[Problem, ...]


def taken_file(data: Path, department: str, year: int) -> Path:
    """Where it is kept what was taken of forms: beside the year."""
    return data / "departments" / department / f"{year}.taken.json"


def taken_text(tables: Tables, origins: Mapping[str, Sequence[Mapping[str, str]]], files: Mapping[str, str], reads: Iterable[str]) -> str:
    """What was taken, as it is kept: of which files, what was said about cells, the rows and where each cell came from."""
    rows = {
        table: [{"cells": dict(row), "from": dict(at)} for row, at in zip(some, origins[table], strict=True)]
        for table, some in tables.items()
        if some
    }
    kept = {"format": FORMAT, "files": dict(files), "read": [*reads], "tables": rows}
    return json.dumps(kept, ensure_ascii=False, indent=1) + "\n"


def read_taken(file: Path) -> dict[str, Any]:
    """What was taken the last time. Raises InputRefused where there is no such file, or it cannot be read."""
    try:
        kept: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        if kept["format"] == FORMAT and all(isinstance(row["cells"], dict) for rows in kept["tables"].values() for row in rows):
            return kept
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass
    raise refused("form.not_imported", f"{file.parent.name}/{file.name}")


def read_raw(data: Path, department: str, year: int, units: Units) -> Tables:
    """A year's tables as they stand, complete or not, each cell as what is typed into it means."""
    there = data_of(data, department, year)
    assert there is not None
    if there.is_dir():
        grids = {file.stem: read_csv(file.name, file.read_bytes()) for file in sorted(there.glob("*.csv"))}
    else:
        sheets, problems = read_workbook(there.name, there.read_bytes())
        refuse_errors(problems)
        ids = {folded(text): id for id, name in TABLE_NAMES.items() for text in (id, name.zh, name.en)}
        grids = {ids[folded(sheet.name)]: sheet.grid for sheet in sheets if folded(sheet.name) in ids and not sheet.hidden}
    return {table: _raw_rows(table, grids[table], units) if table in grids else [] for table in TABLES}


def _raw_rows(table: str, grid: Grid, units: Units) -> list[dict[str, str]]:
    refuse_errors(grid.problems)
    model, reader = TABLES[table], Reader(units)
    known = heads_of(model)
    order = {index: known[folded(head)] for index, head in enumerate(grid.head) if folded(head) in known}
    typed = load_table(reader, grid, table, model)
    read = {reader.rows[table, index][1]: texts_of(row) for index, row in enumerate(typed)}
    found = []
    for number, texts in grid.rows:
        raw = {column: texts[index].strip() for index, column in order.items() if index < len(texts) and texts[index].strip()}
        if raw:
            cells = read.get(number) or {column: _choice(table, column, text) for column, text in raw.items()}
            found.append({column: text for column, text in cells.items() if text})
    return found


def _choice(table: str, column: str, text: str) -> str:
    """The value of few that a cell means; its text where it means none."""
    values = choices_of(TABLES[table], column)
    return next((v for v in values if folded(text) in {folded(one) for one in (v, CHOICES[v].zh, CHOICES[v].en, *ALSO[v])}), text)


def compare(then: Mapping[str, Sequence[Mapping[str, Any]]], now: Tables, here: Tables, file: str, keep: Keep) -> Compared:
    """The data with what only the form changed since; what both changed is asked about, unless it is said which to keep."""
    tables: dict[str, list[dict[str, str]]] = {}
    changes, asked = list[Change](), list[Problem]()
    for table in TABLES:
        taken = _keyed(table, [row["cells"] for row in then.get(table, ())])
        form, data = _keyed(table, now.get(table, ())), _keyed(table, here.get(table, ()))
        for key in dict.fromkeys((*taken, *form)):
            _row(table, key, taken.get(key), form.get(key), data, changes, asked, (file, keep))
        tables[table] = [*data.values()]
    return Compared(tables, tuple(changes), tuple(asked))


def _keyed(table: str, rows: Iterable[Mapping[str, str]]) -> _Rows:
    found: _Rows = {}
    for number, row in enumerate(rows):
        key = tuple(row.get(column, "") for column in KEYS.get(table, ()))
        found[(*key, str(number)) if key in found or not any(key) else key] = dict(row)
    return found


def _row(
    table: str,
    key: tuple[str, ...],
    then: dict[str, str] | None,
    now: dict[str, str] | None,
    data: _Rows,
    changes: list[Change],
    asked: list[Problem],
    how: tuple[str, Keep],
) -> None:
    """One row, by its key: `data` is changed where only the form has."""
    file, keep = how
    here, called = data.get(key), _called(table, now or then or {})
    if then is None and now is not None and here is None:
        data[key] = now
        changes.append(Change(called, "", "+"))
        return
    if now is None and then is not None:
        if here is None or table == "sources":  # other rows may name it
            return
        if _same(then, here) or keep == "form":
            del data[key]
            changes.append(Change(called, "+", ""))
        elif keep != "data":
            asked.append(problem("form.both_changed", Place(file), what=called, then="+", now="—", here="±"))
        return
    if now is None or (here is None and then is not None and _same(then, now)):
        return
    if here is None:
        if keep == "form":
            data[key] = now
            changes.append(Change(called, "", "+"))
        elif keep != "data":
            asked.append(problem("form.both_changed", Place(file), what=called, then="+", now="±", here="—"))
        return
    before = then or {}
    for column in [c for c in dict.fromkeys((*now, *before)) if c not in ("source", "section")]:
        old, new, mine = before.get(column, ""), now.get(column, ""), here.get(column, "")
        if _equal(old, new) or _equal(new, mine):
            continue
        what = called + words(f" {TABLES[table].model_fields[column].title}", f" {column}")
        if _equal(old, mine) or keep == "form":
            here[column] = new
            changes.append(Change(what, mine, new))
        elif keep != "data":
            asked.append(problem("form.both_changed", Place(file), what=what, then=old or "—", now=new or "—", here=mine or "—"))


def _called(table: str, row: Mapping[str, str]) -> Words:
    name = next((row[column] for column in ("name", "title", "fact", "indicator", "key") if row.get(column)), "")
    return TABLE_NAMES[table] + words(f" {name}")


def _same(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    return all(_equal(one.get(column, ""), other.get(column, "")) for column in {*one, *other})


def _equal(one: str, other: str) -> bool:
    if one == other:
        return True
    numbers = parse_decimal(one), parse_decimal(other)
    return None not in numbers and numbers[0] == numbers[1]
