"""The same batch on processes of this machine and on a Dask scheduler with workers of their own; a scheduler that is gone."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Timer

import psutil
import pytest

from evallib.runs.batch import run_batch
from evallib.runs.jobs import list_jobs
from evallib.runs.workers import open_executor, work
from tests.conftest import Copy
from tests.runs.test_workers import two_departments


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The address and the process of a Dask scheduler and two workers, each a process of its own on this machine."""
    address_file = tmp_path / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": tmp_path}
    commands = [
        ["scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(address_file)],
        ["worker", "--scheduler-file", str(address_file), "--nworkers", "2", "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1"],
    ]
    processes = []
    for command in commands:
        processes.append(subprocess.Popen([sys.executable, "-m", f"distributed.cli.dask_{command[0]}", *command[1:]], **quiet))  # type: ignore[call-overload]
        while not address_file.exists():
            time.sleep(0.1)
    yield json.loads(address_file.read_text())["address"], processes[0]
    for process in reversed(processes):  # a worker takes long to end by itself, and for ever where its scheduler is gone
        for one in [*psutil.Process(process.pid).children(recursive=True), process]:
            one.kill()
        process.wait()


@pytest.fixture
def scheduler(cluster: tuple[str, subprocess.Popen[bytes]]) -> str:
    return cluster[0]


def test_dask_makes_the_same_pages_as_this_machine(copy: Copy, tmp_path: Path, scheduler: str) -> None:
    data = two_departments(copy)
    pages = []
    for name, dask in (("here", None), ("there", scheduler)):
        jobs = list_jobs(data, tmp_path / name)
        with open_executor(2, dask) as executor:
            assert [o.state for o in run_batch(jobs, executor)] == ["made", "made"]
        texts = (job.outputs[0].read_text(encoding="utf-8").split("<footer>")[0] for job in jobs)
        pages.append([re.sub(r'(evallib-page" content=")\w+', r"\1", text) for text in texts])  # its checksum is over the footer, too
    assert pages[0] == pages[1]


def test_a_scheduler_of_dask_that_is_gone_is_told(cluster: tuple[str, subprocess.Popen[bytes]]) -> None:
    scheduler, process = cluster
    Timer(2, process.terminate).start()
    with pytest.raises(ConnectionAbortedError), open_executor(2, scheduler) as executor:
        list(work(executor, time.sleep, [30.0]))  # which every worker can import
