"""Units and exact conversion: any word is a unit; what is declared converts. Rounding and the reading of numbers. No unit is named here."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from fractions import Fraction
from functools import cache, cached_property
from typing import Any, Literal

from pydantic import GetCoreSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, core_schema

from evallib.model.entries import CurrencyEntry, Part, ScaleEntry, UnitEntry
from evallib.model.expression import EXACT
from evallib.model.words import Words, folded, words

_WIDE = Context(prec=200)  # reading and rounding keep every digit: the longest number that is read has 40

Dimensions = tuple[tuple[str, int], ...]
"""What a unit measures: each kind with its power, by name. Nothing: a share."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as written, what it measures, and how many base units it holds. In results it stands as its symbol.

    `one` is its English name where there is one of it; `whole`: it counts things that cannot be divided; `measured`: it counts none.
    `scale` is that of a word like 万, and `bare` the English name without it: English writes 41.94 万人 as 419,400 people.
    """

    symbol: str
    name: Words
    dimensions: Dimensions
    factor: Fraction = Fraction(1)
    one: str = ""
    whole: bool = False
    scale: int = 1
    bare: str = ""
    measured: bool = False

    @property
    def plural(self) -> str:
        """What English calls it behind a number in full."""
        return self.name.en if self.scale == 1 else self.bare

    @property
    def is_share(self) -> bool:
        return not self.dimensions

    @property
    def is_money(self) -> bool:
        return self.dimensions == (("money", 1),)

    @property
    def exact(self) -> bool:
        """Whether a number in it is what it says to the last digit: things counted one by one, money in the currency's own unit."""
        return self.factor == 1 and len(self.dimensions) == 1 and self.dimensions[0][1] == 1 and not self.measured

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def read(value: object, info: ValidationInfo) -> Unit:
            if isinstance(value, Unit):
                return value
            units: Units = (info.context or {})["units"]
            return units.read(str(value)) if value else NO_UNIT

        return core_schema.with_info_plain_validator_function(
            read, serialization=core_schema.plain_serializer_function_ser_schema(lambda unit: unit.symbol)
        )


SHARE = Unit("share", words(""), ())
"""How a rate is kept inside: 0.9496, never 94.96."""

NO_UNIT = Unit("", words(""), ())
"""Of what has no number at all."""


def convert(value: Decimal, unit: Unit, to: Unit) -> Decimal:
    """A value in another unit of the same kind, exact but for the 50 digits of a division.

    Raises ValueError where the two units measure different things.

    >>> from evallib.model.entries import UnitEntry
    >>> people = [UnitEntry(symbol="万人", measures="people", factor="10000"), UnitEntry(symbol="人", measures="people")]
    >>> units = Units(Part(unit=people))
    >>> convert(Decimal("1.6"), units.read("万人"), units.read("人"))
    Decimal('16000.0')
    """
    if unit is to:
        return value
    if unit.dimensions != to.dimensions:
        raise ValueError(f"{unit.symbol} and {to.symbol} measure different things")
    return times(value, unit.factor / to.factor)


def exact(text: str) -> Fraction:
    """A factor as it is written: a whole number, a decimal, or one over another.

    >>> exact("2000/3"), exact("1.5/3")
    (Fraction(2000, 3), Fraction(1, 2))
    """
    above, _, below = text.partition("/")
    return Fraction(above) / Fraction(below or 1)


def as_decimal(value: Fraction) -> Decimal:
    """A fraction with as many digits as the context keeps (28)."""
    return Decimal(value.numerator) / Decimal(value.denominator)


def times(value: Decimal, factor: Fraction) -> Decimal:
    """A number times a fraction, divided last."""
    above, below = factor.as_integer_ratio()
    if above == below == 1:
        return value
    with localcontext(EXACT):
        return value * above / below


_POWER = re.compile(r"(?:10{1,3}|10{0,2}(?:,?000){1,4})(?![\d,.])")
_WORD = re.compile(r"[^\s=,;|<>]{1,20}(?: [^\s=,;|<>]{1,20}){0,3}")


@dataclass(eq=False, repr=False)
class Units:
    """The units of a catalogue in a county: what is declared, the money, and any other word as a unit of counting of its own kind.

    `clashes`: spellings that two units claim, with the kind and key of the later entry and the unit that has it already.
    """

    part: Part = field(default_factory=Part)
    clashes: list[tuple[str, str, str, str]] = field(default_factory=list)
    _known: dict[str, Unit] = field(default_factory=dict)
    _found: dict[str, Unit | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for u in self.part.units:
            name = Words(u.name or u.symbol, (u.name_en or u.symbol).strip())
            dimensions: Dimensions = () if u.measures == "share" else ((u.measures, 1),)
            self._add("unit", u, Unit(u.symbol, name, dimensions, exact(u.factor), u.one_en, u.whole, measured=u.measured))
        for c in self.part.currencies:
            name = words(c.name or c.symbol, c.name_en or c.name or c.symbol)
            self._add("currency", c, Unit(c.symbol, name, (("money", 1),), one=c.one_en))
            self._known["money"] = self._known[folded(c.symbol)]
        self._known.setdefault(SHARE.symbol, SHARE)

    @property
    def scales(self) -> tuple[ScaleEntry, ...]:
        return self.part.scales

    def like(self, text: str) -> Literal["money", "share", ""]:
        """What a word looks like that ends like money, or begins like a percentage."""
        if any(one.ends and text.endswith(one.ends) for one in self.part.alike):
            return "money"
        return "share" if any(one.begins and text.startswith(one.begins) for one in self.part.alike) else ""

    def _add(self, kind: str, entry: UnitEntry | CurrencyEntry, unit: Unit) -> None:
        for text in (unit.symbol, *entry.also):
            if (other := self._known.setdefault(folded(text), unit)) is not unit:
                self.clashes.append((kind, entry.key, text, other.symbol))
        for text in (unit.name.zh, unit.name.en, unit.one):
            if text:
                self._known.setdefault(folded(text), unit)

    def find(self, text: str) -> Unit | None:
        """The unit that a text names; None where it is no word, or looks like money or a percentage and is not known.

        >>> Units().find("头").dimensions, Units(Part(scale=(ScaleEntry(word="万", factor=10000),))).find("万头").factor
        ((('头', 1),), Fraction(10000, 1))
        """
        if text not in self._found:
            self._found[text] = self._find(folded(text), unicodedata.normalize("NFKC", text).strip())
        return self._found[text]

    def read(self, text: str) -> Unit:
        """The unit that a text names; none where there is no text, as of a target in words.

        Raises ValueError where it names none.
        """
        found = self.find(text) if text else NO_UNIT
        if found is None:
            raise ValueError(f"{text!r} is no unit")
        return found

    def _find(self, plain: str, written: str) -> Unit | None:
        if plain in self._known:
            return self._known[plain]
        above, *below = written.split("/")
        if below and all(part.strip() for part in (above, *below)):
            said = "/".join(self.money.symbol if part == "money" else part for part in (above, *below))
            return _compound(said, self.find(above), [self.find(part) for part in below])
        number = _POWER.match(written)
        ten = [ScaleEntry(word=number[0], factor=int(number[0].replace(",", "")))] if number else []
        for scale in ten or sorted(self.scales, key=lambda s: -len(s.word)):
            if plain.startswith(scale.word) and (rest := written[len(scale.word) :].strip()):
                base = self.find(rest)
                if ten and base is not None and not base.symbol.isascii():  # 10,000 yuan is 万元
                    scale = next((s for s in self.scales if s.factor == scale.factor), scale)
                return None if base is None else _scaled(base, scale, written if scale.word.isascii() else scale.word + base.symbol)
        if self.like(plain) or not _WORD.fullmatch(written) or not any(c.isalpha() for c in written) or written[0].isdigit():
            return None
        return Unit(written, words(written), ((written, 1),))

    def base(self, unit: Unit) -> Unit:
        """The base unit of a unit's kind: the declared one that holds one of itself, or the unit's own word."""
        if unit.factor == 1:
            return unit
        if unit.is_share:
            return SHARE
        found = next((u for u in self._known.values() if u.dimensions == unit.dimensions and u.factor == 1), None)
        if found is None and "/" in unit.symbol:
            above, *below = (self.base(self.read(part)) for part in unit.symbol.split("/"))
            found = _compound("/".join(u.symbol for u in (above, *below)), above, [*below])
        return found or self.find(unit.dimensions[0][0]) or unit

    def measuring(self, dimensions: Dimensions) -> str:
        """How a unit is written that measures this: 元/人; of what no unit can be written, as 元·元, what it would be."""
        base = {u.dimensions: u.symbol for u in reversed([*self]) if u.factor == 1}
        up, down = ([base.get(((kind, 1),), kind) for kind, n in dimensions for _ in range(sign * n)] for sign in (1, -1))
        return "/".join(("·".join(up) or "1", *down)) if dimensions else "%"

    @property
    def money(self) -> Unit:
        """The currency's own unit."""
        return self.read("money")

    @cached_property
    def points(self) -> Unit:
        """The unit of scores."""
        none = Unit("points", words("", "points"), (("points", 1),))
        return next((u for u in self._known.values() if u.dimensions == none.dimensions), none)

    def __iter__(self) -> Iterator[Unit]:
        """Every unit that has a name of its own, once."""
        return iter(dict.fromkeys(u for u in self._known.values() if u != SHARE))


def _scaled(base: Unit, scale: ScaleEntry, written: str) -> Unit:
    name = words(scale.word + base.name.zh, f"{scale.factor:,} {base.name.en}")
    return Unit(written, name, base.dimensions, base.factor * scale.factor, base.one, False, base.scale * scale.factor, base.plural)


def _compound(written: str, above: Unit | None, below: list[Unit | None]) -> Unit | None:
    if above is None or None in below:
        return None
    powers = Counter(dict(above.dimensions))
    factor, zh, per = above.factor, above.name.zh or above.symbol, ""
    for unit in below:
        assert unit is not None
        factor /= unit.factor
        zh += f"/{unit.name.zh or unit.symbol}"
        each = singular(unit) if unit.scale == 1 else unit.name.en
        per += f" per {each}" if each else " each"
        powers.subtract(dict(unit.dimensions))
    en, one, bare = ((name + per).strip() for name in (above.name.en, singular(above), above.plural))
    return Unit(written, words(zh, en), dimensions_of(powers), factor, one, scale=above.scale, bare=bare)


def dimensions_of(powers: Mapping[str, int]) -> Dimensions:
    """Kinds and their powers in their one order, without those that cancel out."""
    return tuple(sorted((kind, power) for kind, power in powers.items() if power))


def singular(unit: Unit) -> str:
    """The English name of one of a unit."""
    return unit.one or (unit.plural.removesuffix("s") if unit.plural.isascii() else unit.plural)


# --- numbers

_PLAIN = re.compile(r"[+-]?(\d+(\.\d+)?|\.\d+)")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")


def narrow(text: str) -> str:
    """A text of numbers with half-width signs. The mark of a footnote stays one: it is no digit.

    >>> narrow("９０％ "), narrow("957260①")
    ('90%', '957260①')
    """
    if text.isascii():
        return text.strip()
    return "".join(sign if sign.isnumeric() and not sign.isdecimal() else unicodedata.normalize("NFKC", sign) for sign in text).strip()


def parse_decimal(text: str) -> Decimal | None:
    """The number in a cell, read once and exactly, with the decimals that were written; None where the text is no plain number.

    Full-width digits and well-placed thousands commas are understood; nothing is guessed.

    >>> parse_decimal("１9,854,773.320"), parse_decimal("1,23"), parse_decimal("1e3")
    (Decimal('19854773.320'), None, None)
    """
    if text.isascii() and text.isdigit() and len(text) <= 40:
        return Decimal(text)
    text = narrow(text).replace("−", "-")
    if len(text) > 40:
        return None
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    return Decimal(text) if _PLAIN.fullmatch(text) else None


def parse_share(text: str) -> Decimal | None:
    """A number, or a percentage as the share that it is; None where a text is neither.

    >>> parse_share("85％"), parse_share("1.2"), parse_share("most")
    (Decimal('0.85'), Decimal('1.2'), None)
    """
    plain = narrow(text)
    number = parse_decimal(plain.removesuffix("%").strip())
    return number / 100 if number is not None and plain.endswith("%") else number


def possible(number: Decimal) -> Decimal:
    """A number, where it is of a size that can be computed with.

    >>> possible(Decimal("1e12"))
    Decimal('1E+12')
    >>> possible(Decimal("1e400"))
    Traceback (most recent call last):
    ...
    ValueError: 1E+400
    """
    if not number.is_finite() or (number and not -40 <= number.adjusted() <= 40) or len(number.as_tuple().digits) > 200:
        raise ValueError(f"{number:.3}")
    return number


_IN_BRACKETS = re.compile(r"([^\w\s(]?)\s*\(([^\s()+\-−][^()]*)\)\s*(\D*)")
_AMOUNT = re.compile(r"([^\w\s+\-−.,]?)\s*([+\-−]?[\d,.]*\d)\s*(\D*)")


def amount(text: str, units: Units) -> tuple[Decimal, Unit | None] | None:
    """A number as people write it, and the unit before or behind it where there is one; None where it is no number, or of no unit.

    >>> units = Units(Part(scale=(ScaleEntry(word="万", factor=10000),)))
    >>> [(number, unit and unit.symbol) for number, unit in (amount("1.6万头", units), amount("84.5", units))]
    [(Decimal('1.6'), '万头'), (Decimal('84.5'), None)]
    >>> amount("many", units)
    """
    number = parse_decimal(text)
    if number is not None:
        return number, None
    text = narrow(text)
    if within := _IN_BRACKETS.fullmatch(text):  # as accountants write what is below zero
        read = amount("".join(within.groups()), units)
        return (_WIDE.minus(read[0]), read[1]) if read and read[0] >= 0 else None
    found = _AMOUNT.fullmatch(text)
    number = parse_decimal(found[2]) if found else None
    unit = units.find(found[3] or found[1]) if found and bool(found[1]) != bool(found[3]) else None
    return None if number is None or unit is None else (number, unit)


def half_width(value: Decimal, unit: Unit) -> Decimal:
    """By how much the true number may differ from the one printed: half of its last digit; nothing where the unit is exact.

    >>> half_width(Decimal("700.50"), Unit("万元", words("万元"), (("money", 1),), Fraction(10000)))
    Decimal('0.005')
    """
    if unit.exact:
        return Decimal(0)
    return Decimal(5).scaleb(value.adjusted() - len(value.as_tuple().digits))


def round_half_up(value: Decimal, places: int) -> Decimal:
    """Rounded half up (four becomes five at .5), as the field's reports round.

    >>> round_half_up(Decimal("1.16625"), 4), round_half_up(Decimal("9.175"), 2)
    (Decimal('1.1663'), Decimal('9.18'))
    """
    rounded = value.quantize(_quantum(places), rounding=ROUND_HALF_UP, context=_WIDE)
    return rounded if rounded else abs(rounded)  # no minus zero


@cache
def _quantum(places: int) -> Decimal:
    return Decimal(1).scaleb(-places)
