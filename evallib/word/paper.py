"""A Word document in the layout of GB/T 9704-2012: sheets, fonts, headings, paragraphs, tables, pictures. Knows no HTML and no report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from evallib.model.words import Lang
from evallib.word.cells import Cell, Table, lines_of, placed_cells, shares_of
from evallib.word.seal import properties, read_document, text_seal

_EPOCH = datetime(2000, 1, 1)
_MARGINS = {"top_margin": 37, "bottom_margin": 35, "left_margin": 28, "right_margin": 26}
TALLEST = 0.9
"""A picture that is taller for its width would leave half a sheet white before it."""
_LISTED = 2
"""So many levels of headings are in the list of contents."""
_WHOLE = 8
"""A table of no more lines is not torn."""
_INK, _OPEN = RGBColor(0, 0, 0), RGBColor(0xC0, 0x39, 0x1B)


class _Sizes(NamedTuple):
    """How large letters are and how far apart lines stand, in points; `indent` is of the first line, in letters."""

    title: float
    body: float
    pitch: float
    small: float
    small_pitch: float
    cell: float
    indent: int
    after: float


_SIZES: dict[Lang, _Sizes] = {
    "zh": _Sizes(22, 16, 28, 12, 20, 10.5, indent=2, after=0),
    "en": _Sizes(20, 12, 17, 10, 14, 9.5, indent=0, after=6),
}
"""GB/T 9704-2012 for Chinese; Latin letters of that size would fill twice the sheets."""
_FONTS = {"body": "仿宋_GB2312", "title": "方正小标宋简体", "h1": "黑体", "h2": "楷体_GB2312", "h3": "仿宋_GB2312", "cell": "宋体"}


_INSTEAD = {"仿宋_GB2312": "仿宋", "楷体_GB2312": "楷体", "方正小标宋简体": "华文中宋"}


class Run(NamedTuple):
    """A stretch of text, and how it stands out."""

    text: str
    bold: bool = False
    italic: bool = False
    open: bool = False


Runs = Sequence[Run]


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
    how_to_number: str = ""

    def __post_init__(self) -> None:
        self.book.element.body.clear_content()
        self.size = _SIZES[self.lang]
        self._styles()
        self._ids = {style.name: style.style_id for style in self.book.styles}
        self._sheet(self.book.sections[0])
        self.book.sections[0].different_first_page_header_footer = True

    # --- what stands on the sheets

    def cover(self, lines: Sequence[str], notes: Sequence[str] = ()) -> None:
        """The first sheet: the title, the lines under it, and what must be known of the whole."""
        for text, style in ((self.title, "Title"), *((line, "Subtitle") for line in lines), *((note, "Note") for note in notes)):
            self.book.add_paragraph(text, style)

    def contents(self, heading: str, how_to_number: str) -> None:
        """The list of contents on a sheet of its own: the headings, to which Word puts the numbers of the sheets where it is asked to."""
        self.how_to_number = how_to_number
        self.book.add_paragraph(heading, "TOC Heading").paragraph_format.page_break_before = True
        self.listed = self.book.add_paragraph(style="toc 1")
        update = OxmlElement("w:updateFields", {qn("w:val"): "true"})
        later = {qn(f"w:{name}") for name in ("hdrShapeDefaults", "footnotePr", "endnotePr", "compat")}
        next(one for one in self.book.settings.element if one.tag in later).addprevious(update)  # the schema has an order

    def heading(self, text: str, level: int) -> None:
        """A heading. It stays with what follows, and stands in the list of contents where its level does."""
        self.book.add_heading(text, level)
        if level <= _LISTED:
            self.headings.append((text, level))

    def body(self, runs: Runs, style: str = "Normal", indent: int = 0) -> None:
        """A text, each line of it a paragraph; what is `indent`ed by so many letters stands under the one before it."""
        lines = [list[Run]()]
        for one in runs:
            first, *more = one.text.split("\n")
            lines[-1].append(one._replace(text=first))
            lines += [[one._replace(text=line)] for line in more]
        for line in lines:
            paragraph = self._paragraph(style)
            if line:
                line[-1] = line[-1]._replace(text=line[-1].text.rstrip())  # which would make one more line of a full one
            if indent:
                paragraph.paragraph_format.left_indent = Pt(self.size.body * indent)
            for one in line:
                run = paragraph.add_run(one.text)
                run.bold, run.italic = one.bold or None, one.italic or None
                if one.open:
                    run.font.color.rgb = _OPEN

    def keep_last(self) -> None:
        """The last paragraph stays on the sheet of what follows."""
        self.book.paragraphs[-1].paragraph_format.keep_with_next = True

    def table(self, rows: Table) -> None:
        """A table over the width of the text; its heads stand again on each sheet, a short one is not torn."""
        placed = [*placed_cells(rows)]
        count = max((one.right for one in placed), default=-1) + 1
        if not count:
            return
        self._paragraph("Gap").paragraph_format.keep_with_next = True
        given, room = [one.cell.share for one in placed if one.top == 0], self._width() / Pt(self.size.cell)
        shares = [room * one / sum(given) for one in given] if all(given) else shares_of(placed, count, room)
        whole = lines_of(placed, shares) <= _WHOLE
        table = self.book.add_table(len(rows), count, "Table Grid")
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        self._widths(table, shares)
        lines = table._tbl.tr_lst
        grid = [line.tc_lst for line in lines]  # `table.cell` would gather all of them for each
        for one in placed:
            for row in range(one.top, one.bottom + 1):
                first, *more = grid[row][one.left : one.right + 1]
                first.width = Emu(sum(int(tc.width) for tc in (first, *more)))
                if more:
                    first.grid_span = len(more) + 1
                if one.bottom > one.top:
                    first.vMerge = "restart" if row == one.top else "continue"
                first.p_lst[0].style = self._ids["Cell"]
                for tc in more:
                    lines[row].remove(tc)
            # the last rows, too, with the gap behind the table, which gets no sheet of its own
            kept = whole or one.cell.strong or one.top < 3 or one.top >= len(rows) - 3
            there = _Cell(grid[one.top][one.left], table)
            if whole or one.cell.head:  # cells that go on over sheets stand in the middle in some programs and at the top in others
                there.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
            self._cell(there, one.cell, kept)
        for line, cells in zip(lines, rows, strict=True):
            properties = line.get_or_add_trPr()
            properties.append(OxmlElement("w:cantSplit"))
            if cells and all(cell.head for cell in cells):
                properties.append(OxmlElement("w:tblHeader"))
        self._paragraph("Gap")

    def picture(self, png: bytes, alt: str, kept: bool) -> None:
        """A picture over the width of the text, with words for who cannot see it; it may be `kept` on the sheet of what follows."""
        paragraph = self._paragraph("Picture")
        paragraph.paragraph_format.keep_with_next = kept or None
        shape = paragraph.add_run().add_picture(BytesIO(png), width=self._width())
        shape._inline.docPr.set("descr", alt)

    def new_sheets(self, across: bool) -> None:
        """What follows stands on new sheets, upright or lying across."""
        section = self.book.add_section(WD_SECTION.NEW_PAGE)
        end = self.book.element.body.p_lst[-1]
        if (before := end.getprevious()) is not None and before.tag == end.tag and before.style == self._ids["Gap"]:
            before.getparent().remove(before)
        end.style = self._ids["Gap"]  # what ends the sheets before needs no line, nor ever a sheet of its own
        section.different_first_page_header_footer = False
        section.orientation = WD_ORIENT.LANDSCAPE if across else WD_ORIENT.PORTRAIT
        self._sheet(section, across)

    def pack(self, content: str = "") -> bytes:
        """The document as bytes, the same for the same text; `content` is the seal of what it shows, which it carries beside its own."""
        self._list()
        about = self.book.core_properties
        about.title, about.language = self.title.replace("\n", " "), "zh-CN" if self.lang == "zh" else "en-GB"
        about.author = about.comments = about.last_modified_by = ""
        about.created, about.modified, about.revision = _EPOCH, _EPOCH, 1
        self._fonts()
        own = text_seal(read_document(self._saved()).paragraphs)
        package = self.book.part.package
        part = Part(PackURI("/docProps/custom.xml"), CONTENT_TYPE.OFC_CUSTOM_PROPERTIES, properties(content, own), package)
        for id in [id for id, one in package.rels.items() if one.reltype == RELATIONSHIP_TYPE.THUMBNAIL]:
            del package.rels[id]
        package.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_PROPERTIES)
        return self._saved()

    def _fonts(self) -> None:
        """What stands in for a font that a reader lacks."""
        table = next(part for part in self.book.part.package.iter_parts() if part.partname == "/word/fontTable.xml")
        names = "".join(f'<w:font w:name="{name}"><w:altName w:val="{other}"/></w:font>' for name, other in _INSTEAD.items())
        table._blob = table.blob.replace(b"</w:fonts>", f"{names}</w:fonts>".encode())

    def _saved(self) -> bytes:
        made, out = BytesIO(), BytesIO()
        self.book.save(made)
        with ZipFile(made) as old, ZipFile(out, "w") as new:
            for name in old.namelist():
                entry = ZipInfo(name, (_EPOCH.year, 1, 1, 0, 0, 0))
                entry.compress_type, entry.create_system = ZIP_DEFLATED, 3
                new.writestr(entry, old.read(name))
        return out.getvalue()

    # --- how it is done

    def _paragraph(self, style: str) -> Any:
        paragraph = self.book.add_paragraph()
        paragraph._p.style = self._ids[style]  # looked up once
        return paragraph

    def _styles(self) -> None:
        centre, right, size, zh = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT, self.size, self.lang == "zh"
        self._style("Normal", "body", size.body, indent=size.indent)
        self._style("Title", "title", size.title, centre, space=(150, 60), pitch=size.title * 1.6, bold=not zh)
        self._style("Subtitle", "h2", size.body, centre, space=(8, 8))
        self._style("TOC Heading", "h1", size.body, centre, new=True, space=(0, 12))
        for level, font in ((1, "h1"), (2, "h2"), (3, "h3")):
            space = (0, 0) if zh else (14 - 2 * level, 4)
            larger = 0 if zh else (4, 2, 0)[level - 1]
            bold = level == 3 or not zh
            self._style(f"Heading {level}", font, size.body + larger, indent=size.indent, bold=bold, space=space).keep_with_next = True
        self._style("Note", "body", size.small, indent=size.indent, new=True, pitch=size.small_pitch)
        for level in range(1, _LISTED + 1):
            listed = self._style(f"toc {level}", "body", size.body - 2, new=True, pitch=size.pitch - 5, space=(0, 0))
            listed.left_indent = Pt(size.body * (level - 1))
            listed.tab_stops.add_tab_stop(Mm(156), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
        self._style("Addressee", "body", size.body, new=True)
        self._style("Signature", "body", size.body, right, new=True)
        self._style("Gap", "cell", 1, new=True, pitch=7, space=(0, 0))
        self._style("Cell", "cell", size.cell, new=True, pitch=None)
        self._style("Picture", "body", size.body, centre, new=True, pitch=None)

    def _style(self, name: str, font: str, size: float, align: Any = None, *, indent: int = 0, bold: bool = False, new: bool = False,
               space: tuple[float, float] | None = None, pitch: float | None = 0) -> Any:  # fmt: skip
        """A style of paragraphs; `pitch` None is single spacing, `space` what is left free above and below."""
        styles = self.book.styles
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH) if new and name not in styles else styles[name]
        if new:
            style.base_style = styles["Normal"]
        western = "Arial" if font == "h1" else "Times New Roman"
        style.font.name, style.font.size, style.font.bold, style.font.italic = western, Pt(size), bold, False
        style.font.color.rgb = _INK
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for key in [key for key in fonts.attrib if "Theme" in key]:
            del fonts.attrib[key]
        fonts.set(qn("w:eastAsia"), _FONTS[font])
        fonts.set(qn("w:hAnsi"), western)
        if name == "Normal":
            written = "en-US" if self.lang == "zh" else "en-GB"
            style.element.rPr.append(OxmlElement("w:lang", {qn("w:val"): written, qn("w:eastAsia"): "zh-CN"}))
        borders = style.element.get_or_add_pPr().find(qn("w:pBdr"))
        if borders is not None:
            style.element.pPr.remove(borders)
        shape, single = style.paragraph_format, pitch is None
        above, below = space or (0, 0 if single else self.size.after)
        shape.alignment, shape.space_before, shape.space_after = align, Pt(above), Pt(below)
        shape.first_line_indent, shape.widow_control = Pt(0 if single else size * indent), True
        if single:
            shape.line_spacing_rule = WD_LINE_SPACING.SINGLE
        else:
            shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(pitch or self.size.pitch)
        return shape

    def _sheet(self, section: Any, across: bool = False) -> None:
        short, long = Mm(210), Mm(297)
        section.page_width, section.page_height = (long, short) if across else (short, long)
        for name, size in _MARGINS.items():
            setattr(section, name, Mm(20 if across else size))
        section.footer.is_linked_to_previous = False
        line = section.footer.paragraphs[0]
        line.alignment, line.paragraph_format.first_line_indent = WD_ALIGN_PARAGRAPH.CENTER, Pt(0)
        line.add_run("— ")
        self._field(line, "PAGE")
        line.add_run("1")
        self._mark(line, "end")
        line.add_run(" —")
        for run in line.runs:
            run.font.size = Pt(14)

    def _width(self) -> Any:
        section = self.book.sections[-1]
        return Emu(section.page_width - section.left_margin - section.right_margin)

    def _widths(self, table: Any, shares: Sequence[float]) -> None:
        whole, total = self._width(), sum(shares)
        widths = [Emu(int(whole * share / total)) for share in shares]
        for column, width in zip(table._tbl.tblGrid.gridCol_lst, widths, strict=True):
            column.w = width
        for line in table._tbl.tr_lst:
            for tc, width in zip(line.tc_lst, widths, strict=True):
                tc.width = width

    def _cell(self, there: Any, cell: Cell, kept: bool) -> None:
        lines = cell.text.split("\n")
        for index, line in enumerate(lines):
            paragraph = there.paragraphs[0] if index == 0 else there.add_paragraph()
            paragraph._p.style = self._ids["Cell"]
            paragraph.paragraph_format.keep_with_next = kept or None
            paragraph.add_run(line).bold = cell.head or cell.strong or None
            if cell.head or cell.number:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if cell.head else WD_ALIGN_PARAGRAPH.RIGHT

    def _list(self) -> None:
        """Put the headings into the list of contents, under how to get their sheets: Word puts its own list in the place of it all."""
        if self.listed is None or not self.headings:
            return
        line = self.listed
        self._field(line, f'TOC \\o "1-{_LISTED}" \\h \\z \\u')
        line.add_run(self.how_to_number).font.color.rgb = _OPEN
        for text, level in self.headings:
            new = Paragraph(OxmlElement("w:p"), line._parent)
            line._p.addnext(new._p)
            line = new
            line.style = self.book.styles[f"toc {level}"]
            line.add_run(text)
        self._mark(line, "end")

    def _field(self, paragraph: Paragraph, code: str) -> None:
        """The begin of a field that Word works out; what follows is shown until then, up to its end."""
        self._mark(paragraph, "begin")
        instruction = OxmlElement("w:instrText", {qn("xml:space"): "preserve"})
        instruction.text = code
        paragraph.add_run()._r.append(instruction)
        self._mark(paragraph, "separate")

    @staticmethod
    def _mark(paragraph: Paragraph, kind: str) -> None:
        paragraph.add_run()._r.append(OxmlElement("w:fldChar", {qn("w:fldCharType"): kind}))
