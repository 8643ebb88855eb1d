"""A framework held against what it says itself: examples of what its rules give, and the sentences its rules were made from. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import get_args

from evallib.model.errors import Place, Problem
from evallib.model.framework import Example, Framework
from evallib.model.rule_base import ONE, ZERO, Award, Measured
from evallib.model.rules import Checklist, DeductPerOccurrence, Rule, Seriousness, Tiers
from evallib.model.units import parse_share, round_half_up
from evallib.model.words import listed
from evallib.say.numbers import plain
from evallib.say.refusals import problem

_MOST_FINDINGS = 10_000
"""So many findings an example may count."""
Ruled = tuple[str, Rule, Decimal | None]
"""Where a rule stands, the rule, and the points of what it scores; None where these are the department's own."""


def check_texts(framework: Framework, file: str) -> Iterator[Problem]:
    """Every example that a rule does not give, and every number that a rule and its sentence do not share."""
    rules = [*_rules(framework)]
    for number, example in enumerate(framework.examples, 1):
        yield from _example(framework, rules, example, Place(file, None, f"example.{number}"))
    for entry, rule, points in rules:
        yield from _sentence(rule, points, Place(file, None, f"{entry}.text"))


def _rules(framework: Framework) -> Iterator[Ruled]:
    for i in framework.indicators:
        yield f"indicator.{i.id}.rule", i.rule, i.points
    for level, sections in (("dimension", framework.dimensions), ("group", framework.groups)):
        for section in sections:
            if section.own_rule is not None:
                yield f"{level}.{section.id}.own_rule", section.own_rule, None
    for named in framework.rules:
        yield f"rule.{named.id}.rule", named.rule, None


# --- examples


def _example(framework: Framework, rules: list[Ruled], example: Example, place: Place) -> Iterator[Problem]:
    about = [(kind, id) for kind in ("indicator", "group", "rule") if (id := getattr(example, kind))]
    starts = tuple(f"{kind}.{id}." for kind, id in about)
    found = [(rule, points) for entry, rule, points in rules if entry.startswith(starts)] if len(about) == 1 else []
    if not found:
        yield problem("example.about_nothing", place, ", ".join(id for _, id in about))
        return
    rule, points = found[0]
    worth = example.of if points is None else points
    if worth is None:
        yield problem("example.of_nothing", place)
        return
    award = _award(rule, example.given, worth)
    if award is None:
        yield problem("example.unfit", replace(place, column=f"{place.column}.given"), _given(example), rule=rule.form)
        return
    score = round_half_up(award.score, framework.rounding.scores)
    if score != example.points:
        said = {"given": _given(example), "score": plain(score), "of": plain(worth)}
        yield problem("example.differs", replace(place, column=f"{place.column}.points"), plain(example.points), **said)


def _given(example: Example) -> str:
    given = example.given
    return listed(given).zh if isinstance(given, tuple) else str(given)


def _award(rule: Rule, given: Decimal | str | tuple[str, ...], points: Decimal) -> Award | None:
    """What a rule gives for what an example gives; None where it cannot be given to it."""
    several = given if isinstance(given, tuple) else (given,) if isinstance(given, str) and given else ()
    if isinstance(rule, Measured):
        value = parse_share(given) if isinstance(given, str) else given if isinstance(given, Decimal) else None
        return None if value is None else rule.award(value, points)
    if isinstance(rule, Checklist) and set(several) <= {item.id for item in rule.items} and not isinstance(given, Decimal):
        return rule.award({item.id: item.id in several for item in rule.items}, points)
    if isinstance(rule, DeductPerOccurrence):
        kinds: dict[str, Seriousness] = {one: one for one in get_args(Seriousness)}
        if isinstance(given, Decimal) and 0 <= given == int(given) < _MOST_FINDINGS:
            return rule.award((kinds["general"],) * int(given), points)
        if not isinstance(given, Decimal) and set(several) <= kinds.keys():
            return rule.award(tuple(kinds[one] for one in several), points)
    if isinstance(rule, Tiers) and isinstance(given, str):
        id, _, text = given.partition(" ")
        tier, share = rule.tier(id), parse_share(text)
        share = tier.low if share is None and tier is not None and tier.low == tier.high else share
        return None if share is None or tier is None or not tier.low <= share <= tier.high else rule.award(id, share * points, points)
    return None


# --- sentences

_NOT_COUNTED = re.compile(
    r"[〔\[(（]?(?:19|20)\d{2}[〕\])）]?\s*(?:年|号|/\d\d)?|第\s*\d+\s*[条款项章节]|\d+\s*号|(?:^|[\s;；。])[(（]?\d{1,2}[)）.、](?!\d)|[(（]\d{1,2}[)）]"
)
_DIGITS = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_NUMERALS = {1: "一", 2: "二两", 3: "三", 4: "四", 5: "五", 6: "六", 7: "七", 8: "八", 9: "九", 10: "十"}
_ENGLISH = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def _sentence(rule: Rule, points: Decimal | None, place: Place) -> Iterator[Problem]:
    """The numbers of a rule stand in its sentence, and those of the sentence in the rule."""
    text = unicodedata.normalize("NFKC", rule.text or rule.text_en)
    if not text or rule.kind == "unsaid":
        return
    said = {Decimal(found.replace(",", "")) for found in _DIGITS.findall(_NOT_COUNTED.sub(" ", text))}
    forms = [forms for number in _numbers(rule) if (forms := _forms(*number, points))]
    lacking = [each for each in forms if not each & said and not _spelled(each, text)]
    if lacking:
        yield problem("sentence.lacks", place, numbers=listed(dict.fromkeys(plain(max(each)) for each in lacking)))
    full = {Decimal(100), ONE, ZERO, *([points] if points is not None else [])}
    idle = sorted(said - full - {number for each in forms for number in each})
    if idle:
        yield problem("sentence.idle", place, numbers=listed(map(plain, idle)))


_OF_VALUES = {"limit", "unit", "up_to", "below", "at_least", "above"}
"""The keys of rules whose numbers are values."""


def _numbers(rule: Rule) -> Iterator[tuple[Decimal, bool]]:
    """The numbers of a rule, each with whether it is what is given or lost rather than a value."""
    for path, number in rule.numbers.items():
        is_value = bool(_OF_VALUES & {*path.split(".")})
        yield number if is_value else abs(number), not is_value


def _forms(number: Decimal, is_share: bool, points: Decimal | None) -> set[Decimal]:
    """How a number of a rule may stand in its sentence: as it is, in per cent, in points given or lost; none of nothing or all."""
    if number in (ZERO, ONE):
        return set()
    forms = {number, number * 100, abs(number - 1) * 100}
    if is_share and points:
        forms |= {number * points, points - number * points, number / points * 100}
    return {abs(form.normalize()) for form in forms}


def _spelled(forms: set[Decimal], text: str) -> bool:
    """Whether a number is spelled out."""
    whole = [int(form) for form in forms if form == int(form) and 1 <= form <= 10]
    return any(numeral in text for n in whole for numeral in _NUMERALS[n]) or any(
        re.search(rf"\b{_ENGLISH[n]}\b", text, re.I) for n in whole
    )
