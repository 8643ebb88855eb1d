"""Text in two languages. What a reader sees is a `Words`; which half is shown is decided at the border."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import ClassVar, Literal

from pydantic import ConfigDict

Lang = Literal["zh", "en"]
LANGS: tuple[Lang, ...] = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Words:
    """One text, in Chinese and in English.

    >>> Words(zh="预算执行率", en="Budget execution rate")["en"]
    'Budget execution rate'
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    zh: str
    en: str

    def __getitem__(self, lang: Lang) -> str:
        return self.zh if lang == "zh" else self.en

    def with_other(self, text: str, instead: str) -> Words:
        """The same with another text in the place of one."""
        return Words(self.zh.replace(text, instead), self.en.replace(text, instead))

    def __add__(self, other: Words) -> Words:
        return Words(self.zh + other.zh, self.en + other.en)

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)


NOTHING = Words("", "")


def words(zh: str, en: str | None = None) -> Words:
    """A `Words`; where no English is given, the text stays as it is in both languages.

    >>> words("人社局")["en"]
    '人社局'
    """
    return Words(zh, en or zh)


def joined(parts: Iterable[Words], zh: str = "；", en: str = "; ") -> Words:
    """Several texts in a row, each language with its own separator.

    >>> joined([words("甲", "a"), words("乙", "b")])["zh"]
    '甲；乙'
    """
    told = tuple(parts)
    return Words(zh=zh.join(p.zh for p in told), en=en.join(p.en for p in told))


def listed(parts: Iterable[str | Words]) -> Words:
    """Several names in a row.

    >>> listed(["甲", words("乙", "b")])
    Words(zh='甲、乙', en='甲, b')
    """
    return joined((words(part) if isinstance(part, str) else part for part in parts), "、", ", ")


def few(parts: Sequence[str], most: int = 8) -> list[str]:
    """The first of several texts, and that there are more.

    >>> few(["4", "5", "6"], 2)
    ['4', '5', '…']
    """
    return [*parts[:most], *(["…"] if len(parts) > most else [])]


_COUNTED = re.compile(r"(?:\{(\w+)\}|(?<![\d.,])(\d[\d,.]*))((?: [A-Za-z-]+){1,3}?)\(s\)( were| are| have)?")
_ALONE = {" were": " was", " are": " is", " have": " has"}
_STOPPED = re.compile(
    r"。(?:(?<=[。？！?!]。)|(?=；)|(?<=[^.]\.。)(?=[\s<；]|$))|\.(?:(?<=[。？！?!]\.)(?=[\s<]|$)|(?<=[^.]\.\.)(?=[\s<；]|$))"
)  # each begins with the stop itself, which is found fast
_WITHIN = re.compile("(“[^“”]*)“([^“”]*)”")


def agreed(text: str, given: Mapping[str, object] = MappingProxyType({})) -> str:
    """An English text in which `(s)` behind what is counted, and the verb behind that, agree with the number, there or to be put in.

    >>> agreed("1 target(s) were met"), agreed("1 of 12 {kind} item(s)"), agreed("{count} point(s) short", {"count": "1.5"})
    ('1 target was met', '1 of 12 {kind} items', '{count} points short')
    """

    def one_or_more(found: re.Match[str]) -> str:
        key, number, noun, verb = found[1], found[2], found[3], found[4] or ""
        alone = str(given.get(key) if key else number) == "1"
        return (f"{{{key}}}" if key else number) + noun + (_ALONE.get(verb, "") if alone else f"s{verb}")

    return _COUNTED.sub(one_or_more, text) if "(s)" in text else text


def stopped_once(text: str) -> str:
    """A text without the stops behind what ends a sentence already: a question, a call, a stop.

    >>> [stopped_once(one) for one in ("是否该以万计？。", "in ten thousands?. Yes..", "and so on...", "全部完成。.")]
    ['是否该以万计？', 'in ten thousands? Yes.', 'and so on...', '全部完成。']
    """
    return _STOPPED.sub("", text)


def quoted_once(text: str) -> str:
    """A text in which what is quoted inside a quotation has single marks.

    >>> quoted_once("随““三公经费”变动率”改进"), quoted_once("“a” and “b"), quoted_once("“a”, “b”")
    ('随“‘三公经费’变动率”改进', '“a” and “b', '“a”, “b”')
    """
    while (said := _WITHIN.sub(r"\1‘\2’", text)) != text:
        text = said
    return text


Given = str | int | Words
"""What is put into a text: a text, a number as it stands, or what is said in both languages."""


def filled(zh: str, en: str, given: Mapping[str, Given]) -> Words:
    """A text that leaves room in braces, with what is given put in, each language with its own.

    >>> filled("{who}共 {n} 人", "{n} people in {who}", {"who": words("人社局", "HRSS"), "n": 51})["en"]
    '51 people in HRSS'
    """
    chinese = {key: one.zh if isinstance(one, Words) else one for key, one in given.items()}
    english = {key: one.en if isinstance(one, Words) else one for key, one in given.items()}
    return words(stopped_once(zh.format_map(chinese)), stopped_once(agreed(en, english).format_map(english)))


@lru_cache(maxsize=4096)
def name_key(text: str) -> str:
    """A name as names are told apart: folded, without blanks, and without the marks of a title around it.

    >>> name_key("《会计 法》") == name_key("会计法"), name_key("New urban  jobs")
    (True, 'newurbanjobs')
    """
    plain = "".join(folded(text).split())
    return plain[1:-1] if plain.startswith("《") and plain.endswith("》") and plain.count("《") == 1 else plain


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """A text as texts are told apart: full-width like half-width, capitals like small letters, without space around it.

    >>> folded("  ＡＢ１ ")
    'ab1'
    """
    return unicodedata.normalize("NFKC", text).strip().lower()
