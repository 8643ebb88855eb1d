"""What a framework says of itself: what it is worth, what stands where, what is found by name."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from evallib.model.catalogue import Catalogue
from evallib.model.framework import Framework
from tests.score.small import framework

NAMED: dict[str, Any] = {"name": "名", "name_en": "Name"}
AWARDED: dict[str, Any] = {"rule": {"kind": "awarded"}, "source": "rules"}


def weighed(**changes: Any) -> Framework:
    values: dict[str, Any] = {
        "dimension": [{"id": "d", "weight": "0.6"} | NAMED, {"id": "e", "weight": "0.4"} | NAMED],
        "group": [{"id": "g", "dimension": "d", "weight": "0.5"} | NAMED, {"id": "h", "group": "g", "weight": "0.25"} | NAMED],
        "indicator": [
            {"id": "i", "group": "h", "weight": "0.2"} | NAMED | AWARDED,
            {"id": "j", "dimension": "e", "weight": 1} | NAMED | AWARDED,
        ],
    }
    return framework(points=100, **(values | changes))


def test_points_follow_from_weights_level_by_level() -> None:
    made = weighed()
    worth = {s.id: s.points for s in made.sections} | {i.id: i.points for i in made.indicators}
    assert worth == {"d": 60, "g": 30, "h": Decimal("7.5"), "e": 40, "i": Decimal("1.5"), "j": 40}


def test_points_that_are_given_stay_and_what_stands_in_no_points_has_none() -> None:
    made = weighed(group=[{"id": "g", "dimension": "d", "weight": "0.5", "points": 12} | NAMED, {"id": "h", "group": "g"} | NAMED])
    assert [(s.id, s.points) for s in made.groups] == [("g", 12), ("h", None)]
    assert made.indicators[0].points == 0


def test_the_tree_is_read_from_the_top_each_before_what_stands_in_it() -> None:
    made = weighed(group=[{"id": "h", "group": "g"} | NAMED, {"id": "g", "dimension": "d"} | NAMED, {"id": "k", "dimension": "e"} | NAMED])
    assert [s.id for s in made.sections] == ["d", "g", "h", "e", "k"]
    assert made.homes == {"d": "d", "g": "d", "h": "d", "e": "e", "k": "e"}


def test_what_stands_in_itself_stands_nowhere() -> None:
    made = weighed(group=[{"id": "g", "group": "h"} | NAMED, {"id": "h", "group": "g"} | NAMED])
    assert [s.id for s in made.sections] == ["d", "e"]


@pytest.mark.parametrize("place", [{}, {"dimension": "d", "group": "g"}])
def test_a_group_stands_in_one_place(place: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="dimension_or_group"):
        weighed(group=[{"id": "h"} | place | NAMED])


RULES = [
    {"id": "step", "name": "分段", "name_en": "By steps", "rule": {"kind": "pass_fail", "at_least": 1}},
    {"id": "given", "name": "得分系数", "rule": {"kind": "awarded"}},
]


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("step", "pass_fail"),
        (" 分段 ", "pass_fail"),
        ("BY STEPS", "pass_fail"),
        ("得分系数", "awarded"),
        ("given", "awarded"),
        ("其他", None),
        ("", None),
    ],
)
def test_a_rule_is_found_by_its_id_or_its_names(text: str, form: str | None) -> None:
    found = framework(rule=RULES).find_rule(text)
    assert (found.form if found else None) == form


def test_what_plays_a_role_is_found_in_its_order() -> None:
    indicators = [{"id": "i", "group": "h", "role": "satisfaction"} | NAMED | AWARDED, {"id": "j", "dimension": "e"} | NAMED | AWARDED]
    made = weighed(dimension=[{"id": "d"} | NAMED, {"id": "e", "role": ["satisfaction", "clarity of goals"]} | NAMED], indicator=indicators)
    assert made.playing("satisfaction") == ("e", "i")
    assert made.playing("clarity of goals") == ("e",)
    assert made.playing("nothing") == ()


def test_frameworks_are_the_same_whatever_their_catalogues() -> None:
    made = framework()
    assert made == made.model_copy(update={"catalogue": Catalogue()})
    assert made != framework(points=11)
    assert made != "small"
    assert hash(made) == hash(framework(points=11))
    assert hash(made) != hash(framework(first_year=2022))


def test_a_source_is_found_by_its_id() -> None:
    source = framework().find_source("rules")
    assert source is not None
    assert source.number == "财预〔2020〕10号"
    assert framework().find_source("none") is None
