"""The data folder on disk: which files a department's year is read from, and their bytes. Knows nothing of what they hold."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from fnmatch import fnmatchcase
from functools import cache, wraps
from pathlib import Path
from typing import Any, NamedTuple, ParamSpec, TypeVar

from evallib.data.place import COUNTY
from evallib.files.file_names import near_files, near_folders, table_meant
from evallib.files.outputs import is_ours
from evallib.files.sheets import MAX_BYTES
from evallib.files.whole import clear_dead
from evallib.model.errors import InputRefused, Place, Problem
from evallib.model.record import TABLES, InputFile
from evallib.model.rows import Row, columns
from evallib.model.words import Given, Words, words
from evallib.say.refusals import problem, refused

OUTLINE = "outline.toml"
"""The file of a data folder's own outline of the official report."""

_MUCH = 1 << 17
"""So many bytes are read at once."""

P = ParamSpec("P")
R = TypeVar("R")
_TABLE_FILES = frozenset(f"{table}.csv" for table in TABLES)
_PUT_BACK = words("放回该文件", "put the file back")


class File(NamedTuple):
    """A file as it was read: its name inside the data folder, and its bytes; or the problem where it could not be."""

    name: str
    content: bytes = b""
    problem: Problem | None = None

    @property
    def noted(self) -> InputFile:
        """As records note it: its name, and a checksum of what it held."""
        return InputFile(name=self.name, sha256=hashlib.sha256(self.content).hexdigest())

    def sound(self) -> File:
        """The file itself. Raises InputRefused where it could not be read."""
        if self.problem is not None:
            raise InputRefused((self.problem,))
        return self


class YearFiles(NamedTuple):
    """What a department's year is read from: a CSV file for each table, or a workbook; CSV files that are no table.

    `misnamed` are files that are one but for their name, with what to do; `nothing` says that there is none at all, of a draft. `texts` are
    what people wrote for the official report, `outline` the folder's own outline of it.
    """

    tables: tuple[tuple[str, File], ...] = ()
    book: File | None = None
    strays: tuple[str, ...] = ()
    misnamed: tuple[tuple[str, Words], ...] = ()
    nothing: Problem | None = None
    texts: tuple[File, ...] = ()
    outline: File | None = None


_held: ContextVar[dict[object, Any] | None] = ContextVar("held", default=None)


@contextmanager
def at_one_moment() -> Iterator[None]:
    """What is read `once` is read no second time in here, and forgotten at the end: a year and those before it share their rules."""
    token = _held.set({}) if _held.get() is None else None
    try:
        yield
    finally:
        if token:
            _held.reset(token)


def once(read: Callable[P, R]) -> Callable[P, R]:
    """Something that is read only once `at_one_moment`."""

    @wraps(read)
    def reading(*args: P.args, **kwargs: P.kwargs) -> R:
        held, key = _held.get(), (read, *args)
        if held is None or kwargs:
            return read(*args, **kwargs)
        if key not in held:
            held[key] = read(*args, **kwargs)
        found: R = held[key]
        return found

    return reading


def refuse_mixed(data: Path, out: Path) -> None:
    """Raise InputRefused where reports would be written into the data folder, or it lies where they are.

    What a killed command that changes both left half done is brought to its end before.
    """
    data, out = data.resolve(), out.resolve()
    for shared in [folder for folder in data.parents if out.is_relative_to(folder)][:1]:
        _mend(shared)
    if out.is_relative_to(data):
        raise refused("out.inside_data", str(out))
    first = data.relative_to(out).parts[0] if data.is_relative_to(out) else ""
    if is_ours(first):
        raise refused("out.holds_data", str(out), folder=first)


def checksum(file: Path) -> str:
    """The SHA-256 of a file; empty where there is none."""
    if not file.is_file():
        return ""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@once
def data_root(data: Path) -> Path:
    """The data folder as an absolute path.

    Raises InputRefused where there is none.
    """
    try:
        root = data.resolve()
        if not root.is_dir():
            _mend(root.parent)
        if root.is_dir():
            return root
    except (OSError, ValueError, RuntimeError):  # a name that no folder can have, or a link that leads to itself
        pass
    raise refused("folder.no_data_folder", str(data)[:200])


def _mend(folder: Path) -> None:
    """Where something is not as it should be, a killed command may not have come to its end. Who only reads cannot always mend that."""
    with suppress(OSError, InputRefused):
        clear_dead(folder)


def mend_above(folder: Path) -> None:
    """Bring to an end what a killed `publish` left half done: its work lies in a folder above, which holds data and reports."""
    for above in folder.resolve().parents:
        _mend(above)


def year_folder(root: Path, department: str, year: int) -> Path:
    """Where a department's year stands: this folder, or a workbook of the same name beside it."""
    return root / "departments" / department / str(year)


def data_of(data: Path, department: str, year: int) -> Path | None:
    """The folder or the workbook that holds a department's year; None where there is neither."""
    folder = year_folder(data, department, year)
    book = folder.with_suffix(".xlsx")
    return folder if folder.is_dir() else book if book.is_file() else None


def text_folder(data: Path, department: str, year: int) -> Path:
    """Where the texts stand that people write for the official report of a department's year."""
    return year_folder(data, department, year).with_suffix(".text")


def with_texts(root: Path, department: str, year: int, files: YearFiles) -> YearFiles:
    """The files of a year with what people wrote for its official report, whatever it is called, and the outline."""
    folder = text_folder(root, department, year)
    names = [path.relative_to(root).as_posix() for path in entries(folder, "*") if not path.is_dir() and not _is_own(path.name)]
    outline = read_file(root, OUTLINE).sound() if (root / OUTLINE).is_file() else None
    return files._replace(texts=tuple(read_file(root, name) for name in names), outline=outline)


def _is_own(name: str) -> bool:
    """Whether a file is none of the kit's: somebody's notes, or what a program or a system leaves."""
    return name.startswith((*"#＃_.", "~$")) or name in ("Thumbs.db", "desktop.ini")


def has_data(data: Path, department: str, year: int) -> bool:
    """Whether there is a folder or a workbook for a department's year."""
    return data_of(data, department, year) is not None


def read_file(root: Path, name: str, fix: Words = _PUT_BACK, outside: bool | None = None, plain: bool = False) -> File:
    """A file by its name inside the data folder; `fix` says what to do where it is not there.

    `outside` is whether its folder is a link that leads out of the data folder, where the caller knows; `plain` that it is a file, and no
    link.
    """
    if plain and outside is False:
        return file_of(name, f"{root}/{name}")
    path = root / name

    def wrong(mistake: str, **given: Given) -> File:
        return File(name, problem=problem(mistake, Place(name), **given))

    try:
        found = path.stat()
    except PermissionError:
        return wrong("file.unreadable")
    except OSError:
        near = near_files(path.parent, path.name)
        return wrong("file.missing_but_near", near=near) if near else wrong("file.missing", fix=fix)
    if not stat.S_ISREG(found.st_mode):
        return wrong("file.missing", fix=fix)
    if _leads_out(root, path) if path.is_symlink() else _leads_out(root, path.parent) if outside is None else outside:
        return wrong("file.leads_out")
    return file_of(name, path)


def file_of(name: str, path: Path | str) -> File:
    """What a file holds, read without any of the steps of `open`: a year has twenty."""
    try:
        file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        try:
            content = os.read(file, _MUCH)
            while len(content) <= MAX_BYTES and (more := os.read(file, _MUCH)):
                content += more
        finally:
            os.close(file)
    except OSError:
        return File(name, problem=problem("file.unreadable", Place(name)))
    if len(content) > MAX_BYTES:
        return File(name, problem=problem("file.too_large", Place(name), limit=MAX_BYTES // 1_000_000))
    return File(name, content)


@once
def _leads_out(root: Path, path: Path) -> bool:
    return not path.resolve().is_relative_to(root)


@cache
def lay_out_table(model: type[Row]) -> Words:
    """What to do where the file of a table is not there."""
    heads = ",".join(columns(model))
    return words(f"新建该文件；没有内容时只写列名行：{heads}", f"create it; with nothing to say, only the header row: {heads}")


def read_year(root: Path, department: str, year: int, needed: Collection[str]) -> YearFiles:
    """Every file of a department's year; those of the tables that are `needed`, though they be not there.

    Raises InputRefused where there is nothing, or a folder beside a workbook.
    """
    folder = year_folder(root, department, year)
    book = folder.with_suffix(".xlsx")
    shown = f"departments/{department}/{year}"
    is_folder, is_book = folder.is_dir(), book.is_file()
    if is_folder == is_book:
        _mend(root)
        is_folder, is_book = folder.is_dir(), book.is_file()
    if is_folder and is_book:
        raise refused("year.two_forms", shown, workbook=book.name)
    if is_book:
        return YearFiles(book=read_file(root, f"{shown}.xlsx"))
    if not is_folder:
        if near := near_files(folder.parent, book.name) or near_folders(folder.parent, year):
            raise refused("year.named_otherwise", shown, department=department, year=year, near=near)
        raise refused("year.no_data", shown, department=department, year=year, workbook=book.name)
    outside = _leads_out(root, folder)
    there = {entry.name: entry.is_file(follow_symlinks=False) for entry in os.scandir(folder)}
    files = sorted(there)
    meant = {name: found for name in files if name not in _TABLE_FILES and (found := table_meant(name, files))}
    misnamed = {table for table, _ in meant.values()}
    read = [(name, f"{name}.csv") for name in TABLES if f"{name}.csv" in there or (name in needed and name not in misnamed)]
    tables = tuple(
        (name, read_file(root, f"{shown}/{file}", lay_out_table(TABLES[name]), outside, there.get(file, False))) for name, file in read
    )
    left = [name for name in files if name not in _TABLE_FILES and name not in meant]
    strays = (f"{shown}/{name}" for name in left if name.endswith(".csv") and not _is_own(name))
    return YearFiles(tables, None, tuple(strays), tuple((f"{shown}/{name}", told) for name, (_, told) in meant.items()))


def year_files(data: Path, department: str, year: int, rules: tuple[Path, ...]) -> tuple[Path, ...]:
    """The files that a department's year is read from, with those of its rule book; nothing is said of what they hold."""
    folder = year_folder(data, department, year)
    files = entries(folder, "*.csv") + [book for book in (folder.with_suffix(".xlsx"),) if book.is_file()]
    if rules and files:
        files += [*rules, *entries(text_folder(data, department, year), "*.md")]
    return tuple(files)


def rule_files(data: Path, framework: str | None, year: int) -> tuple[Path, ...]:
    """The files of the rule book by which a framework's year is evaluated, and the outline of reports; none where there is no framework."""
    if framework is None:
        return ()
    rules = (data / COUNTY, *entries(data / "catalogue", "*.toml"), *dated_file(data / "frameworks" / framework, year), data / OUTLINE)
    return tuple(file for file in rules if file.is_file())


def unlisted_years(data: Path, listed: set[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """The departments' years that have a folder or a workbook, and are not among the listed ones."""
    there = {(path.parent.name, int(path.stem)) for path in data.glob("departments/*/*") if path.stem.isdigit()}
    return tuple(sorted(at for at in there - listed if has_data(data, *at)))


def dated_file(folder: Path, year: int) -> list[Path]:
    """The file of a folder that is in force in a year, the newest whose year is not later; a list of one or none."""
    in_force = max((first for first in dated_years(folder) if first <= year), default=None)
    return [] if in_force is None else [folder / f"{in_force}.toml"]


@once
def dated_years(folder: Path) -> frozenset[int]:
    """The years that files of a folder are called by."""
    return frozenset(int(path.stem) for path in entries(folder, "*.toml") if path.stem.isdigit())


def entries(folder: Path, pattern: str) -> list[Path]:
    """What stands in a folder under names of a pattern, in order; nothing where there is no folder.

    Raises OSError where it cannot be listed: `Path.glob` passes over that, and own definitions would be missed in silence.
    """
    return [folder / name for name in sorted(os.listdir(folder)) if fnmatchcase(name, pattern)] if folder.is_dir() else []  # noqa: PTH208
