"""A year's workbook opened, recalculated and saved by LibreOffice: imported again it is the same year."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from evallib.data.csv_files import switch_form
from evallib.data.new_year import new_year
from evallib.data.years import evaluate_year
from evallib.forms.imports import import_forms
from evallib.model.errors import InputRefused
from evallib.model.evaluation import Evaluation
from evallib.model.words import LANGS, Lang
from tests.conftest import DATA

SOFFICE = shutil.which("soffice")
pytestmark = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed: apt-get install libreoffice-calc")
SHEETS = {"zh": "财务数据", "en": "Figures"}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    shutil.copytree(DATA, tmp_path / "data")
    return tmp_path / "data"


def saved(book: Path) -> Path:
    """The workbook as LibreOffice saves it."""
    out = book.parent / "saved"
    profile = f"-env:UserInstallation={(book.parent / 'profile').as_uri()}"
    command = [str(SOFFICE), profile, "--headless", "--convert-to", "xlsx", "--outdir", str(out), str(book)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return out / book.name


def said(evaluation: Evaluation) -> Evaluation:
    """An evaluation, whatever files it was read from."""
    return replace(evaluation, record=evaluation.record.model_copy(update={"files": ()}))


@pytest.mark.parametrize("lang", LANGS)
def test_a_year_is_the_same_after_libreoffice(data: Path, tmp_path: Path, lang: Lang) -> None:
    before = evaluate_year(data, "hrss", 2023).evaluation
    book = switch_form(data, "hrss", 2023, "xlsx", lang, tmp_path / "out")
    back = saved(book)
    assert import_forms(data, [back]).changes == ()
    shutil.move(data / "departments" / "hrss" / "2023", tmp_path / "2023")
    made = import_forms(data, [back])
    assert made.path
    assert made.path.suffix == ".xlsx"
    after = evaluate_year(data, "hrss", 2023).evaluation
    assert said(after) == said(before)
    assert after.total == before.total


@pytest.mark.parametrize("lang", LANGS)
def test_a_formula_counts_once_libreoffice_has_computed_it(data: Path, tmp_path: Path, lang: Lang) -> None:
    made = switch_form(data, "hrss", 2023, "xlsx", lang, tmp_path / "out")
    book = load_workbook(made)
    next(cell for cell in book[SHEETS[lang]]["C"] if cell.value == 21).value = "=20-1"
    book.save(made)
    with pytest.raises(InputRefused) as refusal:
        import_forms(data, [made])
    assert {one.code for one in refusal.value.problems} == {"formula.not_computed"}
    assert [(one.before, one.after) for one in import_forms(data, [saved(made)]).changes] == [("21", "19")]


@pytest.mark.parametrize("lang", LANGS)
def test_a_year_to_be_filled_in_asks_for_the_same_after_libreoffice(data: Path, lang: Lang) -> None:
    book = new_year(data, "林业局", 2024, from_year=None, to="xlsx", lang=lang, framework="department-mof-2013")
    copy = Path(shutil.copy(book, data.parent))
    ours, theirs = (import_forms(data, [file], dry=True) for file in (copy, saved(copy)))
    assert theirs.open_points == ours.open_points
    assert [(one.place.cell, one.code) for one in theirs.lacking] == [(one.place.cell, one.code) for one in ours.lacking]
