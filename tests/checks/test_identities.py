"""What must add up, with numbers as exact as they were printed: accepted where rounding explains a gap, refused by the right amount."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from typing import Any

import pytest

from evallib.checks.identities import check_against_last_year, check_identities
from evallib.data.years import evaluate_year
from evallib.model.assemble import assemble
from evallib.model.catalogue import Catalogue
from evallib.model.entries import Part
from evallib.model.errors import InputRefused, Place, Problem
from evallib.model.record import Contradiction, FindingAmount
from tests.conftest import Copy
from tests.score.small import CATALOGUE, YEAR, fact, finding, part, record, target


def where(table: str, index: int, column: str | None) -> Place:
    return Place(f"{table}.csv", index + 2, column)


def broken(*facts: Any, **tables: Any) -> list[Problem]:
    return list(check_identities(CATALOGUE, record(facts=facts, **tables), where))


def carried(adjusted: str, spent: str, closing: str, unit: str = "万元") -> list[Problem]:
    """What is wrong with a closing carry-over that must be the adjusted budget less what was spent."""
    numbers = {"closing_carryover": closing, "adjusted_expenditure": adjusted, "outturn": spent}
    return broken(*(fact(id, value, unit) for id, value in numbers.items()))


@pytest.mark.parametrize(
    ("adjusted", "spent", "closing"),
    [
        ("100.00", "90.00", "10.00"),
        ("100.00", "90.00", "10.01"),  # 100.0049 − 89.9951 is 10.0098
        ("100.00", "90.00", "9.99"),
        ("100.0", "90.0", "10.1"),
        ("100", "90", "11"),  # each is known to half of ten thousand
    ],
)
def test_a_gap_that_rounding_explains_is_none(adjusted: str, spent: str, closing: str) -> None:
    assert carried(adjusted, spent, closing) == []


@pytest.mark.parametrize(
    ("adjusted", "spent", "closing", "may", "left"),
    [
        ("100.00", "90.00", "10.02", "150.00", "50.00"),
        ("100.00", "90.00", "9.98", "150.00", "50.00"),
        ("100.00", "90.00", "11.00", "150.00", "9,850.00"),
        ("100.000", "90.000", "10.002", "15.00", "5.00"),
        ("100", "90", "12", "15,000.00", "5,000.00"),
        ("100.0", "90.00", "10.07", "600.00", "100.00"),  # half of 0.1, of 0.01 and of 0.01
    ],
)
def test_a_gap_that_rounding_does_not_explain_is_told_by_what_remains(adjusted: str, spent: str, closing: str, may: str, left: str) -> None:
    (problem,) = carried(adjusted, spent, closing)
    assert problem.level == "error"
    assert problem.what.en.endswith(f"rounding explains at most {may} yuan, {left} yuan remain")
    assert problem.what.zh.endswith(f"四舍五入最多能解释 {may}元，还差 {left}元")
    assert (problem.place.row, problem.place.column) == (2, "value")


def test_money_to_the_cent_is_exact() -> None:
    assert carried("100.00", "90.00", "10.00", "元") == []
    (problem,) = carried("100.00", "90.00", "10.01", "元")
    assert problem.what.en == "adjusted budget less outturn must be the closing carry-over (10)"
    assert problem.found == "10.01"


def test_what_is_counted_is_exact() -> None:
    found = broken(fact("projects_monitored", "17", "个"), fact("projects", "16", "个"))
    assert [p.what.en for p in found] == ["Projects monitored during the year cannot be above Projects (16)"]
    assert broken(fact("projects_monitored", "16", "个"), fact("projects", "16", "个")) == []


def test_exact_and_rounded_numbers_may_be_mixed() -> None:
    numbers = [("adjusted_expenditure", "1000000.00", "元"), ("outturn", "90.00", "万元")]
    assert broken(*(fact(*one) for one in numbers), fact("closing_carryover", "100050.00", "元")) == []
    (problem,) = broken(*(fact(*one) for one in numbers), fact("closing_carryover", "100050.01", "元"))
    assert problem.what.en.endswith("rounding explains at most 50.00 yuan, 0.01 yuan remain")


@pytest.mark.parametrize(("total", "said"), [("20.00", ""), ("20.01", ""), ("20.02", "150.00 yuan, 50.00 yuan remain")])
def test_a_total_is_the_sum_of_its_parts_as_far_as_it_was_printed(total: str, said: str) -> None:
    found = broken(fact("outturn", total, "万元"), fact("outturn_basic", "10.00", "万元"), fact("outturn_project", "10.00", "万元"))
    assert [p.what.en.endswith(said) for p in found] == ([True] if said else [])


@pytest.mark.parametrize(("basic", "right"), [("10.00", True), ("10.01", True), ("10.02", False)])
def test_a_limit_holds_where_rounding_could_keep_it(basic: str, right: bool) -> None:
    found = broken(fact("closing_carryover", "10.00", "万元"), fact("closing_carryover_basic", basic, "万元"))
    assert (found == []) is right


def test_a_relation_of_which_a_number_is_missing_is_not_broken() -> None:
    assert broken(fact("closing_carryover", "5", "元"), fact("adjusted_expenditure", "100", "元")) == []
    assert broken(fact("closing_carryover", "5", "元"), fact("adjusted_expenditure", "100", "元"), fact("outturn", None, "元")) == []


def test_what_the_data_records_as_a_contradiction_is_no_error() -> None:
    told = {"contradiction": "c", "kind": "number", "about": "outturn", "printed": "1", "other": "2", "reason": "原文如此"}
    row = Contradiction.model_validate(told | {"reason_en": "Printed so", "source": "report", "section": "三"})
    facts = [fact(id, value, "元") for id, value in (("closing_carryover", "5"), ("adjusted_expenditure", "100"), ("outturn", "90"))]
    (problem,) = broken(*facts, contradictions=(row,))
    assert problem.level == "recorded"
    assert problem.what.en.endswith("recorded as a contradiction: Printed so")


def test_parts_of_targets_and_findings_add_up() -> None:
    parts = (part("jobs", "县级", "county", "3", "人", role="target"), part("jobs", "乡镇", "towns", "0.0002", "万人", role="target"))
    assert broken(targets=(target("jobs", ">=", "5", "人"),), target_parts=parts) == []
    (problem,) = broken(targets=(target("jobs", ">=", "6", "人"),), target_parts=parts)
    assert problem.what.en == "is not the sum of its parts, 5 people; rounding explains at most 0.5 people, 0.5 people remain"
    (problem,) = broken(findings=(finding("1", "x", quantity=Decimal(16), unit_price=Decimal(500), amount=Decimal(9000)),))
    assert problem.what.en == "is not quantity times price: 16 × 500.00 = 8,000.00"


def meal(value: str, name: str = "lunch") -> FindingAmount:
    return FindingAmount(finding="1", part=name, value=Decimal(value), source="report", section="七")


@pytest.mark.parametrize(
    ("amount", "at_issue", "right"),
    [("794", None, True), ("1668", "794", True), ("1668", None, False), ("1668", "700", False), (None, "794", True), (None, "795", False)],
)
def test_the_parts_of_a_finding_make_up_the_voucher_or_what_is_at_issue(amount: str | None, at_issue: str | None, right: bool) -> None:
    found = finding("1", "x", amount=amount and Decimal(amount), at_issue=at_issue and Decimal(at_issue))
    problems = broken(findings=(found,), finding_amounts=(meal("406"), meal("388", "dinner")))
    said = [] if right else ["is not the sum of its parts, 794.00, nor is the amount at issue"]
    assert [problem.what.en for problem in problems] == said


def test_no_more_is_at_issue_than_the_voucher() -> None:
    assert broken(findings=(finding("1", "x", amount=Decimal(794), at_issue=Decimal(794)),)) == []
    (problem,) = broken(findings=(finding("1", "x", amount=Decimal(794), at_issue=Decimal(1668)),))
    assert (problem.place.column, problem.found) == ("at_issue", "1,668.00")
    assert problem.what.en == "is more than the amount of the voucher (794.00)"


# --- from one year to the next


def against(last: list[Any], this: list[Any]) -> list[Problem]:
    previous = record(facts=tuple(last)).model_copy(update={"year": YEAR - 1})
    return list(check_against_last_year(CATALOGUE, record(facts=tuple(this)), previous, where))


def test_a_year_begins_where_the_last_one_ended() -> None:
    closing = [fact("closing_carryover", "1000370.85", "元", YEAR - 1)]
    assert against(closing, [fact("opening_carryover", "1000370.85", "元")]) == []
    assert against(closing, [fact("opening_carryover", "100.04", "万元")]) == []  # 1,000,370.85 as it is printed in 万元
    (problem,) = against(closing, [fact("opening_carryover", "1000370.84", "元")])
    assert problem.what.en == "the opening carry-over must be last year's closing one (1,000,370.85)"
    (problem,) = against(closing, [fact("opening_carryover", "100.05", "万元")])
    assert problem.what.en.endswith("rounding explains at most 50.00 yuan, 79.15 yuan remain")


def test_last_years_numbers_are_told_the_same_way_twice() -> None:
    last = [fact("three_public_budget", "26000", "元", YEAR - 1)]
    assert against(last, [fact("three_public_budget", "2.6", "万元", YEAR - 1)]) == []
    (problem,) = against(last, [fact("three_public_budget", "2.7", "万元", YEAR - 1)])
    assert problem.what.en == f"is not what the data of {YEAR - 1} says, 26,000"


# --- the final accounts, in 万元 with two decimals


def in_ten_thousands(copy: Copy, change: dict[str, str] | None = None) -> None:
    """The real year's budget and accounts as final accounts print them; every money fact, some of them changed."""
    path = copy.year / "facts.csv"
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    out = [lines[0]]
    for line in lines[1:]:
        cells = line.split(",")
        if cells[3] == "元" and cells[2] and not cells[0].startswith(("assets", "three_public")):
            printed = f"{round(Decimal(cells[2]) / 10000, 2):.2f}"
            cells[2:4] = [(change or {}).get(cells[0], printed), "万元"]
        out.append(",".join(cells))
    path.write_text("\n".join(out) + "\n", encoding="utf-8-sig")


def test_final_accounts_in_ten_thousands_are_accepted(copy: Copy) -> None:
    in_ten_thousands(copy)
    evaluation = evaluate_year(copy.folder, "hrss", 2023).evaluation
    assert evaluation.total == Decimal("84.63")
    assert not [row for row in evaluation.record.facts if row.unit == "万元" and row.value and row.value > 10_000]


def test_final_accounts_that_do_not_add_up_are_refused_by_what_is_lacking(copy: Copy) -> None:
    in_ten_thousands(copy, {"outturn_basic": "1809.40"})  # 1,809.36 was printed
    with pytest.raises(InputRefused) as refusal:
        evaluate_year(copy.folder, "hrss", 2023)
    (problem,) = refusal.value.problems
    assert "adjusted budget less outturn must be the closing carry-over" in problem.what.en
    assert "rounding explains at most" in problem.what.en
    assert "四舍五入最多能解释" in problem.what.zh


def own(text: str) -> Catalogue:
    """A catalogue of money in yuan, with entries of its own."""
    units = '[[currency]]\nsymbol = "元"\nname_en = "yuan"\n[[scale]]\nword = "万"\nfactor = 10000\n'
    units += '[[unit]]\nsymbol = "户"\nname_en = "households"\nmeasures = "households"\nwhole = true\n'
    units += '[[unit]]\nsymbol = "%"\nmeasures = "share"\nfactor = "1/100"\n'
    catalogue, faults = assemble([("own.toml", Part.model_validate(tomllib.loads(units + text)))], YEAR)
    assert faults == ()
    return catalogue


def of(catalogue: Catalogue, **values: str) -> list[Problem]:
    facts = [fact(id, value.split(" ")[0], value.split(" ")[1]) for id, value in values.items()]
    return list(check_identities(catalogue, record(facts=facts), where))


def money(*ids: str, unit: str = "money") -> str:
    return "".join(f'[[fact]]\nid = "{id}"\nunit = "{unit}"\n' for id in ids)


def test_a_sum_and_its_own_part_are_not_known_apart() -> None:
    whole = '[[fact]]\nid = "w"\nunit = "money"\nparts = "p + q"\n'
    catalogue = own(money("p", "q", "r") + whole + '[[identity]]\nholds = "r = w - p"\n')
    (problem,) = of(catalogue, p="100.00 万元", q="10.00 万元", r="10.02 万元")
    assert problem.what.en.endswith("100.00 yuan remain")
    assert of(catalogue, p="100.00 万元", q="10.00 万元", r="10.01 万元") == []


def test_what_remains_is_told_in_the_unit_of_the_relation() -> None:
    paid = own(money("paid") + money("homes", unit="户") + money("each", unit="元/户") + '[[identity]]\nholds = "homes * each = paid"\n')
    (problem,) = of(paid, homes="5.00 万户", each="100.00 元/户", paid="600 万元")
    assert "households" not in problem.what.en
    assert problem.what.en.endswith("yuan remain")
    rate = own(money("a", "c") + money("u", unit="%") + '[[identity]]\nholds = "a / c = u"\n')
    (problem,) = of(rate, a="1 元", c="3 元", u="33.34 %")
    assert problem.what.en.endswith("rounding explains at most 0.0050%, 0.0017% remain")


def test_parts_of_a_target_add_up_as_far_as_they_were_printed() -> None:
    def parts(goal: str, unit: str, *values: str) -> list[Problem]:
        given = [value.split(" ") for value in values]
        some = [part("results", f"分项{n}", f"part {n}", number, of, role="target") for n, (number, of) in enumerate(given)]
        return broken(targets=[target("results", ">=", goal, unit, actual="1")], target_parts=some)

    assert parts("100.01", "万元", "50.00 万元", "50.00 万元") == []
    assert len(parts("100.02", "万元", "50.00 万元", "50.00 万元")) == 1
    assert parts("1.7", "万人", "10000 人", "6980 人") == []
    assert len(parts("1.8", "万人", "10000 人", "6980 人")) == 1


def test_a_year_in_which_a_fact_was_counted_otherwise_is_not_compared() -> None:
    dated = '[[fact]]\nid = "z"\nunit = "户"\n[[fact]]\nid = "z"\nunit = "money"\nfirst_year = 2023\n'
    catalogue = own(dated + '[[identity]]\nholds = "z = z@last_year"\n')
    before = record(facts=[fact("z", "5", "户", YEAR - 1)]).model_copy(update={"year": YEAR - 1})
    now = record(facts=[fact("z", "100", "元")])
    assert list(check_against_last_year(catalogue, now, before, where)) == []
