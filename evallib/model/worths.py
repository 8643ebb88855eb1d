"""What the places of a framework are worth, and what is still to come of it in those that a department fills itself. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from evallib.model.framework import Framework, Indicator, Section
from evallib.model.grouped import grouped


def is_open(framework: Framework, place: str) -> bool:
    """Whether indicators of the department's own count in the points of a place: it is open, or something below without points is."""
    inside = {place}
    for section in framework.sections:
        if section.within in inside and section.points is None:
            inside.add(section.id)
    return any(s.id in inside for s in framework.open_sections)


def worths(framework: Framework, indicators: Iterable[Indicator]) -> Iterator[tuple[str, Decimal, Decimal]]:
    """Each place of the tree that has points of its own (the framework itself is ""), with these and what stands in it."""
    worth = inside_of(framework, indicators, lambda section, inside: inside if section.points is None else section.points)
    yield "", framework.points, worth.get("", Decimal(0))
    for section in framework.sections:
        if section.points is not None:
            yield section.id, section.points, worth[section.id]


def inside_of(framework: Framework, indicators: Iterable[Indicator], own: Callable[[Section, Decimal], Decimal]) -> dict[str, Decimal]:
    """What stands in each place of the tree; `own` is what a section counts above it."""
    held = grouped((indicator.within, indicator) for indicator in indicators)
    worth: dict[str, Decimal] = {}
    for section in reversed(framework.sections):  # what stands in it comes before it
        counted = {i.one_of or i.id: i.points for i in held.get(section.id, ()) if not i.extra}
        worth[section.id] = sum(counted.values(), worth.get(section.id, Decimal(0)))
        worth[section.within] = worth.get(section.within, Decimal(0)) + own(section, worth[section.id])
    return worth


def unfilled(framework: Framework, indicators: Iterable[Indicator]) -> dict[str, Decimal]:
    """The points for which there is no indicator of the department's own yet, by the place of the tree that has them."""
    return {
        place: points - inside for place, points, inside in worths(framework, indicators) if inside < points and is_open(framework, place)
    }
