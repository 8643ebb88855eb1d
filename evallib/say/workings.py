"""How each number came about, in sentences: formulas, targets, scores, clauses, evidence. Made of an evaluation's results, on demand."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import get_args

from evallib.model.evaluation import Evaluation, FormulaResult, IndicatorResult, State, Status, TargetResult
from evallib.model.expression import write
from evallib.model.facts import InputValue
from evallib.model.table_words import CHOICES, STATES
from evallib.model.units import SHARE, Unit, convert, parse_decimal
from evallib.model.words import NOTHING, Given, Lang, Words, listed, stopped_once, words
from evallib.say.numbers import percent, plain, quantity, section_number, written
from evallib.say.rules import rule_text, rule_working
from evallib.say.sentences import sentence
from evallib.score.measure import counted_parts

STATUSES: dict[Status, Words] = {status: sentence(f"workings.status.{status}") for status in get_args(Status)}
"""What became of an indicator, in words."""


def input_name(e: Evaluation, i: InputValue, dated: bool, lang: Lang) -> str:
    """What goes into a formula, with its year where the formula compares years."""
    return sentence("workings.in_year", year=e.catalogue.year(i.year), name=i.name)[lang] if dated else i.name[lang]


def formula_text(e: Evaluation, formula: FormulaResult, lang: Lang) -> str:
    """A formula with the names of what it takes.

    >>> from pathlib import Path
    >>> from evallib.data.years import evaluate_year
    >>> e = evaluate_year(Path("data"), "hrss", 2023).evaluation
    >>> formula_text(e, e.formulas[0], "en"), formula_working(e, e.formulas[0], "en")
    ('Staff in post ÷ Approved posts', '51 people ÷ 48 people = 106.25%')
    """
    return _put_in(e, formula, lambda i, dated: input_name(e, i, dated, lang))


def _put_in(e: Evaluation, formula: FormulaResult, text: Callable[[InputValue, bool], str]) -> str:
    made = e.catalogue.formulas[formula.id]
    texts = {name: text(i, made.compares_years) for name, i in zip(made.inputs, formula.inputs, strict=True)}
    return write(made.tree, texts.__getitem__, plain)


def formula_working(e: Evaluation, formula: FormulaResult, lang: Lang) -> str:
    """A formula with its numbers and its result; or why it has none."""
    dated = e.catalogue.formulas[formula.id].compares_years
    if formula.state == "missing":
        lacking = listed(input_name(e, i, dated, lang) for i in formula.inputs if i.value is None)
        return sentence("workings.missing", what=lacking)[lang]
    result = _state(formula.state, lang) or quantity(formula.value or Decimal(0), formula.unit, lang)
    return f"{_put_in(e, formula, lambda i, _: quantity(i.value or Decimal(0), i.unit, lang))} = {result}"


def _state(state: State, lang: Lang) -> str:
    """Why a formula has no value of its own; nothing where it has."""
    return sentence(f"workings.state.{state}")[lang] if state in ("undefined", "no change") else ""


def _actual(e: Evaluation, t: TargetResult, lang: Lang) -> str:
    """How the actual of a target came about."""
    row = next(r for r in e.record.targets if r.indicator == t.id)
    read = e.catalogue.units.read
    unit = read(row.actual_unit or row.unit)
    if t.way == "of base":
        shown = f"{quantity(row.actual or Decimal(0), unit, lang)} ÷ {quantity(row.base or Decimal(0), unit, lang)}"
        return f"{shown} = {_state('undefined', lang) if t.actual is None else quantity(t.actual, t.unit, lang)}"
    if t.way == "given":
        shown = quantity(row.actual or Decimal(0), unit, lang)
        converted = unit.factor != t.unit.factor and (lang == "zh" or unit.factor / unit.scale != t.unit.factor / t.unit.scale)
        return f"{shown} = {quantity(t.actual or Decimal(0), t.unit, lang)}" if converted else shown
    if t.way == "parts":
        parts = (f"{p.words[lang]} {quantity(p.value or Decimal(0), read(p.unit), lang)}" for p in counted_parts(e.record, t.id, "actual"))
        return f"{' + '.join(parts)} = {quantity(t.actual or Decimal(0), t.unit, lang)}"
    if t.way == "survey":
        return sentence("workings.target.survey", rate=written(t.actual, t.unit))[lang]
    if t.way == "formula":
        return formula_working(e, e.formula(e.in_force[t.id].value), lang)
    return sentence("workings.target.no_actual")[lang]


def target_text(t: TargetResult, lang: Lang) -> str:
    """What a target asks for with its operator: ≥ 800 people, 90~95%, no later than 2023-12-31."""
    sign = "" if t.operator in ("between", "words") else CHOICES[t.operator][lang] + " "
    return sign + goal_text(t, lang)


def target_told(e: Evaluation, t: TargetResult, lang: Lang) -> str:
    """How the actual of a target came about, where that says more than the number, and the evidence for it."""
    row = next(r for r in e.record.targets if r.indicator == t.id)
    how, stop = _actual(e, t, lang) if t.is_number and t.actual is not None else "", "。" if lang == "zh" else ". "
    said = ("" if how == reached_text(t, lang) else how, row.evidence_words[lang])
    return stopped_once("".join(part + stop for part in said if part).rstrip())


def goal_text(t: TargetResult, lang: Lang) -> str:
    """What a target asks for, without its operator: a number with its unit, a range, a date, words."""
    if t.asked or t.operator in ("words", "by"):
        return t.asked or "—"
    if t.upper is not None:
        upper = f"{plain(t.upper)}{t.unit.symbol}" if t.unit.is_share else quantity(t.upper, t.unit, lang)
        return f"{plain(t.target * (t.unit.scale if lang == 'en' else 1))}~{upper}"
    return quantity(t.target, t.unit, lang)


def reached_text(t: TargetResult, lang: Lang) -> str:
    """What was reached: a number with its unit, a date, or how far what was asked for in words; else why it is not known."""
    if t.actual is None:
        return STATES[t.state][lang] if t.state else "—"
    if t.operator == "words":
        return CHOICES[t.reached][lang]
    return t.reached or quantity(t.actual, t.unit, lang)


def indicator_value(e: Evaluation, i: IndicatorResult, lang: Lang) -> str:
    """The number of an indicator with its unit; the day or the words where its target is no number; empty where it has none at all."""
    target = e.target(i.target) if i.target else None
    if target is not None and not target.is_number:
        return reached_text(target, lang)
    return quantity(i.value, i.unit, lang) if i.value is not None else "—" if i.unit.symbol else ""


def indicator_reached(e: Evaluation, i: IndicatorResult, lang: Lang) -> str:
    """The number of an indicator, with how far its target was reached where that is another; without a number what was published."""
    said, target = indicator_value(e, i, lang), e.target(i.target) if i.target else None
    if target is not None and target.is_number and not target.unit.is_share and target.reached_share is not None:
        return said + sentence("workings.reached", share=percent(target.reached_share))[lang]
    printed = [row for row in e.record.published if i.formula and row.number == f"formula.{i.formula}"]
    if i.value is None and printed and (number := parse_decimal(printed[0].value)) is not None:
        shown = quantity(number, e.catalogue.units.read(printed[0].unit), lang)
        return shown + sentence("workings.only_published")[lang]
    if i.value is not None and i.formula in e.catalogue.playing("change on last year"):
        now, before = e.formula(i.formula).inputs[:2]
        if now.value is not None and before.value is not None and now.unit.dimensions == before.unit.dimensions:
            difference = now.value - convert(before.value, before.unit, now.unit)
            return said + sentence("workings.by", difference=written(difference, now.unit))[lang]
    return said


def total_text(e: Evaluation) -> str:
    """The total, or what it can still be; empty where there is none."""
    if e.open is not None:
        return f"{plain(e.open.low, 2)}–{plain(e.open.high, 2)}"
    return plain(e.total, 2) if e.has_total else ""


def scaled_text(e: Evaluation) -> Words:
    """That what counts carries other points than the total is out of, and what was left out; nothing where it carries just these."""
    counted = [i for i in e.indicators if i.counted and not i.extra]
    worth, scored = sum((i.points for i in counted), Decimal(0)), sum((i.score or Decimal(0) for i in counted), Decimal(0))
    if not e.has_total or worth == e.points:
        return NOTHING
    apart = [i for i in e.indicators if not i.counted and not i.extra and i.points and i.status != "not_chosen"]
    left = listed(sentence("workings.scaled.out", name=i.name, status=STATUSES[i.status]) for i in apart)
    out = sentence("workings.scaled.without", names=left) if apart else NOTHING
    return sentence("workings.scaled.said", scored=plain(scored, 2), worth=plain(worth), points=plain(e.points), without=out)


def target_working(e: Evaluation, t: TargetResult, lang: Lang) -> str:
    """A target and its actual, and how far the one reaches the other."""
    told = partial(_target, lang=lang)
    if t.actual is None:
        return told(t.state) if t.state else _actual(e, t, lang)
    goal, rate = goal_text(t, lang), t.completion_rate
    if t.original is not None:
        goal += told("adjusted", original=quantity(t.original, t.unit, lang))
    if t.operator == "by":
        days = told("days", count=abs(int(t.actual)))
        return told("late" if t.actual > 0 else "early" if t.actual else "on_time", done=t.reached, due=t.asked, days=days)
    if t.operator == "words":
        return told("words", goal=t.asked or told("no_words"), reached=reached_text(t, lang), share=percent(t.actual, None))
    how = _actual(e, t, lang)
    if t.operator == "between" and not t.met:
        side = "below_range" if t.actual < t.target else "above_range"
        return told(side, how=how, goal=goal, share=percent(t.attainment or Decimal(0)))
    if t.operator == "between":
        return told("in_range", how=how, goal=goal)
    if rate is None:
        verdict = told("reached" if t.met else "not_reached")
        return told("negative" if t.target < 0 else "zero", how=how, goal=goal, verdict=verdict)
    ending = ("kept" if t.met else "exceeded") if t.lower_is_better else "surpassed" if rate > 1 else "completed"
    ending = "not_exactly" if t.operator == "=" and not t.met and not t.attainment else ending
    said = told(ending, how=how, goal=goal, rate=percent(rate))
    return said + (told("must_exceed", sign=t.operator) if t.operator in (">", "<") and t.actual == t.target else "")


def _target(name: str, lang: Lang, **given: Given) -> str:
    return sentence(f"workings.target.{name}", **given)[lang]


def _attained(t: TargetResult, lang: Lang) -> str:
    """What a rule of completion takes of a limit: the limit over the actual, or what was saved; nothing where that was told."""
    if not t.is_number or not t.lower_is_better or t.completion_rate is None or t.attainment is None or t.attainment == 1:
        return ""
    saved = t.attainment - 1
    return _target("saved" if saved > 0 else "inverted", lang, part=percent(saved), share=percent(t.attainment))


def _measured(e: Evaluation, i: IndicatorResult, lang: Lang) -> str:
    """How an indicator's number came about; nothing where it has none."""
    target = e.target(i.target) if i.target else None
    if target is not None:
        return target_working(e, target, lang) + (_attained(target, lang) if e.in_force[i.id].rule.measures == "completion" else "")
    if i.formula:
        return formula_working(e, e.formula(i.formula), lang)
    return sentence("workings.target.survey", rate=written(i.value, i.unit))[lang] if i.value is not None else ""


def indicator_working(e: Evaluation, i: IndicatorResult, lang: Lang) -> str:
    """How an indicator's score came about: the number, the rule, the rounding, and what the evaluators decided over it."""
    said = _decided(e, i, lang)
    if i.extra:
        said = sentence(f"workings.score.{i.extra}", how=said, score=plain(abs(i.score or Decimal(0)), e.framework.rounding.scores))[lang]
    veto = next((v for v in e.framework.vetoes if v.id == i.veto), None)
    return sentence("workings.score.veto", how=said, veto=veto.words)[lang] if veto else said


def _decided(e: Evaluation, i: IndicatorResult, lang: Lang) -> str:
    places, apart, rule = e.framework.rounding.scores, "；" if lang == "zh" else "; ", e.in_force[i.id].rule
    how = _measured(e, i, lang)
    if i.status == "not_applicable":
        reason = next((j.reason_words for j in i.judgements if j.kind == "not_applicable"), words(how))
        kept = "left_out" if i.score is None else "full"
        return sentence(f"workings.score.not_applicable.{kept}", reason=reason)[lang]
    if i.status == "not_chosen":
        return sentence("workings.score.not_chosen", name=_chosen_beside(e, i))[lang]
    if not i.points and how:
        return how
    if i.award is None:
        said = how or sentence(f"workings.score.{'unchecked' if rule.takes == 'findings' else 'lacking'}")[lang]
        said = sentence(f"workings.score.missing.{e.framework.treatment.missing}", how=said)[lang]
    else:
        findings = tuple(e.record.number_of("findings", id) for id in i.findings)
        worked = rule_working(rule, i.award, i.points, findings, scale_of(e, i), lang)
        score = plain(i.award.score, places)
        if i.award.score != i.formula_score:
            score = f"{plain(i.award.score, 4)} → {plain(i.formula_score or Decimal(0), places)}"
        form = "given" if rule.takes in ("tier", "score") and "coefficient" not in i.award.numbers else "computed"
        form = "summed" if rule.takes == "items" else form
        worked = apart.join(part for part in (how, worked) if part)
        said = sentence(f"workings.score.{form}", worked=worked, score=score)[lang]
    decision = next((j for j in i.judgements if j.kind in ("award", "override") and (j.score, j.coefficient) != (None, None)), None)
    if decision is None or i.method == "computed" or (i.award is not None and i.method != "overridden"):
        return said
    by, score = sentence(f"workings.decided.{decision.basis}"), plain(i.score or Decimal(0), places)
    told = sentence("workings.score.decided", by=by, score=score, reason=decision.reason_words)[lang]
    return apart.join([how if i.award is None and how else said, told])


def _chosen_beside(e: Evaluation, i: IndicatorResult) -> Words:
    """The indicator that was taken in the place of one."""
    own = e.in_force[i.id]
    beside = (o for o in e.indicators if e.in_force[o.id].one_of == own.one_of and o.group == i.group and o.status != "not_chosen")
    return next((o.name for o in beside), words(own.one_of))


def scale_of(e: Evaluation, i: IndicatorResult) -> Unit:
    """The unit of the numbers in an indicator's rule: a share for completion, else the unit of its value."""
    return SHARE if e.in_force[i.id].rule.measures != "value" or not i.unit.symbol or i.unit.is_share else i.unit


def indicator_rule(e: Evaluation, i: IndicatorResult, lang: Lang) -> str:
    """The rule of an indicator in words."""
    return rule_text(e.in_force[i.id].rule, lang, scale_of(e, i))


def indicator_sentence(e: Evaluation, i: IndicatorResult, lang: Lang) -> str:
    """The sentence that the rule of an indicator was made from (原文), as it stands in its document; empty where none is given."""
    rule = e.in_force[i.id].rule
    return words(rule.text, rule.text_en)[lang]


def indicator_clause(e: Evaluation, i: IndicatorResult, lang: Lang) -> str:
    """The clause an indicator rests on."""
    made = e.in_force[i.id]
    clause, document = e.framework.find_source(made.source), e.record.find_source(made.source)
    name = clause.words if clause else document.words if document else words(made.source)
    number = clause.number if clause else document.number if document else ""
    told = sentence("workings.clause.numbered" if number else "workings.clause.plain", name=name, number=number)[lang]
    if lang == "zh":
        return told + made.clause
    return ", ".join(part for part in (told, made.clause_en or section_number(made.clause, "en")) if part)


def indicator_evidence(e: Evaluation, i: IndicatorResult, lang: Lang) -> str:
    """What stands behind a score: the evidence for the actual, the reasons of the evaluators, the findings."""
    said = [t.evidence_words for t in e.record.targets if i.target and t.indicator == i.id]
    said += [j.reason_words for j in i.judgements]
    findings = [(e.record.number_of("findings", f.finding), f.words) for f in e.record.findings if f.indicator == i.id]
    said += [sentence("workings.finding.title", id=number, title=title) for number, title in findings]
    return ("；" if lang == "zh" else "; ").join(s[lang].rstrip("。；" if lang == "zh" else ".;") for s in said if s)


def indicator_note(e: Evaluation, i: IndicatorResult, lang: Lang) -> str:
    """What the framework remarks on an indicator."""
    made = e.in_force[i.id]
    return words(made.note, made.note_en)[lang]
