"""What is watched while a year runs: measures and their observations; the rules of deviations as data. Nothing is computed here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from evallib.kit import words_of
from evallib.model.base import Frozen
from evallib.model.errors import Problem
from evallib.model.monitoring_rows import Kind
from evallib.model.record import InputFile, Sign
from evallib.model.running_year import CALENDAR
from evallib.model.units import Unit
from evallib.model.words import NOTHING, Words, words

Level = Literal["warn", "alarm"]
ZERO = Decimal(0)

_FILE: dict[str, Any] = words_of("monitoring")
MONEY: dict[str, Words] = {id: words(*both) for id, both in _FILE["money"].items()}
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
    r["id"]: Rule(
        id=r["id"],
        warn=Decimal(r["warn"]) if "warn" in r else None,
        alarm=Decimal(r["alarm"]),
        **{text: words(*r[text]) for text in ("name", "gap", "advice")},
    )
    for r in _FILE["rule"]
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
    unit: Unit
    kind: Kind = "total"
    operator: Sign = ">="
    target: Decimal | None = None
    observations: tuple[Observation, ...] = ()

    @property
    def seen(self) -> tuple[Observation, ...]:
        """The observations that have a value."""
        return tuple(o for o in self.observations if o.value is not None)


class Monitored(Frozen):
    """A department's running year as its file tells it. `file` is None where there is no file yet.

    `label`: how the year is called where that is not its number; `begins`: the month and day of its first day.
    """

    department: str
    name: Words
    year: int
    label: Words = NOTHING
    begins: str = CALENDAR
    measures: tuple[Measure, ...] = ()
    sources: tuple[tuple[str, tuple[str, ...]], ...] = ()
    synthetic: bool = False
    file: InputFile | None = None
    remarks: tuple[Problem, ...] = ()

    def find(self, id: str) -> Measure | None:
        """The measure of an id; None where there is none."""
        return next((m for m in self.measures if m.id == id), None)

    @property
    def called(self) -> Words:
        """The year as it is called."""
        return self.label or words(str(self.year))

    @property
    def targets(self) -> tuple[Measure, ...]:
        return tuple(m for m in self.measures if m.id not in MONEY)

    @property
    def as_of(self) -> date | None:
        """The last day on which anything was observed; None where nothing was."""
        return max((o.date for m in self.measures for o in m.seen), default=None)


def known_at(measure: Measure | None, day: date) -> Decimal | None:
    """The last value observed on a day or before it; None where nothing was by then."""
    return next((o.value for o in reversed(measure.seen) if o.date <= day), None) if measure else None
