"""The kit's own workbook of a year among what is imported: told from forms, read as the year's data is, held against what is there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from evallib.data.folder import File
from evallib.data.form_again import Change, compare
from evallib.data.form_blocks import Sheeted, Texted
from evallib.data.load import Departments, load_book
from evallib.data.raw_tables import Tables
from evallib.data.raw_years import read_raw_year
from evallib.data.sheets import Raw
from evallib.data.xlsx_in import read_workbook
from evallib.model.errors import InputRefused, Problem
from evallib.model.evaluation import Draft, Evaluation
from evallib.model.framework import Framework
from evallib.model.record import Listing
from evallib.model.table_words import SHEETS
from evallib.model.words import folded
from evallib.say.sentences import sentence
from evallib.score.scoring import evaluate

_HEADLINE = re.compile(r"(?:(.*\S)\s+)?((?:19|20)\d{2})")


class YearBook(NamedTuple):
    """A year as a workbook says it: what is to be done and remarked, its evaluation as a draft, what it changes."""

    tables: Tables
    problems: tuple[Problem, ...]
    evaluation: Evaluation
    changes: tuple[Change, ...]


def is_year_book(sheets: Iterable[Raw]) -> bool:
    """Whether these sheets are those of a year's workbook: every one of the kit has three and more by their names, a form has not."""
    return len({SHEETS[name] for raw in sheets if (name := folded(raw.sheet or "")) in SHEETS}) >= 3


def headline(path: Path) -> Sheeted:
    """What a workbook says of whose it is: above its notes, else in its name."""
    sheets, _ = read_workbook(path.name, path.read_bytes())
    notes = sentence("workbook.form.notes")
    said = [(sheet.raw, sheet.raw.cells.get((1, 0), "")) for sheet in sheets if sheet.name in (notes.zh, notes.en)]
    for raw, text in (*said, (Raw(path.name), path.stem)):
        if found := _HEADLINE.fullmatch(text.strip()):
            fields = {"department": Texted(found[1], (1, 0))} if found[1] else {}
            return Sheeted(raw, (), fields, (Texted(f"{found[2]}年", (1, 0)),), ())
    return Sheeted(Raw(path.name), (), {}, (), ())


def read_book(
    root: Path,
    path: Path,
    every: Departments,
    listing: Listing,
    year: int,
    framework: Framework,
    there: Path | None,
) -> YearBook:
    """A workbook as the data of a department's year, held against the data that is `there`.

    Raises InputRefused where its heads cannot be read: a cell would be lost.
    """
    tables = read_raw_year(path, framework, path.name).tables
    loaded = load_book(root, every, listing, year, File(path.name, path.read_bytes()))
    todo = tuple(one for one in loaded.remarks if one.level == "error")
    evaluation = evaluate(framework, loaded.record, Draft(todo, loaded.open) if todo else None)
    here: Tables = {}
    if there is not None:
        with suppress(InputRefused):  # the workbook may be what mends it
            here = read_raw_year(there, framework).tables
    changes = compare(here, tables, here, framework, path.name, "", whole=True).changes if there else ()
    return YearBook(tables, loaded.remarks, evaluation, changes)
