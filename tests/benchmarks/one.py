"""What one command, one report and one department-year cost."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd

from evallib.data.years import evaluate_year
from evallib.demo.county import make_demo
from evallib.kit import NOTEBOOKS
from evallib.model.errors import InputRefused
from evallib.pages.report import SECTIONS, Report
from evallib.runs.batch import run_job
from evallib.runs.engine import warm_up
from evallib.runs.jobs import Job, list_jobs
from evallib.runs.workers import default_workers
from tests.benchmarks.costs import Cost, by_turns, clocks, command, evallib, measured, processors, say, spread
from tests.places.japan import code, lay_out, rows

_TURNS, _BATCH, _LOOP = 5, 40, 6
_BIN = Path(sys.executable).parent


def usable(jobs: tuple[Job, ...]) -> list[Job]:
    """The jobs whose data passes the checks."""
    found = []
    for job in jobs:
        try:
            evaluate_year(job.data, job.department, job.year)
        except InputRefused:
            continue
        found.append(job)
    return found


def _small(folder: Path) -> list[Job]:
    data = make_demo(folder / "small", departments=16, first_year=2021, last_year=2024, seed=1).data
    return usable(list_jobs(data, folder / "reports"))[:_BATCH]


def commands(folder: Path) -> None:
    """The commands that a person waits for, each in a process of its own."""
    job = _small(folder)[0]
    about = (job.department, str(job.year), "--data", job.data)
    ways = {
        "evallib --help": ("--help",),
        f"evallib check {job.department} {job.year}": ("check", *about),
        f"evallib score {job.department} {job.year}": ("score", *about),
    }
    bare = by_turns(_TURNS, lambda: command(sys.executable, "-c", "pass"), lambda: command(sys.executable, "-c", "import pandas"))
    say("for comparison: python that does nothing", spread(processors(bare[0])))
    say("for comparison: python that imports pandas", spread(processors(bare[1])))
    for name, run in ways.items():
        say(name, spread(processors(by_turns(_TURNS, lambda run=run: evallib(*run))[0])), "goal 0.3 s")  # type: ignore[misc]


def cold(folder: Path) -> None:
    """One report from a prompt: ours, and the same page by nbconvert alone."""
    job = _small(folder)[0]
    book = folder / "book.ipynb"
    prepared: list[str | Path] = [_BIN / "papermill", NOTEBOOKS / "department_report.ipynb", book, "--prepare-only"]
    command(*prepared, *_parameters(job))
    report = ("report", job.department, str(job.year), "--data", job.data, "--out", folder / "out")
    ways = [lambda: evallib(*report), lambda: command(_BIN / "jupyter", "nbconvert", "--execute", "--to", "evallib", book)]
    ours, theirs = by_turns(_TURNS, *ways)
    say("evallib report: page, notebook, result and tables", spread(processors(ours)), "goal 2.5 s")
    say("jupyter nbconvert --execute --to evallib, parameters put in before: the page alone", spread(processors(theirs)))
    say("  over ours", f"{min(processors(theirs)) / min(processors(ours)):.1f}", "goal above 1")
    if marimo := shutil.which("marimo"):
        command(marimo, "convert", book, "-o", folder / "book.py")
        export = by_turns(2, lambda: command(marimo, "export", "html", folder / "book.py", "-o", folder / "marimo.html"))[0]
        say("marimo export html of the same notebook, converted before", spread(processors(export)), "goal above ours")
    else:
        say("marimo export html of the same notebook", "marimo is not installed")


def _parameters(job: Job) -> tuple[str, ...]:
    return ("-p", "department", job.department, "-p", "year", str(job.year), "-p", "data", str(job.data), "--no-progress-bar")


def _loop(jobs: list[Job], out: Path, workers: int, env: dict[str, str] | None = None) -> Cost:
    """What a user would write: two commands for each report, as many reports at a time as there are processors."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()

    def one(job: Job) -> None:
        book = out / f"{job.department}-{job.year}.ipynb"
        papermill: list[str | Path] = [_BIN / "papermill", NOTEBOOKS / "department_report.ipynb", book, *_parameters(job)]
        for run in (papermill, list[str | Path]([_BIN / "jupyter", "nbconvert", "--to", "evallib", book])):
            subprocess.run(run, check=True, capture_output=True, env={**os.environ, **(env or {})})

    with measured() as cost, ThreadPoolExecutor(workers) as pool:
        list(pool.map(one, jobs))
    return cost.each(len(jobs))


def _batch(first: Job, workers: int) -> Cost:
    """`evallib batch` of the whole county, from its start to its end; divided by all its pages."""
    cost = evallib("batch", "--force", "--workers", str(workers), "--data", first.data, "--out", first.out, fails=True)
    return cost.each(len([*first.out.glob("*/[!.]*.html")]))


def _floor(job: Job, out: Path) -> None:
    """The same sections drawn and the same page filled, without a notebook or a kernel."""
    from nbformat import v4

    from evallib.pages.exporter import ReportExporter

    report = Report(evaluate_year(job.data, job.department, job.year))
    bundles = [report.section(id)._repr_mimebundle_() for id in SECTIONS]
    shown = [v4.new_output("display_data", data, metadata=metadata) for data, metadata in bundles]
    exporter: Any = ReportExporter  # its base class has no types
    page, _ = exporter().from_notebook_node(v4.new_notebook(cells=[v4.new_code_cell(outputs=shown)]))
    (out / f"{job.department}-{job.year}.html").write_text(page, encoding="utf-8")
    (out / f"{job.department}-{job.year}.json").write_text(report.evaluation.to_json(), encoding="utf-8")


def warm(folder: Path) -> None:
    """A report among many: in a worker, and beside the loop of commands that a user would write."""
    jobs = _small(folder)
    warm_up()
    floor, worker = list[float](), list[float]()
    for job in [jobs[0], *jobs]:
        with measured() as cost:
            _floor(job, folder)
        floor.append(cost.processors)
        with measured() as cost:
            assert run_job(job).state == "made"
        worker.append(cost.processors)
    floor, worker = floor[1:], worker[1:]  # the first was for warming up
    say("a report in a warm worker: page, notebook, result, tables, stamp", spread(worker), "goal 0.3 s")
    say("  the mean", f"{sum(worker) / len(worker):.3f} s")
    say("the same sections and page without any notebook", spread(floor))
    say("  ours over it", f"{sum(worker) / sum(floor):.2f}")
    some = jobs[:_LOOP]
    without = folder / "without"
    without.mkdir()
    (without / "rfc3987_syntax.py").write_text("raise ImportError\n")
    count = default_workers()
    ways = [
        lambda: _batch(jobs[0], count),
        lambda: _loop(some, folder / "loop", count),
        lambda: _loop(some, folder / "loop", count, {"PYTHONPATH": str(without)}),
    ]
    ours, theirs, bare = by_turns(2, *ways)
    say(f"evallib batch on {count} processors with its start-up, each page (clock)", spread(clocks(ours)))
    say(f"papermill and jupyter nbconvert as commands on {count} processors, each report (clock)", spread(clocks(theirs)))
    say("  over ours", f"{min(clocks(theirs)) / min(clocks(ours)):.1f}", "goal 25")
    say("  the same without the grammar that jsonschema imports, over ours", f"{min(clocks(bare)) / min(clocks(ours)):.1f}")


def loading(folder: Path) -> None:
    """Department-years loaded, checked and scored, and pandas.read_csv of the same files."""
    data = make_demo(folder / "large", departments=100, first_year=2021, last_year=2024, seed=2).data
    every = list_jobs(data, folder / "reports")
    files = [file for job in every for file in sorted((data / "departments" / job.department / str(job.year)).glob("*.csv"))]
    usable(every[:8])

    def ours() -> Cost:
        with measured() as cost:
            usable(every)
        return cost

    def theirs() -> Cost:
        with measured() as cost:
            for file in files:
                pd.read_csv(file)
        return cost

    our, their = by_turns(3, ours, theirs)
    say(f"{len(every)} department-years, each", spread([cost.each(len(every)).processors * 1000 for cost in our], " ms", 1))
    say(
        f"pandas.read_csv of their {len(files)} files, each file",
        spread([cost.each(len(files)).processors * 1000 for cost in their], " ms"),
    )
    say("  ours over theirs", f"{min(processors(our)) / min(processors(their)):.2f}", "goal 0.35")


def japan(folder: Path) -> None:
    """A national data set, by definitions that are data."""
    given = rows()
    years = [(code(row["project"]), int(row["budget_year"])) for row in given]
    data = lay_out(folder / "japan", given)
    with measured() as cost:
        for project, year in years:
            evaluate_year(data, project, year)
    say(f"{len(years)} project-years", f"{cost.processors:.1f} s")
    say("  each", f"{cost.each(len(years)).processors * 1000:.2f} ms")
