"""What pages show of a year, put in order: budget lines, how well goals were set, what contradictions touch."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from evallib.analysis.tables import (
    BudgetLine,
    budget_lines,
    contradicted_formulas,
    contradictions_of,
    facts_by_topic,
    goal_quality,
    next_grade,
    parts_of,
    plan_goals,
)
from evallib.model.evaluation import Evaluation
from evallib.model.facts import InputValue
from evallib.model.units import Unit
from evallib.model.words import NOTHING, words
from tests.analysis.shapes import without_catalogue, without_points

YUAN = Unit("元", words("元"), (("money", 1),))


def amount(value: str | None) -> InputValue:
    return InputValue("outturn", 2023, NOTHING, None if value is None else Decimal(value), YUAN, ())


def line(approved: str | None, adjusted: str | None, outturn: str | None) -> BudgetLine:
    given = [None if value == "" else amount(value) for value in (approved, adjusted, outturn)]
    return BudgetLine(NOTHING, given[0], given[1], given[2])


def test_a_line_is_held_against_its_outturn_and_by_its_adjustment_where_it_has_none() -> None:
    assert (line("200", "300", "250").change.difference, line("200", "300", "250").change.rate) == (50, Decimal("0.25"))
    assert (line("200", "150", "").change.difference, line("200", "150", "").change.rate) == (-50, Decimal("-0.25"))


def test_what_is_not_known_has_no_difference_and_what_was_not_approved_no_rate() -> None:
    for unknown in (line("", "1", "1"), line(None, "1", "1"), line("1", "1", None), line("1", "", "")):
        assert (unknown.change.difference, unknown.change.rate) == (None, None)
    assert (line("0", "", "7").change.difference, line("0", "", "7").change.rate) == (7, None)


def test_the_last_line_of_each_side_is_its_total(hrss: Evaluation) -> None:
    lines = budget_lines(hrss)
    assert [[one.total for one in side] for side in lines.values()] == [[False] * 5 + [True], [False, False, True]]
    total = lines["spending"][-1]
    assert total.change.difference == Decimal("18854402.47") - Decimal("14011524.49")  # both printed in the report


def test_the_changes_of_the_sources_add_up_to_that_of_the_total(hrss: Evaluation) -> None:
    """What was carried in is no part of the approved budget: all of it is added (一(二)1)."""
    *sources, total = budget_lines(hrss)["income"]
    assert sources[-1].change.difference == Decimal("1068938.55")
    assert sum(one.change.difference or 0 for one in sources) == total.change.difference == Decimal("5843248.83")


def test_a_contradiction_names_the_formulas_of_the_indicators_it_touches(hrss: Evaluation) -> None:
    row = hrss.record.contradictions[0].model_copy(update={"contradiction": "x", "about": "quality 8 public_satisfaction outturn"})
    record = hrss.record.model_copy(update={"contradictions": (row,)})
    assert contradicted_formulas(replace(hrss, record=record)) == {"x": ("quality_rate",)}  # satisfaction has no formula


def test_a_topic_without_a_fact_is_left_out(hrss: Evaluation) -> None:
    facts = tuple(fact for fact in hrss.record.facts if fact.fact.startswith("questionnaires_"))
    few = replace(hrss, record=hrss.record.model_copy(update={"facts": facts}))
    topics = facts_by_topic(few)
    assert [line.value.fact for _, lines in topics for line in lines if line.row] == [fact.fact for fact in facts]
    assert len(topics) == 1


def test_goals_that_ask_no_more_than_last_years_actual_are_named(hrss: Evaluation) -> None:
    """Last year 800 jobs were reached, this year 800 are asked; satisfaction was 80% and 90% are asked."""
    last = {"urban_new_jobs": Decimal(800), "public_satisfaction": Decimal(80)}
    before = replace(hrss, targets=tuple(replace(t, actual=last[t.id]) for t in hrss.targets if t.id in last))
    found = goal_quality(hrss, before)
    assert [name.en for name in found.easier_than_last_year] == [hrss.indicator("urban_new_jobs").name.en]
    assert goal_quality(hrss, None).easier_than_last_year == ()


def test_goals_are_counted_by_how_they_are_measured_and_empty_groups_named(hrss: Evaluation) -> None:
    found = goal_quality(hrss, None)
    assert (found.targets, found.measured, found.groups_without_indicator) == (19, 17, ())  # two are judged by a person
    first, second, *others = hrss.targets
    other = (replace(first, operator="words"), replace(second, state="not_applicable"), *others)
    found = goal_quality(replace(hrss, targets=other), None)
    assert (found.targets, found.measured) == (18, 15)  # what is asked for in words is not measured, what does not apply no target
    without = replace(hrss, indicators=tuple(i for i in hrss.indicators if i.group != "satisfaction"))
    assert [group.zh for group in goal_quality(without, None).groups_without_indicator] == [
        g.name for g in hrss.framework.groups if g.id == "satisfaction"
    ]


def test_a_side_of_the_budget_of_which_nothing_is_known_is_empty(hrss: Evaluation) -> None:
    income = {name.id for line in hrss.catalogue.lines["income"] for name in line.cells.values()}
    facts = tuple(f for f in hrss.record.facts if f.fact not in income)
    lines = budget_lines(replace(hrss, record=hrss.record.model_copy(update={"facts": facts})))
    assert (lines["income"], len(lines["spending"])) == ((), 3)


def test_without_a_catalogue_there_is_no_budget_and_no_fact(hrss: Evaluation) -> None:
    bare = without_catalogue(hrss)
    assert budget_lines(bare) == {"income": (), "spending": ()}
    assert facts_by_topic(bare) == ()


def test_a_fact_without_a_topic_is_listed_last(hrss: Evaluation) -> None:
    catalogue = hrss.catalogue
    fact = catalogue.facts["outturn_basic"]
    stray = replace(fact, entry=fact.entry.model_copy(update={"topic": "nowhere"}))
    facts = replace(catalogue, facts={**catalogue.facts, fact.id: stray})
    topics = facts_by_topic(replace(hrss, framework=hrss.framework.model_copy(update={"catalogue": facts})))
    assert (topics[-1][0].en, [line.value.fact for line in topics[-1][1]]) == ("Other", ["outturn_basic"])


def test_a_sum_names_its_parts_with_their_signs(hrss: Evaluation) -> None:
    over = hrss.facts.find("staff_over_quota")
    assert over is not None
    assert [(sign, part.value) for sign, part in parts_of(hrss, over)] == [("+", 51), ("−", 48)]
    given = hrss.facts.find("outturn_basic")
    assert given is not None
    assert parts_of(hrss, given) == ()


def test_without_points_there_is_no_next_grade(hrss: Evaluation) -> None:
    assert next_grade(without_points(hrss)) is None


def contradicted(e: Evaluation, about: str) -> set[str]:
    row = e.record.contradictions[0].model_copy(update={"contradiction": "x", "about": about})
    return set(contradictions_of(replace(e, record=e.record.model_copy(update={"contradictions": (row,)}))))


@pytest.mark.parametrize(
    ("about", "indicators"),
    [
        ("quality", {"quality"}),
        ("staffing_rate", {"staffing_control"}),  # a published figure that is a formula
        ("project_change", {"project_expenditure_change"}),  # the difference of a formula's numbers
        ("three_public_budget_2022", {"three_public_change", "three_public_control"}),  # a fact, of whatever year
        ("staff_quota", {"staffing_control"}),  # a figure and a fact of one name
        ("finding_8_product", {"fund_compliance"}),  # a number of a finding
        ("9.1 8", {"asset_safety", "fund_compliance"}),
        ("text_arbitration_target quality", {"arbitration_cases_closed", "quality"}),
        ("total_score groups_count declared_social_benefit_indicators", set()),
    ],
)
def test_a_contradiction_is_about_the_indicators_that_its_subjects_belong_to(hrss: Evaluation, about: str, indicators: set[str]) -> None:
    assert contradicted(hrss, about) == indicators


def planned(e: Evaluation, **changes: Any) -> list[tuple[bool, bool | None]]:
    row = next(row for row in e.record.plan_targets if row.indicator == "urban_new_jobs").model_copy(update=changes)
    found = plan_goals(replace(e, record=e.record.model_copy(update={"plan_targets": (row,)})))
    return [(goal.comparable, goal.met) for goals in found.values() for goal in goals]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, [(True, False)]),  # 933 of 1,100 a year, with a year's target of 800
        ({"target": Decimal(900)}, [(True, True)]),  # met or not, it is another target
        ({"target": Decimal("0.08"), "unit": "万人"}, []),  # the year's own, otherwise written
        ({"target": Decimal("0.11"), "unit": "万人"}, [(True, False)]),
        ({"operator": "<=", "target": Decimal(800)}, [(True, False)]),
        ({"unit": "人次"}, [(False, None)]),
        ({"per_year": "no"}, [(True, None)]),  # for the end of the plan: one year cannot miss it
        ({"indicator": ""}, []),
    ],
)
def test_a_plan_target_that_is_not_the_years_is_set_beside_it(hrss: Evaluation, changes: dict[str, Any], expected: Any) -> None:
    assert planned(hrss, **changes) == expected
