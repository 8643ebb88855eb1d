"""What an evaluation is: every result with what it was computed from. It carries its framework and record, and is all a page needs.

Results hold facts; sentences are made of them in `say`.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, cached_property
from typing import Any, ClassVar, Literal

from pydantic import ConfigDict, TypeAdapter

from evallib.model.assemble import assemble
from evallib.model.base import Basis
from evallib.model.catalogue import Catalogue
from evallib.model.entries import Part
from evallib.model.errors import Problem
from evallib.model.facts import Facts, InputValue
from evallib.model.framework import Framework, Indicator
from evallib.model.in_force import indicators_in_force
from evallib.model.record import Judgement, Operator, Record
from evallib.model.rows import State as Unknown
from evallib.model.rule_base import Award
from evallib.model.units import Unit
from evallib.model.words import NOTHING, Words

Status = Literal["scored", "missing", "not_applicable", "not_chosen"]
Method = Literal["computed", "judged", "overridden"]
State = Literal["computed", "missing", "undefined", "no change"]
"""What became of a formula: a value; an input is missing; divided by zero; nothing against nothing, which counts as no change."""
Way = Literal["given", "of base", "parts", "formula", "survey", "none"]
"""How the actual of a target came about."""


class _Strict:
    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class FormulaResult(_Strict):
    """A formula's result in its unit, a rate as a share. `value` is None where it is not defined or an input is missing: see `state`."""

    id: str
    name: Words
    unit: Unit
    value: Decimal | None
    state: State
    inputs: tuple[InputValue, ...]

    @property
    def exact(self) -> bool:
        """Whether no input is known only to some digits."""
        return not any(i.half for i in self.inputs)


@dataclass(frozen=True)
class TargetResult(_Strict):
    """A target held against its actual, both in the target's unit. `completion_rate` is actual / target, never capped.

    A range has an `upper` end. A date counts as days late against none; of what is asked for in words the share counts that was
    reached. `asked` and `reached` are then what stands in the data: the words or dates. `attainment` is how far it was attained, as
    rules of completion take it: above 1 where more was reached.
    """

    id: str
    name: Words
    operator: Operator
    target: Decimal
    actual: Decimal | None
    unit: Unit
    completion_rate: Decimal | None
    attainment: Decimal | None
    met: bool | None
    judged: bool
    way: Way
    upper: Decimal | None = None
    asked: str = ""
    reached: str = ""
    state: Unknown | Literal[""] = ""
    original: Decimal | None = None

    @property
    def is_number(self) -> bool:
        """Whether one number is asked for: not a range, words or a date."""
        return self.operator not in ("between", "words", "by")

    @property
    def lower_is_better(self) -> bool:
        return self.operator in ("<=", "<", "by")

    @property
    def reached_share(self) -> Decimal | None:
        """How far it was reached, the one number that is told and drawn: past 1 is good on whichever side. None for a date.

        Where lower is better the limit over the actual, or 1 and what was saved of the limit; else actual / target, as far as that is told.
        """
        if self.operator == "by":
            return None
        counted = self.is_number and not self.lower_is_better and self.completion_rate is not None
        return self.completion_rate if counted else self.attainment


@dataclass(frozen=True)
class IndicatorResult(_Strict):
    """An indicator's score and what it came from.

    `award` is what the rule gives, before rounding; `formula_score` the same rounded, which stays where the evaluators decided
    otherwise. `rule` is the kind of the rule. `counted` says whether its points and score count in sums: not where it was left out,
    and only its score where it is an `extra`. `veto` names what brought its score down to nothing.
    """

    id: str
    name: Words
    dimension: str
    group: str
    points: Decimal
    basis: Basis
    own: bool
    value: Decimal | None
    unit: Unit
    status: Status
    method: Method
    score: Decimal | None
    formula_score: Decimal | None
    award: Award | None
    rule: str
    formula: str | None
    target: str | None
    judgements: tuple[Judgement, ...]
    findings: tuple[str, ...]
    counted: bool = True
    extra: Literal["", "bonus", "deduction"] = ""
    veto: str = ""

    @property
    def lost(self) -> Decimal:
        """Points not awarded; nothing where the indicator is left out, or is a bonus."""
        full = Decimal(0) if self.extra else self.points
        return max(full - self.score, Decimal(0)) if self.score is not None and self.counted else Decimal(0)

    @property
    def score_rate(self) -> Decimal | None:
        return self.score / self.points if self.score is not None and self.points and not self.extra else None


@dataclass(frozen=True)
class SectionResult(_Strict):
    """Points, score and score rate of a dimension, or of a group `within` a dimension or another group."""

    id: str
    name: Words
    dimension: str
    within: str
    points: Decimal
    score: Decimal
    rate: Decimal | None
    basis: Basis


@dataclass(frozen=True)
class Coverage(_Strict):
    """How much of the framework was scored, and how many points rest on rules that cannot be computed."""

    indicators: int
    indicators_scored: int
    points: Decimal
    points_scored: Decimal
    points_unsaid: Decimal = Decimal(0)


@dataclass(frozen=True)
class Range(_Strict):
    """What a total that is not determinable can still be, and the indicators it waits for."""

    low: Decimal
    high: Decimal
    lacking: tuple[str, ...]


@dataclass(frozen=True)
class Tried(_Strict):
    """Something that an analyst changed to try it: the change as JSON, see `evallib.analysis.changes`, and in words."""

    change: str
    said: Words


@dataclass(frozen=True)
class Draft(_Strict):
    """That an evaluation is a draft: what is still to be done, and the indicators that are open until then."""

    todo: tuple[Problem, ...]
    open: tuple[str, ...]


@dataclass(frozen=True)
class Difference(_Strict):
    """A score in two evaluations, in points; None where an indicator does not apply, or is not there."""

    id: str
    name: Words
    before: Decimal | None
    after: Decimal | None

    @property
    def difference(self) -> Decimal:
        return (self.after or Decimal(0)) - (self.before or Decimal(0))


@dataclass(frozen=True)
class Correction(_Strict):
    """That something else was published before: an error of ours (`correction`) or new data (`revision`), when and why, and what it
    changed: the total, the indicators, the files it was read from.
    """

    kind: Literal["correction", "revision"]
    date: str
    why: str
    total: Difference
    indicators: tuple[Difference, ...]
    files: tuple[str, ...]


@dataclass(frozen=True, repr=False)
class Evaluation(_Strict):
    """A scored department's year: the results, and the framework and record they follow from.

    It is all that charts, tables and pages need, and is what `evaluation.json` holds. `tried` is what of it is no recorded data,
    `corrections` how it differs from what was published before; a `draft` says what is still to be done.
    """

    version: str
    framework: Framework
    record: Record
    formulas: tuple[FormulaResult, ...]
    targets: tuple[TargetResult, ...]
    indicators: tuple[IndicatorResult, ...]
    sections: tuple[SectionResult, ...]
    total: Decimal
    points: Decimal
    grade_id: str
    coverage: Coverage
    self_total: Decimal | None
    self_grade: str
    open: Range | None = None
    tried: tuple[Tried, ...] = ()
    corrections: tuple[Correction, ...] = ()
    draft: Draft | None = None

    def __repr__(self) -> str:
        total = f"{self.total} of {self.points}, {self.grade.zh}" if self.has_total else f"{len(self.indicators)} indicators"
        return f"<Evaluation {self.record.department} {self.record.year}: {total}>"

    @cached_property
    def dimensions(self) -> tuple[SectionResult, ...]:
        """The first level."""
        return tuple(s for s in self.sections if not s.within)

    @cached_property
    def groups(self) -> tuple[SectionResult, ...]:
        """The last level above the indicators: what holds indicators, or nothing."""
        held, split = {i.group for i in self.indicators}, {s.within for s in self.sections}
        return tuple(s for s in self.sections if s.id in held or s.id not in split)

    def formula(self, id: str) -> FormulaResult:
        return self._formulas[id]

    def indicator(self, id: str) -> IndicatorResult:
        return self._indicators[id]

    def target(self, id: str) -> TargetResult | None:
        return self._targets.get(id)

    @cached_property
    def _formulas(self) -> dict[str, FormulaResult]:
        return {f.id: f for f in self.formulas}

    @cached_property
    def _indicators(self) -> dict[str, IndicatorResult]:
        return {i.id: i for i in self.indicators}

    @cached_property
    def _targets(self) -> dict[str, TargetResult]:
        return {t.id: t for t in self.targets}

    @property
    def catalogue(self) -> Catalogue:
        return self.framework.catalogue

    @cached_property
    def facts(self) -> Facts:
        """The facts of the record, looked up or summed."""
        return Facts(self.catalogue, self.record)

    @cached_property
    def in_force(self) -> dict[str, Indicator]:
        """The indicators in force by id: their rules, clauses and notes."""
        return {i.id: i for i in indicators_in_force(self.framework, self.record)}

    def playing(self, role: str) -> str | None:
        """The fact or formula that plays a role and is known here; None where nothing does."""
        return next((id for id in self.catalogue.playing(role) if id in self._formulas or id in self.catalogue.facts), None)

    def player(self, role: str) -> InputValue | None:
        """The fact that plays a role, as it was found; None where nobody gave it, or nothing plays the role."""
        id = self.catalogue.player(role)
        return self.facts.find(id) if id else None

    def amount(self, role: str) -> Decimal | None:
        """The amount of the fact that plays a role, in the currency's own unit; None where it is not known."""
        found = self.player(role)
        return found.base_value if found else None

    @cached_property
    def fingerprint(self) -> str:
        """What tells it from another evaluation: its files, its framework, the version, and what was tried."""
        record, framework = self.record, self.framework
        told = [self.version, record.department, record.year, framework.id, framework.first_year]
        told += [[file.name, file.sha256] for file in record.files]
        told += [tried.change for tried in self.tried] + (["draft"] if self.draft else [])
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]

    @property
    def grade(self) -> Words:
        return next((g.words for g in self.framework.grades if g.id == self.grade_id), NOTHING)

    @property
    def has_total(self) -> bool:
        """Whether there is a total: without points indicators are measured and shown; what is missing may leave it open."""
        return self.points > 0 and self.open is None

    def to_json(self) -> str:
        """The evaluation as text, with the definitions in force: decimals as strings, the same bytes for the same input."""
        held = {"format": 2, "catalogue": self.catalogue.part.model_dump(mode="json", by_alias=True, exclude_defaults=True)}
        held |= _adapter().dump_python(self, mode="json", by_alias=True, exclude=None if self.draft else {"draft"})
        return json.dumps(held, ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Evaluation:
        """An evaluation read back; equal to the one that was written. Older formats are read by `evallib.data.results`."""
        return cls.from_document(json.loads(text))

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Evaluation:
        """An evaluation from the plain object that its text holds."""
        held = {**document}
        if held.pop("format", None) != 2:
            raise ValueError("not an evaluation of format 2")
        if not {"catalogue", "record"} <= {*held}:
            raise ValueError("not a whole evaluation")
        catalogue, _ = assemble([("evaluation.json", Part.model_validate(held.pop("catalogue")))], held["record"]["year"])
        read = _adapter().validate_python(held, context={"units": catalogue.units})
        return replace(read, framework=read.framework.model_copy(update={"catalogue": catalogue}))


@cache
def _adapter() -> TypeAdapter[Evaluation]:
    """What writes and reads evaluations: made when one is."""
    return TypeAdapter(Evaluation)
