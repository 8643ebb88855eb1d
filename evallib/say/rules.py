"""Scoring rules in words: what a rule says, and how it came to a score. Here alone is a kind of rule told from another for its words.

The words stand in `catalogue/words/sentences/rules.toml`.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache, partial

from evallib.model.rules import Award, Bands, Checklist, DeductPerOccurrence, DeductPerUnit, Linear, PassFail, Proportional, Rule, Tiers
from evallib.model.units import SHARE, Unit
from evallib.model.words import NOTHING, Given, Lang, Words, joined, listed, words
from evallib.say.numbers import percent, plain, written
from evallib.say.sentences import sentence

_share = partial(percent, places=None)


def kind_name(rule: Rule) -> Words:
    """The kind of a rule."""
    return _told(f"{rule.kind}.name")


def rule_text(rule: Rule, lang: Lang, unit: Unit = SHARE) -> str:
    """A rule in words; `unit` is that of the value that it scores.

    >>> rule_text(Proportional(kind="proportional", of="completion"), "en")
    'completion × points, counted up to 100%'
    """
    return _rule(rule, unit)[lang]


def rule_working(rule: Rule, award: Award, points: Decimal, findings: tuple[str, ...], unit: Unit, lang: Lang) -> str:
    """How a rule came to its score, from the numbers of the award."""
    return _worked(rule, award, points, findings, unit)[lang]


def _told(name: str, /, **given: Given) -> Words:
    return sentence(f"rules.{name}", **given)


@lru_cache(maxsize=1024)
def _rule(rule: Rule, unit: Unit) -> Words:
    told = partial(_told, f"{rule.kind}.rule")
    if isinstance(rule, Proportional):
        return told(what=_told(f"of.{rule.of}"), cap=_share(rule.cap))
    if isinstance(rule, Bands):
        return told(bands=joined(_told("bands.band", band=_band(rule, n, unit), share=_share(b.share)) for n, b in enumerate(rule.bands)))
    if isinstance(rule, Linear):
        return told(full=_number(rule.full_at, unit), zero=_number(rule.zero_at, unit))
    if isinstance(rule, DeductPerUnit):
        return told(steps=_told(f"deduct_per_unit.{rule.steps}"), **_deduction(rule, unit))
    if isinstance(rule, PassFail):
        return told(limit=_limit(rule, unit))
    if isinstance(rule, DeductPerOccurrence):
        return told(each=plain(rule.points_each, 2))
    if isinstance(rule, Checklist):
        return told(items=joined(_told("checklist.item", item=i.words, points=plain(i.points, 2)) for i in rule.items))
    if isinstance(rule, Tiers):
        return told(tiers=joined(_told("tiers.tier", tier=t.words, low=_share(t.low), high=_share(t.high)) for t in rule.tiers))
    return told()


def _worked(rule: Rule, award: Award, points: Decimal, findings: tuple[str, ...], unit: Unit) -> Words:
    told, n, worth, score = (
        partial(_told, f"{rule.kind}.worked"),
        award.numbers,
        _told("worth", points=plain(points, 2)),
        plain(award.score, 2),
    )
    if isinstance(rule, Proportional):
        value = words(percent(n["value"])) if unit.is_share else _number(n["value"], unit)
        return (
            told(value=value, worth=worth)
            if n["share"] == n["value"]
            else _told("proportional.capped", value=value, share=_share(n["share"]), worth=worth)
        )
    if isinstance(rule, Bands):
        return told(band=_band(rule, int(n["band"]), unit), share=_share(n["share"]), worth=worth)
    if isinstance(rule, Linear):
        return told(zero=_number(rule.zero_at, unit), full=_number(rule.full_at, unit), part=percent(n["share"]), worth=worth)
    if isinstance(rule, DeductPerUnit):
        given = _deduction(rule, unit)
        if n["over"] == 0:
            return _told("deduct_per_unit.within", **given)
        over = _told("percentage_points", number=plain(n["over"] * 100, 2)) if unit.is_share else written(n["over"], unit)
        whole = _told("deduct_per_unit.whole_only") if rule.steps == "whole" else NOTHING
        return told(
            over=over, whole=whole, lost=percent(n["lost"]), floor=_floor(n["lost"] > 1), kept=percent(n["kept"]), worth=worth, **given
        )
    if isinstance(rule, PassFail):
        return _told("pass_fail.passed" if n["passed"] else "pass_fail.failed", limit=_limit(rule, unit))
    if isinstance(rule, DeductPerOccurrence):
        if not findings:
            return _told("deduct_per_occurrence.none")
        count, each = len(findings), rule.points_each
        noun, floor = "findings" if count > 1 else "finding", _floor(each * count > points)
        return told(count=count, noun=noun, findings=listed(findings), each=plain(each, 2), points=plain(points, 2), floor=floor)
    if isinstance(rule, Checklist):
        verdict = {i.id: _told(f"checklist.{'met' if n[i.id] else 'not_met'}", item=i.words, points=plain(i.points, 2)) for i in rule.items}
        return joined(verdict.values())
    if isinstance(rule, Tiers):
        tier = rule.tiers[int(n["tier"])]
        return told(tier=tier.words, low=_share(tier.low), high=_share(tier.high), score=score)
    return told(score=score, worth=worth)


def _number(value: Decimal, unit: Unit) -> Words:
    return words(_share(value)) if unit.is_share else written(value, unit)


def _band(rule: Bands, place: int, unit: Unit) -> Words:
    """The values that a band of a rule takes."""
    rising, own = rule.bands[0].up_to is not None, rule.bands[place].edge
    before = rule.bands[place - 1].edge if place else None
    ends = (("above", before), ("up_to", own)) if rising else (("at_least", own), ("below", before))
    return listed(_told("limit", side=_told(side), edge=_number(edge, unit)) for side, edge in ends if edge is not None)


def _limit(rule: PassFail, unit: Unit) -> Words:
    side = "up_to" if rule.at_least is None else "at_least"
    return _told("limit", side=_told(side), edge=_number(rule.edges[0], unit))


def _deduction(rule: DeductPerUnit, unit: Unit) -> dict[str, Words]:
    """The side and the limit of a deduction, and what each step costs: 1 percentage point, 5 percentage points."""
    number = plain(rule.unit * 100)
    one = _told("percentage_point") if number == "1" else _told("percentage_points", number=number)
    step = one if unit.is_share else written(rule.unit, unit)
    return {"side": _told(rule.side), "limit": _number(rule.limit, unit), "step": step, "share": words(_share(rule.share))}


def _floor(past: bool) -> Words:
    """What is said where there are no points left to be deducted."""
    return _told("deduct_per_unit.floor") if past else NOTHING
