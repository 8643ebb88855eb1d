"""What an indicator framework is: dimensions, groups, indicators, points, rules, grades, clauses. No reading, no scoring."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from evallib.model.base import Basis, Clause, Frozen, Id, Named
from evallib.model.catalogue import Catalogue
from evallib.model.entries import Role
from evallib.model.rules import Rule, Share

ZERO = Decimal(0)


class Grade(Named):
    """A grade and the total it begins at."""

    at_least: Annotated[Decimal, Field(ge=0)]
    id: Id


class Dimension(Named):
    """A first-level indicator (一级指标)."""

    id: Id
    points: Decimal = ZERO
    basis: Basis = "own"
    role: Role = ()


class Group(Named):
    """A second-level indicator (二级指标). Where `own_rule` is given, its indicators come with the department's data."""

    id: Id
    dimension: Id
    points: Decimal = ZERO
    basis: Basis = "own"
    own_rule: Rule | None = None
    role: Role = ()


class Indicator(Named):
    """A third-level indicator (三级指标): what it is worth, what it measures, how it is scored, which clause says so.

    `value` is the formula that measures it: its id or its name. Without points it is measured and shown, and scores nothing.
    """

    id: Id
    group: Id
    points: Annotated[Decimal, Field(ge=0)] = ZERO
    basis: Basis = "own"
    value: str = ""
    rule: Rule
    role: Role = ()
    source: str
    clause: str = ""
    clause_en: str = ""
    note: str = ""
    note_en: str = ""


class Rounding(Frozen):
    """Decimals of scores and of printed rates; always half up, per indicator, then summed."""

    scores: Annotated[int, Field(ge=0, le=6)] = 2
    rates: Annotated[int, Field(ge=0, le=8)] = 4
    mode: Literal["half_up"] = "half_up"


class Treatment(Frozen):
    """What a missing value and an indicator that does not apply do to the total."""

    missing: Literal["zero"] = "zero"
    not_applicable: Literal["full", "rescale"] = "rescale"


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
    `builds_on` names the catalogues of the package that it needs; `catalogue` is what is in force of these, of its own entries and of
    the data folder's. Without points there is no total and no grade.
    """

    format: Literal[2]
    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
    first_year: Annotated[int, Field(ge=1990, le=2200)]
    builds_on: tuple[str, ...] = ()
    points: Annotated[Decimal, Field(ge=0)] = ZERO
    note: str = ""
    note_en: str = ""
    rounding: Rounding = Rounding()
    treatment: Treatment = Treatment()
    experts: FinalRule = Averaged(kind="trimmed_mean")
    grades: Annotated[tuple[Grade, ...], Field(alias="grade")] = ()
    sources: Annotated[tuple[Clause, ...], Field(alias="source")] = ()
    dimensions: Annotated[tuple[Dimension, ...], Field(alias="dimension", min_length=1)]
    groups: Annotated[tuple[Group, ...], Field(alias="group", min_length=1)]
    indicators: Annotated[tuple[Indicator, ...], Field(alias="indicator")] = ()
    catalogue: Annotated[Catalogue, Field(exclude=True)] = Catalogue()

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, arbitrary_types_allowed=True)

    def __eq__(self, other: object) -> bool:
        """The catalogue plays no part: an evaluation carries only as much of it as it used."""
        return isinstance(other, Framework) and self.__dict__ | {"catalogue": None} == other.__dict__ | {"catalogue": None}

    def __hash__(self) -> int:
        return hash((self.id, self.first_year))

    def grade_of(self, total: Decimal) -> Grade | None:
        """The grade of a rounded total; None where the framework has no grades."""
        return next((g for g in sorted(self.grades, key=lambda g: -g.at_least) if total >= g.at_least), None)

    def find_source(self, id: str) -> Clause | None:
        return next((s for s in (*self.sources, *self.catalogue.part.sources) if s.id == id), None)

    def playing(self, role: str) -> tuple[str, ...]:
        """The ids of the groups and indicators that play a role, in their order."""
        found: list[Group | Indicator] = [*self.groups, *self.indicators]
        return tuple(one.id for one in found if role in one.role)
