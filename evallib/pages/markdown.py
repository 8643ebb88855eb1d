"""Markdown as a notebook has it (CommonMark, tables, formulas) to HTML: formulas as MathML, pictures as data. Knows no notebook.

HTML inside Markdown stays text: HTML of one's own is shown with `display(HTML(…))`.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape, unescape
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin

LARGEST = 8_000_000
"""Bytes of a picture beside the notebook that still goes into the page."""
_MAGIC = {b"\x89PNG\r\n": "png", b"\xff\xd8\xff": "jpeg", b"GIF8": "gif", b"RIFF": "webp"}
_BEFORE_SVG = re.compile(rb"\s+(?=<)|\xef\xbb\xbf|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>]*>", re.DOTALL | re.IGNORECASE)
_LESS = "\ue000"  # stands for a sign that the converter would leave as it is inside text
_UNKNOWN = re.compile(r"<m(?:i|o|text)>\\")
_DELIMITED = re.compile(r"(\$\$|\$|\\\[|\\\()(?P<tex>.*?)(\$\$|\$|\\\]|\\\))", re.DOTALL)


@dataclass(frozen=True)
class Heading:
    """A heading that opens a part of the page: its level, 1 or 2, its text as it was written and as HTML."""

    level: int
    text: str
    html: str


@dataclass(frozen=True)
class Around:
    """What a Markdown text may take from outside it: pictures attached to its cell, the notebook's folder.

    `dropped` is told what was left out: the name of a remark (`picture_outside`) and what it is about.
    """

    attachments: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    folder: Path | None = None
    dropped: Callable[[str, str], object] = lambda name, found: None


def markdown_parts(text: str, around: Around) -> list[Heading | str]:
    """A Markdown text as HTML, cut where headings of the first two levels stand; what follows one belongs under it.

    >>> markdown_parts("Before\\n## Our *view*\\n$x^2$", Around())[1]
    Heading(level=2, text='Our view', html='Our <em>view</em>')
    """
    parser, env = _parser(), {"around": around}

    def html(some: Sequence[Token]) -> str:
        return str(parser.renderer.render(some, parser.options, env))

    parts: list[Heading | str] = []
    tokens = parser.parse(text, env)
    cuts = [n for n, token in enumerate(tokens) if token.type == "heading_open" and token.level == 0 and token.tag in ("h1", "h2")]
    for at, end in pairwise([-3, *cuts, len(tokens)]):
        if at >= 0:  # a heading is its begin, its text and its end
            head = html([tokens[at + 1]]).strip()
            parts.append(Heading(int(tokens[at].tag[1]), plain_text(head), head))
        for token in (body := tokens[at + 3 : end]):
            token.tag = "h3" if token.tag in ("h1", "h2") else token.tag  # inside a quotation or a list it opens no part
        parts += [html(body)] if body else []
    return parts


def formula(tex: str, display: bool = False) -> str | None:
    """A formula in LaTeX as MathML; None where it cannot be converted.

    >>> formula("x^2")
    '<math display="inline"><mrow><msup><mi>x</mi><mn>2</mn></msup></mrow></math>'
    >>> formula(r"\\frac{a"), formula(r"\\unknown x")
    (None, None)
    """
    bare = re.sub(r"\\[{}\\]", "", tex)
    if not tex.strip() or bare.count("{") != bare.count("}") or len(tex) > 5000:
        return None
    try:
        made = convert(tex.replace("<", _LESS), display="block" if display else "inline")
    except Exception:  # the converter has many ways to say no
        return None
    if _UNKNOWN.search(made):
        return None
    made = made.replace(f"<mi>{_LESS}</mi>", "<mo>&lt;</mo>").replace(_LESS, "&lt;")
    return made.replace(' xmlns="http://www.w3.org/1998/Math/MathML"', "")


def latex_html(text: str, around: Around) -> str:
    """An output in LaTeX: one formula with its marks around it, or text with formulas in it."""
    text = text.strip()
    whole = _DELIMITED.fullmatch(text)
    if whole and not re.search(r"(?<!\\)\$", whole["tex"]):
        return _formula(whole["tex"], whole[1] in ("$$", r"\[") or r"\displaystyle" in whole["tex"], around)
    if re.fullmatch(r"\\begin\{.*\}", text, re.DOTALL):
        return _formula(text, True, around)
    return "".join(part.html if isinstance(part, Heading) else part for part in markdown_parts(text, around))


def plain_text(html: str) -> str:
    """The text of a little HTML.

    >>> plain_text("Our <em>view</em> &amp; theirs")
    'Our view & theirs'
    """
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", "", html))).strip()


def picture_beside(folder: Path | None, address: str) -> str | None:
    """The picture of a file beside the notebook as a data address; None where there is none that can be shown."""
    path = unquote(address).partition("#")[0].partition("?")[0]
    if folder is None or not path or re.match(r"[\w+.-]*:|[/\\]", path):
        return None
    try:
        file = (folder / path).resolve()
        if not file.is_relative_to(folder.resolve()):  # another's notebook is not to fetch what lies elsewhere on this machine
            return None
        if not file.is_file() or file.stat().st_size > LARGEST:
            return None
        data = file.read_bytes()
    except (OSError, ValueError, RuntimeError):  # a link that leads to itself is the last
        return None
    kind = next((kind for magic, kind in _MAGIC.items() if data.startswith(magic)), "")
    if not kind and _BEFORE_SVG.sub(b"", data[:4000]).startswith(b"<svg"):
        kind = "svg+xml"
    return f"data:image/{kind};base64,{b64encode(data).decode('ascii')}" if kind else None


@cache
def _parser() -> MarkdownIt:
    """The parser; as JupyterLab does, it takes `$ x $` and `$5$` for formulas."""
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.use(dollarmath_plugin, allow_labels=False, double_inline=True).use(amsmath_plugin)
    for name, display in (("math_inline", False), ("math_inline_double", True), ("math_block", True), ("amsmath", True)):
        parser.add_render_rule(name, lambda _, tokens, at, __, env, shown=display: _formula(tokens[at].content, shown, env["around"]))
    parser.add_render_rule("image", _image)
    return parser


def _formula(tex: str, display: bool, around: Around) -> str:
    made = formula(tex, display)
    if made is None:
        around.dropped("formula", tex)
        made = f"<code>{escape(tex.strip())}</code>"
    return f"<p>{made}</p>\n" if display else made


def _image(renderer: Any, tokens: Sequence[Token], number: int, options: Any, env: Mapping[str, Any]) -> str:
    token, around = tokens[number], env["around"]
    address, alt = str(token.attrGet("src") or ""), renderer.renderInlineAsText(token.children or [], options, env)
    data: str | None = address
    if address.startswith("attachment:"):
        given = around.attachments.get(unquote(address.removeprefix("attachment:")), {})
        texts = {kind: "".join(text) if isinstance(text, list) else text for kind, text in given.items()}
        data = next((_data(kind, text) for kind, text in texts.items() if kind.startswith("image/") and isinstance(text, str)), None)
    elif not address.startswith("data:"):
        data = picture_beside(around.folder, address)
    if data is None:
        around.dropped("picture_outside" if re.match(r"(?:[a-z]+:)?//", address, re.I) else "picture_missing", address)
        return escape(alt)
    return f'<img alt="{escape(alt)}" src="{escape(data)}">'


def _data(kind: str, text: str) -> str:
    """An attached picture as a data address; SVG stands in a notebook as text or as base64."""
    bare = re.sub(r"\s", "", text)
    if kind == "image/svg+xml" and text.lstrip().startswith("<"):
        bare = b64encode(text.encode()).decode("ascii")
    return f"data:{kind};base64,{bare}"
