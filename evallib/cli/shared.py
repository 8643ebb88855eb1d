"""What the commands share: their options and what stands in their place, the two consoles, and how anything is printed."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from evallib.model.errors import InputRefused, Problem, gathered
from evallib.model.words import NOTHING, Given, Lang, Words
from evallib.say.sentences import sentence

if TYPE_CHECKING:
    from evallib.runs.report import How

_WIDE = None if sys.stdout.isatty() else 140  # where there is no terminal to ask
OUT = Console(highlight=False, soft_wrap=True, width=_WIDE)
ERR = Console(stderr=True, highlight=False, soft_wrap=True, width=_WIDE)

DATA, REPORTS = Path("data"), Path("reports")


def _data(value: Path) -> Path:
    """The data folder: as named, else `data`, else the one found upwards."""
    from evallib.data.folder import find_data

    return find_data(value)


def _given(ctx: typer.Context, option: str) -> bool:
    source = ctx.get_parameter_source(option)
    return source is not None and source.name != "DEFAULT"


def _reports(ctx: typer.Context, value: Path) -> Path:
    """Where reports go: as named, else `reports`; beside the data folder where that was found upwards."""
    found = ctx.params.get("data", DATA)
    return value if found == DATA or _given(ctx, "out") or _given(ctx, "data") else found.parent / REPORTS


def _language(ctx: typer.Context, value: Lang) -> Lang:
    """The language: as named, else that of the data folder."""
    if "data" not in ctx.params or _given(ctx, "lang"):
        return value
    from evallib.data.rulebook import load_county

    try:
        return load_county(ctx.params["data"].resolve()).language
    except InputRefused:
        return value


Department = Annotated[str, typer.Argument(help="部门编码，见 departments.csv / department code, see departments.csv")]
Year = Annotated[int, typer.Argument(help="评价年度 / the year evaluated")]
Data = Annotated[Path, typer.Option("--data", is_eager=True, callback=_data, help="数据文件夹 / folder of the data")]
Out = Annotated[Path, typer.Option("--out", callback=_reports, help="报告文件夹 / folder of the reports")]
Language = Annotated[Lang, typer.Option("--lang", callback=_language, help="语言 / language")]
_OWN = (
    "笔记本文件夹；不写则用数据文件夹旁边的 notebooks，没有时用 evallib 自带的 / "
    "folder of notebooks; if left out, notebooks beside the data, else evallib's"
)
Notebooks = Annotated[Path | None, typer.Option("--notebooks", show_default=False, help=_OWN)]


def told(name: str, /, **given: Given) -> Words:
    """What the command line says, by name."""
    return sentence(f"commands.{name}", **given)


def tell(text: Words | Path | str, lang: Lang = "zh", on: Console = OUT) -> None:
    """Print a text, in the language asked for where it has two, as it stands."""
    on.print(text[lang] if isinstance(text, Words) else str(text), markup=False)


def tell_json(found: object) -> None:
    """Print an object as JSON, for other programs."""
    print(json.dumps(found, ensure_ascii=False, indent=2))


def notebook_told(data: Path, name: str, notebooks: Path | None, lang: Lang) -> Path:
    """The notebook that makes a page; said where nobody named it and it is not as the shipped one."""
    from evallib.data.notebooks import is_changed, notebook_of

    found = notebook_of(data, name, notebooks)
    if notebooks is None and is_changed(found):
        tell(told("page.own", file=str(found)), lang, ERR)
    return found


def table_of(heads: Words, lang: Lang, title: str | None = None) -> Table:
    """An empty table under its heads, which stand in one text with a | between them."""
    return Table(*(Column(head, overflow="fold") for head in heads[lang].split("|")), title=title)


def print_problems(problems: tuple[Problem, ...], lang: Lang) -> None:
    """Every problem, a line each, on the error stream; the same in rows that follow each other shares one."""
    for problem in gathered(problems):
        tell(f"{told(f'level.{problem.level}')[lang]}  {problem.describe(lang)}", on=ERR)


ANOTHER_FOLDER, ANOTHER_NAME, CLOSE_IT = (told(f"fix.{name}") for name in ("another_folder", "another_name", "close_it"))
"""What helps where a command cannot write to the folder it was given with --out; to one that it was named; to the data."""
ONCE_MORE = told("refused.once_more")


@contextmanager
def refusals_told(lang: Lang, writes: bool = True, to: Path | None = None, fix: Words = ANOTHER_FOLDER) -> Iterator[None]:
    """Around what a command does: a refusal is printed with its count and becomes the exit with status 2.

    So does, where it writes `to` a folder, that it cannot; `fix` then says what helps. `writes`: whether the command makes files.
    """
    try:
        yield
    except InputRefused as refusal:
        print_problems(refusal.problems, lang)
        count, written = len(refusal.problems), told("refused.nothing_written") if writes else NOTHING
        several = "several" if count > 1 else "one"
        tell(told(f"refused.{several}", count=count, written=written, once_more=ONCE_MORE), lang, ERR)
        raise typer.Exit(2) from None
    except OSError as error:
        if to is None:
            raise
        place, why = str(error.filename or to), str(error.strerror)
        tell(told("refused.unwritable", place=place, why=why, fix=fix), lang, ERR)
        raise typer.Exit(2) from None


@contextmanager
def page_being_made(name: str, notebooks: Path | None, data: Path, out: Path, lang: Lang) -> Iterator[How]:
    """Around the making of a page, with how it is made: whatever stops it is said in a sentence, and becomes the exit that goes with it."""
    from evallib.runs.report import ReportFailed

    tell(told("page.making"), lang, ERR)
    try:
        with refusals_told(lang, to=out):
            yield {"data": data, "out": out, "lang": lang, "notebook": notebook_told(data, name, notebooks, lang)}
    except KeyboardInterrupt:
        tell(told("page.interrupted"), lang, ERR)
        raise typer.Exit(130) from None
    except ReportFailed as failure:
        tell(told("page.stopped", details=failure.details), lang, ERR)
        raise typer.Exit(1) from None
