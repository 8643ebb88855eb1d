"""How each number came about, in sentences: formulas, targets, scores, clauses, evidence. Made of an evaluation's results, on demand."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from evallib.model.evaluation import Evaluation, FormulaResult, IndicatorResult, State, Status, TargetResult
from evallib.model.expression import write
from evallib.model.facts import InputValue
from evallib.model.units import SHARE, Unit
from evallib.model.words import Lang, Words, words
from evallib.say.numbers import percent, plain, quantity, section_number, written
from evallib.say.rules import rule_text, rule_working
from evallib.score.measure import counted_parts

STATUSES: dict[Status, Words] = {
    "scored": words("已评分", "scored"),
    "missing": words("缺数据", "missing"),
    "not_applicable": words("不适用", "not applicable"),
}
"""What became of an indicator, in words."""

STATES: dict[State, Words] = {
    "undefined": words("基数为零，比率无定义", "the base is zero: the rate is not defined"),
    "no change": words("均为零，视为没有变化", "both are zero: no change"),
}
"""Why a formula has no value of its own, in words."""


def _input_name(e: Evaluation, i: InputValue, dated: bool, lang: Lang) -> str:
    year = e.catalogue.year(i.year)[lang]
    if not dated:
        return i.name[lang]
    return f"{year}年{i.name.zh}" if lang == "zh" else f"{i.name.en} in {year}"


def formula_text(e: Evaluation, formula: FormulaResult, lang: Lang) -> str:
    """A formula with the names of what it takes.

    >>> from pathlib import Path
    >>> from evallib.data.years import evaluate_year
    >>> e = evaluate_year(Path("data"), "hrss", 2023).evaluation
    >>> formula_text(e, e.formulas[0], "en"), formula_working(e, e.formulas[0], "en")
    ('Staff in post ÷ Approved posts', '51 people ÷ 48 people = 106.25%')
    """
    return _put_in(e, formula, lambda i, dated: _input_name(e, i, dated, lang), lang)


def _put_in(e: Evaluation, formula: FormulaResult, text: Callable[[InputValue, bool], str], lang: Lang) -> str:
    made = e.catalogue.formulas[formula.id]
    texts = {name: text(i, made.compares_years) for name, i in zip(made.inputs, formula.inputs, strict=True)}
    return write(made.tree, texts.__getitem__, plain)


def formula_working(e: Evaluation, formula: FormulaResult, lang: Lang) -> str:
    """A formula with its numbers and its result; or why it has none."""
    dated = e.catalogue.formulas[formula.id].compares_years
    if formula.state == "missing":
        lacking = ("、" if lang == "zh" else ", ").join(_input_name(e, i, dated, lang) for i in formula.inputs if i.value is None)
        return f"缺少{lacking}，无法计算" if lang == "zh" else f"cannot be computed: {lacking} missing"
    result = STATES[formula.state][lang] if formula.state in STATES else quantity(formula.value or Decimal(0), formula.unit, lang)
    return f"{_put_in(e, formula, lambda i, _: quantity(i.value or Decimal(0), i.unit, lang), lang)} = {result}"


def _actual(e: Evaluation, t: TargetResult, lang: Lang) -> str:
    """How the actual of a target came about."""
    row = next(r for r in e.record.targets if r.indicator == t.id)
    read = e.catalogue.units.read
    unit = read(row.actual_unit or row.unit)
    if t.way == "of base":
        shown = f"{quantity(row.actual or Decimal(0), unit, lang)} ÷ {quantity(row.base or Decimal(0), unit, lang)}"
        return f"{shown} = {STATES['undefined'][lang] if t.actual is None else quantity(t.actual, t.unit, lang)}"
    if t.way == "given":
        shown = quantity(row.actual or Decimal(0), unit, lang)
        converted = unit.factor != t.unit.factor and (lang == "zh" or unit.factor / unit.scale != t.unit.factor / t.unit.scale)
        return f"{shown} = {quantity(t.actual or Decimal(0), t.unit, lang)}" if converted else shown
    if t.way == "parts":
        parts = (f"{p.words[lang]} {quantity(p.value, read(p.unit), lang)}" for p in counted_parts(e.record, t.id, "actual"))
        return f"{' + '.join(parts)} = {quantity(t.actual or Decimal(0), t.unit, lang)}"
    if t.way == "formula":
        return formula_working(e, e.formula(e.in_force[t.id].value), lang)
    return "没有实际值" if lang == "zh" else "no actual was given"


def target_working(e: Evaluation, t: TargetResult, lang: Lang) -> str:
    """A target and its actual, and how far the one reaches the other."""
    how, goal = _actual(e, t, lang), written(t.target, t.unit)[lang]
    if t.actual is None:
        return how
    if t.completion_rate is None:
        return f"实际 {how}；目标为零，完成率无定义" if lang == "zh" else f"actual {how}; the target is zero: completion is not defined"
    rate = percent(t.completion_rate)
    if t.operator == "<=":
        if lang == "zh":
            return f"实际 {how}；上限 {goal}，{'未超过' if t.met else '超过'}；相当于上限的 {rate}"
        return f"actual {how}; limit {goal}: {'kept' if t.met else 'exceeded'}, {rate} of the limit"
    full = words("，超额部分不加分", ", capped at 100%")[lang] if t.completion_rate > 1 else ""
    if lang == "zh":
        return f"实际 {how}；目标 {goal}；完成率 {rate}{full}"
    return f"actual {how}; target {goal}; completion {rate}{full}"


def _measured(e: Evaluation, i: IndicatorResult, lang: Lang) -> str:
    """How an indicator's number came about; nothing where it has none."""
    target = e.target(i.target) if i.target else None
    if target is not None:
        return target_working(e, target, lang)
    return formula_working(e, e.formula(i.formula), lang) if i.formula else ""


_DECIDED = {
    "published": words("报告认定", "the report puts it at"),
    "reconstructed": words("据报告推断", "inferred from the report:"),
    "own": words("评价组评定", "the evaluators put it at"),
}


def indicator_working(e: Evaluation, i: IndicatorResult, lang: Lang) -> str:
    """How an indicator's score came about: the number, the rule, the rounding, and what the evaluators decided over it."""
    zh, places = lang == "zh", e.framework.rounding.scores
    apart = "；" if zh else "; "
    how = _measured(e, i, lang)
    if i.status == "not_applicable":
        reason = next(j for j in i.judgements if j.kind == "not_applicable").reason_words[lang]
        return f"不适用：{reason}" if zh else f"not applicable: {reason}"
    if not i.points and how:
        return how
    if i.award is None:
        said = how or words("缺少评定所需的资料", "what the rule needs is missing")[lang]
        if e.framework.treatment.missing == "zero":
            said += words("；缺少数据，不得分", "; missing: no points")[lang]
    else:
        worked = rule_working(e.in_force[i.id].rule, i.award, i.points, i.findings, scale_of(e, i), lang)
        end = f" = {plain(i.award.score, places)}"
        if i.award.score != i.formula_score:
            end = f" = {plain(i.award.score, 4)} → {plain(i.formula_score or Decimal(0), places)}"
        said = apart.join([part for part in (how, worked) if part]) + end + (" 分" if zh else "")
    decision = next((j for j in i.judgements if j.kind in ("award", "override") and j.score is not None), None)
    if decision is None or i.method == "computed" or (i.award is not None and i.method != "overridden"):
        return said
    score, by = plain(i.score or Decimal(0), places), _DECIDED[decision.basis][lang]
    told = f"{by} {score} 分：{decision.reason}" if zh else f"{by} {score} points. {decision.reason_words.en}"
    return apart.join([how if i.award is None and how else said, told])


def scale_of(e: Evaluation, i: IndicatorResult) -> Unit:
    """The unit of the numbers in an indicator's rule: a share for completion, else the unit of its value."""
    return SHARE if e.in_force[i.id].rule.measures != "value" or not i.unit.symbol or i.unit.is_share else i.unit


def indicator_rule(e: Evaluation, i: IndicatorResult, lang: Lang) -> str:
    """The rule of an indicator in words."""
    return rule_text(e.in_force[i.id].rule, lang, scale_of(e, i))


def indicator_clause(e: Evaluation, i: IndicatorResult, lang: Lang) -> str:
    """The clause an indicator rests on."""
    made = e.in_force[i.id]
    clause, document = e.framework.find_source(made.source), e.record.find_source(made.source)
    name = clause.words if clause else document.words if document else words(made.source)
    number = clause.number if clause else document.number if document else ""
    if lang == "zh":
        return f"《{name.zh}》{f'（{number}）' if number else ''}{made.clause}"
    return f"{name.en}{f' ({number})' if number else ''}, {made.clause_en or section_number(made.clause, 'en')}"


def indicator_evidence(e: Evaluation, i: IndicatorResult, lang: Lang) -> str:
    """What stands behind a score: the evidence for the actual, the reasons of the evaluators, the findings."""
    said = [t.evidence_words for t in e.record.targets if i.target and t.indicator == i.id]
    said += [j.reason_words for j in i.judgements]
    said += [words(f"问题 {f.finding}：{f.title}", f"finding {f.finding}: {f.words.en}") for f in e.record.findings if f.indicator == i.id]
    return ("；" if lang == "zh" else "; ").join(s[lang].rstrip("。；" if lang == "zh" else ".;") for s in said if s)


def indicator_note(e: Evaluation, i: IndicatorResult, lang: Lang) -> str:
    """What the framework remarks on an indicator."""
    made = e.in_force[i.id]
    return words(made.note, made.note_en)[lang]
