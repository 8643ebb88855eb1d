"""A new year as it is laid out: what is carried over, what is left empty, what is refused; then an analyst fills it in."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner

from evallib.cli.main import app
from evallib.data import new_year as module
from evallib.data.load import load_departments, load_year
from evallib.data.new_year import new_year
from evallib.data.rulebook import load_framework
from evallib.data.years import evaluate_year, lacking_of
from evallib.model.errors import InputRefused
from evallib.model.in_force import indicators_in_force
from evallib.model.made_ids import made_id
from evallib.model.record import TABLES, Record, TargetPart
from evallib.model.table_words import TABLE_NAMES
from evallib.model.words import LANGS
from evallib.say.sentences import sentence
from tests.conftest import DATA, GOLDEN, Copy

Row = dict[str, str]


@pytest.fixture(scope="module")
def before() -> Record:
    return load_year(DATA, "hrss", 2023).record


def listing(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def read(folder: Path, table: str) -> list[Row]:
    with (folder / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("laid") / "data"
    shutil.copytree(DATA, data)
    return new_year(data, "hrss", 2024, from_year=None, to="csv", lang="zh")


def test_every_table_is_there_and_what_happened_in_the_year_is_empty(laid_out: Path) -> None:
    assert laid_out.parts[-3:] == ("departments", "hrss", "2024")
    assert {path.stem for path in laid_out.iterdir()} == set(TABLES)
    bare = ("findings", "finding_amounts", "recommendations", "practices", "published", "contradictions", "work_targets")
    assert [read(laid_out, table) for table in bare] == [[]] * len(bare)
    assert read(laid_out, "self_evaluation") == [{"indicator": "total", "score": "", "grade": "", "source": "", "section": ""}]


def test_sources_are_the_report_to_come_last_years_data_and_the_laws(laid_out: Path, before: Record) -> None:
    rows = read(laid_out, "sources")
    assert (rows[0]["source"], rows[0]["title"], rows[0]["kind"]) == ("report", "", "report")
    titles = [sentence("new_year.origin", department=before.name, year=2023)[lang] for lang in ("zh", "en")]
    assert [rows[1][name] for name in ("source", "title", "title_en")] == ["last-year", *titles]
    assert before.name.zh in titles[0]
    assert before.name.en in titles[1]
    assert [row["source"] for row in rows[2:]] == [row.source for row in before.sources if row.kind == "law"]


def test_what_stays_true_is_carried_over_and_says_where_from(laid_out: Path, before: Record) -> None:
    profile = {row["key"]: row for row in read(laid_out, "profile")}
    assert set(profile) == {"full_name", "rank", "duties", "client"}
    assert profile["rank"]["text"] == before.find_profile("rank", "zh")
    assert (profile["rank"]["source"], profile["rank"]["section"]) == ("last-year", "基本情况 一(一)2")
    assert [row["name"] for row in read(laid_out, "units")] == [row.name for row in before.units]
    assert [row["target"] for row in read(laid_out, "plan_targets")] == [f"{row.target:f}" for row in before.plan_targets]
    assert [row["points"] for row in read(laid_out, "own_indicators")] == [f"{row.points:f}" for row in before.own_indicators]


def test_facts_are_laid_out_empty_with_last_years_value_beside_them(laid_out: Path) -> None:
    rows = {(row["fact"], row["year"]): row for row in read(laid_out, "facts")}
    posts = rows["staff_quota_institution", "2024"]
    assert (posts["#名称"], posts["#上年"], posts["value"], posts["source"], posts["section"]) == ("事业编制", "33人", "", "", "")
    assert rows["procurement_actual", "2024"]["#上年"] == "—"
    assert ("outturn", "2024") not in rows  # last year gave its parts
    assert {("outturn_basic", "2024"), ("outturn_project", "2024"), ("adjusted_expenditure", "2024")} <= set(rows)


def test_what_last_year_knows_is_filled_in_and_what_it_does_not_is_asked_for(laid_out: Path) -> None:
    rows = {(row["fact"], row["year"]): row for row in read(laid_out, "facts")}
    opening = rows["opening_carryover", "2024"]
    assert (opening["value"], opening["source"], opening["section"]) == ("1000370.85", "last-year", "财务数据 年末结转结余")
    three = rows["three_public_budget", "2023"]
    assert (three["value"], three["section"]) == ("27800.00", "财务数据 “三公”经费预算")
    project = rows["project_budget", "2023"]  # the 2023 report gives only that of 2022
    assert (project["value"], project["source"]) == ("", "")


def test_targets_keep_their_units_and_wait_for_numbers(laid_out: Path, before: Record) -> None:
    rows = {row["indicator"]: row for row in read(laid_out, "targets")}
    assert list(rows) == [row.indicator for row in before.targets]
    jobs = rows["urban_new_jobs"]
    assert (jobs["operator"], jobs["unit"], jobs["actual_unit"], jobs["actual_by"]) == (">=", "人", "人", "measured")
    assert (jobs["target"], jobs["actual"], jobs["evidence"], jobs["source"]) == ("", "", "", "")
    assert (jobs["#名称"], jobs["#上年目标"], jobs["#上年实际"]) == ("城镇新增就业人数", "≥ 800人", "933人")
    assert rows["petitions_resolved"]["#上年实际"] == "100.00% (40件 ÷ 40件)"
    parts = read(laid_out, "target_parts")
    assert [row["part"] for row in parts] == [row.part for row in before.target_parts]
    assert {row["value"] for row in parts} == {""}


def test_judgements_ask_for_each_thing_that_people_decide(laid_out: Path) -> None:
    rows = read(laid_out, "judgements")
    framework = load_year(DATA, "hrss", 2023).framework
    items = [(i.id, item.id) for i in framework.indicators for item in getattr(i.rule, "items", ())]
    assert [(row["indicator"], row["item"]) for row in rows if row["kind"] == "item"] == items
    assert {row["indicator"] for row in rows} == {i.id for i in framework.indicators if i.rule.kind in ("checklist", "tiers", "awarded")}
    assert rows[0]["#指标"] == "绩效目标合理性"
    assert rows[0]["#核对项"]
    assert {(row["verdict"], row["score"], row["reason"]) for row in rows} == {("", "", "")}


@pytest.mark.parametrize("to", ["csv", "xlsx"])
@pytest.mark.parametrize("lang", LANGS)
def test_a_year_that_is_not_filled_in_is_refused_place_by_place(copy: Copy, to: Any, lang: Any) -> None:
    made = new_year(copy.folder, "hrss", 2024, from_year=2023, to=to, lang=lang)
    with pytest.raises(InputRefused) as refusal:
        evaluate_year(copy.folder, "hrss", 2024)
    problems = refusal.value.problems
    assert (
        lacking_of(problems) == len(problems) > (200 if to == "csv" else 100)
    )  # nothing of it is called wrong; what is said once lacks once
    assert all(
        problem.place.row and problem.place.column and problem.place.file.startswith("departments/hrss/2024") for problem in problems
    )
    assert all(problem.place.cell for problem in problems) == (to == "xlsx")
    assert made.name in problems[0].place.file


def test_the_year_is_listed_and_other_lines_stay_as_they_were(copy: Copy) -> None:
    path = copy.folder / "departments.csv"
    old = '\ufeffcode,名称,name_en,framework,first_year,last_year,#note\r\nother,乙局,"B, Bureau",xundian-department,2023,2023,"x"\r\n'
    old += "hrss,甲局,A,xundian-department,2023,2023,'=y\r\n"
    path.write_bytes(old.encode())
    new_year(copy.folder, "hrss", 2024, from_year=None, to="csv", lang="zh")
    assert path.read_bytes().decode() == old.replace("xundian-department,2023,2023,'=y", "xundian-department,2023,2024,'=y").replace(
        '"x"', "x"
    )
    assert [path.name for path in copy.folder.iterdir() if path.name.startswith(".")] == []


def test_a_new_department_gets_a_line_and_an_empty_year(copy: Copy) -> None:
    made = new_year(
        copy.folder, "edu", 2024, from_year=None, to="csv", lang="en", name="教育局", name_en="Education", framework="xundian-department"
    )
    row = load_departments(copy.folder)[-1]
    assert (row.code, row.name, row.name_en, row.first_year, row.last_year) == ("edu", "教育局", "Education", 2024, 2024)
    facts = {(row["fact"], row["year"]) for row in read(made, "facts")}
    assert {("outturn", "2024"), ("project_budget", "2023"), ("staff_quota", "2024")} <= facts
    assert [row["source"] for row in read(made, "sources")] == ["report"]
    assert {row["group"] for row in read(made, "own_indicators")} == {"economic", "social", "satisfaction"}
    assert {row["indicator"] for row in read(made, "targets")} == {"task_completion", "task_timeliness", "quality", "key_tasks"}
    assert "#name" in read(made, "facts")[0]
    with pytest.raises(InputRefused, match="must not be empty"):
        evaluate_year(copy.folder, "edu", 2024)


def test_the_workbook_of_a_new_department_leaves_its_own_indicators_to_be_named(copy: Copy) -> None:
    made = new_year(copy.folder, "edu", 2024, from_year=None, to="xlsx", lang="zh", name="教育局", framework="xundian-department")
    sheet = openpyxl.load_workbook(made)["评分表"]
    rows = [dict(zip([cell.value for cell in sheet[2]], row, strict=True)) for row in sheet.iter_rows(3, values_only=True)]
    own = [(row["二级指标"], row["分值"]) for row in rows if not row["三级指标"]]
    assert own == [("经济效益", 6), ("社会效益", 14), ("满意度", 10)]


def test_an_english_workbook_holds_no_chinese_but_what_was_typed(copy: Copy) -> None:
    made = new_year(copy.folder, "edu", 2024, from_year=None, to="xlsx", lang="en", name="教育局", framework="office-general")
    book = openpyxl.load_workbook(made)
    assert [cell.value for cell in book["Scoring"]["C"]][-1] == "total score"
    said = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value}
    assert {text for text in said if not text.isascii() and re.search("[一-鿿]", text)} == {"教育局", "教育局 2024", "个"}
    with pytest.raises(InputRefused) as refusal:
        load_year(copy.folder, "edu", 2024)
    assert not [p for p in refusal.value.problems if p.place.sheet == "Scoring" and p.place.column == "group"]


def test_a_name_in_chinese_alone_is_not_filled_in_as_its_english(copy: Copy) -> None:
    made = new_year(copy.folder, "edu", 2024, from_year=None, to="xlsx", lang="zh", name="教育局", framework="office-general")
    assert [cell.value for cell in openpyxl.load_workbook(made)["基本情况"][3]][:3] == ["全称", "教育局", None]


def test_empty_sheets_may_be_asked_for_by_name(copy: Copy) -> None:
    given: dict[str, Any] = {"from_year": None, "to": "xlsx", "lang": "zh", "name": "教育局", "framework": "department-mof-2013"}
    with pytest.raises(InputRefused, match=r"did you mean 建议\?"):
        new_year(copy.folder, "edu", 2024, extra="问题，建议书", **given)
    made = new_year(copy.folder, "edu", 2024, extra="矛盾，recommendations", **given)
    names = openpyxl.load_workbook(made).sheetnames
    assert names == ["#说明", "评分表", "财务数据", "来源文件", "基本情况", "评定", "问题", "建议", "矛盾", "_lists"]


def test_a_year_further_off_names_the_year_it_reminds_of_and_fills_nothing_in(copy: Copy) -> None:
    made = new_year(copy.folder, "hrss", 2026, from_year=None, to="csv", lang="zh")
    rows = {(row["fact"], row["year"]): row for row in read(made, "facts")}
    assert rows["staff_quota_institution", "2026"]["#2023年"] == "33人"
    assert rows["opening_carryover", "2026"]["value"] == ""
    assert rows["three_public_budget", "2025"]["value"] == ""
    assert [(row.first_year, row.last_year) for row in load_departments(copy.folder)] == [(2023, 2023), (2026, 2026)]


def test_another_framework_gets_a_line_of_its_own(copy: Copy) -> None:
    shutil.copytree(copy.folder / "frameworks" / "xundian-department", copy.folder / "frameworks" / "other")
    copy.replace(copy.folder / "frameworks" / "other" / "2023.toml", 'id = "xundian-department"', 'id = "other"')
    new_year(copy.folder, "hrss", 2024, from_year=None, to="csv", lang="zh", framework="other")
    rows = load_departments(copy.folder)
    assert [(row.framework, row.first_year, row.last_year) for row in rows] == [("xundian-department", 2023, 2023), ("other", 2024, 2024)]
    assert rows[0].name == rows[1].name


def test_a_framework_for_the_new_year_is_the_one_that_is_laid_out(copy: Copy) -> None:
    later = copy.framework.with_name("2024.toml")
    shutil.copyfile(copy.framework, later)
    copy.replace(later, "first_year = 2023", "first_year = 2024")
    tiers = """rule = { kind = "tiers", tiers = [
      { id = "reached", name = "达成", name_en = "reached", low = 0.8, high = 1.0 },
      { id = "missed", name = "未达成", name_en = "missed", low = 0.0, high = 0.5 },
    ] }"""
    copy.replace(later, 'rule = { kind = "proportional" }', 'rule = { kind = "awarded" }')
    copy.replace(later, 'rule = { kind = "proportional" }', tiers)
    made = new_year(copy.folder, "hrss", 2024, from_year=None, to="csv", lang="en")
    rows = {row["kind"]: row for row in read(made, "judgements")}
    assert set(rows) == {"item", "award", "tier"}
    assert rows["award"]["#item"].startswith("0–")
    assert rows["tier"]["#item"].startswith("reached: reached ")
    assert "missed: missed 0–" in rows["tier"]["#item"]


REFUSED: list[tuple[str, int, dict[str, Any], str, str]] = [
    ("hrss", 2023, {}, "has data already", "不会覆盖"),
    ("hrss", 2022, {}, "no framework is in force in 2022", "没有适用于 2022 年的指标体系"),
    ("hrss", 2024, {"framework": "nothing"}, "no such framework", "没有这个指标体系"),
    ("hrss", 2024, {"from_year": 2024}, "only a year before 2024", "只能带入早于 2024 年的数据"),
    ("hrss", 2024, {"from_year": 2021}, "2021 is not listed", "没有列出 2021 年"),
    ("hrss", 1066, {}, "out of range", "超出允许范围"),
    ("edu", 2024, {}, "needs a name and a framework", "新部门须有名称和指标体系"),
    ("edu", 2024, {"framework": "xundian-department"}, "needs a name and a framework", "新部门须有名称和指标体系"),
    (
        "edu",
        2024,
        {"name": "寻甸回族彝族自治县人力资源和社会保障局", "framework": "xundian-department"},
        "one of this name already",
        "evallib new hrss 2024",
    ),
    ("Edu", 2024, {}, "cannot be a department code", "不能用作部门编码"),
    ("海淀 ../x", 2024, {"name": "局"}, "cannot be a department code", "不能用作部门编码"),
    ("../x", 2024, {}, "cannot be a department code", "不能用作部门编码"),
    ("con", 2024, {}, "cannot be a department code", "Windows 保留名"),
    ("lpt9", 2024, {}, "cannot be a department code", "Windows 保留名"),
    ("a" * 41, 2024, {}, "cannot be a department code", "不能用作部门编码"),
]


def test_a_name_that_is_on_no_list_makes_the_department_and_its_code(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(copy.folder.parent)
    asked = ["new", "林业局", "2023", "--framework", "department-mof-2013"]
    told = CliRunner().invoke(app, asked)
    assert (told.exit_code, "evallib check 林业局 2023" in told.stdout) == (0, True), told.output
    assert CliRunner().invoke(app, asked).exit_code == 2  # the same department, by its name: its year is there
    [row] = [row for row in load_departments(copy.folder) if row.name == "林业局"]
    assert (row.code, row.first_year, row.last_year) == (made_id("林业局"), 2023, 2023)
    assert (copy.folder / "departments" / row.code / "2023.xlsx").is_file()
    assert new_year(copy.folder, "Forestry Bureau", 2024, from_year=None, to="csv", lang="en", framework="department-mof-2013").is_dir()


@pytest.mark.parametrize(("code", "year", "more", "en", "zh"), REFUSED, ids=lambda value: str(value)[:20])
def test_what_will_not_do_is_refused_and_nothing_changes(copy: Copy, code: str, year: int, more: dict[str, Any], en: str, zh: str) -> None:
    before = listing(copy.folder)
    with pytest.raises(InputRefused, match=en) as refusal:
        new_year(copy.folder, code, year, **({"from_year": None, "to": "csv", "lang": "zh"} | more))
    assert zh in refusal.value.describe("zh")
    assert "To fix it: " in refusal.value.describe("en")
    assert listing(copy.folder) == before


def test_a_new_department_takes_the_framework_of_the_settings(copy: Copy) -> None:
    new_year(copy.folder, "edu", 2024, from_year=None, to="csv", lang="zh", name="教育局")
    assert [row.framework for row in load_departments(copy.folder) if row.code == "edu"] == ["department-mof-2013"]


@pytest.mark.parametrize("usual", ["", "xundian-department"])
def test_where_no_framework_is_usual_a_new_department_has_to_choose(copy: Copy, usual: str) -> None:
    """Nor is a reconstruction, whose points were fitted to the report on one department; named, it may be used."""
    copy.replace(copy.folder / "county.toml", 'framework = "department-mof-2013"', f'framework = "{usual}"')
    with pytest.raises(InputRefused, match="there is no usual framework") as refusal:
        new_year(copy.folder, "health", 2024, from_year=None, to="csv", lang="zh", name="卫健局")
    told = refusal.value.describe("zh")
    assert "没有默认的指标体系" in told
    assert "\n  department-mof-2013  部门整体支出绩效评价共性指标体系（用于：部门；100 分；指标 24 项，另有自设）\n" in told
    assert "xundian-department" not in told
    new_year(copy.folder, "health", 2024, from_year=None, to="csv", lang="zh", name="卫健局", framework="xundian-department")
    assert [row.framework for row in load_departments(copy.folder) if row.code == "health"] == ["xundian-department"]


def test_what_was_typed_in_ten_thousands_is_carried_over_so(copy: Copy) -> None:
    """100.037085 万元 carried over as 1,000,370.85 元 would be exact, which it was not."""
    for fact, value in (("closing_carryover_basic", "95.7260"), ("closing_carryover_project", "4.311085")):
        copy.set("facts", {"fact": fact}, "value", value)
        copy.set("facts", {"fact": fact}, "unit", "万元")
    made = new_year(copy.folder, "hrss", 2024, from_year=None, to="csv", lang="zh")
    opening = next(row for row in read(made, "facts") if row["fact"] == "opening_carryover" and row["year"] == "2024")
    assert (opening["value"], opening["unit"]) == ("100.037085", "万元")


def test_a_year_that_is_listed_already_is_laid_out_and_the_list_stays_as_it_was(copy: Copy) -> None:
    path = copy.folder / "departments.csv"
    copy.replace(path, "2023,2023", "2023,2024")
    before = path.read_bytes()
    new_year(copy.folder, "hrss", 2024, from_year=None, to="csv", lang="zh", framework="xundian-department")
    assert path.read_bytes() == before


def test_a_year_that_is_listed_already_keeps_its_framework(copy: Copy) -> None:
    copy.replace(copy.folder / "departments.csv", "2023,2023", "2023,2024")
    before = listing(copy.folder)
    with pytest.raises(InputRefused, match="2024 is listed with another framework") as refusal:
        new_year(copy.folder, "hrss", 2024, from_year=None, to="csv", lang="zh", framework="other")
    assert "改用 xundian-department" in refusal.value.describe("zh")
    assert listing(copy.folder) == before


def test_a_list_whose_years_are_written_in_words_gets_no_second_line(copy: Copy) -> None:
    path = copy.folder / "departments.csv"
    copy.replace(path, "2023,2023", "2023年,2023年度")
    new_year(copy.folder, "hrss", 2024, from_year=None, to="csv", lang="zh")
    assert "2023年,2024" in path.read_text(encoding="utf-8-sig")
    assert [(row.first_year, row.last_year) for row in load_departments(copy.folder)] == [(2023, 2024)]


def test_a_list_without_the_mark_of_utf8_gets_none(copy: Copy) -> None:
    path = copy.folder / "departments.csv"
    old = path.read_text(encoding="utf-8-sig")
    path.write_bytes(old.encode())
    new_year(copy.folder, "hrss", 2024, from_year=None, to="csv", lang="zh")
    assert path.read_bytes() == old.replace("2023,2023", "2023,2024").encode()


def test_a_list_that_excel_saved_in_a_chinese_encoding_is_written_as_utf8_with_its_mark(copy: Copy) -> None:
    path = copy.folder / "departments.csv"
    old = path.read_text(encoding="utf-8-sig")
    path.write_bytes(old.encode("gb18030"))
    new_year(copy.folder, "hrss", 2024, from_year=None, to="csv", lang="zh")
    assert path.read_bytes() == old.replace("2023,2023", "2023,2024").encode("utf-8-sig")


def test_bad_data_of_last_year_is_refused(copy: Copy) -> None:
    copy.set("facts", {"fact": "outturn_basic"}, "value", "many")
    before = listing(copy.folder)
    with pytest.raises(InputRefused, match="is not a number"):
        new_year(copy.folder, "hrss", 2024, from_year=None, to="xlsx", lang="zh")
    assert listing(copy.folder) == before


@pytest.mark.parametrize("to", ["csv", "xlsx"])
def test_where_the_list_cannot_be_written_the_data_is_taken_back(copy: Copy, to: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise PermissionError("open in Excel")

    before = listing(copy.folder)
    monkeypatch.setattr(module, "list_year", fail)
    with pytest.raises(PermissionError):
        new_year(copy.folder, "hrss", 2024, from_year=None, to=to, lang="zh")
    assert listing(copy.folder) == before


# --- the analyst ---------------------------------------------------------------------------------------------------


def fill(path: Path, table: str, change: Callable[[Row], Row]) -> None:
    """Fill in the rows of a sheet as a person would: `change` is given a row by its Chinese heads and says what to type where."""
    book = openpyxl.load_workbook(path)
    sheet = book["评分表" if table in ("targets", "self_evaluation", "own_indicators") else TABLE_NAMES[table].zh]
    top = int(str(sheet.freeze_panes)[1:]) - 1
    heads = [str(cell.value) for cell in sheet[top]]
    for cells in sheet.iter_rows(min_row=top + 1):
        row = {head: "" if cell.value is None else str(cell.value) for head, cell in zip(heads, cells, strict=True)}
        if any(row.values()):
            for head, typed in change(row).items():
                cells[heads.index(head)].value = float(typed) if head in ("数值", "目标值", "实际值", "基数", "自评得分") else typed
    book.save(path)


ONE_ITEM = ("预算调整率",)
"""What is judged by one item stands in the row of its indicator."""
FROM_REPORT = {"来源": "report", "章节": "测试"}
CHANGED = {
    ("project_budget", "2023"): "760806.91", ("adjusted_expenditure", "2024"): "19786205.62", ("outturn_basic", "2024"): "18593595.56",
    ("closing_carryover_basic", "2024"): "431803.15", ("staff_institution", "2024"): "28", ("procurement_planned", "2024"): "500000",
    ("procurement_actual", "2024"): "480000", ("projects_monitored", "2024"): "30",
}  # fmt: skip
"""What is made up for 2024; everything else is as in 2023."""


def a_fact(before: Record) -> Callable[[Row], Row]:
    facts = load_framework(DATA, "xundian-department", 2024).catalogue.facts
    last = {facts[row.fact].name.zh: row for row in before.facts if row.year == 2023}
    changed = {(facts[fact].name.zh, year): text for (fact, year), text in CHANGED.items()}

    def change(row: Row) -> Row:
        if row["来源"]:
            return {}
        old = last.get(row["数据项"])
        value = changed.get((row["数据项"], row["年度"] or "2024")) or str(old.value if old else "")
        return {"数值": value, **FROM_REPORT}

    return change


def indicators(before: Record) -> dict[str, str]:
    """The ids of the indicators by their names, which the workbook shows."""
    return {i.words.zh: i.id for i in indicators_in_force(load_framework(DATA, "xundian-department", 2024), before)}


def a_target(before: Record) -> Callable[[Row], Row]:
    last, called = {row.indicator: row for row in before.targets}, indicators(before)

    def change(row: Row) -> Row:
        old = last.get(called.get(row["三级指标"], ""))
        if old is None:
            return {}
        typed = {"目标值": str(old.target)}
        typed |= {"实际值": str(old.actual)} if old.actual is not None else {}
        typed |= {"基数": str(old.base)} if old.base is not None else {}
        return typed | FROM_REPORT

    return change


def a_part(before: Record) -> Callable[[Row], Row]:
    last: dict[tuple[str, str, str], TargetPart] = {(row.indicator, row.role, row.part): row for row in before.target_parts}
    roles = {"目标": "target", "实际": "actual"}
    called = indicators(before)
    return lambda row: {"数值": str(last[called[row["指标编号"]], roles[row["属于"]], row["分项"]].value), **FROM_REPORT}


def test_an_analyst_fills_in_the_workbook_and_the_year_is_evaluated_beside_the_last(copy: Copy, before: Record) -> None:
    year_2023 = listing(copy.year)
    path = new_year(copy.folder, "hrss", 2024, from_year=2023, to="xlsx", lang="zh")
    fill(path, "sources", lambda row: {"名称": "2024 年度评价报告"} if row["来源编号"] == "report" else {})
    fill(path, "facts", a_fact(before))
    fill(path, "targets", a_target(before))
    fill(path, "target_parts", a_part(before))
    fill(path, "targets", lambda row: {"评定": "满足", "评定理由": "资料齐全"} if row["三级指标"] in ONE_ITEM else {})
    fill(path, "judgements", lambda row: {"结论": "满足", "理由": "资料齐全", **FROM_REPORT})
    fill(path, "self_evaluation", lambda row: {"自评得分": "95", **FROM_REPORT} if row["三级指标"] == "总分" else {})
    book = openpyxl.load_workbook(path)
    book["评分表"]["A1"].value = "来源：report"  # of the carried indicators nothing else is lacking
    book.save(path)
    fill(path, "follow_ups", lambda row: {"日期": "2025-01-31", "状态": "未整改", **FROM_REPORT})
    evaluated = evaluate_year(copy.folder, "hrss", 2024)
    evaluation, previous = evaluated.evaluation, evaluated.previous
    assert previous is not None
    assert previous.record.year == 2023
    assert evaluation.coverage.indicators_scored == evaluation.coverage.indicators
    assert evaluation.total > previous.total
    assert evaluation.formula("procurement_execution_rate").value is not None
    assert f"{evaluation.formula('carryover_change_rate').value:.4f}" == "-0.5684"  # 431,803.15 against 1,000,370.85
    assert evaluation.formula("three_public_change_rate").value == 0
    assert not [problem for problem in evaluated.remarks if problem.level == "error"]
    assert listing(copy.year) == year_2023
    assert listing(DATA / "departments" / "hrss" / "2023") == year_2023


def test_data_that_is_there_but_on_no_list_is_listed_and_left_as_it_is(copy: Copy) -> None:
    """Somebody put last year's workbook in by hand: the list follows, the workbook is not touched."""
    book = new_year(copy.folder, "hrss", 2024, from_year=2023, to="xlsx", lang="zh")
    before, listed = book.read_bytes(), (copy.folder / "departments.csv").read_text(encoding="utf-8-sig").replace("2023,2024", "2023,2023")
    (copy.folder / "departments.csv").write_text(listed, encoding="utf-8-sig")
    assert new_year(copy.folder, "hrss", 2024, from_year=None, to="xlsx", lang="zh") == book
    assert load_departments(copy.folder)[0].last_year == 2024
    assert book.read_bytes() == before


def test_last_years_actual_reminds_in_the_unit_that_is_to_be_typed(copy: Copy) -> None:
    """The target is in 万人, the actual was typed in 人: 2.4234 beside a cell in 人 would be copied and be ten thousand times off."""
    rows = read(new_year(copy.folder, "hrss", 2024, from_year=2023, to="csv", lang="zh"), "targets")
    reminders = [(row["unit"], row["actual_unit"], row["#上年实际"]) for row in rows if row["indicator"] == "rural_labour_transfer"]
    assert reminders == [("万人", "人", "24,234人")]


def test_a_cell_that_the_facts_or_parts_fill_says_that_it_stays_empty(copy: Copy) -> None:
    rows = read(new_year(copy.folder, "hrss", 2024, from_year=2023, to="csv", lang="zh"), "targets")
    reminders = {row["indicator"]: row["#上年实际"] for row in rows}
    assert reminders["task_completion"] == "100.00%（由数据算出，留空）"
    assert reminders["urban_new_jobs"] == "933人"


def test_what_was_asked_for_in_words_reminds_in_words(tmp_path: Path) -> None:
    shutil.copytree(GOLDEN / "places" / "chongqing_media_2021", tmp_path / "data")
    laid = new_year(tmp_path / "data", "rmt", 2022, from_year=2021, to="csv", lang="zh")
    row = next(row for row in read(laid, "targets") if row["indicator"] == "management")
    assert (row["operator"], row["#上年目标"], row["#上年实际"]) == ("words", "高", "达成")
    assert next(row for row in read(laid, "own_indicators") if row["indicator"] == "events")["rule"] == "得分系数"
