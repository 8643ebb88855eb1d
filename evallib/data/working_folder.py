"""A working folder for another county, laid out from what travels with the package. No department and no number is in it."""

from __future__ import annotations

import shutil
from pathlib import Path

from evallib.core.record import Listing
from evallib.core.rows import columns
from evallib.data.raw_tables import csv_line
from evallib.data.table_docs import table_documentation
from evallib.data.whole import refuse_filled, whole
from evallib.kit import FRAMEWORKS, NOTEBOOKS, TEMPLATES


def lay_out(folder: Path) -> Path:
    """Lay out a working folder, whole or not at all, and return it as an absolute path: notebooks, an example framework, an
    empty list of departments, a folder for reports, a README in both languages.

    Raises InputRefused where the folder is not empty, OSError where it cannot be written.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     sorted(part.name for part in lay_out(Path(place) / "county").iterdir())
    ['README.md', 'data', 'notebooks', 'reports']
    """
    refuse_filled(folder)
    folder = folder.resolve()
    with whole(folder) as made:
        data = made / "data"
        _copy(NOTEBOOKS, made / "notebooks", "*.ipynb")
        _copy(FRAMEWORKS, data / "frameworks", "*/*.toml")
        (data / "departments.csv").write_text(csv_line(columns(Listing)) + "\n", encoding="utf-8-sig", newline="\n")
        (data / "README.md").write_text(table_documentation(), encoding="utf-8", newline="\n")
        (made / "reports").mkdir()
        _copy(TEMPLATES / "kit", made, "README.md")
    return folder


def _copy(source: Path, target: Path, pattern: str) -> None:
    for file in sorted(source.glob(pattern)):
        copied = target / file.relative_to(source)
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copied)
