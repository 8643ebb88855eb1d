"""The chart of target completion: bullet graphs, one row a target. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from matplotlib.figure import Figure

from evallib.charts.drawing import ACCENT, BAD, BODY, INK, MUTED, SMALL, WIDTH, Chart, Sheet, shorten, text_width, wrap
from evallib.charts.parts import composed, money_scale, name_width, no_data, source_line
from evallib.model.evaluation import Evaluation, TargetResult
from evallib.model.facts import Origin
from evallib.model.units import SHARE, Unit, convert, round_half_up
from evallib.model.words import Lang, words
from evallib.say.numbers import percent, plain


def target_completion_chart(evaluation: Evaluation, lang: Lang) -> Chart:
    """Each target with its completion as a bar against a line at 100%, by dimension, the furthest first.

    Where lower is better the bar is limit / actual, so that past the line is good in every row.
    """
    if not evaluation.targets:
        return no_data("targets", words("没有目标", "There are no targets"), lang)
    rows = [_TargetRow.of(t, evaluation.catalogue.units.money, lang) for t in evaluation.targets]
    met = sum(r.target.met is True for r in rows)
    unknown = sum(r.target.met is None for r in rows)
    tail = words(f"，{unknown} 项没有实际值", f"; {unknown} without an actual") if unknown else words("")
    title = words(f"{len(rows)} 项目标达标 {met} 项", f"{met} of {len(rows)} targets met") + tail
    subtitle = words(
        "横条为实际占目标的比例，竖线为目标（100%），越过竖线为好；越低越好的指标，横条为上限÷实际。",
        "Bars: actual as a share of the target; the line is the target (100%), past it is good. "
        "Where lower is better the bar is limit ÷ actual.",
    )
    if any(r.share is not None and r.share > _end(rows) for r in rows):
        subtitle += words("断开的横条比画出的长。", " A broken bar is longer than drawn.")
    order = {d.id: place for place, d in enumerate(evaluation.dimensions)}
    home = {i.id: i.dimension for i in evaluation.indicators}
    rows.sort(key=lambda r: (order.get(home.get(r.target.id, ""), len(order)), -(r.share if r.share is not None else -1)))
    names = {d.id: d.name[lang] for d in evaluation.dimensions}
    blocks = [(names.get(key, ""), list(found)) for key, found in groupby(rows, key=lambda r: home.get(r.target.id, ""))]
    bad_first = sorted(rows, key=lambda r: r.target.met is True)
    table = [
        [r.target.name[lang], r.goal, r.actual, r.rate, r.verdict, "；".join(r.tags) if lang == "zh" else "; ".join(r.tags)]
        for _, found in blocks
        for r in found
    ]
    return composed(
        "targets",
        title,
        subtitle,
        words("。条形图，完成率：", ". Bar chart, completion: "),
        [r.said + ("" if r.target.met is True else words("（" + r.verdict + "）", " (" + r.verdict + ")")[lang]) for r in bad_first],
        source_line(evaluation, [Origin(source=t.source, section=t.section) for t in evaluation.record.targets], lang),
        words("指标|目标值|实际值|完成率|结果|说明", "Indicator|Target|Actual|Completion|Result|Note"),
        table,
        _bullets(rows, blocks, lang),
        lang,
    )


@dataclass(frozen=True)
class _TargetRow:
    """A target as texts, and how long its bar is."""

    target: TargetResult
    share: Decimal | None
    name: list[str]
    said: str
    rate: str
    goal: str
    actual: str
    pair: str
    verdict: str
    tags: list[str]

    @classmethod
    def of(cls, t: TargetResult, money: Unit, lang: Lang) -> _TargetRow:
        low = t.operator == "<="
        share = t.completion_rate
        if low and t.actual is not None:
            share = t.target / t.actual if t.actual > 0 else Decimal(99 if t.target > t.actual else 1)
        goal, actual, pair = _held(t, money, lang)
        limit = words("上限 ", "limit ")[lang]
        rate = "—" if t.completion_rate is None else percent(t.completion_rate)
        said = words("未达标", "not met") if t.met is False else words("达标", "met") if t.met else words("没有实际值", "no actual")
        if low and t.met is not None:
            said = words("未超上限", "within limit") if t.met else words("超过上限", "over limit")
        tags = [words("越低越好", "lower is better")[lang]] if low else []
        tags += [words("须等于目标", "must equal the target")[lang]] if t.operator == "=" else []
        tags += [words("评价组评定", "judged by the evaluators")[lang]] if t.judged else []
        if t.target == 0 and not low:
            tags.append(words("目标为零，完成率无定义", "target is zero: no rate")[lang])
        name = t.name[lang]
        short = shorten(name, 230, BODY)
        spoken = f"{short} {actual} ({limit}{goal})" if low else f"{short} {rate}"
        return cls(t, share, wrap(name, name_width(lang)), spoken, rate, goal, actual, pair, said[lang], tags)


def _held(t: TargetResult, money: Unit, lang: Lang) -> tuple[str, str, str]:
    """Target, actual, and the two together, in a unit that suits the reader."""
    low = t.operator == "<="
    if t.unit is SHARE or t.unit.symbol == "%":
        goal = percent(round_half_up(convert(t.target, t.unit, SHARE), 6), None)
        actual = "—" if t.actual is None else percent(round_half_up(convert(t.actual, t.unit, SHARE), 4), None)
        tail = ""
    else:
        factor, name = Decimal(1), t.unit.name[lang]
        if lang == "en":
            factor, name = Decimal(t.unit.scale), t.unit.bare or name
            most = max(abs(t.target), abs(t.actual or Decimal(0))) * factor
            if t.unit.is_money and most >= 1000:
                by, name = money_scale([most], money, lang)
                factor /= by
        goal = plain(round_half_up(t.target * factor, 4))
        actual = "—" if t.actual is None else plain(round_half_up(t.actual * factor, 4))
        tail = " " + name
    limit = words("上限 ", "limit ")[lang] if low else ""
    return goal + tail, actual + (tail if t.actual is not None else ""), f"{actual} / {limit}{goal}{tail}"


def _end(rows: Sequence[_TargetRow]) -> Decimal:
    """Where the axis ends: past the longest bar that is not more than twice the target."""
    return max([Decimal("1.2"), *(r.share for r in rows if r.share is not None and r.share <= 2)]) * Decimal("1.06")


def _bullets(rows: Sequence[_TargetRow], blocks: Sequence[tuple[str, list[_TargetRow]]], lang: Lang) -> Figure:
    """The bullet graph: names, bars against the line, rates, pairs; each in a column as wide as it needs."""
    heads = words("完成率", "completion")[lang], words("实际值 / 目标值", "actual / target")[lang]
    held = min(max(text_width(t, SMALL) for t in [heads[1], *(r.pair for r in rows)]), 150)
    rates = min(max(text_width(t, BODY) for t in [heads[0], *(r.rate for r in rows)]), 80)
    left, pairs = name_width(lang) + 10, WIDTH - held - 14
    right, end = pairs - rates - 6, float(_end(rows))
    sheet, y = Sheet(), 26.0

    def x(share: float) -> float:
        return left + share / end * (right - left)

    sheet.text(pairs, 8, heads[0], size=SMALL, color=MUTED, align="right")
    sheet.text(WIDTH, 8, heads[1], size=SMALL, color=MUTED, align="right")
    sheet.text(x(1), 8, words("目标 100%", "target 100%")[lang], size=SMALL, align="center")
    for head, members in blocks:
        sheet.text(0, y, shorten(head, name_width(lang), BODY), bold=True)
        sheet.line(0, y + 9, WIDTH, y + 9)
        y += 21
        top = y - 10
        for row in members:
            unmet, long = row.target.met is False, row.share is not None and float(row.share) > end
            stop = left if row.share is None else right if long else x(max(float(row.share), 0))
            word, at = "× " + row.verdict, max(stop, x(1)) + 5
            beside = at + text_width(word, SMALL) < pairs - rates
            texts = _tagged(row.name, [*row.tags, word] if unmet and not beside else row.tags, lang)
            y += (len(texts) - 1) * 5.75
            sheet.lines(0, y, texts)
            if row.share is not None:
                sheet.bar(left, stop, y, 9, fill=BAD if unmet else ACCENT, cut=right - 12 if long else None)
                if unmet and beside:
                    sheet.text(at, y, word, size=SMALL, color=BAD, bold=True)
            else:
                sheet.text(left + 2, y, row.verdict, size=SMALL, color=MUTED)
            low = row.target.operator == "<=" and row.target.met is not None
            if low and not unmet:
                sheet.text(pairs, y, row.verdict, size=SMALL, align="right")
            else:
                sheet.text(pairs, y, shorten(row.rate, 80, BODY), color=BAD if unmet else INK, align="right")
            sheet.text(WIDTH, y, shorten(row.pair, held, SMALL), size=SMALL, color=MUTED, align="right")
            y += 17.5 + (len(texts) - 1) * 5.75
        sheet.line(x(1), top, x(1), y - 8, color=INK, width=1.3)
        y += 5
    return sheet.finish(y - 8)


def _tagged(name: list[str], tags: Sequence[str], lang: Lang) -> list[tuple[str, str]]:
    """The lines of a name, and under it what a reader must know about its row."""
    lines = [(line, INK) for line in name]
    said = words("，", ", ")[lang].join(tags)
    return [*lines, (shorten(said, name_width(lang), BODY), MUTED)] if said else lines
