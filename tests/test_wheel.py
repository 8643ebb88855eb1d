"""The kit away from this repository: what the built wheel holds is enough to lay out a working folder and make a report in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from evallib.data.csv_files import write_year
from evallib.data.load import load_year
from evallib.data.raw_tables import tables_of
from evallib.data.rulebook import load_framework
from evallib.model.record import Record
from evallib.runs.engine import fast_engine
from evallib.runs.report import run_report
from tests.conftest import DATA, ROOT


@dataclass(frozen=True)
class Kit:
    """A wheel unpacked somewhere, and a working folder laid out by it."""

    installed: Path
    folder: Path

    def run(self, *arguments: str, at: Path | None = None) -> subprocess.CompletedProcess[str]:
        """The command line of the unpacked wheel, in the working folder or elsewhere."""
        env = {**os.environ, "PYTHONPATH": str(self.installed), "PYTHONSAFEPATH": "1", "PYTHONIOENCODING": "utf-8"}
        command = [sys.executable, "-m", "evallib", *arguments]
        return subprocess.run(command, cwd=at or self.folder, env=env, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Kit:
    place = tmp_path_factory.mktemp("kit")
    source = place / "source"  # a copy: what was built before plays no part, and nothing is left in the checkout
    for name in ("evallib", "notebooks"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(place), str(source)]
    subprocess.run(command, check=True, capture_output=True)
    [wheel] = place.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(place / "installed")
    made = Kit(place / "installed", place / "county")
    told = made.run("init", "county", at=place)
    assert told.returncode == 0, told.stderr
    return made


def fill(path: Path, record: Record) -> None:
    """Fill the workbook of a new year as an analyst would, with the rows of another record; sheets that it lacks are added by hand."""
    other = path.with_name("other.xlsx")
    write_year(tables_of(record), other, load_framework(DATA, record.framework, record.year), "zh")
    book, donor = openpyxl.load_workbook(path), openpyxl.load_workbook(other)
    other.unlink()
    for given in donor.worksheets[1:-1]:
        sheet: Any = book[given.title] if given.title in book.sheetnames else book.create_sheet(given.title)
        sheet.delete_rows(1, sheet.max_row)
        for cell in (cell for row in given.iter_rows() for cell in row if cell.value is not None):
            sheet.cell(cell.row, cell.column, cell.value).data_type = cell.data_type
            sheet.cell(cell.row, cell.column).number_format = cell.number_format
    book.save(path)


def test_every_folder_of_the_package_travels() -> None:
    named = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"]
    folders = [path.parent.relative_to(ROOT) for path in (ROOT / "evallib").rglob("__init__.py")]
    assert sorted(named) == sorted([".".join(folder.parts) for folder in folders] + ["evallib.notebooks"])


def test_what_is_data_travels_and_the_example_stays_at_home(kit: Kit) -> None:
    here = {path.relative_to(ROOT / "evallib") for path in (ROOT / "evallib").rglob("*.toml")}
    there = {path.relative_to(kit.installed / "evallib") for path in (kit.installed / "evallib").rglob("*.toml")}
    assert there == here
    assert not list(kit.installed.rglob("*xundian*"))
    listed = kit.run("framework", "--lang", "en")
    assert listed.stdout.count("│ shipped ") == 5, listed.stderr


def test_a_new_department_from_its_workbook_to_its_report(kit: Kit) -> None:
    """By a framework of the county's own, beside the shipped ones."""
    shutil.copytree(DATA / "frameworks", kit.folder / "data" / "frameworks", dirs_exist_ok=True)
    new = ["new", "finance", "2023", "--name", "某县财政局", "--name-en", "Finance Bureau", "--framework", "xundian-department"]
    assert kit.run(*new).returncode == 0
    book = kit.folder / "data" / "departments" / "finance" / "2023.xlsx"
    assert kit.run("report", "finance", "2023").returncode == 2  # nothing is filled in yet
    fill(book, load_year(DATA, "hrss", 2023).record)
    checked = kit.run("check", "finance", "2023")
    assert checked.returncode == 0, checked.stderr
    made = kit.run("report", "finance", "2023", "--lang", "en")
    assert made.returncode == 0, made.stderr
    page = (kit.folder / "reports" / "2023" / "finance.en.html").read_text(encoding="utf-8")
    assert "84.63" in page
    assert "Finance Bureau" in page
    assert str(ROOT) not in page


def test_from_anywhere_with_data_and_out_it_does_the_same(kit: Kit, tmp_path: Path) -> None:
    """As in the repository: the same scores, byte for byte, of the repository's own data."""
    made = kit.run("report", "hrss", "2023", "--data", str(DATA), "--out", str(tmp_path / "pages"), at=tmp_path)
    assert made.returncode == 0, made.stderr
    run_report("hrss", 2023, data=DATA, out=tmp_path / "home", engine=fast_engine())
    name = Path("2023", "hrss.evaluation.json")
    assert (tmp_path / "pages" / name).read_bytes() == (tmp_path / "home" / name).read_bytes()


def test_the_notebooks_of_the_folder_make_the_pages_where_they_are_named(kit: Kit, tmp_path: Path) -> None:
    own = kit.folder / "notebooks" / "department_report.ipynb"
    text = own.read_text(encoding="utf-8")
    own.write_text(text.replace("r.section.sources", 'r.section.sources\\nprint(\\"ours\\")'), encoding="utf-8")
    try:
        made = kit.run("report", "hrss", "2023", "--data", str(DATA), "--out", str(tmp_path), "--notebooks", "notebooks")
        assert made.returncode == 0, made.stderr
        assert "<pre>ours" in (tmp_path / "2023" / "hrss.html").read_text(encoding="utf-8")
    finally:
        own.write_text(text, encoding="utf-8")


def test_an_empty_folder_says_what_to_do_first(kit: Kit, tmp_path: Path) -> None:
    assert kit.run("init", ".", at=tmp_path).returncode == 0
    for command in ("check", "batch"):
        told = kit.run(command, "--lang", "en", at=tmp_path)
        assert (told.returncode, "no department is on the list yet" in told.stderr) == (2, True), command
    assert "is already there and is not an empty folder" in kit.run("init", ".", "--lang", "en", at=tmp_path).stderr
