"""In which encoding a text was written, and whether it was read in the right one: what people send, told by the letters it gives.

Almost every run of bytes is some text in GB18030, so a text read so must look like Chinese: most letters of any Chinese text are among
the thousand most common ones; of Big5, Shift-JIS or EUC-KR read as GB18030 about one in five is (measured; see the tests).
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from evallib.kit import words_of

_COMMON = frozenset("".join(words_of("letters")["common"].split()))
_NOT_RARE = _COMMON.union(map(chr, range(128)))
_HAN = re.compile("[㐀-鿿豈-﫿𠀀-𳿿]+")
_WORD = re.compile(r"[^\s,;，；。、\"]*")
_WESTERN = re.compile("[\u0080-\u00ffŒœŠšŽžŸƒˆ˜–—‘’‚“”„†‡•…‰‹›€™]{2,}")
_LATIN = frozenset(map(chr, range(0xC0, 0x100)))
_BREAK = re.compile("[\r\n]")
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_LONG = 2000
"""Of a longer text that is valid UTF-8 every fifth sign is looked at first: letters read wrongly stand together."""


class Decoded(NamedTuple):
    """A text and the encoding it was read in; where that failed or went wrong, which words say so, the line and the word there."""

    text: str = ""
    encoding: str = ""
    wrong: str = ""
    line: int = 1
    word: str = ""


def decode(content: bytes) -> Decoded:
    """A text in one of the encodings that people send: UTF-8, UTF-16, GB18030.

    >>> decode("预算".encode("gb18030"))[:3], decode("预算,1\\n".encode("utf-16-le"))[:2]
    (('预算', 'gb18030', ''), ('预算,1\\n', 'utf-16-le'))
    >>> decode("a,b\\n1,评价".encode() + b"\\xe4\\n")[2:]
    ('csv.damaged_byte', 2, '1,评价')
    """
    if content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        tried = ["utf-16"]
    elif b"\0" in content and not _is_utf8(
        content
    ):  # where UTF-16 has no mark, the zeros of its commas and digits tell which way round it is
        even, odd = (content[start::2].count(0) for start in (0, 1))
        tried = ["utf-16-le", "utf-16-be"] if odd == even else ["utf-16-le" if odd > even else "utf-16-be"]  # 一 has a zero, too
    else:
        tried = ["utf-8-sig", "gb18030"]
    failed: list[tuple[int, str]] = []
    for encoding in tried:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            failed.append((error.start, encoding))
            continue
        if encoding.startswith("utf-16-") and not _BREAK.search(text):
            failed.append((0, encoding))
            continue
        if "\0" in text:
            return Decoded(wrong="csv.encoding")
        if text.isascii():
            return Decoded(text, encoding)
        signs = frozenset(text if len(text) < _LONG or encoding == "gb18030" else text[::5])
        if encoding == "utf-8-sig" and "\u00ff" < max(signs, default="") < "\u0800" and (chinese := _common(content)):
            return Decoded(chinese, "gb18030")  # 亩 in GB18030 is Ķ in UTF-8
        found = _misread(text, signs, encoding == "gb18030")
        if found is None:
            return Decoded(text, encoding)
        if failed and found[0] == "csv.read_twice":  # UTF-8 all but one byte
            break
        return Decoded("", "", found[0], text.count("\n", 0, found[1]) + 1, _around(text, found[1]))
    start, encoding = max(failed)
    before = content[:start].decode(encoding, "ignore")
    known = start > 0 and not before.isascii()  # so far it was text
    return Decoded(wrong="csv.damaged_byte" if known else "csv.encoding", line=before.count("\n") + 1, word=before.split("\n")[-1][-30:])


def _is_utf8(content: bytes) -> bool:
    """Whether bytes with a zero among them are UTF-8 that was damaged, as at the end of a file that was cut."""
    text = content.rstrip(b"\0")
    behind = len(content) - len(text)
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return (text.count(0) + (behind == 1)) * 10 < len(content)


def _around(text: str, at: int) -> str:
    """The word that a place of a text is in."""
    begins = max((text.rfind(sign, 0, at) for sign in ' ,;\t\n"'), default=-1) + 1
    found = _WORD.match(text, begins)
    return found[0][:30] if found else ""


def _common(content: bytes) -> str:
    """Bytes as a text in GB18030 of common letters alone; empty where they are none."""
    text = content.decode("gb18030", "replace")
    return text if all(sign.isascii() or sign in _COMMON for sign in text) else ""


def _misread(text: str, signs: frozenset[str], guessed: bool) -> tuple[str, int] | None:
    """How a text was read in the wrong encoding, now or before it was saved, and where; None where it was not."""
    if (lost := text.find("\ufffd")) >= 0:
        return "csv.letters_lost", lost
    if guessed and (found := _PRIVATE.search(text)):
        return "csv.misread", found.start()
    if not signs.isdisjoint(_LATIN):
        runs = [*_WESTERN.finditer(text)]
        short = _was_chinese("".join(found[0] for found in runs)) if len(runs) > 3 else False  # single letters apart: ÈË,ÈË
        if runs := [found for found in runs if short or (len(found[0]) > 3 and _was_chinese(found[0]))]:
            return "csv.read_twice", runs[0].start()
    if not _are_rare(len(signs & _COMMON), sum("㐀" <= sign <= "鿿" for sign in signs - _NOT_RARE)):  # quick: most texts
        return None
    runs = [*_HAN.finditer(text)]
    every = "".join(found[0] for found in runs)
    common = sum(map(_COMMON.__contains__, every))
    if not runs or not _are_rare(common, len(every) - common):
        return None
    at = min(runs, key=lambda found: sum(map(_COMMON.__contains__, found[0])) / len(found[0])).start()
    again = [found[0].encode("gb18030").decode("utf-8", "replace") for found in runs]
    if sum(len(_HAN.sub("", one)) for one in again) * 2 < sum(map(len, again)):
        return "csv.read_twice", at
    return ("csv.misread", at) if guessed else None


def _are_rare(common: int, others: int) -> bool:
    """Whether far more letters are rare than in Chinese; of a few, that is not said."""
    return common + 2 < 0.4 * (common + others)


def _was_chinese(run: str) -> bool:
    """Whether western letters are Chinese that was taken for them."""
    for encoding in ("utf-8", "gb18030"):
        try:
            text = b"".join(sign.encode("latin-1" if sign <= "\xff" else "cp1252") for sign in run).decode(encoding)
        except UnicodeError:
            continue
        if sum(map(_COMMON.__contains__, text)) * 2 > len(text):
            return True
    return False
