"""Units, rounding and how numbers are written. Nothing here knows what is measured."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache

from evallib.core.words import Lang, Words

SHARE = "share"  # how a rate is kept inside: 0.9496, never 94.96
_WIDE = Context(prec=200)  # reading and rounding keep every digit: the longest number that is read has 40


@dataclass(frozen=True)
class Unit:
    """A unit as written in the data, what it measures, and how many base units it holds."""

    symbol: str
    name: Words
    measures: str
    factor: Decimal


def _unit(symbol: str, en: str, measures: str, factor: str = "1") -> Unit:  # pragma: no mutate block
    return Unit(symbol, Words(zh=symbol, en=en), measures, Decimal(factor))


UNITS: dict[str, Unit] = {
    unit.symbol: unit
    for unit in (
        _unit("元", "yuan", "money"),
        _unit("万元", "10,000 yuan", "money", "10000"),
        _unit("亿元", "100 million yuan", "money", "100000000"),
        _unit("人", "people", "people"),
        _unit("万人", "10,000 people", "people", "10000"),
        _unit("人次", "person-times", "times"),
        _unit("万人次", "10,000 person-times", "times", "10000"),
        _unit("件", "cases", "cases"),
        _unit("项", "items", "items"),
        _unit("个", "", "units"),
        _unit("家", "sites", "sites"),
        _unit("份", "forms", "forms"),
        _unit("桌", "tables", "tables"),
        _unit("分", "points", "points"),
        _unit("%", "%", "share", "0.01"),
        Unit(SHARE, Words(zh="", en=""), "share", Decimal(1)),
    )
}
_ENGLISH = {unit.name.en.lower(): symbol for symbol, unit in UNITS.items() if unit.name.en}

_PLAIN = re.compile(r"[+-]?(\d+(\.\d+)?|\.\d+)")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")


def find_unit(text: str) -> Unit | None:
    """The unit that a cell names, in Chinese or English; None where there is no such unit.

    >>> find_unit("10,000 Yuan").symbol
    '万元'
    """
    text = unicodedata.normalize("NFKC", text).strip()
    return UNITS.get(text) or UNITS.get(_ENGLISH.get(text.lower(), ""))


def parse_decimal(text: str) -> Decimal | None:
    """The number in a cell, read once and exactly; None where the text is no plain number.

    Full-width digits and well-placed thousands commas are understood; nothing is guessed.

    >>> parse_decimal("１9,854,773.32"), parse_decimal("1,23"), parse_decimal("1e3")
    (Decimal('19854773.32'), None, None)
    """
    if text.isascii() and text.isdigit() and len(text) <= 40:
        return Decimal(text)
    text = unicodedata.normalize("NFKC", text).strip().replace("−", "-")
    if len(text) > 40:
        return None
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    if not _PLAIN.fullmatch(text):
        return None
    value = Decimal(text)
    # one way to write a number: 100.00 and 100 are the same record
    return value.quantize(Decimal(1), context=_WIDE) if value == value.to_integral_value() else value.normalize(_WIDE)


def convert(value: Decimal, unit: str, to: str) -> Decimal:
    """A value in another unit of the same kind.

    Raises ValueError where the two units measure different things.

    >>> convert(Decimal("1.6"), "万人", "人")
    Decimal('16000.0')
    """
    have, want = UNITS[unit], UNITS[to]
    if have.measures != want.measures:
        raise ValueError(f"{unit} measures {have.measures}, {to} measures {want.measures}")
    return value if have is want else value * have.factor / want.factor


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


def plain(value: Decimal, places: int | None = None) -> str:
    """A number as people write it: thousands apart, no exponent, no idle zeros unless places are asked for.

    >>> plain(Decimal("19854773.320")), plain(Decimal("2"), 2)
    ('19,854,773.32', '2.00')
    """
    if places is not None:
        text = f"{round_half_up(value, places):,f}"
    else:
        text = f"{value:,f}"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace("-", "−")


def percent(share: Decimal, places: int | None = 2) -> str:
    """A share written as a percentage; with no places named, as many decimals as it has.

    >>> percent(Decimal("0.949616")), percent(Decimal("-0.7521")), percent(Decimal("0.9"), None)
    ('94.96%', '−75.21%', '90%')
    """
    return plain(share * 100, places) + "%"


def money(value: Decimal) -> str:
    """An amount of money with its two decimals.

    >>> money(Decimal("27800"))
    '27,800.00'
    """
    return plain(value, 2)


def quantity(value: Decimal, unit: str, lang: Lang) -> str:
    """A number with its unit, as a reader of that language expects it.

    Chinese keeps 万元 and 万人; English is given the base unit.

    >>> quantity(Decimal("41.94"), "万人", "zh"), quantity(Decimal("41.94"), "万人", "en")
    ('41.94万人', '419,400 people')
    >>> quantity(Decimal("0.84"), "share", "en"), quantity(Decimal(1), "项", "en")
    ('84.00%', '1 item')
    """
    known = UNITS[unit]
    if known.measures == "share":
        return percent(convert(value, unit, SHARE))
    if lang == "zh":
        return (money(value) if unit == "元" else plain(value)) + unit
    base = value * known.factor
    name = next(u.name.en for u in UNITS.values() if u.measures == known.measures and u.factor == 1)
    if base == 1 and name.endswith("s"):
        name = name.removesuffix("s")
    return ((money(base) if unit == "元" else plain(base)) + " " + name).rstrip()


_DIGITS = {digit: n for n, digit in enumerate("零一二三四五六七八九")}
_NUMERAL = re.compile("[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九]")


def section_number(section: str, lang: Lang) -> str:
    """The place in a document as a reader of that language writes it: Chinese numerals become figures in English.

    >>> section_number("五(四)2", "en"), section_number("十一", "en"), section_number("四(二)表", "en")
    ('5(4)2', '11', '4(2) table')
    """
    if lang == "zh":
        return section

    def figure(found: re.Match[str]) -> str:
        tens, ten, ones = found[0].rpartition("十")
        return str((_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)) if ten else str(_DIGITS[ones])

    return _NUMERAL.sub(figure, section).replace("表", " table").replace("、", ", ")
