"""What every scoring rule has: what it scores, what it awards, what it needs. No kind of rule lives here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from evallib.model.base import Frozen, Named

Share = Annotated[Decimal, Field(ge=0, le=1)]
Measure = Literal["value", "completion"]
Takes = Literal["number", "items", "tier", "score", "findings"]
"""What a rule scores: a number, ticked items, a named tier with a score in it, a person's score, or findings."""

ZERO, ONE = Decimal(0), Decimal(1)


@dataclass(frozen=True)
class Award:
    """What a rule gives: the score before rounding, and the numbers that lead to it, by name."""

    score: Decimal
    numbers: dict[str, Decimal] = field(default_factory=dict)


class ChecklistItem(Named):
    """One thing to tick off, with the points it is worth; below zero where it takes points away."""

    id: str
    points: Decimal

    @model_validator(mode="after")
    def _worth_something(self) -> Self:
        if not self.points:
            raise ValueError("item_worth_nothing")
        return self


class Tier(Named):
    """A verdict by name, and the share of the points it may be given, between `low` and `high`."""

    id: str
    low: Share
    high: Share

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low > self.high:
            raise ValueError("low_is_above_high")
        return self


class Ruling(Frozen):
    """What every rule has; what it has none of is empty, so that nobody need ask which rule it is.

    `text` is the sentence it was made from, as it stands in the document.
    """

    takes: ClassVar[Takes]
    judgement: ClassVar[Literal["item", "tier", "award"]] = "award"
    """The kind of judgement that decides it."""

    kind: str
    text: str = ""
    text_en: str = ""
    note: str = ""
    note_en: str = ""

    @property
    def form(self) -> str:
        """What it is called: its kind, and of pieces what they amount to."""
        return self.kind

    @property
    def measures(self) -> Measure | None:
        """Whether the value or the completion of a target is scored; None for a rule that scores no number."""
        return None

    @property
    def numbers(self) -> dict[str, Decimal]:
        """Its numbers, each by its path (`pieces.0.up_to`)."""
        return dict(_numbers(self.model_dump(), ()))

    @property
    def checklist(self) -> tuple[ChecklistItem, ...]:
        return ()

    @property
    def adds(self) -> Decimal:
        """What the items that add make up."""
        return sum((item.points for item in self.checklist if item.points > 0), ZERO)

    @property
    def edges(self) -> tuple[Decimal, ...]:
        """The values at which the rule turns."""
        return ()

    def turns(self, points: Decimal) -> tuple[Decimal, ...]:
        """The same, with those at which another whole unit begins to cost."""
        return self.edges

    @property
    def verdicts(self) -> tuple[Tier, ...]:
        """The tiers that may be named."""
        return ()

    @property
    def needs_share(self) -> bool:
        """Whether the value must be a share: it is taken times the points."""
        return False

    @property
    def most(self) -> Decimal:
        """The largest share of the points that it can give."""
        return ONE

    @property
    def takes_away(self) -> bool:
        """Whether all points stand until they are taken away."""
        return False

    def tier(self, id: str) -> Tier | None:
        return next((t for t in self.verdicts if t.id == id), None)

    def tier_of(self, share: Decimal) -> Tier | None:
        """A tier that may be given this share of the points."""
        return next((t for t in self.verdicts if t.low <= share <= t.high), None)

    def worth(self, factor: Decimal, points: Decimal) -> Self:
        """The rule for an indicator worth `factor` times as many points, `points` in all."""
        return self


def _numbers(part: object, path: tuple[str, ...]) -> Iterator[tuple[str, Decimal]]:
    if isinstance(part, Decimal):
        yield ".".join(path), part
    inner = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list | tuple) else ()
    for key, one in inner:
        yield from _numbers(one, (*path, str(key)))


class Measured(Ruling):
    """A rule that scores a number: the indicator's value, or its completion of the target.

    The value is a share (0.9496) where a share is measured, otherwise a number in the unit of what is measured.
    """

    takes: ClassVar[Takes] = "number"

    of: Measure = "value"

    @property
    def measures(self) -> Measure | None:
        return self.of

    def award(self, value: Decimal, points: Decimal) -> Award:
        raise NotImplementedError
