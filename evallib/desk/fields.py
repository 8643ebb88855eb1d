"""What of an indicator an analyst may try out: numbers and verdicts, what is recorded in their place, and changes in words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from pydantic import TypeAdapter, ValidationError

from evallib.analysis.changes import (
    ActualChange,
    Change,
    FactChange,
    FindingRemoved,
    ItemChange,
    LimitChange,
    PointsChange,
    ScoreChange,
    TargetChange,
    limits,
)
from evallib.model.errors import InputRefused, Place, Problem, refuse
from evallib.model.evaluation import Evaluation
from evallib.model.facts import InputValue
from evallib.model.units import SHARE, Unit, parse_decimal
from evallib.model.words import Lang, Words, words
from evallib.say.numbers import plain, written
from evallib.say.workings import scale_of

_CHANGE: TypeAdapter[Change] = TypeAdapter(Change)
_VALUE = {"fact": "value", "target": "target", "actual": "actual", "limit": "value", "points": "points", "item": "met", "score": "score"}
_KINDS: dict[str, Words] = {
    "target": words("目标值", "Target"),
    "actual": words("实际值", "Actual"),
    "points": words("分值", "Points it is worth"),
    "score": words("直接给定得分", "Score given directly"),
}
_LIMITS: dict[str, Words] = {
    "cap": words("最多按此完成率计分", "Counted up to this rate"),
    "up_to": words("不高于", "At most"),
    "at_least": words("不低于", "At least"),
    "share": words("得分占分值", "Share of the points given"),
    "full_at": words("得满分的界限", "Full points at"),
    "zero_at": words("得零分的界限", "No points at"),
    "limit": words("从此处起扣分", "Deduct beyond"),
    "unit": words("每差这么多扣一次", "Deduct for every"),
    "points_each": words("每个问题扣分", "Points off for each finding"),
    "low": words("得分率下限", "Lowest share of the points"),
    "high": words("得分率上限", "Highest share of the points"),
}

Key = tuple[str, ...]


@dataclass(frozen=True)
class Field:
    """A number or a verdict that can be tried out: what it is called, its unit, what is recorded, and the change it makes.

    A share is shown and typed in percent. `recorded` is a Decimal, None where nothing is recorded, or a bool for a verdict.
    """

    label: Words
    unit: Unit
    recorded: Decimal | bool | None
    change: Change

    @property
    def key(self) -> Key:
        return key_of(self.change)

    @property
    def verdict(self) -> bool:
        """Whether it is ticked or not, instead of typed."""
        return self.change.kind in ("item", "finding")

    def unit_shown(self, lang: Lang) -> str:
        """The unit to be written beside the box."""
        return "%" if self.unit is SHARE else self.unit.name[lang]

    def text(self, value: Decimal | None) -> str:
        """A value as it stands in the box.

        >>> points = Field(words("分值", "Points"), Unit("pts", words("pts"), ()), Decimal(2), PointsChange(indicator="a", points=2))
        >>> points.text(Decimal("2.50")), points.make("3").points
        ('2.5', Decimal('3'))
        """
        if value is None:
            return ""
        return plain(value * 100 if self.unit is SHARE else value)

    def make(self, text: str) -> Change:
        """The change that a text typed into the box stands for.

        Raises InputRefused where it is no number, or one that cannot stand here.
        """
        typed = text.strip()
        if self.unit_shown("en") == "%":
            typed = typed.rstrip("%％").rstrip()
        if isinstance(self.recorded, Decimal) and typed == self.text(self.recorded):  # a quotient is not shown to its last digit
            return renewed(self.change, self.recorded)
        value = parse_decimal(typed)
        if value is None:
            zh, en = (f"（单位：{self.unit_shown('zh')}）", f" (in {self.unit_shown('en')})") if self.unit_shown("en") else ("", "")
            what, fix = words("不是数字", "is not a number"), words(f"只写数字，例如 84.5{zh}", f"write digits only, such as 84.5{en}")
            raise InputRefused((Problem(Place(self.label.zh), what, fix, text),))
        return renewed(self.change, value / 100 if self.unit is SHARE else value)


def renewed(change: Change, value: Decimal | bool) -> Change:
    """The same change with another value.

    Raises InputRefused where the value cannot stand there.
    """
    try:
        return _CHANGE.validate_python(change.model_dump() | {_VALUE[change.kind]: value})
    except ValidationError:
        raise refuse(
            _KINDS[change.kind].zh, "应大于 0", "must be above 0", "填写大于 0 的数", "write a number above 0", str(value)
        ) from None


def new_value(change: Change) -> Decimal | bool:
    """What a change puts in the place of the recorded value; a finding removed is no longer found."""
    value: Decimal | bool = getattr(change, _VALUE[change.kind]) if change.kind in _VALUE else False
    return value


def key_of(change: Change) -> Key:
    """What a change is about; a later change about the same takes its place.

    >>> key_of(LimitChange(indicator="a", field="cap", value=1))
    ('limit', 'a', 'cap')
    """
    value = _VALUE.get(change.kind)
    return tuple(str(part) for name, part in change.model_dump().items() if name != value and part is not None)


def recorded_in_place(evaluation: Evaluation, change: Change) -> Decimal | bool | None:
    """What is recorded in the place of a change; None where nothing is, or the place does not exist."""
    if isinstance(change, FactChange):
        found = evaluation.facts.find(change.fact, change.year) if change.fact in evaluation.catalogue.facts else None
        return found.value if found else None
    if isinstance(change, FindingRemoved):
        return True
    indicator = next((i for i in evaluation.indicators if i.id == change.indicator), None)
    if indicator is None:
        return None
    target = evaluation.target(change.indicator)
    if isinstance(change, TargetChange | ActualChange):
        return None if target is None else target.target if isinstance(change, TargetChange) else target.actual
    if isinstance(change, LimitChange):
        return limits(evaluation.in_force[change.indicator].rule).get(change.field)
    if isinstance(change, ItemChange):
        return any(j.item == change.item and j.verdict == "met" for j in indicator.judgements)
    return indicator.points if isinstance(change, PointsChange) else indicator.score


def unit_of(evaluation: Evaluation, change: Change) -> Unit:
    """The unit of a change's value. Limits of a rule are in that of what it scores; what is given or taken is a share, or points."""
    if isinstance(change, FactChange):
        return evaluation.catalogue.facts[change.fact].unit
    if isinstance(change, TargetChange | ActualChange):
        target = evaluation.target(change.indicator)
        return target.unit if target else SHARE
    if isinstance(change, LimitChange) and change.field != "points_each":
        given = change.field.rpartition(".")[2] in ("share", "low", "high")
        return SHARE if given else scale_of(evaluation, evaluation.indicator(change.indicator))
    return evaluation.catalogue.units.points


def label_of(evaluation: Evaluation, change: Change) -> Words:
    """What a change is about, inside its indicator."""
    record = evaluation.record
    if isinstance(change, FactChange):
        name = evaluation.catalogue.facts[change.fact].name
        if change.year in (None, record.year):
            return name
        year = evaluation.catalogue.year(change.year or record.year)
        return name + words(f"（{year.zh} 年）", f" ({year.en})")
    if isinstance(change, FindingRemoved):
        title = next((f.words for f in record.findings if f.finding == change.finding), words(""))
        return words(f"问题 {change.finding}：{title.zh}", f"Finding {change.finding}: {title.en}")
    if isinstance(change, ItemChange):
        item = next((i for i in evaluation.in_force[change.indicator].rule.checklist if i.id == change.item), None)
        points = plain(item.points, 2) if item else ""
        return words(f"{item.name}（{points} 分）", f"{item.words.en} ({points})") if item else words(change.item)
    if isinstance(change, LimitChange):
        return _limit_label(evaluation, change)
    return _KINDS[change.kind]


def _limit_label(evaluation: Evaluation, change: LimitChange) -> Words:
    *path, last = change.field.split(".")
    name = words("规则：", "Rule: ") + _LIMITS.get(last, words(last))
    if last == "share" and not path:
        name = words("规则：每次扣去分值的", "Rule: share of the points taken off each time")
    if path and path[0] == "bands":
        number = int(path[1]) + 1
        name = words(f"规则第 {number} 档：", f"Rule, band {number}: ") + _LIMITS[last]
    elif path:
        one = getattr(evaluation.in_force[change.indicator].rule, path[0])[int(path[1])].words
        name = words(f"规则“{one.zh}”：", f"Rule, “{one.en}”: ") + _LIMITS[last]
    return name


def said(evaluation: Evaluation, change: Change) -> Words:
    """A change in words: what, from the recorded value to the new one.

    >>> from pathlib import Path
    >>> from evallib.data.years import evaluate_year
    >>> e = evaluate_year(Path("data"), "hrss", 2023).evaluation
    >>> said(e, ActualChange(indicator="public_satisfaction", actual=90))["en"]
    'Satisfaction of the public or of those served, Actual: 84.00% → 90.00%'
    """
    label = label_of(evaluation, change)
    if isinstance(change, FindingRemoved):
        return words(f"不再有{label.zh}", f"Without {label.en[:1].lower()}{label.en[1:]}")
    if not isinstance(change, FactChange):
        name = evaluation.indicator(change.indicator).name
        label = words(f"{name.zh}·{label.zh}", f"{name.en}, {label.en}")
    before, after = recorded_in_place(evaluation, change), new_value(change)
    if isinstance(change, ItemChange):
        was, now = _met(before is True), _met(change.met)
    else:
        unit = unit_of(evaluation, change)
        was, now = written(before if isinstance(before, Decimal) else None, unit), written(Decimal(after), unit)
    return words(f"{label.zh}：{was.zh} → {now.zh}", f"{label.en}: {was.en} → {now.en}")


def _met(met: bool) -> Words:
    return words("满足", "met") if met else words("不满足", "not met")


def fields(evaluation: Evaluation, id: str) -> tuple[Field, ...]:
    """Everything of an indicator that can be tried out: its facts, target, actual, checklist, findings, limits, points, score.

    >>> from pathlib import Path
    >>> from evallib.data.years import evaluate_year
    >>> e = evaluate_year(Path("data"), "hrss", 2023).evaluation
    >>> [f.label.en for f in fields(e, "budget_execution")][:2]
    ['Outturn, basic expenditure', 'Outturn, project expenditure']
    """
    return tuple(
        Field(label_of(evaluation, c), unit_of(evaluation, c), recorded_in_place(evaluation, c), c) for c in _changeable(evaluation, id)
    )


def _changeable(evaluation: Evaluation, id: str) -> Iterator[Change]:
    """The changes that an indicator has places for, each with what is recorded there or, for a missing number, zero."""
    result, rule = evaluation.indicator(id), evaluation.in_force[id].rule
    if result.formula is not None:
        seen: set[tuple[str, int]] = set()
        for part in (p for value in evaluation.formula(result.formula).inputs for p in _given(evaluation, value)):
            if (part.fact, part.year) not in seen:
                seen.add((part.fact, part.year))
                yield FactChange(fact=part.fact, year=part.year, value=part.value or Decimal(0))
    target = evaluation.target(id)
    if target is not None:
        yield TargetChange(indicator=id, target=target.target)
        if result.formula is None:
            yield ActualChange(indicator=id, actual=target.actual or Decimal(0))
    for item in rule.checklist:
        yield ItemChange(indicator=id, item=item.id, met=False)
    if rule.takes == "findings":
        for finding in result.findings:
            yield FindingRemoved(finding=finding)
    if not result.points:  # measured and shown
        return
    for field, value in limits(rule).items():
        if field != "cap":  # one other than 1 is no rule of the field
            yield LimitChange(indicator=id, field=field, value=value)
    yield PointsChange(indicator=id, points=result.points)
    if result.method != "computed" or result.status == "missing":
        yield ScoreChange(indicator=id, score=result.score or Decimal(0))


def _given(evaluation: Evaluation, value: InputValue) -> Iterator[InputValue]:
    """The facts that a number was put together from; itself where it was given."""
    if not value.parts and not evaluation.catalogue.facts[value.fact].derived:
        yield value
    for part in value.parts:
        yield from _given(evaluation, part)


def without_place(refusal: InputRefused, lang: Lang) -> str:
    """What a refusal says, for a reader who sees the place: it stands beside the box.

    >>> without_place(refuse("x", "不是数字", "is not a number", "只写数字", "write digits only", "abc"), "en")
    'Is not a number (found "abc"). To fix it: write digits only.'
    """
    texts = [p.describe(lang).removeprefix(p.place.describe(lang)).lstrip("：: ") for p in refusal.problems]
    text = ("" if lang == "zh" else " ").join(t[:1].upper() + t[1:] for t in dict.fromkeys(texts))
    return re.sub(r"\s+", " ", text)
