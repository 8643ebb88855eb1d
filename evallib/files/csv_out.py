"""CSV for people: the one place that writes it. No spreadsheet takes a text of it for a formula; Excel knows it by its mark."""

from __future__ import annotations

from collections.abc import Iterable

from evallib.files.sheets import guarded
from evallib.model.units import parse_decimal

_QUOTED = frozenset(',;\t"\r\n')


def csv_text(rows: Iterable[Iterable[object]], end: str = "\n") -> str:
    """Rows as CSV. What begins like a formula is guarded by an apostrophe; a negative number stays one; None is an empty cell.

    A lone carriage return is quoted too, which Python's own writer forgets.

    >>> csv_text([["a", "b, c", 'd "e" f'], ["=1+1", "-5", None]])
    'a,"b, c","d ""e"" f"\\n\\'=1+1,-5,\\n'
    """
    return "".join(",".join(map(_cell, row)) + end for row in rows)


def csv_bytes(rows: Iterable[Iterable[object]]) -> bytes:
    """Rows as a CSV file that Excel reads rightly: UTF-8 with its mark."""
    return csv_text(rows).encode("utf-8-sig")


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    if text.isalnum():
        return text
    if not (text.startswith("-") and parse_decimal(text) is not None):
        text = guarded(text)
    return '"' + text.replace('"', '""') + '"' if not _QUOTED.isdisjoint(text) else text
