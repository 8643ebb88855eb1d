"""The commands to begin with: a working folder of one's own, and the analyst's desk in it. Parsing and printing only."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evallib.cli.shared import ANOTHER_NAME, OUT, LangOption, Language, refusals_told, refused
from evallib.core.errors import refuse
from evallib.core.words import Lang
from evallib.kit import TEMPLATES


def init(
    directory: Annotated[Path, typer.Argument(help="新的或空的文件夹 / a folder that is new or empty")],
    lang: LangOption = Language.zh,
) -> None:
    """建立工作文件夹：笔记本、一个示例指标体系，还没有数据 / Lay out a working folder: notebooks, an example framework, no data yet."""
    from evallib.data.working_folder import lay_out

    language: Lang = lang.value
    with refusals_told(language, to=directory, fix=ANOTHER_NAME):
        made = lay_out(directory)
    OUT.print(str(made), markup=False)
    told = "下一步见其中的 README.md。" if language == "zh" else "Its README.md tells what comes next."
    OUT.print(told, markup=False)


def lab(
    more: typer.Context,
    notebook: Annotated[Path, typer.Option("--notebook", help="打开哪个笔记本 / which notebook to open")] = Path("notebooks/explore.ipynb"),
    lang: LangOption = Language.zh,
) -> None:
    """在 JupyterLab 中打开分析台 / Open the analyst's desk in JupyterLab."""
    language: Lang = lang.value
    if not notebook.is_file():
        raise refused(
            refuse(
                str(notebook),
                "这里没有这个笔记本",
                "there is no such notebook here",
                "先进入工作文件夹；还没有时，运行 evallib init 文件夹",
                "go to your working folder first; to make one: evallib init DIRECTORY",
            ),
            language,
            writes=False,
        )
    from jupyterlab.labapp import LabApp

    quiet = [  # nothing is asked of the network, and nobody is asked whether it may be
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        f"--LabApp.app_settings_dir={TEMPLATES / 'lab'}",
    ]
    LabApp.launch_instance(["--ServerApp.root_dir=.", *quiet, *more.args, str(notebook)])
