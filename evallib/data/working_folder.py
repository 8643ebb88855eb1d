"""A working folder for another county, laid out from what travels with the package. No department and no number is in it."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from evallib.data.language_docs import language_documentation
from evallib.data.place import COUNTY
from evallib.data.rulebook import framework_folders
from evallib.data.table_docs import table_documentation
from evallib.files.csv_out import csv_bytes
from evallib.files.whole import refuse_filled, whole
from evallib.kit import NOTEBOOKS, TEMPLATES
from evallib.model.record import Listing
from evallib.model.rows import columns
from evallib.model.words import Lang
from evallib.say.refusals import refused
from evallib.say.sentences import sentence


def lay_out(folder: Path, lang: Lang = "zh") -> Path:
    """Lay out a working folder, whole or not at all, and return it as an absolute path: notebooks, the settings with the language, an
    empty list of departments, an example of a catalogue, a folder for reports, a README in both languages, and what a double click opens
    the desk with.

    Raises InputRefused where the folder is not empty, OSError where it cannot be written.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     sorted(part.name for part in lay_out(Path(place) / "county").iterdir())
    ['README.md', 'data', 'notebooks', 'reports', '打开分析台.bat', '打开分析台.command', '打开分析台.desktop', '打开分析台.sh']
    """
    refuse_filled(folder)
    folder = folder.resolve()
    with whole(folder) as made:
        data = made / "data"
        copy_notebooks(made)
        settings = (TEMPLATES / "kit" / COUNTY).read_text(encoding="utf-8")
        (data / "catalogue").mkdir(parents=True)
        (data / COUNTY).write_text(settings.replace('language = "zh"', f'language = "{lang}"'), encoding="utf-8", newline="\n")
        _copy(TEMPLATES / "kit", data, "catalogue/*.toml")
        (data / "departments.csv").write_bytes(csv_bytes([columns(Listing)]))
        (data / "README.md").write_text(table_documentation(), encoding="utf-8", newline="\n")
        (data / "frameworks").mkdir()
        (data / "frameworks" / "README.md").write_text(language_documentation(), encoding="utf-8", newline="\n")
        (made / "reports").mkdir()
        _copy(TEMPLATES / "kit", made, "README.md")
        for name, content in starters(lang):
            lay_starter(made / name, content)
    return folder


def starters(lang: Lang) -> Iterator[tuple[str, bytes]]:
    """What a double click opens the desk with, on Windows, macOS and Linux, by name: by the Python at work here, else one that is found."""
    stem = sentence("commands.init.starter")[lang]
    for suffix, template in ((".bat", "desk.bat"), (".command", "desk.sh"), (".sh", "desk.sh"), (".desktop", "desk.desktop")):
        text = (TEMPLATES / "kit" / "start" / template).read_text(encoding="utf-8")
        python = sys.executable.replace("%", "%%") if suffix == ".bat" else shlex.quote(sys.executable)
        text = text.replace("@PYTHON@", python).replace("@SH@", f"{stem}.sh")
        yield f"{stem}{suffix}", (text.replace("\n", "\r\n") if suffix == ".bat" else text).encode()


def lay_starter(file: Path, content: bytes) -> None:
    """Write what a double click runs."""
    file.write_bytes(content)
    file.chmod(0o755)


def copy_notebooks(folder: Path) -> None:
    """Lay the notebooks that travel with the package into a working folder."""
    for pattern in ("*.ipynb", "guide/*.ipynb"):
        _copy(NOTEBOOKS, folder / "notebooks", pattern)


def copy_framework(data: Path, id: str, first_year: int, to: Path) -> Path:
    """Lay a copy of a framework file that is the county's own: `frameworks/ID/YEAR.toml`, with the id and the first year of that name.

    Raises InputRefused where there is such a file already, or its name is none; OSError where it cannot be written.
    """
    if to.suffix != ".toml" or not to.stem.isdigit() or to.parent.parent.name != "frameworks" or to.exists():
        raise refused("framework.copy_of_another_name", str(to))
    text = (framework_folders(data.resolve())[id] / f"{first_year}.toml").read_text(encoding="utf-8-sig")
    for key, value in (("id", f'"{to.parent.name}"'), ("first_year", to.stem)):
        text = re.sub(rf"(?m)^{key}\s*=\s*\S+", f"{key} = {value}", text, count=1)
    with whole(to) as made:
        made.write_text(text, encoding="utf-8", newline="\n")
    return to


def _copy(source: Path, target: Path, pattern: str) -> None:
    for file in sorted(source.glob(pattern)):
        copied = target / file.relative_to(source)
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copied)
