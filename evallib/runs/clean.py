"""The output folder emptied of what the kit can make again: `python -m evallib.runs.clean reports`.

What the kit did not make or does not know stays, and so do `history`, `stale`, and every file of a year that is in `published.csv`.
"""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from evallib.files.locks import held
from evallib.files.outputs import COUNTY_LIST, MORE, RESULTS, SEVERAL, SHARED, evaluation_file, is_draft
from evallib.files.sheets import read_csv
from evallib.files.whole import together
from evallib.model.errors import InputRefused
from evallib.runs.county import known_list
from evallib.runs.heads import put_heads
from evallib.runs.names import places_of


def clean(out: Path, data: Path) -> list[Path]:
    """Delete what the kit made in an output folder, all of it or nothing, and give what was deleted.

    Raises InputRefused where another command is at work there or the list of what is published cannot be read, OSError where a file
    cannot be deleted.
    """
    if not out.is_dir():
        return []
    list_ = data / "published.csv"
    published = [set(cells) for _, cells in read_csv(list_.name, list_.read_bytes()).rows] if list_.exists() else []
    with held(out, "clean"), together(out) as change:
        folders = [folder for folder in out.iterdir() if folder.name.isdigit() or folder.name in SEVERAL]
        found = [
            file
            for folder in folders
            for file in _pages(folder)
            if is_draft(file.name.strip("."))
            or not any({file.name.strip(".").partition(".")[0], folder.name} <= cells for cells in published)
        ]
        indexes = [page for page in out.glob("index*.html") if _is_ours(page)]
        found += [out / name for name in (*RESULTS, COUNTY_LIST, SHARED) if indexes and (out / name).is_file()] + indexes
        found += [more for page in indexes if (more := page.with_suffix(MORE)).is_dir()]
        for file in found:
            change.remove(file)
        county, gone = known_list(out), {*found}
        rows = {key: row for key, row in county.rows.items() if evaluation_file(out, *key) not in gone}
        left = replace(county, rows=rows, pages={page: mark for page, mark in county.pages.items() if out / page not in gone})
        put_heads(change, out, left, gone=found)  # those of pages that stay lead to nothing else
    for folder in folders:
        if not any(folder.iterdir()):
            folder.rmdir()
    return found


def _pages(folder: Path) -> Iterator[Path]:
    """The files of each page that stands there with its notebook, and the stamps."""
    yield from folder.glob(".*.stamp.json")
    books = [file for file in folder.glob("*.ipynb") if _is_ours(file.with_suffix(".html"))]
    found = {file for book in books for file in places_of(folder, book.stem, ("zh",)) if file.exists()}
    yield from sorted(file for file in found if file.suffix != ".xlsx" or _is_untouched(file))


def _is_ours(page: Path) -> bool:
    """Whether a page says that the kit made it."""
    if not page.is_file():
        return False
    with page.open("rb") as file:
        return b'<meta name="generator" content="evallib">' in file.read(10_000)


def _is_untouched(book: Path) -> bool:
    """Whether a workbook is as the kit made it: other programs write down who saved it."""
    try:
        with zipfile.ZipFile(book) as parts:
            about = parts.read("docProps/core.xml")
    except (OSError, KeyError, zipfile.BadZipFile):
        return False
    return b">evallib" in about and b"lastModifiedBy" not in about


if __name__ == "__main__":
    try:
        for gone in clean(Path(sys.argv[1]), Path("data")):
            print(gone)
    except (InputRefused, OSError) as error:
        sys.exit(str(error))
