"""One page: data checked, notebook run, page and `evaluation.json` written. The only place that knows papermill.

A report appears whole or not at all: everything is made in a temporary folder beside the target, then moved into place.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evallib.data.government import budget_years
from evallib.data.load import list_departments, load_departments
from evallib.data.monitoring import load_monitoring
from evallib.data.years import evaluate_department, evaluate_year
from evallib.kit import COMPARISON, MONITORING, NOTEBOOKS, OVERVIEW, REPORT
from evallib.model.errors import Place, Problem
from evallib.model.evaluation import Evaluation
from evallib.model.monitoring_rows import file_name, head_line
from evallib.model.words import Lang, listed
from evallib.say.refusals import problem, refused


@dataclass(frozen=True)
class Written:
    """What a run has written, the evaluation in it, and the warnings that did not stop it."""

    page: Path
    notebook: Path
    evaluation_file: Path
    evaluation: Evaluation
    warnings: tuple[Problem, ...]


class ReportFailed(Exception):
    """The notebook stopped. The data was fine; `details` holds what the notebook said."""

    def __init__(self, details: str) -> None:
        super().__init__(details)
        self.details = details


def run_report(
    department: str,
    year: int,
    *,
    data: Path,
    out: Path,
    lang: Lang = "zh",
    figures: bool = False,
    workbook: bool = False,
    engine: str | None = None,
    notebook: Path = NOTEBOOKS / REPORT,
) -> Written:
    """Make a department's report of a year: `OUT/YEAR/DEPARTMENT.html`, with `.ipynb` and `.evaluation.json` beside it.

    The English page and notebook are `DEPARTMENT.en.html` and `.en.ipynb`; the evaluation holds both languages.
    The data is checked before a kernel starts. With `figures` the charts are also written as PNG (`DEPARTMENT.CHART.png`),
    with `workbook` the scores as `DEPARTMENT.xlsx`. `engine` names a papermill engine; None is papermill's own.

    Raises InputRefused when the data or the notebook cannot be used (nothing is written), ReportFailed when the notebook
    stopped (nothing is written).
    """
    checked = evaluate_year(data.resolve(), department, year)
    evaluation, warned = checked.evaluation, checked.remarks
    name = page_name(department, lang)

    def beside(work: Path) -> None:
        nonlocal warned
        (work / f"{department}.evaluation.json").write_text(evaluation.to_json(), encoding="utf-8", newline="\n")
        if figures:
            warned += _write_figures(evaluation, work, name, lang)
        if workbook:
            from evallib.data.score_workbook import write_score_workbook

            write_score_workbook(evaluation, work / f"{name}.xlsx", lang)

    shown = {"department": department, "year": year, "lang": lang}
    page = _run(notebook, shown, data, out / str(year), name, engine, beside)
    return Written(page, page.with_suffix(".ipynb"), page.parent / f"{department}.evaluation.json", evaluation, warned)


def run_comparison(
    department: str, *, data: Path, out: Path, lang: Lang = "zh", engine: str | None = None, notebook: Path = NOTEBOOKS / COMPARISON
) -> Path:
    """Make the page that sets a department's years side by side: `OUT/comparison/DEPARTMENT.html`, with its notebook.

    Raises as `run_report` does; also where none of the department's years can be evaluated.
    """
    found = evaluate_department(data.resolve(), department)
    if not found.evaluations:
        raise refused("report.no_usable_year", department, reason=found.absent[-1].reason)
    shown = {"department": department, "lang": lang}
    return _run(notebook, shown, data, out / "comparison", page_name(department, lang), engine)


def run_monitoring(
    department: str,
    year: int,
    *,
    data: Path,
    out: Path,
    lang: Lang = "zh",
    engine: str | None = None,
    notebook: Path = NOTEBOOKS / MONITORING,
) -> Path:
    """Make the page of a department's running year: `OUT/monitoring/DEPARTMENT-YEAR.html`, with its notebook.

    Raises as `run_report` does; also where there is no monitoring file for the year.
    """
    if load_monitoring(data.resolve(), department, year).file is None:
        raise refused("report.no_monitoring", file_name(department, year), head=head_line())
    shown = {"department": department, "year": year, "lang": lang}
    return _run(notebook, shown, data, out / "monitoring", page_name(f"{department}-{year}", lang), engine)


def run_overview(
    year: int, *, data: Path, out: Path, lang: Lang = "zh", engine: str | None = None, notebook: Path = NOTEBOOKS / OVERVIEW
) -> Path:
    """Make the page that shows all departments of a year together: `OUT/overview/YEAR.html`, with its notebook.

    Raises as `run_report` does; also where no department is listed for the year, and the government's budget does not hold it.
    """
    years = budget_years(data.resolve())
    listings = load_departments(data.resolve()) if years else list_departments(data.resolve())
    years |= {y for row in listings for y in range(row.first_year, row.last_year + 1)}
    if year not in years:
        raise refused("report.no_department", "departments.csv", year=year, years=listed(_spans(years)))
    return _run(notebook, {"year": year, "lang": lang}, data, out / "overview", page_name(str(year), lang), engine)


def _spans(years: set[int]) -> list[str]:
    """Years as spans.

    >>> _spans({2021, 2022, 2024})
    ['2021–2022', '2024']
    """
    starts = sorted(y for y in years if y - 1 not in years)
    ends = sorted(y for y in years if y + 1 not in years)
    return [str(a) if a == b else f"{a}–{b}" for a, b in zip(starts, ends, strict=True)]


def page_name(stem: str, lang: Lang) -> str:
    """The name of a page's files in a language.

    >>> page_name("2023", "en")
    '2023.en'
    """
    return stem if lang == "zh" else f"{stem}.{lang}"


def _run(
    notebook: Path,
    shown: dict[str, Any],
    data: Path,
    folder: Path,
    name: str,
    engine: str | None,
    beside: Callable[[Path], None] = lambda work: None,
) -> Path:
    """Run a notebook and export its page to a folder, with what `beside` adds: all of it or nothing. The page's path.

    `shown` is what of the data the page is to show: parameters of the notebook, as is the data folder.
    """
    folder, parameters = folder.resolve(), {**shown, "data": data.resolve().as_posix()}
    _check_parameters(notebook, parameters)
    _refuse_folders(folder, name.partition(".")[0])
    new_folders = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=folder) as temporary:
            work = Path(temporary)
            executed = _execute(notebook, work / f"{name}.ipynb", parameters, engine)
            (work / f"{name}.html").write_text(_export(executed), encoding="utf-8", newline="\n")
            beside(work)
            made_files = sorted(work.iterdir(), key=lambda file: file.suffix == ".html")  # the page last: it says that all is there
            for file in made_files:
                file.replace(folder / file.name)
    except BaseException:
        for parent in new_folders:  # an empty folder would look like a report that went missing
            if parent.is_dir() and not any(parent.iterdir()):
                parent.rmdir()
        raise
    return folder / f"{name}.html"


def _refuse_folders(folder: Path, stem: str) -> None:
    """A folder in the place of a file would be found out only after the other files were replaced."""
    for target in folder.glob(f"{stem}.*"):
        if target.is_dir():
            raise refused("report.folder_for_file", str(target))


def _write_figures(evaluation: Evaluation, folder: Path, name: str, lang: Lang) -> tuple[Problem, ...]:
    """The charts as PNG, and a warning where the machine has no font that can draw Chinese."""
    from evallib.charts.fonts import chinese_font
    from evallib.charts.report import CHARTS

    for id, draw in CHARTS.items():
        (folder / f"{name}.{id}.png").write_bytes(draw(evaluation, lang).to_png())
    return () if chinese_font() else (problem("report.no_font", Place(f"{name}.*.png")),)


def refuse_missing(notebook: Path) -> None:
    """Raise InputRefused where there is no such notebook."""
    if not notebook.is_file():
        raise refused("report.no_notebook", str(notebook))


def _check_parameters(notebook: Path, parameters: dict[str, Any]) -> None:
    """papermill only warns of a parameter that the notebook does not know; here it is refused."""
    refuse_missing(notebook)
    import nbformat

    book = nbformat.read(notebook, as_version=4)
    cells = [cell for cell in book.cells if "parameters" in cell.metadata.get("tags", [])]
    known = {line.split("=")[0].strip() for cell in cells for line in cell.source.splitlines() if "=" in line}
    if lacking := sorted(set(parameters) - known):
        raise refused("report.parameters_lacking", notebook.name, lacking=listed(lacking))


def _execute(notebook: Path, target: Path, parameters: dict[str, Any], engine: str | None) -> Any:
    """Run the notebook with its parameters in a fresh kernel; the executed notebook, also saved under `target`."""
    import papermill
    from papermill.exceptions import PapermillExecutionError
    from traitlets.config import Config

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the kernel's connection; what the notebook itself warns of stands in its outputs
        try:
            return papermill.execute_notebook(
                str(notebook),
                str(target),
                parameters=parameters,
                kernel_name="python3",
                engine_name=engine,
                progress_bar=False,
                log_output=False,
                request_save_on_cell_execute=False,
                config=Config(
                    {
                        "KernelManager": {"transport_encryption": "auto"},
                        # the kernel may say at its end that it was interrupted: that is how it is told to stop
                        "NotebookClient": {"extra_arguments": ["--IPKernelApp.log_level=CRITICAL"]},
                    }
                ),
            )
        except PapermillExecutionError as error:
            raise ReportFailed(f"{error.ename}: {error.evalue}\n{error.source}") from None


def _export(executed: Any) -> str:
    from evallib.pages.exporter import ReportExporter

    exporter: Any = ReportExporter  # its base class has no types
    html, _ = exporter().from_notebook_node(executed)
    return str(html)
