"""Rows among those that are added up that are a total of the others: named one, or only equal to one. Pure: it only reports."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any

from evallib.checks.gone import NONE, Gone
from evallib.checks.identities import acknowledging
from evallib.model.errors import Place, Problem
from evallib.model.grouped import grouped
from evallib.model.record import TABLES, Contradiction, Record
from evallib.model.rows import Row, Sums, unit_of
from evallib.model.table_words import TOTALS
from evallib.model.units import Unit, Units, amount, half_width, times
from evallib.model.words import NOTHING, folded
from evallib.say.numbers import plain
from evallib.say.refusals import problem

ZERO = Decimal(0)
_INEXACT = Unit("", NOTHING, (("", 2),))
FEWEST = 3
"""So many others at least must add up to a row before it is asked what it is."""
_BESIDE = re.compile(r"[\s:*\"'“”【】\[\]—_-]|\([^()]*\)|[()]")
_CALLED = {_BESIDE.sub("", text): way for way, texts in TOTALS.items() for text in texts}
Numbered = tuple[int, Any]
"""A row with its number."""


def called_total(sums: Sums, texts: Mapping[str, str]) -> dict[str, str]:
    """The columns in which a row is called a total, and whether that is a sum or a mean.

    >>> called_total(Sums(("part",), ("indicator",), ("value",)), {"indicator": "jobs", "part": "合 计："})
    {'part': 'sum'}
    """
    return {column: way for column in sums.names if column in texts and (way := _way(texts[column]))}


@lru_cache(maxsize=4096)
def _way(text: str) -> str:
    return _CALLED.get(_BESIDE.sub("", folded(text)), "")


def check_totals(
    model: type[Row], totals: Sequence[tuple[int, Mapping[str, str]]], rows: Sequence[Numbered], units: Units, at: Callable[..., Place]
) -> Iterator[Problem]:
    """What is said of rows that are called a total, by their row numbers: left out, or, where it is not the sum of the others, refused.

    It may be the sum of all that it belongs to, or of those next to it, down or up to another total.
    """
    sums = model.SUMS
    assert sums is not None
    others = _counted(sums, rows)
    for number, texts in totals:
        called = called_total(sums, texts)
        first = next(iter(called))
        narrow, wide = (
            _alike(others, {c: texts[c] for c in by if c not in called and texts.get(c)}) for by in (sums.within + sums.also, sums.within)
        )
        above = max((n for n, _ in totals if n < number), default=0)
        below = min((n for n, _ in totals if n > number), default=None)
        before = [one for one in wide if above < one[0] < number]
        after = [one for one in wide if number < one[0] and (below is None or one[0] < below)]
        wrong = [
            problem("total.differs", at(number, column), texts[column], name=texts[first], sum=told)
            for column in sums.amounts
            if (told := _told_otherwise(model, column, texts, (narrow, wide, before, after), units, called[first] == "mean"))
        ]
        yield from wrong or [problem("total.left_out", at(number, first), texts[first])]


def _counted(sums: Sums, rows: Iterable[Numbered]) -> list[Numbered]:
    """The rows that are added up."""
    return [(n, row) for n, row in rows if all(getattr(row, c) == kept for c, kept in sums.only.items())]


def _alike(rows: Sequence[Numbered], texts: Mapping[str, str]) -> list[Numbered]:
    return [(n, row) for n, row in rows if all(str(getattr(row, c)) == text for c, text in texts.items())]


def _told_otherwise(
    model: type[Row], column: str, texts: Mapping[str, str], groups: Sequence[Sequence[Numbered]], units: Units, mean: bool
) -> str:
    """The sum, or mean, that a total is not; empty where it is that of one of the groups, or where that cannot be told."""
    read, named = amount(texts.get(column, ""), units), unit_of(model, column)
    if read is None:
        return ""
    unit = read[1] or (units.find(texts[named]) if texts.get(named) else _unit(groups[0][0][1], named, units) if groups[0] else None)
    value, half = _base(read[0], unit)
    told = ""
    for rows in groups:
        parts = [(getattr(row, column), _unit(row, named, units)) for _, row in rows]
        if any(number is None or (unit and of and unit.dimensions != of.dimensions) for number, of in parts):
            return ""
        whole, may = (sum(some, ZERO) for some in zip((ZERO, half), *(_base(Decimal(number), of) for number, of in parts), strict=True))
        if mean:
            whole, may = whole / (len(parts) or 1), half_width(read[0], _INEXACT)
        if abs(whole - value) <= may:
            return ""
        told = told or plain(times(whole, 1 / unit.factor) if unit else whole)
    return told


def _unit(row: Row, named: str, units: Units) -> Unit | None:
    """The unit of an amount of a row: that of a column, or the one that it always has; None where it only counts."""
    return units.find(str(getattr(row, named, named))) if named else None


def _base(number: Decimal, unit: Unit | None) -> tuple[Decimal, Decimal]:
    """A number in base units, and by how much rounding may have changed it."""
    return (times(number, unit.factor), times(half_width(number, unit), unit.factor)) if unit else (number, ZERO)


def check_sums(record: Record, units: Units, where: Callable[[str, int, str | None], Place], gone: Gone = NONE) -> Iterator[Problem]:
    """Rows of a year that only equal the sum of the others they are added to: asked about, unless a contradiction acknowledges it."""
    for table, model in TABLES.items() if not gone.any("contradictions") else ():
        if gone.any(table):
            continue
        rows = [*enumerate(getattr(record, table))]
        yield from asked_about(model, rows, units, record.contradictions, partial(where, table))


def asked_about(
    model: type[Row], rows: Sequence[Numbered], units: Units, acknowledged: Sequence[Contradiction], at: Callable[[int, str], Place]
) -> Iterator[Problem]:
    """The rows of a table that equal the sum of at least three others that they are added to, in every amount that they give."""
    sums = model.SUMS
    if sums is None or not sums.about:
        return
    groups = grouped((tuple(getattr(one[1], c) for c in sums.within), one) for one in _counted(sums, rows))
    for group in groups.values():
        for n, row in group if len(group) > FEWEST else ():
            others = [other for _, other in group if other is not row]
            near = [other for other in others if all(getattr(other, c) == getattr(row, c) for c in sums.also)]
            found = next(filter(None, (_equal(model, sums, row, some, units) for some in (others, near))), "")
            id = getattr(row, sums.about)
            if found and acknowledging(acknowledged, [id], Decimal(getattr(row, found))) is None:
                given = {"column": str(model.model_fields[sums.names[0]].title), "name": sums.names[0], "about": id}
                yield problem("total.asked", at(n, found), plain(Decimal(getattr(row, found))), (id,), **given)


def _equal(model: type[Row], sums: Sums, row: Row, others: Sequence[Row], units: Units) -> str:
    """The first amount of a row where each that it gives is the sum of the others; empty where they are not."""
    columns = [column for column in sums.amounts if getattr(row, column)]
    for column in columns:
        whole, *parts = (
            _base(Decimal(getattr(one, column)), _unit(one, unit_of(model, column), units))[0]
            for one in (row, *others)
            if getattr(one, column)
        )
        if len(parts) < FEWEST or sum(parts, ZERO) != whole:
            return ""
    return columns[0] if columns else ""
