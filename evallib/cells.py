"""From files to rows: text decoded, heads and cells checked one by one, each row kept with its place. Knows no framework."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from evallib.errors import InputRefused, Place, Problem
from evallib.record import InputFile, Row, columns
from evallib.units import parse_decimal
from evallib.words import Words, words

_MAX_BYTES = 20_000_000


@dataclass
class Reader:
    """What one reading has gathered: the problems, the files, and where each row stands."""

    root: Path
    problems: list[Problem] = field(default_factory=list)
    files: list[InputFile] = field(default_factory=list)
    rows: dict[tuple[str, int], tuple[str, int]] = field(default_factory=dict)

    def shown(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def read_bytes(self, path: Path, fix: Words) -> bytes | None:
        name = self.shown(path)
        if not path.is_file():
            self.problems.append(Problem(Place(name), words("文件不存在", "there is no such file"), fix))
            return None
        if path.stat().st_size > _MAX_BYTES:
            self.problems.append(
                Problem(
                    Place(name),
                    words(f"文件超过 {_MAX_BYTES // 1_000_000} MB", f"the file is larger than {_MAX_BYTES // 1_000_000} MB"),
                    words("确认选对了文件，删去多余的行", "check that it is the right file, and delete what does not belong"),
                )
            )
            return None
        content = path.read_bytes()
        self.files.append(InputFile(name=name, sha256=hashlib.sha256(content).hexdigest()))
        return content

    def place(self, table: str, index: int, column: str | None = None) -> Place:
        """Where the row of a table stands that became number `index` of the record."""
        file, row = self.rows.get((table, index), (table, 0))
        return Place(file, row or None, column)

    def stop_if_wrong(self) -> None:
        errors = tuple(p for p in self.problems if p.level == "error")
        if errors:
            raise InputRefused(errors)


def _decode(content: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _read_table(reader: Reader, path: Path, model: type[Row]) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV file as text by column, with their row numbers; problems with the head are recorded."""
    heads = ",".join(columns(model))
    fix = words(f"新建该文件；没有内容时只写标题行：{heads}", f"create it; with nothing to say, only the head line: {heads}")
    content = reader.read_bytes(path, fix)
    if content is None:
        return
    name = reader.shown(path)
    text = _decode(content)
    if text is None:
        reader.problems.append(
            Problem(
                Place(name),
                words("无法识别文字编码", "the text encoding is not known"),
                words("在 Excel 中另存为“CSV UTF-8（逗号分隔）”", "in Excel, save it as “CSV UTF-8 (comma delimited)”"),
            )
        )
        return
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        head = [cell.strip() for cell in next(lines, [])]
        if not _check_head(reader, name, head, model):
            return
        for cells in lines:
            row = lines.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > len(head) and any(cell.strip() for cell in cells[len(head) :]):
                reader.problems.append(
                    Problem(
                        Place(name, row),
                        words("单元格比标题多", "the row has more cells than the head line"),
                        words(
                            "含逗号的文字要加英文双引号，或删去多余的单元格",
                            "put text that holds a comma in double quotes, or delete the extra cells",
                        ),
                        found=cells[len(head)],
                    )
                )
                continue
            yield row, dict(zip(head, cells, strict=False))
    except csv.Error as error:
        reader.problems.append(
            Problem(
                Place(name, lines.line_num),
                words("这一行不是完整的 CSV", "this line is not complete CSV"),
                words("检查双引号是否成对", "check that double quotes come in pairs"),
                found=str(error),
            )
        )


def _check_head(reader: Reader, name: str, head: list[str], model: type[Row]) -> bool:
    known = columns(model)
    before = len(reader.problems)
    for cell in dict.fromkeys(head):
        if cell not in known:
            near = get_close_matches(cell, known, 1)
            hint_zh = f"是否应为 {near[0]}？" if near else "删去该列。"
            hint_en = f"did you mean {near[0]}? " if near else "delete the column. "
            reader.problems.append(
                Problem(
                    Place(name, 1, cell or "（空）"),
                    words("没有这一列", "there is no such column"),
                    words(f"{hint_zh}可用的列：{'、'.join(known)}", f"{hint_en}The columns are: {', '.join(known)}"),
                )
            )
        elif head.count(cell) > 1:
            reader.problems.append(
                Problem(
                    Place(name, 1, cell),
                    words("该列出现两次", "the column stands twice"),
                    words("只保留一列", "keep one of them"),
                )
            )
    for column, info in model.model_fields.items():
        if info.is_required() and column not in head:
            reader.problems.append(
                Problem(
                    Place(name, 1, column),
                    words("缺少这一列", "the column is missing"),
                    words(f"在标题行加上 {column}（{info.title}）", f"add {column} to the head line ({info.description})"),
                )
            )
    return len(reader.problems) == before


def _is_number(model: type[Row], column: str) -> bool:
    return "Decimal" in str(model.model_fields[column].annotation)


def _explain(model: type[Row], error: Any) -> tuple[Words, Words]:
    """What pydantic found wrong with a cell, and the next step, in plain words."""
    column = str(error["loc"][0]) if error["loc"] else ""
    info = model.model_fields.get(column)
    kind, context = error["type"], error.get("ctx", {})
    if kind == "missing":
        meaning = words(info.title or column, info.description or column) if info else words(column)
        return words("不能为空", "must not be empty"), words(f"填写{meaning.zh}", f"fill in: {meaning.en}")
    if kind == "literal_error":
        expected = str(context.get("expected", ""))
        return (
            words("不是允许的取值", "is not one of the allowed values"),
            words(f"填写以下之一：{expected.replace(' or ', '、')}", f"write one of {expected}"),
        )
    if kind in ("int_parsing", "int_from_float"):
        return words("应为整数", "must be a whole number"), words("只写数字，不带单位", "write digits only, without a unit")
    if kind in ("greater_than", "greater_than_equal", "less_than", "less_than_equal"):
        sign = {"greater_than": ">", "greater_than_equal": ">=", "less_than": "<", "less_than_equal": "<="}[kind]
        limit = next(iter(context.values()), "")
        return words("超出允许范围", "is out of range"), words(f"应 {sign} {limit}", f"it must be {sign} {limit}")
    if kind in ("string_pattern_mismatch", "string_too_short"):
        return (
            words("编号格式不对", "is not a proper id"),
            words(
                "用小写英文字母开头，只用字母、数字和下划线（来源与问题编号也可用连字符和点）",
                "begin with a small letter; use small letters, digits and underscores (source and finding ids may hold - and .)",
            ),
        )
    if kind == "value_error":
        return words(str(error["msg"]).removeprefix("Value error, ")), words("改正后重试", "mend it and try again")
    return words(str(error["msg"])), words("对照该列的说明改正", "mend it as the column's note says")


def _build(reader: Reader, file: str, row: int, model: type[Row], cells: dict[str, str]) -> Row | None:
    """A row of a table from its text, or None with its problems recorded. An empty cell is a value not given."""
    given: dict[str, Any] = {}
    before = len(reader.problems)
    for column, raw in cells.items():
        text = raw.strip()
        if text == "":
            continue
        bad = next((c for c in text if (ord(c) < 32 and c not in "\n\t") or c in "‪‫‬‭‮⁦⁧⁨⁩"), None)
        if bad is not None:
            reader.problems.append(
                Problem(
                    Place(file, row, column),
                    words(f"含有看不见的控制字符 U+{ord(bad):04X}", f"holds an invisible control character U+{ord(bad):04X}"),
                    words("删去该字符，重新键入这段文字", "delete it, or type the text anew"),
                )
            )
            continue
        if _is_number(model, column):
            number = parse_decimal(text)
            if number is None:
                reader.problems.append(
                    Problem(
                        Place(file, row, column),
                        words("不是数字", "is not a number"),
                        words(
                            "只写数字（如 1234.50 或 1,234.50），单位写在“单位”列",
                            "write digits only (1234.50 or 1,234.50); the unit has a column of its own",
                        ),
                        found=text[:60],
                    )
                )
                continue
            given[column] = number
        else:
            given[column] = text
    if len(reader.problems) > before:
        return None
    try:
        return model.model_validate(given)
    except ValidationError as refusal:
        for error in refusal.errors():
            named = str(error["loc"][0]) if error["loc"] else ""
            what, fix = _explain(model, error)
            reader.problems.append(Problem(Place(file, row, named or None), what, fix, str(given.get(named, ""))[:60]))
        return None


def load_table(reader: Reader, path: Path, table: str, model: type[Row]) -> tuple[Row, ...]:
    """The rows of one table; what is wrong with them is added to the reader's problems."""
    rows: list[Row] = []
    for row, cells in _read_table(reader, path, model):
        built = _build(reader, reader.shown(path), row, model, cells)
        if built is not None:
            reader.rows[table, len(rows)] = (reader.shown(path), row)
            rows.append(built)
    return tuple(rows)
