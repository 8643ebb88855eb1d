"""The commands of the Jupyter world, from each place: each makes the full page, or says in one sentence why not.

Every command is typed once, all of them before the first test, some at a time; the tests look at what became of them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest

from evallib.data.years import evaluate_year
from evallib.kit import NOTEBOOKS, REPORT
from evallib.pages.exporter import ReportExporter
from evallib.pages.report import Report
from evallib.runs.workers import default_workers
from tests.conftest import DATA, ROOT

PROGRAMS = Path(sys.executable).parent
PLACES = ("root", "notebooks", "elsewhere")
"""The top of the working folder; the folder of the notebook; a folder that has nothing to do with it, the notebook's path given."""

COMMANDS: dict[str, str] = {
    "papermill": "papermill {notebook} {out}/made.ipynb -p department hrss -p year 2023 {data}",
    "papermill -r": "papermill {notebook} {out}/made.ipynb -r department hrss -r year 2023 -p lang en {data}",
    "execute": "jupyter execute {notebook} --output={out}/made.ipynb",
    "nbconvert --execute": "jupyter nbconvert --execute --to evallib {notebook} --output-dir {out}",
    "nbconvert": "jupyter nbconvert --to evallib {executed} --output-dir {out}",
    "html": "jupyter nbconvert --to html {executed} --output-dir {out}",
}

ODD: dict[str, tuple[str, str]] = {
    "html --execute": ("notebooks", "jupyter nbconvert --execute --to html {notebook} --output-dir {out}"),
    "never run": ("root", "jupyter nbconvert --to evallib {notebook} --output-dir {out}"),
    "no data": ("elsewhere", "papermill {notebook} {out}/made.ipynb -p year 2023"),
    "mistyped": ("root", "papermill {notebook} {out}/made.ipynb -p deparment hrss"),
    "a number": ("root", "papermill {notebook} {out}/made.ipynb -p department 130001"),
    "french": ("root", "papermill {notebook} {out}/made.ipynb -p lang fr"),
    "no year": ("root", "papermill {notebook} {out}/made.ipynb -p year soon"),
}
"""Commands of which one place tells enough."""


@dataclass(frozen=True)
class Done:
    """What became of a command: its status, all that it said, and the folder it was to write to."""

    status: int
    said: str
    out: Path

    @property
    def page(self) -> str:
        """The page: as it was made, or from the notebook that was made."""
        if pages := list(self.out.glob("*.html")):
            return pages[0].read_text(encoding="utf-8")
        exporter: Any = ReportExporter
        html, _ = exporter().from_filename(str(self.out / "made.ipynb"))
        return str(html)


@dataclass(frozen=True)
class Desk:
    """A working folder of somebody's own, and a folder outside of it."""

    county: Path
    elsewhere: Path

    def run(self, place: str, command: str, name: str, executed: Path | None = None) -> Done:
        """A command typed at a place."""
        cwd = {"root": self.county, "notebooks": self.county / "notebooks", "elsewhere": self.elsewhere}[place]
        out = self.county.parent / "out" / name.replace(" ", "_")
        out.mkdir(parents=True)

        def seen(path: Path) -> str:
            return str(path.relative_to(cwd) if path.is_relative_to(cwd) else path)

        data = f"-p data {self.county / 'data'}" if place == "elsewhere" else ""
        notebook = seen(self.county / "notebooks" / REPORT)
        program, *arguments = command.format(notebook=notebook, out=out, data=data, executed=seen(executed) if executed else "").split()
        env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "PYTHONWARNINGS": "ignore"}
        done = subprocess.run([PROGRAMS / program, *arguments], cwd=cwd, env=env, capture_output=True, text=True, check=False)
        return Done(done.returncode, done.stdout + done.stderr, out)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Done]:
    """Every command at every place, by both names."""
    base = tmp_path_factory.mktemp("commands")
    desk = Desk(base / "county", base / "elsewhere")
    shutil.copytree(NOTEBOOKS, desk.county / "notebooks", ignore=shutil.ignore_patterns(".*"))
    shutil.copytree(DATA, desk.county / "data")
    desk.elsewhere.mkdir()
    with ThreadPoolExecutor(default_workers()) as pool:
        after = {name for name, command in COMMANDS.items() if "{executed}" in command}
        first = {f"{name} {place}": (place, command) for name, command in COMMANDS.items() if name not in after for place in PLACES}
        running = {name: pool.submit(desk.run, place, command, name) for name, (place, command) in {**first, **ODD}.items()}
        executed = desk.county / "notebooks" / "executed.ipynb"
        shutil.copy(running["papermill root"].result().out / "made.ipynb", executed)
        then = {f"{name} {place}": (place, COMMANDS[name]) for name in after for place in PLACES}
        running |= {name: pool.submit(desk.run, place, command, name, executed) for name, (place, command) in then.items()}
        return {name: future.result() for name, future in running.items()}


def lacking(page: str, english: bool = False) -> list[str]:
    """What of the report is not on a page: sections by their headings, and the total."""
    report = Report(evaluate_year(DATA, "hrss", 2023))
    lang = "en" if english else "zh"
    headings = [Report.SECTIONS[id][lang].removeprefix("附录：").removeprefix("Appendix: ") for id in report.shown]
    return [text for text in ("84.63", *headings) if text not in page]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("command", COMMANDS)
def test_the_command_makes_the_full_page(done: Mapping[str, Done], command: str, place: str) -> None:
    made = done[f"{command} {place}"]
    assert made.status == 0, made.said
    assert not lacking(made.page, english=command == "papermill -r")


def test_the_stock_page_is_whole_too(done: Mapping[str, Done]) -> None:
    made = done["html --execute"]
    assert made.status == 0, made.said
    assert not lacking(made.page)


def test_the_notebook_of_papermill_holds_no_refusal(done: Mapping[str, Done]) -> None:
    book = nbformat.read(done["papermill root"].out / "made.ipynb", as_version=4)
    assert {output.output_type for cell in book.cells for output in cell.get("outputs", [])} <= {"execute_result", "display_data"}


REFUSED = {
    "never run": ("还没有运行过", "has never been run"),
    "no data": ("没有这个数据文件夹", "there is no such data folder"),
    "mistyped": ("是否应为 department？", "did you mean department?"),
    "a number": ("没有这个部门编码", "there is no such department code"),
    "french": ("没有这种语言", "there is no such language"),
    "no year": ("不是年度", "is not a year"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_done_is_said_in_one_sentence_in_both_languages(done: Mapping[str, Done], name: str) -> None:
    made = done[name]
    assert made.status == 1, made.said
    for said in REFUSED[name]:
        assert said in made.said
    assert not list(made.out.glob("*.html"))


def test_the_help_of_papermill_tells_types_and_meanings() -> None:
    for notebook in (path for path in NOTEBOOKS.glob("*.ipynb") if path.name != "explore.ipynb"):
        command = [PROGRAMS / "papermill", "--help-notebook", notebook]
        told = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONWARNINGS": "ignore"}).stdout
        cell = next(c for c in nbformat.read(notebook, as_version=4).cells if "parameters" in c.metadata.get("tags", []))
        for line in cell.source.splitlines():
            name, _, kind = line.partition("=")[0].partition(":")
            assert kind.strip() in ("str", "int"), line
            _, hash, meaning = line.partition("  # ")
            assert hash, line
            assert f"{name.strip()}: {kind.strip()} (default" in told
            assert meaning.partition(" / ")[2][:20] in told
