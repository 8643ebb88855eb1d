"""Expert judgement: published coefficients of agreement, panels worked by hand, and what must hold for every panel."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from evallib.methods.agreement import Scores, describe_alpha, describe_w, kendall_w, krippendorff_alpha
from evallib.methods.experts import Item, ItemResult, Judgement, Panel, PanelResult, judge
from evallib.model.errors import InputRefused, Place
from evallib.model.framework import Averaged, Consensus
from evallib.model.units import round_half_up
from evallib.model.words import LANGS
from tests.conftest import GOLDEN

CASES: dict[str, Any] = tomllib.loads((GOLDEN / "experts.toml").read_text(encoding="utf-8"))
MEAN = Averaged(kind="mean")


def _scores(rows: list[str]) -> Scores:
    return {f"e{n}": {f"i{m}": Decimal(text) for m, text in enumerate(row.split()) if text != "-"} for n, row in enumerate(rows)}


def _item(name: str = "goals", points: str = "10") -> Item:
    return Item(id=name, name="绩效目标合理性", name_en="Soundness of goals", points=Decimal(points))


def _given(score: str | Decimal | None, evaluator: str = "甲", indicator: str = "goals", reason: str = "有据") -> Judgement:
    return Judgement(evaluator=evaluator, indicator=indicator, score=None if score is None else Decimal(score), reason=reason)


def _one(scores: Sequence[str | Decimal], rule: Any = MEAN, **more: Any) -> ItemResult:
    given = tuple(_given(score, f"e{n}") for n, score in enumerate(scores))
    return judge(Panel(items=(_item(),), judgements=given, rule=rule, **more)).items[0]


def _judge(*given: Judgement, items: tuple[Item, ...] = (_item(),), **more: Any) -> PanelResult:
    return judge(Panel(**({"items": items, "judgements": given, "rule": MEAN} | more)))


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
    assert words in describe_alpha(Decimal(value)).en


@pytest.mark.parametrize(
    ("value", "words"),
    [("0.9", "unusually strong"), ("0.7", ": strong"), ("0.5", "moderate"), ("0.3", ": weak"), ("0.2999", "very weak"), ("0", "very weak")],
)
def test_concordance_is_read_by_schmidts_steps(value: str, words: str) -> None:
    assert words in describe_w(Decimal(value)).en


# One indicator


@pytest.mark.parametrize("case", CASES["item"], ids=lambda case: case["name"])
def test_an_indicator_comes_to_what_was_worked_by_hand(case: dict[str, Any]) -> None:
    found = _one(case["scores"], case["rule"])
    assert found.final == (Decimal(case["final"]) if "final" in case else None), case["why"]
    assert (found.mean, found.median) == (Decimal(case["mean"]), Decimal(case["median"]))
    spread = [None if value is None else str(round_half_up(value, 6)) for value in (found.deviation, found.variation)]
    assert spread == [case.get("deviation"), case.get("variation")], case["why"]
    assert [str(outlier.score) for outlier in found.outliers] == case["outliers"], case["why"]


@pytest.mark.parametrize("case", [case for case in CASES["item"] if "refused" in case], ids=lambda case: case["name"])
def test_a_score_that_cannot_be_given_says_why_and_what_to_do(case: dict[str, Any]) -> None:
    refusal = _one(case["scores"], case["rule"]).refusal
    assert refusal is not None
    assert case["refused"] in refusal.describe("en")
    assert "To fix it" in refusal.describe("en")


def test_the_working_is_shown() -> None:
    found = _one(["8", "9", "7", "10"], {"kind": "trimmed_mean"})
    assert found.working.zh == "去掉最高 10、最低 7：(8 + 9) ÷ 2 = 8.50"
    assert found.working.en == "Without the highest 10 and the lowest 7: (8 + 9) ÷ 2 = 8.50"


def test_an_outlier_keeps_its_reason_and_stays_in_the_mean() -> None:
    found = _judge(_given("9", "甲"), _given("9", "乙"), _given("3", "丙", reason="没有看到佐证")).items[0]
    assert [(outlier.evaluator, outlier.reason) for outlier in found.outliers] == [("丙", "没有看到佐证")]
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
    assert (found.refusal is not None) == (found.spread > limit * 10) == (found.final is None)


@given(score=st.decimals(0, 10, places=2), times=st.integers(2, 9))
def test_equal_scores_have_no_spread_and_no_outlier(score: Decimal, times: int) -> None:
    found = _one([score] * times)
    assert (found.spread, found.deviation, found.final) == (Decimal(0), Decimal(0), score)
    assert not found.outliers


# The panel


def test_an_abstention_is_counted_and_is_no_zero() -> None:
    found = _judge(_given("8", "甲"), _given(None, "乙", reason="与本单位有利害关系")).items[0]
    assert (found.scores, found.abstained, found.final) == (1, 1, Decimal(8))


def test_the_total_is_the_sum_of_rounded_scores() -> None:
    items = _item("goals"), _item("clarity", "5")
    given = [
        _given(score, who, item)
        for item, scores in (("goals", "889"), ("clarity", "334"))
        for who, score in zip("甲乙丙", scores, strict=True)
    ]
    assert _judge(*given, items=items).total == Decimal("8.33") + Decimal("3.33")


def test_without_one_final_score_there_is_no_total() -> None:
    items = _item("goals"), _item("clarity", "5")
    given = _given("9", "甲"), _given("2", "乙"), _given("4", "甲", "clarity"), _given("4", "乙", "clarity")
    found = _judge(*given, items=items, rule={"kind": "consensus", "limit": "0.3"})
    assert found.total is None
    assert [item.refusal.about for item in found.items if item.refusal] == [("goals",)]


def test_agreement_is_taken_on_score_rates() -> None:
    """Both give half of each: in points 5 and 1 differ and would agree perfectly, as rates there is no difference to agree on."""
    items = _item("goals", "10"), _item("clarity", "2")
    given = [_given(score, who, item) for who in "甲乙" for item, score in (("goals", "5"), ("clarity", "1"))]
    assert _judge(*given, items=items).alpha is None


def test_agreement_is_told_in_both_languages() -> None:
    items = _item("goals"), _item("clarity")
    given = [_given(score, who, item) for who in "甲乙" for item, score in (("goals", "9"), ("clarity", "4"))]
    found = _judge(*given, items=items)
    assert (found.alpha, found.concordance) == (Decimal(1), Decimal(1))
    assert [told["zh"] for told in found.agreement] == [
        "克里彭多夫 α = 1.000：可靠（界限 0.800、0.667）",
        "肯德尔 W = 1.000：排序一致性极强",
    ]
    assert [told["en"].split(" (")[0] for told in found.agreement] == [
        "Krippendorff's alpha 1.000: reliable",
        "Kendall's W 1.000: unusually strong agreement on the order",
    ]


# What is refused


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([_given("10.01")], "between 0 and 10"),
        ([_given("-0.01")], "between 0 and 10"),
        ([_given("5"), _given("5", indicator="goal")], "no such indicator"),
        ([_given("5"), _given("6")], "one indicator twice"),
        ([_given("5", reason=" ")], "no reason"),
        ([_given(None)], "nobody scored"),
    ],
)
def test_what_does_not_fit_is_refused(given: list[Judgement], words: str) -> None:
    with pytest.raises(InputRefused) as refused:
        _judge(*given)
    assert [words in problem.what.en for problem in refused.value.problems] == [True]


def test_every_problem_is_named_at_once_with_its_row() -> None:
    with pytest.raises(InputRefused) as refused:
        _judge(_given("11", "甲"), _given("5", "乙", reason=""), _given("5", "丙", "goal"), items=(_item(), _item("clarity"), _item()))
    assert [problem.place.row for problem in refused.value.problems] == [2, 3, 4, None, None]
    assert "judgements，第 2 行，列 评分（score）：评分须在 0 至 10 之间（填的是“11”）" in refused.value.describe("zh")
    assert all(problem.describe(lang) for problem in refused.value.problems for lang in LANGS)


def test_a_file_can_say_where_its_rows_stand() -> None:
    with pytest.raises(InputRefused) as refused:
        judge(Panel(items=(_item(),), judgements=(_given("11"),), rule=MEAN), lambda _, index, column: Place("评议.csv", index + 5, column))
    assert refused.value.describe("en").startswith("评议.csv, row 5, column score")


@pytest.mark.parametrize("rule", [{"kind": "consensus"}, {"kind": "mean", "limit": "0.2"}, {"kind": "mode"}])
def test_a_rule_that_is_not_one_is_refused(rule: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Panel.model_validate({"items": [_item()], "judgements": [], "rule": rule})
