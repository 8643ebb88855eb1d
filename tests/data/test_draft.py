"""A draft: made of whatever there is, its total the range that it can still take, what is lacking a list with sheet and cell."""

from __future__ import annotations

import csv
import io
import random
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from evallib.data.new_year import new_year
from evallib.data.years import evaluate_year
from evallib.model.errors import InputRefused, Problem
from evallib.model.evaluation import Evaluation
from evallib.model.record import TABLES
from evallib.model.rows import made_of
from evallib.model.seals import seals_of
from tests.conftest import DATA, Copy

FINAL = Decimal("84.63")


def draft(folder: Path, department: str = "hrss", year: int = 2023) -> Evaluation:
    return evaluate_year(folder, department, year, draft=True).evaluation


def todo(evaluation: Evaluation) -> tuple[Problem, ...]:
    assert evaluation.draft is not None
    return evaluation.draft.todo


def strict(folder: Path) -> Evaluation | tuple[Problem, ...]:
    try:
        return evaluate_year(folder, "hrss", 2023).evaluation
    except InputRefused as refusal:
        return refusal.problems


def between(evaluation: Evaluation) -> tuple[Decimal, Decimal]:
    open_ = evaluation.open
    return (open_.low, open_.high) if open_ else (evaluation.total, evaluation.total)


def spoiled(year: Path, value: str, cells: list[tuple[Path, int, int]]) -> Iterator[tuple[Path, int, str]]:
    """The year with one cell after the other emptied, or holding something else."""
    for file, row, column in cells:
        before = file.read_bytes()
        rows = list(csv.reader(io.StringIO(before.decode("utf-8-sig"))))
        rows[row][column] = value
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(rows)
        file.write_text(out.getvalue(), encoding="utf-8")
        yield file, row + 1, rows[0][column]
        file.write_bytes(before)


def every_cell(year: Path) -> list[tuple[Path, int, int]]:
    """The filled cells of a year."""
    found = []
    for file in sorted(year.glob("*.csv")):
        rows = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
        found += [(file, r, c) for r, cells in enumerate(rows) for c, text in enumerate(cells) if r and text]
    return found


def hold_each_cell(copy: Copy, value: str, cells: list[tuple[Path, int, int]]) -> None:
    """A draft is made, says what the final says, names the row, and holds the final total where a cell only lacks."""
    for file, row, column in spoiled(copy.year, value, cells):
        about = f"{file.stem} {row} {column}"
        final, made = strict(copy.folder), draft(copy.folder)
        if isinstance(final, Evaluation):
            assert (todo(made), made.total, made.open) == ((), final.total, final.open), about
            continue
        assert [*map(str, todo(made))] == [*map(str, final)], about
        at = [one.place for one in todo(made) if one.place.file.endswith(file.name)]
        if made_of(TABLES[file.stem], column):  # the id is made of the name; who calls the row by its id is told
            assert todo(made), about
        elif (file.stem, column, value) == ("own_indicators", "formula", ""):  # then its actual is to be filled in
            assert [one.place.file for one in todo(made)] == ["departments/hrss/2023/targets.csv"], about
        else:
            assert at, about
            assert any(place.row == row for place in at) or file.stem in ("own_indicators", "work_targets"), (about, at)
        if not value:
            low, high = between(made)
            assert low <= FINAL <= high, about


@pytest.mark.parametrize("value", ["", "约若干"])
def test_a_cell_emptied_or_spoiled_gives_a_draft_that_names_it(copy: Copy, value: str) -> None:
    hold_each_cell(copy, value, random.Random(16).sample(every_cell(copy.year), 40))  # each of them in the long trials


def test_a_draft_of_complete_data_has_the_numbers_of_the_final(hrss: Evaluation) -> None:
    made = draft(DATA)
    assert (made.total, made.grade_id, made.indicators, made.sections, made.open) == (FINAL, "good", hrss.indicators, hrss.sections, None)
    assert todo(made) == ()
    assert seals_of(made).result == seals_of(hrss).result
    assert seals_of(made).content != seals_of(hrss).content
    assert made.fingerprint != hrss.fingerprint
    assert "draft" not in hrss.to_json()
    assert Evaluation.from_json(made.to_json()) == made


@pytest.mark.parametrize("framework", ["department-mof-2013", "self-evaluation-department"])
@pytest.mark.parametrize("form", ["csv", "xlsx", "nothing"])
def test_a_fresh_year_is_a_draft_of_which_nothing_is_known(copy: Copy, framework: str, form: str) -> None:
    made = new_year(
        copy.folder, "edu", 2024, from_year=None, to="csv" if form == "csv" else "xlsx", lang="zh", name="教育局", framework=framework
    )
    if form == "nothing":
        made.unlink()
    found = draft(copy.folder, "edu", 2024)
    assert between(found) == (0, 100)
    assert found.coverage.points == 100
    assert found.coverage.points_scored == 0
    if form == "nothing":
        assert [one.code for one in todo(found)] == ["year.no_data"]


def test_a_year_that_nobody_has_begun_needs_no_folder(copy: Copy) -> None:
    shutil.rmtree(copy.year)
    assert between(draft(copy.folder)) == (0, 100)
    with pytest.raises(InputRefused, match="no data"):
        evaluate_year(copy.folder, "hrss", 2023)


def test_what_is_typed_first_counts_though_its_source_is_to_come(copy: Copy) -> None:
    copy.set("facts", {"fact": "staff_institution", "year": "2023"}, "source", "")
    made = draft(copy.folder)
    assert made.total == FINAL
    assert [(one.code, one.place.column) for one in todo(made)] == [("cell.missing", "source")]
    assert made.record.find_source("to-come") is not None


def test_what_is_missing_is_open_whatever_the_framework_does_with_it(copy: Copy) -> None:
    copy.set("facts", {"fact": "staff_institution", "year": "2023"}, "value", "")
    assert 'missing = "zero"' in copy.framework.read_text(encoding="utf-8")
    made = draft(copy.folder)
    assert made.open is not None
    assert made.draft is not None
    assert made.open.lacking == made.draft.open == todo(made)[0].open
    assert made.open.low < FINAL <= made.open.high


class TestOneRound:
    def test_the_errors_of_one_row_do_not_hide_those_of_others(self, copy: Copy) -> None:
        copy.set("facts", {"fact": "staff_institution", "year": "2023"}, "value", "约三十")
        copy.set("targets", {"indicator": "public_satisfaction"}, "source", "nobody")
        copy.set("judgements", {"indicator": "indicator_clarity", "item": "measurable"}, "verdict", "perhaps")
        copy.set("findings", {"finding": "3.2"}, "at_issue", "99999")
        found = strict(copy.folder)
        assert isinstance(found, tuple)
        assert {(one.place.file.rpartition("/")[2], one.place.column) for one in found} == {
            ("facts.csv", "value"),
            ("targets.csv", "source"),
            ("judgements.csv", "verdict"),
            ("findings.csv", "at_issue"),
            ("findings.csv", "amount"),
        }

    @pytest.mark.parametrize(
        ("table", "key", "column", "value"),
        [
            ("sources", {"source": "report"}, "kind", "guess"),
            ("findings", {"finding": "9.2"}, "kind", ""),
            ("recommendations", {"id": "1.1"}, "title", ""),
            ("own_indicators", {"indicator": "public_satisfaction"}, "basis", "guess"),
            ("facts", {"fact": "staff_institution", "year": "2023"}, "year", ""),
            ("judgements", {"indicator": "budget_adjustment"}, "item", "aproved"),
            ("target_parts", {"part": "职工基本养老保险", "role": "target"}, "value", "many"),
        ],
    )
    def test_what_rests_on_a_row_that_is_wrong_is_not_wrong_itself(
        self, copy: Copy, table: str, key: dict[str, str], column: str, value: str
    ) -> None:
        copy.set(table, key, column, value)
        found = strict(copy.folder)
        assert isinstance(found, tuple)
        assert [(one.place.file.rpartition("/")[2], one.place.column) for one in found] == [(f"{table}.csv", column)]

    def test_a_file_that_is_not_there_is_told_once(self, copy: Copy) -> None:
        (copy.year / "facts.csv").unlink()
        found = strict(copy.folder)
        assert isinstance(found, tuple)
        assert [one.code for one in found] == ["file.missing"]
        assert found[0].open


@pytest.mark.parametrize("table", ["judgements", "findings", "own_indicators", "target_parts"])
def test_whichever_indicator_a_row_without_one_is_about_the_range_holds_the_final_total(copy: Copy, table: str) -> None:
    cells = [cell for cell in every_cell(copy.year) if cell[0].stem == table and (cell[2] == 0 or table == "findings")]
    hold_each_cell(copy, "", random.Random(3).sample(cells, min(len(cells), 40)))


@pytest.mark.parametrize(
    ("table", "key", "column"),
    [
        ("facts", {"fact": "assets_idle_value", "year": "2023"}, "value"),
        ("targets", {"indicator": "social_insurance_enrolment"}, "target"),
        ("own_indicators", {"indicator": "upper_level_funds"}, "points"),
    ],
)
def test_what_rests_on_numbers_that_cannot_all_be_right_is_open(copy: Copy, table: str, key: dict[str, str], column: str) -> None:
    copy.set(table, key, column, "9999999999")
    low, high = between(draft(copy.folder))
    assert low <= FINAL <= high
    assert all(one.open for one in todo(draft(copy.folder)))
