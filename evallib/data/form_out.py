"""A department's year as the self-evaluation form that it is filed as: what `imports` reads, written. No scoring here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side

from evallib.data.form_money import MONEY, rate_of, spending_lines
from evallib.data.form_words import form_kinds, forms, kind_of_form
from evallib.data.whole import whole
from evallib.data.workbook_sheet import FONTS, packed, put_text, shown_width
from evallib.model.catalogue import Line
from evallib.model.evaluation import Evaluation, IndicatorResult
from evallib.model.facts import Facts, InputValue
from evallib.model.record import Target
from evallib.model.table_words import CHOICES, STATES
from evallib.model.units import Unit, convert, parse_decimal, round_half_up
from evallib.say.refusals import refused

_HEADS = ("level_1", "level_2", "name", "nature", "target", "unit", "points", "actual", "own_score", "reason")
_MORE = ("adjusted", "remedy", "evidence", "core")
"""Columns that forms do not usually have: there where the year says something in them."""
_MONEY_HEADS = (*MONEY, "points", "rate", "own_score")
_SIDE = Side(style="thin")
_FRAME = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
_WIDEST = (12, 16, 26, 10, 16, 12, 8, 16, 8, 34)
_Texts = list[str]


def write_form(evaluation: Evaluation, path: Path) -> None:
    """Write a year as the official self-evaluation form; the scores are the unit's own, or those computed where it gave none.

    Raises InputRefused where the file is there already, OSError where it cannot be written.
    """
    if path.exists():
        raise refused("file.already_there", str(path))
    form = _Form(evaluation)
    content = form.pack()
    with whole(path) as file:
        file.write_bytes(content)


def form_title(evaluation: Evaluation) -> str:
    """What the form is called: as the one it was imported from, else as forms of its kind are."""
    record = evaluation.record
    there = next((source.title for source in record.sources if (kind := kind_of_form([source.title])) and kind.own), "")
    kind = next((kind for kind in form_kinds() if kind.kind == record.kind), form_kinds()[0])
    return there or f"{record.year}年度{kind.title[0]}表"


def is_form(evaluation: Evaluation) -> bool:
    """Whether what a year is evaluated by is itself a self-evaluation form."""
    return evaluation.framework.id in {kind.framework for kind in form_kinds() if kind.own}


def form_rows(evaluation: Evaluation) -> list[list[tuple[str, int, int, bool]]]:
    """The form as rows of cells: the text, how many columns and rows it takes, whether it is a head."""
    form = _Form(evaluation)
    _, first, end = form.fill()
    width = len(_HEADS) + len(form.more)
    spans = {(top, column): low - top + 1 for column, top, low in form.spans(first, end)}
    hidden = {(row, column) for (top, column), rows in spans.items() for row in range(top + 1, top + rows)}
    whose, name, *_, unit = form.lines[1]
    rows = [[(whose, 2, 1, True), (name, width - 4, 1, False), (unit, 2, 1, False)]]
    for number, line in enumerate(form.lines[2:-1], 3):
        full = [*line, *[""] * (width - len(line))]
        cells = [(full[c], 1, spans.get((number, c), 1), number in form.heads) for c in range(width) if (number, c) not in hidden]
        rows.append(cells)
    return rows


class _Form:
    """The form while it is made: its lines, and which cells are merged."""

    def __init__(self, evaluation: Evaluation) -> None:
        self.e = evaluation
        self.record, self.framework = evaluation.record, evaluation.framework
        self.units = evaluation.catalogue.units
        own = {row.indicator: row.score for row in self.record.self_evaluation}
        self.scores = own or {i.id: i.score for i in evaluation.indicators} | {"total": evaluation.total}
        self.more = [column for column in _MORE if any(getattr(row, column) for row in self.record.targets)]
        self.lines: list[_Texts] = []
        self.heads: list[int] = []

    def pack(self) -> bytes:
        return self._book(*self.fill())

    def fill(self) -> tuple[str, int, int]:
        """Write its lines: what it is called, the first line of indicators, and the one after the last."""
        title = form_title(self.e)
        field = "project" if self.record.kind == "project" else "department"
        rate = self._money_lines(title, field)
        first = len(self.lines) + 2
        self._head([_first("indicators", column) for column in (*_HEADS, *self.more)])
        rows = [i for i in self.e.indicators if i.id != rate]
        self.lines += [self._indicator(i) for i in rows]
        self.lines.append([_first("totals", "sum"), *[""] * 5, _number(self.e.points), "", _number(self.scores.get("total")), ""])
        name, telephone, day = (f"{one}：" for one in forms()["apart"]["signed"])
        self.lines.append([name, "", "", telephone, "", "", "", day])
        return title, first, first + len(rows)

    def spans(self, first: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Where the first two columns say the same in lines that follow each other: the column, the first and the last such line."""
        for column in (0, 1):
            top = first
            for row in range(first + 1, end + 1):
                same = row < end and all(self.lines[row - 1][c] == self.lines[top - 1][c] for c in range(column + 1))
                if not same:
                    if row - 1 > top:
                        yield column, top, row - 1
                    top = row

    def _money_lines(self, title: str, field: str) -> str:
        """The lines above the indicators; the indicator whose points and score stand with the money."""
        lines = spending_lines(self.e.catalogue)
        facts, year = Facts(self.e.catalogue, self.record), self.record.year
        given = [(line, [facts.find(line.cells[c].id, year) if c in line.cells else None for c in MONEY]) for line in lines]
        given = [(line, found) for line, found in given if any(one and one.value is not None for one in found)]
        shown = {name.id for line in lines for name in line.cells.values()}
        typed = {self.units.read(row.unit) for row in self.record.facts if row.fact in shown}
        unit = max(typed, key=lambda one: one.factor, default=self.units.money)
        money = f"{forms()['fields']['money'][1]}：{unit.symbol}"
        self.lines += [[title], [_first("fields", field), self.record.name.zh, *[""] * 6, money]]
        if not given:
            return ""
        self._head(["", "", "", *(_first("money", column) for column in _MONEY_HEADS)])
        rate = rate_of(self.framework)
        wanted = rate.id if rate else ""
        for line, found in sorted(given, key=lambda one: not one[0].total):
            numbers = [self._amount(one, unit) for one in found]
            rest = self._rate(wanted) if line.total and wanted else ["", "", ""]
            self.lines.append(["", _line_name(line), "", *numbers, *rest])
        return wanted

    def _amount(self, one: InputValue | None, unit: Unit) -> str:
        """An amount in the unit of the form: with the decimals that were typed where it was typed so."""
        if one is None or one.value is None:
            return ""
        row = self.record.find_fact(one.fact, one.year)
        if row is not None and row.value is not None and self.units.find(row.unit) == unit:
            return _number(row.value)
        return _number(convert(one.value, one.unit, unit).normalize())

    def _rate(self, id: str) -> _Texts:
        result = self.e.indicator(id)
        share = f"{(result.value * 100).quantize(Decimal('0.01'))}%" if result.value is not None else ""
        return [_number(result.points), share, _number(self.scores.get(id))]

    def _head(self, texts: _Texts) -> None:
        self.lines.append(texts)
        self.heads.append(len(self.lines))

    def _indicator(self, i: IndicatorResult) -> _Texts:
        names = {section.id: section.name for section in self.framework.sections}
        target = next((row for row in self.record.targets if row.indicator == i.id), None)
        level_2 = names.get(i.group, "") if i.group != i.dimension else ""
        score = _number(self.scores.get(i.id))
        if target is None:
            return [names[i.dimension], level_2, i.name.zh, "", "", "", _number(i.points), "", score, ""]
        nature = CHOICES["<=" if target.operator == "by" else target.operator].zh
        asked = [nature, _asked(target), target.unit]
        more = [_more(target, column) for column in self.more]
        return [names[i.dimension], level_2, i.name.zh, *asked, _number(i.points), self._reached(target), score, target.reason, *more]

    def _reached(self, row: Target) -> str:
        """The actual as it was typed; what parts, answers or a formula give as a number in the target's unit."""
        if state := row.state_of("actual"):
            return STATES[state].zh
        if row.operator in ("words", "by"):
            return CHOICES[row.verdict].zh if row.verdict else str(row.done or "")
        if row.actual is not None and row.base is None:
            other = row.actual_unit and self.units.find(row.actual_unit) != self.units.find(row.unit)
            return f"{row.actual:f}{row.actual_unit if other else ''}"
        result, unit = self.e.target(row.indicator), self.units.read(row.unit)
        return (
            _number(round_half_up(convert(result.actual, result.unit, unit), 2).normalize()) if result and result.actual is not None else ""
        )

    # --- the sheet

    def _book(self, title: str, first: int, end: int) -> bytes:
        book = Workbook()
        sheet: Any = book.active
        sheet.title = "自评表"
        width = len(_HEADS) + len(self.more)
        for number, line in enumerate(self.lines, 1):
            for index in range(width):
                self._cell(sheet.cell(number, index + 1), line[index] if index < len(line) else "", number)
        sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=width)
        for column, top, low in self.spans(first, end):
            sheet.merge_cells(start_row=top, end_row=low, start_column=column + 1, end_column=column + 1)
        for index, widest in enumerate((*_WIDEST, *[24] * len(self.more))):
            texts = [line[index] for line in self.lines[1:] if index < len(line)]
            sheet.column_dimensions["ABCDEFGHIJKLMN"[index]].width = min(widest, max(8, *map(shown_width, texts))) + 2
        sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage = 1, 0, True
        return packed(book, title, "evallib", {})

    def _cell(self, cell: Any, text: str, number: int) -> None:
        last = number in (1, 2, len(self.lines))
        cell.font = Font(name=FONTS["zh"], size=16 if number == 1 else 10, bold=number == 1 or number in self.heads)
        to = "left" if number in (2, len(self.lines)) or len(text) > 12 else "center"
        cell.alignment = Alignment(horizontal=to if number > 1 else "center", vertical="center", wrap_text=not last)
        if not last:
            cell.border = _FRAME
        plain = parse_decimal(text) if re.fullmatch(r"-?\d{1,12}(\.\d{1,3})?", text) else None
        if plain is not None:
            places = len(text.partition(".")[2])
            cell.value, cell.number_format = plain, "0." + "0" * places if places else "0"
        elif text:
            put_text(cell, text)


def _more(row: Target, column: str) -> str:
    value = getattr(row, column)
    return "" if value is None else _number(value) if isinstance(value, Decimal) else CHOICES[value].zh if column == "core" else value


def _first(of: str, column: str) -> str:
    """What forms usually call a column."""
    text: str = forms()[of][column][0]
    return text


def _line_name(line: Line) -> str:
    return _first("lines", "total") if line.total else line.name.zh


def _number(value: Decimal | None) -> str:
    if value is None:
        return ""
    return f"{value:f}"


def _asked(row: Target) -> str:
    """What is asked for, as it is typed into one cell."""
    if state := row.state_of("target"):
        return STATES[state].zh
    if row.operator == "words":
        return row.wording
    if row.operator == "by":
        return str(row.due or "")
    text = "" if row.target is None else f"{row.target:f}"
    return f"{text}~{row.upper:f}" if row.upper is not None else text
