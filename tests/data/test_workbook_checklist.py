"""Every workbook of results held against the public checklist for accessible spreadsheets of the UK Government Analysis Function.

https://analysisfunction.civilservice.gov.uk/policy-store/making-spreadsheets-accessible-a-brief-checklist-of-the-basics/
One point of it is not followed: heads stay in view, as tables of a hundred rows are read on a screen, too.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from evallib.data.score_workbook import score_workbook
from evallib.data.years import evaluate_year
from evallib.model.evaluation import Draft, Evaluation
from evallib.model.words import LANGS, Lang
from evallib.score.scoring import evaluate
from tests.places.test_every_way import FEATURES
from tests.score.small import framework, record

_MADE: dict[str, Callable[[Evaluation], Evaluation]] = {
    "the example": lambda hrss: hrss,
    "every feature": lambda hrss: evaluate_year(FEATURES, "one", 2023).evaluation,
    "a draft": lambda hrss: evaluate(framework(), record(), Draft(todo=(), open=())),
}
Made = tuple[Evaluation, Lang, Any]


@pytest.fixture(scope="module", params=[(name, lang) for name in _MADE for lang in LANGS], ids=str)
def made(request: pytest.FixtureRequest, hrss: Evaluation) -> Made:
    name, lang = request.param
    e = _MADE[name](hrss)
    return e, lang, openpyxl.load_workbook(BytesIO(score_workbook(e, lang)))


def test_the_document_has_a_title_and_a_language_and_nothing_hidden(made: Made) -> None:
    e, lang, book = made
    assert e.record.name[lang] in book.properties.title
    assert book.properties.language == {"zh": "zh-CN", "en": "en-GB"}[lang]
    assert book.active is book.worksheets[0]
    for sheet in book.worksheets:
        assert sheet.sheet_state == "visible"
        assert not any(one.hidden for one in (*sheet.row_dimensions.values(), *sheet.column_dimensions.values()))


def test_the_first_sheet_leads_to_every_other(made: Made) -> None:
    _, _, book = made
    contents, *others = book.worksheets
    links = {cell.value: cell.hyperlink.location for cell in contents["A"] if cell.hyperlink}
    assert links == {sheet.title: f"'{sheet.title}'!A1" for sheet in others}


def test_a_sheet_is_its_title_a_word_on_it_and_one_marked_table(made: Made) -> None:
    _, _, book = made
    names = set()
    for sheet in book.worksheets:
        assert sheet["A1"].value.endswith(sheet.title)
        assert sheet["A1"].style == "Headline 1"
        assert "—" in sheet["A2"].value  # what the sign for nothing means
        [table] = sheet.tables.values()
        names.add(table.displayName)
        assert table.ref == f"A3:{get_column_letter(sheet.max_column)}{sheet.max_row}"
        assert sheet.max_row > 3
        heads = [cell.value for cell in sheet[3]]
        assert len({*heads}) == len(heads)
        assert [column.name for column in table.tableColumns] == heads
        assert all(cell.value not in (None, "") for row in sheet[table.ref] for cell in row)
        assert {cell.coordinate for row in sheet.iter_rows(1, 2) for cell in row if cell.value is not None} == {"A1", "A2"}
        assert not sheet.merged_cells.ranges
        assert sheet.freeze_panes[-1] == "4"
        assert all(cell.alignment.wrap_text for row in sheet[table.ref] for cell in row if cell.data_type == "s")
    assert len(names) == len(book.worksheets)


def test_it_is_printed_across_in_eight_points_or_more(made: Made) -> None:
    _, _, book = made
    for sheet in book.worksheets:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage) == (1, 0, True)
        assert sheet.print_title_rows == "$3:$3"
        assert "&P" in sheet.oddFooter.center.text
        inches = sum(sheet.column_dimensions[cell.column_letter].width * 7 / 96 for cell in sheet[3])  # a digit has seven dots
        scale = min(1, (297 / 25.4 - sheet.page_margins.left - sheet.page_margins.right) / inches)
        assert min(cell.font.size for row in sheet.iter_rows() for cell in row if cell.value is not None) * scale >= 8


def test_colour_says_nothing_that_words_do_not(made: Made) -> None:
    """Rows with a ground of their own say in words what they are: a total, a subtotal, a group of facts, what does not agree."""
    _, lang, book = made
    said: dict[str, Callable[[Any], bool]] = {
        "Total and grade": lambda row: row[1].value in ("—", "Subtotal") or row[0].value != "—",
        "Facts": lambda row: row[7].value.startswith("computed"),
        "Reconciliation": lambda row: row[4].value != "agrees",
    }
    for sheet in book.worksheets if lang == "en" else ():
        for row in sheet.iter_rows(4):
            if row[0].fill.fgColor.rgb != "00000000":
                assert said[sheet.title](row), [cell.value for cell in row]
