"""The closed set of scoring rules: what each is given, what it needs, and what it awards. Pure; words for them are in `say.rules`."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
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
    """One thing to tick off, with the points it is worth."""

    id: str
    points: Annotated[Decimal, Field(gt=0)]


class Tier(Named):
    """A verdict by name, and the share of the points it may be given, between `low` and `high`."""

    id: str
    low: Share
    high: Share

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low > self.high:
            raise ValueError("下限 low 高于上限 high", "low is above high")
        return self


class _Rule(Frozen):
    """What every rule has; what it has none of is empty, so that nobody need ask which rule it is."""

    takes: ClassVar[Takes]
    judgement: ClassVar[Literal["item", "tier", "award"]] = "award"
    """The kind of judgement that decides it."""

    note: str = ""
    note_en: str = ""

    @property
    def measures(self) -> Measure | None:
        """Whether the value or the completion of a target is scored; None for a rule that scores no number."""
        return None

    @property
    def checklist(self) -> tuple[ChecklistItem, ...]:
        return ()

    @property
    def edges(self) -> tuple[Decimal, ...]:
        """The values at which the rule turns."""
        return ()

    @property
    def verdicts(self) -> tuple[Tier, ...]:
        """The tiers that may be named."""
        return ()

    @property
    def needs_share(self) -> bool:
        """Whether the value must be a share: it is taken times the points."""
        return False

    def tier(self, id: str) -> Tier | None:
        return next((t for t in self.verdicts if t.id == id), None)

    def tier_of(self, share: Decimal) -> Tier | None:
        """A tier that may be given this share of the points."""
        return next((t for t in self.verdicts if t.low <= share <= t.high), None)

    def worth(self, factor: Decimal, points: Decimal) -> Self:
        """The rule for an indicator worth `factor` times as many points, `points` in all."""
        return self


class Measured(_Rule):
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


class Proportional(Measured):
    """Value times points, at most `cap` times the points and down to zero.

    >>> Proportional(kind="proportional").award(Decimal("0.9175"), Decimal(10)).score
    Decimal('9.1750')
    """

    kind: Literal["proportional"]
    cap: Annotated[Decimal, Field(gt=0, le=1)] = ONE

    @property
    def needs_share(self) -> bool:
        return self.of == "value"

    @property
    def edges(self) -> tuple[Decimal, ...]:
        return (self.cap,)

    def award(self, value: Decimal, points: Decimal) -> Award:
        share = min(max(value, ZERO), self.cap)
        return Award(share * points, {"value": value, "share": share})


class Band(Frozen):
    """One band. `up_to` includes its edge and takes what lies below; `at_least` includes its edge and what lies above."""

    up_to: Decimal | None = None
    at_least: Decimal | None = None
    share: Share

    @property
    def edge(self) -> Decimal | None:
        return self.at_least if self.up_to is None else self.up_to


class Bands(Measured):
    """A share of the points by band. Each band has one edge, the next band ends it, the last has none: no hole.

    >>> rule = Bands(kind="bands", bands=({"at_least": "0.9", "share": 1}, {"share": "0.8"}))
    >>> rule.award(Decimal("0.9"), Decimal(10)).score
    Decimal('10')
    """

    kind: Literal["bands"]
    bands: tuple[Band, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _one_edge_each(self) -> Self:
        head, last = self.bands[:-1], self.bands[-1]
        if last.edge is not None:
            raise ValueError("最后一档不写界限（收其余）", "the last band takes the rest and has no edge")
        up = [b.up_to for b in head if b.up_to is not None and b.at_least is None]
        down = [b.at_least for b in head if b.at_least is not None and b.up_to is None]
        if len(up) == len(head) and all(a < b for a, b in pairwise(up)):
            return self
        if len(down) == len(head) and all(a > b for a, b in pairwise(down)):
            return self
        raise ValueError(
            "各档只用 up_to（界限须逐档升高）或只用 at_least（界限须逐档降低）",
            "bands use up_to with rising edges, or at_least with falling edges, and never both",
        )

    @property
    def edges(self) -> tuple[Decimal, ...]:
        return tuple(b.edge for b in self.bands if b.edge is not None)

    def award(self, value: Decimal, points: Decimal) -> Award:
        place = next(
            n
            for n, b in enumerate(self.bands)
            if b.edge is None or (b.up_to is not None and value <= b.up_to) or (b.at_least is not None and value >= b.at_least)
        )
        share = self.bands[place].share
        return Award(share * points, {"value": value, "band": Decimal(place), "share": share})


class Linear(Measured):
    """Full points at one limit, none at the other, a straight line between.

    >>> Linear(kind="linear", full_at="1", zero_at="0.5").award(Decimal("0.75"), Decimal(4)).score
    Decimal('2.0')
    """

    kind: Literal["linear"]
    full_at: Decimal
    zero_at: Decimal

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.full_at == self.zero_at:
            raise ValueError("full_at（得满分）与 zero_at（得零分）不能相同", "full_at and zero_at must differ")
        return self

    @property
    def edges(self) -> tuple[Decimal, ...]:
        return (self.full_at,)

    def award(self, value: Decimal, points: Decimal) -> Award:
        share = min(max((value - self.zero_at) / (self.full_at - self.zero_at), ZERO), ONE)
        return Award(share * points, {"value": value, "share": share})


class DeductPerUnit(Measured):
    """Full points up to a limit; past it each `unit` costs a share of the points, down to nothing.

    `side` says which side of the limit costs. `steps` is "linear" (parts of a unit count) or "whole" (only full units do).

    >>> rule = DeductPerUnit(kind="deduct_per_unit", limit=1, unit="0.01", share="0.1", side="above", steps="linear")
    >>> rule.award(Decimal("1.0625"), Decimal(1)).score
    Decimal('0.375')
    """

    kind: Literal["deduct_per_unit"]
    limit: Decimal
    unit: Annotated[Decimal, Field(gt=0)]
    share: Annotated[Decimal, Field(gt=0, le=1)]
    side: Literal["above", "below"]
    steps: Literal["linear", "whole"]

    @property
    def edges(self) -> tuple[Decimal, ...]:
        return (self.limit,)

    def award(self, value: Decimal, points: Decimal) -> Award:
        over = max(value - self.limit if self.side == "above" else self.limit - value, ZERO)
        units = over / self.unit
        if self.steps == "whole":
            units = units // 1
        kept = max(1 - units * self.share, ZERO)
        return Award(kept * points, {"value": value, "over": over, "lost": units * self.share, "kept": kept})


class PassFail(Measured):
    """Full points where the value keeps the limit, nothing otherwise. The limit itself passes.

    >>> PassFail(kind="pass_fail", at_least=1, of="completion").award(Decimal("0.99"), Decimal(2)).score
    Decimal('0')
    """

    kind: Literal["pass_fail"]
    at_least: Decimal | None = None
    up_to: Decimal | None = None

    @model_validator(mode="after")
    def _one_limit(self) -> Self:
        if (self.at_least is None) == (self.up_to is None):
            raise ValueError("at_least 与 up_to 只能写一个，且须写一个", "pass_fail takes at_least or up_to, one of the two")
        return self

    @property
    def edges(self) -> tuple[Decimal, ...]:
        return tuple(edge for edge in (self.at_least, self.up_to) if edge is not None)

    def award(self, value: Decimal, points: Decimal) -> Award:
        passed = value >= self.at_least if self.at_least is not None else value <= self.edges[0]
        return Award(points if passed else ZERO, {"value": value, "passed": Decimal(passed)})


class DeductPerOccurrence(_Rule):
    """Each finding that touches the indicator costs a fixed number of points, down to nothing.

    >>> DeductPerOccurrence(kind="deduct_per_occurrence", points_each="0.5").award(2, Decimal(4)).score
    Decimal('3.0')
    """

    takes: ClassVar[Takes] = "findings"

    kind: Literal["deduct_per_occurrence"]
    points_each: Annotated[Decimal, Field(gt=0)]

    def award(self, findings: int, points: Decimal) -> Award:
        return Award(max(points - self.points_each * findings, ZERO), {"findings": Decimal(findings)})

    def worth(self, factor: Decimal, points: Decimal) -> Self:
        return self.model_copy(update={"points_each": self.points_each * factor})


class Checklist(_Rule):
    """The points of each item that is met; the items' points add up to the indicator's.

    >>> rule = Checklist(kind="checklist", items=({"id": "a", "name": "甲", "name_en": "A", "points": 1},))
    >>> rule.award({"a": True}).score
    Decimal('1')
    """

    takes: ClassVar[Takes] = "items"
    judgement: ClassVar[Literal["item", "tier", "award"]] = "item"

    kind: Literal["checklist"]
    items: tuple[ChecklistItem, ...] = Field(min_length=1)

    @property
    def checklist(self) -> tuple[ChecklistItem, ...]:
        return self.items

    def award(self, verdicts: dict[str, bool]) -> Award:
        score = sum((item.points for item in self.items if verdicts[item.id]), ZERO)
        return Award(score, {item.id: Decimal(verdicts[item.id]) for item in self.items})

    def worth(self, factor: Decimal, points: Decimal) -> Self:
        items = [item.model_copy(update={"points": item.points * factor}) for item in self.items]
        rest = points - sum((i.points for i in items[:-1]), ZERO)
        return self.model_copy(update={"items": (*items[:-1], items[-1].model_copy(update={"points": rest}))})


class Tiers(_Rule):
    """A named tier, within which the evaluator gives the score.

    >>> rule = Tiers(kind="tiers", tiers=({"id": "a", "name": "达成", "name_en": "reached", "low": "0.8", "high": 1},))
    >>> rule.award("a", Decimal("4.5"), Decimal(5)).score
    Decimal('4.5')
    """

    takes: ClassVar[Takes] = "tier"
    judgement: ClassVar[Literal["item", "tier", "award"]] = "tier"

    kind: Literal["tiers"]
    tiers: tuple[Tier, ...] = Field(min_length=1)

    @property
    def verdicts(self) -> tuple[Tier, ...]:
        return self.tiers

    def award(self, tier: str, score: Decimal, points: Decimal) -> Award:
        chosen = self.tier(tier)
        if chosen is None or not chosen.low * points <= score <= chosen.high * points:
            raise ValueError(f"{score} is not within the tier {tier!r}")
        return Award(score, {"tier": Decimal(self.tiers.index(chosen))})


class Awarded(_Rule):
    """A person's judgement: a score with its reason.

    >>> Awarded(kind="awarded").award(Decimal(2)).score
    Decimal('2')
    """

    takes: ClassVar[Takes] = "score"

    kind: Literal["awarded"]

    def award(self, score: Decimal) -> Award:
        return Award(score)


Rule = Annotated[
    Proportional | Bands | Linear | DeductPerUnit | PassFail | DeductPerOccurrence | Checklist | Tiers | Awarded,
    Field(discriminator="kind"),
]
