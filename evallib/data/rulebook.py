"""The rule book of a data folder: its settings, the catalogues, and the framework in force in a year, from files to a checked `Framework`.

Catalogues and frameworks that are shipped lie in the package; a data folder may add its own. The bytes of the files decide: what was
read before is not parsed again, and a changed file is always seen.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from evallib.checks.framework import check_framework
from evallib.checks.framework_texts import check_texts
from evallib.data.folder import File, data_root, dated_file, dated_years, entries, once, read_file
from evallib.data.place import COUNTY
from evallib.kit import CATALOGUE, FRAMEWORKS
from evallib.model.assemble import assemble
from evallib.model.base import YEARS, Format, Frozen
from evallib.model.catalogue import Catalogue
from evallib.model.entries import KINDS, CurrencyEntry, Part, PeriodEntry
from evallib.model.errors import Fault, InputRefused, Place, Problem, attempted
from evallib.model.framework import Framework
from evallib.model.grouped import grouped
from evallib.model.toml_in import MOST_BYTES, read_toml
from evallib.model.toml_lines import Lines, called
from evallib.model.words import Lang, folded, listed, name_key, words
from evallib.say.mistakes import broken, mistakes
from evallib.say.refusals import problem, refused, told

UNITS = "units"
"""The catalogue that all others build on."""
COUNTED = "counted"
"""More units, each where no other entry has one of its spellings."""

_COMMON = ("currencies", "periods", "units", "scales", "alike")
_NAME = re.compile(r"[a-z][a-z0-9-]{0,59}")
_UPGRADE = words("先升级这个数据文件夹：evallib upgrade 文件夹", "bring the data folder up to date first: evallib upgrade FOLDER")
Model = TypeVar("Model", bound=Frozen)


class County(Frozen):
    """The settings of a data folder: whose it is, its language, its money, how its years are called."""

    format: Format
    name: str = ""
    name_en: str = ""
    language: Lang = "zh"
    framework: str = ""
    outline: str = ""
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
    return county_of(_county_file(root))


@once
def _county_file(root: Path) -> File:
    root = data_root(root)
    if not any((root / name).exists() for name in (COUNTY, "departments.csv")):  # a folder of version 1.0 has the list
        raise refused("folder.no_data_folder", str(root)[:200])
    return read_file(root, COUNTY, _UPGRADE)


@lru_cache(maxsize=4)
def county_of(file: File) -> County:
    """The settings in a file, as `load_county` gives them."""
    return validated(file, document_of(file), County)


def load_framework(data: Path, id: str, year: int) -> Framework:
    """The framework in force in the year evaluated, with the catalogue it builds on: the newest file whose first year is not later.

    Raises InputRefused where there is none, or with every problem found in it and in the catalogues.
    """
    return framework_of(rulebook_files(data.resolve(), id, year), year)


def load_common(root: Path, year: int = 9999) -> Catalogue:
    """What is in force in a year where no framework is: the units, those shipped, the county's money and what the folder adds; the year.

    Raises InputRefused where there are no settings, or with every problem found.
    """
    return _common(files_beside(root), year)


@lru_cache(maxsize=4)
def _common(files: tuple[File, ...], year: int) -> Catalogue:
    county, *own = files
    parts = [(UNITS, _shipped(UNITS)), (COUNTY, county_of(county).part)]
    parts += [(one.name, Part(**{kind: getattr(_added(one)[1], kind) for kind in _COMMON})) for one in own]
    catalogue, faults = _assembled(parts, year)
    if faults:
        raise InputRefused(placed(files, map(told, faults)))
    return catalogue


def _assembled(parts: list[tuple[str, Part]], year: int) -> tuple[Catalogue, tuple[Fault, ...]]:
    """The catalogue of such parts, with the counted units of which none of them has a spelling, or measures the same in its own way."""
    units = [one for _, part in parts for one in part.units]
    known: list[Any] = [*units, *(one for _, part in parts for one in part.currencies)]
    taken = {folded(text) for one in known for text in (one.symbol, *one.also, one.name, one.name_en, getattr(one, "one_en", ""))}
    own = {one.measures for one in units} - {one.measures for one in parts[0][1].units}
    counted = (one for one in _shipped(COUNTED).units if one.measures not in own)
    free = tuple(one for one in counted if taken.isdisjoint(map(folded, (one.symbol, *one.also))))
    return assemble([parts[0], (COUNTED, Part(unit=free)), *parts[1:]], year)


def rulebook_files(root: Path, id: str, year: int) -> tuple[File, ...]:
    """The files that make up the rules of a year: the framework first, then the settings and the folder's own catalogues.

    Raises InputRefused where there is no such framework, or none in force.
    """
    return (_framework_file(root, id, year), *files_beside(root))


@once
def files_beside(root: Path) -> tuple[File, ...]:
    """What a framework is read with: the settings first, then the folder's own catalogues.

    Raises InputRefused where there are no settings.
    """
    return (_county_file(root), *(read_file(root, f"catalogue/{path.name}") for path in entries(root / "catalogue", "*.toml")))


@lru_cache(maxsize=32)
def framework_of(files: tuple[File, ...], year: int) -> Framework:
    """The framework of such files, with the catalogue in force in a year.

    Raises InputRefused with every problem found.
    """
    file, county_file, *own = files
    problems: list[Problem] = []
    read = partial(attempted, problems)
    whole = read(document_of, file)
    document = whole or {}
    if document.get("format") == 1 and document["format"] is not True:
        raise InputRefused(placed(files, [problem("framework.old_format", Place(file.name, None, "format"), fix=_UPGRADE)]))
    kinds = {kind: document.pop(kind) for kind in KINDS if kind != "source" and kind in document}
    framework: Framework | None = read(validated, file, document, Framework) if whole is not None else None
    county, of_file = read(county_of, county_file), read(validated, file, kinds, Part)
    added = [(one.name, found) for one in own if (found := read(_added, one)) is not None]
    named = [(name, read(_named, file, name)) for name in framework.builds_on] if framework else []
    if problems or framework is None or county is None or of_file is None:
        raise InputRefused(placed(files, problems))
    its_own = f"frameworks/{framework.id}/{framework.first_year}.toml"
    if file.name != its_own:
        _, folder, name = file.name.removesuffix(".toml").split("/")
        place = Place(file.name, None, "first_year" if framework.id == folder else "id")
        raise InputRefused(placed(files, [problem("framework.of_another_name", place, folder=folder, year=name, own=its_own)]))
    parts = [(UNITS, _shipped(UNITS)), *((name, part) for name, part in named if part is not None)]
    parts += [(file.name, of_file), (COUNTY, county.part)]
    parts += [(name, part) for name, (head, part) in added if {*head.builds_on} <= {*framework.builds_on}]
    catalogue, faults = _assembled(parts, year)
    indicators = tuple(i.model_copy(update={"value": i.value and (catalogue.find(i.value) or i.value)}) for i in framework.indicators)
    framework = framework.model_copy(update={"catalogue": catalogue, "indicators": indicators})
    problems += [*map(told, faults), *check_framework(framework, file.name)]
    if problems:
        raise InputRefused(placed(files, problems))
    return framework


def framework_remarks(data: Path, id: str, year: int) -> tuple[Problem, ...]:
    """What the framework in force in a year says of itself and does not hold to: its examples, and the sentences of its rules.

    Raises InputRefused as `load_framework` does.
    """
    files = rulebook_files(data.resolve(), id, year)
    return placed(files, check_texts(framework_of(files, year), files[0].name))


def placed(files: Iterable[File], problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems with files, each with its line; the same value that is wrong in the same way in several places is told once."""
    known = {file.name: file for file in files}
    found: dict[object, Problem] = {}
    for one in problems:
        place = one.place
        if place.row is None and place.column is not None and place.file in known:
            one = replace(one, place=replace(place, row=_line_of(known[place.file], place.column)))
        same = (place.file, one.code, one.what, one.found, one.fix, place.column if not one.found else None)
        if same not in found:
            found[same] = one
        elif (row := one.place.row) is not None and row not in (found[same].place.row, *found[same].place.again):
            first = found[same].place
            found[same] = replace(found[same], place=replace(first, again=(*first.again, row)))
    return tuple(found.values())


def _line_of(file: File, entry: str) -> int | None:
    """The line of an entry or key by what it is called; of what it stands in, where it is not there itself."""
    lines, by_name = _lines(file)
    while entry and entry not in by_name:
        entry = entry.rpartition(".")[0]
    return by_name.get(entry, lines.at(()))


@lru_cache(maxsize=32)
def _lines(file: File) -> tuple[Lines, dict[str, int]]:
    text = _text(file)
    lines = Lines(text)
    return lines, lines.named(tomllib.loads(text))


def shipped_catalogues() -> list[str]:
    """The names of the catalogues in the package that a framework may build on."""
    return sorted(path.stem for path in CATALOGUE.glob("*.toml") if path.stem not in (UNITS, COUNTED))


def shipped_catalogue(name: str, year: int = 9999) -> Catalogue:
    """A catalogue of the package with the units that it builds on, as in force in a year."""
    return _assembled([(UNITS, _shipped(UNITS)), (name, _shipped(name))], year)[0]


@lru_cache(maxsize=8)
def _shipped(name: str) -> Part:
    return _added(read_file(CATALOGUE, f"{name}.toml", words("重新安装 evallib", "install evallib again")))[1]


def _named(file: File, name: str) -> Part:
    known = shipped_catalogues()
    if name not in known:
        raise InputRefused(placed([file], [problem("catalogue.unknown", Place(file.name, None, "builds_on"), name, known=listed(known))]))
    return _shipped(name)


class Head(Frozen):
    """What a file of entries may begin with: the catalogues without which they make no sense, and the first year of those without one."""

    format: Format = 2
    builds_on: tuple[str, ...] = ()
    first_year: int | None = None


@lru_cache(maxsize=32)
def _added(file: File) -> tuple[Head, Part]:
    """The entries of a file, and what it begins with."""
    head, document = _headed(file)
    return head, validated(file, document, Part)


def _headed(file: File) -> tuple[Head, dict[str, Any]]:
    """The head of a file of entries, and the entries, each with its first year."""
    document = document_of(file)
    head = validated(file, {key: document.pop(key) for key in Head.model_fields if key in document}, Head)
    for name in head.builds_on:
        _named(file, name)
    if head.first_year is not None:
        for kind, entries in document.items():
            for entry in entries if isinstance(entries, list) and kind != "source" else ():
                if isinstance(entry, dict):
                    entry.setdefault("first_year", head.first_year)
    return head, document


def own_entries(files: Iterable[File], builds_on: Iterable[str]) -> dict[str, list[Any]]:
    """The entries of the folder's own catalogues that a framework is read with, by kind, as they are written.

    Raises InputRefused where a file cannot be read.
    """
    read = [document for head, document in map(_headed, files) if {*head.builds_on} <= {*builds_on}]
    return grouped((kind, one) for document in read for kind, held in document.items() for one in held)


@once
def framework_folders(root: Path) -> dict[str, Path]:
    """The frameworks that there are, by id: the data folder's own, and those shipped."""
    folders = [*FRAMEWORKS.glob("*"), *entries(root / "frameworks", "*")]
    return {path.name: path for path in sorted(folders, key=lambda path: path.name) if path.is_dir()}


def file_now(root: Path, name: str) -> Path:
    """Where a file lies that a record was read from: in the data folder, or in the package that ships its framework."""
    return root / name if (root / name).parent.is_dir() else CATALOGUE / name


def frameworks(data: Path, year: int) -> tuple[Framework, ...]:
    """Those in force in a year, by id; one that is wrong, or not in force yet, is left out.

    >>> [framework.id for framework in frameworks(Path("data"), 2013)]
    ['department-mof-2013', 'office-general']
    """
    found = (attempted([], load_framework, data, id, year) for id in framework_folders(data))
    return tuple(one for one in found if one is not None)


def framework_named(root: Path, text: str) -> str:
    """The id of the framework that a text names, by its id or by its name in either language; the text where none is called so.

    Raises InputRefused where several are.
    """
    if _NAME.fullmatch(text) or not text:
        return text
    ids = list[str]()
    for id in framework_folders(root):
        with suppress(InputRefused):  # which is told where it is used
            document = document_of(_framework_file(root, id, YEARS[-1]))
            ids += [id] if name_key(text) in (name_key(str(document.get(key, ""))) for key in ("name", "name_en")) else []
    if len(ids) > 1:
        raise refused("name.ambiguous", "departments.csv", text, count=len(ids), ids=listed(ids))
    return next(iter(ids), text)


def _framework_file(root: Path, id: str, year: int) -> File:
    """The framework file in force in a year."""
    known = framework_folders(root)
    folder = known.get(id) if _NAME.fullmatch(id) else None
    if folder is None:
        raise refused("framework.unknown", f"frameworks/{id}", known=listed(known))
    in_force = dated_file(folder, year)
    if not in_force:
        years = dated_years(folder)
        first = words(str(min(years))) if years else words("（无）", "no year")
        raise refused("framework.none_in_force", f"frameworks/{id}", year=year, first=first)
    return _read(folder.parent.parent, f"frameworks/{id}/{in_force[0].name}").sound()


_read = once(read_file)


# --- what is wrong with a file


def document_of(file: File) -> dict[str, Any]:
    """What a TOML file holds.

    Raises InputRefused where it cannot be read.
    """
    if len(file.sound().content) > MOST_BYTES:
        raise refused("file.too_large", file.name, limit=MOST_BYTES // 1_000_000)
    try:
        read = read_toml(_text(file), file.name)
    except UnicodeDecodeError:
        raise refused("toml.encoding", file.name) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputRefused((broken(_text(file), error, lambda line: Place(file.name, line)),)) from None
    if isinstance(read, Fault):
        raise InputRefused((told(read),) if read.place.row else placed([file], [told(read)]))
    return read


def _text(file: File) -> str:
    return file.content.decode("utf-8-sig").replace("\r\n", "\n")


def validated(file: File, document: dict[str, Any], model: type[Model]) -> Model:
    """A document as what it is to be. Raises InputRefused with every problem, each with its line."""
    made, errors = None, list[Any]()
    try:
        made = model.model_validate(document)
    except ValidationError as refusal:
        errors = [*refusal.errors()]
    wrong = mistakes(errors, document, model, lambda path: Place(file.name, _lines(file)[0].at(path), called(document, path)))
    if wrong or made is None:
        raise InputRefused(placed([file], wrong))
    return made
