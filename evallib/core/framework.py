"""What an indicator framework is: dimensions, groups, indicators, points, rules, grades, clauses. No reading, no scoring."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from evallib.core.base import Basis, Frozen, Id, Named
from evallib.core.rules import Rule, Share


class Grade(Named):
    """A grade and the total it begins at."""

    at_least: Annotated[Decimal, Field(ge=0)]
    id: Id


class Clause(Named):
    """A document that a rule or a framework rests on."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    number: str = ""
    year: int


class Dimension(Named):
    """A first-level indicator (一级指标)."""

    id: Id
    points: Decimal
    basis: Basis


class Group(Named):
    """A second-level indicator (二级指标). Where `own_rule` is given, its indicators come with the department's data."""

    id: Id
    dimension: Id
    points: Decimal
    basis: Basis
    own_rule: Rule | None = None


class Indicator(Named):
    """A third-level indicator (三级指标): what it is worth, what it measures, how it is scored, which clause says so."""

    id: Id
    group: Id
    points: Annotated[Decimal, Field(gt=0)]
    basis: Basis
    metric: str | None = None
    rule: Rule
    source: str
    clause: str = ""
    clause_en: str = ""
    note: str = ""
    note_en: str = ""


class Rounding(Frozen):
    """Decimals of scores and of printed rates; always half up, per indicator, then summed."""

    scores: Annotated[int, Field(ge=0, le=6)]
    rates: Annotated[int, Field(ge=0, le=8)]
    mode: Literal["half_up"]


class Treatment(Frozen):
    """What a missing value and an indicator that does not apply do to the total."""

    missing: Literal["zero"]
    not_applicable: Literal["full", "rescale"]


class Averaged(Frozen):
    """The final score is the mean, the median, or the mean without the highest and the lowest score (of three or more)."""

    kind: Literal["mean", "median", "trimmed_mean"]


class Consensus(Frozen):
    """The final score is the mean, but only where highest and lowest lie at most `limit` apart (a share of the points)."""

    kind: Literal["consensus"] = "consensus"
    limit: Share


FinalRule = Annotated[Averaged | Consensus, Field(discriminator="kind")]


class Framework(Named):
    """An indicator framework: dimensions, groups, indicators, points, rules, grades, and where they come from.

    `experts` is how the scores of several experts become one; without a word about it, the mean without the highest and the lowest.
    """

    format: Literal[1]
    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
    first_year: Annotated[int, Field(ge=1990, le=2200)]
    points: Decimal
    note: str = ""
    note_en: str = ""
    rounding: Rounding
    treatment: Treatment
    bases: dict[str, str] = Field(default_factory=dict)
    experts: FinalRule = Averaged(kind="trimmed_mean")
    grades: Annotated[tuple[Grade, ...], Field(alias="grade", min_length=1)]
    sources: Annotated[tuple[Clause, ...], Field(alias="source", min_length=1)]
    dimensions: Annotated[tuple[Dimension, ...], Field(alias="dimension", min_length=1)]
    groups: Annotated[tuple[Group, ...], Field(alias="group", min_length=1)]
    indicators: Annotated[tuple[Indicator, ...], Field(alias="indicator", min_length=1)]

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    def grade_of(self, total: Decimal) -> Grade:
        """The grade of a rounded total."""
        return next(g for g in sorted(self.grades, key=lambda g: -g.at_least) if total >= g.at_least)

    def find_source(self, id: str) -> Clause | None:
        return next((s for s in self.sources if s.id == id), None)
