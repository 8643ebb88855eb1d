"""What is to be done comes back into a workbook: coloured cells, notes, a first sheet of links; the copy is as good as what it is of."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from evallib.data.csv_files import switch_form
from evallib.data.marked import write_marked
from evallib.data.years import evaluate_year
from evallib.model.words import LANGS, Lang
from evallib.model.years import EvaluatedYear
from tests.conftest import Copy


def wrong(copy: Copy) -> None:
    copy.set("facts", {"fact": "staff_institution", "year": "2023"}, "value", "约三十")
    copy.set("judgements", {"indicator": "budget_adjustment"}, "reason", "")


def marked(folder: Path, to: Path, lang: Lang) -> tuple[Any, EvaluatedYear]:
    checked = evaluate_year(folder, "hrss", 2023, draft=True)
    write_marked(folder, checked.evaluation, checked.remarks, to, lang)
    return openpyxl.load_workbook(to), checked


@pytest.mark.parametrize("lang", LANGS)
def test_csv_files_become_a_workbook_with_each_cell_at_the_end_of_its_link(copy: Copy, tmp_path: Path, lang: Lang) -> None:
    wrong(copy)
    book, checked = marked(copy.folder, tmp_path / "check" / "hrss.xlsx", lang)
    first = book.worksheets[0]
    assert first.title == {"zh": "#待办", "en": "#To do"}[lang]
    links = [(row[0].value, row[3].hyperlink.location) for row in first.iter_rows() if row[3].hyperlink]
    assert len(links) >= 2
    for said, location in links:
        sheet, _, cell = location.replace("'", "").partition("!")
        target = book[sheet][cell.partition(":")[0]]
        assert target.comment is not None, location
        assert said.split("。")[0].split(". ")[0][:12] in target.comment.text
        assert target.fill.fgColor.rgb.endswith(("FFC7CE", "FFEB9C", "DDEBF7"))
    facts = book[{"zh": "基础数据", "en": "Facts"}[lang]]
    [cell] = [cell for row in facts.iter_rows() for cell in row if cell.value == "约三十"]
    assert cell.fill.fgColor.rgb.endswith("FFC7CE")
    headings = [row[0].value for row in first.iter_rows() if row[0].font.bold]
    assert any({"zh": "部门：1 处", "en": "the department: 1"}[lang] in text for text in headings if text)
    assert any({"zh": "评价组：1 处", "en": "the evaluators: 1"}[lang] in text for text in headings if text)
    assert checked.evaluation.draft is not None


def test_the_copy_of_a_workbook_takes_its_place_and_is_marked_anew(copy: Copy, tmp_path: Path) -> None:
    switch_form(copy.folder, "hrss", 2023, "xlsx", "zh")
    there = copy.folder / "departments" / "hrss" / "2023.xlsx"
    book = openpyxl.load_workbook(there)
    cell = next(cell for row in book["基础数据"].iter_rows() for cell in row if cell.value == "在职事业人员")
    value = book["基础数据"].cell(cell.row, next(c.column for c in book["基础数据"][1] if c.value == "数值"))
    before, value.value = value.value, "约三十"
    book.save(there)
    made = tmp_path / "marked.xlsx"
    copied, checked = marked(copy.folder, made, "zh")
    assert copied["基础数据"][value.coordinate].comment is not None
    shutil.copyfile(made, there)
    again = evaluate_year(copy.folder, "hrss", 2023, draft=True)
    assert [*map(str, again.remarks)] == [*map(str, checked.remarks)]
    copied["基础数据"][value.coordinate].value = before
    copied.save(there)
    assert str(evaluate_year(copy.folder, "hrss", 2023).evaluation.total) == "84.63"
    mended, _ = marked(copy.folder, made, "zh")
    assert mended["基础数据"][value.coordinate].comment is None
    assert mended.sheetnames.count("#待办") == 1
