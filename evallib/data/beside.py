"""What a county may have beside its departments' years: that makes an overview, too. Each such part is tied in by lines of its own."""

from __future__ import annotations

from pathlib import Path

from evallib.data.load import Departments, list_departments, load_departments
from evallib.model.government_rows import FILE as GOVERNMENT


def files_beside(data: Path) -> list[Path]:
    """The files of what there is."""
    files = list[Path]()
    files += [data / GOVERNMENT]
    return [file for file in files if file.is_file()]


def overview_years(data: Path) -> set[int]:
    """The years that have an overview, whether a department is evaluated or not; none of what is refused."""
    years = set[int]()
    if (data / GOVERNMENT).is_file():
        from evallib.data.government import government_years  # late: most folders have none

        years |= government_years(data)
    return years


def refuse_beside(data: Path) -> None:
    """Raises InputRefused with what is wrong with it."""
    from evallib.data.government import load_government_heads

    load_government_heads(data)


def departments_or_beside(data: Path) -> Departments:
    """The list of departments, for what needs at least one, or a year of something else.

    Raises InputRefused where there is none, or with every problem found in the list.
    """
    return load_departments(data) if overview_years(data) else list_departments(data)
