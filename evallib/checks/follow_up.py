"""What must hold for the rows that tell what became of findings: whose they are, and that their course can be. Pure: it only reports."""

from __future__ import annotations

from collections.abc import Iterator

from evallib.checks.gone import NONE, Gone
from evallib.methods.follow_up import RESOLVED, Key, courses, id_in, key_of
from evallib.model.errors import Problem, Where, meant
from evallib.model.optional_rows import FollowUp
from evallib.model.record import Record
from evallib.model.table_words import CHOICES
from evallib.say.refusals import problem

LATE = 3
"""Years after the evaluated year from which a date is remarked: one mistyped year would make everything overdue."""


def check_follow_ups(record: Record, where: Where, gone: Gone = NONE) -> Iterator[Problem]:
    """Every problem of the table that this year's record shows: unknown ids, dates and states that cannot be."""
    for index, row in enumerate(record.follow_ups):
        key = key_of(record, row)
        table, column = ("findings", "finding") if row.subject == "finding" else ("recommendations", "id")
        known = [getattr(one, column) for one in getattr(record, table)]
        if key.year == record.year and row.id not in known:
            given = {"known": meant(row.id, known), "subject": CHOICES[row.subject]}
            if not gone.may_be(table, **{column: row.id}):
                yield problem("follow_up.not_of_this_year", where("follow_ups", index, "id"), row.id, year=record.year - 1, **given)
            continue
        yield from _dates(record, row, key, index, where)
        if row.state == "done" and not row.evidence:
            yield problem("follow_up.no_evidence", where("follow_ups", index, "evidence"), row.id)
    if not gone.any("follow_ups"):
        yield from _order(record, None, where)


def check_follow_ups_of_last_year(record: Record, previous: Record, where: Where) -> Iterator[Problem]:
    """Every problem that last year's record shows: rows about what it does not hold, or checked before they were done in either year."""
    held = {("finding", f.finding) for f in previous.findings} | {("recommendation", r.id) for r in previous.recommendations}
    followed = {key_of(previous, row) for row in previous.follow_ups}
    for index, row in enumerate(record.follow_ups):
        key = key_of(record, row)
        if key.year == record.year:
            continue
        if (key.subject, key.id) not in held if key.year == previous.year else key not in followed:
            known = [f"{previous.year}-{id}" for subject, id in sorted(held) if subject == row.subject]
            known += [id_in(record, k) for k in sorted(followed) if k.subject == row.subject and k.year < previous.year]
            given = {"known": meant(row.id, known), "subject": CHOICES[row.subject]}
            yield problem("follow_up.not_of_last_year", where("follow_ups", index, "id"), row.id, **given)
    yield from _order(record, previous, where)


def _dates(record: Record, row: FollowUp, key: Key, index: int, where: Where) -> Iterator[Problem]:
    if row.date.year < key.year:
        yield problem("follow_up.before_found", where("follow_ups", index, "date"), str(row.date), year=key.year)
    elif row.date.year > record.year + LATE:
        yield problem("follow_up.late", where("follow_ups", index, "date"), str(row.date), year=record.year, years=LATE)
    if row.state == "promised" and row.due is not None and row.due < row.date:
        yield problem("follow_up.due_before", where("follow_ups", index, "due"), str(row.due), date=str(row.date))


def _order(record: Record, previous: Record | None, where: Where) -> Iterator[Problem]:
    """A row that says checked follows one that says done, or checked before.

    Without last year's record, the first row of a finding of last year is taken on trust: what came before may stand there.
    """
    index_of = {id(row): index for index, row in enumerate(record.follow_ups)}
    for key, course in courses(*([previous] if previous else []), record).items():
        trusted = previous is None and key.year < record.year
        for before, row in zip([None, *course], course, strict=False):
            resolved = trusted if before is None else before.state in RESOLVED
            if id(row) in index_of and row.state == "checked" and not resolved:
                place = where("follow_ups", index_of[id(row)], "state")
                yield problem("follow_up.checked_before_done", place, f"{row.id} {row.date}")
