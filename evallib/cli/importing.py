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
    from evallib.forms.told import Line


def import_(
    files: Annotated[list[Path], typer.Argument(readable=False)],
    department: str = "",
    year: int | None = None,
    framework: str = "",
    read: Annotated[list[str] | None, typer.Option("--read", metavar="CELL=TEXT")] = None,
    keep: Literal["form", "data"] | None = None,
    dry_run: Annotated[bool, typer.Option("--dry-run")] = False,
    lang: Language = "zh",
    data: Data = DATA,
) -> None:
    """Take a form you have as a year's data."""
    from evallib.forms.imports import import_forms
    from evallib.forms.told import as_it_is, changes, next_step, not_understood, open_points, passed, said, taken

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
    if found.there:
        tell(said("changed", count=len(found.changes), backup=str(found.backup)) if found.changes else said("unchanged"), lang)
    tell(found.path or "")
    tell(next_step(found), lang)


def merge(
    one: Annotated[Path, typer.Argument(readable=False)],
    other: Annotated[Path, typer.Argument(readable=False)],
    base: Path | None = None,
    prefer: Path | None = None,
    out: Path | None = None,
    department: str = "",
    year: int | None = None,
    lang: Language = "zh",
    data: Data = DATA,
) -> None:
    """Join two copies of a year's data that two people filled in."""
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
    step = "next" if out is None else "next_out"
    tell(sentence(f"merge.{step}", department=found.department, year=str(found.year), out=str(found.path)), lang)


def _tell_lines(title: Words, heads: str, lines: Sequence[Line], lang: Lang) -> None:
    from evallib.forms.told import said

    table = table_of(said(heads), lang)
    for line in lines:
        table.add_row(line.cells, line.of[lang], line.what[lang])
    tell(title, lang)
    tell(table)
