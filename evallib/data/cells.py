"""From a grid of text to rows: heads and cells checked one by one, each row kept with its place. Knows no framework."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from evallib.checks.gone import STAND_IN, Gone
from evallib.checks.sums import called_total, check_totals
from evallib.data.days import day_without_year, read_day
from evallib.data.heads import Lines, read_lines
from evallib.data.raw_tables import Kind, choices_meant, choices_of, kinds_of
from evallib.files.sheets import MAX_CELL, Grid, Marked
from evallib.model.base import READING
from evallib.model.errors import Place, Problem, refuse_errors
from evallib.model.rows import Row, Sourced, is_id, made_of, note_of, spread, unit_of
from evallib.model.signs import code_of, hidden_sign
from evallib.model.table_words import ACTS, ALSO, BEHIND, CHOICES, STATES
from evallib.model.units import Units, amount, narrow, parse_decimal
from evallib.model.words import NOTHING, Given, Words, folded, listed, words
from evallib.say.mistakes import mistake
from evallib.say.numbers import to_type
from evallib.say.refusals import problem
from evallib.say.sentences import sentence

Made = TypeVar("Made", bound=Row)


@dataclass
class Reader:
    """What one reading has gathered: the problems, and where each row stands."""

    units: Units = field(default_factory=Units)
    problems: list[Problem] = field(default_factory=list)
    rows: dict[tuple[str, int], tuple[Lines, int]] = field(default_factory=dict)
    tables: dict[str, Grid] = field(default_factory=dict)
    gone: Gone = field(default_factory=Gone)

    def place(self, table: str, index: int, column: str | None = None) -> Place:
        """Where the row of a table stands that became number `index` of the record."""
        if (table, index) in self.rows:
            lines, row = self.rows[table, index]
            return lines.place(row, column)
        grid = self.tables.get(table)
        return grid.place() if grid else Place(table)

    def lost(self, table: str, grid: Grid) -> None:
        """A table cannot be read."""
        self.tables[table] = grid
        self.gone.add(table, {}, grid.place())

    def stop_if_wrong(self) -> None:
        """Raise InputRefused with every problem gathered that is an error."""
        refuse_errors(self.problems)


_COMMA_OR_POINT = re.compile(r"(?<![\d,.])\d{1,3},\d{3}(?![\d,.])")
_DECIMAL_COMMA = re.compile(r"([^\d,.]*)(\d{1,3}(?:[. ]\d{3})*|\d+),(\d+)(\D*)")
_LABEL = re.compile(r"[^:：]{1,8}[:：]")
_YEAR = re.compile(r"(\d{4})\s*年度?")
RANGE = re.compile(r"([+\-−]?[\d,.]*\d)%?\s*(?:[~〜－—–-]|至|到)\s*([+\-−]?[\d,.]*\d)\s*(%?)")
_STATES = {
    folded(text): state
    for state, both in STATES.items()
    for text in (state, both.zh, both.en, CHOICES[state].en if state in CHOICES else "")
    if text
}
_NUMBERS = ("decimal", "date", "int", "verdict")
_ASKED = {"—", "-", "–", "--", "/", "\\", "无", "none", "nil", "n/a", "na"}
"""What may mean nothing, unknown or not applicable, and is asked about."""


_STANDS_FOR_TEXT = f"（{STATES['to_come'].zh}）"
TO_COME = {"source": STAND_IN, "basis": "unverified"}
TO_COME |= dict.fromkeys(("section", "reason", "title", "text", "printed", "other"), _STANDS_FOR_TEXT)
"""What stands for a text that is still to come and changes no number: the rest of its row counts."""


def load_table(reader: Reader, grid: Grid, table: str, model: type[Made]) -> tuple[Made, ...]:
    """The rows of one table; what is wrong with them is added to the reader's problems."""
    lines = read_lines(reader.problems, grid, model, reader.units)
    if lines is None:
        reader.lost(table, grid)
        return ()
    return load_lines(reader, lines, table, model)


def load_lines(reader: Reader, lines: Lines, table: str, model: type[Made], after: int = 0) -> tuple[Made, ...]:
    """The rows of one table from its lines. `after`: so many rows of it were read already."""
    reader.tables[table] = lines.grid
    rows, begun = list[Made](), len(reader.problems)
    judged, units = bool(lines.grid.marked) or lines.grid.separator == ";", lines.head.units
    sums, totals = model.SUMS, list[tuple[int, dict[str, str]]]()
    for number, given in lines.rows:
        if given == {}:
            continue
        reading, before = _Reading(reader, lines, model, number, {**(given or {})}), len(reader.problems)
        fits = given is not None and not (judged and not reading.is_sound()) and (not units or reading.has_units_of(units))
        if fits and sums and called_total(sums, reading.filled()):
            totals.append((number, reading.meant()))
            continue
        found = reading.row() if fits else None
        if found is None:
            reader.gone.add(table, reading.readable(before), lines.place(number, None))
            continue
        reader.rows[table, after + len(rows)] = (lines, number)
        rows.append(found)
    if totals and not reader.gone.any(table):
        numbered = [(reader.rows[table, index][1], row) for index, row in enumerate(rows, after)]
        reader.problems.extend(check_totals(model, totals, numbered, reader.units, lines.place))
    if acts := ACTS.get(table):
        reader.problems[begun:] = [replace(one, acts=acts) if one.acts == "department" else one for one in reader.problems[begun:]]
    return tuple(rows)


def _is_note(model: type[Row], column: str, text: str) -> bool:
    """Whether the only text of a row is rather a note or a signature (制表人：王) than what a row begins with, as a name does."""
    return not is_id(model, column, text) and (bool(made_of(model, column)) or _LABEL.match(text) is not None)


@cache
def _asking(model: type[Row]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """How the number of a target may begin and end, with what its operator says."""
    before = [text for value in choices_of(model, "operator") for text in (value, CHOICES[value].zh, *ALSO[value])]
    behind = [text for texts in BEHIND.values() for text in texts]
    front, back = ("|".join(re.escape(folded(text)) for text in sorted(texts, key=len, reverse=True)) for texts in (before, behind))
    return re.compile(rf"({front})\s*(?=\S*\d)", re.I), re.compile(rf"(?<=\S)\s*({back})$", re.I)


def operator_beside(model: type[Row], text: str) -> tuple[str, str]:
    """The operator that stands in one cell with what is asked for (≥50个, 90% 以上), and the rest; none where there is none."""
    plain = narrow(text)
    before, behind = _asking(model)
    if (found := before.match(plain)) and plain[found.end() :]:
        return choices_meant(model, "operator")[folded(found[1])], plain[found.end() :]
    if plain[:1].isdigit() and (found := behind.search(plain)):
        return next(value for value, texts in BEHIND.items() if folded(found[1]) in map(folded, texts)), plain[: found.start()]
    return "", plain


def _column_told(model: type[Row], column: str) -> dict[str, str | Words]:
    """A column in words: its name, what it holds, which choices there are."""
    title, note = str(model.model_fields[column].title), note_of(model, column)
    choices = listed(CHOICES[value] for value in choices_of(model, column))
    held = f"：{choices.zh} 之一" if choices else f"：{note.zh}" if note.zh != title else ""
    meaning = "" if note.en == column.replace("_", " ") else f": {note.en}"
    return {"column": words(f"“{title}”{held}", f"the column {column}{meaning}"), "choices": choices}


class _Reading(Generic[Made]):
    """One row while it is read: the texts of its filled cells by column, and what these give. What is wrong is added to the problems."""

    def __init__(self, reader: Reader, lines: Lines, model: type[Made], number: int, cells: dict[str, str]) -> None:
        self.reader, self.lines, self.model, self.number, self.cells = reader, lines, model, number, cells
        self.kinds, self.given = kinds_of(model), dict[str, Any]()

    def place(self, column: str | None) -> Place:
        return self.lines.place(self.number, column)

    def refuse(self, name: str, column: str, found: str = "", /, **given: Given) -> None:
        self.reader.problems.append(problem(name, self.place(column), found, **given))

    def choice(self, column: str) -> str:
        """The value that a cell of few choices means; empty where it means none."""
        return choices_meant(self.model, column).get(folded(self.cells[column]), "") if column in self.cells else ""

    def has_units_of(self, headed: Mapping[str, str]) -> bool:
        """Whether the row names no other unit than the headings; where it names none, theirs is put in."""
        before, units = len(self.reader.problems), self.reader.units
        for column, unit in headed.items():
            named = unit_of(self.model, column)
            if named not in self.model.model_fields or (named in self.lines.head.order and column not in self.cells):
                continue
            stated = self.cells.setdefault(named, unit)
            if (given := units.find(stated)) is None or given.symbol != unit:
                found, fix = self.cells.get(column, "")[:60], sentence("checks.one_unit")
                self.refuse("cell.of_another_unit", column, found, unit=unit, stated=stated, fix=fix)
        return len(self.reader.problems) == before

    def meant(self) -> dict[str, str]:
        """The cells; one of few choices by its value."""
        return {column: self.choice(column) or text for column, text in self.cells.items()}

    def readable(self, before: int) -> dict[str, str]:
        """The cells, as they are meant, that nothing was said of since there were so many problems."""
        wrong = {one.place.column for one in self.reader.problems[before:]}
        return {column: text for column, text in self.meant().items() if column not in wrong}

    # --- what a workbook, or a file with semicolons, says beyond the texts

    def is_sound(self) -> bool:
        """Whether nothing is wrong with the cells beyond their text; one that reads otherwise as a text is put in its place."""
        before = len(self.reader.problems)
        for column, index in self.lines.head.order.items():
            there = self.lines.there is None or column in self.lines.there
            if there and (mark := self.lines.grid.marked.get((self.number, index))):
                self._judge(column, mark)
        if self.lines.grid.separator == ";":  # as where the comma is the decimal sign
            for column, text in self.cells.items():
                plain = narrow(text)
                if self.kinds[column] in ("decimal", "int") and _COMMA_OR_POINT.search(plain):
                    whole, point = plain.replace(",", ""), plain.replace(",", ".")
                    self.refuse("cell.comma_says_two_things", column, text[:60], whole=whole, point=point)
        return len(self.reader.problems) == before

    def _judge(self, column: str, mark: Marked) -> None:
        kind = self.kinds[column]
        may_be = "date" in spread(self.model, column) and self.choice("operator") in ("", "by")
        is_date = kind == "date" or (may_be and mark.number == "cell.made_a_date")
        is_number = kind in ("decimal", "int")
        name = mark.always or (mark.date if is_date else mark.number if is_number else mark.text)
        if name:
            self.refuse(name, column, "" if mark.always else mark.found[:60], cells=mark.found)
        elif not is_number and not is_date and mark.shown is not None and column in self.cells:
            self.cells[column] = mark.shown
        elif is_number and mark.unit:
            self._refuse_another_scale(column, mark)

    def _refuse_another_scale(self, column: str, mark: Marked) -> None:
        """Refuse a number whose format puts 万元, or 万, beside it where the row says 元."""
        named, units = unit_of(self.model, column), self.reader.units
        has_column = named in self.model.model_fields
        # where an actual names none, it is the target's
        stated = self.cells.get(named) or self.cells.get("unit", "") if has_column else named
        row_unit = units.find(stated) if stated else None
        is_scale = mark.unit in {scale.word.strip() for scale in units.scales} and not stated.startswith(mark.unit)
        beside = units.find(mark.unit + row_unit.symbol if is_scale and row_unit else mark.unit)
        if beside and row_unit and beside.dimensions == row_unit.dimensions and beside.factor != row_unit.factor:
            told = stated if has_column else row_unit.symbol
            self.refuse("cell.shown_in_another_unit", column, f"{mark.found} {mark.unit}", unit=mark.unit, stated=told)

    def filled(self) -> dict[str, str]:
        """The cells with what is said once above the heads."""
        for column, said in self.lines.once.items():
            if column not in self.cells and said.text and said.holds_for(self.cells):
                self.cells[column] = said.text
        return self.cells

    # --- from texts to values

    def row(self) -> Made | None:
        """The row, or None with its problems recorded."""
        before = len(self.reader.problems)
        found = self._row()
        if len(self.cells) == 1 and len(wrong := self.reader.problems[before:]) > 1:
            [(column, text)] = self.cells.items()
            if _is_note(self.model, column, text) or any(one.code != "cell.missing" for one in wrong):
                self.reader.problems[before:] = [problem("row.one_cell", self.place(column), text[:60])]
        return found

    def _row(self) -> Made | None:
        states: list[tuple[str, str]] = []
        before, cells = len(self.reader.problems), self.filled()
        whole = "".join(cells.values())
        plain = whole.isprintable() and len(whole) <= MAX_CELL
        for column, raw in cells.items():
            text = raw if plain else raw.replace("\r\n", "\n").replace("\r", "\n")
            if not plain and (hidden := hidden_sign(text)):
                self.refuse("cell.control_character", column, code=code_of(hidden))
            elif not plain and len(text) > MAX_CELL:
                self.refuse("cell.too_long", column, text[:40] + "…", characters=MAX_CELL)
            elif (kind := self.kinds[column]) == "text":
                self.given[column] = text
            elif (
                kind in _NUMBERS
                and not text[0].isdigit()
                and (state := _STATES.get(folded(text)))
                and not self.model.model_fields[column].is_required()
            ):
                states.append((column, state))
            else:
                self._read(column, kind, text)
        if len(self.reader.problems) > before:
            return None
        try:
            return self.model.model_validate(self.given | {"states": states} if states else self.given, context=READING)
        except ValidationError as refusal:
            for error in refusal.errors():
                column = str(error["loc"][0]) if error["loc"] else ""
                told = _column_told(self.model, column) if column else {}
                found = str(self.given.get(column, ""))[:60]
                self.reader.problems.append(mistake(error, "cell", self.place(column or None), found, **told))
            return self._with_what_is_to_come(refusal, states)

    def _with_what_is_to_come(self, refusal: ValidationError, states: list[tuple[str, str]]) -> Made | None:
        """The row with what stands for the texts that it lacks, where it lacks nothing else; the laying out of a judgement is none yet."""
        fields, errors = self.model.model_fields, refusal.errors()
        lacking = {str(error["loc"][0]) for error in errors if error["type"] == "missing"}
        laid_out = "verdict" in fields and "kind" in fields and not {"verdict", "score", "coefficient"} & self.cells.keys()
        if len(lacking) < len(errors) or not lacking <= TO_COME.keys() or not issubclass(self.model, Sourced) or laid_out:
            return None
        self.reader.gone.stands_in = True
        try:
            return self.model.model_validate(self.given | {column: TO_COME[column] for column in lacking} | {"states": states})
        except ValidationError:
            return None

    def _read(self, column: str, kind: Kind, text: str) -> None:
        """A cell that holds no plain text, as a value."""
        given = self.given
        if kind in ("decimal", "date") and not text[0].isdigit() and folded(text) in _ASKED:
            self.refuse("cell.number_or_state", column, text)
        elif kind == "decimal":
            if column == "target" and "operator" in self.model.model_fields:
                text = self._without_operator(text)
            if not self._spread(column, text):
                self._number(column, text)
        elif kind == "int":
            year = _YEAR.fullmatch(narrow(text)) if column.endswith("year") else None
            number = parse_decimal(year[1] if year else text)
            given[column] = int(number) if number is not None and number == number.to_integral_value() else text
        elif kind == "date":
            given[column] = read_day(text) or text
        elif kind == "verdict" and self.choice("kind") == "tier":
            given[column] = text  # which may be called like an answer to an item
        elif kind in ("choice", "verdict"):
            meant = choices_meant(self.model, column)
            given[column] = meant.get(text) or meant.get(folded(text), text)
        else:
            unit = self.reader.units.find(text)
            given.setdefault(column, unit.symbol if unit else text)

    def _without_operator(self, text: str) -> str:
        """What is asked for, without the operator that stands in the same cell: it must be the one that the row names."""
        operator, rest = operator_beside(self.model, text)
        if not operator:
            return text
        stated = self.cells.get("operator", "")
        if stated and self.choice("operator") != operator:
            self.refuse("target.two_operators", "target", text[:60], stated=stated, operator=CHOICES[operator])
        self.given.setdefault("operator", operator)
        return rest

    def _spread(self, column: str, text: str) -> bool:
        """Put what is no number where it belongs: a range, a date, words; whether it was any of these that the column leaves room for."""
        room, given = spread(self.model, column), self.given
        if not room:
            return False
        plain = narrow(text)
        ends = [parse_decimal(end) for end in found.groups()[:2]] if (found := RANGE.fullmatch(plain)) else []
        if "range" in room and len(ends) == 2 and None not in ends:
            given[column], given[room["range"]] = ends
            if found and found[3]:
                given.setdefault("unit", found[3])
        elif "date" in room and (day := read_day(text)):
            given[room["date"]] = day
        elif "choice" in room and (choice := choices_meant(self.model, room["choice"]).get(folded(text))):
            given[room["choice"]] = choice
        elif "text" in room and self.choice("operator") == "words":
            given[room["text"]] = text
        else:
            return False
        return True

    def _number(self, column: str, text: str) -> None:
        """A number, with or without its unit behind it. A unit in the cell must be the one that the row names."""
        read = amount(text, self.reader.units)
        if read is None:
            comma = _DECIMAL_COMMA.fullmatch(narrow(text))
            point = f"{comma[1]}{re.sub('[. ]', '', comma[2])}.{comma[3]}{comma[4]}" if comma else ""
            groups = comma and len(comma[3]) > 2  # 95,7260 is 957260 to who counts in 万
            name = "cell.comma_of_groups" if groups else "cell.decimal_comma" if comma else "cell.not_digits"
            day = day_without_year(text) if "date" in spread(self.model, column) else ""
            given: dict[str, Given] = {"point": point, "whole": re.sub("[,. ]", "", narrow(text)), "day": day}
            in_words = [sentence(f"checks.words_{kind}") for kind in ("text", "choice") if kind in spread(self.model, column)]
            self.refuse("cell.day_without_year" if day else name, column, text[:60], **given, words=(*in_words, NOTHING)[0])
            return
        number, unit = read
        if unit is not None:
            named = unit_of(self.model, column)
            has_column = named in self.model.model_fields and named != column  # points are in points
            stated = self.cells.get(named, "") if has_column else named
            if has_column and not stated:
                self.given[named] = unit.symbol
            elif (row_unit := self.reader.units.find(stated) if stated else None) != unit:
                in_row = words("（无）", "no unit") if not stated else row_unit.name if row_unit and not has_column else words(stated)
                there = has_column and named in self.lines.head.order
                change = words(str(self.model.model_fields[named].title), named) if there else NOTHING
                known = row_unit is not None or not stated
                fix = to_type(number, unit, row_unit, self.reader.units, change) if known else sentence("checks.one_unit")
                self.refuse("cell.of_another_unit", column, text[:60], unit=unit.symbol, stated=in_row, fix=fix)
                return
        self.given[column] = number
