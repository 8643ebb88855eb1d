"""A made-up department from year to year: the dice are rolled and the sums done as `story.toml` says, and told as tables of text.

What there is, what it is called and how it comes about stands in that file; nothing here names any of it.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import ROUND_FLOOR, Decimal
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

from evallib.model.expression import Call, Number, Operation, Tree, parse
from evallib.model.framework import Framework
from evallib.model.record import OPTIONAL, TABLES

Tables = dict[str, list[dict[str, str]]]
Scope = dict[str, Any]
_T = TypeVar("_T")

_WHOLE, _CENTS = Decimal(1), Decimal("0.01")


@cache
def story() -> dict[str, Any]:
    """The story as data, its rows ready to be filled in."""
    s = tomllib.loads((Path(__file__).parent / "story.toml").read_text(encoding="utf-8"))
    for block in (s, s["own"], *s["way"].values(), *s["several"]):
        for table, rows in block.get("rows", {}).items():
            rows[:] = [_pattern(s["always"].get(table, {}) | row) for row in rows]
    s["kind"] = [s["each"] | kind for kind in s["kind"]]
    return s


def _pattern(cells: dict[str, Any]) -> tuple[str, dict[str, str], dict[str, Any]]:
    """When a row is told, which of its cells are always the same, and which follow from numbers."""
    when, moving = cells.pop("when", ""), {c: cell for c, cell in cells.items() if isinstance(cell, dict) or re.search("{|^= ", cell)}
    return when, {c: cell for c, cell in cells.items() if c not in moving}, moving


@cache
def _compiled(text: str) -> Callable[[Dice, Scope, Scope], Decimal]:
    """An expression as a function of the dice, of what is known, and of what was known last year."""
    numbers: list[Decimal] = []

    def source(tree: Tree) -> str:
        if isinstance(tree, Number):
            numbers.append(tree.value)
            return f"numbers[{len(numbers) - 1}]"
        if isinstance(tree, Call):
            return f"{tree.function}({', '.join(map(source, tree.terms))})"
        if isinstance(tree, Operation):
            return f"({source(tree.left)} {tree.sign} {source(tree.right)})"
        for mark, throw in (("~", "between"), ("%", "chance"), ("?", "hits")):
            if mark in tree.id:
                return f"dice.{throw}({', '.join(source(parse(part)) for part in tree.id.split(mark) if part)})"
        return f"{'before' if tree.before else 'scope'}[{tree.id!r}]"

    made: Callable[[Dice, Scope, Scope], Decimal] = eval(f"lambda dice, scope, before: {source(parse(text))}", {"numbers": numbers})
    return made


class Dice:
    """Chance that falls alike everywhere: Python keeps the sequence of random(), not that of its other methods."""

    def __init__(self, seed: str) -> None:
        self._next = random.Random(seed).random

    def between(self, low: Decimal, high: Decimal) -> Decimal:
        """A whole number from low to high, both included; low where high lies below it."""
        first = int(low)
        return Decimal(first + int(self._next() * (max(int(high), first) - first + 1)))

    def chance(self, percent: Decimal) -> Decimal:
        """1 with so many chances in a hundred, else 0."""
        return self.hits(Decimal(1), percent * 10)

    def hits(self, tries: Decimal, permille: Decimal) -> Decimal:
        """How many of so many tries come true."""
        next_, chance = self._next, float(permille) / 1000
        return Decimal(sum([next_() < chance for _ in range(int(tries))]))

    def few(self, items: Sequence[_T], count: int) -> list[_T]:
        """So many of the items, none twice, in the order drawn."""
        left = list(items)
        return [left.pop(int(self._next() * len(left))) for _ in range(min(count, len(left)))]

    def pick(self, items: Sequence[_T]) -> _T:
        return items[int(self._next() * len(items))]


def kind_of(number: int) -> dict[str, Any]:
    """What the department or project of that number is, kinds in turn, with its code, the later ones of a kind numbered."""
    turn, kind = divmod(number, len(story()["kind"]))
    one: dict[str, Any] = story()["kind"][kind]
    return one | {"turn": turn + 1, "code": one["id"] + (f"_{turn + 1}" if turn else "")}


class Story:
    """A made-up department from year to year. What it is and what was last year is kept between them."""

    def __init__(self, seed: int, number: int, framework: Framework) -> None:
        s = story()
        self.places = {fact.id: _WHOLE if fact.unit.whole else _CENTS for fact in framework.catalogue.facts.values()}
        self.kind = kind_of(number)
        words = self.kind | {"kind": self.kind["name"], "kind_en": self.kind["name_en"]}
        words |= {key: s[key].format_map(words) if words["turn"] > 1 else "" for key in ("nth", "nth_en")}
        self.words = words | {"department": s["name"].format_map(words), "department_en": s["name_en"].format_map(words)}
        self.dice = Dice(f"{seed} {self.kind['code']}")
        self.own: list[Scope] = []
        for group, owns in chain(self.kind["own"].items(), () if self.kind["listed"] == "project" else s["own"]["common"].items()):
            for *said, low, high in owns:
                one = {**dict(zip(s["own"]["order"], said, strict=True)), "group": group, "place": Decimal(len(self.own))}
                one |= {"step": Decimal(10 ** max(len(str(low)) - 2, 0)), "low": Decimal(low), "high": Decimal(high)}
                self.own.append(self._draw({"level": s["own"]["level"]}, one, {}))
        self.always: Scope = dict.fromkeys((*s["oddities"], *s["oddities_of_departments"]), Decimal(0))
        standing = Decimal(s["standings"][(number + seed) % len(s["standings"])])
        self.always |= {"project": Decimal(self.kind["listed"] == "project"), "owns": Decimal(len(self.own)), "standing": standing}
        self.now = self._draw(s["department"], self.always, {})
        self.always |= self.now
        self.now = self._draw(s["year"], self.always, self.now)  # the year before the first, which is not told
        self.habits: dict[str, list[dict[str, str]]] = {}  # what tends to be found here, the same things first every year
        self.left: list[dict[str, Any]] = []  # what was found and is not told as done

    def tell(self, year: int, framework: Framework, dealt: Scope) -> Tables:
        """The tables of the next year."""
        s, before = story(), self.now
        tables: Tables = {table: [] for table in TABLES if table not in OPTIONAL}
        self.now = self._draw(s["year"], self.always | dealt, before)
        scope = {**self.now, **self.words, "year": year, **dealt}
        self._count(tables, framework, scope, before)
        self._tell(tables, s["rows"], scope)
        self._aim(tables, framework, scope)
        self._judge(tables, framework, scope)
        known = {"", "total", *(i.id for i in framework.indicators), *(str(one["id"]) for one in self.own)}
        for several in s["several"]:
            items = [*several["items"], *(self.kind["findings"] if several.get("mixed") else ())]
            items = [item for item in items if item.get("indicator", "") in known]
            if several.get("mixed"):
                items = self.habits.setdefault(several["count"], self.dice.few(items, len(items)))
            told = len(tables["findings"]) if "rows" not in several else 0  # findings are numbered through
            for index, item in enumerate(items[: int(self._value(several["count"], scope))], told + 1):
                self._tell_way(tables, several if "rows" in several else s["way"][item["way"]], {**scope, "index": index, **item})
        touched = {row["indicator"] for row in tables["findings"]}
        silent = [{"indicator": i.id} for i in framework.indicators if i.rule.takes == "findings" and i.id not in touched]
        self._tell_way(tables, s["way"]["nothing_found"], scope, silent)
        advised = sorted({row["recommendation"] for row in tables["findings"]})
        self._tell_way(tables, s["way"]["advice"], scope, [{"id": id, **s["advice"][id]} for id in advised])
        self._tell_way(tables, s["way"]["followed"], scope, self.left)
        done = {row["id"] for row in tables.get("follow_ups", ()) if row["state"] in s["resolved"]}
        self.left = [one for one in self.left if one["key"] not in done]
        self.left += [{**row, "key": f"{year}-{row['finding']}"} for row in tables["findings"]]
        return {table: [row for row in rows if row.get("indicator", "") in known] for table, rows in tables.items()}

    def also(self, way: str, items: Iterable[Scope], **more: object) -> list[dict[str, str]]:
        """The rows of a table that is no part of a year."""
        told: Tables = {}
        self._tell_way(told, story()["way"][way], {**self.now, **self.words, **more}, items)
        return told.popitem()[1]

    def spoil(self, tables: Tables, dealt: Scope, has_last_year: bool) -> None:
        """Do to the last tables told what makes them unusable, where that was dealt."""
        scope = {**self.now, "has_last_year": Decimal(has_last_year)}
        for kind in sorted(dealt):
            ways = [way for way in story()["spoil"] if way["kind"] == kind and self._value(way.get("when", "1"), scope) > 0]
            way: dict[str, Any] = self.dice.pick(ways) if ways else {}
            rows = {row["fact"]: row for row in tables.get("facts", ())}  # the year's own come last
            for fact, text in way.get("facts", {}).items():
                rows[fact]["value"] = str(self._value(text, scope))
            if "texts" in way:
                rows[self.dice.pick(way["in"])]["value"] = self.dice.pick(way["texts"])
            if "misspell" in way:
                row = self.dice.pick(tables[self.dice.pick(way["misspell"])])
                row["indicator"] = row["indicator"][0] + row["indicator"]
            drop = way.get("drop", 0)
            for table in self.dice.few([table for table in tables if table not in OPTIONAL or drop > 1], drop):
                del tables[table]

    def _value(self, text: str, scope: Scope) -> Decimal:
        return _compiled(text)(self.dice, scope, {})

    def _draw(self, expressions: Mapping[str, str], scope: Scope, before: Scope) -> Scope:
        """What is drawn, one after the other: a fact with the digits of its unit, anything else whole."""
        found = dict(scope)
        for name, text in expressions.items():
            value = _compiled(text)(self.dice, found, before)
            found[name] = value.quantize(self.places.get(name, _WHOLE), ROUND_FLOOR)
        return found

    def _count(self, tables: Tables, framework: Framework, scope: Scope, before: Scope) -> None:
        """A row for each fact: of last year where that is told, then of the year."""
        s, catalogue = story(), framework.catalogue
        untold = {fact for kind, facts in s["untold"].items() if scope[kind] for fact in facts}
        unknown = {self.dice.pick(facts) for kind, facts in s["unknown"].items() if scope[kind]}
        parts = dict(zip(catalogue.topics, (*"一二三四五六七八九十", "十一", "十二"), strict=False))
        told = [(fact, scope["year"] - 1, before) for fact in s["last_year"] if fact in catalogue.facts]
        told += [(fact, scope["year"], scope) for fact in catalogue.facts if fact in self.now and fact not in untold]
        for id, year, amounts in told:
            fact = catalogue.facts[id]
            row = {"fact": id, "year": str(year), "value": str(amounts[id]), "unit": fact.unit.symbol}
            if id in unknown and amounts is scope:
                row |= {"value": "", **s["unknown_note"]}
            tables["facts"].append({**row, **s["always"]["facts"], "section": parts[fact.entry.topic]})

    def _aim(self, tables: Tables, framework: Framework, scope: Scope) -> None:
        """The department's own indicators: what is aimed at and reached, and the points of their groups dealt out among them."""
        points = {group.id: int(group.points or 0) for group in framework.open_sections}
        for one in self.own:
            among = [other for other in self.own if other["group"] == one["group"]]
            worth, left = divmod(points[one["group"]], len(among))
            way = story()["way"][one["way"]]
            drawn = self._draw(way["draw"], {**scope, **one, "points": worth + (among.index(one) < left)}, {"level": one["level"]})
            one["level"] = drawn["level"]
            self._tell(tables, story()["own"]["rows"], drawn)
            self._tell(tables, way["rows"], drawn)

    def _judge(self, tables: Tables, framework: Framework, scope: Scope) -> None:
        """A judgement of every item of a checklist, and of every indicator that is given a tier."""
        for i in framework.indicators:
            of = {**scope, "indicator": i.id, "points": i.points}
            ways = story()["way"]
            self._tell_way(tables, ways["item"], of, [item.model_dump(include={"id", "name", "name_en"}) for item in i.rule.checklist])
            self._tell_way(tables, ways["panel"], of, ways["panel"]["experts"] if i.value == "panel" else ())
            if i.rule.takes == "tier":
                drawn = self._draw(ways["tier"]["draw"], of, {})
                tier: Any = i.rule.tier_of(drawn["share"] / 100)
                self._tell(tables, ways["tier"]["rows"], {**drawn, "id": tier.id, "name": tier.name, "name_en": tier.name_en})

    def _tell_way(self, tables: Tables, way: Mapping[str, Any], scope: Scope, items: Iterable[Scope] = ({},)) -> None:
        for item in items:
            of = {**scope, **item}
            self._tell(tables, way["rows"], self._draw(way["draw"], of, {}) if "draw" in way else of)

    def _tell(self, tables: Tables, rows: Mapping[str, list[Any]], scope: Scope) -> None:
        for table, patterns in rows.items():
            for when, fixed, moving in patterns:
                if not when or self._value(when, scope) > 0:
                    scope["number"] = len(tables.setdefault(table, [])) + 1
                    tables[table].append(fixed | {column: self._cell(cell, scope) for column, cell in moving.items()})

    def _cell(self, cell: Any, scope: Scope) -> str:
        while isinstance(cell, dict):
            cell = cell["then"] if self._value(cell["if"], scope) > 0 else cell["else"]
        return f"{self._value(cell[2:], scope):f}" if cell.startswith("= ") else str(cell.format_map(scope))
