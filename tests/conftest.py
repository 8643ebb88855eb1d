"""What several tests share: the real data, read once, and a copy of it that a test may change."""

from __future__ import annotations

import gc
import os
import shutil
import time
from pathlib import Path

import pytest
from hypothesis import settings

from evallib.data.years import evaluate_year
from evallib.model.evaluation import Evaluation

os.environ["EVALLIB_NET"] = "off"  # an error that nobody expected is to be seen here as it is
os.environ.setdefault("SOURCE_DATE_EPOCH", str(int(time.time())))  # pages that are compared are of one minute, however long they take

settings.register_profile("evallib", deadline=None)  # no test is timed
settings.load_profile("evallib")

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "data"
GOLDEN = ROOT / "tests" / "cases"
BAD = ROOT / "tests" / "bad"
STORED = ROOT / "tests" / "stored"
LONG = (
    "runs/test_workers",
    "browser/test_together",
    "browser/test_page",
    "browser/test_notebooks_in_lab",
    "test_wheel",
    "runs/test_commands",
    "test_guide",
    "runs/test_report",
    "runs/test_batch",
    "browser/test_index",
    "data/test_csv_files",
)
"""The files whose tests take longest. They are begun first, so that all workers end at about the same time."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    gc.freeze()  # what the libraries made is not looked through again at every collection: a tenth of the time of all tests
    order = {ROOT / "tests" / f"{name}.py": place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: order.get(item.path, len(order)))


@pytest.fixture(scope="session")
def hrss() -> Evaluation:
    return evaluate_year(DATA, "hrss", 2023).evaluation


class Copy:
    """A copy of the data folder, with the means to change single cells."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.year = folder / "departments" / "hrss" / "2023"
        self.framework = folder / "frameworks" / "xundian-department" / "2023.toml"

    def replace(self, file: Path, old: str, new: str, count: int = 1) -> None:
        text = file.read_text(encoding="utf-8-sig")
        assert old in text, f"{old!r} is not in {file.name}"
        file.write_text(text.replace(old, new, count), encoding="utf-8-sig" if file.suffix == ".csv" else "utf-8")

    def set(self, table: str, key: dict[str, str], column: str, value: str) -> None:
        """Set one cell of the row whose columns have these values."""
        import csv
        import io

        path = self.year / f"{table}.csv"
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
        found = [row for row in rows if all(row[c] == v for c, v in key.items())]
        assert len(found) == 1, f"{len(found)} rows of {table} have {key}"
        found[0][column] = value
        out = io.StringIO()
        writer = csv.DictWriter(out, fieldnames=[*dict.fromkeys([*rows[0], column])], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        path.write_text(out.getvalue(), encoding="utf-8-sig")

    def evaluate(self) -> Evaluation:
        return evaluate_year(self.folder, "hrss", 2023).evaluation


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    shutil.copytree(DATA, tmp_path / "data")
    return Copy(tmp_path / "data")
