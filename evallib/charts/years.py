"""The charts of a department over the years: totals, what changed a total, dimensions, budget. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from evallib.analysis.comparison import Change, by_framework, changes, dimensions_over
from evallib.analysis.money import AmountChange, execution_rates
from evallib.charts.drawing import Chart, Draw
from evallib.charts.layout import Axis, Cell, Rows
from evallib.charts.measure import shorten, text_width
from evallib.charts.parts import Amount, Step, amounts, bridge, brief, composed, no_data, or_dash, score_of_points, signed, told
from evallib.charts.sheet import ACCENT, FAINT, INK, MUTED, QUIET, Sheet
from evallib.model.evaluation import Evaluation, SectionResult
from evallib.model.words import Lang, Words, joined, listed, words
from evallib.say.frameworks import version
from evallib.say.numbers import money, percent, plain
from evallib.say.sentences import sentences

PART_NAMES = sentences("charts.parts.part")
"""What the parts of a change of the total are called."""


def year_of(evaluation: Evaluation) -> Words:
    """The year of an evaluation as it is called."""
    return evaluation.catalogue.year(evaluation.record.year)


def totals_chart(evaluations: Sequence[Evaluation], absent: Sequence[int], lang: Lang) -> Chart:
    """The total of every year between the limits of the grades; a dashed line joins totals that are not comparable as they are."""
    scored = [e for e in evaluations if e.has_total]
    if not scored:
        return no_data("totals", lang)
    first, last, places = scored[0], scored[-1], scored[-1].framework.rounding.scores
    total, until = plain(last.total, places), year_of(last)
    title = told("totals.graded" if last.grade else "totals.one", until=until, total=total, grade=last.grade)
    if len(scored) > 1:
        before, by = plain(first.total, places), signed(last.total - first.total, places)
        title = told("totals.title", since=year_of(first), before=before, until=until, total=total, by=by)
    links = changes(scored)
    subtitle = told("totals.subtitle")
    if any(not link.comparable for link in links):
        subtitle += told("totals.not_comparable")
    low = _floor([e.total for e in scored] + [limit for e in scored for limit, _ in _limits(e, lang)])
    if low:
        subtitle += told("totals.axis", low=f"{low:g}")
    rows, said = [], []
    for year in sorted([*(e.record.year for e in scored), *absent]):
        e, named = next((e for e in scored if e.record.year == year), None), last.catalogue.year(year)[lang]
        if e is None:
            rows.append([named, "—", "—", "—", told("totals.no_data")[lang], "—"])
            said.append(told("totals.year_without", year=named)[lang])
            continue
        limits = joined(words(name) for _, name in _limits(e, lang))[lang]
        link = next((c for c in links if c.after is e), None)
        change = signed(e.total - link.before.total, places) if link else "—"
        score, key = score_of_points(e.total, e.points, places), version(e.framework)[lang]
        rows.append([named, score, e.grade[lang] or "—", change, limits or "—", key])
        said.append(f"{named}: {plain(e.total, places)} {e.grade[lang]}".rstrip())
    figure = _totals(scored, absent, links, low, lang)
    return composed("totals", title, subtitle, said, frameworks_line(scored, lang), rows, figure, lang, about=scored)


def _limits(e: Evaluation, lang: Lang) -> list[tuple[Decimal, str]]:
    """Where the grades begin, without the lowest, and how that is written."""
    return [(g.at_least, f"{g.words[lang]} ≥ {plain(g.at_least)}") for g in e.framework.grades if g.at_least > 0]


def _floor(values: Sequence[Decimal]) -> float:
    """Where an axis of points begins: a round number below all of them, or zero where that is near."""
    low = (float(min(values)) - 6) // 5 * 5
    return low if low > 15 else 0.0


def _totals(evaluations: Sequence[Evaluation], absent: Sequence[int], links: Sequence[Change], low: float, lang: Lang) -> Draw:
    years = sorted([*(e.record.year for e in evaluations), *absent])
    marks, most = _limits(evaluations[-1], lang), float(max(e.framework.points for e in evaluations))
    places, called = evaluations[-1].framework.rounding.scores, evaluations[-1].catalogue.year

    def draw(sheet: Sheet) -> float:
        room = sheet.width_of(*(name for _, name in marks)) + 12
        column, y = (sheet.width - room) / len(years), Axis(186.0, 34.0, low, most)
        bottom, lead = y.start, sheet.leading

        def x(year: int) -> float:
            return (years.index(year) + 0.5) * column

        sheet.line(0, bottom, sheet.width - room, bottom, color=MUTED)
        for link in links:
            a, b = link.before, link.after
            ends = (x(a.record.year), y(a.total), x(b.record.year), y(b.total))
            sheet.line(*ends, color=ACCENT, width=1.4, dashed=not link.comparable)
            if link.framework_changed:
                at = x(min(max(b.framework.first_year, a.record.year + 1), b.record.year)) - column / 2
                sheet.line(at, 18, at, bottom, color=MUTED, dashed=True)
                sheet.text(at, 9, told("totals.new_framework")[lang], small=True, color=MUTED, align="center")
        for e in evaluations:
            at, label = x(e.record.year), f"{plain(e.total, places)}"
            above, half = y(e.total) - 13, text_width(label, sheet.body) / 2 + 3
            for limit, _ in _limits(e, lang):
                _around(sheet, at, column * 0.42, y(limit), half if abs(y(limit) - above) < 8 else 0)
            sheet.dot(at, y(e.total), 4, ACCENT)
            sheet.text(at, above, label, bold=True, align="center")
            sheet.text(at, bottom + lead + 1, called(e.record.year)[lang], bold=True, align="center")
            if not sheet.narrow or sheet.width_of(e.grade[lang]) < column:  # the limits tell it too
                sheet.text(at, bottom + 2.2 * lead, shorten(e.grade[lang], column - 4, sheet.small), small=True, align="center")
        for year in absent:
            sheet.text(x(year), bottom + lead + 1, called(year)[lang], color=MUTED, align="center")
            text = shorten(told("totals.absent")[lang], column - 4, sheet.small)
            sheet.text(x(year), bottom + 2.2 * lead, text, small=True, color=MUTED, align="center")
        for value, name in marks:
            sheet.text(sheet.width - room + 6, y(value), name, small=True, color=MUTED)
        return bottom + 3 * lead

    return draw


def _around(sheet: Sheet, at: float, reach: float, y: float, gap: float) -> None:
    """A short dashed line, left open where a text stands."""
    for start, end in ((-gap, -reach), (gap, reach)) if gap else ((-reach, reach),):
        if reach > gap:
            sheet.line(at + start, y, at + end, y, color=QUIET, dashed=True)


def parts_chart(change: Change, lang: Lang) -> Chart:
    """From one year's total to the next: what score rates did, and what other indicators, points and rules did."""
    before, after, parts = change.before, change.after, change.parts
    places = after.framework.rounding.scores
    old, new = year_of(before), year_of(after)
    steps = [Step(told("parts.total", year=old), Decimal(0), before.total, "plan", plain(before.total, places), total=True)]
    for name, value in parts.parts.items():
        if value:
            kind = "loss" if name == "performance" and value < 0 else "rest"
            steps.append(Step(PART_NAMES[name], steps[-1].end, steps[-1].end + value, kind, signed(value, places)))
    ending = f"{plain(after.total, places)} {after.grade[lang]}".rstrip()
    steps.append(Step(told("parts.total", year=new), Decimal(0), after.total, "actual", ending, total=True))
    total, own, rest = (signed(value, places) for value in (parts.total, parts.parts["performance"], parts.rest))
    title, subtitle = told("parts.title", old=old, new=new, total=total, own=own, rest=rest), told("parts.subtitle")
    low = _floor([s.end for s in steps])
    if low:
        subtitle += told("drawn.axis_across", low=f"{low:g}")
    rows = [[PART_NAMES[name][lang], signed(value, places)] for name, value in parts.parts.items()]
    rows.append([told("parts.change")[lang], total])
    said, source = [f"{s.name[lang]} {s.text}" for s in steps], frameworks_line((before, after), lang)
    return composed(
        "parts", title, subtitle, said, source, rows, bridge(steps, lang, low), lang, about=(before, after), number=after.record.year
    )


def dimensions_chart(evaluations: Sequence[Evaluation], lang: Lang) -> Chart:
    """The score rate of each dimension in every year, one row of bars a dimension."""
    lines = dimensions_over(evaluations)
    if not lines:
        return no_data("dimensions-years", lang)
    ends = [(section, a, b) for section, found in lines for a, b in pairwise(found[-2:]) if a and b]
    moves = [(b.rate - a.rate, section) for section, a, b in ends if a.rate is not None and b.rate is not None]
    title = _moved(moves, evaluations) if moves else told("dimensions-years.title")
    rows = [
        [section.name[lang], *(_rate_of(d, e.framework.rounding.scores) for d, e in zip(found, evaluations, strict=True))]
        for section, found in lines
    ]
    years = [year_of(e)[lang] for e in evaluations]
    span = joined((words(year) for year in dict.fromkeys([years[0], years[-1]])), "至", " to ")
    said = [f"{brief(section)[lang]} {listed(_rate(d, 1) for d in found)[lang]}" for section, found in lines]
    figure, source = _lines([(section.name, found) for section, found in lines], lang), frameworks_line(evaluations, lang)
    heads = [told("dimensions-years.dimension")[lang], *years]
    subtitle = told("dimensions-years.subtitle")
    return composed("dimensions-years", title, subtitle, said, source, rows, figure, lang, about=evaluations, heads=heads, span=span)


def _moved(moves: Sequence[tuple[Decimal, SectionResult]], evaluations: Sequence[Evaluation]) -> Words:
    """Which dimension's score rate changed most, as a title says it."""
    by, section = max(moves, key=lambda m: abs(m[0]))
    old, new = year_of(evaluations[-2]), year_of(evaluations[-1])
    kind = "moved" if by else "not_moved"
    return told(f"dimensions-years.{kind}", old=old, new=new, name=brief(section), points=signed(by * 100))


def _rate(section: SectionResult | None, places: int = 2) -> str:
    return "—" if section is None or section.rate is None else percent(section.rate, places)


def _rate_of(section: SectionResult | None, places: int) -> str:
    return "—" if section is None else f"{_rate(section)} ({score_of_points(section.score, section.points, places)})"


def _lines(rows: Sequence[tuple[Words, Sequence[SectionResult | None]]], lang: Lang) -> Draw:
    known = [float(s.rate) for _, found in rows for s in found if s is not None and s.rate is not None]
    low, high = min([*known, 0.95]) - 0.02, max([*known, 1.0])

    def draw(sheet: Sheet) -> float:
        texts = [[_rate(found[place], 1) for _, found in rows] for place in (0, -1)]
        lines = Rows(sheet, [name[lang] for name, _ in rows], texts if len(rows[0][1]) > 1 else texts[1:], step=40, bar=34, y=4)
        for name, found in rows:
            cells = [Cell(_rate(found[0], 1)), Cell(_rate(found[-1], 1), INK, True)]
            y = lines.row(name[lang], cells if len(found) > 1 else cells[1:])
            x, up = Axis(lines.start + 6, lines.end - 6, 0, max(len(found) - 1, 1)), Axis(y + 15, y - 15, low, high)
            sheet.line(lines.start + 6, up(1), lines.end - 6, up(1), color=FAINT)
            points = [(x(place), up(s.rate)) for place, s in enumerate(found) if s is not None and s.rate is not None]
            if len(points) > 1:
                sheet.shape(points, edge=ACCENT, width=1.4, closed=False)
            for point in points[:-1]:
                sheet.dot(*point, 2, QUIET)
            for point in points[-1:]:
                sheet.dot(*point, 3.4, ACCENT)
        return lines.y

    return draw


_MONEY = {"budget approved": "approved", "budget adjusted": "adjusted", "budget spent": "spent", "carried out": "closing"}
"""The amounts that the chart of money draws: role, and name of the words for it."""


def _called(role: str, lang: Lang) -> str:
    return told(f"money-years.{_MONEY[role]}")[lang]


def money_chart(evaluations: Sequence[Evaluation], lang: Lang) -> Chart:
    """Approved and adjusted budget, outturn and closing carry-over of every year."""
    lines = {role: [e.amount(role) for e in evaluations] for role in _MONEY if any(e.catalogue.player(role) for e in evaluations)}
    values = [v for line in lines.values() for v in line if v is not None]
    if not any(values):
        return no_data("money-years", lang)
    currency = evaluations[-1].catalogue.units.money
    years = [year_of(e) for e in evaluations]
    spent = lines.get("budget spent", [])
    title = told("money-years.title")
    if len(spent) > 1 and (rate := AmountChange(spent[-2], spent[-1]).rate) is not None:
        way = "rose" if rate > 0 else "fell" if rate < 0 else "same"
        title = told(f"money-years.{way}", before=years[-2], now=years[-1], by=percent(abs(rate)))
    rates = execution_rates(evaluations, "budget adjusted")
    rows, said = [], []
    for n, year in enumerate(years):
        rows.append([year[lang], *(or_dash(line[n], money) for line in lines.values()), or_dash(rates[n])])
        named = (words(f"{_called(role, lang)} {or_dash(line[n], money)}") for role, line in lines.items())
        said.append(f"{year[lang]}: {joined(named, '，', ', ')[lang]}")
    heads = [told("money-years.year")[lang], *(told("money-years.amount", name=_called(role, lang))[lang] for role in lines)]
    heads.append(told("money-years.execution")[lang])
    subtitle, source = told("money-years.subtitle", unit=currency.name), told("money-years.source")[lang]
    figure = _money(lines, [year[lang] for year in years], rates, lang)
    return composed("money-years", title, subtitle, said, source, rows, figure, lang, about=evaluations, heads=heads, currency=currency)


def _money(lines: dict[str, list[Decimal | None]], years: Sequence[str], rates: Sequence[Decimal | None], lang: Lang) -> Draw:
    most = float(max(v for line in lines.values() for v in line if v is not None)) or 1.0
    said = ["" if rate is None else told("money-years.executed", rate=or_dash(rate))[lang] for rate in rates]
    kinds: dict[str, Literal["plan", "actual", "rest"]] = {"budget spent": "actual", "carried out": "rest"}

    def draw(sheet: Sheet) -> float:
        rows = Rows(sheet, [])
        left = sheet.width_of(*(_called(role, lang) for role in lines)) + 8
        numbers = left + sheet.width_of(*(or_dash(v, money) for line in lines.values() for v in line))
        x = Axis(numbers + 8, sheet.width, 0, most)
        for place, year in enumerate(years):
            rows.heading(year, said[place])
            some = [Amount(_called(role, lang), line[place], kinds.get(role, "plan")) for role, line in lines.items()]
            rows.y = amounts(sheet, rows.y, some, 0, numbers, x) + 5
        return rows.y

    return draw


def frameworks_line(evaluations: Sequence[Evaluation], lang: Lang) -> str:
    """Which framework the points of which years come from."""
    said = (
        told("totals.framework", name=found[0].framework.words, key=version(found[0].framework), years=_years(found))
        for found in by_framework(evaluations).values()
    )
    return told("totals.source", frameworks=joined(said))[lang]


def _years(evaluations: Sequence[Evaluation]) -> str:
    """Years in a row written as a span."""
    numbers, years = [e.record.year for e in evaluations], [year_of(e).en for e in evaluations]
    if len(years) > 2 and all(b == a + 1 for a, b in pairwise(numbers)):
        return f"{years[0]}–{years[-1]}"
    return ", ".join(years)
