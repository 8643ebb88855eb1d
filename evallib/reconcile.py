"""The published figures beside the computed ones. Pure: an Evaluation in, a verdict on every figure out."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Literal

from evallib.base import Frozen
from evallib.evaluation import Evaluation
from evallib.facts import FACTS
from evallib.measure import find_fact
from evallib.record import Published
from evallib.units import SHARE, UNITS, convert, parse_decimal, round_half_up
from evallib.words import Words, words

Verdict = Literal["agrees", "differs", "recorded", "not_computable"]

VERDICTS: dict[Verdict, Words] = {
    "agrees": words("一致", "agrees"),
    "differs": words("不一致", "differs"),
    "recorded": words("不一致（已记录为原文矛盾）", "differs (recorded as a contradiction)"),
    "not_computable": words("无法计算", "not computable"),
}


class Reconciled(Frozen):
    """A published figure, what the kit computes for it, and whether the two agree."""

    id: str
    number: str
    published: str
    computed: str | None
    unit: str
    verdict: Verdict
    reason: Words
    source: str
    section: str


class Number(Frozen):
    """A computed number under its name; a text where the result is one (a grade)."""

    value: Decimal | str | None
    unit: str
    why_not: Words = words("")


def numbers(evaluation: Evaluation) -> dict[str, Number]:
    """Every number of an evaluation that a published figure can be held against, by name.

    Names: `fact.ID`, `fact.ID@YEAR`, `metric.ID`, `metric.ID.difference`, `target.ID.actual|target|completion_rate|
    attainment`, `indicator.ID.score`, `group.ID.score`, `dimension.ID.points|score|rate`, `total.score`, `total.points`,
    `grade`, `self.score`, `self.grade`, `count.…`, `finding.ID.amount|parts|product|overpaid`.
    """
    found: dict[str, Number] = {}

    def put(name: str, value: Decimal | str | None, unit: str, why: Words | None = None) -> None:
        found[name] = Number(value=value, unit=unit, why_not=why or words(""))

    record = evaluation.record
    for id, kind in FACTS.items():
        for year in sorted({record.year, record.year - 1} | {f.year for f in record.facts}):
            fact = find_fact(record, id, year)
            why = words("数据中没有这个事实或其分项", "the data does not hold this fact or its parts")
            put(f"fact.{id}@{year}", fact.value if fact else None, kind.unit, (fact.note if fact else None) or why)
        found[f"fact.{id}"] = found[f"fact.{id}@{record.year}"]
    for metric in evaluation.metrics:
        put(f"metric.{metric.id}", metric.value, SHARE, metric.working)
        given = [i.value for i in metric.inputs[:2]]
        difference = given[0] - given[1] if len(given) == 2 and given[0] is not None and given[1] is not None else None
        put(f"metric.{metric.id}.difference", difference, metric.inputs[0].unit, metric.working)
    for target in evaluation.targets:
        put(f"target.{target.id}.target", _sum_of_target_parts(evaluation, target.id, target.target, target.unit), target.unit)
        put(f"target.{target.id}.actual", target.actual, target.unit, target.working)
        put(f"target.{target.id}.completion_rate", target.completion_rate, SHARE, target.working)
        capped = None if target.attainment is None else min(target.attainment, Decimal(1))
        put(f"target.{target.id}.attainment", capped, SHARE, target.working)
    for indicator in evaluation.indicators:
        put(f"indicator.{indicator.id}.score", indicator.score, "分", indicator.working)
    for group in evaluation.groups:
        put(f"group.{group.id}.score", group.score, "分")
    for dimension in evaluation.dimensions:
        put(f"dimension.{dimension.id}.points", dimension.points, "分")
        put(f"dimension.{dimension.id}.score", dimension.score, "分")
        put(f"dimension.{dimension.id}.rate", dimension.rate, SHARE)
    put("total.score", evaluation.total, "分")
    put("total.points", evaluation.points, "分")
    put("grade", evaluation.grade.zh, "")
    put("self.score", evaluation.self_total, "分")
    put("self.grade", evaluation.self_grade or None, "")
    counts = {
        "dimensions": len(evaluation.dimensions),
        "groups": len(evaluation.groups),
        "indicators": len(evaluation.indicators),
        "work_targets": len({t.no for t in record.work_targets}),
        "finding_kinds": len({f.kind for f in record.findings}),
    }
    counts |= {f"units.{kind}": n for kind, n in Counter(u.kind for u in record.units).items()}
    for name, count in counts.items():
        put(f"count.{name}", Decimal(count), "个")
    for finding in record.findings:
        parts = [a.value for a in record.finding_amounts if a.finding == finding.finding]
        no_parts = words("没有记录分项", "no parts were recorded")
        put(f"finding.{finding.finding}.amount", finding.amount, "元")
        put(f"finding.{finding.finding}.parts", sum(parts, Decimal(0)) if parts else None, "元", no_parts)
        product = finding.quantity * finding.unit_price if finding.quantity is not None and finding.unit_price is not None else None
        put(f"finding.{finding.finding}.product", product, "元")
        over = finding.paid - finding.amount if finding.paid is not None and finding.amount is not None else None
        put(f"finding.{finding.finding}.overpaid", over, "元")
    return found


def _sum_of_target_parts(evaluation: Evaluation, id: str, target: Decimal, unit: str) -> Decimal:
    """A target recomputed from its parts where they are recorded."""
    parts = [p for p in evaluation.record.target_parts if p.indicator == id and p.role == "target" and p.counted == "yes"]
    return sum((convert(p.value, p.unit, unit) for p in parts), Decimal(0)) if parts else target


def reconcile(evaluation: Evaluation) -> tuple[Reconciled, ...]:
    """Every published figure of the record beside the computed one, in the order of the data.

    A figure agrees when the computed number, rounded half up to the decimals that were printed, is the printed one.
    """
    computed = numbers(evaluation)
    recorded = {token for c in evaluation.record.contradictions for token in c.about.split()}
    return tuple(_one(row, computed.get(row.number), row.published in recorded) for row in evaluation.record.published)


def _one(row: Published, number: Number | None, recorded: bool) -> Reconciled:
    shown: str | None = None
    reason = words(row.note, row.note_en)
    if not row.number:
        verdict: Verdict = "not_computable"
    elif number is None:
        verdict = "not_computable"
        reason = words(f"没有名为 {row.number} 的数值", f"no number is called {row.number}")
    elif number.value is None:
        verdict = "not_computable"
        reason = number.why_not or reason
    else:
        shown = _as_printed(row, number)
        verdict = "agrees" if shown == _normal(row.value) else "recorded" if recorded else "differs"
    return Reconciled(
        id=row.published,
        number=row.number,
        published=row.value,
        computed=shown,
        unit=row.unit,
        verdict=verdict,
        reason=reason,
        source=row.source,
        section=row.section,
    )


def _normal(text: str) -> str:
    value = parse_decimal(text)
    return text.strip() if value is None else str(value)


def _as_printed(row: Published, number: Number) -> str:
    """The computed number in the printed unit, with as many decimals as were printed."""
    printed = parse_decimal(row.value)
    if isinstance(number.value, str) or printed is None:
        return str(number.value)
    value = number.value
    assert value is not None
    unit, own = UNITS.get(row.unit), UNITS.get(number.unit)
    if unit is not None and own is not None and unit.measures == own.measures:
        value = convert(value, number.unit, row.unit)
    exponent = printed.as_tuple().exponent
    return str(round_half_up(value, -exponent if isinstance(exponent, int) and exponent < 0 else 0))
