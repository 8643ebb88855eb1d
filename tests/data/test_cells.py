"""From texts to rows: units typed into the cell, remarks, cells that are too long, and what a row's own check says."""

from __future__ import annotations

from decimal import Decimal

import pytest

from evallib.core.errors import InputRefused
from evallib.core.record import Fact
from evallib.data.cells import Reader, load_table
from evallib.data.load import load_departments, load_year
from evallib.data.sheets import MAX_CELL, read_csv
from tests.conftest import Copy


def facts(text: str) -> tuple[Fact, ...]:
    """The facts of a table typed by hand; refused where anything is wrong with it."""
    reader = Reader()
    rows = load_table(reader, read_csv("facts.csv", text.encode()), "facts", Fact)
    reader.stop_if_wrong()
    return tuple(row for row in rows if isinstance(row, Fact))


@pytest.mark.parametrize("typed", ["957260元", "￥957,260", "¥ 957260.00"])
def test_a_unit_in_the_cell_is_the_rows_where_the_row_names_none(typed: str) -> None:
    (fact,) = facts(f'fact,year,value,unit,source,section\noutturn_basic,2023,"{typed}",,report,1\n')
    assert (fact.value, fact.unit) == (Decimal(957260), "元")


def test_a_unit_in_the_cell_must_be_the_one_the_row_names() -> None:
    with pytest.raises(InputRefused, match="the cell says 元, the row says 万元"):
        facts("fact,year,value,unit,source,section\noutturn_basic,2023,957260元,万元,report,1\n")


def test_a_line_that_holds_nothing_but_a_remark_is_no_row() -> None:
    told = facts("fact,year,value,unit,source,section,#note\n,,,,,,to be checked\nprojects,2023,36,个,report,1,\n")
    assert [fact.fact for fact in told] == ["projects"]


def test_a_cell_may_hold_so_many_characters_and_no_more(copy: Copy) -> None:
    copy.set("findings", {"finding": "2"}, "title", "长" * MAX_CELL)
    assert len(load_year(copy.folder, "hrss", 2023).record.findings[2].title) == MAX_CELL
    copy.set("findings", {"finding": "2"}, "title", "长" * (MAX_CELL + 1))
    with pytest.raises(InputRefused) as refusal:
        load_year(copy.folder, "hrss", 2023)
    assert f"is longer than {MAX_CELL} characters" in refusal.value.describe("en")
    assert f"超过 {MAX_CELL} 个字符" in refusal.value.describe("zh")


def test_a_department_cannot_end_before_it_begins(copy: Copy) -> None:
    copy.replace(copy.folder / "departments.csv", "2023,2023", "2023,2022")
    with pytest.raises(InputRefused) as refusal:
        load_departments(copy.folder)
    assert "last_year is before first_year" in refusal.value.describe("en")
    assert "截止年度早于起始年度" in refusal.value.describe("zh")


def test_a_place_in_a_table_that_was_not_read_is_its_name() -> None:
    assert Reader().place("facts", 0, "value").file == "facts"
