"""Facts as they are looked up: given or summed, of this year or from last year's record, with unit, precision, origin and note."""

from __future__ import annotations

import tomllib
from decimal import Decimal

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


def catalogue() -> Catalogue:
    made, faults = assemble([("own.toml", Part.model_validate(tomllib.loads(TEXT)))], YEAR)
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
    last = Facts(catalogue(), record(facts=[fact("people", "7", "人", YEAR - 1)]).model_copy(update={"year": YEAR - 1}))
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
