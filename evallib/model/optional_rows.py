"""The tables that a department's year may do without: questionnaires, experts' scores, costs and results, what became of findings."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from evallib.model.base import Frozen, OrName, Ref, Year
from evallib.model.rows import STATED, InBoth, Sourced


class Survey(Sourced):
    """A group that was asked how satisfied it is, for an indicator of satisfaction. Its answers stand in survey_answers."""

    KEY: ClassVar = ("indicator", "group")

    indicator: Ref
    group: Annotated[str, Field(min_length=1)]
    group_en: str = ""
    scale: Literal["yes_no", "three_point", "five_point", "four_marks", "marks_10", "marks_100"]
    weight: Annotated[Decimal, Field(gt=0, le=100)] | None = None
    population: Annotated[int, Field(ge=1)] | None = None
    issued: Annotated[int, Field(ge=0)] | None = None
    returned: Annotated[int, Field(ge=0)] | None = None

    words: ClassVar = InBoth("group")


class SurveyAnswer(Sourced):
    """How often an answer was given by a group; one row a form, with a count of 1, is right as well."""

    KEY: ClassVar = ()

    indicator: Ref
    group: Annotated[str, Field(min_length=1)]
    answer: str = ""
    count: Annotated[int, Field(ge=0)]


class ExpertScore(Sourced):
    """One expert's score of an indicator, with the reason."""

    KEY: ClassVar = ("indicator", "expert")

    indicator: Ref
    expert: Annotated[str, Field(min_length=1)]
    score: Decimal | None = None
    reason: Annotated[str, Field(min_length=1)]
    reason_en: str = ""

    reason_words: ClassVar = InBoth("reason")


class CostResult(Sourced):
    """What was spent on a result in a year, and how much of it was reached: the tie says why the two belong together."""

    KEY: ClassVar = ("result", "year")

    result: Ref = ""
    name: Annotated[str, Field(min_length=1)]
    name_en: str = ""
    year: Year
    cost: Annotated[Annotated[Decimal, Field(ge=0)] | None, STATED] = None
    cost_unit: str
    quantity: Annotated[Annotated[Decimal, Field(ge=0)] | None, STATED] = None
    unit: str
    tie: Annotated[str, Field(min_length=1)]
    tie_en: str = ""

    tie_words: ClassVar = InBoth("tie")


class FollowUp(Sourced):
    """What became of a finding or a recommendation at a date. Several rows tell its course; the latest date counts."""

    KEY: ClassVar = ("subject", "id", "date")

    subject: Literal["finding", "recommendation"]
    id: Annotated[str, Field(min_length=1), OrName(r"[a-z0-9][a-z0-9.-]{0,24}")]
    date: datetime.date
    state: Literal["open", "promised", "done", "checked"]
    due: datetime.date | None = None
    office: str = ""
    office_en: str = ""
    evidence: str = ""
    evidence_en: str = ""

    office_words: ClassVar = InBoth("office")

    evidence_words: ClassVar = InBoth("evidence")


class OptionalTables(Frozen):
    """The tables themselves, as a part of the record."""

    surveys: tuple[Survey, ...] = ()
    survey_answers: tuple[SurveyAnswer, ...] = ()
    expert_scores: tuple[ExpertScore, ...] = ()
    cost_results: tuple[CostResult, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
