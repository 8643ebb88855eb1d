"""How the files of a page are called, in any folder of the output. Whatever is called otherwise is somebody's own."""

from __future__ import annotations

from pathlib import Path

from evallib.data.outputs import EVALUATION, page_name
from evallib.model.words import LANGS, Lang


def places_of(folder: Path, stem: str, langs: tuple[Lang, ...] = LANGS) -> list[Path]:
    """Where the files of a page are written, whether anything stands there or not."""
    from evallib.charts.report import CHARTS

    ends = ("html", "ipynb", "xlsx", "docx", *(f"{id}.png" for id in CHARTS))
    pages = (folder / f"{page_name(stem, lang)}.{end}" for lang in langs for end in ends)
    return [*pages, folder / f"{stem}{EVALUATION}"]


def files_of(folder: Path, stem: str) -> list[Path]:
    """The files of a page that stand in a folder."""
    return sorted(file for file in places_of(folder, stem) if file.is_file())
