"""A framework and a department's year small enough to work everything out by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from evallib.data.rulebook import shipped_catalogue
from evallib.model.framework import Framework
from evallib.model.record import Fact, Finding, Judgement, OwnIndicator, Record, Source, Target, TargetPart
from evallib.model.words import words

YEAR = 2023
CATALOGUE = shipped_catalogue("department", YEAR)


def fact(id: str, value: str | None, unit: str, year: int = YEAR, **more: Any) -> Fact:
    """A fact; its source is "report", its section "三", unless others are given."""
    number = None if value is None else Decimal(value)
    return Fact.model_validate({"fact": id, "year": year, "value": number, "unit": unit, "source": "report", "section": "三"} | more)


def target(indicator: str, operator: str, goal: str, unit: str, **more: Any) -> Target:
    row = {"indicator": indicator, "operator": operator, "target": goal, "unit": unit, "actual_by": "measured"}
    return Target.model_validate(row | {"source": "report", "section": "四"} | more)


def part(indicator: str, name: str, name_en: str, value: str, unit: str, role: str = "actual", counted: str = "yes") -> TargetPart:
    row = {"indicator": indicator, "role": role, "part": name, "part_en": name_en, "value": value, "unit": unit, "counted": counted}
    return TargetPart.model_validate(row | {"source": "report", "section": "四"})


def judgement(indicator: str, kind: str, **more: Any) -> Judgement:
    row = {"indicator": indicator, "kind": kind, "basis": "reconstructed", "reason": "有台账。", "reason_en": "There is a ledger."}
    return Judgement.model_validate(row | {"source": "report", "section": "四"} | more)


def finding(id: str, indicator: str, **more: Any) -> Finding:
    row = {"finding": id, "kind": "支出", "title": "超范围列支", "title_en": "Spent beyond its purpose", "indicator": indicator}
    return Finding.model_validate(row | {"source": "report", "section": "五"} | more)


def own(indicator: str, group: str, points: str, **more: Any) -> OwnIndicator:
    row = {"indicator": indicator, "name": "新增就业", "name_en": "New jobs", "group": group, "points": points, "basis": "own"}
    return OwnIndicator.model_validate(row | {"source": "report", "section": "四(二)"} | more)


def source(id: str, title: str, title_en: str = "", number: str = "") -> Source:
    return Source.model_validate({"source": id, "title": title, "title_en": title_en, "number": number, "kind": "report"})


def record(**tables: Any) -> Record:
    """A year of a bureau with the given tables and nothing else."""
    return Record(department="bureau", name=words("局", "Bureau"), year=YEAR, framework="small", files=(), **tables)


def framework(**changes: Any) -> Framework:
    """Two dimensions of 6 and 4 points: staff (by formula, by findings), and work (judged; the department's own)."""
    named: dict[str, Any] = {"name": "投入", "name_en": "Input", "basis": "published"}
    values: dict[str, Any] = {
        "format": 2,
        "id": "small",
        "first_year": YEAR,
        "name": "小体系",
        "name_en": "Small framework",
        "points": 10,
        "rounding": {"scores": 2, "rates": 4, "mode": "half_up"},
        "treatment": {"missing": "zero", "not_applicable": "rescale", "no_finding": "none"},
        "grade": [
            {"id": "good", "name": "良", "name_en": "Good", "at_least": 8},
            {"id": "fair", "name": "中", "name_en": "Fair", "at_least": 5},
            {"id": "poor", "name": "差", "name_en": "Poor", "at_least": 0},
        ],
        "source": [{"id": "rules", "name": "评价办法", "name_en": "Evaluation rules", "number": "财预〔2020〕10号", "year": 2020}],
        "dimension": [{"id": "input", "points": 6} | named, {"id": "work", "points": 4} | named | {"name": "工作", "name_en": "Work"}],
        "group": [
            {"id": "staff", "dimension": "input", "points": 4} | named | {"name": "人员", "name_en": "Staff"},
            {"id": "funds", "dimension": "input", "points": 2} | named | {"name": "资金", "name_en": "Funds", "basis": "reconstructed"},
            {"id": "tasks", "dimension": "work", "points": 1} | named | {"name": "任务", "name_en": "Tasks"},
            {"id": "results", "dimension": "work", "points": 3, "own_rule": {"kind": "proportional", "of": "completion"}}
            | named
            | {"name": "效果", "name_en": "Results"},
        ],
        "indicator": [
            # the last group's first, so that the order of the groups is seen to hold
            indicator("duties", "tasks", 1, {"kind": "awarded"}),
            indicator("compliance", "funds", 2, {"kind": "deduct_per_occurrence", "points_each": "0.5"}),
            indicator("monitoring", "staff", 3, {"kind": "proportional"}, value="monitoring_coverage_rate"),
            indicator("system", "staff", 1, {"kind": "checklist", "items": [{"id": "a", "name": "甲", "name_en": "A", "points": 1}]}),
        ],
    }
    return Framework.model_validate(values | changes).model_copy(update={"catalogue": CATALOGUE})


def indicator(id: str, group: str, points: int | str, rule: dict[str, Any], **more: Any) -> dict[str, Any]:
    row = {"id": id, "name": "指标", "name_en": "Indicator", "group": group, "points": points, "basis": "reconstructed"}
    return row | {"rule": rule, "source": "rules", "clause": "第三条", "clause_en": "article 3"} | more
