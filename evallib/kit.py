"""Where the files lie that travel with the package: templates, notebooks, catalogues, frameworks. Of these the words are read here."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parent
TEMPLATES = PACKAGE / "template"


def _carried(inside: str, at_home: str) -> Path:
    """A folder that a wheel holds inside the package, and a checkout at its top."""
    installed = PACKAGE / inside
    return installed if installed.is_dir() else PACKAGE.parent / at_home


NOTEBOOKS = _carried("notebooks", "notebooks")
PAGES = {
    "report": "department_report.ipynb",
    "comparison": "year_comparison.ipynb",
    "overview": "county_overview.ipynb",
    "monitoring": "monitoring.ipynb",
}
"""The kinds of pages, each with the notebook that makes it."""
REPORT = PAGES["report"]

CATALOGUE = PACKAGE / "catalogue"
FRAMEWORKS = CATALOGUE / "frameworks"
"""The catalogues and frameworks that are shipped."""


@cache
def words_of(name: str) -> dict[str, Any]:
    """The words that stand in a file of `catalogue/words`, read once."""
    return tomllib.loads((CATALOGUE / "words" / f"{name}.toml").read_text(encoding="utf-8"), parse_float=Decimal)
