"""What people answered, or experts gave, as one number: the satisfaction in a questionnaire, the final score of a panel. Pure.

Source of the minimum: Handbook on Statistical Disclosure Control (sdctools.github.io/HandbookSDC); see `evallib.methods.survey`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from statistics import mean, median
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from evallib.model.base import Frozen
from evallib.model.framework import Consensus, FinalRule
from evallib.model.optional_rows import Survey
from evallib.model.record import Record
from evallib.model.rule_base import Share
from evallib.model.units import parse_decimal, round_half_up

SURVEY, PANEL = "survey", "panel"
"""What an indicator names, in the place of a formula, where its number comes from answers or from experts."""

Measure = Literal["satisfied", "mean"]
"""What satisfaction is: the share of valid answers that count as satisfied, or the mean of the answers' values over full marks."""
MINIMUM = 5
"""A group with fewer valid answers is not shown singly."""


class Answer(NamedTuple):
    """A valid answer: does it count as satisfied, and its value as a share of full marks where the scale has values."""

    satisfied: bool
    value: Fraction | None


def clean(text: str | None) -> str:
    """A cell as it is compared: full-width characters made plain, no space around it, empty where it is blank."""
    return unicodedata.normalize("NFKC", text or "").strip()


class Option(Frozen):
    """An answer to tick: does it count as satisfied, and what is it worth as a share of full marks (where means are taken)."""

    label: Annotated[str, Field(min_length=1)]
    satisfied: bool
    value: Share | None = None


class Options(Frozen):
    """A scale of answers to tick: yes or no, three points, five points. Values are given for every option or for none."""

    kind: Literal["options"] = "options"
    options: Annotated[tuple[Option, ...], Field(min_length=2)]

    @model_validator(mode="after")
    def _sound(self) -> Self:
        labels = [clean(option.label) for option in self.options]
        if len(set(labels)) < len(labels):
            raise ValueError("an option stands twice")
        if len({option.satisfied for option in self.options}) < 2:
            raise ValueError("some options must count as satisfied and some not")
        if len({option.value is None for option in self.options}) > 1:
            raise ValueError("give a value to every option or to none")
        return self

    def read(self, text: str) -> Answer | None:
        """The answer, or None where the text (as `clean` leaves it) is on no option."""
        found = next((option for option in self.options if clean(option.label) == text), None)
        return Answer(found.satisfied, None if found.value is None else Fraction(found.value)) if found else None


class Marks(Frozen):
    """A scale of numbers, such as 0 to 10 or 0 to 100; from `satisfied_from` on an answer counts as satisfied."""

    kind: Literal["marks"] = "marks"
    lowest: Annotated[Decimal, Field(ge=0)] = Decimal(0)
    highest: Decimal
    satisfied_from: Decimal

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if not self.lowest < self.satisfied_from <= self.highest:
            raise ValueError("satisfied_from lies above lowest and at most at highest")
        return self

    def read(self, text: str) -> Answer | None:
        """The answer, or None where the text (as `clean` leaves it) is no number of the scale."""
        number = parse_decimal(text)
        if number is None or not self.lowest <= number <= self.highest:
            return None
        return Answer(number >= self.satisfied_from, Fraction(number) / Fraction(self.highest))


Scale = Annotated[Options | Marks, Field(discriminator="kind")]


def likert(*labels: str, satisfied: int) -> Options:
    """A scale of answers from best to worst, the first `satisfied` of which count as satisfied.

    >>> [option.label for option in likert("满意", "一般", "不满意", satisfied=1).options if option.satisfied]
    ['满意']
    """
    return Options(options=tuple(Option(label=label, satisfied=place < satisfied) for place, label in enumerate(labels)))


FOUR_MARKS = Options(
    options=tuple(
        Option(label=label, satisfied=place < 3, value=Decimal(value) / 100)
        for place, (label, value) in enumerate([("满意", 100), ("比较满意", 80), ("基本满意", 60), ("不满意", 40)])
    )
)
YES_NO = likert("满意", "不满意", satisfied=1)
THREE_POINT = likert("满意", "一般", "不满意", satisfied=1)
FIVE_POINT = likert("非常满意", "满意", "一般", "不满意", "非常不满意", satisfied=2)


SCALES: dict[str, tuple[Scale, Measure]] = {
    "yes_no": (YES_NO, "satisfied"),
    "three_point": (THREE_POINT, "satisfied"),
    "five_point": (FIVE_POINT, "satisfied"),
    "four_marks": (FOUR_MARKS, "mean"),
    "marks_10": (Marks(highest=Decimal(10), satisfied_from=Decimal(6)), "mean"),
    "marks_100": (Marks(highest=Decimal(100), satisfied_from=Decimal(60)), "mean"),
}
"""How each scale of the table is read. Marks are averaged, so the mark from which people count as satisfied plays no part."""


INVALID = ("无效", "invalid")
"""What the table of answers says of forms that cannot be read."""


def hidden_groups(valid: Mapping[str, int], minimum: int = MINIMUM) -> frozenset[str]:
    """The groups not to be shown singly, by their valid answers: those below the minimum, and the next smallest ones as long as
    subtracting the others from the total would tell of fewer than the minimum (D: secondary suppression).

    >>> sorted(hidden_groups({"staff": 3, "users": 40, "firms": 12}))
    ['firms', 'staff']
    """
    ranked = sorted((count, group) for group, count in valid.items() if count)
    small = [entry for entry in ranked if entry[0] < minimum]
    rest = ranked[len(small) :]
    while rest and 0 < sum(count for count, _ in small) < minimum:
        small.append(rest.pop(0))
    return frozenset(group for _, group in small)


def satisfaction(record: Record, indicator: str) -> Decimal | None:
    """The satisfaction rate in the recorded answers about an indicator, a share; None where nobody answered, or nobody of a group.

    Groups count by their weights, else by their populations, else by their answers; those too small to be shown count as one.
    """
    counted = [(row, _answers(record, row)) for row in record.surveys if row.indicator == indicator]
    hidden = hidden_groups({row.group: _many(found) for row, found in counted})
    pooled = [(row, found) for row, found in counted if row.group in hidden]
    parts: list[tuple[list[Survey], Counted]] = [([row], found) for row, found in counted if row.group not in hidden]
    if pooled:
        parts.append(([row for row, _ in pooled], [value for _, found in pooled for value in found]))
    weighing = [(weight, found) for weight, (_, found) in zip(_weights(parts), parts, strict=True) if weight] if parts else []
    if not all(_many(found) for _, found in weighing) or sum(_many(found) for _, found in weighing) < MINIMUM:
        return None
    means = ((w, sum((value * count for value, count in found), Fraction(0)) / _many(found)) for w, found in weighing)
    rate = sum((w * mean for w, mean in means), Fraction(0)) / sum(w for w, _ in weighing)
    return Decimal(rate.numerator) / rate.denominator


Counted = list[tuple[Fraction, int]]
"""The values of valid answers, each with how many gave it."""


def _many(found: Counted) -> int:
    return sum(count for _, count in found)


def _answers(record: Record, asked: Survey) -> Counted:
    """The values of the valid answers of a group."""
    scale, measure = SCALES[asked.scale]
    rows = [row for row in record.survey_answers if (row.indicator, row.group) == (asked.indicator, asked.group)]
    read = [(scale.read(clean(row.answer)), row.count) for row in rows]  # what says that a form is invalid is no answer
    return [(Fraction(a.satisfied) if measure == "satisfied" else a.value or Fraction(0), count) for a, count in read if a]


def _weights(parts: Sequence[tuple[list[Survey], Counted]]) -> list[Fraction]:
    if parts[0][0][0].weight is not None:
        return [sum((Fraction(row.weight or 0) for row in rows), Fraction(0)) for rows, _ in parts]
    people = [[row.population for row in rows] for rows, _ in parts]
    if all(None not in known for known in people):
        return [Fraction(sum(filter(None, known))) for known in people]
    return [Fraction(_many(found)) for _, found in parts]


def final_score(rule: FinalRule, scores: Sequence[Decimal], points: Decimal, places: int) -> Decimal | None:
    """One score of those that several experts gave; None where the rule gives none: too few to leave two out, or too far apart.

    >>> final_score(Consensus(limit="0.2"), [Decimal(8), Decimal(9)], Decimal(10), 2)
    Decimal('8.50')
    """
    ordered = sorted(scores)
    if isinstance(rule, Consensus) and ordered and ordered[-1] - ordered[0] > rule.limit * points:
        return None
    if not ordered or (rule.kind == "trimmed_mean" and len(ordered) < 3):
        return None
    kept = ordered[1:-1] if rule.kind == "trimmed_mean" else ordered
    return round_half_up(median(kept) if rule.kind == "median" else mean(kept), places)


def panel_score(record: Record, indicator: str, rule: FinalRule, points: Decimal, places: int) -> Decimal | None:
    """The final score of an indicator from the recorded scores of the experts; None where there is none."""
    given = [row.score for row in record.expert_scores if row.indicator == indicator and row.score is not None]
    return final_score(rule, given, points, places)
