"""The commands that take what people have: forms, and copies of a year. Parsing and printing only."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from evallib.cli.shared import CLOSE_IT, DATA, Data, Language, refusals_told, table_of, tell
from evallib.model.made_ids import is_made
from evallib.model.record import TABLES
from evallib.model.table_words import CHOICES, TABLE_NAMES
from evallib.model.words import NOTHING, Given, Lang, Words, few, joined, listed, words
from evallib.say.numbers import plain
from evallib.say.sentences import sentence

if TYPE_CHECKING:
    from evallib.data.form_tables import Left, Piece
    from evallib.data.imports import Imported
    from evallib.model.rows import Row

_SUBJECTS = ("indicator", "fact", "key", "title")
"""The columns that say what a row is about."""
_NOT_SHOWN = ("source", "section", "basis", "actual_by", "kind")
_COLON = words("：", ": ")


def import_(
    files: Annotated[list[Path], typer.Argument(readable=False, help="自评表、评分表、数据表（.xlsx 或 .csv）/ forms: .xlsx or .csv")],
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
    from evallib.data.imports import import_forms

    with refusals_told(lang, to=data, fix=CLOSE_IT):
        found = import_forms(
            data, files, department=department, year=year, framework=framework, reads=read or [], keep=keep or "", dry=dry_run, lang=lang
        )
    _tell_taken(found, lang)
    _tell_left(found.left, lang)
    for problem in found.remarks:
        tell(problem.describe(lang))
    for problem in found.lacking:
        tell("  " + problem.describe(lang))
    points, names = found.open_points
    full = plain(found.framework.points)
    if names:
        tell(_said("points", points=plain(points), full=full, names=listed(names)), lang)
    else:
        tell(_said("complete", points=full), lang)
    for what, before, after in found.changes:
        tell(_said("change", what=what, before=before or "—", after=after or "—"), lang)
    if dry_run:
        tell(_said("dry"), lang)
        return
    if found.again:
        tell(_said("changed", count=len(found.changes), backup=str(found.backup)) if found.changes else _said("unchanged"), lang)
    tell(found.path or "")
    missing = _said("fill_first") if found.lacking else NOTHING
    name = found.listing.words[lang] if is_made(found.listing.code) else found.listing.code
    tell(_said("next", department=f'"{name}"' if " " in name else name, year=str(found.year), missing=missing), lang)


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


def _said(name: str, **given: Given) -> Words:
    return sentence(f"import.{name}", **given)


def _tell_taken(found: Imported, lang: Lang) -> None:
    """What was taken, a line for each row of a table: from which cells, what; things by their names."""
    from evallib.data.names import Names
    from evallib.model.rows import refers

    texts = {table: [{column: one.text for column, one in row.items()} for row in rows] for table, rows in found.taken.items()}
    names = Names(found.framework, texts)

    def said(model: type[Row], column: str, row: Mapping[str, str]) -> str:
        kinds, text = refers(model, column) or (["indicator"] if column == "indicator" else []), row[column]
        return names.called(kinds, text, lang, row) if kinds else CHOICES[text][lang] if text in CHOICES else text

    table = table_of(_said("heads_taken"), lang)
    for name in TABLES:
        model = TABLES[name]
        for row, pieces in zip(texts.get(name, ()), found.taken.get(name, ()), strict=True):
            subject = next((c for c in _SUBJECTS if c in row), "")
            shown = [c for c, text in row.items() if text and c not in (*_NOT_SHOWN, subject)]
            heads = {c: words(str(model.model_fields[c].title), c.replace("_", " "))[lang] for c in shown}
            told = joined(words(f"{heads[c]} {said(model, c, row)}") for c in shown)
            table.add_row(_cells(pieces), said(model, subject, row) if subject else "", f"{(TABLE_NAMES[name] + _COLON + told)[lang]}")
    tell(_said("rows", count=table.row_count), lang)
    tell(table)


def _cells(row: Mapping[str, Piece]) -> str:
    cells = [*dict.fromkeys(one.place.cell or "" for one in row.values() if one.place and one.text)]
    return cells[0] if len(cells) == 1 else f"{cells[0]}–{cells[-1]}" if cells else ""


def _tell_left(left: tuple[Left, ...], lang: Lang) -> None:
    """What was not taken: what somebody must look at, a line each; what need not be, in one."""
    open_ones = [one for one in left if one.acts]
    if open_ones:
        tell(_said("not_understood", count=len(open_ones)), lang)
        table = table_of(_said("heads_left"), lang)
        for one in open_ones:
            table.add_row(one.place.cell or "", one.text[:60], one.why[lang])
        tell(table)
    if passed := [one.place.cell or "" for one in left if not one.acts]:
        tell(_said("passed", count=len(passed), cells=listed(few(passed, 20))), lang)
