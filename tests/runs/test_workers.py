"""A batch on processes of this machine: what becomes of it where one dies, is another program, or the main one is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import psutil
import pytest

from evallib.runs.batch import run_batch
from evallib.runs.jobs import list_jobs
from evallib.runs.workers import Killed, open_executor, work
from tests.conftest import DATA, ROOT, Copy
from tests.runs.books import book
from tests.runs.test_batch import Here


def two_departments(copy: Copy) -> Path:
    import shutil

    with (copy.folder / "departments.csv").open("a", encoding="utf-8") as file:
        file.write("second,第二个部门,Second department,xundian-department,2023,2023\n")
    shutil.copytree(copy.year, copy.folder / "departments" / "second" / "2023")
    return copy.folder


def killed_at_first(job: tuple[str, Path]) -> str:
    """What a job does that is `fine`, kills its worker `once`, or `always`, or lacks memory `once`."""
    how, folder = job
    mark = folder / how
    seen = mark.exists()
    mark.touch()
    if how == "memory" and not seen:
        raise MemoryError
    if how == "always" or (how == "once" and not seen):
        os.kill(os.getpid(), signal.SIGKILL)
    return f"{how}, alone" if seen else how


@pytest.mark.skipif(sys.platform == "win32", reason="Windows kills in another way")
def test_a_worker_that_dies_costs_no_other_job(tmp_path: Path) -> None:
    """What was running then is done again by itself; only what kills its worker twice fails."""
    jobs = [(how, tmp_path) for how in ("once", "fine", "always", "memory", *(f"fine {n}" for n in range(4)))]
    with open_executor(2) as executor:
        came = {job[0]: result for job, result in work(executor, killed_at_first, jobs)}
    assert isinstance(came.pop("always"), Killed)
    assert len(came) == len(jobs) - 1
    assert all(isinstance(result, str) for result in came.values()), came
    assert came["memory"] == "memory, alone"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows kills in another way")
def test_a_kernel_that_dies_is_tried_once_more_and_told(tmp_path: Path) -> None:
    source = f"import os, pathlib, uuid; pathlib.Path({str(tmp_path)!r}, uuid.uuid4().hex + '.mark').touch(); os.kill(os.getpid(), 9)"
    book(tmp_path / "kills.ipynb", [source])
    with open_executor(1) as executor:
        [outcome] = run_batch(list_jobs(DATA, tmp_path / "out", notebook=tmp_path / "kills.ipynb"), executor)
    assert outcome.state == "failed"
    assert "两次中途结束，多半是内存不够" in outcome.reason.zh
    assert len([*tmp_path.glob("*.mark")]) == 2


class Cluster(Here):
    """Dask as far as it counts here: what kills its workers so many times is told, and what only stood beside it with it."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        from distributed import KilledWorker

        [(how, folder)] = args
        seen = (folder / how).exists()
        (folder / how).touch()
        if how == "always" or (how == "beside" and not seen):
            future: Future[Any] = Future()
            future.set_exception(KilledWorker("job", None, 3))  # type: ignore[arg-type]  # it is not asked for the worker
            return future
        return super().submit(fn, *args, **kwargs)


def test_a_worker_of_dask_that_is_killed_is_told(tmp_path: Path) -> None:
    jobs = [(how, tmp_path) for how in ("fine", "always", "beside")]
    came = {job[0]: result for job, result in work(Cluster(), lambda job: job[0], jobs)}
    assert isinstance(came.pop("always"), Killed)
    assert came == {"fine": "fine", "beside": "beside"}


def test_a_worker_with_another_program_makes_no_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evallib.runs.batch.program", iter([b"ours", b"theirs"]).__next__)
    [outcome] = run_batch(list_jobs(DATA, tmp_path / "out"), Here())
    assert outcome.state == "failed"
    assert "不是同一个 evallib" in outcome.reason.zh
    assert "another evallib" in outcome.reason.en
    assert not [*tmp_path.rglob("*.html")]


def alive(pid: int) -> bool:
    """Whether there is such a process; one that only waits to be reaped is gone."""
    return bool(psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows kills in another way")
def test_workers_end_when_the_main_process_is_killed(copy: Copy, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "evallib", "batch", "--data", str(two_departments(copy)), "--out", str(tmp_path), "--workers", "1"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not list(tmp_path.glob(".evallib-*")):  # a page is being made
        time.sleep(0.05)
        assert process.poll() is None
    started = [child.pid for child in psutil.Process(process.pid).children(recursive=True)]
    process.kill()
    process.wait()
    end = time.monotonic() + 30
    while any(map(alive, started)) and time.monotonic() < end:
        time.sleep(0.1)
    assert started
    assert not any(map(alive, started))


def test_the_example_can_be_made_by_a_pool(tmp_path: Path) -> None:
    with open_executor(1) as executor:
        assert [o.state for o in run_batch(list_jobs(DATA, tmp_path), executor)] == ["made"]
