"""The file of a running year as people see it: its name, its columns, and what may stand in a cell. Nothing is read here."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from evallib.model.base import Id
from evallib.model.record import Sign
from evallib.model.rows import Sourced, columns, told
from evallib.model.running_year import CALENDAR, first_day, months_of

Kind = Literal["total", "level"]
"""What a value is: added up since the year began, or as it stands on the day."""


class MonitoringRow(Sourced):
    """A line of monitoring/DEPARTMENT/YEAR.csv: what was observed of a measure on a day.

    What belongs to the measure (name, kind, operator, target, unit) may stand in its first row only, or in all.
    """

    date: datetime.date
    measure: Id
    name: str = ""
    name_en: str = ""
    kind: Annotated[Kind | None, BeforeValidator(lambda said: "level" if said == "现状" else said)] = None  # as older files have it
    operator: Sign | None = None
    target: Annotated[Decimal, Field(ge=0)] | None = None
    value: Annotated[Decimal, Field(ge=0)] | None = None
    unit: str = ""
    planned: Annotated[Decimal, Field(ge=0, le=100)] | None = None
    reason: str = ""
    reason_en: str = ""
    remedy: str = ""
    remedy_en: str = ""
    synthetic: Literal["yes", "no"] = "no"
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


def example_lines(year: int, begins: str = CALENDAR) -> tuple[str, ...]:
    """Three lines as they may follow the head line: the budget, what was spent, a target.

    >>> [line[:10] for line in example_lines(2023, "04-01")]
    ['2023-04-01', '2023-06-30', '2023-06-30']
    """
    first = first_day(year, begins)
    day = months_of(year, begins)[3] - datetime.timedelta(days=1)
    return (
        f"{first},budget,,,,,,1000,万元,,,,,,,预算批复,预算表",
        f"{day},spent,,,,,,150,万元,,,,,,,支出月报,{day.month} 月",
        f"{day},trained,培训人数,People trained,累计,>=,800,120,人,,,,,,,业务月报,{day.month} 月",
    )
