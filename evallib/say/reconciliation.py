"""How it is told that published figures agree with an evaluation, and what each agreement is worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import get_args

from evallib.model.words import Words
from evallib.say.sentences import sentence, sentences
from evallib.score.reconcile import Kind, Reconciled, Verdict

KINDS = sentences("reconciliation.kinds")
"""How a number came about, in a word."""
WORTH = sentences("reconciliation.worth")
"""What an agreement with it says."""


def counted(rows: Iterable[Reconciled]) -> Words:
    """How many figures agree, and of those how many were computed, typed and fitted; how many do not.

    >>> from pathlib import Path
    >>> from evallib.data.years import evaluate_year
    >>> from evallib.score.reconcile import reconcile
    >>> counted(reconcile(evaluate_year(Path("data"), "hrss", 2023).evaluation))["en"].partition(", 0")[0]
    '157 figures: 151 agree (75 computed, 60 typed, 16 fitted)'
    """
    seen = tuple(rows)
    counts = dict.fromkeys((*get_args(Verdict), *get_args(Kind)), 0)
    counts |= Counter(r.verdict for r in seen) | Counter(r.kind for r in seen if r.verdict == "agrees" and r.kind)
    return sentence("reconciliation.counted", all=len(seen), **counts)


def verdict(row: Reconciled) -> Words:
    """Whether a figure agrees, and how the number beside it came about."""
    said = sentence(f"reconciliation.verdicts.{row.verdict}")
    return sentence("reconciliation.verdict", verdict=said, kind=KINDS[row.kind]) if row.kind else said


def worth(row: Reconciled) -> Words:
    """What an agreement is worth; why a figure does not agree."""
    return WORTH[row.kind] if row.verdict == "agrees" and row.kind else row.reason
