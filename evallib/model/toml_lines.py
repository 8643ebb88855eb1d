"""Where things stand in a text of TOML: the line of every head and every key. tomllib, which reads the text, keeps no places. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

Path = tuple[str | int, ...]
"""The way to a value in a document: keys, and places in lists."""

_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY = re.compile(r"[ \t]*([A-Za-z0-9_-]+|\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*')[ \t]*")
_TEXT = re.compile(r'"""(?:\\.|[^\\])*?"""+|\'\'\'.*?\'\'\'+|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'', re.S)
_PLAIN = re.compile(r"[^,\]}\n#]+")
_CALLED = ("id", "symbol", "word", "ends", "begins", "holds")
"""The keys of which the first tells an entry from the others of its kind."""


_DEEPEST = 40
"""So many keys in each other are followed; a file that holds more is refused for it."""


class _Lost(Exception):
    """The text cannot be followed further."""


class Lines:
    """The lines of a text of TOML, as far as it can be followed.

    `twice` has every key that stands again where it may stand once: the line where it stood first, and that of the second;
    `open` the lines of the brackets that nothing closes, `split` those of the braces with a line break or a comma too much in them.

    >>> lines = Lines('name = "x"\\n\\n[[grade]]\\nid = "good"\\n')
    >>> lines.at(("grade", 0, "id")), lines.at(("grade", 0, "name"))
    (4, 3)
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.of: dict[Path, int] = {}
        self.twice: list[tuple[int, int]] = []
        self.open: list[int] = []
        self.split: list[int] = []
        self._breaks = [at for at, sign in enumerate(text) if sign == "\n"]
        self._lists: dict[Path, int] = {}
        with suppress(_Lost, RecursionError):
            self._read()

    def at(self, path: Path) -> int | None:
        """The line of a value; of what it stands in, where it is not there itself; of the first key, where that is the document."""
        while path and path not in self.of:
            path = path[:-1]
        return self.of.get(path) or next(iter(self.of.values()), None)

    def named(self, document: Mapping[str, Any]) -> dict[str, int]:
        """The lines by what the values are called; of entries that are called the same, those of the last."""
        return {called(document, path): line for path, line in self.of.items()}

    def _line(self, at: int) -> int:
        return bisect_left(self._breaks, at) + 1

    def _read(self) -> None:
        at, table = 0, Path()
        while (at := self._past(_SPACE, at)) < len(self.text):
            if self.text[at] != "[":
                at = self._pair(table, at)
                continue
            close = "]]" if self.text.startswith("[[", at) else "]"
            keys, end = self._keys(at + len(close))
            table = self._opened(keys, close == "]]", self._line(at))
            at = self._sign(close, end)

    def _opened(self, keys: Path, is_list: bool, line: int) -> Path:
        """The table that a head opens."""
        path = Path()
        for key in keys[:-1]:
            path += (key,)
            path += (self._lists[path] - 1,) if path in self._lists else ()
        path += keys[-1:]
        if is_list and (path in self._lists or path not in self.of):
            self.of.setdefault(path, line)
            self._lists[path] = self._lists.get(path, 0) + 1
            path += (self._lists[path] - 1,)
        self._stands(path, line)
        return path

    def _stands(self, path: Path, line: int) -> None:
        if path in self.of:
            self.twice.append((self.of[path], line))
        self.of.setdefault(path, line)

    def _pair(self, table: Path, at: int) -> int:
        """A key and its value."""
        keys, end = self._keys(at)
        for n in range(1, len(keys)):
            self.of.setdefault(table + keys[:n], self._line(at))
        self._stands(table + keys, self._line(at))
        return self._value(table + keys, self._sign("=", end))

    def _value(self, path: Path, at: int) -> int:
        at = self._past(_SPACE, at)
        if self.text.startswith(("[", "{"), at):
            return self._several(path, at)
        found = (_TEXT if self.text.startswith(('"', "'"), at) else _PLAIN).match(self.text, at)
        if found is None:
            raise _Lost
        return found.end()

    def _several(self, path: Path, at: int) -> int:
        """A list, or a table in one line."""
        is_list, close, number, line = self.text[at] == "[", "]" if self.text[at] == "[" else "}", 0, self._line(at)
        self.open.append(line)
        after = self._past(_SPACE, at + 1)
        while True:
            if not is_list and "\n" in self.text[at:after]:
                self.split.append(line)
            at = after
            if self.text.startswith(close, at):
                break
            if is_list:
                self.of[(*path, number)] = self._line(at)
                at, number = self._value((*path, number), at), number + 1
            else:
                at = self._pair(path, at)
            after = self._past(_SPACE, at)
            if not self.text.startswith(close, after):
                after = self._past(_SPACE, self._sign(",", after))
                if not is_list and self.text.startswith(close, after):
                    self.split.append(line)
        self.open.pop()
        return at + 1

    def _keys(self, at: int) -> tuple[Path, int]:
        """A key with the dots in it, and where it ends."""
        keys = Path()
        while found := _KEY.match(self.text, at):
            keys += (found[1].strip("\"'"),)
            at = found.end()
            if not self.text.startswith(".", at):
                return keys, at
            if len(keys) > _DEEPEST:
                break
            at += 1
        raise _Lost

    def _sign(self, sign: str, at: int) -> int:
        if not self.text.startswith(sign, at):
            raise _Lost
        return at + len(sign)

    def _past(self, what: re.Pattern[str], at: int) -> int:
        found = what.match(self.text, at)
        return found.end() if found else at


def called(document: Mapping[str, Any], path: Path) -> str:
    """What a value of a document is called: its keys, entries of a list by their ids, or else counted from 1.

    >>> called({"grade": [{"id": "good"}, {}]}, ("grade", 0, "name")), called({"grade": [{"id": "good"}, {}]}, ("grade", 1, "name"))
    ('grade.good.name', 'grade.2.name')
    """
    steps, here = list[str](), document
    for step in path:
        try:
            here = here[step]  # type: ignore[index]  # a list takes numbers
        except (KeyError, IndexError, TypeError):
            here = {}
        steps.append(_entry(here, step) if isinstance(step, int) else step)
    return ".".join(steps)


def _entry(entry: Any, place: int) -> str:
    named: dict[str, Any] = entry if isinstance(entry, dict) else {}
    if {"table", "cells"} <= named.keys():
        return f"{named['table']}: {named.get('name', '')}"  # as a line of a table of amounts is told from others
    return next((text[:60] for key in _CALLED if isinstance(text := named.get(key), str) and text), str(place + 1))
