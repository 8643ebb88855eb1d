"""What must hold between the rows of a record, and between a record and its framework. Pure: it only reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from operator import attrgetter

from evallib.checks.framework import no_such
from evallib.model.catalogue import Catalogue
from evallib.model.errors import Place, Problem, Where
from evallib.model.evaluation import indicators_in_force
from evallib.model.facts import Facts
from evallib.model.framework import Framework, Indicator
from evallib.model.record import TABLES, Judgement, Record, Target
from evallib.model.rows import Sourced
from evallib.model.table_words import CHOICES
from evallib.model.units import Units
from evallib.model.words import NOTHING, Words, folded, listed
from evallib.say.numbers import plain
from evallib.say.refusals import problem, unknown
from evallib.say.rules import kind_name
from evallib.say.sentences import sentence
from evallib.score.measure import counted_parts

_SCALES = (10**4, 10**8)
"""The scales that amounts of money are usually written in."""


def check_record(framework: Framework, record: Record, where: Where) -> Iterator[Problem]:
    """Every problem of a department's year that a row alone does not show.

    First what the rows name (sources, units, ids); only when all of that is known, what can be computed from them.
    """
    for stage in (
        (_sources, _units, _duplicates, _facts, _own_indicators),
        (_names, _targets, _judgements, _other_rows, _needed_facts),
    ):
        found = [one for check in stage for one in check(framework, record, where)]
        yield from found
        if any(one.level == "error" for one in found):
            return


def _sources(framework: Framework, record: Record, where: Where) -> Iterator[Problem]:
    known = [s.source for s in record.sources]
    tables = [(table, "source", "source") for table, model in TABLES.items() if issubclass(model, Sourced)]
    return _named(record, where, tables, {"source": known})


_NAMING = (
    ("targets", "indicator", "indicator"),
    ("target_parts", "indicator", "target"),
    ("judgements", "indicator", "indicator"),
    ("findings", "indicator", "indicator"),
    ("findings", "recommendation", "recommendation"),
    ("findings", "sources_cited", "source"),
    ("finding_amounts", "finding", "finding"),
    ("plan_targets", "indicator", "indicator"),
    ("contradictions", "subjects", "id"),
    ("surveys", "indicator", "indicator"),
    ("expert_scores", "indicator", "indicator"),
)
"""Which column, or what is read from one, names what."""
_COLUMNS = {"sources_cited": "clauses", "subjects": "about"}
"""The columns from which several names are read."""


def _names(framework: Framework, record: Record, where: Where) -> Iterator[Problem]:
    """What rows name is there."""
    indicators, findings = [i.id for i in indicators_in_force(framework, record)], [f.finding for f in record.findings]
    known = {
        "indicator": indicators,
        "target": sorted({t.indicator for t in record.targets}),
        "finding": findings,
        "recommendation": [r.id for r in record.recommendations],
        "source": [s.source for s in record.sources],
        "id": [*(p.published for p in record.published), *indicators, *findings, *framework.catalogue.facts],
    }
    return _named(record, where, _NAMING, known)


def _named(record: Record, where: Where, naming: Iterable[tuple[str, str, str]], known: Mapping[str, Sequence[str]]) -> Iterator[Problem]:
    for table, attribute, thing in naming:
        among = frozenset(known[thing])
        for index, row in enumerate(getattr(record, table)):
            given = getattr(row, attribute)
            for id in (given,) if isinstance(given, str) else given:
                if id and id not in among:
                    place = where(table, index, _COLUMNS.get(attribute, attribute))
                    yield unknown(thing, place, id, known[thing])


_WITH_UNIT = [
    (table, column) for table, model in TABLES.items() for column in ("unit", "actual_unit", "cost_unit") if column in model.model_fields
]


def _units(framework: Framework, record: Record, where: Where) -> Iterator[Problem]:
    """Any word is a unit; one that looks like money or a percentage and is not known is asked about."""
    units = framework.catalogue.units
    for table, column in _WITH_UNIT:
        for index, row in enumerate(getattr(record, table)):
            if (symbol := getattr(row, column)) and units.find(symbol) is None:
                yield unknown_unit(units, where(table, index, column), symbol)


def unknown_unit(units: Units, place: Place, text: str) -> Problem:
    """What is to be asked about a text that is no unit, and what may be meant."""
    parts = folded(text).split("/")
    if any(part.endswith(units.moneylike) for part in parts):
        return problem("unit.like_money", place, text, units=amounts(units))
    like_share = any(part.startswith(units.sharelike) for part in parts)
    return problem("unit.like_share" if like_share else "unit.no_word", place, text)


def amounts(units: Units) -> Words:
    """The currency's own unit and its usual scales, as they may be written."""
    scaled = [next((s.word for s in units.scales if s.factor == factor), "") for factor in _SCALES]
    return listed(f"{word}{units.money.symbol}" for word in ("", *filter(None, scaled)))


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
                found = " ".join(str(part) for part in (key if isinstance(key, tuple) else (key,)) if part != "")
                yield problem("row.repeated", where(table, index, columns[0]), found, row=str(where(table, seen[key], None).row))
            seen.setdefault(key, index)


def _facts(framework: Framework, record: Record, where: Where) -> Iterator[Problem]:
    catalogue = framework.catalogue
    for index, row in enumerate(record.facts):
        fact = catalogue.facts.get(row.fact)
        if fact is None:
            yield no_such(catalogue, where("facts", index, "fact"), row.fact, formulas=False)
            continue
        if fact.derived:
            yield problem("fact.derived", where("facts", index, "fact"), row.fact)
            continue
        unit = catalogue.units.find(row.unit)
        if unit is not None and unit.dimensions != fact.unit.dimensions:
            yield problem("fact.unit_differs", where("facts", index, "unit"), row.unit, unit=fact.unit.symbol)
            continue
        place = where("facts", index, "value")
        if row.value is None and not row.note:
            yield problem("fact.empty", place, row.fact)
        if row.value is not None and row.value < 0 and not fact.entry.may_be_negative:
            yield problem("number.negative", place, plain(row.value))
        if unit is not None and unit.whole and row.value is not None and row.value != row.value.to_integral_value():
            yield problem("number.not_whole", place, plain(row.value))
        if row.year > record.year:
            yield problem("fact.later", where("facts", index, "year"), str(row.year), year=record.year)


def _own_indicators(framework: Framework, record: Record, where: Where) -> Iterator[Problem]:
    open_groups = {g.id: g for g in framework.groups if g.own_rule is not None}
    common = {i.id for i in framework.indicators}
    for index, row in enumerate(record.own_indicators):
        if row.group not in open_groups:
            yield unknown("open_group", where("own_indicators", index, "group"), row.group, open_groups)
        if row.indicator in common:
            yield problem("own_indicator.of_framework", where("own_indicators", index, "indicator"), row.indicator)
        if row.formula and row.formula not in framework.catalogue.formulas:
            yield no_such(framework.catalogue, where("own_indicators", index, "formula"), row.formula, formulas=True)
    for group in open_groups.values():
        total = sum((o.points or Decimal(0) for o in record.own_indicators if o.group == group.id), Decimal(0))
        if total != group.points:
            given = {"total": plain(total), "points": plain(group.points)}
            yield problem("own_indicator.points_differ", _file(where, "own_indicators", "points"), group=group.words, **given)


def _file(where: Where, table: str, column: str) -> Place:
    """The column of a table, where a row is missing."""
    return Place(where(table, 0, None).file, None, column)


def _targets(framework: Framework, record: Record, where: Where) -> Iterator[Problem]:
    catalogue = framework.catalogue
    read = catalogue.units.read
    indicators = {i.id: i for i in indicators_in_force(framework, record)}
    targets = {t.indicator: t for t in reversed(record.targets)}
    for index, row in enumerate(record.targets):
        indicator = indicators.get(row.indicator)
        if indicator is None:
            continue
        if not indicator.value and not read(row.unit).is_share and _of_shares(indicator):
            yield problem("target.no_share", where("targets", index, "unit"), row.unit)
        yield from _actual(catalogue, record, row, indicator, index, where)
    own = {o.indicator for o in record.own_indicators}
    for i in indicators.values():
        if i.id not in targets and needs_target(i, own):
            yield problem("target.missing", _file(where, "targets", "indicator"), id=i.id, indicator=i.words)
    for index, part in enumerate(record.target_parts):
        target = targets.get(part.indicator)
        if target is not None and read(part.unit).dimensions != read(target.unit).dimensions:
            yield problem("target.unit_differs", where("target_parts", index, "unit"), part.unit, unit=read(target.unit).symbol)


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
    place = where("targets", index, "actual")
    if not ways:
        yield problem("target.no_actual", place)
    if len(ways) > 1:
        yield problem("target.actual_twice", place, ", ".join(ways))
    if row.base is not None and (row.actual is None or not unit.is_share):
        yield problem("target.base_alone", where("targets", index, "base"))
    if row.base is not None and not row.actual_unit:
        yield problem("target.base_without_unit", where("targets", index, "actual_unit"))
    have = formula.unit if formula else catalogue.units.read(row.actual_unit or row.unit)
    if row.base is None and have.dimensions != unit.dimensions:
        if formula:
            given = {"of": formula.entry.unit, "unit": have.symbol}
            yield problem("target.formula_unit_differs", where("targets", index, "unit"), row.unit, **given)
        else:
            yield problem("target.unit_differs", where("targets", index, "actual_unit"), have.symbol, unit=unit.symbol)


def _judgements(framework: Framework, record: Record, where: Where) -> Iterator[Problem]:
    indicators = {i.id: i for i in indicators_in_force(framework, record)}
    for index, row in enumerate(record.judgements):
        indicator = indicators.get(row.indicator)
        if indicator is not None:
            yield from _judgement(indicator, row, partial(where, "judgements", index))
    for id, indicator in indicators.items():
        said = [j for j in record.judgements if j.indicator == id]
        if any(j.kind in ("override", "not_applicable") for j in said):
            continue
        lacking = [item.id for item in indicator.rule.checklist if item.id not in {j.item for j in said}]
        if indicator.rule.takes in ("tier", "score") and not said:
            lacking = [indicator.rule.kind]
        for item in lacking:
            yield problem("judgement.missing", _file(where, "judgements", "indicator"), id=id, indicator=indicator.words, item=item)


def _judgement(indicator: Indicator, row: Judgement, at: Callable[[str], Place]) -> Iterator[Problem]:
    """A judgement goes with the rule of its indicator, and its score with the points."""
    rule, points, score = indicator.rule, indicator.points, row.score
    allowed = (rule.judgement, "override", "not_applicable")
    if row.kind not in allowed:
        kinds = listed(CHOICES[kind] for kind in allowed)
        yield problem("judgement.not_of_rule", at("kind"), row.kind, rule=kind_name(rule), kinds=kinds)
    elif row.kind == "item":
        items = [item.id for item in rule.checklist]
        if row.item not in items:
            yield unknown("item", at("item"), row.item, items)
        if row.verdict not in ("met", "not_met"):
            yield problem("judgement.verdict", at("verdict"), row.verdict)
    elif row.kind == rule.judgement and score is None:
        yield problem("judgement.no_score", at("score"))
    elif row.kind != "not_applicable" and (score is None or not 0 <= score <= points):
        yield problem("score.outside", at("score"), "" if score is None else plain(score), points=plain(points))
    elif row.kind == "tier" and score is not None:
        tier = rule.tier(row.verdict)
        if tier is None:
            yield unknown("tier", at("verdict"), row.verdict, [t.id for t in rule.verdicts])
        elif not tier.low * points <= score <= tier.high * points:
            yield problem("score.outside_tier", at("score"), plain(score), low=plain(tier.low * points), high=plain(tier.high * points))


def _other_rows(framework: Framework, record: Record, where: Where) -> Iterator[Problem]:
    points = {"total": framework.points} | {i.id: i.points for i in indicators_in_force(framework, record)}
    for index, row in enumerate(record.self_evaluation):
        most = points.get(row.indicator)
        if most is None:
            yield unknown("indicator", where("self_evaluation", index, "indicator"), row.indicator, points)
        elif not 0 <= row.score <= most:
            yield problem("score.outside", where("self_evaluation", index, "score"), plain(row.score), points=plain(most))
    for index, figure in enumerate(record.published):
        if not figure.number and not figure.note:
            yield problem("published.no_note", where("published", index, "note"))


def _needed_facts(framework: Framework, record: Record, where: Where) -> Iterator[Problem]:
    """A fact that a formula needs and nobody gave. An empty value counts as given: known to be missing."""
    catalogue = framework.catalogue
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
            parts = sentence("checks.parts", parts=listed(part for _, part in fact.parts)) if fact.parts else NOTHING
            yield problem(
                "fact.missing",
                _file(where, "facts", "fact"),
                fact=fact.id,
                called=fact.name,
                year=year,
                id=indicator.id,
                indicator=indicator.words,
                unit=fact.unit.symbol,
                parts=parts,
            )
