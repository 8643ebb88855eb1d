"""Notebooks as files: which one makes a page, what of it counts, which parameters it knows. None is run here."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from evallib.kit import NOTEBOOKS
from evallib.model.cells import assigned
from evallib.model.errors import meant
from evallib.say.refusals import refused

_INJECTED = "# Parameters"  # papermill begins the cell with it

Cell = tuple[str, str, tuple[str, ...]]
"""Its kind, its source, its tags: what of a cell decides what the notebook does."""


def notebook_of(data: Path, name: str, folder: Path | None = None) -> Path:
    """The notebook that makes a page: of the folder that was asked for, else of `notebooks` beside the data, else the shipped one.

    >>> notebook_of(Path("data"), "county_overview.ipynb", Path("mine")).as_posix()
    'mine/county_overview.ipynb'
    """
    if folder is not None:
        return folder / name
    own = data.resolve().parent / "notebooks" / name
    return own if own.is_file() else NOTEBOOKS / name


def read_cells(notebook: Path) -> tuple[Cell, ...]:
    """The cells of a notebook, without outputs.

    Raises InputRefused where there is no such notebook, or it is none.
    """
    if not notebook.is_file():
        raise refused("report.no_notebook", str(notebook))
    try:
        book = json.loads(notebook.read_text(encoding="utf-8"))
        if book["nbformat"] != 4 or not isinstance(book["nbformat_minor"], int) or not isinstance(book["metadata"], dict):
            raise ValueError
        return tuple((c["cell_type"], "".join(c["source"]), tuple(sorted(c["metadata"].get("tags", [])))) for c in book["cells"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise refused("report.unreadable_notebook", str(notebook)) from None


def is_changed(notebook: Path) -> bool:
    """Whether a notebook does something else than the shipped one of its name: outputs and settings play no part."""
    shipped = NOTEBOOKS / notebook.name
    return not shipped.is_file() or read_cells(notebook) != read_cells(shipped)


def known_parameters(cells: Iterable[Cell]) -> frozenset[str]:
    """The names that the parameters cells of a notebook set."""
    return frozenset().union(*(assigned(source) for _, source, tags in cells if "parameters" in tags))


def refuse_unknown_parameters(sources: Iterable[str]) -> None:
    """Refuse what papermill put into a notebook that does not know it, which papermill only warns of.

    `sources` are the cells that ran so far, in their order: as IPython's `In` holds them. What papermill puts in follows the cell that
    knows the parameters; where nothing was set before, there is none.

    >>> refuse_unknown_parameters(['department = "hrss"\\nyear = 2023', '# Parameters\\nyear = 2024\\n'])
    """
    known: frozenset[str] = frozenset()
    for source in sources:
        names = assigned(source).keys()
        unknown = sorted(names - known) if known and source.partition("\n")[0] == _INJECTED else []
        if unknown:
            raise refused("parameters.unknown", "papermill", ", ".join(unknown), known=meant(unknown[0], sorted(known)))
        known |= names
