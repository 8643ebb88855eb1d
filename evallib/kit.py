"""Where the files lie that travel with the package: templates, notebooks, catalogues, frameworks. Nothing is read here."""

from __future__ import annotations

from pathlib import Path

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
REPORT, COMPARISON, OVERVIEW, MONITORING = PAGES.values()

CATALOGUE = PACKAGE / "catalogue"
FRAMEWORKS = CATALOGUE / "frameworks"
"""The catalogues and frameworks that are shipped."""
