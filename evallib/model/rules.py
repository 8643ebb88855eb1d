"""The closed set of scoring rules: what each is given, what it needs, and what it awards. Pure; words for them are in `say.rules`."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, NamedTuple, Self

from pydantic import AfterValidator, BeforeValidator, Field, TypeAdapter, field_serializer, model_validator

from evallib.model.base import Frozen, Named

Share = Annotated[Decimal, Field(ge=0, le=1)]
Height = Annotated[Decimal, Field(ge=0, le=5)]
"""A share of the points that a piece gives: above 1 where more than reached earns more than the points."""
Measure = Literal["value", "completion"]
Takes = Literal["number", "items", "tier", "score", "findings"]
"""What a rule scores: a number, ticked items, a named tier with a score in it, a person's score, or findings."""
Seriousness = Literal["serious", "general", "slight"]

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
            raise ValueError("每项的分值不能为零；扣分项写负数", "an item is worth something: above zero, or below where it takes away")
        return self


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


class Edge(NamedTuple):
    """Where a piece ends: the value, and whether it belongs to the piece."""

    at: Decimal
    closed: bool


class Piece(Frozen):
    """A stretch of values with a share of the points: one all along, or a straight line from its lower end to its upper one.

    It has one edge: `up_to` or `at_least` belong to it, `below` or `above` do not.
    """

    up_to: Decimal | None = None
    below: Decimal | None = None
    at_least: Decimal | None = None
    above: Decimal | None = None
    share: Annotated[tuple[Height, ...], BeforeValidator(lambda given: given if isinstance(given, list | tuple) else (given,))] = Field(
        min_length=1, max_length=2
    )

    @field_serializer("share")
    def _one_or_two(self, share: tuple[Decimal, ...]) -> Decimal | tuple[Decimal, ...]:
        return share[0] if len(share) == 1 else share

    @property
    def ends(self) -> list[tuple[str, Edge]]:
        """The edges that are given, by name."""
        found = [(name, getattr(self, name), name in ("up_to", "at_least")) for name in ("up_to", "below", "at_least", "above")]
        return [(name, Edge(at, closed)) for name, at, closed in found if at is not None]

    @property
    def shares(self) -> tuple[Decimal, Decimal]:
        """The share at the lower end and at the upper one."""
        return self.share[0], self.share[-1]


class Stretch(NamedTuple):
    """A piece between its two ends, None where it has none."""

    low: Edge | None
    high: Edge | None
    at_low: Decimal
    at_high: Decimal

    def holds(self, value: Decimal) -> bool:
        above = self.low is None or value > self.low.at or (self.low.closed and value == self.low.at)
        return above and (self.high is None or value < self.high.at or (self.high.closed and value == self.high.at))

    def share(self, value: Decimal) -> Decimal:
        if self.at_low == self.at_high or self.low is None or self.high is None:
            return self.at_low
        return self.at_low + (self.at_high - self.at_low) * (value - self.low.at) / (self.high.at - self.low.at)

    @property
    def is_value(self) -> bool:
        """Whether the share is the value itself."""
        return self.low is not None and self.high is not None and (self.at_low, self.at_high) == (self.low.at, self.high.at)


class Pieces(Measured):
    """A share of the points by pieces. Each has one edge, the next piece ends it, the last has none: no hole.

    >>> rule = Pieces(kind="pieces", pieces=({"at_least": "0.9", "share": 1}, {"at_least": "0.6", "share": (0, "0.8")}, {"share": 0}))
    >>> [str(rule.award(Decimal(value), Decimal(10)).score) for value in ("0.9", "0.75", "0.5")]
    ['10', '4.00', '0']
    """

    kind: Literal["pieces"]
    pieces: tuple[Piece, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _one_edge_each(self) -> Self:
        *head, last = self.pieces
        if last.ends:
            raise ValueError("最后一档不写界限（收其余）", "the last band takes the rest and has no edge")
        names = {name for piece in head for name, _ in piece.ends}
        rising = names <= {"up_to", "below"}
        edges = [piece.ends[0][1].at for piece in head if len(piece.ends) == 1]
        ordered = all(a < b if rising else a > b for a, b in pairwise(edges))
        if len(edges) < len(head) or not (rising or names <= {"at_least", "above"}) or not ordered:
            raise ValueError(
                "各档只写一个界限：只用 up_to、below（界限须逐档升高），或只用 at_least、above（界限须逐档降低）",
                "each band has one edge: up_to or below, with rising edges, or at_least or above, with falling edges, and never both",
            )
        if any(len(piece.share) > 1 for piece in (head[0], last)):
            raise ValueError(
                "第一档和最后一档没有尽头，share 只能写一个数", "the first and the last band have no end: their share is one number"
            )
        return self

    @cached_property
    def stretches(self) -> tuple[Stretch, ...]:
        """The pieces with both their ends, in their order."""
        found, before = list[Stretch](), None
        for piece in self.pieces:
            own = next(iter(piece.ends), None)
            edge = own[1] if own else None
            low, high = (edge, before) if self.falling else (before, edge)
            found.append(Stretch(low, high, *piece.shares))
            before = Edge(edge.at, not edge.closed) if edge else None
        return tuple(found)

    @property
    def falling(self) -> bool:
        """Whether the pieces are written from the highest values down."""
        return self.pieces[0].ends[0][0] in ("at_least", "above")

    @property
    def edges(self) -> tuple[Decimal, ...]:
        """Where it turns and gives anything: the foot of a rise is no edge to reach."""
        beside = pairwise(self.stretches if self.falling else self.stretches[::-1])
        found = [high.low.at for high, low in beside if high.low and max(high.at_low, low.at_high)]
        return tuple(found if self.falling else found[::-1])

    @cached_property
    def form(self) -> str:
        first, *between, last = self.stretches
        outer = {first.at_low, last.at_low}
        if not any(s.at_low != s.at_high for s in between):
            return "pass_fail" if not between and outer == {ZERO, ONE} else "bands"
        if len(between) == 1 and outer == {between[0].at_low, between[0].at_high}:
            if between[0].is_value and ZERO in outer:
                return "proportional"
            if outer == {ZERO, ONE}:
                return "linear"
        return "pieces"

    @property
    def most(self) -> Decimal:
        return max(share for piece in self.pieces for share in piece.shares)

    @property
    def needs_share(self) -> bool:
        return self.of == "value" and any(s.is_value and s.at_low != s.at_high for s in self.stretches)

    def award(self, value: Decimal, points: Decimal) -> Award:
        place, stretch = next((n, s) for n, s in enumerate(self.stretches) if s.holds(value))
        share = stretch.share(value)
        return Award(share * points, {"value": value, "piece": Decimal(place), "share": share})


class _Spelled(Measured):
    """A shorter way to write a rule of pieces."""

    def written_out(self) -> tuple[Mapping[str, object], ...]:
        raise NotImplementedError

    def rule(self) -> Pieces:
        shared = self.model_dump(include={*Measured.model_fields})
        return Pieces.model_validate(shared | {"kind": "pieces", "pieces": self.written_out()})


class Proportional(_Spelled):
    """Value times points, at most `cap` times the points and down to zero."""

    kind: Literal["proportional"]
    cap: Annotated[Decimal, Field(gt=0, le=5)] = ONE

    def written_out(self) -> tuple[Mapping[str, object], ...]:
        return {"up_to": 0, "share": 0}, {"below": self.cap, "share": (0, self.cap)}, {"share": self.cap}


class Bands(_Spelled):
    """A share of the points by band."""

    kind: Literal["bands"]
    bands: tuple[Piece, ...] = Field(min_length=2)

    def written_out(self) -> tuple[Mapping[str, object], ...]:
        return tuple(band.model_dump(exclude_defaults=True) for band in self.bands)


class Linear(_Spelled):
    """Full points at one limit, none at the other, a straight line between."""

    kind: Literal["linear"]
    full_at: Decimal
    zero_at: Decimal

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.full_at == self.zero_at:
            raise ValueError("full_at（得满分）与 zero_at（得零分）不能相同", "full_at and zero_at must differ")
        return self

    def written_out(self) -> tuple[Mapping[str, object], ...]:
        if self.full_at > self.zero_at:
            return {"at_least": self.full_at, "share": 1}, {"above": self.zero_at, "share": (0, 1)}, {"share": 0}
        return {"up_to": self.full_at, "share": 1}, {"below": self.zero_at, "share": (1, 0)}, {"share": 0}


class PassFail(_Spelled):
    """Full points where the value keeps the limit, nothing otherwise. The limit itself passes."""

    kind: Literal["pass_fail"]
    at_least: Decimal | None = None
    up_to: Decimal | None = None

    @model_validator(mode="after")
    def _one_limit(self) -> Self:
        if (self.at_least is None) == (self.up_to is None):
            raise ValueError("at_least 与 up_to 只能写一个，且须写一个", "pass_fail takes at_least or up_to, one of the two")
        return self

    def written_out(self) -> tuple[Mapping[str, object], ...]:
        limit = {"up_to": self.up_to} if self.at_least is None else {"at_least": self.at_least}
        return limit | {"share": 1}, {"share": 0}


class DeductPerUnit(Measured):
    """Full points up to a limit; past it each `unit` costs a share of the points, or so many `points`, down to nothing.

    `side` says which side of the limit costs. `steps` is "linear" (parts of a unit count) or "whole" (only full units do).

    >>> rule = DeductPerUnit(kind="deduct_per_unit", limit=1, unit="0.01", share="0.1", side="above", steps="linear")
    >>> rule.award(Decimal("1.0625"), Decimal(1)).score
    Decimal('0.375')
    """

    kind: Literal["deduct_per_unit"]
    limit: Decimal
    unit: Annotated[Decimal, Field(gt=0)]
    share: Annotated[Decimal, Field(gt=0, le=1)] | None = None
    points: Annotated[Decimal, Field(gt=0)] | None = None
    side: Literal["above", "below"]
    steps: Literal["linear", "whole"]

    @model_validator(mode="after")
    def _one_cost(self) -> Self:
        if (self.share is None) == (self.points is None):
            raise ValueError("share（扣分值的几成）与 points（扣几分）只能写一个，且须写一个", "it takes share or points, one of the two")
        return self

    @property
    def edges(self) -> tuple[Decimal, ...]:
        return (self.limit,)

    @property
    def takes_away(self) -> bool:
        return True

    def award(self, value: Decimal, points: Decimal) -> Award:
        over = max(value - self.limit if self.side == "above" else self.limit - value, ZERO)
        units = over / self.unit
        if self.steps == "whole":
            units = units // 1
        lost = units * (points * self.share if self.share is not None else self.points or ZERO)
        return Award(max(points - lost, ZERO), {"value": value, "over": over, "units": units})

    def worth(self, factor: Decimal, points: Decimal) -> Self:
        return self if self.points is None else self.model_copy(update={"points": self.points * factor})


class DeductPerOccurrence(_Rule):
    """Each finding that touches the indicator costs a number of points, by its seriousness where it is given, down to nothing.

    >>> rule = DeductPerOccurrence(kind="deduct_per_occurrence", points_each="0.5", serious=2)
    >>> rule.award(("general", "general", "serious"), Decimal(4)).score
    Decimal('1.0')
    """

    takes: ClassVar[Takes] = "findings"

    kind: Literal["deduct_per_occurrence"]
    points_each: Annotated[Decimal, Field(gt=0)]
    serious: Annotated[Decimal, Field(gt=0)] | None = None
    slight: Annotated[Decimal, Field(ge=0)] | None = None

    @property
    def takes_away(self) -> bool:
        return True

    def costs(self, seriousness: Seriousness) -> Decimal:
        """What one finding costs."""
        own = {"serious": self.serious, "general": None, "slight": self.slight}[seriousness]
        return self.points_each if own is None else own

    def award(self, findings: tuple[Seriousness, ...], points: Decimal) -> Award:
        lost = sum(map(self.costs, findings), ZERO)
        counts: dict[str, Decimal] = {one: Decimal(findings.count(one)) for one in dict.fromkeys(findings)}
        return Award(max(points - lost, ZERO), {"findings": Decimal(len(findings)), **counts})

    def worth(self, factor: Decimal, points: Decimal) -> Self:
        own = {name: value * factor for name in ("points_each", "serious", "slight") if (value := getattr(self, name)) is not None}
        return self.model_copy(update=own)


class Checklist(_Rule):
    """The points of each item that is met. Items that add make up the indicator's points; without any, all stand until taken away.

    >>> items = ({"id": "a", "name": "甲", "name_en": "A", "points": 2}, {"id": "b", "name": "乙", "name_en": "B", "points": "-0.5"})
    >>> Checklist(kind="checklist", items=items).award({"a": True, "b": True}, Decimal(2)).score
    Decimal('1.5')
    """

    takes: ClassVar[Takes] = "items"
    judgement: ClassVar[Literal["item", "tier", "award"]] = "item"

    kind: Literal["checklist"]
    items: tuple[ChecklistItem, ...] = Field(min_length=1)

    @property
    def checklist(self) -> tuple[ChecklistItem, ...]:
        return self.items

    @property
    def adds(self) -> Decimal:
        """What the items that add make up."""
        return sum((item.points for item in self.items if item.points > 0), ZERO)

    @property
    def takes_away(self) -> bool:
        return not self.adds

    def award(self, verdicts: Mapping[str, bool], points: Decimal) -> Award:
        score = sum((item.points for item in self.items if verdicts[item.id]), ZERO if self.adds else points)
        return Award(min(max(score, ZERO), points), {item.id: Decimal(verdicts[item.id]) for item in self.items})

    def worth(self, factor: Decimal, points: Decimal) -> Self:
        items = [item.model_copy(update={"points": item.points * factor}) for item in self.items]
        last = next((n for n in reversed(range(len(items))) if items[n].points > 0), None)
        if last is not None:  # what a division left behind its last digits
            rest = points - sum((i.points for n, i in enumerate(items) if i.points > 0 and n != last), ZERO)
            items[last] = items[last].model_copy(update={"points": rest})
        return self.model_copy(update={"items": tuple(items)})


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
    """A person's judgement: a score with its reason, or a share of the points (得分系数).

    >>> Awarded(kind="awarded").award(Decimal(2)).score
    Decimal('2')
    """

    takes: ClassVar[Takes] = "score"

    kind: Literal["awarded"]

    def award(self, score: Decimal, coefficient: Decimal | None = None) -> Award:
        return Award(score, {} if coefficient is None else {"coefficient": coefficient})


class Unsaid(Awarded):
    """A rule that cannot be computed from anything recorded: its sentence and why; a person scores by it."""

    kind: Literal["unsaid"]  # type: ignore[assignment]  # another kind of the same
    text: Annotated[str, Field(min_length=1)]
    reason: Annotated[str, Field(min_length=1)]
    reason_en: str = ""


_Computed = Pieces | DeductPerUnit | DeductPerOccurrence | Checklist | Tiers | Awarded | Unsaid
if TYPE_CHECKING:
    Rule = _Computed
else:  # the shorter ways become pieces as they are read
    Rule = Annotated[
        Annotated[Proportional | Bands | Linear | PassFail | _Computed, Field(discriminator="kind")],
        AfterValidator(lambda rule: rule.rule() if isinstance(rule, _Spelled) else rule),
    ]


_RULE: TypeAdapter[Rule] = TypeAdapter(Rule)


@lru_cache(maxsize=256)
def written_rule(text: str) -> Rule:
    """A rule written in one line, as it would stand in a framework.

    Raises ValueError where it is no rule; a ValidationError says why.

    >>> written_rule('{ kind = "proportional", of = "completion" }').most
    Decimal('1')
    """
    return _RULE.validate_python(tomllib.loads(f"rule = {text}", parse_float=Decimal)["rule"])


def as_line(rule: Rule) -> str:
    """A rule in one line, as `written_rule` reads it."""

    def written(part: object) -> str:
        if isinstance(part, dict):
            return "{ " + ", ".join(f"{key} = {written(value)}" for key, value in part.items()) + " }"
        if isinstance(part, list):
            return "[" + ", ".join(map(written, part)) + "]"
        return json.dumps(part, ensure_ascii=False)

    return written(rule.model_dump(mode="json", exclude_defaults=True) | {"kind": rule.kind})
