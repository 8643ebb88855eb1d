"""A framework in words for a reader, and what changed between two of them. Text only: no files, no scores."""

from __future__ import annotations

from dataclasses import dataclass

from evallib.core.framework import Framework
from evallib.core.units import plain
from evallib.core.words import Words, words


@dataclass(frozen=True)
class FrameworkLine:
    """One line of a framework: a dimension, a group or an indicator."""

    level: int
    id: str
    name: Words
    points: str
    basis: Words
    rule: Words
    source: Words


_BASES = {
    "published": words("公布", "published"),
    "reconstructed": words("重构", "reconstructed"),
    "own": words("自设", "own"),
}


def framework_lines(framework: Framework) -> tuple[FrameworkLine, ...]:
    """Every dimension, group and indicator with its points, rule in words and clause, in the framework's order."""
    lines: list[FrameworkLine] = []
    for d in framework.dimensions:
        lines.append(FrameworkLine(1, d.id, d.words, plain(d.points), _BASES[d.basis], words(""), words("")))
        for g in (g for g in framework.groups if g.dimension == d.id):
            own = words("")
            if g.own_rule is not None:
                told = g.own_rule.describe()
                own = words(f"指标由部门提供；{told.zh}", f"indicators come with the department's data; {told.en}")
            lines.append(FrameworkLine(2, g.id, g.words, plain(g.points), _BASES[g.basis], own, words("")))
            for i in (i for i in framework.indicators if i.group == g.id):
                source = framework.find_source(i.source)
                name, name_en = (source.name, source.name_en) if source else (i.source, i.source)
                clause = words(f"{name} {i.clause}", f"{name_en}, {i.clause_en or i.clause}")
                lines.append(FrameworkLine(3, i.id, i.words, plain(i.points), _BASES[i.basis], i.rule.describe(), clause))
    return tuple(lines)


@dataclass(frozen=True)
class FrameworkChange:
    """One thing in which two frameworks differ."""

    what: Words
    before: Words
    after: Words


def framework_changes(before: Framework, after: Framework) -> tuple[FrameworkChange, ...]:
    """What was added, taken out or changed from one framework to another: points, names, rules, formulas, bases, grades."""
    found: list[FrameworkChange] = []
    none = words("（无）", "(none)")

    def compare(what: Words, old: Words | None, new: Words | None) -> None:
        if old != new:
            found.append(FrameworkChange(what, old or none, new or none))

    old_lines = {(line.level, line.id): line for line in framework_lines(before)}
    new_lines = {(line.level, line.id): line for line in framework_lines(after)}
    for key in dict.fromkeys([*old_lines, *new_lines]):
        old, new = old_lines.get(key), new_lines.get(key)
        name = (new or old_lines[key]).name
        if old is None or new is None:
            compare(name, _briefly(old) if old else None, _briefly(new) if new else None)
            continue
        compare(name + words("：名称", ": name"), old.name, new.name)
        compare(name + words("：分值", ": points"), words(old.points), words(new.points))
        compare(name + words("：规则", ": rule"), old.rule, new.rule)
    for metric in sorted({*before.bases, *after.bases}):
        compare(
            words(f"{metric} 的口径", f"base of {metric}"),
            words(before.bases.get(metric, "")) or None,
            words(after.bases.get(metric, "")) or None,
        )
    old_grades, new_grades = ({g.id: g for g in f.grades} for f in (before, after))
    for id in dict.fromkeys([*old_grades, *new_grades]):
        grade = new_grades.get(id) or old_grades[id]
        limits = [words(f"≥ {plain(g[id].at_least)}") if id in g else None for g in (old_grades, new_grades)]
        compare(words(f"等级“{grade.name}”", f"grade {grade.name_en}"), limits[0], limits[1])
    return tuple(found)


def _briefly(line: FrameworkLine) -> Words:
    return words(f"{line.points} 分", f"{line.points} points")
