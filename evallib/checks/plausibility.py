"""What is possible but strange in an evaluated year: warnings with their reason, never errors. Pure: it only reports."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from evallib.checks.identities import beyond, fact_place, said, side
from evallib.model.catalogue import Bounded, Relation
from evallib.model.errors import Place, Problem, Where
from evallib.model.evaluation import Evaluation, TargetResult, interval_of
from evallib.model.expression import Interval, Name, signed_names
from evallib.model.facts import Facts
from evallib.model.units import SHARE, Unit, convert
from evallib.model.words import NOTHING, Words, words
from evallib.say.numbers import percent, plain, quantity, written
from evallib.score.measure import asks_no_more

FAR_ABOVE = Decimal("1.5")
"""A completion rate from which a target looks as if it was set too low."""
FAR_BELOW = Decimal("0.01")
"""A completion rate that looks as if the unit of the actual was mistaken."""
SELF_ABOVE = Decimal("5")
"""Points by which a self-evaluation may be above the evaluation before it is remarked."""


def check_plausibility(evaluation: Evaluation, previous: Evaluation | None, where: Where) -> Iterator[Problem]:
    """Every remark on an evaluated year, in the order of the tables."""
    yield from _bounds(evaluation, where)
    yield from _zero_bases(evaluation, where)
    yield from _relations(evaluation, previous, where)
    yield from _targets(evaluation, previous, where)
    yield from _scores(evaluation, where)
    yield from _findings(evaluation, where)


def _remark(place: Place, code: str, what: Words, why: Words, found: str = "") -> Problem:
    return Problem(place, what, why, found, level="warning", code=code)


_CHECK = words("核对有关数字；若确实如此，无需改动", "check the numbers; where it is so, nothing need be changed")


def _bounds(e: Evaluation, where: Where) -> Iterator[Problem]:
    """Facts and formulas outside the bounds that the catalogue gives them, as far as rounding cannot explain it."""
    for fact in e.catalogue.facts.values():
        found = e.facts.find(fact.id) if _is_bounded(fact.entry) else None
        if found is not None and found.value is not None:
            around = Interval(found.value - found.half, found.value + found.half)
            if said := _outside(fact.entry, fact.name, fact.unit, fact.unit, found.value, around):
                yield _remark(fact_place(e.facts, Name(fact.id), where), "out_of_bounds", said, fact.entry.advised or _CHECK)
    for formula in e.formulas:
        made = e.catalogue.formulas[formula.id]
        interval = interval_of(e, formula) if _is_bounded(made.entry) else None
        if interval is not None and formula.value is not None:
            own = e.catalogue.units.read(made.entry.unit)
            if said := _outside(made.entry, made.name, own, made.unit, formula.value, interval):
                yield _remark(fact_place(e.facts, made.inputs[0], where), "out_of_bounds", said, made.entry.advised or _CHECK)


def _is_bounded(entry: Bounded) -> bool:
    return entry.at_least is not None or entry.at_most is not None


def _outside(entry: Bounded, name: Words, own: Unit, unit: Unit, value: Decimal, around: Interval) -> Words:
    """What is said of a value outside the bounds of its entry, which are in the entry's `own` unit; nothing where it is within."""
    low, high = (None if b is None else convert(b, own, unit) for b in (entry.at_least, entry.at_most))
    bound, past = (high, words("超过", "above")) if high is not None and around.low > high else (low, words("低于", "below"))
    if bound is None or (bound is low and around.high >= bound):
        return NOTHING
    limit = words(percent(convert(bound, unit, SHARE), None)) if own.symbol == "%" else written(bound, unit)
    found = written(value, unit)
    return words(f"{name.zh}为 {found.zh}，{past.zh} {limit.zh}", f"{name.en} is {found.en}, {past.en} {limit.en}")


def _zero_bases(e: Evaluation, where: Where) -> Iterator[Problem]:
    """Rates of a base of zero, as far as an indicator or a section of the report asks for them."""
    asked = {i.formula for i in e.indicators}
    for formula in e.formulas:
        made = e.catalogue.formulas[formula.id]
        if formula.state == "undefined" and (formula.id in asked or made.entry.role):
            base = next((n for n, i in zip(made.inputs, formula.inputs, strict=True) if not i.value), made.inputs[0])
            yield _remark(
                fact_place(e.facts, base, where),
                "zero_base",
                words(f"{formula.name.zh}的基数为零，比率没有定义", f"{formula.name.en} has a base of zero and is not defined"),
                words(
                    "核对基数；若确为零，在“评定”表加一行：由评价组评定，或标为不适用",
                    "check the base; where it is really zero, add a row to Judgements: the evaluators' score, or not applicable",
                ),
            )


def _relations(e: Evaluation, previous: Evaluation | None, where: Where) -> Iterator[Problem]:
    """What the catalogue calls strange; a relation to last year only where there is last year's record."""
    facts = Facts(e.catalogue, e.record, previous.record if previous else None)
    for relation in e.catalogue.plausible:
        if beyond(facts, relation) is not None:
            place = fact_place(facts, relation.inputs[0], where)
            yield _remark(place, "implausible", _told(facts, relation), relation.entry.advised or _CHECK)


def _told(facts: Facts, relation: Relation) -> Words:
    """A relation that does not hold in words, with the two amounts where both its sides are amounts."""
    tree = relation.tree
    left, right = said(facts, tree.left), said(facts, tree.right)
    what = relation.entry.words if relation.entry.name else words(f"{left.zh}超过{right.zh}", f"{left.en} is above {right.en}")
    if signed_names(tree.left) is None or signed_names(tree.right) is None:
        return what
    unit = facts.catalogue.facts[relation.inputs[0].id].unit
    small, large = written(side(facts, tree.left, unit), unit), written(side(facts, tree.right, unit), unit)
    return what + words(f"（{small.zh}，{right.zh} {large.zh}）", f" ({small.en}; {right.en}: {large.en})")


def _targets(e: Evaluation, previous: Evaluation | None, where: Where) -> Iterator[Problem]:
    for index, target in enumerate(e.targets):
        if target.completion_rate is not None and target.operator == ">=" and target.completion_rate >= FAR_ABOVE:
            yield _remark(
                where("targets", index, "target"),
                "far_above_target",
                words(
                    f"“{target.name.zh}”完成率 {percent(target.completion_rate)}，远超目标",
                    f"{target.name.en}: completion of {percent(target.completion_rate)}, far above the target",
                ),
                words(
                    "目标是否定得过低？在“目标与实际”表的“佐证”列写明",
                    "was the target set too low? Say so in the column Evidence of Targets",
                ),
            )
        if target.completion_rate is not None and target.operator == ">=" and 0 < target.completion_rate < FAR_BELOW:
            yield _remark(
                where("targets", index, "actual"),
                "far_below_target",
                words(
                    f"“{target.name.zh}”完成率只有 {percent(target.completion_rate)}",
                    f"{target.name.en}: completion of only {percent(target.completion_rate)}",
                ),
                words("核对实际值的单位：是否该以万计？", "check the unit of the actual: is it in ones or in ten thousands?"),
            )
        if target.unit.symbol == "%" and target.actual is not None and 0 < target.actual <= 1 and target.target > 10:
            shown = percent(target.actual / 100)
            yield _remark(
                where("targets", index, "actual"),
                "share_for_percent",
                words(f"“{target.name.zh}”的实际值读作 {shown}", f"the actual of {target.name.en} reads as {shown}"),
                words("单位是 %：若是 84%，写 84，不写 0.84", "the unit is %: for 84% write 84, not 0.84"),
            )
        if _more_than_all(target):
            yield _remark(
                where("targets", index, "actual"),
                "more_than_all",
                words(
                    f"“{target.name.zh}”的实际值 {written(target.actual, target.unit).zh} 超过 100%",
                    f"the actual of {target.name.en}, {written(target.actual, target.unit).en}, is above 100%",
                ),
                words("满意度、覆盖率不会超过 100%：核对实际值", "no satisfaction or coverage is above 100%: check the actual"),
            )
        if target.judged:
            yield _remark(
                where("targets", index, "actual_by"),
                "not_measurable",
                words(
                    f"“{target.name.zh}”没有可计量的实际值，由评价组评定",
                    f"{target.name.en} has no measured actual and was judged by the evaluators",
                ),
                words("下一年度改用能计量的指标值", "set a measurable value for next year"),
            )
        last = previous.target(target.id) if previous is not None else None
        if last is not None and last.actual is not None and last.unit == target.unit and asks_no_more(target, last.actual):
            yield _remark(
                where("targets", index, "target"),
                "not_above_last_year",
                words(
                    f"“{target.name.zh}”的目标上年已经达到（上年实际 {quantity(last.actual, last.unit, 'zh')}）",
                    f"{target.name.en}: last year's actual, {quantity(last.actual, last.unit, 'en')}, already meets the target",
                ),
                words(
                    "目标为何没有提高要求？在“目标与实际”表的“佐证”列写明",
                    "why was the target not made harder? Say so in the column Evidence of Targets",
                ),
                quantity(target.target, target.unit, "zh"),
            )


def _more_than_all(target: TargetResult) -> bool:
    """Whether a rate with a target of up to 100% is said to be above 100%."""
    if target.actual is None or not target.unit.is_share:
        return False
    return convert(target.target, target.unit, SHARE) <= 1 < convert(target.actual, target.unit, SHARE)


def _scores(e: Evaluation, where: Where) -> Iterator[Problem]:
    for index, row in enumerate(e.record.judgements):
        indicator = e.indicator(row.indicator)
        formula = indicator.formula_score
        if row.kind == "override" and formula is not None and indicator.score is not None and indicator.score > formula:
            yield _remark(
                where("judgements", index, "score"),
                "score_above_formula",
                words(
                    f"“{indicator.name.zh}”评定为 {plain(indicator.score, 2)} 分，高于公式给出的 {plain(formula, 2)} 分",
                    f"{indicator.name.en} was set to {plain(indicator.score, 2)}, above the {plain(formula, 2)} that the formula gives",
                ),
                words("核对“评定”表中的理由是否充分", "check that the reason in Judgements is good enough"),
            )
        if row.kind == "award" and indicator.value is None and indicator.formula and row.score == indicator.points:
            yield _remark(
                where("judgements", index, "score"),
                "full_score_without_number",
                words(
                    f"“{indicator.name.zh}”没有数据可算，却评为满分",
                    f"{indicator.name.en} was given full points though its number cannot be computed",
                ),
                words(
                    "在“基础数据”表补充计算所需的数据，或在“评定”表的“理由”列写明满分的依据",
                    "add the numbers it needs to Facts, or say in the column Reason of Judgements what full points rest on",
                ),
            )
    for index, own in enumerate(e.record.own_indicators):
        target, indicator = e.target(own.indicator), e.indicator(own.indicator)
        if target is not None and target.met and indicator.lost > 0:
            yield _remark(
                where("own_indicators", index, "indicator"),
                "met_but_lost",
                words(
                    f"“{indicator.name.zh}”达到目标却失 {plain(indicator.lost, 2)} 分",
                    f"{indicator.name.en} met its target yet lost {plain(indicator.lost, 2)} points",
                ),
                words("核对评定或调整", "check the judgement or override"),
            )
    if e.has_total and e.self_total is not None and e.self_total - e.total >= SELF_ABOVE:
        index = next(n for n, s in enumerate(e.record.self_evaluation) if s.indicator == "total")
        yield _remark(
            where("self_evaluation", index, "score"),
            "self_far_above",
            words(
                f"自评 {plain(e.self_total)} 分，比评价得分高 {plain(e.self_total - e.total, 2)} 分",
                f"the self-evaluation of {plain(e.self_total)} is {plain(e.self_total - e.total, 2)} points above the evaluation",
            ),
            words("与部门逐项核对差距", "go through the gap with the department"),
        )


def _findings(e: Evaluation, where: Where) -> Iterator[Problem]:
    for index, finding in enumerate(e.record.findings):
        indicator = e.indicator(finding.indicator)
        if indicator.points and indicator.lost == 0 and indicator.status == "scored":
            yield _remark(
                where("findings", index, "indicator"),
                "finding_without_loss",
                words(
                    f"问题 {finding.finding} 涉及“{indicator.name.zh}”，但该指标没有失分",
                    f"finding {finding.finding} touches {indicator.name.en}, which lost no points",
                ),
                words("核对问题所涉指标，或该指标的评分规则", "check which indicator the finding touches, or how that one is scored"),
            )
