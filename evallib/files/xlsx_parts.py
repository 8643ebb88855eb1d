"""The parts of a workbook: which file it is, its sheets, its formats and texts. What the format allows is read, of whatever program.

Elements are told by their names alone: so “Strict” workbooks, whose namespaces are others, are read as all.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from functools import cached_property, lru_cache
from pathlib import PurePosixPath
from typing import NamedTuple
from xml.etree import ElementTree

from evallib.files.encodings import decode
from evallib.files.number_formats import format_of
from evallib.files.sheets import MAX_CELL
from evallib.model.errors import Place, Problem
from evallib.say.refusals import problem

MAX_UNPACKED = 60_000_000
"""So many bytes the parts that are read may hold: a sheet, the texts. 20,000 rows take a third of it."""

_OF_PYTHON = (RuntimeError, EOFError, LookupError, ValueError, ArithmeticError, OSError)
DAMAGED = (zipfile.BadZipFile, zlib.error, ElementTree.ParseError, *_OF_PYTHON)
"""What a damaged file raises."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CODE = re.compile("_x([0-9A-Fa-f]{4})_")
TRUE = ("1", "true", "on")
_MAX_TREE = 20_000_000
_MAX_TEXTS = 1_000_000
_MAX_ELEMENTS = 200_000
"""So many elements a row or a text may have."""
_MAX_DEPTH = 100
_SMALL = {kind: str.maketrans("0123456789", digits) for kind, digits in (("superscript", "⁰¹²³⁴⁵⁶⁷⁸⁹"), ("subscript", "₀₁₂₃₄₅₆₇₈₉"))}


class SheetPart(NamedTuple):
    """A sheet as the workbook lists it: its name, whether it is hidden (`very`: so that no menu shows it), and its part."""

    name: str
    hidden: bool
    very: bool
    part: str


class Package:
    """A workbook as a zip file. Parts are found whatever the case of their names, with either slash."""

    def __init__(self, content: bytes) -> None:
        self._zip = zipfile.ZipFile(io.BytesIO(content))
        self._entries = {entry.filename.replace("\\", "/").lstrip("/").lower(): entry for entry in self._zip.infolist()}

    def has(self, part: str) -> bool:
        """Whether there is a part of a name."""
        return part.lower() in self._entries

    @property
    def names(self) -> Iterator[str]:
        """The names of all parts, in small letters."""
        return iter(self._entries)

    def size(self, part: str) -> int:
        """How many bytes a part holds; no more than that are ever unpacked."""
        return self._entries[part.lower()].file_size

    def elements(self, part: str, whole: str) -> Iterator[ElementTree.Element]:
        """The elements of a part as they end; one named `whole` is given up after."""
        depth = inside = 0
        with self._zip.open(self._entries[part.lower()]) as stream:
            for event, element in ElementTree.iterparse(stream, ("start", "end")):
                if event == "start":
                    depth += 1
                    if depth > _MAX_DEPTH:
                        raise ValueError(part)
                    continue
                depth -= 1
                yield element
                inside += 1
                if local(element.tag) == whole:
                    element.clear()
                    inside = 0
                elif inside > _MAX_ELEMENTS:
                    raise ValueError(part)

    def tree(self, part: str) -> ElementTree.Element:
        """A small part as a whole."""
        with self._zip.open(self._entries[part.lower()]) as stream:
            content = stream.read(_MAX_TREE + 1)  # and no more, whatever its size is said to be
        if len(content) > _MAX_TREE or content.count(b"<") > _MAX_TEXTS:
            raise ValueError(part)
        return ElementTree.fromstring(content)

    def related(self, part: str) -> dict[str, tuple[str, str]]:
        """What a part is related to: by id, the kind and the part."""
        folder, name = posixpath.split(part)
        listed = posixpath.join(folder, "_rels", f"{name}.rels")
        if not self.has(listed):
            return {}
        found = [one for one in self.tree(listed) if one.get("TargetMode") != "External"]
        parts = [posixpath.normpath(posixpath.join("/", folder, one.get("Target", "").replace("\\", "/"))).lstrip("/") for one in found]
        return {one.get("Id", ""): (one.get("Type", "").rpartition("/")[2], to) for one, to in zip(found, parts, strict=True)}


class Book:
    """What a workbook says of all its sheets: which there are, the formats and texts that their cells name."""

    def __init__(self, content: bytes) -> None:
        self.package = Package(content)
        parts = dict(self.package.related("").values())
        main = parts.get("officeDocument", "xl/workbook.xml")
        related = self.package.related(main)
        self._parts = dict(related.values())
        sheets: list[SheetPart] = []
        self.epoch_1904 = self.to_be_computed = False
        for element in self.package.tree(main).iter():
            name = local(element.tag)
            if name == "workbookPr":
                self.epoch_1904 = element.get("date1904") in TRUE
            elif name == "calcPr":
                self.to_be_computed = element.get("fullCalcOnLoad") in TRUE
            elif name == "sheet":
                id = next((value for key, value in element.attrib.items() if key.endswith("}id")), "")
                kind, part = related.get(id, ("", ""))
                state = element.get("state", "visible")
                if kind == "worksheet":  # and no chart, no dialog
                    sheets.append(SheetPart(element.get("name", ""), state != "visible", state == "veryHidden", part))
        self.sheets = tuple(sheets)

    def size(self, sheet: SheetPart) -> int:
        """How many bytes are unpacked to read a sheet."""
        texts = self._parts.get("sharedStrings", "")
        return max(self.package.size(part) for part in (sheet.part, texts) if self.package.has(part))

    @cached_property
    def formats(self) -> list[str]:
        """The number format of each style that cells name."""
        own: dict[int, str] = {}
        numbers: list[int] = []
        if self.package.has(self._parts.get("styles", "")):
            for element in self.package.tree(self._parts["styles"]):
                if local(element.tag) == "numFmts":
                    own = {int(one.get("numFmtId", "0")): one.get("formatCode", "") for one in element}
                elif local(element.tag) == "cellXfs":
                    numbers = [int(one.get("numFmtId", "0")) for one in element]
        return [format_of(number, own) for number in numbers]

    def text(self, number: int) -> str:
        """A text that cells share."""
        if number < 0:
            raise LookupError(number)
        return self._texts[number]

    @cached_property
    def _texts(self) -> list[str]:
        found: list[str] = []
        if self.package.has(self._parts.get("sharedStrings", "")):
            for element in self.package.elements(self._parts["sharedStrings"], "si"):
                if local(element.tag) == "si":
                    found.append(text_of(element)[: MAX_CELL + 1])  # which is told; a thousand cells may share it
                    if len(found) > _MAX_TEXTS:
                        raise ValueError(len(found))
        return found


@lru_cache(1000)
def local(tag: str) -> str:
    """The name of an element without its namespace."""
    return tag.rpartition("}")[2]


def text_of(element: ElementTree.Element) -> str:
    """The text of a cell: plain or in runs of several looks; how it is pronounced is no part of it."""
    return "".join(unescaped(part.text or "") if local(part.tag) == "t" else _run(part) for part in element if local(part.tag) in "tr")


def _run(run: ElementTree.Element) -> str:
    """A run of a text, as it is seen: 957260¹ is no 9572601, and what is struck out stays so."""
    text = "".join(unescaped(one.text or "") for one in run if local(one.tag) == "t")
    looks = {local(look.tag): look.get("val", "1") for part in run if local(part.tag) == "rPr" for look in part}
    text = text.translate(_SMALL.get(looks.get("vertAlign", ""), {}))
    return "".join(f"{sign}\u0336" for sign in text) if looks.get("strike") in TRUE else text


def unescaped(text: str) -> str:
    """A text without the codes by which Excel writes what XML cannot hold.

    >>> unescaped("a_x000D_b_x005F_x000D_")
    'a\\rb_x000D_'
    """
    if "_x" not in text:
        return text
    return _CODE.sub(lambda code: chr(int(code[1], 16)), text).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


# --- what is no workbook that can be read


def not_a_workbook(file: str, content: bytes) -> Problem | None:
    """What a file is that is no workbook, or one that is not read, with the way to one that is."""
    place, name = Place(file), PurePosixPath(file).name

    def other(kind: str, ending: str) -> Problem:
        renamed = str(PurePosixPath(name).with_suffix(ending))
        return problem("workbook.of_another_kind", place, kind=kind, renamed=renamed, workbook=name)

    if not content:
        return problem("workbook.empty", place, workbook=name)
    if content.startswith(_OLE):
        if _holds(content, "EncryptedPackage"):
            return problem("workbook.encrypted", place, workbook=name)
        is_old = _holds(content, "Workbook") or _holds(content, "Book")
        return other("Excel 97–2003", ".xls") if is_old else problem("workbook.not_xlsx", place, workbook=name)
    if not content.startswith(b"PK"):
        text = decode(content).text.lstrip().lower()
        if not text:
            return problem("workbook.not_xlsx", place, workbook=name)
        return (
            other("XML", ".xml") if text.startswith("<?xml") else other("HTML", ".html") if text.startswith("<") else other("CSV", ".csv")
        )
    try:
        package = Package(content)
    except DAMAGED:
        return problem("workbook.damaged", place)
    if any(part.endswith("vbaproject.bin") for part in package.names):
        return problem("workbook.macros", place, renamed=str(PurePosixPath(name).with_suffix(".xlsm")), workbook=name)
    for part, kind, ending in (("xl/workbook.bin", "xlsb", ".xlsb"), ("index/document.iwa", "Numbers", ".numbers")):
        if package.has(part):
            return other(kind, ending)
    if package.has("mimetype") and package.has("content.xml"):
        return other("OpenDocument", ".ods")
    return None if package.has("[Content_Types].xml") else problem("workbook.not_xlsx", place, workbook=name)


def _holds(content: bytes, stream: str) -> bool:
    """Whether a file of the old kind (OLE), as old workbooks and encrypted ones are, has a stream of a name in its directory."""
    return stream.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 2 * len(stream) + 2) in content
