"""Commands killed at random moments, and several at work in one folder at the same moment. `KILLS` and `ROUNDS` say how many."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest

from evallib.cli.main import app
from evallib.data.load import load_departments
from evallib.data.results import read_evaluation
from evallib.demo.county import make_demo
from tests.conftest import ROOT
from tests.trial.faults import COMMANDS, begun, ended, in_fork, laid_out, reference_of, tree, tried

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="a command is run in a fork")
REPORT, BATCH = COMMANDS[0], COMMANDS[2]
ROUNDS, KILLS = (int(os.environ.get(name, number)) for name, number in (("ROUNDS", "20"), ("KILLS", "40")))


def test_killed_at_random_moments_nothing_is_mixed(tmp_path: Path) -> None:
    dice, wrong = Random(15), []
    for command in COMMANDS:
        began = time.monotonic()
        reference, _ = reference_of(command, tmp_path)
        took = time.monotonic() - began
        for number in range(-(-KILLS // len(COMMANDS))):
            wrong += tried(command, tmp_path, reference, -number - 1, "killed", dice.random() * took)
    assert not wrong, "\n".join(wrong)


def test_a_batch_of_several_workers_killed_at_random_ends_with_the_same_pages(tmp_path: Path) -> None:
    data = make_demo(tmp_path / "demo", departments=2, first_year=2023, last_year=2024, seed=3).data
    dice = Random(7)

    def command(out: str) -> list[str]:
        return [sys.executable, "-m", "evallib", "batch", "--data", str(data), "--out", str(tmp_path / out), "--workers", "2"]

    def pages(out: str) -> dict[str, bytes]:
        return {str(p.relative_to(tmp_path / out)): p.read_bytes() for p in sorted((tmp_path / out).rglob("*.html"))}

    how: dict[str, Any] = {"cwd": ROOT, "env": {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}, "stderr": subprocess.PIPE, "text": True}
    left_alone = subprocess.run(command("alone"), check=False, **how)
    assert left_alone.returncode in (0, 1), left_alone.stderr
    for _ in range(KILLS):
        before = len(pages("killed"))
        process = subprocess.Popen(command("killed"), start_new_session=True, **how)
        wanted, begun = before + dice.randint(0, 2), time.monotonic()
        while len(list((tmp_path / "killed").glob("2*/*.ipynb"))) < wanted and process.poll() is None and time.monotonic() - begun < 30:
            time.sleep(0.01)
        time.sleep(dice.random() * (0.4 if wanted > before else 3))
        with suppress(ProcessLookupError):  # it had ended
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        for page in (tmp_path / "killed").rglob("*.html"):
            assert page.read_text(encoding="utf-8").rstrip().endswith("</html>")
        if process.returncode >= 0:
            assert pages("killed") == pages("alone")
            shutil.rmtree(tmp_path / "killed")  # and begin anew
    assert subprocess.run(command("killed"), check=False, **how).returncode == left_alone.returncode
    assert pages("killed") == pages("alone")
    assert not [p for p in (tmp_path / "killed").rglob(".*-*") if p.is_dir()]


def _new(home: Path, code: str) -> None:
    app(["new", code, "2024", "--name", code, "--framework", "xundian-department", "--as", "csv", "--data", f"{home}/data", "--lang", "en"])


def two_new(place: Path, rounds: int) -> int:
    """Two at once lay out a department each; how often one was told to wait."""
    home, refused = place / "home", 0
    laid_out(COMMANDS[3], home)
    for number in range(rounds):
        codes = [f"first_{number}", f"second_{number}"]
        children = [begun(partial(_new, code=code), home, tag=code) for code in codes]
        for code, child in zip(codes, children, strict=True):
            status, said = ended(child, home, code)
            assert status in (0, 2), said
            if status == 2:
                refused += 1
                assert "another command is at work here (new, process" in said
                assert in_fork(partial(_new, code=code), home)[0] == 0
        assert {row.code for row in load_departments(home / "data")} >= set(codes)
    assert len(load_departments(home / "data")) == 1 + 2 * rounds
    return refused


def test_two_new_at_once_lose_no_line(tmp_path: Path) -> None:
    print("told to wait:", two_new(tmp_path, ROUNDS))


@pytest.mark.parametrize("others", [("batch",), ("report", "report")], ids=["two batches", "a batch and reports"])
def test_at_work_beside_each_other(tmp_path: Path, others: tuple[str, ...]) -> None:
    reference, _ = reference_of(BATCH, tmp_path)
    home, refused = tmp_path / "home", 0
    laid_out(BATCH, home)
    for _ in range(ROUNDS):
        runs = [BATCH.run, *(BATCH.run if other == "batch" else REPORT.run for other in others)]
        children = [begun(run, home, tag=str(number)) for number, run in enumerate(runs)]
        for number, child in enumerate(children):
            status, said = ended(child, home, str(number))
            assert status == 0 or (status == 2 and "batch" in others and "another command is at work here (batch" in said), said
            refused += status == 2
        assert tree(home).keys() == reference.keys()
        total = read_evaluation((home / "reports" / "2023" / "hrss.evaluation.json").read_text(encoding="utf-8")).total
        assert f"{total}" in (home / "reports" / "2023" / "hrss.en.html").read_text(encoding="utf-8")
    print(f"{others}: {ROUNDS} rounds, {refused} told to wait")
