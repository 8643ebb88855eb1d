"""The report of a department's year, section by section: an Evaluation in, HTML out. Its words live in `template/report/`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cached_property, partial
from types import SimpleNamespace
from typing import Any

from evallib.analysis import six_methods as methods
from evallib.analysis import tables
from evallib.analysis.comparison import compare_years
from evallib.analysis.improve import Plan, to_next_grade
from evallib.analysis.overview_counts import kind_counts
from evallib.analysis.sensitivity import DRAWS, Sensitivity, measured, often, simulate
from evallib.charts.drawing import Chart
from evallib.charts.parts import signed
from evallib.charts.report import draw
from evallib.methods import follow_up
from evallib.methods.experts import judge_panel
from evallib.methods.questionnaires import intervals, questionnaires
from evallib.model.evaluation import Evaluation, FormulaResult
from evallib.model.record import Contradiction
from evallib.model.table_words import TABLE_NAMES
from evallib.model.units import parse_decimal
from evallib.model.words import Lang
from evallib.model.years import EvaluatedYear
from evallib.pages.handed import of_evaluation
from evallib.pages.rendering import Section, Sections, told
from evallib.say import reconciliation, workings
from evallib.say.drafts import said_waiting, to_do
from evallib.say.numbers import plain
from evallib.say.prose import with_numbers
from evallib.say.sentences import sentences
from evallib.score.reconcile import reconcile

SECTIONS = sentences("pages.report.sections")
"""The sections of the report in their order: id and heading."""

CHART_OF = {"budget": "budget_bridge", "conclusion": "dimensions", "dimensions": "points", "targets": "targets"}
"""The chart that a section begins with, where a notebook shows it in a cell of its own."""

MOST_TOLD = 40
"""So many things to do are listed of each side; all of them are told by the check."""

SAID = ("formula_", "target_", "indicator_")
"""How the sentences begin that templates may ask for: `say.formula_text(f)`, `say.indicator_working(i)` and so on."""


class Report(Sections):
    """The sections of one evaluation in one language.

    >>> from pathlib import Path
    >>> from evallib.data.years import evaluate_year
    >>> report = Report(evaluate_year(Path("data"), "hrss", 2023), "en")
    >>> "84.63" in report.section("summary").html
    True
    """

    SECTIONS = SECTIONS
    OF_POINTS = ("conclusion", "certainty")
    PAPERS = tuple(SECTIONS)[list(SECTIONS).index("indicators") :]
    FOLDER = "report"

    def __init__(self, checked: EvaluatedYear, lang: Lang = "zh") -> None:
        # as it is recorded, before numbers are put into its prose
        super().__init__(lang, (checked.evaluation,), of_evaluation(checked.evaluation, lang))
        last = with_numbers(checked.previous) if checked.previous else None
        self.checked = replace(checked, evaluation=with_numbers(checked.evaluation), previous=last)
        self.evaluation = self.checked.evaluation

    def content(self) -> Mapping[str, object]:
        e, record, budget = self.evaluation, self.evaluation.record, tables.budget_lines(self.evaluation)
        cells = [cell for lines in budget.values() for line in lines for cell in (line.approved, line.adjusted, line.spent)]
        amounts = [e.amount(f"budget {what}") for what in ("approved", "adjusted", "spent")]
        known = [cell.value for cell in cells if cell] + amounts
        lines = [e.facts.named(cell) for line in e.catalogue.lines.get("staff", ()) for cell in line.cells.values()]
        return {
            "follow_up": self.followed.as_of or self.followed.earlier,
            "profile": [p for p in record.profile if p.key not in ("conclusion", "synthetic")] or record.units or any(lines),
            "budget": any(value is not None for value in known),
            "goals": e.targets or record.plan_targets or record.work_targets,
            "self_evaluation": record.self_evaluation,
            "dimensions": e.points,
            "conclusion": e.has_total or record.find_profile("conclusion", self.lang),
            "certainty": e.has_total and e.framework.grades,
            "targets": e.targets,
            "target_table": e.targets,
            "rates": self.rates or any(cells),
            "methods": any(self.of_methods.values()),
            "practices": record.practices,
            "findings": record.findings,
            "recommendations": record.recommendations,
            "facts": record.facts,
            "reconciliation": record.published or record.contradictions,
        }

    @cached_property
    def followed(self) -> follow_up.FollowUps:
        last = self.checked.previous
        return follow_up.follow_ups(self.evaluation.record, last.record if last else None, older=self.checked.older)

    @property
    def looked(self) -> bool:
        """Whether somebody looked for problems, so that none recorded is none found."""
        e = self.evaluation
        return e.framework.treatment.no_finding == "none" or any(j.kind == "nothing_found" for j in e.record.judgements)

    def why(self, id: str) -> str:
        return "none_found" if id == "findings" and self.looked else super().why(id)

    @cached_property
    def about(self) -> dict[str, tuple[Contradiction, ...]]:
        return tables.contradictions_of(self.evaluation)

    @cached_property
    def plans(self) -> dict[str, list[tables.PlanGoal]]:
        return tables.plan_goals(self.evaluation)

    @cached_property
    def rates(self) -> list[FormulaResult]:
        """The rates of the budget that an indicator takes, or for which there are numbers."""
        e, taken = self.evaluation, {i.formula for i in self.evaluation.indicators}
        rates = self.catalogue.playing("rate of the budget")
        return [f for f in e.formulas if f.id in rates and (f.state != "missing" or f.id in taken)]

    @cached_property
    def of_methods(self) -> dict[str, Any]:
        """What each of the six methods shows; nothing where its data is missing."""
        e = self.evaluation
        return {
            "targets": e.targets,
            "cost": methods.costs(e),
            "history": methods.history(e, self.checked.previous),
            "experts": judge_panel(e),
            "questionnaire": questionnaires(e),
        }

    @cached_property
    def sure(self) -> Sensitivity | None:
        """How sure the grade is; None where there is none."""
        e = self.evaluation
        return simulate(e, intervals=intervals(e, measured(e)), draws=DRAWS) if e.has_total and e.framework.grades else None

    @property
    def unadvised(self) -> list[tables.Loss]:
        """The five largest losses, those that no recommendation is about."""
        return [loss for loss in tables.losses(self.evaluation)[:5] if not loss.recommendations]

    @cached_property
    def plan(self) -> Plan:
        return to_next_grade(self.evaluation)

    def names(self, id: str) -> dict[str, Any]:
        e = self.evaluation
        satisfaction = e.framework.playing("satisfaction")
        return {
            "e": e,
            "previous": self.checked.previous,
            "remarks": self.checked.remarks,
            "again": self.checked.again,
            "record": e.record,
            "framework": e.framework,
            "catalogue": e.catalogue,
            "title": told("report.title", kind=told(f"kind.{e.record.kind}"))[self.lang],
            "say": SimpleNamespace(
                **{name: partial(make, e, lang=self.lang) for name, make in vars(workings).items() if name.startswith(SAID)}
            ),
            "todo": to_do(e, e.draft.todo) if e.draft else (),
            "most_told": MOST_TOLD,
            "kinds": kind_counts((e,)),
            "compare_years": compare_years,
            "scaled": workings.scaled_text(e),
            "signed": signed,
            "often": often,
            "waiting": said_waiting(e) if e.draft else None,
            "tables": tables,
            "rows": {row.indicator: row for row in self.evaluation.record.targets},
            "clarity": [i for i in e.indicators if i.id in e.framework.playing("clarity of goals")],
            "satisfaction": [i for i in e.indicators if i.id in satisfaction or i.group in satisfaction],
            "clauses": {s.id: s for s in (*e.catalogue.part.sources, *e.framework.sources)} | {s.source: None for s in e.record.sources},
            "forms": [e.facts.find(f) for what in ("sent", "returned", "valid") for f in e.catalogue.playing(f"forms {what}")],
            "clause": lambda source, article: tables.cited(e, source, article)[self.lang],
            "printed": partial(_printed, e, self.lang),
            "follow_up": follow_up,
            "reconcile": reconcile,
            "reconciliation": reconciliation,
            "METHODS": methods.METHODS,
            "table_names": TABLE_NAMES,
            **({"deviations": methods.missed_targets(e)} if id == "targets" else {}),
        }

    def parts(self, id: str) -> tuple[*tuple[Chart, ...], Section]:
        """A section after the chart that it begins with, as a notebook shows them."""
        before = [self.draw(CHART_OF[id])] if id in CHART_OF and id in self.shown else []
        return (*(replace(chart, of=self.of) for chart in before if not chart.nothing), self.section(id))

    def draw(self, name: str) -> Chart:
        return draw(name, self.evaluation, self.lang, self.checked.previous)


def _printed(e: Evaluation, lang: Lang, text: str) -> str:
    """A published or computed figure with its thousands apart; a grade in the language."""
    if parse_decimal(text) is not None:
        whole, dot, decimals = text.partition(".")
        return plain(Decimal(whole)) + dot + decimals
    return next((g.words[lang] for g in e.framework.grades if g.name == text), text)
