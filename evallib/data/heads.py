"""The head line of a table, and its rows as cells by column: which column stands where, the unit that a heading names. Reads no cell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from evallib.data.raw_tables import kind_of
from evallib.files.sheets import Grid, Once, address, hidden_in, is_own
from evallib.model.errors import Place, Problem, near
from evallib.model.grouped import grouped
from evallib.model.rows import Row, columns, heads_also, is_rare, unit_of
from evallib.model.signs import code_of, hidden_sign
from evallib.model.table_words import HEADS
from evallib.model.units import Units
from evallib.model.words import NOTHING, Words, folded, listed, words
from evallib.say.refusals import problem

_BRACKETS = re.compile(r"(.+?)[(\[【〔]([^()\[\]【】〔〕]+)[)\]】〕]")


def head_key(text: str) -> str:
    """A heading as headings are told apart: without breaks, blanks, stars and what says that it must be filled in.

    >>> head_key(" 实际\\n完成值 *（必填）：") == head_key("实际完成值")
    True
    """
    plain = re.sub(r"[\s*★☆※]+", "", folded(text)).rstrip(":")
    found = _BRACKETS.fullmatch(plain)
    return found[1].rstrip(":") if found and found[2] in HEADS["remarks"] else plain


@cache
def heads_of(model: type[Row]) -> dict[str, str]:
    """What may stand in the head line of a table, as `head_key` gives it, and the column it means.

    The id, the name in Chinese or English; then what only one column may be called as well.
    """
    known: dict[str, str] = {}
    also = grouped((head_key(text), name) for name in columns(model) for text in heads_also(model, name))
    for name in columns(model):
        info = model.model_fields[name]
        known |= {head_key(text): name for text in (name, name.replace("_", " "), info.title, info.description) if text}
    return {text: names[0] for text, names in also.items() if len(names) == 1} | known


class Head(NamedTuple):
    """Where each column of a table stands, and the unit that the heading of a column names."""

    order: dict[str, int]
    units: Mapping[str, str] = {}


class _Reading:
    """One head line while it is read."""

    def __init__(self, problems: list[Problem], grid: Grid, model: type[Row], units: Units) -> None:
        self.problems, self.grid, self.model, self.units = problems, grid, model, units
        self.known, self.ids = heads_of(model), columns(model)
        self.titles = {column: words(str(model.model_fields[column].title), column) for column in self.ids}
        self.found = [self.column(head) for head in grid.head]

    def column(self, head: str) -> tuple[str, str]:
        """The column that a heading means, and the unit that stands in brackets behind it; empty where it means none."""
        key = head_key(head)
        if key in self.known or not (found := _BRACKETS.fullmatch(key)):
            return self.known.get(key, ""), ""
        column, unit = self.known.get(found[1], ""), self.units.find(re.sub("^(?:计量)?单位:", "", found[2]))
        takes = bool(column) and kind_of(self.model, column) in ("decimal", "int") and bool(unit_of(self.model, column))
        return (column, unit.symbol) if unit and takes else ("", "")

    def place(self, index: int) -> Place:
        return self.grid.place(self.grid.top, self.grid.head[index].strip() or "（空 / empty）", index)

    def refuse(self, name: str, place: Place, found: str = "", /, **given: str | int | Words) -> None:
        self.problems.append(problem(name, place, found, **given))

    def read(self) -> Head | None:
        grid, infos, before = self.grid, self.model.model_fields, len(self.problems)
        there = {column for column, _ in self.found}
        there |= {unit_of(self.model, column) for column, unit in self.found if unit} | grid.once.keys()
        lacking = [column for column in self.ids if column not in there]
        required = [column for column in lacking if infos[column].is_required()]
        if grid.head and there == {""}:
            self._headless()
            return None
        order, units = dict[str, int](), dict[str, str]()
        for index, (column, unit) in enumerate(self.found):
            if not self._is_read(index):
                continue
            if not column:
                self._nobodys(index, required or [c for c in lacking if not is_rare(self.model, c)])
            elif column in order:
                self.refuse("column.twice", self.place(index))
            else:
                order[column] = index
                units |= {column: unit} if unit else {}
                self._unit_fits(index, column, unit)
        for column in required:
            meaning = str(infos[column].description)
            self.refuse("column.missing", grid.place(grid.top, column), column=column, title=self.titles[column].zh, meaning=meaning)
        return None if any(one.level == "error" for one in self.problems[before:]) else Head(order, units)

    def _headless(self) -> None:
        grid = self.grid
        lower = next((number for number, texts in grid.rows[:20] if sum(head_key(text) in self.known for text in texts) > 1), None)
        found = next(filter(str.strip, grid.head)).strip()[:60]
        heads = listed(words(self.titles[c].zh, c) for c in self.ids)
        self.refuse("column.headings_lower" if lower else "column.headings_none", grid.place(grid.top), found, row=lower or 0, heads=heads)

    def _is_read(self, index: int) -> bool:
        """Whether a heading is one that counts: not one's own remark, not an empty column; what is hidden in it is told."""
        grid, head = self.grid, self.grid.head[index]
        mark, hidden = grid.marked.get((grid.top, index)), hidden_sign(head.replace("\r", "\n"))
        unused = not head.strip() and not mark and not any(index < len(texts) and texts[index].strip() for _, texts in grid.rows)
        if is_own(head) or unused:
            return False
        if (mark and mark.always) or hidden:
            wrong = mark.always if mark and mark.always else "cell.control_character"
            self.refuse(wrong, self.place(index), cells=mark.found if mark else "", code=code_of(hidden) if hidden else "")
            return False
        return True

    def _nobodys(self, index: int, lacking: Sequence[str]) -> None:
        """A heading that nobody knows: refused where it may be one that is meant otherwise, else an own column that is told."""
        head = head_key(self.grid.head[index])
        wanted = [text for text, column in self.known.items() if column in lacking]
        like = [] if head in HEADS["own"] else near(head, wanted, 1, 0.5) or near(head, self.known, 1)
        if not like and (not lacking or head in HEADS["own"]):
            self.refuse("column.own" if head else "column.unnamed", self.place(index))
            return
        all_of = listed(words(f"{self.titles[c].zh}（{c}）", c) for c in self.ids)
        name = "column.mistyped" if like else "column.unknown_and_others_missing"
        meant = words(like[0]) if like and like[0] in self.titles else self.titles[self.known[like[0]]] if like else NOTHING
        self.refuse(name, self.place(index), near=meant, lacking=listed(self.titles[c] for c in lacking), columns=all_of)

    def _unit_fits(self, index: int, column: str, unit: str) -> None:
        """A unit in the heading of a column that has one unit only must be that one."""
        named = unit_of(self.model, column)
        if unit and named not in self.model.model_fields and self.units.read(named) != self.units.read(unit):
            self.refuse("column.of_another_unit", self.place(index), unit, stated=self.units.read(named).name)


@cache
def _plain(model: type[Row]) -> tuple[tuple[str, ...], Head]:
    """The head line that has the ids of the columns in their order, and how it is read."""
    ids = columns(model)
    return tuple(ids), Head({column: index for index, column in enumerate(ids)})


def read_head(problems: list[Problem], grid: Grid, model: type[Row], units: Units) -> Head | None:
    """Which column stands where, or None with the problems recorded. A head that begins with # is a remark and passed over."""
    if grid.head == (plain := _plain(model))[0]:
        return plain[1]
    return _Reading(problems, grid, model, units).read()


@dataclass(frozen=True)
class Lines:
    """The rows of a table as the texts of their filled cells by column, None of one that is longer than the head; and where they stand.

    `once` is what is said once above the heads. Of a part of a sheet `there` are the columns that stand on the sheet themselves.
    """

    grid: Grid
    model: type[Row]
    head: Head
    rows: Sequence[tuple[int, Mapping[str, str] | None]] = field(compare=False)
    once: Mapping[str, Once] = field(default_factory=dict)
    there: frozenset[str] | None = None

    def place(self, row: int, column: str | None) -> Place:
        """The place of a cell; of what is said once for the row, and not in it, where it is said."""
        grid, index = self.grid, self.head.order.get(column or "")
        cells = next((cells for number, cells in self.rows if number == row), None) or {}
        if (said := self.once.get(column or "")) and column not in cells and said.holds_for(cells):
            return Place(grid.file, said.row, column, grid.sheet, address(said.row, said.column), said.title)
        title = self.model.model_fields[column].title if column in self.model.model_fields else None
        of_sheet = grid.head[index] if index is not None and self.there is not None else ""
        return grid.place(row, column, index, of_sheet or title or "")


def read_lines(problems: list[Problem], grid: Grid, model: type[Row], units: Units) -> Lines | None:
    """The rows of a grid by its heads, or None; what is wrong with it, or remarked of it, is recorded."""
    problems.extend(grid.problems)
    head = None if grid.problems else read_head(problems, grid, model, units)
    if head is None:
        return None
    width, rows = len(grid.head), list[tuple[int, Mapping[str, str] | None]]()
    for number, texts in grid.rows:
        if (count := len(texts)) > width and (extra := next((text for text in texts[width:] if text.strip()), None)):
            problems.append(problem("row.too_long", grid.place(number), extra[:60]))
            rows.append((number, None))
            continue
        rows.append((number, {c: text for c, index in head.order.items() if index < count and (text := texts[index].strip())}))
    problems.extend(hidden_in(grid, head.order))
    return Lines(grid, model, head, rows, grid.once)
