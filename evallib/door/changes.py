"""From what an analyst names and gives to the changes of a what-if. Each is about something recorded, in the unit that frames name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from evallib.analysis.changes import KINDS, Change, FactChange, FindingRemoved
from evallib.data.parameters import checked_year
from evallib.door.lookup import found_in, refuse_unknown
from evallib.door.numbers import exact, is_nothing, told_short, verdict
from evallib.model.base import YEARS
from evallib.model.evaluation import Evaluation
from evallib.model.units import NO_UNIT, SHARE, parse_decimal
from evallib.model.words import Words
from evallib.say.refusals import refused


class Given(Protocol):
    """What is given by name: a dict, or a pandas Series."""

    def items(self) -> Iterable[tuple[Any, Any]]:
        """Names and numbers."""


def _indicators(e: Evaluation) -> dict[str, Words]:
    return {i.id: i.name for i in e.indicators}


def _facts(e: Evaluation) -> dict[str, Words]:
    return {id: fact.name for id, fact in e.catalogue.facts.items() if not fact.derived}


def _change(e: Evaluation, kind: str, name: Any, given: Any) -> Change:
    """A change to a value: of a fact, perhaps of another year, of an indicator, or of a part of one, `indicator.part`. A number of a
    rule is given as the rule writes it, or as text with a unit.
    """
    made: type[Any] = KINDS[kind]
    if made is FactChange:
        name, year = _of_year(name, e.record.year)
        about: dict[str, Any] = {"fact": found_in(_facts(e), name, "fact"), "year": year}
    else:
        indicator, _, part = str(name).partition(".") if made.PART else (name, "", "")
        about = {"indicator": found_in(_indicators(e), indicator, "indicator")}
        if made.PART:
            about[made.PART] = found_in(made.parts(e.in_force[about["indicator"]]), part, "number" if kind == "rule" else kind)
    asked: Change = made(**about, **{made.VALUE: 1})
    if kind == "item":
        return asked.renewed(verdict(given, str(name)))
    unit = asked.unit(e)
    if kind == "rule" and unit == SHARE and (not isinstance(given, str) or parse_decimal(given) is not None):
        unit = NO_UNIT
    return asked.renewed(exact(given, unit, e.catalogue.units, str(name)))


def _of_value(e: Evaluation, name: Any, given: Any) -> Change:
    """A fact, or the actual of an indicator: whichever is called so."""
    text, _ = _of_year(name, e.record.year)
    facts, indicators = _facts(e), _indicators(e)
    id = found_in(facts | indicators, text, "fact")
    if id in facts and id in indicators:
        refuse_unknown({}, str(text), "fact", [f'fact={{"{id}": …}}', f'actual={{"{id}": …}}'])
    return _change(e, "fact", name, given) if id in facts else _change(e, "actual", text, given)


def _of_year(name: Any, evaluated: int) -> tuple[Any, int]:
    """What is called so, and of which year: `("outturn", 2022)`, else of the year evaluated.

    Raises InputRefused where a year that is named is none.
    """
    if not isinstance(name, tuple):
        return name, evaluated
    if len(name) != 2:
        raise refused("door.no_pair", told_short(name))
    if (year := checked_year(name[1])) not in YEARS:  # what a record can hold
        raise refused("parameters.no_year", told_short(name))
    return name[0], year


def named(given: Any, what: str) -> Given:
    """What is given by name. Raises InputRefused where it has no names."""
    if hasattr(given, "items"):
        found: Given = given
        return found
    raise refused("door.not_named", what, told_short(given))


def changes_of(e: Evaluation, values: Given, without: Iterable[str], **kinds: Given | None) -> Iterator[Change]:
    """The changes that an analyst asks for.

    Raises InputRefused where a name means nothing there, or more than one thing, or what is given is no number of its unit.
    """
    for name, given in values.items():
        yield _of_value(e, name, given)
    for kind, given_so in kinds.items():
        for name, given in (named(given_so, kind) if given_so is not None else {}).items():
            if not is_nothing(given):  # as of an indicator without points
                yield _change(e, kind, name, given)
    for name in [without] if isinstance(without, str) or not isinstance(without, Iterable) else without:
        yield FindingRemoved(finding=found_in({f.finding: f.words for f in e.record.findings}, name, "finding"))
