"""What pages and workbooks show of one Evaluation, put in order: losses, budget lines, facts, goals, clauses. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from evallib.analysis.money import AmountChange
from evallib.model.evaluation import Evaluation, IndicatorResult
from evallib.model.facts import InputValue
from evallib.model.grouped import grouped
from evallib.model.record import Contradiction, Fact, Finding, PlanTarget, Recommendation
from evallib.model.units import convert
from evallib.model.words import Words, words
from evallib.say.sentences import sentence
from evallib.score.measure import hold, is_easy


@dataclass(frozen=True)
class Loss:
    """An indicator that lost points, with the findings behind it and what was recommended."""

    indicator: IndicatorResult
    lost: Decimal
    findings: tuple[Finding, ...]
    recommendations: tuple[Recommendation, ...]


def losses(evaluation: Evaluation) -> tuple[Loss, ...]:
    """Every indicator that lost points, the largest loss first."""
    record, found = evaluation.record, []
    for indicator in sorted((i for i in evaluation.indicators if i.lost > 0), key=lambda i: -i.lost):
        touching = tuple(f for f in record.findings if f.indicator == indicator.id)
        advice = {f.recommendation for f in touching}
        found.append(Loss(indicator, indicator.lost, touching, tuple(r for r in record.recommendations if r.id in advice)))
    return tuple(found)


@dataclass(frozen=True)
class NextGrade:
    """The next better grade and how many points are lacking."""

    name: Words
    at_least: Decimal
    lacking: Decimal


def next_grade(evaluation: Evaluation) -> NextGrade | None:
    """The next better grade, or None where the best is reached, or there is no total or no grade."""
    grades = evaluation.framework.grades if evaluation.has_total else ()
    above = min((g for g in grades if g.at_least > evaluation.total), key=lambda g: g.at_least, default=None)
    return NextGrade(above.words, above.at_least, above.at_least - evaluation.total) if above else None


@dataclass(frozen=True)
class BudgetLine:
    """A line of the budget: what was approved, adjusted and spent; None where it is not known. What is `added` is never approved."""

    name: Words
    approved: InputValue | None
    adjusted: InputValue | None
    spent: InputValue | None
    total: bool = False
    added: bool = False

    @property
    def change(self) -> AmountChange:
        """From approved to spent, or to adjusted where a line has nothing spent; in the unit of what was approved."""
        approved, after = self.approved, self.spent or self.adjusted
        if self.added:
            return AmountChange(Decimal(0), after.value if after else None)
        if approved is None or after is None or after.value is None:
            return AmountChange(None, None)
        return AmountChange(approved.value, convert(after.value, after.unit, approved.unit))


def budget_lines(evaluation: Evaluation) -> dict[str, tuple[BudgetLine, ...]]:
    """The budget by source of income and by kind of spending, each closed by its total; a side of which nothing is known is empty."""

    def side(table: str) -> tuple[BudgetLine, ...]:
        lines = []
        for line in evaluation.catalogue.lines.get(table, ()):
            cells = {column: evaluation.facts.named(name) for column, name in line.cells.items()}
            approved, adjusted, spent = (cells.get(column) for column in ("approved", "adjusted", "spent"))
            lines.append(BudgetLine(line.name, approved, adjusted, spent, line.total, "approved" not in line.cells))
        return tuple(lines) if any(line.approved or line.adjusted or line.spent for line in lines) else ()

    return {table: side(table) for table in ("income", "spending")}


@dataclass(frozen=True)
class FactLine:
    """A fact as it stands in the data, or a sum of such facts, under its name in the catalogue."""

    value: InputValue
    row: Fact | None


def facts_by_topic(evaluation: Evaluation) -> tuple[tuple[Words, tuple[FactLine, ...]], ...]:
    """Every fact of the record by topic, sums before their parts, each with the row it was read from."""
    record, catalogue = evaluation.record, evaluation.catalogue
    years = sorted({f.year for f in record.facts} | {record.year}, reverse=True)
    values = (evaluation.facts.find(id, year) for id in catalogue.facts for year in years)
    lines = [FactLine(value, record.find_fact(value.fact, value.year)) for value in values if value is not None]
    topics = ((catalogue.facts[line.value.fact].entry.topic, line) for line in lines)
    found = grouped((topic if topic in catalogue.topics else "", line) for topic, line in topics)
    return tuple((name, tuple(found[topic])) for topic, name in catalogue.topics.items() if topic in found)


def parts_of(evaluation: Evaluation, value: InputValue) -> tuple[tuple[str, InputValue], ...]:
    """The parts that a fact was summed from, each with its sign."""
    signs = ["−" if sign < 0 else "+" for sign, _ in evaluation.catalogue.facts[value.fact].parts]
    return tuple(zip(signs, value.parts, strict=True)) if value.parts else ()


def contradicted_formulas(evaluation: Evaluation) -> dict[str, tuple[str, ...]]:
    """For each recorded contradiction, the formulas whose indicators it touches."""
    formulas = {i.id: i.formula for i in evaluation.indicators if i.formula}
    return {c.contradiction: tuple(formulas[t] for t in c.subjects if t in formulas) for c in evaluation.record.contradictions}


def contradictions_of(evaluation: Evaluation) -> dict[str, tuple[Contradiction, ...]]:
    """For each indicator the recorded contradictions about it: about itself, its target, its formula or what that takes, or a finding."""
    record = evaluation.record
    figures = {row.published: _subject(row.number) for row in record.published}
    said = [
        (row, {figures.get(token, ""), *(f"{kind}.{token}" for kind in ("indicator", "finding", "fact"))})
        for row in record.contradictions
        for token in row.subjects
    ]
    found = {}
    for i in evaluation.indicators:
        facts = [f"fact.{one.fact}" for one in evaluation.formula(i.formula).inputs] if i.formula else []
        takes = {f"indicator.{i.id}", f"formula.{i.formula}", *facts, *(f"finding.{id}" for id in i.findings)}
        found[i.id] = tuple(dict.fromkeys(row for row, named in said if named & takes))
    return {id: rows for id, rows in found.items() if rows}


def _subject(number: str) -> str:
    """What the number of a published figure is a number of.

    >>> [_subject(number) for number in ("target.jobs.actual", "finding.3.2.amount", "fact.outturn@2022", "formula.rate.difference")]
    ['indicator.jobs', 'finding.3.2', 'fact.outturn', 'formula.rate']
    """
    kind, _, rest = number.partition(".")
    if kind in ("target", "indicator", "finding"):
        return f"{'finding' if kind == 'finding' else 'indicator'}.{rest.rpartition('.')[0]}"
    return f"{kind}.{rest.removesuffix('.difference').partition('@')[0]}"


@dataclass(frozen=True)
class PlanGoal:
    """A medium-term target beside a year's target that is another; `met` None where the two cannot be compared, or not in one year."""

    row: PlanTarget
    comparable: bool
    met: bool | None


def plan_goals(evaluation: Evaluation) -> dict[str, list[PlanGoal]]:
    """For each indicator the medium-term targets that are not the year's own, and whether the year's actual meets them."""
    found = []
    for row in evaluation.record.plan_targets:
        own, unit = evaluation.target(row.indicator), evaluation.catalogue.units.read(row.unit)
        if own is None or row.target is None:
            continue
        if unit.dimensions != own.unit.dimensions:
            found.append((own.id, PlanGoal(row, False, None)))
            continue
        goal = convert(row.target, unit, own.unit)
        if (goal, row.operator) != (own.target, own.operator):
            met = hold(row.operator, own.actual, goal, exact=True).met if row.per_year == "yes" else None
            found.append((own.id, PlanGoal(row, True, met)))
    return grouped(found)


@dataclass(frozen=True)
class GoalQuality:
    """How well the year's goals were set, in numbers: evidence for the clarity of the indicators, never scored by itself."""

    targets: int
    measured: int
    easier_than_last_year: tuple[Words, ...]
    groups_without_indicator: tuple[Words, ...]


def goal_quality(evaluation: Evaluation, previous: Evaluation | None) -> GoalQuality:
    """How many targets apply, how many have a measured actual; those that ask no more than last year's actual; groups left empty."""
    used, split = {i.group for i in evaluation.indicators}, {g.within for g in evaluation.framework.groups}
    applying = [t for t in evaluation.targets if t.state != "not_applicable"]
    return GoalQuality(
        targets=len(applying),
        measured=sum(1 for t in applying if not t.judged and t.operator != "words"),
        easier_than_last_year=tuple(t.name for t in evaluation.targets if previous and is_easy(t, previous.target(t.id))),
        groups_without_indicator=tuple(g.words for g in evaluation.framework.groups if g.points and g.id not in used | split),
    )


def cited(evaluation: Evaluation, source: str, article: str) -> Words:
    """A clause as a reader cites it: the document, its number, the article."""
    document = evaluation.record.find_source(source)
    title, number = (document.words, document.number) if document else (words(source), "")
    marks = ("art.", "para.", "item", "part")
    en = re.sub(r"第(\d+)(条|款|项|部分)", lambda found: f", {marks['条款项'.find(found[2])]} {found[1]}", article)
    name = words(title.zh.strip("《》"), title.en)
    return sentence("workings.clause.numbered" if number else "workings.clause.plain", name=name, number=number) + Words(article, en)
