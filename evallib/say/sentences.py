"""Sentences by name. The words stand in `catalogue/words/sentences/*.toml`, in both languages, with room in braces."""

from __future__ import annotations

from functools import cache
from typing import Any

from evallib.kit import CATALOGUE, words_of
from evallib.model.words import Given, Words, filled, quoted_once


def sentence(name: str, /, **given: Given) -> Words:
    """A sentence by its name, `FILE.part.part`, with what it leaves room for put in.

    >>> sentence("rules.of.completion")["en"]
    'completion'
    """
    zh, en = _at(name)
    said = filled(zh, en, given)
    return Words(quoted_once(said.zh), quoted_once(said.en))


def sentences(name: str) -> dict[str, Words]:
    """All sentences of a table by their own names, in their order, as they stand.

    >>> list(sentences("rules.of"))
    ['value', 'completion']
    """
    return {key: Words(*text) for key, text in _at(name).items()}


def read_all() -> None:
    """Read every file of sentences and refusals now, for a process that is to be forked."""
    for file in (CATALOGUE / "words").glob("*/*.toml"):
        words_of(f"{file.parent.name}/{file.stem}")


@cache
def _at(name: str) -> Any:
    file, *parts = name.split(".")
    found: Any = words_of(f"sentences/{file}")
    for part in parts:
        found = found[part]
    return found
