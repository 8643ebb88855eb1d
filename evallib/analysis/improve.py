"""What it would take to reach the next grade: what each indicator could still gain, and by which changes. Pure.

Nobody records what an improvement costs, so no cost is guessed. "Cheapest" means: the fewest indicators. The indicator that
gains most comes first; of two that gain the same, the one whose value has the shorter way to go, relative to that value; and what
can be measured before what a person must judge.

A plan is found by trying: each step is made and evaluated anew, and one after which anything no longer holds that held before is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import cached_property
from itertools import chain, islice
from typing import Literal

from evallib.analysis.changes import ActualChange, Change, FactChange, FindingRemoved, ItemChange, ScoreChange
from evallib.analysis.levers import Levers, smallest_step, stepped
from evallib.analysis.tables import NextGrade, next_grade
from evallib.analysis.what_if import apply, differing, place_of
from evallib.checks.identities import check_identities
from evallib.checks.plausibility import strange_numbers
from evallib.model.errors import InputRefused
from evallib.model.evaluation import Difference, Evaluation, IndicatorResult, TargetResult
from evallib.model.rule_base import Measured
from evallib.model.units import SHARE, Unit, convert, round_half_up
from evallib.model.words import NOTHING, Given, Words, joined, listed
from evallib.say.numbers import plain, written
from evallib.say.sentences import sentence
from evallib.score.scoring import award_number

StepKind = Literal["measured", "items", "findings", "judged", "missing"]
_ORDER: tuple[StepKind, ...] = ("measured", "items", "findings", "judged", "missing")
_BESIDE = Decimal("0.0001")  # just past an edge that does not belong to the better band: a hundredth of a percentage point
_WAYS = 6  # ways to bring a formula to a value that are tried before the next value is


@dataclass(frozen=True)
class Step:
    """One indicator improved to the most it can give, in a plan.

    `gain` is what it adds to the total after the steps before it, `cumulative` the total then, both in points as evaluated anew;
    `own` is what the indicator itself rises by.
    `others` are the indicators that rise or fall along with it. `way` is how far it has to go: for a measured value the change
    relative to the larger of the two values, otherwise the share of its points that is lacking (both within 0 and 1). `up_to`: the
    gain is not certain, for a person must judge or data is missing.
    """

    indicator: str
    name: Words
    kind: StepKind
    gain: Decimal
    way: Decimal
    takes: Words
    changes: tuple[Change, ...]
    cumulative: Decimal
    own: Decimal
    others: tuple[Difference, ...] = ()

    @property
    def up_to(self) -> bool:
        return self.kind in ("judged", "missing")

    @property
    def gained(self) -> Words:
        """What it gains, in words: itself, what changes along with it, and both together."""
        own, gain = _signed(self.own), _signed(self.gain)
        if self.others:
            return _told("gained.along", own=own, others=_others(self.others), gain=gain)
        return _told("gained.alone" if self.own == self.gain else "gained.scaled", own=own, gain=gain)


@dataclass(frozen=True)
class LeftOut:
    """An indicator that lost points and is not in the plan, with the reason."""

    indicator: str
    name: Words
    lost: Decimal
    reason: Words


@dataclass(frozen=True)
class Plan:
    """The way to the next grade. `enough` is how many of the steps reach it; None where all of them do not, or there is none.

    `alone` is what would mend each indicator that lost points by itself, or the reason why nothing would; also where no grade is better.
    """

    goal: NextGrade | None
    steps: tuple[Step, ...]
    enough: int | None
    left_out: tuple[LeftOut, ...]
    said: Words
    alone: Mapping[str, Step | LeftOut]

    @property
    def needed(self) -> tuple[Step, ...]:
        """The steps that reach the next grade; all of them where even they do not."""
        return self.steps[: self.enough]


def to_next_grade(evaluation: Evaluation) -> Plan:
    """What would bring the next grade, the fewest indicators first, with numbers that can be.

    Every step is evaluated anew on top of those before it, as `what_if.apply` does, so that one improvement that costs another
    indicator its points counts as what it is. After each the facts still add up and keep their limits as far as they did before; what
    is past or settled stays (see `evallib.analysis.levers`). Left out, with the reason, are indicators whose score the evaluators set
    over the rule, and improvements that cannot be or gain nothing. Whether a step is realistic is for people to say.

    >>> from pathlib import Path
    >>> from evallib.data.years import evaluate_year
    >>> plan = to_next_grade(evaluate_year(Path("data"), "hrss", 2023).evaluation)
    >>> plan.goal.lacking, [step.indicator for step in plan.needed], plan.needed[-1].cumulative
    (Decimal('5.37'), ['indicator_clarity', 'public_satisfaction', 'fund_compliance'], Decimal('91.13'))
    >>> step = next(step for step in plan.steps if step.indicator == "budget_execution")  # what is spent is not carried over
    >>> [(change.fact, str(change.value)) for change in step.changes], step.gain
    ([('outturn_basic', '19093966.41'), ('closing_carryover_basic', '0.00')], Decimal('1.05'))
    >>> step.takes.en.partition("; ")[2]
    'scores that change along with it: Carry-over rate +1.00'
    """
    goal = next_grade(evaluation)
    lost = [i for i in evaluation.indicators if i.lost > 0] if evaluation.has_total else []
    steps: list[Step] = []
    enough, now = None, (looked := _State(evaluation))
    found = {i.id: _step(now, i.id, steps) for i in lost}
    alone = {i.id: LeftOut(i.id, i.name, i.lost, one) if isinstance(one := found[i.id], Words) else one.step for i in lost}
    while goal is not None:
        if waiting := [one for one in found.values() if isinstance(one, _Found)]:
            best = min(waiting, key=_first)
            del found[best.step.indicator]
            if best.before is not now:  # what it gains may have changed
                found[best.step.indicator] = _step(now, best.step.indicator, steps)
                continue
            steps.append(best.step)
            now = best.after
            if enough is None and best.step.cumulative >= goal.at_least:
                enough = len(steps)
        elif enough is None and looked is not now:
            looked, found = now, {i.id: _step(now, i.id, steps) for i in lost if i.id in found}
        else:
            break
    reasons = ((i, found.get(i.id)) for i in lost if goal is not None)
    left_out = tuple(LeftOut(i.id, i.name, i.lost, reason) for i, reason in reasons if isinstance(reason, Words))
    return Plan(goal, tuple(steps), enough, left_out, _said(evaluation, goal, steps, enough), alone)


class _State:
    """An evaluation on the way, and what does not hold in it."""

    def __init__(self, evaluation: Evaluation) -> None:
        self.evaluation, where = evaluation, place_of(evaluation.record)
        problems = chain(check_identities(evaluation.catalogue, evaluation.record, where), strange_numbers(evaluation, None, where))
        self.wrong = {(p.code, p.place, p.about): p.what for p in problems}

    @cached_property
    def levers(self) -> Levers:
        return Levers(self.evaluation.facts)


@dataclass(frozen=True, eq=False)
class _Found:
    """A step with the states that it leads from and to."""

    step: Step
    before: _State
    after: _State


_Try = tuple[StepKind, tuple[Change, ...]]


def _first(found: _Found) -> tuple[Decimal, bool, Decimal, int]:
    """What puts one step before another."""
    step = found.step
    return -step.gain, step.up_to, step.way, _ORDER.index(step.kind)


def _step(now: _State, id: str, steps: list[Step]) -> _Found | Words:
    """An indicator's step after others, with the state it leads to, or the reason why it has none."""
    result, reason = now.evaluation.indicator(id), None
    if result.lost <= 0:
        return _told("left_out.regained", named=listed(s.name for s in steps if any(d.id == id and d.difference > 0 for d in s.others)))
    if result.method == "overridden":
        return _told("left_out.overridden")
    tries = _tries(now, result)
    if isinstance(tries, Words):
        return tries
    for kind, changes in tries:
        found = _tried(now, result, kind, changes)
        if not isinstance(found, Words):
            return found
        reason = reason or found
    return reason or _told("left_out.no_input")


def _tries(now: _State, result: IndicatorResult) -> Iterable[_Try] | Words:
    """What may bring an indicator the most it can give, the best first; or the reason why nothing does."""
    e = now.evaluation
    indicator = e.in_force[result.id]
    rule = indicator.rule
    best: tuple[Change, ...] = (ScoreChange(indicator=result.id, score=result.points),)
    decided = any(j.kind in ("override", "award") for j in result.judgements)
    if result.status == "missing":
        return [("missing", best)]
    if rule.takes == "items" and not decided:
        met = {j.item for j in result.judgements if j.kind == "item" and j.verdict == "met"}
        worse = [i for i in rule.checklist if (i.id in met) != (i.points > 0)]
        return [("items", tuple(ItemChange(indicator=result.id, item=i.id, met=i.points > 0) for i in worse))]
    if rule.takes == "findings":
        return [("findings", tuple(FindingRemoved(finding=f) for f in result.findings))]
    if decided or not isinstance(rule, Measured):
        return [("judged", best)]
    target = e.target(result.id)
    values = [value for value, _ in better_values(rule, result, target)]
    if not values:
        return _told("left_out.best")
    if result.formula is None:
        kind: StepKind = "judged" if target is not None and target.judged else "measured"
        return ((kind, (ActualChange(indicator=result.id, actual=value),)) for value in values)
    formula = e.catalogue.formulas[result.formula]
    if not now.levers.moves(formula):
        return _told("left_out.fixed", named=listed(dict.fromkeys(e.catalogue.facts[n.id].name for n in formula.inputs)))
    wanted = (convert(value, result.unit, formula.unit) for value in values)
    return (("measured", way) for value in wanted for way in islice(now.levers.ways(formula, value), _WAYS) if way)


def _tried(now: _State, result: IndicatorResult, kind: StepKind, changes: tuple[Change, ...]) -> _Found | Words:
    """The step that some changes make, with the state it leads to; or the reason why they make none."""
    before = now.evaluation
    try:
        state = _State(apply(before, changes))
    except InputRefused as refusal:
        if isinstance(changes[0], ActualChange):
            goal = written(changes[0].actual, result.unit)
            return _told("left_out.untried", takes=_told("takes.value", was=written(result.value, result.unit), goal=goal))
        moved = _facts_moved(before, changes)
        return _told("left_out.cannot_be", takes=moved, what=refusal.problems[0].what) if moved else _told("left_out.judged")
    after = state.evaluation
    takes, gain = _takes(before, after, result, kind, changes), after.total - before.total
    others = tuple(d for d in differing(before.indicators, after.indicators) if d.id != result.id)
    wrong = next((what for key, what in state.wrong.items() if key not in now.wrong), None)
    if wrong is not None:
        return _told("left_out.cannot_be", takes=takes, what=wrong)
    if gain <= 0 and kind == "judged":
        return _told("left_out.judged")
    if gain <= 0:
        worse = [d.name for d in others if d.difference < 0]
        return _told("left_out.costs" if worse else "left_out.unchanged", takes=takes, named=listed(worse))
    if others:
        takes += _told("takes.others", named=_others(others))
    was, value = result.value or Decimal(0), after.indicator(result.id).value or Decimal(0)
    measured = isinstance(changes[0], ActualChange | FactChange) and (was or value)
    way = min(abs(value - was) / max(abs(value), abs(was)), Decimal(1)) if measured else result.lost / result.points
    step = Step(result.id, result.name, kind, gain, way, takes, changes, after.total, _rise(before, after, result.id), others)
    return _Found(step, now, state)


def _rise(before: Evaluation, after: Evaluation, id: str) -> Decimal:
    return (after.indicator(id).score or Decimal(0)) - (before.indicator(id).score or Decimal(0))


def _signed(points: Decimal) -> str:
    return ("+" if points > 0 else "−") + plain(abs(points), 2)


def _others(others: Iterable[Difference]) -> Words:
    return joined((_told("takes.other", name=d.name, gain=_signed(d.difference)) for d in others), "、", ", ")


def _takes(before: Evaluation, after: Evaluation, result: IndicatorResult, kind: StepKind, changes: tuple[Change, ...]) -> Words:
    """What a step takes, in words."""
    rule, scale = before.in_force[result.id].rule, before.points / sum((d.points for d in before.dimensions), Decimal(0))
    match changes[0]:
        case ScoreChange():
            return _told("takes.missing" if kind == "missing" else "takes.judged", most=plain(result.lost * scale, 2))
        case ItemChange():
            items = {c.item for c in changes if isinstance(c, ItemChange)}
            return joined(_told("takes.item", item=i.words, points=plain(abs(i.points), 2)) for i in rule.checklist if i.id in items)
        case FindingRemoved():
            count = len(changes)
            return _told(
                "takes.finding" if count == 1 else "takes.findings",
                count=count,
                ids=listed(before.record.number_of("findings", id) for id in result.findings),
            )
    reached = after.indicator(result.id)
    takes = _told("takes.value", was=written(result.value, result.unit), goal=written(reached.value, result.unit))
    if isinstance(rule, Measured):
        takes += _next_band(rule, result, before.target(result.id), reached, scale)
    moved = _facts_moved(before, changes)
    return _told("takes.by_facts", takes=takes, facts=moved) if moved else takes


def better_values(rule: Measured, result: IndicatorResult, target: TargetResult | None) -> list[tuple[Decimal, Decimal]]:
    """The values, in the indicator's unit, at which a rule gives more than now, with what it gives: the most first, then the nearest.

    They are the edges in the rule, or just past one that gives less than what begins there, each tried with the rule's own `award`.
    For a rule of completion the values are actuals.

    >>> from pathlib import Path
    >>> from evallib.data.years import evaluate_year
    >>> e = evaluate_year(Path("data"), "hrss", 2023).evaluation
    >>> better_values(e.in_force["staffing_control"].rule, e.indicator("staffing_control"), None)
    [(Decimal('1.0'), Decimal('1'))]
    """
    points, unit, now, held = result.points, result.unit, result.value or Decimal(0), target if rule.measures == "completion" else None
    award = award_number(rule, result.value, unit, target, points)
    score = award.score if award else Decimal(0)
    better = {(v, s) for v, s in _candidates(rule, points, unit, held) if round_half_up(s, 6) > round_half_up(score, 6)}
    return sorted(better, key=lambda found: (-found[1], abs(found[0] - now), found[0]))


def _candidates(rule: Measured, points: Decimal, unit: Unit, target: TargetResult | None) -> list[tuple[Decimal, Decimal]]:
    """Values at the edges of a rule, or just past one, with what the rule awards there."""
    shares = target is not None or unit.is_share
    past = _BESIDE if shares else smallest_step(unit) or _BESIDE
    tried: list[tuple[Decimal, Decimal]] = []
    for edge in rule.turns(points):
        at = rule.award(edge, points).score
        tried.append((edge, at))
        tried += [(x, score) for x in (edge - past, edge + past) if (score := rule.award(x, points).score) > at]
    if target is None:
        return [(convert(x, SHARE, unit) if shares else x, score) for x, score in tried]
    possible = target.operator != "=" and target.target > 0
    found = [(_actual_for(target, x), score) for x, score in tried if 0 < x < 1 and possible]
    return [*found, (target.target, rule.award(Decimal(1), points).score)]


def _actual_for(target: TargetResult, attainment: Decimal) -> Decimal:
    """The actual at which a target that is not met is attained to this share."""
    if target.operator == ">=":
        return stepped(target.target * attainment, smallest_step(target.unit), ROUND_CEILING)
    return stepped(target.target / attainment, smallest_step(target.unit), ROUND_FLOOR)


def _next_band(rule: Measured, result: IndicatorResult, target: TargetResult | None, reached: IndicatorResult, scale: Decimal) -> Words:
    """The next better band, where one is on the way: the nearest value that gains anything, and how much."""
    now, then, most = result.value or Decimal(0), reached.value or Decimal(0), reached.award.score if reached.award else result.points
    between = [(v, s) for v, s in better_values(rule, result, target) if s < most and min(now, then) < v < max(now, then)]
    if not between:
        return NOTHING
    value, score = min(between, key=lambda found: abs(found[0] - now))
    return _told("takes.next_band", value=written(value, result.unit), gain=plain((score - (result.score or 0)) * scale, 2))


def _facts_moved(evaluation: Evaluation, changes: Iterable[Change]) -> Words:
    return joined((_fact_words(evaluation, c) for c in changes if isinstance(c, FactChange)), "，", ", ")


def _fact_words(evaluation: Evaluation, change: FactChange) -> Words:
    fact = evaluation.catalogue.facts[change.fact]
    was, goal = written(evaluation.facts.value(fact.id), fact.unit), written(change.value, fact.unit)
    return _told("takes.fact", name=fact.name, was=was, goal=goal)


def _said(evaluation: Evaluation, goal: NextGrade | None, steps: list[Step], enough: int | None) -> Words:
    if goal is None:
        return _told("said.best" if evaluation.grade_id else "said.no_grade")
    reached = steps[:enough]
    total = reached[-1].cumulative if reached else evaluation.total
    given: dict[str, Given] = {"grade": goal.name, "lacking": plain(goal.lacking, 2), "total": plain(total, 2), "count": len(reached)}
    if enough is None:
        return _told("said.not_enough", **given)
    uncertain = sum(1 for s in reached if s.up_to)
    told = _told("said.enough", **given)
    return told + _told("said.uncertain", count=uncertain) if uncertain else told


def _told(name: str, /, **given: Given) -> Words:
    return sentence(f"improve.{name}", **given)
