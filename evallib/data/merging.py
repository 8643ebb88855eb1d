"""Two people's copies of a department's year become one: joined by the key of each table, cell by cell; nothing is lost, nothing guessed.

What only one of them has, or only one has changed since a common ancestor, is taken; what both changed otherwise is asked about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evallib.data.comparing import Both, Change, Comparison, Keep, is_bare, keyed, same_row
from evallib.data.csv_files import set_aside, write_year
from evallib.data.folder import data_of, data_root
from evallib.data.load import load_departments, load_year
from evallib.data.raw_tables import Tables
from evallib.data.raw_years import RawYear, read_raw_year
from evallib.data.rulebook import load_framework
from evallib.files.locks import held
from evallib.files.whole import together
from evallib.model.errors import InputRefused, Place, Problem
from evallib.model.framework import Framework
from evallib.model.grouped import grouped
from evallib.model.record import TABLES
from evallib.model.words import Lang, words
from evallib.say.refusals import problem, refused
from evallib.say.sentences import sentence


@dataclass(frozen=True)
class Merged:
    """What a merge made: where it stands, the changes to the copy called `changed` by what only the other has, what of either is not in it,
    and where what was there before is kept.
    """

    department: str
    year: int
    path: Path
    changes: tuple[Change, ...]
    changed: str
    left: tuple[Place, ...]
    backup: Path | None = None


def merge(
    data: Path,
    one: Path,
    other: Path,
    *,
    base: Path | None = None,
    prefer: Path | None = None,
    out: Path | None = None,
    department: str = "",
    year: int | None = None,
    lang: Lang = "zh",
) -> Merged:
    """Join two copies of a department's year, workbooks or folders of CSV files, in either order: the result is the same.

    It takes the place of the year's data, which goes into the folder `backup`, or is written to `out`. `base` is what both were copied
    from: then what one took away is away. `prefer` is the copy that is right where both differ. The place of a copy in the data folder
    tells department and year, where they are not named.

    Raises InputRefused with every cell in which both differ, by its place in both. Nothing is written then.
    """
    root = data_root(data)
    code, named = _whose(root, (one, other), department, year)
    listing = next((row for row in load_departments(root).of(code) if named in row.years), None)
    if listing is None:
        load_year(root, code, named)  # which refuses it
        raise refused("merge.whose", "departments.csv", code)
    framework = load_framework(root, listing.framework, named)
    target = out or data_of(root, code, named) or root / "departments" / code / f"{named}.xlsx"
    if prefer is not None and not any(_same(prefer, copy) for copy in (one, other)):
        raise refused("merge.prefer", str(prefer), one=str(one), other=str(other))
    if target.exists() and (out is not None or not any(_same(target, copy) for copy in (one, other))):
        raise refused("merge.in_the_way", str(target))
    place = root if out is None else target.resolve().parent
    with held(place, "merge"), together(place) as change:
        copies = [read_raw_year(path, framework) for path in (one, other)]
        before = read_raw_year(base, framework) if base else None
        first, second = sorted(copies, key=_order, reverse=True)  # either order of the two gives the same
        keep: Keep = "" if prefer is None else "data" if first is copies[not _same(prefer, one)] else "form"
        compared = _compared(framework, first, second, before, keep)
        tables = compared.tables
        if compared.both:
            raise InputRefused(tuple(_question(one, (first, second), count) for one, count in _asked(compared.both)))
        left = tuple(place for copy in copies for place in copy.left)
        merged = Merged(code, named, target, tuple(compared.changes), first.name, left)
        if any(_same(target, path) and _agrees(tables, copy.tables) for path, copy in zip((one, other), copies, strict=True)):
            return merged  # merged before: all of it is there
        backup = set_aside(change, target) if target.exists() else None
        made = change.put(target)
        write_year(tables, made, framework, lang, f"{listing.words[lang]} {named}")
        if not _agrees(tables, read_raw_year(made, framework).tables):
            raise refused("form.changes_the_data", str(target))
    return replace(merged, backup=backup)


def _whose(root: Path, copies: Sequence[Path], department: str, year: int | None) -> tuple[str, int]:
    """Department and year: as named, else as the place of a copy in the data folder tells."""
    for path in copies:
        if not path.exists():
            raise refused("merge.no_copy", str(path))
        absolute = path.resolve()
        if absolute.parent.parent == root / "departments" and absolute.stem.isdigit():
            department, year = department or absolute.parent.name, int(absolute.stem) if year is None else year
    if not department or year is None:
        raise refused("merge.whose", str(copies[0]))
    return load_departments(root).code_of(department), year


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


def _order(copy: RawYear) -> tuple[int, str]:
    return sum(map(len, copy.tables.values())), repr(copy.tables)


def _agrees(one: Tables, other: Tables) -> bool:
    """Whether two copies say the same, in whatever order their rows are."""
    for table in TABLES:
        rows, others = (keyed(table, copy.get(table, ())) for copy in (one, other))
        if rows.keys() != others.keys() or not all(same_row(row, others[key]) for key, row in rows.items()):
            return False
    return True


def _compared(framework: Framework, first: RawYear, second: RawYear, base: RawYear | None, keep: Keep) -> Comparison:
    """The copies compared: `first` gets what only `second` has, or has changed, and every document: other rows may name it."""
    sources, more = (keyed("sources", copy.tables["sources"]) for copy in (first, second))
    every = [*sources.values(), *(row for key, row in more.items() if key not in sources)]
    named = {row.get("group") for copy in (first, second) for row in copy.tables["own_indicators"] if row.get("name")}

    def filled(copy: RawYear) -> Tables:
        """Without the rows that were laid out for indicators of a group, where somebody wrote there which these are."""
        own = [row for row in copy.tables["own_indicators"] if row.get("group") not in named or not is_bare("own_indicators", row)]
        return {**copy.tables, "own_indicators": own}

    then = base.tables if base else {}
    return Comparison(framework, then, filled(second), {**filled(first), "sources": every}, keep, kept="sources")


def _asked(both: Sequence[Both]) -> list[tuple[Both, int]]:
    """What is asked about, and of how many rows: two sources that differ, as those said once for all do, are asked about once."""
    same = grouped((repr((one.column, one.said["now"], one.said["here"])) if one.column == "source" else repr(one), one) for one in both)
    return [(some[0], len(some)) for some in same.values()]


def _question(one: Both, copies: Sequence[RawYear], count: int) -> Problem:
    """What is asked about what differs, by its place in both copies."""
    rows = ([*keyed(one.table, copy.tables.get(one.table, ()))] for copy in copies)
    at = (keys.index(one.key) if one.key in keys else None for keys in rows)
    place, there = (copy.place(one.table, index, one.column) for copy, index in zip(copies, at, strict=True))
    names = {"one": copies[0].name, "other": copies[1].name}
    what = sentence("merge.rows", what=one.said["what"], count=count) if count > 1 else one.said["what"]
    return problem("merge.both", place, **{**one.said, "what": what}, **names, at=words(there.describe("zh"), there.describe("en")))
