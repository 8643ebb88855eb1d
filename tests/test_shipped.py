"""The frameworks that are shipped: a folder laid by `init`, a year by `new`, filled in as an analyst would, checked, scored and shown."""

from __future__ import annotations

import csv
import shutil
import tomllib
from collections.abc import Callable
from decimal import ROUND_CEILING, Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from evallib.checks.framework_texts import check_texts
from evallib.data.check_all import check_data
from evallib.data.new_year import new_year
from evallib.data.rulebook import load_framework, shipped_catalogues
from evallib.data.working_folder import lay_out
from evallib.data.years import evaluate_year
from evallib.kit import FRAMEWORKS
from evallib.model.rules import Checklist, DeductPerOccurrence, DeductPerUnit, Rule
from evallib.model.words import Lang
from evallib.runs.engine import fast_engine
from evallib.runs.report import run_report
from evallib.say.numbers import plain
from tests.conftest import DATA, GOLDEN

CASES: dict[str, dict[str, Any]] = tomllib.loads((GOLDEN / "shipped.toml").read_text(encoding="utf-8"))
Rows = list[dict[str, str]]
BASES = {"self-evaluation-project": {"published"}, "self-evaluation-department": {"unverified"}}
"""Where the points of the indicators come from, where they are not our own."""
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
    asked = {"words": ("operator", "wording", "unit", "verdict")}
    goals = [dict(zip(asked.get(row[4], ("operator", "target", "unit", "actual")), row[4:], strict=True)) for row in case["own"]]
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
    assert [problem.describe("en") for checked in check_data(data) for problem in checked.problems if problem.level == "error"] == []
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
    assert {i.basis for i in framework.indicators} <= BASES.get(id, {"own"})
    assert all(one.origin for one in (*framework.dimensions, *framework.groups, *framework.indicators))
    assert bool(framework.unverified) == ("没有与" in framework.note) == ("not checked" in framework.note_en)
    assert framework.kinds
    assert framework.playing("satisfaction")
    assert all(framework.find_source(i.source) for i in framework.indicators)


def edges(rule: Rule, points: Decimal) -> list[Decimal]:
    """Where a rule turns, the place where nothing is left among them; whole steps turn at each step."""
    if isinstance(rule, DeductPerOccurrence):
        return [points / rule.points_each]
    if not isinstance(rule, DeductPerUnit):
        return sorted(rule.edges)
    steps = 1 / (rule.share or (rule.points or points) / points)
    last = steps.to_integral_value(ROUND_CEILING) if rule.steps == "whole" else steps
    turns = range(1, int(last)) if rule.steps == "whole" else ()
    step = rule.unit if rule.side == "above" else -rule.unit
    return sorted(rule.limit + step * n for n in (Decimal(0), *map(Decimal, turns), last))


def lacking(rule: Rule, points: Decimal, given: list[Any]) -> list[str]:
    """What a rule has no example for: an edge itself, the stretch below or above it; of a checklist none, some and all of its items."""
    if rule.takes == "items":
        counts = {len(items) for items in given}
        met = {"none": 0 in counts, "all": len(rule.checklist) in counts, "some": len(counts) > 2}
        return [what for what, there in met.items() if not there]
    if rule.takes == "tier":
        return [f"{t.id} {end}" for t in rule.verdicts for end in (t.low, t.high) if f"{t.id} {plain(end * 100)}%" not in given]
    numbers = [Decimal(one.rstrip("%")) / 100 if isinstance(one, str) else one for one in given if not isinstance(one, tuple)]
    turns = edges(rule, points)
    between = [Decimal("-Infinity"), *turns, Decimal("Infinity")]
    found = [f"at {edge}" for edge in turns if edge not in numbers]
    return found + [f"{low} to {high}" for low, high in pairwise(between) if not any(low < n < high for n in numbers)]


@pytest.mark.parametrize("id", CASES)
def test_each_rule_has_an_example_below_at_and_above_each_edge_and_gives_what_it_says(id: str) -> None:
    framework = load_framework(DATA, id, 2200)
    rules: list[tuple[str, str, Rule, Decimal]] = [("indicator", i.id, i.rule, i.points) for i in framework.indicators]
    rules += [("group", g.id, g.own_rule, Decimal(10)) for g in framework.groups if g.own_rule is not None]
    rules += [("rule", named.id, named.rule, Decimal(10)) for named in framework.rules]
    for kind, name, rule, points in rules:
        given = [example.given for example in framework.examples if getattr(example, kind) == name]
        assert not lacking(rule, points, given), name
    assert all(example.why and example.why_en for example in framework.examples)
    assert [told.describe("en") for told in check_texts(framework, id)] == []


def test_an_example_that_is_missing_is_noticed() -> None:
    rule = next(i.rule for i in load_framework(DATA, "department-mof-2013", 2200).indicators if i.id == "budget_completion")
    assert lacking(rule, Decimal(5), ["100%", "95%", "90%", "85%", "101%", "96%", "91%", "86%"]) == ["-Infinity to 0.85"]


@pytest.mark.parametrize("id", ["self-evaluation-project", "self-evaluation-department"])
def test_the_points_of_output_and_benefit_are_the_departments_to_split(id: str, tmp_path: Path) -> None:
    opened = [g for g in load_framework(DATA, id, 2200).groups if g.points is None]
    assert [g.dimension for g in opened] == ["output"] * 4 + ["benefit"] * 4
    data = filled(tmp_path, id)
    edit(data / "departments" / "one" / "2024", "own_indicators", lambda rows: [rows[0] | {"points": "19"}, *rows[1:]])
    told = [problem.describe("en") for checked in check_data(data) for problem in checked.problems if problem.level == "error"]
    assert len(told) == 1
    assert "49" in told[0]
    assert "50" in told[0]


def test_the_framework_for_an_office_elsewhere_names_no_ministry(tmp_path: Path) -> None:
    framework = load_framework(DATA, "office-general", 2024)
    assert framework.builds_on == ()
    assert [source.id for source in framework.sources] == ["general"]
    data = filled(tmp_path, "office-general")
    county = data / "county.toml"
    money = '[currency]\nsymbol = "£"\nname = "英镑"\nname_en = "pounds"\none_en = "pound"\n'
    county.write_text(county.read_text(encoding="utf-8") + money, encoding="utf-8")
    edit(data / "departments" / "one" / "2024", "facts", lambda rows: [row | {"unit": "£"} for row in rows])
    page = run_report("one", 2024, data=data, out=tmp_path / "out", lang="en", engine=fast_engine()).page.read_text(encoding="utf-8")
    assert CASES["office-general"]["total"] in page
    assert not [word for word in ("财预", "Ministry", "ministry", "yuan", "mof-") if word in page]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("id", CASES)
def test_what_nobody_checked_against_the_document_is_marked_on_the_page(id: str, lang: Lang, tmp_path: Path) -> None:
    data = filled(tmp_path, id)
    page = run_report("one", 2024, data=data, out=tmp_path / "out", lang=lang, engine=fast_engine()).page.read_text(encoding="utf-8")
    assert ("mark-unverified" in page) == bool(load_framework(DATA, id, 2024).unverified)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_another_bureau_of_the_example_has_nothing_of_the_reconstruction(lang: Lang, tmp_path: Path) -> None:
    """Laid out beside the example with no framework named, its page cites no report of the other's and shows no such mark."""
    shutil.copytree(DATA, tmp_path / "example")
    report = next(s for s in load_framework(DATA, "xundian-department", 2024).sources if s.id == "report")
    year = new_year(tmp_path / "example", "one", 2024, from_year=None, to="csv", lang="zh", name="某单位")
    mine = filled(tmp_path, "department-mof-2013") / "departments" / "one" / "2024"
    for table in mine.glob("*.csv"):
        shutil.copyfile(table, year / table.name)
    made = run_report("one", 2024, data=tmp_path / "example", out=tmp_path / "out", lang=lang, engine=fast_engine())
    page = made.page.read_text(encoding="utf-8")
    assert CASES["department-mof-2013"]["total"] in page
    assert not [word for word in (report.name, report.name_en, report.number, "重构", "reconstruct") if word in page]


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
    source = (FRAMEWORKS / "self-evaluation-project" / "2021.toml").read_text(encoding="utf-8")
    mine = data / "frameworks" / "both" / "2021.toml"
    mine.parent.mkdir(parents=True)
    text = source.replace('id = "self-evaluation-project"', 'id = "both"').replace('["project"]', '["department", "project"]')
    mine.write_text(text, encoding="utf-8")
    catalogue = load_framework(data, "both", 2024).catalogue
    assert {"staff_quota", "funds_spent"} <= set(catalogue.facts)
