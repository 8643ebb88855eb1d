"""The commands that print what is computed: scores, problems of the data, published figures compared with computed ones."""

from __future__ import annotations

import csv
import json
import sys
from enum import StrEnum
from typing import Annotated

import typer
from rich.table import Column, Table

from evallib.cli.shared import (
    DATA,
    ERR,
    OUT,
    DataFolder,
    DepartmentArgument,
    LangOption,
    Language,
    YearArgument,
    print_problems,
    refusals_told,
)
from evallib.data.sheets import guarded
from evallib.model.errors import Problem
from evallib.model.units import parse_decimal
from evallib.model.words import Lang
from evallib.say.numbers import percent, plain, quantity


class ScoreFormat(StrEnum):
    """How `score` prints."""

    table = "table"
    json = "json"
    csv = "csv"


class CheckFormat(StrEnum):
    """How `check` prints."""

    text = "text"
    json = "json"


class ReconcileFormat(StrEnum):
    """How `reconcile` prints."""

    table = "table"
    json = "json"


def score(
    department: DepartmentArgument,
    year: YearArgument,
    format: Annotated[ScoreFormat, typer.Option("--format", help="输出格式 / output format")] = ScoreFormat.table,
    lang: LangOption = Language.zh,
    data: DataFolder = DATA,
) -> None:
    """计算并打印得分 / Compute and print the scores."""
    from evallib.analysis.documents import score_document
    from evallib.data.years import evaluate_year

    language: Lang = lang.value
    with refusals_told(language, writes=False):
        checked = evaluate_year(data, department, year)
    evaluation = checked.evaluation
    document = score_document(evaluation, language)
    if format is ScoreFormat.json:
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return
    if format is ScoreFormat.csv:
        writer = csv.DictWriter(sys.stdout, fieldnames=list(next(iter(document["indicators"]), {})), lineterminator="\n")
        writer.writeheader()
        writer.writerows({k: _cell(v) for k, v in row.items()} for row in document["indicators"])
        return
    zh = language == "zh"
    table = Table(
        "一级指标" if zh else "Dimension",
        "指标" if zh else "Indicator",
        "实际值" if zh else "Value",
        "得分" if zh else "Score",
        "分值" if zh else "Points",
        title=f"{document['name']} {evaluation.catalogue.year(year)[language]}",
    )
    for column in table.columns[2:]:
        column.justify = "right"
    for d in evaluation.dimensions:
        for i in (i for i in evaluation.indicators if i.dimension == d.id):
            value = quantity(i.value, i.unit, language) if i.value is not None else "—" if i.unit.symbol else ""
            score = "" if not i.points else plain(i.score, 2) if i.score is not None else "—"
            table.add_row("", i.name[language], value, score, plain(i.points, 2) if i.points else "")
        table.add_row(
            d.name[language],
            "",
            "" if not d.points else percent(d.rate) if d.rate is not None else "—",
            plain(d.score, 2) if d.points else "",
            plain(d.points, 2) if d.points else "",
            style="bold",
            end_section=True,
        )
    if evaluation.has_total:
        total, points = plain(evaluation.total, 2), plain(evaluation.points, 2)
        table.add_row("总分" if zh else "Total", evaluation.grade[language], "", total, points, style="bold")
    OUT.print(table)


def _cell(value: object) -> object:
    """A text as a spreadsheet may open it: what begins like a formula stays text; a negative number stays a number."""
    return guarded(value) if isinstance(value, str) and parse_decimal(value) is None else value


def check(
    department: Annotated[str | None, typer.Argument(help="部门编码；不写则检查全部 / department code; all of them if left out")] = None,
    year: Annotated[int | None, typer.Argument(help="年度；不写则检查所有年度 / year; all of them if left out")] = None,
    format: Annotated[CheckFormat, typer.Option("--format", help="输出格式 / output format")] = CheckFormat.text,
    lang: LangOption = Language.zh,
    data: DataFolder = DATA,
) -> None:
    """检查数据，一次列出全部错误和提醒 / Check the data and list every error and warning at once."""
    from evallib.data.check_all import check_data

    language: Lang = lang.value
    with refusals_told(language, writes=False):
        found = check_data(data, department, year)
    if format is CheckFormat.json:
        documents = [_problem_document(one.department, one.year, p, language) for one in found for p in one.problems]
        print(json.dumps(documents, ensure_ascii=False, indent=2))
    else:
        for one in found:
            print_problems(one.problems, language)
            title, errors = one.title[language], one.count("error")
            if errors:
                told = (
                    f"{title}：错误 {errors}。改正后请再运行一次：有些检查要等这些改好才能做。"
                    if language == "zh"
                    else f"{title}: {errors} error(s). Run it again afterwards: some checks need these to be right first."
                )
                ERR.print(told, markup=False)
                continue
            said = (
                "{}：错误 0，提醒 {}，已记录的矛盾 {}"
                if language == "zh"
                else "{}: 0 error(s), {} warning(s), {} recorded contradiction(s)"
            )
            OUT.print(said.format(title, one.count("warning"), one.count("recorded")), markup=False)
    if any(one.count("error") for one in found):
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


def reconcile(
    department: DepartmentArgument,
    year: YearArgument,
    format: Annotated[ReconcileFormat, typer.Option("--format", help="输出格式 / output format")] = ReconcileFormat.table,
    lang: LangOption = Language.zh,
    data: DataFolder = DATA,
) -> None:
    """核对公布的数字与重算的数字 / Compare published figures with computed ones."""
    from evallib.data.years import evaluate_year
    from evallib.score import reconcile as reconciling

    language: Lang = lang.value
    with refusals_told(language, writes=False):
        rows = reconciling.reconcile(evaluate_year(data, department, year).evaluation)
    differing = [row for row in rows if row.verdict == "differs"]
    if format is ReconcileFormat.json:
        print(json.dumps([{**row.model_dump(), "reason": row.reason[language]} for row in rows], ensure_ascii=False, indent=2))
    else:
        heads = (
            ("编号", "公布值", "重算值", "单位", "结果", "出处")
            if language == "zh"
            else ("Id", "Published", "Computed", "Unit", "Result", "Source")
        )
        table = Table(*(Column(head, overflow="fold") for head in heads))
        for row in rows:
            verdict = reconciling.VERDICTS[row.verdict][language]
            why = f"：{row.reason[language]}" if row.verdict != "agrees" and row.reason[language] else ""
            table.add_row(row.id, row.published, row.computed or "—", row.unit, verdict + why, row.section)
        OUT.print(table)
        counts = {v: sum(1 for row in rows if row.verdict == v) for v in reconciling.VERDICTS}
        OUT.print("  ".join(f"{reconciling.VERDICTS[v][language]} {n}" for v, n in counts.items()), markup=False)
    if differing:
        raise typer.Exit(1)
