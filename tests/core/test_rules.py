"""The scoring rules against golden cases, and what must hold for every value."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from evallib.core.rules import Rule
from evallib.core.units import round_half_up
from evallib.core.words import LANGS
from tests.conftest import GOLDEN

RULES: TypeAdapter[Any] = TypeAdapter(Rule)
CASES = tomllib.loads((GOLDEN / "rules.toml").read_text(encoding="utf-8"), parse_float=Decimal)["case"]


@pytest.mark.parametrize(
    ("case", "value", "score"),
    [pytest.param(case, value, score, id=f"{case['name']}: {value}") for case in CASES for value, score in case["scores"]],
)
def test_golden_cases(case: dict[str, Any], value: str, score: str) -> None:
    award = RULES.validate_python(case["rule"]).award(Decimal(value), "share", Decimal(case["points"]))
    assert str(round_half_up(award.score, 2)) == score, case["why"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
@given(value=st.decimals(-5, 5, places=6), points=st.decimals("0.01", 100, places=2))
def test_a_score_lies_between_nothing_and_the_points(case: dict[str, Any], value: Decimal, points: Decimal) -> None:
    award = RULES.validate_python(case["rule"]).award(value, "share", points)
    assert 0 <= award.score <= points
    assert all(award.working[lang] for lang in LANGS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
@given(values=st.tuples(st.decimals(-5, 5, places=4), st.decimals(-5, 5, places=4)))
def test_a_better_value_never_scores_less(case: dict[str, Any], values: tuple[Decimal, Decimal]) -> None:
    rule = RULES.validate_python(case["rule"])
    low, high = (rule.award(value, "share", Decimal(7)).score for value in sorted(values))
    higher_is_better = rule.award(Decimal(5), "share", Decimal(7)).score >= rule.award(Decimal(-5), "share", Decimal(7)).score
    assert low <= high if higher_is_better else low >= high


@given(value=st.decimals(-1000, 1000, places=6))
def test_half_up_is_never_further_than_half_a_step(value: Decimal) -> None:
    rounded = round_half_up(value, 2)
    assert abs(rounded - value) <= Decimal("0.005")
    if abs(rounded - value) == Decimal("0.005"):
        assert abs(rounded) > abs(value)


def test_deductions_count_findings_down_to_nothing() -> None:
    rule = RULES.validate_python({"kind": "deduct_per_occurrence", "points_each": "0.5"})
    scores = [rule.award(tuple("abcde"[:n]), Decimal(2)).score for n in range(6)]
    assert scores == [Decimal(s) for s in ("2", "1.5", "1.0", "0.5", "0.0", "0.0")]


def test_checklist_gives_the_points_of_what_is_met() -> None:
    items = [{"id": "a", "name": "甲", "name_en": "A", "points": 1}, {"id": "b", "name": "乙", "name_en": "B", "points": "0.5"}]
    rule = RULES.validate_python({"kind": "checklist", "items": items})
    assert rule.award({"a": False, "b": True}, Decimal("1.5")).score == Decimal("0.5")


def test_a_tier_keeps_its_bounds() -> None:
    tiers = [{"id": "part", "name": "部分达成", "name_en": "partly", "low": "0.6", "high": "0.8"}]
    rule = RULES.validate_python({"kind": "tiers", "tiers": tiers})
    assert rule.award("part", Decimal(8), Decimal(10)).score == 8
    with pytest.raises(ValueError, match="not within the tier"):
        rule.award("part", Decimal("8.01"), Decimal(10))


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"kind": "magic"}, "magic"),
        ({"kind": "proportional", "capp": 1}, "capp"),
        ({"kind": "bands", "bands": [{"up_to": 1, "share": 1}]}, "at least 2"),
        ({"kind": "bands", "bands": [{"up_to": 1, "share": 1}, {"up_to": 2, "share": 0}]}, "last band"),
        ({"kind": "bands", "bands": [{"up_to": 1, "share": 1}, {"at_least": 2, "share": 1}, {"share": 0}]}, "never both"),
        ({"kind": "bands", "bands": [{"up_to": 2, "share": 1}, {"up_to": 1, "share": 1}, {"share": 0}]}, "rising"),
        ({"kind": "bands", "bands": [{"up_to": 1, "share": 2}, {"share": 0}]}, "less than or equal to 1"),
        ({"kind": "linear", "full_at": 1, "zero_at": 1}, "must differ"),
        ({"kind": "pass_fail"}, "one of the two"),
        ({"kind": "pass_fail", "at_least": 1, "up_to": 1}, "one of the two"),
        ({"kind": "deduct_per_unit", "limit": 1, "unit": 0, "share": "0.1", "side": "above", "steps": "linear"}, "greater than 0"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(rule: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        RULES.validate_python(rule)
