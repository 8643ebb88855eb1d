"""A national data set as the proof: project-years of 37 Japanese ministries, through definitions that are data alone.

Here every twelfth of 5,664 projects; all of them in `make trial`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from evallib.data.government import load_government
from evallib.data.years import evaluate_year
from evallib.pages.report import SECTIONS, Report
from tests.places.japan import RUNNING, Found, Rows, code, found_in, held_against_the_rows, lay_out, rows


@pytest.fixture(scope="module")
def given() -> Rows:
    return [row for row in rows() if int(row["project"]) % 12 == 3]


@pytest.fixture(scope="module")
def data(given: Rows, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out(tmp_path_factory.mktemp("japan") / "data", given)


@pytest.fixture(scope="module")
def found(given: Rows, data: Path) -> Found:
    return found_in(given, data)


def test_what_was_printed_is_reproduced_or_the_difference_named(found: Found, given: Rows) -> None:
    held_against_the_rows(found, given)
    assert len(given) > 1_500
    assert len(found.differ) > 1
    assert found.carried > 200
    assert len(found.remarked["implausible"]) > 25


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
