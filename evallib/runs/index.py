"""What a batch leaves beside its reports: the index page and the tidy table of results. Reads no data and scores nothing."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evallib.files.csv_out import csv_bytes
from evallib.files.outputs import RESULTS, SHARED, STALE, page_name
from evallib.files.whole import together, whole
from evallib.kit import TEMPLATES
from evallib.model.grouped import grouped
from evallib.model.table_words import CHOICES
from evallib.model.words import LANGS, NOTHING, Lang
from evallib.pages.paged import ROW
from evallib.pages.rendering import county_page
from evallib.runs.corrections import write_corrections
from evallib.runs.county import county_name, list_of, put_paged, renewed
from evallib.runs.heads import put_list
from evallib.runs.jobs import Job
from evallib.runs.stamps import STATES, USABLE, Outcome, read_result, shared_mark, standing_anywhere
from evallib.say.sentences import sentence

if TYPE_CHECKING:
    import pandas as pd

ROWS = 1000
"""Of a longer list so many rows stand on a page; what is sought is looked for in all."""
_LINE = 200  # characters of a reason that stand in the list; the rest is folded away
_LABELS = ("total", "grade", "change", "self", "scored")
NUMBERS = ("points", "score", "score_rate", "total", "value")
COLUMNS = (
    *("department", "department_name", "year", "kind", "framework", "state", "total", "grade"),
    *("dimension", "group", "indicator", "name", "name_en"),
    *("points", "score", "score_rate", "value", "unit", "status", "method", "basis", "tried", "tried_en"),
)


def write_index(outcomes: Sequence[Outcome], out: Path, lang: Lang) -> Path:
    """`index.html`: every department and year of the list with total, grade, change on last year and links; what failed, with
    the reason; what is missing. What is evaluated by other frameworks, or is no department, is told apart and can be shown alone.
    Sorting and searching are a short script that the page's policy names by its checksum.
    """
    reports = _reports(outcomes)
    usable = [outcome.job for outcome in outcomes if outcome.state in USABLE]
    over_years = {job.department: f"comparison/{job.name}.html" for job in usable if job.kind == "comparison"}
    rows = _rows(reports, over_years, out, lang)
    results = [row["result"] for row in rows if row["result"]]
    script = (TEMPLATES / "index" / "index.js").read_text(encoding="utf-8").strip()
    points = {result["points"] for result in results if result["total"]}
    labels = {row["year"]: row["called"] for row in rows if row["result"]}

    def called(year: int) -> str:
        return str(labels.get(year, year))

    def pages(kind: str) -> list[tuple[str, str]]:
        jobs = [(job, job.listed_name[lang] if job.department else "") for job in usable if job.kind == kind]
        return [(f"{name} {called(job.year)}".lstrip(), f"{kind}/{job.name}.html") for job, name in jobs]

    made_up = [result["synthetic"] for result in results]
    unusable = [state for state in STATES if state not in USABLE]
    page = county_page(
        "index",
        lang,
        rows=rows,
        departments=all(outcome.job.of == "department" for outcome in reports),
        without_total=any(not result["total"] for result in results),
        overviews=pages("overview")[::-1],
        monitorings=pages("monitoring"),
        script=script,
        seal=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        states=STATES,
        meanings={state: sentence(f"batch.meaning.{state}") for state in ("held", *unusable)},
        labels={name: sentence(f"batch.label.{name}")[lang] for name in _LABELS},
        counts={state: sum(1 for row in rows if row["state"] == state) for state in ("held", *unusable)},
        reports=len(results),
        years=[(year, called(year)) for year in sorted({row["year"] for row in rows}, reverse=True)],
        groups=list(dict.fromkeys(row["group"] for row in rows)),
        grades=sorted({row["grade"] for row in rows if row["grade"]}, key=lambda g: next(r["rank"] for r in rows if r["grade"] == g)),
        points=points.pop().removesuffix(".00") if len(points) == 1 else "",
        moved=sentence("batch.stale.moved")[lang],
        corrections=(out / f"{page_name('corrections', lang)}.html").is_file(),
        tried=sentence("batch.tried.meaning")[lang] if any(result.get("tried") for result in results) else "",
        trial=sentence("changes.trial")[lang],
        synthetic="all" if made_up and all(made_up) else "some" if any(made_up) else "none",
    )
    target = out / f"{page_name('index', lang)}.html"
    if rest := "".join(ROW.findall(page[page.find("<tbody") : page.find("</tbody>")])[ROWS:]):
        page = page.replace("<script>", f'<script type="text/plain" id="rest">{rest}</script>\n<script>')
    with together(out) as change:
        page = put_paged(change, target, page, lang, ROWS)
        change.put(target).write_text(page, encoding="utf-8", newline="\n")
    return target


def _reports(outcomes: Sequence[Outcome]) -> list[Outcome]:
    return [outcome for outcome in outcomes if outcome.job.kind == "report"]


def _rows(outcomes: Sequence[Outcome], over_years: dict[str, str], out: Path, lang: Lang) -> list[dict[str, Any]]:
    """The rows of the index: the newest year first, within a year what is evaluated alike together, in the order of the list."""
    jobs = [outcome.job for outcome in outcomes]
    results = {(o.job.department, o.job.year): read_result(o.job) if o.state in USABLE else None for o in outcomes}
    alike = list(dict.fromkeys((job.of, job.framework) for job in jobs))
    names = {job.framework: result["framework_name"][lang] for job in jobs if (result := results[job.department, job.year])}
    ranks = _ranks([result for result in results.values() if result])
    rows = []
    for outcome in sorted(outcomes, key=lambda outcome: (-outcome.job.year, alike.index((outcome.job.of, outcome.job.framework)))):
        job = outcome.job
        result = results[job.department, job.year]
        stale = (f"{STALE}/{job.year}/{page_name(job.department, one)}.html" for one in (lang, *LANGS))
        before = results.get((job.department, job.year - 1))
        totals = [Decimal(one["total"]) for one in (result, before) if one and one["total"]]
        change = totals[0] - totals[1] if len(totals) == 2 else None
        reason, more = _reason(outcome.reason[lang].removeprefix(f"departments/{job.department}/{job.year}/"))
        rows.append(
            {
                "name": job.listed_name[lang],
                "year": job.year,
                "called": result["year"][lang] if result else "",
                "group": f"{CHOICES[job.of][lang]} · {names.get(job.framework, job.framework)}",
                "state": outcome.state,
                "reason": reason,
                "more": more,
                "result": result,
                "grade": (result["grade"] if lang == "zh" else result["grade_en"]) if result else "",
                "rank": ranks.get(result["grade"]) if result else None,
                "change": change,
                "change_text": f"{change:+.2f}".replace("-", "\N{MINUS SIGN}") if change else "0.00",
                "link": f"{job.year}/{job.name}.html" if result else "",
                "in": "" if job.lang == lang else {"zh": "中文", "en": "English"}[job.lang],
                "stale": "" if result else next((page for page in stale if (out / page).is_file()), ""),
                "over_years": over_years.get(job.department, ""),
                "unlike": bool(result and before and _basis(result) != _basis(before)),
            }
        )
    return rows


def _basis(result: dict[str, Any]) -> object:
    """What a total rests on: two of the same may be compared as they are."""
    return result["framework"], {row["indicator"]: (row["points"], row["status"] == "scored") for row in result["rows"]}


def _ranks(results: Sequence[dict[str, Any]]) -> dict[str, int]:
    """The grades from best to worst, 1 the best: a better grade is one of higher totals.

    >>> _ranks([{"grade": "中", "total": "61.00"}, {"grade": "优", "total": "90.50"}, {"grade": "中", "total": "75.00"}])
    {'优': 1, '中': 2}
    """
    totals = grouped((one["grade"], Decimal(one["total"])) for one in results if one["total"] and one["grade"])
    best_first = sorted(totals, key=lambda grade: -sum(totals[grade]) / len(totals[grade]))
    return {grade: rank for rank, grade in enumerate(best_first, 1)}


def _reason(text: str) -> tuple[str, str]:
    """What is wrong in a line, and the rest: how to fix it, or everything that a program said.

    >>> _reason("facts.csv，第 14 行：不是数字。处理：只写数字。")
    ('facts.csv，第 14 行：不是数字。', '只写数字。')
    """
    found = re.search(r"(?<=[。？！])处理：|(?<=[.?!]) To fix it: ", text)
    if found and found.start() <= _LINE:
        return text[: found.start()], text[found.end() :]
    what = text.partition("\n")[0]
    if len(what) > _LINE:
        what = what[:_LINE] + "…"
    return what, text if what != text else ""


def _result_rows(outcomes: Sequence[Outcome]) -> Iterator[dict[str, Any]]:
    """A row for every indicator of every report that stands; numbers are texts."""
    for outcome in _reports(outcomes):
        if outcome.state in USABLE and (result := read_result(outcome.job)):
            job, tried = outcome.job, result.get("tried") or {"zh": "", "en": ""}
            head = {name: result[name] for name in ("kind", "framework", "total", "grade")}
            head |= {"department": job.department, "department_name": result["name"], "year": job.year}
            head |= {"state": "held" if outcome.state == "held" else "up_to_date", "tried": tried["zh"], "tried_en": tried["en"]}
            for row in result["rows"]:
                yield {**head, **row}


def results_table(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """Every indicator of every department and year that has a report, one row each: tidy, numbers as numbers.

    Columns: department, department_name, year, kind, framework, state (up_to_date, or held: published, and today's data is not taken),
    total, grade, dimension, group, indicator, name, name_en, points, score, score_rate, value (in `unit`), unit, status, method, basis,
    tried, tried_en (what was changed to try it: no recorded data).
    """
    import pandas as pd

    table = pd.DataFrame(list(_result_rows(outcomes)), columns=list(COLUMNS))
    for column in NUMBERS:
        table[column] = pd.to_numeric(table[column])
    return table


def write_results(outcomes: Sequence[Outcome], out: Path) -> tuple[Path, Path]:
    """`results.csv`, for people and Excel, and `results.parquet`: of all reports that stand, in whichever language."""

    targets = out / RESULTS[0], out / RESULTS[1]
    with whole(targets[0]) as file:
        file.write_bytes(csv_bytes([COLUMNS, *([row.get(name) for name in COLUMNS] for row in _result_rows(outcomes))]))
    with whole(targets[1]) as file:
        results_table(outcomes).to_parquet(file, engine="pyarrow", index=False)
    return targets


def write_shared(jobs: Sequence[Job], outcomes: Sequence[Outcome], out: Path, lang: Lang) -> Path:
    """What all reports share, from what stands of all jobs: corrections, results, index, and that in the other language; list and heads.

    The index in the language asked for is returned. Where nothing has changed since, nothing is done: see `shared_mark`.
    """
    found, stamp, index = standing_anywhere(jobs, outcomes), out / SHARED, out / f"{page_name('index', lang)}.html"
    if jobs and stamp.is_file() and stamp.read_text(encoding="utf-8") == shared_mark(found, jobs[0].data, out):
        return index
    for other in LANGS:
        if other != lang and (out / f"{page_name('index', other)}.html").is_file():
            write_index(standing_anywhere([replace(job, lang=other) for job in jobs], outcomes), out, other)
    if jobs:
        write_corrections(jobs[0].data, out, lang)
    write_results(found, out)
    write_index(found, out, lang)
    with together(out) as change:  # last: they lead to all that stands
        put_list(change, out, renewed(out, list_of(found), county_name(jobs[0].data) if jobs else NOTHING))
    if jobs:
        with whole(stamp, out) as file:
            file.write_text(shared_mark(found, jobs[0].data, out), encoding="utf-8")
    return index
