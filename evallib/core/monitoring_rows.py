"""The file of a running year as people see it: its name, its columns, and what may stand in a cell. Nothing is read here."""

from __future__ import annotations

import datetime
import unicodedata
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from evallib.core.base import Id
from evallib.core.record import Operator
from evallib.core.rows import Sourced, column, columns
from evallib.core.words import Words, words

OPERATORS: dict[str, Operator] = {">=": ">=", "≥": ">=", "<=": "<=", "≤": "<=", "=": "="}
KINDS: dict[Literal["total", "level"], Words] = {"total": words("累计", "total"), "level": words("时点", "level")}
"""What a value is: added up since the year began, or as it stands on the day."""


class MonitoringRow(Sourced):
    """A line of monitoring/DEPARTMENT/YEAR.csv: what was observed of a measure on a day.

    What belongs to the measure (name, kind, operator, target, unit) may stand in its first row only, or in all.
    """

    date: datetime.date = column("日期", "date of the observation (2024-06-30)", note="观察的那一天，写成 2024-06-30")
    measure: Id = column(
        "监控项编号",
        "budget, received (with the opening carry-over), spent; or an id for a target",
        note="budget（全年预算）、received（到位，含年初结转结余）、spent（支出）；目标用自定的小写英文编号",
    )
    name: str = column("名称", "name of the target", "", note="目标的名称；资金不用填")
    name_en: str = column("名称（英文）", "name in English", "")
    kind: str = column(
        "类别",
        "total 累计 (added up since the year began) or level 时点 (as it stands); empty: total",
        "",
        note="累计（从年初加起来）或 时点（当天是多少）；空为累计",
    )
    operator: str = column("方向", ">=, <= or =", "", note=">=（不少于）、<=（不超过）或 =（正好）")
    target: Annotated[Decimal, Field(ge=0)] | None = column(
        "年度目标值", "target of the year", None, unit="unit", note="全年要达到的数；资金不用填"
    )
    value: Annotated[Decimal, Field(ge=0)] | None = column(
        "数值", "value on that day; empty: not observed", None, unit="unit", note="当天的数；空为没有观察"
    )
    unit: str = column("单位", "unit", "", note="如 万元、人、件、%")
    planned: Annotated[Decimal, Field(ge=0, le=100)] | None = column(
        "计划进度",
        "share of the target planned by that day, in percent; empty: the share of the year gone",
        None,
        unit="%",
        note="到那天计划完成全年目标的百分之几；空为按天数匀速",
    )
    reason: str = column("偏差原因", "reason for a deviation", "", note="有偏差时填")
    reason_en: str = column("偏差原因（英文）", "reason in English", "")
    remedy: str = column("改进措施", "remedy", "", note="有偏差时填")
    remedy_en: str = column("改进措施（英文）", "remedy in English", "")
    synthetic: str = column("模拟数据", "yes 是 where the row is made up; empty: no", "", note="虚构的数填 是；空为否")
    source: Annotated[str, Field(min_length=1)] = column("来源", "source document, by its title", note="来源文件的名称")


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
