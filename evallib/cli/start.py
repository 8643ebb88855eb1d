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


def init(
    directory: Annotated[Path, typer.Argument(help="新的或空的文件夹 / a folder that is new or empty")], lang: Language = "zh"
) -> None:
    """建立工作文件夹：设置、笔记本，还没有数据 / Lay out a working folder: settings, notebooks, no data yet."""
    from evallib.data.working_folder import lay_out

    with refusals_told(lang, to=directory, fix=ANOTHER_NAME):
        tell(lay_out(directory, lang))
    tell(told("init.next"), lang)


def upgrade(
    directory: Annotated[Path, typer.Argument(help="1.0 版的数据文件夹或工作文件夹 / a data or working folder of version 1.0")],
    lang: Language = "zh",
) -> None:
    """把 1.0 版的文件夹改成今天的，旧的留在旁边 / Turn a folder of version 1.0 into today's; the old one is kept beside it."""
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
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="端口；0 为任意空闲的 / port; 0 for any that is free")] = 0,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="同时打开浏览器 / open the browser, too")] = True,
) -> None:
    """打开分析台：不用 JupyterLab，也没有代码；要先安装 evallib[desk] / Open the desk without JupyterLab and code; needs evallib[desk]."""
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
    more: typer.Context,
    notebook: Annotated[
        Path, typer.Option("--notebook", help="打开哪个笔记本，在这里或上级文件夹中 / which notebook to open, here or in a folder above")
    ] = Path("notebooks") / DESK,
    data: Data = DATA,
    out: Out = REPORTS,
    lang: Language = "zh",
) -> None:
    """在 JupyterLab 中打开分析台 / Open the analyst's desk in JupyterLab.

    笔记本没有另外写明时，ev.Desk 用这里的 --data、--out、--lang（环境变量 EVALLIB_DATA、EVALLIB_OUT、EVALLIB_LANG）。
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
