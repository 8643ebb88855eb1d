"""All frameworks that there are, shipped and the data folder's own: for a list, or to choose from."""

from __future__ import annotations

from pathlib import Path

from evallib.data.rulebook import framework_folders, load_framework
from evallib.model.errors import InputRefused
from evallib.model.framework import Framework


def frameworks(data: Path, year: int) -> tuple[Framework, ...]:
    """Those in force in a year, by id; one that is wrong, or not in force yet, is left out.

    >>> [framework.id for framework in frameworks(Path("data"), 2013)]
    ['department-mof-2013', 'office-general']
    """
    found = []
    for id in framework_folders(data):
        try:
            found.append(load_framework(data, id, year))
        except InputRefused:
            continue
    return tuple(found)
