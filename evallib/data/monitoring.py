"""The file of a running year, read and refused. Its columns are in `monitoring_rows`; what its numbers say is computed in `monitoring`."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from evallib.checks.record import amounts, unknown_unit
from evallib.data.cells import Reader
from evallib.data.folder import data_root, read_file
from evallib.data.load import load_csv, load_departments
from evallib.data.rulebook import load_common
from evallib.files.file_names import near_files
from evallib.model.errors import Place, Problem, meant
from evallib.model.monitoring_record import MONEY, Measure, Monitored, Observation
from evallib.model.monitoring_rows import MonitoringRow, file_name
from evallib.model.running_year import CALENDAR, first_day, last_day, year_of
from evallib.model.table_words import CHOICES
from evallib.model.units import Units, convert, round_half_up
from evallib.model.words import NOTHING, Given, Words, words
from evallib.say.numbers import plain
from evallib.say.refusals import problem, refused

TABLE = "monitoring"
_PERIODS, _NEAR = 4, Decimal("0.8")
"""So many values at least, and so near to the whole of the year, look like amounts of single months."""
_OF_MEASURE = ("name", "name_en", "kind", "operator", "target", "unit")


def monitored_years(data: Path) -> list[tuple[str, int]]:
    """The departments' years that have a monitoring file: by department, then year."""
    return sorted((file.parent.name, int(file.stem)) for file in data.glob("monitoring/*/*.csv") if file.stem.isdigit())


def load_monitoring(data: Path, department: str, year: int) -> Monitored:
    """What the file of a department's running year tells; without measures, and `file` None, where there is no file yet.

    Raises InputRefused with every problem of the file, or where the department is not listed.

    >>> load_monitoring(Path("data"), "hrss", 2024).file is None
    True
    """
    root = data_root(data)
    listed = load_departments(data)
    listing = next((row for row in reversed(listed) if row.code == department), None)
    if listing is None:
        known = meant(department, sorted({row.code for row in listed}))
        raise refused("monitoring.department_unknown", "departments.csv", department, known=known)
    name = file_name(department, year)
    common = load_common(root, year)
    period = next(iter(common.part.periods), None)
    begins, label = period.begins if period else CALENDAR, common.year(year) if period else NOTHING
    running = Monitored(department=department, name=listing.words, year=year, label=label, begins=begins)
    if not (root / name).exists() and not near_files((root / name).parent, f"{year}.csv"):
        return running
    file, reader = read_file(root, name), Reader(common.units)
    read = load_csv(reader, file, TABLE, MonitoringRow)
    reader.problems.extend([*_check(reader, [_Placed(row, partial(reader.place, TABLE, n)) for n, row in enumerate(read)], running)])
    reader.stop_if_wrong()
    sources = {row.source: tuple(dict.fromkeys(r.section for r in read if r.source == row.source)) for row in read}
    ids = dict.fromkeys(row.measure for row in read)
    return running.model_copy(
        update={
            "measures": tuple(_measure(reader.units, [row for row in read if row.measure == id]) for id in ids),
            "sources": tuple(sources.items()),
            "synthetic": any(row.synthetic == "yes" for row in read),
            "file": file.noted,
            "remarks": tuple(reader.problems),
        }
    )


# --- checks ----------------------------------------------------------------------------------------------------------


class _Placed(NamedTuple):
    """A row, and where its columns stand."""

    row: MonitoringRow
    at: Callable[[str], Place]

    @property
    def line(self) -> str:
        return str(self.at("measure").row)


_Rows = Sequence[_Placed]
_NOTHING = ("", None)


def _check(reader: Reader, rows: _Rows, running: Monitored) -> Iterator[Problem]:
    """Everything that must hold beyond the shape of a row. What is missing is told only where no row was refused."""
    units, whole = reader.units, not reader.problems
    for row, at in rows:
        if (other := year_of(row.date, running.begins)) != running.year:
            first, last = (str(day(running.year, running.begins)) for day in (first_day, last_day))
            yield problem("monitoring.other_year", at("date"), str(row.date), year=running.called, first=first, last=last, other=other)
        if row.unit and units.find(row.unit) is None:
            yield unknown_unit(units, at("unit"), row.unit)
    for id in dict.fromkeys(row.measure for row, _ in rows):
        group = [one for one in rows if one.row.measure == id]
        yield from _agreed(group)
        yield from _money(units, group) if id in MONEY else _target(group)
        yield from _lacking(units, group) if whole else ()
        budget = [one.row.value for one in rows if one.row.measure == "budget"]
        of_whole = budget if id in MONEY else [one.row.target for one in group]
        of_year = [one for one in group if year_of(one.row.date, running.begins) == running.year]
        yield from _course(of_year, running, next((one for one in reversed(of_whole) if one), None))


def _agreed(group: _Rows) -> Iterator[Problem]:
    """What belongs to the measure is the same wherever it is given."""
    for column in _OF_MEASURE:
        first, *others = [(one, value) for one in group if (value := getattr(one.row, column)) not in _NOTHING] or [(group[0], None)]
        for one, value in others:
            if value != first[1]:
                told: dict[str, Given] = {"title": str(MonitoringRow.model_fields[column].title), "row": first[0].line}
                yield problem("monitoring.not_agreed", one.at(column), _text(value).zh, first=_text(first[1]), **told)


def _money(units: Units, group: _Rows) -> Iterator[Problem]:
    for row, at in group:
        unit = units.find(row.unit) if row.unit else None
        if unit is not None and not unit.is_money:
            yield problem("monitoring.no_money", at("unit"), row.unit, units=amounts(units))
        if column := next((column for column in ("target", "operator") if getattr(row, column) is not None), ""):
            yield problem("monitoring.money_with_target", at(column), _text(getattr(row, column)).zh)
        if row.measure == "budget" and row.planned is not None:
            yield problem("monitoring.budget_planned", at("planned"), plain(row.planned))
        if row.kind == "level":
            yield problem("monitoring.money_is_total", at("kind"), _text(row.kind).zh)


def _target(group: _Rows) -> Iterator[Problem]:
    level = any(one.row.kind == "level" for one in group)
    for row, at in group:
        if level and row.planned is not None:
            yield problem("monitoring.level_planned", at("planned"), plain(row.planned))


def _lacking(units: Units, group: _Rows) -> Iterator[Problem]:
    """What stands in no row of a measure, and must in one."""
    (row, at), money = group[0], group[0].row.measure in MONEY
    for column in ("unit",) if money else ("name", "target", "operator", "unit"):
        if all(getattr(one.row, column) in _NOTHING for one in group):
            name = "monitoring.money_without_unit" if money else f"monitoring.without_{column}"
            yield problem(name, at(column), measure=row.measure, units=amounts(units))
    if not money and next((one.row.unit for one in group if one.row.unit), "") == "%" and not any(one.row.kind for one in group):
        yield problem("monitoring.percentage_of_what", at("kind"))


def _course(group: _Rows, running: Monitored, whole: Decimal | None) -> Iterator[Problem]:
    """Days once each; running totals and planned shares never fall; a plan is there for all days or none, and ends at 100%."""
    first: dict[datetime.date, _Placed] = {}
    for one in group:
        if (earlier := first.setdefault(one.row.date, one)) is not one:
            yield problem("monitoring.date_twice", one.at("date"), str(one.row.date), row=earlier.line)
    ordered = sorted(group, key=lambda one: one.row.date)
    if not any(row.measure == "budget" or row.kind == "level" for row, _ in group):
        yield from _falls(
            ordered, "value", "monitoring.money_falls" if group and group[0].row.measure in MONEY else "monitoring.total_falls"
        )
        yield from _monthly(ordered, whole)
    yield from _falls(ordered, "planned", "monitoring.plan_falls")
    planned = [one for one in ordered if one.row.planned is not None]
    if planned:
        unplanned = (at for row, at in ordered if row.value is not None and row.planned is None)
        yield from (problem("monitoring.plan_incomplete", at("planned")) for at in unplanned)
        row, at = planned[-1]
        if row.date == last_day(running.year, running.begins) and row.planned != 100:
            yield problem("monitoring.plan_end", at("planned"), _text(row.planned).zh)


def _falls(ordered: _Rows, column: str, name: str) -> Iterator[Problem]:
    for (before, at_before), (row, at) in pairwise(one for one in ordered if getattr(one.row, column) is not None):
        earlier, later = getattr(before, column), getattr(row, column)
        if later < earlier and not (name == "monitoring.money_falls" and row.reason):
            yield problem(name, at(column), plain(later), row=str(at_before(column).row), was=f"{before.date}: {plain(earlier)}")


def _monthly(ordered: _Rows, whole: Decimal | None) -> Iterator[Problem]:
    """Values that are near each other and only together near the whole of the year look like amounts of each period."""
    values = [row.value for row, _ in ordered if row.value]
    if whole is None or len(values) < _PERIODS or max(values) > 2 * min(values):
        return
    if _NEAR * whole <= sum(values) * 12 / len(values) <= whole / _NEAR or _NEAR * whole <= sum(values) <= whole / _NEAR:
        each = plain(round_half_up(sum(values, Decimal(0)) / len(values), 2))
        yield problem("monitoring.monthly", ordered[-1].at("value"), plain(values[-1]), count=len(values), each=each)


# --- meaning ---------------------------------------------------------------------------------------------------------


def _measure(units: Units, rows: Sequence[MonitoringRow]) -> Measure:
    """A measure from its checked rows; money in the currency's own unit."""
    given: dict[str, Any] = {c: next((v for row in rows if (v := getattr(row, c)) not in ("", None)), None) for c in _OF_MEASURE}
    id, unit = rows[0].measure, units.read(str(given["unit"]))
    is_money = id in MONEY
    return Measure(
        id=id,
        name=MONEY[id] if is_money else words(str(given["name"]), given["name_en"]),
        unit=units.money if is_money else unit,
        kind=given["kind"] or "total",
        operator=given["operator"] or ">=",
        target=given["target"],
        observations=tuple(
            Observation(
                date=row.date,
                value=convert(row.value, unit, units.money) if is_money and row.value is not None else row.value,
                planned=row.planned / 100 if row.planned is not None else None,
                reason=words(row.reason, row.reason_en),
                remedy=words(row.remedy, row.remedy_en),
            )
            for row in sorted(rows, key=lambda row: row.date)
        ),
    )


def _text(value: object) -> Words:
    """What a cell says, as people write it."""
    return words(plain(value)) if isinstance(value, Decimal) else CHOICES.get(str(value)) or words(str(value))
