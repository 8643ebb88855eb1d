"""A workbook to fill in: a sheet with a row an indicator, one of figures, others as they are used; notes, lists, protected heads."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from evallib.checks.record import amounts
from evallib.data.raw_tables import UNIT_COLUMNS, VERDICTS, Tables, choices_of, head_of, kind_of, shown
from evallib.data.scoring_sheet import AT, PARTS, PURPOSE, SCORING, called
from evallib.data.workbook_columns import Column, Columns
from evallib.files.workbook_form import GREY, LOCKED, OPEN, REMARK, TOP, FormBook
from evallib.files.workbook_sheet import FONTS, lines_of
from evallib.model.catalogue import Fact
from evallib.model.framework import Framework
from evallib.model.record import TABLES
from evallib.model.rows import note_of, unit_of
from evallib.model.table_words import CHOICES, PURPOSES, TABLE_NAMES
from evallib.model.words import Lang, listed, words
from evallib.score.answers import PANEL, SURVEY

_SPARE = 200  # rows below the data that lists and red marks reach


def year_workbook(tables: Tables, lang: Lang, framework: Framework, title: str, extra: Collection[str] = (), plain: bool = False) -> bytes:
    """Raw tables as a workbook to fill in: what is used, and the tables in `extra`; what is still lacking is red. A `plain` one has a sheet
    for each table.

    The framework's indicators, groups, checklist items and tiers, and the facts, formulas and units of its catalogue are in the
    lists. The same tables give the same bytes; text is never a formula.
    """
    return _Book(tables, lang, framework, extra, plain).pack(title)


_FORMULA_RULE: Any = FormulaRule  # openpyxl's types leave it out


class _Book(Columns):
    """A workbook under construction, of the sheets that are used."""

    def __init__(self, tables: Tables, lang: Lang, framework: Framework, extra: Collection[str], plain: bool) -> None:
        super().__init__(tables, lang, framework, plain)
        used = [table for table in TABLES if plain or table in extra or self.rest.get(table) or table in self._asked_for()]
        order = used if plain else [SCORING, "facts", *(table for table in used if table != "facts")]
        self.form = FormBook(lang, self.t("notes"), {table: called(table)[lang] for table in order})
        self.placed: dict[str, list[Column]] = {}
        self.first: dict[str, int] = {}

    def _asked_for(self) -> set[str]:
        """The tables that have a sheet though they be empty: the framework asks for what stands there."""
        values, rules = {i.value for i in self.framework.indicators}, [i.rule for i in self.framework.indicators]
        asked = {"profile", "facts"} | ({"expert_scores"} if PANEL in values else set())
        asked |= {"surveys", "survey_answers"} if SURVEY in values else set()
        return asked | ({"findings"} if any(rule.takes == "findings" for rule in rules) else set())

    def pack(self, title: str) -> bytes:
        """The finished workbook."""
        for table, sheet in self.form.sheets.items():
            columns = self.placed[table] = self.scoring() if table == SCORING else self.of_table(table)
            once = {} if self.laid is None else self.said_once(table, columns)
            self.first[table] = 2 + bool(once)
            for n, one in enumerate(columns, 1):
                one.letter = get_column_letter(n)
            self._write(sheet, columns, once)
        for table, sheet in self.form.sheets.items():
            for one in (one for one in self.placed[table] if one.column):
                reach = f"{one.letter}{self.first[table]}:{one.letter}{sheet.max_row + _SPARE}"
                warned, listed_there = one.column not in UNIT_COLUMNS, self._listed(one.table, one.column)  # any word is a unit
                self.form.offer(sheet, reach, listed_there, warned, self.t("not_in_the_list"), self.t("choose_from_the_list"))
        self._notes(title)
        return self.form.packed(title)

    def _write(self, sheet: Any, columns: Sequence[Column], once: Mapping[str, str]) -> None:
        form, top = self.form, 1 + bool(once)
        for n, (head, text) in enumerate(once.items()):
            form.put(sheet.cell(1, n + 1), f"{head}{self.t('colon')}{text}")
        heights = [1] * max((len(one.texts) for one in columns), default=0)
        for index, one in enumerate(columns, 1):
            room = form.width(sheet, index, (one.head, *one.texts), 10, 44)
            remark = not one.column and one.notes is None
            form.head(sheet.cell(top, index), one.head, one.required, "" if remark else self._note(one), remark)
            for at, text in enumerate(one.texts):
                cell = sheet.cell(top + 1 + at, index)
                form.put(cell, text, self._format(one, one.rows[at] if one.rows else {}), "000000" if one.column else GREY)
                heights[at] = max(heights[at], lines_of(text, room))
                if at in one.grey:
                    cell.fill, cell.protection = REMARK, LOCKED
            style = sheet.column_dimensions[one.letter]  # of the whole column: rows that are added look and behave like the others
            style.number_format, style.protection = self._format(one, {}), OPEN
            style.font, style.alignment = Font(name=FONTS[self.lang], size=10), TOP
            if one.required or (one.table, one.column) == ("facts", "value"):
                self._redden(sheet, columns, one, top, len(heights), once)
        form.heights(sheet, top + 1, heights)
        rest = sheet.column_dimensions[get_column_letter(len(columns) + 1)]  # a row can be deleted only where all of it is unlocked
        rest.min, rest.max, rest.protection = len(columns) + 1, 16384, OPEN
        sheet.freeze_panes, sheet.protection.sheet = f"B{top + 1}", True
        for allowed in ("formatCells", "formatColumns", "formatRows", "insertRows", "deleteRows", "sort", "autoFilter"):
            setattr(sheet.protection, allowed, False)

    def _redden(self, sheet: Any, columns: Sequence[Column], one: Column, top: int, rows: int, once: Mapping[str, str]) -> None:
        """What must be filled in and is empty is red; on the sheet of indicators where the row has something of the same table."""
        row = top + 1
        filled = f"COUNTA($A{row}:${columns[-1].letter}{row})>0"
        if sheet is self.form.sheets.get(SCORING):
            some = [c.letter for c in columns if c.table == one.table and not c.required and AT[c.table, c.column].usual]
            filled = f"OR({','.join(f'LEN(${letter}{row})>0' for letter in some)})"
            if not some or one.grey:
                return
        lacking = f"{filled},LEN(TRIM({one.letter}{row}))=0"
        if one.head in once:
            at = f"${get_column_letter([*once].index(one.head) + 1)}$1"
            lacking += f',RIGHT(TRIM({at}),1)="{self.t("colon").strip()}"'
        if (one.table, one.column) == ("facts", "value"):
            lacking += "".join(f",LEN(TRIM({c.letter}{row}))=0" for c in columns if c.column == "note")
        red: Any = _FORMULA_RULE(formula=[f"AND({lacking})"], fill=PatternFill("solid", bgColor="FFC7CE"))
        sheet.conditional_formatting.add(f"{one.letter}{row}:{one.letter}{rows + top + _SPARE}", red)

    def _format(self, one: Column, row: Mapping[str, str]) -> str:
        """How a column's cell is shown: numbers with the decimals that were typed, amounts of money with commas, text as text."""
        model, kind = TABLES.get(one.table), kind_of(TABLES[one.table], one.column) if one.column else "text"
        if model is None or kind != "decimal":
            return "0" if kind == "int" else "@"
        named, text = unit_of(model, one.column), row.get(one.column, "")
        unit = self.units.find(row.get(named, "") if named in model.model_fields else named)
        decimals = "0" * len(text.partition(".")[2])
        if unit is not None and unit.is_money and (decimals or (unit.exact and not text)):
            return f"#,##0.{decimals or '00'}########"  # never hides a decimal that is typed later
        return f"0.{decimals}########" if decimals and text.endswith("0") else "General"

    def _note(self, one: Column) -> str:
        """What goes below a head: what it means, the unit, the choices, whether it must be filled in."""
        said = [one.notes[self.lang]] if one.notes else []
        if one.column:
            model = TABLES[one.table]
            said = said or [note_of(model, one.column)[self.lang]]
            unit = unit_of(model, one.column)
            if unit in model.model_fields:
                said.append(self.t("unit_in", column=words(head_of(model, unit, "zh"), head_of(model, unit, "en"))))
            elif unit:
                said.append(self.t("unit", unit=self.units.read(unit).name))
            if choices := choices_of(model, one.column):
                said.append(self.t("choose", choices=listed(CHOICES[choice] for choice in choices)))
            said.append(self.t("required" if one.required else "optional"))
        return "\n".join(said)

    def _listed(self, table: str, column: str) -> str:
        named = f"{table}.{column}"
        if column == "source" and table != "sources":
            return self._live("sources")
        if named in ("finding_amounts.finding", "findings.recommendation"):
            return self._live("findings" if column == "finding" else "recommendations")
        chosen = [CHOICES[value][self.lang] for value in choices_of(TABLES[table], column)]
        return self.form.listed(chosen or self._known.get(named, self._known.get(column, ())))

    @cached_property
    def _known(self) -> dict[str, Sequence[str]]:
        """What the framework, its catalogue and the tables have names for, by the column that they may stand in."""
        rules = [*(i.rule for i in self.framework.indicators), *(s.own_rule for s in self.framework.open_sections if s.own_rule)]
        catalogue = self.framework.catalogue
        apart: dict[str, str] = {}
        for unit in self.units:  # of several that are called alike the first
            apart.setdefault(unit.name[self.lang], unit.symbol)
        usual = [*amounts(self.units).zh.split("、"), *apart.values()]
        units = [shown(TABLES["facts"], "unit", symbol, self.lang, self.units) for symbol in usual]

        def called(kind: str, ids: Iterable[str]) -> list[str]:
            return [self.names.called([kind], id, self.lang) for id in ids]

        indicators = called("indicator", self.names.kinds["indicator"].words)
        return {
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

    def _live(self, table: str) -> str:
        """The titles of another sheet as they stand there now, with what was added by hand."""
        in_english = self.lang == "en" and all(row.get("title_en") for row in self.tables.get(table, ()))
        column = "title_en" if in_english else "title"
        letter = next((one.letter for one in self.placed.get(table, ()) if one.column == column), "")
        name = f"'{TABLE_NAMES[table][self.lang]}'!${letter}${self.first.get(table)}"
        return f"OFFSET({name},0,0,MAX(1,COUNTA({name}:${letter}$2000)),1)" if letter else ""

    def _notes(self, title: str) -> None:
        """The first sheet: how to fill in, what each sheet holds, and the figures that there are."""
        t, lang, facts = self.t, self.lang, self.framework.catalogue.facts

        def summed(fact: Fact) -> str:
            names = "".join(f" {'+' if sign > 0 else '−'} {facts[id].name[lang]}" for sign, id in fact.parts)
            return f"={names.removeprefix(' +')}" if names else ""

        lines: list[tuple[str, ...]] = [(title,), *(("", line) for line in t("how_to").strip().split("\n"))]
        purposes = {SCORING: PURPOSE, **PURPOSES}
        lines += [(t("sheets"),), *((called(table)[lang], purposes[table][lang]) for table in self.form.sheets)]
        more = [table for table in TABLES if table not in self.form.sheets and (table not in PARTS or table == "judgements")]
        lines += [(t("more_sheets"),), *((TABLE_NAMES[table][lang], PURPOSES[table][lang]) for table in more)] if more else []
        lines += [(t("facts"),), *((fact.name[lang], summed(fact), fact.unit.name[lang]) for fact in facts.values() if not fact.derived)]
        self.form.tell(lines, (36, 90, 12))
