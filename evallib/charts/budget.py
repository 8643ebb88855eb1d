"""The charts of money: the bridge from the approved budget to the carry-over, and variances line by line. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from matplotlib.figure import Figure

from evallib.charts.axis import Axis, axis_beside
from evallib.charts.drawing import ACCENT, BODY, INK, LAST_YEAR, MUTED, SMALL, WIDTH, Chart, Sheet, shorten, widest
from evallib.charts.parts import Step, above_or_below, bridge, composed, money_scale, no_data, signed, signed_rate, source_line, told
from evallib.model.catalogue import Line
from evallib.model.evaluation import Evaluation
from evallib.model.facts import InputValue, Origin
from evallib.model.words import NOTHING, Lang, Words, joined, words
from evallib.say.numbers import money, percent, plain


def budget_bridge_chart(evaluation: Evaluation, lang: Lang) -> Chart:
    """Where the money came from and went: approved, adjustments by source, adjusted, spent by kind, carry-over."""
    amounts = _Amounts(evaluation)
    approved, adjusted, spent, closing = (
        amounts.of(role) for role in ("budget approved", "budget adjusted", "budget spent", "carried out")
    )
    totals = [v for v in (approved, adjusted, spent, closing) if v is not None]
    if not any(totals) or (approved is None and adjusted is None):
        return no_data("budget_bridge", lang)
    factor, unit = money_scale(totals, amounts.money, lang)
    steps: list[Step] = []

    def total(name: str, value: Decimal, kind: str) -> None:
        steps.append(Step(told(f"budget_bridge.{name}"), Decimal(0), value, kind, plain(value / factor, 2), total=True))

    def change(name: Words, value: Decimal, kind: str = "change") -> None:
        level, sign = steps[-1].end, "less" if value < 0 or kind == "actual" else "plus"
        said = told(f"budget_bridge.{sign}", name=words(name.zh, name.en.lower()))
        steps.append(Step(said, level, level + value, kind, signed(value / factor)))

    if approved is not None:
        total("approved", approved, "plan")
    if adjusted is not None:
        if approved is not None:
            for name, value in _adjustments(amounts):
                change(name, value)
            if adjusted != steps[-1].end:
                change(told("budget_bridge.other_adjustments"), adjusted - steps[-1].end)
        total("adjusted", adjusted, "plan")
        parts = [(line.name, amount) for line in amounts.lines("spending") if (amount := amounts.cell(line, "spent")) is not None]
        if spent is not None and sum(value for _, value in parts) != spent:
            parts = [(told("budget_bridge.spent"), spent)]
        for name, value in parts if spent is not None else []:
            change(name, -value, "actual")
        if closing is not None and spent is not None and steps[-1].end != closing:
            change(told("budget_bridge.other_differences"), closing - steps[-1].end)
        if closing is not None:
            total("closing", closing, "plan")
    elif spent is not None:
        total("spent", spent, "actual")
    title = told("budget_bridge.title")
    if adjusted:
        shares = [_raised(approved, adjusted)] if approved else []
        if spent is not None:
            shares.append(told("budget_bridge.share_of_it" if approved else "budget_bridge.share", share=percent(spent / adjusted)))
        title = joined(shares, "，", "; ") or title
    since = told("budget_bridge.since_adjusted" if approved is None else "budget_bridge.since_approved")
    until = told("budget_bridge.until_spent" if closing is None else "budget_bridge.until_closing")
    subtitle = told("budget_bridge.subtitle", since=since, until=until, unit=unit)
    said, source = [f"{s.name[lang]} {s.text}" for s in steps], source_line(evaluation, amounts.origins, lang)
    table, figure = [[s.name[lang], money(s.end - s.start), money(s.end)] for s in steps], bridge(steps, lang)
    return composed("budget_bridge", title, subtitle, said, source, table, figure, lang, money=amounts.money, unit=unit)


def _raised(approved: Decimal, adjusted: Decimal) -> Words:
    rate = (adjusted - approved) / approved
    return told(f"budget_bridge.{'kept' if rate == 0 else 'raised' if rate > 0 else 'cut'}", rate=percent(abs(rate)))


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
            found.append((told("budget_bridge.adjustment", name=line.name) if held else line.name, after - before))
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
    for table, whole in (("spending", False), ("spending", True), ("controlled", False)):
        for line in amounts.lines(table, whole):
            before, now = amounts.cell(line, "approved"), amounts.cell(line, "spent")
            if before is not None and now is not None:
                names = _label(e, line.cells["approved"].id), _label(e, line.cells["spent"].id)
                found.append(_Pair(told(f"budget_variance.{table}"), line.name, before, names[0], now, names[1], total=line.total))
    for formula in (f for f in e.formulas if f.id in amounts.catalogue.playing("change on last year")):
        inputs, entry = formula.inputs[:2], amounts.catalogue.formulas[formula.id].entry
        if len(inputs) == 2 and all(i.value is not None and i.unit.is_money for i in inputs):
            now, before = (amounts.take(i) or Decimal(0) for i in inputs)
            labels = [_label(e, i.fact, i.year if inputs[0].year != inputs[1].year else None) for i in inputs]
            name = words(entry.of, entry.of_en) if entry.of else formula.name
            planned = amounts.catalogue.facts[inputs[0].fact].entry.planned
            found.append(_Pair(told("budget_variance.last_year"), name, before, labels[1], now, labels[0], True, planned))
    return found


def _label(e: Evaluation, fact: str, year: int | None = None) -> Words:
    """What a bar is called: the short name of its fact, its year before it where years are compared."""
    made = e.catalogue.facts[fact]
    label = words(made.entry.label, made.entry.label_en) if made.entry.label else made.name
    if year is not None:
        label = told("budget_variance.in_year", year=e.catalogue.year(year), name=label)
    return words(*(shorten(label[lang], 90, SMALL) for lang in ("zh", "en")))


def budget_variance_chart(evaluation: Evaluation, lang: Lang) -> Chart:
    """Amounts side by side, and the difference as a signed bar from zero: by kind, controlled expenses, against last year."""
    amounts = _Amounts(evaluation)
    pairs = _pairs(amounts)
    if not any(p.before or p.now for p in pairs):
        return no_data("budget_variance", lang)
    factor, unit = money_scale([v for p in pairs for v in (p.before, p.now)], amounts.money, lang, smallest=True)
    whole = next((p for p in pairs if p.total), None)
    title = told("budget_variance.title", all=len(pairs), above=sum(p.now > p.before for p in pairs))
    if whole and whole.rate is not None:
        kinds = [(p.name, p.rate) for p in pairs if p.section == whole.section and p is not whole and p.rate is not None]
        title = told("budget_variance.whole", versus=above_or_below(whole.rate))
        said = (told("budget_variance.kind", name=words(n.zh, n.en.lower()), versus=above_or_below(rate)) for n, rate in kinds)
        title += told("budget_variance.kinds", kinds=joined(said, "，", ", ")) if kinds else NOTHING
    values, table = [], []
    for p in pairs:
        both = f"{p.before_name[lang]} {money(p.before)}", f"{p.now_name[lang]} {money(p.now)}"
        rate = signed_rate(p.rate, lang)
        table.append([p.section[lang], p.name[lang], *both, signed(p.now - p.before), rate])
        values.append(f"{p.section[lang]} {p.name[lang]} {plain(p.before / factor, 2)} → {plain(p.now / factor, 2)} ({rate})")
    subtitle, source = told("budget_variance.subtitle", unit=unit), source_line(evaluation, amounts.origins, lang)
    figure = _variances(pairs, factor, lang)
    return composed("budget_variance", title, subtitle, values, source, table, figure, lang, money=amounts.money, unit=unit)


def _variances(pairs: Sequence[_Pair], factor: Decimal, lang: Lang) -> Figure:
    names, pins = 84.0 if lang == "zh" else 104.0, WIDTH - 195

    def label(name: Words, value: Decimal) -> str:
        return f"{name[lang]} {plain(value / factor, 2)}"

    labels = widest(label(*one) for p in pairs for one in ((p.before_name, p.before), (p.now_name, p.now)))
    longest = max(pins - widest(signed((p.now - p.before) / factor) for p in pairs) - 24 - labels - names, 30)
    rates = [float(p.rate) for p in pairs if p.rate is not None]
    high, low = max([0.1, *(r for r in rates if r <= 1)]), min([0.0, *(r for r in rates if r >= -1)])
    said = [(p.rate, signed_rate(p.rate, lang)) for p in pairs if p.rate is not None]
    x = axis_beside(pins, WIDTH, low, max(high, 1.0) if any(r > 1 for r in rates) else high, said, BODY)
    sheet, y = Sheet(), 8.0
    sheet.text(pins - 4, y, told("drawn.difference")[lang], size=SMALL, color=MUTED, align="right")
    sheet.text(x(0), y, "0%", size=SMALL, color=MUTED, align="center")
    for section, found in groupby(pairs, key=lambda p: p.section):
        members = list(found)
        amount = Axis(names + 8, names + 8 + longest, 0, float(max([abs(v) for p in members for v in (p.before, p.now)])))
        sheet.text(0, y, section[lang], bold=True)
        sheet.line(0, y + 10, WIDTH, y + 10)
        top, y = y + 12, y + 27
        for p in members:
            sheet.name(y, p.name[lang], names)
            before, now = (LAST_YEAR, None) if p.last_year else (None, INK), (None, INK) if p.planned else (ACCENT, None)
            for value, name, shift, (fill, edge) in ((p.before, p.before_name, -6.0, before), (p.now, p.now_name, 6.0, now)):
                end = amount.bar(sheet, y + shift, 8, abs(value), fill=fill, edge=edge)
                sheet.text(end + 4, y + shift, label(name, value), size=SMALL, color=INK if shift > 0 else MUTED)
            sheet.text(pins - 4, y, signed((p.now - p.before) / factor), size=SMALL, color=MUTED, align="right")
            if p.rate is None:
                sheet.text(x(0) + 5, y, told("drawn.zero")[lang], size=SMALL, color=MUTED)
            else:
                x.variance(sheet, y, 9, p.rate, signed_rate(p.rate, lang), size=BODY)
            y += 32
        sheet.line(x(0), top, x(0), y - 18, color=INK, width=1.1)
        y += 2
    return sheet.finish(y - 14)
