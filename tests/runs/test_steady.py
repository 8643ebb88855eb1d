"""What a notebook or the calling process sets for itself changes no result: the same bytes of JSON, page, notebook's sections, pictures."""

from __future__ import annotations

import decimal
import json
import locale
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pandas as pd
import pytest
from matplotlib import rc_context, rcParams

from evallib.kit import NOTEBOOKS, REPORT
from evallib.runs.engine import fast_engine
from evallib.runs.report import run_report
from tests.conftest import DATA

HOSTILE = """
import decimal, locale, os, random, time, warnings
import matplotlib, numpy, pandas
decimal.setcontext(decimal.Context(prec=4, rounding=decimal.ROUND_UP, capitals=0, Emax=9, Emin=-9, traps=[decimal.Inexact]))
for name in ("de_DE.UTF-8", "C"):
    try:
        locale.setlocale(locale.LC_ALL, name)
        break
    except locale.Error:
        pass
os.environ["TZ"] = "Pacific/Kiritimati"
time.tzset()
random.seed(1), numpy.random.seed(1), numpy.seterr(all="raise")
for option, value in {"display.precision": 1, "display.float_format": "{:.0f}".format, "display.max_rows": 2, "display.max_colwidth": 5,
                      "mode.string_storage": "python"}.items():
    pandas.set_option(option, value)
matplotlib.rcParams.update({"font.size": 30, "axes.formatter.use_locale": True, "lines.linewidth": 9, "savefig.dpi": 30, "figure.dpi": 30,
                            "savefig.facecolor": "red", "text.color": "red", "svg.fonttype": "path", "axes.prop_cycle": "cycler(color='r')",
                            "figure.autolayout": True, "savefig.pad_inches": 2, "patch.linewidth": 7, "hatch.linewidth": 9})
os.chdir("/")
"""


def made(out: Path, notebook: Path | None = None, **how: Any) -> dict[str, bytes]:
    """All that a report writes, by name."""
    folder = run_report("hrss", 2023, data=DATA, out=out, notebook=notebook, engine=fast_engine(), **how).page.parent
    return {path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def set_back(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What this process had set before."""
    before = decimal.getcontext().copy(), locale.setlocale(locale.LC_ALL), np.geterr(), Path.cwd()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    monkeypatch.setenv("TZ", os.environ.get("TZ", ""))
    with rc_context():
        yield
    decimal.setcontext(before[0])
    locale.setlocale(locale.LC_ALL, before[1])
    np.seterr(**before[2])
    os.chdir(before[3])
    for option in ("^display", "mode.string_storage"):
        pd.reset_option(option)
    monkeypatch.undo()
    time.tzset()


def test_what_the_calling_process_sets_changes_nothing(tmp_path: Path, set_back: None) -> None:
    calm = made(tmp_path / "calm", figures=True, workbook=True)
    exec(HOSTILE, {})
    hostile = made(tmp_path / "hostile", figures=True, workbook=True)
    assert rcParams["font.size"] == 30, "nor does the kit change what was set"
    assert decimal.getcontext().prec == 4
    assert [name for name in calm if calm[name] != hostile[name] and name != "hrss.ipynb"] == []  # which says when it ran


def test_what_a_notebook_sets_changes_nothing(tmp_path: Path, set_back: None, monkeypatch: pytest.MonkeyPatch) -> None:
    book, setting = nbformat.read(NOTEBOOKS / REPORT, as_version=4), 'exec(os.environ.get("HOSTILE", ""))'
    book.cells.insert(1, nbformat.v4.new_code_cell('import os\nexec(os.environ.get("HOSTILE", ""))', id="set"))
    first = next(n for n, cell in enumerate(book.cells) if "ev.begin" in cell.source)
    book.cells.insert(first + 1, nbformat.v4.new_code_cell(setting, id="again"))
    probes = [
        'r.indicators.score.sum(), r.what_if(public_satisfaction=90.0).total, r.explain("budget_execution")',
        "r.chart.targets",
        'ev.open(data, "en")["hrss"].totals.total.to_list(), ev.open(data, "en")',
    ]
    book.cells[-1:-1] = [nbformat.v4.new_code_cell(f"{setting}\n{source}", id=f"probe-{number}") for number, source in enumerate(probes)]
    nbformat.write(book, tmp_path / REPORT)
    calm = made(tmp_path / "calm", tmp_path / REPORT)
    monkeypatch.setenv("HOSTILE", HOSTILE)
    hostile = made(tmp_path / "hostile", tmp_path / REPORT)
    cells = [json.loads(one["hrss.ipynb"])["cells"] for one in (calm, hostile)]
    for before, after in zip(*cells, strict=True):
        for one in (before, after):
            one["metadata"].pop("papermill", None)
            one.pop("id")
        assert before == after, re.sub(r"\s+", " ", "".join(before["source"]))[:80]
    assert calm["hrss.evaluation.json"] == hostile["hrss.evaluation.json"]
    assert calm["hrss.html"] == hostile["hrss.html"]
