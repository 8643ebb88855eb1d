"""The charts of a whole government's budget: what was spent against the budget over three years, and head by head. Pure.

Names may be in any script. Each stands in a text of its own, apart from its figures, because a name written right to left would
turn them round. Browsers order such names in the SVG; for the PNG matplotlib does (its libraqm, 3.11 and later).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from decimal import Decimal

from matplotlib.figure import Figure

from evallib.analysis.government import Government
from evallib.analysis.pefa import Line, PefaYear
from evallib.charts.axis import Axis, axis_beside, guides
from evallib.charts.drawing import ACCENT, FAINT, INK, MUTED, QUIET, SMALL, WIDTH, Chart, Sheet, text_width, widest, wrap
from evallib.charts.parts import composed, money_scale, names_width, no_data, signed, signed_rate, told
from evallib.model.units import Unit
from evallib.model.words import Lang, joined, words
from evallib.say.numbers import percent, plain

_BANDS = ((Decimal("0.05"), "A"), (Decimal("0.10"), "B"), (Decimal("0.15"), "C"))  # PI-1, as pefa.PI_1


def composition_chart(government: Government, lang: Lang, money: Unit | None = None) -> Chart:
    """How far each head is from its budget scaled to all spending: signed bars, the largest first, the pooled heads last."""
    measured = government.latest
    if measured is None or measured.composition is None or len(measured.composition.lines) < 2:
        return no_data("government-composition", lang)
    found = measured.composition
    singles = sorted(found.lines[: -1 if found.pooled else None], key=lambda x: (-abs(x.deviation), x.code))
    lines = [*singles, *found.lines[len(singles) :]]
    factor, unit, places = scaled(government, [line.executed for line in lines], lang, money)
    far = sum(abs(line.deviation) > line.scaled / 10 for line in singles)
    head = told(f"government-composition.heads_of.{government.basis}")
    counts = {"count": len(singles), "far": far, "year": measured.year}
    title = told("government-composition.title", variance=percent(found.variance), head=head, **counts)
    exact, whole = max(government.places, 1), government.places
    rows, said = [], []
    for line in lines:
        amounts = [plain(line.original, whole), plain(line.scaled, exact), plain(line.executed, whole), signed(line.deviation, exact)]
        rows.append([line.code or "—", line.name[lang], *amounts, _rate(line, lang)])
        said.append(f"{_said(line, lang)} {signed(line.deviation / factor, places)} ({_rate(line, lang)})")
    figure, source = _composition(lines, found.pooled > 0, factor, places, lang), _source(government, lang)
    subtitle = told("government-composition.subtitle", unit=unit)
    return composed("government-composition", title, subtitle, said, source, rows, figure, lang, unit=unit)


def _composition(lines: Sequence[Line], pooled: bool, factor: Decimal, places: int, lang: Lang) -> Figure:
    names = names_width([line.name[lang] for line in lines], lang)
    labels = [(line.deviation, signed(line.deviation / factor, places)) for line in lines]
    deviations = [0.0, *(float(line.deviation) for line in lines)]
    right = WIDTH - widest(_rate(line, lang) for line in lines) - 14
    x = axis_beside(names + 6, right, min(deviations), max(deviations), labels)
    sheet, y, row = Sheet(), 10.0, 25.0 if any(len(wrap(line.name[lang], names, SMALL)) > 1 for line in lines) else 21.0
    for line, (deviation, label) in zip(lines, labels, strict=True):
        if pooled and line is lines[-1]:
            sheet.line(0, y - 4, WIDTH, y - 4)
            y += 8
        sheet.name(y, line.name[lang], names, size=SMALL)
        x.variance(sheet, y, 10, deviation, label)
        sheet.text(WIDTH, y, _rate(line, lang), size=SMALL, color=MUTED, align="right")
        y += row
    sheet.line(x(0), 0, x(0), y - row / 2, color=INK, width=1.1)
    return sheet.finish(y - row / 2 + 4)


def outturn_chart(government: Government, lang: Lang, money: Unit | None = None) -> Chart:
    """What was spent in all as a share of the original budget, year by year, with the bands of PI-1."""
    years = [year for year in government.assessment.years if year.outturn is not None]
    if not years:
        return no_data("government-outturn", lang)
    inside = sum(abs(_off(year)) <= _BANDS[0][0] for year in years)
    title = told("government-outturn.title" if inside else "government-outturn.none", years=len(years), inside=inside)
    if len(years) == 1:
        title = told("government-outturn.one", year=years[0].year, share=percent(_off(years[0]) + 1))
    rows = []
    for year in years:
        amounts = [plain(amount or Decimal(0), government.places) for amount in (year.original, year.executed)]
        rows.append([str(year.year), *amounts, percent(_off(year) + 1)])
    said = [f"{y.year} {percent(_off(y) + 1)}" for y in years]
    subtitle, source = told("government-outturn.subtitle"), _source(government, lang)
    return composed("government-outturn", title, subtitle, said, source, rows, _outturn(years), lang)


def _outturn(years: Sequence[PefaYear]) -> Figure:
    reach = min(max(0.17, *(abs(float(_off(year))) * 1.02 for year in years)), 0.35)
    x = Axis(36.0, WIDTH - 8, -reach, reach)
    sheet, top, step = Sheet(), 34.0, 22.0
    bottom = top + step * len(years) - 8
    sheet.text(x(0), 8, "100%", size=SMALL, color=MUTED, align="center")
    marks = [(sign, band, grade) for band, grade in _BANDS for sign in (-1, 1)]
    for sign, band, grade in marks:
        at = x(sign * band)
        sheet.line(at, 16, at, top - 7, color=QUIET, dashed=True)
        sheet.text(at, 8, f"{plain(100 * (1 + sign * band))}%", size=SMALL, color=MUTED, align="center")
        sheet.text(x(sign * (float(band) - 0.025)), 22, grade, size=SMALL, color=MUTED, align="center")
    for place, year in enumerate(years):
        y, off = top + step * place + 4, _off(year)
        end, text = x(off), percent(off + 1)
        room = text_width(text, SMALL) + 8
        beyond = end - room >= x.start if off < 0 else end + room <= x.end
        leftward = (off < 0) == beyond
        at = (end if beyond else x(0)) + (-4 if leftward else 4)  # no room beyond the bar: on the other side of 100%
        since, until = (at - room, at + 1) if leftward else (at - 1, at + room)
        guides(sheet, [x(sign * band) for sign, band, _ in marks], y, step, bottom, since, until)
        sheet.text(0, y, str(year.year), bold=True)
        x.bar(sheet, y, 11, off, fill=ACCENT)
        sheet.text(at, y, text, size=SMALL, align="right" if leftward else "left")
    sheet.line(x.start, bottom, x.end, bottom, color=FAINT)
    sheet.line(x(0), 16, x(0), bottom, color=INK, width=1.1)
    return sheet.finish(bottom + 6)


CHARTS: dict[str, Callable[[Government, Lang, Unit | None], Chart]] = {
    "government_outturn": outturn_chart,
    "government_composition": composition_chart,
}
"""The charts of the section by the names its template calls them."""


def _off(year: PefaYear) -> Decimal:
    return (year.outturn or Decimal(0)) - 1


def _rate(line: Line, lang: Lang) -> str:
    """The deviation as a share of the scaled budget; a dash where nothing was budgeted."""
    return signed_rate(line.deviation / line.scaled, lang, 1) if line.scaled else "—"


def _said(line: Line, lang: Lang) -> str:
    """A head in a text that also holds figures: by code where its name runs from right to left."""
    turned = any(unicodedata.bidirectional(c) in ("R", "AL") for c in line.name[lang])
    return line.code if turned and line.code else line.name[lang]


def scaled(government: Government, amounts: list[Decimal], lang: Lang, money: Unit | None = None) -> tuple[Decimal, str, int]:
    """The unit in which amounts are written: its factor, its name, its decimals.

    Only the currency's own unit is turned into a larger one: that of the departments, or where the file is in it.
    """
    own = Unit("", government.unit, (("money", 1),)) if government.basis == "departments" else money
    if own is None or own.name != government.unit:
        return Decimal(1), government.unit[lang], government.places
    return *money_scale(amounts, own, lang), 2


def _source(government: Government, lang: Lang) -> str:
    if government.basis == "file":
        return told("drawn.source", named=joined(words(title) for title, _ in government.sources))[lang]
    return told("government-outturn.departments")[lang]
