"""What a chart is: a picture at two widths with its words, as SVG, HTML and PNG. Nothing of the field."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

from evallib.charts.measure import clean, paragraph, text_width
from evallib.charts.sheet import INK, MUTED, PHONE, WIDE, Sheet, Size
from evallib.model.words import Lang

if TYPE_CHECKING:
    import pandas as pd

Draw = Callable[[Sheet], float]
"""Draws on a sheet, as its width asks for, and says how high that became."""

_ALONE = """<style>@scope{
:scope{margin:0;padding:.5rem .8rem;max-width:48rem;background:#fff;color:#1b1f24;color-scheme:light;font:15px/1.6 system-ui,sans-serif}
figcaption{text-align:left}img{display:block;width:100%;height:auto}.narrow{display:none}.quiet{color:#57606a;font-size:.875rem}
.scroll{overflow-x:auto}summary{cursor:pointer}table{border-collapse:collapse;font-size:.85rem;color:inherit}
th,td{padding:.3rem .7rem .3rem 0;text-align:left;border-bottom:1px solid #d5d9de}}</style>"""
"""How a chart looks that a notebook shows by itself, in light and in dark: as on paper. A page drops it, and has its own style."""


@dataclass(frozen=True, eq=False, repr=False)
class Chart:
    """A picture with its words.

    `title` says the finding and `subtitle` what is drawn, in which unit and how to read it; `alt` says it all to those who
    cannot see it; `source` says where the numbers come from, `marks` what they are not (reconstructed, synthetic, a draft): both
    stand in the picture. `heads` and `rows` are the numbers as text, as a table under the picture. Title and subtitle are not part of the
    drawing: a page prints them above it. `to_png` draws them in. `nothing`: it only says that there is nothing to draw, and a page
    does without. `of` says of which evaluation it is, where it is shown by itself.
    """

    id: str
    title: str
    subtitle: str
    alt: str
    source: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    draw: Draw
    lang: Lang
    marks: tuple[str, ...] = ()
    nothing: bool = False
    of: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        for part in ("title", "subtitle", "alt", "source"):
            object.__setattr__(self, part, clean(getattr(self, part)))
        object.__setattr__(self, "rows", [[*map(clean, row)] for row in self.rows])

    @property
    def data(self) -> pd.DataFrame:
        """The numbers as text, as a frame."""
        import pandas as pd  # late: a page needs none

        return pd.DataFrame(self.rows, columns=[*self.heads], dtype=object)

    def sheet(self, size: Size = WIDE, *, titled: bool = False) -> Sheet:
        """The drawing, with marks and source below it and, where asked, its title above."""
        sheet = Sheet(size)
        if titled:
            below = _written(sheet, 0, self.title, sheet.body * 1.4, INK, bold=True)
            sheet.top = _written(sheet, below, self.subtitle, sheet.small, MUTED) + 3
        y = self.draw(sheet) + 6
        x = 0.0
        for mark in self.marks:
            wide = text_width(mark, sheet.small) + 8
            sheet.bar(x + 0.5, x + wide, y + sheet.leading / 2 + 1, sheet.leading + 2, edge=MUTED)
            sheet.text(x + 4, y + sheet.leading / 2 + 1, mark, small=True, color=INK)
            x += wide + 6
        y += sheet.leading + 5 if self.marks else 0
        sheet.height = sheet.top + _written(sheet, y, self.source, sheet.small, MUTED)
        return sheet

    def to_svg(self, size: Size = WIDE, *, alone: bool = True) -> str:
        """The picture as an `<svg>` element to put into a page, for a wide one or a phone; `alone` it brings its own words.

        The same chart always gives the same text.
        """
        said = f'role="img" aria-label="{escape(self.alt)}" lang="{"zh-CN" if self.lang == "zh" else "en"}"' if alone else ""
        return self.sheet(size).svg(f'{said} data-chart="{escape(self.id)}"'.strip())

    @cached_property
    def _drawings(self) -> tuple[str, str]:
        """Those of a page: the wide one, and that of a phone. Their words stand around both."""
        return self.to_svg(alone=False), self.to_svg(PHONE, alone=False)

    @property
    def drawings(self) -> tuple[str, ...]:
        """What tells its pictures from all others: the SHA-256 of each SVG on a page."""
        return tuple(hashlib.sha256(svg.encode()).hexdigest() for svg in self._drawings)

    def to_html(self, style: str = "") -> str:
        """The chart as a figure: its finding, its pictures with the words for who cannot see them, its numbers as a table."""
        if self.nothing:
            return ""
        said = escape(" · ".join((*self.marks, self.source)))  # who cannot see the picture finds it with the numbers
        title, numbers = escape(self.title), "图中数据" if self.lang == "zh" else "The numbers in this chart"
        pictures = "".join(
            f'<img class="{name}" alt="" src="data:image/svg+xml;base64,{b64encode(svg.encode()).decode("ascii")}">'
            for name, svg in zip(("wide", "narrow"), self._drawings, strict=True)
        )
        heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in self.heads)
        rows = "".join(
            f'<tr><th scope="row">{escape(first)}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in cells)}</tr>\n'
            for first, *cells in self.rows
        )
        return f"""<figure class="chart" id="c-{escape(self.id)}">{style}
<figcaption><strong>{title}</strong><br><span class="quiet">{escape(self.subtitle)}</span></figcaption>
<div role="img" aria-label="{escape(self.alt)}">{pictures}</div>
<details><summary>{numbers}</summary>
<div class="scroll" tabindex="0" role="region" aria-label="{numbers}: {title}"><table>
<thead><tr>{heads}</tr></thead>
<tbody>
{rows}</tbody></table></div><p class="quiet source">{said}</p></details>
</figure>
"""

    def __repr__(self) -> str:
        return f"<Chart {self.id}>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> tuple[dict[str, str], dict[str, Any]]:
        """What a notebook keeps of it: the figure, and by what a page knows it."""
        html = self.to_html(_ALONE) or f"<p>{escape(self.title)}</p>"
        mark = {"kind": "chart", "id": self.id, "absent": self.nothing, "drawings": list(self.drawings), "of": self.of and dict(self.of)}
        return {"text/html": html, "text/plain": repr(self)}, {"evallib": mark}

    def to_png(self, dpi: int = 200) -> bytes:
        """The picture as PNG on white, with title and subtitle drawn in, for documents that take no SVG.

        Needs a Chinese font for Chinese text: see `chinese_font`.
        """
        return self.sheet(titled=True).png(dpi)


def _written(sheet: Sheet, y: float, text: str, size: float, color: str, *, bold: bool = False) -> float:
    """A text in as many lines as it takes; the height below it."""
    for line in paragraph(text, sheet.width - 4, size) if text else ():
        sheet.text(0, y + size * 0.7, line, size=size, color=color, bold=bold)
        y += size * 1.45
    return y + 3
