"""Commands called in a fresh process that has loaded the libraries, which saves the start of an interpreter: what they call is called."""

from __future__ import annotations

import os
import sys
import traceback
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from evallib.pages.exporter import ReportExporter
from tests.conftest import ROOT


@dataclass(frozen=True)
class Done:
    """What became of a command: its status, all that it said, and the folder it was to write to."""

    status: int
    said: str
    out: Path

    @property
    def page(self) -> str:
        """The page: as it was made, or from the notebook that was made."""
        if pages := list(self.out.glob("*.html")):
            return pages[0].read_text(encoding="utf-8")
        exporter: Any = ReportExporter
        html, _ = exporter().from_filename(str(self.out / "made.ipynb"))
        return str(html)


def typed(cwd: Path, out: Path, words: list[str]) -> Done:
    """In a process of its own: call what a command calls."""
    out.mkdir(parents=True)
    log = out.with_suffix(".log")
    os.chdir(cwd)
    os.environ |= {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
    with log.open("w", encoding="utf-8") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
        sys.stdout = sys.stderr = file
        sys.argv, status = words, 0
        [command] = entry_points(group="console_scripts", name=words[0])
        try:
            command.load()()
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else int(bool(end.code))
        except BaseException:
            traceback.print_exc()
            status = 1
    return Done(status, log.read_text(encoding="utf-8"), out)
