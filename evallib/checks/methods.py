"""What must hold in the tables of the evaluation methods: questionnaires, experts' scores, costs and results. Pure: it only reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial

from evallib.checks.gone import NONE, Gone
from evallib.checks.record import amounts
from evallib.methods.questionnaires import answers_of, is_answer
from evallib.model.errors import Place, Problem, Where
from evallib.model.evaluation import TargetResult
from evallib.model.facts import Facts
from evallib.model.framework import Framework, Indicator
from evallib.model.in_force import indicators_in_force
from evallib.model.optional_rows import Survey
from evallib.model.record import Record
from evallib.model.units import SHARE, convert, round_half_up
from evallib.say.numbers import percent, plain
from evallib.say.refusals import problem, unknown
from evallib.score.answers import Tally, count, satisfaction
from evallib.score.measure import compute_formula, compute_target


def check_methods(framework: Framework, record: Record, where: Where, gone: Gone = NONE) -> Iterator[Problem]:
    """Every problem of the optional tables that a row alone does not show; nothing where they are empty.

    The record has passed `check_record`. First what rows name; only when that is known, what is computed from them.
    """
    if not (record.surveys or record.survey_answers or record.expert_scores or record.cost_results):
        return
    indicators = {i.id: i for i in indicators_in_force(framework, record)}
    experts, surveys = [*_points(record, indicators, where)], [*_surveys(record, where, gone)]
    yield from (*experts, *surveys, *_costs(framework, record, where))
    if not experts and not gone.any("expert_scores"):
        yield from _panel(record, indicators, where)
    if not surveys and not gone.any("surveys", "survey_answers"):
        yield from _questionnaires(framework, record, indicators, where)


def _points(record: Record, indicators: Mapping[str, Indicator], where: Where) -> Iterator[Problem]:
    """Experts score what has points."""
    for index, row in enumerate(record.expert_scores):
        if not indicators[row.indicator].points:
            yield problem("panel.no_points", where("expert_scores", index, "indicator"), row.indicator)


def _surveys(record: Record, where: Where, gone: Gone) -> Iterator[Problem]:
    """A questionnaire has one scale, and its answers belong to a group that was asked."""
    scales = {row.indicator: row.scale for row in reversed(record.surveys)}
    for index, row in enumerate(record.surveys):
        if row.scale != scales[row.indicator]:
            yield problem("survey.scales", where("surveys", index, "scale"), row.scale, scale=scales[row.indicator])
    asked = {(row.indicator, row.group) for row in record.surveys}
    for index, answer in enumerate(record.survey_answers):
        if (answer.indicator, answer.group) in asked:
            if not is_answer(scales[answer.indicator], answer.answer):
                place, known = where("survey_answers", index, "answer"), answers_of(scales[answer.indicator])
                yield problem("survey.no_answer", place, answer.answer, answers=known)
        elif not gone.may_be("surveys", group=answer.group):
            groups = [group for indicator, group in sorted(asked) if indicator == answer.indicator]
            column, found = ("group", answer.group) if groups else ("indicator", answer.indicator)
            yield unknown("survey", where("survey_answers", index, column), found, groups or sorted(scales))


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


def _panel(record: Record, indicators: Mapping[str, Indicator], where: Where) -> Iterator[Problem]:
    """Scores lie within the points, and somebody gave one."""
    rows = record.expert_scores
    for index, row in enumerate(rows):
        points = indicators[row.indicator].points
        if row.score is not None and not 0 <= row.score <= points:
            yield problem("panel.score_outside", where("expert_scores", index, "score"), plain(row.score), points=plain(points))
    scored, place = {row.indicator for row in rows if row.score is not None}, Place(where("expert_scores", 0, None).file)
    for id in dict.fromkeys(row.indicator for row in rows if row.indicator not in scored):
        yield problem("panel.unscored", place, "", (id,), indicator=indicators[id].words)


def _questionnaires(framework: Framework, record: Record, indicators: Mapping[str, Indicator], where: Where) -> Iterator[Problem]:
    """Weights make up the whole, forms and people are no fewer than what came of them; and an actual is what the answers say."""
    facts, targets = Facts(framework.catalogue, record), {row.indicator: row for row in record.targets}
    for indicator in dict.fromkeys(row.indicator for row in record.surveys):
        rows = [(index, row) for index, row in enumerate(record.surveys) if row.indicator == indicator]
        wrong = [
            *_weights(rows, where),
            *(one for index, row in rows for one in _forms(count(record, row), partial(where, "surveys", index))),
        ]
        yield from wrong
        row = targets.get(indicator)
        if row and not wrong and (rate := satisfaction(record, indicator)) is not None:
            formula = framework.catalogue.formulas.get(indicators[indicator].value)
            found = compute_formula(facts, formula) if formula else None
            target = compute_target(facts, row, framework, indicators[indicator], found)
            yield from _other_actual(target, rate, where("targets", record.targets.index(row), "actual"))


def _weights(rows: Sequence[tuple[int, Survey]], where: Where) -> Iterator[Problem]:
    weights = [row.weight / 100 for _, row in rows if row.weight is not None]
    if weights and (len(weights) < len(rows) or sum(weights) != 1):
        name, total = "survey.weights" if len(weights) < len(rows) else "survey.weights_sum", percent(sum(weights, Decimal(0)), None)
        yield problem(name, where("surveys", rows[0][0], "weight"), " + ".join(percent(weight, None) for weight in weights), sum=total)


def _forms(group: Tally, at: Callable[[str], Place]) -> Iterator[Problem]:
    found = group.valid + group.blank + group.off_scale
    chain = [("有效和无效 / valid and invalid", found), ("收回 / returned", group.returned), ("发放 / issued", group.issued)]
    if group.returned != found or (group.issued is not None and group.issued < found):
        told = ", ".join(f"{name} {count}" for name, count in chain if count is not None)
        yield problem("survey.forms", at("returned"), told)
    if group.population is not None and group.valid > group.population:
        yield problem("survey.population", at("population"), f"{group.valid} > {group.population}")


def _other_actual(target: TargetResult, rate: Decimal, place: Place) -> Iterator[Problem]:
    if target.actual is None or not target.unit.is_share:
        return
    actual = convert(target.actual, target.unit, SHARE)
    exponent = actual.as_tuple().exponent
    places = min(max(2, -exponent if isinstance(exponent, int) else 0), 4)
    if round_half_up(rate, places) != round_half_up(actual, places):
        yield problem("survey.actual_differs", place, percent(actual), (target.id,), rate=percent(rate))
