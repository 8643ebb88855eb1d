"""The sheets of a year's workbook as tables: heads wherever they stand, what is said once above them, notes and signatures told apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from evallib.data.cells import Reader, load_lines
from evallib.data.form_words import beside, field_of, is_apart
from evallib.data.heads import Lines, head_key, heads_of, read_lines
from evallib.data.names import Names
from evallib.data.scoring_sheet import AT, ONCE, PARTS, SCORING, Parts, model
from evallib.files.sheets import Grid, Once
from evallib.files.xlsx_in import Sheet
from evallib.model.errors import Problem
from evallib.model.framework import Framework
from evallib.model.record import TABLES
from evallib.model.rows import Row
from evallib.model.table_words import SHEETS
from evallib.model.words import few, folded, listed, words
from evallib.say.refusals import problem


class Read:
    """The lines of a year's tables, each of one sheet or two, whose rows have a `rank`; what cannot be read is `lost`."""

    def __init__(self, framework: Framework) -> None:
        self.facts, self.units, self.names = framework.catalogue.facts, framework.catalogue.units, Names(framework, {})
        self.lines: dict[str, list[Lines]] = {}
        self.lost: dict[str, Grid] = {}
        self.problems: list[Problem] = []
        self.rank: Callable[[Mapping[str, Any]], int] = lambda row: 0

    def add(self, table: str, grid: Grid) -> None:
        """A grid as a table."""
        found = read_lines(self.problems, grid, TABLES[table], self.units)
        if found is None:
            self.lost[table] = grid
        else:
            self.lines.setdefault(table, []).append(found)

    @property
    def in_two(self) -> list[str]:
        """The tables with rows on both the sheet of indicators and their own: they count in the order of the former."""
        return [table for table, some in self.lines.items() if len(some) == 2 and all(one.rows for one in some)]

    # --- what stands above the heads of sheets, and below their rows

    def grid(self, sheet: Sheet, table: str, model: type[Row]) -> Grid:
        """A sheet with what is said above its heads, without notes and signatures."""
        known = heads_of(model)
        grid = sheet.headed(lambda texts: sum(head_key(t) in known and t.strip()[-1] not in ":：" for t in texts) > 1)
        rows = [(number, texts) for number, texts in grid.rows if not _is_apart(texts)]
        passed = [(number, n, text) for number, texts in grid.rows if _is_apart(texts) for n, text in enumerate(texts) if text.strip()]
        self.tell("table.passed_below", grid, passed)
        return replace(grid, rows=tuple(rows), once=self.once(grid, table, model))

    def once(self, grid: Grid, table: str, model: type[Row]) -> dict[str, Once]:
        """What is said once, by column; what else stands above is passed over and told."""
        may = once_of(table)
        known = {text: column for text, column in heads_of(model).items() if column in may}

        def what(text: str) -> str:
            key, field = head_key(text), field_of(text)
            return known.get(key) or {"money": "unit", "year": "year"}.get(field, "") or (field and f"({field})")

        found, passed = dict[str, Once](), list[tuple[int, int, str]]()
        for number, texts in grid.above:
            for index, column, text in beside([(n, t) for n, t in enumerate(texts) if t.strip()], what):
                if column == "unit" and not self.is_money(grid, number, index, text, "unit" in may):
                    continue
                if column not in may or column in found:
                    passed.append((number, index, text))
                else:
                    title = str(model.model_fields[column].title)
                    of_money = (table, column) == ("facts", "unit")
                    found[column] = Once(text, number, index, title, self.is_money_fact if of_money else lambda cells: True)
        self.tell("table.passed_above", grid, [one for one in passed if one[2]])
        return found

    def tell(self, name: str, grid: Grid, passed: Sequence[tuple[int, int, str]]) -> None:
        """Tell what was passed over, at the first of it."""
        if passed:
            number, index, _ = passed[0]
            told = listed(words(f"“{text.strip()[:30]}”") for text in few([text for _, _, text in passed]))
            self.problems.append(problem(name, grid.place(number, None, index), told=told))

    def is_money(self, grid: Grid, number: int, index: int, text: str, here: bool) -> bool:
        """Whether a unit said above the heads may be said there; else it is refused: a unit that is passed over would change amounts."""
        unit = self.units.find(text) if text else None
        if text and not (here and unit and unit.is_money):
            name = "table.unit_not_money" if here else "table.unit_not_above"
            self.problems.append(problem(name, grid.place(number, None, index), text))
            return False
        return here

    def is_money_fact(self, cells: Mapping[str, str]) -> bool:
        """Whether a row's fact is an amount of money, or unknown."""
        id = next(iter(self.names.ids("fact", cells.get("fact", ""))), "")
        return id not in self.facts or self.facts[id].unit.is_money


def sheets_of_tables(sheets: Iterable[Sheet]) -> dict[str, Sheet]:
    """The sheet that is shown of each table, and of that with a row an indicator: where there are two of one, the first."""
    named = ((SHEETS.get(folded(sheet.name), ""), sheet) for sheet in sheets if not sheet.hidden and not sheet.is_own)
    found: dict[str, Sheet] = {}
    for table, sheet in named:
        found.setdefault(table, sheet)
    return {table: found[table] for table in (SCORING, *TABLES) if table in found}


def once_of(table: str) -> list[str]:
    """The columns of a sheet that may be said once above its heads."""
    if table == SCORING:
        return [*dict.fromkeys(AT[part, column].like or AT[part, column].id for part in PARTS for column in ONCE[part])]
    return ONCE.get(table, ["source"] if "source" in TABLES[table].model_fields and table != "sources" else [])


def read_sheets(sheets: Mapping[str, Sheet], framework: Framework) -> Read:
    """The tables of these sheets, by what they hold: a table, or `scoring`."""
    found, apart = Read(framework), dict[str, list[str]]()
    for table, sheet in sheets.items():
        if table != SCORING:
            grid = found.grid(sheet, table, TABLES[table])
            found.add(table, grid)
            apart |= {table: _indicators(grid, TABLES[table])} if table in PARTS else {}
    if SCORING in sheets:
        grid = found.grid(sheets[SCORING], SCORING, model())
        if scoring := read_lines(found.problems, grid, model(), found.units):
            parts = Parts(scoring, framework, apart)
            found.rank, found.problems = parts.rank, [*found.problems, *parts.problems]
            found.lines |= {table: [part, *found.lines.get(table, ())] for table, part in parts.lines.items()}
        else:
            found.lost |= dict.fromkeys(PARTS, grid)
    return found


def load_tables(reader: Reader, read: Read) -> dict[str, tuple[Row, ...]]:
    """The rows of the tables that were read; those of an indicator where it stands on the sheet of indicators."""
    reader.problems += read.problems
    tables: dict[str, tuple[Row, ...]] = {}
    for table, grid in read.lost.items():
        reader.lost(table, grid)
        tables[table] = ()
    for table, some in read.lines.items():
        rows = list[Row]()
        for lines in some:
            rows += load_lines(reader, lines, table, TABLES[table], after=len(rows))
        if table in read.in_two:
            order = sorted(range(len(rows)), key=lambda index: read.rank(rows[index].__dict__))
            places = [reader.rows[table, index] for index in order]
            reader.rows |= {(table, index): place for index, place in enumerate(places)}
            rows = [rows[index] for index in order]
        tables[table] = tuple(rows)
    reader.problems[:] = dict.fromkeys(reader.problems)  # what is said once is wrong once
    return tables


def _indicators(grid: Grid, model: type[Row]) -> list[str]:
    known = heads_of(model)
    naming = [n for n, head in enumerate(grid.head) if known.get(head_key(head)) in ("indicator", "name")]
    return [text for _, texts in grid.rows for n in naming if n < len(texts) and (text := texts[n].strip())]


def _is_apart(texts: Iterable[str]) -> bool:
    """Whether a row holds nothing but notes or signatures, each with its colon."""
    filled = [text for text in texts if text.strip()]
    return bool(filled) and all((":" in t or "：" in t) and (is_apart(t, "signature") or is_apart(t, "note")) for t in filled)
