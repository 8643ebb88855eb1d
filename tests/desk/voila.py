"""The desk for the tests, as `evallib desk` starts it on loopback."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Alone:
    """A running desk: where, by which token, and its process."""

    url: str
    token: str
    process: subprocess.Popen[str]


@contextmanager
def alone(folder: Path, *options: str) -> Iterator[Alone]:
    """The desk started in a working folder, by Jupyter's settings of nobody."""
    own = folder.parent / "jupyter"
    env = {**os.environ, **{f"JUPYTER_{name}_DIR": str(own / name) for name in ("CONFIG", "DATA", "RUNTIME")}}
    env |= {"IPYTHONDIR": str(own / "ipython"), "PYTHONUNBUFFERED": "1", "JUPYTER_TOKEN": ""}
    command = [sys.executable, "-m", "evallib", "desk", "--no-browser", *options]
    with (folder.parent / "desk.log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=log, text=True, encoding="utf-8")
        try:
            assert process.stdout is not None
            found = next((m for line in process.stdout if (m := re.search(r"(http://\S+/)\?token=(\w+)", line))), None)
            assert found, (folder.parent / "desk.log").read_text()
            yield Alone(found[1], found[2], process)
        finally:
            process.terminate()
            process.communicate(timeout=30)


def asked(url: str, **headers: str) -> tuple[int, Mapping[str, str | None]]:
    """The status and the headers of an answer; nothing is followed, and a host may be claimed."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    try:
        connection.request("GET", f"{parts.path}?{parts.query}", headers=headers)
        answer = connection.getresponse()
        return answer.status, {"Access-Control-Allow-Origin": answer.getheader("Access-Control-Allow-Origin")}
    finally:
        connection.close()
