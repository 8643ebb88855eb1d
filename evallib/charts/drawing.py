"""What a chart is, and how it is drawn: palette, fonts, a sheet measured in points, SVG with real text, PNG. Nothing of the field."""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
import warnings
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from html import escape
from math import cos, pi, sin
from typing import Any, Literal
from xml.etree import ElementTree

import pandas as pd
from matplotlib import rc_context, rcParamsDefault
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon
from matplotlib.text import Text
from matplotlib.transforms import Affine2D
from PIL import Image

from evallib.charts.fonts import chinese_font
from evallib.model.signs import is_hidden
from evallib.model.words import Lang

INK = "#1f2428"  # text, the line of a target, outlines of what was planned
MUTED = "#5b646d"  # second texts
FAINT = "#d3d8dd"  # guides, zero lines, what is still planned
QUIET = "#aab4be"  # what needs no attention
LAST_YEAR = "#a9cfcb"  # last year, lighter than this year
ACCENT = "#2b7a78"  # the actual
GOOD = "#0072b2"  # a good variance (Okabe-Ito blue), always with a sign or a word
BAD = "#d55e00"  # a bad one (Okabe-Ito vermillion), always with a sign or a word
PALETTE = {"ink": INK, "muted": MUTED, "faint": FAINT, "quiet": QUIET, "last-year": LAST_YEAR, "accent": ACCENT, "good": GOOD, "bad": BAD}
"""The colours by the names that they have in the page's style sheet."""

WIDTH = 518.4  # points: 7.2 inches, a column of the page
BODY, SMALL = 9.5, 9.0  # sizes of text, in points
LEADING = 10.5  # from one line of a text to the next

READER_FONTS = (
    "system-ui, 'Microsoft YaHei', 'PingFang SC', 'Noto Sans CJK SC', 'Source Han Sans SC', SimHei, 'WenQuanYi Micro Hei', sans-serif"
)
_DRAWN: dict[Any, Any] = {
    "svg.fonttype": "none",
    "text.usetex": False,
    "axes.unicode_minus": False,
    "text.parse_math": False,
    "path.simplify": False,
    "savefig.bbox": "standard",
}

_ALONE = """<style>@scope{
:scope{margin:0;padding:.5rem .8rem;max-width:48rem;background:#fff;color:#1b1f24;color-scheme:light;font:15px/1.6 system-ui,sans-serif}
figcaption{text-align:left}img{display:block;width:100%;height:auto}.quiet{color:#57606a;font-size:.875rem}.source{margin:.3rem 0}
.scroll{overflow-x:auto}summary{cursor:pointer}table{border-collapse:collapse;font-size:.85rem;color:inherit}
th,td{padding:.3rem .7rem .3rem 0;text-align:left;border-bottom:1px solid #d5d9de}}</style>"""
"""How a chart looks that a notebook shows by itself, in light and in dark: as on paper. A page drops it, and has its own style."""

Align = Literal["left", "center", "right"]


def _families() -> list[str]:
    found = chinese_font()
    return [found, "DejaVu Sans"] if found else ["DejaVu Sans"]


@cache
def _defaults() -> dict[Any, Any]:
    """What matplotlib sets by itself, but for what is of the machine and not of the picture."""
    machine = ("backend", "interactive", "toolbar", "webagg", "tk.", "timezone", "date.epoch", "savefig.directory")
    return {name: value for name, value in rcParamsDefault.items() if not str(name).startswith(machine)}


@contextmanager
def _quietly(salt: str) -> Iterator[None]:
    """Settings for drawing, whatever else is set, without a trace outside; a glyph that no font has is for `chinese_font` to tell."""
    with rc_context({**_defaults(), **_DRAWN, "svg.hashsalt": salt}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from")
        yield


def clean(text: str) -> str:
    """Text without control, direction-override and other invisible characters; white space becomes single spaces.

    >>> clean("a\\x00b\\n c\\u202e")
    'ab c'
    """
    text = re.sub(r"\s+", " ", text)
    return "".join(c for c in text if not is_hidden(c)).strip()


def inside(name: str) -> str:
    """An English name as it stands inside a sentence: with a small letter, unless it is written in capitals.

    >>> inside("Opening carry-over"), inside("GDP")
    ('opening carry-over', 'GDP')
    """
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def text_width(text: str, size: float) -> float:
    """About how wide a text is, in points, in the wide ones among readers' fonts."""
    return sum(_em(c) for c in text) * size


@cache
def _em(c: str) -> float:
    if unicodedata.east_asian_width(c) in "WFA" and c not in "×÷±−…":
        return 1.0
    if c in "iljtfrI.,:;'|!()[]/ ":
        return 0.38
    if c in "mwMW%@+−=×÷":
        return 0.86
    return 0.7 if c.isupper() else 0.64 if c.isdigit() else 0.57


def widest(texts: Iterable[str], size: float = SMALL) -> float:
    """The width of the widest of some texts, in points; nothing where there are none."""
    return max((text_width(text, size) for text in texts), default=0.0)


def shorten(text: str, width: float, size: float) -> str:
    """The text where it fits; otherwise as much of it as does, and an ellipsis."""
    text = clean(text)
    if text_width(text, size) <= width:
        return text
    room = width - text_width("…", size)
    kept = 0
    while kept < len(text) and text_width(text[: kept + 1], size) <= room:
        kept += 1
    return text[:kept].rstrip() + "…"


def wrap(text: str, width: float, size: float = BODY) -> list[str]:
    """A name in one line or, broken where it reads best, in two; what does not fit ends in an ellipsis."""
    text = clean(text) or "—"
    if text_width(text, size) <= width:
        return [text]
    best: tuple[float, list[str]] | None = None
    for at in range(1, len(text)):
        before, after = text[at - 1], text[at]
        wide = unicodedata.east_asian_width(before) in "WF" and unicodedata.east_asian_width(after) in "WF"
        if not (wide or before == " ") or after in "、，。；：）》”%" or before in "（《“":
            continue
        first, second = text[:at].rstrip(), text[at:].lstrip()
        one, two = text_width(first, size), text_width(second, size)
        if one <= width and two <= width:
            cost = abs(one - two) - (width / 2 if before in "、，；：）和的与" else 0)
            best = min(best or (cost, [first, second]), (cost, [first, second]))
    if best:
        return best[1]
    head = shorten(text, width + text_width("…", size), size).removesuffix("…")
    head = head[: head.rindex(" ")] if " " in head[len(head) // 2 :] else head
    return [head.rstrip(), shorten(text[len(head) :].lstrip(), width, size)]


class _Line(Text):
    """A line of text set by its baseline. In SVG it is not measured: the reader's machine sets it."""

    def draw(self, renderer: RendererBase) -> None:
        figure = self.get_figure()
        if figure is None or not isinstance(figure.canvas, FigureCanvasSVG):
            super().draw(renderer)
            return
        x, y = self.get_transform().transform(self.get_position())
        context = renderer.new_gc()
        context.set_foreground(self.get_color())
        renderer.draw_text(context, x, figure.bbox.height - y, self.get_text(), self.get_fontproperties(), 0, mtext=self)
        context.restore()


class Sheet:
    """A figure to draw on, measured in points from its top left corner, as wide as the page's column.

    Nothing is measured while drawing and nothing is painted behind, so that a chart costs little and suits any page.
    """

    def __init__(self) -> None:
        self._down = Affine2D()
        with _quietly(""):
            self._figure = Figure(figsize=(WIDTH / 72, 1), facecolor="none", edgecolor="none")
        self._place = self._down + self._figure.dpi_scale_trans
        self._fonts = _families()
        self._drawn: list[Callable[[], Artist]] = []
        """What is to be drawn, in order: all of it at the end, under our own settings."""

    def finish(self, height: float) -> Figure:
        """The figure, as high as asked. What was drawn later lies above."""
        with _quietly(""):
            for place, drawn in enumerate(self._drawn, 1):
                artist = drawn()
                artist.set_zorder(place)
                self._figure.add_artist(artist)
        self._figure.set_size_inches(WIDTH / 72, height / 72)
        self._down.scale(1 / 72, -1 / 72).translate(0, height / 72)
        return self._figure

    def text(
        self, x: float, y: float, text: str, *, size: float = BODY, color: str = INK, align: Align = "left", bold: bool = False
    ) -> None:
        """A line of text whose middle is at height `y`."""
        self._drawn.append(
            lambda: _Line(
                x,
                y + 0.36 * size,
                clean(text),
                color=color,
                fontsize=size,
                fontfamily=self._fonts,
                parse_math=False,
                usetex=False,
                fontweight="bold" if bold else "normal",
                horizontalalignment=align,
                verticalalignment="baseline",
                transform=self._place,
            )
        )

    def lines(
        self, x: float, y: float, texts: Sequence[tuple[str, str]], *, size: float = BODY, align: Align = "left", bold: bool = False
    ) -> None:
        """Lines of text, each with its colour, as a block whose middle is at height `y`."""
        for place, (text, color) in enumerate(texts):
            self.text(x, y + (place - (len(texts) - 1) / 2) * LEADING, text, size=size, color=color, align=align, bold=bold)

    def name(self, y: float, text: str, width: float, *, x: float = 0, size: float = BODY, color: str = INK, bold: bool = False) -> None:
        """A name in its column, in one line or two, whose middle is at height `y`."""
        self.lines(x, y, [(line, color) for line in wrap(text, width, size)], size=size, bold=bold)

    def shape(self, points: Sequence[tuple[float, float]], *, fill: str | None = None, edge: str | None = None, width: float = 0.9) -> None:
        """A closed shape, filled, outlined or both."""
        self._drawn.append(
            lambda: Polygon(
                points,
                closed=True,
                facecolor=fill or "none",
                edgecolor=edge or "none",
                linewidth=width if edge else 0,
                joinstyle="miter",
                transform=self._place,
            )
        )

    def dot(self, x: float, y: float, radius: float, fill: str) -> None:
        """A round mark."""
        self.shape([(x + radius * cos(2 * pi * n / 20), y + radius * sin(2 * pi * n / 20)) for n in range(20)], fill=fill)

    def diamond(self, x: float, y: float, radius: float) -> None:
        """A mark for what others say of themselves."""
        self.shape([(x - radius, y), (x, y - radius), (x + radius, y), (x, y + radius)], fill=FAINT, edge=INK)

    def line(self, x0: float, y0: float, x1: float, y1: float, *, color: str = FAINT, width: float = 0.8, dashed: bool = False) -> None:
        """A straight line."""
        self._drawn.append(
            lambda: Line2D(
                [x0, x1],
                [y0, y1],
                color=color,
                linewidth=width,
                linestyle=(0, (3, 2)) if dashed else "-",
                solid_capstyle="butt",
                transform=self._place,
            )
        )

    def bar(
        self, x0: float, x1: float, y: float, height: float, *, fill: str | None = None, edge: str | None = None, cut: float | None = None
    ) -> None:
        """A bar from `x0` to `x1`. Where `cut` is given it is broken there by a slanted gap: it is longer than it is drawn."""
        top, low = y - height / 2, y + height / 2
        if cut is None:
            self.shape([(x0, top), (x1, top), (x1, low), (x0, low)], fill=fill, edge=edge)
            return
        lean, gap = 2.0, 3.0
        for a, b, first in ((x0, cut - gap / 2, True), (cut + gap / 2, x1, False)):
            left = [(a, low), (a, top)] if first else [(a - lean, low), (a + lean, top)]
            right = [(b + lean, top), (b - lean, low)] if first else [(b, top), (b, low)]
            self.shape([*left, *right], fill=fill)
            if edge:
                outline = [left[0], left[1], right[0], right[1]] if first else [left[0], right[1], right[0], left[1]]
                ends = ((0, 3), (0, 1), (1, 2)) if first else ((0, 1), (1, 2), (2, 3))
                for i, j in ends:
                    self.line(*outline[i], *outline[j], color=edge, width=0.9)
        for x in (cut - gap / 2, cut + gap / 2):
            self.line(x - lean - 0.8, low + 2, x + lean + 0.8, top - 2, color=INK, width=0.8)


@dataclass(frozen=True, eq=False, repr=False)
class Chart:
    """A picture with its words.

    `title` says the finding and `subtitle` what is drawn, in which unit and how to read it; `alt` says it all to those who
    cannot see it; `source` says where the numbers come from; `data` holds them as text, as a table under the picture.
    Title and subtitle are not part of the figure: a page prints them above it. `to_png` draws them in. `nothing`: it only says
    that there is nothing to draw, and a page does without. `of` says of which evaluation it is, where it is shown by itself.
    """

    id: str
    title: str
    subtitle: str
    alt: str
    source: str
    data: pd.DataFrame
    figure: Figure
    lang: Lang
    nothing: bool = False
    of: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        for part in ("title", "subtitle", "alt", "source"):
            object.__setattr__(self, part, clean(getattr(self, part)))
        object.__setattr__(self, "data", self.data.map(clean))

    def to_svg(self) -> str:
        """The picture as an `<svg>` element to put into a page: real text, no ids, no styles of its own outside it.

        The same chart always gives the same text.
        """
        buffer = io.BytesIO()
        with _quietly(self.id):
            self.figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
        root = ElementTree.fromstring(buffer.getvalue().decode())
        for parent in list(root.iter()):
            for child in list(parent):
                if child.tag.endswith("}metadata") or child.tag.endswith("}defs"):
                    parent.remove(child)
        for node in root.iter():
            node.tag = node.tag.rpartition("}")[2]
            node.tail = None
            if node.tag != "text":
                node.text = None
            node.attrib.pop("id", None)
            for key in ("d", "x", "y"):
                if key in node.attrib:
                    node.attrib[key] = re.sub(r"-?\d+\.\d+(e-?\d+)?", _two_decimals, node.attrib[key])
                    node.attrib[key] = re.sub(r"\s+", " ", node.attrib[key]).strip()
            if node.get("transform", "").startswith("rotate(0 "):
                del node.attrib["transform"]
            if "style" in node.attrib:
                node.attrib["style"] = re.sub(r"font-family: [^;]*;? ?", "", node.attrib["style"]).replace("text-anchor: start; ", "")
                node.attrib["style"] = node.attrib["style"].replace(": ", ":").replace("; ", ";")
        _flatten(root)
        size = {key: root.attrib[key] for key in ("width", "height", "viewBox")}
        root.attrib.clear()
        root.attrib.update(
            {
                "xmlns": "http://www.w3.org/2000/svg",
                **size,
                "role": "img",
                "aria-label": self.alt,
                "lang": "zh-CN" if self.lang == "zh" else "en",
                "data-chart": self.id,
                "font-family": READER_FONTS,
                "stroke-linejoin": "miter",
                "stroke-linecap": "butt",
            }
        )
        return ElementTree.tostring(root, encoding="unicode") + "\n"

    @cached_property
    def _svg(self) -> str:
        return self.to_svg()

    @property
    def sha256(self) -> str:
        """What tells the picture from all others: the SHA-256 of its SVG."""
        return hashlib.sha256(self._svg.encode()).hexdigest()

    def to_html(self, style: str = "") -> str:
        """The chart as a figure: its finding, its picture with the words for who cannot see it, its numbers as a table."""
        if self.nothing:
            return ""
        title, numbers = escape(self.title), "图中数据" if self.lang == "zh" else "The numbers in this chart"
        picture = f'<img alt="{escape(self.alt)}" src="data:image/svg+xml;base64,{b64encode(self._svg.encode()).decode("ascii")}">'
        heads = "".join(f'<th scope="col">{escape(str(head))}</th>' for head in self.data.columns)
        rows = "".join(
            f'<tr><th scope="row">{escape(str(first))}</th>{"".join(f"<td>{escape(str(cell))}</td>" for cell in cells)}</tr>\n'
            for first, *cells in self.data.to_numpy().tolist()
        )
        return f"""<figure class="chart" id="c-{escape(self.id)}">{style}
<figcaption><strong>{title}</strong><br><span class="quiet">{escape(self.subtitle)}</span></figcaption>
<div class="scroll" tabindex="0" role="region" aria-label="{title}">{picture}</div>
<p class="quiet source">{escape(self.source)}</p>
<details><summary>{numbers}</summary>
<div class="scroll" tabindex="0" role="region" aria-label="{numbers}: {title}"><table>
<thead><tr>{heads}</tr></thead>
<tbody>
{rows}</tbody></table></div></details>
</figure>
"""

    def __repr__(self) -> str:
        return f"<Chart {self.id}>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> tuple[dict[str, str], dict[str, Any]]:
        """What a notebook keeps of it: the figure, and by what a page knows it."""
        html = self.to_html(_ALONE) or f"<p>{escape(self.title)}</p>"
        mark = {"kind": "chart", "id": self.id, "absent": self.nothing, "sha256": self.sha256, "of": self.of and dict(self.of)}
        return {"text/html": html, "text/plain": repr(self)}, {"evallib": mark}

    def to_png(self, dpi: int = 200) -> bytes:
        """The picture as PNG on white, with title and subtitle drawn in, for documents that take no SVG.

        Needs a Chinese font for Chinese text: see `chinese_font`.
        """
        head = _heading(self.title, self.subtitle)
        with _quietly(self.id):
            parts = [_pixels(figure, dpi) for figure in (head, self.figure)]
        whole = Image.new("RGB", (max(part.width for part in parts), sum(part.height for part in parts)), "white")
        whole.paste(parts[0], (0, 0))
        whole.paste(parts[1], (0, parts[0].height))
        buffer = io.BytesIO()
        whole.save(buffer, format="PNG", dpi=(dpi, dpi), optimize=False)
        return buffer.getvalue()


def _two_decimals(number: re.Match[str]) -> str:
    text = f"{float(number[0]):.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _flatten(root: ElementTree.Element) -> None:
    """Only what is seen, without the groups that wrap it."""
    leaves = [node for node in root.iter() if node.tag == "text" or (node.tag == "path" and node.get("style") != "fill:none")]
    for child in list(root):
        root.remove(child)
    root.extend(leaves)


def _pixels(figure: Figure, dpi: int) -> Image.Image:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=dpi, facecolor="white", pil_kwargs={"compress_level": 0})
    with Image.open(buffer) as image:
        return image.convert("RGB")


def _heading(title: str, subtitle: str) -> Figure:
    sheet, y = Sheet(), 14.0
    for text, size, color, bold in ((title, 13.0, INK, True), (subtitle, SMALL, MUTED, False)):
        for line in paragraph(text, WIDTH - 6, size):
            sheet.text(0, y, line, size=size, color=color, bold=bold)
            y += size * 1.45
        y += 2
    return sheet.finish(y)


def paragraph(text: str, width: float, size: float) -> list[str]:
    """A text in as many lines as it takes."""
    lines = [""]
    for word in re.findall(r"[^\x00-\x7f][、，。；：）》”]*|[!-~]+\s*|\s+", text):
        if lines[-1] and text_width((lines[-1] + word).rstrip(), size) > width:
            lines.append("")
        lines[-1] += word
    return [line.rstrip() for line in lines]
