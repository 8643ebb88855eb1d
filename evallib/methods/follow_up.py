"""What became of findings and recommendations: the state of each at a date, what is overdue, what comes back. Pure: no clock is read.

The date it is told for is a parameter, or the latest date in the tables: the same record always gives the same page.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from evallib.model.grouped import grouped
from evallib.model.made_ids import is_made
from evallib.model.optional_rows import FollowUp
from evallib.model.record import Record
from evallib.model.table_words import CHOICES
from evallib.model.words import NOTHING, Words
from evallib.say.sentences import sentence

Subject = Literal["finding", "recommendation"]
State = Literal["open", "promised", "done", "checked"]
STATES: tuple[State | None, ...] = ("checked", "done", "promised", "open", None)
"""The states in the order in which they are told. None is no record, which is not the same as not rectified."""
RESOLVED = frozenset({"done", "checked"})

_EARLIER = re.compile(r"(\d{4})-(.+)")


@dataclass(frozen=True, order=True)
class Key:
    """A finding or a recommendation by the year of the evaluation that made it, and its id there."""

    subject: Subject
    year: int
    id: str

    @property
    def number(self) -> str:
        """How an earlier year's is written: 2023-1.1; the year alone where the id was made of the title."""
        return str(self.year) if is_made(self.id) else f"{self.year}-{self.id}"


@dataclass(frozen=True)
class Followed:
    """A finding or recommendation and its course up to a date.

    `rows` are in the order of time. `due`, `office` are the last that were named. `again` holds the findings of this year's
    evaluation that are of the same kind. `known` is false where the record that holds its words is not at hand.
    """

    key: Key
    title: Words
    rows: tuple[FollowUp, ...] = ()
    as_of: datetime.date | None = None
    again: tuple[str, ...] = ()
    known: bool = True

    @property
    def state(self) -> State | None:
        """The state of the latest row; None where nothing was recorded."""
        return self.rows[-1].state if self.rows else None

    @property
    def subject_words(self) -> Words:
        return CHOICES[self.key.subject]

    @property
    def state_words(self) -> Words:
        return state_words(self.state)

    @property
    def date(self) -> datetime.date | None:
        return self.rows[-1].date if self.rows else None

    @property
    def due(self) -> datetime.date | None:
        """A day named once stands until another is named."""
        return next((row.due for row in reversed(self.rows) if row.due is not None), None)

    @property
    def office(self) -> Words:
        return next((row.office_words for row in reversed(self.rows) if row.office), NOTHING)

    @property
    def evidence(self) -> Words:
        """Of the latest row that gives any, among those since it was last open or promised."""
        since = max((n for n, row in enumerate(self.rows[:-1]) if row.state not in RESOLVED), default=-1)
        return next((row.evidence_words for row in reversed(self.rows[since + 1 :]) if row.evidence), NOTHING)

    @property
    def resolved(self) -> bool:
        """Done, or done and checked."""
        return self.state in RESOLVED

    @property
    def overdue(self) -> bool:
        """Its day is past at the date, and it is not done."""
        return self.days_overdue > 0

    @property
    def days_overdue(self) -> int:
        """Days since the day it was due (unit: days); 0 where it is not overdue."""
        if self.due is None or self.as_of is None or self.resolved:
            return 0
        return max(0, (self.as_of - self.due).days)

    @property
    def came_back(self) -> bool:
        """Told as done or checked, yet this year's evaluation found the same kind again."""
        return self.resolved and bool(self.again)


@dataclass(frozen=True)
class FollowUps:
    """What became of a department's findings and recommendations as of a date; None where no row tells of any.

    `earlier` holds last year's findings, last year's recommendations that have a row, and what is still followed from before;
    `own` everything that this year's evaluation made.
    """

    as_of: datetime.date | None
    earlier: tuple[Followed, ...]
    own: tuple[Followed, ...]

    @property
    def overdue(self) -> tuple[Followed, ...]:
        """The longest overdue first."""
        return tuple(sorted((f for f in (*self.earlier, *self.own) if f.overdue), key=lambda f: (-f.days_overdue, f.key)))

    def of(self, subject: Subject, id: str) -> Followed | None:
        """This year's finding or recommendation, where a row tells of it."""
        return next((f for f in self.own if (f.key.subject, f.key.id) == (subject, id) and f.rows), None)


def state_words(state: State | None) -> Words:
    """A state in words.

    >>> state_words(None)["en"], state_words("done")["zh"]
    ('no record', '已整改')
    """
    return sentence("follow_up.no_record") if state is None else CHOICES[state]


def key_of(record: Record, row: FollowUp) -> Key:
    """What a row is about. `2023-1.1` is finding 1.1 of 2023, unless this year's evaluation has a finding of just that id.

    An id that names no finding of either kind gives a key of the record's own year: the check refuses it.
    """
    found = _EARLIER.fullmatch(row.id)
    own = Key(row.subject, record.year, row.id)
    if found and int(found[1]) < record.year and all(own != key for key, _, _ in _made_by(record)):
        return Key(row.subject, int(found[1]), found[2])
    return own


def id_in(record: Record, key: Key) -> str:
    """How a record's table writes a key.

    >>> id_in(Record(department="d", name=NOTHING, year=2024, framework="f", files=()), Key("finding", 2023, "1.1"))
    '2023-1.1'
    """
    return key.id if key.year == record.year else f"{key.year}-{key.id}"


def courses(*records: Record) -> dict[Key, list[FollowUp]]:
    """The rows of the records about each finding and recommendation, in the order of time.

    Give the records oldest first: where two speak of the same day, the later record has the last word.
    """
    found = grouped((key_of(record, row), row) for record in records for row in record.follow_ups)
    return {key: sorted(rows, key=lambda row: row.date) for key, rows in found.items()}


def reference_date(records: Iterable[Record]) -> datetime.date | None:
    """The latest date of any row; None where there is no row. A page says it, so that `overdue` has a meaning."""
    return max((row.date for record in records for row in record.follow_ups), default=None)


def follow_ups(
    record: Record, previous: Record | None = None, as_of: datetime.date | None = None, older: Iterable[Record] = ()
) -> FollowUps:
    """What became of this year's and last year's findings and recommendations.

    `previous` is last year's record, where there is one. `as_of` is the date it is told for, rows of a later date left out;
    where none is given, the latest date in the two tables. `older` records give the words of what is still followed from before.

    >>> follow_ups(Record(department="d", name=NOTHING, year=2023, framework="f", files=()))
    FollowUps(as_of=None, earlier=(), own=())
    """
    records = [previous, record] if previous else [record]
    as_of = as_of or reference_date(records)

    def told(*some: Record) -> dict[Key, list[FollowUp]]:
        cut = {key: [row for row in rows if as_of is None or row.date <= as_of] for key, rows in courses(*some).items()}
        return {key: rows for key, rows in cut.items() if rows}

    rows = told(*records)
    made = {key: (title, kind) for one in records for key, title, kind in _made_by(one)}
    named = {key: (title, kind) for one in older for key, title, kind in _made_by(one)} | made

    def followed(key: Key) -> Followed:
        title, kind = named.get(key, (_unknown(key), ""))
        earlier = bool(kind) and key.year < record.year
        again = tuple(one.id for one, (_, of) in made.items() if earlier and one.year == record.year and of == kind)
        return Followed(key, title, tuple(rows.get(key, ())), as_of, again, key in named)

    own = [key for key in made if key.year == record.year]
    last = [key for key in made if key.year < record.year and (key.subject == "finding" or key in rows)]
    here, before = told(record), told(previous) if previous else {}
    closed = {key for key, course in before.items() if course[-1].state in RESOLVED}
    still = sorted((key for key in rows if key.year < record.year and key not in made and (key in here or key not in closed)),
                   key=lambda key: (-key.year, key.subject, key.id))  # fmt: skip
    earlier = [*(k for k in last if k.subject == "finding"), *(k for k in last if k.subject == "recommendation"), *still]
    return FollowUps(as_of, tuple(map(followed, earlier)), tuple(map(followed, own)))


def unresolved(record: Record) -> list[Followed]:
    """What next year has to say more of: findings of a record, its own and older ones that it follows, that are not told as done,
    and recommendations that are told as open or promised.
    """
    told = follow_ups(record)
    return [f for f in (*told.own, *told.earlier) if not f.resolved and (f.key.subject == "finding" or f.date is not None)]


def count_states(some: Iterable[Followed]) -> dict[State | None, int]:
    """How many are in each state, in the order of STATES; states that none is in are left out."""
    counted = Counter(f.state for f in some)
    return {state: counted[state] for state in STATES if counted[state]}


def resolved_share(some: Iterable[Followed]) -> Decimal | None:
    """Those done or checked as a share of all, those without a record included (unit: share); None where there are none."""
    states = [f.resolved for f in some]
    return Decimal(sum(states)) / len(states) if states else None


def _made_by(record: Record) -> Iterator[tuple[Key, Words, str]]:
    """Findings and recommendations of a year: key, words, kind."""
    for finding in record.findings:
        yield Key("finding", record.year, finding.finding), finding.words, finding.kind.strip()
    for advice in record.recommendations:
        yield Key("recommendation", record.year, advice.id), advice.title_words, ""


def _unknown(key: Key) -> Words:
    """What is said of a finding whose words stand in a record that is not at hand."""
    return sentence("follow_up.elsewhere", year=key.year, subject=CHOICES[key.subject], id=key.id)
