"""What a section of the page says, on paper: headings, paragraphs, lists, tables, pictures. Knows no report."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import html as lxml_html
from lxml.html import HtmlElement

from evallib.charts.drawing import Chart
from evallib.model.words import Lang
from evallib.pages.outline import numeral
from evallib.word.paper import Cell, Paper, Run

_PASSED = {"bar", "unseen", "place", "left-out", "state"}
"""What a page shows and paper does not: by class."""
_NUMBERED = re.compile(r"^\s*(?:\d+(?:\.\d+)*[.、]?|[（(]?[一二三四五六七八九十]+[）)、])\s*")


@dataclass
class Flow:
    """Sections as they come, under the chapters of a document."""

    paper: Paper
    lang: Lang
    charts: Mapping[str, Chart] = field(default_factory=dict)
    _level: int = 1
    _counts: list[int] = field(default_factory=lambda: [0, 0, 0, 0])

    def heading(self, text: str, level: int, numbered: bool = True) -> None:
        """A heading with the number that official documents give it: 一、 then （一） then 1."""
        self._counts[level] += 1
        self._counts[level + 1 :] = [0] * (len(self._counts) - level - 1)
        count, text = self._counts[level], _NUMBERED.sub("", text)
        chinese = (f"{numeral(count)}、", f"（{numeral(count)}）", f"{count}. ")[min(level, 3) - 1]
        english = (f"{count}. ", f"{self._counts[1]}.{count} ", f"({chr(96 + min(count, 26))}) ")[min(level, 3) - 1]
        self._level = level
        self.paper.heading(((chinese if self.lang == "zh" else english) if numbered else "") + text, min(level, 3))

    def section(self, source: str, level: int) -> None:
        """A piece of HTML of the kit's own, or of Markdown; its headings begin at `level`."""
        if source.strip():
            for element in lxml_html.fragments_fromstring(source):
                if isinstance(element, str):
                    self._text(element)
                else:
                    self._block(element, level)

    def _text(self, text: str) -> None:
        if text.strip():
            self.paper.body([Run(_plain(text))])

    def _block(self, element: HtmlElement, level: int) -> None:
        if not isinstance(element.tag, str) or _PASSED & set((element.get("class") or "").split()):
            return
        match element.tag:
            case "h2" | "h3" | "h4" | "h5":
                self.heading(_said(element), min(level + int(element.tag[1]) - 3, 3) if element.tag != "h2" else level)
            case "p":
                if runs := [*_runs(element)]:
                    self.paper.body(runs, small="quiet" in (element.get("class") or ""))
            case "ul" | "ol":
                self._list(element)
            case "dl":
                self._terms(element)
            case "table":
                self.paper.table([*_rows(element)])
            case "figure":
                self._figure(element)
            case "summary" | "style" | "script":
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
            if runs := [*_runs(item, without=("ul", "ol"))]:
                self.paper.body([Run(mark if element.tag == "ol" else ""), *runs], indent=depth)
            for child in inner:
                self._list(child, depth + 1)

    def _terms(self, element: HtmlElement) -> None:
        colon = "：" if self.lang == "zh" else ": "
        for term in element.iterchildren("dt"):
            said = term.getnext()
            if said is not None and said.tag == "dd" and (runs := [*_runs(said)]):
                self.paper.body([Run(_said(term) + colon, bold=True), *runs])

    def _figure(self, element: HtmlElement) -> None:
        chart = self.charts.get((element.get("id") or "").removeprefix("c-"))
        if chart is not None:
            self.paper.picture(chart.to_png(), chart.alt)
            self.paper.body([Run(chart.source)], small=True)


def _rows(table: HtmlElement) -> Iterator[list[Cell]]:
    for row in table.iter("tr"):
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        if cells:
            head = all(cell.tag == "th" and cell.get("scope") != "row" for cell in cells)
            yield [
                Cell(
                    _said(cell), int(cell.get("colspan") or 1), int(cell.get("rowspan") or 1), head, "n" in (cell.get("class") or "").split()
                )
                for cell in cells
            ]


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
                within = [Run("［"), *within, Run("］")]
            yield from within
        if text := _plain(child.tail or ""):
            yield Run(text, bold, italic)


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text) if text.strip() else " " if text and "\n" not in text else ""
