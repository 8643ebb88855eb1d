"""Evaluations read back: of today, with the definitions they used, and of version 1.0, scored again from the record inside."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from evallib.analysis.changes import (
    ActualChange,
    Change,
    FactChange,
    FindingRemoved,
    ItemChange,
    PointsChange,
    ScoreChange,
    TargetChange,
)
from evallib.analysis.what_if import apply
from evallib.data.results import read_evaluation
from evallib.data.upgrade_v1 import framework_v2, record_v2
from evallib.model.errors import InputRefused
from evallib.model.evaluation import Evaluation
from evallib.say.workings import formula_working, indicator_rule, indicator_working
from evallib.score.reconcile import reconcile
from tests.conftest import STORED

OLD = (STORED / "1.0.hrss-2023.evaluation.json").read_text(encoding="utf-8")


@pytest.fixture
def old() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(OLD)
    return found


def test_what_version_1_wrote_gives_the_same_scores(old: dict[str, Any], hrss: Evaluation) -> None:
    found = read_evaluation(OLD)
    assert (str(found.total), str(found.points), found.grade_id) == (old["total"], old["points"], old["grade_id"])
    assert [(i.id, str(i.score)) for i in found.indicators] == [(i["id"], i["score"]) for i in old["indicators"]]
    assert [(i.value, i.award) for i in found.indicators] == [(i.value, i.award) for i in hrss.indicators]
    assert [row.verdict for row in reconcile(found)] == [row.verdict for row in reconcile(hrss)]
    assert read_evaluation(found.to_json()) == found


def test_a_base_that_was_chosen_is_a_formula_of_its_own(old: dict[str, Any]) -> None:
    old["framework"]["bases"]["budget_execution_rate"] = "approved"
    old["record"]["own_indicators"][0]["metric"] = "budget_execution_rate"
    bases = old["framework"]["bases"]
    by_id = {i["id"]: i.get("value") for i in framework_v2(old["framework"])["indicator"]}
    assert by_id["budget_execution"] == "budget_execution_rate_of_approved"
    assert by_id["carryover"] == "carryover_rate"
    record = record_v2(old["record"], bases)
    assert record["own_indicators"][0]["formula"] == "budget_execution_rate_of_approved"
    assert "formula.budget_execution_rate_of_approved" in {row["number"] for row in record["published"]}
    assert not [row for row in record["published"] if row["number"].startswith("metric.")]


def test_what_version_1_knew_by_its_id_plays_a_role(old: dict[str, Any]) -> None:
    found = read_evaluation(json.dumps(old)).framework
    assert (found.playing("satisfaction"), found.playing("clarity of goals")) == (("satisfaction",), ("indicator_clarity",))


def test_version_1_knew_no_change_of_nothing_against_nothing(old: dict[str, Any]) -> None:
    for row in old["record"]["facts"]:
        if row["fact"] == "three_public_budget":
            row["value"] = "0"
    old["total"] = "82.01"
    for one in old["indicators"]:
        if one["id"] in ("three_public_change", "three_public_control"):
            one["score"] = "0.00"
    found = read_evaluation(json.dumps(old))
    assert (found.formula("three_public_change_rate").state, found.indicator("three_public_change").status) == ("undefined", "missing")


def test_todays_file_makes_every_sentence_again(hrss: Evaluation) -> None:
    found = read_evaluation(hrss.to_json())
    assert found == hrss
    assert found.to_json() == hrss.to_json()
    for lang in ("zh", "en"):
        for a, b in zip(found.indicators, hrss.indicators, strict=True):
            assert indicator_working(found, a, lang) == indicator_working(hrss, b, lang)
            assert indicator_rule(found, a, lang) == indicator_rule(hrss, b, lang)
        assert [formula_working(found, f, lang) for f in found.formulas] == [formula_working(hrss, f, lang) for f in hrss.formulas]


def test_no_sentence_that_a_program_can_make_is_in_the_file(hrss: Evaluation) -> None:
    text = hrss.to_json()
    assert indicator_working(hrss, hrss.indicator("staffing_control"), "zh") not in text
    assert not {"working", "rule_text", "evidence"} & set(json.loads(text)["indicators"][0])


@pytest.mark.parametrize("text", ["{}", "[]", '{"format": 3}', "null"])
def test_what_is_no_evaluation_is_refused(text: str) -> None:
    with pytest.raises(InputRefused, match="format 1 and 2"):
        read_evaluation(text)


@pytest.mark.parametrize("text", [
    b"", b"\xff\xfe{", "{", '{"format": 2, "format": 2}', '{"format": 2, "total": NaN}', '{"format": 2, "total": -Infinity}',
    '{"format": 2, "total": ' + "9" * 5000 + "}", '{"format": 2, "total": "1E+999999999"}', '{"format": 2, "total": 1E400000}',
    '{"format": 2, "a": ' + "[" * 200_000 + "]" * 200_000 + "}", '{"format": 2, "total": "' + "9" * 100 + '"}',
])  # fmt: skip
def test_text_that_is_no_json_of_ours_is_refused(text: str | bytes) -> None:
    with pytest.raises(InputRefused, match="cannot be read"):
        read_evaluation(text)


def test_a_file_of_a_hundred_megabytes_is_refused_unread() -> None:
    with pytest.raises(InputRefused, match="larger than 20 MB"):
        read_evaluation(b" " * 100_000_000)


def _set(document: Any, path: str, value: Any) -> None:
    *steps, last = (int(step) if step.isdigit() else step for step in path.split("."))
    for step in steps:
        document = document[step]
    if value is KeyError:
        del document[last]
    else:
        document[last] = value


@pytest.mark.parametrize(("path", "value"), [
    ("record", KeyError), ("catalogue", KeyError), ("framework", []), ("record.year", "soon"), ("indicators", {}), ("total", "NaN"),
    ("total", True),
    ("record.facts.0.value", {"a": 1}), ("framework.indicator.0.rule", {"kind": "guess"}), ("indicators.0.score", "many"), ("made_up", 1),
    ("record.department", None), ("record.own_indicators.0.group", 5), ("catalogue.fact", KeyError), ("catalogue.formula", []),
])  # fmt: skip
def test_an_evaluation_with_something_of_another_kind_in_it_is_refused(hrss: Evaluation, path: str, value: Any) -> None:
    document = json.loads(hrss.to_json())
    _set(document, path, value)
    with pytest.raises(InputRefused, match=r"missing or not what it should be|is not what follows|format 1 and 2"):
        read_evaluation(json.dumps(document))


@pytest.mark.parametrize(("path", "value", "said"), [
    ("total", "90.00", 'total is not what follows from the data and the framework in the file (84.63)'),
    ("total", "90.00", 'the file was changed (found "90.00")'),
    ("grade_id", "you", "grade is not what follows"),
    ("indicators.0.score", "0.10", " score is not what follows"),
    ("indicators.0.value", "0.5", " value is not what follows"),
    ("sections.0.score", "9.00", " score is not what follows"),
    ("targets.0.actual", "1", " actual is not what follows"),
    ("formulas.0.value", "7", " value is not what follows"),
    ("coverage.points", "99", "coverage is not what follows"),
    ("framework.rounding.scores", 1, "total is not what follows"),
    ("framework.grade.0.at_least", "80", "grade is not what follows"),
    ("record.facts", [], "total is not what follows"),
])  # fmt: skip
def test_an_evaluation_whose_parts_do_not_add_up_is_refused_and_says_which(hrss: Evaluation, path: str, value: Any, said: str) -> None:
    document = json.loads(hrss.to_json())
    _set(document, path, value)
    with pytest.raises(InputRefused) as refusal:
        read_evaluation(json.dumps(document), "hrss.evaluation.json")
    assert any(said in line for line in refusal.value.describe("en").splitlines()), refusal.value.describe("en")
    assert refusal.value.describe("zh").startswith("hrss.evaluation.json：")


@pytest.mark.parametrize(("path", "value", "said"), [
    ("total", "90.00", "total is not what follows"),
    ("indicators.3.score", "0.10", '(found "0.10")'),
])  # fmt: skip
def test_so_is_one_of_version_1(old: dict[str, Any], path: str, value: Any, said: str) -> None:
    _set(old, path, value)
    with pytest.raises(InputRefused) as refusal:
        read_evaluation(json.dumps(old))
    assert said in refusal.value.describe("en")


@pytest.mark.parametrize("change", [
    FactChange(fact="staff_in_post", value=Decimal(48)), TargetChange(indicator="public_satisfaction", target=Decimal(80)),
    ActualChange(indicator="public_satisfaction", actual=Decimal(90)), PointsChange(indicator="quality", points=Decimal(9)),
    ItemChange(indicator="budget_adjustment", item="approved", met=False), ScoreChange(indicator="quality", score=Decimal(9)),
    FindingRemoved(finding="8"),
], ids=lambda change: str(change.kind))  # fmt: skip
def test_a_trial_adds_up_too(hrss: Evaluation, change: Change) -> None:
    tried = apply(hrss, [FactChange(fact="staff_institution", value=Decimal(27)), change])
    assert read_evaluation(tried.to_json()) == tried
