"""Sheets of a workbook for reading and filing: text that stays text, formulas with results, print set-up. Knows no subject."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from io import BytesIO
from typing import Any, NamedTuple
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.packaging.core import DocumentProperties
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.table import Table
from openpyxl.writer.excel import ExcelWriter

from evallib.model.signs import hidden_sign
from evallib.model.units import parse_decimal
from evallib.model.words import Given, Lang, words
from evallib.say.numbers import percent, plain
from evallib.say.sentences import sentence

_EPOCH = datetime(1980, 1, 1)  # the clock plays no part: the same evaluation gives the same bytes
_FORMULA = re.compile(rb'(<c(?= r="([A-Z]+\d+)"))([^>]*><f>[^<]*</f>)<v ?(?:/>|></v>)')  # as openpyxl writes it: without its result
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
FIRST = 4  # the row below the head
_PRINTED = 180  # as many digits as an A4 sheet across holds at 8 pt
_LONGEST = 32_767  # what a cell may hold, counted in UTF-16
_TAGS: dict[Lang, str] = {"zh": "zh-CN", "en": "en-GB"}
FONTS = words("微软雅黑", "Calibri")
DIGITS = "Arial"
"""The font of numbers, by whose digits the widths of columns are counted: each system has its like, as wide."""
_SIDE = Side(style="thin", color="BFBFBF")
_FRAME = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
_FILLS = {level: PatternFill("solid", fgColor=colour) for level, colour in
          (("head", "D6E0EA"), ("total", "DDE5ED"), ("part", "E9EEF3"), ("group", "F5F7F9"), ("open", "FFF6E5"))}  # fmt: skip


@dataclass(frozen=True)
class Number:
    """A number, or what a formula says, with its format and, where it follows from other cells, the formula; `{row}` is its row."""

    value: Decimal | str | None
    format: str = "0.00%"
    formula: str = ""

    def __str__(self) -> str:
        places = len(self.format.rstrip("%").partition(".")[2])
        if isinstance(self.value, str):
            return self.value
        return "—" if self.value is None else percent(self.value, places) if self.format.endswith("%") else plain(self.value, places)


def number_format(value: Decimal, at_least: int = 0) -> str:
    """The format of an amount with as many decimals as it has, at least so many, at most six."""
    places = min(max(at_least, len(f"{value:f}".partition(".")[2])), 6)
    return "#,##0" + ("." + "0" * places if places else "")


def cell_text(text: str) -> str:
    """A text that a cell can hold: nothing that XML or a reader's screen chokes on, and visibly cut where it is too long."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(sign for sign in text if not hidden_sign(sign)) if hidden_sign(text) else text
    packed = text.encode("utf-16-le")
    return text if len(packed) <= 2 * _LONGEST else packed[: 2 * (_LONGEST - 1)].decode("utf-16-le", "ignore") + "…"


def put_text(cell: Any, text: str) -> None:
    """Write text that stays text, whatever it begins with, and though Excel would take it for a code."""
    cell.value = re.sub("_x(?=[0-9A-Fa-f]{4}_)", "_x005F_x", text)
    cell.data_type, cell.quotePrefix = "s", text.startswith(("=", "+", "-", "@", "'", "\t"))


class Looks(dict[tuple[Any, ...], Any]):
    """The looks of a workbook's cells by what they depend on. One given before is copied: openpyxl compares each part of it anew."""

    def give(self, cell: Any, *of: Any, make: Callable[[], Mapping[str, Any]]) -> None:
        """Give a cell, whose text or number stands in it, the look that depends on `of`."""
        key = (cell.data_type, cell.quotePrefix, *of)
        if key in self:
            cell._style = copy(self[key])
            return
        for part, value in make().items():
            setattr(cell, part, value)
        self[key] = copy(cell._style)


def on_a4(sheet: Any) -> None:
    """Print a sheet across A4, as wide as the page."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage = 1, 0, True


def shown_width(text: str) -> int:
    """How wide a text's longest line is, in digits; Chinese counts double."""
    return max(sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line) for line in text.split("\n"))


def lines_of(text: str, room: int) -> int:
    """How many lines a text takes in a cell of that width."""
    return sum(1 + int(shown_width(line) * 1.1) // (room + 3) for line in text.split("\n"))


def as_number(text: str) -> int | float | None:
    """A number as a spreadsheet can hold it without changing a digit (15 of them); None where it must stay text.

    >>> as_number("9.95"), as_number("1234567890123456.78")
    (9.95, None)
    """
    number = parse_decimal(text)
    if number is None or len(number.normalize().as_tuple().digits) > 15:
        return None
    if Decimal(repr(float(f"{number:.16g}"))) != number:  # openpyxl writes 16 digits
        return None
    return int(number) if number == number.to_integral_value() else float(number)


class Column(NamedTuple):
    """A column of a sheet: its head, the widest it may get (longer text wraps), and to which side its cells go."""

    head: str
    widest: int
    to: str = "left"


class Link(str):
    """The name of a sheet, as a link to it."""


class Sheet:
    """A sheet under construction: its title in A1, a word on it in A2, then one table, marked as such. It fits widths so that print
    keeps its size, and keeps formulas' results; what is noted of it stands elsewhere.

    The rules: https://analysisfunction.civilservice.gov.uk/policy-store/making-spreadsheets-accessible-a-brief-checklist-of-the-basics/
    """

    def __init__(self, book: Workbook, name: str, frozen: int, columns: Sequence[Column], subject: str, lang: Lang, above: str) -> None:
        self.name, self.columns, self.frozen = name, columns, frozen
        self.sheet: Any = book.create_sheet(name)
        self.lang, self.font, self.looks = lang, FONTS[lang], Looks()
        self.results: dict[str, Decimal | str] = {}
        self.lines, self.notes = list[list[str]](), list[str]()
        self.above = shown_width(f"{subject} · {name}") * 1.5, shown_width(above) * 1.15
        title = self.put(1, 1, f"{subject} · {name}", bold=True, size=14)
        title.style, title.font, title.border = "Headline 1", Font(name=self.font, size=14, bold=True), Border()
        self.put(2, 1, above, size=11)
        self.add(*(column.head for column in columns), level="head")
        self.sheet.oddHeader.left.text = cell_text(subject)[:100].replace("\n", " ").replace("&", "&&")

    @property
    def rows(self) -> int:
        """How many rows the table has."""
        return len(self.lines) - 1

    @property
    def next(self) -> int:
        """The row to come."""
        return FIRST - 1 + len(self.lines)

    def t(self, name: str, **given: Given) -> str:
        """A sentence of `sentences/workbook.toml`."""
        return sentence(f"workbook.{name}", **given)[self.lang]

    def put(
        self, row: int, column: int, value: str | Number | None, bold: bool = False, size: int = 10, to: str = "left", level: str = "-"
    ) -> Any:
        """One cell, of the table where it has a `level`. Text stays text whatever it begins with; a missing value is a dash."""
        cell = self.sheet.cell(row, column)
        number, linked = value if isinstance(value, Number) and value.value is not None else None, isinstance(value, Link)
        if number:
            cell.value = "=" + number.formula.replace("{row}", str(row)) if number.formula else number.value
            if number.formula and number.value is not None:
                self.results[cell.coordinate] = number.value
        else:
            put_text(cell, cell_text(str(value)) if value is not None and str(value) else "—")
        if isinstance(value, Link):
            cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{value}'!A1")

        def look() -> Mapping[str, Any]:
            font = Font(name=DIGITS if number else self.font, size=size, bold=bold)
            link = Font(name=self.font, size=size, color="0563C1", underline="single")
            wrapped = size == 10 and cell.data_type == "s"
            placed = Alignment(horizontal=to, vertical="top", wrap_text=wrapped, indent=to == "right")
            framed = {"border": _FRAME, "fill": _FILLS.get(level, PatternFill())} if level != "-" else {}
            return {"font": link if linked else font, "alignment": placed, "number_format": number.format if number else "General"} | framed

        self.looks.give(cell, bold, size, to, level, linked, number and number.format, make=look)
        return cell

    def add(self, *values: str | Number | None, level: str = "") -> None:
        """A row of the table: plain, `open` to question, a `group`, a `part`, the `total` or the `head`."""
        for n, (column, value) in enumerate(zip(self.columns, values, strict=True), 1):
            self.put(self.next, n, value, level in ("head", "part", "total"), to="center" if level == "head" else column.to, level=level)
        self.lines.append([str(value or "—") for value in values])

    def finish(self) -> dict[str, Decimal | str]:
        """Widths, the table, the frozen head and print set-up; the results of the formulas by cell."""
        sheet, widths = self.sheet, [max(map(shown_width, texts)) for texts in zip(*self.lines, strict=True)]
        room = [min(column.widest, width) + 2.2 for column, width in zip(self.columns, widths, strict=True)]
        text = sum(width for width, column in zip(room, self.columns, strict=True) if column.to == "left")
        wanted = min(max(sum(room), *self.above), _PRINTED)  # as wide as what stands above the table, as narrow as print asks for
        by = 1 + (wanted - sum(room)) / text
        room = [width * by if column.to == "left" else width for width, column in zip(room, self.columns, strict=True)]
        for letter, width in zip(_LETTERS, room, strict=False):
            sheet.column_dimensions[letter].width = width
        narrow, high = (1, 14.5) if self.lang == "zh" else (0.87, 13)
        for row, texts in enumerate(self.lines, FIRST - 1):  # set here, as not every program fits rows by itself
            cells = zip(texts, room, strict=True)
            lines = max(sum(1 + int(shown_width(line) * narrow / width) for line in text.split("\n")) for text, width in cells)
            sheet.row_dimensions[row].height = min(409, 4 + lines * high)
        sheet.row_dimensions[1].height = 28
        right = _LETTERS[len(room) - 1]
        sheet.add_table(Table(displayName=self.name.replace(" ", "_"), ref=f"A{FIRST - 1}:{right}{self.next - 1}"))
        sheet.freeze_panes = f"{_LETTERS[self.frozen]}{FIRST}"
        sheet.print_title_rows, sheet.print_area = f"{FIRST - 1}:{FIRST - 1}", f"A1:{right}{self.next - 1}"
        on_a4(sheet)
        sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.7, bottom=0.7)
        sheet.print_options.horizontalCentered, sheet.sheet_view.showGridLines = True, False
        sheet.oddHeader.right.text, sheet.oddFooter.center.text = "&A", self.t("page")
        return self.results


def packed(book: Workbook, title: str, creator: str, results: Mapping[str, Mapping[str, Decimal | str]], lang: Lang | None = None) -> bytes:
    """A workbook as bytes, the same for the same content: fixed dates, and each formula with its result, by sheet and cell."""
    book.properties = DocumentProperties(
        title=cell_text(title), creator=creator, created=_EPOCH, modified=_EPOCH, language=_TAGS[lang] if lang else None
    )
    made, out = BytesIO(), BytesIO()
    ExcelWriter(book, ZipFile(made, "w")).save()  # and not Workbook.save, which looks at the clock
    with ZipFile(made) as old, ZipFile(out, "w") as new:
        for name in old.namelist():
            entry = ZipInfo(name, (_EPOCH.year, 1, 1, 0, 0, 0))
            entry.compress_type, entry.create_system = ZIP_DEFLATED, 3
            fill = partial(_with_result, results.get(name, {}))
            new.writestr(entry, _FORMULA.sub(fill, old.read(name)))
    return out.getvalue()


def _with_result(results: Mapping[str, Decimal | str], found: re.Match[bytes]) -> bytes:
    result = results[found[2].decode()]
    if isinstance(result, str):
        return found[1] + b' t="str"' + found[3] + f"<v>{escape(cell_text(result))}</v>".encode()
    return found[1] + found[3] + f"<v>{float(result)!r}</v>".encode()
