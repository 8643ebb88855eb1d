"""The file of a running year, read and refused. Its columns are in `monitoring_rows`; what its numbers say is computed in `monitoring`."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

from evallib.checks.record import amounts, unknown_unit
from evallib.data.cells import Reader
from evallib.data.file_names import near_files
from evallib.data.folder import data_root, read_file
from evallib.data.load import load_csv, load_departments
from evallib.data.rulebook import load_common
from evallib.model.errors import meant
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
    rows = [*enumerate(load_csv(reader, file, TABLE, MonitoringRow))]
    _check(reader, rows, running)
    reader.stop_if_wrong()
    sources = {row.source: tuple(dict.fromkeys(r.section for _, r in rows if r.source == row.source)) for _, row in rows}
    ids = dict.fromkeys(row.measure for _, row in rows)
    return running.model_copy(
        update={
            "measures": tuple(_measure(reader.units, [row for _, row in rows if row.measure == id]) for id in ids),
            "sources": tuple(sources.items()),
            "synthetic": any(row.synthetic == "yes" for _, row in rows),
            "file": file.noted,
            "remarks": tuple(reader.problems),
        }
    )


# --- checks ----------------------------------------------------------------------------------------------------------

_Rows = Sequence[tuple[int, MonitoringRow]]


class _Wrong:
    """Adds problems of rows to a reader. `whole`: no row was refused, so that what is missing is missing from the file."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.whole = not reader.problems

    def __call__(self, name: str, index: int, column: str, found: object = "", /, **given: Given) -> None:
        self.reader.problems.append(problem(name, self.reader.place(TABLE, index, column), _text(found).zh, **given))

    def line(self, index: int) -> str:
        return str(self.reader.place(TABLE, index).row)


def _check(reader: Reader, rows: _Rows, running: Monitored) -> None:
    """Everything that must hold beyond the shape of a row; what does not is added to the reader's problems."""
    wrong = _Wrong(reader)
    for index, row in rows:
        if (other := year_of(row.date, running.begins)) != running.year:
            first, last = (day(running.year, running.begins) for day in (first_day, last_day))
            wrong("monitoring.other_year", index, "date", row.date, year=running.called, first=str(first), last=str(last), other=other)
        if row.unit and reader.units.find(row.unit) is None:
            reader.problems.append(unknown_unit(reader.units, reader.place(TABLE, index, "unit"), row.unit))
    for id in dict.fromkeys(row.measure for _, row in rows):
        group = [(index, row) for index, row in rows if row.measure == id]
        _check_agreed(wrong, group)
        if id in MONEY:
            _check_money(wrong, group)
        else:
            _check_target(wrong, group)
        whole = group if id not in MONEY else [(index, row) for index, row in rows if row.measure == "budget"]
        given = [row.value if id in MONEY else row.target for _, row in whole]
        of_year = [(index, row) for index, row in group if year_of(row.date, running.begins) == running.year]
        _check_course(wrong, of_year, running, next((one for one in reversed(given) if one), None))


def _check_agreed(wrong: _Wrong, group: _Rows) -> None:
    """What belongs to the measure is the same wherever it is given."""
    for column_ in _OF_MEASURE:
        given = [(index, getattr(row, column_)) for index, row in group if getattr(row, column_) not in ("", None)]
        for index, value in given[1:]:
            if value != given[0][1]:
                title, row = str(MonitoringRow.model_fields[column_].title), wrong.line(given[0][0])
                wrong("monitoring.not_agreed", index, column_, value, title=title, row=row, first=_text(given[0][1]))


def _check_money(wrong: _Wrong, group: _Rows) -> None:
    units = wrong.reader.units
    for index, row in group:
        unit = units.find(row.unit) if row.unit else None
        if unit is not None and not unit.is_money:
            wrong("monitoring.no_money", index, "unit", row.unit, units=amounts(units))
        if row.target is not None:
            wrong("monitoring.money_with_target", index, "target", row.target)
        elif row.operator is not None:
            wrong("monitoring.money_with_target", index, "operator", row.operator)
        if row.measure == "budget" and row.planned is not None:
            wrong("monitoring.budget_planned", index, "planned", row.planned)
        if row.kind == "level":
            wrong("monitoring.money_is_total", index, "kind", row.kind)
    _check_given(wrong, group, "unit", "monitoring.money_without_unit", units=amounts(units))


def _check_target(wrong: _Wrong, group: _Rows) -> None:
    for column_ in ("name", "target", "operator", "unit"):
        _check_given(wrong, group, column_, f"monitoring.without_{column_}")
    unit = next((row.unit for _, row in group if row.unit), "")
    if wrong.whole and unit == "%" and not any(row.kind for _, row in group):
        wrong("monitoring.percentage_of_what", group[0][0], "kind")
    if any(row.kind == "level" for _, row in group):
        for index, row in group:
            if row.planned is not None:
                wrong("monitoring.level_planned", index, "planned", row.planned)


def _check_given(wrong: _Wrong, group: _Rows, column_: str, name: str, **given: Given) -> None:
    """Something stands in at least one row of a measure."""
    if wrong.whole and all(getattr(row, column_) in ("", None) for _, row in group):
        wrong(name, group[0][0], column_, measure=group[0][1].measure, **given)


def _check_course(wrong: _Wrong, group: _Rows, running: Monitored, whole: Decimal | None) -> None:
    """Days once each; running totals and planned shares never fall; a plan is there for all days or none, and ends at 100%."""
    first: dict[datetime.date, int] = {}
    for index, row in group:
        if (earlier := first.setdefault(row.date, index)) != index:
            wrong("monitoring.date_twice", index, "date", row.date, row=wrong.line(earlier))
    ordered = sorted(group, key=lambda item: item[1].date)
    if not any(row.measure == "budget" or row.kind == "level" for _, row in group):
        of_money = any(row.measure in MONEY for _, row in group)
        _check_falls(wrong, ordered, "value", "monitoring.money_falls" if of_money else "monitoring.total_falls")
        _check_running(wrong, ordered, whole)
    _check_falls(wrong, ordered, "planned", "monitoring.plan_falls")
    planned = [(index, row) for index, row in ordered if row.planned is not None]
    if planned:
        for index, row in ordered:
            if row.value is not None and row.planned is None:
                wrong("monitoring.plan_incomplete", index, "planned")
        index, row = planned[-1]
        if row.date == last_day(running.year, running.begins) and row.planned != 100:
            wrong("monitoring.plan_end", index, "planned", row.planned)


def _check_falls(wrong: _Wrong, ordered: _Rows, column_: str, name: str) -> None:
    given: list[tuple[int, Any]] = [(index, row) for index, row in ordered if getattr(row, column_) is not None]
    for (at, before), (index, row) in pairwise(given):
        earlier, later = getattr(before, column_), getattr(row, column_)
        if later < earlier and not (name == "monitoring.money_falls" and row.reason):
            wrong(name, index, column_, later, row=wrong.line(at), was=f"{before.date}: {plain(earlier)}")


def _check_running(wrong: _Wrong, ordered: _Rows, whole: Decimal | None) -> None:
    """Values that are near each other and only together near the whole of the year look like amounts of each period."""
    values = [row.value for _, row in ordered if row.value]
    if whole is None or len(values) < _PERIODS or max(values) > 2 * min(values):
        return
    if _NEAR * whole <= sum(values) * 12 / len(values) <= whole / _NEAR or _NEAR * whole <= sum(values) <= whole / _NEAR:
        each = plain(round_half_up(sum(values, Decimal(0)) / len(values), 2))
        wrong("monitoring.monthly", ordered[-1][0], "value", values[-1], count=len(values), each=each)


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
