"""What must hold within a framework file beyond its shape: points that add up, ids that exist. Pure: it only reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from evallib.model.catalogue import Catalogue
from evallib.model.errors import Place, Problem
from evallib.model.framework import Framework, Indicator
from evallib.model.words import folded, listed
from evallib.say.numbers import plain
from evallib.say.refusals import problem, unknown


def check_framework(framework: Framework, file: str) -> Iterator[Problem]:
    """Every problem of a framework file that its shape alone does not show."""

    def at(entry: str) -> Place:
        return Place(file, None, entry)

    for level in ("dimensions", "groups", "indicators", "grades", "sources"):
        for id, count in Counter(one.id for one in getattr(framework, level)).items():
            if count > 1:
                yield problem("framework.id_twice", at(f"{level[:-1]}.{id}"), count=count)
    dimensions = [d.id for d in framework.dimensions]
    yield from _adds_up(at("points"), framework.points, (d.points for d in framework.dimensions))
    for d in framework.dimensions:
        yield from _adds_up(at(f"dimension.{d.id}.points"), d.points, (g.points for g in framework.groups if g.dimension == d.id))
    for g in framework.groups:
        if g.own_rule is None:
            yield from _adds_up(at(f"group.{g.id}.points"), g.points, (i.points for i in framework.indicators if i.group == g.id))
    for g in framework.groups:
        if g.dimension not in dimensions:
            yield unknown("dimension", at(f"group.{g.id}.dimension"), g.dimension, dimensions)
    for i in framework.indicators:
        yield from _check_indicator(framework, i, at)
    limits = sorted(g.at_least for g in framework.grades)
    if limits and (limits[0] != 0 or len(set(limits)) < len(limits)):
        yield problem("framework.grades", at("grade.at_least"))


def _adds_up(place: Place, points: Decimal, below: Iterable[Decimal]) -> Iterator[Problem]:
    total = sum(below, Decimal(0))
    if total != points:
        yield problem("framework.points_differ", place, total=plain(total), points=plain(points))


def _check_indicator(framework: Framework, i: Indicator, at: Callable[[str], Place]) -> Iterator[Problem]:
    entry, known = f"indicator.{i.id}", {g.id: g for g in framework.groups}
    if i.group not in known:
        yield unknown("group", at(f"{entry}.group"), i.group, known)
    elif known[i.group].own_rule is not None:
        yield problem("framework.group_open", at(f"{entry}.group"), i.group)
    formula = framework.catalogue.formulas.get(i.value)
    told_already = any(one.id == i.value for one in framework.catalogue.part.formulas)  # a formula that is wrong has its own problem
    if i.value and formula is None and not told_already:
        yield no_such(framework.catalogue, at(f"{entry}.value"), i.value, formulas=True)
    if framework.find_source(i.source) is None:
        yield unknown("clause", at(f"{entry}.source"), i.source, [s.id for s in (*framework.sources, *framework.catalogue.part.sources)])
    total = sum((item.points for item in i.rule.checklist), Decimal(0))
    if i.rule.checklist and total != i.points:
        yield problem("framework.items_differ", at(f"{entry}.rule.items"), total=plain(total), points=plain(i.points))
    if i.rule.takes == "number" and not i.value:
        yield problem("framework.needs_formula", at(f"{entry}.value"), i.rule.kind)
    if i.rule.needs_share and formula is not None and not formula.unit.is_share:
        yield problem("framework.needs_share", at(f"{entry}.rule"), i.rule.kind, unit=formula.entry.unit)


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
