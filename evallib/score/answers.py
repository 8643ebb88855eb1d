"""What people answered, or experts gave, as one number: the satisfaction in a questionnaire, the final score of a panel. Pure.

Source of the minimum, D: Handbook on Statistical Disclosure Control (sdctools.github.io/HandbookSDC) and OECD Glossary of Statistical
Terms, "threshold rule" (some offices require at least five respondents, others three; secondary suppression where subtraction would tell).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from statistics import mean, median
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeVar

from evallib.model.framework import Consensus, FinalRule
from evallib.model.optional_rows import Survey
from evallib.model.record import Record
from evallib.model.units import as_decimal, parse_decimal, round_half_up
from evallib.model.words import Words, listed

SURVEY, PANEL = "survey", "panel"
"""What an indicator names, in the place of a formula, where its number comes from answers or from experts."""

Number = TypeVar("Number", int, Fraction)
Measure = Literal["satisfied", "mean"]
"""What satisfaction is: the share of valid answers that count as satisfied, or the mean of the answers' values over full marks."""
MINIMUM = 5
"""A group with fewer valid answers is not shown singly."""


def clean(text: str) -> str:
    """A cell as it is compared: full-width characters made plain, no space around it, empty where it is blank."""
    return unicodedata.normalize("NFKC", text).strip()


class Scale(NamedTuple):
    """What an answer counts, as a share of full marks: by its text, or, where `highest` is given, as a number from 0 to that."""

    measure: Measure
    options: Mapping[str, Fraction] = MappingProxyType({})
    highest: int = 0

    def read(self, text: str) -> Fraction | None:
        """What an answer (as `clean` leaves it) counts; None where it is not on the scale."""
        number = parse_decimal(text) if self.highest else None
        if number is not None and 0 <= number <= self.highest:
            return Fraction(number) / self.highest
        return self.options.get(text)


def _ticked(satisfied: str, others: str) -> Scale:
    """Answers of which the first count as satisfied, and the others do not."""
    return Scale("satisfied", dict.fromkeys(satisfied.split(), Fraction(1)) | dict.fromkeys(others.split(), Fraction(0)))


SCALES = {
    "yes_no": _ticked("满意", "不满意"),
    "three_point": _ticked("满意", "一般 不满意"),
    "five_point": _ticked("非常满意 满意", "一般 不满意 非常不满意"),
    "four_marks": Scale("mean", {"满意": Fraction(1), "比较满意": Fraction(4, 5), "基本满意": Fraction(3, 5), "不满意": Fraction(2, 5)}),
    "marks_10": Scale("mean", highest=10),
    "marks_100": Scale("mean", highest=100),
}
"""How each scale of the table is read."""
INVALID = ("无效", "invalid")
"""What the table of answers says of forms that cannot be read."""


class Tally(NamedTuple):
    """The forms of a group that was asked, or of several taken as one, counted. What is not known is None.

    `rate` is the mean of the valid answers, `weight` the share of the whole that the group was given. Invalid forms (blank, off the scale,
    or not said why) are in no rate.
    """

    name: Words
    rate: Fraction
    valid: int
    blank: int = 0
    off_scale: int = 0
    issued: int | None = None
    returned: int | None = None
    population: int | None = None
    weight: Fraction | None = None

    @property
    def invalid(self) -> int:
        return self.blank + self.off_scale if self.returned is None else self.returned - self.valid

    @property
    def return_rate(self) -> Decimal | None:
        """Returned over issued; None where either is not known or nothing was issued."""
        return Decimal(self.returned) / self.issued if self.returned is not None and self.issued else None


def counted(record: Record, indicator: str) -> tuple[Tally, ...]:
    """The groups that were asked about an indicator, in the order of their rows."""
    return tuple(count(record, row) for row in record.surveys if row.indicator == indicator)


def count(record: Record, asked: Survey) -> Tally:
    """The answers of a group that was asked; what says that a form is invalid is on no scale."""
    total, scale, forms = Fraction(0), SCALES[asked.scale], {"valid": 0, "blank": 0, "off_scale": 0}
    for row in record.survey_answers:
        if (row.indicator, row.group) == (asked.indicator, asked.group):
            text = clean(row.answer)
            value = scale.read(text)
            forms["off_scale" if text and value is None else "blank" if value is None else "valid"] += row.count
            total += (value or 0) * row.count
    return Tally(
        name=asked.words,
        rate=total / (forms["valid"] or 1),
        **forms,
        issued=asked.issued,
        returned=sum(forms.values()) if asked.returned is None else asked.returned,
        population=asked.population,
        weight=None if asked.weight is None else Fraction(asked.weight) / 100,
    )


def together(tallies: Sequence[Tally]) -> Tally:
    """Several groups as one, every answer alike."""
    valid = sum(t.valid for t in tallies)
    return Tally(
        listed(t.name for t in tallies),
        sum((t.rate * t.valid for t in tallies), Fraction(0)) / (valid or 1),
        valid,
        sum(t.blank for t in tallies),
        sum(t.off_scale for t in tallies),
        _total([t.issued for t in tallies]),
        _total([t.returned for t in tallies]),
        _total([t.population for t in tallies]),
        _total([t.weight for t in tallies]),
    )


def _total(counts: Sequence[Number | None]) -> Number | None:
    known = [count for count in counts if count is not None]
    return sum(known[1:], known[0]) if known and len(known) == len(counts) else None


def shown_groups(tallies: Sequence[Tally]) -> tuple[list[Tally], list[Tally]]:
    """The groups that may be shown singly, and those too small for it, if any, as one: with their own weights the rate of all would give
    them away.

    Too small are those below the minimum, and the next smallest ones as long as subtracting the others from the total would tell of fewer
    than the minimum (D: secondary suppression).

    >>> from evallib.model.words import words
    >>> staff, users, firms = (Tally(words(name), Fraction(1), valid) for name, valid in [("staff", 3), ("users", 40), ("firms", 12)])
    >>> [[t.name.en for t in some] for some in shown_groups([staff, users, firms])]
    [['users'], ['staff, firms']]
    """
    ranked = sorted((t for t in tallies if t.valid), key=lambda t: (t.valid, t.name.zh))
    small = [t for t in ranked if t.valid < MINIMUM]
    rest = ranked[len(small) :]
    while rest and 0 < sum(t.valid for t in small) < MINIMUM:
        small.append(rest.pop(0))
    shown, pooled = ([t for t in tallies if (t in small) is is_small] for is_small in (False, True))
    return shown, [together(pooled)] if pooled else []


Weighting = Literal["given", "population", "answers"]


def weighed(tallies: Sequence[Tally]) -> tuple[Weighting, list[tuple[Fraction, Tally]]]:
    """By what groups count, and those that do with their shares of the whole: by the weights given, else by their populations where all
    are known, else by their answers.
    """
    given, people = [t.weight for t in tallies], [t.population for t in tallies]
    ways: dict[Weighting, list[Fraction]] = {"given": [Fraction(one) for one in given if one is not None]}
    ways["population"] = [Fraction(one) for one in people if one is not None]
    ways["answers"] = [Fraction(t.valid) for t in tallies]
    weighting, weights = next((way, some) for way, some in ways.items() if len(some) == len(tallies))
    return weighting, [(weight / sum(weights), t) for weight, t in zip(weights, tallies, strict=True) if weight]


def rate_of(parts: Sequence[tuple[Fraction, Tally]]) -> Fraction | None:
    """The rate of all, of groups with their shares of the whole; None where nobody answered of one that counts, or too few in all."""
    if not all(t.valid for _, t in parts) or sum(t.valid for _, t in parts) < MINIMUM:
        return None
    return sum((share * t.rate for share, t in parts), Fraction(0))


def satisfaction(record: Record, indicator: str) -> Decimal | None:
    """The satisfaction rate in the recorded answers about an indicator, a share; None where there is none: see `rate_of`."""
    shown, pooled = shown_groups(counted(record, indicator))
    rate = rate_of(weighed([*shown, *pooled])[1])
    return None if rate is None else as_decimal(rate)


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
