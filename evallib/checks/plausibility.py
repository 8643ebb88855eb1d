"""What is possible but strange in an evaluated year: warnings with their reason, never errors. Pure: it only reports."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from evallib.core.errors import Place, Problem, Where
from evallib.core.evaluation import Evaluation, TargetResult
from evallib.core.measure import asks_no_more, find_fact, written
from evallib.core.units import SHARE, UNITS, convert, percent, plain, quantity
from evallib.core.words import Words, words

FAR_ABOVE = Decimal("1.5")
"""A completion rate from which a target looks as if it was set too low."""
FAR_BELOW = Decimal("0.01")
"""A completion rate that looks as if the unit of the actual was mistaken."""
SELF_ABOVE = Decimal("5")
"""Points by which a self-evaluation may be above the evaluation before it is remarked."""


def check_plausibility(evaluation: Evaluation, previous: Evaluation | None, where: Where) -> Iterator[Problem]:
    """Every remark on an evaluated year, in the order of the tables."""
    yield from _facts(evaluation, previous, where)
    yield from _targets(evaluation, previous, where)
    yield from _scores(evaluation, where)
    yield from _findings(evaluation, where)


def _remark(place: Place, code: str, what: Words, why: Words, found: str = "") -> Problem:
    return Problem(place, what, why, found, level="warning", code=code)


def _fact_place(e: Evaluation, fact: str, where: Where) -> Place:
    index = next((n for n, row in enumerate(e.record.facts) if row.fact == fact and row.year == e.record.year), None)
    return Place(where("facts", 0, None).file) if index is None else where("facts", index, "value")


def _facts(e: Evaluation, previous: Evaluation | None, where: Where) -> Iterator[Problem]:
    execution = e.metric("budget_execution_rate").value
    if execution is not None and execution > 1:
        yield _remark(
            _fact_place(e, "outturn", where),
            "execution_above_one",
            words(f"预算执行率为 {percent(execution)}，超过 100%", f"the budget execution rate is {percent(execution)}, above 100%"),
            words(
                "核对决算数与调整后预算；若确为超支，在“问题”表加一行",
                "check outturn and adjusted budget; where it was really overspent, add a row to Findings",
            ),
        )
    staffing = e.metric("staffing_control_rate").value
    if staffing is not None and staffing > 1:
        over = find_fact(e.record, "staff_over_quota", e.record.year)
        number = plain(over.value) if over and over.value is not None else ""
        yield _remark(
            _fact_place(e, "staff_administrative", where),
            "staff_over_quota",
            words(f"在职人员超编 {number} 人", f"there are {number} more staff than approved posts"),
            words("核对编制文件；若确为超编，无需改动", "check the approval of posts; where it is so, nothing need be changed"),
        )
    for metric in e.metrics:
        base = metric.inputs[1] if len(metric.inputs) > 1 else None
        if metric.value is None and base is not None and all(i.value is not None for i in metric.inputs):
            yield _remark(
                _fact_place(e, base.fact, where),
                "zero_base",
                words(f"{metric.name.zh}的基数为零，比率没有定义", f"{metric.name.en} has a base of zero and is not defined"),
                words(
                    "核对基数；若确为零，在“评定”表加一行：由评价组评定，或标为不适用",
                    "check the base; where it is really zero, add a row to Judgements: the evaluators' score, or not applicable",
                ),
            )
    if previous is not None:
        before = previous.metric("budget_execution_rate").value
        carryover = e.metric("carryover_change_rate").value
        if before is not None and execution is not None and carryover is not None and carryover < 0 and execution < before:
            yield _remark(
                _fact_place(e, "closing_carryover_basic", where),
                "carryover_and_execution_fall",
                words(
                    f"结转结余下降（{percent(carryover)}），预算执行率也下降（{percent(before)} → {percent(execution)}）",
                    f"carry-over fell ({percent(carryover)}) while the execution rate fell too ({percent(before)} → {percent(execution)})",
                ),
                words("两者通常相反，核对结转结余和决算数", "the two usually move against each other: check carry-over and outturn"),
            )


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
                words("核对实际值的单位：是 人 还是 万人？", "check the unit of the actual: is it in ones or in ten thousands?"),
            )
        if target.unit == "%" and target.actual is not None and 0 < target.actual <= 1 and target.target > 10:
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
    if target.actual is None or UNITS[target.unit].measures != "share":
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
        if row.kind == "award" and indicator.value is None and indicator.metric and row.score == indicator.points:
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
    if e.self_total is not None and e.self_total - e.total >= SELF_ABOVE:
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
        if indicator.lost == 0 and indicator.status == "scored":
            yield _remark(
                where("findings", index, "indicator"),
                "finding_without_loss",
                words(
                    f"问题 {finding.finding} 涉及“{indicator.name.zh}”，但该指标没有失分",
                    f"finding {finding.finding} touches {indicator.name.en}, which lost no points",
                ),
                words("核对问题所涉指标，或该指标的评分规则", "check which indicator the finding touches, or how that one is scored"),
            )
