"""Plain plots: the frame's numbers on the analyst's axes, text that can be changed, nothing that breaks on odd data."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, isnan, nan
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Annotation, Text
from nbclient import NotebookClient

import evallib as ev
from evallib.charts import plain
from evallib.charts.fonts import chinese_font
from evallib.charts.points import points_chart
from evallib.model.words import LANGS, Lang
from tests.conftest import Copy

Draw = Callable[..., Axes]
NAMES = ["产出数量", "费用 $a$ 与 $b$", "很长的名称" * 20, "Ratio\x00"]
INDICATORS = pd.DataFrame(
    {"name": NAMES, "points": [10.0, 5, nan, 4], "score": [8.5, 5, nan, nan], "lost": [1.5, 0, nan, 4], "rate": [0.85, 1, nan, nan]},
)
DIMENSIONS = INDICATORS.iloc[[0, 1, 3]]
TARGETS = pd.DataFrame({"name": NAMES, "attainment": [1.2, 0.4, nan, 12.5], "met": [True, False, None, True]})
BUDGET = pd.DataFrame(
    {
        "name": NAMES,
        "side": ["income", "income", "spending", "spending"],
        "variance": [0.12, 7.0, nan, -0.3],
        "total": [False, True, False, True],
    }
)
FINDINGS = pd.DataFrame(
    {"kind": ["闲置", "违规", "违规", "制度", "其他"], "amount": [900.0, 1e6, 234.5, nan, 3], "unit": ["元", "元", "元", None, "人"]}
)
TOTALS = pd.DataFrame(
    {"name": np.repeat(["甲局", "乙局", "丙局"], 2), "total": [80, 84.63, 70, nan, 60, 66], "points": 100.0},
    pd.MultiIndex.from_product([["b", "a", "c"], [2022, 2023]], names=["department", "year"]),
)
TOTALS["rate"] = TOTALS["total"] / TOTALS["points"]
PLOTS: dict[Draw, pd.DataFrame] = {
    plain.targets: TARGETS,
    plain.points: INDICATORS,
    plain.dimensions: DIMENSIONS,
    plain.bridge: DIMENSIONS,
    plain.budget: BUDGET,
    plain.findings: FINDINGS,
    plain.totals: TOTALS,
}
each = pytest.mark.parametrize("draw", PLOTS, ids=[draw.__name__ for draw in PLOTS])
in_each = pytest.mark.parametrize("lang", LANGS)


def axes() -> Axes:
    return Figure(figsize=(7.2, 4), layout="constrained").subplots()


def drawn(ax: Axes, folder: Path) -> Axes:
    """Saved as a picture: a character that no font has is a warning, and every warning an error."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.savefig(folder / "picture.png")
    return ax


def bars(ax: Axes) -> list[Rectangle]:
    return [bar for bar in ax.patches if isinstance(bar, Rectangle)]


def widths(ax: Axes) -> list[float]:
    return [float(bar.get_width()) for bar in bars(ax)]


def heights(ax: Axes) -> list[list[float]]:
    return [np.asarray(line.get_ydata(), float).tolist() for line in ax.lines]


def beside(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts if isinstance(text, Annotation)]


def labels(ax: Axes) -> list[str]:
    return [label.get_text() for label in ax.get_yticklabels()]


def same(found: list[float], wanted: list[float]) -> bool:
    return len(found) == len(wanted) and all(a == b or (isnan(a) and isnan(b)) for a, b in zip(found, wanted, strict=True))


# --- every plot ------------------------------------------------------------------------------------------------------------


@in_each
@each
def test_the_given_axes_are_drawn_on_and_nothing_else(draw: Draw, lang: Lang, tmp_path: Path) -> None:
    settings = dict(rcParams)
    ax, other = Figure(figsize=(12, 4), layout="constrained").subplots(1, 2)
    assert draw(PLOTS[draw], ax, lang=lang) is ax
    assert not other.has_data()
    assert ax.get_title()
    assert ax.get_xlabel() or ax.get_ylabel()
    drawn(ax, tmp_path)
    assert dict(rcParams) == settings


@in_each
@each
def test_no_row_and_no_number_are_drawn_as_nothing(draw: Draw, lang: Lang, tmp_path: Path) -> None:
    frame = PLOTS[draw]
    empty = draw(frame[:0], axes(), lang=lang)
    assert empty.get_title() not in ("", drawn(draw(frame, axes(), lang=lang), tmp_path).get_title())
    assert not empty.patches
    assert not empty.lines
    drawn(empty, tmp_path)
    unknown = frame.copy()
    numbers = frame.select_dtypes("number").columns
    for columns, value in ((numbers, nan), (numbers, 0.0), (numbers.intersection(["attainment", "rate", "variance"]), inf)):
        unknown[columns] = value
        assert drawn(draw(unknown, axes(), lang=lang), tmp_path).get_title()


@each
def test_the_frame_is_left_as_it_was(draw: Draw) -> None:
    before = PLOTS[draw].copy()
    draw(PLOTS[draw], axes())
    pd.testing.assert_frame_equal(PLOTS[draw], before)


@each
def test_what_an_analyst_changes_keeps_the_font(draw: Draw, tmp_path: Path) -> None:
    ax = draw(PLOTS[draw], axes(), lang="en")
    ax.set(title="我的标题", xlabel="占目标的比例", ylabel="指标")
    ax.set_yticks(range(6), ["财政拨款"] * 6)
    ax.tick_params(labelsize=12)
    ax.set_xlim(0, 5)
    for bar in ax.patches:
        bar.set_color("black")
    drawn(ax, tmp_path)
    assert all(chinese_font() in text.get_fontfamily() for text in ax.findobj(Text) if isinstance(text, Text) and text.get_text())


@each
def test_own_text_on_the_axes_keeps_its_own_font(draw: Draw) -> None:
    ax = axes()
    own = ax.text(0, 0, "mine", fontfamily=["DejaVu Serif"])
    draw(PLOTS[draw], ax)
    assert own.get_fontfamily()[0] == "DejaVu Serif"
    assert own.get_text() == "mine"


# --- each plot -------------------------------------------------------------------------------------------------------------


def test_targets_are_bars_against_a_line_at_one() -> None:
    ax = plain.targets(TARGETS, axes(), lang="en")
    assert same(widths(ax), [1.2, 0.4, nan, 12.5])
    assert np.asarray(ax.lines[0].get_xdata()).tolist() == [1, 1]
    assert beside(ax) == ["120.00%", "40.00% (not met)", "no actual", "1,250.00% →"]
    assert ax.get_title() == "2 of 4 targets met; 1 without an actual"
    assert ax.get_xlim()[1] < 2  # a bar of 1250% would leave nothing of the others


def test_rows_stand_from_the_top_in_the_order_of_the_frame() -> None:
    ax = plain.targets(TARGETS.iloc[::-1], axes())
    assert [label.replace("\n", "")[:5] for label in labels(ax)] == ["Ratio", "很长的名称", r"费用 \$", "产出数量"]
    assert ax.yaxis_inverted()
    plain.targets(TARGETS, ax)
    assert ax.yaxis_inverted()


def test_points_are_outlined_and_scores_solid() -> None:
    ax = plain.points(INDICATORS, axes(), lang="en")
    assert same(widths(ax), [8.5, 5, nan, 10, 5, 4])
    assert beside(ax) == ["−1.50", "", "—"]
    assert ax.get_title() == "2 of 3 indicators lost points, 5.50 in all"
    assert [text.get_text() for text in ax.legend().get_texts()] == ["Score", "Points"]


def test_dimensions_with_one_rate_are_told_without_a_lowest() -> None:
    assert plain.dimensions(DIMENSIONS[:1], axes(), lang="en").get_title() == "产出数量: score rate 85.00%"
    assert same(widths(plain.dimensions(DIMENSIONS, axes())), [0.85, 1, nan, 1, 1, 1])


def test_the_bridge_goes_down_by_what_was_lost_and_up_by_what_was_gained() -> None:
    frame = pd.DataFrame({"name": ["a", "b", "c"], "points": [50.0, 50, 0], "score": [45.0, 40, 2], "lost": [5.0, 10, -2]})
    ax = plain.bridge(frame, axes(), lang="en")
    assert widths(ax) == [100, 5, 10, -2, 87]
    assert [bar.get_x() for bar in bars(ax)] == [0, 95, 85, 87, 0]
    assert beside(ax) == ["100.00", "−5.00", "−10.00", "+2.00", "87.00"]
    assert ax.get_title() == "87.00 points; b lost most (−10.00)"


def test_a_result_with_what_does_not_apply_is_drawn_without_it_and_ends_at_its_total(copy: Copy) -> None:
    copy.set("judgements", {"indicator": "procurement_execution"}, "kind", "not_applicable")
    r = ev.evaluate(copy.folder, "hrss", 2023, lang="en")
    assert f"of {len(r.indicators) - 1} indicators" in r.plot.points(axes()).get_title()
    assert f"of {len(r.indicators) - 1} indicators" in points_chart(r.evaluation, "en").title
    ax = r.plot.bridge(axes())
    assert ax.get_title().startswith("84.32 points")
    assert beside(ax)[0::6] == ["100.00", "84.32"]
    assert beside(ax)[-2] == "−0.31"  # 82.63 of 98: −2.00 of what does not apply, +1.69 of scaling
    assert ax.get_yticklabels()[-2].get_text() == "Rescaling and other"


def test_the_budget_is_drawn_from_a_zero_line_with_signs() -> None:
    ax = plain.budget(BUDGET, axes(), lang="en")
    assert same(widths(ax), [0.12, 7.0, nan, -0.3])
    assert beside(ax) == ["+12.00%", "+700.00% →", "—", "−30.00%"]
    assert [text.get_text() for text in ax.texts if not isinstance(text, Annotation)] == ["Income", "Spending"]
    assert ax.get_title() == "Outturn 30.00% below the approved budget"
    assert plain.budget(BUDGET[:2], axes(), lang="zh").get_title() == "2 行中 2 行高于年初批复预算"


def test_findings_are_summed_by_kind_in_one_unit() -> None:
    ax = plain.findings(FINDINGS, axes(), lang="en")
    assert widths(ax) == [1000234.5, 900, 0, 0]
    assert beside(ax) == ["1,000,234.5 (2)", "900 (1)", "— (1)", "— (1)"]
    assert ax.get_title() == "Findings: 5, 1,001,134.5 元 in all"
    assert ax.get_xlabel() == "元 (1 more in other units are not drawn)"


def test_totals_of_one_year_are_bars_of_several_lines() -> None:
    one = plain.totals(TOTALS[TOTALS.index.get_level_values("year") == 2022], axes(), lang="en")
    assert widths(one) == [80, 70, 60]
    assert labels(one) == ["甲局", "乙局", "丙局"]
    assert one.get_title() == "3 departments in 2022: 60.00 to 80.00"
    several = plain.totals(TOTALS, axes(), lang="en")
    assert same([one for line in heights(several) for one in line], [80, 84.63, 70, nan, 60, 66])
    assert [label.get_text() for label in several.get_xticklabels()] == ["2022", "2023"]
    assert several.get_title() == "Mean of 2 departments: 70.00 in 2022, 75.32 in 2023"
    assert plain.totals(TOTALS.loc[["b"]][:1], axes(), lang="en").get_title() == "甲局: 80.00 in 2022"


def test_totals_of_other_full_points_are_compared_by_their_rates() -> None:
    frame = TOTALS.assign(points=[100.0, 110] * 3).assign(rate=lambda f: f["total"] / f["points"])
    ax = plain.totals(frame.loc[["b"]], axes(), lang="en")
    assert ax.get_ylabel() == "Score rate"
    assert ax.get_title() == "甲局: 80.00% in 2022, 76.94% in 2023"


# --- a notebook ------------------------------------------------------------------------------------------------------------


def test_a_notebook_shows_each_picture_once(tmp_path: Path) -> None:
    begin = """
import pandas as pd
import evallib as ev
from evallib.charts import plain
frame = pd.DataFrame({"name": ["就业", "培训"], "attainment": [1.1, 0.5], "met": [True, False], "rate": [0.9, 0.7]})"""
    cells = [
        begin,
        "plain.targets(frame)",
        "import matplotlib.pyplot as plt\nfig, ax = plt.subplots(1, 2, layout='constrained')\n"
        "plain.targets(frame, ax[0])\nplain.dimensions(frame, ax[1])",
        "ax = plain.targets(frame)\nax.set_title('我的标题');",
        "from matplotlib.figure import Figure\nplain.targets(frame, Figure().subplots());",
    ]
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(nb, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    pictures = [sum("image/png" in output.get("data", {}) for output in cell.outputs) for cell in nb.cells]
    assert pictures == [0, 1, 1, 1, 0]
    assert not [output for cell in nb.cells for output in cell.outputs if output.output_type == "stream"]
