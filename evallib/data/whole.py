"""Files and folders that appear whole or not at all. Knows nothing of what they hold."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evallib.say.refusals import refused


@contextmanager
def whole(target: Path) -> Iterator[Path]:
    """A path to write a file or a folder to; it takes the target's place only when all went well.

    A file that is there already keeps its permissions. A folder that is there already must be empty and is filled: somebody
    may stand in it. Raises OSError where the place cannot be written to, or the file is held open.

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with whole(Path(folder) / "list.csv") as file:
    ...         written = file.write_text("code")
    ...     Path(folder, "list.csv").read_text()
    'code'
    """
    around = target if target.is_dir() else target.parent
    around.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=around) as temporary:
        made = Path(temporary) / target.name
        yield made
        if target.is_dir() and made.is_dir():
            for part in made.iterdir():
                part.rename(target / part.name)
            return
        if target.is_file():
            shutil.copymode(target, made)
        made.replace(target)


def free(folder: Path, stem: str, suffix: str = "") -> Path:
    """The first name in a folder that is not taken, numbered from 2."""
    names = (folder / f"{stem}{number}{suffix}" for number in ("", *(f"-{n}" for n in range(2, 10_000))))
    return next(path for path in names if not path.exists())


def refuse_filled(folder: Path) -> None:
    """Raise InputRefused where something is in a place that a new folder is to take."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise refused("folder.not_empty", str(folder))
