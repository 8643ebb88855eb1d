"""Texts of pictures: made harmless, measured, shortened, broken into lines. Nothing of the field."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from functools import cache

from evallib.model.signs import is_hidden


def clean(text: str) -> str:
    """Text without control, direction-override and other invisible characters; white space becomes single spaces.

    >>> clean("a\\x00b\\n c\\u202e")
    'ab c'
    """
    text = re.sub(r"\s+", " ", text)
    return "".join(c for c in text if not is_hidden(c)).strip()


def inside(name: str) -> str:
    """An English name as it stands inside a sentence: with a small letter, unless it is written in capitals.

    >>> inside("Opening carry-over"), inside("GDP")
    ('opening carry-over', 'GDP')
    """
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def is_wide(character: str) -> bool:
    """Whether it is as wide as it is high, as Chinese ones are."""
    return unicodedata.east_asian_width(character) in "WF"


def text_width(text: str, size: float) -> float:
    """About how wide a text is, in points, in the wide ones among readers' fonts."""
    return sum(_em(c) for c in text) * size


@cache
def _em(c: str) -> float:
    if unicodedata.east_asian_width(c) in "WFA" and c not in "×÷±−…":
        return 1.0
    if c in "iljtfrI.,:;'|!()[]/ ":
        return 0.38
    if c in "mwMW%@+−=×÷":
        return 0.86
    return 0.7 if c.isupper() else 0.64 if c.isdigit() else 0.57


def widest(texts: Iterable[str], size: float) -> float:
    """The width of the widest of some texts, in points; nothing where there are none."""
    return max((text_width(text, size) for text in texts), default=0.0)


def shorten(text: str, width: float, size: float) -> str:
    """The text where it fits; otherwise as much of it as does, and an ellipsis."""
    text = clean(text)
    if text_width(text, size) <= width:
        return text
    kept = bisect_right(range(1, len(text) + 1), width - text_width("…", size), key=lambda length: text_width(text[:length], size))
    return text[:kept].rstrip() + "…"


def wrap(text: str, width: float, size: float, lines: int = 2) -> list[str]:
    """A text in one line or, broken where it reads best, in two, or more where given; what does not fit ends in an ellipsis."""
    text = clean(text) or "—"
    if lines == 1 or text_width(text, size) <= width:
        return [shorten(text, width, size)]
    best: tuple[float, list[str]] | None = None
    for at in range(1, len(text)):
        before, after = text[at - 1], text[at]
        if not ((is_wide(before) and is_wide(after)) or before == " ") or after in "、，。；：）》”%" or before in "（《“":
            continue
        first, second = text[:at].rstrip(), text[at:].lstrip()
        one, two = text_width(first, size), text_width(second, size)
        if one <= width and two <= width:
            cost = abs(one - two) - (width / 2 if before in "、，；：）和的与" else 0)
            best = min(best or (cost, [first, second]), (cost, [first, second]))
    if best:
        return best[1]
    head = shorten(text, width + text_width("…", size), size).removesuffix("…")
    head = head[: head.rindex(" ")] if " " in head[len(head) // 2 :] else head
    return [head.rstrip(), *wrap(text[len(head) :], width, size, lines - 1)]


def paragraph(text: str, width: float, size: float) -> list[str]:
    """A text in as many lines as it takes."""
    lines, longest = [""], max(int(width / size), 1)
    for word in re.findall(rf"[（《“]*(?:[^\x00-\x7f]|[!-~]{{1,{longest}}})[、，。；：）》”]*\s*|\s+", text):
        if lines[-1] and text_width((lines[-1] + word).rstrip(), size) > width:
            lines.append("")
        lines[-1] += word
    return [line.rstrip() for line in lines]
