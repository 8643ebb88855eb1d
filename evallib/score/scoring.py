"""From measured numbers to scores: each indicator by its rule, then groups, dimensions, total and grade. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal, localcontext
from functools import partial

from evallib import __version__
from evallib.model.evaluation import (
    Coverage,
    Draft,
    Evaluation,
    FormulaResult,
    IndicatorResult,
    Method,
    Range,
    SectionResult,
    Status,
    TargetResult,
)
from evallib.model.expression import EXACT
from evallib.model.facts import Facts
from evallib.model.framework import Framework, Indicator
from evallib.model.grouped import grouped
from evallib.model.in_force import indicators_in_force
from evallib.model.record import Judgement, Record
from evallib.model.rule_base import ONE, ZERO, Award, Measured
from evallib.model.rules import Checklist, DeductPerOccurrence, Given, Tiers, Unsaid
from evallib.model.units import NO_UNIT, SHARE, Unit, convert, round_half_up
from evallib.model.worths import unfilled
from evallib.score.answers import PANEL, SURVEY, panel_score, satisfaction
from evallib.score.measure import measure


def evaluate(framework: Framework, record: Record, draft: Draft | None = None) -> Evaluation:
    """A department's year, scored: every indicator with what it came from, then groups, dimensions, total and grade.

    `framework` and `record` are taken as checked (see `load_year`). Scores are decimals, rounded half up per indicator
    and then summed; the grade is that of the rounded total. Nothing is read, written or drawn. What is open in a `draft` has no score,
    however the framework treats what is missing: the total is then the range that it can still take.

    Source: the evaluation report for 2023, 三(三)2: each indicator is scored by itself, the total is their sum.
    """
    with localcontext(EXACT):
        return _evaluate(framework, record, draft)


def _evaluate(framework: Framework, record: Record, draft: Draft | None) -> Evaluation:
    indicators = indicators_in_force(framework, record)
    to_fill = unfilled(framework, indicators) if draft else {}
    year = _Year(framework, record, indicators)
    results = tuple(_score(year, i) for i in indicators)
    results = tuple(_opened(r) if draft and r.id in draft.open else r for r in results)
    results = _vetoed(framework, record, results)
    counted = [r for r in results if r.counted]
    short = sum(to_fill.values(), ZERO)
    worth = sum((r.points for r in counted if not r.extra), short)
    found = _total(framework, worth, ((r, r.score or ZERO) for r in counted))
    left_open = _range(framework, indicators, counted, worth, short)
    low, high = (left_open.low, left_open.high) if left_open else (found, found)
    grade = framework.grade_of(low) if worth and framework.grade_of(low) == framework.grade_of(high) else None
    overall = next((s for s in record.self_evaluation if s.indicator == "total"), None)
    return Evaluation(
        version=__version__,
        framework=framework,
        record=record,
        formulas=tuple(year.formulas.values()),
        targets=year.targets,
        indicators=results,
        sections=_sections(framework, results),
        total=found,
        points=framework.points if worth else ZERO,
        grade_id=grade.id if grade else "",
        coverage=_coverage(results, {i.id for i in indicators if isinstance(i.rule, Unsaid)}, short),
        self_total=overall.score if overall else None,
        self_grade=overall.grade if overall else "",
        open=left_open,
        draft=draft,
    )


def _total(framework: Framework, worth: Decimal, given: Iterable[tuple[IndicatorResult, Decimal]], more: Decimal = ZERO) -> Decimal:
    """The scores out of the framework's full points, where they are `worth` so many, and what is added to these or taken away."""
    places, scores = framework.rounding.scores, [*given]
    plain_sum = sum((score for r, score in scores if not r.extra), more)
    extra = sum((score for r, score in scores if r.extra), ZERO)
    if not worth:
        return round_half_up(plain_sum + extra, places)
    return round_half_up(max(round_half_up(plain_sum * framework.points / worth, places) + extra, ZERO), places)


def _range(
    framework: Framework, indicators: Iterable[Indicator], counted: Sequence[IndicatorResult], worth: Decimal, short: Decimal
) -> Range | None:
    """Between what the total can still lie, where scores are missing or, in a draft, so many points are not given to indicators yet."""
    missing = tuple(r.id for r in counted if r.score is None and r.points)
    if not missing and not short:
        return None
    places = framework.rounding.scores
    most = {i.id: round_half_up(i.points * (ONE if i.extra else i.rule.most), places) for i in indicators}
    low = ((r, r.score if r.score is not None else -most[r.id] if r.extra == "deduction" else ZERO) for r in counted)
    high = ((r, r.score if r.score is not None else ZERO if r.extra == "deduction" else most[r.id]) for r in counted)
    return Range(_total(framework, worth, low), _total(framework, worth, high, round_half_up(short * framework.open_most, places)), missing)


def _coverage(results: Iterable[IndicatorResult], unsaid: Collection[str], short: Decimal) -> Coverage:
    applicable = [r for r in results if r.status in ("scored", "missing")]
    scored = [r for r in applicable if r.status == "scored"]
    return Coverage(
        indicators=len(applicable),
        indicators_scored=len(scored),
        points=sum((r.points for r in applicable if not r.extra), short),
        points_scored=sum((r.points for r in scored if not r.extra), ZERO),
        points_unsaid=sum((r.points for r in applicable if r.id in unsaid), ZERO),
    )


class _Year:
    """A department's year as it is measured, and what is recorded about each indicator."""

    def __init__(self, framework: Framework, record: Record, indicators: tuple[Indicator, ...]) -> None:
        self.framework, self.record = framework, record
        formulas, self.targets = measure(framework, Facts(framework.catalogue, record), indicators)
        self.formulas = {f.id: f for f in formulas}
        self.target_of = {t.id: t for t in self.targets}
        self.judgements = grouped((j.indicator, j) for j in record.judgements)
        self.findings = grouped((f.indicator, f) for f in record.findings)
        self.own = {o.indicator for o in record.own_indicators}


def _opened(result: IndicatorResult) -> IndicatorResult:
    """An indicator whose score hangs on what is still to be done."""
    status: Status = "missing"
    return replace(result, status=status, value=None, score=None, formula_score=None, award=None, counted=True)


def _sections(framework: Framework, results: tuple[IndicatorResult, ...]) -> tuple[SectionResult, ...]:
    """What the indicators below each dimension and group are worth, and what they score."""
    above = {s.id: s.within for s in framework.sections}
    members: dict[str, list[IndicatorResult]] = {s.id: [] for s in framework.sections}
    for result in results:
        place = result.group
        while place and result.counted:
            members[place].append(result)
            place = above[place]
    found = []
    for section in framework.sections:
        inside = members[section.id]
        points = sum((m.points for m in inside if not m.extra), ZERO)
        score = sum((m.score for m in inside if m.score is not None), ZERO)
        rate = score / points if points else None
        home = framework.homes[section.id]
        found.append(SectionResult(section.id, section.words, home, section.within, points, score, rate, section.basis))
    return tuple(found)


def _vetoed(framework: Framework, record: Record, results: tuple[IndicatorResult, ...]) -> tuple[IndicatorResult, ...]:
    """The results with no score left where a finding names a veto."""
    named = {f.veto for f in record.findings}
    for veto in (v for v in framework.vetoes if v.id in named):
        inside = {veto.of} if veto.of != "total" else {s.id for s in framework.sections}
        for section in framework.sections:
            if section.within in inside:
                inside.add(section.id)
        nothing = round_half_up(ZERO, framework.rounding.scores)
        hit = {r.id for r in results if r.counted and {r.id, r.group} & inside and (r.score is not None or r.extra != "deduction")}
        results = tuple(replace(r, score=min(nothing, r.score or nothing), veto=veto.id) if r.id in hit else r for r in results)
    return results


def _score(year: _Year, indicator: Indicator) -> IndicatorResult:
    """One indicator: what the rule gives, then what the evaluators decided over it."""
    framework, rule, points = year.framework, indicator.rule, indicator.points
    judgements = year.judgements.get(indicator.id, [])
    formula, target = year.formulas.get(indicator.value), year.target_of.get(indicator.id)
    value, unit = _measured(year, indicator)
    award = _award(year, indicator, value, unit)
    formula_score = None if award is None else round_half_up(award.score, framework.rounding.scores)
    status, method, score, counted = _decided(year, indicator, judgements, value, formula_score)
    if indicator.one_of and not any(j.kind == "chosen" for j in judgements):
        status, score, counted = "not_chosen", None, False
    if indicator.extra and score is not None:
        score = min(score, round_half_up(points, framework.rounding.scores))
        score = -score if indicator.extra == "deduction" else score
    return IndicatorResult(
        id=indicator.id,
        name=indicator.words,
        dimension=framework.homes[indicator.within],
        group=indicator.within,
        points=points,
        basis=indicator.basis,
        own=indicator.id in year.own,
        value=value,
        unit=unit,
        status=status,
        method=method,
        score=score,
        formula_score=formula_score,
        award=award,
        rule=rule.form,
        formula=formula.id if formula else None,
        target=target.id if target else None,
        judgements=tuple(judgements),
        findings=tuple(f.finding for f in year.findings.get(indicator.id, ())),
        counted=counted,
        extra=indicator.extra,
    )


def _decided(
    year: _Year, indicator: Indicator, judgements: Sequence[Judgement], value: Decimal | None, formula_score: Decimal | None
) -> tuple[Status, Method, Decimal | None, bool]:
    """What becomes of an indicator, scored by its rule or by a person, missing or not applicable; its score; whether it counts."""
    treatment, rule, points = year.framework.treatment, indicator.rule, indicator.points
    target = year.target_of.get(indicator.id)
    rounded = partial(round_half_up, places=year.framework.rounding.scores)
    judged = (rule.takes in ("items", "tier", "score") and indicator.value != PANEL) or (target is not None and target.judged)
    method: Method = "judged" if judged else "computed"
    if does_not_apply(judgements, year.formulas.get(indicator.value), target):
        left_out = bool(indicator.extra) or (indicator.not_applicable or treatment.not_applicable) == "rescale"
        return "not_applicable", "judged", None if left_out else rounded(points), not left_out
    decision = next((j for j in judgements if j.kind in ("award", "override")), None)
    if decision is not None and rule.takes != "score" and (given := score_given(decision, points)) is not None:
        return "scored", "judged" if formula_score is None else "overridden", rounded(given), True
    # without points it is measured and shown
    if (value if not points and rule.takes == "number" else formula_score) is None:
        return "missing", method, rounded(ZERO) if treatment.missing == "zero" else None, treatment.missing != "rescale"
    if indicator.extra == "deduction" and rule.takes_away and formula_score is not None:
        return "scored", method, rounded(points) - formula_score, True  # what is lost of it is what it takes from the total
    return "scored", method, formula_score, True


def _measured(year: _Year, indicator: Indicator) -> tuple[Decimal | None, Unit]:
    """The number of an indicator: a target's actual, what a formula gives, or the satisfaction in the answers."""
    if target := year.target_of.get(indicator.id):
        return target.actual, target.unit
    if formula := year.formulas.get(indicator.value):
        return formula.value, formula.unit
    if indicator.value == SURVEY:
        return satisfaction(year.record, indicator.id), SHARE
    return None, NO_UNIT


def does_not_apply(judgements: Iterable[Judgement], formula: FormulaResult | None, target: TargetResult | None) -> bool:
    """Whether an indicator does not apply: so the evaluators decided, or its target, actual or a number of its formula says so."""
    if any(j.kind == "not_applicable" for j in judgements) or (target is not None and target.state == "not_applicable"):
        return True
    return formula is not None and any(i.state == "not_applicable" for i in formula.inputs)


def score_given(decision: Judgement, points: Decimal) -> Decimal | None:
    """The score that a person gave: in points, or as a share of them (得分系数)."""
    if decision.score is None and decision.coefficient is not None:
        return points * decision.coefficient / 100
    return decision.score


def award_number(rule: Measured, value: Decimal | None, unit: Unit, target: TargetResult | None, points: Decimal) -> Award | None:
    """What a rule gives for a number, or for its completion of the target; None where there is none.

    Rules take a share where a share is measured, otherwise the number as it stands in its unit.
    """
    if rule.of == "completion":
        return None if target is None or target.attainment is None else rule.award(target.attainment, points)
    return None if value is None else rule.award(convert(value, unit, SHARE) if unit.is_share else value, points)


def _award(year: _Year, indicator: Indicator, value: Decimal | None, unit: Unit) -> Award | None:
    """What the indicator's rule gives, or None where something that it needs is missing."""
    framework, rule, points = year.framework, indicator.rule, indicator.points
    judgements, findings = year.judgements.get(indicator.id, []), year.findings.get(indicator.id, [])
    if isinstance(rule, Measured):
        return award_number(rule, value, unit, year.target_of.get(indicator.id), points)
    if isinstance(rule, DeductPerOccurrence):
        checked = findings or framework.treatment.no_finding == "none" or any(j.kind == "nothing_found" for j in judgements)
        return rule.award(tuple(f.seriousness for f in findings), points) if checked else None
    if isinstance(rule, Checklist):
        verdicts = {j.item: j.verdict == "met" for j in judgements if j.kind == "item" and j.verdict}
        return rule.award(verdicts, points) if all(i.id in verdicts for i in rule.items) else None
    if indicator.value == PANEL and isinstance(rule, Given):
        score = panel_score(year.record, indicator.id, framework.experts, points, framework.rounding.scores)
        return None if score is None else rule.award(score)
    decision = next((j for j in judgements if j.kind == rule.judgement), None)
    given = None if decision is None else score_given(decision, points)
    if isinstance(rule, Tiers) and decision is not None:
        tier = rule.tier(decision.verdict)
        given = tier.low * points if given is None and tier is not None and tier.low == tier.high else given
        return None if given is None else rule.award(decision.verdict, given, points)
    if given is None or decision is None or not isinstance(rule, Given):
        return None
    return rule.award(given, None if decision.score is not None or decision.coefficient is None else decision.coefficient / 100)
