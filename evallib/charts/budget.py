"""The charts of money: the bridge from the approved budget to the carry-over, and variances line by line. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from matplotlib.figure import Figure

from evallib.charts.drawing import ACCENT, BAD, BODY, GOOD, INK, LAST_YEAR, MUTED, SMALL, WIDTH, Chart, Sheet, shorten, text_width, wrap
from evallib.charts.parts import Step, bridge, composed, money_scale, no_data, signed, source_line
from evallib.model.catalogue import Line
from evallib.model.evaluation import Evaluation
from evallib.model.facts import InputValue, Origin
from evallib.model.words import Lang, Words, joined, words
from evallib.say.numbers import money, percent, plain


def budget_bridge_chart(evaluation: Evaluation, lang: Lang) -> Chart:
    """Where the money came from and went: approved, adjustments by source, adjusted, spent by kind, carry-over."""
    amounts = _Amounts(evaluation)
    approved, adjusted, spent, closing = (
        amounts.of(role) for role in ("budget approved", "budget adjusted", "budget spent", "carried out")
    )
    totals = [v for v in (approved, adjusted, spent, closing) if v is not None]
    if not any(totals) or (approved is None and adjusted is None):
        return no_data("budget_bridge", words("没有预算数", "The budget figures are missing"), lang)
    factor, unit = money_scale(totals, amounts.money, lang)
    steps: list[Step] = []

    def total(name: Words, value: Decimal, kind: str) -> None:
        steps.append(Step(name, Decimal(0), value, kind, plain(value / factor, 2), total=True))

    def change(name: Words, value: Decimal, kind: str = "change") -> None:
        level = steps[-1].end
        sign = words("减：", "less ") if value < 0 or kind == "actual" else words("加：", "plus ")
        steps.append(Step(sign + words(name.zh, name.en.lower()), level, level + value, kind, signed(value / factor)))

    if approved is not None:
        total(words("年初批复预算", "Approved budget"), approved, "plan")
    if adjusted is not None:
        if approved is not None:
            for name, value in _adjustments(amounts):
                change(name, value)
            if adjusted != steps[-1].end:
                change(words("其他调整", "other adjustments"), adjusted - steps[-1].end)
        total(words("调整后预算", "Adjusted budget"), adjusted, "plan")
        parts = [(line.name, amount) for line in amounts.lines("spending") if (amount := amounts.cell(line, "spent")) is not None]
        if spent is not None and sum(value for _, value in parts) != spent:
            parts = [(words("支出决算", "Outturn"), spent)]
        for name, value in parts if spent is not None else []:
            change(name, -value, "actual")
        if closing is not None and spent is not None and steps[-1].end != closing:
            change(words("其他差额", "other differences"), closing - steps[-1].end)
        if closing is not None:
            total(words("年末结转结余", "Closing carry-over"), closing, "plan")
    elif spent is not None:
        total(words("支出决算", "Outturn"), spent, "actual")
    title = words("预算数不全，只画已知的各项", "Some budget figures are missing; what is known is drawn")
    if adjusted:
        shares = [_raised(approved, adjusted)] if approved else []
        if spent is not None:
            share = percent(spent / adjusted)
            shares.append(words(f"支出占调整后预算的 {share}", f"{share} of {'it' if approved else 'the adjusted budget'} was spent"))
        title = joined(shares, "，", "; ") or title
    since = words("调整后预算", "the adjusted budget") if approved is None else words("年初批复预算", "the approved budget")
    until = words("支出", "what was spent") if closing is None else words("年末结转结余", "the closing carry-over")
    subtitle = words(
        f"从{since.zh}到{until.zh}，单位：{unit}。空心为预算，浅色为调整，实心为支出。",
        f"From {since.en} to {until.en}, in {unit}. Outlined: budget; light: adjustments; solid: spending.",
    )
    return composed(
        "budget_bridge",
        title,
        subtitle,
        words(f"。瀑布图，{unit}：", f". Waterfall chart, in {unit}: "),
        [f"{s.name[lang]} {s.text}" for s in steps],
        source_line(evaluation, amounts.origins, lang),
        words("项目|金额（¤）|累计（¤）", "Step|Amount (¤)|Running total (¤)"),
        [[s.name[lang], money(s.end - s.start), money(s.end)] for s in steps],
        bridge(steps, lang),
        lang,
        amounts.money,
    )


def _raised(approved: Decimal, adjusted: Decimal) -> Words:
    rate = (adjusted - approved) / approved
    if rate == 0:
        return words("预算没有调整", "The budget was not adjusted")
    return words(
        f"预算{'调增' if rate > 0 else '调减'} {percent(abs(rate))}",
        f"Adjustments {'raised' if rate > 0 else 'cut'} the budget by {percent(abs(rate))}",
    )


class _Amounts:
    """Looks amounts up in the currency's own unit, and remembers where they came from."""

    def __init__(self, evaluation: Evaluation) -> None:
        self.evaluation, self.catalogue = evaluation, evaluation.catalogue
        self.money = self.catalogue.units.money
        self.origins: list[Origin] = []

    def take(self, found: InputValue | None) -> Decimal | None:
        self.origins += found.origins if found else ()
        return found.base_value if found else None

    def of(self, role: str) -> Decimal | None:
        """The amount of the fact that plays a role."""
        id = self.catalogue.player(role)
        return self.take(self.evaluation.facts.find(id)) if id else None

    def cell(self, line: Line, column: str) -> Decimal | None:
        return self.take(self.evaluation.facts.named(line.cells[column])) if column in line.cells else None

    def lines(self, table: str, total: bool = False) -> list[Line]:
        """The lines of a table: those that others add up to, or else all but these."""
        return [line for line in self.catalogue.lines.get(table, ()) if line.total == total]


def _adjustments(amounts: _Amounts) -> list[tuple[Words, Decimal]]:
    """What each source of income added to the approved budget; sources that changed nothing are left out."""
    found = []
    for line in amounts.lines("income"):
        held = "approved" in line.cells
        before, after = amounts.cell(line, "approved") if held else Decimal(0), amounts.cell(line, "adjusted")
        if before is not None and after is not None and after != before:
            found.append((Words(line.name.zh + ("调整" if held else ""), line.name.en), after - before))
    return found


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
    total: bool = False

    @property
    def rate(self) -> Decimal | None:
        return (self.now - self.before) / self.before if self.before else None


def _pairs(amounts: _Amounts) -> list[_Pair]:
    """Spending against the approved budget by kind, the controlled expenses, and what changed on last year; only what is known."""
    e, found = amounts.evaluation, []
    first = words("决算与年初批复预算", "Outturn against the approved budget")
    tables = [("spending", first, False), ("spending", first, True), ("controlled", words("决算与预算", "Outturn against budget"), False)]
    for table, section, whole in tables:
        for line in amounts.lines(table, whole):
            before, now = amounts.cell(line, "approved"), amounts.cell(line, "spent")
            if before is not None and now is not None:
                names = _label(e, line.cells["approved"].id), _label(e, line.cells["spent"].id)
                found.append(_Pair(section, line.name, before, names[0], now, names[1], total=line.total))
    for formula in (f for f in e.formulas if f.id in amounts.catalogue.playing("change on last year")):
        inputs, entry = formula.inputs[:2], amounts.catalogue.formulas[formula.id].entry
        if len(inputs) == 2 and all(i.value is not None and i.unit.is_money for i in inputs):
            now, before = (amounts.take(i) or Decimal(0) for i in inputs)
            labels = [_label(e, i.fact, i.year if inputs[0].year != inputs[1].year else None) for i in inputs]
            name = words(entry.of, entry.of_en) if entry.of else formula.name
            planned = amounts.catalogue.facts[inputs[0].fact].entry.planned
            found.append(_Pair(words("与上年相比", "Against last year"), name, before, labels[1], now, labels[0], True, planned))
    return found


def _label(e: Evaluation, fact: str, year: int | None = None) -> Words:
    """What a bar is called: the short name of its fact, its year before it where years are compared."""
    made = e.catalogue.facts[fact]
    label = words(made.entry.label, made.entry.label_en) if made.entry.label else made.name
    if year is not None:
        told = e.catalogue.year(year)
        label = words(f"{told.zh}年{label.zh}", f"{told.en} {label.en}")
    return words(*(shorten(label[lang], 90, SMALL) for lang in ("zh", "en")))


def budget_variance_chart(evaluation: Evaluation, lang: Lang) -> Chart:
    """Amounts side by side, and the difference as a signed bar from zero: by kind, controlled expenses, against last year."""
    amounts = _Amounts(evaluation)
    pairs = _pairs(amounts)
    if not any(p.before or p.now for p in pairs):
        return no_data("budget_variance", words("没有可比较的预算数和决算数", "There are no budget and outturn figures to compare"), lang)
    factor, unit = money_scale([v for p in pairs for v in (p.before, p.now)], amounts.money, lang, smallest=True)
    whole = next((p for p in pairs if p.total), None)
    above = sum(p.now > p.before for p in pairs)
    title = words(f"{len(pairs)} 项比较中 {above} 项高于预算或上年", f"{above} of {len(pairs)} amounts are above budget or last year")
    if whole and whole.rate is not None:
        title = words("支出决算比年初批复预算" + _versus(whole.rate).zh, f"Outturn {_versus(whole.rate).en} the approved budget")
        kinds = [(p.name, _versus(p.rate)) for p in pairs if p.section == whole.section and p is not whole and p.rate is not None]
        if kinds:
            title += words(
                "：" + "，".join(name.zh + v.zh for name, v in kinds), ": " + ", ".join(f"{name.en.lower()} {v.en}" for name, v in kinds)
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
    return composed(
        "budget_variance",
        title,
        subtitle,
        words(f"。差异图，{unit}：", f". Variance chart, in {unit}: "),
        [f"{p.section[lang]} {p.name[lang]} {plain(p.before / factor, 2)} → {plain(p.now / factor, 2)} ({_rate(p, lang)})" for p in pairs],
        source_line(evaluation, amounts.origins, lang),
        words("比较|项目|参照（¤）|实际（¤）|差额（¤）|百分比", "Comparison|Item|Reference (¤)|Actual (¤)|Difference (¤)|Percent"),
        table,
        _variances(pairs, factor, lang),
        lang,
        amounts.money,
    )


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
