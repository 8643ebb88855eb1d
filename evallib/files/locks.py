"""Who is at work in a folder: locks that the system frees when their holder dies, and a sentence for whoever comes second.

No lock file stays: it goes while it is held, and who waited for it begins anew. Where a system has no locks `filelock` takes a file
for one; that is said once.
"""

from __future__ import annotations

import json
import os
import platform
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from evallib.model.errors import InputRefused, Place
from evallib.say.refusals import problem, refused

LOCK, MOVING = ".evallib.lock", ".evallib.moving.lock"
"""Of a folder: held by who works in it, and for the moment in which files take their places."""

_NOTE = f"{LOCK}.json"
_SOON, _WAIT = 0.5, 30.0
_said: list[Path] = []


class NoLocks(UserWarning):
    """The system has no locks: two at work in one folder are told apart less surely, and not at all after a crash."""


@contextmanager
def taken(file: Path, wait: float = 0) -> Iterator[bool]:
    """A lock on a file, which is made and goes again; whether it was got within the seconds to wait."""
    from multiprocessing import parent_process  # late, both: who only reads takes no lock

    from filelock import FileLock, Timeout

    lock, got = FileLock(file), True
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        try:
            lock.acquire(timeout=wait, poll_interval=0.02)
        except Timeout:
            got = False
    if seen and not _said and parent_process() is None:  # a batch says it for its workers
        _said.append(file.parent)
        remark = problem("folder.no_locks", Place(str(file.parent)))
        warnings.warn(NoLocks(f"{remark.describe('zh')}\n{remark.describe('en')}"), stacklevel=3)
    if not got:
        yield False
        return
    try:
        yield True
    finally:
        with suppress(OSError):  # Windows lets nobody delete it now, and filelock does so itself
            if not file.stat().st_size:  # in a file that stands for a lock it is written who holds it
                file.unlink()
        lock.release()


@contextmanager
def there(folder: Path) -> Iterator[None]:
    """A folder that is made where there is none, with those above it; what stays empty goes: it would look like something gone missing."""
    new = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    finally:
        for one in new:
            with suppress(OSError):
                one.rmdir()


@contextmanager
def held(folder: Path, doing: str) -> Iterator[None]:
    """For as long as a command works in a folder that others of its kind must leave alone; `doing` is what it is called.

    Raises InputRefused where another is at work there, and names it; OSError where the folder cannot be written to.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place, held(Path(place), "batch"):
    ...     try:
    ...         with held(Path(place), "batch"):
    ...             pass
    ...     except InputRefused as refusal:
    ...         print(refusal.problems[0].what["en"].partition(", process")[0])
    another command is at work here (batch
    """
    with there(folder), taken(folder / LOCK, _SOON) as got:  # by then who was just beginning or ending has said who it is, or is gone
        if not got:
            raise _in_use(folder)
        since = datetime.now().astimezone().isoformat(" ", "seconds")
        note = {"doing": doing, "process": os.getpid(), "machine": platform.node(), "since": since}
        (folder / _NOTE).write_text(json.dumps(note), encoding="utf-8")
        try:
            yield
        finally:
            with suppress(OSError):  # it says nothing without the lock
                (folder / _NOTE).unlink()


@contextmanager
def moving(folder: Path) -> Iterator[None]:
    """For the moment in which the files of a set take their places in a folder; another set waits for it.

    Raises InputRefused where the other does not end.
    """
    with taken(folder / MOVING, _WAIT) as got:
        if not got:
            raise _in_use(folder)
        yield


def _in_use(folder: Path) -> InputRefused:
    """The sentence for whoever comes second, from what the first has left beside its lock."""
    try:
        note = json.loads((folder / _NOTE).read_text(encoding="utf-8"))
        who = {name: str(note[name])[:100] for name in ("doing", "process", "machine", "since")}
    except (OSError, ValueError, KeyError, TypeError):  # it is being written just now
        who = dict.fromkeys(("doing", "process", "machine", "since"), "?")
    return refused("folder.in_use", str(folder), **who)
