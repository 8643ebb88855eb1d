"""How numbers are written: thousands apart, percentages, amounts with their unit, places in a document. Knows no result."""

from __future__ import annotations

import re
from decimal import Decimal

from evallib.model.units import SHARE, Unit, Units, convert, round_half_up, singular, times
from evallib.model.words import NOTHING, Lang, Words, words
from evallib.say.sentences import sentence


def plain(value: Decimal, places: int | None = None) -> str:
    """A number as people write it: thousands apart, no exponent, no idle zeros unless places are asked for.

    A quotient that never ends is written with two decimals, or three figures where it is smaller than that shows.

    >>> plain(Decimal("19854773.320")), plain(Decimal("2"), 2), plain(Decimal(2) / 3), plain(Decimal(1) / 700)
    ('19,854,773.32', '2.00', '0.67', '0.00143')
    """
    if places is None and len(value.as_tuple().digits) > 20 and (exponent := value.as_tuple().exponent) and int(exponent) < -10:
        value = round_half_up(value, 2 if value.adjusted() >= -1 else 2 - value.adjusted())
    text = f"{value if places is None else round_half_up(value, places):,f}"
    if places is None and "." in text:
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


def quantity(value: Decimal, unit: Unit, lang: Lang) -> str:
    """A number with its unit, as a reader of that language expects it.

    Chinese keeps 万元 and 万人; English is given the number in full.

    >>> from evallib.model.entries import Part, ScaleEntry
    >>> from evallib.model.units import SHARE, Units
    >>> wan = Units(Part(scale=(ScaleEntry(word="万", factor=10000),))).read("万户")
    >>> quantity(Decimal("41.94"), wan, "zh"), quantity(Decimal("41.94"), wan, "en"), quantity(Decimal("0.84"), SHARE, "en")
    ('41.94万户', '419,400 户', '84.00%')
    """
    if unit.is_share:
        if unit == SHARE or unit.name.zh == "%":
            return percent(times(value, unit.factor))
        name = singular(unit) if lang == "en" and value == 1 else unit.name[lang]
        return plain(value) + ("" if lang == "zh" or unit.name.en == unit.symbol else " ") + name
    if lang == "zh":
        text = money(value) if unit.is_money and unit.factor == 1 else plain(value)
        return text + (" " if unit.name.zh[:1].isascii() and unit.name.zh[:1].isalpha() else "") + unit.name.zh
    whole = value * unit.scale
    name = singular(unit) if whole == 1 else unit.plural
    return ((money(whole) if unit.is_money and unit.factor == 1 else plain(whole)) + " " + name).rstrip()


def written(value: Decimal | None, unit: Unit) -> Words:
    """A number with its unit in both languages; a dash where it is missing."""
    return words("—") if value is None else words(quantity(value, unit, "zh"), quantity(value, unit, "en"))


def to_type(number: Decimal, unit: Unit, stated: Unit | None, units: Units, column: Words) -> Words:
    """What to type for a number with a unit, or 万, where its row states another unit, or none; `column` is where that may be changed."""
    scale = next((one.factor for one in units.scales if one.word == unit.symbol), None)
    if stated is None:
        return sentence("checks.type_digits", number=plain(number * (scale or 1)))
    scaled = units.find(unit.symbol + stated.symbol) if scale else unit
    change = NOTHING
    if column and scaled is not None:
        change = sentence("checks.change_unit", column=column, unit=scaled.symbol, number=plain(number))
    if scaled is None or scaled.dimensions != stated.dimensions:
        return sentence("checks.type_of_unit", unit=stated.name, other=unit.symbol)
    right = convert(number, scaled, stated)
    if convert(right, stated, scaled) != number:  # no number of the row's unit is this one
        return sentence("checks.one_unit") + change
    return sentence("checks.type_in_unit", number=plain(right), unit=stated.name) + change


def numeral(number: int) -> str:
    """A number as Chinese headings have it; from a thousand on in digits.

    >>> numeral(3), numeral(10), numeral(12), numeral(21), numeral(100), numeral(101), numeral(110), numeral(345)
    ('三', '十', '十二', '二十一', '一百', '一百零一', '一百一十', '三百四十五')
    """
    if number > 999:
        return str(number)
    placed = zip(f"{number:03}", ("百", "十", ""), strict=True)
    said = "".join("零一二三四五六七八九"[int(digit)] + (unit if digit != "0" else "") for digit, unit in placed)
    return re.sub("^一十", "十", said.strip("零"))


_FIGURES = {numeral(number): str(number) for number in range(1, 100)}
_NUMERAL = re.compile("|".join(sorted(_FIGURES, key=len, reverse=True)))


def section_number(section: str, lang: Lang) -> str:
    """The place in a document as a reader of that language writes it: Chinese numerals become figures in English.

    >>> section_number("五(四)2", "en"), section_number("六1", "en"), section_number("四(二)表", "en")
    ('5(4)2', '6, item 1', '4(2) table')
    """
    if lang == "zh":
        return section

    section = re.sub(r"(?<=[一二三四五六七八九十])(?=[0-9])", ", item ", section)
    return _NUMERAL.sub(lambda found: _FIGURES[found[0]], section).replace("表", " table").replace("、", ", ")
