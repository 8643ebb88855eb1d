"""The rule book of a data folder: its settings, the catalogues, and the framework in force in a year, from files to a checked `Framework`.

Catalogues and frameworks that are shipped lie in the package; a data folder may add its own. The bytes of the files decide: what was
read before is not parsed again, and a changed file is always seen.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

from pydantic import ValidationError

from evallib.checks.framework import check_framework
from evallib.data.cells import HIDDEN
from evallib.data.folder import COUNTY, File, dated_file, read_file
from evallib.data.mistakes import mistake
from evallib.kit import CATALOGUE, FRAMEWORKS
from evallib.model.assemble import assemble
from evallib.model.base import Frozen
from evallib.model.catalogue import Catalogue
from evallib.model.entries import KINDS, CurrencyEntry, Part, PeriodEntry
from evallib.model.errors import InputRefused, Place, Problem
from evallib.model.framework import Framework
from evallib.model.units import Units
from evallib.model.words import Lang, listed, words
from evallib.say.refusals import problem, refused, told

UNITS = "units"
"""The catalogue that all others build on."""
FORMAT = 2

_COMMON = ("currencies", "periods", "units", "scales", "alike")
_NAME = re.compile(r"[a-z][a-z0-9-]{0,59}")
_UPGRADE = words("先升级这个数据文件夹：evallib upgrade 文件夹", "bring the data folder up to date first: evallib upgrade FOLDER")
Model = TypeVar("Model", bound=Frozen)
Made = TypeVar("Made")


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
    return _county(_county_file(root))


def _county_file(root: Path) -> File:
    return read_file(root, COUNTY, _UPGRADE)


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
    return load_common(root, year).units


def load_common(root: Path, year: int = 9999) -> Catalogue:
    """The units and the year as it is called, in force in a year where no framework is.

    Raises InputRefused as `load_units` does.
    """
    return _common((_county_file(root), *_own_files(root)), year)


@lru_cache(maxsize=4)
def _common(files: tuple[File, ...], year: int) -> Catalogue:
    county, *own = files
    parts = [(UNITS, _shipped(UNITS)), (COUNTY, _county(county).part)]
    parts += [(one.name, Part(**{kind: getattr(_part(one), kind) for kind in _COMMON})) for one in own]
    catalogue, faults = assemble(parts, year)
    if faults:
        raise InputRefused(tuple(map(told, faults)))
    return catalogue


def _own_files(root: Path) -> tuple[File, ...]:
    return tuple(read_file(root, f"catalogue/{path.name}") for path in sorted((root / "catalogue").glob("*.toml")))


def rulebook_files(root: Path, id: str, year: int) -> tuple[File, ...]:
    """The files that make up the rules of a year: the framework first, then the settings and the folder's own catalogues.

    Raises InputRefused where there is no such framework, or none in force.
    """
    return (_framework_file(root, id, year), _county_file(root), *_own_files(root))


@lru_cache(maxsize=32)
def framework_of(files: tuple[File, ...], year: int) -> Framework:
    """The framework of such files, with the catalogue in force in a year.

    Raises InputRefused with every problem found.
    """
    file, county_file, *own = files
    problems: list[Problem] = []

    def read(make: Callable[..., Made], *given: Any) -> Made | None:
        try:
            return make(*given)
        except InputRefused as refusal:
            problems.extend(refusal.problems)
            return None

    document = read(_document, file) or {}
    if document.get("format") == 1:
        raise refused("framework.old_format", file.name, fix=_UPGRADE)
    kinds = {kind: document.pop(kind) for kind in KINDS if kind != "source" and kind in document}
    framework: Framework | None = read(_validated, file, document, Framework) if document else None
    county, of_file = read(_county, county_file), read(_validated, file, kinds, Part)
    added = [(one.name, found) for one in own if (found := read(_added, one)) is not None]
    named = [(name, read(_named, file, name)) for name in framework.builds_on] if framework else []
    if problems or framework is None or county is None or of_file is None:
        raise InputRefused(tuple(problems))
    its_own = f"frameworks/{framework.id}/{framework.first_year}.toml"
    if file.name != its_own:
        _, folder, name = file.name.removesuffix(".toml").split("/")
        raise refused("framework.of_another_name", file.name, folder=folder, year=name, own=its_own)
    parts = [(UNITS, _shipped(UNITS)), *((name, part) for name, part in named if part is not None)]
    parts += [(file.name, of_file), (COUNTY, county.part)]
    parts += [(name, one.part) for name, one in added if one.builds_on <= {*framework.builds_on}]
    catalogue, faults = assemble(parts, year)
    indicators = tuple(i.model_copy(update={"value": i.value and (catalogue.find(i.value) or i.value)}) for i in framework.indicators)
    framework = framework.model_copy(update={"catalogue": catalogue, "indicators": indicators})
    problems += [*map(told, faults), *check_framework(framework, file.name)]
    if problems:
        raise InputRefused(tuple(problems))
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
        raise refused("catalogue.unknown", file.name, name, known=listed(known))
    return _shipped(name)


class Added(NamedTuple):
    """The entries of a file of the data folder's own, and the catalogues without which they make no sense."""

    builds_on: frozenset[str]
    part: Part


@lru_cache(maxsize=32)
def _added(file: File) -> Added:
    document = _document(file)
    builds_on = document.pop("builds_on", [])
    for name in builds_on:
        _named(file, name)
    return Added(frozenset(builds_on), _entries(file, document))


def _part(file: File) -> Part:
    return _added(file).part


def _entries(file: File, document: dict[str, Any]) -> Part:
    if document.pop("format", FORMAT) != FORMAT:
        raise refused("catalogue.another_format", file.name, format=FORMAT)
    first = document.pop("first_year", None)
    for entries in document.values() if first is not None else ():
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict) and "title" not in entry:
                entry.setdefault("first_year", first)
    return _validated(file, document, Part)


def framework_folders(root: Path) -> dict[str, Path]:
    """The frameworks that there are, by id: the data folder's own, and those shipped."""
    folders = [*FRAMEWORKS.glob("*"), *(root / "frameworks").glob("*")]
    return {path.name: path for path in sorted(folders, key=lambda path: path.name) if path.is_dir()}


def _framework_file(root: Path, id: str, year: int) -> File:
    """The framework file in force in a year."""
    known = framework_folders(root)
    folder = known.get(id) if _NAME.fullmatch(id) else None
    if folder is None:
        raise refused("framework.unknown", f"frameworks/{id}", known=listed(known))
    in_force = dated_file(folder, year)
    if not in_force:
        years = [int(path.stem) for path in folder.glob("*.toml") if path.stem.isdigit()]
        first = words(str(min(years))) if years else words("（无）", "no year")
        raise refused("framework.none_in_force", f"frameworks/{id}", year=year, first=first)
    file = read_file(folder.parent.parent, f"frameworks/{id}/{in_force[0].name}")
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
        document = tomllib.loads(file.content.decode("utf-8-sig"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise refused("toml.unreadable", file.name, str(error)) from None
    hidden = [(path, found[0]) for path, text in _texts(document, ()) if (found := HIDDEN.search(text))]
    if hidden:
        places = [(Place(file.name, None, ".".join(path)), f"U+{ord(character):04X}") for path, character in hidden]
        raise InputRefused(tuple(problem("cell.control_character", place, code=code) for place, code in places))
    return document


def _texts(part: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every text of a document with the place it stands in, entries by their ids."""
    if isinstance(part, str):
        yield path, part
    for step, inner in part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ():
        yield from _texts(inner, (*path, str(inner.get("id", step)) if isinstance(inner, dict) else str(step)))


def _validated(file: File, document: dict[str, Any], model: type[Model]) -> Model:
    try:
        return model.model_validate(document)
    except ValidationError as refusal:
        raise InputRefused(tuple(_problem(file.name, document, e) for e in refusal.errors())) from None


def _problem(name: str, document: dict[str, Any], error: Any) -> Problem:
    """A problem with a file, named by the id of the entry it is in."""
    steps: list[str] = []
    here: Any = document
    for step in error["loc"]:
        try:
            here = here[step]
        except (KeyError, IndexError, TypeError):
            here = None
        id = next((here[key] for key in ("id", "symbol", "holds") if key in here), None) if isinstance(here, dict) else None
        steps.append(str(id) if isinstance(step, int) and id else str(step))
    context = error.get("ctx", {})
    given = context.get("tag", "") if isinstance(error.get("input"), dict) else error.get("input")
    found = "" if error["type"] == "missing" else str(given)[:60]
    choices = str(context.get("expected") or context.get("expected_tags", "")).replace("'", "").replace(" or ", ", ")
    return mistake(error, "key", Place(name, None, ".".join(steps)), found, choices=listed(choices.split(", ")))
