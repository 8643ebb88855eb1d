"""Which sections a page has, how they are numbered, and what it says of those it leaves out; money, years and kinds as they are called."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup, Tag

from evallib.analysis.government import from_departments
from evallib.data.government import load_government
from evallib.data.monitoring import load_monitoring
from evallib.data.years import evaluate_year
from evallib.model.evaluation import Evaluation
from evallib.model.units import SHARE, Unit
from evallib.model.words import LANGS, Lang, words
from evallib.model.years import Absent, CountyYear, DepartmentYears, EvaluatedYear
from evallib.pages.comparison import YearComparison
from evallib.pages.framework_text import formula_words, framework_changes, framework_lines
from evallib.pages.government import government_names
from evallib.pages.monitoring import Monitoring
from evallib.pages.overview import CountyOverview, difference
from evallib.pages.rendering import Sections
from evallib.pages.report import Report
from evallib.say.numbers import percent
from evallib.score.scoring import evaluate
from tests.analysis.shapes import without_catalogue, without_points
from tests.conftest import DATA, Copy
from tests.pages import notebooks
from tests.score import small

ALWAYS = {"summary", "method", "dimensions", "indicators", "sources"}


def report(evaluation: Evaluation, lang: Lang = "zh", previous: Evaluation | None = None) -> Report:
    return Report(EvaluatedYear(evaluation, previous, ()), lang)


def overview(*evaluations: Evaluation, lang: Lang = "zh") -> CountyOverview:
    return CountyOverview(CountyYear(2023, evaluations, ()), lang)


def html(page: Sections) -> str:
    return "".join(page.section(id).html for id in page.SECTIONS)


def text(page: Sections) -> str:
    return BeautifulSoup(html(page), "html.parser").get_text(" ")


def headings(page: Sections) -> list[str]:
    return notebooks.headings(notebooks.export(notebooks.notebook(*notebooks.sections(page)))[0])


def listed(e: Evaluation, code: str, kind: str = "department", total: str | None = None) -> Evaluation:
    """The same evaluation under another code, of another kind, with another total."""
    record = e.record.model_copy(update={"department": code, "name": words(code), "kind": kind})
    return replace(e, record=record, total=e.total if total is None else Decimal(total))


# --- what is there and what is not -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_sections_are_numbered_without_those_left_out_and_the_last_names_them(hrss: Evaluation, lang: Lang) -> None:
    page = report(hrss, lang)
    assert page.section("follow_up").html == ""
    found = headings(page)
    numbers = [re.match(r"(\d+)\. " if lang == "en" else r"([一二三四五六七八九十]+)、", h) for h in found[1:-9]]
    assert all(numbers)
    assert len({n[1] for n in numbers if n}) == len(numbers)
    assert found[1].startswith("1. Profile" if lang == "en" else "一、基本情况")
    assert [h.partition("：" if lang == "zh" else ": ")[0] for h in found[-9:]] == (
        [f"附录{n}" for n in "一二三四五六七八九"] if lang == "zh" else [f"Appendix {n}" for n in range(1, 10)]
    )
    said = "整改情况：无记录。" if lang == "zh" else "Follow-up: nothing recorded."
    assert html(page).count(said) == 1
    assert said in page.section("recommendations").html  # the last of the main text


def test_a_year_of_which_nothing_is_known_still_makes_a_page() -> None:
    page = report(evaluate(small.framework(), small.record()), "en")
    assert set(page.shown) == ALWAYS | {"conclusion", "certainty"}
    assert "Appendix 1: Scoring table" in headings(page)
    assert "Appendix 3: Where the numbers come from" in headings(page)
    assert "<svg" not in html(page).replace("data:image/svg", "")


@pytest.mark.parametrize("lang", LANGS)
def test_without_points_values_stand_beside_targets_and_nothing_is_scored(hrss: Evaluation, lang: Lang) -> None:
    e = without_points(hrss)
    page = report(e, lang)
    shown = text(page)
    assert {"certainty", "self_evaluation"} <= set(page.absent)
    assert not re.search(r"\d / 0\b|0\.00 / ", shown)
    assert ("指标没有分值" if lang == "zh" else "They carry no points") in shown
    assert "84%" in shown or "84.00%" in shown
    table = BeautifulSoup(page.section("summary").html, "html.parser").table
    assert table is not None
    assert len(table.find_all("tr")) == len(e.indicators) + 1
    years = YearComparison(DepartmentYears("hrss", e.record.name, (e,), ()), lang)
    assert set(years.absent) == {"totals", "dimensions"}
    assert "<table" in years.section("by_indicator").html
    county = overview(e, lang=lang)
    assert {"ranking", "distribution", "scores", "outliers", "self_evaluation"} <= set(county.absent)
    assert ("指标没有分值" if lang == "zh" else "the indicators have no points") in county.section("missing").html


def test_where_nothing_plays_a_role_that_part_is_absent(hrss: Evaluation) -> None:
    bare = without_catalogue(hrss)
    bare = replace(bare, record=bare.record.model_copy(update={"published": ()}))
    assert "budget" in report(bare).absent
    assert "满意度调查" not in text(report(bare))
    assert "人员编制" not in text(report(bare))
    assert "money" in YearComparison(DepartmentYears("hrss", bare.record.name, (bare,), ())).absent
    assert {"budget", "government"} <= set(overview(bare).absent)


def test_a_framework_without_grades_gives_a_total_alone(hrss: Evaluation) -> None:
    e = evaluate(hrss.framework.model_copy(update={"grades": ()}), hrss.record)
    shown = text(report(e, "en"))
    assert "84.63" in shown
    (lead,) = BeautifulSoup(report(e, "en").section("conclusion").html, "html.parser").select("p.lead")
    assert lead.get_text() == "The evaluation gives 84.63 of 100 points."
    assert "certainty" in report(e, "en").absent
    assert "84.63" in text(overview(e, listed(e, "other", total="50"), lang="en"))


def test_methods_without_data_are_named_in_one_line(hrss: Evaluation) -> None:
    page = BeautifulSoup(report(hrss, "en").section("methods").html, "html.parser")
    assert [h.get_text() for h in page.find_all("h3")] == ["Target comparison", "Historical comparison", "Questionnaire"]
    (line,) = [p.get_text() for p in page.find_all("p") if p.get_text().startswith("Methods without data")]
    assert "Cost-benefit (the table Costs and results cost_results), Expert judgement" in line


def test_years_that_cannot_be_used_are_all_that_a_comparison_then_shows() -> None:
    gone = tuple(Absent("hrss", words("局"), year, words("没有数据", "no data")) for year in (2022, 2023))
    page = YearComparison(DepartmentYears("hrss", words("局"), (), gone), "en")
    assert page.shown == ("summary", "data")
    assert "2022 to 2023" in page.section("summary").html


def test_a_running_year_without_a_file_says_how_to_begin_and_nothing_else() -> None:
    page = Monitoring(load_monitoring(DATA, "hrss", 2024), "en")
    assert page.shown == ("summary", "method")
    assert "Execution of the budget; The targets; Deviations" in page.section("method").html


# --- money, years, kinds ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_money_and_years_are_called_as_the_county_calls_them(copy: Copy, lang: Lang) -> None:
    county = copy.folder / "county.toml"
    more = '[currency]\nsymbol = "元"\nname = "克朗"\nname_en = "crowns"\none_en = "crown"\n[year]\nlabel = "{year}/{next}"\n'
    county.write_text(county.read_text(encoding="utf-8") + more, encoding="utf-8")
    e = copy.evaluate()
    years = YearComparison(DepartmentYears("hrss", e.record.name, (e,), ()), lang)
    shown = text(report(e, lang)) + text(overview(e, lang=lang)) + text(years)
    assert "2023/24" in shown
    assert ("万克朗" if lang == "zh" else "million crowns") in shown
    assert "（元）" not in shown  # sentences of the data may say 元
    assert "yuan)" not in shown


@pytest.mark.parametrize(("kind", "title"), [("department", "部门整体支出"), ("project", "项目支出"), ("policy", "政策")])
def test_the_kind_chooses_the_title_and_a_project_names_its_department(hrss: Evaluation, kind: str, title: str) -> None:
    record = hrss.record.model_copy(update={"kind": kind, "belongs_to": words("某局", "A bureau")})
    kickers = BeautifulSoup(report(replace(hrss, record=record)).section("summary").html, "html.parser").select("header .kicker")
    assert [p.get_text() for p in kickers] == [f"{title}绩效评价报告 · 2023 年度", "某局"]


def test_what_is_not_alike_is_not_ranked_together(hrss: Evaluation) -> None:
    some = (listed(hrss, "a"), listed(hrss, "b", total="70"), listed(hrss, "p", "project", "99"))
    page = overview(*some, lang="en")
    tables = BeautifulSoup(page.section("ranking").html, "html.parser").select("table:has(th:-soup-contains('Rank')):not(figure table)")
    assert [[who.get_text(" ", strip=True) for who in table.select("th.who")] for table in tables] == [
        ["a over the years", "b over the years"],
    ]
    assert (
        "One project only, so nothing is compared: p 99.00 / 100" in BeautifulSoup(page.section("ranking").html, "html.parser").get_text()
    )
    assert "not ranked against each other" in page.section("ranking").html
    ids = re.findall(r' id="([^"]+)"', html(page))
    assert len(ids) == len(set(ids))
    assert "Departments with both figures (2)" in page.section("budget").html  # a project's money is its department's


def test_heads_that_are_not_yet_known_are_counted(hrss: Evaluation) -> None:
    government = replace(from_departments(2023, [CountyYear(2023, (hrss,), ())]), unknown={2023: 2})
    page = CountyOverview(CountyYear(2023, (hrss,), ()), "en", government)
    assert "Heads whose amounts are not yet known: 2 in 2023." in page.section("government").html


def test_only_the_currencys_own_unit_is_made_larger(hrss: Evaluation) -> None:
    own = load_government(DATA, 2023)
    money = hrss.catalogue.units.money
    assert government_names(own, "en")["unit"] == "thousand yuan"
    file = replace(own, basis="file")
    assert government_names(file, "zh", money)["unit"] == "万元"
    assert government_names(replace(file, unit=words("千谢克尔")), "zh", money)["factor"] == 1


def test_a_difference_of_shares_is_in_percentage_points() -> None:
    per_mille = Unit("‰", words("‰", "per mille"), (), SHARE.factor / 1000)
    assert difference(Decimal("-5"), per_mille)["en"] == "−0.50 pp"


# --- a framework in words --------------------------------------------------------------------------------------------------


def test_a_framework_tells_the_formula_of_each_indicator(hrss: Evaluation) -> None:
    lines = {line.id: line for line in framework_lines(hrss.framework)}
    assert lines["carryover_change"].formula["en"] == "(Closing carry-over − Opening carry-over) ÷ Opening carry-over"
    assert not lines["fund_compliance"].formula
    assert not formula_words(hrss.catalogue, "")


def test_another_formula_is_a_change_of_the_framework(hrss: Evaluation) -> None:
    by_count = tuple(
        i.model_copy(update={"value": "asset_utilisation_rate_by_count"}) if i.id == "asset_utilisation" else i
        for i in hrss.framework.indicators
    )
    (change,) = framework_changes(hrss.framework, hrss.framework.model_copy(update={"indicators": by_count}))
    assert change.what["en"] == "Fixed asset utilisation rate: formula"
    assert "count" in change.after["en"]


def test_last_year_is_compared_where_it_is_there(hrss: Evaluation) -> None:
    before = evaluate_year(DATA, "hrss", 2023).evaluation
    record = before.record.model_copy(update={"year": 2022})
    page = report(hrss, "en", replace(before, record=record, total=Decimal("80.00")))
    assert "+4.63 on last year (2022: 80.00, Good)" in text(page)
    assert "follow_up" in page.shown


# --- findings ----------------------------------------------------------------------------------------------------------------


def finding_facts(e: Evaluation, id: str, lang: Lang = "en") -> dict[str, str]:
    """What the page says of a finding: head and text."""
    (found,) = BeautifulSoup(report(e, lang).section("findings").html, "html.parser").select(f'[id="p-{id}"]')
    return {head.get_text(): head.find_next_sibling("dd").get_text() for head in found.find_all("dt")}  # type: ignore[union-attr]


def test_a_voucher_and_what_of_it_is_at_issue_are_told_apart(hrss: Evaluation) -> None:
    """A voucher of 1,668.00, of which 794.00 are at issue: lunch and dinner of one day (七(三)2)."""
    said = finding_facts(hrss, "3.2")
    assert said["Amount at issue"] == "794.00 yuan; of which Lunch on 13 June 406.00, Dinner on 13 June 388.00"
    assert said["Voucher amount"] == "1,668.00 yuan"
    said = finding_facts(hrss, "2")  # the parts are those of the voucher (七(二))
    assert said["Amount at issue"] == "23,600.00 yuan"
    assert said["Voucher amount"] == "73,600.00 yuan; of which Fiscal appropriation 50,000.00, Other funds of the unit 23,600.00"
    assert finding_facts(hrss, "9.1")["Gross value"] == "1,356.00 yuan"


def test_an_amount_at_issue_without_a_voucher_is_told(hrss: Evaluation) -> None:
    findings = tuple(f.model_copy(update={"amount": None}) if f.finding == "3.2" else f for f in hrss.record.findings)
    said = finding_facts(replace(hrss, record=hrss.record.model_copy(update={"findings": findings})), "3.2")
    assert said["Amount at issue"].startswith("794.00 yuan; of which Lunch")
    assert "Voucher amount" not in said


def test_a_whole_voucher_is_at_issue_and_the_value_of_a_thing_is_not(hrss: Evaluation) -> None:
    assert finding_facts(hrss, "6")["Amount at issue"] == "320.00 yuan"
    assert "Amount at issue" not in finding_facts(hrss, "9.1")
    summary = BeautifulSoup(report(hrss, "en").section("summary").html, "html.parser")
    kinds = [[cell.get_text() for cell in row.select("th, td")] for row in summary.select("table.kinds tbody tr")]
    assert kinds[0] == ["Carry-over funds used outside their scope", "1", "23,600.00"]
    assert kinds[-2:] == [["Duties of performance management not properly carried out", "2", "—"], ["Total", "14", "41,103.26"]]
    found = hrss.record.findings
    assert [(f.at_stake, f.gross) for f in found if f.gross] == [(None, Decimal(1356)), (None, Decimal(16000))]
    assert sum(f.at_stake for f in found if f.at_stake) == Decimal("41103.26")


# --- contradictions and plans where they are met -------------------------------------------------------------------------------


def part_of(page: Sections, section: str, id: str) -> Tag:
    found = BeautifulSoup(page.section(section).html, "html.parser").find(id=id)
    assert isinstance(found, Tag)
    return found


def row_of(page: Sections, section: str, id: str) -> Tag:
    """The row of a table that links to an indicator."""
    found = BeautifulSoup(page.section(section).html, "html.parser").select_one(f'tr:has(a[href="#i-{id}"])')
    assert found is not None
    return found


def more_of(row: Tag) -> str:
    """What more there is to say of a target: it stands under its row."""
    below = row.find_next_sibling("tr", class_="more")
    return below.get_text(" ") if below is not None else ""


@pytest.mark.parametrize("lang", LANGS)
def test_how_far_a_target_is_reached_is_one_number_in_table_and_chart(hrss: Evaluation, lang: Lang) -> None:
    page = report(hrss, lang)
    rows = BeautifulSoup(page.section("target_table").html, "html.parser").select("tbody tr:not(.more)")
    shown = {row.th.get_text(" ", strip=True): row.find_all("td")[2].get_text(strip=True) for row in rows if row.th}
    drawn = {row[0]: row[3] for row in page.draw("targets").data.to_numpy().tolist()}
    assert len(shown) == len(drawn) == len(hrss.targets)
    for target in hrss.targets:
        told = next(rate for name, rate in shown.items() if name.startswith(target.name[lang]))
        assert told == drawn[target.name[lang]] == percent(target.reached_share or Decimal(0))
    assert any(t.lower_is_better and t.reached_share != t.completion_rate for t in hrss.targets)


@pytest.mark.parametrize("lang", LANGS)
def test_three_targets_for_one_thing_are_told_at_its_indicator(hrss: Evaluation, lang: Lang) -> None:
    """The plan asks for 1,100 new jobs a year, the year's target for 800; 933 were made."""
    page = report(hrss, lang)
    row, part = row_of(page, "target_table", "urban_new_jobs"), part_of(page, "indicators", "i-urban_new_jobs")
    for found, said in ((row, row.get_text(" ") + more_of(row)), (part, part.get_text(" "))):
        assert all(number in said for number in ("800", "1,100", "933"))
        assert ("✗ 未达到" if lang == "zh" else "✗ not met") in said
        assert found.select_one('a[href="#k-new_jobs_plan"]') is not None
    detail = part_of(page, "indicators", "i-urban_new_jobs").select_one('a[href="#k-new_jobs_plan"]')
    assert detail is not None
    assert detail.get_text().replace(" ", "") == "800人（年度目标）↔1100人（规划每年）"
    assert page.section("reconciliation").html.count('id="k-new_jobs_plan"') == 1


def test_every_contradiction_about_an_indicator_stands_at_its_detail(hrss: Evaluation) -> None:
    page = report(hrss)
    links = {a["href"] for a in BeautifulSoup(page.section("indicators").html, "html.parser").select('a[href^="#k-"]')}
    assert links == {f"#k-{c.contradiction}" for c in hrss.record.contradictions} - {"#k-methods_count", "#k-ecological_benefit"}
    compliance = part_of(page, "indicators", "i-fund_compliance")  # touched by findings 5 and 8
    assert {a["href"] for a in compliance.select('a[href^="#k-"]')} == {"#k-allowance_product", "#k-three_public_moved"}
    assert "原文矛盾" in row_of(page, "indicators", "three_public_control").get_text()


def test_a_plan_target_that_is_met_is_told_too(hrss: Evaluation) -> None:
    plans = tuple(p.model_copy(update={"target": Decimal(900)}) if p.indicator == "urban_new_jobs" else p for p in hrss.record.plan_targets)
    row = row_of(report(replace(hrss, record=hrss.record.model_copy(update={"plan_targets": plans}))), "target_table", "urban_new_jobs")
    assert "规划 ≥ 900人／年 ✓ 达到" in " ".join(more_of(row).split())
