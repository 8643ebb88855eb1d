"""Notebooks as files: which one is run, whether it is as the shipped one, which parameters it knows."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest

from evallib.data.notebooks import is_changed, known_parameters, notebook_of, read_cells, refuse_unknown_parameters
from evallib.data.working_folder import lay_out
from evallib.kit import NOTEBOOKS, REPORT
from evallib.model.cells import assigned
from evallib.model.errors import InputRefused
from tests.conftest import DATA

PARAMETERS = 'department: str = "hrss"  # 部门编码 / department code\nyear: int = 2023\nlang: str = "zh"\ndata: str = "data"'


def test_the_folder_beside_the_data_comes_before_the_shipped_one(tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "county")
    assert notebook_of(folder / "data", REPORT) == folder / "notebooks" / REPORT
    assert notebook_of(folder / "data", REPORT, NOTEBOOKS) == NOTEBOOKS / REPORT
    (folder / "notebooks" / REPORT).unlink()
    assert notebook_of(folder / "data", REPORT) == NOTEBOOKS / REPORT
    assert notebook_of(DATA, REPORT) == NOTEBOOKS / REPORT


@pytest.mark.parametrize(
    ("how", "changed"), [("as it is", False), ("outputs", False), ("settings", False), ("source", True), ("tags", True), ("order", True)]
)
def test_only_what_decides_the_page_is_a_change(tmp_path: Path, how: str, changed: bool) -> None:
    book = nbformat.read(NOTEBOOKS / REPORT, as_version=4)
    cell = next(cell for cell in book.cells if cell.cell_type == "code" and not cell.metadata.get("tags"))
    if how == "outputs":
        cell.outputs, cell.execution_count = [nbformat.v4.new_output("stream", text="seen")], 3
    elif how == "settings":
        book.metadata["language_info"] = {"name": "python", "version": "3.14"}
        cell.metadata["collapsed"] = True
    elif how == "source":
        cell.source += "\n"
    elif how == "tags":
        cell.metadata["tags"] = ["remove-cell"]
    elif how == "order":
        book.cells[-1], book.cells[-2] = book.cells[-2], book.cells[-1]
    nbformat.write(book, tmp_path / REPORT)
    assert is_changed(tmp_path / REPORT) is changed


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"cells": 1}', '{"cells": [1]}', "plain text"])
def test_a_file_that_is_no_notebook_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / REPORT).write_text(content)
    with pytest.raises(InputRefused, match="is not a notebook"):
        read_cells(tmp_path / REPORT)


def test_sources_are_read_as_lines_or_as_one_text(tmp_path: Path) -> None:
    for source in ("a = 1\nb = 2", ["a = 1\n", "b = 2"]):
        cell = {"cell_type": "code", "source": source, "metadata": {"tags": ["parameters"]}}
        (tmp_path / "book.ipynb").write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}))
        assert known_parameters(read_cells(tmp_path / "book.ipynb")) == {"a", "b"}


@pytest.mark.parametrize(
    ("source", "names"),
    [
        (PARAMETERS, {"department", "year", "lang", "data"}),
        ("a = b = 1", {"a", "b"}),
        ("a: int", {"a"}),
        ("%matplotlib inline\na: str = 'x=y'\nb = 1\nif b == 2: pass", {"a", "b"}),
        ("# a = 1\nprint(b == 1)", set()),
    ],
)
def test_the_names_that_a_cell_sets(source: str, names: set[str]) -> None:
    assert assigned(source).keys() == names


def test_every_shipped_notebook_that_makes_a_page_knows_language_and_data() -> None:
    for notebook in (path for path in NOTEBOOKS.glob("*.ipynb") if path.name != "explore.ipynb"):
        assert {"lang", "data"} <= known_parameters(read_cells(notebook)), notebook.name


@pytest.mark.parametrize(
    "sources",
    [
        [],
        ["", PARAMETERS],
        ["", PARAMETERS, "# Parameters\nyear = 2024\n"],
        ["", PARAMETERS, '# Parameters\ndepartment = "x"\n', "other = 1"],
        ["", "# Parameters\nyear = 2024\n"],  # where nobody marked a cell as the one of parameters, nothing says what is known
    ],
)
def test_what_the_notebook_knows_may_be_set(sources: list[str]) -> None:
    refuse_unknown_parameters(sources)


def test_what_the_notebook_does_not_know_is_refused_with_what_was_meant() -> None:
    with pytest.raises(InputRefused) as refusal:
        refuse_unknown_parameters(["", PARAMETERS, '# Parameters\ndeparment = "hrss"\nyear = 2024\n'])
    assert 'papermill: the notebook knows no such parameter (found "deparment"). To fix it: did you mean department?' in str(refusal.value)
    assert "是否应为 department？" in refusal.value.describe("zh")
