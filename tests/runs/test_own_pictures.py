"""What an analyst draws in a notebook is shown by the fast engine as by papermill's own."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from evallib.runs.engine import fast_engine

CELLS = (
    "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot([1, 2])",
    "plt.bar([1, 2], [3, 4]); plt.show()\nprint('after')",
    "from matplotlib.figure import Figure\nfigure = Figure()\nfigure.subplots().plot([1, 2])\nfigure",
    "1 + 1",
    "import pandas as pd\npd.Series([1, 2]).plot();",
)


def shown(engine: str | None, folder: Path) -> list[list[tuple[str, list[str]]]]:
    """The kinds of output of each cell."""
    import papermill

    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    nbformat.write(nb, folder / "in.ipynb")
    papermill.execute_notebook(
        folder / "in.ipynb", folder / "out.ipynb", engine_name=engine, kernel_name="python3", language="python", progress_bar=False
    )
    cells = nbformat.read(folder / "out.ipynb", 4).cells
    return [[(output.output_type, sorted(output.get("data", {}))) for output in cell.outputs] for cell in cells]


def test_pictures_are_shown_once_each_by_both_engines(tmp_path: Path) -> None:
    if fast_engine() is None:
        pytest.skip("this system cannot fork safely")
    fast = shown(fast_engine(), tmp_path)
    assert [sum("image/png" in kinds for _, kinds in outputs) for outputs in fast] == [1, 1, 1, 0, 1]
    assert fast == shown(None, tmp_path)
    from matplotlib import pyplot

    ours = pyplot.figure()  # a process that draws pictures itself
    there = pyplot.get_fignums()
    try:
        assert shown(fast_engine(), tmp_path) == fast
        assert pyplot.get_fignums() == there
    finally:
        pyplot.close(ours)
