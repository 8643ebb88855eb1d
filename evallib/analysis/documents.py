"""An Evaluation as plain objects for other programs: scores as JSON or CSV, results for indexes. Computes nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from evallib.model.evaluation import Evaluation, IndicatorResult
from evallib.model.units import SHARE, Unit, convert, round_half_up
from evallib.model.words import Lang, joined
from evallib.say.drafts import said_of_draft
from evallib.say.workings import goal_text, indicator_clause, indicator_evidence, indicator_rule, indicator_working, reached_text


def _text(value: Decimal | None, places: int = 4) -> str | None:
    return None if value is None else str(round_half_up(value, places))


def _measured(value: Decimal | None, unit: Unit) -> tuple[str | None, str]:
    """A number for machines: rates as shares of four decimals, other numbers exact and without idle zeros."""
    shown = SHARE.symbol if unit.symbol and unit.is_share else unit.symbol
    if value is None:
        return None, shown
    if unit.is_share:
        return _text(convert(value, unit, SHARE)), shown
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text), shown


def _totals(evaluation: Evaluation) -> dict[str, Any]:
    """By which framework an evaluation was made, its total and its full points."""
    e, places = evaluation, evaluation.framework.rounding.scores
    total = _text(e.total if e.has_total else None, places)
    found = {"framework": f"{e.framework.id}/{e.framework.first_year}", "total": total, "points": _text(e.points, places)}
    if e.open is None:
        return found
    return found | {"not_determinable": {"low": _text(e.open.low, places), "high": _text(e.open.high, places), "needs": [*e.open.lacking]}}


def _scored(evaluation: Evaluation, i: IndicatorResult) -> dict[str, Any]:
    """What an indicator is worth, its score, and its value with the unit."""
    places = evaluation.framework.rounding.scores
    value, unit = _measured(i.value, i.unit)
    return {"points": _text(i.points, places), "score": _text(i.score, places), "value": value, "unit": unit}


def score_document(evaluation: Evaluation, lang: Lang) -> dict[str, Any]:
    """The scores as one plain object for other programs: numbers are decimal strings, rates are shares.

    Keys: format, department, name, year, framework, total, points, grade, coverage, dimensions, indicators, formulas,
    targets. What it holds follows from `evaluation.json`, which holds everything.
    """
    e, places = evaluation, evaluation.framework.rounding
    indicators = [
        {"id": i.id, "name": i.name[lang], "dimension": i.dimension, "group": i.group}
        | _scored(e, i)
        | {"status": i.status, "basis": i.basis, "rule": i.rule, "working": indicator_working(e, i, lang)}
        | {"source": indicator_clause(e, i, lang), "evidence": indicator_evidence(e, i, lang), "method": i.method}
        | {"formula_score": _text(i.formula_score, places.scores), "rule_text": indicator_rule(e, i, lang)}
        for i in e.indicators
    ]
    targets = []
    for t in e.targets:
        (target, unit), (actual, _) = _measured(t.target, t.unit), _measured(t.actual, t.unit)
        if not t.is_number:
            target, actual, unit = goal_text(t, lang), reached_text(t, lang), ""
        held: dict[str, Any] = {"id": t.id, "name": t.name[lang], "operator": t.operator, "target": target, "actual": actual, "unit": unit}
        targets.append(held | {"completion_rate": _text(t.completion_rate, places.rates), "met": t.met})
    dimensions = [
        {"id": d.id, "name": d.name[lang], "points": _text(d.points, places.scores)}
        | {"score": _text(d.score, places.scores), "rate": _text(d.rate, places.rates)}
        for d in e.dimensions
    ]
    covered = e.coverage
    return {
        "format": 2,
        "department": e.record.department,
        "name": e.record.name[lang],
        "year": e.record.year,
        **_totals(e),
        "grade": e.grade[lang],
        "coverage": {"indicators": covered.indicators, "indicators_scored": covered.indicators_scored}
        | {name: _text(getattr(covered, name), places.scores) for name in ("points", "points_scored")},
        "dimensions": dimensions,
        "indicators": indicators,
        "formulas": {f.id: _text(f.value, places.rates) for f in e.formulas},
        "targets": targets,
        **({"draft": [one[lang] for one in said_of_draft(e)]} if e.draft else {}),
    }


def result_of(evaluation: Evaluation) -> dict[str, Any]:
    """An evaluation in short, for indexes and tidy tables: the totals, and a row for every indicator. Numbers are texts."""
    e, places = evaluation, evaluation.framework.rounding
    rows = [
        {"dimension": i.dimension, "group": i.group, "indicator": i.id, "name": i.name.zh, "name_en": i.name.en}
        | _scored(e, i)
        | {"score_rate": _text(i.score_rate, places.rates), "status": i.status, "method": i.method, "basis": i.basis}
        for i in e.indicators
    ]
    return {
        "name": e.record.name.zh,
        "name_en": e.record.name.en,
        **_totals(e),
        "grade": e.grade.zh,
        "grade_en": e.grade.en,
        "self_total": _text(e.self_total, places.scores),
        "indicators_scored": e.coverage.indicators_scored,
        "indicators": e.coverage.indicators,
        "synthetic": bool(e.record.find_profile("synthetic", "zh")),
        "tried": {"zh": said.zh, "en": said.en} if (said := joined(t.said for t in e.tried)) else None,
        "rows": rows,
    }
