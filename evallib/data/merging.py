"""Two people's copies of a department's year become one: joined by the key of each table, cell by cell; nothing is lost, nothing guessed.

What only one of them has, or only one has changed since a common ancestor, is taken; what both changed otherwise is asked about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evallib.checks.record import KEYS
from evallib.data.csv_files import set_aside, write_year
from evallib.data.folder import data_of, data_root
from evallib.data.form_again import Change, Comparison, Keep, Rows, same_text
from evallib.data.load import load_departments, load_year
from evallib.data.locks import held
from evallib.data.raw_tables import Tables
from evallib.data.raw_years import RawYear, read_raw_year
from evallib.data.rulebook import load_framework
from evallib.data.whole import together
from evallib.model.errors import InputRefused, Place, Problem
from evallib.model.framework import Framework
from evallib.model.record import TABLES
from evallib.model.rows import columns, unit_of
from evallib.model.words import Lang, Words, words
from evallib.say.refusals import problem, refused


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
        merging = _Merging(framework, first, second, before, keep)
        tables = merging.tables()
        if merging.asked:
            raise InputRefused(tuple(merging.asked))
        left = tuple(place for copy in copies for place in copy.left)
        merged = Merged(code, named, target, tuple(merging.changes), first.name, left)
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
        (rows, _), (others, _) = (_keyed(table, copy.get(table, ())) for copy in (one, other))
        if rows.keys() != others.keys() or not all(_agree(row, others[key], {*row, *others[key]}) for key, row in rows.items()):
            return False
    return True


class _Merging(Comparison):
    """The copies compared: `first` gets what only `second` has, or has changed."""

    passed = ()

    def __init__(self, framework: Framework, first: RawYear, second: RawYear, base: RawYear | None, keep: Keep) -> None:
        named = {one.id: one.words for one in framework.indicators} | {f.id: f.name for f in framework.catalogue.facts.values()}
        own = (row for copy in (first, second) for row in copy.tables.get("own_indicators", ()))
        super().__init__(named | {row["indicator"]: words(row.get("name", "")) for row in own if row.get("indicator")}, "", keep)
        self.first, self.second, self.base = first, second, base
        self.at: tuple[str, int | None, int | None] = ("", None, None)

    def tables(self) -> dict[str, list[dict[str, str]]]:
        """The tables of both in one."""
        made = {}
        for table in TABLES:
            then = _keyed(table, self.base.tables.get(table, ()))[0] if self.base else {}
            (here, here_at), (now, now_at) = (_keyed(table, copy.tables.get(table, ())) for copy in (self.first, self.second))
            for key in dict.fromkeys((*then, *now)):
                self.at, mine = (table, here_at.get(key), now_at.get(key)), dict(here.get(key, {}))
                if table == "sources" and key not in here and key in now:
                    here[key] = now[key]  # other rows may name it
                asked = len(self.asked)
                self.row(table, here, key, then.get(key), now.get(key))
                if mine and key in now and key in here and asked == len(self.asked):
                    self._whole(table, here[key], mine, now[key])
            made[table] = [*here.values()]
        return made

    def _whole(self, table: str, made: dict[str, str], mine: dict[str, str], new: dict[str, str]) -> None:
        """A number and its unit come from one copy: those of two would be a number that neither has."""
        model = TABLES[table]
        for column in columns(model):
            pair = (column, unit_of(model, column))
            if pair[1] in model.model_fields and not any(_agree(made, row, pair) for row in (mine, new)):
                now, here = (" ".join(row.get(c, "") for c in pair) for row in (new, mine))
                what = self.called(table, made) + words(f" {model.model_fields[column].title}", f" {column.replace('_', ' ')}")
                row = new if self.settled(what, "", now, here, column) else mine
                made |= {c: row.get(c, "") for c in pair}

    def question(self, what: Words, then: str, now: str, here: str, column: str | None) -> Problem:
        table, mine, other = self.at
        place, there = self.first.place(table, mine, column), self.second.place(table, other, column)
        at = words(there.describe("zh"), there.describe("en"))
        return problem("merge.both", place, what=what, here=here, now=now, at=at, one=self.first.name, other=self.second.name)


def _agree(one: Mapping[str, str], other: Mapping[str, str], on: Iterable[str]) -> bool:
    return all(same_text(one.get(column, ""), other.get(column, "")) for column in on)


def _keyed(table: str, rows: Sequence[Mapping[str, str]]) -> tuple[Rows, dict[tuple[str, ...], int]]:
    """The rows by their keys, and where each is; one without a key, or of a key that another has, by all that it says."""
    found, at = Rows(), dict[tuple[str, ...], int]()
    for index, row in enumerate(rows):
        key = tuple(row.get(column, "") for column in KEYS.get(table, ()))
        if key in found or not any(key):
            key = (*key, repr(sorted((c, text) for c, text in row.items() if text)))
        while key in found:
            key = (*key, "again")
        found[key], at[key] = dict(row), index
    return found, at
