"""A synthetic county to try the kit on: stories of made-up departments, and trouble among them, as data files. Nothing real lives here.

Chance comes from `random.Random(seed)` and amounts are decimals, so the same arguments give the same bytes on every machine. What is
wrong with the data is wrong on purpose, and told in the `DemoCounty` that is returned.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

from evallib.data.place import COUNTY
from evallib.data.rulebook import load_framework
from evallib.data.working_folder import copy_notebooks
from evallib.demo.story import Dice, Story, kind_of, story
from evallib.files.csv_out import csv_bytes
from evallib.files.whole import refuse_filled, whole
from evallib.model.record import TABLES
from evallib.model.rows import columns
from evallib.say.refusals import refused

FRAMEWORKS = ("demo-department", "demo-project")


class Trouble(NamedTuple):
    """What was made wrong, or strange, and where."""

    code: str
    year: int
    kind: str


@dataclass(frozen=True)
class DemoCounty:
    """What was laid out: the data folder, and which department-years are healthy, strange or cannot be used."""

    data: Path
    codes: tuple[str, ...]
    years: tuple[int, ...]
    usable: tuple[tuple[str, int], ...]
    failures: tuple[Trouble, ...]
    oddities: tuple[Trouble, ...]


def make_demo(directory: Path, *, departments: int = 12, first_year: int = 2021, last_year: int = 2024, seed: int = 1) -> DemoCounty:
    """Lay out a made-up county in `directory/data`, whole or not at all; the same arguments give the same bytes.

    About a tenth of the department-years cannot be used, never more than 15%; with 34 department-years or more every kind
    of trouble occurs. From the middle of the years on a second framework is in force.

    Raises InputRefused where the directory is not empty, or a number is out of its range; OSError where it cannot be written.
    """
    refuse_filled(directory)
    if not 1 <= departments <= 10_000:
        raise refused("demo.departments_out_of_range", "departments", str(departments))
    if not 1991 <= first_year <= last_year <= 2200:
        raise refused("demo.years_not_in_order", "first_year, last_year", f"{first_year}–{last_year}")
    directory = directory.resolve()
    codes = [str(kind_of(number)["code"]) for number in range(departments)]
    years = list(range(first_year, last_year + 1))
    versions = (first_year, first_year + len(years) // 2)[: len(years)]  # a single year has a single framework
    able = [code for number, code in enumerate(codes) if kind_of(number)["listed"] == "department"]
    failures, oddities = _plan(Dice(f"{seed} trouble"), able, years, len(codes) * len(years))
    unusable = {(t.code, t.year) for t in failures}
    listings: list[dict[str, str]] = []
    with whole(directory) as made:
        data = made / "data"
        for id in FRAMEWORKS:
            (data / "frameworks" / id).mkdir(parents=True)
            for first in versions:
                text = framework_text(id, first, first != first_year)
                (data / "frameworks" / id / f"{first}.toml").write_text(text, encoding="utf-8", newline="\n")
        (data / COUNTY).write_text(str(story()["settings"]).lstrip(), encoding="utf-8", newline="\n")
        load = cache(partial(load_framework, data))
        for number, code in enumerate(codes):
            framework = partial(load, kind_of(number)["framework"])
            told = Story(seed, number, framework(first_year))
            listings += told.also("listed", [{}], first=first_year, last=last_year)
            for year in years:
                dealt = {trouble.kind: Decimal(1) for trouble in (*failures, *oddities) if trouble[:2] == (code, year)}
                tables = told.tell(year, framework(year), dealt)
                told.spoil(tables, dealt, (code, year - 1) not in unusable and year > first_year)
                for table, rows in tables.items():
                    _write(data / "departments" / code / str(year) / f"{table}.csv", rows, columns(TABLES[table]))
            _write(data / "monitoring" / code / f"{last_year + 1}.csv", told.also("monitoring", told.own[:1], year=last_year + 1))
        _write(data / "budget_heads.csv", [row for year in years for row in told.also("government", story()["government"], year=year)])
        _write(data / "departments.csv", listings)
        copy_notebooks(made)
    return DemoCounty(
        data=directory / "data",
        codes=tuple(codes),
        years=tuple(years),
        usable=tuple((code, year) for code in codes for year in years if (code, year) not in unusable),
        failures=tuple(sorted(failures)),
        oddities=tuple(sorted(oddities)),
    )


def framework_text(id: str, first_year: int, later: bool) -> str:
    """The first file of a framework, or the later one: the same file with what stands behind `# later:`, one indicator out and one in."""
    text = (Path(__file__).parent / f"{id}.toml").read_text(encoding="utf-8").replace("1990", str(first_year))
    unwanted = "# first only" if later else "# later only"
    text = "\n\n".join(part for part in text.split("\n\n") if unwanted not in part)
    text = re.sub(r"= .*  # later: ", "= ", text) if later else re.sub(r"  # later: .*", "", text)
    return re.sub(r"  # (first|later) only", "", text)


def _plan(dice: Dice, codes: list[str], years: list[int], all_years: int) -> tuple[list[Trouble], list[Trouble]]:
    """Which department-years go wrong and how: a tenth of all unusable, at most 15%, and strange ones among the others."""
    kinds, listed = story()["failures"], [(code, year) for code in codes for year in years]
    mixed = dice.few(listed, len(listed))
    count = min(all_years * 15 // 100, max(len(kinds), all_years // 10))
    failures = [Trouble(*at, kinds[n % len(kinds)]) for n, at in enumerate(mixed[:count])]
    usable = sorted(mixed[count:])
    oddities = [Trouble(*at, kind) for kind in story()["oddities"] for at in dice.few(usable, max(1, len(usable) // 25))]
    for kind in story()["oddities_of_departments"]:
        dealt = dice.few(sorted({code for code, _ in usable}), max(1, len(codes) // 15))
        oddities += [Trouble(*at, kind) for at in usable if at[0] in dealt]
    return failures, oddities


def _write(file: Path, rows: Sequence[Mapping[str, str]], heads: Sequence[str] = ()) -> None:
    heads = heads or tuple(dict.fromkeys(head for row in rows for head in row))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(csv_bytes([heads, *([row.get(head, "") for head in heads] for row in rows)]))
