"""Targets, budgets and findings counted over evaluations of a county in one year. No text, no drawing.

What lists targets or findings is given evaluations that are `alike` (see `overview`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from evallib.analysis.money import AmountChange
from evallib.model.evaluation import Evaluation, TargetResult
from evallib.model.grouped import grouped
from evallib.model.words import Words

Evaluations = Sequence[Evaluation]

TOO_EASY = Decimal("1.5")
"""Completion above which a target is said to have been set too low: our own limit, one and a half times the target."""


# --- targets


@dataclass(frozen=True)
class TargetCount:
    """A department's targets: those with a measured actual, how many of them were met, and those judged by people or unknown."""

    evaluation: Evaluation
    measured: int
    met: int
    judged: int
    judged_met: int
    unknown: int

    @property
    def share(self) -> Decimal | None:
        """Met of measured; None where none is measured."""
        return Decimal(self.met) / self.measured if self.measured else None


def target_counts(evaluations: Evaluations) -> tuple[TargetCount, ...]:
    """Each department's count, the highest share met first, those without measured targets last."""
    found = []
    for e in evaluations:
        known = [t for t in e.targets if t.met is not None]
        measured, judged = [t for t in known if not t.judged], [t for t in known if t.judged]
        met, judged_met = sum(t.met is True for t in measured), sum(t.met is True for t in judged)
        found.append(TargetCount(e, len(measured), met, len(judged), judged_met, len(e.targets) - len(known)))
    return tuple(sorted(found, key=lambda c: (c.share is None, -(c.share or 0), -c.met, c.evaluation.record.department)))


@dataclass(frozen=True)
class Fulfilment:
    """A target of a department and how far it was fulfilled: actual / target, or limit / actual where lower is better."""

    evaluation: Evaluation
    target: TargetResult
    rate: Decimal

    @property
    def excess(self) -> Decimal:
        """Actual less target, in the target's unit."""
        return (self.target.actual or Decimal(0)) - self.target.target


def over_fulfilled(evaluations: Evaluations) -> tuple[Fulfilment, ...]:
    """Measured targets of which more was reached than asked for, the furthest first. Limits and equalities ask for no more."""
    measured = [(e, t, t.completion_rate) for e in evaluations for t in e.targets if not t.judged and t.operator == ">="]
    found = [Fulfilment(e, t, rate) for e, t, rate in measured if rate is not None and rate > 1]
    return tuple(sorted(found, key=lambda f: (-f.rate, f.evaluation.record.department, f.target.id)))


def under_fulfilled(evaluations: Evaluations) -> tuple[Fulfilment, ...]:
    """Measured targets that were not met, the furthest first."""
    missed = [(e, t, t.attainment) for e in evaluations for t in e.targets if not t.judged and t.met is False]
    found = [Fulfilment(e, t, rate) for e, t, rate in missed if rate is not None]
    return tuple(sorted(found, key=lambda f: (f.rate, f.evaluation.record.department, f.target.id)))


# --- budget


@dataclass(frozen=True)
class BudgetRow:
    """A department's expenditure: approved, adjusted, outturn in the currency's own unit; None where not known."""

    evaluation: Evaluation
    approved: Decimal | None
    adjusted: Decimal | None
    outturn: Decimal | None

    @property
    def spent(self) -> AmountChange:
        """From approved to outturn."""
        return AmountChange(self.approved, self.outturn)

    @property
    def adjustment(self) -> AmountChange:
        """From approved to adjusted."""
        return AmountChange(self.approved, self.adjusted)


def budget_rows(evaluations: Evaluations) -> tuple[BudgetRow, ...]:
    """Each department's budget, the largest variance (in percent, up or down) first, those without one last."""
    found = [BudgetRow(e, *(e.amount(role) for role in ("budget approved", "budget adjusted", "budget spent"))) for e in evaluations]

    def order(row: BudgetRow) -> tuple[bool, Decimal, str]:
        rate = row.spent.rate
        return rate is None, -abs(rate or Decimal(0)), row.evaluation.record.department

    return tuple(sorted(found, key=order))


# --- findings and lost indicators


@dataclass(frozen=True)
class KindCount:
    """A kind of finding over all departments. `amount` is the money at issue."""

    name: Words
    findings: int
    with_amount: int
    amount: Decimal
    evaluations: tuple[Evaluation, ...]


def kind_counts(evaluations: Evaluations) -> tuple[KindCount, ...]:
    """Every kind of finding, the one that concerns most departments first. Kinds written differently stay apart."""
    found = grouped((f.kind, (e, f)) for e in evaluations for f in e.record.findings)
    counts = []
    for pairs in found.values():
        amounts = [a for _, f in pairs if (a := f.at_stake) is not None]
        concerned = {e.record.department: e for e, _ in pairs}
        name = pairs[0][1].kind_words
        counts.append(KindCount(name, len(pairs), len(amounts), sum(amounts, Decimal(0)), tuple(concerned.values())))
    return tuple(sorted(counts, key=lambda k: (-len(k.evaluations), -k.findings, k.name.zh)))


@dataclass(frozen=True)
class LostIndicator:
    """An indicator of the framework: how many departments it applies to, which of them lost points there, and how many points in all.

    `rate` is what was lost as a share of the points of all to whom it applies. Points lost for want of data count too.
    """

    id: str
    name: Words
    applies: int
    evaluations: tuple[Evaluation, ...]
    lost: Decimal
    rate: Decimal


def lost_indicators(evaluations: Evaluations) -> tuple[LostIndicator, ...]:
    """The indicators of each framework and kind by how many evaluations lost points there; own indicators are left out."""
    counted = ((e, i) for e in evaluations for i in e.indicators if not i.own and i.points and i.status != "not_applicable")
    rows = []
    for (_, _, id), pairs in grouped(((e.framework.id, e.record.kind, i.id), (e, i)) for e, i in counted).items():
        lost, points = sum((i.lost for _, i in pairs), Decimal(0)), sum((i.points for _, i in pairs), Decimal(0))
        losers = tuple(e for e, i in pairs if i.lost > 0)
        if losers:
            rows.append(LostIndicator(id, pairs[0][1].name, len(pairs), losers, lost, lost / points))
    return tuple(sorted(rows, key=lambda r: (-len(r.evaluations), -r.lost, r.id)))
