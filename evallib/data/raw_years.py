"""A year's tables as they stand in a workbook or a folder, complete or not, with the place of each cell. Nothing is checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evallib.data.cells import TO_COME, Reader, load_lines
from evallib.data.heads import Lines
from evallib.data.names import raw_by_id
from evallib.data.raw_tables import Tables, choices_meant, texts_of
from evallib.data.workbook_in import Read, read_sheets, sheets_of_tables
from evallib.files.sheets import is_own, read_csv
from evallib.files.xlsx_in import read_workbook
from evallib.model.errors import Place, refuse_errors
from evallib.model.framework import Framework
from evallib.model.record import TABLES
from evallib.model.rows import unit_of
from evallib.model.units import Units
from evallib.model.words import folded

TWO_READINGS = frozenset(
    {
        "cell.comma_says_two_things",
        "cell.decimal_comma",
        "cell.comma_of_groups",
        "cell.of_another_unit",
        "cell.shown_in_another_unit",
        "cell.shown_moved",
        "cell.digits_lost",
        "cell.made_a_date",
        "cell.date_without_year",
        "formula.not_computed",
        "formula.error",
        "target.two_operators",
    }
)
"""What a cell may be refused for that has two readings, or whose number was lost: the form is not taken before that is said."""

_OWN = ("column.own", "column.unnamed")
"""What is said of a column that is none of a table's."""


_Row = tuple[dict[str, str], Lines, int]
"""A row: its cells as what is typed into them means, and where it stands."""


@dataclass(frozen=True)
class RawYear:
    """The tables of a year in raw form, ids for names; `left` are the columns and sheets that are none of a table's."""

    name: str
    tables: Tables
    left: tuple[Place, ...]
    _rows: Mapping[str, Sequence[_Row]]

    def place(self, table: str, index: int | None, column: str | None = None) -> Place:
        """Where a cell stands; the file where it is in none."""
        if index is None or index >= len(self._rows[table]):
            return Place(self.name)
        _, lines, number = self._rows[table][index]
        return lines.place(number, column)


def read_raw_year(path: Path, framework: Framework, name: str = "") -> RawYear:
    """A year's tables as they stand in a workbook or a folder of CSV files, which is called `name` where one is given.

    Raises InputRefused where a table's heads, or a number, cannot be read: a cell would be lost.
    """
    read, left, name, units = Read(framework), list[Place](), name or path.as_posix(), framework.catalogue.units
    if path.is_dir():
        for file in sorted(path.glob("*.csv")):
            grid = read_csv(f"{name}/{file.name}", file.read_bytes())
            if file.stem in TABLES:
                read.add(file.stem, grid)
            else:
                left.append(Place(grid.file))
    else:
        sheets, problems = read_workbook(name, path.read_bytes())
        refuse_errors(problems)
        named = sheets_of_tables(sheets)
        left += [sheet.place for sheet in sheets if sheet not in named.values() and not (sheet.is_own or sheet.is_empty)]
        read = read_sheets(named, framework)
    refuse_errors(read.problems)
    grids = [lines.grid for some in read.lines.values() for lines in some if lines.there is None]  # where the kit reminds of nothing itself
    left += [grid.place(grid.top, text, index) for grid in grids for index, text in enumerate(grid.head) if is_own(text)]
    left += [one.place for one in read.problems if one.code in _OWN]
    rows = {table: [row for lines in read.lines.get(table, ()) for row in _rows(table, lines, units)] for table in TABLES}
    for table in read.in_two:
        rows[table].sort(key=lambda row: read.rank(row[0]))
    tables = raw_by_id(framework, {table: [cells for cells, _, _ in some] for table, some in rows.items()})
    return RawYear(name, tables, tuple(left), rows)


def _rows(table: str, lines: Lines, units: Units) -> list[_Row]:
    """The rows with what is said once above them; nothing stands for what is still to come."""
    model, reader = TABLES[table], Reader(units)
    typed = load_lines(reader, lines, table, model)
    refuse_errors(one for one in reader.problems if one.code in TWO_READINGS)
    read, found = {reader.rows[table, n][1]: texts_of(row) for n, row in enumerate(typed)}, list[_Row]()
    for number, raw in lines.rows:
        if raw:
            raw = {**{column: said.text for column, said in lines.once.items() if said.text and said.holds_for(raw)}, **raw}
            stated = {unit_of(model, column): unit for column, unit in lines.head.units.items() if column in raw}
            meant = {column: choices_meant(model, column).get(folded(text), text) for column, text in raw.items()}
            cells = read.get(number) or {**stated, **meant}
            held = {column: text for column, text in cells.items() if text and (column in raw or text != TO_COME.get(column))}
            found.append((held, lines, number))
    return found
