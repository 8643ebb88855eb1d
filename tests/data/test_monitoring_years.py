"""A year that does not begin in January: its days, its share gone, its page. A road agency whose year begins in April, figures made up."""

from __future__ import annotations

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from evallib.analysis.monitoring import forecast, stand
from evallib.charts.monitoring import money_chart
from evallib.data.monitoring import load_monitoring
from evallib.data.rulebook import load_county
from evallib.model.errors import InputRefused
from evallib.model.monitoring_record import Monitored
from evallib.model.monitoring_rows import example_lines, file_name, head_line
from evallib.model.running_year import days_gone, days_of, first_day, last_day, months_of, year_gone, year_of
from evallib.model.words import LANGS, Lang
from evallib.pages.monitoring import SECTIONS, Monitoring
from tests.conftest import GOLDEN

ROADS = GOLDEN / "places" / "road_agency_2023"
ROWS = (
    "2023-04-01,budget,,,,,,366,euros,,,,,,yes,Budget,1",
    "2023-06-30,spent,,,,,,91,euros,,,,,,yes,Monthly report,June",
    "2024-01-31,spent,,,,,,200,euros,,,,,,yes,Monthly report,January",
    "2023-09-30,resurfaced,Resurfaced,,total,>=,100,50,km,,,,,,yes,Monthly report,September",
    "2024-03-31,resurfaced,,,,,,100,km,,,,,,yes,Monthly report,March",
)
BEGINS = st.dates(date(2023, 1, 1), date(2023, 12, 31)).map(lambda day: f"{day:%m-%d}")


def agency(root: Path, *rows: str, begins: str = "04-01") -> Path:
    shutil.copytree(ROADS, root, dirs_exist_ok=True)
    county = root / "county.toml"
    county.write_text(county.read_text(encoding="utf-8") + f'\nbegins = "{begins}"\n', encoding="utf-8")
    file = root / file_name("roads", 2023)
    file.parent.mkdir(parents=True)
    file.write_text("\n".join((head_line(), *rows)) + "\n", encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def roads(tmp_path_factory: pytest.TempPathFactory) -> Monitored:
    return load_monitoring(agency(tmp_path_factory.mktemp("roads"), *ROWS), "roads", 2023)


def told(refusal: pytest.ExceptionInfo[InputRefused], lang: Lang = "en") -> str:
    return refusal.value.describe(lang)


# --- days


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), BEGINS)
def test_every_day_is_in_one_year_and_years_follow_each_other(day: date, begins: str) -> None:
    year = year_of(day, begins)
    assert first_day(year, begins) <= day <= last_day(year, begins)
    assert 1 <= days_gone(day, begins) <= days_of(year, begins)
    assert year_gone(last_day(year, begins), begins) == 1
    assert days_gone(first_day(year, begins), begins) == 1
    months = months_of(year, begins)
    assert months[0] == first_day(year, begins)
    assert list(months) == sorted(set(months))
    assert len(months) == (12 if begins.endswith("-01") else 13)


def test_a_leap_day_counts_in_the_year_that_it_is_in() -> None:
    assert [days_of(year, "04-01") for year in (2022, 2023, 2024)] == [365, 366, 365]
    assert [days_of(year, "03-01") for year in (2022, 2023, 2024)] == [365, 366, 365]


# --- the settings


@pytest.mark.parametrize("begins", ["02-29", "13-01", "4-1", "04-31", "04/01", "0401", "W01-1", "04-01 ", ""])
def test_the_first_day_is_a_day_of_every_year(tmp_path: Path, begins: str) -> None:
    folder = agency(tmp_path, begins=begins)
    with pytest.raises(InputRefused) as refusal:
        load_county(folder)
    assert 'such as "04-01"' in told(refusal)
    assert "写成每年都有的" in told(refusal, "zh")
    assert "year.begins" in told(refusal)
    with pytest.raises(InputRefused):
        load_monitoring(folder, "roads", 2023)


def test_a_year_begins_in_january_where_nothing_is_said(tmp_path: Path) -> None:
    shutil.copytree(ROADS, tmp_path, dirs_exist_ok=True)
    found = load_monitoring(tmp_path, "roads", 2023)
    assert (found.begins, found.called["en"], found.file) == ("01-01", "2023/24", None)


# --- the file


def test_days_of_the_next_january_are_in_the_year(roads: Monitored) -> None:
    assert roads.as_of == date(2024, 3, 31)
    assert (roads.begins, roads.called["zh"]) == ("04-01", "2023/24")


@pytest.mark.parametrize(("day", "other"), [("2023-03-31", 2022), ("2024-04-01", 2024), ("2023-01-15", 2022)])
def test_a_day_of_another_year_is_refused_with_the_file_it_belongs_to(tmp_path: Path, day: str, other: int) -> None:
    folder = agency(tmp_path, ROWS[0], ROWS[1].replace("2023-06-30", day))
    with pytest.raises(InputRefused) as refusal:
        load_monitoring(folder, "roads", 2023)
    assert "is not in 2023/24 (2023-04-01 to 2024-03-31)" in told(refusal)
    assert f"move the row to {other}.csv" in told(refusal)


@pytest.mark.parametrize(("day", "refused"), [("2024-03-31", True), ("2023-12-31", False)])
def test_a_plan_ends_with_the_last_day_of_the_year(tmp_path: Path, day: str, refused: bool) -> None:
    row = f"{day},spent,,,,,,91,euros,90,,,,,yes,Monthly report,x"
    folder = agency(tmp_path, ROWS[0], row)
    if refused:
        with pytest.raises(InputRefused) as refusal:
            load_monitoring(folder, "roads", 2023)
        assert "the plan does not end at 100%" in told(refusal)
    else:
        assert load_monitoring(folder, "roads", 2023).find("spent") is not None


@given(BEGINS)
def test_the_example_is_in_the_year(begins: str) -> None:
    days = [date.fromisoformat(line[:10]) for line in example_lines(2023, begins)]
    assert {year_of(day, begins) for day in days} == {2023}


def test_the_example_that_a_beginner_is_shown_can_be_read(tmp_path: Path) -> None:
    lines = [line.replace("万元", "euros") for line in example_lines(2023, "04-01")]
    assert load_monitoring(agency(tmp_path, *lines), "roads", 2023).as_of == date(2023, 6, 30)


# --- what follows from it


def test_the_share_of_the_year_gone_counts_from_its_first_day(roads: Monitored) -> None:
    standings = {s.measure.id: s for s in stand(roads)}
    spent, resurfaced = standings["spent"].course, standings["resurfaced"].course
    assert [p.planned for p in spent] == [Decimal(91) / 366, Decimal(306) / 366]
    assert [p.level for p in spent] == [None, "alarm"]  # 24.86% of the budget by 24.86% of the year; then 54.64% by 83.61%
    assert [p.planned for p in resurfaced] == [Decimal(183) / 366, Decimal(1)]


def test_the_forecast_goes_to_the_last_day_of_the_year(roads: Monitored) -> None:
    spent, resurfaced = roads.find("spent"), roads.find("resurfaced")
    assert spent is not None
    assert resurfaced is not None
    ahead, done = forecast(spent, roads.begins), forecast(resurfaced, roads.begins)
    assert ahead is not None
    assert done is not None
    assert [round(r.value, 2) for r in ahead.reckonings] == [Decimal("239.22"), Decimal("230.42")]  # 200 × 366/306; + 109/215 × 60
    assert "306/366" in ahead.reckonings[0].working.en
    assert done.final


# --- the page


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_names_the_year_and_its_days(roads: Monitored, lang: Lang) -> None:
    page = Monitoring(roads, lang)
    text = BeautifulSoup("".join(page.section(id).html for id in SECTIONS), "html.parser")
    assert text.h1 is not None
    assert "2023/24" in text.h1.get_text()
    kicker = text.select_one(".kicker")
    assert kicker is not None
    assert ("2023-04-01 至 2024-03-31" if lang == "zh" else "2023-04-01 to 2024-03-31") in kicker.get_text()
    assert "83.61%" in page.section("money").html
    assert "83.61%" in page.section("summary").html


@pytest.mark.parametrize(("lang", "months"), [("zh", ["4月", "12月", "1月", "3月"]), ("en", ["Apr", "Dec", "Jan", "Mar"])])
def test_the_axis_begins_with_the_month_of_the_first_day(roads: Monitored, lang: Lang, months: list[str]) -> None:
    chart = money_chart(roads, lang)
    assert "83.61%" in chart.title
    drawn = chart.to_svg()
    places = [drawn.index(f">{month}<") for month in months]
    assert places == sorted(places)


@pytest.mark.parametrize("begins", ["04-06", "01-31", "12-25"])
def test_a_year_may_begin_within_a_month(roads: Monitored, begins: str) -> None:
    first = first_day(2023, begins)
    measures = tuple(
        m.model_copy(update={"observations": tuple(o.model_copy(update={"date": first}) for o in m.observations[:1])})
        for m in roads.measures
    )
    other = roads.model_copy(update={"begins": begins, "measures": measures})
    assert money_chart(other, "en").to_svg().count(">Apr<") == 1
    assert Monitoring(other, "en").section("money").html


def test_without_a_file_the_page_begins_with_the_year(tmp_path: Path) -> None:
    folder = agency(tmp_path)
    (folder / file_name("roads", 2023)).unlink()
    page = Monitoring(load_monitoring(folder, "roads", 2023), "en").section("summary").html
    assert "no monitoring data for 2023/24 yet" in page
    assert "monitoring/roads/2023.csv" in page
    assert "2023-06-30,spent" in page
