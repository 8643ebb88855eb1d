"""The one door: framework files, the list of departments and a department's tables are read here, and nowhere else.

Everything that is wrong is collected and refused together; what passes is a checked `Framework` and `Record`.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from evallib.checks import check_framework, check_record
from evallib.errors import InputRefused, Place, Problem, refuse
from evallib.framework import Framework
from evallib.record import TABLES, InputFile, Listing, Record, Row, columns
from evallib.units import parse_decimal
from evallib.words import Words, words

_MAX_BYTES = 20_000_000
_FRAMEWORK_NAME = re.compile(r"[a-z][a-z0-9-]{0,59}")


@dataclass
class _Reader:
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
            self.problems.append(Problem(
                Place(name),
                words(f"文件超过 {_MAX_BYTES // 1_000_000} MB", f"the file is larger than {_MAX_BYTES // 1_000_000} MB"),
                words("确认选对了文件，删去多余的行", "check that it is the right file, and delete what does not belong"),
            ))  # fmt: skip
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


# --- text --------------------------------------------------------------------------------------------------------


def _decode(content: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _read_table(reader: _Reader, path: Path, model: type[Row]) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV file as text by column, with their row numbers; problems with the head are recorded."""
    heads = ",".join(columns(model))
    fix = words(f"新建该文件；没有内容时只写标题行：{heads}", f"create it; with nothing to say, only the head line: {heads}")
    content = reader.read_bytes(path, fix)
    if content is None:
        return
    name = reader.shown(path)
    text = _decode(content)
    if text is None:
        reader.problems.append(Problem(
            Place(name), words("无法识别文字编码", "the text encoding is not known"),
            words("在 Excel 中另存为“CSV UTF-8（逗号分隔）”", "in Excel, save it as “CSV UTF-8 (comma delimited)”"),
        ))  # fmt: skip
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
            if len(cells) > len(head) and any(cell.strip() for cell in cells[len(head):]):  # fmt: skip
                reader.problems.append(Problem(
                    Place(name, row), words("单元格比标题多", "the row has more cells than the head line"),
                    words("含逗号的文字要加英文双引号，或删去多余的单元格",
                          "put text that holds a comma in double quotes, or delete the extra cells"),
                    found=cells[len(head)],
                ))  # fmt: skip
                continue
            yield row, dict(zip(head, cells, strict=False))
    except csv.Error as error:
        reader.problems.append(Problem(
            Place(name, lines.line_num), words("这一行不是完整的 CSV", "this line is not complete CSV"),
            words("检查双引号是否成对", "check that double quotes come in pairs"), found=str(error),
        ))  # fmt: skip


def _check_head(reader: _Reader, name: str, head: list[str], model: type[Row]) -> bool:
    known = columns(model)
    before = len(reader.problems)
    for cell in dict.fromkeys(head):
        if cell not in known:
            near = get_close_matches(cell, known, 1)
            hint_zh = f"是否应为 {near[0]}？" if near else "删去该列。"
            hint_en = f"did you mean {near[0]}? " if near else "delete the column. "
            reader.problems.append(Problem(
                Place(name, 1, cell or "（空）"), words("没有这一列", "there is no such column"),
                words(f"{hint_zh}可用的列：{'、'.join(known)}", f"{hint_en}The columns are: {', '.join(known)}"),
            ))  # fmt: skip
        elif head.count(cell) > 1:
            reader.problems.append(Problem(
                Place(name, 1, cell), words("该列出现两次", "the column stands twice"),
                words("只保留一列", "keep one of them"),
            ))  # fmt: skip
    for column, info in model.model_fields.items():
        if info.is_required() and column not in head:
            reader.problems.append(Problem(
                Place(name, 1, column), words("缺少这一列", "the column is missing"),
                words(f"在标题行加上 {column}（{info.title}）", f"add {column} to the head line ({info.description})"),
            ))  # fmt: skip
    return len(reader.problems) == before


# --- cells to rows -----------------------------------------------------------------------------------------------


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


def _build(reader: _Reader, file: str, row: int, model: type[Row], cells: dict[str, str]) -> Row | None:
    """A row of a table from its text, or None with its problems recorded. An empty cell is a value not given."""
    given: dict[str, Any] = {}
    before = len(reader.problems)
    for column, raw in cells.items():
        text = raw.strip()
        if text == "":
            continue
        bad = next((c for c in text if (ord(c) < 32 and c not in "\n\t") or c in "‪‫‬‭‮⁦⁧⁨⁩"), None)
        if bad is not None:
            reader.problems.append(Problem(
                Place(file, row, column),
                words(f"含有看不见的控制字符 U+{ord(bad):04X}", f"holds an invisible control character U+{ord(bad):04X}"),
                words("删去该字符，重新键入这段文字", "delete it, or type the text anew"),
            ))  # fmt: skip
            continue
        if _is_number(model, column):
            number = parse_decimal(text)
            if number is None:
                reader.problems.append(Problem(
                    Place(file, row, column), words("不是数字", "is not a number"),
                    words("只写数字（如 1234.50 或 1,234.50），单位写在“单位”列",
                          "write digits only (1234.50 or 1,234.50); the unit has a column of its own"),
                    found=text[:60],
                ))  # fmt: skip
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
            column = str(error["loc"][0]) if error["loc"] else None
            what, fix = _explain(model, error)
            found = str(given.get(column, ""))[:60] if column else ""
            reader.problems.append(Problem(Place(file, row, column), what, fix, found))
        return None


def _load_table(reader: _Reader, path: Path, table: str, model: type[Row]) -> tuple[Row, ...]:
    rows: list[Row] = []
    for row, cells in _read_table(reader, path, model):
        built = _build(reader, reader.shown(path), row, model, cells)
        if built is not None:
            reader.rows[table, len(rows)] = (reader.shown(path), row)
            rows.append(built)
    return tuple(rows)


# --- what callers ask for ----------------------------------------------------------------------------------------


def load_departments(data: Path) -> tuple[Listing, ...]:
    """The list of departments, from `departments.csv`.

    Raises InputRefused with every problem found.
    """
    reader = _Reader(_data_folder(data))
    listings = _load_table(reader, reader.root / "departments.csv", "departments", Listing)
    reader.stop_if_wrong()
    return tuple(row for row in listings if isinstance(row, Listing))


def load_framework(data: Path, id: str, year: int) -> Framework:
    """The framework in force in the year evaluated: the newest file whose first year is not later.

    Raises InputRefused where there is none, or with every problem found in it.
    """
    return _load_framework(_Reader(_data_folder(data)), id, year)


def load_year(data: Path, department: str, year: int) -> tuple[Framework, Record, tuple[Problem, ...]]:
    """A department's year, checked, with the framework it is evaluated by and the warnings that do not stop it.

    Raises InputRefused with every problem found: place, what is wrong, how to mend it.
    """
    root = _data_folder(data)
    listings = [row for row in load_departments(root) if row.code == department]
    if not listings:
        codes = sorted({row.code for row in load_departments(root)})
        near = get_close_matches(department, codes, 1)
        hint = words(f"是否应为 {near[0]}？", f"Did you mean {near[0]}? ") if near else words("", " ")
        raise refuse(
            "departments.csv", "没有这个部门编码", "there is no such department code",
            f"{hint.zh}已有编码：{'、'.join(codes)}；或在 departments.csv 增加一行",
            f"{hint.en.lstrip()}The codes are: {', '.join(codes)}; or add a line to departments.csv", found=department,
        )  # fmt: skip
    listing = next((row for row in listings if row.first_year <= year <= row.last_year), None)
    if listing is None:
        spans = ", ".join(f"{row.first_year}–{row.last_year}" for row in listings)
        raise refuse(
            "departments.csv", f"{department} 没有列出 {year} 年", f"the year {year} is not listed for {department}",
            f"列出的年度：{spans}；要增加年度，修改 last_year", f"the listed years are {spans}; to add one, change last_year",
        )  # fmt: skip
    reader = _Reader(root)
    framework = _load_framework(reader, listing.framework, year)
    folder = root / "departments" / department / str(year)
    if not folder.is_dir():
        raise refuse(
            reader.shown(folder), f"没有 {department} {year} 年的数据", f"there is no data for {department} {year}",
            "把数据表放进这个文件夹", "put the tables into this folder",
        )  # fmt: skip
    tables = {name: _load_table(reader, folder / f"{name}.csv", name, model) for name, model in TABLES.items()}
    for stray in sorted(folder.iterdir()):
        if stray.suffix == ".csv" and stray.stem not in TABLES:
            near = get_close_matches(stray.stem, TABLES, 1)
            reader.problems.append(Problem(
                Place(reader.shown(stray)), words("没有这种数据表", "there is no table of that name"),
                words(f"改名为 {near[0]}.csv" if near else f"移走该文件；数据表有：{'、'.join(TABLES)}",
                      f"rename it {near[0]}.csv" if near else f"move it away; the tables are: {', '.join(TABLES)}"),
            ))  # fmt: skip
    reader.stop_if_wrong()
    record = Record(
        department=department, name=words(listing.name, listing.name_en), year=year, framework=framework.id,
        files=tuple(sorted(reader.files, key=lambda f: f.name)), **tables,  # type: ignore[arg-type]  # rows by table
    )  # fmt: skip
    reader.problems.extend(check_record(framework, record, reader.place))
    reader.stop_if_wrong()
    return framework, record, tuple(reader.problems)


def _data_folder(data: Path) -> Path:
    root = data.resolve()
    if not root.is_dir():
        raise refuse(str(data), "没有这个数据文件夹", "there is no such data folder",
                     "用 --data 指定数据文件夹", "name the data folder with --data")  # fmt: skip
    return root


def _load_framework(reader: _Reader, id: str, year: int) -> Framework:
    folder = reader.root / "frameworks" / id
    if not _FRAMEWORK_NAME.fullmatch(id) or not folder.is_dir():
        known = sorted(p.name for p in (reader.root / "frameworks").glob("*") if p.is_dir())
        raise refuse(f"frameworks/{id}", "没有这个指标体系", "there is no such framework",
                     f"已有：{'、'.join(known)}", f"there are: {', '.join(known)}")  # fmt: skip
    years = sorted(int(p.stem) for p in folder.glob("*.toml") if p.stem.isdigit())
    in_force = [first for first in years if first <= year]
    if not in_force:
        raise refuse(
            f"frameworks/{id}", f"没有适用于 {year} 年的指标体系", f"no framework is in force in {year}",
            f"最早的是 {years[0] if years else '（无）'} 年；为 {year} 年增加一个 TOML 文件",
            f"the first is for {years[0] if years else 'no year'}; add a TOML file for {year}",
        )  # fmt: skip
    path = folder / f"{in_force[-1]}.toml"
    content = reader.read_bytes(path, words("放回该文件", "put the file back"))
    name = reader.shown(path)
    reader.stop_if_wrong()
    try:
        document = tomllib.loads((content or b"").decode("utf-8"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise refuse(name, "不是正确的 TOML", "is not proper TOML",
                     "按提示的行列改正", "mend it at the line that is named", found=str(error)) from None  # fmt: skip
    try:
        framework = Framework.model_validate(document)
    except ValidationError as refusal:
        raise InputRefused(tuple(_framework_problem(name, document, e) for e in refusal.errors())) from None
    if framework.first_year != in_force[-1] or framework.id != id:
        raise refuse(
            name, "文件名与其中的 id 或 first_year 不一致", "its id or first_year is not what the file's name says",
            f"文件名应为 frameworks/{framework.id}/{framework.first_year}.toml",
            f"the file should be frameworks/{framework.id}/{framework.first_year}.toml",
        )  # fmt: skip
    problems = tuple(check_framework(framework, name))
    if problems:
        raise InputRefused(problems)
    return framework


def _framework_problem(name: str, document: dict[str, Any], error: Any) -> Problem:
    """A problem with a framework file, named by the id of the entry it is in."""
    steps: list[str] = []
    here: Any = document
    for step in error["loc"]:
        here = here[step] if isinstance(here, list) and isinstance(step, int) and step < len(here) else (
            here.get(step) if isinstance(here, dict) else None)  # fmt: skip
        id = here.get("id") if isinstance(here, dict) else None
        steps.append(str(id) if isinstance(step, int) and id else str(step))
    kind = error["type"]
    if kind == "extra_forbidden":
        what, fix = words("没有这个键", "there is no such key"), words("删去或改正键名", "delete it or correct its name")
    elif kind == "missing":
        what, fix = words("缺少这个键", "the key is missing"), words("补上它", "add it")
    elif kind.startswith("union_tag"):
        what, fix = words("没有这种评分规则", "there is no such kind of rule"), words(
            "规则种类见 CONTRIBUTING", "see CONTRIBUTING for the kinds of rules")
    else:
        what, fix = words(str(error["msg"])), words("改正该值", "correct the value")
    found = "" if isinstance(error.get("input"), dict) or kind == "missing" else str(error.get("input"))[:60]
    return Problem(Place(name, None, ".".join(steps)), what, fix, found)
