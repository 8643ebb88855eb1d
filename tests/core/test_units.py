"""Units, rounding and how numbers are written: what a reader sees is what was computed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evallib.core.units import UNITS, convert, find_unit, money, parse_decimal, percent, plain, quantity, round_half_up, section_number
from evallib.core.words import Lang, words

AMOUNTS = st.decimals(-(10**15), 10**15, allow_nan=False, allow_infinity=False, places=6)


@pytest.mark.parametrize(
    ("text", "symbol"),
    [
        ("元", "元"),
        ("  万元 ", "万元"),
        ("%", "%"),
        ("％", "%"),  # full width
        ("Yuan", "元"),
        ("100 MILLION YUAN", "亿元"),
        ("10,000 person-times", "万人次"),
        ("share", "share"),
    ],
)
def test_a_unit_is_found_by_either_name(text: str, symbol: str) -> None:
    found = find_unit(text)
    assert found is not None
    assert found.symbol == symbol


def test_a_unit_is_called_in_chinese_as_it_is_written() -> None:
    assert UNITS["万元"].name == words("万元", "10,000 yuan")


@pytest.mark.parametrize("text", ["", "美元", "yuans", "XXXX"])
def test_a_unit_that_there_is_not_is_not_found(text: str) -> None:
    assert find_unit(text) is None


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
    assert convert(Decimal(1), unit, base) == Decimal(holds)


def test_a_value_is_carried_up_and_down() -> None:
    assert convert(Decimal("2.5"), "亿元", "万元") == 25000
    assert convert(Decimal("25000"), "万元", "亿元") == Decimal("2.5")
    assert convert(Decimal("94.96"), "%", "share") == Decimal("0.9496")


def test_a_value_in_its_own_unit_stays_as_it_is_written() -> None:
    assert str(convert(Decimal("1.50"), "万元", "万元")) == "1.50"
    assert str(convert(Decimal("1" * 40), "元", "元")) == "1" * 40


def test_people_do_not_become_money() -> None:
    with pytest.raises(ValueError, match=r"^万人 measures people, 元 measures money$"):
        convert(Decimal(1), "万人", "元")


def test_people_and_times_are_not_the_same() -> None:
    with pytest.raises(ValueError, match="人次 measures times"):
        convert(Decimal(1), "人", "人次")


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
    ("text", "kept"), [("100.00", "100"), ("100", "100"), ("1.50", "1.5"), ("0.00", "0"), ("1,000.0", "1000"), ("0.10", "0.1")]
)
def test_one_number_is_kept_in_one_way(text: str, kept: str) -> None:
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
        ("1", "人", "en", "1 people"),
        ("0.0001", "万人次", "en", "1 person-time"),
        ("1", "件", "en", "1 case"),
        ("2", "件", "en", "2 cases"),
        ("0.5", "件", "en", "0.5 cases"),
        ("16", "个", "zh", "16个"),
        ("16", "个", "en", "16"),  # what is counted is said by the name
        ("94.96", "%", "zh", "94.96%"),
        ("94.96", "%", "en", "94.96%"),
        ("0.9496", "share", "zh", "94.96%"),
    ],
)
def test_a_quantity_is_written_with_its_unit(value: str, unit: str, lang: Lang, text: str) -> None:
    assert quantity(Decimal(value), unit, lang) == text


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


@given(AMOUNTS, st.sampled_from([(a, b) for a in UNITS for b in UNITS if UNITS[a].measures == UNITS[b].measures]))
def test_a_value_comes_back_from_another_unit(value: Decimal, pair: tuple[str, str]) -> None:
    unit, other = pair
    assert convert(convert(value, unit, other), other, unit) == value
