"""Every scoring rule met in real forms, said as data: read as a framework file is, checked, scored, and told in both languages."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from evallib.checks.framework_texts import check_texts
from evallib.checks.plausibility import check_plausibility
from evallib.checks.record import check_record
from evallib.data.folder import File
from evallib.data.rulebook import framework_of
from evallib.model.errors import Place
from evallib.model.evaluation import Evaluation
from evallib.model.framework import Framework
from evallib.model.record import TABLES, Record
from evallib.model.words import LANGS, words
from evallib.say.workings import indicator_rule, indicator_working
from evallib.score.scoring import evaluate
from tests.conftest import GOLDEN

YEAR = 2023
CASES = tomllib.loads((GOLDEN / "real_rules.toml").read_text(encoding="utf-8"))["case"]
ROWS = (
    "deduct per point over a limit",
    "alternative for the same",
    "whole steps",
    "closed-right bands",
    "not applicable = full points for this one row",
    "not applicable = left out, the rest scaled back",
    "either / or",
    "checklists",
    "higher / lower is better",
    "a coefficient per row",
    "three polarities",
    "votes",
    "qualitative tiers",
    "full points below / lost above target",
    "target too low",
    "execution",
    "veto",
    "by seriousness",
    "bonus, deduction items",
    "tiers by name",
)
HEAD = """
format = 2
id = "form"
first_year = 2023
name = "评分表"
points = {points}
{options}
[[source]]
id = "form"
name = "评分表"
year = 2023

[[dimension]]
id = "rows"
name = "各行"
name_en = "Rows"

"""
SHARED: dict[str, dict[str, str]] = {
    "targets": {"actual_by": "measured"},
    "judgements": {"basis": "own", "reason": "有台账。", "reason_en": "There is a ledger."},
    "findings": {"kind": "支出", "title": "超范围列支"},
}
"""What the rows of a table have where a case does not say otherwise."""


class Try(NamedTuple):
    """What is given in a case, and what must come out."""

    case: dict[str, Any]
    worth: int | None
    given: dict[str, Any]
    label: str

    @property
    def text(self) -> str:
        """What stands in the framework."""
        return str(self.case["framework"]).replace("POINTS", str(self.worth or 1))

    @property
    def entries(self) -> dict[str, Any]:
        return tomllib.loads(self.text)

    def __str__(self) -> str:
        worth = f" of {self.worth}" if self.worth else ""
        return f"{self.case['name']}{worth}: {self.label}"


def tries(case: dict[str, Any]) -> Iterator[Try]:
    first = Try(case, None, {}, "").entries["indicator"][0]["id"]
    for number, worth in enumerate(case.get("worth", [None])):
        for value, *scores in case.get("scores", ()):
            yield Try(case, worth, moved(case, value) | {"scores": {first: scores[number]}}, value)
    for number, given in enumerate(case.get("when", ())):
        yield Try(case, None, given, str(number))


def moved(case: dict[str, Any], value: str) -> dict[str, Any]:
    """The one number that a case is about."""
    if "moves" in case:
        return {"facts": {case["moves"]: value}}
    target, *others = case["targets"]
    return {"targets": [target | {"actual": value}, *others]}


def shown(case: dict[str, Any]) -> Try:
    """The try whose working a case tells: in the last worth, that of `shown`, else the last of all."""
    every = [*tries(case)]
    return next((one for one in reversed(every) if one.label == str(case.get("shown"))), every[-1])


def framework(one: Try) -> Framework:
    options, mark, entries = one.text.partition("[[")
    worth = {i.get("one_of", i["id"]): Decimal(i.get("points", 0)) for i in one.entries["indicator"]}
    content = HEAD.format(points=one.case.get("points") or sum(worth.values()), options=options) + mark + entries
    return framework_of((File("frameworks/form/2023.toml", content.encode()), File("county.toml", b"format = 2")), YEAR)


def record(one: Try) -> Record:
    case, given, entries = one.case, one.given, one.entries
    (first, *_) = entries["indicator"]
    tables: dict[str, list[dict[str, Any]]] = {
        table: [*case.get(table, ()), *given.get(table, ())] for table in (*SHARED, "surveys", "survey_answers")
    }
    units = {fact["id"]: "万元" if fact["unit"] == "money" else fact["unit"] for fact in entries.get("fact", ())}
    values = case.get("facts", {}) | given.get("facts", {})
    tables["facts"] = [{"fact": id, "year": YEAR, "value": value, "unit": units[id]} for id, value in values.items()]
    tables["targets"] = [*{row["indicator"]: row for row in tables["targets"]}.values()]  # a try's own in the place of the case's
    for item in first["rule"]["items"] if "met" in given else ():
        verdict = "met" if item["id"] in given["met"] else "not_met"
        tables["judgements"].append({"indicator": first["id"], "kind": "item", "item": item["id"], "verdict": verdict})
    for number, seriousness in enumerate(given.get("found", ()), 1):
        tables["findings"].append({"finding": str(number), "indicator": first["id"], "seriousness": seriousness})
    made: dict[str, Any] = {
        table: [TABLES[table].model_validate({"source": "form", "section": "表"} | SHARED.get(table, {}) | row) for row in rows]
        for table, rows in tables.items()
    }
    made["sources"] = [TABLES["sources"].model_validate({"source": "form", "title": "评分表", "kind": "report"})]
    return Record(department="bureau", name=words("局", "Bureau"), year=YEAR, framework="form", files=(), **made)


def where(table: str, index: int, column: str | None = None) -> Place:
    return Place(f"{table} {index}", column=column)


def evaluated(one: Try) -> Evaluation:
    return evaluate(framework(one), record(one))


EVERY = [one for case in CASES for one in tries(case)]


def test_every_row_of_the_table_has_its_case() -> None:
    assert tuple(dict.fromkeys(case["row"] for case in CASES)) == ROWS


@pytest.mark.parametrize("one", EVERY, ids=str)
def test_a_rule_of_a_real_form_gives_what_was_worked_out_by_hand(one: Try) -> None:
    wanted, made, given = one.given, framework(one), record(one)
    problems = [problem.code for problem in check_record(made, given, where) if problem.level == "error"]
    assert bool(problems) is wanted.get("refused", False), problems
    if problems:
        return
    e = evaluate(made, given)
    found = {id: "" if e.indicator(id).score is None else str(e.indicator(id).score) for id in wanted["scores"]}
    assert found == wanted["scores"], one.case["why"]
    assert str(e.total) == wanted.get("total", str(e.total)), one.case["why"]
    assert str(e.indicators[0].formula_score) == wanted.get("by_rule", str(e.indicators[0].formula_score))
    due = [e.targets[int(p.place.file.split()[1])].id for p in check_plausibility(e, None, where) if p.code == "no_reason"]
    assert due == wanted.get("reasons_due", due)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_it_is_told_as_the_page_prints_it(case: dict[str, Any]) -> None:
    e = evaluated(shown(case))
    first = e.indicator(case.get("of", e.indicators[0].id))
    assert [[indicator_rule(e, first, lang), indicator_working(e, first, lang)] for lang in LANGS] == case["says"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_its_numbers_are_those_of_the_sentence_it_was_made_from(case: dict[str, Any]) -> None:
    assert [problem.describe("en") for problem in check_texts(framework(shown(case)), "form")] == []
