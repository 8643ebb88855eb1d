"""The charts of money: the bridge from the approved budget to the carry-over, and variances line by line. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby
from typing import Literal

from evallib.charts.drawing import Chart, Draw
from evallib.charts.layout import Axis, signed_color
from evallib.charts.measure import shorten, widest
from evallib.charts.parts import Amount, Step, above_or_below, bridge, composed, no_data, or_dash, signed, signed_rate, source_line, told
from evallib.charts.parts import amounts as draw_amounts
from evallib.charts.sheet import INK, MUTED, WIDE, Sheet
from evallib.model.catalogue import Line
from evallib.model.evaluation import Evaluation
from evallib.model.facts import Facts, InputValue, Origin
from evallib.model.words import NOTHING, Lang, Words, joined, words
from evallib.say.numbers import money, percent


def budget_bridge_chart(evaluation: Evaluation, lang: Lang) -> Chart:
    """Where the money came from and went: approved, adjustments by source, adjusted, spent by kind, carry-over."""
    amounts, roles = _Amounts(evaluation), ("budget approved", "budget adjusted", "budget spent", "carried out")
    approved, adjusted, spent, closing = (amounts.take(evaluation.player(role)) for role in roles)
    totals = [v for v in (approved, adjusted, spent, closing) if v is not None]
    if not any(totals) or (approved is None and adjusted is None):
        return no_data("budget_bridge", lang)
    steps = _steps(amounts, approved, adjusted, spent, closing)
    shares = [_raised(approved, adjusted)] if approved and adjusted else []
    if adjusted and spent is not None:
        shares.append(told("budget_bridge.share_of_it" if approved else "budget_bridge.share", share=percent(spent / adjusted)))
    title = joined(shares, "，", "; ") or told("budget_bridge.title")
    since = told("budget_bridge.since_adjusted" if approved is None else "budget_bridge.since_approved")
    until = told("budget_bridge.until_spent" if closing is None else "budget_bridge.until_closing")
    subtitle = told("budget_bridge.subtitle", since=since, until=until, unit=amounts.money.name)
    said, source = [f"{s.name[lang]} {s.text}" for s in steps], source_line(evaluation, amounts.origins, lang)
    table, figure = [[s.name[lang], money(s.end - s.start), money(s.end)] for s in steps], bridge(steps, lang)
    return composed("budget_bridge", title, subtitle, said, source, table, figure, lang, currency=amounts.money, about=[evaluation])


def _steps(
    amounts: _Amounts, approved: Decimal | None, adjusted: Decimal | None, spent: Decimal | None, closing: Decimal | None
) -> list[Step]:
    """From total to total, by what changed between them; what no line explains is a step of its own."""
    steps: list[Step] = []

    def total(name: str, value: Decimal, kind: str) -> None:
        steps.append(Step(told(f"budget_bridge.{name}"), Decimal(0), value, kind, money(value), total=True))

    def change(name: Words, value: Decimal, kind: str = "rest") -> None:
        level, sign = steps[-1].end, "less" if value < 0 or kind == "actual" else "plus"
        said = told(f"budget_bridge.{sign}", name=words(name.zh, name.en.lower()))
        steps.append(Step(said, level, level + value, kind, signed(value)))

    if approved is not None:
        total("approved", approved, "plan")
    if adjusted is not None:
        if approved is not None:
            for name, value in _adjustments(amounts):
                change(name, value)
            if rest := adjusted - steps[-1].end:
                change(told("budget_bridge.other_adjustments"), rest)
        total("adjusted", adjusted, "plan")
        parts = [(line.name, amount) for line in amounts.lines("spending") if (amount := amounts.cell(line, "spent")) is not None]
        if spent is not None and sum(value for _, value in parts) != spent:
            parts = [(told("budget_bridge.spent"), spent)]
        for name, value in parts if spent is not None else []:
            change(name, -value, "actual")
        if closing is not None:
            if spent is not None and (rest := closing - steps[-1].end):
                change(told("budget_bridge.other_differences"), rest)
            total("closing", closing, "plan")
    elif spent is not None:
        total("spent", spent, "actual")
    return steps


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
        return self.take(self.evaluation.player(role))

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
class _Row:
    """A line of the budget with all that is known of it; `difference` is how far `now` is from what it is held against."""

    section: Words
    name: Words
    bars: tuple[Amount, ...]
    before: Decimal
    now: Decimal
    last: Decimal | None = None  # how far the year's amount is from last year's, as a share
    total: bool = False

    @property
    def difference(self) -> Decimal:
        return self.now - self.before

    @property
    def rate(self) -> Decimal | None:
        return self.difference / self.before if self.before else None

    def value(self, lang: Lang) -> str:
        return told("drawn.zero")[lang] if self.rate is None else signed_rate(self.rate, lang)


def _rows(amounts: _Amounts, previous: Evaluation | None, lang: Lang) -> list[_Row]:
    """Spending by kind and the controlled expenses, each with last year's amount where it is known; then what else changed on last year."""
    e, catalogue, found = amounts.evaluation, amounts.catalogue, list[_Row]()
    facts = Facts(catalogue, e.record, previous.record if previous else None)
    changes = {f.inputs[0].fact: f.inputs for f in e.formulas if f.id in catalogue.playing("change on last year") and _is_change(f.inputs)}
    for table, whole in (("spending", False), ("spending", True), ("controlled", False)):
        for line in amounts.lines(table, whole):
            cells = {column: line.cells[column] for column in ("approved", "adjusted", "spent") if column in line.cells}
            known = {column: value for column in cells if (value := amounts.cell(line, column)) is not None}
            if "approved" not in known or len(known) < 2:
                continue
            bars = [Amount(_label(e, cells[c].id)[lang], value, "actual" if c == "spent" else "plan") for c, value in known.items()]
            now, last = next((changes.pop(cell.id) for cell in cells.values() if cell.id in changes), (None, None))
            last = last or (facts.find(cells["spent"].id, e.record.year - 1) if "spent" in cells else None)
            change = None
            if last is not None and (value := amounts.take(last)) is not None:
                bars.insert(0, Amount(_label(e, last.fact, last.year)[lang], value, "last"))
                compared = now.base_value if now else known.get("spent")
                change = (compared - value) / value if value and compared is not None else None
            actual = known.get("spent", known.get("adjusted", Decimal(0)))
            section = told(f"budget_variance.{table}")
            found.append(_Row(section, line.name, tuple(bars), known["approved"], actual, change, line.total))
    for formula in (f for f in e.formulas if f.inputs and changes.get(f.inputs[0].fact) == f.inputs):
        inputs, entry = changes.pop(formula.inputs[0].fact)[:2], catalogue.formulas[formula.id].entry
        years = inputs[0].year != inputs[1].year
        (this, other), (before, one) = ((amounts.take(i) or Decimal(0), _label(e, i.fact, i.year if years else None)) for i in inputs)
        kind: Literal["plan", "actual"] = "plan" if catalogue.facts[inputs[0].fact].entry.planned else "actual"
        name = words(entry.of, entry.of_en) if entry.of else formula.name
        pair = Amount(one[lang], before, "last"), Amount(other[lang], this, kind)
        row = _Row(told("budget_variance.last_year"), name, pair, before, this)
        found.append(replace(row, last=row.rate))
    return found


def _is_change(inputs: Sequence[InputValue]) -> bool:
    return len(inputs) > 1 and all(i.value is not None and i.unit.is_money for i in inputs[:2])


def _label(e: Evaluation, fact: str, year: int | None = None) -> Words:
    """What a bar is called: the short name of its fact, its year before it where years are compared."""
    made = e.catalogue.facts[fact]
    label = words(made.entry.label, made.entry.label_en) if made.entry.label else made.name
    if year is not None:
        label = told("budget_variance.in_year", year=e.catalogue.year(year), name=label)
    return words(*(shorten(label[lang], 90, WIDE.small) for lang in ("zh", "en")))


def budget_variance_chart(evaluation: Evaluation, lang: Lang, previous: Evaluation | None = None) -> Chart:
    """A row a line of the budget: last year, approved, adjusted and spent as bars, the difference as a signed bar from zero."""
    amounts = _Amounts(evaluation)
    rows = _rows(amounts, previous, lang)
    if not any(r.before or r.now for r in rows):
        return no_data("budget_variance", lang)
    whole = next((r for r in rows if r.total), None)
    title = told("budget_variance.title", all=len(rows), above=sum(r.difference > 0 for r in rows))
    if whole and whole.rate is not None:
        kinds = [(r.name, r.rate) for r in rows if r.section == whole.section and r is not whole and r.rate is not None]
        title = told("budget_variance.whole", versus=above_or_below(whole.rate))
        said = (told("budget_variance.kind", name=words(n.zh, n.en.lower()), versus=above_or_below(rate)) for n, rate in kinds)
        title += told("budget_variance.kinds", kinds=joined(said, "，", ", ")) if kinds else NOTHING
    values, table = [], []
    for r in rows:
        told_of = [f"{b.name} {or_dash(b.value, money)}" for b in r.bars]
        kinds_of = [[part for b, part in zip(r.bars, told_of, strict=True) if b.kind == kind] for kind in ("last", "plan", "actual")]
        columns = [("，" if lang == "zh" else ", ").join(some) or "—" for some in kinds_of]
        last = "—" if r.last is None else signed_rate(r.last, lang)
        table.append([r.section[lang], r.name[lang], *columns, signed(r.difference), signed_rate(r.rate, lang), last])
        values.append(f"{r.name[lang]} {', '.join(told_of)} ({signed_rate(r.rate, lang)})")
    subtitle, source = told("budget_variance.subtitle", unit=amounts.money.name), source_line(evaluation, amounts.origins, lang)
    drawn = _variances(rows, lang)
    return composed("budget_variance", title, subtitle, values, source, table, drawn, lang, currency=amounts.money, about=[evaluation])


def _variances(rows: Sequence[_Row], lang: Lang) -> Draw:
    bars = [bar for row in rows for bar in row.bars]

    def draw(sheet: Sheet) -> float:
        wide, labels = not sheet.narrow, sheet.width_of(*(b.name for b in bars)) + 8
        numbers = labels + sheet.width_of(*(or_dash(b.value, money) for b in bars))
        values = [(r.rate or Decimal(0), r.value(lang)) for r in rows]
        below, above = (widest([t for v, t in values if (v < 0) == low], sheet.small) + 8 for low in (True, False))
        pins, differences = sheet.width - 80 - below - above, sheet.width_of(*(signed(r.difference) for r in rows))
        end = pins - differences - 14 if wide else sheet.width
        low, high = (f(0.0, *(float(v) for v, _ in values if abs(v) <= 1)) for f in (min, max))
        x = Axis(pins + below, sheet.width - above, low, max(high, 1.0) if any(v > 1 for v, _ in values) else max(high, 0.1))
        step, y = sheet.leading + 2, 2.0
        if wide:
            sheet.text(pins - 2, 8, told("drawn.difference")[lang], small=True, color=MUTED, align="right")
            sheet.text(x(0), 8, "0%", small=True, color=MUTED, align="center")
        for section, some in groupby(rows, key=lambda r: r.section):
            members = list(some)
            amount = Axis(numbers + 6, end, 0, float(max(abs(b.value or Decimal(0)) for r in members for b in r.bars)) or 1.0)
            sheet.text(0, y + sheet.leading / 2, section[lang], bold=True)
            sheet.line(0, y + sheet.leading + 3, sheet.width, y + sheet.leading + 3)
            y += sheet.leading + 7
            top = y
            for r in members:
                color, falls = signed_color(r.difference), r.difference < 0
                sheet.text(0, y + step / 2, shorten(r.name[lang], pins - differences if wide else sheet.width, sheet.body), bold=True)
                y += step
                if wide:
                    middle = y + len(r.bars) * (sheet.leading + 1.5) / 2
                    sheet.text(pins - 2, middle, signed(r.difference), small=True, color=color, align="right")
                    at = x.bar(sheet, middle, 9, r.rate or 0, fill=color) + (-4 if falls else 4)
                    sheet.text(at, middle, r.value(lang), small=True, color=color, align="right" if falls else "left")
                else:
                    said = f"{told('drawn.difference')[lang]} {signed(r.difference)} ({r.value(lang)})"
                    sheet.text(0, y + step / 2, said, small=True, color=color)
                    y += step
                y = draw_amounts(sheet, y, r.bars, 0, numbers, amount) + 5
            if wide:
                sheet.line(x(0), top, x(0), y - 5, color=INK, width=1.1)
            y += 4
        return y - 8

    return draw
