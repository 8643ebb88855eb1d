"""The data folder on disk: which files a department's year is read from, and their bytes. Knows nothing of what they hold."""

from __future__ import annotations

import stat
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from evallib.data.sheets import MAX_BYTES
from evallib.model.errors import Place, Problem, refuse
from evallib.model.record import TABLES
from evallib.model.words import Words, words

COUNTY = "county.toml"
"""The file of a data folder's settings; it also marks the folder."""


class File(NamedTuple):
    """A file as it was read: its name inside the data folder, and its bytes; or the problem where it could not be."""

    name: str
    content: bytes = b""
    problem: Problem | None = None


class YearFiles(NamedTuple):
    """What a department's year is read from: a CSV file for each table, or a workbook; and CSV files that are no table."""

    tables: tuple[tuple[str, File], ...] = ()
    book: File | None = None
    strays: tuple[str, ...] = ()


def data_root(data: Path) -> Path:
    """The data folder as an absolute path.

    Raises InputRefused where there is none.
    """
    root = data.resolve()
    if not root.is_dir():
        raise refuse(
            str(data),
            "没有这个数据文件夹",
            "there is no such data folder",
            "先进入工作文件夹（还没有时运行 evallib init 文件夹），或用 --data 指定数据文件夹",
            "go to your working folder first (to make one: evallib init DIRECTORY), or name the data folder with --data",
        )
    return root


def year_folder(root: Path, department: str, year: int) -> Path:
    """Where a department's year stands: this folder, or a workbook of the same name beside it."""
    return root / "departments" / department / str(year)


def has_data(data: Path, department: str, year: int) -> bool:
    """Whether there is a folder or a workbook for a department's year."""
    folder = year_folder(data, department, year)
    return folder.is_dir() or folder.with_suffix(".xlsx").is_file()


def read_file(root: Path, name: str, fix: Words, outside: bool | None = None) -> File:
    """A file by its name inside the data folder; `fix` says what to do where it is not there.

    `outside` is whether its folder is a link that leads out of the data folder, where the caller knows.
    """
    path = root / name

    def wrong(zh: str, en: str, how: Words) -> File:
        return File(name, problem=Problem(Place(name), words(zh, en), how))

    try:
        found = path.stat()
    except OSError:
        return wrong("文件不存在", "there is no such file", fix)
    if not stat.S_ISREG(found.st_mode):
        return wrong("文件不存在", "there is no such file", fix)
    if _leads_out(root, path) if outside is None or path.is_symlink() else outside:
        put = words("把文件本身放进数据文件夹", "put the file itself into the data folder")
        return wrong("链接指向数据文件夹以外", "is a link that leads out of the data folder", put)
    if found.st_size > MAX_BYTES:
        limit = MAX_BYTES // 1_000_000
        check = words("确认选对了文件，删去多余的行", "check that it is the right file, and delete what does not belong")
        return wrong(f"文件超过 {limit} MB", f"the file is larger than {limit} MB", check)
    try:
        with path.open("rb", buffering=0) as file:
            return File(name, file.read())
    except OSError:
        close = words("关闭正在打开它的程序，或检查读取权限", "close the program that has it open, or see whether you may read it")
        return wrong("文件读不了", "the file cannot be read", close)


def _leads_out(root: Path, path: Path) -> bool:
    return not path.resolve().is_relative_to(root)


def read_year(root: Path, department: str, year: int, fixes: dict[str, Words], needed: Collection[str]) -> YearFiles:
    """Every file of a department's year; `fixes` says for each table what to do where its file is not there, though it is `needed`.

    Raises InputRefused where there is nothing, or a folder beside a workbook.
    """
    folder = year_folder(root, department, year)
    book = folder.with_suffix(".xlsx")
    shown = f"departments/{department}/{year}"
    if folder.is_dir() and book.is_file():
        raise refuse(
            shown,
            "文件夹和工作簿同时存在",
            "there is a folder and a workbook of the same year",
            f"只保留一个，移走 {book.name} 或文件夹",
            f"keep one: move {book.name} or the folder away",
        )
    if book.is_file():
        return YearFiles(book=read_file(root, f"{shown}.xlsx", words("放回该文件", "put the file back")))
    if not folder.is_dir():
        raise refuse(
            shown,
            f"没有 {department} {year} 年的数据",
            f"there is no data for {department} {year}",
            f"把数据表放进这个文件夹，或放一个工作簿 {book.name}；也可先运行 evallib new {department} {year}",
            f"put the tables into this folder, or a workbook {book.name}; or begin with: evallib new {department} {year}",
        )
    outside = _leads_out(root, folder)
    there = [name for name in TABLES if name in needed or (folder / f"{name}.csv").exists()]
    tables = tuple((name, read_file(root, f"{shown}/{name}.csv", fixes[name], outside)) for name in there)
    names = sorted(p.name for p in folder.iterdir() if p.suffix == ".csv" and p.stem not in TABLES)
    return YearFiles(tables, strays=tuple(f"{shown}/{name}" for name in names))


def year_files(data: Path, department: str, year: int, framework: str | None) -> tuple[Path, ...]:
    """The files that a department's year is read from, with those of its rule book; nothing is said of what they hold."""
    folder = year_folder(data, department, year)
    files = sorted(folder.glob("*.csv")) + [book for book in (folder.with_suffix(".xlsx"),) if book.is_file()]
    if framework is not None and files:
        rules = (data / COUNTY, *sorted((data / "catalogue").glob("*.toml")), *dated_file(data / "frameworks" / framework, year))
        files += [file for file in rules if file.is_file()]
    return tuple(files)


def unlisted_years(data: Path, listed: set[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """The departments' years that have a folder or a workbook, and are not among the listed ones."""
    there = {(path.parent.name, int(path.stem)) for path in data.glob("departments/*/*") if path.stem.isdigit()}
    return tuple(sorted(at for at in there - listed if has_data(data, *at)))


def monitored_years(data: Path) -> tuple[tuple[str, int, Path], ...]:
    """The departments' years that have a monitoring file, with the file: by department, then year."""
    files = [file for file in data.glob("monitoring/*/*.csv") if file.stem.isdigit()]
    return tuple(sorted((file.parent.name, int(file.stem), file) for file in files))


def dated_file(folder: Path, year: int) -> list[Path]:
    """The file of a folder that is in force in a year, the newest whose year is not later; a list of one or none."""
    years = sorted(int(p.stem) for p in folder.glob("*.toml") if p.stem.isdigit() and int(p.stem) <= year)
    return [folder / f"{years[-1]}.toml"] if years else []
