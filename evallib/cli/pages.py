"""The commands that make one page: report, comparison, overview, monitoring. Parsing and printing only."""

from __future__ import annotations

from typing import Annotated

import typer

from evallib.cli.shared import (
    DATA,
    ERR,
    OUT,
    REPORTS,
    DataFolder,
    DepartmentArgument,
    LangOption,
    Language,
    NotebooksFolder,
    OutFolder,
    YearArgument,
    page_being_made,
    print_problems,
)
from evallib.kit import COMPARISON, MONITORING, NOTEBOOKS, OVERVIEW, REPORT
from evallib.model.words import Lang
from evallib.say.numbers import plain


def report(
    department: DepartmentArgument,
    year: YearArgument,
    lang: LangOption = Language.zh,
    data: DataFolder = DATA,
    out: OutFolder = REPORTS,
    notebooks: NotebooksFolder = NOTEBOOKS,
    figures: Annotated[bool, typer.Option("--figures", help="图表另存为 PNG / also save the charts as PNG")] = False,
    xlsx: Annotated[bool, typer.Option("--xlsx", help="评分表另存为 Excel / also save the scores for Excel")] = False,
) -> None:
    """生成一个年度的报告 / Make the report of a department's year."""
    from evallib.runs.report import run_report

    language: Lang = lang.value
    with page_being_made(out, language):
        written = run_report(
            department, year, data=data, out=out, lang=language, figures=figures, workbook=xlsx, notebook=notebooks / REPORT
        )
    print_problems(tuple(problem for problem in written.warnings if problem.code in ("last_year", "no_font")), language)
    warned = sum(1 for problem in written.warnings if problem.level == "warning")
    if warned:
        check = (
            f"evallib check {department} {year}" + ("" if data == DATA else f" --data {data}") + ("" if language == "zh" else " --lang en")
        )
        told = f"有 {warned} 个提醒，运行 {check} 查看。" if language == "zh" else f"{warned} warning(s): see {check}."
        ERR.print(told, markup=False)
    e = written.evaluation
    result = f"  {plain(e.total, 2)} / {plain(e.points)}  {e.grade[language]}" if e.has_total else ""
    OUT.print(f"{e.record.name[language]} {e.catalogue.year(year)[language]}{result}".rstrip(), markup=False)
    OUT.print(str(written.page), markup=False)


def compare(
    department: DepartmentArgument,
    lang: LangOption = Language.zh,
    data: DataFolder = DATA,
    out: OutFolder = REPORTS,
    notebooks: NotebooksFolder = NOTEBOOKS,
) -> None:
    """生成一个部门历年比较的页面 / Make the page that compares a department's years."""
    from evallib.runs.report import run_comparison

    language: Lang = lang.value
    with page_being_made(out, language):
        OUT.print(str(run_comparison(department, data=data, out=out, lang=language, notebook=notebooks / COMPARISON)), markup=False)


def overview(
    year: YearArgument,
    lang: LangOption = Language.zh,
    data: DataFolder = DATA,
    out: OutFolder = REPORTS,
    notebooks: NotebooksFolder = NOTEBOOKS,
) -> None:
    """生成一个年度各部门总览的页面 / Make the overview of all departments in a year."""
    from evallib.runs.report import run_overview

    language: Lang = lang.value
    with page_being_made(out, language):
        OUT.print(str(run_overview(year, data=data, out=out, lang=language, notebook=notebooks / OVERVIEW)), markup=False)


def monitor(
    department: DepartmentArgument,
    year: YearArgument,
    lang: LangOption = Language.zh,
    data: DataFolder = DATA,
    out: OutFolder = REPORTS,
    notebooks: NotebooksFolder = NOTEBOOKS,
) -> None:
    """生成年度中运行监控的页面 / Make the monitoring page of a running year."""
    from evallib.runs.report import run_monitoring

    language: Lang = lang.value
    with page_being_made(out, language):
        OUT.print(str(run_monitoring(department, year, data=data, out=out, lang=language, notebook=notebooks / MONITORING)), markup=False)
