"""`evallib desk` in a real browser: from the form that a bureau has to its draft and its page; nothing leaves the machine."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from playwright.sync_api import expect

from evallib.data.working_folder import lay_out
from evallib.model.words import Lang
from evallib.say.sentences import sentence
from tests.browser.browser import CHROMIUM, launched
from tests.browser.lab import WAIT
from tests.desk.voila import alone
from tests.forms.forestry import BUREAU, YEAR, lines, write_xlsx

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: install the package chromium"),
    pytest.mark.skipif(importlib.util.find_spec("voila") is None, reason="Voilà is not installed: pip install 'evallib[desk]'"),
]


def test_from_the_form_to_its_draft_and_its_page(tmp_path: Path) -> None:
    from_form_to_page(tmp_path, "zh")


def from_form_to_page(tmp_path: Path, lang: Lang) -> None:
    """Drive the desk in a language; in English it is a long trial."""

    def said(of: str, /, **given: str) -> str:
        return sentence(f"desk.{of}", **given)[lang]

    form = write_xlsx(tmp_path / "自评表.xlsx", lines())
    with alone(lay_out(tmp_path / "county", lang)) as desk, launched() as browser:
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        asked, wrong = list[str](), list[str]()
        page.on("request", lambda r: asked.append(r.url))
        page.on("websocket", lambda w: asked.append(w.url))
        page.on("console", lambda m: wrong.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda e: wrong.append(str(e)))
        page.goto(f"{desk.url}?token={desk.token}")

        expect(page.get_by_role("tab", name=said("tab.data"))).to_be_visible(timeout=WAIT)
        expect(page.get_by_role("tab", name=said("tab.overview"))).to_be_hidden()  # nothing is there yet
        assert page.locator(".jp-InputArea, pre").count() == 0
        with page.expect_file_chooser() as chosen:
            page.get_by_role("button", name=said("data.upload")).click()
        chosen.value.set_files(form)
        read = page.locator("#desk-taken")
        expect(read).to_contain_text("每亩造林成本", timeout=WAIT)
        expect(read).to_contain_text("D14")
        page.get_by_role("button", name=said("data.take")).click()
        expect(page.get_by_label(said("department"), exact=True).first).to_have_value(BUREAU, timeout=WAIT)
        expect(page.get_by_role("tab", name=said("tab.overview"))).to_be_visible()

        for name, ending in (("marked", ".xlsx"), ("draft", f" {said('data.of_draft')}.html"), ("page", ".html")):
            page.get_by_role("button", name=said(f"data.{name}")).click()
            file = f"{BUREAU} {YEAR}{ending}"
            with page.expect_download(timeout=WAIT) as got:
                page.get_by_role("link", name=said("data.save", name=file)).click(timeout=WAIT)
            assert got.value.suggested_filename == file
            if ending.endswith("html"):
                text = got.value.path().read_text(encoding="utf-8")
                assert BUREAU in text
                assert "<h1" in text
        assert [one for one in asked if not one.startswith((desk.url, desk.url.replace("http", "ws"), "blob:", "data:"))] == []
        assert wrong == []
