"""Text in two languages. What a reader sees is a `Words`; which half is shown is decided at the border."""

from __future__ import annotations

from dataclasses import dataclass
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


def joined(parts: list[Words], zh: str = "；", en: str = "; ") -> Words:
    """Several texts in a row, each language with its own separator.

    >>> joined([words("甲", "a"), words("乙", "b")])["zh"]
    '甲；乙'
    """
    return Words(zh=zh.join(p.zh for p in parts), en=en.join(p.en for p in parts))
