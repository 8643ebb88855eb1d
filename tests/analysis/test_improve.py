"""Every state on the way to the next grade can be: it adds up, keeps its limits, and gains what it says."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from evallib.analysis.changes import Change, FactChange
from evallib.analysis.improve import Plan, Step, to_next_grade
from evallib.analysis.levers import Levers
from evallib.analysis.what_if import apply
from evallib.checks.identities import beyond
from evallib.data.years import evaluate_year
from evallib.demo.county import make_demo
from evallib.model.evaluation import Evaluation
from evallib.model.facts import Facts
from evallib.model.record import Fact, Record
from evallib.model.rules import Rule
from evallib.model.units import SHARE, convert
from evallib.model.words import LANGS
from evallib.score.answers import PANEL, SURVEY
from evallib.score.scoring import evaluate
from tests.conftest import DATA, GOLDEN
from tests.score import small

REAL = evaluate_year(DATA, "hrss", 2023).evaluation
PLACES = sorted(path.name for path in (GOLDEN / "places").iterdir() if path.is_dir())


def broken(e: Evaluation) -> set[str]:
    """What does not hold in an evaluation, worked out from the catalogue alone: equalities, limits, bounds, sums, shares of the whole."""
    facts, found = Facts(e.catalogue, e.record), set()
    for relation in (*e.catalogue.identities, *e.catalogue.limits, *e.catalogue.plausible):
        if beyond(facts, relation) is not None:
            found.add(relation.entry.key)
    for id in e.catalogue.facts:
        whole, parts = facts.find(id), facts.sum_of_parts(id, e.record.year)
        if whole and parts and None not in (whole.value, parts.value):
            gap = abs((whole.value or Decimal(0)) - (parts.value or Decimal(0)))
            found |= {f"sum of {id}"} if gap > whole.half + parts.half else set()
    for made in e.formulas:
        entry, unit = e.catalogue.formulas[made.id].entry, e.catalogue.formulas[made.id].unit
        most = None if entry.at_most is None else convert(entry.at_most, e.catalogue.units.read(entry.unit), unit)
        found |= {f"{made.id} is above"} if None not in (most, made.value) and (made.value or 0) > (most or 0) else set()
    for target in e.targets:
        if target.unit.is_share and target.actual is not None:
            goal, actual = (convert(x, target.unit, SHARE) for x in (target.target, target.actual))
            found |= {f"{target.id} is above 100%"} if goal <= 1 < actual else set()
    return found


def negative(e: Evaluation) -> set[str]:
    return {row.fact for row in e.record.facts if row.value is not None and row.value < 0}


def states(start: Evaluation, plan: Plan) -> Iterator[tuple[Step, Evaluation, Evaluation]]:
    """Each step with the evaluation before it, and the one after all steps so far, made anew from the start."""
    before = start
    changes: list[Change] = []
    for step in plan.steps:
        changes += step.changes
        after = apply(start, changes)
        yield step, before, after
        before = after


def check(start: Evaluation) -> Plan:
    plan = to_next_grade(start)
    scale = start.points / sum((d.points for d in start.dimensions), Decimal(0)) if start.has_total else Decimal(1)
    for step, before, after in states(start, plan):
        assert broken(after) <= broken(before)
        assert negative(after) <= negative(before)
        assert after.total == step.cumulative
        assert after.total - before.total == step.gain > 0
        others = {a.id: b.score - a.score for a, b in zip(before.indicators, after.indicators, strict=True) if a.score != b.score}  # type: ignore[operator]
        others.pop(step.indicator, None)
        assert {d.id: d.difference for d in step.others} == others
        own = after.indicator(step.indicator).score - before.indicator(step.indicator).score  # type: ignore[operator]
        for lang in LANGS:
            assert step.gained[lang].startswith(f"+{own:.2f}")  # never more than the indicator is worth
            assert f"+{step.gain:.2f}" in step.gained[lang]
            assert all(d.name[lang] in step.gained[lang] for d in step.others)
        for d in step.others:
            assert f"{d.name.en} {'+' if d.difference > 0 else '−'}{abs(d.difference):.2f}" in step.takes.en
        if not any(gained > 0 for gained in others.values()):
            assert step.gain <= before.indicator(step.indicator).lost * scale + Decimal("0.01") * (scale != 1)
        for change in step.changes:
            if isinstance(change, FactChange):
                assert not start.catalogue.facts[change.fact].fixed
                assert change.year in (None, start.record.year)
    assert set(plan.alone) == {i.id for i in start.indicators if i.lost > 0 and start.has_total}
    for id, one in plan.alone.items():
        if isinstance(one, Step):
            assert apply(start, one.changes).indicator(id).score - start.indicator(id).score == one.own  # type: ignore[operator]
    for row in plan.left_out:
        if "along with" in row.reason.en:
            assert any(s.name.en in row.reason.en and row.indicator in {d.id for d in s.others} for s in plan.steps)
    if plan.goal is not None:
        reached = plan.needed[-1].cumulative if plan.needed else start.total
        assert (reached >= plan.goal.at_least) is (plan.enough is not None)
        assert (plan.enough is not None) is ("with numbers that can be" not in plan.said.en)
        named = {s.indicator for s in plan.steps} | {row.indicator for row in plan.left_out}
        assert named == {i.id for i in start.indicators if i.lost > 0}
    return plan


def test_every_state_of_the_real_plan_can_be() -> None:
    assert check(REAL).steps


@pytest.mark.parametrize("place", PLACES)
def test_every_state_of_a_plan_of_another_place_can_be(place: str) -> None:
    with (GOLDEN / "places" / place / "departments.csv").open(encoding="utf-8", newline="") as file:
        listed = next(csv.DictReader(file))
    check(evaluate_year(GOLDEN / "places" / place, listed["code"], int(listed["first_year"])).evaluation)


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> list[Evaluation]:
    made = make_demo(tmp_path_factory.mktemp("county"), departments=6, first_year=2022, last_year=2023)
    return [evaluate_year(made.data, code, year).evaluation for code, year in made.usable]


def test_every_state_of_the_plans_of_a_county_can_be(county: list[Evaluation]) -> None:
    plans = [check(e) for e in county]
    assert any(plan.enough for plan in plans)


def test_what_people_answered_or_experts_gave_is_mended_like_any_other_number(tmp_path: Path) -> None:
    """The form in which a number is recorded is no reason why it cannot be better."""
    found = set()
    made = make_demo(tmp_path, departments=9, first_year=2024, last_year=2024)
    for code in ("water", "school_meals"):
        e = evaluate_year(made.data, code, 2024).evaluation
        plan = to_next_grade(e)
        for i in e.in_force.values():
            if i.value in (SURVEY, PANEL) and i.id in plan.alone:
                step = plan.alone[i.id]
                assert isinstance(step, Step), step
                assert step.own > 0
                found.add(i.value)
    assert found == {SURVEY, PANEL}


MONEY = st.decimals("0", "900", places=2)
RULES: dict[str, list[dict[str, Any]]] = {
    "budget_execution_rate": [
        {"kind": "proportional"},
        {"kind": "bands", "bands": [{"at_least": "1.03", "share": 1}, {"at_least": "0.9", "share": "0.6"}, {"share": 0}]},
    ],
    "carryover_rate": [
        {"kind": "linear", "full_at": "0", "zero_at": "0.5"},
        {"kind": "bands", "bands": [{"up_to": "0.01", "share": 1}, {"up_to": "0.1", "share": "0.5"}, {"share": 0}]},
        {"kind": "linear", "full_at": "-0.2", "zero_at": "0.5"},
    ],
    "carryover_change_rate": [{"kind": "deduct_per_unit", "limit": 0, "unit": "0.1", "share": "0.1", "side": "above", "steps": "linear"}],
    "budget_adjustment_rate": [{"kind": "linear", "full_at": "0", "zero_at": "0.5"}],
    "monitoring_coverage_rate": [{"kind": "linear", "full_at": "1.1", "zero_at": "0"}, {"kind": "proportional"}],
    "asset_utilisation_rate": [{"kind": "proportional"}],
}


@st.composite
def books(draw: st.DrawFn) -> Evaluation:
    """A small bureau whose accounts add up, or do not in one place, scored by rules over facts that are bound to each other."""
    opening, income, other = draw(MONEY), draw(st.decimals("1", "900", places=2)), draw(MONEY)
    adjusted = opening + income + other
    spent = (adjusted * draw(st.decimals("0", "1.05", places=2))).quantize(Decimal("0.01"))
    basic = (spent * draw(st.decimals("0", "1", places=1))).quantize(Decimal("0.01"))
    closing = adjusted - spent + draw(st.sampled_from([Decimal(0), Decimal(0), Decimal(7)]))
    left = (closing * draw(st.decimals("0", "1", places=1))).quantize(Decimal("0.01")) if closing > 0 else closing
    inspected = draw(st.integers(1, 50))
    idle = draw(st.integers(0, inspected))
    projects = draw(st.integers(1, 9))
    values: dict[str, Any] = {
        "opening_carryover": opening,
        "adjusted_income_general": income,
        "adjusted_income_fund": 0,
        "adjusted_income_capital": 0,
        "adjusted_income_other": other,
        "adjusted_expenditure": adjusted,
        "approved_expenditure": draw(st.decimals("1", "900", places=2)),
        "outturn_basic": basic,
        "outturn_project": spent - basic,
        "closing_carryover_basic": left,
        "closing_carryover_project": closing - left,
        "assets_inspected_value": inspected,
        "assets_idle_value": idle,
        "assets_to_scrap_value": draw(st.integers(0, inspected - idle)),
    }
    if draw(st.booleans()):
        values |= {"outturn": spent, "closing_carryover": closing}  # the sums are given beside their parts
    rows = [small.fact(id, str(value), "元") for id, value in values.items()]
    rows += [small.fact("projects", str(projects), "个"), small.fact("projects_monitored", str(draw(st.integers(0, projects))), "个")]
    worth = {formula: draw(st.integers(1, 4)) for formula in RULES}
    group = {"id": "all", "dimension": "all", "name": "各项", "name_en": "All", "basis": "own", "points": sum(worth.values())}
    made = small.framework(
        points=sum(worth.values()),
        grade=[
            {"id": "good", "name": "良", "name_en": "Good", "at_least": sum(worth.values()) - draw(st.integers(0, 3))},
            {"id": "poor", "name": "差", "name_en": "Poor", "at_least": 0},
        ],
        dimension=[{k: v for k, v in group.items() if k != "dimension"}],
        group=[group],
        indicator=[small.indicator(id, "all", worth[id], draw(st.sampled_from(rules)), value=id) for id, rules in RULES.items()],
    )
    return evaluate(made, small.record(facts=tuple(rows), sources=(small.source("report", "报告", "Report"),)))


@given(books())
@settings(max_examples=40, deadline=None)
def test_every_state_of_a_plan_for_any_books_can_be(start: Evaluation) -> None:
    check(start)


def ruled(indicator: str, rule: dict[str, Any], **facts: str) -> Evaluation:
    """The real year with another rule for an indicator, and some facts changed."""
    read: Any = TypeAdapter[Rule](Rule).validate_python(rule)
    indicators = tuple(i.model_copy(update={"rule": read}) if i.id == indicator else i for i in REAL.framework.indicators)

    def change(row: Fact) -> Fact:
        return row.model_copy(update={"value": Decimal(facts[row.fact])}) if row.fact in facts and row.year == REAL.record.year else row

    record: Record = REAL.record.model_copy(update={"facts": tuple(map(change, REAL.record.facts))})
    return evaluate(REAL.framework.model_copy(update={"indicators": indicators}), record)


def of(plan: Plan, indicator: str) -> Step:
    return next(step for step in plan.steps if step.indicator == indicator)


def reason(plan: Plan, indicator: str) -> str:
    return next(row.reason.en for row in plan.left_out if row.indicator == indicator)


def test_what_is_not_spent_is_carried_over_and_the_other_indicator_that_rises_is_named() -> None:
    step = of(to_next_grade(REAL), "budget_execution")
    assert [(c.fact, str(c.value)) for c in step.changes if isinstance(c, FactChange)] == [
        ("outturn_basic", "19093966.41"),
        ("closing_carryover_basic", "0.00"),
    ]
    assert (REAL.indicator("budget_execution").lost, step.gain) == (Decimal("0.05"), Decimal("1.05"))
    assert step.takes.zh.endswith("；同时变动的得分：结转结余率 +1.00")


def test_an_execution_above_all_there_is_is_not_proposed() -> None:
    bands = {"kind": "bands", "bands": [{"at_least": "1.03", "share": "1"}, {"share": "0"}]}
    said = reason(to_next_grade(ruled("budget_execution", bands)), "budget_execution")
    assert said.startswith("94.96% → 103.00% (Outturn, basic expenditure 18,093,595.56 yuan → ")
    assert "such numbers cannot be" in said


def test_whole_units_below_a_limit_are_left_out_as_far_as_they_cost_nothing() -> None:
    """Each whole 5 points below 100% cost 40%: from 95.01% on nothing is lost."""
    whole = {"kind": "deduct_per_unit", "limit": "1", "unit": "0.05", "share": "0.4", "side": "below", "steps": "whole"}
    step = to_next_grade(ruled("budget_execution", whole)).alone["budget_execution"]
    assert isinstance(step, Step)
    assert step.takes.en.startswith("94.96% → 95.01% ")


def test_what_is_carried_over_is_spent_before_the_budget_is_cut() -> None:
    """Where the totals are known and not their parts."""
    one = next(row for row in REAL.record.facts if row.fact == "adjusted_expenditure")
    wholes = (one.model_copy(update={"fact": id, "value": REAL.facts.value(id)}) for id in ("outturn", "closing_carryover"))
    others = (row for row in REAL.record.facts if not row.fact.startswith(("outturn_", "closing_", "adjusted_income")))
    facts = Facts(REAL.catalogue, REAL.record.model_copy(update={"facts": (*others, *wholes)}))
    way = next(Levers(facts).ways(REAL.catalogue.formulas["carryover_rate"], Decimal(0)))
    assert [c.fact for c in way] == ["closing_carryover", "outturn"]


def test_a_carry_over_below_nothing_is_not_proposed() -> None:
    below = {"kind": "linear", "full_at": "-0.1", "zero_at": "0.1"}
    assert reason(to_next_grade(ruled("carryover", below)), "carryover") == "no input of the formula brings it to full points"


def test_the_next_lower_value_is_proposed_where_the_best_cannot_be() -> None:
    bands = {"kind": "bands", "bands": [{"up_to": "-0.1", "share": "1"}, {"up_to": "1", "share": "0.9"}, {"share": "0"}]}
    step = of(to_next_grade(ruled("staffing_control", bands)), "staffing_control")
    assert step.takes.en == "106.25% → 100.00% (Staff in post, administrative 21 people → 18 people)"


def test_a_part_is_not_proposed_above_its_whole() -> None:
    more = {"kind": "linear", "full_at": "1.5", "zero_at": "0"}
    said = reason(to_next_grade(ruled("goal_coverage", more)), "goal_coverage")
    assert "Projects with performance goals 36 → 54" in said
    assert "such numbers cannot be" in said


def test_tasks_done_on_time_are_tasks_done() -> None:
    late = ruled("task_timeliness", {"kind": "proportional"}, tasks_completed="20", tasks_on_time="20")
    step = next(s for s in to_next_grade(late).steps if s.indicator in ("task_timeliness", "task_completion"))
    assert {(c.fact, c.value) for c in step.changes if isinstance(c, FactChange)} == {("tasks_on_time", 23), ("tasks_completed", 23)}
    assert [d.id for d in step.others] == ["task_completion"]


def test_less_budget_moves_its_income_and_what_is_spent_of_it() -> None:
    """Nothing is left to be carried over after the step before it, so that less is spent."""
    less = ruled("budget_adjustment", {"kind": "linear", "full_at": "0.4", "zero_at": "0.5"})
    framework = less.framework
    indicators = tuple(
        i.model_copy(update={"value": "budget_adjustment_rate"}) if i.id == "budget_adjustment" else i for i in framework.indicators
    )
    record = less.record.model_copy(update={"judgements": tuple(j for j in less.record.judgements if j.indicator != "budget_adjustment")})
    step = of(check(evaluate(framework.model_copy(update={"indicators": indicators}), record)), "budget_adjustment")
    assert {c.fact for c in step.changes if isinstance(c, FactChange)} == {
        "adjusted_expenditure",
        "adjusted_income_general",
        "outturn_basic",
    }


def test_where_no_numbers_that_can_be_reach_it_that_is_said() -> None:
    facts = {"three_public_budget": "40000"}
    no_way = {"kind": "bands", "bands": [{"up_to": "0.001", "share": "1"}, {"share": "0"}]}
    start = ruled("three_public_change", no_way, **facts)
    grades = tuple(g.model_copy(update={"at_least": Decimal("99.5")}) if g.id == "excellent" else g for g in start.framework.grades)
    plan = check(evaluate(start.framework.model_copy(update={"grades": grades}), start.record))
    assert plan.enough is None
    assert plan.said.en.startswith("no way to “Excellent” with numbers that can be: ")
