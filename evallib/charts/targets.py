"""The chart of target completion: bullet graphs, one row a target, the missed first. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from evallib.analysis.comparison import target_change
from evallib.charts.drawing import Chart, Draw
from evallib.charts.layout import Cell, Rows
from evallib.charts.measure import text_width
from evallib.charts.parts import composed, in_words, money_scale, no_data, or_dash, source_line, told
from evallib.charts.sheet import ACCENT, INK, LAST_YEAR, MISSED, MUTED, Sheet
from evallib.model.evaluation import Evaluation, TargetResult
from evallib.model.facts import Origin
from evallib.model.units import SHARE, Unit, convert, round_half_up, singular
from evallib.model.words import NOTHING, Lang, Words, joined, listed, words
from evallib.say.numbers import percent, plain
from evallib.say.workings import goal_text, reached_text


def target_completion_chart(evaluation: Evaluation, lang: Lang, previous: Evaluation | None = None) -> Chart:
    """Each target with how far it was reached as a bar against a line at 100%: the missed first, those met exactly in one row.

    Past the line is good in every row. `previous` gives last year's actuals, held against this year's targets.
    """
    if not evaluation.targets:
        return no_data("targets", lang)
    exact, money = evaluation.framework.treatment.equals == "exact", evaluation.catalogue.units.money
    rows = [_Row.of(t, previous.target(t.id) if previous else None, money, exact, lang) for t in evaluation.targets]
    rows.sort(key=lambda r: (r.target.reached_share or 0) * (-1 if r.target.met else 1))  # what is far from its target, or beyond it
    rows.sort(key=lambda r: (r.target.met is not False, r.target.met is not None))
    unknown = sum(r.target.met is None for r in rows)
    title = told("targets.title", all=len(rows), met=sum(r.target.met is True for r in rows))
    title += told("targets.unknown", unknown=unknown) if unknown else NOTHING
    subtitle, end = told("targets.subtitle"), target_end(r.target.reached_share for r in rows)
    lower = told("targets.lower") if any(r.target.lower_is_better and r.target.is_number for r in rows) else NOTHING
    subtitle += lower
    if any(r.last is not None for r in rows):
        subtitle += told("targets.last_year")
    if any(r.target.reached_share is not None and r.target.reached_share > end for r in rows):
        subtitle += told("drawn.broken")
    full = [r for r in rows if r.is_full]
    shown = [r for r in rows if not r.is_full or len(full) < 2]
    said = [r.said if r.target.met is True else told("targets.said_not", said=r.said, verdict=r.verdict)[lang] for r in shown]
    if len(shown) < len(rows):
        names = listed(words(in_words(r.target.name[lang])) for r in full)
        said.append(told("targets.full_of", names=names)[lang])
    said += [lower[lang].strip(" 。.")] if lower[lang] else []
    table = [[r.target.name[lang], r.goal, r.actual, r.rate, r.verdict, or_dash(r.last), joined(r.tags)[lang]] for r in rows]
    source = source_line(evaluation, [Origin(source=t.source, section=t.section) for t in evaluation.record.targets], lang)
    drawn = _bullets(shown, len(rows) - len(shown), float(end), lang)
    return composed("targets", title, subtitle, said, source, table, drawn, lang, about=[evaluation])


@dataclass(frozen=True)
class _Row:
    """A target as texts; `last` is how far last year's actual would have reached it."""

    target: TargetResult
    last: Decimal | None
    said: str
    rate: str
    goal: str
    actual: str
    pair: str
    verdict: str
    tags: list[Words]

    @property
    def is_full(self) -> bool:
        """Whether it was met, and not a bit more."""
        return self.target.met is True and self.target.reached_share in (1, None) and self.last in (1, None)

    @classmethod
    def of(cls, t: TargetResult, before: TargetResult | None, money: Unit, exact: bool, lang: Lang) -> _Row:
        low, last = t.lower_is_better and t.operator != "by", target_change(before, t).last_share if before else None
        goal, actual, pair = _held(t, money, lang)
        verdict = "no_actual" if t.met is None else ("within" if t.met else "over") if low else "met" if t.met else "unmet"
        word = told(f"targets.verdict.{verdict}")[lang]
        rate = word if t.operator == "by" else or_dash(t.reached_share)
        tags = {"lower": low, "equal": exact and t.operator == "=", "judged": t.judged, "zero": t.is_number and t.target == 0 and not low}
        said = f"{in_words(t.name[lang])} {rate}" + (f" ({pair})" if low else "")
        return cls(t, last, said, rate, goal, actual, pair, word, [told(f"targets.tag.{tag}") for tag, holds in tags.items() if holds])


def _held(t: TargetResult, money: Unit, lang: Lang) -> tuple[str, str, str]:
    """Target, actual, and the two together, in a unit that suits the reader."""
    if not t.is_number:
        goal, actual = goal_text(t, lang), reached_text(t, lang)
        return goal, actual, f"{actual} / {goal}"
    if t.unit == SHARE or t.unit.symbol == "%":
        goal = percent(round_half_up(convert(t.target, t.unit, SHARE), 6), None)
        actual = or_dash(t.actual, lambda v: percent(round_half_up(convert(v, t.unit, SHARE), 4), None))
        tail = of_actual = size = ""
    else:
        factor, name, size = Decimal(1), t.unit.name[lang], ""
        one = name
        if lang == "en":
            factor, name, one = Decimal(t.unit.scale), t.unit.plural, singular(t.unit)
            most = max(abs(t.target), abs(t.actual or Decimal(0))) * factor
            if t.unit.is_money and most >= 1000:
                by, name = money_scale([most], money, lang)
                factor, one, size = factor / by, name, " " + name.removesuffix(money.name.en).strip()
        goal = plain(round_half_up(t.target * factor, 4))
        actual = or_dash(t.actual, lambda v: plain(round_half_up(v * factor, 4)))
        tail, of_actual = (f" {one if value is not None and value * factor == 1 else name}" for value in (t.target, t.actual))
    held = told("targets.limit", goal=goal)[lang] if t.lower_is_better else goal
    if t.actual is None:
        of_actual = size = ""
    return (goal + tail).rstrip(), (actual + of_actual).rstrip(), f"{actual}{size} / {held}{tail}".rstrip()


def target_end(shares: Iterable[Decimal | None]) -> Decimal:
    """Where an axis of targets ends: past the longest bar that is not more than twice the target."""
    return max([Decimal("1.2"), *(share for share in shares if share is not None and share <= 2)]) * Decimal("1.06")


def _bullets(rows: Sequence[_Row], full: int, end: float, lang: Lang) -> Draw:
    heads = [told("targets.rate")[lang], told("targets.pair")[lang]]
    last = told("targets.full", count=full)[lang]

    def draw(sheet: Sheet) -> float:
        names = [*(text[lang] for r in rows for text in (r.target.name, *r.tags)), last]
        words_of = [[*("× " * (r.rate == r.verdict) + r.rate for r in rows), "100.00%"], [r.pair for r in rows]]
        lines = Rows(sheet, names, words_of, heads, cap=150, step=20, bar=11)
        x = lines.axis(0, end)
        lines.head([(x(1), told("drawn.target")[lang])])
        for row in rows:
            missed, share = row.target.met is False, row.target.reached_share
            word, at, told_once = "× " + row.verdict, max(x(share or 0), x(1)) + 5, row.rate == row.verdict
            beside = not sheet.narrow and missed and share is not None and at + text_width(word, sheet.small) < lines.end
            tags = [*(tag[lang] for tag in row.tags), *([word] if missed and not (beside or sheet.narrow or told_once) else [])]
            rate = word if missed and told_once else f"{row.rate} {word}" if missed and sheet.narrow else row.rate
            color = MISSED if missed else INK
            note = ("，" if lang == "zh" else ", ").join(tags)
            y = lines.row(row.target.name[lang], [Cell(rate, color, missed), Cell(row.pair)], notes=[note])
            if share is None and not told_once:
                sheet.text(x(0) + 2, y, row.verdict, small=True, color=MUTED)
            elif share is not None:
                x.bar(sheet, y, 9, share, fill=MISSED if missed else ACCENT)
                if beside:
                    sheet.text(at, y, word, small=True, color=MISSED, bold=True)
            if row.last is not None:
                mark = x(row.last)
                sheet.shape([(mark - 3.5, y + 8), (mark, y + 2), (mark + 3.5, y + 8)], fill=LAST_YEAR, edge=INK, width=0.6)
        if full:
            x.bar(sheet, lines.row(last, [Cell("100.00%", INK)]), 9, 1, fill=ACCENT)
        lines.along(x(1), width=1.3, past=1)
        return lines.y

    return draw
