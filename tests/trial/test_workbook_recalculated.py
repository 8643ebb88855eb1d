"""A score is changed in the workbook of results and LibreOffice computes it anew: total, grade and levels are then the evaluation's."""

from __future__ import annotations

import shutil
import subprocess
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evallib.data.score_workbook import score_workbook
from evallib.model.evaluation import Evaluation
from evallib.model.words import LANGS, Lang
from evallib.score.scoring import evaluate
from tests.data.formulas import calculated
from tests.score.random_frameworks import Year, years
from tests.score.small import judgement

OFFICE = shutil.which("soffice")
pytestmark = pytest.mark.skipif(OFFICE is None, reason="needs LibreOffice")
MANY = settings(
    max_examples=60, database=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
)


def recalculated(folder: Path) -> dict[str, Any]:
    """Every workbook of a folder as LibreOffice saves it, by its stem."""
    out = folder / "out"
    command = [str(OFFICE), f"-env:UserInstallation={(folder / 'office').as_uri()}", "--headless", "--convert-to", "xlsx"]
    subprocess.run([*command, "--outdir", str(out), *map(str, sorted(folder.glob("*.xlsx")))], check=True, capture_output=True)
    return {file.stem: openpyxl.load_workbook(file, data_only=True) for file in out.iterdir()}


def results(book: Any) -> list[tuple[Any, ...]]:
    """The rows of the sheet of total and levels."""
    return [tuple(cell.value for cell in row) for row in book.worksheets[1].iter_rows(4, max_col=5)]


def changed(e: Evaluation, lang: Lang, at: int) -> tuple[Any, Evaluation]:
    """A workbook in which a score was typed over, and the evaluation in which the same was decided."""
    book = openpyxl.load_workbook(BytesIO(score_workbook(e, lang)))
    able = [i for i in e.indicators if i.status == "scored" and i.counted and i.points and not i.extra and not i.veto]
    able = [i for i in able if e.in_force[i.id].rule.takes != "score" and not any(j.kind in ("award", "override") for j in i.judgements)]
    if not able:
        return book, e
    i = able[at % len(able)]
    score = round(i.points / 3, e.framework.rounding.scores)
    [row] = [row for row in book.worksheets[2].iter_rows(4) if row[2].value == i.name[lang]][:1]
    row[6].value = float(score)
    decided = judgement(i.id, "override", score=score)
    return book, evaluate(e.framework, e.record.model_copy(update={"judgements": (*e.record.judgements, decided)}))


def held(found: list[tuple[Any, ...]], e: Evaluation, lang: Lang) -> None:
    """What a program computed is what the evaluation has, in every cell."""
    wanted = results(openpyxl.load_workbook(BytesIO(score_workbook(e, lang)), data_only=True))
    for given_row, row in zip(found, wanted, strict=True):
        assert given_row == tuple(pytest.approx(cell, abs=1e-9) if isinstance(cell, int | float) else cell for cell in row)


def test_what_follows_from_a_changed_score(hrss: Evaluation, tmp_path: Path) -> None:
    wanted: dict[str, tuple[Evaluation, Lang]] = {}

    def put(book: Any, e: Evaluation, lang: Lang) -> None:
        wanted[name := f"w{len(wanted):03}"] = e, lang
        book.save(tmp_path / f"{name}.xlsx")

    for n in range(0, len(hrss.indicators), 3):
        put(*changed(hrss, "zh", n), "zh")

    @MANY
    @given(year=years(), lang=st.sampled_from(LANGS), at=st.integers(0, 20))
    def collect(year: Year, lang: Lang, at: int) -> None:
        put(*changed(evaluate(year.framework, year.record()), lang, at), lang)

    collect()
    found = recalculated(tmp_path)
    assert len(found) == len(wanted) > 60
    for name, (e, lang) in wanted.items():
        held(results(found[name]), e, lang)


def test_rates_and_facts_are_computed_as_they_were_stored(hrss: Evaluation, tmp_path: Path) -> None:
    content = score_workbook(hrss, "en")
    openpyxl.load_workbook(BytesIO(content)).save(tmp_path / "one.xlsx")  # without the results
    found, stored = recalculated(tmp_path)["one"], openpyxl.load_workbook(BytesIO(content), data_only=True)
    for sheet in stored.worksheets:
        for cell in (cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, int | float)):
            assert found[sheet.title][cell.coordinate].value == pytest.approx(cell.value, abs=1e-9), (sheet.title, cell.coordinate)


@settings(MANY, max_examples=200)
@given(year=years(), lang=st.sampled_from(LANGS))
def test_formulas_follow_every_framework(year: Year, lang: Lang) -> None:
    content = score_workbook(evaluate(year.framework, year.record()), lang)
    formulas, stored = (openpyxl.load_workbook(BytesIO(content), data_only=values) for values in (False, True))
    for sheet in formulas.worksheets[1:3]:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            wanted, made = stored[sheet.title][cell.coordinate].value, calculated(formulas, sheet.title, cell.coordinate)
            assert made == (wanted if isinstance(wanted, str) else pytest.approx(wanted, abs=1e-6)), (cell.coordinate, cell.value)
