"""A department's year from files to evaluation, with last year beside it: the one call of command line, report and notebook."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from evallib.check_plausibility import check_plausibility
from evallib.errors import InputRefused, Place, Problem
from evallib.evaluation import Evaluation
from evallib.load import LoadedYear, has_data, load_departments, load_year
from evallib.scoring import evaluate
from evallib.words import words


@dataclass(frozen=True)
class EvaluatedYear:
    """A year's evaluation, last year's where there is one, and everything remarked on the way."""

    evaluation: Evaluation
    previous: Evaluation | None
    remarks: tuple[Problem, ...]


def evaluate_year(data: Path, department: str, year: int) -> EvaluatedYear:
    """Load, check and score a department's year, and last year's where there is data for it.

    Raises InputRefused with every problem found. Last year's data that cannot be used is remarked and left out.

    >>> evaluate_year(Path("data"), "hrss", 2023).evaluation.total
    Decimal('84.63')
    """
    before, unusable = _last_year(data, department, year)
    loaded = load_year(data, department, year, before.record if before else None)
    evaluation = evaluate(loaded.framework, loaded.record)
    previous = evaluate(before.framework, before.record) if before else None
    remarks = (*unusable, *loaded.remarks, *check_plausibility(evaluation, previous, loaded.where))
    return EvaluatedYear(evaluation, previous, remarks)


def _last_year(data: Path, department: str, year: int) -> tuple[LoadedYear | None, tuple[Problem, ...]]:
    listed = any(row.code == department and row.first_year <= year - 1 <= row.last_year for row in load_departments(data))
    if not listed or not has_data(data, department, year - 1):
        return None, ()
    try:
        return load_year(data, department, year - 1), ()
    except InputRefused as refusal:
        count = len(refusal.problems)
        remark = Problem(
            Place(refusal.problems[0].place.file),
            words(
                f"上年（{year - 1}）的数据有 {count} 处错误，不作比较",
                f"last year's data ({year - 1}) has {count} error(s) and is not compared with",
            ),
            words(f"运行 evallib check {department} {year - 1}", f"run evallib check {department} {year - 1}"),
            level="warning",
            code="last_year",
        )
        return None, (remark,)
