"""Everything in a data folder is checked by one call: years, monitoring, the government's budget."""

from __future__ import annotations

import shutil

import pytest

from evallib.data.check_all import check_data
from evallib.model.errors import InputRefused
from evallib.model.government_rows import FILE, BudgetHead
from evallib.model.monitoring_rows import head_line
from evallib.model.rows import columns
from tests.conftest import Copy


def titles(copy: Copy, department: str | None = None, year: int | None = None) -> list[tuple[str, int]]:
    return [(one.title.en, one.count("error")) for one in check_data(copy.folder, department, year)]


@pytest.fixture
def filled(copy: Copy) -> Copy:
    """The example with a monitoring file and budget heads, each with one mistake."""
    (copy.folder / "monitoring" / "hrss").mkdir(parents=True)
    line = "2024-03-31,spent,,,,,,many,万元,,,,,,,支出月报,3 月"
    (copy.folder / "monitoring" / "hrss" / "2024.csv").write_text(f"{head_line()}\n{line}\n", encoding="utf-8")
    head = dict.fromkeys(columns(BudgetHead), "") | {"year": "2023", "code": "1", "name": "甲", "kind": "guess", "unit": "元"}
    head |= {"source": "决算", "section": "表1"}
    (copy.folder / FILE).write_text(f"{','.join(head)}\n{','.join(head.values())}\n", encoding="utf-8")
    return copy


def test_what_is_monitored_and_the_budget_are_checked_with_the_years(filled: Copy) -> None:
    assert titles(filled) == [("hrss 2023", 0), ("hrss 2024 monitoring", 1), ("the government's budget", 1)]


def test_a_department_and_a_year_choose(filled: Copy) -> None:
    assert titles(filled, "hrss") == [("hrss 2023", 0), ("hrss 2024 monitoring", 1)]
    assert titles(filled, "hrss", 2024) == [("hrss 2024 monitoring", 1)]
    assert titles(filled, year=2023) == [("hrss 2023", 0)]


def test_who_is_not_listed_is_told_what_there_is(copy: Copy) -> None:
    [one] = check_data(copy.folder, "nobody")
    assert "The codes are: hrss" in one.problems[0].describe("en")


def test_an_empty_list_is_refused(copy: Copy) -> None:
    (copy.folder / "departments.csv").write_text("code,name,name_en,framework,first_year,last_year\n", encoding="utf-8")
    with pytest.raises(InputRefused, match="no department is on the list yet"):
        check_data(copy.folder)


def test_data_that_no_list_names_is_told(copy: Copy) -> None:
    shutil.copytree(copy.year, copy.year.parent / "2024")
    told = check_data(copy.folder, "hrss", 2024)
    assert [(one.title.en, one.problems[0].level, one.problems[0].code) for one in told] == [("hrss 2024", "warning", "unlisted")]
    assert "run evallib new hrss 2024" in told[0].problems[0].describe("en")
    assert titles(copy) == [("hrss 2023", 0), ("hrss 2024", 0)]
