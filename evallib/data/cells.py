"""From a grid of text to rows: heads and cells checked one by one, each row kept with its place. Knows no framework."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from functools import cache, partial
from typing import Any, Literal, cast, get_args, get_origin

from pydantic import ValidationError

from evallib.data.sheets import MAX_CELL, Grid
from evallib.model.errors import InputRefused, Place, Problem
from evallib.model.rows import Row, columns, note_of, unit_of
from evallib.model.table_words import CHOICES
from evallib.model.units import Units, parse_decimal
from evallib.model.words import Words, words

_HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 00:00:00)?")
_AMOUNT = re.compile(r"([^\w\s+\-−.,]?)\s*([+\-−]?[\d,.]*\d)\s*(\D*)")


@dataclass
class Reader:
    """What one reading has gathered: the problems, and where each row stands."""

    units: Units = field(default_factory=Units)
    problems: list[Problem] = field(default_factory=list)
    rows: dict[tuple[str, int], tuple[Grid, int, dict[str, int], type[Row]]] = field(default_factory=dict)
    tables: dict[str, Grid] = field(default_factory=dict)

    def problem(self, place: Place, zh: str, en: str, fix_zh: str, fix_en: str, found: str = "") -> None:
        self.problems.append(Problem(place, words(zh, en), words(fix_zh, fix_en), found))

    def place(self, table: str, index: int, column: str | None = None) -> Place:
        """Where the row of a table stands that became number `index` of the record."""
        if (table, index) in self.rows:
            grid, row, order, model = self.rows[table, index]
            return _place(grid, order, model, row, column)
        grid_ = self.tables.get(table)
        return grid_.place() if grid_ else Place(table)

    def stop_if_wrong(self) -> None:
        """Raise InputRefused with every problem gathered that is an error."""
        errors = tuple(p for p in self.problems if p.level == "error")
        if errors:
            raise InputRefused(errors)


@cache
def _heads(model: type[Row]) -> dict[str, str]:
    """What may stand in the head line of a table, and the column it means: the id, or its name in Chinese or English."""
    known: dict[str, str] = {}
    for name in columns(model):
        info = model.model_fields[name]
        known |= {_plain(text): name for text in (name, name.replace("_", " "), info.title, info.description) if text}
    return known


def _values(model: type[Row], column: str) -> tuple[str, ...]:
    annotation = model.model_fields[column].annotation
    return get_args(annotation) if get_origin(annotation) is Literal else ()


@cache
def _choices(model: type[Row], column: str) -> dict[str, str]:
    """What may stand in a cell of few choices, and the value it means; empty where any text may stand."""
    found: dict[str, str] = {}
    for value in _values(model, column):
        found |= {_plain(text): value for text in (value, CHOICES[value].zh, CHOICES[value].en) if text}
    return found


_Kind = Literal["number", "integer", "choice", "verdict", "unit", "date", "text"]


@cache
def _kind(model: type[Row], column: str) -> _Kind:
    """How the cells of a column are read."""
    if _choices(model, column):
        return "choice"
    annotation = str(model.model_fields[column].annotation)
    for word, kind in (("Decimal", "number"), ("date", "date"), ("int", "integer")):
        if word in annotation:
            return cast(_Kind, kind)
    return "verdict" if column == "verdict" else "unit" if column in ("unit", "actual_unit", "cost_unit") else "text"


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().lower()


def load_table(reader: Reader, grid: Grid, table: str, model: type[Row]) -> tuple[Row, ...]:
    """The rows of one table; what is wrong with them is added to the reader's problems."""
    reader.tables[table] = grid
    reader.problems.extend(grid.problems)
    unread = {problem.place.row for problem in grid.problems}
    if None in unread or (unread and not grid.rows):
        return ()
    order = _check_head(reader, grid, model)
    if order is None:
        return ()
    rows: list[Row] = []
    width = len(grid.head)
    kinds = [(column, index, _kind(model, column)) for column, index in order.items()]
    for number, texts in grid.rows:
        if number in unread:
            continue
        extra = next((text for text in texts[width:] if text.strip()), None) if len(texts) > width else None
        if extra is not None:
            reader.problem(
                grid.place(number),
                "这一行的单元格多于列名",
                "the row has more cells than the header row",
                "含逗号的文字要加英文双引号，或删去多余的单元格",
                "put text that holds a comma in double quotes, or delete the extra cells",
                extra[:60],
            )
            continue
        cells = [(column, kind, text) for column, index, kind in kinds if index < len(texts) and (text := texts[index].strip())]
        if not cells:
            continue
        built = _build(reader, partial(_place, grid, order, model, number), model, cells)
        if built is not None:
            reader.rows[table, len(rows)] = (grid, number, order, model)
            rows.append(built)
    return tuple(rows)


def _place(grid: Grid, order: dict[str, int], model: type[Row], row: int, column: str | None) -> Place:
    title = model.model_fields[column].title if column in model.model_fields else None
    return grid.place(row, column, order.get(column or ""), title or "")


def _check_head(reader: Reader, grid: Grid, model: type[Row]) -> dict[str, int] | None:
    """Which column stands where, or None with the problems recorded. A head that begins with # is a remark and passed over."""
    known, ids = _heads(model), columns(model)
    if list(grid.head) == ids:
        return {column: index for index, column in enumerate(ids)}
    before = len(reader.problems)
    order: dict[str, int] = {}
    for index, head in enumerate(grid.head):
        unused = not head.strip() and not any(index < len(texts) and texts[index].strip() for _, texts in grid.rows)
        if head.strip().startswith("#") or unused:
            continue
        place = grid.place(1, head.strip() or "（空 / empty）", index)
        column = known.get(_plain(head))
        if column is None:
            near = get_close_matches(_plain(head), known, 1)
            lacking = [c for c in ids if model.model_fields[c].is_required() and not any(known.get(_plain(h)) == c for h in grid.head)]
            hint = words("删去该列，或让列名以 # 开头。", "delete the column, or begin its heading with #. ")
            if lacking:
                titles = "、".join(f"{model.model_fields[c].title}" for c in lacking)
                hint = words(
                    f"还缺 {titles}：是否应为其中之一？列名应在第 1 行。",
                    f"still lacking: {', '.join(lacking)}. Is it one of these? Column headings belong in row 1. ",
                )
            if near:
                hint = words(f"是否应为 {near[0]}？", f"did you mean {near[0]}? ")
            reader.problem(
                place,
                "没有这一列",
                "there is no such column",
                f"{hint.zh}可用的列：{'、'.join(f'{model.model_fields[c].title}（{c}）' for c in ids)}",
                f"{hint.en}The columns are: {', '.join(ids)}",
            )
        elif column in order:
            reader.problem(place, "该列出现两次", "the column appears twice", "只保留一列", "keep one of them")
        else:
            order[column] = index
    for column in ids:
        info = model.model_fields[column]
        if info.is_required() and column not in order:
            reader.problem(
                grid.place(1, column),
                "缺少这一列",
                "the column is missing",
                f"在列名行加上 {info.title}（{column}）",
                f"add {column} to the header row ({info.description})",
            )
    return order if len(reader.problems) == before else None


_PlaceOf = Callable[[str | None], Place]


def _build(reader: Reader, place: _PlaceOf, model: type[Row], cells: list[tuple[str, _Kind, str]]) -> Row | None:
    """A row of a table from the texts of its filled cells, or None with its problems recorded."""
    given: dict[str, Any] = {}
    before = len(reader.problems)
    for column, kind, raw in cells:
        text = raw.replace("\r\n", "\n").replace("\r", "\n") if "\r" in raw else raw
        if not text.isascii() or not text.isprintable():
            hidden = _HIDDEN.search(text)
            if hidden:
                code = f"U+{ord(hidden[0]):04X}"
                reader.problem(
                    place(column),
                    f"含有看不见的控制字符 {code}",
                    f"holds an invisible control character {code}",
                    "删去该字符，重新键入这段文字",
                    "delete it, or type the text anew",
                )
                continue
        if len(text) > MAX_CELL:
            reader.problem(
                place(column),
                f"超过 {MAX_CELL} 个字符",
                f"is longer than {MAX_CELL} characters",
                "缩短文字",
                "shorten the text",
                text[:40] + "…",
            )
        elif kind == "text":
            given[column] = text
        elif kind == "number":
            _read_number(reader, place, model, column, text, cells, given)
        elif kind == "integer":
            number = parse_decimal(text)
            given[column] = int(number) if number is not None and number == number.to_integral_value() else text
        elif kind == "date":
            found = _DATE.fullmatch(unicodedata.normalize("NFKC", text))
            given[column] = f"{found[1]}-{found[2]:0>2}-{found[3]:0>2}" if found else text
        elif kind == "choice":
            given[column] = _choices(model, column).get(text) or _choices(model, column).get(_plain(text), text)
        elif kind == "verdict":
            given[column] = next((v for v in ("met", "not_met") if _plain(text) in (v, CHOICES[v].zh, CHOICES[v].en)), text)
        else:
            unit = reader.units.find(text)
            given.setdefault(column, unit.symbol if unit else text)
    if len(reader.problems) > before:
        return None
    try:
        return model.model_validate(given)
    except ValidationError as refusal:
        for error in refusal.errors():
            named = str(error["loc"][0]) if error["loc"] else ""
            what, fix = _explain(model, error)
            reader.problems.append(Problem(place(named or None), what, fix, str(given.get(named, ""))[:60]))
        return None


def _read_number(
    reader: Reader, place: _PlaceOf, model: type[Row], column: str, text: str, cells: list[tuple[str, _Kind, str]], given: dict[str, Any]
) -> None:
    """A number, with or without its unit behind it. A unit in the cell must be the one that the row names."""
    number: Decimal | None = parse_decimal(text)
    if number is not None:
        given[column] = number
        return
    amount = _AMOUNT.fullmatch(unicodedata.normalize("NFKC", text).strip())
    number = parse_decimal(amount[2]) if amount else None
    unit = reader.units.find(amount[3] or amount[1]) if amount and (amount[1] or amount[3]) else None
    if number is None or unit is None:
        reader.problem(
            place(column),
            "不是数字",
            "is not a number",
            "只写数字（如 1234.50 或 1,234.50），单位写在“单位”列",
            "write digits only (1234.50 or 1,234.50); the unit has a column of its own",
            text[:60],
        )
        return
    named = unit_of(model, column)
    stated = next((text for column, _, text in cells if column == named), "") if named in model.model_fields else named
    row_unit = reader.units.find(stated) if stated else None
    if row_unit is None and not stated and named in model.model_fields:
        given[named] = unit.symbol
    elif row_unit != unit:
        reader.problem(
            place(column),
            f"单元格里的单位是 {unit.symbol}，这一行的单位是 {stated or '（无）'}",
            f"the cell says {unit.symbol}, the row says {stated or 'no unit'}",
            "两处写成同一单位，或单元格里只写数字",
            "write the same unit in both, or digits only in the cell",
            text[:60],
        )
        return
    given[column] = number


LIMITS = {"greater_than": ">", "greater_than_equal": ">=", "less_than": "<", "less_than_equal": "<="}
"""What pydantic calls a limit that is not kept, and its sign."""


def outside_limit(error: Any) -> tuple[Words, Words]:
    """What is wrong with a number past a limit, and the next step."""
    sign, limit = LIMITS[error["type"]], next(iter(error["ctx"].values()))
    return words("超出允许范围", "is out of range"), words(f"应 {sign} {limit}", f"it must be {sign} {limit}")


def _what_to_fill_in(model: type[Row], column: str) -> Words:
    """What an empty cell lacks: its column, and what the column holds or which choices there are."""
    info = model.model_fields.get(column)
    if info is None:
        return words(f"填写“{column}”", f"fill in {column}")
    title, note = str(info.title), note_of(model, column)
    choices = [CHOICES[value].zh for value in _values(model, column)]
    held = f"：{'、'.join(choices)} 之一" if choices else f"：{note.zh}" if note.zh != title else ""
    meaning = "" if note.en == column.replace("_", " ") else f": {note.en}"
    return words(f"填写“{title}”{held}", f"fill in the column {column}{meaning}")


def _explain(model: type[Row], error: Any) -> tuple[Words, Words]:
    """What pydantic found wrong with a cell, and the next step, in plain words."""
    column = str(error["loc"][0]) if error["loc"] else ""
    info = model.model_fields.get(column)
    kind, context = error["type"], error.get("ctx", {})
    if kind == "missing":
        return words("不能为空", "must not be empty"), _what_to_fill_in(model, column)
    if kind == "literal_error":
        values = get_args(info.annotation) if info else ()
        return (
            words("不是允许的取值", "is not one of the allowed values"),
            words(
                f"填写以下之一：{'、'.join(CHOICES[v].zh for v in values)}",
                f"write one of {', '.join(CHOICES[v].en for v in values)}",
            ),
        )
    if kind in ("int_parsing", "int_from_float", "int_type"):
        return words("应为整数", "must be a whole number"), words("只写数字，不带单位", "write digits only, without a unit")
    if kind.startswith("date"):
        return words("不是日期", "is not a date"), words("写成 2024-03-31", "write it as 2024-03-31")
    if kind in LIMITS:
        return outside_limit(error)
    if kind in ("string_pattern_mismatch", "string_too_short"):
        return (
            words("编号格式不对", "is not a proper id"),
            words(
                "用小写英文字母开头，只用字母、数字和下划线（来源与问题编号也可用连字符和点）",
                "begin with a small letter; use small letters, digits and underscores (source and finding ids may hold - and .)",
            ),
        )
    message = context.get("error")
    if kind == "value_error" and message is not None and len(message.args) == 2:  # a row's own check says it in both languages
        return words(*message.args), words("改正后重试", "correct it and try again")
    return words(str(error["msg"]).removeprefix("Value error, ")), words("对照该列的说明改正", "correct it as the column's note says")
