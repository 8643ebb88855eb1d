"""A year put on the list of departments: the line that will hold it, what its framework is where none is named, the list written."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import Any

from evallib.data.cells import Reader, load_lines
from evallib.data.folder import data_root
from evallib.data.heads import read_lines
from evallib.data.load import RESERVED
from evallib.data.raw_tables import texts_of
from evallib.data.rulebook import framework_named, frameworks, load_county, load_framework
from evallib.files.csv_out import csv_text
from evallib.files.sheets import read_csv
from evallib.files.whole import Together
from evallib.model.base import CODE, YEARS
from evallib.model.record import Kind, Listing
from evallib.model.rows import columns
from evallib.model.words import joined
from evallib.say.frameworks import choice
from evallib.say.refusals import refused


def refuse_bad_code(department: str, year: int) -> None:
    """Raise InputRefused where a code or a year is none that data can be of."""
    if not re.fullmatch(CODE, department) or department in RESERVED:
        raise refused("department.code_wrong", "departments.csv", department)
    if year not in YEARS:
        raise refused("year.out_of_range", "departments.csv", str(year))


def usual_framework(data: Path, department: str, year: int, name: str, kind: Kind) -> str:
    """The framework that county.toml names for what is new."""
    usual = framework_named(data_root(data), load_county(data.resolve()).framework)
    framework = load_framework(data, usual, year) if usual else None
    if framework is not None and not framework.is_reconstruction and kind in (framework.kinds or (kind,)):
        return usual
    if not name:
        return ""  # which is refused together
    choices = [choice(one) for one in frameworks(data, year) if not one.is_reconstruction]
    raise refused("department.new_without_framework", "departments.csv", department, choices=joined(choices, "\n  ", "\n  "))


def listing_for(listed: list[Listing], code: str, year: int, name: str, name_en: str, framework: str, new: dict[str, Any]) -> Listing:
    """The line of departments.csv that will hold the year: one that is there, the one before raised to it, or a new one."""
    for row in listed:
        if year in row.years:
            if framework not in ("", row.framework):
                raise refused("year.of_another_framework", "departments.csv", framework, year=year, framework=row.framework)
            return row
    if not listed and not (name and framework):
        raise refused("department.new_without_name", "departments.csv", code)
    earlier = max((row for row in listed if row.last_year < year), key=lambda row: row.last_year, default=None)
    near = earlier or next(iter(listed), None)
    if near is not None:
        name_en = name_en or (near.name_en if name in ("", near.name) else "")
        name, framework = name or near.name, framework or near.framework
    if earlier is not None and (earlier.framework, earlier.name, earlier.last_year) == (framework, name, year - 1):
        return earlier.model_copy(update={"last_year": year})
    more = {"kind": near.kind, "department": near.department} if near else new
    return Listing(code=code, name=name, name_en=name_en, framework=framework, first_year=year, last_year=year, **more)


def list_year(path: Path, listing: Listing, change: Together) -> None:
    """Put a line into departments.csv: one of the same first year is raised to it, else it is added. Other lines, more columns and the
    byte order mark stay.
    """
    content, reader = path.read_bytes(), Reader()
    grid, new = read_csv(path.name, content), texts_of(listing)
    read = read_lines(reader.problems, grid, Listing, reader.units)
    assert read is not None  # the list was read before
    listed = load_lines(reader, read, "departments", Listing)
    at, heads, lines = {**read.head.order}, [*grid.head], {number: [*cells] for number, cells in grid.rows}
    same = next((n for n, row in enumerate(listed) if (row.code, row.first_year) == (listing.code, listing.first_year)), None)
    if same is None:
        more = [column for column in columns(Listing) if column not in at and new[column] != Listing.model_fields[column].default]
        at |= {column: len(heads) + n for n, column in enumerate(more)}
        heads += more
        lines = {number: [*cells, *[""] * len(more)] for number, cells in lines.items()}
        by_index = {index: new[column] for column, index in at.items()}
        lines[max(lines, default=0) + 1] = [by_index.get(index, "") for index in range(len(heads))]
    elif listed[same].last_year == listing.last_year:
        return
    else:
        lines[reader.rows["departments", same][1]][at["last_year"]] = new["last_year"]
    text = csv_text((heads, *lines.values()), "\r\n" if b"\r\n" in content else "\n")
    unmarked = grid.encoding == "utf-8-sig" and not content.startswith(codecs.BOM_UTF8)
    change.put(path).write_bytes(text.encode("utf-8" if unmarked else "utf-8-sig"))
