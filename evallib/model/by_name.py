"""Things reached by name with a dot, so that TAB offers them: `r.section.targets`. What they are is said by whoever makes one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

from evallib.model.errors import meant

T = TypeVar("T")


class NoSuchName(AttributeError, KeyError):
    """A name that is not there, with the near ones, in both languages."""

    def __init__(self, found: str, known: Iterable[str]) -> None:
        near = meant(found, list(known))
        self.said = (f"没有“{found}”。{near.zh}", f'there is no "{found}". {near.en}')
        super().__init__("\n".join(self.said))

    def __str__(self) -> str:
        return "\n".join(self.said)

    def _render_traceback_(self) -> list[str]:
        return list(self.said)


class ByName(Generic[T]):
    """Things by their names, made when they are asked for.

    >>> squares = ByName(("two", "three"), {"two": 4, "three": 9}.__getitem__)
    >>> squares.two, squares("three"), dir(squares), list(squares)
    (4, 9, ['three', 'two'], ['two', 'three'])
    >>> squares.twoo
    Traceback (most recent call last):
    evallib.model.by_name.NoSuchName: 没有“twoo”。是否应为 two？可用的有：two、three
    there is no "twoo". did you mean two? There are: two, three
    """

    __slots__ = ("_get", "_names")

    def __init__(self, names: Iterable[str], get: Callable[[str], T]) -> None:
        self._names, self._get = tuple(names), get

    def __call__(self, name: str) -> T:
        if name not in self._names:
            raise NoSuchName(name, self._names)
        return self._get(name)

    def __getattr__(self, name: str) -> T:
        if name.startswith("_"):  # what a notebook asks every object for
            raise AttributeError(name)
        return self(name)

    def __dir__(self) -> list[str]:
        return sorted(self._names)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __repr__(self) -> str:
        return ", ".join(self._names)
