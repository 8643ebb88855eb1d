"""The official report of a department's year: the sections of its page in the order of an outline, with the texts that people write."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

from markupsafe import Markup

from evallib.charts.drawing import Chart
from evallib.kit import CATALOGUE
from evallib.model.words import Lang, Words, words
from evallib.model.years import EvaluatedYear
from evallib.pages.markdown import Around, Heading, markdown_parts
from evallib.pages.rendering import environment
from evallib.pages.report import CHART_OF, Report
from evallib.say.sentences import sentence
from evallib.word.flow import Flow
from evallib.word.paper import Paper, Run


@cache
def outline() -> dict[str, Any]:
    """The chapters and the texts that people write, as the catalogue has them."""
    return tomllib.loads((CATALOGUE / "outline.toml").read_text(encoding="utf-8"))


class _Sections(Report):
    """The sections of a report, whose charts are kept to be put on paper."""

    def __init__(self, checked: EvaluatedYear, lang: Lang) -> None:
        super().__init__(checked, lang)
        self.charts: dict[str, Chart] = {}

    def draw(self, name: str) -> Chart:
        chart = super().draw(name)
        self.charts[chart.id] = chart
        return chart

    def _figure(self, name: str, drawings: list[str]) -> Markup:
        chart = self.draw(name)
        return Markup("") if chart.nothing else Markup(f'<figure id="c-{chart.id}"></figure>')

    def of(self, id: str) -> str:  # type: ignore[override]
        before = ""
        if id in CHART_OF and id in self.shown:
            before = str(self._figure(CHART_OF[id], []))
        return before + self.section(id).html

    def annex(self) -> str:
        names = {"w": lambda text: text[self.lang], "t": lambda zh, en: zh if self.lang == "zh" else en}
        return environment().get_template("word/annex.html.j2").render(lang=self.lang, **(self.names("annex") | names))


def report(checked: EvaluatedYear, lang: Lang, texts: Mapping[str, str]) -> tuple[bytes, tuple[Words, ...]]:
    """The report as a Word file, and the names of the texts that are still to be written."""
    sections, plan = _Sections(checked, lang), outline()
    e = sections.evaluation
    paper = Paper(lang, f"{e.record.name[lang]}\n{sentence('word.title', year=e.catalogue.year(e.record.year))[lang]}")
    paper.cover([text for key in ("client", "evaluator", "period") if (text := e.record.find_profile(key, lang))])
    paper.contents(sentence("word.contents")[lang])
    flow, open_texts = Flow(paper, lang, sections.charts), list[Words]()
    for chapter in plan["chapter"]:
        flow.heading(words(*chapter["heading"])[lang], 1)
        several = len(chapter["parts"]) > 1
        for part in chapter["parts"]:
            text = plan["text"].get(part)
            html = _written(texts.get(part, "")) if text else sections.of(part)
            if not html.strip() and not text:
                continue
            if several:
                flow.heading(words(*text["name"])[lang] if text else sections.SECTIONS[part][lang], 2)
            if html.strip():
                flow.section(html, 3 if several else 2)
            elif text:
                open_texts.append(words(*text["name"]))
                paper.body([Run(sentence("word.to_come", about=words(*text["about"]))[lang], open=True)])
    paper.landscape()
    paper.heading(sentence("word.annex")[lang], 1)
    flow.section(sections.annex(), 2)
    return paper.pack(), tuple(open_texts)


def _written(text: str) -> str:
    return "\n".join(
        f"<h{part.level + 2}>{part.html}</h{part.level + 2}>" if isinstance(part, Heading) else part
        for part in (markdown_parts(text, Around()) if text.strip() else [])
    )
