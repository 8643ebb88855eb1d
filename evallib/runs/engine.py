"""Which papermill engine makes many reports fast, and what a process imports for it beforehand. Knows no notebook."""

from __future__ import annotations

import os
import sys
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points

NAME = "evallib"


@cache
def fast_engine() -> str | None:
    """The name of the engine that forks a warm process; None (papermill's own) where the system cannot fork safely."""
    installed = any(entry.name == NAME for entry in entry_points(group="papermill.engine"))
    return NAME if installed and hasattr(os, "fork") and sys.platform != "darwin" else None


MODULES = (
    "papermill.engines",
    "papermill.execute",
    "ipykernel.inprocess.manager",
    "evallib.pages.exporter",
    "evallib.pages.overview",
    "evallib.pages.comparison",
    "evallib.pages.monitoring",
    "evallib.pages.report",
)
"""What every page needs, papermill first: it finds our engine while it is imported."""


@cache
def warm_up() -> None:
    """Import and compile now what every page needs, so that each fork starts with it."""
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")  # else the kernel's debugger writes a remark at every start
    for module in MODULES:
        import_module(module)
    from evallib.pages.comparison import YearComparison
    from evallib.pages.monitoring import Monitoring
    from evallib.pages.overview import CountyOverview
    from evallib.pages.rendering import warm_fonts
    from evallib.pages.report import Report

    for page in (Report, YearComparison, CountyOverview, Monitoring):
        page.prepare()
    warm_fonts()
