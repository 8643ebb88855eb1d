"""The overview of a county's year, section by section: evaluations in, HTML out. Its words live in `template/overview/`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from statistics import mean, median
from typing import Any, ClassVar

from evallib.analysis import overview, overview_counts
from evallib.analysis.government import Government, head_table
from evallib.charts import government as chart_government
from evallib.charts import overview as chart_overview
from evallib.charts import overview_bars as chart_overview_bars
from evallib.charts.drawing import Chart
from evallib.charts.overview import parts_of
from evallib.charts.overview_bars import budget_unit, said_rate, variance_rows
from evallib.core.budget_rows import KINDS
from evallib.core.evaluation import Evaluation
from evallib.core.units import SHARE, UNITS, convert, percent, plain, quantity
from evallib.core.words import Lang, Words, words
from evallib.core.years import CountyYear
from evallib.pages.rendering import Sections

SECTIONS: dict[str, Words] = {
    "summary": words("摘要", "Summary"),
    "distribution": words("总分分布", "Distribution of totals"),
    "ranking": words("排名与差异来源", "Ranking, and what drives the differences"),
    "scores": words("各组得分率", "Score rates by group"),
    "targets": words("目标完成", "Target completion"),
    "budget": words("预算偏差", "Budget variance"),
    "government": words("全县预算偏差（PEFA）", "Budget variance of the whole government (PEFA)"),
    "findings": words("共性问题", "Common findings"),
    "outliers": words("异常值", "Outliers"),
    "self_evaluation": words("自评与评价", "Self-evaluation against evaluation"),
    "missing": words("缺失数据", "Missing data"),
}
"""The sections of the overview in their order: id and heading."""

CHARTS: dict[str, Callable[[tuple[Evaluation, ...], Lang, int], Chart]] = {
    "totals": lambda evaluations, lang, _: chart_overview.totals_chart(evaluations, lang),
    "scores": chart_overview.scores_chart,
    "budget": chart_overview_bars.variances_chart,
    "self": chart_overview_bars.self_chart,
}
"""The charts by name; a chart with a row per department takes the number of its part."""

LONGEST = 180  # characters of a reason that are shown; `evallib check` gives it in full


class CountyOverview(Sections):
    """The sections of a county's year in one language.

    >>> from pathlib import Path
    >>> from evallib.data.years import evaluate_county
    >>> overview = CountyOverview(evaluate_county(Path("data"), 2023), "en")
    >>> "84.63" in overview.section("summary").html
    True
    """

    SECTIONS: ClassVar[Mapping[str, Words]] = SECTIONS
    FOLDER = "overview"

    def __init__(self, county: CountyYear, lang: Lang = "zh", government: Government | None = None) -> None:
        super().__init__(lang)
        self.county = county
        self.government = government
        self.evaluations = county.evaluations

    def names(self, id: str) -> dict[str, Any]:
        found = self.evaluations
        own: dict[str, Callable[[], dict[str, Any]]] = {
            "summary": self._summary,
            "distribution": self._totals,
            "ranking": self._ranking,
            "scores": lambda: {"parts": parts_of(len(overview.ranking(found))), "columns": chart_overview.heat_columns(found)},
            "targets": self._targets,
            "budget": self._budget,
            "government": lambda: government_names(self.government, self.lang) if self.government else {"government": None},
            "findings": lambda: {"kinds": overview_counts.kind_counts(found), "lost": overview_counts.lost_indicators(found)},
            "outliers": lambda: {"screenings": overview.screenings(found), "few": overview.FEWEST, "far": overview.FAR},
            "self_evaluation": self._self,
            "missing": lambda: {"unscored": overview.unscored(found), "brief": brief},
        }
        shared = {
            "year": self.county.year,
            "evaluations": found,
            "absent": self.county.absent,
            "ending": ".html" if self.lang == "zh" else ".en.html",
            "rebuilt": [e for e in found if any(g.basis == "reconstructed" for g in e.groups)],
            "signed": signed,
            "said_rate": lambda change: said_rate(change, self.lang),
        }
        return shared | own[id]()

    def draw(self, name: str) -> Chart:
        """A chart by its name; `scores 2` is the second part of one that takes several."""
        if name in chart_government.CHARTS and self.government:
            return chart_government.CHARTS[name](self.government, self.lang)
        kind, _, number = name.partition(" ")
        return CHARTS[kind](self.evaluations, self.lang, int(number or 1))

    def _totals(self) -> dict[str, Any]:
        """Mean and median: of totals where all have the same full points, else of shares."""
        found, points = self.evaluations, overview.full_points(self.evaluations)
        standings = overview.ranking(found)
        values = [s.rate if points is None else s.evaluation.total for s in standings]

        def level(value: Decimal) -> str:
            return percent(value) if points is None else plain(value, 2)

        return {
            "standings": standings,
            "points": points,
            "mean": level(mean(values)) if values else "—",
            "median": level(median(values)) if values else "—",
            "grades": overview.grade_counts(found),
            "frameworks": list(dict.fromkeys(e.framework.words[self.lang] for e in found)),
        }

    def _summary(self) -> dict[str, Any]:
        found = self.evaluations
        made_up = [text for e in found if (text := e.record.find_profile("synthetic", self.lang))]
        return {
            **self._totals(),
            "drivers": overview.drivers(found),
            "synthetic": made_up,
            "unscored": overview.unscored(found),
            "kinds": overview_counts.kind_counts(found),
            "counts": overview_counts.target_counts(found),
            "spent": overview_counts.combined(row.spent for row in overview_counts.budget_rows(found)),
        }

    def _ranking(self) -> dict[str, Any]:
        found = self.evaluations
        return {
            **self._totals(),
            "dimensions": overview.sections_of(found, "dimensions"),
            "rates": overview.section_rates,
            "largest_loss": overview.largest_loss,
            "drivers": overview.drivers(found),
            "dimension_drivers": overview.drivers(found, "dimensions"),
        }

    def _targets(self) -> dict[str, Any]:
        over = overview_counts.over_fulfilled(self.evaluations)
        counts = overview_counts.target_counts(self.evaluations)
        fields = ("measured", "met", "judged", "judged_met", "unknown")
        return {
            "counts": counts,
            "all": {field: sum(getattr(c, field) for c in counts) for field in fields},
            "over": over,
            "low": [f for f in over if f.rate > overview_counts.TOO_EASY],
            "under": overview_counts.under_fulfilled(self.evaluations),
            "too_easy": overview_counts.TOO_EASY,
            "amount": lambda value, unit: quantity(value, unit, self.lang),
            "difference": lambda value, unit: difference(value, unit)[self.lang],
        }

    def _budget(self) -> dict[str, Any]:
        rows = overview_counts.budget_rows(self.evaluations)
        factor, unit = budget_unit(rows, self.lang)
        return {
            "budget": rows,
            "factor": factor,
            "unit": unit,
            "parts": parts_of(len(variance_rows(self.evaluations))),
            "spent": overview_counts.combined(row.spent for row in rows),
            "adjustment": overview_counts.combined(row.adjustment for row in rows),
            "unknown": [row for row in rows if row.spent is None],
            "undefined": [row for row in rows if row.spent is not None and row.spent.rate is None],
        }

    def _self(self) -> dict[str, Any]:
        gaps = overview.self_gaps(self.evaluations)
        return {
            "gaps": gaps,
            "parts": parts_of(len(gaps)),
            "points": overview.full_points([g.evaluation for g in gaps]),
            "mean_gap": mean([g.gap for g in gaps]) if gaps else None,
            "mean_rate": mean([g.rate for g in gaps]) if gaps else None,
            "median_rate": median([g.rate for g in gaps]) if gaps else None,
            "silent": [e for e in self.evaluations if e.self_total is None],
        }


def signed(text: str, value: Decimal | None) -> str:
    """A number's text with a plus where it is above zero.

    >>> signed("1.50", Decimal("1.5"))
    '+1.50'
    """
    return "+" + text if value is not None and value > 0 else text


def difference(value: Decimal, unit: str) -> Words:
    """How far an actual is from its target, with its sign; shares differ by percentage points.

    >>> difference(Decimal("-0.0825"), "share")["en"], difference(Decimal(4), "件")["zh"]
    ('−8.25 pp', '+4件')
    """
    if UNITS[unit].measures == "share":
        points = plain(convert(value, unit, SHARE) * 100, 2)
        return words(signed(f"{points} 个百分点", value), signed(f"{points} pp", value))
    return words(signed(quantity(value, unit, "zh"), value), signed(quantity(value, unit, "en"), value))


def brief(reason: str) -> str:
    """A reason in as many whole sentences as read well in a table; one that is too long by itself is cut.

    >>> brief("It is not a number. " + "To fix it: " + "x" * 200)
    'It is not a number.'
    """
    said = ""
    for sentence in re.split(r"(?<=。)|(?<=\. )", reason):
        if said and len(said) + len(sentence) > LONGEST:
            break
        said += sentence
    said = said.strip()
    return said if len(said) <= LONGEST else said[: LONGEST - 1] + "…"


def government_names(government: Government, lang: Lang) -> dict[str, Any]:
    """What the template of the section sees; yuan are shown in a larger unit, so that a line of the table fits a page.

    >>> from pathlib import Path
    >>> from evallib.data.government import load_government
    >>> names = government_names(load_government(Path("data"), 2023), "zh")
    >>> names["unit"], str(names["factor"])
    ('万元', '10000')
    """
    factor, unit, places = Decimal(1), government.unit[lang], government.places
    if government.unit == UNITS["元"].name:
        factor, unit = (Decimal(10000), "万元") if lang == "zh" else (Decimal(1000), "thousand yuan")
        places = 2
    return {"government": government, "heads": head_table(government), "kinds": KINDS, "factor": factor, "unit": unit, "places": places}
