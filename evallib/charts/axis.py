"""Scales across a sheet and what is drawn along them: bars, signed bars with their text, guides. Nothing of the field."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from evallib.charts.drawing import BAD, GOOD, INK, QUIET, SMALL, Sheet, widest

Number = Decimal | float


@dataclass(frozen=True)
class Axis:
    """A scale from `low` at the place `start` to `high` at `end`, in points, across or upwards.

    What lies beyond is drawn as far as the axis goes.

    >>> axis = Axis(100, 300, 0, 1)
    >>> axis(0.25), axis(7), axis.holds(7)
    (150.0, 300.0, False)
    """

    start: float
    end: float
    low: float
    high: float

    def __call__(self, value: Number) -> float:
        held = min(max(float(value), self.low), self.high)
        return self.start + (held - self.low) / (self.high - self.low or 1) * (self.end - self.start)

    def holds(self, value: Number) -> bool:
        """Whether a value lies on the axis."""
        return self.low <= float(value) <= self.high

    def bar(self, sheet: Sheet, y: float, height: float, value: Number, *, fill: str | None = None, edge: str | None = None) -> float:
        """A bar from zero, broken where it is longer than drawn; the place where it ends."""
        zero, end = self(0), self(value)
        if value:
            a, b = sorted((zero, end))
            cut = None if self.holds(value) else end - 9 if end > zero else end + 9
            sheet.bar(a, max(b, a + 0.8), y, height, fill=fill, edge=edge, cut=cut)
        return end

    def variance(
        self, sheet: Sheet, y: float, height: float, value: Decimal, text: str, *, size: float = SMALL, past: float | None = None
    ) -> None:
        """A signed bar, above in orange, below in blue, and its text beyond its end, or beyond the place `past` where that is further."""
        falls, color = value < 0, GOOD if value < 0 else BAD
        end = self.bar(sheet, y, height, value, fill=color)
        at = end if past is None else min(end, past) if falls else max(end, past)
        sheet.text(at + (-5 if falls else 5), y, text, size=size, color=color if value else INK, align="right" if falls else "left")


def axis_beside(start: float, end: float, low: float, high: float, said: Iterable[tuple[Decimal, str]], size: float = SMALL) -> Axis:
    """An axis between two places that leaves room for the texts beyond its signed bars, each given with its value."""
    texts: dict[bool, list[str]] = {True: [], False: []}
    for value, text in said:
        texts[value < 0].append(text)
    below, above = (widest(some, size) + 8 if some else 12.0 for some in texts.values())
    return Axis(start + below, end - above, low, high)


def guides(sheet: Sheet, places: Iterable[float], y: float, step: float, bottom: float, since: float, until: float) -> None:
    """Dashed lines through the row at height `y`, left open where its text stands."""
    for x in places:
        if not since < x < until:
            sheet.line(x, y - step / 2, x, min(y + step / 2, bottom), color=QUIET, dashed=True)
