"""What a TOML document may hold: how deep, how much, which signs and how many digits, as a cell of a table may. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from evallib.model.errors import Fault, Place
from evallib.model.signs import code_of, hidden_sign
from evallib.model.toml_lines import Path, called
from evallib.model.units import possible
from evallib.model.words import Given

MOST_BYTES = 2_000_000
MOST_DEPTH = 20
MOST_VALUES = 20_000
MOST_TEXT = 20_000
MOST_NAME = 80
_DIGITS = re.compile(r"\d[\d_]{1000,}")

_DEEP = re.compile(r"(?:^|[\[{,])[ \t]*(?:[\w-]{1,80}[ \t]*\.[ \t]*){40}|=[ \t]*(?:[\[{][^\[\]{}\n]{0,40}){40}", re.M)


def read_toml(text: str, file: str = "") -> dict[str, Any] | Fault:
    """A text of TOML with its numbers exact, or the first thing in it that no file of rules may hold.

    Raises TOMLDecodeError or RecursionError where it is no TOML.

    >>> read_toml("points = 0.5"), read_toml("points = 1e999", "a.toml").name
    ({'points': Decimal('0.5')}, 'toml.digits')
    """
    if found := _DIGITS.search(text):  # which Python would not even read
        return Fault("toml.digits", Place(file, text.count("\n", 0, found.start()) + 1), found[0][:20] + "…")
    if found := _DEEP.search(text):  # which would take it minutes
        return Fault("toml.too_deep", Place(file, text.count("\n", 0, found.start()) + 1), found[0][:60], {"most": MOST_DEPTH})
    document = tomllib.loads(text, parse_float=Decimal)
    return _fault(document, file) or document


def _fault(document: Mapping[str, Any], file: str) -> Fault | None:
    """What is wrong with the values of a document as such: the first that is met, as what comes after may be no end."""
    waiting: list[tuple[Path, Any]] = [((), document)]

    def fault(name: str, path: Path, found: str = "", **given: Given) -> Fault:
        return Fault(name, Place(file, None, called(document, path) or None), found[:60], given)

    seen = 0
    while waiting:
        path, part = waiting.pop()
        seen += 1
        name = path[-1] if path and isinstance(path[-1], str) else ""
        text = part if isinstance(part, str) else ""
        if len(path) > MOST_DEPTH:
            return fault("toml.too_deep", path[:3], most=MOST_DEPTH)
        if seen > MOST_VALUES:
            return fault("toml.too_much", (), most=MOST_VALUES)
        if hidden := hidden_sign(name) or hidden_sign(text):
            return fault("cell.control_character", path[:-1] if hidden_sign(name) else path, code=code_of(hidden))
        if len(name) > MOST_NAME:
            return fault("toml.name_too_long", path[:-1], name, most=MOST_NAME)
        if len(text) > MOST_TEXT:
            return fault("cell.too_long", path, text[:40] + "…", characters=MOST_TEXT)
        if isinstance(part, (int, Decimal)) and not _is_possible(part):
            return fault("toml.digits", path, f"{Decimal(part):.3}")
        inner = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
        waiting += reversed([((*path, step), one) for step, one in inner])
    return None


def _is_possible(number: int | Decimal) -> bool:
    value = Decimal(number)
    if not value.is_finite():
        return True  # told as what it is: no number
    try:
        return len(possible(value).as_tuple().digits) <= 40
    except ValueError:
        return False
