"""The real year under frameworks of other shapes: without points, without anything of the budget."""

from __future__ import annotations

from decimal import Decimal

from evallib.model.assemble import assemble
from evallib.model.entries import Part
from evallib.model.evaluation import Evaluation
from evallib.score.scoring import evaluate

ZERO = Decimal(0)


def without_points(evaluation: Evaluation) -> Evaluation:
    """Scored anew by a framework that gives no points and no grades: all is measured and shown."""
    framework = evaluation.framework
    update = {
        part: tuple(one.model_copy(update={"points": ZERO}) for one in getattr(framework, part))
        for part in ("dimensions", "groups", "indicators")
    }
    record = evaluation.record
    own = tuple(o.model_copy(update={"points": None}) for o in record.own_indicators)
    unscored = tuple(j for j in record.judgements if j.score is None)
    bare = framework.model_copy(update={**update, "points": ZERO, "grades": ()})
    return evaluate(bare, record.model_copy(update={"own_indicators": own, "judgements": unscored, "self_evaluation": ()}))


def without_catalogue(evaluation: Evaluation) -> Evaluation:
    """Scored anew by a framework that knows no fact, no formula and no table."""
    kept = ("currencies", "periods", "units", "scales", "alike")
    part = Part(**{kind: getattr(evaluation.catalogue.part, kind) for kind in kept})
    catalogue, _ = assemble([("units", part)], evaluation.record.year)
    indicators = tuple(i.model_copy(update={"value": ""}) for i in evaluation.framework.indicators)
    own = tuple(o.model_copy(update={"formula": ""}) for o in evaluation.record.own_indicators)
    record = evaluation.record.model_copy(update={"facts": (), "own_indicators": own})
    return evaluate(evaluation.framework.model_copy(update={"indicators": indicators, "catalogue": catalogue}), record)
