"""The charts of points: the bridge from full points to the total, every indicator, the dimensions. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby

from matplotlib.figure import Figure

from evallib.charts.drawing import ACCENT, BAD, BODY, FAINT, INK, MUTED, QUIET, SMALL, WIDTH, Chart, Sheet, shorten, text_width, wrap
from evallib.charts.parts import Step, basis_line, bridge, brief, composed, names_width, no_data, percent_or_dash, score_of_points, signed
from evallib.model.evaluation import Evaluation, IndicatorResult
from evallib.model.words import NOTHING, Lang, Words, words
from evallib.say.numbers import plain
from evallib.say.workings import STATUSES


def _told(e: Evaluation) -> Words:
    """Total and grade, as a title says them."""
    total = plain(e.total, e.framework.rounding.scores)
    return words(f"总分 {total}", f"{total} points") + (words(f"，等级为{e.grade.zh}", f", grade: {e.grade.en}") if e.grade else NOTHING)


def points_bridge_chart(evaluation: Evaluation, lang: Lang) -> Chart:
    """From full points to the total: what each group lost, the largest first, with the limits of the grades."""
    e, places = evaluation, evaluation.framework.rounding.scores
    if not e.has_total:
        return no_data("points_bridge", words("指标没有分值", "The indicators have no points"), lang)
    start = e.framework.points
    lost = sorted((g for g in e.groups if g.points > g.score), key=lambda g: g.score - g.points)
    others = [g for g in e.groups if g not in lost and g.points]
    steps = [Step(words("满分", "Full points"), Decimal(0), start, "plan", plain(start, places), total=True)]
    for g in lost:
        level, side = steps[-1].end, score_of_points(g.score, g.points, places)
        steps.append(Step(g.name, level, level - (g.points - g.score), "loss", signed(g.score - g.points, places), side))
    if e.total != steps[-1].end:
        rest = e.total - steps[-1].end
        steps.append(Step(words("折算等其他差额", "Rescaling and other"), steps[-1].end, e.total, "change", signed(rest, places)))
    ending = f"{plain(e.total, places)} {e.grade[lang]}".rstrip()
    steps.append(Step(words("总分", "Total"), Decimal(0), e.total, "total", ending, total=True))
    title = _told(e) + words("，没有失分", ", nothing lost")
    if lost:
        worst = brief(lost[0])
        title = _told(e) + words(f"；{worst.zh}失分最多（{steps[1].text}）", f"; {worst.en} lost most ({steps[1].text})")
    limits = sorted((g.at_least, g.words[lang]) for g in e.framework.grades if g.at_least > 0)
    floor = min([min(s.end for s in steps), *(at for at, _ in limits)])
    low = max(float(floor) - float(start) * 0.05, 0.0)
    low = low // 5 * 5 if low > float(start) * 0.2 else 0.0
    subtitle = words(
        "从满分起逐个二级指标减去失分，右侧为得分 / 分值" + ("；虚线为等级界限。" if limits else "。"),
        "From full points, less what each group lost; right: score / points." + (" Dashed lines: limits of the grades." if limits else ""),
    )
    if low:
        subtitle += words(f"横轴从 {low:g} 分起。", f" The axis begins at {low:g}.")
    if others:
        kept = words("、", ", ")[lang].join(brief(g)[lang] for g in others)
        subtitle += words(f"未失分的 {len(others)} 个：{kept}。", f" {len(others)} groups lost nothing: {kept}.")
    table = [
        [g.name[lang], plain(g.points), plain(g.score, places), signed(g.score - g.points, places), percent_or_dash(g.rate)]
        for g in (*lost, *others)
    ]
    whole = percent_or_dash(e.total / start if start else None)
    table.append([steps[-1].name[lang], plain(start), plain(e.total, places), signed(e.total - start, places), whole])
    said = [f"{shorten(s.name[lang], 220, BODY)} {s.text}" + (f" ({s.side})" if s.side else "") for s in steps]
    full = [f"{brief(g)[lang]} {score_of_points(g.score, g.points, places)}" for g in others]
    full[:1] = [words("未失分：", "nothing lost: ")[lang] + text for text in full[:1]]
    return composed(
        "points_bridge",
        title,
        subtitle,
        words("。瀑布图：", ". Waterfall chart: "),
        [*said, *full],
        basis_line(e, lang, 2),
        words("二级指标|分值|得分|失分|得分率", "Group|Points|Score|Lost|Score rate"),
        table,
        bridge(steps, lang, low, limits),
        lang,
    )


def points_chart(evaluation: Evaluation, lang: Lang) -> Chart:
    """Every indicator with the points it kept and lost; what was lost stands out, what is full stays quiet."""
    e, places = evaluation, evaluation.framework.rounding.scores
    worth = [i for i in e.indicators if i.points]
    if not worth:
        return no_data("points", words("没有计分的指标", "There are no indicators with points"), lang)
    losing = sorted((i for i in worth if i.lost > 0), key=lambda i: -i.lost)
    lost = plain(sum((i.lost for i in losing), Decimal(0)), places)
    title = words(
        f"{len(worth)} 项指标中 {len(losing)} 项失分，共失 {lost} 分",
        f"{len(losing)} of {len(worth)} indicators lost points, {lost} in all",
    )
    subtitle = words(
        "每项指标的分值：灰色为得分，橙色为失分；右侧为失分和得分 / 分值，单位：分。",
        "Points of each indicator: grey kept, orange lost. Right: points lost, and score / points.",
    )
    groups = {g.id: g.name[lang] for g in e.groups}
    dimensions = {d.id: d.name[lang] for d in e.dimensions}
    table = [
        [
            dimensions[i.dimension],
            groups[i.group],
            i.name[lang],
            plain(i.points),
            "—" if i.score is None else plain(i.score, places),
            signed(-i.lost, places),
            STATUSES[i.status][lang],
        ]
        for i in worth
    ]
    names = {i.id: shorten(i.name[lang], 230, BODY) for i in worth}
    full = [i for i in worth if i.lost <= 0 and i.status == "scored"]
    said = [f"{names[i.id]} {score_of_points(i.score, i.points, places)}" for i in losing]
    said += [f"{names[i.id]} {STATUSES[i.status][lang]}" for i in worth if i.lost <= 0 and i.status != "scored"]
    return composed(
        "points",
        title,
        subtitle,
        words("。失分的：", ". Lost points: "),
        [*said, *(f"{names[i.id]} {score_of_points(i.score, i.points, places)}" for i in full)],
        basis_line(e, lang),
        words("一级指标|二级指标|三级指标|分值|得分|失分|状态", "Dimension|Group|Indicator|Points|Score|Lost|Status"),
        table,
        _points(e, worth, lang),
        lang,
    )


def _points(e: Evaluation, worth: Sequence[IndicatorResult], lang: Lang) -> Figure:
    places = e.framework.rounding.scores
    homes, names = (58.0, 150.0) if lang == "zh" else (92.0, 172.0)
    texts = {i.id: score_of_points(i.score, i.points, places) if i.status == "scored" else STATUSES[i.status][lang] for i in worth}
    scores = max(text_width(t, SMALL) for t in texts.values())
    losses = max(text_width(signed(-i.lost, places), SMALL) for i in worth) + 4
    left, right = homes + names, WIDTH - scores - losses - 16
    scale = (right - left) / float(max(i.points for i in worth))
    sheet, y = Sheet(), 10.0
    for dimension, found in groupby(worth, key=lambda i: i.dimension):
        section = next(d for d in e.dimensions if d.id == dimension)
        sheet.text(0, y, shorten(section.name[lang], left, BODY), bold=True)
        sheet.text(WIDTH, y, f"{score_of_points(section.score, section.points, places)}", bold=True, align="right")
        sheet.line(0, y + 9, WIDTH, y + 9, color=MUTED)
        y += 19
        for group, some in groupby(found, key=lambda i: i.group):
            members = list(some)
            home = wrap(next(g.name[lang] for g in e.groups if g.id == group), homes - 4, SMALL)
            for place, i in enumerate(members):
                lines = wrap(i.name[lang], names - 8, SMALL)
                tall = len(lines) > 1 or (len(members) == 1 and len(home) > 1)
                y += 5 if tall else 0
                if place == 0:
                    sheet.lines(
                        0,
                        y if len(members) == 1 else y + (len(home) - len(lines)) * 5.25,
                        [(t, MUTED) for t in home],
                        size=SMALL,
                        step=10.5,
                    )
                score = min(max(i.score if i.score is not None else Decimal(0), Decimal(0)), i.points)
                loses, quiet = i.lost > 0, i.status != "not_applicable"
                sheet.lines(homes, y, [(t, INK if loses else MUTED) for t in lines], size=SMALL, step=10.5)
                kept, end = left + float(score) * scale, left + float(i.points) * scale
                if not quiet:
                    sheet.bar(left, end, y, 8, edge=QUIET)
                elif score:
                    sheet.bar(left, kept, y, 8, fill=QUIET)
                if loses:
                    sheet.bar(kept, end, y, 8, fill=BAD)
                    sheet.text(WIDTH - scores - 8, y, signed(-i.lost, places), size=SMALL, color=BAD, align="right", bold=True)
                sheet.text(WIDTH, y, texts[i.id], size=SMALL, color=INK if loses else MUTED, align="right")
                y += 13.5 + (5 if tall else 0)
            y += 3
        y += 7
    return sheet.finish(y - 10)


def dimension_chart(evaluation: Evaluation, lang: Lang) -> Chart:
    """The score rate of each dimension and of the whole, the self-evaluation as a mark beside the total."""
    e, points, places = evaluation, evaluation.framework.points, evaluation.framework.rounding.scores
    if not e.has_total:
        return no_data("dimensions", words("指标没有分值", "The indicators have no points"), lang)
    rated = sorted((d for d in e.dimensions if d.rate is not None), key=lambda d: d.rate or Decimal(0))
    title = _told(e)
    if len(rated) > 1:
        least, most = rated[0], rated[-1]
        low, high = percent_or_dash(least.rate), percent_or_dash(most.rate)
        title = words(
            f"{brief(least).zh}得分率最低（{low}），{brief(most).zh}最高（{high}）",
            f"{brief(least).en} has the lowest score rate ({low}), {brief(most).en.lower()} the highest ({high})",
        )
    subtitle = words("实心为得分占分值的比例，空心框为满分。", "Solid: score as a share of the points; outlined: full points.")

    def named(zh: str, en: str, grade: Words) -> Words:
        return words(zh, en) + (words(f"（{grade.zh}）", f" ({grade.en})") if grade else NOTHING)

    rows = [(d.name, d.rate, score_of_points(d.score, d.points, places)) for d in e.dimensions]
    rows.append((named("总分", "Total", e.grade), e.total / points if points else None, score_of_points(e.total, points, places)))
    own = e.self_total
    if own is not None:
        graded = next((g.words for g in e.framework.grades if e.self_grade in (g.name, g.name_en)), words(e.self_grade))
        name = named("自评", "Self-evaluation", graded)
        rows.append((name, own / points if points else None, score_of_points(own, points, places)))
        subtitle += words("菱形为自评分。", " The diamond is the self-evaluation.")
    return composed(
        "dimensions",
        title,
        subtitle,
        words("。条形图，得分率：", ". Bar chart, score rates: "),
        [f"{shorten(n[lang], 220, BODY)} {percent_or_dash(r)} ({t})" for n, r, t in rows],
        basis_line(e, lang, 1),
        words("一级指标|得分率|得分 / 分值", "Dimension|Score rate|Score / points"),
        [[n[lang], percent_or_dash(r), t] for n, r, t in rows],
        _dimensions(rows, len(e.dimensions), lang),
        lang,
    )


def _dimensions(rows: Sequence[tuple[Words, Decimal | None, str]], dimensions: int, lang: Lang) -> Figure:
    names = names_width([name[lang] for name, _, _ in rows], lang)
    texts, rates = max(text_width(t, SMALL) for _, _, t in rows), 50.0
    left, right = names + 8, WIDTH - texts - rates - 18
    sheet, y = Sheet(), 11.0
    for place, (name, rate, text) in enumerate(rows):
        if place == dimensions:
            sheet.line(0, y - 10, WIDTH, y - 10)
            y += 4
        at = left + min(max(float(rate or 0), 0), 1) * (right - left)
        sheet.lines(0, y, [(line, INK) for line in wrap(name[lang], names)], step=10.5, bold=place == dimensions)
        if place <= dimensions:
            sheet.bar(left, right, y, 12, edge=MUTED)
            if rate:
                sheet.bar(left, at, y, 12, fill=ACCENT)
        elif rate is not None:
            sheet.line(left, y, right, y)
            sheet.shape([(at - 5, y), (at, y - 5), (at + 5, y), (at, y + 5)], fill=FAINT, edge=INK)
        sheet.text(WIDTH - texts - 12, y, percent_or_dash(rate), align="right", bold=place == dimensions)
        sheet.text(WIDTH, y, text, size=SMALL, color=MUTED, align="right")
        y += 22
    return sheet.finish(y - 9)
