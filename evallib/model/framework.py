"""What an indicator framework is: dimensions, groups, indicators, points, rules, grades, clauses. No reading, no scoring."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from evallib.model.base import Basis, Clause, Format, Frozen, Id, Named, Year
from evallib.model.catalogue import Catalogue
from evallib.model.entries import Role
from evallib.model.grouped import grouped
from evallib.model.record import Kind
from evallib.model.rule_base import ONE, ZERO, Share
from evallib.model.rules import Rule
from evallib.model.words import folded


class Grade(Named):
    """A grade and the total it begins at."""

    at_least: Annotated[Decimal, Field(ge=0)]
    id: Id


class _Placed(Named):
    """What has a place in the tree: what it is worth, in points or as a share (`weight`) of what it stands in.

    `basis` is where the points come from, `origin` where the name and what it means do: a ministry may name an indicator and leave
    its points to the county.
    """

    id: Id
    weight: Annotated[Decimal, Field(gt=0, le=1)] | None = None
    basis: Basis = "own"
    origin: Basis | Literal[""] = ""
    role: Role = ()

    @property
    def within(self) -> str:
        """The dimension or group that it stands in; empty for a dimension."""
        return ""


class Section(_Placed):
    """A level above the indicators. Where `own_rule` is given, indicators of the department's own may stand in it.

    Without points it is worth what its indicators are worth.
    """

    points: Annotated[Decimal, Field(ge=0)] | None = None
    own_rule: Rule | None = None


class Dimension(Section):
    """A first-level indicator (一级指标)."""


class _Below(_Placed):
    """What stands in a group or, with none between, in a dimension."""

    dimension: Id | Literal[""] = ""
    group: Id | Literal[""] = ""

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if bool(self.dimension) == bool(self.group):
            raise ValueError("dimension_or_group")
        return self

    @property
    def within(self) -> str:
        return self.group or self.dimension


class Group(_Below, Section):
    """A second-level indicator (二级指标), or one below it."""


class Indicator(_Below):
    """The last level (三级指标): what it is worth, what it measures, how it is scored, which clause says so.

    `value` is where its number comes from: a formula by its id or name, `survey` for the satisfaction in the answers to questionnaires,
    `panel` for the experts' score; without one, a target row or a judgement. Without points it is measured and shown, and scores nothing.
    Of those with the same `one_of` in a group the assessors take one. A `bonus` only adds to the total, a `deduction` only takes away,
    up to its points: as many as its rule gives, or as a rule that deducts would take. `not_applicable` says what becomes of it where it
    does not apply, if not what the framework says; of a bonus or a deduction nothing does.
    """

    points: Annotated[Decimal, Field(ge=0)] = ZERO
    value: str = ""
    rule: Rule
    one_of: str = ""
    extra: Literal["", "bonus", "deduction"] = ""
    not_applicable: Literal["", "full", "rescale"] = ""
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
    """What a missing value and an indicator that does not apply do to the total, and what "=" and an empty table of findings mean.

    Missing: no points (`zero`), left out and the rest scaled back (`rescale`), or no total as long as it is missing (`undetermined`).
    `equals`: "=" is met from 100% on and scored by completion (`reached`), or only by the very number (`exact`). `no_finding`: where
    nothing says that it was checked, nobody did (`unchecked`, which is missing), or nothing was found (`none`), as in version 1.0.
    """

    missing: Literal["zero", "rescale", "undetermined"] = "zero"
    not_applicable: Literal["full", "rescale"] = "rescale"
    equals: Literal["reached", "exact"] = "reached"
    no_finding: Literal["unchecked", "none"] = "unchecked"


class Qualitative(Frozen):
    """The share of completion of a target in words (定性) that is reached, partly reached, not reached."""

    reached: Share = Decimal(1)
    partly: Share
    missed: Share = ZERO

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.reached >= self.partly >= self.missed:
            raise ValueError("parts_of_words_rise")
        return self


class Veto(Named):
    """What brings down to nothing the score of an indicator, a group, a dimension or the `total`: a finding names it."""

    id: Id
    of: str
    source: str = ""
    clause: str = ""
    clause_en: str = ""


class NamedRule(Named):
    """A rule that the department's own indicators may name."""

    id: Id
    rule: Rule


class Example(Frozen):
    """What a rule must give: of an indicator, or of a group's own rule or a rule by name for an indicator worth `of` points.

    `given` is a value or completion ("85%", 0.85), the items met, how serious each finding is; `points` what must come out.
    """

    indicator: str = ""
    group: str = ""
    rule: str = ""
    of: Decimal | None = None
    given: Decimal | str | tuple[str, ...]
    points: Decimal
    why: str = ""
    why_en: str = ""


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
    `kinds` is what it is made for, anything where it does not say; `note` begins with a sentence that says what it is.
    `builds_on` names the catalogues of the package that it needs; `catalogue` is what is in force of these, of its own entries and of
    the data folder's. Without points there is no total and no grade. A target attained to less than `reason_below` needs a
    reason; at 1 every one that was missed does.
    """

    format: Format
    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
    first_year: Year
    kinds: tuple[Kind, ...] = ()
    builds_on: tuple[str, ...] = ()
    points: Annotated[Decimal, Field(ge=0)] = ZERO
    note: str = ""
    note_en: str = ""
    rounding: Rounding = Rounding()
    treatment: Treatment = Treatment()
    qualitative: Qualitative | None = None
    reason_below: Share = ONE
    experts: FinalRule = Averaged(kind="trimmed_mean")
    grades: Annotated[tuple[Grade, ...], Field(alias="grade")] = ()
    sources: Annotated[tuple[Clause, ...], Field(alias="source")] = ()
    dimensions: Annotated[tuple[Dimension, ...], Field(alias="dimension", min_length=1)]
    groups: Annotated[tuple[Group, ...], Field(alias="group")] = ()
    indicators: Annotated[tuple[Indicator, ...], Field(alias="indicator")] = ()
    rules: Annotated[tuple[NamedRule, ...], Field(alias="rule")] = ()
    vetoes: Annotated[tuple[Veto, ...], Field(alias="veto")] = ()
    examples: Annotated[tuple[Example, ...], Field(alias="example")] = ()
    catalogue: Annotated[Catalogue, Field(exclude=True)] = Catalogue()

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, arbitrary_types_allowed=True)

    @model_validator(mode="after")
    def _weighed(self) -> Self:
        """Points of what is only weighted, from what it stands in."""
        worth: dict[str, Decimal | None] = {"": self.points}

        def weighed(one: Section | Indicator) -> Section | Indicator:
            whole = worth.get(one.within)
            if not one.points and one.weight is not None and whole is not None:
                one = one.model_copy(update={"points": whole * one.weight})
            worth[one.id] = one.points
            return one

        for level in ("dimensions", "groups", "indicators"):
            self.__dict__[level] = tuple(map(weighed, getattr(self, level)))
        return self

    def __eq__(self, other: object) -> bool:
        """The catalogue plays no part: an evaluation carries only as much of it as it used."""
        fields = type(self).model_fields.keys() - {"catalogue"}
        return isinstance(other, Framework) and all(getattr(self, name) == getattr(other, name) for name in fields)

    def __hash__(self) -> int:
        return hash((self.id, self.first_year))

    def grade_of(self, total: Decimal) -> Grade | None:
        """The grade of a rounded total; None where the framework has no grades."""
        return next((g for g in sorted(self.grades, key=lambda g: -g.at_least) if total >= g.at_least), None)

    def find_source(self, id: str) -> Clause | None:
        return next((s for s in (*self.sources, *self.catalogue.part.sources) if s.id == id), None)

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The dimensions and groups as a tree is read: each before what stands in it."""
        below = grouped((group.within, group) for group in self.groups)

        def walk(section: Section, above: frozenset[str]) -> Iterator[Section]:
            yield section
            for inner in below.get(section.id, ()):
                if inner.id not in above:  # no group stands in itself; the check says so
                    yield from walk(inner, above | {inner.id})

        return tuple(one for dimension in self.dimensions for one in walk(dimension, frozenset({dimension.id})))

    @cached_property
    def open_sections(self) -> tuple[Section, ...]:
        """Where indicators of the department's own may stand."""
        return tuple(s for s in self.sections if s.own_rule is not None)

    @cached_property
    def open_most(self) -> Decimal:
        """The most that an indicator of the department's own, which is still to come, may bring of its points."""
        return max([Decimal(1), *(s.own_rule.most for s in self.open_sections if s.own_rule)])

    @cached_property
    def homes(self) -> dict[str, str]:
        """The dimension that each dimension and group stands in."""
        found: dict[str, str] = {}
        for section in self.sections:
            found[section.id] = found.get(section.within, section.id)
        return found

    def find_rule(self, text: str) -> Rule | None:
        """A rule by its id or name."""
        return next((one.rule for one in self.rules if folded(text) in {folded(t) for t in (one.id, one.name, one.name_en) if t}), None)

    @cached_property
    def _places(self) -> tuple[_Placed, ...]:
        return (*self.sections, *self.indicators)

    @cached_property
    def unverified(self) -> frozenset[str]:
        """The ids of the dimensions, groups and indicators of which nobody held the name or the points against the document."""
        return frozenset(one.id for one in self._places if "unverified" in (one.basis, one.origin))

    @cached_property
    def is_reconstruction(self) -> bool:
        """Whether points in it were inferred from the published results of one evaluation: it then serves no other."""
        return any(one.basis == "reconstructed" for one in self._places)

    def playing(self, role: str) -> tuple[str, ...]:
        """The ids of the dimensions, groups and indicators that play a role, in their order."""
        return tuple(one.id for one in self._places if role in one.role)
