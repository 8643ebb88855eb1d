"""What the charts share: their words, bridges, units of money, alternative texts, source lines, the picture that says nothing is known.

The words of all charts stand in `catalogue/words/sentences/charts.toml`. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any, Literal, NamedTuple

from evallib.charts.drawing import Chart, Draw
from evallib.charts.layout import Axis, Cell, Rows
from evallib.charts.measure import shorten, text_width
from evallib.charts.sheet import ACCENT, FAINT, INK, LAST_YEAR, LOST, MUTED, QUIET, WIDE, Sheet
from evallib.model.evaluation import Evaluation, SectionResult
from evallib.model.facts import Origin
from evallib.model.units import Unit
from evallib.model.words import NOTHING, Given, Lang, Words, joined, listed, words
from evallib.say.numbers import money, percent, plain, section_number
from evallib.say.sentences import sentence

ALT_LENGTH = 880  # characters an alternative text may have; the table holds the rest


def told(name: str, /, **given: Given) -> Words:
    """What a chart says, by name.

    >>> told("drawn.target")["en"]
    'target 100%'
    """
    return sentence(f"charts.{name}", **given)


@dataclass(frozen=True)
class Step:
    """A step of a bridge: from where to where, and how it is drawn."""

    name: Words
    start: Decimal
    end: Decimal
    kind: str  # plan, actual, rest, loss
    text: str
    side: str = ""
    total: bool = False


class Amount(NamedTuple):
    """A bar of money: its name, how much, and what it is."""

    name: str
    value: Decimal | None
    kind: Literal["last", "plan", "actual", "rest"]


_LOOKS = {"last": (LAST_YEAR, None), "plan": (None, INK), "actual": (ACCENT, None), "rest": (FAINT, MUTED), "loss": (LOST, None)}
"""What a bar is (IBCS): last year grey, a plan outlined, the actual solid, the rest faint; points that were lost stand out."""


def amounts(sheet: Sheet, y: float, some: Sequence[Amount], left: float, numbers: float, x: Axis) -> float:
    """Bars of money under each other, each behind its name and its number, which ends at `numbers`; the height below them."""
    step = sheet.leading + (2 if sheet.narrow else 1.5)
    for amount in some:
        color, (fill, edge) = INK if amount.kind == "actual" else MUTED, _LOOKS[amount.kind]
        sheet.text(left, y + step / 2, amount.name, small=True, color=color)
        sheet.text(numbers, y + step / 2, or_dash(amount.value, money), small=True, color=color, align="right")
        x.bar(sheet, y + step / 2, 10 if sheet.narrow else 7, abs(amount.value or Decimal(0)), fill=fill, edge=edge)
        y += step
    return y


def bridge(steps: Sequence[Step], lang: Lang, low: float = 0, marks: Sequence[tuple[Decimal, str]] = ()) -> Draw:
    """A waterfall from top to bottom. `low` is where the axis begins; bars of totals are then broken. `marks` are lines to read by."""
    levels = [float(v) for s in steps for v in (s.start, s.end)]
    bottom = low or min(0.0, *levels)
    high = max([*levels, *(float(m) for m, _ in marks), bottom + 1e-9])

    def draw(sheet: Sheet) -> float:
        sides = [[s.side for s in steps]] if any(s.side for s in steps) else []
        rows = Rows(sheet, [s.name[lang] for s in steps], sides, y=2)
        x = rows.axis(bottom, high, [(1, s.text) for s in steps])
        rows.y += _limits(sheet, [(x(value), name, f"≥ {plain(value)}") for value, name in marks])
        before: tuple[float, Step] | None = None
        for s in steps:
            fill, edge = _LOOKS[s.kind]
            a, b = sorted((x(s.start), x(s.end)))
            text = Cell(s.text, LOST if s.kind == "loss" else INK, s.total)
            y = rows.row(s.name[lang], [Cell(s.side)] if sides else [], value=text, bold=s.total)
            rows.guides([x(value) for value, _ in marks], b + 1, b + 10 + text_width(s.text, sheet.body))
            cut = a + min(14, (b - a) / 2) if s.total and bottom > 0 and b - a > 14 else None
            sheet.bar(a, max(b, a + 0.8), y, 12, fill=fill, edge=edge, cut=cut)
            rows.beside(y, b)
            if before and before[1].end in (s.start, s.end) and not sheet.narrow:
                sheet.line(x(before[1].end), before[0] + 6, x(before[1].end), y - 6, color=QUIET)
            before = y, s
        rows.along(x(bottom), color=FAINT if bottom > 0 else MUTED, width=0.8)
        return rows.y

    return draw


def _limits(sheet: Sheet, marks: Sequence[tuple[float, str, str]]) -> float:
    """What lines to read by are called, above them, in two tiers where they stand close; the height it takes."""
    apart = min((b[0] - a[0] for a, b in pairwise(marks)), default=120.0)
    tiers = 2 if apart < sheet.width_of(*(text for mark in marks for text in mark[1:])) + 6 else 1
    for place, (at, *texts) in enumerate(marks):
        said = [(shorten(text, apart * tiers - 6, sheet.small), MUTED) for text in texts]
        half = sheet.width_of(*(text for text, _ in said)) / 2
        y = sheet.leading * (1.2 + 2 * (place % tiers))
        sheet.lines(min(at, sheet.width - half), y, said, small=True, align="center")
    return 2 * tiers * sheet.leading + 4 if marks else 0.0


def in_words(name: str) -> str:
    """A name as an alternative text can carry it."""
    return shorten(name, 220, WIDE.body)


def brief(section: SectionResult) -> Words:
    """A name as a title or an alternative text can carry it; the table has it in full."""
    name = section.name
    return words(in_words(name.zh), in_words(name.en))


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


def money_scale(values: Iterable[Decimal], unit: Unit, lang: Lang) -> tuple[Decimal, str]:
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
        factor, word = (1000, "thousand ") if sizes[-1] < 10**6 else (10**6, "million ")
    return Decimal(factor), word + unit.name[lang]


def composed(
    name: str,
    title: Words,
    subtitle: Words,
    said: Sequence[str],
    source: str,
    rows: Sequence[Sequence[str]],
    draw: Draw,
    lang: Lang,
    *,
    about: Sequence[Evaluation] = (),
    rebuilt: bool = False,
    synthetic: bool = False,
    number: int | None = None,
    heads: Sequence[str] | None = None,
    currency: Unit | None = None,
    **given: Given,
) -> Chart:
    """A chart of its parts; several of one kind are told apart by `number`.

    By its `name` the words say what is drawn, which follows the title in the alternative text, with `said`, the values, behind it;
    and the heads of its table, apart by strokes, where no `heads` are given. ¤ in a head is the name of the money.
    """
    if currency:
        given = {"unit": currency.name, **given}
    alt = alt_text((title + told(f"{name}.drawn", **given))[lang], said, lang)
    columns = heads or told(f"{name}.heads", **given)[lang].split("|")
    named = [head.replace("¤", currency.name[lang]) if currency else head for head in columns]
    marks = {  # what the numbers are not: the picture says it in itself, wherever it is taken
        "draft": any(e.draft for e in about),
        "trial": any(e.tried for e in about),
        "synthetic": synthetic or any(e.record.find_profile("synthetic", "zh") for e in about),
        "reconstructed": rebuilt,
    }
    said_of = tuple(told(f"mark.{mark}")[lang] for mark, holds in marks.items() if holds)
    return Chart(_id(name, number), title[lang], subtitle[lang], alt, source, named, rows, draw, lang, said_of)


def is_rebuilt(evaluation: Evaluation, depth: int) -> bool:
    """Whether points were reconstructed: those of dimensions, with a `depth` of 2 or 3 those of groups and indicators too."""
    return any("reconstructed" in bases for bases in _bases(evaluation, depth).values())


def _bases(e: Evaluation, depth: int) -> dict[str, set[str]]:
    """By level, what its points rest on."""
    return {level: {one.basis for one in getattr(e, level)} for level in ("dimensions", "groups", "indicators")[:depth]}


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
        name = ("drawn.whole_document", "drawn.document", "drawn.document_at")[min(len(named), 2)]
        cited.append(told(name, title=document.words if document else id, sections=numbers))
    return told("drawn.source", named=joined(cited))[lang] if cited else ""


_SECOND_LEVEL = re.compile(r"^([一二三四五六七八九十]+\([一二三四五六七八九十]+\)).*", re.DOTALL)


def basis(e: Evaluation, lang: Lang, depth: int = 3) -> dict[str, Any]:
    """What a chart of points says of them: which framework they come from, which of them were published, which reconstructed."""
    found = _bases(e, depth).items()
    said = [told(f"basis.{level}", of=joined([told(f"basis.{b}") for b in sorted(bases)], "、", " and ")) for level, bases in found]
    text = told("basis.line", framework=e.framework.words, said=joined(said, "，", ", "))
    rebuilt = is_rebuilt(e, depth)
    return {"source": (text + (told("basis.warning") if rebuilt else NOTHING))[lang], "about": [e], "rebuilt": rebuilt}


def no_data(name: str, lang: Lang, number: int | None = None) -> Chart:
    """A chart that says in words that there is nothing to draw."""
    message = told(f"{name}.nothing")
    heads, rows = [told("drawn.note")[lang]], [[message[lang]]]
    alt, said = (message + told("drawn.end"))[lang], told("drawn.nothing", message=message)[lang]
    return Chart(_id(name, number), message[lang], "", alt, said, heads, rows, lambda sheet: 0.0, lang, nothing=True)
