"""The commands for data: a new year, another form, the frameworks in words. Parsing and printing only."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from evallib.cli.shared import CLOSE_IT, DATA, Data, Department, Language, Year, refusals_told, table_of, tell, told
from evallib.model.record import Kind
from evallib.model.words import Lang, joined, words
from evallib.say.numbers import plain

Form = Annotated[Literal["csv", "xlsx"], typer.Option("--as", help="CSV 文件夹或 Excel 工作簿 / folder of CSV files or Excel workbook")]


def new(
    department: Department,
    year: Year,
    from_year: Annotated[int | None, typer.Option("--from", help="从哪个年度带入 / the year to take over from")] = None,
    form: Form = "xlsx",
    name: Annotated[str, typer.Option("--name", help="新部门的名称 / name of a new department")] = "",
    name_en: Annotated[str, typer.Option("--name-en", help="新部门的英文名称 / its name in English")] = "",
    framework: Annotated[
        str,
        typer.Option(
            "--framework",
            help="新部门、项目用的指标体系，evallib framework 列出；不写用 county.toml 的 / "
            "its framework, of those that evallib framework lists; that of county.toml if left out",
        ),
    ] = "",
    kind: Annotated[
        Kind | None, typer.Option("--kind", help="新的是部门、项目还是政策 / whether a department, project or policy is new")
    ] = None,
    belongs_to: Annotated[str, typer.Option("--department", help="项目或政策属于哪个部门 / the department of a project or policy")] = "",
    lang: Language = "zh",
    data: Data = DATA,
) -> None:
    """准备一个年度要填写的表 / Lay out a year to be filled in."""
    from evallib.data.new_year import new_year

    with refusals_told(lang, to=data, fix=CLOSE_IT):
        made = new_year(
            data,
            department,
            year,
            from_year=from_year,
            to=form,
            lang=lang,
            name=name,
            name_en=name_en,
            framework=framework,
            kind=kind or ("project" if belongs_to else None),
            belongs_to=belongs_to,
        )
    tell(made)
    tell(told("new.next", department=department, year=str(year)), lang)


AnyForm = Annotated[
    Literal["csv", "xlsx", "form"],
    typer.Option("--as", help="CSV 文件夹、Excel 工作簿或填好的自评表 / CSV files, a workbook or the self-evaluation form, filled"),
]


def export(
    department: Department,
    year: Year,
    form: AnyForm,
    out: Annotated[
        Path | None, typer.Option("--out", help="另存到这个文件夹或文件，不改动数据 / write there and leave the data alone")
    ] = None,
    lang: Language = "zh",
    data: Data = DATA,
) -> None:
    """在 CSV 与工作簿之间转换，或写出填好的自评表 / Turn CSV files into a workbook, or back; or write the self-evaluation form."""
    if form == "form":
        _export_form(department, year, out, lang, data)
        return
    from evallib.data.csv_files import switch_form

    with refusals_told(lang, to=out or data):
        made = switch_form(data, department, year, form, lang, out)
    tell(made)
    if out is None:
        tell(told("export.backup", folder=str(made.parent / "backup")), lang)


def _export_form(department: str, year: int, out: Path | None, lang: Lang, data: Path) -> None:
    """The year as the form, in the folder or file named, or here."""
    from evallib.data.form_out import form_title, write_form
    from evallib.data.years import evaluate_year

    with refusals_told(lang, to=out or Path.cwd()):
        evaluation = evaluate_year(data, department, year).evaluation
        name = f"{department}-{form_title(evaluation)}.xlsx"
        made = out if out is not None and out.suffix == ".xlsx" else (out or Path()) / name
        write_form(evaluation, made)
    tell(made)


def show_framework(
    id: Annotated[str | None, typer.Argument(help="指标体系编号；不写则列出全部 / id of the framework; all of them if left out")] = None,
    year: Annotated[int, typer.Argument(help="年度；不写则用最新的 / year; the newest if left out", show_default=False)] = 2200,
    against: Annotated[int | None, typer.Option("--against", help="与哪个年度的比较 / the year to compare with")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="抄成自己的：frameworks/编号/年度.toml / lay a copy of your own: frameworks/ID/YEAR.toml")
    ] = None,
    lang: Language = "zh",
    data: Data = DATA,
) -> None:
    """列出指标体系，打印其中一个，或比较两个年度 / List the frameworks, print one of them, or compare it between two years."""
    from evallib.data.rulebook import load_framework
    from evallib.data.working_folder import copy_framework
    from evallib.pages.framework_text import framework_changes, framework_lines

    if id is None:
        _list_frameworks(data, year, lang)
        return
    with refusals_told(lang, writes=out is not None, to=out):
        shown = load_framework(data, id, year)
        other = load_framework(data, id, against) if against is not None else None
        if out is not None:
            tell(copy_framework(data, id, shown.first_year, out))
            return
    title = f"{shown.words[lang]}  {shown.id}/{shown.first_year}"
    if other is not None:
        changes = framework_changes(other, shown)
        table = table_of(told("framework.changed", before=str(other.first_year), after=str(shown.first_year)), lang, title)
        for change in changes:
            table.add_row(change.what[lang], change.before[lang], change.after[lang])
        tell(table if changes else told("framework.unchanged"), lang)
        return
    table = table_of(told("framework.heads"), lang, title)
    for line in framework_lines(shown):
        style = {1: "bold", 2: "italic"}.get(line.level, "")
        name = "  " * (line.level - 1) + line.name[lang]
        rule = "\n".join(text for text in (line.formula[lang], line.rule[lang]) if text)
        table.add_row(name, line.points, line.basis[lang], rule, line.source[lang], style=style)
    tell(table)
    if shown.grades:
        tell(joined([g.words + words(f" ≥ {plain(g.at_least)}") for g in shown.grades]), lang)
    if shown.note:
        tell(words(shown.note, shown.note_en), lang)


def _list_frameworks(data: Path, year: int, lang: Lang) -> None:
    """The frameworks that there are, shipped and the folder's own, a line each."""
    from evallib.data.rulebook import framework_folders, load_framework
    from evallib.kit import FRAMEWORKS
    from evallib.say.frameworks import about, made_for, size

    table = table_of(told("framework.list_heads"), lang)
    table.columns[0].no_wrap = True
    for id, folder in framework_folders(data).items():
        with refusals_told(lang, writes=False):
            one = load_framework(data, id, year)
        whose = told("framework.shipped" if folder.parent == FRAMEWORKS else "framework.own")
        cells = (made_for(one)[lang], plain(one.points), size(one)[lang], whose[lang], one.words[lang], about(one)[lang])
        table.add_row(id, str(one.first_year), *cells)
    tell(table)
    tell(told("framework.print_one"), lang)
