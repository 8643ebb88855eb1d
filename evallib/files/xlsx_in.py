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

from evallib.files.number_formats import GENERAL, Section, section_of
from evallib.files.sheets import MAX_COLUMNS, MAX_ROWS, Grid, Marked, Raw, address, grid_of, is_own
from evallib.files.xlsx_parts import DAMAGED, MAX_UNPACKED, TRUE, Book, SheetPart, local, not_a_workbook, text_of, unescaped
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
    """A sheet of a workbook, read once: when it is asked for."""

    def __init__(self, file: str, book: Book, part: SheetPart) -> None:
        self._file, self._book, self._part = file, book, part
        self.name, self.hidden, self.very_hidden = part.name, part.hidden, part.very

    @property
    def place(self) -> Place:
        return Place(self._file, sheet=self.name)

    @property
    def is_own(self) -> bool:
        """Whether it is somebody's own (#) or the kit's (_): never read."""
        return is_own(self.name) or self.name.strip().startswith("_")

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands on the sheet; a large one is not looked into for that."""
        package, part = self._book.package, self._part.part
        return package.has(part) and package.size(part) < _SMALL and not (self.grid.head or self.grid.problems)

    @cached_property
    def grid(self) -> Grid:
        """The sheet as a grid, its first row the head; what makes it unreadable is its problem."""
        return self.headed(lambda texts: True)

    def headed(self, is_head: IsHead) -> Grid:
        """The sheet as a grid whose head is the first of its rows that is one, if any of the first few is; what stands above is kept."""
        read = self._read
        return Grid(self._file, self.name, problems=(read,)) if isinstance(read, Problem) else read.grid(is_head)

    @cached_property
    def raw(self) -> Raw:
        """The sheet as it lies there, no heading looked for; what makes it unreadable is its problem."""
        read = self._read
        return Raw(self._file, self.name, problems=(read,)) if isinstance(read, Problem) else read.raw()

    @cached_property
    def _read(self) -> _Reading | Problem:
        """What was read of the sheet; where it cannot be, why."""
        try:
            if (size := self._book.size(self._part)) > MAX_UNPACKED:
                return problem("workbook.too_large", self.place, size=size // 1_000_000, limit=MAX_UNPACKED // 1_000_000)
            reading = _Reading(self._book, Grid(self._file, self.name))
            wrong = reading.read(self._part.part)
        except DAMAGED:
            return problem("workbook.damaged", self.place)
        return wrong or reading


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
    """One reading of a sheet as it lies there: what was gathered of it so far."""

    def __init__(self, book: Book, bare: Grid) -> None:
        self.book, self.bare = book, bare
        self.rows: dict[int, dict[int, str]] = {}
        self.marked: dict[tuple[int, int], Marked] = {}
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()
        self.merged: list[tuple[int, int, int, int]] = []

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
                ends = [_ADDRESS.fullmatch(end) for end in element.get("ref", "").replace("$", "").split(":")]
                if len(ends) == 2 and None not in ends:
                    (left, first), (right, last) = ((_index(end[1]), int(end[2])) for end in ends if end)
                    self.merged.append((first, left, last, right))
        return None

    def _row(self, number: int, element: ElementTree.Element) -> Problem | None:
        """Add a row, if any of its cells has a value; what is wrong where it is wider than a table may be."""
        cells: dict[int, str] = {}
        index = -1
        for cell in element:
            if local(cell.tag) != "c":
                continue
            named = cell.get("r")
            index = _index(named.rstrip("0123456789")) if named else index + 1
            if not len(cell):
                continue
            text, mark = self._cell(cell)
            if mark:
                self.marked[number, index] = mark
            elif not text.strip():
                continue
            if index in cells:
                raise ValueError(named)
            if index >= MAX_COLUMNS:
                return problem("table.too_wide", self.bare.place(number, None, index), text[:60], columns=MAX_COLUMNS)
            cells[index] = text
        if cells:
            self.rows[number] = cells
            if element.get("hidden") in TRUE:
                self.hidden_rows.add(number)
        return None

    def raw(self) -> Raw:
        """The sheet as it lies there."""
        if len(self.rows) > MAX_ROWS + 1:
            return Raw(self.bare.file, self.bare.sheet, problems=(self._too_long,))
        cells = {(number, index): text for number, row in self.rows.items() for index, text in row.items()}
        return Raw(self.bare.file, self.bare.sheet, cells, self.marked, tuple(self.merged), (), *self._hidden)

    @property
    def _hidden(self) -> tuple[frozenset[int], frozenset[int]]:
        return frozenset(self.hidden_rows), frozenset(self.hidden_columns)

    @property
    def _too_long(self) -> Problem:
        return problem("table.too_long", self.bare.place(), rows=MAX_ROWS)

    def grid(self, is_head: IsHead) -> Grid:
        """The sheet as a table below its head. A column of one's own is left out; of one without a heading the first cell is enough."""
        numbers = sorted(self.rows)
        if not numbers:
            return self.bare
        top = next((number for number in numbers[:_ABOVE] if is_head(self.rows[number].values())), numbers[0])
        head, seen, rows = self.rows[top], {*self.rows[top]}, {top: self.rows[top]}
        own = {index for index, text in head.items() if is_own(text)}
        for number in numbers[numbers.index(top) + 1 :]:
            cells = {index: text for index, text in self.rows[number].items() if index not in own and (index in head or index not in seen)}
            if cells:
                rows[number] = cells
                seen |= cells.keys()
        if len(rows) > MAX_ROWS + 1:
            return replace(self.bare, problems=(self._too_long,))
        marked = {at: mark for at, mark in self.marked.items() if at[1] not in own and at[1] in rows.get(at[0], ())}
        if not self._spread(rows, marked, top, own):
            return replace(self.bare, problems=(problem("workbook.damaged", self.bare.place()),))
        width = max(max(cells) for cells in rows.values()) + 1
        lines = [(number, tuple(_filled(cells, width if number == top else 0))) for number, cells in rows.items()]
        above = tuple((number, tuple(_filled(self.rows[number], 0))) for number in numbers[: numbers.index(top)])
        hidden_rows, hidden_columns = self._hidden
        return replace(grid_of(self.bare, lines), marked=marked, above=above, hidden_rows=hidden_rows, hidden_columns=hidden_columns)

    def _spread(self, rows: dict[int, dict[int, str]], marked: dict[tuple[int, int], Marked], top: int, own: set[int]) -> bool:
        """Cells merged downwards hold their value in every row that holds something; merged across they say nothing that can be read.

        Whether these are no more cells than a sheet can have.
        """
        numbers, spread = [*rows], 0
        for first, left, last, right in self.merged:
            if first not in rows or left not in rows[first]:
                continue
            headed = [index for index in rows[top] if left <= index <= right and index not in own]
            if len(headed) > 1 or (first == top and left != right):
                cells = f"{address(first, left)}:{address(last, right)}"
                marked[first, left] = Marked(always="cells.merged_across", found=cells)
            elif first != top:  # a heading of two lines: the second is no row
                covered = numbers[bisect_right(numbers, first) : bisect_right(numbers, last)]
                spread += len(covered)
                if spread > MAX_ROWS * MAX_COLUMNS:
                    return False
                for number in covered:
                    rows[number][left] = rows[first][left]
                    if (first, left) in marked:
                        marked[number, left] = marked[first, left]
        return True

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
