"""A Word document in the layout of GB/T 9704-2012: sheets, fonts, headings, paragraphs, tables, pictures. Knows no HTML and no report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from evallib.model.words import Lang

_EPOCH = datetime(2000, 1, 1)
_MARGINS = {"top_margin": 37, "bottom_margin": 35, "left_margin": 28, "right_margin": 26}
_PITCH = Pt(28)
_TALLEST = Mm(200)
"""A picture that is no taller leaves room for its heading."""
_LISTED = 2
"""So many levels of headings are in the list of contents."""
_INK, _OPEN = RGBColor(0, 0, 0), RGBColor(0xC0, 0x39, 0x1B)
_BODY, _SMALL, _CELL = Pt(16), Pt(12), Pt(10.5)
_FONTS = {"body": ("Times New Roman", "仿宋_GB2312"), "title": ("Times New Roman", "方正小标宋简体"), "h1": ("Arial", "黑体"),
          "h2": ("Times New Roman", "楷体_GB2312"), "h3": ("Times New Roman", "仿宋_GB2312"), "cell": ("Times New Roman", "宋体")}  # fmt: skip


class Run(NamedTuple):
    """A stretch of text, and how it stands out."""

    text: str
    bold: bool = False
    italic: bool = False
    open: bool = False


@dataclass(frozen=True)
class Cell:
    """A cell of a table: its text, how many columns and rows it takes, whether it is a head, whether it holds a number."""

    text: str
    columns: int = 1
    rows: int = 1
    head: bool = False
    number: bool = False


Runs = Sequence[Run]
Table = Sequence[Sequence[Cell]]


@dataclass
class Paper:
    """A document that is written from its first line to its last.

    >>> paper = Paper("en", "A report")
    >>> paper.heading("The department", 1)
    >>> paper.body([Run("It has 23 posts.")])
    >>> paper.pack()[:2]
    b'PK'
    """

    lang: Lang
    title: str
    book: Any = field(default_factory=Document)
    headings: list[tuple[str, int]] = field(default_factory=list)
    listed: Paragraph | None = None

    def __post_init__(self) -> None:
        self.book.element.body.clear_content()
        self._styles()
        self._sheet(self.book.sections[0])

    # --- what stands on the sheets

    def cover(self, lines: Sequence[str]) -> None:
        """The title, the lines under it, and the list of contents, which Word fills when it opens the document."""
        for text, style in ((self.title, "Title"), *((line, "Subtitle") for line in lines)):
            self.book.add_paragraph(text, style)

    def contents(self, heading: str) -> None:
        """The list of contents on a sheet of its own: the headings, to which Word puts the numbers of the sheets as it opens the file."""
        self.book.add_paragraph(heading, "TOC Heading").paragraph_format.page_break_before = True
        self.listed = self.book.add_paragraph(style="Contents")
        update = OxmlElement("w:updateFields")
        update.set(qn("w:val"), "true")
        self.book.settings.element.append(update)

    def heading(self, text: str, level: int) -> None:
        heading = self.book.add_heading(text, level)
        if level <= _LISTED:
            heading.paragraph_format.page_break_before = not self.headings or None
            self.headings.append((text, level))

    def body(self, runs: Runs, small: bool = False, indent: int = 0) -> None:
        """A paragraph of text; one that is `indent`ed by so many letters stands under the one before it."""
        paragraph = self.book.add_paragraph(style="Note" if small else "Normal")
        if indent:
            paragraph.paragraph_format.left_indent = _BODY * indent
        self._fill(paragraph, runs)

    def table(self, rows: Table) -> None:
        """A table over the width of the text; its heads stand again on each sheet."""
        placed = [*_placed(rows)]
        count = max((one.right for one in placed), default=-1) + 1
        if not count:
            return
        table = self.book.add_table(len(rows), count, "Table Grid")
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        for one in placed:
            there = table.cell(one.top, one.left)
            if (one.bottom, one.right) != (one.top, one.left):
                there = there.merge(table.cell(one.bottom, one.right))
            self._cell(there, one.cell)
        for at, row in enumerate(rows):
            properties = table.rows[at]._tr.get_or_add_trPr()
            properties.append(OxmlElement("w:cantSplit"))
            if row and all(cell.head for cell in row):
                properties.append(OxmlElement("w:tblHeader"))
        self._widths(table, _shares(placed, count, self._width() / _CELL))
        self.book.add_paragraph(style="Cell")

    def picture(self, png: bytes, alt: str) -> None:
        """A picture over the width of the text, with words for who cannot see it."""
        paragraph = self.book.add_paragraph(style="Picture")
        shape = paragraph.add_run().add_picture(BytesIO(png), width=self._width())
        if shape.height > _TALLEST:
            shape.width, shape.height = int(shape.width * _TALLEST / shape.height), _TALLEST
        shape._inline.docPr.set("descr", alt)

    def landscape(self) -> None:
        """What follows stands on sheets that lie across."""
        section = self.book.add_section(WD_SECTION.NEW_PAGE)
        section.orientation = WD_ORIENT.LANDSCAPE
        self._sheet(section, across=True)

    def portrait(self) -> None:
        """What follows stands on upright sheets again."""
        section = self.book.add_section(WD_SECTION.NEW_PAGE)
        section.orientation = WD_ORIENT.PORTRAIT
        self._sheet(section)

    def pack(self) -> bytes:
        """The document as bytes, the same for the same content."""
        self._list()
        about = self.book.core_properties
        about.title, about.author, about.language, about.comments = self.title, "evallib", "zh-CN" if self.lang == "zh" else "en", ""
        about.created = about.modified = _EPOCH
        about.last_modified_by, about.revision = "evallib", 1
        made, out = BytesIO(), BytesIO()
        self.book.save(made)
        with ZipFile(made) as old, ZipFile(out, "w") as new:
            for name in old.namelist():
                entry = ZipInfo(name, (_EPOCH.year, 1, 1, 0, 0, 0))
                entry.compress_type, entry.create_system = ZIP_DEFLATED, 3
                new.writestr(entry, old.read(name))
        return out.getvalue()

    # --- how it is done

    def _styles(self) -> None:
        centre = WD_ALIGN_PARAGRAPH.CENTER
        self._style("Normal", "body", _BODY, indent=2)
        self._style("Title", "title", Pt(22), centre, space=Pt(120))
        self._style("Subtitle", "h2", _BODY, centre, space=Pt(24))
        self._style("TOC Heading", "h1", _BODY, centre, new=True)
        for level, font in ((1, "h1"), (2, "h2"), (3, "h3")):
            self._style(f"Heading {level}", font, _BODY, indent=2, bold=level == 3).keep_with_next = True
        self._style("Note", "body", _SMALL, indent=2, new=True, pitch=Pt(20))
        self._style("Contents", "body", _BODY, new=True)
        self._style("Cell", "cell", _CELL, new=True, pitch=None)
        self._style("Picture", "body", _BODY, centre, new=True, pitch=None)

    def _style(self, name: str, font: str, size: Any, align: Any = None, *, indent: int = 0, bold: bool = False, new: bool = False,
               space: Any = None, pitch: Any = _PITCH) -> Any:  # fmt: skip
        styles = self.book.styles
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH) if new and name not in styles else styles[name]
        if new:
            style.base_style = styles["Normal"]
        western, eastern = _FONTS[font]
        style.font.name, style.font.size, style.font.bold, style.font.italic = western, size, bold, False
        style.font.color.rgb = _INK
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for key in [key for key in fonts.attrib if "Theme" in key]:
            del fonts.attrib[key]
        fonts.set(qn("w:eastAsia"), eastern)
        fonts.set(qn("w:hAnsi"), western)
        if name == "Normal":
            lang = OxmlElement("w:lang")
            lang.set(qn("w:val"), "en-GB")
            lang.set(qn("w:eastAsia"), "zh-CN")
            style.element.rPr.append(lang)
        borders = style.element.get_or_add_pPr().find(qn("w:pBdr"))
        if borders is not None:
            style.element.pPr.remove(borders)
        shape = style.paragraph_format
        shape.alignment, shape.space_before, shape.space_after = align, space or Pt(0), Pt(0)
        shape.first_line_indent, shape.widow_control = size * indent, True
        if pitch is None:
            shape.line_spacing_rule, shape.first_line_indent = WD_LINE_SPACING.SINGLE, Pt(0)
        else:
            shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY if size <= _BODY else WD_LINE_SPACING.AT_LEAST, pitch
        return shape

    def _sheet(self, section: Any, across: bool = False) -> None:
        short, long = Mm(210), Mm(297)
        section.page_width, section.page_height = (long, short) if across else (short, long)
        for name, size in _MARGINS.items():
            setattr(section, name, Mm(20 if across else size))
        section.footer.is_linked_to_previous = False
        line = section.footer.paragraphs[0]
        for run in line.runs:
            run._r.getparent().remove(run._r)
        line.alignment, line.paragraph_format.first_line_indent = WD_ALIGN_PARAGRAPH.CENTER, Pt(0)
        line.add_run("— ")
        self._field(line, "PAGE", "1")
        line.add_run(" —")
        for run in line.runs:
            run.font.size = Pt(14)

    def _width(self) -> Any:
        section = self.book.sections[-1]
        return Emu(section.page_width - section.left_margin - section.right_margin)

    def _widths(self, table: Any, shares: Sequence[float]) -> None:
        whole, total = self._width(), sum(shares)
        for index, share in enumerate(shares):
            width = Emu(int(whole * share / total))
            table.columns[index].width = width
            for cell in table.columns[index].cells:
                cell.width = width

    def _cell(self, there: Any, cell: Cell) -> None:
        lines = cell.text.split("\n")
        for index, line in enumerate(lines):
            paragraph = there.paragraphs[0] if index == 0 else there.add_paragraph()
            paragraph.style = self.book.styles["Cell"]
            paragraph.add_run(line).bold = cell.head or None
            if cell.head or cell.number:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if cell.head else WD_ALIGN_PARAGRAPH.RIGHT

    def _fill(self, paragraph: Paragraph, runs: Runs) -> None:
        for one in runs:
            run = paragraph.add_run(one.text)
            run.bold, run.italic = one.bold or None, one.italic or None
            if one.open:
                run.font.color.rgb = _OPEN

    def _list(self) -> None:
        """Put the headings into the list of contents."""
        if self.listed is None or not self.headings:
            return
        first = self.listed
        self._field(first, f'TOC \\o "1-{_LISTED}" \\h \\z \\u', self.headings[0][0], ("begin", "code", "separate", "text"))
        end = self.listed
        for text, level in reversed(self.headings[1:]):
            line = Paragraph(OxmlElement("w:p"), first._parent)
            first._p.addnext(line._p)
            line.style = self.book.styles["Contents"]
            line.paragraph_format.left_indent = _BODY * (level - 1)
            line.add_run(text)
            end = line if end is first else end
        self._field(end, "", "", ("end",))

    @staticmethod
    def _field(
        paragraph: Paragraph, code: str, shown: str, parts: Sequence[str] = ("begin", "code", "separate", "text", "end")
    ) -> None:
        """A field that Word works out, and what is shown until then."""
        for kind in parts:
            run = paragraph.add_run(shown if kind == "text" else "")
            if kind == "code":
                instruction = OxmlElement("w:instrText")
                instruction.set(qn("xml:space"), "preserve")
                instruction.text = code
                run._r.append(instruction)
            elif kind != "text":
                char = OxmlElement("w:fldChar")
                char.set(qn("w:fldCharType"), kind)
                run._r.append(char)


class _Placed(NamedTuple):
    """A cell, and the rows and columns that it takes."""

    cell: Cell
    top: int
    left: int
    bottom: int
    right: int


def _placed(rows: Table) -> Iterator[_Placed]:
    """The cells of a table where they stand; one that reaches down takes the place of those under it."""
    taken = set[tuple[int, int]]()
    for top, row in enumerate(rows):
        left = 0
        for cell in row:
            while (top, left) in taken:
                left += 1
            bottom, right = min(top + cell.rows, len(rows)) - 1, left + cell.columns - 1
            taken |= {(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)}
            yield _Placed(cell, top, left, bottom, right)
            left = right + 1


def _shares(placed: Iterable[_Placed], count: int, room: float) -> list[float]:
    """How wide the columns are, in letters: numbers and words whole; what is left over goes to those with long texts."""
    least, wished = [3.0] * count, [3.0] * count
    for one in placed:
        if one.left == one.right:
            lines = one.cell.text.split("\n")
            parts = lines[:1] if one.cell.number else [part for line in lines for part in line.split()]
            whole = max((_letters(part) for part in parts), default=0) + 2
            least[one.left] = max(least[one.left], min(whole, 9 if one.cell.number or one.cell.text.isascii() else 4.5))
            wished[one.left] = max(wished[one.left], min(max(map(_letters, lines), default=0) + 1.5, 40))
    over = room - sum(least)
    more = [max(w - low, 0.1) for w, low in zip(wished, least, strict=True)]
    return [low + max(over, 0) * one / sum(more) for low, one in zip(least, more, strict=True)]


def _letters(text: str) -> float:
    return sum(1 if sign > "\u2e80" else 0.55 for sign in text)
