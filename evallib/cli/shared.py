"""What the commands share: the two consoles, and how anything is printed. Their options stand in `options`."""

from __future__ import annotations

import codecs
import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from evallib.model.errors import InputRefused, Problem, gathered
from evallib.model.signs import hidden_sign, shown
from evallib.model.words import NOTHING, Given, Lang, Words
from evallib.say.sentences import sentence

if TYPE_CHECKING:
    from evallib.runs.report import How

for _name in ("stdout", "stderr"):
    if getattr(sys, _name) is None:  # started without any, as by a scheduler
        setattr(sys, _name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  # for as long as the program runs
_WIDE = None if sys.stdout.isatty() else 140  # where there is no terminal to ask
OUT = Console(highlight=False, soft_wrap=True, width=_WIDE)
ERR = Console(stderr=True, highlight=False, soft_wrap=True, width=_WIDE)


@dataclass
class Asked:
    """What the command at work was asked for, as far as its options are read: in which language, and where to."""

    lang: Lang = "zh"
    out: Path | None = None


asked = Asked()


def told(name: str, /, **given: Given) -> Words:
    """What the command line says, by name."""
    return sentence(f"commands.{name}", **given)


def tell(text: Words | Path | str | Table, lang: Lang = "zh", on: Console = OUT) -> None:
    """Print a text, in the language asked for where it has two: as text, whatever it holds."""
    on.print(text if isinstance(text, Table) else _text(text[lang] if isinstance(text, Words) else str(text)))


def stopped(said: Words, lang: Lang, code: int) -> typer.Exit:
    """The exit of a command that cannot go on, once it is told why."""
    tell(said, lang, ERR)
    return typer.Exit(code)


def tell_json(found: object) -> None:
    """Print an object as JSON, for other programs; what cannot be seen is written by its number, as JSON can."""
    text = json.dumps(found, ensure_ascii=False, indent=2)
    print("".join(json.dumps(sign)[1:-1] if hidden_sign(sign) else sign for sign in text) if hidden_sign(text) else text)


def tell_csv(rows: Iterable[Iterable[object]], out: Path | None = None) -> None:
    """Print rows as CSV, or write them to a file as Excel reads it."""
    from evallib.files.csv_out import csv_bytes, csv_text
    from evallib.files.whole import whole

    if out is None:
        print(shown(csv_text(rows)) if sys.stdout.isatty() else csv_text(rows), end="")
        return
    with whole(out) as file:
        file.write_bytes(csv_bytes(rows))
    tell(out, on=ERR)


def _text(text: str) -> Text:
    """As it stands: square brackets and colons are signs like others, and no sign does anything to the terminal."""
    return Text(shown(text))


_NEAREST = str.maketrans({"−": "-", "–": "-", "‹": "<", "›": ">", "≤": "<=", "≥": ">=", "÷": "/", "·": "."})
"""What a terminal may lack and must not lose: a minus sign above all."""


def _nearest(error: UnicodeError) -> tuple[str, int]:
    """What is printed in the place of signs that a terminal does not have."""
    assert isinstance(error, UnicodeEncodeError)
    lacking = error.object[error.start : error.end].translate(_NEAREST)
    return lacking.encode(error.encoding, "replace").decode(error.encoding), error.end


def suit(stream: Any) -> None:
    """A terminal is written to in its own encoding, with the nearest sign for what that lacks; all else is UTF-8 and loses nothing."""
    codecs.register_error("evallib", _nearest)
    if hasattr(stream, "reconfigure"):
        terminal = stream.isatty()
        stream.reconfigure(encoding=stream.encoding if terminal else "utf-8", errors="evallib" if terminal else "backslashreplace")


class TextTable(Table):
    """A table whose cells are texts."""

    def add_row(self, *cells: str, style: str | None = None, end_section: bool = False) -> None:  # type: ignore[override]  # cells are texts
        super().add_row(*map(_text, cells), style=style, end_section=end_section)


def notebook_told(data: Path, name: str, notebooks: Path | None, lang: Lang) -> Path:
    """The notebook that makes a page; said where nobody named it and it is not as the shipped one."""
    from evallib.data.notebooks import is_changed, notebook_of

    found = notebook_of(data, name, notebooks)
    if notebooks is None and is_changed(found):
        tell(told("page.own", file=str(found)), lang, ERR)
    return found


def table_of(heads: Words, lang: Lang, title: str | None = None) -> TextTable:
    """An empty table under its heads, which stand in one text with a | between them."""
    return TextTable(*(Column(_text(head), overflow="fold") for head in heads[lang].split("|")), title=_text(title) if title else None)


def print_problems(problems: tuple[Problem, ...], lang: Lang) -> None:
    """Every problem, a line each, on the error stream; the same in rows that follow each other shares one."""
    from evallib.data.years import lacking_of

    of_errors = told("level.lacking" if lacking_of(problems) else "level.error")
    for problem in gathered(problems):
        level = of_errors if problem.level == "error" else told(f"level.{problem.level}")
        tell(f"{level[lang]}  {problem.describe(lang)}", on=ERR)


ANOTHER_FOLDER, ANOTHER_NAME, CLOSE_IT = (told(f"fix.{name}") for name in ("another_folder", "another_name", "close_it"))
"""What helps where a command cannot write to the folder it was given with --out; to one that it was named; to the data."""
ONCE_MORE = told("refused.once_more")


@contextmanager
def refusals_told(lang: Lang, writes: bool = True, to: Path | None = None, fix: Words = ANOTHER_FOLDER) -> Iterator[None]:
    """Around what a command does: a refusal is printed with its count and becomes the exit with status 2.

    So does what the system says; where the command writes `to` a folder, and that place is the matter, `fix` is what helps. `writes`:
    whether it makes files.
    """
    try:
        yield
    except InputRefused as refusal:
        print_problems(refusal.problems, lang)
        from evallib.data.years import lacking_of

        errors = [one for one in refusal.problems if one.level == "error"]
        count, written = len(errors), told("refused.nothing_written") if writes else NOTHING
        several = "lacking" if lacking_of(refusal.problems) else "several" if count > 1 else "one"
        tell(told(f"refused.{several}", count=count, written=written, once_more=ONCE_MORE), lang, ERR)
        if moved := getattr(refusal, "moved", None):
            tell(told("refused.moved", folder=str(moved)), lang, ERR)
        raise typer.Exit(2) from None
    except (OSError, MemoryError, RuntimeError) as error:  # a link that leads to itself is one of the last
        from evallib.data.net import told_of_system

        if (said := told_of_system(error, to, fix)) is None:
            raise
        raise stopped(said, lang, 2) from None


@contextmanager
def page_being_made(name: str, notebooks: Path | None, data: Path, out: Path, lang: Lang) -> Iterator[How]:
    """Around the making of a page, with how it is made: whatever stops it is said in a sentence, and becomes the exit that goes with it."""
    from evallib.runs.engine import fast_engine
    from evallib.runs.report import ReportFailed

    tell(told("page.making"), lang, ERR)
    try:
        with refusals_told(lang, to=out):
            notebook = notebook_told(data, name, notebooks, lang)
            yield {"data": data, "out": out, "lang": lang, "notebook": notebook, "engine": fast_engine()}
    except KeyboardInterrupt:
        raise stopped(told("page.interrupted"), lang, 130) from None
    except ReportFailed as failure:
        raise stopped(told("page.stopped", details=failure.said), lang, 1) from None
