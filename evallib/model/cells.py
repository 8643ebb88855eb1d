"""Cells of a notebook as text: what one sets. Nothing is run, and no file is opened."""

from __future__ import annotations

import ast
import re
from typing import Any

_ASSIGNED = re.compile(r"^(\w+)\s*(?::[^=]*)?=(?!=)", re.MULTILINE)


def assigned(source: str) -> dict[str, Any]:
    """The names that a cell of parameters sets, each with its value where that is a literal, else None.

    >>> assigned('department: str = "hrss"  # code\\nyear = 2023\\nx = f()\\nif year == 2024: pass')
    {'department': 'hrss', 'year': 2023, 'x': None}
    """
    try:
        lines = ast.parse(source).body
    except (SyntaxError, ValueError):  # a cell may hold what only the notebook understands
        return dict.fromkeys(_ASSIGNED.findall(source))
    found: dict[str, Any] = {}
    for line in lines:
        targets = line.targets if isinstance(line, ast.Assign) else [line.target] if isinstance(line, ast.AnnAssign) else []
        literal = getattr(getattr(line, "value", None), "value", None)
        found |= {target.id: literal for target in targets if isinstance(target, ast.Name)}
    return found
