"""The six methods and how sure the grade is: worked by hand where there is data, said plainly where there is none."""

from __future__ import annotations

import re
import shutil
import tomllib
from dataclasses import replace
from decimal import Decimal
from typing import Any, get_args

import pytest
from bs4 import BeautifulSoup

from evallib.analysis.changes import Change, ScoreChange
from evallib.analysis.improve import to_next_grade
from evallib.analysis.sensitivity import DRAWS, measured, simulate
from evallib.analysis.six_methods import METHODS, costs, history, missed_targets
from evallib.analysis.what_if import apply
from evallib.data.years import evaluate_year
from evallib.methods.experts import judge_panel
from evallib.methods.questionnaires import intervals, questionnaires
from evallib.model.errors import InputRefused
from evallib.model.evaluation import Evaluation
from evallib.model.optional_rows import Survey
from evallib.model.units import round_half_up
from evallib.model.words import LANGS, Lang
from evallib.model.years import EvaluatedYear
from evallib.pages.report import Report
from evallib.score.answers import SCALES
from tests.conftest import DATA, GOLDEN, Copy

FOLDER = GOLDEN / "methods"
CASES = tomllib.loads((FOLDER / "methods.toml").read_text(encoding="utf-8"))
REAL = evaluate_year(DATA, "hrss", 2023).evaluation


@pytest.fixture
def filled(copy: Copy) -> Copy:
    """The real data with the made-up optional tables beside it."""
    for table in (FOLDER / "year").iterdir():
        shutil.copy(table, copy.year)
    return copy


def part(evaluation: Evaluation, lang: Lang, method: str, previous: Evaluation | None = None) -> str:
    """What a page says under the heading of one method."""
    page = BeautifulSoup(Report(EvaluatedYear(evaluation, previous, ()), lang).section("methods").html, "html.parser")
    heading = page.find("h3", id=f"m-{method}")
    assert heading is not None
    said = []
    for sibling in heading.find_next_siblings():
        if sibling.name == "h3":
            break
        said.append(sibling.get_text(" "))
    return " ".join(" ".join(said).split())


def certainty(evaluation: Evaluation, lang: Lang) -> str:
    report = Report(EvaluatedYear(evaluation, None, ()), lang)
    html = report.section("certainty").html + report.section("conclusion").html
    return " ".join(BeautifulSoup(html, "html.parser").get_text(" ").split())


def test_every_method_of_the_evaluation_has_its_heading_in_its_order_or_is_named_at_the_end() -> None:
    for lang in LANGS:
        page = BeautifulSoup(Report(EvaluatedYear(REAL, None, ()), lang).section("methods").html, "html.parser")
        headings = [METHODS[id][lang] for id in ("targets", "history", "questionnaire")]
        assert [h.get_text() for h in page.find_all("h3")] == headings
        at_the_end = "".join(p.get_text() for p in page.find_all("p")[-2:])
        assert [name[lang] for name in METHODS.values() if name[lang] not in at_the_end] == headings


@pytest.mark.parametrize(
    ("method", "zh", "en"),
    [
        ("targets", "19 个目标中 17 个达标", "17 of 19 targets were met"),
        ("history", "26,000.00元 (2022) 27,800.00元 +6.92%", "26,000.00 yuan (2022) 27,800.00 yuan +6.92%"),
        ("questionnaire", "95% 置信区间 67.20% 至 93.08%", "95% confidence interval 67.20% to 93.08%"),
        ("questionnaire", "约需 97 份有效答卷", "about 97 valid answers would be needed"),
        ("questionnaire", "既不能证明达到了目标，也不能证明没有达到", "proves neither that the target was met nor that it was missed"),
        ("questionnaire", "30 份的 84% 是 25.2 份，不是整数", "84% of 30 answers is 25.2, not a whole number"),
        ("questionnaire", "成本效益法（“成本与成果”表 cost_results ）", "Cost-benefit (the table Costs and results cost_results )"),
        ("questionnaire", "专家评价法（“专家评分”表 expert_scores ）", "Expert judgement (the table Expert scores expert_scores )"),
        ("questionnaire", "evallib overview 2023", "evallib overview 2023"),
    ],
)
def test_the_real_department_is_told_what_each_method_shows_or_lacks(method: str, zh: str, en: str) -> None:
    assert zh in part(REAL, "zh", method)
    assert en in part(REAL, "en", method)


@pytest.mark.parametrize(
    ("method", "zh", "en"),
    [
        ("cost", "2023 66万元 0.11万人次 600.00 +20.00%", "2023 660,000 yuan 1,100 person-times 600.00 +20.00%"),
        ("cost", "成果为零，无定义", "no result: not defined"),
        ("cost", "培训补贴只用于这些学员", "The subsidy is spent on these trainees only"),
        ("experts", "4 位专家为 2 项指标各自评分", "4 experts scored 2 indicators"),
        ("experts", "专家 丁 评 0 分，理由“未见执行记录”", "expert 丁 gave 0, for the reason “No trace of its use”"),
        ("questionnaire", "办事群众 50 84.00%", "Service users 50 84.00%"),
        ("questionnaire", "合计 70 85.71% 75.66%–92.05%", "All 70 85.71% 75.66%–92.05%"),
    ],
)
def test_where_there_is_data_the_page_shows_the_result(filled: Copy, method: str, zh: str, en: str) -> None:
    evaluation = filled.evaluate()
    assert zh in part(evaluation, "zh", method)
    assert en in part(evaluation, "en", method)


def test_without_targets_facts_or_forms_the_methods_are_left_out() -> None:
    record = REAL.record.model_copy(update={"facts": (), "targets": ()})
    report = Report(EvaluatedYear(replace(REAL, record=record, targets=(), formulas=()), None, ()), "en")
    assert report.absent["methods"].en == "nothing recorded"
    assert report.section("methods").html == ""


def test_a_missed_target_comes_with_its_reason_and_its_remedy() -> None:
    first = REAL.record.recommendations[0]
    finding = REAL.record.findings[0].model_copy(update={"indicator": "quality", "recommendation": first.id})
    advised = replace(REAL, record=REAL.record.model_copy(update={"findings": (finding,)}))
    found = {d.target.id: d for d in missed_targets(advised)}
    assert found["quality"].row.evidence_words.zh.startswith("考核通报")
    assert [r.id for r in found["quality"].remedies] == [first.id]
    assert found["public_satisfaction"].remedies == ()


@pytest.mark.parametrize("case", CASES["cost"], ids=lambda c: c["id"])
def test_cost_over_result_as_worked_by_hand(filled: Copy, case: dict[str, Any]) -> None:
    series = next(c for c in costs(filled.evaluate()) if c.id == case["id"])
    assert series.unit.symbol == case["unit"]
    assert [y.cost for y in series.years] == [Decimal(v) for v in case["costs"]]
    assert [y.quantity for y in series.years] == [Decimal(v) for v in case["quantities"]]
    assert [y.unit_cost for y in series.years] == [Decimal(v) if v else None for v in case["unit_costs"]]
    change = series.years[1].change
    assert change is not None
    assert change.rate == (Decimal(case["rate"]) if case["rate"] else None)


def test_nothing_is_divided_where_nothing_ties() -> None:
    assert costs(REAL) == ()


def test_the_experts_as_worked_by_hand(filled: Copy) -> None:
    panel, case = judge_panel(filled.evaluate()), CASES["experts"]
    assert panel is not None
    assert {i.indicator.id: str(i.final) for i in panel.items} == case["finals"]
    assert {i.indicator.id: [o.expert for o in i.outliers] for i in panel.items} == case["outliers"]
    assert {i.indicator.id: i.abstained for i in panel.items} == case["abstained"]


def test_the_framework_says_how_scores_of_experts_become_one(filled: Copy) -> None:
    filled.replace(filled.framework, "[rounding]", '[experts]\nkind = "consensus"\nlimit = 0.5\n\n[rounding]')
    panel = judge_panel(filled.evaluate())
    assert panel is not None
    assert [i.final for i in panel.items] == [None, Decimal("1.67")]  # 0 and 1.5 are more than half of 2 points apart; (1.5 + 1.5 + 2) / 3
    assert "意见不一致" in part(filled.evaluate(), "zh", "experts")


def test_a_draft_has_its_page_where_all_experts_abstained_from_an_indicator(filled: Copy) -> None:
    table = filled.year / "expert_scores.csv"
    table.write_text(re.sub(r"(internal_control,.),[\d.]+,", r"\1,,", table.read_text(encoding="utf-8")), encoding="utf-8")
    checked = evaluate_year(filled.folder, "hrss", 2023, draft=True)
    assert "panel.unscored" in [problem.code for problem in checked.remarks]
    assert "4 experts scored 1 indicator," in part(checked.evaluation, "en", "experts")


def test_without_a_rule_for_experts_the_extremes_are_left_out() -> None:
    assert REAL.framework.experts.kind == "trimmed_mean"
    assert judge_panel(REAL) is None


def test_the_questionnaire_as_worked_by_hand(filled: Copy) -> None:
    (found,), case = questionnaires(filled.evaluate()), CASES["questionnaire"]
    everybody = found.result.overall
    assert found.counted
    assert [str(g.rate) for g in found.result.groups] == case["groups"]
    assert everybody.rate is not None
    assert everybody.interval is not None
    assert (everybody.response.valid, everybody.response.blank, everybody.verdict) == (case["valid"], 3, case["verdict"])
    shown = [str(round_half_up(v, 4)) for v in (everybody.rate, everybody.interval.low, everybody.interval.high)]
    assert shown == [case["rate"], case["low"], case["high"]]


def test_weights_are_percents_of_the_whole(filled: Copy) -> None:
    filled.replace(filled.year / "surveys.csv", "Service users,five_point,,", "Service users,five_point,60,")
    filled.replace(filled.year / "surveys.csv", "Staff,five_point,,", "Staff,five_point,40,")
    (found,) = questionnaires(filled.evaluate())
    assert found.result.overall.rate == Decimal("0.864")  # 0.6 x 0.84 + 0.4 x 0.9


def test_every_scale_of_the_table_can_be_read() -> None:
    assert set(SCALES) == set(get_args(Survey.model_fields["scale"].annotation))


def test_a_printed_rate_is_never_passed_off_as_counted_answers() -> None:
    (found,) = questionnaires(REAL)
    assert not found.counted
    assert (found.result.overall.response.valid, found.result.needed) == (30, 97)


@pytest.mark.parametrize("drop", ["questionnaires_valid", "target"])
def test_without_the_number_of_forms_or_a_target_there_is_no_questionnaire(drop: str) -> None:
    facts = tuple(f for f in REAL.record.facts if f.fact != drop)
    targets = tuple(t for t in REAL.targets if drop != "target" or t.id != "public_satisfaction")
    assert questionnaires(replace(REAL, record=REAL.record.model_copy(update={"facts": facts}), targets=targets)) == ()


def test_answers_that_contradict_the_actual_are_remarked(filled: Copy) -> None:
    (remark,) = [r for r in evaluate_year(filled.folder, "hrss", 2023).remarks if r.code == "questionnaire"]
    assert (remark.level, remark.found, remark.place.column) == ("warning", "84.00%", "actual")
    assert "85.71%" in remark.describe("en")


def test_answers_that_give_the_actual_are_not_remarked(filled: Copy) -> None:
    filled.replace(filled.year / "surveys.csv", "public_satisfaction,干部职工,Staff,five_point,,,20,20,questionnaire-2023,二\n", "")
    answers = filled.year / "survey_answers.csv"
    filled.replace(
        answers,
        "public_satisfaction,干部职工,满意,18,questionnaire-2023,二\npublic_satisfaction,干部职工,一般,2,questionnaire-2023,二\n",
        "",
    )
    assert not [r for r in evaluate_year(filled.folder, "hrss", 2023).remarks if r.code == "questionnaire"]


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda c: c["says"][1])
def test_a_mistake_in_the_optional_tables_is_refused_at_its_row(filled: Copy, case: dict[str, Any]) -> None:
    filled.replace(filled.year / f"{case['table']}.csv", case["old"], case["new"])
    with pytest.raises(InputRefused) as refusal:
        filled.evaluate()
    problem = refusal.value.problems[0]
    assert case["says"][0] in problem.describe("zh")
    assert case["says"][1] in problem.describe("en")
    assert [problem.place.file.split("/")[-1], problem.place.row or 0, problem.place.column or ""] == case["at"]


def test_last_year_is_compared_number_by_number() -> None:
    last = replace(REAL, record=REAL.record.model_copy(update={"year": 2022}))
    found = history(REAL, last)
    assert {line.change.difference for line in found.targets} == {Decimal(0)}
    assert len(found.targets) == len(REAL.targets)
    assert "上年（2022）总分 84.63，本年 84.63" in part(REAL, "zh", "history", last)


def apply_scores(evaluation: Evaluation, rates: dict[str, Decimal]) -> Evaluation:
    changes: list[Change] = [ScoreChange(indicator=id, score=evaluation.indicator(id).points * rate) for id, rate in rates.items()]
    return apply(evaluation, changes)


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        (
            "zh",
            [
                "评定从严时，在 1,000 次模拟中",
                "评定从宽时",
                "总分 84.63 的范围是",
                "评价得分 84.63 本身不因此改变",
                "社会公众或服务对象满意度的实际值在 67.20% 与 93.08% 之间",
                "种子 2023",
            ],
        ),
        ("zh", ["怎样才能到“优”", "距“优”还差 5.37 分；改进 3 项即可达到，总分 91.13", "84.00% → 90.00% +2.00 89.13"]),
        (
            "en",
            [
                "With stricter evaluators, the grade stays “Good” in",
                "With more lenient evaluators, the grade stays “Good” in",
                "The range of the total of 84.63 is",
                "the total always lies between the two ends",
                "The total of 84.63 itself is not changed by this",
                "seed 2023",
                f"{DRAWS:,} cases drawn at random",
            ],
        ),
        (
            "en",
            [
                "What would bring Excellent",
                "5.37 points short of “Excellent”; 3 improvements would be enough",
                "84.00% → 90.00% +2.00 89.13",
            ],
        ),
    ],
)
def test_the_page_says_how_sure_the_grade_is_and_what_would_raise_it(lang: Lang, said: list[str]) -> None:
    page = certainty(REAL, lang)
    assert [text for text in said if text not in page] == []


def test_the_interval_of_the_questionnaire_goes_into_the_simulation() -> None:
    given = intervals(REAL, measured(REAL))
    assert {id: tuple(round_half_up(v, 2) for v in ends) for id, ends in given.items()} == {
        "public_satisfaction": (Decimal("67.20"), Decimal("93.08"))
    }
    assert simulate(REAL, intervals=given, draws=DRAWS).influences[0].indicator == "public_satisfaction"


def test_a_score_set_by_hand_takes_no_interval() -> None:
    overridden = apply_scores(REAL, {"public_satisfaction": Decimal("0.9")})
    assert intervals(overridden, measured(overridden)) == {}
    assert "67.20%" not in certainty(overridden, "zh")


def test_the_share_of_a_grade_hardly_depends_on_the_seed() -> None:
    given = intervals(REAL, measured(REAL))
    found = [next(s for s in simulate(REAL, intervals=given, draws=DRAWS, seed=n).shares if s.grade == "good") for n in range(8)]
    for shares in ([s.stricter for s in found], [s.lenient for s in found]):
        assert max(shares) - min(shares) < Decimal("0.03")


def test_at_the_best_grade_the_page_asks_for_nothing_more() -> None:
    best = apply(REAL, [change for step in to_next_grade(REAL).needed for change in step.changes])
    assert "已是最高等级" in certainty(best, "zh")
    assert "The best grade is already reached" in certainty(best, "en")


@pytest.mark.parametrize("lang", LANGS)
def test_what_is_recorded_is_escaped(filled: Copy, lang: Lang) -> None:
    for table, old, new in (
        ("cost_results", "Arbitration has a budget line of its own.", "<script>a</script>"),
        ("cost_results", "仲裁经费单列。", "<script>b</script>"),
        ("expert_scores", "未见执行记录。", "<script>c</script>"),
        ("surveys", "Staff", "<script>d</script>"),
    ):
        filled.replace(filled.year / f"{table}.csv", old, new)
    html = Report(evaluate_year(filled.folder, "hrss", 2023), lang).section("methods").html
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_amounts_stand_in_the_order_of_the_data_the_oldest_year_first() -> None:
    fact = next(f for f in REAL.record.facts if (f.fact, f.year) == ("three_public_budget", 2022))
    older = [fact.model_copy(update={"fact": id, "year": year}) for id, year in (("staff_quota", 2022), ("tasks", 2022), ("tasks", 2021))]
    units = {"staff_quota": "人", "tasks": "项"}
    rows = tuple(f.model_copy(update={"unit": units[f.fact]}) for f in older)
    found = history(replace(REAL, record=REAL.record.model_copy(update={"facts": (*rows, *REAL.record.facts)})), None)
    assert [(line.link, line.year) for line in found.facts] == [
        ("f-tasks-2023", 2022),
        ("f-staff_quota-2023", 2022),
        ("f-three_public_budget-2023", 2022),
    ]


def test_a_form_that_cannot_be_read_is_in_no_rate(filled: Copy) -> None:
    before = questionnaires(filled.evaluate())[0].result.overall
    filled.replace(filled.year / "survey_answers.csv", "办事群众,,3", "办事群众,无效,3")
    after = questionnaires(filled.evaluate())[0].result.overall
    assert (before.response.blank, after.response.off_scale) == (3, 3)
    assert before.rate == after.rate
