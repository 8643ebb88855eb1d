"""The page in a real browser: no request, no message, readable at every width, in both languages and colour schemes."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from evallib.data.load import load_year
from evallib.data.years import evaluate_year
from evallib.model.words import LANGS, Lang
from evallib.runs.engine import fast_engine
from evallib.runs.report import run_report
from tests.browser.browser import CHROMIUM, COLOUR, Opened, Scheme, barriers, launched
from tests.browser.hostile import poison
from tests.conftest import DATA, Copy

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: install the package chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[Lang, Path]:
    out = tmp_path_factory.mktemp("reports")
    return {lang: run_report("hrss", 2023, data=DATA, out=out, lang=lang, engine=fast_engine()).page for lang in LANGS}


@pytest.mark.parametrize("lang", LANGS)
def test_nothing_is_requested_and_nothing_is_said(browser: Browser, pages: dict[Lang, Path], lang: Lang) -> None:
    with Opened(browser, pages[lang]) as opened:
        outside = [url for url in opened.asked if not url.startswith(("file:", "data:"))]
        assert (outside, opened.said) == ([], [])
        assert len([url for url in opened.asked if url.startswith("file:")]) == 1


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_is_small(pages: dict[Lang, Path], lang: Lang) -> None:
    assert pages[lang].stat().st_size < 300_000


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_never_scrolls_sideways(browser: Browser, pages: dict[Lang, Path], lang: Lang, scheme: Scheme) -> None:
    with Opened(browser, pages[lang], 1280, scheme) as opened:
        opened.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        for width in (360, 768, 1280):
            opened.page.set_viewport_size({"width": width, "height": 900})
            assert opened.page.evaluate("document.documentElement.scrollWidth") <= width, width


@pytest.mark.parametrize("lang", LANGS)
def test_a_phone_has_drawings_of_its_own_and_paper_the_wide_ones(browser: Browser, pages: dict[Lang, Path], lang: Lang) -> None:
    seen = "[...document.querySelectorAll('figure.chart svg')].filter(s => s.getBoundingClientRect().width)"
    letters = "s => [...s.querySelectorAll('text')].map(t => parseFloat(getComputedStyle(t).fontSize) * s.getScreenCTM().a)"
    with Opened(browser, pages[lang], 360) as opened:
        for width, media, drawn in ((360, "screen", "narrow"), (390, "screen", "narrow"), (768, "screen", "wide"), (390, "print", "wide")):
            opened.page.set_viewport_size({"width": width, "height": 900})
            opened.page.emulate_media(media="print" if media == "print" else "screen")
            assert opened.page.evaluate(f"{seen}.map(s => s.getAttribute('class'))") == [drawn] * 5
            if drawn == "narrow":
                assert opened.page.evaluate(f"Math.min(...{seen}.flatMap({letters}))") >= 11.99
                cut = "[...document.querySelectorAll('figure.chart > :not(details)')].filter(e => e.scrollWidth > e.clientWidth)"
                assert opened.page.evaluate(f"{cut}.length") == 0


@pytest.mark.parametrize("lang", LANGS)
def test_headings_stand_in_order(browser: Browser, pages: dict[Lang, Path], lang: Lang) -> None:
    with Opened(browser, pages[lang]) as opened:
        levels = opened.page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1])")
        assert levels.count(1) == 1
        assert levels[0] == 1
        assert all(b - a <= 1 for a, b in pairwise(levels))


@pytest.mark.parametrize("lang", LANGS)
def test_every_picture_has_words_and_every_link_a_place(browser: Browser, pages: dict[Lang, Path], lang: Lang) -> None:
    with Opened(browser, pages[lang]) as opened:
        assert opened.page.evaluate("document.querySelectorAll('svg').length") == 10
        assert opened.page.evaluate("[...document.querySelectorAll('svg')].every(s => s.parentNode.getAttribute('aria-label').length > 40)")
        assert opened.page.evaluate("[...document.images].every(i => i.alt)")
        assert pages[lang].stat().st_size <= 300_000
        dead = opened.page.evaluate(
            "[...document.querySelectorAll('a[href^=\"#\"]')].map(a => a.getAttribute('href').slice(1))"
            ".filter(id => id !== 'main' && !document.getElementById(id))"
        )
        assert dead == []
        ids = opened.page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
        assert len(ids) == len(set(ids))


def test_a_score_leads_to_its_working_and_on_to_its_source(browser: Browser, pages: dict[Lang, Path]) -> None:
    with Opened(browser, pages["zh"]) as opened:
        page = opened.page
        page.click("#targets a[href='#i-quality']")
        assert page.locator("#i-quality").inner_text().count("91.75") >= 1
        page.click("#i-quality a[href='#f-assessment_score-2023']")
        assert "91.75" in page.locator("#f-assessment_score-2023").inner_text()
        page.click("#f-assessment_score-2023 a")
        assert page.evaluate("location.hash").startswith("#s-")
        assert page.locator(page.evaluate("location.hash")).count() == 1


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("scheme", "rules"), [("light", []), ("dark", [COLOUR])])
def test_no_serious_barrier(browser: Browser, pages: dict[Lang, Path], lang: Lang, scheme: Scheme, rules: list[str]) -> None:
    with Opened(browser, pages[lang], scheme=scheme) as opened:
        if scheme == "light":  # in the dark only colours differ, and the papers have those of the main text
            opened.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert barriers(opened.page, *rules) == []


def test_the_page_reads_with_scripts_off(browser: Browser, pages: dict[Lang, Path]) -> None:
    with Opened(browser, pages["zh"], scripts=False) as opened:
        assert "84.63" in opened.page.inner_text("main")


@pytest.mark.parametrize("lang", LANGS)
def test_a_page_of_one_language(browser: Browser, pages: dict[Lang, Path], lang: Lang) -> None:
    """No text of the kit is left untranslated; titles, numbers and vouchers of the data may stay Chinese."""
    with Opened(browser, pages[lang]) as opened:
        assert opened.page.evaluate("document.documentElement.lang") == ("zh-CN" if lang == "zh" else "en")
        if lang == "en":
            opened.page.evaluate("document.querySelectorAll('.documents,.code,[lang=zh]').forEach(e => e.remove())")
            headings = opened.page.evaluate(
                "[...document.querySelectorAll('h1,h2,h3,h4,th,dt,summary,nav a,figcaption,svg text')].map(e => e.textContent)"
            )
            assert [text for text in headings if re.search(r"[\u4e00-\u9fff]", text)] == []


@pytest.mark.parametrize("lang", LANGS)
def test_on_paper_no_chart_and_no_row_is_cut(browser: Browser, pages: dict[Lang, Path], lang: Lang, tmp_path: Path) -> None:
    with Opened(browser, pages[lang], width=680) as opened:  # the width of the printable area
        opened.page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True, print_background=True)
        opened.page.emulate_media(media="print")
        # the printable area of A4 is 180 mm by 263 mm: nothing that must not be cut may be larger
        too_large = opened.page.evaluate(
            "[...document.querySelectorAll('figure.chart, tr, details.line')]"
            ".filter(e => e.getBoundingClientRect().height > 263 / 25.4 * 96)"
            ".map(e => e.id || e.innerText.slice(0, 40))"
        )
        assert too_large == []
    info = subprocess.run(["pdfinfo", str(tmp_path / "page.pdf")], capture_output=True, text=True, check=True).stdout
    assert "A4" in info
    text = subprocess.run(["pdftotext", "-layout", str(tmp_path / "page.pdf"), "-"], capture_output=True, text=True, check=True).stdout
    assert "84.63" in text.split("\f")[0]
    assert int(re.search(r"Pages:\s+(\d+)", info)[1]) <= 10  # type: ignore[index]
    assert "一、基本情况" in text.split("\f")[1] or "1. Profile" in text.split("\f")[1]  # the first page is one sheet
    assert not re.search("附录|Appendix", text)


def test_an_address_opens_what_it_leads_to_and_the_scoring_table_can_be_narrowed(browser: Browser, pages: dict[Lang, Path]) -> None:
    with Opened(browser, pages["zh"], width=390) as opened:
        page = opened.page
        assert not page.locator("#i-quality").is_visible()
        page.goto(f"{pages['zh'].as_uri()}#i-quality")
        assert page.locator("#i-quality").is_visible()
        page.goto(f"{pages['zh'].as_uri()}#p-3.2")
        assert page.locator("[id='p-3.2']").is_visible()
        shown = {}
        for kind in ("all", "lost", "missed", "judged"):
            page.check(f"input[value={kind}]")
            shown[kind] = page.locator("article.indicator:visible").count()
            assert page.locator("tr.one:visible").count() == shown[kind]
        e = evaluate_year(DATA, "hrss", 2023).evaluation
        assert shown["all"] == len(e.indicators)
        assert shown["lost"] == sum(i.lost > 0 for i in e.indicators)
        assert shown["missed"] == sum(t.met is False for t in e.targets)
        assert shown["judged"] == sum(i.method == "judged" or bool(i.judgements) for i in e.indicators)


@pytest.mark.parametrize("lang", LANGS)
def test_hostile_text_is_shown_and_never_run(browser: Browser, copy: Copy, tmp_path: Path, lang: Lang) -> None:
    assert poison(copy.year) > 300
    file = run_report("hrss", 2023, data=copy.folder, out=tmp_path / "out", lang=lang, engine=fast_engine()).page
    with Opened(browser, file) as opened:
        page = opened.page
        dialogs: list[str] = []
        page.on("dialog", lambda d: dialogs.append(d.message))
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert (dialogs, opened.said, [u for u in opened.asked if not u.startswith(("file:", "data:"))]) == ([], [], [])
        assert page.evaluate("document.querySelectorAll('script,iframe,base,object,embed,main meta,main img,main svg svg').length") == 0
        assert (
            page.evaluate("[...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => /^on/i.test(a.name))).length") == 0
        )
        leads = page.evaluate("[...document.links].map(a => a.getAttribute('href')).filter(to => !to.startsWith('#'))")
        assert all(re.fullmatch(r"hrss\.(evaluation\.json|data/\w+\.csv)", to) for to in leads), "what stands beside it, in the head"
        assert page.locator("main").inner_text().count("<script>alert(1)</script>") > 100
        assert "7*7" in page.locator("main").inner_text()
        assert page.evaluate("document.querySelectorAll('h1').length") == 1
        assert "84.63" in page.locator(".headline").inner_text()
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_ten_thousand_characters_keep_the_page_whole(browser: Browser, copy: Copy, tmp_path: Path) -> None:
    copy.set("findings", {"finding": "2"}, "title", "长" * 10_000)
    copy.set("own_indicators", {"indicator": "urban_new_jobs"}, "name", "W" * 10_000)
    file = run_report("hrss", 2023, data=copy.folder, out=tmp_path / "out", engine=fast_engine()).page
    for width in (360, 1280):
        with Opened(browser, file, width) as opened:
            assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
            assert "长" * 10_000 in opened.page.locator("#findings").inner_text()


@pytest.mark.parametrize("lang", LANGS)
def test_no_text_of_the_kit_is_left_untranslated(browser: Browser, pages: dict[Lang, Path], lang: Lang) -> None:
    with Opened(browser, pages[lang]) as opened:
        opened.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        opened.page.evaluate("document.querySelectorAll('.code, .id, .sums, [hreflang]').forEach(e => e.remove())")
        if lang == "zh":  # names of the kit, of its files and of authors are all that is not Chinese
            found = set(re.findall(r"[A-Za-z]{2,}", opened.page.locator("main").inner_text()))
            assert found <= {"evallib", "xundian", "department", "SHA", "SYB", "TY", "Wilson", "Newcombe", "CSV", "JSON"}
            return
        record = load_year(DATA, "hrss", 2023).record
        rows = [getattr(record, name) for name in type(record).model_fields]
        data = "\n".join(str(value) for table in rows if isinstance(table, tuple) for row in table for value in row.__dict__.values())
        chinese = opened.page.evaluate("[...document.querySelectorAll('[lang=zh]')].map(e => e.textContent)")
        assert [text for text in chinese if text not in data and not re.fullmatch(r"财预〔2013〕53号", text)] == []
        opened.page.evaluate("document.querySelectorAll('[lang=zh]').forEach(e => e.remove())")
        assert re.findall(r"[\u4e00-\u9fff]+", opened.page.locator("body").inner_text()) == []
