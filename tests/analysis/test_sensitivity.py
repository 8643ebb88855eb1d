"""How sure a grade is: the estimators against closed forms, shares against a count by hand, and what must always hold."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from evallib.analysis.changes import Change, ScoreChange
from evallib.analysis.sensitivity import can_vary, measured, simulate
from evallib.analysis.sobol import Floats, latin_hypercube, sobol_indices
from evallib.analysis.uncertainty import build_model
from evallib.analysis.what_if import apply
from evallib.data.years import evaluate_year
from evallib.model.errors import InputRefused
from evallib.score.scoring import evaluate
from tests.analysis.shapes import without_points
from tests.conftest import DATA, GOLDEN, Copy

CASES = tomllib.loads((GOLDEN / "sensitivity.toml").read_text(encoding="utf-8"))
CHANGES: TypeAdapter[list[Change]] = TypeAdapter(list[Change])
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
    first, total = sobol_indices(model(a), model(b), np.stack([model(m) for m in mixed]))
    assert first == pytest.approx(CASES[name]["first"], abs=0.02)
    assert total == pytest.approx(CASES[name]["total"], abs=0.02)


def test_a_latin_hypercube_has_one_number_in_every_part() -> None:
    sample = latin_hypercube(50, 3, np.random.default_rng(1))
    assert [sorted((column * 50).astype(int)) for column in sample.T] == [list(range(50))] * 3


@pytest.mark.parametrize("case", CASES["shares"], ids=lambda c: c["name"])
def test_shares_that_can_be_counted_by_hand(case: dict[str, Any]) -> None:
    start = apply(REAL, CHANGES.validate_python(case["changes"]))
    low, high = (Decimal(v) for v in case["interval"])
    found = simulate(start, spread=Decimal(0), judged="fixed", intervals={"public_satisfaction": (low, high)}, draws=1000)
    assert {s.grade: s.share for s in found.shares} == {grade: Decimal(s) for grade, s in case["shares"].items()}, case["why"]


def test_a_grade_that_hangs_on_one_indicator_names_it() -> None:
    case = CASES["shares"][0]
    start = apply(REAL, CHANGES.validate_python(case["changes"]))
    interval = {"public_satisfaction": (Decimal(84), Decimal(94))}
    found = simulate(start, spread=Decimal(0), judged="fixed", intervals=interval, draws=1000)
    assert [(i.indicator, i.grade_changes) for i in found.influences] == [("public_satisfaction", Decimal("0.4"))]
    assert float(found.influences[0].total_order) == pytest.approx(1, abs=0.05)
    assert found.said[0].zh == "在 1000 次模拟中，60.0% 的情况等级仍为“良”"
    assert found.said[0].en == "in 60.0% of 1000 simulated cases the grade stays “Good”"


def test_an_interval_away_from_the_recorded_value_counts() -> None:
    found = simulate(REAL, spread=Decimal(0), judged="fixed", intervals={"public_satisfaction": (Decimal(91), Decimal(91))}, draws=10)
    assert (found.low, found.high) == (Decimal("86.63"), Decimal("86.63"))


def test_a_single_checklist_item_is_decided_the_other_way_in_one_case_of_ten() -> None:
    model, results = build_model(REAL, 0.0, "reconstructed", "step", {})
    place = next(n for n, r in enumerate(results) if r.id == "budget_adjustment")
    drawn = model.varied[place].draw(np.linspace(0.0005, 0.9995, 1000))
    assert [int((drawn == rate).sum()) for rate in (0.0, 1.0)] == [100, 900]


def test_the_published_sections_keep_their_points() -> None:
    model, results = build_model(REAL, 0.25, "reconstructed", "fixed", {})
    points = [sum(float(results[i].points) for i in pool) for pool in model.pools]
    assert points == [9, 29, 32, 30]


def test_a_published_group_keeps_its_points_within_its_dimension() -> None:
    """Of the input dimension's 9 points, goal setting has 5 and budget allocation 4."""
    groups = tuple(g.model_copy(update={"basis": "published" if g.id == "goals" else g.basis}) for g in REAL.framework.groups)
    known = replace(REAL, framework=REAL.framework.model_copy(update={"groups": groups}))
    model, results = build_model(known, 0.25, "reconstructed", "fixed", {})
    assert [sum(float(results[i].points) for i in pool) for pool in model.pools] == [5, 4, 29, 32, 30]


def test_where_no_points_were_published_they_move_between_all_sections() -> None:
    dimensions = tuple(d.model_copy(update={"basis": "own"}) for d in REAL.framework.dimensions)
    own = replace(REAL, framework=REAL.framework.model_copy(update={"dimensions": dimensions}))
    model, results = build_model(own, 0.25, "reconstructed", "fixed", {})
    assert [sum(float(results[i].points) for i in pool) for pool in model.pools] == [100]


def test_full_points_for_what_does_not_apply_are_not_varied(copy: Copy) -> None:
    copy.replace(copy.framework, 'not_applicable = "rescale"', 'not_applicable = "full"')
    copy.set("judgements", {"indicator": "procurement_execution"}, "kind", "not_applicable")
    copy.set("judgements", {"indicator": "procurement_execution"}, "score", "")
    evaluation = copy.evaluate()
    model, results = build_model(evaluation, 0.25, "all", "full", {})
    place = next(n for n, r in enumerate(results) if r.id == "procurement_execution")
    assert results[place].status == "not_applicable"
    assert place not in model.varied
    assert all(place not in pool for pool in model.pools)


def test_an_interval_of_an_actual_is_scored_by_how_far_the_target_is_reached() -> None:
    """400 of 800 jobs are half the target: 1 of 2 points less."""
    found = simulate(REAL, spread=Decimal(0), judged="fixed", intervals={"urban_new_jobs": (Decimal(400), Decimal(400))}, draws=10)
    assert (found.low, found.high) == (REAL.total - 1, REAL.total - 1)


def test_points_do_not_matter_where_everything_is_full() -> None:
    best = apply(REAL, [ScoreChange(indicator=i.id, score=i.points) for i in REAL.indicators])
    found = simulate(best, judged="fixed", draws=200)
    assert found.median == pytest.approx(Decimal(100), abs=Decimal("0.2"))  # 39 scores rounded one by one
    assert {s.grade: s.share for s in found.shares}["excellent"] == 1


def test_nothing_to_vary_gives_the_recorded_result() -> None:
    found = simulate(REAL, spread=Decimal(0), judged="fixed", draws=50)
    assert [s.share for s in found.shares] == [0, 1, 0, 0]
    assert (found.low, found.median, found.high) == (REAL.total,) * 3
    assert (found.influences, found.said[0].zh) == ((), "没有可变动的项目，总分和等级不变")


@given(
    seed=st.integers(0, 1000),
    spread=st.decimals(0, "0.9", places=2),
    judged=st.sampled_from(["fixed", "step", "full"]),
    points=st.sampled_from(["all", "reconstructed"]),
)
@settings(max_examples=20)
def test_what_always_holds(seed: int, spread: Decimal, judged: Any, points: Any) -> None:
    found = simulate(REAL, spread=spread, judged=judged, points=points, draws=60, seed=seed)
    assert sum(s.share for s in found.shares) == 1
    assert 0 <= found.low <= found.median <= found.high <= 100 + Decimal("0.2")
    assert all(i.total_order >= 0 and 0 <= i.grade_changes <= 1 for i in found.influences)
    assert found == simulate(REAL, spread=spread, judged=judged, points=points, draws=60, seed=seed)


def test_another_seed_gives_other_cases() -> None:
    assert simulate(REAL, draws=200, seed=1).influences != simulate(REAL, draws=200, seed=2).influences


@pytest.mark.parametrize(
    ("more", "zh", "en"),
    [
        ({"spread": Decimal("1.5")}, "不在 0 与 1 之间", "is not between 0 and 1"),
        ({"draws": 0}, "至少模拟一次", "at least one case"),
        ({"intervals": {"satisfaction": (Decimal(1), Decimal(2))}}, "是否应为 public_satisfaction", "did you mean public_satisfaction"),
        ({"intervals": {"management_system": (Decimal(1), Decimal(2))}}, "按数值计分", "scored by a value"),
        ({"intervals": {"public_satisfaction": (Decimal(2), Decimal(1))}}, "下限高于上限", "low end is above"),
    ],
)
def test_what_cannot_be_varied_is_refused(more: dict[str, Any], zh: str, en: str) -> None:
    with pytest.raises(InputRefused) as refusal:
        simulate(REAL, **more)
    assert zh in refusal.value.describe("zh")
    assert en in refusal.value.describe("en")


def test_nothing_is_simulated_without_a_total_or_without_grades() -> None:
    ungraded = evaluate(REAL.framework.model_copy(update={"grades": ()}), REAL.record)
    assert can_vary(REAL)
    for e in (without_points(REAL), ungraded):
        assert not can_vary(e)
        with pytest.raises(InputRefused, match="nothing can be simulated"):
            simulate(e)


def test_indicators_without_points_are_left_out() -> None:
    indicators = tuple(i.model_copy(update={"points": Decimal(0)}) if i.id == "quality" else i for i in REAL.framework.indicators)
    e = evaluate(REAL.framework.model_copy(update={"indicators": indicators}), REAL.record)
    assert "quality" not in {r.id for r in build_model(e, 0.25, "all", "full", {})[1]}
    assert "quality" not in measured(e)
