"""What was taken of forms so far, how it is asked and left, how points are read; its rows read as data that was typed. Guesses nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from evallib.data.cells import Reader, load_lines
from evallib.data.heads import Head, Lines
from evallib.data.raw_tables import texts_of
from evallib.data.raw_years import TWO_READINGS
from evallib.files.sheets import Grid
from evallib.forms.blocks import Block, FormRow, Piece
from evallib.model.errors import Place, Problem
from evallib.model.framework import Framework, Indicator
from evallib.model.record import TABLES
from evallib.model.rows import Row, columns
from evallib.model.units import amount
from evallib.model.words import Given, Words
from evallib.say.numbers import plain as number_text
from evallib.say.refusals import problem
from evallib.say.sentences import sentence


class Left(NamedTuple):
    """A cell of the form that was not taken, and why; `acts`: somebody has to look at it."""

    place: Place
    text: str
    why: Words
    acts: bool = True


def why(name: str, **given: Given) -> Words:
    """Why a cell is not taken."""
    return sentence(f"import.left.{name}", **given)


@dataclass(frozen=True)
class _FormLines(Lines):
    """Rows of a table whose cells stand in a form."""

    made: Sequence[dict[str, Piece]] = ()

    def place(self, row: int, column: str | None) -> Place:
        """Where a cell stands; of one that is not in the form, the first of its row that is filled."""
        cells = self.made[row]
        if column in cells and (own := cells[column].place):
            return own
        beside = next((one.place for one in sorted(cells.values(), key=lambda one: not one.text) if one.place), None)
        return replace(beside, column=self.model.model_fields[column].title if column else None) if beside else self.grid.place()


def _lines(made: Sequence[dict[str, Piece]], model: type[Row]) -> _FormLines:
    order = {column: index for index, column in enumerate(columns(model))}
    rows = [(n, {c: text for c in order if c in row and (text := row[c].text.strip())}) for n, row in enumerate(made)]
    marked = {(n, order[c]): one.mark for n, row in enumerate(made) for c, one in row.items() if one.mark}
    file = next((one.place.file for row in made for one in row.values() if one.place), "")
    return _FormLines(Grid(file, marked=marked), model, Head(order), rows, made=made)


class Taking:
    """Forms on their way to tables, for a framework in force in a year: the rows of each table, what was left, what has two readings.

    `source` is the form that is read now.
    """

    def __init__(self, framework: Framework, year: int, own: bool | None) -> None:
        self.framework, self.year, self.own, self.source = framework, year, own, ""
        self.units = framework.catalogue.units
        self.rows: dict[str, list[dict[str, Piece]]] = {}
        self.left: list[Left] = []
        self.asked: list[Problem] = []
        self.ids: dict[str, tuple[str, Piece]] = {}
        self.scored: dict[str, Piece] = {}
        self.rates: list[tuple[str, Piece]] = []
        """Rates that forms print of what is computed."""
        self.facts: dict[tuple[str, str], tuple[Piece, str]] = {}
        self.compared: dict[str, Piece] = {}
        """Scores that the evaluators gave to what is computed."""
        self.tables: dict[str, list[dict[str, str]]] = {}
        self.lacking: list[Problem] = []
        self.reader = Reader(self.units)

    def add(self, table: str, at: Piece | None, **cells: Piece | str) -> None:
        """A row of a table, which stands at a cell of the form; an empty cell is kept where it has a place: there it would be filled in."""
        if at and at.place:
            cells |= {"source": self.source, "section": " ".join(filter(None, (at.place.sheet, at.cell)))}
        pieces = {column: Piece(one) if isinstance(one, str) else one for column, one in cells.items()}
        self.rows.setdefault(table, []).append({column: one for column, one in pieces.items() if one.text or one.place})

    def ask(self, name: str, one: Piece, /, found: str | None = None, **given: Given) -> None:
        """Ask about a cell."""
        assert one.place is not None
        self.asked.append(problem(name, one.place, one.text if found is None else found, cell=one.cell, **given))

    @property
    def questions(self) -> tuple[Problem, ...]:
        """What is asked about, one thing of a cell."""
        first = {(one.place, "" if one.place.cell else one.code): one for one in reversed(self.asked)}
        return tuple(reversed(first.values()))

    def leave(self, one: Piece, reason: Words, acts: bool = True) -> None:
        assert one.place is not None
        self.left.append(Left(one.place, one.text, reason, acts))

    def blanks(self, block: Block, row: FormRow, columns: Mapping[str, str]) -> dict[str, Piece]:
        """The cells of a row that are empty, by the columns that they would fill."""
        lacking = {column: block.heads[head].at[1] for head, column in columns.items() if head in block.heads and head not in row.cells}
        return {column: Piece("", block.raw.place(row.number, index)) for column, index in lacking.items()}

    def points(self, row: FormRow) -> dict[str, Piece]:
        """What a row is worth; a weight in percent is that share of the framework's points."""
        if "points" not in row.cells:
            return {}
        one = row.cells["points"]
        read = amount(one.text, self.units)
        if read and read[1] is not None and read[1].is_share:
            return {"points": one.read_as(f"{read[0] / 100 * self.framework.points:f}")}
        return {"points": self.scored_points(one)}

    def scored_points(self, one: Piece) -> Piece:
        """Points as a number, whether or not their unit stands behind it."""
        read = amount(one.text, self.units)
        is_points = read and read[1] is not None and read[1].dimensions == self.units.points.dimensions
        return one.read_as(f"{read[0]:f}") if read and is_points else one

    def compare_points(self, row: FormRow, fixed: Indicator) -> None:
        """Points of an indicator of the framework are the framework's: a form that says others is asked about."""
        said = self.points(row).get("points")
        if said and ((read := amount(said.text, self.units)) is None or read[0] != fixed.points):
            there = number_text(fixed.points)
            self.ask("form.points_differ", said, indicator=fixed.words, points=there, framework=self.framework.words)

    def computed(self, row: FormRow, columns: Iterable[str]) -> None:
        """What the program computes need not be taken."""
        for column in columns:
            if column in row.cells:
                self.leave(row.cells[column], why("computed"), acts=False)

    def self_score(self, id: str, one: Piece) -> None:
        score = self.scored_points(one)
        before = self.scored.setdefault(id, score)
        if before is score:
            self.add("self_evaluation", one, indicator=id, score=score)
        elif amount(before.text, self.units) != amount(score.text, self.units):
            self.ask("form.score_twice", score, other=before.text, at=before.cell)

    def read(self) -> dict[str, tuple[Row, ...]]:
        """The rows, read as typed data is. A cell that cannot be read is left out, and its row read without it.

        Afterwards `tables` are the rows as they are written, `reader` tells where each stands, and `lacking` what they lack.
        """
        typed: dict[str, tuple[Row, ...]] = {}
        for table, model in TABLES.items():
            made = self.rows.setdefault(table, [])
            while True:
                trial, again = Reader(self.units), False
                typed[table] = load_lines(trial, _lines(made, model), table, model)
                at = {one.place: (row, column) for row in made for column, one in row.items() if one.place and one.text}
                for wrong in (one for one in trial.problems if one.level == "error" and one.code != "cell.missing"):
                    if wrong.code in TWO_READINGS or wrong.place not in at:
                        self.asked.append(wrong)
                        continue
                    row, column = at[wrong.place]
                    if row[column].text:
                        self.left.append(Left(wrong.place, row[column].text, wrong.what))
                        row[column], again = row[column].read_as(""), True
                if not again:
                    break
            self.lacking += [one for one in trial.problems if one.code == "cell.missing"]
            self.reader.rows |= trial.rows
            self.reader.tables |= trial.tables
            self.reader.gone.rows |= trial.gone.rows
            given = {trial.rows[table, index][1]: texts_of(row) for index, row in enumerate(typed[table])}
            texts = (given.get(n) or {column: one.text for column, one in row.items()} for n, row in enumerate(made))
            self.tables[table] = [{column: text for column, text in row.items() if text} for row in texts]
        return typed
