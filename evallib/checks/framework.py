"""What must hold within a framework file beyond its shape: points that add up, ids that exist. Pure: it only reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal

from evallib.core.errors import Place, Problem, meant
from evallib.core.framework import Framework, Indicator
from evallib.core.metrics import METRICS
from evallib.core.rules import Awarded, Checklist, DeductPerOccurrence, Tiers
from evallib.core.units import plain
from evallib.core.words import Words, words


def check_framework(framework: Framework, file: str) -> Iterator[Problem]:
    """Every problem of a framework file that its shape alone does not show."""

    def problem(entry: str, zh: str, en: str, fix: Words, found: str = "") -> Problem:
        return Problem(Place(file, None, entry), words(zh, en), fix, found)

    rename = words("每个编号只用一次", "use each id once")
    for level, ids in (
        ("dimension", [d.id for d in framework.dimensions]),
        ("group", [g.id for g in framework.groups]),
        ("indicator", [i.id for i in framework.indicators]),
        ("grade", [g.id for g in framework.grades]),
        ("source", [s.id for s in framework.sources]),
    ):
        for id, count in Counter(ids).items():
            if count > 1:
                yield problem(f"{level}.{id}", f"编号出现 {count} 次", f"the id appears {count} times", rename)
    dimensions = [d.id for d in framework.dimensions]
    sums = [("points", framework.points, [d.points for d in framework.dimensions])]
    sums += [
        (f"dimension.{d.id}.points", d.points, [g.points for g in framework.groups if g.dimension == d.id]) for d in framework.dimensions
    ]
    sums += [
        (f"group.{g.id}.points", g.points, [i.points for i in framework.indicators if i.group == g.id])
        for g in framework.groups
        if g.own_rule is None
    ]
    for entry, whole, parts in sums:
        if sum(parts, Decimal(0)) != whole:
            total = plain(sum(parts, Decimal(0)))
            yield problem(
                entry,
                f"下一级分值合计为 {total}，不等于 {plain(whole)}",
                f"the points below it add up to {total}, not {plain(whole)}",
                words("改正分值，使各级合计相等", "correct the points so that each level adds up"),
            )
    for g in framework.groups:
        if g.dimension not in dimensions:
            yield problem(
                f"group.{g.id}.dimension", "没有这个一级指标", "there is no such dimension", meant(g.dimension, dimensions), g.dimension
            )
    for i in framework.indicators:
        yield from _check_indicator(framework, i, problem)
    for metric, base in framework.bases.items():
        if metric not in METRICS:
            yield problem(f"bases.{metric}", "没有这个公式", "there is no such formula", meant(metric, list(METRICS)), metric)
        elif base not in METRICS[metric].bases:
            yield problem(f"bases.{metric}", "没有这种口径", "there is no such base", meant(base, list(METRICS[metric].bases)), base)
    limits = sorted(g.at_least for g in framework.grades)
    if limits[0] != 0 or len(set(limits)) < len(limits):
        yield problem(
            "grade.at_least",
            "等级界限必须从 0 开始且互不相同",
            "the grades must begin at 0 and differ from each other",
            words("给最低等级写 at_least = 0", "give the lowest grade at_least = 0"),
        )


def _check_indicator(framework: Framework, i: Indicator, problem: Callable[..., Problem]) -> Iterator[Problem]:
    known = {g.id: g for g in framework.groups}
    if i.group not in known:
        yield problem(f"indicator.{i.id}.group", "没有这个二级指标", "there is no such group", meant(i.group, list(known)), i.group)
    elif known[i.group].own_rule is not None:
        yield problem(
            f"indicator.{i.id}.group",
            "该二级指标的三级指标由部门提供",
            "the indicators of this group come with the department's data",
            words("换一个二级指标，或删去 own_rule", "choose another group, or take out its own_rule"),
            i.group,
        )
    if i.metric is not None and i.metric not in METRICS:
        yield problem(f"indicator.{i.id}.metric", "没有这个公式", "there is no such formula", meant(i.metric, list(METRICS)), i.metric)
    if framework.find_source(i.source) is None:
        yield problem(
            f"indicator.{i.id}.source",
            "没有这个依据",
            "there is no such source",
            meant(i.source, [s.id for s in framework.sources]),
            i.source,
        )
    if isinstance(i.rule, Checklist):
        total = sum((item.points for item in i.rule.items), Decimal(0))
        if total != i.points:
            yield problem(
                f"indicator.{i.id}.rule.items",
                f"核对项分值合计为 {plain(total)}，不等于 {plain(i.points)}",
                f"the items' points add up to {plain(total)}, not {plain(i.points)}",
                words("改正核对项的分值", "correct the points of the items"),
            )
    measured = not isinstance(i.rule, Checklist | Tiers | Awarded | DeductPerOccurrence)
    if measured and i.metric is None:
        yield problem(
            f"indicator.{i.id}.metric",
            "这种评分规则需要公式",
            "this kind of rule needs a formula",
            words("写上 metric，或换一种规则", "name a metric, or choose another rule"),
            i.rule.kind,
        )
