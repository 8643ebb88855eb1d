"""The report notebook and the guide in JupyterLab, in a real browser: Run All, the export menu, a refusal; nothing leaves the machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.browser import CHROMIUM, Opened, launched
from tests.browser.lab import WAIT, Lab, opened, run_all, started
from tests.conftest import DATA

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: install the package chromium")

STDERR, ERROR = (f'[data-mime-type="application/vnd.jupyter.{kind}"]' for kind in ("stderr", "error"))


WIDER = """() => {
    const pane = document.querySelector(".jp-WindowedPanel-outer").getBoundingClientRect().right
    return [...document.querySelectorAll(".jp-OutputArea-output *")].map(e => e.getBoundingClientRect().right - pane).filter(w => w > 1)
}"""
"""By how much what the cells show is wider than there is room for."""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One JupyterLab for this file; notebooks find the data folder by its mark, beside their own."""
    folder = tmp_path_factory.mktemp("lab")
    with started(folder, DATA, "zh") as lab:
        yield lab


@pytest.fixture(scope="module")
def browser(lab: Lab) -> Iterator[Browser]:
    with launched() as browser:
        yield browser


def copied(lab: Lab, notebook: str, name: str, *changed: tuple[str, str]) -> str:
    """A copy of a notebook of the working folder that names the example's data, with something changed in it; its place there."""
    text = (lab.root / "notebooks" / notebook).read_text(encoding="utf-8")
    for pair in (('data: str = "data"', f'data: str = "{DATA}"'), *changed):
        old, new = (json.dumps(one, ensure_ascii=False)[1:-1] for one in pair)
        assert text.count(old) == 1
        text = text.replace(old, new)
    (lab.root / "notebooks" / f"{name}.ipynb").write_text(text, encoding="utf-8")
    return f"notebooks/{name}.ipynb"


def ran(page: Page) -> Locator:
    """All run, by the menu, and what the last cell shows: it has a number only once all before it have one, or none where one failed."""
    run_all(page)
    page.wait_for_function("() => ![...document.querySelectorAll('.jp-InputPrompt')].some(e => e.textContent.includes('*'))", timeout=WAIT)
    expect(page.locator("#jp-main-statusbar").get_by_text("| Idle")).to_be_visible(timeout=WAIT)
    return page.locator(".jp-CodeCell").last.locator(".jp-OutputArea-output")


def change(page: Page, line: str, becomes: str) -> None:
    """Type another line in the place of one."""
    place = page.locator(".cm-line").filter(has_text=line)
    place.scroll_into_view_if_needed()
    place.click()
    page.keyboard.press("End")
    page.keyboard.press("Shift+Home")
    page.keyboard.insert_text(becomes)


def exported(page: Page, file: Path) -> str:
    """Save the page that the export menu makes; gives the name that it has."""
    page.get_by_role("menuitem", name="File", exact=True).click()
    page.locator('.lm-Menu-itemLabel:text-is("Save and Export Notebook As")').hover()
    with page.expect_download(timeout=WAIT) as download:
        page.locator('.lm-Menu-itemLabel:text-is("Evaluation_report")').click()
    download.value.save_as(file)
    return download.value.suggested_filename


def test_the_report_from_run_all_to_the_exported_page_and_a_year_that_is_refused(lab: Lab, browser: Browser, tmp_path: Path) -> None:
    own = ("r.section.practices", "import matplotlib.pyplot as plt\n\nplt.bar(['预算', '支出'], [3, 2])\nplt.title('我的图');")
    watched = opened(browser, lab, copied(lab, "department_report.ipynb", "mine", own))
    page = watched.page
    last = ran(page)
    expect(last).to_contain_text("本页的评价：寻甸回族彝族自治县人力资源和社会保障局 2023 年", timeout=WAIT)
    assert page.locator(STDERR).all_text_contents() == []  # the own picture draws Chinese
    assert exported(page, tmp_path / "report.html") == "mine.hrss-2023.html"
    with Opened(browser, tmp_path / "report.html", 1100) as report:
        expect(report.page.locator("h1")).to_contain_text("2023 年度绩效评价")
        expect(report.page.locator("#targets")).to_be_visible()
        expect(report.page.locator("figure.own img")).to_have_count(1)
        assert report.page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
        assert (report.asked, report.said) == ([(tmp_path / "report.html").as_uri()], [])

    change(page, "year: int = 2023", "year: int = 2019")
    last = ran(page)
    why = "hrss 没有列出 2019 年。处理：列出的年度：2023"
    expect(last).to_contain_text(why, timeout=WAIT)
    expect(last).to_contain_text("the year 2019 is not listed for hrss")
    expect(last).not_to_contain_text("Traceback")
    begun = page.locator(".jp-CodeCell").filter(has_text="ev.begin(").locator(".jp-OutputArea-output")
    begun.scroll_into_view_if_needed()
    expect(begun).to_contain_text("数据或参数不能用：1 处")
    expect(begun).to_contain_text(why)
    assert watched.wrong() == ([], [])
    page.close()


def test_the_guide_runs_in_chinese_and_in_english(lab: Lab, browser: Browser) -> None:
    watched = opened(browser, lab, copied(lab, "guide/1_first_look.ipynb", "first"))
    page = watched.page
    for said in ("本页的评价：", "The evaluation of this page: "):
        expect(ran(page)).to_contain_text(said, timeout=WAIT)
        assert page.locator(f"{STDERR}, {ERROR}").all_text_contents() == []
        assert page.evaluate(WIDER) == []
        if said.startswith("本页"):
            change(page, 'lang: str = "zh"', 'lang: str = "en"')
    assert watched.wrong() == ([], [])
    page.close()
