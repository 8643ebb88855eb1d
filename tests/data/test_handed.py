"""What a run hands to its kernel: taken for the very same question only, from a file that is surely its own, and told as before."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from evallib.data import handed as module
from evallib.data.handed import NAME, VARIABLE, handed, handing
from evallib.data.years import evaluate_year
from evallib.model.words import LANGS
from evallib.pages.report import Report
from tests.conftest import DATA, ROOT, Copy

ASK = """
import sys
from pathlib import Path
from evallib.data.years import evaluate_year
from evallib.data.handed import handed
data, department, year = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
print(handed(data, department, year) is not None, evaluate_year(data, department, year).evaluation.total)
"""


def asked_elsewhere(data: Path, department: str = "hrss", year: int = 2023) -> str:
    """What another process takes for a department's year."""
    command = [sys.executable, "-c", ASK, str(data), department, str(year)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or done.stderr.strip().splitlines()[-1]


def test_a_year_goes_through_a_file_and_is_told_in_the_same_words() -> None:
    """Every section of the report, in both languages, from what was read back: nothing in it may hang on being the very same object."""
    year = evaluate_year(DATA, "hrss", 2023)
    back = pickle.loads(pickle.dumps(year, -1))
    assert back == year
    assert back.evaluation.fingerprint == year.evaluation.fingerprint
    assert back.evaluation.to_json() == year.evaluation.to_json()
    for lang in LANGS:
        before, after = Report(year, lang), Report(back, lang)
        assert [before.section(id).html for id in Report.SECTIONS] == [after.section(id).html for id in Report.SECTIONS]


def test_another_process_takes_it_instead_of_reading(copy: Copy, tmp_path: Path) -> None:
    with handing(evaluate_year(copy.folder, "hrss", 2023), copy.folder, folder=private(tmp_path)):
        copy.set("facts", {"fact": "outturn_basic"}, "value", "many")
        assert asked_elsewhere(copy.folder) == "True 84.63"
        assert asked_elsewhere(copy.folder / ".." / "data") == "True 84.63"
        assert asked_elsewhere(DATA) == "False 84.63"
    assert VARIABLE not in os.environ
    assert not list((tmp_path / "private").iterdir())


def private(tmp_path: Path) -> Path:
    folder = tmp_path / "private"
    folder.mkdir(mode=0o700)
    return folder


def test_who_hands_it_over_reads_anew(copy: Copy, tmp_path: Path) -> None:
    year = evaluate_year(copy.folder, "hrss", 2023)
    with handing(year, copy.folder, folder=private(tmp_path)):
        assert handed(copy.folder, "hrss", 2023) is None
        copy.replace(copy.folder / "departments.csv", "hrss,寻甸", "hrss,新寻甸")
        assert evaluate_year(copy.folder, "hrss", 2023).evaluation.record.name != year.evaluation.record.name


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_forked_child_inherits_it() -> None:
    year = evaluate_year(DATA, "hrss", 2023)
    with handing(year, DATA, folder=None):
        child = os.fork()
        if child == 0:
            os._exit(0 if handed(DATA, "hrss", 2023) is year and handed(DATA, "hrss", 2022) is None else 1)
        assert os.waitpid(child, 0)[1] == 0


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="Windows has no such modes")
@pytest.mark.parametrize("how", ["folder open to all", "file open to all", "file of another", "a link", "gone"])
def test_a_file_that_another_may_have_written_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, ...]:
            return os.mkdir, (str(tmp_path / "sprung"),)

    folder = private(tmp_path)
    file = folder / NAME
    file.write_bytes(pickle.dumps(Trap(), -1))
    file.chmod(0o600)
    monkeypatch.setenv(VARIABLE, str(folder))
    if how == "folder open to all":
        folder.chmod(0o777)
    elif how == "file open to all":
        file.chmod(0o666)
    elif how == "file of another":
        monkeypatch.setattr(module.os, "getuid", lambda: -1)  # type: ignore[attr-defined]
    elif how == "a link":
        file.rename(tmp_path / "elsewhere")
        file.symlink_to(tmp_path / "elsewhere")
    else:
        file.unlink()
    assert handed(DATA, "hrss", 2023) is None
    assert not (tmp_path / "sprung").exists()
    module._from_file.cache_clear()
