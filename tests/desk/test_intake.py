"""Data at the desk: an upload is read like any form, shown first, written by a button; files are given away as links."""

from __future__ import annotations

import base64
import re
import shutil
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from evallib.data.load import load_year
from evallib.data.working_folder import lay_out
from evallib.desk.calls import Calls
from evallib.desk.intake import Intake
from evallib.desk.views import PANELS, DeskView
from evallib.desk.views_data import Data
from evallib.files.sheets import MAX_BYTES
from evallib.forms.imports import import_forms
from evallib.model.errors import InputRefused
from evallib.model.words import LANGS, Lang
from tests.conftest import DATA
from tests.forms.forestry import BUREAU, YEAR, lines, write_xlsx


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return lay_out(tmp_path / "county") / "data"


def form(tmp_path: Path, **changed: str) -> bytes:
    return write_xlsx(tmp_path / "form.xlsx", lines(**changed)).read_bytes()


def tab(view: DeskView) -> Data:
    view.tabs.selected_index = PANELS.index(Data)
    panel = view.panels[PANELS.index(Data)]
    assert isinstance(panel, Data)
    return panel


def give(panel: Data, name: str, content: bytes) -> None:
    one: dict[str, Any] = {
        "name": name,
        "type": "",
        "size": len(content),
        "content": memoryview(content),
        "last_modified": datetime.now(UTC),
    }
    panel.upload.value = (one,)


@pytest.mark.parametrize("lang", LANGS)
def test_a_form_is_shown_then_taken_then_its_year_is_at_hand(data: Path, tmp_path: Path, lang: Lang) -> None:
    view = DeskView(Calls(data, lang))
    panel = tab(view)
    assert (view.desk.chosen, panel.press.layout.display) == (False, "none")  # nothing is there yet
    give(panel, "../自评表.xlsx", form(tmp_path))
    assert panel.message.value == ""
    assert all(text in panel.read.value for text in (BUREAU, "D14", "785"))
    assert panel.press.layout.display == ""
    assert not [*(data / "departments").glob("*")]
    panel.press.click()
    assert panel.message.value == ""
    assert (view.desk.chosen, view.desk.asked[1]) == (True, YEAR)
    assert view.department.label == BUREAU
    assert (panel.press.layout.display, panel.upload.value) == ("none", ())
    panel.buttons[0].click()
    found = re.search(r'download="([^"]+)" href="data:[^;]+;base64,([^"]+)"', panel.link.value)
    assert found
    assert found[1] == f"{BUREAU} {YEAR}.xlsx"
    (tmp_path / "marked.xlsx").write_bytes(base64.b64decode(found[2]))
    assert openpyxl.load_workbook(tmp_path / "marked.xlsx").sheetnames


def test_what_an_upload_would_change_is_shown_and_waits(data: Path, tmp_path: Path) -> None:
    intake = Intake(Calls(data, "en"))
    intake.look([("form.xlsx", form(tmp_path))])
    intake.take()
    before = {file: file.read_bytes() for file in data.rglob("*") if file.is_file()}
    view = DeskView(intake.desk)
    panel = tab(view)
    give(panel, "form.xlsx", form(tmp_path))
    assert "nothing was changed" in panel.read.value
    assert panel.press.layout.display == "none"
    panel.upload.value = ()
    give(panel, "form.xlsx", form(tmp_path, H14="790"))
    assert "785 → 790" in panel.read.value
    assert panel.press.description == "Change the data as the form says"
    assert {file: file.read_bytes() for file in data.rglob("*") if file.is_file()} == before
    panel.press.click()
    assert "785 → 790" in panel.read.value
    assert "backup" in panel.read.value
    with pytest.raises(InputRefused, match="no form was read"):
        panel.intake.take()


@pytest.mark.parametrize("lang", LANGS)
def test_a_workbook_that_was_filled_in_is_uploaded_like_a_form(data: Path, tmp_path: Path, lang: Lang) -> None:
    made = import_forms(data, [write_xlsx(tmp_path / "form.xlsx", lines())], lang=lang).path
    assert made
    view = DeskView(Calls(data, lang))
    view.desk.choose(made.parent.name, YEAR)
    panel = tab(view)
    marked = panel.intake.marked()  # as it was taken away
    book = openpyxl.load_workbook(BytesIO(marked.content))
    [cell] = [cell for row in book["评分表" if lang == "zh" else "Scoring"].iter_rows() for cell in row if cell.value == 11400]
    cell.value = 11700
    book.save(tmp_path / "back.xlsx")
    give(panel, marked.name, (tmp_path / "back.xlsx").read_bytes())
    assert (panel.message.value, panel.press.layout.display) == ("", "")
    assert all(text in panel.read.value for text in ("11400 → 11700", {"zh": "照原样", "en": "as it is"}[lang]))
    panel.press.click()
    assert "backup" in panel.read.value
    assert "11700" in {str(row.actual) for row in load_year(data, made.parent.name, YEAR).record.targets}
    panel.upload.value = ()
    give(panel, marked.name, (tmp_path / "back.xlsx").read_bytes())
    assert panel.press.layout.display == "none"


def test_what_cannot_be_read_is_told_and_nothing_can_be_taken(data: Path) -> None:
    view = DeskView(Calls(data, "en"))
    panel = tab(view)
    for name, content, says in (("a.xls", b"x", "save it as"), ("big.xlsx", bytes(MAX_BYTES + 1), "20 MB"), ("a.xlsx", b"no", "a.xlsx")):
        panel.upload.value = ()
        give(panel, name, content)
        assert 'role="alert"' in panel.read.value, name
        assert says in panel.read.value
        assert (panel.press.layout.display, panel.message.value) == ("none", "")


def test_a_file_that_lies_in_the_working_folder_is_chosen(data: Path, tmp_path: Path) -> None:
    form(data.parent)
    panel = tab(DeskView(Calls(data, "en")))
    panel.lying.value = data.parent / "form.xlsx"
    assert BUREAU in panel.read.value


def test_errors_stand_beside_their_cells(tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path / "data")
    targets = tmp_path / "data" / "departments" / "hrss" / "2023" / "targets.csv"
    targets.write_text(targets.read_text(encoding="utf-8-sig").replace(",84,", ",<i>eighty</i>,", 1), encoding="utf-8-sig")
    shown = Intake(Calls(tmp_path / "data", "en", department="hrss", year=2023)).check().html
    assert "&lt;i&gt;eighty&lt;/i&gt;" in shown
    assert "targets.csv" in shown
