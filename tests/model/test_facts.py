"""Facts as they are looked up: given or summed, of this year or from last year's record, with unit, precision, origin and note."""

from __future__ import annotations

import tomllib
from decimal import Decimal

import pytest

from evallib.model.assemble import assemble
from evallib.model.catalogue import Catalogue
from evallib.model.entries import Part
from evallib.model.expression import Interval, Name, write
from evallib.model.facts import Facts, Origin
from tests.score.small import YEAR, fact, record

TEXT = """
[[currency]]
symbol = "元"
name_en = "yuan"
[[scale]]
word = "万"
factor = 10000
[[fact]]
id = "whole"
name = "合计"
unit = "万元"
parts = "first - second"
[[fact]]
id = "first"
unit = "money"
[[fact]]
id = "second"
unit = "万元"
[[fact]]
id = "people"
unit = "人"
"""


def catalogue(text: str = TEXT) -> Catalogue:
    made, faults = assemble([("own.toml", Part.model_validate(tomllib.loads(text)))], YEAR)
    assert faults == ()
    return made


def facts(*rows: tuple[str, str | None, str], before: Facts | None = None) -> Facts:
    given = [fact(id, value, unit, note="抄件不清" if value is None else "") for id, value, unit in rows]
    return Facts(catalogue(), record(facts=given), before.record if before else None)


def test_a_given_fact_stands_in_the_catalogues_unit_with_its_precision() -> None:
    found = facts(("first", "1.50", "万元")).find("first")
    assert found is not None
    assert (found.fact, found.year, found.value, found.unit.symbol, found.half) == ("first", YEAR, Decimal(15000), "元", Decimal(50))
    assert found.origins == (Origin("report", "三"),)
    assert (found.base_value, found.interval) == (Decimal(15000), Interval(Decimal(14950), Decimal(15050)))


def test_a_sum_adds_units_signs_precision_and_origins() -> None:
    looked = facts(("first", "70000", "元"), ("second", "2.0", "万元"))
    whole = looked.find("whole")
    assert whole is not None
    assert (whole.fact, whole.year, whole.name.zh, whole.value, whole.half) == ("whole", YEAR, "合计", Decimal(5), Decimal("0.05"))
    assert [part.fact for part in whole.parts] == ["first", "second"]
    assert (whole.unit.symbol, whole.base_value, len(whole.origins)) == ("万元", Decimal(50000), 1)
    assert looked.value("whole") == 5
    assert write(looked.spelled(Name("whole")), lambda n: n.id, str) == "0 + first − second"
    assert looked.spelled(Name("first")) == Name("first")


def test_a_sum_without_all_its_parts_is_not_there_and_one_of_a_missing_part_has_no_value() -> None:
    assert facts(("first", "1", "元")).find("whole") is None
    missing = facts(("first", "1", "元"), ("second", None, "万元")).find("whole")
    assert missing is not None
    assert missing.value is None
    assert facts(("second", None, "万元")).value("second") is None


def test_what_is_not_named_has_no_value() -> None:
    assert facts(("people", "3", "人")).value(None) is None
    assert facts(("people", "3", "人")).value("people") == 3
    assert facts().value("people") is None


def test_last_years_record_tells_what_this_one_does_not() -> None:
    told = [fact("people", "7", "人", YEAR - 1), fact("people", "8", "人")]
    last = Facts(catalogue(), record(facts=told).model_copy(update={"year": YEAR - 1}))
    looked = facts(("people", "9", "人"), before=last)
    assert (looked.value("people"), looked.find("people", YEAR - 1)) == (9, last.find("people"))
    assert looked.named(Name("people", 1)) == last.find("people")
    assert facts(("people", "9", "人")).named(Name("people", 1)) is None
    assert facts(before=last).find("people") is None  # this year's is not to be had from last year


def test_a_number_in_another_kind_of_unit_has_no_value_and_says_what_was_given() -> None:
    found = facts(("people", "5", "元")).find("people")
    assert found is not None
    assert (found.fact, found.year, found.value, found.unit.symbol, found.origins) == ("people", YEAR, None, "人", ())
    assert found.note.zh == "5 元"


def test_what_last_years_record_told_is_not_kept_as_what_this_one_says() -> None:
    last = record(facts=[fact("people", "7", "人", YEAR - 1)]).model_copy(update={"year": YEAR - 1})
    this, made = record(), catalogue()
    assert Facts(made, this, last).named(Name("people", 1)) is not None
    assert Facts(made, this).named(Name("people", 1)) is None


def test_what_last_years_record_says_of_years_before_is_told() -> None:
    last = record(facts=[fact("people", "6", "人", YEAR - 2)]).model_copy(update={"year": YEAR - 1})
    found = Facts(catalogue(), record(), last).named(Name("people", 2))
    assert found is not None
    assert (found.value, found.year) == (6, YEAR - 2)


def test_a_fact_is_found_once_whoever_asks() -> None:
    given, made, last = record(facts=[fact("people", "9", "人"), fact("people", "7", "人", YEAR - 1)]), catalogue(), record()
    first, again, beside = Facts(made, given), Facts(made, given), Facts(made, given, last.model_copy(update={"year": YEAR - 1}))
    assert first.find("people") is again.find("people") is beside.find("people")
    assert first.find("people", YEAR - 1) is again.find("people", YEAR - 1)


def test_a_sum_keeps_more_digits_than_money_ever_has() -> None:
    whole = facts(("first", "123456789012345678901234567890", "元"), ("second", "0.0001", "万元")).find("whole")
    assert whole is not None
    assert whole.value == Decimal("12345678901234567890123456.7889")


def test_another_catalogue_has_another_unit_for_the_same_row() -> None:
    given, other = record(facts=[fact("first", "1.50", "万元")]), catalogue(TEXT.replace('unit = "money"', 'unit = "万元"'))
    assert [Facts(made, given).value("first") for made in (catalogue(), other)] == [15000, Decimal("1.50")]


@pytest.mark.parametrize(
    ("value", "states", "state"),
    [
        ("5", [], ""),
        (None, [], "missing"),
        (None, [("value", "to_come")], "to_come"),
        (None, [("value", "not_applicable")], "not_applicable"),
    ],
)
def test_a_fact_says_why_it_has_no_number(value: str | None, states: list[tuple[str, str]], state: str) -> None:
    found = Facts(catalogue(), record(facts=[fact("people", value, "人", note="无", states=states)])).find("people")
    assert found is not None
    assert (found.state, found.half) == (state, 0)


@pytest.mark.parametrize(
    ("first", "second", "state"),
    [
        ([], [], "missing"),
        ([("value", "to_come")], [("value", "not_checked")], "to_come"),
        (None, [("value", "to_come")], "to_come"),
        (None, None, ""),
    ],
)
def test_a_sum_says_why_the_first_part_without_a_number_has_none(
    first: list[tuple[str, str]] | None, second: list[tuple[str, str]] | None, state: str
) -> None:
    """No states: the part is known."""
    rows = [
        fact(id, "1.50" if states is None else None, "万元", note="无", states=states or [])
        for id, states in (("first", first), ("second", second))
    ]
    found = Facts(catalogue(), record(facts=rows)).find("whole")
    assert found is not None
    assert (found.state, found.value is None) == (state, bool(state))


def test_a_sum_is_as_exact_as_its_known_parts() -> None:
    found = facts(("first", "1.50", "万元"), ("second", None, "万元")).find("whole")
    assert found is not None
    assert found.half == Decimal("0.005")


def test_a_sum_of_last_year_is_spelled_by_last_years_parts() -> None:
    given = [fact(id, "3", "万元", YEAR - 1) for id in ("first", "second")]
    looked = Facts(catalogue(), record(facts=given))
    assert write(looked.spelled(Name("whole", 1)), lambda n: n.id + "'" * n.before, str) == "0 + first' − second'"
    assert looked.spelled(Name("whole")) == Name("whole")


def test_a_number_is_told_with_its_parts_and_theirs() -> None:
    nested = TEXT + '[[fact]]\nid = "all"\nunit = "万元"\nparts = "whole + second"\n'
    given = record(facts=[fact(id, "3", "万元") for id in ("first", "second")])
    found = Facts(catalogue(nested), given).find("all")
    assert found is not None
    assert [one.fact for one in found.with_parts] == ["all", "whole", "first", "second", "second"]
    assert found.value == 3  # 3 − 3 + 3
