"""A workbook to fill in: a sheet for each table, notes, drop-down lists, protected heads. Knows no reading and no checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from evallib.checks.record import amounts
from evallib.data.names import Names
from evallib.data.raw_tables import (
    UNIT_COLUMNS,
    VERDICTS,
    Hint,
    Hints,
    Tables,
    choices_of,
    head_of,
    kind_of,
    layout,
    shown,
    shown_rows,
    tables_of,
)
from evallib.data.whole import whole
from evallib.data.workbook_sheet import FONTS, DropDowns, packed, put_text, shown_width
from evallib.data.workbook_sheet import as_number as _as_number
from evallib.data.workbook_sheet import lines_of as _lines
from evallib.model.framework import Framework
from evallib.model.record import TABLES, Record
from evallib.model.rows import Row, note_of, unit_of
from evallib.model.table_words import CHOICES, PURPOSES, TABLE_NAMES
from evallib.model.units import Units
from evallib.model.words import Given, Lang, listed, words
from evallib.say.sentences import sentence
from evallib.score.answers import PANEL, SURVEY

_SPARE = 200  # rows below the data that lists and red marks reach
_REQUIRED, _OPTIONAL, _REMARK = (PatternFill("solid", fgColor=colour) for colour in ("1F4E79", "D6E0EA", "F2F2F2"))
_TOP, _OPEN, _GREY = Alignment(vertical="top", wrap_text=True), Protection(locked=False), "595959"


def write_data_workbook(
    record: Record | Tables, path: Path, lang: Lang, framework: Framework, hints: Hints | None = None, title: str = ""
) -> None:
    """Write a record, or raw tables, as a workbook to fill in: a sheet each, notes, drop-down lists; what is still lacking is red.

    The framework's indicators, groups, checklist items and tiers, and the facts, formulas and units of its catalogue are in the
    lists. The same record gives the same bytes; text is never a formula. Whole or not at all: a workbook that was there before is
    replaced, or stays as it was.

    Raises OSError where the file cannot be written or replaced (for instance because it is open in Excel).
    """
    tables = tables_of(record) if isinstance(record, Record) else record
    if isinstance(record, Record):
        title = title or f"{record.name[lang]} {record.year}"
    content = _Book(tables, lang, framework, hints).pack(title)
    with whole(path) as file:
        file.write_bytes(content)


def workbook_bytes(tables: Tables, lang: Lang, framework: Framework, title: str) -> bytes:
    """The workbook of raw tables, as bytes: see `write_data_workbook`."""
    return _Book(tables, lang, framework, None).pack(title)


def _format(model: type[Row], column: str | Hint, row: Mapping[str, str], units: Units) -> str:
    """How a column's cell is shown: numbers with the decimals that were typed, amounts of money with commas, text as text."""
    kind = "text" if isinstance(column, Hint) else kind_of(model, column)
    if isinstance(column, Hint) or kind != "decimal":
        return "0" if kind == "int" else "@"
    named, text = unit_of(model, column), row.get(column, "")
    unit = units.find(row.get(named, "") if named in model.model_fields else named)
    decimals = "0" * len(text.partition(".")[2])
    if unit is not None and unit.is_money and (decimals or (unit.exact and not text)):
        return f"#,##0.{decimals or '00'}########"  # never hides a decimal that is typed later
    return f"0.{decimals}########" if decimals and text.endswith("0") else "General"


_FORMULA_RULE: Any = FormulaRule  # openpyxl's types leave it out


class _Book:
    """A workbook under construction: notes first, a sheet for each table, the lists on a hidden sheet at the end."""

    def __init__(self, tables: Tables, lang: Lang, framework: Framework, hints: Hints | None) -> None:
        self.tables, self.lang, self.framework = tables, lang, framework
        self.units, self.names = framework.catalogue.units, Names(framework, tables)
        self.hints = {table: [hint for hint in some if not self._is_told(table, hint)] for table, some in (hints or {}).items()}
        self.font = FONTS[lang]
        self.book = Workbook()
        self.book.remove(self.book.worksheets[0])
        self.notes: Any = self.book.create_sheet(self.t("notes"))
        self.sheets: dict[str, Any] = {table: self.book.create_sheet(TABLE_NAMES[table][lang]) for table in TABLES}
        self.lists = DropDowns(self.book)
        self.indicators = {i.id: i.words[lang] for i in framework.indicators}
        for table in ("own_indicators", "targets", "judgements", "findings"):
            for row in (row for row in tables.get(table, ()) if row.get("indicator")):
                self.indicators.setdefault(row["indicator"], words(row.get("name", ""), row.get("name_en", ""))[lang])

    def _is_told(self, table: str, hint: Hint) -> bool:
        """Whether a reminder says what the cells before it say."""
        cells = (self.names.shown(TABLES[table], hint.after, row, self.lang) for row in self.tables.get(table, ()))
        return tuple(cells) == hint.texts

    def t(self, name: str, **given: Given) -> str:
        """A sentence for who fills in, of `sentences/workbook.toml`."""
        return sentence(f"workbook.form.{name}", **given)[self.lang]

    def put(self, cell: Any, text: str, format: str = "@", colour: str = "000000", bold: bool = False) -> None:
        """A cell: a number where it has such a format and loses nothing by it, else text that stays text."""
        value = None if format == "@" else _as_number(text)
        cell.font, cell.alignment, cell.protection = Font(name=self.font, size=10, bold=bold, color=colour), _TOP, _OPEN
        cell.number_format = format if value is not None or not text else "@"
        if value is not None:
            cell.value = value
        elif text:
            put_text(cell, text)

    def pack(self, title: str) -> bytes:
        """The finished workbook."""
        for table in TABLES:
            self._table(table)
        self._notes(title)
        return packed(self.book, title, "evallib", {})

    def _table(self, table: str) -> None:
        model, sheet, placed = TABLES[table], self.sheets[table], layout(table, self.hints)
        rows, right = shown_rows(table, self.tables, self.hints, self.lang, self.units, self.names.shown), get_column_letter(len(placed))
        heights = [1] * len(rows)
        for index, one in enumerate(placed, 1):
            letter, texts = get_column_letter(index), [cells[index - 1] for cells in rows]
            room = min(max(shown_width(text) for text in (head_of(model, one, self.lang), "0" * 10, *texts)), 44)
            self._head(sheet.cell(1, index), table, one)
            for at, text in enumerate(texts):
                colour = _GREY if isinstance(one, Hint) else "000000"
                self.put(sheet.cell(at + 2, index), text, _format(model, one, self.tables[table][at], self.units), colour)
                heights[at] = max(heights[at], _lines(text, room))
            style = sheet.column_dimensions[letter]  # of the whole column: rows that are added look and behave like the others
            style.width, style.number_format, style.protection = room + 3, _format(model, one, {}, self.units), _OPEN
            style.font, style.alignment = Font(name=self.font, size=10), _TOP
            if isinstance(one, str):
                reach = f"{letter}2:{letter}{len(rows) + 1 + _SPARE}"
                self._list(table, one, reach)
                lacking = f"COUNTA($A2:${right}2)>0,LEN(TRIM({letter}2))=0"
                if (table, one) == ("facts", "value"):
                    lacking += f",LEN(TRIM({get_column_letter(placed.index('note') + 1)}2))=0"
                elif not model.model_fields[one].is_required():
                    continue
                red: Any = _FORMULA_RULE(formula=[f"AND({lacking})"], fill=PatternFill("solid", bgColor="FFC7CE"))
                sheet.conditional_formatting.add(reach, red)
        for at, lines in enumerate(heights, 2):
            sheet.row_dimensions[at].height = min(15 * lines, 409)
        rest = sheet.column_dimensions[get_column_letter(len(placed) + 1)]  # a row can be deleted only where all of it is unlocked
        rest.min, rest.max, rest.protection = len(placed) + 1, 16384, _OPEN
        sheet.freeze_panes, sheet.protection.sheet = "B2", True
        for allowed in ("formatCells", "formatColumns", "formatRows", "insertRows", "deleteRows", "sort", "autoFilter"):
            setattr(sheet.protection, allowed, False)

    def _head(self, cell: Any, table: str, one: str | Hint) -> None:
        """A head with its note: what goes there, the unit, the choices, whether it must be filled in."""
        model = TABLES[table]
        required = isinstance(one, str) and model.model_fields[one].is_required()
        colour = _GREY if isinstance(one, Hint) else "FFFFFF" if required else "000000"
        self.put(cell, head_of(model, one, self.lang), colour=colour, bold=True)
        cell.fill, cell.protection = _REMARK if isinstance(one, Hint) else _REQUIRED if required else _OPTIONAL, Protection(locked=True)
        if isinstance(one, Hint):
            return
        unit = unit_of(model, one)
        said = [note_of(model, one)[self.lang]]
        if unit in model.model_fields:
            said.append(self.t("unit_in", column=words(head_of(model, unit, "zh"), head_of(model, unit, "en"))))
        elif unit:
            said.append(self.t("unit", unit=self.units.read(unit).name))
        if choices := choices_of(model, one):
            said.append(self.t("choose", choices=listed(CHOICES[choice] for choice in choices)))
        said.append(self.t("required" if required else "optional"))
        text = "\n".join(said)
        cell.comment = Comment(text, "evallib", width=280, height=24 + 18 * _lines(text, 38))

    def _list(self, table: str, column: str, reach: str) -> None:
        """The drop-down list of a column. What is typed instead is warned of, but for units, and left to the check."""
        formula = self._listed(table, column)
        if formula:
            rule = DataValidation(type="list", formula1=formula, allow_blank=True, errorStyle="warning")
            rule.showErrorMessage = column not in UNIT_COLUMNS  # any word is a unit
            rule.errorTitle = self.t("not_in_the_list")
            rule.error = self.t("choose_from_the_list")
            rule.add(reach)
            self.sheets[table].add_data_validation(rule)

    def _listed(self, table: str, column: str) -> str:
        named = f"{table}.{column}"
        if column == "source" and table != "sources":
            return self._live("sources")
        if named in ("finding_amounts.finding", "findings.recommendation"):
            return self._live("findings" if column == "finding" else "recommendations")
        rules, catalogue = (
            [*(i.rule for i in self.framework.indicators), *(s.own_rule for s in self.framework.open_sections if s.own_rule)],
            self.framework.catalogue,
        )
        usual = [*amounts(self.units).zh.split("、"), *(unit.symbol for unit in self.units)]
        units = [shown(TABLES["facts"], "unit", symbol, self.lang, self.units) for symbol in usual]

        def called(kind: str, ids: Iterable[str]) -> list[str]:
            return [self.names.called([kind], id, self.lang) for id in ids]

        indicators = called("indicator", self.indicators)
        found: dict[str, Iterable[str]] = {
            **dict.fromkeys(UNIT_COLUMNS, units), "facts.fact": called("fact", (f.id for f in catalogue.facts.values() if not f.derived)),
            "own_indicators.formula": called("formula", (SURVEY, PANEL, *catalogue.formulas)),
            "indicator": indicators, "self_evaluation.indicator": (*called("whole", ["total"]), *indicators),
            "own_indicators.indicator": (), "own_indicators.group": called("group", (s.id for s in self.framework.open_sections)),
            "own_indicators.rule": [rule.name if self.lang == "zh" else rule.id for rule in self.framework.rules],
            "findings.veto": called("veto", (veto.id for veto in self.framework.vetoes)),
            "judgements.item": [item.words[self.lang] for rule in rules for item in rule.checklist],
            "judgements.verdict": [*(CHOICES[verdict][self.lang] for verdict in VERDICTS),
                *(tier.words[self.lang] for rule in rules for tier in rule.verdicts)],
        }  # fmt: skip
        chosen = [CHOICES[value][self.lang] for value in choices_of(TABLES[table], column)]
        return self.lists.of(chosen or found.get(named, found.get(column, ())))

    def _live(self, table: str) -> str:
        """The titles of another sheet as they stand there now, with what was added by hand."""
        in_english = self.lang == "en" and all(row.get("title_en") for row in self.tables.get(table, ()))
        column = "title_en" if in_english else "title"
        letter = get_column_letter(layout(table, self.hints).index(column) + 1)
        name = f"'{TABLE_NAMES[table][self.lang]}'!${letter}$2"
        return f"OFFSET({name},0,0,MAX(1,COUNTA({name}:${letter}$2000)),1)"

    def _notes(self, title: str) -> None:
        """The first sheet: how to fill in, what each sheet holds, and what the ids mean."""
        t, lang, facts = self.t, self.lang, [fact for fact in self.framework.catalogue.facts.values() if not fact.derived]
        lines: list[tuple[str, ...]] = [(title,), *(("", line) for line in t("how_to").strip().split("\n"))]
        lines += [(t("sheets"),), *((TABLE_NAMES[table][lang], PURPOSES[table][lang]) for table in TABLES)]
        lines += [(t("facts"),), *((fact.id, fact.name[lang], fact.unit.name[lang], fact.entry.parts) for fact in facts)]
        lines += [(t("indicators"),), *self.indicators.items()]
        for row, line in enumerate(lines, 1):
            for column, text in enumerate(line, 1):
                self.put(self.notes.cell(row, column), text, bold=len(line) == 1)
                self.notes.cell(row, column).alignment = Alignment(vertical="top", wrap_text=len(line) > 1)
            self.notes.row_dimensions[row].height = 15 * max(_lines(text, 90 if len(line) > 1 else 999) for text in line)
        for letter, width in zip("ABCD", (36, 90, 12, 110), strict=True):
            self.notes.column_dimensions[letter].width = width
