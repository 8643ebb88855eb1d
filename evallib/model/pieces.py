"""The rule of pieces: a share of the points by stretches of a number; and the shorter ways to write some of them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import BeforeValidator, Field, field_serializer, model_validator

from evallib.model.base import Frozen
from evallib.model.rule_base import ONE, ZERO, Award, Measured

Height = Annotated[Decimal, Field(ge=0, le=5)]
"""A share of the points that a piece gives: above 1 where more than reached earns more than the points."""


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
    def ends(self) -> dict[str, Edge]:
        """The edges that are given, by name."""
        given = {name: getattr(self, name) for name in ("up_to", "below", "at_least", "above")}
        return {name: Edge(at, name in ("up_to", "at_least")) for name, at in given.items() if at is not None}

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
            raise ValueError("last_band_has_an_edge")
        names = {name for piece in head for name in piece.ends}
        rising = names <= {"up_to", "below"}
        edges = [edge.at for piece in head for edge in piece.ends.values()]
        ordered = all(a < b if rising else a > b for a, b in pairwise(edges))
        if any(len(piece.ends) != 1 for piece in head) or not (rising or names <= {"at_least", "above"}) or not ordered:
            raise ValueError("edges_of_bands")
        if any(len(piece.share) > 1 for piece in (head[0], last)):
            raise ValueError("outer_band_has_an_end")
        return self

    @cached_property
    def stretches(self) -> tuple[Stretch, ...]:
        """The pieces with both their ends, in their order."""
        own = [*(edge for piece in self.pieces for edge in piece.ends.values()), None]
        before = [None, *(Edge(edge.at, not edge.closed) for edge in own if edge)]
        ends = zip(own, before, strict=True) if self.falling else zip(before, own, strict=True)
        return tuple(Stretch(*both, *piece.shares) for both, piece in zip(ends, self.pieces, strict=True))

    @property
    def falling(self) -> bool:
        """Whether the pieces are written from the highest values down."""
        return not self.pieces[0].ends.keys() & {"up_to", "below"}

    @property
    def edges(self) -> tuple[Decimal, ...]:
        """Where it turns and gives anything: the foot of a rise is no edge to reach."""
        beside = (two if self.falling else two[::-1] for two in pairwise(self.stretches))
        return tuple(high.low.at for high, low in beside if high.low and max(high.at_low, low.at_high))

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


class Spelled(Measured):
    """A shorter way to write a rule of pieces."""

    def written_out(self) -> tuple[Mapping[str, object], ...]:
        raise NotImplementedError

    def rule(self) -> Pieces:
        shared = self.model_dump(include={*Measured.model_fields})
        return Pieces.model_validate(shared | {"kind": "pieces", "pieces": self.written_out()})


class Proportional(Spelled):
    """Value times points, at most `cap` times the points and down to zero."""

    kind: Literal["proportional"]
    cap: Annotated[Decimal, Field(gt=0, le=5)] = ONE

    def written_out(self) -> tuple[Mapping[str, object], ...]:
        return {"up_to": 0, "share": 0}, {"below": self.cap, "share": (0, self.cap)}, {"share": self.cap}


class Bands(Spelled):
    """A share of the points by band."""

    kind: Literal["bands"]
    bands: tuple[Piece, ...] = Field(min_length=2)

    def written_out(self) -> tuple[Mapping[str, object], ...]:
        return tuple(band.model_dump() for band in self.bands)


class Linear(Spelled):
    """Full points at one limit, none at the other, a straight line between."""

    kind: Literal["linear"]
    full_at: Decimal
    zero_at: Decimal

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.full_at == self.zero_at:
            raise ValueError("limits_are_the_same")
        return self

    def written_out(self) -> tuple[Mapping[str, object], ...]:
        if self.full_at > self.zero_at:
            return {"at_least": self.full_at, "share": 1}, {"above": self.zero_at, "share": (0, 1)}, {"share": 0}
        return {"up_to": self.full_at, "share": 1}, {"below": self.zero_at, "share": (1, 0)}, {"share": 0}


class PassFail(Spelled):
    """Full points where the value keeps the limit, nothing otherwise. The limit itself passes."""

    kind: Literal["pass_fail"]
    at_least: Decimal | None = None
    up_to: Decimal | None = None

    @model_validator(mode="after")
    def _one_limit(self) -> Self:
        if (self.at_least is None) == (self.up_to is None):
            raise ValueError("at_least_or_up_to")
        return self

    def written_out(self) -> tuple[Mapping[str, object], ...]:
        limit = {"up_to": self.up_to} if self.at_least is None else {"at_least": self.at_least}
        return limit | {"share": 1}, {"share": 0}
