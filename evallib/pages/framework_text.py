"""A framework in words for a reader, and what changed between two of them. Text only: no files, no scores."""

from __future__ import annotations

from dataclasses import dataclass

from evallib.model.catalogue import Catalogue
from evallib.model.expression import Name, write
from evallib.model.framework import Framework, Indicator, Section
from evallib.model.rules import Rule
from evallib.model.table_words import CHOICES
from evallib.model.units import SHARE
from evallib.model.words import NOTHING, Given, Words, words
from evallib.say.numbers import plain
from evallib.say.rules import rule_text
from evallib.say.sentences import sentence


def _told(name: str, /, **given: Given) -> Words:
    return sentence(f"pages.framework.{name}", **given)


@dataclass(frozen=True)
class FrameworkLine:
    """One line of a framework: a dimension, a group or an indicator."""

    level: int
    id: str
    name: Words
    points: str
    basis: Words
    rule: Words = NOTHING
    source: Words = NOTHING
    formula: Words = NOTHING


def framework_lines(framework: Framework) -> tuple[FrameworkLine, ...]:
    """Every dimension, group and indicator with its points, rule in words, clause and formula, in the framework's order."""
    lines: list[FrameworkLine] = []

    depth = {"": 0}
    for s in framework.sections:
        depth[s.id] = depth[s.within] + 1
        own = _told("own", rule=_rule(framework.catalogue, s.own_rule, "")) if s.own_rule is not None else NOTHING
        points = plain(s.points) if s.points is not None else ""
        lines.append(FrameworkLine(depth[s.id], s.id, s.words, points, _basis(s), own))
        for i in (i for i in framework.indicators if i.within == s.id):
            source = framework.find_source(i.source)
            document = source.words if source else words(i.source)
            clause = _told("clause", document=document, clause=words(i.clause, i.clause_en)) if i.clause else document
            rule, formula = _rule(framework.catalogue, i.rule, i.value), formula_words(framework.catalogue, i.value)
            lines.append(FrameworkLine(depth[s.id] + 1, i.id, i.words, plain(i.points), _basis(i), rule, clause, formula))
    return tuple(lines)


def _basis(one: Section | Indicator) -> Words:
    """Where its points come from, and its name where nobody checked it."""
    basis = CHOICES[one.basis]
    return _told("origin", basis=basis, origin=CHOICES[one.origin]) if one.origin == "unverified" else basis


def _rule(catalogue: Catalogue, rule: Rule, formula: str) -> Words:
    unit = catalogue.formulas[formula].unit if formula in catalogue.formulas and rule.measures == "value" else SHARE
    return words(rule_text(rule, "zh", unit), rule_text(rule, "en", unit))


def formula_words(catalogue: Catalogue, id: str) -> Words:
    """A formula written out with the names of what it takes; nothing where there is no such formula.

    >>> from pathlib import Path
    >>> from evallib.data.years import evaluate_year
    >>> e = evaluate_year(Path("data"), "hrss", 2023).evaluation
    >>> formula_words(e.catalogue, e.formulas[1].id)["zh"]
    '(“三公”经费预算 − 上年“三公”经费预算) ÷ 上年“三公”经费预算'
    """
    made = catalogue.formulas.get(id)
    if made is None:
        return NOTHING

    def named(name: Name) -> Words:
        fact = catalogue.facts[name.id].name
        ago = "last_year" if name.before == 1 else "years_before"
        return _told(f"{ago}", name=fact, years=name.before) if name.before else fact

    return words(write(made.tree, lambda n: named(n).zh, plain), write(made.tree, lambda n: named(n).en, plain))


@dataclass(frozen=True)
class FrameworkChange:
    """One thing in which two frameworks differ."""

    what: Words
    before: Words
    after: Words


def framework_changes(before: Framework, after: Framework) -> tuple[FrameworkChange, ...]:
    """What was added, taken out or changed from one framework to another: points, names, rules, formulas, grades."""
    found: list[FrameworkChange] = []

    def compare(what: Words, old: Words | None, new: Words | None) -> None:
        if old != new:
            found.append(FrameworkChange(what, old or _told("none"), new or _told("none")))

    old_lines = {(line.level, line.id): line for line in framework_lines(before)}
    new_lines = {(line.level, line.id): line for line in framework_lines(after)}
    for key in dict.fromkeys([*old_lines, *new_lines]):
        old, new = old_lines.get(key), new_lines.get(key)
        name = (new or old_lines[key]).name
        if old is None or new is None:
            compare(name, *(_told("worth", points=line.points) if line else None for line in (old, new)))
            continue
        said = ((line.name, words(line.points), line.rule, line.formula) for line in (old, new))
        for part, was, now in zip(("name", "points", "rule", "formula"), *said, strict=True):
            compare(_told(part, what=name), was, now)
    old_grades, new_grades = ({g.id: g for g in f.grades} for f in (before, after))
    for id in dict.fromkeys([*old_grades, *new_grades]):
        grade = new_grades.get(id) or old_grades[id]
        limits = [words(f"≥ {plain(g[id].at_least)}") if id in g else None for g in (old_grades, new_grades)]
        compare(_told("grade", name=grade.words), limits[0], limits[1])
    return tuple(found)
