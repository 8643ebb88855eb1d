"""Every chart of every page, of what was published elsewhere and of a synthetic county, fits on paper and on a phone."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from evallib.analysis.government import from_departments
from evallib.charts.drawing import Chart
from evallib.charts.report import CHARTS, draw
from evallib.charts.sheet import PHONE, WIDE
from evallib.data.government import load_government
from evallib.data.monitoring import load_monitoring
from evallib.data.years import evaluate_county, evaluate_department, evaluate_year
from evallib.demo.county import DemoCounty, make_demo
from evallib.model.words import LANGS, Lang
from evallib.pages.comparison import YearComparison
from evallib.pages.monitoring import Monitoring
from evallib.pages.overview import CountyOverview
from evallib.pages.rendering import Sections
from tests.analysis.test_government import israel_rows, write_heads
from tests.charts.fits import assert_fits, assert_readable
from tests.conftest import GOLDEN
from tests.data.test_monitoring_years import ROWS, agency

PLACES = [*sorted(path for path in (GOLDEN / "places").iterdir() if path.is_dir()), GOLDEN / "features"]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoCounty:
    return make_demo(tmp_path_factory.mktemp("fit") / "demo", departments=7, first_year=2022, last_year=2023, seed=1)


def drawn(page: Sections, monkeypatch: pytest.MonkeyPatch) -> Iterator[Chart]:
    """The charts that a page draws."""
    found: list[Chart] = []
    own = page.draw

    def noted(name: str) -> Chart:
        found.append(own(name))
        return found[-1]

    monkeypatch.setattr(page, "draw", noted)
    for id in page.shown:
        page.section(id)
    return (chart for chart in found if not chart.nothing)


@pytest.mark.parametrize("place", PLACES, ids=lambda path: path.name)
def test_charts_of_a_department_fit(place: Path) -> None:
    with (place / "departments.csv").open(encoding="utf-8-sig", newline="") as file:
        listed = next(csv.DictReader(file))
    e = evaluate_year(place, listed["code"], int(listed["first_year"])).evaluation
    for chart in (draw(name, e, lang) for name in CHARTS for lang in LANGS):
        for size in (WIDE, PHONE):
            assert_fits(chart, size)
        assert_readable(chart)


@pytest.mark.parametrize("lang", LANGS)
def test_charts_of_a_county_fit(demo: DemoCounty, lang: Lang, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    years = [evaluate_county(demo.data, year) for year in (2022, 2023)]
    code = years[1].evaluations[0].record.department
    pages: list[Sections] = [
        YearComparison(evaluate_department(demo.data, code), lang),
        CountyOverview(years[1], lang, from_departments(2023, years)),
        CountyOverview(years[1], lang, load_government(write_heads(tmp_path, israel_rows()), 2000)),
        Monitoring(load_monitoring(agency(tmp_path / "roads", *ROWS), "roads", 2023), lang),
    ]
    kinds = set()
    for page in pages:
        for chart in drawn(page, monkeypatch):
            kinds.add(chart.id)
            for size in (WIDE, PHONE):
                assert_fits(chart, size)
            assert_readable(chart)
    assert len(kinds) >= 12
