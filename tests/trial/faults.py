"""A command whose file-system calls fail in turn: killed at one, the disk full, no permission. What is left is old or new, never a mix.

A command runs in a fork, in which an audit hook counts the calls that concern its own folder, and lets one of them fail.
"""

from __future__ import annotations

import errno
import importlib
import io
import os
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from openpyxl import load_workbook

from evallib.cli.main import app
from evallib.files.whole import clear_dead
from evallib.forms.imports import import_forms
from evallib.pages.page_seal import is_head_whole, parted
from evallib.runs.engine import fast_engine, warm_up
from evallib.runs.heads import pages_of
from tests.conftest import DATA
from tests.forms.forestry import lines, write_csv
from tests.runs.heads import dead_links

Fault = Literal["killed", "disk full", "no permission"]
FAULTS: dict[Fault, int] = {"killed": 0, "disk full": errno.ENOSPC, "no permission": errno.EACCES}
Tree = dict[str, bytes]
_EVENTS = ("open", "os.", "shutil.", "tempfile.", "fsync")
_KILLED = 137


@dataclass(frozen=True)
class Command:
    """A command that writes. `ready` lays out what is there before; what `sets` gives the same name for takes its place together."""

    name: str
    run: Callable[[Path], None]
    ready: Callable[[Path], None] = lambda home: None
    sets: Callable[[str], str] = lambda path: ""
    homes: tuple[str, ...] = ("data",)


def _cli(*args: str) -> Callable[[Path], None]:
    return lambda home: app([arg.replace("HOME", str(home)) for arg in args])


def _report(home: Path) -> None:
    """As the command does it, on the fast engine."""
    from evallib.cli.shared import page_being_made
    from evallib.kit import REPORT
    from evallib.runs.report import run_report

    with page_being_made(REPORT, None, home / "data", home / "reports", "en") as how:
        how["engine"] = fast_engine()
        run_report("hrss", 2023, **how)


class _Here(Executor):
    """Work done at once, in this process, so that its calls are counted."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **given: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **given))
        except Exception as error:
            future.set_exception(error)
        return future


def _batch(home: Path) -> None:
    from contextlib import nullcontext

    from evallib.runs import workers

    workers.open_executor = lambda *_: nullcontext(_Here())  # type: ignore[assignment]
    args = ("--data", f"{home}/data", "--out", f"{home}/reports", "--lang", "en", "--department", "hrss", "--year", "2023", "--force")
    app(["batch", *args])


def _correct(home: Path) -> None:
    from evallib.cli.shared import page_being_made
    from evallib.kit import REPORT
    from evallib.runs.publish import publish

    with page_being_made(REPORT, None, home / "data", home / "reports", "en") as how:
        how["engine"] = fast_engine()
        publish("hrss", 2023, kind="correction", why="a typing error", **how)


def _published(home: Path) -> None:
    """Reports of the data as it is now, published, and the data changed since."""
    _standing(home)
    status, said, _ = in_fork(_PUBLISH, home)
    assert status == 0, said
    _changed(home)


def _standing(home: Path) -> None:
    shutil.copytree(_once(home.parent), home / "reports")


def _changed(home: Path) -> None:
    """Data that gives another total than what stands in the reports."""
    file = home / "data" / "departments" / "hrss" / "2023" / "facts.csv"
    text = file.read_text(encoding="utf-8-sig").replace(",21,", ",20,", 1)
    file.write_text(text, encoding="utf-8-sig")


def _made_before(home: Path) -> None:
    _standing(home)
    _changed(home)


def _once(place: Path) -> Path:
    """The reports of the data as it was before, made once for all."""
    kept = place / "before"
    if not kept.exists():
        (kept / "data").parent.mkdir()
        shutil.copytree(DATA, kept / "data")
        assert in_fork(_batch, kept)[0] in (0, 1)
        assert in_fork(_report, kept)[0] == 0
    return kept / "reports"


def _of_page(path: str) -> str:
    """Pages with what stands beside them; anything else is for itself."""
    folder, _, name = path.partition("/")
    return path if name.startswith(".") or not name else f"{folder}/{name.partition('.')[0]}"


def _in_reports(path: str) -> str:
    return _of_page(path.removeprefix("reports/")) if path.startswith("reports/") else path


def _book(home: Path) -> None:
    """A framework as a workbook."""
    from evallib.frameworks.files import write_framework_workbook

    write_framework_workbook(home / "data", "office-general", 2200, home / "book.xlsx", "zh")


def _form(home: Path, **changed: str) -> None:
    write_csv(home / "form.csv", lines(**changed))


def _imported_before(home: Path) -> None:
    """A form that was imported, and has changed since."""
    _form(home)
    import_forms(home / "data", [home / "form.csv"], lang="en")
    _form(home, H9="5300")


def _workbook(home: Path) -> None:
    """The year as a workbook in which a number was changed."""
    from evallib.data.csv_files import switch_form

    made = switch_form(home / "data", "hrss", 2023, "xlsx", "zh", home / "out")
    made.write_bytes(_edited(made.read_bytes()))


@cache
def _edited(content: bytes) -> bytes:
    """Made once: openpyxl writes the time into a workbook, and every try must begin from the same bytes."""
    book, changed = load_workbook(io.BytesIO(content)), io.BytesIO()
    next(cell for cell in book["财务数据"]["C"] if cell.value == 21).value = 20
    book.save(changed)
    return changed.getvalue()


def _two_copies(home: Path) -> None:
    """A copy of the year in which somebody changed a cell, and one in which somebody else changed another."""
    year = home / "data" / "departments" / "hrss" / "2023"
    shutil.copytree(year, home / "copy")
    for file, old, new in ((home / "copy" / "facts.csv", ",21,", ",20,"), (year / "facts.csv", ",30,人", ",29,人")):
        text = file.read_text(encoding="utf-8-sig")
        file.write_text(text.replace(old, new, 1), encoding="utf-8-sig")


_AT = ("--data", "HOME/data", "--lang", "en")
_PUBLISH = _cli("publish", "hrss", "2023", "--out", "HOME/reports", *_AT)
_IMPORT = _cli("import", "HOME/form.csv", *_AT)
_NEW = ("new", "hrss", "2024", "--as", "csv", "--data", "HOME/data", "--lang", "en")
COMMANDS = (
    Command("report", _report, sets=_in_reports, homes=("data", "reports")),
    Command("report again", _report, _made_before, sets=_in_reports, homes=("data", "reports")),
    Command("batch", _batch, _made_before, sets=_in_reports, homes=("data", "reports")),
    Command("new", _cli(*_NEW)),
    Command("texts", _cli("texts", "hrss", "2023", *_AT)),
    Command("import", _IMPORT, lambda home: _form(home)),
    Command("import again", _IMPORT, _imported_before),
    Command("import a workbook", _cli("import", "HOME/out/hrss/2023.xlsx", *_AT), _workbook),
    Command("merge", _cli("merge", "HOME/data/departments/hrss/2023", "HOME/copy", "--prefer", "HOME/copy", *_AT), _two_copies),
    Command("export", _cli("export", "hrss", "2023", "--as", "xlsx", *_AT)),
    Command("framework", _cli("framework", "--from", "HOME/book.xlsx", "--id", "ours", "--year", "2026", *_AT), _book),
    Command("publish", _PUBLISH, _standing, homes=(".", "data", "reports")),
    Command("publish a correction", _correct, _published, homes=(".", "data", "reports")),
    Command("upgrade", _cli("upgrade", "HOME", "--lang", "en"), lambda home: (home / "data" / "county.toml").unlink(), homes=(".", "data")),
)


def laid_out(command: Command, home: Path) -> Tree:
    """A folder for a command, and all that is in it."""
    home.mkdir()
    shutil.copytree(DATA, home / "data")
    command.ready(home)
    return tree(home)


def tree(home: Path) -> Tree:
    """Every file by its path; a page without its head, which is put in by itself when all pages stand."""
    return {path.relative_to(home).as_posix(): _body(path) for path in sorted(home.rglob("*")) if path.is_file()}


def _body(file: Path) -> bytes:
    if file.suffix != ".html":
        return file.read_bytes()
    before, _, after = parted(file.read_bytes().decode("latin-1"))
    return (before + after).encode("latin-1")


def in_fork(
    run: Callable[[Path], None], home: Path, number: int = 0, fault: Fault = "killed", after: float | None = None
) -> tuple[int, str, int]:
    """Run a command of which one call fails, or that is killed after some seconds, in a fork: its exit status, what it said, and how
    many calls it made.
    """
    child = begun(run, home, number, fault)
    if after is not None:
        time.sleep(after)
        os.killpg(child, signal.SIGKILL)
    counted = home.with_suffix(".calls")
    return *ended(child, home), int(counted.read_text()) if counted.exists() else 0


def ended(child: int, home: Path, tag: str = "") -> tuple[int, str]:
    """Wait for a command: its exit status, and what it said."""
    status, said = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), home.with_suffix(f".said{tag}")
    return status, said.read_text(encoding="utf-8", errors="replace") if said.exists() else ""


def begun(run: Callable[[Path], None], home: Path, number: int = 0, fault: Fault = "killed", tag: str = "") -> int:
    """Begin a command in a fork, with what it may start in a process group of its own: its id."""
    said, counted = home.with_suffix(f".said{tag}"), home.with_suffix(".calls")
    counted.unlink(missing_ok=True)
    sys.stdout.flush()
    if child := os.fork():
        with suppress(OSError):
            os.setpgid(child, child)
        return child
    status = 70
    try:
        with suppress(OSError):
            os.setpgid(0, 0)
        stream = os.open(said, os.O_CREAT | os.O_TRUNC | os.O_WRONLY)
        for other in (1, 2):
            os.dup2(stream, other)
        sys.stdout, sys.stderr = (open(other, "w", encoding="utf-8", closefd=False) for other in (1, 2))  # noqa: SIM115
        from evallib.cli import shared

        shared.OUT.file, shared.ERR.file = sys.stdout, sys.stderr
        calls = _failing(home, number, fault)
        try:
            run(home)
            status = 0
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 1
        except BaseException as end:
            code = getattr(end, "exit_code", None)  # of typer, where it is not the application that is called
            if code is None:
                traceback.print_exc()
            status = 70 if code is None else code
        sys.stdout.flush()
        sys.stderr.flush()
        counted.write_text(str(len(calls)))
    finally:
        os._exit(status)


def _failing(home: Path, number: int, fault: Fault) -> list[str]:
    """Let the call of a number fail, of those that concern a folder; the calls as they come."""
    calls: list[str] = []
    beginning, process, sync = str(home), os.getpid(), os.fsync

    def call(event: str, *about: object) -> None:
        if os.getpid() != process:  # the kernel of a notebook
            return
        path = next((str(one) for one in about if isinstance(one, str | Path) and str(one).startswith(beginning + os.sep)), None)
        if path is None and event != "fsync":
            return
        calls.append(f"{event} {path}")
        if len(calls) == number:
            if fault == "killed":
                os._exit(_KILLED)
            raise OSError(FAULTS[fault], os.strerror(FAULTS[fault]), path)

    def hook(event: str, about: tuple[object, ...]) -> None:
        if event.startswith(_EVENTS):
            call(event, *about)

    def synced(stream: int) -> None:
        call("fsync")
        sync(stream)

    os.fsync = synced  # type: ignore[assignment]
    sys.addaudithook(hook)
    return calls


def wrong(command: Command, before: Tree, reference: Tree, after: Tree) -> Iterator[str]:
    """What is neither as before nor as it is after the command without a fault."""
    touched = {path for path in before.keys() | reference.keys() if before.get(path) != reference.get(path)}
    for path in sorted(before.keys() - touched):
        if after.get(path) != before[path]:
            yield f"{path} was changed or lost"
    for path in sorted(after.keys() - before.keys() - reference.keys()):
        yield f"{path} was left"
    groups: dict[str, set[str]] = {}
    for path in touched:
        states = groups.setdefault(command.sets(path), set())
        old, new = after.get(path) == before.get(path), (path in after) == (path in reference) and after.get(path) != before.get(path)
        states.add("old" if old else "new" if new else f"neither ({path})")
    yield from (f"{name or 'the set'} is a mix: {states}" for name, states in groups.items() if len(states) > 1 or "neither" in str(states))


def _led_nowhere(home: Path) -> list[str]:
    """The heads of pages that are not whole, or lead to what is not there."""
    out = home / "reports"
    broken = [place for place, page in pages_of(out) if not is_head_whole(page.read_text(encoding="utf-8"))]
    return [*(f"the head of {place} is broken" for place in broken), *dead_links(out)]


def tried(command: Command, place: Path, reference: Tree, number: int, fault: Fault, after: float | None = None) -> list[str]:
    """What was wrong when one call of a command failed, or it was killed after some seconds; and when the next command came."""
    home = place / f"{command.name.replace(' ', '-')}-{number}-{fault.replace(' ', '-')}"
    before = laid_out(command, home)
    status, said, _ = in_fork(command.run, home, number, fault, after)
    found = []
    if fault == "killed":
        for folder in command.homes:
            if (home / folder).is_dir():
                clear_dead(home / folder)
    else:
        if status not in (0, 1, 2) or "Traceback" in said:
            found.append(f"exit {status}: {said[-1500:]}")
        if status and not said.strip():
            found.append("nothing was said")
    left = {path: content for path, content in tree(home).items() if ".evallib" not in path}  # which the next command takes away
    found += [*wrong(command, before, reference, left), *_led_nowhere(home)]
    status, said, _ = in_fork(command.run, home)
    if status not in (0, 1, 2) or "Traceback" in said:
        found.append(f"the next: exit {status}: {said[-1500:]}")
    found += [f"next: {one}" for one in wrong(command, before, reference, tree(home))]
    found += [f"next: {one}" for one in _led_nowhere(home)]
    found += [f"{path.name} was left" for path in home.rglob(".evallib*")]
    shutil.rmtree(home)
    return [f"{command.name}, call {number}, {fault}: {one}" for one in found]


def reference_of(command: Command, place: Path) -> tuple[Tree, int]:
    """What a command leaves without a fault, and how many calls it makes."""
    warm_up()  # so that not every fork imports everything
    importlib.import_module("evallib.runs.index")
    home = place / f"{command.name.replace(' ', '-')}-whole"
    laid_out(command, home)
    status, said, calls = in_fork(command.run, home)
    assert status in (0, 1), said
    return tree(home), calls
