"""The page of a running year, section by section: what was monitored in, HTML out. Its words live in `template/monitoring/`."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from evallib.analysis.monitoring import Forecast, Standing, flags, gap_words, money_rows, passed, said, stand
from evallib.charts.drawing import Chart
from evallib.charts.monitoring import LEVELS, currency_of, latest, money_chart, pair, targets_chart
from evallib.charts.parts import or_dash, signed
from evallib.model.monitoring_record import MONEY, RULES, Monitored
from evallib.model.monitoring_rows import MonitoringRow, example_lines, file_name, head_line
from evallib.model.rows import columns, note_of
from evallib.model.running_year import CALENDAR, first_day, last_day, year_gone
from evallib.model.units import Unit
from evallib.model.words import Lang
from evallib.pages.handed import of_several
from evallib.pages.rendering import Sections, told
from evallib.say.numbers import percent
from evallib.say.sentences import sentences

SECTIONS = sentences("pages.monitoring.sections")
"""The sections of the page in their order: id and heading."""


class Monitoring(Sections):
    """The sections of one department's running year in one language.

    >>> from pathlib import Path
    >>> from evallib.data.monitoring import load_monitoring
    >>> page = Monitoring(load_monitoring(Path("data"), "hrss", 2024), "en")
    >>> "monitoring/hrss/2024.csv" in page.section("summary").html
    True
    """

    SECTIONS = SECTIONS
    FOLDER = "monitoring"

    def __init__(self, monitored: Monitored, lang: Lang = "zh") -> None:
        m, seen = monitored, [monitored.file.sha256] if monitored.file else []
        super().__init__(lang, of=of_several(self.FOLDER, seen, lang, m.department, m.year, m.name[lang]))
        self.monitored = monitored
        self.standings = stand(monitored)
        self.rows = money_rows(monitored)

    def content(self) -> Mapping[str, object]:
        return {"money": self.rows, "targets": self.monitored.targets, "deviations": self.monitored.as_of}

    def names(self, id: str) -> dict[str, Any]:
        m, rows, found = self.monitored, self.rows, flags(self.standings)
        return {
            "m": m,
            "as_of": m.as_of,
            "called": m.called[self.lang],
            "span": None if m.begins == CALENDAR else (first_day(m.year, m.begins), last_day(m.year, m.begins)),
            "gone": year_gone(m.as_of, m.begins) if m.as_of else None,
            "rows": rows,
            "cur": currency_of(m).name[self.lang],
            "currency": currency_of(m),
            "now": latest(rows, m.find("spent")) if rows else None,
            "spent": next((s for s in self.standings if s.measure.id == "spent"), None),
            "targets": [s for s in self.standings if s.measure.id not in MONEY],
            "flags": found,
            "alarms": [f for f in found if f.deviation.level == "alarm"],
            "passed": passed(self.standings),
            "file": file_name(m.department, m.year),
            "head": head_line(),
            "example": example_lines(m.year, m.begins),
            "fields": [(c, MonitoringRow.model_fields[c]) for c in columns(MonitoringRow)],
            "note_of": lambda name: note_of(MonitoringRow, name)[self.lang],
            "year_gone": partial(year_gone, begins=m.begins),
            "gap_words": gap_words,
            "pair": lambda s: pair(s, self.lang),
            "amount": lambda value, unit: said(value, unit)[self.lang],
            "range": self._range,
            "verdict": self._verdict,
            "limit": lambda value, places=None: or_dash(value, partial(percent, places=places)),
            "signed": signed,
            "LEVELS": LEVELS,
            "RULES": RULES,
        }

    def draw(self, name: str) -> Chart:
        if name == "money":
            return money_chart(self.monitored, self.lang)
        return targets_chart(self.monitored, self.standings, self.lang)

    def _range(self, ahead: Forecast | None, unit: Unit, of: Decimal | None = None) -> str:
        """The least and the most that is reckoned; with `of`, what is left of it."""
        if ahead is None:
            return "—"
        ends = (ahead.low, ahead.high) if of is None else (of - ahead.high, of - ahead.low)
        low, high = (said(end, unit)[self.lang] for end in ends)
        if low == high:
            return low
        unit_once = low.removesuffix(high.lstrip("−0123456789.,"))
        return told("monitoring.range", low=unit_once, high=high)[self.lang]

    def _verdict(self, s: Standing) -> str:
        """Whether the target will be met; of a level, whether it is met now."""
        if s.last is None:
            return told("monitoring.not_observed")[self.lang]
        if s.measure.kind == "level":
            return told("monitoring.not_met_now" if s.last.level else "monitoring.met_now")[self.lang]
        return told(f"monitoring.chance.{s.chance}")[self.lang] if s.chance else "—"
