"""A county's year: ranks, what drives the differences, targets, budget, findings, outliers; the page with many departments, one, none."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from evallib.analysis.changes import ScoreChange
from evallib.analysis.money import AmountChange, combined
from evallib.analysis.overview import (
    alike,
    drivers,
    explained,
    full_points,
    grade_counts,
    modified_z,
    ranking,
    ranks,
    screenings,
    self_gaps,
    unscored,
    unsettled,
)
from evallib.analysis.overview_counts import (
    budget_rows,
    kind_counts,
    lost_indicators,
    over_fulfilled,
    target_counts,
    under_fulfilled,
)
from evallib.analysis.sensitivity import measured, total_range
from evallib.analysis.what_if import apply
from evallib.charts.overview import labels, scores_chart, totals_chart
from evallib.charts.overview_bars import self_chart, variances_chart
from evallib.charts.overview_rows import parts_of
from evallib.data.years import evaluate_county
from evallib.kit import NOTEBOOKS
from evallib.methods.questionnaires import intervals
from evallib.model.evaluation import Evaluation
from evallib.model.units import round_half_up
from evallib.model.words import LANGS, Lang, words
from evallib.model.years import Absent, CountyYear
from evallib.pages.overview import LONGEST, SECTIONS, CountyOverview, brief
from evallib.score.scoring import evaluate
from tests.analysis.shapes import without_points
from tests.conftest import DATA, GOLDEN

CASES: dict[str, list[dict[str, Any]]] = tomllib.loads((GOLDEN / "overview" / "numbers.toml").read_text(encoding="utf-8"))
NOTEBOOK = NOTEBOOKS / "county_overview.ipynb"
every_language = pytest.mark.parametrize("lang", LANGS)
decimals = st.decimals(min_value=0, max_value=100, places=2)
losses = st.lists(st.dictionaries(st.sampled_from("abc"), st.fractions(0, 10, max_denominator=100)), min_size=1, max_size=12)


def department(hrss: Evaluation, code: str, **changed: Any) -> Evaluation:
    """The real evaluation under another code, with some of its results changed."""
    record = hrss.record.model_copy(update={"department": code, "name": words(f"部门{code}", f"Department {code}")})
    return replace(hrss, record=record, **changed)


def county_of(hrss: Evaluation, totals: list[str]) -> tuple[Evaluation, ...]:
    """A department for each total, graded by it."""
    found = []
    for place, total in enumerate(totals):
        grade = hrss.framework.grade_of(Decimal(total))
        assert grade is not None
        found.append(department(hrss, f"d{place}", total=Decimal(total), grade_id=grade.id))
    return tuple(found)


def with_facts(hrss: Evaluation, code: str, **changed: Decimal | None) -> Evaluation:
    """The real year scored anew with some facts given another value."""
    rows = tuple(f.model_copy(update={"value": changed[f.fact]}) if f.fact in changed else f for f in hrss.record.facts)
    return evaluate(hrss.framework, hrss.record.model_copy(update={"facts": rows, "department": code}))


def links(html: str) -> set[str]:
    return set(re.findall(r'href="(\.\./[^"]*)"', html))


# --- ranks


@pytest.mark.parametrize("case", CASES["ranks"], ids=lambda case: case["why"])
def test_ranks_by_hand(case: dict[str, Any]) -> None:
    assert list(ranks([Decimal(v) for v in case["values"]])) == case["ranks"]


@given(st.lists(decimals, max_size=20))
def test_a_rank_is_one_more_than_how_many_are_better(values: list[Decimal]) -> None:
    assert ranks(values) == tuple(1 + sum(other > value for other in values) for value in values)


def test_ranking_does_not_depend_on_the_order_of_the_list(hrss: Evaluation) -> None:
    county = county_of(hrss, ["80", "91.5", "80", "59.99"])
    assert ranking(county) == ranking(county[::-1])
    assert [(s.rank, s.tied, s.evaluation.record.department) for s in ranking(county)] == [
        (1, False, "d1"),
        (2, True, "d0"),
        (2, True, "d2"),
        (4, False, "d3"),
    ]


def test_where_full_points_differ_shares_are_compared(hrss: Evaluation) -> None:
    county = department(hrss, "a", total=Decimal(85)), department(hrss, "b", total=Decimal(45), points=Decimal(50))
    assert full_points(county) is None
    assert [(s.evaluation.record.department, s.rate) for s in ranking(county)] == [("b", Decimal("0.9")), ("a", Decimal("0.85"))]


def test_an_order_is_open_where_ranges_of_neighbours_overlap(hrss: Evaluation) -> None:
    """Also with each of several who share the better rank; and it is shares of the full points that are compared."""
    half = department(hrss, "e", total=Decimal(20), points=Decimal(50))
    standings = ranking((*county_of(hrss, ["95", "90", "90", "80"]), half))
    ranges = {"d0": (94, 96), "d1": (88, 93), "d2": (90, 91), "d3": (79, 89), "e": (19, 39)}
    found = unsettled(standings, {code: (Decimal(low), Decimal(high)) for code, (low, high) in ranges.items()})
    assert {code: [s.evaluation.record.department for s in above] for code, above in found.items()} == {
        "d0": [],
        "d1": [],
        "d2": [],
        "d3": ["d1"],
        "e": [],
    }
    touching = unsettled(standings, {code: (Decimal(low), Decimal(high)) for code, (low, high) in (ranges | {"e": (19, "39.5")}).items()})
    assert [s.evaluation.record.department for s in touching["e"]] == ["d3"]


def test_a_total_of_no_points_has_no_rank(hrss: Evaluation) -> None:
    assert ranking((department(hrss, "a", total=Decimal(0), points=Decimal(0)),)) == ()


def test_every_grade_is_counted_also_the_one_nobody_has(hrss: Evaluation) -> None:
    counts = grade_counts(county_of(hrss, ["90", "89.99", "80"]))
    assert [(g.name.zh, len(g.evaluations)) for g in counts] == [("优", 1), ("良", 2), ("中", 0), ("差", 0)]


def test_other_frameworks_and_kinds_are_never_in_one_list(hrss: Evaluation) -> None:
    other = hrss.framework.model_copy(update={"id": "other"})
    project = department(hrss, "p")
    project = replace(project, record=project.record.model_copy(update={"kind": "project"}))
    county = department(hrss, "b", framework=other), department(hrss, "a"), project, department(hrss, "c")
    assert [[e.record.department for e in group] for group in alike(county)] == [["a", "c"], ["b"], ["p"]]


def test_without_points_nobody_has_a_rank_a_grade_or_a_gap(hrss: Evaluation) -> None:
    county = (without_points(hrss), without_points(department(hrss, "b")))
    assert ranking(county) == drivers(county) == self_gaps(county) == lost_indicators(county) == ()
    assert [g.evaluations for g in grade_counts(county)] == []


def test_a_total_below_every_grade_has_none(hrss: Evaluation) -> None:
    framework = hrss.framework.model_copy(update={"grades": hrss.framework.grades[:1]})  # only the best
    poor = replace(evaluate(framework, hrss.record), self_total=Decimal(80))
    assert [len(g.evaluations) for g in grade_counts((poor,))] == [0]
    (gap,) = self_gaps((poor,))
    assert (bool(gap.own_grade), gap.better_grade) == (False, False)


# --- what drives the differences


@pytest.mark.parametrize("case", CASES["explained"], ids=lambda case: case["why"])
def test_decomposition_by_hand(case: dict[str, Any]) -> None:
    parts = [{name: Fraction(value) for name, value in row.items()} for row in case["parts"]]
    assert explained(parts) == {name: Fraction(share) for name, share in case["shares"].items()}


@given(losses)
def test_the_shares_add_up_to_one_or_there_are_none(parts: list[dict[str, Fraction]]) -> None:
    assert sum(explained(parts).values()) == (1 if len({sum(row.values()) for row in parts}) > 1 else 0)


@given(losses.flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))))
def test_the_shares_do_not_depend_on_the_order(pair: tuple[list[dict[str, Fraction]], list[dict[str, Fraction]]]) -> None:
    assert explained(pair[0]) == explained(pair[1])


def test_a_group_in_which_alone_departments_differ_explains_everything(hrss: Evaluation) -> None:
    sections = tuple(replace(s, score=s.score - 1) if s.id == "satisfaction" else s for s in hrss.sections)
    found = drivers((hrss, department(hrss, "b", sections=sections, total=hrss.total - 1)))
    assert {d.id: d.share for d in found if d.share} == {"satisfaction": Decimal(1)}
    assert sum(d.largest_for for d in found) == 2


def test_equal_totals_have_no_drivers(hrss: Evaluation) -> None:
    assert drivers((hrss,)) == drivers((hrss, department(hrss, "b"))) == ()


# --- outliers


@pytest.mark.parametrize("case", CASES["modified_z"], ids=lambda case: case["why"])
def test_modified_z_by_hand(case: dict[str, Any]) -> None:
    scores = modified_z([Decimal(v) for v in case["values"]])
    assert [str(round_half_up(s, 4)) for s in scores or ()] == case["scores"]


@given(st.lists(decimals, min_size=3, max_size=15), decimals)
def test_modified_z_does_not_move_with_all_values(values: list[Decimal], shift: Decimal) -> None:
    assert modified_z(values) == modified_z([v + shift for v in values])


def test_a_department_far_below_the_others_stands_out(hrss: Evaluation) -> None:
    total = screenings(county_of(hrss, ["80", "81", "82", "83", "84", "85", "86", "20"]))[0]
    assert total.verdict == "looked"
    assert [o.evaluation.record.department for o in total.outliers] == ["d7"]


def test_fewer_than_eight_departments_say_nothing(hrss: Evaluation) -> None:
    assert {s.verdict for s in screenings(county_of(hrss, ["80", "81", "82", "83", "84", "85", "20"]))} == {"few"}


def test_no_spread_says_nothing(hrss: Evaluation) -> None:
    assert screenings(county_of(hrss, ["80"] * 8 + ["20"]))[0].verdict == "spread"


# --- targets, budget, findings, self-evaluation, what is missing


def test_targets_met_are_counted_apart_from_judged_ones(hrss: Evaluation) -> None:
    count = target_counts((hrss,))[0]
    judged = [t for t in hrss.targets if t.judged]
    assert (count.judged, count.judged_met) == (len(judged), sum(t.met is True for t in judged))
    assert count.measured + count.judged + count.unknown == len(hrss.targets)
    assert count.share == Decimal(count.met) / count.measured


def test_the_published_highest_completion_is_the_most_over_fulfilled(hrss: Evaluation) -> None:
    first = over_fulfilled((hrss,))[0]
    assert round_half_up(first.rate, 4) == Decimal("3.2992")
    assert first.excess == Decimal("3448.76")  # 4,948.76 less 1,500, in 万元


def test_a_judged_target_is_never_over_or_under_fulfilled(hrss: Evaluation) -> None:
    judged = department(hrss, "a", targets=tuple(replace(t, judged=True) for t in hrss.targets))
    assert over_fulfilled((judged,)) == under_fulfilled((judged,)) == ()


def test_under_fulfilled_begins_with_the_furthest(hrss: Evaluation) -> None:
    rates = [f.rate for f in under_fulfilled((hrss,))]
    assert rates == sorted(rates)
    assert max(rates) < 1


def test_budgets_add_up_and_the_rate_is_that_of_the_sums() -> None:
    whole = combined([AmountChange(Decimal(100), Decimal(150)), AmountChange(Decimal(3), None), AmountChange(Decimal(300), Decimal(250))])
    assert whole == AmountChange(Decimal(400), Decimal(400), 2)
    assert whole.rate == 0


def test_a_budget_of_zero_has_no_rate() -> None:
    assert AmountChange(Decimal(0), Decimal(5)).rate is None


def test_an_unknown_outturn_is_not_a_zero(hrss: Evaluation) -> None:
    unknown = with_facts(hrss, "b", outturn=None, outturn_basic=None, outturn_project=None)
    rows = budget_rows((hrss, unknown))
    assert [row.evaluation.record.department for row in rows if row.spent] == ["hrss"]
    assert combined(row.spent for row in rows) == rows[0].spent


def test_findings_are_counted_by_kind_and_department(hrss: Evaluation) -> None:
    alone, twice = kind_counts((hrss,)), kind_counts((hrss, department(hrss, "b")))
    assert sum(k.findings for k in alone) == len(hrss.record.findings)
    assert {(k.name.zh, len(k.evaluations), k.findings, k.amount) for k in twice} == {
        (k.name.zh, 2, 2 * k.findings, 2 * k.amount) for k in alone
    }


def test_indicators_of_different_frameworks_are_counted_apart(hrss: Evaluation) -> None:
    other = department(hrss, "b", framework=hrss.framework.model_copy(update={"id": "other"}))
    assert {len(i.evaluations) for i in lost_indicators((hrss, other))} == {1}


def test_own_indicators_are_not_among_the_lost_ones(hrss: Evaluation) -> None:
    lost = {i.id: i.lost for i in lost_indicators((hrss,))}
    assert lost == {i.id: i.lost for i in hrss.indicators if i.lost > 0 and not i.own}


def test_self_evaluation_is_own_less_evaluated(hrss: Evaluation) -> None:
    gap = self_gaps((hrss, department(hrss, "b", self_total=None)))
    assert [(g.gap, g.own_grade.zh, g.better_grade) for g in gap] == [(Decimal("11.37"), "优", True)]  # 96 less 84.63, published


def test_an_indicator_without_data_is_listed(hrss: Evaluation) -> None:
    first = replace(hrss.indicators[0], status="missing")
    broken = department(hrss, "b", indicators=(first, *hrss.indicators[1:]))
    assert unscored((hrss, broken)) == ((broken, (first,)),)


# --- charts


@every_language
def test_every_department_is_in_one_of_the_parts(hrss: Evaluation, lang: Lang) -> None:
    county = county_of(hrss, [f"{60 + place / 2:.2f}" for place in range(60)])
    assert parts_of(len(county)) == 2
    for draw in (scores_chart, variances_chart, self_chart):
        charts = [draw(county, lang, number) for number in (1, 2)]
        named = {str(row[0]) for chart in charts for row in chart.data.to_numpy()}
        assert {e.record.name[lang] for e in county} <= named
        assert {chart.to_svg() for chart in charts} == {chart.to_svg() for chart in charts}


@every_language
def test_the_number_stands_in_every_cell_of_the_heat_map(hrss: Evaluation, lang: Lang) -> None:
    svg = ElementTree.fromstring(scores_chart((hrss,), lang).to_svg())
    texts = [node.text for node in svg.iter("{http://www.w3.org/2000/svg}text")]
    for g in hrss.groups:
        assert g.rate is not None
        assert f"{round_half_up(g.rate * 100, 0):f}" in texts


@every_language
def test_names_that_are_markup_stay_text(hrss: Evaluation, lang: Lang) -> None:
    record = hrss.record.model_copy(update={"name": words("<script>$x$ $" + "长" * 80, "<script>$x$ $" + "long " * 40)})
    county = (replace(hrss, record=record),)
    for chart in (totals_chart(county, lang), scores_chart(county, lang), variances_chart(county, lang), self_chart(county, lang)):
        ElementTree.fromstring(chart.to_svg())
    assert "<script>" not in CountyOverview(CountyYear(2023, county, ()), lang).section("ranking").html


def test_an_ending_that_all_names_share_is_not_repeated(hrss: Evaluation) -> None:
    county = tuple(department(hrss, code) for code in "ab")
    made_up = [replace(e, record=e.record.model_copy(update={"name": words(f"{c} (x)")})) for e, c in zip(county, "ab", strict=True)]
    assert labels(made_up, "en") == {"a": "a", "b": "b"}
    assert labels([made_up[0], county[1]], "en") == {"a": "a (x)", "b": "Department b"}


# --- the page


@every_language
@pytest.mark.parametrize("count", [0, 1, 2, 40])
def test_every_section_is_made_for_any_number_of_departments(hrss: Evaluation, count: int, lang: Lang) -> None:
    absent = (Absent("gone", words("缺的部门", "The absent one"), 2023, words("没有数据", "there is no data")),)
    overview = CountyOverview(CountyYear(2023, county_of(hrss, [f"{50 + place}" for place in range(count)]), absent), lang)
    left_out = overview.absent
    assert set(left_out) == ({*SECTIONS} - {"summary", "missing"} if count == 0 else {"government"})
    for id in SECTIONS:
        assert (f'<section id="{id}"' in overview.section(id).html) == (id not in left_out)
        assert id not in left_out or SECTIONS[id][lang] in overview.section("missing").html
    assert absent[0].name[lang] in overview.section("missing").html


@every_language
def test_the_page_says_which_order_is_not_certain(hrss: Evaluation, lang: Lang) -> None:
    """Of the real one, a copy one point below it (its range is as wide), and one that got nothing."""
    lower = apply(hrss, [ScoreChange(indicator="fund_compliance", score=hrss.indicator("fund_compliance").points - 3)])
    worst = apply(hrss, [ScoreChange(indicator=i.id, score=Decimal(0)) for i in hrss.indicators])
    names = {"a": hrss, "b": lower, "c": worst}
    few = CountyOverview(CountyYear(2023, tuple(department(e, code) for code, e in names.items()), ()), lang)
    said = {
        "zh": "部门a与部门b的先后不能确定：两者的总分范围重叠。",
        "en": "The order of Department a and Department b is not certain: their ranges overlap.",
    }
    page = BeautifulSoup(few.section("ranking").html, "html.parser")
    assert all(said[lang] in BeautifulSoup(few.section(id).html, "html.parser").get_text() for id in ("summary", "ranking", "scores"))
    rows = [[cell.get_text() for cell in row.find_all("td")] for row in page.find_all("tbody")[0].find_all("tr")]
    assert [row[0] for row in rows] == ["1", "2≈", "3"]
    low, high = total_range(hrss, intervals(hrss, measured(hrss)))
    assert rows[0][1].endswith(f"{low}–{high}")
    many = CountyOverview(CountyYear(2023, county_of(hrss, ["85", "84.9", "84.8", "84.7", "84.6"]), ()), lang)
    said = {
        "zh": "5 个部门中有 4 个与前一名的先后不能确定（≈）",
        "en": "For 4 of 5 departments the order with the next better is not certain (≈)",
    }
    assert said[lang] in BeautifulSoup(many.section("summary").html, "html.parser").get_text()
    alone = CountyOverview(CountyYear(2023, (hrss, department(worst, "c")), ()), lang).section("ranking").html
    assert "<strong>" not in alone.partition("<figure")[0]


@every_language
def test_every_department_leads_to_its_report_and_its_years(hrss: Evaluation, lang: Lang) -> None:
    html = CountyOverview(CountyYear(2023, county_of(hrss, ["80", "90"]), ()), lang).section("ranking").html
    end = ".html" if lang == "zh" else ".en.html"
    assert links(html) == {f"../{folder}/{code}{end}" for folder in ("2023", "comparison") for code in ("d0", "d1")}


@every_language
def test_an_absent_department_is_not_linked_to_a_report(lang: Lang) -> None:
    absent = (Absent("gone", words("缺的部门", "The absent one"), 2023, words("没有数据", "there is no data")),)
    overview = CountyOverview(CountyYear(2023, (), absent), lang)
    assert not any(link.startswith("../2023/") for id in SECTIONS for link in links(overview.section(id).html))


def test_different_frameworks_are_said_and_set_apart(hrss: Evaluation) -> None:
    other = hrss.framework.model_copy(update={"id": "other", "name": "另一体系", "name_en": "Another framework"})
    county = hrss, department(hrss, "b", framework=other, points=Decimal(50), total=Decimal(40))
    html = CountyOverview(CountyYear(2023, county, ()), "en").section("ranking").html
    assert "listed apart and not ranked against each other" in html
    headings = [h.get_text() for h in BeautifulSoup(html, "html.parser").find_all(id=re.compile(r"^ranking-\d$"))]
    assert headings == [f"{e.framework.words.en} · departments" for e in county]
    assert html.count("84.63 / 100") == html.count("40.00 / 50") == 1


def test_synthetic_data_is_called_synthetic(hrss: Evaluation) -> None:
    line = hrss.record.profile[0].model_copy(update={"key": "synthetic", "text": "这是模拟数据。", "text_en": "This is made up."})
    made_up = replace(hrss, record=hrss.record.model_copy(update={"profile": (*hrss.record.profile, line)}))
    html = CountyOverview(CountyYear(2023, (hrss, made_up), ()), "en").section("summary").html
    assert "This is made up." in html
    assert "1 of the 2 departments are synthetic" in html


def test_reconstructed_points_are_marked_where_they_are_used(hrss: Evaluation) -> None:
    overview = CountyOverview(CountyYear(2023, (hrss,), ()), "en")
    assert all("mark-reconstructed" in overview.section(id).html for id in ("ranking", "scores", "findings"))


@given(st.text(max_size=600))
def test_a_reason_is_short_and_begins_as_it_was_given(reason: str) -> None:
    said = brief(reason)
    assert len(said) <= LONGEST
    assert reason.strip().startswith(said.removesuffix("…").strip())


def test_the_notebook_shows_the_sections_in_their_order() -> None:
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    assert re.findall(r"county\.section\.(\w+)", code) == list(SECTIONS)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    import papermill
    from traitlets.config import Config

    from evallib.pages.exporter import ReportExporter

    executed = papermill.execute_notebook(
        str(NOTEBOOK),
        str(tmp_path_factory.mktemp("overview") / "x.ipynb"),
        parameters={"data": str(DATA), "lang": "en"},
        kernel_name="python3",
        progress_bar=False,
        config=Config({"KernelManager": {"transport_encryption": "auto"}}),
    )
    exporter: Any = ReportExporter
    html, _ = exporter().from_notebook_node(executed)
    return str(html)


@pytest.mark.filterwarnings("default")
def test_the_notebook_runs_and_becomes_a_page(page: str) -> None:
    places = [page.index(f'<section id="{id}" aria-labelledby="h-{id}"') for id in SECTIONS]
    assert places == sorted(places)
    assert '<html lang="en">' in page
    assert "84.63" in page
    assert links(page) == {"../2023/hrss.en.html", "../comparison/hrss.en.html"}


def test_the_county_of_the_real_data_is_one_department() -> None:
    county = evaluate_county(DATA, 2023)
    assert [e.record.department for e in county.evaluations] == ["hrss"]
    assert [s.rank for s in ranking(county.evaluations)] == [1]
