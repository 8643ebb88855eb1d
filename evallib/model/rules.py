"""The closed set of scoring rules: what each is given, what it needs, and what it awards. Pure; words for them are in `say.rules`."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from math import ceil
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, TypeAdapter, model_validator

from evallib.model.errors import Fault, Place
from evallib.model.pieces import Bands, Linear, PassFail, Pieces, Proportional, Spelled
from evallib.model.rule_base import ZERO, Award, ChecklistItem, Measured, Ruling, Takes, Tier
from evallib.model.toml_in import read_toml
from evallib.model.toml_out import toml_value

Seriousness = Literal["serious", "general", "slight"]


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
            raise ValueError("share_or_points")
        return self

    @property
    def edges(self) -> tuple[Decimal, ...]:
        return (self.limit,)

    def turns(self, points: Decimal) -> tuple[Decimal, ...]:
        if self.steps != "whole":
            return self.edges
        units = range(ceil(1 / self.share if self.share is not None else points / (self.points or points)) + 1)
        return tuple(self.limit + n * (self.unit if self.side == "above" else -self.unit) for n in units)

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


class DeductPerOccurrence(Ruling):
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


class Checklist(Ruling):
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


class Tiers(Ruling):
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


class Given(Ruling):
    """A score that a person gives, or a share of the points (得分系数)."""

    takes: ClassVar[Takes] = "score"

    def award(self, score: Decimal, coefficient: Decimal | None = None) -> Award:
        return Award(score, {} if coefficient is None else {"coefficient": coefficient})


class Awarded(Given):
    """A person's judgement, with its reason.

    >>> Awarded(kind="awarded").award(Decimal(2)).score
    Decimal('2')
    """

    kind: Literal["awarded"]


class Unsaid(Given):
    """A rule that cannot be computed from anything recorded: its sentence and why; a person scores by it."""

    kind: Literal["unsaid"]
    text: Annotated[str, Field(min_length=1)]
    reason: Annotated[str, Field(min_length=1)]
    reason_en: str = ""


_Computed = Pieces | DeductPerUnit | DeductPerOccurrence | Checklist | Tiers | Awarded | Unsaid
if TYPE_CHECKING:
    Rule = _Computed
else:  # the shorter ways become pieces as they are read
    Rule = Annotated[
        Annotated[Proportional | Bands | Linear | PassFail | _Computed, Field(discriminator="kind")],
        AfterValidator(lambda rule: rule.rule() if isinstance(rule, Spelled) else rule),
    ]


_RULE: TypeAdapter[Rule] = TypeAdapter(Rule)


@lru_cache(maxsize=256)
def written_rule(text: str) -> Rule:
    """A rule written in one line, as it would stand in a framework.

    Raises ValueError where it is no rule; a ValidationError says why.

    >>> written_rule('{ kind = "proportional", of = "completion" }').most
    Decimal('1')
    """
    try:
        read = read_toml(f"rule = {text}")
    except RecursionError:
        read = Fault("", Place(""))
    if isinstance(read, Fault):
        raise ValueError(text[:60])
    return _RULE.validate_python(read["rule"])


def as_line(rule: Rule) -> str:
    """A rule in one line, as `written_rule` reads it."""
    return toml_value(rule.model_dump(mode="json", exclude_defaults=True) | {"kind": rule.kind})
