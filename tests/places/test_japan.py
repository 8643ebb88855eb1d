"""A national data set as the proof: 18,524 project-years of 37 Japanese ministries, through definitions that are data alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pytest

from evallib.data.government import load_government
from evallib.data.years import evaluate_year
from evallib.pages.report import SECTIONS, Report
from evallib.score.reconcile import reconcile
from tests.places.japan import RUNNING, Rows, code, lay_out, rows

TOTAL, SPENT, IN, OUT = "total_budget", "amount_spent", "carried_over_in", "carried_over_out"

PRINTED_DOWN = {
    (87, 2023), (384, 2023), (721, 2022), (732, 2023), (1015, 2023), (1096, 2021), (1096, 2022), (1662, 2023), (1664, 2021), (2307, 2022),
    (3132, 2022), (3200, 2022), (3319, 2023), (3517, 2023), (3547, 2023), (3618, 2021), (3833, 2021), (4116, 2021), (4341, 2023),
    (4658, 2022), (4810, 2022), (5032, 2023), (5037, 2023), (6161, 2023), (7263, 2023),
}  # fmt: skip
"""Rates that lie exactly half way between two numbers of five decimals, and that were printed as the lower one."""


@dataclass
class Found:
    """What came out of all project-years."""

    sums: int = 0
    carried: int = 0
    unknown: Counter[int] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    differ: set[tuple[int, int]] = field(default_factory=set)
    remarked: dict[str, set[tuple[int, int]]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def given() -> Rows:
    return rows()


@pytest.fixture(scope="module")
def data(given: Rows, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out(tmp_path_factory.mktemp("japan") / "data", given)


@pytest.fixture(scope="module")
def found(given: Rows, data: Path) -> Found:
    """Every project-year loaded, checked against the year before, evaluated, and held against what was printed."""
    out, closing = Found(), dict[tuple[str, int], Decimal | None]()
    for row in given:
        project, year = row["project"], int(row["budget_year"])
        checked = evaluate_year(data, code(project), year)
        facts, key = checked.evaluation.facts, (int(project), year)
        whole, parts = facts.find(TOTAL), facts.sum_of_parts(TOTAL, year)
        assert whole is not None
        assert parts is not None
        out.sums += whole.value == parts.value == Decimal(row["total"])
        closing[project, year] = facts.value(OUT)
        before = closing.get((project, year - 1))
        out.carried += bool(before) and before == facts.value(IN)
        out.unknown[year] += facts.value(SPENT) is None
        for figure in reconcile(checked.evaluation):
            out.verdicts[figure.verdict] += 1
            if figure.verdict == "differs":
                out.differ.add(key)
        for problem in checked.remarks:
            out.remarked.setdefault(problem.code, set()).add(key)
    return out


def test_every_sum_rate_and_carry_over_is_reproduced_or_the_difference_named(found: Found) -> None:
    assert found.sums == 18_524
    assert sum(found.verdicts.values()) == 11_652
    assert found.differ == PRINTED_DOWN
    assert found.verdicts["agrees"] == 11_652 - len(PRINTED_DOWN)
    assert found.carried == 3_108


def test_the_running_year_is_not_known_yet_and_not_nothing(found: Found, given: Rows) -> None:
    assert found.unknown == Counter({RUNNING: sum(1 for row in given if int(row["budget_year"]) == RUNNING), 2021: 0, 2022: 0, 2023: 0})


def test_what_is_consistent_and_yet_implausible_is_found(found: Found, given: Rows) -> None:
    known = {(int(r["project"]), int(r["budget_year"])): r for r in given if int(r["budget_year"]) != RUNNING}
    amounts = {key: (int(row["total"]), int(row["outturn"])) for key, row in known.items()}
    above = {key for key, (total, spent) in amounts.items() if total > 0 and spent > total}
    below = {key for key, (total, spent) in amounts.items() if total < 0 < spent}
    nothing = {key for key, (total, spent) in amounts.items() if total == 0 and spent > 0}
    negative = {key for key, row in known.items() if int(row["carry_out"]) < 0 or int(row["carry_in"]) < 0 or int(row["total"]) < 0}
    assert (len(above), len(below), len(nothing)) == (372, 1, 95)
    assert found.remarked["implausible"] == above | below | nothing
    assert found.remarked["out_of_bounds"] == above | below | negative


def test_a_project_gets_its_page(data: Path) -> None:
    report = Report(evaluate_year(data, code("87"), 2023), "en")
    page = "".join(report.section(id).html for id in SECTIONS)
    assert "97.50%" in page
    assert "yen" in page
    assert "yuan" not in page


def test_the_ministries_go_through_pefa(data: Path) -> None:
    measured = load_government(data, 2023)
    assert [year.year for year in measured.assessment.years] == [2021, 2022, 2023]
    assert all(score.grade is not None for score in measured.assessment.scores if score.indicator != "PI-2.3")
    running = load_government(data, RUNNING)
    assert running.unknown == {RUNNING: len({head.code for head in running.heads[2023]})}
    assert [year.year for year in running.assessment.years if year.outturn is not None] == [2022, 2023]
