"""Workbooks as any program writes them: single cells and sheets changed, as data, and what is read or refused then."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from evallib.model.errors import InputRefused
from evallib.model.record import TABLES
from evallib.model.rows import columns
from evallib.model.table_words import TABLE_NAMES
from evallib.model.words import LANGS
from tests.conftest import GOLDEN
from tests.data.books import Book, Sheet, as_text, cell_of, example, loaded

CASES = tomllib.loads((GOLDEN / "workbook_cells.toml").read_text(encoding="utf-8"))["case"]


def changed(case: dict[str, Any]) -> Book:
    """The example with the change of a case."""
    book = example()
    table, row, column = case["at"]
    sheet = next(one for one in book.sheets if one.name == TABLE_NAMES[table].zh)
    heads = columns(TABLES[table])
    if isinstance(column, str) and column.startswith("#"):
        sheet.rows[0] += [""] * (len(heads) - len(sheet.rows[0])) + [as_text(column)]
        heads = [*heads, column]
    index = column if isinstance(column, int) else heads.index(column)
    if isinstance(row, int):
        cells = sheet.rows[row - 1] if row <= len(sheet.rows) else []
    else:
        cells = next(one for one in sheet.rows if one[0] == as_text(row))
    cell = case.get("cell", cell_of(case["number"]) if "number" in case else None)
    if "number" in case:
        cell = f"<c><v>{case['number']}</v></c>"
    if cell is not None:
        cells += [""] * (index + 1 - len(cells))
        cells[index] = cell.replace("<c", '<c s="1"', 1) if "format" in case else cell
    book.formats = [case["format"]] if "format" in case else []
    book.texts, book.properties = case.get("texts", []), case.get("properties", "")
    for name, value in case.get("sheet", {}).items():
        setattr(sheet, name, value)
    book.sheets += [Sheet(name, [[as_text("x")]], state) for name, state in case.get("sheets", [])]
    for one in book.sheets:
        one.state = case.get("states", {}).get(one.name, one.state)
        one.name = case.get("rename", {}).get(one.name, one.name)
    return book


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_change_in_a_workbook_is_read_or_refused_in_clear_words(case: dict[str, Any], home: Path) -> None:
    content = changed(case).content()
    if "then" in case:
        wrong = {key: value for key, value in case.items() if key not in ("en", "zh", "then", "cell", "number")}
        read_as_told(wrong | case["then"], home)
    if "en" in case:
        with pytest.raises(InputRefused) as refusal:
            loaded(home, content)
        for lang in LANGS:
            said = refusal.value.describe(lang)
            assert len(refusal.value.problems) == 1, said
            for expected in case[lang]:
                assert expected in said
    else:
        read_as_told(case, home)


def read_as_told(case: dict[str, Any], home: Path) -> None:
    """What a case says is read, and which remark is made."""
    found = loaded(home, changed(case).content())
    table, row, column = case["at"]
    first = columns(TABLES[table])[0]
    rows = [one for one in getattr(found.record, table) if str(getattr(one, first)) == row]
    value = getattr(rows[0], case.get("column", column))
    assert ("" if value is None else str(value)) == case["reads"]
    remarks = [problem.describe("en") for problem in found.remarks if problem.level == "warning"]
    assert len(remarks) == ("remark" in case)
    assert all(expected in remarks[0] for expected in case.get("remark", ()))
