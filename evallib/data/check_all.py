"""Everything in a data folder, checked: the years of the list, what is monitored, the government's budget. Only tells; changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from evallib.data.folder import monitored_years, unlisted_years
from evallib.data.government import Heads, load_heads
from evallib.data.load import list_departments, load_departments
from evallib.data.monitoring import load_monitoring
from evallib.data.rulebook import framework_remarks, load_framework
from evallib.data.years import evaluate_year
from evallib.model.budget_rows import FILE as HEADS
from evallib.model.errors import InputRefused, Place, Problem
from evallib.model.monitoring_record import Monitored
from evallib.model.words import Words, words
from evallib.model.years import EvaluatedYear
from evallib.say.refusals import problem


@dataclass(frozen=True)
class Checked:
    """What was checked, and every problem found in it; `department` is empty and `year` 0 for the government's budget."""

    department: str
    year: int
    title: Words
    problems: tuple[Problem, ...]

    def count(self, level: str) -> int:
        return sum(1 for problem in self.problems if problem.level == level)


def check_data(data: Path, department: str | None = None, year: int | None = None) -> tuple[Checked, ...]:
    """Check what is listed and there for a department and a year; for all of them where none is named, and the budget then too.

    Raises InputRefused where the list of departments cannot be read, or is empty and there is no budget. What else is wrong is told,
    not raised.

    >>> [(one.title.en, one.count("error")) for one in check_data(Path("data"))]
    [('hrss 2023', 0)]
    """
    budget = (data / HEADS).is_file() and department is None and year is None
    every = load_departments(data) if budget else list_departments(data)
    listed = [(row.code, y) for row in every for y in row.years]

    def asked(code: str, y: int) -> bool:
        return department in (None, code) and year in (None, y)

    chosen = [at for at in listed if asked(*at)]
    watched = [(code, y) for code, y, _ in monitored_years(data) if asked(code, y)]
    left_out = [at for at in unlisted_years(data, set(listed)) if asked(*at)]
    if not chosen and not watched and not left_out and department is not None:
        chosen = [(department, year or 0)]  # to be told what there is
    found = [*_frameworks(data, {(row.framework, y) for row in every for code, y in chosen if row.code == code and y in row.years})]
    found += [Checked(code, y, words(f"{code} {y}"), _problems(evaluate_year, data, code, y)) for code, y in chosen]
    for code, y in watched:
        title = words(f"{code} {y} 运行监控", f"{code} {y} monitoring")
        found.append(Checked(code, y, title, _problems(load_monitoring, data, code, y)))
    found += [Checked(code, y, words(f"{code} {y}"), (_unlisted(code, y),)) for code, y in left_out]
    if budget:
        found.append(Checked("", 0, words("全县预算", "the government's budget"), _problems(load_heads, data)))
    return tuple(found)


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


def _problems(read: Callable[..., object], *what: object) -> tuple[Problem, ...]:
    """What is remarked when something is read, or what it is refused for."""
    try:
        found = read(*what)
    except InputRefused as refusal:
        return refusal.problems
    return found.remarks if isinstance(found, (EvaluatedYear, Heads, Monitored)) else ()
