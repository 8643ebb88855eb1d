"""JupyterLab on a working folder: what the notebook opened is told, and what of it is saved. The only place that knows jupyterlab."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evallib.kit import TEMPLATES
from evallib.model.words import Lang
from evallib.say.refusals import refused

_QUIET = (  # nothing is asked of the network, and nobody is asked whether it may be
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    f"--LabApp.app_settings_dir={TEMPLATES / 'lab'}",
)


_CLOSED = {
    "ServerApp.ip": "127.0.0.1",
    "KernelManager.ip": "127.0.0.1",
    "ServerApp.local_hostnames": "localhost",
    "ServerApp.sock": "",
    "ServerApp.allow_remote_access": "False",
    "ServerApp.allow_origin": "",
    "ServerApp.allow_origin_pat": "",
    "ServerApp.allow_credentials": "False",
    "ServerApp.disable_check_xsrf": "False",
    "ServerApp.trust_xheaders": "False",
    "ServerApp.tornado_settings": "{}",
    "ServerApp.jpserver_extensions": "{'voila.server_extension': False}",  # it serves pictures to whoever asks
    "ServerApp.identity_provider_class": "jupyter_server.auth.identity.PasswordIdentityProvider",
    "ServerApp.authorizer_class": "jupyter_server.auth.authorizer.AllowAllAuthorizer",
}
"""What keeps the server to this machine and to whoever has its token, whatever a file of settings says."""
LARGEST_MESSAGE = 256 * 2**20
"""Of what the browser may send at once: far above the files that the desk takes, so that it can say which are too large."""
_NEVER = {name.partition(".")[2] for name in _CLOSED} | {"password", "hashed_password", "login_handler_class", "webapp_settings"}
_ON_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")


def refuse_opening(more: Sequence[str]) -> None:
    """Raise InputRefused where options for JupyterLab would open it to other machines, or to whoever has no token.

    >>> refuse_opening(["--no-browser", "--port=9", "--ip=127.0.0.1"])
    """
    for option, following in zip(more, [*more, ""][1:], strict=True):
        name, given, value = option.partition("=")
        last, value = name.lstrip("-").rpartition(".")[2], value if given else following
        if not name.startswith("-") or (last == "ip" and value in _ON_THIS_MACHINE) or (last == "token" and value.strip("\"'")):
            continue
        if last in _NEVER or last == "token":
            raise refused("command.opens_the_lab", name)


def open_lab(notebook: Path, root: Path, *, data: Path, out: Path, lang: Lang, more: Sequence[str] = ()) -> None:
    """Open a notebook in JupyterLab and stay until it is stopped; `more` are options of its own.

    `ev.Desk` takes data, out and lang from the environment where a notebook names none: the notebook itself is not touched. The server
    listens on this machine only, and asks for a token.

    Raises InputRefused where an option would open it.
    """
    refuse_opening(more)
    from jupyterlab.labapp import LabApp

    os.environ |= environment(data, out, lang)
    asked = [option for option in more if option != "--"]
    said = {"ServerApp.ip" if name == "ip" else name for name in (option.partition("=")[0].lstrip("-") for option in asked)}
    closed = [f"--{name}={value}" for name, value in _CLOSED.items() if name not in said]  # which count more than any file of settings
    if not any(option.partition("=")[0].endswith("token") for option in asked):
        closed.append(f"--IdentityProvider.token={secrets.token_hex(24)}")
    server = LabApp.initialize_server(argv=[f"--ServerApp.root_dir={root}", *_QUIET, *asked, *closed, str(notebook)])
    server.web_app.settings["websocket_max_message_size"] = LARGEST_MESSAGE  # as an option it would become a text
    server.contents_manager.register_pre_save_hook(keep_clean)
    server.start()


def environment(data: Path, out: Path, lang: Lang) -> dict[str, str]:
    """What `ev.Desk` takes where a notebook names nothing."""
    return {"EVALLIB_DATA": str(data.resolve()), "EVALLIB_OUT": str(out.resolve()), "EVALLIB_LANG": lang}


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
