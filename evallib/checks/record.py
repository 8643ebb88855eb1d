"""What must hold between the rows of a record, and between a record and its framework. Pure: it only reports."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from operator import attrgetter

from evallib.core.errors import Place, Problem, Where, meant
from evallib.core.facts import FACTS
from evallib.core.framework import Framework, Indicator
from evallib.core.measure import find_fact, metric_inputs
from evallib.core.metrics import METRICS
from evallib.core.record import TABLES, Record, Target
from evallib.core.rows import Sourced
from evallib.core.rules import KIND_NAMES, Awarded, Checklist, Tiers
from evallib.core.scoring import indicators_in_force
from evallib.core.table_words import CHOICES
from evallib.core.units import SHARE, UNITS, find_unit, plain
from evallib.core.words import words

_MAY_BE_NEGATIVE = {"closing_carryover", "closing_carryover_basic", "closing_carryover_project", "opening_carryover"}


def check_record(framework: Framework, record: Record, where: Where) -> Iterator[Problem]:
    """Every problem of a department's year that a row alone does not show.

    First what the rows name (sources, units, ids); only when all of that is known, what can be computed from them.
    """
    for stage in (
        (_sources, _units, _duplicates, _facts, _own_indicators),
        (_targets, _judgements, _findings, _other_rows, _needed_facts),
    ):
        found = [problem for check in stage for problem in check(framework, record, where)]
        yield from found
        if any(problem.level == "error" for problem in found):
            return


def _unknown(where: Where, table: str, index: int, column: str, found: str, known: list[str], zh: str, en: str) -> Problem:
    return Problem(where(table, index, column), words(f"没有这个{zh}", f"there is no such {en}"), meant(found, known), found)


def _sources(framework: Framework, record: Record, where: Where) -> Iterator[Problem]:
    known = {s.source: None for s in record.sources}
    for table in (name for name, model in TABLES.items() if issubclass(model, Sourced)):
        for index, row in enumerate(getattr(record, table)):
            if row.source not in known:
                yield _unknown(where, table, index, "source", row.source, list(known), "来源", "source document")


_WITH_UNIT = [
    (table, column) for table, model in TABLES.items() for column in ("unit", "actual_unit", "cost_unit") if column in model.model_fields
]


def _units(framework: Framework, record: Record, where: Where) -> Iterator[Problem]:
    for table, column in _WITH_UNIT:
        for index, row in enumerate(getattr(record, table)):
            symbol = getattr(row, column)
            if symbol and symbol not in UNITS:
                known = find_unit(symbol)
                fix = (
                    words(f"写 {known.symbol}", f"write {known.symbol}")
                    if known
                    else meant(symbol, [unit for unit in UNITS if unit != SHARE])
                )
                yield Problem(where(table, index, column), words("没有这个单位", "there is no such unit"), fix, symbol)


_KEYS: dict[str, tuple[str, ...]] = {
    "sources": ("source",),
    "profile": ("key",),
    "work_targets": ("no", "part"),
    "plan_targets": ("plan_target",),
    "facts": ("fact", "year"),
    "own_indicators": ("indicator",),
    "targets": ("indicator",),
    "target_parts": ("indicator", "role", "part"),
    "judgements": ("indicator", "kind", "item"),
    "findings": ("finding",),
    "finding_amounts": ("finding", "part"),
    "recommendations": ("id",),
    "practices": ("id",),
    "self_evaluation": ("indicator",),
    "published": ("published",),
    "contradictions": ("contradiction",),
    "surveys": ("indicator", "group"),
    "expert_scores": ("indicator", "expert"),
    "cost_results": ("result", "year"),
    "follow_ups": ("subject", "id", "date"),
}


def _duplicates(framework: Framework, record: Record, where: Where) -> Iterator[Problem]:
    for table, columns in _KEYS.items():
        seen: dict[object, int] = {}
        key_of = attrgetter(*columns)
        for index, row in enumerate(getattr(record, table)):
            key = key_of(row)
            if key in seen:
                first = where(table, seen[key], None).row
                yield Problem(
                    where(table, index, columns[0]),
                    words(f"与第 {first} 行重复", f"repeats row {first}"),
                    words("只保留一行", "keep one of the two rows"),
                    found=" ".join(str(part) for part in (key if isinstance(key, tuple) else (key,)) if part != ""),
                )
            seen.setdefault(key, index)


def _facts(framework: Framework, record: Record, where: Where) -> Iterator[Problem]:
    given = [id for id, kind in FACTS.items() if not kind.derived]
    for index, row in enumerate(record.facts):
        kind = FACTS.get(row.fact)
        if kind is None:
            yield _unknown(where, "facts", index, "fact", row.fact, given, "数据项", "fact")
            continue
        if kind.derived:
            yield Problem(
                where("facts", index, "fact"),
                words("该数由其他数据项计算，不能填写", "this one is computed from other facts and not given"),
                words("删去这一行", "delete the row"),
                row.fact,
            )
            continue
        if row.unit in UNITS and UNITS[row.unit].measures != UNITS[kind.unit].measures:
            yield Problem(
                where("facts", index, "unit"),
                words("单位不对", "is the wrong kind of unit"),
                words(f"用 {kind.unit} 一类的单位", f"use {kind.unit} or a unit of its kind"),
                row.unit,
            )
            continue
        if row.value is None and not row.note:
            yield Problem(
                where("facts", index, "value"),
                words("没有数值，也没有说明", "has neither a number nor a note"),
                words(
                    "填写数值；确实没有数据时，在“说明”列（note）写明原因",
                    "fill in the number; where it is known not to exist, say why in note",
                ),
                row.fact,
            )
        if row.value is not None and row.value < 0 and row.fact not in _MAY_BE_NEGATIVE:
            yield Problem(
                where("facts", index, "value"),
                words("不能为负数", "must not be negative"),
                words("改正数值", "correct the number"),
                plain(row.value),
            )
        if (
            kind.unit in ("人", "个", "项", "份")
            and row.value is not None
            and row.unit == kind.unit
            and row.value != row.value.to_integral_value()
        ):
            yield Problem(
                where("facts", index, "value"),
                words("应为整数", "must be a whole number"),
                words("改正数值", "correct the number"),
                plain(row.value),
            )
        if row.year > record.year:
            yield Problem(
                where("facts", index, "year"),
                words(f"晚于评价年度 {record.year}", f"is later than the evaluated year {record.year}"),
                words("改正年度", "correct the year"),
                str(row.year),
            )


def _own_indicators(framework: Framework, record: Record, where: Where) -> Iterator[Problem]:
    open_groups = {g.id: g for g in framework.groups if g.own_rule is not None}
    common = {i.id for i in framework.indicators}
    for index, row in enumerate(record.own_indicators):
        if row.group not in open_groups:
            yield _unknown(
                where,
                "own_indicators",
                index,
                "group",
                row.group,
                list(open_groups),
                "开放的二级指标",
                "group open to a department's own indicators",
            )
        if row.indicator in common:
            yield Problem(
                where("own_indicators", index, "indicator"),
                words("与共性指标同名", "is already an indicator of the framework"),
                words("换一个编号", "choose another id"),
                row.indicator,
            )
        if row.metric and row.metric not in METRICS:
            yield _unknown(where, "own_indicators", index, "metric", row.metric, list(METRICS), "公式", "formula")
    for group in open_groups.values():
        total = sum((o.points for o in record.own_indicators if o.group == group.id), Decimal(0))
        if total != group.points:
            file = where("own_indicators", 0, None).file
            yield Problem(
                Place(file, None, "points"),
                words(
                    f"“{group.name}”各指标分值合计为 {plain(total)}，应为 {plain(group.points)}",
                    f"the indicators of {group.name_en} add up to {plain(total)} points, not {plain(group.points)}",
                ),
                words("调整该组各指标的分值", "adjust the points of the indicators in this group"),
            )


def _targets(framework: Framework, record: Record, where: Where) -> Iterator[Problem]:
    indicators = {i.id: i for i in indicators_in_force(framework, record) if i.group in {g.id for g in framework.groups}}
    for index, row in enumerate(record.targets):
        if row.indicator not in indicators:
            yield _unknown(where, "targets", index, "indicator", row.indicator, list(indicators), "指标", "indicator")
            continue
        indicator = indicators[row.indicator]
        if getattr(indicator.rule, "of", "") == "value" and UNITS[row.unit].measures != "share":
            yield Problem(
                where("targets", index, "unit"),
                words("该指标按百分比计分，目标须为百分比", "the indicator is scored by a percentage, so its target must be one"),
                words("单位写 %；或把指标放到按完成率计分的二级指标下", "write %; or move the indicator to a group scored by completion"),
                row.unit,
            )
        yield from _actual(record, row, indicator, index, where)
    with_target = {t.indicator for t in record.targets}
    for i in indicators.values():
        if i.id not in with_target and (getattr(i.rule, "of", "") == "completion" or i.id in {o.indicator for o in record.own_indicators}):
            yield Problem(
                Place(where("targets", 0, None).file, None, "indicator"),
                words(f"指标 {i.id}（{i.name}）没有目标行", f"there is no row for the indicator {i.id} ({i.name_en})"),
                words("加一行：方向、目标值、单位、实际值", "add a row with operator, target, unit and actual"),
            )
    for index, part in enumerate(record.target_parts):
        target = next((t for t in record.targets if t.indicator == part.indicator), None)
        if target is None:
            yield _unknown(where, "target_parts", index, "indicator", part.indicator, sorted(with_target), "目标", "target")
        elif UNITS[part.unit].measures != UNITS[target.unit].measures:
            yield Problem(
                where("target_parts", index, "unit"),
                words("单位与目标的单位不可比", "cannot be compared with the target's unit"),
                words(f"用 {target.unit} 一类的单位", f"use {target.unit} or a unit of its kind"),
                part.unit,
            )


def _actual(record: Record, row: Target, indicator: Indicator, index: int, where: Where) -> Iterator[Problem]:
    """A target's actual comes from one place, in a unit that can be compared."""
    parts = [p for p in record.target_parts if p.indicator == row.indicator and p.role == "actual" and p.counted == "yes"]
    ways = [
        way
        for way, there in (
            ("actual", row.actual is not None),
            ("target_parts", bool(parts)),
            (f"metric {indicator.metric}", indicator.metric is not None),
        )
        if there
    ]
    if not ways:
        yield Problem(
            where("targets", index, "actual"),
            words("没有实际值", "there is no actual"),
            words("填写实际值，或在“目标分项”表（target_parts）写出分项", "fill in actual, or give its parts in Target parts"),
        )
    if len(ways) > 1:
        yield Problem(
            where("targets", index, "actual"),
            words("实际值有不止一个来源", "the actual comes from more than one place"),
            words(
                "由基础数据或目标分项得出的，请清空“实际值”这一格", "where the facts or Target parts give it, clear the cell of the actual"
            ),
            ", ".join(ways),
        )
    if row.base is not None and (row.actual is None or UNITS[row.unit].measures != "share"):
        yield Problem(
            where("targets", index, "base"),
            words("有基数时，须有实际值，目标须为百分比", "a base needs an actual, and a target in percent"),
            words("填写实际值，目标单位写 %；或删去基数", "fill in actual and give the target in %; or delete the base"),
        )
    if row.base is not None and not row.actual_unit:
        yield Problem(
            where("targets", index, "actual_unit"),
            words("有基数时须写明实际值的单位", "with a base, the unit of the actual must be named"),
            words("填写单位，如 件、人", "name the unit of what is counted, such as 件 or 人"),
        )
    unit = UNITS[row.actual_unit or row.unit]
    have = "share" if row.base is not None or indicator.metric is not None else unit.measures
    if have != UNITS[row.unit].measures:
        yield Problem(
            where("targets", index, "actual_unit"),
            words("单位与目标的单位不可比", "cannot be compared with the target's unit"),
            words(f"用 {row.unit} 一类的单位", f"use {row.unit} or a unit of its kind"),
            unit.symbol,
        )


_KINDS = {"checklist": "item", "tiers": "tier"}


def _judgements(framework: Framework, record: Record, where: Where) -> Iterator[Problem]:
    indicators = {i.id: i for i in indicators_in_force(framework, record)}
    for index, row in enumerate(record.judgements):
        indicator = indicators.get(row.indicator)
        if indicator is None:
            yield _unknown(where, "judgements", index, "indicator", row.indicator, list(indicators), "指标", "indicator")
            continue
        rule = indicator.rule
        allowed = (_KINDS.get(rule.kind, "award"), "override", "not_applicable")
        if row.kind not in allowed:
            yield Problem(
                where("judgements", index, "kind"),
                words(f"与评分规则“{KIND_NAMES[rule.kind].zh}”不符", f"does not go with the indicator's rule ({KIND_NAMES[rule.kind].en})"),
                words(
                    f"用 {'、'.join(CHOICES[kind].zh for kind in allowed)} 之一",
                    f"use one of {', '.join(CHOICES[kind].en for kind in allowed)}",
                ),
                row.kind,
            )
            continue
        if isinstance(rule, Checklist) and row.kind == "item":
            items = [item.id for item in rule.items]
            if row.item not in items:
                yield _unknown(where, "judgements", index, "item", row.item, items, "核对项", "checklist item")
            if row.verdict not in ("met", "not_met"):
                yield Problem(
                    where("judgements", index, "verdict"),
                    words("不是允许的结论", "is not a verdict"),
                    words("写 满足 或 不满足", "write met or not met"),
                    row.verdict,
                )
        if row.kind in ("tier", "award", "override"):
            if row.score is None or not 0 <= row.score <= indicator.points:
                yield Problem(
                    where("judgements", index, "score"),
                    words("得分应在 0 与分值之间", "the score must lie between 0 and the points"),
                    words(f"填写 0 到 {plain(indicator.points)}", f"write 0 to {plain(indicator.points)}"),
                    "" if row.score is None else plain(row.score),
                )
            elif isinstance(rule, Tiers) and row.kind == "tier":
                tier = rule.find(row.verdict)
                if tier is None:
                    yield _unknown(where, "judgements", index, "verdict", row.verdict, [t.id for t in rule.tiers], "等次", "tier")
                elif not tier.low * indicator.points <= row.score <= tier.high * indicator.points:
                    yield Problem(
                        where("judgements", index, "score"),
                        words("得分不在该等次的范围内", "the score is not within the tier"),
                        words(
                            f"填写 {plain(tier.low * indicator.points)} 到 {plain(tier.high * indicator.points)}",
                            f"write {plain(tier.low * indicator.points)} to {plain(tier.high * indicator.points)}",
                        ),
                        plain(row.score),
                    )
    for id, indicator in indicators.items():
        said = [j for j in record.judgements if j.indicator == id]
        if any(j.kind in ("override", "not_applicable") for j in said):
            continue
        lacking: list[str] = []
        if isinstance(indicator.rule, Checklist):
            lacking = [item.id for item in indicator.rule.items if item.id not in {j.item for j in said}]
        elif isinstance(indicator.rule, Tiers | Awarded) and not said:
            lacking = [indicator.rule.kind]
        for item in lacking:
            yield Problem(
                Place(where("judgements", 0, None).file, None, "indicator"),
                words(
                    f"指标 {id}（{indicator.name}）缺少评定：{item}", f"the indicator {id} ({indicator.name_en}) has no judgement: {item}"
                ),
                words("加一行，写明结论与理由", "add a row with the verdict and the reason"),
            )


def _findings(framework: Framework, record: Record, where: Where) -> Iterator[Problem]:
    indicators = [i.id for i in indicators_in_force(framework, record)]
    sources, advice = [s.source for s in record.sources], [r.id for r in record.recommendations]
    for index, row in enumerate(record.findings):
        if row.indicator not in indicators:
            yield _unknown(where, "findings", index, "indicator", row.indicator, indicators, "指标", "indicator")
        if row.recommendation and row.recommendation not in advice:
            yield _unknown(where, "findings", index, "recommendation", row.recommendation, advice, "建议", "recommendation")
        for source, _ in row.cited:
            if source not in sources:
                yield _unknown(where, "findings", index, "clauses", source, sources, "来源", "source document")
    findings = [f.finding for f in record.findings]
    for index, part in enumerate(record.finding_amounts):
        if part.finding not in findings:
            yield _unknown(where, "finding_amounts", index, "finding", part.finding, findings, "问题", "finding")


def _other_rows(framework: Framework, record: Record, where: Where) -> Iterator[Problem]:
    indicators = [i.id for i in indicators_in_force(framework, record)]
    for index, row in enumerate(record.self_evaluation):
        if row.indicator not in ["total", *indicators]:
            yield _unknown(where, "self_evaluation", index, "indicator", row.indicator, ["total", *indicators], "指标", "indicator")
        most = (
            framework.points
            if row.indicator == "total"
            else next((i.points for i in indicators_in_force(framework, record) if i.id == row.indicator), None)
        )
        if most is not None and not 0 <= row.score <= most:
            yield Problem(
                where("self_evaluation", index, "score"),
                words("得分应在 0 与分值之间", "the score must lie between 0 and the points"),
                words(f"填写 0 到 {plain(most)}", f"write 0 to {plain(most)}"),
                plain(row.score),
            )
    for index, plan in enumerate(record.plan_targets):
        if plan.indicator and plan.indicator not in indicators:
            yield _unknown(where, "plan_targets", index, "indicator", plan.indicator, indicators, "指标", "indicator")
    known = [p.published for p in record.published] + indicators + [f.finding for f in record.findings] + list(FACTS)
    for index, contradiction in enumerate(record.contradictions):
        for token in contradiction.subjects:
            if token not in known:
                yield _unknown(where, "contradictions", index, "about", token, known, "编号", "id")
    for index, figure in enumerate(record.published):
        if not figure.number and not figure.note:
            yield Problem(
                where("published", index, "note"),
                words("没有对应数值时须说明原因", "with no number named, a note must say why"),
                words("填写对应数值（number）或说明（note）", "fill in number or note"),
            )


def _needed_facts(framework: Framework, record: Record, where: Where) -> Iterator[Problem]:
    """A fact that a formula needs and nobody gave. An empty value counts as given: known to be missing."""
    file = where("facts", 0, None).file
    excused = {j.indicator for j in record.judgements if j.kind == "not_applicable"}
    asked: set[tuple[str, int]] = set()
    for indicator in indicators_in_force(framework, record):
        if indicator.metric not in METRICS or indicator.id in excused:
            continue
        for fact, before in metric_inputs(framework, METRICS[indicator.metric])[1]:
            year = record.year - before
            if find_fact(record, fact, year) is not None or (fact, year) in asked:
                continue
            asked.add((fact, year))
            kind = FACTS[fact]
            parts = words(f"，或逐项写出 {'、'.join(kind.parts)}", f", or rows for {', '.join(kind.parts)}") if kind.parts else words("")
            yield Problem(
                Place(file, None, "fact"),
                words(
                    f"缺少 {year} 年的 {fact}（{kind.name.zh}），指标 {indicator.id}（{indicator.name}）需要它",
                    f"{fact} of {year} ({kind.name.en}) is missing; the indicator {indicator.id} ({indicator.name_en}) needs it",
                ),
                words(
                    f"在“基础数据”表加一行：数据项 {fact}，年度 {year}，数值，单位 {kind.unit}{parts.zh}；"
                    "确实没有数据时，数值留空并在“说明”列（note）写明原因",
                    f"add a row to Facts: fact {fact}, year {year}, its value, unit {kind.unit}{parts.en}; "
                    "where the number is known not to exist, leave the value empty and say why in note",
                ),
            )
