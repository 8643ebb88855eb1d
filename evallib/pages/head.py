"""What the head of a page is made of: links, the totals on a line, how far a total could have fallen or risen."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from evallib.analysis.sensitivity import measured, total_range
from evallib.methods.questionnaires import intervals
from evallib.model.evaluation import Evaluation
from evallib.model.words import Lang


class Link(NamedTuple):
    """A text that leads to an address; to nowhere where that is the page itself. `lang` is the language of both where it is another."""

    text: str
    address: str
    lang: Lang | None = None


class Strip(NamedTuple):
    """The totals of one framework on a line: where each dot stands, from 0 to 1, this one's and last year's; what it says in words."""

    others: Sequence[float]
    own: float
    last: float | None
    said: str


def ends_of(e: Evaluation) -> tuple[Decimal, Decimal]:
    """How far the total could have fallen, and risen, as the report says."""
    return total_range(e, intervals(e, measured(e)))
