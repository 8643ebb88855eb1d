"""The commands for data: a new year, another form, the frameworks in words. Parsing and printing only."""

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
from evallib.model.words import Lang, words
from evallib.say.numbers import plain


class Form(StrEnum):
    """The two forms of a department's year."""

    csv = "csv"
    xlsx = "xlsx"


class KindOfListing(StrEnum):
    """What is evaluated."""

    department = "department"
    project = "project"
    policy = "policy"


FormOption = Annotated[Form, typer.Option("--as", help="CSV 文件夹或 Excel 工作簿 / folder of CSV files or Excel workbook")]


def new(
    department: DepartmentArgument,
    year: YearArgument,
    from_year: Annotated[int | None, typer.Option("--from", help="从哪个年度带入 / the year to take over from")] = None,
    form: FormOption = Form.xlsx,
    name: Annotated[str, typer.Option("--name", help="新部门的名称 / name of a new department")] = "",
    name_en: Annotated[str, typer.Option("--name-en", help="新部门的英文名称 / its name in English")] = "",
    framework: Annotated[
        str,
        typer.Option("--framework", help="新部门的指标体系；不写用 county.toml 的 / its framework; that of county.toml if left out"),
    ] = "",
    kind: Annotated[
        KindOfListing | None,
        typer.Option("--kind", help="新的是部门、项目还是政策 / whether a department, project or policy is new"),
    ] = None,
    belongs_to: Annotated[str, typer.Option("--department", help="项目或政策属于哪个部门 / the department of a project or policy")] = "",
    lang: LangOption = Language.zh,
    data: DataFolder = DATA,
) -> None:
    """准备一个年度要填写的表 / Lay out a year to be filled in."""
    from evallib.data.new_year import new_year

    language: Lang = lang.value
    with refusals_told(language, to=data, fix=CLOSE_IT):
        made = new_year(
            data,
            department,
            year,
            from_year=from_year,
            to=form.value,
            lang=language,
            name=name,
            name_en=name_en,
            framework=framework,
            kind=kind.value if kind else "project" if belongs_to else None,
            belongs_to=belongs_to,
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
    id: Annotated[str | None, typer.Argument(help="指标体系编号；不写则列出全部 / id of the framework; all of them if left out")] = None,
    year: Annotated[int, typer.Argument(help="年度；不写则用最新的 / year; the newest if left out", show_default=False)] = 2200,
    against: Annotated[int | None, typer.Option("--against", help="与哪个年度的比较 / the year to compare with")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="抄成自己的：frameworks/编号/年度.toml / lay a copy of your own: frameworks/ID/YEAR.toml")
    ] = None,
    lang: LangOption = Language.zh,
    data: DataFolder = DATA,
) -> None:
    """列出指标体系，打印其中一个，或比较两个年度 / List the frameworks, print one of them, or compare it between two years."""
    from evallib.data.rulebook import load_framework
    from evallib.data.working_folder import copy_framework
    from evallib.pages.framework_text import framework_changes, framework_lines

    language: Lang = lang.value
    zh = language == "zh"
    if id is None:
        _list_frameworks(data, year, language)
        return
    with refusals_told(language, writes=out is not None, to=out):
        shown = load_framework(data, id, year)
        other = load_framework(data, id, against) if against is not None else None
        if out is not None:
            OUT.print(str(copy_framework(data, id, shown.first_year, out)), markup=False)
            return
    title = f"{shown.words[language]}  {shown.id}/{shown.first_year}"
    if other is not None:
        changes = framework_changes(other, shown)
        table = Table("变化" if zh else "Change", str(other.first_year), str(shown.first_year), title=title)
        for change in changes:
            table.add_row(change.what[language], change.before[language], change.after[language])
        OUT.print(table if changes else ("没有变化" if zh else "no changes"))
        return
    heads = ("指标", "分值", "分值依据", "公式和规则", "依据") if zh else ("Indicator", "Points", "Basis", "Formula and rule", "Clause")
    table = Table(*(Column(head, overflow="fold") for head in heads), title=title)
    for line in framework_lines(shown):
        style = {1: "bold", 2: "italic"}.get(line.level, "")
        name = "  " * (line.level - 1) + line.name[language]
        rule = "\n".join(text for text in (line.formula[language], line.rule[language]) if text)
        table.add_row(name, line.points, line.basis[language], rule, line.source[language], style=style)
    OUT.print(table)
    grades = ("；" if zh else "; ").join(f"{g.words[language]} ≥ {plain(g.at_least)}" for g in shown.grades)
    if grades:
        OUT.print(grades, markup=False)
    if shown.note:
        OUT.print(words(shown.note, shown.note_en)[language], markup=False)


def _list_frameworks(data: Path, year: int, lang: Lang) -> None:
    """The frameworks that there are, shipped and the folder's own."""
    from evallib.data.rulebook import framework_folders, load_framework
    from evallib.kit import FRAMEWORKS

    heads = ("编号", "起始年度", "名称", "来自") if lang == "zh" else ("Id", "From", "Name", "Whose")
    table = Table(*(Column(head, overflow="fold") for head in heads))
    for id, folder in framework_folders(data).items():
        with refusals_told(lang, writes=False):
            framework = load_framework(data, id, year)
        whose = words("evallib 自带", "shipped with evallib") if folder.parent == FRAMEWORKS else words("本县", "your own")
        table.add_row(id, str(framework.first_year), framework.words[lang], whose[lang])
    OUT.print(table)
