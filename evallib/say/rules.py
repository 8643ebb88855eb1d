"""Scoring rules in words: what a rule says, and how it came to a score. Here alone is a kind of rule told from another for its words.

The words stand in `catalogue/words/sentences/rules.toml`.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache, partial
from typing import get_args

from evallib.model.pieces import Pieces
from evallib.model.rule_base import ONE, ZERO, Award, ChecklistItem, Tier
from evallib.model.rules import Checklist, DeductPerOccurrence, DeductPerUnit, Rule, Seriousness, Tiers, Unsaid
from evallib.model.table_words import CHOICES
from evallib.model.units import SHARE, Unit
from evallib.model.words import NOTHING, Given, Lang, Words, joined, listed, words
from evallib.say.numbers import percent, plain, written
from evallib.say.sentences import sentence

SERIOUSNESS: tuple[Seriousness, ...] = get_args(Seriousness)

_share = partial(percent, places=None)


def kind_name(rule: Rule) -> Words:
    """The kind of a rule."""
    return _told(f"{rule.form}.name")


def rule_text(rule: Rule, lang: Lang, unit: Unit = SHARE) -> str:
    """A rule in words; `unit` is that of the value that it scores.

    >>> from evallib.model.pieces import Proportional
    >>> rule_text(Proportional(kind="proportional", of="completion").rule(), "en")
    'completion × points, counted up to 100%'
    """
    said = _rule(rule, unit)
    by_completion = rule.measures == "completion" and rule.form != "proportional"  # whose words say what is taken times the points
    return (_told("by_completion", rule=said) if by_completion else said)[lang]


def rule_working(rule: Rule, award: Award, points: Decimal, findings: tuple[str, ...], unit: Unit, lang: Lang) -> str:
    """How a rule came to its score, from the numbers of the award."""
    return _worked(rule, award, points, findings, unit)[lang]


def _told(name: str, /, **given: Given) -> Words:
    return sentence(f"rules.{name}", **given)


@lru_cache(maxsize=1024)
def _rule(rule: Rule, unit: Unit) -> Words:
    told = partial(_told, f"{rule.form}.rule")
    if isinstance(rule, Pieces):
        return told(**_pieces(rule, unit))
    if isinstance(rule, DeductPerUnit):
        return told(steps=_told(f"deduct_per_unit.{rule.steps}"), **_deduction(rule, unit))
    if isinstance(rule, DeductPerOccurrence):
        own = [(one, rule.costs(one)) for one in SERIOUSNESS if rule.costs(one) != rule.points_each]
        others = listed(_told("deduct_per_occurrence.own", seriousness=CHOICES[one], each=plain(cost, 2)) for one, cost in own)
        return told(each=plain(rule.points_each, 2), others=_told("deduct_per_occurrence.others", own=others) if own else NOTHING)
    if isinstance(rule, Checklist):
        return told(items=joined(_told(f"checklist.item.{_sign(i)}", item=i.words, points=plain(abs(i.points), 2)) for i in rule.items))
    if isinstance(rule, Tiers):
        return told(tiers=joined(_told("tiers.tier", tier=t.words, range=_range(t)) for t in rule.tiers))
    if isinstance(rule, Unsaid):
        return told(text=words(rule.text, rule.text_en), reason=words(rule.reason, rule.reason_en))
    return told()


def _pieces(rule: Pieces, unit: Unit) -> dict[str, Words]:
    """What the words of pieces leave room for."""
    bands = joined(_piece(rule, n, unit) for n in range(len(rule.stretches)))
    full = next((n for n, s in enumerate(rule.stretches) if {s.at_low, s.at_high} == {ONE}), 0)
    whole = [s for s in rule.stretches if s.low and s.high]
    ends = [(share, end.at) for s in whole for share, end in ((s.at_low, s.low), (s.at_high, s.high)) if end]
    full_at, zero_at = (_number(edge, unit) for _, edge in sorted(ends[:2], reverse=True)) if len(ends) > 1 else (NOTHING, NOTHING)
    given = {"bands": bands, "what": _told(f"of.{rule.of}"), "cap": words(_share(rule.most)), "limit": _band(rule, full, unit)}
    return given | {"full": full_at, "zero": zero_at}


def _piece(rule: Pieces, place: int, unit: Unit) -> Words:
    low, high = rule.pieces[place].shares
    band = _band(rule, place, unit)
    if low == high:
        return _told("bands.band", band=band, share=_share(low))
    return _told("bands.line", band=band, low=_share(low), high=_share(high))


def _worked(rule: Rule, award: Award, points: Decimal, findings: tuple[str, ...], unit: Unit) -> Words:
    told, n, worth = partial(_told, f"{rule.form}.worked"), award.numbers, _told("worth", points=plain(points, 2))
    if isinstance(rule, Pieces):
        return _worked_pieces(rule, n, worth, unit)
    if isinstance(rule, DeductPerUnit):
        deducted = _deduction(rule, unit)
        if n["over"] == 0:
            return _told("deduct_per_unit.within", **deducted)
        over = _told("percentage_points", number=plain(n["over"] * 100, 2)) if unit.is_share else written(n["over"], unit)
        whole = _told("deduct_per_unit.whole_only") if rule.steps == "whole" else NOTHING
        if rule.share is None:
            lost = n["units"] * (rule.points or ZERO)
            deducted |= {"lost": words(plain(lost, 2)), "floor": _floor(lost > points), "points": words(plain(points, 2))}
            return _told("deduct_per_unit.worked_points", over=over, whole=whole, **deducted)
        lost = n["units"] * rule.share
        kept = percent(max(1 - lost, ZERO))
        return told(over=over, whole=whole, lost=percent(lost), floor=_floor(lost > 1), kept=kept, worth=worth, **deducted)
    if isinstance(rule, DeductPerOccurrence):
        if not findings:
            return _told("deduct_per_occurrence.none")
        costs = [(one, count, rule.costs(one)) for one in SERIOUSNESS if (count := int(n.get(one, 0)))]
        lost = sum((count * cost for _, count, cost in costs), ZERO)
        given: dict[str, Given] = {"count": len(findings), "findings": listed(findings)}
        given |= {"points": plain(points, 2), "floor": _floor(lost > points)}
        if len({cost for *_, cost in costs}) == 1:
            return told(each=plain(costs[0][2], 2), **given)
        each = listed(
            _told("deduct_per_occurrence.counted", count=count, seriousness=CHOICES[one], each=plain(cost, 2)) for one, count, cost in costs
        )
        return _told("deduct_per_occurrence.worked_by", costs=each, lost=plain(lost, 2), **given)
    if isinstance(rule, Checklist):
        said = ((i, "met" if n[i.id] else "not_met") for i in rule.items)
        return joined(_told(f"checklist.{verdict}.{_sign(i)}", item=i.words, points=plain(abs(i.points), 2)) for i, verdict in said)
    if isinstance(rule, Tiers):
        tier = rule.tiers[int(n["tier"])]
        return told(tier=tier.words, range=_range(tier), worth=worth)
    if "coefficient" in n:
        return _told("awarded.coefficient", share=_share(n["coefficient"]), worth=worth)
    return told(worth=worth)


def _worked_pieces(rule: Pieces, n: dict[str, Decimal], worth: Words, unit: Unit) -> Words:
    form, place, share = rule.form, int(n["piece"]), n["share"]
    told = partial(_told, f"{form}.worked")
    if form == "proportional":
        value = words(percent(n["value"])) if unit.is_share else _number(n["value"], unit)
        if share != n["value"]:
            return _told("proportional.capped", value=value, share=_share(share), worth=worth)
        return told(value=value, worth=worth)
    given = _pieces(rule, unit)
    if form == "pass_fail":
        return _told("pass_fail.passed" if share else "pass_fail.failed", limit=given["limit"])
    if form == "linear":
        return told(part=percent(share), worth=worth, **{key: given[key] for key in ("zero", "full")})
    low, high = rule.pieces[place].shares
    if low == high:
        return _told("bands.worked", band=_band(rule, place, unit), share=_share(low), worth=worth)
    value = _number(n["value"], unit)
    return _told(
        "pieces.worked", value=value, band=_band(rule, place, unit), low=_share(low), high=_share(high), share=percent(share), worth=worth
    )


def _range(tier: Tier) -> Words:
    """The share of the points that a tier gives."""
    return words(_share(tier.low)) if tier.low == tier.high else _told("tiers.range", low=_share(tier.low), high=_share(tier.high))


def _sign(item: ChecklistItem) -> str:
    return "adds" if item.points > 0 else "takes"


def _number(value: Decimal, unit: Unit) -> Words:
    return words(_share(value)) if unit.is_share else written(value, unit)


def _band(rule: Pieces, place: int, unit: Unit) -> Words:
    """The values that a piece of a rule takes."""
    low, high, *_ = rule.stretches[place]
    ends = [("at_least" if low.closed else "above", low.at)] if low else []
    ends += [("up_to" if high.closed else "below", high.at)] if high else []
    return listed(_told("limit", side=_told(side), edge=_number(edge, unit)) for side, edge in ends)


def _deduction(rule: DeductPerUnit, unit: Unit) -> dict[str, Words]:
    """The side and the limit of a deduction, and what each step costs: 1 percentage point, 5 percentage points."""
    number = plain(rule.unit * 100)
    one = _told("percentage_point") if number == "1" else _told("percentage_points", number=number)
    step = one if unit.is_share else written(rule.unit, unit)
    share = _told("points_off", points=plain(rule.points, 2)) if rule.points else _told("of_points", share=_share(rule.share or ZERO))
    return {"side": _told(rule.side), "limit": _number(rule.limit, unit), "step": step, "share": share}


def _floor(past: bool) -> Words:
    """What is said where there are no points left to be deducted."""
    return _told("deduct_per_unit.floor") if past else NOTHING
