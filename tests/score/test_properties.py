"""What must hold of every framework and every year: how scores add up, how they rise and fall, what is unknown, what is read back."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from evallib.methods.questionnaires import survey_of
from evallib.methods.survey import evaluate_survey
from evallib.model.evaluation import Evaluation, IndicatorResult
from evallib.model.expression import EXACT
from evallib.model.framework import Framework
from evallib.model.record import Operator
from evallib.model.rule_base import ONE
from evallib.model.rules import Rule, as_line, written_rule
from evallib.model.units import round_half_up
from evallib.model.words import LANGS
from evallib.say.workings import indicator_rule, indicator_working
from evallib.score.answers import SCALES, satisfaction
from evallib.score.measure import hold
from evallib.score.scoring import evaluate
from tests.score.random_frameworks import Year, decimals, documents, number_rules, pieces, read, text_of, years
from tests.score.small import framework, indicator, record

slow = settings(
    max_examples=50,
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
"""A framework of forty indicators takes its time, and longer to explain."""


def counted(e: Evaluation) -> list[IndicatorResult]:
    return [i for i in e.indicators if i.counted]


# --- how scores add up


@slow
@given(year=years())
def test_the_total_is_the_sum_of_the_rounded_parts(year: Year) -> None:
    e, places = evaluate(year.framework, year.record()), year.framework.rounding.scores
    assert all(i.score is None or i.score == round_half_up(i.score, places) for i in e.indicators)
    scores = sum((i.score or Decimal(0) for i in counted(e) if not i.extra), Decimal(0))
    extra = sum((i.score or Decimal(0) for i in counted(e) if i.extra), Decimal(0))
    worth = sum((i.points for i in counted(e) if not i.extra), Decimal(0))
    if not worth:
        assert (e.points, e.grade_id) == (0, "")
        return
    scaled = round_half_up(EXACT.divide(EXACT.multiply(scores, year.framework.points), worth), places)
    assert e.total == max(scaled + extra, Decimal(0))
    assert str(e.total) == str(round_half_up(e.total, places))
    if worth == year.framework.points and not extra:
        assert e.total == sum((d.score for d in e.dimensions), Decimal(0))


@slow
@given(year=years())
def test_what_stands_in_a_section_adds_up_at_every_level(year: Year) -> None:
    e = evaluate(year.framework, year.record())
    for section in e.sections:
        direct = [i for i in counted(e) if i.group == section.id]
        below = [s for s in e.sections if s.within == section.id]
        assert section.score == sum((i.score or Decimal(0) for i in direct), Decimal(0)) + sum((s.score for s in below), Decimal(0))
        assert section.points == sum((i.points for i in direct if not i.extra), Decimal(0)) + sum((s.points for s in below), Decimal(0))
        assert section.dimension == (section.id if not section.within else next(s.dimension for s in e.sections if s.id == section.within))
    assert sum(d.points for d in e.dimensions) == sum(i.points for i in counted(e) if not i.extra)


@slow
@given(year=years())
def test_a_score_lies_between_nothing_and_the_most_of_its_rule(year: Year) -> None:
    for i in evaluate(year.framework, year.record()).indicators:
        if i.score is None:
            continue
        rule = next(one for one in year.framework.indicators if one.id == i.id).rule
        most = i.points * (1 if i.extra else rule.most if i.score == i.formula_score else max(rule.most, ONE))
        low, high = (-most, Decimal(0)) if i.extra == "deduction" else (Decimal(0), most)
        places = year.framework.rounding.scores
        assert round_half_up(low, places) <= i.score <= round_half_up(high, places)


@slow
@given(year=years())
def test_every_rule_and_every_score_is_told(year: Year) -> None:
    e = evaluate(year.framework, year.record())
    for i in e.indicators:
        for lang in LANGS:
            for said in (indicator_rule(e, i, lang), indicator_working(e, i, lang)):
                assert said
                assert "{" not in said
                assert "None" not in said


# --- what is unknown


@slow
@given(year=years(missing="zero"))
def test_nothing_unknown_scores(year: Year) -> None:
    e = evaluate(year.framework, year.record())
    for i in e.indicators:
        if i.status == "missing":
            assert i.score == 0
            assert i.award is None
    assert e.open is None


@slow
@given(year=years(missing="rescale"))
def test_what_is_left_out_counts_nowhere(year: Year) -> None:
    e = evaluate(year.framework, year.record())
    assert not any(i.counted for i in e.indicators if i.status == "missing")


@slow
@given(year=years(missing="undetermined", no_finding="unchecked"))
def test_the_final_total_lies_within_the_range_that_was_told(year: Year) -> None:
    """Whatever is filled in: the total was one of those that could still be, and a grade that was told stays."""
    e = evaluate(year.framework, year.record())
    final = evaluate(year.framework, year.record(known=True))
    if e.open is None:
        assert final.total == e.total
        assert final.grade_id == e.grade_id
        return
    assert final.open is None
    assert e.open.low <= final.total <= e.open.high
    assert {*e.open.lacking} == {i.id for i in e.indicators if i.counted and i.status == "missing" and i.score is None and i.points}
    assert e.grade_id in ("", final.grade_id)


# --- what is read back


@slow
@given(year=years())
def test_an_evaluation_reads_back_as_it_was_written_the_same_bytes_each_time(year: Year) -> None:
    e = evaluate(year.framework, year.record())
    text = e.to_json()
    assert Evaluation.from_json(text) == e
    assert Evaluation.from_json(text).to_json() == text
    assert evaluate(year.framework, year.record()).to_json() == text


@slow
@given(document=documents())
def test_a_framework_reads_back_as_it_was_written(document: dict[str, Any]) -> None:
    made = read(text_of(document))
    assert made == Framework.model_validate(document)
    again = read(text_of(made.model_dump(by_alias=True, exclude_defaults=True) | {"format": 2}))
    assert again == made
    for i in made.indicators:
        assert written_rule(as_line(i.rule)) == i.rule


# --- how scores rise and fall


def score(rule: Rule, value: Decimal, points: Decimal = Decimal(10)) -> Decimal:
    return rule.award(value, points).score  # type: ignore[call-arg,arg-type]


@given(rule=st.sampled_from(["rising", "falling"]).flatmap(lambda order: st.tuples(st.just(order), pieces("value", order))), data=st.data())
def test_pieces_whose_shares_rise_never_score_less_for_more(rule: tuple[str, dict[str, Any]], data: st.DataObject) -> None:
    order, made = rule[0], written(rule[1])
    values = sorted([*data.draw(st.lists(decimals("-1", "3", 3), min_size=2, max_size=8)), *made.edges])
    scores = [score(made, value) for value in values]
    assert scores == sorted(scores, reverse=order == "falling")


def written(document: dict[str, Any]) -> Rule:
    """A rule as a framework holds it."""
    made = framework(indicator=[indicator("i", "staff", 10, document)])
    return made.indicators[0].rule


@given(document=number_rules(Decimal(10), "value"), value=decimals("-1", "3", 4))
def test_a_rule_turns_at_its_edges_only(document: dict[str, Any], value: Decimal) -> None:
    """Between its edges it goes straight: the middle of two near values scores the mean of theirs."""
    rule, step = written(document), Decimal("0.00001")
    corners = {*rule.edges} | {end.at for stretch in getattr(rule, "stretches", ()) for end in (stretch.low, stretch.high) if end}
    around = [value - step, value, value + step]
    assume(not any(around[0] <= corner <= around[2] for corner in corners))
    low, middle, high = (score(rule, at) for at in around)
    if rule.kind == "deduct_per_unit":
        assert (low >= middle >= high) or (low <= middle <= high)
    else:
        assert abs(low + high - 2 * middle) < Decimal("1e-20")


LOWER: tuple[Operator, ...] = ("<=", "<")
HIGHER: tuple[Operator, ...] = (">=", ">", "=")


@given(
    operator=st.sampled_from([*LOWER, *HIGHER]),
    target=decimals("-100", "100"),
    actuals=st.lists(decimals("-300", "300"), min_size=2, max_size=6),
    data=st.data(),
)
def test_a_better_actual_never_attains_less(operator: Operator, target: Decimal, actuals: list[Decimal], data: st.DataObject) -> None:
    assume(operator != "=" or target > 0)  # of nothing, and of less, the very number is asked
    document = data.draw(pieces("completion", "rising"))
    rule = written(document)
    actuals = sorted({*actuals, target, target - Decimal("0.01"), target + Decimal("0.01")}, reverse=operator in LOWER)
    held = [hold(operator, actual, target) for actual in actuals]
    assert all(worse.attainment <= better.attainment for worse, better in pairwise(held))  # type: ignore[operator]
    if operator != "=":
        assert all(worse.met <= better.met for worse, better in pairwise(held))  # type: ignore[operator]
    scores = [score(rule, one.attainment) for one in held if one.attainment is not None]
    assert scores == sorted(scores)


@given(low=decimals("-100", "100"), width=decimals("0", "100"), actuals=st.lists(decimals("-300", "300"), min_size=2, max_size=8))
def test_nearer_to_a_range_never_attains_less(low: Decimal, width: Decimal, actuals: list[Decimal]) -> None:
    upper = low + width
    below = sorted({*(a for a in actuals if a < low), low})
    above = sorted({*(a for a in actuals if a > upper), upper}, reverse=True)
    for side in (below, above):
        attained = [hold("between", actual, low, upper).attainment for actual in side]
        assert attained == sorted(attained)  # type: ignore[type-var]
        assert attained[-1] == 1
    assert all(0 <= (hold("between", actual, low, upper).attainment or 0) <= 1 for actual in actuals)


@given(operator=st.sampled_from([*LOWER, *HIGHER, "between"]), target=decimals("1", "1000"), exact=st.booleans())
def test_there_is_no_jump_where_a_target_is_met(operator: Operator, target: Decimal, exact: bool) -> None:
    """A rule of completion turns at its own edges only: just below, at and just above the target nearly the same is attained."""
    assume(not (operator == "=" and exact))
    step = target / 10**9
    around = [hold(operator, target + shift, target, target, exact=exact).attainment for shift in (-step, Decimal(0), step)]
    assert all(attained is not None and abs(attained - 1) < Decimal("1e-8") for attained in around)


@given(operator=st.sampled_from([*LOWER, *HIGHER]), target=decimals("-100", "100"), actual=decimals("-100", "100"), exact=st.booleans())
def test_what_is_met_attains_all_and_what_is_not_never_more(operator: Operator, target: Decimal, actual: Decimal, exact: bool) -> None:
    held = hold(operator, actual, target, exact=exact)
    assert held.attainment is not None
    assert held.attainment >= 1 if held.met else 0 <= held.attainment <= 1


# --- satisfaction


@st.composite
def surveys(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The groups that were asked, and their answers."""
    scale = draw(st.sampled_from(sorted(SCALES)))
    reads = SCALES[scale]
    answers = [*reads.options] or ["0", "6", "10", "59.5", "100"]
    count = draw(st.integers(1, 4))
    weights = draw(st.sampled_from([None, [Decimal(100)], [Decimal(30), Decimal(70)], [Decimal("33.3"), Decimal("33.3"), Decimal("33.4")]]))
    if weights is not None and len(weights) != count:
        weights = None
    people = st.none() | st.integers(200, 900)
    groups: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    for n in range(count):
        groups.append(
            {"indicator": "pleased", "group": f"组{n}", "scale": scale, "population": draw(people)}
            | ({"weight": weights[n]} if weights else {})
        )
        for _ in range(draw(st.integers(0, 4))):
            answer = draw(st.sampled_from([*(a for a in answers if reads.read(a) is not None), "", "无效"]))
            rows.append({"indicator": "pleased", "group": f"组{n}", "answer": answer, "count": draw(st.integers(0, 12))})
    return groups, rows


@given(given=surveys())
def test_the_satisfaction_that_is_scored_is_the_one_the_survey_tells(given: tuple[list[dict[str, Any]], list[dict[str, Any]]]) -> None:
    shared = {"source": "form", "section": "表"}
    groups, answers = ([row | shared for row in rows] for rows in given)
    rule = {"kind": "proportional"}
    made = framework(indicator=[indicator("pleased", "tasks", 10, rule, value="survey")])
    e = evaluate(made, record(surveys=groups, survey_answers=answers))
    assert satisfaction(e.record, "pleased") == evaluate_survey(survey_of(e, "pleased")).overall.rate
