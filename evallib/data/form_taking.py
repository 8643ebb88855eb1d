"""What the parts of an import share: what was taken so far, how it is asked and left, how points and scores are read. Guesses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from evallib.data.form_blocks import Block, FormRow, Texted
from evallib.data.form_tables import Left, Piece, Taken, piece
from evallib.data.sheets import Raw, address
from evallib.model.errors import Place
from evallib.model.framework import Framework, Indicator
from evallib.model.units import amount
from evallib.model.words import Given, Words
from evallib.say.numbers import plain as number_text
from evallib.say.refusals import problem
from evallib.say.sentences import sentence


class Source(NamedTuple):
    """The document that rows come from: its id, and the sheet."""

    id: str
    raw: Raw

    def of(self, at: tuple[int, int]) -> dict[str, Piece | str]:
        """Where a row stands, as its columns say it."""
        sheet = f"{self.raw.sheet} " if self.raw.sheet else ""
        return {"source": self.id, "section": f"{sheet}{address(*at)}"}


def why(name: str, **given: Given) -> Words:
    """Why a cell is not taken."""
    return sentence(f"import.left.{name}", **given)


class Taking:
    """Forms on their way to tables, for a framework in force in a year."""

    def __init__(self, framework: Framework, year: int, own: bool | None) -> None:
        self.framework, self.year, self.own = framework, year, own
        self.units, self.taken = framework.catalogue.units, Taken()
        self.ids: dict[str, tuple[str, Place]] = {}
        self.scored: dict[str, Piece] = {}
        self.rates: list[tuple[str, Piece]] = []
        """Rates that forms print of what is computed."""
        self.facts: dict[tuple[str, str], tuple[Piece, str]] = {}
        self.compared: dict[str, Piece] = {}
        """Scores that the evaluators gave to what is computed."""

    def ask(self, name: str, place: Place, found: str = "", /, **given: Given) -> None:
        self.taken.asked.append(problem(name, place, found, **given))

    def leave(self, raw: Raw, one: Texted, reason: Words, acts: bool = True) -> None:
        self.taken.left.append(Left(raw.place(*one.at), one.text, reason, acts))

    def blanks(self, block: Block, row: FormRow, columns: Mapping[str, str]) -> dict[str, Piece | str]:
        """The cells of a row that are empty, by the columns that they would fill."""
        lacking = {column: block.heads[head].at[1] for head, column in columns.items() if head in block.heads and head not in row.cells}
        return {column: Piece("", block.raw.place(row.number, index)) for column, index in lacking.items()}

    def points(self, block: Block, row: FormRow) -> dict[str, Piece]:
        """What a row is worth; a weight in percent is that share of the framework's points."""
        if "points" not in row.cells:
            return {}
        one = row.cells["points"]
        read = amount(one.text, self.units)
        if read and read[1] is not None and read[1].is_share:
            return {"points": piece(block.raw, one, f"{read[0] / 100 * self.framework.points:f}")}
        return {"points": self.scored_points(block.raw, one)}

    def scored_points(self, raw: Raw, one: Texted) -> Piece:
        """Points as a number, whether or not their unit stands behind it."""
        read = amount(one.text, self.units)
        is_points = read and read[1] is not None and read[1].dimensions == self.units.points.dimensions
        return piece(raw, one, f"{read[0]:f}" if read and is_points else None)

    def compare_points(self, block: Block, row: FormRow, fixed: Indicator) -> None:
        """Points of an indicator of the framework are the framework's: a form that says others is asked about."""
        said = self.points(block, row).get("points")
        read = amount(said.text, self.units) if said else None
        if said and said.place and (read is None or read[0] != fixed.points):
            there, cell = number_text(fixed.points), said.place.cell or ""
            self.ask(
                "form.points_differ", said.place, said.text, cell=cell, indicator=fixed.words, points=there, framework=self.framework.words
            )

    def computed(self, block: Block, row: FormRow, columns_of: tuple[str, ...]) -> None:
        for column in columns_of:
            if column in row.cells:
                self.leave(block.raw, row.cells[column], why("computed"), acts=False)

    def self_score(self, id: str, score: Piece, source: Mapping[str, Piece | str]) -> None:
        before = self.scored.setdefault(id, score)
        if before is score:
            self.taken.add("self_evaluation", {"indicator": id, "score": score, **source})
        elif before.place and score.place and amount(before.text, self.units) != amount(score.text, self.units):
            given = {"other": before.text, "at": before.place.cell or "", "cell": score.place.cell or ""}
            self.ask("form.score_twice", score.place, score.text, **given)
