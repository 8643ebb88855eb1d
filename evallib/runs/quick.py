"""nbformat without what it never uses: a library behind it builds a grammar of web addresses for a second, in every process."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any


def import_without(lacking: str, module: str) -> None:
    """Import a module that does without another where that is not there, as if it were not; others may still have it."""
    if module in sys.modules or lacking in sys.modules:
        return
    sys.modules[lacking] = None  # type: ignore[assignment]
    try:
        import_module(module)
    finally:
        del sys.modules[lacking]


import_without("rfc3987_syntax", "jsonschema")

nbformat: Any = import_module("nbformat")
