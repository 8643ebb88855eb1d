"""What the checks say of judgements by tiers and by free award: rules that the real framework does not use."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from evallib.checks.framework import no_such
from evallib.checks.record import check_record
from evallib.data.load import LoadedYear, load_year
from evallib.model.catalogue import Catalogue
from evallib.model.errors import Place, Problem
from evallib.model.record import Judgement
from evallib.model.rules import Awarded, Rule, Tiers
from evallib.say.rules import kind_name
from tests.conftest import DATA

TIERS = Tiers.model_validate(
    {
        "kind": "tiers",
        "tiers": [
            {"id": "reached", "name": "达成", "name_en": "reached", "low": Decimal("0.8"), "high": Decimal(1)},
            {"id": "partly", "name": "部分达成", "name_en": "partly reached", "low": Decimal("0.5"), "high": Decimal("0.8")},
        ],
    }
)


@pytest.fixture(scope="module")
def loaded() -> LoadedYear:
    return load_year(DATA, "hrss", 2023)


def judged(loaded: LoadedYear, rule: Rule, **said: Any) -> list[Problem]:
    """What is wrong where goal_reasonableness, of 2 points, has this rule and this judgement; with none, where it has no judgement."""
    indicators = tuple(i.model_copy(update={"rule": rule}) if i.id == "goal_reasonableness" else i for i in loaded.framework.indicators)
    others = tuple(j for j in loaded.record.judgements if j.indicator != "goal_reasonableness")
    told = {"basis": "published", "reason": "理由", "source": "report", "section": "1", "indicator": "goal_reasonableness", **said}
    own = (Judgement.model_validate(told),) if said else ()
    framework = loaded.framework.model_copy(update={"indicators": indicators})
    return list(check_record(framework, loaded.record.model_copy(update={"judgements": (*own, *others)}), loaded.where))


@pytest.mark.parametrize("score", ["1.6", "2"])
def test_a_score_at_either_end_of_its_tier_is_accepted(loaded: LoadedYear, score: str) -> None:
    assert judged(loaded, TIERS, kind="tier", verdict="reached", score=Decimal(score)) == []


def test_a_score_outside_its_tier_is_refused_with_the_ends(loaded: LoadedYear) -> None:
    (problem,) = judged(loaded, TIERS, kind="tier", verdict="reached", score=Decimal("1.5"))
    assert problem.place.column == "score"
    assert (problem.what.zh, problem.fix.zh) == ("得分不在该等次的范围内", "填写 1.6 到 2")
    assert (problem.what.en, problem.fix.en) == ("the score is not within the tier", "write 1.6 to 2")


def test_a_tier_that_the_rule_does_not_have_is_refused_with_those_it_has(loaded: LoadedYear) -> None:
    (problem,) = judged(loaded, TIERS, kind="tier", verdict="partial", score=Decimal(1))
    assert (problem.place.column, problem.found) == ("verdict", "partial")
    assert "没有这个等次" in problem.what.zh
    assert "partly" in problem.fix.en


def test_a_tier_without_a_score_is_remarked(loaded: LoadedYear) -> None:
    (problem,) = judged(loaded, TIERS, kind="tier", verdict="reached")
    assert (problem.level, problem.what.en) == ("warning", "has no score: it counts as missing data, without points")


def test_an_override_without_a_score_is_refused(loaded: LoadedYear) -> None:
    (problem,) = judged(loaded, TIERS, kind="override")
    assert (problem.what.en, problem.fix.en) == ("the score must lie between 0 and the points", "write 0 to 2")


@pytest.mark.parametrize("rule", [TIERS, Awarded(kind="awarded")])
def test_an_indicator_that_a_person_must_judge_has_a_judgement(loaded: LoadedYear, rule: Rule) -> None:
    (problem,) = judged(loaded, rule)
    assert problem.what.en.endswith(f"has no judgement: {kind_name(rule).en}")
    assert problem.what.zh.endswith(f"缺少评定：{kind_name(rule).zh}")
    assert judged(loaded, rule, kind="not_applicable") == []


@pytest.mark.parametrize("formulas", [False, True])
def test_where_a_framework_builds_on_no_catalogue_its_author_is_told_how(formulas: bool) -> None:
    """There is no table to add a row to."""
    fix = no_such(Catalogue(), Place("facts.csv"), "outturn", formulas).fix
    assert 'builds_on = ["department"]' in fix.zh
    assert 'builds_on = ["department"]' in fix.en
