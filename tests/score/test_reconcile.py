"""Published figures beside computed ones: as many decimals as were printed, in the printed unit."""

from __future__ import annotations

from typing import Any

import pytest

from evallib.model.evaluation import Evaluation
from evallib.model.record import Contradiction, Published
from evallib.score.reconcile import Reconciled, number_names, numbers, reconcile
from evallib.score.scoring import evaluate
from tests.score.small import fact, framework, record


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
    found = one(published("12", "", note="年鉴", note_en="From the yearbook"))
    assert (found.verdict, found.computed, found.reason.en) == ("not_computable", None, "From the yearbook")


def test_a_figure_whose_number_is_missing_says_why() -> None:
    found = one(published("90", "formula.procurement_execution_rate", "%"))
    assert (found.verdict, found.computed) == ("not_computable", None)
    assert found.reason.en == "cannot be computed: Procurement, actual, Procurement, planned missing"


def test_a_figure_of_a_number_that_there_is_not_is_no_figure() -> None:
    with pytest.raises(KeyError, match=r"no number is called formula\.unknown"):
        reconcile(year(published("1", "formula.unknown")))


def test_the_names_of_the_numbers_are_known_without_the_numbers() -> None:
    assert set(number_names(year())) == set(numbers(year()))


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
    found = one(published("75", "formula.payment_progress_rate", "%"))
    assert (found.verdict, found.reason.zh) == ("not_computable", "缺少实际支付金额、计划支付金额，无法计算")
