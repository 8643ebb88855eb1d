"""A whole government's budget from the disk: `budget_heads.csv`, read and refused, or the departments in its place."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from evallib.analysis.government import Government, from_departments, too_few
from evallib.analysis.pefa import YEARS, Head, assess
from evallib.checks.record import amounts, unknown_unit
from evallib.data.cells import Reader, load_table
from evallib.data.folder import File, data_root, read_file
from evallib.data.rulebook import load_units
from evallib.data.sheets import read_csv
from evallib.data.years import evaluate_county
from evallib.model.budget_rows import FILE, KINDS, BudgetHead, kind_of
from evallib.model.errors import InputRefused, Problem, refuse
from evallib.model.record import InputFile
from evallib.model.units import Unit, Units
from evallib.model.words import Words, words
from evallib.model.years import CountyYear

MOST = 10
"""How many heads a remark names."""


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
        return _from_file(_file(root), load_units(root, year), year, years)
    at_hand = {county.year: county for county in evaluated}
    return from_departments(year, [at_hand.get(y) or evaluate_county(data, y) for y in years])


def load_heads(data: Path) -> tuple[BudgetHead, ...]:
    """The rows of `budget_heads.csv`.

    Raises InputRefused where there is no such file, or with every problem found in it.
    """
    root = data_root(data)
    return tuple(_checked(_file(root), load_units(root)))


def _file(root: Path) -> File:
    return read_file(root, FILE, words("放回该文件", "put the file back"))


def _from_file(file: File, units: Units, year: int, years: Sequence[int]) -> Government:
    rows = _checked(file, units)
    found = {y: [row for row in rows if row.year == y] for y in years}
    heads = {y: tuple(_head(row) for row in of_year) for y, of_year in found.items() if of_year}
    remarks = [
        words(f"{FILE} 没有 {y} 年的行，该年不在其中。", f"{FILE} has no rows for {y}, so that year is not measured.")
        for y in years
        if not found[y]
    ]
    unknown = {y: _unknown(of_year) for y, of_year in heads.items()}
    for y, codes in unknown.items():
        if codes:
            shown = [*codes[:MOST], *(["…"] if len(codes) > MOST else [])]
            remarks.append(
                words(
                    f"{y} 年有 {len(codes)} 个科目的金额还不知道，该年不计分：{'、'.join(shown)}。",
                    f"Heads whose amounts are not yet known in {y}, so that the year is not scored: {len(codes)} ({', '.join(shown)}).",
                )
            )
    used = [row for of_year in found.values() for row in of_year]
    sources = {row.source: tuple(dict.fromkeys(r.section for r in used if r.source == row.source)) for row in used}
    return Government(
        year=year,
        basis="file",
        unit=_unit(rows, units),
        heads=heads,
        assessment=assess(heads),
        sources=tuple(sources.items()),
        files=(InputFile(name=file.name, sha256=hashlib.sha256(file.content).hexdigest()),),
        remarks=(*remarks, *too_few(heads)),
        unknown={y: len(codes) for y, codes in unknown.items() if codes},
    )


def _unknown(heads: Sequence[Head]) -> list[str]:
    """The codes of the heads that are measured and lack an amount."""
    return [head.code for head in heads if head.kind not in ("income", "outside") and None in (head.original, head.executed)]


def _checked(file: File, units: Units) -> list[BudgetHead]:
    """The rows of the file; raises InputRefused with all that is wrong with them."""
    if file.problem:
        raise InputRefused((file.problem,))
    reader = Reader(units)
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
        known = units.find(row.unit)
        if known is None:
            reader.problems.append(Problem(reader.place("heads", index, "unit"), *unknown_unit(units, row.unit), row.unit))
        elif not _may_be_money(known, units):
            usual = amounts(units)
            reader.problem(
                reader.place("heads", index, "unit"),
                "不是金额单位",
                "is not a unit of money",
                f"写金额单位，如 {usual.zh}",
                f"write a unit of money, for instance {usual.en}",
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


def _may_be_money(unit: Unit, units: Units) -> bool:
    """Whether a unit is money: the county's, or a word that stands for nothing else."""
    return unit.is_money or not any(unit.dimensions == known.dimensions for known in units)


def _unit(rows: Sequence[BudgetHead], units: Units) -> Words:
    """The one unit of the file in both languages."""
    if not rows:
        raise refuse(
            FILE,
            "没有一行数据",
            "holds no rows",
            "填写各科目；或移走该文件，改用各部门的合计",
            "fill in the heads; or move the file away, and the departments are added up",
        )
    known = units.read(rows[0].unit)
    return known.name if known.is_money else words(rows[0].unit, next((row.unit_en for row in rows if row.unit_en), ""))
