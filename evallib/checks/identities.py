"""What must hold: identities and limits of the catalogue, sums and their parts, vouchers; in a year and to the next. Pure: it only reports.

A number counts with the precision it was printed with: what some true numbers could satisfy holds; what none could is broken, and the
message says by how much rounding does not explain it. A break that the data itself records as a contradiction, with its reason, does
not stop a run; the report shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal

from evallib.model.catalogue import Catalogue, Relation
from evallib.model.errors import Place, Problem, Where
from evallib.model.expression import Name, Tree, Undefined, compute, compute_interval, names, write
from evallib.model.facts import Facts, InputValue
from evallib.model.record import Record
from evallib.model.units import Unit, convert, times
from evallib.model.words import Words, words
from evallib.say.numbers import plain, quantity
from evallib.score.measure import counted_parts

ZERO = Decimal(0)
Teller = Callable[[Facts, Relation, tuple[Decimal, Decimal], Where], Problem]
_NOTHING_TO_DO = words("无需处理，报告附录三照原文列出", "nothing to do: appendix 3 of the report shows it as printed")
_RECORD = words(
    "核对原始报表，改正数字；若原文就是如此，在“矛盾”表（contradictions）中记录并说明",
    "check the accounts and correct the number; where the source really says so, record it in Contradictions with the reason",
)


def check_identities(catalogue: Catalogue, record: Record, where: Where) -> Iterator[Problem]:
    """Everything within a year that does not hold. What the data records as a contradiction is not an error."""
    facts = Facts(catalogue, record)
    for problems in (
        _totals(facts, where),
        _relations(facts, catalogue.identities, where, _not_equal),
        _relations(facts, catalogue.limits, where, _above),
        _findings(record, where),
        _target_parts(catalogue, record, where),
    ):
        yield from _acknowledged(record, problems)


def check_against_last_year(catalogue: Catalogue, record: Record, previous: Record, where: Where) -> Iterator[Problem]:
    """Everything from one year to the next that does not hold."""
    facts = Facts(catalogue, record, previous)
    over_years = [relation for relation in catalogue.identities if any(name.before for name in relation.inputs)]
    yield from _acknowledged(record, _relations(facts, tuple(over_years), where, _not_equal))
    yield from _acknowledged(record, _told_twice(Facts(catalogue, record), Facts(catalogue, previous), where))


def _acknowledged(record: Record, broken: Iterator[Problem]) -> Iterator[Problem]:
    """The problems; one that the data records as a contradiction is reported as recorded, not as an error."""
    acknowledged = {token: row for row in record.contradictions for token in row.subjects}
    for problem in broken:
        known = next((acknowledged[token] for token in problem.about if token in acknowledged), None)
        if known is None:
            yield problem
        else:
            reason = words(
                f"{problem.what.zh}；已记录为矛盾：{known.reason}", f"{problem.what.en}; recorded as a contradiction: {known.words.en}"
            )
            yield replace(problem, what=reason, fix=_NOTHING_TO_DO, level="recorded")


def fact_place(facts: Facts, name: Name, where: Where) -> Place:
    """The row that a fact stands in, or that of its first part."""
    catalogue, year = facts.catalogue, facts.record.year - name.before
    for id in (name.id, *(part for _, part in catalogue.facts[name.id].parts)):
        for index, row in enumerate(facts.record.facts):
            if row.fact == id and row.year == year:
                return where("facts", index, "value")
    return Place(where("facts", 0, None).file)


def _families(catalogue: Catalogue, ids: tuple[str, ...]) -> tuple[str, ...]:
    """Facts and their parts: recording any of them as contradictory explains a sum that does not hold."""
    return tuple(dict.fromkeys(id for one in ids for id in (one, *(part for _, part in catalogue.facts[one].parts))))


def beyond(facts: Facts, relation: Relation) -> tuple[Decimal, Decimal] | None:
    """By how much a relation is broken beyond what rounding can explain, and how much that can, in base units; None where it may hold.

    A relation of which a number is not known is not broken.
    """
    tree, inputs = relation.tree, {name: facts.named(name) for name in relation.inputs}
    known = {name: value for name, value in inputs.items() if value is not None and value.value is not None}
    if len(known) < len(inputs):
        return None
    try:
        gap = compute(tree, {name: value.base_value or ZERO for name, value in known.items()})
    except Undefined:
        return None
    if gap <= 0 if tree.sign == "<=" else gap == 0:
        return None
    true = compute_interval(tree, {name: value.interval for name, value in known.items()})
    least = true.low if tree.sign == "<=" or gap > 0 else -true.high
    return (least, abs(gap) - least) if least > 0 else None


def side(facts: Facts, tree: Tree, unit: Unit) -> Decimal:
    """The value of one side of a relation, in a unit."""
    values = {name: found.base_value or ZERO for name in names(tree) if (found := facts.named(name)) is not None}
    return times(compute(tree, values), 1 / unit.factor)


def said(facts: Facts, tree: Tree) -> Words:
    """One side of a relation by the names of its facts."""

    def name(n: Name) -> Words:
        found, year = facts.catalogue.facts[n.id].name, facts.catalogue.year(facts.record.year - n.before)
        return words(f"{year.zh}年{found.zh}", f"{found.en} in {year.en}") if n.before else found

    return words(write(tree, lambda n: name(n).zh, plain), write(tree, lambda n: name(n).en, plain))


def _relations(facts: Facts, relations: tuple[Relation, ...], where: Where, tell: Teller) -> Iterator[Problem]:
    for relation in relations:
        found = beyond(facts, relation)
        if found is not None:
            yield tell(facts, relation, found, where)


def rounding(gap: Decimal, explained: Decimal, unit: Unit) -> Words:
    """By how much a gap is larger than rounding can make it; nothing where all numbers are exact."""
    if not explained:
        return words("")
    over, may = times(gap, 1 / unit.factor), times(explained, 1 / unit.factor)
    return words(
        f"；四舍五入最多能解释 {quantity(may, unit, 'zh')}，还差 {quantity(over, unit, 'zh')}",
        f"; rounding explains at most {quantity(may, unit, 'en')}, {quantity(over, unit, 'en')} remain",
    )


def _unit(facts: Facts, relation: Relation) -> Unit:
    return facts.catalogue.facts[relation.inputs[0].id].unit


def _not_equal(facts: Facts, relation: Relation, found: tuple[Decimal, Decimal], where: Where) -> Problem:
    tree, unit, entry = relation.tree, _unit(facts, relation), relation.entry
    left, right = side(facts, tree.left, unit), side(facts, tree.right, unit)
    name = entry.words if entry.name else _must(said(facts, tree.left), said(facts, tree.right))
    more = rounding(*found, unit)
    return Problem(
        fact_place(facts, relation.inputs[0], where),
        words(f"{name.zh}（{plain(right)}）{more.zh}", f"{name.en} ({plain(right)}){more.en}"),
        entry.advised or _RECORD,
        plain(left),
        code="identity",
        about=_families(facts.catalogue, tuple(n.id for n in relation.inputs)),
    )


def _must(left: Words, right: Words) -> Words:
    return words(f"{left.zh}应等于{right.zh}", f"{left.en} must equal {right.en}")


def _above(facts: Facts, relation: Relation, found: tuple[Decimal, Decimal], where: Where) -> Problem:
    tree, unit, entry = relation.tree, _unit(facts, relation), relation.entry
    left, right = side(facts, tree.left, unit), side(facts, tree.right, unit)
    small, large, more = said(facts, tree.left), said(facts, tree.right), rounding(*found, unit)
    name = entry.words if entry.name else words(f"{small.zh}不能超过{large.zh}", f"{small.en} cannot be above {large.en}")
    return Problem(
        fact_place(facts, relation.inputs[0], where),
        words(f"{name.zh}（{plain(right)}）{more.zh}", f"{name.en} ({plain(right)}){more.en}"),
        entry.advised or words("改正其中一个数字", "correct one of the two"),
        plain(left),
        code="identity",
        about=tuple(n.id for n in relation.inputs),
    )


def _totals(facts: Facts, where: Where) -> Iterator[Problem]:
    """A total that was given along with its parts is their sum."""
    catalogue, record = facts.catalogue, facts.record
    for index, row in enumerate(record.facts):
        made = catalogue.facts[row.fact]
        whole, parts = facts.find(row.fact, row.year), facts.sum_of_parts(row.fact, row.year) if made.parts else None
        if whole is None or whole.value is None or parts is None or parts.value is None:
            continue
        gap, may = abs(whole.value - parts.value), whole.half + parts.half
        if gap > may:
            more = rounding(times(gap - may, made.unit.factor), times(may, made.unit.factor), made.unit)
            named = [catalogue.facts[part].name for _, part in made.parts]
            yield Problem(
                where("facts", index, "value"),
                words(f"与分项合计 {plain(parts.value)} 不一致{more.zh}", f"is not the sum of its parts, {plain(parts.value)}{more.en}"),
                words(
                    f"改正合计或分项；也可删去合计，由分项（{'、'.join(n.zh for n in named)}）计算",
                    f"correct it or its parts; or delete it, and it is summed from {', '.join(n.en for n in named)}",
                ),
                plain(whole.value),
                code="identity",
                about=_families(catalogue, (row.fact,)),
            )


def _findings(record: Record, where: Where) -> Iterator[Problem]:
    """A voucher's amount is quantity times price, and the sum of its parts."""
    for index, row in enumerate(record.findings):
        if row.amount is None:
            continue
        if row.quantity is not None and row.unit_price is not None and row.quantity * row.unit_price != row.amount:
            product = f"{plain(row.quantity)} × {plain(row.unit_price, 2)} = {plain(row.quantity * row.unit_price, 2)}"
            yield Problem(
                where("findings", index, "amount"),
                words(f"不等于数量乘单价：{product}", f"is not quantity times price: {product}"),
                words(
                    "核对凭证，改正其中一个数字；若原文就是如此，在“矛盾”表（contradictions）中记录并说明",
                    "check the voucher and correct one of the numbers; where the source really says so, record it in Contradictions",
                ),
                plain(row.amount, 2),
                code="identity",
                about=(row.finding,),
            )
        parts = [p.value for p in record.finding_amounts if p.finding == row.finding]
        if parts and sum(parts, ZERO) != row.amount:
            yield Problem(
                where("findings", index, "amount"),
                words(f"不等于分项之和 {plain(sum(parts, ZERO), 2)}", f"is not the sum of its parts, {plain(sum(parts, ZERO), 2)}"),
                words("改正金额，或“问题金额分项”表（finding_amounts）中的分项", "correct the amount or its parts in Finding amounts"),
                plain(row.amount, 2),
                code="identity",
                about=(row.finding,),
            )


def _target_parts(catalogue: Catalogue, record: Record, where: Where) -> Iterator[Problem]:
    for index, row in enumerate(record.targets):
        unit, parts = catalogue.units.read(row.unit), counted_parts(record, row.indicator, "target")
        counted = sum((convert(p.value, catalogue.units.read(p.unit), unit) for p in parts), ZERO)
        if parts and counted != row.target:
            yield Problem(
                where("targets", index, "target"),
                words(f"不等于分项之和 {quantity(counted, unit, 'zh')}", f"is not the sum of its parts, {quantity(counted, unit, 'en')}"),
                words("改正目标，或“目标分项”表（target_parts）中的分项", "correct the target or its parts in Target parts"),
                plain(row.target),
                code="identity",
                about=(row.indicator,),
            )


def _told_twice(facts: Facts, before: Facts, where: Where) -> Iterator[Problem]:
    """Last year's numbers are told the same way twice."""
    previous = before.record.year
    for index, row in enumerate(facts.record.facts):
        told = before.find(row.fact, row.year) if row.year == previous else None
        value = facts.find(row.fact, row.year)
        if told and value and _differ(told, value):
            was = plain(told.value or ZERO)
            yield Problem(
                where("facts", index, "value"),
                words(f"与 {previous} 年数据中的 {was} 不一致", f"is not what the data of {previous} says, {was}"),
                words(
                    "改正其中一年的数字；若口径不同，在“矛盾”表（contradictions）中记录并说明",
                    "correct one of the two years; where they are counted differently, record it in Contradictions",
                ),
                plain(value.value or ZERO),
                code="identity",
                about=(row.fact,),
            )


def _differ(one: InputValue, other: InputValue) -> bool:
    return one.value is not None and other.value is not None and abs(one.value - other.value) > one.half + other.half
