"""Which papermill engine makes many reports fast, and what a process imports for it beforehand. Knows no notebook."""

from __future__ import annotations

import os
import sys
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points

from evallib.say.sentences import read_all

NAME = "evallib"


given_up: list[str] = []
"""Why this process forks no more: what was wrong at a start."""


def fast_engine() -> str | None:
    """The name of the engine that forks a warm process; None (papermill's own) where the system cannot fork safely, or it failed."""
    return None if given_up else _forking()


@cache
def _forking() -> str | None:
    installed = any(entry.name == NAME for entry in entry_points(group="papermill.engine"))
    return NAME if installed and hasattr(os, "fork") and sys.platform != "darwin" else None


def silence() -> int:
    """For how many seconds a cell may run: half an hour, or what EVALLIB_CELL_SECONDS says.

    >>> silence()
    1800
    """
    asked = os.environ.get("EVALLIB_CELL_SECONDS", "")
    return int(asked) if asked.isdecimal() and int(asked) else 1800


_PAGES = {
    "overview": "CountyOverview",
    "comparison": "YearComparison",
    "monitoring": "Monitoring",
    "report": "Report",
}
MODULES = (
    "evallib.runs.quick",
    "papermill.engines",
    "papermill.execute",
    "ipykernel.inprocess.manager",
    "evallib.pages.exporter",
    *(f"evallib.pages.{module}" for module in _PAGES),
    "evallib.charts.plain",
    "evallib.door.page",
)
"""What pages need, papermill first of what is large: it finds our engine while it is imported."""


@cache
def warm_up() -> None:
    """Import and compile now what pages need, so that each fork starts with it."""
    for module in MODULES:
        import_module(module)
    for module, page in _PAGES.items():
        getattr(import_module(f"evallib.pages.{module}"), page).prepare()
    read_all()
    import_module("evallib.charts.fonts").chinese_font()  # looked for once, not in each fork
