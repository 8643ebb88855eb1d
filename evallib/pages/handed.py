"""Whose page an executed notebook is: the evaluation that it hands over."""

from __future__ import annotations

from typing import Any


def one_evaluation(nb: Any) -> dict[str, Any] | None:
    """The evaluation that a notebook hands over, else that of its sections; None where it says nothing of it."""
    outputs = [output for cell in nb.cells for output in cell.get("outputs", ())]
    marks = [mark for output in outputs if (mark := output.get("metadata", {}).get("evallib"))]
    for kind in ("report", "section"):
        for mark in marks:
            if mark.get("kind") == kind and mark.get("of"):
                return dict(mark["of"])
    return None
