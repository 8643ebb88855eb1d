"""What of a notebook reaches its page, in which order and under which heading; what does not, and is told; what is refused."""

from __future__ import annotations

import io
import json
import re
from base64 import b64encode
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from IPython import display
from matplotlib.figure import Figure
from nbformat import v4

from evallib.analysis.changes import ActualChange
from evallib.analysis.what_if import apply
from evallib.model.errors import InputRefused, Place
from evallib.model.evaluation import Evaluation
from evallib.model.words import LANGS, Lang
from evallib.model.years import EvaluatedYear
from evallib.pages.exporter import PageRefused, ReportExporter
from evallib.pages.handed import of_evaluation, one_evaluation
from evallib.pages.report import Report
from evallib.say.refusals import problem
from tests.conftest import ROOT
from tests.pages.notebooks import bundle, code, codes, export, handed, headings, markdown, notebook, page_of, parameters, sections, shown

IPYTHON: Any = display  # it has no types
HTML, Latex, Markdown, Math = IPYTHON.HTML, IPYTHON.Latex, IPYTHON.Markdown, IPYTHON.Math
EXPORTER: Any = ReportExporter
PNG = b64encode(b"\x89PNG\r\n\x1a\n" + b"0" * 20).decode()
SVG = '<svg viewBox="0 0 9 9"><title>Nine by nine</title><script>alert(1)</script><circle r="4"/></svg>'


@pytest.fixture(scope="module")
def report(hrss: Evaluation) -> Report:
    return Report(EvaluatedYear(hrss, None, ()), "zh")


def main(page: BeautifulSoup) -> Any:
    found = page.main
    assert found is not None
    for folded in found.select("details.code"):
        folded.decompose()
    return found


def below(page: BeautifulSoup) -> str:
    """What is shown, as text, without the title."""
    return " ".join(main(page).get_text(" ").split()).partition(" 2023 ")[2] or " ".join(main(page).get_text(" ").split())


# --- what reaches the page


def test_markdown_reaches_the_page_with_links_tables_and_formulas() -> None:
    text = (
        "See [the plan](https://example.org/plan) and [below](#targets).\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n$$\\frac{a}{b}$$ <b>raw</b>"
    )
    found = main(page_of(markdown(text)))
    assert [a["href"] for a in found.select("a")] == ["https://example.org/plan", "#targets"]
    assert {tuple(a["rel"]) for a in found.select("a")} == {("noopener", "noreferrer")}
    assert [cell.get_text() for cell in found.select("table td")] == ["1", "2"]
    assert found.select_one("math mfrac") is not None
    assert "<b>raw</b>" in found.get_text()


@pytest.mark.parametrize("thing", [Markdown("Worth **saying**"), HTML("<p>Worth <b>saying</b></p>")])
def test_text_that_is_displayed_reaches_the_page(thing: object) -> None:
    found = main(page_of(code(shown(thing))))
    assert "Worth saying" in found.get_text()
    assert found.select_one("strong, b") is not None


@pytest.mark.parametrize("thing", [Math(r"\frac{a}{b}"), Latex(r"$$\frac{a}{b}$$"), Latex(r"The rate $\frac{a}{b}$ is high")])
def test_formulas_that_are_displayed_reach_the_page(thing: object) -> None:
    assert main(page_of(code(shown(thing)))).select_one("math mfrac") is not None


def test_a_formula_that_cannot_be_converted_stands_as_written_and_is_told() -> None:
    html, left_out = export(notebook(parameters(), markdown(r"It is $\nonsense{x}$ here")))
    assert r"<code>\nonsense{x}</code>" in html
    assert codes(left_out) == ["formula"]
    assert r"\nonsense{x}" in left_out[0].describe("en")


def test_a_frame_reaches_the_page_in_its_style() -> None:
    page = page_of(code(shown(pd.DataFrame({"lost": [1.5, 2.25]}, index=["quality", "<script>"]))))
    table = main(page).select_one(".own .scroll table.dataframe")
    assert [cell.get_text() for cell in table.select("th,td")] == ["", "lost", "quality", "1.50", "<script>", "2.25"]
    assert page.select_one(".card") is None
    assert "vertical-align: middle" not in str(main(page))


def test_text_in_a_frame_stands_on_the_left_and_is_not_broken_into_characters() -> None:
    frame = pd.DataFrame({"name": ["质量达标率与完成率", "a"], "lost": [1.5, float("nan")], "unit": ["%", ""]})
    frame.index = pd.MultiIndex.from_tuples([("education", 2023), ("health", 2023)], names=["department", "year"])
    page = page_of(code(shown(frame)))
    rows = [[cell.get("style", "") for cell in row.select("th,td")] for row in main(page).select("table.dataframe tr")]
    left, wide = "text-align:left", "text-align:left;min-width:9em"
    assert rows[0] == ["", "", left, "", left]
    assert rows[2:] == [["", "", wide, "", left], ["", "", wide, "", left]]
    assert page.select_one(".card") is None


def test_the_rules_of_a_styler_stand_at_its_cells_on_a_light_card() -> None:
    styler = pd.DataFrame({"lost": [1.5, 2.25]}).style.background_gradient().map(lambda value: "font-weight: bold")
    card = main(page_of(code(shown(styler)))).select_one(".card")
    styles = [cell["style"] for cell in card.select("td")]
    assert all("background-color:#" in style and "color:#" in style and "font-weight:bold" in style for style in styles)
    assert card.find(id=True) is None


def test_pictures_reach_the_page_as_pictures() -> None:
    given = {"image/png": {"alt": "Jobs", "width": 320}}  # display(fig, metadata=given)
    figure = v4.new_output("display_data", {"image/png": PNG, "text/plain": "<Figure>"}, metadata=given)
    drawing, jpeg = bundle(svg=SVG, text_plain="<Figure>"), bundle(image_jpeg=PNG)
    page = main(page_of(code(figure, drawing), code(jpeg)))
    first, second, third = page.select("figure.own img")
    assert (first["alt"], first["width"], first["src"]) == ("Jobs", "320", f"data:image/png;base64,{PNG}")
    assert second["alt"] == "Nine by nine"
    assert second["src"].startswith("data:image/svg+xml;base64,")
    assert third["alt"] == "图（第 3 个单元格）"
    assert page.find("svg") is None
    assert page.find("circle") is None


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_matplotlib_reaches_the_page(kind: str) -> None:
    figure, data = Figure(), io.BytesIO()
    figure.add_subplot().plot([1, 2])
    figure.savefig(data, format=kind)
    text = data.getvalue().decode() if kind == "svg" else b64encode(data.getvalue()).decode()
    output = bundle(**{"svg" if kind == "svg" else "image_png": text}, text_plain="<Figure size 640x480 with 1 Axes>")
    html, left_out = export(notebook(parameters("en"), code(output)))
    picture = BeautifulSoup(html, "html.parser").select_one("figure.own img")
    assert picture is not None
    assert picture["alt"] == "Figure (cell 2)"
    assert codes(left_out) == ["no_alt"]
    assert "ev.figure(fig, alt=" in left_out[0].describe("en")


def test_a_figure_of_the_analyst_has_its_title_words_and_source() -> None:
    output = bundle(image_png=PNG, text_html="<p>as the notebook shows it</p>")
    output.metadata["evallib"] = {"kind": "figure", "title": "Jobs <by> year", "alt": "Bars", "source": "own count"}
    html, left_out = export(notebook(parameters(), code(output)))
    figure = BeautifulSoup(html, "html.parser").select_one("figure.own")
    assert figure is not None
    assert figure.get_text("|", strip=True) == "Jobs <by> year|own count"
    assert figure.img is not None
    assert figure.img["alt"] == "Bars"
    assert left_out == ()


def test_pictures_in_markdown_come_from_the_cell_or_from_beside_the_notebook(tmp_path: Path) -> None:
    (tmp_path / "图 1.png").write_bytes(b"\x89PNG\r\n\x1a\nxx")
    (tmp_path / "d.svg").write_text(SVG)
    (tmp_path / "secret.txt").write_text("no picture")
    text = "![one](attachment:a.png) ![two](<图 1.png>) ![three](d.svg) ![four](secret.txt) ![](https://example.org/x.png) ![six](none.png)"
    cell = markdown(text, attachments={"a.png": {"image/png": PNG}})
    html, left_out = export(notebook(parameters(), cell), path=str(tmp_path))
    pictures = main(BeautifulSoup(html, "html.parser")).select("img")
    assert [(p["alt"], p["src"].partition(",")[0]) for p in pictures] == [
        ("one", "data:image/png;base64"),
        ("two", "data:image/png;base64"),
        ("three", "data:image/svg+xml;base64"),
    ]
    assert codes(left_out) == ["picture_missing", "picture_outside", "picture_missing"]
    assert "https://example.org/x.png" not in html


def test_own_html_is_shown_cleaned() -> None:
    own = '<h2 id="main" class="skip">Ours</h2><p style="color:red" onclick="x()">red</p><svg viewBox="0 0 1 1"><path d="M0 0"/></svg>'
    html, left_out = export(notebook(parameters(), code(shown(HTML(own + '<img src="https://example.org/a.png">')))))
    found = main(BeautifulSoup(html, "html.parser"))
    assert found.h3.get_text() == "Ours"
    assert found.select_one(".card p")["style"] == "color:red"
    assert found.select_one("svg, [onclick], #main") is None
    assert codes(left_out) == ["picture_outside", "no_alt"]


def test_what_is_printed_and_plain_values_reach_the_page() -> None:
    printed = v4.new_output("stream", name="stdout", text="total\t84.63\n<b>\n")
    series = bundle(text_plain="hrss    84.63\nName: total, dtype: float64")
    found = main(page_of(code(printed), code(series), code(bundle(text_plain="Decimal('84.63')"))))
    assert [pre.get_text() for pre in found.select("pre")] == ["total\t84.63\n<b>", "hrss    84.63\nName: total, dtype: float64", "84.63"]


# --- what does not


@pytest.mark.parametrize(
    ("output", "told"),
    [
        (v4.new_output("stream", name="stderr", text="UserWarning: x"), "stderr"),
        (v4.new_output("stream", name="stdout", text="\r 10%|█         | 1/10\r100%|██████████| 10/10\n"), "progress"),
        (bundle(text_plain="<Axes: xlabel='x'>"), "object"),
        (bundle(text_plain="Text(0.5, 1.0, 'title')"), "object"),
        (bundle(widget={"model_id": "1"}, text_plain="IntSlider(value=5)"), "not_static"),
        (bundle(javascript="alert(1)"), "not_static"),
        (bundle(text_html="<div><script>Plotly.newPlot()</script></div>"), "not_static"),
        (
            bundle(text_html="<iframe src='https://example.org'></iframe>", text_plain="<IFrame at 0x7f12345>"),
            "not_static",
        ),
        (v4.new_output("display_data", {"application/vnd.plotly.v1+json": {"data": []}, "text/plain": "FigureWidget({})"}), "not_static"),
        (v4.new_output("display_data", {"application/vnd.vegalite.v5+json": {}, "text/plain": "<VegaLite 5>"}), "not_static"),
    ],
)
@pytest.mark.parametrize("lang", LANGS)
def test_noise_is_left_out_and_told(output: Any, told: str, lang: Lang, caplog: pytest.LogCaptureFixture) -> None:
    html, left_out = export(notebook(parameters(lang), code(output, source="# first\nmake(noise)")))
    assert len(main(BeautifulSoup(html, "html.parser")).find_all(True)) == 1  # the title alone
    assert codes(left_out) == [told]
    assert left_out[0].level == "warning"
    assert left_out[0].describe(lang).startswith("第 2 个单元格（# first）" if lang == "zh" else "cell 2 (# first): ")
    assert left_out[0].describe(lang) in caplog.text


def test_of_several_forms_the_first_that_can_be_shown_is_shown() -> None:
    interactive = "<div><script>draw()</script></div>"
    found = main(page_of(code(bundle(text_html=interactive, image_png=PNG)), code(bundle(text_latex="$x$", image_png=PNG))))
    assert len(found.select("img")) == 1
    assert found.math is not None


def test_cells_for_the_person_at_the_notebook_only_stay_there() -> None:
    html, left_out = export(notebook(parameters(), code(bundle(text_plain="'kept back'"), tags=("remove-cell",)), v4.new_raw_cell("raw")))
    assert "kept back" not in html
    assert codes(left_out) == ["raw"]
    assert left_out[0].place.describe("en") == "cell 3 (raw)"  # counted as the person counts


def test_a_cell_that_was_not_run_is_told() -> None:
    _, left_out = export(notebook(parameters(), code(source="report", count=None), code(source="# nothing", count=None)))
    assert codes(left_out) == ["not_run"]


def test_code_that_is_to_be_read_stands_where_its_cell_stands() -> None:
    page = page_of(markdown("before"), code(source="a < b", tags=("show-input",)), markdown("after"))
    assert [one.get_text() for one in page.select("main > p, main > pre")] == ["before", "a < b", "after"]
    assert page.select_one("details.code") is None


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_text_in_the_other_language_stays_out(lang: str) -> None:
    cells = (markdown("同一段", metadata={"tags": ["zh"]}), markdown("the same", metadata={"tags": ["en"]}))
    said = page_of(*cells, lang=lang).get_text()
    assert ("同一段" in said, "the same" in said) == (lang == "zh", lang == "en")


def test_the_code_is_folded_away_without_the_parameters() -> None:
    page = page_of(code(source="a < b"), code(source="", count=None))
    assert [block.get_text() for block in page.select("details.code pre")] == ["a < b"]


# --- headings, numbers, contents


@pytest.mark.parametrize("lang", LANGS)
def test_the_notebook_as_shipped_and_without_headings_make_the_same_page(hrss: Evaluation, lang: Lang) -> None:
    report = Report(EvaluatedYear(hrss, None, ()), lang)
    whole = sections(report)
    with_headings, without = (export(notebook(*cells))[0] for cells in (whole, [cell for cell in whole if cell.cell_type == "code"]))
    assert headings(with_headings) == headings(without)
    body = [re.sub(r'(?s)<details class="code">.*', "", page.partition("<main")[2]) for page in (with_headings, without)]
    assert body[0] == body[1]
    assert len(headings(with_headings)) == len(report.shown)
    links = [a.get_text() for a in BeautifulSoup(with_headings, "html.parser").select("nav a:not([href='#papers'])")]
    assert links == headings(with_headings)


def test_ten_changes_of_an_analyst_reach_the_page_in_their_order(report: Report) -> None:
    of = dict(zip(report.SECTIONS, sections(report)[1::2], strict=True))
    heads = {id: markdown(f"## {report.section(id).mark['pair']}") for id in report.SECTIONS}
    cells = [
        markdown("Written first."),  # 1: Markdown before all
        heads["summary"],
        of["summary"],
        heads["follow_up"],  # nothing to show: neither is its heading
        of["follow_up"],
        markdown("## 我们怎么看 *目标*\n\n先说结论。"),  # 2: a heading renamed
        of["targets"],  # 3: a section moved up
        markdown("### 细看就业\n\n就业目标。"),  # 4: a third heading of one's own
        code(shown(pd.DataFrame({"差额": [133]}))),  # 5: a frame
        markdown("## 图与说明"),  # 6: a part of one's own
        code(bundle(image_png=PNG)),  # 7: a figure
        code(shown(HTML("<p>自己的 <em>HTML</em></p>"))),  # 8: HTML
        heads["profile"],
        code(shown(Markdown("插入的 **说明**"))),  # 9: Markdown displayed
        of["profile"],
        heads["budget"],  # its section is deleted
        heads["sources"],
        of["sources"],
        code(v4.new_output("stream", name="stdout", text="合计 84.63\n")),  # 10: print
        markdown("Written last."),
    ]
    html, _ = export(notebook(*cells))
    page = BeautifulSoup(html, "html.parser")
    assert headings(html) == ["一页纸", "一、我们怎么看 目标", "二、图与说明", "三、基本情况", "附录：数据来源"]
    assert [section["id"] for section in page.select("main section")] == ["summary", "targets", "图与说明", "profile", "sources"]
    text = main(page).get_text(" ")
    order = ["2023 年度绩效评价", "Written first.", "84.63", "我们怎么看", "先说结论。", "未达标目标", "细看就业", "就业目标。", "差额"]
    order += ["图与说明", "自己的", "基本情况", "插入的", "合计 84.63", "Written last.", "工作底稿", "数据来源"]
    at = -1
    for said in order:
        assert (at := text.find(said, at + 1)) >= 0, said
    assert "预算与支出" not in " ".join(headings(html))
    own = page.select_one("#targets")
    assert own is not None
    assert own.find_all(["h2", "h3"])[-1].get_text() == "细看就业"
    assert own.find("table", class_="dataframe") is not None  # what follows a section stands under its heading
    assert page.select_one("#图与说明 figure.own img") is not None


def test_headings_with_numbers_of_their_own_keep_them(report: Report) -> None:
    texts = ["第一章 总论", "2.1 细目", "2023 年的就业", "（三）其他", "展望"]
    html, _ = export(notebook(parameters(), *(markdown(f"## {text}") for text in texts)))
    assert headings(html) == ["第一章 总论", "2.1 细目", "一、2023 年的就业", "（三）其他", "二、展望"]


def test_a_section_shown_twice_and_equal_headings_have_places_of_their_own(report: Report) -> None:
    targets = [code(shown(report.section("targets"))) for _ in range(2)]
    html, _ = export(notebook(*targets, markdown("## Ours"), markdown("## Ours"), markdown("## targets"), markdown("## i-quality")))
    page = BeautifulSoup(html, "html.parser")
    assert [s["id"] for s in page.select("main > section")] == ["targets", "targets-2", "Ours", "Ours-2", "targets-3", "i-quality"]
    ids = [e["id"] for e in page.select("[id]")]
    assert len(ids) == len(set(ids))
    assert [a["href"] for a in page.select("nav a")] == [f"#{s['id']}" for s in page.select("main > section")]


def test_a_title_of_ones_own_stands_above_the_kits(report: Report) -> None:
    page = BeautifulSoup(export(notebook(markdown("# 我的 *评价*"), *sections(report)[:2]))[0], "html.parser")
    assert [h.get_text() for h in page.select("h1")] == ["我的 评价"]
    assert page.title is not None
    assert page.title.get_text() == "我的 评价"
    assert "2023 年度绩效评价" in main(page).select_one("header p.lead").get_text()


def test_a_second_title_opens_a_part() -> None:
    html, _ = export(notebook(parameters(), markdown("# Title"), markdown("Text"), markdown("# Another")))
    page = BeautifulSoup(html, "html.parser")
    assert [h.get_text() for h in page.select("h1,h2")] == ["Title", "一、Another"]


def test_a_page_without_a_title_has_the_evaluations_name(report: Report) -> None:
    page = BeautifulSoup(export(notebook(code(shown(report.section("targets")))))[0], "html.parser")
    assert page.h1 is not None
    assert page.h1.get_text() == f"{report.evaluation.record.name.zh} 2023"


# --- whose page it is


def test_a_what_if_that_is_handed_over_makes_a_page_that_says_so(hrss: Evaluation) -> None:
    change = ActualChange(indicator="public_satisfaction", actual=90)
    tried = apply(hrss, [change])
    report = Report(EvaluatedYear(tried, None, ()), "zh")
    nb = notebook(parameters(), *sections(report)[:2], handed(of_evaluation(tried, "zh")))
    banner = main(BeautifulSoup(export(nb)[0], "html.parser")).find(True)
    assert banner["class"] == ["trial"]
    assert "试算，不是登记的数据" in banner.get_text()
    assert tried.tried[0].said.zh in banner.get_text()
    assert "86.63" in export(nb)[0]
    found = one_evaluation(nb)
    assert found is not None
    assert [ActualChange.model_validate(one) for one in found["changes"]] == [change]


def test_a_chart_of_another_evaluation_says_so(hrss: Evaluation, report: Report) -> None:
    tried = apply(hrss, [ActualChange(indicator="public_satisfaction", actual=90)])
    own, other = (replace(report.draw("targets"), of=of_evaluation(e, "zh")) for e in (hrss, tried))
    page = main(BeautifulSoup(export(notebook(code(shown(report.section("method"))), code(shown(own), shown(other))))[0], "html.parser"))
    assert len(page.select("figure.chart > [role=img] > svg.wide")) == len(page.select("figure.chart > [role=img] > svg.narrow")) == 2
    (said,) = [p.get_text() for p in page.select("p.warning") if "另一项评价" in p.get_text()]
    assert tried.tried[0].said.zh in said


@pytest.mark.parametrize("lang", LANGS)
def test_two_evaluations_are_refused(hrss: Evaluation, report: Report, lang: Lang) -> None:
    tried = apply(hrss, [ActualChange(indicator="public_satisfaction", actual=90)])
    mine, other = of_evaluation(hrss, "zh"), of_evaluation(tried, "zh")
    second = Report(EvaluatedYear(tried, None, ()), "zh")
    cases = {
        "notebook.two_handed_over": [handed(mine), handed(other)],
        "notebook.section_of_another": [code(shown(second.section("targets"))), handed(mine)],
        "notebook.two_evaluations": [code(shown(report.section("targets"))), code(shown(second.section("goals")))],
    }
    for name, cells in cases.items():
        with pytest.raises(PageRefused) as refusal:
            export(notebook(*cells))
        (found,) = refusal.value.problems
        assert found.code == name
        assert tried.tried[0].said[lang if lang == "zh" else "zh"] in found.describe(lang)
        assert ("单元格" if lang == "zh" else "cell ") in found.describe(lang)


def test_without_sections_the_parameters_say_whose_page_it_is() -> None:
    injected = code(source='department = "roads"\nyear = 2024', tags=("injected-parameters",))
    found = one_evaluation(notebook(parameters("en"), injected))
    assert found is not None
    assert (found["page"], found["department"], found["year"], found["lang"]) == ("report", "roads", 2024, "en")
    assert one_evaluation(notebook(code(source="x = 1"))) is None


# --- what is refused


def error(name: str, value: str, traceback: list[str]) -> Any:
    return v4.new_output("error", ename=name, evalue=value, traceback=traceback)


def test_a_notebook_that_was_never_run_is_refused() -> None:
    with pytest.raises(PageRefused, match=r"从未|还没有运行过") as refusal:
        export(notebook(markdown("# x"), code(source="1 + 1", count=None)))
    assert "never been run" in str(refusal.value)
    assert "--execute" in str(refusal.value)


def test_a_notebook_that_failed_is_refused_with_the_cell_and_the_error() -> None:
    failed = code(error("ZeroDivisionError", "division by zero", ["\x1b[31mZeroDivisionError\x1b[0m"]), source="1 / 0")
    with pytest.raises(PageRefused) as refusal:
        export(notebook(parameters(), failed))
    assert (
        refusal.value.problems[0]
        .describe("en")
        .startswith("cell 2 (1 / 0): stopped here with an error: ZeroDivisionError: division by zero")
    )
    export(notebook(parameters(), code(*failed.outputs, tags=("raises-exception",))))  # it is there to show the error


@pytest.mark.parametrize("lang", LANGS)
def test_a_refusal_in_the_notebook_is_told_in_its_own_words(lang: Lang) -> None:
    refused = InputRefused((problem("number.negative", Place("facts.csv", 3, "value"), "-5"),))
    failed = code(error("InputRefused", str(refused), refused._render_traceback_()), source="ev.begin()")
    with pytest.raises(PageRefused) as refusal:
        export(notebook(parameters(), failed))
    said = refusal.value.problems[0].describe(lang)
    assert refused.describe(lang).rstrip("。.") in said
    assert "。。" not in said
    assert ".." not in said


def test_a_notebook_without_an_evaluation_is_refused() -> None:
    with pytest.raises(PageRefused, match=r"ev\.report\(r\)"):
        export(notebook(markdown("# x"), code(bundle(text_plain="1"))))


# --- the file


@pytest.mark.parametrize(
    ("name", "lang", "given", "extension"),
    [
        ("department_report", "zh", None, ".hrss-2023.html"),
        ("department_report", "en", None, ".hrss-2023.en.html"),
        ("hrss", "zh", None, ".2023.html"),
        ("hrss-2023", "zh", None, ".html"),
        ("hrss_2023.en", "en", None, ".html"),
        ("hrss20231", "zh", None, ".hrss-2023.html"),
        ("department_report", "en", "mine", ".html"),
    ],
)
def test_the_file_bears_department_and_year(name: str, lang: str, given: str | None, extension: str) -> None:
    resources = {"metadata": {"name": name}, "unique_key": given or name}
    _, made = EXPORTER().from_notebook_node(notebook(parameters(lang)), resources)
    assert made["output_extension"] == extension


def test_a_department_that_is_a_path_leads_nowhere() -> None:
    nb = notebook(code(source='department = "../../x"\nyear = 2023', tags=("parameters",)))
    assert EXPORTER().from_notebook_node(nb)[1]["output_extension"] == ".x-2023.html"


# --- what the kit's own things show in a notebook


@pytest.mark.parametrize("lang", LANGS)
def test_a_section_shows_itself_and_says_what_it_is(hrss: Evaluation, lang: Lang) -> None:
    report = Report(EvaluatedYear(hrss, None, ()), lang)
    output = shown(report.section("targets"))
    mark = json.loads(json.dumps(output.metadata["evallib"]))
    assert mark["pair"] == "目标完成情况 / Target completion"
    assert mark["of"] == of_evaluation(hrss, lang)
    assert (mark["kind"], mark["id"], mark["absent"]) == ("section", "targets", False)
    assert output.data["text/plain"] == "<Section targets>"
    page = BeautifulSoup(output.data["text/html"], "html.parser")
    assert page.find("h2") is None
    style = page.style
    assert style is not None
    assert style.get_text().startswith("@scope {")
    absent = shown(report.section("follow_up"))
    assert absent.metadata["evallib"]["absent"]
    assert absent.data["text/html"] == ""


def test_a_chart_shows_itself_and_says_what_it_is(report: Report) -> None:
    chart = report.draw("targets")
    output = shown(chart)
    assert output.metadata["evallib"] == {"kind": "chart", "id": "targets", "absent": False, "drawings": [*chart.drawings], "of": None}
    assert output.data["text/plain"] == "<Chart targets>"
    assert "<figcaption><strong>19 项目标达标 17 项</strong>" in output.data["text/html"]


def test_only_drawings_known_to_be_the_kits_are_drawn_on_the_page(report: Report) -> None:
    chart = shown(report.draw("targets"))
    chart.metadata["evallib"]["drawings"] = ["0" * 64]
    found = main(page_of(code(chart)))
    assert found.find("svg") is None
    assert found.img["src"].startswith("data:image/svg+xml;base64,")


def test_every_shipped_notebook_has_the_kits_headings() -> None:
    from evallib.pages.outline import pairs

    for name in ("department_report", "county_overview", "year_comparison", "monitoring"):
        cells = json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
        texts = [cell for cell in cells if cell["cell_type"] == "markdown" and "remove-cell" not in cell["metadata"].get("tags", [])]
        written = ["".join(cell["source"]) for cell in texts]
        assert written
        assert {text.removeprefix("## ") for text in written} <= set(pairs())
