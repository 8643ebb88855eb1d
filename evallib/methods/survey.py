"""From the answers to a questionnaire to a satisfaction rate, how sure it is, and whether a target was met. No file, chart or page here.

Counts, rates and weights are exact fractions inside and become Decimals in the result; the interval is `evallib.methods.proportion`'s.

Sources. C: Cochran, Sampling Techniques, 3rd ed. 1977 (stratified sampling for proportions). K: Korn and Graubard, Analysis of Health
Surveys, 1999, and SAS/STAT, SURVEYFREQ, "modified Wilson": Wilson's interval with an effective number of answers. D: Handbook on
Statistical Disclosure Control (sdctools.github.io/HandbookSDC) and OECD Glossary of Statistical Terms, "threshold rule" (some
offices require at least five respondents, others three; secondary suppression where subtraction would tell).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from evallib.methods.proportion import as_decimal, effective_size, needed_at, score_interval, verdict_on, whole_counts
from evallib.methods.survey_forms import MINIMUM, Group, Measure, Options, Part, Response, Survey, SurveyResult, Weighting, clean
from evallib.model.errors import InputRefused, Place, Problem
from evallib.model.words import Words, joined, words
from evallib.say.numbers import percent, plain


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
        return joined([group.words for group in self.groups], "、", ", ")

    @property
    def population(self) -> int | None:
        return _total([group.population for group in self.groups])


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


def evaluate_survey(survey: Survey) -> SurveyResult:
    """Rates, intervals, verdicts and words of a questionnaire.

    Groups are weighted by the weights given, else by their populations, else by their answers. The rate of all is the sum of
    w·p, its variance the sum of w²p(1-p)/n (C); Wilson's interval then takes p(1-p)/variance as the number of answers (K), but never
    more than 1/sum(w²/n), or a unanimous small group would look certain. Groups too small to be shown are counted as one group,
    every answer alike: with their own weights the rate of all would give them away. Raises InputRefused, naming every problem.

    >>> from evallib.methods.survey_forms import YES_NO
    >>> users = Group(id="users", name="服务对象", name_en="Service users", share="0.84", valid=30)
    >>> found = evaluate_survey(Survey(groups=(users,), scale=YES_NO, target="0.9"))
    >>> found.overall.verdict, found.needed
    ('open', 97)
    """
    tallies, problems = [], _survey_problems(survey)
    for group in survey.groups:
        found, wrong = _count(survey, group)
        problems += wrong
        tallies.append(found)
    if problems:
        raise InputRefused(tuple(problems))
    hidden = hidden_groups({t.ids[0]: t.response.valid for t in tallies}, survey.minimum)
    shown = [t for t in tallies if t.ids[0] not in hidden]
    pooled = [_merge([t for t in tallies if t.ids[0] in hidden])] if hidden else []
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
        weighting=weighting,
        needed=needed,
        conclusion=_conclusion(survey, overall, needed),
        remarks=tuple(_remarks(survey, shown, pooled, overall)),
        methods=tuple(_methods(survey, [*shown, *pooled], weighting)),
    )


def _survey_problems(survey: Survey) -> list[Problem]:
    found = []
    ids = [group.id for group in survey.groups]
    for twice in sorted({group for group in ids if ids.count(group) > 1}):
        found.append(_problem("id", "两组用了同一个代号", "Two groups have the same id", "给每组一个代号", "Give each an id", twice))
    weights = [group.weight for group in survey.groups if group.weight is not None]
    if weights and (len(weights) < len(ids) or sum(weights) != 1):
        told = " + ".join(percent(weight, None) for weight in weights)
        found.append(_problem("weight", "各组权重之和须为 100%", "The weights of all groups must add up to 100%",
                              "每组都给权重，或都不给", "Give every group a weight, or none", told))  # fmt: skip
    scale = survey.scale
    if survey.measure == "mean" and isinstance(scale, Options) and scale.options[0].value is None:
        found.append(_problem("value", "按均值计算，选项却没有分值", "A mean is asked for, but the options have no values",
                              "给每个选项分值，如 1、0.8、0.6、0.4", "Give every option a value, such as 1, 0.8, 0.6, 0.4"))  # fmt: skip
    return found


_TITLES = {"id": "代号", "weight": "权重", "value": "分值", "answers": "答案", "returned": "收回份数", "population": "总人数"}


def _problem(column: str, zh: str, en: str, fix_zh: str, fix_en: str, found: str = "", group: str = "") -> Problem:
    place = Place(f"questionnaire {group}".strip(), column=column, title=_TITLES[column])
    return Problem(place, words(zh, en), words(fix_zh, fix_en), found)


def _count(survey: Survey, group: Group) -> tuple[_Tally, list[Problem]]:
    """The group counted, and what is wrong with what was entered."""
    ways = [name for name in ("answers", "counts", "share") if getattr(group, name) is not None]
    wrong = []
    if len(ways) != 1 or (group.share is None) != (group.valid is None) or (group.answers is not None and group.blank + group.off_scale):
        wrong.append(_problem("answers", "答案须且只须以一种方式给出", "Answers must be given in one way, and only one",
                              "只给逐份答案，或各选项份数，或比率及有效份数", "Give single answers, or counts, or a share with valid",
                              ", ".join(ways), group.id))  # fmt: skip
    read, blank, off_scale = [], group.blank, group.off_scale
    for text, times in [*((answer, 1) for answer in group.answers or ()), *(group.counts or {}).items()]:
        answer = survey.scale.read(clean(text))
        read += [answer] * times if answer else []
        blank += 0 if clean(text) else times
        off_scale += times if clean(text) and not answer else 0
    valid = len(read) if group.share is None else group.valid or 0
    counted = valid + blank + off_scale
    returned = counted if group.returned is None and group.share is None else group.returned
    chain = [("有效和无效 / valid and invalid", counted), ("收回 / returned", returned), ("发放 / issued", group.issued)]
    known = [(name, count) for name, count in chain if count is not None]
    short = any(small > large for (_, small), (_, large) in pairwise(known))
    if short or (group.share is None and returned != counted):
        wrong.append(_problem("returned", "份数不合：发放 ≥ 收回 = 有效 + 无效", "Counts do not fit: issued ≥ returned = valid + invalid",
                              "核对发放、收回、有效和无效份数", "Check forms issued, returned, valid and invalid",
                              ", ".join(f"{name} {count}" for name, count in known), group.id))  # fmt: skip
    if group.population is not None and valid > group.population:
        wrong.append(_problem("population", "有效答卷多于全部对象", "More valid answers than people", "核对总人数",
                              "Check the population", f"{valid} > {group.population}", group.id))  # fmt: skip
    values = [Fraction(a.satisfied) if survey.measure == "satisfied" else a.value or Fraction(0) for a in read]
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


def _part(survey: Survey, tallies: Sequence[_Tally], weights: Sequence[Fraction]) -> Part:
    response = _together(tallies)
    combined = _combine(tallies, weights) if response.valid >= survey.minimum else None
    rate, size = combined or (None, None)
    return Part(
        ids=tuple(group for t in tallies for group in t.ids),
        name=joined([t.name for t in tallies], "、", ", "),
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


_MEASURED: dict[Measure, Words] = {"satisfied": words("满意率", "share satisfied"), "mean": words("平均得分率", "mean score rate")}


def _answers(count: int) -> Words:
    return words(f"{count} 份", f"{count} valid answer" + ("" if count == 1 else "s"))


def _conclusion(survey: Survey, overall: Part, needed: int | None) -> Words:
    """The whole in two or three sentences: how many, what rate, how sure, and the target against it."""
    valid, rate, interval = overall.response.valid, overall.rate, overall.interval
    if rate is None or interval is None:
        return words(f"有效答卷 {valid} 份，不给出满意度。", f"{_answers(valid).en}: no satisfaction rate is given.")
    entered = any(group.share is not None for group in survey.groups)  # how it was computed is not known
    name = words("满意度", "satisfaction") if entered else _MEASURED[survey.measure]
    value, level = percent(rate), percent(survey.level, None)
    low, high = percent(interval.low), percent(interval.high)
    told = words(f"有效答卷 {valid} 份，{name.zh} {value}", f"{_answers(valid).en}, {name.en} {value}")
    if overall.census:
        told += words("；全部对象都已作答，没有抽样误差。", "; everybody answered, so there is no sampling error.")
    else:
        told += words(f"，{level} 置信区间 {low} 至 {high}。", f", {level} confidence interval {low} to {high}.")
    if survey.target is None or overall.verdict is None:
        return told
    target = percent(survey.target, None)
    if overall.verdict == "open":
        told += words(f"目标 {target} 在区间之内：这些答卷太少，不足以判断是否达到。",
                      f" The target of {target} lies inside: these answers are too few to tell whether it was met.")  # fmt: skip
        if needed is not None:
            told += words(f"照此满意度，约需 {plain(Decimal(needed))} 份有效答卷才能判断。",
                          f" At this rate about {plain(Decimal(needed))} valid answers would be needed to tell.")  # fmt: skip
        return told
    sure = words("", "") if overall.census else words(f"（置信水平 {level}）", f" (at {level} confidence)")
    if overall.verdict == "met":
        return told + words(f"确定达到目标 {target}", f" The target of {target} was met for sure") + sure + words("。", ".")
    return told + words(f"确定未达到目标 {target}", f" The target of {target} was missed for sure") + sure + words("。", ".")


def _remarks(survey: Survey, shown: Sequence[_Tally], pooled: Sequence[_Tally], overall: Part) -> list[Words]:
    found = []
    for group, valid in ((t.groups[0], t.response.valid) for t in shown):
        if not valid:
            found.append(words(f"{group.name}：没有有效答卷。", f"{group.words.en}: no valid answers."))
        elif group.share is not None and (near := whole_counts(group.share, valid)):
            times, value = plain(group.share * valid), percent(group.share, None)
            below, above = (f"{count}/{valid} = {percent(Decimal(count) / valid)}" for count in near)
            found.append(words(
                f"{group.name}：{valid} 份的 {value} 是 {times} 份，不是整数（{below}，{above}）。"
                f"它可能是得分的平均数，而不是满意人数的占比；请写明算法。区间按 {valid} 份计算，这时只会偏宽。",
                f"{group.words.en}: {value} of {valid} answers is {times}, not a whole number ({below}, {above}). It is perhaps a mean of "
                f"scores, not a share of people; say how it was computed. The interval, for {valid} answers, is then at most too wide.",
            ))  # fmt: skip
    response = overall.response
    if response.invalid:
        parts = words("", "")
        if response.blank + response.off_scale == response.invalid:
            parts = words(
                f"（空白 {response.blank}，超出选项 {response.off_scale}）",
                f" (blank {response.blank}, off the scale {response.off_scale})",
            )
        found.append(words(f"无效答卷 {response.invalid} 份{parts.zh}，不计入满意度，也不当作不满意。",
                           f"Invalid answers: {response.invalid}{parts.en}, neither satisfied nor dissatisfied."))  # fmt: skip
    if response.return_rate is not None and response.return_rate < 1:
        rate = percent(response.return_rate)
        found.append(words(f"回收率 {rate}。没有交回的人可能看法不同，区间不含这一误差。",
                           f"Response rate {rate}. Those who did not answer may differ; the interval does not cover that."))  # fmt: skip
    for part in pooled:
        found.append(words(
            f"为保护答卷人，有效答卷少于 {survey.minimum} 份的组不单独列出；总数能减出的，连同次小的组，"
            f"合并为一组、每份答卷同等：{part.name.zh}。",
            f"To protect those who answered, groups with fewer than {survey.minimum} valid answers are not shown singly, nor is "
            f"the next smallest where subtraction would tell. Counted as one group, every answer alike: {part.name.en}.",
        ))  # fmt: skip
    if overall.rate is None and 0 < response.valid < survey.minimum:
        found.append(
            words(
                f"有效答卷共不足 {survey.minimum} 份，满意度不公开。",
                f"Fewer than {survey.minimum} valid answers in all: no rate is shown.",
            )
        )
    elif overall.rate is None and response.valid:
        found.append(words("有权重的组没有有效答卷，合计无定义；不擅自改动权重。",
                           "A group that has a weight has no valid answer: the rate of all is not defined; weights stay."))  # fmt: skip
    return found


_WEIGHTED: dict[Weighting, Words] = {
    "given": words("各组按给定权重合计", "Groups are added up by the weights given"),
    "population": words("各组按总人数加权合计", "Groups are added up by their populations"),
    "answers": words("各组按有效答卷数合计，每份答卷同等", "Groups are added up by their answers, every answer alike"),
}


def _methods(survey: Survey, tallies: Sequence[_Tally], weighting: Weighting) -> list[Words]:
    level = percent(survey.level, None)
    found = [words(f"置信区间：威尔逊得分区间（Wilson 1927；Newcombe 1998），置信水平 {level}。",
                   f"Confidence interval: Wilson's score interval (Wilson 1927; Newcombe 1998), level {level}.")]  # fmt: skip
    if survey.measure == "mean":
        found.append(words("均值的区间按同样大小的比率计算：0 至 1 之间的数，方差不会更大，所以区间只会偏宽。",
                           "The interval of a mean is that of a share of the same size: numbers between 0 and 1 vary no more, "
                           "so it is at most too wide."))  # fmt: skip
    if len(tallies) > 1:
        found.append(_WEIGHTED[weighting] + words(
            "：p = Σw·p，方差 = Σw²·p(1−p)/n，有效样本量 = p(1−p)/方差，不超过 1/Σ(w²/n)。",
            ": p = Σw·p, variance = Σw²·p(1−p)/n, effective answers = p(1−p)/variance, at most 1/Σ(w²/n).",
        ))  # fmt: skip
    if any(t.population is not None for t in tallies):
        found.append(words("总人数 N 已知的组作有限总体修正：n 份答卷按 n(N−1)/(N−n) 份计；假定答卷人是随机抽取的。",
                           "Where the population N is known, n answers count as n(N−1)/(N−n): the finite population correction, "
                           "which takes those who answered for a random sample."))  # fmt: skip
    return found
