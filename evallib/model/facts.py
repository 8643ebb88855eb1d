"""A number with its name, unit, precision and origin; and the facts of a record, looked up or summed. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import partial
from typing import ClassVar, Literal

from pydantic import ConfigDict

from evallib.model.catalogue import Catalogue
from evallib.model.expression import EXACT, Interval, Name, Number, Operation, Tree
from evallib.model.record import Record
from evallib.model.rows import State
from evallib.model.units import Unit, convert, half_width, times
from evallib.model.words import NOTHING, Words, words


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an input number comes from."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    source: str
    section: str


@dataclass(frozen=True, slots=True)
class InputValue:
    """A number that went into a result: what it is called, how much, and where it comes from.

    `half` is by how much the true number may differ from it, up or down: half of the last digit that was printed; nothing for
    what is counted one by one and for money in the currency's own unit. `value` None: not known, and `state` says why.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    fact: str
    year: int
    name: Words
    value: Decimal | None
    unit: Unit
    origins: tuple[Origin, ...]
    parts: tuple[InputValue, ...] = ()
    note: Words = NOTHING
    half: Decimal = Decimal(0)
    state: State | Literal[""] = ""

    @property
    def base_value(self) -> Decimal | None:
        """The number in base units, as formulas take it."""
        return None if self.value is None else times(self.value, self.unit.factor)

    @property
    def with_parts(self) -> list[InputValue]:
        """It, with the parts that it was summed from, and theirs."""
        return [self, *(one for part in self.parts for one in part.with_parts)]

    @property
    def interval(self) -> Interval:
        """All that the number may truly be, in base units."""
        middle, half = self.base_value or Decimal(0), times(self.half, self.unit.factor)
        return Interval(middle - half, middle + half)


class Facts:
    """The facts of a record by the catalogue that is in force; of last year's record what this one does not tell of that year."""

    def __init__(self, catalogue: Catalogue, record: Record, previous: Record | None = None) -> None:
        self.catalogue, self.record, self._year = catalogue, record, record.year
        known = record.__dict__.get("_found")  # asked for by every check; a copy of the record forgets it
        if known is None or known[0] is not catalogue:
            known = record.__dict__["_found"] = (catalogue, {})
        self._alone: dict[tuple[str, int], InputValue | None] = known[1]
        self._before = Facts(catalogue, previous) if previous else None
        self._earlier: dict[tuple[str, int], InputValue | None] = self._alone if previous is None else {}

    def find(self, id: str, year: int | None = None) -> InputValue | None:
        """A fact in the catalogue's unit: as given, or the sum of its parts; of the evaluated year where none is named.

        None where nobody gave it. A fact that was given as known to be missing has the value None.
        """
        year, now = self._year if year is None else year, self._year
        held = self._earlier if year < now else self._alone
        if (id, year) not in held:
            found = self._find(id, year)
            if found is None and self._before and year < now:
                found = self._before.find(id, year)
            held[id, year] = found
        return held[id, year]

    def named(self, name: Name) -> InputValue | None:
        """The fact that a name in an expression means."""
        return self.find(name.id, self._year - name.before)

    def value(self, id: str | None) -> Decimal | None:
        """The number of a fact of the evaluated year; None where it is not known, or no fact is named."""
        found = self.find(id) if id else None
        return found.value if found else None

    def _find(self, id: str, year: int) -> InputValue | None:
        fact, row = self.catalogue.facts[id], self.record.find_fact(id, year)
        if row is None:
            return self.sum_of_parts(id, year)
        unit, value, made = self.catalogue.units.read(row.unit), row.value, partial(InputValue, id, year, fact.name, unit=fact.unit)
        if unit.dimensions != fact.unit.dimensions:  # of a year in which it was counted otherwise
            return made(value=None, origins=(), note=words(f"{row.value} {row.unit}"))
        return made(
            value=None if value is None else convert(value, unit, fact.unit),
            origins=(Origin(source=row.source, section=row.section),),
            note=words(row.note, row.note_en),
            half=Decimal(0) if value is None else convert(half_width(value, unit), unit, fact.unit),
            state=row.state_of("value") or ("missing" if value is None else ""),
        )

    def spelled(self, name: Name) -> Tree:
        """A fact that a name means, or the sum of the given facts that it was summed from."""
        found = self.named(name)
        if found is None or not found.parts:
            return name
        whole: Tree = Number(Decimal(0))
        for sign, part in self.catalogue.facts[name.id].parts:
            whole = Operation("+" if sign > 0 else "-", whole, self.spelled(Name(part, name.before)))
        return whole

    def sum_of_parts(self, id: str, year: int) -> InputValue | None:
        """The sum of a fact's parts; without a value when any part has none. None where it has no parts, or any was not given."""
        fact = self.catalogue.facts[id]
        signed = [(sign, self.find(part, year)) for sign, part in fact.parts]
        parts = [(sign, part) for sign, part in signed if part is not None]
        if not signed or len(parts) < len(signed):
            return None
        known = [(sign, convert(part.value, part.unit, fact.unit)) for sign, part in parts if part.value is not None]
        with localcontext(EXACT):
            value = sum((sign * value for sign, value in known), Decimal(0)) if len(known) == len(parts) else None
            half = sum((convert(part.half, part.unit, fact.unit) for _, part in parts), Decimal(0))
        return InputValue(
            fact=id,
            year=year,
            name=fact.name,
            value=value,
            unit=fact.unit,
            origins=tuple(dict.fromkeys(origin for _, part in parts for origin in part.origins)),
            parts=tuple(part for _, part in parts),
            half=half,
            state=next((part.state for _, part in parts if part.state), ""),
        )
