"""`evallib lab`: which notebook it opens, on which data, and what of the notebook is saved."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from typer.testing import CliRunner

import evallib as ev
from evallib.cli.main import app
from evallib.data.working_folder import lay_out
from evallib.demo.county import make_demo
from evallib.model.words import Lang
from evallib.runs import lab
from tests.conftest import DATA, ROOT

NOTEBOOK = ROOT / "notebooks" / "explore.ipynb"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What JupyterLab would have been opened with."""
    calls: list[dict[str, Any]] = []
    monkeypatch.setattr(lab, "open_lab", lambda notebook, root, **more: calls.append({"notebook": notebook, "root": root, **more}))
    return calls


def folder_of(kind: str, place: Path) -> Path:
    if kind == "checkout":
        return ROOT
    if kind == "init":
        return lay_out(place / "county")
    return make_demo(place / "county", departments=1, first_year=2021, last_year=2021).data.parent


@pytest.mark.parametrize("inside", ["", "notebooks", "data"])
@pytest.mark.parametrize("kind", ["checkout", "init", "demo"])
def test_it_opens_the_notebook_of_the_folder(
    opened: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str, inside: str
) -> None:
    root = folder_of(kind, tmp_path)
    monkeypatch.chdir(root / inside)
    done = CliRunner().invoke(app, ["lab", "--no-browser", "--port=9"])
    assert done.exit_code == 0, done.output
    (call,) = opened
    assert (call["notebook"], call["root"]) == (root / "notebooks" / "explore.ipynb", root)
    assert (call["data"].resolve(), call["out"].resolve()) == (root / "data", root / "reports")
    assert (call["lang"], call["more"]) == ("zh", ["--no-browser", "--port=9"])


def test_its_options_reach_it_and_the_desk(opened: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lay_out(tmp_path / "county")
    shutil.copytree(DATA, tmp_path / "elsewhere")
    monkeypatch.chdir(tmp_path / "county")
    CliRunner().invoke(app, ["lab", "--data", "../elsewhere", "--out", "../made", "--lang", "en"])
    (call,) = opened
    for name in ("data", "out", "lang"):
        monkeypatch.setenv(f"EVALLIB_{name.upper()}", str(call[name]))
    desk = ev.Desk("data", "")
    assert (desk.data.resolve(), desk.out.resolve(), desk.lang) == (tmp_path / "elsewhere", tmp_path / "made", "en")
    desk = ev.Desk(DATA, "zh", tmp_path)  # what is named holds
    assert (desk.data, desk.out, desk.lang) == (DATA, tmp_path, "zh")


def test_the_desk_alone_takes_the_folder_found_upwards_and_its_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "notebooks")
    desk = ev.Desk()
    assert (desk.data, desk.out, desk.lang, desk.asked) == (DATA, ROOT / "reports", "zh", ("hrss", 2023))
    with pytest.raises(ev.InputRefused, match="there is no such language"):
        ev.Desk("data", "fr")


@pytest.mark.parametrize(("lang", "says"), [("zh", "这里没有这个笔记本"), ("en", "there is no such notebook here")])
def test_where_there_is_no_notebook_a_sentence_says_so(
    opened: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lang: Lang, says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["lab", "--lang", lang])
    assert (done.exit_code, opened) == (2, [])
    assert says in done.output


def test_the_shipped_notebook_stands_as_it_is_saved_and_asks_for_no_outputs_to_be_kept() -> None:
    text = NOTEBOOK.read_text(encoding="utf-8")
    book = nbformat.reads(text, as_version=4)
    assert nbformat.writes(book) + "\n" == text
    assert book.metadata.evallib.outputs == "not kept"


def test_another_notebook_keeps_its_outputs() -> None:
    cell = {"cell_type": "code", "outputs": ["kept"], "execution_count": 1, "metadata": {}}
    for model in ({"type": "notebook", "content": {"cells": [cell], "metadata": {}}}, {"type": "file", "content": "text"}):
        lab.keep_clean(model)
    assert (cell["outputs"], cell["execution_count"]) == (["kept"], 1)
