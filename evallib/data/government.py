"""A whole government's budget from the disk: `budget_heads.csv`, read and refused, or the departments in its place."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from evallib.analysis.government import Government, from_departments, too_few
from evallib.analysis.pefa import YEARS, Head, assess
from evallib.core.budget_rows import FILE, KINDS, BudgetHead, kind_of
from evallib.core.errors import InputRefused, refuse
from evallib.core.record import InputFile
from evallib.core.units import UNITS
from evallib.core.words import Words, words
from evallib.core.years import CountyYear
from evallib.data.cells import Reader, load_table
from evallib.data.folder import File, data_root, read_file
from evallib.data.sheets import read_csv
from evallib.data.years import evaluate_county


def load_government(data: Path, year: int, evaluated: Sequence[CountyYear] = ()) -> Government:
    """The heads of a year and the two before it, measured and scored: from `budget_heads.csv` where it is there, else from the departments.

    `evaluated` are county years at hand already, which are then not evaluated again. A year without data is left out and said;
    with fewer than three years there are figures without scores. Raises InputRefused with every problem of the file, or where the
    list of departments cannot be read.

    >>> government = load_government(Path("data"), 2023)
    >>> government.basis, [str(score.grade) for score in government.assessment.scores]
    ('departments', ['None', 'None', 'None'])
    """
    years, root = range(year - YEARS + 1, year + 1), data_root(data)
    if (root / FILE).is_file():
        return _from_file(_file(root), year, years)
    at_hand = {county.year: county for county in evaluated}
    return from_departments(year, [at_hand.get(y) or evaluate_county(data, y) for y in years])


def load_heads(data: Path) -> tuple[BudgetHead, ...]:
    """The rows of `budget_heads.csv`.

    Raises InputRefused where there is no such file, or with every problem found in it.
    """
    return tuple(_checked(_file(data_root(data))))


def _file(root: Path) -> File:
    return read_file(root, FILE, words("放回该文件", "put the file back"))


def _from_file(file: File, year: int, years: Sequence[int]) -> Government:
    rows = _checked(file)
    found = {y: [row for row in rows if row.year == y] for y in years}
    heads = {y: tuple(_head(row) for row in of_year) for y, of_year in found.items() if of_year}
    remarks = [
        words(f"{FILE} 没有 {y} 年的行，该年不在其中。", f"{FILE} has no rows for {y}, so that year is not measured.")
        for y in years
        if not found[y]
    ]
    for y, of_year in heads.items():
        unknown = [head.code for head in of_year if head.kind not in ("income", "outside") and None in (head.original, head.executed)]
        if unknown:
            remarks.append(words(f"{y} 年有科目缺少金额：{'、'.join(unknown)}。", f"Heads without an amount in {y}: {', '.join(unknown)}."))
    used = [row for of_year in found.values() for row in of_year]
    sources = {row.source: tuple(dict.fromkeys(r.section for r in used if r.source == row.source)) for row in used}
    return Government(
        year=year,
        basis="file",
        unit=_unit(rows),
        heads=heads,
        assessment=assess(heads),
        sources=tuple(sources.items()),
        files=(InputFile(name=file.name, sha256=hashlib.sha256(file.content).hexdigest()),),
        remarks=(*remarks, *too_few(heads)),
    )


def _checked(file: File) -> list[BudgetHead]:
    """The rows of the file; raises InputRefused with all that is wrong with them."""
    if file.problem:
        raise InputRefused((file.problem,))
    reader = Reader()
    rows = [row for row in load_table(reader, read_csv(file.name, file.content), "heads", BudgetHead) if isinstance(row, BudgetHead)]
    first: dict[tuple[int, str], int] = {}
    for index, row in enumerate(rows):
        if kind_of(row.kind) is None:
            reader.problem(
                reader.place("heads", index, "kind"),
                "不是允许的取值",
                "is not one of the allowed values",
                f"填写以下之一：{'、'.join(name.zh for name in KINDS.values())}",
                f"write one of {', '.join(KINDS)}",
                row.kind,
            )
        if (earlier := first.setdefault((row.year, row.code), index)) != index:
            at = reader.place("heads", earlier, None).row
            reader.problem(
                reader.place("heads", index, "code"),
                f"同一年度内编码重复，第 {at} 行已有",
                f"the code appears twice in one year, first in row {at}",
                "每个科目每年只留一行；部门与其下级不并列",
                "keep one row a head and year, and never a ministry beside its parts",
                f"{row.code} {row.year}",
            )
        known = UNITS.get(row.unit)
        if known is not None and known.measures != "money":
            reader.problem(
                reader.place("heads", index, "unit"),
                "不是金额单位",
                "is not a unit of money",
                "写金额单位，如 万元",
                "write a unit of money, for instance 万元",
                row.unit,
            )
        elif row.unit != rows[0].unit:
            reader.problem(
                reader.place("heads", index, "unit"),
                f"与第一行的单位“{rows[0].unit}”不同",
                f"is not the unit of the first row, “{rows[0].unit}”",
                "整个文件只用一种金额单位：换算这一行的金额",
                "use one unit of money in the whole file: convert the amounts of this row",
                row.unit,
            )
    reader.stop_if_wrong()
    return rows


def _head(row: BudgetHead) -> Head:
    kind = kind_of(row.kind)
    assert kind is not None, "rows are checked"
    return Head(
        code=row.code, name=row.name, name_en=row.name_en, original=row.original, revised=row.revised, executed=row.executed, kind=kind
    )


def _unit(rows: Sequence[BudgetHead]) -> Words:
    """The one unit of the file in both languages."""
    if not rows:
        raise refuse(
            FILE,
            "没有一行数据",
            "holds no rows",
            "填写各科目；或移走该文件，改用各部门的合计",
            "fill in the heads; or move the file away, and the departments are added up",
        )
    known = UNITS.get(rows[0].unit)
    return known.name if known else words(rows[0].unit, next((row.unit_en for row in rows if row.unit_en), ""))
