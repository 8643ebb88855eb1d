"""The charts of a whole government's budget: what was spent against the budget over three years, and head by head. Pure.

Names may be in any script. Each stands in a text of its own, apart from its figures, because a name written right to left would
turn them round. Browsers order such names in the SVG; for the PNG matplotlib does (its libraqm, 3.11 and later).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from decimal import Decimal

from evallib.analysis.government import Government
from evallib.analysis.government_pefa import Head, PefaYear
from evallib.charts.drawing import Chart, Draw
from evallib.charts.layout import Axis, Cell, Rows, signed_color
from evallib.charts.measure import text_width
from evallib.charts.parts import composed, money_scale, no_data, signed, signed_rate, told
from evallib.charts.sheet import ACCENT, MUTED, Sheet
from evallib.model.evaluation import Evaluation
from evallib.model.units import Unit
from evallib.model.words import Lang, joined, words
from evallib.say.numbers import percent, plain

_BANDS = ((Decimal("0.05"), "A"), (Decimal("0.10"), "B"), (Decimal("0.15"), "C"))  # PI-1, as pefa.PI_1


def composition_chart(government: Government, lang: Lang, money: Unit | None = None, about: Sequence[Evaluation] = ()) -> Chart:
    """How far each head is from its budget scaled to all spending: signed bars, the largest first, the pooled heads last."""
    measured = government.latest
    if measured is None or measured.composition is None or len(measured.composition.lines) < 2:
        return no_data("government-composition", lang)
    found = measured.composition
    singles = sorted(found.singles, key=lambda x: (-abs(x.deviation), x.code))
    lines = [*singles, *found.lines[len(singles) :]]
    factor, unit, places = scaled(government, [line.executed or Decimal(0) for line in lines], lang, money)
    far = sum(abs(line.deviation) > (line.scaled or 0) / 10 for line in singles)
    head = told(f"government-composition.heads_of.{government.basis}")
    counts = {"count": len(singles), "far": far, "year": measured.year}
    title = told("government-composition.title", variance=percent(found.variance), head=head, **counts)
    exact, whole = max(government.places, 1), government.places
    rows, said = [], []
    for line in lines:
        amounts = [plain(a or Decimal(0), p) for a, p in ((line.original, whole), (line.scaled, exact), (line.executed, whole))]
        rows.append([line.code or "—", line.words[lang], *amounts, signed(line.deviation, exact), _rate(line, lang)])
        said.append(f"{_said(line, lang)} {signed(line.deviation / factor, places)} ({_rate(line, lang)})")
    figure, source = _composition(lines, found.pooled > 0, factor, places, lang), _source(government, lang)
    subtitle = told("government-composition.subtitle", unit=unit)
    return composed("government-composition", title, subtitle, said, source, rows, figure, lang, about=about, unit=unit)


def _composition(lines: Sequence[Head], pooled: bool, factor: Decimal, places: int, lang: Lang) -> Draw:
    labels = [(line.deviation, signed(line.deviation / factor, places)) for line in lines]
    deviations = [0.0, *(float(line.deviation) for line in lines)]

    def draw(sheet: Sheet) -> float:
        rows = Rows(sheet, [line.words[lang] for line in lines], [[_rate(line, lang) for line in lines]], step=21)
        x = rows.axis(min(deviations), max(deviations), labels)
        for line, (deviation, label) in zip(lines, labels, strict=True):
            if pooled and line is lines[-1]:
                rows.rule()
            y = rows.row(line.words[lang], [Cell(_rate(line, lang))], value=Cell(label, signed_color(deviation)))
            rows.variance(x, y, deviation, 10)
        rows.along(x(0))
        return rows.y

    return draw


def outturn_chart(government: Government, lang: Lang, money: Unit | None = None, about: Sequence[Evaluation] = ()) -> Chart:
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
    return composed("government-outturn", title, subtitle, said, source, rows, _outturn(years), lang, about=about)


def _outturn(years: Sequence[PefaYear]) -> Draw:
    reach = min(max(0.17, *(abs(float(_off(year))) * 1.02 for year in years)), 0.35)
    marks = [(sign, band, grade) for band, grade in _BANDS for sign in (-1, 1)]

    def draw(sheet: Sheet) -> float:
        rows = Rows(sheet, [str(year.year) for year in years], y=30)
        x = Axis(rows.start + 4, rows.end - 8, -reach, reach)
        sheet.text(x(0), 8, "100%", small=True, color=MUTED, align="center")
        for sign, band, grade in marks:
            if not sheet.narrow or sign * band in (Decimal("-0.15"), Decimal("-0.05"), Decimal("0.05"), Decimal("0.15")):
                sheet.text(x(sign * band), 8, f"{plain(100 * (1 + sign * band))}%", small=True, color=MUTED, align="center")
            sheet.text(x(sign * (float(band) - 0.025)), 22, grade, small=True, color=MUTED, align="center")
        for year in years:
            off = _off(year)
            end, text = x(off), percent(off + 1)
            y = rows.row(str(year.year), value=Cell(text), bold=True)
            room = text_width(text, sheet.body) + 8
            beyond = end - room >= x.start if off < 0 else end + room <= x.end
            leftward = (off < 0) == beyond  # no room beyond the bar: on the other side of 100%
            at = end if beyond else x(0)
            rows.guides([x(sign * band) for sign, band, _ in marks], *((at - room, at + 1) if leftward else (at - 1, at + room)))
            x.bar(sheet, y, 11, off, fill=ACCENT)
            rows.beside(y, at, leftward)
        rows.along(x(0))
        return rows.y

    return draw


CHARTS: dict[str, Callable[..., Chart]] = {"government_outturn": outturn_chart, "government_composition": composition_chart}
"""The charts of the section by the names its template calls them."""


def _off(year: PefaYear) -> Decimal:
    return (year.outturn or Decimal(0)) - 1


def _rate(line: Head, lang: Lang) -> str:
    """The deviation as a share of the scaled budget; a dash where nothing was budgeted."""
    return signed_rate(line.deviation / line.scaled, lang, 1) if line.scaled else "—"


def _said(line: Head, lang: Lang) -> str:
    """A head in a text that also holds figures: by code where its name runs from right to left."""
    turned = any(unicodedata.bidirectional(c) in ("R", "AL") for c in line.words[lang])
    return line.code if turned and line.code else line.words[lang]


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
