"""What the charts share: bridges, scales, alternative texts, source lines, the picture that says data is missing. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd
from matplotlib.figure import Figure

from evallib.charts.drawing import ACCENT, BAD, BODY, FAINT, INK, MUTED, QUIET, SMALL, WIDTH, Chart, Sheet, shorten, text_width, wrap
from evallib.model.evaluation import Evaluation, SectionResult
from evallib.model.facts import Origin
from evallib.model.units import Unit
from evallib.model.words import Lang, Words, words
from evallib.say.numbers import percent, plain, section_number

ALT_LENGTH = 880  # characters an alternative text may have; the table holds the rest


def name_width(lang: Lang) -> float:
    """The width in points that the names of a chart may take."""
    return 138.0 if lang == "zh" else 156.0


@dataclass(frozen=True)
class Step:
    """A step of a bridge: from where to where, and how it is drawn."""

    name: Words
    start: Decimal
    end: Decimal
    kind: str  # plan, change, actual, loss
    text: str
    side: str = ""
    total: bool = False


def names_width(names: Iterable[str], lang: Lang) -> float:
    """As wide as the longest name, within what a column of names may take."""
    return min(max(text_width(name, BODY) for name in names) + 6, name_width(lang))


def bridge(steps: Sequence[Step], lang: Lang, low: float = 0, marks: Sequence[tuple[Decimal, str]] = ()) -> Figure:
    """A waterfall from top to bottom. `low` is where the axis begins; bars of totals are then broken. `marks` are lines to read by."""
    names = names_width([s.name[lang] for s in steps], lang)
    side = max((text_width(s.side, SMALL) for s in steps), default=0)
    room = min(max(text_width(s.text, BODY) for s in steps) + 10, 150)
    levels = [float(v) for s in steps for v in (s.start, s.end)]
    low, high = low or min(0.0, *levels), max([*levels, *(float(m) for m, _ in marks), low + 1e-9])
    left, right = names + 8, WIDTH - room - (side + 12 if side else 0)
    sheet, y, step = Sheet(), 12.0 + (26 if marks else 0), 22.0

    def x(value: Decimal) -> float:
        return left + (max(float(value), low) - low) / (high - low or 1) * (right - left)

    bottom = y + step * len(steps) - 10
    for value, name in marks:
        sheet.lines(x(value), 12, [(shorten(name, 52, SMALL), MUTED), (f"≥ {plain(value)}", MUTED)], size=SMALL, align="center")
    sheet.line(x(Decimal(0)), y - 10, x(Decimal(0)), bottom, color=FAINT if low > 0 else MUTED)
    styles = {"plan": (None, INK), "change": (FAINT, MUTED), "actual": (ACCENT, None), "loss": (BAD, None), "total": (ACCENT, None)}
    for place, s in enumerate(steps):
        fill, edge = styles[s.kind]
        a, b = sorted((x(s.start), x(s.end)))
        for value, _ in marks:  # not through the text beside the bar
            if not b + 1 < x(value) < b + 10 + text_width(s.text, BODY):
                sheet.line(x(value), y - step / 2, x(value), min(y + step / 2, bottom), color=QUIET, dashed=True)
        sheet.lines(0, y, [(line, INK) for line in wrap(s.name[lang], names)], step=10.5, bold=s.total)
        sheet.bar(
            a, max(b, a + 0.8), y, 12, fill=fill, edge=edge, cut=a + min(14, (b - a) / 2) if s.total and low > 0 and b - a > 14 else None
        )
        color = BAD if s.kind == "loss" else INK
        sheet.text(max(a, b) + 5, y, s.text, color=color, bold=s.total)
        if s.side:
            sheet.text(WIDTH, y, s.side, size=SMALL, color=MUTED, align="right")
        follows = steps[place + 1] if place + 1 < len(steps) else s
        if follows is not s and s.end in (follows.start, follows.end):
            sheet.line(x(s.end), y + 6, x(s.end), y + step - 6, color=QUIET)
        y += step
    return sheet.finish(y - 8)


def brief(section: SectionResult) -> Words:
    """A name as a title or an alternative text can carry it; the table has it in full."""
    name = section.name
    return words(shorten(name.zh, 220, BODY), shorten(name.en, 220, BODY))


def score_of_points(score: Decimal | None, points: Decimal, places: int) -> str:
    """A score and its points, apart by a stroke."""
    return f"{'—' if score is None else plain(score, places)} / {plain(points)}"


def percent_or_dash(rate: Decimal | None) -> str:
    """A rate as a percentage, a dash where there is none."""
    return "—" if rate is None else percent(rate)


def signed(value: Decimal, places: int = 2) -> str:
    """A number that always shows its sign."""
    return ("+" if value > 0 else "") + plain(value, places)


def money_scale(values: Iterable[Decimal], unit: Unit, lang: Lang, smallest: bool = False) -> tuple[Decimal, str]:
    """The unit in which amounts in the currency's own unit read best: its factor and its name.

    >>> from evallib.model.units import Currency, Units
    >>> money_scale([Decimal(25000)], Units(currency=Currency("円", "日元", "yen")).money, "zh")
    (Decimal('10000'), '万日元')
    """
    sizes = sorted(abs(v) for v in values if v) or [Decimal(0)]
    if lang == "zh":
        factor, word = (10**8, "亿") if sizes[0] >= 10**8 else (10**4, "万")
    else:
        factor, word = (1000, "thousand ") if sizes[0 if smallest else -1] < 10**6 else (10**6, "million ")
    return Decimal(factor), word + unit.name[lang]


def composed(
    id: str,
    title: Words,
    subtitle: Words,
    kind: Words,
    said: Sequence[str],
    source: str,
    heads: Words | Sequence[str],
    rows: Sequence[Sequence[object]],
    figure: Figure,
    lang: Lang,
    money: Unit | None = None,
) -> Chart:
    """A chart of its parts. `kind` and `said` follow the title in the alternative text: what is drawn, and the values.

    The heads of its table stand apart by strokes; ¤ in them is the name of the money.
    """
    alt = alt_text(title[lang] + kind[lang], said, lang)
    columns = heads[lang].split("|") if isinstance(heads, Words) else heads
    named = [head.replace("¤", money.name[lang]) if money else head for head in columns]
    # the numbers as a table of texts, kept as they are: no column is given a type of its own
    return Chart(id, title[lang], subtitle[lang], alt, source, pd.DataFrame(rows, columns=named, dtype=object), figure, lang)


def alt_text(lead: str, said: Sequence[str], lang: Lang) -> str:
    """A lead and as many of the values as a listener bears; the table has them all."""
    gap, end = words("；", "; ")[lang], words("。", ".")[lang]
    text = lead
    for place, part in enumerate(said):
        if len(text) + len(part) > ALT_LENGTH:
            left = len(said) - place
            return text + gap + words(f"其余 {left} 项见表", f"{left} more in the table")[lang] + end
        text += (gap if place else "") + part
    return text + end


def source_line(evaluation: Evaluation, origins: Sequence[Origin], lang: Lang) -> str:
    """The documents that numbers come from, with their sections (down to the second level)."""
    said = []
    for id in dict.fromkeys(o.source for o in origins):
        document = evaluation.record.find_source(id)
        title = document.words[lang] if document else id
        found = [re.match(r"[一二三四五六七八九十]+\([一二三四五六七八九十]+\)", o.section) for o in origins if o.source == id]
        full = [o.section for o in origins if o.source == id]
        sections = sorted(
            {m[0] if m else s for m, s in zip(found, full, strict=True)}, key=lambda s: ["一二三四五六七八九十".find(c) for c in s]
        )
        said.append(
            words(f"《{title}》{'、'.join(sections)}", f"{title}, sections {', '.join(section_number(s, 'en') for s in sections)}")[lang]
        )
    return words("来源：", "Source: ")[lang] + words("；", "; ")[lang].join(said) if said else ""


def basis_line(evaluation: Evaluation, lang: Lang, depth: int = 3) -> str:
    """Which framework the points come from, and which of them were published, which reconstructed."""
    names = {"published": words("公布", "published"), "reconstructed": words("重构", "reconstructed"), "own": words("自设", "our own")}
    levels = (
        (words("一级指标", "dimensions"), {d.basis for d in evaluation.dimensions}),
        (words("二级指标", "groups"), {g.basis for g in evaluation.groups}),
        (words("三级指标", "indicators"), {i.basis for i in evaluation.indicators}),
    )[:depth]
    gap, space = words("、", " and ")[lang], words("", " ")[lang]
    said = [level[lang] + space + gap.join(names[b][lang] for b in sorted(found)) for level, found in levels]
    framework = evaluation.framework.words[lang]
    text = words(
        f"来源：按《{framework}》计算。分值依据：{'，'.join(said)}。",
        f"Source: computed by “{framework}”. Basis of points: {', '.join(said)}.",
    )
    if any("reconstructed" in found for _, found in levels):
        text += words(
            "重构的分值由公布数推算，不是公布的数字。",
            " Reconstructed points are inferred from the published ones; they were not published.",
        )
    return text[lang]


def no_data(id: str, message: Words, lang: Lang) -> Chart:
    """A chart that says in words that there is nothing to draw."""
    sheet = Sheet()
    sheet.line(0, 6, WIDTH, 6)
    sheet.text(0, 24, message[lang] + words("，图无法绘制。", ": nothing can be drawn.")[lang], color=MUTED)
    sheet.line(0, 42, WIDTH, 42)
    empty = pd.DataFrame({words("说明", "Note")[lang]: [message[lang]]})
    return Chart(id, message[lang], "", message[lang] + words("。", ".")[lang], "", empty, sheet.finish(48), lang, nothing=True)
