"""What a section of the page says, on paper: headings, paragraphs, lists, tables, pictures. Knows no report."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO

from lxml import html as lxml_html
from lxml.html import HtmlElement
from PIL import Image

from evallib.charts.drawing import Chart
from evallib.model.words import Lang
from evallib.say.numbers import numeral
from evallib.say.sentences import sentence
from evallib.word.cells import Cell
from evallib.word.paper import TALLEST, Paper, Run

_PASSED = {"bar", "unseen", "place", "left-out", "state"}
"""What a page shows and paper does not: by class."""
_WHITE = 255
_NUMBERED = re.compile(r"^\s*(?:\d+(?:\.\d+)*[.、]?|[（(]?[一二三四五六七八九十]+[）)、])\s*")


@dataclass
class Flow:
    """Sections as they come, under the chapters of a document."""

    paper: Paper
    lang: Lang
    _level: int = 1
    _counts: list[int] = field(default_factory=lambda: [0, 0, 0, 0])
    _charts: Mapping[str, Chart] = field(default_factory=dict)
    _style: str = "Normal"

    def heading(self, text: str, level: int) -> None:
        """A heading with the number that official documents give it: 一、 then （一） then 1."""
        self._counts[level] += 1
        self._counts[level + 1 :] = [0] * (len(self._counts) - level - 1)
        count, text = self._counts[level], _NUMBERED.sub("", text)
        chinese = (f"{numeral(count)}、", f"（{numeral(count)}）", f"{count}. ")[min(level, 3) - 1]
        english = (f"{count}. ", f"{self._counts[1]}.{count} ", f"({chr(96 + min(count, 26))}) ")[min(level, 3) - 1]
        self._level = level
        self.paper.heading((chinese if self.lang == "zh" else english) + text, min(level, 3))

    def section(self, source: str, level: int, charts: Mapping[str, Chart], style: str = "Normal") -> None:
        """A piece of HTML of the kit's own, or of Markdown; its headings begin at `level`, its paragraphs have a style."""
        self._charts, self._style = charts, style
        if source.strip():
            for element in lxml_html.fragments_fromstring(source):
                if isinstance(element, str):
                    self._text(element)
                else:
                    self._block(element, level)

    def _text(self, text: str) -> None:
        if text.strip():
            self.paper.body([Run(_plain(text))], self._style)

    def _block(self, element: HtmlElement, level: int) -> None:
        if not isinstance(element.tag, str) or _PASSED & set((element.get("class") or "").split()):
            return
        match element.tag:
            case "h2" | "h3" | "h4" | "h5":
                self.heading(_said(element), min(level + int(element.tag[1]) - 3, 3) if element.tag != "h2" else level)
            case "p":
                if runs := [*_runs(element)]:
                    self.paper.body(runs, "Note" if "quiet" in (element.get("class") or "") else self._style)
            case "ul" | "ol":
                self._list(element)
            case "dl":
                self._terms(element)
            case "table":
                self.paper.table(_without_empty([*_rows(element)]))
            case "figure":
                self._figure(element)
            case "summary":
                self.heading(_said(element), min(level, 3))
            case "style" | "script":
                pass
            case _:
                self._text(element.text or "")
                for child in element:
                    self._block(child, level)
                    self._text(child.tail or "")

    def _list(self, element: HtmlElement, depth: int = 0) -> None:
        for count, item in enumerate(element.iterchildren("li"), 1):
            mark = f"（{count}）" if self.lang == "zh" else f"({count}) "
            inner = [child for child in item if child.tag in ("ul", "ol")]
            if runs := [*map(self._asked, _runs(item, without=("ul", "ol")))]:
                self.paper.body([Run(mark if element.tag == "ol" else ""), *runs], indent=depth)
            for child in inner:
                self._list(child, depth + 1)

    def _asked(self, run: Run) -> Run:
        """What nobody wrote yet, asked for as everywhere in the report."""
        return run._replace(text=sentence("word.to_come", about=run.text.rstrip("。."))[self.lang]) if run.open else run

    def _terms(self, element: HtmlElement) -> None:
        """What a list of terms says, in one paragraph as official texts have it."""
        colon, semicolon, stop = "：；。" if self.lang == "zh" else (": ", "; ", ".")
        said = list[list[Run]]()
        for term in element.iterchildren("dt"):
            there = term.getnext()
            if there is not None and there.tag == "dd" and (runs := [*_runs(there)]) and any(run.text.strip() for run in runs):
                said.append([Run(_said(term) + colon), *runs])
        if said:
            between = [run for one in said for run in (*one, Run(semicolon))]
            self.paper.body([*between[:-1], Run(stop if not between[-2].text.rstrip().endswith((*"。.？！?!",)) else "")])

    def _figure(self, element: HtmlElement) -> None:
        chart = self._charts.get((element.get("id") or "").removeprefix("c-"))
        if chart is not None:
            *firsts, last = _sheets(chart.to_png())
            for png in (*firsts, last):
                self.paper.picture(png, chart.alt, kept=png is last)


def _sheets(png: bytes) -> list[bytes]:
    """A picture, in two where it is too tall for a sheet: cut in the widest white band about its middle, so that no letter gets smaller."""
    whole = Image.open(BytesIO(png)).convert("RGB")
    if whole.height <= whole.width * TALLEST:
        return [png]
    plain, bands = whole.convert("L"), [range(whole.height // 2, whole.height // 2)]
    for y in range(whole.height // 4, whole.height * 3 // 4):
        if plain.crop((0, y, whole.width, y + 1)).getextrema()[0] == _WHITE:
            bands.append(range(bands.pop().start if bands[-1].stop == y else y, y + 1))
    band = max(bands, key=len)
    at, made = (band.start + band.stop) // 2, list[bytes]()
    for top, low in ((0, at), (at, whole.height)):
        part = BytesIO()
        whole.crop((0, top, whole.width, low)).save(part, format="PNG", dpi=(200, 200))
        made += _sheets(part.getvalue())
    return made


def _without_empty(rows: list[list[Cell]]) -> list[list[Cell]]:
    """A table without the columns that have a head alone; as it is where cells span."""
    if any(cell.columns > 1 or cell.rows > 1 for row in rows for cell in row) or len({len(row) for row in rows}) != 1:
        return rows
    kept = [at for at in range(len(rows[0])) if any(row[at].text.strip(" —") for row in rows if not row[at].head)]
    return [[row[at] for at in kept] for row in rows] if kept else rows


def _rows(table: HtmlElement) -> Iterator[list[Cell]]:
    for row in table.iter("tr"):
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        if cells:
            head = all(cell.tag == "th" and cell.get("scope") in (None, "col", "colgroup") for cell in cells)
            yield [_cell(cell, head) for cell in cells]


def _cell(cell: HtmlElement, head: bool) -> Cell:
    columns, rows, share = (cell.get(name) or 0 for name in ("colspan", "rowspan", "data-share"))
    number, strong = "n" in (cell.get("class") or "").split(), cell.get("scope") == "rowgroup"
    return Cell(_said(cell), int(columns) or 1, int(rows) or 1, head, number, float(share), strong)


def _said(element: HtmlElement) -> str:
    return "".join(run.text for run in _runs(element)).strip()


def _runs(element: HtmlElement, bold: bool = False, italic: bool = False, without: tuple[str, ...] = ()) -> Iterator[Run]:
    """The text of an element, in stretches."""
    if text := _plain(element.text or ""):
        yield Run(text, bold, italic)
    for child in element:
        kind = set((child.get("class") or "").split()) if isinstance(child.tag, str) else _PASSED
        if child.tag == "br":
            yield Run("\n")
        elif not kind & _PASSED and child.tag not in (*without, "svg", "script", "style"):
            within = [*_runs(child, bold or child.tag in ("strong", "b"), italic or child.tag in ("em", "i"))]
            if "mark" in kind and within:
                left, right = "[]" if all(run.text.isascii() for run in within) else "［］"
                within = [Run(left), *within, Run(right)]
            if child.tag == "span" and "bad" in kind and next(child.iterancestors("li"), None) is not None:  # what nobody wrote yet
                within = [run._replace(open=True) for run in within]
            yield from within
        if text := _plain(child.tail or ""):
            yield Run(text, bold, italic)


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text) if text.strip() else " " if text and "\n" not in text else ""
