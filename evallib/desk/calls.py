"""The desk's plain calls: a choice of department and year, changes tried out on it, scenarios kept. No widget."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple, cast

import pandas as pd

from evallib.analysis.changes import KINDS, Change, FactChange, Key
from evallib.analysis.improve import to_next_grade
from evallib.analysis.overview import alike, ranking
from evallib.analysis.standing import standings
from evallib.analysis.tables import next_grade
from evallib.data.folder import data_root, has_data
from evallib.data.frames import Table
from evallib.data.load import load_departments
from evallib.data.parameters import checked_lang
from evallib.data.place import find_data
from evallib.data.rulebook import load_county
from evallib.desk.fields import Field, fields, without_place
from evallib.desk.page import DeskPage, indicator_section, part_of_framework, report_section
from evallib.desk.scenarios import read_scenarios, write_scenarios
from evallib.door.book import Book
from evallib.door.changes import Given, changes_of
from evallib.door.lookup import found_in
from evallib.door.result import Path_, Result
from evallib.door.shown import Shown, Shows
from evallib.model.errors import InputRefused, gathered
from evallib.model.grouped import grouped
from evallib.model.words import Lang, Words, words
from evallib.pages.rendering import Section
from evallib.runs.report import Written, run_report
from evallib.say.refusals import refused
from evallib.say.sentences import sentence


class Department(NamedTuple):
    """A department of the list and the years for which there is data, the latest first."""

    name: Words
    years: tuple[int, ...]


class Calls(Shows):
    """What can be done at the desk, as plain calls. What is shown comes back as sections, which show themselves.

    What is tried is kept per department and year as long as the desk lives; scenarios are kept beside the data.
    """

    def __init__(
        self, data: Path_ = "data", lang: str | None = None, out: Path_ | None = None, department: str = "", year: int = 0
    ) -> None:
        given = os.environ.get
        self.data = find_data(Path(given("EVALLIB_DATA", data) if str(data) == "data" else data))
        self.out = Path(out or given("EVALLIB_OUT") or self.data.parent / "reports")
        self.lang = _language(lang or given("EVALLIB_LANG"), self.data)
        self._tried: dict[tuple[str, int], dict[Key, Change]] = {}
        self.choose(str(department), int(year))  # as papermill may give them

    # --- what there is, and the choice

    @property
    def departments(self) -> dict[str, Department]:
        """The departments of the list that have data, by code, in its order.

        Raises InputRefused where the list cannot be read, or nothing in it has data.
        """
        found: dict[str, Department] = {}
        for code, rows in grouped((row.code, row) for row in load_departments(self.data)).items():
            years = {y for row in rows for y in row.years if has_data(self.data, code, y)}
            if years:
                found[code] = Department(rows[-1].words, tuple(sorted(years, reverse=True)))
        if not found:
            raise refused("desk.no_data", "departments.csv")
        return found

    def choose(self, department: str = "", year: int = 0, lang: Lang | None = None) -> Section:
        """Choose a department's year, and a language; the data is read anew. Its headline, or in words why it cannot be used.

        Where no department is named, the first that has data; where no year is, the newest that can be used.
        """
        self.lang, self.asked = lang or self.lang, (department, year)
        self.refusal: InputRefused | None = None
        self._recorded: Result | None = None
        try:
            self._book, listed = Book(self.data, self.lang), self.departments
            names = {row.code: row.words for row in load_departments(self.data)}
            code = found_in(names, department, "department") if department else next(iter(listed))
            years = listed[code].years if code in listed else (0,)
            for one in (year,) if year else years:
                try:
                    self._recorded, self.asked, self.refusal = self._book[code, one], (code, one), None
                    break
                except InputRefused as refusal:
                    self.asked = (code, year or years[0])
                    self.refusal = self.refusal or refusal
        except InputRefused as refusal:
            self.refusal = refusal
        if not self.chosen:
            return self.headline()
        tried = tuple(self._tried.get(self.asked, {}).values())
        self._try({})
        with suppress(InputRefused):  # it no longer fits what is recorded
            self.make(*tried)
        return self.headline()

    @property
    def chosen(self) -> bool:
        """Whether a department's year is chosen and can be used."""
        return self._recorded is not None

    @property
    def recorded(self) -> Result:
        """The result of what is recorded.

        Raises InputRefused where the data chosen cannot be used.
        """
        if self._recorded is None:
            raise cast(InputRefused, self.refusal)
        return self._recorded

    @property
    def result(self) -> Result:
        """The result at hand: a trial where something is changed, else what is recorded. Raises as `recorded` does."""
        return self._result if self.chosen else self.recorded

    # --- changes

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes at hand; none where nothing is chosen."""
        return tuple(self._tried[self.asked].values()) if self.chosen else ()

    def changed(self, key: Key) -> Decimal | bool | None:
        """What a change has put in the place of the recorded value; None where it is unchanged."""
        return next((change.new for change in self.changes if change.key == key), None)

    def change(self, changes: Given | None = None, /, *, without: tuple[str, ...] = (), **values: Any) -> Section:
        """Try other numbers, by id or name, as `Result.what_if` takes them: facts and actuals, or by what they change.

        `desk.change(public_satisfaction="90%", staff_administrative=19)`, `desk.change(points={"quality": 4})`; so `fact`, `actual`,
        `target`, `points`, `score`, `rule`, `item`, `without`. Each takes the place of an earlier change of the same, and the recorded
        value takes its change away.

        Raises InputRefused where a name is not there or a number cannot stand where it is put; then all stays as it was.
        """
        kinds = {kind: values.pop(kind, None) for kind in KINDS}
        asked = {**dict(changes.items() if changes is not None else ()), **values}
        return self.make(*changes_of(self.recorded.evaluation, asked, without, **kinds))

    def make(self, *changes: Change) -> Section:
        """Make changes of `evallib.analysis.changes`: what `change` does once it has understood them."""
        recorded, wanted = self.recorded.evaluation, {change.key: change for change in self.changes}
        for given in changes:
            change = given.model_copy(update={"year": given.year or self.recorded.year}) if isinstance(given, FactChange) else given
            was = change.recorded(recorded)
            if change.kind != "finding" and was is not None and change.renewed(was) == change:
                wanted.pop(change.key, None)
            else:
                wanted[change.key] = change
        return self._try(wanted)

    def put(self, field: Field, given: str | bool) -> Section:
        """What was typed into a box or ticked; the recorded value, or nothing, takes the change away. Raises as `change` does."""
        change = field.make(given)
        return self.undo(field.key) if change is None else self.make(change)

    def undo(self, *what: str | Key) -> Section:
        """Take back the changes of an indicator or a fact, or one by its key; all of them where none is named."""
        kept = {c.key: c for c in self.changes if what and not any(one == c.key or one in c.key for one in what)}
        return self._try(kept) if self.chosen else self.headline()

    def fields(self, indicator: str) -> tuple[Field, ...]:
        """What of an indicator can be changed."""
        return fields(self.recorded.evaluation, self._id(indicator))

    def _try(self, wanted: dict[Key, Change]) -> Section:
        result = self.recorded.with_changes(wanted.values()) if wanted else self.recorded  # refuses what cannot be
        self._tried[self.asked], self._result = wanted, result
        return self.headline()

    # --- what is shown

    def _shown(self) -> Shown:
        return self.result._shown() if self.chosen else Shown(sentence("desk.unusable")[self.lang], tuple(self._problems()))

    def _problems(self) -> list[str]:
        return [problem.describe(self.lang) for problem in gathered(self.refusal.problems)] if self.refusal else []

    def _page(self, id: str, **given: object) -> Section:
        return DeskPage(self.lang, given).section(id)

    def _id(self, indicator: str) -> str:
        return found_in({i.id: i.name for i in self.recorded.evaluation.indicators}, indicator, "indicator")

    def headline(self) -> Section:
        """Total and grade, as recorded and with the changes; or the problems of data that was refused."""
        if not self.chosen:
            return self._page("problems", title=sentence("desk.unusable"), problems=self._problems())
        recorded, now = self.recorded.evaluation, self.result.evaluation
        return self._page(
            "headline",
            recorded=recorded,
            now=now,
            next=next_grade(now),
            changes=self.result.tried,
            remarks=self.result.warnings,
            dimensions=list(zip(recorded.dimensions, now.dimensions, strict=True)),
        )

    @property
    def sections(self) -> Mapping[str, Words]:
        """The sections that the report of the recorded data has, with their headings."""
        report = self.recorded._page
        return {id: report.SECTIONS[id] for id in report.shown}

    def section(self, id: str) -> Section:
        """A section of the report by its id or heading, of the changed evaluation where there are changes."""
        report = self.result._page
        return report_section(report, found_in(report.SECTIONS, id, "section"))

    def dimension(self, name: str, group: str = "") -> Section:
        """One dimension, or one group of it, by id or name, as the report analyses it."""
        e = self.result.evaluation
        id = found_in({d.id: d.name for d in e.dimensions}, name, "dimension")
        inside = found_in({g.id: g.name for g in e.groups if g.dimension == id}, group, "group") if group else ""
        return part_of_framework(self.result._checked, id, inside, self.lang)

    def indicator(self, name: str) -> Section:
        """One indicator, by id or name: working, rule, clause, facts with their sources."""
        return indicator_section(self.recorded.evaluation, self.result._checked, self._id(name), self.lang)

    # --- scenarios, the next grade, the others

    def keep(self, name: str) -> Section:
        """Keep the changes under a name, beside the data; one of the same name is replaced. The scenarios side by side.

        Raises InputRefused where the name is empty, nothing was changed, or the file of the scenarios cannot be read.
        """
        if not name.strip():
            raise refused("desk.no_name", "desk")
        if not self.changes:
            raise refused("desk.nothing_changed", "desk")
        return self._rewrite({**self._read(), name.strip(): self.changes})

    def forget(self, name: str) -> Section:
        """Throw a scenario away; the others side by side."""
        id = self._scenario(name)
        return self._rewrite({kept: changes for kept, changes in self._read().items() if kept != id})

    def restore(self, name: str) -> Section:
        """Make a scenario's changes the ones at hand.

        Raises InputRefused for a name that none was kept under, or where its changes no longer fit the data.
        """
        return self._try({change.key: change for change in self._read()[self._scenario(name)]})

    @property
    def kept(self) -> tuple[str, ...]:
        """The names of the scenarios kept."""
        return tuple(self._read())

    def scenarios(self) -> Section:
        """Every scenario kept, against what is recorded; of one that no longer fits the data, the reason."""
        compared = [(name, trial, trial.warnings if isinstance(trial, Result) else ()) for name, trial in self._scenarios()]
        return self._page("scenarios", recorded=self.recorded, compared=compared)

    @property
    def scenarios_frame(self) -> pd.DataFrame:
        """The scenarios by name: total, grade, difference to what is recorded, the score of each dimension, and why one does not fit."""
        dimensions = [*self.recorded.dimensions.index]
        rows = [
            (name, None, None, None, *(None for _ in dimensions), trial)
            if isinstance(trial, str)
            else (name, trial.total, trial.grade, trial.total - self.recorded.total, *trial.dimensions.score.reindex(dimensions), "")
            for name, trial in self._scenarios()
        ]
        return Table(f"scenario total grade difference {' '.join(dimensions)} reason", rows).frame()

    def _scenarios(self) -> Iterator[tuple[str, Result | str]]:
        """Each scenario tried on what is recorded, or why it no longer can be."""
        for name, changes in self._read().items():
            try:
                yield name, self.recorded.with_changes(changes)
            except InputRefused as refusal:
                yield name, without_place(refusal, self.lang)

    def _scenario(self, name: str) -> str:
        return found_in({kept: words(kept) for kept in self.kept}, name, "scenario")

    def _read(self) -> dict[str, tuple[Change, ...]]:
        return read_scenarios(self.data, self.recorded.department, self.recorded.year)

    def _rewrite(self, kept: dict[str, tuple[Change, ...]]) -> Section:
        write_scenarios(self.data, self.recorded.department, self.recorded.year, kept)
        return self.scenarios()

    def plan(self) -> Section:
        """What would bring the next grade, beginning from the changes at hand."""
        return self._page("plan", plan=to_next_grade(self.result.evaluation))

    def follow_plan(self) -> Section:
        """Try the steps of the plan that reach the next grade, on top of the changes at hand."""
        return self.make(*(change for step in to_next_grade(self.result.evaluation).needed for change in step.changes))

    def county(self) -> Section:
        """Where the department stands among the others of its year, by total and by shared indicator, the weakest first."""
        now, county = self.result.evaluation, self._book[self.recorded.year]
        others = [r.evaluation for r in county if r.department != self.recorded.department]
        places = ranking(next(group for group in alike([now, *others]) if any(e is now for e in group)))
        return self._page(
            "county",
            rows=sorted(standings(now, others), key=lambda s: -s.rank),
            standing=next((p for p in places if p.evaluation is now), None),
            count=len(places),
            changed=bool(self.changes),
            absent=list(county.absent.name),
        )

    def make_report(self, word: bool = False) -> Written:
        """The report of what is recorded (the changes play no part), in the folder of reports; with `word` the official report too.

        Raises InputRefused, ReportFailed and OSError as `evallib.runs.report.run_report` does.
        """
        return run_report(self.recorded.department, self.recorded.year, word=word, data=self.data, out=self.out, lang=self.lang)


def _language(asked: str | None, data: Path) -> Lang:
    """The language asked for, or that of the data folder."""
    if asked is None:
        try:
            return load_county(data_root(data)).language
        except InputRefused:  # which choosing says
            return "zh"
    return checked_lang(asked)
