"""What the parts of an import share: what was taken so far, how it is asked and left, how points and scores are read. Guesses nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from evallib.data.form_blocks import Block, FormRow, Piece
from evallib.model.errors import Place, Problem
from evallib.model.framework import Framework, Indicator
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
