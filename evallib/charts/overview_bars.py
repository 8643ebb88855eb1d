"""The charts of a county with a bar for every department: budget variance from zero, self-evaluation beside the evaluation. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from statistics import mean, median

from matplotlib.figure import Figure

from evallib.analysis.overview import SelfGap, self_gaps
from evallib.analysis.overview_counts import BudgetRow, Change, budget_rows, combined
from evallib.charts.axis import Axis, axis_beside
from evallib.charts.drawing import ACCENT, BAD, FAINT, INK, MUTED, QUIET, SMALL, WIDTH, Chart, Sheet, shorten, widest
from evallib.charts.overview import Evaluations, continued, headed, labels, nouns, origin_line, part_of
from evallib.charts.parts import composed, money_scale, no_data, or_dash, signed, signed_rate, told
from evallib.model.units import Unit
from evallib.model.words import Lang, words
from evallib.say.numbers import money, percent, plain

STEP = 14.0


def said_rate(change: Change | None, lang: Lang) -> str:
    """A change in percent with its sign; in words where its base is zero, a dash where it is not known."""
    return "—" if change is None else signed_rate(change.rate, lang)


def variance_rows(evaluations: Evaluations) -> tuple[BudgetRow, ...]:
    """The departments whose variance can be drawn: approved and outturn are known."""
    return tuple(row for row in budget_rows(evaluations) if row.spent is not None)


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
    if whole is None:
        return no_data("overview-budget", lang, number)
    one, many = nouns(evaluations)
    above, below = (sum(row.spent is not None and row.spent.difference * sign > 0 for row in rows) for sign in (1, -1))
    rate = words(said_rate(whole, "zh"), said_rate(whole, "en"))
    title = continued(told("overview-budget.title", above=above, below=below, one=one, many=many, rate=rate), len(rows), number)
    shown = part_of(rows, number)
    factor, unit = budget_unit(rows, lang)
    subtitle = told("overview-budget.subtitle", unit=unit)
    if any(_beyond(row, _reach(rows)) for row in shown):
        subtitle += told("drawn.broken")
    table = []
    for row in shown:
        amounts = [or_dash(v, money) for v in (row.approved, row.adjusted, row.outturn)]
        rates = [said_rate(row.spent, lang), said_rate(row.adjustment, lang)]
        table.append([row.evaluation.record.name[lang], *amounts, signed(row.spent.difference) if row.spent else "—", *rates])
    names = labels([row.evaluation for row in rows], lang)
    said = [f"{names[row.evaluation.record.department]} {said_rate(row.spent, lang)}" for row in shown]
    source, figure, currency = origin_line(evaluations, lang), _variances(shown, rows, names, factor, lang), _currency(rows)
    return composed("overview-budget", title, subtitle, said, source, table, figure, lang, number=number, money=currency, one=headed(one))


def _reach(rows: Sequence[BudgetRow]) -> float:
    """How far the axis goes to either side, as a share: as far as it must, but no single department flattens all others."""
    sizes = sorted(abs(float(c.rate)) for row in rows for c in (row.spent, row.adjustment) if c is not None and c.rate is not None)
    return max(min(sizes[-1], 4 * median(sizes)), 0.05) if sizes else 0.05


def _beyond(row: BudgetRow, reach: float) -> bool:
    return any(c is not None and c.rate is not None and abs(float(c.rate)) > reach for c in (row.spent, row.adjustment))


def _variances(shown: Sequence[BudgetRow], rows: Sequence[BudgetRow], names: dict[str, str], factor: Decimal, lang: Lang) -> Figure:
    reach, room = _reach(rows), _names_width(names)
    amounts = room + widest(signed(row.spent.difference / factor) for row in rows if row.spent) + 2
    rates = [float(c.rate) for row in rows for c in (row.spent, row.adjustment) if c is not None and c.rate is not None]
    low, high = max(min([0.0, *rates]), -reach), min(max([0.0, *rates]), reach)
    said = [(row.spent.rate, said_rate(row.spent, lang)) for row in rows if row.spent and row.spent.rate is not None]
    x = axis_beside(amounts + 4, WIDTH, low, high, said)
    sheet, y = Sheet(), 24.0
    sheet.text(amounts, 8, told("drawn.difference")[lang], size=SMALL, color=MUTED, align="right")
    sheet.text(x(0), 8, "0%", size=SMALL, color=MUTED, align="center")
    for row in shown:
        spent, planned = row.spent, row.adjustment
        if spent is None:
            continue
        sheet.text(0, y, shorten(names[row.evaluation.record.department], room - 4, SMALL), size=SMALL)
        sheet.text(amounts, y, signed(spent.difference / factor), size=SMALL, color=MUTED, align="right")
        outline = x.bar(sheet, y, 10, (planned.rate if planned else None) or 0, edge=MUTED)
        if spent.rate is None:
            sheet.text(x(0) + 5, y, told("drawn.zero")[lang], size=SMALL, color=MUTED)
        else:
            x.variance(sheet, y, 5, spent.rate, said_rate(spent, lang), past=outline)
        y += STEP
    sheet.line(x(0), 16, x(0), y - 7, color=INK, width=1.1)
    return sheet.finish(y - 4)


def _names_width(names: dict[str, str]) -> float:
    return min(widest(names.values()) + 4, 165.0)


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
    title, subtitle = continued(title, len(gaps), number), told("overview-self.subtitle", one=one)
    source, figure = origin_line([g.evaluation for g in gaps], lang), _pairs(shown, gaps, names)
    return composed("overview-self", title, subtitle, said, source, rows, figure, lang, number=number, one=headed(one))


def _pairs(shown: Sequence[SelfGap], gaps: Sequence[SelfGap], names: dict[str, str]) -> Figure:
    ends = [float(total / g.evaluation.points) for g in gaps for total in (g.evaluation.total, g.own)]
    room = _names_width(names)
    x = Axis(room + 10, WIDTH - widest(signed(g.gap) for g in gaps) - 16, max(int(min(ends) * 10) / 10, 0.0), max(1.0, *ends))
    sheet, y = Sheet(), 26.0
    for tick in range(0, 101, 10):
        if x.low * 100 - 0.01 <= tick <= x.high * 100:
            sheet.text(x(tick / 100), 8, f"{tick}%", size=SMALL, color=MUTED, align="center")
            sheet.line(x(tick / 100), 16, x(tick / 100), 16 + len(shown) * STEP + 2, color=FAINT)
    for g in shown:
        mine, theirs = (x(total / g.evaluation.points) for total in (g.own, g.evaluation.total))
        sheet.text(0, y, shorten(names[g.evaluation.record.department], room - 4, SMALL), size=SMALL)
        sheet.line(min(mine, theirs), y, max(mine, theirs), y, color=QUIET, width=2)
        sheet.bar(theirs - 3.2, theirs + 3.2, y, 6.4, fill=ACCENT)
        sheet.diamond(mine, y, 4.2)
        sheet.text(WIDTH, y, signed(g.gap), size=SMALL, color=BAD if g.gap > 0 else INK, align="right")
        y += STEP
    return sheet.finish(y - 3)
