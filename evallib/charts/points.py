"""The charts of points: the bridge from full points to the total, every indicator, the dimensions. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby

from evallib.charts.drawing import Chart, Draw
from evallib.charts.layout import Cell, Rows
from evallib.charts.parts import Step, basis, bridge, brief, composed, in_words, no_data, or_dash, score_of_points, signed, told
from evallib.charts.sheet import ACCENT, INK, LOST, MUTED, QUIET, Sheet
from evallib.model.evaluation import Evaluation, IndicatorResult
from evallib.model.words import NOTHING, Lang, Words, listed, words
from evallib.say.numbers import plain
from evallib.say.workings import STATUSES


def _total(e: Evaluation) -> Words:
    """Total and grade, as a title says them."""
    total = plain(e.total, e.framework.rounding.scores)
    return told("points_bridge.graded" if e.grade else "points_bridge.total", total=total, grade=e.grade)


def points_bridge_chart(evaluation: Evaluation, lang: Lang) -> Chart:
    """From full points to the total: what each group lost, the largest first, with the limits of the grades."""
    e, places = evaluation, evaluation.framework.rounding.scores
    if not e.has_total:
        return no_data("points_bridge", lang)
    start = e.framework.points
    lost = sorted((g for g in e.groups if g.points > g.score), key=lambda g: g.score - g.points)
    others = [g for g in e.groups if g not in lost and g.points]
    steps = [Step(told("points_bridge.full"), Decimal(0), start, "plan", plain(start, places), total=True)]
    for g in lost:
        level, side = steps[-1].end, score_of_points(g.score, g.points, places)
        steps.append(Step(g.name, level, level - (g.points - g.score), "loss", signed(g.score - g.points, places), side))
    if rest := e.total - steps[-1].end:
        steps.append(Step(told("points_bridge.rest"), steps[-1].end, e.total, "rest", signed(rest, places)))
    ending = f"{plain(e.total, places)} {e.grade[lang]}".rstrip()
    steps.append(Step(told("points_bridge.end"), Decimal(0), e.total, "actual", ending, total=True))
    title = _total(e) + told("points_bridge.no_loss")
    if lost:
        title = _total(e) + told("points_bridge.worst", group=brief(lost[0]), lost=steps[1].text)
    limits = sorted((g.at_least, g.words[lang]) for g in e.framework.grades if g.at_least > 0)
    floor = min([min(s.end for s in steps), *(at for at, _ in limits)])
    low = max(float(floor) - float(start) * 0.05, 0.0)
    low = low // 5 * 5 if low > float(start) * 0.2 else 0.0
    subtitle = told("points_bridge.limited" if limits else "points_bridge.subtitle")
    if low:
        subtitle += told("drawn.axis_across", low=f"{low:g}")
    if others:
        subtitle += told("points_bridge.others", count=len(others), groups=listed(brief(g) for g in others))
    table = [
        [g.name[lang], plain(g.points), plain(g.score, places), signed(g.score - g.points, places), or_dash(g.rate)]
        for g in (*lost, *others)
    ]
    whole = or_dash(e.total / start if start else None)
    table.append([steps[-1].name[lang], plain(start), plain(e.total, places), signed(e.total - start, places), whole])
    said = [f"{in_words(s.name[lang])} {s.text}" + (f" ({s.side})" if s.side else "") for s in steps]
    full = [f"{brief(g)[lang]} {score_of_points(g.score, g.points, places)}" for g in others]
    full[:1] = [told("points_bridge.kept", group=text)[lang] for text in full[:1]]
    drawn = bridge(steps, lang, low, limits)
    return composed("points_bridge", title, subtitle, [*said, *full], rows=table, draw=drawn, lang=lang, **basis(e, lang, 2))


def points_chart(evaluation: Evaluation, lang: Lang) -> Chart:
    """Every indicator with the points it kept and lost; what was lost stands out, what is full stays quiet."""
    e, places = evaluation, evaluation.framework.rounding.scores
    worth = [i for i in e.indicators if i.points]
    if not worth:
        return no_data("points", lang)
    losing = sorted((i for i in worth if i.lost > 0), key=lambda i: -i.lost)
    lost = plain(sum((i.lost for i in losing), Decimal(0)), places)
    names = {one.id: one.name[lang] for one in (*e.groups, *e.dimensions)}

    def scored(i: IndicatorResult) -> str:
        held = score_of_points(i.score, i.points, places) if i.status == "scored" or i.lost > 0 else STATUSES[i.status][lang]
        return f"{in_words(i.name[lang])} {held}"

    table = []
    for i in worth:
        home, score = [names[i.dimension], names[i.group], i.name[lang]], or_dash(i.score, lambda v: plain(v, places))
        table.append([*home, plain(i.points), score, signed(-i.lost, places), STATUSES[i.status][lang]])
    kept = sorted((i for i in worth if i.lost <= 0), key=lambda i: i.status == "scored")
    said, drawn = [scored(i) for i in (*losing, *kept)], _points(e, worth, lang)
    title = told("points.title", all=sum(i.counted for i in worth), losing=len(losing), lost=lost)
    return composed("points", title, told("points.subtitle"), said, rows=table, draw=drawn, lang=lang, **basis(e, lang))


def _points(e: Evaluation, worth: Sequence[IndicatorResult], lang: Lang) -> Draw:
    places, most = e.framework.rounding.scores, float(max(i.points for i in worth))
    texts = {i.id: score_of_points(i.score, i.points, places) if i.status == "scored" else STATUSES[i.status][lang] for i in worth}
    groups, dimensions = {g.id: g for g in e.groups}, {d.id: d for d in e.dimensions}

    def draw(sheet: Sheet) -> float:
        indent, cap = (58.0, 150.0) if lang == "zh" else (92.0, 190.0)
        losses = [signed(-i.lost, places) for i in worth if i.lost > 0]
        rows = Rows(sheet, [i.name[lang] for i in worth], [losses, texts.values()], cap=cap, step=13.5, bar=9, indent=indent)
        x = rows.axis(0, most)
        for dimension, found in groupby(worth, key=lambda i: i.dimension):
            section = dimensions[dimension]
            rows.heading(section.name[lang], score_of_points(section.score, section.points, places))
            for group, some in groupby(found, key=lambda i: i.group):
                members = list(some)
                if not sheet.narrow or (group != dimension and (len(members) > 1 or members[0].name != groups[group].name)):
                    rows.label(groups[group].name[lang], len(members))
                for i in members:
                    drawn = i.lost > 0 or not sheet.narrow
                    color, loss = INK if i.lost > 0 else MUTED, signed(-i.lost, places) if i.lost > 0 else ""
                    y = rows.row(i.name[lang], [Cell(loss, LOST, bold=True), Cell(texts[i.id], color)], color=color, drawn=drawn)
                    if not drawn:
                        continue
                    kept, end = x(i.score or 0), x(i.points)
                    if i.status == "not_applicable":
                        sheet.bar(x.start, end, y, 8, edge=QUIET)
                    else:
                        x.bar(sheet, y, 8, min(max(i.score or Decimal(0), Decimal(0)), i.points), fill=QUIET)
                    if i.lost > 0:
                        sheet.bar(kept, end, y, 8, fill=LOST)
            rows.y += 6
        return rows.y - 6

    return draw


def dimension_chart(evaluation: Evaluation, lang: Lang) -> Chart:
    """The score rate of each dimension and of the whole, the self-evaluation as a mark beside the total."""
    e, points, places = evaluation, evaluation.framework.points, evaluation.framework.rounding.scores
    if not e.has_total:
        return no_data("dimensions", lang)
    rated = sorted((d for d in e.dimensions if d.rate is not None), key=lambda d: d.rate or Decimal(0))
    title = _total(e)
    if len(rated) > 1:
        least, most = brief(rated[0]), brief(rated[-1])
        ends = {"low": or_dash(rated[0].rate), "high": or_dash(rated[-1].rate)}
        title = told("dimensions.title", least=least, most=words(most.zh, most.en.lower()), **ends)
    subtitle = told("dimensions.subtitle")

    def row(name: str, score: Decimal, grade: Words) -> tuple[Words, Decimal | None, str]:
        named = told(f"dimensions.{name}") + (told("dimensions.grade", grade=grade) if grade else NOTHING)
        return named, score / points if points else None, score_of_points(score, points, places)

    rows = [(d.name, d.rate, score_of_points(d.score, d.points, places)) for d in e.dimensions]
    rows.append(row("total", e.total, e.grade))
    if e.self_total is not None:
        graded = next((g.words for g in e.framework.grades if e.self_grade in (g.name, g.name_en)), words(e.self_grade))
        rows.append(row("own", e.self_total, graded))
        subtitle += told("dimensions.diamond")
    said = [f"{in_words(n[lang])} {or_dash(r)} ({t})" for n, r, t in rows]
    table = [[n[lang], or_dash(r), t] for n, r, t in rows]
    drawn = _dimensions(rows, len(e.dimensions), lang)
    return composed("dimensions", title, subtitle, said, rows=table, draw=drawn, lang=lang, **basis(e, lang, 1))


def _dimensions(rows: Sequence[tuple[Words, Decimal | None, str]], dimensions: int, lang: Lang) -> Draw:
    def draw(sheet: Sheet) -> float:
        lines = Rows(sheet, [name[lang] for name, _, _ in rows], [[or_dash(rate) for _, rate, _ in rows], [text for *_, text in rows]])
        x = lines.axis(0, 1)
        for place, (name, rate, text) in enumerate(rows):
            total = place == dimensions
            if total:
                lines.rule()
            y = lines.row(name[lang], [Cell(or_dash(rate), INK, total), Cell(text)], bold=total)
            if place <= dimensions:
                x.bar(sheet, y, 12, min(max(rate or Decimal(0), Decimal(0)), Decimal(1)), fill=ACCENT)
                sheet.bar(x.start, x.end, y, 12, edge=MUTED)
            elif rate is not None:
                sheet.line(x.start, y, x.end, y)
                sheet.diamond(x(rate), y, 5)
        return lines.y

    return draw
