"""The frameworks that are shipped: a folder laid by `init`, a year by `new`, filled in as an analyst would, checked, scored and shown."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evallib.data.check_all import check_data
from evallib.data.new_year import new_year
from evallib.data.rulebook import load_framework, shipped_catalogues
from evallib.data.working_folder import lay_out
from evallib.data.years import evaluate_year
from evallib.kit import FRAMEWORKS
from evallib.model.rules import Checklist
from evallib.runs.engine import fast_engine
from evallib.runs.report import run_report
from tests.conftest import DATA, GOLDEN

CASES: dict[str, dict[str, Any]] = tomllib.loads((GOLDEN / "shipped.toml").read_text(encoding="utf-8"))
Rows = list[dict[str, str]]
HERE = {"source": "report", "section": "一"}


def edit(folder: Path, table: str, change: Callable[[Rows], Rows]) -> None:
    """Read a table of the new year, and write it as it was changed."""
    path = folder / f"{table}.csv"
    lines = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    heads = path.read_text(encoding="utf-8-sig").splitlines()[0].split(",")
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, heads)
        writer.writeheader()
        writer.writerows(change(lines))


def filled(base: Path, id: str) -> Path:
    """A working folder with one year by a framework, filled in. Returns its data folder."""
    case, data = CASES[id], lay_out(base / "county") / "data"
    year = new_year(data, "one", 2024, from_year=None, to="csv", lang="zh", name="某单位", framework=id)
    facts = case["facts"]

    def amount(row: dict[str, str]) -> str:
        by_year = case.get("facts_by_year", {})
        return str(by_year[row["fact"]][row["year"]] if row["fact"] in by_year else facts[row["fact"]])

    more = [{"fact": fact, "year": "2024", "value": value, "unit": "元", **HERE} for fact, value in case.get("more_facts", {}).items()]
    own = [dict(zip(("group", "indicator", "name", "points"), row, strict=False)) | {"basis": "own", **HERE} for row in case["own"]]
    goals = [dict(zip(("operator", "target", "unit", "actual"), row[4:], strict=True)) for row in case["own"]]
    targets = [{"indicator": row[1], "actual_by": "measured", **goal, **HERE} for row, goal in zip(case["own"], goals, strict=True)]
    edit(year, "sources", lambda rows: [row | {"title": "评价报告"} for row in rows])
    edit(year, "profile", lambda rows: [row | {"text": row["text"] or "某事", **HERE} for row in rows])
    edit(year, "facts", lambda rows: [row | {"value": amount(row), **HERE} for row in rows] + more)
    edit(year, "own_indicators", lambda rows: own)
    edit(year, "targets", lambda rows: targets)
    edit(year, "judgements", lambda rows: [row | {"verdict": "met", "basis": "own", "reason": "有材料", **HERE} for row in rows])
    edit(year, "self_evaluation", lambda rows: [row | {"score": "98", **HERE} for row in rows])
    return data


def test_each_shipped_framework_has_a_case() -> None:
    assert sorted(CASES) == sorted(path.name for path in FRAMEWORKS.iterdir())


@pytest.mark.parametrize("id", CASES)
def test_a_year_is_filled_in_checked_scored_and_shown(id: str, tmp_path: Path) -> None:
    data = filled(tmp_path, id)
    [checked] = check_data(data)
    assert checked.count("error") == 0, [problem.describe("en") for problem in checked.problems]
    evaluation = evaluate_year(data, "one", 2024).evaluation
    assert {i: str(evaluation.indicator(i).score) for i in CASES[id]["scores"]} == CASES[id]["scores"]
    assert str(evaluation.total) == CASES[id]["total"]
    assert evaluation.coverage.indicators_scored == evaluation.coverage.indicators
    page = run_report("one", 2024, data=data, out=tmp_path / "out", engine=fast_engine()).page.read_text(encoding="utf-8")
    assert CASES[id]["total"] in page


@pytest.mark.parametrize("id", CASES)
def test_what_it_says_is_said_in_both_languages_and_owns_its_points(id: str) -> None:
    framework = load_framework(DATA, id, 2200)
    rules = [i.rule for i in framework.indicators] + [g.own_rule for g in framework.groups if g.own_rule]
    named: list[Any] = [framework, *framework.grades, *framework.dimensions, *framework.groups, *framework.indicators]
    named += [item for rule in rules if isinstance(rule, Checklist) for item in rule.items]
    assert all(one.name and one.name_en for one in named)
    assert "自设" in framework.note
    assert "own" in framework.note_en
    assert all(i.basis == "own" for i in framework.indicators) or id == "self-evaluation-form"
    assert framework.playing("satisfaction")
    assert all(framework.find_source(i.source) for i in framework.indicators)


@pytest.mark.parametrize("id", CASES)
def test_every_fact_and_formula_it_builds_on_is_named_in_both_languages(id: str) -> None:
    catalogue = load_framework(DATA, id, 2200).catalogue
    for entry in (*catalogue.part.facts, *catalogue.part.formulas):
        assert entry.name, entry.id
        assert entry.name_en, entry.id
    assert {"budget approved", "budget adjusted", "budget spent", "carried in", "carried out"} <= {
        role for fact in catalogue.part.facts for role in fact.role
    }
    assert catalogue.player("rate of the budget")
    assert catalogue.lines["spending"]


def test_the_catalogues_share_no_id(tmp_path: Path) -> None:
    """A framework may build on both: a department with its projects."""
    assert shipped_catalogues() == ["department", "project"]
    data = lay_out(tmp_path / "county") / "data"
    source = (FRAMEWORKS / "self-evaluation-form" / "2021.toml").read_text(encoding="utf-8")
    mine = data / "frameworks" / "both" / "2021.toml"
    mine.parent.mkdir(parents=True)
    text = source.replace('id = "self-evaluation-form"', 'id = "both"').replace('["project"]', '["department", "project"]')
    mine.write_text(text, encoding="utf-8")
    catalogue = load_framework(data, "both", 2024).catalogue
    assert {"staff_quota", "funds_spent"} <= set(catalogue.facts)
