"""What must hold: identities and limits of the catalogue, sums and their parts, vouchers; in a year and to the next. Pure: it only reports.

A number counts with the precision it was printed with: what some true numbers could satisfy holds; what none could is broken, and the
message says by how much rounding does not explain it. A break that the data itself records as a contradiction, with its reason, does
not stop a run; the report shows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import chain

from evallib.checks.gone import NONE, Gone
from evallib.model.catalogue import Catalogue, Relation
from evallib.model.entries import Entry
from evallib.model.errors import Place, Problem, Where
from evallib.model.expression import Name, Tree, Undefined, compute, compute_interval, names, renamed, write
from evallib.model.facts import Facts, InputValue
from evallib.model.record import Contradiction, Record
from evallib.model.units import SHARE, Unit, convert, half_width, parse_decimal, times
from evallib.model.words import NOTHING, Words, listed, words
from evallib.say.numbers import percent, plain, written
from evallib.say.refusals import problem
from evallib.say.sentences import sentence
from evallib.score.measure import counted_parts

ZERO = Decimal(0)
_NUMBER = re.compile(r"[\d,]*\.?\d+")


def check_identities(catalogue: Catalogue, record: Record, where: Where, gone: Gone = NONE) -> Iterator[Problem]:
    """Everything within a year that does not hold. What the data records as a contradiction is not an error."""
    facts = Facts(catalogue, record)
    of_facts = chain(_totals(facts, where), _relations(facts, (*catalogue.identities, *catalogue.limits), where))
    broken = chain(of_facts, _findings(record, where, gone), _target_parts(catalogue, record, where, gone))
    yield from _acknowledged(record, broken, gone)


def check_against_last_year(catalogue: Catalogue, record: Record, previous: Record, where: Where) -> Iterator[Problem]:
    """Everything from one year to the next that does not hold."""
    facts = Facts(catalogue, record, previous)
    over_years = tuple(relation for relation in catalogue.identities if any(name.before for name in relation.inputs))
    told = _told_twice(Facts(catalogue, record), Facts(catalogue, previous), where)
    yield from _acknowledged(record, chain(_relations(facts, over_years, where), told))


def _acknowledged(record: Record, broken: Iterator[Problem], gone: Gone = NONE) -> Iterator[Problem]:
    """The problems; one that the data records as a contradiction is reported as recorded, not as an error."""
    acknowledged = {token: row for row in record.contradictions for token in row.subjects}
    unread = [row.cells.get("about") for row in gone.rows.get("contradictions", ())]
    for one in broken:
        if any(about is None or {*about.split()} & {*one.about} for about in unread):
            continue
        known = next((acknowledged[token] for token in one.about if token in acknowledged), None)
        yield one if known is None else recorded(one, known.words, one.found)


def acknowledging(rows: Iterable[Contradiction], about: Iterable[str], number: Decimal) -> Contradiction | None:
    """The contradiction about something that names the very number that it has: a changed one is looked at anew."""
    of_it = (row for row in rows if {*row.subjects} & {*about})
    return next((row for row in of_it if abs(number) in map(parse_decimal, _NUMBER.findall(row.printed))), None)


def recorded(one: Problem, reason: Words, found: str = "") -> Problem:
    """What the data itself acknowledges, for a reason."""
    return problem("identity.recorded", one.place, found, one.about, "recorded", what=one.what, reason=reason)


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
    known = {name: value for name in relation.inputs if (value := facts.named(name)) is not None and value.value is not None}
    if len(known) < len(relation.inputs):
        return None
    try:
        gap = compute(relation.tree, {name: value.base_value or ZERO for name, value in known.items()})
    except Undefined:
        return None
    is_limit = relation.tree.sign == "<="
    if gap <= 0 if is_limit else gap == 0:
        return None
    tree = renamed(relation.tree, facts.spelled)  # a sum and its parts are not known apart from each other
    true = compute_interval(tree, {name: value.interval for name in names(tree) if (value := facts.named(name)) is not None})
    least = true.low if is_limit or gap > 0 else -true.high
    return (least, abs(gap) - least) if least > 0 else None


def side(facts: Facts, tree: Tree, unit: Unit) -> Decimal:
    """The value of one side of a relation, in a unit."""
    values = {name: found.base_value or ZERO for name in names(tree) if (found := facts.named(name)) is not None}
    return times(compute(tree, values), 1 / unit.factor)


def said(facts: Facts, tree: Tree) -> Words:
    """One side of a relation by the names of its facts."""

    def name(n: Name) -> Words:
        found = facts.catalogue.facts[n.id].name
        return sentence("workings.in_year", year=facts.catalogue.year(facts.record.year - n.before), name=found) if n.before else found

    return words(write(tree, lambda n: name(n).zh, plain), write(tree, lambda n: name(n).en, plain))


def rounding(gap: Decimal, explained: Decimal, unit: Unit) -> Words:
    """By how much a gap is larger than rounding can make it; nothing where all numbers are exact."""
    may, over = (_amount(times(amount, 1 / unit.factor), unit) for amount in (explained, gap))
    return sentence("checks.rounding", may=may, over=over) if explained else NOTHING


def _amount(value: Decimal, unit: Unit) -> Words:
    """A difference, with two figures at least where it is a share."""
    share = times(value, unit.factor) * 100
    return words(percent(share / 100, max(2, 1 - share.adjusted()))) if unit.is_share and share else written(value, unit)


def unit_of_sides(facts: Facts, relation: Relation) -> Unit:
    """The unit of a relation's sides: that of its numbers, or of the first fact that measures the same."""
    if relation.entry.unit:
        return facts.catalogue.units.read(relation.entry.unit)
    used = (facts.catalogue.facts[name.id].unit for name in relation.inputs)
    bare = Unit("", NOTHING, relation.dimensions)
    return next((unit for unit in used if unit.dimensions == relation.dimensions), bare if relation.dimensions else SHARE)


def advised(found: Problem, entry: Entry) -> Problem:
    """A problem with the advice that the catalogue gives, where it gives any."""
    return replace(found, fix=entry.advised) if entry.advised else found


def _relations(facts: Facts, relations: tuple[Relation, ...], where: Where) -> Iterator[Problem]:
    for relation in relations:
        found = beyond(facts, relation)
        if found is not None:
            yield advised(_broken(facts, relation, found, where), relation.entry)


def _broken(facts: Facts, relation: Relation, found: tuple[Decimal, Decimal], where: Where) -> Problem:
    """A relation that does not hold: an identity may be explained by its facts' parts as well, a limit by its facts alone."""
    tree, unit, entry = relation.tree, unit_of_sides(facts, relation), relation.entry
    is_limit, about = tree.sign == "<=", tuple(n.id for n in relation.inputs)
    sides = {"left": said(facts, tree.left), "right": said(facts, tree.right)}
    return problem(
        "identity.above" if is_limit else "identity.not_equal",
        fact_place(facts, relation.inputs[0], where),
        plain(side(facts, tree.left, unit)),
        about if is_limit else _families(facts.catalogue, about),
        name=entry.words if entry.name else sentence("checks.limit" if is_limit else "checks.equal", **sides),
        right=plain(side(facts, tree.right, unit)),
        rounding=rounding(*found, unit),
    )


def _totals(facts: Facts, where: Where) -> Iterator[Problem]:
    """A total that was given along with its parts is their sum."""
    catalogue, record = facts.catalogue, facts.record
    for index, row in enumerate(record.facts):
        made = catalogue.facts[row.fact]
        if not made.parts:
            continue
        whole, parts = facts.find(row.fact, row.year), facts.sum_of_parts(row.fact, row.year)
        if whole is None or whole.value is None or parts is None or parts.value is None:
            continue
        gap, may = abs(whole.value - parts.value), whole.half + parts.half
        if gap > may:
            more = rounding(times(gap - may, made.unit.factor), times(may, made.unit.factor), made.unit)
            given = {"rounding": more, "parts": listed(catalogue.facts[part].name for _, part in made.parts)}
            about = _families(catalogue, (row.fact,))
            yield problem("identity.total", where("facts", index, "value"), plain(whole.value), about, sum=plain(parts.value), **given)


def _findings(record: Record, where: Where, gone: Gone) -> Iterator[Problem]:
    """A voucher's amount is quantity times price, no less than what of it is at issue; and either of the two the sum of the parts."""
    for index, row in enumerate(record.findings):
        whole, issue = row.amount, row.at_issue
        place, amount = where("findings", index, "amount"), "" if whole is None else plain(whole, 2)
        if whole is not None and issue is not None and issue > whole:
            at = where("findings", index, "at_issue")
            yield problem("identity.above_voucher", at, plain(issue, 2), (row.finding,), amount=amount)
        if whole is not None and row.quantity is not None and row.unit_price is not None and row.quantity * row.unit_price != whole:
            product = f"{plain(row.quantity)} × {plain(row.unit_price, 2)} = {plain(row.quantity * row.unit_price, 2)}"
            yield problem("identity.product", place, amount, (row.finding,), product=product)
        given = [p.value for p in record.finding_amounts if p.finding == row.finding]
        parts = [value for value in given if value is not None] if None not in given else []
        if gone.may_be("finding_amounts", finding=row.finding):
            continue
        if parts and (whole, issue) != (None, None) and sum(parts, ZERO) not in (whole, issue):
            if whole is None:
                place, amount = where("findings", index, "at_issue"), plain(issue or ZERO, 2)
            yield problem("identity.finding_parts", place, amount, (row.finding,), sum=plain(sum(parts, ZERO), 2))


def _target_parts(catalogue: Catalogue, record: Record, where: Where, gone: Gone) -> Iterator[Problem]:
    for index, row in enumerate(record.targets):
        parts = counted_parts(record, row.indicator, "target")
        if row.target is None or not row.unit or not parts or any(p.value is None for p in parts):
            continue
        if gone.may_be("target_parts", indicator=row.indicator, role="target"):
            continue
        unit = catalogue.units.read(row.unit)
        known = [(p.value or ZERO, catalogue.units.read(p.unit)) for p in parts]
        counted = sum((convert(value, u, unit) for value, u in known), ZERO)
        halves = (convert(half_width(value, u), u, unit) for value, u in known)
        gap, may = abs(counted - row.target), sum(halves, half_width(row.target, unit))
        if gap > may:
            more = rounding(times(gap - may, unit.factor), times(may, unit.factor), unit)
            given = {"sum": written(counted, unit), "rounding": more}
            yield problem("identity.target_parts", where("targets", index, "target"), plain(row.target), (row.indicator,), **given)


def _told_twice(facts: Facts, before: Facts, where: Where) -> Iterator[Problem]:
    """Last year's numbers are told the same way twice."""
    previous = before.record.year
    for index, row in enumerate(facts.record.facts):
        told = before.find(row.fact, row.year) if row.year == previous else None
        value = facts.find(row.fact, row.year)
        if told and value and _differ(told, value):
            place, was = where("facts", index, "value"), plain(told.value or ZERO)
            yield problem("identity.told_twice", place, plain(value.value or ZERO), (row.fact,), year=previous, was=was)


def _differ(one: InputValue, other: InputValue) -> bool:
    return one.value is not None and other.value is not None and abs(one.value - other.value) > one.half + other.half
