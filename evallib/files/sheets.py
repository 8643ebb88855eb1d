"""Tables as grids of text, with what a workbook says of single cells; CSV files as grids. Knows nothing of what the cells mean."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import NamedTuple

from evallib.files.encodings import decode
from evallib.model.errors import Place, Problem
from evallib.model.words import Words, few, folded, listed
from evallib.say.refusals import problem
from evallib.say.sentences import sentence

MAX_BYTES = 20_000_000
MAX_ROWS = 20_000
MAX_COLUMNS = 200
MAX_CELL = 20_000

_DANGEROUS = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'[=+\-@\t\r]")


class Marked(NamedTuple):
    """What a workbook says of a cell beyond its text: the names of the refusals it gets, always or where it is read as one kind.

    `shown` is the cell as a text where that is another than as a number; `unit` what its format puts beside the number.
    """

    always: str = ""
    number: str = ""
    date: str = ""
    text: str = ""
    shown: str | None = None
    unit: str = ""
    found: str = ""


class Once(NamedTuple):
    """What is said once above the heads for every row that is empty there, and the cell in which it is said."""

    text: str
    row: int
    column: int
    title: str = ""
    holds_for: Callable[[Mapping[str, str]], bool] = lambda cells: True


@dataclass(frozen=True)
class Grid:
    """A table as text: its place, its head line and where that stands, and its rows with the numbers they have in the file.

    Of a workbook also what is said of single cells, by row and index, which rows and columns are hidden, what stands `above` the heads and
    what is said there `once` by column; of a CSV file how it was read.
    """

    file: str
    sheet: str | None = None
    head: tuple[str, ...] = ()
    rows: tuple[tuple[int, tuple[str, ...]], ...] = ()
    problems: tuple[Problem, ...] = ()
    top: int = 1
    marked: Mapping[tuple[int, int], Marked] = field(default_factory=dict)
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    above: tuple[tuple[int, tuple[str, ...]], ...] = ()
    once: Mapping[str, Once] = field(default_factory=dict)
    encoding: str = ""
    separator: str = ""

    def place(self, row: int | None = None, column: str | None = None, index: int | None = None, title: str = "") -> Place:
        """A place in this table; in a workbook with the address of the cell."""
        cell = address(row, index) if self.sheet and row is not None and index is not None else None
        return Place(self.file, row, column, self.sheet, cell, title)


@dataclass(frozen=True)
class Raw:
    """A sheet as it lies there: what stands in each cell by row and index, what is odd about it, which cells are merged into one.

    A merged one is told by its first and last row and index (top, left, bottom, right). A CSV file is a sheet without a name.
    """

    file: str
    sheet: str | None = None
    cells: Mapping[tuple[int, int], str] = field(default_factory=dict)
    marked: Mapping[tuple[int, int], Marked] = field(default_factory=dict)
    merged: tuple[tuple[int, int, int, int], ...] = ()
    problems: tuple[Problem, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()

    def place(self, row: int, index: int) -> Place:
        """The place of a cell; in a CSV file too it is told by its address, as the program shows it that opens it."""
        return Place(self.file, None, None, self.sheet, address(row, index))


def address(row: int, index: int) -> str:
    """The address of a cell, its column counted from 0.

    >>> address(7, 0), address(4, 26)
    ('A7', 'AA4')
    """
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def is_own(name: str) -> bool:
    """Whether a heading or the name of a sheet says that what stands there is never read.

    >>> is_own(" #核对"), is_own("＃说明")
    (True, True)
    """
    return folded(name).startswith("#")


def told_hidden(rows: list[int], titles: list[str]) -> Words:
    """How many hidden rows and columns were read, and which."""
    row_words = sentence("files.hidden.rows", count=len(rows), which=listed(few([*map(str, rows)])))
    column_words = sentence("files.hidden.columns", count=len(titles), which=listed(titles))
    return listed([row_words] * bool(rows) + [column_words] * bool(titles))


def hidden_in(grid: Grid, order: dict[str, int]) -> Iterator[Problem]:
    """What is said of rows and columns that were read though they are hidden."""
    rows = [number for number, _ in grid.rows if number in grid.hidden_rows]
    titles = [grid.head[index].strip() for index in order.values() if index in grid.hidden_columns]
    if rows or titles:
        yield problem("table.hidden_cells", grid.place(), hidden=told_hidden(rows, titles))


def guarded(text: str) -> str:
    """A text as a CSV cell that a spreadsheet will not take for a formula: an apostrophe before what begins like one.

    >>> guarded("=1+1"), guarded("plain")
    ("'=1+1", 'plain')
    """
    return "'" + text if _DANGEROUS.match(text) else text


def unguarded(text: str) -> str:
    """The text that `guarded` was given.

    >>> unguarded("'=1+1"), unguarded("'quoted'")
    ('=1+1', "'quoted'")
    """
    return text[1:] if text.startswith("'") and _DANGEROUS.match(text) else text


# --- CSV -----------------------------------------------------------------------------------------------------------

_SEPARATORS = (",", "\t", ";", "|")
_STATED = re.compile(r'"?sep=([^"\w\r\n])"?[,;\t]*(?:\r\n|\r|\n)', re.IGNORECASE)


def read_csv(file: str, content: bytes) -> Grid:
    """A CSV file as a grid. Which sign separates is told by a first line `sep=X`, or by how the lines read with each."""
    read = decode(content)
    if read.wrong:
        line = None if read.wrong == "csv.encoding" else read.line
        return Grid(file, problems=(problem(read.wrong, Place(file, line), read.word),))
    stated = _STATED.match(read.text)
    text = read.text[stated.end() :] if stated else read.text
    top = 2 if stated else 1
    separator = stated[1] if stated else _separator(text)
    lines = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=separator)
    rows: list[tuple[int, tuple[str, ...]]] = []
    number, guards, wrong = top - 1, "'" in text and _GUARDED.search(text), list[Problem]()
    try:
        for number, cells in enumerate(lines, top):
            if any(map(str.strip, cells)):
                rows.append((number, tuple(map(unguarded, cells) if guards else cells)))
                if len(rows) > MAX_ROWS + 1:
                    wrong.append(problem("table.too_long", Place(file), rows=MAX_ROWS))
                    break
    except csv.Error as error:
        wrong.append(problem("csv.line_incomplete", Place(file, number + 1), str(error)))
    bare = Grid(file, problems=tuple(wrong), encoding=read.encoding, separator=separator)
    return bare if wrong else grid_of(bare, rows)


def raw_csv(file: str, content: bytes) -> Raw:
    r"""A CSV file as a sheet as it lies there.

    >>> raw_csv("form.csv", "标题,\n指标,10\n".encode()).cells
    {(1, 0): '标题', (2, 0): '指标', (2, 1): '10'}
    """
    grid = read_csv(file, content)
    lines = ((grid.top, grid.head), *grid.rows) if grid.head else ()
    cells = {(number, index): text for number, texts in lines for index, text in enumerate(texts) if text.strip()}
    return Raw(file, cells=cells, problems=grid.problems)


def _separator(text: str) -> str:
    """The sign that separates: of those in the head line, the one with which the lines are alike."""
    first = text[: text.find("\n") + 1] or text
    there = [one for one in _SEPARATORS if one in first or '"' in first]
    return there[0] if len(there) == 1 else max(there or ",", key=lambda one: _regular(text, one))


def _regular(text: str, separator: str) -> tuple[int, int]:
    """How many of the first lines have as many cells as the head, read with a separator, and how many cells that has."""
    try:
        lines = [*islice(csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=separator), 21)]
    except csv.Error:
        return 0, 0
    width = next((len(cells) for cells in lines if any(map(str.strip, cells))), 0)
    return sum(len(cells) == width > 1 for cells in lines), width


def grid_of(bare: Grid, rows: Sequence[tuple[int, tuple[str, ...]]]) -> Grid:
    """A grid with its rows, of which the first is the head line."""
    return replace(bare, top=rows[0][0], head=rows[0][1], rows=tuple(rows[1:])) if rows else bare
