"""What a draft says of itself: what is to be done and by whom, the points that hang on it, the range of the total."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from evallib.model.errors import Acts, Problem, gathered
from evallib.model.evaluation import Evaluation
from evallib.model.grouped import grouped
from evallib.model.words import NOTHING, Words, listed
from evallib.model.worths import unfilled
from evallib.say.numbers import plain
from evallib.say.refusals import who
from evallib.say.sentences import sentence
from evallib.say.workings import total_text


class ToDo(NamedTuple):
    """What one side has to do: in how many places, the points that hang on it, and each thing, told once for rows that follow."""

    acts: Acts
    places: int
    points: Decimal
    problems: tuple[Problem, ...]

    @property
    def heading(self) -> Words:
        """Who, how much, and what hangs on it.

        >>> ToDo("department", 3, Decimal(5), ()).heading["en"]
        'the department: 3, 5 points at stake'
        """
        hanging = sentence("draft.hanging", points=plain(self.points)) if self.points else NOTHING
        return sentence("draft.by", who=who(self.acts), count=self.places, hanging=hanging)


def to_do(evaluation: Evaluation | None, problems: Iterable[Problem]) -> tuple[ToDo, ...]:
    """The errors among problems by who acts; who has most to do first. The `evaluation` knows the points."""
    by = grouped((one.acts, one) for one in problems if one.level == "error")
    worth = {id: points for id, _, points in waiting(evaluation)} if evaluation else {}
    made = []
    for acts, some in by.items():
        points = (worth.get(id, Decimal(0)) for id in {id for one in some for id in one.open})
        made.append(ToDo(acts, len(some), sum(points, Decimal(0)), gathered(some)))
    return tuple(sorted(made, key=lambda one: -one.places))


def waiting(e: Evaluation) -> list[tuple[str, Words, Decimal]]:
    """What cannot be scored yet, with its points: indicators, and places of the tree whose own indicators are not all named."""
    found = [(i.id, i.name, i.points) for i in e.indicators if i.status == "missing" and i.counted and i.score is None and i.points]
    names = {s.id: s.name for s in e.sections} | {"": e.framework.words}
    to_name = unfilled(e.framework, e.in_force.values()) if e.draft else {}
    return found + [(id, sentence("draft.unfilled", name=names[id]), points) for id, points in to_name.items()]


def said_of_draft(e: Evaluation) -> tuple[Words, ...]:
    """That it is a draft, its range and coverage, who has how much to do; the first is the heading. Nothing where it is none."""
    if e.draft is None:
        return ()
    c = e.coverage
    lines = [sentence("draft.head" if e.draft.todo else "draft.complete")]
    if e.points:
        lines.append(sentence("draft.open" if e.open else "draft.known", total=total_text(e), points=plain(e.points)))
    given = {"scored": c.indicators_scored, "indicators": c.indicators}
    lines.append(sentence("draft.covered", **given, points_scored=plain(c.points_scored), points=plain(c.points)))
    return (*lines, *(one.heading for one in to_do(e, e.draft.todo)))


def said_waiting(e: Evaluation) -> Words:
    """What cannot be scored yet, in a sentence, what is worth most first; nothing where all is."""
    found = sorted(waiting(e), key=lambda one: -one[2])
    named = listed(sentence("draft.of_points", name=name, points=plain(points)) for _, name, points in found)
    return sentence("draft.waiting", names=named) if found else NOTHING


def said_missing(e: Evaluation) -> tuple[Words, ...]:
    """What counts as missing with the points that hang on it: what cannot be scored yet, and what is known to have no data."""
    open_ = {id for id, _, _ in waiting(e)}
    known = [i for i in e.indicators if i.status == "missing" and i.points and i.id not in open_]
    named = listed(sentence("draft.of_points", name=i.name, points=plain(i.points)) for i in known)
    treated = "rescale" if e.framework.treatment.missing == "rescale" else "zero"
    return tuple(filter(None, (said_waiting(e), sentence(f"draft.missing_{treated}", names=named) if known else NOTHING)))
