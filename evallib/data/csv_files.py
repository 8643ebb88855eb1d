"""A year's tables as files: a folder of CSV files or a workbook, and the switch between the two. No checks of its own."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from evallib.data.folder import data_of, data_root, refuse_mixed
from evallib.data.load import load_year
from evallib.data.raw_tables import Form, Tables, layout, tables_of
from evallib.data.raw_years import read_raw_year
from evallib.data.workbook import year_workbook
from evallib.files.csv_out import csv_bytes
from evallib.files.locks import held
from evallib.files.whole import Together, free, together, whole
from evallib.model.errors import InputRefused
from evallib.model.framework import Framework
from evallib.model.record import TABLES
from evallib.model.words import Lang
from evallib.say.refusals import refused


def write_year(tables: Tables, target: Path, framework: Framework, lang: Lang, title: str = "", extra: Collection[str] = ()) -> None:
    """Write raw tables in the form that the target's name says, whole or not at all: a workbook in the language, with a `title` and sheets
    of the `extra` tables; or a folder of CSV files (UTF-8 with byte order mark) with ids as heads.

    Raises InputRefused where the folder is already there, OSError where it cannot be written or a workbook not be replaced (for instance
    because it is open in Excel).
    """
    if target.suffix == ".xlsx":
        content = year_workbook(tables, lang, framework, title, extra)
        with whole(target) as file:
            file.write_bytes(content)
        return
    if target.exists():
        raise refused("file.already_there", str(target))
    with whole(target) as made:
        made.mkdir()
        for table in TABLES:
            rows = tables.get(table, ())
            heads = layout(table, rows)
            (made / f"{table}.csv").write_bytes(csv_bytes([heads, *([row.get(head, "") for head in heads] for row in rows)]))


def set_aside(change: Together, there: Path, stem: str = "") -> Path:
    """Move what holds a year into the folder `backup` beside it, at the end of a change; where it will then be."""
    backup = free(there.parent / "backup", stem or there.stem, there.suffix)
    change.move(there, backup)
    return backup


def switch_form(data: Path, department: str, year: int, to: Form, lang: Lang, out: Path | None = None) -> Path:
    """Write a department's year in the other form and return where: a workbook in the language, or CSV with ids as heads.

    The new form is read back and must hold the same record before anything is moved. Beside the original, the old form then
    goes to `departments/CODE/backup`; with `out`, the new form is OUT/CODE/YEAR and the original stays as it is.

    Raises InputRefused where the data is bad, where that form is what is there already, or where the new form would cover
    something; nothing has changed then.
    """
    place = data_root(data) if out is None else out
    if out is not None:
        refuse_mixed(data, out)
    with held(place, "export"), together(place) as change:
        loaded = load_year(data, department, year)
        old, name = data_of(data, department, year), str(year) if to == "csv" else f"{year}.xlsx"
        if old is None or old.name == name:
            raise refused(f"form.already_{to}", f"departments/{department}/{name}")
        target = (old.parent if out is None else out / department) / name
        if target.exists():
            raise refused("file.already_there", str(target))
        made = change.put(target)
        tables, title = tables_of(loaded.record), f"{loaded.record.name[lang]} {year}"
        write_year(tables, made, loaded.framework, lang, title)
        _refuse_changed(tables, made, loaded.framework, target)
        if out is None:  # the new one first: a moment with both is mended by whoever reads, one with neither would be a loss
            set_aside(change, old, f"{year}-csv" if to == "xlsx" else "")
    return target


def _refuse_changed(tables: Tables, made: Path, framework: Framework, target: Path) -> None:
    """Refuse a new form that, read again, does not hold the same. How line ends are written is not data."""

    def even(rows: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
        return [{column: re.sub("\r\n?", "\n", text) for column, text in row.items() if text} for row in rows]

    try:
        again = read_raw_year(made, framework).tables
        changed = [table for table, rows in tables.items() if even(rows) != even(again[table])]
    except InputRefused as refusal:
        changed = [problem.describe("en") for problem in refusal.problems[:1]]
    if changed:
        raise refused("form.changes_the_data", str(target), changed[0])
