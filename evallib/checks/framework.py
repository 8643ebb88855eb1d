"""What must hold within a framework file beyond its shape: points that add up, ids that exist. Pure: it only reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal

from evallib.model.catalogue import LISTED_IN, Catalogue
from evallib.model.errors import Place, Problem, meant
from evallib.model.framework import Framework, Indicator, Section
from evallib.model.grouped import grouped
from evallib.model.words import folded, listed
from evallib.model.worths import inside_of, is_open, worths
from evallib.say.numbers import plain
from evallib.say.refusals import problem, unknown
from evallib.say.sentences import sentence
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
    homeless = [one for one in (*framework.groups, *framework.indicators) if one.within not in places]
    for one in homeless:
        column = "group" if one.group else "dimension"
        kind = "indicator" if isinstance(one, Indicator) else "group"
        yield unknown(column, at(f"{kind}.{one.id}.{column}"), one.within, places)
    if not homeless:  # where something stands nowhere, no sum is right
        yield from _in_themselves(framework, at)
        yield from _sums(framework, at)
    yield from _grades(framework, at)
    yield from _names(framework, at)
    for i in framework.indicators:
        yield from _check_rule(framework, i, at)
    yield from _choices(framework, at)
    for veto in framework.vetoes:
        if veto.of not in (known := ["total", *places, *(i.id for i in framework.indicators)]):
            yield unknown("id", at(f"veto.{veto.id}.of"), veto.of, known)


def _in_themselves(framework: Framework, at: Callable[[str], Place]) -> Iterator[Problem]:
    """Groups that stand in a circle, told where the first of them stands."""
    circle = [g for g in framework.groups if g.id not in framework.homes]
    if circle:
        yield problem("framework.group_in_itself", at(f"group.{circle[0].id}.group"), circle[0].within)


def _sums(framework: Framework, at: Callable[[str], Place]) -> Iterator[Problem]:
    """Weights make up the whole, points what stands above. A number that is wrong is told once: by itself, or by what it stands in."""
    weights = [*_weights(framework, at)]
    yield from weights
    right = [i.model_copy(update={"points": i.rule.adds or i.points}) for i in framework.indicators]
    below = inside_of(framework, right, lambda section, inside: (section.points if is_open(framework, section.id) else None) or inside)
    for place, points, inside in worths(framework, framework.indicators) if not weights else ():
        if all(made > points or (made < points and not is_open(framework, place)) for made in (inside, below.get(place, inside))):
            yield problem("framework.points_differ", at(f"{_entry(framework, place)}points"), total=plain(inside), points=plain(points))


def _entry(framework: Framework, place: str) -> str:
    kind = "group" if place in {g.id for g in framework.groups} else "dimension"
    return f"{kind}.{place}." if place else ""


def _grades(framework: Framework, at: Callable[[str], Place]) -> Iterator[Problem]:
    """Grades begin at nothing, no two at the same total, and every one can be reached."""
    limits = sorted(g.at_least for g in framework.grades)
    if limits and (limits[0] != 0 or len(set(limits)) < len(limits)):
        yield problem("framework.grades", at("grade.at_least"))
    total = max(framework.points, *(inside for place, _, inside in worths(framework, framework.indicators) if not place))
    too_high = [g for g in framework.grades if g.at_least > total]
    if too_high:
        found = ", ".join(plain(g.at_least) for g in too_high)
        yield problem("framework.grade_unreachable", at(f"grade.{too_high[0].id}.at_least"), found, points=plain(framework.points))


def _weights(framework: Framework, at: Callable[[str], Place]) -> Iterator[Problem]:
    """Where weights are given, those side by side make up the whole."""
    everything: list[Section | Indicator] = [*framework.sections, *framework.indicators]
    for place, several in grouped((one.within, one) for one in everything).items():
        weights = [one.weight for one in several if one.weight is not None]
        if weights and len(weights) == len(several) and sum(weights) != 1:
            entry = f"{_entry(framework, place)}points"
            yield problem("framework.weights", at(entry), sum=plain(sum(weights, Decimal(0)) * 100))


def _names(framework: Framework, at: Callable[[str], Place]) -> Iterator[Problem]:
    """What indicators name is there: formulas and clauses."""
    catalogue, clauses = framework.catalogue, [s.id for s in (*framework.sources, *framework.catalogue.part.sources)]
    there = {*catalogue.formulas, *(one.id for one in catalogue.part.formulas), SURVEY, PANEL, ""}  # one that is wrong has its own problem
    formulas = [i for i in framework.indicators if i.value not in there]
    sources = [i for i in framework.indicators if framework.find_source(i.source) is None]
    if not framework.builds_on and ((formulas and not catalogue.part.formulas) or (sources and not clauses)):
        yield problem("framework.builds_on_nothing", at("builds_on"), known=listed(sorted({i.value for i in formulas})[:5]))
        return
    for i in formulas:
        yield no_such(catalogue, at(f"indicator.{i.id}.value"), i.value, formulas=True)
    for i in sources:
        yield unknown("clause", at(f"indicator.{i.id}.source"), i.source, clauses)


def _check_rule(framework: Framework, i: Indicator, at: Callable[[str], Place]) -> Iterator[Problem]:
    entry, formula = f"indicator.{i.id}", framework.catalogue.formulas.get(i.value)
    if i.rule.adds and i.rule.adds != i.points:
        yield problem("framework.items_differ", at(f"{entry}.rule.items"), total=plain(i.rule.adds), points=plain(i.points))
    if i.rule.needs_share and formula is not None and not formula.unit.is_share:
        yield problem("framework.needs_share", at(f"{entry}.rule"), i.rule.kind, unit=formula.entry.unit)


def _choices(framework: Framework, at: Callable[[str], Place]) -> Iterator[Problem]:
    """Indicators of which one is taken are two at least and worth the same; told once in each place of the tree."""
    told = set[str]()
    for (within, one_of), alike in grouped(((i.within, i.one_of), i) for i in framework.indicators if i.one_of).items():
        if within not in told and (len(alike) < 2 or len({i.points for i in alike}) > 1):
            told.add(within)
            yield problem("framework.one_of", at(f"indicator.{alike[0].id}.one_of"), one_of)


def no_such(catalogue: Catalogue, place: Place, found: str, formulas: bool) -> Problem:
    """What is wrong with the name of a fact or formula that there is not: unknown, ambiguous, one for the other."""
    both = catalogue.named.get(folded(found), ())
    if len(both) > 1:
        return problem("name.ambiguous", place, found, count=len(both), ids=listed(both))
    if found in catalogue.facts | catalogue.formulas:
        return problem("fact.no_formula" if found in catalogue.facts else "formula.computed", place, found)
    known = catalogue.formulas if formulas else {id: fact for id, fact in catalogue.facts.items() if not fact.derived}
    told = meant(found, {id: one.name for id, one in known.items()}, LISTED_IN) if known else sentence("checks.no_catalogue")
    return problem("formula.unknown" if formulas else "fact.unknown", place, found, known=told)
