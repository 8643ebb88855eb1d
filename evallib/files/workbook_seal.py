"""What a score workbook carries in its properties: the seal of its evaluation and one over its own cells, as any program shows them."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Mapping
from typing import Any, NamedTuple

import openpyxl
from openpyxl.packaging.custom import StringProperty

from evallib.files.xlsx_parts import MAX_UNPACKED
from evallib.model.seals import seal

_CONTENT, _OWN = "evallib-content", "evallib-cells"

Cells = Mapping[str, str]
"""Every cell that says something, by sheet and place: `评分!G12`."""


class ReadBook(NamedTuple):
    """What a workbook carries, empty where it carries none, and what stands in its cells."""

    content: str
    own: str
    cells: Cells


def read_book(content: bytes) -> ReadBook:
    """The seals and the cells of a workbook; formulas by their results.

    Raises ValueError where it is no workbook, or too large a one.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MAX_UNPACKED:
                raise ValueError("too large")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book: Any = openpyxl.load_workbook(io.BytesIO(content), data_only=True, read_only=True, keep_links=False)
    except Exception as error:  # openpyxl raises whatever its parser meets in a damaged file
        raise ValueError(type(error).__name__) from None
    held = {str(one.name): str(one.value or "") for one in book.custom_doc_props.props}
    return ReadBook(held.get(_CONTENT, ""), held.get(_OWN, ""), cells_of(book))


def cells_of(book: Any) -> Cells:
    """What stands in the cells of a workbook. A number counts to 12 digits: a program that saves it may compute the last ones anew."""
    found: dict[str, str] = {}
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                value = cell.value
                if value is None or value == "":
                    continue
                text = f"{value:.12g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
                found[f"{sheet.title}!{cell.coordinate}"] = text.replace("\r\n", "\n").replace("_x000D_", "")
    return found


def cells_seal(cells: Cells) -> str:
    """The checksum of what stands in the cells."""
    return seal(dict(cells))


def carry(book: Any, content: str, own: str) -> None:
    """Write the seals into the properties of a workbook."""
    for name, value in ((_CONTENT, content), (_OWN, own)):
        book.custom_doc_props.append(StringProperty(name=name, value=value))
