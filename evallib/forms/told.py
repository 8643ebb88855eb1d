"""What an import says of itself, in words: what it took from which cells, what it did not, what is lacking. Nothing is read here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from evallib.data.names import Names
from evallib.forms.blocks import Piece
from evallib.forms.imports import Imported
from evallib.model.made_ids import typed
from evallib.model.record import TABLES
from evallib.model.rows import Row, refers
from evallib.model.table_words import CHOICES, TABLE_NAMES
from evallib.model.words import LANGS, NOTHING, Given, Words, few, joined, listed, words
from evallib.say.numbers import plain
from evallib.say.sentences import sentence

_SUBJECTS = ("indicator", "fact", "key", "title")
"""The columns that say what a row is about."""
_NOT_SHOWN = ("source", "section", "basis", "actual_by", "kind")


class Line(NamedTuple):
    """A line of what was taken, or not: from which cells, of what, and as what or why."""

    cells: str
    of: Words
    what: Words


def said(name: str, **given: Given) -> Words:
    """A sentence of an import by its name."""
    return sentence(f"import.{name}", **given)


def taken(found: Imported) -> Iterator[Line]:
    """What was taken, a line for each row of a table: from which cells, what; things by their names."""
    texts = {table: [{column: one.text for column, one in row.items()} for row in rows] for table, rows in found.taken.items()}
    names = Names(found.framework, texts)

    def value(model: type[Row], column: str, row: Mapping[str, str]) -> Words:
        kinds, text = refers(model, column) or (["indicator"] if column == "indicator" else []), row.get(column, "")
        return Words(*(names.called(kinds, text, lang, row) for lang in LANGS)) if kinds else CHOICES.get(text, words(text))

    for name, model in TABLES.items():
        for row, pieces in zip(texts.get(name, ()), found.taken.get(name, ()), strict=True):
            subject = next(c for c in (*_SUBJECTS, *row) if c in row)
            shown = [c for c, text in row.items() if text and c not in (*_NOT_SHOWN, subject)]
            told = joined(words(f"{model.model_fields[c].title} ", f"{c.replace('_', ' ')} ") + value(model, c, row) for c in shown)
            yield Line(_cells(pieces), value(model, subject, row), TABLE_NAMES[name] + words("：", ": ") + told)


def as_it_is(found: Imported) -> Words:
    """That a workbook of the kit's own is taken as it is, and whose it is; nothing of forms."""
    return NOTHING if found.taken else said("as_it_is", of=found.listing.words, year=str(found.year))


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


def next_step(found: Imported) -> Words:
    """The command to go on with; a department whose code was made goes by its name."""
    called = typed(found.listing.code, found.listing.words)
    return said("next", department=called, year=str(found.year), missing=said("fill_first") if found.lacking else NOTHING)


def changes(found: Imported) -> list[Words]:
    """What another import changes, cell by cell."""
    return [said("change", what=what, before=before or "—", after=after or "—") for what, before, after in found.changes]


def _cells(row: Mapping[str, Piece]) -> str:
    cells = [*dict.fromkeys(one.cell for one in row.values() if one.place and one.text)]
    return cells[0] if len(cells) == 1 else f"{cells[0]}–{cells[-1]}" if cells else ""
