"""A row of which every cell says plainly what it means, as nearly all do: read in one step. Whatever else there is, `cells` looks at."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

from pydantic import ValidationError

from evallib.checks.sums import called_total
from evallib.data.raw_tables import VERDICTS, Kind, choices_of, kind_of
from evallib.model.base import READING
from evallib.model.rows import Row, columns, spread
from evallib.model.table_words import ALSO, CHOICES
from evallib.model.units import Units
from evallib.model.words import folded

Made = TypeVar("Made", bound=Row)
_SIGNS = {"", ">=", "<=", "=", ">", "<"}
_PLAIN_NUMBER = re.compile(r"-?\d{1,25}(?:\.\d{1,12})?", re.ASCII)
_PLAIN_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


@cache
def kinds_of(model: type[Row]) -> dict[str, Kind]:
    """What each column of a table holds."""
    return {column: kind_of(model, column) for column in columns(model)}


@cache
def choices_meant(model: type[Row], column: str) -> dict[str, str]:
    """What may stand in a cell of few choices, and the value it means."""
    values = choices_of(model, column) or (VERDICTS if column == "verdict" else ())
    return {folded(text): value for value in values for text in (value, CHOICES[value].zh, CHOICES[value].en, *ALSO[value])}


@cache
def plainly(model: type[Made]) -> Callable[[Mapping[str, str], Units], Made | None]:
    """How a row is read whose every cell says plainly what it means, as nearly all do; it gives None where one is to be looked at."""
    kinds, validate, sums = kinds_of(model), model.__pydantic_validator__.validate_python, model.SUMS
    meant = {column: choices_meant(model, column) for column, kind in kinds.items() if kind in ("choice", "verdict")}
    roomy = {column for column in kinds if spread(model, column)}

    def read(cells: Mapping[str, str], units: Units) -> Made | None:
        given: dict[str, Any] = {}
        for column, text in cells.items():
            value: object = None
            if (kind := kinds[column]) == "text":
                value = text
            elif kind == "decimal":
                if _PLAIN_NUMBER.fullmatch(text) and (column not in roomy or cells.get("operator", "") in _SIGNS):
                    value = Decimal(text)
            elif kind == "choice":
                value = meant[column].get(text)
            elif kind == "unit":
                value = unit.symbol if (unit := units.find(text)) else text
            elif kind == "int":
                value = int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
            elif kind == "date":
                value = text if _PLAIN_DAY.fullmatch(text) else None
            elif cells.get("kind") == "item":
                value = meant[column].get(text)
            if value is None:
                return None
            given[column] = value
        if not given or (sums and called_total(sums, given)):
            return None
        try:
            found: Made = validate(given, context=READING)
        except ValidationError:  # which is told when the row is looked at
            return None
        return found

    return read
