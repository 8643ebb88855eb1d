"""The page of a notebook with every kind of output, run by nbconvert itself, in a real browser; and attacks on it, where they would run."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from traitlets.config import Config

from evallib.model.errors import Problem
from evallib.model.words import LANGS, Lang
from evallib.pages.exporter import ReportExporter
from tests.browser.browser import CHROMIUM, Opened, Scheme, barriers, launched
from tests.conftest import GOLDEN
from tests.pages.notebooks import bundle, code, codes, export, markdown, notebook, parameters
from tests.pages.zoo import NOISE, SHOWN, zoo

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: install the package chromium"),
    pytest.mark.filterwarnings("ignore"),  # of the kernel's connection
]
Made = tuple[Path, tuple[Problem, ...]]
EXPORTER: Any = ReportExporter


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[Lang, Made]:
    """The pages, and what was told, as `jupyter nbconvert --execute --to evallib` makes them."""
    pages: dict[Lang, Made] = {}
    for lang in LANGS:
        folder = tmp_path_factory.mktemp(lang)
        config = Config({"ExecutePreprocessor": {"enabled": True}})
        html, resources = EXPORTER(config=config).from_notebook_node(zoo(lang, folder), {"metadata": {"name": "zoo", "path": str(folder)}})
        (folder / "zoo.html").write_text(html, encoding="utf-8")
        pages[lang] = folder / "zoo.html", resources["evallib"]["left_out"]
    return pages


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_asks_nothing_runs_nothing_and_has_no_barrier(
    browser: Browser, made: dict[Lang, Made], lang: Lang, scheme: Scheme
) -> None:
    with Opened(browser, made[lang][0], scheme=scheme) as opened:
        assert [url for url in opened.asked[1:] if not url.startswith("data:")] == []
        assert opened.said == []
        assert barriers(opened.page) == []
        assert opened.page.evaluate("document.querySelectorAll('main script, main style, main iframe, main [onload]').length") == 0
        assert opened.page.evaluate("[...document.images].every(i => i.alt && i.naturalWidth > 0 || !i.hasAttribute('src'))")


@pytest.mark.parametrize("lang", LANGS)
def test_every_kind_is_there_in_its_order(browser: Browser, made: dict[Lang, Made], lang: Lang) -> None:
    with Opened(browser, made[lang][0]) as opened:
        text = opened.page.inner_text("main")
        order = [
            "84.63",
            "我们的看法 / Our view",
            "weight",
            "quoted",
            "Displayed",
            "Own HTML",
            "in red",
            "hostile",
            "质量 <b>",
            "column_29",
            "styled",
        ]
        order += ["Name: score, dtype: float64", "84.63", "第一行\n第二行", "[1, 2.5, 3.10]", "printed 84.63\n<b>not bold</b>"]
        order += ["自己的图 / My chart", "own count", "91.75%", "Written last."]
        at = -1
        for said in order:
            assert (at := text.find(said, at + 1)) >= 0, said
        for selector, number in {
            "main math": 4,
            "figure.own img": 6,
            "figure.chart svg": 4,
            "table.dataframe": 2,
            ".card": 2,
            "main p.warning": 1,
        }.items():
            assert opened.page.locator(selector).count() >= number, selector
        levels = opened.page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
        assert levels.count(1) == 1
        assert all(b - a <= 1 for a, b in pairwise(levels))
        ids = opened.page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
        assert len(ids) == len(set(ids))
        contents = opened.page.locator("nav a").all_text_contents()
        assert contents[-1].endswith("结束 / The end")
        assert opened.page.inner_text("#targets h2") == ("一、我们的看法 / Our view" if lang == "zh" else "1. 我们的看法 / Our view")


@pytest.mark.parametrize("lang", LANGS)
def test_what_did_not_reach_the_page_was_told_by_its_cell(made: dict[Lang, Made], lang: Lang) -> None:
    told = [problem.describe(lang) for problem in made[lang][1]]
    for name in NOISE.keys() - {"nothing"}:
        assert sum(f"# {name}" in line for line in told) >= 1, name
    for name in SHOWN.keys() - {"hostile html", "matplotlib png", "matplotlib svg", "jpeg"}:
        assert [line for line in told if f"（# {name}）" in line or f"(# {name})" in line] == [], name
    assert {"raw", "no_alt", "picture_outside", "stderr", "progress", "object", "not_static"} == set(codes(made[lang][1]))


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_never_scrolls_sideways(browser: Browser, made: dict[Lang, Made], lang: Lang) -> None:
    with Opened(browser, made[lang][0]) as opened:
        opened.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        for width in (360, 390, 768, 1280):
            opened.page.set_viewport_size({"width": width, "height": 900})
            assert opened.page.evaluate("document.documentElement.scrollWidth") <= width, width


@pytest.mark.parametrize("lang", LANGS)
def test_on_paper_nothing_is_lost(browser: Browser, made: dict[Lang, Made], lang: Lang, tmp_path: Path) -> None:
    with Opened(browser, made[lang][0], width=680) as opened:
        opened.page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True, print_background=True)
    text = subprocess.run(["pdftotext", "-layout", str(tmp_path / "page.pdf"), "-"], capture_output=True, text=True, check=True).stdout
    for said in ("84.63", "Our view", "1029", "My chart", "Written last."):
        assert said in re.sub(r"\s+", " ", text), said


def test_no_attack_runs_or_asks_anything(browser: Browser, tmp_path: Path) -> None:
    attacks = [line for line in (GOLDEN / "attacks.txt").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    outputs = []
    for attack in attacks:
        own, forged, written = bundle(text_html=attack), bundle(text_html=attack), bundle(text_markdown=attack)
        forged.metadata["evallib"] = {"kind": "object"}
        outputs += [own, forged, written, bundle(text_latex=attack), bundle(svg=attack), bundle(text_plain=attack)]
    html, _ = export(notebook(parameters("en"), code(*outputs), *(markdown(attack) for attack in attacks), markdown("## The end")))
    file = tmp_path / "attacks.html"
    file.write_text(re.sub(r"<meta http-equiv=\"Content-Security-Policy\"[^>]*>", "", html), encoding="utf-8")  # without the second fence
    with Opened(browser, file) as opened:
        dialogs: list[str] = []
        opened.page.on("dialog", lambda d: dialogs.append(d.message))
        opened.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        touched = (
            "['click', 'mouseover', 'focus', 'toggle'].forEach(name => e.dispatchEvent(new Event(name)))"  # no link is followed by these
        )
        opened.page.evaluate(f"document.querySelectorAll('main *').forEach(e => {touched})")
        opened.page.wait_for_timeout(300)
        assert dialogs == []
        assert [url for url in opened.asked[1:] if not url.startswith("data:image/")] == []
        assert (
            opened.page.evaluate("[...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => /^on/i.test(a.name))).length")
            == 0
        )
        assert opened.page.evaluate("[...document.links].filter(a => !/^(https?|mailto|file):$/.test(a.protocol)).length") == 0
        assert opened.page.evaluate("document.querySelectorAll('main').length") == 1
        assert opened.page.evaluate("document.querySelectorAll('#main').length") == 1
        assert opened.page.locator("main h2").last.inner_text().endswith("The end")
        covering = "['fixed', 'sticky', 'absolute'].includes(getComputedStyle(e).position)"
        assert opened.page.evaluate(f"[...document.querySelectorAll('main *')].filter(e => {covering}).map(e => e.outerHTML)") == []
