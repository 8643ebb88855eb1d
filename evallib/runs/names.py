"""How the files of a page are called, in any folder of the output, and by what they are known again. Whatever is called otherwise is
somebody's own.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from pathlib import Path

from evallib.data.folder import checksum
from evallib.files.outputs import EVALUATION, MORE, TABLES, page_name
from evallib.model.words import LANGS, Lang
from evallib.pages.page_seal import carried_by, parted

BESIDE = (".html", ".en.html", ".docx", ".en.docx", ".xlsx", ".en.xlsx", EVALUATION, TABLES)
"""How the files of a report end that other pages lead to."""
HEAD_ENDS = 100_000
"""Bytes of a page in which its head ends."""
_FIRST = 4000  # bytes of a page in which its seals stand


def places_of(folder: Path, stem: str, langs: tuple[Lang, ...] = LANGS) -> list[Path]:
    """Where the files of a page are written, whether anything stands there or not."""
    from evallib.charts.report import CHARTS

    ends = ("html", "ipynb", "xlsx", "docx", *(f"{id}.png" for id in CHARTS))
    pages = (folder / f"{page_name(stem, lang)}.{end}" for lang in langs for end in ends)
    more = (folder / f"{page_name(stem, lang)}{MORE}" for lang in langs)
    return [*pages, *more, folder / f"{stem}{EVALUATION}", folder / f"{stem}{TABLES}"]


def files_of(folder: Path, stem: str) -> list[Path]:
    """The files of a page that stand in a folder, and the folders beside it."""
    return sorted(file for file in places_of(folder, stem) if file.exists())


def is_of(file: Path, content: str) -> bool:
    """Whether a file that other pages lead to stands, and is of the evaluation with this seal where it says of which it is."""
    if file.suffix == ".html" and file.is_file():
        with file.open("rb") as stream:
            return carried_by(stream.read(_FIRST).decode("utf-8", "replace"))[0] == content
    if file.suffix in (".docx", ".xlsx") and file.is_file():
        try:
            with zipfile.ZipFile(file) as packed:
                return content.encode() in packed.read("docProps/custom.xml")
        except (OSError, KeyError, zipfile.BadZipFile):
            return False
    return file.exists()


def mark_of(file: Path) -> str:
    """The checksum of a file, of a page without its head, or of the files in a folder; empty where there is none."""
    parts = file.is_dir() or (file.suffix == ".html" and file.exists())
    return hashlib.sha256(_content(file)).hexdigest() if parts else checksum(file)


def size_of(file: Path) -> int:
    """How many bytes of it, or of the files in it, `mark_of` is over: no more is read than the beginning of a page."""
    if file.is_dir():
        return sum(entry.stat().st_size for entry in os.scandir(file))
    size = file.stat().st_size
    if file.suffix == ".html":
        with file.open("rb") as stream:
            size -= len(parted(stream.read(HEAD_ENDS).decode("latin-1"))[1])
    return size


def _content(file: Path) -> bytes:
    if file.is_dir():
        return b"".join(f"{part.name} {checksum(part)}\n".encode() for part in sorted(file.iterdir()))
    before, _, after = parted(file.read_bytes().decode("latin-1"))  # in which any bytes are a text
    return (before + after).encode("latin-1")
