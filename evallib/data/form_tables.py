"""Tables made of forms: raw rows, each cell with the place in the form that it came from, read by the same rules as data that was typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from evallib.data.cells import Reader, load_table
from evallib.data.form_blocks import Texted
from evallib.data.raw_tables import texts_of
from evallib.data.sheets import Grid, Marked, Raw
from evallib.model.errors import Place, Problem
from evallib.model.record import TABLES
from evallib.model.rows import Row, columns
from evallib.model.units import Units
from evallib.model.words import Words


class Piece(NamedTuple):
    """A text for a cell of a table, and where in the form it stands; nowhere where the program says it."""

    text: str
    place: Place | None = None
    mark: Marked | None = None


def piece(raw: Raw, one: Texted, text: str | None = None) -> Piece:
    """What stands in a cell of a form; `text` where only a part of it, or what it means, is taken."""
    return Piece(one.text if text is None else text, raw.place(*one.at), raw.marked.get(one.at) if text is None else None)


class Left(NamedTuple):
    """A cell of the form that was not taken, and why; `acts`: somebody has to look at it."""

    place: Place
    text: str
    why: Words
    acts: bool = True


@dataclass
class Taken:
    """What was taken of forms so far: the rows of each table, what was left, what has two readings."""

    rows: dict[str, list[dict[str, Piece]]] = field(default_factory=dict)
    left: list[Left] = field(default_factory=list)
    asked: list[Problem] = field(default_factory=list)

    def add(self, table: str, cells: Mapping[str, Piece | str]) -> dict[str, Piece]:
        """A row of a table; an empty cell is kept where it has a place, which is where it would be filled in."""
        pieces = {column: Piece(one) if isinstance(one, str) else one for column, one in cells.items()}
        row = {column: one for column, one in pieces.items() if one.text or one.place}
        self.rows.setdefault(table, []).append(row)
        return row


@dataclass(frozen=True)
class _FormGrid(Grid):
    """Rows of a table whose cells stand in a form; `asked` remembers which cell a place was told for."""

    made: tuple[dict[str, Piece], ...] = ()
    asked: dict[Place, tuple[int, str]] = field(default_factory=dict)

    def place(self, row: int | None = None, column: str | None = None, index: int | None = None, title: str = "") -> Place:
        if row is None or not 0 <= row < len(self.made):
            return Place(self.file)
        cells = self.made[row]
        at = cells[column].place if column in cells else None
        beside = next((one.place for one in cells.values() if one.place), None)
        found = at or Place(
            (beside or Place(self.file)).file, None, title or column, beside.sheet if beside else None, beside.cell if beside else None
        )
        self.asked[found] = (row, column or "")
        return found

    def rows_asked(self, places: set[Place]) -> set[int]:
        """The rows of which some of the places are."""
        return {self.asked[place][0] for place in places if place in self.asked}


ASKED = frozenset(
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


@dataclass(frozen=True)
class Read:
    """Tables as they were read: raw rows as they are written, typed rows, what is lacking, what was left, what is asked about."""

    tables: dict[str, list[dict[str, str]]]
    typed: dict[str, tuple[Row, ...]]
    lacking: tuple[Problem, ...]
    left: tuple[Left, ...]
    asked: tuple[Problem, ...]
    reader: Reader

    def rows_of(self, problems: Iterable[Problem]) -> set[tuple[str, int]]:
        """The table and the number of each typed row that a problem is of."""
        told = {problem.place for problem in problems}
        wrong = {table: grid.rows_asked(told) for table, grid in self.reader.tables.items() if isinstance(grid, _FormGrid)}
        found = {at for at, (_, number) in self.reader.rows.items() if number in wrong.get(at[0], ())}
        return found


def read_tables(taken: Taken, units: Units) -> Read:
    """The rows of forms, read as typed data is. A cell that cannot be read is left out, and its row read without it."""
    reader, left, asked, lacking = Reader(units), [*taken.left], [*taken.asked], list[Problem]()
    tables: dict[str, list[dict[str, str]]] = {}
    typed: dict[str, tuple[Row, ...]] = {}
    for table, model in TABLES.items():
        made = tuple(dict(row) for row in taken.rows.get(table, ()))
        while True:
            trial = Reader(units)
            grid = _grid(made, columns(model))
            rows = load_table(trial, grid, table, model)
            dropped = [(problem, *grid.asked.get(problem.place, (-1, ""))) for problem in trial.problems if problem.level == "error"]
            again = False
            for problem, row, column in dropped:
                if row < 0 or problem.code in ASKED:
                    asked.append(problem)
                elif column in made[row] and made[row][column].text and made[row][column].place:
                    gone = made[row][column]
                    made[row][column] = Piece("", gone.place)
                    left.append(Left(problem.place, gone.text, problem.what))
                    again = True
                elif problem.code != "cell.missing":
                    asked.append(problem)
            if not again:
                lacking += [problem for problem, row, _ in dropped if problem.code == "cell.missing"]
                break
        reader.rows |= trial.rows
        reader.tables |= trial.tables
        typed[table] = rows
        read_at = {trial.rows[table, index][1]: row for index, row in enumerate(rows)}
        tables[table] = [
            {c: t for c, t in texts_of(read_at[n]).items() if t} if n in read_at else {c: one.text for c, one in row.items() if one.text}
            for n, row in enumerate(made)
        ]
        taken.rows[table] = [*made]
    first = {(one.place, "" if one.place.cell else one.code): one for one in reversed(asked)}
    return Read(tables, typed, tuple(lacking), tuple(left), tuple(reversed(first.values())), reader)


def _grid(made: tuple[dict[str, Piece], ...], ids: list[str]) -> _FormGrid:
    rows = tuple((n, tuple(row[c].text if c in row else "" for c in ids)) for n, row in enumerate(made))
    marked = {(n, ids.index(c)): one.mark for n, row in enumerate(made) for c, one in row.items() if one.mark}
    file = next((one.place.file for row in made for one in row.values() if one.place), "")
    return _FormGrid(file, None, tuple(ids), rows, marked=marked, top=-1, made=made)
