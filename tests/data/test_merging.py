"""Two people's copies of a year in one: what only one has or changed is taken, what both changed is asked about, nothing is lost."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from evallib.data.csv_files import write_year
from evallib.data.load import load_year
from evallib.data.merging import merge
from evallib.data.new_year import new_year
from evallib.data.raw_tables import tables_of
from evallib.data.raw_years import read_raw_year
from evallib.data.rulebook import load_framework
from evallib.model.errors import InputRefused
from evallib.model.record import Record
from tests.conftest import Copy


class Copies:
    """The year, and three copies of it that were handed out."""

    def __init__(self, copy: Copy, place: Path) -> None:
        self.data, self.place, self.year = copy.folder, place, copy.year
        self.base, self.one, self.other = (self._copied(copy, name) for name in ("base", "one", "other"))

    def _copied(self, copy: Copy, name: str) -> Copy:
        handed = Copy(copy.folder)
        handed.year = self.place / name
        shutil.copytree(copy.year, handed.year)
        return handed

    def merged(self, *, swap: bool = False, base: bool = False, prefer: Path | None = None) -> Record:
        """The record of both in one, written where the year's data is."""
        pair = (self.one.year, self.other.year)
        shutil.rmtree(self.year, ignore_errors=True)
        if swap:
            pair = (pair[1], pair[0])
        merge(self.data, *pair, base=self.base.year if base else None, prefer=prefer, department="hrss", year=2023)
        book = self.year.with_suffix(".xlsx")
        record = load_year(self.data, "hrss", 2023).record
        book.unlink()
        return record.model_copy(update={"files": ()})

    def both(self, *, base: bool = False, prefer: Path | None = None) -> Record:
        """The same in both orders."""
        found = [self.merged(swap=swap, base=base, prefer=prefer) for swap in (False, True)]
        assert found[0] == found[1]
        return found[0]

    def asked(self, *, base: bool = False) -> list[str]:
        with pytest.raises(InputRefused) as refusal:
            self.merged(base=base)
        assert not self.year.with_suffix(".xlsx").exists()
        return [one.describe("en") for one in refusal.value.problems]


@pytest.fixture
def copies(copy: Copy, tmp_path: Path) -> Copies:
    return Copies(copy, tmp_path)


def value(record: Record, fact: str) -> str:
    return str(next(row.value for row in record.facts if row.fact == fact))


def drop(copy: Copy, table: str, begins: str) -> None:
    file = copy.year / f"{table}.csv"
    lines = file.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(begins)]
    assert len(kept) == len(lines) - 1
    file.write_text("".join(kept), encoding="utf-8-sig")


def test_two_that_are_the_same_give_the_same(copies: Copies) -> None:
    before = tables_of(load_year(copies.data, "hrss", 2023).record)
    assert tables_of(copies.both()) == before


def test_what_only_one_has_is_taken(copies: Copies) -> None:
    copies.one.set("facts", {"fact": "staff_institution"}, "value", "")
    copies.one.set("targets", {"indicator": "urban_new_jobs"}, "evidence", "")
    drop(copies.other, "facts", "staff_administrative,")
    drop(copies.other, "findings", "9.2,")
    before = load_year(copies.data, "hrss", 2023).record
    found = copies.both()
    assert sorted(map(repr, found.facts)) == sorted(map(repr, before.facts))
    assert {row.finding for row in found.findings} == {row.finding for row in before.findings}


def test_what_both_say_otherwise_is_asked_by_the_cell_of_both(copies: Copies) -> None:
    copies.one.set("facts", {"fact": "staff_administrative"}, "value", "20")
    [asked] = copies.asked()
    assert "column value: Figures Staff in post, administrative value" in asked
    assert "one/facts.csv, row 4" in asked
    assert "other/facts.csv, row 4" in asked
    for prefer, wanted in ((copies.one, "20"), (copies.other, "21")):
        assert value(copies.both(prefer=prefer.year), "staff_administrative") == wanted


def test_with_an_ancestor_what_one_changed_is_taken(copies: Copies) -> None:
    copies.one.set("facts", {"fact": "staff_administrative"}, "value", "20")
    copies.other.set("facts", {"fact": "staff_institution"}, "value", "29")
    copies.other.set("facts", {"fact": "staff_quota_institution"}, "section", "一(一)3")
    drop(copies.one, "contradictions", "key_task_name,")
    found = copies.both(base=True)
    assert (value(found, "staff_administrative"), value(found, "staff_institution")) == ("20", "29")
    assert next(row.section for row in found.facts if row.fact == "staff_quota_institution") == "一(一)3"
    assert "key_task_name" not in {row.contradiction for row in found.contradictions}
    copies.other.set("contradictions", {"contradiction": "key_task_name"}, "reason", "另有说明")
    copies.other.set("facts", {"fact": "staff_administrative"}, "value", "19")
    assert len(copies.asked(base=True)) == 2


def test_a_number_and_its_unit_come_from_one_copy(copies: Copies) -> None:
    copies.one.set("facts", {"fact": "operating_expense_budget"}, "value", "96.00")
    copies.other.set("facts", {"fact": "operating_expense_budget"}, "unit", "万元")
    [asked] = copies.asked(base=True)
    assert "96.00 元" in asked
    assert "957260.00 万元" in asked


def test_workbooks_join_and_what_is_not_of_a_table_is_named(copies: Copies) -> None:
    loaded = load_year(copies.data, "hrss", 2023)
    files = [copies.place / name for name in ("甲.xlsx", "乙.xlsx")]
    for file in files:
        write_year(tables_of(loaded.record), file, loaded.framework, "zh")
    book = openpyxl.load_workbook(files[1])
    sheet = book["财务数据"]
    sheet.cell(5, 3).value = 20
    sheet.cell(2, 12).value, sheet.cell(5, 12).value = "#核对", "已核"
    book.create_sheet("往来函件")["A1"] = "函"
    book.save(files[1])
    with pytest.raises(InputRefused) as refusal:
        merge(copies.data, *files, out=copies.place / "丙.xlsx", department="hrss", year=2023)
    [asked] = refusal.value.problems
    assert (asked.place.sheet, asked.place.cell) == ("财务数据", "C5")
    assert "C5" in asked.what.zh
    assert not (copies.place / "丙.xlsx").exists()
    done = merge(copies.data, *files, out=copies.place / "丙.xlsx", department="hrss", year=2023, prefer=files[1])
    assert {(at.sheet, at.cell) for at in done.left} == {("财务数据", "L2"), ("往来函件", None)}
    assert openpyxl.load_workbook(done.path)["财务数据"].cell(5, 3).value == 20


def test_a_number_that_cannot_be_read_is_not_taken_for_none(copies: Copies) -> None:
    loaded = load_year(copies.data, "hrss", 2023)
    files = [copies.place / name for name in ("甲.xlsx", "乙.xlsx")]
    for file in files:
        write_year(tables_of(loaded.record), file, loaded.framework, "zh")
    book = openpyxl.load_workbook(files[1])
    book["财务数据"].cell(5, 3).value = "=20-1"  # which no program has computed
    book.save(files[1])
    with pytest.raises(InputRefused) as refusal:
        merge(copies.data, *files, out=copies.place / "丙.xlsx", department="hrss", year=2023)
    assert [(one.code, one.place.cell) for one in refusal.value.problems] == [("formula.not_computed", "C5")]


def test_a_copy_in_the_data_folder_tells_whose_it_is_and_goes_to_the_backup(copies: Copies) -> None:
    copies.other.set("facts", {"fact": "staff_administrative"}, "note", "按编办文件")
    done = merge(copies.data, copies.year, copies.other.year, lang="en")
    assert (done.department, done.year, done.path) == ("hrss", 2023, copies.year)
    assert done.backup is not None
    assert done.backup.is_dir()
    assert next(row.note for row in load_year(copies.data, "hrss", 2023).record.facts if row.fact == "staff_administrative") == "按编办文件"
    assert merge(copies.data, copies.year, copies.other.year).backup is None  # all of it is there


@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("merge.whose", {"department": ""}),
        ("merge.no_copy", {"other": Path("none.xlsx")}),
        ("merge.prefer", {"prefer": Path("third.xlsx")}),
        ("merge.in_the_way", {}),
    ],
)
def test_what_cannot_be_merged_is_refused(copies: Copies, code: str, given: dict[str, Path | str]) -> None:
    wanted = {"one": copies.one.year, "other": copies.other.year, "department": "hrss", "year": 2023} | given
    with pytest.raises(InputRefused) as refusal:
        merge(copies.data, **wanted)  # type: ignore[arg-type]
    assert [one.code for one in refusal.value.problems] == [code]


def _handed(data: Path, place: Path, source: str, cells: dict[str, Any], own: str = "") -> Path:
    """A copy of a year that is begun, with a source said once above the figures and the indicators, and some cells filled in."""
    book = openpyxl.load_workbook(data / "departments" / "edu" / "2024.xlsx")
    for sheet in ("财务数据", "评分表"):
        book[sheet]["A1"] = f"来源：{source}"
    for cell, value in cells.items():
        book["财务数据"][cell] = value
    if own:
        row = next(row for row in book["评分表"].iter_rows() if row[1].value == "履职效益")
        for n, text in ((2, own), (6, "≥92%"), (8, "93%")):
            row[n].value = text
    book.save(place)
    return place


def test_a_row_keeps_the_source_of_who_filled_it_in_though_that_is_said_once_above_the_heads(copy: Copy, tmp_path: Path) -> None:
    new_year(copy.folder, "edu", 2024, from_year=None, to="xlsx", lang="zh", name="教育局", framework="department-mof-2013")
    one = _handed(copy.folder, tmp_path / "张三.xlsx", "决算报告", {"C3": 120, "C5": 5000000})
    other = _handed(copy.folder, tmp_path / "李四.xlsx", "考核台账", {"C4": 119}, own="体质合格率")
    made = {}
    for name, prefer in (("", None), ("张三", one), ("李四", other)):
        out = tmp_path / f"合成{name}.xlsx"
        done = merge(copy.folder, one, other, prefer=prefer, out=out, department="edu", year=2024)
        assert all(change.what.zh.strip()[-1] != "：" and "nac7" not in change.after for change in done.changes)
        made[name] = read_raw_year(out, load_framework(copy.folder, "department-mof-2013", 2024)).tables
    for tables in made.values():
        titles = {row["source"]: row.get("title", row["source"]) for row in tables["sources"]}
        of = {row["fact"]: titles[row["source"]] for row in tables["facts"] if row.get("value")}
        assert of == {"staff_quota": "决算报告", "approved_expenditure": "决算报告", "staff_in_post": "考核台账"}
        named = [row for row in tables["own_indicators"] if row.get("name")]
        assert [titles[row["source"]] for row in named] == ["考核台账"]
        assert len(tables["own_indicators"]) == 2
        assert not [row for rows in tables.values() for row in rows if {"（待补）", "to-come"} & {*row.values()}]
    sheet = openpyxl.load_workbook(tmp_path / "合成李四.xlsx")["财务数据"]
    assert (sheet["A1"].value, sheet["F3"].value) == ("来源：考核台账", "决算报告")


def test_two_sources_said_once_above_the_heads_are_asked_about_once_and_by_their_names(copy: Copy, tmp_path: Path) -> None:
    new_year(copy.folder, "edu", 2024, from_year=None, to="xlsx", lang="zh", name="教育局", framework="department-mof-2013")
    cells: dict[str, Any] = {"C3": 120, "C4": 119, "C5": 5000000}
    copies = [_handed(copy.folder, tmp_path / f"{name}.xlsx", source, cells) for name, source in (("甲", "决算报告"), ("乙", "考核台账"))]
    with pytest.raises(InputRefused) as refusal:
        merge(copy.folder, *copies, out=tmp_path / "合成.xlsx", department="edu", year=2024)
    [asked] = refusal.value.problems
    assert "财务数据 编制人数 来源等 3 行" in asked.what.zh
    assert "决算报告" in asked.what.zh
    assert "考核台账" in asked.what.zh
