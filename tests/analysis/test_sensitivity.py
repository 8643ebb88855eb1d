"""How sure a grade is: the estimators against closed forms, shares against a count by hand, and what must always hold."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from evallib.analysis.changes import Change, ScoreChange
from evallib.analysis.sensitivity import DRAWS, measured, simulate, total_range
from evallib.analysis.sobol import Floats, latin_hypercube, total_order
from evallib.analysis.uncertainty import Side, build_model
from evallib.analysis.what_if import apply
from evallib.data.years import evaluate_county, evaluate_year
from evallib.demo.county import make_demo
from evallib.methods.questionnaires import intervals
from evallib.model.evaluation import Evaluation
from evallib.score.scoring import evaluate
from tests.conftest import DATA, GOLDEN, Copy
from tests.places.test_places import EXPECTED, PLACES, evaluated
from tests.score.small import framework, indicator, judgement, record

CASES = tomllib.loads((GOLDEN / "sensitivity.toml").read_text(encoding="utf-8"))
CHANGES: TypeAdapter[list[Change]] = TypeAdapter(list[Change])
SIDES: tuple[Side, ...] = ("stricter", "either", "lenient")
REAL = evaluate_year(DATA, "hrss", 2023).evaluation


def ishigami(u: Floats) -> Floats:
    x, case = np.pi * (2 * u - 1), CASES["ishigami"]
    found: Floats = np.sin(x[:, 0]) + case["a"] * np.sin(x[:, 1]) ** 2 + case["b"] * x[:, 2] ** 4 * np.sin(x[:, 0])
    return found


def linear(u: Floats) -> Floats:
    found: Floats = u @ np.array(CASES["linear"]["coefficients"])
    return found


@pytest.mark.parametrize(("name", "model", "inputs"), [("ishigami", ishigami, 3), ("linear", linear, 4)])
def test_the_estimators_agree_with_the_closed_form(name: str, model: Callable[[Floats], Floats], inputs: int) -> None:
    generator = np.random.default_rng(7)
    a, b = latin_hypercube(50_000, inputs, generator), latin_hypercube(50_000, inputs, generator)
    mixed = [np.where(np.arange(inputs) == i, b, a) for i in range(inputs)]
    total = total_order(model(a), model(b), np.stack([model(m) for m in mixed]))
    assert total == pytest.approx(CASES[name]["total"], abs=0.02)


def test_a_latin_hypercube_has_one_number_in_every_part() -> None:
    sample = latin_hypercube(50, 3, np.random.default_rng(1))
    assert [sorted((column * 50).astype(int)) for column in sample.T] == [list(range(50))] * 3


@pytest.mark.parametrize("case", CASES["shares"], ids=lambda c: c["name"])
def test_shares_that_can_be_counted_by_hand(case: dict[str, Any]) -> None:
    start = apply(REAL, CHANGES.validate_python(case["changes"]))
    low, high = (Decimal(v) for v in case["interval"])
    found = simulate(start, spread=Decimal(0), judged=False, intervals={"public_satisfaction": (low, high)}, draws=1000)
    for side in ("stricter", "lenient"):  # nothing is judged: the sides are the same
        assert {s.grade: getattr(s, side) for s in found.shares} == {grade: Decimal(s) for grade, s in case["shares"].items()}, case["why"]


def test_a_grade_that_hangs_on_one_indicator_names_it() -> None:
    case = CASES["shares"][0]
    start = apply(REAL, CHANGES.validate_python(case["changes"]))
    interval = {"public_satisfaction": (Decimal(84), Decimal(94))}
    found = simulate(start, spread=Decimal(0), judged=False, intervals=interval, draws=1000)
    assert [(i.indicator, i.grade_changes) for i in found.influences] == [("public_satisfaction", Decimal("0.4"))]
    assert float(found.influences[0].total_order) == pytest.approx(1, abs=0.05)
    assert found.said[0].zh == "在 1,000 次模拟中，60.0% 的情况等级仍为“良”；其余情况：40.0% 为“优”"
    assert found.said[0].en == "in 60.0% of 1,000 simulated cases the grade stays “Good”; otherwise: “Excellent” in 40.0%"
    assert (
        found.said[1].en
        == "the range of the total of 89.13 is 89.13 to 91.13: it is at least 89.13 in 95% of cases, and at most 91.13 in 95%"
    )


def test_an_interval_away_from_the_recorded_value_counts_and_the_total_stays_a_case() -> None:
    found = simulate(REAL, spread=Decimal(0), judged=False, intervals={"public_satisfaction": (Decimal(91), Decimal(91))}, draws=10)
    assert (found.low, found.high) == (REAL.total, Decimal("86.63"))


def test_an_item_that_was_met_is_lost_in_one_case_of_ten_of_the_stricter_and_never_of_the_lenient() -> None:
    model, results = build_model(REAL, 0.0, True, {})
    place = next(n for n, r in enumerate(results) if r.id == "budget_adjustment")
    sample = np.linspace(0.0005, 0.9995, 1000)
    lost = {side: int((model.varied[place].draw(sample, side) == 0).sum()) for side in SIDES}
    assert lost == {"stricter": 100, "either": 50, "lenient": 0}


@pytest.mark.parametrize("case", CASES["judged"], ids=lambda c: c["name"])
def test_ranges_that_can_be_worked_out_by_hand(case: dict[str, Any]) -> None:
    judged = judgement("system", "item", item="a", verdict=case["verdict"]), judgement("duties", "award", score=case["duties"])
    evaluation = evaluate(framework(points=7, treatment={"missing": "zero", "not_applicable": "full"}), record(judgements=judged))
    found = simulate(evaluation, spread=Decimal(0), draws=2000)
    fall, rise = evaluation.total - found.low, found.high - evaluation.total
    assert (float(fall), float(rise)) == pytest.approx((case["fall"], case["rise"]), abs=0.0101), case["why"]


def test_a_score_set_over_a_tier_is_not_bound_by_it() -> None:
    tiers = {"kind": "tiers", "tiers": [{"id": "reached", "name": "达成", "name_en": "Reached", "low": "0.8", "high": 1}]}
    judged = judgement("duties", "tier", verdict="reached", score="9"), judgement("duties", "override", score="5")
    evaluation = evaluate(framework(indicator=[indicator("duties", "tasks", 10, tiers)]), record(judgements=judged))
    model, _ = build_model(evaluation, 0.0, True, {})
    assert model.varied[0].values.tolist() == [0.4, 0.5, 0.6]


# --- a total lies within its own range


def within(evaluation: Evaluation) -> bool:
    low, high = total_range(evaluation, intervals(evaluation, measured(evaluation)))
    return low <= evaluation.total <= high


@pytest.mark.parametrize("place", [*EXPECTED, "hrss"])
def test_a_real_total_lies_within_its_range(place: str) -> None:
    evaluation = REAL if place == "hrss" else evaluated(PLACES / place).evaluation
    if evaluation.grade_id:
        found = simulate(evaluation, intervals=intervals(evaluation, measured(evaluation)), draws=DRAWS)
        assert found.low <= evaluation.total <= found.high
        assert (found.low, found.high) == total_range(evaluation, intervals(evaluation, measured(evaluation)))


def test_every_total_of_a_county_lies_within_its_range(tmp_path: Path) -> None:
    county = make_demo(tmp_path / "county", departments=20)
    found = [e for year in county.years for e in evaluate_county(county.data, year).evaluations]
    assert len(found) > 60
    assert [(e.record.department, e.record.year) for e in found if not within(e)] == []


def test_a_full_total_can_only_fall_and_an_empty_one_only_rise() -> None:
    """Before, both were shown a range without themselves: judgements could only move one way, and their middle was not the record."""
    for share in (0, 1):
        made = apply(REAL, [ScoreChange(indicator=i.id, score=i.points * share) for i in REAL.indicators])
        found = simulate(made, spread=Decimal(0), draws=200)
        assert (found.low, found.high)[share] == made.total
        assert found.low < found.high


shares = st.integers(0, 20).map(lambda n: Decimal(n) / 20)
decisions = st.one_of(st.none(), st.just("not_applicable"), shares)
kinds = st.sampled_from(["awarded", "tiers", "checklist"])
indicators = st.lists(
    st.tuples(kinds, st.sampled_from(["0.7", "1", "3", "7"]), shares, decisions, st.sampled_from(["tasks", "funds"])),
    min_size=1,
    max_size=6,
)


def judged_by(rows: list[Any], places: int, treatment: str) -> Evaluation:
    """A small evaluation of judged indicators: kind, points, share given, what was decided over it, group."""
    made, judged = [], []
    for n, (kind, points, share, decision, group) in enumerate(rows):
        id, worth = f"i{n}", Decimal(points)
        rule: dict[str, Any] = {"kind": kind}
        if kind == "checklist":
            met = int(share * 3)  # of the three items
            rule["items"] = [{"id": f"{id}{k}", "name": "项", "name_en": "Item", "points": worth / 4 * (1 + (k == 0))} for k in range(3)]
            judged += [judgement(id, "item", item=f"{id}{k}", verdict="met" if k < met else "not_met") for k in range(3)]
        elif kind == "tiers":
            ends = (("low", "0", "0.6"), ("high", "0.6", "1"))
            rule["tiers"] = [{"id": t, "name": "档", "name_en": "Tier", "low": low, "high": high} for t, low, high in ends]
            judged.append(judgement(id, "tier", verdict="high" if share >= Decimal("0.6") else "low", score=share * worth))
        else:
            judged.append(judgement(id, "award", score=share * worth))
        if decision == "not_applicable":
            judged = [j for j in judged if j.indicator != id]
            judged.append(judgement(id, "not_applicable"))
        elif decision is not None and kind != "awarded":
            judged.append(judgement(id, "override", score=decision * worth))
        made.append(indicator(id, group, points, rule))
    rules = {"rounding": {"scores": places, "rates": 4, "mode": "half_up"}, "treatment": {"missing": "zero", "not_applicable": treatment}}
    return evaluate(framework(indicator=made, **rules), record(judgements=tuple(judged)))


@given(indicators, st.integers(0, 2), st.sampled_from(["full", "rescale"]), st.integers(0, 9))
def test_no_stricter_case_is_above_the_total_and_no_lenient_one_below(rows: list[Any], places: int, treatment: str, seed: int) -> None:
    evaluation = judged_by(rows, places, treatment)
    low, high = total_range(evaluation, draws=40, seed=seed)
    assert low <= evaluation.total <= high
    model, _ = build_model(evaluation, 0.0, True, {})
    sample = np.random.default_rng(seed).random((40, len(model.inputs), 2))
    total = float(evaluation.total.scaleb(places))
    stricter, either, lenient = (model.totals(model.draw(sample, side)) for side in SIDES)
    assert model.totals(model.recorded()) == total
    assert (stricter <= total).all()
    assert (total <= lenient).all()
    assert (stricter <= either).all()
    assert (either <= lenient).all()


def test_the_published_sections_keep_their_points() -> None:
    model, results = build_model(REAL, 0.25, False, {})
    points = [sum(float(results[i].points) for i in pool) for pool in model.pools]
    assert points == [9, 29, 32, 30]


def test_a_published_group_keeps_its_points_within_its_dimension() -> None:
    """Of the input dimension's 9 points, goal setting has 5 and budget allocation 4."""
    groups = tuple(g.model_copy(update={"basis": "published" if g.id == "goals" else g.basis}) for g in REAL.framework.groups)
    known = replace(REAL, framework=REAL.framework.model_copy(update={"groups": groups}))
    model, results = build_model(known, 0.25, False, {})
    assert [sum(float(results[i].points) for i in pool) for pool in model.pools] == [5, 4, 29, 32, 30]


def test_where_no_points_were_published_they_move_between_all_sections() -> None:
    dimensions = tuple(d.model_copy(update={"basis": "own"}) for d in REAL.framework.dimensions)
    own = replace(REAL, framework=REAL.framework.model_copy(update={"dimensions": dimensions}))
    model, results = build_model(own, 0.25, False, {})
    assert [sum(float(results[i].points) for i in pool) for pool in model.pools] == [100]


def test_full_points_for_what_does_not_apply_are_not_varied(copy: Copy) -> None:
    copy.replace(copy.framework, 'not_applicable = "rescale"', 'not_applicable = "full"')
    copy.set("judgements", {"indicator": "procurement_execution"}, "kind", "not_applicable")
    copy.set("judgements", {"indicator": "procurement_execution"}, "score", "")
    evaluation = copy.evaluate()
    model, results = build_model(evaluation, 0.25, True, {})
    place = next(n for n, r in enumerate(results) if r.id == "procurement_execution")
    assert results[place].status == "not_applicable"
    assert place not in model.varied
    assert all(place not in pool for pool in model.pools)


def test_an_interval_of_an_actual_is_scored_by_how_far_the_target_is_reached() -> None:
    """400 of 800 jobs are half the target: 1 of 2 points less."""
    found = simulate(REAL, spread=Decimal(0), judged=False, intervals={"urban_new_jobs": (Decimal(400), Decimal(400))}, draws=10)
    assert (found.low, found.high) == (REAL.total - 1, REAL.total)


def test_points_do_not_matter_where_everything_is_full() -> None:
    best = apply(REAL, [ScoreChange(indicator=i.id, score=i.points) for i in REAL.indicators])
    found = simulate(best, judged=False, draws=200)
    assert (found.low, found.high) == pytest.approx((100, 100), abs=Decimal("0.2"))  # 39 scores rounded one by one
    assert {s.grade: s.stricter for s in found.shares}["excellent"] == 1


def test_nothing_to_vary_gives_the_recorded_result() -> None:
    found = simulate(REAL, spread=Decimal(0), judged=False, draws=50)
    assert [(s.stricter, s.lenient) for s in found.shares] == [(0, 0), (1, 1), (0, 0), (0, 0)]
    assert (found.low, found.high) == (REAL.total, REAL.total)
    assert (found.influences, found.decided, found.said[0].zh) == ((), (), "没有可变动的项目，总分和等级不变")


@given(
    seed=st.integers(0, 1000),
    spread=st.decimals(0, "0.9", places=2),
    judged=st.booleans(),
)
@settings(max_examples=20)
def test_what_always_holds(seed: int, spread: Decimal, judged: bool) -> None:
    found = simulate(REAL, spread=spread, judged=judged, draws=60, seed=seed)
    assert sum(s.stricter for s in found.shares) == sum(s.lenient for s in found.shares) == 1
    assert 0 <= found.low <= REAL.total <= found.high <= 100 + Decimal("0.2")
    assert found.judged is judged
    assert all(i.total_order >= 0 and 0 <= i.grade_changes <= 1 for i in found.influences)
    assert found == simulate(REAL, spread=spread, judged=judged, draws=60, seed=seed)


def test_another_seed_gives_other_cases() -> None:
    assert simulate(REAL, draws=200, seed=1).influences != simulate(REAL, draws=200, seed=2).influences


def test_indicators_without_points_are_left_out() -> None:
    indicators = tuple(i.model_copy(update={"points": Decimal(0)}) if i.id == "quality" else i for i in REAL.framework.indicators)
    e = evaluate(REAL.framework.model_copy(update={"indicators": indicators}), REAL.record)
    assert "quality" not in {r.id for r in build_model(e, 0.25, True, {})[1]}
    assert "quality" not in measured(e)
