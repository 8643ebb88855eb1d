"""A whole government's budget variance, from a file of heads or from its departments, as figures and as a section of a page."""

from __future__ import annotations

import csv
import io
import re
import shutil
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import pytest
from bs4 import BeautifulSoup

from evallib.analysis.government import Government, from_departments, head_table
from evallib.charts.drawing import Chart
from evallib.charts.government import CHARTS, composition_chart, outturn_chart
from evallib.charts.sheet import PHONE, WIDE
from evallib.data.government import load_government
from evallib.data.load import load_departments
from evallib.data.years import evaluate_county
from evallib.demo.county import make_demo
from evallib.model.errors import InputRefused
from evallib.model.evaluation import Evaluation
from evallib.model.government_rows import FILE, KINDS, BudgetHead
from evallib.model.rows import columns
from evallib.model.units import round_half_up
from evallib.model.words import LANGS, Lang, Words, words
from evallib.model.years import Absent, CountyYear
from evallib.pages.government import government_names
from evallib.pages.rendering import Sections
from tests.conftest import DATA, GOLDEN

CASES = GOLDEN / "israel_budget"
EXPECTED: dict[str, Any] = tomllib.loads((CASES / "expected.toml").read_text(encoding="utf-8"))
YEARS = (1998, 1999, 2000)


def israel_rows() -> list[dict[str, str]]:
    """The published rows as rows of budget_heads.csv: ministries, one of them by its parts; an empty cell is no money."""
    parts = {part for found in EXPECTED["split"].values() for part in found}
    rows = []
    for year in YEARS:
        with (CASES / f"{year}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                code = row["code"]
                if (len(code) == 4 and code not in EXPECTED["split"]) or code in parts:
                    amounts = {column: row[column] or "0" for column in ("original", "revised", "executed")}
                    rows.append(_line(year, code, name=row["name"], kind=EXPECTED["kinds"].get(code, "ordinary"), **amounts))
    return rows


def _line(year: int, code: str, **cells: str) -> dict[str, str]:
    return {
        "year": str(year), "code": code, "name": code, "kind": "ordinary", "original": "100", "executed": "100",
        "unit": "千新谢克尔", "unit_en": "thousand new shekels", "source": "history_neto", "section": str(year), **cells,
    }  # fmt: skip


def write_heads(folder: Path, rows: list[dict[str, str]]) -> Path:
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=columns(BudgetHead), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    (folder / "county.toml").write_text("format = 2\n", encoding="utf-8")
    (folder / FILE).write_text(out.getvalue(), encoding="utf-8-sig")
    return folder


@pytest.fixture(scope="module")
def israel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_heads(tmp_path_factory.mktemp("israel"), israel_rows())


class _Page(Sections):
    """A page of this section alone."""

    SECTIONS: ClassVar[Mapping[str, Words]] = {"summary": words("摘要", "Summary"), "government": words("政府", "Government")}
    FOLDER = "overview"

    def __init__(self, government: Government, lang: Lang) -> None:
        super().__init__(lang)
        self.government = government

    def names(self, id: str) -> dict[str, Any]:
        return government_names(self.government, self.lang)

    def draw(self, name: str) -> Chart:
        return CHARTS[name](self.government, self.lang, None)


def _html(government: Government, lang: Lang) -> BeautifulSoup:
    return BeautifulSoup(_Page(government, lang).section("government").html, "html.parser")


# --- a real government, from the file


def test_the_real_budget_comes_through_the_file_with_the_same_shares_and_scores(israel: Path) -> None:
    found = load_government(israel, 2000)
    assert (found.basis, found.unit.en, found.remarks) == ("file", "thousand new shekels", ())
    assert {score.indicator: score.grade for score in found.assessment.scores} == EXPECTED["scores"]
    for measured in found.assessment.years:
        expected = EXPECTED["years"][str(measured.year)]
        assert (measured.original, measured.executed) == (expected["original"], expected["executed"])
        for name in ("outturn", "composition_variance", "contingency"):
            assert str(round_half_up(getattr(measured, name), 5)) == expected[name], (measured.year, name)


def test_one_year_alone_has_figures_and_no_scores(israel: Path) -> None:
    found = load_government(israel, 1998)
    assert [(score.indicator, score.grade) for score in found.assessment.scores] == [("PI-1", None), ("PI-2.1", None), ("PI-2.3", None)]
    assert found.latest is not None
    assert str(round_half_up(found.latest.composition_variance or Decimal(0), 5)) == EXPECTED["years"]["1998"]["composition_variance"]
    assert [remark.en for remark in found.remarks] == [
        f"There are no heads of {year}, so that year is not measured." for year in (1996, 1997)
    ]


@pytest.mark.parametrize("lang", LANGS)
def test_the_table_of_1998_is_the_hand_calculation(israel: Path, lang: Lang) -> None:
    """The figures of cases/israel_budget/expected.toml, line by line as a reader sees them."""
    said = {"zh": "1998 年各科目", "en": "The heads of 1998"}[lang]
    table = _html(load_government(israel, 1998), lang).select_one(f"h3:-soup-contains('{said}') ~ div table")
    assert table is not None
    rows = [[cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])] for row in table.find_all("tr")]
    housing = next(row for row in rows if row[0].endswith("0070"))
    assert housing[1:3] + housing[5:] == ["4,900,559", "4,033,540", "4,819,275.1", "−785,735.1"]
    pool = next(row for row in rows if row[0] == {"zh": "其余 41 个", "en": "41 other heads"}[lang] and len(row) == 7)
    assert pool[5:] == ["11,160,363.6", "−252,935.6"]
    total = next(row for row in rows if row[0] == {"zh": "合计", "en": "Total"}[lang])
    assert total[1:3] + total[5:] == ["133,311,466", "131,100,274", "131,100,274.0", "10,338,925.1"]


def test_every_head_of_the_year_stands_in_the_table_once(israel: Path) -> None:
    found = load_government(israel, 2000)
    table = head_table(found)
    codes = [row.code for row in (*table.singles, *table.pooled, *table.others)]
    assert sorted(codes) == sorted(head.code for head in found.heads[2000])
    assert table.pool is not None
    assert table.pool.original == sum(row.original or 0 for row in table.pooled)
    assert {row.kind for row in table.others} == {head.kind for head in found.heads[2000]} - {"ordinary"}


# --- names written right to left


@pytest.mark.parametrize("lang", LANGS)
def test_hebrew_names_stand_apart_from_figures(israel: Path, lang: Lang) -> None:
    """On the page inside `<bdi>`, letter by letter; no text of the page mixes them with figures."""
    found = load_government(israel, 2000)
    html = _html(found, lang)
    isolated = {element.get_text() for element in html.find_all("bdi")}
    assert {head.name for head in found.heads[2000]} <= isolated
    for figure in html.find_all("figure"):
        figure.decompose()
    for element in html.find_all("bdi"):
        element.decompose()
    assert not re.search("[\u0590-\u05ff]", html.get_text())


@pytest.mark.parametrize("lang", LANGS)
def test_hebrew_names_in_a_picture_are_texts_of_their_own(israel: Path, lang: Lang) -> None:
    found = load_government(israel, 2000)
    chart = composition_chart(found, lang)
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", chart.to_svg())
    hebrew = [text for text in texts if re.search("[\u0590-\u05ff]", text)]
    assert not [text for text in hebrew if re.search("[0-9%A-Za-z\u4e00-\u9fff]", text)]
    assert sorted(hebrew) == sorted(row.words[lang] for row in head_table(found).singles)
    assert not re.search("[\u0590-\u05ff]", chart.title + chart.subtitle + chart.alt)


def test_the_composition_chart_puts_the_largest_first_and_the_pool_last(israel: Path) -> None:
    chart = composition_chart(load_government(israel, 2000), "en")
    assert chart.title == "2000: composition variance 7.45%; 5 of the 20 largest heads more than 10% off"
    deviations = [abs(Decimal(cell.replace(",", "").replace("−", "-"))) for cell in chart.data["Deviation"]]
    assert deviations[:-1] == sorted(deviations[:-1], reverse=True)
    assert list(chart.data["Code"])[0::20] == ["0015", "—"]
    assert "0015 +3,804,906 (+10.6%)" in chart.alt


def test_the_outturn_chart_tells_the_shares(israel: Path) -> None:
    chart = outturn_chart(load_government(israel, 2000), "zh")
    assert chart.title == "3 个年度中有 2 个年度的总支出与预算相差不超过 5%"
    assert list(chart.data["比率"]) == ["97.11%", "93.68%", "98.26%"]


def test_spending_far_from_the_budget_is_drawn_within_the_picture(tmp_path: Path) -> None:
    rows = [_line(year, code, executed=spent) for year, spent in ((2001, "900"), (2002, "1"), (2003, "100")) for code in "ab"]
    chart = outturn_chart(load_government(write_heads(tmp_path, rows), 2003), "en")
    for size in (WIDE, PHONE):
        places = [x for shape in chart.sheet(size).shapes for x, _ in shape.points]
        assert 0 <= min(places) <= max(places) <= size.width
        assert ">900.00%<" in chart.to_svg(size)


# --- what is refused, in both languages


REFUSED = [
    (
        {"kind": "salaries"},
        "列 类别（kind）：不是允许的取值（填的是“salaries”）",
        "To fix it: write one of ordinary expenditure, interest on debt, contingency, income, left outside",
    ),
    ({"code": "a"}, "同一年度内编码重复，第 2 行已有（填的是“a 2003”）", "column code: the code appears twice in one year, first in row 2"),
    ({"unit": "万元"}, "与第一行的单位“千新谢克尔”不同（填的是“万元”）", "To fix it: use one unit of money in the whole file"),
    ({"unit": "人"}, "不是金额单位（填的是“人”）", "column unit: is not a unit of money"),
    ({"executed": "约三百万"}, "列 决算数（executed）：不是数字（填的是“约三百万”）", "column executed: is not a number"),
    ({"year": "去年"}, "列 年度（year）：应为整数", "column year: must be a whole number"),
    ({"kind": ""}, "列 类别（kind）：不能为空", "column kind: must not be empty"),
    ({"name": "a\u202eb"}, "含有看不见的控制字符 U+202E", "holds an invisible control character U+202E"),
]
"""One mistake in the second row, and the words it must be refused with."""


@pytest.mark.parametrize(("change", "zh", "en"), REFUSED)
def test_a_mistake_is_refused_in_both_languages(tmp_path: Path, change: dict[str, str], zh: str, en: str) -> None:
    with pytest.raises(InputRefused) as refused:
        load_government(write_heads(tmp_path, [_line(2003, "a"), {**_line(2003, "b"), **change}]), 2003)
    assert len(refused.value.problems) == 1
    assert refused.value.describe("zh").startswith(f"{FILE}，第 3 行")
    assert zh in refused.value.describe("zh")
    assert en in refused.value.describe("en")


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    rows = [_line(2003, "a"), _line(2003, "a"), _line(2003, "b", kind="x"), _line(2003, "c", unit="元"), _line(2003, "d", original="x")]
    with pytest.raises(InputRefused) as refused:
        load_government(write_heads(tmp_path, rows), 2003)
    assert [(p.place.row, p.place.column) for p in refused.value.problems] == [(4, "kind"), (6, "original"), (3, "code"), (5, "unit")]


def test_a_file_without_rows_is_refused_rather_than_passed_over(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="holds no rows"):
        load_government(write_heads(tmp_path, []), 2003)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_may_be_written_as_id_or_in_words(tmp_path: Path, kind: str) -> None:
    name = KINDS[kind]  # type: ignore[index]
    rows = [_line(2003, code, kind=said) for code, said in zip("abc", (kind.upper(), name.zh, name.en), strict=True)]
    assert {head.kind for head in load_government(write_heads(tmp_path, rows), 2003).heads[2003]} == {kind}


# --- missing and zero


@pytest.mark.parametrize("lang", LANGS)
def test_a_head_without_an_amount_is_left_out_of_its_year_and_named(tmp_path: Path, lang: Lang) -> None:
    rows = [_line(year, code, executed="90") for year in (2001, 2002, 2003) for code in "abc"]
    rows[-1]["executed"], rows[-2]["executed"] = "", "80"
    found = load_government(write_heads(tmp_path, rows), 2003)
    said = {
        "zh": "2003 年有 1 个科目的金额还不知道，不在该年的数值之中：c。",
        "en": "Heads whose amounts are not yet known in 2003, left out of its figures: 1 (c).",
    }[lang]
    assert said in [remark[lang] for remark in found.remarks]
    assert found.unknown == {2003: 1}
    assert [(year.original, year.executed) for year in found.assessment.years] == [(300, 270), (300, 270), (200, 170)]
    assert [str(year.outturn) for year in found.assessment.years] == ["0.9", "0.9", "0.85"]
    assert [score.grade for score in found.assessment.scores] == ["B", "A", "A"]
    assert [row.code for row in head_table(found).singles] == ["a", "b"]
    cells = _html(found, lang).select("tr:has(bdi:-soup-contains-own('c')) td")
    assert [cell.get_text() for cell in cells] == ["100", "—", "—", "—"]


@pytest.mark.parametrize("lang", LANGS)
def test_a_year_in_which_no_head_has_both_amounts_has_no_figures_and_is_named(tmp_path: Path, lang: Lang) -> None:
    """The running year: all is approved, nothing is closed. Many heads are named by the first ten."""
    rows = [_line(year, f"h{n:02}") for year in (2001, 2002, 2003) for n in range(12)]
    for row in rows[24:]:
        row["executed"] = ""
    found = load_government(write_heads(tmp_path, rows), 2003)
    codes = [f"h{n:02}" for n in range(10)]
    said = {
        "zh": f"2003 年没有一个科目的批复和决算都已知道，该年没有数值：12 个科目（{'、'.join(codes)}、…）。",
        "en": f"In 2003 no head has both its amounts yet, so that the year has no figures: 12 heads ({', '.join(codes)}, …).",
    }[lang]
    assert said in [remark[lang] for remark in found.remarks]
    assert found.unknown == {2003: 12}
    running = found.assessment.years[-1]
    assert (running.original, running.executed, running.outturn, running.composition, running.contingency) == (None,) * 5
    assert [score.grade for score in found.assessment.scores] == [None, None, None]
    assert found.latest is not None
    assert found.latest.year == 2002
    assert "2002" in _html(found, lang).get_text()


def test_a_head_without_budget_has_a_difference_and_no_share(tmp_path: Path) -> None:
    found = load_government(write_heads(tmp_path, [_line(2003, "a"), _line(2003, "b", original="0", executed="7")]), 2003)
    row = head_table(found).singles[1]
    assert (row.code, str(row.difference), row.share) == ("b", "7", None)


# --- a county, from its departments


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic county of eight departments over four years, without a budget of the whole government."""
    data = make_demo(tmp_path_factory.mktemp("county") / "demo", departments=8).data
    (data / FILE).unlink()
    return data


def _facts(data: Path, code: str, year: int) -> dict[str, Decimal]:
    """The facts of a department's own year in yuan, read without the kit."""
    with (data / "departments" / code / str(year) / "facts.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["fact"]: Decimal(row["value"]) for row in csv.DictReader(file) if row["year"] == str(year) and row["unit"] == "元"}


def test_departments_stand_for_heads_and_are_added_up(county: Path) -> None:
    found = load_government(county, 2024)
    assert (found.basis, tuple(found.heads)) == ("departments", (2022, 2023, 2024))
    codes = [head.code for head in found.heads[2024]]
    for measured in found.assessment.years:
        assert [head.code for head in found.heads[measured.year]] == codes, "the same departments in every year"
        facts = [_facts(county, code, measured.year) for code in codes]
        assert measured.original == sum(f["approved_expenditure"] for f in facts)
        assert measured.executed == sum(f["outturn"] for f in facts)
    assert found.assessment.scores[0].grade is not None


def test_no_department_is_lost_between_counted_and_left_out(county: Path) -> None:
    found = load_government(county, 2024)
    listed = {row.code for row in load_departments(county)}
    assert {head.code for head in found.heads[2024]} | {absent.department for absent in found.absent} == listed
    assert not {head.code for head in found.heads[2024]} & {absent.department for absent in found.absent}


@pytest.mark.parametrize("lang", LANGS)
def test_a_department_without_data_in_one_year_is_left_out_of_all_and_named(county: Path, tmp_path: Path, lang: Lang) -> None:
    before = load_government(county, 2024)
    gone = before.heads[2024][0]
    data = Path(shutil.copytree(county, tmp_path / "data"))
    shutil.rmtree(data / "departments" / gone.code / "2023")
    found = load_government(data, 2024)
    assert all(gone.code not in {head.code for head in heads} for heads in found.heads.values())
    assert {head.code for head in before.heads[2024]} - {head.code for head in found.heads[2024]} == {gone.code}
    told = next(item.get_text() for item in _html(found, lang).find_all("li") if words(gone.name, gone.name_en)[lang] in item.get_text())
    assert "2023" in told
    assert {"zh": "没有数据", "en": "there is no data"}[lang] in told


@pytest.mark.parametrize("lang", LANGS)
def test_the_sum_of_departments_is_not_passed_off_as_the_government(county: Path, lang: Lang) -> None:
    """The page says so, and contingency, which no department holds, is not scored as if none had been charged."""
    found = load_government(county, 2024)
    text = _html(found, lang).get_text(" ", strip=True)
    assert {"zh": "不是政府的全部预算", "en": "not the government's whole budget"}[lang] in text
    assert found.assessment.scores[2].grade is None
    assert {year.contingency for year in found.assessment.years} == {None}
    assert {"zh": "预备费不在任何部门的预算里", "en": "Contingency is in no department's budget"}[lang] in text
    assert {"zh": "PEFA 要求至少 20 个科目", "en": "PEFA wants at least 20 heads"}[lang] in text


def _county(year: int, *evaluations: Evaluation, absent: tuple[Absent, ...] = ()) -> CountyYear:
    return CountyYear(year, evaluations, absent)


def _named(evaluation: Evaluation, code: str, lacking: tuple[str, ...] = ()) -> Evaluation:
    """A department's year under another code, with some of its facts not known; sums go with their parts."""
    facts = tuple(f.model_copy(update={"value": None}) if f.fact in lacking else f for f in evaluation.record.facts)
    record = evaluation.record.model_copy(update={"department": code, "facts": facts})
    return replace(evaluation, record=record)


@pytest.mark.parametrize(
    ("lacking", "zh", "en"),
    [
        (("outturn_basic",), "缺少决算数", "lacks the outturn"),
        (("approved_basic",), "缺少年初批复预算", "lacks the approved budget"),
        (("outturn_basic", "approved_basic"), "缺少年初批复预算和决算数", "lacks the approved budget and the outturn"),
    ],
)
def test_a_department_without_an_amount_is_left_out_with_the_reason(hrss: Evaluation, lacking: tuple[str, ...], zh: str, en: str) -> None:
    found = from_departments(2023, [_county(2023, _named(hrss, "whole"), _named(hrss, "part", lacking))])
    assert [head.code for head in found.heads[2023]] == ["whole"]
    assert [(gone.department, gone.reason.zh, gone.reason.en) for gone in found.absent] == [("part", zh, en)]


def test_a_department_that_is_not_listed_in_every_year_is_named_with_the_year(hrss: Evaluation) -> None:
    gone = Absent("gone", words("撤销的局", "Dissolved bureau"), 2022, words("没有数据", "there is no data"))
    before = _county(2022, _named(hrss, "old"), absent=(gone,))
    found = from_departments(2023, [before, _county(2023, _named(hrss, "old"), _named(hrss, "new"))])
    assert [head.code for head in found.heads[2023]] == ["old"]
    told = {a.department: (a.name.en, a.year, a.reason.en) for a in found.absent}
    assert told["new"] == (hrss.record.name.en, 2022, "not listed for that year")
    assert told["gone"] == ("Dissolved bureau", 2022, "there is no data")


def test_a_project_is_no_head_beside_its_department(hrss: Evaluation) -> None:
    project = _named(hrss, "project")
    project = replace(project, record=project.record.model_copy(update={"kind": "project"}))
    found = from_departments(2023, [_county(2023, _named(hrss, "whole"), project)])
    assert ([head.code for head in found.heads[2023]], found.absent, dict(found.unknown)) == (["whole"], (), {})


def test_years_at_hand_are_not_evaluated_again(county: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    years = [evaluate_county(county, year) for year in (2022, 2023, 2024)]
    expected = load_government(county, 2024)
    monkeypatch.setattr("evallib.data.government.evaluate_county", None)
    assert load_government(county, 2024, years) == expected


def test_a_single_year_of_one_department_has_figures_without_scores() -> None:
    found = load_government(DATA, 2023)
    assert [score.grade for score in found.assessment.scores] == [None, None, None]
    assert found.latest is not None
    assert round_half_up(found.latest.outturn or Decimal(0), 4) == Decimal("1.3456")  # 18,854,402.47 / 14,011,524.49, both printed
    for lang in LANGS:
        page = _html(found, lang)
        assert page.find(id="c-government-outturn") is not None
        assert page.find(id="c-government-composition") is None, "one head has no composition to draw"


def test_a_county_without_any_usable_year_says_so() -> None:
    found = load_government(DATA, 2019)
    assert found.latest is None
    assert "没有可计量的年度" in _html(found, "zh").get_text()
    assert [chart(found, "en", None).to_svg().count("nothing can be drawn") for chart in CHARTS.values()] == [1, 1]
