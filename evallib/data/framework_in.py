"""The sheets of a framework's workbook as lines of cells, each with its place. What a cell means is told elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field

from evallib.data.framework_tables import SETTINGS, Column, Table, setting_heads, sheets
from evallib.data.sheets import Grid, Marked, hidden_in, is_own
from evallib.data.xlsx_in import Sheet, read_workbook
from evallib.model.errors import InputRefused, Place, Problem, nearest, refuse_errors
from evallib.model.signs import code_of, hidden_sign
from evallib.model.words import folded, listed
from evallib.say.refusals import problem

_EMPTY = "（空 / empty）"


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
            if id == SETTINGS:
                found[id] = [_settings(part.grid, wrong)]
            elif part.grid.head:
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


def _settings(grid: Grid, wrong: list[Problem]) -> Line:
    """The sheet with a row a setting, as one line."""
    table = sheets()[SETTINGS]
    line, (called, *_) = Line(table, grid.place()), setting_heads()
    has_head = bool(grid.head) and folded(grid.head[0]) in {folded(called.zh), folded(called.en)}
    rows = grid.rows if has_head else ((grid.top, grid.head), *grid.rows)
    for number, texts in rows:
        head, mark = texts[0].strip() if texts else "", grid.marked.get((number, 0))
        column = next((column for column in table.columns if folded(head) in column.heads), None)
        if mark and mark.always:
            wrong.append(problem(mark.always, grid.place(number, None, 0), cells=mark.found))
        elif column is None:
            if not is_own(head) and any(text.strip() for text in texts[:2]):
                wrong.append(_unknown(table, grid.place(number, head or _EMPTY, 0), head))
        elif column.key in line.places:
            wrong.append(problem("column.twice", grid.place(number, head, 0)))
        else:
            line.places[column.key] = grid.place(number, head, 1)
            _add(line, column, texts[1] if len(texts) > 1 else "", grid.marked.get((number, 1)), wrong)
    return line


def _lines(grid: Grid, table: Table, wrong: list[Problem]) -> list[Line]:
    before, order = len(wrong), dict[int, Column]()
    known = {head for column in table.columns for head in column.heads}
    if not any(folded(text) in known for text in grid.head):
        row = next((number for number, texts in grid.rows[:20] if sum(folded(text) in known for text in texts) > 1), 0)
        heads, name = listed(column.head for column in table.columns if column.usual), "headings_lower" if row else "headings_none"
        wrong.append(problem(f"column.{name}", grid.place(grid.top), grid.head[0][:60], row=row, heads=heads))
        return []
    for index, head in enumerate(grid.head):
        place, mark = grid.place(grid.top, head.strip(), index), grid.marked.get((grid.top, index))
        column = next((column for column in table.columns if folded(head) in column.heads), None)
        if mark and mark.always:
            wrong.append(problem(mark.always, place, cells=mark.found))
        elif is_own(head) or not (head.strip() or any(map(str.strip, _column(grid, index)))):
            continue
        elif column is None:
            wrong.append(_unknown(table, place if head.strip() else grid.place(grid.top, _EMPTY, index), head))
        elif column in order.values():
            wrong.append(problem("column.twice", place))
        else:
            order[index] = column
    if len(wrong) > before:
        return []
    found = []
    for number, texts in grid.rows:
        line = Line(table, grid.place(number), {}, {c.key: grid.place(number, grid.head[at].strip(), at) for at, c in order.items()})
        for index, column in order.items():
            _add(line, column, texts[index] if index < len(texts) else "", grid.marked.get((number, index)), wrong)
        if line.texts:
            found.append(line)
    return found


def _column(grid: Grid, index: int) -> list[str]:
    return [texts[index] for _, texts in grid.rows if index < len(texts)]


def _unknown(table: Table, place: Place, head: str) -> Problem:
    near = nearest(folded(head), {one for column in table.columns for one in column.heads})
    columns = listed(column.head for column in table.columns)
    return problem("column.mistyped" if near else "framework_row.unknown_column", place, near=near, columns=columns)


def _add(line: Line, column: Column, text: str, mark: Marked | None, wrong: list[Problem]) -> None:
    """Add a cell to its line, if anything stands in it that can be read."""
    is_number = column.holds in ("number", "whole")
    name = "" if mark is None else mark.always or (mark.number if is_number or column.holds == "given" else mark.text)
    if mark and name:
        wrong.append(problem(name, line.place(column.key), "" if mark.always else mark.found[:60], cells=mark.found))
        return
    if mark and mark.shown is not None and not is_number and column.holds != "given":
        text = mark.shown
    if (sign := hidden_sign(text)) is not None:
        wrong.append(problem("cell.control_character", line.place(column.key), code=code_of(sign)))
    elif text.strip():
        line.texts[column.key] = text.strip()
