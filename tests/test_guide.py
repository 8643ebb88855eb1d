"""The guide: its notebooks run from a fresh kernel, and become pages by the kit's own exporter. None holds outputs."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor

import nbformat
import pytest

from evallib.runs.workers import default_workers, fresh_processes
from tests.conftest import ROOT
from tests.typed import typed

GUIDE = sorted((ROOT / "notebooks" / "guide").glob("*.ipynb"))


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, str, str]]:
    """Of each notebook: exit status, what was said, the page."""

    base = tmp_path_factory.mktemp("guide")
    outs = {path.stem: base / path.stem for path in GUIDE}
    words = [["jupyter-nbconvert", "--to", "evallib", "--execute", str(path), f"--output-dir={outs[path.stem]}"] for path in GUIDE]
    with ProcessPoolExecutor(default_workers(), fresh_processes(), max_tasks_per_child=1) as pool:
        made = zip(outs, pool.map(typed, [ROOT] * len(GUIDE), outs.values(), words), strict=True)
        return {name: (done.status, done.said, done.page) for name, done in made}


def test_there_are_six_and_they_are_short() -> None:
    assert len(GUIDE) == 6
    for path in GUIDE:
        book = nbformat.read(path, as_version=4)
        assert len(book.cells) <= 20
        assert not any(cell.get("outputs") or cell.get("execution_count") for cell in book.cells)
        assert [line for cell in book.cells for line in cell.source.splitlines() if len(line) > 140] == []


@pytest.mark.parametrize("name", [path.stem for path in GUIDE])
def test_it_runs_and_becomes_a_page(pages: dict[str, tuple[int, str, str]], name: str) -> None:
    status, said, page = pages[name]
    assert status == 0, said
    assert "<h1>入门" in page
    book = nbformat.read(ROOT / "notebooks" / "guide" / f"{name}.ipynb", as_version=4)
    headings = [line.removeprefix("## ") for cell in book.cells for line in cell.source.splitlines() if line.startswith("## ")]
    assert len(headings) >= 3
    assert all(heading.replace("'", "&#x27;") in page or heading in page for heading in headings)


@pytest.mark.parametrize("name", [path.stem for path in GUIDE])
def test_made_up_numbers_are_called_so(pages: dict[str, tuple[int, str, str]], name: str) -> None:
    used = "make_demo" in (ROOT / "notebooks" / "guide" / f"{name}.ipynb").read_text(encoding="utf-8")
    assert used is ("模拟的县" in pages[name][2])
