"""What if: an evaluation with some of its numbers, limits, points or verdicts changed. Pure: nothing recorded is touched or written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from evallib.analysis.changes import TRIAL, Change
from evallib.checks.identities import check_identities
from evallib.checks.plausibility import check_plausibility
from evallib.checks.record import check_record
from evallib.model.catalogue import Catalogue
from evallib.model.errors import InputRefused, Place, Problem
from evallib.model.evaluation import Difference, Evaluation, Tried
from evallib.model.record import TABLES, Record
from evallib.model.rows import columns
from evallib.model.steady import steady
from evallib.model.words import Words
from evallib.say.numbers import plain
from evallib.say.sentences import sentence
from evallib.score.scoring import evaluate


@steady
def apply(evaluation: Evaluation, changes: Sequence[Change]) -> Evaluation:
    """The evaluation as it would be after the changes, made one after the other. The recorded one stays as it is.

    - A stored sum follows its part: the sum of a changed part moves by the same amount. A sum that is changed itself no
      longer agrees with its parts, and an accounting identity may break: that is allowed here, and `broken_identities` says so.
    - Points that change keep the score rate: items, deductions and scores given in points are scaled along. Groups and
      dimensions are worth what their indicators are worth; where all of them no longer make the framework's full points,
      the total is scaled back to these, so that the limits of the grades keep their meaning (`Scenario.remarks` says so).
    - Changed rows name the source "what-if", so that nobody takes them for recorded data.

    Raises InputRefused with every change that names what is not there, or that gives an impossible value.

    >>> from pathlib import Path
    >>> from evallib.analysis.changes import ActualChange
    >>> from evallib.data.years import evaluate_year
    >>> recorded = evaluate_year(Path("data"), "hrss", 2023).evaluation
    >>> apply(recorded, [ActualChange(indicator="public_satisfaction", actual=90)]).total - recorded.total
    Decimal('2.00')
    """
    framework, record = evaluation.framework, evaluation.record
    problems: list[Problem] = []
    for number, change in enumerate(changes, 1):
        try:
            framework, record = change.make(framework, record)
        except InputRefused as refusal:
            place = Place(TRIAL, number, called=sentence("changes.trial"))
            problems += [replace(problem, place=place) for problem in refusal.problems]
    if not problems and changes:
        problems = [p for p in check_record(framework, record, place_of(record)) if p.level == "error"]
    if problems:
        raise InputRefused(tuple(problems))
    tried = tuple(Tried(change.model_dump_json(exclude_none=True), change.said(evaluation)) for change in changes)
    return replace(evaluate(framework, record, evaluation.draft), tried=(*evaluation.tried, *tried), corrections=evaluation.corrections)


@steady
def remarks(recorded: Evaluation, changed: Evaluation) -> tuple[Words, ...]:
    """What a reader must know of changes: identities that held and no longer do, what is strange only now, points that no longer add up."""
    catalogue = recorded.catalogue
    before, after = ({p.about: p for p in check_identities(catalogue, e.record, place_of(e.record))} for e in (recorded, changed))
    found = [_identity(catalogue, problem) for about, problem in after.items() if about not in before]
    was, now = ({(p.code, p.place.file): p for p in check_plausibility(e, None, place_of(e.record))} for e in (recorded, changed))
    found += [problem.what for key, problem in now.items() if key not in was]
    points = sum((d.points for d in changed.dimensions), Decimal(0))
    if points != changed.framework.points:
        found.append(sentence("changes.scaled_back", given=plain(points, 2), full=plain(changed.framework.points)))
    return tuple(found)


def _identity(catalogue: Catalogue, problem: Problem) -> Words:
    fact = catalogue.facts.get(problem.about[0])
    said = "changes.broken_now" if problem.found else "changes.broken"
    return sentence(said, subject=fact.name if fact else problem.about[0], what=problem.what, found=problem.found)


@dataclass(frozen=True)
class Compared:
    """Two evaluations side by side: the total, and only those dimensions and indicators that differ. Scores are points, as rounded.

    The last of the dimensions is what stands between their sum and the total, such as what was scaled back, where that differs.
    """

    total: Difference
    dimensions: tuple[Difference, ...]
    indicators: tuple[Difference, ...]


def compare(before: Evaluation, after: Evaluation) -> Compared:
    """An evaluation beside another one, with changes or of another year."""
    both = (before, after)
    total = Difference("total", sentence("changes.total"), *(e.total if e.has_total else None for e in both))
    apart = (e.total - sum((d.score for d in e.dimensions), Decimal(0)) if e.has_total else None for e in both)
    rest = Difference("rest", sentence("charts.points_bridge.rest"), *apart)
    others = (rest,) if rest.difference and None not in (rest.before, rest.after) else ()
    return Compared(total, differing(before.dimensions, after.dimensions) + others, differing(before.indicators, after.indicators))


def differing(before: Sequence[Any], after: Sequence[Any]) -> tuple[Difference, ...]:
    """The dimensions or indicators whose scores differ, by their ids."""
    was, now = ({one.id: one for one in some} for some in (before, after))
    pairs = ((id, (now.get(id) or was[id]).name, *(one[id].score if id in one else None for one in (was, now))) for id in {**was, **now})
    return tuple(Difference(*pair) for pair in pairs if pair[2] != pair[3])


def place_of(record: Record) -> Callable[[str, int, str | None], Place]:
    """Where a row of a changed record stands: its table and its key. It is in no file."""

    def where(table: str, index: int, column: str | None) -> Place:
        rows = getattr(record, table)
        key = [str(getattr(rows[index], name)) for name in columns(TABLES[table])[:2]] if index < len(rows) else []
        title = TABLES[table].model_fields[column].title or "" if column else ""
        return Place(" ".join([table, *key]), None, column, title=title)

    return where
