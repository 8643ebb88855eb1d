"""Published figures beside computed ones: as many decimals as were printed, in the printed unit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from evallib.model.evaluation import Evaluation
from evallib.model.framework import Framework
from evallib.model.record import Contradiction, Published
from evallib.say.reconciliation import counted, name, reason, verdict
from evallib.score.reconcile import Numbers, Reconciled, reconcile
from evallib.score.scoring import evaluate
from tests.score.small import fact, finding, framework, indicator, judgement, own, part, record, target


def published(value: str, number: str, unit: str = "", **more: Any) -> Published:
    row = {"published": "figure", "value": value, "number": number, "unit": unit, "source": "report", "section": "三"}
    return Published.model_validate(row | more)


def year(*figures: Published, recorded: str = "") -> Evaluation:
    said = {"contradiction": "c", "kind": "number", "about": recorded, "printed": "1", "other": "2", "reason": "原文如此"}
    told = (Contradiction.model_validate(said | {"source": "report", "section": "三"}),) if recorded else ()
    facts = (fact("projects_monitored", "11", "个"), fact("projects", "16", "个"), fact("outturn", "12345", "元"))
    return evaluate(framework(), record(facts=facts, published=figures, contradictions=told))


def one(figure: Published, recorded: str = "") -> Reconciled:
    return reconcile(year(figure, recorded=recorded))[0]


@pytest.mark.parametrize(
    ("value", "number", "unit", "computed"),
    [
        ("68.75", "formula.monitoring_coverage_rate", "%", "68.75"),  # 11 of 16
        ("68.8", "formula.monitoring_coverage_rate", "%", "68.8"),  # half up
        ("69", "formula.monitoring_coverage_rate", "%", "69"),
        ("1.23", "fact.outturn", "万元", "1.23"),
        ("1.2345", "fact.outturn@2023", "万元", "1.2345"),
        ("12345.00", "fact.outturn", "元", "12345.00"),
        ("中", "grade", "", "中"),  # 4.06 of the 7 points that there are
    ],
)
def test_a_figure_agrees_when_it_is_the_computed_one_as_printed(value: str, number: str, unit: str, computed: str) -> None:
    found = one(published(value, number, unit))
    assert (found.verdict, found.computed) == ("agrees", computed)


def test_a_figure_that_is_another_differs() -> None:
    found = one(published("68.74", "formula.monitoring_coverage_rate", "%"))
    assert (found.verdict, found.computed, found.published) == ("differs", "68.75", "68.74")


def test_a_figure_that_differs_may_be_recorded_as_a_contradiction() -> None:
    assert one(published("68.74", "formula.monitoring_coverage_rate", "%"), "other figure").verdict == "recorded"
    assert one(published("68.74", "formula.monitoring_coverage_rate", "%"), "other").verdict == "differs"


def test_a_figure_that_nothing_computes_says_why() -> None:
    e = year(published("12", "", note="年鉴", note_en="From the yearbook"))
    [found] = reconcile(e)
    assert (found.verdict, found.computed, reason(e, found).en) == ("not_computable", None, "From the yearbook")


def test_a_figure_whose_number_is_missing_says_why() -> None:
    e = year(published("90", "formula.procurement_execution_rate", "%"))
    [found] = reconcile(e)
    assert (found.verdict, found.computed) == ("not_computable", None)
    assert reason(e, found).en == "cannot be computed: Procurement, actual, Procurement, planned missing"


def test_a_figure_of_a_number_that_there_is_not_is_no_figure() -> None:
    with pytest.raises(KeyError, match=r"no number is called formula\.unknown"):
        reconcile(year(published("1", "formula.unknown")))


def test_every_name_of_a_number_has_one_and_no_other() -> None:
    known = Numbers(year())
    assert [known[name] for name in known] == list(known.values())
    others = ("fact.outturn@1999", "fact.outturn@", "fact.unknown", "formula.unknown", "total", "unknown.score", "")
    assert not any(name in known for name in others)
    assert not {*others} & {*known}


def test_every_number_is_called_something_in_both_languages(hrss: Evaluation) -> None:
    row = published("1", "")
    figures = tuple(row.model_copy(update={"published": number, "number": number}) for number in Numbers(hrss))
    e = replace(hrss, record=hrss.record.model_copy(update={"published": figures}))
    called = {found.number: name(e, found) for found in reconcile(e)}
    assert all(one.zh and one.en for one in called.values())
    assert (called["finding.9.2.amount"].en, called["target.quality.completion_rate"].zh) == (
        "Finding 9.2: gross value",
        "质量达标率：完成率",
    )


ROUNDED = (fact("outturn", "1885", "万元"), fact("adjusted_expenditure", "1985", "万元"))
"""94.96%, or anything from 1884.5 ÷ 1985.5, 94.913%, to 1885.5 ÷ 1984.5, 95.011%."""


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        ("94.96", "agrees"),
        ("94.91", "agrees"),
        ("95.01", "agrees"),
        ("94.90", "differs"),
        ("95.02", "differs"),
        ("95", "agrees"),
        ("96", "differs"),
    ],
)
def test_a_rate_of_rounded_numbers_agrees_with_what_some_true_numbers_give(value: str, verdict: str) -> None:
    figures = (published(value, "formula.budget_execution_rate", "%"),)
    assert reconcile(evaluate(framework(), record(facts=ROUNDED, published=figures)))[0].verdict == verdict


@pytest.mark.parametrize(
    ("value", "unit", "verdict"),
    [("18850000.00", "元", "agrees"), ("18854999", "元", "agrees"), ("18855001", "元", "differs"), ("0.19", "亿元", "agrees")],
)
def test_a_rounded_fact_agrees_with_a_figure_that_has_more_digits(value: str, unit: str, verdict: str) -> None:
    figures = (published(value, "fact.outturn", unit),)
    assert reconcile(evaluate(framework(), record(facts=ROUNDED, published=figures)))[0].verdict == verdict


def test_a_formula_that_nobody_asks_for_and_no_number_is_there_for_is_not_computable() -> None:
    e = year(published("75", "formula.payment_progress_rate", "%"))
    [found] = reconcile(e)
    assert (found.verdict, reason(e, found).zh) == ("not_computable", "缺少实际支付金额、计划支付金额，无法计算")


def published_framework(**changes: Any) -> Framework:
    """The small framework as if its points had been published, with an indicator that is judged by tiers instead of a checklist."""
    tiers = [{"id": "all", "name": "达成", "name_en": "reached", "low": "0.5", "high": 1}]
    indicators = [
        indicator("duties", "tasks", 1, {"kind": "awarded"}, basis="published"),
        indicator("compliance", "funds", 2, {"kind": "deduct_per_occurrence", "points_each": "0.5"}, basis="published"),
        indicator("monitoring", "staff", 3, {"kind": "proportional"}, value="monitoring_coverage_rate", basis="published"),
        indicator("system", "staff", 1, {"kind": "tiers", "tiers": tiers}, basis="published"),
    ]
    return framework(indicator=indicators, **changes)


JUDGED = (judgement("duties", "award", score="1"), judgement("system", "tier", item="", verdict="all", score="0.8"))
FACTS = (fact("projects_monitored", "11", "个"), fact("projects", "16", "个"))
WORK = {"own_indicators": (own("jobs", "results", "2"), own("safety", "results", "1"))}
TARGETS = (
    target("jobs", ">=", "8", "人", actual="7"),
    target("safety", ">=", "100", "%", actual="100", actual_unit="%", actual_by="judged"),
)


def kinds_of(made: Framework, **tables: Any) -> dict[str, str]:
    given = {"facts": FACTS, "judgements": JUDGED, "targets": TARGETS, **WORK}
    return {id: number.kind for id, number in Numbers(evaluate(made, record(**(given | tables)))).items()}


def test_a_score_that_a_person_gave_is_typed_and_so_is_a_sum_of_such_scores_alone() -> None:
    kinds = kinds_of(published_framework())
    assert {i: kinds[f"indicator.{i}.score"] for i in ("duties", "system", "compliance", "monitoring", "jobs")} == {
        "duties": "typed",
        "system": "typed",
        "compliance": "computed",
        "monitoring": "computed",
        "jobs": "computed",
    }
    assert (kinds["group.tasks.score"], kinds["group.staff.score"], kinds["total.score"]) == ("typed", "computed", "computed")
    override = judgement("monitoring", "override", score="3")
    kinds = kinds_of(published_framework(), judgements=(*JUDGED, override))
    assert (kinds["indicator.monitoring.score"], kinds["group.staff.score"], kinds["dimension.input.score"]) == (
        "typed",
        "typed",
        "computed",
    )


def test_a_total_of_which_every_part_was_typed_is_typed_but_its_rate_and_grade_are_not() -> None:
    overrides = tuple(judgement(i, "override", score="1") for i in ("compliance", "monitoring", "jobs", "safety"))
    kinds = kinds_of(published_framework(), judgements=(*JUDGED, *overrides))
    assert {kinds[f"{whole}.score"] for whole in ("total", "dimension.input", "dimension.work")} == {"typed"}
    assert (kinds["dimension.input.rate"], kinds["grade"]) == ("computed", "computed")
    left_out = judgement("safety", "not_applicable")  # the rest is scaled back to full points
    kinds = kinds_of(published_framework(), judgements=(*JUDGED, *overrides[:-1], left_out))
    assert (kinds["total.score"], kinds["group.results.score"]) == ("computed", "typed")
    assert (kinds["group.results.points"], kinds["group.tasks.points"]) == ("computed", "typed")


def test_what_rests_on_reconstructed_points_is_fitted_unless_a_person_gave_it() -> None:
    kinds = kinds_of(framework(), judgements=(JUDGED[0], judgement("system", "item", item="a", verdict="met")))
    assert (kinds["indicator.duties.score"], kinds["group.tasks.score"]) == ("typed", "typed")
    assert {kinds[n] for n in ("indicator.system.score", "group.staff.score", "dimension.input.score", "dimension.input.points")} == {
        "fitted"
    }
    assert {kinds[n] for n in ("dimension.input.rate", "total.score", "total.points", "grade", "count.indicators")} == {"fitted"}
    assert (kinds["group.results.score"], kinds["group.results.points"], kinds["count.groups"]) == ("computed", "typed", "computed")


def test_an_actual_is_typed_unless_it_follows_from_several_numbers() -> None:
    kinds = kinds_of(published_framework())
    assert (kinds["target.jobs.actual"], kinds["target.jobs.target"]) == ("typed", "typed")
    assert (kinds["target.jobs.completion_rate"], kinds["target.jobs.attainment"]) == ("computed", "computed")
    one = (part("jobs", "城镇", "Towns", "7", "人"),)
    several = (*one, part("jobs", "乡村", "Villages", "1", "人"))
    for parts, kind in ((one, "typed"), (several, "computed")):
        targets = (target("jobs", ">=", "8", "人"), TARGETS[1])
        assert kinds_of(published_framework(), targets=targets, target_parts=parts)["target.jobs.actual"] == kind
    of_base = (target("jobs", ">=", "100", "%", actual="7", actual_unit="件", base="8"), TARGETS[1])
    assert kinds_of(published_framework(), targets=of_base)["target.jobs.completion_rate"] == "computed"


def test_a_rate_against_a_target_of_100_percent_repeats_its_actual() -> None:
    kinds = kinds_of(published_framework())
    assert (kinds["target.safety.completion_rate"], kinds["target.safety.attainment"]) == ("typed", "typed")
    judged = (TARGETS[0], target("safety", ">=", "90", "%", actual="100", actual_unit="%", actual_by="judged"))
    kinds = kinds_of(published_framework(), targets=judged)
    assert (kinds["target.safety.completion_rate"], kinds["target.safety.attainment"]) == ("computed", "typed")


def test_a_fact_is_typed_and_a_sum_of_facts_computed() -> None:
    staff = (fact("staff_administrative", "21", "人"), fact("staff_institution", "30", "人"))
    kinds = kinds_of(published_framework(), facts=(*FACTS, *staff))
    assert (kinds["fact.staff_administrative"], kinds["fact.staff_in_post"], kinds["fact.projects@2023"]) == ("typed", "computed", "typed")
    kinds = kinds_of(published_framework(), facts=(*FACTS, fact("staff_in_post", "51", "人")))
    assert kinds["fact.staff_in_post"] == "typed"


def test_an_amount_without_a_voucher_is_the_gross_value_of_a_thing() -> None:
    """As the page calls it."""
    found = finding("1", "compliance", amount="9000"), finding("2", "compliance", amount="9000", voucher="12")
    figures = [published("9000.00", f"finding.{id}.amount", "元") for id in "12"]
    e = evaluate(framework(), record(findings=found, published=figures))
    assert [name(e, row).zh for row in reconcile(e)] == ["问题 1：原值", "问题 2：凭证金额"]


def test_a_voucher_is_typed_and_what_follows_from_it_computed() -> None:
    paid = finding("1", "compliance", amount="9000", at_issue="9.85", quantity="16", unit_price="500", paid="9009.85")
    kinds = kinds_of(published_framework(), findings=(paid,))
    assert [kinds[f"finding.1.{what}"] for what in ("amount", "at_issue", "product", "overpaid")] == ["typed"] * 2 + ["computed"] * 2


def test_figures_are_counted_by_what_their_agreement_is_worth() -> None:
    figures = (
        published("68.75", "formula.monitoring_coverage_rate", "%"),
        published("16", "fact.projects"),
        published("12345.00", "fact.outturn"),
        published("中", "grade"),
        published("68", "formula.monitoring_coverage_rate", "%"),
        published("12", ""),
    )
    rows = reconcile(year(*figures))
    assert counted(rows).en == (
        "6 figures: 4 in agreement (1 computed, 2 typed, 1 fitted), 1 differing, "
        "0 differing and recorded as contradictions, 1 not computable"
    )
    assert counted(rows).zh.startswith("共 6 个：一致 4 个（重算 1、录入 2、拟合 1）")
    assert [verdict(row).zh for row in rows] == [
        "一致（重算）",
        "一致（录入）",
        "一致（录入）",
        "一致（拟合）",
        "不一致（重算）",
        "无法计算",
    ]
    assert rows[-1].kind is None


def test_the_numbers_of_a_part_of_an_evaluation_are_those_of_its_parts(hrss: Evaluation) -> None:
    """The desk shows one indicator of an evaluation, or one dimension."""
    alone = replace(hrss, indicators=hrss.indicators[:1], sections=hrss.sections[:2])
    names = set(Numbers(alone))
    assert names < set(Numbers(hrss))
    assert {name for name in names if name.startswith("group.")} == {f"group.{hrss.groups[0].id}.{what}" for what in ("points", "score")}
