"""What people answered, or experts gave, as one number: worked out by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from evallib.model.framework import Averaged, Consensus
from evallib.model.optional_rows import ExpertScore, Survey, SurveyAnswer
from evallib.model.words import words
from evallib.score.answers import SCALES, Tally, final_score, panel_score, satisfaction, shown_groups, together
from tests.score.small import record

SHARED = {"indicator": "pleased", "source": "form", "section": "表"}


def rate(*groups: dict[str, Any], **answers: dict[str, int]) -> str:
    """The satisfaction of groups, by their answers."""
    asked = [Survey.model_validate(SHARED | {"scale": "yes_no"} | group) for group in groups]
    rows = [
        SurveyAnswer.model_validate(SHARED | {"group": group, "answer": answer, "count": count})
        for group, each in answers.items()
        for answer, count in each.items()
    ]
    return str(satisfaction(record(surveys=asked, survey_answers=rows), "pleased"))


@pytest.mark.parametrize(
    ("a", "b", "found", "why"),
    [
        ({}, {}, "0.75", "30 of 40: each answer counts alike"),
        ({"weight": 80}, {"weight": 20}, "0.9", "0.8 x 100% + 0.2 x 50%"),
        ({"population": 900}, {"population": 300}, "0.875", "900 of 1,200 at 100%, 300 at 50%"),
        ({"population": 900}, {}, "0.75", "populations count only where all are known"),
    ],
)
def test_groups_count_by_weight_by_population_or_by_answers(a: dict[str, Any], b: dict[str, Any], found: str, why: str) -> None:
    assert rate({"group": "a"} | a, {"group": "b"} | b, a={"满意": 20}, b={"满意": 10, "不满意": 10}) == found, why


@pytest.mark.parametrize(
    ("more", "found", "why"),
    [
        ({}, "0.5", "a group that nobody answered for weighs nothing by answers"),
        ({"population": 300}, "None", "but stands for people who were not heard where populations count"),
    ],
)
def test_a_group_of_which_nobody_answered(more: dict[str, Any], found: str, why: str) -> None:
    assert rate({"group": "a"} | more, {"group": "b"} | more, a={"满意": 10, "不满意": 10}) == found, why
    weighed = ({"group": "a", "weight": 60}, {"group": "b", "weight": 40})
    assert rate(*weighed, a={"满意": 10, "不满意": 10}) == "None"


def test_small_groups_count_as_one() -> None:
    """3 and 2 answers are pooled, every answer alike: with 50 and 30 as weights, 80% of the weight at 4 of 5."""
    groups = [{"group": "a", "weight": 20}, {"group": "b", "weight": 50}, {"group": "c", "weight": 30}]
    found = rate(*groups, a={"满意": 5, "不满意": 5}, b={"满意": 3}, c={"满意": 1, "不满意": 1})
    assert found == "0.74"  # 0.2 x 0.5 + 0.8 x 0.8


@pytest.mark.parametrize(("count", "found"), [(4, "None"), (5, "1")])
def test_too_few_answers_give_no_rate(count: int, found: str) -> None:
    assert rate({"group": "a"}, a={"满意": count}) == found


def test_what_is_blank_or_invalid_counts_nowhere() -> None:
    assert rate({"group": "a"}, a={"满意": 4, "不满意": 4, "": 3, "无效": 3, " ＩＮＶＡＬＩＤ ".lower(): 2, "没填": 9}) == "0.5"


def test_nobody_was_asked() -> None:
    assert rate() == "None"
    assert rate({"group": "a"}) == "None"


def test_marks_are_shares_of_the_highest() -> None:
    assert rate({"group": "a", "scale": "marks_10"}, a={"0": 1, "6": 1, "10": 3, "10.5": 7, "-1": 7, "好": 1}) == "0.72"
    assert [*map(SCALES["marks_10"].read, ("0", "5.5", "10", "11", "x"))] == [0, Fraction(11, 20), 1, None, None]


def test_a_number_is_no_answer_in_words() -> None:
    assert SCALES["yes_no"].read("0") is None


def test_votes_count_100_80_60_40() -> None:
    assert [float(value) for value in SCALES["four_marks"].options.values()] == [1, 0.8, 0.6, 0.4]


def test_a_group_is_hidden_beside_one_that_would_tell() -> None:
    def hidden(**valid: int) -> set[str]:
        shown, _ = shown_groups([Tally(words(name), Fraction(0), many) for name, many in valid.items()])
        return valid.keys() - {group.name.zh for group in shown}

    assert hidden(a=5, b=12) == set()
    assert hidden(a=4, b=12, c=40) == {"a", "b"}  # 4 alone could be worked out from the whole
    assert hidden(a=3, b=2, c=40) == {"a", "b"}
    assert hidden(a=1, b=12, c=40) == {"a", "b"}
    assert hidden(a=0, b=40) == set()
    assert hidden(b=12, a=12, c=4) == {"a", "c"}  # of two alike the first by name


def test_groups_taken_as_one_are_added_up_where_all_is_known() -> None:
    a = Tally(words("甲", "A"), Fraction(1), 3, 1, 2, issued=10, returned=6, population=100, weight=Fraction(1, 4))
    b = Tally(words("乙", "B"), Fraction(1, 2), 2, 0, 1, issued=5, returned=3, population=50, weight=Fraction(1, 2))
    both = Tally(words("甲、乙", "A, B"), Fraction(4, 5), 5, 1, 3, issued=15, returned=9, population=150, weight=Fraction(3, 4))
    assert together([a, b]) == both
    unknown: dict[str, Any] = dict.fromkeys(("issued", "returned", "population", "weight"))
    assert together([a, b._replace(**unknown)]) == both._replace(**unknown)


@pytest.mark.parametrize(
    ("rule", "scores", "found"),
    [
        (Averaged(kind="mean"), ["7", "8", "10"], "8.33"),
        (Averaged(kind="median"), ["7", "8", "10"], "8.00"),
        (Averaged(kind="trimmed_mean"), ["7", "8", "9", "10"], "8.50"),
        (Averaged(kind="trimmed_mean"), ["7", "8", "10"], "8.00"),
        (Averaged(kind="trimmed_mean"), ["7", "8"], "None"),
        (Averaged(kind="mean"), [], "None"),
        (Consensus(limit=Decimal("0.2")), ["8", "10"], "9.00"),
        (Consensus(limit=Decimal("0.2")), ["7.99", "10"], "None"),
        (Consensus(limit=Decimal("0.2")), ["7", "8", "9.01"], "None"),
        (Consensus(limit=Decimal("0.2")), [], "None"),
    ],
)
def test_the_scores_of_several_experts_become_one(rule: Averaged | Consensus, scores: list[str], found: str) -> None:
    assert str(final_score(rule, [Decimal(score) for score in scores], Decimal(10), 2)) == found


def test_a_panel_is_that_of_its_indicator_and_of_those_who_gave_a_score() -> None:
    rows = [("pleased", "8"), ("pleased", None), ("other", "1"), ("pleased", "9")]
    given = [
        ExpertScore.model_validate(SHARED | {"indicator": of, "expert": f"e{n}", "score": score, "reason": "有台账。"})
        for n, (of, score) in enumerate(rows)
    ]
    assert str(panel_score(record(expert_scores=given), "pleased", Averaged(kind="mean"), Decimal(10), 1)) == "8.5"
    agreed = [
        panel_score(record(expert_scores=given), "pleased", Consensus(limit=Decimal("0.1")), Decimal(points), 1) for points in (10, 9)
    ]
    assert [str(score) for score in agreed] == ["8.5", "None"]
