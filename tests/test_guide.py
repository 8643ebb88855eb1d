"""The guide and the reference: their notebooks run from a fresh kernel, and become pages by the kit's own exporter. None holds outputs."""

from __future__ import annotations

import re
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import nbformat
import pytest
import typer

from evallib.cli.main import app
from evallib.runs.workers import default_workers, fresh_processes
from tests.conftest import ROOT
from tests.typed import typed

BOOKS = sorted((ROOT / "notebooks" / "guide").glob("*.ipynb"))
GUIDE = [path for path in BOOKS if not path.stem.startswith("reference")]
REFUSED = {"reference_3_publish": 1, "reference_4_rules": 1}
"""How many commands are refused on purpose, in a notebook of the reference."""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, str, str]]:
    """Of each notebook: exit status, what was said, the page."""

    base = tmp_path_factory.mktemp("guide")
    outs = {path.stem: base / path.stem for path in BOOKS}
    words = [["jupyter-nbconvert", "--to", "evallib", "--execute", str(path), f"--output-dir={outs[path.stem]}"] for path in BOOKS]
    with ProcessPoolExecutor(default_workers(), fresh_processes(), max_tasks_per_child=1) as pool:
        made = zip(outs, pool.map(typed, [ROOT] * len(BOOKS), outs.values(), words), strict=True)
        return {name: (done.status, done.said, done.page) for name, done in made}


def test_there_are_six_and_they_are_short() -> None:
    assert len(GUIDE) == 6
    for path in BOOKS:
        book = nbformat.read(path, as_version=4)
        assert len(book.cells) <= (20 if path in GUIDE else 30)
        assert not any(cell.get("outputs") or cell.get("execution_count") for cell in book.cells)
        assert [line for cell in book.cells for line in cell.source.splitlines() if len(line) > 140 and line[0] != "|"] == []


@pytest.mark.parametrize("name", [path.stem for path in GUIDE])
def test_it_runs_and_becomes_a_page(pages: dict[str, tuple[int, str, str]], name: str) -> None:
    status, said, page = pages[name]
    assert status == 0, said
    assert "<h1>入门" in page
    book = nbformat.read(ROOT / "notebooks" / "guide" / f"{name}.ipynb", as_version=4)
    headings = [line.removeprefix("## ") for cell in book.cells for line in cell.source.splitlines() if line.startswith("## ")]
    assert len(headings) >= 3
    assert all(heading.replace("'", "&#x27;") in page or heading in page for heading in headings)


@pytest.mark.parametrize("name", [path.stem for path in BOOKS if path not in GUIDE])
def test_every_command_of_the_reference_does_what_it_says(pages: dict[str, tuple[int, str, str]], name: str) -> None:
    status, said, page = pages[name]
    assert status == 0, said
    assert "<h1>参考" in page
    lines = [line for block in re.findall(r"<pre>(.*?)</pre>", page, re.DOTALL) for line in block.splitlines()]
    assert not [line for line in lines if re.match(r"Traceback|错误  --|.*not found", line)]
    assert sum(line.startswith("错误  ") for line in lines) == REFUSED.get(name, 0)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_reference_names_every_command(lang: str) -> None:
    book = nbformat.read(ROOT / "notebooks" / "guide" / "reference_1_commands.ipynb", as_version=4)
    table = "\n".join(cell.source for cell in book.cells if lang in cell.metadata.get("tags", []))
    commands: Any = typer.main.get_command(app)
    assert {name for name in commands.commands if f"`evallib {name}" not in table} == set()


@pytest.mark.parametrize("name", [path.stem for path in BOOKS])
def test_made_up_numbers_are_called_so(pages: dict[str, tuple[int, str, str]], name: str) -> None:
    text = (ROOT / "notebooks" / "guide" / f"{name}.ipynb").read_text(encoding="utf-8")
    assert ("make_demo" in text or "evallib demo" in text) is ("模拟的县" in pages[name][2])
