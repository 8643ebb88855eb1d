"""The county's list, `county.json`: of each department's year what became of it, its total, and the checksums of its files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pydantic import ConfigDict, TypeAdapter, ValidationError

from evallib.data.sheets import MAX_BYTES
from evallib.data.whole import whole
from evallib.say.refusals import refused

NAME = "county.json"


@dataclass(frozen=True)
class Listed:
    """A department's year on the list. `content` is the seal of its evaluation, `files` holds checksums by the place under the folder."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    department: str
    year: int
    state: str
    total: str | None = None
    content: str = ""
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, int]:
        return self.department, self.year


_ROWS = TypeAdapter(list[Listed])


def read_list(out: Path) -> dict[tuple[str, int], Listed]:
    """The county's list in a folder of reports; nothing where there is none.

    Raises InputRefused where it cannot be read.
    """
    file = out / NAME
    if not file.exists():
        return {}
    try:
        if file.stat().st_size > MAX_BYTES:
            raise ValueError
        held = json.loads(file.read_bytes())
        if held["format"] != 1:
            raise ValueError
        return {row.key: row for row in _ROWS.validate_python(held["reports"])}
    except (OSError, ValueError, KeyError, TypeError, RecursionError, ValidationError):
        raise refused("verify.list_unreadable", NAME) from None


def list_text(rows: Iterable[Listed]) -> str:
    """The list as it is written: by year, then by department."""
    ordered = sorted(rows, key=lambda row: (row.year, row.department))
    return json.dumps({"format": 1, "reports": [asdict(row) for row in ordered]}, ensure_ascii=False, indent=1) + "\n"


def write_list(out: Path, rows: Iterable[Listed], keep: Iterable[tuple[str, int]] = ()) -> None:
    """Write the list anew: the `rows`, and those that stand there now and are to be kept.

    A row takes along what the list knows of other files of the same result: in another language, a workbook, what was published before.
    """
    try:
        now = read_list(out)
    except Exception:  # of whatever somebody has made of it: it is written anew
        now = {}
    made = {key: now[key] for key in keep if key in now}
    for row in rows:
        made[row.key] = with_known(row, now.get(row.key))
    with whole(out / NAME) as file:
        file.write_text(list_text(made.values()), encoding="utf-8", newline="\n")


def with_known(row: Listed, known: Listed | None) -> Listed:
    """A row with what was known of the other files of its result, and of what was published before."""
    if known is None:
        return row
    same = row.content and row.content == known.content
    files = {name: mark for name, mark in known.files.items() if same or name.startswith("history/")}
    return Listed(row.department, row.year, row.state, row.total, row.content, {**files, **row.files})


def checksum(file: Path) -> str:
    """The SHA-256 of a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
