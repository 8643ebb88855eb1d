"""A government's budget alone: pages without a department on the list."""

from __future__ import annotations

import shutil
from pathlib import Path

from evallib.data.place import COUNTY
from evallib.runs.batch import run_batch
from evallib.runs.jobs import list_pages
from evallib.runs.report import run_overview
from tests.conftest import DATA
from tests.runs.test_batch import Here


def budget(folder: Path) -> Path:
    """A data folder with a made-up budget and no department."""
    folder.mkdir()
    shutil.copyfile(DATA / COUNTY, folder / COUNTY)
    (folder / "departments.csv").write_text("code,name,framework,first_year,last_year\n", encoding="utf-8")
    lines = ["year,code,name,kind,original,executed,unit,source,section"]
    for year in (2021, 2022, 2023):
        lines += [f"{year},h{n},科目{n}（虚构）,一般支出,{100 + n},{100 + n * year % 7},万元,预算表,一" for n in range(1, 26)]
    (folder / "budget_heads.csv").write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    return folder


def test_the_budget_gets_its_overview_without_a_department(tmp_path: Path) -> None:
    page = run_overview(2023, data=budget(tmp_path / "data"), out=tmp_path / "out", lang="en").page
    html = page.read_text(encoding="utf-8")
    assert "PI-1" in html
    assert "PI-2.1" in html


def test_a_batch_makes_the_overviews_of_a_budget_alone(tmp_path: Path) -> None:
    jobs = list_pages(budget(tmp_path / "data"), tmp_path / "out", "en")
    assert [(job.kind, job.year) for job in jobs] == [("overview", 2021), ("overview", 2022), ("overview", 2023)]
    assert [outcome.state for outcome in run_batch(jobs[-1:], Here())] == ["made"]
