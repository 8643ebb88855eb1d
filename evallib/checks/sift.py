"""A year's rows sifted: what is wrong is told, each thing once, and what is left can be scored, as a draft. Pure.

A row that is refused is left out, and what hung on it is open: see `Sifted.open`. Checks that need it then say nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from evallib.checks.follow_up import check_follow_ups
from evallib.checks.gone import STAND_IN, Gone, row_of
from evallib.checks.hanging import hanging, resting
from evallib.checks.identities import check_identities
from evallib.checks.methods import check_methods
from evallib.checks.record import BETWEEN_ROWS, OF_ROWS, Check
from evallib.checks.sums import check_sums
from evallib.model.errors import Place, Problem, Where
from evallib.model.framework import Framework
from evallib.model.in_force import indicators_in_force
from evallib.model.record import Record, Source
from evallib.model.rows import Row, columns
from evallib.model.table_words import ACTS, STATES

_KEPT = (
    "identity",
    "magnitude",
    "share_for_percent",
    "total.asked",
    "own_indicator.points_differ",
    "published.no_note",
    "survey.actual_differs",
)
"""What is wrong and leaves a row as it is: of several numbers nobody knows which; a text is lacking."""
_LACKING = ("own_indicator.points_differ", "fact.missing", "target.missing", "judgement.missing", "judgement.unchecked", "judgement.choose")
"""What says that a row is not there: it names the indicators that want it."""


@dataclass(frozen=True)
class Sifted:
    """The record of what can be used, every problem, where each row of the record stands; whether all rows are there, and the indicators
    that are `open`.
    """

    record: Record
    problems: tuple[Problem, ...]
    where: Where
    whole: bool = True
    open: tuple[str, ...] = ()


class Sieve:
    """A record from which rows are taken as they are refused."""

    def __init__(self, framework: Framework, record: Record, place: Where, gone: Gone) -> None:
        self.framework, self.record, self.gone = framework, record, gone
        self._place, self._kept, self._rows = place, dict[str, list[int]](), dict[Place, tuple[str, int]]()

    def where(self, table: str, index: int, column: str | None) -> Place:
        """Where a row of the record, as it is by now, stands."""
        kept = self._kept.get(table)
        place = self._place(table, index if kept is None else kept[index] if index < len(kept) else -1, column)
        self._rows[place] = table, index
        return place

    def take(self, found: Iterable[Problem]) -> list[Problem]:
        """Problems as they are found; the rows that are refused by them are left out of the record."""
        self._rows.clear()
        told = [self._by_who_acts(one) for one in found]
        out = dict[tuple[str, int], Place]()
        for one in told:
            if one.level == "error" and one.code not in _KEPT and (row := self._rows.get(one.place)):
                if one.code == "source.unknown":
                    self._stand_in(*row, one.place.column)
                else:
                    out.setdefault(row, one.place if one.code != "row.repeated" else replace(one.place, column=None))
        for (table, index), place in sorted(out.items(), reverse=True):
            self._leave_out(table, index, place)
        return told

    def _by_who_acts(self, one: Problem) -> Problem:
        """A problem of a table that the evaluators fill in is theirs."""
        acts = ACTS.get(self._rows[one.place][0]) if one.acts == "department" and one.place in self._rows else None
        return replace(one, acts=acts) if acts else one

    def _leave_out(self, table: str, index: int, place: Place) -> None:
        rows = list(getattr(self.record, table))
        row: Row = rows.pop(index)
        texts = {
            column: str(value) for column in columns(type(row)) if column != place.column and (value := getattr(row, column)) is not None
        }
        self.gone.add(table, texts, place)
        self._kept.setdefault(table, [*range(len(rows) + 1)]).pop(index)
        self.record = self.record.model_copy(update={table: tuple(rows)})

    def _stand_in(self, table: str, index: int, column: str | None) -> None:
        """A source that there is not is still to come."""
        rows = list(getattr(self.record, table))
        rows[index] = rows[index].model_copy(update={"clauses": ""} if column == "clauses" else {"source": STAND_IN})
        self.record, self.gone.stands_in = self.record.model_copy(update={table: tuple(rows)}), True

    def run(self, checks: Iterable[Check], gone: Gone) -> list[Problem]:
        """What some checks find, one after the other."""
        return [one for check in checks for one in self.take(check(self.framework, self.record, self.where, gone))]

    def clear(self) -> list[Problem]:
        """Leave out what rests on rows that are not there, and give the problems that are then left, of which none is of a row."""
        here = Gone(stands_in=True)
        while True:
            before = self.record
            found = self.run((*OF_ROWS, *BETWEEN_ROWS), here)
            if self.record is before:
                return found


def sift(
    framework: Framework,
    record: Record,
    place: Where,
    gone: Gone,
    found: Iterable[Problem],
    named: Callable[[Where], Iterable[Problem]] = lambda where: (),
) -> Sifted:
    """A record of rows that could be read, sifted.

    `found` is what was wrong in reading them, `gone` which could not be, and `named` tells what is wrong with the names in them.
    """
    sieve, problems = Sieve(framework, record, place, gone), [*found]
    problems += sieve.take(named(sieve.where))
    problems += sieve.run((*OF_ROWS, *BETWEEN_ROWS, lambda _, *record: check_follow_ups(*record)), gone)
    if _spoiled(gone, problems):
        sieve.clear()
    problems += sieve.run(_OF_SEVERAL, gone)
    if not _spoiled(gone, problems):
        return Sifted(sieve.record, tuple(problems), sieve.where)
    lacking = sieve.clear()
    if gone.stands_in and sieve.record.find_source(STAND_IN) is None:
        sieve.record = sieve.record.model_copy(update={"sources": (*sieve.record.sources, _TO_COME)})
    wanted = {id for one in lacking if one.code in _LACKING for id in one.about}
    by_row: dict[object, tuple[str, ...]] = {}
    for table, row in ((table, row) for table, rows in gone.rows.items() for row in rows):
        ids = hanging(framework, sieve.record, table, row.cells) if row.written else _of_file(lacking, row.at[0])
        by_row[row.at] = tuple(dict.fromkeys((*by_row.get(row.at, ()), *ids)))
    wanted |= {id for ids in by_row.values() for id in ids}
    indicators = indicators_in_force(framework, sieve.record)
    if not sieve.record.findings:  # nobody has looked yet
        said = {row.indicator for row in sieve.record.judgements}
        wanted |= {i.id for i in indicators if i.rule.takes == "findings" and i.id not in said}
    told = list[Problem]()
    for one in (opened(framework, sieve.record, one) for one in problems):
        ids = (*one.open, *by_row.get(row_of(one.place), ()), *(one.about if one.code in _LACKING else ()))
        told.append(replace(one, open=tuple(dict.fromkeys(ids))))
        wanted |= {*one.open}
    whole = not gone.rows and all(one.code != "own_indicator.points_differ" for one in problems)
    return Sifted(sieve.record, tuple(told), sieve.where, whole, tuple(i.id for i in indicators if i.id in wanted))


def _of_file(lacking: Iterable[Problem], file: str) -> tuple[str, ...]:
    """The indicators that want a row of a file that is not there."""
    of_it = (one for one in lacking if one.code in _LACKING and (one.place.file == file or not file.endswith(".csv")))
    return tuple(dict.fromkeys(id for one in of_it for id in one.about))


def _spoiled(gone: Gone, problems: Iterable[Problem]) -> bool:
    return bool(gone.rows) or gone.stands_in or any(one.level == "error" for one in problems)


def opened(framework: Framework, record: Record, one: Problem) -> Problem:
    """A problem with the indicators that rest on numbers which cannot all be right, where it is one of several numbers."""
    if one.level != "error" or one.code not in _KEPT:
        return one
    return replace(one, open=resting(framework, record, one.about))


_OF_SEVERAL: tuple[Check, ...] = (
    check_methods,
    lambda framework, *record: check_identities(framework.catalogue, *record),
    lambda framework, record, where, gone: check_sums(record, framework.catalogue.units, where, gone),
)
"""What is computed from several rows."""


_TO_COME = Source(source=STAND_IN, title=STATES["to_come"].zh, title_en=STATES["to_come"].en, kind="report")
