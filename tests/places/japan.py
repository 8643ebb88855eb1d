"""Lays the review sheets of Japanese projects out as data folders: a project a code, a year a folder of three tables."""

from __future__ import annotations

import csv
import io
import lzma
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from evallib.data.years import evaluate_year
from evallib.score.reconcile import reconcile

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


def found_in(given: Rows, data: Path) -> Found:
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


def held_against_the_rows(found: Found, given: Rows) -> tuple[int, int, int]:
    """What was found is what the rows themselves say. Returns how many spent more than there was, below nothing, and of nothing."""
    known = {(int(r["project"]), int(r["budget_year"])): r for r in given if int(r["budget_year"]) != RUNNING}
    years = {(r["project"], int(r["budget_year"])): r for r in given}
    assert found.sums == len(given)
    assert found.unknown == Counter({RUNNING: len(given) - len(known), 2021: 0, 2022: 0, 2023: 0})  # not known yet is not nothing
    assert sum(found.verdicts.values()) == sum(1 for row in given if printed_rate(row))
    assert found.differ == PRINTED_DOWN & {(int(project), year) for project, year in years}
    assert found.verdicts["agrees"] == sum(found.verdicts.values()) - len(found.differ)
    before = {key: years.get((key[0], key[1] - 1)) for key in years}
    assert found.carried == sum(1 for key, row in before.items() if row and 0 != int(row["carry_out"]) == int(years[key]["carry_in"]))
    amounts = {key: (int(row["total"]), int(row["outturn"])) for key, row in known.items()}
    above = {key for key, (total, spent) in amounts.items() if total > 0 and spent > total}
    below = {key for key, (total, spent) in amounts.items() if total < 0 < spent}
    nothing = {key for key, (total, spent) in amounts.items() if total == 0 and spent > 0}
    negative = {key for key, row in known.items() if int(row["carry_out"]) < 0 or int(row["carry_in"]) < 0 or int(row["total"]) < 0}
    assert found.remarked["implausible"] == above | below | nothing
    assert found.remarked["out_of_bounds"] == above | below | negative
    return len(above), len(below), len(nothing)


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
