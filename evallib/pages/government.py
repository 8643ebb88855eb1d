"""What the overview shows of a whole government's budget. Its words live in `template/overview/government.html.j2`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from evallib.analysis.government import Government, head_table
from evallib.charts.drawing import Chart
from evallib.charts.government import CHARTS, scaled
from evallib.model.evaluation import Evaluation
from evallib.model.government_rows import KINDS
from evallib.model.units import Unit
from evallib.model.words import Lang

__all__ = ["CHARTS", "government_chart", "government_names", "has_government"]


def has_government(government: Government | None) -> bool:
    """Whether there is anything to show of it."""
    return government is not None and (government.latest is not None or government.basis == "file")


def government_chart(name: str, government: Government, evaluations: Sequence[Evaluation], lang: Lang, money: Unit | None) -> Chart:
    """A chart by its name; what is synthetic is marked so."""
    made_up = all(e.record.find_profile("synthetic", "zh") for e in evaluations)
    return CHARTS[name](government, lang, money, evaluations if government.basis == "departments" or made_up else ())


def government_names(government: Government, lang: Lang, money: Unit | None = None) -> dict[str, Any]:
    """What the template of the section sees; the currency's own unit is shown as a larger one, so that a line fits a page.

    >>> from pathlib import Path
    >>> from evallib.data.government import load_government
    >>> names = government_names(load_government(Path("data"), 2023), "zh")
    >>> names["unit"], str(names["factor"])
    ('万元', '10000')
    """
    factor, unit, places = scaled(government, [], lang, money)
    return {"government": government, "heads": head_table(government), "kinds": KINDS, "factor": factor, "unit": unit, "places": places}
