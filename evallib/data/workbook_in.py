"""The sheets of a year's workbook as tables: heads wherever they stand, what is said once above them, notes and signatures told apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from evallib.data.cells import Reader, load_table
from evallib.data.form_words import beside, field_of, is_apart
from evallib.data.heads import head_key, heads_of
from evallib.data.names import Names
from evallib.data.scoring_sheet import AT, ONCE, PARTS, SCORING, Parts, model, split
from evallib.data.sheets import Grid, Once, address
from evallib.data.xlsx_in import Sheet
from evallib.model.errors import Place, Problem
from evallib.model.framework import Framework
from evallib.model.record import TABLES
from evallib.model.rows import Row
from evallib.model.table_words import SHEETS
from evallib.model.units import Units
from evallib.model.words import few, folded, listed, words
from evallib.say.refusals import problem


@dataclass
class Read:
    """The tables of a workbook, each of one grid or two, and the sheet with a row an indicator, split."""

    grids: dict[str, list[Grid]] = field(default_factory=dict)
    parts: Parts = field(default_factory=Parts)
    problems: list[Problem] = field(default_factory=list)
    lost: Place | None = None
    """The sheet with a row an indicator, where it cannot be read."""

    @property
    def in_two(self) -> list[str]:
        """The tables with rows on both the sheet of indicators and their own: they count in the order of the former."""
        return [table for table, grids in self.grids.items() if len(grids) == 2 and all(grid.rows for grid in grids)]


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
    found = Read()
    reading = _Above(framework, found.problems)
    for table, sheet in sheets.items():
        if table != SCORING:
            found.grids[table] = [reading.grid(sheet, table, TABLES[table])]
    if SCORING in sheets:
        apart = {table: _indicators(found.grids[table][0], TABLES[table]) for table in PARTS if table in found.grids}
        grid = reading.grid(sheets[SCORING], SCORING, model())
        found.parts = Parts(problems=[*grid.problems]) if grid.problems else split(grid, framework, apart)
        found.problems += found.parts.problems
        found.lost = None if found.parts.grids else grid.place()
        for table, part in found.parts.grids.items():
            found.grids[table] = [part, *found.grids.get(table, ())]
    return found


def load_tables(reader: Reader, read: Read) -> dict[str, tuple[Row, ...]]:
    """The rows of the tables that were read; those of an indicator where it stands on the sheet of indicators."""
    reader.problems += read.problems
    tables: dict[str, tuple[Row, ...]] = {}
    if read.lost:
        for table in PARTS:
            reader.gone.add(table, {}, read.lost)
    for table, grids in read.grids.items():
        rows = list[Row]()
        for grid in grids:
            rows += load_table(reader, grid, table, TABLES[table], after=len(rows))
        if table in read.in_two:
            order = sorted(range(len(rows)), key=lambda index: read.parts.rank(rows[index].__dict__))
            places = [reader.rows[table, index] for index in order]
            reader.rows |= {(table, index): place for index, place in enumerate(places)}
            rows = [rows[index] for index in order]
        tables[table] = tuple(rows)
    reader.problems[:] = dict.fromkeys(reader.problems)  # what is said once is wrong once
    return tables


def _indicators(grid: Grid, model: type[Row]) -> Iterable[str]:
    known = heads_of(model)
    index = next((n for n, head in enumerate(grid.head) if known.get(head_key(head)) == "indicator"), len(grid.head))
    return [texts[index].strip() for _, texts in grid.rows if index < len(texts)]


class _Above:
    """What stands above the heads of sheets, and below their rows."""

    def __init__(self, framework: Framework, problems: list[Problem]) -> None:
        self.facts, self.problems = framework.catalogue.facts, problems
        self.units: Units = framework.catalogue.units
        self.names = Names(framework, {})

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
        known |= {text: column for text, column in _of_tables(table, may).items() if text not in known}

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
                    found[column] = Once(text, number, index, title, self.holds_for(table, column))
        self.tell("table.passed_above", grid, [one for one in passed if one[2]])
        return found

    def tell(self, name: str, grid: Grid, passed: Sequence[tuple[int, int, str]]) -> None:
        """Tell what was passed over, at the first of it."""
        if passed:
            place = replace(grid.place(passed[0][0]), cell=address(*passed[0][:2]))
            told = listed(words(f"“{text.strip()[:30]}”") for text in few([text for _, _, text in passed]))
            self.problems.append(problem(name, place, told=told))

    def is_money(self, grid: Grid, number: int, index: int, text: str, here: bool) -> bool:
        """Whether a unit said above the heads may be said there; else it is refused: a unit that is passed over would change amounts."""
        unit = self.units.find(text) if text else None
        if text and not (here and unit and unit.is_money):
            name = "table.unit_not_money" if here else "table.unit_not_above"
            place = replace(grid.place(number), cell=address(number, index))
            self.problems.append(problem(name, place, text))
            return False
        return here

    def holds_for(self, table: str, column: str) -> Callable[[Mapping[str, str]], bool]:
        return self._is_money_fact if (table, column) == ("facts", "unit") else lambda cells: True

    def _is_money_fact(self, cells: Mapping[str, str]) -> bool:
        """Whether a row's fact is an amount of money, or unknown."""
        id = next(iter(self.names.ids("fact", cells.get("fact", ""))), "")
        return id not in self.facts or self.facts[id].unit.is_money


def _of_tables(table: str, may: Iterable[str]) -> dict[str, str]:
    """What the columns are called in the tables that they fill."""
    if table != SCORING:
        return {}
    return {text: AT[part, c].id for part in PARTS for text, c in heads_of(TABLES[part]).items() if AT[part, c].id in may and c != "basis"}


def _is_apart(texts: Iterable[str]) -> bool:
    """Whether a row holds nothing but notes or signatures, each with its colon."""
    filled = [text for text in texts if text.strip()]
    return bool(filled) and all((":" in t or "：" in t) and (is_apart(t, "signature") or is_apart(t, "note")) for t in filled)
