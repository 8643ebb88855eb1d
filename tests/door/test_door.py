"""The front door: what is offered, what is given back, what is refused."""

from __future__ import annotations

import csv
import math
import re
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import evallib as ev
from evallib.data.frames import TABLES
from evallib.door.shown import Shows
from evallib.model.units import SHARE, convert
from evallib.runs.engine import fast_engine
from evallib.runs.report import run_report
from evallib.score.reconcile import reconcile
from tests.conftest import DATA, ROOT


def test_the_names_are_few_and_all_are_there() -> None:
    assert len(ev.__all__) <= 14
    assert dir(ev) == ev.__all__
    assert all(callable(getattr(ev, name)) and getattr(ev, name).__doc__ for name in ev.__all__)


def test_importing_it_costs_nothing() -> None:
    heavy = "['pandas', 'matplotlib', 'pydantic', 'nbconvert', 'papermill', 'ipywidgets']"
    code = f"import sys, evallib as ev; dir(ev); print([m for m in {heavy} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_every_public_name_of_a_class_says_what_it_is() -> None:
    for name in ("Book", "Years", "County", "Result"):
        offered = getattr(ev, name)
        lacking = [
            one
            for one in dir(offered)
            if not one.startswith("_") and not (getattr(offered, one).__doc__ or "").strip() and one not in ("department", "year", "grade")
        ]
        assert not lacking, name


def test_names_work_as_ids_do_in_both_languages(county: Path) -> None:
    book = ev.open(county)
    by_id = book["education", 2023]
    assert [book[by_id.evaluation.record.name.zh, 2023].total, book[by_id.evaluation.record.name.en, 2023].total] == [by_id.total] * 2
    assert by_id.explain("预算执行率").working == by_id.explain("budget_execution").working


def test_a_book_gives_a_result_a_departments_years_and_a_county(book: ev.Book) -> None:
    assert isinstance(book["education", 2023], ev.Result)
    assert [r.year for r in book["education"]] == [2021, 2022, 2023]
    assert book["education"][2022].year == 2022
    assert {r.year for r in book[2023]} == {2023}
    assert book[2023]["education"].total == book["education", 2023].total
    assert len(book) + len(book.absent) == 18


def test_what_cannot_be_used_is_named_with_its_reason(book: ev.Book) -> None:
    assert len(book.absent) >= 1
    department, year = book.absent.index[0]
    with pytest.raises(ev.InputRefused):
        book[department, year]
    with pytest.raises(ev.InputRefused, match=r"cannot be used"):
        book[year][department]


def test_the_folder_is_found_upwards(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(ROOT / "notebooks")
    assert ev.open()["hrss", 2023].total == ev.open("../data")["hrss", 2023].total
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ev.InputRefused):
        ev.open()


def test_a_path_may_be_text(tmp_path: Path, r: ev.Result) -> None:
    assert ev.evaluate(str(DATA), "hrss", 2023).total == r.total
    for write, name in ((r.to_json, "a.json"), (r.to_excel, "a.xlsx")):
        assert write(str(tmp_path / name)) == tmp_path / name
        assert (tmp_path / name).stat().st_size > 1000


def test_a_language_or_year_that_is_none_is_refused() -> None:
    with pytest.raises(ev.InputRefused, match="there is no such language"):
        ev.open(DATA, lang="fr")  # type: ignore[arg-type]
    with pytest.raises(ev.InputRefused, match="is not a year"):
        ev.open(DATA)["hrss", "twenty"]  # type: ignore[index]
    year: Any = np.int64(2023)
    assert ev.open(DATA)["hrss", year].total == 84.63


def test_evaluate_takes_a_department_a_year_or_both(county: Path) -> None:
    assert isinstance(ev.evaluate(county, "education", 2023), ev.Result)
    assert isinstance(ev.evaluate(county, "education"), ev.Years)
    assert isinstance(ev.evaluate(county, year=2023), ev.County)


class TestFrames:
    def test_every_frame_has_ids_as_index_and_floats(self, r: ev.Result) -> None:
        numbers = {
            "points",
            "score",
            "lost",
            "rate",
            "value",
            "target",
            "actual",
            "completion",
            "attainment",
            "approved",
            "spent",
            "amount",
        }
        for name in TABLES:
            frame = getattr(r, name)
            assert frame.index.names[0] in ("indicator", "dimension", "fact", "line", "finding", "figure")
            assert all(frame[column].dtype == float for column in numbers & set(frame.columns)), name

    def test_indicators_are_those_of_the_evaluation(self, r: ev.Result) -> None:
        e, frame = r.evaluation, r.indicators
        assert list(frame.index) == [i.id for i in e.indicators]
        assert frame.score.sum() == pytest.approx(float(e.total))
        for i in e.indicators:
            row: Any = frame.loc[i.id]
            assert row.points == float(i.points)
            assert row.lost == float(i.lost)
            if i.value is None:
                assert math.isnan(row.value)
            elif i.unit.is_share:
                assert (row.unit, row.value) == ("%", pytest.approx(float(convert(i.value, i.unit, SHARE)) * 100))
            else:
                assert (row.unit, row.value) == (i.unit.symbol, float(i.value))

    def test_targets_are_in_their_units(self, r: ev.Result) -> None:
        for t in r.evaluation.targets:
            row: Any = r.targets.loc[t.id]
            assert row.actual / row.target == pytest.approx(float(t.completion_rate or 0))
            assert bool(row.met) is t.met

    def test_the_budget_adds_up(self, r: ev.Result) -> None:
        spending = r.budget.query("side == 'spending'")
        for column in ("approved", "spent", "difference"):
            assert spending.query("not total")[column].sum() == pytest.approx(spending.query("total")[column].sum())
        assert spending.variance.to_list() == pytest.approx(((spending.spent - spending.approved) / spending.approved).to_list())

    def test_findings_judgements_and_reconciliation_are_all_there(self, r: ev.Result) -> None:
        record = r.evaluation.record
        assert len(r.findings) == len(record.findings)
        assert len(r.judgements) == len(record.judgements)
        assert r.findings.amount.sum() == pytest.approx(float(sum(f.amount or 0 for f in record.findings)))
        assert r.reconciliation.verdict.to_list() == [figure.verdict for figure in reconcile(r.evaluation)]

    def test_problems_say_where(self, r: ev.Result) -> None:
        assert {"warning"} <= set(r.problems.level)
        assert r.problems.place.str.contains("departments/hrss/2023/").all()

    def test_several_stand_below_each_other(self, book: ev.Book) -> None:
        for name in (*TABLES, "problems"):
            frame = getattr(book, name)
            assert frame.index.names[:2] == ["department", "year"]
            assert len(frame) == sum(len(getattr(r, name)) for r in book)


class TestWhatIf:
    @pytest.mark.parametrize(
        "given",
        [90, 90.0, np.float64(90), np.int64(90), Decimal(90), Fraction(90), "90", "90%", "９０％", np.float32(90)],
        ids=lambda given: f"{type(given).__name__} {given}",
    )
    def test_a_number_may_be_given_in_many_ways(self, r: ev.Result, given: Any) -> None:
        assert r.what_if(public_satisfaction=given).total == 86.63

    @pytest.mark.parametrize("given", ["20人", 20, "0.002万人", "20 people"])
    def test_text_may_name_a_unit(self, r: ev.Result, given: Any) -> None:
        tried = r.what_if(staff_administrative=given).evaluation
        assert tried.facts.value("staff_administrative") == 20

    def test_by_name_and_of_another_year(self, r: ev.Result) -> None:
        e = r.what_if({("outturn_basic", 2022): 1, r.evaluation.catalogue.facts["staff_institution"].name.zh: 29}).evaluation
        assert e.facts.value("staff_institution") == 29
        found = e.facts.find("outturn_basic", 2022)
        assert found is not None
        assert found.value == 1

    @pytest.mark.parametrize(
        ("asked", "seen"),
        [
            ({"target": {"public_satisfaction": 80}}, lambda e: e.target("public_satisfaction").target == 80),
            ({"actual": {"public_satisfaction": "90%"}}, lambda e: e.target("public_satisfaction").actual == 90),
            ({"points": {"quality": 5}}, lambda e: e.indicator("quality").points == 5),
            ({"score": {"quality": 2.5}}, lambda e: e.indicator("quality").score == Decimal("2.5")),
            ({"item": {"indicator_clarity.broken_down": True}}, lambda e: e.indicator("indicator_clarity").score > Decimal("0.5")),
            ({"rule": {"staffing_control.limit": 1.1}}, lambda e: e.indicator("staffing_control").score == 1),
            ({"rule": {"staffing_control.limit": "110%"}}, lambda e: e.indicator("staffing_control").score == 1),
            ({"without": ["2"]}, lambda e: "2" not in {f.finding for f in e.record.findings}),
        ],
        ids=lambda given: next(iter(given)) if isinstance(given, dict) else "",
    )
    def test_everything_may_be_tried(self, r: ev.Result, asked: dict[str, Any], seen: Callable[[Any], bool]) -> None:
        assert seen(r.what_if(**asked).evaluation)

    def test_what_is_recorded_stays_and_the_trial_says_that_it_is_one(self, r: ev.Result) -> None:
        before = r.evaluation
        tried = r.what_if(public_satisfaction=90)
        assert r.evaluation is before
        assert not r.tried
        assert "Trial, not recorded data" in repr(tried)
        assert "84.00% → 90.00%" in tried.tried[0]
        again = tried.what_if(staff_administrative=19)
        assert len(again.tried) == 2
        assert again.evaluation.fingerprint != tried.evaluation.fingerprint

    def test_a_trial_is_compared_with_what_it_was_made_from(self, r: ev.Result) -> None:
        compared = r.what_if(public_satisfaction=90).compare()
        assert list(compared.frame.index) == ["total", "benefit", "public_satisfaction"]
        assert compared.frame.difference.to_list() == pytest.approx([2, 2, 2])
        assert compared.sentence.startswith("Total 84.63 → 86.63 (+2.00): Satisfaction of the public or of those served +2.00. Because")

    def test_the_page_of_a_trial_does_not_pass_for_the_published_one(self, r: ev.Result, tmp_path: Path) -> None:
        recorded, tried = (one.to_html(tmp_path / "p.html").read_text(encoding="utf-8") for one in (r, r.what_if(public_satisfaction=90)))
        assert "are the published ones" in recorded
        assert "are the published ones" not in tried
        assert '<aside class="trial"' in tried

    def test_a_page_without_a_notebook_is_the_notebooks(self, tmp_path: Path) -> None:
        def told(page: Path) -> list[str]:
            apart = r'<details class="code".*?</details>|<footer>.*|<meta name="evallib-page"[^>]*>'  # whose checksum is over both
            apart += "|<!--head-->.*?<!--/head-->"  # of what stands beside it
            return re.sub(apart, "", page.read_text(encoding="utf-8"), flags=re.DOTALL).split()

        made = run_report("hrss", 2023, data=DATA, out=tmp_path, engine=fast_engine()).page
        assert told(ev.evaluate(DATA, "hrss", 2023).to_html(tmp_path / "r.html")) == told(made)

    def test_nothing_moved_is_said(self, r: ev.Result) -> None:
        assert r.what_if(public_satisfaction=84).compare().sentence == "No difference"

    def test_years_are_compared(self, book: ev.Book) -> None:
        compared = book["education", 2023].compare()
        assert compared.frame.loc["total"].before == book["education", 2022].total
        assert book["education", 2022].compare(book["education", 2023]).frame.difference["total"] == -compared.frame.difference["total"]

    @pytest.mark.parametrize(
        ("asked", "words"),
        [
            ({"outturnn": 3}, "did you mean: outturn"),
            ({"staff_administrative": "forty"}, "is not a number"),
            ({"staff_administrative": float("nan")}, "is not a number"),
            ({"staff_administrative": float("inf")}, "is not a number"),
            ({"staff_administrative": True}, "is not a number"),
            ({"staff_administrative": None}, "is not a number"),
            ({"staff_administrative": "40%"}, "measures something else"),
            ({"budget_execution": 90}, "facts"),
            ({"points": {"quality": 0}}, "above 0"),
            ({"item": {"indicator_clarity.brokn_down": True}}, "did you mean: broken_down"),
            ({"rule": {"staffing_control.limt": 1}}, "did you mean: limit"),
            ({"without": ["99"]}, "no finding of this name"),
        ],
        ids=lambda given: str(given)[:40],
    )
    def test_what_cannot_be_is_refused_with_what_was_meant(self, r: ev.Result, asked: dict[str, Any], words: str) -> None:
        with pytest.raises(ev.InputRefused) as refused:
            r.what_if(**asked)
        assert words in str(refused.value)
        assert all(p.what.zh and p.fix.zh for p in refused.value.problems)

    def test_a_county_is_tried_as_one(self, book: ev.Book) -> None:
        easier = book[2023].what_if(rule={"staffing_control.limit": 2})
        assert all(r.indicators.score["staffing_control"] == r.indicators.points["staffing_control"] for r in easier)


class TestExplain:
    def test_every_number_stands_in_the_cell_that_is_named(self, r: ev.Result) -> None:
        found = 0
        for id in r.indicators.index:
            for row in r.explain(id).numbers.itertuples():
                file, line, column = re.fullmatch(r"(.+\.csv), row (\d+), column (\w+)", str(row.where)).groups()  # type: ignore[union-attr]
                with (DATA / file).open(encoding="utf-8-sig", newline="") as stream:
                    cell = list(csv.DictReader(stream))[int(line) - 2][column]
                if isinstance(row.value, float) and row.value == row.value:
                    assert row.value == pytest.approx(float(cell)), row
                else:
                    assert cell or "facts" in file, row  # a fact may be known to be missing
                found += 1
        assert found > 100

    def test_rule_clause_and_working_are_the_reports(self, r: ev.Result) -> None:
        shown = r.explain("quality")
        assert "9.1750 → 9.18" in shown.working
        assert shown.rule == "completion × points, counted up to 100%"
        assert "财预〔2013〕53号" in shown.clause

    def test_a_trial_names_the_section_and_no_cell(self, r: ev.Result) -> None:
        assert len(set(r.explain("three_public_change").numbers.name)) == 2  # each with its year
        numbers = r.what_if(staff_administrative=19).explain("staffing_control").numbers
        assert numbers["where"]["staff_administrative"] == "what-if —"


class TestTrying:
    def test_a_formula_says_that_it_is_the_analysts_own(self, r: ev.Result) -> None:
        ev.open(DATA, "en")  # the objects without a language of their own speak this one's
        heads = ev.formula("outturn / staff_in_post", unit="元/人", name="Spending per head")
        assert "never scored" in repr(heads)
        assert "never scored" in heads.explain(r)
        assert "18,854,402.47 yuan ÷ 51 people = 369,694.17" in heads.explain(r)
        facts = r.evaluation.facts
        assert heads.exact(r) == pytest.approx((facts.value("outturn") or 0) / (facts.value("staff_in_post") or 1))

    def test_a_formula_in_percent_and_of_last_year(self, r: ev.Result) -> None:
        rate = ev.formula("outturn / adjusted_expenditure")
        assert rate(r) == pytest.approx(r.indicators.value["budget_execution"])
        assert ev.formula("outturn - outturn@last_year", unit="money")(r) != 0

    def test_what_is_not_defined_is_nan(self, r: ev.Result) -> None:
        assert math.isnan(ev.formula("outturn / approved_income_fund", unit="%")(r))

    def test_a_formula_may_be_a_name_alone_or_be_called_as_a_fact_is(self, r: ev.Result) -> None:
        outturn = r.evaluation.facts.value("outturn")
        assert ev.formula("支出决算数", unit="元").exact(r) == outturn
        assert ev.formula("支出决算数 / 1", unit="元", name="支出决算数").exact(r) == outturn

    @pytest.mark.parametrize(
        ("text", "unit", "words"),
        [
            ("outturn / staff_in_post", "", "no unit is given, which means %, but what is computed is 元/人 .* write 元/人 as its unit"),
            ("outturn / staff_in_post", "yuan each", "the catalogue has no unit yuan each, .* write 元/人 as its unit"),
            ("outturn / staff_in_post", "19 persons", r"there is no such unit .* write one that there is \(元, %"),
            ("outturn / staf", "元/人", "did you mean staff_quota"),
            ("outturn / staff_in_post", "人", "the unit is"),
            ("outturn +", "元", "formula"),
            ("__import__('os')", "元", "formula"),
        ],
    )
    def test_a_formula_that_cannot_be_is_refused(self, r: ev.Result, text: str, unit: str, words: str) -> None:
        with pytest.raises(ev.InputRefused, match=words):
            ev.formula(text, unit)(r)

    @pytest.mark.parametrize(
        ("rule", "scored", "points", "score"),
        [
            ({"kind": "proportional", "of": "completion"}, 0.87, 10, 8.7),
            ({"kind": "proportional", "of": "completion"}, "87%", 10, 8.7),
            ({"kind": "pass_fail", "at_least": 0.9}, 0.95, 2, 2),
            ({"kind": "pass_fail", "at_least": "0.9"}, 0.89, 2, 0),
            ({"kind": "linear", "full_at": "100%", "zero_at": "50％"}, "75%", 4, 2),
            ({"kind": "bands", "bands": [{"at_least": "90%", "share": "100%"}, {"share": 0}]}, "95%", 4, 4),
            ({"kind": "linear", "full_at": 1, "zero_at": 0.5}, 0.75, 4, 2),
            (
                {"kind": "checklist", "items": [{"id": "a", "name": "甲", "points": 1}, {"id": "b", "name": "乙", "points": 2}]},
                {"b": True},
                3,
                2,
            ),
            ({"kind": "deduct_per_occurrence", "points_each": 0.5}, ["general", "general"], 2, 1),
        ],
        ids=lambda given: str(given.get("kind", "")) if isinstance(given, dict) else "",
    )
    def test_a_rule_scores(self, rule: dict[str, Any], scored: Any, points: Any, score: float) -> None:
        tried = ev.rule(**rule)
        assert tried(scored, points=points) == pytest.approx(score)
        assert tried.explain(scored, points=points)

    def test_a_rule_explains_itself_to_its_score(self) -> None:
        rule = ev.rule(kind="linear", full_at=1.0, zero_at=0.8)
        assert rule.explain("94.96%", points=4).endswith(("74.80% × 4.00 points = 2.9920 → 2.99", "74.80% × 4.00 分 = 2.9920 → 2.99 分"))

    def test_a_share_that_is_hardly_meant_is_told_as_it_was_read(self) -> None:
        rule = ev.rule(kind="linear", full_at=1.0, zero_at=0.8)
        rule._lang = "en"
        assert '94.96 was read as 9,496.00%; for 94.96% write "94.96%" or 0.9496' in rule.explain(94.96, points=4)
        assert "was read" not in rule.explain(9.4, points=4)
        rule = ev.rule(kind="linear", full_at=100, zero_at=0)
        rule._lang = "en"
        assert '(100 in the rule is no percentage; for 100% write "100%" or 1)' in rule.explain("94.96%", points=4)

    def test_a_rule_that_turns_at_a_number_is_none_of_shares(self) -> None:
        rule = ev.rule(kind="pass_fail", at_least=350)
        rule._lang = "en"
        assert "350" in str(rule)
        assert "%" not in str(rule) + rule.explain(400, points=4)

    @pytest.mark.parametrize(
        ("keys", "words"),
        [
            ({"kind": "propotional"}, "did you mean proportional"),
            ({"kind": "pass_fail", "at_leat": 1}, "did you mean at_least"),
            ({"full_at": 1}, "at kind: the key is missing .* the kinds of rule are: proportional, bands, linear"),
            ({"kind": "linear"}, "at full_at: the key is missing .* what must stand here: kind, full_at, zero_at"),
        ],
    )
    def test_what_is_no_rule_is_refused(self, keys: dict[str, Any], words: str) -> None:
        with pytest.raises(ev.InputRefused, match=words):
            ev.rule(**keys)

    def test_a_rule_refuses_what_it_does_not_score(self) -> None:
        with pytest.raises(ev.InputRefused, match="give it a number"):
            ev.rule(kind="pass_fail", at_least=0.9)(["serious"])


class TestLookUps:
    @pytest.mark.parametrize(
        ("ask", "words"),
        [
            (lambda r: r.section.sumary, "did you mean: summary"),
            (lambda r: r.section("sumary"), "did you mean: summary"),
            (lambda r: r.chart.target, "did you mean: targets"),
            (lambda r: r.explain("budget_executon"), "did you mean: budget_execution"),
            (lambda r: r.explain("预算执行"), "budget_execution"),
            (lambda r: r.indicator, "did you mean: .indicators"),
            (lambda r: r.budget_execution, 'did you mean: .explain("budget_execution")'),
            (lambda r: r["budget_execution"], 'did you mean: .explain("budget_execution")'),
        ],
    )
    def test_a_look_up_that_fails_names_near_matches(self, r: ev.Result, ask: Callable[[ev.Result], Any], words: str) -> None:
        with pytest.raises(ev.InputRefused) as refused:
            ask(r)
        assert words in refused.value.describe("en")
        assert "是不是" in refused.value.describe("zh")

    def test_an_attribute_that_is_not_there_is_not_there(self, r: ev.Result) -> None:
        assert not hasattr(r.section, "sumary")
        assert not hasattr(r.section, "_repr_png_")

        assert not hasattr(r, "indicator")
        assert not hasattr(r, "_repr_png_")
        with pytest.raises(TypeError, match="not iterable"):
            list(r)  # type: ignore[call-overload]  # that is what is tried

    def test_what_goes_wrong_inside_an_attribute_is_told_as_it_is(self) -> None:
        class Wrong(Shows):
            @property
            def total(self) -> float:
                return None.real  # type: ignore[attr-defined, no-any-return]  # what goes wrong

        with pytest.raises(AttributeError, match="'NoneType' object has no attribute 'real'"):
            _ = Wrong().total

    def test_a_department_typed_as_an_attribute(self, book: ev.Book) -> None:
        for several in (book, book["education"], book[2023]):
            with pytest.raises(ev.InputRefused, match=r'did you mean: \["education"'):
                getattr(several, "education")  # noqa: B009  # mypy knows that it is not there

    def test_few_choices_are_all_named(self, r: ev.Result) -> None:
        with pytest.raises(ev.InputRefused, match="what can stand here: targets, points, dimensions, bridge, budget, findings"):
            _ = r.plot.scatter

    def test_a_department_or_year_that_is_not_there(self, book: ev.Book) -> None:
        for ask, words in ((("eduction", 2023), "education"), ("eduction", "education"), (2011, "2021")):
            with pytest.raises(ev.InputRefused, match=words):
                book[ask]


def test_what_is_no_rule_or_no_bare_number_is_told_with_how_to_write_it(r: ev.Result) -> None:
    rule = ev.rule(kind="proportional", of="completion")
    wanted: dict[str, Callable[[], object]] = {
        "write it in one line, as { kind = ": lambda: ev.rule("按线性比例计分"),
        "write a bare number, such as 4 or 0.87": lambda: rule.explain("九成"),
        "a number without a unit is needed": lambda: rule(0.9, points="4分"),
        "stands in [ ]": lambda: ev.formula("年初批复：基本支出 / 2")(r),
    }
    for said, call in wanted.items():
        with pytest.raises(ev.InputRefused) as refusal:
            call()
        assert said in refusal.value.describe("en")
        assert "—" not in refusal.value.describe("en")
