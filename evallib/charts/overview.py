"""The charts of a county's totals: how they are spread over the grades, and every department's score rates as a heat map. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import floor
from statistics import mean, median
from typing import Any

from evallib.analysis.overview import Standing, full_points, grade_counts, ranking, section_rates, sections_of
from evallib.analysis.standing import Place, places
from evallib.charts.drawing import Chart, Draw
from evallib.charts.layout import Axis, Cell, Rows
from evallib.charts.measure import inside, shorten, text_width, wrap
from evallib.charts.overview_rows import MOST, continued, drawn_of, part_of, seen
from evallib.charts.parts import composed, is_rebuilt, no_data, or_dash, told
from evallib.charts.sheet import ACCENT, INK, LOST, MUTED, QUIET, Sheet
from evallib.model.evaluation import Evaluation, SectionResult
from evallib.model.units import round_half_up
from evallib.model.words import NOTHING, Lang, Words, listed, words
from evallib.say.numbers import percent, plain

Evaluations = Sequence[Evaluation]
COLUMNS = 18  # groups that fit side by side; where there are more, dimensions are drawn


def nouns(evaluations: Evaluations) -> tuple[Words, Words]:
    """What one of the evaluations is of, and what several are of."""
    kinds = {e.record.kind for e in evaluations} or {"department"}
    one = told(f"overview.noun.{kinds.pop() if len(kinds) == 1 else 'mixed'}")
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
    used = listed(told("overview.framework", name=name) for name in frameworks)
    text = told("overview.source_of_one" if count == 1 else "overview.source", count=count, one=one, many=many, frameworks=used)
    rebuilt = sum(any(g.basis == "reconstructed" for g in e.groups) for e in evaluations)
    made_up = sum(bool(e.record.find_profile("synthetic", "zh")) for e in evaluations)
    text += told("overview.rebuilt", count=rebuilt, one=one) if rebuilt else NOTHING
    text += told("overview.synthetic", count=made_up, one=one) if made_up else NOTHING
    return text[lang]


# --- how totals are spread


def totals_chart(evaluations: Evaluations, lang: Lang) -> Chart:
    """Each department a block above its total, between the limits of the grades; mean and median below."""
    standings = ranking(evaluations)
    if not standings:
        return no_data("overview-totals", lang)
    evaluations = [s.evaluation for s in standings]
    rates, points = [s.rate for s in standings], full_points(evaluations)
    graded = [g for g in grade_counts(evaluations) if g.evaluations]
    one, many = nouns(evaluations)
    title = told("overview-totals.title", count=len(rates), one=one, many=many if len(rates) > 1 else one)
    if graded:
        counts = (told("overview-totals.grade", name=words(g.name.zh, inside(g.name.en)), count=len(g.evaluations)) for g in graded)
        title += told("overview-totals.grades", grades=listed(counts))
    subtitle = told("overview-totals.columns" if len(rates) > MOST else "overview-totals.subtitle", one=one, many=many)
    if points is None:
        subtitle += told("overview-totals.shares", one=one, many=many)
    if len(_limits(evaluations)) < len({limit for g in grade_counts(evaluations) for limit in g.limits if limit}):
        subtitle += told("overview-totals.most", one=one, many=many)
    measures = {"mean": mean(rates), "median": median(rates), "highest": rates[0], "lowest": rates[-1]}
    said = [told(f"overview-totals.{name}", rate=percent(rate))[lang] for name, rate in measures.items()]
    rows = [
        [e.record.name[lang], f"{plain(e.total, 2)} / {plain(e.points)}", percent(rate), e.grade[lang] or "—"]
        for e, rate in seen([*zip(evaluations, rates, strict=True)])
    ]
    given = {"rows": rows, "draw": _spread(rates, evaluations, lang), "one": headed(one), **_about(evaluations, lang)}
    return composed("overview-totals", title, subtitle, said, lang=lang, **given)


def _about(evaluations: Evaluations, lang: Lang) -> dict[str, Any]:
    """What every chart of these evaluations says of where it comes from, and of what it is not."""
    return {"source": origin_line(evaluations, lang), "about": evaluations, "rebuilt": any(is_rebuilt(e, 2) for e in evaluations)}


def headed(one: Words) -> Words:
    """What is evaluated, as the head of a column."""
    return words(one.zh, one.en.capitalize())


def _grades(evaluations: Evaluations) -> list[tuple[Decimal, Words, str]]:
    """The grades with the shares they begin at, the best first, as most departments' frameworks set them."""
    found = Counter(tuple((g.at_least / e.framework.points, g.words, g.id) for g in e.framework.grades) for e in evaluations)
    return sorted(found.most_common(1)[0][0], key=lambda g: -g[0]) if found else []


def _limits(evaluations: Evaluations) -> list[Decimal]:
    """Where the grades begin, the highest first, without the lowest grade, which begins at nothing."""
    return [limit for limit, _, _ in _grades(evaluations) if limit > 0]


def _spread(rates: Sequence[Decimal], evaluations: Evaluations, lang: Lang) -> Draw:
    limits = _limits(evaluations)
    lowest = min([*rates, *limits])
    first = max(floor(lowest * 20 - 1) * 5, 0)  # percent, in steps of five, a little below the lowest
    counts = Counter(e.grade_id for e in evaluations)

    def draw(sheet: Sheet) -> float:
        x, wide = Axis(4.0, sheet.width - 14, first / 100, 1), 2 if sheet.narrow or first < 40 else 1
        stacks = Counter(min(int(rate * 100), 99) // wide for rate in rates)
        width = (x.end - x.start) / (100 - first) * wide
        size = min(width - 1, 120 / max(stacks.values()))
        highest = max(stacks, key=lambda stack: stacks[stack])
        base, upper = 2.5 * sheet.leading + 14 + max(stacks.values()) * size + 6, Decimal(1)
        for at_least, name, id in _grades(evaluations):
            lower = max(at_least, Decimal(first) / 100)
            middle = (x(lower) + x(upper)) / 2
            sheet.text(middle, 8, shorten(name[lang], x(upper) - x(lower), sheet.body), align="center", bold=True)
            sheet.text(middle, 9 + sheet.leading, str(counts[id]), small=True, color=MUTED, align="center")
            upper = lower
        for limit in limits:
            sheet.line(x(limit), 2, x(limit), base, color=QUIET, dashed=True)
        for stack, count in stacks.items():
            at = x(Decimal(stack * wide) / 100)
            if len(rates) > MOST:
                height = max(count * size, 1)
                sheet.bar(at + 0.5, at + width - 0.5, base - height / 2, height, fill=ACCENT)
                if stack == highest:
                    sheet.text(at + width / 2, base - height - 7, str(count), small=True, color=MUTED, align="center")
                continue
            for level in range(count):
                sheet.bar(at + 0.5, at + 0.5 + size, base - 1 - size / 2 - level * size, size - 1, fill=ACCENT)
        sheet.line(x.start, base, x.end, base, color=INK)
        for tick in range(-(-first // 10) * 10, 101, 20 if sheet.narrow and first < 50 else 10):
            sheet.line(x(tick / 100), base, x(tick / 100), base + 3, color=INK)
            sheet.mark(x(tick / 100), base + sheet.leading, f"{tick}%")
        y = base + 2.5 * sheet.leading
        for mark, value in (("median", median(rates)), ("mean", mean(rates))):
            at, text = x(value), told(f"overview-totals.{mark}", rate=percent(value))[lang]
            sheet.shape([(at - 4, y + 4), (at, y - 4), (at + 4, y + 4)], fill=INK)
            fits = at + 9 + sheet.width_of(text) < sheet.width
            sheet.text(at + (8 if fits else -8), y, text, small=True, align="left" if fits else "right")
            y += sheet.leading + 4
        return y - 4

    return draw


# --- who stands where, and how surely


Ranges = Mapping[str, tuple[Decimal, Decimal]]
"""The lowest and the highest total of each department, by its code."""


def ends_text(low: Decimal, high: Decimal) -> str:
    """A range of a total, as its report gives it.

    >>> ends_text(Decimal("94.43"), Decimal("96.81"))
    '94.43–96.81'
    """
    return "–".join(plain(end, 2) for end in dict.fromkeys((low, high)))


def ranks_chart(evaluations: Evaluations, lang: Lang, number: int, ranges: Ranges) -> Chart:
    """A row a department, best first: its total as a dot on the range of what it may be, its rank with the ranks it may have."""
    standings = ranking(evaluations)
    if not standings:
        return no_data("overview-ranks", lang, number)
    one, many = nouns(evaluations)
    ends = ([total / s.evaluation.points for total in ranges[s.evaluation.record.department]] for s in standings)
    found = places([(s.rate, low, high) for s, (low, high) in zip(standings, ends, strict=True)])
    told_of = {s.evaluation.record.department: _ranked(place) for s, place in zip(standings, found, strict=True)}
    sure = sum(place.best == place.worst for place in found)
    count = len(standings)
    title = continued(told("overview-ranks.title", count=count, one=one, many=many if count > 1 else one, sure=sure), count, number)
    shown = part_of(standings, number)
    table, said, names = [], [], labels([s.evaluation for s in standings], lang)
    for s in shown:
        code = s.evaluation.record.department
        table.append([told_of[code], s.evaluation.record.name[lang], plain(s.evaluation.total, 2), ends_text(*ranges[code])])
        said.append(f"{names[code]} {plain(s.evaluation.total, 2)} ({told_of[code]})")
    drawn, subtitle = _ranks(shown, standings, ranges, names, told_of), told("overview-ranks.subtitle") + drawn_of(len(standings))
    about = [s.evaluation for s in standings]
    given = {"rows": table, "draw": drawn, "number": number, "one": headed(one), **_about(about, lang)}
    return composed("overview-ranks", title, subtitle, said, lang=lang, **given)


def _ranked(place: Place) -> str:
    return str(place.rank) if place.best == place.worst else f"{place.rank} ({place.best}–{place.worst})"


def _ranks(
    shown: Sequence[Standing], standings: Sequence[Standing], ranges: Ranges, names: Mapping[str, str], told_of: Mapping[str, str]
) -> Draw:
    ends = [float(total / s.evaluation.points) for s in standings for total in ranges[s.evaluation.record.department]]
    shares = [*ends, *(float(s.rate) for s in standings)]

    def draw(sheet: Sheet) -> float:
        totals = [plain(s.evaluation.total, 2) for s in standings]
        rows = Rows(sheet, names.values(), [told_of.values(), totals], cap=165, step=14, bar=10)
        x = Axis(rows.start + 6, rows.end - 6, max(min(shares) - 0.02, 0), max(shares) + 0.01)
        for s in shown:
            code, total = s.evaluation.record.department, plain(s.evaluation.total, 2)
            y = rows.row(names[code], [Cell(told_of[code], INK), Cell(total)])
            low, high = (x(total / s.evaluation.points) for total in ranges[code])
            sheet.bar(low, max(high, low + 1), y, 4, fill=QUIET)
            sheet.dot(x(s.rate), y, 3.4, ACCENT)
        return rows.y

    return draw


# --- every department's score rates


def heat_columns(evaluations: Evaluations) -> tuple[SectionResult, ...]:
    """What stands side by side: the groups of all frameworks in use, or the dimensions where these are too many."""
    groups = sections_of(evaluations)
    return groups if len(groups) <= COLUMNS else sections_of(evaluations, "dimensions")


def scores_chart(evaluations: Evaluations, lang: Lang, number: int = 1) -> Chart:
    """A row a department, best first; a column a group; in the cell the score rate, coloured the more the lower it is."""
    standings, columns = ranking(evaluations), heat_columns(evaluations)
    if not standings:
        return no_data("overview-scores", lang, number)
    rates = {s.evaluation.record.department: section_rates(s.evaluation) for s in standings}
    middles = {c.id: _middle([r.get(c.id) for r in rates.values()]) for c in columns}
    known = [(rate, c.name) for c in columns if (rate := middles[c.id]) is not None]
    title = told("overview-scores.unknown")
    if known:
        low, name = min(known, key=lambda k: k[0])
        title = told("overview-scores.title", group=name, rate=percent(low))
    evaluations = [s.evaluation for s in standings]
    (one, many), names = nouns(evaluations), labels(evaluations, lang)
    table, lines = list[list[str]](), list[_Line]()
    for s in part_of(standings, number):
        code, total = s.evaluation.record.department, plain(s.evaluation.total, 2)
        table.append([s.evaluation.record.name[lang], total, *(or_dash(rates[code].get(c.id)) for c in columns)])
        lines.append((str(s.rank), names[code], total, rates[code]))
    lines.append(("", told("overview-scores.median")[lang], "", middles))
    middle = [or_dash(middles[c.id]) for c in columns]
    table.append([told("overview-scores.middles", one=one, many=many)[lang], "", *middle])
    said = [f"{c.name[lang]} {rate}" for c, rate in zip(columns, middle, strict=True)]
    heads = [headed(one)[lang], told("overview-scores.total")[lang], *(c.name[lang] for c in columns)]
    drawn = _heat(lines, columns, [*names.values()], _limits(evaluations), lang)
    title, subtitle = continued(title, len(standings), number), told("overview-scores.subtitle") + drawn_of(len(standings))
    given = {"rows": table, "draw": drawn, "number": number, "heads": heads, **_about(evaluations, lang)}
    return composed("overview-scores", title, subtitle, said, lang=lang, **given)


def _middle(values: Sequence[Decimal | None]) -> Decimal | None:
    known = [v for v in values if v is not None]
    return median(known) if known else None


_Line = tuple[str, str, str, dict[str, Decimal | None]]
"""Rank, name, total and score rates; the last is of all departments and has no rank."""


def _heat(lines: Sequence[_Line], columns: Sequence[SectionResult], names: Sequence[str], limits: Sequence[Decimal], lang: Lang) -> Draw:
    def draw(sheet: Sheet) -> float:
        ranks = sheet.width_of("00", *(rank for rank, *_ in lines)) + 6
        return (narrow if sheet.narrow else wide)(sheet, ranks, sheet.small, sheet.leading + 2.5)

    def narrow(sheet: Sheet, ranks: float, small: float, step: float) -> float:
        """Under each department the groups that are below the best grade, by their names."""
        y = 12.0
        for rank, name, total, found in lines:
            sheet.text(ranks - 6, y, rank, small=True, color=MUTED, align="right")
            sheet.text(ranks, y, shorten(name, sheet.width - ranks - sheet.width_of(total) - 6, small), small=True, bold=True)
            sheet.text(sheet.width, y, total, small=True, align="right")
            x, y = 0.0, y + step
            known = [(c.name[lang], round_half_up(rate, 2)) for c in columns if (rate := found.get(c.id)) is not None]
            for text, rate in [(f"{group} {plain(rate * 100)}%", rate) for group, rate in known if _shade(rate, limits)]:
                said = shorten(text, sheet.width - 12, small)
                room = text_width(said, small) + 12
                x, y = (0.0, y + step) if x + room > sheet.width else (x, y)
                sheet.bar(x, x + room, y, step - 1.2, fill=f"{LOST}{_shade(rate, limits):02x}")
                sheet.text(x + 4, y, said, small=True, color=INK)
                x += room + 3
            y += step + 4 if x else 4
        return _key(sheet, y + 6, limits) - 4

    def wide(sheet: Sheet, ranks: float, small: float, step: float) -> float:
        totals, room = sheet.width_of("100.00") + 6, min(sheet.width_of(*names, lines[-1][1]) + 4, 150.0)
        left = ranks + room
        cell = min((sheet.width - totals - left) / max(len(columns), 1), 60.0)
        right = left + cell * len(columns) + totals
        heads = [wrap(c.name[lang], cell - 2, small) for c in columns]
        numbered = any("…" in line for lines in heads for line in lines)
        for place, head in enumerate(heads):
            said = [str(place + 1)] if numbered else head
            sheet.lines(left + cell * (place + 0.5), 12, [(t, MUTED) for t in said], small=True, align="center")
        sheet.text(right, 12, told("overview-scores.total")[lang], small=True, color=MUTED, align="right")
        y = 31.0
        for rank, name, total, found in lines:
            if last := not rank:
                sheet.line(0, y - step / 2, right, y - step / 2, color=MUTED)
                y += 3
            sheet.text(ranks - 6, y, rank, small=True, color=MUTED, align="right")
            sheet.text(ranks, y, shorten(name, room - 4, small), small=True, bold=last)
            sheet.text(right, y, total, small=True, align="right")
            for place, c in enumerate(columns):
                rate = None if (known := found.get(c.id)) is None else round_half_up(known, 2)  # as it is written
                a, shade = left + cell * place, _shade(rate, limits)
                if shade:
                    sheet.bar(a + 0.6, a + cell - 0.6, y, step - 1.2, fill=f"{LOST}{shade:02x}")
                text = "—" if rate is None else plain(rate * 100, 0)
                sheet.text(a + cell / 2, y, text, small=True, color=INK if shade else MUTED, align="center")
            y += step
        y = _key(sheet, y + 6, limits)
        for place, c in enumerate(columns if numbered else ()):
            text = shorten(f"{place + 1}  {c.name[lang]}", sheet.width / 3 - 6, small)
            sheet.text(sheet.width / 3 * (place % 3), y, text, small=True, color=MUTED)
            y += step if place % 3 == 2 or place == len(columns) - 1 else 0
        return y - 4

    return draw


def _shade(rate: Decimal | None, limits: Sequence[Decimal]) -> int:
    """How strong a cell is coloured, of 255: nothing from the highest limit on, then a step at each limit below."""
    if rate is None or not limits:
        return 0
    return round(130 * sum(rate < limit for limit in limits) / len(limits))


def _key(sheet: Sheet, y: float, limits: Sequence[Decimal]) -> float:
    """What the colours mean."""
    texts = [percent(limit, 0) for limit in limits]
    start = x = 0.0 if sheet.narrow else 20.0
    for place, limit in enumerate([*limits, Decimal(-1)] if limits else []):
        shade = _shade(limit, limits)
        said = f"≥ {texts[0]}" if place == 0 else f"< {texts[-1]}" if place == len(texts) else f"{texts[place]} – {texts[place - 1]}"
        if x + 18 + text_width(said, sheet.small) > sheet.width:
            x, y = start, y + sheet.leading + 3
        sheet.bar(x, x + 14, y, 9, fill=f"{LOST}{shade:02x}" if shade else None, edge=QUIET)
        sheet.text(x + 18, y, said, small=True, color=MUTED)
        x += 30 + text_width(said, sheet.small)
    return y + sheet.leading + 6
