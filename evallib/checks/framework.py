"""What must hold within a framework file beyond its shape: points that add up, ids that exist. Pure: it only reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from evallib.model.catalogue import Catalogue
from evallib.model.errors import Place, Problem
from evallib.model.framework import Framework, Indicator, Section
from evallib.model.words import folded, listed
from evallib.say.numbers import plain
from evallib.say.refusals import problem, unknown
from evallib.score.answers import PANEL, SURVEY


def check_framework(framework: Framework, file: str) -> Iterator[Problem]:
    """Every problem of a framework file that its shape alone does not show."""

    def at(entry: str) -> Place:
        return Place(file, None, entry)

    for level in ("dimensions", "groups", "indicators", "grades", "sources"):
        for id, count in Counter(one.id for one in getattr(framework, level)).items():
            if count > 1:
                yield problem("framework.id_twice", at(f"{level[:-1]}.{id}"), count=count)
    places = [s.id for s in (*framework.dimensions, *framework.groups)]
    for place, points, inside in worths(framework, framework.indicators):
        if inside > points or (inside < points and not is_open(framework, place)):
            entry = f"{'group' if place in {g.id for g in framework.groups} else 'dimension'}.{place}.points" if place else "points"
            yield problem("framework.points_differ", at(entry), total=plain(inside), points=plain(points))
    yield from _weights(framework, at)
    for g in framework.groups:
        if g.within not in places:
            column = "group" if g.group else "dimension"
            yield unknown(column, at(f"group.{g.id}.{column}"), g.within, places)
        elif g.id not in framework.homes:
            yield problem("framework.group_in_itself", at(f"group.{g.id}.group"), g.within)
    for i in framework.indicators:
        yield from _check_indicator(framework, i, places, at)
    for veto in framework.vetoes:
        if veto.of not in (known := ["total", *places, *(i.id for i in framework.indicators)]):
            yield unknown("id", at(f"veto.{veto.id}.of"), veto.of, known)
    yield from _grades(framework, at)


def _grades(framework: Framework, at: Callable[[str], Place]) -> Iterator[Problem]:
    """Grades begin at nothing, no two at the same total, and every one can be reached."""
    limits = sorted(g.at_least for g in framework.grades)
    if limits and (limits[0] != 0 or len(set(limits)) < len(limits)):
        yield problem("framework.grades", at("grade.at_least"))
    for g in framework.grades:
        if g.at_least > framework.points:
            yield problem("framework.grade_unreachable", at(f"grade.{g.id}.at_least"), plain(g.at_least), points=plain(framework.points))


def is_open(framework: Framework, place: str) -> bool:
    """Whether indicators of the department's own count in the points of a place: it is open, or something below without points is."""
    inside = {place}
    for section in framework.sections:
        if section.within in inside and section.points is None:
            inside.add(section.id)
    return any(s.id in inside for s in framework.open_sections)


def worths(framework: Framework, indicators: Iterable[Indicator]) -> Iterator[tuple[str, Decimal, Decimal]]:
    """Each place of the tree that has points of its own (the framework itself is ""), with these and what stands in it."""
    held: dict[str, list[Indicator]] = {}
    for indicator in indicators:
        held.setdefault(indicator.within, []).append(indicator)
    worth: dict[str, Decimal] = {}
    for section in reversed(framework.sections):  # what stands in it comes before it
        counted = {i.one_of or i.id: i.points for i in held.get(section.id, ()) if not i.extra}
        worth[section.id] = sum(counted.values(), worth.get(section.id, Decimal(0)))
        own = section.points if section.points is not None else worth[section.id]
        worth[section.within] = worth.get(section.within, Decimal(0)) + own
    yield "", framework.points, worth.get("", Decimal(0))
    for section in framework.sections:
        if section.points is not None:
            yield section.id, section.points, worth[section.id]


def _weights(framework: Framework, at: Callable[[str], Place]) -> Iterator[Problem]:
    """Where weights are given, those side by side make up the whole."""
    sides: dict[str, list[Section | Indicator]] = {}
    everything: list[Section | Indicator] = [*framework.sections, *framework.indicators]
    for one in everything:
        sides.setdefault(one.within, []).append(one)
    for place, several in sides.items():
        weights = [one.weight for one in several if one.weight is not None]
        if weights and len(weights) == len(several) and sum(weights) != 1:
            yield problem("framework.weights", at(place or "points"), sum=plain(sum(weights, Decimal(0)) * 100))


def _check_indicator(framework: Framework, i: Indicator, places: list[str], at: Callable[[str], Place]) -> Iterator[Problem]:
    entry = f"indicator.{i.id}"
    if i.within not in places:
        column = "group" if i.group else "dimension"
        yield unknown(column, at(f"{entry}.{column}"), i.within, places)
    formula = framework.catalogue.formulas.get(i.value)
    told_already = any(one.id == i.value for one in framework.catalogue.part.formulas)  # a formula that is wrong has its own problem
    if i.value and formula is None and not told_already and i.value not in (SURVEY, PANEL):
        yield no_such(framework.catalogue, at(f"{entry}.value"), i.value, formulas=True)
    if framework.find_source(i.source) is None:
        yield unknown("clause", at(f"{entry}.source"), i.source, [s.id for s in (*framework.sources, *framework.catalogue.part.sources)])
    adds = sum((item.points for item in i.rule.checklist if item.points > 0), Decimal(0))
    if adds and adds != i.points:
        yield problem("framework.items_differ", at(f"{entry}.rule.items"), total=plain(adds), points=plain(i.points))
    if i.rule.needs_share and formula is not None and not formula.unit.is_share:
        yield problem("framework.needs_share", at(f"{entry}.rule"), i.rule.kind, unit=formula.entry.unit)
    alike = [other for other in framework.indicators if i.one_of and (other.one_of, other.within) == (i.one_of, i.within)]
    if i.one_of and (len(alike) < 2 or len({other.points for other in alike}) > 1):
        yield problem("framework.one_of", at(f"{entry}.one_of"), i.one_of)


def no_such(catalogue: Catalogue, place: Place, found: str, formulas: bool) -> Problem:
    """What is wrong with the name of a fact or formula that there is not: unknown, ambiguous, one for the other."""
    both = catalogue.named.get(folded(found), ())
    if len(both) > 1:
        return problem("name.ambiguous", place, found, count=len(both), ids=listed(both))
    if found in catalogue.facts:
        return problem("fact.no_formula", place, found)
    if found in catalogue.formulas:
        return problem("formula.computed", place, found)
    known = catalogue.formulas if formulas else {id: fact for id, fact in catalogue.facts.items() if not fact.derived}
    names = [name for one in known.values() for name in (one.name.zh, one.name.en)]
    return unknown("formula" if formulas else "fact", place, found, [*known, *names])
