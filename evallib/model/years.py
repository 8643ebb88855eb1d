"""Evaluations beside each other: a year and the one before, a department over years, a county in a year. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from evallib.model.errors import Problem
from evallib.model.evaluation import Evaluation
from evallib.model.record import Record
from evallib.model.words import Words


@dataclass(frozen=True, repr=False)
class EvaluatedYear:
    """A year's evaluation, last year's where there is one, and everything remarked on the way.

    `again`: kinds of finding that were found in the years before as well, and in how many years on end with this one.
    `older`: the records of the years before last year's whose findings are still followed.
    """

    evaluation: Evaluation
    previous: Evaluation | None
    remarks: tuple[Problem, ...]
    again: Mapping[str, int] = field(default_factory=dict)
    older: tuple[Record, ...] = ()

    @property
    def evaluations(self) -> tuple[Evaluation, ...]:
        """This year's and, where there is one, last year's."""
        return (self.evaluation, *filter(None, [self.previous]))


@dataclass(frozen=True)
class Stands:
    """The evaluation of a department's year that stands and is of today's data: its file, the checksum of that, the ends of its range."""

    file: str
    checksum: str
    ends: tuple[Decimal, Decimal] | None


Standing = Mapping[tuple[str, int], Stands]
"""What stands, by department and year."""


@dataclass(frozen=True)
class Absent:
    """A listed department's year that cannot be shown beside the others: its data is not there, or was refused."""

    department: str
    name: Words
    year: int
    reason: Words


@dataclass(frozen=True, repr=False)
class DepartmentYears:
    """A department over the years of the list, oldest first; a listed year that could not be evaluated is absent."""

    department: str
    name: Words
    evaluations: tuple[Evaluation, ...]
    absent: tuple[Absent, ...]


@dataclass(frozen=True, repr=False)
class CountyYear:
    """All listed departments in a year, in the order of the list; those that could not be evaluated are absent.

    `ends` are those of the ranges of totals by department, where they are known already.
    """

    year: int
    evaluations: tuple[Evaluation, ...]
    absent: tuple[Absent, ...]
    ends: Mapping[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
