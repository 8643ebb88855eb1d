"""What must hold in the tables of the evaluation methods: questionnaires, experts' scores, costs and results. Pure: it only reports."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from evallib.checks.record import amounts
from evallib.methods.experts import judge
from evallib.methods.panels import panel_of
from evallib.methods.questionnaires import answers_of, is_answer, survey_of
from evallib.methods.survey import evaluate_survey
from evallib.model.errors import InputRefused, Place, Problem, Where, meant
from evallib.model.evaluation import Evaluation
from evallib.model.framework import Framework
from evallib.model.record import Record
from evallib.model.units import SHARE, convert, round_half_up
from evallib.model.words import words
from evallib.say.numbers import percent
from evallib.score.scoring import evaluate

_TABLES = ("surveys", "survey_answers", "expert_scores", "cost_results")
_COLUMNS = {"evaluator": "expert", "id": "group", "answers": "group"}
"""Where the statistics call a column by another name than the table does."""


def check_methods(framework: Framework, record: Record, where: Where) -> Iterator[Problem]:
    """Every problem of the optional tables that a row alone does not show; nothing where they are empty.

    The record has passed `check_record`. First what rows name; only when that is known, what is computed from them.
    """
    if not any(getattr(record, table) for table in _TABLES):
        return
    evaluation = evaluate(framework, record)
    named = [*_indicators(evaluation, where), *_surveys(evaluation, where), *_costs(framework, record, where)]
    yield from named
    if not named:
        yield from _panel(evaluation, where)
        yield from _questionnaires(evaluation, where)


def _indicators(evaluation: Evaluation, where: Where) -> Iterator[Problem]:
    known = {i.id: i.points for i in evaluation.indicators}
    for table in ("surveys", "expert_scores"):
        for index, row in enumerate(getattr(evaluation.record, table)):
            if row.indicator not in known:
                what = words("没有这个指标", "there is no such indicator")
                yield Problem(where(table, index, "indicator"), what, meant(row.indicator, list(known)), row.indicator)
            elif table == "expert_scores" and not known[row.indicator]:
                what = words("该指标没有分值，不能评分", "the indicator has no points to be given")
                fix = words("删去这一行，或给指标分值", "delete the row, or give the indicator points")
                yield Problem(where(table, index, "indicator"), what, fix, row.indicator)


def _surveys(evaluation: Evaluation, where: Where) -> Iterator[Problem]:
    """A questionnaire has one scale, and its answers belong to a group that was asked."""
    record, scales = evaluation.record, {row.indicator: row.scale for row in reversed(evaluation.record.surveys)}
    for index, row in enumerate(record.surveys):
        if row.scale != scales[row.indicator]:
            yield Problem(
                where("surveys", index, "scale"),
                words("同一指标的问卷用了不同的量表", "the groups asked for one indicator answered on different scales"),
                words(
                    f"各组都用 {scales[row.indicator]}，或分作两个指标", f"use {scales[row.indicator]} for every group, or two indicators"
                ),
                row.scale,
            )
    asked = {(row.indicator, row.group) for row in record.surveys}
    for index, answer in enumerate(record.survey_answers):
        if (answer.indicator, answer.group) not in asked:
            groups = [group for indicator, group in sorted(asked) if indicator == answer.indicator]
            column, found = ("group", answer.group) if groups else ("indicator", answer.indicator)
            what = words("“问卷对象”表（surveys）中没有这一行", "there is no such row in surveys")
            yield Problem(where("survey_answers", index, column), what, meant(found, groups or sorted(scales)), found)
        elif not is_answer(scales[answer.indicator], answer.answer):
            yield Problem(
                where("survey_answers", index, "answer"),
                words("量表上没有这个答案", "is no answer of the scale"),
                words(
                    f"可写：{answers_of(scales[answer.indicator]).zh}；无效的答卷写“无效”，未答的留空",
                    f"write one of: {answers_of(scales[answer.indicator]).en}; invalid for a form that cannot be read, nothing for a blank",
                ),
                answer.answer,
            )


def _costs(framework: Framework, record: Record, where: Where) -> Iterator[Problem]:
    """Money over a quantity, in units that can be compared from year to year, of no later year than the one evaluated."""
    units, first = framework.catalogue.units, {row.result: row for row in reversed(record.cost_results)}
    for index, row in enumerate(record.cost_results):
        if not units.read(row.cost_unit).is_money:
            what, usual = words("成本须以钱计", "a cost must be an amount of money"), amounts(units)
            fix = words(f"写 {usual.zh} 之一", f"write one of {usual.en}")
            yield Problem(where("cost_results", index, "cost_unit"), what, fix, row.cost_unit)
        if units.read(row.unit).is_share:
            what, fix = (
                words("成果须是数量，不能是百分比", "a result must be a quantity, not a rate"),
                words("填写人数、件数等", "give people, cases and the like"),
            )
            yield Problem(where("cost_results", index, "unit"), what, fix, row.unit)
        elif units.read(row.unit).dimensions != units.read(first[row.result].unit).dimensions:
            unit = first[row.result].unit
            what = words("与该成果其他年度的单位不可比", "cannot be compared with the result's unit in other years")
            yield Problem(
                where("cost_results", index, "unit"), what, words(f"用 {unit} 一类的单位", f"use {unit} or a unit of its kind"), row.unit
            )
        if row.year > record.year:
            what = words("晚于评价年度", "is later than the year evaluated")
            fix = words(f"写 {record.year} 或更早的年度", f"write {record.year} or an earlier year")
            yield Problem(where("cost_results", index, "year"), what, fix, str(row.year))


def _panel(evaluation: Evaluation, where: Where) -> Iterator[Problem]:
    """What `experts.judge` refuses, at the row of the table."""

    def here(table: str, index: int, column: str | None) -> Place:
        return where("expert_scores", index, _COLUMNS.get(column or "", column))

    panel = panel_of(evaluation.framework.experts, evaluation)
    if panel is None:
        return
    try:
        judge(panel, here)
    except InputRefused as refusal:
        for problem in refusal.problems:
            nowhere = problem.place.file == "judgements"
            yield replace(problem, place=Place(where("expert_scores", 0, None).file)) if nowhere else problem


def _questionnaires(evaluation: Evaluation, where: Where) -> Iterator[Problem]:
    """What `evaluate_survey` refuses, at the group's row; and an actual that is not what the answers say."""
    rows = evaluation.record.surveys
    for indicator in dict.fromkeys(row.indicator for row in rows):
        places = [n for n, row in enumerate(rows) if row.indicator == indicator]
        try:
            rate = evaluate_survey(survey_of(evaluation, indicator)).overall.rate
        except InputRefused as refusal:
            for problem in refusal.problems:
                number = re.search(r" g(\d+)$", problem.place.file)
                column = problem.place.column or ""
                yield replace(problem, place=where("surveys", places[int(number[1]) - 1 if number else 0], _COLUMNS.get(column, column)))
            continue
        yield from _other_actual(evaluation, indicator, rate, where)


def _other_actual(evaluation: Evaluation, indicator: str, rate: Decimal | None, where: Where) -> Iterator[Problem]:
    target = evaluation.target(indicator)
    if rate is None or target is None or target.actual is None or not target.unit.is_share:
        return
    actual = convert(target.actual, target.unit, SHARE)
    exponent = actual.as_tuple().exponent
    places = min(max(2, -exponent if isinstance(exponent, int) else 0), 4)
    if round_half_up(rate, places) != round_half_up(actual, places):
        index = next(n for n, row in enumerate(evaluation.record.targets) if row.indicator == indicator)
        yield Problem(
            where("targets", index, "actual"),
            words(f"与问卷答案算出的 {percent(rate)} 不符", f"is not what the answers of the questionnaire give, {percent(rate)}"),
            words("核对答案或实际值，写明算法", "check the answers or the actual, and say how it was computed"),
            percent(actual),
            level="warning",
            code="questionnaire",
            about=(indicator,),
        )
