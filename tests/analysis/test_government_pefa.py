"""Budget variance as PEFA measures it: against a real government's published figures, at every edge, and for every budget."""

from __future__ import annotations

import csv
import hashlib
import tomllib
from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from evallib.analysis.government_pefa import Head, PefaYear, assess, composition, score
from evallib.model.errors import InputRefused
from evallib.model.government_rows import Kind
from evallib.model.units import round_half_up
from evallib.model.words import LANGS
from tests.conftest import GOLDEN

CASES = GOLDEN / "israel_budget"
EXPECTED: dict[str, Any] = tomllib.loads((CASES / "expected.toml").read_text(encoding="utf-8"))
YEARS = (1998, 1999, 2000)
BUDGETS = ("original", "revised")


def _rows(year: int) -> list[dict[str, str]]:
    with (CASES / f"{year}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ROWS = {year: _rows(year) for year in YEARS}


def _amount(cell: str) -> Decimal:
    """An empty cell is no amount, that is nothing: the publisher's own differences in all rows are worked that way."""
    return Decimal(cell) if cell else Decimal(0)


def _head(row: dict[str, str], kind: Kind = "ordinary") -> Head:
    amounts = {column: _amount(row[column]) for column in ("original", "executed")}
    return Head(code=row["code"], name=row["name"], kind=kind, **amounts)


def _heads(year: int, kinds: dict[str, Kind]) -> tuple[Head, ...]:
    """The ministries of a year; one that holds both principal and interest is replaced by its parts."""
    split = EXPECTED["split"]
    parts = {part for found in split.values() for part in found}
    chosen = [row for row in ROWS[year] if (len(row["code"]) == 4 and row["code"] not in split) or row["code"] in parts]
    return tuple(_head(row, kinds.get(row["code"], "ordinary")) for row in chosen)


# What the publisher printed


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("budget", BUDGETS)
def test_every_published_difference_and_percentage_is_recomputed(year: int, budget: str) -> None:
    """All rows, ministries and parts.

    Published, and asserted here: where the budget is zero or empty, the difference is all that was executed and the percentage is
    left empty, never 0 or 100. Where nothing was executed of a budget, the percentage is 0. Both empty: the difference is 0.
    Percentages are half up to one decimal; the binary noise is below a hundredth of a percent.
    """
    found = []
    for row in ROWS[year]:
        measured = Head(code="1", name="a", original=_amount(row[budget]), executed=_amount(row["executed"]))
        assert measured.difference == Decimal(row[f"executed_minus_{budget}"]), row
        printed = row[f"executed_over_{budget}_pct"]
        if measured.share is None:
            assert _amount(row[budget]) == 0, row
            assert printed == "", row
            continue
        published = round_half_up(Decimal(printed), 1)
        assert abs(Decimal(printed) - published) <= Decimal("0.01"), row
        recomputed = round_half_up(measured.share * 100, 1)
        if recomputed != published:
            found.append((row["code"], str(published), str(recomputed)))
    assert found == [(x["code"], x["published"], x["recomputed"]) for x in EXPECTED["percentage"] if x["year"] == year]


def test_all_rows_are_there_and_some_have_no_base() -> None:
    assert [len(ROWS[year]) for year in YEARS] == [500, 515, 510]
    without_base = [row[budget] for rows in ROWS.values() for row in rows for budget in BUDGETS if not _amount(row[budget])]
    assert (without_base.count(""), without_base.count("0")) == (121, 58)


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("column", ["original", "revised", "executed"])
def test_parts_sum_to_their_ministry_as_published(year: int, column: str) -> None:
    ministries = {row["code"]: _amount(row[column]) for row in ROWS[year] if len(row["code"]) == 4}
    sums = dict.fromkeys(ministries, Decimal(0))
    orphans = []
    for row in ROWS[year]:
        if len(row["code"]) == 6:
            if row["code"][:4] in sums:
                sums[row["code"][:4]] += _amount(row[column])
            else:
                orphans.append(row["code"])
    off = {code: int(amount - sums[code]) for code, amount in ministries.items() if amount != sums[code]}
    assert off == (EXPECTED["sums"][str(year)] if column == "executed" else {})
    assert all(abs(difference) <= 3 for difference in off.values())
    assert orphans == EXPECTED["orphans"][str(year)]


def test_the_data_are_the_ones_that_were_received() -> None:
    known = {
        "1998.csv": "e2451528ffd93ebc56b9c3db17c27df507c32e0938adcac7e73a0da4bc12bb82",
        "1999.csv": "81adf9d78d07d51e94928de19d49c18ecb55554e1bb8b37d35ca2555464ef46b",
        "2000.csv": "9d09ea8bf204edd8fafb0341079e46ad9e75849b60a736c88120dfa245a83fcc",
    }
    assert {name: hashlib.sha256((CASES / name).read_bytes()).hexdigest() for name in known} == known
    readme = (CASES / "README.md").read_text(encoding="utf-8")
    assert "OpenBudget/open-budget-data" in readme
    assert "MIT licence" in readme


# PI-1, PI-2.1 and PI-2.3 of the real budget, against the case file


def test_the_real_budget_gives_the_numbers_worked_by_hand() -> None:
    found = assess({year: _heads(year, EXPECTED["kinds"]) for year in YEARS})
    for measured in found.years:
        expected = EXPECTED["years"][str(measured.year)]
        assert (measured.original, measured.executed) == (expected["original"], expected["executed"])
        composed = measured.composition
        assert composed is not None
        assert (len(composed.lines), composed.pooled) == (21, expected["heads"] - 20)
        for name in ("outturn", "composition_variance", "contingency"):
            assert str(round_half_up(getattr(measured, name), 5)) == expected[name], (measured.year, name)
    assert {score.indicator: score.grade for score in found.scores} == EXPECTED["scores"]


def test_the_lines_of_1998_are_those_of_the_hand_calculation() -> None:
    composed = composition(_heads(1998, EXPECTED["kinds"]))
    assert composed is not None
    first, last = composed.lines[0], composed.lines[-1]
    assert (first.code, round_half_up(first.scaled or Decimal(0), 1), round_half_up(first.deviation, 1)) == (
        "0015",
        Decimal("31954901.3"),
        Decimal("4224487.7"),
    )
    assert (last.code, last.words.en, round_half_up(last.deviation, 1)) == ("", "41 other heads", Decimal("-252935.6"))
    assert sum(line.executed or 0 for line in composed.lines) == composed.executed == 131100274
    assert round_half_up(sum((abs(line.deviation) for line in composed.lines), Decimal(0)), 1) == Decimal("10338925.1")


def test_enterprises_taken_as_printed_change_the_scores() -> None:
    enterprises = {"0089", "0094", "0095", "0096", "0098"}
    for year in YEARS:  # the reason they are left outside: executed net of income is 0, whatever was spent
        assert {row["executed"] for row in ROWS[year] if row["code"] in enterprises} == {"0"}
    kinds = {code: kind for code, kind in EXPECTED["kinds"].items() if code not in enterprises}
    found = assess({year: _heads(year, kinds) for year in YEARS})
    expected = EXPECTED["as_printed"]
    for measured in found.years:
        for name in ("outturn", "composition_variance"):
            assert str(round_half_up(getattr(measured, name), 5)) == expected[name][str(measured.year)]
    assert {score.indicator: score.grade for score in found.scores} == expected["scores"]


def test_the_workings_can_be_checked_by_a_person() -> None:
    found = assess({year: _heads(year, EXPECTED["kinds"]) for year in YEARS})
    assert [line.en for line in found.years[0].working] == [
        "1998 aggregate outturn: 157,336,884 ÷ 162,012,692 = 97.11%.",
        "1998 composition variance: 20 heads singly, 41 pooled, budgets times 131,100,274 ÷ 133,311,466; absolute deviations "
        "10,338,925 ÷ 131,100,274 = 7.89%; furthest among the single heads: 0015 (4,224,488).",
        "1998 contingency charged: 0 ÷ 162,012,692 = 0.00%.",
        "1998 heads left outside the measures (7): 0084, 0089, 0094, 0095, 0096, 0098, 009901.",
    ]
    assert found.scores[0].working.en == (
        "PI-1: 1998 97.11%, 1999 93.68%, 2000 98.26%. Within 5 points of 100% in 2 of 3 years (two are needed): A."
    )
    assert found.scores[0].working.zh == (
        "PI-1：1998 年 97.11%，1999 年 93.68%，2000 年 98.26%。与 100% 相差不超过 5 个百分点的有 2 年（三年中须有两年）：A 级。"
    )
    assert found.scores[1].working.en.endswith("Below 10% in 3 of 3 years (two are needed): B.")


# Hebrew names


@pytest.mark.parametrize("year", YEARS)
def test_hebrew_names_survive_letter_by_letter(year: int) -> None:
    """In at the file, out through JSON, back, and onto the lines: the same letters in the same order and no control marks."""
    names = {row["code"]: row["name"] for row in ROWS[year]}
    assert any("\u05d0" <= letter <= "\u05ea" for letter in "".join(names.values()))
    for row in ROWS[year]:
        head = _head(row)
        assert head.name == row["name"]
        assert Head.model_validate_json(head.model_dump_json()) == head
        assert head.name.encode("utf-8") in (CASES / f"{year}.csv").read_bytes().replace(b'""', b'"')
    composed = composition(_heads(year, EXPECTED["kinds"]))
    assert composed is not None
    for line in composed.lines[:-1]:
        assert line.words.zh == line.words.en == names[line.code]
    told = "".join(
        text[lang] for measured in assess({year: _heads(year, EXPECTED["kinds"])}).years for text in measured.working for lang in LANGS
    )
    assert not set(told + "".join(names.values())) & set("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


# Edges in threes: just below, at, just above


def _two_years(share: str, other: str) -> dict[int, Decimal | None]:
    """Two years at the share in question, one far outside: two of three decide."""
    return {2001: Decimal(share), 2002: Decimal(other), 2003: Decimal(share)}


@pytest.mark.parametrize(
    ("share", "grade"),
    [
        ("0.849999", "D"), ("0.85", "C"), ("0.850001", "C"), ("0.899999", "C"), ("0.9", "B"), ("0.900001", "B"),
        ("0.949999", "B"), ("0.95", "A"), ("0.950001", "A"), ("1", "A"), ("1.049999", "A"), ("1.05", "A"), ("1.050001", "B"),
        ("1.099999", "B"), ("1.1", "B"), ("1.100001", "C"), ("1.149999", "C"), ("1.15", "C"), ("1.150001", "D"), ("0", "D"),
    ],
)  # fmt: skip
def test_edges_of_pi_1(share: str, grade: str) -> None:
    assert score("PI-1", _two_years(share, "3")).grade == grade


@pytest.mark.parametrize(
    ("share", "grade"),
    [
        ("0", "A"), ("0.049999", "A"), ("0.05", "B"), ("0.050001", "B"), ("0.099999", "B"), ("0.1", "C"), ("0.100001", "C"),
        ("0.149999", "C"), ("0.15", "D"), ("0.150001", "D"),
    ],
)  # fmt: skip
def test_edges_of_pi_2_1(share: str, grade: str) -> None:
    assert score("PI-2.1", _two_years(share, "3")).grade == grade


@pytest.mark.parametrize(
    ("mean", "grade"),
    [
        ("0", "A"), ("0.029999", "A"), ("0.03", "B"), ("0.030001", "B"), ("0.059999", "B"), ("0.06", "B"), ("0.060001", "C"),
        ("0.099999", "C"), ("0.1", "D"), ("0.100001", "D"),
    ],
)  # fmt: skip
def test_edges_of_pi_2_3(mean: str, grade: str) -> None:
    apart = Decimal("0.03") if Decimal(mean) >= Decimal("0.03") else Decimal(0)
    shares = {2001: Decimal(mean) - apart, 2002: Decimal(mean), 2003: Decimal(mean) + apart}
    assert score("PI-2.3", shares).grade == grade


@pytest.mark.parametrize(("parts", "grade"), [(((1, 60), (7, 60), (7, 150)), "B"), (((1, 30), (2, 15), (2, 15)), "D")])
def test_the_last_digit_of_a_division_does_not_decide_an_edge(parts: tuple[tuple[int, int], ...], grade: str) -> None:
    """Means of exactly 6% and exactly 10%, whose divisions end a digit above the one and a digit below the other."""
    shares = {2001 + n: Decimal(part) / whole for n, (part, whole) in enumerate(parts)}
    assert sum(shares.values()) / 3 not in (Decimal("0.06"), Decimal("0.1"))
    assert score("PI-2.3", shares).grade == grade


def test_a_figure_beside_its_edge_is_not_rounded_onto_it() -> None:
    told = score("PI-2.1", {2001: Decimal("0.049999"), 2002: Decimal("0.05"), 2003: Decimal("0.0412345")}).working.en
    assert told.startswith("PI-2.1: 2001 4.9999%, 2002 5.00%, 2003 4.12%.")


@pytest.mark.parametrize(
    ("shares", "grade"),
    [
        (("0.96", "0.96", "0.96"), "A"), (("0.96", "0.5", "1.04"), "A"), (("0.96", "0.91", "0.5"), "B"),
        (("0.96", "0.86", "0.5"), "C"), (("0.96", "0.5", "0.5"), "D"), (("1.2", "0.86", "0.91"), "C"),
    ],
)  # fmt: skip
def test_two_of_three_years_whichever_they_are(shares: tuple[str, str, str], grade: str) -> None:
    for turn in range(3):
        turned = shares[turn:] + shares[:turn]
        found = score("PI-1", {2001 + n: Decimal(share) for n, share in enumerate(turned)})
        assert found.grade == grade
        assert all(found.working[lang].rstrip("。.").rstrip(" 级").endswith(grade) for lang in LANGS)


# Missing, zero, and too few years


@pytest.mark.parametrize("indicator", ["PI-1", "PI-2.1", "PI-2.3"])
@pytest.mark.parametrize(
    "shares", [{}, {2001: Decimal(1)}, {2001: Decimal(0), 2002: Decimal(0)}, {2001: Decimal(0), 2002: None, 2003: Decimal(0)}]
)
def test_fewer_than_three_years_is_said(indicator: Any, shares: dict[int, Decimal | None]) -> None:
    found = score(indicator, shares)
    known = [year for year, share in shares.items() if share is not None]
    assert found.grade is None
    assert f"three years are needed, there are {len(known)}" in found.working.en
    assert all(str(year) in found.working[lang] for year in known for lang in LANGS)
    assert "2002" not in found.working.en or 2002 in known


@pytest.mark.parametrize("years", [(2001, 2002, 2003, 2004), (2001, 2002, 2004)])
def test_other_than_three_years_in_a_row_is_refused(years: tuple[int, ...]) -> None:
    with pytest.raises(InputRefused, match="Three years in a row are needed"):
        score("PI-1", dict.fromkeys(years, Decimal(1)))


def test_every_problem_is_named_at_once() -> None:
    twice = (_plain("1", 1, 1), _plain("1", 2, 2))
    with pytest.raises(InputRefused) as refused:
        assess({2001: twice, 2002: (), 2003: twice, 2004: ()})
    assert len(refused.value.problems) == 3
    assert 'PEFA 2003, column code: A code appears twice in one year (found "1")' in refused.value.describe("en")


def _plain(code: str, original: int | Decimal | None, executed: int | Decimal | None, kind: Kind = "ordinary") -> Head:
    whole = [None if amount is None else Decimal(amount) for amount in (original, executed)]
    return Head(code=code, name=code, original=whole[0], executed=whole[1], kind=kind)


def _measured(heads: tuple[Head, ...]) -> PefaYear:
    return assess({2001: heads}).years[0]


@pytest.mark.parametrize(("original", "executed"), [(None, 5), (0, 5), (0, 0), (None, None)])
def test_a_zero_or_missing_base_gives_none(original: int | None, executed: int | None) -> None:
    heads = (_plain("1", original, executed),)
    assert heads[0].share is None
    found = _measured(heads)
    assert found.outturn is found.composition_variance is found.contingency is None


def test_a_negative_total_is_no_base() -> None:
    heads = (_plain("1", 10, 9), _plain("2", -20, 9))
    found = _measured(heads)
    assert found.outturn is found.composition_variance is found.contingency is None


def test_one_missing_amount_leaves_the_year_undefined_and_says_so() -> None:
    heads = (_plain("1", 10, 9), _plain("2", 10, None))
    measured = assess({2001: heads}).years[0]
    assert measured.outturn is measured.composition_variance is None
    assert measured.contingency == 0
    assert measured.working[0].en == "2001 aggregate outturn: not defined (an amount is missing, or the base is not above zero)."
    assert "无定义" in measured.working[1].zh
    assert measured.working[2].en == "2001 contingency charged: the budget has no contingency head, which counts as 0."
    charged = (_plain("1", 10, 9), _plain("2", 10, None, "contingency"))
    assert _measured(charged).contingency is None
    assert "not defined" in _measured(charged).working[2].en
    assert _measured(()).contingency is None


def test_nothing_spent_at_all_has_no_composition() -> None:
    heads = (_plain("1", 10, 0), _plain("2", 10, 0))
    assert _measured(heads).outturn == 0
    assert composition(heads) is None


def test_each_kind_counts_where_it_should() -> None:
    heads = (_plain("1", 60, 40), _plain("2", 40, 40), _plain("3", 50, 60, "interest"), _plain("4", 50, 10, "contingency"),
             _plain("5", 999, 1, "income"), _plain("6", 999, 1, "outside"))  # fmt: skip
    assert {head.kind for head in heads} == set(get_args(Kind))
    found = _measured(heads)
    assert found.outturn == Decimal("0.75")  # 150 of 200
    assert found.composition_variance == Decimal("0.2")  # (|40 - 48| + |40 - 32|) / 80
    assert found.contingency == Decimal("0.05")  # 10 of 200


def test_a_head_is_frozen_and_refuses_what_it_does_not_know() -> None:
    with pytest.raises(ValidationError):
        Head(code="1", name="a", original=Decimal(1), executed=None, kind="other")
    with pytest.raises(ValidationError):
        _plain("1", 1, 1).code = "2"  # type: ignore[misc]


# The largest heads


def test_twenty_stand_singly_and_the_rest_are_pooled() -> None:
    heads = (*(_plain(f"{n:02}", 1000 - n, 1000 - n) for n in range(20)), _plain("20", 10, 0), _plain("21", 10, 20))
    composed = composition(heads)
    assert composed is not None
    assert (len(composed.lines), composed.pooled, composed.lines[-1].words.zh) == (21, 2, "其余 2 个")
    assert composed.variance == 0, "what moves between pooled heads cancels out"
    assert all(line.deviation == 0 for line in composed.lines)


@pytest.mark.parametrize(("count", "single", "pooled"), [(19, 19, 0), (20, 20, 0), (21, 20, 1), (26, 20, 6), (27, 21, 6), (40, 30, 10)])
def test_the_single_heads_make_up_three_quarters_of_the_budget(count: int, single: int, pooled: int) -> None:
    """Heads of one size: 20 of 26 are 76.9%, 20 of 27 only 74.1% and a 21st is needed, 30 of 40 are exactly 75%."""
    composed = composition(tuple(_plain(f"{n:02}", 7, 7) for n in range(count)))
    assert composed is not None
    assert (len(composed.lines) - (1 if pooled else 0), composed.pooled) == (single, pooled)


def test_heads_of_one_size_are_taken_by_code() -> None:
    codes = [f"{n:02}" for n in range(22)]
    composed = composition(tuple(_plain(code, 10, 10) for code in codes[::-1]))
    assert composed is not None
    assert [line.code for line in composed.lines] == [*codes[:20], ""]


# What holds for every budget

_MONEY = st.decimals(0, 10**12, places=2)
_POSITIVE = st.decimals("0.01", 10**12, places=2)
_SIGNED = st.decimals(-(10**12), 10**12, places=2)


def _budget(amounts: list[tuple[Decimal, Decimal]]) -> tuple[Head, ...]:
    return tuple(_plain(f"{n:03}", original, executed) for n, (original, executed) in enumerate(amounts))


def _variance(heads: tuple[Head, ...]) -> Decimal | None:
    found = composition(heads)
    return found.variance if found else None


@given(originals=st.lists(_POSITIVE, min_size=1, max_size=40), rate=st.decimals("0.001", 3, places=3))
def test_execution_in_proportion_has_no_composition_variance(originals: list[Decimal], rate: Decimal) -> None:
    assert _variance(_budget([(original, original * rate) for original in originals])) == 0


@given(amounts=st.lists(st.tuples(_MONEY, _MONEY), min_size=1, max_size=40), factor=st.decimals("0.001", 1000, places=3))
def test_composition_variance_does_not_know_the_unit_of_money(amounts: list[tuple[Decimal, Decimal]], factor: Decimal) -> None:
    scaled = [(original * factor, executed * factor) for original, executed in amounts]
    assert _variance(_budget(amounts)) == _variance(_budget(scaled))


@given(amounts=st.lists(st.tuples(_SIGNED, _SIGNED), max_size=40))
def test_composition_variance_is_never_negative(amounts: list[tuple[Decimal, Decimal]]) -> None:
    found = composition(_budget(amounts))
    if found is None:
        originals, executed = sum(o for o, _ in amounts), sum(e for _, e in amounts)
        assert originals <= 0 or executed <= 0
    else:
        assert found.variance >= 0
        assert sum(line.executed or 0 for line in found.lines) == found.executed


@given(amounts=st.lists(st.tuples(_MONEY, _MONEY), min_size=1, max_size=40))
def test_composition_variance_of_spending_without_minus_is_at_most_two(amounts: list[tuple[Decimal, Decimal]]) -> None:
    found = _variance(_budget(amounts))
    assert found is None or found <= 2


@given(shares=st.lists(st.decimals(0, 2, places=3), min_size=3, max_size=3))
def test_moving_every_year_towards_the_budget_never_costs_a_grade(shares: list[Decimal]) -> None:
    nearer = {2001 + n: (share + 1) / 2 for n, share in enumerate(shares)}
    before, after = score("PI-1", {2001 + n: share for n, share in enumerate(shares)}).grade, score("PI-1", nearer).grade
    assert before is not None
    assert after is not None
    assert after <= before
