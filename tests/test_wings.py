"""Monitoring and the government's budget are wings: `make without WING=…` takes one out of the code, and the rest goes on."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
WINGS = {"monitoring": "report.no_monitoring", "government": "heads.none"}
"""Each with a refusal that only it knows."""
EVERY_MODULE = """
import importlib, pathlib
import papermill  # first: it finds our engine while it is imported
for path in sorted(pathlib.Path("evallib").rglob("[!_]*.py")):
    importlib.import_module(".".join(path.with_suffix("").parts))
from evallib.say.refusals import entries
print(*entries())
"""


def run(folder: Path, *command: str) -> str:
    """What a command prints, run in a folder whose own evallib it takes."""
    done = subprocess.run(command, cwd=folder, env={**os.environ, "PYTHONPATH": str(folder)}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.fixture(params=WINGS)
def wing(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def without(wing: str, tmp_path: Path) -> Path:
    """A copy of the code and of the example, the wing taken out."""
    home = tmp_path / "home"
    for name in ("evallib", "notebooks", "data"):
        shutil.copytree(ROOT / name, home / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, home)
    (home / "tests").mkdir()
    (home / "tests" / f"test_{wing}.py").touch()
    run(home, "git", "init", "-q")
    run(home, "git", "add", ".")
    run(home, "git", "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "all")
    run(home, "make", "-s", "without", f"WING={wing}")
    return home


def test_nothing_of_a_wing_is_left_and_the_rest_goes_on(without: Path, wing: str) -> None:
    left = [path for path in without.rglob("*") if ".git" not in path.parts and wing in path.name]
    code = [path for path in without.rglob("evallib/**/*.py") if wing in path.read_text(encoding="utf-8").lower()]
    assert (left, code) == ([], [])
    for path in (without / "evallib").rglob("*.toml"):
        tomllib.loads(path.read_text(encoding="utf-8"))
    for path in (without / "notebooks").glob("*.ipynb"):
        assert json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert WINGS[wing] not in run(without, sys.executable, "-c", EVERY_MODULE).split()

    evallib = [sys.executable, "-m", "evallib"]
    assert "84.63" in run(without, *evallib, "score", "hrss", "2023")
    run(without, *evallib, "check")
    run(without, *evallib, "overview", "2023", "--out", "made")
    assert "84.63" in (without / "made" / "overview" / "2023.html").read_text(encoding="utf-8")
