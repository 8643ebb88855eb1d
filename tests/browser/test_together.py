"""The comparison and overview pages in a real browser, held to the standards of the report page."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import get_args

import pytest
from playwright.sync_api import Browser

from evallib.demo.county import make_demo
from evallib.model.words import LANGS
from evallib.runs.engine import fast_engine
from evallib.runs.report import run_comparison, run_overview
from tests.analysis.test_government import israel_rows, write_heads
from tests.browser.browser import CHROMIUM, COLOUR, Opened, Scheme, barriers, launched

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: install the package chromium")
PAGES = [f"{kind}.{lang}" for kind in ("comparison", "overview", "government") for lang in LANGS]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A synthetic county's pages, and an overview that shows the real budget of a state with Hebrew names."""
    base = tmp_path_factory.mktemp("together")
    data = make_demo(base / "demo", departments=6, first_year=2022, last_year=2024, seed=1).data
    state = make_demo(base / "state", departments=2, first_year=2000, last_year=2000, seed=1).data
    write_heads(state, israel_rows())
    found = {}
    for lang in LANGS:
        found[f"comparison.{lang}"] = run_comparison("education", data=data, out=base, lang=lang, engine=fast_engine()).page
        found[f"overview.{lang}"] = run_overview(2023, data=data, out=base, lang=lang, engine=fast_engine()).page
        found[f"government.{lang}"] = run_overview(2000, data=state, out=base, lang=lang, engine=fast_engine()).page
    return found


@pytest.mark.parametrize("name", PAGES)
def test_it_asks_for_nothing_and_says_nothing(browser: Browser, pages: dict[str, Path], name: str) -> None:
    with Opened(browser, pages[name]) as opened:
        assert [url for url in opened.asked if not url.startswith("data:")] == [pages[name].as_uri()]
        assert opened.said == []


@pytest.mark.parametrize("name", PAGES)
def test_it_fits_every_width_in_light_and_dark(browser: Browser, pages: dict[str, Path], name: str) -> None:
    with Opened(browser, pages[name]) as opened:
        opened.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        for scheme in get_args(Scheme):
            opened.page.emulate_media(color_scheme=scheme)
            for width in (360, 768, 1280):
                opened.page.set_viewport_size({"width": width, "height": 900})
                assert opened.page.evaluate("document.documentElement.scrollWidth") <= width, (scheme, width)
            assert barriers(opened.page, *([COLOUR] if scheme == "dark" else [])) == [], scheme


@pytest.mark.parametrize("name", PAGES)
def test_no_table_is_cut_off_on_a_desktop(browser: Browser, pages: dict[str, Path], name: str) -> None:
    """What lies folded (the numbers of a chart, every department's row) may be wider and is then pushed aside."""
    wide = "[...document.querySelectorAll('.scroll')].filter(s => !s.closest('details') && s.scrollWidth > s.clientWidth + 1)"
    with Opened(browser, pages[name]) as opened:
        assert opened.page.evaluate(f"{wide}.map(s => s.innerText.slice(0, 80))") == []


@pytest.mark.parametrize("name", PAGES)
def test_its_headings_pictures_and_links_are_sound(browser: Browser, pages: dict[str, Path], name: str) -> None:
    with Opened(browser, pages[name]) as opened:
        levels = opened.page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1])")
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))
        assert opened.page.evaluate("[...document.querySelectorAll('svg')].every(s => s.parentNode.getAttribute('aria-label').length > 20)")
        dead = "[...document.querySelectorAll('a[href^=\"#\"]')].filter(a => !document.getElementById(a.hash.slice(1))).map(a => a.hash)"
        assert opened.page.evaluate(dead) == []


@pytest.mark.parametrize("lang", LANGS)
def test_departments_lead_to_their_pages_in_the_same_language(browser: Browser, pages: dict[str, Path], lang: str) -> None:
    ending = ".html" if lang == "zh" else ".en.html"
    links = "[...document.querySelectorAll('main a[href^=\"../\"]')].map(a => a.getAttribute('href'))"
    with Opened(browser, pages[f"overview.{lang}"]) as opened:
        found = opened.page.evaluate(links)
        assert f"../2023/education{ending}" in found
        assert f"../comparison/education{ending}" in found
        assert all(link.partition("#")[0].endswith(ending) for link in found)
    with Opened(browser, pages[f"comparison.{lang}"]) as opened:
        assert f"../2024/education{ending}" in opened.page.evaluate(links)


def test_hebrew_names_are_set_from_the_right(browser: Browser, pages: dict[str, Path]) -> None:
    with Opened(browser, pages["government.en"]) as opened:
        name = "[...document.querySelectorAll('#government th bdi')].find(b => /[\\u05d0-\\u05ea]/.test(b.textContent))"
        measure = f"(() => {{ const t = {name}.firstChild, at = i => {{ const r = document.createRange(); r.setStart(t, i); "
        measure += "r.setEnd(t, i + 1); return r.getBoundingClientRect().left; }; return at(0) - at(2); })()"
        assert opened.page.evaluate(measure) > 0
