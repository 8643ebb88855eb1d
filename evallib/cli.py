"""The command line: arguments in, messages out. No computing here; papermill and nbconvert are imported only to run them."""

from __future__ import annotations

import csv
import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from evallib import __version__
from evallib.errors import InputRefused, Problem
from evallib.units import percent, plain, quantity
from evallib.words import Lang

if TYPE_CHECKING:
    from evallib.batch import Job, Outcome

app = typer.Typer(
    name="evallib",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="部门整体支出绩效评价 / Evaluate a department's yearly performance.",
)
_WIDE = None if sys.stdout.isatty() else 140  # where there is no terminal to ask
_out, _err = Console(highlight=False, soft_wrap=True, width=_WIDE), Console(stderr=True, highlight=False, soft_wrap=True)


class Language(StrEnum):
    """The language of a page and of messages."""

    zh = "zh"
    en = "en"


class ScoreFormat(StrEnum):
    """How `score` prints."""

    table = "table"
    json = "json"
    csv = "csv"


class ResultsFormat(StrEnum):
    """How `results` prints."""

    table = "table"
    csv = "csv"


class CheckFormat(StrEnum):
    """How `check` prints."""

    text = "text"
    json = "json"


class ReconcileFormat(StrEnum):
    """How `reconcile` prints."""

    table = "table"
    json = "json"


Department = Annotated[str, typer.Argument(help="部门编码，见 departments.csv / department code, see departments.csv")]
Year = Annotated[int, typer.Argument(help="评价年度 / the year evaluated")]
DataFolder = Annotated[Path, typer.Option("--data", help="数据文件夹 / folder of the data")]
OutFolder = Annotated[Path, typer.Option("--out", help="报告文件夹 / folder of the reports")]
Lang_ = Annotated[Language, typer.Option("--lang", help="语言 / language")]

DATA, REPORTS = Path("data"), Path("reports")


_LEVELS: dict[Lang, dict[str, str]] = {
    "zh": {"error": "错误", "warning": "提醒", "recorded": "已记录"},
    "en": {"error": "error", "warning": "warning", "recorded": "recorded"},
}


def _print_problems(problems: tuple[Problem, ...], lang: Lang) -> None:
    for problem in problems:
        mark = _LEVELS[lang][problem.level]
        _err.print(f"{mark}  {problem.describe(lang)}", markup=False)


def _refused(refusal: InputRefused, lang: Lang) -> typer.Exit:
    _print_problems(refusal.problems, lang)
    count = len(refusal.problems)
    _err.print(f"共 {count} 处需要改正，没有写出任何文件。" if lang == "zh" else f"{count} to mend; nothing was written.", markup=False)
    return typer.Exit(2)


@app.command()
def report(
    department: Department,
    year: Year,
    lang: Lang_ = Language.zh,
    data: DataFolder = DATA,
    out: OutFolder = REPORTS,
    figures: Annotated[bool, typer.Option("--figures", help="图表另存为 PNG / also save the charts as PNG")] = False,
    xlsx: Annotated[bool, typer.Option("--xlsx", help="评分表另存为 Excel / also save the scores for Excel")] = False,
) -> None:
    """生成一个部门一个年度的报告 / Make the report of a department's year."""
    from evallib.report import ReportFailed, run_report

    language: Lang = lang.value
    try:
        written = run_report(department, year, data=data, out=out, lang=language, figures=figures, workbook=xlsx)
    except InputRefused as refusal:
        raise _refused(refusal, language) from None
    except ReportFailed as failure:
        _err.print(
            ("笔记本运行中断，没有写出报告：\n" if language == "zh" else "The notebook stopped; no report was written:\n")
            + failure.details,
            markup=False,
        )
        raise typer.Exit(1) from None
    warned = sum(1 for problem in written.warnings if problem.level == "warning")
    if warned:
        told = (
            f"有 {warned} 个提醒，运行 evallib check {department} {year} 查看。"
            if language == "zh"
            else f"{warned} warning(s): see evallib check {department} {year}."
        )
        _err.print(told, markup=False)
    e = written.evaluation
    _out.print(f"{e.record.name[language]} {year}  {plain(e.total, 2)} / {plain(e.points)}  {e.grade[language]}", markup=False)
    _out.print(str(written.page), markup=False)


@app.command()
def score(
    department: Department,
    year: Year,
    format: Annotated[ScoreFormat, typer.Option("--format", help="输出格式 / output format")] = ScoreFormat.table,
    lang: Lang_ = Language.zh,
    data: DataFolder = DATA,
) -> None:
    """计算并打印得分 / Compute and print the scores."""
    from evallib.tables import score_document
    from evallib.years import evaluate_year

    language: Lang = lang.value
    try:
        checked = evaluate_year(data, department, year)
    except InputRefused as refusal:
        raise _refused(refusal, language) from None
    evaluation = checked.evaluation
    document = score_document(evaluation, language)
    if format is ScoreFormat.json:
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return
    if format is ScoreFormat.csv:
        writer = csv.DictWriter(sys.stdout, fieldnames=list(document["indicators"][0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows({k: _cell(v) for k, v in row.items()} for row in document["indicators"])
        return
    zh = language == "zh"
    table = Table(
        "维度" if zh else "Dimension",
        "指标" if zh else "Indicator",
        "指标值" if zh else "Value",
        "得分" if zh else "Score",
        "分值" if zh else "Points",
        title=f"{document['name']} {year}",
    )
    for column in table.columns[2:]:
        column.justify = "right"
    for d in evaluation.dimensions:
        for i in (i for i in evaluation.indicators if i.dimension == d.id):
            value = quantity(i.value, i.unit, language) if i.value is not None else "—" if i.unit else ""
            table.add_row("", i.name[language], value, plain(i.score, 2) if i.score is not None else "—", plain(i.points, 2))
        table.add_row(
            d.name[language],
            "",
            percent(d.rate) if d.rate is not None else "—",
            plain(d.score, 2),
            plain(d.points, 2),
            style="bold",
            end_section=True,
        )
    table.add_row(
        "总分" if zh else "Total", evaluation.grade[language], "", plain(evaluation.total, 2), plain(evaluation.points, 2), style="bold"
    )
    _out.print(table)


def _cell(value: object) -> object:
    """A text as a spreadsheet may open it: what begins like a formula stays text."""
    return "'" + value if isinstance(value, str) and value[:1] in "=+-@\t\r" and not _is_number(value) else value


def _is_number(text: str) -> bool:
    from evallib.units import parse_decimal

    return parse_decimal(text) is not None


@app.command()
def check(
    department: Annotated[str | None, typer.Argument(help="部门编码；不写则检查全部 / department code; all of them if left out")] = None,
    year: Annotated[int | None, typer.Argument(help="年度；不写则检查所有年度 / year; all of them if left out")] = None,
    format: Annotated[CheckFormat, typer.Option("--format", help="输出格式 / output format")] = CheckFormat.text,
    lang: Lang_ = Language.zh,
    data: DataFolder = DATA,
) -> None:
    """检查数据，一次列出所有问题 / Check the data and list every problem at once."""
    from evallib.load import load_departments
    from evallib.years import evaluate_year

    language: Lang = lang.value
    try:
        listings = [row for row in load_departments(data) if department in (None, row.code)]
    except InputRefused as refusal:
        raise _refused(refusal, language) from None
    chosen = [(row.code, y) for row in listings for y in range(row.first_year, row.last_year + 1) if year in (None, y)]
    if not chosen and department is not None:
        chosen = [(department, year or 0)]  # to be told what there is
    found: list[tuple[str, int, tuple[Problem, ...]]] = []
    for code, y in chosen:
        try:
            found.append((code, y, evaluate_year(data, code, y).remarks))
        except InputRefused as refusal:
            found.append((code, y, refusal.problems))
    errors = sum(1 for _, _, problems in found for p in problems if p.level == "error")
    if format is CheckFormat.json:
        print(json.dumps([_problem_document(code, y, p, language) for code, y, ps in found for p in ps], ensure_ascii=False, indent=2))
    else:
        for code, y, problems in found:
            _print_problems(problems, language)
            counts = [sum(1 for p in problems if p.level == level) for level in ("error", "warning", "recorded")]
            said = "{} {}：错误 {}，提醒 {}，已记录的矛盾 {}" if language == "zh" else "{} {}: {} error(s), {} warning(s), {} recorded"
            (_err if counts[0] else _out).print(said.format(code, y, *counts), markup=False)
    if errors:
        raise typer.Exit(2)


def _problem_document(code: str, year: int, problem: Problem, lang: Lang) -> dict[str, object]:
    place = problem.place
    return {
        "department": code,
        "year": year,
        "level": problem.level,
        "code": problem.code,
        "file": place.file,
        "sheet": place.sheet,
        "row": place.row,
        "column": place.column,
        "cell": place.cell,
        "what": problem.what[lang],
        "found": problem.found,
        "fix": problem.fix[lang],
    }


@app.command()
def reconcile(
    department: Department,
    year: Year,
    format: Annotated[ReconcileFormat, typer.Option("--format", help="输出格式 / output format")] = ReconcileFormat.table,
    lang: Lang_ = Language.zh,
    data: DataFolder = DATA,
) -> None:
    """把公布的数字与重算的数字逐一核对 / Hold every published figure against the computed one."""
    from evallib import reconcile as reconciling
    from evallib.years import evaluate_year

    language: Lang = lang.value
    try:
        rows = reconciling.reconcile(evaluate_year(data, department, year).evaluation)
    except InputRefused as refusal:
        raise _refused(refusal, language) from None
    differing = [row for row in rows if row.verdict == "differs"]
    if format is ReconcileFormat.json:
        print(json.dumps([{**row.model_dump(), "reason": row.reason[language]} for row in rows], ensure_ascii=False, indent=2))
    else:
        heads = (
            ("编号", "公布值", "重算值", "单位", "结果", "出处")
            if language == "zh"
            else ("Id", "Published", "Computed", "Unit", "Result", "Section")
        )
        table = Table(*(Column(head, overflow="fold") for head in heads))
        for row in rows:
            verdict = reconciling.VERDICTS[row.verdict][language]
            why = f"：{row.reason[language]}" if row.verdict != "agrees" and row.reason[language] else ""
            table.add_row(row.id, row.published, row.computed or "—", row.unit, verdict + why, row.section)
        _out.print(table)
        counts = {v: sum(1 for row in rows if row.verdict == v) for v in reconciling.VERDICTS}
        _out.print("  ".join(f"{reconciling.VERDICTS[v][language]} {n}" for v, n in counts.items()), markup=False)
    if differing:
        raise typer.Exit(1)


@app.command()
def batch(
    department: Annotated[list[str] | None, typer.Option("--department", help="只做这些部门 / only these departments")] = None,
    year: Annotated[list[int] | None, typer.Option("--year", help="只做这些年度 / only these years")] = None,
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="同时运行几个 / how many at a time")] = None,
    force: Annotated[bool, typer.Option("--force", help="全部重做 / make all of them again")] = False,
    lang: Lang_ = Language.zh,
    data: DataFolder = DATA,
    out: OutFolder = REPORTS,
) -> None:
    """生成名单上所有部门、年度的报告，只重做有变化的 / Make the reports of the whole list, only what changed."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from evallib.batch import STATES, clear_leftovers, default_workers, list_jobs, run_batch

    language: Lang = lang.value
    zh = language == "zh"
    try:
        jobs = list_jobs(data, out, departments=tuple(department or ()), years=tuple(year or ()), lang=language)
        every_job = list_jobs(data, out, lang=language)
    except InputRefused as refusal:
        raise _refused(refusal, language) from None
    clear_leftovers(out)
    failures = 0
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=_err,
        disable=not _err.is_terminal,
    ) as progress:
        task = progress.add_task("报告" if zh else "Reports", total=len(jobs))

        def told(outcome: Outcome) -> None:
            nonlocal failures
            if outcome.state in ("refused", "failed", "missing"):
                failures += 1
                line = f"{outcome.department} {outcome.year}  {STATES[outcome.state][language]}  {outcome.reason[language]}"
                progress.console.print(line.rstrip(), markup=False)
            elif outcome.state == "made" and not _err.is_terminal:
                _err.print(f"{outcome.department} {outcome.year}  {STATES['made'][language]}", markup=False)
            progress.update(task, advance=1, description=("报告，未成 " if zh else "Reports, failed ") + str(failures))

        executor = ProcessPoolExecutor(workers or default_workers(), mp_context=get_context("spawn"))
        try:
            outcomes = run_batch(jobs, executor, force=force, told=told)
        except KeyboardInterrupt:
            executor.shutdown(wait=False, cancel_futures=True)
            _err.print("已停止；再运行一次会接着做完。" if zh else "Stopped; run it again to finish the rest.", markup=False)
            raise typer.Exit(130) from None
        executor.shutdown()
    from evallib.county import write_index, write_results

    every = {(o.department, o.year): o for o in outcomes}
    index = write_index(every_job, [every.get((j.department, j.year)) or _standing(j) for j in every_job], out, language)
    write_results(every_job, out)
    counts = {state: sum(1 for o in outcomes if o.state == state) for state in STATES}
    _out.print("  ".join(f"{STATES[s][language]} {n}" for s, n in counts.items() if n), markup=False)
    _out.print(str(index), markup=False)
    if failures:
        raise typer.Exit(1)


def _standing(job: Job) -> Outcome:
    """What stands of a report that was not part of this run."""
    from evallib.batch import Outcome, read_result
    from evallib.load import has_data

    if not has_data(job.data, job.department, job.year):
        return Outcome(job.department, job.year, "missing")
    return Outcome(job.department, job.year, "up_to_date" if read_result(job) else "missing")


@app.command()
def results(
    department: Annotated[list[str] | None, typer.Option("--department", help="部门 / department")] = None,
    year: Annotated[list[int] | None, typer.Option("--year", help="年度 / year")] = None,
    indicator: Annotated[list[str] | None, typer.Option("--indicator", help="指标 / indicator")] = None,
    format: Annotated[ResultsFormat, typer.Option("--format", help="输出格式 / output format")] = ResultsFormat.table,
    lang: Lang_ = Language.zh,
    out: OutFolder = REPORTS,
) -> None:
    """从所有报告的得分表中取出一部分 / Print a slice of the results of all reports."""
    import pandas as pd

    language: Lang = lang.value
    file = out / "results.parquet"
    if not file.is_file():
        from evallib.errors import refuse

        raise _refused(
            refuse(str(file), "还没有结果", "there are no results yet", "先运行 evallib batch", "run evallib batch first"), language
        )
    table = pd.read_parquet(file)
    for column, wanted in (("department", department), ("year", year), ("indicator", indicator)):
        if wanted:
            table = table[table[column].isin(wanted)]
    if format is ResultsFormat.csv:
        print(table.to_csv(index=False), end="")
        return
    shown = ["department", "year", "indicator", "name" if language == "zh" else "name_en", "points", "score", "value", "unit", "status"]
    view = Table(*shown)
    for row in table[shown].itertuples(index=False):
        view.add_row(*("—" if pd.isna(cell) else str(cell) for cell in row))
    _out.print(view)


class Form(StrEnum):
    """The two forms of a department's year."""

    csv = "csv"
    xlsx = "xlsx"


As = Annotated[Form, typer.Option("--as", help="CSV 文件夹或 Excel 工作簿 / folder of CSV files or Excel workbook")]


@app.command()
def new(
    department: Department,
    year: Year,
    from_year: Annotated[int | None, typer.Option("--from", help="从哪个年度带入 / the year to carry over from")] = None,
    form: As = Form.xlsx,
    name: Annotated[str, typer.Option("--name", help="新部门的名称 / name of a new department")] = "",
    name_en: Annotated[str, typer.Option("--name-en", help="新部门的英文名称 / its name in English")] = "",
    framework: Annotated[str, typer.Option("--framework", help="新部门的指标体系 / framework of a new department")] = "",
    lang: Lang_ = Language.zh,
    data: DataFolder = DATA,
) -> None:
    """为一个年度准备好要填写的表 / Lay out what has to be filled in for a year."""
    from evallib.new_year import new_year

    language: Lang = lang.value
    try:
        made = new_year(
            data, department, year, from_year=from_year, to=form.value, lang=language, name=name, name_en=name_en, framework=framework
        )
    except InputRefused as refusal:
        raise _refused(refusal, language) from None
    _out.print(str(made), markup=False)
    told = "填好后运行 " if language == "zh" else "Fill it in, then run "
    _out.print(f"{told}evallib check {department} {year}", markup=False)


@app.command()
def export(
    department: Department,
    year: Year,
    form: As,
    out: Annotated[Path | None, typer.Option("--out", help="另存到这个文件夹，不改动数据 / write there and leave the data alone")] = None,
    lang: Lang_ = Language.zh,
    data: DataFolder = DATA,
) -> None:
    """在 CSV 文件夹与工作簿之间转换 / Turn the CSV files into a workbook, or the workbook into CSV files."""
    from evallib.data_files import switch_form

    language: Lang = lang.value
    try:
        made = switch_form(data, department, year, form.value, language, out)
    except InputRefused as refusal:
        raise _refused(refusal, language) from None
    _out.print(str(made), markup=False)


@app.command("framework")
def show_framework(
    id: Annotated[str, typer.Argument(help="指标体系编号 / id of the framework")],
    year: Annotated[int, typer.Argument(help="年度 / year")] = 9999,
    against: Annotated[int | None, typer.Option("--against", help="与哪个年度的比较 / the year to compare with")] = None,
    lang: Lang_ = Language.zh,
    data: DataFolder = DATA,
) -> None:
    """打印指标体系，或比较两个年度 / Print a framework, or compare it between two years."""
    from evallib.framework_text import framework_changes, framework_lines
    from evallib.load import load_framework

    language: Lang = lang.value
    zh = language == "zh"
    try:
        shown = load_framework(data, id, year)
        other = load_framework(data, id, against) if against is not None else None
    except InputRefused as refusal:
        raise _refused(refusal, language) from None
    title = f"{shown.words[language]}  {shown.id}/{shown.first_year}"
    if other is not None:
        changes = framework_changes(other, shown)
        table = Table("变化" if zh else "Change", str(other.first_year), str(shown.first_year), title=title)
        for change in changes:
            table.add_row(change.what[language], change.before[language], change.after[language])
        _out.print(table if changes else ("没有变化" if zh else "no changes"))
        return
    heads = ("指标", "分值", "分值依据", "规则", "依据") if zh else ("Indicator", "Points", "Basis", "Rule", "Clause")
    table = Table(*(Column(head, overflow="fold") for head in heads), title=title)
    for line in framework_lines(shown):
        style = {1: "bold", 2: "italic"}.get(line.level, "")
        name = "  " * (line.level - 1) + line.name[language]
        table.add_row(name, line.points, line.basis[language], line.rule[language], line.source[language], style=style)
    _out.print(table)
    grades = "；".join(f"{g.words[language]} ≥ {plain(g.at_least)}" for g in shown.grades)
    _out.print(grades if zh else grades.replace("；", "; "), markup=False)
    if shown.note:
        _out.print(shown.note if zh else shown.note_en or shown.note, markup=False)


def _version(asked: bool) -> None:
    if asked:
        print(f"evallib {__version__}")
        raise typer.Exit


@app.callback()
def _main(version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="版本 / version")] = False) -> None:
    """部门整体支出绩效评价 / Evaluate a department's yearly performance."""


def main() -> None:
    """Run the command line; Chinese is printed as UTF-8 wherever the terminal allows."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    app()
