"""A copy of a year's workbook in which what is to be done is marked: coloured cells, notes, and a first sheet with a link to each.

Of a folder of CSV files a workbook is made. The copy can be filled in and take the place of what it was made of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.hyperlink import Hyperlink

from evallib.data.folder import data_of, read_file, read_year
from evallib.data.heads import head_key, heads_of
from evallib.data.raw_tables import layout
from evallib.data.rulebook import load_framework
from evallib.data.workbook import year_workbook
from evallib.files.sheets import Grid, address, read_csv
from evallib.files.whole import whole
from evallib.files.workbook_sheet import FONTS, cell_text, on_a4, put_text, shown_width
from evallib.model.errors import Level, Place, Problem, gathered
from evallib.model.evaluation import Evaluation
from evallib.model.record import TABLES
from evallib.model.table_words import TABLE_NAMES
from evallib.model.words import Given, Lang, Words
from evallib.say.drafts import said_missing, said_of_draft, to_do
from evallib.say.refusals import refused
from evallib.say.sentences import sentence

_FILLS: dict[Level, PatternFill] = {
    "error": PatternFill("solid", fgColor="FFC7CE"),
    "warning": PatternFill("solid", fgColor="FFEB9C"),
    "recorded": PatternFill("solid", fgColor="DDEBF7"),
}
_AUTHOR = "evallib check"
_WIDTHS = (70, 24, 18, 14)
_TOP = Alignment(vertical="top", wrap_text=True)


def write_marked(data: Path, evaluation: Evaluation, problems: Sequence[Problem], path: Path, lang: Lang) -> None:
    """Write the marked copy of the year that was evaluated, as a draft or not, with the problems found in it; whole or not at all.

    Raises InputRefused where there is nothing to mark, OSError where it cannot be written.
    """
    record = evaluation.record
    there = data_of(data, record.department, record.year)
    if there is None:
        raise refused("year.no_data", f"departments/{record.department}/{record.year}", department=record.department, year=record.year,
                      workbook=f"{record.year}.xlsx")  # fmt: skip
    if there.is_dir():
        content, problems = _of_folder(data, evaluation, problems, lang)
    else:
        content = read_file(data, there.relative_to(data).as_posix()).sound().content
    book = openpyxl.load_workbook(BytesIO(content))
    _unmark(book)
    for one in problems:
        _mark(book, one, lang)
    _list(book, evaluation, problems, lang)
    out = BytesIO()
    book.save(out)
    with whole(path) as file:
        file.write_bytes(out.getvalue())


def _of_folder(data: Path, evaluation: Evaluation, problems: Sequence[Problem], lang: Lang) -> tuple[bytes, list[Problem]]:
    """A workbook made of CSV files, with every cell as it was typed, and the problems at the cells there."""
    record = evaluation.record
    files = read_year(data, record.department, record.year, ()).tables
    grids = {table: read_csv(file.name, file.content) for table, file in files if file.problem is None}
    tables = {table: _rows(table, grid) for table, grid in grids.items()}
    framework = load_framework(data, record.framework, record.year)
    by_file = {grid.file: (table, {number: at for at, (number, _) in enumerate(grid.rows, 2)}) for table, grid in grids.items()}
    moved = [replace(one, place=_moved(one.place, *by_file.get(one.place.file, ("", {})), lang)) for one in problems]
    return year_workbook(tables, lang, framework, f"{record.name[lang]} {record.year}", plain=True), moved


def _rows(table: str, grid: Grid) -> list[dict[str, str]]:
    known = heads_of(TABLES[table])
    columns = [known.get(head_key(head)) for head in grid.head]
    return [{column: text.strip() for column, text in zip(columns, texts, strict=False) if column} for _, texts in grid.rows]


def _moved(place: Place, table: str, rows: dict[int, int], lang: Lang) -> Place:
    """A place in a CSV file as it is in the workbook that was made of it."""
    if not table:
        return place
    row, placed = rows.get(place.row or 0), layout(table)
    cell = address(row, placed.index(place.column)) if row and place.column in placed else None
    return replace(place, row=row, sheet=TABLE_NAMES[table][lang], cell=cell)


def _unmark(book: Any) -> None:
    """Take away what an earlier copy had marked."""
    for cell in (cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.comment):
        if cell.comment.author == _AUTHOR:
            cell.comment, cell.fill = None, PatternFill()


def _mark(book: Any, one: Problem, lang: Lang) -> None:
    """A cell coloured, with what is to be done as its note; where the problem is of a row, its first cell."""
    place = one.place
    if place.sheet not in book.sheetnames or place.row is None:
        return
    cell = book[place.sheet][place.cell or f"A{place.row}"]
    if type(cell).__name__ == "MergedCell":
        return
    cell.fill = _FILLS[one.level]
    said = _said(one, lang)
    held = f"{cell.comment.text}\n" if cell.comment else ""
    cell.comment = Comment(cell_text(held + said)[:8000], _AUTHOR, width=320, height=30 + 18 * (1 + len(held + said) // 24))


def _said(one: Problem, lang: Lang) -> str:
    """What is wrong and what is to be done, without the place."""
    return sentence("marked.said", what=one.what, fix=one.fix)[lang]


def _list(book: Any, evaluation: Evaluation, problems: Sequence[Problem], lang: Lang) -> None:
    """The first sheet: who has what to do, each thing with a link to its cell; then what is only remarked."""
    first, year = _First(book, lang), evaluation.catalogue.year(evaluation.record.year)
    first.line(first.t("title", name=evaluation.record.name, year=year)[lang], bold=True, size=14)
    for said in (*said_of_draft(evaluation)[1:], *said_missing(evaluation)):
        first.line(said[lang])
    first.line()
    first.line(*(first.t(head)[lang] for head in ("do", "found", "where", "cell")), bold=True)
    first.sheet.freeze_panes = f"A{first.at + 1}"
    parts: list[tuple[Words, tuple[Problem, ...]]] = [(part.heading, part.problems) for part in to_do(evaluation, [*problems])]
    rest = gathered([one for one in problems if one.level != "error"])
    for heading, some in [*parts, *([(first.t("remarks", count=len(rest)), rest)] if rest else [])]:
        first.line(heading[lang], bold=True)
        for one in some:
            first.problem(one)


class _First:
    """The first sheet of a copy, in the place of that of an earlier one, written line by line."""

    def __init__(self, book: Any, lang: Lang) -> None:
        self.book, self.lang, self.at = book, lang, 0
        name = self.t("sheet")[lang]
        if name in book.sheetnames:
            del book[name]
        self.sheet = book.create_sheet(name, 0)
        book.active = 0
        for other in book.worksheets[1:]:
            other.sheet_view.tabSelected = False
        for letter, width in zip("ABCD", _WIDTHS, strict=True):
            self.sheet.column_dimensions[letter].width = width
        on_a4(self.sheet)

    def t(self, of: str, /, **given: Given) -> Words:
        return sentence(f"marked.{of}", **given)

    def line(self, *texts: str, bold: bool = False, size: int = 10) -> None:
        self.at += 1
        for column, text in enumerate(texts, 1):
            cell = self.sheet.cell(self.at, column)
            put_text(cell, cell_text(text))
            cell.font, cell.alignment = Font(name=FONTS[self.lang], size=size, bold=bold), _TOP
        self.sheet.row_dimensions[self.at].height = 1.5 * size * max(1 + shown_width(text) // (_WIDTHS[0] - 4) for text in (*texts, ""))

    def problem(self, one: Problem) -> None:
        """What is to be done, with the link to its cell."""
        place = one.place
        until = f":{(place.cell or '').rstrip('0123456789')}{place.until}" if place.until and place.cell else ""
        self.line(_said(one, self.lang), one.found, place.sheet or place.file, (place.cell or str(place.row or "")) + until)
        self.sheet.cell(self.at, 1).fill = _FILLS[one.level]
        if place.sheet in self.book.sheetnames and place.row is not None:
            target, quoted = self.sheet.cell(self.at, 4), str(place.sheet).replace("'", "''")
            target.hyperlink = Hyperlink(ref=target.coordinate, location=f"'{quoted}'!{place.cell or f'A{place.row}'}")
            target.font = Font(name=FONTS[self.lang], size=10, color="0563C1", underline="single")
