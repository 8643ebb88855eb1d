"""The net at the door of every command and of a notebook's first cell: what nobody expected is told in a sentence, its details in a file.

What the system says (no space, no right to write …) is told with what helps against that cause. `EVALLIB_NET=off` takes the net away.
"""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import platform
import sys
import tempfile
import traceback
import warnings
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from evallib import __version__
from evallib.model.errors import InputRefused, Place, Problem
from evallib.model.words import NOTHING, Words, words
from evallib.say.sentences import sentence

VARIABLE = "EVALLIB_NET"
_CAUSES = {
    "full": ("ENOSPC", "EDQUOT"),
    "denied": ("EACCES", "EPERM"),
    "read_only": ("EROFS",),
    "open_elsewhere": ("EBUSY", "ETXTBSY"),
    "name_too_long": ("ENAMETOOLONG",),
    "too_many_open": ("EMFILE", "ENFILE"),
    "no_memory": ("ENOMEM",),
    "in_the_way": ("ENOTDIR", "EISDIR", "EEXIST", "ENOTEMPTY"),
    "too_large": ("EFBIG",),
    "link_loop": ("ELOOP",),
    "gone": ("ENOENT", "EIO", "ESTALE", "ENODEV", "ENXIO", "EHOSTDOWN", "ENOTCONN"),
}
_BY_NUMBER = {getattr(errno, name): cause for cause, names in _CAUSES.items() for name in names if hasattr(errno, name)}
_BY_WINDOWS = {32: "open_elsewhere", 33: "open_elsewhere", 112: "full", 206: "name_too_long"}
_BY_WORDS = {"Symlink loop": "link_loop", "can't start new thread": "no_memory", "No usable temporary directory": "no_temporary"}
"""What the system says by way of Python, which gives no number with it, or one that misleads."""
_WHEREVER = ("full", "read_only", "name_too_long", "too_many_open", "no_memory", "too_large", "no_temporary")
"""What hinders writing wherever it is met: it helps nothing to say which file was being opened."""
_TOLD_OF = "ipykernel jupyterlab matplotlib nbconvert numpy openpyxl pandas papermill pyarrow pydantic rich typer"


def is_on() -> bool:
    """Whether the net is there; the suite runs without it."""
    return os.environ.get(VARIABLE) != "off"


def cause_of(error: BaseException) -> str:
    """What the system says with an error, as `net.cause` names it; nothing where it is no such error.

    >>> cause_of(OSError(errno.ENOSPC, "No space left on device")), cause_of(ValueError())
    ('full', '')
    """
    if isinstance(error, MemoryError):
        return "no_memory"
    if isinstance(error, RuntimeError | OSError) and (said := next((c for words, c in _BY_WORDS.items() if words in str(error)), "")):
        return said
    number = getattr(error, "errno", None)  # libraries give it with errors of their own
    return _BY_WINDOWS.get(getattr(error, "winerror", None) or 0) or (_BY_NUMBER.get(number, "") if isinstance(number, int) else "")


def told_of_system(error: BaseException, to: Path | None = None, fix: Words = NOTHING) -> Words | None:
    """What is said of an error that the system told: where, why, what helps. None where it is none of those.

    `to` is the folder or file that was being written, and `fix` what helps where that place is the matter.

    >>> told_of_system(OSError(errno.ENOSPC, "No space left on device"), Path("reports")).en
    'cannot write to reports: the disk is full. To fix it: free some space there, then run it again.'
    """
    found = _of_system(error, to, fix)
    return found and _said(*found)


def _of_system(error: BaseException, to: Path | None = None, fix: Words = NOTHING) -> tuple[Words, Words] | None:
    if not (cause := cause_of(error)):
        return None
    named = error.filename if isinstance(error, OSError) and isinstance(error.filename, str) else ""
    ours = to is not None and (not named or cause in _WHEREVER or _is_within(Path(named), to))
    place = str(to) if not named or (ours and cause in _WHEREVER) else named
    helps = fix if ours and fix and cause in ("denied", "in_the_way", "read_only") else sentence(f"net.fix.{cause}")
    what = (
        "working" if cause in ("no_memory", "too_many_open", "no_temporary") else "writing" if ours else "reading" if named else "working"
    )
    return sentence(f"net.{what}", place=place, why=sentence(f"net.cause.{cause}")), helps


def _said(what: Words, fix: Words) -> Words:
    return sentence("net.said", what=what, fix=fix)


def _is_within(path: Path, folder: Path) -> bool:
    """Whether a path is a folder, in it, or above it."""
    path, folder = path.absolute(), folder.absolute()
    return path.is_relative_to(folder) or folder.is_relative_to(path)


def told(error: BaseException, near: Path | None = None) -> Words:
    """What a person is told of any error: what the system says, or that it was not expected and which file holds the details.

    `near` is the folder where that file is wanted; where it cannot be written there, it goes to the temporary folder.
    """
    if not is_on():
        return words(f"{type(error).__name__}: {error}"[:2000])
    return _said(*(_of_system(error, near) or _unexpected(error, near)))


def refusal(error: BaseException) -> InputRefused:
    """The same as a refusal, for a notebook that goes on."""
    what, fix = _of_system(error) or _unexpected(error, None)
    return InputRefused((Problem(Place("evallib"), what, fix),))


def _unexpected(error: BaseException, near: Path | None) -> tuple[Words, Words]:
    """What is said of an error that nobody expected, and what helps."""
    file = None
    with suppress(Exception):  # where even that is not possible, the error itself is told
        file = _write_details(error, near)
    name = "unexpected" if file else "unwritten"
    kind = type(error).__name__ if file else _lines(error)[-1].strip()
    return sentence(f"net.{name}", kind=kind), sentence(f"net.fix.{name}", file=str(file))


def _lines(error: BaseException) -> list[str]:
    return traceback.format_exception(error)


def _write_details(error: BaseException, near: Path | None) -> Path | None:
    """A file with what somebody needs who is to mend it; the same error has the same file. None where none can be written."""
    about = [f"evallib {__version__}", f"Python {sys.version}", platform.platform(), *_versions(), f"in {Path.cwd()}", repr(sys.argv)]
    trace = "".join(_lines(error))
    name = f"evallib-error-{hashlib.sha256(trace.encode('utf-8', 'replace')).hexdigest()[:8]}.txt"
    for folder in _places(near):
        try:
            with (folder / name).open("x", encoding="utf-8", errors="replace") as file:  # never through somebody's link
                file.write("\n".join((*about, "", trace)))
            return (folder / name).absolute()
        except FileExistsError:
            return (folder / name).absolute()
        except OSError:
            continue
    return None


def _places(near: Path | None) -> Iterator[Path]:
    """Folders where nothing is moved or deleted; that for temporary files may not be there."""
    if near:
        yield near
    yield Path(tempfile.gettempdir())  # only its name is asked for


def quiet() -> None:
    """From here on libraries say nothing to a person: what they say to those who program with them is no help. Nothing without the net."""
    if is_on():
        logging.lastResort = logging.NullHandler()
        if not sys.warnoptions:
            warnings.simplefilter("ignore")
            warnings.filterwarnings("default", module=r"evallib\.")


def aloud() -> None:
    """From here on they say again what they say by themselves: in the process of a notebook, which is read by who programs it."""
    logging.lastResort = logging._defaultLastResort  # type: ignore[attr-defined]  # it has no public name
    warnings.showwarning = warnings._showwarning_orig  # type: ignore[attr-defined]  # as this
    warnings.resetwarnings()
    for kind in (ResourceWarning, ImportWarning, PendingDeprecationWarning, DeprecationWarning):
        warnings.simplefilter("ignore", kind)
    warnings.filterwarnings("default", category=DeprecationWarning, module="__main__")
    warnings._processoptions(sys.warnoptions)  # type: ignore[attr-defined]  # what was asked for where it was started


def _versions() -> Iterator[str]:
    for package in _TOLD_OF.split():
        try:
            yield f"{package} {version(package)}"
        except PackageNotFoundError:
            yield f"{package} is not there"
