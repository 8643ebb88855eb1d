"""The desk is for this machine and for whoever has its token, whatever is asked for or stands in a file of settings."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import psutil
import pytest
from typer.testing import CliRunner

from evallib.cli.main import app
from evallib.data.working_folder import lay_out
from tests.conftest import ROOT

OPENING = [
    "--ip=0.0.0.0",
    "--ip 0.0.0.0",
    "--ServerApp.ip=*",
    "--NotebookApp.ip=''",
    "--ServerApp.token=''",
    "--ServerApp.token=",
    "--IdentityProvider.token",
    "--ServerApp.password=x",
    "--PasswordIdentityProvider.hashed_password=x",
    "--ServerApp.allow_origin=*",
    "--ServerApp.allow_origin_pat=.*",
    "--ServerApp.allow_remote_access=True",
    "--ServerApp.disable_check_xsrf=True",
    "--ServerApp.identity_provider_class=x",
    "--sock=/tmp/x",
    "--KernelManager.ip=0.0.0.0",
    "-- --ip=0.0.0.0",
]


@pytest.mark.parametrize("option", OPENING)
def test_an_option_that_would_open_it_is_refused(option: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("evallib.runs.lab.open_lab", lambda *args, **more: pytest.fail("it was opened"))
    result = CliRunner().invoke(app, ["lab", "--no-browser", "--lang", "en", *option.split()])
    assert (result.exit_code, "would open the desk to other machines" in result.stderr) == (2, True), result.output


def asked(url: str, **headers: str) -> tuple[int, str | None]:
    """The status of an answer, and which other pages may read it."""
    try:
        with urlopen(Request(url, headers=headers), timeout=10) as answer:
            return int(answer.status), answer.headers["Access-Control-Allow-Origin"]
    except HTTPError as error:
        with error:
            return error.code, error.headers["Access-Control-Allow-Origin"]
    except OSError:  # it is not up yet
        return 0, None


def test_it_listens_here_only_and_asks_for_its_token(tmp_path: Path) -> None:
    """Files of settings that would open it do not."""
    lay_out(tmp_path / "county")
    (tmp_path / "county" / "picture.png").write_bytes(b"ours")
    settings = tmp_path / "config"
    settings.mkdir()
    opening = {"ip": "0.0.0.0", "allow_origin": "*", "disable_check_xsrf": True, "allow_remote_access": True}
    lines = ["IdentityProvider.token = ''", *(f"ServerApp.{name} = {value!r}" for name, value in opening.items())]
    lines.append("ServerApp.tornado_settings = {'headers': {'Access-Control-Allow-Origin': '*'}}")
    (settings / "jupyter_server_config.py").write_text("".join(f"c.{line}\n" for line in lines))
    places = {"CONFIG_DIR": settings, "DATA_DIR": tmp_path / "own", "RUNTIME_DIR": tmp_path / "runtime"}
    env = {**os.environ, "JUPYTER_TOKEN": "", **{f"JUPYTER_{name}": str(folder) for name, folder in places.items()}}
    command = [sys.executable, "-m", "evallib", "lab", "--no-browser", "--allow-root", "--ip", "127.0.0.1", "--"]
    process = subprocess.Popen(command, cwd=tmp_path / "county", env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        deadline = time.monotonic() + 60
        while not (known := list((tmp_path / "runtime").glob("jpserver-*.json"))) and time.monotonic() < deadline:
            assert process.poll() is None, process.stderr and process.stderr.read()
            time.sleep(0.1)
        while not known[0].read_text():
            time.sleep(0.1)
        server = json.loads(known[0].read_text())
        assert server["url"].startswith(("http://127.0.0.1:", "http://localhost:"))
        assert len(server["token"]) == 48
        address = server["url"]
        while asked(f"{address}api/contents")[0] == 0:
            time.sleep(0.1)
        assert asked(f"{address}api/contents")[0] == 403
        assert asked(f"{address}api/contents", Origin="http://other.example") == (404, None)
        assert asked(f"{address}api/contents?token=guess")[0] == 403
        assert asked(f"{address}api/contents?token={server['token']}")[0] == 200
        assert asked(f"{address}voila/files/picture.png")[0] == 404  # which Voilà's extension, where installed, would serve to anybody
        # another name for this machine, as a foreign page would use
        assert asked(f"{address}api/contents?token={server['token']}", Host="other.example")[0] == 403
        listening = {c.laddr.ip for c in psutil.Process(process.pid).net_connections("inet") if c.status == psutil.CONN_LISTEN}
        assert listening == {"127.0.0.1"}
    finally:
        process.kill()
        process.communicate()
