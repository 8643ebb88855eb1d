"""Sheets of a workbook as grids: each cell as what stands in it, with what is odd about it. Read once, as it streams by.

A number is what stands in the cell to 15 digits, with the decimals that are shown where these are more (700.5 shown as 700.50); in
percent where it is shown so. A formula counts with the value that was last computed. What has no value, and columns whose heading
begins with #, are not there: however they are painted, merged or wrong.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Context, Decimal
from functools import cache, cached_property
from xml.etree import ElementTree

from evallib.data.number_formats import GENERAL, Section, section_of
from evallib.data.sheets import MAX_COLUMNS, MAX_ROWS, Grid, Marked, Raw, grid_of, is_own
from evallib.data.xlsx_parts import DAMAGED, MAX_UNPACKED, TRUE, Book, SheetPart, local, not_a_workbook, text_of, unescaped
from evallib.model.errors import Place, Problem
from evallib.say.refusals import problem

_WIDE = Context(prec=400)  # whatever a notebook sets
_LAST_ROW = 1_048_576
_ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_SMALL = 50_000
_ABOVE = 20
"""So many rows at most stand above the heads."""
IsHead = Callable[[Iterable[str]], bool]
"""Tells whether the texts of a row are heads."""
_EXACT = 10**15
"""From here on a cell does not keep every digit."""


class Sheet:
    """A sheet of a workbook, read when it is asked for."""

    def __init__(self, file: str, book: Book, part: SheetPart) -> None:
        self._file, self._book, self._part = file, book, part
        self.name, self.hidden, self.very_hidden = part.name, part.hidden, part.very

    @property
    def place(self) -> Place:
        return Place(self._file, sheet=self.name)

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands on the sheet; a large one is not looked into for that."""
        package, part = self._book.package, self._part.part
        return package.has(part) and package.size(part) < _SMALL and not (self.grid.head or self.grid.problems)

    @cached_property
    def grid(self) -> Grid:
        """The sheet as a grid; what makes it unreadable is its problem."""
        reading = self._read(headed=True)
        return reading if isinstance(reading, Grid) else reading.grid()

    def headed(self, is_head: IsHead) -> Grid:
        """The sheet as a grid whose head is the first of its rows that is one, if any of the first few is; what stands above is kept."""
        reading = self._read(headed=True, is_head=is_head)
        return reading.grid() if isinstance(reading, _Reading) and reading.top else self.grid

    @cached_property
    def raw(self) -> Raw:
        """The sheet as it lies there, no heading looked for; what makes it unreadable is its problem."""
        reading = self._read(headed=False)
        return Raw(self._file, self.name, problems=reading.problems) if isinstance(reading, Grid) else reading.raw()

    def _read(self, headed: bool, is_head: IsHead | None = None) -> _Reading | Grid:
        """What was read of the sheet; where it cannot be, an empty grid with the problem."""
        bare = Grid(self._file, self.name)
        try:
            if self._book.size(self._part) > MAX_UNPACKED:
                size = self._book.size(self._part) // 1_000_000
                return replace(bare, problems=(problem("workbook.too_large", self.place, size=size, limit=MAX_UNPACKED // 1_000_000),))
            reading = _Reading(self._book, bare, headed, is_head)
            wrong = reading.read(self._part.part)
        except DAMAGED:
            wrong = problem("workbook.damaged", self.place)
        return replace(bare, problems=(wrong,)) if wrong else reading


def read_workbook(file: str, content: bytes) -> tuple[tuple[Sheet, ...], tuple[Problem, ...]]:
    """The sheets of a workbook, and the problems that concern the whole file."""
    refused = not_a_workbook(file, content)
    if refused:
        return (), (refused,)
    try:
        book = Book(content)
    except DAMAGED:
        return (), (problem("workbook.damaged", Place(file)),)
    return tuple(Sheet(file, book, part) for part in book.sheets), ()


class _Reading:
    """One reading of a sheet: what was gathered of it so far. `headed`: its first row, or the first that is one, is a head line."""

    def __init__(self, book: Book, bare: Grid, headed: bool, is_head: IsHead | None) -> None:
        self.book, self.bare, self.headed, self.is_head = book, bare, headed, is_head
        self.above: dict[int, dict[int, str]] = {}
        self.rows: dict[int, dict[int, str]] = {}
        self.marked: dict[tuple[int, int], Marked] = {}
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()
        self.own: set[int] = set()
        self.beside: set[int] = set()
        self.merged: list[tuple[int, int, int, int]] = []
        self.top = self.spread = 0

    def read(self, part: str) -> Problem | None:
        """Read a sheet; what goes beyond what one may hold."""
        number = 0
        for element in self.book.package.elements(part, "row"):
            name = local(element.tag)
            if name == "row":
                number = int(float((element.get("r") or str(number + 1))[:20]))
                if not 0 < number <= _LAST_ROW or number in self.rows:
                    raise ValueError(number)
                if wrong := self._row(number, element):
                    return wrong
            elif name == "col" and element.get("hidden") in TRUE:
                self.hidden_columns.update(range(int(element.get("min", "1")) - 1, min(int(element.get("max", "1")), MAX_COLUMNS)))
            elif name == "mergeCell":
                self._merge(element.get("ref", ""))
        return None

    def raw(self) -> Raw:
        cells = {(number, index): text for number, row in self.rows.items() for index, text in row.items()}
        hidden = frozenset(self.hidden_rows), frozenset(self.hidden_columns)
        return Raw(self.bare.file, self.bare.sheet, cells, self.marked, tuple(self.merged), (), *hidden)

    def grid(self) -> Grid:
        width = max((max(cells, default=-1) + 1 for cells in self.rows.values()), default=0)
        rows = [(number, tuple(_filled(cells, width if number == self.top else 0))) for number, cells in self.rows.items()]
        hidden_rows, hidden_columns = frozenset(self.hidden_rows), frozenset(self.hidden_columns)
        above = tuple((number, tuple(_filled(cells, 0))) for number, cells in sorted(self.above.items()))
        grid = grid_of(self.bare, sorted(rows))
        return replace(grid, marked=self.marked, hidden_rows=hidden_rows, hidden_columns=hidden_columns, above=above)

    def _row(self, number: int, element: ElementTree.Element) -> Problem | None:
        """Add a row, if any of its cells that are read has a value; what is wrong where it goes beyond what a table may hold."""
        cells: dict[int, str] = {}
        marks: dict[int, Marked] = {}
        index = -1
        for cell in element:
            if local(cell.tag) != "c":
                continue
            address = cell.get("r")
            index = _index(address.rstrip("0123456789")) if address else index + 1
            if not len(cell) or index in self.own or index in self.beside:
                continue
            text, mark = self._cell(cell)
            if mark:
                marks[index] = mark
            elif not text.strip():
                continue
            if index in cells:
                raise ValueError(address)
            if index >= MAX_COLUMNS:
                return problem("table.too_wide", self.bare.place(number, None, index), text[:60], columns=MAX_COLUMNS)
            cells[index] = text
            if self.top and index not in self.rows[self.top]:  # without a heading: the first is enough to tell
                self.beside.add(index)
        if not cells:
            return None
        if self.headed and not self.top and self.is_head and not self.is_head(cells.values()):
            self.above[number] = cells
            return None if len(self.above) < _ABOVE else problem("column.headings_none", self.bare.place(number), heads="")
        if self.headed and not self.top:
            self.top = number
            self.own = {index for index, text in cells.items() if is_own(text)}
        self.rows[number] = cells
        self.marked.update({(number, index): mark for index, mark in marks.items() if index not in self.own})
        if element.get("hidden") in TRUE:
            self.hidden_rows.add(number)
        return problem("table.too_long", self.bare.place(), rows=MAX_ROWS) if len(self.rows) > MAX_ROWS + 1 else None

    def _merge(self, cells: str) -> None:
        """Cells merged downwards hold their value in every row that holds something; merged across they say nothing that can be read."""
        ends = [_ADDRESS.fullmatch(end) for end in cells.replace("$", "").split(":")]
        if None in ends or len(ends) != 2:
            return
        (left, first), (right, last) = ((_index(end[1]), int(end[2])) for end in ends if end)
        if not self.headed:
            self.merged.append((first, left, last, right))
            return
        text = self.rows.get(first, {}).get(left)
        if text is None:
            return
        head = self.rows[self.top]
        headed = [index for index in head if left <= index <= right and index not in self.own]
        if len(headed) > 1 or (first == self.top and left != right):
            self.marked[first, left] = Marked(always="cells.merged_across", found=cells)
            return
        if first == self.top:  # a heading of two lines: the second is no row
            return
        covered = self._numbers[bisect_right(self._numbers, first) : bisect_right(self._numbers, last)]
        self.spread += len(covered)
        if self.spread > MAX_ROWS * MAX_COLUMNS:
            raise ValueError(cells)
        for number in covered:
            self.rows[number][left] = text
            if (first, left) in self.marked:
                self.marked[number, left] = self.marked[first, left]

    @cached_property
    def _numbers(self) -> list[int]:
        """The numbers of all rows; asked for once these are read."""
        return sorted(self.rows)

    def _cell(self, cell: ElementTree.Element) -> tuple[str, Marked | None]:
        """A cell as text, and what is odd about it."""
        kind = cell.get("t", "n")
        value, formula, written = None, False, ""
        for part in cell:
            name = local(part.tag)
            if name == "v":
                value = part.text or ""
            elif name == "f":
                formula = True
            elif name == "is":
                written = text_of(part)
        if written or kind == "inlineStr":
            return written or unescaped(value or ""), None
        empty = value == "" and kind != "str"
        if formula and (value is None or empty or (self.book.to_be_computed and value == "0" and kind in ("n", "str"))):
            return "", Marked(always="formula.not_computed")
        if not value:
            return "", None
        if kind == "s":
            return self.book.text(int(value)), None
        if kind == "str":
            return unescaped(value), None
        if kind == "b":
            return "TRUE" if value.strip() in TRUE else "FALSE", None
        if kind == "e":
            return "", Marked(always="formula.error", found=value)
        if kind == "d":
            return _dated(datetime.fromisoformat(value), True)
        return self._number(value, int(cell.get("s") or 0))

    def _number(self, value: str, style: int) -> tuple[str, Marked | None]:
        number = Decimal(f"{float(value):.15g}") or Decimal(0)  # as Excel shows it; and no minus zero
        if not number.is_finite():
            return "", Marked(always="formula.error", found=value)
        format = self.book.formats[style] if 0 < style < len(self.book.formats) else GENERAL
        if format == GENERAL:
            text = f"{_WIDE.normalize(number):f}"
            return text, Marked(text="cell.digits_lost", found=text) if abs(number) >= _EXACT else None
        section = section_of(format, number)
        if section.date:
            return self._day(number, section)
        if section.percent:
            number = _WIDE.multiply(number, Decimal(100))
        text = _with_decimals(f"{_WIDE.normalize(number):f}", section.decimals)
        moved = "cell.shown_moved" if section.shows_another(number) else ""
        shown = None if moved else section.text(_WIDE.normalize(number))
        refused = "cell.digits_lost" if abs(number) >= _EXACT else "" if shown is not None else "cell.shown_otherwise"
        text += "%" * section.percent
        unit = "" if section.percent else (section.behind or section.before).strip()
        return text, Marked(number=moved, date=moved, text=refused, shown=shown, unit=unit, found=text)

    def _day(self, serial: Decimal, section: Section) -> tuple[str, Marked | None]:
        days = float(serial) + (1462 if self.book.epoch_1904 else 0)
        if not 0 <= days < 2_958_466:
            return f"{serial:f}", Marked(number="cell.made_a_date", text="cell.made_a_date", found=f"{serial:f}")
        moment = datetime(1899, 12, 31 if days < 60 else 30) + timedelta(seconds=round(days * 86_400))
        if days < 1:
            time = moment.time().isoformat()
            return time, Marked(number="cell.made_a_date", text="cell.made_a_date", found=time)
        return _dated(moment, section.whole_day)


def _dated(moment: datetime, whole: bool) -> tuple[str, Marked]:
    """A day, with its time where it has one; in a column of dates it counts if it shows year, month and day."""
    is_day = not (moment.hour or moment.minute or moment.second)
    text = moment.date().isoformat() if is_day else moment.replace(microsecond=0, tzinfo=None).isoformat(sep=" ")
    return text, Marked(number="cell.made_a_date", date="" if whole else "cell.date_without_year", text="cell.made_a_date", found=text)


def _filled(cells: dict[int, str], width: int) -> Iterator[str]:
    """The cells of a row in their places, with nothing between them."""
    return (cells.get(index, "") for index in range(width or max(cells) + 1))


@cache
def _index(letters: str) -> int:
    """The index of a column, counted from 0, by its letters."""
    index = 0
    for letter in letters[:4]:  # four are too many already
        if not "A" <= letter <= "Z":
            raise ValueError(letters)
        index = index * 26 + ord(letter) - 64
    if not 0 < index <= 16_384:
        raise ValueError(letters)
    return index - 1


def _with_decimals(text: str, places: int) -> str:
    """A number with at least so many decimals."""
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals.ljust(places, '0')}" if len(decimals) < places else text
