"""The charts of points: the bridge from full points to the total, every indicator, the dimensions. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby

from matplotlib.figure import Figure

from evallib.charts.axis import Axis
from evallib.charts.drawing import ACCENT, BAD, BODY, INK, MUTED, QUIET, SMALL, WIDTH, Chart, Sheet, shorten, widest, wrap
from evallib.charts.parts import Step, basis_line, bridge, brief, composed, names_width, no_data, or_dash, score_of_points, signed, told
from evallib.model.evaluation import Evaluation, IndicatorResult
from evallib.model.words import NOTHING, Lang, Words, listed, words
from evallib.say.numbers import plain
from evallib.say.sentences import sentence


def _total(e: Evaluation) -> Words:
    """Total and grade, as a title says them."""
    return told(
        "points_bridge.graded" if e.grade else "points_bridge.total", total=plain(e.total, e.framework.rounding.scores), grade=e.grade
    )


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
        steps.append(Step(told("points_bridge.rest"), steps[-1].end, e.total, "change", signed(rest, places)))
    ending = f"{plain(e.total, places)} {e.grade[lang]}".rstrip()
    steps.append(Step(told("points_bridge.end"), Decimal(0), e.total, "total", ending, total=True))
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
    said = [f"{shorten(s.name[lang], 220, BODY)} {s.text}" + (f" ({s.side})" if s.side else "") for s in steps]
    full = [f"{brief(g)[lang]} {score_of_points(g.score, g.points, places)}" for g in others]
    full[:1] = [told("points_bridge.kept", group=text)[lang] for text in full[:1]]
    figure = bridge(steps, lang, low, limits)
    return composed("points_bridge", title, subtitle, [*said, *full], basis_line(e, lang, 2), table, figure, lang)


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
        held = score_of_points(i.score, i.points, places) if i.status == "scored" or i.lost > 0 else _status(i)[lang]
        return f"{shorten(i.name[lang], 230, BODY)} {held}"

    table = []
    for i in worth:
        home, score = [names[i.dimension], names[i.group], i.name[lang]], or_dash(i.score, lambda v: plain(v, places))
        table.append([*home, plain(i.points), score, signed(-i.lost, places), _status(i)[lang]])
    kept = sorted((i for i in worth if i.lost <= 0), key=lambda i: i.status == "scored")
    said, source = [scored(i) for i in (*losing, *kept)], basis_line(e, lang)
    title = told("points.title", all=len(worth), losing=len(losing), lost=lost)
    return composed("points", title, told("points.subtitle"), said, source, table, _points(e, worth, lang), lang)


def _status(i: IndicatorResult) -> Words:
    return sentence(f"workings.status.{i.status}")


def _points(e: Evaluation, worth: Sequence[IndicatorResult], lang: Lang) -> Figure:
    places = e.framework.rounding.scores
    homes, names = (58.0, 150.0) if lang == "zh" else (92.0, 172.0)
    texts = {i.id: score_of_points(i.score, i.points, places) if i.status == "scored" else _status(i)[lang] for i in worth}
    scores, losses = widest(texts.values()), widest(signed(-i.lost, places) for i in worth) + 4
    x = Axis(homes + names, WIDTH - scores - losses - 16, 0, float(max(i.points for i in worth)))
    sheet, y = Sheet(), 10.0
    for dimension, found in groupby(worth, key=lambda i: i.dimension):
        section = next(d for d in e.dimensions if d.id == dimension)
        sheet.text(0, y, shorten(section.name[lang], x.start, BODY), bold=True)
        sheet.text(WIDTH, y, score_of_points(section.score, section.points, places), bold=True, align="right")
        sheet.line(0, y + 9, WIDTH, y + 9, color=MUTED)
        y += 19
        for group, some in groupby(found, key=lambda i: i.group):
            members, name = list(some), next(g.name[lang] for g in e.groups if g.id == group)
            home = len(wrap(name, homes - 4, SMALL))
            for place, i in enumerate(members):
                lines = len(wrap(i.name[lang], names - 8, SMALL))
                tall = 5 if lines > 1 or (len(members) == 1 and home > 1) else 0
                y += tall
                if place == 0:
                    sheet.name(y if len(members) == 1 else y + (home - lines) * 5.25, name, homes - 4, size=SMALL, color=MUTED)
                color = INK if i.lost > 0 else MUTED
                sheet.name(y, i.name[lang], names - 8, x=homes, size=SMALL, color=color)
                kept, end = x(i.score or 0), x(i.points)
                if i.status == "not_applicable":
                    sheet.bar(x.start, end, y, 8, edge=QUIET)
                else:
                    x.bar(sheet, y, 8, min(max(i.score or Decimal(0), Decimal(0)), i.points), fill=QUIET)
                if i.lost > 0:
                    sheet.bar(kept, end, y, 8, fill=BAD)
                    sheet.text(WIDTH - scores - 8, y, signed(-i.lost, places), size=SMALL, color=BAD, align="right", bold=True)
                sheet.text(WIDTH, y, texts[i.id], size=SMALL, color=color, align="right")
                y += 13.5 + tall
            y += 3
        y += 7
    return sheet.finish(y - 10)


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
    said = [f"{shorten(n[lang], 220, BODY)} {or_dash(r)} ({t})" for n, r, t in rows]
    table = [[n[lang], or_dash(r), t] for n, r, t in rows]
    figure = _dimensions(rows, len(e.dimensions), lang)
    return composed("dimensions", title, subtitle, said, basis_line(e, lang, 1), table, figure, lang)


def _dimensions(rows: Sequence[tuple[Words, Decimal | None, str]], dimensions: int, lang: Lang) -> Figure:
    names, texts = names_width([name[lang] for name, _, _ in rows], lang), widest(t for _, _, t in rows)
    x = Axis(names + 8, WIDTH - texts - 68, 0, 1)
    sheet, y = Sheet(), 11.0
    for place, (name, rate, text) in enumerate(rows):
        total = place == dimensions
        if total:
            sheet.line(0, y - 10, WIDTH, y - 10)
            y += 4
        sheet.name(y, name[lang], names, bold=total)
        if place <= dimensions:
            sheet.bar(x.start, x.end, y, 12, edge=MUTED)
            x.bar(sheet, y, 12, min(max(rate or Decimal(0), Decimal(0)), Decimal(1)), fill=ACCENT)
        elif rate is not None:
            sheet.line(x.start, y, x.end, y)
            sheet.diamond(x(rate), y, 5)
        sheet.text(WIDTH - texts - 12, y, or_dash(rate), align="right", bold=total)
        sheet.text(WIDTH, y, text, size=SMALL, color=MUTED, align="right")
        y += 22
    return sheet.finish(y - 9)
