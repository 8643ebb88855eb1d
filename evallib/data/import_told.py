"""What an import says of itself, in words: what it took from which cells, what it did not, what is lacking. Nothing is read here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from evallib.data.form_tables import Piece
from evallib.data.imports import Imported
from evallib.model.record import TABLES
from evallib.model.table_words import CHOICES, TABLE_NAMES
from evallib.model.words import NOTHING, Given, Words, few, joined, listed, words
from evallib.say.numbers import plain
from evallib.say.sentences import sentence

_NOT_SHOWN = ("indicator", "source", "section", "basis", "actual_by", "kind", "key")


class Line(NamedTuple):
    """A line of what was taken, or not: from which cells, of what, and as what or why."""

    cells: str
    of: Words
    what: Words


def said(name: str, **given: Given) -> Words:
    """A sentence of an import by its name."""
    return sentence(f"import.{name}", **given)


def taken(found: Imported) -> Iterator[Line]:
    """What was taken, a line for each row of a table."""
    names = {row["indicator"].text: words(row["name"].text) for row in found.taken.get("own_indicators", ()) if "name" in row}
    names |= {i.id: i.words for i in found.framework.indicators} | {"total": CHOICES["total"]}
    names |= {fact.id: fact.name for fact in found.framework.catalogue.facts.values()}
    for name in TABLES:
        for row in found.taken.get(name, ()):
            subject = next((row[c].text for c in ("indicator", "fact", "key", "title") if c in row), "")
            yield Line(_cells(row), names.get(subject, CHOICES.get(subject, words(subject))), _row(found, name, row))


def not_understood(found: Imported) -> list[Line]:
    """What was not taken and somebody must look at."""
    return [Line(one.place.cell or "", words(one.text[:60]), one.why) for one in found.left if one.acts]


def passed(found: Imported) -> Words:
    """What need not be taken, in a sentence; nothing where there is none."""
    cells = [one.place.cell or "" for one in found.left if not one.acts]
    return said("passed", count=len(cells), cells=listed(few(cells, 20))) if cells else NOTHING


def open_points(found: Imported) -> Words:
    """The points of the indicators without a number, or that all have theirs."""
    points, names = found.open_points
    full = plain(found.framework.points)
    return said("points", points=plain(points), full=full, names=listed(names)) if names else said("complete", points=full)


def changes(found: Imported) -> list[Words]:
    """What another import changes, cell by cell."""
    return [said("change", what=what, before=before or "—", after=after or "—") for what, before, after in found.changes]


def _cells(row: Mapping[str, Piece]) -> str:
    cells = [*dict.fromkeys(one.place.cell or "" for one in row.values() if one.place and one.text)]
    return cells[0] if len(cells) == 1 else f"{cells[0]}–{cells[-1]}" if cells else ""


def _row(found: Imported, table: str, row: Mapping[str, Piece]) -> Words:
    """A row in words: its table, and the columns that were filled."""
    groups = {section.id: section.words for section in found.framework.sections}

    def value(column: str, text: str) -> Words:
        return (
            groups.get(text, words(text))
            if column == "group"
            else CHOICES[text]
            if column == "operator" and text in CHOICES
            else words(text)
        )

    told = [
        words(f"{TABLES[table].model_fields[c].title} ", f"{c.replace('_', ' ')} ") + value(c, one.text)
        for c, one in row.items()
        if one.text and c not in _NOT_SHOWN
    ]
    return TABLE_NAMES[table] + words("：", ": ") + joined(told)
