"""What an analyst may change in a framework and a record: how each change is made, what it is about, and how it is told.

Pure: what is recorded stays as it is. The words stand in `catalogue/words/sentences/changes.toml`.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, Self, TypeVar

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError

from evallib.analysis import changed
from evallib.analysis.changed import Made, limits
from evallib.model.base import Frozen, Year
from evallib.model.errors import InputRefused, Place, meant
from evallib.model.evaluation import Evaluation, IndicatorResult
from evallib.model.framework import Framework, Indicator
from evallib.model.in_force import indicators_in_force
from evallib.model.record import Judgement, Record, SelfScore, Target
from evallib.model.rules import Rule, as_line
from evallib.model.units import SHARE, Unit, possible, round_half_up
from evallib.model.words import NOTHING, Given, Words, listed, words
from evallib.say.numbers import plain, written
from evallib.say.refusals import problem, refused
from evallib.say.sentences import sentence
from evallib.say.workings import scale_of

Key = tuple[str, ...]
Scored = TypeVar("Scored", Judgement, SelfScore)

Number = Annotated[Decimal, AfterValidator(possible)]
"""A number that a record could hold."""

TRIAL = "trial"
_RULE: TypeAdapter[Rule] = TypeAdapter(Rule)


def _told(name: str, /, **given: Given) -> Words:
    return sentence(f"changes.{name}", **given)


def _among(known: Iterable[str], id: str, refusal: str) -> None:
    """Refuse an id that is not among the known ones of its kind."""
    ids = list(known)
    if id not in ids:
        raise refused(refusal, TRIAL, id, known=meant(id, ids))


class _Change(Frozen):
    """What every change can do. `VALUE` names the field that holds the new value; the others say what the change is about."""

    VALUE: ClassVar[str] = "value"
    PART: ClassVar[str] = ""
    """The field for the part of an indicator that it is about, where it is about one."""

    kind: str

    @property
    def key(self) -> Key:
        """What the change is about; a later change about the same takes its place.

        >>> LimitChange(indicator="a", field="cap", value=1).key
        ('limit', 'a', 'cap')
        """
        return tuple(str(part) for name, part in self.model_dump().items() if name != self.VALUE and part is not None)

    @property
    def new(self) -> Decimal | bool:
        """What it puts in the place of the recorded value."""
        value: Decimal | bool = getattr(self, self.VALUE)
        return value

    def renewed(self, value: Decimal | bool) -> Self:
        """The same change with another value.

        Raises InputRefused where the value cannot stand there.
        """
        try:
            return self.model_validate(self.model_dump() | {self.VALUE: value})
        except ValidationError:
            place = Place(TRIAL, called=_told(f"label.{self.kind}"))
            raise InputRefused((problem("trial.not_above_zero", place, str(value)),)) from None

    def make(self, framework: Framework, record: Record) -> Made:
        """The framework and the record with the change made; see `evallib.analysis.what_if.apply` for what each change means.

        Raises InputRefused where the change names what is not there, or gives what its place cannot hold.
        """
        raise NotImplementedError

    def recorded(self, evaluation: Evaluation) -> Decimal | bool | None:
        """What is recorded in its place; None where nothing is, or the place does not exist."""
        raise NotImplementedError

    def unit(self, evaluation: Evaluation) -> Unit:
        """The unit of its value."""
        return evaluation.catalogue.units.points

    def label(self, evaluation: Evaluation) -> Words:
        """What it is about, inside its indicator."""
        return _told(f"label.{self.kind}")

    def said(self, evaluation: Evaluation) -> Words:
        """The change in words: what, from the recorded value to the new one.

        >>> from pathlib import Path
        >>> from evallib.data.years import evaluate_year
        >>> e = evaluate_year(Path("data"), "hrss", 2023).evaluation
        >>> ActualChange(indicator="public_satisfaction", actual=90).said(e)["en"]
        'Satisfaction of the public or of those served, Actual: 84.00% → 90.00%'
        """
        was, now = (self._written(evaluation, value) for value in (self.recorded(evaluation), self.new))
        return _told("said", label=self._named(evaluation), was=was, now=now)

    def _named(self, evaluation: Evaluation) -> Words:
        return self.label(evaluation)

    def _written(self, evaluation: Evaluation, value: Decimal | bool | None) -> Words:
        return written(None if value is None else Decimal(value), self.unit(evaluation))


class _IndicatorChange(_Change):
    """A change of one indicator."""

    indicator: str

    def _named(self, evaluation: Evaluation) -> Words:
        return _told("of_indicator", indicator=evaluation.indicator(self.indicator).name, label=self.label(evaluation))

    def recorded(self, evaluation: Evaluation) -> Decimal | bool | None:
        """The number of that name in the indicator's result, where it has one."""
        value: Decimal | None = getattr(self._result(evaluation), self.VALUE, None)
        return value

    def _result(self, evaluation: Evaluation) -> IndicatorResult | None:
        return next((i for i in evaluation.indicators if i.id == self.indicator), None)

    def _in_force(self, framework: Framework, record: Record) -> Indicator:
        known = {i.id: i for i in indicators_in_force(framework, record)}
        _among(known, self.indicator, "trial.no_indicator")
        return known[self.indicator]


class _TargetChange(_IndicatorChange):
    """A change of what an indicator's target is, or of what was reached."""

    def recorded(self, evaluation: Evaluation) -> Decimal | None:
        value: Decimal | None = getattr(evaluation.target(self.indicator), self.VALUE, None)
        return value

    def unit(self, evaluation: Evaluation) -> Unit:
        target = evaluation.target(self.indicator)
        return target.unit if target else SHARE

    def _row(self, framework: Framework, record: Record) -> Target:
        self._in_force(framework, record)
        known = {t.indicator: t for t in record.targets}
        _among(known, self.indicator, "trial.no_target")
        return known[self.indicator]


class FactChange(_Change):
    """Another value of a fact, in the catalogue's unit; of the evaluated year where none is named."""

    kind: Literal["fact"] = "fact"
    fact: str
    value: Number
    year: Year | None = None

    def make(self, framework: Framework, record: Record) -> Made:
        year, catalogue = record.year if self.year is None else self.year, framework.catalogue
        _among([id for id, fact in catalogue.facts.items() if not fact.derived], self.fact, "trial.no_fact")
        return framework, changed.with_source(record, {"facts": changed.facts_with(catalogue, record, self.fact, year, self.value)})

    def recorded(self, evaluation: Evaluation) -> Decimal | None:
        found = evaluation.facts.find(self.fact, self.year) if self.fact in evaluation.catalogue.facts else None
        return found.value if found else None

    def unit(self, evaluation: Evaluation) -> Unit:
        return evaluation.catalogue.facts[self.fact].unit

    def label(self, evaluation: Evaluation) -> Words:
        name = evaluation.catalogue.facts[self.fact].name
        if self.year in (None, evaluation.record.year):
            return name
        return _told("label.of_year", name=name, year=evaluation.catalogue.year(self.year or evaluation.record.year))


class TargetChange(_TargetChange):
    """Another target of an indicator, in the target's unit."""

    VALUE = "target"

    kind: Literal["target"] = "target"
    target: Number

    def make(self, framework: Framework, record: Record) -> Made:
        return framework, changed.with_target(record, self._row(framework, record), {"target": self.target})


class ActualChange(_TargetChange):
    """Another actual of an indicator, in the target's unit. An actual that a formula gives changes with its facts instead."""

    VALUE = "actual"

    kind: Literal["actual"] = "actual"
    actual: Number

    def make(self, framework: Framework, record: Record) -> Made:
        formula = framework.catalogue.formulas.get(self._in_force(framework, record).value or "")
        if formula is not None:
            raise refused("trial.actual_computed", TRIAL, self.indicator, facts=listed(name.id for name in formula.inputs))
        row = self._row(framework, record)
        framework, record = changed.set_aside(framework, record, self.indicator)
        parts = changed.rows_with(record.target_parts, lambda p: p.indicator == row.indicator and p.role == "actual", counted="no")
        record = changed.with_target(record, row, {"actual": self.actual, "actual_unit": row.unit, "base": None})
        return framework, changed.copied(record, {"target_parts": parts})


class LimitChange(_IndicatorChange):
    """Another number in an indicator's rule; `field` is one of `limits(rule)`. A group's own rule changes for the whole group."""

    PART = "field"

    kind: Literal["limit"] = "limit"
    field: str
    value: Number

    @classmethod
    def parts(cls, indicator: Indicator) -> dict[str, Words]:
        return {limit: words(limit) for limit in limits(indicator.rule)}

    def make(self, framework: Framework, record: Record) -> Made:
        indicator = self._in_force(framework, record)
        known = limits(indicator.rule)
        _among(known, self.field, "trial.no_limit")
        try:
            rule = _RULE.validate_python(changed.put_at(indicator.rule.model_dump(), self.field.split("."), self.value))
        except ValidationError:
            stands = ", ".join(f"{name} = {plain(value)}" for name, value in known.items())
            raise refused("trial.rule_breaks", TRIAL, f"{self.field} = {plain(self.value)}", stands=stands) from None
        if any(i.id == indicator.id for i in framework.indicators):
            return changed.with_indicator(framework, indicator.id, {"rule": rule}), record
        if any(o.indicator == indicator.id and o.rule for o in record.own_indicators):
            own = changed.rows_with(record.own_indicators, lambda o: o.indicator == indicator.id, rule=as_line(rule))
            return framework, changed.copied(record, {"own_indicators": own})
        return changed.with_sections(framework, lambda s: {"own_rule": rule} if s.id == indicator.within else {}), record

    def recorded(self, evaluation: Evaluation) -> Decimal | None:
        return limits(evaluation.in_force[self.indicator].rule).get(self.field) if self._result(evaluation) else None

    def unit(self, evaluation: Evaluation) -> Unit:
        """A limit is in the unit of what the rule scores; what is given or taken is a share, or points."""
        last = next(part for part in reversed(self.field.split(".")) if not part.isdigit())
        if last in ("points_each", "serious", "slight", "points"):
            return super().unit(evaluation)
        return SHARE if last in ("share", "low", "high") else scale_of(evaluation, evaluation.indicator(self.indicator))

    def label(self, evaluation: Evaluation) -> Words:
        *path, last = self.field.split(".")
        if not path:
            return _told("label.taken" if last == "share" else "label.limit", limit=_told(f"limit.{last}"))
        part, place = path[0], int(path[1])
        if part == "pieces":
            last = f"{path[2]}_{last}" if len(path) > 2 else last
            return _told("label.band", number=place + 1, limit=_told(f"limit.{last}"))
        name = getattr(evaluation.in_force[self.indicator].rule, part)[place].words
        return _told("label.named", name=name, limit=_told(f"limit.{last}"))


class PointsChange(_IndicatorChange):
    """Another number of points for an indicator. What was achieved stays: see `apply`."""

    VALUE = "points"

    kind: Literal["points"] = "points"
    points: Annotated[Number, Field(gt=0)]

    def make(self, framework: Framework, record: Record) -> Made:
        indicator = self._in_force(framework, record)
        if not indicator.points:
            raise refused("trial.no_points", TRIAL, self.indicator)

        def scaled(row: Scored) -> Scored:
            if row.indicator != indicator.id or row.score is None:
                return row
            return row.model_copy(update={"score": round_half_up(row.score * self.points / indicator.points, 12)})

        rule = indicator.rule.worth(self.points / indicator.points, self.points)
        framework = changed.with_indicator(framework, indicator.id, {"rule": rule, "points": self.points})
        own = changed.rows_with(record.own_indicators, lambda o: o.indicator == indicator.id, points=self.points)
        judgements, selves = tuple(map(scaled, record.judgements)), tuple(map(scaled, record.self_evaluation))
        record = changed.copied(record, {"own_indicators": own, "judgements": judgements, "self_evaluation": selves})
        return changed.summed(framework, record), record


class ItemChange(_IndicatorChange):
    """Another verdict on an item of a checklist."""

    VALUE, PART = "met", "item"

    kind: Literal["item"] = "item"
    item: str
    met: bool

    @classmethod
    def parts(cls, indicator: Indicator) -> dict[str, Words]:
        return {item.id: item.words for item in indicator.rule.checklist}

    def make(self, framework: Framework, record: Record) -> Made:
        items = [i.id for i in self._in_force(framework, record).rule.checklist]
        _among(items, self.item, "trial.no_item" if items else "trial.no_checklist")
        verdict = "met" if self.met else "not_met"
        return framework, changed.judged(record, self.indicator, "item", lambda j: j.item == self.item, item=self.item, verdict=verdict)

    def recorded(self, evaluation: Evaluation) -> bool | None:
        result = self._result(evaluation)
        return any(j.item == self.item and j.verdict == "met" for j in result.judgements) if result else None

    def label(self, evaluation: Evaluation) -> Words:
        item = next((i for i in evaluation.in_force[self.indicator].rule.checklist if i.id == self.item), None)
        return _told("label.item", item=item.words, points=plain(item.points, 2)) if item else words(self.item)

    def _written(self, evaluation: Evaluation, value: Decimal | bool | None) -> Words:
        return _told("met" if value else "not_met")


class ScoreChange(_IndicatorChange):
    """A score given by judgement, whatever the rule would give."""

    VALUE = "score"

    kind: Literal["score"] = "score"
    score: Number

    def make(self, framework: Framework, record: Record) -> Made:
        indicator = self._in_force(framework, record)
        if not 0 <= self.score <= indicator.points:
            raise refused("trial.score_outside", TRIAL, plain(self.score), points=plain(indicator.points))
        framework, record = changed.set_aside(framework, record, self.indicator)
        tier = indicator.rule.tier_of(self.score / indicator.points) if indicator.points else None
        if tier is not None:
            return framework, changed.judged(record, indicator.id, "tier", lambda j: j.kind != "item", verdict=tier.id, score=self.score)
        kind = "award" if indicator.rule.takes == "score" else "override"
        return framework, changed.judged(record, indicator.id, kind, lambda j: j.kind not in ("item", "tier"), score=self.score)


class FindingRemoved(_Change):
    """As if this had not been found."""

    VALUE = ""

    kind: Literal["finding"] = "finding"
    finding: str

    @property
    def new(self) -> bool:
        """It is no longer found."""
        return False

    def make(self, framework: Framework, record: Record) -> Made:
        _among([f.finding for f in record.findings], self.finding, "trial.no_finding")
        made = changed.without_finding(record, self.finding)
        touched = {f.indicator for f in record.findings} - {f.indicator for f in made.findings}
        for id in touched & {i.id for i in indicators_in_force(framework, record) if i.rule.takes == "findings"}:
            made = changed.judged(made, id, "nothing_found", lambda j: j.kind == "nothing_found")
        return framework, made

    def recorded(self, evaluation: Evaluation) -> bool:
        return True

    def label(self, evaluation: Evaluation) -> Words:
        return _told("label.finding", id=evaluation.record.number_of("findings", self.finding), title=self._title(evaluation))

    def said(self, evaluation: Evaluation) -> Words:
        return _told("without_finding", id=evaluation.record.number_of("findings", self.finding), title=self._title(evaluation))

    def _title(self, evaluation: Evaluation) -> Words:
        return next((f.words for f in evaluation.record.findings if f.finding == self.finding), NOTHING)


KINDS: dict[str, type[Any]] = {
    **{"fact": FactChange, "actual": ActualChange, "target": TargetChange, "points": PointsChange, "score": ScoreChange},
    **{"rule": LimitChange, "item": ItemChange},
}
"""The changes to a value, as an analyst calls them."""
Change = Annotated[
    FactChange | TargetChange | ActualChange | LimitChange | PointsChange | ItemChange | ScoreChange | FindingRemoved,
    Field(discriminator="kind"),
]
