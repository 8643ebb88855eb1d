"""Files and folders that appear whole or not at all, singly or as a set. Knows nothing of what they hold.

What is new is written into a work folder `.evallib-…` beside its place. A set writes down there what is to take which place before
anything moves; whoever comes after a kill moves the rest, or all of it back.
"""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from evallib.files.locks import MOVING, moving, taken, there
from evallib.say.refusals import refused

_OURS = re.compile(r"\.evallib-[0-9a-z_]{8}")
_MARK, _HELD, _PLAN, _BACK = "made-by-evallib", "in-use.lock", "plan.json", "back.json"
_LEFT = {".ipynb_checkpoints", ".DS_Store", "Thumbs.db", "desktop.ini"}
_MANY = 16


class _Step(NamedTuple):
    """What takes which place; `old` is where what was there before is kept, beside the new."""

    source: Path
    target: Path
    old: Path | None = None


class Together:
    """A set of changes on disk: all of them or none, also after a kill between any two steps."""

    def __init__(self, home: Path, work: Path) -> None:
        self.home, self.work = home, work
        self.wanted: list[_Step] = []
        self.rooms: dict[Path, set[str]] = {}

    def put(self, target: Path) -> Path:
        """A path to write a file or folder to; it takes the target's place when the block ends well."""
        made = self.room(target.name)
        self.wanted.append(_Step(made, self._inside(target)))
        return made

    def move(self, source: Path, target: Path) -> None:
        """Move a file or folder to another place under the home, at the end."""
        self.wanted.append(_Step(self._inside(source), self._inside(target)))

    def remove(self, target: Path) -> None:
        """Delete a file or folder, at the end."""
        self.wanted.append(_Step(self._inside(target), self.room(target.name)))

    def room(self, name: str) -> Path:
        """A path in the work folder for something of a name, which nothing else has."""
        folder = next((folder for folder, names in self.rooms.items() if name not in names), None)
        folder = folder or Path(tempfile.mkdtemp(prefix="", dir=self.work))
        self.rooms.setdefault(folder, set()).add(name)
        return folder / name

    def _inside(self, path: Path) -> Path:
        """The path, which must lie under the home."""
        absolute = Path(os.path.abspath(path))  # noqa: PTH100  # links on the way are the user's, and stay
        return absolute if absolute.is_relative_to(self.home) else (path.parent.resolve() / path.name)


@contextmanager
def together(home: Path) -> Iterator[Together]:
    """A set of changes under a folder, which take place when the block ends well: all of them or none.

    Everything is written and synced to disk beside, the places are tried, then all is moved while no other set is; where that fails it is
    put back. What a killed process left half done under `home` is brought to an end before.

    Raises OSError where something cannot be written, InputRefused where another process does not let go of the folder.

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     home = Path(folder)
    ...     with together(home) as change:
    ...         written = [change.put(home / name).write_text(name) for name in ("page.html", "page.json")]
    ...     sorted(path.name for path in home.iterdir())
    ['page.html', 'page.json']
    """
    clear_dead(home)
    with _changes(home, alone=True) as change:
        yield change


@contextmanager
def whole(target: Path, home: Path | None = None) -> Iterator[Path]:
    """A path to write a file or a folder to; it takes the target's place only when all went well.

    A file that is there already keeps its permissions. A folder that is there already must be empty (`is_empty`) and is filled: somebody
    may stand in it. `home` is where the work is done, beside the target where none is named. Raises OSError where the place cannot be
    written to, or the file is held open.

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with whole(Path(folder) / "list.csv") as file:
    ...         written = file.write_text("code")
    ...     Path(folder, "list.csv").read_text()
    'code'
    """
    with _changes(home or (target if target.is_dir() else target.parent), alone=False) as change:
        yield change.put(target)


@contextmanager
def work_folder(near: Path) -> Iterator[Path]:
    """A folder for work in another one, that nobody takes for a dead one's while this lasts; it goes at the end."""
    with there(near), ExitStack() as end:
        yield _begun(near, end)


def _begun(near: Path, end: ExitStack) -> Path:
    """A new work folder, held until the end."""
    while True:
        work = Path(tempfile.mkdtemp(prefix=".evallib-", dir=near))
        end.callback(_drop, work)
        with suppress(FileNotFoundError):  # it was taken for a dead one's before it was held
            if end.enter_context(taken(work / _HELD)) and (work / _HELD).exists():
                end.callback(_empty, work)
                (work / _MARK).write_text(_MARK, encoding="utf-8")
                return work


def clear_dead(folder: Path) -> None:
    """Bring to an end what a killed process left half done in a folder, and delete its work folders; nothing else, ever.

    Raises OSError where that cannot be written to, InputRefused where another process does not let go of the folder.
    """
    if any(_ours(folder)) or (folder / MOVING).exists():
        with moving(folder):
            for work in _ours(folder):
                _clear(work)


def _ours(folder: Path) -> Iterator[Path]:
    """The work folders in a folder, of the living and the dead: they bear our mark, or hold nothing at all yet."""
    for path in folder.glob(".evallib-*"):
        if _OURS.fullmatch(path.name) and path.is_dir() and not path.is_symlink() and not _is_strangers(path):
            names = {part.name for part in path.iterdir()}
            if _MARK in names or names <= {_HELD}:
                yield path


def _is_strangers(work: Path) -> bool:
    """Whether somebody else has put it into a folder where everybody may put things, as `/tmp`: what it asks for is not done."""
    return bool(work.parent.stat().st_mode & stat.S_ISVTX) and work.stat().st_uid != os.getuid()


def _clear(work: Path) -> None:
    with suppress(FileNotFoundError), taken(work / _HELD) as got:  # it may just have come to its own end
        if not got:
            return
        _recover(work)
        _empty(work)
    _drop(work)


def _empty(work: Path) -> None:
    """Delete what is in a work folder, its mark last; nothing where a set still waits for its end."""
    parts = {part.name: part for part in work.glob("*")}  # none, where somebody took the whole folder away
    if parts.keys() & {_PLAN, _BACK}:
        return
    for name in parts.keys() - {_MARK, _HELD}:
        if parts[name].is_dir() and not parts[name].is_symlink():
            shutil.rmtree(parts[name], ignore_errors=True)
        else:
            _unlink(parts[name])
    if {part.name for part in work.glob("*")} <= {_MARK, _HELD}:  # else it stays ours for whoever comes next
        _unlink(work / _MARK)


def _unlink(file: Path) -> None:
    with suppress(OSError):
        file.unlink()


def _drop(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


@contextmanager
def _changes(home: Path, *, alone: bool) -> Iterator[Together]:
    """A set of changes; `alone` waits until no other set is being moved."""
    home = Path(os.path.abspath(home))  # noqa: PTH100  # links on the way are the user's, and stay
    with work_folder(home) as work:
        change = Together(home, work)
        try:
            yield change
            _sync(*(step.source for step in change.wanted if step.source.is_relative_to(work)))
            with moving(home) if alone and change.wanted else nullcontext():
                _finish(change)
        except OSError as error:
            for source, target, _ in change.wanted:
                if str(error.filename).startswith(str(source)):  # people know the place, not the work folder
                    shown = str(target) + str(error.filename).removeprefix(str(source))
                    raise OSError(error.errno, error.strerror, shown) from error
            raise


# --- a set takes its place -----------------------------------------------------------------------------------------


def _finish(change: Together) -> None:
    """Move everything to its place, or put all of it back."""
    steps = list(_planned(change))
    new = [folder for step in steps for folder in step.target.parents if not folder.exists()]
    if len(steps) == 1 and not new:  # which is whole by itself
        steps[0].source.replace(steps[0].target)
        _sync_folder(steps[0].target.parent)
        return
    named = {"steps": [[_name(change.home, part) for part in step] for step in steps], "new": [_name(change.home, one) for one in new]}
    draft = change.work / "draft.json"
    draft.write_text(json.dumps(named), encoding="utf-8")
    _sync(draft)
    for room in change.rooms:
        _sync_folder(room)
    draft.replace(change.work / _PLAN)
    _move(change.work, steps, new)


def _name(home: Path, path: Path | None) -> str:
    return path.relative_to(home).as_posix() if path else ""


def _planned(change: Together) -> Iterator[_Step]:
    """The single moves of a set, in order. A file is replaced at once, what was there is kept beside; a folder has to go first.

    Raises OSError where a place cannot be taken.
    """
    gone: set[Path] = set()
    for source, target, _ in change.wanted:
        there = os.path.lexists(target) and target not in gone
        gone.add(source)
        if not os.path.lexists(source):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(source))
        if target.parent.is_dir() and not os.access(target.parent, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
        if not there:
            yield _Step(source, target)
        elif target.is_dir() and source.is_dir():
            if is_empty(target):
                yield from (_Step(part, target / part.name) for part in sorted(source.iterdir()))
            else:
                yield from (_Step(target, change.room(target.name)), _Step(source, target))
        elif target.is_dir() or source.is_dir():
            wrong = errno.EISDIR if target.is_dir() else errno.ENOTDIR
            raise OSError(wrong, os.strerror(wrong), str(target))
        else:
            target.rename(target)  # Windows says here that another program has it open
            if source.is_relative_to(change.work):
                shutil.copymode(target, source)
            yield _Step(source, target, _kept(target, change.room(target.name)) if len(change.wanted) > 1 else None)


def _kept(file: Path, beside: Path) -> Path:
    try:
        os.link(file, beside, follow_symlinks=False)
    except (OSError, NotImplementedError):  # a disk without links
        shutil.copy2(file, beside, follow_symlinks=False)
        _sync(beside)
    return beside


def _move(work: Path, steps: list[_Step], new: list[Path]) -> None:
    """Make the moves that are not made yet; where one cannot be made, put all of them back."""
    done = max((number for number, step in enumerate(steps, 1) if not os.path.lexists(step.source)), default=0)
    try:
        _sync_folder(work)
        for source, target, old in steps[done:]:
            target.parent.mkdir(parents=True, exist_ok=True)
            if old is None and os.path.lexists(target):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
            source.replace(target)
        for folder in {step.target.parent for step in steps}:
            _sync_folder(folder)
    except BaseException:
        (work / _PLAN).replace(work / _BACK)
        _put_back(work, steps, new)
        raise
    _unlink(work / _PLAN)  # where it stays, whoever comes next sees that there is nothing left to do


def _put_back(work: Path, steps: list[_Step], new: list[Path]) -> None:
    for source, target, old in reversed(steps):
        if os.path.lexists(source):  # not moved, or back already
            continue
        if old is None:
            target.replace(source)
        elif os.path.lexists(old):
            old.replace(target)
    for folder in new:
        _drop(folder)
    (work / _BACK).unlink()


def _recover(work: Path) -> None:
    """What a dead process wrote down and did not bring to its end: the rest is moved, or all of it put back."""
    plan = next((file for file in (work / _PLAN, work / _BACK) if file.is_file()), None)
    if plan is None:
        return
    try:
        read = json.loads(plan.read_text(encoding="utf-8"))
        steps = [_Step(*(_place(work.parent, name) if name else None for name in step)) for step in read["steps"]]  # type: ignore[arg-type]
        new = [_place(work.parent, name) for name in read["new"]]
    except (ValueError, KeyError, TypeError, RecursionError):  # it is none of ours, or the disk is damaged
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(plan)) from None
    if plan.name == _BACK:
        _put_back(work, steps, new)
    else:
        try:
            _move(work, steps, new)
        except OSError:
            if (work / _BACK).exists():  # neither the rest could be moved nor the others put back
                raise


def _place(home: Path, name: str) -> Path:
    """A place that a plan names. One that leads out of the folder is none of ours."""
    parts = PurePosixPath(name).parts
    if ".." in parts or not parts or PurePosixPath(name).is_absolute():
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(home / _PLAN))
    return home.joinpath(*parts)


# --- on disk -------------------------------------------------------------------------------------------------------


def _sync(*paths: Path) -> None:
    """See that files, and all that is in folders, are on the disk, so that no crash leaves a name without its content."""
    found = [part for path in paths for part in (path, *(path.rglob("*") if path.is_dir() else ()))]
    if len(found) > _MANY and hasattr(os, "sync"):
        os.sync()
        return
    for path in found:
        if path.is_dir():
            _sync_folder(path)
        elif not path.is_symlink():
            _sync_one(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)


def _sync_folder(folder: Path) -> None:
    if os.name != "nt":  # Windows cannot, and need not
        _sync_one(folder, os.O_RDONLY)


def _sync_one(path: Path, how: int) -> None:
    stream = os.open(path, how)
    try:
        os.fsync(stream)
    finally:
        os.close(stream)


# --- names ---------------------------------------------------------------------------------------------------------


def copy_folder(source: Path, target: Path) -> None:
    """Copy a folder; links stay what they are. The first call that fails ends it with its own error: `shutil.copytree` gathers them all in
    one that says neither that the disk is full nor that leave is missing.
    """
    target.mkdir(parents=True)
    for one in source.iterdir():
        if one.is_dir() and not one.is_symlink():
            copy_folder(one, target / one.name)
        else:
            shutil.copy2(one, target / one.name, follow_symlinks=False)


def free(folder: Path, stem: str, suffix: str = "") -> Path:
    """The first name in a folder that is not taken, numbered from 2."""
    names = (folder / f"{stem}{number}{suffix}" for number in ("", *(f"-{n}" for n in range(2, 10_000))))
    return next(path for path in names if not path.exists())


def refuse_filled(folder: Path) -> None:
    """Raise InputRefused where something is in a place that a new folder is to take."""
    for place in (folder, folder.parent):
        if place.is_dir():
            clear_dead(place)
    if folder.exists() and (not folder.is_dir() or not is_empty(folder)):
        raise refused("folder.not_empty", str(folder))


def is_empty(folder: Path) -> bool:
    """Whether nothing is in a folder but what systems and programs leave in any: checkpoints, locks and work folders of ours, icons."""
    return all(part.name in _LEFT or part.name.startswith(".evallib") for part in folder.iterdir())
