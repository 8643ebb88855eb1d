"""Random frameworks and years for properties: trees of one to four levels, every kind of rule, extras, choices, vetoes, what is missing."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from evallib.checks.record import check_record
from evallib.data.folder import File
from evallib.data.rulebook import framework_of
from evallib.model.errors import Place
from evallib.model.framework import Framework
from evallib.model.record import TABLES, Record
from evallib.model.rules import as_line
from evallib.model.words import words
from tests.places.test_renamed import toml

YEAR = 2023
OPERATORS = (">=", "<=", "=", ">", "<", "between", "words", "by")
SERIOUSNESS = ("serious", "general", "slight")
UNKNOWN = ("missing", "to_come", "not_checked")


def decimals(low: str, high: str, places: int = 2) -> st.SearchStrategy[Decimal]:
    return st.decimals(Decimal(low), Decimal(high), places=places)


def _named(id: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "name": id} | more


# --- rules


@st.composite
def pieces(draw: st.DrawFn, of: str, order: str = "any") -> dict[str, Any]:
    """Pieces between random edges; `order` "rising": with shares that never fall, "falling": that never rise."""
    edges = sorted(draw(st.sets(decimals("-0.5", "2"), min_size=1, max_size=4)))
    count = len(edges) + 1
    heights = draw(st.lists(decimals("0", "1.5"), min_size=2 * count, max_size=2 * count))
    if order != "any":
        heights.sort(reverse=order == "falling")
    falling = draw(st.booleans())  # which only says from which end they are written
    made: list[dict[str, Any]] = []
    for n in range(count):
        low, high = heights[2 * n : 2 * n + 2]
        inner = 0 < n < count - 1
        made.append({"share": [low, high] if inner and draw(st.booleans()) else low})
    for n, edge in enumerate(edges):
        names = ("at_least", "above") if falling else ("up_to", "below")
        made[n + 1 if falling else n][draw(st.sampled_from(names))] = edge
    return {"kind": "pieces", "of": of, "pieces": made[::-1] if falling else made}


@st.composite
def number_rules(draw: st.DrawFn, points: Decimal, of: str) -> dict[str, Any]:
    kind = draw(st.sampled_from(["proportional", "bands", "linear", "pass_fail", "pieces", "share_per_unit", "points_per_unit"]))
    shared = {"kind": kind, "of": of}
    if kind == "proportional":
        return shared | {"cap": draw(decimals("0.5", "1.5"))}
    if kind == "linear":
        full, zero = draw(st.lists(decimals("-0.5", "2"), min_size=2, max_size=2, unique=True))
        return shared | {"full_at": full, "zero_at": zero}
    if kind == "pass_fail":
        return shared | {draw(st.sampled_from(["at_least", "up_to"])): draw(decimals("-0.5", "2"))}
    if kind in ("bands", "pieces"):
        return draw(pieces(of))
    cost = {"share": draw(decimals("0.01", "1"))} if kind == "share_per_unit" else {"points": draw(decimals("0.1", "3"))}
    sides = {"side": draw(st.sampled_from(["above", "below"])), "steps": draw(st.sampled_from(["linear", "whole"]))}
    return {"kind": "deduct_per_unit", "of": of, "limit": draw(decimals("-0.5", "2")), "unit": draw(decimals("0.01", "0.2"))} | cost | sides


@st.composite
def judged_rules(draw: st.DrawFn, points: Decimal) -> dict[str, Any]:
    kind = draw(st.sampled_from(["deduct_per_occurrence", "checklist", "takes_away", "tiers", "awarded", "unsaid"]))
    if kind == "deduct_per_occurrence":
        more = draw(st.fixed_dictionaries({}, optional={"serious": decimals("0.1", "4"), "slight": decimals("0", "1")}))
        return {"kind": kind, "points_each": draw(decimals("0.1", "2"))} | more
    if kind in ("checklist", "takes_away"):
        count = draw(st.integers(1, 3))
        adds = [] if kind == "takes_away" else [points / 4] * (count - 1) + [points - points / 4 * (count - 1)]
        takes = [-draw(decimals("0.1", "2")) for _ in range(draw(st.integers(int(not adds), 2)))]
        items = [_named(f"item_{n}", points=worth) for n, worth in enumerate([*adds, *takes])]
        return {"kind": "checklist", "items": items}
    if kind == "tiers":
        middle = draw(decimals("0", "1"))
        return {
            "kind": kind,
            "tiers": [_named("top", low=middle, high=1), _named("foot", low=middle / 2, high=middle), _named("none", low=0, high=0)],
        }
    return {"kind": kind} | ({"text": "视情况", "reason": "没有数据"} if kind == "unsaid" else {})


# --- frameworks


@dataclass
class Grown:
    """A framework as it grows: the entries of its file."""

    weighed: bool
    dimensions: list[dict[str, Any]] = field(default_factory=list)
    groups: list[dict[str, Any]] = field(default_factory=list)
    indicators: list[dict[str, Any]] = field(default_factory=list)

    def worth(self, id: str) -> Decimal:
        """What stands in a section."""
        counted = {
            i.get("one_of", i["id"]): i["points"]
            for i in self.indicators
            if id in (i.get("group"), i.get("dimension")) and not i.get("extra")
        }
        inner = (self.worth(g["id"]) for g in self.groups if id in (g.get("group"), g.get("dimension")))
        return sum(counted.values(), Decimal(0)) + sum(inner, Decimal(0))


def _shares(draw: st.DrawFn, count: int) -> list[Decimal]:
    """Weights that make up the whole."""
    cuts = sorted(draw(st.sets(st.integers(1, 19), min_size=count - 1, max_size=count - 1)))
    return [Decimal(b - a) / 20 for a, b in zip([0, *cuts], [*cuts, 20], strict=True)]


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """What stands in the file of a framework that passes its check."""
    grown = Grown(weighed=draw(st.booleans()))
    whole = Decimal(100)

    def indicator(place: dict[str, Any], points: Decimal, weight: Decimal | None, **more: Any) -> None:
        measures = draw(st.sampled_from(["value", "completion", "judged"]))
        rule = draw(judged_rules(points) if measures == "judged" else number_rules(points, measures))
        own = {"points": points} if weight is None else {"weight": weight, "points": points}
        chosen = draw(st.sampled_from(["", "", "full", "rescale"]))
        id = f"i{len(grown.indicators)}"
        grown.indicators.append(
            _named(id, **place, **own, rule=rule, source="form", **({"not_applicable": chosen} if chosen else {}), **more)
        )

    def section(place: dict[str, Any], depth: int, points: Decimal, weight: Decimal | None) -> None:
        level = grown.groups if place else grown.dimensions
        id = f"{'g' if place else 'd'}{len(level)}"
        entry = _named(id, **place)
        level.append(entry)
        inside = {"group" if place else "dimension": id}
        below = [draw(st.booleans()) and depth < 4 for _ in range(draw(st.integers(1, 3)))]
        for inner, share in zip(below, _shares(draw, len(below)), strict=True):
            own = (points * share, share) if grown.weighed else (draw(decimals("0.5", "20", 1)), None)
            if inner:
                section(inside, depth + 1, *own)
            else:
                indicator(inside, *own)
        if not grown.weighed:
            if draw(st.booleans()):
                worth = draw(decimals("0.5", "20", 1))
                for _ in range(2):
                    indicator(inside, worth, None, one_of=f"choice_{id}")
            if draw(st.booleans()):
                indicator(inside, draw(decimals("0.5", "5", 1)), None, extra=draw(st.sampled_from(["bonus", "deduction"])))
            if draw(st.booleans()):
                entry["points"] = grown.worth(id)
        elif weight is not None:
            entry |= {"weight": weight, "points": points}

    for share in _shares(draw, draw(st.integers(1, 3))):
        section({}, 1, whole * share, share)
    for entry in (*grown.dimensions, *grown.groups, *grown.indicators) if grown.weighed else ():
        del entry["points"]  # they follow from the weights
    places = [entry["id"] for entry in (*grown.dimensions, *grown.groups, *grown.indicators)]
    points = whole if grown.weighed else sum((grown.worth(d["id"]) for d in grown.dimensions), Decimal(0))
    treatment = {
        "missing": draw(st.sampled_from(["zero", "rescale", "undetermined"])),
        "not_applicable": draw(st.sampled_from(["full", "rescale"])),
        "equals": draw(st.sampled_from(["reached", "exact"])),
        "no_finding": draw(st.sampled_from(["unchecked", "none"])),
    }
    partly = draw(decimals("0", "1"))
    return {
        "format": 2,
        "id": "random",
        "first_year": YEAR,
        "name": "随机体系",
        "points": points,
        "treatment": treatment,
        "qualitative": {
            "reached": max(partly, draw(decimals("0", "1"))),
            "partly": partly,
            "missed": min(partly, draw(decimals("0", "1"))),
        },
        "rounding": {"scores": draw(st.integers(0, 3))},
        "grade": [_named("poor", at_least=0), _named("fair", at_least=points / 2), _named("good", at_least=points)],
        "source": [_named("form", year=YEAR)],
        "dimension": grown.dimensions,
        "group": grown.groups,
        "indicator": grown.indicators,
        "veto": [_named("veto", of=draw(st.sampled_from(["total", *places])))],
    }


def text_of(document: dict[str, Any]) -> str:
    """The file of a framework: numbers as they are written in one."""
    return toml(document)


def read(text: str) -> Framework:
    return framework_of((File(f"frameworks/random/{YEAR}.toml", text.encode()), File("county.toml", b"format = 2")), YEAR)


# --- years


@dataclass(frozen=True)
class Year:
    """A framework, and for each indicator the rows that give it a score; what is unknown of it; what more was decided."""

    framework: Framework
    rows: dict[str, list[tuple[str, dict[str, Any]]]]
    unknown: dict[str, str]
    decided: list[tuple[str, dict[str, Any]]]

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """What hypothesis tells of a year that fails: enough to make a case of it."""
        held = (f"{i.id} {i.points} {i.extra or i.one_of} {as_line(i.rule)} {self.rows[i.id]}" for i in self.framework.indicators)
        told = [str(self.framework.treatment), *held, f"unknown {self.unknown}", f"decided {self.decided}"]
        printer.text("\n".join(told))

    def record(self, *, known: bool = False) -> Record:
        """The year; where `known`, with all that is unknown filled in."""
        made: dict[str, list[Any]] = {table: [] for table in TABLES}
        made["sources"].append(TABLES["sources"].model_validate({"source": "form", "title": "表", "kind": "report"}))
        rows = [
            row if known or id not in self.unknown else _unknown(*row, self.unknown[id]) for id, each in self.rows.items() for row in each
        ]
        for number, (table, row) in enumerate([one for one in rows if one is not None] + self.decided, 1):
            more = {"finding": str(number)} if table == "findings" else {}
            made[table].append(TABLES[table].model_validate({"source": "form", "section": "表"} | row | more))
        given: dict[str, Any] = made
        return Record(department="bureau", name=words("局"), year=YEAR, framework="random", files=(), **given)


def _unknown(table: str, row: dict[str, Any], state: str) -> tuple[str, dict[str, Any]] | None:
    """A row whose number nobody knows; none of findings, where nobody checked."""
    if table == "findings" or row.get("kind") == "nothing_found":
        return None
    columns = {"targets": ("actual", "done", "verdict"), "judgements": ("score", "verdict", "coefficient")}[table]
    states = [("actual", state)] if table == "targets" else [(column, state) for column in columns if column in row]
    return table, {column: value for column, value in row.items() if column not in columns} | {"states": states}


def _judgement(id: str, kind: str, **more: Any) -> tuple[str, dict[str, Any]]:
    return "judgements", {"indicator": id, "kind": kind, "basis": "own", "reason": "有台账。"} | more


@st.composite
def targets(draw: st.DrawFn, id: str, operators: tuple[str, ...] = OPERATORS) -> dict[str, Any]:
    """A target with its actual."""
    operator = draw(st.sampled_from(operators))
    row: dict[str, Any] = {"indicator": id, "operator": operator, "actual_by": "measured"}
    if operator == "words":
        return row | {"wording": "效果明显", "verdict": draw(st.sampled_from(["reached", "partly", "missed"]))}
    if operator == "by":
        day = draw(st.integers(1, 28))
        return row | {"due": "2023-06-15", "done": f"2023-06-{day:02}"}
    row |= {"target": draw(decimals("-50", "150")), "unit": "%", "actual": draw(decimals("-50", "250"))}
    if operator == "between":
        row["upper"] = row["target"] + draw(decimals("0", "50"))
    elif draw(st.booleans()):
        row["adjusted"] = draw(decimals("-50", "150"))
    return row


def _scored(draw: st.DrawFn, i: Any) -> list[tuple[str, dict[str, Any]]]:
    """The rows from which an indicator is scored."""
    rule = i.rule
    if rule.takes == "number":
        plain = tuple(o for o in OPERATORS if o not in ("words", "by")) if rule.measures == "value" else OPERATORS
        return [("targets", draw(targets(i.id, plain)))]
    if rule.takes == "items":
        verdict = st.sampled_from(["met", "not_met"])
        return [_judgement(i.id, "item", item=item.id, verdict=draw(verdict)) for item in rule.checklist]
    if rule.takes == "findings":
        kinds = draw(st.lists(st.sampled_from(SERIOUSNESS), max_size=4))
        found = [("findings", {"indicator": i.id, "seriousness": one, "kind": "支出", "title": "超范围列支"}) for one in kinds]
        return found or [_judgement(i.id, "nothing_found")]
    if rule.takes == "tier":
        tier = draw(st.sampled_from(rule.verdicts))
        within = tier.low + (tier.high - tier.low) * draw(decimals("0", "1"))
        return [_judgement(i.id, "tier", verdict=tier.id, score=within * i.points)]
    if draw(st.booleans()):
        return [_judgement(i.id, "award", coefficient=draw(decimals("0", "100")))]
    return [_judgement(i.id, "award", score=i.points * draw(decimals("0", "1")))]


@st.composite
def years(draw: st.DrawFn, /, **treatment: str) -> Year:
    """A random framework and a year of it that passes the check; `treatment` fixes what the framework does with what is missing."""
    document = draw(documents())
    document["treatment"] |= treatment
    framework = read(text_of(document))
    rows = {i.id: _scored(draw, i) for i in framework.indicators}
    decided: list[tuple[str, dict[str, Any]]] = []
    unknown: dict[str, str] = {}
    choices: dict[str, list[str]] = {}
    for i in framework.indicators:
        if i.one_of:
            choices.setdefault(i.one_of, []).append(i.id)
        became = draw(st.sampled_from(["scored", "scored", "scored", "unknown", "not_applicable", "override"]))
        if became == "unknown":
            unknown[i.id] = draw(st.sampled_from(UNKNOWN))
        elif became == "not_applicable":
            decided.append(_judgement(i.id, became))
        elif became == "override" and i.rule.takes != "score":
            decided.append(_judgement(i.id, became, score=i.points * draw(decimals("0", "1"))))
    decided += [_judgement(draw(st.sampled_from(ids)), "chosen") for ids in choices.values()]
    if draw(st.sampled_from([False, False, True])):
        with_rule = [i.id for i in framework.indicators if i.rule.takes == "number"]
        about = draw(st.sampled_from(with_rule)) if with_rule else None
        if about:
            decided.append(("findings", {"indicator": about, "kind": "支出", "title": "虚报", "veto": "veto"}))
    year = Year(framework, rows, unknown, decided)
    for known in (False, True):
        wrong = [one.describe("en") for one in check_record(framework, year.record(known=known), _where) if one.level == "error"]
        assert not wrong, wrong
    return year


def _where(table: str, index: int, column: str | None = None) -> Place:
    return Place(f"{table} {index}", column=column)
