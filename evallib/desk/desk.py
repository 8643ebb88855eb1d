"""The analyst's desk: a choice of department and year, changes tried out on it, scenarios kept. State and plain calls; no widget."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from evallib.analysis.changes import ActualChange, Change, FactChange, Key, LimitChange, PointsChange, TargetChange
from evallib.analysis.improve import Plan, to_next_grade
from evallib.analysis.overview import alike, ranking
from evallib.analysis.standing import standings
from evallib.analysis.tables import next_grade
from evallib.analysis.what_if import Scenario, compare, make_scenario
from evallib.data.folder import has_data
from evallib.data.load import load_departments
from evallib.data.years import evaluate_county, evaluate_year
from evallib.desk.fields import Field, fields
from evallib.desk.page import DeskPage, indicator_section, part_of_framework, report_section
from evallib.model.errors import InputRefused, gathered
from evallib.model.evaluation import Evaluation
from evallib.model.units import parse_decimal
from evallib.model.words import Lang, Words, listed, words
from evallib.model.years import CountyYear, EvaluatedYear
from evallib.pages.rendering import Section
from evallib.runs.report import Written, run_report
from evallib.say.refusals import refused
from evallib.say.sentences import sentence

Number = Decimal | int | str
"""A number as an analyst writes it: "84.5", 84 or a Decimal; no float, which cannot hold every decimal."""


@dataclass(frozen=True)
class Department:
    """A department of the list and the years for which there is data, the latest first."""

    code: str
    name: Words
    years: tuple[int, ...]


@dataclass
class _Work:
    """What was tried out on one department's year."""

    checked: EvaluatedYear
    changes: dict[Key, Change] = field(default_factory=dict)
    scenarios: dict[str, tuple[Change, ...]] = field(default_factory=dict)


class Desk:
    """One analyst's desk over a data folder. Nothing recorded is ever touched; what is shown comes back as HTML sections.

    Work is kept per department and year as long as the desk lives: to choose another and come back loses nothing, unless the
    recorded data has changed meanwhile.

    >>> desk = Desk("data", "en")
    >>> shown = desk.choose("hrss", 2023)
    >>> shown = desk.change_actual("public_satisfaction", "90")
    >>> desk.recorded.total, desk.now.total
    (Decimal('84.63'), Decimal('86.63'))
    """

    def __init__(self, data: Path | str = "data", lang: Lang = "zh", out: Path | str = "reports") -> None:
        self.data, self.out, self.lang = Path(data), Path(out), lang
        self.refusal: InputRefused | None = None
        self._work: dict[tuple[str, int], _Work] = {}
        self.asked: tuple[str, int] | None = None
        self._chosen: tuple[str, int] | None = None
        self._scenario: Scenario | None = None
        self._county: dict[int, CountyYear] = {}

    # --- what there is, and the choice

    @property
    def departments(self) -> tuple[Department, ...]:
        """The departments of the list that have data, in its order.

        Raises InputRefused where the list cannot be read, or nothing in it has data.
        """
        names: dict[str, Words] = {}
        found: dict[str, set[int]] = {}
        for row in load_departments(self.data):
            years = {y for y in range(row.first_year, row.last_year + 1) if has_data(self.data, row.code, y)}
            if years:
                names[row.code] = row.words
                found.setdefault(row.code, set()).update(years)
        if not found:
            raise refused("desk.no_data", "departments.csv")
        return tuple(Department(code, names[code], tuple(sorted(years, reverse=True))) for code, years in found.items())

    def choose(self, department: str, year: int, lang: Lang | None = None) -> Section:
        """Choose a department's year, and a language; its headline, or in `refusal` and in words why it cannot be used."""
        self.lang, self.asked = lang or self.lang, (department, year)
        self._chosen, self._scenario, self.refusal = None, None, None
        self._county.clear()
        try:
            self.departments  # noqa: B018  an empty list is said before an unknown code
            checked = evaluate_year(self.data, department, year)
        except InputRefused as refusal:
            self.refusal = refusal
            return self.headline()
        self._chosen = (department, year)
        work = self._work.get(self._chosen)
        if work is None or work.checked.evaluation != checked.evaluation:
            self._work[self._chosen] = _Work(checked)
        else:
            work.checked = checked
        return self.headline()

    @property
    def chosen(self) -> bool:
        """Whether a department's year is chosen and can be used."""
        return self._chosen is not None

    @property
    def work(self) -> _Work:
        """What is being worked on.

        Raises InputRefused where nothing is chosen.
        """
        if self._chosen is None:
            raise self.refusal or refused("desk.nothing_chosen", "desk")
        return self._work[self._chosen]

    @property
    def recorded(self) -> Evaluation:
        """The evaluation of what is recorded."""
        return self.work.checked.evaluation

    @property
    def now(self) -> Evaluation:
        """The evaluation with the changes made."""
        return self.trial.evaluation

    @property
    def trial(self) -> Scenario:
        """The changes as a scenario, with what a reader must know about it."""
        if self._scenario is None:
            work = self.work
            changes = tuple(work.changes.values())
            name = sentence("desk.trial")
            self._scenario = make_scenario(self.recorded, name, changes) if changes else Scenario(name, (), self.recorded, ())
        return self._scenario

    @property
    def _checked(self) -> EvaluatedYear:
        return replace(self.work.checked, evaluation=self.now)

    # --- changes

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes at hand; none where nothing is chosen."""
        return tuple(self.work.changes.values()) if self.chosen else ()

    def changed(self, key: Key) -> Decimal | bool | None:
        """What a change has put in the place of the recorded value; None where it is unchanged."""
        change = self.work.changes.get(key)
        return change.new if change else None

    def change(self, *changes: Change) -> Section:
        """Make changes; each takes the place of an earlier one about the same, and the recorded value takes its change away.

        Raises InputRefused where they cannot be made; then all stays as it was.
        """
        wanted = dict(self.work.changes)
        year = self.recorded.record.year
        for given in changes:
            change = given.model_copy(update={"year": given.year or year}) if isinstance(given, FactChange) else given
            was = change.recorded(self.recorded)
            if change.kind != "finding" and was is not None and change.renewed(was) == change:
                wanted.pop(change.key, None)
            else:
                wanted[change.key] = change
        return self._try(wanted)

    def change_fact(self, fact: str, value: Number, year: int | None = None) -> Section:
        """Another value of a fact, in the catalogue's unit; of the evaluated year where none is named. Raises as `change` does."""
        return self.change(FactChange(fact=fact, value=_number(value), year=year or self.recorded.record.year))

    def change_target(self, indicator: str, value: Number) -> Section:
        """Another target, in the target's unit. Raises as `change` does."""
        return self.change(TargetChange(indicator=indicator, target=_number(value)))

    def change_actual(self, indicator: str, value: Number) -> Section:
        """Another actual, in the target's unit. Raises as `change` does."""
        return self.change(ActualChange(indicator=indicator, actual=_number(value)))

    def change_limit(self, indicator: str, field: str, value: Number) -> Section:
        """Another number in an indicator's rule, a share; `field` as in `evallib.analysis.changes.limits`. Raises as `change` does."""
        return self.change(LimitChange(indicator=indicator, field=field, value=_number(value)))

    def change_points(self, indicator: str, points: Number) -> Section:
        """Another number of points for an indicator. Raises as `change` does."""
        return self.change(PointsChange(indicator=indicator, points=1).renewed(_number(points)))

    def tick(self, field: Field, ticked: bool) -> Section:
        """Tick an item of a checklist as met, or a finding as found, or not. Raises as `change` does."""
        if field.change.kind == "finding":
            return self.undo(field.key) if ticked and field.key in self.work.changes else self.change(*(() if ticked else (field.change,)))
        return self.change(field.change.renewed(ticked))

    def undo(self, *keys: Key) -> Section:
        """Take changes back by their keys (see `evallib.analysis.changes`); all of them where none is named."""
        kept = {key: change for key, change in self.work.changes.items() if keys and key not in keys}
        return self._try(kept)

    def fields(self, indicator: str) -> tuple[Field, ...]:
        """What of an indicator can be changed."""
        return fields(self.recorded, indicator)

    def _try(self, changes: dict[Key, Change]) -> Section:
        before = self.work.changes, self._scenario
        self.work.changes, self._scenario = changes, None
        try:
            self.trial  # noqa: B018  refuses what cannot be
        except InputRefused:
            self.work.changes, self._scenario = before
            raise
        return self.headline()

    # --- what is shown

    def _page(self, id: str, **given: object) -> Section:
        return DeskPage(self.lang, given).section(id)

    def headline(self) -> Section:
        """Total and grade, as recorded and with the changes; or the problems of data that was refused."""
        if self._chosen is None:
            refusal = self.refusal
            problems = [p.describe(self.lang) for p in gathered(refusal.problems)] if refusal else []
            return self._page("problems", title=sentence("desk.unusable" if problems else "desk.choose"), problems=problems)
        recorded, now = self.recorded, self.now
        return self._page(
            "headline",
            recorded=recorded,
            now=now,
            next=next_grade(now),
            changes=[c.said(recorded) for c in self.trial.changes],
            remarks=self.trial.remarks,
            dimensions=list(zip(recorded.dimensions, now.dimensions, strict=True)),
        )

    def summary(self) -> Section:
        """The report's summary, of the changed evaluation where there are changes. Raises InputRefused where nothing is chosen."""
        return self.section("summary")

    def section(self, id: str) -> Section:
        """A section of the report by its id (see `evallib.pages.report.SECTIONS`), of the changed evaluation where there are changes."""
        return report_section(self._checked, id, self.lang)

    def dimension(self, id: str, group: str = "") -> Section:
        """One dimension, or one group of it, as the report analyses it."""
        return part_of_framework(self._checked, id, group, self.lang)

    def indicator(self, id: str) -> Section:
        """One indicator: working, rule, clause, facts with their sources."""
        return indicator_section(self.recorded, self._checked, id, self.lang)

    # --- scenarios, the next grade, the others

    def keep(self, name: str) -> Section:
        """Keep the changes under a name; one of the same name is replaced. The scenarios side by side.

        Raises InputRefused where the name is empty or nothing was changed.
        """
        if not name.strip():
            raise refused("desk.no_name", "desk")
        if not self.work.changes:
            raise refused("desk.nothing_changed", "desk")
        self.work.scenarios[name.strip()] = self.trial.changes
        return self.scenarios()

    def forget(self, name: str) -> Section:
        """Drop a scenario; the others side by side."""
        self.work.scenarios.pop(name, None)
        return self.scenarios()

    def restore(self, name: str) -> Section:
        """Make a scenario's changes the ones at hand.

        Raises InputRefused for a name that none was kept under.
        """
        if name not in self.work.scenarios:
            raise refused("desk.no_scenario", "desk", name, kept=listed(self.kept) or words("（无）", "none"))
        return self._try({change.key: change for change in self.work.scenarios[name]})

    @property
    def kept(self) -> tuple[str, ...]:
        """The names of the scenarios kept."""
        return tuple(self.work.scenarios)

    def scenarios(self) -> Section:
        """Every scenario kept, against what is recorded."""
        recorded = self.recorded
        kept = [make_scenario(recorded, words(name), changes) for name, changes in self.work.scenarios.items()]
        compared = [(c, [change.said(recorded) for change in c.scenario.changes]) for c in compare(recorded, kept)]
        return self._page("scenarios", recorded=recorded, compared=compared)

    def plan(self) -> Section:
        """What would bring the next grade, beginning from the changes at hand."""
        return self._page("plan", plan=self.make_plan())

    def make_plan(self) -> Plan:
        """The plan itself: `evallib.analysis.improve.to_next_grade` of the changed evaluation."""
        return to_next_grade(self.now)

    def follow_plan(self) -> Section:
        """Try the steps of the plan that reach the next grade, on top of the changes at hand."""
        return self.change(*(change for step in self.make_plan().needed for change in step.changes))

    def county(self) -> Section:
        """Where the department stands among the others of its year, by total and by shared indicator, the weakest first."""
        now, record = self.now, self.recorded.record
        county = self._county.get(record.year) or evaluate_county(self.data, record.year)
        self._county[record.year] = county
        others = [e for e in county.evaluations if e.record.department != record.department]
        places = ranking(next(group for group in alike([now, *others]) if any(e is now for e in group)))
        return self._page(
            "county",
            rows=sorted(standings(now, others), key=lambda s: -s.rank),
            standing=next((p for p in places if p.evaluation is now), None),
            count=len(places),
            changed=bool(self.work.changes),
            absent=county.absent,
        )

    def make_report(self) -> Written:
        """The report of what is recorded (the changes play no part), in the folder of reports.

        Raises InputRefused, ReportFailed and OSError as `evallib.runs.report.run_report` does.
        """
        record = self.recorded.record
        return run_report(record.department, record.year, data=self.data, out=self.out, lang=self.lang)


def _number(value: Number) -> Decimal:
    """A number as given by an analyst.

    Raises InputRefused where it is none.
    """
    number = parse_decimal(str(value)) if not isinstance(value, float | bool) else None
    if number is None:
        raise refused("desk.not_a_number", "desk", str(value))
    return number
