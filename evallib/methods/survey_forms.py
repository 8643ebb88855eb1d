"""What a questionnaire is: its scale of answers, the groups asked, and what may be shown of them. No computing, no file lives here."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from evallib.methods.proportion import LEVEL, Interval, Level, Verdict
from evallib.model.base import Frozen, Id, Named
from evallib.model.words import Words
from evallib.score.answers import MINIMUM, Measure, Scale

Share = Annotated[Decimal, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]
Weighting = Literal["given", "population", "answers"]


class Group(Named):
    """Those who were asked, such as staff or service users, with what they answered in one of three ways.

    `answers`: one text a form that came back (empty or None: blank). `counts`: answers by option or mark, with `blank` and
    `off_scale`. `share` and `valid`: a rate someone else computed from so many valid answers. `weight` is the group's share of the
    whole, `population` all who could have been asked.
    """

    id: Id
    answers: tuple[str | None, ...] | None = None
    counts: dict[str, Count] | None = None
    share: Share | None = None
    valid: Count | None = None
    blank: Count = 0
    off_scale: Count = 0
    weight: Annotated[Decimal, Field(gt=0, le=1)] | None = None
    population: Annotated[int, Field(ge=1)] | None = None
    issued: Count | None = None
    returned: Count | None = None


class Survey(Frozen):
    """One question put to one or more groups. The target is a share; groups below `minimum` valid answers are not shown singly."""

    groups: Annotated[tuple[Group, ...], Field(min_length=1)]
    scale: Scale
    measure: Measure = "satisfied"
    target: Annotated[Decimal, Field(gt=0, le=1)] | None = None
    level: Level = LEVEL
    minimum: Annotated[int, Field(ge=2)] = MINIMUM


class Response(Frozen):
    """Forms issued, returned and valid. Invalid ones (blank, off the scale, or not said why) are in no rate of satisfaction."""

    issued: int | None
    returned: int | None
    valid: int
    blank: int
    off_scale: int

    @property
    def invalid(self) -> int:
        return self.blank + self.off_scale if self.returned is None else self.returned - self.valid

    @property
    def return_rate(self) -> Decimal | None:
        """Returned over issued; None where either is not known or nothing was issued."""
        return Decimal(self.returned) / self.issued if self.returned is not None and self.issued else None


class Part(Frozen):
    """A group, several groups pooled, or all of them. No rate or interval where nobody answered or too few did to be shown."""

    ids: tuple[str, ...]
    name: Words
    response: Response
    rate: Decimal | None
    interval: Interval | None
    census: bool
    verdict: Verdict | None


class SurveyResult(Frozen):
    """What may be shown: groups large enough, the small ones pooled, and all together. Groups that are hidden have no figure here."""

    groups: tuple[Part, ...]
    pooled: Part | None
    overall: Part
    measure: Measure
    needed: int | None
    conclusion: Words
    remarks: tuple[Words, ...]
    methods: tuple[Words, ...]
