"""Questions that analysts ask, each answered in at most three lines. What comes out is held against the evaluations themselves."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
import pytest

import evallib as ev


def test_which_indicators_lost_most_points_across_departments(book: ev.Book) -> None:
    lost = book.indicators.groupby("name").lost.sum().nlargest(5)

    by_hand: dict[str, Decimal] = {}
    for r in book:
        for i in r.evaluation.indicators:
            if i.points and i.score is not None:
                by_hand[i.name.en] = by_hand.get(i.name.en, Decimal(0)) + i.points - i.score
    assert lost.index[0] == max(by_hand, key=lambda name: by_hand[name])
    assert lost.to_dict() == pytest.approx({name: float(by_hand[name]) for name in lost.index})


def test_indicators_by_year(book: ev.Book) -> None:
    scores = book["education"].indicators.score.droplevel("department").unstack("year")

    assert list(scores.columns) == [2021, 2022, 2023]
    for year in (2021, 2022, 2023):
        e = book["education", year].evaluation
        assert scores[year].dropna().to_dict() == {i.id: float(i.score) for i in e.indicators if i.score is not None}


def test_execution_against_satisfaction_as_a_scatter(book: ev.Book) -> None:
    values = book.indicators.value.unstack("indicator")
    axes = values.plot.scatter("budget_execution", "public_satisfaction")

    found = [(r.indicators.value["budget_execution"], r.indicators.value["public_satisfaction"]) for r in book]
    dots: Any = axes.collections[0].get_offsets()
    assert sorted(tuple(map(float, dot)) for dot in dots) == sorted(found)
    plt.close("all")


def test_one_fact_changed(r: ev.Result) -> None:
    changed = r.what_if(staff_administrative=19).compare()

    assert changed.frame.difference["total"] == pytest.approx(0.41)
    assert "21 people → 19 people" in changed.sentence
    assert "84.63 → 85.04" in changed.sentence


def test_facts_as_a_frame(r: ev.Result) -> None:
    facts: Any = r.facts.loc[("outturn", 2023)]

    assert (facts["value"], facts["unit"]) == (float(r.evaluation.facts.value("outturn") or 0), "元")


def test_joined_with_an_own_csv(book: ev.Book, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("department,inspector\neducation,A\nhealth,B\n", encoding="utf-8")

    joined = book.indicators.join(pd.read_csv(tmp_path / "mine.csv").set_index("department"))

    assert len(joined) == len(book.indicators)
    assert set(joined.loc["education"].inspector) == {"A"}
    assert joined.loc["water"].inspector.isna().all()


def test_own_formula(book: ev.Book, r: ev.Result) -> None:
    per_head = ev.formula("outturn / staff_in_post", unit="元/人", name="Spending per head")
    values = book.totals.assign(per_head=per_head(book)).per_head

    facts = r.evaluation.facts
    outturn, staff = facts.value("outturn"), facts.value("staff_in_post")
    assert per_head(r) == pytest.approx(float(outturn or 0) / float(staff or 1))
    assert len(values) == len(book)
    assert values.notna().all()


def test_the_targets_missed_by_more_than_a_tenth(book: ev.Book) -> None:
    missed = book.targets.query("attainment < 0.9")

    by_hand = {
        (r.department, r.year, t.id)
        for r in book
        for t in r.evaluation.targets
        if t.attainment is not None and t.attainment < Decimal("0.9")
    }
    assert by_hand
    assert set(missed.index) == by_hand


def test_points_of_a_framework_changed_by_a_tenth(r: ev.Result) -> None:
    process = r.indicators.query("dimension == 'Process'").points * 1.1
    tried = r.what_if(points=process)

    points = {i.id: i.points for i in tried.evaluation.indicators}
    assert all(points[i.id] == (i.points * Decimal("1.1") if i.dimension == "process" else i.points) for i in r.evaluation.indicators)
    assert tried.compare().frame.loc["total"].after == tried.total
