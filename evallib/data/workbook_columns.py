"""What stands on each sheet of a workbook to fill in: its columns with their texts, and what is said once above them. Writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import takewhile

from evallib.data.names import Names
from evallib.data.raw_tables import Tables, choices_of, head_of, layout, reminds, shown
from evallib.data.scoring_rows import LaidRow, lay_out
from evallib.data.scoring_sheet import AT, COLUMNS, SCORING, laid_down
from evallib.data.scoring_sheet import Column as ScoringColumn
from evallib.data.workbook_in import once_of
from evallib.model.framework import Framework, Indicator
from evallib.model.record import TABLES, Judgement
from evallib.model.rows import is_rare
from evallib.model.table_words import CHOICES, SHEET_WORDS, TABLE_NAMES
from evallib.model.words import Given, Lang, Words, joined
from evallib.say.sentences import sentence

_KINDS = choices_of(Judgement, "kind")


@dataclass
class Column:
    """A column of a sheet as it is written: its head, the table and column that it fills, a text and the raw row for each of its rows; the
    letter under which it stands, once it does.
    """

    head: str
    table: str = ""
    column: str = ""
    texts: list[str] = field(default_factory=list)
    rows: list[Mapping[str, str]] = field(default_factory=list)
    notes: Words | None = None
    grey: frozenset[int] = frozenset()
    letter: str = ""

    @property
    def required(self) -> bool:
        return bool(self.table) and TABLES[self.table].model_fields[self.column].is_required()


class Columns:
    """The columns of every sheet, for a reader of a language."""

    def __init__(self, tables: Tables, lang: Lang, framework: Framework, plain: bool) -> None:
        self.tables, self.lang, self.framework = tables, lang, framework
        self.units, self.names = framework.catalogue.units, Names(framework, tables)
        self.laid = None if plain else lay_out(tables, framework)
        self.rest: Tables = tables if self.laid is None else {**tables, **self.laid.rest}

    def t(self, name: str, **given: Given) -> str:
        """A sentence for who fills in, of `sentences/workbook.toml`."""
        return sentence(f"workbook.form.{name}", **given)[self.lang]

    def _text(self, table: str, column: str, row: Mapping[str, str]) -> str:
        """A cell as who reads the language writes it."""
        plain = self.names.shown(TABLES[table], column, row, self.lang)
        return shown(TABLES[table], column, plain, self.lang, self.units)

    def of_table(self, table: str) -> list[Column]:
        rows, found = [*self.rest.get(table, ())], list[Column]()
        for one in layout(table, rows):
            if reminds(one):
                told = [row.get(one, "") for row in rows]
                found += [Column(one, texts=told)] if told != found[-1].texts else []  # unless the cells before say so
            elif self.laid is None or one in ("source", "section") or not is_rare(TABLES[table], one) or any(row.get(one) for row in rows):
                texts = [self._text(table, one, row) for row in rows]
                found.append(Column(head_of(TABLES[table], one, self.lang), table, one, texts, rows))
        return found

    def scoring(self) -> list[Column]:
        laid, found = self.laid, list[Column]()
        assert laid is not None
        told = [self._laid_down(row.fixed) if row.fixed else {} for row in laid.rows]
        for one in COLUMNS.values():
            if not (one.usual or any(row.cells.get(one.id) or row.cells.get(one.beside) for row in laid.rows)):
                continue
            table, column = one.to[0] if one.to else ("", "")
            cells = [self._scoring_cell(one, row, said) for row, said in zip(laid.rows, told, strict=True)]
            grey = frozenset(n for n, row in enumerate(laid.rows) if row.fixed and one.grey)
            texts, rows = [text for text, _ in cells], [row for _, row in cells]
            found.append(Column(one.head[self.lang], table, column, texts, rows, one.notes, grey))
            if table == "targets":
                placed = layout(table, self.tables.get(table, ()))
                behind = takewhile(reminds, placed[placed.index(column) + 1 :])
                found += [Column(head, texts=[row.of.get(table, {}).get(head, "") for row in laid.rows]) for head in behind]
        apart = [joined(sentence("workbook.form.on_sheet", sheet=TABLE_NAMES[t]) for t in row.apart)[self.lang] for row in laid.rows]
        return [*found, *([Column(self.t("apart"), texts=apart)] if any(apart) else [])]

    def _scoring_cell(self, one: ScoringColumn, row: LaidRow, said: Mapping[str, str]) -> tuple[str, Mapping[str, str]]:
        """A cell of the sheet of indicators, and the row of a table that it fills; `said` is what the framework laid down."""
        text, group = row.cells.get(one.id, ""), row.cells.get("group", "")
        of_table = next((table for table, _ in one.to if table in row.of), "")
        if row.fixed and one.grey:
            text = said.get(one.id, "")
        elif one.id == "indicator" and row.of.get("self_evaluation", {}).get("indicator") == "total":
            text = self.names.called(["whole"], "total", self.lang)
        elif one.id == "level_1":
            home = self.framework.homes.get(group, group)
            text = next((section.words[self.lang] for section in self.framework.sections if section.id == home), "")
        elif text in _KINDS and one.id == "judged":
            text = CHOICES[text][self.lang]
        elif text and one.to and one.id not in ("id", "indicator"):
            at = next((column for table, column in one.to if table == of_table), "source" if one.id == "source" else "section")
            of_table = of_table or next(iter(row.of), "")
            text = self._text(of_table, at, row.of[of_table])
        return text, row.of.get(of_table, {})

    def _laid_down(self, fixed: Indicator) -> dict[str, str]:
        """What the framework says of an indicator of its own, by the columns that are grey."""
        said = {column: text[self.lang] for column, text in laid_down(self.framework, fixed).items()}
        return said | {"indicator": self.names.called(["indicator"], fixed.id, self.lang)}

    def said_once(self, table: str, columns: list[Column]) -> dict[str, str]:
        """What is said once above the heads: what most rows say, which then stay empty; blank where rows are still to be filled in.

        A column of which nothing else is left is not written.
        """
        found: dict[str, str] = {}
        for id in once_of(table):
            one = next((c for c in columns if c.column and (AT[c.table, c.column].id if table == SCORING else c.column) == id), None)
            if one is None:
                found |= {COLUMNS[id].head[self.lang]: self._first(*COLUMNS[id].to[0])} if table == SCORING else {}
                continue
            held = [n for n, row in enumerate(one.rows) if row and self._takes_once(one, n)]
            filled = [one.texts[n] for n in held if one.texts[n]]
            most = max(dict.fromkeys(filled), key=filled.count, default="")
            if len(filled) < len(held) or not held:
                most = self._first(one.table, one.column)
            found[one.head] = most
            if not most:
                continue
            for n in held:
                one.texts[n] = "" if one.texts[n] == most else one.texts[n]
            if not any(one.texts) and one.column not in ("source", "unit"):
                columns.remove(one)
        return found

    def _first(self, table: str, column: str) -> str:
        """What is written above the heads where nobody said it yet."""
        return shown(TABLES[table], column, SHEET_WORDS["first"].get(column, ""), self.lang)

    def _takes_once(self, one: Column, n: int) -> bool:
        """Whether a row is one for which it may be said once: of units those of money."""
        if one.column != "unit":
            return True
        fact = self.framework.catalogue.facts.get(one.rows[n].get("fact", ""))
        return fact is None or fact.unit.is_money
