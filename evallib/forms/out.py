"""A department's year as the self-evaluation form that it is filed as: what `imports` reads, written. No scoring here."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side

from evallib.data.form_words import form_kinds, forms, kind_of_form
from evallib.data.raw_tables import shown, texts_of
from evallib.files.whole import whole
from evallib.files.workbook_sheet import FONTS, on_a4, packed, put_text, shown_width
from evallib.forms.project import MONEY, rate_of, spending_lines
from evallib.model.evaluation import Evaluation, IndicatorResult
from evallib.model.facts import Facts, InputValue
from evallib.model.record import Target
from evallib.model.table_words import CHOICES
from evallib.model.units import Unit, convert, round_half_up
from evallib.say.refusals import refused

_HEADS = ("level_1", "level_2", "name", "nature", "target", "unit", "points", "actual", "own_score", "reason")
_MORE = ("adjusted", "remedy", "evidence", "core")
"""Columns that forms do not usually have: there where the year says something in them."""
_MONEY_HEADS = (*MONEY, "points", "rate", "own_score")
_SIDE = Side(style="thin")
_FRAME = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
_WIDEST = (12, 16, 26, 10, 16, 12, 8, 16, 8, 34)


def write_form(evaluation: Evaluation, path: Path) -> None:
    """Write a year as the official self-evaluation form; the scores are the unit's own, or those computed where it gave none.

    Raises InputRefused where the file is there already, OSError where it cannot be written.
    """
    if path.exists():
        raise refused("file.already_there", str(path))
    content = _Form(evaluation).pack()
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
    whose, name, *_, unit = filter(None, form.lines[1])
    rows = [[(whose, 2, 1, True), (name, form.width - 4, 1, False), (unit, 2, 1, False)]]
    for number, line in enumerate(form.lines[2:-1], 3):
        spans = [form.spans.get((number, column), 1) for column in range(form.width)]
        rows.append([(text, 1, span, number in form.heads) for text, span in zip(line, spans, strict=True) if span])
    return rows


class _Form:
    """The form as it is made: its lines, which of them are heads, and how many lines a cell takes; none below one that takes several."""

    def __init__(self, evaluation: Evaluation) -> None:
        self.e, self.record, self.framework = evaluation, evaluation.record, evaluation.framework
        self.units = evaluation.catalogue.units
        own = {row.indicator: row.score for row in self.record.self_evaluation}
        self.scores = own or {i.id: i.score for i in evaluation.indicators} | {"total": evaluation.total}
        self.more = [column for column in _MORE if any(getattr(row, column) for row in self.record.targets)]
        self.width = len(_HEADS) + len(self.more)
        self.lines: list[list[str]] = []
        self.heads: list[int] = []
        self.spans: dict[tuple[int, int], int] = {}
        rate = self._money_lines()
        self._line(*(_first("indicators", column) for column in (*_HEADS, *self.more)), head=True)
        first = len(self.lines)
        for one in self.e.indicators:
            if one.id != rate:
                self._line(*self._indicator(one))
        self._span(first)
        self._line(_first("totals", "sum"), *[""] * 5, _number(self.e.points), "", _number(self.scores.get("total")))
        name, telephone, day = (f"{one}：" for one in forms()["apart"]["signed"])
        self._line(name, "", "", telephone, "", "", "", day)

    def _line(self, *texts: str, head: bool = False) -> None:
        self.lines.append([*texts, *[""] * (self.width - len(texts))])
        self.heads += [len(self.lines)] if head else []

    def _span(self, first: int) -> None:
        """Where the first two columns say the same in lines that follow each other, the first of these takes them all."""
        for column in (0, 1):
            top = first
            for row in range(first + 1, len(self.lines)):
                if self.lines[row][: column + 1] != self.lines[top][: column + 1]:
                    top = row
                else:
                    self.spans |= {(top + 1, column): row - top + 1, (row + 1, column): 0}

    def _money_lines(self) -> str:
        """The lines above the indicators; the indicator whose points and score stand with the money."""
        lines = spending_lines(self.e.catalogue)
        facts, year = Facts(self.e.catalogue, self.record), self.record.year
        given = [(line, [facts.find(line.cells[c].id, year) if c in line.cells else None for c in MONEY]) for line in lines]
        given = [(line, found) for line, found in given if any(one and one.value is not None for one in found)]
        shown_here = {name.id for line in lines for name in line.cells.values()}
        typed = {self.units.read(row.unit) for row in self.record.facts if row.fact in shown_here}
        unit = max(typed, key=lambda one: one.factor, default=self.units.money)
        field = "project" if self.record.kind == "project" else "department"
        self._line(form_title(self.e))
        self._line(_first("fields", field), self.record.name.zh, *[""] * 6, f"{forms()['fields']['money'][1]}：{unit.symbol}")
        if not given:
            return ""
        self._line("", "", "", *(_first("money", column) for column in _MONEY_HEADS), head=True)
        rate = rate_of(self.framework)
        for line, found in sorted(given, key=lambda one: not one[0].total):
            name = _first("lines", "total") if line.total else line.name.zh
            self._line("", name, "", *(self._amount(one, unit) for one in found), *(self._rate(rate.id) if line.total and rate else ()))
        return rate.id if rate else ""

    def _amount(self, one: InputValue | None, unit: Unit) -> str:
        """An amount in the unit of the form: with the decimals that were typed where it was typed so."""
        if one is None or one.value is None:
            return ""
        row = self.record.find_fact(one.fact, one.year)
        if row is not None and row.value is not None and self.units.find(row.unit) == unit:
            return _number(row.value)
        return _number(convert(one.value, one.unit, unit).normalize())

    def _rate(self, id: str) -> list[str]:
        result = self.e.indicator(id)
        share = f"{(result.value * 100).quantize(Decimal('0.01'))}%" if result.value is not None else ""
        return [_number(result.points), share, _number(self.scores.get(id))]

    def _indicator(self, i: IndicatorResult) -> list[str]:
        names = {section.id: section.name for section in self.framework.sections}
        target = next((row for row in self.record.targets if row.indicator == i.id), None)
        level_2 = names.get(i.group, "") if i.group != i.dimension else ""
        levels, score = [names[i.dimension], level_2, i.name.zh], _number(self.scores.get(i.id))
        if target is None:
            return [*levels, "", "", "", _number(i.points), "", score]
        texts = {column: shown(Target, column, text, "zh") for column, text in texts_of(target).items()}
        nature = CHOICES["<=" if target.operator == "by" else target.operator].zh
        asked = "~".join(filter(None, (texts["wording"] or texts["due"] or texts["target"], texts["upper"])))
        more = [texts[column] for column in self.more]
        reached = self._reached(target, texts)
        return [*levels, nature, asked, texts["unit"], _number(i.points), reached, score, texts["reason"], *more]

    def _reached(self, row: Target, texts: dict[str, str]) -> str:
        """The actual as it was typed; what parts, answers or a formula give as a number in the target's unit."""
        if row.state_of("actual"):
            return texts["actual"]
        if row.operator in ("words", "by"):
            return texts["verdict"] or texts["done"]
        unit = self.units.read(row.unit)
        if row.actual is not None and row.base is None:
            other = row.actual_unit and self.units.find(row.actual_unit) != unit
            return texts["actual"] + (row.actual_unit if other else "")
        result = self.e.target(row.indicator)
        if result is None or result.actual is None:
            return ""
        return _number(round_half_up(convert(result.actual, result.unit, unit), 2).normalize())

    # --- the sheet

    def pack(self) -> bytes:
        """The form as a workbook."""
        book = Workbook()
        sheet: Any = book.active
        sheet.title = "自评表"
        for number, line in enumerate(self.lines, 1):
            for index, text in enumerate(line, 1):
                self._cell(sheet.cell(number, index), text, number)
        sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=self.width)
        for (top, column), rows in self.spans.items():
            if rows:
                sheet.merge_cells(start_row=top, end_row=top + rows - 1, start_column=column + 1, end_column=column + 1)
        for index, widest in enumerate((*_WIDEST, *[24] * len(self.more))):
            wide = max(shown_width(line[index]) for line in self.lines[1:])
            sheet.column_dimensions["ABCDEFGHIJKLMN"[index]].width = min(widest, max(8, wide)) + 2
        on_a4(sheet)
        return packed(book, form_title(self.e), "evallib", {})

    def _cell(self, cell: Any, text: str, number: int) -> None:
        last = number in (1, 2, len(self.lines))
        cell.font = Font(name=FONTS["zh"], size=16 if number == 1 else 10, bold=number == 1 or number in self.heads)
        to = "left" if number in (2, len(self.lines)) or len(text) > 12 else "center"
        cell.alignment = Alignment(horizontal=to if number > 1 else "center", vertical="center", wrap_text=not last)
        if not last:
            cell.border = _FRAME
        if re.fullmatch(r"-?\d{1,12}(\.\d{1,3})?", text):
            places = len(text.partition(".")[2])
            cell.value, cell.number_format = Decimal(text), "0." + "0" * places if places else "0"
        elif text:
            put_text(cell, text)


def _first(of: str, column: str) -> str:
    """What forms usually call a column."""
    text: str = forms()[of][column][0]
    return text


def _number(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"
