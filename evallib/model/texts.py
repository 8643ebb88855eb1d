"""The official report's outline, and the texts in it that only people can write. Data alone: nothing is read or laid out here."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from evallib.model.base import Format, Frozen, Id, Named
from evallib.model.words import Words, words

OPENING, SIGNATURE = "opening", "signature"
"""The texts that stand before and after all chapters, whatever the outline."""


class Slot(Named):
    """A text that only people can write: its name, and what it should say; asked for where the section that it `needs` is there."""

    id: Id
    about: Annotated[str, Field(min_length=1)]
    about_en: str = ""
    needs: str = ""

    @property
    def question(self) -> Words:
        return words(self.about, self.about_en)


class Chapter(Named):
    """A chapter: its parts are sections of the page, or texts. Those that are `unheaded` stand straight under the chapter's heading."""

    parts: tuple[str, ...]
    unheaded: tuple[str, ...] = ()


class Outline(Frozen):
    """The chapters of the official report, for some kinds of what is evaluated, what is annexed, and the texts that people write for it."""

    format: Format = 2
    kinds: tuple[Literal["department", "project", "policy"], ...] = ()
    chapter: tuple[Chapter, ...] = ()
    annexes: tuple[Literal["scores", "data"], ...] = ("scores", "data")
    text: tuple[Slot, ...] = ()


class Text(Frozen):
    """What people wrote for a slot, as Markdown; empty in a language in which nobody wrote it."""

    id: Id
    text: str = ""
    text_en: str = ""

    @property
    def words(self) -> Words:
        return Words(self.text, self.text_en)


def asked(outline: Outline | None) -> tuple[Slot, ...]:
    """The texts that a report has room for, in the order in which they stand."""
    if outline is None:
        return ()
    slots, parts = {slot.id: slot for slot in outline.text}, (part for chapter in outline.chapter for part in chapter.parts)
    return tuple(slots[part] for part in (OPENING, *parts, SIGNATURE) if part in slots)
