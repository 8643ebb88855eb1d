"""Which rows a chart with a row per department shows, in how many pictures, and what it says of that. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from evallib.charts.parts import told
from evallib.model.words import NOTHING, Words

Row = TypeVar("Row")

ROWS = 35  # departments in one picture, so that it stays readable and fits a printed page
_MIDDLE = 5
MOST = 3 * ROWS  # of more departments the extremes and the middle are drawn, so many as fit one picture


def parts_of(rows: int) -> int:
    """How many pictures a chart with a row per department takes.

    >>> parts_of(0), parts_of(35), parts_of(60), parts_of(1000)
    (1, 1, 2, 1)
    """
    return max(-(-rows // ROWS), 1) if rows <= MOST else 1


def part_of(rows: Sequence[Row], number: int, *, ends: bool = True) -> Sequence[Row]:
    """The rows of one picture, the first is number 1; all pictures are about as long. Of too many to be seen there is one picture, of the
    first, the middle and the last, or, where not both `ends` count, of the first.

    >>> part_of(range(36), 2)
    range(18, 36)
    >>> [row for row in part_of(range(1000), 1)][13:22]
    [13, 14, 497, 498, 499, 500, 501, 985, 986]
    """
    if len(rows) > MOST:
        return seen(rows) if ends else rows[:ROWS]
    size = -(-len(rows) // parts_of(len(rows))) or 1
    return rows[(number - 1) * size : number * size]


def seen(rows: Sequence[Row]) -> Sequence[Row]:
    """What an eye can read of rows in an order: all of them, or, where they are too many, the first, the middle and the last."""
    half, few = (ROWS - _MIDDLE) // 2, (len(rows) - _MIDDLE) // 2
    return rows if len(rows) <= MOST else [*rows[:half], *rows[few : few + _MIDDLE], *rows[-half:]]


def drawn_of(rows: int, kind: str = "ends") -> Words:
    """Which rows a chart shows where they are too many: the `first`, or the middle and both `ends`."""
    given = {"shown": ROWS, "count": rows, "half": (ROWS - _MIDDLE) // 2, "middle": _MIDDLE}
    return told(f"overview.{kind}", **given) if rows > MOST else NOTHING


def continued(title: Words, rows: int, number: int) -> Words:
    """A title that says, where a chart takes several pictures, which of them this is."""
    count = parts_of(rows)
    return title if count == 1 else title + told("overview.part", number=number, count=count)
