"""What nobody should give to the door: refused in a sentence; and what holds of every number that is given."""

from __future__ import annotations

import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import evallib as ev
from evallib.data.frames import as_float, unit_shown
from evallib.data.rulebook import shipped_catalogue
from evallib.door.numbers import exact
from evallib.model.units import convert
from evallib.model.years import EvaluatedYear
from evallib.score.scoring import evaluate
from tests.conftest import DATA
from tests.score.random_frameworks import Year, years


class Bad:
    """Asked for anything, it breaks."""

    def item(self) -> None:
        raise RuntimeError

    def __str__(self) -> str:
        raise RuntimeError


NUMBERS: list[Any] = [
    *(np.array([1, 2]), np.array([]), np.bool_(True), np.datetime64("2023"), pd.Series([1, 2]), pd.DataFrame({"a": [1, 2]}), b"5"),
    *(Decimal("1e400"), Decimal("1e999999"), Decimal("1e-400"), Decimal("Infinity"), 10**400, 10**5000, Fraction(10**400, 3), np.inf),
    *(
        "9" * 100,
        "1e400",
        "inf",
        "",
        " ",
        "=1+1",
        "1_000",
        "5\x00",
        "\u202e5",
        5j,
        {"a": 1},
        [5],
        {5},
        None,
        True,
        datetime.date(2023, 1, 1),
    ),
    *(Bad(), int, lambda: 1),
]
NOTHING: list[Any] = [pd.NA, pd.NaT, np.nan, np.float32("nan"), Decimal("NaN"), Decimal("sNaN")]
KINDS = {
    "fact": "staff_administrative",
    "actual": "public_satisfaction",
    "target": "public_satisfaction",
    "points": "quality",
    "score": "quality",
    "rule": "staffing_control.limit",
}


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: type(number).__name__)
def test_what_is_no_number_is_refused_wherever_it_is_given(r: ev.Result, number: Any) -> None:
    for kind, name in KINDS.items():
        with pytest.raises(ev.InputRefused):
            r.what_if(None, **{kind: {name: number}})
    for asked in ("staff_administrative", "public_satisfaction", ("outturn", 2022)):
        with pytest.raises(ev.InputRefused):
            r.what_if({asked: number})


@pytest.mark.parametrize("number", NOTHING, ids=str)
def test_nothing_in_a_frame_changes_nothing_and_named_by_itself_is_refused(r: ev.Result, number: Any) -> None:
    for kind, name in {**KINDS, "item": "indicator_clarity.measurable"}.items():
        assert r.what_if(None, **{kind: {name: number}}).tried == ()
    with pytest.raises(ev.InputRefused):
        r.what_if(staff_administrative=number)


@pytest.mark.parametrize("said", ["no", "False", "", None, 2, 0.5, [True], pd.Series([True, False]), Bad()], ids=type)
def test_a_verdict_is_yes_or_no(r: ev.Result, said: Any) -> None:
    with pytest.raises(ev.InputRefused):
        r.what_if(item={"indicator_clarity.measurable": said})


def test_a_verdict_may_be_numpys(r: ev.Result) -> None:
    item = "indicator_clarity.measurable"
    assert len({r.what_if(item={item: yes}).total for yes in (True, np.bool_(True), 1, np.int64(1))}) == 1
    assert r.what_if(item={item: np.bool_(False)}).total == r.what_if(item={item: False}).total


NAMES: list[Any] = [
    *(None, "", (), ("outturn",), ("outturn", 2022, 1), (None, None), ("outturn", "soon"), ("outturn", 2022.5), ("outturn", 10**9)),
    *(("outturn", -1), ("outturn", 1066), (("a",), 2022), 5, float("nan"), b"x", "a\x00\x1b[31m", ".", "{x}{0}%s", frozenset(), int),
]


@pytest.mark.parametrize("name", NAMES, ids=str)
def test_a_name_that_means_nothing_is_refused(r: ev.Result, name: Any) -> None:
    for kind in (*KINDS, "item"):
        with pytest.raises(ev.InputRefused):
            r.what_if(None, **{kind: {name: 5}})
    with pytest.raises(ev.InputRefused):
        r.what_if({name: 5})


def test_a_series_may_bring_years_but_nothing_more(r: ev.Result) -> None:
    one = pd.Series([5.0], index=pd.MultiIndex.from_tuples([("outturn", 2022)]))
    assert r.what_if(fact=one).tried == r.what_if({("outturn", 2022): 5}).tried
    three = pd.Series([5.0], index=pd.MultiIndex.from_tuples([("outturn", 2022, "a")]))
    with pytest.raises(ev.InputRefused, match="is not a fact and a year"):
        r.what_if(fact=three)


@pytest.mark.parametrize("changes", [[1, 2], "staff", 5, (1,)], ids=str)
def test_changes_have_names(r: ev.Result, changes: Any) -> None:
    with pytest.raises(ev.InputRefused, match="does not say what is to be changed"):
        r.what_if(changes)
    with pytest.raises(ev.InputRefused, match="does not say what is to be changed"):
        r.what_if(points=changes)


@pytest.mark.parametrize("without", ["nothing", None, 99, ["nothing"]], ids=str)
def test_what_was_not_found_cannot_be_left_out(r: ev.Result, without: Any) -> None:
    with pytest.raises(ev.InputRefused, match="there is no finding of this name"):
        r.what_if(without=without)


def test_one_finding_may_be_named_by_itself(r: ev.Result) -> None:
    assert r.what_if(without="5").tried == r.what_if(without=["5"]).tried


@pytest.mark.parametrize("factor", [0, -1, 1e300])
def test_points_that_cannot_be_are_refused(r: ev.Result, factor: float) -> None:
    with pytest.raises(ev.InputRefused):
        r.what_if(points=r.indicators.points * factor)


@pytest.mark.parametrize("year", ["soon", "", (1,), float("nan"), 2023.5, 10**5000, -1, True], ids=type)
def test_a_year_that_is_none_is_refused(year: Any) -> None:
    with pytest.raises(ev.InputRefused, match="is not a year"):
        ev.evaluate(DATA, "hrss", year)


@pytest.mark.parametrize("year", [2023, "2023", 2023.0, np.int64(2023), np.float64(2023)])
def test_a_year_as_frames_and_papermill_make_it(year: Any) -> None:
    assert ev.evaluate(DATA, "hrss", year).total == ev.begin("hrss", year, "en", DATA).total == 84.63


@pytest.mark.parametrize("lang", ["EN", "fr", "", 5, ["zh"]], ids=str)
def test_a_language_that_is_none_is_refused(lang: Any) -> None:
    with pytest.raises(ev.InputRefused, match="there is no such language"):
        ev.open(DATA, lang)


@pytest.mark.parametrize("folder", ["x\x00", "x" * 5000, "/nowhere/at/all"], ids=len)
def test_a_folder_that_cannot_be_is_refused(folder: str) -> None:
    with pytest.raises(ev.InputRefused, match="there is no such data folder"):
        ev.open(folder)


def test_a_rule_too_deep_to_be_read_is_refused() -> None:
    with pytest.raises(ev.InputRefused):
        ev.rule("[" * 5000)


# --- what holds of every number

UNITS = shipped_catalogue("units").units
YUAN = UNITS.read("元")


@given(number=st.floats(min_value=-1e12, max_value=1e12).filter(lambda x: x == 0 or abs(x) > 1e-12))
def test_a_float_is_its_fifteen_digits(number: float) -> None:
    assert exact(number, YUAN, UNITS, "x") == exact(np.float64(number), YUAN, UNITS, "x") == Decimal(f"{number:.15g}")


@given(number=st.decimals(min_value=0, max_value=10**9, places=4), unit=st.sampled_from(["元", "万元", "人"]))
def test_text_with_a_unit_is_the_number_in_that_unit(number: Decimal, unit: str) -> None:
    named = UNITS.read(unit)
    base = YUAN if unit == "万元" else named
    said = exact(f"{number:f}{unit}", base, UNITS, "x")
    assert said == convert(number, named, base) == exact(convert(number, named, base), base, UNITS, "x")
    assert exact(f"{number:f}", named, UNITS, "x") == exact(number, named, UNITS, "x") == number


some = settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much])


@some
@given(year=years())
def test_a_what_if_with_what_is_recorded_changes_nothing(year: Year) -> None:
    r = ev.Result(EvaluatedYear(evaluate(year.framework, year.record()), None, ()), "en")
    given_facts = {(f.fact, f.year) for f in r.evaluation.record.facts}
    facts = {key: value for key, value in r.facts.value.dropna().items() if key in given_facts}
    actuals = r.targets.actual.dropna()
    computed = {i.id for i in r.evaluation.indicators if i.formula}
    for again in (r.what_if(fact=facts), r.what_if(actual=actuals[[id not in computed for id in actuals.index]])):
        assert again.evaluation.total == r.evaluation.total
        assert [i.score for i in again.evaluation.indicators] == [i.score for i in r.evaluation.indicators]
        assert len(repr(again).encode()) <= 2048


@some
@given(year=years())
def test_frames_are_the_evaluation(year: Year) -> None:
    e = evaluate(year.framework, year.record())
    r = ev.Result(EvaluatedYear(e, None, ()), "en")
    assert [*r.indicators.index] == [i.id for i in e.indicators]
    assert r.indicators.points.to_list() == pytest.approx([as_float(i.points) for i in e.indicators], nan_ok=True)
    worth = {d.id: as_float(d.score) for d in e.dimensions if d.points}  # one of which nothing applies is no row
    assert r.dimensions.score.to_dict() == pytest.approx(worth, nan_ok=True)
    for id, score in r.indicators.score.dropna().items():
        assert score == as_float(e.indicator(str(id)).score)
    assert r.targets.unit.to_list() == [unit_shown(t.unit) for t in e.targets]
