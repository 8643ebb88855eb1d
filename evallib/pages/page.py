"""One page while it is made: takes the cells and outputs of a notebook in their order, and says which do not reach the page."""

from __future__ import annotations

import ast
import hashlib
import re
from base64 import b64decode
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

from evallib import __version__
from evallib.charts.sheet import PALETTE
from evallib.model.errors import Problem
from evallib.model.words import Given, Lang
from evallib.pages.clean import Cleaner, is_coloured, is_deep, shows_something, svg_as_pictures, svg_data, svg_words, with_words
from evallib.pages.handed import Mark, Of, called, cell_place, in_short, mark_of
from evallib.pages.markdown import Around, Heading, latex_html, markdown_parts, plain_text
from evallib.pages.outline import Outline
from evallib.pages.rendering import made_at
from evallib.pages.style import page_css
from evallib.say.refusals import problem
from evallib.say.sentences import sentence

NUMBER = "evallib_cell"
"""Where a cell keeps its number from the top, once some may be taken out."""

_DRAWING = re.compile(r'<img\b(?: class="([a-z]+)")?[^<>]*?src="data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)"[^<>]*>')
_PICTURES = ("image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp")
_TEXTS = ("text/html", "text/markdown", "text/latex")
_FORMS = (*_TEXTS, *_PICTURES, "text/plain")
"""Of an output in several forms the first that a page can show is shown."""
_PROGRESS = re.compile(r"(?<!\d)\d+%\|.*\||\[=*(?:[> .-][ .=-]*)?\]\s*\d|\b\d+/\d+ \[[\d:?]+<")
_VALUE = re.compile(r"\b(?:Decimal|Fraction|Timestamp|np\.\w+)\('?([^()'\"]*)'?\)")
_OBJECT = re.compile(
    r"[\[({]*<[A-Za-z_][^\n]*>[\])},\s]*|.*\bat 0x[0-9a-fA-F]{4,}.*|.*<\w+ object of .*|(?:[a-z_]+\.)*[A-Z]\w*\(.*\)", re.DOTALL
)
"""What is no value but the name of an object: `<Axes: …>`, `[<…Line2D at 0x…>]`, `Text(0.5, …)`."""


class Page:
    """Takes the cells of a notebook one after another; at the end its template asks for the whole."""

    def __init__(self, of: Of, folder: Path | None) -> None:
        self.of: Of = of
        self.lang: Lang = of["lang"]
        self.left_out: dict[Problem, None] = {}  # each once, in the order of the page
        self.codes: list[str] = []
        self.colophon, self.css = self.words("colophon", version=__version__, made=made_at()), page_css()
        self._folder = folder
        self._cleaner = Cleaner()
        self.outline = Outline(self.lang, self._cleaner.ids)
        self._cell: Any = None

    # --- what the template asks for at the end

    @cached_property
    def body(self) -> str:
        return self.outline.html(called({**self.of, "said": []})[self.lang])

    @property
    def title(self) -> str:
        title = self.outline.title if self.body else ""
        return sentence("draft.titled", title=title)[self.lang] if "draft" in self.of else title

    def words(self, name: str, /, **given: Given) -> str:
        return sentence(f"pages.{name}", **given)[self.lang]

    # --- cells

    def take(self, cell: Any) -> None:
        """A cell with its outputs; text whose tag names the other language stays out."""
        self._cell, tags = cell, {*cell.metadata.get("tags", [])}
        shown = not cell.metadata.get("transient", {}).get("remove_source")  # as nbconvert marks what a person's settings hide
        if cell.cell_type == "code":
            does = any(line.strip() and not line.lstrip().startswith("#") for line in cell.source.splitlines())
            if does and not cell.outputs and cell.execution_count is None:
                self.leave_out("not_run")
            if shown:
                self._code(cell.source, tags)
            for output in cell.outputs:
                self._output(output)
        elif cell.cell_type == "markdown" and shown and not {"zh", "en"} & tags - {self.lang}:
            self._markdown(cell.source, cell.get("attachments", {}))
        elif cell.cell_type == "raw" and shown and cell.source.strip():
            self.leave_out("raw")

    def _code(self, source: str, tags: set[str]) -> None:
        """The code of a cell, shown where its tags say so, else folded away; parameters say nothing that the page does not."""
        if "show-input" in tags:
            self.outline.add(f"<pre><code>{escape(source, quote=False)}</code></pre>")
        elif not {"parameters", "injected-parameters"} & tags and source.strip():
            self.codes.append(source)

    def leave_out(self, name: str, found: str = "", **given: str) -> None:
        """Something of this cell does not reach the page."""
        place = cell_place(self._cell.metadata[NUMBER], self._cell.source)
        said = problem(f"notebook.{name}", place, found=in_short(found, 60), **given)
        self.left_out[said] = None

    # --- outputs

    def _output(self, output: Any) -> None:
        if output.output_type == "stream" and output.name == "stdout":
            self._printed(output.text)
        elif output.output_type == "stream" and output.name == "stderr":
            self.leave_out("stderr", output.text)
        elif output.output_type in ("display_data", "execute_result"):
            self._shown({kind: _text(data) for kind, data in output.data.items()}, output.metadata, mark_of(output))

    def _shown(self, data: dict[str, str], given: Any, mark: Mark | None) -> None:
        """The form of an output that is shown; none where nothing of it can be."""
        order = (*_PICTURES, *_TEXTS, "text/plain") if mark and mark["kind"] == "figure" else _FORMS
        foreign = any(kind not in _FORMS for kind in data)
        value = None if foreign else plain_value(data.get("text/plain", ""))  # of what needs a program it is only the name
        html = data.get("text/html", "")
        seen = {"text/html": mark is not None or shows_something(html), "text/plain": value is not None}
        kind = next((kind for kind in order if kind in data and seen.get(kind, True)), "")
        if kind == "text/html":
            self._html(html, mark)
        elif kind == "text/markdown":
            self._markdown(data[kind], {})
        elif kind == "text/latex":
            self.outline.add(self._cleaned(latex_html(data[kind], self._around({}))))
        elif kind == "text/plain":
            self.outline.add(f"<pre>{escape(value or '', quote=False)}</pre>")
        elif kind:
            self._picture(kind, data[kind], given, mark or {"kind": ""})
        elif foreign or not shows_something(data.get("text/html", "x")):
            self.leave_out("not_static")
        elif "text/plain" in data:
            self.leave_out("object", data["text/plain"])

    def _html(self, html: str, mark: Mark | None) -> None:
        kind = mark["kind"] if mark else ""
        if kind == "report":  # it hands the evaluation over, and says so to the person at the notebook
            return
        if is_deep(html):
            self.leave_out("too_deep")
        elif mark and kind in ("section", "chart", "object", "figure"):
            self._of_kit(mark, html)
        else:
            cleaned = self._cleaned(html)
            self.outline.add(f'<div class="own{" card" if is_coloured(cleaned) else ""}">{cleaned}</div>')

    def _picture(self, kind: str, text: str, given: Any, mark: Mark) -> None:
        """A picture, with the words that it brings: those of `ev.figure`, those given to `display`, or plain ones."""
        own = given.get(kind, {}) if isinstance(given.get(kind), dict) else {}
        alt = str(mark.get("alt") or own.get("alt") or given.get("alt") or "")
        if kind == "image/svg+xml":
            address, alt = svg_data(text), alt or svg_words(text)
        else:
            address = f"data:{kind};base64,{re.sub(r'[^A-Za-z0-9+/=]', '', text)}"
        if not alt:
            alt = self._figure_name
            self.leave_out("no_alt", alt=alt)
        size = own.get("width")
        width = f' width="{int(size)}"' if isinstance(size, int | float) and 1 <= size <= 10_000 else ""
        title, source = (escape(str(mark.get(part) or "")) for part in ("title", "source"))
        above = f"<figcaption><strong>{title}</strong></figcaption>\n" if title else ""
        below = f'\n<p class="quiet source">{source}</p>' if source else ""
        self.outline.add(f'<figure class="own">{above}<img alt="{escape(alt)}" src="{address}"{width}>{below}</figure>')

    def _printed(self, text: str) -> None:
        """What was printed; progress bars are no text."""
        lines = [line.rpartition("\r")[2] for line in bare_text(text).replace("\r\n", "\n").split("\n")]
        kept = [line for line in lines if not _PROGRESS.search(line)]
        if len(kept) < len(lines):
            self.leave_out("progress")
        said = "\n".join(kept).strip("\n")
        if said.strip():
            self.outline.add(f"<pre>{escape(said, quote=False)}</pre>")

    # --- how they come onto the page

    def _of_kit(self, mark: Mark, html: str) -> None:
        """Something that the kit has made, its drawings as drawings."""
        known, of = {*mark.get("drawings", [])}, mark.get("of")
        cleaned = with_heads(self._clean(self._cleaner.kit, _DRAWING.sub(lambda found: _drawn(found, known), html)))
        if of and of["lang"] != self.lang:
            cleaned = re.sub(r"(<section\b[^>]*>\n?)(.*)(</section>)", rf'\1<div lang="{of["lang"]}">\2</div>\3', cleaned, flags=re.DOTALL)
        cleaned = cleaned.replace('<div class="filters"></div>', self._filters)
        if mark["kind"] == "section":
            self.outline.section(mark, cleaned)
            return
        if mark["kind"] == "chart" and of and of["fingerprint"] != self.of["fingerprint"]:
            said = sentence("pages.trial.other", called=called(of))[self.lang]
            cleaned = f'<p class="warning">{escape(said)}</p>\n{cleaned}'
        self.outline.add(cleaned, nothing=mark.get("absent", False))

    @property
    def _filters(self) -> str:
        """The choice above a long table of what it shows: works without a script, and no output of a notebook can bring it."""
        choices = ""
        for name in ("all", "lost", "missed", "judged"):
            radio = f'<input type="radio" name="only" value="{name}"{" checked" if name == "all" else ""}>'
            choices += f"<label>{radio} {escape(self.words(f'filter.{name}'))}</label> "
        return f'<fieldset class="filter screen"><legend>{escape(self.words("filter.show"))}</legend>{choices}</fieldset>'

    def _markdown(self, text: str, attachments: dict[str, Any]) -> None:
        for part in markdown_parts(text, self._around(attachments)):
            if isinstance(part, Heading):
                self.outline.heading(replace(part, html=self._cleaned(part.html)))
            else:
                self.outline.add(self._cleaned(part))

    def _cleaned(self, html: str) -> str:
        """HTML from elsewhere, made harmless; its pictures have words, plain ones where it brings none."""
        html, lacking = with_words(svg_as_pictures(html), self._figure_name)
        cleaned = self._clean(self._cleaner.own, html)
        if lacking:
            self.leave_out("no_alt", alt=self._figure_name)
        return cleaned

    def _clean(self, cleaned: Callable[[str], str], html: str) -> str:
        made = cleaned(html)
        while self._cleaner.dropped:
            self.leave_out("picture_outside", self._cleaner.dropped.pop(0))
        return made

    def _around(self, attachments: dict[str, Any]) -> Around:
        return Around(attachments, self._folder, self.leave_out)

    @property
    def _figure_name(self) -> str:
        return sentence("pages.notebook.figure", number=self._cell.metadata[NUMBER])[self.lang]


def plain_value(text: str) -> str | None:
    """What a cell's last line says where it is a value: a number, a text, a list, a series; None for the name of an object.

    >>> plain_value("84.63"), plain_value("'县人社局'"), plain_value("[Decimal('1.50'), np.float64(2.0)]")
    ('84.63', '县人社局', '[1.50, 2.0]')
    >>> plain_value("<Axes: xlabel='x'>"), plain_value("[<matplotlib.lines.Line2D at 0x7f10>]"), plain_value("Text(0.5, 1.0, 'title')")
    (None, None, None)
    """
    text = _VALUE.sub(r"\1", bare_text(text).strip("\n"))
    if not text.strip() or _OBJECT.fullmatch(text):
        return None
    if text[0] in "'\"":
        try:
            return str(ast.literal_eval(text))
        except (SyntaxError, ValueError):
            return text
    return text


def bare_text(text: str) -> str:
    """Text without the codes by which a terminal colours it, and without characters that are no text."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "", text)


_TABLE = re.compile(r'(<div class="scroll"[^>]*><table)([^>]*>\s*<thead>(.*?)</thead>)(.*?</table>)', re.DOTALL)
_ROW = re.compile(r"<tr\b((?:(?!</tr>).)*?\bcolspan=.*?</tr>)", re.DOTALL)
_MOST_HEADS = 3
"""A table of so many columns stands on a telephone as it is."""


def with_heads(html: str) -> str:
    """Tables that are wide with the heads of their columns in their style: on a telephone each cell stands under its head.

    A row in which a cell spans columns has the heads of its own cells.

    >>> heads = "".join(f'<th scope="col">{n}</th>' for n in ("Name", "2022", "2023", "it's"))
    >>> row = '<tr><th colspan="2">Sum</th><td>1</td><td>2</td></tr>'
    >>> table = with_heads(f'<div class="scroll"><table><thead>{heads}</thead>{row}</table></div>')
    >>> table[27:75], "--h2:'2023'" in table
    ('style="--h1:\\'Name\\';--h2:\\'2022\\';--h3:\\'2023\\';--h4:', True)
    """

    def named(found: re.Match[str]) -> str:
        heads = [plain_text(head) for head in re.findall(r"<th\b[^>]*>(.*?)</th>", found[3], re.DOTALL)]
        if len(heads) <= _MOST_HEADS:
            return found[0]

        def spanning(row: re.Match[str]) -> str:
            spans = [int(wide[1]) if (wide := re.search(r'colspan="(\d+)"', cell)) else 1 for cell in re.findall(r"<t[dh]\b[^>]*", row[1])]
            own = ["".join(heads[sum(spans[:n]) :][:1]) for n in range(len(spans))]
            return f"<tr{_head_style(own)}{row[1]}"

        return f"{found[1]}{_head_style(heads)}{found[2]}{_ROW.sub(spanning, found[4])}"

    return _TABLE.sub(named, html)


def _head_style(heads: Iterable[str]) -> str:
    quoted = (head.replace("\\", "\\5c ").replace("'", "\\27 ") for head in heads)
    style = ";".join(f"--h{n}:'{head}'" for n, head in enumerate(quoted, start=1))
    return f' style="{escape(style).replace("&#x27;", chr(39))}"'


def _drawn(found: re.Match[str], known: set[str]) -> str:
    """A picture of the kit's as a drawing, its colours bound to the page's, so that dark mode and the reader's fonts apply; others stay."""
    try:
        svg = b64decode(found[2])
        drawn = svg.decode("utf-8")
    except ValueError:
        return found[0]
    if hashlib.sha256(svg).hexdigest() not in known:
        return found[0]
    drawn = drawn.replace("<svg", f'<svg class="{found[1]}"', 1)
    for name, colour in PALETTE.items():
        drawn = drawn.replace(colour, f"var(--c-{name})")
    return drawn


def _text(data: Any) -> str:
    """What a notebook keeps as one text, or as lines."""
    return "".join(map(str, data)) if isinstance(data, list) else str(data)
