"""Headings and cells in ordinary words: what is read, what is a column of one's own, what is asked about."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from evallib.data.cells import Reader, load_table
from evallib.data.heads import head_key, heads_of
from evallib.data.rulebook import load_common
from evallib.files.csv_out import csv_bytes
from evallib.files.sheets import read_csv
from evallib.model.record import TABLES
from evallib.model.rows import columns, heads_also
from tests.conftest import DATA, GOLDEN

CASES = tomllib.loads((GOLDEN / "ordinary_words.toml").read_text(encoding="utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_ordinary_words_are_read_or_asked_about(case: dict[str, Any]) -> None:
    reader, model = Reader(load_common(DATA).units), TABLES[case["table"]]
    rows = load_table(reader, read_csv("t.csv", csv_bytes((case["head"], *case["rows"]))), case["table"], model)
    errors = [one for one in reader.problems if one.level == "error"]
    if "refused" in case:
        code, *told = case["refused"]
        assert [one.code for one in errors] == [code]
        assert all(text in errors[0].describe("zh") for text in told)
        return
    assert [one.describe("zh") for one in errors] == []
    assert [one.place.column for one in reader.problems] == case.get("remarks", [])
    assert {one.code for one in reader.problems} <= {"column.own"}
    for row, reads in zip(rows, case["reads"], strict=True):
        found = {column: getattr(row, column) for column in reads}
        assert {c: str(v) if isinstance(reads[c], str) else v for c, v in found.items()} == reads


@pytest.mark.parametrize("table", TABLES)
def test_what_a_heading_may_say_as_well_means_one_column(table: str) -> None:
    model = TABLES[table]
    for column in columns(model):
        for text in heads_also(model, column):
            assert heads_of(model)[head_key(text)] == column
