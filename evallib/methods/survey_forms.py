"""What a questionnaire is: its scale of answers, the groups asked, and what may be shown of them. No computing, no file lives here."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from evallib.methods.proportion import LEVEL, Interval, Level, Verdict
from evallib.model.base import Frozen, Id, Named
from evallib.model.units import parse_decimal
from evallib.model.words import Words

Share = Annotated[Decimal, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]
Measure = Literal["satisfied", "mean"]
"""What satisfaction is: the share of valid answers that count as satisfied, or the mean of the answers' values over full marks."""
Weighting = Literal["given", "population", "answers"]
MINIMUM = 5  # a group with fewer valid answers is not shown singly (the source stands in survey.py)


class Answer(NamedTuple):
    """A valid answer: does it count as satisfied, and its value as a share of full marks where the scale has values."""

    satisfied: bool
    value: Fraction | None


def clean(text: str | None) -> str:
    """A cell as it is compared: full-width characters made plain, no space around it, empty where it is blank."""
    return unicodedata.normalize("NFKC", text or "").strip()


class Option(Frozen):
    """An answer to tick: does it count as satisfied, and what is it worth as a share of full marks (where means are taken)."""

    label: Annotated[str, Field(min_length=1)]
    satisfied: bool
    value: Share | None = None


class Options(Frozen):
    """A scale of answers to tick: yes or no, three points, five points. Values are given for every option or for none."""

    kind: Literal["options"] = "options"
    options: Annotated[tuple[Option, ...], Field(min_length=2)]

    @model_validator(mode="after")
    def _sound(self) -> Self:
        labels = [clean(option.label) for option in self.options]
        if len(set(labels)) < len(labels):
            raise ValueError("an option stands twice")
        if len({option.satisfied for option in self.options}) < 2:
            raise ValueError("some options must count as satisfied and some not")
        if len({option.value is None for option in self.options}) > 1:
            raise ValueError("give a value to every option or to none")
        return self

    def read(self, text: str) -> Answer | None:
        """The answer, or None where the text (as `clean` leaves it) is on no option."""
        found = next((option for option in self.options if clean(option.label) == text), None)
        return Answer(found.satisfied, None if found.value is None else Fraction(found.value)) if found else None


class Marks(Frozen):
    """A scale of numbers, such as 0 to 10 or 0 to 100; from `satisfied_from` on an answer counts as satisfied."""

    kind: Literal["marks"] = "marks"
    lowest: Annotated[Decimal, Field(ge=0)] = Decimal(0)
    highest: Decimal
    satisfied_from: Decimal

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if not self.lowest < self.satisfied_from <= self.highest:
            raise ValueError("satisfied_from lies above lowest and at most at highest")
        return self

    def read(self, text: str) -> Answer | None:
        """The answer, or None where the text (as `clean` leaves it) is no number of the scale."""
        number = parse_decimal(text)
        if number is None or not self.lowest <= number <= self.highest:
            return None
        return Answer(number >= self.satisfied_from, Fraction(number) / Fraction(self.highest))


Scale = Annotated[Options | Marks, Field(discriminator="kind")]


def likert(*labels: str, satisfied: int) -> Options:
    """A scale of answers from best to worst, the first `satisfied` of which count as satisfied.

    >>> [option.label for option in likert("满意", "一般", "不满意", satisfied=1).options if option.satisfied]
    ['满意']
    """
    return Options(options=tuple(Option(label=label, satisfied=place < satisfied) for place, label in enumerate(labels)))


YES_NO = likert("满意", "不满意", satisfied=1)
THREE_POINT = likert("满意", "一般", "不满意", satisfied=1)
FIVE_POINT = likert("非常满意", "满意", "一般", "不满意", "非常不满意", satisfied=2)


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
    weighting: Weighting
    needed: int | None
    conclusion: Words
    remarks: tuple[Words, ...]
    methods: tuple[Words, ...]
