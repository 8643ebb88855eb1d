"""A running year: reading its file, computing from it, and the page. The worked numbers stand in tests/cases/monitoring."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from evallib.analysis.monitoring import Forecast, MoneyRow, Reckoning, Standing, chance, flags, forecast, judge, money_rows, passed, stand
from evallib.charts.monitoring import money_chart, targets_chart
from evallib.data.monitoring import load_monitoring
from evallib.model.errors import InputRefused
from evallib.model.monitoring_record import Measure, Monitored, Observation
from evallib.model.monitoring_rows import MonitoringRow, example_lines, file_name, head_line
from evallib.model.rows import columns
from evallib.model.running_year import year_gone
from evallib.model.units import Unit, round_half_up
from evallib.model.words import LANGS, NOTHING, Lang, words
from evallib.pages.monitoring import SECTIONS, Monitoring
from evallib.runs.engine import fast_engine
from evallib.runs.monitoring import run_monitoring
from tests.conftest import DATA, GOLDEN, ROOT

CASES = GOLDEN / "monitoring"
WORKED: dict[str, Any] = tomllib.loads((CASES / "worked.toml").read_text(encoding="utf-8"))
REFUSALS: list[dict[str, Any]] = tomllib.loads((CASES / "refusals.toml").read_text(encoding="utf-8"))["case"]
YEAR = 2024
CASE, YUAN = Unit("件", words("件", "cases"), (("cases", 1),)), Unit("元", words("元", "yuan"), (("money", 1),))


def _folder(root: Path, content: str | None) -> Path:
    """A data folder with one sample department and, where there is content, its file."""
    root.mkdir(exist_ok=True)
    (root / "county.toml").write_text("format = 2\n", encoding="utf-8")
    (root / "departments.csv").write_text(
        "code,name,name_en,framework,first_year,last_year\ndemo,示例局,Sample bureau,x,2023,2023\n", encoding="utf-8-sig"
    )
    if content is not None:
        path = root / file_name("demo", YEAR)
        path.parent.mkdir(parents=True)
        path.write_text(content, encoding="utf-8-sig")
    return root


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _folder(tmp_path_factory.mktemp("running"), (CASES / "running.csv").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def running(data: Path) -> Monitored:
    return load_monitoring(data, "demo", YEAR)


@pytest.fixture(scope="module")
def standings(running: Monitored) -> dict[str, Standing]:
    return {s.measure.id: s for s in stand(running)}


def _rounded(value: Decimal | None, places: int = 4) -> str:
    return "" if value is None else str(round_half_up(value, places))


# Computing


@pytest.mark.parametrize("case", WORKED["day"], ids=lambda c: c["why"])
def test_the_share_of_the_year_gone(case: dict[str, Any]) -> None:
    assert _rounded(year_gone(case["date"])) == case["gone"]


@pytest.mark.parametrize("case", WORKED["money"], ids=lambda c: c["why"])
def test_execution_has_two_bases(running: Monitored, case: dict[str, Any]) -> None:
    row = next(row for row in money_rows(running) if row.date == case["date"])
    assert (_rounded(row.of_received), _rounded(row.of_budget)) == (case["of_received"], case["of_budget"])


def test_all_that_came_was_used_and_a_quarter_of_the_budget_is_executed() -> None:
    """A monitoring report on the web prints “已到位672.44万元，使用672.44万元，使用率100%” in June for a budget of 2646.34."""
    row = MoneyRow(date(2021, 6, 30), Decimal("2646.34"), Decimal("672.44"), Decimal("672.44"))
    assert (_rounded(row.of_received), _rounded(row.of_budget)) == ("1.0000", "0.2541")


@pytest.mark.parametrize("case", WORKED["standing"], ids=lambda c: c["measure"])
def test_where_a_measure_stands_and_leads(standings: dict[str, Standing], case: dict[str, Any]) -> None:
    s = standings[case["measure"]]
    assert s.last is not None
    assert (_rounded(s.last.progress), _rounded(s.last.planned)) == (case["progress"], case["planned"])
    found = [[f.deviation.rule.id, f.deviation.level, _rounded(f.deviation.gap), str(f.since)] for f in flags([s])]
    assert found == case["flags"]
    assert [_rounded(r.value, 2) for r in s.forecast.reckonings] == case["forecast"] if s.forecast else not case["forecast"]
    assert (s.chance or "") == case["chance"]


def _measure(operator: Any = ">=", target: str = "100", kind: Any = "total", **observed: str) -> Measure:
    """A measure with values by month and day, as in _measure(m0630="40")."""
    seen = tuple(Observation(date=date(YEAR, int(day[1:3]), int(day[3:])), value=Decimal(value)) for day, value in observed.items())
    return Measure(id="a", name=words("甲", "A"), unit=CASE, kind=kind, operator=operator, target=Decimal(target), observations=seen)


@pytest.mark.parametrize("case", WORKED["edge"], ids=lambda c: c["why"])
def test_the_limits_of_deviations(case: dict[str, Any]) -> None:
    operator, target, value = case["case"]
    observation = Observation(date=date(YEAR, 6, 30), value=Decimal(value), planned=Decimal("0.5"))
    position = judge(_measure(operator, target), observation, Decimal(target))
    assert ", ".join(f"{d.rule.id} {d.level}" for d in position.deviations) == case["flag"]


@pytest.mark.parametrize("case", WORKED["chance"], ids=lambda c: " ".join(c["case"]))
def test_whether_a_target_will_be_met(case: dict[str, Any]) -> None:
    operator, target, value, *ends = case["case"]
    ahead = Forecast(tuple(Reckoning(NOTHING, Decimal(end), NOTHING) for end in ends))
    assert chance(operator, Decimal(target), Decimal(value), ahead) == case["says"]


def test_a_deviation_that_has_passed_is_told_with_its_run(standings: dict[str, Standing]) -> None:
    (flag,) = passed([standings["trained"]])
    assert (flag.deviation.rule.id, flag.since, flag.passed) == ("behind", date(2024, 6, 30), date(2024, 7, 31))
    assert flag.reason.en == "Too few teachers"


def test_a_deviation_that_comes_back_begins_anew() -> None:
    measure = _measure(m0331="0", m0630="50", m0930="52")
    (flag,) = flags([Standing(measure, tuple(judge(measure, o, measure.target) for o in measure.seen), None, None)])
    assert flag.since == date(2024, 9, 30)


def test_the_latest_reason_in_the_run_counts(standings: dict[str, Standing]) -> None:
    (flag,) = flags([standings["spent"]])
    assert (flag.reason.en, flag.recorded) == ("Tendering was put off", date(2024, 6, 30))


def test_money_spent_beyond_what_came_or_was_granted_is_flagged() -> None:
    spent = Measure(id="spent", name=words("支出"), unit=YUAN)
    observation = Observation(date=date(YEAR, 12, 31), value=Decimal(110))
    found = judge(spent, observation, Decimal(100), Decimal(100)).deviations
    assert [(d.rule.id, d.level) for d in found] == [("over", "alarm"), ("unfunded", "warn")]


def test_money_spent_before_any_came_has_no_rate_and_is_alarming() -> None:
    spent = Measure(id="spent", name=words("支出"), unit=YUAN)
    (found,) = judge(spent, Observation(date=date(YEAR, 1, 31), value=Decimal(8)), Decimal(100), Decimal(0)).deviations
    assert (found.rule.id, found.level, found.gap) == ("unfunded", "alarm", None)


def test_one_observation_gives_one_reckoning() -> None:
    found = forecast(_measure(m0630="91"))
    assert found is not None
    assert [r.value for r in found.reckonings] == [Decimal(183)]  # 91 x 366 / 182


def test_when_the_year_is_over_nothing_is_forecast() -> None:
    found = forecast(_measure(m0630="40", m1231="90"))
    assert found is not None
    assert (found.final, [r.value for r in found.reckonings]) == (True, [Decimal(90)])
    assert chance(">=", Decimal(100), Decimal(90), found) == "missed"


DAYS = st.dates(date(2023, 1, 1), date(2024, 12, 31))
AMOUNTS = st.decimals(0, 10**6, places=2)


@given(DAYS, DAYS, AMOUNTS, AMOUNTS)
def test_no_reckoning_is_below_what_is_there_already(a: date, b: date, less: Decimal, more: Decimal) -> None:
    first, last = sorted([a, b])
    if first == last or first.year != last.year:
        return
    low, high = sorted([less, more])
    seen = (Observation(date=first, value=low), Observation(date=last, value=high))
    found = forecast(Measure(id="a", name=words("甲"), unit=CASE, target=Decimal(1), observations=seen))
    assert found is not None
    assert high <= found.low <= found.high


@given(DAYS, st.decimals("0.01", 10**6, places=2), AMOUNTS, AMOUNTS)
def test_more_is_never_worse_for_a_goal_and_never_better_for_a_limit(day: date, target: Decimal, a: Decimal, b: Decimal) -> None:
    less, more = sorted([a, b])

    def how_bad(operator: Any, value: Decimal) -> int:
        measure = Measure(id="a", name=words("甲"), unit=CASE, operator=operator, target=target)
        return [None, "warn", "alarm"].index(judge(measure, Observation(date=day, value=value), target).level)

    assert how_bad(">=", more) <= how_bad(">=", less)
    assert how_bad("<=", less) <= how_bad("<=", more)


@given(DAYS, st.decimals("0.01", 10**6, places=2))
def test_an_even_pace_is_never_off_course(day: date, target: Decimal) -> None:
    value = target * year_gone(day)
    for operator in (">=", "<=", "="):
        measure = Measure(id="a", name=words("甲"), unit=CASE, operator=operator, target=target)
        assert judge(measure, Observation(date=day, value=value), target).deviations == ()


# The file

SOUND = [
    {"date": "2024-01-01", "measure": "budget", "value": "100", "unit": "万元"},
    {"date": "2024-03-31", "measure": "spent", "value": "20", "unit": "万元"},
    {
        "date": "2024-03-31",
        "measure": "trained",
        "name": "培训",
        "operator": ">=",
        "target": "800",
        "value": "100",
        "unit": "人",
        "planned": "30",
    },
    {"date": "2024-06-30", "measure": "trained", "value": "300", "planned": "50"},
    {
        "date": "2024-06-30",
        "measure": "satisfaction",
        "name": "满意度",
        "kind": "时点",
        "operator": "≥",
        "target": "90",
        "value": "84",
        "unit": "%",
    },
]


def _csv(rows: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=columns(MonitoringRow), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows({"source": "月报", "section": "一", **row} for row in rows)
    return out.getvalue()


def test_the_sound_file_is_read(tmp_path: Path) -> None:
    found = load_monitoring(_folder(tmp_path, _csv(SOUND)), "demo", YEAR)
    budget, trained = found.find("budget"), found.find("trained")
    assert budget is not None
    assert trained is not None
    assert budget.seen[0].value == Decimal(1000000)  # yuan
    assert [o.planned for o in trained.observations] == [Decimal("0.3"), Decimal("0.5")]
    assert not found.synthetic


@pytest.mark.parametrize("said", ["时点", "level", "LEVEL", "现状"])
def test_a_kind_may_be_written_in_either_language_and_as_older_files_have_it(tmp_path: Path, said: str) -> None:
    rows = [*SOUND[:-1], SOUND[-1] | {"kind": said, "synthetic": "是"}]
    found = load_monitoring(_folder(tmp_path, _csv(rows)), "demo", YEAR)
    assert [m.kind for m in found.measures] == ["total", "total", "total", "level"]
    assert found.synthetic


@pytest.mark.parametrize("case", REFUSALS, ids=lambda c: c["why"])
def test_a_mistake_is_refused_with_its_place_in_both_languages(tmp_path: Path, case: dict[str, Any]) -> None:
    rows = [dict(row) for row in SOUND]
    rows[case["line"] - 2] |= case["set"]
    with pytest.raises(InputRefused) as refusal:
        load_monitoring(_folder(tmp_path, _csv(rows)), "demo", YEAR)
    (problem,) = refusal.value.problems
    assert [problem.place.row, problem.place.column] == case["at"]
    assert case["zh"] in problem.describe("zh")
    assert case["en"] in problem.describe("en")


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    rows = [dict(row) for row in SOUND]
    rows[0]["unit"], rows[3]["value"], rows[4]["kind"] = "完元", "99", ""
    with pytest.raises(InputRefused) as refusal:
        load_monitoring(_folder(tmp_path, _csv(rows)), "demo", YEAR)
    assert [p.place.row for p in refusal.value.problems] == [2, 5, 6]


def test_a_department_that_is_not_listed_is_refused(data: Path) -> None:
    with pytest.raises(InputRefused, match="there is no such department"):
        load_monitoring(data, "../demo", YEAR)


def test_the_order_of_rows_does_not_matter(running: Monitored, tmp_path: Path) -> None:
    head, *lines = (CASES / "running.csv").read_text(encoding="utf-8").splitlines()
    turned = load_monitoring(_folder(tmp_path, "\n".join([head, *reversed(lines)])), "demo", YEAR)
    assert {m.id: m for m in turned.measures} == {m.id: m for m in running.measures}


def test_the_example_that_a_beginner_is_shown_can_be_read(tmp_path: Path) -> None:
    found = load_monitoring(_folder(tmp_path, "\n".join([head_line(), *example_lines(YEAR)])), "demo", YEAR)
    assert [m.id for m in found.measures] == ["budget", "spent", "trained"]


# The page


def _page(monitored: Monitored, lang: Lang) -> BeautifulSoup:
    page = Monitoring(monitored, lang)
    return BeautifulSoup("".join(page.section(id).html for id in SECTIONS), "html.parser")


def _some(*measures: Measure) -> Monitored:
    return Monitored(department="demo", name=words("示例局", "Sample bureau"), year=YEAR, measures=measures)


def _money(id: str, **observed: str) -> Measure:
    return _measure(**observed).model_copy(update={"id": id, "unit": YUAN, "target": None})


STATES = {
    "nothing": _some(),
    "a target not observed": _some(_measure()),
    "one observation": _some(_measure(m0630="10")),
    "the year over": _some(_money("budget", m0101="100"), _money("spent", m1231="90"), _measure(m1231="100")),
    "spending before a budget": _some(_money("spent", m0331="20"), _money("budget", m0630="100")),
    "a budget of zero": _some(_money("budget", m0101="0"), _money("spent", m0630="10")),
    "money received only": _some(_money("received", m0331="20")),
    "far over the budget": _some(_money("budget", m0101="100"), _money("received", m0101="10"), _money("spent", m0630="500")),
    "a target of zero": _some(_measure("<=", "0", m0630="1")),
    "far past the target": _some(_measure(m0630="900")),
}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("state", STATES)
def test_the_page_is_whole_whatever_was_observed(state: str, lang: Lang) -> None:
    page = _page(STATES[state], lang)
    anchors = {str(element["id"]) for element in page.find_all(id=True)}
    inside = {str(a["href"])[1:] for a in page.find_all("a", href=True)}
    absent = Monitoring(STATES[state], lang).absent
    assert [str(section["id"]) for section in page.find_all("section")] == [id for id in SECTIONS if id not in absent]
    assert inside <= anchors
    assert "None" not in page.get_text()
    assert all(SECTIONS[id][lang] in page.find_all("section")[-1].get_text() for id in absent)  # what is left out is named


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("zh", "没有记录。在 monitoring/demo/2024.csv 该项 2024-07-31 的行补填"),
        ("en", "Not recorded. Fill in reason in the row of 2024-07-31"),
    ],
)
def test_a_deviation_without_a_reason_says_so(running: Monitored, lang: Lang, said: str) -> None:
    article = _page(running, lang).find(id="d-accidents-over")
    assert article is not None
    assert said in article.get_text()


def test_a_recorded_reason_and_remedy_stand_beside_the_deviation(running: Monitored) -> None:
    article = _page(running, "en").find(id="d-spent-behind")
    assert article is not None
    assert "Tendering was put off" in article.get_text()
    assert "Tenders to be let by the end of August" in article.get_text()


@pytest.mark.parametrize(("lang", "said"), [("zh", "模拟数据"), ("en", "synthetic")])
def test_synthetic_figures_are_called_synthetic(running: Monitored, lang: Lang, said: str) -> None:
    header = _page(running, lang).find("header")
    assert header is not None
    assert said in header.get_text()


def test_a_measure_not_observed_is_not_zero(running: Monitored) -> None:
    chart = targets_chart(running, stand(running), "en")
    row = next(row for row in chart.data.to_numpy().tolist() if row[0] == "Plan published")
    assert row == ["Plan published", "—", "— / ≥ 1 item", "—", "—", "—", "—"]


def test_the_money_chart_says_both_shares_and_holds_every_day(running: Monitored) -> None:
    chart = money_chart(running, "en")
    assert chart.title == "By 2024-07-31, 37.50% of the budget is spent and 58.20% of the year gone"
    assert list(chart.data["Date"]) == ["2024-01-01", "2024-03-31", "2024-06-15", "2024-06-30", "2024-07-31"]
    assert "expected by the end of the year" in chart.alt


def test_without_a_file_no_page_is_made_and_the_head_line_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputRefused) as refusal:
        run_monitoring("demo", YEAR, data=_folder(tmp_path / "data", None), out=tmp_path / "out")
    assert head_line() in refusal.value.describe("zh")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("lang", "page"), [("zh", "demo-2024.html"), ("en", "demo-2024.en.html")])
def test_the_page_of_a_department_is_made(data: Path, tmp_path: Path, lang: Lang, page: str) -> None:
    written = run_monitoring("demo", YEAR, data=data, out=tmp_path, lang=lang, engine=fast_engine()).page
    soup = BeautifulSoup(written.read_text(encoding="utf-8"), "html.parser")
    assert written == tmp_path / "monitoring" / page
    assert [str(section["id"]) for section in soup.find_all("section")] == list(SECTIONS)
    assert len(soup.select("svg.wide")) == len(soup.select("svg.narrow")) == 2


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> dict[Lang, Path]:
    """The pages of the notebook as it is, in each language: run by papermill and exported by the command that people use."""
    import papermill

    folder, notebook = tmp_path_factory.mktemp("begun"), ROOT / "notebooks" / "monitoring.ipynb"
    executed = {lang: folder / f"{lang}.ipynb" for lang in LANGS}
    for lang, target in executed.items():
        parameters = {"lang": lang, "data": str(DATA)}
        papermill.execute_notebook(str(notebook), str(target), parameters, fast_engine(), kernel_name="python3", progress_bar=False)
    command = [sys.executable, "-m", "nbconvert", "--to", "evallib", *map(str, executed.values())]
    subprocess.run(command, check=True, capture_output=True)
    return {lang: next(folder.glob(f"{lang}.hrss-2024*.html")) for lang in LANGS}  # the name bears department and year


@pytest.mark.filterwarnings("ignore")  # of the kernel's connection
@pytest.mark.parametrize(("lang", "said"), [("zh", "还没有监控数据"), ("en", "There is no monitoring data for 2024 yet")])
def test_the_notebook_as_it_is_says_how_to_begin(begun: dict[Lang, Path], lang: Lang, said: str) -> None:
    soup = BeautifulSoup(begun[lang].read_text(encoding="utf-8"), "html.parser")
    summary = soup.find(id="summary")
    assert summary is not None
    assert said in summary.get_text()
    assert head_line() in summary.get_text()
