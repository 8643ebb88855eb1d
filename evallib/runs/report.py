"""One page: data checked, notebook run, page and `evaluation.json` written. Beside `fork_engine` the only place that knows papermill.

A report appears whole or not at all: everything is made in a work folder, then takes its place together. What is
written beside the page is the evaluation that the notebook handed over, from the data that was checked, with what was tried in it.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Required, TypedDict, Unpack

from pydantic import TypeAdapter, ValidationError

from evallib.analysis.changes import Change
from evallib.analysis.what_if import apply
from evallib.data.beside import departments_or_beside, overview_years, refuse_beside
from evallib.data.folder import refuse_mixed
from evallib.data.frames import write_tables
from evallib.data.handed import Handed, handing
from evallib.data.notebooks import known_parameters, notebook_of, read_cells
from evallib.data.published import Published, check_published, load_published
from evallib.data.years import evaluate_department, evaluate_year, refuse_changed
from evallib.files.outputs import MORE, SEVERAL, TABLES, evaluation_file, page_name, stem_of
from evallib.files.whole import together, work_folder
from evallib.kit import PAGES, REPORT
from evallib.model.errors import Place, Problem, refuse_errors
from evallib.model.evaluation import Evaluation
from evallib.model.steady import steady
from evallib.model.words import Lang, Words, listed, words
from evallib.runs.county import Listed, county_name, facts_of, put_paged
from evallib.runs.engine import NAME as FORKING
from evallib.runs.engine import silence
from evallib.runs.heads import put_alone
from evallib.runs.names import places_of
from evallib.runs.stale import refused_set_aside
from evallib.runs.stamps import result_shown, stands
from evallib.say.refusals import problem, refused
from evallib.say.sentences import sentence


@dataclass(frozen=True)
class Page:
    """What a run has written, what of the notebook the page leaves out, and why its head does without the county's list where it does."""

    page: Path
    notebook: Path
    left_out: tuple[Problem, ...]
    remarks: tuple[Problem, ...]


@dataclass(frozen=True)
class Written(Page):
    """A report, with the evaluation that it shows, the file that holds it, and all warnings that did not stop it.

    `official` is the report in Word, where one was asked for, `to_write` what people still have to write for it; `result` what a
    stamp holds of it.
    """

    evaluation_file: Path
    evaluation: Evaluation
    warnings: tuple[Problem, ...]
    official: Path | None = None
    to_write: tuple[Words, ...] = ()
    result: Mapping[str, Any] = field(default_factory=dict)


class ReportFailed(Exception):
    """The notebook stopped. The data was fine; `said` holds what the notebook said, or what became of it."""

    def __init__(self, said: Words) -> None:
        super().__init__(said)
        self.said = said

    def __str__(self) -> str:
        return self.said.en


class KernelDied(ReportFailed):
    """The process that ran the notebook was killed, or ended by itself: with more memory it may go well."""


class How(TypedDict, total=False):
    """From which data a page is made, where to and how.

    `engine` names a papermill engine; None is papermill's own. Without a `notebook` the one in `notebooks` beside the data folder is
    run, else the shipped one. `among_many`: the heads of other pages are put in anew by who makes many, at the end.
    """

    data: Required[Path]
    out: Required[Path]
    lang: Lang
    engine: str | None
    notebook: Path | None
    among_many: bool


@steady
def run_report(
    department: str,
    year: int,
    *,
    figures: bool = False,
    workbook: bool = False,
    word: bool = False,
    published: Published | None = None,
    draft: bool = False,
    **how: Unpack[How],
) -> Written:
    """Make a department's report of a year: `OUT/YEAR/DEPARTMENT.html`, with `.ipynb` and `.evaluation.json` beside it.

    The English page and notebook are `DEPARTMENT.en.html` and `.en.ipynb`; the evaluation holds both languages.
    The data is checked before a kernel starts, and handed to it. What is written is the evaluation that the notebook hands over: the
    checked one, with what the notebook tried in it. With `figures` the charts are also written as PNG (`DEPARTMENT.CHART.png`),
    with `workbook` the scores as `DEPARTMENT.xlsx`, with `word` the official report as `DEPARTMENT.docx`. `published` is
    what was published, where it is not what the data folder says.
    A `draft` is made of whatever there is, says so everywhere, and is called `DEPARTMENT.draft.html` and so on.

    Raises InputRefused when the data or the notebook cannot be used, the data changed meanwhile, or something else was published of
    the year (nothing is written), ReportFailed when the notebook stopped (nothing is written).
    """
    run = Run("report", stem_of(department, draft), {"department": department, "year": year}, draft, **how)
    known = load_published(run.data) if published is None else published
    if draft:
        checked = evaluate_year(run.data, department, year, known, draft=True)
    else:
        with run.refused_set_aside(department, year):
            checked = evaluate_year(run.data, department, year, known)
        refuse_errors(check_published(known, checked.evaluation))
        checked = replace(checked, evaluation=known.told(checked.evaluation))
    evaluation, more, to_write = checked.evaluation, tuple[Problem, ...](), tuple[Words, ...]()
    result: Mapping[str, Any] = {}
    file = evaluation_file(run.out, department, year, draft)

    def beside(put: Callable[[str], Path], of: Any) -> Listed:
        nonlocal evaluation, more, to_write, result
        refuse_changed(run.data, checked.evaluations, lambda: evaluate_year(run.data, department, year, known, draft=draft).evaluations)
        if evaluation.corrections and not (of or {}).get("corrections"):
            raise refused("published.not_told", run.path.name)
        evaluation = _handed_over(of, evaluation) if of else evaluation
        if evaluation.tried and known.of(department, year) and not draft:
            raise refused("published.trial", f"{department} {year}")
        put(file.name).write_text(evaluation.to_json(), encoding="utf-8", newline="\n")
        write_tables(evaluation, put(f"{run.stem}{TABLES}"))
        if figures:
            more = _write_figures(evaluation, put, run.name, run.lang)
        if workbook:
            from evallib.data.score_workbook import write_score_workbook

            write_score_workbook(evaluation, put(f"{run.name}.xlsx"), run.lang)
        if word:
            from evallib.word.report import official_report

            official = official_report(replace(checked, evaluation=evaluation), run.lang)
            put(f"{run.name}.docx").write_bytes(official.content)
            to_write = official.to_write
        result = result_shown(evaluation)
        return facts_of(Listed(department, year, "made"), result)

    made = run.make(beside, checked)
    written = made.page.with_suffix(".docx") if word else None
    remarks = (*checked.remarks, *made.left_out, *more)
    return Written(
        **vars(made), evaluation_file=file, evaluation=evaluation, warnings=remarks, official=written, to_write=to_write, result=result
    )


_CHANGES: TypeAdapter[tuple[Change, ...]] = TypeAdapter(tuple[Change, ...])


def _handed_over(of: Any, recorded: Evaluation) -> Evaluation:
    """The evaluation that a notebook handed over, made again from the recorded one and what was tried in it.

    The page shows what the notebook says of it: its name, and what was changed; so all of it must be true.

    Raises InputRefused where it is another one.
    """
    from evallib.pages.handed import of_evaluation

    try:
        changes = _CHANGES.validate_json(json.dumps(of.get("changes", [])))
    except ValidationError:
        raise refused("report.unreadable_changes", REPORT) from None
    made = apply(recorded, changes)
    if of["fingerprint"] or changes or of["said"] or of["name"]:  # nothing of these where only the parameters name it
        said = of_evaluation(made, of["lang"])
        if any(of.get(key) != value for key, value in said.items() if key != "changes"):
            raise refused("report.other_data", REPORT)
    return made


@steady
def run_comparison(department: str, **how: Unpack[How]) -> Page:
    """Make the page that sets a department's years side by side: `OUT/comparison/DEPARTMENT.html`, with its notebook.

    Raises as `run_report` does; also where none of the department's years can be shown.
    """
    run = Run("comparison", department, {"department": department}, **how)
    published = load_published(run.data)
    with run.refused_set_aside(department):
        found = evaluate_department(run.data, department, published)
        if not found.evaluations:
            raise refused("report.no_usable_year", department, reason=found.absent[-1].reason)

    def unchanged(put: Callable[[str], Path], of: Any) -> Listed:
        refuse_changed(run.data, found.evaluations, lambda: evaluate_department(run.data, department, published).evaluations)
        return Listed(department, 0, "made", name=found.evaluations[-1].record.name)

    return run.make(unchanged)


@steady
def run_overview(year: int, **how: Unpack[How]) -> Page:
    """Make the page that shows all departments of a year together: `OUT/overview/YEAR.html`, with its notebook.

    Raises as `run_report` does; also where no department is listed for the year, and nothing else has it.
    """
    run = Run("overview", str(year), {"year": year}, **how)
    years = overview_years(run.data) | {y for row in departments_or_beside(run.data) for y in row.years}
    if year not in years:
        raise refused("report.no_department", "departments.csv", year=year, years=listed(_spans(years)))
    load_published(run.data)  # which, as what stands beside, is refused before the notebook runs
    refuse_beside(run.data)
    return run.make(checked=stands(run.data, run.out, run.lang, range(year - 2, year + 1)))


def _spans(years: set[int]) -> list[str]:
    """Years as spans.

    >>> _spans({2021, 2022, 2024})
    ['2021–2022', '2024']
    """
    starts = sorted(y for y in years if y - 1 not in years)
    ends = sorted(y for y in years if y + 1 not in years)
    return [str(a) if a == b else f"{a}–{b}" for a, b in zip(starts, ends, strict=True)]


class Run:
    """A notebook that is run and exported as a page to a folder of the output. `about` is what of the data the page is to show."""

    def __init__(self, kind: str, stem: str, about: dict[str, Any], draft: bool = False, **how: Unpack[How]) -> None:
        self.stem, self.draft = stem, draft
        self.data, self.out, self.about = how["data"].resolve(), how["out"].resolve(), about
        refuse_mixed(self.data, self.out)
        self.lang: Lang = how.get("lang", "zh")
        self.folder = self.out / (str(about["year"]) if kind == "report" else kind)
        self.name = page_name(stem, self.lang)
        self.path, self.engine = how.get("notebook") or notebook_of(self.data, PAGES[kind]), how.get("engine")
        self.among_many = how.get("among_many", False)

    def refused_set_aside(self, department: str, year: int | None = None) -> AbstractContextManager[None]:
        """Around the reading of the data: where it is refused, what stands of the page is set aside."""
        return refused_set_aside(self.data, self.out, self.folder.name, self.stem, department, year, self.among_many)

    def make(
        self, beside: Callable[[Callable[[str], Path], Any], Listed | None] = lambda put, of: None, checked: Handed | None = None
    ) -> Page:
        """The page, with what `beside` puts there by its name (it is told what the notebook handed over): all of it or nothing.

        `beside` gives what a head is to know of the page; `checked` is what is handed to the kernel: a year, or what stands of many.
        """
        from evallib.runs.quick import nbformat

        folder, name = self.folder, self.name
        parameters = {**self.about, "lang": self.lang, "data": self.data.as_posix()}
        if lacking := sorted(parameters.keys() - known_parameters(read_cells(self.path))):  # of which papermill only warns
            raise refused("report.parameters_lacking", self.path.name, lacking=listed(lacking))
        in_the_way = [p for p in places_of(folder, self.stem) if p.is_dir() != (p.suffix in (TABLES, MORE)) and p.exists()]
        if in_the_way:
            raise refused("report.folder_for_file", str(in_the_way[0]))  # else found out only after the notebook has run
        with work_folder(self.out) as seen:
            handed_in = None if self.engine == FORKING else seen  # a fork inherits it
            with handing(checked, self.data, folder=handed_in) if checked else nullcontext():
                executed = _execute(self.path, parameters, self.engine)
        # another folder than the one that the notebook could see: what it put there is no result, nor is a link written through
        with together(self.out) as change:
            own = beside(lambda part: change.put(folder / part), self._shown(executed))
            html, left_out = _export(executed, self.path)
            if folder.name in SEVERAL:
                html = put_paged(change, folder / f"{name}.html", html, self.lang)
            if self.draft:
                mark = nbformat.v4.new_markdown_cell(sentence("draft.notebook").zh, metadata={"tags": ["remove-cell"]}, id="draft")
                executed.cells.insert(0, mark)
            change.put(folder / f"{name}.ipynb").write_bytes(nbformat.writes(executed).encode("utf-8", "replace"))
            # last: it says that all is there
            refusal = put_alone(change, self.out, f"{folder.name}/{name}.html", html, own, lambda: county_name(self.data))
        remarks = tuple(replace(one, level="warning") for one in refusal.problems) if refusal else ()
        return Page(folder / f"{name}.html", folder / f"{name}.ipynb", left_out, remarks)

    def _shown(self, executed: Any) -> Any:
        """Which evaluation the notebook handed over; None where it says nothing.

        Raises InputRefused where it is of another department or year than was asked for.
        """
        from evallib.pages.handed import one_evaluation

        of = one_evaluation(executed)
        about = {**self.about, "lang": self.lang}
        found = {key: value for key, value in (of or {}).items() if key in about}
        if of and found != about:
            told = [key for key in about if key != "lang" or found["lang"] != self.lang]
            asked, found_ = (" ".join(str(one[key]) for key in told) for one in (about, found))
            raise refused("report.another_evaluation", self.path.name, found_, asked=asked)
        return of


def _write_figures(evaluation: Evaluation, put: Callable[[str], Path], name: str, lang: Lang) -> tuple[Problem, ...]:
    """The charts as PNG, and a warning where the machine has no font that can draw Chinese."""
    from evallib.charts.fonts import chinese_font
    from evallib.charts.report import CHARTS, draw

    for id in CHARTS:
        put(f"{name}.{id}.png").write_bytes(draw(id, evaluation, lang).to_png())
    return () if chinese_font() else (problem("report.no_font", Place(f"{name}.*.png")),)


def _execute(notebook: Path, parameters: dict[str, Any], engine: str | None) -> Any:
    """Run the notebook with its parameters in a fresh kernel; the executed notebook."""
    import papermill
    from papermill.exceptions import PapermillExecutionError, strip_color
    from traitlets.config import Config

    from evallib.runs.kernels import CLASS

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the kernel's connection; what the notebook itself warns of stands in its outputs
        try:
            return papermill.execute_notebook(
                str(notebook).replace("{", "{{").replace("}", "}}"),  # papermill fills in what stands in braces
                None,
                parameters=parameters,
                kernel_name="python3",
                engine_name=engine,
                progress_bar=False,
                log_output=False,
                request_save_on_cell_execute=False,
                execution_timeout=silence(),
                resources=_beside(notebook),
                config=Config(
                    {
                        "KernelManager": {"transport_encryption": "auto"},
                        # the kernel may say at its end that it was interrupted: that is how it is told to stop
                        "NotebookClient": {"kernel_manager_class": CLASS, "extra_arguments": ["--IPKernelApp.log_level=CRITICAL"]},
                    }
                ),
            )
        except PapermillExecutionError as error:
            trace = strip_color("\n".join(error.traceback)) or error.source
            raise ReportFailed(words(f"{error.ename}: {error.evalue}\n{trace}")) from None
        except TimeoutError:  # a cell, or the kernel at its start
            raise ReportFailed(sentence("net.kernel_silent", seconds=silence())) from None
        except RuntimeError as error:
            if "respond" in str(error):
                raise ReportFailed(sentence("net.kernel_mute")) from None
            raise KernelDied(sentence("net.kernel_died")) from None


@cache
def _exporter() -> Any:
    """The exporter, made once."""
    from evallib.pages.exporter import ReportExporter

    exporter: Any = ReportExporter  # its base class has no types
    return exporter()


def _export(executed: Any, notebook: Path) -> tuple[str, tuple[Problem, ...]]:
    """The page, and what of the notebook it leaves out."""
    html, resources = _exporter().from_notebook_node(executed, _beside(notebook))
    return str(html), tuple(resources.get("evallib", {}).get("left_out", ()))


def _beside(notebook: Path) -> dict[str, Any]:
    """What tells kernel and exporter that a notebook's own files and pictures lie beside it, as in JupyterLab."""
    return {"metadata": {"path": str(notebook.resolve().parent)}}
