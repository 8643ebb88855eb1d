"""How it is told what was corrected: from what to what, in which files, when and why."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from evallib.model.evaluation import Correction
from evallib.model.table_words import CHOICES
from evallib.model.words import Words, joined, listed, words
from evallib.say.numbers import plain
from evallib.say.sentences import sentence


def differences(correction: Correction) -> Words:
    """What two results differ in: total, indicators, files.

    >>> from evallib.model.evaluation import Difference
    >>> moved = Difference("total", Words("总分", "Total"), Decimal("84.63"), Decimal("87.32"))
    >>> differences(Correction("revision", "2026-03-01", "late invoices", moved, (), ("facts.csv",)))["en"]
    'Total 84.63 → 87.32; all scores are unchanged; other content has changed; files changed: facts.csv'
    """
    moved = [correction.total] if correction.total.before != correction.total.after else []
    parts = [one.name + words(f" {_points(one.before)} → {_points(one.after)}") for one in (*moved, *correction.indicators)]
    if not correction.indicators:
        parts.append(sentence("corrections.no_score"))
    if correction.files:
        parts.append(sentence("corrections.files", files=listed(correction.files)))
    return joined(parts)


def told(correction: Correction) -> Words:
    """A correction as the page begins with it; which files differ stands in the list of corrections."""
    c = correction
    return sentence("corrections.told", kind=CHOICES[c.kind], date=c.date, why=why(c), differences=differences(replace(c, files=())))


def why(correction: Correction) -> Words:
    """The reason, in each language where it was given in both.

    >>> from evallib.model.evaluation import Difference
    >>> moved = Difference("total", Words("总分", "Total"), Decimal(84), Decimal(85))
    >>> why(Correction("correction", "2026-03-01", "漏看材料 / papers overlooked", moved, (), ()))["en"]
    'papers overlooked'
    """
    zh, both, en = correction.why.partition(" / ")
    return words(zh, en) if both and not zh.isascii() and en.isascii() else words(correction.why)


def _points(score: Decimal | None) -> str:
    return "—" if score is None else plain(score, max(0, -int(score.as_tuple().exponent)))
