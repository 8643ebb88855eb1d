"""The guide: its notebooks run from a fresh kernel, and become pages by the kit's own exporter. None holds outputs."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
import pytest
import typer

from evallib.cli.main import app
from evallib.runs.workers import default_workers, fresh_processes
from tests.conftest import ROOT
from tests.typed import Done, typed

BOOKS = sorted((ROOT / "notebooks" / "guide").glob("*.ipynb"))
GUIDE = [path for path in BOOKS if not path.stem.startswith("reference")]


def made(books: list[Path], base: Path) -> dict[str, Done]:
    """What became of each notebook."""
    words = [["jupyter-nbconvert", "--to", "evallib", "--execute", str(path), f"--output-dir={base / path.stem}"] for path in books]
    with ProcessPoolExecutor(default_workers(), fresh_processes(), max_tasks_per_child=1) as pool:
        done = pool.map(typed, [ROOT] * len(books), [base / path.stem for path in books], words)
        return {path.stem: one for path, one in zip(books, done, strict=True)}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Done]:
    return made(GUIDE, tmp_path_factory.mktemp("guide"))


def is_called_made_up(name: str, page: str) -> None:
    """Where a notebook makes a county up its page says so, and only there."""
    text = (ROOT / "notebooks" / "guide" / f"{name}.ipynb").read_text(encoding="utf-8")
    assert ("make_demo" in text or "evallib demo" in text) is ("模拟的县" in page)


def test_there_are_six_and_they_are_short() -> None:
    assert len(GUIDE) == 6
    for path in BOOKS:
        book = nbformat.read(path, as_version=4)
        assert len(book.cells) <= (20 if path in GUIDE else 30)
        assert not any(cell.get("outputs") or cell.get("execution_count") for cell in book.cells)
        assert [line for cell in book.cells for line in cell.source.splitlines() if len(line) > 140 and line[0] != "|"] == []


@pytest.mark.parametrize("name", [path.stem for path in GUIDE])
def test_it_runs_and_becomes_a_page(pages: dict[str, Done], name: str) -> None:
    assert pages[name].status == 0, pages[name].said
    page = pages[name].page
    assert "<h1>入门" in page
    book = nbformat.read(ROOT / "notebooks" / "guide" / f"{name}.ipynb", as_version=4)
    headings = [line.removeprefix("## ") for cell in book.cells for line in cell.source.splitlines() if line.startswith("## ")]
    assert len(headings) >= 3
    assert all(heading.replace("'", "&#x27;") in page or heading in page for heading in headings)
    is_called_made_up(name, page)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_reference_names_every_command(lang: str) -> None:
    book = nbformat.read(ROOT / "notebooks" / "guide" / "reference_1_commands.ipynb", as_version=4)
    table = "\n".join(cell.source for cell in book.cells if lang in cell.metadata.get("tags", []))
    commands: Any = typer.main.get_command(app)
    assert {name for name in commands.commands if f"`evallib {name}" not in table} == set()
