"""The workbook for people: read as it was written; ordinary mistakes in it, as data, refused by sheet and cell, and their remedies."""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from evallib.data.csv_files import switch_form
from evallib.data.load import LoadedYear, load_departments, load_year
from evallib.data.new_year import new_year
from evallib.data.raw_years import read_raw_year
from evallib.data.rulebook import load_framework
from evallib.data.scoring_sheet import COLUMNS
from evallib.data.years import evaluate_year
from evallib.model.errors import InputRefused
from evallib.model.record import Target
from evallib.model.words import LANGS, Lang
from evallib.say.refusals import entries
from tests.conftest import DATA, GOLDEN, Copy
from tests.trial.mutations import BASES

CASES: list[dict[str, Any]] = tomllib.loads((GOLDEN / "scoring_mistakes.toml").read_text(encoding="utf-8"))["mistake"]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's year as a workbook, in a data folder of its own."""
    data = tmp_path_factory.mktemp("scoring") / "data"
    shutil.copytree(DATA, data)
    switch_form(data, "hrss", 2023, "xlsx", "zh")
    shutil.rmtree(data / "departments" / "hrss" / "backup")
    return data


class Open:
    """A workbook opened by a person: cells by their sheet, the name of the row and the head of the column, or by address."""

    def __init__(self, data: Path, place: Path) -> None:
        self.data = place / "data"
        shutil.copytree(data, self.data)
        self.path = self.data / "departments" / "hrss" / "2023.xlsx"
        self.book: Any = None
        self.before: list[tuple[Any, Any, str]] = []

    def cell(self, at: str) -> Any:
        if "!" in at:
            name, _, cell = at.partition("!")
            return self.book[name][cell]
        name, row, head = at.split("/")
        sheet: Any = self.book[name]
        top = int(sheet.freeze_panes[1:]) - 1
        column = next(cell.column for cell in sheet[top] if cell.value == head)
        found = top if row == "^" else next(c.row for cells in sheet.iter_rows(min_row=top + 1) for c in cells if c.value == row)
        return sheet.cell(found, column)

    def put(self, changes: dict[str, Any]) -> None:
        """Type into cells."""
        self.book = self.book or openpyxl.load_workbook(self.path)
        for cell, value in [(self.cell(at), changes[at]) for at in changes]:
            self.before.append((cell, cell.value, cell.number_format))
            cell.value = value if value != "" else None
            cell.number_format = "yyyy-mm-dd" if isinstance(value, date) else cell.number_format
        self.book.save(self.path)

    def undo(self) -> None:
        """Put back what stood in the cells."""
        while self.before:
            cell, value, number_format = self.before.pop()
            cell.value, cell.number_format = value, number_format

    def total(self) -> str:
        return str(evaluate_year(self.data, "hrss", 2023).evaluation.total)

    def loaded(self) -> LoadedYear:
        return load_year(self.data, "hrss", 2023)


@pytest.fixture(scope="module")
def shared(written: Path, tmp_path_factory: pytest.TempPathFactory) -> Open:
    return Open(written, tmp_path_factory.mktemp("typed"))


@pytest.fixture
def typed(shared: Open) -> Iterator[Open]:
    """One workbook that all mistakes are typed into, each taken back."""
    yield shared
    shared.undo()


@pytest.fixture
def opened(written: Path, tmp_path: Path) -> Open:
    return Open(written, tmp_path)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_an_ordinary_mistake_is_told_by_sheet_and_cell_and_its_remedy_leads_to_the_right_result(case: dict[str, Any], typed: Open) -> None:
    typed.put(case["put"])
    if "code" in case:
        with pytest.raises(InputRefused) as refusal:
            typed.total()
        problems = [one for one in refusal.value.problems if one.level == "error"]
        assert case["code"] in {one.code for one in problems}, [one.describe("zh") for one in problems]
        told = [one for one in problems if one.code == case["code"]]
        assert all(one.place.sheet and one.place.cell for one in told), [one.place for one in told]
        assert "cell" not in case or {one.place.cell for one in told} == {case["cell"]}
        assert "fix" not in case or {one.fix.zh for one in told} == {case["fix"]}
        if "then" not in case:
            return
        typed.undo()
        typed.put(case["put"] | case["then"])
    elif "remark" in case:
        remarks = [one for one in typed.loaded().remarks if one.level == "warning"]
        assert [one.code for one in remarks if one.code == case["remark"]], [one.describe("zh") for one in remarks]
        assert all(one.place.sheet for one in remarks)
    assert typed.total() == case.get("total", "84.63")


@pytest.mark.parametrize("hidden", [False, True], ids=["renamed", "hidden"])
@pytest.mark.parametrize("sheet", ["评定", "评分表", "财务数据", "来源文件"])
def test_of_a_sheet_that_is_not_read_one_thing_is_told(sheet: str, hidden: bool, opened: Open) -> None:
    opened.book = openpyxl.load_workbook(opened.path)
    if hidden:
        opened.book[sheet].sheet_state = "hidden"
    else:
        opened.book[sheet].title = f"{sheet}表"
    opened.put({})
    with pytest.raises(InputRefused) as refusal:
        opened.total()
    (problem,) = [one for one in refusal.value.problems if one.level == "error"]
    assert (problem.place.sheet, sheet in problem.fix.zh) == (sheet if hidden else f"{sheet}表", True)


def test_a_column_that_a_message_on_targets_or_judgements_names_is_one_of_the_sheet() -> None:
    heads = {column.head.zh for column in COLUMNS.values()}
    about = [one["zh"] + one["fix_zh"] for name, one in entries().items() if name.startswith(("target.", "judgement.", "plausible."))]
    assert {head for text in about for head in re.findall("“([^”{}]+)”列", text)} <= heads
    assert not [one for one in entries().values() if "“目标与实际”表" in one["fix_zh"]]  # which people's workbook has not
    assert Target.model_fields["operator"].title == COLUMNS["operator"].head.zh


def test_what_the_framework_laid_down_is_refused_with_the_command_that_makes_another(opened: Open) -> None:
    opened.put({"评分表/预算调整率/分值": 3})
    with pytest.raises(InputRefused) as refusal:
        opened.total()
    for lang in LANGS:
        said = refusal.value.describe(lang)
        assert "evallib framework xundian-department --out" in said
        assert "F9" in said
        assert "评分表" in said


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("base", BASES, ids=lambda base: base.name)
def test_every_year_is_read_from_the_workbook_as_from_its_tables(base: Path, lang: Lang, tmp_path: Path) -> None:
    for row in load_departments(base):
        for year in row.years:
            made = switch_form(base, row.code, year, "xlsx", lang, tmp_path / "out")  # which compares them
            assert openpyxl.load_workbook(made).worksheets[1].title == {"zh": "评分表", "en": "Scoring"}[lang]


def test_a_sheet_as_people_leave_it_says_the_same(opened: Open) -> None:
    """Levels merged, rows hidden and filtered, heads frozen, a thousand rows with nothing but a format."""
    before = opened.loaded().record
    opened.book = openpyxl.load_workbook(opened.path)
    sheet: Any = opened.book["评分表"]
    first = 3
    for column in (1, 2):
        cells = [sheet.cell(row, column) for row in range(first, sheet.max_row)]
        start = 0
        for at in range(1, len(cells) + 1):
            if at == len(cells) or cells[at].value != cells[start].value:
                for cell in cells[start + 1 : at]:
                    cell.value = None
                letter = get_column_letter(column)
                sheet.merge_cells(f"{letter}{cells[start].row}:{letter}{cells[at - 1].row}")
                start = at
    sheet.row_dimensions[8].hidden = True
    sheet.auto_filter.ref = f"A2:{get_column_letter(sheet.max_column)}{sheet.max_row}"
    for row in range(sheet.max_row + 1, sheet.max_row + 1000):
        sheet.cell(row, 3).number_format = "0.00"
    opened.book.save(opened.path)
    found = opened.loaded()
    assert found.record.model_copy(update={"files": before.files}) == before
    assert [one.code for one in found.remarks if one.level == "warning"].count("hidden") == 1
    assert opened.total() == "84.63"


def test_a_thousand_rows_pasted_are_told_in_a_few_lines(opened: Open) -> None:
    opened.book = openpyxl.load_workbook(opened.path)
    sheet: Any = opened.book["评分表"]
    for n in range(1000):
        sheet.cell(sheet.max_row + 1, 3).value = f"指标{n}"
    opened.book.save(opened.path)
    with pytest.raises(InputRefused) as refusal:
        opened.loaded()
    assert len(refusal.value.describe("zh").splitlines()) < 60


def _target(asked: str, became: Any, operator: str) -> dict[str, Any]:
    """The cells of a department's own indicator in the first row that is left for one."""
    return {"C27": "植树", "F27": operator, "G27": asked, "I27": became}


_BEGUN: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "name nearly that of an indicator": ({"C5": "在职人员控制"}, "indicator.unknown", "C5", "是否应为 在职人员控制率？"),
    "n.a. in the place of what is computed": ({"I6": "不适用"}, "cell.missing", "M6", "理由"),
    "unit of an actual": (_target("≥12000株", "12600棵", "≥"), "target.unit_differs", "I27", "株"),
    "a target in words that is not called so": (_target("完成", "达成", ""), "cell.not_digits", "G27", "“指标性质”列写 定性"),
    "what became of words as a number": (_target("完成", 1, "定性"), "target.no_verdict", "I27", "达成、部分达成"),
    "points too many": (_target("≥5%", 9, "≥") | {"D27": 16, "C28": "满意度"}, "own_indicator.points_differ", "D27", "调整"),
    "head that means points": ({"D2": "权重"}, "column.mistyped", "D2", "是否应为 分值？"),
    "head nearly that of points": ({"D2": "分数"}, "column.mistyped", "D2", "是否应为 分值？"),
}


@pytest.mark.parametrize("case", _BEGUN)
def test_a_mistake_in_a_year_that_is_begun_is_told_where_it_stands(case: str, copy: Copy) -> None:
    path = new_year(copy.folder, "edu", 2024, from_year=None, to="xlsx", lang="zh", name="教育局", framework="department-mof-2013")
    cells, code, at, fix = _BEGUN[case]
    book = openpyxl.load_workbook(path)
    book["评分表"]["A1"] = "来源：决算报告"
    for cell, value in cells.items():
        book["评分表"][cell] = value
    book.save(path)
    with pytest.raises(InputRefused) as refusal:
        load_year(copy.folder, "edu", 2024)
    told = [one for one in refusal.value.problems if one.place.sheet == "评分表" and one.place.cell == at]
    assert [one.code for one in told] == [code], refusal.value.describe("zh")
    assert fix in told[0].fix.zh


@pytest.mark.parametrize(
    ("text", "verdict"), [("已完成", "reached"), ("基本完成", "partly"), ("未完成", "missed"), ("completed", "reached")]
)
def test_what_became_of_words_is_read_as_people_say_it(text: str, verdict: str, copy: Copy) -> None:
    path = new_year(copy.folder, "edu", 2024, from_year=None, to="xlsx", lang="zh", name="教育局", framework="department-mof-2013")
    book = openpyxl.load_workbook(path)
    for cell, value in ({"A1": "来源：决算报告"} | _target("完成", text, "定性")).items():
        book["评分表"][cell] = value
    book.save(path)
    read = read_raw_year(path, load_framework(copy.folder, "department-mof-2013", 2024))
    assert [row["verdict"] for row in read.tables["targets"]] == [verdict]


@pytest.mark.parametrize(("called", "told"), [("指标评分", "table.mistyped"), ("", "workbook.sheet_missing")])
def test_the_sheet_of_indicators_under_another_name_or_gone_is_told_once(called: str, told: str, copy: Copy) -> None:
    path = new_year(copy.folder, "edu", 2024, from_year=None, to="xlsx", lang="zh", name="教育局", framework="department-mof-2013")
    book = openpyxl.load_workbook(path)
    if called:
        book["评分表"].title = called
    else:
        del book["评分表"]
    book.save(path)
    with pytest.raises(InputRefused) as refusal:
        load_year(copy.folder, "edu", 2024)
    about = [one for one in refusal.value.problems if "评分表" in one.describe("zh")]
    assert [one.code for one in about] == [told]
    assert not any("“机构”" in one.what.zh for one in refusal.value.problems)


def test_indicators_of_ones_own_stand_on_one_sheet_or_on_two_and_are_never_asked_for_twice(copy: Copy) -> None:
    path = new_year(copy.folder, "parks", 2024, from_year=None, to="xlsx", lang="en", name="Parks Office", framework="office-general")
    book = openpyxl.load_workbook(path)
    scoring = book["Scoring"]
    rows = {row[1].value: row for row in scoring.iter_rows(min_row=3, max_row=scoring.max_row - 1) if not row[2].value}
    assert "Own indicators" not in book.sheetnames
    assert len(rows) == 6
    own = book.create_sheet("Own indicators")
    own.append(["Name", "Group", "Points", "Source", "Basis"])
    for (group, row), points in zip(rows.items(), (10, 10, 10, 5, 15, 5), strict=True):
        own.append([f"of {group}", group, points, "report", "own"])
        for cell in row:
            cell.value = None
        row[2].value, row[6].value, row[8].value = f"of {group}", "≥ 5,000 trees", "5,120 trees"
    scoring["A1"] = "Source: report"
    book.save(path)
    with pytest.raises(InputRefused) as refusal:
        load_year(copy.folder, "parks", 2024)
    assert not [
        one
        for one in refusal.value.problems
        if "ndicator" in one.what.en or (one.place.cell and one.place.cell[0] == "B" and one.place.sheet == "Scoring")
    ], refusal.value.describe("en")
