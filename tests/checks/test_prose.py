"""Numbers in prose: put in by the program, in both languages; a typed one that contradicts the scores is refused."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from evallib.checks.prose import check_prose
from evallib.data.score_workbook import write_score_workbook
from evallib.data.years import evaluate_year
from evallib.model.errors import InputRefused, Place, Problem
from evallib.model.evaluation import Evaluation
from evallib.model.record import Profile, Recommendation
from evallib.model.words import Lang
from evallib.model.years import EvaluatedYear
from evallib.pages.report import Report
from evallib.say.prose import with_numbers
from tests.analysis.shapes import without_points
from tests.conftest import Copy

FROM = {"source": "report", "section": "四(一)"}


def where(table: str, index: int, column: str | None) -> Place:
    return Place(f"{table}.csv", index + 2, column)


def concluding(e: Evaluation, text: str, text_en: str = "", key: str = "conclusion") -> Evaluation:
    row = Profile.model_validate({"key": key, "text": text, "text_en": text_en} | FROM)
    return replace(e, record=e.record.model_copy(update={"profile": (row,), "recommendations": (), "practices": ()}))


def advising(e: Evaluation, text: str) -> Evaluation:
    row = Recommendation.model_validate({"id": "1", "title": "{grade}", "title_en": "Now {grade}", "text": text} | FROM)
    return replace(e, record=e.record.model_copy(update={"profile": (), "recommendations": (row,), "practices": ()}))


def problems(e: Evaluation) -> list[Problem]:
    return list(check_prose(e, where))


def told(e: Evaluation, text: str, lang: Lang = "zh") -> str:
    return with_numbers(concluding(e, text, text)).record.find_profile("conclusion", lang)


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("{total} / {points}, {grade}", "84.63 / 100, 良", "84.63 / 100, Good"),
        ("{ total }｛points｝", "84.63100", "84.63100"),
        ("{dimension.input.score}/{dimension.input.points}={dimension.input.rate}", "4.50/9=50.00%", "4.50/9=50.00%"),
        ("{self.score} {count.groups}", "96 13", "96 13"),
        ("{fact.outturn}", "18,854,402.47元", "18,854,402.47 yuan"),
        ("{fact.project_budget@2022}", "3,068,737.01元", "3,068,737.01 yuan"),
        ("{formula.budget_execution_rate}", "94.96%", "94.96%"),
        ("{formula.procurement_execution_rate}", "—", "—"),
        ("{{total}} {{}} }}{{", "{total} {} }{", "{total} {} }{"),
        ("a } b {unknown}", "a } b {unknown}", "a } b {unknown}"),
        ("没有数", "没有数", "没有数"),
    ],
)
def test_numbers_are_put_in_with_their_unit_points_bare(hrss: Evaluation, text: str, zh: str, en: str) -> None:
    assert (told(hrss, text), told(hrss, text, "en")) == (zh, en)


def test_only_the_conclusion_of_the_profile_has_room_for_numbers(hrss: Evaluation) -> None:
    duties = concluding(hrss, "{total} 84.53分", key="duties")
    assert with_numbers(duties) is duties
    assert problems(duties) == []


def test_where_there_is_no_total_a_dash_stands_for_it(hrss: Evaluation) -> None:
    assert told(without_points(hrss), "得{total}分") == "得—分"


def test_what_is_shown_has_the_numbers_and_what_is_kept_the_braces(hrss: Evaluation, tmp_path: Any) -> None:
    e = advising(hrss, "总分{total}分，{{原文}}")
    findings = tuple(finding.model_copy(update={"recommendation": "1"}) for finding in e.record.findings)
    e = replace(e, record=e.record.model_copy(update={"findings": findings}))
    page = Report(EvaluatedYear(e, None, ()), "en")
    assert "总分84.63分，{原文}" in Report(EvaluatedYear(e, None, ())).section("recommendations").html
    assert "Now Good" in page.section("recommendations").html
    assert "Now Good" in page.section("findings").html
    write_score_workbook(e, tmp_path / "e.xlsx", "en")
    cells = {str(cell.value) for row in load_workbook(tmp_path / "e.xlsx")["Findings"].iter_rows() for cell in row}
    assert "1 Now Good" in cells
    assert "总分{total}分，{{原文}}" in e.to_json()


def test_last_years_prose_has_last_years_numbers(hrss: Evaluation) -> None:
    before = replace(concluding(hrss, "得{total}分"), total=hrss.total - 1)
    shown = Report(EvaluatedYear(hrss, before, ())).checked.previous
    assert shown is not None
    assert shown.record.find_profile("conclusion", "zh") == "得83.63分"


CONTRADICTS = [
    "得分84.53分，等级为良。",
    "得分 84.53",
    "得分为84.53，等级为良",
    "总分：８４．５３分",
    "评价得 84.53 分。",
    "评价得84.53/100分。",
    "达到84.53分的水平",
    "满分110分",
    "84.53 points",
    "84.53 of 100 points",
    "The score is 84.53 and the grade Good.",
    "scored 84.53.",
    "a score of 84.53, grade Good",
]


@pytest.mark.parametrize("text", CONTRADICTS)
def test_a_typed_number_that_is_no_score_is_refused(hrss: Evaluation, text: str) -> None:
    (problem,) = problems(concluding(hrss, text))
    assert (problem.level, problem.code, problem.found) == ("error", "prose_number", "110" if "110" in text else "84.53")
    assert ("{points}" if "110" in text else "{total}") in problem.fix.zh
    assert "84.63" in problem.what.en or "110" in text


@pytest.mark.parametrize(
    ("text", "room"),
    [
        ("得分84.63分", "{total}"),
        ("The score is 84.63 and the grade Good.", "{total}"),
        ("得分85分", "{total}"),  # as rounded
        ("满分100分", "{points}"),
        ("投入得分4.50分", "{dimension.input.score}"),
        ("自评96分", "{self.score}"),
        ("31.18 of 32 points", "{dimension.output.score}"),
    ],
)
def test_a_typed_number_that_is_a_score_is_remarked(hrss: Evaluation, text: str, room: str) -> None:
    (problem,) = problems(concluding(hrss, text))
    assert (problem.level, room in problem.fix.zh, room in problem.fix.en) == ("warning", True, True)


@pytest.mark.parametrize(
    "text",
    [
        "得分{total}分，{points}分",
        "The score is {total}; {total} points",
        "{{84.53}}",
        "比自评低11.37分",
        "自评高出了 12.3 分，每个问题扣2.5分",
        "距“优”差5.37分",
        "5.37分即可达到优",  # what is lacking to the next grade, with no word that says so
        "77.5分以上、30分钟、3分之一、12分别、45分项",
        "得分率93.21%，得分 50%",
        "80–89分为良，80～89分",
        "完成77项任务，得分 33 项",
        "77.7 percentage points; 3.3 points higher; lost 3.3 points; scored 77 targets; point 77",
        "from 77.1 to 78.2 points",
    ],
)
def test_what_is_no_score_is_left_alone(hrss: Evaluation, text: str) -> None:
    assert problems(concluding(hrss, text)) == []


def test_advice_may_ask_for_round_scores_but_not_tell_another(hrss: Evaluation) -> None:
    assert problems(advising(hrss, "力争得分 95 分，每项按 5.5 分设定")) == []
    (problem,) = problems(advising(hrss, "本年得分84.53分"))
    assert (problem.level, problem.place.file, problem.place.column) == ("error", "recommendations.csv", "text")


def test_without_points_no_number_is_held_against_a_total(hrss: Evaluation) -> None:
    assert [one for one in problems(without_points(concluding(hrss, "得分84.63分"))) if "{total}" in one.fix.en] == []


def test_a_name_that_there_is_not_is_refused_with_near_ones(hrss: Evaluation) -> None:
    (problem,) = problems(concluding(hrss, "得分{totl}分"))
    assert (problem.level, problem.found) == ("error", "{totl}")
    assert problem.fix.en.startswith("did you mean {total}")
    assert problem.fix.en.endswith("twice, {{ }}")
    (problem,) = problems(concluding(hrss, "投入{dimension.inputs.score}分"))
    assert "{dimension.input.score}" in problem.fix.zh


@pytest.mark.parametrize("text", ["a { b", "a } b", "{total"])
def test_a_brace_without_its_other_is_refused(hrss: Evaluation, text: str) -> None:
    assert [(p.level, p.what.en) for p in problems(concluding(hrss, text))] == [("error", "a brace without its other")]


def test_a_number_that_has_no_value_is_remarked(hrss: Evaluation) -> None:
    (problem,) = problems(concluding(hrss, "执行率{formula.procurement_execution_rate}"))
    assert (problem.level, problem.found) == ("warning", "{formula.procurement_execution_rate}")


def test_data_with_a_contradicting_conclusion_is_refused_with_everything_else_that_is_wrong(copy: Copy) -> None:
    copy.set("profile", {"key": "conclusion"}, "text", "得分84.53分")
    copy.set("profile", {"key": "conclusion"}, "text_en", "The score is {totl}.")
    copy.set("published", {"published": "grade"}, "number", "grades")
    with pytest.raises(InputRefused) as refusal:
        copy.evaluate()
    assert [(p.place.column, p.found) for p in refusal.value.problems] == [("number", "grades"), ("text", "84.53"), ("text_en", "{totl}")]


def test_the_conclusion_follows_the_data(copy: Copy) -> None:
    copy.set("facts", {"fact": "assessment_score"}, "value", "81.75")
    checked = evaluate_year(copy.folder, "hrss", 2023)
    assert checked.evaluation.total == Decimal("83.63")
    said = Report(checked).section("conclusion").html
    assert f"得分{checked.evaluation.total}分" in said
    assert "84.63" not in said
