"""Files and folders that appear whole or not at all."""

from __future__ import annotations

import ast
import errno
import os
import shutil
import sys
from pathlib import Path

import pytest

from evallib.data.folder import mend_above
from evallib.data.working_folder import lay_out
from evallib.files.locks import NoLocks, held
from evallib.files.whole import Together, clear_dead, copy_folder, refuse_filled, together, whole, work_folder
from evallib.kit import PACKAGE
from evallib.model.errors import InputRefused


def test_a_file_takes_its_place_only_when_all_went_well(tmp_path: Path) -> None:
    target = tmp_path / "list.csv"
    target.write_text("old")
    with pytest.raises(UnicodeEncodeError), whole(target) as file:
        file.write_text("half 半", encoding="ascii")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"list.csv": "old"}


def test_a_file_keeps_the_permissions_it_had(tmp_path: Path) -> None:
    target = tmp_path / "list.csv"
    target.write_text("old")
    target.chmod(0o640)
    with whole(target) as file:
        file.write_text("new")
    assert (target.read_text(), target.stat().st_mode & 0o777) == ("new", 0o640)


def test_folders_on_the_way_are_made(tmp_path: Path) -> None:
    with whole(tmp_path / "a" / "b" / "list.csv") as file:
        file.write_text("new")
    assert (tmp_path / "a" / "b" / "list.csv").read_text() == "new"


def test_an_empty_folder_is_filled_and_stays_the_same_folder(tmp_path: Path) -> None:
    target = tmp_path / "kit"
    target.mkdir()
    before = target.stat().st_ino
    with whole(target) as made:
        (made / "data").mkdir(parents=True)
    assert ([path.name for path in target.iterdir()], target.stat().st_ino) == (["data"], before)


def test_a_folder_in_the_place_of_a_file_is_an_error_and_stays(tmp_path: Path) -> None:
    (tmp_path / "list.csv").mkdir()
    with pytest.raises(OSError, match=r"list\.csv"), whole(tmp_path / "list.csv") as file:
        file.write_text("new")
    assert [path.name for path in tmp_path.rglob("*")] == ["list.csv"]


@pytest.mark.parametrize("there", ["file", "filled folder"])
def test_a_place_that_is_taken_is_refused(tmp_path: Path, there: str) -> None:
    target = tmp_path / "kit"
    if there == "file":
        target.write_text("")
    else:
        (target / "something").mkdir(parents=True)
    with pytest.raises(InputRefused, match="is already there"):
        refuse_filled(target)


def test_a_new_or_empty_place_is_not_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    refuse_filled(tmp_path / "empty")
    refuse_filled(tmp_path / "new")


def test_what_systems_and_programs_leave_in_any_folder_is_passed_over_and_stays(tmp_path: Path) -> None:
    (tmp_path / "kit" / ".ipynb_checkpoints").mkdir(parents=True)
    for name in (".DS_Store", "Thumbs.db", "desktop.ini", ".evallib.lock.json"):
        (tmp_path / "kit" / name).write_text("theirs")
    lay_out(tmp_path / "kit")
    assert {"data", ".DS_Store", ".ipynb_checkpoints"} <= {path.name for path in (tmp_path / "kit").iterdir()}
    with pytest.raises(InputRefused, match="is already there"):
        lay_out(tmp_path / "kit")


def _put_new(change: Together, *names: str) -> None:
    for name in names:
        change.put(change.home / name).write_text("new")


def test_a_set_takes_its_places_together_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("old")
    (tmp_path / "b.html").mkdir()
    with pytest.raises(IsADirectoryError, match=r"b\.html"), together(tmp_path) as change:
        _put_new(change, "a.json", "b.html")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.json", "b.html"]
    assert (tmp_path / "a.json").read_text() == "old"


def test_what_is_moved_and_deleted_is_part_of_the_set(tmp_path: Path) -> None:
    (tmp_path / "2023").mkdir()
    (tmp_path / "2023" / "facts.csv").write_text("old")
    (tmp_path / "gone.csv").write_text("old")
    with together(tmp_path) as change:
        change.move(tmp_path / "2023", tmp_path / "backup" / "2023")
        change.put(tmp_path / "2023").write_text("a file now")
        change.remove(tmp_path / "gone.csv")
    assert [path.relative_to(tmp_path).as_posix() for path in sorted(tmp_path.rglob("*"))] == [
        "2023",
        "backup",
        "backup/2023",
        "backup/2023/facts.csv",
    ]


@pytest.mark.parametrize("broken", ["a", "b", "c"])
def test_where_one_move_fails_all_are_put_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    for name in ("a", "c"):
        (tmp_path / name).write_text("old")
    move = Path.replace

    def failing(self: Path, target: Path) -> Path:
        if target.name == broken and self.read_text() == "new":
            raise OSError(28, "No space left on device", str(self))
        return move(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(OSError, match=f"No space left on device.*{broken}'"), together(tmp_path) as change:
        _put_new(change, "a", "new/b", "c")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a": "old", "c": "old"}


def _killed(home: Path, step: int) -> int:
    """A process that is killed at one of the calls by which a set takes its places; how it ended."""
    if child := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    calls = 0

    def hook(event: str, about: tuple[object, ...]) -> None:
        nonlocal calls
        if event in ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link"):
            calls += 1
            if calls == step:
                os._exit(9)

    sys.addaudithook(hook)
    with together(home) as change:
        change.move(home / "list", home / "kept" / "list")
        change.put(home / "list").write_text("new")
        change.put(home / "page").write_text("new")
        change.remove(home / "gone")
    os._exit(0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is killed in a fork")
def test_after_a_kill_at_any_step_all_is_old_or_all_is_new(tmp_path: Path) -> None:
    old, new = {"list": "old", "page": "old", "gone": "old"}, {"list": "new", "page": "new", "kept/list": "old"}
    found = []
    for step in range(1, 100):
        home = tmp_path / str(step)
        home.mkdir()
        for name in old:
            (home / name).write_text("old")
        ended = _killed(home, step)
        clear_dead(home)
        told = {path.relative_to(home).as_posix(): path.read_text() for path in home.rglob("*") if path.is_file()}
        assert told in (old, new), step
        assert not list(home.glob(".evallib*"))
        found.append(told == new)
        if not ended:
            break
    assert found == sorted(found)  # from one step on it is new
    assert 10 < len(found) < 99


def test_folders_of_the_living_and_of_others_are_left_alone(tmp_path: Path) -> None:
    for name in (".evallib-notes123", ".hrss-2023", ".evallib-abcdefgh"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "mine.txt").write_text("")
    with work_folder(tmp_path) as work:
        (work / "page").write_text("half")
        clear_dead(tmp_path)
        assert (work / "page").exists()
    assert len(list(tmp_path.rglob("mine.txt"))) == 3
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="there are no users to tell apart")
@pytest.mark.parametrize(("mode", "followed"), [(0o1777, False), (0o777, True)])
def test_where_everybody_may_put_things_a_strangers_plan_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int, followed: bool
) -> None:
    home, me = tmp_path / "shared", os.getuid()
    work = home / ".evallib-abcdefgh"
    work.mkdir(parents=True)
    (home / "mine").write_text("mine")
    (work / "made-by-evallib").write_text("")
    (work / "plan.json").write_text('{"steps": [["mine", "moved", ""]], "new": []}')
    home.chmod(mode)
    monkeypatch.setattr(os, "getuid", lambda: me + 1)
    clear_dead(home)
    assert (home / "mine").exists() != followed


@pytest.mark.parametrize("plan", ["", "{}", '{"steps": [[]], "new": []}', "[" * 9999])
def test_a_plan_that_cannot_be_read_stops_nobody_who_reads(tmp_path: Path, plan: str) -> None:
    work = tmp_path / ".evallib-abcdefgh"
    work.mkdir()
    (work / "made-by-evallib").write_text("")
    (work / "plan.json").write_text(plan)
    (tmp_path / "data").mkdir()
    mend_above(tmp_path / "data")
    with pytest.raises(OSError, match="Invalid"):
        clear_dead(tmp_path)


def test_a_plan_that_leads_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("mine")
    work = tmp_path / "home" / ".evallib-abcdefgh"
    work.mkdir(parents=True)
    (work / "made-by-evallib").write_text("")
    (work / "plan.json").write_text('{"steps": [["../outside", "stolen", ""]], "new": []}')
    with pytest.raises(OSError, match="Invalid"):
        clear_dead(tmp_path / "home")
    assert (tmp_path / "outside").exists()


def test_the_second_at_work_is_told_who_is_first(tmp_path: Path) -> None:
    with held(tmp_path, "batch"):
        with (
            pytest.raises(InputRefused, match=rf"batch, process {os.getpid()} on .*, since 20.*wait until it has ended"),
            held(tmp_path, "x"),
        ):
            pass
        with work_folder(tmp_path):
            pass
    assert not list(tmp_path.iterdir())
    with held(tmp_path, "batch"):
        pass


def test_only_one_module_moves_and_deletes() -> None:
    """Elsewhere a reason stands beside it: nothing is half moved, and nothing is deleted that is not ours."""
    wrong = []
    for file in sorted(set(PACKAGE.rglob("*.py")) - {PACKAGE / "files" / "whole.py"}):
        text = file.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                name, of = node.func.attr, ast.unparse(node.func.value)
                moves = name in ("rename", "rmtree") or (name == "replace" and len(node.args) == 1 and not node.keywords)
                if (moves or of == "tempfile" or (of, name) == ("shutil", "move")) and "#" not in text.splitlines()[node.lineno - 1]:
                    wrong.append(f"{file.relative_to(PACKAGE)}, line {node.lineno}: {of}.{name}")
    assert not wrong


@pytest.mark.skipif(sys.platform == "win32", reason="Windows always has locks")
def test_where_the_system_has_no_locks_it_is_said_and_a_file_stands_for_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(stream: int, how: int) -> None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    monkeypatch.setattr("fcntl.flock", missing)
    with pytest.warns(NoLocks, match="the file system of this place has no locks"), held(tmp_path, "batch"):  # noqa: SIM117
        with pytest.raises(InputRefused, match="another command is at work here"), held(tmp_path, "batch"):
            pass
    with held(tmp_path, "batch"):  # said once
        pass
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_copied_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "old" / "in").mkdir(parents=True)
    (tmp_path / "old" / "in" / "a.csv").write_text("a")
    (tmp_path / "old" / "link").symlink_to("in")
    copy_folder(tmp_path / "old", tmp_path / "new")
    assert (tmp_path / "new" / "link").readlink() == Path("in")

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(shutil, "copy2", full)
    with pytest.raises(OSError, match="no space") as refusal:
        copy_folder(tmp_path / "old", tmp_path / "again")
    assert refusal.value.errno == errno.ENOSPC
