"""JupyterLab on a working folder: what the notebook opened is told, and what of it is saved. The only place that knows jupyterlab."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evallib.kit import TEMPLATES
from evallib.model.words import Lang

_QUIET = (  # nothing is asked of the network, and nobody is asked whether it may be
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    f"--LabApp.app_settings_dir={TEMPLATES / 'lab'}",
)


def open_lab(notebook: Path, root: Path, *, data: Path, out: Path, lang: Lang, more: Sequence[str] = ()) -> None:
    """Open a notebook in JupyterLab and stay until it is stopped; `more` are options of its own.

    `ev.Desk` takes data, out and lang from the environment where a notebook names none: the notebook itself is not touched.
    """
    from jupyterlab.labapp import LabApp

    os.environ |= {"EVALLIB_DATA": str(data.resolve()), "EVALLIB_OUT": str(out.resolve()), "EVALLIB_LANG": lang}
    server = LabApp.initialize_server(argv=[f"--ServerApp.root_dir={root}", *_QUIET, *more, str(notebook)])
    server.contents_manager.register_pre_save_hook(keep_clean)
    server.start()


def keep_clean(model: dict[str, Any], **_: Any) -> None:
    """Before a notebook is saved: one whose metadata says that its outputs are not kept is saved as if it had never been run.

    >>> cell = {"cell_type": "code", "outputs": [{"text": "86.63"}], "execution_count": 1, "metadata": {"scrolled": True, "tags": []}}
    >>> book = {"cells": [cell], "metadata": {"evallib": {"outputs": "not kept"}, "widgets": {}, "language_info": {"name": "python"}}}
    >>> keep_clean({"type": "notebook", "content": book})
    >>> cell["outputs"], cell["execution_count"], cell["metadata"], [*book["metadata"]]
    ([], None, {'tags': []}, ['evallib', 'language_info'])
    """
    book = model["content"] if model["type"] == "notebook" else None
    if not book or book["metadata"].get("evallib", {}).get("outputs") != "not kept":
        return
    book["metadata"].pop("widgets", None)
    book["metadata"]["language_info"] = {"name": "python"}
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
        cell["metadata"] = {key: value for key, value in cell["metadata"].items() if key in ("jupyter", "tags")}
