"""JupyterLab for the tests: started by `evallib lab` on loopback, with no settings of whoever runs the tests, driven by its menus."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, expect

from evallib.data.working_folder import lay_out

TOKEN = "desk"
WAIT = 60_000  # milliseconds; a machine may be busy
KNOWN_NOISE: tuple[str, ...] = ()
"""What JupyterLab itself may say on the console: nothing, with the versions in constraints.txt. A text needs its reason here."""


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab, started by `evallib lab` inside a working folder, on data in another place."""

    url: str
    root: Path


@dataclass
class Watched:
    """A tab of the browser, with everything that it asked for, and what went wrong in it."""

    page: Page
    lab: Lab
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", lambda r: self.asked.append(r.url))
        self.page.on("websocket", lambda w: self.asked.append(w.url))
        self.page.on("console", lambda m: self.said.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self.said.append(str(e)))

    def wrong(self) -> tuple[list[str], list[str]]:
        """What was asked of another machine, and what was said that is not known."""
        url = self.lab.url
        outside = [asked for asked in self.asked if not asked.startswith((url, url.replace("http", "ws"), f"blob:{url}", "data:"))]
        return outside, [text for text in self.said if not any(known in text for known in KNOWN_NOISE)]


def opened(browser: Browser, lab: Lab, notebook: str) -> Watched:
    """A notebook in a tab of its own."""
    watched = Watched(browser.new_page(viewport={"width": 1366, "height": 768}), lab)
    watched.page.goto(f"{lab.url}/lab/tree/{notebook}?token={TOKEN}&reset")
    return watched


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(folder: Path, data: Path, lang: str) -> Iterator[Lab]:
    """JupyterLab in a working folder that is laid out in `folder`."""
    root, own, port = folder / "project", folder / "jupyter", _free_port()
    lay_out(root)
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
    with (folder / "lab.log").open("wb") as log:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "evallib",
                "lab",
                "--data",
                os.path.relpath(data, root / "notebooks"),
                "--out",
                "../made",
                "--lang",
                lang,
                *options,
            ],
            cwd=root / "notebooks",
            env=env,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_for(url, process)
            yield Lab(url, root)
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
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
