"""The official report read back from its Word file: every number in it is one that the evaluation shows, and the seed's all stand in it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from bs4 import BeautifulSoup
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT

from evallib.data.published import Published, check_published, sealed
from evallib.data.results import read_evaluation
from evallib.data.texts import lay_out_texts
from evallib.data.years import evaluate_year
from evallib.model.evaluation import Evaluation
from evallib.model.seals import seals_of
from evallib.model.words import Lang
from evallib.model.years import EvaluatedYear
from evallib.pages.report import SECTIONS, Report
from evallib.say.numbers import plain
from evallib.say.workings import indicator_reached, indicator_rule, indicator_working, reached_text, scaled_text, target_text
from evallib.score.reconcile import reconcile
from evallib.word.report import Official, official_report
from evallib.word.seal import read_document, text_seal
from tests.conftest import DATA, Copy

LANGS: tuple[Lang, ...] = ("zh", "en")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
ORDINAL = re.compile(r"^(?:[（(]\d+[）)]|\([a-z]\) |\d+\.\d+ |\d+\. )")
"""The number of a chapter, a section or a line of a list."""


@pytest.fixture(scope="module")
def checked() -> EvaluatedYear:
    return evaluate_year(DATA, "hrss", 2023)


@pytest.fixture(scope="module", params=LANGS)
def lang(request: pytest.FixtureRequest) -> Lang:
    found: Lang = request.param
    return found


@pytest.fixture(scope="module")
def official(checked: EvaluatedYear, lang: Lang) -> Official:
    return official_report(checked, lang)


@pytest.fixture(scope="module")
def content(official: Official) -> bytes:
    return official.content


@pytest.fixture(scope="module")
def book(content: bytes) -> Any:
    return Document(io.BytesIO(content))


def texts(book: Any) -> list[str]:
    """Every paragraph, also of tables; what stands in a field is none."""
    out = io.BytesIO()
    book.save(out)
    return list(read_document(out.getvalue()).paragraphs)


def numbers_in(text: str) -> set[str]:
    return {found.rstrip(",").replace(",", "") for found in NUMBER.findall(text)}


def shown_by_the_page(checked: EvaluatedYear, lang: Lang) -> set[str]:
    """Every number of the page with all its sections, and of its sentences on each indicator."""
    report, e = Report(checked, lang), checked.evaluation
    text = " ".join(BeautifulSoup(report.section(id).html, "html.parser").get_text(" ") for id in SECTIONS)
    text += " ".join(f"{indicator_rule(e, i, lang)} {indicator_reached(e, i, lang)} {indicator_working(e, i, lang)}" for i in e.indicators)
    return numbers_in(text) | numbers_in(f"{e.record.name[lang]} {e.record.year} {plain(e.points)}")


def counts(e: Evaluation) -> set[str]:
    """How many there are of what the report counts."""
    lost = [[i for i in e.indicators if i.dimension == d.id and i.lost > 0] for d in e.dimensions]
    units = [[u for u in e.record.units if u.kind == kind] for kind in ("office", "civil_service_institution", "public_institution")]
    members = [[i for i in e.indicators if i.dimension == d.id] for d in e.dimensions]
    return {*map(str, (*map(len, (*lost, *members)), *map(len, units), len(e.framework.grades)))}


def test_every_number_is_one_that_the_evaluation_shows(checked: EvaluatedYear, book: Any, lang: Lang) -> None:
    known = shown_by_the_page(checked, lang) | counts(checked.evaluation)
    wrong = [
        (one, text) for text in texts(book) for one in numbers_in(ORDINAL.sub("", text)) - known if not re.fullmatch("[0-9a-f]{64}", text)
    ]
    assert wrong == []


def test_every_figure_of_the_published_report_that_is_computed_stands_there(checked: EvaluatedYear, book: Any, lang: Lang) -> None:
    there = set().union(*map(numbers_in, texts(book)))
    e = checked.evaluation
    told = {
        f"target.{t.id}.{what}": numbers_in(text)
        for t in e.targets
        for what, text in (("actual", reached_text(t, lang)), ("target", target_text(t, lang)))
    }
    lacking, asked = list[str](), 0
    for row in reconcile(e):
        if row.verdict == "agrees" and row.computed and NUMBER.fullmatch(row.computed):
            asked += 1
            forms = {row.computed, f"{Decimal(row.computed):.2f}"} | told.get(row.number, set())
            lacking += [] if forms & there else [row.number]
    assert (lacking, asked > 140) == ([], True)


def annex(book: Any) -> Iterator[list[str]]:
    for row in book.tables[-2].rows[1:]:
        yield [cell.text for cell in row.cells]


def test_the_annex_says_what_the_evaluation_gives(checked: EvaluatedYear, book: Any, lang: Lang) -> None:
    e = checked.evaluation
    *rows, total = annex(book)
    for i, row in zip(e.indicators, rows, strict=True):
        assert i.score is not None
        assert row[2:5] == [i.name[lang], plain(i.points), indicator_rule(e, i, lang)]
        assert row[6] == plain(i.score, 2)
        assert row[5] == (indicator_reached(e, i, lang) or "—")
        assert row[7] == (indicator_working(e, i, lang) if i.lost or i.value is None else "")  # no full score without its reason
    assert total[3] == plain(e.points)
    assert total[6] == plain(e.total, 2)
    assert e.grade[lang] in total[7]
    merged = [re.sub("（续）| \\(continued\\)", "", row[0].partition("\n")[0]) for row in rows]
    assert any("续" in row[0] or "continued" in row[0] for row in rows)  # a long dimension is named on every sheet
    assert [one for at, one in enumerate(merged) if at == 0 or one != merged[at - 1]] == [d.name[lang] for d in e.dimensions]


def test_headings_are_word_s_own_and_the_contents_list_them(content: bytes, book: Any) -> None:
    heads = [p.text for p in book.paragraphs if p.style.name in ("Heading 1", "Heading 2")]
    how_to_number, *listed = [p.text for p in book.paragraphs if p.style.name.startswith("toc ")]
    assert heads
    assert listed == heads  # no dots that lead to no number
    assert how_to_number.startswith(("［页码：", "[page numbers: "))  # until Word puts its own list in the place of it all
    xml = zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode()
    assert xml.count('fldCharType="begin"') == xml.count('fldCharType="end"') == 1
    assert 'TOC \\o "1-2"' in xml
    assert "updateFields" in zipfile.ZipFile(io.BytesIO(content)).read("word/settings.xml").decode()


def test_the_sheets_are_as_the_standard_says(book: Any, lang: Lang) -> None:
    *upright, across, last = book.sections
    sizes = [(s.page_width, s.page_height, s.top_margin, s.bottom_margin, s.left_margin, s.right_margin) for s in (*upright, last)]
    assert {tuple(round(one.mm) for one in size if one) for size in sizes} == {(210, 297, 37, 35, 28, 26)}
    assert (round(across.page_width.mm), round(across.page_height.mm), across.orientation) == (297, 210, WD_ORIENT.LANDSCAPE)
    assert all("PAGE" in s.footer._element.xml for s in book.sections)
    assert [s.different_first_page_header_footer for s in book.sections] == [True, False, False, False]
    styles = book.styles
    assert (styles["Normal"].font.size.pt, styles["Title"].font.size.pt) == ((16, 22) if lang == "zh" else (12, 20))
    fonts = {name: styles[name].element.rPr.rFonts.get(f"{W}eastAsia") for name in ("Normal", "Heading 1", "Heading 2", "Title")}
    assert fonts == {"Normal": "仿宋_GB2312", "Heading 1": "黑体", "Heading 2": "楷体_GB2312", "Title": "方正小标宋简体"}
    assert {styles[f"Heading {n}"].paragraph_format.keep_with_next for n in (1, 2, 3)} == {True}
    assert styles["Normal"].element.rPr.find(f"{W}lang").attrib == {
        f"{W}val": "en-US" if lang == "zh" else "en-GB",
        f"{W}eastAsia": "zh-CN",
    }
    assert book.core_properties.language == ("zh-CN" if lang == "zh" else "en-GB")


def test_tables_repeat_their_heads_and_pictures_have_words(checked: EvaluatedYear, book: Any, lang: Lang) -> None:
    for table in book.tables:
        assert "tblHeader" in table.rows[0]._tr.xml
        assert all("cantSplit" in row._tr.xml for row in table.rows)
        assert "keepNext" in table.rows[-1]._tr.xml  # what must end a table gets no sheet of its own
    report = Report(checked, lang)
    alts = {report.draw(name).alt for name in ("budget_bridge", "budget_variance", "dimensions", "targets")}
    assert {shape._inline.docPr.get("descr") for shape in book.inline_shapes} == alts
    assert {round(shape.width.mm) for shape in book.inline_shapes} == {156}  # as wide as the text: no letter below 7 points


def test_nothing_but_one_small_line_ends_the_sheets_before(book: Any) -> None:
    ends = [p._p for p in book.paragraphs if p.style.name == "Gap" and p._p.pPr.sectPr is not None]
    assert ends
    assert all(end.getprevious().tag == f"{W}tbl" or end.getprevious().style != end.style for end in ends)


def test_the_same_evaluation_gives_the_same_bytes(checked: EvaluatedYear, content: bytes, lang: Lang) -> None:
    assert official_report(checked, lang).content == content
    read = read_document(content)
    assert (read.content, read.own) == (seals_of(checked.evaluation).content, text_seal(read.paragraphs))


def test_it_says_that_it_is_recomputed_and_asks_for_what_is_not_written(official: Official, book: Any, lang: Lang) -> None:
    said = " ".join(texts(book))
    assert ("不是原报告" if lang == "zh" else "this is not the original") in said
    assert said.count("分值和得分为重构" if lang == "zh" else "scores of the indicators are reconstructed") == 4
    assert said.count("［待补：" if lang == "zh" else "[to come: ") == 9 + 2 + 2  # two losses without advice, two targets missed
    assert [one["zh"] for one in official.to_write] == [
        *("评价机构", "前言", "主要职责", "评价目的和范围", "评价依据", "评价工作过程", "原因分析", "其他需要说明的事项", "落款"),
        *("针对社会公众或服务对象满意度、“三公经费”变动率的建议", "偏差原因：质量达标率、社会公众或服务对象满意度"),
    ]


def test_a_target_is_told_with_its_parts_and_with_what_the_source_says_otherwise(book: Any, lang: Lang) -> None:
    said = " ".join(texts(book))
    for number in ("41,956", "331,800", "29,410", "19,584", "206", "114", "98%", "2,307,930.10"):
        assert number in said
    assert ("1,200万元（完成率 120.00%）" if lang == "zh" else "12,000,000 yuan (completion 120.00%)") in said
    assert ("100.00%（公布的数，无法重算）" if lang == "zh" else "100.00% (published, cannot be recomputed)") in said
    assert ("未超上限的为 100% 加上" if lang == "zh" else "100% and what was saved of the limit") in said


def test_no_line_of_text_begins_at_the_margin(book: Any) -> None:
    assert not [p.text for p in book.paragraphs if p.style.name == "Normal" and "\n" in p.text]


# --- what people write

HOSTILE = """# 标题 <script>alert(1)</script>

<img src=x onerror=alert(2)> [点我](javascript:alert(3)) ![图](https://example.org/x.png)

- 一项 & 另一项
- `]]>` “{{原样}}”

| 甲 | 乙 |
| --- | --- |
| 1 | <b>2</b> |
"""


def write(copy: Copy, name: str, text: str) -> None:
    folder = copy.folder / "departments" / "hrss" / "2023.text"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


def made(copy: Copy, lang: Lang = "zh", draft: bool = False) -> tuple[str, bytes]:
    content = official_report(evaluate_year(copy.folder, "hrss", 2023, draft=draft), lang).content
    return "\n".join(texts(Document(io.BytesIO(content)))), content


def test_what_people_write_stands_in_its_place_in_its_language(copy: Copy) -> None:
    write(copy, "purpose.md", "本次评价得分{total}分，等级为“{grade}”。")
    write(copy, "Purpose and scope.en.md", "The score is {total} and the grade {grade}.")
    write(copy, "落款.md", "某某会计师事务所")
    write(copy, "评价依据.md", "<!-- 评价依据：…… -->\n")
    said, _ = made(copy)
    assert "本次评价得分84.63分，等级为“良”。" in said
    assert said.count("［待补：") == 7 + 4  # and what the tables of the data lack
    assert "［待补：依据的法律法规和文件］" in said  # a file that only asks says nothing
    english, _ = made(copy, "en")
    assert "The score is 84.63 and the grade Good." in english
    assert "某某" not in english


def test_a_text_is_sealed_and_none_changes_no_seal(copy: Copy, hrss: Evaluation) -> None:
    write(copy, "评价依据.md", "<!-- 评价依据：…… -->\n")
    write(copy, "_笔记.docx", "not read")
    empty = copy.evaluate()
    assert (seals_of(empty), empty.record.files) == (seals_of(hrss), hrss.record.files)
    write(copy, "评价依据.md", "《预算法》。")
    written = copy.evaluate()
    assert seals_of(written).result != seals_of(hrss).result
    assert "departments/hrss/2023.text/评价依据.md" in {file.name for file in written.record.files}
    assert read_evaluation(written.to_json()).record.texts == written.record.texts


def test_a_text_that_was_published_must_be_reached_again(copy: Copy) -> None:
    write(copy, "评价依据.md", "《预算法》。")
    published = Published((sealed(copy.evaluate(), "2024-07-01"),))
    assert check_published(published, copy.evaluate()) == ()
    write(copy, "评价依据.md", "《会计法》。")
    [differs] = check_published(published, copy.evaluate())
    assert differs.code == "published.differs"
    assert "departments/hrss/2023.text/评价依据.md" in differs.describe("en")


def test_what_is_laid_out_asks_and_touches_nothing(copy: Copy) -> None:
    write(copy, "purpose.md", "为提高资金使用效益。")
    write(copy, "前言.md", "我们接受委托")
    folder, new = lay_out_texts(copy.folder, "hrss", 2023, "zh")
    assert [file.name for file in new] == [
        "主要职责.md",
        "评价依据.md",
        "评价工作过程.md",
        "原因分析.md",
        "其他需要说明的事项.md",
        "落款.md",
    ]
    assert (folder / "前言.md").read_text(encoding="utf-8") == "我们接受委托"
    assert "依据的法律法规和文件" in (folder / "评价依据.md").read_text(encoding="utf-8")
    assert {text.id for text in copy.evaluate().record.texts} == {"purpose", "opening"}
    assert lay_out_texts(copy.folder, "hrss", 2023, "zh")[1] == ()
    assert [file.name for file in lay_out_texts(copy.folder, "hrss", 2023, "en")[1]][:2] == ["Opening.en.md", "Duties in full.en.md"]


def test_hostile_texts_are_text(copy: Copy) -> None:
    write(copy, "process.md", HOSTILE)
    said, content = made(copy)
    assert "<script>alert(1)</script>" in said
    assert "“{原样}”" in said
    assert "<b>2</b>" in said
    packed = zipfile.ZipFile(io.BytesIO(content))
    assert not any("example.org" in packed.read(name).decode("utf-8", "replace") for name in packed.namelist() if "rels" in name)
    assert "hyperlink" not in packed.read("word/document.xml").decode()
    book: Any = Document(io.BytesIO(content))
    assert [p.style.name for p in book.paragraphs if "标题 <script>" in p.text] == ["Heading 3"]


def test_a_draft_says_that_it_is_one_and_what_is_lacking(copy: Copy) -> None:
    copy.set("facts", {"fact": "staff_administrative"}, "value", "")
    said, _ = made(copy, draft=True)
    assert "草稿" in said.partition("目录")[0]
    assert "投入满分 9.00 分，1 项指标还没有得分：在职人员控制率。" in said


# --- the outline

OUTLINE = """
[[chapter]]
name = "结论先行"
name_en = "The conclusion first"
parts = ["conclusion", "views"]

[[text]]
id = "views"
name = "专家意见"
name_en = "Views of the experts"
about = "专家怎么说"
"""


def chapters(content: bytes) -> list[str]:
    book: Any = Document(io.BytesIO(content))
    return [p.text for p in book.paragraphs if p.style.name == "Heading 1"]


def test_a_county_has_an_outline_of_its_own(copy: Copy) -> None:
    (copy.folder / "outline.toml").write_text(OUTLINE, encoding="utf-8")
    write(copy, "专家意见.md", "一致通过。")
    said, content = made(copy)
    assert chapters(content) == ["一、结论先行", "附件1：绩效评价指标体系及评分表", "附件2：评价所用的数据"]
    assert "（二）专家意见\n一致通过。" in said


def test_the_settings_name_the_outline_of_the_ministry(copy: Copy) -> None:
    with (copy.folder / "county.toml").open("a", encoding="utf-8") as file:
        file.write('\noutline = "mof-2020"\n')
    _, content = made(copy)
    assert chapters(content)[:3] == ["一、基本情况", "二、绩效评价工作开展情况", "三、综合评价情况及评价结论"]
    assert len(chapters(content)) == 9


def test_what_does_not_apply_is_left_out_with_its_reason_and_the_rest_has_its_score(copy: Copy, lang: Lang) -> None:
    copy.set("judgements", {"indicator": "procurement_execution"}, "kind", "not_applicable")
    copy.set("judgements", {"indicator": "procurement_execution"}, "reason", "没有采购")
    copy.set("judgements", {"indicator": "procurement_execution"}, "reason_en", "it bought nothing")
    e, (said, content) = evaluate_year(copy.folder, "hrss", 2023).evaluation, made(copy, lang)
    gone = e.indicator("procurement_execution")
    whole = next(d for d in e.dimensions if d.id == gone.dimension)
    assert f"{gone.name[lang]}{'，' if lang == 'zh' else ', '}{indicator_working(e, gone, lang)}" in said
    assert ("还没有得分" in said, "without a score yet" in said) == (False, False)
    assert said.count(scaled_text(e)[lang]) == 3  # with the points of the dimensions, in the conclusion, under the annex
    rows = list(annex(Document(io.BytesIO(content))))
    row = next(row for row in rows if row[2] == gone.name[lang])
    assert (row[6], row[7]) == ("—", indicator_working(e, gone, lang))
    assert any(f"{plain(whole.score, 2)} / {plain(whole.points)}" in one[0] for one in rows)


def test_marks_and_the_middle_of_cells_are_as_the_language_and_the_table_ask(book: Any, lang: Lang) -> None:
    said = texts(book)
    assert not (lang == "en" and any("［" in text for text in said))
    assert any(text.startswith("预算级次：" if lang == "zh" else "Rank: ") for text in said)
    annexed, short = book.tables[-2], book.tables[0]
    assert {cell.vertical_alignment for cell in annexed.rows[1].cells} == {None}  # it goes on over sheets: all at the top
    assert {cell.vertical_alignment for cell in short.rows[1].cells} == {WD_CELL_VERTICAL_ALIGNMENT.CENTER}
