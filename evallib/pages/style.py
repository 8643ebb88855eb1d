"""The page's style sheet, and the same where a section is shown outside a page: in a notebook or on the desk. Nothing of the field."""

from __future__ import annotations

import re
from functools import cache

from evallib.kit import TEMPLATES
from evallib.model.words import Lang

_FRAME = r"(?m)^(?:nav|\.skip|\.sheet|main\{|footer|details\.code|@media \(min-width:64rem\)|\.own|figure\.own|blockquote|\.trial|/\*).*$"
"""Rules of what stands around sections on a page, and of what analysts bring."""

_ALONE = """:scope{padding:.1rem .6rem .6rem;max-width:50rem;background:var(--paper);color:var(--ink);font-size:15px}
h1{font-size:1.5rem}h3:first-child{margin-top:.4rem}:scope:scope a{color:var(--accent)}.title{padding-top:.6rem}
:scope:scope table{color:inherit;margin:0;border:0;table-layout:auto}:scope:scope tbody tr{background:none}
:scope:scope :is(th,td){text-align:left;max-width:none;white-space:normal;vertical-align:top;border-bottom:1px solid var(--line)}
:scope:scope :is(th,td).n{text-align:right}
figure img{display:block;width:100%;height:auto;background:#fff}"""
"""What a notebook's own style would change, and what only a page needs."""


@cache
def page_css() -> str:
    """The style sheet of a page."""
    return (TEMPLATES / "page" / "page.css").read_text(encoding="utf-8")


@cache
def scoped_css(selector: str = "", more: str = "") -> str:
    """The page's style sheet, made to hold only inside what a selector finds, else inside the element that its style stands in.

    It follows JupyterLab's light and dark, and VS Code's, and elsewhere those of the system.
    """
    css = re.sub(r"(?ms)^@media print\{.*?^\}$|^@page.*?$|^html\{.*?$", "", page_css())
    dark = [f"body{theme} :scope" for theme in ('[data-jp-theme-light="false"]', ".vscode-dark", ".vscode-high-contrast")]
    others = "body:not([data-jp-theme-light],[data-vscode-theme-kind]) :scope"
    css = re.sub(
        r"(?m)^@media \(prefers-color-scheme:dark\)\{:root(\{.*\})\}$",
        lambda found: f"{','.join(dark)}{found[1]}\n@media (prefers-color-scheme:dark){{{others}{found[1]}}}",
        css,
    )
    css = re.sub(r"(?m)^body\{", ":scope{", css).replace(":root", ":scope").replace("html[lang=en]", ":scope[lang=en]")
    css = re.sub(_FRAME, "", css).replace("color-scheme:light dark;", "") + more
    css = re.sub(r"\n\n+", "\n", css)
    return f"@scope {f'({selector})' if selector else ''}{{\n{css}}}"


def framed(html: str, lang: Lang) -> str:
    """A section as a notebook shows it, with its style; nothing where there is nothing to show."""
    if not html:
        return ""
    return f'<div class="evallib" lang="{"zh-CN" if lang == "zh" else "en"}"><style>{scoped_css("", _ALONE)}</style>\n{html}</div>'
