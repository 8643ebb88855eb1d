"""The code in the READMEs runs, and says what it is said to."""

from __future__ import annotations

import re
from typing import Any

import matplotlib.pyplot as plt
import pytest

from tests.conftest import ROOT


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_code_for_analysts_runs(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    text = (ROOT / name).read_text(encoding="utf-8")
    blocks = re.findall(r"(?:^    .*\n|^\n)+", text, re.MULTILINE)
    block = next(block for block in blocks if "import evallib as ev" in block)
    names: dict[str, Any] = {}
    exec("\n".join(line.strip() for line in block.splitlines()), names)
    desk = re.findall(r"`(desk[ .][^`]+)`", text)
    exec("\n".join(desk), names)
    plt.close("all")
    assert names["r"].total == 84.63
    assert names["desk"].result.total == 86.63
    assert names["heads"](names["r"]) > 0
