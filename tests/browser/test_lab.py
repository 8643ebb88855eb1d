"""The analyst's desk in JupyterLab, in a real browser: from Run All to the open report and Run All again; nothing leaves the machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Locator, Page, expect

from evallib.data.working_folder import lay_out
from tests.browser.browser import CHROMIUM, launched
from tests.conftest import DATA, ROOT

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: install the package chromium")

TOKEN = "desk"
WAIT = 60_000  # milliseconds; a machine may be busy
KNOWN_NOISE: tuple[str, ...] = ()
"""What JupyterLab itself may say on the console: nothing, with the versions in constraints.txt. A text needs its reason here."""


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab, started by `evallib lab` inside a working folder, on the example's data in another place."""

    url: str
    root: Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    root, own, port = tmp_path / "project", tmp_path / "jupyter", free_port()
    lay_out(root)
    shutil.copytree(DATA, tmp_path / "elsewhere")
    places = {"CONFIG_DIR": "config", "DATA_DIR": "data", "RUNTIME_DIR": "runtime"}
    env = {
        **os.environ,
        **{f"JUPYTER_{name}": str(own / folder) for name, folder in places.items()},
        "JUPYTERLAB_SETTINGS_DIR": str(own / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(own / "workspaces"),
        "IPYTHONDIR": str(own / "ipython"),
    }
    options = [
        "--no-browser",
        "--allow-root",
        "--ip=127.0.0.1",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={TOKEN}",
        "--LabApp.collaborative=False",
    ]
    url = f"http://127.0.0.1:{port}"
    with (tmp_path / "lab.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "evallib", "lab", "--data", "../../elsewhere", "--out", "../made", "--lang", "en", *options],
            cwd=root / "notebooks",
            env=env,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_for(url, process)
            yield Lab(url, root)
        finally:
            process.terminate()
            process.wait(timeout=30)


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Until the server answers; it has stopped, or does not answer in a minute, and the test has failed."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert process.poll() is None, "JupyterLab stopped: see lab.log"
        try:
            with urlopen(f"{url}/api?token={TOKEN}", timeout=5):
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)  # between two questions whether it is there
    raise AssertionError("JupyterLab did not answer")


def run_all(page: Page) -> None:
    """Run all cells once the kernel is there, as a reader would: by the menu."""
    expect(page.locator("#jp-main-statusbar").get_by_text("| Idle")).to_be_visible(timeout=WAIT)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.locator('.lm-Menu-itemLabel:text-is("Run All Cells")').click()


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
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        asked: list[str] = []
        said: list[str] = []
        page.on("request", lambda r: asked.append(r.url))
        page.on("websocket", lambda w: asked.append(w.url))
        page.on("console", lambda m: said.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda e: said.append(str(e)))
        page.goto(f"{lab.url}/lab/tree/notebooks/explore.ipynb?token={TOKEN}&reset")
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
        expect(page.get_by_label("部门")).to_have_value("寻甸回族彝族自治县人力资源和社会保障局")
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

        outside = [url for url in asked if not url.startswith((lab.url, lab.url.replace("http", "ws"), f"blob:{lab.url}", "data:"))]
        assert (outside, [text for text in said if not any(known in text for known in KNOWN_NOISE)]) == ([], [])
