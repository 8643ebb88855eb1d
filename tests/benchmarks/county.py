"""What many departments cost: lists, batches with nothing to do, pages of the whole county, memory, several machines."""

from __future__ import annotations

import math
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from evallib.data.years import evaluate_year
from evallib.demo.county import make_demo
from evallib.model.errors import InputRefused
from evallib.model.seals import seals_of
from evallib.pages.page_seal import carried_by
from evallib.runs.batch import run_batch, run_job
from evallib.runs.jobs import Job, list_jobs, list_pages
from evallib.runs.stamps import Outcome, fingerprint, result_shown, write_stamp
from evallib.runs.workers import default_workers, open_executor
from tests.benchmarks.costs import Cost, by_turns, clocks, evallib, measured, processors, say, spread
from tests.benchmarks.one import usable
from tests.browser.browser import launched

_MANY = 400


def _as_if_made(job: Job, page: bytes) -> None:
    """What a run leaves: the page is another's, the result of a report its own, and sealed so."""
    made = evaluate_year(job.data, job.department, job.year).evaluation if job.kind == "report" else None
    if made:
        page = page.replace(carried_by(page.decode())[0].encode(), seals_of(made).content.encode())
    job.folder.mkdir(parents=True, exist_ok=True)
    for file in job.outputs:
        file.write_bytes(page if file.suffix == ".html" else b"x")
    if made:
        job.outputs[-1].write_text(made.to_json(), encoding="utf-8", newline="\n")
    write_stamp(job, fingerprint(job), result=result_shown(made) if made else None)


def _laid_out(folder: Path, departments: int, first: int) -> tuple[Path, Path]:
    """A county whose pages stand, with results of their own and the page of one; what they share is made."""
    data, out = make_demo(folder / "county", departments=departments, first_year=first, last_year=2024, seed=2).data, folder / "reports"
    pages = list_pages(data.resolve(), out.resolve())
    page = next(job for job in pages if run_job(job).state == "made").outputs[0].read_bytes()
    for job in pages:
        try:
            _as_if_made(job, page)
        except InputRefused:
            run_job(job)  # which leaves the refusal
    evallib("batch", "--data", data, "--out", out, fails=True)
    return data, out


def listing(folder: Path) -> None:
    """The list of jobs with their fingerprints, for 1,000 and for 8,000 departments of one year."""
    least = []
    for count in (1000, 8000):
        data = make_demo(folder / str(count), departments=count, first_year=2024, last_year=2024, seed=2).data

        def listed(data: Path = data) -> Cost:
            with measured() as cost:
                known: dict[Path, bytes] = {}
                for job in list_pages(data, folder / "reports"):
                    fingerprint(job, known)
            return cost

        seen = processors(by_turns(3, listed)[0])
        least.append(min(seen))
        say(f"{count} departments", spread(seen))
    say("  exponent", f"{math.log(least[1] / least[0], 8):.2f}", "goal 1.1")


def standing(folder: Path) -> None:
    """A whole batch where nothing has changed."""
    data, out = _laid_out(folder, 500, 2023)
    seen = by_turns(3, lambda: evallib("batch", "--data", data, "--out", out, fails=True))[0]
    say(f"evallib batch over {len(list_pages(data, out))} pages that are up to date", spread(processors(seen)), "goal 2 s")
    say("  on the clock", spread(clocks(seen)))


def overview(folder: Path) -> None:
    """The overview of 1,000 departments, and the list of all reports."""
    data, out = _laid_out(folder, 1000, 2024)
    job = [job for job in list_pages(data, out) if job.kind == "overview"][-1]
    with measured() as cost:
        assert run_job(job).state == "made"
    say("made, in a worker that has just begun", f"{cost.processors:.1f} s", "goal 12 s")
    with launched() as browser:
        for name, file in (("overview", job.outputs[0]), ("index", out / "index.html")):
            view = browser.new_page(viewport={"width": 1366, "height": 900})
            view.goto(file.as_uri(), wait_until="load")
            sight = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
            say(f"{name}: first page", f"{file.stat().st_size / 1e6:.2f} MB", "goal 1.2 MB")
            say(f"{name}: nodes", str(view.evaluate("document.querySelectorAll('*').length")))
            say(f"{name}: first sight in Chromium (clock)", f"{view.evaluate(sight) / 1000:.2f} s", "goal 1 s")
            loaded = view.evaluate("performance.timing.loadEventEnd - performance.timing.navigationStart") / 1000
            say(f"{name}: loaded (clock)", f"{loaded:.2f} s")
            view.close()


def many(folder: Path) -> None:
    """A batch of 400 reports and more: its slope, and what its workers hold."""
    data = make_demo(folder / "county", departments=130, first_year=2021, last_year=2024, seed=3).data
    run = [sys.executable, "-m", "evallib", "batch", "--data", str(data), "--out", str(folder / "reports")]
    begun, done, held = time.perf_counter(), list[float](), dict[int, float]()
    process = subprocess.Popen(run, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def watch() -> None:
        while process.poll() is None:
            largest = [one.memory_info().rss for one in psutil.Process(process.pid).children(recursive=True) if one.is_running()]
            held[len(done)] = max(largest, default=0) / 1e6
            time.sleep(0.5)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    assert process.stderr
    for _ in process.stderr:
        done.append(time.perf_counter() - begun)
    process.wait()
    at = [n for n in (100, 200, 300, _MANY) if n <= len(done)]
    say(f"pages on {default_workers()} processors, after {', '.join(map(str, at))} (clock)", ", ".join(f"{done[n - 1]:.0f} s" for n in at))
    slope = (done[at[-1] - 1] - done[at[0] - 1]) / (at[-1] - at[0])
    say("  each, after the first hundred (clock)", f"{slope:.2f} s")
    memory = [held[max(n for n in held if n <= wanted)] for wanted in at]
    say("largest worker then", ", ".join(f"{one:.0f} MB" for one in memory), "goal flat")
    say("  so 10,000 take, on this machine", f"{slope * 10_000 / 3600:.1f} h")
    say("  and 170,000", f"{slope * 170_000 / 3600:.0f} h")


@contextmanager
def _cluster() -> Iterator[str]:
    """Dask's scheduler with as many workers of one processor as there are."""
    address = "tcp://127.0.0.1:18786"
    scheduler = ["scheduler", "--host", "127.0.0.1", "--port", "18786", "--no-dashboard"]
    workers = ["worker", address, "--nthreads", "1", "--nworkers", str(default_workers()), "--no-dashboard"]
    processes = list[subprocess.Popen[bytes]]()
    for name, *words in (scheduler, workers):
        run = [sys.executable, "-m", f"distributed.cli.dask_{name}", *words]
        processes.append(subprocess.Popen(run, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
    try:
        yield address
    finally:
        for process in reversed(processes):
            process.terminate()
            process.wait()


def dask(folder: Path) -> None:
    """As many workers of Dask as processors, and as many processes of our own: the same reports, all of them warm."""
    data = make_demo(folder / "county", departments=16, first_year=2021, last_year=2024, seed=1).data
    jobs = usable(list_jobs(data, folder / "reports"))[:42]

    def run(address: str | None) -> Cost:
        with open_executor(default_workers(), address) as executor:
            run_batch(tuple(jobs[:4]), executor, force=True)
            with measured() as cost:
                made: tuple[Outcome, ...] = run_batch(tuple(jobs[4:]), executor, force=True)
        assert all(outcome.state == "made" for outcome in made)
        return cost

    with _cluster() as address:
        here, there = by_turns(4, lambda: run(None), lambda: run(address))
    say(f"{len(jobs) - 4} reports by processes here (clock)", spread(clocks(here)))
    say("by workers of Dask on this machine (clock)", spread(clocks(there)))
    ratios = [one.clock / other.clock for one, other in zip(here, there, strict=True)]
    say("  speed of theirs over ours", spread(sorted(ratios), ""), "goal 0.9")
