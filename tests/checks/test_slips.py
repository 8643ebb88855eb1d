"""Numbers of the wrong size do not pass in silence: every one of the example in turn, as the slips that people make."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

import pytest

from evallib.analysis.what_if import place_of
from evallib.checks.identities import check_identities
from evallib.checks.plausibility import check_plausibility
from evallib.checks.record import check_record
from evallib.checks.sums import check_sums
from evallib.data.load import load_year
from evallib.data.years import evaluate_year
from evallib.model.errors import InputRefused, Problem
from evallib.model.evaluation import Evaluation
from evallib.model.framework import Framework
from evallib.model.record import Contradiction, Record
from evallib.score.scoring import evaluate
from tests.conftest import DATA, GOLDEN, Copy

EXPECTED = tomllib.loads((GOLDEN / "slips.toml").read_text(encoding="utf-8"))
LOADED = load_year(DATA, "hrss", 2023)
TIMES = {"ten": 10, "hundred": 100, "thousand": 1000}


def told(framework: Framework, record: Record) -> tuple[list[Problem], Evaluation | None]:
    """What is said of a record, and its evaluation where it is not refused before."""
    where = place_of(record)
    found = [*check_record(framework, record, where)]
    if any(one.level == "error" for one in found):
        return found, None
    found += [*check_identities(framework.catalogue, record, where), *check_sums(record, framework.catalogue.units, where)]
    evaluation = evaluate(framework, record)
    return [*found, *check_plausibility(evaluation, None, where)], evaluation


def with_cell(record: Record, table: str, index: int, column: str, value: Decimal) -> Record:
    rows = [*getattr(record, table)]
    rows[index] = rows[index].model_copy(update={column: value})
    return record.model_copy(update={table: tuple(rows)})


def slips(record: Record) -> Iterator[tuple[str, str, Record]]:
    """Kind of slip, cell, the record with it."""
    units = LOADED.framework.catalogue.units
    for table, column, key in (("facts", "value", "fact"), ("targets", "actual", "indicator")):
        for index, row in enumerate(getattr(record, table)):
            value: Decimal | None = getattr(row, column)
            if not value:
                continue
            unit, name = units.read(row.unit), f"{getattr(row, key)} {getattr(row, 'year', '')}".strip()
            made = {kind: value * factor for kind, factor in TIMES.items()}
            if unit.is_money:
                made |= {"wan": value / 10000, "wan_rounded": round(value / 10000, 2)}
            if unit.is_share:
                made["share"] = value / 100
            yield from ((kind, name, with_cell(record, table, index, column, then)) for kind, then in made.items())


def test_no_slip_of_a_cell_that_changes_points_passes_in_silence() -> None:
    known, before = told(LOADED.framework, LOADED.record)
    assert before is not None
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: {"refused": [], "remarked": [], "silent": []})
    for kind, name, record in slips(LOADED.record):
        problems, evaluation = told(LOADED.framework, record)
        new = [one for one in problems if (one.code, one.about, one.what) not in [(p.code, p.about, p.what) for p in known]]
        level = "silent" if not new else "refused" if any(one.level == "error" for one in new) else "remarked"
        found[kind][level].append(name)
        assert level != "silent" or (evaluation is not None and evaluation.total == before.total), (kind, name)
    counts = {k: {"refused": len(v["refused"]), "remarked": len(v["remarked"]), "silent": v["silent"]} for k, v in found.items()}
    assert counts == EXPECTED


@pytest.mark.parametrize("places", [2, 6])
def test_all_amounts_in_ten_thousands_are_refused(places: int) -> None:
    money = [LOADED.framework.catalogue.units.read(row.unit).is_money for row in LOADED.record.facts]
    rows = [
        row.model_copy(update={"value": round(row.value / 10000, places)}) if is_money and row.value else row
        for row, is_money in zip(LOADED.record.facts, money, strict=True)
    ]
    contradictions = tuple(row for row in LOADED.record.contradictions)
    problems, _ = told(LOADED.framework, LOADED.record.model_copy(update={"facts": tuple(rows), "contradictions": contradictions}))
    assert [one for one in problems if one.level == "error" and one.code == "magnitude"]


def test_what_is_acknowledged_is_shown_and_another_number_is_looked_at_anew() -> None:
    index = next(n for n, row in enumerate(LOADED.record.facts) if row.fact == "operating_expense_outturn")
    said = {"kind": "number", "about": "operating_expense_outturn", "printed": "95.73元", "other": "957260元", "reason": "停业"}
    source = {"source": "report", "section": "1"}
    row = Contradiction.model_validate(said | source)
    record = LOADED.record.model_copy(update={"contradictions": (*LOADED.record.contradictions, row)})
    for value, levels in (("95.73", {"recorded", "warning"}), ("95.74", {"recorded", "warning", "error"})):
        problems, _ = told(LOADED.framework, with_cell(record, "facts", index, "value", Decimal(value)))
        assert {one.level for one in problems} == levels
    assert [one.what.en for one in problems if one.level == "error"] == [
        "Operating expense control rate (Operating expense, outturn 95.74 yuan, Operating expense, budget 957,260.00 yuan) is 0.01%, "
        "the lowest that is plausible 10.00%: a factor of about 1,000"
    ]


@pytest.mark.parametrize(
    ("value", "level"),
    [
        ("27800", ""),
        ("139001", "warning"),  # more than five times
        ("5559", "warning"),
        ("2.78", "error"),
        ("83400000", "error"),  # 3,000 times
    ],
)
def test_an_amount_beside_last_years(copy: Copy, value: str, level: str) -> None:
    copy.set("facts", {"fact": "three_public_budget", "year": "2022"}, "value", value)
    try:
        problems: tuple[Problem, ...] = evaluate_year(copy.folder, "hrss", 2023).remarks
    except InputRefused as refusal:
        problems = refusal.problems
    assert {one.level for one in problems if one.code == "magnitude"} == ({level} if level else set())


def test_in_a_draft_what_rests_on_a_slip_is_open(copy: Copy) -> None:
    copy.set("facts", {"fact": "operating_expense_outturn"}, "value", "95.73")
    e = evaluate_year(copy.folder, "hrss", 2023, draft=True).evaluation
    assert e.draft is not None
    assert e.open is not None
    assert [one.code for one in e.draft.todo] == ["magnitude"]
    assert e.draft.open == ("operating_expense_control",)
    assert e.open.low <= Decimal("84.63") <= e.open.high
