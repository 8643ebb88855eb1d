"""A whole government's budget from the disk: `budget_heads.csv`, read and refused, or the departments in its place."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from evallib.analysis.government import Government, from_departments, too_few
from evallib.analysis.government_pefa import EXPENDITURE, YEARS, Head, assess
from evallib.checks.record import amounts, unknown_unit
from evallib.checks.sums import asked_about
from evallib.data.cells import Reader
from evallib.data.folder import File, data_root, read_file
from evallib.data.load import load_csv
from evallib.data.published import NONE, Published
from evallib.data.rulebook import load_common
from evallib.data.years import evaluate_county
from evallib.model.errors import InputRefused, Problem
from evallib.model.government_rows import FILE, BudgetHead
from evallib.model.record import Contradiction
from evallib.model.units import Unit, Units
from evallib.model.words import Words, few, listed, words
from evallib.model.years import CountyYear
from evallib.say.numbers import plain
from evallib.say.refusals import problem, refused
from evallib.say.sentences import sentence

ACKNOWLEDGED = "contradictions.csv"


def load_government(data: Path, year: int, evaluated: Sequence[CountyYear] = (), published: Published = NONE) -> Government:
    """The heads of a year and the two before it, measured and scored: from `budget_heads.csv` where it is there, else from the departments.

    `evaluated` are county years at hand already, which are then not evaluated again; of the others nothing is taken that is not as it was
    `published`. A year without data is left out and said;
    with fewer than three years there are figures without scores. Raises InputRefused with every problem of the file, or where the
    list of departments cannot be read.

    >>> government = load_government(Path("data"), 2023)
    >>> government.basis, [str(score.grade) for score in government.assessment.scores]
    ('departments', ['None', 'None', 'None'])
    """
    years, root = range(year - YEARS + 1, year + 1), data_root(data)
    if (root / FILE).is_file():
        return _from_file(root, read_file(root, FILE), load_common(root, year).units, year, years)
    at_hand = {county.year: county for county in evaluated}
    return from_departments(year, [at_hand.get(y) or evaluate_county(data, y, published) for y in years])


def government_years(data: Path) -> set[int]:
    """The years of `budget_heads.csv`; none where there is no such file, or it is refused."""
    try:
        return {row.year for row in load_government_heads(data).rows}
    except InputRefused:
        return set()


class Heads(NamedTuple):
    """The rows of `budget_heads.csv`, and what is remarked about them."""

    rows: tuple[BudgetHead, ...]
    remarks: tuple[Problem, ...]


def load_government_heads(data: Path) -> Heads:
    """The rows of `budget_heads.csv`, checked; none where there is no such file.

    Raises InputRefused with every problem found in it.
    """
    if not (data / FILE).is_file():
        return Heads((), ())
    root = data_root(data)
    return _checked(root, read_file(root, FILE), load_common(root).units)


def _from_file(root: Path, file: File, units: Units, year: int, years: Sequence[int]) -> Government:
    rows, said = _checked(root, file, units)
    found = {y: [row for row in rows if row.year == y] for y in years}
    heads = {y: tuple(_head(row) for row in of_year) for y, of_year in found.items() if of_year}
    remarks = [one.what for one in said]
    remarks += [sentence("government.no_rows", year=y) for y in years if not found[y]]
    unknown = {y: [head.code for head in of_year if head.kind in EXPENDITURE and not head.is_known] for y, of_year in heads.items()}
    known = {y: tuple(head for head in of_year if head.code not in unknown[y]) for y, of_year in heads.items()}
    measured = {y: of_year for y, of_year in known.items() if any(head.kind in EXPENDITURE for head in of_year)}
    for y, codes in unknown.items():
        if codes:
            name = "some_unknown" if y in measured else "all_unknown"
            remarks.append(sentence(f"government.{name}", year=y, count=len(codes), codes=listed(few(codes, 10))))
    used = [row for of_year in found.values() for row in of_year]
    sources = {row.source: tuple(dict.fromkeys(r.section for r in used if r.source == row.source)) for row in used}
    return Government(
        year=year,
        basis="file",
        unit=_unit(rows, units),
        heads=heads,
        assessment=assess(known),
        sources=tuple(sources.items()),
        files=tuple(read_file(root, name).noted for name in (FILE, ACKNOWLEDGED) if (root / name).is_file()),
        remarks=(*remarks, *too_few(measured)),
        unknown={y: len(codes) for y, codes in unknown.items() if codes},
    )


def _checked(root: Path, file: File, units: Units) -> Heads:
    """The rows of the file; raises InputRefused with all that is wrong with them."""
    reader = Reader(units)
    rows = load_csv(reader, file, "heads", BudgetHead)
    first: dict[tuple[int, str], int] = {}
    for index, row in enumerate(rows):
        if (earlier := first.setdefault((row.year, row.code), index)) != index:
            place, line = reader.place("heads", index, "code"), str(reader.place("heads", earlier).row)
            reader.problems.append(problem("heads.code_twice", place, f"{row.code} {row.year}", row=line))
        place = reader.place("heads", index, "unit")
        known = units.find(row.unit)
        if known is None:
            reader.problems.append(unknown_unit(units, place, row.unit))
        elif not _may_be_money(known, units):
            reader.problems.append(problem("heads.no_money", place, row.unit, units=amounts(units)))
        elif row.unit != rows[0].unit:
            reader.problems.append(problem("heads.other_unit", place, row.unit, unit=rows[0].unit))
        for column in ("original", "executed"):
            if row.kind != "outside" and (getattr(row, column) or 0) < 0:
                reader.problems.append(problem("heads.negative", reader.place("heads", index, column), plain(getattr(row, column))))
    reader.stop_if_wrong()
    reader.problems.extend(asked_about(BudgetHead, [*enumerate(rows)], units, _acknowledged(root, reader), partial(reader.place, "heads")))
    reader.stop_if_wrong()
    return Heads(rows, tuple(reader.problems))


def _acknowledged(root: Path, reader: Reader) -> Sequence[Contradiction]:
    """What is acknowledged of the budget, as a department's year acknowledges it; there may be no such file."""
    if not (root / ACKNOWLEDGED).is_file():
        return ()
    return load_csv(reader, read_file(root, ACKNOWLEDGED), ACKNOWLEDGED, Contradiction)


def _head(row: BudgetHead) -> Head:
    return Head.model_validate(row.model_dump(include=set(Head.model_fields)))


def _may_be_money(unit: Unit, units: Units) -> bool:
    """Whether a unit is money: the county's, or a word that stands for nothing else."""
    return unit.is_money or not any(unit.dimensions == known.dimensions for known in units)


def _unit(rows: Sequence[BudgetHead], units: Units) -> Words:
    """The one unit of the file in both languages."""
    if not rows:
        raise refused("heads.none", FILE)
    known = units.read(rows[0].unit)
    return known.name if known.is_money else words(rows[0].unit, next((row.unit_en for row in rows if row.unit_en), ""))
