"""Accounting identities: numbers that must add up, within a year and from one year to the next. Pure: it only reports.

A break that the data itself records as a contradiction, with its reason, does not stop a run; the report shows it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from evallib.core.errors import Place, Problem, Where
from evallib.core.evaluation import InputValue
from evallib.core.facts import FACTS
from evallib.core.measure import find_fact, sum_of_parts
from evallib.core.record import Record
from evallib.core.units import convert, plain, quantity
from evallib.core.words import words

_EQUAL: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
    # a total, what must make it up (a leading - takes away), and what that is called
    ("approved_expenditure", ("approved_income",), "年初批复的支出应等于收入", "approved expenditure must equal approved income"),
    ("adjusted_expenditure", ("adjusted_income",), "调整后的支出应等于收入", "adjusted expenditure must equal adjusted income"),
    (
        "closing_carryover",
        ("adjusted_expenditure", "-outturn"),
        "调整后预算减决算应等于年末结转结余",
        "adjusted budget less outturn must be the closing carry-over",
    ),
)

_WITHIN: tuple[tuple[str, str], ...] = (
    ("projects_with_goals", "projects"),
    ("projects_monitored", "projects"),
    ("tasks_completed", "tasks"),
    ("tasks_on_time", "tasks"),
    ("key_tasks_completed", "key_tasks"),
    ("assessment_score", "assessment_full_score"),
    ("questionnaires_returned", "questionnaires_sent"),
    ("questionnaires_valid", "questionnaires_returned"),
    ("assets_inspected_count", "assets_count"),
    ("assets_inspected_value", "assets_gross"),
    ("assets_idle_count", "assets_inspected_count"),
    ("assets_to_scrap_count", "assets_inspected_count"),
    ("assets_idle_value", "assets_inspected_value"),
    ("assets_to_scrap_value", "assets_inspected_value"),
    ("assets_depreciation", "assets_gross"),
    ("closing_carryover_basic", "closing_carryover"),
)


_NOTHING_TO_DO = words("无需处理，报告附录三照原文列出", "nothing to do: appendix 3 of the report shows it as printed")


def check_identities(record: Record, where: Where) -> Iterator[Problem]:
    """Every identity within a year that does not hold. One that the data records as a contradiction is not an error."""
    for check in (_totals, _between_totals, _more_than_inspected, _findings, _target_parts):
        yield from _acknowledged(record, check(record, where))


def check_against_last_year(record: Record, previous: Record, where: Where) -> Iterator[Problem]:
    """Every identity from one year to the next that does not hold."""
    yield from _acknowledged(record, _from_last_year(record, previous, where))


def _acknowledged(record: Record, broken: Iterator[Problem]) -> Iterator[Problem]:
    """The problems; one that the data records as a contradiction is reported as recorded, not as an error."""
    acknowledged = {token: row for row in record.contradictions for token in row.subjects}
    for problem in broken:
        known = next((acknowledged[token] for token in problem.about if token in acknowledged), None)
        if known is None:
            yield problem
        else:
            reason = words(
                f"{problem.what.zh}；已记录为矛盾：{known.reason}", f"{problem.what.en}; recorded as a contradiction: {known.words.en}"
            )
            yield replace(problem, what=reason, fix=_NOTHING_TO_DO, level="recorded")


def _row_of(record: Record, fact: str, where: Where, year: int) -> Place:
    """The row that a fact stands in, or that of its first part."""
    for id in (fact, *(part.lstrip("-") for part in FACTS[fact].parts)):
        for index, row in enumerate(record.facts):
            if row.fact == id and row.year == year:
                return where("facts", index, "value")
    return Place(where("facts", 0, None).file)


def _family(fact: str) -> tuple[str, ...]:
    """A fact and its parts: recording any of them as contradictory explains a sum that does not hold."""
    return (fact, *(part.lstrip("-") for part in FACTS[fact].parts))


def _totals(record: Record, where: Where) -> Iterator[Problem]:
    """A total that was given along with its parts is their sum."""
    for index, row in enumerate(record.facts):
        if not FACTS[row.fact].parts or row.value is None:
            continue
        whole, parts = find_fact(record, row.fact, row.year), sum_of_parts(record, row.fact, row.year)
        if whole and parts and parts.value is not None and whole.value != parts.value:
            named = "、".join(FACTS[row.fact].parts)
            yield Problem(
                where("facts", index, "value"),
                words(f"与分项合计 {plain(parts.value)} 不一致", f"is not the sum of its parts, {plain(parts.value)}"),
                words(
                    f"改正合计或分项；也可删去合计，由分项（{named}）计算",
                    f"correct it or its parts; or delete it, and it is summed from {named.replace('、', ', ')}",
                ),
                plain(row.value),
                code="identity",
                about=_family(row.fact),
            )


def _between_totals(record: Record, where: Where) -> Iterator[Problem]:
    year = record.year
    for id, made_of, zh, en in _EQUAL:
        whole = find_fact(record, id, year)
        terms = [(-1 if m.startswith("-") else 1, find_fact(record, m.lstrip("-"), year)) for m in made_of]
        if whole is None or whole.value is None or any(t is None or t.value is None for _, t in terms):
            continue
        total = sum((sign * (term.value or Decimal(0)) for sign, term in terms if term), Decimal(0))
        if total != whole.value:
            yield Problem(
                _row_of(record, id, where, year),
                words(f"{zh}（{plain(total)}）", f"{en} ({plain(total)})"),
                words(
                    "核对原始报表，改正数字；若原文就是如此，在“矛盾”表（contradictions）中记录并说明",
                    "check the accounts and correct the number; "
                    "where the source really says so, record it in Contradictions with the reason",
                ),
                plain(whole.value),
                code="identity",
                about=(*_family(id), *(f for m in made_of for f in _family(m.lstrip("-")))),
            )
    for part, whole_id in _WITHIN:
        small, large = find_fact(record, part, year), find_fact(record, whole_id, year)
        if small and large and small.value is not None and large.value is not None and small.value > large.value:
            yield _above(record, small, large, where)


def _more_than_inspected(record: Record, where: Where) -> Iterator[Problem]:
    """Idle assets and assets to scrap are part of those inspected."""
    for kind in ("count", "value"):
        ids = (f"assets_idle_{kind}", f"assets_to_scrap_{kind}", f"assets_inspected_{kind}")
        idle, scrap, inspected = (find_fact(record, id, record.year) for id in ids)
        if idle is None or scrap is None or inspected is None or None in (idle.value, scrap.value, inspected.value):
            continue
        taken = (idle.value or Decimal(0)) + (scrap.value or Decimal(0))
        if taken > (inspected.value or Decimal(0)):
            yield Problem(
                _row_of(record, ids[0], where, record.year),
                words(
                    f"闲置与待报废合计 {plain(taken)}，超过抽查的 {plain(inspected.value or Decimal(0))}",
                    f"idle and to scrap make {plain(taken)}, more than the {plain(inspected.value or Decimal(0))} inspected",
                ),
                words("改正其中一个数字", "correct one of the numbers"),
                code="identity",
                about=ids,
            )


def _above(record: Record, small: InputValue, large: InputValue, where: Where) -> Problem:
    return Problem(
        _row_of(record, small.fact, where, record.year),
        words(
            f"{small.name.zh}不能超过{large.name.zh}（{plain(large.value or Decimal(0))}）",
            f"{small.name.en} cannot be above {large.name.en} ({plain(large.value or Decimal(0))})",
        ),
        words("改正其中一个数字", "correct one of the two"),
        plain(small.value or Decimal(0)),
        code="identity",
        about=(small.fact, large.fact),
    )


def _findings(record: Record, where: Where) -> Iterator[Problem]:
    """A voucher's amount is quantity times price, and the sum of its parts."""
    for index, row in enumerate(record.findings):
        if row.amount is None:
            continue
        if row.quantity is not None and row.unit_price is not None and row.quantity * row.unit_price != row.amount:
            product = f"{plain(row.quantity)} × {plain(row.unit_price, 2)} = {plain(row.quantity * row.unit_price, 2)}"
            yield Problem(
                where("findings", index, "amount"),
                words(f"不等于数量乘单价：{product}", f"is not quantity times price: {product}"),
                words(
                    "核对凭证，改正其中一个数字；若原文就是如此，在“矛盾”表（contradictions）中记录并说明",
                    "check the voucher and correct one of the numbers; where the source really says so, record it in Contradictions",
                ),
                plain(row.amount, 2),
                code="identity",
                about=(row.finding,),
            )
        parts = [p.value for p in record.finding_amounts if p.finding == row.finding]
        if parts and sum(parts, Decimal(0)) != row.amount:
            yield Problem(
                where("findings", index, "amount"),
                words(
                    f"不等于分项之和 {plain(sum(parts, Decimal(0)), 2)}", f"is not the sum of its parts, {plain(sum(parts, Decimal(0)), 2)}"
                ),
                words("改正金额，或“问题金额分项”表（finding_amounts）中的分项", "correct the amount or its parts in Finding amounts"),
                plain(row.amount, 2),
                code="identity",
                about=(row.finding,),
            )


def _target_parts(record: Record, where: Where) -> Iterator[Problem]:
    for index, row in enumerate(record.targets):
        parts = [p for p in record.target_parts if p.indicator == row.indicator and p.role == "target"]
        counted = sum((convert(p.value, p.unit, row.unit) for p in parts if p.counted == "yes"), Decimal(0))
        if any(p.counted == "yes" for p in parts) and counted != row.target:
            yield Problem(
                where("targets", index, "target"),
                words(
                    f"不等于分项之和 {quantity(counted, row.unit, 'zh')}",
                    f"is not the sum of its parts, {quantity(counted, row.unit, 'en')}",
                ),
                words("改正目标，或“目标分项”表（target_parts）中的分项", "correct the target or its parts in Target parts"),
                plain(row.target),
                code="identity",
                about=(row.indicator,),
            )


def _from_last_year(record: Record, previous: Record, where: Where) -> Iterator[Problem]:
    """What last year closed with is what this year opened with; last year's numbers are told the same way twice."""
    closing, opening = find_fact(previous, "closing_carryover", previous.year), find_fact(record, "opening_carryover", record.year)
    if closing and opening and closing.value is not None and opening.value is not None and closing.value != opening.value:
        yield Problem(
            _row_of(record, "opening_carryover", where, record.year),
            words(
                f"与上年年末结转结余 {plain(closing.value, 2)} 不一致", f"is not last year's closing carry-over, {plain(closing.value, 2)}"
            ),
            words(
                "改正本年或上年的数字；若确有调整，在“矛盾”表（contradictions）中记录并说明",
                "correct this year's or last year's number; where it was really adjusted, record it in Contradictions",
            ),
            plain(opening.value, 2),
            code="identity",
            about=("opening_carryover", "closing_carryover"),
        )
    for index, row in enumerate(record.facts):
        told = find_fact(previous, row.fact, row.year) if row.year == previous.year else None
        value = find_fact(record, row.fact, row.year)
        if told and told.value is not None and value and value.value is not None and told.value != value.value:
            yield Problem(
                where("facts", index, "value"),
                words(
                    f"与 {previous.year} 年数据中的 {plain(told.value)} 不一致",
                    f"is not what the data of {previous.year} says, {plain(told.value)}",
                ),
                words(
                    "改正其中一年的数字；若口径不同，在“矛盾”表（contradictions）中记录并说明",
                    "correct one of the two years; where they are counted differently, record it in Contradictions",
                ),
                plain(value.value),
                code="identity",
                about=(row.fact,),
            )
