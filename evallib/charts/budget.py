"""The charts of money: the bridge from the approved budget to the carry-over, and variances line by line. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from matplotlib.figure import Figure

from evallib.charts.drawing import ACCENT, BAD, BODY, GOOD, INK, LAST_YEAR, MUTED, SMALL, WIDTH, Chart, Sheet, text_width, wrap
from evallib.charts.parts import Step, alt_text, bridge, money_scale, no_data, signed, source_line, table_of
from evallib.core.evaluation import Evaluation, InputValue, Origin
from evallib.core.measure import find_fact
from evallib.core.units import money, percent, plain
from evallib.core.words import Lang, Words, words


def budget_bridge_chart(evaluation: Evaluation, lang: Lang) -> Chart:
    """Where the money came from and went: approved, adjustments by source, adjusted, spent by kind, carry-over."""
    facts = _Facts(evaluation)
    approved, adjusted = facts("approved_expenditure"), facts("adjusted_expenditure")
    outturn, closing = facts("outturn"), facts("closing_carryover")
    totals = [v for v in (approved, adjusted, outturn, closing) if v is not None]
    if not totals or (approved is None and adjusted is None):
        return no_data("budget_bridge", words("没有预算数", "The budget figures are missing"), lang)
    factor, unit = money_scale(totals, lang)
    steps: list[Step] = []

    def total(name: Words, value: Decimal, kind: str) -> None:
        steps.append(Step(name, Decimal(0), value, kind, plain(value / factor, 2), total=True))

    def change(name: Words, value: Decimal, kind: str = "change") -> None:
        level = steps[-1].end
        sign = words("减：", "less ") if value < 0 or kind == "actual" else words("加：", "plus ")
        steps.append(Step(sign + name, level, level + value, kind, signed(value / factor)))

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
    table = table_of([[s.name[lang], money(s.end - s.start), money(s.end)] for s in steps], [h.replace("_", " ") for h in heads])
    alt = alt_text(
        f"{title[lang]}{words('。瀑布图，', '. Waterfall chart, in ')[lang]}{unit}{words('：', ': ')[lang]}",
        [f"{s.name[lang]} {s.text}" for s in steps],
        lang,
    )
    figure = bridge(steps, lang)
    return Chart("budget_bridge", title[lang], subtitle[lang], alt, source_line(evaluation, facts.origins, lang), table, figure, lang)


def _raised(approved: Decimal, adjusted: Decimal) -> Words:
    rate = (adjusted - approved) / approved
    if rate == 0:
        return words("预算没有调整", "The budget was not adjusted")
    return words(
        f"预算{'调增' if rate > 0 else '调减'} {percent(abs(rate))}",
        f"Adjustments {'raised' if rate > 0 else 'cut'} the budget by {percent(abs(rate))}",
    )


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
        "general": words("一般公共预算调整", "general public budget"),
        "fund": words("政府性基金调整", "government funds"),
        "capital": words("国有资本经营预算调整", "state capital budget"),
        "other": words("其他收入调整", "other income"),
    }
    found = []
    for id, name in names.items():
        before, after = facts(f"approved_income_{id}"), facts(f"adjusted_income_{id}")
        if before is not None and after is not None and after != before:
            found.append((name, after - before))
    opening = facts("opening_carryover")
    return [*found, (words("年初结转结余", "opening carry-over"), opening)] if opening else found


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
    names = {
        "project_expenditure_change_rate": words("项目支出", "Project expenditure"),
        "three_public_change_rate": words("“三公”经费", "Three public expenses"),
        "carryover_change_rate": words("结转结余", "Carry-over"),
    }
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
        return no_data("budget_variance", words("没有可比较的预算数和决算数", "There are no budget and outturn figures to compare"), lang)
    factor, unit = money_scale([v for p in pairs for v in (p.before, p.now)], lang, smallest=True)
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
    subtitle = words(
        f"单位：{unit}。空心为预算，浅色为上年或年初，实心为决算；右侧为差额占预算或上年的百分比，高为橙、低为蓝。横条在每一组内可比。",
        f"In {unit}. Outlined: budget; light: last year; solid: outturn. Right: the difference in percent, above in orange, "
        "below in blue. Bars compare within each group.",
    )
    table = [
        [
            p.section[lang],
            p.name[lang],
            f"{p.before_name[lang]} {money(p.before)}",
            f"{p.now_name[lang]} {money(p.now)}",
            signed(p.now - p.before),
            _rate(p, lang),
        ]
        for p in pairs
    ]
    heads = words(
        "比较 项目 参照（元） 实际（元） 差额（元） 百分比", "Comparison Item Reference_(yuan) Actual_(yuan) Difference_(yuan) Percent"
    )
    frame = table_of(table, [h.replace("_", " ") for h in heads[lang].split()])
    said = [
        f"{p.section[lang]} {p.name[lang]} {plain(p.before / factor, 2)} → {plain(p.now / factor, 2)} ({_rate(p, lang)})" for p in pairs
    ]
    alt = alt_text(f"{title[lang]}{words('。差异图，', '. Variance chart, in ')[lang]}{unit}{words('：', ': ')[lang]}", said, lang)
    source = source_line(evaluation, facts.origins, lang)
    return Chart("budget_variance", title[lang], subtitle[lang], alt, source, frame, _variances(pairs, factor, lang), lang)


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
    bars, amounts = names + 8, max(text_width(signed((p.now - p.before) / factor), SMALL) for p in pairs)
    pins = WIDTH - 195
    longest = max(pins - amounts - 16 - labels - bars, 30)
    said = {
        sign: max([text_width(_rate(p, lang), BODY) + 8 for p in pairs if p.rate is not None and (p.rate < 0) == sign], default=4.0)
        for sign in (True, False)
    }
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
            sheet.text(pins - 4, y, signed((p.now - p.before) / factor), size=SMALL, color=MUTED, align="right")
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
