"""Prose with room for an evaluation's numbers: `{total}`, `{grade}`, `{points}`, or any name of `score.reconcile.Numbers` in braces."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import partial

from evallib.model.evaluation import Evaluation
from evallib.model.record import Record
from evallib.model.words import Lang
from evallib.say.numbers import plain, quantity
from evallib.score.reconcile import Number, Numbers

SHORT = {"total": "total.score", "points": "total.points", "grade": "grade"}
"""The names that are asked for most, in short."""

_BRACES = re.compile(r"\{\{|\}\}|｛｛|｝｝|[{｛]([^{}｛｝]*)[}｝]|[{}｛｝]")
_COLUMNS = {"profile": ("text",), "recommendations": ("title", "text"), "practices": ("title", "text"), "texts": ("text",)}
"""The tables and columns of prose; of the profile only the conclusion."""


def prose(record: Record) -> Iterator[tuple[str, int, str, Lang, str]]:
    """Every text that may leave room for numbers: table, index of the row, column, the column's language, the text."""
    for table, columns in _COLUMNS.items():
        for index, row in enumerate(getattr(record, table)):
            if table != "profile" or row.key == "conclusion":
                for column in columns:
                    yield table, index, column, "zh", getattr(row, column)
                    yield table, index, f"{column}_en", "en", getattr(row, f"{column}_en")


def put_in(text: str, number: Callable[[str], str | None], brace: Callable[[str], str] = str) -> str:
    """A text with what `number` says for the names in its braces; where it says nothing the text stays. Braces twice are braces.

    `brace` is asked for what becomes of a brace that has no other.

    >>> put_in("得分{ total }分，{{原文}}如此", {"total": "84.63"}.get)
    '得分84.63分，{原文}如此'
    """

    def said(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0][0] if len(found[0]) == 2 else brace(found[0])
        told = number(found[1].strip())
        return found[0] if told is None else told

    return _BRACES.sub(said, text)


def number_text(e: Evaluation, name: str, number: Number, lang: Lang) -> str:
    """A number as it stands in prose: with its unit, but points bare; a grade in the language; a dash where there is none."""
    value = number.value
    if value is None or (name.startswith("total.") and not e.has_total):
        return "—"
    if isinstance(value, str):
        return next((g.words[lang] for g in e.framework.grades if g.name == value), value)
    if number.unit == e.catalogue.units.points:
        scored = name.endswith(".score") and not name.startswith("self.")
        return plain(value, e.framework.rounding.scores if scored else None)
    return quantity(value, number.unit, lang)


def with_numbers(e: Evaluation) -> Evaluation:
    """The evaluation with its numbers put into the prose of its record: what pages and workbooks show. The data keeps the braces.

    >>> from pathlib import Path
    >>> from evallib.data.years import evaluate_year
    >>> e = evaluate_year(Path("data"), "hrss", 2023).evaluation
    >>> [one.record.find_profile("conclusion", "en").partition("; ")[2].partition(". ")[0] for one in (e, with_numbers(e))]
    ['the score is {total} and the grade {grade}', 'the score is 84.63 and the grade Good']
    """
    rooms = [text for text in prose(e.record) if _BRACES.search(text[-1])]
    if not rooms:
        return e
    held, tables = Numbers(e), {table: list(getattr(e.record, table)) for table in _COLUMNS}
    for table, index, column, lang, text in rooms:
        told = put_in(text, partial(_named, e, held, lang))
        tables[table][index] = tables[table][index].model_copy(update={column: told})
    return replace(e, record=e.record.model_copy(update={table: tuple(rows) for table, rows in tables.items()}))


def _named(e: Evaluation, held: Mapping[str, Number], lang: Lang, name: str) -> str | None:
    long = SHORT.get(name, name)
    return number_text(e, long, held[long], lang) if long in held else None


def known_values(e: Evaluation, held: Mapping[str, Number]) -> dict[str, Decimal]:
    """Everything measured in points by its short name, the total first, then dimensions, groups and indicators."""
    order, short = ["total", "dimension", "group", "indicator", ""], {long: name for name, long in SHORT.items()}
    found = {
        name: number.value
        for name, number in held.items()
        if isinstance(number.value, Decimal) and number.unit == e.catalogue.units.points and (e.has_total or not name.startswith("total."))
    }
    heads = {name: name.partition(".")[0] for name in found}
    placed = sorted(found, key=lambda name: order.index(heads[name] if heads[name] in order else ""))
    return {short.get(name, name): found[name] for name in placed}
