"""The desk as a page of its own, without JupyterLab's frame and without code. The only place that knows Voilà, which may be missing."""

from __future__ import annotations

import os
import secrets
import socket
import webbrowser
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlparse

from evallib.kit import TEMPLATES
from evallib.model.words import Lang
from evallib.runs.lab import LARGEST_MESSAGE, environment
from evallib.say.refusals import refused

_HERE = "127.0.0.1"
_POLICY = "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'; frame-ancestors 'none'"
"""What the page may ask for: nothing of another machine."""


def open_desk(
    notebook: Path, *, data: Path, out: Path, lang: Lang, port: int = 0, browser: bool = True, heard: Callable[[str], None] = print
) -> None:
    """Show what a notebook shows in the browser, and stay until it is stopped; `heard` is told the address, with its token.

    The server listens on this machine only, asks for a token, shows this notebook and nothing else, serves no file, and answers no
    page of another origin. No file of settings is read.

    Raises InputRefused where Voilà is not installed.
    """
    try:
        from tornado.web import HTTPError
        from traitlets.config import Config
        from voila.app import Voila
    except ImportError:
        raise refused("command.no_desk", "voila") from None

    def closed(kind: type[Any]) -> type[Any]:
        """A handler that answers only what is asked of this machine by its own pages."""

        class Closed(kind):  # type: ignore[misc]  # it is known only here
            def prepare(self) -> Any:
                host, origin = self.request.headers.get("Host", ""), self.request.headers.get("Origin")
                if host.partition(":")[0] != _HERE or (origin is not None and urlparse(origin).netloc != host):
                    raise HTTPError(403)
                return super().prepare()

        return Closed

    class Desk(Voila):  # type: ignore[misc]  # it has no types
        def init_handlers(self) -> list[Any]:
            return [(path, closed(kind), *more) for path, kind, *more in super().init_handlers()]

        def launch_browser(self) -> None:
            address = f"{self.connection_url}?token={self.token}"
            heard(address)
            if browser:  # by a file that nobody else can read: what a program is started with, others can see
                page = Path(self.connection_dir) / "open.html"
                page.write_text(f'<meta http-equiv="refresh" content="0;url={address}">', encoding="utf-8")
                Thread(target=webbrowser.open, args=(page.as_uri(),), daemon=True).start()

    settings = Config()
    settings.Voila.update(ip=_HERE, port=port or _free_port(), token=secrets.token_hex(24), config_file_paths=[], log_level="ERROR")
    settings.Voila.tornado_settings = {"websocket_max_message_size": LARGEST_MESSAGE, "headers": {"Content-Security-Policy": _POLICY}}
    settings.VoilaConfiguration.update(template="evallib", file_allowlist=[], file_denylist=[".*"], show_tracebacks=False)
    os.environ |= environment(data, out, lang)
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, (str(TEMPLATES), os.environ.get("JUPYTER_PATH"))))
    desk = Desk(config=settings)
    desk.initialize([str(notebook.resolve())])
    desk.start()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HERE, 0))
        return int(probe.getsockname()[1])
