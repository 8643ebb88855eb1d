"""Units, rounding and how numbers are written: what a reader sees is what was computed."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evallib.data.rulebook import shipped_catalogue
from evallib.model.entries import Alike, CurrencyEntry, Part, ScaleEntry, UnitEntry
from evallib.model.units import (
    Unit,
    Units,
    amount,
    convert,
    half_width,
    parse_decimal,
    parse_share,
    possible,
    round_half_up,
    singular,
    times,
)
from evallib.model.words import Lang, words
from evallib.say.numbers import money, percent, plain, quantity, section_number
from tests.conftest import GOLDEN

UNITS = shipped_catalogue("units").units
CHINESE, JAPANESE = (
    [line for line in part.splitlines() if line and not line.startswith("#")]
    for part in (GOLDEN / "units.txt").read_text(encoding="utf-8").split("\n\n")
)
AMOUNTS = st.decimals(-(10**15), 10**15, allow_nan=False, allow_infinity=False, places=6)


def find(text: str) -> Unit | None:
    """A unit found for the first time: units keep what they found."""
    return Units(UNITS.part).find(text)


def read(text: str) -> Unit:
    return Units(UNITS.part).read(text)


@pytest.mark.parametrize("text", [*CHINESE, *JAPANESE])
def test_units_as_forms_and_sheets_print_them_are_taken(text: str) -> None:
    found = read(text)
    assert found.name.zh
    assert found.name.en or text in CHINESE
    assert read(found.symbol) == found
    assert quantity(Decimal(1), found, "zh").startswith("1")


@pytest.mark.parametrize("text", CHINESE)
def test_english_writes_the_units_of_chinese_forms_in_english(text: str) -> None:
    said = [quantity(Decimal(number), read(text), "en") for number in (1, 2)]
    assert all(one.replace("‰", "").isascii() and one == one.strip() for one in said) or text.startswith("PM2.5")


def test_a_unit_that_english_does_not_say_is_not_said_in_tens_of_thousands_either() -> None:
    assert quantity(Decimal("41.94"), read("万个"), "en") == "419,400"
    assert quantity(Decimal("41.94"), read("万只/户"), "en") == "419,400 per household"


@pytest.mark.parametrize(
    ("text", "symbol"),
    [
        ("元", "元"),
        ("  万元 ", "万元"),
        ("%", "%"),
        ("％", "%"),  # full width
        ("Yuan", "元"),
        ("RMB", "元"),
        ("money", "元"),
        ("10,000 yuan", "万元"),
        ("100,000,000 yuan", "亿元"),
        ("10,000 person-times", "万人次"),
        ("person", "人"),
        ("个月", "月"),
        ("share", "share"),
        ("money/人", "元/人"),
        ("トン/日", "トン/日"),
    ],
)
def test_a_unit_is_found_by_either_name(text: str, symbol: str) -> None:
    assert read(text).symbol == symbol


def test_a_unit_is_called_in_chinese_as_it_is_written() -> None:
    assert read("万元").name == words("万元", "10,000 yuan")
    assert read("月").name == words("个月", "months")


@pytest.mark.parametrize(
    "text",
    ["", "完元", "美元", "圆", "百分", "百分之三", "万美元", "元/百分率", "12", "3 人", "1,000", "-", "a=b", "一二三四五六七八九十" * 3],
)
def test_what_looks_like_money_or_a_percentage_or_is_no_word_is_no_unit(text: str) -> None:
    assert find(text) is None


@pytest.mark.parametrize("text", ["筐", "yuans", "XXXX", "人泊", "EFLOPS", "PM2.5微克/立方米"])
def test_any_other_word_is_a_unit_of_its_own(text: str) -> None:
    assert (read(text).symbol, read(text).factor) == (text, 1)
    assert read(text).dimensions != read("筐子").dimensions


def test_a_word_makes_any_unit_larger() -> None:
    assert convert(Decimal("1.5"), read("万筐"), read("筐")) == 15000
    assert convert(Decimal("1.5"), read("千公顷"), read("平方公里")) == 15
    assert convert(Decimal(3), read("million yuan"), read("万元")) == 300


def test_money_is_that_of_the_county() -> None:
    pounds = Units(
        Part(
            currency=(CurrencyEntry(symbol="£", name="英镑", name_en="pounds", one_en="pound"),),
            scale=(ScaleEntry(word="million ", factor=10**6),),
            alike=(Alike(ends="元"),),
        )
    )
    assert (pounds.money.symbol, pounds.read("£").is_money, pounds.find("元")) == ("£", True, None)
    assert quantity(Decimal("2.5"), pounds.read("million £"), "en") == "2,500,000 pounds"
    assert quantity(Decimal(1), pounds.money, "en") == "1.00 pound"


def test_a_factor_is_exact() -> None:
    declared = {"亩": "2000/3", "平方米": "1", "公顷": "10000"}
    units = Units(Part(unit=tuple(UnitEntry(symbol=symbol, measures="area", factor=factor) for symbol, factor in declared.items())))
    assert convert(Decimal(3), units.read("亩"), units.read("平方米")) == 2000
    assert convert(Decimal(15), units.read("亩"), units.read("公顷")) == 1
    assert convert(Decimal(1), units.read("公顷"), units.read("亩")) == 15


@pytest.mark.parametrize(
    ("value", "unit", "half"),
    [
        ("700.58", "万元", "0.005"),
        ("700.50", "万元", "0.005"),
        ("700.5", "万元", "0.05"),
        ("700", "万元", "0.5"),
        ("84", "%", "0.5"),
        ("0.9496", "share", "0.00005"),
        ("545.2", "元/人", "0.05"),
        ("41.94", "万人", "0.005"),
        ("15", "公顷", "0.5"),
        ("48", "人", "0"),  # counted one by one
        ("27800.00", "元", "0"),  # money to the cent
        ("27800.5", "元", "0"),
        ("12", "筐", "0"),
    ],
)
def test_a_number_is_as_exact_as_it_was_printed(value: str, unit: str, half: str) -> None:
    assert half_width(Decimal(value), read(unit)) == Decimal(half)


@pytest.mark.parametrize(
    ("unit", "base", "holds"),
    [
        ("元", "元", "1"),
        ("万元", "元", "10000"),
        ("亿元", "元", "100000000"),
        ("万人", "人", "10000"),
        ("万人次", "人次", "10000"),
        ("%", "share", "0.01"),
    ],
)
def test_a_unit_holds_so_many_of_its_base(unit: str, base: str, holds: str) -> None:
    assert convert(Decimal(1), read(unit), read(base)) == Decimal(holds)


def test_a_value_is_carried_up_and_down() -> None:
    assert convert(Decimal("2.5"), read("亿元"), read("万元")) == 25000
    assert convert(Decimal("25000"), read("万元"), read("亿元")) == Decimal("2.5")
    assert convert(Decimal("94.96"), read("%"), read("share")) == Decimal("0.9496")


def test_a_value_in_its_own_unit_stays_as_it_is_written() -> None:
    assert str(convert(Decimal("1.50"), read("万元"), read("万元"))) == "1.50"
    assert str(convert(Decimal("1" * 40), read("元"), read("元"))) == "1" * 40


def test_people_do_not_become_money() -> None:
    with pytest.raises(ValueError, match=r"^万人 and 元 measure different things$"):
        convert(Decimal(1), read("万人"), read("元"))


def test_people_and_times_are_not_the_same() -> None:
    with pytest.raises(ValueError, match="人 and 人次 measure different things"):
        convert(Decimal(1), read("人"), read("人次"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", "0"),
        ("007", "7"),
        ("+5", "5"),
        ("-5", "-5"),
        ("−5", "-5"),  # the minus sign of print
        (".5", "0.5"),
        (" 12 ", "12"),
        ("1,234,567.5", "1234567.5"),
        ("-1,234", "-1234"),
        ("+1,234", "1234"),
        ("１２．５", "12.5"),
        ("1" * 40, "1" * 40),
        ("-" + "1" * 39, "-" + "1" * 39),
        ("1" * 37 + ".50", "1" * 37 + ".5"),
        ("111," * 9 + "111", "111" * 10),
        ("1" * 30 + ".0", "1" * 30),
    ],
)
def test_a_number_is_read_exactly(text: str, value: str) -> None:
    assert parse_decimal(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    ["", "-", ".", "5.", "1e3", "NaN", "1 000", "1,23", ",123", "1234,567", "12,34,567", "--5", "约18", "5%", "1" * 41, "-" + "1" * 40],
)
def test_what_is_no_plain_number_is_not_guessed(text: str) -> None:
    assert parse_decimal(text) is None


@pytest.mark.parametrize(
    ("text", "share"), [("85%", "0.85"), ("85 ％", "0.85"), ("1.2", "1.2"), ("%", "None"), ("85%%", "None"), ("%85", "None")]
)
def test_a_share_is_a_number_or_a_percentage(text: str, share: str) -> None:
    assert str(parse_share(text)) == share


@pytest.mark.parametrize(
    ("text", "kept"), [("100.00", "100.00"), ("100", "100"), ("1.50", "1.50"), ("0.00", "0.00"), ("1,000.0", "1000.0"), ("0.10", "0.10")]
)
def test_a_number_keeps_the_digits_that_were_printed(text: str, kept: str) -> None:
    assert str(parse_decimal(text)) == kept


@pytest.mark.parametrize(
    ("value", "places", "rounded"),
    [
        ("0.375", 2, "0.38"),
        ("0.365", 2, "0.37"),  # half to even would give 0.36
        ("0.3749", 2, "0.37"),
        ("-0.375", 2, "-0.38"),
        ("2.5", 0, "3"),
        ("-0.004", 2, "0.00"),
        ("7", 3, "7.000"),
        ("1" * 39 + ".5", 0, "1" * 38 + "2"),
        ("1" * 40, 2, "1" * 40 + ".00"),
    ],
)
def test_half_is_rounded_away_from_nothing(value: str, places: int, rounded: str) -> None:
    assert str(round_half_up(Decimal(value), places)) == rounded


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        ("1234567", None, "1,234,567"),
        ("1200", None, "1,200"),  # the zeros before the point stay
        ("1.500", None, "1.5"),
        ("3.00", None, "3"),
        ("1E+3", None, "1,000"),
        ("0.0", None, "0"),
        ("-0", None, "0"),
        ("-0.0", None, "0"),
        ("-1234.5", None, "−1,234.5"),
        ("1234.565", 2, "1,234.57"),
        ("3", 2, "3.00"),
        ("-0.001", 2, "0.00"),
        ("-0.4", 0, "0"),
    ],
)
def test_a_number_is_written_as_people_write_it(value: str, places: int | None, text: str) -> None:
    assert plain(Decimal(value), places) == text


@pytest.mark.parametrize(
    ("share", "places", "text"), [("0.12345", 2, "12.35%"), ("0.12345", None, "12.345%"), ("0.12345", 0, "12%"), ("10", 2, "1,000.00%")]
)
def test_a_share_is_written_in_percent(share: str, places: int | None, text: str) -> None:
    assert percent(Decimal(share), places) == text


def test_a_percentage_has_two_decimals_unless_asked_otherwise() -> None:
    assert percent(Decimal("0.9")) == "90.00%"


def test_money_has_two_decimals() -> None:
    assert money(Decimal("0.005")) == "0.01"


@pytest.mark.parametrize(
    ("value", "unit", "lang", "text"),
    [
        ("27800", "元", "zh", "27,800.00元"),
        ("27800", "元", "en", "27,800.00 yuan"),
        ("2.78", "万元", "zh", "2.78万元"),
        ("2.78", "万元", "en", "27,800 yuan"),
        ("1", "元", "en", "1.00 yuan"),
        ("51", "人", "en", "51 people"),
        ("1", "人", "en", "1 person"),
        ("0.0001", "万人次", "en", "1 person-time"),
        ("1", "件", "en", "1 case"),
        ("2", "件", "en", "2 cases"),
        ("0.5", "件", "en", "0.5 cases"),
        ("16", "个", "zh", "16个"),
        ("16", "个", "en", "16"),  # what is counted is said by the name
        ("94.96", "%", "zh", "94.96%"),
        ("94.96", "%", "en", "94.96%"),
        ("0.9496", "share", "zh", "94.96%"),
        ("3", "个月", "zh", "3个月"),
        ("3.5", "‰", "zh", "3.5‰"),
        ("3.5", "‰", "en", "3.5 per mille"),
        ("545.2", "元/人", "zh", "545.2元/人"),
        ("545.2", "元/人", "en", "545.2 yuan per person"),
        ("3", "件/万人", "en", "3 cases per 10,000 people"),
        ("1", "件/小时", "en", "1 case per hour"),
        ("1", "百分点", "en", "1 percentage point"),
        ("2", "百分点", "en", "2 percentage points"),
        ("0.0001", "万元/万户", "en", "1 yuan per 10,000 households"),
        ("12", "元/个", "en", "12 yuan each"),
        ("3", "个/万人", "en", "3 per 10,000 people"),
        ("2", "万亩", "en", "20,000 mu"),
        ("12", "EFLOPS", "zh", "12 EFLOPS"),
    ],
)
def test_a_quantity_is_written_with_its_unit(value: str, unit: str, lang: Lang, text: str) -> None:
    assert quantity(Decimal(value), read(unit), lang) == text


@pytest.mark.parametrize(
    ("section", "english"),
    [
        ("一", "1"),
        ("九", "9"),
        ("十", "10"),
        ("十九", "19"),
        ("二十", "20"),
        ("二十一", "21"),
        ("九十九", "99"),
        ("五(四)2", "5(4)2"),
        ("六1", "6, item 1"),
        ("三、四", "3, 4"),
        ("四(二)表", "4(2) table"),
        ("appendix", "appendix"),
    ],
)
def test_a_section_is_numbered_in_figures_in_english(section: str, english: str) -> None:
    assert section_number(section, "en") == english


def test_a_section_stays_as_it_is_in_chinese() -> None:
    assert section_number("四(二)表、五", "zh") == "四(二)表、五"


@given(AMOUNTS)
def test_what_is_written_in_full_reads_back(value: Decimal) -> None:
    assert parse_decimal(plain(value)) == value


@given(AMOUNTS, st.integers(0, 6))
def test_no_number_is_written_as_minus_nothing(value: Decimal, places: int) -> None:
    text = plain(value, places)
    assert not (text.startswith("−") and parse_decimal(text) == 0)


@given(AMOUNTS, st.sampled_from([(a, b) for a in UNITS for b in UNITS if a.dimensions == b.dimensions]))
def test_a_value_comes_back_from_another_unit(value: Decimal, pair: tuple[Unit, Unit]) -> None:
    unit, other = pair
    assert abs(convert(convert(value, unit, other), other, unit) - value) <= abs(value) * Decimal("1e-48")


def test_the_base_of_a_unit_is_the_declared_one_of_its_kind() -> None:
    units = Units(UNITS.part)
    base = {text: units.base(units.read(text)).symbol for text in ("亩", "万元", "万户", "‰", "吨", "万头", "万元/公里", "头")}
    assert base == {
        "亩": "平方米", "万元": "元", "万户": "户", "‰": "share", "吨": "公斤", "万头": "头", "万元/公里": "元/米", "头": "头",
    }  # fmt: skip


def test_a_unit_that_holds_one_of_its_kind_is_its_own_base() -> None:
    units = Units(Part(unit=(UnitEntry(symbol="桶", measures="vessels"), UnitEntry(symbol="罐", measures="vessels"))))
    assert units.base(units.read("罐")).symbol == "罐"


@pytest.mark.parametrize(
    ("text", "zh", "en", "bare"),
    [
        ("万元/公里", "万元/公里", "10,000 yuan per kilometre", "yuan per kilometre"),
        ("元/万人", "元/万人", "yuan per 10,000 people", "yuan per 10,000 people"),
        ("吨/人/月", "吨/人/个月", "tonnes per person per month", "tonnes per person per month"),
        ("筐/人", "筐/人", "筐 per person", "筐 per person"),
        ("元/筐", "元/筐", "yuan per 筐", "yuan per 筐"),
        ("元/个", "元/个", "yuan each", "yuan each"),
        ("月/人", "个月/人", "months per person", "months per person"),
        ("个/人", "个/人", "per person", "per person"),
    ],
)
def test_a_compound_unit_is_told_by_its_parts_in_both_languages(text: str, zh: str, en: str, bare: str) -> None:
    unit = read(text)
    assert (unit.symbol, unit.name.zh, unit.name.en, unit.bare) == (text, zh, en, bare)


@pytest.mark.parametrize(
    ("text", "factor", "scale", "dimensions"),
    [
        ("万元/公里", Fraction(10), 10000, (("length", -1), ("money", 1))),
        ("元/万人", Fraction(1, 10000), 1, (("money", 1), ("people", -1))),
        ("吨/人", Fraction(1000), 1, (("people", -1), ("weight", 1))),
        ("元/人/年", Fraction(1, 12), 1, (("money", 1), ("months", -1), ("people", -1))),
        ("元/公里/公里", Fraction(1, 10**6), 1, (("length", -2), ("money", 1))),
        ("万元/元", Fraction(10000), 10000, ()),
    ],
)
def test_a_compound_unit_measures_and_holds_what_its_parts_do(
    text: str, factor: Fraction, scale: int, dimensions: tuple[tuple[str, int], ...]
) -> None:
    unit = read(text)
    assert (unit.factor, unit.scale, unit.dimensions) == (factor, scale, dimensions)


@pytest.mark.parametrize("text", ["完元/人", "元/完元", "元/人/完元"])
def test_a_compound_of_what_is_no_unit_is_none(text: str) -> None:
    assert find(text) is None


@pytest.mark.parametrize(
    ("en", "one", "found"), [("people", "person", "person"), ("cases", "", "case"), ("mu", "", "mu"), ("μs", "", "μs"), ("筐", "", "筐")]
)
def test_one_of_a_unit_is_its_own_word_or_loses_its_s(en: str, one: str, found: str) -> None:
    assert singular(Unit("x", words("x", en), (("x", 1),), one=one)) == found


@pytest.mark.parametrize(
    ("value", "factor", "found"),
    [
        ("1.50", Fraction(1), "1.50"),
        ("1" * 60, Fraction(1), "1" * 60),
        ("1", Fraction(2, 3), "0." + "6" * 49 + "7"),
        ("1" * 30, Fraction(2), "2" * 30),
        ("2.5", Fraction(10000), "25000.0"),
    ],
)
def test_a_number_times_a_fraction_has_fifty_digits_or_stays(value: str, factor: Fraction, found: str) -> None:
    assert str(times(Decimal(value), factor)) == found


@pytest.mark.parametrize("text", ["0", "0E+99", "1E+40", "-9E+40", "1E-40", "-1E-40", "1." + "1" * 199])
def test_a_number_of_up_to_forty_places_is_possible(text: str) -> None:
    assert str(possible(Decimal(text))) == text


@pytest.mark.parametrize("text", ["1E+41", "-1E+41", "9E-41", "NaN", "Infinity", "-Infinity", "1." + "1" * 200])
def test_a_number_that_no_table_holds_is_not_possible(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        possible(Decimal(text))


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("84.50", "84.50", None),
        ("1.6万人", "1.6", "万人"),
        (" ８５％ ", "85", "%"),
        ("84 %", "84", "%"),
        ("-3 人", "-3", "人"),
        ("−3人", "-3", "人"),
        ("1,234.5元", "1234.5", "元"),
        ("¥12", "12", "元"),
        ("¥ -12.50", "-12.50", "元"),
        ("545.2元/人", "545.2", "元/人"),
        ("(5)", "-5", None),
        ("(0)", "0", None),
        ("（1,234.5）万元", "-1234.5", "万元"),
        ("(3人)", "-3", "人"),
        ("(3) 人", "-3", "人"),
        ("¥(3)", "-3", "元"),
        ("(¥3)", "-3", "元"),
        ("(" + "1" * 40 + ")", "-" + "1" * 40, None),
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, number: str, unit: str | None) -> None:
    found = amount(text, Units(UNITS.part))
    assert found is not None
    assert (str(found[0]), found[1] and found[1].symbol) == (number, unit)


@pytest.mark.parametrize(
    "text", ["", "元", "many", "约5元", "5完元", "¥5元", "1,23元", "(-5)", "(¥-5)", "(many)", "((5))", "(5", "()", "$5", "5..2元"]
)
def test_what_is_no_amount_is_not_guessed(text: str) -> None:
    assert amount(text, Units(UNITS.part)) is None
