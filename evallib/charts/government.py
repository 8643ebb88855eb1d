"""The charts of a whole government's budget: what was spent against the budget over three years, and head by head. Pure.

Names may be in any script. Each stands in a text of its own, apart from its figures, because a name written right to left would
turn them round. Browsers order such names in the SVG; for the PNG matplotlib does (its libraqm, 3.11 and later).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from decimal import Decimal

from evallib.analysis.government import Government
from evallib.analysis.pefa import Line, PefaYear
from evallib.charts.drawing import ACCENT, BAD, FAINT, GOOD, INK, MUTED, QUIET, SMALL, WIDTH, Chart, Sheet, text_width, wrap
from evallib.charts.parts import composed, money_scale, names_width, no_data, signed
from evallib.model.units import Unit
from evallib.model.words import Lang, Words, words
from evallib.say.numbers import percent, plain

_BANDS = ((Decimal("0.05"), "A"), (Decimal("0.10"), "B"), (Decimal("0.15"), "C"))  # PI-1, as pefa.PI_1


def composition_chart(government: Government, lang: Lang, money: Unit | None = None) -> Chart:
    """How far each head is from its budget scaled to all spending: signed bars, the largest first, the pooled heads last."""
    measured = government.latest
    if measured is None or measured.composition is None or len(measured.composition.lines) < 2:
        return no_data("government-composition", words("没有可比较的科目", "There are no heads to compare"), lang)
    found = measured.composition
    singles = sorted(found.lines[: -1 if found.pooled else None], key=lambda x: (-abs(x.deviation), x.code))
    lines = [*singles, *found.lines[len(singles) :]]
    factor, unit, places = scaled(government, [line.executed for line in lines], lang, money)
    far = sum(abs(line.deviation) > line.scaled / 10 for line in singles)
    head = words("科目", "heads") if government.basis == "file" else words("部门", "departments")
    title = words(
        f"{measured.year} 年支出结构偏差 {percent(found.variance)}，最大的 {len(singles)} 个{head.zh}中 {far} 个偏离 10% 以上",
        f"{measured.year}: composition variance {percent(found.variance)}; {far} of the {len(singles)} largest {head.en} more than 10% off",
    )
    subtitle = words(
        f"决算减去按比例折算的预算，单位：{unit}；右列为偏差占折算预算的百分比。高为橙、低为蓝。",
        f"Outturn less scaled budget, in {unit}; right, the deviation in percent of the scaled budget. Above in orange, below in blue.",
    )
    exact = max(government.places, 1)
    rows = [
        [
            line.code or "—",
            line.name[lang],
            plain(line.original, government.places),
            plain(line.scaled, exact),
            plain(line.executed, government.places),
            signed(line.deviation, exact),
            _rate(line),
        ]
        for line in lines
    ]
    sheet = Sheet()
    names = names_width([line.name[lang] for line in lines], lang) + 6
    labels = {
        side: max([text_width(signed(x.deviation / factor, places), SMALL) for x in lines if (x.deviation < 0) == side], default=0.0)
        for side in (True, False)
    }
    right = WIDTH - max(text_width(_rate(line), SMALL) for line in lines) - 14
    low, high = (max([abs(x.deviation) for x in lines if (x.deviation < 0) == side], default=Decimal(0)) for side in (True, False))
    left, end = names + labels[True] + 8, right - labels[False] - 8
    step = (end - left) / (float(low + high) or 1)
    zero = left + float(low) * step
    shown = {line: wrap(line.name[lang], names - 6, SMALL) for line in lines}
    y, row = 10.0, 25.0 if any(len(texts) > 1 for texts in shown.values()) else 21.0
    for line in lines:
        if found.pooled and line is lines[-1]:
            sheet.line(0, y - 4, WIDTH, y - 4)
            y += 8
        sheet.lines(0, y, [(text, INK) for text in shown[line]], step=10.5, size=SMALL)
        x = zero + float(line.deviation) * step
        color, below = (BAD if line.deviation > 0 else GOOD), line.deviation < 0
        if line.deviation:
            sheet.bar(zero, x, y, 10, fill=color)
        label = signed(line.deviation / factor, places)
        sheet.text(
            x + (-4 if below else 4), y, label, size=SMALL, color=color if line.deviation else INK, align="right" if below else "left"
        )
        sheet.text(WIDTH, y, _rate(line), size=SMALL, color=MUTED, align="right")
        y += row
    sheet.line(zero, 0, zero, y - row / 2, color=INK, width=1.1)
    return composed(
        "government-composition",
        title,
        subtitle,
        words(f"。横条图，单位：{unit}：", f". Bar chart, in {unit}: "),
        [f"{_said(line, lang)} {signed(line.deviation / factor, places)} ({_rate(line)})" for line in lines],
        _source(government, lang),
        words("编码|名称|年初批复|折算预算|决算|偏差|百分比", "Code|Name|Approved|Scaled|Outturn|Deviation|Percent"),
        rows,
        sheet.finish(y - row / 2 + 4),
        lang,
    )


def outturn_chart(government: Government, lang: Lang, money: Unit | None = None) -> Chart:
    """What was spent in all as a share of the original budget, year by year, with the bands of PI-1."""
    years = [year for year in government.assessment.years if year.outturn is not None]
    if not years:
        return no_data("government-outturn", words("没有可比较的总支出", "There is no total spending to compare"), lang)
    inside = sum(abs(_off(year)) <= _BANDS[0][0] for year in years)
    title = words(
        f"{len(years)} 个年度中{f'有 {inside} 个' if inside else '没有一个'}年度的总支出与预算相差不超过 5%",
        f"All spending was within 5% of the budget in {inside or 'none'} of {len(years)} years",
    )
    if len(years) == 1:
        share = percent(_off(years[0]) + 1)
        title = words(f"{years[0].year} 年总支出为预算的 {share}", f"{years[0].year}: all spending was {share} of the budget")
    subtitle = words(
        "全部支出的决算占年初批复预算的比率；从 100% 起画，虚线为 PI-1 各等级的界限（A ±5%，B ±10%，C ±15%）。",
        "Outturn of all spending as a share of the approved budget, drawn from 100%; dashed: the bands of PI-1 (A ±5%, B ±10%, C ±15%).",
    )
    amounts = [(year.original or Decimal(0), year.executed or Decimal(0)) for year in years]
    rows = [
        [str(y.year), plain(o, government.places), plain(e, government.places), percent(_off(y) + 1)]
        for y, (o, e) in zip(years, amounts, strict=True)
    ]
    reach = min(max(0.17, *(abs(float(_off(year))) * 1.02 for year in years)), 0.35)
    left, right = 36.0, WIDTH - 8
    zero = (left + right) / 2
    unit = (right - left) / 2 / reach
    sheet, top, step = Sheet(), 34.0, 22.0
    bottom = top + step * len(years) - 8
    sheet.text(zero, 8, "100%", size=SMALL, color=MUTED, align="center")
    marks = [(zero + sign * float(band) * unit, sign, band, grade) for band, grade in _BANDS for sign in (-1, 1)]
    for x, sign, band, grade in marks:
        sheet.line(x, 16, x, top - 7, color=QUIET, dashed=True)
        sheet.text(x, 8, f"{plain(100 * (1 + sign * band))}%", size=SMALL, color=MUTED, align="center")
        sheet.text(x - sign * 0.025 * unit, 22, grade, size=SMALL, color=MUTED, align="center")
    for place, year in enumerate(years):
        y, off = top + step * place + 4, _off(year)
        end, text = zero + min(max(float(off), -reach), reach) * unit, percent(off + 1)
        cut = None if abs(off) <= reach else end - 9 if off > 0 else end + 9  # longer than it is drawn
        room = text_width(text, SMALL) + 8
        beyond = end - room >= left if off < 0 else end + room <= right
        leftward = (off < 0) == beyond
        at = (end if beyond else zero) + (-4 if leftward else 4)  # no room beyond the bar: on the other side of 100%
        for x, *_ in marks:  # not through the text
            if not (at - room < x < at + 1 if leftward else at - 1 < x < at + room):
                sheet.line(x, y - step / 2, x, min(y + step / 2, bottom), color=QUIET, dashed=True)
        sheet.text(0, y, str(year.year), bold=True)
        sheet.bar(min(zero, end), max(zero, end), y, 11, fill=ACCENT, cut=cut)
        sheet.text(at, y, text, size=SMALL, align="right" if leftward else "left")
    sheet.line(left, bottom, right, bottom, color=FAINT)
    sheet.line(zero, 16, zero, bottom, color=INK, width=1.1)
    return composed(
        "government-outturn",
        title,
        subtitle,
        words("。横条图：", ". Bar chart: "),
        [f"{y.year} {percent(_off(y) + 1)}" for y in years],
        _source(government, lang),
        words("年度|年初批复|决算|比率", "Year|Approved|Outturn|Share"),
        rows,
        sheet.finish(bottom + 6),
        lang,
    )


CHARTS: dict[str, Callable[[Government, Lang, Unit | None], Chart]] = {
    "government_outturn": outturn_chart,
    "government_composition": composition_chart,
}
"""The charts of the section by the names its template calls them."""


def _off(year: PefaYear) -> Decimal:
    return (year.outturn or Decimal(0)) - 1


def _rate(line: Line) -> str:
    """The deviation as a share of the scaled budget; a dash where nothing was budgeted."""
    if not line.scaled:
        return "—"
    rate = line.deviation / line.scaled
    return ("+" if rate > 0 else "") + percent(rate, 1)


def _said(line: Line, lang: Lang) -> str:
    """A head in a text that also holds figures: by code where its name runs from right to left."""
    turned = any(unicodedata.bidirectional(c) in ("R", "AL") for c in line.name[lang])
    return line.code if turned and line.code else line.name[lang]


def scaled(government: Government, amounts: list[Decimal], lang: Lang, money: Unit | None = None) -> tuple[Decimal, str, int]:
    """The unit in which amounts are written: its factor, its name, its decimals.

    Only the currency's own unit is turned into a larger one: that of the departments, or where the file is in it.
    """
    own = Unit("", government.unit, (("money", 1),)) if government.basis == "departments" else money
    if own is None or own.name != government.unit:
        return Decimal(1), government.unit[lang], government.places
    return *money_scale(amounts, own, lang), 2


def _source(government: Government, lang: Lang) -> str:
    if government.basis == "file":
        return words("来源：", "Source: ")[lang] + words("；", "; ")[lang].join(title for title, _ in government.sources)
    return _DEPARTMENTS[lang]


_DEPARTMENTS: Words = words(
    "来源：各部门的年初批复预算和决算数，只计已评价的部门。",
    "Source: the departments' approved budgets and outturns, evaluated departments only.",
)
