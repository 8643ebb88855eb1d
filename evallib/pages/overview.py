"""The overview of a county's year, section by section: evaluations in, HTML out. Its words live in `template/overview/`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from statistics import mean, median
from types import SimpleNamespace
from typing import Any, ClassVar

from evallib.analysis import overview, overview_counts
from evallib.analysis.government import Government, head_table
from evallib.analysis.money import combined
from evallib.charts import government as chart_government
from evallib.charts import overview as chart_overview
from evallib.charts import overview_bars as chart_overview_bars
from evallib.charts.drawing import Chart
from evallib.charts.overview import Evaluations, ends_text, nouns
from evallib.charts.overview_bars import budget_unit, said_rate, variance_rows
from evallib.charts.overview_rows import parts_of
from evallib.model.budget_rows import KINDS
from evallib.model.units import SHARE, Unit, convert
from evallib.model.words import NOTHING, Lang, Words, joined, words
from evallib.model.years import CountyYear
from evallib.pages.handed import Of, of_several
from evallib.pages.head import ends_of
from evallib.pages.rendering import Sections, told
from evallib.say.numbers import percent, plain, written
from evallib.say.sentences import sentences

SECTIONS = sentences("pages.overview.sections")
"""The sections of the overview in their order: id and heading."""

CHARTS: dict[str, Callable[..., Chart]] = {
    "totals": lambda evaluations, lang, _: chart_overview.totals_chart(evaluations, lang),
    "ranks": chart_overview.ranks_chart,
    "scores": chart_overview.scores_chart,
    "budget": chart_overview_bars.variances_chart,
    "self": chart_overview_bars.self_chart,
}
"""The charts by name; a chart with a row per department takes the number of its part."""

NAMED = 3  # pairs of neighbours that one sentence names
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
    OF_POINTS = ("distribution", "ranking", "scores", "outliers")
    FOLDER = "overview"

    def __init__(self, county: CountyYear, lang: Lang = "zh", government: Government | None = None) -> None:
        super().__init__(lang, county.evaluations)
        self.county = county
        self.government = government
        self.every = overview.alike(county.evaluations)
        self.groups = overview.alike([e for e in county.evaluations if e.has_total])
        # what a project spends stands in its department's accounts already
        self.spenders = tuple(e for e in self.evaluations if e.record.kind == "department") or self.evaluations
        self.spending = overview.alike(self.spenders)

    @property
    def of(self) -> Of:
        return of_several(self.FOLDER, [e.fingerprint for e in self.evaluations], self.lang, year=self.county.year)

    def content(self) -> Mapping[str, object]:
        found, government = self.evaluations, self.government
        return {
            **dict.fromkeys(("distribution", "ranking", "scores"), self.groups),
            "targets": any(e.targets for e in found),
            "budget": any(row.spent or row.adjustment for row in overview_counts.budget_rows(self.spenders)),
            "government": government and (government.latest or government.basis == "file"),
            "findings": any(e.record.findings for e in found) or overview_counts.lost_indicators(found),
            "outliers": self.groups,
            "self_evaluation": overview.self_gaps(found),
        }

    def names(self, id: str) -> dict[str, Any]:
        found = self.evaluations
        own: dict[str, Callable[[], dict[str, Any]]] = {
            "summary": self._summary,
            "distribution": lambda: self._grouped(self._totals),
            "ranking": lambda: self._grouped(self._ranking),
            "scores": lambda: self._grouped(lambda some: {"parts": parts_of(len(overview.ranking(some))), **self._order(some)}),
            "targets": lambda: {
                **self._grouped(self._targets, self.every),
                "too_easy": overview_counts.TOO_EASY,
                "difference": lambda value, unit: difference(value, unit)[self.lang],
            },
            "budget": self._budget,
            "government": lambda: government_names(self.government, self.lang, self.catalogue.units.money) if self.government else {},
            "findings": lambda: self._grouped(self._findings, self.every),
            "outliers": lambda: (
                {"few": overview.FEWEST, "far": overview.FAR} | self._grouped(lambda some: {"screenings": overview.screenings(some)})
            ),
            "self_evaluation": lambda: self._grouped(self._self),
            "missing": lambda: self._grouped(self._missing, self.every) | {"brief": brief},
        }
        one, many = nouns(found)
        kinds = {e.record.kind for e in found}
        several = len(kinds) > 1
        shared = {
            "year": self.county.year,
            "evaluations": found,
            "absent": self.county.absent,
            "evaluated": told(f"kind.{kinds.pop()}").zh if len(kinds) == 1 else "",
            "one": one[self.lang],
            "many": many[self.lang],
            "several": several,
            "ending": ".html" if self.lang == "zh" else ".en.html",
            "rebuilt": [e for e in found if any(g.basis == "reconstructed" for g in e.groups)],
            "signed": signed,
            "said_rate": lambda change: said_rate(change, self.lang),
        }
        return shared | own[id]()

    def _grouped(self, make: Callable[[Evaluations], dict[str, Any]], among: Sequence[Evaluations] | None = None) -> dict[str, Any]:
        """What a section shows of each group of evaluations that may stand in one list; of those with totals where no others are named."""
        groups = []
        for number, some in enumerate(self.groups if among is None else among, 1):
            (one, many), framework = nouns(some), some[0].framework.words[self.lang]
            name = told("overview.group", framework=framework, many=many)[self.lang]
            own = {"number": number, "name": name, "one": one[self.lang], "many": many[self.lang], "evaluations": some}
            groups.append(SimpleNamespace(**own, **make(some)))
        return {"groups": groups}

    def draw(self, name: str) -> Chart:
        """A chart by its name; `scores 2 1` is the second part of one that takes several, of the first group."""
        if name in chart_government.CHARTS and self.government:
            about = self.evaluations if self.government.basis == "departments" else ()
            made_up = bool(self.evaluations) and all(e.record.find_profile("synthetic", "zh") for e in self.evaluations)
            return chart_government.CHARTS[name](self.government, self.lang, self.catalogue.units.money, about, made_up)
        kind, number, group = name.split(" ")
        some = (self.spending if kind == "budget" else self.groups)[int(group) - 1]
        ranges = [self._ranges] if kind == "ranks" else []
        chart = CHARTS[kind](some, self.lang, int(number), *ranges)
        return chart if int(group) < 2 else replace(chart, id=f"{chart.id}-of-{group}")

    def _totals(self, some: Evaluations) -> dict[str, Any]:
        """Mean and median: of totals where all have the same full points, else of shares."""
        points, standings = overview.full_points(some), overview.ranking(some)
        values = [s.rate if points is None else s.evaluation.total for s in standings]
        mean_, median_ = (percent(v) if points is None else plain(v, 2) for v in (mean(values), median(values)))
        return {
            "standings": standings,
            "points": points,
            "mean": mean_,
            "median": median_,
            "grades": overview.grade_counts(some),
            "frameworks": list(dict.fromkeys(e.framework.words[self.lang] for e in some)),
        }

    def _summary(self) -> dict[str, Any]:
        found, (spender, spenders) = self.evaluations, nouns(self.spenders)
        return {
            **self._grouped(lambda some: {**self._totals(some), **self._order(some), "drivers": overview.drivers(some)}),
            "synthetic": [text for e in found if (text := e.record.find_profile("synthetic", self.lang))],
            "unscored": overview.unscored(found),
            "every": self._grouped(self._counted, self.every)["groups"],
            "spender": spender[self.lang],
            "spenders": spenders[self.lang],
            "spent": combined(row.spent for row in overview_counts.budget_rows(self.spenders)),
        }

    def _ranking(self, some: Evaluations) -> dict[str, Any]:
        return {
            **self._totals(some),
            **self._order(some),
            "parts": parts_of(len(overview.ranking(some))),
            "dimensions": overview.sections_of(some, "dimensions"),
            "rates": overview.section_rates,
            "largest_loss": overview.largest_loss,
            "drivers": overview.drivers(some),
            "dimension_drivers": overview.drivers(some, "dimensions"),
        }

    @cached_property
    def _ranges(self) -> dict[str, tuple[Decimal, Decimal]]:
        """How far each total could have fallen, and risen, as its report says."""
        known = self.county.ends
        return {code: known.get(code) or ends_of(e) for some in self.groups for e in some for code in [e.record.department]}

    def _order(self, some: Evaluations) -> dict[str, Any]:
        """The ranges of the totals, who is not certain to stand below the next better, and the sentence that says so."""
        standings, (one, many) = overview.ranking(some), nouns(some)
        unsettled = overview.unsettled(standings, self._ranges)
        pairs = [(above.evaluation, s.evaluation) for s in standings for above in unsettled[s.evaluation.record.department]]
        said = told("overview.order.many", count=sum(map(bool, unsettled.values())), all=len(standings), one=one, many=many)
        if len(pairs) <= NAMED:
            named = joined((told("overview.order.pair", better=a.record.name, other=b.record.name) for a, b in pairs), "、", "; ")
            said = told("overview.order.pairs", pairs=named) if pairs else NOTHING
        told_of = {code: ends_text(low, high) for code, (low, high) in self._ranges.items()}
        return {"ranges": told_of, "unsettled": unsettled, "order": said[self.lang]}

    def _counted(self, some: Evaluations) -> dict[str, Any]:
        return {"counts": overview_counts.target_counts(some), "kinds": overview_counts.kind_counts(some)}

    def _findings(self, some: Evaluations) -> dict[str, Any]:
        return {"kinds": overview_counts.kind_counts(some), "lost": overview_counts.lost_indicators(some)}

    def _missing(self, some: Evaluations) -> dict[str, Any]:
        return {"unscored": overview.unscored(some), "silent": [e for e in some if e.has_total and e.self_total is None]}

    def _targets(self, some: Evaluations) -> dict[str, Any]:
        over = overview_counts.over_fulfilled(some)
        counts = overview_counts.target_counts(some)
        fields = ("measured", "met", "judged", "judged_met", "unknown")
        return {
            "set": any(e.targets for e in some),
            "counts": counts,
            "all": {field: sum(getattr(c, field) for c in counts) for field in fields},
            "over": over,
            "low": [f for f in over if f.rate > overview_counts.TOO_EASY],
            "under": overview_counts.under_fulfilled(some),
        }

    def _budget(self) -> dict[str, Any]:
        rows = overview_counts.budget_rows(self.spenders)
        factor, unit = budget_unit(rows, self.lang)
        one, many = nouns(self.spenders)
        whole = {"one": one[self.lang], "many": many[self.lang]} | self._spending(self.spenders)
        departments = all(e.record.kind == "department" for e in self.spenders)  # what projects and policies spend may overlap
        return {
            **self._grouped(self._spending, self.spending),
            "whole": whole if departments else None,
            "factor": factor,
            "unit": unit,
        }

    def _spending(self, some: Evaluations) -> dict[str, Any]:
        rows = overview_counts.budget_rows(some)
        return {
            "budget": rows,
            "parts": parts_of(len(variance_rows(some))),
            "spent": combined(row.spent for row in rows),
            "adjustment": combined(row.adjustment for row in rows),
            "unknown": [row for row in rows if not row.spent],
            "undefined": [row for row in rows if row.spent and row.spent.rate is None],
        }

    def _self(self, some: Evaluations) -> dict[str, Any]:
        gaps = overview.self_gaps(some)
        return {
            "gaps": gaps,
            "parts": parts_of(len(gaps)),
            "points": overview.full_points([g.evaluation for g in gaps]),
            "mean_gap": mean([g.gap for g in gaps]) if gaps else None,
            "mean_rate": mean([g.rate for g in gaps]) if gaps else None,
            "median_rate": median([g.rate for g in gaps]) if gaps else None,
            "silent": [e for e in some if e.self_total is None],
            "grades": overview.grade_counts(some),
        }


def signed(text: str, value: Decimal | None) -> str:
    """A number's text with a plus where it is above zero.

    >>> signed("1.50", Decimal("1.5"))
    '+1.50'
    """
    return "+" + text if value is not None and value > 0 else text


def difference(value: Decimal, unit: Unit) -> Words:
    """How far an actual is from its target, with its sign; shares differ by percentage points.

    >>> difference(Decimal("-0.0825"), SHARE)["en"], difference(Decimal(4), Unit("件", words("件"), (("cases", 1),)))["zh"]
    ('−8.25 pp', '+4件')
    """
    points = told("percentage_points", points=plain(convert(value, unit, SHARE) * 100, 2)) if unit.is_share else None
    said = points or written(value, unit)
    return words(signed(said.zh, value), signed(said.en, value))


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


def government_names(government: Government, lang: Lang, money: Unit | None = None) -> dict[str, Any]:
    """What the template of the section sees; the currency's own unit is shown as a larger one, so that a line fits a page.

    >>> from pathlib import Path
    >>> from evallib.data.government import load_government
    >>> names = government_names(load_government(Path("data"), 2023), "zh")
    >>> names["unit"], str(names["factor"])
    ('万元', '10000')
    """
    factor, unit, places = chart_government.scaled(government, [], lang, money)
    return {"government": government, "heads": head_table(government), "kinds": KINDS, "factor": factor, "unit": unit, "places": places}
