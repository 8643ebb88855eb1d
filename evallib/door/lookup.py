"""Looking up what an analyst names: by id, by name in either language; what is not there is refused with the near matches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Generic, NoReturn, TypeVar

from evallib.model.errors import InputRefused, near
from evallib.model.grouped import grouped
from evallib.model.steady import all_steady
from evallib.model.words import Words, folded, listed, words
from evallib.say.refusals import refused
from evallib.say.sentences import sentence

Found = TypeVar("Found")


def found_in(named: Mapping[str, Words], asked: Any, thing: str) -> str:
    """The id that is asked for, by itself or by its name in either language.

    Raises InputRefused where nothing is called so, with what is called nearly so; or where several are.

    >>> found_in({"jobs": words("就业", "Jobs")}, "就业", "indicator")
    'jobs'
    """
    text = str(asked)
    if text in named:
        return text
    ids = [id for id, name in named.items() if folded(text) in (folded(id), folded(name.zh), folded(name.en))]
    if len(ids) == 1:
        return ids[0]
    refuse_unknown(named, text, thing, ids)


def refuse_unknown(named: Mapping[str, Words], text: str, thing: str, several: Iterable[str] = ()) -> NoReturn:
    """Raise InputRefused for a name that nothing, or more than one thing, is called by."""
    what = sentence(f"door.thing.{thing}")
    if ids := list(several):
        raise refused("door.several", text, thing=what, ids=listed(ids))
    near = _near(named, text)
    shown = [words(f"{id}（{named[id].zh}）", f"{id} ({named[id].en})") if named[id].zh != id else words(id) for id in near or [*named][:8]]
    name = "door.unknown_near" if near else "door.unknown" if len(named) > len(shown) else "door.unknown_of_few"
    raise refused(name, text, thing=what, shown=listed(shown), **({"count": len(named)} if name == "door.unknown" else {}))


def _near(named: Mapping[str, Words], text: str) -> list[str]:
    """The ids that are nearly called so, by their ids or their names, the nearest first."""
    spelled = grouped((folded(spelling), id) for id, name in named.items() for spelling in {id, name.zh, name.en})
    asked = folded(text)
    close = near(asked, spelled)
    close += [spelling for spelling in spelled if asked and asked in spelling and spelling not in close]
    return list(dict.fromkeys(id for spelling in close for id in spelled[spelling]))[:5]


class NotThere(InputRefused, AttributeError):
    """An attribute that is not there, with the near matches."""


@all_steady
class ByName(Generic[Found]):
    """Things got by name, as attributes or as a call; TAB shows which there are.

    >>> numbers = ByName({"one": words("一", "one")}, lambda name: len(name), "section")
    >>> numbers.one, numbers("一"), dir(numbers)
    (3, 3, ['one'])
    """

    def __init__(self, named: Mapping[str, Words], get: Callable[[str], Found], thing: str) -> None:
        self._named, self._get, self._thing = named, get, thing

    def __call__(self, name: str) -> Found:
        return self._get(found_in(self._named, name, self._thing))

    __getitem__ = __call__

    def __getattr__(self, name: str) -> Found:
        if name.startswith("_"):  # what Python and notebooks ask for themselves
            raise AttributeError(name)
        if name in self._named:
            return self._get(name)
        try:
            refuse_unknown(self._named, name, self._thing)
        except InputRefused as refusal:
            raise NotThere(refusal.problems) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._named)

    def __dir__(self) -> list[str]:
        return [*self._named]

    def __repr__(self) -> str:
        shown = ", ".join(self._named)
        return shown if len(shown) <= 1000 else shown[:1000] + " …"
