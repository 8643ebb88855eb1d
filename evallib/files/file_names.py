"""Names that are almost the one that is read: other endings, capitals, copies; and what to do with each such file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from evallib.model.record import TABLES
from evallib.model.table_words import SHEETS
from evallib.model.words import Words, folded, words
from evallib.say.sentences import sentence

_LOCKS = ("~$", ".~lock.")
_SAME = {".xlsx": (".xlsx", ".bak", ".tmp"), ".csv": (".csv", ".txt", ".bak", ".tmp"), ".toml": (".toml", ".txt", ".bak", ".tmp")}
"""Endings of files that only want another name, by the ending wanted; Windows hides the last one."""
_BOOKS = (".xls", ".xlsm", ".xlsb", ".xltx", ".et", ".ett", ".ods", ".numbers")
_OTHERS = {".xlsx": _BOOKS, ".csv": (".xlsx", *_BOOKS), ".toml": ()}


def advice(name: str, wanted: str, there: bool = False, known_as: Iterable[str] = ()) -> Words | None:
    """What to do with a file so that it is read as the one wanted; None where it was hardly meant to be that.

    `there`: the one wanted stands beside it; `known_as` are its other names.

    >>> advice("facts.CSV", "facts.csv").en[:40], advice("parts.csv", "target_parts.csv")
    ('“facts.CSV”: rename it to facts.csv (its', None)
    """
    plain, (stem, ending) = folded(name), (PurePosixPath(wanted).stem, PurePosixPath(wanted).suffix)
    stems = "|".join(re.escape(folded(one)) for one in (stem, *known_as))
    last = PurePosixPath(plain).suffix
    if name == wanted or name.startswith(("#", "＃")) or not re.search(rf"(?<![a-z0-9_])({stems})(?![a-z0-9_])", plain):
        return None
    if name.startswith(_LOCKS):
        return None if there else sentence("files.lock", name=name, wanted=wanted)
    if last in _SAME[ending]:
        copied = there and last == ending
        return None if there and not copied else sentence("files.copy" if copied else "files.rename", name=name, wanted=wanted)
    if last in _OTHERS[ending] and not there:
        return sentence("files.save_csv" if ending == ".csv" else "files.save_workbook", name=name, wanted=wanted)
    return None


def near_files(folder: Path, wanted: str) -> Words | None:
    """What to do with each file of a folder that may be the one wanted, which is not there; None where there is none."""
    try:
        names = sorted(path.name for path in folder.iterdir() if not path.is_dir())
    except OSError:
        return None
    found = [told for name in names if PurePosixPath(wanted).suffix in _SAME and (told := advice(name, wanted))]
    return words("；".join(one.zh for one in found), "; ".join(one.en for one in found)) if found else None


def near_folders(folder: Path, year: int) -> Words | None:
    """What to do with a folder that may be that of a year, which is not there."""
    named = (path.name for path in folder.glob(f"*{year}*") if path.is_dir() and not path.suffix and path.name != str(year))
    found = [sentence("files.rename_folder", name=name, wanted=str(year)) for name in sorted(named)]
    return found[0] if found else None


def table_meant(name: str, names: Iterable[str]) -> tuple[str, Words] | None:
    """The table that a file of a year's folder was probably meant to be, and what to do with it; `names` are all files of the folder."""
    there = {*names}
    for table in TABLES:
        called = [text for text, of in SHEETS.items() if of == table and text != table]
        told = advice(name, f"{table}.csv", f"{table}.csv" in there, called)
        if told and not any(name == f"{other}.csv" for other in TABLES):
            return table, told
    return None
