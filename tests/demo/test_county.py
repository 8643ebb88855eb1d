"""The synthetic county: the same bytes each time, marked everywhere, and wrong only where it says so."""

from __future__ import annotations

import csv
import hashlib
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from evallib.data.government import load_government
from evallib.data.load import load_departments
from evallib.data.monitoring import load_monitoring
from evallib.data.rulebook import load_framework
from evallib.data.years import evaluate_year
from evallib.demo.county import DemoCounty, make_demo
from evallib.methods.follow_up import follow_ups
from evallib.model.errors import InputRefused
from evallib.model.years import EvaluatedYear
from evallib.pages.framework_text import framework_changes
from evallib.pages.report import Report


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> DemoCounty:
    return make_demo(tmp_path_factory.mktemp("demo") / "county", departments=20)


@pytest.fixture(scope="module")
def evaluated(county: DemoCounty) -> dict[tuple[str, int], EvaluatedYear]:
    """Every department-year that the county calls usable. One that is refused fails here."""
    return {(code, year): evaluate_year(county.data, code, year) for code, year in county.usable}


def _bytes(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _announced(county: DemoCounty, kind: str) -> set[tuple[str, int]]:
    return {(t.code, t.year) for t in (*county.failures, *county.oddities) if t.kind == kind}


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    first, again, other = (make_demo(tmp_path / name, departments=12, seed=seed) for name, seed in (("a", 7), ("b", 7), ("c", 8)))
    assert _bytes(first.data) == _bytes(again.data)
    assert (first.failures, first.oddities, first.usable) == (again.failures, again.oddities, again.usable)
    assert _bytes(first.data) != _bytes(other.data)


def test_the_numbers_are_those_of_every_machine(tmp_path: Path) -> None:
    """A sum over all facts. It changes only when the story is changed, and then on purpose."""
    county = make_demo(tmp_path / "county", departments=3, first_year=2022, last_year=2023)
    files = sorted(county.data.glob("departments/*/*/facts.csv"))
    rows = [row for file in files for row in csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines())]
    told = "\n".join(f"{row['fact']} {row['year']} {row['value']} {row['unit']}" for row in rows)
    assert hashlib.sha256(told.encode()).hexdigest()[:16] == "581222107d07dd63"


def test_what_is_usable_is_evaluated_and_what_is_announced_is_refused(
    county: DemoCounty, evaluated: dict[tuple[str, int], EvaluatedYear]
) -> None:
    listed = {(row.code, year) for row in load_departments(county.data) for year in range(row.first_year, row.last_year + 1)}
    failing = {(t.code, t.year) for t in county.failures}
    assert len(listed) == len(county.codes) * len(county.years) == len(evaluated) + len(failing)
    assert listed == set(evaluated) | failing
    for code, year, kind in county.failures:
        with pytest.raises(InputRefused) as refusal:
            evaluate_year(county.data, code, year)
        told = refusal.value.describe("en").splitlines()[0]
        expected = {
            "text_in_number": "is not a number",
            "missing_table": "there is no such file",
            "unknown_indicator": "there is no such indicator",
            "missing_year": f"there is no data for {code} {year}",
            "identity": "facts.csv",
        }
        assert expected[kind] in told


def test_identities_break_in_more_than_one_way(tmp_path: Path) -> None:
    county = make_demo(tmp_path / "county", departments=150, last_year=2022)
    told = set()
    for code, year in _announced(county, "identity"):
        with pytest.raises(InputRefused) as refusal:
            evaluate_year(county.data, code, year)
        assert all(problem.code == "identity" for problem in refusal.value.problems)
        told.add(refusal.value.problems[0].about)
    assert len(told) >= 3


@pytest.mark.parametrize(("departments", "years", "seed"), [(12, 3, 1), (12, 4, 2), (13, 6, 3), (30, 2, 4)])
def test_every_kind_of_trouble_occurs_and_little_is_unusable(departments: int, years: int, seed: int, tmp_path: Path) -> None:
    county = make_demo(tmp_path / "county", departments=departments, last_year=2020 + years, seed=seed)
    assert len({trouble.kind for trouble in (*county.failures, *county.oddities)}) == 12
    assert len(county.failures) <= 0.15 * len(county.codes) * len(county.years)


def test_what_is_strange_is_where_it_was_announced(county: DemoCounty, evaluated: dict[tuple[str, int], EvaluatedYear]) -> None:
    def remarked(code: str) -> set[tuple[str, int]]:
        return {at for at, year in evaluated.items() if any(r.code == code for r in year.remarks)}

    def indicators(what: str, value: str) -> set[tuple[str, int]]:
        return {at for at, year in evaluated.items() if any(getattr(i, what) == value for i in year.evaluation.indicators)}

    assert remarked("zero_base") == _announced(county, "zero_base")
    assert remarked("far_above_target") == _announced(county, "far_above_target")
    assert remarked("implausible") >= _announced(county, "crowded")
    assert indicators("status", "not_applicable") == _announced(county, "not_applicable")
    assert indicators("method", "overridden") == _announced(county, "override")
    missing = _announced(county, "missing_value")
    assert missing <= indicators("status", "missing") <= missing | _announced(county, "zero_base")
    recorded = {at for at, year in evaluated.items() if year.evaluation.record.contradictions}
    assert recorded == _announced(county, "recorded_contradiction")
    for at in _announced(county, "crowded"):
        rate = evaluated[at].evaluation.formula("staffing_control_rate").value
        assert rate is not None
        assert rate > 1.2
    for at in missing:
        assert any(fact.value is None and fact.note for fact in evaluated[at].evaluation.record.facts)


def test_totals_spread_and_departments_see_themselves_a_little_better(evaluated: dict[tuple[str, int], EvaluatedYear]) -> None:
    results = [year.evaluation for year in evaluated.values()]
    grades = Counter(e.grade_id for e in results)
    assert set(grades) == {"excellent", "good", "fair", "poor"}
    assert max(grades.values()) < 0.6 * len(results)
    assert len({e.total for e in results}) > 0.8 * len(results)
    assert max(e.total for e in results) - min(e.total for e in results) > 30
    above = sum(e.self_total is not None and e.self_total > e.total for e in results)
    assert 0.6 * len(results) < above < len(results)


def test_a_year_opens_with_what_the_last_one_closed_with(evaluated: dict[tuple[str, int], EvaluatedYear]) -> None:
    pairs = [(evaluated[code, year - 1], now) for (code, year), now in evaluated.items() if (code, year - 1) in evaluated]
    pairs = [(before, now) for before, now in pairs if now.evaluation.record.kind == "department"]
    assert len(pairs) > 35
    for before, now in pairs:
        assert now.previous is not None
        closing = before.evaluation.facts.find("closing_carryover")
        opening = now.evaluation.facts.find("opening_carryover")
        assert closing is not None
        assert opening is not None
        assert closing.value == opening.value
        assert closing.value


def test_it_is_called_synthetic_once_in_its_names_and_once_in_each_year(county: DemoCounty) -> None:
    """The county, what it evaluates and its frameworks say it in their names; a year says it in one line, not in each cell."""
    listed = load_departments(county.data)
    for year in (2021, 2023):
        listed_too = [load_framework(county.data, id, year) for id in ("demo-department", "demo-project")]
        for one in (*listed, *listed_too, *(source for framework in listed_too for source in framework.sources)):
            assert one.name.count("模拟") == 1
            assert one.name_en.count("ynthetic") == 1
        for framework in listed_too:
            assert {x.basis for x in (*framework.dimensions, *framework.groups, *framework.indicators)} == {"own"}
    assert "模拟" in (county.data / "county.toml").read_text(encoding="utf-8")
    files = [f for f in county.data.glob("departments/*/*/*.csv") if f.name != "sources.csv"]  # of documents the number says it
    assert len(files) > 1000
    rows = [(f.name, row) for f in files for row in csv.DictReader(f.read_text(encoding="utf-8-sig").splitlines())]
    called = re.compile("模拟|ynthetic|虚构")
    said = Counter(name for name, row in rows if row.get("key") != "full_name" and called.search(" ".join(row.values())))
    assert said == {"profile.csv": sum(f.name == "profile.csv" for f in files)}
    told = list(csv.DictReader((county.data / "monitoring/health/2025.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert {row["synthetic"] for row in told} == {"yes"}


def test_it_shows_everything(county: DemoCounty, evaluated: dict[tuple[str, int], EvaluatedYear]) -> None:
    records = [year.evaluation.record for year in evaluated.values()]
    for table in ("surveys", "survey_answers", "expert_scores", "cost_results", "follow_ups", "findings", "contradictions"):
        assert any(getattr(record, table) for record in records), table
    assert {record.kind for record in records} == {"department", "project"}
    assert {year.evaluation.framework.id for year in evaluated.values()} == {"demo-department", "demo-project"}
    for code in county.codes:
        assert load_monitoring(county.data, code, 2025).measures
    assert [score.grade for score in load_government(county.data, 2024).assessment.scores].count(None) == 0
    assert {f.state for e in evaluated.values() for f in follow_ups(e.evaluation.record).earlier} == {"done", "promised"}
    longest = max(evaluated.values(), key=lambda e: max(e.again.values(), default=0))
    assert max(longest.again.values()) >= 3
    three = replace(longest, again=dict.fromkeys(longest.again, 3))
    assert "连续第 3 年发现" in Report(three, "zh").section("findings").html
    assert "Found again: 3 years on end" in Report(three, "en").section("findings").html


def test_departments_differ_in_what_is_found(evaluated: dict[tuple[str, int], EvaluatedYear]) -> None:
    found = {at: frozenset(f.title for f in e.evaluation.record.findings) for at, e in evaluated.items()}
    several = [titles for titles in found.values() if len(titles) > 2]
    assert len(several) > 15
    assert len({*several}) > 0.8 * len(several)
    kept = [now & found[code, year - 1] for (code, year), now in found.items() if now and (code, year - 1) in found]
    assert sum(map(bool, kept)) > len(kept) / 2  # a department has habits


def test_the_later_years_have_another_framework(county: DemoCounty, evaluated: dict[tuple[str, int], EvaluatedYear]) -> None:
    for (_, year), now in evaluated.items():
        assert now.evaluation.framework.first_year == (2021 if year < 2023 else 2023)
    before, after = (load_framework(county.data, "demo-department", year) for year in (2021, 2023))
    changes = framework_changes(before, after)
    assert [c.what.en for c in changes if c.after.en == "(none)"] == ["Change in the three public expenses"]
    assert [c.what.en for c in changes if c.before.en == "(none)"] == ["Openness of budget and accounts"]
    assert {c.what.en for c in changes if c.what.en.endswith(": rule")} == {"Budget execution rate: rule", "Satisfaction: rule"}
    assert sum(c.what.en.endswith(": points") for c in changes) >= 5


def test_the_frameworks_use_most_kinds_of_rules(county: DemoCounty) -> None:
    framework = load_framework(county.data, "demo-department", 2024)
    kinds = {i.rule.form for i in framework.indicators} | {g.own_rule.form for g in framework.groups if g.own_rule}
    measured = {"proportional", "bands", "linear", "deduct_per_unit", "pass_fail"}
    assert kinds == measured | {"deduct_per_occurrence", "checklist", "tiers"}


def test_one_department_and_one_year_will_do(tmp_path: Path) -> None:
    county = make_demo(tmp_path / "new" / "county", departments=1, first_year=2030, last_year=2030)
    assert county.usable == (("education", 2030),)
    assert evaluate_year(county.data, "education", 2030).previous is None


def test_a_long_story_keeps_adding_up(tmp_path: Path) -> None:
    county = make_demo(tmp_path / "county", departments=1, first_year=1991, last_year=2050)
    evaluations = [evaluate_year(county.data, code, year) for code, year in county.usable[-5:]]
    assert all(0 < one.evaluation.total <= 100 for one in evaluations)


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "county").mkdir()
    make_demo(tmp_path / "county", departments=1)
    assert (tmp_path / "county" / "data" / "departments.csv").is_file()
    assert [path.name for path in tmp_path.iterdir()] == ["county"]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"departments": 0}, "out of range"),
        ({"departments": 10_001}, "out of range"),
        ({"first_year": 2024, "last_year": 2021}, "not years in order"),
        ({"first_year": 1990}, "not years in order"),
        ({"last_year": 2201}, "not years in order"),
    ],
)
def test_wrong_numbers_are_refused_and_nothing_is_written(arguments: dict[str, int], word: str, tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match=word):
        make_demo(tmp_path / "county", **arguments)
    assert not list(tmp_path.iterdir())


def test_a_folder_in_use_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    for taken in (tmp_path, tmp_path / "mine.txt"):
        with pytest.raises(InputRefused, match="not an empty folder"):
            make_demo(taken)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_what_breaks_half_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("evallib.demo.county._write", fail)
    with pytest.raises(OSError, match="disk full"):
        make_demo(tmp_path / "county", departments=1)
    assert not list(tmp_path.iterdir())
