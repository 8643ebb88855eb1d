"""From the recorded scores of experts to a panel and its verdict. How a panel is judged is in `experts`."""

from __future__ import annotations

from evallib.methods.experts import Item, Judgement, Panel, PanelResult, judge
from evallib.model.evaluation import Evaluation
from evallib.model.framework import FinalRule


def judge_panel(evaluation: Evaluation) -> PanelResult | None:
    """What the experts gave, by the framework's rule for the final score; None where no expert's score is recorded.

    Raises InputRefused as `judge` does; `check_methods` says the same with the row.
    """
    panel = panel_of(evaluation.framework.experts, evaluation)
    return judge(panel) if panel else None


def panel_of(rule: FinalRule, evaluation: Evaluation) -> Panel | None:
    """The experts' scores of indicators in force, as `judge` takes them."""
    given = evaluation.record.expert_scores
    items = tuple(
        Item(id=i.id, name=i.name.zh, name_en=i.name.en, points=i.points)
        for i in evaluation.indicators
        if any(row.indicator == i.id for row in given)
    )
    if not items:
        return None
    judgements = tuple(Judgement(evaluator=r.expert, indicator=r.indicator, score=r.score, reason=r.reason) for r in given)
    return Panel(items=items, judgements=judgements, rule=rule, places=evaluation.framework.rounding.scores)
