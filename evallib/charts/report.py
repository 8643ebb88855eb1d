"""The charts of an evaluation: an Evaluation in, a Chart out, its title, alternative text and table from the same numbers. Pure.

Notation: the actual is solid, what was planned is outlined, last year is lighter, a variance is signed from a zero line
(International Business Communication Standards, IBCS); targets are bullet graphs (Stephen Few). Colour never stands alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from evallib.charts.budget import budget_bridge_chart, budget_variance_chart
from evallib.charts.drawing import Chart
from evallib.charts.points import dimension_chart, points_bridge_chart, points_chart
from evallib.charts.targets import target_completion_chart
from evallib.model.evaluation import Evaluation
from evallib.model.words import Lang
from evallib.say.sentences import sentence

CHARTS: dict[str, Callable[..., Chart]] = {
    "points_bridge": points_bridge_chart,
    "budget_bridge": budget_bridge_chart,
    "budget_variance": budget_variance_chart,
    "dimensions": dimension_chart,
    "points": points_chart,
    "targets": target_completion_chart,
}
"""Every chart of the report by its name, in the order of the report."""


_ON_LAST_YEAR = ("budget_variance", "targets")


def draw(name: str, evaluation: Evaluation, lang: Lang, previous: Evaluation | None = None) -> Chart:
    """A chart by its name, with what is known of last year; that of a draft says so."""
    chart = CHARTS[name](evaluation, lang, *([previous] if name in _ON_LAST_YEAR else []))
    return replace(chart, title=sentence("draft.titled", title=chart.title)[lang]) if evaluation.draft else chart
