"""The analyst's desk in JupyterLab, in a real browser: from Run All to the open report and Run All again; nothing leaves the machine."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.browser import CHROMIUM, launched
from tests.browser.lab import WAIT, Lab, opened, run_all, started
from tests.conftest import DATA, ROOT

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: install the package chromium")


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    shutil.copytree(DATA, tmp_path / "elsewhere")
    with started(tmp_path, tmp_path / "elsewhere", "en") as lab:
        yield lab


WIDER = """() => {
    const pane = document.querySelector(".jp-WindowedPanel-outer").getBoundingClientRect().right
    const wide = [...document.querySelectorAll(".evallib-root *")].filter(e => e.offsetWidth && !e.closest(".scroll"))
    return [document.documentElement.scrollWidth - innerWidth, ...wide.map(e => e.getBoundingClientRect().right - pane).filter(w => w > 1)]
}"""
"""By how much the window, and what of the desk, is wider than there is room for; a wide table scrolls in its own frame."""


def in_sight(page: Page, element: Locator) -> bool:
    """Whether the notebook's pane shows an element, and nothing lies over it."""
    inside = """e => {
        const r = e.getBoundingClientRect(), top = document.elementFromPoint(r.left + 2, r.top + r.height / 2)
        return e === top || e.contains(top)
    }"""
    return bool(element.evaluate(inside))


def test_the_desk_from_run_all_to_the_open_report(lab: Lab) -> None:
    with launched() as browser:
        watched = opened(browser, lab, "notebooks/explore.ipynb")
        page = watched.page
        run_all(page)

        assert page.get_by_text("Would you like to get notified").count() == 0
        headline = page.locator(".evallib-root #desk-headline")
        expect(headline).to_contain_text("short of Excellent", timeout=WAIT)
        expect(page.locator("[class^=evallib-static]")).to_be_hidden()  # the widgets stand in its place
        assert page.evaluate(WIDER) == [0]

        page.get_by_role("tab", name="Look closer and change").click()
        lists = page.locator(".jupyter-widget-tab select")
        lists.nth(0).select_option(label="Output\u300031.18 / 32.00")
        lists.nth(2).select_option(label="Quality rate\u30009.18 / 10.00")
        fact = page.locator(".evallib-box").filter(has_text="recorded: 91.75")
        expect(fact).to_have_count(1, timeout=WAIT)
        for key, text, becomes in (("Enter", "much", ""), ("Enter", "１００分", "85.45"), ("Tab", "91.75", "84.63")):
            fact.locator("input").click()
            page.keyboard.press("Control+A")
            page.keyboard.type(text)
            page.keyboard.press(key)
            if becomes:
                expect(page.locator(".evallib-sum")).to_contain_text(becomes, timeout=WAIT)  # 10 of 10 points instead of 9.18
            else:
                expect(fact.get_by_role("alert")).to_contain_text("Is not a number", timeout=WAIT)
        fact.locator("input").fill("100")
        fact.locator("input").press("Enter")
        total = page.locator(".evallib-sum .widget-html")
        expect(total).to_have_text("Total 85.45, Good (recorded 84.63, Good)", timeout=WAIT)
        expect(headline).to_contain_text("Recorded: 84.63")
        for width in (1366, 1100):
            page.set_viewport_size({"width": width, "height": 768})
            page.locator(".evallib-box input").last.scroll_into_view_if_needed()
            assert (in_sight(page, page.locator(".evallib-box input").last), in_sight(page, total)) == (True, True)
            assert page.evaluate(WIDER) == [0]

        page.get_by_role("button", name="中文").click()
        expect(page.get_by_role("tab", name="逐级查看与改动")).to_have_attribute("aria-selected", "true", timeout=WAIT)
        expect(page.locator(".evallib-box").filter(has_text="登记：91.75").locator("input")).to_have_value("100")
        expect(page.get_by_role("combobox", name="部门", exact=True)).to_have_value("寻甸回族彝族自治县人力资源和社会保障局")
        page.get_by_role("button", name="English").click()

        page.get_by_role("tab", name="Scenarios").click()
        page.get_by_placeholder("name of the scenario").fill("quality")
        page.get_by_placeholder("name of the scenario").press("Enter")
        kept = page.locator("#desk-scenarios").get_by_role("row", name="quality")
        expect(kept).to_contain_text("85.45", timeout=WAIT)

        page.get_by_role("tab", name="Next grade").click()
        page.get_by_role("button", name="Try these steps").click()
        expect(headline).to_contain_text("another grade", timeout=WAIT)
        expect(headline.locator(".grade")).to_have_text("Excellent")
        page.get_by_role("button", name="Undo all").click()
        expect(headline).to_contain_text("The recorded score", timeout=WAIT)

        run_all(page)
        expect(page.get_by_role("tab", name="Overview")).to_have_attribute("aria-selected", "true", timeout=WAIT)
        page.get_by_role("tab", name="Scenarios").click()
        expect(kept).to_contain_text("85.45", timeout=WAIT)

        page.keyboard.press("Control+S")
        expect(page.locator(".jp-mod-dirty")).to_have_count(0, timeout=WAIT)
        assert (lab.root / "notebooks" / "explore.ipynb").read_bytes() == (ROOT / "notebooks" / "explore.ipynb").read_bytes()

        page.get_by_role("tab", name="Make the report").click()
        page.get_by_role("button", name="Make the report for this choice").click()
        page.get_by_role("link", name="Open the report").click(timeout=WAIT)
        expect(page.frame_locator("iframe").locator("h1")).to_contain_text("performance in 2023", timeout=WAIT)
        assert (lab.root / "made" / "2023" / "hrss.en.html").is_file()

        assert watched.wrong() == ([], [])
