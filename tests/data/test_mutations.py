"""Good data spoiled at random: never a traceback, and never a score that changed without a trace in the data."""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evallib.data.years import evaluate_year
from evallib.model.errors import InputRefused
from evallib.model.record import OPTIONAL, TABLES
from evallib.model.words import LANGS
from tests.conftest import DATA

NASTY = ["", "0", "-1", "1e9", "NaN", "Infinity", "9" * 20, "0.000000001", "一", "１２", "1,000", "100%", "=1+1", "'", '"', "\t", "x" * 300]
YEAR = DATA / "departments" / "hrss" / "2023"
SCORELESS = {"profile", "units", "practices", "work_targets", "plan_targets", "published", "recommendations"}
SCORED = {"facts", "targets", "target_parts", "own_indicators", "judgements", "findings"}
TEXT = {table: (YEAR / f"{table}.csv").read_text(encoding="utf-8-sig") for table in TABLES if table not in OPTIONAL}


def grid(table: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(TEXT[table])))


@st.composite
def mutations(draw: st.DrawFn) -> tuple[str, list[list[str]], str]:
    """One table with one random change: a row dropped or doubled, cells swapped, scaled, emptied or retyped."""
    table = draw(st.sampled_from(sorted(TEXT)))
    rows = grid(table)
    kind = draw(st.sampled_from(["drop", "double", "swap", "retype", "scale", "shuffle", "column"]))
    row = draw(st.integers(1, len(rows) - 1))
    column = draw(st.integers(0, len(rows[0]) - 1))
    if kind == "drop":
        del rows[row]
    elif kind == "double":
        rows.append(list(rows[row]))
    elif kind == "swap":
        other = draw(st.integers(1, len(rows) - 1))
        rows[row][column], rows[other][column] = rows[other][column], rows[row][column]
    elif kind == "retype":
        rows[row][column] = draw(st.sampled_from(NASTY) | st.text(max_size=20))
    elif kind == "scale":
        try:
            rows[row][column] = str(float(rows[row][column]) * draw(st.sampled_from([-1, 0, 0.5, 10, 10_000])))
        except ValueError:
            rows[row][column] += "0"
    elif kind == "shuffle":
        rows[1:] = draw(st.permutations(rows[1:]))
    else:
        for line in rows:
            del line[column]
    return table, rows, kind


def scores(folder: Path) -> dict[str, Any]:
    evaluation = evaluate_year(folder, "hrss", 2023).evaluation
    return {i.id: i.score for i in evaluation.indicators} | {"total": evaluation.total}


ORIGINAL = scores(DATA)


@settings(max_examples=250, suppress_health_check=list(HealthCheck))
@given(mutations())
def test_random_mistakes_are_refused_or_lead_to_a_score_that_follows_from_the_data(mutation: tuple[str, list[list[str]], str]) -> None:
    table, rows, kind = mutation
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "data"
        shutil.copytree(DATA, folder)
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(rows)
        (folder / "departments" / "hrss" / "2023" / f"{table}.csv").write_text(out.getvalue(), encoding="utf-8", errors="surrogatepass")
        try:
            changed = scores(folder)
        except InputRefused as refusal:
            problems = refusal.problems
        else:
            problems = ()
    if problems:
        assert all(problem.describe(lang) and problem.place.file for problem in problems for lang in LANGS)
        return
    if kind == "shuffle" or table in SCORELESS:
        assert changed == ORIGINAL, "a change that means nothing to the scores changed them"
    if changed != ORIGINAL:
        assert table in SCORED, "a table without scores moved them"
        moved = {id for id in changed if changed[id] != ORIGINAL.get(id)} - {"total"}
        assert len(moved) <= 3, "one change moved many scores"
