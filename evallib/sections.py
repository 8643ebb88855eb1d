"""The report, section by section: an Evaluation in, HTML out. The words of the report live in `template/sections/`."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from evallib import tables
from evallib.charts import CHARTS
from evallib.evaluation import Evaluation
from evallib.facts import FACTS
from evallib.reconcile import KINDS, VERDICTS, reconcile
from evallib.record import parse_clauses
from evallib.units import UNITS, money, parse_decimal, percent, plain, quantity, section_number
from evallib.words import Lang, Words, words
from evallib.years import EvaluatedYear

SECTIONS: dict[str, Words] = {
    "summary": words("摘要", "Summary"),
    "profile": words("基本情况", "The department"),
    "budget": words("预算与支出", "Budget and spending"),
    "goals": words("绩效目标", "Goals and targets"),
    "self_evaluation": words("自评与差距", "Self-evaluation and the gap to it"),
    "method": words("评价方法与指标体系", "Method and framework"),
    "conclusion": words("评价结论", "Conclusion"),
    "targets": words("目标完成情况", "Target completion"),
    "dimensions": words("分项分析", "Analysis by dimension"),
    "practices": words("经验做法", "Practice worth keeping"),
    "findings": words("发现的问题", "Findings"),
    "recommendations": words("建议", "Recommendations"),
    "indicators": words("附录一：指标评分表", "Appendix 1: Scoring table"),
    "facts": words("附录二：基础数据", "Appendix 2: The facts"),
    "reconciliation": words("附录三：与公布数字核对", "Appendix 3: Reconciliation with the published figures"),
    "sources": words("附录四：数据来源", "Appendix 4: Where the numbers come from"),
}
"""The sections of the report in their order: id and heading."""

_NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class Section:
    """A section of the report, ready to be shown in a notebook and exported to a page."""

    id: str
    html: str

    def _repr_html_(self) -> str:
        return self.html


@cache
def _environment() -> Environment:
    env = Environment(
        loader=PackageLoader("evallib", "template"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    env.globals |= {"words": words, "FACTS": FACTS, "UNITS": UNITS, "VERDICTS": VERDICTS, "KINDS": KINDS, "parse_clauses": parse_clauses}
    return env


def prepare() -> None:
    """Compile the templates of all sections now, for a process that will make many reports."""
    for id in (*SECTIONS, "_chart", "_macros"):
        _environment().get_template(f"sections/{id}.html.j2")


class Report:
    """The sections of one evaluation in one language.

    >>> from pathlib import Path
    >>> from evallib.years import evaluate_year
    >>> report = Report(evaluate_year(Path("data"), "hrss", 2023), "en")
    >>> "84.63" in report.section("summary").html
    True
    """

    def __init__(self, checked: EvaluatedYear, lang: Lang = "zh") -> None:
        self.checked = checked
        self.evaluation = checked.evaluation
        self.lang = lang

    def section(self, id: str) -> Section:
        """One section by its id (see SECTIONS).

        Raises KeyError for an id that is not in SECTIONS.
        """
        e, lang = self.evaluation, self.lang
        number = list(SECTIONS).index(id)
        heading = SECTIONS[id][lang]
        if number > 0 and not id.startswith(("indicators", "facts", "reconciliation", "sources")):
            heading = (
                f"{_NUMERALS[number - 1] if number <= 10 else '十' + _NUMERALS[number - 11]}、{heading}"
                if lang == "zh"
                else f"{number}. {heading}"
            )
        html = (
            _environment()
            .get_template(f"sections/{id}.html.j2")
            .render(
                e=e,
                previous=self.checked.previous,
                remarks=self.checked.remarks,
                record=e.record,
                framework=e.framework,
                lang=lang,
                id=id,
                heading=heading,
                tables=tables,
                t=lambda zh, en: zh if lang == "zh" else en,
                w=lambda text: text[lang],
                chart=self._chart,
                pct=_percent,
                money=_money,
                num=_number,
                qty=partial(_quantity, lang=lang),
                clause=lambda source, article: tables.cited(e, source, article)[lang],
                sec=partial(section_number, lang=lang),
                printed=partial(_printed, e, lang),
                rows=partial(_own_rows, e, id),
            )
        )
        return Section(id, html if lang == "zh" else _marked(html))

    def _chart(self, name: str) -> Markup:
        """A chart as a figure: its finding, its picture with the words for who cannot see it, its numbers as a table."""
        chart = CHARTS[name](self.evaluation, self.lang)
        picture = b64encode(chart.to_svg().encode()).decode("ascii")
        return Markup(
            _environment()
            .get_template("sections/_chart.html.j2")
            .render(
                chart=chart,
                picture=picture,
                rows=chart.data.to_numpy().tolist(),
                heads=list(chart.data.columns),
                t=lambda zh, en: zh if self.lang == "zh" else en,
            )
        )


_CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+(?:[0-9A-Za-z]+[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+)*")


def _marked(html: str) -> str:
    """An English section whose Chinese parts (titles, document numbers, vouchers) say that they are Chinese."""
    return re.sub(r">[^<]*[\u3400-\u9fff][^<]*<", lambda text: _CHINESE.sub(r'<span lang="zh">\g<0></span>', text[0]), html)


def _own_rows(e: Evaluation, id: str) -> Any:
    """What a section needs beyond the evaluation itself."""
    return reconcile(e) if id in ("reconciliation", "sources", "summary") else ()


def _percent(value: Decimal | float | None, places: int = 2) -> str:
    return "—" if value is None else percent(Decimal(value), places)


def _money(value: Decimal | None) -> str:
    return "—" if value is None else money(value)


def _number(value: Decimal | None, places: int | None = None) -> str:
    return "—" if value is None else plain(value, places)


def _quantity(value: Decimal | None, unit: str, lang: Lang) -> str:
    return "—" if value is None else quantity(value, unit, lang)


def _printed(e: Evaluation, lang: Lang, text: str) -> str:
    """A published or computed figure with its thousands apart; a grade in the language."""
    if parse_decimal(text) is not None:
        whole, dot, decimals = text.partition(".")
        return plain(Decimal(whole)) + dot + decimals
    return next((g.words[lang] for g in e.framework.grades if g.name == text), text)
