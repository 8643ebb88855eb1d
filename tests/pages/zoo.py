"""A notebook with one cell of each kind of output, for a test to run: what an analyst may add to a report, and what is only noise."""

from __future__ import annotations

import struct
import zlib
from base64 import b64encode
from pathlib import Path
from typing import Any

from nbformat import v4

from tests.conftest import DATA

SVG = """<svg xmlns="http://www.w3.org/2000/svg" width="240" height="60" viewBox="0 0 240 60" onload="alert('svg')"><title>Two bars</title>
<script>alert("svg script")</script>
<rect width="200" height="20" fill="#2b7a78"/><rect y="30" width="120" height="20" fill="#d55e00"/></svg>"""


def png(width: int = 240, height: int = 60) -> bytes:
    """A small picture: a field of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + b"\x2b\x7a\x78" * width) * height
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


SHOWN = {
    "markdown": r"""## 我们的看法 / Our view

Text with **weight**, a [link](https://example.org/plan), `code`, ~~gone~~ and $\alpha^2 < \beta$.

| 项 | item | n |
|---|---|--:|
| 甲 | a | 1,100 |

> quoted

1. one
2. two

$$\text{支付进度率} = \frac{\sum_{i=1}^{n} p_i}{P} \times 100\%$$

![attached](attachment:a.png) ![beside](beside.svg)""",
    "display markdown": 'display(Markdown("### Displayed\\n\\nText that was **displayed**: $x_1$"))',
    "html": """display(HTML('<h2>Own HTML</h2><p style="color:#a00">in red</p><p>plain</p><a href="https://example.org">out</a>'))""",
    "hostile html": """display(HTML('<p id="main" class="skip">hostile</p><script>alert("html")</script>'
    '<img src="https://example.org/x.png" alt="out">'
    '<a href="javascript:alert(1)">js</a><div style="position:fixed;inset:0;background:url(https://example.org/y.png)">cover</div>'
    '<svg onload="alert(2)" viewBox="0 0 10 10"><circle r="5" cx="5" cy="5"/></svg></div></section></main>'))""",
    "frame": 'frame = pd.DataFrame({"得分": [9.18, 1.2], "name": ["质量 <b>", "x"]}, index=["quality", "jobs"])\nframe',
    "wide frame": 'pd.DataFrame([range(1000, 1030)] * 2, columns=[f"column_{n}" for n in range(30)])',
    "styler": 'pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 0.5]}).style.background_gradient().bar(subset="b").set_caption("styled")',
    "series": 'pd.Series({"quality": 9.18, "jobs": 1.2}, name="score")',
    "number": "Decimal('84.63')",
    "text": r'"第一行\n第二行"',
    "list": "[1, 2.5, Decimal('3.10')]",
    "print": 'print("printed", 84.63)\nprint("<b>not bold</b>")',
    "matplotlib png": 'plt.plot([1, 2, 3]); plt.title("png"); plt.show()',
    "matplotlib svg": """set_matplotlib_formats("svg")
figure, axes = plt.subplots()
axes.bar(["a", "b"], [3, 4]);
plt.show()""",
    "figure with words": """display({"image/png": PICTURE, "text/plain": "x"}, raw=True,
    metadata={"image/png": {"alt": "A field of one colour"}})""",
    "figure of the kit": """display({"image/png": PICTURE, "text/plain": "x"}, raw=True,
    metadata={"evallib": {"kind": "figure", "title": "自己的图 / My chart", "alt": "A field", "source": "own count"}})""",
    "svg": "SVG(data=DRAWING)",
    "jpeg": 'display({"image/jpeg": PICTURE, "text/plain": "x"}, raw=True)',
    "latex": r'Math(r"\frac{51}{48} = 106.25\%")',
    "section": "report.section('targets')",
    "chart": "replace(report.draw('points'), of=report.of)",
    "chart of another": "replace(other.draw('points'), of=other.of)",
}
"""What reaches the page, by what it is: a cell's source."""

NOISE = {
    "stderr": 'warnings.warn("careful")',
    "logging": 'print("a line on stderr", file=sys.stderr)',
    "progress": "for n in tqdm(range(3), file=sys.stdout):\n    pass",
    "object": "plt.figure().subplots()",
    "objects": "plt.plot([1, 2]); plt.close(); [plt.Line2D([0], [0])]",
    "evaluation": "report.evaluation",
    "widget": "widgets.IntSlider(value=5)",
    "widget progress": "for n in notebook_tqdm(range(3)):\n    pass",
    "javascript": 'display(Javascript("alert(3)"))',
    "interactive": """display({"application/vnd.plotly.v1+json": {"data": []},
    "text/html": "<div><script>Plotly.newPlot()</script></div>", "text/plain": "Figure({})"}, raw=True)""",
    "iframe": 'IFrame("https://example.org", 100, 100)',
    "nothing": "None",
}
"""What does not, and is told, but for the last."""

SETUP = """import sys, warnings
from base64 import b64decode
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
import ipywidgets as widgets
import matplotlib.pyplot as plt
import pandas as pd
from IPython.display import HTML, IFrame, Javascript, Markdown, Math, SVG, display
from matplotlib_inline.backend_inline import set_matplotlib_formats
from tqdm import tqdm
from tqdm.notebook import tqdm as notebook_tqdm
from evallib.analysis.changes import ActualChange
from evallib.analysis.what_if import apply
from evallib.data.years import evaluate_year
from evallib.model.years import EvaluatedYear
from evallib.pages.report import Report
checked = evaluate_year(Path(data), department, year)
report = Report(checked, lang)
other = Report(EvaluatedYear(apply(checked.evaluation, [ActualChange(indicator="public_satisfaction", actual=90)]), None, ()), lang)
PICTURE = b64decode("{picture}")
DRAWING = '''{drawing}'''"""


def zoo(lang: str, folder: Path) -> Any:
    """The notebook, not run yet, to lie in a folder; with what lies beside it."""
    (folder / "beside.svg").write_text(SVG, encoding="utf-8")
    picture = b64encode(png()).decode()
    given = f'department = "hrss"\nyear = 2023\nlang = "{lang}"\ndata = "{DATA.as_posix()}"'
    setup = SETUP.format(picture=picture, drawing=SVG)
    cells = [
        v4.new_code_cell(given, metadata={"tags": ["parameters"]}),
        v4.new_code_cell(setup),
        v4.new_markdown_cell("## 摘要 / Summary"),
        v4.new_code_cell("report.section('summary')"),
    ]
    for name, source in {**SHOWN, **NOISE}.items():
        if name == "markdown":
            cells.append(v4.new_markdown_cell(source, attachments={"a.png": {"image/png": picture}}))
        else:
            cells.append(v4.new_code_cell(f"# {name}\n{source}"))
    cells.append(v4.new_raw_cell("raw"))
    cells.append(v4.new_markdown_cell("## 结束 / The end\n\nWritten last."))
    return v4.new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}})
