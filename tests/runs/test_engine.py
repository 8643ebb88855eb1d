"""The fast engine stands on private names of ipykernel: they are there in the pinned version; where not, the plain engine is used."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from evallib.runs import engine
from evallib.runs.batch import run_batch
from evallib.runs.engine import NAME, fast_engine
from evallib.runs.jobs import list_jobs
from evallib.runs.report import KernelDied, ReportFailed, run_report
from tests.conftest import DATA
from tests.runs.books import book
from tests.runs.test_batch import Here

pytestmark = pytest.mark.skipif(fast_engine() is None, reason="this system cannot fork: the plain engine is used")


def fork_engine() -> Any:
    import papermill  # noqa: F401  # it finds our engine while it is imported

    return sys.modules["evallib.runs.fork_engine"]


def test_the_names_that_it_stands_on_are_there() -> None:
    """With the versions in constraints.txt; a new version of ipykernel that lacks one is noticed here."""
    kernel = fork_engine()._kernel().kernel
    assert callable(kernel.iopub_thread.stop)
    assert all(callable(stream._schedule_flush) for stream in (kernel.stdout, kernel.stderr))
    assert kernel.language_info["name"] == "python"
    assert kernel.shell is not None
    client = fork_engine()._kernel().client()
    assert all(hasattr(client, name) for name in ("start_channels", "get_shell_msg", "get_iopub_msg", "iopub_channel", "execute"))
    assert hasattr(kernel, "_execute_sleep")


@pytest.mark.parametrize("lacking", ["at the start", "in the fork"])
def test_where_they_are_not_the_plain_engine_makes_the_page_and_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lacking: str
) -> None:
    def lack(*args: Any) -> Any:
        raise AttributeError("'InProcessKernel' object has no attribute 'iopub_thread'")

    monkeypatch.setattr(engine, "given_up", given_up := list[str]())
    monkeypatch.setattr(fork_engine(), "given_up", given_up)
    monkeypatch.setattr(fork_engine(), "_kernel" if lacking == "at the start" else "_run", lack)
    jobs = list_jobs(DATA, tmp_path, notebook=book(tmp_path / "own.ipynb"))
    assert fast_engine() == NAME
    [outcome] = run_batch(jobs, Here())
    assert (outcome.state, "较慢" in outcome.remark.zh, "slower" in outcome.remark.en) == ("made", True, True)
    assert fast_engine() is None, "nothing is tried twice"
    assert len(given_up) == 1


@pytest.mark.parametrize("engine", [NAME, None])
def test_a_cell_that_never_ends_is_stopped_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str | None) -> None:
    monkeypatch.setenv("EVALLIB_CELL_SECONDS", "2")
    source = f"import os, pathlib, time; pathlib.Path({str(tmp_path)!r}, str(os.getpid())).touch(); time.sleep(600)"
    silent = book(tmp_path / "silent.ipynb", [source])
    with pytest.raises(ReportFailed, match=r"did not finish in .* set the environment variable EVALLIB_CELL_SECONDS"):
        run_report("hrss", 2023, data=DATA, out=tmp_path / "out", notebook=silent, engine=engine)
    assert not (tmp_path / "out" / "2023").exists()
    [process] = [int(path.name) for path in tmp_path.iterdir() if path.name.isdigit()]
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


@pytest.mark.parametrize("engine", [NAME, None])
def test_a_kernel_that_is_killed_is_told(tmp_path: Path, engine: str | None) -> None:
    killed = book(tmp_path / "killed.ipynb", [f"import os; os.kill(os.getpid(), {int(signal.SIGKILL)})"])
    with pytest.raises(KernelDied, match=r"ended half-way, most likely for lack of memory, .*To fix it: .*close some programs"):
        run_report("hrss", 2023, data=DATA, out=tmp_path / "out", notebook=killed, engine=engine)


def test_after_a_cell_that_failed_nothing_more_is_run(tmp_path: Path) -> None:
    stops = book(tmp_path / "stops.ipynb", ["1 / 0", f"import pathlib; pathlib.Path({str(tmp_path / 'ran')!r}).touch()"])
    with pytest.raises(ReportFailed, match="ZeroDivisionError"):
        run_report("hrss", 2023, data=DATA, out=tmp_path / "out", notebook=stops, engine=NAME)
    assert not (tmp_path / "ran").exists()


CELLS = (
    "import sys; print('a'); print('b', file=sys.stderr); print('c')",
    "import os, time; os.system('echo past Python'); time.sleep(0.5)",
    "sys.stdout.fileno(); 1 + 1",
    "from IPython.display import clear_output, display; print('gone'); clear_output(wait=True); print('kept')",
    "shown = display('before', display_id=True)",
    "shown.update('after')",
    "import asyncio; await asyncio.sleep(0); print('awaited')",
    "input('name')",
    "1 / 0",
)
"""What a notebook may do beside showing its last line."""


def test_what_a_cell_says_is_the_same_by_both_engines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import papermill.execute

    monkeypatch.delenv("PYTEST_CURRENT_TEST")  # with which a plain kernel does not look past Python
    monkeypatch.setattr(papermill.execute, "raise_for_execution_errors", lambda *given: None)
    cells = [nbformat.v4.new_code_cell(source, metadata={"tags": ["raises-exception"]}) for source in CELLS]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "in.ipynb")

    def said(engine: str | None) -> list[list[Any]]:
        how: Any = {"engine_name": engine, "kernel_name": "python3", "language": "python", "progress_bar": False}
        run = papermill.execute.execute_notebook(tmp_path / "in.ipynb", None, **how)
        return [[_bare(output) for output in cell.outputs] for cell in run.cells]

    assert said(NAME) == said(None)
    assert said(NAME)[4] == [("display_data", "'after'")], "a cell before it is changed"


def _bare(output: Any) -> tuple[str, ...]:
    """What an output says."""
    kind = output.output_type
    if kind == "stream":
        return kind, output.name, output.text
    return (kind, output.ename, output.evalue) if kind == "error" else (kind, output.data["text/plain"])


def test_what_a_notebook_warns_of_reaches_the_page_of_a_command_that_keeps_its_libraries_quiet(tmp_path: Path) -> None:
    told = "import logging, warnings; warnings.warn('look at this'); logging.getLogger('own').warning('said in passing')"
    book(tmp_path / "department_report.ipynb", [told])
    command = [sys.executable, "-m", "evallib", "report", "hrss", "2023", "--data", str(DATA), "--out", str(tmp_path / "out")]
    made = subprocess.run([*command, "--notebooks", str(tmp_path)], env=os.environ | {"EVALLIB_NET": "on"}, capture_output=True, check=True)
    page = (tmp_path / "out" / "2023" / "hrss.html").read_text(encoding="utf-8")
    assert all(said in page and said.encode() not in made.stderr for said in ("look at this", "said in passing"))
