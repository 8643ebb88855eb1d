"""A draft says so wherever it is seen, and takes no final page's place."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import evallib as ev
from evallib.data.new_year import new_year
from evallib.data.results import read_evaluation
from evallib.data.years import evaluate_year
from evallib.files.outputs import evaluation_file
from evallib.model.errors import InputRefused
from evallib.model.words import LANGS, Lang
from evallib.pages.report import Report
from evallib.runs.clean import clean
from evallib.runs.engine import fast_engine
from evallib.runs.names import files_of
from evallib.runs.publish import publish
from evallib.runs.report import run_report
from evallib.runs.verify import verify
from tests.conftest import DATA, Copy


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a draft of a year in which one number is lacking, and the final page of the year as it was."""
    folder = tmp_path_factory.mktemp("draft")
    shutil.copytree(DATA, folder / "data")
    how = {"data": folder / "data", "out": folder / "reports", "engine": fast_engine()}
    run_report("hrss", 2023, workbook=True, **how)  # type: ignore[arg-type]
    Copy(folder / "data").set("facts", {"fact": "staff_institution", "year": "2023"}, "value", "")
    run_report("hrss", 2023, workbook=True, figures=True, draft=True, **how)  # type: ignore[arg-type]
    return folder


@pytest.fixture
def there(made: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may change."""
    return Path(shutil.copytree(made, tmp_path / "made"))


def test_the_page_begins_with_what_is_to_be_done_and_is_marked_on_every_sheet(made: Path) -> None:
    page = (made / "reports" / "2023" / "hrss.draft.html").read_text(encoding="utf-8")
    assert "<title>草稿 · " in page
    assert 'class="draft"' in page
    assert "@top-center{content:" in page
    assert page.index("草稿：资料还没有填齐") < page.index('id="todo"') < page.index('class="headline"')
    assert "facts.csv，第 5 行" in page
    assert "已评 38 / 39 项指标" in page
    assert "处，关系到" in page


def test_notebook_workbook_evaluation_and_pictures_are_marked(made: Path) -> None:
    folder = made / "reports" / "2023"
    notebook = json.loads((folder / "hrss.draft.ipynb").read_text(encoding="utf-8"))
    assert "草稿 / DRAFT" in "".join(notebook["cells"][0]["source"])
    book: Any = openpyxl.load_workbook(folder / "hrss.draft.xlsx")
    for sheet in book.worksheets:
        assert str(sheet["A1"].value).startswith("草稿 · ")
        assert str(sheet.oddHeader.left.text).startswith("草稿 · ")
    told = read_evaluation((folder / "hrss.draft.evaluation.json").read_bytes())
    assert told.draft is not None
    assert told.open is not None
    assert [one.place.row for one in told.draft.todo] == [5]
    assert len(list(folder.glob("hrss.draft.*.png"))) == 6
    result = ev.open(DATA)["hrss", 2023]
    assert not result.chart.targets.title.startswith("草稿")


def test_the_final_page_stands_and_no_list_knows_of_a_draft(made: Path) -> None:
    folder = made / "reports" / "2023"
    assert "草稿" not in (folder / "hrss.html").read_text(encoding="utf-8")
    assert not any("draft" in file.name for file in files_of(folder, "hrss"))
    assert read_evaluation(evaluation_file(made / "reports", "hrss", 2023).read_bytes()).draft is None


def test_verify_names_it_and_finds_it_under_a_final_name(there: Path) -> None:
    found = {one.file: [problem.code for problem in one.problems] for one in verify(there / "reports")}
    assert {name: codes for name, codes in found.items() if "draft" in name and not name.endswith(".png")} == {
        **{f"2023/hrss.draft.{end}": ["verify.draft"] for end in ("evaluation.json", "html", "ipynb", "xlsx")},
        "2023/hrss.draft.data": ["verify.unchecked"],
    }
    folder = there / "reports" / "2023"
    for end in ("evaluation.json", "html", "ipynb", "xlsx"):
        (folder / f"hrss.draft.{end}").rename(folder / f"hrss.{end}")
    verdicts = {one.file: one for one in verify(there / "reports")}
    assert not verdicts["2023/hrss.html"].sound
    assert "verify.draft_in_place" in [problem.code for problem in verdicts["2023/hrss.html"].problems]


def only_the_draft(folder: Path) -> None:
    for file in files_of(folder, "hrss"):
        shutil.rmtree(file) if file.is_dir() else file.unlink()


def under_a_final_name(folder: Path) -> None:
    only_the_draft(folder)
    for file in files_of(folder, "hrss.draft"):
        file.rename(folder / file.name.replace(".draft", ""))


@pytest.mark.parametrize("lay", [only_the_draft, under_a_final_name])
def test_no_draft_is_published(there: Path, lay: Callable[[Path], None]) -> None:
    lay(there / "reports" / "2023")
    shutil.rmtree(there / "data")
    shutil.copytree(DATA, there / "data")
    with pytest.raises(InputRefused, match="is a draft"):
        publish("hrss", 2023, data=there / "data", out=there / "reports")


def test_it_is_cleaned_though_the_year_is_published(there: Path) -> None:
    (there / "data" / "published.csv").write_text("department,year\nhrss,2023\n", encoding="utf-8")
    gone = clean(there / "reports", there / "data")
    assert gone
    assert all(".draft" in file.name for file in gone)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("framework", ["xundian-department", "department-mof-2013", "self-evaluation-department"])
def test_every_section_of_a_year_of_which_nothing_is_known_can_be_made(copy: Copy, framework: str, lang: Lang) -> None:
    new_year(copy.folder, "edu", 2024, from_year=None, to="csv", lang="zh", name="教育局", framework=framework)
    report = Report(evaluate_year(copy.folder, "edu", 2024, draft=True), lang)
    whole = "".join(part.html if hasattr(part, "html") else part.to_html() for id in report.shown for part in report.parts(id))
    assert "0.00–100.00" in whole
    assert 'id="todo"' in whole


@pytest.mark.parametrize("lang", LANGS)
def test_a_year_laid_out_from_the_one_before_is_a_draft_with_that_beside_it(copy: Copy, lang: Lang) -> None:
    new_year(copy.folder, "hrss", 2024, from_year=2023, to="csv", lang="zh")
    report = Report(evaluate_year(copy.folder, "hrss", 2024, draft=True), lang)
    assert "0.00–100.00" in "".join(report.section(id).html for id in report.shown)
