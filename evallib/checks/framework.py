"""What must hold within a framework file beyond its shape: points that add up, ids that exist. Pure: it only reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal

from evallib.model.catalogue import Catalogue, folded
from evallib.model.errors import Place, Problem, meant
from evallib.model.framework import Framework, Indicator
from evallib.model.words import Words, words
from evallib.say.numbers import plain


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
    limits = sorted(g.at_least for g in framework.grades)
    if limits and (limits[0] != 0 or len(set(limits)) < len(limits)):
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
    formula = framework.catalogue.formulas.get(i.value)
    if i.value and formula is None:
        what, fix = no_such(framework.catalogue, i.value, formulas=True)
        yield problem(f"indicator.{i.id}.value", what.zh, what.en, fix, i.value)
    if framework.find_source(i.source) is None:
        yield problem(
            f"indicator.{i.id}.source",
            "没有这个依据",
            "there is no such source",
            meant(i.source, [s.id for s in (*framework.sources, *framework.catalogue.part.sources)]),
            i.source,
        )
    total = sum((item.points for item in i.rule.checklist), Decimal(0))
    if i.rule.checklist and total != i.points:
        yield problem(
            f"indicator.{i.id}.rule.items",
            f"核对项分值合计为 {plain(total)}，不等于 {plain(i.points)}",
            f"the items' points add up to {plain(total)}, not {plain(i.points)}",
            words("改正核对项的分值", "correct the points of the items"),
        )
    if i.rule.takes == "number" and not i.value:
        yield problem(
            f"indicator.{i.id}.value",
            "这种评分规则需要公式",
            "this kind of rule needs a formula",
            words("用 value 写上公式，或换一种规则", "name a formula as value, or choose another rule"),
            i.rule.kind,
        )
    if i.rule.needs_share and formula is not None and not formula.unit.is_share:
        yield problem(
            f"indicator.{i.id}.rule",
            f"实际值乘分值，公式的单位就须是 %，而不是 {formula.entry.unit}",
            f"the value is taken times the points, so its formula must be in %, not in {formula.entry.unit}",
            words("换一种规则，如 bands 或 linear", "choose another rule, such as bands or linear"),
            i.rule.kind,
        )


def no_such(catalogue: Catalogue, found: str, formulas: bool) -> tuple[Words, Words]:
    """What is wrong with the name of a fact or formula that there is not (unknown, ambiguous, one for the other), and how to mend it."""
    both = catalogue.named.get(folded(found), ())
    if len(both) > 1:
        named = words(f"有 {len(both)} 个同名的：{'、'.join(both)}", f"names {len(both)} things: {', '.join(both)}")
        return named, words("改写编号", "write the id instead")
    if found in catalogue.facts:
        return words("是数据项，不是公式", "is a fact and no formula"), words(
            "写一个公式（[[formula]]）", "name a [[formula]] that takes it"
        )
    if found in catalogue.formulas:
        computed = words("是公式，由数据项计算，不能填写", "is a formula: it is computed from facts and not given")
        return computed, words("删去这一行", "delete the row")
    known = catalogue.formulas if formulas else {id: fact for id, fact in catalogue.facts.items() if not fact.derived}
    fix = meant(found, [*known, *(name for one in known.values() for name in (one.name.zh, one.name.en))])
    return words("没有这个公式", "there is no such formula") if formulas else words("没有这个数据项", "there is no such fact"), fix
