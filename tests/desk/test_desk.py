"""The analyst's desk: what is chosen, tried out and kept, as plain calls and as widgets without a browser."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from typer.testing import CliRunner

from evallib.cli.main import app
from evallib.data.load import load_departments
from evallib.data.new_year import new_year
from evallib.desk.desk import Desk
from evallib.desk.page import desk_css
from evallib.desk.views import PANELS, DeskView, Look, MakeReport, ReportSections, Scenarios
from evallib.desk.views_data import Data
from evallib.model.errors import InputRefused
from evallib.model.words import LANGS, Lang, words
from evallib.pages.rendering import Section
from evallib.pages.report import SECTIONS
from evallib.runs.engine import fast_engine
from evallib.runs.report import ReportFailed
from evallib.say.workings import indicator_rule, indicator_working
from tests.browser.hostile import HOSTILE, poison
from tests.conftest import DATA, GOLDEN, ROOT, Copy

NOTEBOOK = ROOT / "notebooks" / "explore.ipynb"


@pytest.fixture
def desk() -> Desk:
    return Desk(DATA, "en", department="hrss", year=2023)


@pytest.fixture
def view(desk: Desk) -> DeskView:
    return DeskView(desk)


def look_at(view: DeskView, indicator: str) -> Look:
    """The tab for looking closer, with an indicator picked as a reader would."""
    look = view.panels[PANELS.index(Look)]
    assert isinstance(look, Look)
    view.tabs.selected_index = PANELS.index(Look)
    look.dimension.value = view.desk.result.evaluation.indicator(indicator).dimension
    look.indicator.value = indicator
    return look


def box(look: Look, label: str) -> tuple[Any, Any]:
    """The box of that label and the message beside it."""
    rows = [row for row in look.boxes.children if getattr(row, "children", ()) and row.children[0].description == label]
    assert len(rows) == 1
    return rows[0].children[0], rows[0].children[-1]


# --- plain calls


@pytest.mark.parametrize("lang", LANGS)
def test_a_choice_shows_total_and_grade(lang: Lang) -> None:
    shown = Desk(DATA).choose("hrss", 2023, lang).html
    assert "84.63" in shown
    assert {"zh": "良", "en": "Good"}[lang] in shown


def test_a_changed_actual_changes_total_and_leaves_the_recorded_one(desk: Desk) -> None:
    """84% against 90% earns 8 of 10; at 90% the band gives all 10."""
    shown = desk.change(public_satisfaction=90).html
    assert (desk.recorded.total, desk.result.total) == (84.63, 86.63)
    assert "86.63" in shown
    assert "84.63" in shown
    assert "+2.00" in shown


def test_every_kind_of_number_can_be_changed(desk: Desk) -> None:

    def scored(id: str) -> Decimal | None:
        return desk.result.evaluation.indicator(id).score

    desk.change(fact={"assessment_score": "100"})  # quality: 100 of 100 instead of 91.75, 10 points
    assert scored("quality") == Decimal(10)
    desk.change(target={"urban_new_jobs": 1866})  # 933 of 1,866 is half of 2 points
    assert scored("urban_new_jobs") == Decimal(1)
    desk.change(rule={"public_satisfaction.pieces.1.share": 0.5})  # the band of 84% now gives half of 10 points
    assert scored("public_satisfaction") == Decimal(5)
    desk.change(points={"urban_new_jobs": 4})  # still half
    assert scored("urban_new_jobs") == Decimal(2)
    assert len(desk.changes) == 4
    assert desk.undo().html.count("84.63") == 1
    assert not desk.changes


def test_the_recorded_value_takes_its_change_away(desk: Desk) -> None:
    desk.change(public_satisfaction=90)
    desk.change(public_satisfaction=84)
    assert not desk.changes
    assert desk.result is desk.recorded


def test_what_cannot_be_is_refused_and_all_stays(desk: Desk) -> None:
    desk.change(public_satisfaction=90)
    with pytest.raises(InputRefused) as refusal:
        desk.change(rule={"public_satisfaction.pieces.1.share": 7})
    assert "the rule does not hold" in refusal.value.describe("en")
    assert "规则不成立" in refusal.value.describe("zh")
    for wrong in ("many", "1e9", float("inf"), True):
        with pytest.raises(InputRefused, match="is not a number"):
            desk.change(staff_quota=wrong)
    with pytest.raises(InputRefused, match="measures something else"):
        desk.change(staff_quota="40元")
    with pytest.raises(InputRefused, match="did you mean: staff_quota"):
        desk.change(staff_quoter=40)
    with pytest.raises(InputRefused, match="above 0"):
        desk.change(points={"quality": 0})
    assert (len(desk.changes), desk.result.total) == (1, 86.63)


def test_every_box_holds_what_is_recorded(desk: Desk) -> None:
    """Typing into any box what it shows already changes nothing."""
    numbers = 0
    for indicator in desk.recorded.evaluation.indicators:
        for field in desk.fields(indicator.id):
            if not field.verdict and isinstance(field.recorded, Decimal):
                numbers += 1
                desk.put(field, field.text(field.recorded))
                assert not desk.changes, (indicator.id, field.label.en)
    assert numbers > 100


def test_every_box_takes_another_number_and_says_so_in_both_languages(desk: Desk) -> None:
    """Another number either counts and is said, or is refused in a sentence; and a verdict ticked twice is as before."""
    for indicator in desk.recorded.evaluation.indicators:
        for field in desk.fields(indicator.id):
            if field.verdict:
                desk.put(field, not field.recorded)
                assert len(desk.changes) == 1, field.label.en
                desk.put(field, bool(field.recorded))
                assert not desk.changes, field.label.en
                continue
            try:
                desk.put(field, "0.77")
            except InputRefused:
                assert not desk.changes
                continue
            for change in desk.changes:
                spoken = change.said(desk.recorded.evaluation)
                assert "→" in spoken.zh
                assert not re.search(r"[\u4e00-\u9fff]", spoken.en.replace(indicator.name.en, "")), spoken.en
            desk.undo()


def test_an_indicator_shows_working_rule_clause_facts_and_sources(desk: Desk) -> None:
    desk.choose("hrss", 2023, "zh")
    shown, e = desk.indicator("“三公经费”变动率").html, desk.recorded.evaluation
    entry = e.indicator("three_public_change")
    for text in (indicator_working(e, entry, "zh"), indicator_rule(e, entry, "zh")):
        assert text in shown
    assert "27,800.00元" in shown  # the fact, as it stands in the table of facts
    assert "documents" in shown
    assert 'href="#' not in shown


@pytest.mark.parametrize("id", SECTIONS)
def test_every_section_of_the_report_can_be_shown(desk: Desk, id: str) -> None:
    desk.change(public_satisfaction=90)
    shown = desk.section(id).html
    assert "<section" in shown
    assert 'href="#' not in shown


def test_a_dimension_and_a_group_show_only_their_own(desk: Desk) -> None:
    whole, part = desk.dimension("benefit").html, desk.dimension("benefit", "satisfaction").html
    jobs, pleased = (desk.recorded.evaluation.indicator(id).name.en for id in ("urban_new_jobs", "public_satisfaction"))
    assert (jobs in whole, pleased in whole) == (True, True)
    assert (jobs in part, pleased in part) == (False, True)


@pytest.fixture
def own(copy: Copy) -> Desk:
    """A desk over a copy of the data, to keep scenarios in."""
    return Desk(copy.folder, "en")


def test_scenarios_are_kept_beside_the_data_and_set_side_by_side(own: Desk, copy: Copy) -> None:
    with pytest.raises(InputRefused, match="nothing is changed"):
        own.keep("empty")
    own.change(public_satisfaction=90)
    with pytest.raises(InputRefused, match="has no name"):
        own.keep(" ")
    own.keep("content <b>")
    own.undo()
    own.change(assessment_score=100, public_satisfaction="0.9")
    own.undo("public_satisfaction")
    shown = own.keep("quality").html
    assert own.kept == ("content <b>", "quality")
    for text in ("content &lt;b&gt;", "86.63", "+2.00", "85.45", "+0.82"):  # 10 less 9.18
        assert text in shown
    later = Desk(copy.folder, "zh")  # as after Run All
    assert later.kept == ("content <b>", "quality")
    later.restore("content <b>")
    assert later.result.total == 86.63
    assert "84.00% → 90.00%" in later.scenarios().html
    with pytest.raises(InputRefused, match="did you mean: quality"):
        later.restore("qualty")
    assert later.forget("quality").html.count("<tr>") == 2  # the heads, and one scenario
    later.forget("content <b>")
    assert not own.kept
    assert [path.name for path in copy.year.parent.iterdir()] == ["2023"]


def test_scenarios_as_a_frame(own: Desk) -> None:
    own.change(public_satisfaction=90)
    own.keep("content")
    frame = own.scenarios_frame
    assert [*frame.columns] == ["total", "grade", "difference", *own.recorded.dimensions.index, "reason"]
    assert (frame.total["content"], frame.grade["content"], round(frame.difference["content"], 2)) == (86.63, "Good", 2.0)
    assert round(frame.benefit["content"] - own.recorded.dimensions.score["benefit"], 2) == 2.0


def test_two_desks_do_not_lose_each_others_scenarios(own: Desk, copy: Copy) -> None:
    other = Desk(copy.folder, "zh")
    for desk, name in ((own, "a"), (other, "b"), (own, "c")):
        desk.change(public_satisfaction=90)
        desk.keep(name)
    assert own.kept == other.kept == ("a", "b", "c")
    other.forget("a")
    assert own.kept == ("b", "c")


def scenario_file(copy: Copy) -> Path:
    return copy.year.parent / "2023.scenarios.json"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"a": [\n{"kind": "actual"', "2023.scenarios.json, row 2: the file"),
        ('{"a": [{"kind": "actual", "indicator": "quality", "actual": "viel"}]}', "a 0 actual actual: viel"),
        ('{"a": [{"kind": "none"}]}', "a 0"),
        ("[]", "the file of the scenarios cannot be read"),
    ],
)
def test_a_file_of_scenarios_that_cannot_be_read_is_refused_and_left_alone(own: Desk, copy: Copy, text: str, place: str) -> None:
    scenario_file(copy).write_text(text, encoding="utf-8")
    own.change(public_satisfaction=90)
    with pytest.raises(InputRefused) as refusal:
        own.keep("content")
    assert "departments/hrss/2023.scenarios.json" in refusal.value.describe("zh")
    assert place in refusal.value.describe("en")
    assert scenario_file(copy).read_text(encoding="utf-8") == text
    view = DeskView(own)
    view.tabs.selected_index = PANELS.index(Scenarios)
    assert "cannot be read" in view.panels[PANELS.index(Scenarios)].message.value


def test_a_scenario_that_no_longer_fits_the_data_is_shown_with_the_reason(own: Desk, copy: Copy) -> None:
    gone = '[{"kind": "actual", "indicator": "jobs_of_last_century", "actual": 1.50}]'
    scenario_file(copy).write_text(f'{{"old <i>": {gone}, "new": [{{"kind": "fact", "fact": "assessment_score", "value": 100}}]}}')
    shown = own.scenarios().html
    assert "Does not fit the data any more: " in shown
    assert "old &lt;i&gt;" in shown
    assert "85.45" in shown
    frame = own.scenarios_frame
    assert "jobs_of_last_century" in frame.reason["old <i>"]
    assert frame.total.isna().to_list() == [True, False]
    own.change(public_satisfaction=90)
    own.keep("content")
    assert own.kept == ("old <i>", "new", "content")


def test_nothing_else_stumbles_over_the_file_of_scenarios(own: Desk, copy: Copy, tmp_path: Path) -> None:
    before = own.recorded.problems
    own.change(public_satisfaction=90)
    own.keep("content")
    assert Desk(copy.folder, "en").recorded.problems.equals(before)

    def done(*command: str) -> str:
        result = CliRunner().invoke(app, [*command, "--data", str(copy.folder)])
        assert result.exit_code == 0, result.output
        return result.output

    assert "scenario" not in done("check")
    done("export", "hrss", "2023", "--as", "xlsx", "--out", str(tmp_path))
    shutil.rmtree(copy.year)
    shutil.copy(tmp_path / "hrss" / "2023.xlsx", copy.year.with_suffix(".xlsx"))
    assert "scenario" not in done("check")
    assert Desk(copy.folder).kept == ("content",)


def test_the_plan_is_what_it_says_when_it_is_followed(desk: Desk) -> None:
    assert "91.13" in desk.plan().html
    desk.follow_plan()
    assert (desk.result.total, desk.result.grade) == (91.13, "Excellent")


def test_another_choice_and_back_loses_nothing_that_still_fits_the_data(copy: Copy) -> None:
    desk = Desk(copy.folder)
    desk.change(public_satisfaction=90)
    assert "did you mean" in desk.choose("hrs", 2023, "en").html
    assert not desk.chosen
    desk.choose("hrss")
    assert (desk.asked, len(desk.changes)) == (("hrss", 2023), 1)
    copy.set("targets", {"indicator": "public_satisfaction"}, "actual", "85")
    desk.choose("hrss", 2023)
    assert (desk.recorded.targets.actual["public_satisfaction"], desk.result.total) == (85.0, 86.63)
    copy.set("targets", {"indicator": "public_satisfaction"}, "actual", "90")  # as it was tried
    desk.choose("hrss", 2023)
    assert not desk.changes


@pytest.mark.parametrize(
    ("lang", "says"), [("zh", ["不能使用", "不是数字", "处理："]), ("en", ["cannot be used", "is not a number", "To fix it:"])]
)
def test_refused_data_shows_its_problems_as_sentences(copy: Copy, lang: Lang, says: list[str]) -> None:
    copy.set("targets", {"indicator": "public_satisfaction"}, "actual", "<b>多</b>")
    desk = Desk(copy.folder, lang)
    shown = desk.choose("hrss", 2023).html
    assert [text for text in says if text not in shown] == []
    assert "<b>" not in shown
    with pytest.raises(InputRefused):
        desk.plan()
    view = DeskView(desk)
    assert (PANELS[view.tabs.selected_index], "evallib-data-only" in view.tabs._dom_classes) == (Data, True)  # the rest has nothing to show
    assert {"zh": "填的是", "en": "Found"}[lang] in view.panels[-1].page.value
    assert view.department.value == "hrss"
    copy.set("targets", {"indicator": "public_satisfaction"}, "actual", "84")
    view.reread.click()
    assert "84.63" in view.headline.value


@pytest.mark.parametrize(("lang", "says"), [("zh", "还没有一个部门有数据"), ("en", "there is no department with data yet")])
def test_an_empty_list_says_what_to_do(copy: Copy, lang: Lang, says: str) -> None:
    heads = (copy.folder / "departments.csv").read_text(encoding="utf-8-sig").splitlines()[0]
    (copy.folder / "departments.csv").write_text(heads + "\n", encoding="utf-8-sig")
    desk = Desk(copy.folder, lang)
    desk.choose("hrss", 2023)
    shown = DeskView(desk).headline.value
    assert says in shown
    assert "evallib new" in shown


@pytest.mark.parametrize("lang", LANGS)
def test_texts_that_try_to_be_more_than_text_stay_text(copy: Copy, lang: Lang) -> None:
    assert poison(copy.year) > 300
    desk = Desk(copy.folder, lang)
    desk.change(without=("2",))
    for id in ("quality", "urban_new_jobs"):
        desk.put(desk.fields(id)[-1], "3")
    desk.keep(HOSTILE)
    shown = [desk.headline(), desk.scenarios(), desk.plan(), desk.county(), desk.dimension("benefit"), desk.indicator("fund_compliance")]
    for section in shown:
        page = BeautifulSoup(section.html, "html.parser")
        assert not page.select("script,iframe,base,object,embed,meta,form,svg,img"), section.id
        assert not [e for e in page.find_all(True) if any(name.startswith("on") for name in e.attrs)], section.id


def test_plain_calls_give_what_shows_itself(own: Desk) -> None:
    shown = [own.change(public_satisfaction=90), own.keep("a"), own.scenarios(), own.restore("a"), own.plan(), own.county()]
    shown += [own.section("targets"), own.dimension("产出"), own.indicator("quality"), own.undo(), own.choose(), own.forget("a")]
    assert all(isinstance(one, Section) and one.html for one in shown)


def test_the_desk_shows_a_short_text_and_lists_only_what_is_meant_to_be_used(desk: Desk) -> None:
    desk.change(public_satisfaction=90)
    assert "86.63" in repr(desk)
    assert len(repr(desk).encode()) <= 2000
    assert not [name for name in dir(desk) if name.startswith("_")]
    assert {"change", "undo", "keep", "scenarios_frame", "result"} <= {*dir(desk)}


@pytest.mark.parametrize(("typed", "value"), [("40人", 40), ("４０", 40), ("0.004万人", 40), (" 1,040 ", 1040)])
def test_a_box_reads_what_files_may_hold(desk: Desk, typed: str, value: int) -> None:
    field = next(field for field in desk.fields("staffing_control") if field.change.kind == "fact")
    desk.put(field, typed)
    assert desk.changed(field.key) == value
    desk.put(field, "")
    assert not desk.changes


@pytest.mark.parametrize("typed", ["84%", "84", "８４％"])
def test_a_share_is_typed_in_percent(desk: Desk, typed: str) -> None:
    field = next(field for field in desk.fields("staffing_control") if field.change.kind == "limit")
    desk.put(field, typed)
    assert desk.changed(field.key) == Decimal("0.84")


# --- the place among others


def test_a_single_department_has_no_place(desk: Desk) -> None:
    assert "nothing to compare with" in desk.county().html


# --- other places


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("place", sorted(path.name for path in (GOLDEN / "places").iterdir() if path.is_dir()))
def test_every_tab_stands_whatever_a_framework_lacks(place: str, lang: Lang) -> None:
    """No points, no budget, other units and money: everything can be looked at and tried, and nothing stops."""
    folder = GOLDEN / "places" / place
    listed = load_departments(folder)[0]
    desk = Desk(folder, lang)
    desk.choose(listed.code, listed.first_year)
    view = DeskView(desk)
    for number, panel in enumerate(view.panels):
        view.tabs.selected_index = number
        assert panel.message.value == "", panel.NAME
    for indicator in desk.recorded.evaluation.indicators:
        assert indicator.name[lang] in BeautifulSoup(desk.indicator(indicator.id).html, "html.parser").get_text()
        for field in desk.fields(indicator.id):
            if isinstance(field.recorded, Decimal):
                desk.put(field, field.text(field.recorded))
                assert not desk.changes, (indicator.id, field.label.en)
    for dimension in desk.recorded.evaluation.dimensions:
        assert desk.dimension(dimension.id).id == dimension.id
    assert desk.section("summary").html


# --- widgets


def test_only_years_with_data_can_be_chosen(copy: Copy) -> None:
    copy.replace(copy.folder / "departments.csv", ",2023,2023", ",2019,2025")
    desk = Desk(copy.folder)
    assert desk.departments["hrss"].years == (2023,)
    view = DeskView(desk)  # nothing was asked for: the first department, its latest year
    assert (view.department.value, view.year.value, view.year.options) == ("hrss", 2023, (("2023", 2023),))
    assert "84.63" in view.headline.value


def test_a_number_typed_changes_everything_in_sight(view: DeskView) -> None:
    look = look_at(view, "public_satisfaction")
    actual, message = box(look, "Actual")
    assert actual.value == "84"
    actual.value = "９０%"
    assert "86.63" in view.headline.value
    assert "8.00 / 10.00 → 10.00 / 10.00" in look.page.value
    assert "86.63" in view.sum.value
    assert any("10.00 / 10.00" in label for label, id in look.indicator.options if id == "public_satisfaction")
    assert (actual.value, message.value) == ("９０%", "")
    view.undo.click()
    assert not view.desk.changes
    assert box(look, "Actual")[0].value == "84"


def test_a_wrong_number_is_a_sentence_beside_its_box(view: DeskView) -> None:
    look = look_at(view, "public_satisfaction")
    actual, message = box(look, "Actual")
    actual.value = "90"
    actual.value = "ninety"
    assert "Is not a number" in message.value
    assert "Still counted as 90" in message.value
    assert view.desk.result.total == 86.63
    actual.value = ""
    assert (view.desk.changes, message.value) == ((), "")


def test_only_the_sections_that_the_report_has_are_offered(view: DeskView) -> None:
    panel = view.panels[PANELS.index(ReportSections)]
    assert isinstance(panel, ReportSections)
    panel.draw()
    shown = view.desk.sections
    assert [id for _, id in panel.which.options] == [id for id in shown if id != "summary"]
    assert "follow_up" not in shown
    assert panel.which.value == "targets"
    panel.which.value = "budget"
    assert 'id="budget"' in panel.page.value


@pytest.mark.parametrize("again", ["language", "data"])
def test_another_language_and_reading_again_keep_the_tab_and_what_is_picked(view: DeskView, again: str) -> None:
    sections = view.panels[PANELS.index(ReportSections)]
    assert isinstance(sections, ReportSections)
    view.tabs.selected_index = PANELS.index(ReportSections)
    sections.which.value = "budget"
    look = look_at(view, "quality")
    look.group.value = view.desk.result.evaluation.indicator("quality").group
    look.indicator.value = "quality"
    if again == "language":
        view.language.value = "zh"
    else:
        view.reread.click()
    again_look, again_sections = view.panels[PANELS.index(Look)], view.panels[PANELS.index(ReportSections)]
    assert isinstance(again_look, Look)
    assert isinstance(again_sections, ReportSections)
    look, sections = again_look, again_sections
    assert view.tabs.selected_index == PANELS.index(Look)
    quality = view.desk.result.evaluation.indicator("quality")
    assert (look.dimension.value, look.group.value, look.indicator.value) == (quality.dimension, quality.group, "quality")
    assert len(look.boxes.children) > 2
    assert "9.18" in look.page.value
    view.tabs.selected_index = PANELS.index(ReportSections)
    assert sections.which.value == "budget"


def test_the_other_language_keeps_what_was_done(view: DeskView) -> None:
    view.desk.change(public_satisfaction=90)
    view.language.value = "zh"
    assert "试算结果" in view.headline.value
    assert view.sum.value.count("86.63") == view.sum.value.count("登记") == 1
    assert view.tabs.titles[0] == "总览"
    assert "86.63" in view.headline.value


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("number", range(len(PANELS)))
def test_every_tab_is_drawn_when_it_comes_to_the_front(view: DeskView, lang: Lang, number: int) -> None:
    view.language.value = lang
    view.tabs.selected_index = number
    panel = view.panels[number]
    assert panel.message.value == ""
    assert isinstance(panel, MakeReport) or "<section" in panel.page.value or "<h3" in panel.page.value


def test_a_scenario_is_kept_with_a_button_or_enter(own: Desk) -> None:
    view = DeskView(own)
    panel = view.panels[PANELS.index(Scenarios)]
    assert isinstance(panel, Scenarios)
    view.tabs.selected_index = PANELS.index(Scenarios)
    keep = panel.box.children[0].children[1]
    keep.click()
    assert "has no name" in panel.message.value
    own.change(public_satisfaction=90)
    panel.name.value = "content"
    keep.click()
    assert (panel.kept.value, "86.63" in panel.page.value) == ("content", True)
    panel.name.value = "again"
    panel.name._handle_custom_msg({"event": "submit"}, [])  # as Enter does
    assert (panel.kept.value, own.kept) == ("again", ("content", "again"))


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OSError(13, "Permission denied", "reports/2023"), "PermissionError: [Errno 13] Permission denied"),
        (ReportFailed(words("ValueError: x\n  File y")), "The notebook stopped; no report was written: ValueError: x"),
        (ZeroDivisionError("z"), "ZeroDivisionError: z"),
    ],
    ids=["file", "notebook", "unforeseen"],
)
def test_a_report_that_fails_is_said_in_a_sentence(view: DeskView, monkeypatch: pytest.MonkeyPatch, error: Exception, says: str) -> None:
    def fail(word: bool) -> None:
        raise error

    monkeypatch.setattr(view.desk, "make_report", fail)
    panel = view.panels[PANELS.index(MakeReport)]
    assert isinstance(panel, MakeReport)
    view.tabs.selected_index = PANELS.index(MakeReport)
    panel.press.click()
    assert says in panel.message.value
    assert "Traceback" not in panel.message.value
    assert not panel.press.disabled


def test_the_style_sheet_holds_inside_the_desk_only() -> None:
    css = desk_css()
    assert css.startswith("@scope (.evallib-desk){")
    assert css.count("{") == css.count("}")
    assert not re.search(r":root|@page|@media print|html\[|(?m:^(body|html)\{)", css)
    (system,) = re.findall(r"prefers-color-scheme:dark\)\{(.*?)\{", css)  # only where neither JupyterLab nor VS Code says which it is
    assert system == "body:not([data-jp-theme-light],[data-vscode-theme-kind]) :scope"


# --- the notebook


def cells(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return found


def test_the_notebook_shows_no_code_and_holds_no_output() -> None:
    code = [cell for cell in cells(NOTEBOOK) if cell["cell_type"] == "code"]
    assert code
    assert all(cell["metadata"]["jupyter"]["source_hidden"] and not cell["outputs"] for cell in code)


def run(data: Path, lang: Lang, target: Path) -> Iterator[dict[str, Any]]:
    import papermill
    from traitlets.config import Config

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        papermill.execute_notebook(
            str(NOTEBOOK),
            str(target),
            parameters={"department": "hrss", "year": 2023, "lang": lang, "data": data.as_posix()},
            engine_name=fast_engine(),
            progress_bar=False,
            config=Config({"KernelManager": {"transport_encryption": "auto"}}),
        )
    return (output for cell in cells(target) if cell["cell_type"] == "code" for output in cell["outputs"])


@pytest.mark.parametrize(("lang", "says"), [("zh", "距“优”"), ("en", "short of Excellent")])
def test_the_notebook_runs_without_a_browser(tmp_path: Path, lang: Lang, says: str) -> None:
    static, widgets = run(DATA, lang, tmp_path / "explore.ipynb")
    assert {*static["data"]} == {"text/html", "text/plain"}
    assert {*widgets["data"]} == {"application/vnd.jupyter.widget-view+json", "text/plain"}
    assert static["metadata"]["evallib"] == {"kind": "object"}
    shown = "".join(static["data"]["text/html"])
    for text in (says, "84.63", {"zh": "产出", "en": "Output"}[lang], "31.18"):  # the headline, and a dimension
        assert text in shown
    assert "84.63" in "".join(static["data"]["text/plain"])
    assert all(len("".join(output["data"]["text/plain"]).encode()) <= 2000 for output in (static, widgets))


def test_nbconvert_shows_the_static_view(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "nbconvert", "--execute", "--to", "html", "notebooks/explore.ipynb", "--output-dir", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    page = BeautifulSoup((tmp_path / "explore.html").read_text(encoding="utf-8"), "html.parser")
    (static,) = page.select("[class^=evallib-static]")
    for text in ("84.63", "产出", "31.18"):
        assert text in static.get_text()


def test_the_notebook_runs_with_an_empty_list(copy: Copy, tmp_path: Path) -> None:
    heads = (copy.folder / "departments.csv").read_text(encoding="utf-8-sig").splitlines()[0]
    (copy.folder / "departments.csv").write_text(heads + "\n", encoding="utf-8-sig")
    static, _ = run(copy.folder, "zh", tmp_path / "explore.ipynb")
    assert "evallib new" in "".join(static["data"]["text/html"])
    assert "evallib new" in "".join(static["data"]["text/plain"])


def test_it_begins_with_the_newest_year_that_can_be_used(copy: Copy) -> None:
    """2024 is laid out and not filled in yet: it is one choice away, and what it lacks is said when it is chosen."""
    new_year(copy.folder, "hrss", 2024, from_year=2023, to="csv", lang="zh")
    view = DeskView(Desk(copy.folder, "en"))
    assert ([y for _, y in view.year.options], view.year.value, "84.63" in view.headline.value) == ([2024, 2023], 2023, True)
    view.year.value = 2024
    assert "This data cannot be used" in view.headline.value


def test_where_no_year_can_be_used_the_newest_says_why(copy: Copy) -> None:
    new_year(copy.folder, "hrss", 2024, from_year=2023, to="csv", lang="zh")
    copy.set("facts", {"fact": "outturn_basic"}, "value", "many")
    view = DeskView(Desk(copy.folder, "en"))
    assert (view.year.value, "departments/hrss/2024" in view.headline.value) == (2024, True)
