"""Scoring a department's year: the published result, and which numbers move when one fact moves."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from evallib.analysis.documents import score_document
from evallib.model.evaluation import Draft, Evaluation, IndicatorResult, Range
from evallib.model.expression import EXACT
from evallib.model.in_force import indicators_in_force
from evallib.model.words import Lang, Words, words
from evallib.say.reconciliation import reason
from evallib.say.workings import (
    formula_working,
    indicator_clause,
    indicator_evidence,
    indicator_note,
    indicator_rule,
    indicator_working,
    scaled_text,
)
from evallib.score.reconcile import reconcile
from evallib.score.scoring import evaluate
from tests.conftest import GOLDEN, Copy
from tests.score.small import YEAR, fact, finding, framework, indicator, judgement, own, record, source, target

Say = Callable[[Evaluation, IndicatorResult, Lang], str]
PUBLISHED = tomllib.loads((GOLDEN / "hrss_2023.toml").read_text(encoding="utf-8"))


def test_the_published_total_and_grade(hrss: Evaluation) -> None:
    document = score_document(hrss, "zh")
    assert {key: document[key] for key in ("total", "grade", "points")} == {key: PUBLISHED[key] for key in ("total", "grade", "points")}


def test_the_published_sections(hrss: Evaluation) -> None:
    found = {d["id"]: [d["score"], d["points"], d["rate"]] for d in score_document(hrss, "zh")["dimensions"]}
    assert found == PUBLISHED["dimensions"]


def test_the_published_rates(hrss: Evaluation) -> None:
    rates = score_document(hrss, "zh")["formulas"]
    assert {id: rates[id] for id in PUBLISHED["rates"]} == PUBLISHED["rates"]


def test_the_published_completion_rates(hrss: Evaluation) -> None:
    rates = {t["id"]: t["completion_rate"] for t in score_document(hrss, "zh")["targets"]}
    assert {id: rates[id] for id in PUBLISHED["completion_rates"]} == PUBLISHED["completion_rates"]


def test_a_rate_whose_inputs_are_missing_is_not_a_number(hrss: Evaluation) -> None:
    formula = hrss.formula("procurement_execution_rate")
    assert formula.value is None
    assert "缺少" in formula_working(hrss, formula, "zh")
    assert "missing" in formula_working(hrss, formula, "en")


def test_every_published_figure_agrees_or_is_explained(hrss: Evaluation) -> None:
    rows = reconcile(hrss)
    assert len(rows) > 140
    assert {row.verdict for row in rows} == {"agrees", "recorded", "not_computable"}
    assert [row.id for row in rows if row.verdict == "recorded"] == [
        "text_arbitration_target",
        "text_inspection_target",
        "finding_8_product",
    ]
    assert all(said.zh and said.en for row in rows for said in [reason(hrss, row)] if row.verdict != "agrees")


def test_scores_are_rounded_one_by_one_and_then_summed(hrss: Evaluation) -> None:
    assert all(i.score == i.score.quantize(Decimal("0.01")) for i in hrss.indicators if i.score is not None)
    assert sum(i.score or 0 for i in hrss.indicators) == hrss.total


def test_every_indicator_is_marked_reconstructed(hrss: Evaluation) -> None:
    assert {i.basis for i in hrss.indicators} == {"reconstructed"}
    assert {d.basis for d in hrss.dimensions} == {"published"}


def test_every_score_shows_its_working_in_both_languages(hrss: Evaluation) -> None:
    for i in hrss.indicators:
        assert f"{i.score:.2f}" in indicator_working(hrss, i, "zh")
        assert f"{i.score:.2f}" in indicator_working(hrss, i, "en")
    staffing = told(indicator_working, hrss, hrss.indicator("staffing_control"))
    assert staffing.zh.startswith("51人 ÷ 48人 = 106.25%；高于 100% 共 6.25 个百分点")
    assert staffing.en.startswith("51 people ÷ 48 people = 106.25%; 6.25 percentage points above 100%")


CHANGES = [
    # table, row, column, new value, formulas that move, indicators that move
    ("facts", {"fact": "staff_administrative"}, "value", "18", {"staffing_control_rate"}, {"staffing_control"}),
    ("facts", {"fact": "projects_monitored"}, "value", "18", {"monitoring_coverage_rate"}, {"monitoring_coverage"}),
    ("facts", {"fact": "assessment_score"}, "value", "80", {"quality_rate"}, {"quality"}),
    ("facts", {"fact": "registered_unemployed"}, "value", "2000", {"registered_unemployment_rate"}, {"urban_unemployment"}),
    (
        "facts",
        {"fact": "operating_expense_outturn"},
        "value",
        "976405.20",
        {"operating_expense_control_rate"},
        {"operating_expense_control"},
    ),
    ("facts", {"fact": "assets_idle_value"}, "value", "5000000", {"asset_utilisation_rate"}, {"asset_utilisation"}),
    ("facts", {"fact": "key_tasks_completed"}, "value", "2", {"key_task_completion_rate"}, {"key_tasks"}),
    ("targets", {"indicator": "urban_new_jobs"}, "actual", "400", set(), {"urban_new_jobs"}),
    ("targets", {"indicator": "public_satisfaction"}, "actual", "90", set(), {"public_satisfaction"}),
    ("judgements", {"item": "carried_out"}, "verdict", "met", set(), {"management_system"}),
    ("findings", {"finding": "5"}, "indicator", "basic_information", set(), {"fund_compliance", "basic_information"}),
]


@pytest.mark.parametrize(
    ("table", "key", "column", "value", "formulas", "indicators"), CHANGES, ids=lambda x: str(x) if isinstance(x, dict) else None
)
def test_one_change_moves_what_depends_on_it_and_nothing_else(
    hrss: Evaluation, copy: Copy, table: str, key: dict[str, str], column: str, value: str, formulas: set[str], indicators: set[str]
) -> None:
    copy.set(table, key, column, value)
    changed = copy.evaluate()
    assert {a.id for a, b in zip(hrss.formulas, changed.formulas, strict=True) if a.value != b.value} == formulas
    assert {a.id for a, b in zip(hrss.indicators, changed.indicators, strict=True) if a.score != b.score} == indicators
    before = {i.id: indicator_working(hrss, i, "zh") for i in hrss.indicators}
    after = {i.id: indicator_working(changed, i, "zh") for i in changed.indicators}
    assert {id for id in before if before[id] != after[id]} == indicators
    moved = sum((changed.indicator(id).score or 0) - (hrss.indicator(id).score or 0) for id in indicators)
    assert changed.total - hrss.total == moved


def test_an_evaluation_reads_back_as_it_was_written(hrss: Evaluation) -> None:
    assert Evaluation.from_json(hrss.to_json()) == hrss


def test_evaluating_twice_gives_the_same_bytes(hrss: Evaluation) -> None:
    assert evaluate(hrss.framework, hrss.record).to_json() == hrss.to_json()


def test_a_missing_value_scores_nothing_and_shows_in_the_coverage(copy: Copy) -> None:
    copy.set("facts", {"fact": "projects_monitored"}, "value", "")
    copy.set("judgements", {"indicator": "procurement_execution"}, "indicator", "monitoring_coverage")
    e = copy.evaluate()
    procurement, monitoring = e.indicator("procurement_execution"), e.indicator("monitoring_coverage")
    assert (procurement.status, procurement.score, procurement.value) == ("missing", Decimal("0.00"), None)
    assert (monitoring.status, monitoring.method, monitoring.score) == ("scored", "judged", Decimal("2.00"))
    assert (e.coverage.indicators, e.coverage.indicators_scored) == (39, 38)


def test_zero_is_neither_missing_nor_not_applicable(hrss: Evaluation) -> None:
    monitoring = hrss.indicator("monitoring_coverage")
    assert (monitoring.status, monitoring.value, monitoring.score) == ("scored", 0, Decimal("0.00"))


def test_a_zero_base_has_no_rate(copy: Copy) -> None:
    copy.set("facts", {"fact": "three_public_budget", "year": "2022"}, "value", "0")
    e = copy.evaluate()
    formula = e.formula("three_public_change_rate")
    assert (formula.value, formula.state) == (None, "undefined")
    assert "基数为零" in formula_working(e, formula, "zh")


def test_an_indicator_that_does_not_apply_is_left_out_and_the_rest_scaled(copy: Copy) -> None:
    copy.set("judgements", {"indicator": "procurement_execution"}, "kind", "not_applicable")
    e = copy.evaluate()
    indicator = e.indicator("procurement_execution")
    assert (indicator.status, indicator.score, indicator.lost) == ("not_applicable", None, 0)
    assert e.points == 100
    assert e.total == Decimal("84.32")  # 82.63 of 98, scaled to 100: 84.316…
    assert scaled_text(e) == words(
        "计分的指标共 98 分，得 82.63 分，折算为满分 100 分；未计入：政府采购执行率（不适用）。",
        "The indicators that count score 82.63 of 98 points, scaled to 100; left out: Procurement execution rate (not applicable).",
    )


def test_a_total_that_is_not_scaled_says_nothing_of_it(hrss: Evaluation) -> None:
    assert not scaled_text(hrss)


def test_an_override_keeps_the_formulas_score_visible(copy: Copy) -> None:
    copy.set("judgements", {"indicator": "procurement_execution"}, "kind", "override")
    copy.set("judgements", {"indicator": "procurement_execution"}, "score", "1.5")
    copy.set("judgements", {"indicator": "procurement_execution"}, "indicator", "urban_new_jobs")
    e = copy.evaluate()
    indicator = e.indicator("urban_new_jobs")
    assert (indicator.method, indicator.score, indicator.formula_score) == ("overridden", Decimal("1.50"), Decimal("2.00"))
    assert "完成率 116.63%" in told(indicator_working, e, indicator).zh
    assert "1.50" in told(indicator_working, e, indicator).zh


@pytest.mark.parametrize(("assessment", "grade"), [("91.75", "良"), ("100", "良"), ("50", "良"), ("45", "中")])
def test_the_grade_follows_the_rounded_total(copy: Copy, assessment: str, grade: str) -> None:
    copy.set("facts", {"fact": "assessment_score"}, "value", assessment)
    assert copy.evaluate().grade.zh == grade


def test_a_grade_begins_at_its_limit(hrss: Evaluation) -> None:
    found = [hrss.framework.grade_of(Decimal(total)) for total in ("0", "59.99", "60", "79.99", "80", "89.99", "90", "100")]
    grades = [grade.name if grade else "" for grade in found]
    assert grades == ["差", "差", "中", "中", "良", "良", "优", "优"]


# a year small enough to work everything out by hand

SMALL: dict[str, Any] = {
    "sources": (source("report", "公布报告", "Published report"),),
    "facts": (fact("projects_monitored", "12", "个"), fact("projects", "16", "个")),
    "judgements": (
        judgement("system", "item", item="a", verdict="met"),
        judgement("duties", "award", score="0.9"),
    ),
    "findings": (finding("5", "compliance"),),
    "own_indicators": (own("jobs", "results", "3"),),
    "targets": (target("jobs", ">=", "400", "人", actual="350", evidence="就业台账；", evidence_en="Ledger of jobs;"),),
}


def told(say: Say, e: Evaluation, i: IndicatorResult) -> Words:
    """What is said of an indicator, in both languages."""
    return words(say(e, i, "zh"), say(e, i, "en"))


def small(changed: dict[str, Any] | None = None, more: tuple[Any, ...] = (), **tables: Any) -> Evaluation:
    """The small year, its framework changed, with more judgements or with other tables."""
    judged = SMALL["judgements"] + more
    return evaluate(framework(**(changed or {})), record(**(SMALL | {"judgements": judged} | tables)))


def test_the_departments_own_indicators_come_in_their_group() -> None:
    given = record(own_indicators=(own("jobs", "results", "2"), own("stray", "tasks", "1"), own("training", "results", "1")))
    assert [i.id for i in indicators_in_force(framework(), given)] == ["monitoring", "system", "compliance", "duties", "jobs", "training"]


def test_an_own_indicator_takes_the_rule_of_its_group_and_the_rest_from_its_row() -> None:
    given = record(own_indicators=(own("jobs", "results", "2", name="就业", name_en="", formula="quality_rate"),))
    jobs = indicators_in_force(framework(), given)[-1]
    assert (jobs.name, jobs.name_en, jobs.group, jobs.points, jobs.basis, jobs.value) == (
        "就业",
        "就业",
        "results",
        2,
        "own",
        "quality_rate",
    )
    assert (jobs.rule.form, jobs.source, jobs.clause) == ("proportional", "report", "四(二)")


def test_an_own_indicator_without_a_formula_has_none() -> None:
    jobs = indicators_in_force(framework(), record(own_indicators=(own("jobs", "results", "2"),)))[-1]
    assert (jobs.value, jobs.name_en) == ("", "New jobs")


def test_scores_add_up_to_groups_dimensions_and_total() -> None:
    e = small()
    # 12 of 16 of 3 points; ticked; 2 less a half; judged; 350 of 400 of 3 points are 2.625
    assert [(i.id, str(i.score)) for i in e.indicators] == [
        ("monitoring", "2.25"),
        ("system", "1.00"),
        ("compliance", "1.50"),
        ("duties", "0.90"),
        ("jobs", "2.63"),
    ]
    assert [(g.id, g.dimension, g.score, g.points, g.rate, g.basis) for g in e.groups] == [
        ("staff", "input", Decimal("3.25"), 4, Decimal("0.8125"), "published"),
        ("funds", "input", Decimal("1.5"), 2, Decimal("0.75"), "reconstructed"),
        ("tasks", "work", Decimal("0.9"), 1, Decimal("0.9"), "published"),
        ("results", "work", Decimal("2.63"), 3, EXACT.divide(Decimal("2.63"), 3), "published"),
    ]
    assert [(d.id, d.name.en, d.dimension, d.score, d.points) for d in e.dimensions] == [
        ("input", "Input", "input", Decimal("4.75"), 6),
        ("work", "Work", "work", Decimal("3.53"), 4),
    ]
    assert (str(e.total), e.points, e.grade, e.grade_id) == ("8.28", 10, words("良", "Good"), "good")
    assert (e.coverage.indicators, e.coverage.indicators_scored, e.coverage.points, e.coverage.points_scored) == (5, 5, 10, 10)


def test_a_draft_counts_what_its_own_indicators_may_still_bring() -> None:
    e = small()
    known = e.record.model_copy(update={"own_indicators": (), "targets": ()})
    draft = evaluate(e.framework, known, Draft((), ()))
    # 2.25 + 1.00 + 1.50 + 0.90 are certain, the 3 points of results are not: from fair to good
    assert (draft.total, draft.points, draft.grade_id) == (Decimal("5.65"), 10, "")
    assert draft.open == Range(Decimal("5.65"), Decimal("8.65"), ())
    assert (draft.coverage.points, draft.coverage.points_scored, draft.coverage.indicators) == (10, 7, 4)
    assert draft.draft == Draft((), ())
    assert evaluate(e.framework, known).open is None  # no draft: there are no more


@pytest.mark.parametrize(("cap", "high"), [("1.2", "9.25"), ("0.5", "8.65")])
def test_what_a_draft_may_still_bring_is_the_most_that_any_rule_gives(cap: str, high: str) -> None:
    """To 5.65 that are certain come 3 points at 120%; below 100% another rule may be written than that of the group."""
    made = framework()
    groups = [g.model_dump(by_alias=True) for g in made.groups]
    groups[-1]["own_rule"] = {"kind": "proportional", "of": "completion", "cap": cap}
    e = small({"group": groups}, own_indicators=(), targets=())
    draft = evaluate(e.framework, e.record, Draft((), ()))
    assert draft.open == Range(Decimal("5.65"), Decimal(high), ())


def test_what_is_to_be_done_opens_its_indicator_in_a_draft() -> None:
    e = small()
    draft = evaluate(e.framework, e.record, Draft((), ("compliance",)))
    opened, others = draft.indicator("compliance"), [i for i in draft.indicators if i.id != "compliance"]
    assert (opened.status, opened.score, opened.formula_score, opened.award, opened.value, opened.counted) == (
        *("missing", None, None, None, None),
        True,
    )
    assert [i.score for i in others] == [i.score for i in e.indicators if i.id != "compliance"]
    assert (draft.total, draft.grade_id, draft.open) == (Decimal("6.78"), "", Range(Decimal("6.78"), Decimal("8.78"), ("compliance",)))
    assert (draft.coverage.points, draft.coverage.points_scored, draft.coverage.indicators_scored) == (10, 8, 4)


@pytest.mark.parametrize("more", [(), (judgement("monitoring", "not_applicable"),)])
def test_of_what_is_open_in_a_draft_nothing_is_told_and_it_counts(more: tuple[Any, ...]) -> None:
    e = small(more=more)
    opened = evaluate(e.framework, e.record, Draft((), ("monitoring",))).indicator("monitoring")
    assert (opened.value, opened.award, opened.counted) == (None, None, True)


def test_what_was_measured_is_kept_with_its_unit() -> None:
    e = small()
    assert [(i.value, i.unit.symbol) for i in e.indicators] == [(Decimal("0.75"), "share"), (None, ""), (None, ""), (None, ""), (350, "人")]


def test_an_indicator_names_what_it_follows_from() -> None:
    e = small()
    assert [(i.formula, i.target, i.own, i.dimension, i.group) for i in e.indicators] == [
        ("monitoring_coverage_rate", None, False, "input", "staff"),
        (None, None, False, "input", "staff"),
        (None, None, False, "input", "funds"),
        (None, None, False, "work", "tasks"),
        (None, "jobs", True, "work", "results"),
    ]
    assert [(i.findings, [j.indicator for j in i.judgements]) for i in e.indicators] == [
        ((), []),
        ((), ["system"]),
        (("5",), []),
        ((), ["duties"]),
        ((), []),
    ]


def test_an_indicator_says_by_which_rule_it_is_scored() -> None:
    e = small()
    monitoring, jobs = e.indicator("monitoring"), e.indicator("jobs")
    assert (monitoring.rule, told(indicator_rule, e, monitoring).en) == ("proportional", "value × points, counted up to 100%")
    assert (jobs.rule, told(indicator_rule, e, jobs).en) == ("proportional", "completion × points, counted up to 100%")


def test_what_people_judged_is_not_called_computed() -> None:
    assert [i.method for i in small().indicators] == ["computed", "judged", "computed", "judged", "computed"]
    judged = small(targets=(target("jobs", ">=", "400", "人", actual="350", actual_by="judged"),))
    assert judged.indicator("jobs").method == "judged"


@pytest.mark.parametrize(
    ("id", "zh", "en"),
    [
        ("monitoring", "12个 ÷ 16个 = 75.00%；75.00% × 3.00 分 = 2.25 分", "12 ÷ 16 = 75.00%; 75.00% × 3.00 points = 2.25"),
        ("system", "甲（1.00 分）满足，合计 1.00 分", "A (1.00 points) met; 1.00 in all"),
        (
            "compliance",
            "1 个问题（5），每个扣 0.50 分：2.00 − 1 × 0.50 = 1.50 分",
            "1 finding (5), 0.50 points each: 2.00 − 1 × 0.50 = 1.50",
        ),
        ("duties", "评定（满分 1.00 分）：0.90 分", "judged, out of 1.00 points: 0.90"),
        (
            "jobs",
            "实际 350人；目标 400人；完成率 87.50%；87.50% × 3.00 分 = 2.6250 → 2.63 分",
            "actual 350 people; target 400 people; completion 87.50%; 87.50% × 3.00 points = 2.6250 → 2.63",
        ),
    ],
)
def test_the_working_leads_from_the_numbers_to_the_score(id: str, zh: str, en: str) -> None:
    e = small()
    assert told(indicator_working, e, e.indicator(id)) == words(zh, en)


def test_a_score_that_rounds_to_nothing_says_so() -> None:
    e = small(facts=(fact("projects_monitored", "1", "个"), fact("projects", "1000", "个")))
    i = e.indicator("monitoring")
    assert str(i.score) == "0.00"
    assert told(indicator_working, e, i).zh.endswith("0.10% × 3.00 分 = 0.0030 → 0.00 分")
    assert told(indicator_working, e, i).en.endswith("0.10% × 3.00 points = 0.0030 → 0.00")


def test_scores_have_the_decimals_of_the_framework() -> None:
    e = small({"rounding": {"scores": 1, "rates": 4, "mode": "half_up"}}, facts=())
    assert [str(i.score) for i in e.indicators] == ["0.0", "1.0", "1.5", "0.9", "2.6"]
    assert str(e.total) == "6.0"
    assert told(indicator_working, e, e.indicator("jobs")).zh.endswith(" × 3.00 分 = 2.6250 → 2.6 分")


@pytest.mark.parametrize(
    ("id", "zh", "en"),
    [
        ("monitoring", "", ""),
        ("system", "有台账", "There is a ledger"),
        ("compliance", "问题 5：超范围列支", "finding 5: Spent beyond its purpose"),
        ("jobs", "就业台账", "Ledger of jobs"),
    ],
)
def test_what_stands_behind_a_score_is_said(id: str, zh: str, en: str) -> None:
    e = small()
    assert (told(indicator_evidence, e, e.indicator(id)).zh, told(indicator_evidence, e, e.indicator(id)).en) == (zh, en)


def test_the_evidence_is_that_of_target_evaluators_and_findings_in_this_order() -> None:
    e = small(more=(judgement("jobs", "override", score="2"),), findings=(finding("5", "compliance"), finding("6", "jobs", title_en="")))
    assert told(indicator_evidence, e, e.indicator("jobs")) == words(
        "就业台账；有台账；问题 6：超范围列支", "Ledger of jobs; There is a ledger; finding 6: 超范围列支"
    )


def test_an_indicator_rests_on_a_clause_of_the_framework() -> None:
    e = small()
    clause = told(indicator_clause, e, e.indicator("monitoring"))
    assert clause == words("《评价办法》（财预〔2020〕10号）第三条", "Evaluation rules (财预〔2020〕10号), article 3")


def test_without_a_clause_the_document_stands_alone() -> None:
    made = indicator("duties", "tasks", 10, {"kind": "awarded"}, clause="", clause_en="")
    e = evaluate(framework(indicator=[made]), record())
    assert told(indicator_clause, e, e.indicators[0]) == words("《评价办法》（财预〔2020〕10号）", "Evaluation rules (财预〔2020〕10号)")


@pytest.mark.parametrize(
    ("sources", "zh", "en"),
    [
        ((source("report", "公布报告", "Published report"),), "《公布报告》四(二)", "Published report, 4(2)"),
        (
            (source("other", "其他"), source("report", "公布报告", "Published report", "〔2024〕5号")),
            "《公布报告》（〔2024〕5号）四(二)",
            "Published report (〔2024〕5号), 4(2)",
        ),
        ((), "《report》四(二)", "report, 4(2)"),
    ],
)
def test_an_own_indicator_rests_on_a_document_of_the_data(sources: tuple[Any, ...], zh: str, en: str) -> None:
    e = small(sources=sources)
    assert told(indicator_clause, e, e.indicator("jobs")) == words(zh, en)


def test_the_remark_on_an_indicator_is_kept() -> None:
    rule = {"kind": "awarded"}
    e = evaluate(framework(indicator=[indicator("duties", "tasks", 10, rule, note="推算", note_en="Inferred")]), record())
    assert told(indicator_note, e, e.indicators[0]) == words("推算", "Inferred")


def test_a_formula_without_its_facts_scores_nothing_and_says_what_is_missing() -> None:
    e = small(facts=())
    i = e.indicator("monitoring")
    assert (i.status, i.method, str(i.score), i.formula_score, i.value) == ("missing", "computed", "0.00", None, None)
    assert told(indicator_working, e, i) == words(
        "缺少已开展运行监控的项目数、项目数，无法计算；缺少数据，不得分",
        "cannot be computed: Projects monitored during the year, Projects missing; missing: no points",
    )


def test_a_judgement_that_was_not_made_scores_nothing_and_says_so() -> None:
    e = small(judgements=())
    i = e.indicator("duties")
    assert (i.status, i.method, str(i.score), i.formula_score) == ("missing", "judged", "0.00", None)
    assert told(indicator_working, e, i) == words(
        "缺少评定所需的资料；缺少数据，不得分", "what the rule needs is missing; missing: no points"
    )


def test_what_is_missing_counts_in_the_points_but_not_as_scored() -> None:
    e = small(facts=(), judgements=())
    assert (e.coverage.indicators, e.coverage.indicators_scored, e.coverage.points, e.coverage.points_scored) == (5, 2, 10, 5)
    assert (e.points, e.total) == (10, Decimal("4.13"))  # 1.5 and 2.63


def test_a_judgement_without_a_score_is_none() -> None:
    assert small(judgements=(judgement("duties", "award"),)).indicator("duties").status == "missing"


ITEMS = [{"id": "a", "name": "甲", "name_en": "A", "points": 6}, {"id": "b", "name": "乙", "name_en": "B", "points": 4}]


@pytest.mark.parametrize(
    ("verdicts", "status", "score"),
    [
        ({"a": "met", "b": "met"}, "scored", "10.00"),
        ({"a": "met", "b": "not_met"}, "scored", "6.00"),
        ({"a": "not_met", "b": "not_met"}, "scored", "0.00"),
        ({"a": "met"}, "missing", "0.00"),
        ({}, "missing", "0.00"),
    ],
)
def test_a_checklist_needs_every_item(verdicts: dict[str, str], status: str, score: str) -> None:
    checked = framework(indicator=[indicator("system", "staff", 10, {"kind": "checklist", "items": ITEMS})])
    e = evaluate(checked, record(judgements=tuple(judgement("system", "item", item=i, verdict=v) for i, v in verdicts.items())))
    assert (e.indicators[0].status, str(e.indicators[0].score)) == (status, score)


def test_a_tier_gives_the_score_within_it() -> None:
    tiers = {"kind": "tiers", "tiers": [{"id": "part", "name": "部分达成", "name_en": "partly", "low": "0.6", "high": "0.8"}]}
    judged = framework(indicator=[indicator("duties", "tasks", 10, tiers)])
    e = evaluate(judged, record(judgements=(judgement("duties", "tier", verdict="part", score="7.5"),)))
    i = e.indicators[0]
    assert (i.status, i.method, str(i.score)) == ("scored", "judged", "7.50")
    assert told(indicator_working, e, i).en == "judged “partly” (60%–80% of 10.00 points): 7.50"


def test_an_award_is_no_tier() -> None:
    tiers = {"kind": "tiers", "tiers": [{"id": "part", "name": "部分达成", "name_en": "partly", "low": "0.6", "high": "0.8"}]}
    judged = framework(indicator=[indicator("duties", "tasks", 10, tiers)])
    i = evaluate(judged, record(judgements=(judgement("duties", "award", verdict="part", score="7.5"),))).indicators[0]
    assert (i.method, i.formula_score) == ("judged", None)


def test_a_rule_for_values_scores_the_actual_and_not_its_completion() -> None:
    rule = {"kind": "proportional"}
    scored = framework(indicator=[indicator("satisfied", "tasks", 10, rule)])
    e = evaluate(scored, record(targets=(target("satisfied", ">=", "90", "%", actual="81"),)))
    assert (e.indicators[0].value, e.indicators[0].unit.symbol, e.indicators[0].score) == (81, "%", Decimal("8.1"))


def test_a_rule_for_completion_scores_nothing_without_a_target() -> None:
    rule = {"kind": "proportional", "of": "completion"}
    scored = framework(indicator=[indicator("monitoring", "tasks", 10, rule, value="monitoring_coverage_rate")])
    e = evaluate(scored, record(facts=SMALL["facts"]))
    i = e.indicators[0]
    assert (i.status, i.value) == ("missing", Decimal("0.75"))
    assert told(indicator_working, e, i).zh == "12个 ÷ 16个 = 75.00%；缺少数据，不得分"


@pytest.mark.parametrize("kind", ["override", "award"])
@pytest.mark.parametrize(
    ("basis", "zh", "en"),
    [
        ("published", "报告认定 2.50 分：有台账。", "the report puts it at 2.50 points. There is a ledger."),
        ("reconstructed", "据报告推断 2.50 分：有台账。", "inferred from the report: 2.50 points. There is a ledger."),
        ("own", "评价组评定 2.50 分：有台账。", "the evaluators put it at 2.50 points. There is a ledger."),
    ],
)
def test_what_the_evaluators_put_over_a_formula_says_on_what_grounds(kind: str, basis: str, zh: str, en: str) -> None:
    e = small(more=(judgement("jobs", kind, score="2.5", basis=basis),))
    i = e.indicator("jobs")
    assert (i.status, i.method, str(i.score), str(i.formula_score)) == ("scored", "overridden", "2.50", "2.63")
    assert told(indicator_working, e, i) == words(
        "实际 350人；目标 400人；完成率 87.50%；87.50% × 3.00 分 = 2.6250 → 2.63 分；" + zh,
        "actual 350 people; target 400 people; completion 87.50%; 87.50% × 3.00 points = 2.6250 → 2.63; " + en,
    )


def test_a_score_put_where_a_formula_lacks_its_facts_is_a_judgement() -> None:
    e = small(facts=(), more=(judgement("monitoring", "override", score="2"),))
    i = e.indicator("monitoring")
    assert (i.status, i.method, str(i.score), i.formula_score) == ("scored", "judged", "2.00", None)
    assert told(indicator_working, e, i).zh == "缺少已开展运行监控的项目数、项目数，无法计算；据报告推断 2.00 分：有台账。"


def test_a_score_put_where_a_verdict_is_lacking_keeps_that_in_sight() -> None:
    e = small(judgements=(judgement("system", "override", score="0.5"),))
    i = e.indicator("system")
    assert (i.status, i.method, str(i.score)) == ("scored", "judged", "0.50")
    assert (
        told(indicator_working, e, i).en
        == "what the rule needs is missing; missing: no points; inferred from the report: 0.50 points. There is a ledger."
    )


def test_an_override_without_a_score_changes_nothing() -> None:
    e = small(more=(judgement("jobs", "override"),))
    assert told(indicator_working, e, e.indicator("jobs")) == told(indicator_working, small(), small().indicator("jobs"))


@pytest.mark.parametrize(
    ("treatment", "score", "points", "total"),
    [
        ("rescale", "None", 3, "8.61"),  # 6.03 of the 7 points that apply, scaled to 10: 8.614…
        ("full", "3.00", 6, "9.03"),  # 6.03 and 3
    ],
)
def test_what_does_not_apply_is_left_out_or_counts_in_full(treatment: str, score: str, points: int, total: str) -> None:
    changed = {"treatment": {"missing": "zero", "not_applicable": treatment, "no_finding": "none"}}
    e = small(changed, (judgement("monitoring", "not_applicable"),))
    i = e.indicator("monitoring")
    assert (i.status, i.method, str(i.score)) == ("not_applicable", "judged", score)
    full = ("，按满分计", ", full points") if treatment == "full" else ("", "")
    assert told(indicator_working, e, i) == words(f"不适用{full[0]}：有台账。", f"not applicable{full[1]}: There is a ledger.")
    assert (e.dimensions[0].points, str(e.total), e.points) == (points, total, 10)
    assert (e.coverage.indicators, e.coverage.indicators_scored, e.coverage.points, e.coverage.points_scored) == (4, 4, 7, 7)


def test_a_group_of_which_nothing_applies_has_no_rate() -> None:
    e = small(more=(judgement("compliance", "not_applicable"),))
    assert (e.groups[1].points, e.groups[1].score, e.groups[1].rate) == (0, 0, None)


def test_where_nothing_applies_there_is_nothing_to_scale() -> None:
    ids = ("monitoring", "system", "compliance", "duties", "jobs")
    e = small(judgements=tuple(judgement(id, "not_applicable") for id in ids))
    assert (str(e.total), e.points, e.grade_id, e.has_total) == ("0.00", 0, "", False)


def test_the_departments_own_total_is_not_that_of_an_indicator() -> None:
    rows = [
        {"indicator": "system", "score": "1", "grade": "中", "source": "report", "section": "六"},
        {"indicator": "total", "score": "9.5", "grade": "良", "source": "report", "section": "六"},
    ]
    e = small(self_evaluation=tuple(rows))
    assert (e.self_total, e.self_grade) == (Decimal("9.5"), "良")


def test_a_department_that_did_not_score_itself_has_no_total_of_its_own() -> None:
    assert (small().self_total, small().self_grade) == (None, "")


def test_last_years_facts_are_no_facts_of_this_year() -> None:
    last = tuple(row.model_copy(update={"year": YEAR - 1}) for row in SMALL["facts"])
    assert small(facts=last).indicator("monitoring").status == "missing"


OPEN = {"treatment": {"missing": "undetermined", "not_applicable": "rescale", "no_finding": "none"}}


def with_extra(extra: str, rule: dict[str, Any] | None = None, **treatment: str) -> Any:
    """One row worth 10 points that experts judge, and one that only adds or only takes away, up to 3."""
    made = indicator("more", "tasks", 3, rule or {"kind": "awarded"}, extra=extra)
    shared = {"missing": "zero", "not_applicable": "rescale", "no_finding": "none"} | treatment
    return framework(treatment=shared, indicator=[indicator("duties", "tasks", 10, {"kind": "awarded"}), made])


@pytest.mark.parametrize(("extra", "score", "total"), [("bonus", "3.00", "11.00"), ("deduction", "-3.00", "5.00")])
def test_a_row_that_adds_or_takes_away_does_so_up_to_its_points(extra: str, score: str, total: str) -> None:
    rule = {"kind": "proportional", "of": "completion", "cap": "1.5"}
    rows = (judgement("duties", "award", score="8"),)
    e = evaluate(with_extra(extra, rule), record(judgements=rows, targets=(target("more", ">=", "10", "件", actual="14"),)))
    assert (str(e.indicator("more").score), str(e.total)) == (score, total)


def test_what_is_taken_away_takes_no_total_below_nothing() -> None:
    rows = (judgement("duties", "award", score="2"), judgement("more", "award", score="3"))
    assert str(evaluate(with_extra("deduction"), record(judgements=rows)).total) == "0.00"


@pytest.mark.parametrize("extra", ["bonus", "deduction"])
def test_what_adds_or_takes_away_is_no_part_of_the_points_that_are_covered(extra: str) -> None:
    rows = (judgement("duties", "award", score="8"), judgement("more", "award", score="2"))
    e = evaluate(with_extra(extra), record(judgements=rows))
    assert (e.coverage.points, e.coverage.points_scored, e.coverage.indicators, e.coverage.indicators_scored) == (10, 10, 2, 2)
    assert [(s.id, s.points) for s in e.sections if s.points] == [("work", 10), ("tasks", 10)]


@pytest.mark.parametrize(("extra", "low", "high"), [("bonus", "8.00", "11.00"), ("deduction", "5.00", "8.00")])
def test_what_a_row_that_adds_or_takes_away_may_still_do_is_in_the_range(extra: str, low: str, high: str) -> None:
    rule = {"kind": "proportional", "of": "completion", "cap": "1.5"}
    rows = (judgement("duties", "award", score="8"),)
    e = evaluate(with_extra(extra, rule, missing="undetermined"), record(judgements=rows))
    assert e.open is not None
    assert (str(e.open.low), str(e.open.high), e.open.lacking) == (low, high, ("more",))


@pytest.mark.parametrize(
    ("veto", "low", "high"), [("", "1.50", "9.50"), ("monitoring", "1.50", "6.50"), ("staff", "1.50", "5.50"), ("total", "", "")]
)
def test_what_a_veto_takes_leaves_nothing_open(veto: str, low: str, high: str) -> None:
    """What is not known yet of an indicator that a veto brings down to nothing plays no part."""
    vetoes = [{"id": "false_report", "name": "虚报", "name_en": "a false report", "of": veto or "total"}]
    named = finding("5", "compliance", veto="false_report" if veto else "")
    e = evaluate(framework(veto=vetoes, **OPEN), record(findings=(named,), own_indicators=(own("jobs", "results", "3"),)))
    assert ((str(e.open.low), str(e.open.high)) if e.open else ("", "")) == (low, high)
    assert (e.has_total, str(e.total)) == (veto == "total", "0.00" if veto == "total" else "1.50")


# states: what does not apply, what nobody checked, what is not known


@pytest.mark.parametrize("state", ["not_applicable", "missing", "to_come", "not_checked"])
@pytest.mark.parametrize("of", ["fact", "actual", "target"])
def test_a_number_that_does_not_apply_makes_its_indicator_not_apply(of: str, state: str) -> None:
    """And one that is not known for another reason makes it missing."""
    facts = (fact("projects_monitored", None, "个", note="无", states=[("value", state)]), fact("projects", "16", "个"))
    row = target("jobs", ">=", "400", "人", states=[(of, state)])
    e = small(facts=facts) if of == "fact" else small(targets=(row,))
    i = e.indicator("monitoring" if of == "fact" else "jobs")
    assert i.status == ("not_applicable" if state == "not_applicable" else "missing")
    assert i.counted is (state != "not_applicable")
    assert str(i.score) == ("None" if state == "not_applicable" else "0.00")


@pytest.mark.parametrize(
    ("no_finding", "said", "status", "score"),
    [
        ("unchecked", (), "missing", "0.00"),
        ("unchecked", (judgement("compliance", "nothing_found"),), "scored", "2.00"),
        ("none", (), "scored", "2.00"),
    ],
)
def test_that_nothing_was_found_is_said_or_nobody_checked(no_finding: str, said: tuple[Any, ...], status: str, score: str) -> None:
    e = small({"treatment": {"no_finding": no_finding}}, said, findings=())
    assert (e.indicator("compliance").status, str(e.indicator("compliance").score)) == (status, score)


def test_an_item_without_a_verdict_leaves_its_checklist_missing() -> None:
    e = small(judgements=(judgement("system", "item", item="a", states=[("verdict", "to_come")]),))
    assert e.indicator("system").status == "missing"


@pytest.mark.parametrize(("low", "high", "score"), [("0.6", "0.8", None), ("0.8", "0.8", "8.00")])
def test_a_tier_alone_gives_a_score_where_it_is_one_share(low: str, high: str, score: str | None) -> None:
    rule = {"kind": "tiers", "tiers": [{"id": "part", "name": "部分达成", "low": low, "high": high}]}
    made = framework(indicator=[indicator("duties", "tasks", 10, rule)])
    i = evaluate(made, record(judgements=(judgement("duties", "tier", verdict="part"),))).indicators[0]
    assert (i.status, str(i.formula_score)) == ("scored" if score else "missing", str(score))


@pytest.mark.parametrize(("facts", "status"), [(SMALL["facts"], "scored"), ((), "missing")])
def test_what_is_worth_nothing_is_measured_and_shown(facts: tuple[Any, ...], status: str) -> None:
    """By completion it has no score without a target; that its value is known counts."""
    rule = {"kind": "proportional", "of": "completion"}
    e = evaluate(framework(indicator=[indicator("monitoring", "staff", 0, rule, value="monitoring_coverage_rate")]), record(facts=facts))
    assert (e.indicators[0].status, e.indicators[0].award, e.has_total) == (status, None, False)


def test_what_people_judge_of_an_indicator_worth_nothing_is_missing_without_them() -> None:
    assert evaluate(framework(indicator=[indicator("duties", "tasks", 0, {"kind": "awarded"})]), record()).indicators[0].status == "missing"


def test_what_is_missing_is_left_out_where_the_framework_says_so() -> None:
    e = small({"treatment": {"missing": "rescale", "no_finding": "none"}}, facts=())
    assert (e.indicator("monitoring").counted, e.indicator("monitoring").score) == (False, None)
    assert (e.indicator("system").counted, str(e.total)) == (True, "8.61")  # 6.03 of 7
    assert [i.counted for i in small().indicators] == [True] * 5


@pytest.mark.parametrize(
    ("rule", "scores", "found"),
    [({"kind": "mean"}, ["7", "9"], "8.0"), ({"kind": "consensus", "limit": "0.1"}, ["7", "9"], "None"), ({"kind": "mean"}, [], "None")],
)
def test_a_panel_of_experts_scores_by_the_rule_of_the_framework(rule: dict[str, str], scores: list[str], found: str) -> None:
    made = framework(
        indicator=[indicator("duties", "tasks", 10, {"kind": "awarded"}, value="panel")], experts=rule, rounding={"scores": 1, "rates": 4}
    )
    given = [
        {"indicator": "duties", "expert": f"e{n}", "score": score, "reason": "有台账。", "source": "report", "section": "四"}
        for n, score in enumerate(scores)
    ]
    i = evaluate(made, record(expert_scores=given)).indicators[0]
    assert (str(i.formula_score), i.status, i.method) == (found, "missing" if found == "None" else "scored", "computed")


@pytest.mark.parametrize(("chosen", "total"), [("system", "6.00"), ("duties", "7.00"), (None, "0.00")])
def test_of_those_of_which_one_is_to_be_chosen_only_that_counts(chosen: str | None, total: str) -> None:
    ids = ("system", "duties")
    made = framework(indicator=[indicator(id, "tasks", 10, {"kind": "awarded"}, one_of="way") for id in ids])
    rows = [judgement(id, "award", score=score) for id, score in zip(ids, ("6", "7"), strict=True)]
    e = evaluate(made, record(judgements=(*rows, *([judgement(chosen, "chosen")] if chosen else []))))
    assert str(e.total) == total
    for i in e.indicators:
        assert (i.status, i.counted, i.score is None) == (("scored", True, False) if i.id == chosen else ("not_chosen", False, True))


@pytest.mark.parametrize(
    ("own", "of_all", "extra", "score", "counted"),
    [
        ("", "rescale", "", "None", False),
        ("full", "rescale", "", "3.00", True),
        ("rescale", "full", "", "None", False),
        ("", "full", "", "3.00", True),
        ("full", "full", "bonus", "None", False),
        ("full", "full", "deduction", "None", False),
    ],
)
def test_an_indicator_may_say_itself_what_becomes_of_it_where_it_does_not_apply(
    own: str, of_all: str, extra: str, score: str, counted: bool
) -> None:
    """A bonus that does not apply adds nothing, a deduction takes nothing away."""
    more = indicator("more", "tasks", 3, {"kind": "awarded"}, not_applicable=own, extra=extra)
    made = framework(
        treatment={"missing": "zero", "not_applicable": of_all, "no_finding": "none"},
        indicator=[indicator("duties", "tasks", 10, {"kind": "awarded"}), more],
    )
    i = evaluate(made, record(judgements=(judgement("more", "not_applicable"),))).indicator("more")
    assert (i.status, str(i.score), i.counted) == ("not_applicable", score, counted)


TIER = {"kind": "tiers", "tiers": [{"id": "part", "name": "部分达成", "low": "0.6", "high": "0.8"}]}


@pytest.mark.parametrize(
    ("rule", "kind", "given", "score", "numbers"),
    [
        ({"kind": "awarded"}, "award", {"coefficient": "80"}, "8.00", {"coefficient": Decimal("0.8")}),
        ({"kind": "awarded"}, "award", {"coefficient": "80", "score": "7"}, "7.00", {}),  # the score itself counts
        ({"kind": "awarded"}, "award", {"coefficient": "0"}, "0.00", {"coefficient": 0}),
        (TIER, "tier", {"coefficient": "70", "verdict": "part"}, "7.00", {"tier": 0}),
        ({"kind": "proportional"}, "override", {"coefficient": "55"}, "5.50", None),
        ({"kind": "proportional"}, "award", {"score": "4"}, "4.00", None),
    ],
)
def test_a_score_is_given_in_points_or_as_a_share_of_them(
    rule: dict[str, Any], kind: str, given: dict[str, str], score: str, numbers: dict[str, Any] | None
) -> None:
    made = framework(indicator=[indicator("duties", "tasks", 10, rule)])
    i = evaluate(made, record(judgements=(judgement("duties", kind, **given),))).indicators[0]
    assert (i.status, i.method, str(i.score)) == ("scored", "judged", score)
    assert (i.award and i.award.numbers) == numbers


def test_nothing_is_overridden_where_people_give_the_score_anyway() -> None:
    rows = (judgement("duties", "award", score="6"), judgement("duties", "override", score="9"))
    i = evaluate(framework(indicator=[indicator("duties", "tasks", 10, {"kind": "awarded"})]), record(judgements=rows)).indicators[0]
    assert (i.method, str(i.score)) == ("judged", "6.00")


@pytest.mark.parametrize(("found", "score"), [(0, "0.00"), (1, "-0.50"), (9, "-3.00")])
def test_what_a_rule_would_take_of_a_deduction_is_taken_from_the_total(found: int, score: str) -> None:
    e = evaluate(
        with_extra("deduction", {"kind": "deduct_per_occurrence", "points_each": "0.5"}),
        record(findings=tuple(finding(str(n), "more") for n in range(found)), judgements=(judgement("duties", "award", score="8"),)),
    )
    assert (e.indicator("more").status, str(e.indicator("more").score), e.total) == ("scored", score, 8 + Decimal(score))


def test_points_that_rest_on_rules_that_cannot_be_computed_are_counted() -> None:
    unsaid = {"kind": "unsaid", "text": "视情况", "reason": "没有数据"}
    made = framework(indicator=[indicator("duties", "tasks", 4, unsaid), indicator("compliance", "funds", 6, {"kind": "awarded"})])
    e = evaluate(made, record(judgements=(judgement("duties", "award", score="3"),)))
    assert (e.coverage.points_unsaid, e.coverage.points, e.coverage.points_scored) == (4, 10, 4)


@pytest.mark.parametrize(("judged", "grade"), [("7", ""), ("8", "good"), ("4.9", ""), ("0", "poor")])
def test_a_total_that_is_open_has_a_grade_where_every_total_has_the_same(judged: str, grade: str) -> None:
    """What is missing may earn 20% more than its 2 points."""
    rule = {"kind": "proportional", "of": "completion", "cap": "1.2"}
    rows = (judgement("duties", "award", score=judged),)
    made = framework(**OPEN, indicator=[indicator("duties", "tasks", 8, {"kind": "awarded"}), indicator("more", "staff", 2, rule)])
    e = evaluate(made, record(judgements=rows))
    assert e.open is not None
    assert (e.open.low, e.open.high, e.grade_id) == (Decimal(judged), Decimal(judged) + Decimal("2.4"), grade)


def test_a_veto_of_a_dimension_reaches_what_stands_in_its_groups() -> None:
    vetoes = [{"id": "false_report", "name": "虚报", "name_en": "a false report", "of": "input"}]
    named: dict[str, Any] = {"name": "名", "basis": "own"}
    groups = [
        {"id": "staff", "dimension": "input"} | named,
        {"id": "deep", "group": "staff"} | named,
        {"id": "tasks", "dimension": "work"} | named,
    ]
    made = [indicator("system", "deep", 6, {"kind": "awarded"}), indicator("duties", "tasks", 4, {"kind": "awarded"})]
    rows = (judgement("system", "award", score="5"), judgement("duties", "award", score="3"))
    e = evaluate(
        framework(veto=vetoes, group=groups, indicator=made),
        record(judgements=rows, findings=(finding("5", "duties", veto="false_report"),)),
    )
    assert [(i.id, str(i.score), i.veto) for i in e.indicators] == [("system", "0.00", "false_report"), ("duties", "3.00", "")]


@pytest.mark.parametrize(
    ("extra", "given", "score", "low"),
    [
        ("bonus", "2", "0.00", None),
        ("deduction", "2", "-2.00", None),
        ("bonus", None, "0.00", None),
        ("deduction", None, "None", "0.00"),
    ],
)
def test_a_veto_gives_back_no_deduction(extra: str, given: str | None, score: str, low: str | None) -> None:
    made = with_extra(extra, missing="undetermined").model_copy(
        update={"vetoes": framework(veto=[{"id": "v", "name": "虚报", "of": "total"}]).vetoes}
    )
    rows = (judgement("duties", "award", score="8"), *((judgement("more", "award", score=given),) if given else ()))
    e = evaluate(made, record(judgements=rows, findings=(finding("5", "duties", veto="v"),)))
    assert (str(e.indicator("more").score), str(e.open.low) if e.open else None) == (score, low)


@pytest.mark.parametrize(("extra", "total"), [("bonus", "2.00"), ("deduction", "-2.00")])
def test_where_only_what_adds_or_takes_away_applies_that_is_the_total(extra: str, total: str) -> None:
    rows = (judgement("duties", "not_applicable"), judgement("more", "award", score="2"))
    e = evaluate(with_extra(extra), record(judgements=rows))
    assert (str(e.total), e.points, e.has_total) == (total, 0, False)
