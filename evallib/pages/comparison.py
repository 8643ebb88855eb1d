"""The year comparison, section by section: a department's years in, HTML out. Its words live in `template/comparison/`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from evallib.analysis import comparison as over_years
from evallib.analysis import money
from evallib.charts.drawing import Chart
from evallib.charts.parts import or_dash, signed, signed_rate
from evallib.charts.years import PART_NAMES, dimensions_chart, money_chart, parts_chart, totals_chart
from evallib.model.evaluation import Evaluation, IndicatorResult
from evallib.model.units import SHARE, convert
from evallib.model.words import NOTHING, Lang, Words
from evallib.model.years import DepartmentYears
from evallib.pages.framework_text import framework_changes
from evallib.pages.handed import of_several
from evallib.pages.rendering import Sections, told
from evallib.say.frameworks import version
from evallib.say.numbers import quantity
from evallib.say.sentences import sentences

SECTIONS = sentences("pages.comparison.sections")
"""The sections of the comparison in their order: id and heading."""

MARKS = sentences("pages.comparison.mark")
"""What may have happened to an indicator between two years."""


class YearComparison(Sections):
    """The sections of one department's years in one language.

    >>> from pathlib import Path
    >>> from evallib.data.years import evaluate_department
    >>> comparison = YearComparison(evaluate_department(Path("data"), "hrss"), "en")
    >>> "There is one year only" in comparison.section("summary").html
    True
    """

    SECTIONS = SECTIONS
    OF_POINTS = ("totals", "dimensions")
    PAPERS = ("data",)
    FOLDER = "comparison"

    def __init__(self, department: DepartmentYears, lang: Lang = "zh") -> None:
        d, found = department, department.evaluations
        super().__init__(lang, found, of_several(self.FOLDER, found, lang, d.department, name=d.name[lang]))
        self.department = department
        self.changes = over_years.changes(department.evaluations)

    def content(self) -> Mapping[str, object]:
        es = self.evaluations
        scored = any(e.has_total for e in es)
        return {
            "totals": scored,
            "dimensions": scored,
            "by_indicator": es,
            "targets": any(e.targets for e in es),
            "money": any(value is not None for line in money.money_lines(es) for value in line.values),
            "findings": any(e.record.findings for e in es),
        }

    def names(self, id: str) -> dict[str, Any]:
        es = self.evaluations
        kind = es[-1].record.kind if es else "department"
        years = sorted([*(e.record.year for e in es), *(a.year for a in self.department.absent)])
        return {
            "es": es,
            "last": es[-1] if es else None,
            "absent": self.department.absent,
            "years": years,
            "span": self._span(years),
            "title": told("comparison.title", kind=told(f"kind.{kind}"))[self.lang],
            "changes": self.changes,
            "scored": [c for c in self.changes if c.before.has_total and c.after.has_total],
            "change": self.changes[-1] if self.changes else None,
            "target_changes": over_years.target_changes,
            "chain": money.carryover_chain(es),
            "kinds": over_years.finding_kinds([e.record.findings for e in es]),
            "synthetic": next((text for e in reversed(es) if (text := e.record.find_profile("synthetic", self.lang))), ""),
            "reconstructed": any(i.basis == "reconstructed" for e in es for i in e.indicators),
            "find": lambda e, indicator: next((i for i in e.indicators if i.id == indicator), None),
            "signed": signed,
            "rate": _rate,
            "PART_NAMES": PART_NAMES,
            "MARKS": MARKS,
            "VERDICTS": sentences("pages.comparison.target"),
            "STATES": sentences("pages.comparison.finding"),
            **getattr(self, f"_{id}", dict)(),
        }

    def key(self, e: Evaluation) -> str:
        """A framework by its version; by its name, too, where several are used."""
        said, several = version(e.framework), len({one.framework.id for one in self.evaluations}) > 1
        return (told("framework.of_version", name=e.framework.words, version=said) if several else said)[self.lang]

    def _span(self, years: list[int]) -> Words:
        """The first and the last of some years."""
        first, last = (self.catalogue.year(year) for year in (years[0], years[-1])) if years else (NOTHING, NOTHING)
        return first if first == last else told("comparison.span", first=first, last=last)

    def draw(self, name: str) -> Chart:
        es, lang = self.evaluations, self.lang
        if name == "totals":
            return totals_chart(es, [a.year for a in self.department.absent], lang)
        if name == "dimensions":
            return dimensions_chart(es, lang)
        if name == "money":
            return money_chart(es, lang)
        return parts_chart(next(c for c in self.changes if name == f"parts-{c.after.record.year}"), lang)

    def _totals(self) -> dict[str, Any]:
        before = {c.after.record.year: c for c in self.changes}
        found = [(e.record.year, e, before.get(e.record.year)) for e in self.evaluations]
        rows = [*found, *((a.year, None, None) for a in self.department.absent)]
        return {"rows": sorted(rows, key=lambda row: row[0])}

    def _dimensions(self) -> dict[str, Any]:
        return {"rows": over_years.dimensions_over(self.evaluations)}

    def _by_indicator(self) -> dict[str, Any]:
        lines = over_years.line_up(self.evaluations)
        marked = []
        for place, change in enumerate(self.changes, 1):
            met = [(line.marks[place], (line, *line.results[place - 1 : place + 1])) for line in lines]
            by_mark = [(mark, [found for marks, found in met if mark in marks]) for mark in MARKS]
            marked.append((change, [(mark, found) for mark, found in by_mark if found]))
        return {"lines": lines, "marked": marked}

    def _targets(self) -> dict[str, Any]:
        pairs = [{t.id: t for t in over_years.target_changes(c.before, c.after)} for c in self.changes]
        ids = dict.fromkeys(t.id for e in reversed(self.evaluations) for t in e.targets)
        rows = []
        for id in ids:
            found = [e.target(id) for e in self.evaluations]
            name = next(t.name for t in reversed(found) if t is not None)
            rows.append((name, list(zip(found, [None, *(pair.get(id) for pair in pairs)], strict=True))))
        counts = [
            (c, Counter(t.verdict for t in pair.values()), [t for t in pair.values() if t.reached])
            for c, pair in zip(self.changes, pairs, strict=True)
        ]
        return {"rows": rows, "counts": counts}

    def _money(self) -> dict[str, Any]:
        bases = sentences("pages.comparison.execution").items()
        rates = [(name, money.execution_rates(self.evaluations, f"budget {base}")) for base, name in bases]
        return {
            "lines": money.money_lines(self.evaluations),
            "rates": [(name, found) for name, found in rates if any(rate is not None for rate in found)],
        }

    def _data(self) -> dict[str, Any]:
        differing = [(c, framework_changes(c.before.framework, c.after.framework)) for c in self.changes if c.framework_changed]
        return {"used": over_years.by_framework(self.evaluations), "differing": differing}

    def amount(self, change: money.AmountChange) -> list[str]:
        """A change of money, and under it its percentage or why there is none."""
        if change.difference is None:
            return ["—"]
        rate = told("base_of_zero")[self.lang] if change.rate is None else signed_rate(change.rate, self.lang)
        return [signed(change.difference), rate]

    def delta(self, before: IndicatorResult | None, after: IndicatorResult | None) -> str:
        """The change of a value: of rates in percentage points, of all else in the later year's unit."""
        change = over_years.value_change(before, after)
        if change is None or after is None:
            return "—"
        if after.unit.is_share:
            return _rate(convert(change, after.unit, SHARE), self.lang)
        return ("+" if change > 0 else "") + quantity(change, after.unit, self.lang)

    def last_actual(self, change: over_years.TargetChange) -> str:
        """The actual of the year before, in the later target's unit."""
        if change.after is None or change.last_actual is None:
            return "—"
        return quantity(change.last_actual, change.after.unit, self.lang)


def _rate(change: Decimal | None, lang: Lang) -> str:
    """A change of a rate in percentage points."""
    return or_dash(change, lambda rate: told("percentage_points", points=signed(rate * 100))[lang])
