"""The charts of a running year: money over the dates, targets beside their plan. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

from matplotlib.figure import Figure

from evallib.analysis.monitoring import Forecast, MoneyRow, Standing, forecast, money_rows
from evallib.charts.drawing import ACCENT, BAD, FAINT, INK, MUTED, QUIET, SMALL, WIDTH, Chart, Sheet, shorten, text_width, wrap
from evallib.charts.parts import composed, money_scale, name_width, no_data, percent_or_dash, signed
from evallib.model.monitoring_record import MONEY, Level, Measure, Monitored, days_of, year_gone
from evallib.model.units import NO_UNIT, Unit
from evallib.model.words import Lang, Words, words
from evallib.say.numbers import money, percent, plain, quantity, written

LEVELS: dict[Level, Words] = {"warn": words("预警", "warning"), "alarm": words("警报", "alarm")}
"""What a deviation is called by how grave it is."""

_SHORT: dict[str, Words] = {"budget": words("预算", "budget"), "received": words("到位", "received"), "spent": words("支出", "spent")}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def money_chart(monitored: Monitored, lang: Lang) -> Chart:
    """Budget, money received and money spent over the days observed, with an even pace (or the plan) and where spending leads."""
    rows = money_rows(monitored)
    if not any(v for row in rows for v in (row.budget, row.received, row.spent)):
        return no_data("monitoring-money", words("还没有资金的数字", "There are no figures of money yet"), lang)
    spent = monitored.find("spent")
    ahead = forecast(spent) if spent else None
    currency = currency_of(monitored)
    factor, unit = money_scale([v for row in rows for v in (row.budget, row.received, row.spent) if v is not None], currency, lang)
    last = latest(rows, spent)
    gone = year_gone(last.date)
    title = words(f"到 {last.date}，还没有支出数", f"No spending is recorded up to {last.date}")
    if last.of_budget is not None:
        title = words(
            f"到 {last.date}，支出占全年预算 {percent(last.of_budget)}，全年已过 {percent(gone)}",
            f"By {last.date}, {percent(last.of_budget)} of the budget is spent and {percent(gone)} of the year gone",
        )
    elif last.spent is not None:
        told = written(last.spent, currency)
        title = words(f"到 {last.date} 支出 {told.zh}", f"Spent by {last.date}: {told.en}")
    pace, planned = _pace(monitored, last.budget)
    subtitle = words(
        f"单位：{unit}。空心横线为全年预算，方点为到位，圆点为支出。", f"In {unit}. Outlined: budget; squares: received; dots: spent. "
    )
    if pace:
        held = words("支出计划", "planned spending") if planned else words("按预算匀速", "the budget at an even pace")
        subtitle += words(f"长虚线为{held.zh}。", f"Long dashes: {held.en}. ")
    if ahead and not ahead.final:
        subtitle += words("斜线部分为推算到年末的范围。", "Hatched: where spending leads by the end of the year.")
    frame = [
        [
            str(row.date),
            *("—" if v is None else money(v) for v in (row.budget, row.received, row.spent)),
            percent_or_dash(row.of_received),
            percent_or_dash(row.of_budget),
        ]
        for row in rows
    ]
    said = [
        f"{row.date}: "
        + words("，", ", ")[lang].join(
            f"{MONEY[id][lang]} {plain(v / factor, 2)}"
            for id, v in (("budget", row.budget), ("received", row.received), ("spent", row.spent))
            if v is not None
        )
        for row in rows
    ]
    if ahead and not ahead.final:
        said.append(words("年末预计支出 ", "expected by the end of the year ")[lang] + _range(ahead, factor))
    return composed(
        "monitoring-money",
        title,
        subtitle,
        words(f"。折线图，单位：{unit}。", f". Line chart, in {unit}. "),
        said,
        _source(monitored, lang),
        words(
            "日期|全年预算（¤）|到位（¤）|支出（¤）|支出 ÷ 到位|支出 ÷ 预算",
            "Date|Budget (¤)|Received (¤)|Spent (¤)|Spent ÷ received|Spent ÷ budget",
        ),
        frame,
        _money(monitored, rows, pace, ahead, factor, lang),
        lang,
        currency,
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
    titles = words("；", "; ")[lang].join(title for title, _ in monitored.sources)
    text = words("来源：", "Source: ")[lang] + titles
    return text + (words("（模拟数据）", " (synthetic data)")[lang] if monitored.synthetic else "")


def _pace(monitored: Monitored, budget: Decimal | None) -> tuple[list[tuple[Decimal, Decimal]], bool]:
    """The line that spending is held against, as shares of the year and amounts; and whether the file planned it."""
    if not budget:
        return [], False
    spent = monitored.find("spent")
    plan = [(year_gone(o.date), o.planned * budget) for o in (spent.observations if spent else ()) if o.planned is not None]
    ends = [(Decimal(0), Decimal(0)), *plan, *([(Decimal(1), budget)] if not plan or plan[-1][0] < 1 else [])]
    return ends, bool(plan)


def _money(
    monitored: Monitored,
    rows: Sequence[MoneyRow],
    pace: Sequence[tuple[Decimal, Decimal]],
    ahead: Forecast | None,
    factor: Decimal,
    lang: Lang,
) -> Figure:
    year, ends = monitored.year, [ahead.low, ahead.high] if ahead else []
    values = [*(v for row in rows for v in (row.budget, row.received, row.spent) if v is not None), *ends]
    lines = {id: [(o.date, o.value) for o in m.seen if o.value is not None] if (m := monitored.find(id)) else [] for id in MONEY}
    labels: list[tuple[float, float, str, str]] = []
    names = {id: f"{_SHORT[id][lang]} {plain(found[-1][1] / factor, 2)}" for id, found in lines.items() if found}
    coming = f"{words('年末预计', 'year end')[lang]} {_range(ahead, factor)}" if ahead and not ahead.final else ""
    room = max(text_width(text, SMALL) for text in [*names.values(), coming]) + 16
    left, right, top, bottom = 4.0, WIDTH - room, 12.0, 190.0
    high = float(max(values)) * 1.04
    sheet = Sheet()

    def x(share: Decimal | float) -> float:
        return left + float(share) * (right - left)

    def y(value: Decimal) -> float:
        return bottom - float(value) / high * (bottom - top)

    for month in range(1, 13):
        at = x(Decimal((date(year, month, 1) - date(year, 1, 1)).days) / days_of(year))
        sheet.line(at, bottom, at, bottom + 4, color=MUTED)
        name = f"{month}月" if lang == "zh" else _MONTHS[month - 1]
        sheet.text(at + (right - left) / 24, bottom + 11, name, size=SMALL, color=MUTED, align="center")
    sheet.line(left, bottom, right, bottom, color=MUTED)
    for (a, from_), (b, to) in pairwise(pace):
        _long_dashes(sheet, x(a), y(from_), x(b), y(to))
    if found := lines["budget"]:
        _budget(sheet, [(x(year_gone(day)), y(value)) for day, value in found], right)
        labels.append((right, y(found[-1][1]), names["budget"], INK))
    for id, color in (("received", MUTED), ("spent", ACCENT)):
        points = [(x(year_gone(day)), y(value)) for day, value in lines[id]]
        if not points:
            continue
        for start, end in pairwise([(left, bottom), *points]):
            sheet.line(*start, *end, color=color, width=1.6)
        if id == "spent" and ahead and not ahead.final:
            _wedge(sheet, points[-1], right, y(ahead.low), y(ahead.high))
            labels.append((right, (y(ahead.low) + y(ahead.high)) / 2, coming, MUTED))
        for point in points:
            if id == "spent":
                sheet.dot(*point, 3.4, color)
            else:
                sheet.bar(point[0] - 2.8, point[0] + 2.8, point[1], 5.6, fill=color)
        labels.append((*points[-1], names[id], color if id == "spent" else INK))
    _labels(sheet, labels, right, bottom)
    return sheet.finish(bottom + 20)


def _budget(sheet: Sheet, points: Sequence[tuple[float, float]], right: float) -> None:
    """The budget as an outlined band, a step where it was adjusted."""
    for place, (x, y) in enumerate(points):
        end = points[place + 1][0] if place + 1 < len(points) else right
        if end > x:
            sheet.shape([(x, y - 1.6), (end, y - 1.6), (end, y + 1.6), (x, y + 1.6)], edge=INK, width=0.8)


def _long_dashes(sheet: Sheet, x0: float, y0: float, x1: float, y1: float) -> None:
    long = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
    pieces = max(1, round(long / 14))
    for n in range(pieces):
        a, b = n / pieces, (n + 0.62) / pieces
        sheet.line(x0 + (x1 - x0) * a, y0 + (y1 - y0) * a, x0 + (x1 - x0) * b, y0 + (y1 - y0) * b, color=QUIET, width=1.2)


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
        sheet.text(right + 12, height, text, size=SMALL, color=color)


def targets_chart(monitored: Monitored, standings: Sequence[Standing], lang: Lang) -> Chart:
    """Each target's value as a share of the year's target, with a mark where it was to be by now."""
    rows = [s for s in standings if s.measure.id not in MONEY]
    if not any(s.last for s in rows):
        return no_data("monitoring-targets", words("还没有目标的数字", "There are no figures of targets yet"), lang)
    off = sum(s.last is not None and s.last.level is not None for s in rows)
    title = words(f"{len(rows)} 项目标中，{off} 项偏离", f"{off} of {len(rows)} targets are off course")
    if not off:
        title = words(f"{len(rows)} 项目标都没有偏离", "No target is off course")
    subtitle = words(
        "横条为最近一次的数值占年度目标的比例；短竖线为该日的计划进度，时点型目标没有短竖线；长竖线为目标（100%）。上限型目标不应越过。",
        "Bars: latest value as a share of the year's target. Short line: planned by that day (levels have none). "
        "Long line: the target (100%). A limit is not to be passed.",
    )
    frame, told = [], []
    for s in rows:
        p = s.last
        mark = LEVELS[p.level][lang] if p and p.level else ""
        gap = "—" if p is None or p.planned is None or p.progress is None else signed((p.progress - p.planned) * 100)
        frame.append(
            [
                s.measure.name[lang],
                str(p.date) if p else "—",
                pair(s, lang),
                percent_or_dash(p.progress if p else None),
                percent_or_dash(p.planned if p else None),
                gap,
                mark or "—",
            ]
        )
        told.append(
            f"{s.measure.name[lang]} {percent_or_dash(p.progress if p else None)}"
            + (f"（{mark}）" if mark and lang == "zh" else f" ({mark})" if mark else "")
        )
    return composed(
        "monitoring-targets",
        title,
        subtitle,
        words("。条形图，进度：", ". Bar chart, progress: "),
        told,
        _source(monitored, lang),
        words(
            "目标|日期|数值 / 目标|进度|计划进度|差（百分点）|偏离", "Target|Date|Value / target|Progress|Planned|Gap (points)|Off course"
        ),
        frame,
        _bullets(rows, lang),
        lang,
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


def _bullets(rows: Sequence[Standing], lang: Lang) -> Figure:
    end = max([1.2, *(float(s.last.progress) for s in rows if s.last and s.last.progress is not None and s.last.progress <= 2)]) * 1.06
    held = min(max(text_width(pair(s, lang), SMALL) for s in rows), 150)
    marks = [_mark(s, lang) for s in rows]
    room = max(text_width(mark, SMALL) for mark in marks) + 8
    left, right = name_width(lang) + 10, WIDTH - held - room - 14
    sheet, y = Sheet(), 28.0

    def x(share: float) -> float:
        return left + min(share, end) / end * (right - left)

    sheet.text(x(1), 8, words("目标 100%", "target 100%")[lang], size=SMALL, align="center")
    sheet.text(WIDTH, 8, words("数值 / 目标", "value / target")[lang], size=SMALL, color=MUTED, align="right")
    for s, mark in zip(rows, marks, strict=True):
        p = s.last
        texts = [(line, INK) for line in wrap(s.measure.name[lang], name_width(lang))]
        sheet.lines(0, y, texts)
        if p is not None and p.progress is not None:
            long = float(p.progress) > end
            sheet.bar(left, x(float(p.progress)), y, 10, fill=BAD if p.level else ACCENT, cut=right - 12 if long else None)
            if p.planned is not None:
                at = x(float(p.planned))
                sheet.line(at, y - 9, at, y + 9, color=INK, width=2.2)
        sheet.text(right + 6, y, mark, size=SMALL, color=BAD if p and p.level else MUTED, bold=bool(p and p.level))
        sheet.text(WIDTH, y, shorten(pair(s, lang), held, SMALL), size=SMALL, color=MUTED, align="right")
        y += 27
    sheet.line(x(1), 16, x(1), y - 14, color=INK, width=1)
    return sheet.finish(y - 10)


def _mark(standing: Standing, lang: Lang) -> str:
    if standing.last is None:
        return words("未观察", "not observed")[lang]
    return "× " + LEVELS[standing.last.level][lang] if standing.last.level else words("正常", "on course")[lang]
