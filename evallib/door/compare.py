"""Two evaluations side by side: what moved, by how much, and why. What differs is computed in `evallib.analysis.what_if`."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from evallib.analysis.what_if import Compared, compare, remarks
from evallib.data.frames import Table, as_float
from evallib.door.shown import Shown, Shows, heads, some, told
from evallib.model.evaluation import Difference, Evaluation
from evallib.model.words import Lang
from evallib.say.numbers import plain
from evallib.say.workings import indicator_working

if TYPE_CHECKING:
    import pandas as pd


class Comparison(Shows):
    """Two results side by side: only what differs. `frame` holds it, `sentence` says what moved and why."""

    def __init__(self, before: Evaluation, after: Evaluation, lang: Lang) -> None:
        self._before, self._after, self._lang = before, after, lang

    @cached_property
    def _compared(self) -> Compared:
        return compare(self._before, self._after)

    @property
    def _all(self) -> list[Difference]:
        return [self._compared.total, *self._compared.dimensions, *self._compared.indicators]

    @property
    def _moved(self) -> list[Difference]:
        """The indicators that moved, the farthest first."""
        return sorted(self._compared.indicators, key=lambda d: -abs(d.difference))

    @property
    def frame(self) -> pd.DataFrame:
        """The total, dimensions and indicators whose scores differ, by id: name, before, after, difference, in points."""
        rows = ((d.id, d.name[self._lang], as_float(d.before), as_float(d.after), as_float(d.difference)) for d in self._all)
        return Table("id name before after difference", rows).frame()

    @property
    def sentence(self) -> str:
        """What moved the total, and why."""
        lang, before, after, total = self._lang, self._before, self._after, self._compared.total
        if not self._moved:
            return told("same", lang)
        said = told("moved_total", lang, was=_points(total.before), now=_points(total.after), difference=_signed(total))
        if before.grade != after.grade:
            said += told("moved_grade", lang, was=before.grade, now=after.grade)
        said += told("moved_by", lang, names=some((f"{d.name[lang]} {_signed(d)}" for d in self._moved), lang, "、", ", "))
        tried = [t.said[lang] for t in after.tried]
        return said + told("because", lang, why=some(tried, lang) if tried else "；".join(self._workings(1)))

    def _workings(self, count: int) -> list[str]:
        """How the indicators that moved most are worked out now."""
        there = {i.id: i for i in self._after.indicators}
        moved = [d for d in self._moved if d.id in there][:count]
        return [told("now", self._lang, name=d.name, working=indicator_working(self._after, there[d.id], self._lang)) for d in moved]

    def _shown(self) -> Shown:
        lang, e = self._lang, self._after
        rows = [(d.name[lang], _points(d.before), _points(d.after), _signed(d)) for d in self._all]
        strange = [remark[lang] for remark in remarks(self._before, e)] if e.tried else []
        lines = (self.sentence, *(self._workings(3) if e.tried else ()), *strange)
        other = told("recorded", lang) if e.tried else _called(self._before, lang)
        title = told("against", lang, one=_called(e, lang), other=other)
        return Shown(title, lines, heads(lang, "name", "was", "now", "difference"), rows)


def _called(e: Evaluation, lang: Lang) -> str:
    return told("of_year", lang, name=e.record.name, year=e.catalogue.year(e.record.year))


def _points(score: Decimal | None) -> str:
    return "—" if score is None else plain(score, 2)


def _signed(d: Difference) -> str:
    return ("+" if d.difference > 0 else "") + plain(d.difference, 2) if d.difference else "—"  # from nothing to no points
