"""How the objects of the door show themselves: a short text, and a static HTML that needs no style sheet and suits light and dark."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from markupsafe import escape

from evallib.door.lookup import NotThere, refuse_unknown
from evallib.model.errors import InputRefused
from evallib.model.steady import all_steady
from evallib.model.words import Lang, Words, words
from evallib.say.sentences import sentence

LONGEST = 2000  # bytes of a text
_QUIET = "opacity:.75"
_LINE = "1px solid rgba(128,128,128,.4)"


def told(name: str, lang: Lang, /, **given: str | int | Words) -> str:
    """A sentence of the door in one language."""
    return sentence(f"door.{name}", **given)[lang]


def heads(lang: Lang, *names: str) -> tuple[str, ...]:
    """The heads of a table."""
    return tuple(told(f"head.{name}", lang) for name in names)


def some(said: Iterable[str], lang: Lang, zh: str = "；", en: str = "; ") -> str:
    """The first few of some texts, and how many more there are."""
    every = [*said]
    more = [told("more", lang, count=len(every) - 5)] if len(every) > 5 else []
    return (zh if lang == "zh" else en).join([*every[:5], *more])


@dataclass(frozen=True)
class Shown:
    """What an object shows: a title, some lines, a table, a note. The first column of the table is text, the others numbers or text."""

    title: str
    lines: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    rows: Sequence[tuple[str, ...]] = ()
    note: str = ""

    def text(self) -> str:
        """At most 2 KB of text.

        >>> print(Shown("Total", ("84.63",), ("a", "b"), [("x", "1"), ("y", "22")]).text())
        Total
        84.63
        a   b
        x   1
        y  22
        """
        table = [self.heads, *self.rows] if self.rows else []
        widths = [max(map(_width, column)) for column in zip(*table, strict=True)]
        numeric = self._numeric()
        lines = [cut(line) for line in (self.title, *self.lines)]
        lines += ["  ".join(map(_padded, row, widths, numeric)).rstrip() for row in table]
        text = "\n".join(line for line in (*lines, self.note) if line)
        if len(text.encode()) <= LONGEST:
            return text
        return text.encode()[: LONGEST - 4].decode(errors="ignore").rpartition("\n")[0] + "\n…"

    def html(self, lang: Lang) -> str:
        """The same as HTML: nothing outside, no style sheet, the colours of what is around it."""
        parts = [f'<div lang="{"zh-CN" if lang == "zh" else "en"}" style="max-width:60em;line-height:1.6">']
        parts.append(f'<p style="margin:0 0 4px"><strong>{escape(self.title)}</strong></p>')
        parts += [f'<p style="margin:0 0 4px">{escape(line)}</p>' for line in self.lines]
        if self.rows:
            numeric = self._numeric()
            heads = "".join(_cell("th", head, right, ' scope="col"') for head, right in zip(self.heads, numeric, strict=True))
            body = "".join(
                "<tr>"
                + _cell("th", row[0], False, ' scope="row"', "font-weight:normal;")
                + "".join(_cell("td", text, right) for text, right in zip(row[1:], numeric[1:], strict=True))
                + "</tr>"
                for row in self.rows
            )
            parts.append(
                f'<table style="border-collapse:collapse;margin:4px 0"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'
            )
        if self.note:
            parts.append(f'<p style="margin:0;{_QUIET}">{escape(self.note)}</p>')
        return "".join([*parts, "</div>"])

    def _numeric(self) -> list[bool]:
        """Which columns hold numbers."""
        columns = list(zip(*self.rows, strict=True))
        return [bool(place) and all(_is_number(text) for text in column) for place, column in enumerate(columns)]


def _cell(tag: str, text: str, right: bool, more: str = "", style: str = "") -> str:
    aligned = f"text-align:{'right' if right else 'left'}"
    return f'<{tag}{more} style="{style}{aligned};padding:2px 12px 2px 0;border-bottom:{_LINE}">{escape(text)}</{tag}>'


def _is_number(text: str) -> bool:
    return not text.strip("+−-0123456789.,% —")


def cut(text: str, most: int = 400) -> str:
    """A text of at most so many characters."""
    return text if len(text) <= most else text[: most - 1] + "…"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _padded(text: str, width: int, right: bool) -> str:
    space = " " * (width - _width(text))
    return space + text if right else text + space


def shell() -> Any:
    """The shell of the kernel that this runs in, where a person looks at cells; None elsewhere."""
    ipython = sys.modules.get("IPython")
    found = ipython.get_ipython() if ipython else None
    return found if getattr(found, "kernel", None) is not None else None


class Shows:
    """An object that shows itself as its `_shown` says. TAB lists what is meant to be used, and nothing else.

    One without a language of its own speaks that of the folder opened last.
    """

    _lang: Lang = "zh"

    def __init_subclass__(cls) -> None:
        all_steady(cls)

    def _shown(self) -> Shown:
        raise NotImplementedError

    def __repr__(self) -> str:
        return self._shown().text()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, str], dict[str, Any]]:
        shown = self._shown()
        return {"text/html": shown.html(self._lang), "text/plain": shown.text()}, {"evallib": self._mark()}

    def _mark(self) -> dict[str, Any]:
        """What the page is told of it."""
        return {"kind": "object"}

    def __dir__(self) -> list[str]:
        return [name for name in object.__dir__(self) if not name.startswith("_")]

    def _there(self) -> dict[str, Words]:
        """What may be meant by a name that is not there, as it is typed after the object, with what it is called."""
        return {f".{name}": words(f".{name}") for name in dir(self)}

    if not TYPE_CHECKING:  # so that mypy still finds what is not there

        def __getattr__(self, name: str) -> NoReturn:
            if hasattr(type(self), name):  # it is there, and went wrong inside: that is what is told
                object.__getattribute__(self, name)
            if name.startswith("_"):  # what Python and notebooks ask for themselves
                raise AttributeError(name)
            try:
                refuse_unknown(self._there(), name, "part")
            except InputRefused as refusal:
                raise NotThere(refusal.problems) from None
