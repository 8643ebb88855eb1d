"""The charts of a county with a bar for every department: budget variance from zero, self-evaluation beside the evaluation. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from statistics import mean, median
from typing import Any

from evallib.analysis.money import AmountChange, combined
from evallib.analysis.overview import SelfGap, self_gaps
from evallib.analysis.overview_counts import BudgetRow, budget_rows
from evallib.charts.drawing import Chart, Draw
from evallib.charts.layout import Axis, Cell, Rows, signed_color
from evallib.charts.overview import Evaluations, headed, labels, nouns, origin_line
from evallib.charts.overview_rows import continued, drawn_of, part_of
from evallib.charts.parts import composed, money_scale, no_data, or_dash, signed, signed_rate, told
from evallib.charts.sheet import ACCENT, FAINT, INK, MUTED, QUIET, Sheet
from evallib.model.units import Unit
from evallib.model.words import Lang, words
from evallib.say.numbers import money, percent, plain

STEP = 14.0


def said_rate(change: AmountChange, lang: Lang) -> str:
    """A change in percent with its sign; in words where its base is zero, a dash where it is not known."""
    return signed_rate(change.rate, lang) if change else "—"


def variance_rows(evaluations: Evaluations) -> tuple[BudgetRow, ...]:
    """The departments whose variance can be drawn: approved and outturn are known."""
    return tuple(row for row in budget_rows(evaluations) if row.spent)


def budget_unit(rows: Sequence[BudgetRow], lang: Lang) -> tuple[Decimal, str]:
    """The unit in which the budgets of a county read best: its factor and its name."""
    if not rows:
        return Decimal(1), ""
    return money_scale([v for row in rows for v in (row.approved, row.adjusted, row.outturn) if v], _currency(rows), lang)


def _currency(rows: Sequence[BudgetRow]) -> Unit:
    return rows[0].evaluation.catalogue.units.money


def variances_chart(evaluations: Evaluations, lang: Lang, number: int = 1) -> Chart:
    """Outturn against the approved budget as a bar from zero, the adjusted budget as an outline around it, the furthest first."""
    rows = variance_rows(evaluations)
    whole = combined(row.spent for row in rows)
    if not whole:
        return no_data("overview-budget", lang, number)
    one, many = nouns(evaluations)
    above, below = (sum((row.spent.difference or 0) * sign > 0 for row in rows) for sign in (1, -1))
    rate = words(said_rate(whole, "zh"), said_rate(whole, "en"))
    title = continued(
        told("overview-budget.title", above=above, below=below, one=one, many=one if above == 1 else many, rate=rate), len(rows), number
    )
    shown = part_of(rows, number, ends=False)
    factor, unit = budget_unit(rows, lang)
    subtitle = told("overview-budget.subtitle", unit=unit) + drawn_of(len(rows), "first")
    if any(_beyond(row, _reach(rows)) for row in shown):
        subtitle += told("drawn.broken")
    table = []
    for row in shown:
        amounts = [or_dash(v, money) for v in (row.approved, row.adjusted, row.outturn)]
        rates = [said_rate(row.spent, lang), said_rate(row.adjustment, lang)]
        table.append([row.evaluation.record.name[lang], *amounts, or_dash(row.spent.difference, signed), *rates])
    names = labels([row.evaluation for row in rows], lang)
    said = [f"{names[row.evaluation.record.department]} {said_rate(row.spent, lang)}" for row in shown]
    drawn, source, about = _variances(shown, rows, names, factor, lang), origin_line(evaluations, lang), [row.evaluation for row in rows]
    given: dict[str, Any] = {"number": number, "currency": _currency(rows), "one": headed(one)}
    return composed("overview-budget", title, subtitle, said, source, table, drawn, lang, about=about, **given)


def _rates(rows: Iterable[BudgetRow]) -> list[float]:
    """How far budgets were adjusted and missed, as shares, where that is defined."""
    return [float(c.rate) for row in rows for c in (row.spent, row.adjustment) if c.rate is not None]


def _reach(rows: Sequence[BudgetRow]) -> float:
    """How far the axis goes to either side, as a share: as far as it must, but no single department flattens all others."""
    sizes = sorted(map(abs, _rates(rows)))
    return max(min(sizes[-1], 4 * median(sizes)), 0.05) if sizes else 0.05


def _beyond(row: BudgetRow, reach: float) -> bool:
    return any(abs(rate) > reach for rate in _rates([row]))


def _variances(shown: Sequence[BudgetRow], rows: Sequence[BudgetRow], names: dict[str, str], factor: Decimal, lang: Lang) -> Draw:
    reach, rates = _reach(rows), _rates(rows)
    low, high = max(min([0.0, *rates]), -reach), min(max([0.0, *rates]), reach)
    said = [(row.spent.rate, said_rate(row.spent, lang)) for row in rows if row.spent.rate is not None]

    def draw(sheet: Sheet) -> float:
        differences = {row.evaluation.record.department: signed((row.spent.difference or Decimal(0)) / factor) for row in rows}
        lines = Rows(sheet, names.values(), [differences.values()], [told("drawn.difference")[lang]], cap=165, step=STEP, bar=10)
        x = lines.axis(low, high, said)
        lines.head([(x(0), "0%")])
        for row in shown:
            code, rate = row.evaluation.record.department, row.spent.rate
            said_so = said_rate(row.spent, lang) if rate is not None else told("drawn.zero")[lang]
            y = lines.row(names[code], [Cell(differences[code])], value=Cell(said_so, signed_color(rate or Decimal(0))))
            outline = x.bar(sheet, y, 10, row.adjustment.rate or 0, edge=MUTED)
            lines.variance(x, y, rate or Decimal(0), 5, past=outline if rate is not None else None)
        lines.along(x(0))
        return lines.y

    return draw


def self_chart(evaluations: Evaluations, lang: Lang, number: int = 1) -> Chart:
    """Every department's own total beside the evaluation's, the most generous first."""
    gaps = self_gaps(evaluations)
    if not gaps:
        return no_data("overview-self", lang, number)
    one, _ = nouns(evaluations)
    higher, middle = sum(g.gap > 0 for g in gaps), mean([g.rate for g in gaps])
    title = told(f"overview-self.{'above' if middle >= 0 else 'below'}", count=len(gaps), higher=higher, rate=percent(abs(middle)))
    shown = part_of(gaps, number)
    names = labels([g.evaluation for g in gaps], lang)
    said = [f"{names[g.evaluation.record.department]} {signed(g.gap)}" for g in shown]
    rows = [[g.evaluation.record.name[lang], plain(g.own, 2), plain(g.evaluation.total, 2), signed(g.gap), percent(g.rate)] for g in shown]
    title, subtitle = continued(title, len(gaps), number), told("overview-self.subtitle", one=one) + drawn_of(len(gaps))
    about, drawn = [g.evaluation for g in gaps], _pairs(shown, gaps, names)
    source = origin_line(about, lang)
    return composed("overview-self", title, subtitle, said, source, rows, drawn, lang, about=about, number=number, one=headed(one))


def _pairs(shown: Sequence[SelfGap], gaps: Sequence[SelfGap], names: dict[str, str]) -> Draw:
    ends = [float(total / g.evaluation.points) for g in gaps for total in (g.evaluation.total, g.own)]
    low, high = max(int(min(ends) * 10) / 10, 0.0), max(1.0, *ends)

    def draw(sheet: Sheet) -> float:
        rows = Rows(sheet, names.values(), [[signed(g.gap) for g in gaps]], cap=165, step=STEP, bar=10, y=16)
        x = Axis(rows.start + 6, rows.end - 6, low, high)
        ticks = [tick for tick in range(0, 101, 20 if sheet.narrow else 10) if low * 100 - 0.01 <= tick <= high * 100]
        for tick in ticks:
            sheet.mark(x(tick / 100), 7, f"{tick}%")
        for g in shown:
            mine, theirs = (x(total / g.evaluation.points) for total in (g.own, g.evaluation.total))
            gap = Cell(signed(g.gap), INK, g.gap > 0)
            y = rows.row(names[g.evaluation.record.department], [gap])
            sheet.line(min(mine, theirs), y, max(mine, theirs), y, color=QUIET, width=2)
            sheet.bar(theirs - 3.2, theirs + 3.2, y, 6.4, fill=ACCENT)
            sheet.diamond(mine, y, 4.2)
        for tick in ticks:
            rows.along(x(tick / 100), color=FAINT, width=0.8, behind=True)
        return rows.y

    return draw
