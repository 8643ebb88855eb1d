"""A department's year as an analyst has it: totals, frames, charts, one indicator explained, what if. What it shows comes from inside."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evallib.analysis.tables import losses
from evallib.analysis.what_if import make_scenario
from evallib.data.load import load_year
from evallib.data.whole import whole
from evallib.door import frames
from evallib.door.changes import Given, changes_of, named
from evallib.door.lookup import ByName, found_in
from evallib.door.numbers import as_float, unit_shown
from evallib.door.shown import Shown, Shows
from evallib.model.errors import InputRefused
from evallib.model.evaluation import Evaluation
from evallib.model.facts import InputValue
from evallib.model.units import Unit
from evallib.model.words import Lang, Words, joined, words
from evallib.model.years import EvaluatedYear
from evallib.say.numbers import plain, quantity
from evallib.say.prose import with_numbers
from evallib.say.refusals import refused
from evallib.say.sentences import sentence, sentences
from evallib.say.workings import (
    formula_text,
    indicator_clause,
    indicator_evidence,
    indicator_rule,
    indicator_value,
    indicator_working,
    total_text,
)

if TYPE_CHECKING:  # what draws is fetched when something is drawn
    import pandas as pd

    from evallib.charts.drawing import Chart
    from evallib.pages.rendering import Section
    from evallib.pages.report import Report

Path_ = str | os.PathLike[str]
"""A path, as text or as an object."""


def told(name: str, lang: Lang, /, **given: str | int | Words) -> str:
    """A sentence of the door in one language."""
    return sentence(f"door.{name}", **given)[lang]


def heads(lang: Lang, *names: str) -> tuple[str, ...]:
    """The heads of a table."""
    return tuple(told(f"head.{name}", lang) for name in names)


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


class Result(Frames):
    """A department's year, evaluated. Shows total, grade, dimensions and where most points were lost.

    Got from `ev.evaluate(...)` or `book[department, year]`; never made by hand. `evaluation` is what all of it rests on, exact.

    >>> import evallib as ev
    >>> r = ev.evaluate("data", "hrss", 2023, "en")
    >>> r.total, r.grade
    (84.63, 'Good')
    >>> r.indicators.lost.nlargest(1).index[0]
    'indicator_clarity'
    """

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
    def previous(self) -> Result | None:
        """Last year's result, where there is one."""
        last = self._checked.previous
        return Result(EvaluatedYear(last, None, ()), self._lang, self._data) if last else None

    def _frame(self, name: str) -> pd.DataFrame:
        if name == "problems":
            return frames.problems(self._checked.remarks, self._lang)
        return frames.FRAMES[name](self._written_out, self._lang)

    @cached_property
    def _written_out(self) -> Evaluation:
        """With the numbers put into the prose that leaves room for them."""
        return with_numbers(self.evaluation)

    # --- what the page shows of it, and plain plots

    @cached_property
    def _report(self) -> Report:
        from evallib.pages.report import Report

        return Report(self._checked, self._lang)

    @property
    def section(self) -> ByName[Section]:
        """The sections of the report: `r.section.targets`. TAB shows which there are."""
        return ByName(sentences("pages.report.sections"), lambda id: self._report.section(id), "section")

    @property
    def chart(self) -> ByName[Chart]:
        """The charts as the page draws them: `r.chart.targets`."""
        from evallib.charts.report import CHARTS

        return ByName({name: words(name) for name in CHARTS}, lambda name: replace(self._report.draw(name), of=self._of()), "chart")

    def _of(self) -> Any:
        """What the page is told of whose it is."""
        from evallib.pages.handed import of_evaluation

        return of_evaluation(self.evaluation, self._lang)

    @property
    def plot(self) -> ByName[Callable[..., Any]]:
        """Plain plots, free to restyle: `r.plot.targets(ax=ax)` gives matplotlib axes."""
        from evallib.charts.fonts import use_chinese
        from evallib.charts.plain import OF_A_YEAR

        def plot(name: str) -> Callable[..., Any]:
            frame, draw = OF_A_YEAR[name]
            return partial(draw, getattr(self, frame), lang=self._lang)

        use_chinese()
        return ByName({name: words(name) for name in OF_A_YEAR}, plot, "plot")

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
        scenario = make_scenario(self.evaluation, words(""), tuple(changes))
        return Trial(replace(self._checked, evaluation=scenario.evaluation), self._lang, self._data, self, scenario.remarks)

    def compare(self, other: Result | None = None) -> Comparison:
        """This result beside another one, its own recorded one or last year's where none is named: what moved the total, and why.

        Raises InputRefused where there is nothing to compare with.
        """
        before = self._before if other is None else other
        if not isinstance(before, Result):
            raise refused("door.nothing_to_compare", f"{self.department} {self.year}")
        return Comparison(before, self)

    @property
    def _before(self) -> Result | None:
        return self.previous

    # --- written

    def to_json(self, path: Path_) -> Path:
        """Write the evaluation, whole and exact, as JSON: what `evaluation.json` holds. Gives the path."""
        return self._write(path, lambda file: file.write_text(self.evaluation.to_json(), encoding="utf-8", newline="\n"))

    def to_excel(self, path: Path_) -> Path:
        """Write the scores as a workbook with formulas. Gives the path."""
        from evallib.data.score_workbook import write_score_workbook

        return self._write(path, lambda file: write_score_workbook(self.evaluation, file, self._lang))

    def to_html(self, path: Path_) -> Path:
        """Write the page of the report, with all its sections, without running a notebook. Gives the path."""
        from nbformat.v4 import new_code_cell, new_notebook, new_output

        from evallib.pages.exporter import ReportExporter

        shown = [part for name in self.section for part in self._report.parts(name)]
        outputs = [new_output("display_data", data, metadata=mark) for data, mark in (one._repr_mimebundle_() for one in shown)]
        exporter: Any = ReportExporter  # its base class has no types
        html, _ = exporter().from_notebook_node(new_notebook(cells=[new_code_cell("", outputs=outputs, execution_count=1)]))
        return self._write(path, lambda file: file.write_text(html, encoding="utf-8", newline="\n"))

    def _write(self, path: Path_, write: Callable[[Path], object]) -> Path:
        target = Path(path)
        with whole(target) as file:
            write(file)
        return target

    # --- shown

    def _shown(self) -> Shown:
        e, lang = self.evaluation, self._lang
        title = told("of_year", lang, name=e.record.name, year=e.catalogue.year(e.record.year))
        lines = [_said_total(e, lang)]
        if self.tried:
            lines.append(told("tried", lang, said=_some(self.tried, lang)))
        if synthetic := e.record.find_profile("synthetic", lang):
            lines.append(synthetic)
        lost = losses(e)[:5]
        if lost:
            names = joined((sentence("door.lost", name=one.indicator.name, lost=plain(one.lost, 2)) for one in lost), "、", ", ")
            lines.append(told("lost_most", lang, names=names))
        rows = [
            (d.name[lang], plain(d.points, 2), plain(d.score, 2), f"{as_float(d.rate) * 100:.1f}%" if d.rate is not None else "—")
            for d in e.dimensions
            if d.points
        ]
        remarks = self._checked.remarks
        note = told("remarks", lang, count=len(remarks)) if remarks else ""
        return Shown(title, tuple(lines), heads(lang, "name", "points", "score", "rate"), rows, note)


def _said_total(e: Evaluation, lang: Lang) -> str:
    if not e.points:
        return told("no_total", lang, count=len(e.indicators))
    if not e.has_total:
        return told("open_total", lang)
    return told("total", lang, total=total_text(e), points=plain(e.points), grade=e.grade)


class Trial(Result):
    """A result with something changed to try it; `recorded` is what it was made from."""

    def __init__(self, checked: EvaluatedYear, lang: Lang, data: Path | None, recorded: Result, remarks: tuple[Words, ...]) -> None:
        super().__init__(checked, lang, data)
        self._recorded, self._remarks = recorded, remarks

    @property
    def recorded(self) -> Result:
        """The result that something was changed in."""
        return self._recorded

    @property
    def _before(self) -> Result:
        return self._recorded

    @property
    def warnings(self) -> tuple[str, ...]:
        """What no longer fits together: identities that break, what is strange only now, points that no longer add up."""
        return tuple(remark[self._lang] for remark in self._remarks)


class Comparison(Shows):
    """Two results side by side: only what differs. `frame` holds it, `sentence` says what moved and why."""

    def __init__(self, before: Result, after: Result) -> None:
        self._before, self._after, self._lang = before, after, after._lang

    @property
    def frame(self) -> pd.DataFrame:
        """The total, dimensions and indicators whose scores differ, by id: name, before, after, difference, in points."""
        rows = ({"id": id, "name": name, "before": was, "after": now, "difference": now - was} for id, name, was, now in self._moved())
        return frames.frame("id", "name before after difference", rows)

    def _moved(self) -> Iterator[tuple[str, str, float, float]]:
        was, now = self._before, self._after
        yield "total", told("head.total", self._lang), was.total, now.total
        for level in ("dimensions", "indicators"):
            before, after = was._frame(level), now._frame(level)
            for id in [*after.index, *before.index.difference(after.index)]:
                pair = [float(f.score.get(id, 0.0)) for f in (before, after)]
                pair = [0.0 if score != score else score for score in pair]
                if round(pair[0] - pair[1], 9):
                    yield str(id), str((after if id in after.index else before).name[id]), pair[0], pair[1]

    @property
    def sentence(self) -> str:
        """What moved the total, and why."""
        e, before, lang = self._after.evaluation, self._before.evaluation, self._lang
        (_, _, was, now), *rest = self._moved()
        sections = {d.id for d in (*e.dimensions, *before.dimensions)}
        moved = sorted((one for one in rest if one[0] not in sections), key=lambda one: -abs(one[3] - one[2]))
        if not moved:
            return told("same", lang)
        said = told("moved_total", lang, was=_points(was), now=_points(now), difference=_signed(now - was))
        if before.grade != e.grade:
            said += told("moved_grade", lang, was=before.grade, now=e.grade)
        names = (told("moved", lang, name=name, difference=_signed(now - was)) for _, name, was, now in moved[:5])
        said += told("moved_by", lang, names=("、" if lang == "zh" else ", ").join(names))
        why = self._why(moved[0][0])
        return said + ("。" if lang == "zh" else ". ") + told("because", lang, why=why)

    def _why(self, id: str) -> str:
        """What was changed; or of another year, the working of what moved most."""
        lang = self._lang
        if tried := self._after.tried:
            return _some(tried, lang)
        there = {i.id for i in self._after.evaluation.indicators}
        e = self._after.evaluation if id in there else self._before.evaluation
        return indicator_working(e, e.indicator(id), lang)

    def _shown(self) -> Shown:
        lang = self._lang
        moved = list(self._moved())
        rows = [(name, _points(was), _points(now), _signed(now - was)) for _, name, was, now in moved]
        warnings = self._after.warnings if isinstance(self._after, Trial) else ()
        return Shown(self._title(), (self.sentence, *self._workings(), *warnings), heads(lang, "name", "was", "now", "difference"), rows)

    def _workings(self) -> list[str]:
        """How the three indicators that moved most are worked out now."""
        e = self._after.evaluation
        there = {i.id: i for i in e.indicators}
        moved = sorted((m for m in self._moved() if m[0] in there), key=lambda m: -abs(m[3] - m[2]))
        return [told("now", self._lang, name=name, working=indicator_working(e, there[id], self._lang)) for id, name, _, _ in moved[:3]]

    def _title(self) -> str:
        return told("of_year", self._lang, name=self._after.name, year=str(self._after.year))


def _some(said: tuple[str, ...], lang: Lang) -> str:
    """The first few of some sentences, and how many more there are."""
    more = [told("more", lang, count=len(said) - 4)] if len(said) > 4 else []
    return ("；" if lang == "zh" else "; ").join([*said[:4], *more])


def _points(number: float) -> str:
    return "—" if number != number else f"{number:.2f}"


def _signed(number: float) -> str:
    return "—" if number != number else f"{number:+.2f}".replace("-", "−")


class Explanation(Shows):
    """How one indicator came by its score: formula, numbers with the places they stand in, rule, clause, evidence."""

    def __init__(self, e: Evaluation, id: str, lang: Lang, data: Path | None) -> None:
        self._e, self._id, self._lang, self._data = e, id, lang, data

    @property
    def working(self) -> str:
        """The working in a sentence."""
        return indicator_working(self._e, self._e.indicator(self._id), self._lang)

    @property
    def rule(self) -> str:
        """The rule in words."""
        return indicator_rule(self._e, self._e.indicator(self._id), self._lang)

    @property
    def clause(self) -> str:
        """The clause that it rests on."""
        return indicator_clause(self._e, self._e.indicator(self._id), self._lang)

    @property
    def numbers(self) -> pd.DataFrame:
        """The numbers put in, by fact or indicator: name, value, unit, where (file, row, column)."""
        rows = (
            {"id": id, "name": name, "value": as_float(value, unit), "unit": unit_shown(unit), "where": where}
            for id, name, value, unit, where in self._numbers()
        )
        return frames.frame("id", "name value unit where", rows)

    def _numbers(self) -> Iterator[tuple[str, str, Decimal | None, Unit, str]]:
        e, lang, i = self._e, self._lang, self._e.indicator(self._id)
        target = e.target(self._id)
        if target is not None and target.is_number:
            for name, value in (("target", target.target), ("actual", target.actual)):
                yield (
                    self._id,
                    f"{target.name[lang]}·{sentence(f'changes.label.{name}')[lang]}",
                    value,
                    target.unit,
                    self._where("targets", name),
                )
        if i.formula:
            for given in _given(e.formula(i.formula).inputs):
                yield given.fact, given.name[lang], given.value, given.unit, self._where("facts", "value", given)

    def _where(self, table: str, column: str, given: InputValue | None = None) -> str:
        """The file, row and column that a number stands in; where the data is not at hand, the section of its source."""
        rows: tuple[Any, ...] = getattr(self._e.record, table)
        key = (given.fact, given.year) if given else (self._id,)
        index = next((n for n, row in enumerate(rows) if key == ((row.fact, row.year) if given else (row.indicator,))), None)
        if index is None:
            return ""
        if self._data is not None and not self._e.tried:
            try:
                loaded = load_year(self._data, self._e.record.department, self._e.record.year)
            except InputRefused:  # changed meanwhile
                return f"{rows[index].source} {rows[index].section}"
            return loaded.where(table, index, column).describe(self._lang)
        return f"{rows[index].source} {rows[index].section}"

    def _shown(self) -> Shown:
        e, lang, i = self._e, self._lang, self._e.indicator(self._id)
        value = indicator_value(e, i, lang) or "—"
        points = i.points and i.score is not None
        title = (
            told("explanation", lang, name=i.name, score=plain(i.score or Decimal(0), 2), points=plain(i.points, 2))
            if points
            else told("explanation_no_points", lang, name=i.name, value=value)
        )
        lines = [formula_text(e, e.formula(i.formula), lang)] if i.formula else []
        lines += [self.working, told("rule", lang, rule=self.rule), told("clause", lang, clause=self.clause)]
        if evidence := indicator_evidence(e, i, lang):
            lines.append(told("evidence", lang, evidence=evidence))
        rows = [(name, quantity(value, unit, lang) if value is not None else "—", where) for _, name, value, unit, where in self._numbers()]
        return Shown(title, tuple(lines), heads(lang, "what", "number", "where"), rows)


def _given(values: Iterable[InputValue]) -> Iterator[InputValue]:
    """Numbers, or those that they were summed from."""
    for value in values:
        if value.parts:
            yield from _given(value.parts)
        else:
            yield value
