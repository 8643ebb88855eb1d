"""Every remark is seen to appear on a case and to be silent on another."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest

from evallib.checks.plausibility import check_plausibility
from evallib.data.years import evaluate_year
from evallib.model.errors import Place
from evallib.model.words import LANGS
from evallib.score.scoring import evaluate
from tests.conftest import DATA, Copy
from tests.score.small import fact, framework, record


def remarks(copy: Copy, year: int = 2023) -> dict[str, int]:
    """How often each remark is made."""
    found: dict[str, int] = {}
    for problem in evaluate_year(copy.folder, "hrss", year).remarks:
        assert problem.level in ("warning", "recorded")
        assert all(problem.describe(lang) for lang in LANGS)
        found[problem.code] = found.get(problem.code, 0) + 1
    return found


def test_what_is_strange_in_the_real_year(copy: Copy) -> None:
    assert remarks(copy) == {
        "identity": 1,  # 16 × 500 printed as 9,000: recorded as a contradiction
        "implausible": 1,  # 51 staff on 48 approved posts
        "far_above_target": 2,
        "not_measurable": 2,
        "no_reason": 2,
        "full_score_without_number": 1,
        "self_far_above": 1,
        "finding_without_loss": 1,
    }


def overspent(copy: Copy) -> None:
    copy.set("facts", {"fact": "outturn_basic"}, "value", "20093595.56")
    copy.set("facts", {"fact": "closing_carryover_basic"}, "value", "-999629.15")


def no_base(copy: Copy) -> None:
    copy.set("facts", {"fact": "three_public_budget", "year": "2022"}, "value", "0")


def satisfied_beyond_all(copy: Copy) -> None:
    copy.set("targets", {"indicator": "public_satisfaction"}, "actual", "101")


def far_below(copy: Copy) -> None:
    copy.set("targets", {"indicator": "urban_new_jobs"}, "actual", "5")


def due_the_year_before(copy: Copy) -> None:
    key = {"indicator": "urban_new_jobs"}
    for column, value in (("operator", "by"), ("target", "2022-11-15"), ("unit", ""), ("actual", "2022-11-10"), ("actual_unit", "")):
        copy.set("targets", key, column, value)


def raised_by_hand(copy: Copy) -> None:
    key = {"indicator": "procurement_execution"}
    for column, value in (("kind", "override"), ("score", "2"), ("indicator", "carryover")):
        copy.set("judgements", key, column, value)


def met_but_marked_down(copy: Copy) -> None:
    key = {"indicator": "procurement_execution"}
    for column, value in (("kind", "override"), ("score", "1"), ("indicator", "urban_new_jobs")):
        copy.set("judgements", key, column, value)


def points_left_out(copy: Copy) -> None:
    copy.set("own_indicators", {"indicator": "fixed_asset_investment"}, "points", "")
    copy.set("own_indicators", {"indicator": "investment_attraction"}, "points", "4")


def fact_left_out(copy: Copy) -> None:
    copy.set("facts", {"fact": "three_public_budget", "year": "2023"}, "value", "不适用")


def target_left_out(copy: Copy) -> None:
    copy.set("targets", {"indicator": "urban_new_jobs"}, "actual", "不适用")


def share_typed(copy: Copy) -> None:
    copy.set("targets", {"indicator": "public_satisfaction"}, "target", "40")  # beside 90 it is refused
    copy.set("targets", {"indicator": "public_satisfaction"}, "actual", "0.84")


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("out_of_bounds", overspent),
        ("zero_base", no_base),
        ("more_than_all", satisfied_beyond_all),
        ("far_below_target", far_below),
        ("due_before", due_the_year_before),
        ("score_above_formula", raised_by_hand),
        ("met_but_lost", met_but_marked_down),
        ("no_points", points_left_out),
        ("no_reason_not_to_apply", fact_left_out),
        ("no_reason_not_to_apply", target_left_out),
        ("share_for_percent", share_typed),
    ],
)
def test_a_strange_number_is_remarked(copy: Copy, code: str, change: Callable[[Copy], None]) -> None:
    assert code not in remarks(copy)
    change(copy)
    assert remarks(copy)[code] == 1


def test_points_of_nought_are_meant(copy: Copy) -> None:
    points_left_out(copy)
    copy.set("own_indicators", {"indicator": "fixed_asset_investment"}, "points", "0")
    assert "no_points" not in remarks(copy)


@pytest.mark.parametrize(("base", "told"), [("-16", True), ("16", False)])
def test_a_rate_of_a_base_below_zero_is_remarked(base: str, told: bool) -> None:
    e = evaluate(framework(), record(facts=(fact("projects_monitored", "11", "个"), fact("projects", base, "个"))))
    found = [p for p in check_plausibility(e, None, lambda table, *_: Place(table)) if p.code == "negative_base"]
    assert [p.about for p in found] == [("monitoring_coverage_rate",)] * told


def mend(copy: Copy) -> None:
    """Take away what the real year is remarked for."""
    copy.set("facts", {"fact": "staff_administrative"}, "value", "18")
    copy.set("targets", {"indicator": "upper_level_funds"}, "actual", "1600")
    copy.set("targets", {"indicator": "rural_labour_transfer"}, "actual", "17000")
    for indicator in ("safety_response", "poverty_relief_consolidated"):
        copy.set("targets", {"indicator": indicator}, "actual_by", "measured")
    for indicator in ("public_satisfaction", "quality"):
        copy.set("targets", {"indicator": indicator}, "reason", "样本少")
    copy.set("judgements", {"indicator": "procurement_execution"}, "score", "1.5")
    copy.set("self_evaluation", {"indicator": "total"}, "score", "86")
    copy.set("findings", {"finding": "9.2"}, "indicator", "asset_safety")


def test_a_mended_year_is_not_remarked(copy: Copy) -> None:
    mend(copy)
    assert remarks(copy) == {"identity": 1}


# --- beside last year ------------------------------------------------------------------------------------------------


@pytest.fixture
def two_years(copy: Copy) -> Copy:
    """The same department a year on: the numbers of 2023 as 2024, beginning with what 2023 closed with."""
    shutil.copytree(copy.year, copy.year.with_name("2024"))
    copy.replace(copy.folder / "departments.csv", "2023,2023", "2023,2024")
    copy.year = copy.year.with_name("2024")
    facts = copy.year / "facts.csv"
    lines = facts.read_text(encoding="utf-8-sig").split("\n")
    moved = [line.replace(",2023,", ",2024,", 1) if ",2023," in line[:60] else line.replace(",2022,", ",2023,", 1) for line in lines]
    facts.write_text("\n".join(moved), encoding="utf-8-sig")
    for id, value in (("opening_carryover", "1000370.85"), ("adjusted_income_other", "482538.70")):
        copy.set("facts", {"fact": id}, "value", value)
    copy.set("facts", {"fact": "three_public_budget", "year": "2023"}, "value", "27800")
    published = copy.year / "published.csv"
    published.write_text(published.read_text(encoding="utf-8-sig").replace("@2022", "@2023"), encoding="utf-8-sig")
    return copy


def test_targets_that_ask_no_more_than_last_year_are_remarked(two_years: Copy) -> None:
    found = remarks(two_years, 2024)
    # the eight in numbers that last year had passed, and the limit of 4% on unemployment, which was 3.24%
    assert found["not_above_last_year"] == 9
    two_years.set("targets", {"indicator": "urban_new_jobs"}, "target", "950")
    assert remarks(two_years, 2024)["not_above_last_year"] == 8


def told(copy: Copy, year: int, code: str) -> list[str]:
    return [problem.what.en for problem in evaluate_year(copy.folder, "hrss", year).remarks if problem.code == code]


def test_carryover_and_execution_falling_together_are_remarked(two_years: Copy) -> None:
    over = "there are more staff than approved posts (51 people; Approved posts: 48 people)"
    assert told(two_years, 2024, "implausible") == [over]
    # a smaller budget, less of it spent, and yet less carried over than the year before
    for id, value in (("adjusted_income_general", "16000000"), ("adjusted_expenditure", "17482909.55"), ("outturn_basic", "15725000")):
        two_years.set("facts", {"fact": id}, "value", value)
    two_years.set("facts", {"fact": "closing_carryover_basic"}, "value", "997102.64")
    assert told(two_years, 2024, "implausible") == [over, "carry-over fell while the execution rate fell too"]


def test_overspending_is_told_with_the_rate_and_the_bound(copy: Copy) -> None:
    overspent(copy)
    assert told(copy, 2023, "out_of_bounds") == ["Budget execution rate is 105.03%, above 100%"]


BOUNDS = """[[fact]]
id = "water_used"
name = "用水量"
name_en = "Water used"
unit = "立方米"
at_least = 100
at_most = 5000

[[formula]]
id = "water_per_head"
name = "人均用水量"
name_en = "Water used per head"
value = "用水量 / 在职人数"
unit = "立方米/人"
at_most = 60
"""


@pytest.mark.parametrize(
    ("water", "said"),
    [
        ("99", ["Water used is 99 cubic metres, below 100 cubic metres"]),
        ("100", []),
        ("3060", []),  # 60 a head
        ("3061", ["Water used per head is 60.02 cubic metres per person, above 60 cubic metres per person"]),
        (
            "5001",
            [
                "Water used is 5,001 cubic metres, above 5,000 cubic metres",
                "Water used per head is 98.06 cubic metres per person, above 60 cubic metres per person",
            ],
        ),
    ],
)
def test_facts_and_formulas_of_ones_own_have_bounds(copy: Copy, water: str, said: list[str]) -> None:
    (copy.folder / "catalogue").mkdir()
    (copy.folder / "catalogue" / "water.toml").write_text(BOUNDS, encoding="utf-8")
    facts = copy.year / "facts.csv"
    facts.write_text(facts.read_text("utf-8-sig") + f"用水量,2023,{water},立方米,,,report,八\n", encoding="utf-8-sig")
    assert told(copy, 2023, "out_of_bounds") == said


def test_a_carryover_that_does_not_begin_where_last_year_ended_is_refused(two_years: Copy) -> None:
    from evallib.model.errors import InputRefused

    two_years.set("facts", {"fact": "opening_carryover"}, "value", "1000370.84")
    two_years.set("facts", {"fact": "adjusted_income_other"}, "value", "482538.71")
    with pytest.raises(InputRefused, match=r"the opening carry-over must be last year's closing one \(1,000,370\.85\)"):
        remarks(two_years, 2024)


def test_last_years_data_that_cannot_be_used_is_told_and_left_out(two_years: Copy) -> None:
    (two_years.folder / "departments" / "hrss" / "2023" / "facts.csv").write_text("fact\n", encoding="utf-8")
    year = evaluate_year(two_years.folder, "hrss", 2024)
    assert year.previous is None
    assert year.remarks[0].code == "last_year"
    assert "2023" in year.remarks[0].what.zh


def test_the_real_data_is_left_as_it_is() -> None:
    assert evaluate_year(DATA, "hrss", 2023).previous is None
