"""What-if: one change does what a person would compute, nothing recorded is touched, and the plan holds when it is carried out."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from evallib.analysis.changed import limits
from evallib.analysis.changes import ActualChange, Change, FactChange, FindingRemoved, ItemChange, PointsChange, ScoreChange
from evallib.analysis.improve import better_values, to_next_grade
from evallib.analysis.levers import Levers
from evallib.analysis.what_if import apply, compare, remarks
from evallib.data.years import evaluate_year
from evallib.model.assemble import assemble
from evallib.model.entries import Part
from evallib.model.errors import InputRefused
from evallib.model.evaluation import Evaluation, TargetResult
from evallib.model.facts import Facts
from evallib.model.record import Fact, Record
from evallib.model.rules import Rule
from evallib.model.units import SHARE, convert
from evallib.model.words import words
from evallib.score.scoring import evaluate
from tests.analysis.shapes import without_points
from tests.conftest import DATA, GOLDEN, Copy
from tests.score import small

CASES = tomllib.loads((GOLDEN / "what_if.toml").read_text(encoding="utf-8"), parse_float=str)
CHANGES: TypeAdapter[list[Change]] = TypeAdapter(list[Change])
REAL = evaluate_year(DATA, "hrss", 2023).evaluation


@pytest.mark.parametrize("case", CASES["case"], ids=lambda c: c["name"])
def test_a_change_does_what_a_person_computes(case: dict[str, Any]) -> None:
    changed = apply(REAL, CHANGES.validate_python(case["changes"]))
    found = compare(REAL, changed)
    assert {d.id: str(d.after) for d in found.indicators} == case["differ"], case["why"]
    assert (str(found.total.after), changed.grade.zh) == (case["total"], case["grade"]), case["why"]


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda c: c["says"][1])
def test_what_cannot_be_is_refused_with_what_there_is(case: dict[str, Any]) -> None:
    with pytest.raises(InputRefused) as refusal:
        apply(REAL, CHANGES.validate_python(case["changes"]))
    assert case["says"][0] in refusal.value.describe("zh")
    assert case["says"][1] in refusal.value.describe("en")


def test_every_refused_change_is_named_at_once() -> None:
    with pytest.raises(InputRefused) as refusal:
        apply(REAL, [FindingRemoved(finding="99"), FindingRemoved(finding="8"), ScoreChange(indicator="quality", score=Decimal(-1))])
    assert [p.place.row for p in refusal.value.problems] == [1, 3]


def test_the_recorded_evaluation_is_not_touched() -> None:
    before = REAL.to_json()
    apply(REAL, CHANGES.validate_python([change for case in CASES["case"][:5] for change in case["changes"]]))
    assert REAL.to_json() == before


def test_no_change_gives_the_recorded_evaluation() -> None:
    assert apply(REAL, []) == REAL


def test_changed_rows_do_not_pass_for_recorded_ones() -> None:
    changed = apply(REAL, [FactChange(fact="staff_in_post", value=Decimal(48))])
    value = changed.facts.find("staff_in_post")
    assert value is not None
    assert [o.source for o in value.origins] == ["what-if"]
    source = changed.record.find_source("what-if")
    assert source is not None
    assert "非实际数据" in source.title


def test_an_evaluation_with_changes_can_be_written_and_read() -> None:
    changed = apply(REAL, [FactChange(fact="staff_in_post", value=Decimal(48)), PointsChange(indicator="quality", points=Decimal(9))])
    assert Evaluation.from_json(changed.to_json()).total == changed.total


def test_an_identity_that_breaks_is_remarked_and_not_refused() -> None:
    found = remarks(REAL, apply(REAL, [FactChange(fact="outturn_basic", value=Decimal(18000000))]))
    assert [r.zh for r in found] == ["年末结转结余：调整后预算减决算应等于年末结转结余（1,093,966.41）（现为 1,000,370.85）"]


def test_identities_that_hold_are_not_remarked() -> None:
    both = [
        FactChange(fact="outturn_basic", value=Decimal("18000000.00")),
        FactChange(fact="closing_carryover_basic", value=Decimal("1093966.41")),
    ]
    assert remarks(REAL, apply(REAL, both)) == ()


def test_a_sum_changed_beside_its_parts_is_remarked() -> None:
    found = remarks(REAL, apply(REAL, [FactChange(fact="staff_in_post", value=Decimal(48))]))
    assert [r.en for r in found] == ["Staff in post: is not the sum of its parts, 51 (it is 48)"]


def test_a_stored_sum_follows_its_part() -> None:
    stored = apply(REAL, [FactChange(fact="staff_in_post", value=Decimal(51))])
    moved = apply(stored, [FactChange(fact="staff_institution", value=Decimal(27))])
    whole = moved.facts.find("staff_in_post")
    assert whole is not None
    assert (whole.value, remarks(stored, moved)) == (Decimal(48), ())


def test_points_that_no_longer_add_up_are_remarked() -> None:
    found = remarks(REAL, apply(REAL, [PointsChange(indicator="public_satisfaction", points=Decimal(5))]))
    assert [r.en for r in found] == ["the points add up to 95.00; the total is scaled back to 100"]


def test_what_was_scaled_back_stands_among_what_moved_the_total(copy: Copy) -> None:
    copy.set("judgements", {"indicator": "procurement_execution"}, "kind", "not_applicable")
    found = compare(copy.evaluate(), REAL)
    assert sum(d.difference for d in found.dimensions) == found.total.difference == Decimal("0.31")
    assert found.dimensions[-1].name.en == "Rescaling and other"


def test_the_total_is_out_of_full_points_however_not_applicable_is_treated() -> None:
    treatment = REAL.framework.treatment.model_copy(update={"not_applicable": "full"})
    framework = REAL.framework.model_copy(update={"treatment": treatment})
    changed = apply(replace(REAL, framework=framework), [PointsChange(indicator="public_satisfaction", points=Decimal(5))])
    assert (changed.total, changed.points) == (Decimal("84.87"), Decimal(100))


def test_limits_names_every_number_of_a_rule() -> None:
    rule = next(i.rule for i in REAL.framework.indicators if i.id == "carryover")
    assert list(limits(rule)) == ["pieces.0.up_to", "pieces.0.share", "pieces.1.up_to", "pieces.1.share", "pieces.2.share"]


@given(st.integers(0, 60), st.integers(0, 60))
@settings(max_examples=25)
def test_a_change_and_its_inverse_leave_the_total_as_it_was(administrative: int, institution: int) -> None:
    there: list[Change] = [
        FactChange(fact="staff_administrative", value=Decimal(administrative)),
        FactChange(fact="staff_institution", value=Decimal(institution)),
    ]
    back: list[Change] = [
        FactChange(fact="staff_administrative", value=Decimal(21)),
        FactChange(fact="staff_institution", value=Decimal(30)),
    ]
    assert apply(apply(REAL, there), back).total == REAL.total


@given(st.sampled_from([i.id for i in REAL.indicators]), st.decimals("0.5", "20", places=1))
@settings(max_examples=25)
def test_points_changed_and_changed_back_leave_the_total_as_it_was(indicator: str, points: Decimal) -> None:
    there = apply(REAL, [PointsChange(indicator=indicator, points=points)])
    assert apply(there, [PointsChange(indicator=indicator, points=REAL.indicator(indicator).points)]).total == REAL.total


def test_of_indicators_that_stand_in_each_others_place_one_counts() -> None:
    """Of two for 2 points one is taken: where another gets a point more, their group is still worth 2, and nothing is said against that."""
    ways = [small.indicator(id, "funds", 2, {"kind": "awarded"}, one_of="way") for id in ("grant", "loan")]
    others = [small.indicator("duties", "tasks", 1, {"kind": "awarded"}), small.indicator("system", "staff", 4, {"kind": "awarded"})]
    given = [small.judgement(id, "award", score=1) for id in ("duties", "system", "loan")]
    year = small.record(
        sources=(small.source("report", "报告"),),
        judgements=(*given, small.judgement("loan", "chosen")),
        own_indicators=(small.own("jobs", "results", "3"),),
        targets=(small.target("jobs", ">=", "8", "人", actual="7"),),
    )
    changed = apply(evaluate(small.framework(indicator=[*ways, *others]), year), [PointsChange(indicator="system", points=Decimal(5))])
    worth = {section.id: section.points for section in changed.framework.sections}
    assert worth == {"input": 7, "staff": 5, "funds": 2, "work": 4, "tasks": 1, "results": 3}


def better(rule: dict[str, Any], value: str, like: str = "staffing_control", target: TargetResult | None = None) -> list[Decimal]:
    """The values at which a rule for two points gives more than at this one, the best first."""
    read: Any = TypeAdapter[Rule](Rule).validate_python(rule)
    unit = target.unit if target else SHARE
    result = replace(REAL.indicator(like), points=Decimal(2), value=Decimal(value), unit=unit)
    return [found for found, _ in better_values(read, result, target)]


@pytest.mark.parametrize("case", CASES["best"], ids=lambda c: f"{c['rule']['kind']} at {c['value']}")
def test_the_value_at_which_a_rule_gives_the_most(case: dict[str, Any]) -> None:
    assert better(case["rule"], case["value"])[0] == Decimal(case["best"]), case["why"]


def test_a_value_that_already_has_the_most_has_no_better_one() -> None:
    assert better({"kind": "proportional"}, "1.2") == []


INVENTED = {
    "fact": [
        {"id": "a", "unit": "money"},
        {"id": "b", "unit": "money"},
        {"id": "c", "unit": "万元"},
        {"id": "p", "unit": "人"},
        {"id": "q", "unit": "人"},
        {"id": "d", "unit": "money", "parts": "a - b", "derived": True},
    ]
}


@pytest.mark.parametrize("case", CASES["inverse"], ids=lambda c: f"{c['value']} = {c['wanted']}")
def test_a_formula_of_any_shape_is_turned_round(case: dict[str, Any]) -> None:
    formula = {"id": "f", "value": case["value"], "unit": case.get("unit", "%")}
    invented = Part.model_validate({**INVENTED, "formula": [formula]})
    catalogue, problems = assemble([("known", REAL.catalogue.part), ("invented", invented)], 2023)
    assert not problems
    rows = []
    for name, value in case["facts"].items():
        id, last, _ = name.partition("@")
        unit = catalogue.facts[id].unit.symbol
        rows.append(Fact(fact=id, year=2022 if last else 2023, value=Decimal(value), unit=unit, source="s", section="s"))
    facts, made = Facts(catalogue, REAL.record.model_copy(update={"facts": tuple(rows)})), catalogue.formulas["f"]
    wanted = convert(Decimal(case["wanted"]), catalogue.units.read(formula["unit"]), made.unit)
    changes = next(Levers(facts).ways(made, wanted), ())
    assert {c.fact: str(c.value) for c in changes} == case["changes"], case["why"]


def test_the_plan_for_the_real_department() -> None:
    plan = to_next_grade(REAL)
    assert plan.goal is not None
    assert (plan.goal.name.zh, plan.goal.lacking) == ("优", Decimal("5.37"))
    assert [(s.indicator, s.gain, s.cumulative) for s in plan.needed] == [
        ("indicator_clarity", Decimal("2.50"), Decimal("87.13")),
        ("public_satisfaction", Decimal("2.00"), Decimal("89.13")),
        ("fund_compliance", Decimal("2.00"), Decimal("91.13")),
    ]
    assert plan.needed[1].takes.zh == "84.00% → 90.00%"
    assert plan.said.zh == "距“优”还差 5.37 分；改进 3 项即可达到，总分 91.13"


def test_what_follows_from_approved_budgets_and_what_comes_with_another_step_is_left_out_with_the_reason() -> None:
    left = {row.indicator: row.reason for row in to_next_grade(REAL).left_out}
    assert left == {
        "three_public_change": words(
            "其依据的数字在年初已定或不由本部门决定：“三公”经费预算",
            "beyond the department's control, for it follows from numbers that were settled before the year or by others: "
            "Three public expenses, budget",
        ),
        "carryover": words("随“预算执行率”一并改进到满分", "brought to full points along with “Budget execution rate”"),
    }


def test_a_score_the_evaluators_set_over_the_rule_is_left_out() -> None:
    changed = apply(REAL, [ScoreChange(indicator="quality", score=Decimal(9))])
    left = {row.indicator: row.reason.en for row in to_next_grade(changed).left_out}
    assert left["quality"].startswith("the evaluators set the score themselves")


def test_a_band_on_the_way_is_named() -> None:
    changed = apply(REAL, [ActualChange(indicator="public_satisfaction", actual=Decimal(70))])
    step = next(s for s in to_next_grade(changed).steps if s.indicator == "public_satisfaction")
    assert step.takes.en == "70.00% → 90.00%; 80.00% already brings 2.00"


def ruled(indicator: str, rule: dict[str, Any], **facts: str | None) -> Evaluation:
    """The real year with another rule for an indicator, and some facts changed; None: not known."""
    read: Any = TypeAdapter[Rule](Rule).validate_python(rule)
    indicators = tuple(i.model_copy(update={"rule": read}) if i.id == indicator else i for i in REAL.framework.indicators)
    return evaluate(REAL.framework.model_copy(update={"indicators": indicators}), known(**facts))


def known(**facts: str | None) -> Record:
    def change(row: Fact) -> Fact:
        if row.fact not in facts or row.year != REAL.record.year:
            return row
        value = facts[row.fact]
        if value is None:
            return row.model_copy(update={"value": None, "note": "未提供", "note_en": "not given"})
        return row.model_copy(update={"value": Decimal(value)})

    return REAL.record.model_copy(update={"facts": tuple(map(change, REAL.record.facts))})


def test_a_gain_that_costs_another_indicator_as_much_is_left_out_with_the_reason() -> None:
    """More carried over is less spent: what the one gains, others lose."""
    more = {"kind": "bands", "bands": [{"at_least": "0.1", "share": "1"}, {"share": "0.5"}]}
    spent = {"kind": "pass_fail", "at_least": "0.94"}
    start = ruled("carryover", more)
    framework = ruled("budget_execution", spent).framework
    indicators = tuple(start.in_force[i.id] if i.id == "carryover" else i for i in framework.indicators)
    e = evaluate(framework.model_copy(update={"indicators": indicators}), start.record)
    left = {row.indicator: row.reason for row in to_next_grade(e).left_out}
    assert left["carryover"].zh == (
        "5.04% → 10.00%（年末结转结余：基本支出 1,000,370.85元 → 1,985,477.34元，决算：基本支出 18,093,595.56元 → 17,108,489.07元）"
        "：预算执行率、结转结余变动率 会因此失分，总分不增"
    )


def test_what_is_missing_may_gain_its_points_once_it_is_supplied() -> None:
    plan = to_next_grade(evaluate(REAL.framework, known(staff_quota_administrative=None)))
    step = next(s for s in plan.steps if s.indicator == "staffing_control")
    assert (step.kind, step.gain, step.up_to) == ("missing", Decimal("1.00"), True)
    assert step.takes == words("补充缺少的资料（最多再得 1.00 分）", "what is missing to be supplied (up to 1.00 points)")


def test_a_score_that_people_award_may_rise_to_the_points() -> None:
    award = REAL.record.judgements[0].model_copy(
        update={"indicator": "staffing_control", "kind": "award", "item": "", "verdict": "", "score": Decimal("0.25")}
    )
    start = ruled("staffing_control", {"kind": "awarded"})
    record = start.record.model_copy(update={"judgements": (*start.record.judgements, award)})
    step = next(s for s in to_next_grade(evaluate(start.framework, record)).steps if s.indicator == "staffing_control")
    assert (step.kind, step.gain, step.takes.en) == ("judged", Decimal("0.75"), "a better judgement by the evaluators (up to 0.75 points)")


def test_a_rule_that_gives_no_more_leaves_its_indicator_out() -> None:
    bands = {"kind": "bands", "bands": [{"up_to": "1", "share": "0.5"}, {"share": "0"}]}  # the carry-over is 5% of the budget
    left = {row.indicator: row for row in to_next_grade(ruled("carryover", bands)).left_out}
    assert left["carryover"].reason == words("已是该规则能给的最高分", "the rule gives no more than this")


def test_a_value_that_no_number_of_people_gives_leaves_its_indicator_out() -> None:
    linear = {"kind": "linear", "full_at": "-0.1", "zero_at": "2"}  # fewer than no staff in post
    left = {row.indicator: row for row in to_next_grade(ruled("staffing_control", linear)).left_out}
    assert left["staffing_control"].reason == words("公式的输入无法使其达到满分", "no input of the formula brings it to full points")


def test_assets_in_use_again_is_all_that_utilisation_takes() -> None:
    """Nothing idle and nothing to scrap: full use, whatever the split between the two was."""
    idle = {"assets_inspected_value": "1000", "assets_idle_value": "300", "assets_to_scrap_value": "100"}
    plan = to_next_grade(evaluate(REAL.framework, known(**idle)))
    step = next(s for s in plan.steps if s.indicator == "asset_utilisation")
    assert [(c.fact, c.value) for c in step.changes if isinstance(c, FactChange)] == [
        ("assets_idle_value", 0),
        ("assets_to_scrap_value", 0),
    ]


NINE_TENTHS = {
    "kind": "bands",
    "of": "completion",
    "bands": [{"at_least": "0.9", "share": "1"}, {"at_least": "0.5", "share": "0.5"}, {"share": "0"}],
}


@pytest.mark.parametrize(
    ("indicator", "actual", "best"),
    [
        ("urban_new_jobs", "300", "720"),  # at least 800 jobs: nine tenths are 720
        ("urban_unemployment", "9", "4.444444444444444444444444444"),  # 4% at most: 4 / 0.9 is nine tenths of the way
    ],
)
def test_a_band_of_completion_is_reached_before_the_target(indicator: str, actual: str, best: str) -> None:
    target = REAL.target(indicator)
    assert target is not None
    attained = min(Decimal(actual) / target.target, target.target / Decimal(actual))
    missed = replace(target, actual=Decimal(actual), attainment=attained, met=False)
    assert better(NINE_TENTHS, actual, target=missed)[0] == Decimal(best)


def test_at_the_best_grade_there_is_no_plan() -> None:
    plan = to_next_grade(apply(REAL, [c for s in to_next_grade(REAL).needed for c in s.changes]))
    assert (plan.goal, plan.steps, plan.said.zh) == (None, (), "已是最高等级")


def test_where_even_everything_is_not_enough_the_plan_says_so() -> None:
    better = [change for step in to_next_grade(REAL).needed for change in step.changes]
    hopeless = [*better, ScoreChange(indicator="task_completion", score=Decimal(0))]  # ten points that cannot be had back
    plan = to_next_grade(apply(REAL, hopeless))
    assert plan.enough is None
    assert plan.needed == plan.steps
    assert "仍达不到" in plan.said.zh


@given(st.sets(st.sampled_from([i.id for i in REAL.indicators if i.target and not i.formula]), max_size=6), st.integers(0, 70))
@settings(max_examples=12)
def test_a_plan_holds_when_it_is_carried_out(missed: set[str], satisfaction: int) -> None:
    worse: list[Change] = [
        ActualChange(indicator=t.id, actual=t.target * Decimal("0.5")) for t in REAL.targets if t.id in missed and t.operator == ">="
    ]
    worse.append(ActualChange(indicator="public_satisfaction", actual=Decimal(satisfaction)))
    worse.append(ItemChange(indicator="budget_adjustment", item="approved", met=False))
    start = apply(REAL, worse)
    plan = to_next_grade(start)
    assert plan.goal is not None
    after = apply(start, [change for step in plan.needed for change in step.changes])
    assert after.total == plan.needed[-1].cumulative
    assert (after.total >= plan.goal.at_least) == (plan.enough is not None)
    assert [s.gain for s in plan.steps] == sorted((s.gain for s in plan.steps), reverse=True)
    totals = [start.total, *(s.cumulative for s in plan.steps)]
    assert all(a < b for a, b in pairwise(totals))


def test_what_is_strange_only_after_the_changes_is_said(hrss: Evaluation) -> None:
    """A satisfaction above 100% can be tried, but not without a word; what was strange before is not told again."""
    found = remarks(hrss, apply(hrss, [ActualChange(indicator="public_satisfaction", actual=Decimal(120))]))
    assert [r.en for r in found] == ["the actual of Satisfaction of the public or of those served, 120.00%, is above 100%"]


def test_a_change_that_is_possible_is_not_remarked(hrss: Evaluation) -> None:
    assert remarks(hrss, apply(hrss, [ActualChange(indicator="public_satisfaction", actual=Decimal(90))])) == ()


def test_without_points_facts_are_tried_and_nothing_is_planned() -> None:
    bare = without_points(REAL)
    changed = apply(bare, [FactChange(fact="staff_in_post", value=Decimal(48))])
    assert (bare.indicator("staffing_control").value, changed.indicator("staffing_control").value) == (Decimal("1.0625"), 1)
    plan = to_next_grade(changed)
    assert (plan.steps, plan.said.en) == ((), "there is no total or no grade")
    with pytest.raises(InputRefused, match="has no points"):
        apply(bare, [PointsChange(indicator="quality", points=Decimal(2))])


def test_a_fact_may_be_tried_in_any_unit() -> None:
    """Another unit of the catalogue, which the data is then told in: a sum of the same kind follows its part."""
    scaled = Part.model_validate({"fact": [{"id": "outturn_basic", "unit": "万元", "overrides": True}]})
    catalogue, problems = assemble([("known", REAL.catalogue.part), ("scaled", scaled)], 2023)
    assert not problems
    framework = REAL.framework.model_copy(update={"catalogue": catalogue})
    whole = Fact(fact="outturn", year=2023, value=Decimal("18854402.47"), unit="元", source="report", section="s")
    stored = evaluate(framework, REAL.record.model_copy(update={"facts": (*REAL.record.facts, whole)}))
    before, changed = stored.facts.value("outturn_basic"), apply(stored, [FactChange(fact="outturn_basic", value=Decimal(1800))])
    assert before == Decimal("1809.359556")
    assert changed.facts.value("outturn") == Decimal("18854402.47") - Decimal("93595.56")
