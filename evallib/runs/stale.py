"""What no longer holds and must not pass for what does: the files of a year whose data is refused go to `OUT/stale/`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from evallib.data.load import load_departments
from evallib.data.published import load_published
from evallib.files.outputs import HISTORY, STALE
from evallib.files.whole import Together, together
from evallib.model.errors import InputRefused
from evallib.runs.county import Listed, known_list
from evallib.runs.heads import put_list
from evallib.runs.names import files_of


def is_passing(refusal: InputRefused) -> bool:
    """Whether a refusal says nothing of the next time: another command is at work, or a file is open elsewhere."""
    return any(problem.code in ("folder.in_use", "file.unreadable") for problem in refusal.problems)


@dataclass
class SetAside(InputRefused):
    """Data that cannot be used, and to which folder what was made of earlier data has gone."""

    moved: Path = Path()


def is_published(data: Path, department: str, year: int) -> bool:
    """Whether a department's year is published: nothing may take its page away."""
    return load_published(data).of(department, year) is not None


def set_aside(out: Path, folder: str, stem: str, among_many: bool = False) -> Path | None:
    """Move the files of a page from a folder of the output to `OUT/stale/FOLDER`, all or nothing; where to, if anything stood there.

    What went there before under that name gives way, so that nothing there is of two times. No head leads to it any longer; `among_many`
    leaves the heads to who makes many pages.
    """
    found = files_of(out / folder, stem)
    if not found:
        return None
    target = out / STALE / folder
    with together(out) as change:
        before = files_of(target, stem)
        for old in before:
            change.remove(old)
        moved = {f"{STALE}/{folder}/{path.name}": path for path in found}
        anew = set() if among_many else _without(change, out, folder, stem, moved, before)
        for place, path in moved.items():
            if place in anew:
                change.remove(path)
            else:
                change.move(path, out / place)
    return target


def _without(change: Together, out: Path, folder: str, stem: str, moved: dict[str, Path], gone: list[Path]) -> set[str]:
    """List and heads without a page that is set aside; nothing where there is no list that can be read. See `put_heads`."""
    county = known_list(out)
    if not county.rows:
        return set()
    if folder.isdecimal() and (row := county.rows.get((stem, int(folder)))):
        kept = {name: mark for name, mark in row.files.items() if name.startswith(f"{HISTORY}/")}
        county = county.with_row(Listed(row.department, row.year, "refused", files=kept, name=row.name, kind=row.kind, called=row.called))
    county = replace(county, pages={page: mark for page, mark in county.pages.items() if (out / page) not in moved.values()})
    return put_list(change, out, county, moved, gone)


@contextmanager
def refused_set_aside(
    data: Path, out: Path, folder: str, stem: str, department: str, year: int | None = None, among_many: bool = False
) -> Iterator[None]:
    """Around the reading of a year's data: where it is refused, what stands of it is set aside.

    Not where the list of departments cannot be read or does not hold the year: then it may be the wrong data folder. Nor where it is
    published, or its files could not be opened just now. Raises SetAside in the place of the refusal where something was moved.
    """
    try:
        yield
    except InputRefused as refusal:
        listed = False
        with suppress(InputRefused):
            listed = any(year is None or year in row.years for row in load_departments(data).of(department))
        if (
            listed
            and not is_passing(refusal)
            and not (year is not None and is_published(data, department, year))
            and (moved := set_aside(out, folder, stem, among_many))
        ):
            raise SetAside(refusal.problems, moved) from None
        raise
