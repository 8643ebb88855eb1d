"""Scoring a department's year: the published result, and which numbers move when one fact moves."""

from __future__ import annotations

import tomllib
from decimal import Decimal

import pytest

from evallib.analysis.documents import score_document
from evallib.core.evaluation import Evaluation
from evallib.core.reconcile import reconcile
from evallib.core.scoring import evaluate
from tests.conftest import GOLDEN, Copy

PUBLISHED = tomllib.loads((GOLDEN / "hrss_2023.toml").read_text(encoding="utf-8"))


def test_the_published_total_and_grade(hrss: Evaluation) -> None:
    document = score_document(hrss, "zh")
    assert {key: document[key] for key in ("total", "grade", "points")} == {key: PUBLISHED[key] for key in ("total", "grade", "points")}


def test_the_published_sections(hrss: Evaluation) -> None:
    found = {d["id"]: [d["score"], d["points"], d["rate"]] for d in score_document(hrss, "zh")["dimensions"]}
    assert found == PUBLISHED["dimensions"]


def test_the_published_rates(hrss: Evaluation) -> None:
    metrics = score_document(hrss, "zh")["metrics"]
    assert {id: metrics[id] for id in PUBLISHED["metrics"]} == PUBLISHED["metrics"]


def test_the_published_completion_rates(hrss: Evaluation) -> None:
    rates = {t["id"]: t["completion_rate"] for t in score_document(hrss, "zh")["targets"]}
    assert {id: rates[id] for id in PUBLISHED["completion_rates"]} == PUBLISHED["completion_rates"]


def test_a_rate_whose_inputs_are_missing_is_not_a_number(hrss: Evaluation) -> None:
    metric = hrss.metric("procurement_execution_rate")
    assert metric.value is None
    assert "缺少" in metric.working.zh
    assert "missing" in metric.working.en


def test_every_published_figure_agrees_or_is_explained(hrss: Evaluation) -> None:
    rows = reconcile(hrss)
    assert len(rows) > 140
    assert {row.verdict for row in rows} == {"agrees", "recorded", "not_computable"}
    assert [row.id for row in rows if row.verdict == "recorded"] == [
        "text_arbitration_target",
        "text_inspection_target",
        "finding_8_product",
    ]
    assert all(row.reason.zh and row.reason.en for row in rows if row.verdict != "agrees")


def test_scores_are_rounded_one_by_one_and_then_summed(hrss: Evaluation) -> None:
    assert all(i.score == i.score.quantize(Decimal("0.01")) for i in hrss.indicators if i.score is not None)
    assert sum(i.score or 0 for i in hrss.indicators) == hrss.total


def test_every_indicator_is_marked_reconstructed(hrss: Evaluation) -> None:
    assert {i.basis for i in hrss.indicators} == {"reconstructed"}
    assert {d.basis for d in hrss.dimensions} == {"published"}


def test_every_score_shows_its_working_in_both_languages(hrss: Evaluation) -> None:
    for i in hrss.indicators:
        assert f"{i.score:.2f}" in i.working.zh
        assert f"{i.score:.2f}" in i.working.en
    staffing = hrss.indicator("staffing_control").working
    assert staffing.zh.startswith("51人 ÷ 48人 = 106.25%；高于 100% 共 6.25 个百分点")
    assert staffing.en.startswith("51 people ÷ 48 people = 106.25%; 6.25 percentage points above 100%")


CHANGES = [
    # table, row, column, new value, metrics that move, indicators that move
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
    ("table", "key", "column", "value", "metrics", "indicators"), CHANGES, ids=lambda x: str(x) if isinstance(x, dict) else None
)
def test_one_change_moves_what_depends_on_it_and_nothing_else(
    hrss: Evaluation, copy: Copy, table: str, key: dict[str, str], column: str, value: str, metrics: set[str], indicators: set[str]
) -> None:
    copy.set(table, key, column, value)
    changed = copy.evaluate()
    assert {a.id for a, b in zip(hrss.metrics, changed.metrics, strict=True) if a.value != b.value} == metrics
    assert {a.id for a, b in zip(hrss.indicators, changed.indicators, strict=True) if a.score != b.score} == indicators
    assert {a.id for a, b in zip(hrss.indicators, changed.indicators, strict=True) if a.working != b.working} == indicators
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
    metric = copy.evaluate().metric("three_public_change_rate")
    assert metric.value is None
    assert "基数为零" in metric.working.zh


def test_an_indicator_that_does_not_apply_is_left_out_and_the_rest_scaled(copy: Copy) -> None:
    copy.set("judgements", {"indicator": "procurement_execution"}, "kind", "not_applicable")
    e = copy.evaluate()
    indicator = e.indicator("procurement_execution")
    assert (indicator.status, indicator.score, indicator.lost) == ("not_applicable", None, 0)
    assert e.points == 100
    assert e.total == Decimal("84.32")  # 82.63 of 98, scaled to 100: 84.316…


def test_an_override_keeps_the_formulas_score_visible(copy: Copy) -> None:
    copy.set("judgements", {"indicator": "procurement_execution"}, "kind", "override")
    copy.set("judgements", {"indicator": "procurement_execution"}, "score", "1.5")
    copy.set("judgements", {"indicator": "procurement_execution"}, "indicator", "urban_new_jobs")
    indicator = copy.evaluate().indicator("urban_new_jobs")
    assert (indicator.method, indicator.score, indicator.formula_score) == ("overridden", Decimal("1.50"), Decimal("2.00"))
    assert "完成率 116.63%" in indicator.working.zh
    assert "1.50" in indicator.working.zh


@pytest.mark.parametrize(("assessment", "grade"), [("91.75", "良"), ("100", "良"), ("50", "良"), ("45", "中")])
def test_the_grade_follows_the_rounded_total(copy: Copy, assessment: str, grade: str) -> None:
    copy.set("facts", {"fact": "assessment_score"}, "value", assessment)
    assert copy.evaluate().grade.zh == grade


def test_a_grade_begins_at_its_limit(hrss: Evaluation) -> None:
    grades = [hrss.framework.grade_of(Decimal(total)).name for total in ("0", "59.99", "60", "79.99", "80", "89.99", "90", "100")]
    assert grades == ["差", "差", "中", "中", "良", "良", "优", "优"]
