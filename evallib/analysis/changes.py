"""What an analyst may change in a framework and a record, and how each change is made. Pure: the recorded ones stay as they are."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from evallib.model.base import Frozen
from evallib.model.catalogue import Catalogue
from evallib.model.errors import meant
from evallib.model.evaluation import indicators_in_force
from evallib.model.facts import Facts
from evallib.model.framework import Framework, Indicator
from evallib.model.record import Fact, Judgement, Record, Source, Target
from evallib.model.rules import Rule
from evallib.model.units import convert, round_half_up
from evallib.model.words import Words, words
from evallib.say.numbers import plain


class FactChange(Frozen):
    """Another value of a fact, in the catalogue's unit; of the evaluated year where none is named."""

    kind: Literal["fact"] = "fact"
    fact: str
    value: Decimal
    year: int | None = None


class TargetChange(Frozen):
    """Another target of an indicator, in the target's unit."""

    kind: Literal["target"] = "target"
    indicator: str
    target: Decimal


class ActualChange(Frozen):
    """Another actual of an indicator, in the target's unit. An actual that a formula gives changes with its facts instead."""

    kind: Literal["actual"] = "actual"
    indicator: str
    actual: Decimal


class LimitChange(Frozen):
    """Another number in an indicator's rule; `field` is one of `limits(rule)`. A group's own rule changes for the whole group."""

    kind: Literal["limit"] = "limit"
    indicator: str
    field: str
    value: Decimal


class PointsChange(Frozen):
    """Another number of points for an indicator. What was achieved stays: see `apply`."""

    kind: Literal["points"] = "points"
    indicator: str
    points: Annotated[Decimal, Field(gt=0)]


class ItemChange(Frozen):
    """Another verdict on an item of a checklist."""

    kind: Literal["item"] = "item"
    indicator: str
    item: str
    met: bool


class ScoreChange(Frozen):
    """A score given by judgement, whatever the rule would give."""

    kind: Literal["score"] = "score"
    indicator: str
    score: Decimal


class FindingRemoved(Frozen):
    """As if this had not been found."""

    kind: Literal["finding"] = "finding"
    finding: str


Change = Annotated[
    FactChange | TargetChange | ActualChange | LimitChange | PointsChange | ItemChange | ScoreChange | FindingRemoved,
    Field(discriminator="kind"),
]

Model = TypeVar("Model", Framework, Record)

_SOURCE = Source(source="what-if", title="试算（非实际数据）", title_en="Trial, not recorded data", kind="ledger")
_SAID = {"source": _SOURCE.source, "section": "—"}
_RULE: TypeAdapter[Rule] = TypeAdapter(Rule)


class ChangeRefused(Exception):
    """A change that cannot be made: what is wrong, how to mend it, what was found."""

    def __init__(self, what: Words, fix: Words, found: str) -> None:
        super().__init__(what.en)
        self.what, self.fix, self.found = what, fix, found


def make_change(framework: Framework, record: Record, change: Change) -> tuple[Framework, Record]:
    """The framework and the record with a change made; see `evallib.analysis.what_if.apply` for what each change means.

    Raises ChangeRefused where the change names what is not there, or gives what its place cannot hold.
    """
    return _MAKE[change.kind](framework, record, change)


def limits(rule: Rule) -> dict[str, Decimal]:
    """The numbers of a rule that `LimitChange` can change, by their path. The points of a checklist go with `PointsChange`.

    >>> from evallib.model.rules import PassFail
    >>> limits(PassFail(kind="pass_fail", at_least="0.9"))
    {'at_least': Decimal('0.9')}
    """
    found: dict[str, Decimal] = {}

    def walk(part: object, path: tuple[str, ...]) -> None:
        if isinstance(part, Decimal):
            found[".".join(path)] = part
        elif isinstance(part, dict):
            for key, inner in part.items():
                walk(inner, (*path, key))
        elif isinstance(part, list | tuple):
            for index, inner in enumerate(part):
                walk(inner, (*path, str(index)))

    walk(rule.model_dump(exclude={"items"}), ())
    return found


def _copy(model: Model, update: dict[str, Any]) -> Model:
    """A copy with some fields changed. It keeps nothing that the recorded one has looked up in its old fields."""
    return type(model).model_construct(**{name: getattr(model, name) for name in type(model).model_fields} | update)


def _with_source(record: Record, update: dict[str, Any]) -> Record:
    if _SOURCE not in record.sources:
        update = {**update, "sources": (*record.sources, _SOURCE)}
    return _copy(record, update)


def _find_indicator(framework: Framework, record: Record, id: str) -> Indicator:
    known = {i.id: i for i in indicators_in_force(framework, record)}
    if id not in known:
        raise ChangeRefused(words("没有这个指标", "there is no such indicator"), meant(id, list(known)), id)
    return known[id]


def _find_target(framework: Framework, record: Record, id: str) -> Target:
    _find_indicator(framework, record, id)
    known = {t.indicator: t for t in record.targets}
    if id not in known:
        raise ChangeRefused(words("该指标没有目标", "this indicator has no target"), meant(id, list(known)), id)
    return known[id]


def _change_fact(framework: Framework, record: Record, change: FactChange) -> tuple[Framework, Record]:
    year = record.year if change.year is None else change.year
    catalogue = framework.catalogue
    fact = catalogue.facts.get(change.fact)
    if fact is None or fact.derived:
        given = [id for id, k in catalogue.facts.items() if not k.derived]
        raise ChangeRefused(words("没有这个可填写的数据项", "there is no such fact to be given"), meant(change.fact, given), change.fact)
    return framework, _with_source(record, {"facts": _facts_with(catalogue, record, change.fact, year, change.value)})


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


def _change_target(framework: Framework, record: Record, change: TargetChange) -> tuple[Framework, Record]:
    row = _find_target(framework, record, change.indicator)
    return framework, _with_target(record, row, {"target": change.target})


def _with_target(record: Record, row: Target, update: dict[str, Any]) -> Record:
    changed = row.model_copy(update={**update, **_SAID})
    return _with_source(record, {"targets": tuple(changed if t is row else t for t in record.targets)})


def _change_actual(framework: Framework, record: Record, change: ActualChange) -> tuple[Framework, Record]:
    row = _find_target(framework, record, change.indicator)
    indicator = _find_indicator(framework, record, change.indicator)
    if indicator.value:
        facts = [name.id for name in framework.catalogue.formulas[indicator.value].inputs]
        raise ChangeRefused(
            words("实际值由公式计算", "the actual comes from a formula"),
            words(f"改动它的数据项：{'、'.join(facts)}", f"change its facts: {', '.join(facts)}"),
            change.indicator,
        )
    parts = tuple(
        p.model_copy(update={"counted": "no"}) if p.indicator == row.indicator and p.role == "actual" else p for p in record.target_parts
    )
    record = _with_target(record, row, {"actual": change.actual, "actual_unit": row.unit, "base": None})
    return framework, _copy(record, {"target_parts": parts})


def _with_indicator(framework: Framework, id: str, update: dict[str, Any]) -> Framework:
    indicators = tuple(i.model_copy(update=update) if i.id == id else i for i in framework.indicators)
    return _copy(framework, {"indicators": indicators})


def _change_limit(framework: Framework, record: Record, change: LimitChange) -> tuple[Framework, Record]:
    indicator = _find_indicator(framework, record, change.indicator)
    known = limits(indicator.rule)
    if change.field not in known:
        raise ChangeRefused(
            words("规则中没有这个数", "there is no such number in the rule"), meant(change.field, list(known)), change.field
        )
    data: Any = indicator.rule.model_dump()
    *path, last = change.field.split(".")
    inner = data
    for key in path:
        inner = inner[int(key)] if key.isdigit() else inner[key]
    inner[last] = change.value
    try:
        rule = _RULE.validate_python(data)
    except ValidationError:
        stands = ", ".join(f"{name} = {plain(value)}" for name, value in known.items())
        raise ChangeRefused(
            words("这样改，规则不成立", "the rule does not hold together with this number"),
            words(
                f"界限须依次递增或递减，占分值的比例在 0 与 1 之间；现有：{stands}",
                f"keep the limits in order and shares within 0 and 1; now {stands}",
            ),
            f"{change.field} = {plain(change.value)}",
        ) from None
    if any(i.id == indicator.id for i in framework.indicators):
        return _with_indicator(framework, indicator.id, {"rule": rule}), record
    groups = tuple(g.model_copy(update={"own_rule": rule}) if g.id == indicator.group else g for g in framework.groups)
    return _copy(framework, {"groups": groups}), record


def _change_points(framework: Framework, record: Record, change: PointsChange) -> tuple[Framework, Record]:
    indicator = _find_indicator(framework, record, change.indicator)

    if not indicator.points:
        raise ChangeRefused(
            words("该指标没有分值，只列出实际值", "this indicator has no points: it is measured and shown"),
            words("改动有分值的指标", "change one that has points"),
            change.indicator,
        )

    def scaled(points: Decimal) -> Decimal:
        return round_half_up(points * change.points / indicator.points, 12)

    rule = indicator.rule.worth(change.points / indicator.points, change.points)
    framework = _with_indicator(framework, indicator.id, {"rule": rule, "points": change.points})
    own = tuple(o.model_copy(update={"points": change.points}) if o.indicator == indicator.id else o for o in record.own_indicators)
    judgements = tuple(
        j.model_copy(update={"score": scaled(j.score)}) if j.indicator == indicator.id and j.score is not None else j
        for j in record.judgements
    )
    selves = tuple(s.model_copy(update={"score": scaled(s.score)}) if s.indicator == indicator.id else s for s in record.self_evaluation)
    record = _copy(record, {"own_indicators": own, "judgements": judgements, "self_evaluation": selves})
    return _summed(framework, record), record


def _summed(framework: Framework, record: Record) -> Framework:
    """The framework with groups and dimensions worth what their indicators are worth."""
    force = indicators_in_force(framework, record)
    groups = tuple(g.model_copy(update={"points": sum((i.points for i in force if i.group == g.id), Decimal(0))}) for g in framework.groups)
    dimensions = tuple(
        d.model_copy(update={"points": sum((g.points for g in groups if g.dimension == d.id), Decimal(0))}) for d in framework.dimensions
    )
    return _copy(framework, {"groups": groups, "dimensions": dimensions})


def _judged(record: Record, indicator: str, kind: str, replaces: Callable[[Judgement], bool], **more: Any) -> Record:
    """The record with one judgement in the place of those it replaces."""
    row = Judgement.model_validate(
        {"indicator": indicator, "kind": kind, "basis": "own", "reason": "试算", "reason_en": "trial", **more, **_SAID}
    )
    kept = tuple(j for j in record.judgements if not (j.indicator == indicator and replaces(j)))
    return _with_source(record, {"judgements": (*kept, row)})


def _change_item(framework: Framework, record: Record, change: ItemChange) -> tuple[Framework, Record]:
    rule = _find_indicator(framework, record, change.indicator).rule
    items = [i.id for i in rule.checklist]
    if change.item not in items:
        known = meant(change.item, items) if items else words("改动其得分或数据项", "change its score or its facts")
        raise ChangeRefused(words("该指标没有这个核对项", "this indicator has no such checklist item"), known, change.item)
    verdict = "met" if change.met else "not_met"
    return framework, _judged(record, change.indicator, "item", lambda j: j.item == change.item, item=change.item, verdict=verdict)


def _change_score(framework: Framework, record: Record, change: ScoreChange) -> tuple[Framework, Record]:
    indicator = _find_indicator(framework, record, change.indicator)
    if not 0 <= change.score <= indicator.points:
        raise ChangeRefused(
            words("得分应在 0 与分值之间", "the score must lie between 0 and the points"),
            words(f"填写 0 到 {plain(indicator.points)}", f"write 0 to {plain(indicator.points)}"),
            plain(change.score),
        )
    tier = indicator.rule.tier_of(change.score / indicator.points) if indicator.points else None
    if tier is not None:
        return framework, _judged(record, indicator.id, "tier", lambda j: j.kind != "item", verdict=tier.id, score=change.score)
    kind = "award" if indicator.rule.takes == "score" else "override"
    return framework, _judged(record, indicator.id, kind, lambda j: j.kind not in ("item", "tier"), score=change.score)


def _remove_finding(framework: Framework, record: Record, change: FindingRemoved) -> tuple[Framework, Record]:
    known = [f.finding for f in record.findings]
    if change.finding not in known:
        raise ChangeRefused(words("没有这个问题", "there is no such finding"), meant(change.finding, known), change.finding)
    about = tuple(
        c.model_copy(update={"about": " ".join(token for token in c.subjects if token != change.finding)}) for c in record.contradictions
    )
    update = {
        "findings": tuple(f for f in record.findings if f.finding != change.finding),
        "finding_amounts": tuple(a for a in record.finding_amounts if a.finding != change.finding),
        "contradictions": about,
    }
    return framework, _copy(record, update)


_MAKE: dict[str, Callable[[Framework, Record, Any], tuple[Framework, Record]]] = {
    "fact": _change_fact,
    "target": _change_target,
    "actual": _change_actual,
    "limit": _change_limit,
    "points": _change_points,
    "item": _change_item,
    "score": _change_score,
    "finding": _remove_finding,
}
