"""What a terminal is given: text in its own encoding, whatever it holds; what is kept in files or piped loses nothing."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evallib.cli import shared
from evallib.cli.main import app
from tests.conftest import DATA, ROOT, Copy

HOSTILE = "[red]部门[/red] :smile: \x1b[2J\u202e"
SHOWN = "[red]部门[/red] :smile: ‹U+001B›[2J‹U+202E›"


def typed(args: list[str], encoding: str = "", *, terminal: bool = False) -> bytes:
    """What a command writes to a pipe or to a terminal; the encoding is the one that the terminal has."""
    env = {**os.environ, "COLUMNS": "200"} | ({"PYTHONIOENCODING": encoding} if encoding else {})
    command = [sys.executable, "-m", "evallib", *args]
    if not terminal:
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, check=True).stdout
    import pty

    ours, theirs = pty.openpty()
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=theirs, stderr=subprocess.DEVNULL) as process:
        os.close(theirs)
        got = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # its end, on Linux
                break
            if not piece:
                break
            got += piece
        os.close(ours)
    assert process.returncode == 0
    return got


@pytest.mark.skipif(os.name == "nt", reason="a shell of its own")
def test_a_command_that_was_started_without_any_output_works() -> None:
    command = f'"{sys.executable}" -m evallib score hrss 2023 --data "{DATA}" >&- 2>&-'
    assert subprocess.run(command, shell=True, cwd=ROOT, check=False).returncode == 0


SCORE = ["score", "hrss", "2023", "--data", str(DATA)]


def test_a_pipe_is_given_utf_8_whatever_the_terminal_has() -> None:
    assert json.loads(typed([*SCORE, "--format", "json"], "gbk").decode("utf-8"))["grade"] == "良"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pty")
def test_a_terminal_is_written_to_in_its_own_encoding() -> None:
    """GBK lacks the minus sign: a hyphen stands for it, never a question mark. ASCII lacks Chinese: there the lines still stand."""
    told = typed(["reconcile", "hrss", "2023", "--data", str(DATA)], "gbk", terminal=True).decode("gbk")
    assert "一致" in told
    assert "?" not in told
    assert "+----" in told
    assert "84.63" in typed(SCORE, "ascii", terminal=True).decode("ascii")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pty")
def test_a_minus_sign_is_never_lost() -> None:
    class Terminal(io.BytesIO):
        def isatty(self) -> bool:
            return True

    stream = io.TextIOWrapper(Terminal(), encoding="gbk")
    shared.suit(stream)
    stream.write("−98,999,629.15 ‹U+202E› 𠮷")
    stream.flush()
    assert stream.buffer.getvalue().decode("gbk") == "-98,999,629.15 <U+202E> ?"


@pytest.mark.parametrize("name", ["line", "table"])
def test_square_brackets_are_signs_and_no_sign_does_anything(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared.OUT, "width", 1000)
    table = shared.table_of(shared.told("results.heads"), "zh", HOSTILE)
    table.add_row(*[HOSTILE] * 9)
    with shared.OUT.capture() as caught:
        shared.tell(table if name == "table" else HOSTILE)
    said = caught.get()
    assert said.count(SHOWN) == {"table": 10, "line": 1}[name]
    assert "\x1b[2J" not in said


def test_a_document_shows_hidden_signs_by_their_number(capsys: pytest.CaptureFixture[str]) -> None:
    shared.tell_json({"name": HOSTILE})
    told = capsys.readouterr().out
    assert json.loads(told) == {"name": HOSTILE}
    assert "\\u202e" in told


def test_csv_for_excel_has_its_mark_and_no_formula(copy: Copy, tmp_path: Path) -> None:
    """Case 25. Piped CSV has no mark, which other programs would read as a sign; the help says so, and names the way for Excel."""
    copy.set("own_indicators", {"indicator": "fixed_asset_investment"}, "name", "=1+1")
    file = tmp_path / "得分.csv"
    result = CliRunner().invoke(app, ["score", "hrss", "2023", "--data", str(copy.folder), "--csv", str(file)])
    assert result.exit_code == 0, result.output
    content = file.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert len(rows) == 39
    assert "'=1+1" in {row["name"] for row in rows}
    piped = CliRunner().invoke(app, ["score", "hrss", "2023", "--data", str(copy.folder), "--format", "csv"]).stdout
    assert piped == content.decode("utf-8-sig")
    assert "Excel use --csv" in " ".join(
        re.sub(r"\x1b\[[\d;]+m", "", CliRunner().invoke(app, ["score", "--help", "--lang", "en"]).stdout).split()
    )
