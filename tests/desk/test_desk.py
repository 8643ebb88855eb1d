"""The analyst's desk: what is chosen, tried out and kept, as plain calls and as widgets without a browser."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from evallib.analysis.changes import FindingRemoved
from evallib.data.load import load_departments
from evallib.data.new_year import new_year
from evallib.desk.desk import Desk
from evallib.desk.page import desk_css
from evallib.desk.panels import PANELS, Look, MakeReport, ReportSections, Scenarios
from evallib.desk.views import DeskView
from evallib.model.errors import InputRefused
from evallib.model.words import LANGS, Lang
from evallib.pages.report import SECTIONS, Report
from evallib.runs.engine import fast_engine
from evallib.runs.report import ReportFailed
from evallib.say.workings import indicator_rule, indicator_working
from tests.browser.hostile import HOSTILE, poison
from tests.conftest import DATA, GOLDEN, ROOT, Copy

NOTEBOOK = ROOT / "notebooks" / "explore.ipynb"


@pytest.fixture
def desk() -> Desk:
    desk = Desk(DATA, "en")
    desk.choose("hrss", 2023)
    return desk


@pytest.fixture
def view(desk: Desk) -> DeskView:
    return DeskView(desk)


def look_at(view: DeskView, indicator: str) -> Look:
    """The tab for looking closer, with an indicator picked as a reader would."""
    look = view.panels[PANELS.index(Look)]
    assert isinstance(look, Look)
    view.tabs.selected_index = PANELS.index(Look)
    look.dimension.value = view.desk.now.indicator(indicator).dimension
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
    shown = desk.change_actual("public_satisfaction", "90").html
    assert (desk.recorded.total, desk.now.total) == (Decimal("84.63"), Decimal("86.63"))
    assert "86.63" in shown
    assert "84.63" in shown
    assert "+2.00" in shown


def test_every_kind_of_number_can_be_changed(desk: Desk) -> None:
    desk.change_fact("assessment_score", "100")  # quality: 100 of 100 instead of 91.75, 10 points
    assert desk.now.indicator("quality").score == Decimal(10)
    desk.change_target("urban_new_jobs", 1866)  # 933 of 1,866 is half of 2 points
    assert desk.now.indicator("urban_new_jobs").score == Decimal(1)
    desk.change_limit("public_satisfaction", "pieces.1.share", "0.5")  # the band of 84% now gives half of 10 points
    assert desk.now.indicator("public_satisfaction").score == Decimal(5)
    desk.change_points("urban_new_jobs", 4)  # still half
    assert desk.now.indicator("urban_new_jobs").score == Decimal(2)
    assert len(desk.changes) == 4
    assert desk.undo().html.count("84.63") == 1
    assert not desk.changes


def test_the_recorded_value_takes_its_change_away(desk: Desk) -> None:
    desk.change_actual("public_satisfaction", 90)
    desk.change_actual("public_satisfaction", 84)
    assert not desk.changes
    assert desk.now == desk.recorded


def test_what_cannot_be_is_refused_and_all_stays(desk: Desk) -> None:
    desk.change_actual("public_satisfaction", 90)
    with pytest.raises(InputRefused) as refusal:
        desk.change_limit("public_satisfaction", "pieces.1.share", 7)
    assert "the rule does not hold" in refusal.value.describe("en")
    assert "规则不成立" in refusal.value.describe("zh")
    for wrong in ("many", "1e9", 0.1, True):
        with pytest.raises(InputRefused, match="is not a number"):
            desk.change_fact("staff_quota", wrong)  # type: ignore[arg-type]
    with pytest.raises(InputRefused, match="above 0"):
        desk.change_points("quality", 0)
    assert (len(desk.changes), desk.now.total) == (1, Decimal("86.63"))


def test_every_box_holds_what_is_recorded(desk: Desk) -> None:
    """Typing into any box what it shows already changes nothing."""
    numbers = 0
    for indicator in desk.recorded.indicators:
        for field in desk.fields(indicator.id):
            if not field.verdict and isinstance(field.recorded, Decimal):
                numbers += 1
                desk.change(field.make(field.text(field.recorded)))
                assert not desk.changes, (indicator.id, field.label.en)
    assert numbers > 100


def test_every_box_takes_another_number_and_says_so_in_both_languages(desk: Desk) -> None:
    """Another number either counts and is said, or is refused in a sentence; and a verdict ticked twice is as before."""
    for indicator in desk.recorded.indicators:
        for field in desk.fields(indicator.id):
            if field.verdict:
                desk.tick(field, not field.recorded)
                assert len(desk.changes) == 1, field.label.en
                desk.tick(field, bool(field.recorded))
                assert not desk.changes, field.label.en
                continue
            try:
                desk.change(field.make("0.77"))
            except InputRefused:
                assert not desk.changes
                continue
            for change in desk.changes:
                spoken = change.said(desk.recorded)
                assert "→" in spoken.zh
                assert not re.search(r"[\u4e00-\u9fff]", spoken.en.replace(indicator.name.en, "")), spoken.en
            desk.undo()


def test_an_indicator_shows_working_rule_clause_facts_and_sources(desk: Desk) -> None:
    desk.lang = "zh"
    shown = desk.indicator("three_public_change").html
    entry = desk.recorded.indicator("three_public_change")
    for text in (indicator_working(desk.recorded, entry, "zh"), indicator_rule(desk.recorded, entry, "zh")):
        assert text in shown
    assert "27,800.00元" in shown  # the fact, as it stands in the table of facts
    assert "documents" in shown
    assert 'href="#' not in shown


@pytest.mark.parametrize("id", SECTIONS)
def test_every_section_of_the_report_can_be_shown(desk: Desk, id: str) -> None:
    desk.change_actual("public_satisfaction", 90)
    shown = desk.section(id).html
    assert "<section" in shown
    assert 'href="#' not in shown


def test_a_dimension_and_a_group_show_only_their_own(desk: Desk) -> None:
    whole, part = desk.dimension("benefit").html, desk.dimension("benefit", "satisfaction").html
    jobs, pleased = (desk.recorded.indicator(id).name.en for id in ("urban_new_jobs", "public_satisfaction"))
    assert (jobs in whole, pleased in whole) == (True, True)
    assert (jobs in part, pleased in part) == (False, True)


def test_scenarios_are_kept_and_set_side_by_side(desk: Desk) -> None:
    with pytest.raises(InputRefused, match="nothing is changed"):
        desk.keep("empty")
    desk.change_actual("public_satisfaction", 90)
    desk.keep("content <b>")
    desk.undo()
    desk.change_fact("assessment_score", 100)
    shown = desk.keep("quality").html
    assert [*desk.kept] == ["content <b>", "quality"]
    for text in ("content &lt;b&gt;", "86.63", "+2.00", "85.45", "+0.82"):  # 10 less 9.18
        assert text in shown
    desk.restore("content <b>")
    assert desk.now.total == Decimal("86.63")
    desk.forget("quality")
    assert [*desk.kept] == ["content <b>"]


def test_the_plan_is_what_it_says_when_it_is_followed(desk: Desk) -> None:
    assert "91.13" in desk.plan().html
    desk.follow_plan()
    assert (desk.now.total, desk.now.grade.zh) == (Decimal("91.13"), "优")


def test_another_choice_and_back_loses_nothing_but_changed_data_begins_anew(copy: Copy) -> None:
    desk = Desk(copy.folder)
    desk.choose("hrss", 2023)
    desk.change_actual("public_satisfaction", 90)
    desk.keep("满意")
    desk.choose("nobody", 2023)
    assert not desk.chosen
    desk.choose("hrss", 2023)
    assert (len(desk.changes), desk.kept) == (1, ("满意",))
    copy.set("targets", {"indicator": "public_satisfaction"}, "actual", "85")
    desk.choose("hrss", 2023)
    assert (desk.changes, desk.kept) == ((), ())


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
    assert view.tabs.layout.display == "none"
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
    desk.choose("hrss", 2023)
    desk.change(FindingRemoved(finding="2"), *(c for i in ("quality", "urban_new_jobs") for c in [desk.fields(i)[-1].make("3")]))
    desk.keep(HOSTILE)
    shown = [desk.headline(), desk.scenarios(), desk.plan(), desk.county(), desk.dimension("benefit"), desk.indicator("fund_compliance")]
    for section in shown:
        page = BeautifulSoup(section.html, "html.parser")
        assert not page.select("script,iframe,base,object,embed,meta,form,svg,img"), section.id
        assert not [e for e in page.find_all(True) if any(name.startswith("on") for name in e.attrs)], section.id


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
    for indicator in desk.recorded.indicators:
        assert indicator.name[lang] in BeautifulSoup(desk.indicator(indicator.id).html, "html.parser").get_text()
        for field in desk.fields(indicator.id):
            if isinstance(field.recorded, Decimal):
                desk.change(field.make(field.text(field.recorded)))
                assert not desk.changes, (indicator.id, field.label.en)
    for dimension in desk.recorded.dimensions:
        assert desk.dimension(dimension.id).id == dimension.id
    assert desk.section("summary").html


# --- widgets


def test_only_years_with_data_can_be_chosen(copy: Copy) -> None:
    copy.replace(copy.folder / "departments.csv", ",2023,2023", ",2019,2025")
    desk = Desk(copy.folder)
    assert desk.departments[0].years == (2023,)
    view = DeskView(desk)  # nothing was asked for: the first department, its latest year
    assert (view.department.value, view.year.value, view.year.options) == ("hrss", 2023, (2023,))
    assert "84.63" in view.headline.value


def test_a_number_typed_changes_everything_in_sight(view: DeskView) -> None:
    look = look_at(view, "public_satisfaction")
    actual, message = box(look, "Actual")
    assert actual.value == "84"
    actual.value = "９０%"
    assert "86.63" in view.headline.value
    assert "8.00 / 10.00 → 10.00 / 10.00" in look.page.value
    assert "86.63" in look.result.value
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
    assert view.desk.now.total == Decimal("86.63")
    actual.value = ""
    assert (view.desk.changes, message.value) == ((), "")


def test_only_the_sections_that_the_report_has_are_offered(view: DeskView) -> None:
    panel = view.panels[PANELS.index(ReportSections)]
    assert isinstance(panel, ReportSections)
    panel.draw()
    shown = Report(view.desk.work.checked, "zh").shown
    assert [id for _, id in panel.which.options] == [id for id in shown if id != "summary"]
    assert "follow_up" not in shown
    assert panel.which.value == "targets"
    panel.which.value = "budget"
    assert 'id="budget"' in panel.page.value


def test_the_other_language_keeps_what_was_done(view: DeskView) -> None:
    view.desk.change_actual("public_satisfaction", 90)
    view.language.value = "zh"
    assert "试算结果" in view.headline.value
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


def test_a_scenario_is_kept_with_a_button(view: DeskView) -> None:
    panel = view.panels[PANELS.index(Scenarios)]
    assert isinstance(panel, Scenarios)
    view.tabs.selected_index = PANELS.index(Scenarios)
    keep = panel.box.children[0].children[1]
    keep.click()
    assert "has no name" in panel.message.value
    view.desk.change_actual("public_satisfaction", 90)
    panel.name.value = "content"
    keep.click()
    assert (panel.kept.value, "86.63" in panel.page.value) == ("content", True)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OSError(13, "Permission denied", "reports/2023"), "reports/2023 Permission denied"),
        (ReportFailed("ValueError: x\n  File y"), "The notebook stopped; no report was written: ValueError: x"),
        (ZeroDivisionError("z"), "ZeroDivisionError: z"),
    ],
    ids=["file", "notebook", "unforeseen"],
)
def test_a_report_that_fails_is_said_in_a_sentence(view: DeskView, monkeypatch: pytest.MonkeyPatch, error: Exception, says: str) -> None:
    def fail() -> None:
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
    outputs = list(run(DATA, lang, tmp_path / "explore.ipynb"))
    assert len(outputs) == 1
    assert {"text/html", "application/vnd.jupyter.widget-view+json"} <= set(outputs[0]["data"])
    shown = "".join(outputs[0]["data"]["text/html"])
    assert says in shown
    assert "84.63" in shown


def test_the_notebook_runs_with_an_empty_list(copy: Copy, tmp_path: Path) -> None:
    heads = (copy.folder / "departments.csv").read_text(encoding="utf-8-sig").splitlines()[0]
    (copy.folder / "departments.csv").write_text(heads + "\n", encoding="utf-8-sig")
    (output,) = run(copy.folder, "zh", tmp_path / "explore.ipynb")
    assert "evallib new" in "".join(output["data"]["text/html"])


def test_a_scenario_that_was_not_kept_is_refused_with_those_that_were(desk: Desk) -> None:
    with pytest.raises(InputRefused, match="there is no such scenario"):
        desk.restore("不存在")


def test_it_begins_with_the_newest_year_that_can_be_used(copy: Copy) -> None:
    """2024 is laid out and not filled in yet: it is one choice away, and what it lacks is said when it is chosen."""
    new_year(copy.folder, "hrss", 2024, from_year=2023, to="csv", lang="zh")
    view = DeskView(Desk(copy.folder, "en"))
    assert (view.year.options, view.year.value, "84.63" in view.headline.value) == ((2024, 2023), 2023, True)
    view.year.value = 2024
    assert "This data cannot be used" in view.headline.value


def test_where_no_year_can_be_used_the_newest_says_why(copy: Copy) -> None:
    new_year(copy.folder, "hrss", 2024, from_year=2023, to="csv", lang="zh")
    copy.set("facts", {"fact": "outturn_basic"}, "value", "many")
    view = DeskView(Desk(copy.folder, "en"))
    assert (view.year.value, "departments/hrss/2024" in view.headline.value) == (2024, True)
