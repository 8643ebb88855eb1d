"""The formulas of the department catalogue against numbers worked out by hand, and what they do where there is nothing to divide by."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from typing import Any

import pytest

from evallib.data.rulebook import shipped_catalogue
from evallib.model.catalogue import Formula
from evallib.model.expression import Name, Undefined, compute, write
from tests.conftest import GOLDEN
from tests.score.small import CATALOGUE

CASES = tomllib.loads((GOLDEN / "formulas.toml").read_text(encoding="utf-8"))["case"]
GOOD: dict[tuple[str, Decimal | int | None], str] = {
    ("high", None): "higher is better",
    ("low", None): "lower is better",
    ("low", 100): "good up to 100%",
    ("low", 0): "good up to 0%",
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["formula"]))
def test_a_formula_takes_its_facts_and_gives_its_value(case: dict[str, Any]) -> None:
    formula = CATALOGUE.formulas[case["formula"]]
    assert write(formula.tree, lambda n: n.id + " last year" * n.before, str) == case["written"], case["why"]
    numbers = dict(zip(formula.inputs, map(Decimal, case["numbers"]), strict=True))
    assert compute(formula.tree, numbers) == Decimal(case["value"]), case["why"]
    assert GOOD[formula.entry.good, formula.entry.good_up_to] == case["good"]


def test_there_is_a_case_for_every_formula() -> None:
    assert sorted(case["formula"] for case in CASES) == sorted(CATALOGUE.formulas)


FORMULAS = pytest.mark.parametrize("formula", CATALOGUE.formulas.values(), ids=list(CATALOGUE.formulas))


@FORMULAS
def test_a_rate_is_one_of_like_and_like(formula: Formula) -> None:
    assert len({CATALOGUE.facts[name.id].unit for name in formula.inputs}) == 1


@FORMULAS
def test_nothing_is_not_divided_by(formula: Formula) -> None:
    with pytest.raises(Undefined):
        compute(formula.tree, dict.fromkeys(formula.inputs, Decimal(0)))


def value(id: str, *numbers: int) -> Decimal:
    formula = CATALOGUE.formulas[id]
    return compute(formula.tree, dict(zip(formula.inputs, map(Decimal, numbers), strict=True)))


def test_nothing_out_of_something_is_a_rate() -> None:
    assert value("staffing_control_rate", 0, 1) == 0
    assert value("budget_adjustment_rate", 0, 1) == -1
    assert value("asset_utilisation_rate", 1, 1, 0) == 0
    assert value("registered_unemployment_rate", 0, 1) == 0


def test_what_is_the_same_everywhere_is_no_change_in_a_formula_that_says_so() -> None:
    later = [formula for formula in shipped_catalogue("department", 2026).formulas.values() if formula.entry.zero]
    assert len(later) == 7
    for formula in later:
        assert compute(formula.tree, dict.fromkeys(formula.inputs, Decimal(1))) == int(formula.entry.good_up_to == 100), formula.id


def test_last_years_numbers_are_asked_for_by_what_compares_years() -> None:
    assert {f.id for f in CATALOGUE.formulas.values() if f.compares_years} == {
        "three_public_change_rate",
        "project_expenditure_change_rate",
        "project_budget_change_rate",
    }
    assert CATALOGUE.formulas["project_budget_change_rate"].inputs == (Name("project_budget"), Name("project_budget", 1))
