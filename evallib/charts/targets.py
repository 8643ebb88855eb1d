"""The chart of target completion: bullet graphs, one row a target. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from matplotlib.figure import Figure

from evallib.charts.axis import Axis
from evallib.charts.drawing import ACCENT, BAD, BODY, INK, MUTED, SMALL, WIDTH, Chart, Sheet, shorten, text_width, widest, wrap
from evallib.charts.parts import composed, money_scale, name_width, no_data, or_dash, source_line, told
from evallib.model.evaluation import Evaluation, TargetResult
from evallib.model.facts import Origin
from evallib.model.units import SHARE, Unit, convert, round_half_up
from evallib.model.words import NOTHING, Lang, Words, joined
from evallib.say.numbers import percent, plain
from evallib.say.workings import goal_text, reached_text


def target_completion_chart(evaluation: Evaluation, lang: Lang) -> Chart:
    """Each target with its completion as a bar against a line at 100%, by dimension, the furthest first.

    Where lower is better the bar is limit / actual, so that past the line is good in every row.
    """
    if not evaluation.targets:
        return no_data("targets", lang)
    exact, money = evaluation.framework.treatment.equals == "exact", evaluation.catalogue.units.money
    rows = [_TargetRow.of(t, money, exact, lang) for t in evaluation.targets]
    unknown = sum(r.target.met is None for r in rows)
    title = told("targets.title", all=len(rows), met=sum(r.target.met is True for r in rows))
    title += told("targets.unknown", unknown=unknown) if unknown else NOTHING
    subtitle = told("targets.subtitle")
    if any(r.share is not None and r.share > target_end(r.share for r in rows) for r in rows):
        subtitle += told("drawn.broken")
    order = {d.id: place for place, d in enumerate(evaluation.dimensions)}
    home = {i.id: i.dimension for i in evaluation.indicators}
    rows.sort(key=lambda r: (order.get(home.get(r.target.id, ""), len(order)), -(r.share if r.share is not None else -1)))
    names = {d.id: d.name[lang] for d in evaluation.dimensions}
    blocks = [(names.get(key, ""), list(found)) for key, found in groupby(rows, key=lambda r: home.get(r.target.id, ""))]
    bad_first = sorted(rows, key=lambda r: r.target.met is True)
    said = [r.said if r.target.met is True else told("targets.said_not", said=r.said, verdict=r.verdict)[lang] for r in bad_first]
    table = [[r.target.name[lang], r.goal, r.actual, r.rate, r.verdict, joined(r.tags)[lang]] for r in rows]
    source = source_line(evaluation, [Origin(source=t.source, section=t.section) for t in evaluation.record.targets], lang)
    return composed("targets", title, subtitle, said, source, table, _bullets(rows, blocks, lang), lang)


@dataclass(frozen=True)
class _TargetRow:
    """A target as texts, and how long its bar is."""

    target: TargetResult
    share: Decimal | None
    said: str
    rate: str
    goal: str
    actual: str
    pair: str
    verdict: str
    tags: list[Words]

    @classmethod
    def of(cls, t: TargetResult, money: Unit, exact: bool, lang: Lang) -> _TargetRow:
        low = t.lower_is_better and t.operator != "by"
        share = t.completion_rate if t.is_number else t.attainment
        if low and t.actual is not None:
            share = t.target / t.actual if t.actual > 0 else Decimal(99 if t.target > t.actual else 1)
        goal, actual, pair = _held(t, money, lang)
        rate, limited = or_dash(share if t.operator in ("between", "words") else t.completion_rate), low and t.met is not None
        verdict = "no_actual" if t.met is None else ("within" if t.met else "over") if limited else "met" if t.met else "unmet"
        tags = {"lower": low, "equal": exact and t.operator == "=", "judged": t.judged, "zero": t.is_number and t.target == 0 and not low}
        name = shorten(t.name[lang], 230, BODY)
        said = f"{name} {actual} ({told('targets.limit', goal=goal)[lang]})" if low else f"{name} {rate}"
        true = [told(f"targets.tag.{tag}") for tag, holds in tags.items() if holds]
        return cls(t, share, said, rate, goal, actual, pair, told(f"targets.verdict.{verdict}")[lang], true)


def _held(t: TargetResult, money: Unit, lang: Lang) -> tuple[str, str, str]:
    """Target, actual, and the two together, in a unit that suits the reader."""
    if not t.is_number:
        goal, actual = goal_text(t, lang), reached_text(t, lang)
        return goal, actual, f"{actual} / {goal}"
    if t.unit == SHARE or t.unit.symbol == "%":
        goal = percent(round_half_up(convert(t.target, t.unit, SHARE), 6), None)
        actual = or_dash(t.actual, lambda v: percent(round_half_up(convert(v, t.unit, SHARE), 4), None))
        tail = ""
    else:
        factor, name = Decimal(1), t.unit.name[lang]
        if lang == "en":
            factor, name = Decimal(t.unit.scale), t.unit.bare or name
            most = max(abs(t.target), abs(t.actual or Decimal(0))) * factor
            if t.unit.is_money and most >= 1000:
                by, name = money_scale([most], money, lang)
                factor /= by
        goal = plain(round_half_up(t.target * factor, 4))
        actual = or_dash(t.actual, lambda v: plain(round_half_up(v * factor, 4)))
        tail = " " + name
    held = told("targets.limit", goal=goal)[lang] if t.lower_is_better else goal
    return goal + tail, actual + (tail if t.actual is not None else ""), f"{actual} / {held}{tail}"


def target_end(shares: Iterable[Decimal | None]) -> Decimal:
    """Where an axis of targets ends: past the longest bar that is not more than twice the target."""
    return max([Decimal("1.2"), *(share for share in shares if share is not None and share <= 2)]) * Decimal("1.06")


def _bullets(rows: Sequence[_TargetRow], blocks: Sequence[tuple[str, list[_TargetRow]]], lang: Lang) -> Figure:
    """The bullet graph: names, bars against the line, rates, pairs; each in a column as wide as it needs."""
    heads = told("targets.rate")[lang], told("targets.pair")[lang]
    held = min(widest([heads[1], *(r.pair for r in rows)]), 150)
    rates = min(widest([heads[0], *(r.rate for r in rows)], BODY), 80)
    names, pairs = name_width(lang), WIDTH - held - 14
    x = Axis(names + 10, pairs - rates - 6, 0, float(target_end(r.share for r in rows)))
    sheet, y = Sheet(), 26.0
    sheet.text(pairs, 8, heads[0], size=SMALL, color=MUTED, align="right")
    sheet.text(WIDTH, 8, heads[1], size=SMALL, color=MUTED, align="right")
    sheet.text(x(1), 8, told("drawn.target")[lang], size=SMALL, align="center")
    for head, members in blocks:
        sheet.text(0, y, shorten(head, names, BODY), bold=True)
        sheet.line(0, y + 9, WIDTH, y + 9)
        y += 21
        top = y - 10
        for row in members:
            unmet, word = row.target.met is False, "× " + row.verdict
            at = max(x(row.share or 0), x(1)) + 5
            beside = at + text_width(word, SMALL) < pairs - rates
            tags = joined([*row.tags, Words(word, word)] if unmet and not beside else row.tags, "，", ", ")[lang]
            texts = [(line, INK) for line in wrap(row.target.name[lang], names)]
            texts += [(shorten(tags, names, BODY), MUTED)] if tags else []
            y += (len(texts) - 1) * 5.75
            sheet.lines(0, y, texts)
            if row.share is None:
                sheet.text(x(0) + 2, y, row.verdict, size=SMALL, color=MUTED)
            else:
                x.bar(sheet, y, 9, row.share, fill=BAD if unmet else ACCENT)
                if unmet and beside:
                    sheet.text(at, y, word, size=SMALL, color=BAD, bold=True)
            if row.target.lower_is_better and row.target.met:
                sheet.text(pairs, y, row.verdict, size=SMALL, align="right")
            else:
                sheet.text(pairs, y, shorten(row.rate, 80, BODY), color=BAD if unmet else INK, align="right")
            sheet.text(WIDTH, y, shorten(row.pair, held, SMALL), size=SMALL, color=MUTED, align="right")
            y += 17.5 + (len(texts) - 1) * 5.75
        sheet.line(x(1), top, x(1), y - 8, color=INK, width=1.3)
        y += 5
    return sheet.finish(y - 8)
