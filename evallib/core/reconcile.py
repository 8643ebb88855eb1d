"""The published figures beside the computed ones. Pure: an Evaluation in, a verdict on every figure out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from evallib.core.base import Frozen
from evallib.core.evaluation import Evaluation
from evallib.core.facts import FACTS
from evallib.core.measure import find_fact
from evallib.core.record import Published, Record
from evallib.core.table_words import CHOICES
from evallib.core.units import SHARE, UNITS, convert, parse_decimal, round_half_up
from evallib.core.words import NOTHING, Words, words

Verdict = Literal["agrees", "differs", "recorded", "not_computable"]

VERDICTS: dict[Verdict, Words] = {
    "agrees": words("一致", "agrees"),
    "differs": words("不一致", "differs"),
    "recorded": words("不一致（已记录为原文矛盾）", "differs (recorded as a contradiction)"),
    "not_computable": words("无法计算", "not computable"),
}


Kind = Literal["computed", "transcribed", "fitted"]

KINDS: dict[Kind, Words] = {
    "computed": words("由其他数字重算", "computed from other numbers"),
    "transcribed": words("与录入的数字核对", "compared with the number as entered"),
    "fitted": words("重构即以其为准", "what the reconstruction was fitted to"),
}
"""What an agreement is worth: a computation, a repeated printing, or a score that the reconstruction was fitted to."""


class Reconciled(Frozen):
    """A published figure, what the kit computes for it, and whether the two agree."""

    id: str
    name: Words
    kind: Kind
    number: str
    published: str
    computed: str | None
    unit: str
    verdict: Verdict
    reason: Words
    source: str
    section: str


@dataclass(frozen=True, slots=True)
class Number:
    """A computed number, with what it is called; a text where the result is one (a grade)."""

    name: Words
    value: Decimal | str | None
    unit: str
    kind: Kind = "computed"
    why_not: Words = NOTHING


def numbers(evaluation: Evaluation) -> dict[str, Number]:
    """Every number of an evaluation that a published figure can be held against, by name.

    Names: `fact.ID`, `fact.ID@YEAR`, `metric.ID`, `metric.ID.difference`, `target.ID.actual|target|completion_rate|
    attainment`, `indicator.ID.score`, `group.ID.score`, `dimension.ID.points|score|rate`, `total.score`, `total.points`,
    `grade`, `self.score`, `self.grade`, `count.…`, `finding.ID.amount|parts|product|overpaid`.
    """
    return _facts(evaluation.record) | _results(evaluation)


def number_names(evaluation: Evaluation) -> list[str]:
    """The names of `numbers`, without looking the facts up."""
    ends = [*(f"@{year}" for year in _years(evaluation.record)), ""]
    return [*(f"fact.{id}{end}" for id in FACTS for end in ends), *_results(evaluation)]


def _years(record: Record) -> list[int]:
    return sorted({record.year, record.year - 1} | {f.year for f in record.facts})


def _facts(record: Record) -> dict[str, Number]:
    found: dict[str, Number] = {}
    years = _years(record)
    for id, fact_kind in FACTS.items():
        for year in years:
            fact = find_fact(record, id, year)
            why = (fact.note if fact else None) or words("数据中没有这个数据项或其分项", "the data does not hold this fact or its parts")
            name = fact_kind.name if year == record.year else fact_kind.name + words(f"（{year} 年）", f" ({year})")
            kind: Kind = "transcribed" if fact is None or not fact.parts else "computed"
            found[f"fact.{id}@{year}"] = Number(name, fact.value if fact else None, fact_kind.unit, kind, why)
        found[f"fact.{id}"] = found[f"fact.{id}@{record.year}"]
    return found


def _results(evaluation: Evaluation) -> dict[str, Number]:
    found: dict[str, Number] = {}

    def put(id: str, name: Words, value: Decimal | str | None, unit: str, why: Words = NOTHING, kind: Kind = "computed") -> None:
        found[id] = Number(name, value, unit, kind, why)

    record, framework = evaluation.record, evaluation.framework
    for metric in evaluation.metrics:
        put(f"metric.{metric.id}", metric.name, metric.value, SHARE, metric.working)
        given = [i.value for i in metric.inputs[:2]]
        difference = given[0] - given[1] if len(given) == 2 and given[0] is not None and given[1] is not None else None
        name = metric.name + words("：增减额", ": difference")
        put(f"metric.{metric.id}.difference", name, difference, metric.inputs[0].unit, metric.working)
    rows = {t.indicator: t for t in record.targets}
    for target in evaluation.targets:
        whole, summed = _sum_of_target_parts(evaluation, target.id, target.target, target.unit)
        typed: Kind = "transcribed" if rows[target.id].actual is not None and rows[target.id].base is None else "computed"
        name = target.name + words("：目标", ": target")
        put(f"target.{target.id}.target", name, whole, target.unit, kind="computed" if summed else "transcribed")
        put(f"target.{target.id}.actual", target.name + words("：实际", ": actual"), target.actual, target.unit, target.working, typed)
        put(
            f"target.{target.id}.completion_rate",
            target.name + words("：完成率", ": completion"),
            target.completion_rate,
            SHARE,
            target.working,
        )
        capped = None if target.attainment is None else min(target.attainment, Decimal(1))
        name = target.name + words("：达成程度（最高 100%）", ": attainment, capped at 100%")
        put(f"target.{target.id}.attainment", name, capped, SHARE, target.working)
    for indicator in evaluation.indicators:
        put(f"indicator.{indicator.id}.score", indicator.name + words("：得分", ": score"), indicator.score, "分", indicator.working)
    fitted: Kind = "fitted" if any(i.basis == "reconstructed" for i in evaluation.indicators) else "computed"
    for group in evaluation.groups:
        put(f"group.{group.id}.score", group.name + words("：得分", ": score"), group.score, "分", kind=fitted)
    for dimension in evaluation.dimensions:
        put(f"dimension.{dimension.id}.points", dimension.name + words("：分值", ": points"), dimension.points, "分", kind=fitted)
        put(f"dimension.{dimension.id}.score", dimension.name + words("：得分", ": score"), dimension.score, "分", kind=fitted)
        put(f"dimension.{dimension.id}.rate", dimension.name + words("：得分率", ": score rate"), dimension.rate, SHARE, kind=fitted)
    put("total.score", words("总分", "Total score"), evaluation.total, "分", kind=fitted)
    put("total.points", words("满分", "Full points"), evaluation.points, "分", kind=fitted)
    put("grade", words("等级", "Grade"), evaluation.grade.zh, "", kind=fitted)
    put("self.score", words("自评得分", "Self-evaluation score"), evaluation.self_total, "分", kind="transcribed")
    put("self.grade", words("自评等级", "Self-evaluation grade"), evaluation.self_grade or None, "", kind="transcribed")
    levels = {
        "dimensions": (words("一级指标数", "Number of dimensions"), len(framework.dimensions)),
        "groups": (words("二级指标数", "Number of groups"), len(framework.groups)),
        "indicators": (words("三级指标数", "Number of indicators"), len(evaluation.indicators)),
        "work_targets": (words("年度目标任务数", "Number of work targets"), len({t.no for t in record.work_targets})),
        "finding_kinds": (words("问题类别数", "Kinds of findings"), len({f.kind for f in record.findings})),
    }
    units = Counter(u.kind for u in record.units)
    levels |= {f"units.{kind}": (CHOICES[kind] + words("数", ": number"), n) for kind, n in units.items()}
    for id, (name, count) in levels.items():
        put(f"count.{id}", name, Decimal(count), "个")
    for finding in record.findings:
        id = f"finding.{finding.finding}"
        name = words(f"问题 {finding.finding}：", f"Finding {finding.finding}: ")
        parts = [a.value for a in record.finding_amounts if a.finding == finding.finding]
        put(f"{id}.amount", name + words("凭证金额", "voucher"), finding.amount, "元", kind="transcribed")
        no_parts = words("没有记录分项", "no parts were recorded")
        put(f"{id}.parts", name + words("分项之和", "sum of parts"), sum(parts, Decimal(0)) if parts else None, "元", no_parts)
        product = finding.quantity * finding.unit_price if finding.quantity is not None and finding.unit_price is not None else None
        put(f"{id}.product", name + words("数量乘单价", "quantity times price"), product, "元")
        over = finding.paid - finding.amount if finding.paid is not None and finding.amount is not None else None
        put(f"{id}.overpaid", name + words("多付金额", "paid too much"), over, "元")
    return found


def _sum_of_target_parts(evaluation: Evaluation, id: str, target: Decimal, unit: str) -> tuple[Decimal, bool]:
    """A target, summed anew from its parts where they are recorded."""
    parts = [p for p in evaluation.record.target_parts if p.indicator == id and p.role == "target" and p.counted == "yes"]
    return (sum((convert(p.value, p.unit, unit) for p in parts), Decimal(0)), True) if parts else (target, False)


def reconcile(evaluation: Evaluation) -> tuple[Reconciled, ...]:
    """Every published figure of the record beside the computed one, in the order of the data.

    A figure agrees when the computed number, rounded half up to the decimals that were printed, is the printed one.

    Raises KeyError where a figure names a number that there is not (`evaluate_year` refuses such data).
    """
    computed = numbers(evaluation)
    recorded = {token for c in evaluation.record.contradictions for token in c.subjects}
    return tuple(_one(row, computed.get(row.number), row.published in recorded) for row in evaluation.record.published)


def _one(row: Published, number: Number | None, recorded: bool) -> Reconciled:
    shown: str | None = None
    reason = words(row.note, row.note_en)
    if not row.number:
        verdict: Verdict = "not_computable"
    elif number is None:
        raise KeyError(f"no number is called {row.number}")
    elif number.value is None:
        verdict = "not_computable"
        reason = number.why_not or reason
    else:
        shown = _as_printed(row, number)
        same = shown == row.value.strip() or (parse_decimal(shown) is not None and parse_decimal(shown) == parse_decimal(row.value))
        verdict = "agrees" if same else "recorded" if recorded else "differs"
    return Reconciled(
        id=row.published,
        name=number.name if number else reason,
        kind=number.kind if number else "transcribed",
        number=row.number,
        published=row.value,
        computed=shown,
        unit=row.unit,
        verdict=verdict,
        reason=reason,
        source=row.source,
        section=row.section,
    )


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
    return str(round_half_up(value, len(row.value.strip().partition(".")[2])))
