"""What a batch leaves beside its reports: the index page and the tidy table of results. Reads no data and scores nothing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from evallib.batch import STATES, Job, Outcome, read_result
from evallib.rendering import environment
from evallib.report import whole
from evallib.words import Lang

_NUMBERS = ("points", "score", "score_rate", "total", "value")
_COLUMNS = (
    *("department", "department_name", "year", "framework", "total", "grade", "dimension", "group", "indicator", "name", "name_en"),
    *("points", "score", "score_rate", "value", "unit", "status", "method", "basis"),
)


def write_index(jobs: Sequence[Job], outcomes: Sequence[Outcome], out: Path, lang: Lang) -> Path:
    """`index.html`: every department and year of the list with total, grade, change on last year and a link; what failed, with
    the reason; what is missing. Sorting and searching are a short script that the page's policy names by its checksum.
    """
    rows = _rows(jobs, outcomes, lang)
    templates = Path(__file__).parent / "template"
    script = (templates / "index" / "index.js").read_text(encoding="utf-8").strip()
    css = (templates / "page" / "page.css").read_text(encoding="utf-8") + (templates / "index" / "index.css").read_text(encoding="utf-8")
    seal = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    counts = {state: sum(1 for row in rows if row["state"] == state) for state in ("refused", "failed", "missing")}
    reports = sum(1 for row in rows if row["link"])
    page = (
        environment()
        .get_template("index/index.html.j2")
        .render(
            rows=rows,
            lang=lang,
            t=lambda zh, en: zh if lang == "zh" else en,
            css=css,
            script=script,
            seal=seal,
            states=STATES,
            counts=counts,
            reports=reports,
            years=sorted({row["year"] for row in rows}),
        )
    )
    target = out / ("index.html" if lang == "zh" else f"index.{lang}.html")
    with whole(target) as file:
        file.write_text(page, encoding="utf-8", newline="\n")
    return target


def _rows(jobs: Sequence[Job], outcomes: Sequence[Outcome], lang: Lang) -> list[dict[str, Any]]:
    results = {(job.department, job.year): read_result(job) for job in jobs}
    names = {job.department: (job.listed_name[lang]) for job in jobs}
    rows = []
    for job, outcome in zip(jobs, outcomes, strict=True):
        usable = outcome.state in ("made", "up_to_date")
        result = results[job.department, job.year] if usable else None
        before = results.get((job.department, job.year - 1))
        change = float(result["total"]) - float(before["total"]) if result and before else None
        rows.append(
            {
                "department": job.department,
                "name": names[job.department],
                "year": job.year,
                "state": outcome.state,
                "reason": outcome.reason[lang],
                "result": result,
                "change": change,
                "link": f"{job.year}/{job.name}.html" if usable else "",
                "framework_changed": bool(result and before and result["framework"] != before["framework"]),
            }
        )
    return rows


def results_table(jobs: Sequence[Job]) -> pd.DataFrame:
    """Every indicator of every department and year that has a report, one row each: tidy, numbers as numbers.

    Columns: department, department_name, year, framework, total, grade, dimension, group, indicator, name, name_en, points, score,
    score_rate, value (text, in `unit`), unit, status, method, basis.
    """
    found = []
    for job in jobs:
        result = read_result(job)
        if result is None:
            continue
        head = {
            "department": job.department,
            "department_name": result["name"],
            "year": job.year,
            "framework": result["framework"],
            "total": result["total"],
            "grade": result["grade"],
        }
        found += [{**head, **row} for row in result["rows"]]
    table = pd.DataFrame(found, columns=list(_COLUMNS))
    for column in _NUMBERS:
        table[column] = pd.to_numeric(table[column])
    return table


def write_results(jobs: Sequence[Job], out: Path) -> tuple[Path, Path]:
    """`results.csv` (for Excel: UTF-8 with its mark) and `results.parquet`."""
    table = results_table(jobs)
    targets = out / "results.csv", out / "results.parquet"
    with whole(targets[0]) as file:
        table.to_csv(file, index=False, encoding="utf-8-sig", lineterminator="\n")
    with whole(targets[1]) as file:
        table.to_parquet(file, engine="pyarrow", index=False)
    return targets
