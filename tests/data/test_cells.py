"""From texts to rows: units typed into the cell, remarks, cells that are too long, and what a row's own check says."""

from __future__ import annotations

from decimal import Decimal

import pytest

from evallib.data.cells import Reader, load_table
from evallib.data.load import load_departments, load_year
from evallib.data.raw_tables import choices_of, kinds_of
from evallib.data.rulebook import load_common, load_framework, shipped_catalogue
from evallib.files.sheets import MAX_CELL, Grid, read_csv
from evallib.model.entries import CurrencyEntry, Part
from evallib.model.errors import InputRefused
from evallib.model.record import TABLES, Fact
from evallib.model.units import Units
from evallib.model.words import NOTHING
from evallib.say.numbers import to_type
from tests.conftest import DATA, Copy

UNITS = shipped_catalogue("units").units


def facts(text: str, units: Units = UNITS) -> tuple[Fact, ...]:
    """The facts of a table typed by hand; refused where anything is wrong with it."""
    reader = Reader(units)
    rows = load_table(reader, read_csv("facts.csv", text.encode()), "facts", Fact)
    reader.stop_if_wrong()
    return tuple(row for row in rows if isinstance(row, Fact))


@pytest.mark.parametrize("typed", ["957260元", "￥957,260", "¥ 957260.00"])
def test_a_unit_in_the_cell_is_the_rows_where_the_row_names_none(typed: str) -> None:
    (fact,) = facts(f'fact,year,value,unit,source,section\noutturn_basic,2023,"{typed}",,report,1\n')
    assert (fact.value, fact.unit) == (Decimal(957260), "元")


@pytest.mark.parametrize("typed", ["£957,260.50", "957260.50 £", "£ 957260.50"])
def test_the_sign_of_money_is_the_countys(typed: str) -> None:
    pounds = Units(Part(currency=(CurrencyEntry(symbol="£", name="英镑", name_en="pounds"),)))
    (fact,) = facts(f'fact,year,value,unit,source,section\noutturn_basic,2023,"{typed}",,report,1\n', pounds)
    assert (fact.value, fact.unit) == (Decimal("957260.50"), "£")
    with pytest.raises(InputRefused, match="is not a number"):
        facts("fact,year,value,unit,source,section\noutturn_basic,2023,¥5,,report,1\n", pounds)


def test_a_number_keeps_the_digits_that_were_typed() -> None:
    (fact,) = facts("fact,year,value,unit,source,section\noutturn_basic,2023,700.50,万元,report,1\n")
    assert (str(fact.value), fact.unit) == ("700.50", "万元")


@pytest.mark.parametrize("unit", ["筐", "万亩", "km/L", "百户"])
def test_any_word_may_be_a_unit(unit: str) -> None:
    (fact,) = facts(f"fact,year,value,unit,source,section\nprojects,2023,5,{unit},report,1\n")
    assert fact.unit == unit


@pytest.mark.parametrize(("typed", "kept"), [("people", "人"), ("10,000 yuan", "万元"), ("％", "%")])
def test_a_unit_by_its_other_name_is_kept_by_its_own(typed: str, kept: str) -> None:
    (fact,) = facts(f'fact,year,value,unit,source,section\nprojects,2023,5,"{typed}",report,1\n')
    assert fact.unit == kept


def test_a_unit_in_the_cell_must_be_the_one_the_row_names() -> None:
    with pytest.raises(InputRefused, match="the cell says 元, the row says 万元"):
        facts("fact,year,value,unit,source,section\noutturn_basic,2023,957260元,万元,report,1\n")


@pytest.mark.parametrize(
    ("typed", "unit", "fix"),
    [
        ("5万", "日元", "write the same unit in both, or digits only in the cell"),
        ("15元", "人", "this is counted in people, not in 元: write the number in people"),
        ("10天", "周", "write the same unit in both, or digits only in the cell; or write 天 in the column unit, and 10 here"),
        ("3周", "天", "write 21 (in days); or write 周 in the column unit, and 3 here"),
    ],
)
def test_what_to_type_is_the_same_number(typed: str, unit: str, fix: str) -> None:
    """A row's own unit is not denied, and no rounded number offered for data."""
    with pytest.raises(InputRefused) as refusal:
        facts(f"fact,year,value,unit,source,section\noutturn_basic,2023,{typed},{unit},report,1\n", load_common(DATA).units)
    assert [one.fix.en for one in refusal.value.problems] == [fix]


def test_ten_thousands_are_not_dropped_where_a_row_has_no_unit() -> None:
    units = load_common(DATA).units
    assert to_type(Decimal("1.2"), units.read("万"), None, units, NOTHING).en == "there is no unit here: write 12,000 only"


HEAD = "fact;year;value;unit;source;section"


@pytest.mark.parametrize(
    ("typed", "whole", "point"), [("4,948", "4948", "4.948"), ("-84,000", "-84000", "-84.000"), ("４，９４８元", "4948元", "4.948元")]
)
def test_one_comma_in_a_file_of_semicolons_says_two_things(typed: str, whole: str, point: str) -> None:
    with pytest.raises(InputRefused) as refusal:
        facts(f"{HEAD}\noutturn_basic;2023;{typed};元;report;1\n")
    (problem,) = refusal.value.problems
    assert (problem.what.en[:42], problem.fix.en) == ("in a file separated by semicolons this com", f"write {whole} or {point}")
    assert problem.fix.zh == f"写成 {whole} 或 {point}"
    for written in (whole, point):  # what is advised leads on
        assert facts(f"{HEAD}\noutturn_basic;2023;{written};元;report;1\n")[0].value == Decimal(written.rstrip("元"))


@pytest.mark.parametrize(("typed", "read"), [("1,234,567", "1234567"), ("4,948.50", "4948.50"), ("4948", "4948")])
def test_other_numbers_in_a_file_of_semicolons_are_certain(typed: str, read: str) -> None:
    (fact,) = facts(f"{HEAD}\noutturn_basic;2023;{typed};元;report;1,234\n")
    assert (str(fact.value), fact.section) == (read, "1,234")


@pytest.mark.parametrize(("typed", "point"), [("84,5", "84.5"), ("1.234,56", "1234.56"), ("1 234,5 元", "1234.5 元"), ("-4,5", "-4.5")])
@pytest.mark.parametrize("separator", [";", "\t"])
def test_a_decimal_comma_is_told_as_one(typed: str, point: str, separator: str) -> None:
    with pytest.raises(InputRefused, match=f"has a comma for the decimal point .*write {point};"):
        facts(f"{HEAD}\noutturn_basic;2023;{typed};元;report;1\n".replace(";", separator))


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


ODD = (
    *("", "-5", "+5", "5.", ".5", "007", "1,234.50", "90%", "１２", "٣", "1e3", "-", "—", "0", "-0", "缺", "n.a.", "待补", "未检查"),
    *(
        "2023",
        "2023年",
        "2023-01-31",
        "2023-1-31",
        "2023-02-30",
        "2023年12月底前",
        "12.5-13",
        "9" * 30,
        "0." + "1" * 20,
        "≥50个",
        "50个以上",
    ),
    *(
        "words",
        "定性",
        "between",
        "=",
        ">=",
        "大于等于",
        "by",
        "item",
        "tier",
        "met",
        "not_met",
        "满足",
        "Yes",
        "是",
        "no",
        "合计",
        "total",
    ),
    *("元", "万元", "%", "个", "x y", "x\ny", "x\u202ey", "x" * 20_001, "reached", "完成", "hrss-report", "无", "nil"),
)
"""What stands in cells, well and badly."""


@pytest.mark.parametrize("table", TABLES)
def test_a_row_is_read_or_it_is_told_what_is_wrong_with_it(table: str) -> None:
    model = TABLES[table]
    usual = {"decimal": "1", "int": "2023", "date": "2023-01-31", "unit": "元", "text": "x", "verdict": "met"}
    row = tuple(next(iter(choices_of(model, column)), "") or usual[kind] for column, kind in kinds_of(model).items())
    varied = [(*row[:at], text, *row[at + 1 :]) for at in range(len(row)) for text in ODD]
    crossed = [(*one[:at], text, *one[at + 1 :]) for one in varied[::17] for at in range(len(row)) for text in ODD[:: len(row)]]
    grid = Grid("t.csv", head=tuple(kinds_of(model)), rows=tuple(enumerate((row, *varied, *crossed), 2)))
    reader = Reader(load_framework(DATA, "xundian-department", 2023).catalogue.units)
    read = load_table(reader, grid, table, model)
    there, told = {number for _, number in reader.rows.values()}, {one.place.row for one in reader.problems}
    assert len(row) < len(read) == len(there)
    totals = {number for number, texts in grid.rows if {"合计", "total"} & {*texts}}  # held against the rows where all of these are read
    assert {number for number, _ in grid.rows} - there - totals <= told
