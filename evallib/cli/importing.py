"""The commands that take what people have: forms, and copies of a year. Parsing and printing only."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from evallib.cli.options import DATA, Data, Language
from evallib.cli.shared import CLOSE_IT, refusals_told, table_of, tell
from evallib.model.words import Lang, Words, listed, words
from evallib.say.sentences import sentence

if TYPE_CHECKING:
    from evallib.data.import_told import Line


def import_(
    files: Annotated[
        list[Path],
        typer.Argument(readable=False, help="自评表、评分表、数据表（.xlsx 或 .csv），或填好的年度工作簿 / forms, or a year's workbook"),
    ],
    department: Annotated[
        str, typer.Option("--department", help="部门名称或编码；不写用表里的 / the department, by name or code; the form's if left out")
    ] = "",
    year: Annotated[int | None, typer.Option("--year", help="年度；不写用表里的 / the year; the form's if left out")] = None,
    framework: Annotated[
        str,
        typer.Option("--framework", help="新部门用的指标体系；不写按表的种类 / framework of a new one; by the kind of form if left out"),
    ] = "",
    read: Annotated[
        list[str] | None, typer.Option("--read", help="某一格这样读：G7=95% / read a cell so: G7=95%", metavar="CELL=TEXT")
    ] = None,
    keep: Annotated[
        Literal["form", "data"] | None,
        typer.Option("--keep", help="表和数据都改过的，用表里的还是留数据里的 / where both were changed: the form's or the data's"),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看不写 / only show, write nothing")] = False,
    lang: Language = "zh",
    data: Data = DATA,
) -> None:
    """把已有的自评表、评分表变成一个年度的数据 / Take a form you have as a year's data."""
    from evallib.data.import_told import as_it_is, changes, next_step, not_understood, open_points, passed, said, taken
    from evallib.data.imports import import_forms

    with refusals_told(lang, to=data, fix=CLOSE_IT):
        found = import_forms(
            data, files, department=department, year=year, framework=framework, reads=read or [], keep=keep or "", dry=dry_run, lang=lang
        )
    if lines := [*taken(found)]:
        _tell_lines(said("rows", count=len(lines)), "heads_taken", lines, lang)
    else:
        tell(as_it_is(found), lang)
    if left := not_understood(found):
        _tell_lines(said("not_understood", count=len(left)), "heads_left", left, lang)
    if others := passed(found):
        tell(others, lang)
    for problem in found.remarks:
        tell(problem.describe(lang))
    for problem in found.lacking:
        tell("  " + problem.describe(lang))
    for line in (open_points(found), *changes(found)):
        tell(line, lang)
    if dry_run:
        tell(said("dry"), lang)
        return
    if found.again:
        tell(said("changed", count=len(found.changes), backup=str(found.backup)) if found.changes else said("unchanged"), lang)
    tell(found.path or "")
    tell(next_step(found), lang)


def merge(
    one: Annotated[Path, typer.Argument(readable=False, help="一份：工作簿，或 CSV 文件夹 / a copy: a workbook or a folder of CSV files")],
    other: Annotated[Path, typer.Argument(readable=False, help="另一份 / the other copy")],
    base: Annotated[Path | None, typer.Option("--base", help="两份共同的来源 / what both were copied from")] = None,
    prefer: Annotated[Path | None, typer.Option("--prefer", help="两份都改过的，以这一份为准 / which is right where both differ")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="写到这里；不写就是这个年度的数据 / where to; the year's data if left out")
    ] = None,
    department: Annotated[str, typer.Option("--department", help="部门名称或编码 / the department, by name or code")] = "",
    year: Annotated[int | None, typer.Option("--year", help="年度 / the year")] = None,
    lang: Language = "zh",
    data: Data = DATA,
) -> None:
    """把两个人填的同一年度数据合成一份 / Join two copies of a year's data that two people filled in."""
    from evallib.data.merging import merge as merged

    with refusals_told(lang, to=out or data, fix=CLOSE_IT):
        found = merged(data, one, other, base=base, prefer=prefer, out=out, department=department, year=year, lang=lang)
    tell(sentence("merge.count", file=found.changed, count=len(found.changes)), lang)
    for what, before, after in found.changes:
        tell(sentence("merge.change", what=what, before=before or "—", after=after or "—"), lang)
    if found.left:
        tell(sentence("merge.left", places=listed(words(at.describe("zh"), at.describe("en")) for at in found.left)), lang)
    if found.backup:
        tell(sentence("merge.backup", backup=str(found.backup)), lang)
    tell(found.path)
    tell(sentence("merge.next", department=found.department, year=str(found.year)), lang)


def _tell_lines(title: Words, heads: str, lines: Sequence[Line], lang: Lang) -> None:
    from evallib.data.import_told import said

    table = table_of(said(heads), lang)
    for line in lines:
        table.add_row(line.cells, line.of[lang], line.what[lang])
    tell(title, lang)
    tell(table)
