"""The same batch on processes of this machine and on a Dask scheduler with workers of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from evallib.batch import list_jobs, run_batch
from evallib.workers import open_executor
from tests.conftest import DATA, ROOT, Copy


def two_departments(copy: Copy) -> Path:
    import shutil

    with (copy.folder / "departments.csv").open("a", encoding="utf-8") as file:
        file.write("second,第二个部门,Second department,xundian-department,2023,2023\n")
    shutil.copytree(copy.year, copy.folder / "departments" / "second" / "2023")
    return copy.folder


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[str]:
    """A Dask scheduler and two workers, started as processes of their own on this machine."""
    address_file = tmp_path / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": tmp_path}
    commands = [
        ["scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(address_file)],
        *[["worker", "--scheduler-file", str(address_file), "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1"]] * 2,
    ]
    processes = []
    for command in commands:
        processes.append(subprocess.Popen([sys.executable, "-m", f"distributed.cli.dask_{command[0]}", *command[1:]], **quiet))  # type: ignore[call-overload]
        while not address_file.exists():
            time.sleep(0.1)
    import json

    yield json.loads(address_file.read_text())["address"]
    for process in reversed(processes):
        process.terminate()
    for process in processes:
        process.wait(20)


def test_dask_makes_the_same_pages_as_this_machine(copy: Copy, tmp_path: Path, scheduler: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = two_departments(copy)
    pages = []
    for name, dask in (("here", None), ("there", scheduler)):
        jobs = list_jobs(data, tmp_path / name)
        with open_executor(2, dask) as executor:
            assert [o.state for o in run_batch(jobs, executor)] == ["made", "made"]
        pages.append([job.outputs[0].read_text(encoding="utf-8").split("<footer>")[0] for job in jobs])
    assert pages[0] == pages[1]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_ctrl_c_stops_cleanly_and_a_second_run_finishes(copy: Copy, tmp_path: Path) -> None:
    data, out = two_departments(copy), tmp_path / "out"
    command = [sys.executable, "-m", "evallib", "batch", "--data", str(data), "--out", str(out), "--workers", "1", "--lang", "en"]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True)
    while not list(out.glob("2023/*.html")):
        time.sleep(0.05)
        assert process.poll() is None
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Stopped" in said
    assert "Traceback" not in said
    assert not [p for p in out.rglob(".*-*") if p.is_dir()]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0
    assert len(list(out.glob("2023/*.html"))) == 2


def test_the_example_can_be_made_by_a_pool(tmp_path: Path) -> None:
    with open_executor(1) as executor:
        assert [o.state for o in run_batch(list_jobs(DATA, tmp_path), executor)] == ["made"]
