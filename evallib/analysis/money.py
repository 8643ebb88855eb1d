"""Amounts of money held against others: a year's budget, the years of a department, what several changed together. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from evallib.model.evaluation import Evaluation
from evallib.model.units import times
from evallib.model.words import Words

ZERO = Decimal(0)


@dataclass(frozen=True)
class AmountChange:
    """An amount after another, of one department or of several together; None where it is not known. Nothing is divided by zero.

    >>> change = AmountChange(Decimal(0), Decimal(5))
    >>> change.difference, change.rate, change.zero_base
    (Decimal('5'), None, True)
    """

    before: Decimal | None
    after: Decimal | None
    departments: int = 1

    @property
    def difference(self) -> Decimal | None:
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def rate(self) -> Decimal | None:
        """The difference as a share of the amount before; not defined where that is zero."""
        return self.difference / self.before if self.before and self.difference is not None else None

    @property
    def zero_base(self) -> bool:
        return self.before == 0 and self.after is not None

    def __bool__(self) -> bool:
        """Whether both amounts are known."""
        return self.difference is not None


def combined(changes: Iterable[AmountChange]) -> AmountChange:
    """Several changes as one; those not known are left out of both amounts."""
    known = [c for c in changes if c]
    if not known:
        return AmountChange(None, None)
    before, after = (sum((amount or ZERO for amount in some), ZERO) for some in zip(*((c.before, c.after) for c in known), strict=True))
    return AmountChange(before, after, sum(c.departments for c in known))


@dataclass(frozen=True)
class MoneyLine:
    """An amount over the years, in the currency's own unit: None where it is not known. `changes` begin with the second year.

    `id` is the fact's in the latest year that has it.
    """

    id: str
    name: Words
    values: tuple[Decimal | None, ...]

    @property
    def changes(self) -> tuple[AmountChange, ...]:
        return tuple(AmountChange(*pair) for pair in pairwise(self.values))


_ROLES = ("budget approved", "budget adjusted", "budget spent", "carried in", "carried out")


def money_lines(evaluations: Sequence[Evaluation]) -> tuple[MoneyLine, ...]:
    """Approved and adjusted budget, outturn, opening and closing carry-over of every year, where a fact plays that role."""
    found = []
    for role in _ROLES:
        facts = [fact for e in evaluations if (fact := e.catalogue.facts.get(e.catalogue.player(role) or ""))]
        if facts:
            found.append(MoneyLine(facts[-1].id, facts[-1].name, tuple(e.amount(role) for e in evaluations)))
    return tuple(found)


def execution_rates(evaluations: Sequence[Evaluation], base: str) -> tuple[Decimal | None, ...]:
    """What was spent as a share of the adjusted or the approved budget (`base`: the role); None where that is zero or unknown.

    Source: 财预〔2013〕53号, annex 2, 预算执行; both bases are in use, so the years are compared on each.
    """
    amounts = [(e.amount("budget spent"), e.amount(base)) for e in evaluations]
    return tuple(spent / budget if spent is not None and budget else None for spent, budget in amounts)


@dataclass(frozen=True)
class CarryoverLink:
    """The closing carry-over of a year beside the opening one of the next, in the currency's own unit: they must be the same."""

    before: int
    after: int
    closing: Decimal | None
    opening: Decimal | None
    state: Literal["holds", "differs", "unknown", "gap"]


def carryover_link(before: int, after: int, closing: Decimal | None, opening: Decimal | None, rounding: Decimal = ZERO) -> CarryoverLink:
    """Whether the money left at the end of a year is the money that the next begins with; a skipped year cannot be bridged.

    `rounding` is by how much the two may differ for the digits that they were printed with.

    >>> carryover_link(2022, 2023, Decimal("10.00"), Decimal("10")).state
    'holds'
    """
    if after != before + 1:
        return CarryoverLink(before, after, closing, opening, "gap")
    if closing is None or opening is None:
        return CarryoverLink(before, after, closing, opening, "unknown")
    return CarryoverLink(before, after, closing, opening, "holds" if abs(closing - opening) <= rounding else "differs")


def carryover_chain(evaluations: Sequence[Evaluation]) -> tuple[CarryoverLink, ...]:
    """Every year's closing carry-over beside the next usable year's opening one; empty where nothing plays these roles."""
    found = []
    for a, b in pairwise(evaluations):
        if a.catalogue.player("carried out") and b.catalogue.player("carried in"):
            rounding = sum((times(side.half, side.unit.factor) for side in (a.player("carried out"), b.player("carried in")) if side), ZERO)
            found.append(carryover_link(a.record.year, b.record.year, a.amount("carried out"), b.amount("carried in"), rounding))
    return tuple(found)
