"""The commands to begin with: a working folder of one's own, and the analyst's desk in it. Parsing and printing only."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evallib.cli.options import DATA, REPORTS, Data, Language, Out
from evallib.cli.shared import ANOTHER_NAME, CLOSE_IT, refusals_told, tell, told
from evallib.say.refusals import refused

DESK = "explore.ipynb"
"""The notebook of the desk."""


def init(directory: Path, lang: Language = "zh") -> None:
    """Lay out a working folder: settings, notebooks, no data yet."""
    from evallib.data.working_folder import lay_out

    with refusals_told(lang, to=directory, fix=ANOTHER_NAME):
        tell(lay_out(directory, lang))
    tell(told("init.next"), lang)


def upgrade(directory: Path, lang: Language = "zh") -> None:
    """Turn a folder of version 1.0 into today's; the old one is kept beside it."""
    from evallib.data.upgrade import upgrade as upgrade_folder

    with refusals_told(lang, to=directory, fix=CLOSE_IT):
        made = upgrade_folder(directory)
    for change in made.changes:
        tell(change, lang)
    if made.kept is not None:
        tell(told("upgrade.kept", folder=str(made.kept)), lang)
    elif not made.changes:
        tell(told("upgrade.unchanged", folder=str(made.data)), lang)


def desk(
    data: Data = DATA,
    out: Out = REPORTS,
    lang: Language = "zh",
    port: Annotated[int, typer.Option("--port", min=0, max=65535)] = 0,
    browser: Annotated[bool, typer.Option("--browser/--no-browser")] = True,
) -> None:
    """Open the desk without JupyterLab and code; needs evallib[desk]."""
    from evallib.data.folder import data_root
    from evallib.kit import NOTEBOOKS
    from evallib.runs.desk import open_desk

    with refusals_told(lang, writes=False):
        data_root(data)
        own = _above(Path("notebooks") / DESK)
        notebook = (own or NOTEBOOKS / DESK).resolve()
        open_desk(notebook, data=data, out=out, lang=lang, port=port, browser=browser, heard=lambda at: tell(told("desk.at", at=at), lang))


def _above(file: Path) -> Path | None:
    """A file here or in a folder above."""
    here = Path.cwd()
    return next((folder / file for folder in (here, *here.parents) if (folder / file).is_file()), None)


def lab(
    more: typer.Context, notebook: Path = Path("notebooks") / DESK, data: Data = DATA, out: Out = REPORTS, lang: Language = "zh"
) -> None:
    """Open the analyst's desk in JupyterLab.

    ev.Desk takes --data, --out and --lang from here where the notebook names none (EVALLIB_DATA, EVALLIB_OUT, EVALLIB_LANG).
    """
    from evallib.data.folder import data_root

    with refusals_told(lang, writes=False):
        found = _above(notebook)
        if found is None:
            raise refused("command.no_notebook_here", str(notebook))
        data_root(data)
    from evallib.runs import lab as jupyter

    with refusals_told(lang, writes=False):
        jupyter.refuse_opening(more.args)
    opened, root = found.resolve(), found.parents[len(notebook.parts) - 1]
    jupyter.open_lab(opened, root if opened.is_relative_to(root) else opened.parent, data=data, out=out, lang=lang, more=more.args)
