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


@cache
def warm_up() -> None:
    """Import and compile now what every report needs, so that each fork starts with it."""
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")  # else the kernel's debugger writes a remark at every start
    for module in ("ipykernel.inprocess.manager", "evallib.page", "evallib.years"):
        import_module(module)
    from evallib.sections import Report

    Report.prepare()
