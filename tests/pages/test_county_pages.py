"""Every page of a synthetic county, in both languages: what must never stand on one, whichever the department."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag

from evallib.data.government import load_government
from evallib.data.years import evaluate_county, evaluate_department, evaluate_year
from evallib.demo.county import make_demo
from evallib.model.words import LANGS
from evallib.pages.comparison import YearComparison
from evallib.pages.overview import CountyOverview
from evallib.pages.report import Report
from tests.pages.notebooks import export, notebook, sections
from tests.pages.test_main_text import OF_THE_PROGRAM

YEAR = 2024
MENDED = re.compile(r"不能改进|Cannot be mended|不止一个来源|more than one place")
GAINED = re.compile(r"\s*\+(\d+\.\d+)")


class County:
    """Pages by name, each made once."""

    def __init__(self, data: Path) -> None:
        made = make_demo(data, departments=9, first_year=YEAR - 1, last_year=YEAR)
        self.data, self.codes = made.data, [code for code, year in made.usable if year == YEAR]
        self.names = [*self.codes, "overview", "comparison"]

    @cache  # noqa: B019 - one county
    def pages(self, name: str) -> list[tuple[Any, Tag]]:
        found = []
        for lang in LANGS:
            of = self._of(name, lang)
            main = BeautifulSoup(export(notebook(*sections(of)))[0], "html.parser").main
            assert isinstance(main, Tag)
            found.append((of, main))
        return found

    def _of(self, name: str, lang: Any) -> Any:
        if name == "overview":
            return CountyOverview(evaluate_county(self.data, YEAR), lang, load_government(self.data, YEAR))
        if name == "comparison":
            return YearComparison(evaluate_department(self.data, "water"), lang)
        return Report(evaluate_year(self.data, name, YEAR), lang)


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> County:
    return County(tmp_path_factory.mktemp("county"))


def body(main: Tag) -> str:
    """The text that stands open: no papers, nothing folded that stays off paper, no table under a chart."""
    copy = BeautifulSoup(str(main), "html.parser")
    for folded in copy.select("details.papers, details.code, details.screen, figure details, details figure"):
        folded.extract()
    return copy.get_text(" ")


def all_pages(county: County) -> Iterator[tuple[str, Any, Tag]]:
    for name in county.names:
        for of, main in county.pages(name):
            yield f"{name}.{of.lang}", of, main


def test_no_link_within_a_page_leads_nowhere(county: County) -> None:
    dead = []
    for name, _, main in all_pages(county):
        there = {tag["id"] for tag in main.select("[id]")} | {"main"}
        dead += [f"{name}: {a['href']}" for a in main.select("a[href^='#']") if str(a["href"])[1:] not in there]
    assert dead == []


def test_nobody_meets_the_program_on_a_page_of_the_county(county: County) -> None:
    assert [(name, OF_THE_PROGRAM.findall(body(main))) for name, _, main in all_pages(county) if OF_THE_PROGRAM.search(body(main))] == []


def test_every_chart_of_a_synthetic_county_says_so(county: County) -> None:
    for name, of, main in all_pages(county):
        said = "模拟" if of.lang == "zh" else "synthetic"
        for drawing in main.select("figure svg"):
            assert said in drawing.get_text().lower(), f"{name}: {drawing.get('data-chart')}"


def test_a_gain_is_within_the_points_of_its_indicator(county: County) -> None:
    """What an improvement brings elsewhere is named, and no loss is told to be beyond mending for a reason of the program."""
    for code in county.codes:
        for of, main in county.pages(code):
            e, conclusion = of.evaluation, main.select_one("#conclusion")
            assert isinstance(conclusion, Tag)
            assert not MENDED.search(main.get_text()), code
            for a in conclusion.select("p a[href^='#i-']"):
                gain = GAINED.match(str(a.next_sibling))
                assert gain, a
                assert float(gain[1]) <= e.indicator(str(a["href"])[3:]).points


def test_what_is_not_known_of_findings_is_told_apart_from_none(county: County) -> None:
    for code in county.codes:
        for of, main in county.pages(code):
            findings = of.evaluation.record.findings
            said = {"zh": ("未发现问题", "没有记录问题"), "en": ("No problem was found", "No problem is recorded")}[of.lang]
            assert any(one in main.get_text() for one in said) == (not findings), code
