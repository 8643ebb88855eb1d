"""A formula or a rule of the analyst's own, tried without any file. Marked as such wherever it is shown; never scored."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from evallib.checks.record import written_wrong
from evallib.data.frames import as_float
from evallib.data.rulebook import shipped_catalogue
from evallib.door.book import Results
from evallib.door.numbers import exact
from evallib.door.result import Result
from evallib.door.shown import Shown, Shows, told
from evallib.model.assemble import assemble
from evallib.model.catalogue import Catalogue
from evallib.model.entries import FormulaEntry, Part
from evallib.model.errors import InputRefused, Place
from evallib.model.evaluation import Evaluation, FormulaResult
from evallib.model.rule_base import Award
from evallib.model.rules import Checklist, DeductPerOccurrence, Rule, Tiers, as_line, written_rule
from evallib.model.toml_out import toml_value
from evallib.model.units import NO_UNIT, SHARE, Unit, Units, round_half_up
from evallib.model.words import NOTHING, Words
from evallib.say.mistakes import kinds_of_rule, models_of
from evallib.say.numbers import percent, plain
from evallib.say.refusals import refused
from evallib.say.refusals import told as told_fault
from evallib.say.rules import rule_text, rule_working
from evallib.say.sentences import sentence
from evallib.say.workings import formula_working
from evallib.score.measure import compute_formula

_ID = "own_formula"
_PERCENT = re.compile(r'(?<!name = )(?<!name_en = )(?<!id = )"(-?[\d.]+ ?[%％])"')  # a number; a name may be written so, too
_COUNT = Unit("number", NOTHING, (("number", 1),))
_MOST = Decimal(10)  # a share above 1,000% is hardly meant for one


class Formula(Shows):
    """A formula to try: called with a result it gives the value, with several a Series by department and year."""

    def __init__(self, text: str, unit: str, name: str) -> None:
        self._text, self._unit, self._name = text, unit, name

    def __call__(self, of: Any) -> Any:
        """The value for a `Result`, a float in the formula's unit (NaN where it is not defined); for several results a Series.

        Raises InputRefused where the formula names what is not there, or its unit is not what it measures.
        """
        if isinstance(of, Result):
            found = self._of(of.evaluation)
            return as_float(found.value, found.unit)
        import pandas as pd

        results: Results = of
        values = {(r.department, r.year): self(r) for r in results}
        keys = pd.MultiIndex.from_tuples([*values], names=["department", "year"])
        return pd.Series([*values.values()], index=keys, name=self._name or self._text, dtype=float)

    def exact(self, of: Result) -> Decimal | None:
        """The value for a result, exactly; a share for a formula in percent."""
        return self._of(of.evaluation).value

    def explain(self, of: Result) -> str:
        """The formula with the numbers put in, for a result."""
        e, found = of.evaluation, self._of(of.evaluation)
        framework = e.framework.model_copy(update={"catalogue": self._known(e.catalogue)})  # as if it knew the formula
        told_of = replace(e, framework=framework, formulas=(*e.formulas, found))
        return told("own_value", of._lang, name=self._name or self._text, working=formula_working(told_of, found, of._lang))

    def _of(self, e: Evaluation) -> FormulaResult:
        return compute_formula(e.facts, self._known(e.catalogue).formulas[_ID])

    def _known(self, catalogue: Catalogue) -> Catalogue:
        return _with(catalogue, self._text, self._unit)

    def _shown(self) -> Shown:
        unit = f" ({self._unit or '%'})"
        title = told("formula", self._lang, name=self._name + unit, text=self._text) if self._name else self._text + unit
        return Shown(title, (told("own", self._lang),))


@lru_cache(maxsize=32)
def _with(catalogue: Catalogue, text: str, unit: str) -> Catalogue:
    """The catalogue with a formula in it, whose own name is left out: it is no rival of the names in the text."""
    entry, own = FormulaEntry(id=_ID, name=_ID, value=text, unit=unit or "%"), Place("ev.formula")
    made, faults = assemble([("catalogue", catalogue.part), (own.file, Part(formula=(entry,)))], 9999)
    told_as = {"entry.name_unknown": "door.no_such_name"} | ({} if unit else {"entry.unit_differs": "door.unit_not_given"})
    wrong = [told_fault(replace(f, name=told_as.get(f.name, f.name), place=own)) for f in faults if f.place.file == own.file]
    if wrong:
        raise InputRefused(tuple(wrong))
    return made


def formula(text: str, unit: str = "", name: str = "") -> Formula:
    """A formula of facts, by ids or names, to try on a result without any file. The analyst's own: it is never scored.

    `text` is written as in a catalogue: names, numbers, + - * /, brackets, min, max, abs, `@last_year`. `unit` is what it measures;
    % where none is given.

    >>> import evallib as ev
    >>> heads = ev.formula("outturn / staff_in_post", unit="元/人", name="Spending per head")
    >>> round(heads(ev.evaluate("data", "hrss", 2023)))
    369694
    """
    return Formula(str(text), str(unit or ""), str(name or ""))


class TriedRule(Shows):
    """A rule to try: called with what it scores, and the points, it gives the score."""

    def __init__(self, rule: Rule) -> None:
        self._rule = rule

    def __call__(self, scored: Any, points: Any = 1) -> float:
        """The score that the rule gives, in points, before rounding."""
        return as_float(self._award(scored, points).score)

    def explain(self, scored: Any, points: Any = 1) -> str:
        """How the rule comes by its score, in a sentence."""
        findings = tuple(str(n) for n, _ in enumerate(scored, 1)) if isinstance(self._rule, DeductPerOccurrence) else ()
        award = self._award(scored, points)
        worked = rule_working(self._rule, award, _number(points, "points"), findings, self._scale, self._lang)
        exactly, rounded = plain(award.score, 4), plain(award.score, 2)
        score = rounded if award.score == round_half_up(award.score, 2) else f"{exactly} → {rounded}"
        form = "given" if self._rule.takes == "tier" and "coefficient" not in award.numbers else "computed"
        said = sentence(f"workings.score.{form}", worked=worked, score=score)[self._lang]
        if self._rule.takes != "number":
            return said
        if self._scale is SHARE and (number := _number(scored, "value")) > _MOST:
            said += told("share_read", self._lang, given=f"{number:f}", read=percent(number), meant=f"{number / 100:f}")
        elif self._scale is _COUNT and _is_percent(scored):
            edge = next(one for one in self._rule.edges if one > _MOST)
            said += told("count_read", self._lang, given=f"{edge:f}", meant=f"{edge / 100:f}")
        return said

    @property
    def _scale(self) -> Unit:
        """What the rule scores: a share, unless it turns at numbers that are none, such as 350 people."""
        return SHARE if self._rule.measures != "value" or all(edge <= _MOST for edge in self._rule.edges) else _COUNT

    def _award(self, scored: Any, points: Any) -> Award:
        rule, worth = self._rule, _number(points, "points")
        if rule.takes == "number" and not isinstance(scored, Mapping | list | tuple):
            made: Award = rule.award(_number(scored, "value"), worth)  # type: ignore[call-arg, arg-type]  # told apart by what it takes
            return made
        if isinstance(rule, Checklist) and isinstance(scored, Mapping):
            return rule.award({item.id: bool(scored.get(item.id)) for item in rule.checklist}, worth)
        if isinstance(rule, DeductPerOccurrence) and isinstance(scored, list | tuple):
            return rule.award(tuple(scored), worth)
        if isinstance(rule, Tiers) and rule.tier(str(scored)) is not None:
            tier = rule.tier(str(scored))
            assert tier is not None
            return rule.award(tier.id, worth * tier.high, worth)
        raise refused("door.rule_takes", as_line(rule)[:60], str(scored)[:60], how=_how(rule))

    def _shown(self) -> Shown:
        return Shown(rule_text(self._rule, self._lang, self._scale), (told("own", self._lang), _how(self._rule)[self._lang]))


@cache
def _units() -> Units:
    """The units that are shipped."""
    return shipped_catalogue("units").units


def _number(given: Any, what: str) -> Decimal:
    """A number as it stands; a text in percent as a share."""
    return exact(given, SHARE if _is_percent(given) else NO_UNIT, _units(), what)


def _is_percent(given: Any) -> bool:
    return isinstance(given, str) and given.strip().endswith(("%", "％"))


def _how(rule: Rule) -> Words:
    return sentence(f"door.takes_{rule.takes}")


def rule(text: str = "", /, **keys: Any) -> TriedRule:
    """A rule to try without any file: in one line as a framework writes it, or by its keys.

    A number, of the rule or scored, is a share where a share is measured ("87%" or 0.87).

    Raises InputRefused where it is no rule, with the reason.

    >>> import evallib as ev
    >>> ev.rule(kind="proportional", of="completion")(0.87, points=10)
    8.7
    >>> ev.rule('{ kind = "pass_fail", at_least = 0.9 }')("95%", points=2)
    2.0
    """
    written = toml_value(keys, lambda value: f"{_number(value, 'number'):f}")
    line = text or _PERCENT.sub(lambda found: f"{_number(found[1], 'number'):f}", written)
    try:
        if not line.lstrip().startswith("{"):
            raise refused("rule.unknown", "ev.rule", line[:60], known=kinds_of_rule(models_of(Rule)))
        return TriedRule(written_rule(line))
    except ValueError as error:
        raise InputRefused(tuple(written_wrong(line, error, Place("ev.rule")))) from None
