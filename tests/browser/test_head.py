"""The head of a page in a real browser: two lines on a phone, all of it on a wide screen, a name on paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from evallib.model.words import LANGS, Lang, words
from evallib.pages.page_seal import with_head
from evallib.pages.style import page_css
from evallib.runs.county import County, Listed
from evallib.runs.heads import Heads
from tests.browser.browser import CHROMIUM, Opened, barriers, launched

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: install the package chromium")
PAGE = """<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8"><title>x</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>{css}</style></head>
<body><div class="sheet"><nav></nav><main id="main"><!--head--><!--/head--><h1>84.63</h1></main></div></body></html>"""
BUREAU = words("寻甸回族彝族自治县人力资源和社会保障局", "Human Resources and Social Security Bureau of Xundian County")


def listed(number: int, year: int) -> Listed:
    name, ends = BUREAU if number == 3 else words(f"部门 {number}", f"Office {number}"), (str(80 - number), str(90 - number))
    beside = (".html", ".en.html", ".docx", ".xlsx", ".en.xlsx", ".evaluation.json", ".data")
    row = Listed(f"d{number}", year, "made", str(85 - number), "x", name=name)
    about = {"called": words(str(year)), "kind": "department", "framework": "f/2023", "framework_name": words("体系", "framework")}
    return Listed(**{**vars(row), **about, "points": "100", "ends": ends, "beside": beside, "date": "2026-11-29"})


ROWS = {row.key: row for row in (listed(number, year) for number in range(30) for year in (2022, 2023, 2024))}
STEMS = ("index", "overview/2023", "comparison/d3", "monitoring/d3-2024")
PAGES = {f"{stem}{end}": "" for stem in STEMS for end in (".html", ".en.html")}
HEADS = Heads(County(words("寻甸回族彝族自治县", "Xundian Hui and Yi Autonomous County"), ROWS, PAGES))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


def page(folder: Path, lang: Lang) -> Path:
    file = folder / ("d3.html" if lang == "zh" else "d3.en.html")
    html = PAGE.format(lang="zh-CN" if lang == "zh" else "en", css=page_css())
    file.write_text(with_head(html, HEADS.of(f"2023/{file.name}")), encoding="utf-8")
    return file


@pytest.mark.parametrize("lang", LANGS)
def test_on_a_phone_it_is_two_lines_and_the_dots_that_open_on_a_tap(browser: Browser, tmp_path: Path, lang: Lang) -> None:
    with Opened(browser, page(tmp_path, lang), width=390) as opened:
        head = opened.page.locator(".place-of")
        assert head.bounding_box()["height"] <= 88  # type: ignore[index]  # it is on the screen
        assert ("第 4 / 30 名" if lang == "zh" else "No. 4 of 30") in head.locator("summary strong").inner_text()
        assert not head.get_by_text("JSON").is_visible()
        opened.page.click(".place-of summary")
        assert head.get_by_text("JSON").is_visible()
        assert not head.get_by_text("7", exact=False).last.is_visible(), "the list of all stays closed"
        head.locator("details details summary").click()
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= 390
        assert opened.page.evaluate("[...document.querySelectorAll('.place-of a')].every(a => a.getClientRects().length)")
        assert barriers(opened.page) == []


@pytest.mark.parametrize("lang", LANGS)
def test_a_wide_screen_shows_it_and_paper_the_name_and_the_place(browser: Browser, tmp_path: Path, lang: Lang) -> None:
    with Opened(browser, page(tmp_path, lang), width=1280) as opened:
        head = opened.page.locator(".place-of")
        assert head.get_by_text("JSON").is_visible()
        assert head.bounding_box()["height"] <= 216  # type: ignore[index]  # it is on the screen
        opened.page.emulate_media(media="print")
        name, place = (head.locator(one).first.inner_text() for one in ("summary span", "summary strong"))
        assert [line for line in head.inner_text().splitlines() if line.strip()] == [
            f"{name} {place}",
            head.locator(".strip span").inner_text(),
        ]
        assert head.locator("summary span").first.inner_text().split(" · ")[0] == "2023"
