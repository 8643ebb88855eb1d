"""The charts of a department over the years: totals, what changed a total, dimensions, budget. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from math import cos, pi, sin

from matplotlib.figure import Figure

from evallib.analysis.comparison import Change, MoneyLine, changes, execution_rates, framework_key, money_lines
from evallib.charts.drawing import ACCENT, BODY, FAINT, INK, LAST_YEAR, MUTED, QUIET, SMALL, WIDTH, Chart, Sheet, shorten, text_width, wrap
from evallib.charts.parts import (
    Step,
    alt_text,
    bridge,
    brief,
    money_scale,
    names_width,
    no_data,
    percent_or_dash,
    score_of_points,
    signed,
    table_of,
)
from evallib.core.evaluation import Evaluation, SectionResult
from evallib.core.units import money, percent, plain
from evallib.core.words import Lang, Words, words

PART_NAMES: dict[str, Words] = {
    "performance": words("得分率变化（规则未变）", "Score rates, rule unchanged"),
    "rule": words("评分规则改变的指标", "Indicators with another rule"),
    "weight": words("指标分值调整", "Indicators with other points"),
    "missing": words("其中一年缺数据", "Data missing in one year"),
    "added": words("新增指标", "Indicators added"),
    "dropped": words("取消的指标", "Indicators dropped"),
    "applicability": words("开始或不再适用的指标", "Began or ceased to apply"),
    "rescaling": words("按满分折算", "Rescaling to full points"),
}
"""What the parts of a change of the total are called."""


def totals_chart(evaluations: Sequence[Evaluation], absent: Sequence[int], lang: Lang) -> Chart:
    """The total of every year between the limits of the grades; a dashed line joins totals that are not comparable as they are."""
    if not evaluations:
        return no_data("totals", words("没有可用的年度", "There is no year to show"), lang)
    first, last = evaluations[0], evaluations[-1]
    places = last.framework.rounding.scores
    title = words(
        f"{last.record.year} 年 {plain(last.total, places)} 分，“{last.grade.zh}”",
        f"{plain(last.total, places)} points in {last.record.year}: {last.grade.en}",
    )
    if len(evaluations) > 1:
        a, b, by = plain(first.total, places), plain(last.total, places), signed(last.total - first.total, places)
        title = words(
            f"总分从 {first.record.year} 年的 {a} 到 {last.record.year} 年的 {b}（{by}）",
            f"Total from {a} in {first.record.year} to {b} in {last.record.year} ({by})",
        )
    links = changes(evaluations)
    subtitle = words(
        "圆点为总分，虚线短横为当年的等级界限，单位：分。", "Dots: total; short dashes: that year's limits of the grades; in points. "
    )
    if any(not link.comparable for link in links):
        subtitle += words(
            "两点间为虚线的，指标、分值、规则或缺少的数据不同，总分不能直接比较。",
            "A dashed line joins totals that differ in indicators, points, rules or missing data: not comparable as they are. ",
        )
    low = _floor([e.total for e in evaluations] + [g.at_least for e in evaluations for g in e.framework.grades if g.at_least > 0])
    if low:
        subtitle += words(f"纵轴从 {low:g} 分起。", f"The axis begins at {low:g}.")
    rows, said = [], []
    for year in sorted([*(e.record.year for e in evaluations), *absent]):
        e = next((e for e in evaluations if e.record.year == year), None)
        if e is None:
            rows.append([str(year), "—", "—", "—", words("没有可用数据", "no usable data")[lang], "—"])
            said.append(f"{year}{words('：没有可用数据', ': no usable data')[lang]}")
            continue
        limits = words("；", "; ")[lang].join(f"{g.words[lang]} ≥ {plain(g.at_least)}" for g in e.framework.grades if g.at_least > 0)
        link = next((c for c in links if c.after is e), None)
        change = signed(e.total - link.before.total, places) if link else "—"
        rows.append([str(year), score_of_points(e.total, e.points, places), e.grade[lang], change, limits, framework_key(e)])
        said.append(f"{year}: {plain(e.total, places)} {e.grade[lang]}")
    heads = words(
        "年度|总分 / 满分|等级|比前一可用年度|等级界限|指标体系",
        "Year|Total / points|Grade|On the year before|Limits of the grades|Framework",
    )
    alt = alt_text(title[lang] + words("。折线图，总分：", ". Line chart, totals: ")[lang], said, lang)
    figure = _totals(evaluations, absent, links, low, lang)
    return Chart(
        "totals", title[lang], subtitle[lang], alt, frameworks_line(evaluations, lang), table_of(rows, heads[lang].split("|")), figure, lang
    )


def _floor(values: Sequence[Decimal]) -> float:
    """Where an axis of points begins: a round number below all of them, or zero where that is near."""
    low = (float(min(values)) - 6) // 5 * 5
    return low if low > 15 else 0.0


def _totals(evaluations: Sequence[Evaluation], absent: Sequence[int], links: Sequence[Change], low: float, lang: Lang) -> Figure:
    years = sorted([*(e.record.year for e in evaluations), *absent])
    marks = [(g.at_least, f"{g.words[lang]} ≥ {plain(g.at_least)}") for g in evaluations[-1].framework.grades if g.at_least > 0]
    room = max((text_width(name, SMALL) for _, name in marks), default=0) + 12
    column = (WIDTH - room) / len(years)
    top, bottom = 34.0, 186.0
    high = float(max([e.framework.points for e in evaluations]))
    places = evaluations[-1].framework.rounding.scores
    sheet = Sheet()

    def y(value: Decimal) -> float:
        return bottom - (float(value) - low) / (high - low) * (bottom - top)

    def x(year: int) -> float:
        return (years.index(year) + 0.5) * column

    sheet.line(0, bottom, WIDTH - room, bottom, color=MUTED)
    for link in links:
        a, b = link.before, link.after
        ends = (x(a.record.year), y(a.total), x(b.record.year), y(b.total))
        sheet.line(*ends, color=ACCENT, width=1.4, dashed=not link.comparable)
        if link.framework_changed:
            at = x(min(max(b.framework.first_year, a.record.year + 1), b.record.year)) - column / 2
            sheet.line(at, 18, at, bottom, color=MUTED, dashed=True)
            sheet.text(at, 9, words("换指标体系", "new framework")[lang], size=SMALL, color=MUTED, align="center")
    for e in evaluations:
        at, label = x(e.record.year), f"{plain(e.total, places)}"
        above, half = y(e.total) - 13, text_width(label, BODY) / 2 + 3
        for g in e.framework.grades:
            if g.at_least > 0:
                _around(sheet, at, column * 0.42, y(g.at_least), half if abs(y(g.at_least) - above) < 8 else 0)
        sheet.shape(_circle(at, y(e.total), 4), fill=ACCENT)
        sheet.text(at, above, label, bold=True, align="center")
        sheet.text(at, bottom + 12, str(e.record.year), bold=True, align="center")
        sheet.text(at, bottom + 25, shorten(e.grade[lang], column - 4, SMALL), size=SMALL, align="center")
    for year in absent:
        sheet.text(x(year), bottom + 12, str(year), color=MUTED, align="center")
        sheet.text(x(year), bottom + 25, words("没有可用数据", "no data")[lang], size=SMALL, color=MUTED, align="center")
    for value, name in marks:
        sheet.text(WIDTH - room + 6, y(value), name, size=SMALL, color=MUTED)
    return sheet.finish(bottom + 34)


def _around(sheet: Sheet, at: float, reach: float, y: float, gap: float) -> None:
    """A short dashed line, left open where a text stands."""
    if not gap:
        sheet.line(at - reach, y, at + reach, y, color=QUIET, dashed=True)
        return
    for side in (-1, 1):
        if reach > gap:
            sheet.line(at + side * gap, y, at + side * reach, y, color=QUIET, dashed=True)


def _circle(x: float, y: float, radius: float) -> list[tuple[float, float]]:
    return [(x + radius * cos(2 * pi * n / 20), y + radius * sin(2 * pi * n / 20)) for n in range(20)]


def parts_chart(change: Change, lang: Lang) -> Chart:
    """From one year's total to the next: what score rates did, and what other indicators, points and rules did."""
    before, after, parts = change.before, change.after, change.parts
    places = after.framework.rounding.scores
    years = before.record.year, after.record.year
    steps = [Step(_total_of(years[0]), Decimal(0), before.total, "plan", plain(before.total, places), total=True)]
    for name, value in parts.parts.items():
        if value:
            kind = "loss" if name == "performance" and value < 0 else "change"
            steps.append(Step(PART_NAMES[name], steps[-1].end, steps[-1].end + value, kind, signed(value, places)))
    steps.append(
        Step(_total_of(years[1]), Decimal(0), after.total, "total", f"{plain(after.total, places)} {after.grade[lang]}", total=True)
    )
    own, rest = signed(parts.part("performance"), places), signed(parts.rest, places)
    title = words(
        f"{years[0]}—{years[1]} 年总分 {signed(parts.total, places)}：得分率变化 {own}，其余 {rest}",
        f"{years[0]} to {years[1]}: {signed(parts.total, places)} in all, {own} from score rates, {rest} from the rest",
    )
    low = _floor([s.end for s in steps])
    subtitle = words("单位：分。各步相加等于总分的变化。", "In points. The steps add up to the change of the total.")
    if low:
        subtitle += words(f"横轴从 {low:g} 分起。", f" The axis begins at {low:g}.")
    rows = [[PART_NAMES[name][lang], signed(value, places)] for name, value in parts.parts.items()]
    rows.append([words("总分变化", "Change of the total")[lang], signed(parts.total, places)])
    alt = alt_text(title[lang] + words("。瀑布图：", ". Waterfall chart: ")[lang], [f"{s.name[lang]} {s.text}" for s in steps], lang)
    frame = table_of(rows, words("部分 分", "Part Points")[lang].split())
    source = frameworks_line((before, after), lang)
    return Chart(f"parts-{years[1]}", title[lang], subtitle[lang], alt, source, frame, bridge(steps, lang, low), lang)


def _total_of(year: int) -> Words:
    return words(f"{year} 年总分", f"Total {year}")


def dimensions_chart(evaluations: Sequence[Evaluation], lang: Lang) -> Chart:
    """The score rate of each dimension in every year, one row of bars a dimension."""
    ids = list(dict.fromkeys(d.id for e in reversed(evaluations) for d in e.dimensions))
    if not ids:
        return no_data("dimensions", words("没有一级指标", "There are no dimensions"), lang)
    table = {id: [next((d for d in e.dimensions if d.id == id), None) for e in evaluations] for id in ids}
    named = {id: next(d for d in reversed(found) if d is not None) for id, found in table.items()}
    title = words("各一级指标的得分率", "Score rates of the dimensions")
    if len(evaluations) > 1:
        moves = [
            (b.rate - a.rate, named[id])
            for id, found in table.items()
            if (a := found[-2]) and (b := found[-1]) and a.rate is not None and b.rate is not None
        ]
        if moves:
            title = _moved(moves, evaluations)
    subtitle = words(
        "实心为得分占分值的比例，框高为满分；深色为最近一年。",
        "Solid: score as a share of the points; the frame is full points. Dark: the latest year.",
    )
    rows = [
        [named[id].name[lang], *(_rate_of(d, e.framework.rounding.scores) for d, e in zip(found, evaluations, strict=True))]
        for id, found in table.items()
    ]
    heads = [words("一级指标", "Dimension")[lang], *(str(e.record.year) for e in evaluations)]
    said = [f"{brief(named[id])[lang]} " + words("、", ", ")[lang].join(_rate(d, 1) for d in found) for id, found in table.items()]
    span = words("至", " to ")[lang].join(dict.fromkeys([str(evaluations[0].record.year), str(evaluations[-1].record.year)]))
    alt = alt_text(title[lang] + words(f"。柱形图，{span} 得分率：", f". Bar chart, score rates {span}: ")[lang], said, lang)
    figure = _dimensions([(named[id].name, table[id]) for id in ids], [e.record.year for e in evaluations], lang)
    return Chart(
        "dimensions-years", title[lang], subtitle[lang], alt, frameworks_line(evaluations, lang), table_of(rows, heads), figure, lang
    )


def _moved(moves: Sequence[tuple[Decimal, SectionResult]], evaluations: Sequence[Evaluation]) -> Words:
    """Which dimension's score rate changed most, as a title says it."""
    by, section = max(moves, key=lambda m: abs(m[0]))
    before, after = evaluations[-2].record.year, evaluations[-1].record.year
    if by == 0:
        return words(f"{before}—{after} 年各一级指标得分率没有变化", f"No dimension changed its score rate from {before} to {after}")
    points, name = signed(by * 100), brief(section)
    return words(
        f"{before}—{after} 年得分率变化最大的是{name.zh}（{points} 个百分点）",
        f"{name.en} changed most from {before} to {after} ({points} percentage points)",
    )


def _rate(section: SectionResult | None, places: int = 2) -> str:
    return "—" if section is None or section.rate is None else percent(section.rate, places)


def _rate_of(section: SectionResult | None, places: int) -> str:
    return "—" if section is None else f"{_rate(section)} ({score_of_points(section.score, section.points, places)})"


def _dimensions(rows: Sequence[tuple[Words, Sequence[SectionResult | None]]], years: Sequence[int], lang: Lang) -> Figure:
    left = names_width([name[lang] for name, _ in rows], lang) + 10
    column, tall = (WIDTH - left) / len(years), 46.0
    wide = min(column * 0.6, 56.0)
    sheet, y = Sheet(), 8.0
    for place, year in enumerate(years):
        sheet.text(left + (place + 0.5) * column, y, str(year), bold=place == len(years) - 1, align="center")
    y += 24
    for name, found in rows:
        base = y + tall
        sheet.lines(0, base - tall / 2, [(line, INK) for line in wrap(name[lang], left - 10)])
        for place, section in enumerate(found):
            middle = left + (place + 0.5) * column
            sheet.text(middle, y - 8, _rate(section, 1), align="center", bold=place == len(years) - 1)
            if section is None or section.rate is None:
                continue
            up = base - min(max(float(section.rate), 0), 1) * tall
            corners = [(middle - wide / 2, base), (middle + wide / 2, base)]
            sheet.shape([*corners, (middle + wide / 2, up), (middle - wide / 2, up)], fill=ACCENT if section is found[-1] else LAST_YEAR)
            sheet.shape([*corners, (middle + wide / 2, y), (middle - wide / 2, y)], edge=MUTED, width=0.7)
        sheet.line(left, base, WIDTH, base, color=FAINT)
        y = base + 28
    return sheet.finish(y - 20)


_MONEY_NAMES = {
    "approved_expenditure": words("年初批复", "Approved"),
    "adjusted_expenditure": words("调整后预算", "Adjusted"),
    "outturn": words("支出决算", "Outturn"),
    "closing_carryover": words("年末结转结余", "Closing carry-over"),
}


def money_chart(evaluations: Sequence[Evaluation], lang: Lang) -> Chart:
    """Approved and adjusted budget, outturn and closing carry-over of every year."""
    lines = [line for line in money_lines(evaluations) if line.id in _MONEY_NAMES]
    values = [v for line in lines for v in line.values if v is not None]
    if not any(values):
        return no_data("money-years", words("没有预算数", "The budget figures are missing"), lang)
    factor, unit = money_scale(values, lang)
    years = [e.record.year for e in evaluations]
    spent = next(line for line in lines if line.id == "outturn")
    title = words("各年预算与支出", "Budget and spending over the years")
    if spent.changes and (rate := spent.changes[-1].rate) is not None:
        title = words(
            f"{years[-1]} 年支出决算比 {years[-2]} 年{'增加' if rate > 0 else '减少'} {percent(abs(rate))}",
            f"Outturn in {years[-1]} {'rose' if rate > 0 else 'fell'} by {percent(abs(rate))} on {years[-2]}",
        )
        if rate == 0:
            title = words(f"{years[-1]} 年支出决算与 {years[-2]} 年相同", f"Outturn in {years[-1]} is the same as in {years[-2]}")
    rates = execution_rates(evaluations, "adjusted_expenditure")
    subtitle = words(
        f"空心为预算，实心为支出，浅色为年末结转结余，单位：{unit}。执行率为支出占调整后预算的比例。",
        f"Outlined: budget; solid: spending; light: closing carry-over; in {unit}. Execution: outturn as a share of the adjusted budget.",
    )
    rows = [
        [str(year), *("—" if line.values[n] is None else money(line.values[n] or Decimal(0)) for line in lines), percent_or_dash(rates[n])]
        for n, year in enumerate(years)
    ]
    heads = [words("年度", "Year")[lang], *(_MONEY_NAMES[line.id][lang] + words("（元）", " (yuan)")[lang] for line in lines)]
    heads.append(words("执行率", "Execution")[lang])
    said = [
        f"{year}: " + words("，", ", ")[lang].join(f"{_MONEY_NAMES[line.id][lang]} {_scaled(line.values[n], factor)}" for line in lines)
        for n, year in enumerate(years)
    ]
    alt = alt_text(title[lang] + words(f"。条形图，单位：{unit}。", f". Bar chart, in {unit}. ")[lang], said, lang)
    source = words("来源：各年度的基础数据，见该年度的评价页。", "Source: the facts of each year; see that year's page.")[lang]
    return Chart("money-years", title[lang], subtitle[lang], alt, source, table_of(rows, heads), _money(lines, years, rates, lang), lang)


def _scaled(value: Decimal | None, factor: Decimal) -> str:
    return "—" if value is None else plain(value / factor, 2)


def _money(lines: Sequence[MoneyLine], years: Sequence[int], rates: Sequence[Decimal | None], lang: Lang) -> Figure:
    values = [v for line in lines for v in line.values if v is not None]
    factor, _ = money_scale(values, lang)
    head, names = 38.0, names_width([name[lang] for name in _MONEY_NAMES.values()], lang)
    said = [words("执行率 ", "execution ")[lang] + percent_or_dash(rate) for rate in rates]
    room = max(text_width(_scaled(v, factor), BODY) for v in values) + max(text_width(text, SMALL) for text in said) + 20
    left, scale = head + names + 6, (WIDTH - head - names - 6 - room) / float(max(values) or 1)
    styles = {"approved_expenditure": (None, INK), "adjusted_expenditure": (None, INK), "closing_carryover": (FAINT, MUTED)}
    sheet, y = Sheet(), 9.0
    for place, year in enumerate(years):
        sheet.text(0, y, str(year), bold=True)
        for line in lines:
            value = line.values[place]
            fill, edge = styles.get(line.id, (ACCENT, None))
            sheet.text(head, y, _MONEY_NAMES[line.id][lang], size=SMALL, color=MUTED)
            end = left + max(float(value or 0), 0) * scale
            if value is not None:
                sheet.bar(left, max(end, left + 0.8), y, 9, fill=fill, edge=edge)
            sheet.text(end + 5, y, _scaled(value, factor), color=MUTED if value is None else INK)
            if line.id == "outturn" and rates[place] is not None:
                sheet.text(WIDTH, y, said[place], size=SMALL, color=MUTED, align="right")
            y += 15
        if place + 1 < len(years):
            sheet.line(0, y - 4, WIDTH, y - 4)
        y += 8
    return sheet.finish(y - 12)


def frameworks_line(evaluations: Sequence[Evaluation], lang: Lang) -> str:
    """Which framework the points of which years come from."""
    used: dict[str, list[Evaluation]] = {}
    for e in evaluations:
        used.setdefault(framework_key(e), []).append(e)
    said = [
        f"{found[0].framework.words[lang]} {key}" + words(f"（{_years(found)}）", f" ({_years(found)})")[lang]
        for key, found in used.items()
    ]
    text = words("来源：各年度的评价，指标体系：", "Source: each year's evaluation. Frameworks: ")[lang]
    return text + words("；", "; ")[lang].join(said) + words("。", ".")[lang]


def _years(evaluations: Sequence[Evaluation]) -> str:
    """Years in a row written as a span."""
    years = [e.record.year for e in evaluations]
    if len(years) > 2 and all(b == a + 1 for a, b in pairwise(years)):
        return f"{years[0]}–{years[-1]}"
    return ", ".join(str(year) for year in years)
