"""Workbooks made element by element, as any program may write them: for tests of how they are read."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from evallib.data.load import LoadedYear, load_year
from evallib.model.record import TABLES
from evallib.model.rows import columns
from evallib.model.table_words import TABLE_NAMES
from tests.conftest import DATA

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = {MAIN: "http://purl.oclc.org/ooxml/spreadsheetml/main", RELATED: "http://purl.oclc.org/ooxml/officeDocument/relationships"}
YEAR = DATA / "departments" / "hrss" / "2023"


def packed(parts: Mapping[str, bytes | str]) -> bytes:
    """A zip file of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def letters(index: int) -> str:
    return letters(index // 26 - 1) + letters(index % 26) if index >= 26 else chr(65 + index)


def cell_of(text: str) -> str:
    """A cell with a text, or a number, as people type them."""
    number = re.fullmatch(r"-?\d{1,15}(\.\d+)?", text)
    return (
        f"<c><v>{text}</v></c>" if number else f"<c t='inlineStr'><is><t xml:space='preserve'>{escape(text)}</t></is></c>" if text else ""
    )


@dataclass
class Sheet:
    """A sheet: its rows of cells, each an element without its address, and what stands before and behind them."""

    name: str
    rows: list[list[str]] = field(default_factory=list)
    state: str = "visible"
    before: str = ""
    behind: str = ""
    hidden: tuple[int, ...] = ()
    raw: bytes | None = None

    def xml(self) -> bytes:
        if self.raw is not None:
            return self.raw
        rows = []
        for n, row in enumerate(self.rows, 1):
            cells = [one.replace("<c", f'<c r="{letters(m)}{n}"', 1) for m, one in enumerate(row) if one]
            rows.append(f'<row r="{n}" hidden="{int(n in self.hidden)}">{"".join(cells)}</row>')
        return f'<worksheet xmlns="{MAIN}">{self.before}<sheetData>{"".join(rows)}</sheetData>{self.behind}</worksheet>'.encode()


@dataclass
class Book:
    """A workbook: its sheets, and the number formats that cells name as styles 1, 2, …"""

    sheets: list[Sheet]
    formats: Sequence[str | int] = ()
    texts: Sequence[str] = ()
    properties: str = ""

    def parts(self) -> dict[str, bytes | str]:
        """Its parts by name."""
        sheets = "".join(
            f'<sheet name={quoteattr(one.name)} sheetId="{n}" state="{one.state}" r:id="r{n}"/>' for n, one in enumerate(self.sheets, 1)
        )
        own = {100 + n: one for n, one in enumerate(self.formats) if isinstance(one, str)}
        numbers = [0, *(one if isinstance(one, int) else 100 + n for n, one in enumerate(self.formats))]
        styles = "".join(f'<numFmt numFmtId="{n}" formatCode={quoteattr(one)}/>' for n, one in own.items())
        named = "".join(f'<xf numFmtId="{n}"/>' for n in numbers)
        texts = "".join(f"<si>{one}</si>" for one in self.texts)
        related = [(f"r{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(self.sheets) + 1)]
        related += [("s", "styles", "styles.xml"), ("t", "sharedStrings", "sharedStrings.xml")]

        def relations(found: Sequence[tuple[str, str, str]]) -> str:
            links = "".join(f'<Relationship Id="{id}" Type="{RELATED}/{kind}" Target="{to}"/>' for id, kind, to in found)
            return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{links}</Relationships>'

        return {
            "[Content_Types].xml": _types(len(self.sheets)),
            "_rels/.rels": relations([("w", "officeDocument", "xl/workbook.xml")]),
            "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATED}">{self.properties}<sheets>{sheets}</sheets></workbook>',
            "xl/_rels/workbook.xml.rels": relations(related),
            "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><numFmts>{styles}</numFmts><cellXfs>{named}</cellXfs></styleSheet>',
            "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{texts}</sst>',
            **{f"xl/worksheets/sheet{n}.xml": one.xml() for n, one in enumerate(self.sheets, 1)},
        }

    def content(self) -> bytes:
        return packed(self.parts())

    def strict(self) -> bytes:
        """The same as “Strict Open XML Spreadsheet”."""
        parts = {name: part if isinstance(part, str) else part.decode() for name, part in self.parts().items()}
        for usual, other in STRICT.items():
            parts = {name: part.replace(usual, other) for name, part in parts.items()}
        return packed(parts)


def _types(sheets: int) -> str:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {"workbook": "sheet.main", "styles": "styles", "sharedStrings": "sharedStrings"}
    parts |= {f"worksheets/sheet{n}": "worksheet" for n in range(1, sheets + 1)}
    told = "".join(f'<Override PartName="/xl/{part}.xml" ContentType="{kind}.{of}+xml"/>' for part, of in parts.items())
    rels = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    return f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{rels}{told}</Types>'


def table_sheet(table: str) -> Sheet:
    """A table of the example as a sheet with Chinese heads."""
    model = TABLES[table]
    heads = columns(model)
    rows = [[cell_of(str(model.model_fields[head].title)) for head in heads]]
    file = YEAR / f"{table}.csv"
    if file.exists():
        for row in csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"))):
            numbers = {head for head in heads if "Decimal" in str(model.model_fields[head].annotation) or head == "year"}
            rows.append([cell_of(row.get(head) or "") if head in numbers else as_text(row.get(head) or "") for head in heads])
    return Sheet(TABLE_NAMES[table].zh, rows)


def as_text(text: str) -> str:
    return f"<c t='inlineStr'><is><t xml:space='preserve'>{escape(text)}</t></is></c>" if text else ""


def loaded(home: Path, content: bytes) -> LoadedYear:
    """The year 2023 of a data folder, from a workbook with this content."""
    (home / "departments" / "hrss" / "2023.xlsx").write_bytes(content)
    return load_year(home, "hrss", 2023)


def example() -> Book:
    """The example as a workbook."""
    return Book([table_sheet(table) for table in TABLES])
