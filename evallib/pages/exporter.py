"""The page: an nbconvert exporter that turns a run notebook into one self-contained HTML file. The only place that knows nbconvert.

Registered under `nbconvert.exporters`, so `jupyter nbconvert --to evallib` and JupyterLab's export menu offer it too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import Exporter
from nbconvert.utils.exceptions import ConversionException
from nbformat import ValidationError
from traitlets.config import Config

from evallib.model.errors import InputRefused, Place, Problem
from evallib.model.words import words
from evallib.pages.handed import Of, cell_place, one_evaluation
from evallib.pages.page import NUMBER, Page, bare_text
from evallib.pages.page_seal import sealed_page
from evallib.pages.rendering import whole_page
from evallib.say.refusals import problem


class PageRefused(InputRefused, ConversionException):
    """A notebook that cannot become a page; nbconvert says why and ends with exit status 1."""

    def __str__(self) -> str:
        return f"{self.describe('zh')}\n{self.describe('en')}"


class ReportExporter(Exporter):
    """One HTML file: no request to anywhere, no script, contents list, code folded away.

    What of the notebook did not reach the page stands as problems in `resources["evallib"]["left_out"]`, and is logged.
    """

    export_from_notebook = "Evaluation report"
    output_mimetype = "text/html"

    def _file_extension_default(self) -> str:
        return ".html"

    @property
    def default_config(self) -> Config:
        removed = {"enabled": True, "remove_cell_tags": {"remove-cell"}}
        return Config({"TagRemovePreprocessor": removed, "CoalesceStreamsPreprocessor": {"enabled": True}})

    def _default_preprocessors_default(self) -> list[Any]:
        """nbconvert's own: the first is off unless `--execute` is given. What removed cells hand over counts; hence the order."""
        named = [f"nbconvert.preprocessors.{name}Preprocessor" for name in ("Execute", "TagRemove", "CoalesceStreams")]
        return [named[0], _looked_at, *named[1:]]

    def from_file(self, file_stream: Any, resources: Any = None, **kw: Any) -> tuple[Any, dict[str, Any]]:
        """As `from_notebook_node`, of a file."""
        try:
            nb = nbformat.read(file_stream, as_version=4)
        except Exception:  # of whatever is wrong with the file
            raise _unreadable(resources) from None
        return self.from_notebook_node(nb, resources, **kw)

    def from_notebook_node(self, nb: Any, resources: Any = None, **kw: Any) -> tuple[Any, dict[str, Any]]:
        """The page of a run notebook, and nbconvert's resources. Raises PageRefused where it cannot become one."""
        try:
            made, resources = super().from_notebook_node(_readable(nb), resources, **kw)
        except ValidationError:
            raise _unreadable(resources) from None
        page: Page = resources["page"]
        for cell in made.cells:
            page.take(cell)
        html = sealed_page(whole_page(page))
        for left_out in page.left_out:
            self.log.warning(left_out.describe(page.lang))
        resources["evallib"] = {"of": page.of, "left_out": tuple(page.left_out)}
        resources["output_extension"] = _extension(page.of, resources)
        return html, resources


def _looked_at(nb: Any, resources: Any) -> tuple[Any, Any]:
    """The notebook with its cells numbered, after what speaks against a page of it was looked for."""
    for number, cell in enumerate(nb.cells, 1):
        cell.metadata[NUMBER] = number
    given = resources["metadata"]
    of = _checked(nb, f"{given['name']}.ipynb")
    resources["page"] = Page(of, Path(given["path"]) if "path" in given else None)
    return nb, resources


def _readable(value: Any) -> Any:
    """A notebook without half characters, which can be written to no file."""
    return nbformat.from_dict(json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")))


def _unreadable(resources: Any) -> PageRefused:
    name = (resources or {}).get("metadata", {}).get("name", "notebook")
    return PageRefused((problem("report.unreadable_notebook", Place(f"{name}.ipynb")),))


def _checked(nb: Any, name: str) -> Of:
    """The evaluation that the page is of. Raises PageRefused for a notebook that was never run, that failed, or that has none, or two."""
    code = [cell for cell in nb.cells if cell.cell_type == "code" and cell.source.strip()]
    if failed := list(_errors(nb)):
        raise PageRefused(tuple(failed))
    if code and not any(cell.outputs or cell.execution_count for cell in code):
        raise PageRefused((problem("notebook.never_run", Place(name)),))
    try:
        of = one_evaluation(nb)
    except InputRefused as refusal:
        raise PageRefused(refusal.problems) from None
    if of is None:
        raise PageRefused((problem("notebook.no_evaluation", Place(name)),))
    if len(of["said"]) < len(of["changes"]):  # a trial would pass for recorded data
        raise PageRefused((problem("report.unreadable_changes", Place(name)),))
    return of


def _errors(nb: Any) -> Iterator[Problem]:
    """The errors in a notebook's outputs, but those that a cell is there to show."""
    for number, cell in enumerate(nb.cells, 1):
        shown = "raises-exception" in cell.metadata.get("tags", [])
        for output in cell.get("outputs", []) if not shown else []:
            if output.output_type == "error":
                yield _error(output, cell_place(number, cell.source))


def _error(output: Any, place: Place) -> Problem:
    """One error; a refusal of ours in its own words, which stand in the notebook in both languages, apart by an empty line."""
    zh, apart, en = bare_text("\n".join(output.get("traceback", []))).partition("\n\n")
    if output.ename == "InputRefused" and apart:
        said = words("；".join(zh.splitlines()).rstrip("。"), "; ".join(en.splitlines()).rstrip("."))
        return problem("notebook.input_refused", place, said=said)
    last = f"{output.ename}: {bare_text(output.evalue)}".splitlines()[0]
    return problem("notebook.failed", place, error=last.rstrip("."))


def _extension(of: Of, resources: Any) -> str:
    """The end of the file's name: department, year and language where the notebook's name does not bear them, and no name was given."""
    name = str(resources["metadata"].get("name", ""))
    if resources.get("unique_key", name) != name:
        return ".html"
    parts = [re.sub(r"[^\w-]", "", str(part)) for part in (of["department"], of["year"]) if part]
    safe = "-".join(part for part in parts if not re.search(rf"(?<![^\W_]){re.escape(part)}(?![^\W_])", name))
    other = ".en" if of["lang"] == "en" and not re.search(r"\.en\b", name) else ""
    return f"{'.' if safe else ''}{safe}{other}.html"
