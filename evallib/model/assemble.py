"""A catalogue from the files that make it up: the entries in force in a year, units found, expressions read and held against units. Pure.

Everything that is wrong with an entry is collected, with its file and its place in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any

from evallib.model.catalogue import LISTED_IN, Catalogue, Fact, Formula, Line, Relation
from evallib.model.entries import KINDS, Part, RelationEntry
from evallib.model.errors import Fault, Place, meant
from evallib.model.expression import BadExpression, Call, Name, Number, Operation, Tree, leaves, names, parse, renamed, signed_names
from evallib.model.grouped import grouped
from evallib.model.units import SHARE, Dimensions, Unit, Units, dimensions_of, times
from evallib.model.words import NOTHING, Given, Words, few, folded, listed, words

MAX_LEAVES = 300
"""Names and numbers in an expression, with all formulas in it put in."""
MAX_DEPTH = 20
"""Formulas inside formulas."""


class _Bad(Exception):
    """What is wrong with an entry: by the name of its words, what was found, what the words leave room for."""

    def __init__(self, name: str, found: str = "", **given: Given) -> None:
        super().__init__(name)
        self.name, self.found, self.given = name, found, given


def assemble(parts: Sequence[tuple[str, Part]], year: int) -> tuple[Catalogue, tuple[Fault, ...]]:
    """The catalogue in force in a year from the parts of some files, in their order; and everything found wrong in them.

    An entry that is wrong is left out of the catalogue: use it only where there is no fault.
    """
    return _Assembly(parts, year).made()


class _Assembly:
    def __init__(self, parts: Sequence[tuple[str, Part]], year: int) -> None:
        self.faults: list[Fault] = []
        self.files: dict[tuple[str, str], str] = {}
        self.part = self._in_force(parts, year)
        self.units = Units(self.part)
        for kind, key, text, other in self.units.clashes:
            self.faults.append(Fault("entry.unit_taken", Place(self.files[kind, key], None, f"{kind}.{key}"), text, {"other": other}))
        self.facts: dict[str, Fact] = {}
        self.formulas: dict[str, Formula] = {}
        self.waiting = {entry.id: entry for entry in self.part.formulas}
        self.depth = 0
        self.named: dict[str, tuple[str, ...]] = {}
        for entry in (*self.part.facts, *self.part.formulas):
            for name in dict.fromkeys(folded(text) for text in (entry.name, entry.name_en) if text):
                self.named[name] = (*self.named.get(name, ()), entry.id)

    def _in_force(self, parts: Sequence[tuple[str, Part]], year: int) -> Part:
        kept: dict[str, tuple[Any, ...]] = {}
        for attribute, kind in zip(Part.model_fields, KINDS, strict=True):
            entries: list[tuple[str, Any]] = [(file, entry) for file, part in parts for entry in getattr(part, attribute)]
            alike = grouped((one[1].id if kind == "source" else one[1].key, one) for one in entries)
            chosen = {key: one for key, several in alike.items() if (one := self._newest(kind, key, several, year))}
            self.files |= {(kind, key): file for key, (file, _) in chosen.items()}
            kept[attribute] = tuple(entry for _, entry in chosen.values())
        return Part(**kept)

    def _newest(self, kind: str, key: str, several: list[tuple[str, Any]], year: int) -> tuple[str, Any] | None:
        """The newest of several entries with one id that is in force; one that overrides comes before one of the same first year."""
        if kind == "source":
            self.faults += [_twice(kind, key, file, several[0][0]) for file, entry in several if entry != several[0][1]]
            return several[0]
        alike = grouped(((entry.first_year, entry.overrides), (file, entry)) for file, entry in several)
        for (first, overrides), same in alike.items():
            self.faults += [_twice(kind, key, file, same[0][0]) for file, _ in same[1:]]
            if overrides and (first, False) not in alike and kind not in ("currency", "period"):
                self.faults.append(Fault("entry.overrides_nothing", Place(same[0][0], None, f"{kind}.{key}"), key, {"year": first}))
        newest = max((one for one in alike if one[0] <= year), default=None)
        return alike[newest][0] if newest else None

    def made(self) -> tuple[Catalogue, tuple[Fault, ...]]:
        for entry in self.part.facts:
            self._try("fact", entry, "unit", self._fact)
        for entry in self.part.facts:
            self._try("fact", entry, "parts", self._parts)
        for formula in self.part.formulas:
            self._made_formula(formula.id)
        self.formulas = {entry.id: self.formulas[entry.id] for entry in self.part.formulas if entry.id in self.formulas}
        identities = self._relations("identity", self.part.identities, "=")
        limits = self._relations("limit", self.part.limits, "<=")
        plausible = self._relations("plausible", self.part.plausible, "<=")
        lines: dict[str, tuple[Line, ...]] = {}
        for line in self.part.lines:
            read = self._try("line", line, "cells", lambda e: Line(e.words, {k: self._fact_named(v) for k, v in e.cells.items()}, e.total))
            if read is not None:
                lines[line.table] = (*lines.get(line.table, ()), read)
        made = Catalogue(self.part, self.units, self.facts, self.formulas, identities, limits, plausible, lines, self.named)
        return made, tuple(self.faults)

    def _relations(self, kind: str, entries: tuple[RelationEntry, ...], sign: str) -> tuple[Relation, ...]:
        made = (self._try(kind, entry, "holds", lambda e: self._relation(e, sign)) for entry in entries)
        return tuple(relation for relation in made if relation is not None)

    def _try(self, kind: str, entry: Any, field: str, make: Callable[[Any], Any]) -> Any:
        """What an entry makes; None, with the problem recorded, where it is wrong."""
        place = Place(self.files[kind, entry.key], None, f"{kind}.{entry.key}.{field}")
        try:
            return make(entry)
        except _Bad as bad:
            self.faults.append(Fault(bad.name, place, bad.found, bad.given))
        except BadExpression as bad:
            given = {"at": bad.at + 1, **bad.given}
            self.faults.append(Fault(bad.name, place, str(getattr(entry, field))[:60], given))
        return None

    def _unit(self, text: str) -> Unit:
        unit = self.units.find(text)
        if unit is None:
            raise _Bad("entry.unit_unknown", text, known=self._some_units())
        return unit

    def _fact(self, entry: Any) -> None:
        if entry.topic and entry.topic not in {topic.id for topic in self.part.topics}:
            raise _Bad("entry.topic_unknown", entry.topic, known=meant(entry.topic, [topic.id for topic in self.part.topics]))
        self.facts[entry.id] = Fact(entry.id, entry.words, self._unit(entry.unit), entry)

    def _parts(self, entry: Any) -> None:
        if not entry.parts:
            if entry.derived:
                raise _Bad("entry.no_parts")
            return
        signed = signed_names(parse(entry.parts))
        if signed is None or any(name.before for _, name in signed):
            raise _Bad("entry.no_sum", entry.parts)
        whole = self.facts.get(entry.id)
        if whole is None:
            return
        parts = tuple((sign, self._fact_named(name.id).id) for sign, name in signed)
        for _, part in parts:
            if self.facts[part].unit.dimensions != whole.unit.dimensions:
                other = self.facts[part]
                raise _Bad("entry.parts_unlike", part=other.name, unit=other.unit.symbol, whole=whole.unit.symbol)
        if len({part for _, part in parts}) < len(parts):
            raise _Bad("entry.part_twice", entry.parts)
        if entry.id in {id for _, part in parts for id in self._below(part)}:
            raise _Bad("entry.part_of_itself", entry.parts)
        self.facts[entry.id] = Fact(whole.id, whole.name, whole.unit, entry, parts)

    def _below(self, id: str) -> set[str]:
        found, waiting = {id}, [id]
        while waiting:
            below = {part for _, part in self.facts[waiting.pop()].parts} - found
            found |= below
            waiting += below
        return found

    def _find(self, name: str) -> str:
        """The id that a name means: an id, or a name in either language."""
        known = {id: fact.name for id, fact in self.facts.items()} | {entry.id: entry.words for entry in self.part.formulas}
        if name in known:
            return name
        ids = self.named.get(folded(name), ())
        if len(ids) > 1:
            raise _Bad("entry.name_ambiguous", name, text=name, count=len(ids), ids=listed(ids))
        if not ids or ids[0] not in known:
            raise _Bad("entry.name_unknown", name, known=meant(name, known, LISTED_IN))
        return ids[0]

    def _fact_named(self, text: str) -> Name:
        tree = parse(text)
        if not isinstance(tree, Name):
            raise _Bad("entry.no_name", text)
        id = self._find(tree.id)
        if id not in self.facts:
            raise _Bad("entry.no_fact", text)
        return Name(id, tree.before)

    def _tree(self, text: str) -> Tree:
        """An expression by ids of facts; formulas in it are put in whole."""

        def found(name: Name) -> Tree:
            id = self._find(name.id)
            if id in self.facts:
                return Name(id, name.before)
            self._made_formula(id)
            if id not in self.formulas:
                raise _Bad("entry.formula_wrong", name.id)
            inner = self.formulas[id].tree
            return renamed(inner, lambda n: Name(n.id, n.before + name.before)) if name.before else inner

        tree = renamed(parse(text), found)
        size = sum(1 for _ in islice(leaves(tree), MAX_LEAVES + 1))
        if not names(tree):
            raise _Bad("entry.without_fact", text)
        if size > MAX_LEAVES:
            raise _Bad("entry.too_large", text, most=MAX_LEAVES)
        return tree

    def _made_formula(self, id: str) -> None:
        """Make a formula where it still waits to be made: one that takes another may stand before it."""
        entry = self.waiting.pop(id, None)
        if entry is not None:
            self.depth += 1
            self._try("formula", entry, "value", self._formula)
            self.depth -= 1

    def _formula(self, entry: Any) -> None:
        if entry.id in self.facts:
            raise _Bad("entry.id_of_fact", entry.id)
        if self.depth > MAX_DEPTH:
            raise _Bad("entry.too_deep", entry.value, most=MAX_DEPTH)
        tree, unit = self._tree(entry.value), self._unit(entry.unit)
        if isinstance(tree, Operation) and tree.sign in ("=", "<="):
            raise _Bad("entry.formula_relation", entry.value)
        measured = self._measures(tree)
        if measured is not None and measured != unit.dimensions:
            raise self._differs(entry.value, entry.unit, measured)
        shown = SHARE if unit.is_share and unit is self.units.find("%") else unit
        nothing = _unchanged(tree) if entry.zero and unit.is_share else None
        if entry.zero and nothing is None:
            raise _Bad("entry.zero_unfit", entry.value)
        self.formulas[entry.id] = Formula(entry.id, entry.words, shown, entry, tree, names(tree), nothing)

    def _relation(self, entry: Any, sign: str) -> Relation:
        tree = self._tree(entry.holds)
        if not isinstance(tree, Operation) or tree.sign != sign:
            raise _Bad("entry.no_equation" if sign == "=" else "entry.no_limit", entry.holds)
        if entry.unit:
            unit, sides = self._unit(entry.unit), (tree.left, tree.right)
            measured = [self._measures(term) or () for term in sides if not isinstance(term, Number)]
            if measured != [unit.dimensions]:
                raise self._differs(entry.holds, entry.unit, measured[0])
            left, right = (Number(times(term.value, unit.factor)) if isinstance(term, Number) else term for term in sides)
            return Relation(entry, Operation(sign, left, right), names(tree), unit.dimensions)
        return Relation(entry, tree, names(tree), self._measures(tree) or ())

    def _differs(self, text: str, unit: str, measured: Dimensions) -> _Bad:
        """That a unit is not what an expression measures; and where nothing is measured in it, that it is none of the known ones."""
        said, right = self.units.measuring(measured), self.units.find(self.units.measuring(measured))
        write = words(f"把 unit 写成 {said}，或", f"write {said} as its unit, or ") if right and right.dimensions == measured else NOTHING
        new = {kind for kind, _ in self.units.read(unit).dimensions} - {kind for one in self.units for kind, _ in one.dimensions}
        new -= {kind for fact in self.facts.values() for kind, _ in fact.unit.dimensions}
        given: dict[str, Given] = {"unit": unit, "measured": said, "write": write}
        return _Bad("entry.unit_new", text, **given, known=self._some_units()) if new else _Bad("entry.unit_differs", text, **given)

    def _some_units(self) -> Words:
        return listed(few([self.units.money.symbol, *(unit.symbol for unit in self.units)]))

    def _measures(self, tree: Tree) -> Dimensions | None:
        """What an expression measures; None for a zero, which may be of anything."""
        if isinstance(tree, Name):
            return self.facts[tree.id].unit.dimensions
        if isinstance(tree, Number):
            return () if tree.value else None
        found = [self._measures(term) for term in (tree.terms if isinstance(tree, Call) else (tree.left, tree.right))]
        if isinstance(tree, Call) or tree.sign not in ("*", "/"):
            return self._same(found)
        left, right = (Counter(dict(one or ())) for one in found)
        (left.update if tree.sign == "*" else left.subtract)(right)
        return dimensions_of(left)

    def _same(self, found: list[Dimensions | None]) -> Dimensions | None:
        known = list(dict.fromkeys(f for f in found if f is not None))
        if len(known) > 1:
            raise _Bad("entry.not_comparable", one=self.units.measuring(known[0]), other=self.units.measuring(known[1]))
        return known[0] if known else None


def _twice(kind: str, key: str, file: str, before: str) -> Fault:
    return Fault("entry.twice", Place(file, None, f"{kind}.{key}"), key, {"file": before})


def _unchanged(tree: Tree) -> Decimal | None:
    """What a rate is where nothing is set against nothing and so nothing changed; None where it is no such rate.

    A change, (now − before) ÷ before, is then 0; spending against a ceiling is as high as the ceiling.
    """
    if not isinstance(tree, Operation) or tree.sign != "/":
        return None
    above, below = tree.left, tree.right
    if isinstance(above, Operation) and above.sign == "-" and below in (above.left, above.right):
        return Decimal(0)
    if isinstance(below, Operation) and below.sign == "-" and below.right == above:  # more ÷ (now − more)
        return Decimal(0)
    return None if {*names(above)} & {*names(below)} else Decimal(1)
