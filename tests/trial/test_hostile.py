"""Hostile and random texts in every free field, followed to every place that shows them: nothing runs, nothing is requested."""

from __future__ import annotations

import csv
import io
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unicodedata import category

import openpyxl
import pytest
from playwright.sync_api import Browser, Dialog, Page

import evallib as ev
from evallib.model.signs import hidden_sign
from tests.browser.browser import CHROMIUM, Opened, launched
from tests.browser.hostile import HOSTILE, poison
from tests.browser.lab import opened, run_all, started
from tests.conftest import DATA

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: install the package chromium")

TEXTS = {
    "html": HOSTILE,
    "terminal": "[bold red]红[/bold red] [link=https://example.org]点[/link] [/] [@click=app.quit()] :warning:",
    "formula": "=cmd|' /C calc'!A1",
    "plus": "+1+1",
    "at": "@SUM(A1:A9)",
    "minus": "-2+3",
    "dde": '=HYPERLINK("https://example.org/"&A1,"点")',
    "excel code": "_x000D__x0000_ &amp; ]]> <![CDATA[x]]> <?xml version='1.0'?>",
    "jinja": "{{ 7*7 }} {% include '/x' %} {# x #} %(a)s {0} {x!r}",
    "latex": r"$\href{javascript:alert(1)}{x}$ $$\input{x}$$ \(x\) \[y\]",
    "markdown": "![x](https://example.org/p.png) <https://example.org> [x]: javascript:alert(1) ``` ~~~ # --- | a | b |",
    "svg": "</text></svg><svg><script>alert(1)</script><image href='https://example.org/p.png'/>",
    "style": '</style><style>@import url(https://example.org/x.css)</style> style="background:url(//example.org/p)"',
    "quotes": "'\"`´’“”«» \\ / %00 %0d%0a & ; | > < ..\\..\\x ../../x",
    "names": "CON 关于①②③㈱㎡ Å Å ﬁ ﷽ مرحبا שלום 👨 🇨🇳 é ｅ́",
    "zalgo": "Z̸̡̢̛͓͚" * 20,
    "json": '</script>{"a": NaN, "__proto__": {}} \\u003cscript\\u003e \\ud83d',
}
"""Each with what it tries."""
FUNCTIONS = {"ABS", "AND", "COUNTA", "IF", "ISNUMBER", "LEN", "MAX", "OFFSET", "OR", "RIGHT", "ROUND", "SUM", "SUMPRODUCT", "TEXT", "TRIM"}
RANDOM = int(os.environ.get("TEXTS", "8"))


def texts() -> Iterator[str]:
    yield from TEXTS.values()
    chance = random.Random(15)
    for _ in range(RANDOM):
        found = "".join(chr(chance.choice((chance.randrange(0x20, 0x300), chance.randrange(0x20, 0x1F000)))) for _ in range(60))
        yield "".join(sign for sign in found if category(sign) != "Cs" and hidden_sign(sign) is None).strip() or "x"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


def _evallib(folder: Path, *arguments: str) -> str:
    """What a command prints."""
    made = subprocess.run(
        [sys.executable, "-m", "evallib", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "COLUMNS": "400"},
    )
    assert "Traceback" not in made.stdout + made.stderr, made.stderr
    return made.stdout + made.stderr


BAD_PARTS = (
    "script,iframe,base,object,embed,link:not([href='data:,']),form,main meta,[onload],[onerror],[onclick],"
    "[href^='javascript:' i],[src^='http'],[href^='http']"
)


def _html(found: ev.Book | ev.Result) -> str:
    """What a notebook shows of it."""
    return found._repr_mimebundle_()[0]["text/html"]


def _dialogs(page: Page) -> list[str]:
    """What dialogs say that open on a page, from now on; each is closed."""
    said: list[str] = []

    def heard(dialog: Dialog) -> None:
        said.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", heard)
    return said


def _harmless(browser: Browser, file: Path, own_scripts: int = 0) -> None:
    """A page opened without the policy that it carries: what it says must be harmless by itself."""
    bare = file.with_name(f"bare-{file.name}")
    bare.write_text(re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", file.read_text(encoding="utf-8")), encoding="utf-8")
    with Opened(browser, bare) as seen:
        dialogs = _dialogs(seen.page)
        seen.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        outside = [url for url in seen.asked if not url.startswith(("file:", "data:"))]
        assert (dialogs, seen.said, outside) == ([], [], [])
        assert seen.page.evaluate(f"document.querySelectorAll(`{BAD_PARTS}`).length") == own_scripts
        assert seen.page.evaluate("[...document.querySelectorAll('*')].every(e => [...e.attributes].every(a => !/^on/i.test(a.name)))")
    bare.unlink()


def _computes(formula: str) -> bool:
    """Whether a formula only computes from cells: it has nothing but references, known functions and quoted texts."""
    bare = re.sub(r"\"(?:[^\"]|\"\")*\"|'(?:[^']|'')*'(?=!)", "0", formula)
    return bool(re.fullmatch(r"=[-+*/(),.:$<>=!A-Z0-9 ]+", bare)) and set(re.findall(r"[A-Z]+(?=\()", bare)) <= FUNCTIONS


def _is_plain_workbook(file: Path) -> None:
    """No formula but the kit's own sums, no link but those to the workbook's own sheets."""
    book: Any = openpyxl.load_workbook(file)
    sheets = {f"'{name}'!A1" for name in book.sheetnames}
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                link = cell.hyperlink
                assert link is None or (link.target is None and link.location in sheets), link
                assert cell.data_type != "f" or _computes(str(cell.value)), cell.value


def _is_plain_csv(text: str) -> None:
    for row in csv.reader(io.StringIO(text.lstrip("\ufeff"))):
        for cell in row:
            assert not re.match(r"[=+@\t\r]|-(?![\d.]+$)", cell), cell


@pytest.mark.parametrize("text", list(texts()), ids=lambda text: re.sub(r"\W", "", text)[:12] or "signs")
def test_a_hostile_text_is_only_ever_text(browser: Browser, tmp_path: Path, text: str) -> None:
    shutil.copytree(DATA, tmp_path / "data")
    poison(tmp_path / "data" / "departments" / "hrss" / "2023", text)
    assert hidden_sign(text) is None
    said = _evallib(tmp_path, "report", "hrss", "2023", "--xlsx", "--lang", "en")
    said += _evallib(tmp_path, "batch")
    assert "84.63" in said
    for format in ("table", "csv", "json"):
        said += _evallib(tmp_path, "score", "hrss", "2023", "--format", format)
    said += _evallib(tmp_path, "check", "hrss", "2023") + _evallib(tmp_path, "reconcile", "hrss", "2023")
    assert hidden_sign(said.replace("\r\n", "\n")) is None
    _is_plain_csv((tmp_path / "reports" / "results.csv").read_text(encoding="utf-8-sig"))
    _is_plain_csv(_evallib(tmp_path, "score", "hrss", "2023", "--format", "csv"))
    for file in sorted((tmp_path / "reports").rglob("*.html")):
        _harmless(browser, file, own_scripts=int(file.name.startswith("index")))
    for book in sorted((tmp_path / "reports").rglob("*.xlsx")):
        _is_plain_workbook(book)
    exported = _evallib(tmp_path, "export", "hrss", "2023", "--as", "xlsx", "--out", "given")
    assert list((tmp_path / "given").rglob("*.xlsx")), exported
    for book in (tmp_path / "given").rglob("*.xlsx"):
        _is_plain_workbook(book)
    found = ev.open(tmp_path / "data")
    shown = tmp_path / "shown.html"
    shown.write_text("<!doctype html><meta charset=utf-8><main>" + _html(found) + _html(found["hrss", 2023]) + "</main>", encoding="utf-8")
    _harmless(browser, shown)


def test_a_hostile_notebook_and_desk_in_jupyterlab_run_nothing(browser: Browser, tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path / "data")
    poison(tmp_path / "data" / "departments" / "hrss" / "2023")
    _evallib(tmp_path, "report", "hrss", "2023")
    with started(tmp_path, tmp_path / "data", "zh") as lab:
        shutil.copyfile(tmp_path / "reports" / "2023" / "hrss.ipynb", lab.root / "notebooks" / "hostile.ipynb")
        for name in ("hostile", "explore"):
            watched = opened(browser, lab, f"notebooks/{name}.ipynb")
            dialogs = _dialogs(watched.page)
            run_all(watched.page)
            watched.page.wait_for_selector('.jp-Notebook-ExecutionIndicator[data-status="idle"]', timeout=120_000)
            assert (dialogs, watched.wrong()) == ([], ([], []))
            watched.page.close()
