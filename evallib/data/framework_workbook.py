"""A framework as a workbook to change: a sheet for each kind of entry, notes, drop-down lists. Knows no reading."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from evallib.data.framework_rows import Rows, filled
from evallib.data.framework_tables import OWNER, SETTINGS, Column, Table, setting_heads, sheets
from evallib.data.workbook_sheet import FONTS, DropDowns, as_number, lines_of, packed, put_text, shown_width
from evallib.model.framework import Framework
from evallib.model.words import Lang
from evallib.say.sentences import sentence

_SPARE = 300  # rows that lists reach
_NEEDED, _OTHER = PatternFill("solid", fgColor="1F4E79"), PatternFill("solid", fgColor="D6E0EA")
_TOP = Alignment(vertical="top", wrap_text=True)


def framework_workbook(rows: Rows, framework: Framework, lang: Lang) -> bytes:
    """The workbook of a framework's rows, with the formulas of its catalogue in a list. The same rows give the same bytes."""
    return _Book(rows, framework, lang).pack()


class _Book:
    def __init__(self, rows: Rows, framework: Framework, lang: Lang) -> None:
        self.rows, self.framework, self.lang = rows, framework, lang
        self.book = Workbook()
        self.notes: Any = self.book.worksheets[0]
        self.notes.title = self._told("notes")
        self.sheets: dict[str, Any] = {id: self.book.create_sheet(sheets()[id].name[lang]) for id in filled(rows)}
        self.lists = DropDowns(self.book)

    def _told(self, name: str) -> str:
        return sentence(f"workbook.framework_form.{name}")[self.lang]

    def pack(self) -> bytes:
        title = self.framework.words[self.lang]
        for row, line in enumerate((title, *self._told("how_to").strip().split("\n")), 1):
            self._put(self.notes.cell(row, 1), line, bold=row == 1)
            self.notes.row_dimensions[row].height = 15 * lines_of(line, 100)
        self.notes.column_dimensions["A"].width = 110
        for id in self.sheets:
            self._settings() if id == SETTINGS else self._table(sheets()[id])
        for sheet in (self.notes, *self.sheets.values()):
            sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9  # A4
            sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage = 1, 0, True
            sheet.print_title_rows = "1:1"
        return packed(self.book, title, "evallib", {})

    def _put(self, cell: Any, text: str, holds: str = "text", bold: bool = False, colour: str = "000000") -> None:
        """A cell: a number where it asks for one and loses nothing by it, else text that stays text."""
        value = as_number(text) if holds in ("number", "whole", "given") else None
        cell.font, cell.alignment = Font(name=FONTS[self.lang], size=10, bold=bold, color=colour), _TOP
        if value is not None:
            cell.value, decimals = value, len(text.partition(".")[2])
            cell.number_format = f"0.{'0' * decimals}" if text.endswith("0") and decimals else "General"
        elif text:
            put_text(cell, text)

    def _head(self, cell: Any, text: str, needed: bool, note: str = "") -> None:
        self._put(cell, text, bold=True, colour="FFFFFF" if needed else "000000")
        cell.fill = _NEEDED if needed else _OTHER
        if note:
            cell.comment = Comment(note, "evallib", width=280, height=24 + 18 * lines_of(note, 38))

    def _settings(self) -> None:
        sheet, given = self.sheets[SETTINGS], next(iter(self.rows.get(SETTINGS, ())), {})
        for at, head in enumerate(setting_heads(), 1):
            self._head(sheet.cell(1, at), head[self.lang], True)
        for row, column in enumerate(sheets()[SETTINGS].columns, 2):
            self._put(sheet.cell(row, 1), column.head[self.lang], bold=column.required)
            text, means = given.get(column.key, ""), self._means(column)
            self._put(sheet.cell(row, 2), text, column.holds)
            self._put(sheet.cell(row, 3), means, colour="595959")
            sheet.cell(row, 2).alignment = Alignment(horizontal="left", vertical="top", wrap_text=True)
            sheet.row_dimensions[row].height = min(15 * max(lines_of(text, 38), lines_of(means, 84)), 409)
            self._list(sheet, column, f"B{row}")
        for letter, width in zip("ABC", (28, 44, 90), strict=True):
            sheet.column_dimensions[letter].width = width
        sheet.freeze_panes = "B2"

    def _table(self, table: Table) -> None:
        sheet, rows = self.sheets[table.id], self.rows.get(table.id, [])
        heights = [1] * len(rows)
        for at, column in enumerate(table.columns, 1):
            texts, letter = [row.get(column.key, "") for row in rows], get_column_letter(at)
            room = min(max(shown_width(text) for text in (column.head[self.lang], "0" * 6, *texts)), 40)
            self._head(sheet.cell(1, at), column.head[self.lang], column.required, self._means(column))
            for n, text in enumerate(texts):
                if text:
                    self._put(sheet.cell(n + 2, at), text, column.holds)
                    heights[n] = max(heights[n], lines_of(text, room))
            sheet.column_dimensions[letter].width = room + 3
            self._list(sheet, column, f"{letter}2:{letter}{len(rows) + 1 + _SPARE}")
        for n, lines in enumerate(heights, 2):
            sheet.row_dimensions[n].height = min(15 * lines, 409)
        for at, column in enumerate(table.columns, 1):
            used = any(column.key in row for row in rows) and column.key != "id" and not (column.aside and self.lang == "zh")
            if not used and not column.usual:  # a click on the plus above it shows it
                style = sheet.column_dimensions[get_column_letter(at)]
                style.outlineLevel, style.hidden = 1, True
        named = next((at for at, column in enumerate(table.columns, 1) if column.key in ("name", OWNER)), 0)
        sheet.freeze_panes = f"{get_column_letter(named + 1)}2"

    def _means(self, column: Column) -> str:
        """What a column holds, in the words of the cells."""
        said = re.sub(r"`([^`]*)`", lambda found: self._called(column, found[1]), column.means[self.lang])
        return "\n".join(text for text in (said, self._told("many") if column.many else "") if text)

    def _called(self, column: Column, text: str) -> str:
        if (table := sheets().get(text.strip("[]"))) and text.startswith("["):
            return f"“{table.name[self.lang]}”"
        return f"“{column.choice(text)[self.lang]}”" if text in (*column.choices, *column.refers) else text

    def _list(self, sheet: Any, column: Column, reach: str) -> None:
        """The drop-down list of a column; where a cell may hold several, what is typed instead is not warned of."""
        formula = self._listed(column)
        if formula:
            rule = DataValidation(type="list", formula1=formula, allow_blank=True, errorStyle="warning")
            rule.showErrorMessage = not column.many and not column.refers
            rule.add(reach)
            sheet.add_data_validation(rule)

    def _listed(self, column: Column) -> str:
        if column.refers and column.refers[0] in self.sheets and len(column.refers) == 1:  # as it stands there now
            table = sheets()[column.refers[0]]
            at = get_column_letter([c.key for c in table.columns].index("name") + 1)
            return f"'{table.name[self.lang]}'!${at}$2:${at}${_SPARE}"
        values: Iterable[str] = [column.choice(value)[self.lang] for value in column.choices]
        if "formula" in column.refers:
            own = [row.get("name", "") for row in self.rows.get("formula", [])]
            known = [formula.name[self.lang] for formula in self.framework.catalogue.formulas.values()]
            values = [*own, *known, *(column.choice(one)[self.lang] for one in column.refers[1:])]
        elif column.refers:
            values = [row["name"] for table in column.refers for row in self.rows.get(table, []) if row.get("name")]
        return self.lists.of(values)
