"""Expert judgement: published coefficients of agreement, panels worked by hand, and what must hold for every panel."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evallib.methods.agreement import Scores, described, kendall_w, krippendorff_alpha
from evallib.methods.experts import ItemResult, PanelResult, judge_panel
from evallib.model.framework import Averaged, Consensus
from evallib.model.optional_rows import ExpertScore
from evallib.model.units import round_half_up
from evallib.score.scoring import evaluate
from tests.conftest import GOLDEN
from tests.score.small import framework, indicator, record

CASES: dict[str, Any] = tomllib.loads((GOLDEN / "experts.toml").read_text(encoding="utf-8"))
MEAN = Averaged(kind="mean")


def _scores(rows: list[str]) -> Scores:
    return {f"e{n}": {f"i{m}": Decimal(text) for m, text in enumerate(row.split()) if text != "-"} for n, row in enumerate(rows)}


def _given(score: str | Decimal | None, expert: str = "甲", of: str = "goals", reason: str = "有据") -> ExpertScore:
    row = {"indicator": of, "expert": expert, "score": score, "reason": reason, "source": "form", "section": "表"}
    return ExpertScore.model_validate(row)


def _judge(*given: ExpertScore, points: dict[str, str] | None = None, rule: Any = MEAN) -> PanelResult:
    worth = points or {"goals": "10"}
    scored = [indicator(id, "tasks", many, {"kind": "awarded"}, value="panel") for id, many in worth.items()]
    found = judge_panel(evaluate(framework(indicator=scored, experts=rule), record(expert_scores=given)))
    assert found is not None
    return found


def _one(scores: Sequence[str | Decimal], rule: Any = MEAN) -> ItemResult:
    return _judge(*(_given(score, f"e{n}") for n, score in enumerate(scores)), rule=rule).items[0]


# Agreement, against published numbers


@pytest.mark.parametrize("case", CASES["alpha"], ids=lambda case: case["name"])
def test_alpha_is_the_published_one(case: dict[str, Any]) -> None:
    alpha = krippendorff_alpha(_scores(case["scores"]))
    assert alpha is not None
    assert str(round_half_up(alpha, 3)) == case["alpha"], case["source"]


@pytest.mark.parametrize("case", CASES["concordance"], ids=lambda case: case["name"])
def test_concordance_is_the_published_one(case: dict[str, Any]) -> None:
    w = kendall_w(_scores(case["scores"]))
    assert w is not None
    assert str(round_half_up(w, 3)) == case["w"], case["source"]


MATRIX = st.integers(2, 5).flatmap(
    lambda n: st.lists(st.lists(st.integers(0, 10).map(Decimal), min_size=n, max_size=n), min_size=2, max_size=5)
)


def _named(rows: list[list[Decimal]]) -> dict[str, dict[str, Decimal]]:
    return {f"e{n}": {f"i{m}": score for m, score in enumerate(row)} for n, row in enumerate(rows)}


@given(rows=MATRIX)
def test_both_coefficients_keep_their_bounds(rows: list[list[Decimal]]) -> None:
    alpha, w = krippendorff_alpha(_named(rows)), kendall_w(_named(rows))
    assert alpha is None or alpha <= 1
    assert w is None or 0 <= w <= 1


@given(rows=MATRIX)
def test_who_comes_first_changes_no_coefficient(rows: list[list[Decimal]]) -> None:
    there = _named(rows[::-1])
    assert (krippendorff_alpha(there), kendall_w(there)) == (krippendorff_alpha(_named(rows)), kendall_w(_named(rows)))


@given(row=st.lists(st.integers(0, 10).map(Decimal), min_size=2, max_size=6), times=st.integers(2, 5))
def test_equal_scores_agree_wholly_or_not_at_all_where_nothing_varies(row: list[Decimal], times: int) -> None:
    expected = 1 if len(set(row)) > 1 else None
    assert (krippendorff_alpha(_named([row] * times)), kendall_w(_named([row] * times))) == (expected, expected)


@given(
    row=st.lists(st.integers(0, 10).map(Decimal), min_size=2, max_size=6, unique=True),
    steps=st.lists(st.integers(1, 9), min_size=2, max_size=4),
)
def test_one_order_is_full_concordance_whatever_the_scores(row: list[Decimal], steps: list[int]) -> None:
    assert kendall_w(_named([[score * step + step for score in row] for step in steps])) == 1


@given(rows=MATRIX, factor=st.integers(1, 9), shift=st.integers(-5, 5))
def test_alpha_does_not_depend_on_the_unit(rows: list[list[Decimal]], factor: int, shift: int) -> None:
    moved = [[score * factor + shift for score in row] for row in rows]
    assert krippendorff_alpha(_named(moved)) == krippendorff_alpha(_named(rows))


@pytest.mark.parametrize("scores", [["1 2 3"], ["1", "2"], ["1 2 -", "1 2 3"], ["2 2", "3 3"]], ids=["one", "one item", "missing", "level"])
def test_concordance_is_undefined_where_there_is_no_order(scores: list[str]) -> None:
    assert kendall_w(_scores(scores)) is None


@pytest.mark.parametrize("scores", [["1 2 3"], ["1 -", "- 2"], ["2 2", "2 2"]], ids=["one", "never together", "no difference"])
def test_alpha_is_undefined_where_nothing_can_disagree(scores: list[str]) -> None:
    assert krippendorff_alpha(_scores(scores)) is None


@pytest.mark.parametrize(
    ("value", "words"),
    [("0.8", ": reliable"), ("0.7999", "tentative"), ("0.667", "tentative"), ("0.666", "not reliable"), ("-0.2", "not reliable")],
)
def test_alpha_is_read_by_krippendorffs_bounds(value: str, words: str) -> None:
    assert words in described("alpha", Decimal(value)).en


@pytest.mark.parametrize(
    ("value", "words"),
    [("0.9", "unusually strong"), ("0.7", ": strong"), ("0.5", "moderate"), ("0.3", ": weak"), ("0.2999", "very weak"), ("0", "very weak")],
)
def test_concordance_is_read_by_schmidts_steps(value: str, words: str) -> None:
    assert words in described("w", Decimal(value)).en


# One indicator


@pytest.mark.parametrize("case", CASES["item"], ids=lambda case: case["name"])
def test_an_indicator_comes_to_what_was_worked_by_hand(case: dict[str, Any]) -> None:
    found = _one(case["scores"], case["rule"])
    assert found.final == (Decimal(case["final"]) if "final" in case else None), case["why"]
    assert found.mean == Decimal(case["mean"])
    assert [str(outlier.score) for outlier in found.outliers] == case["outliers"], case["why"]


@pytest.mark.parametrize("case", [case for case in CASES["item"] if "refused" in case], ids=lambda case: case["name"])
def test_a_score_that_cannot_be_given_says_why(case: dict[str, Any]) -> None:
    assert case["refused"] in _one(case["scores"], case["rule"]).working.en


def test_the_working_is_shown() -> None:
    found = _one(["8", "9", "7", "10"], {"kind": "trimmed_mean"})
    assert found.working.zh == "去掉最高 10、最低 7：(8 + 9) ÷ 2 = 8.50"
    assert found.working.en == "Without the highest 10 and the lowest 7: (8 + 9) ÷ 2 = 8.50"


def test_an_outlier_keeps_its_reason_and_stays_in_the_mean() -> None:
    found = _judge(_given("9", "甲"), _given("9", "乙"), _given("3", "丙", reason="没有看到佐证")).items[0]
    assert [(outlier.expert, outlier.reason) for outlier in found.outliers] == [("丙", "没有看到佐证")]
    assert found.final == 7


SCORES = st.lists(st.decimals(0, 10, places=2), min_size=3, max_size=9)
RULES = [Averaged(kind="mean"), Averaged(kind="median"), Averaged(kind="trimmed_mean"), Consensus(limit=Decimal(1))]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.kind)
@given(scores=SCORES)
def test_a_final_score_lies_between_lowest_and_highest(rule: Any, scores: list[Decimal]) -> None:
    found = _one(scores, rule)
    assert found.final is not None
    assert found.lowest <= found.final <= found.highest


@given(scores=SCORES)
def test_a_trimmed_mean_ignores_how_far_the_ends_lie(scores: list[Decimal]) -> None:
    ordered = sorted(scores)
    assert _one(scores, {"kind": "trimmed_mean"}).final == _one([Decimal(0), *ordered[1:-1], Decimal(10)], {"kind": "trimmed_mean"}).final


@given(scores=SCORES, rule=st.sampled_from(RULES), data=st.data())
def test_the_order_of_judgements_changes_nothing(scores: list[Decimal], rule: Any, data: st.DataObject) -> None:
    given = [_given(score, f"e{n}") for n, score in enumerate(scores)]
    assert _judge(*data.draw(st.permutations(given)), rule=rule) == _judge(*given, rule=rule)


@given(scores=SCORES, limit=st.decimals(0, 1, places=2))
def test_consensus_is_refused_exactly_beyond_its_limit(scores: list[Decimal], limit: Decimal) -> None:
    found = _one(scores, Consensus(limit=limit))
    assert (found.highest - found.lowest > limit * 10) == (found.final is None)


@given(score=st.decimals(0, 10, places=2), times=st.integers(2, 9))
def test_equal_scores_have_no_spread_and_no_outlier(score: Decimal, times: int) -> None:
    found = _one([score] * times)
    assert (found.lowest, found.highest, found.final) == (score, score, score)
    assert not found.outliers


# The panel


def test_an_abstention_is_counted_and_is_no_zero() -> None:
    found = _judge(_given("8", "甲"), _given(None, "乙", reason="与本单位有利害关系")).items[0]
    assert (found.mean, found.abstained, found.final) == (Decimal(8), 1, Decimal(8))


def test_agreement_is_taken_on_score_rates() -> None:
    """Both give half of each: in points 5 and 1 differ and would agree perfectly, as rates there is no difference to agree on."""
    given = [_given(score, who, of) for who in "甲乙" for of, score in (("goals", "5"), ("clarity", "1"))]
    assert "not defined" in _judge(*given, points={"goals": "10", "clarity": "2"}).agreement[0].en


def test_an_indicator_that_nobody_scored_is_left_out() -> None:
    found = _judge(_given("8"), _given(None, of="clarity"), points={"goals": "10", "clarity": "2"})
    assert [item.indicator.id for item in found.items] == ["goals"]


def test_agreement_is_told_in_both_languages() -> None:
    given = [_given(score, who, of) for who in "甲乙" for of, score in (("goals", "9"), ("clarity", "4"))]
    found = _judge(*given, points={"goals": "10", "clarity": "10"})
    assert [told["zh"] for told in found.agreement] == [
        "克里彭多夫 α = 1.000：可靠（界限 0.800、0.667）",
        "肯德尔 W = 1.000：排序一致性极强",
    ]
    assert [told["en"].split(" (")[0] for told in found.agreement] == [
        "Krippendorff's alpha 1.000: reliable",
        "Kendall's W 1.000: unusually strong agreement on the order",
    ]
