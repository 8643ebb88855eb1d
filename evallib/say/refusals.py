"""Refusals and remarks in words: what is wrong and how to mend it, by name. The words stand in `catalogue/words/refusals/*.toml`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from evallib.kit import CATALOGUE, words_of
from evallib.model.errors import Acts, Fault, InputRefused, Level, Place, Problem, meant
from evallib.model.made_ids import is_made
from evallib.model.words import NOTHING, Given, Words, filled, words


@cache
def entries() -> dict[str, dict[str, str]]:
    """Every refusal and remark by name: `zh` and `en` say what is wrong, `fix_zh` and `fix_en` how to mend it.

    `level` "warning" makes it a remark; `code` groups several under one name for programs.
    """
    files = sorted((CATALOGUE / "words" / "refusals").glob("*.toml"))
    return {name: one for file in files for name, one in words_of(f"refusals/{file.stem}").items()}


class Family(NamedTuple):
    """Checks that belong together: who acts, and why it is looked at."""

    ids: frozenset[str]
    acts: Acts
    why: Words


@cache
def _families() -> tuple[dict[str, Words], tuple[Family, ...]]:
    read = words_of("families")
    families = (Family(frozenset(f["ids"]), f["acts"], words(f["why_zh"], f["why_en"])) for f in read["family"])
    return {acts: words(*both) for acts, both in read["acts"].items()}, tuple(families)


@cache
def family_of(name: str) -> Family:
    """The family of a check, the first that names it.

    >>> family_of("target.missing").acts, family_of("toml.quote").acts
    ('department', 'author')
    """
    patterns = {name, f"{name.partition('.')[0]}.*"}
    return next((family for family in _families()[1] if patterns & family.ids), Family(frozenset(), "runner", NOTHING))


def _acts(name: str, file: str) -> Acts:
    """Who acts: the family says, but what stands in a file of rules is its author's, and a rule in a cell is not."""
    acts = family_of(name).acts
    return "author" if file.endswith(".toml") else "department" if acts == "author" and file.endswith((".csv", ".xlsx")) else acts


def who(acts: Acts) -> Words:
    """Who acts, in words.

    >>> who("evaluator")["en"]
    'the evaluators'
    """
    return _families()[0][acts]


def problem(
    name: str, place: Place, found: str = "", about: tuple[str, ...] = (), level: Level | None = None, /, **given: Given
) -> Problem:
    """A problem by its name, at a place; `given` are the texts and numbers that its words leave room for, in braces.

    >>> problem("number.negative", Place("facts.csv", 3, "value"), "-5").describe("en")
    'facts.csv, row 3, column value: must not be negative (found "-5"). To fix it: correct the number.'
    """
    said = entries()[name]
    if is_made(str(given.get("id", ""))) and "indicator" in given:
        given["id"] = given["indicator"]  # of which nobody knows the id, and the name may be typed as well
    stated: Level = "warning" if said.get("level") == "warning" else "error"
    what, fix = filled(said["zh"], said["en"], given), filled(said["fix_zh"], said["fix_en"], given)
    return Problem(place, what, fix, found, level or stated, said.get("code", name), about, _acts(name, place.file))


def refused(name: str, file: str, found: str = "", /, **given: Given) -> InputRefused:
    """An `InputRefused` of a single problem that concerns a whole file or choice."""
    return InputRefused((problem(name, Place(file), found, **given),))


def told(fault: Fault) -> Problem:
    """What was found wrong below, in words."""
    return problem(fault.name, fault.place, fault.found, **fault.given)


def unknown(thing: str, place: Place, found: str, known: Iterable[str] | Mapping[str, Words]) -> Problem:
    """What is not among the known ones of its kind, of which their names may be given, by id; the words are those of `THING.unknown`."""
    return problem(f"{thing}.unknown", place, found, known=meant(found, known))
