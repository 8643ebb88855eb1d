"""What the analyst's desk shows, as HTML: its few own sections, and parts of the report's. No state, no widget."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any, ClassVar

from bs4 import BeautifulSoup
from markupsafe import Markup

from evallib.charts.drawing import Chart
from evallib.charts.parts import signed
from evallib.kit import TEMPLATES
from evallib.model.evaluation import Evaluation
from evallib.model.words import Lang, Words
from evallib.model.years import EvaluatedYear
from evallib.pages.rendering import Section, Sections
from evallib.pages.report import Report
from evallib.pages.style import scoped_css
from evallib.say.sentences import sentence

SECTIONS = {
    id: sentence(f"desk.section.{id}") for id in ("headline", "problems", "indicator", "scenarios", "plan", "county", "taken", "checked")
}
"""The sections of the desk: id and heading."""


_LEADS_AWAY = re.compile(r' href="(?:#|\.\./)[^"]*"')


class DeskPage(Sections):
    """The desk's own sections in one language; each is given what it shows.

    >>> page = DeskPage("en", {"title": Words("不行", "No"), "problems": ["fix it"]})
    >>> "fix it" in page.section("problems").html
    True
    """

    SECTIONS: ClassVar[Mapping[str, Words]] = SECTIONS
    FOLDER = "desk"

    def __init__(self, lang: Lang, given: Mapping[str, Any]) -> None:
        super().__init__(lang)
        self.given = given

    def names(self, id: str) -> dict[str, Any]:
        return {"signed": signed, **self.given}

    def draw(self, name: str) -> Chart:
        raise KeyError(name)  # the charts are the report's


def report_section(report: Report, id: str) -> Section:
    """A section of the report, or why it has none. Its links lead nowhere here, for the other sections are not on the page."""
    if id not in report.shown:
        said = sentence("desk.left_out", reason=report.absent[id])[report.lang]
        return DeskPage(report.lang, {"title": report.SECTIONS[id], "problems": [said]}).section("problems")
    *charts, section = report.parts(id)
    drawn = "".join(chart.to_html() for chart in charts)
    return Section(id, inert(section.whole.replace("</h2>\n", f"</h2>\n{drawn}", 1)))


def inert(html: str) -> str:
    """HTML whose links to other places of a page are plain text.

    >>> inert('<a class="score" href="#i-quality">9.18</a>')
    '<a class="score">9.18</a>'
    """
    return _LEADS_AWAY.sub("", html)


def part_of_framework(checked: EvaluatedYear, dimension: str, group: str, lang: Lang) -> Section:
    """The analysis of one dimension, or of one group of it where a group is named, as the report has it."""
    e = checked.evaluation
    some = replace(
        e,
        sections=tuple(s for s in e.sections if s.dimension == dimension and (not s.within or group in ("", s.id))),
        indicators=tuple(i for i in e.indicators if i.dimension == dimension and group in ("", i.group)),
    )
    report = Report(replace(checked, evaluation=some), lang)
    html = _pieces(report.section("dimensions").html, "section > *") + _pieces(report.section("indicators").html, ".scroll")
    return Section(group or dimension, inert(html))


def indicator_section(recorded: Evaluation, checked: EvaluatedYear, id: str, lang: Lang) -> Section:
    """One indicator of an evaluation: working, rule, clause, facts and their sources, as the report has them."""
    e = checked.evaluation
    result = e.indicator(id)
    inputs = e.formula(result.formula).inputs if result.formula else ()
    numbers = {(n.fact, n.year) for one in inputs for n in one.with_parts}
    facts = tuple(f for f in e.record.facts if (f.fact, f.year) in numbers)
    targets = tuple(t for t in e.record.targets if t.indicator == id)
    cited = {f.source for f in facts} | {t.source for t in targets} | {j.source for j in result.judgements}
    record = e.record.model_copy(update={"facts": facts, "files": (), "sources": tuple(s for s in e.record.sources if s.source in cited)})
    sections = tuple(s for s in e.sections if s.id == result.dimension)
    entry = Report(replace(checked, evaluation=replace(e, indicators=(result,), sections=sections)), lang)
    framework = e.framework.model_copy(update={"sources": ()})
    appendix = Report(replace(checked, evaluation=replace(e, record=record, framework=framework)), lang)
    given = {
        "recorded": recorded.indicator(id),
        "now": result,
        "article": Markup(_pieces(entry.section("indicators").html, "article")),
        "facts": Markup(_pieces(appendix.section("facts").html, ".scroll")) if facts else "",
        "documents": Markup(_pieces(appendix.section("sources").html, "ul.documents")) if cited else "",
    }
    return Section(id, inert(DeskPage(lang, given).section("indicator").html))


def _pieces(html: str, selector: str) -> str:
    """The elements of a section that a CSS selector finds."""
    return "\n".join(str(found) for found in BeautifulSoup(html, "html.parser").select(selector))


@cache
def desk_css() -> str:
    """The page's style sheet, made to hold only inside the desk."""
    return scoped_css(".evallib-desk", (TEMPLATES / "desk" / "desk.css").read_text(encoding="utf-8"))


def framed(section: Section, lang: Lang) -> str:
    """A section as the desk shows it: in the reach of its style sheet, its language said."""
    return f'<div class="evallib-desk" lang="{"zh-CN" if lang == "zh" else "en"}">{section.html}</div>'
