"""How a chart is laid out: scales, rows of names, values and bars. Knows the page and the phone, nothing of the field.

On a page a row is one line: name, bar, values in columns. On a phone the values stand under the name, and the bar under both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from evallib.charts.measure import shorten, text_width, widest, wrap
from evallib.charts.sheet import ABOVE, BELOW, FAINT, INK, MUTED, QUIET, Sheet

Number = Decimal | float
BOLD = 1.1  # how much wider bold letters are
LINES = 3  # that a name or a value of a row takes at most


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


class Cell(NamedTuple):
    """A value of a row: a text in its column, on a phone under the name."""

    text: str
    color: str = MUTED
    bold: bool = False


class Rows:
    """Rows from top to bottom: each a name, a bar between `start` and `end`, and values.

    `cells` are the texts of each column, to make it as wide as it needs; `heads` what stands above them. `cap` is how wide names may
    get; `step` how high a row is; `bar` how high its bar, on a phone; `indent` the room before names for what they belong to.
    """

    def __init__(
        self,
        sheet: Sheet,
        names: Iterable[str],
        cells: Sequence[Iterable[str]] = (),
        heads: Sequence[str] = (),
        *,
        cap: float = 150.0,
        step: float = 22.0,
        bar: float = 14.0,
        indent: float = 0.0,
        y: float = 0.0,
    ) -> None:
        self.sheet, self.step, self.bar, self.y = sheet, step, bar, y
        self.indent, self._aside = (0.0 if sheet.narrow else indent), list[str]()
        self._least = 0.0
        self.heads, self._caps = heads or [""] * len(cells), [80.0] * (len(cells) - 1) + [150.0]
        self._tracks: list[tuple[float, float]] = []
        self._value = Cell("")
        self.names, self.start, self.end = sheet.width, 0.0, sheet.width
        self._rights: list[float] = []
        if not sheet.narrow:
            self.names = min(widest(names, sheet.body) + 6, cap)
            wide = [min(sheet.width_of(head, *texts), cap) for cap, head, texts in zip(self._caps, self.heads, cells, strict=False)]
            self.start, self.end = self.indent + self.names + 8, sheet.width - sum(one + 12 for one in wide)
            self._rights = [self.end + sum(one + 12 for one in wide[: place + 1]) for place in range(len(wide))]

    def axis(self, low: float, high: float, values: Iterable[tuple[Number, str]] = ()) -> Axis:
        """A scale along the bars that leaves room for the texts beyond their ends; a phone has these under the name."""
        if self.sheet.narrow:
            return Axis(self.start + 2, self.end - 2, low, high)
        texts: dict[bool, list[str]] = {True: [], False: []}
        for value, text in values:
            texts[value < 0].append(text)
        below, above = (widest(some, self.sheet.body) * BOLD + 8 if some else 2.0 for some in (texts[True], texts[False]))
        room = max(self.end - self.start - above - below, 40.0)
        return Axis(self.start + below, self.start + below + room, low, high)

    def head(self, marks: Sequence[tuple[float, str]] = ()) -> None:
        """What stands above the columns, and above places along the bars."""
        self.y += 16 if marks or (any(self.heads) and not self.sheet.narrow) else 0
        for right, text in zip(self._rights, self.heads, strict=False):
            self.sheet.text(right, self.y - 9, text, small=True, color=MUTED, align="right")
        for x, text in marks:
            self.sheet.mark(x, self.y - 9, text)

    def heading(self, text: str, right: str = "") -> None:
        """A line of its own above rows that belong together."""
        room = self.sheet.width - text_width(right, self.sheet.body) - 8
        half = self.sheet.leading / 2 + 2
        self.y += half
        self.sheet.text(0, self.y, shorten(text, room, self.sheet.body), bold=True)
        self.sheet.text(self.sheet.width, self.y, right, bold=True, align="right")
        self.y += half + 1
        self.sheet.line(0, self.y, self.sheet.width, self.y)
        self.y += 3
        self._tracks = []

    def label(self, text: str, rows: int) -> None:
        """What the next rows belong to: before the first of them, on a phone above it."""
        sheet = self.sheet
        if not sheet.narrow:
            self._aside = wrap(text, self.indent - 6, sheet.small, 2 if rows == 2 else 3)
            self._least = len(self._aside) * sheet.leading + 3 if rows == 1 else 0.0
            return
        sheet.text(0, self.y + sheet.leading / 2 + 3, shorten(text, sheet.width, sheet.small), small=True, color=MUTED)
        self.y += sheet.leading + 3

    def row(
        self,
        name: str,
        cells: Sequence[Cell] = (),
        *,
        notes: Sequence[str] = (),
        value: Cell | None = None,
        color: str = INK,
        bold: bool = False,
        drawn: bool = True,
    ) -> float:
        """A row; the height of its bar's middle. `value` is a text for the bar's end: see `beside`.

        What is not `drawn` on a phone has no bar there, and its last value behind its name where that has room."""
        sheet, self._value, top = self.sheet, value or Cell(""), self.y
        lines = [(line, color) for line in wrap(name, self.names, sheet.body, LINES)]
        lines += [(shorten(note, self.names, sheet.body), MUTED) for note in notes if note]
        block = len(lines) * sheet.leading
        if not sheet.narrow:
            values = [wrap(cell.text, cap, sheet.small, LINES) if cell.text else [] for cell, cap in zip(cells, self._caps, strict=False)]
            tall = max(self.step, block + 5, self._least, *(len(some) * sheet.leading + 5 for some in values))
            y = top + tall / 2
            sheet.lines(self.indent, y, lines, bold=bold)
            first = y - (block - sheet.leading) / 2 if self._least < block else y - (self._least - 3 - sheet.leading) / 2
            for place, line in enumerate(self._aside):
                sheet.text(0, first + place * sheet.leading, line, small=True, color=MUTED)
            self._aside, self._least = [], 0.0
            for cell, right, some in zip(cells, self._rights, values, strict=False):
                sheet.lines(right, y, [(text, cell.color) for text in some], small=True, align="right", bold=cell.bold)
            self._tracks.append((top, top + tall))
            self.y += tall
            return y
        sheet.lines(0, top + 4 + block / 2, lines, bold=bold)
        self.y += 5 + block
        if not drawn and cells and text_width(lines[-1][0], sheet.body) + text_width(cells[-1].text, sheet.small) + 8 < sheet.width:
            y = self.y - sheet.leading / 2 - 1
            sheet.text(sheet.width, y, cells[-1].text, small=True, color=cells[-1].color, align="right")
            self.y += 2
            return y
        said = [("", self._value)] if self._value.text else []
        self._under([*said, *zip(self.heads, cells, strict=False)])
        y = self.y + self.bar / 2 + 2
        self._tracks.append((self.y, self.y + self.bar + 4))
        self.y += self.bar + 8 if drawn else 4
        return y

    def _under(self, cells: Sequence[tuple[str, Cell]]) -> None:
        """Values under a name, one after another, in as many lines as they take."""
        sheet, x = self.sheet, 0.0
        for head, cell in cells:
            if not cell.text:
                continue
            said = f"{head} " if head else ""
            before, wide = text_width(said, sheet.small), text_width(cell.text, sheet.small)
            if x and x + before + wide > sheet.width:
                x, self.y = 0.0, self.y + sheet.leading
            sheet.text(x, self.y + sheet.leading / 2, said, small=True, color=MUTED)
            for place, text in enumerate(wrap(cell.text, sheet.width - before, sheet.small, LINES)):
                self.y += sheet.leading if place else 0
                sheet.text(x + before, self.y + sheet.leading / 2, text, small=True, color=cell.color, bold=cell.bold)
            x += before + wide + 14
        self.y += sheet.leading + 1 if x else 0

    def beside(self, y: float, end: float, left: bool = False) -> None:
        """The value of the row at its bar's end; on a phone it stands under the name."""
        if not self.sheet.narrow:
            cell = self._value
            self.sheet.text(end + (-5 if left else 5), y, cell.text, color=cell.color, bold=cell.bold, align="right" if left else "left")

    def variance(self, x: Axis, y: float, value: Decimal, height: float, *, past: float | None = None) -> None:
        """A signed bar, and the row's value beyond its end, or beyond the place `past` where that is further."""
        end, falls = x.bar(self.sheet, y, height, value, fill=BELOW if value < 0 else ABOVE), value < 0
        self.beside(y, end if past is None else min(end, past) if falls else max(end, past), falls)

    def along(self, x: float, *, color: str = INK, width: float = 1.1, dashed: bool = False, past: float = 0, behind: bool = False) -> None:
        """A line across all bars since the last heading, `behind` them where asked; on a phone it leaves out what stands between them."""
        tracks = self._tracks if self.sheet.narrow or not self._tracks else [(self._tracks[0][0], self._tracks[-1][1])]
        for top, low in tracks:
            self.sheet.line(x, top - past, x, low + past, color=color, width=width, dashed=dashed)
        if behind:
            shapes, count = self.sheet.shapes, len(tracks)
            shapes[:] = [*shapes[-count:], *shapes[:-count]] if count else shapes

    def rule(self, color: str = FAINT) -> None:
        """A line between rows."""
        self.y += 2
        self.sheet.line(0, self.y, self.sheet.width, self.y, color=color)
        self.y += 2

    def guides(self, places: Iterable[float], since: float, until: float) -> None:
        """Dashed lines through the last row, left open where its text stands, but for a phone, where none does."""
        top, low = self._tracks[-1]
        for x in places:
            if self.sheet.narrow or not since < x < until:
                self.sheet.line(x, top, x, low, color=QUIET, dashed=True)


def signed_color(value: Decimal) -> str:
    """The colour of what is above or below its base."""
    return INK if not value else BELOW if value < 0 else ABOVE
