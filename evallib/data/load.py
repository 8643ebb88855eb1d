"""The one door: a framework, the list of departments and a department's year are loaded here, and nowhere else.

Everything that is wrong is collected and refused together; what passes is a checked `Framework` and `Record`. What was read
before is not parsed again: the bytes of the files decide, so that a changed file is always seen.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from dataclasses import dataclass, replace
from decimal import Decimal
from difflib import get_close_matches
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from evallib.checks.follow_up import check_follow_ups, check_follow_ups_of_last_year
from evallib.checks.framework import check_framework
from evallib.checks.identities import check_against_last_year, check_identities
from evallib.checks.methods import check_methods
from evallib.checks.record import check_record
from evallib.core.errors import InputRefused, Place, Problem, Where, refuse
from evallib.core.framework import Framework
from evallib.core.record import OPTIONAL, TABLES, InputFile, Listing, Record
from evallib.core.rows import Row, columns
from evallib.core.table_words import TABLE_NAMES
from evallib.core.words import Words, words
from evallib.data.cells import LIMITS, Reader, load_table, outside_limit
from evallib.data.folder import File, YearFiles, data_root, framework_file, read_file, read_year
from evallib.data.sheets import Grid, known_sheets, read_csv, read_workbook

RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
"""Names that no file may have on Windows."""

_FRAMEWORK_NAME = re.compile(r"[a-z][a-z0-9-]{0,59}")


def load_departments(data: Path) -> tuple[Listing, ...]:
    """The list of departments, from `departments.csv`.

    Raises InputRefused with every problem found.
    """
    root = data_root(data)
    return _departments(read_file(root, "departments.csv", _lay_out(Listing)))


def list_departments(data: Path) -> tuple[Listing, ...]:
    """The list of departments, for what needs at least one.

    Raises InputRefused where the list is empty, or with every problem found in it.
    """
    listings = load_departments(data)
    if not listings:
        raise refuse(
            "departments.csv",
            "名单里还没有部门",
            "no department is on the list yet",
            "加入一个部门和年度：evallib new 部门编码 年度 --name 名称 --framework 指标体系；想先试用：evallib demo 文件夹",
            "add a department and year: evallib new CODE YEAR --name NAME --framework FRAMEWORK; to try things out: evallib demo DIRECTORY",
        )
    return listings


@lru_cache(maxsize=4)
def _departments(file: File) -> tuple[Listing, ...]:
    reader = Reader()
    rows = _load_csv(reader, file, "departments", Listing)
    reader.stop_if_wrong()
    listings = tuple(row for row in rows if isinstance(row, Listing))
    for index, row in enumerate(listings):
        earlier = (other for other in listings[:index] if other.code == row.code)
        overlapping = any(other.first_year <= row.last_year and row.first_year <= other.last_year for other in earlier)
        if overlapping:
            reader.problem(
                reader.place("departments", index, "first_year"),
                "同一部门的年度重叠",
                "the years of one department overlap",
                "每个年度只属于一行：改正起始年度或截止年度",
                "let each year belong to one row: correct first_year or last_year",
                f"{row.code} {row.first_year}–{row.last_year}",
            )
        if row.code in RESERVED:
            reader.problem(
                reader.place("departments", index, "code"),
                "是 Windows 保留的名称，不能做文件名",
                "is a name that Windows keeps for itself and cannot be a file",
                "换一个编码",
                "choose another code",
                row.code,
            )
    reader.stop_if_wrong()
    return listings


def load_framework(data: Path, id: str, year: int) -> Framework:
    """The framework in force in the year evaluated: the newest file whose first year is not later.

    Raises InputRefused where there is none, or with every problem found in it.
    """
    return _framework(_framework_file(data_root(data), id, year))


@dataclass(frozen=True, eq=False)
class LoadedYear:
    """A department's year, checked: its framework, its record, what was remarked, and where each row stands.

    Loading the same files again gives the same object.
    """

    framework: Framework
    record: Record
    remarks: tuple[Problem, ...]
    where: Where


def load_year(
    data: Path, department: str, year: int, previous: Record | None = None, every: tuple[Listing, ...] | None = None
) -> LoadedYear:
    """A department's year, checked, with the framework it is evaluated by; held against last year's record where one is given.

    `every` is the list of departments, where the caller has read it.

    Raises InputRefused with every problem found: place, what is wrong, how to mend it.
    """
    root = data_root(data)
    every = load_departments(root) if every is None else every
    listings = [row for row in every if row.code == department]
    if not listings:
        codes = sorted({row.code for row in every or list_departments(root)})  # which refuses an empty list
        near = get_close_matches(department, codes, 1)
        hint = words(f"是否应为 {near[0]}？", f"Did you mean {near[0]}? ") if near else words("", " ")
        raise refuse(
            "departments.csv",
            "没有这个部门编码",
            "there is no such department code",
            f"{hint.zh}已有编码：{'、'.join(codes)}；要新增部门：evallib new 部门编码 年度 --name 名称 --framework 指标体系",
            f"{hint.en.lstrip()}The codes are: {', '.join(codes)}; to add a department: evallib new CODE YEAR --name NAME "
            "--framework FRAMEWORK",
            found=department,
        )
    listing = next((row for row in listings if row.first_year <= year <= row.last_year), None)
    if listing is None:
        spans = ", ".join(
            str(row.first_year) if row.first_year == row.last_year else f"{row.first_year}–{row.last_year}" for row in listings
        )
        raise refuse(
            "departments.csv",
            f"{department} 没有列出 {year} 年",
            f"the year {year} is not listed for {department}",
            f"列出的年度：{spans}；要增加年度，运行 evallib new {department} {year}",
            f"the listed years are {spans}; to add one, run evallib new {department} {year}",
        )
    framework = _framework_file(root, listing.framework, year)
    _framework(framework)  # what is wrong with it is said before the tables are read
    loaded = _year(listing, year, framework, read_year(root, department, year, _fixes()))
    found = loaded.remarks
    if previous is not None:
        found += tuple(check_against_last_year(loaded.record, previous, loaded.where))
        found += tuple(check_follow_ups_of_last_year(loaded.record, previous, loaded.where))
    errors = tuple(problem for problem in found if problem.level == "error")
    if errors:
        raise InputRefused(errors)
    return loaded if found is loaded.remarks else replace(loaded, remarks=found)


@lru_cache(maxsize=8)
def _year(listing: Listing, year: int, framework_in: File, files: YearFiles) -> LoadedYear:
    """A department's year from the files as they were read; identities that do not hold stand among its remarks."""
    reader, framework = Reader(), _framework(framework_in)
    tables = _load_workbook(reader, files.book) if files.book else _load_folder(reader, files)
    reader.stop_if_wrong()
    given = [framework_in, *([files.book] if files.book else [file for _, file in files.tables])]
    record = Record(
        department=listing.code,
        name=listing.words,
        year=year,
        framework=framework.id,
        files=tuple(
            InputFile(name=file.name, sha256=hashlib.sha256(file.content).hexdigest()) for file in sorted(given, key=lambda f: f.name)
        ),
        **tables,
    )
    reader.problems.extend(check_record(framework, record, reader.place))
    reader.problems.extend(check_follow_ups(record, reader.place))
    reader.stop_if_wrong()
    reader.problems.extend(check_methods(framework, record, reader.place))
    reader.problems.extend(check_identities(record, reader.place))
    return LoadedYear(framework, record, tuple(reader.problems), reader.place)


def _lay_out(model: type[Row]) -> Words:
    heads = ",".join(columns(model))
    return words(f"新建该文件；没有内容时只写列名行：{heads}", f"create it; with nothing to say, only the header row: {heads}")


@cache
def _fixes() -> dict[str, Words]:
    return {name: _lay_out(model) for name, model in TABLES.items()}


def _load_csv(reader: Reader, file: File, table: str, model: type[Row]) -> tuple[Row, ...]:
    reader.tables[table] = Grid(file.name, None, (), ())
    if file.problem:
        reader.problems.append(file.problem)
        return ()
    return load_table(reader, read_csv(file.name, file.content), table, model)


def _load_folder(reader: Reader, files: YearFiles) -> dict[str, tuple[Row, ...]]:
    tables = {name: _load_csv(reader, file, name, TABLES[name]) for name, file in files.tables}
    for stray in files.strays:
        _unknown_table(reader, Place(stray), Path(stray).stem)
    return tables


def _load_workbook(reader: Reader, book: File) -> dict[str, tuple[Row, ...]]:
    if book.problem:
        raise InputRefused((book.problem,))
    grids, problems = read_workbook(book.name, book.content)
    reader.problems.extend(problems)
    reader.stop_if_wrong()
    found: dict[str, Grid] = {}
    for grid, table in known_sheets(grids, TABLE_NAMES):
        if table is not None and table not in found:
            found[table] = grid
        elif not (grid.sheet or "").startswith(("#", "_")):
            _unknown_table(reader, grid.place(), grid.sheet or "")
    tables: dict[str, tuple[Row, ...]] = {}
    for name, model in TABLES.items():
        if name in found:
            tables[name] = load_table(reader, found[name], name, model)
        elif name not in OPTIONAL:
            reader.problem(
                Place(book.name),
                f"缺少工作表“{TABLE_NAMES[name].zh}”",
                f"the sheet “{TABLE_NAMES[name].en}” is missing",
                f"加上该表；没有内容时只写列名行：{'、'.join(str(model.model_fields[c].title) for c in columns(model))}",
                f"add it; with nothing to say, only the header row: {', '.join(columns(model))}",
            )
    return tables


def _unknown_table(reader: Reader, place: Place, name: str) -> None:
    near = get_close_matches(name, [*TABLES, *(text for n in TABLE_NAMES.values() for text in (n.zh, n.en))], 1)
    sheet = place.sheet is not None  # in a workbook a table is known by its name, as a CSV file by its id
    tables = words(
        "、".join(n.zh if sheet else f"{id}（{n.zh}）" for id, n in TABLE_NAMES.items()),
        ", ".join(n.en if sheet else id for id, n in TABLE_NAMES.items()),
    )
    reader.problem(
        place,
        "没有这种数据表",
        "there is no table of that name",
        f"是否应为 {near[0]}？" if near else f"移走它，或让表名以 # 开头；数据表有：{tables.zh}",
        f"did you mean {near[0]}?" if near else f"move it away, or begin its name with #; the tables are: {tables.en}",
    )


def _framework_file(root: Path, id: str, year: int) -> File:
    """The framework file in force in a year.

    Raises InputRefused where there is none.
    """
    folder = root / "frameworks" / id
    if not _FRAMEWORK_NAME.fullmatch(id) or not folder.is_dir():
        known = sorted(p.name for p in (root / "frameworks").glob("*") if p.is_dir())
        raise refuse(
            f"frameworks/{id}",
            "没有这个指标体系",
            "there is no such framework",
            f"已有：{'、'.join(known)}",
            f"there are: {', '.join(known)}",
        )
    in_force = framework_file(folder, year)
    if not in_force:
        first = min((int(p.stem) for p in folder.glob("*.toml") if p.stem.isdigit()), default=None)
        raise refuse(
            f"frameworks/{id}",
            f"没有适用于 {year} 年的指标体系",
            f"no framework is in force in {year}",
            f"最早的是 {first or '（无）'} 年；为 {year} 年增加一个 TOML 文件",
            f"the first is for {first or 'no year'}; add a TOML file for {year}",
        )
    file = read_file(root, f"frameworks/{id}/{in_force[0].name}", words("放回该文件", "put the file back"))
    if file.problem:
        raise InputRefused((file.problem,))
    return file


@lru_cache(maxsize=16)
def _framework(file: File) -> Framework:
    name = file.name
    try:
        document = tomllib.loads(file.content.decode("utf-8"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise refuse(
            name, "不是正确的 TOML", "is not proper TOML", "按提示的行列改正", "correct it at the line that is named", found=str(error)
        ) from None
    try:
        framework = Framework.model_validate(document)
    except ValidationError as refusal:
        raise InputRefused(tuple(_framework_problem(name, document, e) for e in refusal.errors())) from None
    if name != f"frameworks/{framework.id}/{framework.first_year}.toml":
        _, folder, year = name.removesuffix(".toml").split("/")
        raise refuse(
            name,
            "文件名与其中的 id 或 first_year 不一致",
            "its id or first_year is not what the file's name says",
            f'在文件里写 id = "{folder}"、first_year = {year}；或把文件改名为 frameworks/{framework.id}/{framework.first_year}.toml',
            f'in the file write id = "{folder}" and first_year = {year}; or name it frameworks/{framework.id}/{framework.first_year}.toml',
        )
    problems = tuple(check_framework(framework, name))
    if problems:
        raise InputRefused(problems)
    return framework


_EXAMPLE = words(
    "改正该项，写法见示例指标体系（data/frameworks 文件夹）",
    "correct the entry; the example in the folder data/frameworks shows how it is written",
)


def _value_problem(kind: str, error: Any) -> tuple[Words, Words]:
    """What is wrong with a value in a framework file, and the next step, in plain words."""
    context = error.get("ctx", {})
    message = context.get("error")
    if kind in LIMITS:
        return outside_limit(error)
    if kind == "value_error" and message is not None and len(message.args) == 2:  # a rule's own check says it in both languages
        return words(*message.args), _EXAMPLE
    if kind.startswith(("decimal", "int")):
        return words("不是数字", "is not a number"), words("写数字，如 2 或 0.5", "write a number, such as 2 or 0.5")
    if kind == "string_type":
        return words("应为文字", "must be text"), words("用英文双引号括起来", "put it in double quotes")
    if kind == "string_pattern_mismatch":
        plain = words(
            "用小写英文字母开头，只用小写字母、数字和下划线", "begin with a small letter; use small letters, digits and underscores"
        )
        return words("编号格式不对", "is not a proper id"), plain
    if kind == "literal_error":
        allowed = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
        choose = words(f"填写以下之一：{allowed.replace(', ', '、')}", f"write one of {allowed}")
        return words("不是允许的取值", "is not one of the allowed values"), choose
    return words("写法不对", "is not written as it should be"), _EXAMPLE


def _framework_problem(name: str, document: dict[str, Any], error: Any) -> Problem:
    """A problem with a framework file, named by the id of the entry it is in."""
    steps: list[str] = []
    here: Any = document
    for step in error["loc"]:
        here = (
            here[step]
            if isinstance(here, list) and isinstance(step, int) and step < len(here)
            else (here.get(step) if isinstance(here, dict) else None)
        )
        id = here.get("id") if isinstance(here, dict) else None
        steps.append(str(id) if isinstance(step, int) and id else str(step))
    kind = error["type"]
    if kind == "extra_forbidden":
        what, fix = words("没有这个键", "there is no such key"), words("删去或改正键名", "delete it or correct its name")
    elif kind == "missing":
        what, fix = words("缺少这个键", "the key is missing"), words("补上它", "add it")
    elif kind.startswith("union_tag"):
        kinds = error.get("ctx", {}).get("expected_tags", "").replace("'", "")
        what, fix = (
            words("没有这种评分规则", "there is no such kind of rule"),
            words(f"规则种类有：{kinds.replace(', ', '、')}", f"the kinds are: {kinds}"),
        )
    else:
        what, fix = _value_problem(kind, error)
    given = error.get("ctx", {}).get("tag", "") if isinstance(error.get("input"), dict) else error.get("input")
    found = "" if kind == "missing" else str(given)[:60]
    return Problem(Place(name, None, ".".join(steps)), what, fix, found)
