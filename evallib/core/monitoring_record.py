"""What is watched while a year runs: measures and their observations; the rules of deviations as data. Nothing is computed here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from evallib.core.base import Frozen
from evallib.core.record import InputFile, Operator
from evallib.core.words import NOTHING, Words, words

Level = Literal["warn", "alarm"]
ZERO = Decimal(0)

MONEY: dict[str, Words] = {
    "budget": words("全年预算", "Budget of the year"),
    "received": words("到位资金", "Money received"),
    "spent": words("支出", "Money spent"),
}
"""The measures of money: ids that a file may use, and their names."""


@dataclass(frozen=True)
class Rule:
    """What counts as a deviation: what the gap is, and past which gap (never at it) it is warned of and alarming."""

    id: str
    name: Words
    gap: Words
    warn: Decimal | None
    alarm: Decimal
    advice: Words


RULES: dict[str, Rule] = {
    rule.id: rule
    for rule in (
        Rule(
            "over",
            words("超过上限", "over the limit"),
            words("上限型累计目标、支出：进度 − 100%", "limits on running totals, money spent: progress − 100%"),
            None,
            ZERO,
            words(
                "查明超出的原因，防止继续增加，按程序处理", "Find why the limit was passed, keep it from growing, settle it by the rules"
            ),
        ),
        Rule(
            "unfunded",
            words("支出大于到位", "spent more than received"),
            words("支出 ÷ 到位资金 − 100%", "money spent ÷ money received − 100%"),
            ZERO,
            Decimal("0.1"),
            words("核对到位数和支出数；确有垫付的，说明来源", "Check both figures; where money was advanced, say from where"),
        ),
        Rule(
            "behind",
            words("落后于计划", "behind the plan"),
            words(
                "≥、= 型累计目标，到位，支出：计划进度 − 进度", "≥ and = running totals, money received and spent: planned share − progress"
            ),
            Decimal("0.1"),
            Decimal("0.2"),
            words(
                "查明原因，定出措施和期限；确实完不成的，按程序调整",
                "Find the cause, set a remedy and a date; what cannot be reached is adjusted by the rules",
            ),
        ),
        Rule(
            "ahead",
            words("快于计划", "faster than planned"),
            words("上限型累计目标，支出：进度 − 计划进度", "limits on running totals, money spent: progress − planned share"),
            Decimal("0.1"),
            Decimal("0.2"),
            words("核对余下几个月还需多少；控制用量", "Work out what the remaining months need; hold back"),
        ),
        Rule(
            "past",
            words("超过定值目标", "above an exact target"),
            words("= 型累计目标：进度 − 100%", "= running totals: progress − 100%"),
            ZERO,
            Decimal("0.1"),
            words("核对数字；目标变了的，按程序调整", "Check the figure; where the target has changed, adjust it by the rules"),
        ),
        Rule(
            "off",
            words("当前偏离目标", "off the target now"),
            words("时点型目标：与目标的差距 ÷ 目标", "levels: distance to the target ÷ target"),
            ZERO,
            Decimal("0.1"),
            words("查明原因，定出措施和期限", "Find the cause, set a remedy and a date"),
        ),
    )
}
"""The rules of deviations, the gravest kind first."""


class Observation(Frozen):
    """What was observed of a measure on a day. `value` None: the target is set, nothing observed; `planned` None: an even pace."""

    date: date
    value: Decimal | None
    planned: Decimal | None = None
    reason: Words = NOTHING
    remedy: Words = NOTHING


class Measure(Frozen):
    """A measure and its observations, oldest first. Money has no target of its own: it is held against the budget.

    A `total` adds up over the year and is held against the plan; a `level` (a rate, a stock) is held against the target as it is.
    """

    id: str
    name: Words
    unit: str
    kind: Literal["total", "level"] = "total"
    operator: Operator = ">="
    target: Decimal | None = None
    observations: tuple[Observation, ...] = ()

    @property
    def seen(self) -> tuple[Observation, ...]:
        """The observations that have a value."""
        return tuple(o for o in self.observations if o.value is not None)


class Monitored(Frozen):
    """A department's running year as its file tells it. `file` is None where there is no file yet."""

    department: str
    name: Words
    year: int
    measures: tuple[Measure, ...] = ()
    sources: tuple[tuple[str, tuple[str, ...]], ...] = ()
    synthetic: bool = False
    file: InputFile | None = None

    def find(self, id: str) -> Measure | None:
        """The measure of an id; None where there is none."""
        return next((m for m in self.measures if m.id == id), None)

    @property
    def targets(self) -> tuple[Measure, ...]:
        return tuple(m for m in self.measures if m.id not in MONEY)

    @property
    def as_of(self) -> date | None:
        """The last day on which anything was observed; None where nothing was."""
        return max((o.date for m in self.measures for o in m.seen), default=None)


def year_gone(day: date) -> Decimal:
    """The share of its year that has gone by the end of a day, by days.

    >>> year_gone(date(2023, 12, 31)), round(year_gone(date(2024, 6, 30)), 4), round(year_gone(date(2023, 6, 30)), 4)
    (Decimal('1'), Decimal('0.4973'), Decimal('0.4959'))
    """
    return Decimal(day.timetuple().tm_yday) / days_of(day.year)


def days_of(year: int) -> int:
    """The days of a year.

    >>> days_of(2024), days_of(2100)
    (366, 365)
    """
    return (date(year + 1, 1, 1) - date(year, 1, 1)).days


def known_at(measure: Measure | None, day: date) -> Decimal | None:
    """The last value observed on a day or before it; None where nothing was by then."""
    return next((o.value for o in reversed(measure.seen) if o.date <= day), None) if measure else None
