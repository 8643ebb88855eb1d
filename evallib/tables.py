"""An Evaluation as tables for display, for CSV and for JSON. Reads nothing, computes nothing that is not already there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from evallib.evaluation import Evaluation, IndicatorResult, InputValue
from evallib.facts import FACTS, TOPICS, split_part
from evallib.measure import asks_no_more, find_fact
from evallib.record import Fact, Finding, Recommendation
from evallib.units import SHARE, UNITS, convert, round_half_up
from evallib.words import Lang, Words, words


def _text(value: Decimal | None, places: int = 4) -> str | None:
    return None if value is None else str(round_half_up(value, places))


def _measured(value: Decimal | None, unit: str) -> tuple[str | None, str]:
    """A number for machines: rates as shares of four decimals, other numbers exact and without idle zeros."""
    if value is None:
        return None, SHARE if unit in UNITS and UNITS[unit].measures == "share" else unit
    if unit in UNITS and UNITS[unit].measures == "share":
        return _text(convert(value, unit, SHARE)), SHARE
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text), unit


def score_document(evaluation: Evaluation, lang: Lang) -> dict[str, Any]:
    """The scores as one plain object for other programs: numbers are decimal strings, rates are shares.

    Keys: format, department, name, year, framework, total, points, grade, coverage, dimensions, indicators, metrics,
    targets. What it holds follows from `evaluation.json`, which holds everything.
    """
    e, places = evaluation, evaluation.framework.rounding
    indicators = []
    for i in e.indicators:
        value, unit = _measured(i.value, i.unit)
        indicators.append(
            {
                "id": i.id,
                "name": i.name[lang],
                "dimension": i.dimension,
                "group": i.group,
                "points": str(round_half_up(i.points, places.scores)),
                "score": _text(i.score, places.scores),
                "value": value,
                "unit": unit,
                "status": i.status,
                "basis": i.basis,
                "rule": i.rule,
                "working": i.working[lang],
                "source": i.source[lang],
                "evidence": i.evidence[lang],
                "method": i.method,
                "formula_score": _text(i.formula_score, places.scores),
                "rule_text": i.rule_text[lang],
            }
        )
    targets = []
    for t in e.targets:
        target, unit = _measured(t.target, t.unit)
        actual, _ = _measured(t.actual, t.unit)
        targets.append(
            {
                "id": t.id,
                "name": t.name[lang],
                "operator": t.operator,
                "target": target,
                "actual": actual,
                "unit": unit,
                "completion_rate": _text(t.completion_rate, places.rates),
                "met": t.met,
            }
        )
    return {
        "format": 1,
        "department": e.record.department,
        "name": e.record.name[lang],
        "year": e.record.year,
        "framework": f"{e.framework.id}/{e.framework.first_year}",
        "total": _text(e.total, places.scores),
        "points": _text(e.points, places.scores),
        "grade": e.grade[lang],
        "coverage": {
            "indicators": e.coverage.indicators,
            "indicators_scored": e.coverage.indicators_scored,
            "points": _text(e.coverage.points, places.scores),
            "points_scored": _text(e.coverage.points_scored, places.scores),
        },
        "dimensions": [
            {
                "id": d.id,
                "name": d.name[lang],
                "points": _text(d.points, places.scores),
                "score": _text(d.score, places.scores),
                "rate": _text(d.rate, places.rates),
            }
            for d in e.dimensions
        ],
        "indicators": indicators,
        "metrics": {m.id: _text(m.value, places.rates) for m in e.metrics},
        "targets": targets,
    }


@dataclass(frozen=True)
class Loss:
    """An indicator that lost points, with the findings behind it and what was recommended."""

    indicator: IndicatorResult
    lost: Decimal
    findings: tuple[Finding, ...]
    recommendations: tuple[Recommendation, ...]


def losses(evaluation: Evaluation) -> tuple[Loss, ...]:
    """Every indicator that lost points, the largest loss first."""
    record = evaluation.record
    found = []
    for indicator in evaluation.indicators:
        if indicator.lost > 0:
            touching = tuple(f for f in record.findings if f.indicator == indicator.id)
            advice = {f.recommendation for f in touching}
            found.append(Loss(indicator, indicator.lost, touching, tuple(r for r in record.recommendations if r.id in advice)))
    return tuple(sorted(found, key=lambda loss: -loss.lost))


@dataclass(frozen=True)
class NextGrade:
    """The next better grade and how many points are lacking."""

    name: Words
    at_least: Decimal
    lacking: Decimal


def next_grade(evaluation: Evaluation) -> NextGrade | None:
    """The next better grade, or None where the best is reached."""
    above = sorted((g for g in evaluation.framework.grades if g.at_least > evaluation.total), key=lambda g: g.at_least)
    return NextGrade(above[0].words, above[0].at_least, above[0].at_least - evaluation.total) if above else None


@dataclass(frozen=True)
class BudgetLine:
    """A line of the budget: what was approved, adjusted and spent; None where it is not known."""

    name: Words
    approved: InputValue | None
    adjusted: InputValue | None
    outturn: InputValue | None
    total: bool = False

    @property
    def difference(self) -> Decimal | None:
        """Outturn less approved, or adjusted less approved where a line has no outturn."""
        after = self.outturn or self.adjusted
        if after is None or self.approved is None or after.value is None or self.approved.value is None:
            return None
        return after.value - self.approved.value

    @property
    def rate(self) -> Decimal | None:
        """The difference as a share of the approved amount; None where that is zero."""
        if self.difference is None or self.approved is None or not self.approved.value:
            return None
        return self.difference / self.approved.value


def budget_lines(evaluation: Evaluation) -> dict[str, tuple[BudgetLine, ...]]:
    """The budget by source of income and by kind of spending, each closed by its total."""

    def line(zh: str, en: str, approved: str, adjusted: str, outturn: str, total: bool = False) -> BudgetLine:
        def find(id: str) -> InputValue | None:
            return find_fact(evaluation.record, id, evaluation.record.year) if id else None

        return BudgetLine(words(zh, en), find(approved), find(adjusted), find(outturn), total)

    return {
        "income": (
            line("一般公共预算", "General public budget", "approved_income_general", "adjusted_income_general", ""),
            line("政府性基金预算", "Government fund budget", "approved_income_fund", "adjusted_income_fund", ""),
            line("国有资本经营预算", "State capital budget", "approved_income_capital", "adjusted_income_capital", ""),
            line("其他收入", "Other income", "approved_income_other", "adjusted_income_other", ""),
            line("年初结转结余", "Opening carry-over", "", "opening_carryover", ""),
            line("收入合计", "Total income", "approved_income", "adjusted_income", "", total=True),
        ),
        "spending": (
            line("基本支出", "Basic expenditure", "approved_basic", "adjusted_basic", "outturn_basic"),
            line("项目支出", "Project expenditure", "approved_project", "adjusted_project", "outturn_project"),
            line("支出合计", "Total expenditure", "approved_expenditure", "adjusted_expenditure", "outturn", total=True),
        ),
    }


@dataclass(frozen=True)
class FactLine:
    """A fact as it stands in the data, or a sum of such facts, under its name in the catalogue."""

    value: InputValue
    row: Fact | None


def facts_by_topic(evaluation: Evaluation) -> tuple[tuple[Words, tuple[FactLine, ...]], ...]:
    """Every fact of the record by topic, sums before their parts, each with the row it was read from."""
    record = evaluation.record
    rows = {(f.fact, f.year): f for f in record.facts}
    years = sorted({f.year for f in record.facts} | {record.year}, reverse=True)
    found = []
    for topic, name in TOPICS.items():
        lines = []
        for id, kind in FACTS.items():
            for year in years if kind.topic == topic else ():
                value = find_fact(record, id, year)
                if value is not None:
                    lines.append(FactLine(value, rows.get((id, year))))
        if lines:
            found.append((name, tuple(lines)))
    return tuple(found)


def parts_of(value: InputValue) -> tuple[tuple[str, InputValue], ...]:
    """The parts that a fact was summed from, each with its sign."""
    signs = ["−" if split_part(part)[0] < 0 else "+" for part in FACTS[value.fact].parts]
    return tuple(zip(signs, value.parts, strict=True)) if value.parts else ()


def contradicted_metrics(evaluation: Evaluation) -> dict[str, tuple[str, ...]]:
    """For each recorded contradiction, the formulas whose indicators it touches."""
    metrics = {i.id: i.metric for i in evaluation.indicators if i.metric}
    return {c.contradiction: tuple(metrics[t] for t in c.about.split() if t in metrics) for c in evaluation.record.contradictions}


@dataclass(frozen=True)
class GoalQuality:
    """How well the year's goals were set, in numbers: evidence for the clarity of the indicators, never scored by itself."""

    targets: int
    measured: int
    easier_than_last_year: tuple[Words, ...]
    groups_without_indicator: tuple[Words, ...]


def goal_quality(evaluation: Evaluation, previous: Evaluation | None) -> GoalQuality:
    """The share of targets with a measured actual, those that ask no more than last year's actual, groups left empty."""
    easier = []
    for t in evaluation.targets:
        last = previous.target(t.id) if previous else None
        if last is not None and last.actual is not None and last.unit == t.unit and asks_no_more(t, last.actual):
            easier.append(t.name)
    used = {i.group for i in evaluation.indicators}
    return GoalQuality(
        targets=len(evaluation.targets),
        measured=sum(1 for t in evaluation.targets if not t.judged),
        easier_than_last_year=tuple(easier),
        groups_without_indicator=tuple(g.words for g in evaluation.framework.groups if g.id not in used),
    )


def cited(evaluation: Evaluation, source: str, article: str) -> Words:
    """A clause as a reader cites it: the document, its number, the article."""
    document = evaluation.record.find_source(source)
    title, number = (document.words, document.number) if document else (words(source), "")
    en = article
    for chinese, english in (("部分", "part"), ("条", "art."), ("款", "para."), ("项", "item")):
        en = re.sub(rf"第(\d+){chinese}", rf", {english} \1", en)
    return words(
        f"《{title.zh.strip('《》')}》{f'（{number}）' if number else ''}{article}",
        f"{title.en}{f' ({number})' if number else ''}{en}",
    )


def result_of(evaluation: Evaluation) -> dict[str, Any]:
    """An evaluation in short, for indexes and tidy tables: the totals, and a row for every indicator. Numbers are texts."""
    e, places = evaluation, evaluation.framework.rounding
    rows = []
    for i in e.indicators:
        value, unit = _measured(i.value, i.unit)
        rows.append(
            {
                "dimension": i.dimension,
                "group": i.group,
                "indicator": i.id,
                "name": i.name.zh,
                "name_en": i.name.en,
                "points": _text(i.points, places.scores),
                "score": _text(i.score, places.scores),
                "score_rate": _text(i.score_rate, places.rates),
                "value": value,
                "unit": unit,
                "status": i.status,
                "method": i.method,
                "basis": i.basis,
            }
        )
    return {
        "name": e.record.name.zh,
        "name_en": e.record.name.en,
        "framework": f"{e.framework.id}/{e.framework.first_year}",
        "total": _text(e.total, places.scores),
        "points": _text(e.points, places.scores),
        "grade": e.grade.zh,
        "grade_en": e.grade.en,
        "self_total": _text(e.self_total, places.scores),
        "indicators_scored": e.coverage.indicators_scored,
        "indicators": e.coverage.indicators,
        "synthetic": bool(e.record.find_profile("synthetic", "zh")),
        "rows": rows,
    }
