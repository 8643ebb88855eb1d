"""A framework as a workbook to change: a sheet for each kind of entry, notes, drop-down lists. Knows no reading."""

from __future__ import annotations

import re
from typing import Any

from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter

from evallib.files.workbook_form import GREY, FormBook
from evallib.files.workbook_sheet import lines_of, on_a4
from evallib.frameworks.rows import Rows
from evallib.frameworks.tables import OWNER, SETTINGS, Column, Table, setting_heads, sheets
from evallib.model.framework import Framework
from evallib.model.words import Lang
from evallib.say.sentences import sentence

_SPARE = 300  # rows that lists reach


def framework_workbook(rows: Rows, framework: Framework, lang: Lang) -> bytes:
    """The workbook of a framework's rows, with the formulas of its catalogue in a list. The same rows give the same bytes."""
    return _Book(rows, framework, lang).pack()


class _Book(FormBook):
    def __init__(self, rows: Rows, framework: Framework, lang: Lang) -> None:
        self.rows, self.framework, self.lang = rows, framework, lang
        super().__init__(lang, self._told("notes"), {id: table.name[lang] for id, table in sheets().items() if table.usual or rows.get(id)})

    def _told(self, name: str) -> str:
        return sentence(f"workbook.framework_form.{name}")[self.lang]

    def pack(self) -> bytes:
        title = self.framework.words[self.lang]
        for row, line in enumerate((title, *self._told("how_to").strip().split("\n")), 1):
            self.put(self.notes.cell(row, 1), line, bold=row == 1)
            self.notes.row_dimensions[row].height = 15 * lines_of(line, 100)
        self.notes.column_dimensions["A"].width = 110
        for id in self.sheets:
            self._settings() if id == SETTINGS else self._table(sheets()[id])
        for sheet in (self.notes, *self.sheets.values()):
            on_a4(sheet)
            sheet.print_title_rows = "1:1"
        return self.packed(title)

    def _put(self, cell: Any, text: str, column: Column) -> None:
        """A cell: a number where its column asks for one, with the decimals that were typed."""
        decimals = len(text.partition(".")[2])
        number = f"0.{'0' * decimals}" if text.endswith("0") and decimals else "General"
        self.put(cell, text, number if column.holds in ("number", "whole", "given") else "@")

    def _settings(self) -> None:
        sheet, given = self.sheets[SETTINGS], next(iter(self.rows.get(SETTINGS, ())), {})
        for at, head in enumerate(setting_heads(), 1):
            self.head(sheet.cell(1, at), head[self.lang], True)
        for row, column in enumerate(sheets()[SETTINGS].columns, 2):
            self.put(sheet.cell(row, 1), column.head[self.lang], bold=column.required)
            text, means = given.get(column.key, ""), self._means(column)
            self._put(sheet.cell(row, 2), text, column)
            self.put(sheet.cell(row, 3), means, colour=GREY)
            sheet.cell(row, 2).alignment = Alignment(horizontal="left", vertical="top", wrap_text=True)
            self.heights(sheet, row, [max(lines_of(text, 38), lines_of(means, 84))])
            self._list(sheet, column, f"B{row}")
        for letter, width in zip("ABC", (28, 44, 90), strict=True):
            sheet.column_dimensions[letter].width = width
        sheet.freeze_panes = "B2"

    def _table(self, table: Table) -> None:
        sheet, rows = self.sheets[table.id], self.rows.get(table.id, [])
        heights = [1] * len(rows)
        for at, column in enumerate(table.columns, 1):
            texts, letter = [row.get(column.key, "") for row in rows], get_column_letter(at)
            room = self.width(sheet, at, (column.head[self.lang], *texts), 6, 40)
            self.head(sheet.cell(1, at), column.head[self.lang], column.required, self._means(column))
            for n, text in enumerate(texts):
                if text:
                    self._put(sheet.cell(n + 2, at), text, column)
                    heights[n] = max(heights[n], lines_of(text, room))
            self._list(sheet, column, f"{letter}2:{letter}{len(rows) + 1 + _SPARE}")
            if not column.usual and (not any(texts) or column.key == "id" or (column.aside and self.lang == "zh")):
                style = sheet.column_dimensions[letter]  # a click on the plus above it shows it
                style.outlineLevel, style.hidden = 1, True
        self.heights(sheet, 2, heights)
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
        self.offer(sheet, reach, self._listed(column), warned=not column.many and not column.refers)

    def _listed(self, column: Column) -> str:
        if len(column.refers) == 1 and not column.choices and column.refers[0] in self.sheets:  # as it stands there now
            table = sheets()[column.refers[0]]
            at = get_column_letter([c.key for c in table.columns].index("name") + 1)
            return f"'{table.name[self.lang]}'!${at}$2:${at}${_SPARE}"
        values = [row["name"] for table in column.refers for row in self.rows.get(table, []) if row.get("name")]
        if "formula" in column.refers:
            values += [formula.name[self.lang] for formula in self.framework.catalogue.formulas.values()]
        return self.listed([*values, *(column.choice(value)[self.lang] for value in column.choices)])
