"""A year while it runs: how far money and targets have come, what deviates, where it leads. Pure: no file, no clock, no drawing.

Two things are watched side by side, how far the goals are reached and how far the budget is executed (“双监控”, as 焦发〔2019〕24号 puts
it; for central departments 财预〔2019〕136号 has rules of its own). The limits of deviations (`RULES`) are this kit's, from neither.
Amounts are in the currency's own unit, shares are shares (0.5); a gap is in shares of the target, above zero where it is bad.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from evallib.model.monitoring_record import MONEY, RULES, ZERO, Level, Measure, Monitored, Observation, Rule, known_at
from evallib.model.record import Sign
from evallib.model.running_year import CALENDAR, days_gone, days_of, year_gone, year_of
from evallib.model.units import Unit, round_half_up
from evallib.model.words import NOTHING, Given, Words, words
from evallib.say.numbers import money, percent, plain, quantity
from evallib.say.sentences import sentence

Chance = Literal["reached", "likely", "open", "unlikely", "missed"]
"""Whether a target will be met: it is; by every reckoning; by some; by none; it can no longer be."""


@dataclass(frozen=True)
class Deviation:
    """A rule that is broken on a day, by how much (None where the target is zero and a share is not defined), and how badly."""

    rule: Rule
    level: Level
    gap: Decimal | None


@dataclass(frozen=True)
class Position:
    """Where a measure stands on a day.

    `progress` is value / target, None where the target is zero or unknown; `planned` is None for a level. `by_plan` says whether
    the planned share comes from the file or is the share of the year gone.
    """

    date: date
    value: Decimal
    target: Decimal | None
    progress: Decimal | None
    planned: Decimal | None
    by_plan: bool
    deviations: tuple[Deviation, ...]

    @property
    def level(self) -> Level | None:
        """The worst of its deviations."""
        levels = {d.level for d in self.deviations}
        return "alarm" if "alarm" in levels else "warn" if levels else None


@dataclass(frozen=True)
class Reckoning:
    """One way to reckon the value at the end of the year, with what it assumes and how it is worked out."""

    name: Words
    value: Decimal
    working: Words


@dataclass(frozen=True)
class Forecast:
    """The reckonings of a measure: their range tells how much hangs on what is assumed. `final`: the year is over."""

    reckonings: tuple[Reckoning, ...]
    final: bool = False

    @property
    def low(self) -> Decimal:
        return min(r.value for r in self.reckonings)

    @property
    def high(self) -> Decimal:
        return max(r.value for r in self.reckonings)


@dataclass(frozen=True)
class Standing:
    """A measure with its course, its forecast (None for a level, or where nothing was observed), and the chance of its target."""

    measure: Measure
    course: tuple[Position, ...]
    forecast: Forecast | None
    chance: Chance | None

    @property
    def last(self) -> Position | None:
        return self.course[-1] if self.course else None


@dataclass(frozen=True)
class Flag:
    """A deviation as it stands at the last observation, or that has passed (`over` is then the day it was gone).

    `since` is the first day of the unbroken run. `reason` and `remedy` are the latest
    recorded in it, empty where none is; `recorded` is the day of the reason.
    """

    measure: Measure
    deviation: Deviation
    position: Position
    since: date
    reason: Words
    remedy: Words
    recorded: date | None = None
    passed: date | None = None


@dataclass(frozen=True)
class MoneyRow:
    """The money on a day: what is known by then. Execution has two bases, never mixed: what was received, and the year's budget."""

    date: date
    budget: Decimal | None
    received: Decimal | None
    spent: Decimal | None

    @property
    def of_received(self) -> Decimal | None:
        return _share(self.spent, self.received)

    @property
    def of_budget(self) -> Decimal | None:
        return _share(self.spent, self.budget)

    @property
    def arrived(self) -> Decimal | None:
        return _share(self.received, self.budget)


def judge(
    measure: Measure, observation: Observation, target: Decimal | None, received: Decimal | None = None, begins: str = CALENDAR
) -> Position:
    """Where a measure stands by an observation, against a target (for money: the budget of that day; None: not known).

    `begins` is the month and day on which the year begins.

    >>> from evallib.model.units import NO_UNIT
    >>> trained = Measure(id="trained", name=words("培训"), unit=NO_UNIT, target=Decimal(800))
    >>> at = judge(trained, Observation(date=date(2024, 6, 30), value=Decimal(300)), trained.target)
    >>> at.progress, at.deviations[0].level, round(at.deviations[0].gap, 4)
    (Decimal('0.375'), 'warn', Decimal('0.1223'))
    """
    value = observation.value
    assert value is not None, "only what was observed is judged"
    progress, total = _share(value, target), measure.kind == "total"
    planned = (observation.planned if observation.planned is not None else year_gone(observation.date, begins)) if total else None
    gaps: dict[str, Decimal | None] = {}
    limit, exact = measure.operator == "<=" and measure.id not in MONEY, measure.operator == "="
    spent = measure.id == "spent"
    if target == 0 and value > 0 and (limit or exact or spent):
        gaps["over" if total and not exact else "past" if total else "off"] = None
    elif progress is not None and planned is not None:
        if limit or spent:
            gaps |= {"over": progress - 1} if progress > 1 else {"ahead": progress - planned}
        if not limit:
            gaps["behind"] = planned - progress
        if exact:
            gaps["past"] = progress - 1
    elif progress is not None:
        gaps["off"] = abs(progress - 1) if exact else progress - 1 if limit else 1 - progress
    if spent and received is not None and value > 0:
        gaps["unfunded"] = None if received == 0 else value / received - 1
    found = tuple(d for id in RULES if id in gaps and (d := _deviation(RULES[id], gaps[id])) is not None)
    return Position(observation.date, value, target, progress, planned, total and observation.planned is not None, found)


def _deviation(rule: Rule, gap: Decimal | None) -> Deviation | None:
    """A gap held against its rule; a gap without a share (anything at all where the target is zero) is alarming."""
    if gap is None or gap > rule.alarm:
        return Deviation(rule, "alarm", gap)
    return Deviation(rule, "warn", gap) if rule.warn is not None and gap > rule.warn else None


def forecast(measure: Measure, begins: str = CALENDAR) -> Forecast | None:
    """What a running total comes to by the end of the year, reckoned in up to three ways; after its last day, the value itself.

    Even pace: value ÷ share of the year gone. Recent pace: value + (change since the observation before ÷ days between) × days left.
    By plan, where the file has one: value ÷ planned share. None for a level and where nothing was observed.
    """
    if measure.kind == "level" or not measure.seen:
        return None
    last, unit = measure.seen[-1], measure.unit
    value, day, days = last.value or ZERO, days_gone(last.date, begins), days_of(year_of(last.date, begins), begins)
    left = days - day

    def reckoned(way: str, end: Decimal, **given: Given) -> Reckoning:
        working = _told(f"working.{way}", here=said(value, unit), end=said(end, unit), **given)
        return Reckoning(_told(f"name.{way}"), end, working)

    if not left:
        return Forecast((reckoned("final", value),), final=True)
    found = [reckoned("even", value / year_gone(last.date, begins), day=day, days=days)]
    if len(measure.seen) > 1:
        before = measure.seen[-2]
        grown, between = value - (before.value or ZERO), (last.date - before.date).days
        found.append(reckoned("recent", value + grown / between * left, grown=said(grown, unit), between=between, left=left))
    if last.planned:
        found.append(reckoned("plan", value / last.planned, planned=percent(last.planned, None)))
    return Forecast(tuple(found))


def chance(operator: Sign, target: Decimal | None, value: Decimal, ahead: Forecast | None) -> Chance | None:
    """Whether a running total will meet its target; None where it has no target or no forecast.

    An exact target is reckoned to be met where the total comes to it or beyond: one stops there.

    >>> ahead = Forecast((Reckoning(NOTHING, Decimal(90), NOTHING), Reckoning(NOTHING, Decimal(110), NOTHING)))
    >>> [chance(operator, Decimal(100), Decimal(50), ahead) for operator in (">=", "<=")]
    ['open', 'open']
    """
    if target is None or ahead is None:
        return None
    if (value >= target and operator == ">=") or (value == target and operator == "="):
        return "reached"
    if value > target:
        return "missed"
    meets = [r.value <= target if operator == "<=" else r.value >= target for r in ahead.reckonings]
    if ahead.final:
        return "reached" if all(meets) else "missed"
    return "likely" if all(meets) else "open" if any(meets) else "unlikely"


def stand(monitored: Monitored) -> tuple[Standing, ...]:
    """Every measure but the budget with its course, forecast and chance: money first, then the targets in the file's order."""
    budget, received = monitored.find("budget"), monitored.find("received")
    found = []
    for measure in (*(m for id in ("received", "spent") if (m := monitored.find(id))), *monitored.targets):
        seen = [(o, known_at(budget, o.date) if measure.id in MONEY else measure.target) for o in measure.seen]
        course = tuple(judge(measure, o, target, known_at(received, o.date), monitored.begins) for o, target in seen)
        ahead = forecast(measure, monitored.begins)
        odds = None if not course or measure.id in MONEY else chance(measure.operator, measure.target, course[-1].value, ahead)
        found.append(Standing(measure, course, ahead, odds))
    return tuple(found)


def flags(standings: Sequence[Standing]) -> tuple[Flag, ...]:
    """The deviations at the last observations, alarms first, the widest gap first."""
    found = [_flag(s, d) for s in standings if s.last for d in s.last.deviations]
    return tuple(sorted(found, key=lambda f: (f.deviation.level != "alarm", f.deviation.gap is not None, -(f.deviation.gap or ZERO))))


def passed(standings: Sequence[Standing]) -> tuple[Flag, ...]:
    """Deviations that were there at an earlier observation and are gone at the last, each by its latest run."""
    found = []
    for s in standings:
        now = {d.rule.id for d in s.last.deviations} if s.last else set()
        for id in RULES:
            held = [place for place, p in enumerate(s.course) if any(d.rule.id == id for d in p.deviations)]
            if held and id not in now:
                until = Standing(s.measure, s.course[: held[-1] + 1], None, None)
                deviation = next(d for d in s.course[held[-1]].deviations if d.rule.id == id)
                found.append(_flag(until, deviation, s.course[held[-1] + 1].date))
    return tuple(found)


def _flag(standing: Standing, deviation: Deviation, over: date | None = None) -> Flag:
    """A deviation of the last position with its unbroken run and what was recorded in it."""
    position = standing.course[-1]
    since = position.date
    for p in reversed(standing.course):
        if not any(d.rule.id == deviation.rule.id for d in p.deviations):
            break
        since = p.date
    run = [o for o in standing.measure.observations if since <= o.date and (over is None or o.date < over)]
    told = next((o for o in reversed(run) if o.reason), None)
    remedy = next((o.remedy for o in reversed(run) if o.remedy), NOTHING)
    return Flag(standing.measure, deviation, position, since, told.reason if told else NOTHING, remedy, told.date if told else None, over)


def money_rows(monitored: Monitored) -> tuple[MoneyRow, ...]:
    """The money on every day on which any of it was observed; an amount not observed that day is the last one known."""
    found: Mapping[str, Measure | None] = {id: monitored.find(id) for id in MONEY}
    days = sorted({o.date for m in found.values() if m for o in m.seen})
    return tuple(MoneyRow(day, **{id: known_at(m, day) for id, m in found.items()}) for day in days)


def _share(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    return None if part is None or not whole else part / whole


def said(value: Decimal, unit: Unit) -> Words:
    """A value with its unit, to two decimals at most."""
    if unit.is_money and unit.factor == 1:
        return words(f"{money(value)} {unit.name.zh}", f"{money(value)} {unit.name.en}")
    shown = round_half_up(value, 2)
    return words(quantity(shown, unit, "zh"), quantity(shown, unit, "en"))


def gap_words(deviation: Deviation) -> Words:
    """By how much a deviation is off, in words.

    >>> gap_words(Deviation(RULES["behind"], "warn", Decimal("0.1223"))).en
    'behind the plan by 12.23 percentage points'
    """
    rule, gap = deviation.rule, deviation.gap
    if gap is None:
        return _told("gap.of_zero", rule=rule.name)
    if rule.id in ("behind", "ahead"):
        return _told("gap.points", rule=rule.name, points=plain(gap * 100, 2))
    return _told("gap.rate", rule=rule.name, rate=percent(gap))


def _told(name: str, /, **given: Given) -> Words:
    return sentence(f"monitoring.{name}", **given)
