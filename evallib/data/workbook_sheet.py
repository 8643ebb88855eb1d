"""Sheets of a workbook for reading and filing: text that stays text, formulas with results, print set-up. Knows no subject."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from io import BytesIO
from typing import Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.packaging.core import DocumentProperties
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.page import PageMargins
from openpyxl.writer.excel import ExcelWriter

from evallib.model.signs import hidden_sign
from evallib.model.units import parse_decimal
from evallib.model.words import Given, Lang, words
from evallib.say.numbers import percent, plain
from evallib.say.sentences import sentence

_EPOCH = datetime(1980, 1, 1)  # the clock plays no part: the same evaluation gives the same bytes
_FORMULA = re.compile(rb'(<c r="([A-Z]+\d+)"[^>]*><f>[^<]*</f>)<v ?(?:/>|></v>)')  # as openpyxl writes it: without its result
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LONGEST = 32_767  # what a cell may hold, counted in UTF-16
FONTS = words("微软雅黑", "Calibri")
_SIDE = Side(style="thin", color="BFBFBF")
_FRAME = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
_FILLS = {level: PatternFill("solid", fgColor=colour) for level, colour in
          (("head", "D6E0EA"), ("total", "DDE5ED"), ("part", "E9EEF3"), ("group", "F5F7F9"), ("open", "FFF6E5"))}  # fmt: skip


@dataclass(frozen=True)
class Number:
    """A number with its format and, where it follows from other cells, the formula that says how; `{row}` is its own row."""

    value: Decimal | None
    format: str = "0.00%"
    formula: str = ""

    def __str__(self) -> str:
        places = len(self.format.rstrip("%").partition(".")[2])
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


class DropDowns:
    """The lists of choices of a workbook, each written once, on a hidden sheet at the end."""

    def __init__(self, book: Workbook) -> None:
        self._sheet: Any = book.create_sheet("_lists")
        self._sheet.sheet_state = "hidden"
        self._places: dict[tuple[str, ...], str] = {}

    def of(self, texts: Iterable[str]) -> str:
        """Where these choices stand, as a rule of a cell names it; empty where there are none."""
        values = tuple(dict.fromkeys(text for text in texts if text))
        if values and values not in self._places:
            letter = get_column_letter(len(self._places) + 1)
            for row, value in enumerate(values, 1):
                put_text(self._sheet[f"{letter}{row}"], value)
            self._places[values] = f"'_lists'!${letter}$1:${letter}${len(values)}"
        return self._places.get(values, "")


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


class Sheet:
    """A sheet under construction: title, notes, a head, rows. It fits widths, sets up the print, and keeps formulas' results."""

    def __init__(self, book: Workbook, name: str, frozen: int, columns: Sequence[Column], subject: str, lang: Lang) -> None:
        self.columns, self.frozen = columns, frozen
        self.sheet: Any = book.create_sheet(name)
        self.lang, self.font = lang, FONTS[lang]
        self.results: dict[str, Decimal] = {}
        self.widths, self.spread = [0] * len(columns), list[tuple[int, int, int, str]]()
        self.next, self.top, self.last = 1, 0, 0
        self.heading(f"{subject} · {name}", 14)
        self.sheet.oddHeader.left.text = cell_text(subject)[:100].replace("\n", " ").replace("&", "&&")

    def t(self, name: str, **given: Given) -> str:
        """A sentence of `sentences/workbook.toml`."""
        return sentence(f"workbook.{name}", **given)[self.lang]

    def put(self, row: int, column: int, value: str | Number | None, bold: bool = False, size: int = 10, to: str = "left") -> Any:
        """One cell. Text stays text whatever it begins with; a missing value is a dash."""
        cell = self.sheet.cell(row, column)
        cell.font = Font(name=self.font, size=size, bold=bold)
        wrap = size == 10 and not isinstance(value, Number)
        cell.alignment = Alignment(horizontal=to, vertical="top", wrap_text=wrap, indent=to == "right")
        if isinstance(value, Number) and value.value is not None:
            cell.value = "=" + value.formula.replace("{row}", str(row)) if value.formula else value.value
            cell.number_format = value.format
            if value.formula:
                self.results[cell.coordinate] = value.value
        elif value != "":
            put_text(cell, "—" if value is None else cell_text(str(value)))
        return cell

    def head(self) -> int:
        self.top = self.next
        self.add(*(column.head for column in self.columns), level="head")
        return self.next

    def add(self, *values: str | Number | None, level: str = "") -> None:
        """A row of the table: plain, `open` to question, a `group`, a `part`, the `total` or the `head`; blank to its end."""
        for n, column in enumerate(self.columns):
            value = values[n] if n < len(values) else ""
            to = "center" if level == "head" else column.to
            cell = self.put(self.next, n + 1, value, bold=level in ("head", "part", "total"), to=to)
            cell.border, cell.fill = _FRAME, _FILLS.get(level, PatternFill())
            text = "—" if value is None else str(value)
            self.widths[n] = max(self.widths[n], shown_width(text))
            self.spread.append((self.next, n, n + 1, text))
        self.last = self.last if level == "total" else self.next
        self.next += 1

    def note(self, said: str | Number, label: str = "") -> None:
        """A paragraph across the sheet, or beside a label."""
        first = 2 if label else 1
        self.put(self.next, 1, label, bold=True)
        self.widths[0] = max(self.widths[0], shown_width(label))
        self.put(self.next, first, said)
        self.sheet.merge_cells(start_row=self.next, end_row=self.next, start_column=first, end_column=len(self.columns))
        self.spread += [(self.next, 0, 1, label), (self.next, first - 1, len(self.columns), str(said))]
        self.next += 1

    def heading(self, text: str, size: int = 12) -> None:
        self.next += size == 12  # the title has no free row above it
        self.put(self.next, 1, text, bold=True, size=size)
        self.sheet.row_dimensions[self.next].height = 2 * size
        self.next += 1

    def finish(self) -> dict[str, Decimal]:
        """Widths, filter, frozen head and print set-up; the results of the formulas by cell."""
        sheet, room = self.sheet, [min(c.widest, width) + 2.2 for c, width in zip(self.columns, self.widths, strict=True)]
        for letter, width in zip(_LETTERS, room, strict=False):
            sheet.column_dimensions[letter].width = width
        for row, first, end, text in self.spread:
            lines = sum(1 + int(shown_width(line) * (1 if self.lang == "zh" else 0.87) / sum(room[first:end])) for line in text.split("\n"))
            height = 4 + lines * (14.5 if self.lang == "zh" else 13)  # set here, as not every program fits rows by itself
            sheet.row_dimensions[row].height = min(409, max(height, sheet.row_dimensions[row].height or 0))
        right = _LETTERS[len(room) - 1]
        sheet.auto_filter.ref, sheet.freeze_panes = f"A{self.top}:{right}{self.last}", f"{_LETTERS[self.frozen]}{self.top + 1}"
        sheet.print_title_rows, sheet.print_area = f"{self.top}:{self.top}", f"A1:{right}{self.next - 1}"
        sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9  # A4
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage = 1, 0, True
        sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.7, bottom=0.7)
        sheet.print_options.horizontalCentered, sheet.sheet_view.showGridLines = True, False
        sheet.oddHeader.right.text, sheet.oddFooter.center.text = "&A", self.t("page")
        return self.results


def packed(book: Workbook, title: str, creator: str, results: dict[str, dict[str, Decimal]]) -> bytes:
    """A workbook as bytes, the same for the same content: fixed dates, and each formula with its result, by sheet and cell."""
    book.properties = DocumentProperties(title=cell_text(title), creator=creator, created=_EPOCH, modified=_EPOCH)
    made, out = BytesIO(), BytesIO()
    ExcelWriter(book, ZipFile(made, "w")).save()  # and not Workbook.save, which looks at the clock
    with ZipFile(made) as old, ZipFile(out, "w") as new:
        for name in old.namelist():
            entry = ZipInfo(name, (_EPOCH.year, 1, 1, 0, 0, 0))
            entry.compress_type, entry.create_system = ZIP_DEFLATED, 3
            fill = partial(_with_result, results.get(name, {}))
            new.writestr(entry, _FORMULA.sub(fill, old.read(name)))
    return out.getvalue()


def _with_result(results: dict[str, Decimal], found: re.Match[bytes]) -> bytes:
    return found[1] + f"<v>{float(results[found[2].decode()])!r}</v>".encode()
