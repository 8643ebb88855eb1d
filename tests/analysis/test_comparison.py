"""A department over the years: worked examples, what must hold for any numbers, and the page in every situation."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from evallib.analysis.comparison import (
    PARTS,
    Scored,
    changes,
    compare_years,
    decompose,
    finding_kinds,
    line_up,
    target_change,
    value_change,
)
from evallib.analysis.money import AmountChange, carryover_chain, carryover_link, execution_rates, money_lines
from evallib.data.years import evaluate_department, evaluate_year
from evallib.demo.county import make_demo
from evallib.model.assemble import assemble
from evallib.model.entries import Part
from evallib.model.evaluation import Evaluation, TargetResult
from evallib.model.record import Fact, Finding
from evallib.model.units import round_half_up
from evallib.model.words import LANGS, words
from evallib.model.years import Absent, DepartmentYears
from evallib.pages.comparison import SECTIONS, YearComparison
from evallib.runs.engine import fast_engine
from tests.analysis.shapes import without_catalogue, without_points
from tests.conftest import DATA, GOLDEN, ROOT, Copy

CASES = GOLDEN / "comparison"
REAL = evaluate_year(DATA, "hrss", 2023).evaluation


def _read(name: str, kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((CASES / f"{name}.toml").read_text(encoding="utf-8"))[kind]
    return found


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if text else None


# Worked by hand


def _year(cells: dict[str, list[str]]) -> dict[str, Scored]:
    return {
        id: Scored(Decimal(points), _decimal(score), "" if rest == ["missing"] else "".join(rest), rest == ["missing"])
        for id, (points, score, *rest) in cells.items()
    }


@pytest.mark.parametrize("case", _read("decomposition", "case"), ids=lambda case: case["name"])
def test_a_change_of_the_total_is_taken_apart_as_by_hand(case: dict[str, Any]) -> None:
    before, after = Decimal(case["totals"][0]), Decimal(case["totals"][1])
    found = decompose(_year(case["before"]), _year(case["after"]), (before, after))
    assert {name: value for name, value in found.parts.items() if value} == {k: Decimal(v) for k, v in case["parts"].items()}


@pytest.mark.parametrize("case", _read("decomposition", "case"), ids=lambda case: case["name"])
def test_the_common_indicators_are_compared_as_by_hand(case: dict[str, Any]) -> None:
    common = decompose(_year(case["before"]), _year(case["after"]), (Decimal(0), Decimal(0))).common
    told = [] if common is None else [Decimal(common.indicators), common.points, common.share_before, common.share_after]
    told += [] if common is None else [common.rate_before, common.rate_after]
    assert [round_half_up(value, 8) for value in told] == [Decimal(value) for value in case["common"]]


def _target(row: list[str], actual: str = "") -> TargetResult | None:
    if not row:
        return None
    operator, target, unit = row
    return TargetResult(
        id="t",
        name=words("目标", "target"),
        operator=operator,  # type: ignore[arg-type]
        target=Decimal(target),
        actual=_decimal(actual),
        unit=REAL.catalogue.units.read(unit),
        completion_rate=None,
        attainment=None,
        met=None,
        judged=False,
        way="none",
    )


@pytest.mark.parametrize("case", _read("targets", "case"), ids=lambda case: case["why"])
def test_a_target_is_harder_or_easier_by_its_direction(case: dict[str, Any]) -> None:
    before = _target([*case["before"][:2], *case["before"][3:]], *case["before"][2:3])
    found = target_change(before, _target(case["after"]))
    assert (found.verdict, "" if found.reached is None else found.reached) == (case["verdict"], case["reached"])


def test_no_target_at_all_is_no_change() -> None:
    with pytest.raises(ValueError, match="no target"):
        target_change(None, None)


@pytest.mark.parametrize("case", _read("money", "link"), ids=lambda case: case["why"])
def test_what_a_year_leaves_is_what_the_next_begins_with(case: dict[str, Any]) -> None:
    before, after = case["years"]
    assert carryover_link(before, after, _decimal(case["closing"]), _decimal(case["opening"])).state == case["state"]


@pytest.mark.parametrize("case", _read("money", "change"), ids=lambda case: case["why"])
def test_an_amount_changes_by_money_and_by_percent(case: dict[str, Any]) -> None:
    found = AmountChange(_decimal(case["before"]), _decimal(case["after"]))
    assert (found.difference, found.rate, found.zero_base) == (_decimal(case["amount"]), _decimal(case["rate"]), case["zero_base"])


# What holds for any numbers

POINTS = st.integers(1, 4000).map(lambda n: Decimal(n) / 100)


@st.composite
def _scored(draw: st.DrawFn) -> Scored:
    points = draw(POINTS)
    missing = draw(st.booleans())
    score = Decimal(0) if missing else draw(st.one_of(st.none(), st.integers(0, int(points * 100)).map(lambda n: Decimal(n) / 100)))
    return Scored(points, score, draw(st.sampled_from(["bands", "linear"])), missing)


YEARS = st.dictionaries(st.sampled_from("abcdefgh"), _scored(), max_size=8)
TOTALS = st.tuples(POINTS, POINTS)


@given(YEARS, YEARS, TOTALS)
def test_the_parts_add_up_to_the_change_of_the_total(before: dict[str, Scored], after: dict[str, Scored], totals: tuple[Any, Any]) -> None:
    found = decompose(before, after, totals)
    assert sum(found.parts.values()) == found.total == totals[1] - totals[0]
    assert all(s.change == s.performance + s.weight for s in found.shifts if s.kind == "kept")


@given(YEARS, POINTS)
def test_the_same_year_twice_shows_no_change(year: dict[str, Scored], total: Decimal) -> None:
    assert set(decompose(year, year, (total, total)).parts.values()) == {0}


@given(YEARS, YEARS, TOTALS)
def test_the_order_of_the_indicators_plays_no_part(before: dict[str, Scored], after: dict[str, Scored], totals: tuple[Any, Any]) -> None:
    turned = [dict(reversed(list(year.items()))) for year in (before, after)]
    assert decompose(before, after, totals).parts == decompose(turned[0], turned[1], totals).parts


@given(YEARS, YEARS, TOTALS)
def test_looking_back_turns_every_sign(before: dict[str, Scored], after: dict[str, Scored], totals: tuple[Any, Any]) -> None:
    """Neither year is the base: that is what taking the means is for."""
    there, back = decompose(before, after, totals), decompose(after, before, (totals[1], totals[0]))
    turned = {"added": "dropped", "dropped": "added"}
    assert all(there.parts[name] == -back.parts[turned.get(name, name)] for name in PARTS)


# Real evaluations


@pytest.fixture
def other(copy: Copy) -> Evaluation:
    """The real year with other points, another name, another rule and another indicator. As a year of its own it follows the real one."""
    copy.replace(copy.framework, 'id = "asset_safety"', 'id = "asset_care"')
    copy.replace(copy.framework, 'name = "管理制度健全性"', 'name = "制度健全性"')
    for path in (copy.year / "judgements.csv", copy.year / "findings.csv", copy.year / "self_evaluation.csv"):
        text = path.read_text(encoding="utf-8-sig")
        path.write_text(re.sub(r"\basset_safety\b", "asset_care", text), encoding="utf-8-sig")
    evaluation = copy.evaluate()
    return replace(evaluation, record=evaluation.record.model_copy(update={"year": 2024}))


def test_real_years_that_are_the_same_are_comparable(hrss: Evaluation) -> None:
    change = compare_years(hrss, hrss)
    assert change.comparable
    assert change.movers() == ((), ())


def test_indicators_added_dropped_and_renamed_are_marked(hrss: Evaluation, other: Evaluation) -> None:
    marks = {line.id: line.marks[1] for line in line_up([hrss, other]) if line.marks[1]}
    assert marks == {"asset_care": ("added",), "asset_safety": ("dropped",), "management_system": ("renamed",)}


def test_an_exchanged_indicator_makes_totals_not_comparable(hrss: Evaluation, other: Evaluation) -> None:
    change = compare_years(hrss, other)
    assert not change.comparable
    assert change.parts.parts["added"] == -change.parts.parts["dropped"] == hrss.indicator("asset_safety").score


def test_values_of_different_kinds_are_not_subtracted(hrss: Evaluation) -> None:
    rate, amount = hrss.indicator("budget_execution"), next(i for i in hrss.indicators if i.unit.symbol == "万元" and i.value)
    assert value_change(rate, amount) is None
    assert value_change(amount, amount) == 0


def _with_formula(evaluation: Evaluation, **changed: Any) -> Evaluation:
    """The year with the formula of the quality rate defined in another way."""
    part = Part.model_validate({"formula": [{"id": "quality_rate", "value": "assessment_score / assessment_full_score", **changed}]})
    entries = part.model_copy(update={"formulas": tuple(f.model_copy(update={"overrides": True}) for f in part.formulas)})
    catalogue, problems = assemble([("known", evaluation.catalogue.part), ("other", entries)], 2023)
    assert not problems
    return replace(evaluation, framework=evaluation.framework.model_copy(update={"catalogue": catalogue}))


def test_another_definition_of_the_formula_is_another_rule(hrss: Evaluation) -> None:
    same, other = (
        _with_formula(hrss, name="换个名字"),
        _with_formula(hrss, value="assessment_score / (assessment_score + assessment_full_score)"),
    )
    assert compare_years(hrss, same).comparable
    assert [s.id for s in compare_years(hrss, other).parts.shifts if s.rule_changed] == ["quality"]


def test_what_holds_of_a_base_of_zero_is_another_rule_only_where_there_is_one(hrss: Evaluation) -> None:
    told = _with_formula(hrss, zero="no change")
    assert compare_years(hrss, told).comparable
    assert not any(marks for line in line_up((hrss, told)) for marks in line.marks)
    zero = replace(told, formulas=tuple(replace(f, state="no change") if f.id == "quality_rate" else f for f in told.formulas))
    assert [s.id for s in compare_years(hrss, zero).parts.shifts if s.rule_changed] == ["quality"]


def test_a_note_to_a_rule_is_not_another_rule(hrss: Evaluation) -> None:
    indicators = tuple(i.model_copy(update={"rule": i.rule.model_copy(update={"note": "说明"})}) for i in hrss.framework.indicators)
    assert compare_years(hrss, replace(hrss, framework=hrss.framework.model_copy(update={"indicators": indicators}))).comparable


def test_what_has_no_points_plays_no_part_in_the_change(hrss: Evaluation) -> None:
    bare = without_points(hrss)
    assert compare_years(bare, bare).parts.shifts == ()


def test_without_facts_that_play_a_part_there_is_no_money(hrss: Evaluation) -> None:
    bare = without_catalogue(hrss)
    assert money_lines((bare, bare)) == carryover_chain((bare, bare)) == ()
    assert execution_rates((bare,), "budget adjusted") == (None,)
    assert [line.id for line in money_lines((bare, hrss))] == [
        hrss.catalogue.player(role) for role in ("budget approved", "budget adjusted", "budget spent", "carried in", "carried out")
    ]


def test_a_carryover_printed_with_some_digits_holds_within_them(hrss: Evaluation) -> None:
    """What is left, 1,000,370.85 yuan, is 100.04 times 10,000; 100.05 is not."""
    states = []
    for printed in ("100.04", "100.05"):
        row = Fact(fact="opening_carryover", year=2024, value=Decimal(printed), unit="万元", source="s", section="s")
        after = replace(hrss, record=hrss.record.model_copy(update={"year": 2024, "facts": (row,)}))
        states += [link.state for link in carryover_chain((hrss, after))]
    assert states == ["holds", "differs"]


def _found(kind: str) -> Finding:
    return Finding.model_validate({"finding": "1", "kind": kind, "title": "t", "indicator": "a", "source": "s", "section": "s"})


def test_findings_come_back_are_new_or_are_gone() -> None:
    years = [[_found("甲"), _found("乙")], [], [_found("甲"), _found("甲"), _found("丙")]]
    assert [(k.name.zh, k.counts, k.state) for k in finding_kinds(years)] == [
        ("甲", (1, 0, 2), "back"),
        ("丙", (0, 0, 1), "new"),
        ("乙", (1, 0, 0), "gone"),
    ]


# The page


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_demo(tmp_path_factory.mktemp("comparison") / "county", departments=12).data


@pytest.fixture(scope="module")
def departments(county: Path) -> list[DepartmentYears]:
    codes = sorted(path.name for path in (county / "departments").iterdir())
    return [evaluate_department(county, code) for code in codes]


def _page(department: DepartmentYears, lang: Any) -> BeautifulSoup:
    comparison = YearComparison(department, lang)
    return BeautifulSoup("".join(comparison.section(id).html for id in SECTIONS), "html.parser")


@pytest.mark.parametrize("lang", LANGS)
def test_whichever_years_there_are_the_page_is_whole(departments: list[DepartmentYears], lang: Any) -> None:
    by_years = {tuple(e.record.year for e in d.evaluations): d for d in departments}
    for department in by_years.values():
        page = _page(department, lang)
        anchors = {str(element["id"]) for element in page.find_all(id=True)}
        inside = {str(a["href"])[1:] for a in page.find_all("a", href=True) if str(a["href"]).startswith("#")}
        assert [str(section["id"]) for section in page.find_all("section")] == list(SECTIONS)
        assert inside <= anchors, department.department
        assert "None" not in page.get_text()


@pytest.mark.parametrize(("lang", "tail"), [("zh", ".html"), ("en", ".en.html")])
def test_every_usable_year_links_to_its_page(departments: list[DepartmentYears], lang: Any, tail: str) -> None:
    department = next(d for d in departments if d.absent)
    outside = {str(a["href"]) for a in _page(department, lang).find_all("a", href=True) if not str(a["href"]).startswith("#")}
    assert outside == {f"../{e.record.year}/{department.department}{tail}" for e in department.evaluations}


def test_a_year_that_cannot_be_used_is_named_with_the_reason_and_skipped(departments: list[DepartmentYears]) -> None:
    department = next(d for d in departments if any(c.skipped for c in changes(d.evaluations)))
    text = _page(department, "en").get_text()
    absent = department.absent[0]
    assert f"No usable data for {absent.year}: {absent.reason.en}" in text
    assert "not consecutive: cannot be checked" in text


def test_another_framework_is_said_and_its_differences_are_listed(departments: list[DepartmentYears]) -> None:
    department = next(d for d in departments if not d.absent)
    changed = next(c for c in changes(department.evaluations) if c.framework_changed)
    page = _page(department, "en")
    assert not changed.comparable
    assert page.find(id=f"c-parts-{changed.after.record.year}") is not None
    data = page.find(id="data")
    assert data is not None
    assert "how the frameworks differ" in data.get_text()


def test_synthetic_data_is_called_synthetic(departments: list[DepartmentYears]) -> None:
    heading = _page(departments[0], "en").find("header")
    assert heading is not None
    assert "synthetic" in heading.get_text()


@pytest.mark.parametrize(("lang", "said"), [("zh", "只有 2023 一个可用年度"), ("en", "There is one year only, 2023")])
def test_one_year_stands_alone_and_says_so(lang: Any, said: str) -> None:
    page = _page(evaluate_department(DATA, "hrss"), lang)
    for id in ("totals", "dimensions", "by_indicator", "targets", "money", "findings"):
        section = page.find(id=id)
        assert section is not None
        assert said in section.get_text(), id
    assert "84.63" in page.get_text()


@pytest.mark.parametrize("lang", LANGS)
def test_with_no_usable_year_the_page_says_so_and_leaves_the_rest_out(lang: Any) -> None:
    reason = words("没有数据", "there is no data")
    name = words("某局", "Some bureau")
    absent = tuple(Absent("some", name, year, reason) for year in (2022, 2023))
    page = _page(DepartmentYears("some", name, (), absent), lang)
    said = {"zh": "没有一个年度可用", "en": "No year can be used"}[lang]
    assert said in page.get_text()
    left_out = page.select(".left-out")[0].get_text()
    for id in ("totals", "dimensions", "by_indicator", "targets", "money", "findings"):
        assert page.find(id=id) is None
        assert SECTIONS[id][lang] in left_out, id
    assert reason[lang] in page.get_text()


@pytest.mark.filterwarnings("ignore")  # of the kernel's connection
@pytest.mark.parametrize("lang", LANGS)
def test_the_notebook_runs_and_becomes_a_page(county: Path, departments: list[DepartmentYears], lang: Any) -> None:
    import papermill

    from evallib.pages.exporter import ReportExporter

    department = next(d for d in departments if d.absent and len(d.evaluations) > 1)
    parameters = {"department": department.department, "lang": lang, "data": str(county)}
    notebook, exporter = ROOT / "notebooks" / "year_comparison.ipynb", cast(Any, ReportExporter)
    executed = papermill.execute_notebook(str(notebook), None, parameters, fast_engine(), kernel_name="python3", progress_bar=False)
    page = BeautifulSoup(exporter().from_notebook_node(executed)[0], "html.parser")
    assert [str(section["id"]) for section in page.find_all("section")] == list(SECTIONS)
    assert page.find("a", href=re.compile(r"^\.\./\d{4}/")) is not None
