"""From measured numbers to scores: each indicator by its rule, then groups, dimensions, total and grade. Pure."""

from __future__ import annotations

from decimal import Decimal, localcontext

from evallib import __version__
from evallib.model.evaluation import (
    Coverage,
    Evaluation,
    FormulaResult,
    IndicatorResult,
    Method,
    SectionResult,
    Status,
    TargetResult,
    indicators_in_force,
)
from evallib.model.expression import EXACT
from evallib.model.facts import Facts
from evallib.model.framework import Dimension, Framework, Group, Indicator
from evallib.model.record import Judgement, Record
from evallib.model.rules import Award, Checklist, DeductPerOccurrence, Measured, Tiers
from evallib.model.units import NO_UNIT, SHARE, Unit, convert, round_half_up
from evallib.score.measure import measure


def evaluate(framework: Framework, record: Record) -> Evaluation:
    """A department's year, scored: every indicator with what it came from, then groups, dimensions, total and grade.

    `framework` and `record` are taken as checked (see `load_year`). Scores are decimals, rounded half up per indicator
    and then summed; the grade is that of the rounded total. Nothing is read, written or drawn.

    Source: the evaluation report for 2023, 三(三)2: each indicator is scored by itself, the total is their sum.
    """
    with localcontext(EXACT):
        return _evaluate(framework, record)


def _evaluate(framework: Framework, record: Record) -> Evaluation:
    indicators = indicators_in_force(framework, record)
    formulas, targets = measure(framework, Facts(framework.catalogue, record), indicators)
    by_formula = {f.id: f for f in formulas}
    by_target = {t.id: t for t in targets}
    homes = {g.id: g.dimension for g in framework.groups}
    results = tuple(
        _score(framework, record, indicator, homes[indicator.group], by_formula.get(indicator.value), by_target.get(indicator.id))
        for indicator in indicators
    )
    groups = tuple(_section(g, g.dimension, [r for r in results if r.group == g.id], framework) for g in framework.groups)
    dimensions = tuple(_section(d, d.id, [r for r in results if r.dimension == d.id], framework) for d in framework.dimensions)
    total = sum((d.score for d in dimensions), Decimal(0))
    points = sum((d.points for d in dimensions), Decimal(0))
    if framework.treatment.not_applicable == "rescale" and points:
        total, points = out_of_full_points(framework, total, points), framework.points
    else:
        total = round_half_up(total, framework.rounding.scores)
    grade = framework.grade_of(total) if points else None
    scored = [r for r in results if r.status == "scored"]
    applicable = [r for r in results if r.status != "not_applicable"]
    overall = next((s for s in record.self_evaluation if s.indicator == "total"), None)
    return Evaluation(
        version=__version__,
        framework=framework,
        record=record,
        formulas=formulas,
        targets=targets,
        indicators=results,
        groups=groups,
        dimensions=dimensions,
        total=total,
        points=points,
        grade_id=grade.id if grade else "",
        coverage=Coverage(
            indicators=len(applicable),
            indicators_scored=len(scored),
            points=sum((r.points for r in applicable), Decimal(0)),
            points_scored=sum((r.points for r in scored), Decimal(0)),
        ),
        self_total=overall.score if overall else None,
        self_grade=overall.grade if overall else "",
    )


def out_of_full_points(framework: Framework, score: Decimal, points: Decimal) -> Decimal:
    """A score out of some points, as it would be out of the framework's full points; rounded as scores are."""
    return round_half_up(score * framework.points / points, framework.rounding.scores)


def _section(made: Dimension | Group, dimension: str, members: list[IndicatorResult], framework: Framework) -> SectionResult:
    applicable = [m for m in members if m.status != "not_applicable" or framework.treatment.not_applicable == "full"]
    points = sum((m.points for m in applicable), Decimal(0))
    score = sum((m.score for m in applicable if m.score is not None), Decimal(0))
    return SectionResult(made.id, made.words, dimension, points, score, score / points if points else None, made.basis)


def _score(
    framework: Framework,
    record: Record,
    indicator: Indicator,
    dimension: str,
    formula: FormulaResult | None,
    target: TargetResult | None,
) -> IndicatorResult:
    """One indicator: what the rule gives, then what the evaluators decided over it."""
    places, rule = framework.rounding.scores, indicator.rule
    judgements = tuple(j for j in record.judgements if j.indicator == indicator.id)
    findings = tuple(f.finding for f in record.findings if f.indicator == indicator.id)
    measured = target or formula
    value, unit = (target.actual, target.unit) if target else (formula.value, formula.unit) if formula else (None, NO_UNIT)
    award = _award(indicator, value, unit, target, judgements, findings)
    formula_score = None if award is None else round_half_up(award.score, places)
    status: Status = "missing" if award is None else "scored"
    if not indicator.points and rule.takes == "number":  # measured and shown
        status = "missing" if measured is None or value is None else "scored"
    method: Method = "judged" if rule.takes in ("items", "tier", "score") or (target is not None and target.judged) else "computed"
    score = Decimal(0).quantize(Decimal(1).scaleb(-places)) if award is None else formula_score
    decision = next((j for j in judgements if j.kind in ("award", "override", "not_applicable")), None)
    if decision is not None and decision.kind == "not_applicable":
        status, method = "not_applicable", "judged"
        score = round_half_up(indicator.points, places) if framework.treatment.not_applicable == "full" else None
    elif decision is not None and decision.score is not None and rule.takes != "score":
        status, method = "scored", "overridden" if award is not None else "judged"
        score = round_half_up(decision.score, places)
    return IndicatorResult(
        id=indicator.id,
        name=indicator.words,
        dimension=dimension,
        group=indicator.group,
        points=indicator.points,
        basis=indicator.basis,
        own=any(o.indicator == indicator.id for o in record.own_indicators),
        value=value,
        unit=unit,
        status=status,
        method=method,
        score=score,
        formula_score=formula_score,
        award=award,
        rule=rule.kind,
        formula=indicator.value or None,
        target=target.id if target else None,
        judgements=judgements,
        findings=findings,
    )


def scored_number(value: Decimal, unit: Unit) -> Decimal:
    """A measured number as rules take it: a share where a share is measured, otherwise as it stands in its unit."""
    return convert(value, unit, SHARE) if unit.is_share else value


def award_number(rule: Measured, value: Decimal | None, unit: Unit, target: TargetResult | None, points: Decimal) -> Award | None:
    """What a rule gives for a number, or for its completion of the target; None where there is none."""
    if rule.of == "completion":
        return None if target is None or target.attainment is None else rule.award(target.attainment, points)
    return None if value is None else rule.award(scored_number(value, unit), points)


def _award(
    indicator: Indicator,
    value: Decimal | None,
    unit: Unit,
    target: TargetResult | None,
    judgements: tuple[Judgement, ...],
    findings: tuple[str, ...],
) -> Award | None:
    """What the indicator's rule gives, or None where something that it needs is missing."""
    rule = indicator.rule
    if isinstance(rule, Measured):
        return award_number(rule, value, unit, target, indicator.points)
    if isinstance(rule, DeductPerOccurrence):
        return rule.award(len(findings), indicator.points)
    if isinstance(rule, Checklist):
        verdicts = {j.item: j.verdict == "met" for j in judgements if j.kind == "item"}
        return rule.award(verdicts) if all(i.id in verdicts for i in rule.items) else None
    decision = next((j for j in judgements if j.kind == rule.judgement), None)
    if decision is None or decision.score is None:
        return None
    return rule.award(decision.verdict, decision.score, indicator.points) if isinstance(rule, Tiers) else rule.award(decision.score)
