"""The charts of a county with a bar for every department: budget variance from zero, self-evaluation beside the evaluation. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from statistics import mean, median

from matplotlib.figure import Figure

from evallib.analysis.overview import SelfGap, self_gaps
from evallib.analysis.overview_counts import BudgetRow, Change, budget_rows, combined
from evallib.charts.drawing import ACCENT, BAD, FAINT, GOOD, INK, MUTED, QUIET, SMALL, WIDTH, Chart, Sheet, shorten, text_width
from evallib.charts.overview import Evaluations, continued, labels, nouns, origin_line, part_of
from evallib.charts.parts import composed, money_scale, no_data, signed
from evallib.model.words import Lang, Words, words
from evallib.say.numbers import money, percent, plain

STEP = 14.0


def said_rate(change: Change | None, lang: Lang) -> str:
    """A change in percent with its sign; in words where its base is zero, a dash where it is not known."""
    if change is None:
        return "—"
    if change.rate is None:
        return words("基数为零，无定义", "base is zero: not defined")[lang]
    return ("+" if change.rate > 0 else "") + percent(change.rate)


def variance_rows(evaluations: Evaluations) -> tuple[BudgetRow, ...]:
    """The departments whose variance can be drawn: approved and outturn are known."""
    return tuple(row for row in budget_rows(evaluations) if row.spent is not None)


def budget_unit(rows: Sequence[BudgetRow], lang: Lang) -> tuple[Decimal, str]:
    """The unit in which the budgets of a county read best: its factor and its name."""
    if not rows:
        return Decimal(1), ""
    currency = rows[0].evaluation.catalogue.units.money
    return money_scale([v for row in rows for v in (row.approved, row.adjusted, row.outturn) if v], currency, lang)


def variances_chart(evaluations: Evaluations, lang: Lang, number: int = 1) -> Chart:
    """Outturn against the approved budget as a bar from zero, the adjusted budget as an outline around it, the furthest first."""
    id, rows = f"overview-budget-{number}", variance_rows(evaluations)
    whole = combined(row.spent for row in rows)
    if whole is None:
        return no_data(id, words("没有可比较的预算数和决算数", "There are no budget and outturn figures to compare"), lang)
    one, many = nouns(evaluations)
    above, below = (sum(row.spent is not None and row.spent.difference * sign > 0 for row in rows) for sign in (1, -1))
    title = words(
        f"{above} 个{one.zh}的决算高于年初批复预算，{below} 个低于；合计 {said_rate(whole, 'zh')}",
        f"Outturn above the approved budget in {above} {many.en}, below in {below}; all together {said_rate(whole, 'en')}",
    )
    shown = part_of(rows, number)
    factor, unit = budget_unit(rows, lang)
    subtitle = words(
        f"决算比年初批复预算：实心条为百分比，高为橙、低为蓝；空心框为调整后预算。差额单位：{unit}。从偏离最大的排起。",
        f"Outturn against the approved budget: solid bars, above in orange, below in blue; outlined: the adjusted budget. "
        f"Differences in {unit}. The furthest first.",
    )
    if any(_beyond(row, _reach(rows)) for row in shown):
        subtitle += words("断开的横条比画出的长。", " A broken bar is longer than drawn.")
    table = [
        [
            row.evaluation.record.name[lang],
            *("—" if v is None else money(v) for v in (row.approved, row.adjusted, row.outturn)),
            signed(row.spent.difference) if row.spent else "—",
            said_rate(row.spent, lang),
            said_rate(row.adjustment, lang),
        ]
        for row in shown
    ]
    names = labels([row.evaluation for row in rows], lang)
    return composed(
        id,
        continued(title, len(rows), number),
        subtitle,
        words("。差异图：", ". Variance chart: "),
        [f"{names[row.evaluation.record.department]} {said_rate(row.spent, lang)}" for row in shown],
        origin_line(evaluations, lang),
        words(
            f"{one.zh}|年初批复（¤）|调整后（¤）|决算（¤）|决算−批复（¤）|百分比|调整后比批复",
            f"{one.en.capitalize()}|Approved (¤)|Adjusted (¤)|Outturn (¤)|Outturn − approved|Percent|Adjusted against approved",
        ),
        table,
        _variances(shown, rows, names, factor, lang),
        lang,
        rows[0].evaluation.catalogue.units.money,
    )


def _reach(rows: Sequence[BudgetRow]) -> float:
    """How far the axis goes to either side, as a share: as far as it must, but no single department flattens all others."""
    sizes = sorted(abs(float(c.rate)) for row in rows for c in (row.spent, row.adjustment) if c is not None and c.rate is not None)
    return max(min(sizes[-1], 4 * median(sizes)), 0.05) if sizes else 0.05


def _beyond(row: BudgetRow, reach: float) -> bool:
    return any(c is not None and c.rate is not None and abs(float(c.rate)) > reach for c in (row.spent, row.adjustment))


def _variances(shown: Sequence[BudgetRow], rows: Sequence[BudgetRow], names: dict[str, str], factor: Decimal, lang: Lang) -> Figure:
    reach = _reach(rows)
    room = min(max(text_width(n, SMALL) for n in names.values()) + 4, 165.0)
    amounts = max(text_width(signed(row.spent.difference / factor), SMALL) for row in rows if row.spent) + 6
    label = max([text_width(said_rate(row.spent, lang), SMALL) for row in rows if row.spent and row.spent.rate is not None], default=60.0)
    rates = [float(c.rate) for row in rows for c in (row.spent, row.adjustment) if c is not None and c.rate is not None]
    low, high = max(min([0.0, *rates]), -reach), min(max([0.0, *rates]), reach)
    left, right = room + amounts + (label + 8 if low < 0 else 16), WIDTH - (label + 8 if high > 0 else 4)
    scale = (right - left) / (high - low or 1)
    zero = left - low * scale
    sheet, y = Sheet(), 8.0
    sheet.text(room + amounts - 4, y, words("差额", "difference")[lang], size=SMALL, color=MUTED, align="right")
    sheet.text(zero, y, "0%", size=SMALL, color=MUTED, align="center")
    y += 16
    top = y - 8

    def bar(change: Change | None, height: float, *, solid: bool) -> float:
        if change is None or not change.rate:
            return zero
        rate = float(change.rate)
        end = zero + min(max(rate, -reach), reach) * scale
        cut = None if abs(rate) <= reach else end - 9 if rate > 0 else end + 9
        a, b = sorted((zero, end))
        sheet.bar(a, b, y, height, fill=(BAD if rate > 0 else GOOD) if solid else None, edge=None if solid else MUTED, cut=cut)
        return end

    for row in shown:
        spent = row.spent
        if spent is None:
            continue
        sheet.text(0, y, shorten(names[row.evaluation.record.department], room - 4, SMALL), size=SMALL)
        sheet.text(room + amounts - 4, y, signed(spent.difference / factor), size=SMALL, color=MUTED, align="right")
        outline = bar(row.adjustment, 10, solid=False)
        end = bar(spent, 5, solid=True)
        if spent.rate is None:
            sheet.text(zero + 5, y, words("基数为零", "base is zero")[lang], size=SMALL, color=MUTED)
        else:
            falls = spent.rate < 0
            at = min(end, outline) if falls else max(end, outline)
            color = INK if not spent.rate else GOOD if falls else BAD
            sheet.text(at + (-5 if falls else 5), y, said_rate(spent, lang), size=SMALL, color=color, align="right" if falls else "left")
        y += STEP
    sheet.line(zero, top, zero, y - 7, color=INK, width=1.1)
    return sheet.finish(y - 4)


def self_chart(evaluations: Evaluations, lang: Lang, number: int = 1) -> Chart:
    """Every department's own total beside the evaluation's, the most generous first."""
    id, gaps = f"overview-self-{number}", self_gaps(evaluations)
    if not gaps:
        return no_data(id, words("没有自评总分", "No department gave itself a total"), lang)
    one, _ = nouns(evaluations)
    higher, middle = sum(g.gap > 0 for g in gaps), mean([g.rate for g in gaps])
    title = words(
        f"{len(gaps)} 个自评中 {higher} 个高于评价，平均{_versus(middle).zh}满分的 {percent(abs(middle))}",
        f"{higher} of {len(gaps)} self-evaluations are above the evaluation, on average {percent(abs(middle))} of full points "
        f"{_versus(middle).en}",
    )
    subtitle = words(
        "方块为评价总分，菱形为自评总分，均为占满分的比例；右侧为自评减评价（分）。从自评高出最多的排起。",
        f"Square: the evaluation's total, diamond: the {one.en}'s own, as shares of full points. Right: own less evaluated, in points. "
        "The most generous first.",
    )
    shown = part_of(gaps, number)
    names = labels([g.evaluation for g in gaps], lang)
    return composed(
        id,
        continued(title, len(gaps), number),
        subtitle,
        words("。点图，自评减评价：", ". Dot plot, own less evaluated: "),
        [f"{names[g.evaluation.record.department]} {signed(g.gap)}" for g in shown],
        origin_line([g.evaluation for g in gaps], lang),
        words(f"{one.zh}|自评|评价|自评−评价|占满分", f"{one.en.capitalize()}|Own|Evaluated|Own − evaluated|Share of full points"),
        [[g.evaluation.record.name[lang], plain(g.own, 2), plain(g.evaluation.total, 2), signed(g.gap), percent(g.rate)] for g in shown],
        _pairs(shown, gaps, names),
        lang,
    )


def _versus(value: Decimal) -> Words:
    return words("高出", "above it") if value >= 0 else words("低于", "below it")


def _pairs(shown: Sequence[SelfGap], gaps: Sequence[SelfGap], names: dict[str, str]) -> Figure:
    ends = [(float(g.evaluation.total / g.evaluation.points), float(g.own / g.evaluation.points)) for g in gaps]
    low, high = min(v for pair in ends for v in pair), max(1.0, *(v for pair in ends for v in pair))
    low = max(int(low * 10) / 10, 0.0)
    room = min(max(text_width(n, SMALL) for n in names.values()) + 4, 165.0)
    left, right = room + 10, WIDTH - max(text_width(signed(g.gap), SMALL) for g in gaps) - 16
    scale = (right - left) / (high - low or 1)
    sheet, y = Sheet(), 8.0
    ticks = [tick for tick in range(0, 101, 10) if low * 100 - 0.01 <= tick <= high * 100]
    for tick in ticks:
        at = left + (tick / 100 - low) * scale
        sheet.text(at, y, f"{tick}%", size=SMALL, color=MUTED, align="center")
        sheet.line(at, 16, at, 16 + len(shown) * STEP + 2, color=FAINT)
    y += 18
    for g in shown:
        mine = left + (float(g.own / g.evaluation.points) - low) * scale
        theirs = left + (float(g.evaluation.total / g.evaluation.points) - low) * scale
        sheet.text(0, y, shorten(names[g.evaluation.record.department], room - 4, SMALL), size=SMALL)
        sheet.line(min(mine, theirs), y, max(mine, theirs), y, color=QUIET, width=2)
        sheet.bar(theirs - 3.2, theirs + 3.2, y, 6.4, fill=ACCENT)
        sheet.shape([(mine - 4.2, y), (mine, y - 4.2), (mine + 4.2, y), (mine, y + 4.2)], fill=FAINT, edge=INK)
        sheet.text(WIDTH, y, signed(g.gap), size=SMALL, color=BAD if g.gap > 0 else INK, align="right")
        y += STEP
    return sheet.finish(y - 3)
