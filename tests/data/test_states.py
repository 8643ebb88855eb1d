"""What stands in a cell where a number is expected: why there is none, a range, a date, words; read, kept, written back and told."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from evallib.data.csv_files import switch_form
from evallib.data.years import evaluate_year
from evallib.model.errors import InputRefused
from evallib.model.evaluation import Evaluation
from evallib.model.words import LANGS, Lang
from evallib.say.workings import indicator_working, reached_text, target_text
from tests.conftest import Copy

JOBS = {"indicator": "urban_new_jobs"}


def evaluated(copy: Copy) -> Evaluation:
    return evaluate_year(copy.folder, "hrss", 2023).evaluation


def asked(copy: Copy, operator: str, target: str, actual: str) -> None:
    for column, value in (("operator", operator), ("target", target), ("actual", actual)):
        copy.set("targets", JOBS, column, value)


@pytest.mark.parametrize("text", ["缺", "missing", "待补", "to come", "to_come", "未检查", "Not checked"])
def test_an_actual_that_is_not_known_scores_nothing_and_says_why(copy: Copy, text: str) -> None:
    copy.set("targets", JOBS, "actual", text)
    e = evaluated(copy)
    jobs = e.indicator("urban_new_jobs")
    assert (jobs.status, jobs.score, e.total) == ("missing", 0, Decimal("82.63"))
    assert reached_text(e.targets[[t.id for t in e.targets].index("urban_new_jobs")], "en") in ("missing", "to come", "not checked")


@pytest.mark.parametrize("text", ["不适用", "n.a.", "not applicable"])
def test_an_own_indicator_that_does_not_apply_needs_no_actual(copy: Copy, text: str) -> None:
    copy.set("targets", JOBS, "actual", text)
    e = evaluated(copy)
    assert (e.indicator("urban_new_jobs").status, e.total) == ("not_applicable", Decimal("84.32"))  # 82.63 of 98 points
    assert indicator_working(e, e.indicator("urban_new_jobs"), "en") == "not applicable: does not apply"


@pytest.mark.parametrize("text", ["—", "-", "/", "无", "none", "N/A"])
@pytest.mark.parametrize(("table", "key", "column"), [("targets", JOBS, "actual"), ("facts", {"fact": "staff_institution"}, "value")])
def test_what_may_mean_anything_is_asked_about(copy: Copy, table: str, key: dict[str, str], column: str, text: str) -> None:
    copy.set(table, key, column, text)
    with pytest.raises(InputRefused) as refusal:
        evaluated(copy)
    assert [p.code for p in refusal.value.problems] == ["cell.number_or_state"]
    assert "待补" in refusal.value.describe("zh")
    assert "to come" in refusal.value.describe("en")


def test_a_fact_that_does_not_apply_leaves_its_indicator_out(copy: Copy) -> None:
    copy.set("facts", {"fact": "procurement_planned"}, "value", "不适用")
    e = evaluated(copy)
    out = [i.id for i in e.indicators if i.status == "not_applicable"]
    assert out == ["procurement_execution"]


@pytest.mark.parametrize(
    ("operator", "target", "actual", "met", "score", "told", "reached"),
    [
        ("区间", "900~950", "933", True, "2.00", "900~950 people", "933 people"),
        ("区间", "900－950", "1000", False, "1.90", "900~950 people", "1,000 people"),
        ("between", "950 至 1000", "933", False, "1.96", "950~1,000 people", "933 people"),
        ("不晚于", "2023-12-31", "2023-12-20", True, "2.00", "no later than 2023-12-31", "2023-12-20"),
        ("by", "2023年12月底前", "2024/1/3", False, "0.00", "no later than 2023-12-31", "2024-01-03"),
        (">", "933", "933", False, "2.00", "> 933 people", "933 people"),
        ("=", "1000", "933", False, "0.00", "= 1,000 people", "933 people"),
    ],
)
def test_targets_are_read_as_officials_write_them(
    copy: Copy, operator: str, target: str, actual: str, met: bool, score: str, told: str, reached: str
) -> None:
    asked(copy, operator, target, actual)
    e = evaluated(copy)
    found = e.target("urban_new_jobs")
    assert found is not None
    assert (found.met, str(e.indicator("urban_new_jobs").score)) == (met, score)
    assert (target_text(found, "en"), reached_text(found, "en")) == (told, reached)


def test_both_ends_of_a_range_are_in_the_unit_behind_it(copy: Copy) -> None:
    asked(copy, "区间", "0.09~0.1", "0.0933")
    for column in ("unit", "actual_unit"):
        copy.set("targets", JOBS, column, "万人")
    found = next(t for t in evaluated(copy).targets if t.id == "urban_new_jobs")
    assert [target_text(found, lang) for lang in LANGS] == ["0.09~0.1万人", "900~1,000 people"]


@pytest.mark.parametrize(("verdict", "score"), [("达成", "2.00"), ("部分达成", "1.40"), ("not reached", "0.00")])
def test_a_target_in_words_takes_the_shares_of_the_framework(copy: Copy, verdict: str, score: str) -> None:
    path = copy.folder / "frameworks" / "xundian-department" / "2023.toml"
    copy.replace(path, "[treatment]", "[qualitative]\npartly = 0.7\n\n[treatment]")
    asked(copy, "定性", "就业形势总体稳定", verdict)
    copy.set("targets", JOBS, "unit", "")
    e = evaluated(copy)
    assert str(e.indicator("urban_new_jobs").score) == score
    assert "就业形势总体稳定" in indicator_working(e, e.indicator("urban_new_jobs"), "zh")


@pytest.mark.parametrize(
    ("operator", "target", "actual", "code"),
    [
        (">=", "900~950", "933", "target.other_kind"),
        (">=", "2023-12-31", "933", "target.other_kind"),
        ("区间", "900", "933", "target.lacks"),
        ("区间", "950~900", "933", "target.range_upside_down"),
        ("不晚于", "900", "2023-12-20", "target.lacks"),
        ("不晚于", "2023-12-31", "", "target.no_done"),
        ("定性", "稳定", "达成", "target.no_shares_of_words"),
        (">=", "很多", "933", "cell.not_digits"),
    ],
)
def test_a_target_of_another_kind_than_its_operator_is_refused(copy: Copy, operator: str, target: str, actual: str, code: str) -> None:
    asked(copy, operator, target, actual)
    with pytest.raises(InputRefused) as refusal:
        evaluated(copy)
    assert code in [p.code for p in refusal.value.problems]


@pytest.mark.parametrize("lang", LANGS)
def test_what_is_no_number_comes_back_from_a_workbook(copy: Copy, lang: Lang) -> None:
    asked(copy, "区间", "900~950", "待补")
    copy.set("targets", {"indicator": "quality"}, "reason", "年中追加任务")
    copy.set("facts", {"fact": "procurement_planned"}, "value", "不适用")
    before = evaluated(copy)
    switch_form(copy.folder, "hrss", 2023, "xlsx", lang)
    after = evaluated(copy)

    def without_files(e: Evaluation) -> Any:
        return e.record.model_copy(update={"files": ()})

    assert without_files(after) == without_files(before)
    assert Evaluation.from_json(before.to_json()) == before
