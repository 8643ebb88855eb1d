"""Where a department stands among others: ranks, quartiles and medians worked by hand."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evallib.analysis.standing import standings
from evallib.data.years import evaluate_year
from evallib.model.evaluation import Evaluation
from tests.conftest import DATA, GOLDEN

REAL = evaluate_year(DATA, "hrss", 2023).evaluation
CASES: list[dict[str, Any]] = tomllib.loads((GOLDEN / "standing.toml").read_text(encoding="utf-8"))["standing"]


def with_rate(evaluation: Evaluation, indicator: str, rate: Decimal, department: str) -> Evaluation:
    """The evaluation as that of another department, with another score rate of one indicator."""
    indicators = tuple(replace(i, score=i.points * rate) if i.id == indicator else i for i in evaluation.indicators)
    record = evaluation.record.model_copy(update={"department": department})
    return replace(evaluation, indicators=indicators, record=record)


def others(case: dict[str, Any]) -> list[Evaluation]:
    return [with_rate(REAL, case["indicator"], Decimal(rate), f"other_{n}") for n, rate in enumerate(case["others"])]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["indicator"])
def test_where_a_department_stands_as_worked_by_hand(case: dict[str, Any]) -> None:
    found = next(s for s in standings(REAL, others(case)) if s.result.id == case["indicator"])
    assert (found.rank, found.count) == (case["rank"], 4)
    assert found.median == Decimal(case["median"])


def test_only_departments_evaluated_alike_are_compared() -> None:
    (other,) = others({"indicator": "quality", "others": ["0"]})
    later = replace(other, record=other.record.model_copy(update={"year": 2024}))
    unlike = replace(other, framework=other.framework.model_copy(update={"first_year": 2020}))
    assert standings(REAL, [REAL, later, unlike]) == ()
    assert {s.result.id for s in standings(REAL, [other])} == {i.id for i in REAL.indicators if not i.own}


@given(rates=st.lists(st.decimals(0, 1, places=1), min_size=1, max_size=4))
@settings(max_examples=8)
def test_a_rank_counts_those_who_are_better(rates: list[Decimal]) -> None:
    found = next(
        s for s in standings(REAL, others({"indicator": "internal_control", "others": rates})) if s.result.id == "internal_control"
    )
    assert found.rank == 1 + sum(rate > found.rate for rate in rates)
    assert found.median <= found.best


def test_equal_rates_share_the_better_rank() -> None:
    """Of 1/2 here; 1, 1/2 and 0 elsewhere: second with one beside it, of four; the median of 1, 1/2, 1/2, 0 is 1/2, the best 1."""
    mine = with_rate(REAL, "monitoring_coverage", Decimal("0.5"), "mine")
    found = next(
        s
        for s in standings(mine, others({"indicator": "monitoring_coverage", "others": ["1", "0.5", "0"]}))
        if s.tied and s.result.id == "monitoring_coverage"
    )
    assert (found.rank, found.count, found.median, found.best) == (2, 4, Decimal("0.5"), 1)


def test_projects_do_not_stand_among_departments() -> None:
    (other,) = others({"indicator": "quality", "others": ["0"]})
    assert standings(REAL, [replace(other, record=other.record.model_copy(update={"kind": "project"}))]) == ()
