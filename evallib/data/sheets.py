"""Files as grids of text: CSV in the encodings people send, and workbooks. Knows nothing of what the cells mean."""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from typing import Any

from evallib.model.errors import Place, Problem
from evallib.model.words import Words
from evallib.say.refusals import problem

MAX_BYTES = 20_000_000
MAX_UNPACKED = 200_000_000
MAX_ROWS = 20_000
MAX_COLUMNS = 200
MAX_CELL = 20_000

_DANGEROUS = re.compile(r"'*[=+\-@\t\r]")


@dataclass(frozen=True)
class Grid:
    """A table as text: its place, its head line, and its rows with the numbers they have in the file."""

    file: str
    sheet: str | None = None
    head: tuple[str, ...] = ()
    rows: tuple[tuple[int, tuple[str, ...]], ...] = ()
    problems: tuple[Problem, ...] = ()

    def place(self, row: int | None = None, column: str | None = None, index: int | None = None, title: str = "") -> Place:
        """A place in this table; in a workbook with the address of the cell."""
        cell = f"{_letters(index)}{row}" if self.sheet and row is not None and index is not None else None
        return Place(self.file, row, column, self.sheet, cell, title)


def _letters(index: int) -> str:
    """The letters of a column, counted from 0.

    >>> _letters(0), _letters(26)
    ('A', 'AA')
    """
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


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


def decode(content: bytes) -> tuple[str, str]:
    """A text in one of the encodings that people send, and which it is; both empty where it is in none."""
    for encoding in ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return "", ""


def read_csv(file: str, content: bytes) -> Grid:
    """A CSV file as a grid. Commas, tabs and semicolons are told apart by the head line."""
    text, encoding = decode(content)
    if not encoding or "\0" in text:
        return Grid(file, problems=(problem("csv.encoding", Place(file)),))
    first = text.split("\n", 1)[0]
    separator = max((",", "\t", ";"), key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=separator)
    rows: list[tuple[int, tuple[str, ...]]] = []
    number, guards = 0, "'" in text
    try:
        for number, cells in enumerate(lines, 1):
            if number > MAX_ROWS:
                return Grid(file, problems=(_too_long(Place(file)),))
            if any(map(str.strip, cells)):
                rows.append((number, tuple(map(unguarded, cells) if guards else cells)))
    except csv.Error as error:
        return Grid(file, problems=(problem("csv.line_incomplete", Place(file, number + 1), str(error)),))
    return _grid(Grid(file), rows)


def _too_long(place: Place) -> Problem:
    return problem("table.too_long", place, rows=MAX_ROWS)


def _grid(bare: Grid, rows: list[tuple[int, tuple[str, ...]]], problems: Sequence[Problem] = ()) -> Grid:
    """A grid with its rows, of which the first is the head line."""
    return replace(bare, head=rows[0][1], rows=tuple(rows[1:]), problems=tuple(problems)) if rows else bare


# --- workbooks -----------------------------------------------------------------------------------------------------


def read_workbook(file: str, content: bytes) -> tuple[tuple[Grid, ...], tuple[Problem, ...]]:
    """The sheets of a workbook as grids, and the problems that concern the whole file.

    Numbers are read as they were typed, with the decimals that are shown where these are more (700.5 shown as 700.50); a cell shown in
    percent is given with its percent sign; a formula counts with the value that Excel last computed.
    """
    refused = _unsafe(file, content)
    if refused:
        return (), (refused,)
    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of extensions that openpyxl leaves out: they hold no values
            book = openpyxl.load_workbook(io.BytesIO(content), data_only=True, keep_links=False)
            formulas = book
            if re.search(rb"<f[ >]", _sheets(content)):
                formulas = openpyxl.load_workbook(io.BytesIO(content), data_only=False, keep_links=False)
    except Exception as error:  # openpyxl raises whatever its parser meets in a damaged file
        return (), (problem("workbook.damaged", Place(file), type(error).__name__),)
    return tuple(_sheet(file, sheet, formulas[sheet.title]) for sheet in book.worksheets), ()


def _unsafe(file: str, content: bytes) -> Problem | None:
    """A workbook that is none, or that unpacks to more than it should."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            size = sum(entry.file_size for entry in packed.infolist())
            names = {entry.filename for entry in packed.infolist()}
    except zipfile.BadZipFile:
        size, names = 0, set()
    if "[Content_Types].xml" not in names:
        return problem("workbook.not_xlsx", Place(file))
    if size > MAX_UNPACKED:
        return problem("workbook.too_large", Place(file), limit=MAX_UNPACKED // 1_000_000)
    if any(name.endswith("vbaProject.bin") for name in names):
        return problem("workbook.macros", Place(file))
    return None


def _sheets(content: bytes) -> bytes:
    """The sheets of a workbook as they are packed, to see whether any cell holds a formula."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return b"".join(packed.read(name) for name in packed.namelist() if name.startswith("xl/worksheets/sheet"))


def _sheet(file: str, sheet: Any, formulas: Any) -> Grid:
    bare = Grid(file, str(sheet.title))
    if sheet.max_row > MAX_ROWS or sheet.max_column > MAX_COLUMNS:
        return replace(bare, problems=(_too_long(bare.place()),))
    problems: list[Problem] = []
    spread = _merged(sheet, bare, problems)
    rows: list[tuple[int, tuple[str, ...]]] = []
    for number, cells in enumerate(sheet.iter_rows(), 1):
        texts = []
        for index, cell in enumerate(cells):
            source = spread.get((number, index + 1), cell)
            text = _text(source)
            if text is None or (source.value is None and formulas is not sheet and formulas.cell(number, index + 1).data_type == "f"):
                problems.append(problem("formula.error" if text is None else "formula.not_computed", bare.place(number, None, index)))
                text = ""
            texts.append(text)
        while texts and not texts[-1].strip():
            texts.pop()
        if texts:
            rows.append((number, tuple(texts)))
    return _grid(bare, rows, problems)


def _merged(sheet: Any, bare: Grid, problems: list[Problem]) -> dict[tuple[int, int], Any]:
    """Cells merged downwards hold their value in every row; cells merged across say nothing that can be read safely."""
    spread: dict[tuple[int, int], Any] = {}
    for merged in sheet.merged_cells.ranges:
        if merged.min_col != merged.max_col:
            place = bare.place(merged.min_row, None, merged.min_col - 1)
            problems.append(problem("cells.merged_across", place, cells=merged.coord))
            continue
        for row in range(merged.min_row, merged.max_row + 1):
            spread[row, merged.min_col] = sheet.cell(merged.min_row, merged.min_col)
    return spread


def _text(cell: Any) -> str | None:
    """A cell as text; None where it holds an error value."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        number = Decimal(f"{value:.15g}") if isinstance(value, float) else Decimal(value)  # as Excel shows it
        if not number.is_finite():
            return None
        percent = "%" in str(cell.number_format or "")
        text = f"{(number * 100 if percent else number).normalize():f}"
        return _with_decimals(text, _shown_decimals(str(cell.number_format or ""))) + ("%" if percent else "")
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if cell.data_type == "e":
        return None
    # Excel writes characters that XML cannot hold as _x000D_, and a text that looks so as _x005F_x000D_
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda code: chr(int(code[1], 16)), str(value))


_DECIMALS = re.compile(r"[^.Ee/]*[0#?]?\.([0?]+)#*[%)\s]*")


@cache
def _shown_decimals(format: str) -> int:
    """How many decimals a number format always shows.

    >>> _shown_decimals("#,##0.00####"), _shown_decimals('_ * #,##0.00_ ;-0" kg"'), _shown_decimals("0.00E+00"), _shown_decimals("General")
    (2, 2, 0, 0)
    """
    plain = re.sub(r'"[^"]*"|\\.|_.|\*.|\[[^]]*\]', "", format).partition(";")[0]
    found = _DECIMALS.fullmatch(plain)
    return min(len(found[1]), 15) if found else 0


def _with_decimals(text: str, places: int) -> str:
    """A number with at least so many decimals."""
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals.ljust(places, '0')}" if len(decimals) < places else text


def known_sheets(grids: tuple[Grid, ...], names: dict[str, Words]) -> Iterator[tuple[Grid, str | None]]:
    """Each sheet with the table it stands for, by name in either language; None where it is no table."""
    known = {text.strip().lower(): id for id, name in names.items() for text in (id, name.zh, name.en)}
    for grid in grids:
        yield grid, known.get((grid.sheet or "").strip().lower())
