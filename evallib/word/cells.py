"""The cells of a table on paper: where they stand, how wide columns are, how many lines it takes. Knows no Word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Cell:
    """A cell of a table: its text, how many columns and rows it takes, whether it is a head, whether it holds a number.

    `share` is how wide its column is beside the others, where that is given; `strong` stands above the rows that follow.
    """

    text: str
    columns: int = 1
    rows: int = 1
    head: bool = False
    number: bool = False
    share: float = 0
    strong: bool = False


Table = Sequence[Sequence[Cell]]


class Placed(NamedTuple):
    """A cell, and the rows and columns that it takes."""

    cell: Cell
    top: int
    left: int
    bottom: int
    right: int


def placed_cells(rows: Table) -> Iterator[Placed]:
    """The cells of a table where they stand; one that reaches down takes the place of those under it."""
    taken = set[tuple[int, int]]()
    for top, row in enumerate(rows):
        left = 0
        for cell in row:
            while (top, left) in taken:
                left += 1
            bottom, right = min(top + cell.rows, len(rows)) - 1, left + cell.columns - 1
            taken |= {(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)}
            yield Placed(cell, top, left, bottom, right)
            left = right + 1


def shares_of(placed: Iterable[Placed], count: int, room: float) -> list[float]:
    """How wide the columns are, in letters: numbers, words and what is short whole; what is left over goes to those with long texts."""
    least, wished = [3.0] * count, [3.0] * count
    for one in placed:
        if one.left == one.right:
            lines = one.cell.text.split("\n")
            words = (part for line in lines for part in ([line] if _letters(line) <= 5.5 else line.split()))
            parts = lines[:1] if one.cell.number else words
            whole = max((_letters(part) for part in parts), default=0) + 1.4  # the margins of a cell are as wide as a letter
            least[one.left] = max(least[one.left], min(whole, 9 if one.cell.number or one.cell.text.isascii() else 6.5))
            wished[one.left] = max(wished[one.left], min(max(map(_letters, lines), default=0) + 1.5, 40))
    over = room - sum(least)
    more = [max(w - low, 0.1) for w, low in zip(wished, least, strict=True)]
    return [low + max(over, 0) * one / sum(more) for low, one in zip(least, more, strict=True)]


def lines_of(placed: Iterable[Placed], shares: Sequence[float]) -> int:
    """How many lines a table takes with columns of such widths."""
    tall = dict[int, int]()
    for one in placed:
        width = max(sum(shares[one.left : one.right + 1]) - 1.5, 1)
        lines = sum(max(1, -int(-_letters(line) // width)) for line in one.cell.text.split("\n"))
        tall[one.top] = max(tall.get(one.top, 1), lines if one.top == one.bottom else 1)
    return sum(tall.values())


def _letters(text: str) -> float:
    return sum(1 if sign > "\u2e80" else 0.3 if sign in ",. " else 0.55 for sign in text)
