"""What must hold of judgements: each goes with the rule of its indicator, and what must be judged is. Pure: it only reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from evallib.checks.gone import Gone, Named
from evallib.checks.targets import file_of
from evallib.model.errors import Place, Problem, Where
from evallib.model.framework import Framework, Indicator
from evallib.model.grouped import grouped
from evallib.model.in_force import indicators_in_force
from evallib.model.record import Judgement, Record
from evallib.model.rule_base import ONE
from evallib.model.table_words import CHOICES
from evallib.model.words import Words, listed, words
from evallib.say.numbers import plain
from evallib.say.refusals import problem, unknown
from evallib.say.rules import kind_name
from evallib.score.answers import PANEL
from evallib.score.scoring import score_given


def check_judged(framework: Framework, record: Record, where: Where, gone: Gone) -> Iterator[Problem]:
    """What is wrong with judgements: each goes with the rule of its indicator."""
    indicators = {i.id: i for i in indicators_in_force(framework, record)}
    for index, row in enumerate(record.judgements):
        indicator = indicators.get(row.indicator)
        if indicator is not None:
            yield from _judgement(indicator, row, partial(where, "judgements", index))


def check_lacking_judgements(framework: Framework, record: Record, where: Where, gone: Gone) -> Iterator[Problem]:
    """What must be judged and is not, or is judged in two ways."""
    indicators = {i.id: i for i in indicators_in_force(framework, record)}
    judgements = grouped((one.indicator, one) for one in record.judgements)
    for id, indicator in indicators.items():
        said = judgements.get(id, [])
        excused = any(j.kind in ("override", "not_applicable") for j in said)
        if excused or (indicator.one_of and not any(j.kind == "chosen" for j in said)):
            continue
        items = {j.item for j in said}
        lacking: list[tuple[Words, dict[str, list[Named]]]]
        lacking = [(item.words, {"item": [item.id, item.words]}) for item in indicator.rule.checklist if item.id not in items]
        if indicator.rule.takes in ("tier", "score") and indicator.value != PANEL and not [j for j in said if j.kind != "chosen"]:
            lacking.append((kind_name(indicator.rule), {}))
        for item, cells in lacking:
            if not gone.may_be("judgements", indicator=[id, indicator.words], **cells):
                place = file_of(where, "judgements", "indicator")
                yield problem("judgement.missing", place, "", (id,), id=id, indicator=indicator.words, item=item)
    yield from _choices(indicators, record, where, gone)
    yield from _checked(framework, indicators, record, where, gone)


def _choices(indicators: Mapping[str, Indicator], record: Record, where: Where, gone: Gone) -> Iterator[Problem]:
    """Of indicators that stand in each other's place one is taken."""
    sides = grouped(((i.within, i.one_of), i) for i in indicators.values() if i.one_of)
    chosen = {j.indicator for j in record.judgements if j.kind == "chosen"}
    for several in sides.values():
        may_be = gone.may_be("judgements", indicator=[name for i in several for name in (i.id, i.words)], kind="chosen")
        if sum(i.id in chosen for i in several) != 1 and not may_be:
            names = listed(words(f"{i.words.zh}（{i.id}）", f"{i.words.en} ({i.id})") for i in several)
            yield problem("judgement.choose", file_of(where, "judgements", "kind"), "", (several[0].id,), indicators=names)


def _checked(framework: Framework, indicators: Mapping[str, Indicator], record: Record, where: Where, gone: Gone) -> Iterator[Problem]:
    """What is scored by findings was checked: something was found, or it is said that nothing was; never both."""
    found = {f.indicator for f in record.findings}
    said = {j.indicator: n for n, j in enumerate(record.judgements) if j.kind == "nothing_found"}
    decided = {j.indicator for j in record.judgements if j.kind in ("override", "not_applicable")}
    for i in indicators.values():
        if i.rule.takes != "findings":
            continue
        if i.id in found and i.id in said:
            findings = listed(f.finding for f in record.findings if f.indicator == i.id)
            yield problem("judgement.found_after_all", where("judgements", said[i.id], "kind"), findings=findings)
        unchecked = framework.treatment.no_finding == "unchecked" and i.id not in found | said.keys() | decided
        if unchecked and not any(gone.may_be(table, indicator=[i.id, i.words]) for table in ("judgements", "findings")):
            yield problem("judgement.unchecked", file_of(where, "judgements", "indicator"), "", (i.id,), id=i.id, indicator=i.words)


def _judgement(indicator: Indicator, row: Judgement, at: Callable[[str], Place]) -> Iterator[Problem]:
    """A judgement goes with the rule of its indicator, and its score with the points."""
    rule, points = indicator.rule, indicator.points
    score, most = score_given(row, points), points * max(rule.most, ONE)
    more = ("chosen",) if indicator.one_of else ()
    allowed = (rule.judgement, "override", "not_applicable", *more, *(("nothing_found",) if rule.takes == "findings" else ()))
    tier = rule.tier(row.verdict)
    if row.kind not in allowed:
        kinds = listed(CHOICES[kind] for kind in allowed)
        yield problem("judgement.not_of_rule", at("kind"), row.kind, rule=kind_name(rule), kinds=kinds)
    elif row.kind == "item":
        items = {item.id: item.words for item in rule.checklist}
        if row.item not in items:
            yield unknown("item", at("item"), row.item, items)
        if row.verdict not in ("met", "not_met") and not row.state_of("verdict"):
            yield problem("judgement.verdict", at("verdict"), row.verdict)
    elif row.kind in ("not_applicable", "chosen", "nothing_found") or row.state_of("score") or row.state_of("verdict"):
        return
    elif row.kind == "tier" and tier is None:
        yield unknown("tier", at("verdict"), row.verdict, {t.id: t.words for t in rule.verdicts})
    elif score is None and row.kind == rule.judgement:
        if not (tier and tier.low == tier.high):
            yield problem("judgement.no_score", at("score"))
    elif row.score is not None and row.coefficient is not None and row.score != points * row.coefficient / 100:
        yield problem("judgement.score_twice", at("coefficient"), plain(row.coefficient), score=plain(row.score), points=plain(points))
    elif score is None or not 0 <= score <= most:
        yield problem("score.outside", at("score"), "" if score is None else plain(score), points=plain(most))
    elif tier is not None and not tier.low * points <= score <= tier.high * points:
        yield problem("score.outside_tier", at("score"), plain(score), low=plain(tier.low * points), high=plain(tier.high * points))
