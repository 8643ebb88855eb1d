"""A batch that is stopped from the keyboard: nothing half done, and a second run finishes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT, Copy
from tests.runs.test_workers import two_departments


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_ctrl_c_stops_cleanly_and_a_second_run_finishes(copy: Copy, tmp_path: Path) -> None:
    data, out = two_departments(copy), tmp_path / "out"
    command = [sys.executable, "-m", "evallib", "batch", "--data", str(data), "--out", str(out), "--workers", "1", "--lang", "en"]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a suite in the background of a shell ignores Ctrl-C
    )
    while not list(out.glob(".evallib-*")):  # the first page is being made: the others wait
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
