"""What people are told to do works: for every refusal and remark of these families, and for what every column says of itself."""

from __future__ import annotations

import re
import tomllib
from fnmatch import fnmatch
from typing import Any

import pytest

from evallib.data.cells import Reader, load_table
from evallib.data.check_all import check_data
from evallib.data.raw_tables import choices_of, kind_of
from evallib.data.rulebook import load_common
from evallib.files.csv_out import csv_bytes
from evallib.files.sheets import read_csv
from evallib.model.errors import InputRefused, Problem
from evallib.model.government_rows import BudgetHead
from evallib.model.monitoring_rows import MonitoringRow
from evallib.model.record import TABLES, Listing
from evallib.model.rows import Row, columns, note_of
from evallib.model.table_words import CHOICES
from evallib.say.refusals import entries
from tests.conftest import BAD, DATA, GOLDEN, Copy

NOT_HERE = tomllib.loads((GOLDEN / "not_here.toml").read_text(encoding="utf-8"))["group"]
FAMILIES = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted((BAD / "families").glob("*.toml"))}
PLACES = ("departments", "monitoring/", "catalogue/", "frameworks/", "budget_heads.csv")
CASES = [(family, case) for family, held in FAMILIES.items() for case in held["case"]]


def said(copy: Copy) -> list[Problem]:
    """Everything that check says of the folder, but for what the example itself acknowledges."""
    try:
        return [problem for one in check_data(copy.folder) for problem in one.problems if problem.level != "recorded"]
    except InputRefused as refusal:
        return [*refusal.problems]


def lay(copy: Copy, files: dict[str, Any], case: dict[str, Any], which: int) -> None:
    for name, file in files.items():
        if name in case:
            path = copy.folder / file["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            before = (DATA / file["path"]).read_text(encoding="utf-8") if "append" in file else file["text"].lstrip("\n")
            path.write_text(before + case[name][min(which, len(case[name]) - 1)] + "\n", encoding="utf-8")
    if "replace" in case:
        name, text, *instead = case["replace"]
        copy.replace(copy.folder / name, instead[0] if which else text, instead[which])
    if "cell" in case:
        table, key, column, *texts = case["cell"]
        copy.set(table, key, column, texts[which])


@pytest.mark.parametrize(("family", "case"), CASES, ids=[f"{family}-{case['code']}" for family, case in CASES])
def test_the_remedy_of_a_refusal_leads_on(family: str, case: dict[str, Any], copy: Copy) -> None:
    files, code = FAMILIES[family].get("files", {}), entries()[case["code"]].get("code", case["code"])
    lay(copy, files, case, 0)
    first = said(copy)
    met = [problem.code for problem in first].count(code)
    assert met, [problem.describe("en") for problem in first]
    assert all(
        problem.place.file.startswith(("departments", "monitoring/", "catalogue/", "frameworks/", "budget_heads.csv")) for problem in first
    )
    lay(copy, files, case, 1)
    then = said(copy)
    assert [problem.code for problem in then].count(code) < met, [problem.describe("en") for problem in then]
    assert {problem.code for problem in then if problem.level == "error"} == ({case["leads_to"]} if "leads_to" in case else set())


MODELS = TABLES | {"departments": Listing, "budget_heads": BudgetHead, "monitoring": MonitoringRow}
SAID = tomllib.loads((GOLDEN / "columns.toml").read_text(encoding="utf-8"))
USUAL = {"decimal": "1", "int": "2023", "date": "2024-03-31", "unit": "人", "text": "report", "verdict": "met"}
COLUMNS = [(table, column) for table, model in MODELS.items() for column in columns(model)]


def typed(model: type[Row], column: str) -> str:
    """What may stand in a column in any case."""
    return (choices_of(model, column) or (USUAL[kind_of(model, column)],))[0]


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=[".".join(one) for one in COLUMNS])
def test_what_the_note_of_a_column_says_may_stand_in_it(table: str, column: str) -> None:
    model, units = MODELS[table], load_common(DATA).units
    told = SAID.get(table, {}).get(column) or {"says": "", "values": []}
    assert told["says"] in note_of(model, column).zh + note_of(model, column).en
    spellings = [text for choice in choices_of(model, column) for text in (choice, CHOICES[choice].zh, CHOICES[choice].en)]
    needed = {one: typed(model, one) for one in columns(model) if model.model_fields[one].is_required() and one not in ("last_year",)}
    needed |= {"last_year": "2023"} if "last_year" in model.model_fields else {}
    for value in dict.fromkeys([*told["values"], *spellings, *([] if told["values"] or spellings else [typed(model, column)])]):
        row = needed | {column: value}
        if told["values"] and column == "target" and not value[0].isdigit():
            row |= {"operator": ""}
        reader = Reader(units)
        found = load_table(reader, read_csv("t.csv", csv_bytes((row, row.values()))), table, model)
        assert ([problem.describe("en") for problem in reader.problems], len(found)) == ([], 1), value


def test_every_note_that_names_a_way_to_fill_in_a_cell_is_followed() -> None:
    ways = re.compile(r"如 |写成|填 |留空|不填|空为|、.* 或 |\d~|\{total\}")
    lacking = [
        f"{table}.{column}"
        for table, column in COLUMNS
        if ways.search(note_of(MODELS[table], column).zh) and column not in {*SAID.get(table, {}), "source", "section"}
    ]
    assert not lacking


def test_every_refusal_has_a_bad_input_or_a_reason_why_it_has_none_here() -> None:
    reached = {tomllib.loads(path.read_text(encoding="utf-8"))["refusal"] for path in BAD.glob("*.toml")}
    reached |= {case["code"] for _, case in CASES}
    excused = [pattern for group in NOT_HERE for pattern in group["ids"]]
    lacking = entries().keys() - reached
    assert sorted(id for id in lacking if not any(fnmatch(id, pattern) for pattern in excused)) == []
