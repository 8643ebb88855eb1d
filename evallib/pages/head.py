"""The head of a page: where in the county it stands, its rank, what stands beside it. Facts and places in, HTML out."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from evallib.analysis.sensitivity import measured, total_range
from evallib.methods.questionnaires import intervals
from evallib.model.evaluation import Evaluation
from evallib.model.words import Lang
from evallib.pages.rendering import mark_chinese, rendered


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


def head_html(
    lang: Lang,
    trail: Sequence[str],
    place: str,
    said: str,
    lines: Sequence[tuple[str, Sequence[Link]]],
    folded: tuple[str, Sequence[Link]],
    strip: Strip | None = None,
) -> str:
    """The head: in one line what the page is of and its place; folded away the links in lines, each after what it is called; folded once
    more what is said of the place, and the others.
    """
    given = {"trail": trail, "place": place, "said": said, "lines": [line for line in lines if line[1]], "folded": folded, "strip": strip}
    html = rendered("page/head", lang, **given)
    return mark_chinese(html) if lang == "en" else html
