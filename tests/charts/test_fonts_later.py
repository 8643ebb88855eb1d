"""The Chinese font for who draws by themselves comes with matplotlib, whoever imports it."""

from __future__ import annotations

import subprocess
import sys

import pytest

SEEN = "from matplotlib import rcParams; from evallib.charts.fonts import chinese_font; assert chinese_font() in rcParams['font.family']"


@pytest.mark.parametrize(
    "first", ["import matplotlib", "import matplotlib.pyplot", "import evallib.charts.fonts", "import evallib.charts.plain"]
)
@pytest.mark.parametrize("before", [True, False])
def test_whoever_imports_it(first: str, before: bool) -> None:
    asked = "from evallib.charts.fonts import use_chinese_later; use_chinese_later()"
    lines = [asked, first] if before else [first, asked]
    subprocess.run([sys.executable, "-c", "; ".join([*lines, SEEN])], check=True)
