"""The commands for data: a new year, another form, the frameworks in words. Parsing and printing only."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from evallib.cli.options import DATA, Data, Department, Language
from evallib.cli.shared import CLOSE_IT, ERR, refusals_told, table_of, tell, told
from evallib.model.made_ids import typed
from evallib.model.words import Lang, joined, words


def new(
    department: Department,
    year: int,
    from_year: Annotated[int | None, typer.Option("--from")] = None,
    form: Annotated[Literal["csv", "xlsx"], typer.Option("--as")] = "xlsx",
    name: str = "",
    name_en: str = "",
    framework: str = "",
    kind: Literal["department", "project", "policy"] | None = None,
    belongs_to: Annotated[str, typer.Option("--department")] = "",
    extra: Annotated[str, typer.Option("--with")] = "",
    lang: Language = "zh",
    data: Data = DATA,
) -> None:
    """Lay out a year to be filled in."""
    from evallib.data.load import load_departments
    from evallib.data.new_year import carried_year, new_year

    there = {*data.glob(f"departments/*/{year}*")}
    with refusals_told(lang, to=data, fix=CLOSE_IT):
        of_new = {"name": name, "name_en": name_en, "framework": framework, "belongs_to": belongs_to, "extra": extra}
        kind = kind or ("project" if belongs_to else None)
        made = new_year(data, department, year, from_year=from_year, to=form, lang=lang, kind=kind, **of_new)
    tell(made)
    code = made.parent.name
    lines = load_departments(data).of(code)
    if made not in there and (carried := from_year or carried_year(data, code, year, lines)):
        tell(told("new.carried", year=str(carried)), lang)
    tell(told("new.next", department=typed(code, lines[-1].words), year=str(year)), lang)


def export(
    department: Department,
    year: int,
    form: Annotated[Literal["csv", "xlsx", "form"], typer.Option("--as")],
    out: Path | None = None,
    lang: Language = "zh",
    data: Data = DATA,
) -> None:
    """Turn CSV files into a workbook, or back; or write the self-evaluation form."""
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
    from evallib.data.years import evaluate_year
    from evallib.forms.out import form_title, write_form

    with refusals_told(lang, to=out or Path.cwd()):
        evaluation = evaluate_year(data, department, year).evaluation
        name = f"{department}-{form_title(evaluation)}.xlsx"
        made = out if out is not None and out.suffix == ".xlsx" else (out or Path()) / name
        write_form(evaluation, made)
    tell(made)


def framework(
    id: Annotated[str | None, typer.Argument()] = None,
    year: Annotated[int, typer.Argument(show_default=False)] = 2200,
    against: int | None = None,
    out: Path | None = None,
    book: Annotated[Path | None, typer.Option("--from")] = None,
    new_id: Annotated[str, typer.Option("--id")] = "",
    first_year: Annotated[int | None, typer.Option("--year")] = None,
    instead: Annotated[bool, typer.Option("--replace")] = False,
    lang: Language = "zh",
    data: Data = DATA,
) -> None:
    """List, print or compare frameworks; to a workbook and back."""
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
            from evallib.frameworks.files import write_framework_workbook

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
    from evallib.frameworks.files import take_framework

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
