"""A catalogue from the files that make it up: the entries in force in a year, units found, expressions read and held against units. Pure.

Everything that is wrong with an entry is collected, with its file and its place in it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from evallib.model.catalogue import KINDS, Catalogue, Entry, Fact, Formula, Line, Part, Relation, RelationEntry, folded
from evallib.model.errors import Place, Problem, meant
from evallib.model.expression import BadExpression, Call, Name, Number, Operation, Tree, names, parse, renamed, signed_names
from evallib.model.units import SHARE, Currency, Declared, Dimensions, Scale, Unit, Units, dimensions_of
from evallib.model.words import Words, words


class _Bad(Exception):
    """What is wrong with an entry, how to mend it, what was found."""

    def __init__(self, what: Words, fix: Words, found: str = "") -> None:
        super().__init__(what.en)
        self.what, self.fix, self.found = what, fix, found


def assemble(parts: Sequence[tuple[str, Part]], year: int) -> tuple[Catalogue, tuple[Problem, ...]]:
    """The catalogue in force in a year from the parts of some files, in their order; and every problem found in them.

    An entry that is wrong is left out of the catalogue: use it only where there is no problem.
    """
    return _Assembly(parts, year).made()


class _Assembly:
    def __init__(self, parts: Sequence[tuple[str, Part]], year: int) -> None:
        self.problems: list[Problem] = []
        self.files: dict[tuple[str, str], str] = {}
        self.part = self._in_force(parts, year)
        self.units = self._units()
        self.facts: dict[str, Fact] = {}
        self.formulas: dict[str, Formula] = {}
        self.waiting = {entry.id: entry for entry in self.part.formulas}
        self.named: dict[str, list[str]] = {}
        for entry in (*self.part.facts, *self.part.formulas):
            for name in dict.fromkeys(folded(text) for text in (entry.name, entry.name_en) if text):
                self.named.setdefault(name, []).append(entry.id)

    def _in_force(self, parts: Sequence[tuple[str, Part]], year: int) -> Part:
        kept: dict[str, tuple[Any, ...]] = {}
        for attribute, kind in zip(Part.model_fields, KINDS, strict=True):
            found: dict[str, tuple[str, Entry]] = {}
            for file, part in parts:
                for entry in getattr(part, attribute):
                    if kind == "source":
                        found.setdefault(entry.id, (file, entry))
                        continue
                    old = found.get(entry.key)
                    if old is not None and old[1].first_year == entry.first_year and not entry.overrides:
                        self.problems.append(_twice(file, old[0], kind, entry))
                    elif entry.first_year <= year and (old is None or old[1].first_year <= entry.first_year):
                        found[entry.key] = (file, entry)
            self.files |= {(kind, key): file for key, (file, _) in found.items()}
            kept[attribute] = tuple(entry for _, entry in found.values())
        return Part(**kept)

    def _units(self) -> Units:
        declared = [Declared(u.symbol, u.measures, u.factor, u.name, u.name_en, u.one_en, u.also, u.whole) for u in self.part.units]
        currency = [Currency(c.symbol, c.name or c.symbol, c.name_en or c.name or c.symbol, c.one_en, c.also) for c in self.part.currencies]
        return Units(
            declared,
            tuple(Scale(s.word, s.factor) for s in self.part.scales),
            currency[0] if currency else None,
            tuple(a.ends for a in self.part.alike if a.ends),
            tuple(a.begins for a in self.part.alike if a.begins),
        )

    def made(self) -> tuple[Catalogue, tuple[Problem, ...]]:
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
        lines: dict[str, list[Line]] = {}
        for line in self.part.lines:
            read = self._try("line", line, "cells", lambda e: Line(e.words, {k: self._fact_named(v) for k, v in e.cells.items()}, e.total))
            if read is not None:
                lines.setdefault(line.table, []).append(read)
        catalogue = Catalogue(
            self.part,
            self.units,
            self.facts,
            self.formulas,
            identities,
            limits,
            plausible,
            {name: tuple(found) for name, found in lines.items()},
            {name: tuple(ids) for name, ids in self.named.items()},
        )
        return catalogue, tuple(self.problems)

    def _relations(self, kind: str, entries: tuple[RelationEntry, ...], sign: str) -> tuple[Relation, ...]:
        made = (self._try(kind, entry, "holds", lambda e: self._relation(e, sign)) for entry in entries)
        return tuple(relation for relation in made if relation is not None)

    def _try(self, kind: str, entry: Any, field: str, make: Callable[[Any], Any]) -> Any:
        """What an entry makes; None, with the problem recorded, where it is wrong."""
        place = Place(self.files[kind, entry.key], None, f"{kind}.{entry.key}.{field}")
        try:
            return make(entry)
        except _Bad as bad:
            self.problems.append(Problem(place, bad.what, bad.fix, bad.found))
        except BadExpression as bad:
            text = str(getattr(entry, field))
            at = words(f"第 {bad.at + 1} 个字符起：{bad.zh}", f"from character {bad.at + 1} on: {bad.en}")
            fix = words("改正这个式子，写法如 (决算 - 预算) / 预算", "correct the expression; one is written (outturn - budget) / budget")
            self.problems.append(Problem(place, at, fix, text[:60]))
        return None

    def _unit(self, text: str) -> Unit:
        unit = self.units.find(text)
        if unit is None:
            raise _Bad(
                words("没有这个单位", "there is no such unit"),
                words(
                    f"写 {self.units.money.symbol}、% 之类，或在 [[unit]] 中定义它",
                    f"write {self.units.money.symbol} or % if that is meant, or declare it as a [[unit]]",
                ),
                text,
            )
        return unit

    def _fact(self, entry: Any) -> None:
        self.facts[entry.id] = Fact(entry.id, entry.words, self._unit(entry.unit), entry)

    def _parts(self, entry: Any) -> None:
        if not entry.parts:
            if entry.derived:
                raise _Bad(
                    words("要由分项计算，却没有写分项", "is to be computed from parts, and none are written"),
                    words('写 parts = "甲 + 乙"，或删去 derived', 'write parts = "a + b", or delete derived'),
                )
            return
        signed = signed_names(parse(entry.parts))
        if signed is None or any(name.before for _, name in signed):
            raise _Bad(
                words("分项只能是同一年数据项的和或差", "parts are a sum or difference of facts of the same year"),
                words("写成 甲 + 乙 − 丙；比率写在 [[formula]] 中", "write a + b - c; a rate belongs into [[formula]]"),
                entry.parts,
            )
        whole = self.facts.get(entry.id)
        if whole is None:
            return
        parts = tuple((sign, self._fact_named(name.id).id) for sign, name in signed)
        for _, part in parts:
            if self.facts[part].unit.dimensions != whole.unit.dimensions:
                raise _unlike(whole.unit, self.facts[part].unit, self.facts[part].name)
        if entry.id in {id for _, part in parts for id in self._below(part)}:
            raise _Bad(words("是它自己的分项", "is a part of itself"), words("去掉循环", "take the circle out"), entry.parts)
        self.facts[entry.id] = Fact(whole.id, whole.name, whole.unit, entry, parts)

    def _below(self, id: str) -> set[str]:
        return {id}.union(*(self._below(part) for _, part in self.facts[id].parts))

    def _find(self, name: str) -> str:
        """The id that a name means: an id, or a name in either language."""
        known = [*self.facts, *(entry.id for entry in self.part.formulas)]
        if name in known:
            return name
        ids = self.named.get(folded(name), [])
        if len(ids) > 1:
            raise _Bad(
                words(f"“{name}”有 {len(ids)} 个：{'、'.join(ids)}", f"“{name}” names {len(ids)} things: {', '.join(ids)}"),
                words("改写编号", "write the id instead"),
                name,
            )
        if not ids or ids[0] not in known:
            raise _Bad(words("没有这个数据项或公式", "there is no such fact or formula"), meant(name, known), name)
        return ids[0]

    def _fact_named(self, text: str) -> Name:
        tree = parse(text)
        if not isinstance(tree, Name):
            raise _Bad(words("应为一个数据项", "is not the name of a fact"), words("只写一个名称", "write one name"), text)
        id = self._find(tree.id)
        if id not in self.facts:
            raise _Bad(words("是公式，不是数据项", "is a formula and no fact"), words("写一个数据项", "write a fact"), text)
        return Name(id, tree.before)

    def _tree(self, text: str) -> Tree:
        """An expression by ids of facts; formulas in it are put in whole."""

        def found(name: Name) -> Tree:
            id = self._find(name.id)
            if id in self.facts:
                return Name(id, name.before)
            self._made_formula(id)
            if id not in self.formulas:
                raise _Bad(
                    words("它用到的公式有错，或用到它自己", "takes a formula that is wrong, or that takes this one"),
                    words("先改正那个公式；公式不能循环引用", "correct that one first; no formula may lead back to itself"),
                    name.id,
                )
            inner = self.formulas[id].tree
            return renamed(inner, lambda n: Name(n.id, n.before + name.before)) if name.before else inner

        tree = renamed(parse(text), found)
        if not names(tree):
            raise _Bad(words("没有用到数据项", "takes no fact"), words("写上数据项的名称", "write the name of a fact"), text)
        return tree

    def _made_formula(self, id: str) -> None:
        """Make a formula where it still waits to be made: one that takes another may stand before it."""
        entry = self.waiting.pop(id, None)
        if entry is not None:
            self._try("formula", entry, "value", self._formula)

    def _formula(self, entry: Any) -> None:
        tree, unit = self._tree(entry.value), self._unit(entry.unit)
        if isinstance(tree, Operation) and tree.sign in ("=", "<="):
            raise _Bad(
                words("公式里不能有 = 或 <=", "a formula holds no = or <="),
                words("须成立的关系写在 [[identity]] 或 [[limit]] 中", "what must hold belongs into [[identity]] or [[limit]]"),
                entry.value,
            )
        measured = self._measures(tree)
        if measured is not None and measured != unit.dimensions:
            said = _measured(measured)
            raise _Bad(
                words(f"单位是 {entry.unit}，而式子得出的是 {said.zh}", f"the unit is {entry.unit}, but what is computed is {said.en}"),
                words("改正 unit 或式子", "correct unit, or the expression"),
                entry.value,
            )
        shown = SHARE if unit.is_share and unit is self.units.find("%") else unit
        self.formulas[entry.id] = Formula(entry.id, entry.words, shown, entry, tree, names(tree))

    def _relation(self, entry: Any, sign: str) -> Relation:
        tree = self._tree(entry.holds)
        if not isinstance(tree, Operation) or tree.sign != sign:
            shown = "甲 = 乙 + 丙" if sign == "=" else "甲 <= 乙"
            raise _Bad(
                words(f"最外层须有一个 {sign}", f"there must be one {sign} at the top"),
                words(f"写成 {shown}", f"write it as {'a = b + c' if sign == '=' else 'a <= b'}"),
                entry.holds,
            )
        self._measures(tree)
        return Relation(entry, tree, names(tree))

    def _measures(self, tree: Tree) -> Dimensions | None:
        """What an expression measures; None for a zero, which may be of anything."""
        if isinstance(tree, Name):
            return self.facts[tree.id].unit.dimensions
        if isinstance(tree, Number):
            return () if tree.value else None
        if isinstance(tree, Call):
            found = [self._measures(term) for term in tree.terms]
            return _same(found)
        left, right = self._measures(tree.left), self._measures(tree.right)
        if tree.sign not in ("*", "/"):
            return _same([left, right])
        powers = dict(left or ())
        for kind, power in right or ():
            powers[kind] = powers.get(kind, 0) + (power if tree.sign == "*" else -power)
        return dimensions_of(powers)


def _same(found: list[Dimensions | None]) -> Dimensions | None:
    known = list(dict.fromkeys(f for f in found if f is not None))
    if len(known) > 1:
        a, b = _measured(known[0]), _measured(known[1])
        raise _Bad(
            words(f"{a.zh} 与 {b.zh} 不能相加、相减或比较", f"{a.en} and {b.en} cannot be added, subtracted or compared"),
            words("改正式子，或数据项的单位", "correct the expression, or the unit of a fact"),
        )
    return known[0] if known else None


def _measured(dimensions: Dimensions) -> Words:
    """What something measures, in words."""
    if not dimensions:
        return words("比率", "a share")
    up = "·".join(kind for kind, power in dimensions for _ in range(power))
    down = "".join(f"/{kind}" for kind, power in dimensions for _ in range(-power))
    return words((up or "1") + down)


def _unlike(whole: Unit, part: Unit, name: Words) -> _Bad:
    return _Bad(
        words(
            f"“{name.zh}”的单位 {part.symbol} 与 {whole.symbol} 不可比",
            f"{name.en} is in {part.symbol}, which is not comparable with {whole.symbol}",
        ),
        words("改正其中一个的单位", "correct one of the units"),
    )


def _twice(file: str, before: str, kind: str, entry: Entry) -> Problem:
    return Problem(
        Place(file, None, f"{kind}.{entry.key}"),
        words(f"同一起始年度的同一编号已在 {before} 中", f"the same id with the same first year is in {before} already"),
        words(
            "换一个编号或 first_year；要取代那一条，写 overrides = true",
            "choose another id or first_year; to take the other's place, write overrides = true",
        ),
        entry.key,
    )
