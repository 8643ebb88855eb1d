"""A department's year as rows: what is looked up in it, and what a row refuses by itself."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from evallib.model.record import Finding, Listing
from tests.score.small import YEAR, fact, record


def test_of_a_fact_given_twice_the_first_row_counts() -> None:
    found = record(facts=(fact("projects", "16", "个"), fact("projects", "12", "个"))).find_fact("projects", YEAR)
    assert found is not None
    assert found.value == 16


def test_a_copy_of_a_record_finds_its_own_facts() -> None:
    first = record(facts=(fact("projects", "16", "个"),))
    assert first.find_fact("projects", YEAR) is not None
    assert first.model_copy(update={"facts": ()}).find_fact("projects", YEAR) is None


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("", []),
        ("budget-law:第57条", [("budget-law", "第57条")]),
        ("budget-law:第57条；accounting-law: 第9条 ;", [("budget-law", "第57条"), ("accounting-law", "第9条")]),
        ("budget-law", [("budget-law", "")]),
        ("notice:三:2", [("notice", "三:2")]),
    ],
)
def test_clauses_are_read_as_document_and_article(text: str, clauses: list[tuple[str, str]]) -> None:
    row = {"finding": "1.1", "kind": "核算", "title": "串用科目", "indicator": "compliance", "source": "report", "section": "七(一)"}
    assert Finding.model_validate(row | {"clauses": text}).cited == clauses


def test_a_department_may_be_listed_for_one_year_but_not_backwards() -> None:
    row = {"code": "hrss", "name": "人社局", "framework": "small", "first_year": 2023}
    assert Listing.model_validate(row | {"last_year": 2023}).last_year == 2023
    with pytest.raises(ValidationError, match="last_year_is_before_first_year"):
        Listing.model_validate(row | {"last_year": 2022})
