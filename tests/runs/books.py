"""Notebooks as an analyst might write them, for the tests of runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat

PARAMETERS = """department: str = "hrss"  # 部门编码 / department code
year: int = 2023  # 评价年度 / the year evaluated
lang: str = "zh"  # 语言 zh 或 en / language, zh or en
data: str = "data"  # 数据文件夹 / folder of the data"""

EVALUATED = """import json
from pathlib import Path

from evallib.analysis.changes import ActualChange
from evallib.analysis.what_if import apply
from evallib.data.years import evaluate_year

evaluation = evaluate_year(Path(data), department, year).evaluation"""

TRIED = 'evaluation = apply(evaluation, [ActualChange(indicator="public_satisfaction", actual=90)])'

REPORTED = """from evallib.pages.handed import of_evaluation
of = of_evaluation(evaluation, lang)"""

HANDED_OVER = """from IPython.display import display
html = f"<section><p>{evaluation.total}</p></section>"
display({"text/html": html, "text/plain": "summary"}, metadata={"evallib": {"kind": "section", "page": "report", "id": "summary",
    "heading": "摘要", "pair": "摘要 / Summary", "place": "summary", "absent": False, "of": of}}, raw=True)
display({"text/html": "", "text/plain": "report"}, metadata={"evallib": {"kind": "report", "of": of}}, raw=True)"""


def book(path: Path, cells: Sequence[str] = (), *, before: str = "", of: str = "", parameters: str = PARAMETERS) -> Path:
    """A notebook that evaluates, does what the cells say, and hands its evaluation over as the front door does.

    `before` runs before the data is read; `of` changes what is handed over.
    """
    made: Any = nbformat.v4
    first = made.new_code_cell(parameters, metadata={"tags": ["parameters"]})
    sources = [*filter(None, [before]), EVALUATED, *cells, "\n".join(filter(None, [REPORTED, of])), HANDED_OVER]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    written = made.new_notebook(cells=[first, *map(made.new_code_cell, sources)], metadata=metadata)
    for number, cell in enumerate(written.cells):
        cell["id"] = f"cell-{number}"
    nbformat.write(written, path)
    return path
