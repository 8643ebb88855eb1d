"""The report of a department's year, section by section: an Evaluation in, HTML out. Its words live in `template/report/`."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

from evallib.analysis import six_methods as methods
from evallib.analysis import tables
from evallib.analysis.improve import to_next_grade
from evallib.analysis.sensitivity import measured, often, simulate
from evallib.charts.drawing import Chart
from evallib.charts.report import CHARTS
from evallib.core.evaluation import Evaluation
from evallib.core.facts import FACTS
from evallib.core.reconcile import KINDS, VERDICTS, reconcile
from evallib.core.table_words import TABLE_NAMES
from evallib.core.units import UNITS, parse_decimal, plain
from evallib.core.words import Lang, Words, words
from evallib.core.years import EvaluatedYear
from evallib.methods.follow_up import count_states, follow_ups, resolved_share, state_words
from evallib.methods.panels import judge_panel
from evallib.methods.questionnaires import intervals, questionnaires
from evallib.pages.rendering import Sections

SECTIONS: dict[str, Words] = {
    "summary": words("摘要", "Summary"),
    "follow_up": words("整改情况", "Follow-up"),
    "profile": words("基本情况", "The department"),
    "budget": words("预算与支出", "Budget and spending"),
    "goals": words("绩效目标", "Goals and targets"),
    "self_evaluation": words("自评与差距", "Self-evaluation and the gap to it"),
    "method": words("评价方法与指标体系", "Method and framework"),
    "conclusion": words("评价结论", "Conclusion"),
    "certainty": words("结论的稳健性", "How certain the grade is"),
    "targets": words("目标完成情况", "Target completion"),
    "methods": words("方法运用", "The methods at work"),
    "dimensions": words("一级指标分析", "Analysis by dimension"),
    "practices": words("经验做法", "Practice worth keeping"),
    "findings": words("发现的问题", "Findings"),
    "recommendations": words("建议", "Recommendations"),
    "indicators": words("附录一：指标评分表", "Appendix 1: Scoring table"),
    "facts": words("附录二：基础数据", "Appendix 2: The facts"),
    "reconciliation": words("附录三：与公布数字核对", "Appendix 3: Reconciliation with the published figures"),
    "sources": words("附录四：数据来源", "Appendix 4: Where the numbers come from"),
}
"""The sections of the report in their order: id and heading."""


class Report(Sections):
    """The sections of one evaluation in one language.

    >>> from pathlib import Path
    >>> from evallib.data.years import evaluate_year
    >>> report = Report(evaluate_year(Path("data"), "hrss", 2023), "en")
    >>> "84.63" in report.section("summary").html
    True
    """

    SECTIONS = SECTIONS
    APPENDICES = ("indicators", "facts", "reconciliation", "sources")
    FOLDER = "report"

    def __init__(self, checked: EvaluatedYear, lang: Lang = "zh") -> None:
        super().__init__(lang)
        self.checked = checked
        self.evaluation = checked.evaluation

    def names(self, id: str) -> dict[str, Any]:
        e, last = self.evaluation, self.checked.previous
        return {
            "e": e,
            "previous": last,
            "remarks": self.checked.remarks,
            "record": e.record,
            "framework": e.framework,
            "tables": tables,
            "clause": lambda source, article: tables.cited(e, source, article)[self.lang],
            "printed": partial(_printed, e, self.lang),
            "followed": follow_ups(e.record, last.record if last else None) if id in ("follow_up", "findings", "recommendations") else None,
            "count_states": count_states,
            "resolved_share": resolved_share,
            "state_words": state_words,
            "rows": reconcile(e) if id in ("reconciliation", "sources", "summary") else (),
            "FACTS": FACTS,
            "UNITS": UNITS,
            "VERDICTS": VERDICTS,
            "KINDS": KINDS,
            "table_names": TABLE_NAMES,
            **(_methods(self.checked) if id == "methods" else _certainty(e) if id == "certainty" else {}),
        }

    def draw(self, name: str) -> Chart:
        return CHARTS[name](self.evaluation, self.lang)


DRAWS = 1000
"""Cases simulated for the page: from seed to seed the share of a grade then moves by a percentage point or so."""


def _methods(checked: EvaluatedYear) -> dict[str, Any]:
    """What the six methods show."""
    e = checked.evaluation
    return {
        "METHODS": methods.METHODS,
        "compared": methods.compare_targets(e),
        "history": methods.history(e, checked.previous),
        "costs": methods.costs(e),
        "panel": judge_panel(e),
        "questionnaires": questionnaires(e),
    }


def _certainty(e: Evaluation) -> dict[str, Any]:
    """How sure the grade is, and the way to the next one."""
    found = simulate(e, intervals=intervals(e, measured(e)), draws=DRAWS)
    return {"sure": found, "often": often, "plan": to_next_grade(e)}


def _printed(e: Evaluation, lang: Lang, text: str) -> str:
    """A published or computed figure with its thousands apart; a grade in the language."""
    if parse_decimal(text) is not None:
        whole, dot, decimals = text.partition(".")
        return plain(Decimal(whole)) + dot + decimals
    return next((g.words[lang] for g in e.framework.grades if g.name == text), text)
