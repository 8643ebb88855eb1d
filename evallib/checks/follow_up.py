"""What must hold for the rows that tell what became of findings: whose they are, and that their course can be. Pure: it only reports."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from evallib.methods.follow_up import RESOLVED, Key, courses, id_in, key_of
from evallib.model.errors import Problem, Where, meant
from evallib.model.optional_rows import FollowUp
from evallib.model.record import Record
from evallib.model.words import words

LATE = 3
"""Years after the evaluated year from which a date is remarked: one mistyped year would make everything overdue."""

_NAMES = {"finding": words("问题", "finding"), "recommendation": words("建议", "recommendation")}


def check_follow_ups(record: Record, where: Where) -> Iterator[Problem]:
    """Every problem of the table that this year's record shows: unknown ids, dates and states that cannot be."""
    findings, advice = [f.finding for f in record.findings], [r.id for r in record.recommendations]
    for index, row in enumerate(record.follow_ups):
        key = key_of(record, row)
        known = findings if row.subject == "finding" else advice
        if key.year == record.year and row.id not in known:
            yield _unknown_id(record, row, known, index, where)
            continue
        yield from _dates(record, row, key, index, where)
        if row.state == "done" and not row.evidence:
            yield Problem(
                where("follow_ups", index, "evidence"),
                words("写明已整改，却没有佐证", "is marked done without evidence"),
                words("填写佐证，如凭证号、文件号", "name the evidence, such as a voucher or a document"),
                row.id,
                level="warning",
                code="done_without_evidence",
            )
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
            name = _NAMES[row.subject]
            yield Problem(
                where("follow_ups", index, "id"),
                words(f"上年没有这个{name.zh}", f"last year has no such {name.en}"),
                meant(row.id, known),
                row.id,
            )
    yield from _order(record, previous, where)


def _unknown_id(record: Record, row: FollowUp, known: list[str], index: int, where: Where) -> Problem:
    name, year = _NAMES[row.subject], record.year - 1
    return Problem(
        where("follow_ups", index, "id"),
        words(f"没有这个{name.zh}", f"there is no such {name.en}"),
        meant(row.id, known)
        + words(f"；上年的{name.zh}写“{year}-编号”，如 {year}-1.1", f"; one of last year is written {year}-id, such as {year}-1.1"),
        row.id,
    )


def _dates(record: Record, row: FollowUp, key: Key, index: int, where: Where) -> Iterator[Problem]:
    if row.date.year < key.year:
        yield Problem(
            where("follow_ups", index, "date"),
            words(f"早于发现它的 {key.year} 年", f"is before {key.year}, the year it was found in"),
            words("改正日期", "correct the date"),
            str(row.date),
        )
    elif row.date.year > record.year + LATE:
        yield Problem(
            where("follow_ups", index, "date"),
            words(f"比评价年度 {record.year} 晚 {LATE} 年以上", f"is more than {LATE} years after the evaluated year {record.year}"),
            words("核对日期：是否逾期按表中最晚的日期判断", "check it: whether a row is overdue is told by the latest date of the table"),
            str(row.date),
            level="warning",
            code="follow_up_late",
        )
    if row.state == "promised" and row.due is not None and row.due < row.date:
        yield Problem(
            where("follow_ups", index, "due"),
            words(f"承诺的期限早于日期 {row.date}", f"is promised for a day before its date, {row.date}"),
            words(
                "改正期限或日期；过期仍未整改的，状态写“未整改”",
                "correct one of the two; if the day has passed and it is not done, write open",
            ),
            str(row.due),
        )


def _order(record: Record, previous: Record | None, where: Where) -> Iterator[Problem]:
    """A row that says checked follows one that says done, or checked before.

    Without last year's record, the first row of a finding of last year is taken on trust: what came before may stand there.
    """
    index_of = {id(row): index for index, row in enumerate(record.follow_ups)}
    for key, course in courses(*([previous] if previous else []), record).items():
        trusted = previous is None and key.year < record.year
        for before, row in pairwise([None, *course]):
            if row is None or id(row) not in index_of or row.state != "checked" or (before is None and trusted):
                continue
            if before is None or before.state not in RESOLVED:
                yield Problem(
                    where("follow_ups", index_of[id(row)], "state"),
                    words("之前没有“已整改”的一行，不能核查", "is checked, with no row before it that says done"),
                    words("加一行日期更早的“已整改”，或改正状态", "add a row of an earlier date that says done, or correct the state"),
                    f"{row.id} {row.date}",
                )
