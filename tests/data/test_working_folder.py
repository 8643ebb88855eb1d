"""What lies in a new working folder for a double click: it opens the desk, or says what is lacking."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from evallib.data.working_folder import lay_out

_PYTHON = """#!/bin/sh
case "$*" in
*find_spec*) exit $LACKS_VOILA ;;
*"-m evallib"*) echo "$PWD: $*"; exit $ENDS ;;
esac
"""


def started(file: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["sh", str(file)], env=env, cwd="/", capture_output=True, text=True, input="\n", check=False)


@pytest.mark.skipif(os.name == "nt", reason="a shell of its own")
@pytest.mark.parametrize("suffix", [".sh", ".command"])
def test_the_starter_opens_the_desk_or_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str) -> None:
    python = tmp_path / "it's a kit" / "python"
    python.parent.mkdir()
    python.write_text(_PYTHON)
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    folder = lay_out(tmp_path / "青松 县")
    file = folder / f"打开分析台{suffix}"
    assert os.access(file, os.X_OK)
    alone = tmp_path / "bin"  # no other Python is found
    alone.mkdir()
    for name in ("sh", "dirname"):
        (alone / name).symlink_to(shutil.which(name) or name)
    env = {"PATH": str(alone), "LACKS_VOILA": "0", "ENDS": "0"}
    told = started(file, env)
    assert (told.returncode, told.stdout) == (0, f"{folder}: -m evallib desk\n")
    assert f"{folder}: -m evallib lab\n" in started(file, env | {"LACKS_VOILA": "1"}).stdout
    ended = started(file, env | {"ENDS": "2"})
    assert (ended.returncode, "Press Enter" in ended.stdout, "No Python" in ended.stdout) == (2, True, False)
    python.unlink()
    told = started(file, env)
    assert (told.returncode, told.stdout.count("pip install")) == (1, 2)
    assert "没有找到" in told.stdout


def test_the_starter_for_windows_is_as_windows_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", r"C:\100% kit\python.exe")
    folder = lay_out(tmp_path / "county", "en")
    content = (folder / "open-desk.bat").read_bytes()
    assert content.startswith(b"@echo off\r\nchcp 65001 >nul\r\n")  # no mark, and no Chinese before the code page is set
    assert content.count(b"\n") == content.count(b"\r\n")
    assert r'in ("C:\100%% kit\python.exe" ' in content.decode("utf-8")
    assert sorted(path.name for path in folder.glob("open-desk.*")) == [f"open-desk.{end}" for end in ("bat", "command", "desktop", "sh")]
    assert 'exec sh "./open-desk.sh"' in (folder / "open-desk.desktop").read_text(encoding="utf-8")
