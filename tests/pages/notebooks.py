"""Notebooks for tests, without a kernel: cells whose outputs are what IPython would keep of an object; and the page made of one."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup
from IPython.core.formatters import DisplayFormatter
from nbformat import v4

from evallib.model.errors import Problem
from evallib.pages.exporter import ReportExporter
from evallib.pages.handed import Of
from evallib.pages.rendering import Sections

_FORMATTER: Any = DisplayFormatter()
PARAMETERS = 'department = "hrss"\nyear = 2023\nlang = "{lang}"'


def shown(thing: object, **more: Any) -> Any:
    """The output of a cell that shows an object."""
    data, metadata = _FORMATTER.format(thing)
    return v4.new_output("display_data", data, metadata=metadata | more)


def bundle(**data: Any) -> Any:
    """An output in given forms: `text_html="…"`, `image_png="…"`."""
    kinds = {"svg": "image/svg+xml", "widget": "application/vnd.jupyter.widget-view+json", "javascript": "application/javascript"}
    return v4.new_output("display_data", {kinds.get(kind, kind.replace("_", "/", 1)): value for kind, value in data.items()})


def code(*outputs: Any, source: str = "show()", tags: tuple[str, ...] = (), count: int | None = 1) -> Any:
    return v4.new_code_cell(source, outputs=list(outputs), execution_count=count, metadata={"tags": list(tags)} if tags else {})


def markdown(text: str, **more: Any) -> Any:
    return v4.new_markdown_cell(text, **more)


def parameters(lang: str = "zh") -> Any:
    return code(source=PARAMETERS.format(lang=lang), tags=("parameters",))


def notebook(*cells: Any) -> Any:
    return v4.new_notebook(cells=list(cells))


def sections(page: Sections) -> list[Any]:
    """A heading and a section of each, as the notebooks that are shipped have them."""
    return [cell for made in map(page.section, page.SECTIONS) for cell in (markdown(f"## {made.mark['pair']}"), code(shown(made)))]


def handed(of: Of) -> Any:
    """What `ev.report` leaves in the last cell."""
    said = v4.new_output("display_data", {"text/html": "<p>handed over</p>", "text/plain": "handed over"})
    said.metadata["evallib"] = {"kind": "report", "of": of}
    return code(said, source="ev.report(r)")


def export(nb: Any, **resources: Any) -> tuple[str, tuple[Problem, ...]]:
    """The page of a notebook, and what did not reach it."""
    exporter: Any = ReportExporter
    html, made = exporter().from_notebook_node(nb, {"metadata": {"name": "mine", **resources}})
    return html, made["evallib"]["left_out"]


def page_of(*cells: Any, lang: str = "zh", **resources: Any) -> BeautifulSoup:
    """The page of cells, under parameters that name an evaluation."""
    return BeautifulSoup(export(notebook(parameters(lang), *cells), **resources)[0], "html.parser")


def headings(html: str) -> list[str]:
    return [h.get_text() for h in BeautifulSoup(html, "html.parser").select("main h2")]


def codes(left_out: tuple[Problem, ...]) -> list[str]:
    return [problem.code.removeprefix("notebook.") for problem in left_out]
