"""What pages and workbooks show of one Evaluation, put in order: losses, budget lines, facts, goals, clauses. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from evallib.core.evaluation import Evaluation, IndicatorResult, InputValue
from evallib.core.facts import FACTS, TOPICS, split_part
from evallib.core.measure import asks_no_more, find_fact
from evallib.core.record import Fact, Finding, Recommendation
from evallib.core.words import Words, words


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
    return {c.contradiction: tuple(metrics[t] for t in c.subjects if t in metrics) for c in evaluation.record.contradictions}


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
