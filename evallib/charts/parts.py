"""What the charts share: their words, bridges, units of money, alternative texts, source lines, the picture that says nothing is known.

The words of all charts stand in `catalogue/words/sentences/charts.toml`. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd
from matplotlib.figure import Figure

from evallib.charts.axis import Axis, guides
from evallib.charts.drawing import ACCENT, BAD, BODY, FAINT, INK, MUTED, QUIET, SMALL, WIDTH, Chart, Sheet, shorten, text_width, widest
from evallib.model.evaluation import Evaluation, SectionResult
from evallib.model.facts import Origin
from evallib.model.units import Unit
from evallib.model.words import NOTHING, Given, Lang, Words, joined, listed, words
from evallib.say.numbers import percent, plain, section_number
from evallib.say.sentences import sentence

ALT_LENGTH = 880  # characters an alternative text may have; the table holds the rest


def told(name: str, /, **given: Given) -> Words:
    """What a chart says, by name.

    >>> told("drawn.target")["en"]
    'target 100%'
    """
    return sentence(f"charts.{name}", **given)


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
    return min(widest(names, BODY) + 6, name_width(lang))


_STYLES = {"plan": (None, INK), "change": (FAINT, MUTED), "actual": (ACCENT, None), "loss": (BAD, None), "total": (ACCENT, None)}


def bridge(steps: Sequence[Step], lang: Lang, low: float = 0, marks: Sequence[tuple[Decimal, str]] = ()) -> Figure:
    """A waterfall from top to bottom. `low` is where the axis begins; bars of totals are then broken. `marks` are lines to read by."""
    names, side = names_width([s.name[lang] for s in steps], lang), widest(s.side for s in steps)
    room = min(widest([s.text for s in steps], BODY) + 10, 150)
    levels = [float(v) for s in steps for v in (s.start, s.end)]
    low, high = low or min(0.0, *levels), max([*levels, *(float(m) for m, _ in marks), low + 1e-9])
    x = Axis(names + 8, WIDTH - room - (side + 12 if side else 0), low, high)
    sheet, y, step = Sheet(), 12.0 + (26 if marks else 0), 22.0
    bottom = y + step * len(steps) - 10
    for value, name in marks:
        sheet.lines(x(value), 12, [(shorten(name, 52, SMALL), MUTED), (f"≥ {plain(value)}", MUTED)], size=SMALL, align="center")
    sheet.line(x(0), y - 10, x(0), bottom, color=FAINT if low > 0 else MUTED)
    for s, follows in zip(steps, [*steps[1:], None], strict=True):
        fill, edge = _STYLES[s.kind]
        a, b = sorted((x(s.start), x(s.end)))
        guides(sheet, [x(value) for value, _ in marks], y, step, bottom, b + 1, b + 10 + text_width(s.text, BODY))
        sheet.name(y, s.name[lang], names, bold=s.total)
        cut = a + min(14, (b - a) / 2) if s.total and low > 0 and b - a > 14 else None
        sheet.bar(a, max(b, a + 0.8), y, 12, fill=fill, edge=edge, cut=cut)
        sheet.text(b + 5, y, s.text, color=BAD if s.kind == "loss" else INK, bold=s.total)
        if s.side:
            sheet.text(WIDTH, y, s.side, size=SMALL, color=MUTED, align="right")
        if follows and s.end in (follows.start, follows.end):
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


def or_dash(value: Decimal | None, write: Callable[[Decimal], str] = percent) -> str:
    """A number, written as a percentage where nothing else is asked for; a dash where there is none."""
    return "—" if value is None else write(value)


def signed(value: Decimal, places: int = 2) -> str:
    """A number that always shows its sign."""
    return ("+" if value > 0 else "") + plain(value, places)


def signed_rate(rate: Decimal | None, lang: Lang, places: int = 2) -> str:
    """A change in percent that always shows its sign; in words where its base is zero."""
    return told("drawn.base_of_zero")[lang] if rate is None else signed(rate * 100, places) + "%"


def above_or_below(rate: Decimal) -> Words:
    """How far above or below its base something is, in percent."""
    return told("drawn.equal" if rate == 0 else "drawn.above" if rate > 0 else "drawn.below", rate=percent(abs(rate)))


def money_scale(values: Iterable[Decimal], unit: Unit, lang: Lang, smallest: bool = False) -> tuple[Decimal, str]:
    """The unit in which amounts in the currency's own unit read best: its factor and its name.

    >>> from evallib.model.entries import CurrencyEntry, Part
    >>> from evallib.model.units import Units
    >>> money_scale([Decimal(25000)], Units(Part(currency=(CurrencyEntry(symbol="円", name="日元", name_en="yen"),))).money, "zh")
    (Decimal('10000'), '万日元')
    """
    sizes = sorted(abs(v) for v in values if v) or [Decimal(0)]
    if lang == "zh":
        factor, word = (10**8, "亿") if sizes[0] >= 10**8 else (10**4, "万")
    else:
        factor, word = (1000, "thousand ") if sizes[0 if smallest else -1] < 10**6 else (10**6, "million ")
    return Decimal(factor), word + unit.name[lang]


def composed(
    name: str,
    title: Words,
    subtitle: Words,
    said: Sequence[str],
    source: str,
    rows: Sequence[Sequence[object]],
    figure: Figure,
    lang: Lang,
    *,
    number: int | None = None,
    heads: Sequence[str] | None = None,
    money: Unit | None = None,
    **given: Given,
) -> Chart:
    """A chart of its parts; several of one kind are told apart by `number`.

    By its `name` the words say what is drawn, which follows the title in the alternative text, with `said`, the values, behind it;
    and the heads of its table, apart by strokes, where no `heads` are given. ¤ in a head is the name of the money.
    """
    alt = alt_text((title + told(f"{name}.drawn", **given))[lang], said, lang)
    columns = heads or told(f"{name}.heads", **given)[lang].split("|")
    named = [head.replace("¤", money.name[lang]) if money else head for head in columns]
    # the numbers as a table of texts, kept as they are: no column is given a type of its own
    return Chart(_id(name, number), title[lang], subtitle[lang], alt, source, pd.DataFrame(rows, columns=named, dtype=object), figure, lang)


def _id(name: str, number: int | None) -> str:
    return name if number is None else f"{name}-{number}"


def alt_text(lead: str, said: Sequence[str], lang: Lang) -> str:
    """A lead and as many of the values as a listener bears; the table has them all."""
    text, end = lead, told("drawn.end")[lang]
    for place, part in enumerate(said):
        if len(text) + len(part) > ALT_LENGTH:
            return text + told("drawn.more", left=len(said) - place)[lang] + end
        text += (told("drawn.apart")[lang] if place else "") + part
    return text + end


def source_line(evaluation: Evaluation, origins: Sequence[Origin], lang: Lang) -> str:
    """The documents that numbers come from, with their sections (down to the second level)."""
    cited: list[Words] = []
    for id in dict.fromkeys(o.source for o in origins):
        document = evaluation.record.find_source(id)
        named = dict.fromkeys(_SECOND_LEVEL.sub(r"\1", o.section) for o in origins if o.source == id and o.section)
        sections = sorted(named, key=lambda s: ["一二三四五六七八九十".find(c) for c in s])
        numbers = listed(words(s, section_number(s, "en")) for s in sections)
        name = "drawn.document" if named else "drawn.whole_document"
        cited.append(told(name, title=document.words if document else id, sections=numbers))
    return told("drawn.source", named=joined(cited))[lang] if cited else ""


_SECOND_LEVEL = re.compile(r"^([一二三四五六七八九十]+\([一二三四五六七八九十]+\)).*", re.DOTALL)


def basis_line(evaluation: Evaluation, lang: Lang, depth: int = 3) -> str:
    """Which framework the points come from, and which of them were published, which reconstructed."""
    e = evaluation
    levels = {
        "dimensions": {d.basis for d in e.dimensions},
        "groups": {g.basis for g in e.groups},
        "indicators": {i.basis for i in e.indicators},
    }
    found = [(level, sorted(bases)) for level, bases in levels.items()][:depth]
    said = [told(f"basis.{level}", of=joined([told(f"basis.{b}") for b in bases], "、", " and ")) for level, bases in found]
    text = told("basis.line", framework=e.framework.words, said=joined(said, "，", ", "))
    return (text + (told("basis.warning") if any("reconstructed" in bases for _, bases in found) else NOTHING))[lang]


def no_data(name: str, lang: Lang, number: int | None = None) -> Chart:
    """A chart that says in words that there is nothing to draw."""
    message, sheet = told(f"{name}.nothing")[lang], Sheet()
    sheet.line(0, 6, WIDTH, 6)
    sheet.text(0, 24, told("drawn.nothing", message=message)[lang], color=MUTED)
    sheet.line(0, 42, WIDTH, 42)
    empty = pd.DataFrame({told("drawn.note")[lang]: [message]})
    alt = message + told("drawn.end")[lang]
    return Chart(_id(name, number), message, "", alt, "", empty, sheet.finish(48), lang, nothing=True)
