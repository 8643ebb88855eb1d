"""Under the net no library's exception reaches a person; what the system says is told with what helps against it."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from typer.testing import CliRunner

from evallib.cli.main import app
from evallib.data import net
from evallib.model.words import words
from evallib.runs.index import COLUMNS
from tests.conftest import DATA, ROOT, Copy

BROKEN = """
import sys
from evallib.cli import main, figures
import evallib.data.years
def broken(*args, **given):
    {raised}
evallib.data.years.evaluate_year = broken
main.main()
"""


def typed(raised: str, *args: str, net: str = "on", temporary: str = "") -> subprocess.CompletedProcess[str]:
    """`score` as typed, of a program that is broken."""
    env = {**os.environ, "EVALLIB_NET": net} | ({"TMPDIR": temporary} if temporary else {})
    command = [sys.executable, "-c", BROKEN.format(raised=raised), "score", "hrss", "2023", "--data", str(DATA), *args]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("lang", "said"), [("zh", "程序遇到没有料到的错误（ZeroDivisionError）"), ("en", "did not expect (ZeroDivisionError)")]
)
def test_what_nobody_expected_is_a_sentence_that_names_a_file(tmp_path: Path, lang: str, said: str) -> None:
    done = typed("1 / 0", "--lang", lang, temporary=str(tmp_path))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert said in done.stderr
    [file] = tmp_path.glob("evallib-error-*.txt")
    assert str(file) in done.stderr
    held = file.read_text(encoding="utf-8")
    for text in ("Traceback", "ZeroDivisionError: division by zero", "'hrss', '2023'", "papermill ", f"Python {sys.version.split()[0]}"):
        assert text in held


def test_a_panic_of_a_library_in_rust_is_caught_too(tmp_path: Path) -> None:
    done = typed("raise type('PanicException', (BaseException,), {{}})('no')".replace("{{}}", "{}"), temporary=str(tmp_path))
    assert "PanicException" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_the_net_the_error_is_seen_as_it_is() -> None:
    assert "Traceback" in typed("1 / 0", net="off").stderr


CAUSES = {
    errno.ENOSPC: ("磁盘已满。处理：在那里腾出空间", "the disk is full. To fix it: free some space"),
    errno.EACCES: ("处理：换一处", "To fix it: name another place"),
    errno.EROFS: ("那里是只读的。处理：换一处", "the place is read-only. To fix it: name another place"),
    errno.EBUSY: ("正被另一个程序打开。处理：在 Excel", "another program holds the file open. To fix it: close it in Excel"),
    errno.ENAMETOOLONG: ("太长。处理：换一个名字较短", "too long. To fix it: choose a folder with a shorter name"),
    errno.EMFILE: ("打开的文件太多。处理：关闭一些程序", "too many files are open at once. To fix it: close some programs"),
    errno.ENOMEM: ("内存不够。处理：关闭一些程序", "there is not enough memory. To fix it: close some programs"),
    errno.EISDIR: ("同名的文件或文件夹挡着。处理：换一处", "is in the way. To fix it: name another place"),
    errno.EIO: ("也许移动盘或网络盘已断开。处理：检查", "perhaps a drive was disconnected. To fix it: see whether"),
}


@pytest.mark.parametrize("number", CAUSES)
def test_the_remedy_follows_from_the_cause(number: int, tmp_path: Path) -> None:
    """At our own writes the place is named as one that cannot be written to; elsewhere as one that cannot be opened."""
    fix = words("换一处", "name another place")
    writing = net.told_of_system(OSError(number, os.strerror(number), str(tmp_path / "x.html")), tmp_path, fix)
    assert writing is not None
    for said, expected in zip((writing.zh, writing.en), CAUSES[number], strict=True):
        assert expected in said
        assert str(tmp_path) in said or number in (errno.EMFILE, errno.ENOMEM)
    assert writing.en.startswith("cannot go on: " if number in (errno.EMFILE, errno.ENOMEM) else "cannot write to ")
    reading = net.told_of_system(OSError(number, os.strerror(number), str(DATA / "county.toml")), tmp_path, fix)
    assert reading is not None
    assert str(DATA / "county.toml") not in reading.en or reading.en.startswith("cannot open ")
    assert "name another place" not in reading.en or number == errno.EROFS  # which hinders writing only


class OfALibrary(Exception):
    """Such as zmq's, which is no error of the system and has its number."""

    errno = errno.EMFILE


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OfALibrary(), "too many files are open at once"),
        (OSError(errno.EFBIG, "File too large"), "a file may not be as large there"),
        (OSError(errno.ELOOP, "Too many levels"), "it is a link that leads to itself"),
        (RuntimeError("Symlink loop from '/x'"), "it is a link that leads to itself. To fix it: delete the link"),
        (RuntimeError("can't start new thread"), "there is not enough memory"),
        (FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp']"), "no folder for temporary files"),
    ],
)
def test_what_the_system_says_by_way_of_a_library_is_told_too(error: Exception, said: str) -> None:
    told = net.told_of_system(error)
    assert told is not None
    assert said in told.en


def test_a_link_that_leads_to_itself_is_named(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    loop = str(tmp_path / "loop")
    for args in (["report", "hrss", "2023", "--data", loop], ["report", "hrss", "2023", "--out", loop], ["init", loop], ["upgrade", loop]):
        result = CliRunner().invoke(app, [*args, "--lang", "en"])
        assert (result.exit_code, "a link that leads to itself" in result.stderr) == (2, True), (args, result.output, result.exception)


def test_no_memory_has_its_sentence_and_a_fault_of_the_program_has_none() -> None:
    told = net.told_of_system(MemoryError())
    assert told is not None
    assert told.en.startswith("cannot go on: there is not enough memory")
    assert net.told_of_system(KeyError("x")) is None
    assert net.told_of_system(BrokenPipeError(errno.EPIPE, "Broken pipe")) is None


def test_where_no_file_can_be_written_the_error_itself_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EVALLIB_NET", "on")
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / "none"))
    assert "KeyError: 'x'" in net.told(KeyError("x"), tmp_path / "none").en
    assert str(tmp_path) in net.told(KeyError("x"), tmp_path).en

    def nowhere() -> str:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")

    monkeypatch.setattr("tempfile.gettempdir", nowhere)
    assert "KeyError: 'x'" in net.told(KeyError("x"), tmp_path / "none").en


# --- notebooks -------------------------------------------------------------------------------------------------------


def test_the_first_cell_of_a_notebook_has_the_net_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """What follows shows nothing, and the last line says it again, as where data is refused."""
    import evallib as ev
    from evallib.door import page

    monkeypatch.setenv("EVALLIB_NET", "on")
    monkeypatch.setattr(page, "shell", lambda: type("Shell", (), {"user_ns": {}})())
    monkeypatch.setattr(page, "Book", lambda *args: 1 / 0)
    begun = ev.begin("hrss", 2023, "en", DATA)
    assert isinstance(begun, page.Refused)
    with pytest.raises(ev.InputRefused, match=r"did not expect \(ZeroDivisionError\).*send .*evallib-error-"):
        ev.report(begun)
    monkeypatch.setenv("EVALLIB_NET", "off")
    with pytest.raises(ZeroDivisionError):
        ev.begin("hrss", 2023, "en", DATA)


BAD_BOOKS = {
    "no JSON": "{",
    "deep": "[" * 100_000,
    "version 3": json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": []}]}),
    "no cells": json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}}),
    "no version": json.dumps({"cells": [{"cell_type": "code", "source": "", "metadata": {}}]}),
    "a list": "[]",
    "cells of numbers": json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [1]}),
}


@pytest.mark.parametrize("name", BAD_BOOKS)
def test_a_broken_notebook_is_refused_by_its_name(name: str, tmp_path: Path) -> None:
    (tmp_path / "department_report.ipynb").write_text(BAD_BOOKS[name])
    args = ["report", "hrss", "2023", "--data", str(DATA), "--out", str(tmp_path / "out"), "--notebooks", str(tmp_path), "--lang", "en"]
    result = CliRunner().invoke(app, args)
    assert result.exit_code == 2, result.exception
    assert "department_report.ipynb: is not a notebook, or is damaged" in result.stderr
    assert not (tmp_path / "out").exists()


def book_with(path: Path, source: str) -> Path:
    book = nbformat.read(ROOT / "notebooks" / "department_report.ipynb", as_version=4)
    book.cells[-1].source = source
    path.mkdir(parents=True)
    nbformat.write(book, path / "department_report.ipynb")
    return path


def test_an_error_in_a_cell_of_the_analysts_keeps_its_traceback(tmp_path: Path) -> None:
    books = book_with(tmp_path / "books", "def half(x):\n    return x / 0\n\nhalf(1)")
    args = ["report", "hrss", "2023", "--data", str(DATA), "--out", str(tmp_path / "out"), "--notebooks", str(books)]
    result = CliRunner().invoke(app, args)
    assert result.exit_code == 1
    for text in ("ZeroDivisionError: division by zero", "return x / 0", "half(1)"):
        assert text in result.stderr
    assert "\x1b" not in result.stderr
    assert "‹U+001B›" not in result.stderr


def test_a_kernel_that_ends_is_told_in_our_words_alone(tmp_path: Path) -> None:
    """Neither what its process said at its end, nor what the libraries say that waited for it."""
    books = book_with(tmp_path / "books", "import os\nos.write(2, b'Traceback of a library')\nos._exit(3)")
    args = ["report", "hrss", "2023", "--data", str(DATA), "--out", str(tmp_path / "out"), "--notebooks", str(books), "--lang", "en"]
    env = {**os.environ, "EVALLIB_NET": "on"}
    done = subprocess.run([sys.executable, "-m", "evallib", *args], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "ended half-way" in done.stderr.splitlines()[2]
    assert len(done.stderr.splitlines()) == 3
    assert not (tmp_path / "out").exists()


def test_the_kernel_is_of_this_python_whatever_is_called_python3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = tmp_path / "jupyter" / "kernels" / "python3"
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text(json.dumps({"argv": ["/nowhere/python", "{connection_file}"], "display_name": "another"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    result = CliRunner().invoke(app, ["report", "hrss", "2023", "--data", str(DATA), "--out", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("broken", [b"PAR1 no", b"", "none of ours", "x", "lists"])
def test_results_that_cannot_be_read_are_refused(broken: bytes | str, tmp_path: Path) -> None:
    import pandas as pd

    file = tmp_path / "results.parquet"
    if isinstance(broken, bytes):
        file.write_bytes(broken)
    else:
        held: dict[str, object] = {"x": "x", "lists": [1]}
        columns = COLUMNS if broken in held else ["a"]
        pd.DataFrame({column: [held.get(broken, 1)] for column in columns}).to_parquet(file)
    result = CliRunner().invoke(app, ["results", "--out", str(tmp_path), "--lang", "en"])
    assert (result.exit_code, "are damaged" in result.stderr, "run evallib batch" in result.stderr) == (2, True, True), result.output


ODD = "报 告 {x} '#%\" ①[1]"


def test_odd_names_of_folders_are_names(tmp_path: Path) -> None:
    """Case 26: for every command that writes."""
    home = tmp_path / ODD
    data, out = home / "data {y}", home / "reports {z}"
    assert CliRunner().invoke(app, ["demo", str(home), "--departments", "1", "--years", "2023-2024"]).exit_code == 0
    (home / "data").rename(data)
    code = next(path.name for path in (data / "departments").iterdir())
    where = ["--data", str(data), "--out", str(out)]
    for command in (["batch", "--workers", "1"], ["report", code, "2024", "--xlsx", "--figures"]):
        result = CliRunner().invoke(app, [*command, *where])
        assert result.exit_code == 0, (command, result.output, result.exception)
    assert {f"{code}.xlsx", f"{code}.*.png", f"{code}.html"} <= {
        Path(line).name for line in result.output.splitlines()
    }  # as it was made last
    for command in (["new", code, "2025"], ["check", code, "2024"], ["score", code, "2024"], ["reconcile", code, "2024"], ["framework"]):
        result = CliRunner().invoke(app, [*command, "--data", str(data)])
        assert result.exit_code == 0, (command, result.output, result.exception)
    assert CliRunner().invoke(app, ["export", code, "2024", "--as", "xlsx", *where]).exit_code == 0
    assert CliRunner().invoke(app, ["init", str(tmp_path / f"{ODD} 2")]).exit_code == 0
    for page in (f"2024/{code}.html", f"2024/{code}.xlsx", f"comparison/{code}.html", "overview/2024.html"):
        assert (out / page).is_file(), page
    assert (out / code / "2024.xlsx").is_file()


def test_a_department_may_have_a_code_of_digits(copy: Copy) -> None:
    """Case 27: finance codes are digits."""
    new = ["new", "130001", "2024", "--name", "教育局", "--framework", "xundian-department", "--data", str(copy.folder)]
    result = CliRunner().invoke(app, new)
    assert result.exit_code == 0, result.output
    assert (copy.folder / "departments" / "130001" / "2024.xlsx").is_file()
    assert "130001" in CliRunner().invoke(app, ["check", "130001", "2024", "--data", str(copy.folder)]).stderr
