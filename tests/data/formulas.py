"""What a workbook's formulas give, worked out apart from the package: enough of a spreadsheet for the workbooks of results."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np

_TOKEN = re.compile(r"""("(?:[^"]|"")*")|(?:'([^']+)'!)?\$?([A-Z]{1,2})\$?(\d+)(?::\$?([A-Z]{1,2})\$?(\d+))?|(<>)|(?<![<>])(=)|(&)""")


class _Text(str):
    """A text is more than any number, and there is no counting with it."""

    __slots__ = ()

    def __ge__(self, other: Any) -> bool:
        return True

    def __truediv__(self, other: Any) -> str:
        return "#VALUE!"


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, str) else 0.0


def _numbers(values: Any) -> Any:
    return np.array([_number(value) for value in values])


def _round(value: Any, places: int) -> Any:
    if isinstance(value, np.ndarray):
        return np.array([_round(_number(one), places) for one in value])
    if not np.isfinite(value):
        return value  # of the branch of an IF that is not taken
    return float(Decimal(repr(round(float(value), 9))).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


def _is_number(values: Any) -> Any:
    if isinstance(values, np.ndarray):
        return np.array([isinstance(value, int | float) for value in values])
    return isinstance(values, int | float)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "IF": lambda test, yes, no: yes if test else no,
    "MAX": max,
    "ROUND": _round,
    "ISNUMBER": _is_number,
    "TEXT": lambda value, pattern: f"{_round(value, 2):,.2f}",
    "SUMPRODUCT": lambda first, second=None: float(np.sum(first if second is None else first * _numbers(second))),
}


def calculated(book: Any, sheet: str, address: str) -> Any:
    """The value of a cell of a workbook read with its formulas."""
    value = book[sheet][address].value
    if not isinstance(value, str) or book[sheet][address].data_type != "f":
        return value

    def translated(found: re.Match[str]) -> str:
        text, of, column, row, right, bottom, unequal, equal, joins = found.groups()
        if text is not None:
            return repr(text[1:-1].replace('""', '"'))
        if column:
            end = f":{right}{bottom}" if right else ""
            return f"REF({(of or sheet)!r}, {column + row + end!r})"
        return "!=" if unequal else "==" if equal else "+" if joins else ""

    def refer(of: str, area: str) -> Any:
        if ":" not in area:
            found = calculated(book, of, area)
            return np.float64(found) if isinstance(found, int | float) else found if found is None else _Text(found)
        return np.array([calculated(book, of, cell.coordinate) for row in book[of][area] for cell in row], dtype=object)

    with np.errstate(all="ignore"):
        return eval(_TOKEN.sub(translated, value[1:]), {**_FUNCTIONS, "REF": refer, "__builtins__": {}})
