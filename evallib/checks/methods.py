"""What must hold in the tables of the evaluation methods: questionnaires, experts' scores, costs and results. Pure: it only reports."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from evallib.checks.gone import NONE, Gone
from evallib.checks.record import amounts
from evallib.methods.experts import judge
from evallib.methods.panels import panel_of
from evallib.methods.questionnaires import answers_of, is_answer, survey_of
from evallib.methods.survey import rate_of
from evallib.model.errors import InputRefused, Place, Problem, Where
from evallib.model.evaluation import Evaluation
from evallib.model.framework import Framework
from evallib.model.record import Record
from evallib.model.units import SHARE, convert, round_half_up
from evallib.say.numbers import percent
from evallib.say.refusals import problem, unknown
from evallib.score.scoring import evaluate

_TABLES = ("surveys", "survey_answers", "expert_scores", "cost_results")
_COLUMNS = {"evaluator": "expert", "id": "group", "answers": "group"}
"""Where the statistics call a column by another name than the table does."""


def check_methods(framework: Framework, record: Record, where: Where, gone: Gone = NONE) -> Iterator[Problem]:
    """Every problem of the optional tables that a row alone does not show; nothing where they are empty.

    The record has passed `check_record`. First what rows name; only when that is known, what is computed from them.
    """
    if not any(getattr(record, table) for table in _TABLES):
        return
    evaluation = evaluate(framework, record)
    experts, surveys = [*_points(evaluation, where)], [*_surveys(evaluation, where, gone)]
    yield from (*experts, *surveys, *_costs(framework, record, where))
    if not experts and not gone.any("expert_scores"):
        yield from _panel(evaluation, where)
    if not surveys and not gone.any("surveys", "survey_answers"):
        yield from _questionnaires(evaluation, where)


def _points(evaluation: Evaluation, where: Where) -> Iterator[Problem]:
    """Experts score what has points."""
    for index, row in enumerate(evaluation.record.expert_scores):
        if not evaluation.indicator(row.indicator).points:
            yield problem("panel.no_points", where("expert_scores", index, "indicator"), row.indicator)


def _surveys(evaluation: Evaluation, where: Where, gone: Gone) -> Iterator[Problem]:
    """A questionnaire has one scale, and its answers belong to a group that was asked."""
    record, scales = evaluation.record, {row.indicator: row.scale for row in reversed(evaluation.record.surveys)}
    for index, row in enumerate(record.surveys):
        if row.scale != scales[row.indicator]:
            yield problem("survey.scales", where("surveys", index, "scale"), row.scale, scale=scales[row.indicator])
    asked = {(row.indicator, row.group) for row in record.surveys}
    for index, answer in enumerate(record.survey_answers):
        if (answer.indicator, answer.group) not in asked and gone.may_be("surveys", group=answer.group):
            continue
        if (answer.indicator, answer.group) not in asked:
            groups = [group for indicator, group in sorted(asked) if indicator == answer.indicator]
            column, found = ("group", answer.group) if groups else ("indicator", answer.indicator)
            yield unknown("survey", where("survey_answers", index, column), found, groups or sorted(scales))
        elif not is_answer(scales[answer.indicator], answer.answer):
            place, known = where("survey_answers", index, "answer"), answers_of(scales[answer.indicator])
            yield problem("survey.no_answer", place, answer.answer, answers=known)


def _costs(framework: Framework, record: Record, where: Where) -> Iterator[Problem]:
    """Money over a quantity, in units that can be compared from year to year, of no later year than the one evaluated."""
    units, first = framework.catalogue.units, {row.result: row for row in reversed(record.cost_results)}
    for index, row in enumerate(record.cost_results):
        if not units.read(row.cost_unit).is_money:
            yield problem("cost.no_money", where("cost_results", index, "cost_unit"), row.cost_unit, units=amounts(units))
        if units.read(row.unit).is_share:
            yield problem("cost.result_is_rate", where("cost_results", index, "unit"), row.unit)
        elif units.read(row.unit).dimensions != units.read(first[row.result].unit).dimensions:
            yield problem("cost.other_unit", where("cost_results", index, "unit"), row.unit, unit=first[row.result].unit)
        if row.year > record.year:
            yield problem("cost.later", where("cost_results", index, "year"), str(row.year), year=record.year)


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
        for wrong in refusal.problems:
            nowhere = wrong.place.file == "judgements"
            yield replace(wrong, place=Place(where("expert_scores", 0, None).file)) if nowhere else wrong


def _questionnaires(evaluation: Evaluation, where: Where) -> Iterator[Problem]:
    """What `rate_of` refuses, at the group's row; and an actual that is not what the answers say."""
    rows = evaluation.record.surveys
    for indicator in dict.fromkeys(row.indicator for row in rows):
        places = [n for n, row in enumerate(rows) if row.indicator == indicator]
        try:
            rate = rate_of(survey_of(evaluation, indicator))
        except InputRefused as refusal:
            for wrong in refusal.problems:
                number = re.search(r" g(\d+)$", wrong.place.file)
                column = wrong.place.column or ""
                yield replace(wrong, place=where("surveys", places[int(number[1]) - 1 if number else 0], _COLUMNS.get(column, column)))
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
        place = where("targets", index, "actual")
        yield problem("survey.actual_differs", place, percent(actual), (indicator,), rate=percent(rate))
