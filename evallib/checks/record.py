"""What must hold between the rows of a record, and between a record and its framework. Pure: it only reports."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from operator import attrgetter

from evallib.checks.framework import no_such
from evallib.model.catalogue import Catalogue, folded
from evallib.model.errors import Place, Problem, Where, meant
from evallib.model.evaluation import indicators_in_force
from evallib.model.facts import Facts
from evallib.model.framework import Framework, Indicator
from evallib.model.record import TABLES, Record, Target
from evallib.model.rows import Sourced
from evallib.model.table_words import CHOICES
from evallib.model.units import Unit, Units
from evallib.model.words import Words, words
from evallib.say.numbers import plain
from evallib.say.rules import KIND_NAMES
from evallib.score.measure import counted_parts

_SCALES = (10**4, 10**8)
"""The scales that amounts of money are usually written in."""


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
    """Any word is a unit; one that looks like money or a percentage and is not known is asked about."""
    units = framework.catalogue.units
    for table, column in _WITH_UNIT:
        for index, row in enumerate(getattr(record, table)):
            if (symbol := getattr(row, column)) and units.find(symbol) is None:
                yield Problem(where(table, index, column), *unknown_unit(units, symbol), symbol)


def unknown_unit(units: Units, text: str) -> tuple[Words, Words]:
    """What is to be asked about a text that is no unit, and what may be meant."""
    parts = folded(text).split("/")
    declare = words("；确是另一种单位的，在 catalogue 文件夹的文件中用 [[unit]] 定义它",
                    "; if it is really a unit of its own, declare it as a [[unit]] in a file of the folder catalogue")  # fmt: skip
    if any(part.endswith(units.moneylike) for part in parts):
        return (
            words("像是金额单位，但不认识", "looks like a unit of money and is not known"),
            words(f"是否应为 {amounts(units).zh} 之一？", f"is one of {amounts(units).en} meant?") + declare,
        )
    if any(part.startswith(units.sharelike) for part in parts):
        return (
            words("像是百分比，但不认识", "looks like a percentage and is not known"),
            words("是否应为 %？", "is % meant?") + declare,
        )
    return (
        words("不是单位", "is no unit"),
        words(
            "写一个词，如所数之物的量词；数值写在数值列",
            "write a word, such as what is counted; the number has a column of its own",
        ),
    )


def amounts(units: Units) -> Words:
    """The currency's own unit and its usual scales, as they may be written."""
    scaled = [next((s.word for s in units.scales if s.factor == factor), "") for factor in _SCALES]
    return words(*(("、", ", ")[n].join(f"{word}{units.money.symbol}" for word in ("", *filter(None, scaled))) for n in (0, 1)))


def _alike(unit: Unit) -> Words:
    return words(f"用 {unit.symbol} 一类的单位", f"use {unit.symbol} or a unit of its kind")


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
    catalogue = framework.catalogue
    for index, row in enumerate(record.facts):
        fact = catalogue.facts.get(row.fact)
        if fact is None:
            yield Problem(where("facts", index, "fact"), *no_such(catalogue, row.fact, formulas=False), row.fact)
            continue
        if fact.derived:
            yield Problem(
                where("facts", index, "fact"),
                words("该数由其他数据项计算，不能填写", "this one is computed from other facts and not given"),
                words("删去这一行", "delete the row"),
                row.fact,
            )
            continue
        unit = catalogue.units.find(row.unit)
        if unit is not None and unit.dimensions != fact.unit.dimensions:
            yield Problem(where("facts", index, "unit"), words("单位不对", "is the wrong kind of unit"), _alike(fact.unit), row.unit)
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
        if row.value is not None and row.value < 0 and not fact.entry.may_be_negative:
            yield Problem(
                where("facts", index, "value"),
                words("不能为负数", "must not be negative"),
                words("改正数值", "correct the number"),
                plain(row.value),
            )
        if fact.unit.whole and unit is not None and unit.exact and row.value is not None and row.value != row.value.to_integral_value():
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
        if row.formula and row.formula not in framework.catalogue.formulas:
            yield Problem(where("own_indicators", index, "formula"), *no_such(framework.catalogue, row.formula, formulas=True), row.formula)
    for group in open_groups.values():
        total = sum((o.points or Decimal(0) for o in record.own_indicators if o.group == group.id), Decimal(0))
        if total != group.points:
            file = where("own_indicators", 0, None).file
            yield Problem(
                Place(file, None, "points"),
                words(
                    f"“{group.name}”各指标分值合计为 {plain(total)}，应为 {plain(group.points)}",
                    f"the indicators of {group.words.en} add up to {plain(total)} points, not {plain(group.points)}",
                ),
                words("调整该组各指标的分值", "adjust the points of the indicators in this group"),
            )


def _targets(framework: Framework, record: Record, where: Where) -> Iterator[Problem]:
    catalogue = framework.catalogue
    read = catalogue.units.read
    indicators = {i.id: i for i in indicators_in_force(framework, record)}
    for index, row in enumerate(record.targets):
        if row.indicator not in indicators:
            yield _unknown(where, "targets", index, "indicator", row.indicator, list(indicators), "指标", "indicator")
            continue
        indicator = indicators[row.indicator]
        if not indicator.value and not read(row.unit).is_share and _of_shares(indicator):
            yield Problem(
                where("targets", index, "unit"),
                words("该指标按百分比计分，目标须为百分比", "the indicator is scored by a percentage, so its target must be one"),
                words(
                    "单位写 %；或把指标放到按完成率计分的二级指标下；或为它写一个用这个单位的公式",
                    "write %; or move the indicator to a group scored by completion; or give it a formula in that unit",
                ),
                row.unit,
            )
        yield from _actual(catalogue, record, row, indicator, index, where)
    with_target = {t.indicator for t in record.targets}
    own = {o.indicator for o in record.own_indicators}
    for i in indicators.values():
        if i.id not in with_target and needs_target(i, own):
            yield Problem(
                Place(where("targets", 0, None).file, None, "indicator"),
                words(f"指标 {i.id}（{i.name}）没有目标行", f"there is no row for the indicator {i.id} ({i.words.en})"),
                words("加一行：方向、目标值、单位、实际值", "add a row with operator, target, unit and actual"),
            )
    for index, part in enumerate(record.target_parts):
        target = next((t for t in record.targets if t.indicator == part.indicator), None)
        if target is None:
            yield _unknown(where, "target_parts", index, "indicator", part.indicator, sorted(with_target), "目标", "target")
        elif read(part.unit).dimensions != read(target.unit).dimensions:
            what = words("单位与目标的单位不可比", "cannot be compared with the target's unit")
            yield Problem(where("target_parts", index, "unit"), what, _alike(read(target.unit)), part.unit)


def needs_target(indicator: Indicator, own: set[str]) -> bool:
    """Whether an indicator cannot be scored without a target row: by completion, or one of the department's `own` without a formula."""
    return indicator.rule.measures == "completion" or (indicator.rule.measures == "value" and indicator.id in own and not indicator.value)


def _of_shares(indicator: Indicator) -> bool:
    """Whether the limits of a rule can only mean shares: none is above 100%."""
    edges = indicator.rule.edges if indicator.rule.measures == "value" else ()
    return any(edge > 0 for edge in edges) and max(edges) <= 1


def _actual(catalogue: Catalogue, record: Record, row: Target, indicator: Indicator, index: int, where: Where) -> Iterator[Problem]:
    """A target's actual comes from one place, in a unit that can be compared."""
    formula, unit = catalogue.formulas.get(indicator.value), catalogue.units.read(row.unit)
    parts = counted_parts(record, row.indicator, "actual")
    ways = [
        way
        for way, there in (
            ("actual", row.actual is not None),
            ("target_parts", bool(parts)),
            (f"formula {indicator.value}", formula is not None),
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
    if row.base is not None and (row.actual is None or not unit.is_share):
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
    have = formula.unit if formula else catalogue.units.read(row.actual_unit or row.unit)
    if row.base is None and have.dimensions != unit.dimensions:
        what = words("单位与目标的单位不可比", "cannot be compared with the target's unit")
        if formula:
            fix = words(f"公式的单位是 {formula.entry.unit}", f"the formula is in {formula.entry.unit}") + words("：", ": ") + _alike(have)
            yield Problem(where("targets", index, "unit"), what, fix, row.unit)
        else:
            yield Problem(where("targets", index, "actual_unit"), what, _alike(unit), have.symbol)


def _judgements(framework: Framework, record: Record, where: Where) -> Iterator[Problem]:
    indicators = {i.id: i for i in indicators_in_force(framework, record)}
    for index, row in enumerate(record.judgements):
        indicator = indicators.get(row.indicator)
        if indicator is None:
            yield _unknown(where, "judgements", index, "indicator", row.indicator, list(indicators), "指标", "indicator")
            continue
        rule = indicator.rule
        allowed = (rule.judgement, "override", "not_applicable")
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
        if row.kind == "item":
            items = [item.id for item in rule.checklist]
            if row.item not in items:
                yield _unknown(where, "judgements", index, "item", row.item, items, "核对项", "checklist item")
            if row.verdict not in ("met", "not_met"):
                yield Problem(
                    where("judgements", index, "verdict"),
                    words("不是允许的结论", "is not a verdict"),
                    words("写 满足 或 不满足", "write met or not met"),
                    row.verdict,
                )
        if row.kind == rule.judgement and row.kind != "item" and row.score is None:
            yield Problem(
                where("judgements", index, "score"),
                words("没有得分，按缺数据计，不得分", "has no score: it counts as missing data, without points"),
                words("填写得分；确实没有的，理由里写明即可", "write the score; where there really is none, the reason says why"),
                level="warning",
                code="score_missing",
            )
        elif row.kind in ("tier", "award", "override"):
            if row.score is None or not 0 <= row.score <= indicator.points:
                yield Problem(
                    where("judgements", index, "score"),
                    words("得分应在 0 与分值之间", "the score must lie between 0 and the points"),
                    words(f"填写 0 到 {plain(indicator.points)}", f"write 0 to {plain(indicator.points)}"),
                    "" if row.score is None else plain(row.score),
                )
            elif row.kind == "tier":
                tier = rule.tier(row.verdict)
                if tier is None:
                    yield _unknown(where, "judgements", index, "verdict", row.verdict, [t.id for t in rule.verdicts], "等次", "tier")
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
        lacking = [item.id for item in indicator.rule.checklist if item.id not in {j.item for j in said}]
        if indicator.rule.takes in ("tier", "score") and not said:
            lacking = [indicator.rule.kind]
        for item in lacking:
            yield Problem(
                Place(where("judgements", 0, None).file, None, "indicator"),
                words(
                    f"指标 {id}（{indicator.name}）缺少评定：{item}", f"the indicator {id} ({indicator.words.en}) has no judgement: {item}"
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
    known = [p.published for p in record.published] + indicators + [f.finding for f in record.findings] + list(framework.catalogue.facts)
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
    file, catalogue = where("facts", 0, None).file, framework.catalogue
    facts = Facts(catalogue, record)
    excused = {j.indicator for j in record.judgements if j.kind == "not_applicable"}
    asked: set[tuple[str, int]] = set()
    for indicator in indicators_in_force(framework, record):
        if not indicator.value or indicator.id in excused:
            continue
        for name in catalogue.formulas[indicator.value].inputs:
            year = record.year - name.before
            if facts.named(name) is not None or (name.id, year) in asked:
                continue
            asked.add((name.id, year))
            fact = catalogue.facts[name.id]
            below = [part for _, part in fact.parts]
            parts = words(f"，或逐项写出 {'、'.join(below)}", f", or rows for {', '.join(below)}") if below else words("")
            yield Problem(
                Place(file, None, "fact"),
                words(
                    f"缺少 {year} 年的 {fact.id}（{fact.name.zh}），指标 {indicator.id}（{indicator.name}）需要它",
                    f"{fact.id} of {year} ({fact.name.en}) is missing; the indicator {indicator.id} ({indicator.words.en}) needs it",
                ),
                words(
                    f"在“基础数据”表加一行：数据项 {fact.id}，年度 {year}，数值，单位 {fact.unit.symbol}{parts.zh}；"
                    "确实没有数据时，数值留空并在“说明”列（note）写明原因",
                    f"add a row to Facts: fact {fact.id}, year {year}, its value, unit {fact.unit.symbol}{parts.en}; "
                    "where the number is known not to exist, leave the value empty and say why in note",
                ),
            )
