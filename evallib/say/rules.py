"""Scoring rules in words: what a rule says, and how it came to a score. Here alone is a kind of rule told from another for its words."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache, partial

from evallib.model.rules import Award, Awarded, Bands, Checklist, DeductPerOccurrence, DeductPerUnit, Linear, PassFail, Proportional, Rule
from evallib.model.units import SHARE, Unit
from evallib.model.words import Lang, Words, words
from evallib.say.numbers import percent, plain, quantity

KIND_NAMES: dict[str, Words] = {
    "proportional": words("按比例计分", "in proportion"),
    "bands": words("分档计分", "bands"),
    "linear": words("按线性比例计分", "linear between two limits"),
    "deduct_per_unit": words("按单位扣分", "deduction per unit"),
    "pass_fail": words("达到要求得满分", "pass or fail"),
    "deduct_per_occurrence": words("按问题扣分", "deduction per finding"),
    "checklist": words("逐项核对", "checklist"),
    "tiers": words("分级评定", "tiers"),
    "awarded": words("由评价组评定", "judged by the evaluators"),
}
"""The kinds of rules, in words."""


def rule_text(rule: Rule, lang: Lang, unit: Unit = SHARE) -> str:
    """A rule in words; `unit` is that of the value that it scores.

    >>> rule_text(Proportional(kind="proportional", of="completion"), "en")
    'completion × points, counted up to 100%'
    """
    return _told(rule, unit)[lang]


@lru_cache(maxsize=1024)
def _told(rule: Rule, unit: Unit) -> Words:
    return words(_describe(rule, "zh", unit), _describe(rule, "en", unit))


def _number(value: Decimal, unit: Unit, lang: Lang) -> str:
    return percent(value, None) if unit.is_share else quantity(value, unit, lang)


def _describe(rule: Rule, lang: Lang, unit: Unit) -> str:
    zh, num, share = lang == "zh", partial(_number, unit=unit, lang=lang), partial(percent, places=None)
    if isinstance(rule, Proportional):
        what = words("完成率", "completion") if rule.of == "completion" else words("实际值", "value")
        return f"{what.zh} × 分值，最多按 {share(rule.cap)} 计" if zh else f"{what.en} × points, counted up to {share(rule.cap)}"
    if isinstance(rule, Bands):
        said = [f"{band_name(rule, n, unit, lang)}{' 得 ' if zh else ': '}{share(b.share)}" for n, b in enumerate(rule.bands)]
        return "分档：" + "；".join(said) if zh else "Bands, share of the points: " + "; ".join(said)
    if isinstance(rule, Linear):
        full, zero = num(rule.full_at), num(rule.zero_at)
        return f"{full} 得满分，{zero} 得零分，其间按线性比例计算" if zh else f"Full at {full}, nothing at {zero}, a straight line between"
    if isinstance(rule, DeductPerUnit):
        side, limit, step, each = _side(rule, lang), num(rule.limit), _step(rule.unit, unit, lang), share(rule.share)
        if zh:
            steps = "按比例计算" if rule.steps == "linear" else "不足一个单位不扣"
            return f"{side} {limit} 的，每 {step}扣分值的 {each}（{steps}），扣完为止"
        steps = "pro rata" if rule.steps == "linear" else "full steps only"
        return f"Each {step} {side} {limit} costs {each} of the points ({steps}), down to zero"
    if isinstance(rule, PassFail):
        limit = _limit(rule, unit, lang)
        return f"{limit}得满分，否则不得分" if zh else f"Full points for {limit}, nothing otherwise"
    if isinstance(rule, DeductPerOccurrence):
        each = plain(rule.points_each, 2)
        return f"每发现一个问题扣 {each} 分，扣完为止" if zh else f"Each finding costs {each} points, down to zero"
    if isinstance(rule, Checklist):
        items = [(i.words[lang], plain(i.points, 2)) for i in rule.items]
        return (
            "逐项核对：" + "；".join(f"{i} {p} 分" for i, p in items)
            if zh
            else "Checklist: " + "; ".join(f"{i}, {p} points" for i, p in items)
        )
    if isinstance(rule, Awarded):
        return "由评价组评定并说明理由" if zh else "Judged by the evaluators, with the reason"
    tiers = [f"{t.words[lang]} {share(t.low)}–{share(t.high)}" for t in rule.tiers]
    return "分级：" + "；".join(tiers) if zh else "Tiers: " + "; ".join(tiers)


def band_name(rule: Bands, place: int, unit: Unit, lang: Lang) -> str:
    """The values that a band of a rule takes."""
    rising, own = rule.bands[0].up_to is not None, rule.bands[place].edge
    before = rule.bands[place - 1].edge if place else None
    low, high = (before, own) if rising else (own, before)
    low_zh, low_en, high_zh, high_en = ("高于", "above", "不高于", "up to") if rising else ("不低于", "at least", "低于", "below")
    said = [] if low is None else [f"{low_zh if lang == 'zh' else low_en} {_number(low, unit, lang)}"]
    said += [] if high is None else [f"{high_zh if lang == 'zh' else high_en} {_number(high, unit, lang)}"]
    return ("、" if lang == "zh" else ", ").join(said)


def _side(rule: DeductPerUnit, lang: Lang) -> str:
    return words("高于", "above")[lang] if rule.side == "above" else words("低于", "below")[lang]


def _step(step: Decimal, unit: Unit, lang: Lang) -> str:
    """A step of a rule: 1 percentage point, 5 percentage points."""
    if not unit.is_share:
        return quantity(step, unit, lang)
    number = plain(step * 100)
    if lang == "zh":
        return f"{number} 个百分点"
    return "percentage point" if number == "1" else f"{number} percentage points"


def _limit(rule: PassFail, unit: Unit, lang: Lang) -> str:
    edge = _number(rule.edges[0], unit, lang)
    side = words("不低于", "at least") if rule.at_least is not None else words("不高于", "up to")
    return f"{side[lang]} {edge}"


def rule_working(rule: Rule, award: Award, points: Decimal, findings: tuple[str, ...], unit: Unit, lang: Lang) -> str:
    """How a rule came to its score, from the numbers of the award."""
    zh, n, share = lang == "zh", award.numbers, partial(percent, places=None)
    worth = f"{plain(points, 2)} {'分' if zh else 'points'}"
    if isinstance(rule, Proportional):
        capped = "" if n["share"] == n["value"] else f"（按 {share(n['share'])} 计）" if zh else f" (counted as {share(n['share'])})"
        value = percent(n["value"]) if unit.is_share else _number(n["value"], unit, lang)
        return f"{value}{capped} × {worth}"
    if isinstance(rule, Bands):
        band, given = band_name(rule, int(n["band"]), unit, lang), share(n["share"])
        return (
            f"在“{band}”档，按分值的 {given} 计分：{given} × {worth}"
            if zh
            else f"lies in “{band}”, worth {given} of the points: {given} × {worth}"
        )
    if isinstance(rule, Linear):
        zero, full, part = _number(rule.zero_at, unit, lang), _number(rule.full_at, unit, lang), percent(n["share"])
        if zh:
            return f"在 {zero}（零分）与 {full}（满分）之间占 {part}：{part} × {worth}"
        return f"{part} of the way from {zero} (nothing) to {full} (full): {part} × {worth}"
    if isinstance(rule, DeductPerUnit):
        return _deducted(rule, n, worth, unit, lang)
    if isinstance(rule, PassFail):
        verdict = words("达到要求，得满分", "passes, full points") if n["passed"] else words("未达到要求，不得分", "fails, no points")
        return f"要求{_limit(rule, unit, lang)}：{verdict.zh}" if zh else f"required {_limit(rule, unit, lang)}: {verdict.en}"
    if isinstance(rule, DeductPerOccurrence):
        return _deducted_for_findings(rule, points, findings, lang)
    if isinstance(rule, Checklist):
        met = {i.id: words("满足", "met")[lang] if n[i.id] else words("不满足", "not met")[lang] for i in rule.items}
        if zh:
            return "；".join(f"{i.name}（{plain(i.points, 2)} 分）{met[i.id]}" for i in rule.items)
        return "; ".join(f"{i.words.en} ({plain(i.points, 2)} points) {met[i.id]}" for i in rule.items)
    if isinstance(rule, Awarded):
        return f"评定：{plain(award.score, 2)} / {worth}" if zh else f"judged: {plain(award.score, 2)} of {worth}"
    tier = rule.tiers[int(n["tier"])]
    span = f"{share(tier.low)}–{share(tier.high)}"
    if zh:
        return f"评为“{tier.name}”（{span}），得 {plain(award.score, 2)} 分"
    return f"judged “{tier.words.en}” ({span}): {plain(award.score, 2)} points"


def _deducted(rule: DeductPerUnit, n: dict[str, Decimal], worth: str, unit: Unit, lang: Lang) -> str:
    side, limit = _side(rule, lang), _number(rule.limit, unit, lang)
    if n["over"] == 0:
        return f"未{side} {limit}，得满分" if lang == "zh" else f"not {side} {limit}: full points"
    step, each, lost, kept = _step(rule.unit, unit, lang), percent(rule.share, None), percent(n["lost"]), percent(n["kept"])
    if lang == "zh":
        over = f"{plain(n['over'] * 100, 2)} 个百分点" if unit.is_share else quantity(n["over"], unit, lang)
        whole = "（不足一个单位不扣）" if rule.steps == "whole" else ""
        floor = "，扣完为止" if n["lost"] > 1 else ""
        return f"{side} {limit} 共 {over}；每 {step}扣分值的 {each}{whole}，扣 {lost}{floor}：{kept} × {worth}"
    over = f"{plain(n['over'] * 100, 2)} percentage points" if unit.is_share else quantity(n["over"], unit, lang)
    whole, floor = " (full steps only)" if rule.steps == "whole" else "", ", down to zero" if n["lost"] > 1 else ""
    return f"{over} {side} {limit}; each {step} costs {each} of the points{whole}, {lost} in all{floor}: {kept} × {worth}"


def _deducted_for_findings(rule: DeductPerOccurrence, points: Decimal, findings: tuple[str, ...], lang: Lang) -> str:
    if not findings:
        return "没有相关问题，得满分" if lang == "zh" else "no finding touches it: full points"
    count, each, past = len(findings), plain(rule.points_each, 2), rule.points_each * len(findings) > points
    if lang == "zh":
        floor = "，扣完为止" if past else ""
        return f"{count} 个问题（{'、'.join(findings)}），每个扣 {each} 分：{plain(points, 2)} − {count} × {each}{floor}"
    noun, floor = "findings" if count > 1 else "finding", ", down to zero" if past else ""
    return f"{count} {noun} ({', '.join(findings)}), {each} points each: {plain(points, 2)} − {count} × {each}{floor}"
