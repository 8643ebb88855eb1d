"""Everything in a data folder, checked: the years of the list, and what a county has beside them. Only tells; changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from evallib.data.beside import departments_or_beside
from evallib.data.folder import data_root, has_data, read_year, unlisted_years
from evallib.data.rulebook import framework_remarks, load_framework
from evallib.data.years import evaluate_year
from evallib.files.sheets import read_csv
from evallib.model.errors import InputRefused, Place, Problem
from evallib.model.evaluation import Evaluation
from evallib.model.government_rows import FILE as GOVERNMENT
from evallib.model.made_ids import typed
from evallib.model.words import NOTHING, Given, Words, words
from evallib.say.refusals import problem
from evallib.say.sentences import sentence


@dataclass(frozen=True)
class Checked:
    """What was checked, and every problem found in it; `department` is empty and `year` 0 for what is of no department.

    `read_as` names for each CSV file of a year its encoding and separator; `evaluation` is what there is, scored: a draft where not all is.
    """

    department: str
    year: int
    title: Words
    problems: tuple[Problem, ...]
    read_as: tuple[tuple[str, str, str], ...] = ()
    evaluation: Evaluation | None = None

    @property
    def how_read(self) -> Words:
        """How the CSV files were read, in a line: as most were, then each other one."""
        ways = Counter((encoding, separator) for _, encoding, separator in self.read_as)
        if not ways:
            return NOTHING
        (usual, count), *_ = ways.most_common(1)
        others = [one for one in self.read_as if one[1:] != usual]
        said = [_way("way", *usual, count=count)]
        said += [_way("way_of_one", encoding, separator, file=PurePosixPath(name).name) for name, encoding, separator in others]
        return sentence("files.read_as", of=self.title, ways=words("；".join(one.zh for one in said), "; ".join(one.en for one in said)))

    def count(self, level: str) -> int:
        return sum(1 for problem in self.problems if problem.level == level)


def check_data(data: Path, department: str | None = None, year: int | None = None) -> tuple[Checked, ...]:
    """Check what is listed and there for a department and a year; for all of them where none is named, and then of what stands beside, too.

    Raises InputRefused where the list of departments cannot be read, or is empty and there is nothing beside it. What else is wrong is
    told, not raised.

    >>> [(one.title.en, one.count("error")) for one in check_data(Path("data"))]
    [('hrss 2023', 0)]
    """
    every = departments_or_beside(data)
    listed, names = [(row.code, y) for row in every for y in row.years], {row.code: row.words for row in every}

    def asked(code: str, y: int) -> bool:
        return department in (None, code) and year in (None, y)

    chosen = [at for at in listed if asked(*at)]
    beside = list[Checked]()
    if (data / "monitoring").is_dir():
        from evallib.data.monitoring import load_monitoring, monitored_years  # late, as below: a check of a single year waits for neither

        beside += [_beside("monitoring", load_monitoring, data, *at) for at in monitored_years(data) if asked(*at)]
    left_out = [at for at in unlisted_years(data, set(listed)) if asked(*at)]
    if department is not None and not (chosen or beside or left_out):
        chosen = [(department, year or 0)]  # to be told what there is
    found = [*_frameworks(data, {(row.framework, y) for row in every for code, y in chosen if row.code == code and y in row.years})]
    for code, y in chosen:
        found.append(_checked(data, code, y, typed(code, names[code]) if code in names else words(code)))
    found += beside
    found += [Checked(code, y, words(f"{code} {y}"), (_unlisted(code, y),)) for code, y in left_out]
    if department is None and year is None and (data / GOVERNMENT).is_file():
        from evallib.data.government import load_government_heads

        found.append(_beside("government", load_government_heads, data))
    return tuple(found)


def _beside(name: str, load: Callable[..., _Read], data: Path, *at: Any) -> Checked:
    """What is no department's evaluation: a file of its own."""
    code, year = at or ("", 0)
    return Checked(code, year, words(" ".join(map(str, at))) + sentence(f"batch.page.{name}"), _problems(load, data, *at))


def _checked(data: Path, code: str, year: int, called: Words) -> Checked:
    """A department's year, of which all is told that can be seen."""
    title = called + words(f" {year}")
    if not has_data(data, code, year):
        return Checked(code, year, title, _problems(evaluate_year, data, code, year))
    try:
        made = evaluate_year(data, code, year, draft=True)
    except InputRefused as refusal:
        return Checked(code, year, title, refusal.problems, _read_as(data, code, year))
    return Checked(code, year, title, made.remarks, _read_as(data, code, year), made.evaluation)


def _way(name: str, encoding: str, separator: str, **given: Given) -> Words:
    known = {",": "comma", ";": "semicolon", "\t": "tab"}.get(separator, "other")
    shown = encoding.upper().removesuffix("-SIG").removesuffix("-LE").removesuffix("-BE")
    return sentence(f"files.{name}", encoding=shown, separator=sentence(f"files.{known}", sign=separator), **given)


def _read_as(data: Path, code: str, year: int) -> tuple[tuple[str, str, str], ...]:
    """The encoding and the separator of each CSV file of a year that could be read."""
    try:
        files = read_year(data_root(data), code, year, ()).tables
    except InputRefused:
        return ()
    grids = [read_csv(file.name, file.content) for _, file in files if file.problem is None]
    return tuple((grid.file, grid.encoding, grid.separator) for grid in grids if grid.encoding)


def _frameworks(data: Path, used: set[tuple[str, int]]) -> Iterator[Checked]:
    """What the frameworks in force say themselves, where they do: their examples, and the sentences of their rules."""
    told: set[str] = set()
    for id, year in sorted(used):
        try:
            framework = load_framework(data, id, year)
        except InputRefused:  # the years that use it say so
            continue
        file = f"frameworks/{framework.id}/{framework.first_year}.toml"
        problems = framework_remarks(data, id, year) if file not in told else ()
        if problems or (framework.examples and file not in told):
            title = words(f"{file} 的例子和原文", f"examples and sentences of {file}")
            yield Checked("", 0, title, problems)
        told.add(file)


def _unlisted(code: str, year: int) -> Problem:
    """Data that no command looks at, since the list does not name its year."""
    return problem("year.not_on_the_list", Place(f"departments/{code}/{year}"), department=code, year=year)


class _Read(Protocol):
    @property
    def remarks(self) -> tuple[Problem, ...]: ...


def _problems(read: Callable[..., _Read], *what: object) -> tuple[Problem, ...]:
    """What is remarked when something is read, or what it is refused for."""
    try:
        return read(*what).remarks
    except InputRefused as refusal:
        return refusal.problems
