"""The entries of a catalogue as they are written: units, facts, formulas, what must hold, each from a year on. Nothing is used here."""

from __future__ import annotations

from decimal import Decimal
from string import Formatter
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from evallib.model.base import Clause, Frozen, Id
from evallib.model.running_year import CALENDAR, first_day
from evallib.model.words import Words, words

Played = Literal[
    "budget approved",
    "budget adjusted",
    "budget spent",
    "carried in",
    "carried out",
    "forms sent",
    "forms returned",
    "forms valid",
    "rate of the budget",
    "change on last year",
    "satisfaction",
    "clarity of goals",
]
"""What pages, checks and comparisons ask for: the role that a fact, a formula, a group or an indicator plays."""
Role = Annotated[tuple[Played, ...], BeforeValidator(lambda given: (given,) if isinstance(given, str) else given)]


def _label(text: str) -> str:
    try:
        named = {part[1] for part in Formatter().parse(text) if part[1] is not None}
    except ValueError:
        named = set()
    if "year" not in named or named - {"year", "next"}:
        raise ValueError("label")
    return text


Label = Annotated[str, Field(max_length=40), AfterValidator(_label)]


def _month_day(text: str) -> str:
    try:
        there = f"{first_day(2023, text):%m-%d}" == text  # no leap year: the day is there in every year
    except ValueError:
        there = False
    if not there:
        raise ValueError("day_of_every_year")
    return text


MonthDay = Annotated[str, AfterValidator(_month_day)]


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

    KEY: ClassVar[tuple[str, ...]] = ("id",)

    @property
    def key(self) -> str:
        """What tells an entry from others of its kind: the first of `KEY` that it gives."""
        return next(str(text) for column in self.KEY if (text := getattr(self, column)))

    @property
    def words(self) -> Words:
        return words(self.name or self.key, self.name_en or self.name or self.key)

    @property
    def advised(self) -> Words:
        return words(self.advice, self.advice_en)


class Usual(Entry):
    """What sizes are usual: bounds of numbers other than zero, whatever their sign, in a unit; by what factor a year may differ from the
    last (0: by any); how many `decimals` an amount has. What lies outside is remarked.
    """

    at_least: Decimal | None = None
    at_most: Decimal | None = None
    jump: Annotated[Decimal, Field(ge=0)] | None = None
    decimals: Annotated[int, Field(ge=0, le=9)] | None = None


class UnitEntry(Usual):
    """A unit with a factor, with a name in English, or that counts what cannot be divided. `also`: other ways to write it.

    `measured`: a number in it is as precise as its decimals, as one in a larger unit of its kind is.
    """

    symbol: Annotated[str, Field(min_length=1, max_length=20)]
    measures: Annotated[str, Field(min_length=1)]
    factor: Annotated[str, Field(pattern=r"^(0?\.\d{0,12}[1-9]|[1-9]\d{0,19}(\.\d{1,12})?)(/[1-9]\d{0,19})?$")] = "1"
    one_en: str = ""
    also: tuple[str, ...] = ()
    whole: bool = False
    measured: bool = False

    KEY = ("symbol",)


class ScaleEntry(Entry):
    """A word that makes any unit larger: 万 in 万户."""

    word: Annotated[str, Field(min_length=1)]
    factor: Annotated[int, Field(gt=1)]

    KEY = ("word",)


class Alike(Entry):
    """How words end that look like money, or begin that look like a percentage: one that is not known is asked about."""

    ends: str = ""
    begins: str = ""

    KEY = ("ends", "begins")


class CurrencyEntry(Usual):
    """The money of a county: its own unit as written, and its name in both languages (English in the plural)."""

    symbol: Annotated[str, Field(min_length=1, max_length=20)]
    one_en: str = ""
    also: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return "currency"


class PeriodEntry(Entry):
    """How a year is called: ``{year}`` and ``{next}`` stand for the year and the two last digits of the one after, as in 2023/24.

    `begins`: the month and day of its first day; with 04-01 the year 2023 runs from 2023-04-01 to 2024-03-31.
    """

    label: Label
    label_en: Label | Literal[""] = ""
    begins: MonthDay = CALENDAR

    @property
    def key(self) -> str:
        return "period"


class Topic(Entry):
    """A heading under which facts are listed."""

    id: Id


class Bounded(Entry):
    """What has a value. `at_least` and `at_most` are bounds of plausibility in its unit: what lies outside is remarked; by a factor of
    more than 100 it is refused.
    """

    id: Id
    unit: str
    at_least: Decimal | None = None
    at_most: Decimal | None = None


class FactEntry(Bounded):
    """A number that is given, or summed from its parts; a derived one is only ever computed.

    `may_be_negative`: a number below zero is not refused. `label` says beside its bar in a chart which number of several it is;
    `planned`: it was planned, not reached. `fixed`: it was settled before the year or by others, so that no way to a better grade
    moves it; what was planned is fixed unless it says that it is not. `jump`: as of its unit, where it differs.
    """

    topic: str = ""
    parts: str = ""
    derived: bool = False
    may_be_negative: bool = False
    label: str = ""
    label_en: str = ""
    planned: bool = False
    fixed: bool | None = None
    jump: Annotated[Decimal, Field(ge=0)] | None = None


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
    """Something that must hold: `name` says it in words. `unit` is that of a number on one side: what size a number other than zero has."""

    holds: str
    id: str = ""
    unit: str = ""

    KEY = ("id", "holds")


class LineEntry(Entry):
    """A line of a table of amounts: which fact stands in which column. `total` closes the table."""

    table: Literal["income", "spending", "controlled", "staff"]
    cells: dict[Literal["approved", "adjusted", "spent", "allowed", "there"], str]
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


KINDS = tuple(info.alias or name for name, info in Part.model_fields.items())
"""The kinds of entries by the names they have in a file."""
