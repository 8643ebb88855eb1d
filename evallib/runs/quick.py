"""nbformat without what it never uses: a library behind it builds a grammar of web addresses for a second, in every process."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

_GRAMMAR = "rfc3987_syntax"

if "jsonschema" not in sys.modules and _GRAMMAR not in sys.modules:
    sys.modules[_GRAMMAR] = None  # type: ignore[assignment]
    try:
        import_module("jsonschema")  # which does without it where it is not there
    finally:
        del sys.modules[_GRAMMAR]

nbformat: Any = import_module("nbformat")
