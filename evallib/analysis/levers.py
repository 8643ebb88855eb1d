"""Which facts of a year bring a formula to a value, and what is bound to them and moves along. Pure.

What is past or settled stays (see `FactEntry.fixed`), nothing falls below zero, and every identity and limit stays as true as it was.
What else may not be, such as a rate above its bound, is for the checks to say of the changed record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from itertools import islice
from typing import NamedTuple

from evallib.analysis.changes import FactChange
from evallib.model.catalogue import Formula
from evallib.model.expression import EXACT, Call, Name, Number, Operation, Tree, Undefined, computing, names, renamed
from evallib.model.facts import Facts
from evallib.model.units import Unit, round_half_up, times

Moved = dict[Name, Decimal]
"""Given facts with other numbers, in base units."""

_NEAR = (Decimal(1), Decimal("1.001"), Decimal("1.002"))  # where an expression is tried to see how it moves
_MOST = 40  # ways that are looked at before the shortest of them are given


class _Spread(NamedTuple):
    """An expression in facts that were given: how it is computed, all of them, and those that can be moved."""

    value: Callable[[Mapping[Name, Decimal]], Decimal]
    names: frozenset[Name]
    free: tuple[Name, ...]


class _Bond(NamedTuple):
    """What must stay what it is, or at most as much."""

    of: _Spread
    is_limit: bool
    bound: Decimal


class Levers:
    """The facts of a record that can be moved, and what they are bound to.

    >>> from pathlib import Path
    >>> from evallib.data.years import evaluate_year
    >>> e = evaluate_year(Path("data"), "hrss", 2023).evaluation
    >>> levers = Levers(e.facts)
    >>> [(c.fact, str(c.value)) for c in next(levers.ways(e.catalogue.formulas["staffing_control_rate"], Decimal(1)))]
    [('staff_administrative', '18')]
    >>> [(c.fact, str(c.value)) for c in next(levers.ways(e.catalogue.formulas["budget_execution_rate"], Decimal(1)))]
    [('outturn_basic', '19093966.41'), ('closing_carryover_basic', '0.00')]
    >>> levers.moves(e.catalogue.formulas["three_public_change_rate"])  # two approved budgets
    False
    """

    def __init__(self, facts: Facts) -> None:
        self._facts, self._values = facts, Moved()
        self._bonds: list[_Bond] = []
        catalogue = facts.catalogue
        bonds = (relation for relation in catalogue.plausible if not relation.entry.unit)  # of what size a number is binds none
        for relation in (*catalogue.identities, *catalogue.limits, *bonds):
            of = self._in_parts(relation.tree)
            try:
                gap = of.value(self._values)
            except (KeyError, Undefined):
                continue
            is_limit = relation.tree.sign == "<="
            self._bonds.append(_Bond(of, is_limit, max(gap, Decimal(0)) if is_limit else gap))

    def moves(self, formula: Formula) -> bool:
        """Whether any fact that it is computed from can be moved."""
        return bool(self._in_parts(formula.tree).free)

    def ways(self, formula: Formula, wanted: Decimal) -> Iterator[tuple[FactChange, ...]]:
        """The changes that bring a formula to the value wanted, in its unit, those of the fewest facts first; none where there are none.

        What is only divided by stays. A number is rounded to the smallest step of its unit, to the good side. Where what is bound to
        it cannot move along, the change by itself: the checks say what it breaks.
        """
        of, goal = self._in_parts(formula.tree), times(wanted, formula.unit.factor)
        with localcontext(EXACT):
            firsts = list(self._moves(of, goal, {}))
            falls = not firsts or self._over(of, goal, {}) > 0
            along = (way for first in firsts for way in self._along(first))
            reached = (way for way in along if (over := self._over(of, goal, way)) == 0 or (over < 0) is falls)  # none takes it back
            found = sorted(islice(reached, _MOST), key=len) or firsts[:1]
        for way in found:
            moved = ((name, self._rounded(name, then)) for name, then in way.items() if then != self._values[name])
            yield tuple(FactChange(fact=name.id, value=value) for name, value in moved)

    def _along(self, moved: Moved) -> Iterator[Moved]:
        """The ways to move along what is bound to what has moved, so that everything stays as true as it was."""
        for of, is_limit, bound in self._bonds:
            if of.names.isdisjoint(moved):  # it stays as true as it was
                continue
            over = self._over(of, bound, moved)
            if over > 0 or (over and not is_limit):
                for more in self._moves(of, bound, moved):
                    yield from self._along(moved | more)
                return
        yield moved

    def _moves(self, of: _Spread, wanted: Decimal, moved: Moved) -> Iterator[Moved]:
        """What gives an expression a value: one fact by itself, what is not nothing and was not planned first; else of each what it can."""
        facts = self._facts.catalogue.facts
        free = [n for n in of.free if n in self._values and n not in moved]
        free.sort(key=lambda n: (not self._values[n], facts[n.id].entry.planned))
        for name in free:
            found = self._solved(of, wanted, moved, name)
            if found is not None and found >= min(self._values[name], Decimal(0)):
                yield {name: found}
        spent = Moved()
        for name in free:
            found = self._solved(of, wanted, moved | spent, name)
            near = self._values[name] if found is None else self._within(name, found, moved | spent)
            if near == found:
                if spent:
                    yield spent | {name: found}
                return
            if near != self._values[name]:
                spent[name] = near

    def _within(self, name: Name, then: Decimal, moved: Moved) -> Decimal:
        """How near to a number a fact can come by itself: not below nothing, and no further than its limits."""
        then = max(then, min(self._values[name], Decimal(0)))
        for of, is_limit, bound in self._bonds:
            if is_limit and name in of.names and self._over(of, bound, moved | {name: then}) > 0:
                edge = self._solved(of, bound, moved, name)
                then = self._values[name] if edge is None else edge
        return then

    def _over(self, of: _Spread, bound: Decimal, moved: Moved) -> Decimal:
        """By how much an expression is above what it is bound to; what has no value is."""
        try:
            return round_half_up(of.value(self._values | moved) - bound, 9)
        except Undefined:
            return Decimal(1)

    def _solved(self, of: _Spread, wanted: Decimal, moved: Moved, name: Name) -> Decimal | None:
        """The number of a fact at which an expression gives what is wanted, rounded to the good side; None where there is none."""
        now = self._values[name]
        factor = solved(lambda x: of.value(self._values | moved | {name: x * (now or 1)}), wanted)
        return None if factor is None else times(self._rounded(name, factor * (now or 1)), self._unit(name).factor)

    def _rounded(self, name: Name, then: Decimal) -> Decimal:
        """A number of a fact in its unit, to the smallest step of it, away from what it is now."""
        unit = self._unit(name)
        rounding = ROUND_CEILING if then > self._values[name] else ROUND_FLOOR
        return stepped(times(then, 1 / unit.factor), smallest_step(unit) or Decimal("1e-9"), rounding)

    def _in_parts(self, tree: Tree) -> _Spread:
        """An expression in facts that were given: a sum is its parts, and what rounding left between it and them.

        None can be moved that only divides, and one that also divides only where no other can.
        """
        tree = renamed(tree, self._given)
        places = list(_places(tree))
        free = [n for n, divides in dict.fromkeys(places) if not divides and not n.before and not self._facts.catalogue.facts[n.id].fixed]
        return _Spread(computing(tree), frozenset(names(tree)), tuple([n for n in free if (n, True) not in places] or free))

    def _given(self, name: Name) -> Tree:
        facts, year = self._facts, self._facts.record.year - name.before
        whole, parts = facts.find(name.id, year), facts.sum_of_parts(name.id, year)
        known, summed = (found.base_value if found else None for found in (whole, parts))
        if known is None or summed is None:
            if known is not None:
                self._values[name] = known
            return name
        tree: Tree = Number(known - summed)
        for sign, part in facts.catalogue.facts[name.id].parts:
            tree = Operation("+" if sign > 0 else "-", tree, self._given(Name(part, name.before)))
        return tree

    def _unit(self, name: Name) -> Unit:
        return self._facts.catalogue.facts[name.id].unit


def solved(value: Callable[[Decimal], Decimal], wanted: Decimal) -> Decimal | None:
    """Where a function gives what is wanted, if it is (ax + b) / (cx + d): three of its values tell, and the answer is tried.

    >>> round(solved(lambda x: (1 - x) / (2 + x), Decimal("0.2")), 9), solved(lambda x: x * x, Decimal(4))
    (Decimal('0.500000000'), None)
    """
    try:
        a, b, c = (value(x) - wanted for x in _NEAR)
        p, q = c * (b - a), a * (b - c)
        found = (_NEAR[0] * p + _NEAR[2] * q) / (p + q)  # what keeps the cross-ratio of the four
        return found if abs(value(found) - wanted) <= Decimal("1e-12") * (1 + abs(wanted)) else None
    except (Undefined, KeyError, ArithmeticError):
        return None


def stepped(value: Decimal, step: Decimal | None, rounding: str) -> Decimal:
    """A number rounded to a step; what a division left behind its last digits does not count."""
    rounded = value if step is None else value.quantize(Decimal("1e-12")).quantize(step, rounding)
    return rounded or abs(rounded)  # no minus zero


def smallest_step(unit: Unit) -> Decimal | None:
    """The smallest step of a number: whole people and things, cents, hundredths; none of a share, a rate or a scaled unit."""
    return Decimal(1) if unit.whole else Decimal("0.01") if unit.exact else None


def _places(tree: Tree, divides: bool = False) -> Iterator[tuple[Name, bool]]:
    """The names of an expression, each time with whether it divides."""
    if isinstance(tree, Name):
        yield tree, divides
    elif isinstance(tree, Call):
        for term in tree.terms:
            yield from _places(term, divides)
    elif isinstance(tree, Operation):
        yield from _places(tree.left, divides)
        yield from _places(tree.right, divides or tree.sign == "/")
