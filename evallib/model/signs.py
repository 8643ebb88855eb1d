"""Signs that a reader cannot see or that turn a text round: which they are, and a text in which they are shown. Pure."""

from __future__ import annotations

from unicodedata import category

_HIDDEN = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
"""Control, format and direction, unassigned, private use, half of a letter, separators of lines and paragraphs."""


def is_hidden(sign: str) -> bool:
    """Whether a reader cannot see a sign, or it turns the text round."""
    if sign.isprintable():
        return False
    found = category(sign)
    if found == "Cn" and 0x20000 <= ord(sign) < 0x3FFFE:
        return False  # where rare Chinese characters are added that this Python does not know yet
    return found in _HIDDEN and sign not in "\n\t"


def hidden_sign(text: str) -> str | None:
    """The first sign that no text of the data may hold; None where there is none. A line break and a tab may stand in a cell.

    >>> hidden_sign("预算\\n执行"), hidden_sign("a\\u202eb"), hidden_sign("\\ue5e5")
    (None, '\\u202e', '\\ue5e5')
    """
    if text.isprintable():
        return None
    return next((sign for sign in text if is_hidden(sign)), None)


def code_of(sign: str) -> str:
    """A sign by its number, as it is named in messages.

    >>> code_of("\\u202e")
    'U+202E'
    """
    return f"U+{ord(sign):04X}"


def shown(text: str) -> str:
    """A text as a terminal may print it: what cannot be seen is named.

    >>> shown("a\\u202eb\\x1b[2J")
    'a‹U+202E›b‹U+001B›[2J'
    """
    if text.isprintable():
        return text
    return "".join(f"‹{code_of(sign)}›" if is_hidden(sign) else sign for sign in text)
