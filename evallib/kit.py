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
REPORT, COMPARISON, OVERVIEW, MONITORING = (
    f"{name}.ipynb" for name in ("department_report", "year_comparison", "county_overview", "monitoring")
)
"""The notebooks that make pages."""

CATALOGUE = PACKAGE / "catalogue"
FRAMEWORKS = CATALOGUE / "frameworks"
"""The catalogues and frameworks that are shipped."""
