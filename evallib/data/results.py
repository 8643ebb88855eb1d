"""Evaluations read back from `evaluation.json`, of this version and of 1.0."""

from __future__ import annotations

import json
from typing import Any

from evallib.data.rulebook import shipped_catalogue
from evallib.data.upgrade_v1 import BUILDS_ON, framework_v2, record_v2
from evallib.model.assemble import assemble
from evallib.model.evaluation import Evaluation
from evallib.model.framework import Framework
from evallib.model.record import Record
from evallib.score.scoring import evaluate


def read_evaluation(text: str) -> Evaluation:
    """The evaluation that an `evaluation.json` holds. One that version 1.0 wrote is scored again from the framework and record in it.

    Raises ValueError where the text is no evaluation, or of a later format.
    """
    document = json.loads(text)
    if not isinstance(document, dict) or document.get("format") not in (1, 2):
        raise ValueError("not an evaluation of format 1 or 2")
    return _scored_again(document) if document["format"] == 1 else Evaluation.from_json(text)


def _scored_again(document: dict[str, Any]) -> Evaluation:
    """An evaluation of version 1.0, which knew no change of nothing against nothing."""
    record = Record.model_validate(record_v2(document["record"], document["framework"].get("bases", {})))
    part = shipped_catalogue(BUILDS_ON, record.year).part
    formulas = tuple(formula.model_copy(update={"zero": ""}) for formula in part.formulas)
    catalogue, _ = assemble([(BUILDS_ON, part.model_copy(update={"formulas": formulas}))], record.year)
    framework = Framework.model_validate(framework_v2(document["framework"]))
    return evaluate(framework.model_copy(update={"catalogue": catalogue}), record)
