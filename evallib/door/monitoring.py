"""A running year as it was monitored, for the notebook that makes its page."""

from __future__ import annotations

from pathlib import Path

from evallib.door.result import Sectioned
from evallib.door.shown import Shown, told
from evallib.model.words import Lang


class Running(Sectioned):
    """A department's running year, as it was monitored."""

    _SECTIONS = "pages.monitoring.sections"

    def __init__(self, data: Path, department: str, year: int, lang: Lang) -> None:
        from evallib.data.monitoring import load_monitoring
        from evallib.pages.monitoring import Monitoring

        self._lang = lang
        self._page = Monitoring(load_monitoring(data, department, year), lang)

    def _shown(self) -> Shown:
        m = self._page.monitored
        return Shown(told("of_year", self._lang, name=m.name[self._lang], year=str(m.year)))
