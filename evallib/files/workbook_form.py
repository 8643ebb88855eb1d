"""What every workbook to fill in is made of: notes, sheets with heads that tell what goes below them, lists. Knows no table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from evallib.files.workbook_sheet import FONTS, Looks, as_number, lines_of, packed, put_text, shown_width
from evallib.model.words import Lang

NEEDED, OTHER, REMARK = (PatternFill("solid", fgColor=colour) for colour in ("1F4E79", "D6E0EA", "F2F2F2"))
TOP, OPEN, LOCKED, GREY = Alignment(vertical="top", wrap_text=True), Protection(locked=False), Protection(locked=True), "595959"


class FormBook:
    """A workbook under construction: notes first, sheets by what they hold, the lists on a hidden sheet at the end."""

    def __init__(self, lang: Lang, notes: str, sheets: Mapping[str, str]) -> None:
        self.lang, self.book = lang, Workbook()
        self.book.remove(self.book.worksheets[0])
        self.notes: Any = self.book.create_sheet(notes)
        self.sheets: dict[str, Any] = {id: self.book.create_sheet(name) for id, name in sheets.items()}
        self._lists: Any = self.book.create_sheet("_lists")
        self._lists.sheet_state = "hidden"
        self._places: dict[tuple[str, ...], str] = {}
        self._looks = Looks()

    def listed(self, texts: Iterable[str]) -> str:
        """Where these choices stand, written once on the hidden sheet, as a rule of a cell names it; empty where there are none."""
        values = tuple(dict.fromkeys(text for text in texts if text))
        if values and values not in self._places:
            letter = get_column_letter(len(self._places) + 1)
            for row, value in enumerate(values, 1):
                put_text(self._lists[f"{letter}{row}"], value)
            self._places[values] = f"'_lists'!${letter}$1:${letter}${len(values)}"
        return self._places.get(values, "")

    def packed(self, title: str) -> bytes:
        """The finished workbook, the same bytes for the same content."""
        return packed(self.book, title, "evallib", {})

    def put(self, cell: Any, text: str, format: str = "@", colour: str = "000000", bold: bool = False) -> None:
        """A cell: a number where it has such a format and loses nothing by it, else text that stays text."""
        value = None if format == "@" else as_number(text)
        if value is not None:
            cell.value = value
        elif text:
            put_text(cell, text)
        shown = format if value is not None or not text else "@"

        def look() -> Mapping[str, Any]:
            font = Font(name=FONTS[self.lang], size=10, bold=bold, color=colour)
            return {"font": font, "alignment": TOP, "protection": OPEN, "number_format": shown}

        self._looks.give(cell, colour, bold, shown, make=look)

    def head(self, cell: Any, text: str, needed: bool, note: str = "", remark: bool = False) -> None:
        """A head with its note. A `remark` is a column that is not read."""
        self.put(cell, text, colour=GREY if remark else "FFFFFF" if needed else "000000", bold=True)
        cell.fill, cell.protection = REMARK if remark else NEEDED if needed else OTHER, LOCKED
        if note:
            cell.comment = Comment(note, "evallib", width=280, height=24 + 18 * lines_of(note, 38))

    def width(self, sheet: Any, column: int, texts: Iterable[str], least: int, most: int) -> int:
        """Make a column as wide as its texts, within these; what is room for text of it."""
        room = min(max(least, *map(shown_width, texts)), most)
        sheet.column_dimensions[get_column_letter(column)].width = room + 3
        return room

    def heights(self, sheet: Any, first: int, lines: Sequence[int]) -> None:
        """Make rows as high as their texts have lines."""
        for row, count in enumerate(lines, first):
            sheet.row_dimensions[row].height = min(15 * count, 409)

    def offer(self, sheet: Any, reach: str, formula: str, warned: bool, title: str | None = None, said: str | None = None) -> None:
        """The drop-down list of cells, where there is one. What is typed instead is `warned` of, and left to the check."""
        if formula:
            rule = DataValidation(type="list", formula1=formula, allow_blank=True, errorStyle="warning")
            rule.showErrorMessage, rule.errorTitle, rule.error = warned, title, said
            rule.add(reach)
            sheet.add_data_validation(rule)

    def tell(self, lines: Iterable[tuple[str, ...]], widths: Sequence[int]) -> None:
        """The sheet of notes: lines of one cell are headings."""
        for row, line in enumerate(lines, 1):
            for column, text in enumerate(line, 1):
                self.put(self.notes.cell(row, column), text, bold=len(line) == 1)
                self.notes.cell(row, column).alignment = Alignment(vertical="top", wrap_text=len(line) > 1)
            self.notes.row_dimensions[row].height = 15 * max(lines_of(text, widths[1] if len(line) > 1 else 999) for text in line)
        for column, width in enumerate(widths, 1):
            self.notes.column_dimensions[get_column_letter(column)].width = width
