"""The file of a running year as people see it: its name, its columns, and what may stand in a cell. Nothing is read here."""

from __future__ import annotations

import datetime
import unicodedata
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from evallib.model.base import Id
from evallib.model.record import Operator
from evallib.model.rows import Sourced, columns, told
from evallib.model.words import Words, words

OPERATORS: dict[str, Operator] = {">=": ">=", "≥": ">=", "<=": "<=", "≤": "<=", "=": "="}
KINDS: dict[Literal["total", "level"], Words] = {"total": words("累计", "total"), "level": words("时点", "level")}
"""What a value is: added up since the year began, or as it stands on the day."""


class MonitoringRow(Sourced):
    """A line of monitoring/DEPARTMENT/YEAR.csv: what was observed of a measure on a day.

    What belongs to the measure (name, kind, operator, target, unit) may stand in its first row only, or in all.
    """

    date: datetime.date
    measure: Id
    name: str = ""
    name_en: str = ""
    kind: str = ""
    operator: str = ""
    target: Annotated[Decimal, Field(ge=0)] | None = None
    value: Annotated[Decimal, Field(ge=0)] | None = None
    unit: str = ""
    planned: Annotated[Decimal, Field(ge=0, le=100)] | None = None
    reason: str = ""
    reason_en: str = ""
    remedy: str = ""
    remedy_en: str = ""
    synthetic: str = ""
    source: Annotated[str, Field(min_length=1)]


told(MonitoringRow, "monitoring")


def file_name(department: str, year: int) -> str:
    """The file of a running year inside the data folder.

    >>> file_name("hrss", 2024)
    'monitoring/hrss/2024.csv'
    """
    return f"monitoring/{department}/{year}.csv"


def head_line() -> str:
    """The head line that the file of a running year begins with."""
    return ",".join(columns(MonitoringRow))


def example_lines(year: int) -> tuple[str, ...]:
    """Three lines as they may follow the head line: the budget, what was spent, a target."""
    return (
        f"{year}-01-01,budget,,,,,,1000,万元,,,,,,,预算批复,预算表",
        f"{year}-03-31,spent,,,,,,150,万元,,,,,,,支出月报,3 月",
        f"{year}-03-31,trained,培训人数,People trained,累计,>=,800,120,人,,,,,,,业务月报,3 月",
    )


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().lower()


def kind_of(text: str) -> Literal["total", "level"] | None:
    """The kind that a cell names, in either language; None where it names none."""
    said = "时点" if _plain(text) == "现状" else _plain(text)  # as files before this word have it
    return next((kind for kind, name in KINDS.items() if said in (kind, name.zh, name.en)), None)


def operator_of(text: str) -> Operator | None:
    """The operator that a cell means; None where it means none."""
    return OPERATORS.get(_plain(text))


def yes_of(text: str) -> bool | None:
    """Whether a cell says yes; None where it says neither yes nor no."""
    return {"": False, "no": False, "否": False, "yes": True, "是": True}.get(_plain(text))
