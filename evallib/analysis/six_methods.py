"""Target comparison, costs and results, historical comparison; the names of all six methods. What is not recorded gives nothing. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from evallib.analysis.comparison import value_change
from evallib.analysis.money import AmountChange, money_lines
from evallib.analysis.tables import losses
from evallib.model.evaluation import Evaluation, FormulaResult, TargetResult
from evallib.model.optional_rows import CostResult
from evallib.model.record import Recommendation, Target
from evallib.model.units import SHARE, Unit, convert
from evallib.model.words import Words
from evallib.say.sentences import sentence

METHODS = {id: sentence(f"methods.{id}") for id in ("targets", "cost", "history", "experts", "questionnaire", "departments")}
"""The methods by the names and in the order of the evaluation report for 2023, 三(二)5."""


@dataclass(frozen=True)
class MissedTarget:
    """A target that was not met, what is recorded with it, and what was recommended."""

    target: TargetResult
    row: Target
    remedies: tuple[Recommendation, ...]


def missed_targets(evaluation: Evaluation) -> tuple[MissedTarget, ...]:
    """The targets that were not met, with the reason and the remedy.

    >>> from pathlib import Path
    >>> from evallib.data.years import evaluate_year
    >>> [d.target.id for d in missed_targets(evaluate_year(Path("data"), "hrss", 2023).evaluation)]
    ['quality', 'public_satisfaction']
    """
    rows = {row.indicator: row for row in evaluation.record.targets}
    remedies = {loss.indicator.id: loss.recommendations for loss in losses(evaluation)}
    return tuple(MissedTarget(t, rows[t.id], remedies.get(t.id, ())) for t in evaluation.targets if t.met is False)


@dataclass(frozen=True)
class CostYear:
    """A result in a year: cost in the currency's own unit, quantity in base units, cost of one unit; None where nothing was reached.

    `change` is that of the unit cost against the nearest earlier year in the data, None in the first one.
    """

    year: int
    cost: Decimal
    quantity: Decimal
    unit_cost: Decimal | None
    change: AmountChange | None
    row: CostResult


@dataclass(frozen=True)
class CostSeries:
    """A result over the years, oldest first, with why spending and result belong together. `unit` is a base unit."""

    id: str
    name: Words
    tie: Words
    unit: Unit
    years: tuple[CostYear, ...]


def costs(evaluation: Evaluation) -> tuple[CostSeries, ...]:
    """What a unit of each result cost, by year. Only what a recorded tie puts together is divided; empty where nothing ties.

    The tie shown is that of the latest year.
    """
    found, units = [], evaluation.catalogue.units
    for id in dict.fromkeys(row.result for row in evaluation.record.cost_results):
        rows = sorted((r for r in evaluation.record.cost_results if r.result == id), key=lambda r: r.year)
        unit = units.base(units.read(rows[-1].unit))
        years: list[CostYear] = []
        for row in rows:
            if row.cost is None or row.quantity is None:
                continue
            cost = convert(row.cost, units.read(row.cost_unit), units.money)
            quantity = convert(row.quantity, units.read(row.unit), unit)
            unit_cost = cost / quantity if quantity else None
            change = AmountChange(years[-1].unit_cost, unit_cost) if years else None
            years.append(CostYear(row.year, cost, quantity, unit_cost, change, row))
        found.append(CostSeries(id, rows[-1].words, rows[-1].tie_words, unit, tuple(years)))
    return tuple(found)


@dataclass(frozen=True)
class HistoryLine:
    """A number of this year beside that of an earlier one, in this year's unit. `link` names its entry in an appendix of the report."""

    name: Words
    unit: Unit
    year: int
    before: Decimal
    now: Decimal
    link: str

    @property
    def change(self) -> AmountChange:
        """Of shares the difference counts, of anything else the rate."""
        unit = SHARE if self.unit.is_share else self.unit
        before, now = (convert(value, self.unit, unit) for value in (self.before, self.now))
        return AmountChange(before, now)


@dataclass(frozen=True)
class History:
    """This year against earlier ones: rates that compare two years, amounts of both, and targets where last year was evaluated."""

    rates: tuple[FormulaResult, ...]
    facts: tuple[HistoryLine, ...]
    targets: tuple[HistoryLine, ...]
    previous: Evaluation | None

    def __bool__(self) -> bool:
        return bool(self.rates or self.facts or self.targets or self.previous)


def history(evaluation: Evaluation, previous: Evaluation | None) -> History:
    """Everything recorded of earlier years beside this year's; shares change by their difference, not by a rate.

    Rates are the formulas of indicators that compare two years, or that the catalogue says measure a change on last year.
    """
    record, catalogue, money = evaluation.record, evaluation.catalogue, evaluation.catalogue.units.money
    used, changing = {i.formula for i in evaluation.indicators}, catalogue.playing("change on last year")
    rates = tuple(
        f
        for f in evaluation.formulas
        if f.id in used and f.value is not None and (f.id in changing or catalogue.formulas[f.id].compares_years)
    )
    facts: dict[str, HistoryLine] = {}
    for id, year in sorted(((row.fact, row.year) for row in record.facts if row.year < record.year), key=lambda row: row[1]):
        old, new = evaluation.facts.find(id, year), evaluation.facts.find(id)
        if old is not None and new is not None and old.value is not None and new.value is not None:
            facts[id] = HistoryLine(new.name, new.unit, year, old.value, new.value, f"f-{id}-{record.year}")
    for line in money_lines((previous, evaluation)) if previous else ():
        old_amount, amount = line.values
        if line.id not in facts and previous is not None and old_amount is not None and amount is not None:
            facts[line.id] = HistoryLine(line.name, money, previous.record.year, old_amount, amount, f"f-{line.id}-{record.year}")
    targets, before = [], {i.id: i for i in previous.indicators} if previous else {}
    for this in (evaluation.indicator(t.id) for t in evaluation.targets if previous):
        last = before.get(this.id)
        if previous and last and last.value is not None and this.value is not None and value_change(last, this) is not None:
            was = convert(last.value, last.unit, this.unit)
            targets.append(HistoryLine(this.name, this.unit, previous.record.year, was, this.value, f"i-{this.id}"))
    return History(rates, tuple(facts.values()), tuple(targets), previous)
