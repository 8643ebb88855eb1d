"""What it would take to reach the next grade: what each indicator could still gain, and by which changes. Pure.

Nobody records what an improvement costs, so no cost is guessed. "Cheapest" means: the fewest indicators. The indicator that
gains most by itself comes first; of two that gain the same, the one whose value has the shorter way to go, relative to that
value; and what can be measured before what a person must judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from typing import Literal

from evallib.analysis.changes import ActualChange, Change, FactChange, FindingRemoved, ItemChange, ScoreChange
from evallib.analysis.tables import NextGrade, next_grade
from evallib.analysis.what_if import broken_identities
from evallib.model.catalogue import Catalogue, Formula
from evallib.model.evaluation import Evaluation, IndicatorResult, TargetResult
from evallib.model.expression import EXACT, Call, Name, Number, Operation, Tree, Undefined, compute, names, renamed
from evallib.model.facts import Facts
from evallib.model.framework import Framework, Indicator
from evallib.model.record import Record
from evallib.model.rules import Measured
from evallib.model.units import SHARE, Unit, convert, round_half_up, times
from evallib.model.words import NOTHING, Given, Words, joined, listed
from evallib.say.numbers import plain, written
from evallib.say.sentences import sentence
from evallib.score.scoring import award_number, evaluate, out_of_full_points

StepKind = Literal["measured", "items", "findings", "judged", "missing"]
_ORDER: tuple[StepKind, ...] = ("measured", "items", "findings", "judged", "missing")
_BESIDE = Decimal("0.0001")  # just past an edge that does not belong to the better band: a hundredth of a percentage point
_NEAR = (Decimal(1), Decimal("1.001"), Decimal("1.002"))  # where a formula is tried to see how it moves


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
    kind: StepKind
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
    for indicator in evaluation.in_force.values() if goal else ():
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
            lost = evaluation.indicator(step.indicator).lost
            left_out.append(LeftOut(step.indicator, step.name, lost, _told("left_out.adds_nothing", takes=step.takes)))
            continue
        state = after
        steps.append(replace(step, cumulative=after.total))
        if enough is None and goal is not None:
            reached = after
            enough = len(steps) if after.total >= goal.at_least else None
    remarks = broken_identities(evaluation.catalogue, evaluation.record, reached.make()[1]) if steps else ()
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
            made = change.make(*made)
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


def _step(start: _State, indicator: Indicator, result: IndicatorResult) -> tuple[Step, _State] | Words:
    """The indicator's step with the state it leads to by itself, or the reason why it has none."""
    if result.method == "overridden":
        return _told("left_out.overridden")
    evaluation = start.recorded
    lacking = result.lost / result.points
    kind, way, takes, changes = _most(evaluation, indicator, result, evaluation.target(indicator.id), lacking)
    if not changes:
        return takes
    reached = frozenset(id for change in changes for id in change.reaches(evaluation))
    after = replace(start, changes=changes, reached=reached).scored(reached)
    gain = after.total - evaluation.total
    return (Step(result.id, result.name, kind, gain, way, takes, changes, after.total), after) if gain > 0 else _costs(after, takes)


_Most = tuple[StepKind, Decimal, Words, tuple[Change, ...]]


def _most(evaluation: Evaluation, indicator: Indicator, result: IndicatorResult, target: TargetResult | None, lacking: Decimal) -> _Most:
    """What brings the indicator the most it can give: kind, way to go, what it takes, changes (none where nothing helps)."""
    rule = indicator.rule
    best: tuple[Change, ...] = (ScoreChange(indicator=indicator.id, score=indicator.points),)
    most = plain(result.lost * _scale(evaluation), 2)
    decided = any(j.kind in ("override", "award") for j in result.judgements)
    if result.status == "missing":
        return "missing", lacking, _told("takes.missing", most=most), best
    if rule.takes == "items" and not decided:
        unmet = [i for i in rule.checklist if any(j.item == i.id and j.verdict != "met" for j in result.judgements)]
        named = joined(_told("takes.item", item=i.words, points=plain(i.points, 2)) for i in unmet)
        items = tuple(ItemChange(indicator=indicator.id, item=i.id, met=True) for i in unmet)
        return "items", lacking, _told("takes.items", items=named), items
    if rule.takes == "findings":
        count = len(result.findings)
        takes = _told("takes.finding" if count == 1 else "takes.findings", count=count, ids=listed(result.findings))
        return "findings", lacking, takes, tuple(FindingRemoved(finding=f) for f in result.findings)
    if decided or not isinstance(rule, Measured):
        return "judged", lacking, _told("takes.judged", most=most), best
    return _measured(evaluation, result, target, rule)


def _measured(evaluation: Evaluation, result: IndicatorResult, target: TargetResult | None, rule: Measured) -> _Most:
    """The value at which the rule gives the most, and the actual or the facts that bring it there."""
    now, held = result.value or Decimal(0), target if rule.of == "completion" else None
    full = best_value(rule, result.points, now, result.unit, held)
    if full is None:
        return "measured", Decimal(0), _told("left_out.best"), ()
    way = min(abs(full - now) / max(abs(full), abs(now)), Decimal(1)) if full or now else Decimal(0)
    takes = _told("takes.value", was=written(now, result.unit), goal=written(full, result.unit))
    takes += _next_band(rule, result, held, full, _scale(evaluation))
    if result.formula is None:
        kind: StepKind = "judged" if target is not None and target.judged else "measured"
        return kind, way, takes, (ActualChange(indicator=result.id, actual=full),)
    formula = evaluation.catalogue.formulas[result.formula]
    facts = facts_for(evaluation.facts, formula, convert(full, result.unit, formula.unit))
    if not facts:
        return "measured", way, _told("left_out.no_input"), ()
    moved = joined((_fact_words(evaluation, f) for f in facts), "，", ", ")
    return "measured", way, _told("takes.by_facts", takes=takes, facts=moved), facts


def best_value(rule: Measured, points: Decimal, value: Decimal, unit: Unit, target: TargetResult | None = None) -> Decimal | None:
    """The value nearest to `value`, in its unit, at which the rule gives the most points; None where it gives no more than now.

    The candidates are the edges in the rule, each tried with the rule's own `award`. For a rule of completion give the
    target: the value is then the actual.

    >>> from evallib.model.rules import DeductPerUnit
    >>> rule = DeductPerUnit(kind="deduct_per_unit", limit=1, unit="0.01", share="0.1", side="above", steps="linear")
    >>> best_value(rule, Decimal(1), Decimal("1.0625"), SHARE)
    Decimal('1')
    """
    tried, award = _candidates(rule, points, unit, target), award_number(rule, value, unit, target, points)
    now = award.score if award else Decimal(0)
    top = max((score for _, score in tried), default=now)
    if round_half_up(top, 6) <= round_half_up(now, 6):
        return None
    return min((candidate for candidate, score in tried if score == top), key=lambda candidate: abs(candidate - value))


def _candidates(rule: Measured, points: Decimal, unit: Unit, target: TargetResult | None) -> list[tuple[Decimal, Decimal]]:
    """Values at the edges of a rule, or just past one that gives less than what begins there, with what the rule awards there."""
    shares = target is not None or unit.is_share
    past = _BESIDE if shares else _step_of(unit) or _BESIDE
    tried: list[tuple[Decimal, Decimal]] = []
    for edge in rule.edges:
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
        return _stepped(target.target * attainment, _step_of(target.unit), ROUND_CEILING)
    return _stepped(target.target / attainment, _step_of(target.unit), ROUND_FLOOR)


def _step_of(unit: Unit) -> Decimal | None:
    """The smallest step of a number: whole people and things, cents, hundredths; none of a share, a rate or a scaled unit."""
    return Decimal(1) if unit.whole else Decimal("0.01") if unit.exact else None


def _stepped(value: Decimal, step: Decimal | None, rounding: str) -> Decimal:
    """A number rounded to a step; what a division left behind its last digits does not count."""
    rounded = value if step is None else value.quantize(Decimal("1e-12")).quantize(step, rounding)
    return rounded or abs(rounded)  # no minus zero


def _next_band(rule: Measured, result: IndicatorResult, target: TargetResult | None, full: Decimal, scale: Decimal) -> Words:
    """The next better band, where it is not the best one yet: the nearest value that gains anything, and how much."""
    now, score = result.value or Decimal(0), result.score or Decimal(0)
    better = [(abs(v - now), -s, v) for v, s in _candidates(rule, result.points, result.unit, target) if s > score]
    _, reached, value = min(better, default=(full, full, full))
    if value == full:
        return NOTHING
    return _told("takes.next_band", value=written(value, result.unit), gain=plain((-reached - score) * scale, 2))


def _scale(evaluation: Evaluation) -> Decimal:
    """What a point of an indicator is worth in the total, where the total is scaled back to the full points."""
    return evaluation.points / sum((d.points for d in evaluation.dimensions), Decimal(0))


def facts_for(facts: Facts, formula: Formula, wanted: Decimal) -> tuple[FactChange, ...]:
    """The facts of the year that bring a formula to the value wanted, in its unit; empty where none can be found.

    What is only divided by stays. Of the others those that move the result the same way as the first move in proportion, or else
    the first by itself that can; each is rounded to the smallest step of its unit, to the good side.

    >>> from pathlib import Path
    >>> from evallib.data.years import evaluate_year
    >>> e = evaluate_year(Path("data"), "hrss", 2023).evaluation
    >>> formula = e.catalogue.formulas[e.formulas[0].id]
    >>> [(change.fact, change.value) for change in facts_for(e.facts, formula, Decimal(1))]
    [('staff_in_post', Decimal('48'))]
    """
    tree = renamed(formula.tree, lambda name: _in_parts(facts.catalogue, name))
    values = {n: known for n in names(tree) if (found := facts.named(n)) and (known := found.base_value) is not None}
    places = list(_places(tree))
    free = list(dict.fromkeys(name for name, divides in places if not divides and not name.before))
    free = [name for name in free if (name, True) not in places] or free

    def moved(group: Sequence[Name]) -> Callable[[Decimal], Decimal]:
        return lambda factor: compute(tree, values | {name: factor * (values[name] or 1) for name in group})

    with localcontext(EXACT):
        try:
            rises = {name: moved([name])(_NEAR[1]) > moved([name])(_NEAR[0]) for name in free}
        except (Undefined, KeyError):
            return ()
        together = [name for name in free if rises[name] == rises[free[0]] and values[name]]
        for group in (together, *([name] for name in free)):
            factor = _solved(moved(group), times(wanted, formula.unit.factor)) if group else None
            changes = _rounded(facts.catalogue, {n: (values[n], factor * (values[n] or 1)) for n in group}) if factor is not None else ()
            if changes:
                return changes
    return ()


def _in_parts(catalogue: Catalogue, name: Name) -> Tree:
    """A fact that is only ever computed, as the sum of those it is computed from; any other as it is."""
    fact = catalogue.facts[name.id]
    if not fact.derived:
        return name
    whole: Tree = Number(Decimal(0))
    for sign, part in fact.parts:
        whole = Operation("+" if sign > 0 else "-", whole, _in_parts(catalogue, Name(part, name.before)))
    return whole


def _places(tree: Tree, divides: bool = False) -> Iterator[tuple[Name, bool]]:
    """The names of an expression, each time with whether it divides."""
    if isinstance(tree, Name):
        yield tree, divides
    elif isinstance(tree, Call):
        for term in tree.terms:
            yield from _places(term, divides)
    elif isinstance(tree, Operation):
        yield from _places(tree.left, divides)
        yield from _places(tree.right, divides or tree.sign == "/")


def _solved(value: Callable[[Decimal], Decimal], wanted: Decimal) -> Decimal | None:
    """Where a function gives what is wanted, if it is (ax + b) / (cx + d): three of its values tell, and the answer is tried.

    >>> round(_solved(lambda x: (1 - x) / (2 + x), Decimal("0.2")), 9), _solved(lambda x: x * x, Decimal(4))
    (Decimal('0.500000000'), None)
    """
    try:
        a, b, c = (value(x) - wanted for x in _NEAR)
        p, q = c * (b - a), a * (b - c)
        found = (_NEAR[0] * p + _NEAR[2] * q) / (p + q)  # what keeps the cross-ratio of the four
        return found if abs(value(found) - wanted) <= Decimal("1e-12") * (1 + abs(wanted)) else None
    except (Undefined, ArithmeticError):
        return None


def _rounded(catalogue: Catalogue, moved: Mapping[Name, tuple[Decimal, Decimal]]) -> tuple[FactChange, ...]:
    """The changes of facts, in base units from one value to another; none where one would have to be below zero."""
    found = []
    for name, (now, then) in moved.items():
        fact = catalogue.facts[name.id]
        step = _step_of(fact.unit) or Decimal("1e-9")
        value = _stepped(times(then, 1 / fact.unit.factor), step, ROUND_CEILING if then > now else ROUND_FLOOR)
        if value < 0 and not fact.entry.may_be_negative:
            return ()
        if value != times(now, 1 / fact.unit.factor):
            found.append(FactChange(fact=name.id, value=value))
    return tuple(found)


def _fact_words(evaluation: Evaluation, change: FactChange) -> Words:
    fact = evaluation.catalogue.facts[change.fact]
    was, goal = written(evaluation.facts.value(fact.id), fact.unit), written(change.value, fact.unit)
    return _told("takes.fact", name=fact.name, was=was, goal=goal)


def _costs(after: _State, takes: Words) -> Words:
    """Why an improvement gains nothing: the indicators that lose by it."""
    worse = [i.name for i in after.recorded.indicators if after.scores[i.id] < (i.score or 0)]
    return _told("left_out.costs" if worse else "left_out.unchanged", takes=takes, named=listed(worse))


def _said(evaluation: Evaluation, goal: NextGrade | None, steps: list[Step], enough: int | None) -> Words:
    if goal is None:
        return _told("said.best" if evaluation.grade_id else "said.no_grade")
    reached = steps[: len(steps) if enough is None else enough]
    total = reached[-1].cumulative if reached else evaluation.total
    given: dict[str, Given] = {"grade": goal.name, "lacking": plain(goal.lacking, 2), "total": plain(total, 2), "count": len(reached)}
    if enough is None:
        return _told("said.not_enough", **given)
    uncertain = sum(1 for s in reached if s.up_to)
    told = _told("said.one" if enough == 1 else "said.enough", **given)
    return told + _told("said.uncertain", count=uncertain) if uncertain else told


def _told(name: str, /, **given: Given) -> Words:
    return sentence(f"improve.{name}", **given)
