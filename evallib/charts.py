"""The charts of an evaluation: an Evaluation in, a Chart out, its title, alternative text and table from the same numbers. Pure.

Notation: the actual is solid, what was planned is outlined, last year is lighter, a variance is signed from a zero line
(International Business Communication Standards, IBCS); targets are bullet graphs (Stephen Few). Colour never stands alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

import pandas as pd
from matplotlib.figure import Figure

from evallib.drawing import (
    ACCENT,
    BAD,
    BODY,
    FAINT,
    GOOD,
    INK,
    LAST_YEAR,
    MUTED,
    QUIET,
    SMALL,
    WIDTH,
    Chart,
    Sheet,
    shorten,
    text_width,
    wrap,
)
from evallib.drawing import chinese_font as chinese_font
from evallib.evaluation import Evaluation, IndicatorResult, InputValue, Origin, SectionResult, TargetResult
from evallib.measure import find_fact
from evallib.units import SHARE, UNITS, convert, money, percent, plain, round_half_up
from evallib.words import Lang, Words, words

_ALT = 880  # characters an alternative text may have; the table holds the rest
_HUNDRED = Decimal(100)


def target_completion_chart(evaluation: Evaluation, lang: Lang) -> Chart:
    """Each target with its completion as a bar against a line at 100%, by dimension, the furthest first.

    Where lower is better the bar is limit / actual, so that past the line is good in every row.
    """
    rows = [_TargetRow.of(t, lang) for t in evaluation.targets]
    met = sum(r.target.met is True for r in rows)
    unknown = sum(r.target.met is None for r in rows)
    tail = words(f"，{unknown} 项没有实际值", f"; {unknown} without an actual") if unknown else words("")
    title = words(f"{len(rows)} 项目标完成 {met} 项", f"{met} of {len(rows)} targets met") + tail
    subtitle = words(
        "横条为实际占目标的份额，竖线为目标（100%），越过竖线为好；越低越好的指标，横条为上限÷实际。",
        "Bars: actual as a share of the target; the line is the target (100%), past it is good. "
        "Where lower is better the bar is limit ÷ actual.",
    )
    if any(r.share is not None and r.share > _end(rows) for r in rows):
        subtitle += words("断开的横条比画出的长。", " A broken bar is longer than drawn.")
    if not rows:
        return _no_data("targets", words("没有目标", "There are no targets"), lang)
    order = {d.id: place for place, d in enumerate(evaluation.dimensions)}
    home = {i.id: i.dimension for i in evaluation.indicators}
    rows.sort(key=lambda r: (order.get(home.get(r.target.id, ""), len(order)), -(r.share if r.share is not None else -1)))
    names = {d.id: d.name[lang] for d in evaluation.dimensions}
    blocks = [(names.get(key, ""), list(found)) for key, found in groupby(rows, key=lambda r: home.get(r.target.id, ""))]
    bad_first = sorted(rows, key=lambda r: r.target.met is True)
    alt = _alt(
        title[lang] + words("。条形图，完成率：", ". Bar chart, completion: ")[lang],
        [r.said + ("" if r.target.met is True else words("（" + r.verdict + "）", " (" + r.verdict + ")")[lang]) for r in bad_first], lang,
    )  # fmt: skip
    heads = words("指标 目标值 实际值 完成率 结果 说明", "Indicator Target Actual Completion Result Note")[lang].split()
    table = [[r.target.name[lang], r.goal, r.actual, r.rate, r.verdict, "；".join(r.tags) if lang == "zh" else "; ".join(r.tags)]
             for _, found in blocks for r in found]  # fmt: skip
    source = _source(evaluation, [Origin(source=t.source, section=t.section) for t in evaluation.record.targets], lang)
    return Chart(
        "targets", title[lang], subtitle[lang], alt, source, pd.DataFrame(table, columns=heads), _bullets(rows, blocks, lang), lang
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
    def of(cls, t: TargetResult, lang: Lang) -> _TargetRow:
        low = t.operator == "<="
        share = t.completion_rate
        if low and t.actual is not None:
            share = t.target / t.actual if t.actual > 0 else Decimal(99 if t.target > t.actual else 1)
        goal, actual, pair = _held(t, lang)
        limit = words("上限 ", "limit ")[lang]
        rate = "—" if t.completion_rate is None else percent(t.completion_rate)
        said = words("未达标", "not met") if t.met is False else words("达标", "met") if t.met else words("没有实际值", "no actual")
        if low and t.met is not None:
            said = words("未超上限", "within limit") if t.met else words("超过上限", "over limit")
        tags = [words("越低越好", "lower is better")[lang]] if low else []
        tags += [words("须等于目标", "must equal the target")[lang]] if t.operator == "=" else []
        tags += [words("评价组认定", "judged by evaluators")[lang]] if t.judged else []
        if t.target == 0 and not low:
            tags.append(words("目标为零，完成率无定义", "target is zero: no rate")[lang])
        name = t.name[lang]
        short = shorten(name, 230, BODY)
        spoken = f"{short} {actual} ({limit}{goal})" if low else f"{short} {rate}"
        return cls(t, share, wrap(name, _name_width(lang)), spoken, rate, goal, actual, pair, said[lang], tags)


def _name_width(lang: Lang) -> float:
    return 138.0 if lang == "zh" else 156.0


def _held(t: TargetResult, lang: Lang) -> tuple[str, str, str]:
    """Target, actual, and the two together, in a unit that suits the reader."""
    unit = UNITS[t.unit]
    low = t.operator == "<="
    if unit.measures == "share" and t.unit != "百分点":
        goal = percent(round_half_up(convert(t.target, t.unit, SHARE), 6), None)
        actual = "—" if t.actual is None else percent(round_half_up(convert(t.actual, t.unit, SHARE), 4), None)
        tail = ""
    else:
        factor, name = Decimal(1), unit.name[lang]
        if lang == "en" and unit.measures != "share":
            factor, name = unit.factor, next(u.name.en for u in UNITS.values() if u.measures == unit.measures and u.factor == 1)
            most = max(abs(t.target), abs(t.actual or Decimal(0))) * factor
            if unit.measures == "money" and most >= 1000:
                by, name = (Decimal(10**6), "million yuan") if most >= 10**6 else (Decimal(1000), "thousand yuan")
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
    heads = words("完成率", "completion")[lang], words("实际 / 目标", "actual / target")[lang]
    held = min(max(text_width(t, SMALL) for t in [heads[1], *(r.pair for r in rows)]), 150)
    rates = min(max(text_width(t, BODY) for t in [heads[0], *(r.rate for r in rows)]), 80)
    left, pairs = _name_width(lang) + 10, WIDTH - held - 14
    right, end = pairs - rates - 6, float(_end(rows))
    sheet, y = Sheet(), 26.0

    def x(share: float) -> float:
        return left + share / end * (right - left)

    sheet.text(pairs, 8, heads[0], size=SMALL, color=MUTED, align="right")
    sheet.text(WIDTH, 8, heads[1], size=SMALL, color=MUTED, align="right")
    sheet.text(x(1), 8, words("目标 100%", "target 100%")[lang], size=SMALL, align="center")
    for head, members in blocks:
        sheet.text(0, y, shorten(head, _name_width(lang), BODY), bold=True)
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
    return [*lines, (shorten(said, _name_width(lang), BODY), MUTED)] if said else lines


# --- money ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Step:
    """A step of a bridge: from where to where, and how it is drawn."""

    name: Words
    start: Decimal
    end: Decimal
    kind: str  # plan, change, actual, loss
    text: str
    side: str = ""
    total: bool = False


def budget_bridge_chart(evaluation: Evaluation, lang: Lang) -> Chart:
    """Where the money came from and went: approved, adjustments by source, adjusted, spent by kind, carry-over."""
    facts = _Facts(evaluation)
    approved, adjusted = facts("approved_expenditure"), facts("adjusted_expenditure")
    outturn, closing = facts("outturn"), facts("closing_carryover")
    totals = [v for v in (approved, adjusted, outturn, closing) if v is not None]
    if not totals or (approved is None and adjusted is None):
        return _no_data("budget-bridge", words("没有预算数", "The budget figures are missing"), lang)
    factor, unit = _scale(totals, lang)
    steps: list[_Step] = []

    def total(name: Words, value: Decimal, kind: str) -> None:
        steps.append(_Step(name, Decimal(0), value, kind, plain(value / factor, 2), total=True))

    def change(name: Words, value: Decimal, kind: str = "change") -> None:
        level = steps[-1].end
        sign = words("减：", "less ") if value < 0 or kind == "actual" else words("加：", "plus ")
        steps.append(_Step(sign + name, level, level + value, kind, _signed(value / factor)))

    if approved is not None:
        total(words("年初批复预算", "Approved budget"), approved, "plan")
    if adjusted is not None:
        if approved is not None:
            for name, value in _adjustments(facts):
                change(name, value)
            if adjusted != steps[-1].end:
                change(words("其他调整", "other adjustments"), adjusted - steps[-1].end)
        total(words("调整后预算", "Adjusted budget"), adjusted, "plan")
        kinds = ((words("基本支出", "basic expenditure"), "outturn_basic"), (words("项目支出", "project expenditure"), "outturn_project"))
        parts = [(name, amount) for name, id in kinds if (amount := facts(id)) is not None]
        if outturn is not None and sum(value for _, value in parts) != outturn:
            parts = [(words("支出决算", "outturn"), outturn)]
        for name, spent in parts if outturn is not None else []:
            change(name, -spent, "actual")
        if closing is not None and outturn is not None and steps[-1].end != closing:
            change(words("其他差额", "other differences"), closing - steps[-1].end)
        if closing is not None:
            total(words("年末结转结余", "Closing carry-over"), closing, "plan")
    elif outturn is not None:
        total(words("支出决算", "Outturn"), outturn, "actual")
    title = (
        words("预算数不全，只画已知的各项", "Some budget figures are missing; what is known is drawn")
        if not approved or not adjusted
        else _raised(approved, adjusted)
    )
    if adjusted and outturn is not None:
        title = words(
            f"{title.zh}，支出占调整后预算的 {percent(outturn / adjusted)}", f"{title.en}; {percent(outturn / adjusted)} of it was spent"
        )
    subtitle = words("从年初批复预算到年末结转结余", "From the approved budget to the closing carry-over")
    subtitle += words(
        f"，单位：{unit}。空心为预算，浅色为调整，实心为支出。", f", in {unit}. Outlined: budget; light: adjustments; solid: spending."
    )
    heads = words("项目 金额（元） 累计（元）", "Step Amount_(yuan) Running_total_(yuan)")[lang].split()
    table = pd.DataFrame(
        [[s.name[lang], money(s.end - s.start), money(s.end)] for s in steps], columns=[h.replace("_", " ") for h in heads]
    )
    alt = _alt(f"{title[lang]}{words('。瀑布图，', '. Waterfall chart, in ')[lang]}{unit}{words('：', ': ')[lang]}",
               [f"{s.name[lang]} {s.text}" for s in steps], lang)  # fmt: skip
    figure = _bridge(steps, lang)
    return Chart("budget-bridge", title[lang], subtitle[lang], alt, _source(evaluation, facts.origins, lang), table, figure, lang)


def _raised(approved: Decimal, adjusted: Decimal) -> Words:
    rate = (adjusted - approved) / approved
    if rate == 0:
        return words("预算没有调整", "The budget was not adjusted")
    return words(f"预算{'调增' if rate > 0 else '调减'} {percent(abs(rate))}",
                 f"Adjustments {'raised' if rate > 0 else 'cut'} the budget by {percent(abs(rate))}")  # fmt: skip


class _Facts:
    """Looks facts up, and remembers where they came from."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._record = evaluation.record
        self.origins: list[Origin] = []

    def __call__(self, id: str) -> Decimal | None:
        found = find_fact(self._record, id, self._record.year)
        self.origins += found.origins if found else ()
        return found.value if found else None


def _adjustments(facts: _Facts) -> list[tuple[Words, Decimal]]:
    """What each source of income added to the approved budget; sources that changed nothing are left out."""
    names = {
        "general": words("一般公共预算调整", "general public budget"), "fund": words("政府性基金调整", "government funds"),
        "capital": words("国有资本经营预算调整", "state capital budget"), "other": words("其他收入调整", "other income"),
    }  # fmt: skip
    found = []
    for id, name in names.items():
        before, after = facts(f"approved_income_{id}"), facts(f"adjusted_income_{id}")
        if before is not None and after is not None and after != before:
            found.append((name, after - before))
    opening = facts("opening_carryover")
    return [*found, (words("年初结转结余", "opening carry-over"), opening)] if opening else found


def _names_width(names: Iterable[str], lang: Lang) -> float:
    """As wide as the longest name, within what a column of names may take."""
    return min(max(text_width(name, BODY) for name in names) + 6, _name_width(lang))


def _bridge(steps: Sequence[_Step], lang: Lang, low: float = 0, marks: Sequence[tuple[Decimal, str]] = ()) -> Figure:
    """A waterfall from top to bottom. `low` is where the axis begins; bars of totals are then broken. `marks` are lines to read by."""
    names = _names_width([s.name[lang] for s in steps], lang)
    side = max((text_width(s.side, SMALL) for s in steps), default=0)
    room = min(max(text_width(s.text, BODY) for s in steps) + 10, 150)
    levels = [float(v) for s in steps for v in (s.start, s.end)]
    low, high = low or min(0.0, *levels), max([*levels, *(float(m) for m, _ in marks), low + 1e-9])
    left, right = names + 8, WIDTH - room - (side + 12 if side else 0)
    sheet, y, step = Sheet(), 12.0 + (26 if marks else 0), 22.0

    def x(value: Decimal) -> float:
        return left + (max(float(value), low) - low) / (high - low or 1) * (right - left)

    bottom = y + step * len(steps) - 10
    for value, name in marks:
        sheet.lines(x(value), 12, [(shorten(name, 52, SMALL), MUTED), (f"≥ {plain(value)}", MUTED)], size=SMALL, align="center")
    sheet.line(x(Decimal(0)), y - 10, x(Decimal(0)), bottom, color=FAINT if low > 0 else MUTED)
    styles = {"plan": (None, INK), "change": (FAINT, MUTED), "actual": (ACCENT, None), "loss": (BAD, None), "total": (ACCENT, None)}
    for place, s in enumerate(steps):
        fill, edge = styles[s.kind]
        a, b = sorted((x(s.start), x(s.end)))
        for value, _ in marks:  # not through the text beside the bar
            if not b + 1 < x(value) < b + 10 + text_width(s.text, BODY):
                sheet.line(x(value), y - step / 2, x(value), min(y + step / 2, bottom), color=QUIET, dashed=True)
        sheet.lines(0, y, [(line, INK) for line in wrap(s.name[lang], names)], step=10.5, bold=s.total)
        sheet.bar(
            a, max(b, a + 0.8), y, 12, fill=fill, edge=edge, cut=a + min(14, (b - a) / 2) if s.total and low > 0 and b - a > 14 else None
        )
        color = BAD if s.kind == "loss" else INK
        sheet.text(max(a, b) + 5, y, s.text, color=color, bold=s.total)
        if s.side:
            sheet.text(WIDTH, y, s.side, size=SMALL, color=MUTED, align="right")
        follows = steps[place + 1] if place + 1 < len(steps) else s
        if follows is not s and s.end in (follows.start, follows.end):
            sheet.line(x(s.end), y + 6, x(s.end), y + step - 6, color=QUIET)
        y += step
    return sheet.finish(y - 8)


@dataclass(frozen=True)
class _Pair:
    """An actual beside what it is held against."""

    section: Words
    name: Words
    before: Decimal
    before_name: Words
    now: Decimal
    now_name: Words
    last_year: bool = False
    planned: bool = False

    @property
    def rate(self) -> Decimal | None:
        return (self.now - self.before) / self.before if self.before else None


def _pairs(evaluation: Evaluation, facts: _Facts) -> list[_Pair]:
    """Spending against the approved budget by kind, the controlled expenses, and what changed on last year; only what is known."""
    plan, spent = words("批复", "approved"), words("决算", "outturn")
    first, second = words("决算与年初批复预算", "Outturn against the approved budget"), words("决算与预算", "Outturn against budget")
    wanted = (
        (first, words("基本支出", "Basic expenditure"), "approved_basic", plan, "outturn_basic"),
        (first, words("项目支出", "Project expenditure"), "approved_project", plan, "outturn_project"),
        (first, words("支出合计", "All expenditure"), "approved_expenditure", plan, "outturn"),
        (second, words("公用经费", "Operating expense"), "operating_expense_budget", words("预算", "budget"), "operating_expense_outturn"),
        (second, words("“三公”经费", "Three public expenses"), "three_public_budget", words("预算", "budget"), "three_public_outturn"),
    )
    found = []
    for section, name, before_id, before_name, now_id in wanted:
        before, now = facts(before_id), facts(now_id)
        if before is not None and now is not None:
            found.append(_Pair(section, name, before, before_name, now, spent))
    names = {"project_expenditure_change_rate": words("项目支出", "Project expenditure"),
             "three_public_change_rate": words("“三公”经费", "Three public expenses"),
             "carryover_change_rate": words("结转结余", "Carry-over")}  # fmt: skip
    for metric in evaluation.metrics:
        if metric.id in names and len(metric.inputs) == 2 and all(i.value is not None for i in metric.inputs):
            now_input, before_input = metric.inputs
            facts.origins += [*now_input.origins, *before_input.origins]
            section, before, now = words("与上年相比", "Against last year"), before_input.value or Decimal(0), now_input.value or Decimal(0)
            planned = "budget" in now_input.fact
            found.append(_Pair(section, names[metric.id], before, _dated(before_input), now, _dated(now_input), True, planned))
    return found


def _dated(value: InputValue) -> Words:
    if "carryover" in value.fact:
        return words("年初", "opening") if "opening" in value.fact else words("年末", "closing")
    kind = words("决算", "outturn") if "outturn" in value.fact else words("预算", "budget")
    return words(f"{value.year}年{kind.zh}", f"{value.year} {kind.en}")


def budget_variance_chart(evaluation: Evaluation, lang: Lang) -> Chart:
    """Amounts side by side, and the difference as a signed bar from zero: by kind, controlled expenses, against last year."""
    facts = _Facts(evaluation)
    pairs = _pairs(evaluation, facts)
    if not pairs:
        return _no_data("budget-variance", words("没有可比较的预算数和决算数", "There are no budget and outturn figures to compare"), lang)
    factor, unit = _scale([v for p in pairs for v in (p.before, p.now)], lang, smallest=True)
    whole = next((p for p in pairs if p.name.zh == "支出合计"), None)
    above = sum(p.now > p.before for p in pairs)
    title = words(f"{len(pairs)} 项比较中 {above} 项高于预算或上年", f"{above} of {len(pairs)} amounts are above budget or last year")
    if whole and whole.rate is not None:
        kinds = [(p, _versus(p.rate)) for p in pairs if p.section == whole.section and p is not whole and p.rate is not None]
        title = words("支出决算比年初批复预算" + _versus(whole.rate).zh, f"Outturn {_versus(whole.rate).en} the approved budget")
        if kinds:
            title += words(
                "：" + "，".join(p.name.zh + v.zh for p, v in kinds), ": " + ", ".join(f"{p.name.en.lower()} {v.en}" for p, v in kinds)
            )
    subtitle = words(f"单位：{unit}。空心为预算，浅色为上年或年初，实心为决算；右侧为差额占预算或上年的百分比，"
                     "高为橙、低为蓝。横条在每一组内可比。",
                     f"In {unit}. Outlined: budget; light: last year; solid: outturn. Right: the difference in percent, above in orange, "
                     "below in blue. Bars compare within each group.")  # fmt: skip
    table = [[p.section[lang], p.name[lang], f"{p.before_name[lang]} {money(p.before)}", f"{p.now_name[lang]} {money(p.now)}",
              _signed(p.now - p.before), _rate(p, lang)] for p in pairs]  # fmt: skip
    heads = words(
        "比较 项目 参照（元） 实际（元） 差额（元） 百分比", "Comparison Item Reference_(yuan) Actual_(yuan) Difference_(yuan) Percent"
    )
    frame = pd.DataFrame(table, columns=[h.replace("_", " ") for h in heads[lang].split()])
    said = [
        f"{p.section[lang]} {p.name[lang]} {plain(p.before / factor, 2)} → {plain(p.now / factor, 2)} ({_rate(p, lang)})" for p in pairs
    ]
    alt = _alt(f"{title[lang]}{words('。差异图，', '. Variance chart, in ')[lang]}{unit}{words('：', ': ')[lang]}", said, lang)
    source = _source(evaluation, facts.origins, lang)
    return Chart("budget-variance", title[lang], subtitle[lang], alt, source, frame, _variances(pairs, factor, lang), lang)


def _versus(rate: Decimal) -> Words:
    if rate == 0:
        return words("持平", "equal to")
    side = words("高", "above") if rate > 0 else words("低", "below")
    return words(f"{side.zh} {percent(abs(rate))}", f"{percent(abs(rate))} {side.en}")


def _rate(pair: _Pair, lang: Lang) -> str:
    if pair.rate is None:
        return words("基数为零，无定义", "base is zero: not defined")[lang]
    return ("+" if pair.rate > 0 else "") + percent(pair.rate)


def _variances(pairs: Sequence[_Pair], factor: Decimal, lang: Lang) -> Figure:
    names = 84.0 if lang == "zh" else 104.0
    labels = max(
        text_width(f"{n[lang]} {plain(v / factor, 2)}", SMALL) for p in pairs for n, v in ((p.before_name, p.before), (p.now_name, p.now))
    )
    rates = [float(p.rate) for p in pairs if p.rate is not None]
    high, low = max([0.1, *(r for r in rates if r <= 1)]), min([0.0, *(r for r in rates if r >= -1)])
    high = max(high, 1.0) if any(r > 1 for r in rates) else high
    bars, amounts = names + 8, max(text_width(_signed((p.now - p.before) / factor), SMALL) for p in pairs)
    pins = WIDTH - 195
    longest = max(pins - amounts - 16 - labels - bars, 30)
    said = {sign: max([text_width(_rate(p, lang), BODY) + 8 for p in pairs if p.rate is not None and (p.rate < 0) == sign], default=4.0)
            for sign in (True, False)}  # fmt: skip
    unit = (WIDTH - said[False] - pins - said[True]) / (high - low)
    zero = pins + said[True] - low * unit
    sheet, y = Sheet(), 8.0
    sheet.text(pins - 4, y, words("差额", "difference")[lang], size=SMALL, color=MUTED, align="right")
    sheet.text(zero, y, "0%", size=SMALL, color=MUTED, align="center")
    for section, found in groupby(pairs, key=lambda p: p.section):
        members = list(found)
        most = max([abs(v) for p in members for v in (p.before, p.now)]) or Decimal(1)
        sheet.text(0, y, section[lang], bold=True)
        sheet.line(0, y + 10, WIDTH, y + 10)
        top, y = y + 12, y + 27
        for p in members:
            sheet.lines(0, y, [(line, INK) for line in wrap(p.name[lang], names)])
            for value, name, shift, fill, edge in (
                (p.before, p.before_name, -6.0, LAST_YEAR if p.last_year else None, None if p.last_year else INK),
                (p.now, p.now_name, 6.0, None if p.planned else ACCENT, INK if p.planned else None),
            ):
                end = bars + max(float(abs(value) / most) * longest, 0.8)
                sheet.bar(bars, end, y + shift, 8, fill=fill, edge=edge)
                sheet.text(end + 4, y + shift, f"{name[lang]} {plain(value / factor, 2)}", size=SMALL, color=INK if shift > 0 else MUTED)
            sheet.text(pins - 4, y, _signed((p.now - p.before) / factor), size=SMALL, color=MUTED, align="right")
            rate = p.rate
            if rate is None:
                sheet.text(zero + 5, y, words("基数为零", "base is zero")[lang], size=SMALL, color=MUTED)
            else:
                over = not low <= float(rate) <= high
                end = zero + min(max(float(rate), low), high) * unit
                color = BAD if rate > 0 else GOOD
                if rate:
                    sheet.bar(zero, end, y, 9, fill=color, cut=None if not over else end - 9 if rate > 0 else end + 9)
                sheet.text(
                    end + (-5 if rate < 0 else 5), y, _rate(p, lang), color=color if rate else INK, align="right" if rate < 0 else "left"
                )
            y += 32
        sheet.line(zero, top, zero, y - 18, color=INK, width=1.1)
        y += 2
    return sheet.finish(y - 14)


# --- points -----------------------------------------------------------------------------------------------------------


def points_bridge_chart(evaluation: Evaluation, lang: Lang) -> Chart:
    """From full points to the total: what each group lost, the largest first, with the limits of the grades."""
    e, places = evaluation, evaluation.framework.rounding.scores
    start = e.framework.points
    lost = sorted((g for g in e.groups if g.points > g.score), key=lambda g: g.score - g.points)
    others = [g for g in e.groups if g not in lost and g.points]
    steps = [_Step(words("满分", "Full points"), Decimal(0), start, "plan", plain(start, places), total=True)]
    for g in lost:
        level = steps[-1].end
        steps.append(
            _Step(g.name, level, level - (g.points - g.score), "loss", _signed(g.score - g.points, places), _of(g.score, g.points, places))
        )
    if e.total != steps[-1].end:
        steps.append(
            _Step(
                words("折算等其他差额", "Rescaling and other"), steps[-1].end, e.total, "change", _signed(e.total - steps[-1].end, places)
            )
        )
    steps.append(_Step(words("总分", "Total"), Decimal(0), e.total, "total", f"{plain(e.total, places)} {e.grade[lang]}", total=True))
    title = words(f"总分 {plain(e.total, places)}，等级为{e.grade.zh}", f"{plain(e.total, places)} points, grade: {e.grade.en}")
    if lost:
        worst = _brief(lost[0])
        title += words(f"；{worst.zh}失分最多（{steps[1].text}）", f"; {worst.en} lost most ({steps[1].text})")
    else:
        title += words("，没有失分", ", nothing lost")
    limits = sorted((g.at_least, g.words[lang]) for g in e.framework.grades if g.at_least > 0)
    floor = min([min(s.end for s in steps), *(at for at, _ in limits)])
    low = max(float(floor) - float(start) * 0.05, 0.0)
    low = low // 5 * 5 if low > float(start) * 0.2 else 0.0
    subtitle = words("从满分起逐个二级指标减去失分，右侧为得分 / 分值；虚线为等级界限。",
                     "From full points, less what each group lost; right: score / points. Dashed lines: limits of the grades.")  # fmt: skip
    if low:
        subtitle += words(f"横轴从 {low:g} 分起。", f" The axis begins at {low:g}.")
    if others:
        kept = words("、", ", ")[lang].join(_brief(g)[lang] for g in others)
        subtitle += words(f"未失分的 {len(others)} 个：{kept}。", f" {len(others)} groups lost nothing: {kept}.")
    table = [
        [g.name[lang], plain(g.points), plain(g.score, places), _signed(g.score - g.points, places), _percent(g.rate)]
        for g in (*lost, *others)
    ]
    table.append(
        [
            steps[-1].name[lang],
            plain(start),
            plain(e.total, places),
            _signed(e.total - start, places),
            _percent(e.total / start if start else None),
        ]
    )
    heads = words("二级指标 分值 得分 失分 得分率", "Group Points Score Lost Score_rate")[lang].split()
    said = [f"{shorten(s.name[lang], 220, BODY)} {s.text}" + (f" ({s.side})" if s.side else "") for s in steps]
    full = [f"{_brief(g)[lang]} {_of(g.score, g.points, places)}" for g in others]
    full[:1] = [words("未失分：", "nothing lost: ")[lang] + text for text in full[:1]]
    alt = _alt(title[lang] + words("。瀑布图：", ". Waterfall chart: ")[lang], [*said, *full], lang)
    frame = pd.DataFrame(table, columns=[h.replace("_", " ") for h in heads])
    return Chart("points-bridge", title[lang], subtitle[lang], alt, _basis(e, lang, 2), frame, _bridge(steps, lang, low, limits), lang)


def points_chart(evaluation: Evaluation, lang: Lang) -> Chart:
    """Every indicator with the points it kept and lost; what was lost stands out, what is full stays quiet."""
    e, places = evaluation, evaluation.framework.rounding.scores
    if not e.indicators:
        return _no_data("points", words("没有指标", "There are no indicators"), lang)
    losing = sorted((i for i in e.indicators if i.lost > 0), key=lambda i: -i.lost)
    lost = plain(sum((i.lost for i in losing), Decimal(0)), places)
    title = words(f"{len(e.indicators)} 项指标中 {len(losing)} 项失分，共失 {lost} 分",
                  f"{len(losing)} of {len(e.indicators)} indicators lost points, {lost} in all")  # fmt: skip
    subtitle = words("每项指标的分值：灰色为得分，橙色为失分；右侧为失分和得分 / 分值，单位：分。",
                     "Points of each indicator: grey kept, orange lost. Right: points lost, and score / points.")  # fmt: skip
    groups = {g.id: g.name[lang] for g in e.groups}
    dimensions = {d.id: d for d in e.dimensions}
    heads = words("一级指标 二级指标 三级指标 分值 得分 失分 状态", "Dimension Group Indicator Points Score Lost Status")[lang].split()
    table = [[dimensions[i.dimension].name[lang], groups[i.group], i.name[lang], plain(i.points),
              "—" if i.score is None else plain(i.score, places), _signed(-i.lost, places), _status(i, lang)]
             for i in e.indicators]  # fmt: skip
    full = [i for i in e.indicators if i.lost <= 0 and i.status == "scored"]
    rest = [i for i in e.indicators if i.lost <= 0 and i.status != "scored"]
    said = [f"{shorten(i.name[lang], 230, BODY)} {_of(i.score, i.points, places)}" for i in losing]
    said += [f"{shorten(i.name[lang], 230, BODY)} {_status(i, lang)}" for i in rest]
    alt = title[lang] + words("。失分的：", ". Lost points: ")[lang]
    alt = _alt(alt, [*said, *(f"{shorten(i.name[lang], 230, BODY)} {_of(i.score, i.points, places)}" for i in full)], lang)
    return Chart("points", title[lang], subtitle[lang], alt, _basis(e, lang), pd.DataFrame(table, columns=heads), _points(e, lang), lang)


def _points(e: Evaluation, lang: Lang) -> Figure:
    places = e.framework.rounding.scores
    homes, names = (58.0, 150.0) if lang == "zh" else (92.0, 172.0)
    texts = {i.id: _of(i.score, i.points, places) if i.status == "scored" else _status(i, lang) for i in e.indicators}
    scores = max(text_width(t, SMALL) for t in texts.values())
    losses = max(text_width(_signed(-i.lost, places), SMALL) for i in e.indicators) + 4
    left, right = homes + names, WIDTH - scores - losses - 16
    scale = (right - left) / float(max(i.points for i in e.indicators))
    sheet, y = Sheet(), 10.0
    for dimension, found in groupby(e.indicators, key=lambda i: i.dimension):
        section = next(d for d in e.dimensions if d.id == dimension)
        sheet.text(0, y, shorten(section.name[lang], left, BODY), bold=True)
        sheet.text(WIDTH, y, f"{_of(section.score, section.points, places)}", bold=True, align="right")
        sheet.line(0, y + 9, WIDTH, y + 9, color=MUTED)
        y += 19
        for group, some in groupby(found, key=lambda i: i.group):
            members = list(some)
            home = wrap(next(g.name[lang] for g in e.groups if g.id == group), homes - 4, SMALL)
            for place, i in enumerate(members):
                lines = wrap(i.name[lang], names - 8, SMALL)
                tall = len(lines) > 1 or (len(members) == 1 and len(home) > 1)
                y += 5 if tall else 0
                if place == 0:
                    sheet.lines(
                        0,
                        y if len(members) == 1 else y + (len(home) - len(lines)) * 5.25,
                        [(t, MUTED) for t in home],
                        size=SMALL,
                        step=10.5,
                    )
                score = min(max(i.score if i.score is not None else Decimal(0), Decimal(0)), i.points)
                loses, quiet = i.lost > 0, i.status != "not_applicable"
                sheet.lines(homes, y, [(t, INK if loses else MUTED) for t in lines], size=SMALL, step=10.5)
                kept, end = left + float(score) * scale, left + float(i.points) * scale
                if not quiet:
                    sheet.bar(left, end, y, 8, edge=QUIET)
                elif score:
                    sheet.bar(left, kept, y, 8, fill=QUIET)
                if loses:
                    sheet.bar(kept, end, y, 8, fill=BAD)
                    sheet.text(WIDTH - scores - 8, y, _signed(-i.lost, places), size=SMALL, color=BAD, align="right", bold=True)
                sheet.text(WIDTH, y, texts[i.id], size=SMALL, color=INK if loses else MUTED, align="right")
                y += 13.5 + (5 if tall else 0)
            y += 3
        y += 7
    return sheet.finish(y - 10)


def dimension_chart(evaluation: Evaluation, lang: Lang) -> Chart:
    """The score rate of each dimension and of the whole, the self-evaluation as a mark beside the total."""
    e, places = evaluation, evaluation.framework.rounding.scores
    rated = sorted((d for d in e.dimensions if d.rate is not None), key=lambda d: d.rate or Decimal(0))
    title = words(f"总分 {plain(e.total, places)}，等级为{e.grade.zh}", f"{plain(e.total, places)} points, grade: {e.grade.en}")
    if len(rated) > 1:
        least, most = rated[0], rated[-1]
        low, high = _percent(least.rate), _percent(most.rate)
        title = words(f"{_brief(least).zh}得分率最低（{low}），{_brief(most).zh}最高（{high}）",
                      f"{_brief(least).en} has the lowest score rate ({low}), {_brief(most).en.lower()} the highest ({high})")  # fmt: skip
    subtitle = words("实心为得分占分值的份额，空心框为满分。", "Solid: score as a share of the points; outlined: full points.")
    rows = [(d.name, d.rate, _of(d.score, d.points, places)) for d in e.dimensions]
    whole = e.total / e.framework.points if e.framework.points else None
    rows.append((words(f"总分（{e.grade.zh}）", f"Total ({e.grade.en})"), whole, _of(e.total, e.framework.points, places)))
    own = e.self_total
    if own is not None:
        grade = e.self_grade
        graded = next((g.words for g in e.framework.grades if grade in (g.name, g.name_en)), words(grade))
        name = words("自评", "Self-evaluation") + (words(f"（{graded.zh}）", f" ({graded.en})") if graded else words(""))
        rows.append((name, own / e.framework.points if e.framework.points else None, _of(own, e.framework.points, places)))
        subtitle += words("菱形为自评分。", " The diamond is the self-evaluation.")
    heads = words("一级指标 得分率 得分_/_分值", "Dimension Score_rate Score_/_points")[lang].split()
    frame = pd.DataFrame([[n[lang], _percent(r), t] for n, r, t in rows], columns=[h.replace("_", " ") for h in heads])
    alt = _alt(
        title[lang] + words("。条形图，得分率：", ". Bar chart, score rates: ")[lang],
        [f"{shorten(n[lang], 220, BODY)} {_percent(r)} ({t})" for n, r, t in rows],
        lang,
    )
    figure = _dimensions(rows, len(e.dimensions), lang)
    return Chart("dimensions", title[lang], subtitle[lang], alt, _basis(e, lang, 1), frame, figure, lang)


def _dimensions(rows: Sequence[tuple[Words, Decimal | None, str]], dimensions: int, lang: Lang) -> Figure:
    names = _names_width([name[lang] for name, _, _ in rows], lang)
    texts, rates = max(text_width(t, SMALL) for _, _, t in rows), 50.0
    left, right = names + 8, WIDTH - texts - rates - 18
    sheet, y = Sheet(), 11.0
    for place, (name, rate, text) in enumerate(rows):
        if place == dimensions:
            sheet.line(0, y - 10, WIDTH, y - 10)
            y += 4
        at = left + min(max(float(rate or 0), 0), 1) * (right - left)
        sheet.lines(0, y, [(line, INK) for line in wrap(name[lang], names)], step=10.5, bold=place == dimensions)
        if place <= dimensions:
            sheet.bar(left, right, y, 12, edge=MUTED)
            if rate:
                sheet.bar(left, at, y, 12, fill=ACCENT)
        elif rate is not None:
            sheet.line(left, y, right, y)
            sheet.shape([(at - 5, y), (at, y - 5), (at + 5, y), (at, y + 5)], fill=FAINT, edge=INK)
        sheet.text(WIDTH - texts - 12, y, _percent(rate), align="right", bold=place == dimensions)
        sheet.text(WIDTH, y, text, size=SMALL, color=MUTED, align="right")
        y += 22
    return sheet.finish(y - 9)


# --- words ------------------------------------------------------------------------------------------------------------


def _brief(section: SectionResult) -> Words:
    """A name as a title or an alternative text can carry it; the table has it in full."""
    name = section.name
    return words(shorten(name.zh, 220, BODY), shorten(name.en, 220, BODY))


def _of(score: Decimal | None, points: Decimal, places: int) -> str:
    return f"{'—' if score is None else plain(score, places)} / {plain(points)}"


def _percent(rate: Decimal | None) -> str:
    return "—" if rate is None else percent(rate)


def _signed(value: Decimal, places: int = 2) -> str:
    return ("+" if value > 0 else "") + plain(value, places)


def _status(i: IndicatorResult, lang: Lang) -> str:
    return {"scored": words("已评分", "scored"), "missing": words("缺数据", "missing"),
            "not_applicable": words("不适用", "not applicable")}[i.status][lang]  # fmt: skip


def _scale(values: Iterable[Decimal], lang: Lang, smallest: bool = False) -> tuple[Decimal, str]:
    """The unit in which amounts in yuan read best: its factor and its name."""
    sizes = sorted(abs(v) for v in values if v) or [Decimal(0)]
    if lang == "zh":
        return (Decimal(10**8), "亿元") if sizes[0] >= 10**8 else (Decimal(10**4), "万元")
    least = sizes[0] if smallest else sizes[-1]
    return (Decimal(1000), "thousand yuan") if least < 10**6 else (Decimal(10**6), "million yuan")


def _alt(lead: str, said: Sequence[str], lang: Lang) -> str:
    """A lead and as many of the values as a listener bears; the table has them all."""
    gap, end = words("；", "; ")[lang], words("。", ".")[lang]
    text = lead
    for place, part in enumerate(said):
        if len(text) + len(part) > _ALT:
            left = len(said) - place
            return text + gap + words(f"其余 {left} 项见表", f"{left} more in the table")[lang] + end
        text += (gap if place else "") + part
    return text + end


def _source(evaluation: Evaluation, origins: Sequence[Origin], lang: Lang) -> str:
    """The documents that numbers come from, with their sections (down to the second level)."""
    said = []
    for id in dict.fromkeys(o.source for o in origins):
        document = evaluation.record.find_source(id)
        title = document.words[lang] if document else id
        found = [re.match(r"[一二三四五六七八九十]+\([一二三四五六七八九十]+\)", o.section) for o in origins if o.source == id]
        full = [o.section for o in origins if o.source == id]
        sections = sorted(
            {m[0] if m else s for m, s in zip(found, full, strict=True)}, key=lambda s: ["一二三四五六七八九十".find(c) for c in s]
        )
        said.append(words(f"《{title}》{'、'.join(sections)}", f"{title}, sections {', '.join(sections)}")[lang])
    return words("来源：", "Source: ")[lang] + words("；", "; ")[lang].join(said) if said else ""


def _basis(evaluation: Evaluation, lang: Lang, depth: int = 3) -> str:
    """Which framework the points come from, and which of them were published, which reconstructed."""
    names = {"published": words("公布", "published"), "reconstructed": words("重建", "reconstructed"), "own": words("自定", "our own")}
    levels = ((words("一级指标", "dimensions"), {d.basis for d in evaluation.dimensions}),
              (words("二级指标", "groups"), {g.basis for g in evaluation.groups}),
              (words("三级指标", "indicators"), {i.basis for i in evaluation.indicators}))[:depth]  # fmt: skip
    gap, space = words("、", " and ")[lang], words("", " ")[lang]
    said = [level[lang] + space + gap.join(names[b][lang] for b in sorted(found)) for level, found in levels]
    framework = evaluation.framework.words[lang]
    text = words(
        f"来源：按《{framework}》计算。分值依据：{'，'.join(said)}。",
        f"Source: computed by “{framework}”. Basis of points: {', '.join(said)}.",
    )
    if any("reconstructed" in found for _, found in levels):
        text += words(
            "重建的分值由公布数推算，不是公布的数字。",
            " Reconstructed points are inferred from the published ones; they were not published.",
        )
    return text[lang]


def _no_data(id: str, message: Words, lang: Lang) -> Chart:
    """A chart that says in words that there is nothing to draw."""
    sheet = Sheet()
    sheet.line(0, 6, WIDTH, 6)
    sheet.text(0, 24, message[lang] + words("，图无法绘制。", ": nothing can be drawn.")[lang], color=MUTED)
    sheet.line(0, 42, WIDTH, 42)
    empty = pd.DataFrame({words("说明", "Note")[lang]: [message[lang]]})
    return Chart(id, message[lang], "", message[lang] + words("。", ".")[lang], "", empty, sheet.finish(48), lang)
