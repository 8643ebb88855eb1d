"""What a run has loaded and evaluated, handed to the kernel that it starts: page and files are then of one reading of the data.

A kernel that is forked inherits it; any other finds it in a file, in the folder that an environment variable names.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from stat import S_ISLNK

from evallib import __version__
from evallib.kit import PACKAGE
from evallib.model.years import EvaluatedYear, Standing

VARIABLE, NAME = "EVALLIB_HANDED", "handed.pickle"

Handed = EvaluatedYear | Standing
_Key = tuple[object, ...]
_held: dict[_Key, tuple[int, Handed]] = {}
"""Of what, by which process, and what was found. The process that hands over reads anew itself."""


def _key(data: Path, *of: object) -> _Key:
    """What was asked: by which program (another could not read it), of which data folder, of which year in it; of none, what stands."""
    return (__version__, str(PACKAGE), *sys.version_info[:2], str(data.resolve()), *of)


@contextmanager
def handing(found: Handed, data: Path, *, folder: Path | None) -> Iterator[None]:
    """Around the run of a kernel: what was found in a data folder is there to be taken, by `handed` or `standing_years`.

    `folder` is where a kernel that is not forked finds it: a folder that nobody else can write to.
    """
    record = found.evaluation.record if isinstance(found, EvaluatedYear) else None
    key = _key(data, record.department, record.year) if record else _key(data)
    _held[key] = os.getpid(), found
    if folder is not None:
        (folder / NAME).touch(mode=0o600)
        (folder / NAME).write_bytes(pickle.dumps((os.getpid(), key), -1) + pickle.dumps(found, -1))
        os.environ[VARIABLE] = str(folder)
    try:
        yield
    finally:
        _held.pop(key, None)
        if folder is not None:
            os.environ.pop(VARIABLE, None)
            (folder / NAME).unlink(missing_ok=True)


def handed(data: Path, department: str, year: int) -> EvaluatedYear | None:
    """What was handed to this process of a department's year in a data folder; None where it was nothing, or of something else.

    >>> handed(Path("data"), "hrss", 2023) is None
    True
    """
    found = _taken(data, department, year)
    return found if isinstance(found, EvaluatedYear) else None


def standing_years(data: Path) -> Standing:
    """What was handed to this process of evaluations that stand and are of today's data; nothing where it was nothing."""
    found = _taken(data)
    return {} if found is None or isinstance(found, EvaluatedYear) else found


def _taken(data: Path, *of: object) -> Handed | None:
    if not _held and VARIABLE not in os.environ:
        return None
    key = _key(data, *of)
    if key in _held and _held[key][0] != os.getpid():
        return _held[key][1]
    folder = os.environ.get(VARIABLE)
    return _from_file(Path(folder), key) if folder else None


@lru_cache(maxsize=1)
def _from_file(folder: Path, key: _Key) -> Handed | None:
    if not (_is_ours(folder) and _is_ours(folder / NAME)):
        return None
    try:
        with (folder / NAME).open("rb") as stream:
            process, known = pickle.load(stream)
            found: Handed | None = pickle.load(stream) if process != os.getpid() and known == key else None
            return found
    except Exception:  # of whatever is wrong with a file that is not whole: the data is read once more
        return None


def _is_ours(path: Path) -> bool:
    """Whether a file or folder is no link, belongs to this user, and nobody else may write to it."""
    try:
        found = path.lstat()
    except OSError:
        return False
    if S_ISLNK(found.st_mode):
        return False
    return not hasattr(os, "getuid") or (found.st_uid == os.getuid() and not found.st_mode & 0o022)  # Windows has neither
