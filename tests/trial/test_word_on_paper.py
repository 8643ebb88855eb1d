"""The official report through LibreOffice to PDF: of the example and of every other place, in both languages."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from evallib.data.years import evaluate_year
from evallib.model.words import LANGS, Lang
from evallib.say.numbers import plain
from evallib.word.report import official_report
from tests.conftest import DATA
from tests.places.test_places import EXPECTED, PLACES, evaluated

OFFICE, TEXT = shutil.which("soffice"), shutil.which("pdftotext")
pytestmark = pytest.mark.skipif(not (OFFICE and TEXT), reason="needs LibreOffice and pdftotext")


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("place", ["", *EXPECTED])
def test_the_sheets_say_the_total_and_none_is_empty(place: str, lang: Lang, tmp_path: Path) -> None:
    checked = evaluated(PLACES / place) if place else evaluate_year(DATA, "hrss", 2023)
    (tmp_path / "report.docx").write_bytes(official_report(checked, lang).content)
    office = [str(OFFICE), f"-env:UserInstallation=file://{tmp_path}/office", "--headless", "--convert-to", "pdf", "report.docx"]
    subprocess.run(office, cwd=tmp_path, check=True, capture_output=True)
    text = subprocess.run([str(TEXT), "-layout", "report.pdf", "-"], cwd=tmp_path, check=True, capture_output=True).stdout.decode()
    sheets = text.removesuffix("\f").split("\f")
    e = checked.evaluation
    assert len(sheets) <= (34 if not place else 20)
    assert min(len(re.sub(r"\s", "", sheet)) for sheet in sheets[1:]) > 40
    assert not e.has_total or plain(e.total, 2) in text
    assert all(re.search(rf"—\s*{number}\s*—\s*$", sheet) for number, sheet in enumerate(sheets[1:], 2))
    assert not re.search(r"evallib|\.csv|\.toml|json|None\b|nan\b", text)
