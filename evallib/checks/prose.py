"""What the prose of a year says of its scores: numbers are put in by the program; one that was typed must not contradict them.

Looked for is a number of points: one before 分 or "points", or after 得分, 总分, 评分 or "score". Differences ("扣 2 分", "5 points more")
and ranges are none. In the conclusion every such number is held against the scores and points of the evaluation; in recommendations
and practices, which may ask for anything, only one with the decimals of a score.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from evallib.model.errors import Place, Problem, Where, near
from evallib.model.evaluation import Evaluation
from evallib.model.units import round_half_up
from evallib.model.words import Words, listed
from evallib.say.numbers import plain
from evallib.say.prose import SHORT, known_values, prose, put_in
from evallib.say.refusals import problem
from evallib.score.reconcile import Numbers

_NUMBER = r"(?<![\d.,A-Za-z])(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?![\d%])"
_OF = r"(?:\s*(?:/|(?:out\s+)?of)\s*\d+(?:\.\d+)?)?"
_SCORES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_NUMBER}{_OF}\s*分(?=的|[^一-鿿]|$)",  # not 分钟, 分之, 分别, 分以上
        rf"(?:总分|得分|评分)(?:仅|只|共|为|是|达到?|约|:|：|\s)*{_NUMBER}(?=\s*(?:分(?:[^一-鿿]|$)|[，。；、）),;]|$))",
        rf"{_NUMBER}{_OF}\s*points?\b(?!\s+(?:higher|lower|more|less|above|below|short|each|per|off|behind|ahead))",
        rf"\bscore[sd]?(?:\s+(?:is|was|of|at)\b|\s*:)*\s+{_NUMBER}(?=\s*(?:[.,;:)](?!\d)|$|and\b|with\b|out\b|points?\b))",
    )
)
_DIFFERENCE = re.compile(
    r"(?:[高低差少多超扣减加失丢升降增距](?:了|出|过|去|掉|约|近|为|\s)*"
    r"|\b(?:los[et]s?|gain(?:ed|s)?|by|another|further|deduct(?:ed|s)?|costs?|gap of|difference of)\s+"
    r"|\d\s*(?:分|points)?\s*(?:[-–—~～至到]|to\b)\s*)$",
    re.IGNORECASE,
)
_TOLD = re.compile(r"[{}｛｝\d]")
"""Without any of these a text says nothing to be held against the evaluation."""
_WIDE = str.maketrans("０１２３４５６７８９．", "0123456789.")


def check_prose(e: Evaluation, where: Where) -> Iterator[Problem]:
    """Every problem of the year's prose: names that there are not, braces without their other, numbers that contradict the scores."""
    held = Numbers(e)
    values: dict[str, Decimal] | None = None
    for table, index, column, _, written in prose(e.record):
        if not _TOLD.search(written):
            continue
        place = where(table, index, column)
        text, problems = _without_rooms(written, held, place)
        yield from problems
        for number, decimals in _said(text):
            if table == "profile" or decimals == e.framework.rounding.scores > 0:
                values = known_values(e, held) if values is None else values
                yield from _compared(e, values, number, decimals, place)


def _without_rooms(text: str, held: Numbers, place: Place) -> tuple[str, list[Problem]]:
    """A text with its placeholders taken out, and what is wrong with them."""
    found: list[Problem] = []

    def named(name: str) -> str:
        number = held.get(SHORT.get(name, name))
        if number is None:
            like = near(name, dict.fromkeys((*SHORT, *held)), alike=0.3) or list(SHORT)
            found.append(problem("prose.unknown", place, f"{{{name}}}", near=_rooms(like)))
        elif number.value is None:
            found.append(problem("prose.no_value", place, f"{{{name}}}"))
        return "…"

    def alone(brace: str) -> str:
        found.append(problem("prose.brace", place, brace))
        return brace

    return put_in(text, named, alone), found


def _rooms(names: list[str]) -> Words:
    return listed(f"{{{name}}}" for name in names)


def _said(text: str) -> Iterator[tuple[Decimal, int]]:
    """The numbers of points that a text says, each with its decimals."""
    text = text.translate(_WIDE)
    seen = {found.start(1): found[1] for pattern in _SCORES for found in pattern.finditer(text)}
    for start, number in sorted(seen.items()):
        if not _DIFFERENCE.search(text[:start]):
            yield Decimal(number.replace(",", "")), len(number.partition(".")[2])


def _compared(e: Evaluation, values: dict[str, Decimal], number: Decimal, decimals: int, place: Place) -> Iterator[Problem]:
    """A typed number held against the scores: the same, or the same as rounded, is remarked; another is refused."""
    same = [name for name, value in values.items() if value == number]
    if not same and number in _differences(e):
        return
    same = same or [name for name, value in values.items() if round_half_up(value, decimals) == number]
    if same:
        yield problem("prose.typed", place, f"{number:,f}", rooms=_rooms(same[:3]))
    elif values:
        near = min(values, key=lambda name: abs(values[name] - number))
        yield problem("prose.contradicts", place, f"{number:,f}", room=_rooms([near]), value=plain(values[near], 2))


def _differences(e: Evaluation) -> set[Decimal]:
    """What may be said in points and is no score: the limits of grades, what is lacking to them, points lost, the gap to the self-score."""
    limits = {g.at_least for g in e.framework.grades}
    found = limits | {abs(limit - e.total) for limit in limits} | {e.points - e.total}
    found |= {one.points - one.score for one in (*e.dimensions, *e.groups)} | {i.lost for i in e.indicators}
    return found | ({abs(e.self_total - e.total)} if e.self_total is not None else set())
