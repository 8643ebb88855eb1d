"""The kit's own workbook of a year among what is imported: told from forms, and whose it is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from evallib.data.form_blocks import Piece, Sheeted
from evallib.data.sheets import Raw
from evallib.data.xlsx_in import read_workbook
from evallib.model.table_words import SHEETS
from evallib.model.words import folded
from evallib.say.sentences import sentence

_HEADLINE = re.compile(r"(?:(.*\S)\s+)?((?:19|20)\d{2})")


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
            fields = {"department": Piece(found[1], raw.place(1, 0))} if found[1] else {}
            return Sheeted(raw, (), fields, (Piece(f"{found[2]}年"),), ())
    return Sheeted(Raw(path.name), (), {}, (), ())
