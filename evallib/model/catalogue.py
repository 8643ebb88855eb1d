"""What a catalogue is: units, facts, formulas, what must hold, and who plays which role, as dated entries; and those in force in a year.

No entry lives here: they are TOML files, in the package and in data folders. `assemble` makes a catalogue of them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from evallib.model.base import Clause, Frozen, Id
from evallib.model.expression import Name, Operation, Tree
from evallib.model.units import Unit, Units
from evallib.model.words import Words, words

Role = Annotated[tuple[str, ...], BeforeValidator(lambda given: (given,) if isinstance(given, str) else given)]


class Entry(Frozen):
    """An entry of a catalogue: from which year on it holds, and whether it may stand in another's place.

    Of several with one id the newest holds whose first year is not after the year evaluated.
    """

    first_year: Annotated[int, Field(ge=1, le=2200)] = 1
    overrides: bool = False
    name: str = ""
    name_en: str = ""
    clause: str = ""
    note: str = ""
    note_en: str = ""
    advice: str = ""
    advice_en: str = ""
    role: Role = ()

    @property
    def key(self) -> str:
        """What tells an entry from others of its kind."""
        raise NotImplementedError

    @property
    def words(self) -> Words:
        return words(self.name or self.key, self.name_en or self.name or self.key)

    @property
    def advised(self) -> Words:
        return words(self.advice, self.advice_en)


class _WithId(Entry):
    id: Id

    @property
    def key(self) -> str:
        return self.id


class UnitEntry(Entry):
    """A unit with a factor, with a name in English, or that counts what cannot be divided. `also`: other ways to write it."""

    symbol: Annotated[str, Field(min_length=1, max_length=20)]
    measures: Annotated[str, Field(min_length=1)]
    factor: Annotated[str, Field(pattern=r"^(0?\.\d{0,12}[1-9]|[1-9]\d{0,19}(\.\d{1,12})?)(/[1-9]\d{0,19})?$")] = "1"
    one_en: str = ""
    also: tuple[str, ...] = ()
    whole: bool = False

    @property
    def key(self) -> str:
        return self.symbol


class ScaleEntry(Entry):
    """A word that makes any unit larger: 万 in 万户."""

    word: Annotated[str, Field(min_length=1)]
    factor: Annotated[int, Field(gt=1)]

    @property
    def key(self) -> str:
        return self.word


class Alike(Entry):
    """How words end that look like money, or begin that look like a percentage: one that is not known is asked about."""

    ends: str = ""
    begins: str = ""

    @property
    def key(self) -> str:
        return self.ends or self.begins


class CurrencyEntry(Entry):
    """The money of a county: its own unit as written, and its name in both languages (English in the plural)."""

    symbol: Annotated[str, Field(min_length=1, max_length=20)]
    one_en: str = ""
    also: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return "currency"


class PeriodEntry(Entry):
    """How a year is called: ``{year}`` and ``{next}`` stand for the year and the two last digits of the one after, as in 2023/24."""

    label: Annotated[str, Field(min_length=1, max_length=40)]
    label_en: str = ""

    @property
    def key(self) -> str:
        return "period"


class Topic(_WithId):
    """A heading under which facts are listed."""


class Bounded(_WithId):
    """What has a value. `at_least` and `at_most` are bounds of plausibility in its unit: what lies outside is remarked, not refused."""

    unit: str
    at_least: Decimal | None = None
    at_most: Decimal | None = None


class FactEntry(Bounded):
    """A number that is given, or summed from its parts; a derived one is only ever computed.

    `may_be_negative`: a number below zero is not refused. `label` says beside its bar in a chart which number of several it is;
    `planned`: it was planned, not reached.
    """

    topic: str = ""
    parts: str = ""
    derived: bool = False
    may_be_negative: bool = False
    label: str = ""
    label_en: str = ""
    planned: bool = False


class FormulaEntry(Bounded):
    """A formula: what is computed from facts, in which unit, and which side is good (`good_up_to`: up to which value).

    `zero` = "no change": nothing against nothing is no rise; without it a division by zero has no value. `of` is what it is the
    change of, where a table shows the two amounts.
    """

    value: str
    unit: str = "%"
    good: Literal["high", "low", ""] = ""
    good_up_to: Decimal | None = None
    zero: Literal["no change", ""] = ""
    of: str = ""
    of_en: str = ""


class RelationEntry(Entry):
    """Something that must hold: `name` says it in words."""

    holds: str
    id: str = ""

    @property
    def key(self) -> str:
        return self.id or self.holds


class LineEntry(Entry):
    """A line of a table of amounts: which fact stands in which column. `total` closes the table."""

    table: str
    cells: dict[str, str]
    total: bool = False

    @property
    def key(self) -> str:
        return f"{self.table}: {self.name}"


class Part(Frozen):
    """The entries of a file, or those in force in a year."""

    currencies: tuple[CurrencyEntry, ...] = Field((), alias="currency")
    periods: tuple[PeriodEntry, ...] = Field((), alias="period")
    units: tuple[UnitEntry, ...] = Field((), alias="unit")
    scales: tuple[ScaleEntry, ...] = Field((), alias="scale")
    alike: tuple[Alike, ...] = ()
    sources: tuple[Clause, ...] = Field((), alias="source")
    topics: tuple[Topic, ...] = Field((), alias="topic")
    facts: tuple[FactEntry, ...] = Field((), alias="fact")
    formulas: tuple[FormulaEntry, ...] = Field((), alias="formula")
    identities: tuple[RelationEntry, ...] = Field((), alias="identity")
    limits: tuple[RelationEntry, ...] = Field((), alias="limit")
    plausible: tuple[RelationEntry, ...] = ()
    lines: tuple[LineEntry, ...] = Field((), alias="line")

    model_config = Frozen.model_config | {"populate_by_name": True}

    def kinds(self) -> Iterator[tuple[str, str, tuple[Any, ...]]]:
        """Each kind of entries: its name here, its name in a file, the entries."""
        for name, info in type(self).model_fields.items():
            yield name, info.alias or name, getattr(self, name)


KINDS = tuple(info.alias or name for name, info in Part.model_fields.items())
"""The kinds of entries by the names they have in a file."""


def folded(text: str) -> str:
    """A name as names are told apart: full-width like half-width, capitals like small letters."""
    return unicodedata.normalize("NFKC", text).strip().lower()


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


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula as it is used: its tree by ids, its unit, what it takes and of which year."""

    id: str
    name: Words
    unit: Unit
    entry: FormulaEntry
    tree: Tree
    inputs: tuple[Name, ...]

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


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table of amounts as it is used: the fact of each column, of the year or of one before."""

    name: Words
    cells: dict[str, Name]
    total: bool


@dataclass(frozen=True, eq=False)
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

    @cached_property
    def _roles(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for entry in (*self.part.facts, *self.part.formulas):
            for role in entry.role:
                found.setdefault(role, []).append(entry.id)
        return {role: tuple(ids) for role, ids in found.items()}

    def playing(self, role: str) -> tuple[str, ...]:
        """The ids of the facts and formulas that play a role, in their order; none where nothing does."""
        return self._roles.get(role, ())

    def player(self, role: str) -> str | None:
        """The id of the first fact or formula that plays a role; None where nothing does."""
        return next(iter(self.playing(role)), None)

    @cached_property
    def wholes(self) -> dict[str, tuple[tuple[int, str], ...]]:
        """The sums that each fact is part of, with its sign in them."""
        found: dict[str, list[tuple[int, str]]] = {}
        for fact in self.facts.values():
            for sign, part in fact.parts:
                found.setdefault(part, []).append((sign, fact.id))
        return {part: tuple(sums) for part, sums in found.items()}

    def family(self, id: str) -> frozenset[str]:
        """A fact, its parts, and theirs."""
        return frozenset({id}).union(*(self.family(part) for _, part in self.facts[id].parts))

    @cached_property
    def topics(self) -> dict[str, Words]:
        """The headings under which facts are listed, in their order; the facts without one under an empty one, last."""
        return {t.id: t.words for t in self.part.topics} | {"": words("其他", "Other")}

    def year(self, year: int) -> Words:
        """A year as it is called.

        >>> Catalogue(Part(periods=(PeriodEntry(label="{year}/{next}"),))).year(2023)["en"]
        '2023/24'
        """
        period = next(iter(self.part.periods), None)
        if period is None:
            return words(str(year))
        given = {"year": year, "next": f"{(year + 1) % 100:02}"}
        return words(period.label.format_map(given), (period.label_en or period.label).format_map(given))
