"""The scoring rules against golden cases, and what must hold for every value."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from evallib.model.rule_base import Award
from evallib.model.rules import Checklist, DeductPerOccurrence, Rule, Tiers, as_line, written_rule
from evallib.model.units import SHARE, Unit, round_half_up
from evallib.model.words import LANGS, Words, words
from evallib.say.rules import rule_text, rule_working
from evallib.score.scoring import award_number
from tests.conftest import GOLDEN

RULES: TypeAdapter[Any] = TypeAdapter(Rule)
CASES = tomllib.loads((GOLDEN / "rules.toml").read_text(encoding="utf-8"), parse_float=Decimal)["case"]
SAID = tomllib.loads((GOLDEN / "rule_words.toml").read_text(encoding="utf-8"), parse_float=Decimal)["case"]
ITEMS: list[dict[str, Any]] = [
    {"id": "a", "name": "甲", "name_en": "A", "points": 1},
    {"id": "b", "name": "乙", "name_en": "B", "points": "0.5"},
]
PER_UNIT: dict[str, Any] = {"kind": "deduct_per_unit", "limit": 1, "unit": "0.01", "share": "0.1", "side": "above", "steps": "linear"}
TIERS: list[dict[str, Any]] = [
    {"id": "all", "name": "达成", "name_en": "reached", "low": "0.8", "high": 1},
    {"id": "part", "name": "部分达成", "name_en": "partly", "low": "0.6", "high": "0.8"},
]


def told(rule: Any, award: Award, points: Decimal, findings: tuple[str, ...] = ()) -> Words:
    """How a rule came to a score, in both languages."""
    return words(*(rule_working(rule, award, points, findings, SHARE, lang) for lang in LANGS))


def described(rule: Any) -> Words:
    return words(rule_text(rule, "zh"), rule_text(rule, "en"))


@pytest.mark.parametrize(
    ("case", "value", "score"),
    [pytest.param(case, value, score, id=f"{case['name']}: {value}") for case in CASES for value, score in case["scores"]],
)
def test_golden_cases(case: dict[str, Any], value: str, score: str) -> None:
    award = RULES.validate_python(case["rule"]).award(Decimal(value), Decimal(case["points"]))
    assert str(round_half_up(award.score, 2)) == score, case["why"]


@pytest.mark.parametrize(
    ("case", "value", "zh", "en"),
    [pytest.param(case, *working, id=f"{case['name']}: {working[0]}") for case in SAID for working in case["workings"]],
)
def test_a_rule_says_how_a_score_came_about(case: dict[str, Any], value: str, zh: str, en: str) -> None:
    rule, points = RULES.validate_python(case["rule"]), Decimal(case["points"])
    assert told(rule, rule.award(Decimal(value), points), points) == words(zh, en), case["why"]


@pytest.mark.parametrize("case", SAID, ids=lambda case: case["name"])
def test_a_rule_is_put_in_words(case: dict[str, Any]) -> None:
    said = described(RULES.validate_python(case["rule"]))
    assert [said.zh, said.en] == case["describe"], case["why"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_percentage_scores_as_the_share_it_is(case: dict[str, Any]) -> None:
    rule, points, percent = RULES.validate_python(case["rule"]), Decimal(case["points"]), Unit("%", words("%"), (), Fraction(1, 100))
    for value, _ in case["scores"]:
        if rule.of == "value":
            assert award_number(rule, Decimal(value) * 100, percent, None, points) == rule.award(Decimal(value), points)


def test_a_number_in_another_unit_is_scored_as_it_stands() -> None:
    rule = RULES.validate_python({"kind": "linear", "full_at": 500, "zero_at": 1000})
    per_head = Unit("元/人", words("元/人", "yuan per person"), (("money", 1), ("people", -1)))
    award = award_number(rule, Decimal(600), per_head, None, Decimal(10))
    assert award is not None
    assert award.score == 8
    assert rule_text(rule, "zh", per_head) == "500元/人 得满分，1,000元/人 得零分，其间按线性比例计算"
    assert rule_working(rule, award, Decimal(10), (), per_head, "en") == (
        "80.00% of the way from 1,000 yuan per person (nothing) to 500 yuan per person (full): 80.00% × 10.00 points"
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
@given(value=st.decimals(-5, 5, places=6), points=st.decimals("0.01", 100, places=2))
def test_a_score_lies_between_nothing_and_the_points(case: dict[str, Any], value: Decimal, points: Decimal) -> None:
    rule = RULES.validate_python(case["rule"])
    award = rule.award(value, points)
    assert 0 <= award.score <= points
    assert all(told(rule, award, points)[lang] for lang in LANGS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
@given(values=st.tuples(st.decimals(-5, 5, places=4), st.decimals(-5, 5, places=4)))
def test_a_better_value_never_scores_less(case: dict[str, Any], values: tuple[Decimal, Decimal]) -> None:
    rule = RULES.validate_python(case["rule"])
    low, high = (rule.award(value, Decimal(7)).score for value in sorted(values))
    higher_is_better = rule.award(Decimal(5), Decimal(7)).score >= rule.award(Decimal(-5), Decimal(7)).score
    assert low <= high if higher_is_better else low >= high


@given(value=st.decimals(-1000, 1000, places=6))
def test_half_up_is_never_further_than_half_a_step(value: Decimal) -> None:
    rounded = round_half_up(value, 2)
    assert abs(rounded - value) <= Decimal("0.005")
    if abs(rounded - value) == Decimal("0.005"):
        assert abs(rounded) > abs(value)


def test_deductions_count_findings_down_to_nothing() -> None:
    rule = RULES.validate_python({"kind": "deduct_per_occurrence", "points_each": "0.5"})
    scores = [rule.award(("general",) * n, Decimal(2)).score for n in range(6)]
    assert scores == [Decimal(s) for s in ("2", "1.5", "1.0", "0.5", "0.0", "0.0")]


@pytest.mark.parametrize(
    ("findings", "zh", "en"),
    [
        ((), "没有相关问题，得满分", "no finding touches it: full points"),
        (("5",), "1 个问题（5），每个扣 1.00 分：2.00 − 1 × 1.00", "1 finding (5), 1.00 points each: 2.00 − 1 × 1.00"),
        (("5", "7"), "2 个问题（5、7），每个扣 1.00 分：2.00 − 2 × 1.00", "2 findings (5, 7), 1.00 points each: 2.00 − 2 × 1.00"),
        (
            ("5", "7", "8.1"),
            "3 个问题（5、7、8.1），每个扣 1.00 分：2.00 − 3 × 1.00，扣完为止",
            "3 findings (5, 7, 8.1), 1.00 points each: 2.00 − 3 × 1.00, down to zero",
        ),
    ],
)
def test_a_deduction_names_the_findings(findings: tuple[str, ...], zh: str, en: str) -> None:
    rule = RULES.validate_python({"kind": "deduct_per_occurrence", "points_each": 1})
    assert told(rule, rule.award(("general",) * len(findings), Decimal(2)), Decimal(2), findings) == words(zh, en)


@pytest.mark.parametrize(
    ("a", "b", "score", "zh", "en"),
    [
        (False, False, "0", "甲（1.00 分）不满足；乙（0.50 分）不满足", "A (1.00 points) not met; B (0.50 points) not met"),
        (False, True, "0.5", "甲（1.00 分）不满足；乙（0.50 分）满足", "A (1.00 points) not met; B (0.50 points) met"),
        (True, True, "1.5", "甲（1.00 分）满足；乙（0.50 分）满足", "A (1.00 points) met; B (0.50 points) met"),
    ],
)
def test_a_checklist_gives_the_points_of_what_is_met(a: bool, b: bool, score: str, zh: str, en: str) -> None:
    rule = RULES.validate_python({"kind": "checklist", "items": ITEMS})
    award = rule.award({"a": a, "b": b}, Decimal("1.5"))
    assert (award.score, told(rule, award, Decimal("1.5"))) == (Decimal(score), words(zh, en))


@pytest.mark.parametrize(("tier", "score"), [("part", "6"), ("part", "7.5"), ("part", "8"), ("all", "8"), ("all", "10")])
def test_a_tier_holds_its_bounds_and_what_lies_between(tier: str, score: str) -> None:
    assert RULES.validate_python({"kind": "tiers", "tiers": TIERS}).award(tier, Decimal(score), Decimal(10)).score == Decimal(score)


@pytest.mark.parametrize(("tier", "score"), [("part", "8.01"), ("part", "5.99"), ("all", "7.99"), ("all", "10.01"), ("none", "8")])
def test_a_score_outside_its_tier_is_refused(tier: str, score: str) -> None:
    with pytest.raises(ValueError, match=f"^{score} is not within the tier '{tier}'$"):
        RULES.validate_python({"kind": "tiers", "tiers": TIERS}).award(tier, Decimal(score), Decimal(10))


def test_a_tier_says_between_what_it_lies() -> None:
    rule = RULES.validate_python({"kind": "tiers", "tiers": TIERS})
    said = told(rule, rule.award("part", Decimal("7.5"), Decimal(10)), Decimal(10))
    assert said == words("评为“部分达成”（10.00 分的 60%–80%）", "judged “partly” (60%–80% of 10.00 points)")


def test_a_judgement_says_what_it_is_out_of() -> None:
    rule = RULES.validate_python({"kind": "awarded"})
    award = rule.award(Decimal("2.5"))
    assert award.score == Decimal("2.5")
    assert told(rule, award, Decimal(3)) == words("评定（满分 3.00 分）", "judged, out of 3.00 points")


@pytest.mark.parametrize(
    ("rule", "zh", "en"),
    [
        (
            {"kind": "deduct_per_occurrence", "points_each": "0.5"},
            "每发现一个问题扣 0.50 分，扣完为止",
            "Each finding costs 0.50 points, down to zero",
        ),
        ({"kind": "checklist", "items": ITEMS}, "逐项核对：甲 1.00 分；乙 0.50 分", "Checklist: A, 1.00 points; B, 0.50 points"),
        ({"kind": "tiers", "tiers": TIERS}, "分级：达成 80%–100%；部分达成 60%–80%", "Tiers: reached 80%–100%; partly 60%–80%"),
        ({"kind": "awarded"}, "由评价组评定并说明理由", "Judged by the evaluators, with the reason"),
    ],
    ids=lambda x: x["kind"] if isinstance(x, dict) else "",
)
def test_a_rule_that_people_judge_by_is_put_in_words(rule: dict[str, Any], zh: str, en: str) -> None:
    said = described(RULES.validate_python(rule))
    assert (said.zh, said.en) == (zh, en)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"kind": "magic"}, "magic"),
        ({"kind": "proportional", "capp": 1}, "capp"),
        ({"kind": "bands", "bands": [{"up_to": 1, "share": 1}]}, "at least 2"),
        ({"kind": "bands", "bands": [{"up_to": 1, "share": 1}, {"up_to": 2, "share": 0}]}, "last_band_has_an_edge"),
        ({"kind": "bands", "bands": [{"up_to": 1, "share": 1}, {"at_least": 2, "share": 1}, {"share": 0}]}, "edges_of_bands"),
        ({"kind": "bands", "bands": [{"up_to": 2, "share": 1}, {"up_to": 1, "share": 1}, {"share": 0}]}, "edges_of_bands"),
        ({"kind": "bands", "bands": [{"up_to": 1, "share": 6}, {"share": 0}]}, "less than or equal to 5"),
        ({"kind": "bands", "bands": [{"up_to": 1, "share": 1}, {"up_to": 1, "share": 1}, {"share": 0}]}, "edges_of_bands"),
        ({"kind": "bands", "bands": [{"at_least": 1, "share": 1}, {"at_least": 1, "share": 1}, {"share": 0}]}, "edges_of_bands"),
        ({"kind": "bands", "bands": [{"at_least": 1, "share": 1}, {"at_least": 2, "share": 1}, {"share": 0}]}, "edges_of_bands"),
        ({"kind": "bands", "bands": [{"up_to": 1, "at_least": 1, "share": 1}, {"share": 0}]}, "edges_of_bands"),
        ({"kind": "bands", "bands": [{"share": 1}, {"share": 0}]}, "edges_of_bands"),
        ({"kind": "bands", "bands": [{"up_to": 1, "share": 1}, {"at_least": 1, "share": 0}]}, "last_band_has_an_edge"),
        ({"kind": "linear", "full_at": 1, "zero_at": 1}, "limits_are_the_same"),
        ({"kind": "tiers", "tiers": [{"id": "a", "name": "甲", "name_en": "A", "low": "0.8", "high": "0.7"}]}, "low_is_above_high"),
        ({"kind": "pass_fail"}, "at_least_or_up_to"),
        ({"kind": "pass_fail", "at_least": 1, "up_to": 1}, "at_least_or_up_to"),
        (PER_UNIT | {"unit": 0}, "greater than 0"),
        ({"kind": "proportional", "cap": 0}, "greater than 0"),
        ({"kind": "proportional", "cap": "5.01"}, "less than or equal to 5"),
        ({"kind": "bands", "bands": [{"up_to": 1, "share": "-0.1"}, {"share": 0}]}, "greater than or equal to 0"),
        ({"kind": "bands", "bands": [{"up_to": 1, "share": 1, "below": 2}, {"share": 0}]}, "edges_of_bands"),
        (PER_UNIT | {"share": 0}, "greater than 0"),
        (PER_UNIT | {"share": "1.01"}, "less than or equal to 1"),
        ({"kind": "deduct_per_occurrence", "points_each": 0}, "greater than 0"),
        ({"kind": "checklist", "items": []}, "at least 1"),
        ({"kind": "checklist", "items": [ITEMS[0] | {"points": 0}]}, "item_worth_nothing"),
        ({"kind": "checklist", "items": [ITEMS[0] | {"weight": 1}]}, "weight"),
        ({"kind": "tiers", "tiers": []}, "at least 1"),
        ({"kind": "tiers", "tiers": [TIERS[0] | {"middle": 1}]}, "middle"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(rule: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        RULES.validate_python(rule)


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "proportional", "cap": 1},
        {"kind": "tiers", "tiers": [TIERS[0] | {"low": 1}]},
        PER_UNIT | {"share": 1},
    ],
    ids=lambda rule: str(rule["kind"]),
)
def test_a_rule_may_stand_at_its_limit(rule: dict[str, Any]) -> None:
    assert RULES.validate_python(rule).form == rule["kind"]


def test_rules_of_points_are_worth_more_with_their_indicator() -> None:
    items = [{"id": "a", "name": "甲", "points": "1"}, {"id": "b", "name": "乙", "points": "2"}]
    rule = Checklist.model_validate({"kind": "checklist", "items": items})
    doubled = rule.worth(Decimal(2), Decimal(6))
    assert [(item.id, item.points) for item in doubled.items] == [("a", 2), ("b", 4)]
    third = rule.worth(Decimal(1) / 3, Decimal(1))
    assert sum(item.points for item in third.items) == 1
    each = DeductPerOccurrence.model_validate({"kind": "deduct_per_occurrence", "points_each": "0.5"})
    assert each.worth(Decimal(3), Decimal(6)).points_each == Decimal("1.5")


def test_items_that_only_take_away_take_more_away_from_more_points() -> None:
    items = [ITEMS[0] | {"points": "-0.5"}, ITEMS[1] | {"points": "-1"}]
    doubled = Checklist.model_validate({"kind": "checklist", "items": items}).worth(Decimal(2), Decimal(6))
    assert [item.points for item in doubled.items] == [-1, -2]


def test_what_a_division_left_of_the_points_goes_to_the_last_item_that_adds() -> None:
    items = [ITEMS[0], ITEMS[1] | {"points": 2}, {"id": "c", "name": "丙", "points": "-1"}]
    third = Checklist.model_validate({"kind": "checklist", "items": items}).worth(Decimal("0.33"), Decimal(1))
    assert [item.points for item in third.items] == [Decimal("0.33"), Decimal("0.67"), Decimal("-0.33")]


def test_a_tier_is_found_by_its_id_or_by_a_share_within_it() -> None:
    tiers = [{"id": "full", "name": "达成", "low": "0.8", "high": 1}, {"id": "part", "name": "部分", "low": "0.6", "high": "0.8"}]
    rule = Tiers.model_validate({"kind": "tiers", "tiers": tiers})
    found = [rule.tier_of(Decimal(share)) for share in ("1", "0.9", "0.8", "0.7", "0.5")]
    assert [tier.id if tier else None for tier in found] == ["full", "full", "full", "part", None]
    assert rule.tier("nobody") is None


def test_a_cost_in_points_grows_with_its_indicator_and_one_by_share_need_not() -> None:
    by_points = RULES.validate_python({key: value for key, value in PER_UNIT.items() if key != "share"} | {"points": "0.2"})
    assert by_points.worth(Decimal(3), Decimal(6)).points == Decimal("0.6")
    by_share = RULES.validate_python(PER_UNIT)
    assert by_share.worth(Decimal(3), Decimal(6)) == by_share


@pytest.mark.parametrize(
    ("rule", "takes_away"),
    [
        ({"kind": "checklist", "items": [ITEMS[0] | {"points": "-0.5"}, ITEMS[1] | {"points": "-1"}]}, True),
        ({"kind": "checklist", "items": [ITEMS[0], ITEMS[1] | {"points": "-0.25"}]}, False),
        (PER_UNIT, True),
        ({"kind": "deduct_per_occurrence", "points_each": 1}, True),
        ({"kind": "awarded"}, False),
    ],
)
def test_a_rule_says_whether_it_begins_with_all_points(rule: dict[str, Any], takes_away: bool) -> None:
    assert RULES.validate_python(rule).takes_away is takes_away


@pytest.mark.parametrize(("a", "b", "score"), [(False, False, "2"), (True, False, "1.5"), (False, True, "0.5"), (True, True, "0")])
def test_a_checklist_that_only_takes_away_begins_with_all_points(a: bool, b: bool, score: str) -> None:
    rule = RULES.validate_python({"kind": "checklist", "items": [ITEMS[0] | {"points": "-0.5"}, ITEMS[1] | {"points": "-1.5"}]})
    assert rule.award({"a": a, "b": b}, Decimal(2)).score == Decimal(score)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_rule_in_one_line_is_read_back(case: dict[str, Any]) -> None:
    rule = RULES.validate_python(case["rule"] | {"note": '“引号”与 "quotes"'})
    assert written_rule(as_line(rule)) == rule


def test_a_rule_is_written_as_it_would_stand_in_a_framework() -> None:
    pieces = '[{ up_to = "0.5", share = "0" }, { below = "1", share = ["0", "1"] }, { share = "1" }]'
    line = f'{{ kind = "pieces", of = "completion", pieces = {pieces} }}'
    assert as_line(written_rule(line)) == line
    assert "“按原文”" in as_line(written_rule('{ kind = "awarded", text = "“按原文”" }'))


def test_an_award_keeps_the_numbers_that_lead_to_it() -> None:
    per_unit = RULES.validate_python(PER_UNIT).award(Decimal("1.0625"), Decimal(1))
    assert per_unit.numbers == {"value": Decimal("1.0625"), "over": Decimal("0.0625"), "units": Decimal("6.25")}
    each = RULES.validate_python({"kind": "deduct_per_occurrence", "points_each": 1}).award(("general", "slight"), Decimal(3))
    assert each.numbers == {"findings": 2, "general": 1, "slight": 1}


def test_the_numbers_of_a_rule_are_told_by_their_paths() -> None:
    rule = RULES.validate_python({"kind": "bands", "bands": [{"up_to": "0.5", "share": 1}, {"share": "0.2"}]})
    assert rule.numbers == {"pieces.0.up_to": Decimal("0.5"), "pieces.0.share": 1, "pieces.1.share": Decimal("0.2")}
    line = RULES.validate_python({"kind": "pieces", "pieces": [{"up_to": 0, "share": 0}, {"below": 1, "share": [0, 1]}, {"share": 1}]})
    assert line.numbers["pieces.1.share.1"] == 1


def test_neighbours_meet_at_an_edge_that_belongs_to_one_of_them() -> None:
    """At the edge itself the piece that holds it counts, from either way of writing."""
    rising = written_rule('{ kind = "bands", bands = [{ below = 1, share = 0 }, { up_to = 2, share = 0.5 }, { share = 1 }] }')
    falling = written_rule('{ kind = "bands", bands = [{ above = 2, share = 1 }, { at_least = 1, share = 0.5 }, { share = 0 }] }')
    for rule in (rising, falling):
        assert [str(rule.award(Decimal(value), Decimal(1)).score) for value in ("0.99", "1", "2", "2.01")] == ["0", "0.5", "0.5", "1"]  # type: ignore[call-arg,arg-type]
