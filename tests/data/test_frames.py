"""The tables of a report as CSV: for a spreadsheet and for pandas, in both languages; a trial cannot pass for recorded data."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from evallib.analysis.changes import ActualChange
from evallib.analysis.what_if import apply
from evallib.data.frames import TABLES, write_tables
from evallib.model.evaluation import Evaluation


def test_every_frame_reads_back_with_the_numbers_of_the_evaluation(hrss: Evaluation, tmp_path: Path) -> None:
    write_tables(hrss, tmp_path / "hrss.data")
    assert {file.stem for file in (tmp_path / "hrss.data").iterdir()} == {*TABLES}
    for name, make in TABLES.items():
        content = (tmp_path / "hrss.data" / f"{name}.csv").read_bytes()
        assert content.startswith("\ufeff".encode()), "by which Excel knows UTF-8"
        read, made = pd.read_csv(tmp_path / "hrss.data" / f"{name}.csv"), make(hrss, "zh").frame().reset_index()
        assert [column for column in read.columns if not column.endswith("_en")] == [*made.columns]
        for column in made.select_dtypes("float"):
            pd.testing.assert_series_equal(read[column], made[column], check_dtype=False)
    scores = pd.read_csv(tmp_path / "hrss.data" / "indicators.csv").set_index("indicator")
    assert round(float(scores["score"].sum()), 2) == 84.63
    called = hrss.indicator("budget_execution").name
    assert (scores.at["budget_execution", "name"], scores.at["budget_execution", "name_en"]) == (called.zh, called.en)


def test_a_trial_says_so_in_every_row(hrss: Evaluation, tmp_path: Path) -> None:
    tried = apply(hrss, (ActualChange(indicator="public_satisfaction", actual="90"),))
    write_tables(tried, tmp_path / "hrss.data")
    for name in TABLES:
        read = pd.read_csv(tmp_path / "hrss.data" / f"{name}.csv")
        assert read.tried_en.str.contains("84.00% → 90.00%").all()
