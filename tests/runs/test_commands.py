"""The commands of the Jupyter world, from each place: each makes the full page, or says in one sentence why not.

Every command is run once, all of them before the first test, some at a time; the tests look at what became of them. To save the start
of an interpreter each is called in a fresh process that has loaded the libraries: what is called is what the command calls.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest

from evallib.data.years import evaluate_year
from evallib.kit import NOTEBOOKS, REPORT
from evallib.model.words import Lang
from evallib.pages.report import Report
from evallib.runs.workers import default_workers, fresh_processes
from tests.conftest import DATA
from tests.typed import Done, typed

COMMANDS: dict[str, str] = {
    "papermill": "papermill {notebook} {out}/made.ipynb -p department hrss -p year 2023 {data}",
    "papermill -r": "papermill {notebook} {out}/made.ipynb -r department hrss -r year 2023 -p lang en {data}",
    "execute": "jupyter-execute {notebook} --output={out}/made.ipynb",
    "nbconvert --execute": "jupyter-nbconvert --execute --to evallib {notebook} --output-dir {out}",
    "nbconvert": "jupyter-nbconvert --to evallib {executed} --output-dir {out}",
    "html": "jupyter-nbconvert --to html {executed} --output-dir {out}",
}

TRIED = [("papermill", "root"), ("papermill", "elsewhere"), ("papermill -r", "notebooks")]
TRIED += [("nbconvert --execute", "root"), ("nbconvert --execute", "elsewhere")]
TRIED += [("execute", "notebooks"), ("nbconvert", "elsewhere"), ("html", "notebooks")]
"""Where each command is given: papermill, whose kernel runs there, at every place; the others find the data beside the notebook."""

ODD: dict[str, tuple[str, str]] = {
    "never run": ("root", "jupyter-nbconvert --to evallib {notebook} --output-dir {out}"),
    "no data": ("elsewhere", "papermill {notebook} {out}/made.ipynb -p year 2023"),
    "mistyped": ("root", "papermill {notebook} {out}/made.ipynb -p deparment hrss"),
    "a number": ("root", "papermill {notebook} {out}/made.ipynb -p department 130001"),
    "no year": ("root", "papermill {notebook} {out}/made.ipynb -p year soon"),
}
"""Commands of which one place tells enough."""
HELP = "papermill --help-notebook {notebook}"


@dataclass(frozen=True)
class Desk:
    """A working folder of somebody's own, and one outside of it: commands are typed at its top (`root`), in the folder of the notebook, or
    elsewhere, in a folder that has nothing to do with it, the notebook's path given.
    """

    county: Path
    elsewhere: Path

    def task(self, place: str, command: str, name: str, executed: Path | None = None) -> tuple[Path, Path, list[str]]:
        """A command typed at a place: where, the folder it is to write to, and its words."""
        cwd = {"root": self.county, "notebooks": self.county / "notebooks", "elsewhere": self.elsewhere}[place]
        out = self.county.parent / "out" / name.replace(" ", "_")

        def seen(path: Path) -> str:
            return str(path.relative_to(cwd) if path.is_relative_to(cwd) else path)

        data = f"-p data {self.county / 'data'}" if place == "elsewhere" else ""
        notebook = seen(self.county / "notebooks" / REPORT)
        return cwd, out, command.format(notebook=notebook, out=out, data=data, executed=seen(executed) if executed else "").split()


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Done]:
    """What became of every command that is tried, by its name and its place."""
    base = tmp_path_factory.mktemp("commands")
    desk = Desk(base / "county", base / "elsewhere")
    shutil.copytree(NOTEBOOKS, desk.county / "notebooks", ignore=shutil.ignore_patterns(".*"))
    shutil.copytree(DATA, desk.county / "data")
    desk.elsewhere.mkdir()
    with ProcessPoolExecutor(default_workers(), fresh_processes(), max_tasks_per_child=1) as pool:

        def start(name: str, place: str, command: str, executed: Path | None = None) -> Any:
            return pool.submit(typed, *desk.task(place, command, name, executed))

        after = [(name, place) for name, place in TRIED if "{executed}" in COMMANDS[name]]
        first = {f"{name} {place}": (place, COMMANDS[name]) for name, place in TRIED if (name, place) not in after}
        running = {name: start(name, *how) for name, how in {**first, **ODD, "help": ("root", HELP)}.items()}
        executed = desk.county / "notebooks" / "executed.ipynb"
        shutil.copy(running["papermill root"].result().out / "made.ipynb", executed)
        running |= {f"{name} {place}": start(f"{name} {place}", place, COMMANDS[name], executed) for name, place in after}
        return {name: future.result() for name, future in running.items()}


def lacking(page: str, english: bool = False) -> list[str]:
    """What of the report is not on a page: sections by their headings, and the total."""
    report = Report(evaluate_year(DATA, "hrss", 2023))
    lang: Lang = "en" if english else "zh"
    headings = [Report.SECTIONS[id][lang].removeprefix("附录：").removeprefix("Appendix: ") for id in report.shown]
    return [text for text in ("84.63", *headings) if text not in page]


@pytest.mark.parametrize(("command", "place"), TRIED)
def test_the_command_makes_the_full_page(done: Mapping[str, Done], command: str, place: str) -> None:
    made = done[f"{command} {place}"]
    assert made.status == 0, made.said
    assert not lacking(made.page, english=command == "papermill -r")


def test_the_notebook_of_papermill_holds_no_refusal(done: Mapping[str, Done]) -> None:
    book = nbformat.read(done["papermill root"].out / "made.ipynb", as_version=4)
    assert {output.output_type for cell in book.cells for output in cell.get("outputs", [])} <= {"execute_result", "display_data"}


REFUSED = {
    "never run": ("还没有运行过", "has never been run"),
    "no data": ("没有这个数据文件夹", "there is no such data folder"),
    "mistyped": ("是否应为 department？", "did you mean department?"),
    "a number": ("没有这个部门编码", "there is no such department code"),
    "no year": ("不是年度", "is not a year"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_done_is_said_in_one_sentence_in_both_languages(done: Mapping[str, Done], name: str) -> None:
    made = done[name]
    assert made.status == 1, made.said
    for said in REFUSED[name]:
        assert said in made.said
    assert not list(made.out.glob("*.html"))


def test_papermill_can_tell_types_and_meanings_of_every_parameter() -> None:
    for notebook in (path for path in NOTEBOOKS.glob("*.ipynb") if path.name != "explore.ipynb"):
        known = papermill.inspect_notebook(str(notebook))
        assert known
        for name, found in known.items():
            assert found["inferred_type_name"] == ("int" if name == "year" else "str"), (notebook.name, name)
            assert " / " in found["help"], (notebook.name, name)


def test_the_help_of_papermill_shows_them(done: Mapping[str, Done]) -> None:
    told = done["help"].said
    for line in ('department: str (default "hrss")', "year: int (default 2023)", 'lang: str (default "zh")', "data: str (default "):
        assert line in told
