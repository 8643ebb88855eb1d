"""One report, with a real kernel: what is written, and that it is written whole or not at all."""

from __future__ import annotations

import json
import re
from pathlib import Path

import nbformat
import pytest
from typer.testing import CliRunner

from evallib.charts.report import CHARTS
from evallib.cli.main import app
from evallib.data.folder import refuse_mixed
from evallib.data.years import evaluate_year
from evallib.kit import NOTEBOOKS
from evallib.model.errors import InputRefused
from evallib.model.evaluation import Evaluation
from evallib.pages.report import SECTIONS, Report
from evallib.runs.engine import fast_engine
from evallib.runs.report import ReportFailed, Written, run_report
from tests.conftest import DATA, Copy

NOTEBOOK = NOTEBOOKS / "department_report.ipynb"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return run_report("hrss", 2023, data=DATA, out=tmp_path_factory.mktemp("reports"))


def test_the_page_the_notebook_and_the_evaluation_lie_side_by_side(written: Written) -> None:
    folder = written.page.parent
    assert sorted(p.name for p in folder.iterdir()) == ["hrss.data", "hrss.evaluation.json", "hrss.html", "hrss.ipynb"]
    assert folder.name == "2023"


def test_the_page_says_the_result(written: Written) -> None:
    page = written.page.read_text(encoding="utf-8")
    assert "84.63" in page
    assert "良" in page
    assert '<html lang="zh-CN">' in page


def test_the_evaluation_reads_back(written: Written, hrss: Evaluation) -> None:
    assert Evaluation.from_json(written.evaluation_file.read_text(encoding="utf-8")) == hrss


def test_the_notebook_ran_without_an_error(written: Written) -> None:
    book = nbformat.read(written.notebook, as_version=4)
    outputs = [output for cell in book.cells if cell.cell_type == "code" for output in cell.outputs]
    assert {output.output_type for output in outputs} == {"execute_result"}


def test_the_page_shows_every_section_in_order(written: Written) -> None:
    page = written.page.read_text(encoding="utf-8")
    absent = Report(evaluate_year(DATA, "hrss", 2023)).absent
    assert list(absent) == ["follow_up"]
    found = re.findall(r'<section[^>]* id="([^"]+)"', page)
    assert [id for id in found if id in SECTIONS] == [id for id in SECTIONS if id not in absent]


def test_refused_data_writes_nothing(copy: Copy, tmp_path: Path) -> None:
    copy.set("facts", {"fact": "outturn_basic"}, "value", "many")
    with pytest.raises(InputRefused):
        run_report("hrss", 2023, data=copy.folder, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_notebook_that_stops_leaves_the_old_page(tmp_path: Path) -> None:
    book = nbformat.read(NOTEBOOK, as_version=4)
    book.cells[-1].source = "1 / 0"
    nbformat.write(book, tmp_path / "broken.ipynb")
    old = tmp_path / "out" / "2023" / "hrss.html"
    old.parent.mkdir(parents=True)
    old.write_text("the old page")
    with pytest.raises(ReportFailed, match="ZeroDivisionError"):
        run_report("hrss", 2023, data=DATA, out=tmp_path / "out", notebook=tmp_path / "broken.ipynb")
    assert [p.name for p in old.parent.iterdir()] == ["hrss.html"]
    assert old.read_text() == "the old page"


def test_a_parameter_that_the_notebook_does_not_know_is_refused(tmp_path: Path) -> None:
    book = nbformat.read(NOTEBOOK, as_version=4)
    book.cells[1].source = 'department = "hrss"'
    nbformat.write(book, tmp_path / "old.ipynb")
    with pytest.raises(InputRefused, match=r"parameters cell lacks: data, lang, year\. To fix it: add them"):
        run_report("hrss", 2023, data=DATA, out=tmp_path / "out", notebook=tmp_path / "old.ipynb")
    assert not (tmp_path / "out").exists()


def test_the_command_reports_the_result(tmp_path: Path, copy: Copy) -> None:
    copy.set("facts", {"fact": "outturn_basic"}, "value", "many")
    result = CliRunner().invoke(app, ["report", "hrss", "2023", "--data", str(copy.folder), "--out", str(tmp_path / "out")])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "不是数字" in result.stderr
    assert not (tmp_path / "out").exists()


def test_the_notebook_is_thin_and_committed_without_outputs() -> None:
    book = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    code = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in code)
    source = "\n".join("".join(cell["source"]) for cell in code)
    assert not any(word in source for word in ("def ", "for ", "while ", "lambda"))
    assert [line.removeprefix("r.section.") for line in source.splitlines() if line.startswith("r.section.")] == list(SECTIONS)


def test_the_same_input_gives_the_same_bytes(written: Written, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1704067200")
    pages = [run_report("hrss", 2023, data=DATA, out=tmp_path / name, engine=fast_engine()).page.read_bytes() for name in ("a", "b")]
    assert pages[0] == pages[1]
    assert "2024-01-01 00:00" in pages[0].decode()
    both = written.page.read_text(encoding="utf-8"), pages[0].decode()
    first, other = (re.sub(r'(evallib-page" content=")\w+', r"\1", page) for page in both)
    assert first.split("<footer>")[0] == other.split("<footer>")[0]  # its checksum is over the day in the footer, too


def test_the_charts_as_pictures_for_word(tmp_path: Path) -> None:
    folder = run_report("hrss", 2023, data=DATA, out=tmp_path, figures=True, engine=fast_engine()).page.parent
    pictures = sorted(folder.glob("hrss.*.png"))
    assert [p.name.split(".")[1] for p in pictures] == sorted(CHARTS)
    assert all(p.read_bytes().startswith(b"\x89PNG") for p in pictures)


def test_pictures_without_a_chinese_font_come_with_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evallib.charts.fonts.chinese_font", lambda: None)
    warned = run_report("hrss", 2023, data=DATA, out=tmp_path, figures=True, engine=fast_engine()).warnings
    assert "方框" in warned[-1].describe("zh")
    assert "boxes" in warned[-1].describe("en")


@pytest.mark.parametrize("inside", ["", "reports", "departments/hrss"])
def test_reports_are_not_written_into_the_data(copy: Copy, inside: str) -> None:
    with pytest.raises(InputRefused, match="lies inside the data folder"):
        run_report("hrss", 2023, data=copy.folder, out=copy.folder / inside)


def test_the_data_may_lie_beside_the_reports_but_not_among_them(copy: Copy, tmp_path: Path) -> None:
    refuse_mixed(copy.folder, tmp_path)
    (tmp_path / "2023").mkdir()
    copy.folder.rename(tmp_path / "2023" / "data")
    with pytest.raises(InputRefused, match="the data folder lies inside 2023"):
        run_report("hrss", 2023, data=tmp_path / "2023" / "data", out=tmp_path)
