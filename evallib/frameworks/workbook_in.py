"""The sheets of a framework's workbook as lines of cells, each with its place. What a cell means is told elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from evallib.files.sheets import Grid, Marked, hidden_in, is_own
from evallib.files.xlsx_in import Sheet, read_workbook
from evallib.frameworks.tables import SETTINGS, Column, Table, setting_heads, sheets
from evallib.model.errors import InputRefused, Place, Problem, nearest, refuse_errors
from evallib.model.signs import code_of, hidden_sign
from evallib.model.words import LANGS, folded, listed
from evallib.say.refusals import problem

_EMPTY = "（空 / empty）"
_At = tuple[int, int]
"""A cell of a grid: the number of its row, and its place in it."""


@dataclass
class Line:
    """A row of a sheet: its filled cells by column, and where every cell of it stands; of a row of a rule, the entry that has the rule."""

    table: Table
    home: Place
    texts: dict[str, str] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    owner: Line | None = None

    def get(self, key: str) -> str:
        return self.texts.get(key, "")

    def place(self, key: str) -> Place:
        """Where a cell stands; where there is no such column, the row."""
        return self.places.get(key, self.home)


Lines = dict[str, list[Line]]
"""The lines of every sheet, by its id."""


def read_lines(name: str, content: bytes) -> tuple[Lines, list[Problem]]:
    """The lines of a workbook, and what is to be remarked of its sheets.

    Raises InputRefused with every problem of the file, its sheets, heads and cells.
    """
    parts, problems = read_workbook(name, content)
    refuse_errors(problems)
    found: Lines = {id: [] for id in sheets()}
    wrong, tables, seen = list[Problem](), _tables(parts), dict[str, str]()
    for part in parts:
        if id := tables.get(part.name):
            wrong += _about(part, sheets()[id], seen.setdefault(id, part.name))
            if part.grid.head or id == SETTINGS:
                found[id] += _lines(part.grid, sheets()[id], wrong)
        elif not (part.is_own or part.hidden or part.is_empty):
            names = [table.name for table in sheets().values()]
            near = nearest(part.name, [text for both in names for text in (both.zh, both.en)])
            wrong.append(problem("table.mistyped" if near else "table.unknown", part.place, near=near, tables=listed(names)))
    refuse_errors(wrong)
    found[SETTINGS] = found[SETTINGS] or [Line(sheets()[SETTINGS], Place(name))]
    if "indicator" not in tables.values():
        heads = listed(column.head for column in sheets()["indicator"].columns if column.usual)
        raise InputRefused((problem("workbook.sheet_missing", Place(name), sheet=sheets()["indicator"].name, heads=heads),))
    return found, wrong


def _about(part: Sheet, table: Table, first: str) -> list[Problem]:
    """What is wrong with a sheet as such, or odd."""
    if first != part.name:
        return [problem("workbook.sheet_twice", part.place, other=first, table=table.name)]
    if part.hidden:
        return [problem("workbook.sheet_hidden", part.place, sheet=part.name, table=table.name)]
    return [*part.grid.problems, *hidden_in(part.grid, {})]


def _tables(parts: tuple[Sheet, ...]) -> dict[str, str]:
    """The sheets by name, with what each is; where none is called so, the first that holds something is that of the indicators."""
    known = {folded(text): id for id, table in sheets().items() for text in (id, table.name.zh, table.name.en, *table.also)}
    found = {part.name: known[folded(part.name)] for part in parts if folded(part.name) in known}
    first = next((part.name for part in parts if not (is_own(part.name) or part.hidden or part.is_empty)), None)
    return found if "indicator" in found.values() or found or first is None else {first: "indicator"}


def _lines(grid: Grid, table: Table, wrong: list[Problem]) -> list[Line]:
    """The rows of a sheet by its heads; the sheet with a row a setting is one row, with its heads below each other."""
    texts = {(number, index): text for number, row in ((grid.top, grid.head), *grid.rows) for index, text in enumerate(row)}
    width, rows = range(len(grid.head)), dict[int | None, list[_At]]()
    if table.id == SETTINGS:
        said = {folded(setting_heads()[0][lang]) for lang in LANGS}
        heads = [(number, 0) for number in dict.fromkeys(number for number, _ in texts) if folded(texts[number, 0]) not in said]
        rows[None] = [(number, 1) for number, _ in heads]
    else:
        heads, rows = [(grid.top, n) for n in width], {number: [(number, n) for n in width] for number, _ in grid.rows}
    found, order = list[Line](), _order(grid, table, texts, heads, rows.values(), wrong)
    for number, row in rows.items():
        places = {column.key: grid.place(row[n][0], texts[heads[n]].strip(), row[n][1]) for n, column in order.items()}
        line = Line(table, grid.place(number), {}, places)
        for n, column in order.items():
            _add(line, column, texts.get(row[n], ""), grid.marked.get(row[n]), wrong)
        found += [line] if line.texts or number is None else []
    return found


def _order(
    grid: Grid, table: Table, texts: Mapping[_At, str], heads: Sequence[_At], rows: Iterable[Sequence[_At]], wrong: list[Problem]
) -> dict[int, Column]:
    """Which column stands under which head."""
    order = dict[int, Column]()
    if table.id != SETTINGS and not any(_meant(table, text) for text in grid.head):
        row = next((number for number, row in grid.rows[:20] if sum(_meant(table, text) is not None for text in row) > 1), 0)
        usual, name = listed(column.head for column in table.columns if column.usual), "headings_lower" if row else "headings_none"
        wrong.append(problem(f"column.{name}", grid.place(grid.top), grid.head[0][:60], row=row, heads=usual))
        return order
    for n, at in enumerate(heads):
        head, mark = texts[at].strip(), grid.marked.get(at)
        column, place = _meant(table, head), grid.place(at[0], head or _EMPTY, at[1])
        if mark and mark.always:
            wrong.append(problem(mark.always, place, cells=mark.found))
        elif is_own(head) or not (head or any(texts.get(row[n], "").strip() for row in rows)):
            continue
        elif column is None:
            near = nearest(folded(head), {one for column in table.columns for one in column.heads})
            columns, name = listed(column.head for column in table.columns), "column.mistyped" if near else "framework_row.unknown_column"
            wrong.append(problem(name, place, near=near, columns=columns))
        elif column in order.values():
            wrong.append(problem("column.twice", place))
        else:
            order[n] = column
    return order


def _meant(table: Table, head: str) -> Column | None:
    """The column that a head means."""
    return next((column for column in table.columns if folded(head) in column.heads), None)


def _add(line: Line, column: Column, text: str, mark: Marked | None, wrong: list[Problem]) -> None:
    """Add a cell to its line, if anything stands in it that can be read."""
    is_number = column.holds in ("number", "whole", "given")
    if mark and (name := mark.always or (mark.number if is_number else mark.text)):
        wrong.append(problem(name, line.place(column.key), "" if mark.always else mark.found[:60], cells=mark.found))
        return
    text = mark.shown if mark and mark.shown is not None and not is_number else text
    if (sign := hidden_sign(text)) is not None:
        wrong.append(problem("cell.control_character", line.place(column.key), code=code_of(sign)))
    elif text.strip():
        line.texts[column.key] = text.strip()
