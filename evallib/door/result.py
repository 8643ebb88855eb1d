"""A department's year as an analyst has it: totals, frames, charts, one indicator explained, what if. What it shows comes from inside."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from evallib.analysis.tables import losses
from evallib.analysis.what_if import apply, remarks
from evallib.data import frames
from evallib.data.frames import as_float
from evallib.door.changes import Given, changes_of, named
from evallib.door.compare import Comparison
from evallib.door.explain import Explanation
from evallib.door.lookup import ByName, found_in, refuse_unknown
from evallib.door.plots import Plot, plots
from evallib.door.shown import Shown, Shows, heads, some, told
from evallib.files.whole import whole
from evallib.model.evaluation import Evaluation
from evallib.model.words import Lang, Words, words
from evallib.model.years import EvaluatedYear
from evallib.say.drafts import said_of_draft
from evallib.say.numbers import plain
from evallib.say.prose import with_numbers
from evallib.say.refusals import refused
from evallib.say.sentences import sentences
from evallib.say.workings import scaled_text, total_text

if TYPE_CHECKING:  # what draws is fetched when something is drawn
    import pandas as pd

    from evallib.charts.drawing import Chart
    from evallib.pages.rendering import Section
    from evallib.pages.report import Report

Path_ = str | os.PathLike[str]
"""A path, as text or as an object."""


class Sectioned(Shows):
    """What a page of its own shows, `_page`, of which it has the sections."""

    _SECTIONS: ClassVar[str]
    _page: Any

    @property
    def section(self) -> ByName[Section]:
        """The sections of its page: `r.section.targets`. TAB shows which there are."""
        return ByName(sentences(self._SECTIONS), lambda id: self._page.section(id), "section")

    def _of(self) -> Any:
        """What the page is told of whose it is."""
        return self._page.of


class Frames(Shows):
    """What is offered as a frame. Ids are the index, numbers are floats; nothing known is NaN.

    Points, scores and amounts are in the unit named beside them; `value`, `target` and `actual` in that of the column `unit`, where a
    rate is in percent ("%"); `rate`, `completion`, `attainment` and `variance` are shares: 0.95 is 95%.
    """

    def _frame(self, name: str) -> pd.DataFrame:
        raise NotImplementedError

    @property
    def indicators(self) -> pd.DataFrame:
        """Every indicator: points, score, what was lost, the number measured and its unit, how it was scored.

        Columns: name, dimension, group, points, score, lost, rate (share of the points), value, unit, status (scored, missing,
        not_applicable, not_chosen), method (computed, judged, overridden), basis, rule, own, extra.
        """
        return self._frame("indicators")

    @property
    def dimensions(self) -> pd.DataFrame:
        """The first level of the framework: name, points, score, lost, rate (share)."""
        return self._frame("dimensions")

    @property
    def targets(self) -> pd.DataFrame:
        """Every target against its actual.

        Columns: name, operator, target, upper (end of a range), actual, unit, completion (actual / target, a share, never capped),
        attainment (how far it was attained, a share: 1 is met, whichever side is good), met, asked and reached (words and dates).
        """
        return self._frame("targets")

    @property
    def facts(self) -> pd.DataFrame:
        """Every fact that was given or summed, by id and the year it is of: name, value, unit, sum, source, section."""
        return self._frame("facts")

    @property
    def budget(self) -> pd.DataFrame:
        """The budget by source and kind: approved, adjusted, spent, difference, variance (share of the approved amount), unit, total."""
        return self._frame("budget")

    @property
    def findings(self) -> pd.DataFrame:
        """What the evaluators found: kind, title, amount, at_issue, unit, indicator, seriousness, clauses, recommendation, source."""
        return self._frame("findings")

    @property
    def judgements(self) -> pd.DataFrame:
        """What the evaluators decided, a row each, by indicator: kind, item, verdict, score (points), coefficient, basis, reason."""
        return self._frame("judgements")

    @property
    def reconciliation(self) -> pd.DataFrame:
        """Published figures beside computed ones: published, computed, unit, verdict, what it is worth, reason, source."""
        return self._frame("reconciliation")

    @property
    def problems(self) -> pd.DataFrame:
        """What was remarked or refused: level, place (file, row, column), what, found, fix."""
        return self._frame("problems")


class Result(Frames, Sectioned):
    """A department's year, evaluated. Shows total, grade, dimensions and where most points were lost.

    Got from `ev.evaluate(...)` or `book[department, year]`; never made by hand. `evaluation` is what all of it rests on, exact.

    >>> import evallib as ev
    >>> r = ev.evaluate("data", "hrss", 2023, "en")
    >>> r.total, r.grade
    (84.63, 'Good')
    >>> r.indicators.lost.nlargest(1).index[0]
    'indicator_clarity'
    """

    _SECTIONS = "pages.report.sections"
    _recorded: Result | None = None

    def __init__(self, checked: EvaluatedYear, lang: Lang, data: Path | None = None) -> None:
        self._checked, self._lang, self._data = checked, lang, data

    # --- what it is

    @property
    def evaluation(self) -> Evaluation:
        """The evaluation itself: decimals, every result with what it was computed from."""
        return self._checked.evaluation

    @property
    def department(self) -> str:
        return self.evaluation.record.department

    @property
    def year(self) -> int:
        return self.evaluation.record.year

    @property
    def name(self) -> str:
        """The department's name, in the language of the result."""
        return self.evaluation.record.name[self._lang]

    @property
    def lang(self) -> str:
        """The language it speaks, "zh" or "en"."""
        return self._lang

    @property
    def total(self) -> float:
        """The total, in points; NaN where there is none."""
        return as_float(self.evaluation.total if self.evaluation.has_total else None)

    @property
    def grade(self) -> str:
        return self.evaluation.grade[self._lang]

    @property
    def tried(self) -> tuple[str, ...]:
        """What was changed by `what_if`, a sentence each; nothing where all is recorded data."""
        return tuple(t.said[self._lang] for t in self.evaluation.tried)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What no longer fits together after `what_if`: identities that break, what is strange only now, points that no longer add up."""
        recorded = self._recorded
        return tuple(remark[self._lang] for remark in remarks(recorded.evaluation, self.evaluation)) if recorded else ()

    @property
    def previous(self) -> Result | None:
        """Last year's result, where there is one."""
        last = self._checked.previous
        return Result(EvaluatedYear(last, None, ()), self._lang, self._data) if last else None

    def _frame(self, name: str) -> pd.DataFrame:
        if name == "problems":
            return frames.problems(self._checked.remarks, self._lang)
        return frames.TABLES[name](self._written_out, self._lang).frame()

    @cached_property
    def _written_out(self) -> Evaluation:
        """With the numbers put into the prose that leaves room for them."""
        return with_numbers(self.evaluation)

    # --- what the page shows of it, and plain plots

    @cached_property
    def _page(self) -> Report:
        from evallib.pages.report import Report

        return Report(self._checked, self._lang)

    @property
    def chart(self) -> ByName[Chart]:
        """The charts as the page draws them: `r.chart.targets`."""
        from evallib.charts.report import CHARTS

        return ByName({name: words(name) for name in CHARTS}, lambda name: replace(self._page.draw(name), of=self._of()), "chart")

    def _of(self) -> Any:
        from evallib.pages.handed import of_evaluation

        return of_evaluation(self.evaluation, self._lang)

    @property
    def plot(self) -> ByName[Plot]:
        """Plain plots, free to restyle: `r.plot.targets(ax=ax)` gives matplotlib axes."""
        return plots(self, "OF_A_YEAR", self._lang)

    def __getitem__(self, asked: Any) -> Any:
        """Nothing: a result is no table. Raises InputRefused with what may be meant."""
        refuse_unknown(self._there(), str(asked), "part")

    __iter__ = None

    def _there(self) -> dict[str, Words]:
        return super()._there() | {f'.explain("{i.id}")': i.name for i in self.evaluation.indicators}

    # --- one indicator, and what if

    def explain(self, indicator: str) -> Explanation:
        """The working paper of one indicator: formula, the numbers put in and where each stands, rule, clause, evidence.

        `indicator` is its id or its name in either language. Raises InputRefused, with near matches, where there is none.

        >>> import evallib as ev
        >>> "51 people ÷ 48 people" in repr(ev.evaluate("data", "hrss", 2023, "en").explain("staffing_control"))
        True
        """
        id = found_in({i.id: i.name for i in self.evaluation.indicators}, indicator, "indicator")
        return Explanation(self._written_out, id, self._lang, self._data)

    def what_if(
        self,
        changes: Given | None = None,
        /,
        *,
        fact: Given | None = None,
        actual: Given | None = None,
        target: Given | None = None,
        points: Given | None = None,
        score: Given | None = None,
        rule: Given | None = None,
        item: Given | None = None,
        without: Iterable[str] = (),
        **values: Any,
    ) -> Result:
        """The result as it would be with some numbers changed. What is recorded stays as it is; the new result says that it is a trial.

        `values`, by id, are facts or actuals of targets: `r.what_if(staff_administrative=19, public_satisfaction=90.0)`; `changes`
        the same by id or name, a fact of another year as `("outturn", 2022)`. Others by what they change: `target`, `points`, `score`
        (given by judgement), `rule` (a number of a rule, `{"staffing_control.limit": 1.05}`, as the rule writes it), `item` (of a
        checklist, `{"indicator_clarity.measurable": True}`), `without` (findings). Each takes a dict or a pandas Series.

        Numbers may be int, float, numpy's, Decimal, in the unit that the frames name; or text with a unit: "40人", "90%", "1.2万元".

        Raises InputRefused, with near matches, where a name is not there or a number cannot stand where it is put.

        >>> import evallib as ev
        >>> r = ev.evaluate("data", "hrss", 2023, "en")
        >>> r.what_if(public_satisfaction=90.0).total
        86.63
        """
        kinds = {"fact": fact, "actual": actual, "target": target, "points": points, "score": score, "rule": rule, "item": item}
        asked = {**({} if changes is None else dict(named(changes, "what_if").items())), **values}
        return self.with_changes(changes_of(self.evaluation, asked, without, **kinds))

    def with_changes(self, changes: Iterable[Any]) -> Result:
        """The result with changes of `evallib.analysis.changes` made: what `what_if` does once it has understood them."""
        changed = apply(self.evaluation, tuple(changes))
        return Trial(replace(self._checked, evaluation=changed), self._lang, self._data, self)

    def compare(self, other: Result | None = None) -> Comparison:
        """This result beside another one, its own recorded one or last year's where none is named: what moved the total, and why.

        Raises InputRefused where there is nothing to compare with.
        """
        before = (self._recorded or self.previous) if other is None else other
        if not isinstance(before, Result):
            raise refused("door.nothing_to_compare", f"{self.department} {self.year}")
        return Comparison(before.evaluation, self.evaluation, self._lang)

    # --- written

    def to_json(self, path: Path_) -> Path:
        """Write the evaluation, whole and exact, as JSON: what `evaluation.json` holds. Gives the path."""
        return _written(path, self.evaluation.to_json())

    def to_excel(self, path: Path_) -> Path:
        """Write the scores as a workbook with formulas. Gives the path."""
        from evallib.data.score_workbook import write_score_workbook

        write_score_workbook(self.evaluation, Path(path), self._lang)
        return Path(path)

    def to_word(self, path: Path_) -> Path:
        """Write the official report as a Word file, with what people wrote for it. Gives the path."""
        from evallib.word.report import official_report

        with whole(Path(path)) as file:
            file.write_bytes(official_report(self._checked, self._lang).content)
        return Path(path)

    def to_html(self, path: Path_) -> Path:
        """Write the page of the report, with all its sections, without running a notebook. Gives the path."""
        from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

        from evallib.pages.exporter import ReportExporter

        cells = []
        for name in self.section:
            *charts, section = self._page.parts(name)
            shown: list[Chart | Section] = [*charts, section]
            outputs = [new_output("display_data", data, metadata=mark) for data, mark in (one._repr_mimebundle_() for one in shown)]
            cells += [new_markdown_cell(f"## {section.mark['pair']}"), new_code_cell("", outputs=outputs, execution_count=1)]
        exporter: Any = ReportExporter  # its base class has no types
        html, _ = exporter().from_notebook_node(new_notebook(cells=cells))
        return _written(path, html)

    # --- shown

    def _shown(self) -> Shown:
        e, lang = self.evaluation, self._lang
        title = told("of_year", lang, name=e.record.name, year=e.catalogue.year(e.record.year))
        lines = [*(one[lang] for one in said_of_draft(e)), _said_total(e, lang)]
        if scaled := scaled_text(e)[lang]:
            lines.append(scaled)
        if self.tried:
            lines.append(told("tried", lang, said=some(self.tried, lang)))
        if synthetic := e.record.find_profile("synthetic", lang):
            lines.append(synthetic)
        if lost := [f"{one.indicator.name[lang]} −{plain(one.lost, 2)}" for one in losses(e)[:5]]:
            lines.append(told("lost_most", lang, names=some(lost, lang, "、", ", ")))
        rows = [
            (d.name[lang], plain(d.points, 2), plain(d.score, 2), f"{as_float(d.rate) * 100:.1f}%" if d.rate is not None else "—")
            for d in e.dimensions
            if d.points
        ]
        note = told("remarks", lang, count=len(self._checked.remarks)) if self._checked.remarks else ""
        return Shown(title, tuple(lines), heads(lang, "name", "points", "score", "rate"), rows, note)


def _said_total(e: Evaluation, lang: Lang) -> str:
    if not e.points:
        return told("no_total", lang, count=len(e.indicators))
    if not e.has_total:
        return told("open_total", lang)
    return told("total", lang, total=total_text(e), points=plain(e.points), grade=e.grade)


class Trial(Result):
    """A result with something changed to try it; `recorded` is what it was made from."""

    _recorded: Result

    def __init__(self, checked: EvaluatedYear, lang: Lang, data: Path | None, recorded: Result) -> None:
        super().__init__(checked, lang, data)
        self._recorded = recorded

    @property
    def recorded(self) -> Result:
        """The result that something was changed in."""
        return self._recorded


def _written(path: Path_, text: str) -> Path:
    """A file with a text in it, whole or not at all."""
    with whole(Path(path)) as file:
        file.write_text(text, encoding="utf-8", newline="\n")
    return Path(path)
