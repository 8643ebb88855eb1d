"""The gallery's first page: every link of it is made by a command; a link that leads nowhere is found."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from evallib.demo.county import make_demo
from evallib.model.words import LANGS
from tests.browser.browser import CHROMIUM, Opened, barriers, launched
from tests.browser.gallery import CORRECTED, YEAR, dead_links, write_first_page


def laid_out(folder: Path) -> Path:
    """A gallery of empty files."""
    for lang in ("", ".en"):
        for name in ("html", "xlsx", "ipynb"):
            (folder / "example/2023").mkdir(parents=True, exist_ok=True)
            (folder / f"example/2023/hrss{lang}.{name}").touch()
    (folder / "example/2023/hrss.evaluation.json").touch()
    write_first_page(folder)
    return folder


def test_the_pages_lead_to_all_files_of_the_example_and_to_each_other(tmp_path: Path) -> None:
    folder = laid_out(tmp_path)
    lost = {line.partition(": ")[2] for line in dead_links(folder)}
    assert {link.partition("/")[0] for link in lost} == {"county"}
    for name, other, workbook in (("index.html", "index.en.html", "hrss.xlsx"), ("index.en.html", "index.html", "hrss.en.xlsx")):
        links = re.findall('href="([^"]*)"', (folder / name).read_text(encoding="utf-8"))
        assert {other, f"example/2023/{workbook}", "example/2023/hrss.evaluation.json"} <= {*links}
    assert not [link for link in links if link.endswith(("hrss.xlsx", "hrss.ipynb"))]


def test_what_it_shows_of_the_county_can_be_used(tmp_path: Path) -> None:
    county = make_demo(tmp_path / "county", departments=9, first_year=YEAR - 2, last_year=YEAR)
    for code in ("education", "school_meals", "transport", CORRECTED):
        assert (code, YEAR) in county.usable
    judged = county.data / "departments" / CORRECTED / str(YEAR) / "judgements.csv"
    assert ",not_met," in judged.read_text(encoding="utf-8")


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: install the package chromium")
def test_nobody_is_kept_out(tmp_path: Path) -> None:
    folder = laid_out(tmp_path)
    with launched() as browser:
        for lang in LANGS:
            for width in (390, 1100):
                opened = Opened(browser, folder / ("index.html" if lang == "zh" else "index.en.html"), width)
                assert barriers(opened.page) == []
                assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
