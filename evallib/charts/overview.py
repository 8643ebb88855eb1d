"""The charts of a county's totals: how they are spread over the grades, and every department's score rates as a heat map. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from math import floor
from statistics import mean, median
from typing import TypeVar

from matplotlib.figure import Figure

from evallib.analysis.overview import Standing, full_points, grade_counts, kind_of, ranking, section_rates, sections_of
from evallib.charts.drawing import ACCENT, BAD, BODY, INK, MUTED, QUIET, SMALL, WIDTH, Chart, Sheet, inside, shorten, text_width, wrap
from evallib.charts.parts import composed, no_data, percent_or_dash
from evallib.model.evaluation import Evaluation, SectionResult
from evallib.model.units import round_half_up
from evallib.model.words import Lang, Words, words
from evallib.say.numbers import percent, plain

Evaluations = Sequence[Evaluation]
Row = TypeVar("Row")

ROWS = 35  # departments in one picture, so that it stays readable and fits a printed page
COLUMNS = 18  # groups that fit side by side; where there are more, dimensions are drawn


def parts_of(rows: int) -> int:
    """How many pictures a chart with a row per department takes.

    >>> parts_of(0), parts_of(35), parts_of(60)
    (1, 1, 2)
    """
    return max(-(-rows // ROWS), 1)


def part_of(rows: Sequence[Row], number: int) -> Sequence[Row]:
    """The rows of one picture, the first is number 1; all pictures are about as long.

    >>> part_of(range(36), 2)
    range(18, 36)
    """
    size = -(-len(rows) // parts_of(len(rows))) or 1
    return rows[(number - 1) * size : number * size]


def continued(title: Words, rows: int, number: int) -> Words:
    """A title that says, where a chart takes several pictures, which of them this is."""
    count = parts_of(rows)
    return title if count == 1 else title + words(f"（{number}/{count}）", f" ({number} of {count})")


NOUNS: dict[str, Words] = {
    "department": words("部门", "department"),
    "project": words("项目", "project"),
    "policy": words("政策", "policy"),
    "": words("评价对象", "subject"),
}
"""What is evaluated, by kind; where kinds are mixed, neither."""


def nouns(evaluations: Evaluations) -> tuple[Words, Words]:
    """What one of the evaluations is of, and what several are of."""
    kinds = {kind_of(e) for e in evaluations} or {"department"}
    one = NOUNS[kinds.pop() if len(kinds) == 1 else ""]
    return one, words(one.zh, f"{one.en[:-1]}ies" if one.en.endswith("y") else f"{one.en}s")


def labels(evaluations: Evaluations, lang: Lang) -> dict[str, str]:
    """The departments' names by code; an ending in brackets that all of them share is said under the chart instead."""
    names = {e.record.department: e.record.name[lang] for e in evaluations}
    _, bracket, ending = next(iter(names.values()), "").rpartition(" (")
    if len(names) > 1 and bracket and ending.endswith(")") and all(name.endswith(bracket + ending) for name in names.values()):
        return {code: name.removesuffix(bracket + ending) for code, name in names.items()}
    return names


def origin_line(evaluations: Evaluations, lang: Lang) -> str:
    """Where a county's numbers come from, and what a reader must know of them: reconstructed points, synthetic data."""
    frameworks = dict.fromkeys(e.framework.words[lang] for e in evaluations)
    count, (one, many) = len(evaluations), nouns(evaluations)
    named = words("、".join(f"《{f}》" for f in frameworks), ", ".join(f"“{f}”" for f in frameworks))
    told = f"the evaluation of 1 {one.en}" if count == 1 else f"the evaluations of {count} {many.en}"
    text = words(f"来源：{count} 个{one.zh}的年度评价，按{named.zh}计算。", f"Source: {told}, by {named.en}.")
    rebuilt = sum(any(g.basis == "reconstructed" for g in e.groups) for e in evaluations)
    if rebuilt:
        text += words(
            f"其中 {rebuilt} 个{one.zh}的二级指标分值是重构的，不是公布的数字。",
            f" For {rebuilt} of them the points of the groups are reconstructed, not published.",
        )
    made_up = sum(bool(e.record.find_profile("synthetic", "zh")) for e in evaluations)
    if made_up:
        text += words(f"其中 {made_up} 个{one.zh}是模拟数据。", f" {made_up} of them are synthetic data.")
    return text[lang]


# --- how totals are spread


def totals_chart(evaluations: Evaluations, lang: Lang) -> Chart:
    """Each department a block above its total, between the limits of the grades; mean and median below."""
    standings = ranking(evaluations)
    if not standings:
        return no_data("overview-totals", words("没有可比较的总分", "There are no totals to compare"), lang)
    evaluations = [s.evaluation for s in standings]
    rates, points = [s.rate for s in standings], full_points(evaluations)
    graded = [g for g in grade_counts(evaluations) if g.evaluations]
    said = [words(f"{g.name.zh} {len(g.evaluations)} 个", f"{len(g.evaluations)} {inside(g.name.en)}") for g in graded]
    one, many = nouns(evaluations)
    title = words(f"{len(rates)} 个{one.zh}", f"{len(rates)} {(many if len(rates) > 1 else one).en}")
    if said:
        title += words("：" + "、".join(s.zh for s in said), ": " + ", ".join(s.en for s in said))
    subtitle = words(
        f"一个方块是一个{one.zh}，横轴为总分占满分的比例；虚线为等级界限，上方为等级和{one.zh}数。",
        f"Each block is a {one.en}; across: total as a share of full points. Dashed: limits of the grades, named above.",
    )
    if points is None:
        subtitle += words(f"各{one.zh}满分不同，所以比较占满分的比例。", f" Full points differ between {many.en}, so shares are compared.")
    if len(_limits(evaluations)) < len({limit for g in grade_counts(evaluations) for limit in g.limits if limit}):
        subtitle += words(f"等级界限不全相同，图中为多数{one.zh}的界限。", f" Limits of grades differ; drawn are those of most {many.en}.")
    parts = [
        words(f"平均 {percent(mean(rates))}", f"mean {percent(mean(rates))}")[lang],
        words(f"中位数 {percent(median(rates))}", f"median {percent(median(rates))}")[lang],
        words(f"最高 {percent(rates[0])}", f"highest {percent(rates[0])}")[lang],
        words(f"最低 {percent(rates[-1])}", f"lowest {percent(rates[-1])}")[lang],
    ]
    return composed(
        "overview-totals",
        title,
        subtitle,
        words("。分布图：", ". Distribution: "),
        parts,
        origin_line(evaluations, lang),
        words(f"{one.zh}|总分 / 满分|得分率|等级", f"{one.en.capitalize()}|Total / full points|Score rate|Grade"),
        [
            [e.record.name[lang], f"{plain(e.total, 2)} / {plain(e.points)}", percent(rate), e.grade[lang] or "—"]
            for e, rate in zip(evaluations, rates, strict=True)
        ],
        _spread(rates, evaluations, lang),
        lang,
    )


def _grades(evaluations: Evaluations) -> list[tuple[Decimal, Words, str]]:
    """The grades with the shares they begin at, the best first, as most departments' frameworks set them."""
    found = Counter(tuple((g.at_least / e.framework.points, g.words, g.id) for g in e.framework.grades) for e in evaluations)
    return sorted(found.most_common(1)[0][0], key=lambda g: -g[0]) if found else []


def _limits(evaluations: Evaluations) -> list[Decimal]:
    """Where the grades begin, the highest first, without the lowest grade, which begins at nothing."""
    return [limit for limit, _, _ in _grades(evaluations) if limit > 0]


def _spread(rates: Sequence[Decimal], evaluations: Evaluations, lang: Lang) -> Figure:
    limits = _limits(evaluations)
    lowest = min([*rates, *limits])
    first = max(floor(lowest * 20 - 1) * 5, 0)  # percent, in steps of five, a little below the lowest
    wide = 1 if 100 - first <= 60 else 2
    stacks = Counter(min(int(rate * 100), 99) // wide for rate in rates)
    left, right = 4.0, WIDTH - 14
    unit = (right - left) / (100 - first)
    size = min(unit * wide - 1, 120 / max(stacks.values()))
    base = 40 + max(stacks.values()) * size + 6
    sheet = Sheet()

    def x(share: Decimal | float) -> float:
        return left + (float(share) * 100 - first) * unit

    counts, upper = Counter(e.grade_id for e in evaluations), Decimal(1)
    for at_least, name, id in _grades(evaluations):
        lower = max(at_least, Decimal(first) / 100)
        sheet.text((x(lower) + x(upper)) / 2, 8, shorten(name[lang], x(upper) - x(lower), BODY), align="center", bold=True)
        sheet.text((x(lower) + x(upper)) / 2, 20, str(counts[id]), size=SMALL, color=MUTED, align="center")
        upper = lower
    for limit in limits:
        sheet.line(x(limit), 2, x(limit), base, color=QUIET, dashed=True)
    for stack, count in stacks.items():
        at = x(Decimal(stack * wide) / 100)
        for level in range(count):
            sheet.bar(at + 0.5, at + 0.5 + size, base - 1 - size / 2 - level * size, size - 1, fill=ACCENT)
    sheet.line(left, base, right, base, color=INK)
    for tick in range(-(-first // 10) * 10, 101, 10):
        sheet.line(x(tick / 100), base, x(tick / 100), base + 3, color=INK)
        sheet.text(x(tick / 100), base + 10, f"{tick}%", size=SMALL, color=MUTED, align="center")
    y = base + 26
    for name, value in ((words("中位数", "median"), median(rates)), (words("平均", "mean"), mean(rates))):
        at, text = x(value), f"{name[lang]} {percent(value)}"
        sheet.shape([(at - 4, y + 4), (at, y - 4), (at + 4, y + 4)], fill=INK)
        fits = at + 9 + text_width(text, SMALL) < WIDTH
        sheet.text(at + (8 if fits else -8), y, text, size=SMALL, align="left" if fits else "right")
        y += 14
    return sheet.finish(y - 4)


# --- every department's score rates


def heat_columns(evaluations: Evaluations) -> tuple[SectionResult, ...]:
    """What stands side by side: the groups of all frameworks in use, or the dimensions where these are too many."""
    groups = sections_of(evaluations)
    return groups if len(groups) <= COLUMNS else sections_of(evaluations, "dimensions")


def scores_chart(evaluations: Evaluations, lang: Lang, number: int = 1) -> Chart:
    """A row a department, best first; a column a group; in the cell the score rate, coloured the more the lower it is."""
    id, standings, columns = f"overview-scores-{number}", ranking(evaluations), heat_columns(evaluations)
    if not standings:
        return no_data(id, words("没有可比较的得分率", "There are no score rates to compare"), lang)
    rates = {s.evaluation.record.department: section_rates(s.evaluation) for s in standings}
    middles = {c.id: _middle([r.get(c.id) for r in rates.values()]) for c in columns}
    known = [(rate, c.name) for c in columns if (rate := middles[c.id]) is not None]
    low = min(known, key=lambda k: k[0], default=None)
    title = words("没有得分率", "There are no score rates")
    if low:
        title = words(
            f"{low[1].zh}的得分率最低（中位数 {percent(low[0])}）", f"{low[1].en} has the lowest score rates (median {percent(low[0])})"
        )
    title = continued(title, len(standings), number)
    subtitle = words(
        "格内为得分率（%，取整），颜色越浓越低；从总分最高的排起，数字为名次；“—”为不适用。",
        "In the cell: score rate in percent, rounded; the stronger the colour, the lower. Best total first, with its rank. "
        "“—”: does not apply.",
    )
    shown = part_of(standings, number)
    table: list[list[object]] = [
        [
            s.evaluation.record.name[lang],
            plain(s.evaluation.total, 2),
            *(percent_or_dash(rates[s.evaluation.record.department].get(c.id)) for c in columns),
        ]
        for s in shown
    ]
    evaluations = [s.evaluation for s in standings]
    one, many = nouns(evaluations)
    table.append([words(f"全部{one.zh}中位数", f"Median of all {many.en}")[lang], "", *(percent_or_dash(middles[c.id]) for c in columns)])
    return composed(
        id,
        title,
        subtitle,
        words("。热力图；各组得分率中位数：", ". Heat map; median score rates: "),
        [f"{c.name[lang]} {percent_or_dash(middles[c.id])}" for c in columns],
        origin_line(evaluations, lang),
        [words(one.zh, one.en.capitalize())[lang], words("总分", "Total")[lang], *(c.name[lang] for c in columns)],
        table,
        _heat(shown, columns, rates, middles, labels(evaluations, lang), _limits(evaluations), lang),
        lang,
    )


def _middle(values: Sequence[Decimal | None]) -> Decimal | None:
    known = [v for v in values if v is not None]
    return median(known) if known else None


def _heat(
    standings: Sequence[Standing],
    columns: Sequence[SectionResult],
    rates: dict[str, dict[str, Decimal | None]],
    middles: dict[str, Decimal | None],
    names: dict[str, str],
    limits: Sequence[Decimal],
    lang: Lang,
) -> Figure:
    middle_name = words("中位数", "Median")[lang]
    ranks, totals, size = 20.0, 36.0, 8.5
    room = min(max(text_width(n, size) for n in (*names.values(), middle_name)) + 4, 150.0)
    left = ranks + room
    cell = min((WIDTH - totals - left) / max(len(columns), 1), 60.0)
    right = left + cell * len(columns)
    sheet, y, step = Sheet(), 8.0, 13.0
    heads = [wrap(c.name[lang], cell - 2, SMALL) for c in columns]
    numbered = any("…" in line for lines in heads for line in lines)
    for place, lines in enumerate(heads):
        said = [str(place + 1)] if numbered else lines
        sheet.lines(left + cell * (place + 0.5), 12, [(t, MUTED) for t in said], size=SMALL, step=10.5, align="center")
    sheet.text(right + totals, 12, words("总分", "Total")[lang], size=SMALL, color=MUTED, align="right")
    y = 31.0

    def cells(values: Sequence[Decimal | None]) -> None:
        for place, rate in enumerate(values):
            a = left + cell * place
            shade = _shade(None if rate is None else round_half_up(rate, 2), limits)  # as it is written
            if shade:
                sheet.bar(a + 0.6, a + cell - 0.6, y, step - 1.2, fill=f"{BAD}{shade:02x}")
            text = "—" if rate is None else plain(round_half_up(rate * 100, 0))
            sheet.text(a + cell / 2, y, text, size=size, color=INK if shade else MUTED, align="center")

    for s in standings:
        code = s.evaluation.record.department
        sheet.text(ranks - 6, y, str(s.rank), size=size, color=MUTED, align="right")
        sheet.text(ranks, y, shorten(names[code], room - 4, size), size=size)
        cells([rates[code].get(c.id) for c in columns])
        sheet.text(right + totals, y, plain(s.evaluation.total, 2), size=size, align="right")
        y += step
    sheet.line(0, y - 5, right + totals, y - 5, color=MUTED)
    y += 3
    sheet.text(ranks, y, middle_name, size=size, bold=True)
    cells([middles[c.id] for c in columns])
    y += 19
    y = _key(sheet, y, limits, lang)
    if numbered:
        third = WIDTH / 3
        for place, c in enumerate(columns):
            sheet.text(third * (place % 3), y, shorten(f"{place + 1}  {c.name[lang]}", third - 6, size), size=size, color=MUTED)
            y += 12 if place % 3 == 2 or place == len(columns) - 1 else 0
    return sheet.finish(y - 4)


def _shade(rate: Decimal | None, limits: Sequence[Decimal]) -> int:
    """How strong a cell is coloured, of 255: nothing from the highest limit on, then a step at each limit below."""
    if rate is None or not limits:
        return 0
    return round(130 * sum(rate < limit for limit in limits) / len(limits))


def _key(sheet: Sheet, y: float, limits: Sequence[Decimal], lang: Lang) -> float:
    """What the colours mean."""
    texts = [percent(limit, 0) for limit in limits]
    x = 20.0
    for place, limit in enumerate([*limits, Decimal(-1)] if limits else []):
        shade = _shade(limit, limits)
        said = f"≥ {texts[0]}" if place == 0 else f"< {texts[-1]}" if place == len(texts) else f"{texts[place]} – {texts[place - 1]}"
        sheet.bar(x, x + 14, y, 9, fill=f"{BAD}{shade:02x}" if shade else None, edge=QUIET)
        sheet.text(x + 18, y, said, size=SMALL, color=MUTED)
        x += 30 + text_width(said, SMALL)
    return y + 17
