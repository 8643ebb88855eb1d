"""`evallib desk`: for this machine and for whoever has its address, whatever stands in a file of settings; no file is served."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from pathlib import Path

import psutil
import pytest
from typer.testing import CliRunner

from evallib.cli.main import app
from evallib.data.working_folder import lay_out
from tests.desk.voila import alone, asked

needs_voila = pytest.mark.skipif(importlib.util.find_spec("voila") is None, reason="Voilà is not installed: pip install 'evallib[desk]'")
OPENING = {
    "Voila": {"ip": "0.0.0.0", "token": "", "tornado_settings": {"headers": {"Access-Control-Allow-Origin": "*"}}},
    "VoilaConfiguration": {"file_allowlist": [".*"], "file_denylist": [], "template": "lab"},
    "IdentityProvider": {"token": ""},
}


@needs_voila
def test_it_answers_here_only_whoever_has_its_address_and_serves_no_file(tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "county")
    (folder / "notebooks" / "secret.png").write_bytes(b"picture")
    (folder / "voila.json").write_text(json.dumps(OPENING))
    with alone(folder) as desk:
        address, token = desk.url, desk.token
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", address)
        assert len(token) == 48
        assert token not in " ".join(psutil.Process(desk.process.pid).cmdline())
        with_token = f"?token={token}"
        assert asked(address)[0] == 302  # to the login
        assert asked(f"{address}?token=guess")[0] == 302
        status, headers = asked(f"{address}voila/static/voila.js{with_token}")
        assert (status, headers["Access-Control-Allow-Origin"]) == (200, None)
        for path in ("voila/files/secret.png", "voila/files/explore.ipynb", "voila/files/../data/county.toml", "secret.png"):
            assert asked(f"{address}{path}{with_token}")[0] in (302, 403, 404), path
        assert asked(f"{address}voila/files/secret.png{with_token}")[0] == 403
        for foreign in ({"Origin": "http://other.example"}, {"Host": "other.example"}, {"Origin": "null"}):
            for path in ("", "api/kernels/0-0-0-0-0/channels", "voila/api/shutdown/0-0-0-0-0", "login"):
                assert asked(f"{address}{path}{with_token}", **foreign)[0] == 403, (foreign, path)
        listening = {c.laddr.ip for c in psutil.Process(desk.process.pid).net_connections("inet") if c.status == psutil.CONN_LISTEN}
        assert listening == {"127.0.0.1"}


def test_without_voila_a_sentence_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(lay_out(tmp_path / "county", "en"))
    monkeypatch.setitem(sys.modules, "voila", None)
    monkeypatch.setitem(sys.modules, "voila.app", None)
    told = CliRunner().invoke(app, ["desk"])
    assert (told.exit_code, 'run python -m pip install "evallib[desk]"' in told.stderr) == (2, True), told.output


def test_its_templates_ask_for_nothing_from_outside() -> None:
    from evallib.kit import TEMPLATES

    for file in (TEMPLATES / "voila").rglob("*.*"):
        assert "//" not in file.read_text(encoding="utf-8"), file
