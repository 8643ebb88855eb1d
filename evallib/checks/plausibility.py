"""What is possible but strange in an evaluated year: warnings with their reason; errors where a size cannot be. Pure: it only reports."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import partial

from evallib.checks.identities import fact_place
from evallib.checks.magnitude import check_magnitudes
from evallib.model.errors import Problem, Where
from evallib.model.evaluation import Evaluation
from evallib.model.expression import Name, Operation
from evallib.model.units import SHARE, convert
from evallib.say.numbers import percent, plain, quantity, written
from evallib.say.refusals import problem
from evallib.score.measure import is_easy

FAR_ABOVE = Decimal("1.5")
"""A completion rate from which a target looks as if it was set too low."""
FAR_BELOW = Decimal("0.01")
"""A completion rate that looks as if the unit of the actual was mistaken."""
SELF_ABOVE = Decimal("5")
"""Points by which a self-evaluation may be above the evaluation before it is remarked."""


def check_plausibility(evaluation: Evaluation, previous: Evaluation | None, where: Where) -> Iterator[Problem]:
    """Every remark on an evaluated year, in the order of the tables."""
    yield from strange_numbers(evaluation, previous, where)
    yield from _scores(evaluation, where)
    yield from _left_out(evaluation, where)
    yield from _findings(evaluation, where)


def strange_numbers(evaluation: Evaluation, previous: Evaluation | None, where: Where) -> Iterator[Problem]:
    """The remarks on facts, rates and targets, whatever the scores are."""
    yield from check_magnitudes(evaluation, previous, where)
    yield from _zero_bases(evaluation, where)
    yield from _targets(evaluation, previous, where)


def _zero_bases(e: Evaluation, where: Where) -> Iterator[Problem]:
    """Rates of a base of zero, as far as an indicator or a section of the report asks for them."""
    asked = {i.formula for i in e.indicators}
    for formula in e.formulas:
        made = e.catalogue.formulas[formula.id]
        if isinstance(made.tree, Operation) and made.tree.sign == "/" and isinstance(made.tree.right, Name) and formula.id in asked:
            below = next(i for n, i in zip(made.inputs, formula.inputs, strict=True) if n == made.tree.right)
            if below.value is not None and below.value < 0:
                given = {"formula": formula.name, "base": written(below.value, below.unit)}
                yield problem("strange.negative_base", fact_place(e.facts, made.tree.right, where), "", (formula.id,), **given)
        if formula.state == "undefined" and (formula.id in asked or made.entry.role):
            base = next((n for n, i in zip(made.inputs, formula.inputs, strict=True) if not i.value), made.inputs[0])
            yield problem("strange.zero_base", fact_place(e.facts, base, where), "", (formula.id,), formula=formula.name)


def _targets(e: Evaluation, previous: Evaluation | None, where: Where) -> Iterator[Problem]:
    for index, target in enumerate(e.targets):
        at = partial(where, "targets", index)
        rate = target.completion_rate if target.operator == ">=" else None
        if rate is not None and rate >= FAR_ABOVE:
            yield problem("strange.far_above_target", at("target"), target=target.name, rate=percent(rate))
        if rate is not None and 0 < rate < FAR_BELOW:
            yield problem("strange.far_below_target", at("actual"), target=target.name, rate=percent(rate))
        if target.target < 0 and target.operator not in ("between", "by"):
            yield problem("strange.negative_target", at("target"), target=target.name, value=written(target.target, target.unit))
        share = partial(convert, unit=target.unit, to=SHARE)
        if target.actual is not None and target.unit.is_share and share(target.target) <= 1 < share(target.actual):
            yield problem("strange.more_than_all", at("actual"), target=target.name, actual=written(target.actual, target.unit))
        due = e.framework.reason_below
        below = target.attainment is not None and target.met is False and (target.attainment < due or due == 1)
        if below and not e.record.targets[index].reason:
            yield problem("target.no_reason", at("reason"), indicator=target.name)
        if (day := e.record.targets[index].due) is not None and day.year < e.record.year:
            yield problem("strange.due_before", at("target"), day.isoformat(), target=target.name, year=e.catalogue.year(e.record.year))
        if target.judged:
            yield problem("strange.not_measurable", at("actual_by"), target=target.name)
        last = previous.target(target.id) if previous is not None else None
        if last is not None and is_easy(target, last):
            found = quantity(target.target, target.unit, "zh")
            yield problem("strange.not_above_last_year", at("target"), found, target=target.name, last=written(last.actual, last.unit))


def _scores(e: Evaluation, where: Where) -> Iterator[Problem]:
    for index, row in enumerate(e.record.judgements):
        indicator = e.indicator(row.indicator)
        formula = indicator.formula_score
        if row.kind == "override" and formula is not None and indicator.score is not None and indicator.score > formula:
            given = {"score": plain(indicator.score, 2), "formula": plain(formula, 2)}
            yield problem("strange.score_above_formula", where("judgements", index, "score"), indicator=indicator.name, **given)
        if row.kind == "award" and indicator.value is None and indicator.formula and row.score == indicator.points:
            yield problem("strange.full_score_without_number", where("judgements", index, "score"), indicator=indicator.name)
    for index, own in enumerate(e.record.own_indicators):
        target, indicator = e.target(own.indicator), e.indicator(own.indicator)
        if target is not None and target.met and indicator.lost > 0:
            place = where("own_indicators", index, "indicator")
            yield problem("strange.met_but_lost", place, indicator=indicator.name, lost=plain(indicator.lost, 2))
        if own.points is None and e.points and not own.state_of("points"):
            yield problem("strange.no_points", where("own_indicators", index, "points"), indicator=indicator.name)
    if e.has_total and e.self_total is not None and e.self_total - e.total >= SELF_ABOVE:
        index = next(n for n, s in enumerate(e.record.self_evaluation) if s.indicator == "total")
        given = {"own": plain(e.self_total), "gap": plain(e.self_total - e.total, 2)}
        yield problem("strange.self_far_above", where("self_evaluation", index, "score"), **given)


def _left_out(e: Evaluation, where: Where) -> Iterator[Problem]:
    """What is said not to apply beside its number, and nobody says why; a judgement gives its reason anyway."""
    judged = {j.indicator for j in e.record.judgements if j.kind == "not_applicable"}
    for index, fact in enumerate(e.record.facts):
        if fact.state_of("value") == "not_applicable" and not fact.note:
            yield problem("strange.no_reason_not_to_apply", where("facts", index, "note"), what=e.catalogue.facts[fact.fact].name)
    for index, (row, target) in enumerate(zip(e.record.targets, e.targets, strict=True)):
        if target.state == "not_applicable" and row.indicator not in judged and not row.reason:
            yield problem("strange.no_reason_not_to_apply", where("targets", index, "reason"), what=target.name)


def _findings(e: Evaluation, where: Where) -> Iterator[Problem]:
    for index, finding in enumerate(e.record.findings):
        indicator = e.indicator(finding.indicator)
        if indicator.points and indicator.lost == 0 and indicator.status == "scored":
            place = where("findings", index, "indicator")
            yield problem("strange.finding_without_loss", place, finding=finding.finding, indicator=indicator.name)
