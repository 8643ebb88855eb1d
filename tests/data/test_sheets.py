"""What people really send: encodings, heads, numbers and workbooks that are read, and those that are refused."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evallib.data.load import load_year
from evallib.data.years import evaluate_year
from evallib.files.sheets import MAX_ROWS, Grid, guarded, read_csv, unguarded
from evallib.files.xlsx_in import read_workbook
from evallib.model.errors import InputRefused
from evallib.model.record import OPTIONAL, TABLES
from evallib.model.rows import Row, columns
from evallib.model.table_words import TABLE_NAMES
from tests.conftest import Copy
from tests.data.books import Book, Sheet


def rows_of(copy: Copy, table: str) -> list[dict[str, str]]:
    """The rows of a table; none where a table that may be left out is not there."""
    file = copy.year / f"{table}.csv"
    return list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig")))) if file.exists() or table not in OPTIONAL else []


def as_workbook(copy: Copy, change: Callable[[Any], None] | None = None) -> Path:
    """The folder of a year as a workbook typed by hand: Chinese sheet names and heads, numbers as numbers."""
    book: Any = openpyxl.Workbook()
    book.remove(book.active)
    for table, model in TABLES.items():
        sheet = book.create_sheet(TABLE_NAMES[table].zh)
        heads = columns(model)
        sheet.append([model.model_fields[head].title for head in heads])
        for row in rows_of(copy, table):
            values: list[Any] = []
            for head in heads:
                text = row.get(head, "")
                number = "Decimal" in str(model.model_fields[head].annotation) and text
                values.append(float(text) if number else text or None)
            sheet.append(values)
            for cell in sheet[sheet.max_row]:
                if isinstance(cell.value, str):
                    cell.data_type = "s"
    if change:
        change(book)
    path = copy.year.with_suffix(".xlsx")
    book.save(path)
    for file in copy.year.iterdir():
        file.unlink()
    copy.year.rmdir()
    return path


def test_a_workbook_and_a_folder_are_equals(copy: Copy) -> None:
    folder = evaluate_year(copy.folder, "hrss", 2023).evaluation
    as_workbook(copy)
    book = evaluate_year(copy.folder, "hrss", 2023).evaluation
    files = {"files": ()}
    assert replace(book, record=book.record.model_copy(update=files)) == replace(folder, record=folder.record.model_copy(update=files))


def test_a_folder_and_a_workbook_together_are_refused(copy: Copy, tmp_path: Path) -> None:
    openpyxl.Workbook().save(copy.year.with_suffix(".xlsx"))
    with pytest.raises(InputRefused, match="a folder and a workbook"):
        load_year(copy.folder, "hrss", 2023)


def facts_sheet(book: Any) -> Any:
    return book[TABLE_NAMES["facts"].zh]


def cell_of(book: Any, fact: str, head: str) -> Any:
    sheet = facts_sheet(book)
    heads = [cell.value for cell in sheet[1]]
    row = next(r for r in sheet.iter_rows(min_row=2) if r[0].value == fact)
    return row[heads.index(head)]


def test_a_mistake_in_a_workbook_is_named_by_sheet_and_cell(copy: Copy) -> None:
    def change(book: Any) -> None:
        cell_of(book, "outturn_basic", "数值").value = "约一千八百万"

    as_workbook(copy, change)
    with pytest.raises(InputRefused) as refusal:
        load_year(copy.folder, "hrss", 2023)
    place = refusal.value.problems[0].place
    assert (place.sheet, place.column) == ("财务数据", "value")
    assert place.cell is not None
    assert place.cell.startswith("C")


@pytest.mark.parametrize(
    ("value", "format", "read"),
    [
        ("957260.00", "@", "957260.00"),
        ("957,260", "General", "957260"),
        ("９５７２６０", "General", "957260"),
        ("957260元", "General", "957260"),
        ("¥957,260.00", "General", "957260.00"),
        (957260, "General", "957260"),
        (957260.5, "#,##0.00", "957260.50"),  # as it is shown
        (957260.5, "#,##0.0#####", "957260.5"),
        (957260, '_ * #,##0.00_ ;-#,##0.00" 元"', "957260.00"),
        (957260.125, "0.0", "957260.125"),  # never fewer than there are
        (957260.5, "0.00E+00", "957260.5"),
        (0.1, "General", "0.1"),
    ],
)
def test_numbers_as_people_write_them(copy: Copy, value: object, format: str, read: str) -> None:
    def change(book: Any) -> None:
        cell = cell_of(book, "operating_expense_outturn", "数值")
        cell.value, cell.number_format = value, format

    as_workbook(copy, change)
    record = load_year(copy.folder, "hrss", 2023).record
    assert str(next(f.value for f in record.facts if f.fact == "operating_expense_outturn")) == read


@pytest.mark.parametrize("value", ["1.2.3", "12,34", "九十万", "1e6", "957260万元", "95726%", "=1/0", "TRUE", "2023-01-01 12:00"])
def test_numbers_that_say_two_things_are_refused(copy: Copy, value: str) -> None:
    copy.set("facts", {"fact": "operating_expense_outturn"}, "value", value)
    with pytest.raises(InputRefused):
        load_year(copy.folder, "hrss", 2023)


def test_a_cell_shown_in_percent_is_read_as_it_shows(copy: Copy) -> None:
    def change(book: Any) -> None:
        sheet = book[TABLE_NAMES["targets"].zh]
        heads = [cell.value for cell in sheet[1]]
        row = next(r for r in sheet.iter_rows(min_row=2) if r[0].value == "public_satisfaction")
        cell = row[heads.index("实际值")]
        cell.value, cell.number_format = 0.84, "0%"

    as_workbook(copy, change)
    record = load_year(copy.folder, "hrss", 2023).record
    assert next(t.actual for t in record.targets if t.indicator == "public_satisfaction") == 84


def test_a_formula_counts_with_the_value_excel_computed_and_is_refused_without_one(copy: Copy) -> None:
    def change(book: Any) -> None:
        cell_of(book, "operating_expense_outturn", "数值").value = "=957000+260"

    as_workbook(copy, change)  # openpyxl computes nothing: the file holds no value for the formula
    with pytest.raises(InputRefused, match="the formula was never computed"):
        load_year(copy.folder, "hrss", 2023)


def test_a_cell_that_cannot_be_read_does_not_hide_the_other_mistakes(copy: Copy) -> None:
    def change(book: Any) -> None:
        cell_of(book, "operating_expense_outturn", "数值").value = "=957000+260"
        cell_of(book, "outturn_basic", "数值").value = "many"
        cell_of(book, "projects", "单位").value = "块钱"

    as_workbook(copy, change)
    with pytest.raises(InputRefused) as refusal:
        load_year(copy.folder, "hrss", 2023)
    said = refusal.value.describe("en")
    assert "the formula was never computed" in said
    assert "is not a number" in said


def test_merged_downwards_is_spread_and_merged_across_is_refused(copy: Copy) -> None:
    def down(book: Any) -> None:
        sheet = book[TABLE_NAMES["units"].zh]
        sheet.merge_cells(start_row=2, end_row=4, start_column=1, end_column=1)

    as_workbook(copy, down)
    assert load_year(copy.folder, "hrss", 2023).record.units[1].kind == "office"


def test_merged_across_is_refused(copy: Copy) -> None:
    as_workbook(copy, lambda book: facts_sheet(book).merge_cells("B3:C3"))
    with pytest.raises(InputRefused, match="the cells B3:C3 are merged across"):
        load_year(copy.folder, "hrss", 2023)


def test_empty_rows_trailing_blanks_remarks_and_other_orders_change_nothing(copy: Copy) -> None:
    before = load_year(copy.folder, "hrss", 2023).record
    rows = rows_of(copy, "facts")
    heads = ["", "#备注", *reversed(list(rows[0])), " "]
    lines = [heads] + [["", "看一下", *reversed(list(row.values())), ""] for row in rows]
    out = io.StringIO()
    csv.writer(out).writerows([lines[0], [], lines[1], ["", "", ""], *lines[2:], [], ["  "]])
    (copy.year / "facts.csv").write_text(out.getvalue(), encoding="gb18030")
    assert load_year(copy.folder, "hrss", 2023).record.facts == before.facts


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators(copy: Copy, separator: str) -> None:
    before = load_year(copy.folder, "hrss", 2023).record
    out = io.StringIO()
    rows = rows_of(copy, "facts")
    csv.writer(out, delimiter=separator).writerows([list(rows[0]), *(list(row.values()) for row in rows)])
    (copy.year / "facts.csv").write_bytes(out.getvalue().encode("utf-16"))
    assert load_year(copy.folder, "hrss", 2023).record.facts == before.facts


@pytest.mark.parametrize("language", ["title", "description"])
def test_heads_in_chinese_or_english(copy: Copy, language: str) -> None:
    before = load_year(copy.folder, "hrss", 2023).record
    for table, model in TABLES.items():
        rows = rows_of(copy, table)
        heads = [getattr(model.model_fields[head], language) for head in columns(model)]
        out = io.StringIO()
        csv.writer(out).writerows([heads, *([row.get(c, "") for c in columns(model)] for row in rows)])
        (copy.year / f"{table}.csv").write_text(out.getvalue(), encoding="utf-8-sig")
    after = load_year(copy.folder, "hrss", 2023).record
    assert after.model_copy(update={"files": ()}) == before.model_copy(update={"files": ()})


@pytest.mark.parametrize("model", TABLES.values(), ids=TABLES)
def test_no_two_columns_of_a_table_have_the_same_name(model: type[Row]) -> None:
    fields = [model.model_fields[column] for column in columns(model)]
    for heads in ([i.title for i in fields], [i.description for i in fields]):
        assert None not in heads
        assert len(heads) == len(set(heads))


@given(st.text())
def test_what_is_guarded_against_formulas_reads_back(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert guarded(text)[:1] not in set("=+-@\t\r")


# --- cells of a workbook -----------------------------------------------------------------------------------------------


def only_sheet(*rows: list[Any], iso_dates: bool = False) -> Grid:
    """The only sheet of a workbook with these rows, as it is read."""
    book: Any = openpyxl.Workbook(iso_dates=iso_dates)
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    (sheet,), problems = read_workbook("t.xlsx", out.getvalue())
    assert problems == ()
    return sheet.grid


@pytest.mark.parametrize("iso_dates", [False, True], ids=["dates as numbers", "dates as texts"])
@pytest.mark.parametrize(
    ("value", "read"),
    [
        (True, "TRUE"),
        (False, "FALSE"),
        (date(2024, 3, 31), "2024-03-31"),
        (datetime(2024, 3, 31), "2024-03-31"),
        (datetime(2024, 3, 31, 9, 30), "2024-03-31 09:30:00"),
        ("_x005F_x0041_", "_x0041_"),
    ],
)
def test_what_is_no_number_is_read_as_it_is_shown(value: object, read: str, iso_dates: bool) -> None:
    assert only_sheet(["head"], [value], iso_dates=iso_dates).rows == ((2, (read,)),)


def test_empty_rows_of_a_sheet_are_passed_over_and_the_others_keep_their_numbers() -> None:
    assert only_sheet(["a", "b"], [], ["x", " "], [None, " "], [None, "y"]).rows == ((3, ("x",)), (5, ("", "y")))


def test_an_empty_sheet_has_no_head() -> None:
    grid = only_sheet()
    assert (grid.head, grid.rows, grid.problems) == ((), (), ())


def test_a_formula_that_failed_is_refused_at_its_cell(copy: Copy) -> None:
    def change(book: Any) -> None:
        cell_of(book, "projects", "数值").value = "#DIV/0!"

    as_workbook(copy, change)
    with pytest.raises(InputRefused) as refusal:
        load_year(copy.folder, "hrss", 2023)
    (problem,) = refusal.value.problems
    assert problem.place.cell
    assert (problem.what.en, problem.what.zh) == ("the formula's result is an error", "公式的结果是错误值")


def test_a_number_beyond_all_numbers_is_refused_as_an_error() -> None:
    book: Any = openpyxl.Workbook()
    book.active.append(["a"])
    book.active.append([12345.5])
    out, endless = io.BytesIO(), io.BytesIO()
    book.save(out)
    with zipfile.ZipFile(out) as given, zipfile.ZipFile(endless, "w") as made:
        for name in given.namelist():
            made.writestr(name, given.read(name).replace(b"<v>12345.5</v>", b"<v>1e999</v>"))
    ((sheet,), _) = read_workbook("t.xlsx", endless.getvalue())
    assert sheet.grid.marked[2, 0].always == "formula.error"


def test_a_sheet_that_is_no_table_is_refused_unless_its_name_says_that_it_is_a_remark(copy: Copy) -> None:
    def change(book: Any) -> None:
        for title in ("#说明", "＃底稿", "_lists", "草稿"):
            book.create_sheet(title)["A1"] = "x"
        book.create_sheet("Sheet2")  # as programs add them: nothing stands there

    as_workbook(copy, change)
    with pytest.raises(InputRefused) as refusal:
        load_year(copy.folder, "hrss", 2023)
    (problem,) = refusal.value.problems
    assert (problem.place.sheet, problem.what.zh) == ("草稿", "没有这种数据表")


def test_a_sheet_that_is_missing_is_named_unless_a_year_may_do_without_it(copy: Copy) -> None:
    def change(book: Any) -> None:
        for table in ("practices", *OPTIONAL):
            del book[TABLE_NAMES[table].zh]

    as_workbook(copy, change)
    with pytest.raises(InputRefused) as refusal:
        load_year(copy.folder, "hrss", 2023)
    assert [problem.what.en for problem in refusal.value.problems] == [f"the sheet “{TABLE_NAMES['practices'].en}” is missing"]


# --- what is refused early ---------------------------------------------------------------------------------------------


def packed(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = Book([Sheet("Facts", raw=b"0" * 210_000_000)]).content()
    assert len(bomb) < 1_000_000
    ((sheet,), problems) = read_workbook("bomb.xlsx", bomb)
    assert problems == ()
    assert [problem.what.en for problem in sheet.grid.problems] == ["unpacks to 210 MB, more than 60 MB"]


@pytest.mark.parametrize("content", [b"", b"not a workbook", packed(a=b"b"), packed(**{"[Content_Types].xml": b"<broken"})])
def test_a_file_that_is_no_workbook_is_refused(content: bytes) -> None:
    grids, problems = read_workbook("x.xlsx", content)
    assert grids == ()
    assert len(problems) == 1


@pytest.mark.parametrize("content", [b"\xff\xff\xff", b"\xff\xfea", b"a,b\n\0,1\n"], ids=["no encoding", "half a character", "a zero byte"])
def test_a_file_that_is_no_text_is_refused(content: bytes) -> None:
    grid = read_csv("x.csv", content)
    assert grid.rows == ()
    assert [(problem.what.zh, problem.what.en) for problem in grid.problems] == [("无法识别文字编码", "the text encoding is not known")]


def test_macros_are_refused() -> None:
    content = packed(**{"[Content_Types].xml": b"", "xl__vbaProject.bin": b""})
    assert read_workbook("x.xlsx", content)[1][0].what.en == "holds macros"


def test_endless_rows_are_refused(copy: Copy) -> None:
    grid = read_csv("long.csv", ("a,b\n" + "1,2\n" * (MAX_ROWS + 1)).encode())
    assert grid.problems[0].what.en == f"has more than {MAX_ROWS} rows"

    def fill(book: Any) -> None:
        for row in range(MAX_ROWS + 1):
            facts_sheet(book).cell(row + 2, 1, "x")

    as_workbook(copy, fill)
    with pytest.raises(InputRefused, match="has more than 20000 rows"):
        load_year(copy.folder, "hrss", 2023)


def test_a_link_out_of_the_data_folder_is_refused(copy: Copy, tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    (copy.year / "facts.csv").rename(outside)
    try:
        (copy.year / "facts.csv").symlink_to(outside)
    except OSError:
        pytest.skip("this machine does not allow links")
    with pytest.raises(InputRefused, match="leads out of the data folder"):
        load_year(copy.folder, "hrss", 2023)


@pytest.mark.parametrize("code", ["..", "../hrss", "/etc", "HRSS", "hrss ", "ｈｒｓｓ", "hrss\u200b", "con", "a" * 50, "hrss/2023", "hrѕs"])
def test_codes_that_could_lead_elsewhere_or_look_alike_are_refused(copy: Copy, code: str) -> None:
    path = copy.folder / "departments.csv"
    path.write_text(path.read_text(encoding="utf-8-sig") + f'"{code}",甲,A,xundian-department,2023,2023\n', encoding="utf-8")
    with pytest.raises(InputRefused):
        load_year(copy.folder, "hrss", 2023)


@pytest.mark.parametrize("name", ["../../etc/passwd", "..", "/tmp", "con/..", "xundian-department/../xundian-department"])
def test_framework_ids_cannot_lead_elsewhere(copy: Copy, name: str) -> None:
    copy.replace(copy.folder / "departments.csv", "xundian-department", name)
    with pytest.raises(InputRefused, match="no such framework"):
        load_year(copy.folder, "hrss", 2023)
