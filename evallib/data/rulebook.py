"""The rule book of a data folder: its settings, the catalogues, and the framework in force in a year, from files to a checked `Framework`.

Catalogues and frameworks that are shipped lie in the package; a data folder may add its own. The bytes of the files decide: what was
read before is not parsed again, and a changed file is always seen.
"""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import ValidationError

from evallib.checks.framework import check_framework
from evallib.data.cells import LIMITS, outside_limit
from evallib.data.folder import COUNTY, File, dated_file, read_file
from evallib.kit import CATALOGUE, FRAMEWORKS
from evallib.model.assemble import assemble
from evallib.model.base import Frozen
from evallib.model.catalogue import KINDS, Catalogue, CurrencyEntry, Part, PeriodEntry
from evallib.model.errors import InputRefused, Place, Problem, refuse
from evallib.model.framework import Framework
from evallib.model.units import Units
from evallib.model.words import Lang, Words, words

UNITS = "units"
"""The catalogue that all others build on."""
FORMAT = 2

_NAME = re.compile(r"[a-z][a-z0-9-]{0,59}")
_UPGRADE = words("先升级这个数据文件夹：evallib upgrade 文件夹", "bring the data folder up to date first: evallib upgrade FOLDER")
Model = TypeVar("Model", bound=Frozen)


class County(Frozen):
    """The settings of a data folder: whose it is, its language, its money, how its years are called."""

    format: Literal[2]
    name: str = ""
    name_en: str = ""
    language: Lang = "zh"
    framework: str = ""
    currency: CurrencyEntry | None = None
    year: PeriodEntry | None = None

    @property
    def part(self) -> Part:
        """What it adds to the catalogue."""
        currency = () if self.currency is None else (self.currency.model_copy(update={"overrides": True}),)
        return Part(currency=currency, period=() if self.year is None else (self.year,))


def load_county(root: Path) -> County:
    """The settings of a data folder.

    Raises InputRefused where there are none, as in a folder of version 1.0, or with every problem found in them.
    """
    return _county(read_file(root, COUNTY, _UPGRADE))


@lru_cache(maxsize=4)
def _county(file: File) -> County:
    return _validated(file, _document(file), County)


def load_framework(data: Path, id: str, year: int) -> Framework:
    """The framework in force in the year evaluated, with the catalogue it builds on: the newest file whose first year is not later.

    Raises InputRefused where there is none, or with every problem found in it and in the catalogues.
    """
    return framework_of(rulebook_files(data.resolve(), id, year), year)


def load_units(root: Path, year: int = 9999) -> Units:
    """The units in force in a year where no framework is: those shipped, the county's money, and what the folder adds.

    Raises InputRefused where there are no settings, or with every problem found.
    """
    return _units((read_file(root, COUNTY, _UPGRADE), *_own_files(root)), year)


@lru_cache(maxsize=4)
def _units(files: tuple[File, ...], year: int) -> Units:
    county, *own = files
    parts = [(UNITS, _shipped(UNITS)), (COUNTY, _county(county).part)]
    parts += [(one.name, Part(**{kind: getattr(_part(one), kind) for kind in ("currencies", "units", "scales", "alike")})) for one in own]
    catalogue, problems = assemble(parts, year)
    if problems:
        raise InputRefused(problems)
    return catalogue.units


def _own_files(root: Path) -> tuple[File, ...]:
    back = words("放回该文件", "put the file back")
    return tuple(read_file(root, f"catalogue/{path.name}", back) for path in sorted((root / "catalogue").glob("*.toml")))


def rulebook_files(root: Path, id: str, year: int) -> tuple[File, ...]:
    """The files that make up the rules of a year: the framework first, then the settings and the folder's own catalogues.

    Raises InputRefused where there is no such framework, or none in force.
    """
    return (_framework_file(root, id, year), read_file(root, COUNTY, _UPGRADE), *_own_files(root))


@lru_cache(maxsize=32)
def framework_of(files: tuple[File, ...], year: int) -> Framework:
    """The framework of such files, with the catalogue in force in a year.

    Raises InputRefused with every problem found.
    """
    file, county_file, *own = files
    document = _document(file)
    if document.get("format") == 1:
        raise refuse(file.name, "是旧版（1.0）的格式", "is of the old format (version 1.0)", _UPGRADE.zh, _UPGRADE.en)
    kinds = {kind: document.pop(kind) for kind in KINDS if kind != "source" and kind in document}
    framework = _validated(file, document, Framework)
    if file.name != f"frameworks/{framework.id}/{framework.first_year}.toml":
        _, folder, name = file.name.removesuffix(".toml").split("/")
        raise refuse(
            file.name,
            "文件名与其中的 id 或 first_year 不一致",
            "its id or first_year is not what the file's name says",
            f'在文件里写 id = "{folder}"、first_year = {name}；或把文件改名为 frameworks/{framework.id}/{framework.first_year}.toml',
            f'in the file write id = "{folder}" and first_year = {name}; or name it frameworks/{framework.id}/{framework.first_year}.toml',
        )
    parts = [(UNITS, _shipped(UNITS)), *((name, _named(file, name)) for name in framework.builds_on)]
    parts += [(file.name, _validated(file, kinds, Part)), (COUNTY, _county(county_file).part)]
    parts += [(one.name, _part(one)) for one in own]
    catalogue, problems = assemble(parts, year)
    framework = framework.model_copy(
        update={
            "catalogue": catalogue,
            "indicators": tuple(
                i.model_copy(update={"value": catalogue.find(i.value) or i.value}) if i.value else i for i in framework.indicators
            ),
        }
    )
    problems += tuple(check_framework(framework, file.name))
    if problems:
        raise InputRefused(problems)
    return framework


def shipped_catalogues() -> list[str]:
    """The names of the catalogues in the package that a framework may build on."""
    return sorted(path.stem for path in CATALOGUE.glob("*.toml") if path.stem != UNITS)


def shipped_catalogue(name: str, year: int = 9999) -> Catalogue:
    """A catalogue of the package with the units that it builds on, as in force in a year."""
    return assemble([(UNITS, _shipped(UNITS)), (name, _shipped(name))], year)[0]


@lru_cache(maxsize=8)
def _shipped(name: str) -> Part:
    return _part(read_file(CATALOGUE, f"{name}.toml", words("重新安装 evallib", "install evallib again")))


def _named(file: File, name: str) -> Part:
    known = shipped_catalogues()
    if name not in known:
        raise refuse(
            file.name,
            "没有这个目录（builds_on）",
            "there is no such catalogue (builds_on)",
            f"可用的有：{'、'.join(known)}；县里自己的目录放在 catalogue 文件夹，不必写出",
            f"there are: {', '.join(known)}; your own in the folder catalogue need not be named",
            name,
        )
    return _shipped(name)


@lru_cache(maxsize=32)
def _part(file: File) -> Part:
    document = _document(file)
    document.pop("format", None)
    first = document.pop("first_year", None)
    for entries in document.values() if first is not None else ():
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict) and "title" not in entry:
                entry.setdefault("first_year", first)
    return _validated(file, document, Part)


def framework_folders(root: Path) -> dict[str, Path]:
    """The frameworks that there are, by id: the data folder's own, and those shipped."""
    folders = [*FRAMEWORKS.glob("*"), *(root / "frameworks").glob("*")]
    return {path.name: path for path in sorted(folders) if path.is_dir()}


def _framework_file(root: Path, id: str, year: int) -> File:
    """The framework file in force in a year."""
    known = framework_folders(root)
    folder = known.get(id) if _NAME.fullmatch(id) else None
    if folder is None:
        raise refuse(
            f"frameworks/{id}",
            "没有这个指标体系",
            "there is no such framework",
            f"已有：{'、'.join(known)}",
            f"there are: {', '.join(known)}",
        )
    in_force = dated_file(folder, year)
    if not in_force:
        first = min((int(p.stem) for p in folder.glob("*.toml") if p.stem.isdigit()), default=None)
        raise refuse(
            f"frameworks/{id}",
            f"没有适用于 {year} 年的指标体系",
            f"no framework is in force in {year}",
            f"最早的是 {first or '（无）'} 年；为 {year} 年增加一个 TOML 文件",
            f"the first is for {first or 'no year'}; add a TOML file for {year}",
        )
    file = read_file(folder.parent.parent, f"frameworks/{id}/{in_force[0].name}", words("放回该文件", "put the file back"))
    if file.problem:
        raise InputRefused((file.problem,))
    return file


# --- what is wrong with a file


def _document(file: File) -> dict[str, Any]:
    """What a TOML file holds.

    Raises InputRefused where it cannot be read.
    """
    if file.problem:
        raise InputRefused((file.problem,))
    try:
        return tomllib.loads(file.content.decode("utf-8-sig"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise refuse(
            file.name, "不是正确的 TOML", "is not proper TOML", "按提示的行列改正", "correct it at the line that is named", found=str(error)
        ) from None


def _validated(file: File, document: dict[str, Any], model: type[Model]) -> Model:
    try:
        return model.model_validate(document)
    except ValidationError as refusal:
        raise InputRefused(tuple(_problem(file.name, document, e) for e in refusal.errors())) from None


_EXAMPLE = words(
    "改正该项，写法见示例指标体系（data/frameworks 文件夹）",
    "correct the entry; the example in the folder data/frameworks shows how it is written",
)


def _value_problem(kind: str, error: Any) -> tuple[Words, Words]:
    """What is wrong with a value, and the next step, in plain words."""
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
    if kind == "string_pattern_mismatch" and error["loc"][-1] == "factor":
        return words("不是换算率", "is not a factor"), words('写 "10000" 或 "2000/3"', 'write "10000" or "2000/3"')
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


def _problem(name: str, document: dict[str, Any], error: Any) -> Problem:
    """A problem with a file, named by the id of the entry it is in."""
    steps: list[str] = []
    here: Any = document
    for step in error["loc"]:
        here = (
            here[step]
            if isinstance(here, list) and isinstance(step, int) and step < len(here)
            else (here.get(step) if isinstance(here, dict) else None)
        )
        id = next((here[key] for key in ("id", "symbol", "holds") if key in here), None) if isinstance(here, dict) else None
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
