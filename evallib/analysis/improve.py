"""What it would take to reach the next grade: what each indicator could still gain, and by which changes. Pure.

Nobody records what an improvement costs, so no cost is guessed. "Cheapest" means: the fewest indicators. The indicator that
gains most by itself comes first; of two that gain the same, the one whose value has the shorter way to go, relative to that
value; and what can be measured before what a person must judge.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import cache
from typing import Literal

from evallib.analysis.changes import ActualChange, Change, FactChange, FindingRemoved, ItemChange, ScoreChange, make_change
from evallib.analysis.tables import NextGrade, next_grade
from evallib.analysis.what_if import broken_identities
from evallib.core.evaluation import Evaluation, IndicatorResult, MetricResult, TargetResult
from evallib.core.facts import FACTS, split_part
from evallib.core.framework import Framework, Indicator
from evallib.core.measure import written
from evallib.core.metrics import METRICS, change_rate, proportion, ratio, remaining_rate
from evallib.core.record import Record
from evallib.core.rules import Awarded, Bands, Checklist, DeductPerOccurrence, DeductPerUnit, Linear, PassFail, Proportional, Tiers
from evallib.core.scoring import evaluate, indicators_in_force, out_of_full_points
from evallib.core.units import SHARE, UNITS, convert, plain, round_half_up
from evallib.core.words import NOTHING, Words, joined, words

Kind = Literal["measured", "items", "findings", "judged", "missing"]
_ORDER: tuple[Kind, ...] = ("measured", "items", "findings", "judged", "missing")
_BESIDE = Decimal("0.0001")  # just past an edge that does not belong to the better band: a hundredth of a percentage point
_Measured = Proportional | Bands | Linear | DeductPerUnit | PassFail


@dataclass(frozen=True)
class Step:
    """One indicator improved to the most it can give, in a plan.

    `gain` is what it adds to the total by itself, `cumulative` the total after this step and all before it, both in points
    as evaluated anew. `way` is how far it has to go: for a measured value the change relative to the larger of the two
    values, otherwise the share of its points that is lacking (both within 0 and 1). `up_to`: the gain is not certain, for
    a person must judge or data is missing.
    """

    indicator: str
    name: Words
    kind: Kind
    gain: Decimal
    way: Decimal
    takes: Words
    changes: tuple[Change, ...]
    cumulative: Decimal

    @property
    def up_to(self) -> bool:
        return self.kind in ("judged", "missing")


@dataclass(frozen=True)
class LeftOut:
    """An indicator that lost points and is not in the plan, with the reason."""

    indicator: str
    name: Words
    lost: Decimal
    reason: Words


@dataclass(frozen=True)
class Plan:
    """The way to the next grade. `enough` is how many of the steps reach it; None where all of them do not, or there is none."""

    goal: NextGrade | None
    steps: tuple[Step, ...]
    enough: int | None
    left_out: tuple[LeftOut, ...]
    remarks: tuple[Words, ...]
    said: Words

    @property
    def needed(self) -> tuple[Step, ...]:
        """The steps that reach the next grade; all of them where even they do not."""
        return self.steps[: self.enough]


def to_next_grade(evaluation: Evaluation) -> Plan:
    """What would bring the next grade, the fewest indicators first, counting only what can change.

    Every step and every cumulative total is evaluated anew with the changes made, so that one improvement that costs
    another indicator its points (less budget, and the spending is over it) counts as what it is. Left out are indicators
    whose score the evaluators set over the rule, and improvements that gain nothing in the end. Other indicators stay as
    they are; whether a step is realistic is for people to say.

    >>> from pathlib import Path
    >>> from evallib.data.years import evaluate_year
    >>> plan = to_next_grade(evaluate_year(Path("data"), "hrss", 2023).evaluation)
    >>> plan.goal.lacking, [step.indicator for step in plan.needed], plan.needed[-1].cumulative
    (Decimal('5.37'), ['indicator_clarity', 'public_satisfaction', 'fund_compliance'], Decimal('91.13'))
    """
    goal = next_grade(evaluation)
    start = _State(evaluation, (), frozenset(), {i.id: i.score or Decimal(0) for i in evaluation.indicators})
    found: list[tuple[Step, _State]] = []
    left_out: list[LeftOut] = []
    for indicator in indicators_in_force(evaluation.framework, evaluation.record) if goal else ():
        result = evaluation.indicator(indicator.id)
        if result.lost <= 0:
            continue
        way = _step(start, indicator, result)
        if isinstance(way, Words):
            left_out.append(LeftOut(result.id, result.name, result.lost, way))
        else:
            found.append(way)
    found.sort(key=lambda f: (-f[0].gain, f[0].up_to, f[0].way, _ORDER.index(f[0].kind)))
    steps: list[Step] = []
    state, reached, enough = start, start, None
    for step, alone in found:
        after = state.with_step(alone)
        if after.total <= state.total:
            adds_nothing = words(
                f"{step.takes.zh}：前面各项做到后不再加分", f"{step.takes.en}: adds nothing once the steps before are made"
            )
            left_out.append(LeftOut(step.indicator, step.name, evaluation.indicator(step.indicator).lost, adds_nothing))
            continue
        state = after
        steps.append(replace(step, cumulative=after.total))
        if enough is None and goal is not None:
            reached = after
            enough = len(steps) if after.total >= goal.at_least else None
    remarks = broken_identities(evaluation.record, reached.make()[1]) if steps else ()
    return Plan(goal, tuple(steps), enough, tuple(left_out), remarks, _said(evaluation, goal, steps, enough))


@dataclass(frozen=True)
class _State:
    """What was recorded with changes made: the indicators that these can reach, and every indicator's score after them."""

    recorded: Evaluation
    changes: tuple[Change, ...]
    reached: frozenset[str]
    scores: Mapping[str, Decimal]

    @property
    def total(self) -> Decimal:
        """The total as `what_if.apply` gives it: no step changes points, or which indicators apply."""
        e = self.recorded
        worth = sum((d.points for d in e.dimensions), Decimal(0))
        return out_of_full_points(e.framework, sum(self.scores.values(), Decimal(0)), worth)

    def make(self) -> tuple[Framework, Record]:
        made = self.recorded.framework, self.recorded.record
        for change in self.changes:
            made = make_change(*made, change)
        return made

    def with_step(self, alone: _State) -> _State:
        """The changes of both. What reaches other indicators than before adds up as it stands; what meets is scored anew."""
        changes, reached = (*self.changes, *alone.changes), self.reached | alone.reached
        scores = {**self.scores, **{id: alone.scores[id] for id in alone.reached}}
        both = _State(self.recorded, changes, reached, scores)
        return both.scored(alone.reached) if self.reached & alone.reached else both

    def scored(self, ids: frozenset[str]) -> _State:
        """The state with these indicators scored anew, and no others."""
        framework, record = self.make()
        narrow = record.model_copy(
            update={
                "own_indicators": tuple(o for o in record.own_indicators if o.indicator in ids),
                "targets": tuple(t for t in record.targets if t.indicator in ids),
            }
        )
        few = tuple(i for i in framework.indicators if i.id in ids)
        again = evaluate(framework.model_copy(update={"indicators": few}), narrow)
        return replace(self, scores={**self.scores, **{i.id: i.score or Decimal(0) for i in again.indicators}})


def _reached(evaluation: Evaluation, changes: Sequence[Change]) -> frozenset[str]:
    """The indicators whose scores the changes can move."""
    facts = {c.fact for c in changes if isinstance(c, FactChange)}
    removed = {c.finding for c in changes if isinstance(c, FindingRemoved)}
    found = {c.indicator for c in changes if isinstance(c, ActualChange | ItemChange | ScoreChange)}
    found |= {f.indicator for f in evaluation.record.findings if f.finding in removed}
    moved = {m.id for m in evaluation.metrics if any(facts & _known_by(i.fact) for i in m.inputs)} if facts else set()
    return frozenset(found | {i.id for i in evaluation.indicators if i.metric in moved})


@cache
def _known_by(fact: str) -> frozenset[str]:
    """The facts that may change this one: itself, its parts, and theirs."""
    return frozenset({fact}).union(*(_known_by(split_part(part)[1]) for part in FACTS[fact].parts))


def _step(start: _State, indicator: Indicator, result: IndicatorResult) -> tuple[Step, _State] | Words:
    """The indicator's step with the state it leads to by itself, or the reason why it has none."""
    if result.method == "overridden":
        return words("得分由评价组直接评定，不随数值变动", "the evaluators set the score themselves: it does not follow the value")
    evaluation = start.recorded
    lacking = result.lost / result.points
    kind, way, takes, changes = _most(evaluation, indicator, result, evaluation.target(indicator.id), lacking)
    if not changes:
        return takes
    reached = _reached(evaluation, changes)
    after = replace(start, changes=changes, reached=reached).scored(reached)
    gain = after.total - evaluation.total
    return (Step(result.id, result.name, kind, gain, way, takes, changes, after.total), after) if gain > 0 else _costs(after, takes)


_Most = tuple[Kind, Decimal, Words, tuple[Change, ...]]


def _most(evaluation: Evaluation, indicator: Indicator, result: IndicatorResult, target: TargetResult | None, lacking: Decimal) -> _Most:
    """What brings the indicator the most it can give: kind, way to go, what it takes, changes (none where nothing helps)."""
    rule = indicator.rule
    best: tuple[Change, ...] = (ScoreChange(indicator=indicator.id, score=indicator.points),)
    most = plain(result.lost * _scale(evaluation), 2)
    at_most = words(f"最多再得 {most} 分", f"up to {most} points")
    if result.status == "missing":
        return "missing", lacking, words("补充缺少的资料；", "supply what is missing; ") + at_most, best
    if isinstance(rule, Checklist) and not any(j.kind in ("override", "award") for j in result.judgements):
        unmet = [i for i in rule.items if any(j.item == i.id and j.verdict != "met" for j in result.judgements)]
        named = joined([words(f"{i.name}（{plain(i.points, 2)} 分）", f"{i.name_en} ({plain(i.points, 2)})") for i in unmet])
        items: tuple[Change, ...] = tuple(ItemChange(indicator=indicator.id, item=i.id, met=True) for i in unmet)
        return "items", lacking, words(f"做到：{named.zh}", f"fulfil: {named.en}"), items
    if isinstance(rule, DeductPerOccurrence):
        count = len(result.findings)
        ids = words("、".join(result.findings), ", ".join(result.findings))
        takes = words(f"不再出现这 {count} 个问题：{ids.zh}", f"without the {count} findings {ids.en}")
        if count == 1:
            takes = words(f"不再出现问题 {ids.zh}", f"without finding {ids.en}")
        return "findings", lacking, takes, tuple(FindingRemoved(finding=f) for f in result.findings)
    decided = any(j.kind in ("override", "award") for j in result.judgements)
    if isinstance(rule, Tiers | Awarded | Checklist) or decided:
        return "judged", lacking, words("由评价组评定：", "judged by the evaluators: ") + at_most, best
    return _measured(evaluation, indicator, result, target, rule)


def _measured(evaluation: Evaluation, indicator: Indicator, result: IndicatorResult, target: TargetResult | None, rule: _Measured) -> _Most:
    """The value at which the rule gives the most, and the actual or the facts that bring it there."""
    full = best_value(rule, indicator.points, result.value or Decimal(0), result.unit, target if rule.of == "completion" else None)
    now = result.value or Decimal(0)
    if full is None:
        return "measured", Decimal(0), words("已是该规则能给的最高分", "the rule gives no more than this"), ()
    way = abs(full - now) / max(abs(full), abs(now)) if full or now else Decimal(0)
    way = min(way, Decimal(1))
    was, goal = written(now, result.unit), written(full, result.unit)
    takes = words(f"{was.zh} → {goal.zh}", f"{was.en} → {goal.en}")
    if isinstance(rule, Bands):
        takes += _next_band(rule, indicator, result, target if rule.of == "completion" else None, full, _scale(evaluation))
    if indicator.metric is None:
        kind: Kind = "judged" if target is not None and target.judged else "measured"
        return kind, way, takes, (ActualChange(indicator=indicator.id, actual=full),)
    facts = _facts(evaluation.metric(indicator.metric), evaluation.record.year, convert(full, result.unit, SHARE))
    if not facts:
        return "measured", way, words("公式的输入无法使其达到满分", "no input of the formula brings it to full points"), ()
    moved = joined([_fact_words(evaluation.metric(indicator.metric), f) for f in facts], "，", ", ")
    return "measured", way, words(f"{takes.zh}（{moved.zh}）", f"{takes.en} ({moved.en})"), facts


def best_value(rule: _Measured, points: Decimal, value: Decimal, unit: str, target: TargetResult | None = None) -> Decimal | None:
    """The value nearest to `value`, in its unit, at which the rule gives the most points; None where it gives no more than now.

    The candidates are the edges in the rule, each tried with the rule's own `award`. For a rule of completion give the
    target: the value is then the actual.

    >>> rule = DeductPerUnit(kind="deduct_per_unit", limit=1, unit="0.01", share="0.1", side="above", steps="linear")
    >>> best_value(rule, Decimal(1), Decimal("1.0625"), "share")
    Decimal('1')
    """
    tried = _candidates(rule, points, unit, target)
    now = rule.award(target.attainment or Decimal(0), SHARE, points).score if target else rule.award(value, unit, points).score
    top = max((score for _, score in tried), default=now)
    if round_half_up(top, 6) <= round_half_up(now, 6):
        return None
    return min((candidate for candidate, score in tried if score == top), key=lambda candidate: abs(candidate - value))


def _candidates(rule: _Measured, points: Decimal, unit: str, target: TargetResult | None) -> list[tuple[Decimal, Decimal]]:
    """Values at the edges of a rule, in the indicator's unit, with what the rule awards there."""
    shares = [edge + beside for edge in _edges(rule) for beside in ((-_BESIDE, 0, _BESIDE) if isinstance(rule, Bands) else (0,))]
    if target is None:
        return [(convert(s, SHARE, unit), rule.award(s, SHARE, points).score) for s in shares]
    pairs = [(_actual_for(target, s), s) for s in shares if 0 < s < 1 and _attainable(target)]
    return [(actual, rule.award(s, SHARE, points).score) for actual, s in [*pairs, (target.target, Decimal(1))]]


def _edges(rule: _Measured) -> list[Decimal]:
    if isinstance(rule, Proportional):
        return [rule.cap]
    if isinstance(rule, Linear):
        return [rule.full_at]
    if isinstance(rule, DeductPerUnit):
        return [rule.limit]
    found = [(b.up_to, b.at_least) for b in rule.bands] if isinstance(rule, Bands) else [(rule.up_to, rule.at_least)]
    return [edge for pair in found for edge in pair if edge is not None]


def _attainable(target: TargetResult) -> bool:
    return target.operator != "=" and target.target > 0


def _actual_for(target: TargetResult, attainment: Decimal) -> Decimal:
    """The actual at which a target that is not met is attained to this share."""
    if target.operator == ">=":
        return _whole(target.target * attainment, target.unit, ROUND_CEILING)
    return _whole(target.target / attainment, target.unit, ROUND_FLOOR)


def _whole(value: Decimal, unit: str, rounding: str) -> Decimal:
    """Whole people and things, cents, hundredths; a share and larger units as they are."""
    if UNITS[unit].factor != 1 or unit == SHARE:
        return value
    step = Decimal("0.01") if UNITS[unit].measures in ("money", "points") else Decimal(1)
    return value.quantize(Decimal("1e-9")).quantize(step, rounding)


def _next_band(
    rule: Bands, indicator: Indicator, result: IndicatorResult, target: TargetResult | None, full: Decimal, scale: Decimal
) -> Words:
    """The next better band, where it is not the best one yet: the nearest value that gains anything, and how much."""
    now, score = result.value or Decimal(0), result.score or Decimal(0)
    better = [(abs(v - now), -s, v) for v, s in _candidates(rule, indicator.points, result.unit, target) if s > score]
    _, reached, value = min(better)
    if value == full:
        return NOTHING
    shown, gain = written(value, result.unit), plain((-reached - score) * scale, 2)
    return words(f"；到 {shown.zh} 可先得 {gain} 分", f"; {shown.en} already brings {gain}")


def _scale(evaluation: Evaluation) -> Decimal:
    """What a point of an indicator is worth in the total, where the total is scaled back to the full points."""
    return evaluation.points / sum((d.points for d in evaluation.dimensions), Decimal(0))


def _taken(values: list[Decimal], wanted: Decimal) -> list[tuple[int, Decimal]]:
    allowed, taken = values[0] * (1 - wanted), sum(values[1:], Decimal(0))
    return [(n, values[n] * allowed / taken) for n in range(1, len(values))] if taken else []


_INVERSE: dict[Callable[..., Decimal | None], Callable[[list[Decimal], Decimal], list[tuple[int, Decimal]]]] = {
    # the inputs that move, by position, and what they must be for the formula to give what is wanted; bases stay
    ratio: lambda x, wanted: [(0, wanted * x[1])],
    change_rate: lambda x, wanted: [(0, x[1] * (1 + wanted))],
    remaining_rate: _taken,
    proportion: lambda x, wanted: [(0, wanted * x[1] / (1 - wanted))] if wanted < 1 else [],
}


def _facts(metric: MetricResult, year: int, wanted: Decimal) -> tuple[FactChange, ...]:
    """The facts of the year that bring a formula to the value wanted; whole people and cents, rounded to the good side."""
    values = [i.value or Decimal(0) for i in metric.inputs]
    compute = METRICS[metric.id].compute
    rising = wanted > (metric.value or Decimal(0))
    found = []
    for n, value in _INVERSE[compute](values, wanted):
        fact = metric.inputs[n]
        if fact.year != year:
            return ()
        up = rising != (compute is remaining_rate)
        moved = _whole(value, fact.unit, ROUND_CEILING if up else ROUND_FLOOR)
        if moved < 0:
            return ()
        if moved != fact.value:
            found.append(FactChange(fact=fact.fact, value=moved))
    return tuple(found)


def _fact_words(metric: MetricResult, change: FactChange) -> Words:
    old = next(i for i in metric.inputs if i.fact == change.fact)
    was, goal, name = written(old.value, old.unit), written(change.value, old.unit), FACTS[change.fact].name
    return words(f"{name.zh} {was.zh} → {goal.zh}", f"{name.en} {was.en} → {goal.en}")


def _costs(after: _State, takes: Words) -> Words:
    """Why an improvement gains nothing: the indicators that lose by it."""
    worse = [i.name for i in after.recorded.indicators if after.scores[i.id] < (i.score or 0)]
    named = joined(worse, "、", ", ")
    if not worse:
        return words(f"{takes.zh}：总分不变", f"{takes.en}: the total stays the same")
    return words(f"{takes.zh}：{named.zh} 会因此失分，总分不增", f"{takes.en}: the total does not rise, for {named.en} loses by it")


def _said(evaluation: Evaluation, goal: NextGrade | None, steps: list[Step], enough: int | None) -> Words:
    if goal is None:
        return words("已是最高等级", "the best grade is already reached")
    lacking, total = plain(goal.lacking, 2), plain(steps[-1].cumulative if steps else evaluation.total, 2)
    if enough is None:
        return words(
            f"距“{goal.name.zh}”还差 {lacking} 分；能改进的都做到，总分为 {total}，仍达不到",
            f"{lacking} points short of “{goal.name.en}”; with all that can change the total is {total}, which is still not enough",
        )
    uncertain = sum(1 for s in steps[:enough] if s.up_to)
    reached = plain(steps[enough - 1].cumulative, 2)
    tail_zh = f"，其中 {uncertain} 项取决于评定或补充资料" if uncertain else ""
    tail_en = f"; {uncertain} of them must be judged or documented first" if uncertain else ""
    return words(
        f"距“{goal.name.zh}”还差 {lacking} 分；改进得分最多的 {enough} 项即可达到，总分 {reached}{tail_zh}",
        f"{lacking} points short of “{goal.name.en}”; the {f'{enough} largest gains reach' if enough > 1 else 'largest gain reaches'} it, "
        f"with a total of {reached}{tail_en}",
    )
