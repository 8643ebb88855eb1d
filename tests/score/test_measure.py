"""From facts to numbers: looked up, summed, put into formulas, held against targets. Every figure is worked out by hand."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from typing import Any

import pytest

from evallib.data.rulebook import shipped_catalogue
from evallib.model.assemble import assemble
from evallib.model.catalogue import Catalogue
from evallib.model.entries import FormulaEntry
from evallib.model.evaluation import FormulaResult, TargetResult
from evallib.model.expression import EXACT, Interval
from evallib.model.facts import Facts, InputValue, Origin
from evallib.model.in_force import indicators_in_force
from evallib.model.record import Operator, Record, Target
from evallib.model.units import NO_UNIT
from evallib.model.words import Words, words
from evallib.say.numbers import written
from evallib.say.workings import formula_text, formula_working, target_working
from evallib.score.measure import asks_no_more, compute_formula, compute_target, hold, interval_of, is_easy, measure
from evallib.score.scoring import evaluate
from tests.conftest import GOLDEN
from tests.score.small import CATALOGUE, YEAR, fact, framework, indicator, own, part, record, target

NAME = words("指标", "Indicator")
STAFF = (fact("staff_administrative", "20", "人"), fact("staff_institution", "31", "人"))


def find(given: Record, id: str, year: int = YEAR) -> InputValue | None:
    return Facts(CATALOGUE, given).find(id, year)


def computed(id: str, *facts: Any) -> FormulaResult:
    return compute_formula(Facts(CATALOGUE, record(facts=facts)), CATALOGUE.formulas[id])


def formula(result: FormulaResult) -> Words:
    e = evaluate(framework(), record())
    return words(formula_text(e, result, "zh"), formula_text(e, result, "en"))


def working(result: FormulaResult) -> Words:
    e = evaluate(framework(), record())
    return words(formula_working(e, result, "zh"), formula_working(e, result, "en"))


def held(row: Target, *parts: Any, facts: Any = (), formula: str = "") -> tuple[TargetResult, Words]:
    """A target of an indicator of the department's own held against its actual, and how that is told."""
    made = own(row.indicator, "results", "3", formula=formula)
    e = evaluate(framework(), record(targets=(row,), target_parts=parts, facts=facts, own_indicators=(made,)))
    return e.targets[0], words(target_working(e, e.targets[0], "zh"), target_working(e, e.targets[0], "en"))


# facts


def test_a_fact_is_found_in_the_catalogues_unit() -> None:
    found = find(record(facts=(fact("project_budget", "2.5", "万元", note="据预算表", note_en="From the budget"),)), "project_budget")
    assert found is not None
    assert (found.fact, found.year, found.value, found.unit.symbol) == ("project_budget", YEAR, 25000, "元")
    assert found.name.en == "Project expenditure budget, for the comparison with last year"
    assert (found.origins, found.parts) == ((Origin("report", "三"),), ())
    assert found.note == words("据预算表", "From the budget")


def test_a_fact_is_that_of_its_year() -> None:
    given = record(facts=(fact("projects", "16", "个"), fact("projects", "12", "个", YEAR - 1)))
    last, this = find(given, "projects", YEAR - 1), find(given, "projects")
    assert last is not None
    assert this is not None
    assert (last.value, last.year, this.value, this.year) == (12, YEAR - 1, 16, YEAR)


def test_a_fact_known_to_be_missing_is_there_without_a_value() -> None:
    found = find(record(facts=(fact("procurement_actual", None, "万元", note="未公布"),)), "procurement_actual")
    assert found is not None
    assert (found.value, found.unit.symbol, found.note.zh) == (None, "元", "未公布")


def test_a_fact_that_nobody_gave_is_not_there() -> None:
    assert find(record(), "projects") is None


def test_a_fact_without_parts_has_no_sum() -> None:
    assert Facts(CATALOGUE, record(facts=(fact("projects", "16", "个"),))).sum_of_parts("projects", YEAR) is None


def test_a_fact_is_summed_from_its_parts() -> None:
    found = find(record(facts=STAFF), "staff_in_post")
    assert found is not None
    assert (found.fact, found.year, found.value, found.unit.symbol) == ("staff_in_post", YEAR, 51, "人")
    assert found.name == words("在职人数", "Staff in post")
    assert [(p.fact, p.value) for p in found.parts] == [("staff_administrative", 20), ("staff_institution", 31)]


def test_parts_of_different_units_are_summed_in_one() -> None:
    given = record(facts=(fact("outturn_basic", "3", "万元"), fact("outturn_project", "500.5", "元")))
    found = find(given, "outturn")
    assert found is not None
    assert (found.value, found.unit.symbol) == (Decimal("30500.5"), "元")


def test_a_part_with_a_minus_is_taken_away() -> None:
    given = record(facts=(*STAFF, fact("staff_quota", "48", "人")))
    found = find(given, "staff_over_quota")
    assert found is not None
    assert found.value == 3  # 20 + 31 − 48


def test_a_fact_that_was_given_is_not_summed_anew() -> None:
    found = find(record(facts=(*STAFF, fact("staff_in_post", "52", "人"))), "staff_in_post")
    assert found is not None
    assert (found.value, found.parts) == (52, ())


def test_there_is_no_sum_where_a_part_was_not_given() -> None:
    assert find(record(facts=STAFF[:1]), "staff_in_post") is None


def test_parts_of_another_year_are_not_summed() -> None:
    assert find(record(facts=(STAFF[0], fact("staff_institution", "31", "人", YEAR - 1))), "staff_in_post") is None


def test_a_sum_has_no_value_where_that_of_a_part_is_missing() -> None:
    found = find(record(facts=(STAFF[0], fact("staff_institution", None, "人"))), "staff_in_post")
    assert found is not None
    assert (found.value, len(found.parts)) == (None, 2)


def test_a_sum_of_nothings_is_nothing() -> None:
    found = find(record(facts=(fact("staff_administrative", "0", "人"), fact("staff_institution", "0", "人"))), "staff_in_post")
    assert found is not None
    assert found.value == 0


def test_a_sum_names_each_origin_once_in_the_order_of_the_parts() -> None:
    given = record(
        facts=(
            fact("three_public_abroad", "1", "元", section="七"),
            fact("three_public_vehicles", "2", "元", section="三"),
            fact("three_public_receptions", "3", "元", section="七"),
        )
    )
    found = find(given, "three_public_outturn")
    assert found is not None
    assert (found.value, found.origins) == (6, (Origin("report", "七"), Origin("report", "三")))


def test_a_number_that_is_missing_is_written_as_a_dash() -> None:
    assert written(None, CATALOGUE.units.read("人")) == words("—")
    assert written(Decimal(51), CATALOGUE.units.read("人")) == words("51人", "51 people")


# formulas


def test_a_formula_shows_names_numbers_and_result() -> None:
    result = computed("staffing_control_rate", *STAFF, fact("staff_quota", "48", "人"))
    assert (result.id, result.state, result.value) == ("staffing_control_rate", "computed", Decimal("1.0625"))
    assert result.name == words("在职人员控制率", "Staffing control rate")
    assert formula(result) == words("在职人数 ÷ 编制人数", "Staff in post ÷ Approved posts")
    assert working(result) == words("51人 ÷ 48人 = 106.25%", "51 people ÷ 48 people = 106.25%")
    assert [(i.fact, i.value) for i in result.inputs] == [("staff_in_post", 51), ("staff_quota", 48)]


def test_a_formula_over_two_years_names_the_years() -> None:
    this, last = fact("three_public_budget", "27800", "元"), fact("three_public_budget", "2.6", "万元", YEAR - 1)
    result = computed("three_public_change_rate", this, last)
    assert formula(result) == words(
        "(2023年“三公”经费预算 − 2022年“三公”经费预算) ÷ 2022年“三公”经费预算",
        "(Three public expenses, budget in 2023 − Three public expenses, budget in 2022) ÷ Three public expenses, budget in 2022",
    )
    assert working(result) == words(
        "(27,800.00元 − 26,000.00元) ÷ 26,000.00元 = 6.92%",  # 1,800 of 26,000
        "(27,800.00 yuan − 26,000.00 yuan) ÷ 26,000.00 yuan = 6.92%",
    )
    assert [(i.year, i.value) for i in result.inputs] == [(2023, 27800), (2022, 26000)]


def test_a_rate_on_another_base_is_another_formula() -> None:
    facts = [fact(id, value, "元") for id, value in [("outturn", "95"), ("adjusted_expenditure", "100"), ("approved_expenditure", "80")]]
    assert computed("budget_execution_rate", *facts).value == Decimal("0.95")
    assert computed("budget_execution_rate_of_approved", *facts).value == Decimal("1.1875")


def test_what_a_formula_lacks_is_named() -> None:
    result = computed("staffing_control_rate", *STAFF)
    assert result.value is None
    assert working(result) == words("缺少编制人数，无法计算", "cannot be computed: Approved posts missing")
    lacking = result.inputs[1]
    assert (lacking.fact, lacking.year, lacking.value, lacking.unit.symbol, lacking.origins) == ("staff_quota", 2023, None, "人", ())
    assert (lacking.name.zh, lacking.note) == ("编制人数", words("未提供", "not given"))


def test_all_that_a_formula_lacks_is_named_with_its_year() -> None:
    result = computed("three_public_change_rate")
    assert working(result) == words(
        "缺少2023年“三公”经费预算、2022年“三公”经费预算，无法计算",
        "cannot be computed: Three public expenses, budget in 2023, Three public expenses, budget in 2022 missing",
    )
    assert [i.year for i in result.inputs] == [2023, 2022]


def test_a_value_known_to_be_missing_keeps_its_note() -> None:
    missing = fact("procurement_actual", None, "元", note="未公布", note_en="Not published")
    result = computed("procurement_execution_rate", missing, fact("procurement_planned", "10", "元"))
    assert working(result).zh == "缺少政府采购实际金额，无法计算"
    assert (result.value, result.inputs[0].note) == (None, words("未公布", "Not published"))


def test_a_formula_with_a_zero_base_says_so() -> None:
    result = computed("goal_coverage_rate", fact("projects_with_goals", "0", "个"), fact("projects", "0", "个"))
    assert result.value is None
    assert working(result) == words("0个 ÷ 0个 = 基数为零，比率无定义", "0 ÷ 0 = the base is zero: the rate is not defined")


def test_nothing_against_nothing_is_no_rise_where_the_formula_says_so() -> None:
    none = [fact(id, "0", "元", year) for id in ("three_public_budget", "three_public_outturn") for year in (2025, 2026)]
    later = Facts(shipped_catalogue("department", 2026), record(facts=none).model_copy(update={"year": 2026}))
    change, control = (compute_formula(later, later.catalogue.formulas[f"three_public_{what}_rate"]) for what in ("change", "control"))
    assert (change.value, change.state, control.value, control.state) == (0, "no change", 1, "no change")
    assert working(change) == words(
        "(0.00元 − 0.00元) ÷ 0.00元 = 均为零，视为没有变化", "(0.00 yuan − 0.00 yuan) ÷ 0.00 yuan = both are zero: no change"
    )
    something = record(facts=[fact("three_public_outturn", "5", "元", 2026), *none]).model_copy(update={"year": 2026})
    result = compute_formula(Facts(later.catalogue, something), later.catalogue.formulas["three_public_control_rate"])
    assert (result.value, result.state) == (None, "undefined")


def test_nothing_against_nothing_is_not_defined_in_the_years_of_version_1() -> None:
    """What was published with it must be reached again."""
    for year in (2023, 2025):
        formulas = shipped_catalogue("department", year).formulas.values()
        assert not [formula.id for formula in formulas if formula.entry.zero]
    result = computed("three_public_control_rate", fact("three_public_outturn", "0", "元"), fact("three_public_budget", "0", "元"))
    assert (result.value, result.state) == (None, "undefined")


def test_something_against_nothing_is_not_defined_even_there() -> None:
    result = computed("three_public_control_rate", fact("three_public_outturn", "5", "元"), fact("three_public_budget", "0", "元"))
    assert (result.value, result.state) == (None, "undefined")


def test_none_out_of_some_is_zero_and_not_missing() -> None:
    result = computed("goal_coverage_rate", fact("projects_with_goals", "0", "个"), fact("projects", "16", "个"))
    assert (result.value, working(result).zh) == (0, "0个 ÷ 16个 = 0.00%")


# targets


def test_a_target_shows_actual_goal_and_completion() -> None:
    result, told = held(target("jobs", ">=", "400", "人", actual="350"))
    assert (result.id, result.name.en, result.operator, result.target, result.unit.symbol) == ("jobs", "New jobs", ">=", 400, "人")
    assert (result.actual, result.completion_rate, result.attainment, result.met) == (350, Decimal("0.875"), Decimal("0.875"), False)
    assert told == words("实际 350人；目标 400人；完成率 87.50%", "actual 350 people; target 400 people; completion 87.50%")


def test_more_than_the_target_is_told_in_full_and_counted_as_the_rule_says() -> None:
    result, told = held(target("jobs", ">=", "400", "人", actual="466"))
    assert (result.completion_rate, result.attainment, result.met) == (Decimal("1.165"), Decimal("1.165"), True)
    assert told == words("实际 466人；目标 400人；完成率 116.50%", "actual 466 people; target 400 people; completion 116.50%")


def test_exactly_the_target_is_not_more_than_it() -> None:
    result, told = held(target("jobs", ">=", "400", "人", actual="400"))
    assert (result.completion_rate, result.met, told.zh) == (1, True, "实际 400人；目标 400人；完成率 100.00%")


def test_an_actual_in_another_unit_is_shown_in_both() -> None:
    result, told = held(target("insured", ">=", "1.6", "万人", actual="15000", actual_unit="人"))
    assert (result.actual, result.completion_rate) == (Decimal("1.5"), Decimal("0.9375"))
    assert told == words(
        "实际 15,000人 = 1.5万人；目标 1.6万人；完成率 93.75%", "actual 15,000 people; target 16,000 people; completion 93.75%"
    )


def test_so_many_out_of_a_base_are_a_share_in_the_targets_unit() -> None:
    result, told = held(target("satisfied", ">=", "90", "%", actual="84", actual_unit="份", base="112"))
    assert result.actual == 75
    assert result.attainment == result.completion_rate == EXACT.divide(Decimal(75), 90)
    assert told == words(
        "实际 84份 ÷ 112份 = 75.00%；目标 90.00%；完成率 83.33%",
        "actual 84 forms ÷ 112 forms = 75.00%; target 90.00%; completion 83.33%",
    )


def test_out_of_a_base_of_nothing_there_is_no_share() -> None:
    result, told = held(target("satisfied", ">=", "90", "%", actual="0", actual_unit="份", base="0"))
    assert (result.actual, result.completion_rate, result.attainment, result.met) == (None, None, None, None)
    assert told == words("0份 ÷ 0份 = 基数为零，比率无定义", "0 forms ÷ 0 forms = the base is zero: the rate is not defined")


def test_an_actual_is_summed_from_the_parts_that_count() -> None:
    result, told = held(
        target("training", ">=", "1000", "人"),
        part("training", "县级", "county", "300", "人"),
        part("training", "乡镇", "townships", "0.02", "万人"),
        part("training", "其中妇女", "of which women", "90", "人", counted="no"),
        part("training", "计划", "planned", "1000", "人", role="target"),
        part("jobs", "另一指标", "another", "7", "人"),
    )
    assert (result.actual, result.attainment) == (500, Decimal("0.5"))
    assert told == words(
        "实际 县级 300人 + 乡镇 0.02万人 = 500人；目标 1,000人；完成率 50.00%",
        "actual county 300 people + townships 200 people = 500 people; target 1,000 people; completion 50.00%",
    )


def test_an_actual_that_was_given_is_not_summed_anew() -> None:
    assert held(target("jobs", ">=", "400", "人", actual="350"), part("jobs", "县级", "county", "300", "人"))[0].actual == 350


def test_a_formula_gives_the_actual_in_the_targets_unit() -> None:
    facts = (fact("projects_monitored", "12", "个"), fact("projects", "16", "个"))
    result, told = held(target("coverage", ">=", "80", "%"), facts=facts, formula="monitoring_coverage_rate")
    assert (result.actual, result.attainment) == (75, Decimal("0.9375"))
    assert told.zh == "实际 12个 ÷ 16个 = 75.00%；目标 80.00%；完成率 93.75%"


def test_a_formula_without_a_value_gives_no_actual_and_says_why() -> None:
    facts = (fact("projects", "16", "个"),)
    result, told = held(target("coverage", ">=", "80", "%"), facts=facts, formula="monitoring_coverage_rate")
    assert (result.actual, result.met, told.zh) == (None, None, "缺少已开展运行监控的项目数，无法计算")


def test_a_target_without_an_actual_says_so() -> None:
    result, told = held(target("jobs", ">=", "400", "人"))
    assert (result.actual, result.completion_rate, result.attainment, result.met) == (None, None, None, None)
    assert told == words("没有实际值", "no actual was given")


def test_an_actual_of_nothing_is_an_actual() -> None:
    result, _ = held(target("jobs", ">=", "400", "人", actual="0"))
    assert (result.actual, result.completion_rate, result.attainment, result.met) == (0, 0, 0, False)


def test_a_limit_that_was_kept() -> None:
    result, told = held(target("unemployment", "<=", "4.5", "%", actual="3.6"))
    assert (result.completion_rate, result.attainment, result.met) == (Decimal("0.8"), Decimal("1.2"), True)
    assert told == words("实际 3.60%；上限 4.50%，未超过；相当于上限的 80.00%", "actual 3.60%; limit 4.50%: kept, 80.00% of the limit")


def test_a_limit_that_was_exceeded() -> None:
    result, told = held(target("unemployment", "<=", "4.5", "%", actual="6"))
    assert (result.attainment, result.met) == (Decimal("0.75"), False)
    assert result.completion_rate == EXACT.divide(Decimal(4), 3)
    assert told == words("实际 6.00%；上限 4.50%，超过；相当于上限的 133.33%", "actual 6.00%; limit 4.50%: exceeded, 133.33% of the limit")


def test_a_target_of_nothing_has_no_completion() -> None:
    (kept, _), (broken, told) = (
        held(target("accidents", "<=", "0", "件", actual="0")),
        held(target("accidents", "<=", "0", "件", actual="5")),
    )
    assert (kept.completion_rate, kept.attainment, kept.met) == (None, 1, True)
    assert (broken.completion_rate, broken.attainment, broken.met) == (None, 0, False)
    assert told == words(
        "实际 5件；目标 0件，未达到（目标为零，没有完成率）",
        "actual 5 cases; target 0 cases: not reached (no completion rate against zero)",
    )


@pytest.mark.parametrize(
    ("operator", "goal", "actual", "attained"),
    [
        (">=", "400", "399", "0.9975"),
        (">=", "400", "400", "1"),
        (">=", "0.5", "0.2", "0.4"),
        (">=", "400", "-40", "0"),
        (">=", "0", "0", "1"),
        (">=", "0", "-1", "0"),
        (">=", "-5", "-10", "0"),
        ("<=", "4", "4", "1"),
        ("<=", "4", "5", "0.8"),
        ("<=", "0.5", "0.8", "0.625"),
        ("<=", "-5", "-4", "0"),
        ("=", "4", "4", "1"),
        ("=", "4", "3", "0.75"),
        ("=", "0", "0", "1"),
        ("=", "0", "3", "0"),
    ],
)
def test_how_far_a_target_was_attained(operator: str, goal: str, actual: str, attained: str) -> None:
    result, _ = held(target("change", operator, goal, "%", actual=actual))
    assert (result.attainment, result.met) == (Decimal(attained), attained == "1")


@pytest.mark.parametrize(("by", "judged"), [("measured", False), ("judged", True)])
def test_a_target_says_whether_its_actual_was_judged(by: str, judged: bool) -> None:
    assert held(target("jobs", ">=", "400", "人", actual="350", actual_by=by))[0].judged is judged


@pytest.mark.parametrize(
    ("operator", "goal", "unit", "last", "no_more"),
    [
        (">=", "100", "人", "99", False),
        (">=", "100", "人", "100", True),
        (">=", "100", "人", "101", True),
        (">=", "99", "%", "99", True),
        (">=", "100", "%", "100", False),  # 100% is all there is
        (">=", "101", "%", "101", False),
        ("<=", "4", "%", "3.9", True),
        ("<=", "4", "%", "4", True),
        ("<=", "4", "%", "4.1", False),
        ("=", "4", "%", "4", False),
        (">", "100", "人", "100", False),
        (">", "100", "人", "101", True),
        (">", "99", "%", "99.5", True),
        (">", "100", "%", "101", False),
        ("<", "4", "%", "4", False),
        ("<", "4", "%", "3.9", True),
    ],
)
def test_a_target_asks_no_more_than_was_reached_last_year(operator: str, goal: str, unit: str, last: str, no_more: bool) -> None:
    assert asks_no_more(held(target("jobs", operator, goal, unit))[0], Decimal(last)) is no_more


@pytest.mark.parametrize(
    ("last", "easy"),
    [
        (None, False),
        (target("jobs", ">=", "400", "人"), False),  # nobody knows what was reached
        (target("jobs", ">=", "400", "件", actual="450"), False),  # counted otherwise
        (target("jobs", ">=", "500", "人", actual="399"), False),
        (target("jobs", ">=", "500", "人", actual="400"), True),
    ],
)
def test_a_target_is_easy_where_it_asks_no_more_than_last_year_reached(last: Target | None, easy: bool) -> None:
    before = None if last is None else held(last)[0]
    assert is_easy(held(target("jobs", ">=", "400", "人"))[0], before) is easy


# what an indicator is called and measured by


def test_indicators_are_those_of_the_framework_and_of_the_departments_own() -> None:
    given = record(
        own_indicators=(own("jobs", "results", "2", formula="quality_rate"), own("training", "results", "1", name="培训", name_en=""))
    )
    found = {i.id: (i.value, i.words) for i in indicators_in_force(framework(), given)}
    assert list(found) == ["monitoring", "system", "compliance", "duties", "jobs", "training"]
    assert found["monitoring"] == ("monitoring_coverage_rate", NAME)
    assert found["system"] == ("", NAME)
    assert found["jobs"] == ("quality_rate", words("新增就业", "New jobs"))
    assert found["training"] == ("", words("培训"))


def year() -> Record:
    return record(
        facts=(fact("projects_monitored", "12", "个"), fact("projects", "16", "个")),
        own_indicators=(own("jobs", "results", "2"),),
        targets=(target("jobs", ">=", "400", "人", actual="350"), target("monitoring", ">=", "80", "%")),
    )


def measured(made: Any, given: Record) -> tuple[tuple[FormulaResult, ...], tuple[TargetResult, ...]]:
    return measure(made, Facts(made.catalogue, given), indicators_in_force(made, given))


def test_formulas_that_are_asked_for_or_have_a_number_are_computed_in_the_order_of_the_catalogue() -> None:
    formulas, _ = measured(framework(), year())
    assert [(f.id, f.value) for f in formulas] == [("goal_coverage_rate", None), ("monitoring_coverage_rate", Decimal("0.75"))]


def test_every_target_is_held_against_its_own_actual_in_the_order_of_the_data() -> None:
    _, targets = measured(framework(), year())
    assert [(t.id, t.name.en, t.actual) for t in targets] == [("jobs", "New jobs", 350), ("monitoring", "Indicator", 75)]


def test_a_target_of_an_indicator_without_a_formula_takes_no_other_formulas_value() -> None:
    _, targets = measured(framework(indicator=[indicator("system", "staff", 10, {"kind": "awarded"})]), year())
    assert [(t.id, t.name.en, t.actual) for t in targets] == [("jobs", "New jobs", 350), ("monitoring", "monitoring", None)]


@pytest.mark.parametrize(
    ("case", "held"),
    [
        pytest.param(case, held, id=f"{held[0]} {case['operator']} {case['target']}{' exactly' * case.get('exact', False)}")
        for case in tomllib.loads((GOLDEN / "hold.toml").read_text(encoding="utf-8"))["case"]
        for held in case["held"]
    ],
)
def test_how_an_actual_stands_to_what_was_asked(case: dict[str, Any], held: list[Any]) -> None:
    actual, rate, attained, met = held
    upper = Decimal(case["upper"]) if "upper" in case else None
    how = {"exact": True} if case.get("exact") else {}
    found = hold(case["operator"], Decimal(actual), Decimal(case["target"]), upper, **how)
    assert found == (Decimal(rate) if rate else None, Decimal(attained), met), case["why"]


@pytest.mark.parametrize("operator", [">=", ">", "<=", "<", "=", "between", "words", "by"])
def test_of_an_actual_that_is_not_known_nothing_is_said(operator: Operator) -> None:
    assert hold(operator, None, Decimal(5), Decimal(6)) == (None, None, None)


def asked(row: dict[str, Any], **changed: Any) -> TargetResult:
    """A target of the department's own, whatever it asks for."""
    made = target("jobs", row.pop("operator"), row.pop("target", "0"), row.pop("unit", ""), **row)
    return evaluate(framework(**changed), record(targets=(made,), own_indicators=(own("jobs", "results", "3"),))).targets[0]


SHARES = {"qualitative": {"reached": "0.95", "partly": "0.7", "missed": "0.1"}}


@pytest.mark.parametrize(("verdict", "share", "met"), [("reached", "0.95", False), ("partly", "0.7", False), ("missed", "0.1", False)])
def test_what_was_asked_for_in_words_attains_the_share_of_the_framework(verdict: str, share: str, met: bool) -> None:
    found = asked({"operator": "words", "wording": "效果明显", "verdict": verdict}, **SHARES)
    assert (found.asked, found.reached, found.actual, found.attainment, found.met) == (
        "效果明显",
        verdict,
        Decimal(share),
        Decimal(share),
        met,
    )


def test_what_was_reached_in_words_is_met_where_it_counts_in_full() -> None:
    found = asked({"operator": "words", "verdict": "reached"}, qualitative={"partly": "0.7"})
    assert (found.attainment, found.met, found.unit.symbol) == (1, True, "share")


@pytest.mark.parametrize(("changed", "verdict"), [({}, "reached"), (SHARES, None)])
def test_words_without_a_share_or_a_verdict_are_not_known(changed: dict[str, Any], verdict: str | None) -> None:
    found = asked({"operator": "words", "verdict": verdict}, **changed)
    assert (found.actual, found.attainment, found.met) == (None, None, None)


@pytest.mark.parametrize(
    ("done", "days", "met", "said"),
    [
        ("2023-06-20", -10, True, "done on 2023-06-20, due on 2023-06-30: 10 days early"),
        ("2023-06-30", 0, True, "done on 2023-06-30, due on 2023-06-30: in time"),
        ("2023-07-01", 1, False, "done on 2023-07-01, due on 2023-06-30: 1 day late"),
    ],
)
def test_a_date_is_early_in_time_or_late(done: str, days: int, met: bool, said: str) -> None:
    found = asked({"operator": "by", "due": "2023-06-30", "done": done})
    assert (found.actual, found.met, found.attainment, found.completion_rate) == (days, met, int(met), None)
    assert (found.asked, found.reached) == ("2023-06-30", done)
    assert target_working(evaluate(framework(), record()), found, "en") == said


def test_a_number_beside_a_date_gives_it_no_completion() -> None:
    assert asked({"operator": "by", "target": "5", "due": "2023-06-30", "done": "2023-07-01"}).completion_rate is None


@pytest.mark.parametrize("row", [{"due": "2023-06-30"}, {"done": "2023-06-30"}])
def test_a_date_of_which_one_half_is_lacking_is_not_known(row: dict[str, str]) -> None:
    found = asked({"operator": "by"} | row)
    assert (found.actual, found.attainment, found.met) == (None, None, None)


def test_an_adjusted_target_counts_and_the_first_one_is_kept() -> None:
    found = asked({"operator": ">=", "target": "80", "adjusted": "70", "unit": "%", "actual": "76"})
    assert (found.target, found.original, found.met) == (70, 80, True)
    plain = asked({"operator": ">=", "target": "80", "unit": "%", "actual": "76"})
    assert (plain.target, plain.original, plain.met) == (80, None, False)


def test_a_range_that_was_adjusted_to_one_number_is_a_range_no_more() -> None:
    found = asked({"operator": ">=", "target": "80", "upper": "90", "adjusted": "70", "unit": "%", "actual": "76"})
    assert (found.target, found.upper) == (70, None)


@pytest.mark.parametrize("column", ["actual", "target", "done", "verdict"])
def test_a_target_says_why_it_is_not_known(column: str) -> None:
    found = asked({"operator": ">=", "target": "80", "unit": "%", "states": [(column, "to_come")]})
    assert found.state == "to_come"
    assert asked({"operator": ">=", "target": "80", "unit": "%"}).state == ""


@pytest.mark.parametrize("equals", ["exact", "reached"])
def test_the_framework_says_whether_equal_means_the_very_number(equals: str) -> None:
    found = asked(
        {"operator": "=", "target": "120", "unit": "件", "actual": "121"},
        treatment={"missing": "zero", "not_applicable": "rescale", "equals": equals, "no_finding": "none"},
    )
    assert found.met is (equals == "reached")


@pytest.mark.parametrize(
    ("actual", "attained", "told"),
    [
        ("85", "1", "actual 85.00%; target 80~90%: within the range"),
        ("100", "0.9", "actual 100.00%; target 80~90%: above the range, upper end ÷ actual = 90.00%"),
        ("40", "0.5", "actual 40.00%; target 80~90%: below the range, actual ÷ lower end = 50.00%"),
    ],
)
def test_a_range_is_held_and_told_by_both_its_ends(actual: str, attained: str, told: str) -> None:
    found, said = held(target("jobs", "between", "80", "%", upper="90", actual=actual))
    assert (found.upper, found.attainment, said.en) == (90, Decimal(attained), told)


def test_dates_count_in_days_and_words_are_given() -> None:
    late = asked({"operator": "by", "due": "2023-06-30", "done": "2023-07-02"})
    assert (late.unit.symbol, late.way, late.completion_rate) == ("天", "given", None)
    told = asked({"operator": "words", "wording": "效果明显", "verdict": "partly"}, **SHARES)
    assert (told.unit.symbol, told.way) == ("share", "given")
    assert [(one.asked, one.reached) for one in (asked({"operator": "by"}), asked({"operator": "words"}, **SHARES))] == [("", ""), ("", "")]
    number = asked({"operator": ">=", "target": "80", "unit": "%"})
    assert (number.asked, number.reached, number.way) == ("", "", "none")


def test_a_date_has_no_unit_where_no_unit_counts_days() -> None:
    late = target("jobs", "by", "0", "", due="2023-06-30", done="2023-07-02")
    found = compute_target(Facts(Catalogue(), record()), late, framework())
    assert (found.actual, found.unit) == (2, NO_UNIT)


@pytest.mark.parametrize(("unit", "count", "actual"), [("%", 10, "75"), ("件", 10, None), ("%", 1, None)])
def test_the_answers_to_a_questionnaire_give_the_actual_where_a_share_is_asked(unit: str, count: int, actual: str | None) -> None:
    shared = {"indicator": "jobs", "group": "群众", "source": "report", "section": "四"}
    answers = [shared | {"answer": "满意", "count": 3 * count // 2}, shared | {"answer": "不满意", "count": count // 2}]
    made = target("jobs", ">=", "90", unit)
    e = evaluate(
        framework(),
        record(
            targets=(made,),
            own_indicators=(own("jobs", "results", "3", formula="survey"),),
            surveys=[shared | {"scale": "yes_no"}],
            survey_answers=answers,
        ),
    )
    assert (e.targets[0].actual, e.targets[0].way) == (Decimal(actual) if actual else None, "survey")


def test_a_sum_of_which_a_part_is_not_known_is_not_known() -> None:
    unknown = part("jobs", "乙", "b", "1", "人").model_copy(update={"value": None})
    found, _ = held(target("jobs", ">=", "400", "人"), part("jobs", "甲", "a", "300", "人"), unknown)
    assert (found.actual, found.way) == (None, "parts")


def with_formula(**entry: Any) -> Catalogue:
    """The catalogue with a formula more."""
    entries = CATALOGUE.part.model_copy(update={"formulas": (*CATALOGUE.part.formulas, FormulaEntry(**entry))})
    catalogue, faults = assemble([("own", entries)], YEAR)
    assert faults == ()
    return catalogue


def test_a_formula_is_told_in_its_own_unit_whatever_the_unit_of_its_facts() -> None:
    catalogue = with_formula(id="spent_in_ten_thousands", value="outturn", unit="万元")
    facts = Facts(catalogue, record(facts=(fact("outturn", "25000", "元"),)))
    assert compute_formula(facts, catalogue.formulas["spent_in_ten_thousands"]).value == Decimal("2.5")


def test_what_a_formulas_value_may_truly_be_follows_from_the_digits_of_its_inputs() -> None:
    made = framework().model_copy(update={"catalogue": with_formula(id="left", value="adjusted_expenditure - outturn", unit="万元")})
    given = (fact("adjusted_expenditure", "3.0", "万元"), fact("outturn", "25000", "元"))
    e = evaluate(made, record(facts=given))
    assert interval_of(e, e.formula("left")) == Interval(Decimal("0.45"), Decimal("0.55"))  # 2.95 to 3.05, less 2.5


@pytest.mark.parametrize("outturn", [(), (fact("three_public_outturn", "0", "元", 2026),)])
def test_of_a_formula_that_was_not_computed_nothing_can_be_said(outturn: tuple[Any, ...]) -> None:
    """Nor of one that has a value only because nothing stands against nothing."""
    given = record(facts=(fact("three_public_budget", "0", "元", 2026), *outturn)).model_copy(update={"year": 2026})
    made = framework().model_copy(update={"catalogue": shipped_catalogue("department", 2026)})
    e = evaluate(made, given)
    assert interval_of(e, e.formula("three_public_control_rate")) is None
