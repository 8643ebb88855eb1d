"""How sure the satisfaction in a questionnaire is, and whether a target was met. No file, chart or page here.

Answers are counted in `evallib.score.answers`, exactly; the interval is `evallib.methods.proportion`'s.

Sources. C: Cochran, Sampling Techniques, 3rd ed. 1977 (stratified sampling for proportions). K: Korn and Graubard, Analysis of Health
Surveys, 1999, and SAS/STAT, SURVEYFREQ, "modified Wilson": Wilson's interval with an effective number of answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from evallib.methods import proportion
from evallib.methods.proportion import LEVEL, Verdict
from evallib.model.expression import Interval
from evallib.model.units import as_decimal
from evallib.model.words import NOTHING, Given, Words
from evallib.say.numbers import percent, plain
from evallib.say.sentences import sentence
from evallib.score.answers import MINIMUM, Measure, Tally, Weighting, rate_of, shown_groups, together, weighed


class Survey(NamedTuple):
    """One question put to one or more groups. `printed` is the rate where only that is known, and no answers; a share, as the target."""

    groups: Sequence[Tally]
    measure: Measure = "satisfied"
    target: Decimal | None = None
    printed: Decimal | None = None


class Part(NamedTuple):
    """A group, several groups pooled, or all of them. No rate or interval where nobody answered or too few did to be shown."""

    response: Tally
    rate: Decimal | None
    interval: Interval | None
    census: bool
    verdict: Verdict | None


class SurveyResult(NamedTuple):
    """What may be shown: groups large enough, the small ones pooled, and all together. Groups that are hidden have no figure here."""

    groups: tuple[Part, ...]
    pooled: Part | None
    overall: Part
    needed: int | None
    conclusion: Words
    remarks: tuple[Words, ...]
    methods: tuple[Words, ...]


def evaluate_survey(survey: Survey) -> SurveyResult:
    """Rates, intervals, verdicts and words of a questionnaire.

    The rate of all is the sum of w·p, its variance the sum of w²p(1-p)/n (C); Wilson's interval then takes p(1-p)/variance as the number
    of answers (K), but never more than 1/sum(w²/n), or a unanimous small group would look certain.

    >>> from evallib.model.words import words
    >>> users = Tally(words("服务对象", "Service users"), Fraction(84, 100), 30)
    >>> found = evaluate_survey(Survey([users], target=Decimal("0.9")))
    >>> found.overall.verdict, found.needed
    ('open', 97)
    """
    shown, pooled = shown_groups(survey.groups)
    weighting, weighing = weighed([*shown, *pooled])
    overall = _part(survey, together([*shown, *pooled]), weighing)
    needed = (
        _needed(overall.response, weighing, Fraction(survey.target)) if survey.target is not None and overall.verdict == "open" else None
    )
    return SurveyResult(
        groups=tuple(_part(survey, t, [(Fraction(1), t)]) for t in shown),
        pooled=next((_part(survey, t, [(Fraction(1), t)]) for t in pooled), None),
        overall=overall,
        needed=needed,
        conclusion=_conclusion(survey, overall, needed),
        remarks=tuple(_remarks(survey, shown, pooled, overall)),
        methods=tuple(_methods(survey, [*shown, *pooled], weighting)),
    )


def _part(survey: Survey, response: Tally, weighing: Sequence[tuple[Fraction, Tally]]) -> Part:
    rate = rate_of(weighing)
    if rate is None:
        return Part(response, None, None, False, None)
    size = _size(rate, weighing)
    verdict = None if survey.target is None else proportion.verdict_on(rate, size, Fraction(survey.target))
    return Part(response, as_decimal(rate), proportion.score_interval(rate, size), size is None, verdict)


def _size(rate: Fraction, weighing: Sequence[tuple[Fraction, Tally]], everybody: bool = True) -> Fraction | None:
    """The effective answers of groups taken together; None where everybody answered. `everybody`: whether it counts how many there are."""
    sizes = [(share, t.rate, proportion.effective_size(t.valid, t.population if everybody else None)) for share, t in weighing]
    spread = [(share * share / size, rate * (1 - rate)) for share, rate, size in sizes if size is not None]
    if not spread:
        return None
    simple = 1 / sum((s for s, _ in spread), Fraction(0))
    variance = sum((s * v for s, v in spread), Fraction(0))
    return min(simple, rate * (1 - rate) / variance) if variance else simple


def _needed(response: Tally, weighing: Sequence[tuple[Fraction, Tally]], target: Fraction) -> int | None:
    """The answers in all that would tell, were the groups asked in the same proportions as now; None where none would."""
    rate = rate_of(weighing) or Fraction(0)
    effect = response.valid / (_size(rate, weighing, everybody=False) or Fraction(1))
    return proportion.needed_at(rate, target, effect, response.population)


def _told(name: str, /, **given: Given) -> Words:
    return sentence(f"survey.{name}", **given)


def _conclusion(survey: Survey, overall: Part, needed: int | None) -> Words:
    """The whole in two or three sentences: how many, what rate, how sure, and the target against it."""
    valid, rate, interval = overall.response.valid, overall.rate, overall.interval
    answers = _told("answers", count=valid)
    if rate is None or interval is None:
        return _told("no_rate", answers=answers)
    name = _told(f"measured.{survey.measure if survey.printed is None else 'satisfaction'}")  # how that was computed is not known
    level = percent(LEVEL, None)
    told = _told("rate", answers=answers, name=name, value=percent(rate))
    sampled = _told("interval", level=level, low=percent(interval.low), high=percent(interval.high))
    told += _told("census") if overall.census else sampled
    if survey.target is None or overall.verdict is None:
        return told
    sure = NOTHING if overall.census else _told("sure", level=level)
    told += _told(overall.verdict, target=percent(survey.target, None), sure=sure)
    return told if needed is None else told + _told("needed", count=plain(Decimal(needed)))


def _remarks(survey: Survey, shown: Sequence[Tally], pooled: Sequence[Tally], overall: Part) -> Iterator[Words]:
    for group in shown:
        if not group.valid:
            yield _told("remark.nobody", group=group.name)
        elif survey.printed is not None and (near := proportion.whole_counts(survey.printed, group.valid)):
            below, above = (f"{count}/{group.valid} = {percent(Decimal(count) / group.valid)}" for count in near)
            given = {"share": percent(survey.printed, None), "times": plain(survey.printed * group.valid), "below": below, "above": above}
            yield _told("remark.not_whole", group=group.name, valid=group.valid, **given)
    response = overall.response
    if response.invalid:
        split = response.blank + response.off_scale == response.invalid
        parts = _told("remark.invalid_parts", blank=response.blank, off_scale=response.off_scale) if split else NOTHING
        yield _told("remark.invalid", count=response.invalid, parts=parts)
    if response.return_rate is not None and response.return_rate < 1:
        yield _told("remark.return_rate", rate=percent(response.return_rate))
    for part in pooled:
        yield _told("remark.pooled", minimum=MINIMUM, groups=part.name)
    if overall.rate is None and 0 < response.valid < MINIMUM:
        yield _told("remark.too_few", minimum=MINIMUM)
    elif overall.rate is None and response.valid:
        yield _told("remark.undefined")


def _methods(survey: Survey, tallies: Sequence[Tally], weighting: Weighting) -> Iterator[Words]:
    yield _told("method.wilson", level=percent(LEVEL, None))
    if survey.measure == "mean":
        yield _told("method.mean")
    if len(tallies) > 1:
        yield _told("method.groups", weighting=_told(f"weighted.{weighting}"))
    if any(t.population is not None for t in tallies):
        yield _told("method.population")
