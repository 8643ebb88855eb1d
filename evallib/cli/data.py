"""The commands for data: a new year, another form, a framework in words. Parsing and printing only."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Column, Table

from evallib.cli.shared import (
    CLOSE_IT,
    DATA,
    OUT,
    DataFolder,
    DepartmentArgument,
    LangOption,
    Language,
    YearArgument,
    refusals_told,
)
from evallib.core.units import plain
from evallib.core.words import Lang


class Form(StrEnum):
    """The two forms of a department's year."""

    csv = "csv"
    xlsx = "xlsx"


FormOption = Annotated[Form, typer.Option("--as", help="CSV 文件夹或 Excel 工作簿 / folder of CSV files or Excel workbook")]


def new(
    department: DepartmentArgument,
    year: YearArgument,
    from_year: Annotated[int | None, typer.Option("--from", help="从哪个年度带入 / the year to take over from")] = None,
    form: FormOption = Form.xlsx,
    name: Annotated[str, typer.Option("--name", help="新部门的名称 / name of a new department")] = "",
    name_en: Annotated[str, typer.Option("--name-en", help="新部门的英文名称 / its name in English")] = "",
    framework: Annotated[str, typer.Option("--framework", help="新部门的指标体系 / framework of a new department")] = "",
    lang: LangOption = Language.zh,
    data: DataFolder = DATA,
) -> None:
    """准备一个年度要填写的表 / Lay out a year to be filled in."""
    from evallib.data.new_year import new_year

    language: Lang = lang.value
    with refusals_told(language, to=data, fix=CLOSE_IT):
        made = new_year(
            data, department, year, from_year=from_year, to=form.value, lang=language, name=name, name_en=name_en, framework=framework
        )
    OUT.print(str(made), markup=False)
    listed = "departments.csv 已列入该年度。" if language == "zh" else "departments.csv now lists the year."
    OUT.print(listed, markup=False)
    told = "填好后运行 " if language == "zh" else "Fill it in, then run "
    OUT.print(f"{told}evallib check {department} {year}", markup=False)


def export(
    department: DepartmentArgument,
    year: YearArgument,
    form: FormOption,
    out: Annotated[Path | None, typer.Option("--out", help="另存到这个文件夹，不改动数据 / write there and leave the data alone")] = None,
    lang: LangOption = Language.zh,
    data: DataFolder = DATA,
) -> None:
    """在 CSV 与工作簿之间转换 / Turn CSV files into a workbook, or back."""
    from evallib.data.csv_files import switch_form

    language: Lang = lang.value
    with refusals_told(language, to=out or data):
        made = switch_form(data, department, year, form.value, language, out)
    OUT.print(str(made), markup=False)
    if out is None:
        kept = made.parent / "backup"
        OUT.print(f"原来的文件移到了 {kept}" if language == "zh" else f"The files as they were are now in {kept}", markup=False)


def show_framework(
    id: Annotated[str, typer.Argument(help="指标体系编号 / id of the framework")],
    year: Annotated[int, typer.Argument(help="年度；不写则用最新的 / year; the newest if left out", show_default=False)] = 2200,
    against: Annotated[int | None, typer.Option("--against", help="与哪个年度的比较 / the year to compare with")] = None,
    lang: LangOption = Language.zh,
    data: DataFolder = DATA,
) -> None:
    """打印指标体系，或比较两个年度 / Print a framework, or compare it between two years."""
    from evallib.data.load import load_framework
    from evallib.pages.framework_text import framework_changes, framework_lines

    language: Lang = lang.value
    zh = language == "zh"
    with refusals_told(language, writes=False):
        shown = load_framework(data, id, year)
        other = load_framework(data, id, against) if against is not None else None
    title = f"{shown.words[language]}  {shown.id}/{shown.first_year}"
    if other is not None:
        changes = framework_changes(other, shown)
        table = Table("变化" if zh else "Change", str(other.first_year), str(shown.first_year), title=title)
        for change in changes:
            table.add_row(change.what[language], change.before[language], change.after[language])
        OUT.print(table if changes else ("没有变化" if zh else "no changes"))
        return
    heads = ("指标", "分值", "分值依据", "规则", "依据") if zh else ("Indicator", "Points", "Basis", "Rule", "Clause")
    table = Table(*(Column(head, overflow="fold") for head in heads), title=title)
    for line in framework_lines(shown):
        style = {1: "bold", 2: "italic"}.get(line.level, "")
        name = "  " * (line.level - 1) + line.name[language]
        table.add_row(name, line.points, line.basis[language], line.rule[language], line.source[language], style=style)
    OUT.print(table)
    grades = "；".join(f"{g.words[language]} ≥ {plain(g.at_least)}" for g in shown.grades)
    OUT.print(grades if zh else grades.replace("；", "; "), markup=False)
    if shown.note:
        OUT.print(shown.note if zh else shown.note_en or shown.note, markup=False)
