"""Numbers of the wrong size: typed in 万元 under 元, a share for a percentage, a decimal point that slipped. Pure: it only reports.

What is plausible is data: bounds of entries and of units, relations, by what factor a year may differ from the last. What lies outside
is remarked; by a factor that only a slip explains, or with a neighbour's digits and the point elsewhere, it is an error. A
contradiction that names the fact and the number acknowledges either; another number is looked at anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import partial

from evallib.checks.identities import acknowledging, advised, beyond, fact_place, recorded, said, side, unit_of_sides
from evallib.model.catalogue import Bound, Catalogue, Fact, Formula, Relation
from evallib.model.errors import Place, Problem, Where
from evallib.model.evaluation import Evaluation, TargetResult
from evallib.model.expression import Interval, Name, Number, signed_names
from evallib.model.facts import Facts, InputValue
from evallib.model.units import SHARE, Unit, convert, parse_decimal, round_half_up
from evallib.model.words import NOTHING, Words, listed, words
from evallib.say.numbers import percent, plain, written
from evallib.say.refusals import problem
from evallib.say.sentences import sentence
from evallib.score.measure import interval_of

SLIP = 3000
"""The factor between two numbers from which on one was typed in 万: 10,000, less what they may really differ by."""
FAR = 100
"""The same for a size and its bound, which is already far from what is usual."""
ALIKE = 4
"""So many digits two numbers have at least that are said to be the same."""


def check_magnitudes(e: Evaluation, previous: Evaluation | None, where: Where) -> Iterator[Problem]:
    """Every number of a size that cannot be, or hardly: errors and warnings; what the data acknowledges is told as recorded."""
    facts = Facts(e.catalogue, e.record, previous.record if previous else None)
    checks = (_decimals(e, where), _bounds(e, where), _relations(facts, where), _neighbours(facts, where), _targets(e, where))
    slipped = set[Place]()
    for one in (one for found in checks for one in found if one.place not in slipped):
        if one.level == "error":  # what else is strange about it is so because of that
            slipped.add(one.place)
        number = parse_decimal(one.found)
        known = None if number is None else acknowledging(e.record.contradictions, one.about, number)
        yield recorded(one, known.words) if known else one


def _slip(
    catalogue: Catalogue,
    place: Place,
    value: Decimal,
    unit: Unit,
    about: tuple[str, ...],
    thing: Words,
    other: Words,
    there: Decimal,
    error: bool = True,
    typed: InputValue | None = None,
) -> Problem:
    """A number that is another one's many times over, or a small part of it; `typed` is what stands in the cell where it is computed."""
    found, ratio = plain(value if typed is None or typed.value is None else typed.value), abs(value / there)
    factor = plain(round_half_up(max(ratio, 1 / ratio), 0 if not Decimal("0.05") < ratio < 20 else 1))
    words_of = {"thing": thing, "value": written(value, unit), "other": other, "there": written(there, unit)}
    named = catalogue.facts.get(about[0]) or catalogue.formulas.get(about[0])
    words_of["id"], scaled = named.name if named else thing, _scaled(catalogue, typed.unit if typed else unit)
    texts = {"factor": factor, "printed": found}
    return problem("strange.slip" if error else "strange.jump", place, found, about, scaled=scaled, **words_of, **texts)


def _scaled(catalogue: Catalogue, unit: Unit) -> Words:
    """What to do where an amount is in 万元 under 元, or in 元 under 万元."""
    way = "scaled" if unit.factor == 1 else "unscaled"
    return sentence(f"checks.{way}", unit=catalogue.units.money.symbol) if unit.is_money else NOTHING


def _decimals(e: Evaluation, where: Where) -> Iterator[Problem]:
    """Amounts with more decimals than the currency has."""
    most = e.catalogue.usual(e.catalogue.units.money).decimals
    for index, row in enumerate(e.record.facts if most is not None else ()):
        unit = e.catalogue.units.read(row.unit)
        places = -int(row.value.normalize().as_tuple().exponent) if row.value and unit.is_money and unit.factor == 1 else 0
        if most is not None and places > most:
            found, named = plain(row.value or Decimal(0)), {"money": unit.name, "scaled": _scaled(e.catalogue, unit)}
            named["id"] = e.catalogue.facts[row.fact].name
            yield problem("strange.decimals", where("facts", index, "value"), found, (row.fact,), places=places, printed=found, **named)


# --- bounds and relations

Inputs = Sequence[InputValue]


def _bounds(e: Evaluation, where: Where) -> Iterator[Problem]:
    """Facts and formulas outside their bounds or those that are usual of their unit, as far as rounding cannot explain it."""
    for fact in e.catalogue.facts.values():
        found = e.facts.find(fact.id)
        if found is not None and found.value is not None and (beyond := _crossed(e.catalogue, fact.id, found.value)):
            around, place = Interval(found.value - found.half, found.value + found.half), fact_place(e.facts, Name(fact.id), where)
            yield from _outside(e, fact, beyond, found.value, around, place, ())
    for formula in e.formulas:
        crossed = () if formula.value is None else _crossed(e.catalogue, formula.id, formula.value)
        if crossed and formula.value is not None and (interval := interval_of(e, formula)) is not None:
            inputs = sorted(formula.inputs, key=_size)  # the smallest was in 万, if any
            place = fact_place(e.facts, Name(inputs[0].fact, e.record.year - inputs[0].year), where)
            yield from _outside(e, e.catalogue.formulas[formula.id], crossed, formula.value, interval, place, inputs)


def _crossed(catalogue: Catalogue, id: str, value: Decimal) -> Sequence[Bound]:
    """The bounds that a value lies outside of, as it stands."""
    size = value.copy_abs()
    held = ((b, size if b.of_unit else value) for b in catalogue.bounds[id])
    return [b for b, number in held if (number > b.limit if b.above else number < b.limit)]


def _outside(
    e: Evaluation, made: Fact | Formula, crossed: Sequence[Bound], value: Decimal, around: Interval, place: Place, inputs: Inputs
) -> Iterator[Problem]:
    """What is said of a value outside some bounds, as far as rounding cannot explain it."""
    about = (*dict.fromkeys(i.fact for i in inputs), made.id)
    for above, limit, of_unit, entry, own in crossed:
        least = abs(around) if of_unit else around
        if least.low <= limit if above else least.high >= limit or (of_unit and not value):
            continue
        usually, most = (convert(Decimal(1), SHARE, made.unit), SLIP) if made.unit.is_share else (limit, FAR)
        if limit > 0 and (abs(value) > usually * most if above else not of_unit and 0 < value * most < usually):
            of = listed(i.name + words(" ") + written(i.value, i.unit) for i in inputs)
            thing = made.name + (sentence("checks.of", inputs=of) if inputs else NOTHING)
            yield _slip(e.catalogue, place, value, made.unit, about, thing, _bound(above), limit, typed=inputs[0] if inputs else None)
        else:
            text = words(percent(convert(limit, made.unit, SHARE), None)) if own.symbol == "%" else written(limit, made.unit)
            name = "strange.above" if above else "strange.below"
            yield advised(problem(name, place, "", (made.id,), thing=made.name, value=written(value, made.unit), limit=text), entry)


def _size(one: InputValue) -> Decimal:
    return abs(one.base_value or Decimal(0)) or Decimal("Infinity")


def _bound(above: bool) -> Words:
    return sentence("checks.at_most" if above else "checks.at_least")


def _relations(facts: Facts, where: Where) -> Iterator[Problem]:
    """What the catalogue calls strange; a relation to last year only where there is last year's record."""
    for relation in facts.catalogue.plausible:
        if beyond(facts, relation) is None:
            continue
        place, unit, tree = fact_place(facts, relation.inputs[0], where), unit_of_sides(facts, relation), relation.tree
        small, large = (side(facts, term, unit) for term in (tree.left, tree.right))
        if relation.entry.unit and 0 in (small, large):
            continue
        if 0 < large * (FAR if relation.entry.unit else SLIP) < small:
            about, typed = tuple(dict.fromkeys(n.id for n in relation.inputs)), facts.named(relation.inputs[0])
            if isinstance(tree.left, Number):
                yield _slip(facts.catalogue, place, large, unit, about, said(facts, tree.right), _bound(above=False), small, typed=typed)
            else:
                other = _bound(above=True) if isinstance(tree.right, Number) else said(facts, tree.right)
                yield _slip(facts.catalogue, place, small, unit, about, said(facts, tree.left), other, large, typed=typed)
        else:
            yield advised(problem("strange.relation", place, "", (relation.entry.key,), what=_told(facts, relation)), relation.entry)


def _told(facts: Facts, relation: Relation) -> Words:
    """A relation that does not hold in words, with the two amounts where both its sides are amounts."""
    tree = relation.tree
    left, right = said(facts, tree.left), said(facts, tree.right)
    what = relation.entry.words if relation.entry.name else sentence("checks.strange", left=left, right=right)
    if relation.entry.unit:
        unit, is_least = unit_of_sides(facts, relation), isinstance(tree.left, Number)
        return sentence("checks.amount", what=what, amount=written(side(facts, tree.right if is_least else tree.left, unit), unit))
    if signed_names(tree.left) is None or signed_names(tree.right) is None:
        return what
    unit = facts.catalogue.facts[relation.inputs[0].id].unit
    small, large = (written(side(facts, term, unit), unit) for term in (tree.left, tree.right))
    return sentence("checks.amounts", what=what, left=small, right=right, amount=large)


# --- neighbours


def _neighbours(facts: Facts, where: Where) -> Iterator[Problem]:
    """Facts beside last year's, and beside what they are set against in a rate."""
    year, catalogue = facts.record.year, facts.catalogue
    last = sentence("checks.last_year", year=catalogue.year(year - 1))
    for id in dict.fromkeys(row.fact for row in facts.record.facts if row.year == year):
        fact, now, before = catalogue.facts[id], facts.value(id), facts.find(id, year - 1)
        jump = catalogue.usual(fact.unit).jump if fact.entry.jump is None else fact.entry.jump
        if jump and now and before and before.value:
            ratio = abs(now / before.value)
            slipped = moved(now, before.value) or (fact.unit.is_money and not 1 < ratio * SLIP < SLIP**2)
            if slipped or not 1 <= ratio * jump <= jump**2:
                place = fact_place(facts, Name(id), where)
                yield _slip(catalogue, place, now, fact.unit, (id,), fact.name, last, before.value, error=bool(slipped))
    for left, right in catalogue.rates:
        one, other = facts.named(left), facts.named(right)
        if one and other and one.value and other.value and moved(one.value, other.value):
            place = fact_place(facts, left, where)
            yield _slip(catalogue, place, one.value, one.unit, (left.id, right.id), one.name, said(facts, right), other.value)


def moved(one: Decimal, other: Decimal) -> int:
    """By how many places the point is moved between two numbers of the same digits; 0 where they are not the same, or of few digits.

    >>> moved(Decimal("95.73"), Decimal("957260.00")), moved(Decimal("9572600"), Decimal(957260)), moved(Decimal(100), Decimal(1000))
    (-4, 1, 0)
    """
    sizes = one.copy_abs(), other.copy_abs()
    if sizes[0] < 5 * sizes[1] and sizes[1] < 5 * sizes[0]:  # as nearly all are
        return 0
    pair = [abs(number).normalize() for number in (one, other)]
    digits = min(len(number.as_tuple().digits) for number in pair)
    if digits < ALIKE:
        return 0
    left, right = (round_half_up(number.scaleb(-number.adjusted()), digits - 1) for number in pair)
    return pair[0].adjusted() - pair[1].adjusted() if left == right else 0


# --- targets


def _targets(e: Evaluation, where: Where) -> Iterator[Problem]:
    """Actuals that are shares where percentages are meant, rates above every bound, and what is of another size than its target."""
    for index, target in enumerate(e.targets):
        actual, goal = target.actual, target.target
        if target.way == "given" and target.operator not in ("words", "by") and actual and actual > 0 and goal > 0:
            yield from _target(e, target, actual, partial(where, "targets", index))


def _target(e: Evaluation, target: TargetResult, actual: Decimal, at: Callable[[str], Place]) -> Iterator[Problem]:
    unit, goal, about, name = target.unit, target.target, (target.id,), target.name
    higher, most, ratio = target.operator in (">=", ">", "="), e.catalogue.usual(unit).at_most, actual / goal
    if unit.symbol == "%" and actual <= 1 and goal > 10:
        sure = higher and goal >= 50
        given: dict[str, str | Words] = {"id": name, "printed": plain(actual), "actual": percent(actual / 100)}
        yield problem("strange.share" if sure else "strange.share_for_percent", at("actual"), plain(actual), about, target=name, **given)
    elif unit.symbol == "%" and goal <= 1 and actual >= 50 and higher:
        yield problem("strange.share_asked", at("target"), target=name, goal=percent(goal / 100), actual=percent(actual / 100))
    elif unit.is_share and most is not None and actual > most:
        yield _slip(e.catalogue, at("actual"), actual, unit, about, name, _bound(above=True), most, error=actual > most * FAR)
    elif not unit.is_share and (moved(actual, goal) or ratio >= SLIP or (ratio * SLIP <= 1 and (higher or unit.is_money))):
        yield _slip(e.catalogue, at("actual"), actual, unit, about, name, sentence("checks.target"), goal)
