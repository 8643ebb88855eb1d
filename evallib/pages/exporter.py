"""The page: an nbconvert exporter that turns an executed report notebook into one self-contained HTML file.

Registered under `nbconvert.exporters`, so `jupyter nbconvert --to evallib` and JupyterLab's export menu offer it too.
"""

from __future__ import annotations

import re
from base64 import b64decode
from typing import Any

from bs4 import BeautifulSoup, Tag
from nbconvert.exporters import HTMLExporter

from evallib import __version__
from evallib.charts import drawing
from evallib.kit import TEMPLATES
from evallib.pages.rendering import made_at

_COLOURS = {
    name: getattr(drawing, name.upper().replace("-", "_"))
    for name in ("ink", "muted", "faint", "quiet", "last-year", "accent", "good", "bad")
}

_ACTIVE = ("script", "iframe", "object", "embed", "link", "base", "meta", "form", "template", "frame", "frameset", "portal")
_FETCHING = ("srcdoc", "formaction", "ping", "srcset", "background", "poster", "action", "data")
_BESIDE = re.compile(r"\.\./(?:(?:\d{4}|comparison|overview)/)?[a-z0-9_]+(?:\.en)?\.html(?:#[\w.-]+)?")
_PICTURE = re.compile(r'<img\b[^>]*?src="data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)"[^>]*>')


class ReportExporter(HTMLExporter):
    """One HTML file: no request to anywhere, no script, contents list, code folded away."""

    export_from_notebook = "evallib report"

    def _template_name_default(self) -> str:
        return "page"

    def _default_preprocessors_default(self) -> list[str]:
        return []  # the page is made from the outputs as they are

    def _extra_template_basedirs_default(self) -> list[str]:
        # nbconvert's own default is the current directory, whose folders could then stand in for ours
        return [str(TEMPLATES)]

    def from_notebook_node(self, nb: Any, resources: Any = None, **kw: Any) -> tuple[Any, dict[str, Any]]:
        """The page of an executed notebook, and nbconvert's resources."""
        untyped: Any = self
        resources = untyped._init_resources(resources)
        body, language, title, contents = self._body(nb)
        resources |= {
            "page": {
                "body": body,
                "lang": language,
                "title": title,
                "contents": contents,
                "made": made_at(),
                "version": __version__,
                "css": (TEMPLATES / "page" / "page.css").read_text(encoding="utf-8"),
            }
        }
        html, resources = super(HTMLExporter, self).from_notebook_node(nb, resources, **kw)
        return html, resources

    def _body(self, nb: Any) -> tuple[str, str, str, list[tuple[str, str]]]:
        """The outputs in their order, cleaned; the language, title and contents list read from them."""
        shown: list[str] = []
        for cell in nb.cells:
            tags = cell.metadata.get("tags", [])
            if cell.cell_type != "code" or "hidden" in tags:
                continue
            shown.extend(_output(output) for output in cell.outputs)
        soup = BeautifulSoup("\n".join(shown), "html.parser")
        title, language = "", ""
        contents: list[tuple[str, str]] = []
        while (active := soup.find(_ACTIVE)) is not None:
            active.decompose()
        for element in [found for found in soup.descendants if isinstance(found, Tag)]:
            _disarm(element)
            if element.name == "h1" and not title:
                title = element.get_text(" ", strip=True)
            elif element.name == "section" and element.get("id") and (heading := element.find("h2")):
                contents.append((str(element["id"]), heading.get_text(" ", strip=True)))
            language = language or str(element.get("lang", ""))
        title, language = title or "evallib", language or "zh"
        return _PICTURE.sub(_inlined, str(soup)), language, title, contents


def _disarm(element: Tag) -> None:
    """Take away what could run a script or fetch something."""
    for name in list(element.attrs):
        if name.startswith("on") or name in _FETCHING or (name in ("href", "src") and not _harmless(str(element[name]))):
            del element[name]


def _harmless(address: str) -> bool:
    """Whether an address stays on the page, is a picture in it, or another page of the same reports."""
    return address.startswith(("#", "data:image/svg+xml;base64,", "data:image/png;base64,")) or bool(_BESIDE.fullmatch(address))


def _output(output: Any) -> str:
    """One output of a cell as HTML: our own sections as they are, anything else as text."""
    data = output.get("data", {})
    if "text/html" in data:
        return str(data["text/html"])
    if "image/png" in data:
        return f'<img alt="" src="data:image/png;base64,{data["image/png"].strip()}">'
    text = data.get("text/plain") or output.get("text") or "\n".join(output.get("traceback", []))
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(text))
    return f"<pre>{text.replace('&', '&amp;').replace('<', '&lt;')}</pre>"


def _inlined(picture: re.Match[str]) -> str:
    """A chart's picture as inline SVG, its colours bound to the page's, so that dark mode and the reader's fonts apply."""
    svg = b64decode(picture[1]).decode("utf-8")
    for name, colour in _COLOURS.items():
        svg = svg.replace(colour, f"var(--c-{name})")
    return svg
