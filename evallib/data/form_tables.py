"""Tables made of forms: raw rows, each cell with the place in the form that it came from, read by the same rules as data that was typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from evallib.data.cells import Reader, load_table
from evallib.data.form_blocks import Piece
from evallib.data.form_taking import Left, Taking
from evallib.data.raw_tables import texts_of
from evallib.data.sheets import Grid
from evallib.model.errors import Place, Problem
from evallib.model.record import TABLES
from evallib.model.rows import Row, columns

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
class _FormGrid(Grid):
    """Rows of a table whose cells stand in a form."""

    made: Sequence[dict[str, Piece]] = ()

    def place(self, row: int | None = None, column: str | None = None, index: int | None = None, title: str = "") -> Place:
        """Where a cell stands; of one that is not in the form, the first of its row."""
        cells = self.made[row] if row is not None and 0 <= row < len(self.made) else {}
        if column in cells and (own := cells[column].place):
            return own
        beside = next((one.place for one in cells.values() if one.place), None)
        return replace(beside, column=title or column) if beside else Place(self.file)


@dataclass(frozen=True)
class Read:
    """Tables as they were read: raw rows as they are written, typed rows with where they stand, what is lacking."""

    tables: dict[str, list[dict[str, str]]]
    typed: dict[str, tuple[Row, ...]]
    lacking: list[Problem]
    reader: Reader


def read_tables(taken: Taking) -> Read:
    """The rows of forms, read as typed data is. A cell that cannot be read is left out, and its row read without it."""
    read = Read({}, {}, [], Reader(taken.units))
    for table, model in TABLES.items():
        made = taken.rows.setdefault(table, [])
        while True:
            trial, again = Reader(taken.units), False
            rows = load_table(trial, _grid(made, columns(model)), table, model)
            at = {one.place: (row, column) for row in made for column, one in row.items() if one.place and one.text}
            for problem in (one for one in trial.problems if one.level == "error"):
                if problem.code == "cell.missing":
                    continue
                if problem.code in ASKED or problem.place not in at:
                    taken.asked.append(problem)
                    continue
                row, column = at[problem.place]
                if row[column].text:
                    taken.left.append(Left(problem.place, row[column].text, problem.what))
                    row[column], again = row[column].read_as(""), True
            if not again:
                break
        read.lacking.extend(one for one in trial.problems if one.code == "cell.missing")
        read.reader.rows |= trial.rows
        read.reader.tables |= trial.tables
        read.reader.gone.rows |= trial.gone.rows
        read.typed[table] = rows
        given = {trial.rows[table, index][1]: texts_of(row) for index, row in enumerate(rows)}
        texts = (given.get(n) or {column: one.text for column, one in row.items()} for n, row in enumerate(made))
        read.tables[table] = [{column: text for column, text in row.items() if text} for row in texts]
    return read


def _grid(made: Sequence[dict[str, Piece]], ids: list[str]) -> _FormGrid:
    rows = tuple((n, tuple(row[c].text if c in row else "" for c in ids)) for n, row in enumerate(made))
    marked = {(n, ids.index(c)): one.mark for n, row in enumerate(made) for c, one in row.items() if one.mark}
    file = next((one.place.file for row in made for one in row.values() if one.place), "")
    return _FormGrid(file, None, tuple(ids), rows, marked=marked, top=-1, made=made)
