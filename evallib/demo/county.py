"""A synthetic county to try the kit on: stories of made-up departments, and trouble among them, as data files. Nothing real lives here.

Chance comes from `random.Random(seed)` and money is counted in whole cents, so the same arguments give the same
bytes on every machine. What is wrong with the data is wrong on purpose, and told in the `DemoCounty` that is returned.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from evallib.core.errors import refuse
from evallib.core.record import TABLES, Listing
from evallib.core.rows import Row, columns
from evallib.data.sheets import guarded
from evallib.data.whole import refuse_filled, whole
from evallib.demo.story import Dice, Story, Tables, cents, code_of
from evallib.demo.text import FRAMEWORK, framework_toml

FAILURES = ("identity", "text_in_number", "missing_table", "unknown_indicator", "missing_year")
"""Kinds of trouble that make a department-year unusable: it is refused, or (missing_year) listed without any data."""
ODDITIES = (
    "zero_base",
    "far_above_target",
    "missing_value",
    "not_applicable",
    "override",
    "recorded_contradiction",
    "staff_over_quota",
)
"""Kinds of trouble that a department-year is evaluated with."""


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
    framework_years: tuple[int, ...]
    usable: tuple[tuple[str, int], ...]
    failures: tuple[Trouble, ...]
    oddities: tuple[Trouble, ...]

    @property
    def department_years(self) -> int:
        return len(self.codes) * len(self.years)

    @property
    def counts(self) -> dict[str, int]:
        """How often each kind of trouble was dealt."""
        told = [trouble.kind for trouble in (*self.failures, *self.oddities)]
        return {kind: told.count(kind) for kind in (*FAILURES, *ODDITIES)}


def make_demo(directory: Path, *, departments: int = 12, first_year: int = 2021, last_year: int = 2024, seed: int = 1) -> DemoCounty:
    """Lay out a made-up county in `directory/data`, whole or not at all; the same arguments give the same bytes.

    About a tenth of the department-years cannot be used, never more than 15%; with 34 department-years or more every kind
    of trouble occurs. From the middle of the years on a second framework is in force.

    Raises InputRefused where the directory is not empty, or a number is out of its range; OSError where it cannot be written.
    """
    _refuse_wrong(directory, departments, first_year, last_year)
    directory = directory.resolve()
    codes = [code_of(number) for number in range(departments)]
    years = list(range(first_year, last_year + 1))
    later = first_year + len(years) // 2 if len(years) > 1 else None
    failures, oddities = _plan(Dice(f"{seed} trouble"), codes, years)
    unusable = {(t.code, t.year) for t in failures}
    dealt: dict[tuple[str, int], set[str]] = {}
    for code, year, kind in (*failures, *oddities):
        dealt.setdefault((code, year), set()).add(kind)
    listings = []
    with whole(directory) as made:
        data = made / "data"
        frameworks = data / "frameworks" / FRAMEWORK
        frameworks.mkdir(parents=True)
        for first, is_later in ((first_year, False), (later, True)):
            if first is not None:
                (frameworks / f"{first}.toml").write_bytes(framework_toml(first, is_later).encode("utf-8"))
        for number, code in enumerate(codes):
            story = Story(seed, number)
            listing = {"code": code, "name": story.zh, "name_en": story.en, "framework": FRAMEWORK}
            listings.append({**listing, "first_year": str(first_year), "last_year": str(last_year)})
            for year in years:
                kinds = dealt.get((code, year), set())
                tables = story.tell(year, later is not None and year >= later, kinds)
                if "missing_year" not in kinds:
                    _spoil(Dice(f"{seed} {code} {year} spoiled"), tables, kinds, (code, year - 1) not in unusable and year > first_year)
                    folder = data / "departments" / code / str(year)
                    folder.mkdir(parents=True)
                    for table, rows in tables.items():
                        (folder / f"{table}.csv").write_bytes(_csv(TABLES[table], rows))
        (data / "departments.csv").write_bytes(_csv(Listing, listings))
    return DemoCounty(
        data=directory / "data",
        codes=tuple(codes),
        years=tuple(years),
        framework_years=(first_year,) if later is None else (first_year, later),
        usable=tuple((code, year) for code in codes for year in years if (code, year) not in unusable),
        failures=tuple(sorted(failures)),
        oddities=tuple(sorted(oddities)),
    )


def _refuse_wrong(directory: Path, departments: int, first_year: int, last_year: int) -> None:
    refuse_filled(directory)
    if not 1 <= departments <= 2000:
        raise refuse("departments", "部门数超出范围", "is out of range", "填写 1 到 2000", "write 1 to 2000", str(departments))
    if not 1991 <= first_year <= last_year <= 2200:
        found = f"{first_year}–{last_year}"
        fix = ("起始年度不晚于截止年度，都在 1991 到 2200 之间", "let the first year not be after the last, both from 1991 to 2200")
        raise refuse("first_year, last_year", "年度不对", "are not years in order", *fix, found)


def _plan(dice: Dice, codes: list[str], years: list[int]) -> tuple[list[Trouble], list[Trouble]]:
    """Which department-years go wrong and how: a tenth of them unusable, at most 15%, and strange ones among the others."""
    listed = [(code, year) for code in codes for year in years]
    mixed = dice.few(listed, len(listed))
    count = min(len(listed) * 15 // 100, max(len(FAILURES), len(listed) // 10))
    failures = [Trouble(*at, FAILURES[n % len(FAILURES)]) for n, at in enumerate(mixed[:count])]
    usable = sorted(mixed[count:])
    oddities = [Trouble(*at, kind) for kind in ODDITIES[:-1] for at in dice.few(usable, max(1, len(usable) // 25))]
    crowded = dice.few(sorted({code for code, _ in usable}), max(1, len(codes) // 15))
    return failures, oddities + [Trouble(*at, ODDITIES[-1]) for at in usable if at[0] in crowded]


def _csv(model: type[Row], rows: Sequence[Mapping[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns(model), lineterminator="\n")
    writer.writeheader()
    writer.writerows({column: guarded(cell) for column, cell in row.items()} for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _spoil(dice: Dice, tables: Tables, kinds: set[str], has_last_year: bool) -> None:
    """Do to the tables what makes them unusable, where that was planned."""
    facts = {row["fact"]: row for row in tables["facts"][2:]}  # the first two tell of last year

    def change(fact: str, slip: int) -> None:
        facts[fact]["value"] = cents(int(facts[fact]["value"].replace(".", "")) + slip)

    if "identity" in kinds:
        way, slip = dice.between(0, 4 if has_last_year else 3), dice.between(100, 900_000)
        if way == 3:
            facts["tasks_on_time"]["value"] = str(int(facts["tasks"]["value"]) + 1)
        elif way == 4:  # all adds up within the year, but it does not begin with what last year left
            change("opening_carryover", slip)
            change("adjusted_income_general", -slip)
        else:
            change(("outturn_basic", "closing_carryover_project", "adjusted_income_general")[way], slip)
    if "text_in_number" in kinds:
        text = dice.pick(("约120万元", "待核实", "12,34,567.00", "1.2e6", "两千万元左右"))
        facts[dice.pick(("outturn_basic", "approved_project", "three_public_receptions", "assets_gross"))]["value"] = text
    if "unknown_indicator" in kinds:
        row = dice.pick(tables[dice.pick(("targets", "judgements"))])
        row["indicator"] = row["indicator"][0] + row["indicator"]
    if "missing_table" in kinds:
        del tables[dice.pick(list(TABLES))]
