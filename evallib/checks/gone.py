"""What of a year is not there though somebody wrote it: rows that could not be read or were refused, tables unread. Pure.

A check that depends on such a row says nothing about it: what is wrong with the row itself has been said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from evallib.model.errors import Place
from evallib.model.words import Words, folded

Named = str | Words
"""What stands in a cell: a value, or what something is called, of which either language may stand there."""

STAND_IN = "to-come"
"""The source of a row that names none yet, or one that there is not."""


class Row(NamedTuple):
    """A row that is not there: those of its cells that could be read, where it stands, and whether anybody has written it yet."""

    cells: Mapping[str, str]
    at: tuple[str, str | None, int | None]
    written: bool = True


def row_of(place: Place) -> tuple[str, str | None, int | None]:
    """The row that a place is in."""
    return place.file, place.sheet, place.row


@dataclass
class Gone:
    """The rows that are not there, by table; one without cells where none of the table could be read.

    `stands_in` is whether rows are there whose source is still to come.
    """

    rows: dict[str, list[Row]] = field(default_factory=dict)
    stands_in: bool = False

    def add(self, table: str, cells: Mapping[str, str], place: Place, written: bool = True) -> None:
        """A row is left out."""
        self.rows.setdefault(table, []).append(Row(cells, row_of(place), written))

    def any(self, *tables: str) -> bool:
        """Whether a row of one of the tables is not there."""
        return any(table in self.rows for table in tables)

    def may_be(self, table: str, **cells: Named | Iterable[Named]) -> bool:
        """Whether a row that is not there may have been one with these cells: it says so, or cannot be asked.

        >>> gone = Gone()
        >>> gone.add("facts", {"fact": "outturn"}, Place("facts.csv", 3))
        >>> gone.may_be("facts", fact="outturn", year="2023"), gone.may_be("facts", fact="income")
        (True, False)
        """
        if table not in self.rows:
            return False
        wanted = {column: {*_texts(given)} for column, given in cells.items()}
        return any(all(folded(row.cells[c]) in texts for c, texts in wanted.items() if c in row.cells) for row in self.rows[table])


def _texts(given: Named | Iterable[Named]) -> Iterator[str]:
    for one in [given] if isinstance(given, str | Words) else given:
        yield from map(folded, [one] if isinstance(one, str) else [one.zh, one.en])


NONE = Gone()
"""Where all of a year is there."""
