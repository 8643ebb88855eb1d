"""Plain matplotlib plots for an analyst, each from one frame of the front door: axes to restyle as they like. Pure, but for pyplot.

Rows are drawn in the order of the frame, from the top: sort it, or take some of its rows, first. Where no axes are given a figure is
made by `matplotlib.pyplot`, so that a notebook shows it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from decimal import Decimal
from itertools import cycle
from math import ceil, inf, isnan, nan
from typing import Any

import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

from evallib.charts.fonts import write_chinese
from evallib.charts.measure import clean, paragraph, wrap
from evallib.charts.parts import above_or_below, told
from evallib.charts.sheet import ABOVE, ACCENT, BELOW, FAINT, INK, LOST, MISSED, MUTED, QUIET, WIDE
from evallib.model.evaluation import Evaluation
from evallib.model.units import round_half_up
from evallib.model.words import NOTHING, Lang, Words, words
from evallib.say.numbers import percent, plain


def targets(frame: pd.DataFrame, ax: Axes | None = None, *, lang: Lang = "zh") -> Axes:
    """How far each target was reached, as bars against a line at 100%; past the line is good in every row.

    `frame`: a row a target, with `name`, `attainment` (a share, 1 is reached) and `met` (True, False or None).

    >>> from matplotlib.figure import Figure
    >>> frame = pd.DataFrame({"name": ["Households", "Reviews"], "attainment": [1.1, 0.5], "met": [True, False]})
    >>> ax = targets(frame, Figure().subplots(), lang="en")
    >>> ax.get_title(), [float(bar.get_width()) for bar in ax.patches]
    ('1 of 2 targets met', [1.1, 0.5])
    """
    if frame.empty:
        return _nothing(ax, told("targets.nothing"), lang)
    reached, verdicts = _numbers(frame["attainment"]), ["no_actual" if pd.isna(met) else "met" if met else "unmet" for met in frame["met"]]
    title = told("targets.title", all=len(frame), met=verdicts.count("met"))
    title += told("targets.unknown", unknown=verdicts.count("no_actual")) if "no_actual" in verdicts else NOTHING
    colors = [MISSED if verdict == "unmet" else ACCENT for verdict in verdicts]
    texts = [_verdict(rate, verdict)[lang] for rate, verdict in zip(reached, verdicts, strict=True)]
    ax = _bars(ax, frame["name"], reached, texts, lang, color=colors, ends=reached.clip(lower=1), share=True, cut=1.2)
    ax.axvline(1, color=INK)
    return _finished(ax, title, told("plain.target"), lang)


def points(frame: pd.DataFrame, ax: Axes | None = None, *, lang: Lang = "zh") -> Axes:
    """The points of each indicator, outlined, and its score, solid; beside them what was lost. Those without points are left out.

    `frame`: a row an indicator, with `name`, `points`, `score` and `lost`, in points.

    >>> from matplotlib.figure import Figure
    >>> frame = pd.DataFrame({"name": ["Goals", "Output"], "points": [5.0, 20.0], "score": [5.0, 18.5], "lost": [0.0, 1.5]})
    >>> points(frame, Figure().subplots(), lang="en").get_title()
    '1 of 2 indicators lost points, 1.50 in all'
    """
    frame = frame[frame["points"].fillna(0) != 0]
    if frame.empty:
        return _nothing(ax, told("points.nothing"), lang)
    lost = _numbers(frame["lost"])
    losing, scored = lost > 0, frame["score"].notna()  # what does not apply is none of them
    title = told("points.title", all=int((scored | losing).sum()), losing=int(losing.sum()), lost=_number(lost[losing].sum()))
    texts = ["—" if isnan(score) else _signed(-loss) if loss else "" for score, loss in zip(frame["score"], lost, strict=True)]
    ax = _bars(ax, frame["name"], _numbers(frame["score"]), texts, lang, label=told("plain.score")[lang], ends=frame["points"])
    ax.barh(range(len(frame)), frame["points"], facecolor="none", edgecolor=INK, label=told("plain.full")[lang])
    return _finished(ax, title, told("plain.points"), lang)


def dimensions(frame: pd.DataFrame, ax: Axes | None = None, *, lang: Lang = "zh") -> Axes:
    """The score rate of each dimension, solid, in a frame of 100%.

    `frame`: a row a dimension, with `name` and `rate` (a share).

    >>> from matplotlib.figure import Figure
    >>> frame = pd.DataFrame({"name": ["Input", "Output"], "rate": [0.9, 0.75]})
    >>> print(dimensions(frame, Figure(figsize=(7.2, 2)).subplots(), lang="en").get_title())
    Output has the lowest score rate (75.00%), Input the highest (90.00%)
    """
    known = frame.assign(rate=_numbers(frame["rate"])).dropna(subset="rate").sort_values("rate", kind="stable")
    if known.empty:
        return _nothing(ax, told("dimensions.nothing"), lang)
    (least, low), (most, high) = [(clean(row["name"]), _percent(row["rate"])) for _, row in known.iloc[[0, -1]].iterrows()]
    title = told("dimensions.title", least=least, low=low, most=most, high=high)
    title = title if low != high else told("plain.rated", name=least, rate=low)
    rates = _numbers(frame["rate"])
    ends, texts = rates.clip(lower=1).fillna(1), map(_percent, rates)
    ax = _bars(ax, frame["name"], rates, texts, lang, label=told("plain.rate")[lang], ends=ends, share=True)
    ax.barh(range(len(frame)), [1.0] * len(frame), facecolor="none", edgecolor=INK)
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1])
    return _finished(ax, title, told("plain.rate"), lang)


def bridge(frame: pd.DataFrame, ax: Axes | None = None, *, lang: Lang = "zh", evaluation: Evaluation | None = None) -> Axes:
    """From full points down to the score: what each dimension lost.

    `frame`: a row a dimension, with `name`, `points`, `score` and `lost`, in points. With the evaluation that it is of it ends at its
    total, after a bar of what no dimension lost or gained, where there is any: what does not apply, and what was scaled back.

    >>> from matplotlib.figure import Figure
    >>> frame = pd.DataFrame({"name": ["Input", "Output"], "points": [40.0, 60.0], "score": [39.0, 51.0], "lost": [1.0, 9.0]})
    >>> ax = bridge(frame, Figure().subplots(), lang="en")
    >>> ax.get_title(), [float(bar.get_width()) for bar in ax.patches]
    ('90.00 points; Output lost most (−9.00)', [100.0, 1.0, 9.0, 90.0])
    """
    if frame.empty or frame["points"].isna().all():
        return _nothing(ax, told("points_bridge.nothing"), lang)
    lost, full, total = _numbers(frame["lost"]).fillna(0), frame["points"].sum(), frame["score"].sum()
    if evaluation is not None and evaluation.has_total:
        full, total = float(evaluation.points), float(evaluation.total)
    title = told("points_bridge.total", total=_number(total))
    worst = int(lost.to_numpy().argmax())
    if lost.iloc[worst] > 0:
        title += told("points_bridge.worst", group=clean(frame["name"].iloc[worst]), lost=_signed(-lost.iloc[worst]))
    else:
        title += told("points_bridge.no_loss")
    parts = [*zip(frame["name"], lost, _numbers(frame["lost"]), strict=True)]
    if rest := round(full - lost.sum() - total, 6):
        parts.append((told("points_bridge.rest")[lang], rest, rest))
    steps = pd.Series([step for _, step, _ in parts])
    names = [told("points_bridge.full")[lang], *(name for name, *_ in parts), told("points_bridge.end")[lang]]
    widths, starts = pd.Series([full, *steps, total]), [0, *(full - steps.cumsum()), 0]
    texts = [_number(full), *(_signed(-one) for *_, one in parts), _number(total)]
    colors = [QUIET, *(ACCENT if one < 0 else LOST for one in steps), ACCENT]
    ax = _bars(ax, names, widths, texts, lang, color=colors, left=starts, ends=starts + widths.clip(lower=0))
    return _finished(ax, title, told("plain.points"), lang)


def budget(frame: pd.DataFrame, ax: Axes | None = None, *, lang: Lang = "zh") -> Axes:
    """How far each line of the budget ended above or below what was approved, in percent of it.

    `frame`: a row a line, with `name`, `side` ("income" or "spending"), `variance` (a share of the approved) and `total` (True for sums).

    >>> from matplotlib.figure import Figure
    >>> frame = pd.DataFrame({"name": ["Salaries", "All spending"], "side": "spending", "variance": [0.1, -0.05], "total": [False, True]})
    >>> budget(frame, Figure().subplots(), lang="en").get_title()
    'Outturn 5.00% below the approved budget'
    """
    far, sides = _numbers(frame["variance"]), list(frame["side"])
    if far.isna().all():
        return _nothing(ax, told("budget_variance.nothing"), lang)
    texts, colors = [("+" if one > 0 else "") + _percent(one) for one in far], [ABOVE if one > 0 else BELOW for one in far]
    ax = _bars(ax, frame["name"], far, texts, lang, color=colors, share=True, cut=0.1)
    ax.axvline(0, color=INK)
    for row in range(1, len(frame)):
        if sides[row] != sides[row - 1]:
            ax.axhline(row - 0.5, color=FAINT)
    for side in dict.fromkeys(sides):
        rows = [row for row, one in enumerate(sides) if one == side]
        middle, across = (rows[0] + rows[-1]) / 2, ax.get_yaxis_transform()
        ax.text(1.01, middle, told(f"plain.side.{side}")[lang], rotation=270, va="center", color=MUTED, transform=across)
    whole = far[frame["total"].astype(bool) & (frame["side"] == "spending")].dropna()
    title = told("plain.above", all=int(far.notna().sum()), above=int((far > 0).sum()))
    if len(whole):
        title = told("budget_variance.whole", versus=above_or_below(_decimal(whole.iloc[-1])))
    return _finished(ax, title, told("plain.variance"), lang)


def findings(frame: pd.DataFrame, ax: Axes | None = None, *, lang: Lang = "zh") -> Axes:
    """The amounts of findings by kind, the largest first; behind each how many findings there are.

    `frame`: a row a finding, with `kind`, `amount` and `unit`. Amounts in another unit than most of them are counted, not drawn.

    >>> from matplotlib.figure import Figure
    >>> frame = pd.DataFrame({"kind": ["waste", "waste", "loss"], "amount": [10.0, 5.0, 40.0], "unit": "yuan"})
    >>> ax = findings(frame, Figure().subplots(), lang="en")
    >>> ax.get_title(), [float(bar.get_width()) for bar in ax.patches]
    ('Findings: 3, 55 yuan in all', [40.0, 15.0])
    """
    if frame.empty:
        return _nothing(ax, told("plain.no_findings"), lang)
    amounts = _numbers(frame["amount"])
    unit = next(iter(frame["unit"][amounts.notna()].mode()), "")
    drawn = amounts.where(frame["unit"] == unit)
    kinds = drawn.groupby(frame["kind"]).agg(["sum", "size", "count"]).sort_values("sum", ascending=False, kind="stable")
    said = [_number(row["sum"], None) if row["count"] else "—" for _, row in kinds.iterrows()]
    texts = [told("plain.count", amount=one, count=int(n))[lang] for one, n in zip(said, kinds["size"], strict=True)]
    title = told("plain.findings", all=len(frame))
    title += told("plain.amount", amount=_number(drawn.sum(), None), unit=clean(unit)) if drawn.notna().any() else NOTHING
    other, axis = int((amounts.notna() & drawn.isna()).sum()), words(clean(unit))
    ax = _bars(ax, kinds.index, kinds["sum"], texts, lang)
    ax.xaxis.set_major_locator(MaxNLocator(5))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _number(value, None)))
    return _finished(ax, title, told("plain.other_units", unit=axis, count=other) if other else axis, lang)


def totals(frame: pd.DataFrame, ax: Axes | None = None, *, lang: Lang = "zh") -> Axes:
    """The totals of departments: bars for one year, lines for several. Where their full points differ, score rates are drawn instead.

    `frame`: a row for each department and year (its index), with `name`, `total`, `points` and `rate` (a share).

    >>> from matplotlib.figure import Figure
    >>> index = pd.MultiIndex.from_product([["a"], [2023, 2024]], names=["department", "year"])
    >>> frame = pd.DataFrame({"name": "Roads", "total": [80.0, 84.5], "points": 100.0, "rate": [0.8, 0.845]}, index)
    >>> totals(frame, Figure().subplots(), lang="en").get_title()
    'Roads: 80.00 in 2023, 84.50 in 2024'
    """
    shares = frame["points"].nunique() > 1
    say, unit = (_percent, told("plain.rate")) if shares else (_number, told("plain.points"))
    table = _numbers(frame["rate" if shares else "total"]).unstack("year").reindex(frame.index.unique("department"))
    names, years = frame["name"].groupby(level="department").last()[table.index], [int(year) for year in table.columns]
    if table.isna().all(axis=None):
        return _nothing(ax, told("overview-totals.nothing"), lang)
    if len(years) == 1:
        ax = _bars(ax, names, table.iloc[:, 0], map(say, table.iloc[:, 0]), lang, share=shares)
        return _finished(ax, _of_a_year(table.iloc[:, 0].dropna(), names, say, years[0]), unit, lang)
    ax, styles = _axes(ax, 10), zip(cycle("osD^vPX<>"), cycle((ACCENT, LOST, BELOW, INK, QUIET)), strict=False)
    for name, (_, row), (marker, color) in zip(names, table.iterrows(), styles, strict=False):
        ax.plot(years, row, marker=marker, color=color, label=_escaped(name))
    ax.set_xticks(years, [str(year) for year in years])
    if shares:
        ax.yaxis.set_major_formatter(PercentFormatter(1))
    if len(table) > 1:  # names beside the lines would lie on each other
        ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), ncols=ceil(len(table) / 25), frameon=False, fontsize=WIDE.small)
    return _finished(ax, _over_years(table, names, say), unit, lang, upright=True)


def _of_a_year(known: pd.Series, names: pd.Series, say: Callable[[float], str], year: int) -> Words:
    """How far the totals of a year lie apart, as a title says it."""
    if len(known) == 1:
        return told("plain.one", name=clean(names[known.index[0]]), year=str(year), total=say(known.iloc[0]))
    return told("plain.spread", year=str(year), count=len(known), most=say(known.max()), least=say(known.min()))


def _over_years(table: pd.DataFrame, names: pd.Series, say: Callable[[float], str]) -> Words:
    """From where to where the total went, or the mean of those that are known in the first year and the last."""
    since, until = table.columns[[0, -1]]
    both = table.dropna(subset=[since, until])  # a mean of others than the year before says nothing
    both = both if len(both) else table.dropna(how="all")
    whose = words(clean(names.iloc[0])) if len(table) == 1 else told("plain.mean", count=len(both))
    before, total = (say(both[year].mean()) for year in (since, until))
    return told("plain.moved", name=whose, since=str(since), before=before, until=str(until), total=total)


OF_A_YEAR: dict[str, tuple[str, Callable[..., Axes]]] = {
    "targets": ("targets", targets),
    "points": ("indicators", points),
    "dimensions": ("dimensions", dimensions),
    "bridge": ("dimensions", bridge),
    "budget": ("budget", budget),
    "findings": ("findings", findings),
}
"""The plots of one result by name, each with the frame that it takes."""

OF_SEVERAL: dict[str, tuple[str, Callable[..., Axes]]] = {"totals": ("totals", totals)}
"""Those of several results."""


def show_pictures(shell: Any) -> None:
    """Let an IPython shell show the figures of pyplot where its kernel does not see to it: pyplot does, once it is imported."""
    rcParams["backend"] = "module://matplotlib_inline.backend_inline"
    if (pyplot := sys.modules.get("matplotlib.pyplot")) is not None:  # it was before, with figures of others
        pyplot.close("all")
        shell.enable_matplotlib("inline")


def _axes(ax: Axes | None, rows: int) -> Axes:
    """The axes to draw on; where none are given, those of a figure as high as its rows need, which a notebook shows by itself."""
    if ax is None:
        from matplotlib import pyplot  # it chooses how pictures are shown: nobody who brings axes needs that

        _, ax = pyplot.subplots(figsize=(7.2, 1.2 + 0.3 * max(rows, 3)), layout="constrained")
    return ax


def _numbers(values: pd.Series) -> pd.Series:
    """As floats; what was divided by nothing is as good as missing."""
    return values.astype(float).replace([inf, -inf], nan)


def _bars(
    ax: Axes | None,
    names: Iterable[str],
    widths: pd.Series,
    texts: Iterable[str],
    lang: Lang,
    *,
    ends: Iterable[float] | None = None,
    share: bool = False,
    cut: float | None = None,
    **how: Any,
) -> Axes:
    """A bar for each name, the first at the top, drawn as `barh` takes it, and a text behind its end, or behind one of `ends`.

    Where `cut` is given, and a bar is so long that the others would not be seen, the axis ends before it, but not before `cut`.
    """
    ax = _axes(ax, len(widths))
    ax.barh(range(len(widths)), widths, **{"color": ACCENT, **how})
    labels = ["\n".join(wrap(_escaped(name), 138.0 if lang == "zh" else 156.0, WIDE.small)) for name in names]
    ax.set_yticks(range(len(labels)), labels, fontsize=WIDE.small)
    ax.set_ylim(len(labels) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    ax.margins(x=0.2)  # room for what stands beside the bars
    if share:
        ax.xaxis.set_major_formatter(PercentFormatter(1))
    end = _cut(ax, widths, cut) if cut is not None and (widths > 2).any() else inf
    for row, (at, text) in enumerate(zip(widths if ends is None else ends, texts, strict=True)):
        _beside(ax, row, 0.0 if isnan(at) else at, text, end)
    return ax


def _beside(ax: Axes, row: int, at: float, text: str, end: float) -> None:
    """A text behind the end of a bar; in it, with an arrow, where the axis ends before."""
    long = at > end
    gap, align = (4, "left") if 0 <= at <= end else (-4, "right")
    place, shown, color = (end, f"{text} →", "white") if long else (at, text, INK)
    ax.annotate(shown, (place, row), (gap, 0), textcoords="offset points", va="center", ha=align, color=color, fontsize=WIDE.small)


def _cut(ax: Axes, values: pd.Series, least: float) -> float:
    """Let the axis end where all but the longest bars do; the place."""
    low, top = min(0.0, float(values.min())), float(max([least, *values[values <= 2]]))
    end = top + 0.3 * (top - low)
    ax.set_xlim(1.3 * low, end)
    return end


def _nothing(ax: Axes | None, said: Words, lang: Lang) -> Axes:
    """Axes that say in words that there is nothing to draw."""
    ax = _axes(ax, 0)
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    return _finished(ax, said, NOTHING, lang)


def _finished(ax: Axes, title: Words, unit: Words, lang: Lang, upright: bool = False) -> Axes:
    """Title and unit, along the axis that shows values; Chinese wherever there is text."""
    width = ax.bbox.width * 72 / ax.figure.dpi
    ax.set_title("\n".join(paragraph(_escaped(title[lang]), width, WIDE.body + 1)), fontsize=WIDE.body + 1)
    (ax.set_ylabel if upright else ax.set_xlabel)(_escaped(unit[lang]))
    ax.spines[["top", "right"]].set_visible(False)
    write_chinese(ax)
    return ax


def _escaped(text: str) -> str:
    """A text as it is: matplotlib would take what stands between two dollar signs for a formula."""
    return clean(text).replace("$", r"\$")


def _decimal(value: float) -> Decimal:
    return round_half_up(Decimal(str(float(value))), 6)


def _number(value: float, places: int | None = 2) -> str:
    return "—" if isnan(value) else plain(_decimal(value), places)


def _signed(value: float) -> str:
    return ("+" if value > 0 else "") + _number(value)


def _percent(value: float) -> str:
    return "—" if isnan(value) else percent(_decimal(value))


def _verdict(rate: float, verdict: str) -> Words:
    said = told(f"targets.verdict.{verdict}")
    if isnan(rate):
        return said
    return words(_percent(rate)) if verdict == "met" else told("plain.verdict", rate=_percent(rate), verdict=said)
