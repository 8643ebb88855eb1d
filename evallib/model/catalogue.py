"""What a catalogue is: units, facts, formulas, what must hold, and who plays which role, as they are in force in a year.

No entry lives here: they are TOML files, in the package and in data folders. `assemble` makes a catalogue of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from evallib.model.entries import FactEntry, FormulaEntry, Part, RelationEntry, Usual
from evallib.model.expression import Name, Operation, Tree
from evallib.model.units import Dimensions, Unit, Units, convert
from evallib.model.words import Words, folded, words

LISTED_IN = words("全部列在数据文件夹的 README.md 中，自己的在 catalogue 中", "README.md of the data folder lists all, its catalogue yours")
"""Where a reader finds every unit, fact and formula."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact as it is used: its unit found, its parts read. `parts` are the facts that add up to it, each with its sign."""

    id: str
    name: Words
    unit: Unit
    entry: FactEntry
    parts: tuple[tuple[int, str], ...] = ()

    @property
    def derived(self) -> bool:
        return self.entry.derived

    @property
    def fixed(self) -> bool:
        """Whether nothing that is done in the year moves it."""
        return self.entry.planned if self.entry.fixed is None else self.entry.fixed


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula as it is used: its tree by ids, its unit, what it takes and of which year.

    `nothing` is its value where nothing is set against nothing, which is no change; None where it then has none.
    """

    id: str
    name: Words
    unit: Unit
    entry: FormulaEntry
    tree: Tree
    inputs: tuple[Name, ...]
    nothing: Decimal | None = None

    @property
    def compares_years(self) -> bool:
        """Whether it sets the year against an earlier one."""
        return any(name.before for name in self.inputs)


@dataclass(frozen=True, slots=True)
class Relation:
    """An identity, a limit or a bound of plausibility as it is used."""

    entry: RelationEntry
    tree: Operation
    inputs: tuple[Name, ...]
    dimensions: Dimensions


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table of amounts as it is used: the fact of each column, of the year or of one before."""

    name: Words
    cells: dict[str, Name]
    total: bool


_ANY_SIZE = Usual()


class Bound(NamedTuple):
    """A limit `above` or below which numbers of a fact or formula are strange, in its unit; `own` is the unit in which it was written.

    One `of_unit` is for numbers other than zero, whatever their sign.
    """

    above: bool
    limit: Decimal
    of_unit: bool
    entry: Usual | FactEntry | FormulaEntry
    own: Unit


@dataclass(frozen=True, eq=False, repr=False)
class Catalogue:
    """The entries in force in a year, in a county with its money, ready to be used; `part` holds them as they were written."""

    part: Part = field(default_factory=Part)
    units: Units = field(default_factory=Units)
    facts: dict[str, Fact] = field(default_factory=dict)
    formulas: dict[str, Formula] = field(default_factory=dict)
    identities: tuple[Relation, ...] = ()
    limits: tuple[Relation, ...] = ()
    plausible: tuple[Relation, ...] = ()
    lines: dict[str, tuple[Line, ...]] = field(default_factory=dict)
    named: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def find(self, text: str) -> str | None:
        """The id of the fact or formula that a text means: an id, or a name in either language that only one has."""
        if text in self.facts or text in self.formulas:
            return text
        ids = self.named.get(folded(text), ())
        return ids[0] if len(ids) == 1 else None

    def usual(self, unit: Unit) -> Usual:
        """What sizes are usual of numbers in a unit: the entry of the money, of the percentage, or of the word it is written with."""
        if unit.is_money:
            return next(iter(self.part.currencies), _ANY_SIZE) if unit.factor == 1 else _ANY_SIZE
        return self._usual.get(unit.symbol, _ANY_SIZE)

    @cached_property
    def _usual(self) -> dict[str, Usual]:
        return {entry.symbol: entry for entry in self.part.units}

    @cached_property
    def bounds(self) -> dict[str, tuple[Bound, ...]]:
        """The bounds of each fact and formula: its own, or those that are usual of its unit."""
        found: dict[str, tuple[Bound, ...]] = {}
        every: tuple[Fact | Formula, ...] = (*self.facts.values(), *self.formulas.values())
        for made in every:
            own = made.unit if isinstance(made, Fact) else self.units.read(made.entry.unit)
            usual, entry = self.usual(own), made.entry
            sides = ((True, entry.at_most, usual.at_most), (False, entry.at_least, usual.at_least))
            found[made.id] = tuple(
                Bound(above, convert(limit, own, made.unit), bound is None, usual if bound is None else entry, own)
                for above, bound, of_unit in sides
                if (limit := of_unit if bound is None else bound) is not None
            )
        return found

    @cached_property
    def rates(self) -> tuple[tuple[Name, Name], ...]:
        """What is set against what in the formulas that only do that, where both are counted in one unit."""
        trees = (formula.tree for formula in self.formulas.values())
        quotients = ((t.left, t.right) for t in trees if isinstance(t, Operation) and t.sign == "/")
        pairs = ((left, right) for left, right in quotients if isinstance(left, Name) and isinstance(right, Name))
        return tuple((left, right) for left, right in pairs if self.facts[left.id].unit == self.facts[right.id].unit)

    def playing(self, role: str) -> tuple[str, ...]:
        """The ids of the facts and formulas that play a role, in their order; none where nothing does."""
        return tuple(entry.id for entry in (*self.part.facts, *self.part.formulas) if role in entry.role)

    def player(self, role: str) -> str | None:
        """The id of the first fact or formula that plays a role; None where nothing does."""
        return next(iter(self.playing(role)), None)

    def family(self, id: str) -> frozenset[str]:
        """A fact, its parts, and theirs."""
        return frozenset({id}).union(*(self.family(part) for _, part in self.facts[id].parts))

    @cached_property
    def topics(self) -> dict[str, Words]:
        """The headings under which facts are listed, in their order; the facts without one under an empty one, last."""
        return {t.id: t.words for t in self.part.topics} | {"": words("其他", "Other")}

    def year(self, year: int) -> Words:
        """A year as it is called.

        >>> from evallib.model.entries import PeriodEntry
        >>> Catalogue(Part(period=(PeriodEntry(label="{year}/{next}"),))).year(2023)["en"]
        '2023/24'
        """
        period = next(iter(self.part.periods), None)
        if period is None:
            return words(str(year))
        given = {"year": year, "next": f"{(year + 1) % 100:02}"}
        return words(period.label.format_map(given), (period.label_en or period.label).format_map(given))
