"""From measured numbers to scores: each indicator by its rule, then groups, dimensions, total and grade. Pure."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from evallib import __version__
from evallib.core.base import Basis
from evallib.core.evaluation import Coverage, Evaluation, IndicatorResult, Method, MetricResult, SectionResult, Status, TargetResult
from evallib.core.framework import Framework, Indicator
from evallib.core.measure import measure
from evallib.core.record import Judgement, Record
from evallib.core.rules import Award, Awarded, Checklist, DeductPerOccurrence, Rule, Tiers
from evallib.core.units import SHARE, plain, round_half_up, section_number
from evallib.core.words import Words, joined, words


def evaluate(framework: Framework, record: Record) -> Evaluation:
    """A department's year, scored: every indicator with its working, then groups, dimensions, total and grade.

    `framework` and `record` are taken as checked (see `load_year`). Scores are decimals, rounded half up per indicator
    and then summed; the grade is that of the rounded total. Nothing is read, written or drawn.

    Source: the evaluation report for 2023, 三(三)2: each indicator is scored by itself, the total is their sum.
    """
    metrics, targets = measure(framework, record)
    by_metric = {m.id: m for m in metrics}
    by_target = {t.id: t for t in targets}
    results = tuple(
        _score(framework, record, indicator, by_metric.get(indicator.metric or ""), by_target.get(indicator.id))
        for indicator in indicators_in_force(framework, record)
    )
    groups = tuple(
        _section(g.id, g.words, g.dimension, g.basis, [r for r in results if r.group == g.id], framework) for g in framework.groups
    )
    dimensions = tuple(
        _section(d.id, d.words, d.id, d.basis, [r for r in results if r.dimension == d.id], framework) for d in framework.dimensions
    )
    total = sum((d.score for d in dimensions), Decimal(0))
    points = sum((d.points for d in dimensions), Decimal(0))
    if framework.treatment.not_applicable == "rescale" and points:
        total, points = out_of_full_points(framework, total, points), framework.points
    else:
        total = round_half_up(total, framework.rounding.scores)
    grade = framework.grade_of(total)
    scored = [r for r in results if r.status == "scored"]
    applicable = [r for r in results if r.status != "not_applicable"]
    overall = next((s for s in record.self_evaluation if s.indicator == "total"), None)
    return Evaluation(
        version=__version__,
        framework=framework,
        record=record,
        metrics=metrics,
        targets=targets,
        indicators=results,
        groups=groups,
        dimensions=dimensions,
        total=total,
        points=points,
        grade=grade.words,
        grade_id=grade.id,
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


def indicators_in_force(framework: Framework, record: Record) -> tuple[Indicator, ...]:
    """The framework's indicators and the department's own, in the order of the framework's groups."""
    common: dict[str, list[Indicator]] = {group.id: [] for group in framework.groups}
    for indicator in framework.indicators:
        common[indicator.group].append(indicator)
    found: list[Indicator] = []
    for group in framework.groups:
        found += common[group.id]
        if group.own_rule is not None:
            found += [
                Indicator(
                    id=o.indicator,
                    name=o.name,
                    name_en=o.name_en or o.name,
                    group=group.id,
                    points=o.points,
                    basis=o.basis,
                    metric=o.metric or None,
                    rule=group.own_rule,
                    source=o.source,
                    clause=o.section,
                )
                for o in record.own_indicators
                if o.group == group.id
            ]
    return tuple(found)


def _section(id: str, name: Words, dimension: str, basis: Basis, members: list[IndicatorResult], framework: Framework) -> SectionResult:
    applicable = [m for m in members if m.status != "not_applicable" or framework.treatment.not_applicable == "full"]
    points = sum((m.points for m in applicable), Decimal(0))
    score = sum((m.score for m in applicable if m.score is not None), Decimal(0))
    return SectionResult(
        id=id, name=name, dimension=dimension, points=points, score=score, rate=score / points if points else None, basis=basis
    )


def _score(
    framework: Framework, record: Record, indicator: Indicator, metric: MetricResult | None, target: TargetResult | None
) -> IndicatorResult:
    """One indicator: what the rule gives, then what the evaluators decided over it."""
    places = framework.rounding.scores
    judgements = tuple(j for j in record.judgements if j.indicator == indicator.id)
    findings = tuple(f.finding for f in record.findings if f.indicator == indicator.id)
    value, unit, how = _value(metric, target)
    award = _award(indicator, value, unit, target, judgements, findings)
    formula_score = None if award is None else round_half_up(award.score, places)
    if award is None:
        working = how if how else words("缺少评定所需的资料", "what the rule needs is missing")
        if framework.treatment.missing == "zero":
            working += words("；缺少数据，不得分", "; missing: no points")
    else:
        rounded = words(
            f" = {plain(award.score, 4)} → {plain(formula_score or Decimal(0), places)} 分",
            f" = {plain(award.score, 4)} → {plain(formula_score or Decimal(0), places)}",
        )
        if award.score == formula_score:
            rounded = words(f" = {plain(award.score, places)} 分", f" = {plain(award.score, places)}")
        working = joined([w for w in (how, award.working) if w]) + rounded
    status: Status = "missing" if award is None else "scored"
    method: Method = "judged" if _is_judged(indicator, target) else "computed"
    score = Decimal(0).quantize(Decimal(1).scaleb(-places)) if award is None else formula_score
    decision = next((j for j in judgements if j.kind in ("award", "override", "not_applicable")), None)
    if decision is not None and decision.kind == "not_applicable":
        status, method = "not_applicable", "judged"
        score = round_half_up(indicator.points, places) if framework.treatment.not_applicable == "full" else None
        working = words("不适用：", "not applicable: ") + decision.reason_words
    elif decision is not None and decision.score is not None and not isinstance(indicator.rule, Awarded):
        status, method = "scored", "overridden" if award is not None else "judged"
        score = round_half_up(decision.score, places)
        by = {
            "published": words("报告认定", "the report puts it at"),
            "reconstructed": words("据报告推断", "inferred from the report:"),
            "own": words("评价组评定", "the evaluators put it at"),
        }[decision.basis]
        said = words(
            f"{by.zh} {plain(score, places)} 分：{decision.reason}",
            f"{by.en} {plain(score, places)} points. {decision.reason_words.en}",
        )
        working = joined([how if award is None and how else working, said])
    clause = framework.find_source(indicator.source)
    own = next((o for o in record.own_indicators if o.indicator == indicator.id), None)
    return IndicatorResult(
        id=indicator.id,
        name=indicator.words,
        dimension=next(g.dimension for g in framework.groups if g.id == indicator.group),
        group=indicator.group,
        points=indicator.points,
        basis=indicator.basis,
        own=own is not None,
        value=value,
        unit=unit,
        status=status,
        method=method,
        score=score,
        formula_score=formula_score,
        rule=indicator.rule.kind,
        rule_text=_rule_text(indicator.rule),
        working=working,
        evidence=_evidence(record, indicator, judgements, target),
        source=_clause(record, indicator, clause.words if clause else None, clause.number if clause else ""),
        note=words(indicator.note, indicator.note_en),
        metric=indicator.metric,
        target=target.id if target else None,
        judgements=judgements,
        findings=findings,
    )


@lru_cache(maxsize=1024)
def _rule_text(rule: Rule) -> Words:
    """A rule in words; the departments of a county share theirs."""
    return rule.describe()


def _value(metric: MetricResult | None, target: TargetResult | None) -> tuple[Decimal | None, str, Words]:
    """What an indicator measured, its unit, and how it came about."""
    if target is not None:
        return target.actual, target.unit, target.working
    if metric is not None:
        return metric.value, SHARE, metric.working
    return None, "", words("")


def _is_judged(indicator: Indicator, target: TargetResult | None) -> bool:
    return isinstance(indicator.rule, Checklist | Tiers | Awarded) or (target is not None and target.judged)


def _clause(record: Record, indicator: Indicator, name: Words | None, number: str) -> Words:
    """The clause an indicator rests on, in words."""
    if name is None:
        document = record.find_source(indicator.source)
        name, number = (document.words, document.number) if document else (words(indicator.source), "")
    tail = f"（{number}）" if number else ""
    return words(
        f"《{name.zh}》{tail}{indicator.clause}",
        f"{name.en}{' (' + number + ')' if number else ''}, {indicator.clause_en or section_number(indicator.clause, 'en')}",
    )


def _evidence(record: Record, indicator: Indicator, judgements: tuple[Judgement, ...], target: TargetResult | None) -> Words:
    """What stands behind a score: the evidence for the actual, the reasons of the evaluators, the findings."""
    said = [t.evidence_words for t in record.targets if target is not None and t.indicator == indicator.id]
    said += [j.reason_words for j in judgements]
    said += [
        words(f"问题 {f.finding}：{f.title}", f"finding {f.finding}: {f.words.en}") for f in record.findings if f.indicator == indicator.id
    ]
    return joined([words(s.zh.rstrip("。；"), s.en.rstrip(".;")) for s in said if s])


def _award(
    indicator: Indicator,
    value: Decimal | None,
    unit: str,
    target: TargetResult | None,
    judgements: tuple[Judgement, ...],
    findings: tuple[str, ...],
) -> Award | None:
    """What the indicator's rule gives, or None where something that it needs is missing."""
    rule = indicator.rule
    if isinstance(rule, DeductPerOccurrence):
        return rule.award(findings, indicator.points)
    if isinstance(rule, Checklist):
        verdicts = {j.item: j.verdict == "met" for j in judgements if j.kind == "item"}
        return rule.award(verdicts, indicator.points) if all(i.id in verdicts for i in rule.items) else None
    if isinstance(rule, Tiers | Awarded):
        wanted = "tier" if isinstance(rule, Tiers) else "award"
        decision = next((j for j in judgements if j.kind == wanted), None)
        if decision is None or decision.score is None:
            return None
        if isinstance(rule, Tiers):
            return rule.award(decision.verdict, decision.score, indicator.points)
        return rule.award(decision.score, indicator.points)
    if rule.of == "completion":
        value, unit = (target.attainment if target else None), SHARE
    return None if value is None else rule.award(value, unit, indicator.points)
