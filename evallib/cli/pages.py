"""The commands that make one page: report, comparison, overview, monitoring. Parsing and printing only."""

from __future__ import annotations

from typing import Annotated

import typer

from evallib.cli.shared import DATA, ERR, REPORTS, Data, Department, Language, Notebooks, Out, Year, page_being_made, print_problems, tell
from evallib.kit import COMPARISON, MONITORING, NOTEBOOKS, OVERVIEW, REPORT
from evallib.model.words import words
from evallib.say.numbers import plain
from evallib.say.workings import total_text


def report(
    department: Department,
    year: Year,
    lang: Language = "zh",
    data: Data = DATA,
    out: Out = REPORTS,
    notebooks: Notebooks = NOTEBOOKS,
    figures: Annotated[bool, typer.Option("--figures", help="图表另存为 PNG / also save the charts as PNG")] = False,
    xlsx: Annotated[bool, typer.Option("--xlsx", help="评分表另存为 Excel / also save the scores for Excel")] = False,
) -> None:
    """生成一个年度的报告 / Make the report of a department's year."""
    from evallib.runs.report import run_report

    with page_being_made(out, lang):
        written = run_report(department, year, data=data, out=out, lang=lang, figures=figures, workbook=xlsx, notebook=notebooks / REPORT)
    print_problems(tuple(problem for problem in written.warnings if problem.code in ("last_year", "no_font")), lang)
    warned = sum(1 for problem in written.warnings if problem.level == "warning")
    if warned:
        options = ("" if data == DATA else f" --data {data}") + ("" if lang == "zh" else " --lang en")
        check = f"evallib check {department} {year}{options}"
        tell(words(f"有 {warned} 个提醒，运行 {check} 查看。", f"{warned} warning(s): see {check}."), lang, ERR)
    e = written.evaluation
    result = f"  {total} / {plain(e.points)}  {e.grade[lang]}" if (total := total_text(e)) else ""
    tell(f"{e.record.name[lang]} {e.catalogue.year(year)[lang]}{result}".rstrip())
    tell(written.page)


def compare(department: Department, lang: Language = "zh", data: Data = DATA, out: Out = REPORTS, notebooks: Notebooks = NOTEBOOKS) -> None:
    """生成一个部门历年比较的页面 / Make the page that compares a department's years."""
    from evallib.runs.report import run_comparison

    with page_being_made(out, lang):
        tell(run_comparison(department, data=data, out=out, lang=lang, notebook=notebooks / COMPARISON))


def overview(year: Year, lang: Language = "zh", data: Data = DATA, out: Out = REPORTS, notebooks: Notebooks = NOTEBOOKS) -> None:
    """生成一个年度各部门总览的页面 / Make the overview of all departments in a year."""
    from evallib.runs.report import run_overview

    with page_being_made(out, lang):
        tell(run_overview(year, data=data, out=out, lang=lang, notebook=notebooks / OVERVIEW))


def monitor(
    department: Department, year: Year, lang: Language = "zh", data: Data = DATA, out: Out = REPORTS, notebooks: Notebooks = NOTEBOOKS
) -> None:
    """生成年度中运行监控的页面 / Make the monitoring page of a running year."""
    from evallib.runs.report import run_monitoring

    with page_being_made(out, lang):
        tell(run_monitoring(department, year, data=data, out=out, lang=lang, notebook=notebooks / MONITORING))
