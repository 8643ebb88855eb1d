"""Evaluations of other places: frameworks, units and money that the package knows nothing of, each with its report page."""

from __future__ import annotations

import csv
import shutil
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from evallib.data.years import evaluate_year
from evallib.model.errors import InputRefused
from evallib.model.evaluation import Evaluation
from evallib.model.units import round_half_up
from evallib.model.words import Lang
from evallib.model.years import EvaluatedYear
from evallib.pages.report import SECTIONS, Report
from evallib.runs.report import run_report
from evallib.score.reconcile import Numbers, reconcile
from tests.conftest import GOLDEN

PLACES = GOLDEN / "places"
EXPECTED: dict[str, dict[str, Any]] = tomllib.loads((PLACES / "expected.toml").read_text(encoding="utf-8"))
LANGS: tuple[Lang, ...] = ("zh", "en")


def evaluated(folder: Path) -> EvaluatedYear:
    with (folder / "departments.csv").open(encoding="utf-8", newline="") as file:
        listed = next(csv.DictReader(file))
    return evaluate_year(folder, listed["code"], int(listed["first_year"]))


def page_of(checked: EvaluatedYear, lang: Lang) -> str:
    """The text of a page."""
    report = Report(checked, lang)
    html = "".join(report.section(id).html for id in SECTIONS)
    return BeautifulSoup(html, "html.parser").get_text()


def number(evaluation: Evaluation, name: str, like: str) -> str:
    found = Numbers(evaluation)[name].value
    assert isinstance(found, Decimal), name
    return str(round_half_up(found, len(like.partition(".")[2])))


def test_every_place_is_expected() -> None:
    assert sorted(EXPECTED) == sorted(path.name for path in PLACES.iterdir() if path.is_dir())


@pytest.mark.parametrize("place", EXPECTED)
def test_a_place_gives_what_its_source_says(place: str) -> None:
    wanted, checked = EXPECTED[place], evaluated(PLACES / place)
    e = checked.evaluation
    for kind in ("computed", "typed", "fitted"):
        found = {name: number(e, name, value) for name, value in wanted.get(kind, {}).items()}
        assert found == wanted.get(kind, {})
        assert {name: Numbers(e)[name].kind for name in found} == dict.fromkeys(found, kind)
    assert {id: str(e.indicator(id).formula_score) for id in wanted.get("formula_scores", {})} == wanted.get("formula_scores", {})
    assert [f.id for f in e.formulas if f.state == "undefined"] == wanted.get("undefined", [])
    assert [i.id for i in e.indicators if i.status == "missing"] == wanted.get("missing", [])
    assert sum(problem.level == "recorded" for problem in checked.remarks) == wanted.get("recorded", 0)
    assert e.has_total is not wanted.get("no_total", False)
    assert ([str(e.open.low), str(e.open.high)] if e.open else None) == wanted.get("open")
    assert [t.indicator for t in e.record.targets if t.core == "yes"] == wanted.get("core", [])
    due = [p.place.row for p in checked.remarks if p.code == "no_reason"]
    assert [t.indicator for n, t in enumerate(e.record.targets, 2) if n in due] == wanted.get("reasons_due", [])
    assert [r.id for r in reconcile(e) if r.verdict != "agrees"] == []
    if "grade" in wanted:
        assert e.grade.zh == wanted["grade"]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("place", EXPECTED)
def test_its_report_page_is_made(place: str, lang: Lang) -> None:
    wanted, checked = EXPECTED[place], evaluated(PLACES / place)
    text = page_of(checked, lang)
    for indicator in checked.evaluation.indicators:
        assert indicator.name[lang] in text
    if wanted.get("no_total"):
        assert "0.00 / 0" not in text
    if lang == wanted.get("lang", "zh"):
        for said in wanted.get("shows", ()):
            assert said in text
    for said in wanted.get("never", ()):
        assert said not in text if lang == wanted["lang"] else True


def test_the_page_of_a_project_is_made_by_its_notebook(tmp_path: Path) -> None:
    shutil.copytree(PLACES / "rural_road_2023", tmp_path / "data")
    written = run_report("road", 2023, data=tmp_path / "data", out=tmp_path / "out")
    html = written.page.read_text(encoding="utf-8")
    assert "项目支出绩效评价报告" in html
    assert "65.51万元/公里" in html.replace(" ", "")


def test_a_part_above_its_total_is_refused_where_it_is_not_recorded(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(PLACES / "chizhou_project_2022", folder)
    (folder / "departments" / "tx_a" / "2022" / "contradictions.csv").unlink()
    with pytest.raises(InputRefused) as refused:
        evaluated(folder)
    assert EXPECTED["chizhou_project_2022"]["refused_without_record"] in refused.value.describe("en")
