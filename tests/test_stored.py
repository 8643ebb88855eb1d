"""A published result is reached again for ever: evaluations that earlier versions wrote give the same scores today."""

from __future__ import annotations

import json
import tomllib
from decimal import Context, localcontext
from typing import Any

import pytest

from evallib.data.results import read_evaluation
from evallib.model.seals import FORMAT, seals_of
from tests.conftest import STORED

TOTALS: dict[str, dict[str, Any]] = tomllib.loads((STORED / "totals.toml").read_text(encoding="utf-8"))


def test_every_stored_evaluation_has_its_totals() -> None:
    assert sorted(TOTALS) == sorted(file.name.removesuffix(".evaluation.json") for file in STORED.glob("*.json"))


@pytest.mark.parametrize("name", TOTALS)
def test_a_stored_evaluation_is_scored_again_with_the_same_result(name: str) -> None:
    """Reading it scores its record again and refuses what differs; what it says is what stands in the list, which nobody changes."""
    text, wanted = (STORED / f"{name}.evaluation.json").read_text(encoding="utf-8"), TOTALS[name]
    found = read_evaluation(text)
    assert (str(found.total), str(found.points), found.grade_id) == (wanted["total"], wanted["points"], wanted["grade"])
    scores = [(i.id, None if i.score is None else str(i.score)) for i in found.indicators]
    assert scores == [(i["id"], i["score"]) for i in json.loads(text)["indicators"]]
    assert read_evaluation(found.to_json()) == found


@pytest.mark.parametrize("name", [name for name, wanted in TOTALS.items() if "seals" in wanted])
def test_what_was_sealed_has_the_same_seals_as_long_as_the_rule_for_them_is_the_same(name: str) -> None:
    """Where this fails, `published.csv` of every county would be refused: another rule is another FORMAT, and `upgrade` seals again."""
    assert TOTALS[name]["format"] == FORMAT
    with localcontext(Context(prec=3)):  # as a notebook may set it
        assert TOTALS[name]["seals"] == [*seals_of(read_evaluation((STORED / f"{name}.evaluation.json").read_bytes()))]
