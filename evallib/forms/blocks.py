"""Where on a sheet a form's tables stand: heads wherever they are, of one line or two, and each row told apart. Knows no framework."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from evallib.data.form_words import KINDS, BlockKind, beside, column_of, field_of, heads_known, is_apart, is_total, line_of, named, plain
from evallib.files.sheets import Marked, Raw
from evallib.model.errors import Place, nearest

At = tuple[int, int]
"""A cell by its row and index."""
_NUMBER = re.compile(r"[-+−(（¥￥]?\s*\d[\d,.，]*\s*\D{0,4}$")
_COVERED = 200_000
"""So many cells may be covered by merged ones; what goes beyond that is no form."""
_OF_ONE = ("nature", "target", "adjusted", "unit", "points", "actual", "score", "own_score", "award")
"""What belongs to one indicator, and to none where it stands once for several."""
LEVELS = ("level_1", "level_2")
_NEEDS: dict[BlockKind, tuple[frozenset[str], int, int]] = {
    "indicators": (frozenset({"points", "target", "score", "own_score", "award", "actual"}), 1, 3),
    "money": (frozenset({"approved", "adjusted", "spent"}), 2, 2),
    "facts": (frozenset({"fact", "value"}), 2, 2),
}
"""Some heads of each kind, how many of these must be there, and how many of all that are known."""


class Piece(NamedTuple):
    """A text, and the cell of a form that it stands in, with what is odd about it; nowhere where the program says it."""

    text: str
    place: Place | None = None
    at: At = (0, 0)
    mark: Marked | None = None

    def read_as(self, text: str) -> Piece:
        """The same cell, of which only a part, or what it means, is taken."""
        return self._replace(text=text, mark=None)

    @property
    def cell(self) -> str:
        return self.place.cell or "" if self.place else ""


@dataclass(frozen=True)
class FormRow:
    """A row of a block: what stands in its columns; levels that stand once for several rows are filled in."""

    number: int
    cells: Mapping[str, Piece]
    name: Piece | None = None
    total: bool = False

    def text(self, column: str) -> str:
        return self.cells[column].text if column in self.cells else ""


@dataclass
class Block:
    """A table on a sheet: its kind, the columns by what they mean with the heads that say so, those that say it `twice`, heads that nobody
    knows with the one that may be meant, and that are passed over; its rows.
    """

    raw: Raw
    kind: BlockKind
    heads: dict[str, Piece] = field(default_factory=dict)
    twice: dict[str, list[Piece]] = field(default_factory=dict)
    unknown: list[tuple[Piece, str]] = field(default_factory=list)
    passed: list[Piece] = field(default_factory=list)
    rows: list[FormRow] = field(default_factory=list)

    @property
    def is_headed(self) -> bool:
        """Whether its heads are those of a table."""
        some, least, of_all = _NEEDS[self.kind]
        return len(self.heads) >= of_all and len(some & self.heads.keys()) >= least


class Sheeted:
    """A sheet read as a form: its blocks, what is named beside and above them, its titles, what was `left` and why, by name.

    >>> from evallib.files.sheets import raw_csv
    >>> lines = ["自评表", "一级指标,三级指标,分值", "产出指标,造林面积,10", ",抚育面积,5", "合计,,15"]
    >>> block = Sheeted(raw_csv("form.csv", chr(10).join(lines).encode())).blocks[0]
    >>> [(row.name.text if row.name else "", row.text("level_1"), row.text("points")) for row in block.rows]
    [('造林面积', '产出指标', '10'), ('抚育面积', '产出指标', '5'), ('', '合计', '15')]
    """

    def __init__(self, raw: Raw) -> None:
        self.raw, self.blocks = raw, list[Block]()
        self.fields: dict[str, Piece] = {}
        self.titles: list[Piece] = []
        self.left: list[tuple[Piece, str]] = []
        self.rows: dict[int, dict[int, Piece]] = {}
        for (number, index), text in sorted(raw.cells.items()):
            self.rows.setdefault(number, {})[index] = self._piece(text.strip(), number, index)
        self.over: dict[At, At] = {}
        for top, left, bottom, right in raw.merged:
            if (top, left) in raw.cells and (bottom - top + 1) * (right - left + 1) + len(self.over) <= _COVERED:
                covered = ((row, index) for row in range(top, bottom + 1) for index in range(left, right + 1))
                self.over.update({at: (top, left) for at in covered if at != (top, left)})
        self.tall = {(top, left) for top, left, bottom, _ in raw.merged if bottom > top}
        numbers, bodies = [*self.rows], list[list[int]]()
        while numbers:
            block, lines = self._head(*numbers[:2])
            if block:
                self.blocks.append(block)
                bodies.append([])
            elif bodies:
                bodies[-1].append(numbers[0])
            else:
                self._beside(numbers[0])
            del numbers[:lines]
        for block, body in zip(self.blocks, bodies, strict=True):
            block.rows += self._body(block, body)

    def _piece(self, text: str, row: int, index: int) -> Piece:
        return Piece(text, self.raw.place(row, index), (row, index), self.raw.marked.get((row, index)))

    # --- heads

    def _head(self, number: int, follower: int | None = None) -> tuple[Block | None, int]:
        """The block whose head begins in a row, and how many lines that has; one line of no head."""
        first = self._across(number)
        for kind in KINDS:
            second = {} if follower is None else self._second_line(kind, first, follower)
            block, alone = self._block(kind, first | second), self._block(kind, second)
            if second and alone.is_headed and alone.heads.keys() == block.heads.keys():  # what stands above a head is none of it
                second, block = {}, self._block(kind, first)
            if block.is_headed:
                return block, 2 if second else 1
        return None, 1

    def _across(self, number: int) -> dict[int, Piece]:
        """The texts of a row, those of cells merged across in each column that they cover."""
        covered = {index: at for (row, index), at in self.over.items() if row == number == at[0]}
        return self.rows[number] | {index: self.rows[number][at[1]] for index, at in covered.items() if at[1] in self.rows[number]}

    def _second_line(self, kind: BlockKind, above: Mapping[int, Piece], follower: int) -> dict[int, Piece]:
        """What the second line of a head says, where the row below is one: nothing stands there but heads, under heads merged across."""
        found = dict[int, Piece]()
        for index, one in self.rows[follower].items():
            joined = (above[index].text if index in above else "") + one.text
            if not column_of(kind, one.text) and not column_of(kind, joined):
                return {}
            found[index] = one if column_of(kind, one.text) else one.read_as(joined)
        return found

    def _block(self, kind: BlockKind, texts: Mapping[int, Piece]) -> Block:
        block, unknown = Block(self.raw, kind), list[Piece]()
        for index, head in sorted(texts.items(), key=lambda one: (is_apart(one[1].text, "side"), one[0])):
            at, is_side = self._piece(head.text, head.at[0], index), is_apart(head.text, "side")
            column = column_of(kind, head.text)
            if column == "passed":
                block.passed.append(at)
            elif not column:
                unknown += [] if is_side else [at]
            elif column not in block.heads:
                block.heads[column] = at
            elif not is_side and self.over.get(at.at, at.at) != self.over.get((other := block.heads[column]).at, other.at):
                block.twice.setdefault(column, [other]).append(at)
        lacking = [text for text, column in heads_known(kind).items() if column not in block.heads]
        block.unknown = [(one, nearest(plain(one.text), lacking)) for one in unknown]
        return block

    # --- rows

    def _body(self, block: Block, numbers: list[int]) -> Iterator[FormRow]:
        """The rows of a block. What stands beside it, and is none of its rows, goes to the fields, titles and what was not understood."""
        levels: dict[str, Piece] = {}
        columns = {column: head.at[1] for column, head in block.heads.items()}
        for number in numbers:
            own = {column: self.rows[number][i] for column, i in columns.items() if i in self.rows[number]}
            own = {column: one for column, one in own.items() if not is_apart(one.text, "empty") or column not in (*LEVELS, "name")}
            row = FormRow(number, own)
            first = next((named(one.text) for one in self.rows[number].values() if not is_apart(one.text, "side")), "")
            if any(is_total(one.text) for one in self._names(number, columns)):
                yield replace(row, total=True)
            elif is_apart(first, "signature") or is_apart(first, "note") or not first:
                continue
            elif field_of(first.replace("：", ":").partition(":")[0]) and ":" in first.replace("：", ":"):
                self._beside(number)
            elif block.kind == "indicators":
                yield from self._indicator(number, own, levels, columns)
            elif block.kind == "money":
                names = (one for one in self._names(number, columns) if not is_apart(one.text, "side"))
                label = max(names, key=lambda one: one.at, default=None)  # the last before the numbers
                if label and any(_NUMBER.match(own[column].text) for column in ("approved", "adjusted", "spent") if column in own):
                    yield replace(row, name=label)
                elif not (label and line_of(label.text)):  # of a line of money that has none nothing need be said
                    self._beside(number)
            elif "fact" in own:
                yield replace(row, name=own["fact"])

    def _names(self, number: int, columns: Mapping[str, int]) -> Iterator[Piece]:
        """The texts that may name a row: in what stands before the first column of numbers."""
        numbers = [i for column, i in columns.items() if column not in (*LEVELS, "name", "fact", "nature")]
        first = min(numbers, default=0)
        yield from (one for index, one in self.rows[number].items() if index < first)

    def _indicator(self, number: int, own: dict[str, Piece], levels: dict[str, Piece], columns: Mapping[str, int]) -> Iterator[FormRow]:
        """An indicator's row. A level stands in every row below it until another does; below another first level no second one is kept."""
        if "level_1" in own:
            levels.pop("level_2", None)
        levels.update({level: own[level] for level in LEVELS if level in own})
        name = next((own[column] for column in ("name", *reversed(LEVELS)) if column in own), None)
        if name is None:  # a level merged over several rows, and nothing else that names this one
            self.left += [(one, "no_place") for one in own.values() if not is_apart(one.text, "empty")]
            return
        cells = levels | own
        rest = [column for column in own if column not in (*LEVELS, "name", "nature")]
        called = named(name.text)
        if not called or is_apart(called, "empty"):
            return
        if not rest:
            self.left.append((name, "no_place"))
            return
        for column in [column for column in rest if column in _OF_ONE and own[column].at in self.tall]:
            self.left.append((cells.pop(column), "merged"))
        yield FormRow(number, cells, name.read_as(called))

    def _beside(self, number: int) -> None:
        """A row that belongs to no table: what it names, a title, a note, or not understood."""
        texts = [(index, one.text) for index, one in self.rows[number].items()]
        for index, what, text in beside(texts):
            one = self.rows[number][index].read_as(text)
            if what and text:
                self.fields.setdefault(what, one)
            elif is_apart(text, "signature") or is_apart(text, "note"):
                return
            elif not text or is_apart(text, "side") or is_apart(text, "empty"):
                continue
            elif len(texts) == 1 or number <= 3:
                self.titles.append(one)
            else:
                self.left.append((one, "no_place"))
