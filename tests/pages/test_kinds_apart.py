"""A county's year with departments, projects and policies of several frameworks: no list of the overview mixes them."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

from evallib.data.years import evaluate_county, evaluate_year
from evallib.model.evaluation import Evaluation
from evallib.model.words import LANGS, Lang, words
from evallib.model.years import CountyYear
from evallib.pages.overview import SECTIONS, CountyOverview
from tests.analysis.shapes import without_points
from tests.conftest import GOLDEN

PLACES = GOLDEN / "places"
TOGETHER = ("forestry_2023", "rural_road_2023", "qingshen_project_2023")
OF_OTHER_YEARS = (("ningxiang_unit_2021", "zx", 2021), ("yunnan_transfer_2022", "hk", 2022))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data folder with a department and two projects, each of another framework."""
    root = tmp_path_factory.mktemp("mixed")
    (root / "catalogue").mkdir()
    (root / "county.toml").write_text("format = 2\n", encoding="utf-8")
    lines: list[str] = []
    for place in TOGETHER:
        head, *listed = (PLACES / place / "departments.csv").read_text(encoding="utf-8-sig").splitlines()
        lines += listed if lines else [head, *listed]
        shutil.copy(PLACES / place / "catalogue" / "own.toml", root / "catalogue" / f"{place}.toml")
        for part in ("departments", "frameworks"):
            shutil.copytree(PLACES / place / part, root / part, dirs_exist_ok=True)
    (root / "departments.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def county(folder: Path) -> CountyYear:
    """The folder's year, and a department and a policy of other years put beside it."""
    found = evaluate_county(folder, 2023)
    assert [a.reason for a in found.absent] == []
    others = [evaluate_year(PLACES / place, code, year).evaluation for place, code, year in OF_OTHER_YEARS]
    return CountyYear(2023, (*found.evaluations, *others), ())


def soup(page: CountyOverview, *sections: str) -> BeautifulSoup:
    return BeautifulSoup("".join(page.section(id).html for id in sections or SECTIONS), "html.parser")


def linked(tag: Tag) -> set[str]:
    """The codes of the reports that a part of the page leads to."""
    return {re.sub(r"\..*", "", str(a["href"]).rpartition("/")[2]) for a in tag.find_all("a", href=re.compile(r"^\.\./2"))}


def named(e: Evaluation, code: str, kind: str = "department", framework: str = "") -> Evaluation:
    record = e.record.model_copy(update={"department": code, "name": words(code), "kind": kind})
    given = e.framework.model_copy(update={"id": framework, "name": framework, "name_en": framework}) if framework else e.framework
    return replace(e, record=record, framework=given)


@pytest.mark.parametrize("lang", LANGS)
def test_no_list_of_a_mixed_county_has_two_kinds_or_frameworks(county: CountyYear, lang: Lang) -> None:
    page = CountyOverview(county, lang)
    group = {e.record.department: (e.framework.id, e.record.kind) for e in county.evaluations}
    assert len(set(group.values())) == len(page.every) == 5
    found = soup(page)
    lists = found.select("table, li, section#summary p, section#missing p")
    assert sum(bool(linked(one)) for one in lists) > 5
    for one in lists:
        if one.find_parent("table") is None:
            assert len({group[code] for code in linked(one)}) <= 1, one.get_text(" ", strip=True)[:200]
    said = "互相不排名" if lang == "zh" else "not ranked against each other"
    for id in ("summary", "targets", "findings"):
        assert said in page.section(id).html
    ids = re.findall(r' id="([^"]+)"', str(found))
    assert len(ids) == len(set(ids))


def test_every_group_is_named_above_its_targets_also_where_it_has_no_total(county: CountyYear) -> None:
    page = CountyOverview(county, "en")
    assert len(page.groups) < len(page.every)  # some have no total
    targets = soup(page, "targets")
    names = [h.get_text() for h in targets.find_all("h3")]
    assert len(names) == len(set(names)) == 5
    assert {name.rpartition(" · ")[2] for name in names} == {"departments", "projects", "policies"}
    by_one = [t for t in targets.find_all("table") if "Share met" in t.get_text()]
    assert {code for t in by_one for code in linked(t)} == {e.record.department for e in county.evaluations if e.targets}


def test_the_same_indicator_of_departments_and_projects_is_two_rows(hrss: Evaluation) -> None:
    county = (named(hrss, "a"), named(hrss, "b"), named(hrss, "p", "project"), named(hrss, "x", framework="other"))
    page = CountyOverview(CountyYear(2023, county, ()), "en")
    lost = [t for t in soup(page, "findings").find_all("table") if "Points lost" in t.get_text()]
    assert [linked(t) for t in lost] == [{"a", "b"}, {"p"}, {"x"}]
    applies = [{cell.get_text().partition(" / ")[2] for cell in t.select("tbody td.n:nth-of-type(1)")} for t in lost]
    assert applies == [{"2"}, {"1"}, {"1"}]
    budget = soup(page, "budget")
    assert [linked(t) for t in budget.find_all("table") if linked(t)] == [{"a", "b"}, {"x"}]  # a project's money is its department's
    assert "Departments with both figures (3)" in budget.get_text()
    assert "(3 departments together)" in soup(page, "summary").get_text()


def test_a_group_without_points_or_targets_says_so_in_its_place(hrss: Evaluation) -> None:
    bare = without_points(named(hrss, "p", "project"))
    bare = replace(bare, targets=(), record=bare.record.model_copy(update={"findings": ()}))
    page = CountyOverview(CountyYear(2023, (named(hrss, "a"), bare), ()), "en")
    targets, findings = soup(page, "targets"), soup(page, "findings")
    assert [h.get_text().rpartition(" · ")[2] for h in targets.find_all("h3")] == ["departments", "projects"]
    assert "No target is set." in targets.get_text()
    assert "No finding is recorded" in findings.get_text()
    figure = soup(page, "summary").select_one("p.total")
    assert figure is None  # a mean of the one, not of all


@pytest.mark.parametrize("lang", LANGS)
def test_one_group_is_not_named(hrss: Evaluation, lang: Lang) -> None:
    page = CountyOverview(CountyYear(2023, (named(hrss, "a"), named(hrss, "b")), ()), lang)
    assert not soup(page, "findings", "targets", "budget", "missing").select("h4")
    said = "互相不排名" if lang == "zh" else "not ranked against each other"
    assert said not in str(soup(page))
