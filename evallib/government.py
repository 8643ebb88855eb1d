"""Budget variance of a whole government: its heads from `budget_heads.csv`, else from the departments, measured as PEFA does.

What is read comes through the same door as every table. The measures are in `pefa`; nothing is drawn or worded as a page here.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from evallib.cells import Reader, load_table
from evallib.data_folder import File, data_root, read_file
from evallib.errors import InputRefused, refuse
from evallib.evaluation import Evaluation
from evallib.measure import find_fact
from evallib.pefa import COMPOSED, YEARS, Head, Kind, PefaAssessment, PefaYear, Score, Variance, assess, variance
from evallib.record import InputFile
from evallib.rows import Sourced, column
from evallib.sheets import read_csv
from evallib.units import UNITS
from evallib.words import Lang, Words, joined, words
from evallib.years import Absent, CountyYear, evaluate_county

FILE = "budget_heads.csv"
FEWEST = 20  # heads that PEFA wants to see singly (Handbook, data requirements of PI-2.1)

KINDS: dict[Kind, Words] = {
    "ordinary": words("一般支出", "ordinary expenditure"),
    "interest": words("债务利息", "interest on debt"),
    "contingency": words("预备费", "contingency"),
    "income": words("收入", "income"),
    "outside": words("不计入", "left outside"),
}
"""What a head is to PEFA, in words; either word or the id may stand in the file."""


class BudgetHead(Sourced):
    """A line of budget_heads.csv: one head of the government's budget in one year. All heads of a year are of one level."""

    year: Annotated[int, Field(ge=1990, le=2200)] = column("年度", "year of the budget")
    code: Annotated[str, Field(min_length=1)] = column("科目编码", "code of the head")
    name: Annotated[str, Field(min_length=1)] = column("名称", "name, in any script")
    name_en: str = column("名称（英文）", "name in English", "")
    kind: str = column("类别", "ordinary, interest, contingency, income or outside (not measured)")
    original: Decimal | None = column("年初批复预算", "originally approved budget; empty: not known", None, unit="unit")
    revised: Decimal | None = column("调整后预算", "revised budget; empty: not known", None, unit="unit")
    executed: Decimal | None = column("决算数", "executed; empty: not known, 0: nothing was spent", None, unit="unit")
    unit: Annotated[str, Field(min_length=1)] = column("单位", "unit of money, the same in all rows")
    unit_en: str = column("单位（英文）", "unit of money in English", "")
    source: Annotated[str, Field(min_length=1)] = column("来源", "source document, by its title")


@dataclass(frozen=True)
class HeadRow:
    """A head as the table shows it. `scaled` and `deviation` are None where PI-2.1 does not take the head singly."""

    code: str
    name: Words
    kind: Kind
    original: Decimal | None
    executed: Decimal | None
    scaled: Decimal | None = None
    deviation: Decimal | None = None

    @property
    def variance(self) -> Variance:
        return variance(self.original, self.executed)


@dataclass(frozen=True)
class HeadTable:
    """A year's heads as PI-2.1 takes them: singly, pooled (their sum first), in all; and the heads it does not take.

    In the total, `deviation` is the sum of the absolute deviations.
    """

    singles: tuple[HeadRow, ...]
    pool: HeadRow | None
    pooled: tuple[HeadRow, ...]
    total: HeadRow | None
    others: tuple[HeadRow, ...]


@dataclass(frozen=True)
class Government:
    """A government's heads over up to three years, and what PEFA says of them.

    `heads` holds only years that could be measured, oldest first. `basis` tells where they come from; where that is the
    departments, the amounts are in yuan, `absent` names the departments left out, and PI-2.3 is not measured.
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

    @property
    def latest(self) -> PefaYear | None:
        """The last year that could be measured; None where none could."""
        return self.assessment.years[-1] if self.assessment.years else None

    @property
    def places(self) -> int:
        """How many decimals the amounts have, at most two: a whole table is written with as many."""
        amounts = [amount for heads in self.heads.values() for head in heads for amount in (head.original, head.executed)]
        return min(max(0, *(-int(amount.normalize().as_tuple().exponent) for amount in amounts if amount), 0), 2)


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
        return _from_file(read_file(root, FILE, words("放回该文件", "put the file back")), year, years)
    at_hand = {county.year: county for county in evaluated}
    return _from_departments(year, [at_hand.get(y) or evaluate_county(data, y) for y in years])


# --- from the file ---------------------------------------------------------------------------------------------------


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
        remarks=(*remarks, *_few(heads)),
    )


def _checked(file: File) -> list[BudgetHead]:
    """The rows of the file; raises InputRefused with all that is wrong with them."""
    if file.problem:
        raise InputRefused((file.problem,))
    reader = Reader()
    rows = [row for row in load_table(reader, read_csv(file.name, file.content), "heads", BudgetHead) if isinstance(row, BudgetHead)]
    first: dict[tuple[int, str], int] = {}
    for index, row in enumerate(rows):
        if _kind(row.kind) is None:
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
                f"the code stands twice in one year, first in row {at}",
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


def _kind(text: str) -> Kind | None:
    """What a cell of the column `kind` means: the id, or its name in Chinese or English."""
    said = unicodedata.normalize("NFKC", text).strip().lower()
    return next((kind for kind, name in KINDS.items() if said in (kind, name.zh, name.en)), None)


def _head(row: BudgetHead) -> Head:
    kind = _kind(row.kind)
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


# --- from the departments --------------------------------------------------------------------------------------------


def _from_departments(year: int, counties: Sequence[CountyYear]) -> Government:
    """Departments that have a head in every compared year: the longest run of years up to `year` that leaves any."""
    heads: dict[int, dict[str, Head]] = {}
    without: dict[int, dict[str, Absent]] = {}
    for county in counties:
        heads[county.year] = {}
        without[county.year] = {absent.department: absent for absent in county.absent}
        for evaluation in county.evaluations:
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
    listed = dict.fromkeys(code for y in shown for code in (*heads[y], *without[y]))
    absent = tuple(_why_absent(code, shown, heads, without) for code in listed if code not in common)
    remarks = []
    if skipped := [str(y) for y in heads if y not in run]:
        remarks.append(
            words(
                f"{'、'.join(skipped)} 年没有可用的部门数据，或没有部门各年都有数据，不在其中。",
                f"Not measured: {', '.join(skipped)}. No department could be used, or none has data in all of the years.",
            )
        )
    if run:
        told = joined([words(str(y)) for y in run], "、", ", ")
        remarks.append(
            words(
                f"{told.zh} 年列出的部门：{len(listed)} 个；各年都有批复预算和决算、计算在内的：{len(common)} 个。",
                f"Departments listed for {told.en}: {len(listed)}. With an approved budget and an outturn in every year, and counted: "
                f"{len(common)}.",
            )
        )
    return Government(
        year=year,
        basis="departments",
        unit=UNITS["元"].name,
        heads=measured,
        assessment=_without_contingency(assess(measured)),
        absent=absent,
        remarks=(*remarks, *_few(measured)),
    )


def _department(evaluation: Evaluation) -> Head | Absent:
    """A department as a head: approved expenditure, adjusted for revised, outturn for executed."""
    record = evaluation.record
    amounts = [
        found.value if (found := find_fact(record, id, record.year)) else None
        for id in ("approved_expenditure", "adjusted_expenditure", "outturn")
    ]
    original, revised, executed = amounts
    name = record.name
    if original is None or executed is None:
        lacking = [words("年初批复预算", "the approved budget")] if original is None else []
        lacking += [words("决算数", "the outturn")] if executed is None else []
        reason = words("缺少", "lacks ") + joined(lacking, "和", " and ")
        return Absent(record.department, name, record.year, reason)
    return Head(code=record.department, name=name.zh, name_en=name.en, original=original, revised=revised, executed=executed)


def _why_absent(
    code: str, years: Sequence[int], heads: Mapping[int, Mapping[str, Head]], without: Mapping[int, Mapping[str, Absent]]
) -> Absent:
    """The first year that keeps a department out of the comparison, with the reason."""
    year = next(y for y in years if code not in heads[y])
    if code in without[year]:
        return without[year][code]
    known = next(y for y in years if code in heads[y] or code in without[y])
    name = words(heads[known][code].name, heads[known][code].name_en) if code in heads[known] else without[known][code].name
    return Absent(code, name, year, words("该年没有列出", "not listed for that year"))


def _without_contingency(found: PefaAssessment) -> PefaAssessment:
    """Contingency is no department's: that none was charged must not pass for a budget without it (Handbook 2.3:4)."""
    reason = words(
        "PI-2.3：未评分。预备费不在任何部门的预算里，各部门的合计看不出它。",
        "PI-2.3: not scored. Contingency is in no department's budget and cannot be seen in their sum.",
    )
    years = tuple(year.model_copy(update={"contingency": None, "working": year.working[:2]}) for year in found.years)
    return found.model_copy(update={"years": years, "pi_2_3": Score(indicator="PI-2.3", grade=None, working=reason)})


# --- for tables ------------------------------------------------------------------------------------------------------


def _few(heads: Mapping[int, Sequence[Head]]) -> list[Words]:
    counts = {year: sum(head.kind in COMPOSED for head in of_year) for year, of_year in heads.items()}
    low = min(counts.values(), default=FEWEST)
    if low >= FEWEST:
        return []
    return [
        words(
            f"PEFA 要求至少 {FEWEST} 个科目，这里最少的一年只有 {low} 个：结构偏差只供参考。",
            f"PEFA wants at least {FEWEST} heads; the year with the fewest has {low} here: take the composition variance as a hint only.",
        )
    ]


def head_table(government: Government) -> HeadTable:
    """The heads of the latest year as PI-2.1 takes them, so that its calculation can be followed line by line.

    >>> table = head_table(load_government(Path("data"), 2023))
    >>> [(row.code, str(row.deviation)) for row in table.singles], table.pool
    ([('hrss', '0.00')], None)
    """
    measured = government.latest
    heads = government.heads[measured.year] if measured else ()
    ordinary = sorted((h for h in heads if h.kind in COMPOSED), key=lambda h: (-(h.original or 0), h.code))
    others = tuple(_row(head) for head in heads if head.kind not in COMPOSED)
    composed = measured.composition if measured else None
    if composed is None:
        return HeadTable(tuple(_row(head) for head in ordinary), None, (), None, others)
    lines = [HeadRow(x.code, x.name, "ordinary", x.original, x.executed, x.scaled, x.deviation) for x in composed.lines]
    singles = lines[:-1] if composed.pooled else lines
    taken = {row.code for row in singles}
    total = HeadRow(
        code="",
        name=words("合计", "Total"),
        kind="ordinary",
        original=composed.original,
        executed=composed.executed,
        scaled=sum((line.scaled for line in composed.lines), Decimal(0)),
        deviation=sum((abs(line.deviation) for line in composed.lines), Decimal(0)),
    )
    pooled = tuple(_row(head) for head in ordinary if head.code not in taken)
    return HeadTable(tuple(singles), lines[-1] if composed.pooled else None, pooled, total, others)


def section_names(government: Government, lang: Lang) -> dict[str, Any]:
    """What the template of the section sees; yuan are shown in a larger unit, so that a line of the table fits a page.

    >>> names = section_names(load_government(Path("data"), 2023), "zh")
    >>> names["unit"], str(names["factor"])
    ('万元', '10000')
    """
    factor, unit, places = Decimal(1), government.unit[lang], government.places
    if government.unit == UNITS["元"].name:
        factor, unit = (Decimal(10000), "万元") if lang == "zh" else (Decimal(1000), "thousand yuan")
        places = 2
    return {"government": government, "heads": head_table(government), "kinds": KINDS, "factor": factor, "unit": unit, "places": places}


def _row(head: Head) -> HeadRow:
    return HeadRow(head.code, words(head.name, head.name_en), head.kind, head.original, head.executed)
