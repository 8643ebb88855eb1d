"""What an analyst may change in a framework and a record: how each change is made, what it is about, and how it is told.

Pure: what is recorded stays as it is. The words stand in `catalogue/words/sentences/changes.toml`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, Self, TypeVar

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError

from evallib.model.base import Frozen, Year
from evallib.model.catalogue import Catalogue
from evallib.model.errors import InputRefused, Place, meant
from evallib.model.evaluation import Evaluation, IndicatorResult
from evallib.model.facts import Facts
from evallib.model.framework import Framework, Indicator, Section
from evallib.model.in_force import indicators_in_force
from evallib.model.record import Fact, Judgement, Record, SelfScore, Source, Target
from evallib.model.rules import Rule, as_line
from evallib.model.units import SHARE, Unit, convert, possible, round_half_up
from evallib.model.words import NOTHING, Given, Words, listed, words
from evallib.say.numbers import plain, written
from evallib.say.refusals import problem, refused
from evallib.say.sentences import sentence
from evallib.say.workings import scale_of
from evallib.score.answers import PANEL, SURVEY

Made = tuple[Framework, Record]
Key = tuple[str, ...]

Model = TypeVar("Model", Framework, Record)
Row = TypeVar("Row", bound=Frozen)
Scored = TypeVar("Scored", Judgement, SelfScore)

Number = Annotated[Decimal, AfterValidator(possible)]
"""A number that a record could hold."""

TRIAL, WHAT_IF = "trial", "what-if"
_SOURCE = Source(source=WHAT_IF, title="试算（非实际数据）", title_en="Trial, not recorded data", kind="ledger")
_SAID = {"source": _SOURCE.source, "section": "—"}
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
        was, unit = self.recorded(evaluation), self.unit(evaluation)
        before = written(was if isinstance(was, Decimal) else None, unit)
        return _told("said", label=self._named(evaluation), was=before, now=written(Decimal(self.new), unit))

    def _named(self, evaluation: Evaluation) -> Words:
        return self.label(evaluation)


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
        return framework, _with_source(record, {"facts": _facts_with(catalogue, record, self.fact, year, self.value)})

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
        return framework, _with_target(record, self._row(framework, record), {"target": self.target})


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
        framework, record = _set_aside(framework, record, self.indicator)
        parts = _with(record.target_parts, lambda p: p.indicator == row.indicator and p.role == "actual", counted="no")
        record = _with_target(record, row, {"actual": self.actual, "actual_unit": row.unit, "base": None})
        return framework, _copy(record, {"target_parts": parts})


class LimitChange(_IndicatorChange):
    """Another number in an indicator's rule; `field` is one of `limits(rule)`. A group's own rule changes for the whole group."""

    kind: Literal["limit"] = "limit"
    field: str
    value: Number

    def make(self, framework: Framework, record: Record) -> Made:
        indicator = self._in_force(framework, record)
        known = limits(indicator.rule)
        _among(known, self.field, "trial.no_limit")
        try:
            rule = _RULE.validate_python(_put(indicator.rule.model_dump(), self.field.split("."), self.value))
        except ValidationError:
            stands = ", ".join(f"{name} = {plain(value)}" for name, value in known.items())
            raise refused("trial.rule_breaks", TRIAL, f"{self.field} = {plain(self.value)}", stands=stands) from None
        if any(i.id == indicator.id for i in framework.indicators):
            return _with_indicator(framework, indicator.id, {"rule": rule}), record
        if any(o.indicator == indicator.id and o.rule for o in record.own_indicators):
            own = _with(record.own_indicators, lambda o: o.indicator == indicator.id, rule=as_line(rule))
            return framework, _copy(record, {"own_indicators": own})
        levels = ("dimensions", "groups")
        changed = {level: _with(getattr(framework, level), lambda s: s.id == indicator.within, own_rule=rule) for level in levels}
        return _copy(framework, changed), record

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
        framework = _with_indicator(framework, indicator.id, {"rule": rule, "points": self.points})
        own = _with(record.own_indicators, lambda o: o.indicator == indicator.id, points=self.points)
        judgements, selves = tuple(map(scaled, record.judgements)), tuple(map(scaled, record.self_evaluation))
        record = _copy(record, {"own_indicators": own, "judgements": judgements, "self_evaluation": selves})
        return _summed(framework, record), record


class ItemChange(_IndicatorChange):
    """Another verdict on an item of a checklist."""

    VALUE = "met"

    kind: Literal["item"] = "item"
    item: str
    met: bool

    def make(self, framework: Framework, record: Record) -> Made:
        items = [i.id for i in self._in_force(framework, record).rule.checklist]
        _among(items, self.item, "trial.no_item" if items else "trial.no_checklist")
        verdict = "met" if self.met else "not_met"
        return framework, _judged(record, self.indicator, "item", lambda j: j.item == self.item, item=self.item, verdict=verdict)

    def recorded(self, evaluation: Evaluation) -> bool | None:
        result = self._result(evaluation)
        return any(j.item == self.item and j.verdict == "met" for j in result.judgements) if result else None

    def label(self, evaluation: Evaluation) -> Words:
        item = next((i for i in evaluation.in_force[self.indicator].rule.checklist if i.id == self.item), None)
        return _told("label.item", item=item.words, points=plain(item.points, 2)) if item else words(self.item)

    def said(self, evaluation: Evaluation) -> Words:
        was, now = (_told("met" if met else "not_met") for met in (self.recorded(evaluation), self.met))
        return _told("said", label=self._named(evaluation), was=was, now=now)


class ScoreChange(_IndicatorChange):
    """A score given by judgement, whatever the rule would give."""

    VALUE = "score"

    kind: Literal["score"] = "score"
    score: Number

    def make(self, framework: Framework, record: Record) -> Made:
        indicator = self._in_force(framework, record)
        if not 0 <= self.score <= indicator.points:
            raise refused("trial.score_outside", TRIAL, plain(self.score), points=plain(indicator.points))
        framework, record = _set_aside(framework, record, self.indicator)
        tier = indicator.rule.tier_of(self.score / indicator.points) if indicator.points else None
        if tier is not None:
            return framework, _judged(record, indicator.id, "tier", lambda j: j.kind != "item", verdict=tier.id, score=self.score)
        kind = "award" if indicator.rule.takes == "score" else "override"
        return framework, _judged(record, indicator.id, kind, lambda j: j.kind not in ("item", "tier"), score=self.score)


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
        about = tuple(
            c.model_copy(update={"about": " ".join(token for token in c.subjects if token != self.finding)}) for c in record.contradictions
        )
        update = {
            "findings": tuple(f for f in record.findings if f.finding != self.finding),
            "finding_amounts": tuple(a for a in record.finding_amounts if a.finding != self.finding),
            "contradictions": about,
        }
        touched = {f.indicator for f in record.findings if f.finding == self.finding}
        touched -= {f.indicator for f in record.findings if f.finding != self.finding}
        made = _copy(record, update)
        for id in touched & {i.id for i in indicators_in_force(framework, record) if i.rule.takes == "findings"}:
            made = _judged(made, id, "nothing_found", lambda j: j.kind == "nothing_found")
        return framework, made

    def recorded(self, evaluation: Evaluation) -> bool:
        return True

    def label(self, evaluation: Evaluation) -> Words:
        return _told("label.finding", id=evaluation.record.number_of("findings", self.finding), title=self._title(evaluation))

    def said(self, evaluation: Evaluation) -> Words:
        return _told("without_finding", id=evaluation.record.number_of("findings", self.finding), title=self._title(evaluation))

    def _title(self, evaluation: Evaluation) -> Words:
        return next((f.words for f in evaluation.record.findings if f.finding == self.finding), NOTHING)


Change = Annotated[
    FactChange | TargetChange | ActualChange | LimitChange | PointsChange | ItemChange | ScoreChange | FindingRemoved,
    Field(discriminator="kind"),
]


def limits(rule: Rule) -> dict[str, Decimal]:
    """The numbers of a rule that `LimitChange` can change, by their path. The points of a checklist go with `PointsChange`.

    >>> from evallib.model.pieces import PassFail
    >>> limits(PassFail(kind="pass_fail", at_least="0.9"))
    {'at_least': Decimal('0.9')}
    """

    def numbers(part: object, path: tuple[str, ...]) -> Iterator[tuple[str, Decimal]]:
        if isinstance(part, Decimal):
            yield ".".join(path), part
        inner = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list | tuple) else ()
        for key, one in inner:
            yield from numbers(one, (*path, str(key)))

    return dict(numbers(rule.model_dump(exclude={"items"}), ()))


def _put(data: Any, path: Sequence[str], value: Decimal) -> Any:
    """Nested data with another number at the end of a path."""
    if not path:
        return value
    key, *rest = path
    if isinstance(data, dict):
        return data | {key: _put(data[key], rest, value)}
    return [_put(inner, rest, value) if str(place) == key else inner for place, inner in enumerate(data)]


def _copy(model: Model, update: dict[str, Any]) -> Model:
    """A copy with some fields changed. It keeps nothing that the recorded one has looked up in its old fields."""
    return type(model).model_construct(**{name: getattr(model, name) for name in type(model).model_fields} | update)


def _with(rows: tuple[Row, ...], changed: Callable[[Row], bool], **update: Any) -> tuple[Row, ...]:
    """Rows, those that are meant with some fields changed."""
    return tuple(row.model_copy(update=update) if changed(row) else row for row in rows)


def _with_source(record: Record, update: dict[str, Any]) -> Record:
    if _SOURCE not in record.sources:
        update = {**update, "sources": (*record.sources, _SOURCE)}
    return _copy(record, update)


def _facts_with(catalogue: Catalogue, record: Record, id: str, year: int, value: Decimal) -> tuple[Fact, ...]:
    """The facts with one of them changed, and with the stored sums that it is part of moved along."""
    facts, unit = Facts(catalogue, record), catalogue.facts[id].unit
    old = facts.find(id, year)
    row = Fact(fact=id, year=year, value=value, unit=unit.symbol, note="试算", note_en="trial", **_SAID)
    at = next((n for n, f in enumerate(record.facts) if (f.fact, f.year) == (id, year)), len(record.facts))
    rows = (*record.facts[:at], row, *(f for f in record.facts[at:] if (f.fact, f.year) != (id, year)))
    if old is None or old.value is None:
        return rows
    for sign, whole in catalogue.wholes.get(id, ()):
        stored = facts.find(whole, year) if record.find_fact(whole, year) else None
        if stored is not None and stored.value is not None:
            moved = stored.value + sign * convert(value - old.value, unit, stored.unit)
            rows = _facts_with(catalogue, _copy(record, {"facts": rows}), whole, year, moved)
    return rows


def _set_aside(framework: Framework, record: Record, id: str) -> Made:
    """What people answered or experts gave, where an indicator takes that, counts no longer: another number stands in its place."""
    if next(i.value for i in indicators_in_force(framework, record) if i.id == id) not in (SURVEY, PANEL):
        return framework, record
    own = _with(record.own_indicators, lambda o: o.indicator == id, formula="")
    return _with_indicator(framework, id, {"value": ""}), _copy(record, {"own_indicators": own})


def _with_target(record: Record, row: Target, update: dict[str, Any]) -> Record:
    return _with_source(record, {"targets": _with(record.targets, lambda t: t is row, **update, **_SAID)})


def _with_indicator(framework: Framework, id: str, update: dict[str, Any]) -> Framework:
    return _copy(framework, {"indicators": _with(framework.indicators, lambda i: i.id == id, **update)})


def _summed(framework: Framework, record: Record) -> Framework:
    """The framework with groups and dimensions worth what their indicators are worth."""
    force = indicators_in_force(framework, record)
    above, worth = {s.id: s.within for s in framework.sections}, dict.fromkeys((s.id for s in framework.sections), Decimal(0))
    for indicator in force:
        place = indicator.within if not indicator.extra else ""
        while place:
            worth[place] += indicator.points
            place = above[place]
    levels: dict[str, tuple[Section, ...]] = {"dimensions": framework.dimensions, "groups": framework.groups}
    return _copy(framework, {level: tuple(s.model_copy(update={"points": worth[s.id]}) for s in some) for level, some in levels.items()})


def _judged(record: Record, indicator: str, kind: str, replaces: Callable[[Judgement], bool], **more: Any) -> Record:
    """The record with one judgement in the place of those it replaces."""
    row = Judgement.model_validate(
        {"indicator": indicator, "kind": kind, "basis": "own", "reason": "试算", "reason_en": "trial", **more, **_SAID}
    )
    kept = tuple(j for j in record.judgements if not (j.indicator == indicator and replaces(j)))
    return _with_source(record, {"judgements": (*kept, row)})
