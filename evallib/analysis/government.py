"""A whole government's budget variance as PEFA measures it: of its heads, or its departments in their place. Measures: `pefa`. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from evallib.analysis.government_pefa import COMPOSED, FEWEST, Head, PefaAssessment, PefaYear, Score, assess, largest_first
from evallib.model.evaluation import Evaluation
from evallib.model.record import InputFile
from evallib.model.words import NOTHING, Words, joined, listed
from evallib.model.years import Absent, CountyYear
from evallib.say.sentences import sentence


class HeadTable(NamedTuple):
    """A year's heads as PI-2.1 takes them: singly, pooled (their sum first); and the heads it does not take."""

    singles: tuple[Head, ...]
    pool: Head | None
    pooled: tuple[Head, ...]
    others: tuple[Head, ...]


@dataclass(frozen=True)
class Government:
    """A government's heads over up to three years, and what PEFA says of them.

    `heads` holds only years that have any, oldest first; `unknown`, how many heads of a year lack an amount and are not measured.
    `basis` tells where they come from; where that is the departments, the amounts are in the currency's own unit, `absent` names the
    departments left out, and PI-2.3 is not measured.
    """

    year: int
    basis: Literal["file", "departments"]
    unit: Words
    heads: Mapping[int, tuple[Head, ...]]
    assessment: PefaAssessment
    sources: tuple[tuple[str, tuple[str, ...]], ...] = ()
    files: tuple[InputFile, ...] = ()
    absent: tuple[Absent, ...] = ()
    remarks: tuple[Words, ...] = ()
    unknown: Mapping[int, int] = field(default_factory=dict)

    @property
    def latest(self) -> PefaYear | None:
        """The last year that has figures, or the last there is; None where there is none."""
        years = self.assessment.years
        return next((year for year in reversed(years) if year.outturn is not None), years[-1] if years else None)

    @property
    def places(self) -> int:
        """How many decimals the amounts have, at most two: a whole table is written with as many."""
        amounts = [amount for heads in self.heads.values() for head in heads for amount in (head.original, head.executed)]
        return min(max(0, *(-int(amount.normalize().as_tuple().exponent) for amount in amounts if amount), 0), 2)


# --- from the departments --------------------------------------------------------------------------------------------


def from_departments(year: int, counties: Sequence[CountyYear]) -> Government:
    """Departments that have a head in every compared year: the longest run of years up to `year` that leaves any.

    A project's money is in its department's already, so that projects are passed over.
    """
    heads: dict[int, dict[str, Head]] = {}
    without: dict[int, dict[str, Absent]] = {}
    for county in counties:
        heads[county.year] = {}
        without[county.year] = {absent.department: absent for absent in county.absent}
        for evaluation in county.evaluations:
            if evaluation.record.kind != "department":
                continue
            found = _department(evaluation)
            if isinstance(found, Head):
                heads[county.year][found.code] = found
            else:
                without[county.year][found.department] = found
    runs = [list(heads)[start:] for start in range(len(heads))]
    run = next((run for run in runs if set.intersection(*(set(heads[y]) for y in run))), [])
    common = set.intersection(*(set(heads[y]) for y in run)) if run else set()
    measured = {y: tuple(head for code, head in heads[y].items() if code in common) for y in run}
    shown = run or [year]
    codes = dict.fromkeys(code for y in shown for code in (*heads[y], *without[y]))
    absent = tuple(_why_absent(code, shown, heads, without) for code in codes if code not in common)
    remarks = []
    if skipped := [str(y) for y in heads if y not in run]:
        remarks.append(sentence("government.departments.not_measured", years=listed(skipped)))
    if run:
        years = listed(str(y) for y in run)
        remarks.append(sentence("government.departments.counted", years=years, listed=len(codes), counted=len(common)))
    return Government(
        year=year,
        basis="departments",
        unit=next((e.catalogue.units.money.name for county in counties for e in county.evaluations), NOTHING),
        heads=measured,
        assessment=_without_contingency(assess(measured)),
        absent=absent,
        remarks=(*remarks, *too_few(measured)),
    )


def _department(evaluation: Evaluation) -> Head | Absent:
    """A department as a head: approved expenditure, outturn for executed."""
    record, name = evaluation.record, evaluation.record.name
    original, executed = evaluation.amount("budget approved"), evaluation.amount("budget spent")
    if original is None or executed is None:
        amounts = {"approved": original, "outturn": executed}
        lacking = joined((sentence(f"government.departments.{id}") for id, known in amounts.items() if known is None), "和", " and ")
        return Absent(record.department, name, record.year, sentence("government.departments.lacks", what=lacking))
    return Head(code=record.department, name=name.zh, name_en=name.en, original=original, executed=executed)


def _why_absent(
    code: str, years: Sequence[int], heads: Mapping[int, Mapping[str, Head]], without: Mapping[int, Mapping[str, Absent]]
) -> Absent:
    """The first year that keeps a department out of the comparison, with the reason."""
    year = next(y for y in years if code not in heads[y])
    if code in without[year]:
        return without[year][code]
    known = next(y for y in years if code in heads[y] or code in without[y])
    name = heads[known][code].words if code in heads[known] else without[known][code].name
    return Absent(code, name, year, sentence("government.departments.not_listed"))


def _without_contingency(found: PefaAssessment) -> PefaAssessment:
    """Contingency is no department's: that none was charged must not pass for a budget without it (Handbook 2.3:4)."""
    reason = sentence("government.score.no_contingency")
    years = tuple(year.model_copy(update={"contingency": None, "working": year.working[:2]}) for year in found.years)
    return found.model_copy(update={"years": years, "scores": (*found.scores[:2], Score(indicator="PI-2.3", grade=None, working=reason))})


# --- what is said of the heads ------------------------------------------------------------------------------------------------------


def too_few(heads: Mapping[int, Sequence[Head]]) -> list[Words]:
    """A remark where a year has fewer heads than PEFA wants to see singly; none where all have enough."""
    counts = {year: sum(head.kind in COMPOSED for head in of_year) for year, of_year in heads.items()}
    low = min(counts.values(), default=FEWEST)
    return [sentence("government.heads.too_few", fewest=FEWEST, low=low)] if low < FEWEST else []


def head_table(government: Government) -> HeadTable:
    """The heads of the latest year as PI-2.1 takes them, so that its calculation can be followed line by line.

    >>> from pathlib import Path
    >>> from evallib.data.government import load_government
    >>> table = head_table(load_government(Path("data"), 2023))
    >>> [(row.code, str(row.deviation)) for row in table.singles], table.pool
    ([('hrss', '0.00')], None)
    """
    measured = government.latest
    heads = government.heads[measured.year] if measured else ()
    ordinary = [head for head in largest_first(heads) if head.is_known]
    others = tuple(head for head in heads if head not in ordinary)
    composed = measured.composition if measured else None
    if composed is None:
        return HeadTable(tuple(ordinary), None, (), others)
    taken = {head.code for head in composed.singles}
    pooled = tuple(head for head in ordinary if head.code not in taken)
    return HeadTable(composed.singles, composed.lines[-1] if composed.pooled else None, pooled, others)
