"""What many reports cost, as ratios measured in one run on this machine: `make bench`. Never a test: nothing here passes or fails.

Everything is done with the real notebook on a synthetic county that is made anew in a temporary folder.
"""

from __future__ import annotations

import json
import os
import pickle
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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
from evallib.runs.jobs import Job, list_comparisons, list_jobs, list_overviews
from evallib.runs.stamps import fingerprint, standing
from evallib.runs.workers import default_workers
from tests.places.japan import code, lay_out, rows
from tests.runs.test_batch import as_if_made

BATCH, LOOP, THOUSAND = 40, 4, 1000


@dataclass
class Cost:
    """Seconds on the clock and of processors, children included."""

    clock: float = 0.0
    processors: float = 0.0

    def each(self, count: int) -> Cost:
        return Cost(self.clock / count, self.processors / count)


@contextmanager
def measured() -> Iterator[Cost]:
    """What the block costs; children count once they have ended."""

    def used() -> float:
        own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
        return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime

    cost, clock, processors = Cost(), time.perf_counter(), used()
    yield cost
    cost.clock, cost.processors = time.perf_counter() - clock, used() - processors


def say(what: str, found: str) -> None:
    print(f"{what:<74} {found}", flush=True)


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


def by_commands(jobs: list[Job], out: Path) -> Cost:
    """The loop a user would write: two commands for each report, one after the other."""
    out.mkdir()
    folder = Path(sys.executable).parent
    with measured() as cost:
        for job in jobs:
            book = out / f"{job.department}.ipynb"
            run: list[str | Path] = [folder / "papermill", NOTEBOOKS / "department_report.ipynb", book, "-p", "department", job.department]
            run += ["-p", "year", str(job.year), "-p", "data", str(job.data), "--no-progress-bar"]
            subprocess.run(run, check=True, capture_output=True)
            subprocess.run([folder / "jupyter", "nbconvert", "--to", "evallib", book], check=True, capture_output=True)
    return cost.each(len(jobs))


def by_batch(jobs: list[Job], workers: int) -> Cost:
    """A batch in a process of its own, from start to end, with everything that it starts."""
    run = [sys.executable, "-m", "tests.benchmarks.batch_alone", str(workers)]
    done = subprocess.run(run, input=pickle.dumps(jobs), check=True, capture_output=True)
    return Cost(*json.loads(done.stdout)).each(len(jobs))


def without_notebook(job: Job, out: Path) -> None:
    """The floor: the same sections drawn and the same page filled, without a notebook or a kernel."""
    from nbformat import v4

    from evallib.pages.exporter import ReportExporter

    report = Report(evaluate_year(job.data, job.department, job.year))
    bundles = [report.section(id)._repr_mimebundle_() for id in SECTIONS]
    shown = [v4.new_output("display_data", data, metadata=metadata) for data, metadata in bundles]
    exporter: Any = ReportExporter  # its base class has no types
    page, _ = exporter().from_notebook_node(v4.new_notebook(cells=[v4.new_code_cell(outputs=shown)]))
    (out / f"{job.department}-{job.year}.html").write_text(page, encoding="utf-8")
    (out / f"{job.department}-{job.year}.json").write_text(report.evaluation.to_json(), encoding="utf-8")


def by_turns(jobs: list[Job], out: Path) -> tuple[Cost, Cost]:
    """The floor and the work of a batch's worker on each job in turn, in one warm process."""
    out.mkdir()
    warm_up()
    floor, worker = Cost(), Cost()
    for number, job in enumerate([jobs[0], *jobs]):
        if number == 1:
            floor, worker = Cost(), Cost()  # the first was for warming up
        with measured() as cost:
            without_notebook(job, out)
        floor.processors += cost.processors
        with measured() as cost:
            assert run_job(job).state == "made"
        worker.processors += cost.processors
    return floor.each(len(jobs)), worker.each(len(jobs))


def memory(jobs: list[Job]) -> list[float]:
    """MB held by a worker after each report, made one after the other in this process."""
    held = []
    for job in jobs:
        run_job(job)
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        held.append(pages * os.sysconf("SC_PAGE_SIZE") / 1e6)
    return held


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        base = Path(temporary)
        data = make_demo(base / "small", departments=16, first_year=2021, last_year=2024, seed=1).data
        jobs = usable(list_jobs(data, base / "reports"))[:BATCH]
        say("processors", str(default_workers()))
        loop = by_commands(jobs[:LOOP], base / "loop")
        batch, alone = by_batch(jobs, default_workers()), by_batch(jobs, 1)
        floor, worker = by_turns(jobs, base / "floor")
        say(f"papermill and jupyter nbconvert as commands, {LOOP} reports, each", f"{loop.clock:.2f} s")
        say(f"evallib batch on {default_workers()} processors, {len(jobs)} reports with start-up, each", f"{batch.clock:.2f} s")
        say("  times faster than the commands", f"{loop.clock / batch.clock:.1f}")
        say("sections and page in a warm process without a notebook, each", f"{floor.processors:.3f} s of processor")
        say("the work of a batch's worker, in the same process by turns, each", f"{worker.processors:.3f} s of processor")
        say("  times the processor time of no notebook at all", f"{worker.processors / floor.processors:.2f}")
        say(f"  and with the start-up of a batch of {len(jobs)}", f"{alone.processors / floor.processors:.2f}")
        held = memory(jobs)
        say("memory of a worker after 5, 20, 40 reports", ", ".join(f"{held[min(n, len(held)) - 1]:.0f} MB" for n in (5, 20, 40)))

        data = make_demo(base / "large", departments=THOUSAND // 4, first_year=2021, last_year=2024, seed=2).data
        every = list_jobs(data, base / "thousand")
        for job in every:
            as_if_made(job)
        with measured() as check:
            known: dict[Path, bytes] = {}
            outcomes = [standing(job, known) for job in list_jobs(data, base / "thousand")]
        assert all(outcomes)
        say(f"{len(every)} reports that are up to date, checked", f"{check.clock:.2f} s")
        reports = list_jobs(data, base / "thousand")
        with measured() as listed:
            for job in (*list_comparisons(reports), *list_overviews(reports)):
                fingerprint(job, known)
        say("  and the comparisons and overviews that show them", f"{listed.clock:.2f} s")
        with measured() as ours:
            scored = len(usable(every))
        files = [file for job in every for file in sorted((data / "departments" / job.department / str(job.year)).glob("*.csv"))]
        with measured() as theirs:
            for file in files:
                pd.read_csv(file)
        say(f"{len(every)} department-years loaded, checked and scored ({scored} are sound)", f"{ours.processors:.1f} s")
        say(f"pandas.read_csv on the same {len(files)} files", f"{theirs.processors:.1f} s")
        say("  ours as a share of read_csv", f"{ours.processors / theirs.processors:.2f}")

        given = rows()
        years = [(code(row["project"]), int(row["budget_year"])) for row in given]
        data = lay_out(base / "japan", given)
        with measured() as national:
            for project, year in years:
                evaluate_year(data, project, year)
        say(f"{len(years)} project-years of a national data set, by definitions that are data", f"{national.processors:.1f} s")
        say("  each", f"{national.each(len(years)).processors * 1000:.1f} ms")


if __name__ == "__main__":
    main()
