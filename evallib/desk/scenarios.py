"""Scenarios in a file beside the data: `departments/CODE/YEAR.scenarios.json`, names and the changes of each. Whole or not at all."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from evallib.analysis.changes import Change
from evallib.data.folder import data_root, read_file, year_folder
from evallib.files.whole import whole
from evallib.model.errors import InputRefused, Place
from evallib.say.refusals import problem

Scenarios = dict[str, tuple[Change, ...]]
_FILE: TypeAdapter[Scenarios] = TypeAdapter(Scenarios)


def read_scenarios(data: Path, department: str, year: int) -> Scenarios:
    """The scenarios kept of a department's year, as they stand in the file now; none where there is no file.

    Raises InputRefused where the file cannot be read, with the place in it.
    """
    root, path = data_root(data), _path(data, department, year)
    name = path.relative_to(root).as_posix()
    if not path.exists():
        return {}
    file = read_file(root, name).sound()
    try:
        return _FILE.validate_json(file.content.removeprefix(BOM_UTF8), strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        line = re.search(r"line (\d+)", first["msg"])
        found = "" if line else f"{' '.join(map(str, first['loc']))}: {first['input']}"[:100]
        raise InputRefused((problem("desk.scenarios_unreadable", Place(name, int(line[1]) if line else None), found),)) from None


def write_scenarios(data: Path, department: str, year: int, kept: Scenarios) -> None:
    """Write the scenarios of a department's year; where there is none left, the file goes.

    Raises OSError where it cannot be written.
    """
    path = _path(data, department, year)
    if not kept:
        path.unlink(missing_ok=True)
        return
    with whole(path, data_root(data)) as made:
        made.write_bytes(_FILE.dump_json(kept, indent=2, exclude_none=True) + b"\n")


def _path(data: Path, department: str, year: int) -> Path:
    return year_folder(data_root(data), department, year).with_suffix(".scenarios.json")
