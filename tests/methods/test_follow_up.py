"""What became of findings: the cases worked out by hand, what cannot be is refused, and the section says it."""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import escape

from evallib.checks.follow_up import check_follow_ups, check_follow_ups_of_last_year
from evallib.data.load import load_year
from evallib.data.new_year import new_year
from evallib.methods.follow_up import (
    Followed,
    FollowUps,
    count_states,
    follow_ups,
    id_in,
    reference_date,
    resolved_share,
    unresolved,
)
from evallib.model.errors import InputRefused, Place, Problem
from evallib.model.evaluation import Evaluation
from evallib.model.optional_rows import FollowUp
from evallib.model.record import Finding, Recommendation, Record
from evallib.model.words import LANGS, Lang, words
from evallib.model.years import EvaluatedYear
from evallib.pages.report import SECTIONS, Report
from tests.conftest import GOLDEN, Copy

CASES = tomllib.loads((GOLDEN / "follow_up.toml").read_text(encoding="utf-8"))
DAY = datetime.date.fromisoformat
FROM = {"source": "report", "section": "1"}


def a_finding(id: str, kind: str) -> Finding:
    return Finding(finding=id, kind=kind, title=f"问题 {id}", title_en=f"what {id} is", indicator="quality", **FROM)


def a_row(subject: str, id: str, date: str, state: str, due: str | None = None, **more: str) -> FollowUp:
    return FollowUp.model_validate(FROM | {"subject": subject, "id": id, "date": date, "state": state, "due": due} | more)


def a_record(year: int, findings: Iterable[Finding], rows: Iterable[FollowUp]) -> Record:
    advice = Recommendation(id="r1", title="建议", title_en="advice", text="做", **FROM)
    return Record(department="d", name=words("某局", "A bureau"), year=year, framework="f", files=(),
                  findings=tuple(findings), recommendations=(advice,), follow_ups=tuple(rows))  # fmt: skip


def two_years(rows: list[list[Any]]) -> tuple[Record, Record]:
    """Last year's record and this year's, with the rows of a case in their tables."""
    said = {
        year: [a_row(*row[1:], **({"evidence": "凭证"} if year == 2023 else {})) for row in rows if row[0] == year] for year in (2023, 2024)
    }
    last = a_record(2023, [a_finding("1.1", "A"), a_finding("1.2", "A"), a_finding("2", "B"), a_finding("3", "C")], said[2023])
    return last, a_record(2024, [a_finding("1", "A"), a_finding("5", "D")], said[2024])


def by_id(told: FollowUps, record: Record) -> dict[str, Followed]:
    return {id_in(record, f.key): f for f in told.earlier}


@pytest.mark.parametrize("case", CASES["case"], ids=lambda c: c["name"])
def test_the_states_are_those_a_person_reads_out_of_the_rows(case: dict[str, Any]) -> None:
    last, record = two_years(case["rows"])
    told = follow_ups(record, last, DAY(case["asked"]) if "asked" in case else None)
    earlier = by_id(told, record)
    assert str(told.as_of or "") == case["as_of"], case["why"]
    assert {id: f.state or "" for id, f in earlier.items()} == case["states"], case["why"]
    assert {id_in(record, f.key): f.days_overdue for f in told.overdue} == case["overdue"], case["why"]
    share = resolved_share(f for f in told.earlier if f.key.subject == "finding")
    assert share is not None
    assert round(share, 4) == Decimal(case["share"]), case["why"]
    assert {id: list(f.again) for id, f in earlier.items() if f.again} == case["again"], case["why"]
    assert [id for id, f in earlier.items() if f.came_back] == case["came_back"], case["why"]


# --- what is refused -----------------------------------------------------------------------------------------------


def where(table: str, index: int, column: str | None) -> Place:
    return Place(f"{table}.csv", index + 2, column)


def problems(rows: list[list[Any]]) -> list[Problem]:
    last, record = two_years(rows)
    return [*check_follow_ups(last, where), *check_follow_ups(record, where), *check_follow_ups_of_last_year(record, last, where)]


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda c: c["name"])
def test_what_cannot_be_is_refused_at_its_row_in_both_languages(case: dict[str, Any]) -> None:
    found = {(p.place, p.what, p.found): p for p in problems(case["rows"]) if p.level == "error"}
    assert len(found) == 1
    [problem] = found.values()
    assert problem.place.row == 1 + len([row for row in case["rows"] if row[0] == 2024])
    for lang in LANGS:
        for expected in case[lang]:
            assert expected in problem.describe(lang)


@pytest.mark.parametrize("case", CASES["accepted"], ids=lambda c: c["name"])
def test_what_can_be_is_accepted_and_what_is_strange_is_remarked(case: dict[str, Any]) -> None:
    found = problems(case["rows"])
    assert [p.level for p in found if p.level != "warning"] == []
    assert [p.code for p in found] == case["warned"]


def test_without_last_years_record_a_row_about_it_is_taken_on_trust() -> None:
    record = two_years([[2024, "finding", "2023-9", "2025-01-01", "checked"]])[1]
    assert list(check_follow_ups(record, where)) == []
    [followed] = follow_ups(record).earlier
    assert (followed.known, followed.title.en) == (False, "finding 9 of 2023; its words are in that year's report")


TABLE = "subject,id,date,state,due,office,office_en,evidence,evidence_en,source,section\n"


def test_a_bad_row_stops_the_year_and_a_strange_one_does_not(copy: Copy) -> None:
    path = copy.year / "follow_ups.csv"
    path.write_text(TABLE + "finding,2,2024-03-31,done,,,,,,report,五\n", encoding="utf-8-sig")
    assert [p.code for p in load_year(copy.folder, "hrss", 2023).remarks if p.level == "warning"] == ["done_without_evidence"]
    path.write_text(TABLE + "finding,99,2024-03-31,open,,,,,,report,五\n", encoding="utf-8-sig")
    with pytest.raises(InputRefused, match="there is no such finding"):
        load_year(copy.folder, "hrss", 2023)


def test_a_row_about_last_year_is_held_against_last_year(copy: Copy) -> None:
    previous = load_year(copy.folder, "hrss", 2023).record.model_copy(update={"year": 2022})
    (copy.year / "follow_ups.csv").write_text(TABLE + "finding,2022-99,2024-03-31,open,,,,,,report,五\n", encoding="utf-8-sig")
    assert load_year(copy.folder, "hrss", 2023).record.follow_ups[0].id == "2022-99"
    with pytest.raises(InputRefused) as refusal:
        load_year(copy.folder, "hrss", 2023, previous)
    assert "last year has no such finding" in refusal.value.describe("en")


# --- what must hold for any rows -----------------------------------------------------------------------------------

DATES = st.dates(DAY("2024-01-01"), DAY("2026-12-31"))
ROWS = st.lists(
    st.tuples(
        st.sampled_from([("finding", "2023-1.1"), ("finding", "2023-2"), ("finding", "1"), ("recommendation", "r1")]),
        DATES,
        st.sampled_from(["open", "promised", "done", "checked"]),
        st.none() | DATES,
    ),
    max_size=12,
    unique_by=lambda row: row[:2],
)


def rows_of(drawn: list[Any]) -> list[list[Any]]:
    return [[2024, *of, str(date), state, str(due) if due else None] for of, date, state, due in drawn]


@given(ROWS.flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))))
def test_the_order_of_the_rows_does_not_matter(drawn: tuple[list[Any], list[Any]]) -> None:
    one, other = (two_years(rows_of(rows)) for rows in drawn)
    assert follow_ups(one[1], one[0]) == follow_ups(other[1], other[0])


@given(ROWS, st.integers(0, 900), st.integers(0, 900))
def test_with_nothing_new_said_what_is_overdue_stays_overdue(drawn: list[Any], sooner: int, longer: int) -> None:
    last, record = two_years(rows_of(drawn))
    from_day = reference_date([record]) or DAY("2024-06-30")
    early, late = (follow_ups(record, last, from_day + datetime.timedelta(days)) for days in (sooner, sooner + longer))
    assert {f.key for f in early.overdue} <= {f.key for f in late.overdue}


@given(ROWS)
def test_each_is_counted_once_and_nothing_resolved_is_overdue(drawn: list[Any]) -> None:
    last, record = two_years(rows_of(drawn))
    told = follow_ups(record, last)
    assert sum(count_states(told.earlier).values()) == len(told.earlier)
    assert not any(f.resolved for f in told.overdue)


# --- the next year, the page ---------------------------------------------------------------------------


def with_rows(evaluation: Evaluation, year: int, rows: Iterable[FollowUp], **more: Any) -> Evaluation:
    record = evaluation.record.model_copy(update={"year": year, "follow_ups": tuple(rows)} | more)
    return replace(evaluation, record=record)


def test_a_new_year_asks_what_became_of_what_is_not_done(copy: Copy) -> None:
    rows = "finding,2,2024-03-31,done,,,,凭证,,report,五\nfinding,4,2024-03-31,promised,2024-06-30,财务股,Accounts,,,report,五\n"
    (copy.year / "follow_ups.csv").write_text(TABLE + rows, encoding="utf-8-sig")
    record = load_year(copy.folder, "hrss", 2023).record
    lines = (
        (new_year(copy.folder, "hrss", 2024, from_year=None, to="csv", lang="zh") / "follow_ups.csv").read_text("utf-8-sig").splitlines()
    )
    assert lines[0] == "subject,id,#问题,date,state,#上年状态,due,office,office_en,evidence,evidence_en,source,section"
    assert [line.split(",")[1] for line in lines[1:]] == [f"2023-{f.finding}" for f in record.findings if f.finding != "2"]
    [meals] = [line for line in lines if line.startswith("finding,2023-4,")]
    assert meals.endswith(",,,已承诺 2024-03-31,2024-06-30,财务股,Accounts,,,,")


def test_a_new_year_asks_for_recommendations_that_were_promised(copy: Copy) -> None:
    rows = "recommendation,5.1,2024-03-31,promised,2024-06-30,,,,,report,五\nrecommendation,5.2,2024-03-31,done,,,,凭证,,report,五\n"
    (copy.year / "follow_ups.csv").write_text(TABLE + rows, encoding="utf-8-sig")
    text = (new_year(copy.folder, "hrss", 2024, from_year=None, to="csv", lang="zh") / "follow_ups.csv").read_text("utf-8-sig")
    assert [line.split(",")[1] for line in text.splitlines() if line.startswith("recommendation,")] == ["2023-5.1"]


def test_what_is_not_done_after_two_years_is_asked_for_again() -> None:
    record = two_years([[2024, "finding", "2023-2", "2025-01-01", "open"], [2024, "finding", "1", "2025-01-01", "done"]])[1]
    assert [(f.key.year, f.key.id) for f in unresolved(record)] == [(2024, "5"), (2023, "2")]


def section(this: Evaluation, last: Evaluation | None, lang: Any) -> str:
    return Report(EvaluatedYear(this, last, ()), lang).section("follow_up").html


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_with_nothing_to_tell_there_is_no_section(hrss: Evaluation, lang: Any) -> None:
    assert section(hrss, None, lang) == ""
    assert section(hrss, with_rows(hrss, 2022, [], findings=()), lang) == ""


def test_findings_of_which_nobody_said_anything_are_named(hrss: Evaluation) -> None:
    html = section(hrss, with_rows(hrss, 2022, []), "zh")
    assert "14 个问题没有整改记录" in html
    assert html.count('<li id="u-f-2022-') == 14


TOLD = [
    a_row("finding", "2022-2", "2024-01-31", "done", office="财务股", office_en="Accounts"),
    a_row("finding", "2022-4", "2024-01-31", "promised", "2024-02-29"),
    a_row("finding", "4", "2024-03-10", "open", "2024-03-09"),
    a_row("recommendation", "1.1", "2024-02-01", "promised", "2024-12-31"),
]
SAYS = {
    "zh": ["按截至 2024-03-10 的记录", "逾期未整改：2 项", "逾期 10 天", "逾期 1 天", "共 14 个：已整改 1 个，已承诺 1 个，无记录 12 个",
           "占 7.14%", "其中 1 个本年又发现同类问题", "财务股", "无佐证"],
    "en": ["records up to 2024-03-10", "Overdue: 2", "overdue 10 days", "overdue 1 day<",
           "14 findings: 1 done, 1 promised, 12 with no record",
           "Resolved: 1 (7.14%)", "1 came back", "Accounts", "no evidence"],
}  # fmt: skip


@pytest.mark.parametrize("lang", LANGS)
def test_the_section_tells_states_what_is_overdue_and_what_came_back(hrss: Evaluation, lang: Any) -> None:
    html = section(with_rows(hrss, 2023, TOLD), with_rows(hrss, 2022, []), lang)
    assert [said for said in SAYS[lang] if said not in html] == []


def test_each_finding_and_recommendation_bears_its_state(hrss: Evaluation) -> None:
    report = Report(EvaluatedYear(with_rows(hrss, 2023, TOLD), None, ()), "en")
    assert report.section("findings").html.count('href="#follow_up"') == 1
    assert report.section("recommendations").html.count('<span class="mark mark-promised">promised</span>') == 1


def test_what_became_of_findings_ends_the_main_text() -> None:
    assert list(SECTIONS)[list(SECTIONS).index("follow_up") + 1] == Report.PAPERS[0]


@settings(max_examples=20)
@given(ROWS)
def test_any_rows_make_a_section_that_names_all_that_is_overdue(hrss: Evaluation, drawn: list[Any]) -> None:
    this = with_rows(hrss, 2024, (a_row(*row[1:]) for row in rows_of(drawn) if row[2] != "1" and row[1] == "finding"))
    told = follow_ups(this.record, hrss.record)
    for lang in LANGS:
        html = section(this, hrss, lang)
        assert [f.title[lang] for f in told.overdue if str(escape(f.title[lang])) not in html] == []
        assert html.count("<li>") == len(told.overdue)


@pytest.mark.parametrize(("lang", "office"), [("zh", "局财务科"), ("en", "Finance section")])
def test_this_years_findings_show_who_is_to_mend_them_by_when(hrss: Evaluation, lang: Lang, office: str) -> None:
    named = {"office": "局财务科", "office_en": "Finance section"}
    row = a_row("finding", "2", "2024-03-31", "open", "2024-06-30").model_copy(update=named)
    e = with_rows(hrss, 2023, [row])
    html = Report(EvaluatedYear(e, None, ()), lang).section("follow_up").html
    assert office in html
    assert "2024-06-30" in html
