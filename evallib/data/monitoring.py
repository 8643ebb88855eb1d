"""The file of a running year, read and refused. Its columns are in `monitoring_rows`; what its numbers say is computed in `monitoring`."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

from evallib.checks.record import amounts, unknown_unit
from evallib.data.cells import Reader, load_table
from evallib.data.folder import data_root, read_file
from evallib.data.load import load_departments
from evallib.data.rulebook import load_units
from evallib.data.sheets import read_csv
from evallib.model.errors import InputRefused, Problem, meant, refuse
from evallib.model.monitoring_record import MONEY, Measure, Monitored, Observation
from evallib.model.monitoring_rows import MonitoringRow, file_name, kind_of, operator_of, yes_of
from evallib.model.record import InputFile
from evallib.model.units import Units, convert
from evallib.model.words import words
from evallib.say.numbers import plain

TABLE = "monitoring"
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
        raise refuse("departments.csv", "没有这个部门", "there is no such department", known.zh, known.en, department)
    name = file_name(department, year)
    if not (root / name).exists():
        return Monitored(department=department, name=listing.words, year=year)
    file = read_file(root, name, words("放回该文件", "put the file back"))
    if file.problem:
        raise InputRefused((file.problem,))
    reader = Reader(load_units(root, year))
    read = load_table(reader, read_csv(file.name, file.content), TABLE, MonitoringRow)
    rows = [(index, row) for index, row in enumerate(read) if isinstance(row, MonitoringRow)]
    _check(reader, rows, year)
    reader.stop_if_wrong()
    sources = {row.source: tuple(dict.fromkeys(r.section for _, r in rows if r.source == row.source)) for _, row in rows}
    ids = dict.fromkeys(row.measure for _, row in rows)
    return Monitored(
        department=department,
        name=listing.words,
        year=year,
        measures=tuple(_measure(reader.units, [row for _, row in rows if row.measure == id]) for id in ids),
        sources=tuple(sources.items()),
        synthetic=any(yes_of(row.synthetic) for _, row in rows),
        file=InputFile(name=file.name, sha256=hashlib.sha256(file.content).hexdigest()),
    )


# --- checks ----------------------------------------------------------------------------------------------------------

_Rows = Sequence[tuple[int, MonitoringRow]]


class _Wrong:
    """Adds problems of rows to a reader. `whole`: no row was refused, so that what is missing is missing from the file."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.whole = not reader.problems

    def __call__(self, index: int, column: str, what: tuple[str, str], fix: tuple[str, str], found: object = "") -> None:
        self.reader.problem(self.reader.place(TABLE, index, column), *what, *fix, str(found))

    def line(self, index: int) -> int | None:
        return self.reader.place(TABLE, index).row


def _check(reader: Reader, rows: _Rows, year: int) -> None:
    """Everything that must hold beyond the shape of a row; what does not is added to the reader's problems."""
    wrong = _Wrong(reader)
    for index, row in rows:
        if row.date.year != year:
            wrong(
                index,
                "date",
                (f"不在 {year} 年内", f"is not in {year}"),
                (f"改正日期，或把这一行移到 {row.date.year}.csv", f"correct the date, or move the row to {row.date.year}.csv"),
                row.date,
            )
        if yes_of(row.synthetic) is None:
            wrong(
                index,
                "synthetic",
                ("不是允许的取值", "is not one of the allowed values"),
                ("填写 是 或留空", "write yes or leave it empty"),
                row.synthetic,
            )
        if row.kind and kind_of(row.kind) is None:
            wrong(
                index,
                "kind",
                ("不是允许的取值", "is not one of the allowed values"),
                ("填写 累计 或 时点", "write total or level"),
                row.kind,
            )
        if row.operator and operator_of(row.operator) is None:
            wrong(
                index,
                "operator",
                ("不是允许的取值", "is not one of the allowed values"),
                ("填写 >=、<= 或 =", "write >=, <= or ="),
                row.operator,
            )
        if row.unit and reader.units.find(row.unit) is None:
            reader.problems.append(Problem(reader.place(TABLE, index, "unit"), *unknown_unit(reader.units, row.unit), row.unit))
    for id in dict.fromkeys(row.measure for _, row in rows):
        group = [(index, row) for index, row in rows if row.measure == id]
        _check_agreed(wrong, group)
        if id in MONEY:
            _check_money(wrong, group)
        else:
            _check_target(wrong, group)
        _check_course(wrong, [(index, row) for index, row in group if row.date.year == year])


def _check_agreed(wrong: _Wrong, group: _Rows) -> None:
    """What belongs to the measure is the same wherever it is given."""
    for column_ in _OF_MEASURE:
        given = [(index, row) for index, row in group if getattr(row, column_) not in ("", None)]
        for index, row in given[1:]:
            if _same(column_, row) != _same(column_, given[0][1]):
                first, title = _text(getattr(given[0][1], column_)), MonitoringRow.model_fields[column_].title
                wrong(
                    index,
                    column_,
                    (
                        f"同一监控项的{title}不同，第 {wrong.line(given[0][0])} 行为“{first}”",
                        f"is not what row {wrong.line(given[0][0])} says of the same measure, “{first}”",
                    ),
                    (
                        "写成一样，或只在第一行写；年中调整了目标的，各行都写调整后的，并在偏差原因里说明",
                        "write the same, or write it in the first row only; write a changed target in every row and say why it changed",
                    ),
                    _text(getattr(row, column_)),
                )


def _same(column_: str, row: MonitoringRow) -> object:
    """What a cell means, so that two ways to write it are the same."""
    value: object = getattr(row, column_)
    return kind_of(row.kind) if column_ == "kind" else operator_of(row.operator) if column_ == "operator" else value


def _check_money(wrong: _Wrong, group: _Rows) -> None:
    units = wrong.reader.units
    money = (f"写金额单位，如 {amounts(units).zh}", f"write a unit of money, for instance {amounts(units).en}")
    for index, row in group:
        unit = units.find(row.unit) if row.unit else None
        if unit is not None and not unit.is_money:
            wrong(
                index,
                "unit",
                ("不是金额单位", "is not a unit of money"),
                money,
                row.unit,
            )
        if row.target is not None or row.operator:
            wrong(
                index,
                "target" if row.target is not None else "operator",
                ("资金不填目标，按全年预算比较", "money has no target: it is compared with the year's budget"),
                ("清空此格；预算另写一行，监控项为 budget", "clear the cell; the budget has a row of its own, measure budget"),
                row.operator if row.target is None else plain(row.target),
            )
        if row.measure == "budget" and row.planned is not None:
            wrong(
                index,
                "planned",
                ("预算没有计划进度", "a budget has no planned share"),
                ("清空此格；计划进度写在 received 和 spent 的行", "clear the cell; planned shares belong to received and spent"),
                plain(row.planned),
            )
        if kind_of(row.kind) == "level":
            wrong(index, "kind", ("资金按累计数填写", "money is a running total"), ("清空此格", "clear the cell"), row.kind)
    _check_given(wrong, group, "unit", ("没有单位", "has no unit"), money)


def _check_target(wrong: _Wrong, group: _Rows) -> None:
    needed = {
        "name": (("没有名称", "has no name"), ("在第一行写目标的名称", "write the name of the target in its first row")),
        "target": (("没有年度目标值", "has no target"), ("在第一行写年度目标值", "write the year's target in its first row")),
        "operator": (
            ("没有写方向（≥、≤、=）", "has no operator"),
            ("在第一行写 >=、<= 或 =", "write >=, <= or = in its first row"),
        ),
        "unit": (("没有单位", "has no unit"), ("在第一行写单位", "write the unit in its first row")),
    }
    for column_, (what, fix) in needed.items():
        _check_given(wrong, group, column_, what, fix)
    unit = next((row.unit for _, row in group if row.unit), "")
    if wrong.whole and unit == "%" and not any(row.kind for _, row in group):
        wrong(
            group[0][0],
            "kind",
            ("百分比没有说明是累计数还是时点数", "a percentage that does not say whether it adds up or stands as it is"),
            ("比率、满意度写 时点；逐步完成的进度写 累计", "write level for a rate, total for work done step by step"),
        )
    if any(kind_of(row.kind) == "level" for _, row in group):
        for index, row in group:
            if row.planned is not None:
                wrong(
                    index,
                    "planned",
                    ("时点型目标没有计划进度", "a level has no planned share"),
                    ("清空此格", "clear the cell"),
                    plain(row.planned),
                )


def _check_given(wrong: _Wrong, group: _Rows, column_: str, what: tuple[str, str], fix: tuple[str, str]) -> None:
    """Something stands in at least one row of a measure."""
    if wrong.whole and all(getattr(row, column_) in ("", None) for _, row in group):
        id = group[0][1].measure
        wrong(group[0][0], column_, (f"监控项 {id} {what[0]}", f"the measure {id} {what[1]}"), fix)


def _check_course(wrong: _Wrong, group: _Rows) -> None:
    """Days once each; running totals and planned shares never fall; a plan is there for all days or none, and ends at 100%."""
    first: dict[datetime.date, int] = {}
    for index, row in group:
        if (earlier := first.setdefault(row.date, index)) != index:
            wrong(
                index,
                "date",
                (
                    f"同一监控项的日期重复，第 {wrong.line(earlier)} 行已有",
                    f"the measure has this date already, in row {wrong.line(earlier)}",
                ),
                ("每个日期只留一行", "keep one row for each date"),
                row.date,
            )
    ordered = sorted(group, key=lambda item: item[1].date)
    if not any(row.measure == "budget" for _, row in group) and not any(kind_of(row.kind) == "level" for _, row in group):
        _check_falls(
            wrong,
            ordered,
            "value",
            "累计数不能减少",
            "a running total cannot fall",
            "核对两行；随时增减的比率写 时点",
            "check both rows; a rate that goes up and down is a level",
        )
    _check_falls(wrong, ordered, "planned", "计划进度不能后退", "a planned share cannot fall", "核对两行", "check both rows")
    planned = [(index, row) for index, row in ordered if row.planned is not None]
    seen = [(index, row) for index, row in ordered if row.value is not None]
    if planned:
        for index, row in seen:
            if row.planned is None:
                wrong(
                    index,
                    "planned",
                    ("同一监控项别的日期有计划进度，这一行没有", "other dates of the measure have a planned share, this row has none"),
                    ("每个日期都写，或都不写", "write it for every date, or for none"),
                )
        index, row = planned[-1]
        if (row.date.month, row.date.day) == (12, 31) and row.planned != 100:
            wrong(
                index,
                "planned",
                ("年末的计划进度不是 100%", "the plan does not end at 100%"),
                ("写 100", "write 100"),
                plain(row.planned or Decimal(0)),
            )


def _check_falls(wrong: _Wrong, ordered: _Rows, column_: str, zh: str, en: str, fix_zh: str, fix_en: str) -> None:
    given: list[tuple[int, Any]] = [(index, row) for index, row in ordered if getattr(row, column_) is not None]
    for (at, before), (index, row) in pairwise(given):
        earlier, later = getattr(before, column_), getattr(row, column_)
        if later < earlier:
            was = f"{before.date}: {plain(earlier)}"
            wrong(
                index,
                column_,
                (f"{zh}，第 {wrong.line(at)} 行 {was}", f"{en}; row {wrong.line(at)} has {was}"),
                (fix_zh, fix_en),
                plain(later),
            )


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
        kind=(kind_of(given["kind"]) if given["kind"] else None) or "total",
        operator=(operator_of(given["operator"]) if given["operator"] else None) or ">=",
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


def _text(value: object) -> str:
    return plain(value) if isinstance(value, Decimal) else str(value)
