"""The libraries behind a page are loaded without a grammar that nothing here uses, and which another may still load."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import ROOT

LOADED = "import sys; from evallib.runs.quick import nbformat; assert 'rfc3987_syntax' not in sys.modules; assert 'lark' not in sys.modules"


def test_no_grammar_is_built() -> None:
    subprocess.run([sys.executable, "-c", f"{LOADED}; import rfc3987_syntax"], cwd=ROOT, check=True)
