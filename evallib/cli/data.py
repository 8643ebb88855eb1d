"""The commands for data: a new year, another form, the frameworks in words. Parsing and printing only."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from evallib.cli.options import DATA, Data, Department, Language, Year
from evallib.cli.shared import CLOSE_IT, ERR, refusals_told, table_of, tell, told
from evallib.model.words import Lang, joined, words

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
            help="新部门、项目用的指标体系的编号或名称，evallib framework 列出；不写用 county.toml 的 / "
            "id or name of its framework, of those that evallib framework lists; that of county.toml if left out",
        ),
    ] = "",
    kind: Annotated[
        Literal["department", "project", "policy"] | None,
        typer.Option("--kind", help="新的是部门、项目还是政策 / whether a department, project or policy is new"),
    ] = None,
    belongs_to: Annotated[str, typer.Option("--department", help="项目或政策属于哪个部门 / the department of a project or policy")] = "",
    extra: Annotated[
        str, typer.Option("--with", help="工作簿里再加哪几张空表，写表名，如 问题,建议 / empty sheets to add to the workbook, by name")
    ] = "",
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
            extra=extra,
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
    id: Annotated[
        str | None, typer.Argument(help="指标体系的编号或名称；不写则列出全部 / id or name of the framework; all of them if left out")
    ] = None,
    year: Annotated[int, typer.Argument(help="年度；不写则用最新的 / year; the newest if left out", show_default=False)] = 2200,
    against: Annotated[int | None, typer.Option("--against", help="与哪个年度的比较 / the year to compare with")] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="抄成自己的：frameworks/编号/年度.toml；或写成工作簿：文件.xlsx / "
            "lay a copy of your own, frameworks/ID/YEAR.toml, or write a workbook, FILE.xlsx",
        ),
    ] = None,
    book: Annotated[Path | None, typer.Option("--from", help="把这个工作簿变成体系 / make a framework of this workbook")] = None,
    new_id: Annotated[str, typer.Option("--id", help="新体系的编号；不写则由名称生成 / its id; made of its name if left out")] = "",
    first_year: Annotated[
        int | None, typer.Option("--year", help="新体系的起始年度；不写则按工作簿 / first year of the new one; the workbook's if left out")
    ] = None,
    instead: Annotated[bool, typer.Option("--replace", help="覆盖已有的文件 / in place of a file that is there")] = False,
    lang: Language = "zh",
    data: Data = DATA,
) -> None:
    """列出、打印、比较指标体系，写成工作簿，或由工作簿生成 / List, print or compare frameworks; to a workbook and back."""
    from evallib.data.rulebook import framework_named, load_framework
    from evallib.data.working_folder import copy_framework
    from evallib.pages.framework_text import framework_changes, framework_lines

    if book is not None:
        _take_framework(data, book, new_id, first_year, instead, lang)
        return
    if id is None:
        _list_frameworks(data, year, lang)
        return
    with refusals_told(lang, writes=out is not None, to=out):
        id = framework_named(data.resolve(), id)
        shown = load_framework(data, id, year)
        other = load_framework(data, id, against) if against is not None else None
        if out is not None and out.suffix.lower() == ".xlsx":
            from evallib.data.framework_files import write_framework_workbook

            tell(write_framework_workbook(data, id, year, out, lang))
            return
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
        from evallib.say.numbers import plain

        tell(joined([g.words + words(f" ≥ {plain(g.at_least)}") for g in shown.grades]), lang)
    if shown.note:
        tell(words(shown.note, shown.note_en), lang)


def _take_framework(data: Path, book: Path, id: str, year: int | None, instead: bool, lang: Lang) -> None:
    """Write the framework file of a workbook, and say what is to be remarked of it."""
    from evallib.data.framework_files import take_framework

    with refusals_told(lang, to=data):
        taken = take_framework(data, book, id, year, instead)
    for remark in taken.remarks:
        tell(remark.describe(lang), on=ERR)
    tell(taken.file)
    tell(told("framework.taken" if taken.changed else "framework.as_it_was", id=taken.framework.id), lang)


def _list_frameworks(data: Path, year: int, lang: Lang) -> None:
    """The frameworks that there are, shipped and the folder's own, a line each."""
    from evallib.data.rulebook import framework_folders, load_framework
    from evallib.kit import FRAMEWORKS
    from evallib.say.frameworks import about, made_for, size
    from evallib.say.numbers import plain

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
