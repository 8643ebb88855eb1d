"""The charts of a department over the years: totals, what changed a total, dimensions, budget. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from matplotlib.figure import Figure

from evallib.analysis.comparison import Change, amount, amount_change, changes, execution_rates, framework_key
from evallib.charts.drawing import ACCENT, BODY, FAINT, INK, LAST_YEAR, MUTED, QUIET, SMALL, WIDTH, Chart, Sheet, shorten, text_width, wrap
from evallib.charts.parts import Step, bridge, brief, composed, money_scale, names_width, no_data, percent_or_dash, score_of_points, signed
from evallib.model.evaluation import Evaluation, SectionResult
from evallib.model.words import Lang, Words, words
from evallib.say.numbers import money, percent, plain

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


def year_of(evaluation: Evaluation) -> Words:
    """The year of an evaluation as it is called."""
    return evaluation.catalogue.year(evaluation.record.year)


def totals_chart(evaluations: Sequence[Evaluation], absent: Sequence[int], lang: Lang) -> Chart:
    """The total of every year between the limits of the grades; a dashed line joins totals that are not comparable as they are."""
    scored = [e for e in evaluations if e.has_total]
    if not scored:
        return no_data("totals", words("没有可用的年度", "There is no year to show"), lang)
    first, last, places = scored[0], scored[-1], scored[-1].framework.rounding.scores
    total, since, until = plain(last.total, places), year_of(first), year_of(last)
    title = words(f"{until.zh} 年 {total} 分", f"{total} points in {until.en}")
    if last.grade:
        title += words(f"，“{last.grade.zh}”", f": {last.grade.en}")
    if len(scored) > 1:
        before, by = plain(first.total, places), signed(last.total - first.total, places)
        title = words(
            f"总分从 {since.zh} 年的 {before} 到 {until.zh} 年的 {total}（{by}）",
            f"Total from {before} in {since.en} to {total} in {until.en} ({by})",
        )
    links = changes(scored)
    subtitle = words(
        "圆点为总分，虚线短横为当年的等级界限，单位：分。", "Dots: total; short dashes: that year's limits of the grades; in points. "
    )
    if any(not link.comparable for link in links):
        subtitle += words(
            "两点间为虚线的，指标、分值、规则或缺少的数据不同，总分不能直接比较。",
            "A dashed line joins totals that differ in indicators, points, rules or missing data: not comparable as they are. ",
        )
    low = _floor([e.total for e in scored] + [g.at_least for e in scored for g in e.framework.grades if g.at_least > 0])
    if low:
        subtitle += words(f"纵轴从 {low:g} 分起。", f"The axis begins at {low:g}.")
    rows, said = [], []
    for year in sorted([*(e.record.year for e in scored), *absent]):
        e, named = next((e for e in scored if e.record.year == year), None), last.catalogue.year(year)[lang]
        if e is None:
            rows.append([named, "—", "—", "—", words("没有可用数据", "no usable data")[lang], "—"])
            said.append(f"{named}{words('：没有可用数据', ': no usable data')[lang]}")
            continue
        limits = words("；", "; ")[lang].join(f"{g.words[lang]} ≥ {plain(g.at_least)}" for g in e.framework.grades if g.at_least > 0)
        link = next((c for c in links if c.after is e), None)
        change = signed(e.total - link.before.total, places) if link else "—"
        rows.append([named, score_of_points(e.total, e.points, places), e.grade[lang] or "—", change, limits or "—", framework_key(e)])
        said.append(f"{named}: {plain(e.total, places)} {e.grade[lang]}".rstrip())
    return composed(
        "totals",
        title,
        subtitle,
        words("。折线图，总分：", ". Line chart, totals: "),
        said,
        frameworks_line(scored, lang),
        words(
            "年度|总分 / 满分|等级|比前一可用年度|等级界限|指标体系",
            "Year|Total / points|Grade|On the year before|Limits of the grades|Framework",
        ),
        rows,
        _totals(scored, absent, links, low, lang),
        lang,
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
    places, called = evaluations[-1].framework.rounding.scores, evaluations[-1].catalogue.year
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
        sheet.dot(at, y(e.total), 4, ACCENT)
        sheet.text(at, above, label, bold=True, align="center")
        sheet.text(at, bottom + 12, called(e.record.year)[lang], bold=True, align="center")
        sheet.text(at, bottom + 25, shorten(e.grade[lang], column - 4, SMALL), size=SMALL, align="center")
    for year in absent:
        sheet.text(x(year), bottom + 12, called(year)[lang], color=MUTED, align="center")
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


def parts_chart(change: Change, lang: Lang) -> Chart:
    """From one year's total to the next: what score rates did, and what other indicators, points and rules did."""
    before, after, parts = change.before, change.after, change.parts
    places = after.framework.rounding.scores
    old, new = year_of(before), year_of(after)
    steps = [Step(_total_of(old), Decimal(0), before.total, "plan", plain(before.total, places), total=True)]
    for name, value in parts.parts.items():
        if value:
            kind = "loss" if name == "performance" and value < 0 else "change"
            steps.append(Step(PART_NAMES[name], steps[-1].end, steps[-1].end + value, kind, signed(value, places)))
    ending = f"{plain(after.total, places)} {after.grade[lang]}".rstrip()
    steps.append(Step(_total_of(new), Decimal(0), after.total, "total", ending, total=True))
    total, own, rest = (signed(value, places) for value in (parts.total, parts.part("performance"), parts.rest))
    title = words(
        f"{old.zh}—{new.zh} 年总分 {total}：得分率变化 {own}，其余 {rest}",
        f"{old.en} to {new.en}: {total} in all, {own} from score rates, {rest} from the rest",
    )
    low = _floor([s.end for s in steps])
    subtitle = words("单位：分。各步相加等于总分的变化。", "In points. The steps add up to the change of the total.")
    if low:
        subtitle += words(f"横轴从 {low:g} 分起。", f" The axis begins at {low:g}.")
    rows = [[PART_NAMES[name][lang], signed(value, places)] for name, value in parts.parts.items()]
    return composed(
        f"parts-{after.record.year}",
        title,
        subtitle,
        words("。瀑布图：", ". Waterfall chart: "),
        [f"{s.name[lang]} {s.text}" for s in steps],
        frameworks_line((before, after), lang),
        words("部分|分", "Part|Points"),
        [*rows, [words("总分变化", "Change of the total")[lang], total]],
        bridge(steps, lang, low),
        lang,
    )


def _total_of(year: Words) -> Words:
    return words(f"{year.zh} 年总分", f"Total {year.en}")


def dimensions_chart(evaluations: Sequence[Evaluation], lang: Lang) -> Chart:
    """The score rate of each dimension in every year, one row of bars a dimension."""
    ids = list(dict.fromkeys(d.id for e in reversed(evaluations) for d in e.dimensions if d.points))
    if not ids:
        return no_data("dimensions", words("没有计分的一级指标", "There are no dimensions with points"), lang)
    table = {id: [next((d for d in e.dimensions if d.id == id and d.points), None) for e in evaluations] for id in ids}
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
    years = [year_of(e)[lang] for e in evaluations]
    span = words("至", " to ")[lang].join(dict.fromkeys([years[0], years[-1]]))
    return composed(
        "dimensions-years",
        title,
        subtitle,
        words(f"。柱形图，{span} 得分率：", f". Bar chart, score rates {span}: "),
        [f"{brief(named[id])[lang]} " + words("、", ", ")[lang].join(_rate(d, 1) for d in found) for id, found in table.items()],
        frameworks_line(evaluations, lang),
        [words("一级指标", "Dimension")[lang], *years],
        rows,
        _dimensions([(named[id].name, table[id]) for id in ids], years, lang),
        lang,
    )


def _moved(moves: Sequence[tuple[Decimal, SectionResult]], evaluations: Sequence[Evaluation]) -> Words:
    """Which dimension's score rate changed most, as a title says it."""
    by, section = max(moves, key=lambda m: abs(m[0]))
    old, new = year_of(evaluations[-2]), year_of(evaluations[-1])
    zh, en = f"{old.zh}—{new.zh} 年", f"from {old.en} to {new.en}"
    if by == 0:
        return words(f"{zh}各一级指标得分率没有变化", f"No dimension changed its score rate {en}")
    points, name = signed(by * 100), brief(section)
    return words(f"{zh}得分率变化最大的是{name.zh}（{points} 个百分点）", f"{name.en} changed most {en} ({points} percentage points)")


def _rate(section: SectionResult | None, places: int = 2) -> str:
    return "—" if section is None or section.rate is None else percent(section.rate, places)


def _rate_of(section: SectionResult | None, places: int) -> str:
    return "—" if section is None else f"{_rate(section)} ({score_of_points(section.score, section.points, places)})"


def _dimensions(rows: Sequence[tuple[Words, Sequence[SectionResult | None]]], years: Sequence[str], lang: Lang) -> Figure:
    left = names_width([name[lang] for name, _ in rows], lang) + 10
    column, tall = (WIDTH - left) / len(years), 46.0
    wide = min(column * 0.6, 56.0)
    sheet, y = Sheet(), 8.0
    for place, year in enumerate(years):
        sheet.text(left + (place + 0.5) * column, y, year, bold=place == len(years) - 1, align="center")
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


_MONEY: dict[str, Words] = {
    "budget approved": words("年初批复", "Approved"),
    "budget adjusted": words("调整后预算", "Adjusted"),
    "budget spent": words("支出决算", "Outturn"),
    "carried out": words("年末结转结余", "Closing carry-over"),
}
"""The amounts that the chart of money draws, by role."""


def money_chart(evaluations: Sequence[Evaluation], lang: Lang) -> Chart:
    """Approved and adjusted budget, outturn and closing carry-over of every year."""
    lines = {role: [amount(e, role) for e in evaluations] for role in _MONEY if any(e.catalogue.player(role) for e in evaluations)}
    values = [v for line in lines.values() for v in line if v is not None]
    if not any(values):
        return no_data("money-years", words("没有预算数", "The budget figures are missing"), lang)
    currency = evaluations[-1].catalogue.units.money
    factor, unit = money_scale(values, currency, lang)
    years = [year_of(e) for e in evaluations]
    spent = lines.get("budget spent", [])
    title = words("各年预算与支出", "Budget and spending over the years")
    if len(spent) > 1 and (rate := amount_change(spent[-2], spent[-1]).rate) is not None:
        before, now, by = years[-2], years[-1], percent(abs(rate))
        title = words(
            f"{now.zh} 年支出决算比 {before.zh} 年{'增加' if rate > 0 else '减少'} {by}",
            f"Outturn in {now.en} {'rose' if rate > 0 else 'fell'} by {by} on {before.en}",
        )
        if rate == 0:
            title = words(f"{now.zh} 年支出决算与 {before.zh} 年相同", f"Outturn in {now.en} is the same as in {before.en}")
    rates = execution_rates(evaluations, "budget adjusted")
    subtitle = words(
        f"空心为预算，实心为支出，浅色为年末结转结余，单位：{unit}。执行率为支出占调整后预算的比例。",
        f"Outlined: budget; solid: spending; light: closing carry-over; in {unit}. Execution: outturn as a share of the adjusted budget.",
    )
    rows = [
        [year[lang], *("—" if (v := line[n]) is None else money(v) for line in lines.values()), percent_or_dash(rates[n])]
        for n, year in enumerate(years)
    ]
    said = [
        f"{year[lang]}: " + words("，", ", ")[lang].join(f"{_MONEY[role][lang]} {_scaled(line[n], factor)}" for role, line in lines.items())
        for n, year in enumerate(years)
    ]
    heads = [words("年度", "Year")[lang], *(_MONEY[role][lang] + words("（¤）", " (¤)")[lang] for role in lines)]
    return composed(
        "money-years",
        title,
        subtitle,
        words(f"。条形图，单位：{unit}。", f". Bar chart, in {unit}. "),
        said,
        words("来源：各年度的基础数据，见该年度的评价页。", "Source: the facts of each year; see that year's page.")[lang],
        [*heads, words("执行率", "Execution")[lang]],
        rows,
        _money(lines, [year[lang] for year in years], rates, factor, lang),
        lang,
        currency,
    )


def _scaled(value: Decimal | None, factor: Decimal) -> str:
    return "—" if value is None else plain(value / factor, 2)


def _money(
    lines: dict[str, list[Decimal | None]], years: Sequence[str], rates: Sequence[Decimal | None], factor: Decimal, lang: Lang
) -> Figure:
    values = [v for line in lines.values() for v in line if v is not None]
    head, names = max(38.0, *(text_width(year, BODY) + 8 for year in years)), names_width([name[lang] for name in _MONEY.values()], lang)
    said = [words("执行率 ", "execution ")[lang] + percent_or_dash(rate) for rate in rates]
    room = max(text_width(_scaled(v, factor), BODY) for v in values) + max(text_width(text, SMALL) for text in said) + 20
    left, scale = head + names + 6, (WIDTH - head - names - 6 - room) / float(max(values) or 1)
    styles = {"budget spent": (ACCENT, None), "carried out": (FAINT, MUTED)}
    sheet, y = Sheet(), 9.0
    for place, year in enumerate(years):
        sheet.text(0, y, year, bold=True)
        for role, line in lines.items():
            value = line[place]
            fill, edge = styles.get(role, (None, INK))
            sheet.text(head, y, _MONEY[role][lang], size=SMALL, color=MUTED)
            end = left + max(float(value or 0), 0) * scale
            if value is not None:
                sheet.bar(left, max(end, left + 0.8), y, 9, fill=fill, edge=edge)
            sheet.text(end + 5, y, _scaled(value, factor), color=MUTED if value is None else INK)
            if role == "budget spent" and rates[place] is not None:
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
    numbers, years = [e.record.year for e in evaluations], [year_of(e).en for e in evaluations]
    if len(years) > 2 and all(b == a + 1 for a, b in pairwise(numbers)):
        return f"{years[0]}–{years[-1]}"
    return ", ".join(years)
