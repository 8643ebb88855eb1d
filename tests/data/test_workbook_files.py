"""Whole workbooks: files of other kinds, what other programs write, formats painted over everything, and what is too large."""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evallib.data.cells import Reader, load_table
from evallib.data.load import load_year
from evallib.data.years import evaluate_year
from evallib.files.xlsx_in import read_workbook
from evallib.model.errors import InputRefused, Problem
from evallib.model.optional_rows import FollowUp
from evallib.model.table_words import TABLE_NAMES
from tests.data.books import MAIN, Book, Sheet, as_text, example, letters, loaded, packed


def ole(*streams: str) -> bytes:
    """A file of the old kind (compound file) with these streams in its directory."""
    directory = b"".join(one.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 2 * len(one) + 2) + bytes(62) for one in streams)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(22) + struct.pack("<H", 9) + bytes(16) + struct.pack("<I", 1) + bytes(24)
    fat = struct.pack("<128I", *([0xFFFFFFFD, 0xFFFFFFFE] + [0xFFFFFFFF] * 126))
    return (head + struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)).ljust(512, b"\0") + fat + directory.ljust(512, b"\0")


def refusal(content: bytes) -> Problem:
    sheets, (problem,) = read_workbook("departments/hrss/2023.xlsx", content)
    assert sheets == ()
    return problem


KINDS = {
    "Excel 97–2003": (ole("Root Entry", "Workbook"), "rename it to 2023.xls,"),
    "xlsb": (packed({"[Content_Types].xml": "<Types/>", "xl/workbook.bin": b""}), "rename it to 2023.xlsb,"),
    "OpenDocument": (packed({"mimetype": "x", "content.xml": "<x/>"}), "rename it to 2023.ods,"),
    "Numbers": (packed({"Index/Document.iwa": b""}), "rename it to 2023.numbers,"),
    "CSV": ("数据项,年度\n".encode("gb18030"), "rename it to 2023.csv,"),
    "HTML": (b"\n<html><table>", "rename it to 2023.html,"),
    "XML": (b"<?xml version='1.0'?><Workbook/>", "rename it to 2023.xml,"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_was_only_renamed_is_told_as_what_it_is(kind: str) -> None:
    content, remedy = KINDS[kind]
    problem = refusal(content)
    assert problem.what.en == f"is not an .xlsx workbook but a file of the kind {kind} that was renamed"
    assert problem.what.zh == f"不是 .xlsx 工作簿，而是 {kind} 文件，只是改了名"
    assert problem.fix.en.startswith(remedy)
    assert "under the name 2023.xlsx" in problem.fix.en


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (ole("Root Entry", "EncryptionInfo", "EncryptedPackage"), ("opens only with a password", "有打开密码")),
        (ole("Root Entry", "WordDocument"), ("is not an .xlsx workbook", "不是 .xlsx 工作簿")),
        (ole("Root Entry")[:600], ("is not an .xlsx workbook", "不是 .xlsx 工作簿")),
        (b"", ("the file is empty (0 bytes)", "文件是空的")),
        (packed({"[Content_Types].xml": "<Types/>", "xl/vbaProject.bin": b""}), ("holds macros", "含有宏")),
        (packed({"[Content_Types].xml": "<Types/>", "word/document.xml": b"<x/>"}), ("cannot be opened", "无法打开")),
        (example().content()[:5000], ("cannot be opened", "无法打开")),
        (bytes(range(256)), ("is not an .xlsx workbook", "不是 .xlsx 工作簿")),
    ],
    ids=["encrypted", "an old document", "a piece of an old file", "empty", "macros", "a document", "a piece", "bytes"],
)
def test_a_file_that_cannot_be_read_is_told_why(content: bytes, words: tuple[str, str]) -> None:
    problem = refusal(content)
    assert (problem.what.en[: len(words[0])], problem.what.zh[: len(words[1])]) == words


def test_the_example_is_read_whatever_the_program_that_wrote_it(home: Path) -> None:
    """Usual and strict namespaces, parts with absolute names, capitals and backslashes, cells and rows without addresses."""
    usual = example()
    parts = usual.parts()
    moved = {name.replace("xl/", "XL/").replace("sheet1.xml", "Sheet1.XML"): part for name, part in parts.items()}
    slashes = {name.replace("xl/worksheets/", "xl\\worksheets\\"): part for name, part in parts.items()}
    absolute = parts | {"xl/_rels/workbook.xml.rels": str(parts["xl/_rels/workbook.xml.rels"]).replace('Target="w', 'Target="/xl/w')}
    sheets = {name: part.decode() for name, part in parts.items() if isinstance(part, bytes)}
    bare = parts | {name: openless(text) for name, text in sheets.items()}
    for content in (usual.content(), usual.strict(), packed(moved), packed(slashes), packed(absolute), packed(bare)):
        record = loaded(home, content).record
        assert evaluate_year(home, "hrss", 2023).evaluation.total == Decimal("84.63")
        assert len(record.facts) == len(usual.sheets[5].rows) - 1


def openless(text: str) -> str:
    """A sheet in which no row and no cell says where it is, and no cell is left out."""
    rows = []
    for row in re.findall("<row.*?</row>|<row[^>]*/>", text):
        cells = {found[1]: found[0] for found in re.findall(r'(<c r="([A-Z]+)\d+".*?</c>)', row)}
        every = [cells.get(letters(n), "<c/>") for n in range(26)]
        rows.append("<row>" + "".join(re.sub(r' r="[A-Z]+\d+"', "", one) for one in every) + "</row>")
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(rows)}</sheetData></worksheet>'


def painted(sheet: Sheet, rows: int, columns: int) -> None:
    """Paint cells below and beside a table, and give the last row of all a look of its own."""
    for row in sheet.rows:
        row += ["<c s='0'/>"] * (columns - len(row))
    sheet.rows += [["<c s='0'/>"] * 8] * (rows - len(sheet.rows))
    last = '<row r="1048576" s="0" customFormat="1"><c r="A1048576" s="0"/></row>'
    sheet.raw = sheet.xml().replace(b"</sheetData>", last.encode() + b"</sheetData>")


def test_formats_painted_over_rows_and_columns_are_nothing(home: Path) -> None:
    book = example()
    painted(book.sheets[5], 21_000, 259)
    assert loaded(home, book.content()).record.facts == loaded(home, example().content()).record.facts


def test_the_epoch_of_a_macintosh_is_minded() -> None:
    """The same day as a number of days since 1900 and since 1904; the calendar of 1900 has a day too many."""

    def day(number: float, properties: str = "") -> str:
        rows = [[as_text("head")], [f'<c s="1"><v>{number}</v></c>']]
        ((sheet,), _) = read_workbook("t.xlsx", Book([Sheet("s", rows)], [14], properties=properties).content())
        return sheet.grid.rows[0][1][0]

    assert day(45382) == day(43920, '<workbookPr date1904="1"/>') == "2024-03-31"
    assert (day(59), day(61), day(45382.5)) == ("1900-02-28", "1900-03-01", "2024-03-31 12:00:00")
    assert day(3_000_000) == "3000000"  # no day at all


def test_a_text_that_many_cells_share_is_held_once_and_only_as_far_as_it_is_told(home: Path) -> None:
    book = example()
    book.texts = [f"<t>{'字' * 1_000_000}</t>"]
    book.sheets[5].rows += [["<c t='s'><v>0</v></c>"] * 8] * 300
    with pytest.raises(InputRefused) as refused:
        loaded(home, book.content())
    assert {problem.code for problem in refused.value.problems} == {"cell.too_long"}


def test_values_beside_a_table_are_told_once_a_column() -> None:
    rows = [[as_text("fact")], *[[as_text("x"), "", f"<c><v>{n}</v></c>"] for n in range(50)]]
    ((sheet,), _) = read_workbook("t.xlsx", Book([Sheet("s", rows)]).content())
    assert [cells[2:] for _, cells in sheet.grid.rows if cells[2:]] == [("0",)]


def test_a_large_sheet_that_is_no_table_is_not_read(home: Path) -> None:
    book = example()
    book.sheets += [Sheet("#底稿", raw=b"0" * 70_000_000), Sheet("缓存", state="hidden", raw=b"0" * 70_000_000)]
    assert loaded(home, book.content()).record.year == 2023


def test_a_title_above_the_headings_is_passed_over_and_told(home: Path) -> None:
    book = example()
    book.sheets[5].rows.insert(0, [as_text("基础数据表")])
    book.sheets[5].behind = '<mergeCells><mergeCell ref="A1:H1"/></mergeCells>'
    found = loaded(home, book.content())
    assert [problem.what.zh for problem in found.remarks if problem.level == "warning"] == ["列名上面的这些没有读：“基础数据表”"]
    assert found.record.facts == loaded(home, example().content()).record.facts


def lying(content: bytes, part: str) -> bytes:
    """A zip file that says of a part that it is small."""
    at = content.index(part.encode(), content.index(b"PK\1\2"))
    return content[: at - 22] + struct.pack("<I", 1000) + content[at - 18 :]


def test_what_unpacks_to_more_than_it_says_is_given_up() -> None:
    parts = Book([Sheet("s", [[as_text("a")]])]).parts()
    main = str(parts["xl/workbook.xml"]) + " " * 100_000_000
    assert refusal(lying(packed(parts | {"xl/workbook.xml": main}), "xl/workbook.xml")).code == "workbook.damaged"


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("<a>" * 300, "workbook.damaged"),
        ("<row>" + "<c/>" * 300_000 + "</row>", "workbook.damaged"),
        ('<row r="1048577"><c><v>1</v></c></row>', "workbook.damaged"),
        ("".join(f'<row r="{n}"><c><v>{n}</v></c></row>' for n in range(1, 20_003)), "table.too_long"),
        ('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', "table.too_wide"),
        ('<row><c r="XFE1"><v>1</v></c></row>', "workbook.damaged"),
        ('<row r="x"><c><v>1</v></c></row>', "workbook.damaged"),
        ('<row r="1e999"><c><v>1</v></c></row>', "workbook.damaged"),
        ('<row r="0"><c><v>1</v></c></row>', "workbook.damaged"),
        ('<row r="1"><c><v>1</v></c></row><row r="1"><c><v>2</v></c></row>', "workbook.damaged"),
        ('<row><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>', "workbook.damaged"),
        ("<row><c><v>1<", "workbook.damaged"),
    ],
)
def test_what_is_too_much_is_given_up_while_it_streams(body: str, name: str) -> None:
    sheet = Sheet("s", raw=f'<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData></worksheet>'.encode())
    ((read,), _) = read_workbook("t.xlsx", Book([sheet]).content())
    assert [problem.code for problem in read.grid.problems] == [name]


@settings(max_examples=60)
@given(st.data())
def test_a_workbook_of_which_a_part_is_damaged_is_read_or_refused(data: st.DataObject) -> None:
    parts = {
        name: part if isinstance(part, bytes) else part.encode() for name, part in Book([Sheet("s", [[as_text("a")]])]).parts().items()
    }
    name = data.draw(st.sampled_from(sorted(parts)))
    at = data.draw(st.integers(0, len(parts[name])))
    parts[name] = parts[name][:at] + data.draw(st.binary(max_size=6)) + parts[name][at + data.draw(st.integers(0, 40)) :]
    sheets, problems = read_workbook("t.xlsx", packed(parts))
    assert [sheet.grid for sheet in sheets] or problems or not sheets


def test_a_workbook_of_openpyxl_with_hidden_sheets_keeps_what_the_kit_hides(home: Path) -> None:
    """A sheet of the kit's own, hidden and named with _, is no remark."""
    book = openpyxl.Workbook()
    book.create_sheet("_lists").sheet_state = "hidden"
    assert book.active is not None
    book.active.title = TABLE_NAMES["facts"].zh
    file = home / "departments" / "hrss" / "2023.xlsx"
    book.save(file)
    with pytest.raises(InputRefused) as refused:
        load_year(home, "hrss", 2023)
    assert "hidden" not in refused.value.describe("en")


def test_a_day_whose_year_excel_made_up_is_refused_and_shown_with_its_year_is_read() -> None:
    def follow_ups(date: str, format: str | int) -> tuple[Sequence[FollowUp], list[str]]:
        heads = ["subject", "id", "date", "state", "source", "section"]
        cells = ["finding", "1", date, "done", "report", "1"]
        rows = [[as_text(head) for head in heads], [one if one.startswith("<") else as_text(one) for one in cells]]
        ((sheet,), _) = read_workbook("t.xlsx", Book([Sheet("s", rows)], [format]).content())
        reader = Reader()
        return load_table(reader, sheet.grid, "follow_ups", FollowUp), [problem.code for problem in reader.problems]

    day = "<c s='1'><v>45382</v></c>"
    for format in ('m"月"d"日"', 16, 17, 58, 'yyyy"年"m"月"', "yyyy"):
        assert follow_ups(day, format) == ((), ["cell.date_without_year"])
    for written, shown in (
        (day, 14),
        (day, 'yyyy"年"m"月"d"日"'),
        (day, 31),
        (day, "[$-411]ge.m.d"),
        ("2024-03-31", "@"),
        ("2024年3月31日", "@"),
    ):
        ((row,), problems) = follow_ups(written, shown)
        assert (row.date.isoformat(), problems) == ("2024-03-31", [])
