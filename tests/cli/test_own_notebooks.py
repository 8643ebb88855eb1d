"""In a folder made by `init` the folder's notebooks are run, by every command that makes pages; a changed one is said."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest
from typer.testing import CliRunner

from evallib.cli.main import app
from evallib.data.working_folder import lay_out
from evallib.kit import NOTEBOOKS, PAGES, REPORT
from evallib.model.monitoring_rows import example_lines, head_line
from evallib.runs.jobs import list_pages
from evallib.runs.stamps import standing
from tests.conftest import DATA
from tests.runs.test_batch import as_if_made


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder with the example's data and a running year."""
    folder = lay_out(tmp_path_factory.mktemp("own") / "county")
    shutil.copytree(DATA, folder / "data", dirs_exist_ok=True)
    file = folder / "data" / "monitoring" / "hrss" / "2024.csv"
    file.parent.mkdir(parents=True)
    file.write_text("\n".join((head_line(), *example_lines(2024))) + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def folder(laid_out: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(laid_out, tmp_path / "county"))


def change(folder: Path, name: str, source: str = "ours = 1") -> Path:
    path = folder / "notebooks" / name
    book = nbformat.read(path, as_version=4)
    book.cells.append(nbformat.v4.new_code_cell(source))
    nbformat.write(book, path)
    return path


def run(folder: Path, *arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, [*arguments, "--data", str(folder / "data"), "--out", str(folder / "reports")])
    return result.exit_code, result.stdout, result.stderr


COMMANDS = {
    REPORT: ("report", "hrss", "2023"),
    PAGES["comparison"]: ("compare", "hrss"),
    PAGES["overview"]: ("overview", "2023"),
    PAGES["monitoring"]: ("monitor", "hrss", "2024"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_folders_notebook_is_run_and_said_where_it_is_changed(folder: Path, name: str) -> None:
    """It is changed so that it is refused: nothing need be made to see which one was taken."""
    own = folder / "notebooks" / name
    book = nbformat.read(own, as_version=4)
    next(cell for cell in book.cells if cell.cell_type == "code").source = 'lang = "zh"'
    nbformat.write(book, own)
    for lang, said in (
        ("zh", f"使用你自己的笔记本 {own}，与自带的不同。"),
        ("en", f"Using your own notebook {own}, which is changed from the shipped one."),
    ):
        status, _, told = run(folder, *COMMANDS[name], "--lang", lang)
        assert status == 2
        assert {"zh": "参数单元格缺少：data", "en": "its parameters cell lacks: data"}[lang] in told
        assert told.count(said) == 1


def test_a_notebook_that_was_not_changed_is_not_said_and_another_folder_can_be_named(folder: Path) -> None:
    (folder / "data" / "departments.csv").unlink()  # refused at once
    assert "departments.csv" in run(folder, "report", "hrss", "2023")[2]
    assert "笔记本" not in run(folder, "report", "hrss", "2023")[2]
    change(folder, REPORT)
    assert "笔记本" in run(folder, "report", "hrss", "2023")[2]
    assert "笔记本" not in run(folder, "report", "hrss", "2023", "--notebooks", str(NOTEBOOKS))[2]


def test_a_batch_runs_them_too_and_its_pages_depend_on_them(folder: Path) -> None:
    jobs = list_pages(folder / "data", folder / "reports", "en")
    assert {job.notebook for job in jobs} == {folder / "notebooks" / name for name in COMMANDS}
    for job in jobs:
        as_if_made(job)
    assert all(standing(job) for job in jobs)
    assert all(standing(job) for job in list_pages(folder / "data", folder / "reports", "en", NOTEBOOKS)), "the shipped ones are the same"

    path = folder / "notebooks" / REPORT
    seen = nbformat.read(path, as_version=4)
    seen.cells[1].outputs = [nbformat.v4.new_output("stream", text="seen")]
    nbformat.write(seen, path)
    assert all(standing(job) for job in jobs), "to have run it in JupyterLab changes no page"

    own = change(folder, REPORT)
    assert [job.kind for job in jobs if not standing(job)] == ["report"]
    status, told, remarked = run(folder, "batch", "--workers", "1", "--lang", "en")
    assert status == 0, remarked
    assert f"Using your own notebook {own}" in remarked
    assert remarked.count("Using your own notebook") == 1
    assert "made 1  up to date 3" in told
    book = nbformat.read(folder / "reports" / "2023" / "hrss.en.ipynb", as_version=4)
    assert book.cells[-1].source == "ours = 1"


def test_a_damaged_notebook_is_refused_with_its_name(folder: Path) -> None:
    path = folder / "notebooks" / REPORT
    path.write_text(path.read_text(encoding="utf-8")[:500], encoding="utf-8")
    for command in (COMMANDS[REPORT], ("batch",)):
        status, _, told = run(folder, *command, "--lang", "en")
        assert status == 2
        assert f"{path}: is not a notebook, or is damaged" in told
