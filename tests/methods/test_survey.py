"""Questionnaires: published intervals, cases worked by hand, and what must hold for every survey."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evallib.methods.proportion import effective_size, needed_at, score_interval, whole_counts
from evallib.methods.survey import Survey, SurveyResult, evaluate_survey
from evallib.model.expression import Interval
from evallib.model.optional_rows import Survey as Asked
from evallib.model.optional_rows import SurveyAnswer
from evallib.model.units import round_half_up
from evallib.model.words import LANGS, words
from evallib.score.answers import MINIMUM, SCALES, Tally, count, shown_groups
from tests.conftest import GOLDEN
from tests.score.small import record

CASES: dict[str, Any] = tomllib.loads((GOLDEN / "survey.toml").read_text(encoding="utf-8"))
RATES = st.decimals(0, 1, places=3)


def wilson(rate: Decimal, answers: int, population: int | None = None) -> Interval:
    return score_interval(Fraction(rate), effective_size(answers, population))


def _group(name: str, yes: int, of: int, /, weight: str | None = None, **more: Any) -> Tally:
    return Tally(words(name), Fraction(yes, of or 1), of, weight=None if weight is None else Fraction(weight), **more)


def _evaluate(*groups: Tally, target: Any = None, printed: Decimal | None = None) -> SurveyResult:
    return evaluate_survey(Survey(groups, target=None if target is None else Decimal(target), printed=printed))


def _printed(share: str = "0.84", valid: int = 30, target: Any = None, **more: Any) -> SurveyResult:
    group = Tally(words("users"), Fraction(share), valid, **more)
    return _evaluate(group, target=target, printed=Decimal(share))


def _counted(scale: str, *answers: tuple[str, int], **asked: Any) -> Tally:
    shared = {"indicator": "pleased", "group": "users", "source": "form", "section": "表"}
    rows = tuple(SurveyAnswer.model_validate(shared | {"answer": text, "count": times}) for text, times in answers)
    return count(record(survey_answers=rows), Asked.model_validate(shared | {"scale": scale} | asked))


# The interval


@pytest.mark.parametrize("case", CASES["wilson"], ids=lambda case: f"{case['count']} of {case['answers']}")
def test_the_interval_is_the_published_one(case: dict[str, Any]) -> None:
    found = wilson(Decimal(case["count"]) / case["answers"], case["answers"])
    assert [str(round_half_up(end, 4)) for end in (found.low, found.high)] == case["interval"], case["source"]


@pytest.mark.parametrize("case", CASES["population"], ids=lambda case: case["source"])
def test_a_finite_population_counts_answers_as_more(case: dict[str, Any]) -> None:
    rate = Decimal(case["rate"])
    assert wilson(rate, case["answers"], population=case["population"]) == wilson(rate, case["counts_as"])


@given(rate=RATES, answers=st.integers(1, 5000))
def test_the_interval_holds_the_rate_and_stays_a_share(rate: Decimal, answers: int) -> None:
    found = wilson(rate, answers)
    assert 0 <= found.low <= rate <= found.high <= 1


@given(rate=RATES, answers=st.integers(1, 500), more=st.integers(1, 500))
def test_more_answers_never_widen_the_interval(rate: Decimal, answers: int, more: int) -> None:
    few, many = wilson(rate, answers), wilson(rate, answers + more)
    assert many.high - many.low <= few.high - few.low + Decimal("0.000002")  # each end is rounded outwards


@given(rate=RATES, answers=st.integers(1, 500), others=st.integers(1, 500))
def test_a_finite_population_narrows_the_interval(rate: Decimal, answers: int, others: int) -> None:
    free, finite = wilson(rate, answers), wilson(rate, answers, population=answers + others)
    assert free.low <= finite.low <= rate <= finite.high <= free.high


@given(rate=RATES, answers=st.integers(1, 500))
def test_dissatisfaction_has_the_mirrored_interval(rate: Decimal, answers: int) -> None:
    here, there = wilson(rate, answers), wilson(1 - rate, answers)
    assert (1 - there.high, 1 - there.low) == (here.low, here.high)


def test_everybody_asked_leaves_no_interval() -> None:
    found = wilson(Decimal("0.84"), 25, population=25)
    assert (found.low, found.high) == (Decimal("0.84"), Decimal("0.84"))


# The target


@pytest.mark.parametrize("case", CASES["needed"], ids=lambda case: case["source"])
def test_the_answers_needed_are_those_worked_by_hand(case: dict[str, Any]) -> None:
    assert needed_at(Fraction(case["rate"]), Fraction(case["target"]), population=case.get("population")) == case["needed"]


@given(rate=st.decimals("0.02", "0.98", places=2), target=st.decimals("0.02", "0.98", places=2), people=st.none() | st.integers(20, 3000))
def test_one_answer_less_than_needed_does_not_tell(rate: Decimal, target: Decimal, people: int | None) -> None:
    needed = needed_at(Fraction(rate), Fraction(target), population=people)
    if needed is None:
        assert rate == target
        return
    told = [_printed(str(rate), valid, target, population=people).overall.verdict for valid in (needed - 1, needed) if valid >= MINIMUM]
    assert told[-1:] in ([], ["met" if rate >= target else "missed"])
    assert told[:-1] in ([], ["open"])


@pytest.mark.parametrize(
    ("satisfied", "valid", "verdict"), [(25, 30, "open"), (80, 100, "missed"), (99, 100, "met"), (90, 100, "open"), (30, 30, "open")]
)
def test_the_verdict_follows_the_interval(satisfied: int, valid: int, verdict: str) -> None:
    found = _evaluate(_group("users", satisfied, valid), target="0.9").overall
    assert found.interval is not None
    assert found.verdict == verdict
    assert verdict == ("missed" if found.interval.high < Decimal("0.9") else "met" if found.interval.low >= Decimal("0.9") else "open")


def test_a_target_missed_by_everybody_asked_is_missed_however_few() -> None:
    found = _evaluate(_group("users", 8, 9, population=9), target="0.9")
    assert (found.overall.verdict, found.overall.census, found.needed) == ("missed", True, None)
    assert "everybody answered" in found.conclusion.en


def test_thirty_answers_at_84_percent_do_not_prove_90_missed() -> None:
    found = _printed(target="0.9", issued=30, returned=30)
    assert found.conclusion.zh == (
        "有效答卷 30 份，满意度 84.00%，95% 置信区间 67.20% 至 93.08%。目标 90% 在区间之内：这些答卷太少，不足以判断是否达到。"
        "照此满意度，约需 97 份有效答卷才能判断。"
    )
    assert "25/30 = 83.33%, 26/30 = 86.67%" in found.remarks[0].en
    assert "mean of scores" in found.remarks[0].en


@pytest.mark.parametrize("case", CASES["whole"], ids=lambda case: f"{case['share']} of {case['answers']}")
def test_a_share_that_no_count_gives_is_noticed(case: dict[str, Any]) -> None:
    between = case.get("between")
    assert whole_counts(Decimal(case["share"]), case["answers"]) == (tuple(between) if between else None), case["why"]


@given(answers=st.integers(1, 400), places=st.integers(2, 5), data=st.data())
def test_a_share_rounded_from_a_count_is_never_suspected(answers: int, places: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, answers))
    assert whole_counts(round_half_up(Decimal(count) / answers, places), answers) is None


# Answers, counts, groups


@pytest.mark.parametrize("case", CASES["read"], ids=lambda case: case["name"])
def test_answers_are_read_on_their_scale(case: dict[str, Any]) -> None:
    found = _counted(case["scale"], *((text, 1) for text in case["answers"]))
    assert (found.valid, found.blank, found.off_scale) == (case["valid"], case["blank"], case["off_scale"]), case["why"]
    assert found.rate == Fraction(case["rate"]), case["why"]


def test_what_is_known_of_a_group_is_counted_with_its_answers() -> None:
    asked = {"group_en": "Users", "issued": 40, "returned": 15, "population": 900, "weight": "30"}
    found = _counted("yes_no", ("满意", 6), ("不满意", 2), ("", 3), ("没填", 1), ("满意", 0), **asked)
    assert found == Tally(words("users", "Users"), Fraction(3, 4), 8, 3, 1, 40, 15, 900, Fraction(3, 10))


def test_without_a_number_of_forms_that_came_back_those_that_were_counted_did() -> None:
    assert _counted("yes_no", ("满意", 6), ("", 3), ("没填", 1)) == Tally(words("users"), Fraction(1), 6, 3, 1, returned=10)
    assert _counted("yes_no") == Tally(words("users"), Fraction(0), 0, returned=0)


def test_answers_are_those_of_the_group_and_of_the_indicator() -> None:
    shared = {"indicator": "pleased", "group": "users", "source": "form", "section": "表", "answer": "满意", "count": 5}
    rows = [shared, shared | {"group": "staff"}, shared | {"indicator": "trained"}]
    asked = Asked.model_validate({key: shared[key] for key in ("indicator", "group", "source", "section")} | {"scale": "yes_no"})
    assert count(record(survey_answers=rows), asked).valid == 5


@given(counts=st.lists(st.integers(0, 20), min_size=5, max_size=5), blank=st.integers(0, 5))
def test_answers_one_by_one_and_counted_come_to_the_same(counts: list[int], blank: int) -> None:
    by_count = [*zip(SCALES["five_point"].options, counts, strict=True), ("", blank)]
    singly = [(answer, 1) for answer, times in by_count for _ in range(times)]
    assert _counted("five_point", *singly) == _counted("five_point", *by_count)


def test_two_groups_are_added_up_by_their_weights() -> None:
    case = CASES["weighted"]
    groups = [_group(name, case["satisfied"][name], case["valid"][name], weight=weight) for name, weight in case["weights"].items()]
    found = _evaluate(*groups, target="0.9").overall
    assert found.rate == Decimal(case["rate"]), case["source"]
    near = wilson(Decimal(case["rate"]), 70)
    assert found.interval is not None
    assert abs(found.interval.low - near.low) < Decimal("0.0002")  # 69.93 effective answers, not the 70 that came back
    assert found.interval.low < near.low


GROUPS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)).filter(sum), min_size=1, max_size=5)


@given(counts=GROUPS)
def test_without_weights_every_answer_counts_alike(counts: list[tuple[int, int]]) -> None:
    groups = [_group(f"g{n}", yes, yes + no) for n, (yes, no) in enumerate(counts)]
    found, valid = _evaluate(*groups).overall, sum(map(sum, counts))
    expected = Decimal(sum(yes for yes, _ in counts)) / valid
    assert found.rate == (expected if valid >= 5 else None)


@given(counts=GROUPS)
def test_the_order_of_groups_changes_nothing(counts: list[tuple[int, int]]) -> None:
    groups = [_group(f"g{n}", yes, yes + no, population=yes + no + 7) for n, (yes, no) in enumerate(counts)]
    here, there = _evaluate(*groups, target="0.9"), _evaluate(*reversed(groups), target="0.9")
    assert (here.overall.rate, here.overall.interval, here.needed) == (there.overall.rate, there.overall.interval, there.needed)
    assert {part.response.name for part in here.groups} == {part.response.name for part in there.groups}


def test_weights_given_as_shares_of_the_population_are_the_population() -> None:
    people = {"staff": 250, "users": 750}
    plain = [_group(name, 40, 50, population=many) for name, many in people.items()]
    weighted = [_group(name, 40, 50, str(many / 1000), population=many) for name, many in people.items()]
    assert _evaluate(*plain).overall[1:] == _evaluate(*weighted).overall[1:]


def test_a_unanimous_group_does_not_make_the_whole_certain() -> None:
    found = _evaluate(_group("staff", 5, 5, weight="0.5"), _group("users", 500, 500, weight="0.5")).overall
    assert found.interval is not None
    assert found.interval.low < Decimal("0.9")


def test_a_group_that_weighs_and_did_not_answer_leaves_the_whole_undefined() -> None:
    found = _evaluate(_group("staff", 0, 0, weight="0.5"), _group("users", 30, 40, weight="0.5"), target="0.9")
    assert (found.overall.rate, found.overall.verdict) == (None, None)
    assert any("not defined" in remark.en for remark in found.remarks)


def test_invalid_and_missing_forms_are_counted_and_said() -> None:
    found = _evaluate(_group("users", 40, 50, blank=2, off_scale=1, issued=100, returned=53))
    response = found.overall.response
    assert (response.invalid, response.return_rate) == (3, Decimal("0.53"))
    assert [remark.en.split(".")[0] for remark in found.remarks] == [
        "Invalid answers: 3 (blank 2, off the scale 1), neither satisfied nor dissatisfied",
        "Response rate 53",
    ]


def test_forms_invalid_for_an_unknown_reason_are_still_invalid() -> None:
    assert _printed(issued=40, returned=36).overall.response.invalid == 6


# Protection of small groups


@pytest.mark.parametrize("case", CASES["hidden"], ids=lambda case: case["why"])
def test_groups_that_would_be_revealed_are_hidden(case: dict[str, Any]) -> None:
    shown, _ = shown_groups([_group(name, 0, valid) for name, valid in case["valid"].items()])
    assert sorted(case["valid"].keys() - {group.name.zh for group in shown}) == case["hidden"], case["why"]


@given(valid=st.dictionaries(st.sampled_from("abcdefg"), st.integers(0, 12)))
def test_what_is_hidden_cannot_be_found_by_subtraction(valid: dict[str, int]) -> None:
    shown, pooled = shown_groups([_group(name, 0, many) for name, many in valid.items()])
    assert all(group.valid >= MINIMUM or not group.valid for group in shown)
    if pooled and sum(valid.values()) >= MINIMUM and sum(map(bool, valid.values())) > 1:
        assert len(valid) - len(shown) > 1
        assert pooled[0].valid >= MINIMUM


def test_a_small_group_is_counted_with_the_next_and_shown_nowhere() -> None:
    groups = _group("staff", 1, 3, weight="0.6"), _group("firms", 9, 11, weight="0.1"), _group("users", 30, 40, weight="0.3")
    found = _evaluate(*groups)
    assert [part.response.name.en for part in found.groups] == ["users"]
    assert found.pooled is not None
    assert (found.pooled.response.name.en, found.pooled.rate) == ("staff, firms", Decimal(10) / 14)
    # 0.7 of the whole is the pool, every answer in it alike: its own weights would tell staff's rate by subtraction
    assert found.overall.rate == round(Decimal("0.7") * 10 / 14 + Decimal("0.3") * 30 / 40, 28)
    assert any("staff, firms" in remark.en for remark in found.remarks)


def test_a_share_entered_for_a_small_group_is_not_repeated_in_a_remark() -> None:
    assert not any("whole number" in remark.en for remark in _printed("0.4", 3).remarks)


def test_fewer_answers_than_the_minimum_in_all_give_no_rate() -> None:
    found = _evaluate(_group("staff", 3, 4), target="0.9")
    assert (found.overall.rate, found.overall.verdict, found.groups) == (None, None, ())
    assert found.pooled is not None
    assert found.pooled.rate is None


@given(counts=GROUPS, target=st.decimals("0.01", 1, places=2))
def test_every_sentence_is_there_in_both_languages(counts: list[tuple[int, int]], target: Decimal) -> None:
    groups = [_group(f"g{n}", yes, yes + no) for n, (yes, no) in enumerate(counts)]
    found = _evaluate(*groups, target=target)
    assert all(told[lang].strip() for told in (found.conclusion, *found.remarks, *found.methods) for lang in LANGS)
