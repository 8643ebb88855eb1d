"""Lays the review sheets of Japanese projects out as data folders: a project a code, a year a folder of three tables."""

from __future__ import annotations

import csv
import io
import lzma
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent / "cases" / "japan_rs"
RUNNING = 2024
"""The year that was still running: what was spent and carried over was not yet known."""
FACTS = {
    "initial": "当初予算",
    "supplementary": "補正予算",
    "carry_in": "前年度からの繰越し",
    "reserve": "予備費等",
    "total": "歳出予算現額合計",
    "outturn": "執行額",
    "carry_out": "翌年度への繰越し",
    "next_year_request": "翌年度要求額",
}
Rows = list[dict[str, str]]


def rows() -> Rows:
    """The rows as printed."""
    with lzma.open(HERE / "project_budgets.csv.xz", "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def printed_rate(row: dict[str, str]) -> str:
    """The printed rate in percent, to the five decimals of a share and the seven digits that single precision holds.

    >>> printed_rate({"outturn_rate": "0.8069700002670288"}), printed_rate({"outturn_rate": "2595.161376953125"})
    ('80.697', '259516.1')
    """
    if not row["outturn_rate"]:
        return ""
    percent = Decimal(row["outturn_rate"]) * 100
    return f"{round(percent, min(3, 6 - percent.adjusted())):f}"


def code(project: str) -> str:
    return f"p{project}"


def _csv(heads: str, lines: Iterable[Iterable[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(heads.split(","))
    writer.writerows(lines)
    return out.getvalue()


def _facts(row: dict[str, str]) -> Iterator[list[str]]:
    for column, fact in FACTS.items():
        known = not (column in ("outturn", "carry_out") and int(row["budget_year"]) == RUNNING)
        note = [] if known else ["年度尚未结束", "not yet known: the year was running"]
        yield [fact, row["budget_year"], row[column] if known else "", "円", *(note or ["", ""]), "sheet", "予算額・執行額"]


def lay_out(folder: Path, given: Rows) -> Path:
    """A data folder of these rows. Returns it."""
    shutil.copytree(HERE / "data", folder)
    spans: dict[str, list[int]] = defaultdict(list)
    ministries = {row["project"]: row["ministry"] for row in given}
    source = "source,title,title_en,number,producer,year,kind\nsheet,行政事業レビューシート,Review sheet,,,2024,report\n"
    for row in given:
        year = folder / "departments" / code(row["project"]) / row["budget_year"]
        year.mkdir(parents=True)
        (year / "sources.csv").write_text(source, encoding="utf-8")
        (year / "facts.csv").write_text(_csv("fact,year,value,unit,note,note_en,source,section", _facts(row)), encoding="utf-8")
        rate = printed_rate(row)
        if rate:
            lines = [["printed_rate", rate, "%", "formula.rate_of_execution", "sheet", "執行率"]]
            (year / "published.csv").write_text(_csv("published,value,unit,number,source,section", lines), encoding="utf-8")
        spans[row["project"]].append(int(row["budget_year"]))
    listed = [
        [code(p), f"事業 {p}", f"Project {p}", "japan-project", str(first), str(last), "project", ministries[p]]
        for p, years in spans.items()
        for first, last in _runs(sorted(years))
    ]
    heads = "code,name,name_en,framework,first_year,last_year,kind,department"
    (folder / "departments.csv").write_text(_csv(heads, listed), encoding="utf-8")
    (folder / "budget_heads.csv").write_text(_heads(given), encoding="utf-8")
    return folder


def _runs(years: list[int]) -> Iterator[tuple[int, int]]:
    """The spans of years without a gap."""
    first = last = years[0]
    for year in years[1:]:
        if year != last + 1:
            yield first, last
            first = year
        last = year
    yield first, last


def _heads(given: Rows) -> str:
    """The ministries as heads of the government's budget; the running year's outturn is not known."""
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in given:
        for n, column in enumerate(("initial", "total", "outturn")):
            sums[row["budget_year"], row["ministry"]][n] += int(row[column])
    codes = {ministry: f"m{n:02}" for n, ministry in enumerate(sorted({ministry for _, ministry in sums}))}
    ends = ["円", "yen", "sheet", "合計"]
    lines = [
        [year, codes[of], of, "", "ordinary", str(initial), str(total), "" if int(year) == RUNNING else str(spent), *ends]
        for (year, of), (initial, total, spent) in sorted(sums.items())
    ]
    return _csv("year,code,name,name_en,kind,original,revised,executed,unit,unit_en,source,section", lines)
