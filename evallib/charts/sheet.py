"""What charts are drawn on: palette, two widths, shapes and texts measured in points; SVG with real text, PNG. Nothing of the field."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from html import escape
from math import cos, pi, sin
from typing import Any, Literal, NamedTuple

from evallib.charts.measure import clean, is_wide, text_width, widest
from evallib.model.grouped import grouped

INK = "#1f2428"  # text, the line of a target, outlines of what was planned
MUTED = "#57606a"  # second texts
FAINT = "#d3d8dd"  # guides, zero lines, what is still planned
QUIET = "#8a949e"  # what needs no attention
LAST_YEAR = "#a3a9af"  # last year, lighter than this year
ACCENT = "#2b7a78"  # the actual
LOST = "#97366f"  # points that were lost, always with a sign or a word
MISSED = "#b8420f"  # a target that was missed, always with a word
ABOVE = "#7d5c00"  # above the budget, always with a sign or a word
BELOW = "#0067a3"  # below the budget, always with a sign or a word
PALETTE = {
    **{"ink": INK, "muted": MUTED, "faint": FAINT, "quiet": QUIET, "last-year": LAST_YEAR, "accent": ACCENT},
    **{"lost": LOST, "missed": MISSED, "above": ABOVE, "below": BELOW},
}
"""The colours by the names that they have in the page's style sheet: one meaning each."""


class Size(NamedTuple):
    """How wide a drawing is, and how large its letters are, in points of its own."""

    width: float
    body: float
    small: float
    leading: float


WIDE = Size(518.4, 9.5, 9.0, 10.5)
"""For a column of the page and for paper: 7.2 inches."""
PHONE = Size(320.0, 13.5, 12.0, 16.0)
"""For a screen of 360 points, less the page's margins: a point is a point of the screen."""

READER_FONTS = (
    "system-ui, 'Microsoft YaHei', 'PingFang SC', 'Noto Sans CJK SC', 'Source Han Sans SC', SimHei, 'WenQuanYi Micro Hei', sans-serif"
)
MARGIN = 14.0  # around a PNG, in points
_STRAIGHT = str.maketrans("“”‘’", "\"\"''")  # a Chinese font draws the others as wide as a character

Align = Literal["left", "center", "right"]
Point = tuple[float, float]
Color = str | None


_ANCHORS = {"left": "", "center": "text-anchor:middle;", "right": "text-anchor:end;"}


class _Shape(NamedTuple):
    points: Sequence[Point]
    closed: bool
    fill: Color
    edge: Color
    width: float
    dashed: bool

    @property
    def style(self) -> str:
        """Its look in SVG; a colour may end in two digits that say how opaque it is."""
        fill, edge = self.fill or "", self.edge or ""
        said = [f"fill:{fill[:7]}" if fill else "fill:none" if len(self.points) > 2 else "", f"stroke:{edge}" if edge else ""]
        said += [f"fill-opacity:{int(fill[7:], 16) / 255:.2f}" if fill[7:] else "", f"stroke-width:{self.width:g}" if edge else ""]
        return ";".join(part for part in (*said, "stroke-dasharray:3 2" if self.dashed else "") if part)

    @property
    def path(self) -> str:
        """The way along its edge, from corner to corner."""
        places = [(round(x, 1), round(y, 1)) for x, y in self.points]
        told, (x0, y0) = f"M{places[0][0]:g} {places[0][1]:g}", places[0]
        for x, y in places[1:]:
            across, down = f"{round(x - x0, 1):g}", f"{round(y - y0, 1):g}"
            told += f"h{across}" if y == y0 else f"v{down}" if x == x0 else f"l{across} {down}"
            x0, y0 = x, y
        return told + ("z" if self.closed else "")

    @property
    def box(self) -> tuple[float, float, float, float]:
        xs, ys = zip(*self.points, strict=True)
        return min(xs), min(ys), max(xs), max(ys)


class _Said(NamedTuple):
    x: float
    y: float
    text: str
    size: float
    color: str = INK
    align: Align = "left"
    bold: bool = False

    @property
    def style(self) -> str:
        return f"{_ANCHORS[self.align]}font-size:{self.size:g}px;fill:{self.color}" + (";font-weight:700" if self.bold else "")


class Sheet:
    """Shapes and texts measured in points from the top left corner; texts lie above all shapes. Nothing is painted behind.

    A `narrow` one is for a phone; `top` is where the drawing begins, below what stands there already; `leading` is from one line of
    a text to the next.
    """

    def __init__(self, size: Size = WIDE) -> None:
        self.width, self.body, self.small, self.leading = size
        self.narrow, self.top, self.height = size is PHONE, 0.0, 0.0
        self.shapes: list[_Shape] = []
        self.texts: list[_Said] = []

    def text(self, x: float, y: float, text: str, *, small: bool = False, size: float = 0, **look: Any) -> None:
        """A line of text whose middle is at height `y`; `look` is its color, whether it is bold, and how it is aligned."""
        size, said = size or (self.small if small else self.body), clean(text)
        if said:
            self.texts.append(_Said(x, y + self.top + 0.36 * size, said, size, **look))

    def lines(self, x: float, y: float, texts: Sequence[tuple[str, str]], **look: Any) -> None:
        """Lines of text, each with its colour, as a block whose middle is at height `y`."""
        for place, (text, color) in enumerate(texts):
            self.text(x, y + (place - (len(texts) - 1) / 2) * self.leading, text, color=color, **look)

    def mark(self, x: float, y: float, text: str) -> None:
        """What a place across the sheet is called: a small text about it, all of it on the sheet."""
        half = text_width(text, self.small) / 2
        self.text(max(min(x, self.width - half), half), y, text, small=True, color=MUTED, align="center")

    def width_of(self, *texts: str) -> float:
        """The width of the widest of some small texts; nothing where there are none."""
        return widest(texts, self.small)

    def shape(
        self,
        points: Sequence[Point],
        *,
        fill: Color = None,
        edge: Color = None,
        width: float = 0.9,
        dashed: bool = False,
        closed: bool = True,
    ) -> None:
        """A shape, filled, outlined or both."""
        self.shapes.append(_Shape([(x, y + self.top) for x, y in points], closed, fill, edge, width, dashed))

    def dot(self, x: float, y: float, radius: float, fill: str) -> None:
        """A round mark."""
        self.shape([(x + radius * cos(pi * n / 8), y + radius * sin(pi * n / 8)) for n in range(16)], fill=fill)

    def diamond(self, x: float, y: float, radius: float) -> None:
        """A mark for what others say of themselves."""
        self.shape([(x - radius, y), (x, y - radius), (x + radius, y), (x, y + radius)], fill=FAINT, edge=INK)

    def line(self, x0: float, y0: float, x1: float, y1: float, *, color: str = FAINT, width: float = 0.8, dashed: bool = False) -> None:
        """A straight line."""
        self.shape([(x0, y0), (x1, y1)], edge=color, width=width, dashed=dashed, closed=False)

    def bar(self, x0: float, x1: float, y: float, height: float, fill: Color = None, edge: Color = None, cut: float | None = None) -> None:
        """A bar from `x0` to `x1`. Where `cut` is given it is broken there by a slanted gap: it is longer than it is drawn."""
        top, low = y - height / 2, y + height / 2
        if cut is None:
            self.shape([(x0, top), (x1, top), (x1, low), (x0, low)], fill=fill, edge=edge)
            return
        near, far, lean = cut - 1.5, cut + 1.5, 2.0
        for end, side in ((x0, near), (x1, far)):
            self.shape([(side - lean, low), (end, low), (end, top), (side + lean, top)], fill=fill, edge=edge, closed=not edge)
        for x in (near, far):
            self.line(x - lean - 0.8, low + 2, x + lean + 0.8, top - 2, color=INK)

    # --- as a picture

    def svg(self, attributes: str) -> str:
        """The picture as an `<svg>` element: real text, no ids, no styles of its own outside it. The same sheet gives the same text."""
        layers: list[tuple[str, list[str], list[tuple[float, float, float, float]]]] = []
        for shape in self.shapes:
            _lay(layers, shape)
        groups = grouped((one.style, f'<text x="{one.x:.1f}" y="{one.y:.1f}">{escape(one.text, quote=False)}</text>') for one in self.texts)
        drawn = [f'<path style="{style}" d="{"".join(paths)}"/>' for style, paths, _ in layers]
        drawn += [f'<g style="{style}">{"".join(texts)}</g>' for style, texts in groups.items()]
        fonts = f'font-family="{READER_FONTS}"'
        box = f'width="{self.width:g}" height="{self.height:.0f}" viewBox="0 0 {self.width:g} {self.height:.0f}"'
        return f'<svg xmlns="http://www.w3.org/2000/svg" {box} {attributes} {fonts}>{"".join(drawn)}</svg>\n'

    def png(self, dpi: int) -> bytes:
        """The picture as PNG on white, with a margin, whatever else is set; a glyph that no font has is for `chinese_font` to tell."""
        from matplotlib import style
        from matplotlib.figure import Figure
        from matplotlib.patches import Polygon
        from matplotlib.transforms import Affine2D

        from evallib.charts.fonts import chinese_font

        wide, high = (length + 2 * MARGIN for length in (self.width, self.height))
        with style.context(["default", {"path.simplify": False}]), warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=r"Glyph .* missing from")
            figure = Figure(figsize=(wide / 72, high / 72), facecolor="white", edgecolor="none")
            place = Affine2D().scale(1 / 72, -1 / 72).translate(MARGIN / 72, (high - MARGIN) / 72) + figure.dpi_scale_trans
            for order, shape in enumerate(self.shapes):
                look: Any = {"closed": shape.closed, "facecolor": shape.fill or "none", "edgecolor": shape.edge or "none"}
                look |= {"linewidth": shape.width if shape.edge else 0, "linestyle": (0, (3, 2)) if shape.dashed else "-"}
                look |= {"joinstyle": "miter" if shape.closed else "round", "capstyle": "butt", "transform": place, "zorder": order}
                figure.add_artist(Polygon(shape.points, **look))
            fonts = [*filter(None, [chinese_font()]), "DejaVu Sans"]
            for said in self.texts:
                look = {"color": said.color, "fontfamily": fonts, "fontsize": said.size, "fontweight": "bold" if said.bold else "normal"}
                look |= {"horizontalalignment": said.align, "parse_math": False, "transform": place, "zorder": len(self.shapes)}
                text = said.text if any(map(is_wide, said.text)) else said.text.translate(_STRAIGHT)
                figure.text(said.x, said.y, text, **look)
            buffer = io.BytesIO()
            figure.savefig(buffer, format="png", dpi=dpi, metadata={"Software": None})
        return buffer.getvalue()


def _lay(layers: list[tuple[str, list[str], list[tuple[float, float, float, float]]]], shape: _Shape) -> None:
    """A shape joins those that look the same, unless another lies between them."""
    a, b, c, d = shape.box
    for style, paths, boxes in reversed(layers):
        if style == shape.style:
            paths.append(shape.path)
            boxes.append(shape.box)
            return
        if any(a <= right + 1 and c >= left - 1 and b <= low + 1 and d >= high - 1 for left, high, right, low in boxes):
            break
    layers.append((shape.style, [shape.path], [shape.box]))
