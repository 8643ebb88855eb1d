"""How the files of the output are called, and where in its folder they stand. Nothing is read or written here."""

from __future__ import annotations

from pathlib import Path

from evallib.kit import PAGES
from evallib.model.words import Lang

COUNTY_LIST, RESULTS = "county.json", ("results.csv", "results.parquet")
"""What all reports share: the list, and the results for people and for programs."""
SHARED = ".shared.stamp"
"""Of what it was made."""
EVALUATION, DRAFT, TABLES, MORE = ".evaluation.json", ".draft", ".data", ".pages"
"""How names end; the last two are those of folders: of a report's tables, and of what goes on from a page that would be too long."""
SEVERAL = tuple(kind for kind in PAGES if kind != "report")
"""The folders of pages that are no reports; those of reports are called by their years."""
HISTORY, STALE = "history", "stale"
"""Where those lie that were published before, and what no longer holds."""


def is_ours(folder: str) -> bool:
    """Whether a folder of the output has a name that is the kit's."""
    return folder.isdecimal() or folder in (*SEVERAL, HISTORY, STALE)


def page_name(stem: str, lang: Lang) -> str:
    """The name of a page's files in a language.

    >>> page_name("2023", "en")
    '2023.en'
    """
    return stem if lang == "zh" else f"{stem}.{lang}"


def stem_of(department: str, draft: bool) -> str:
    """How the files of a report begin: those of a draft take no final one's place."""
    return f"{department}{DRAFT}" if draft else department


def is_draft(name: str) -> bool:
    """Whether a file is called as those of drafts are.

    >>> is_draft("hrss.draft.en.html"), is_draft("hrss.en.html")
    (True, False)
    """
    return f".{name.partition('.')[2]}".startswith(f"{DRAFT}.")


def evaluation_file(out: Path, department: str, year: int, draft: bool = False) -> Path:
    """Where the evaluation of a report stands: beside its page, for all languages."""
    return out / str(year) / f"{stem_of(department, draft)}{EVALUATION}"


def earlier_place(year: int, name: str, number: int) -> str:
    """Where a file of a report that was published stands once another result has taken its place.

    >>> earlier_place(2023, "hrss.en.html", 1)
    'history/2023/hrss.1.en.html'
    """
    department, _, rest = name.partition(".")
    return f"{HISTORY}/{year}/{department}.{number}.{rest}"
