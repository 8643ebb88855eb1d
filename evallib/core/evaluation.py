"""What an evaluation is: every result with its working. It carries its framework and record, and is all a page needs."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Literal, Self

from pydantic import ConfigDict

from evallib.core.base import Basis, Frozen
from evallib.core.framework import Framework
from evallib.core.record import Judgement, Operator, Record
from evallib.core.words import NOTHING, Words, words

Status = Literal["scored", "missing", "not_applicable"]
Method = Literal["computed", "judged", "overridden"]
STATUSES: dict[Status, Words] = {
    "scored": words("已评分", "scored"),
    "missing": words("缺数据", "missing"),
    "not_applicable": words("不适用", "not applicable"),
}
"""What became of an indicator, in words."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an input number comes from."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    source: str
    section: str


@dataclass(frozen=True, slots=True)
class InputValue:
    """A number that went into a result: what it is called, how much, and where it comes from."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    fact: str
    year: int
    name: Words
    value: Decimal | None
    unit: str
    origins: tuple[Origin, ...]
    parts: tuple[InputValue, ...] = ()
    note: Words = NOTHING


class MetricResult(Frozen):
    """A formula's result. `value` is None where the rate is not defined or an input is missing; `working` says which."""

    id: str
    name: Words
    base: str
    value: Decimal | None
    formula: Words
    working: Words
    inputs: tuple[InputValue, ...]


class TargetResult(Frozen):
    """A target held against its actual, both in the target's unit. `completion_rate` is actual / target, never capped."""

    id: str
    name: Words
    operator: Operator
    target: Decimal
    actual: Decimal | None
    unit: str
    completion_rate: Decimal | None
    attainment: Decimal | None
    met: bool | None
    judged: bool
    working: Words


class IndicatorResult(Frozen):
    """An indicator's score and everything it takes to check it."""

    id: str
    name: Words
    dimension: str
    group: str
    points: Decimal
    basis: Basis
    own: bool
    value: Decimal | None
    unit: str
    status: Status
    method: Method
    score: Decimal | None
    formula_score: Decimal | None
    rule: str
    rule_text: Words
    working: Words
    evidence: Words
    source: Words
    note: Words
    metric: str | None
    target: str | None
    judgements: tuple[Judgement, ...]
    findings: tuple[str, ...]

    @property
    def lost(self) -> Decimal:
        """Points not awarded; nothing where the indicator does not apply."""
        return self.points - self.score if self.score is not None else Decimal(0)

    @property
    def score_rate(self) -> Decimal | None:
        return self.score / self.points if self.score is not None else None


class SectionResult(Frozen):
    """Points, score and score rate of a dimension or a group."""

    id: str
    name: Words
    dimension: str
    points: Decimal
    score: Decimal
    rate: Decimal | None
    basis: Basis


class Coverage(Frozen):
    """How much of the framework was scored."""

    indicators: int
    indicators_scored: int
    points: Decimal
    points_scored: Decimal


class Evaluation(Frozen):
    """A scored department's year: the results, and the framework and record they follow from.

    It is all that charts, tables and pages need, and is what `evaluation.json` holds.
    """

    format: Literal[1] = 1
    version: str
    framework: Framework
    record: Record
    metrics: tuple[MetricResult, ...]
    targets: tuple[TargetResult, ...]
    indicators: tuple[IndicatorResult, ...]
    groups: tuple[SectionResult, ...]
    dimensions: tuple[SectionResult, ...]
    total: Decimal
    points: Decimal
    grade: Words
    grade_id: str
    coverage: Coverage
    self_total: Decimal | None
    self_grade: str

    def metric(self, id: str) -> MetricResult:
        return next(m for m in self.metrics if m.id == id)

    def indicator(self, id: str) -> IndicatorResult:
        return next(i for i in self.indicators if i.id == id)

    def target(self, id: str) -> TargetResult | None:
        return next((t for t in self.targets if t.id == id), None)

    def to_json(self) -> str:
        """The evaluation as text: decimals as strings, keys in their order, the same bytes for the same input."""
        return self.model_dump_json(indent=1, by_alias=True) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """An evaluation read back; equal to the one that was written."""
        return cls.model_validate_json(text)
