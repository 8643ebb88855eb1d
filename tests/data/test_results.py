"""Evaluations read back: of today, with the definitions they used, and of version 1.0, scored again from the record inside."""

from __future__ import annotations

import json
from typing import Any

import pytest

from evallib.data.results import read_evaluation
from evallib.data.upgrade_v1 import framework_v2, record_v2
from evallib.model.evaluation import Evaluation
from evallib.say.workings import formula_working, indicator_rule, indicator_working
from evallib.score.reconcile import reconcile
from tests.conftest import GOLDEN

OLD = (GOLDEN / "version_1" / "hrss.evaluation.json").read_text(encoding="utf-8")


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
    with pytest.raises(ValueError, match="format 1 or 2"):
        read_evaluation(text)
