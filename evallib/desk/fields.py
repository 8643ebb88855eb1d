"""What of an indicator an analyst may try out: numbers and verdicts, as boxes that show and take them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from evallib.analysis import changes
from evallib.analysis.changed import limits
from evallib.analysis.changes import Change, Key
from evallib.door.numbers import exact
from evallib.model.errors import InputRefused
from evallib.model.evaluation import Evaluation
from evallib.model.units import SHARE, Unit, Units
from evallib.model.words import Lang, Words
from evallib.say.numbers import plain


@dataclass(frozen=True)
class Field:
    """A number or a verdict that can be tried out: what it is called, its unit, what is recorded, and the change it makes.

    A share is shown and typed in percent. `recorded` is a Decimal, None where nothing is recorded, or a bool for a verdict.
    `units` are those that what is typed may name.
    """

    label: Words
    unit: Unit
    units: Units
    recorded: Decimal | bool | None
    change: Change

    @property
    def key(self) -> Key:
        return self.change.key

    @property
    def verdict(self) -> bool:
        """Whether it is ticked or not, instead of typed."""
        return self.change.kind in ("item", "finding")

    def unit_shown(self, lang: Lang) -> str:
        """The unit to be written beside the box."""
        return "%" if self.unit == SHARE else self.unit.name[lang]

    def text(self, value: Decimal | bool | None) -> str:
        """A value as it stands in the box.

        >>> from evallib.model.words import words
        >>> pts, change = Unit("pts", words("pts"), ()), changes.PointsChange(indicator="a", points=2)
        >>> points = Field(words("分值", "Points"), pts, Units(), Decimal(2), change)
        >>> points.text(Decimal("2.50")), points.make("３").points, points.make("")
        ('2.5', Decimal('3'), None)
        """
        if not isinstance(value, Decimal):
            return ""
        return plain(value * 100 if self.unit == SHARE else value)

    def make(self, given: str | bool) -> Change | None:
        """The change that a text typed into the box, or a tick, stands for; None for what is recorded.

        Raises InputRefused where it is no number of the unit, or one that cannot stand here.
        """
        if isinstance(given, str) and given.strip() in ("", self.text(self.recorded)):  # a quotient is not shown to its last digit
            return None
        if isinstance(given, str):
            return self.change.renewed(exact(given, self.unit, self.units, self.label.zh))
        if given == self.recorded:
            return None
        return self.change if self.change.kind == "finding" else self.change.renewed(given)


def fields(evaluation: Evaluation, id: str) -> tuple[Field, ...]:
    """Everything of an indicator that can be tried out: its facts, target, actual, checklist, findings, limits, points, score.

    >>> from pathlib import Path
    >>> from evallib.data.years import evaluate_year
    >>> e = evaluate_year(Path("data"), "hrss", 2023).evaluation
    >>> [f.label.en for f in fields(e, "budget_execution")][:2]
    ['Outturn, basic expenditure', 'Outturn, project expenditure']
    """
    e, units = evaluation, evaluation.catalogue.units
    return tuple(Field(c.label(e), c.unit(e), units, c.recorded(e), c) for c in _changeable(e, id))


def _changeable(evaluation: Evaluation, id: str) -> Iterator[Change]:
    """The changes that an indicator has places for, each with what is recorded there or, for a missing number, zero."""
    result, rule = evaluation.indicator(id), evaluation.in_force[id].rule
    if result.formula is not None:
        numbers = (n for one in evaluation.formula(result.formula).inputs for n in one.with_parts if not n.parts)
        given = {(n.fact, n.year): n for n in numbers if not evaluation.catalogue.facts[n.fact].derived}
        for number in given.values():
            yield changes.FactChange(fact=number.fact, year=number.year, value=number.value or Decimal(0))
    target = evaluation.target(id)
    if target is not None and target.is_number:
        yield changes.TargetChange(indicator=id, target=target.target)
        if result.formula is None:
            yield changes.ActualChange(indicator=id, actual=target.actual or Decimal(0))
    for item in rule.checklist:
        yield changes.ItemChange(indicator=id, item=item.id, met=False)
    if rule.takes == "findings":
        for finding in result.findings:
            yield changes.FindingRemoved(finding=finding)
    if not result.points:  # measured and shown
        return
    for field, value in limits(rule).items():
        if field != "cap":  # one other than 1 is no rule of the field
            yield changes.LimitChange(indicator=id, field=field, value=value)
    yield changes.PointsChange(indicator=id, points=result.points)
    if result.method != "computed" or result.status == "missing":
        yield changes.ScoreChange(indicator=id, score=result.score or Decimal(0))


def without_place(refusal: InputRefused, lang: Lang) -> str:
    """What a refusal says, for a reader who sees the place: it stands beside the box.

    >>> from evallib.say.refusals import refused
    >>> without_place(refused("desk.no_name", "desk"), "en")
    'The scenario has no name. To fix it: write a name for it.'
    """
    texts = [p.describe(lang).removeprefix(p.place.describe(lang)).lstrip("：: ") for p in refusal.problems]
    text = ("" if lang == "zh" else " ").join(t[:1].upper() + t[1:] for t in dict.fromkeys(texts))
    return re.sub(r"\s+", " ", text)
