"""The formulas against numbers worked out by hand, and what they do where there is nothing to divide by."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evallib.core.facts import FACTS
from evallib.core.metrics import METRICS, change_rate, proportion, ratio, remaining_rate
from tests.conftest import GOLDEN

CASES = tomllib.loads((GOLDEN / "metrics.toml").read_text(encoding="utf-8"))["case"]
NUMBERS = st.decimals(0, 10**9, places=2)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['metric']} {case.get('base', '')}".strip())
def test_a_formula_takes_its_facts_and_gives_its_value(case: dict[str, Any]) -> None:
    metric = METRICS[case["metric"]]
    inputs = metric.bases[case.get("base", "")]
    assert metric.written([i.fact + " last year" * i.years_before for i in inputs]) == case["formula"], case["why"]
    assert metric.compute(*map(Decimal, case["numbers"])) == Decimal(case["value"]), case["why"]
    assert metric.good.en == case["good"]


def test_there_is_a_case_for_every_formula_on_every_base() -> None:
    assert [(case["metric"], case.get("base", "")) for case in CASES] == [(m.id, base) for m in METRICS.values() for base in m.bases]


def test_the_first_base_is_taken_unless_another_is_chosen() -> None:
    assert {id: m.default_base for id, m in METRICS.items() if len(m.bases) > 1} == {
        "project_expenditure_change_rate": "outturn_on_last_budget",
        "budget_execution_rate": "adjusted",
        "carryover_rate": "adjusted",
        "asset_utilisation_rate": "value",
    }


def test_a_rate_is_one_of_like_and_like() -> None:
    for metric in METRICS.values():
        for inputs in metric.bases.values():
            assert len({FACTS[i.fact].unit for i in inputs}) == 1, metric.id


def test_nothing_is_not_divided_by() -> None:
    one, nothing = Decimal(1), Decimal(0)
    assert ratio(one, nothing) is None
    assert change_rate(one, nothing) is None
    assert remaining_rate(nothing, one) is None
    assert proportion(nothing, nothing) is None


def test_nothing_out_of_something_is_a_rate() -> None:
    one, nothing = Decimal(1), Decimal(0)
    assert ratio(nothing, one) == 0
    assert change_rate(nothing, one) == -1
    assert remaining_rate(one, one) == 0
    assert proportion(nothing, one) == 0


def test_what_nothing_is_taken_from_is_all_there() -> None:
    assert remaining_rate(Decimal(15)) == 1


@given(NUMBERS, NUMBERS.filter(bool))
def test_a_change_leads_from_the_one_to_the_other(now: Decimal, before: Decimal) -> None:
    change, share = change_rate(now, before), ratio(now, before)
    assert change is not None
    assert share is not None
    assert abs(1 + change - share) < Decimal("1e-15")


@given(NUMBERS.filter(bool), NUMBERS)
def test_a_part_and_the_rest_make_up_the_whole(part: Decimal, rest: Decimal) -> None:
    one, other = proportion(part, rest), proportion(rest, part)
    assert one is not None
    assert other is not None
    assert abs(one + other - 1) < Decimal("1e-25")
