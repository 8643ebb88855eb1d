"""From the answers to a questionnaire to a satisfaction rate, how sure it is, and whether a target was met. No file, chart or page here.

Counts, rates and weights are exact fractions inside and become Decimals in the result; the interval is `evallib.methods.proportion`'s.

Sources. C: Cochran, Sampling Techniques, 3rd ed. 1977 (stratified sampling for proportions). K: Korn and Graubard, Analysis of Health
Surveys, 1999, and SAS/STAT, SURVEYFREQ, "modified Wilson": Wilson's interval with an effective number of answers. D: Handbook on
Statistical Disclosure Control (sdctools.github.io/HandbookSDC) and OECD Glossary of Statistical Terms, "threshold rule" (some
offices require at least five respondents, others three; secondary suppression where subtraction would tell).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from evallib.methods.proportion import as_decimal, effective_size, needed_at, score_interval, verdict_on, whole_counts
from evallib.methods.survey_forms import Group, Part, Response, Survey, SurveyResult, Weighting
from evallib.model.errors import InputRefused, Place, Problem
from evallib.model.words import NOTHING, Given, Words, listed
from evallib.say.numbers import percent, plain
from evallib.say.refusals import problem
from evallib.say.sentences import sentence
from evallib.score.answers import Answer, Options, clean, hidden_groups


class _Tally(NamedTuple):
    """A group counted, or small ones counted as one. `size`: the effective answers, None when everybody answered."""

    groups: tuple[Group, ...]
    response: Response
    rate: Fraction
    size: Fraction | None

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(group.id for group in self.groups)

    @property
    def name(self) -> Words:
        return listed(group.words for group in self.groups)

    @property
    def population(self) -> int | None:
        return _total([group.population for group in self.groups])


def evaluate_survey(survey: Survey) -> SurveyResult:
    """Rates, intervals, verdicts and words of a questionnaire.

    Groups are weighted by the weights given, else by their populations, else by their answers. The rate of all is the sum of
    w·p, its variance the sum of w²p(1-p)/n (C); Wilson's interval then takes p(1-p)/variance as the number of answers (K), but never
    more than 1/sum(w²/n), or a unanimous small group would look certain. Groups too small to be shown are counted as one group,
    every answer alike: with their own weights the rate of all would give them away. Raises InputRefused, naming every problem.

    >>> from evallib.score.answers import YES_NO
    >>> users = Group(id="users", name="服务对象", name_en="Service users", share="0.84", valid=30)
    >>> found = evaluate_survey(Survey(groups=(users,), scale=YES_NO, target="0.9"))
    >>> found.overall.verdict, found.needed
    ('open', 97)
    """
    shown, pooled = _counted(survey)
    weighting, weights = _weights([*shown, *pooled])
    overall = _part(survey, [*shown, *pooled], weights)
    needed = None
    if survey.target is not None and overall.verdict == "open":
        needed = _total_needed([*shown, *pooled], weights, Fraction(survey.target), survey.level)
    return SurveyResult(
        groups=tuple(_part(survey, [t], [Fraction(1)]) for t in shown),
        pooled=_part(survey, pooled, [Fraction(1)]) if pooled else None,
        overall=overall,
        measure=survey.measure,
        needed=needed,
        conclusion=_conclusion(survey, overall, needed),
        remarks=tuple(_remarks(survey, shown, pooled, overall)),
        methods=tuple(_methods(survey, [*shown, *pooled], weighting)),
    )


def rate_of(survey: Survey) -> Decimal | None:
    """The rate of all alone, as `evaluate_survey` gives it.

    Raises InputRefused as that does.
    """
    shown, pooled = _counted(survey)
    combined = _combined(survey, [*shown, *pooled], _weights([*shown, *pooled])[1])
    return as_decimal(combined[0]) if combined else None


def _counted(survey: Survey) -> tuple[list[_Tally], list[_Tally]]:
    """The groups counted: those that are shown, and those too small for it as one."""
    tallies, problems = [], _survey_problems(survey)
    for group in survey.groups:
        found, wrong = _count(survey, group)
        problems += wrong
        tallies.append(found)
    if problems:
        raise InputRefused(tuple(problems))
    hidden = hidden_groups({t.ids[0]: t.response.valid for t in tallies}, survey.minimum)
    pooled = [_merge([t for t in tallies if t.ids[0] in hidden])] if hidden else []
    return [t for t in tallies if t.ids[0] not in hidden], pooled


def _survey_problems(survey: Survey) -> list[Problem]:
    found: list[Problem] = []
    ids = [group.id for group in survey.groups]
    for twice in sorted({group for group in ids if ids.count(group) > 1}):
        found.append(problem("survey.group_twice", _place("id"), twice))
    weights = [group.weight for group in survey.groups if group.weight is not None]
    if weights and (len(weights) < len(ids) or sum(weights) != 1):
        name, shown = "survey.weights" if len(weights) < len(ids) else "survey.weights_sum", sum(weights, Decimal(0))
        found.append(problem(name, _place("weight"), " + ".join(percent(weight, None) for weight in weights), sum=percent(shown, None)))
    scale = survey.scale
    if survey.measure == "mean" and isinstance(scale, Options) and scale.options[0].value is None:
        found.append(problem("survey.no_values", _place("value")))
    return found


_TITLES = {"id": "代号", "weight": "权重", "value": "分值", "answers": "答案", "returned": "收回份数", "population": "总人数"}


def _place(column: str, group: str = "") -> Place:
    return Place(f"questionnaire {group}".strip(), column=column, title=_TITLES[column])


def _count(survey: Survey, group: Group) -> tuple[_Tally, list[Problem]]:
    """The group counted, and what is wrong with what was entered."""
    ways = [name for name in ("answers", "counts", "share") if getattr(group, name) is not None]
    wrong: list[Problem] = []
    if len(ways) != 1 or (group.share is None) != (group.valid is None) or (group.answers is not None and group.blank + group.off_scale):
        wrong.append(problem("survey.one_way", _place("answers", group.id), ", ".join(ways)))
    read, blank, off_scale = list[tuple[Answer, int]](), group.blank, group.off_scale
    for text, times in [*((answer, 1) for answer in group.answers or ()), *(group.counts or {}).items()]:
        answer = survey.scale.read(clean(text))
        read += [(answer, times)] if answer else []
        blank += 0 if clean(text) else times
        off_scale += times if clean(text) and not answer else 0
    valid = sum(times for _, times in read) if group.share is None else group.valid or 0
    counted = valid + blank + off_scale
    returned = counted if group.returned is None and group.share is None else group.returned
    chain = [("有效和无效 / valid and invalid", counted), ("收回 / returned", returned), ("发放 / issued", group.issued)]
    known = [(name, count) for name, count in chain if count is not None]
    short = any(small > large for (_, small), (_, large) in pairwise(known))
    if short or (group.share is None and returned != counted):
        wrong.append(problem("survey.forms", _place("returned", group.id), ", ".join(f"{name} {count}" for name, count in known)))
    if group.population is not None and valid > group.population:
        wrong.append(problem("survey.population", _place("population", group.id), f"{valid} > {group.population}"))
    values = (times * (Fraction(a.satisfied) if survey.measure == "satisfied" else a.value or Fraction(0)) for a, times in read)
    rate = Fraction(group.share) if group.share is not None else sum(values, Fraction(0)) / (valid or 1)
    response = Response(issued=group.issued, returned=returned, valid=valid, blank=blank, off_scale=off_scale)
    return _Tally((group,), response, rate, None if wrong else effective_size(valid, group.population)), wrong


def _total(counts: Sequence[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


def _together(tallies: Sequence[_Tally]) -> Response:
    parts = [t.response for t in tallies]
    return Response(
        issued=_total([part.issued for part in parts]),
        returned=_total([part.returned for part in parts]),
        valid=sum(part.valid for part in parts),
        blank=sum(part.blank for part in parts),
        off_scale=sum(part.off_scale for part in parts),
    )


def _merge(tallies: Sequence[_Tally]) -> _Tally:
    response = _together(tallies)
    rate = sum((t.rate * t.response.valid for t in tallies), Fraction(0)) / response.valid
    merged = _Tally(tuple(group for t in tallies for group in t.groups), response, rate, None)
    return merged._replace(size=effective_size(response.valid, merged.population))


def _weights(tallies: Sequence[_Tally]) -> tuple[Weighting, list[Fraction]]:
    """The weight of each. Populations are used only where all are known; with answers as weights all answers count alike."""
    given = [[group.weight for group in t.groups if group.weight is not None] for t in tallies]
    if given[0]:
        return "given", [Fraction(sum(weights)) for weights in given]
    people = [t.population for t in tallies if t.population is not None]
    if len(people) == len(tallies):
        return "population", [Fraction(count) for count in people]
    return "answers", [Fraction(t.response.valid) for t in tallies]


def _combine(tallies: Sequence[_Tally], weights: Sequence[Fraction]) -> tuple[Fraction, Fraction | None] | None:
    """Rate and effective answers of groups taken together; None where nobody answered, or nobody of a group that weighs."""
    total = sum(weights, Fraction(0))
    weighing = [(weight / total, t) for weight, t in zip(weights, tallies, strict=True) if weight]
    if not weighing or any(not t.response.valid for _, t in weighing):
        return None
    rate = sum((w * t.rate for w, t in weighing), Fraction(0))
    spread = [(w * w / t.size, t.rate * (1 - t.rate)) for w, t in weighing if t.size is not None]
    if not spread:
        return rate, None
    simple = 1 / sum((s for s, _ in spread), Fraction(0))
    variance = sum((s * v for s, v in spread), Fraction(0))
    return rate, min(simple, rate * (1 - rate) / variance) if variance else simple


def _combined(survey: Survey, tallies: Sequence[_Tally], weights: Sequence[Fraction]) -> tuple[Fraction, Fraction | None] | None:
    """The same, where enough answered for it to be shown."""
    return _combine(tallies, weights) if sum(t.response.valid for t in tallies) >= survey.minimum else None


def _part(survey: Survey, tallies: Sequence[_Tally], weights: Sequence[Fraction]) -> Part:
    response = _together(tallies)
    rate, size = _combined(survey, tallies, weights) or (None, None)
    return Part(
        ids=tuple(group for t in tallies for group in t.ids),
        name=listed(t.name for t in tallies),
        response=response,
        rate=None if rate is None else as_decimal(rate),
        interval=None if rate is None else score_interval(rate, size, survey.level),
        census=rate is not None and size is None,
        verdict=None if rate is None or survey.target is None else verdict_on(rate, size, Fraction(survey.target), survey.level),
    )


def _total_needed(tallies: Sequence[_Tally], weights: Sequence[Fraction], target: Fraction, level: Decimal) -> int | None:
    """The answers in all that would tell, were the groups asked in the same proportions as now; None where none would."""
    rate, size = _combine([t._replace(size=Fraction(t.response.valid)) for t in tallies], weights) or (target, None)
    effect = sum(t.response.valid for t in tallies) / (size or Fraction(1))
    return needed_at(rate, target, level, effect, _total([t.population for t in tallies]))


def _told(name: str, /, **given: Given) -> Words:
    return sentence(f"survey.{name}", **given)


def _conclusion(survey: Survey, overall: Part, needed: int | None) -> Words:
    """The whole in two or three sentences: how many, what rate, how sure, and the target against it."""
    valid, rate, interval = overall.response.valid, overall.rate, overall.interval
    answers = _told("answer") if valid == 1 else _told("answers", count=valid)
    if rate is None or interval is None:
        return _told("no_rate", answers=answers)
    entered = any(group.share is not None for group in survey.groups)  # how it was computed is not known
    name = _told(f"measured.{'satisfaction' if entered else survey.measure}")
    level = percent(survey.level, None)
    told = _told("rate", answers=answers, name=name, value=percent(rate))
    sampled = _told("interval", level=level, low=percent(interval.low), high=percent(interval.high))
    told += _told("census") if overall.census else sampled
    if survey.target is None or overall.verdict is None:
        return told
    told += _told(
        overall.verdict,
        target=percent(survey.target, None),
        sure=NOTHING if overall.census else _told("sure", level=level),
    )
    return told if needed is None else told + _told("needed", count=plain(Decimal(needed)))


def _remarks(survey: Survey, shown: Sequence[_Tally], pooled: Sequence[_Tally], overall: Part) -> Iterator[Words]:
    for group, valid in ((t.groups[0], t.response.valid) for t in shown):
        if not valid:
            yield _told("remark.nobody", group=group.words)
        elif group.share is not None and (near := whole_counts(group.share, valid)):
            below, above = (f"{count}/{valid} = {percent(Decimal(count) / valid)}" for count in near)
            share, times = percent(group.share, None), plain(group.share * valid)
            yield _told("remark.not_whole", group=group.words, valid=valid, share=share, times=times, below=below, above=above)
    response = overall.response
    if response.invalid:
        split = response.blank + response.off_scale == response.invalid
        parts = _told("remark.invalid_parts", blank=response.blank, off_scale=response.off_scale) if split else NOTHING
        yield _told("remark.invalid", count=response.invalid, parts=parts)
    if response.return_rate is not None and response.return_rate < 1:
        yield _told("remark.return_rate", rate=percent(response.return_rate))
    for part in pooled:
        yield _told("remark.pooled", minimum=survey.minimum, groups=part.name)
    if overall.rate is None and 0 < response.valid < survey.minimum:
        yield _told("remark.too_few", minimum=survey.minimum)
    elif overall.rate is None and response.valid:
        yield _told("remark.undefined")


def _methods(survey: Survey, tallies: Sequence[_Tally], weighting: Weighting) -> Iterator[Words]:
    yield _told("method.wilson", level=percent(survey.level, None))
    if survey.measure == "mean":
        yield _told("method.mean")
    if len(tallies) > 1:
        yield _told("method.groups", weighting=_told(f"weighted.{weighting}"))
    if any(t.population is not None for t in tallies):
        yield _told("method.population")
