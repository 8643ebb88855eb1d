"""Files that people have: workbooks and CSV files, as sheets of raw cells; the kit's own workbook of a year among them, and whose it is.

What is of another kind is told with what to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from evallib.data.folder import file_of
from evallib.files.sheets import Raw, raw_csv
from evallib.files.xlsx_in import read_workbook
from evallib.forms.blocks import Piece, Sheeted
from evallib.model.errors import InputRefused, Place, refuse_errors
from evallib.model.table_words import SHEETS
from evallib.model.words import folded
from evallib.say.refusals import problem, refused
from evallib.say.sentences import sentence

_HEADLINE = re.compile(r"(?:(.*\S)\s+)?((?:19|20)\d{2})")


def read_form(path: Path) -> tuple[Raw, ...]:
    """The sheets of a workbook or CSV file that are shown, in their order; those that begin with # are passed over.

    Raises InputRefused where the file cannot be read, or is of a kind that is not.
    """
    if path.name.startswith(("~$", ".~lock.")):
        raise refused("form.open_elsewhere", path.name)
    if not path.is_file():
        raise refused("form.no_file", str(path))
    ending = path.suffix.lower()
    if ending not in (".xlsx", ".csv"):
        raise refused("form.of_another_kind", path.name, kind=ending or path.name)
    content = file_of(path.name, path).sound().content
    if ending == ".csv":
        sheets: tuple[Raw, ...] = (raw_csv(path.name, content),)
    else:
        found, problems = read_workbook(path.name, content)
        refuse_errors(problems)
        sheets = tuple(sheet.raw for sheet in found if not sheet.hidden and not sheet.is_own)
    refuse_errors(one for sheet in sheets for one in sheet.problems)
    if not any(sheet.cells for sheet in sheets):
        raise InputRefused((problem("form.empty", Place(path.name)),))
    return sheets


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
            sheet = Sheeted(Raw(raw.file, raw.sheet))
            sheet.titles.append(Piece(f"{found[2]}年"))
            sheet.fields |= {"department": Piece(found[1], raw.place(1, 0))} if found[1] else {}
            return sheet
    return Sheeted(Raw(path.name))
