"""The overview of a county's year, section by section: evaluations in, HTML out. Its words live in `template/overview/`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from statistics import mean, median
from typing import Any, ClassVar

from evallib.analysis import overview, overview_counts
from evallib.analysis.government import Government
from evallib.analysis.money import combined
from evallib.charts import overview as chart_overview
from evallib.charts import overview_bars as chart_overview_bars
from evallib.charts.drawing import Chart
from evallib.charts.overview import Evaluations, ends_text, nouns
from evallib.charts.overview_bars import budget_unit, said_rate
from evallib.charts.overview_rows import parts_of
from evallib.model.units import SHARE, Unit, convert
from evallib.model.words import NOTHING, Lang, Words, joined, words
from evallib.model.years import CountyYear
from evallib.pages.government import CHARTS as OF_GOVERNMENT
from evallib.pages.government import government_chart, government_names, has_government
from evallib.pages.handed import of_several
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


class Group:
    """Evaluations that may stand in one list, and all that a section shows of them: each is worked out where a template asks for it."""

    def __init__(self, page: CountyOverview, number: int, evaluations: Evaluations) -> None:
        self.page, self.number, self.evaluations = page, number, evaluations
        self.one, self.many = (noun[page.lang] for noun in nouns(evaluations))

    def __getattr__(self, name: str) -> Any:
        if name not in _SHOWN:
            raise AttributeError(name)
        setattr(self, name, _SHOWN[name](self))
        return getattr(self, name)

    @property
    def name(self) -> str:
        framework = self.evaluations[0].framework.words
        return told("overview.group", framework=framework[self.page.lang], many=self.many)[self.page.lang]

    def middle(self, of: Callable[[list[Decimal]], Decimal]) -> str:
        """Mean or median: of totals where all have the same full points, else of shares."""
        if self.points is None:
            return percent(of([s.rate for s in self.standings]))
        return plain(of([s.evaluation.total for s in self.standings]), 2)

    def order(self) -> str:
        """The sentence that says who is not certain to stand below the next better."""
        pairs = [(above.evaluation, s.evaluation) for s in self.standings for above in self.unsettled[s.evaluation.record.department]]
        if len(pairs) <= NAMED:
            named = joined((told("overview.order.pair", better=a.record.name, other=b.record.name) for a, b in pairs), "、", "; ")
            return (told("overview.order.pairs", pairs=named) if pairs else NOTHING)[self.page.lang]
        open_ = sum(map(bool, self.unsettled.values()))
        return told("overview.order.many", count=open_, all=len(self.standings), one=self.one, many=self.many)[self.page.lang]


_COUNTED = ("measured", "met", "judged", "judged_met", "unknown")
_SHOWN: dict[str, Callable[[Group], Any]] = {
    "standings": lambda g: overview.ranking(g.evaluations),
    "points": lambda g: overview.full_points(g.evaluations),
    "mean": lambda g: g.middle(mean),
    "median": lambda g: g.middle(median),
    "grades": lambda g: overview.grade_counts(g.evaluations),
    "unsettled": lambda g: overview.unsettled(g.standings, g.page.ranges),
    "dimensions": lambda g: overview.sections_of(g.evaluations, "dimensions"),
    "drivers": lambda g: overview.drivers(g.evaluations),
    "dimension_drivers": lambda g: overview.drivers(g.evaluations, "dimensions"),
    "screenings": lambda g: overview.screenings(g.evaluations),
    "unscored": lambda g: overview.unscored(g.evaluations),
    "counts": lambda g: overview_counts.target_counts(g.evaluations),
    "counted": lambda g: {field: sum(getattr(c, field) for c in g.counts) for field in _COUNTED},
    "over": lambda g: overview_counts.over_fulfilled(g.evaluations),
    "under": lambda g: overview_counts.under_fulfilled(g.evaluations),
    "kinds": lambda g: overview_counts.kind_counts(g.evaluations),
    "lost": lambda g: overview_counts.lost_indicators(g.evaluations),
    "budget": lambda g: overview_counts.budget_rows(g.evaluations),
    "spent": lambda g: combined(row.spent for row in g.budget),
    "adjustment": lambda g: combined(row.adjustment for row in g.budget),
    "gaps": lambda g: overview.self_gaps(g.evaluations),
    "silent": lambda g: [e for e in g.evaluations if e.has_total and e.self_total is None],
    "gap_points": lambda g: overview.full_points([gap.evaluation for gap in g.gaps]),
    "mean_gap": lambda g: mean([gap.gap for gap in g.gaps]) if g.gaps else None,
    "mean_rate": lambda g: mean([gap.rate for gap in g.gaps]) if g.gaps else None,
    "median_rate": lambda g: median([gap.rate for gap in g.gaps]) if g.gaps else None,
}
"""What templates ask of a group, by name."""


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

    def __init__(
        self,
        county: CountyYear,
        lang: Lang = "zh",
        government: Government | None = None,
    ) -> None:
        super().__init__(lang, county.evaluations, of_several(self.FOLDER, county.evaluations, lang, year=county.year))
        self.county = county
        self.government = government
        self.all = Group(self, 0, county.evaluations)
        self.every = self._groups(county.evaluations)
        self.groups = self._groups([e for e in county.evaluations if e.has_total])
        # what a project spends stands in its department's accounts already
        self.spenders = Group(self, 0, tuple(e for e in self.evaluations if e.record.kind == "department") or self.evaluations)
        self.spending = self._groups(self.spenders.evaluations)

    def _groups(self, evaluations: Evaluations) -> list[Group]:
        return [Group(self, number, some) for number, some in enumerate(overview.alike(evaluations), 1)]

    def content(self) -> Mapping[str, object]:
        found = self.evaluations
        return {
            **dict.fromkeys(("distribution", "ranking", "scores"), self.groups),
            "targets": any(e.targets for e in found),
            "budget": any(row.spent or row.adjustment for row in self.spenders.budget),
            "government": has_government(self.government),
            "findings": any(e.record.findings for e in found) or self.all.lost,
            "outliers": self.groups,
            "self_evaluation": self.all.gaps,
        }

    def names(self, id: str) -> dict[str, Any]:
        found, kinds = self.evaluations, {e.record.kind for e in self.evaluations}
        among = {"targets": self.every, "findings": self.every, "missing": self.every, "budget": self.spending}
        factor, unit = budget_unit(self.spenders.budget, self.lang)
        shared = {
            "year": self.county.year,
            "evaluations": found,
            "absent": self.county.absent,
            "all": self.all,
            "every": self.every,
            "groups": among.get(id, self.groups),
            "spenders": self.spenders,
            "ranges": {code: ends_text(low, high) for code, (low, high) in self.ranges.items()} if id == "ranking" else {},
            "evaluated": told(f"kind.{next(iter(kinds))}").zh if len(kinds) == 1 else "",
            "one": self.all.one,
            "many": self.all.many,
            "several": len(kinds) > 1,
            "ending": ".html" if self.lang == "zh" else ".en.html",
            "rebuilt": [e for e in found if any(g.basis == "reconstructed" for g in e.groups)],
            "synthetic": [text for e in found if (text := e.record.find_profile("synthetic", self.lang))],
            "factor": factor,
            "unit": unit,
            "signed": signed,
            "said_rate": lambda change: said_rate(change, self.lang),
            "difference": lambda value, unit: difference(value, unit)[self.lang],
            "parts_of": parts_of,
            "rates": overview.section_rates,
            "largest_loss": overview.largest_loss,
            "brief": brief,
            "few": overview.FEWEST,
            "far": overview.FAR,
            "too_easy": overview_counts.TOO_EASY,
        }
        if id == "government" and self.government:
            shared |= government_names(self.government, self.lang, self.catalogue.units.money)
        return shared

    def draw(self, name: str) -> Chart:
        """A chart by its name; `scores 2 1` is the second part of one that takes several, of the first group."""
        if name in OF_GOVERNMENT and self.government:
            return government_chart(name, self.government, self.evaluations, self.lang, self.catalogue.units.money)
        kind, number, group = name.split(" ")
        some = (self.spending if kind == "budget" else self.groups)[int(group) - 1]
        ranges = [self.ranges] if kind == "ranks" else []
        chart = CHARTS[kind](some.evaluations, self.lang, int(number), *ranges)
        return chart if int(group) < 2 else replace(chart, id=f"{chart.id}-of-{group}")

    @cached_property
    def ranges(self) -> dict[str, tuple[Decimal, Decimal]]:
        """How far each total could have fallen, and risen, as its report says."""
        known = self.county.ends
        return {code: known.get(code) or ends_of(e) for g in self.groups for e in g.evaluations for code in [e.record.department]}


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
