"""The county's list, `county.json`: of each department's year what became of it, its total, and the checksums of its files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from pydantic import ConfigDict, TypeAdapter, ValidationError

from evallib.data.outputs import COUNTY_LIST, HISTORY
from evallib.data.sheets import MAX_BYTES
from evallib.data.whole import whole
from evallib.model.errors import InputRefused
from evallib.runs.stamps import USABLE, Outcome, read_result
from evallib.say.refusals import refused


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
    file = out / COUNTY_LIST
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
        raise refused("verify.list_unreadable", COUNTY_LIST) from None


def list_text(rows: Iterable[Listed]) -> str:
    """The list as it is written: by year, then by department."""
    ordered = sorted(rows, key=lambda row: (row.year, row.department))
    return json.dumps({"format": 1, "reports": [asdict(row) for row in ordered]}, ensure_ascii=False, indent=1) + "\n"


def write_list(out: Path, rows: Iterable[Listed]) -> None:
    """Write the list anew. A row takes along what the list knows of other files of the same result: see `with_known`."""
    try:
        now = read_list(out)
    except InputRefused:  # somebody has made something else of it
        now = {}
    with whole(out / COUNTY_LIST) as file:
        file.write_text(list_text(with_known(row, now.get(row.key)) for row in rows), encoding="utf-8", newline="\n")


def list_of(outcomes: Iterable[Outcome]) -> list[Listed]:
    """The rows of the list by what stands of the reports of a batch."""
    rows = []
    for outcome in outcomes:
        job = outcome.job
        if job.kind == "report":
            row = Listed(job.department, job.year, "up_to_date" if outcome.state == "made" else outcome.state)
            if outcome.state in USABLE and (result := read_result(job)):
                files = {f"{job.year}/{name}": mark for name, mark in (read_result(job, "files") or {}).items()}
                row = replace(row, total=result["total"], content=result.get("content", ""), files=files)
            rows.append(row)
    return rows


def with_known(row: Listed, known: Listed | None) -> Listed:
    """A row with what was known of the other files of its result (another language, a workbook), and of what was published before."""
    if known is None:
        return row
    if row.state == "held":
        return replace(known, state=row.state)
    same = row.content and row.content == known.content
    files = {name: mark for name, mark in known.files.items() if same or name.startswith(f"{HISTORY}/")}
    return replace(row, files={**files, **row.files})
