"""The charts of a running year: money over the dates, targets beside their plan. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from functools import partial
from itertools import pairwise

from evallib.analysis.monitoring import Forecast, MoneyRow, Standing, forecast, money_rows
from evallib.charts.drawing import Chart, Draw
from evallib.charts.layout import Axis, Cell, Rows
from evallib.charts.parts import composed, money_scale, no_data, or_dash, signed, told
from evallib.charts.sheet import ACCENT, FAINT, INK, MISSED, MUTED, Sheet
from evallib.charts.targets import target_end
from evallib.model.monitoring_record import MONEY, Measure, Monitored
from evallib.model.running_year import last_day, months_of, year_gone
from evallib.model.units import NO_UNIT, Unit
from evallib.model.words import Lang, joined, words
from evallib.say.numbers import money, percent, plain, quantity, written
from evallib.say.sentences import sentences

LEVELS = sentences("charts.monitoring-targets.level")
"""What a deviation is called by how grave it is."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def money_chart(monitored: Monitored, lang: Lang) -> Chart:
    """Budget, money received and money spent over the days observed, with an even pace (or the plan) and where spending leads."""
    rows = money_rows(monitored)
    values = [v for row in rows for v in (row.budget, row.received, row.spent) if v is not None]
    if not any(values):
        return no_data("monitoring-money", lang)
    spent = monitored.find("spent")
    ahead = forecast(spent, monitored.begins) if spent else None
    currency = currency_of(monitored)
    factor, unit = money_scale(values, currency, lang)
    last = latest(rows, spent)
    title = told("monitoring-money.unspent", day=str(last.date))
    if last.of_budget is not None:
        shares = {"share": percent(last.of_budget), "gone": percent(year_gone(last.date, monitored.begins))}
        title = told("monitoring-money.title", day=str(last.date), **shares)
    elif last.spent is not None:
        title = told("monitoring-money.spent_by", day=str(last.date), amount=written(last.spent, currency))
    pace, planned = _pace(monitored, last.budget)
    subtitle = told("monitoring-money.subtitle", unit=unit)
    if pace:
        subtitle += told("monitoring-money.planned" if planned else "monitoring-money.even")
    if ahead and not ahead.final:
        subtitle += told("monitoring-money.hatched")
    frame, said = [], []
    for row in rows:
        amounts = {"budget": row.budget, "received": row.received, "spent": row.spent}
        frame.append([str(row.date), *(or_dash(v, money) for v in amounts.values()), or_dash(row.of_received), or_dash(row.of_budget)])
        known = (MONEY[id] + words(f" {plain(v / factor, 2)}") for id, v in amounts.items() if v is not None)
        said.append(f"{row.date}: {joined(known, '，', ', ')[lang]}")
    if ahead and not ahead.final:
        said.append(told("monitoring-money.expected", amount=_range(ahead, factor))[lang])
    figure, source = _money(monitored, values, pace, ahead, factor, lang), _source(monitored, lang)
    return composed(
        "monitoring-money", title, subtitle, said, source, frame, figure, lang, currency=currency, unit=unit, synthetic=monitored.synthetic
    )


def currency_of(monitored: Monitored) -> Unit:
    """The currency's own unit, in which money is kept; no unit where no money was observed."""
    return next((m.unit for m in monitored.measures if m.id in MONEY), NO_UNIT)


def latest(rows: Sequence[MoneyRow], spent: Measure | None) -> MoneyRow:
    """The money on the day on which spending was last observed; on the last day where it never was."""
    day = spent.seen[-1].date if spent and spent.seen else rows[-1].date
    return next(row for row in rows if row.date == day)


def _range(ahead: Forecast, factor: Decimal) -> str:
    low, high = plain(ahead.low / factor, 2), plain(ahead.high / factor, 2)
    return low if low == high else f"{low}–{high}"


def _source(monitored: Monitored, lang: Lang) -> str:
    text = told("drawn.source", named=joined(words(title) for title, _ in monitored.sources))
    return (text + told("monitoring-money.synthetic") if monitored.synthetic else text)[lang]


def _pace(monitored: Monitored, budget: Decimal | None) -> tuple[list[tuple[Decimal, Decimal]], bool]:
    """The line that spending is held against, as shares of the year and amounts; and whether the file planned it."""
    if not budget:
        return [], False
    spent = monitored.find("spent")
    plan = [
        (year_gone(o.date, monitored.begins), o.planned * budget) for o in (spent.observations if spent else ()) if o.planned is not None
    ]
    ends = [(Decimal(0), Decimal(0)), *plan, *([(Decimal(1), budget)] if not plan or plan[-1][0] < 1 else [])]
    return ends, bool(plan)


def _money(
    monitored: Monitored,
    values: list[Decimal],
    pace: Sequence[tuple[Decimal, Decimal]],
    ahead: Forecast | None,
    factor: Decimal,
    lang: Lang,
) -> Draw:
    ends = [ahead.low, ahead.high] if ahead else []
    most = float(max([*values, *ends])) * 1.04
    lines = {id: [(o.date, o.value) for o in m.seen if o.value is not None] if (m := monitored.find(id)) else [] for id in MONEY}
    names = {id: f"{told(f'monitoring-money.{id}')[lang]} {plain(found[-1][1] / factor, 2)}" for id, found in lines.items() if found}
    leads = ahead if ahead and not ahead.final else None
    coming = f"{told('monitoring-money.coming')[lang]} {_range(leads, factor)}" if leads else ""
    gone = partial(year_gone, begins=monitored.begins)

    def draw(sheet: Sheet) -> float:
        labels: list[tuple[float, float, str, str]] = []
        left, top, bottom = 4.0, 12.0, 190.0
        right = sheet.width - (4 if sheet.narrow else sheet.width_of(*names.values(), coming) + 16)
        x, y = Axis(left, right, 0, 1), Axis(bottom, top, 0, most)
        _months(sheet, x, bottom, monitored, lang)
        for (a, from_), (b, to) in pairwise(pace):
            sheet.line(x(a), y(from_), x(b), y(to), color=MUTED, width=1.2, dashed=True)
        if found := lines["budget"]:
            _budget(sheet, [(x(gone(day)), y(value)) for day, value in found], right)
            labels.append((right, y(found[-1][1]), names["budget"], INK))
        for id, color in (("received", MUTED), ("spent", ACCENT)):
            points = [(x(gone(day)), y(value)) for day, value in lines[id]]
            if not points:
                continue
            for start, end in pairwise([(left, bottom), *points]):
                sheet.line(*start, *end, color=color, width=1.6)
            if id == "spent" and leads:
                _wedge(sheet, points[-1], right, y(leads.low), y(leads.high))
                labels.append((right, (y(leads.low) + y(leads.high)) / 2, coming, MUTED))
            for point in points:
                if id == "spent":
                    sheet.dot(*point, 3.4, color)
                else:
                    sheet.bar(point[0] - 2.8, point[0] + 2.8, point[1], 5.6, fill=color)
            labels.append((*points[-1], names[id], color if id == "spent" else INK))
        if sheet.narrow:
            return _under(sheet, labels, bottom + 28)
        _labels(sheet, labels, right, bottom)
        return bottom + 20

    return draw


def _months(sheet: Sheet, x: Axis, bottom: float, monitored: Monitored, lang: Lang) -> None:
    """The year along the lower edge; a phone has room for every third name."""
    months, gone = months_of(monitored.year, monitored.begins), partial(year_gone, begins=monitored.begins)
    for place, (day, after) in enumerate(pairwise((*months, last_day(monitored.year, monitored.begins) + timedelta(days=1)))):
        at, days = x(gone(day - timedelta(days=1)) if day != months[0] else 0), (after - day).days
        sheet.line(at, bottom, at, bottom + 4, color=MUTED)
        name = f"{day.month}月" if lang == "zh" else _MONTHS[day.month - 1]
        if days > 12 and (not sheet.narrow or place % 3 == 1):  # else there is no room for the name of what is left of a month
            middle = (at + x(gone(after - timedelta(days=1)))) / 2
            sheet.text(middle, bottom + 11, name, small=True, color=MUTED, align="center")
    sheet.line(x.start, bottom, x.end, bottom, color=MUTED)


def _under(sheet: Sheet, labels: Sequence[tuple[float, float, str, str]], y: float) -> float:
    """What the lines are called, from the top down, under the picture."""
    for _, _, text, color in sorted(labels, key=lambda label: label[1]):
        sheet.text(0, y, text, small=True, color=color)
        y += sheet.leading
    return y


def _budget(sheet: Sheet, points: Sequence[tuple[float, float]], right: float) -> None:
    """The budget as an outlined band, a step where it was adjusted."""
    for place, (x, y) in enumerate(points):
        end = points[place + 1][0] if place + 1 < len(points) else right
        if end > x:
            sheet.shape([(x, y - 1.6), (end, y - 1.6), (end, y + 1.6), (x, y + 1.6)], edge=INK, width=0.8)


def _wedge(sheet: Sheet, start: tuple[float, float], right: float, low: float, high: float) -> None:
    """Where spending leads: a hatched wedge between the least and the most that is reckoned."""
    sheet.line(*start, right, low, color=ACCENT, dashed=True)
    sheet.line(*start, right, high, color=ACCENT, dashed=True)
    across = right - start[0]
    for n in range(1, int(across // 6) + 1):
        part = n * 6 / across
        at = start[0] + n * 6
        sheet.line(at, start[1] + (low - start[1]) * part, at, start[1] + (high - start[1]) * part, color=ACCENT, width=0.6)


def _labels(sheet: Sheet, labels: Sequence[tuple[float, float, str, str]], right: float, bottom: float) -> None:
    """Names at the right edge, kept apart, each joined to its point."""
    apart, placed = 13.0, sorted(labels, key=lambda label: label[1])
    heights = [label[1] for label in placed]
    for n in range(1, len(heights)):
        heights[n] = max(heights[n], heights[n - 1] + apart)
    heights = [min(height, bottom - 4 - apart * (len(heights) - 1 - n)) for n, height in enumerate(heights)]
    for (x, y, text, color), height in zip(placed, heights, strict=True):
        sheet.line(x + 4, y, right + 10, height, color=FAINT)
        sheet.text(right + 12, height, text, small=True, color=color)


def targets_chart(monitored: Monitored, standings: Sequence[Standing], lang: Lang) -> Chart:
    """Each target's value as a share of the year's target, with a mark where it was to be by now."""
    rows = [s for s in standings if s.measure.id not in MONEY]
    if not any(s.last for s in rows):
        return no_data("monitoring-targets", lang)
    off = sum(s.last is not None and s.last.level is not None for s in rows)
    title = told("monitoring-targets.title" if off else "monitoring-targets.none", all=len(rows), off=off)
    frame, said = [], []
    for s in rows:
        p = s.last
        mark = LEVELS[p.level][lang] if p and p.level else ""
        progress, planned = (or_dash(share) for share in ((p.progress, p.planned) if p else (None, None)))
        gap = "—" if p is None or p.planned is None or p.progress is None else signed((p.progress - p.planned) * 100)
        frame.append([s.measure.name[lang], str(p.date) if p else "—", pair(s, lang), progress, planned, gap, mark or "—"])
        said.append(f"{s.measure.name[lang]} {progress}" + (told("monitoring-targets.marked", mark=mark)[lang] if mark else ""))
    source, figure = _source(monitored, lang), _bullets(rows, lang)
    return composed(
        "monitoring-targets", title, told("monitoring-targets.subtitle"), said, source, frame, figure, lang, synthetic=monitored.synthetic
    )


def pair(standing: Standing, lang: Lang) -> str:
    """The latest value and the target, with its direction, in one unit.

    >>> from evallib.model.monitoring_record import Measure
    >>> people = Unit("人", words("人", "people"), (("people", 1),))
    >>> pair(Standing(Measure(id="a", name=words("甲"), unit=people, target=Decimal(800)), (), None, None), "en")
    '— / ≥ 800 people'
    """
    m, p = standing.measure, standing.last
    sign = {">=": "≥", "<=": "≤", "=": "="}[m.operator]
    target = "—" if m.target is None else quantity(m.target, m.unit, lang)
    value = "—" if p is None else quantity(p.value, m.unit, lang)
    if p is not None and m.target is not None:  # the unit once
        tail = target.lstrip("0123456789.,")
        value = value.removesuffix(tail) if value.endswith(tail) else value
    return f"{value} / {sign} {target}"


def _bullets(rows: Sequence[Standing], lang: Lang) -> Draw:
    marks, end = [_mark(s, lang) for s in rows], float(target_end(s.last.progress for s in rows if s.last))
    cells, heads = [marks, [pair(s, lang) for s in rows]], ["", told("monitoring-targets.pair")[lang]]

    def draw(sheet: Sheet) -> float:
        lines = Rows(sheet, [s.measure.name[lang] for s in rows], cells, heads, step=27)
        x = lines.axis(0, end)
        lines.head([(x(1), told("drawn.target")[lang])])
        for s, mark in zip(rows, marks, strict=True):
            p, off = s.last, bool(s.last and s.last.level)
            y = lines.row(s.measure.name[lang], [Cell(mark, MISSED if off else MUTED, off), Cell(pair(s, lang))])
            if p is not None and p.progress is not None:
                x.bar(sheet, y, 10, p.progress, fill=MISSED if off else ACCENT)
                if p.planned is not None:
                    sheet.line(x(p.planned), y - 9, x(p.planned), y + 9, color=INK, width=2.2)
        lines.along(x(1), width=1)
        return lines.y

    return draw


def _mark(standing: Standing, lang: Lang) -> str:
    if standing.last is None:
        return told("monitoring-targets.not_observed")[lang]
    return "× " + LEVELS[standing.last.level][lang] if standing.last.level else told("monitoring-targets.on_course")[lang]
