"""What was published is kept: nothing takes its place in silence, and what does says what changed and why."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import evallib as ev
from evallib.cli.main import app
from evallib.data.check_all import check_data
from evallib.data.load import load_departments
from evallib.data.published import Published, check_published, load_published, sealed, write_published
from evallib.data.results import read_evaluation
from evallib.data.upgrade import upgrade
from evallib.data.years import evaluate_year
from evallib.demo.county import make_demo
from evallib.model.errors import InputRefused
from evallib.model.made_ids import made_id
from evallib.model.published_rows import FILE
from evallib.model.seals import FORMAT, seals_of
from evallib.pages.page_seal import parted
from evallib.runs.engine import fast_engine
from evallib.runs.publish import publish
from evallib.runs.report import run_comparison, run_overview, run_report
from evallib.runs.verify import verify
from evallib.score.scoring import evaluate
from tests.conftest import DATA, Copy
from tests.runs.books import TRIED, book

RIGHT, OTHER = {"indicator": "public_satisfaction"}, "90"


def county(folder: Path) -> tuple[Copy, Path, dict[str, Any]]:
    shutil.copytree(DATA, folder / "data")
    out = folder / "reports"
    return Copy(folder / "data"), out, {"data": folder / "data", "out": out, "engine": fast_engine()}


@pytest.fixture(scope="module")
def published_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A county with one report, published."""
    folder = tmp_path_factory.mktemp("once")
    _, _, how = county(folder)
    run_report("hrss", 2023, workbook=True, **how)
    publish("hrss", 2023, **how)
    return folder


@pytest.fixture
def there(published_once: Path, tmp_path: Path) -> tuple[Copy, Path, dict[str, Any]]:
    """A copy of it that a test may change."""
    shutil.copytree(published_once, tmp_path / "county")
    folder = tmp_path / "county"
    return Copy(folder / "data"), folder / "reports", {"data": folder / "data", "out": folder / "reports", "engine": fast_engine()}


def files(out: Path) -> dict[str, bytes]:
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file() and p.name != ".evallib.lock"}


def body(content: bytes) -> str:
    """What of a file stays when it moves: of a page all but its head, whose links lead from where it stands."""
    text = content.decode("latin-1")
    before, _, after = parted(text)
    return before + after


def test_what_is_published_stands_in_a_table_for_excel(published_once: Path) -> None:
    content = (published_once / "data" / FILE).read_bytes()
    assert content.startswith("\ufeff部门编码,年度,类别,公布日期,指标体系,总分,等级,".encode())
    [row] = load_published(published_once / "data").rows
    assert (row.department, row.year, row.kind, str(row.total), row.grade) == ("hrss", 2023, "first", "84.63", "良")
    assert row.pairs("scores")["budget_execution"] == "0.95"
    assert [*row.pairs("pages")] == ["hrss.html"]
    listed = json.loads((published_once / "reports" / "county.json").read_text(encoding="utf-8"))["reports"]
    assert [(r["department"], r["year"], r["state"], r["total"]) for r in listed] == [("hrss", 2023, "published", "84.63")]
    assert sorted(listed[0]["files"]) == [f"2023/hrss.{end}" for end in ("data", "evaluation.json", "html", "ipynb", "xlsx")]


def test_the_same_result_again_stands_already(there: tuple[Copy, Path, dict[str, Any]]) -> None:
    copy, out, how = there
    before = files(out), (copy.folder / FILE).read_bytes()
    assert publish("hrss", 2023, kind="correction", why="nothing", **how).stood
    assert (files(out), (copy.folder / FILE).read_bytes()) == before


def test_a_page_made_again_of_the_same_result_is_no_correction(
    there: tuple[Copy, Path, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    copy, _, how = there
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1704067200")
    run_report("hrss", 2023, workbook=True, **how)
    [before] = load_published(copy.folder).rows
    assert publish("hrss", 2023, **how).stood
    [after] = load_published(copy.folder).rows
    assert after.pages != before.pages
    assert after.model_copy(update={"pages": before.pages}) == before


def test_a_department_that_has_only_a_name_is_told_by_it(copy: Copy) -> None:
    [row] = load_departments(copy.folder)
    code = made_id(row.name)
    copy.year.parent.rename(copy.year.parent.with_name(code))
    departments = copy.folder / "departments.csv"
    departments.write_text(departments.read_text("utf-8").replace("hrss,", f"{code},"), encoding="utf-8")
    where = ["--data", str(copy.folder), "--out", str(copy.folder.parent / "reports"), "--lang", "zh"]
    for command, told in (("publish", "还没有报告"), ("report", ""), ("publish", "已公布")):
        ran = CliRunner().invoke(app, [command, row.name, "2023", *where])
        said = "\n".join(line for line in ran.output.splitlines() if not line.startswith("/"))  # the place of the page has the code
        assert (code in said, row.name in said, told in said) == (False, True, True), said


def test_another_result_is_refused_and_named_until_it_is_a_correction(there: tuple[Copy, Path, dict[str, Any]]) -> None:
    copy, out, how = there
    before = files(out)
    copy.set("targets", RIGHT, "actual", OTHER)
    for make in (run_report, publish):
        with pytest.raises(InputRefused) as refusal:
            make("hrss", 2023, **how)
        said = refusal.value.describe("en")
        assert "hrss 2023: is published, and today's data gives another result: Total 84.63 → 86.63; Satisfaction of the public" in said
        assert "served 8.00 → 10.00; files changed: departments/hrss/2023/targets.csv. To fix it: an error of ours:" in said
        assert "总分 84.63 → 86.63" in refusal.value.describe("zh")
    assert files(out) == before

    made = publish("hrss", 2023, kind="correction", why=" =84 was\ntyped for 90 ", **how)
    assert (made.row.kind, made.row.why, str(made.row.total)) == ("correction", "=84 was typed for 90", "86.63")
    after = files(out)
    for name in ("evaluation.json", "html", "ipynb", "xlsx"):
        assert body(after[f"history/2023/hrss.1.{name}"]) == body(before[f"2023/hrss.{name}"])
        assert after[f"2023/hrss.{name}"] != before[f"2023/hrss.{name}"]
    page = after["2023/hrss.html"].decode()
    assert "更正：总分 84.63 → 86.63；社会公众或服务对象满意度 8.00 → 10.00" in page.split("<h1")[0]
    assert "原因：=84 was typed for 90" in page
    [told] = read_evaluation(after["2023/hrss.evaluation.json"]).corrections
    assert (told.kind, told.why, [one.id for one in told.indicators]) == ("correction", "=84 was typed for 90", ["public_satisfaction"])
    for name, link in (("corrections.html", "2023/hrss.html"), ("corrections.en.html", "history/2023/hrss.1.html")):  # in one language only
        listed = after[name].decode()
        assert "84.63 → 86.63" in listed
        assert f'href="{link}"' in listed
    first, second = load_published(copy.folder).rows
    assert second.replaces == first.result_seal

    run_report("hrss", 2023, lang="en", **how)  # the same result in another language, with the same beginning
    assert "Total 84.63 → 86.63" in (out / "2023" / "hrss.en.html").read_text(encoding="utf-8").split("<h1")[0]
    copy.set("targets", RIGHT, "actual", "85")
    publish("hrss", 2023, kind="revision", why="二次回收", **how)
    again = files(out)
    assert body(again["history/2023/hrss.2.html"]) == body(after["2023/hrss.html"])
    assert "history/2023/hrss.2.en.html" in again
    assert body(again["history/2023/hrss.1.html"]) == body(before["2023/hrss.html"])
    assert len(read_evaluation(again["2023/hrss.evaluation.json"]).corrections) == 2
    assert b"Revision" in again["corrections.en.html"]


def test_pictures_beside_a_page_hinder_no_publication(published_once: Path, tmp_path: Path) -> None:
    """`report --figures` writes them; there is nothing in them to verify. A note of somebody's own stays where it is."""
    _, out, how = county(tmp_path)
    shutil.copytree(published_once / "reports" / "2023", out / "2023")
    for name in ("hrss.points.png", "hrss.notes.docx"):
        (out / "2023" / name).write_bytes(b"x")
    assert not publish("hrss", 2023, **how).stood
    [row] = json.loads((out / "county.json").read_text(encoding="utf-8"))["reports"]
    assert "2023/hrss.points.png" in row["files"]
    assert "2023/hrss.notes.docx" not in row["files"]


def test_what_does_not_change_a_score_is_a_change_too(there: tuple[Copy, Path, dict[str, Any]]) -> None:
    copy, _, how = there
    copy.set("findings", {"finding": "3.1b"}, "title", "另一个问题")
    with pytest.raises(
        InputRefused, match=r"all scores are unchanged; other content has changed; files changed: departments/hrss/2023/findings\.csv"
    ):
        run_report("hrss", 2023, **how)


def test_files_saved_anew_and_follow_ups_are_no_change(there: tuple[Copy, Path, dict[str, Any]]) -> None:
    copy, _, _ = there
    for file in copy.year.glob("*.csv"):
        head, *rows = file.read_text(encoding="utf-8-sig").splitlines(keepends=True)
        if file.stem in ("facts", "sources"):
            file.write_text("".join([head, *reversed(rows)]).replace("\n", "\r\n"), encoding="utf-8-sig", newline="")
    (copy.year / "follow_ups.csv").write_text(
        "subject,id,date,state,source,section\nfinding,3.1b,2024-06-30,open,report,五\n", encoding="utf-8-sig"
    )
    assert check_published(load_published(copy.folder), copy.evaluate()) == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('name = "优"', 'name = "优秀"', "its framework xundian-department/2023 was changed since (its checksum was "),
        ("# ", "# another remark: ", ""),
    ],
)
def test_a_framework_that_was_changed_is_refused_with_both_checksums(
    there: tuple[Copy, Path, dict[str, Any]], old: str, new: str, said: str
) -> None:
    copy, _, how = there
    [row] = load_published(copy.folder).rows
    copy.replace(copy.framework, old, new)
    problems = check_published(load_published(copy.folder), copy.evaluate())
    if not said:
        assert not problems
        return
    assert said + row.framework_seal[:12] in problems[0].describe("en")
    assert seals_of(copy.evaluate()).framework[:12] in problems[0].describe("en")
    for kind in ("first", "correction"):
        with pytest.raises(InputRefused, match="its framework"):
            publish("hrss", 2023, kind=kind, why="" if kind == "first" else "other rules", **how)


def test_definitions_that_are_used_are_kept_others_may_be_added(there: tuple[Copy, Path, dict[str, Any]]) -> None:
    copy, _, _ = there
    own = copy.folder / "catalogue" / "own.toml"
    own.parent.mkdir()
    own.write_text('[[fact]]\nid = "planted"\nname = "造林"\nunit = "亩"\n', encoding="utf-8")
    assert check_published(load_published(copy.folder), copy.evaluate()) == ()
    own.write_text(
        '[[formula]]\nid = "budget_execution_rate"\noverrides = true\nname = "预算执行率"\nvalue = "outturn / adjusted_expenditure"\n'
        'unit = "%"\ngood = "high"\n',
        encoding="utf-8",
    )
    [problem] = check_published(load_published(copy.folder), copy.evaluate())
    assert problem.code == "published.catalogue_changed"


def test_a_trial_takes_no_published_place(there: tuple[Copy, Path, dict[str, Any]], tmp_path: Path) -> None:
    _, out, how = there
    before = files(out)
    with pytest.raises(InputRefused, match="the page of a trial cannot take its place"):
        run_report("hrss", 2023, notebook=book(tmp_path / "trial.ipynb", [TRIED]), **how)
    assert files(out) == before


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        ("none", "there is no report"),
        ("page", "was changed after it was made: total 84.63 → 94.63"),
        ("json", "total is not what follows"),
        ("data", "is not of today's data and framework"),
        ("trial", "is a trial, which cannot be published"),
        ("correction", "there is nothing to correct or revise"),
        ("empty", "says why"),
        ("long", "the reason is longer than 2000 characters"),
        ("hidden", "a sign in the reason that nobody sees"),
        ("apart", "lie in no folder that holds both"),
    ],
)
def test_what_cannot_be_published_is_refused_with_the_reason(published_once: Path, tmp_path: Path, spoil: str, said: str) -> None:
    copy, out, how = county(tmp_path)
    more: dict[str, Any] = {}
    if spoil != "none":
        shutil.copytree(published_once / "reports" / "2023", out / "2023")
    if spoil in ("page", "json"):
        file = out / "2023" / ("hrss.html" if spoil == "page" else "hrss.evaluation.json")
        old, new = ('figure">84.63', 'figure">94.63') if spoil == "page" else ('"total": "84.63"', '"total": "94.63"')
        copy.replace(file, old, new)
    if spoil == "data":
        copy.set("targets", RIGHT, "actual", OTHER)
    if spoil == "trial":
        run_report("hrss", 2023, notebook=book(tmp_path / "trial.ipynb", [TRIED]), **how)
    if spoil in ("correction", "empty", "long", "hidden"):
        more = {"kind": "correction", "why": {"correction": "x", "empty": " ", "long": "因" * 2001, "hidden": "a\u202eb"}[spoil]}
    if spoil == "apart":
        more = {"out": Path("/") / "nowhere-of-evallib"}
    before = files(tmp_path)
    with pytest.raises(InputRefused, match=said):
        publish("hrss", 2023, **how | more)
    assert files(tmp_path) == before


def test_nothing_is_written_where_the_new_pages_cannot_be_made(there: tuple[Copy, Path, dict[str, Any]], tmp_path: Path) -> None:
    copy, out, how = there
    copy.set("targets", RIGHT, "actual", OTHER)
    before = files(out.parent)
    with pytest.raises(InputRefused):
        publish("hrss", 2023, kind="correction", why="x", notebook=book(tmp_path / "trial.ipynb", [TRIED]), **how)
    assert files(out.parent) == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("首次公布", "更正"),
        ("hrss,2023", "hrss,soon"),
        ("部门编码", "部门号"),
        (",84.63,", ",many,"),
        (",84.63,", ",48.63,"),
        (",良,", ",优,"),
        ("xundian-department/2023", "x"),
    ],
)
def test_a_table_that_somebody_edited_is_refused(there: tuple[Copy, Path, dict[str, Any]], old: str, new: str) -> None:
    copy, _, how = there
    copy.replace(copy.folder / FILE, old, new)
    asked = {"kind": "correction", "why": "x"}
    for make, data, more in ((run_report, "same", {}), (publish, "same", {}), (publish, "another", asked)):
        if data == "another":
            copy.set("targets", RIGHT, "actual", OTHER)
        with pytest.raises(InputRefused, match=r"put back published\.csv as it was, from your backup"):
            make("hrss", 2023, **how | more)


def test_a_row_that_follows_none_is_refused(there: tuple[Copy, Path, dict[str, Any]]) -> None:
    copy, _, _ = there
    text = (copy.folder / FILE).read_text(encoding="utf-8-sig")
    (copy.folder / FILE).write_text(text + text.splitlines()[1] + "\n", encoding="utf-8-sig")
    with pytest.raises(InputRefused, match="does not follow the rows before"):
        load_published(copy.folder)


def test_upgrade_seals_again_where_every_score_is_the_same(
    there: tuple[Copy, Path, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    copy, _, how = there
    [row] = load_published(copy.folder).rows
    other = row.model_copy(update={"framework_seal": "0" * 64, "result_seal": "1" * 64})
    write_published(load_published(copy.folder).with_row(other, instead=row), copy.folder / FILE, "zh")
    assert upgrade(copy.folder).changes == ()  # of today's rule: nothing is sealed again
    for module in ("evallib.data.published", "evallib.data.upgrade", "evallib.runs.verify"):
        monkeypatch.setattr(f"{module}.FORMAT", 2)
    with pytest.raises(InputRefused, match="run evallib upgrade FOLDER first"):
        run_report("hrss", 2023, **how)
    [said] = upgrade(copy.folder).changes
    assert said["en"] == "published.csv: hrss 2023 is sealed again by today's rule, every score is the same"
    [again] = load_published(copy.folder).rows
    assert again.model_copy(update={"format": 1}) == row
    assert check_published(load_published(copy.folder), copy.evaluate()) == ()
    write_published(load_published(copy.folder).with_row(row, instead=again), copy.folder / FILE, "zh")
    copy.set("targets", RIGHT, "actual", OTHER)
    [said] = upgrade(copy.folder).changes
    assert "is not sealed again: Total 84.63 → 86.63" in said["en"]


def test_what_was_not_published_is_replaced_freely(copy: Copy) -> None:
    copy.set("targets", RIGHT, "actual", OTHER)
    assert check_published(load_published(copy.folder), copy.evaluate()) == ()
    assert load_published(copy.folder).told(copy.evaluate()) == copy.evaluate()


def test_pages_of_several_leave_out_what_is_not_as_published_and_name_it(tmp_path: Path) -> None:
    """One pending correction takes no page of the others away, nor does a page show what was not published. Who explores is free."""
    copy = Copy(make_demo(tmp_path, departments=2, first_year=2022, last_year=2023, seed=3).data)
    copy.year = copy.folder / "departments" / "education" / "2022"
    (copy.folder / "budget_heads.csv").unlink()  # the government's budget is then that of the departments
    how: Any = {"data": copy.folder, "out": tmp_path / "reports", "engine": fast_engine(), "lang": "en"}
    run_report("education", 2022, **how)
    publish("education", 2022, **how)
    copy.set("targets", {"indicator": "teachers_trained"}, "actual", "130")
    after = run_report("education", 2023, **how)
    assert [one.describe("en") for one in after.warnings if one.code == "last_year"] == [
        "published.csv: last year is published, and today's data differs from it: it is left out of the comparison. "
        "Advice: run evallib report education 2022: it says what differs, and what to do."
    ]
    [row] = load_published(copy.folder).rows
    reason = f"published on {row.date} (total {row.total}); today"  # whose apostrophe is written in several ways
    county = ev.open(copy.folder)
    today = str(county["education", 2022].total)
    for page in (run_comparison("education", **how), *(run_overview(year, **how) for year in (2022, 2023))):
        said = page.page.read_text(encoding="utf-8")
        assert reason in said  # of 2023 in the government's budget, which looks back two years
        assert today not in said
    assert [r.department for r in ev.begin(year=2022, data=copy.folder)] == ["health"]
    assert len(county[2022]) == 2

    publish("education", 2022, kind="correction", why="typed wrongly", **how)
    assert today in run_overview(2022, **how).page.read_text(encoding="utf-8")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="it is killed in a fork")
@pytest.mark.parametrize("reader", ["verify", "report"])
def test_whoever_comes_after_a_kill_finds_all_of_it_published(there: tuple[Copy, Path, dict[str, Any]], reader: str) -> None:
    """Killed when the pages and the table had taken their places, and the county's list had not."""
    copy, out, how = there
    copy.set("targets", RIGHT, "actual", OTHER)
    if (child := os.fork()) == 0:
        replace = Path.replace
        Path.replace = lambda one, to: os._exit(137) if Path(to).name == "county.json" else replace(one, to)  # type: ignore[assignment,method-assign]
        with suppress(BaseException):
            publish("hrss", 2023, kind="correction", why="typed wrongly", **how)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 137
    assert [*out.parent.glob(".evallib-*")]
    if reader == "report":
        run_report("hrss", 2023, **how)
    else:
        verify(out)
    assert not [*out.parent.glob(".evallib-*")]
    assert [one.file for one in verify(out, copy.folder) if not one.sound] == []
    assert [str(row.total) for row in load_published(copy.folder).rows] == ["84.63", "86.63"]


def test_a_number_of_a_strange_size_that_was_published_is_reached_again(copy: Copy) -> None:
    """A check of sizes that came after the report: what was published stands; another number is looked at as ever."""
    copy.set("facts", {"fact": "operating_expense_outturn"}, "value", "95.73")
    with pytest.raises(InputRefused) as refusal:
        copy.evaluate()
    assert {one.code for one in refusal.value.problems} == {"magnitude"}
    then = evaluate_year(copy.folder, "hrss", 2023, draft=True).evaluation
    seal = sealed(evaluate(then.framework, then.record), "2024-05-06")
    for row in (seal, seal.model_copy(update={"format": FORMAT + 1, "result_seal": "0" * 64})):  # of another format too
        write_published(Published((row,)), copy.folder / FILE, "zh")
        found = evaluate_year(copy.folder, "hrss", 2023)
        assert found.evaluation.total == row.total
        assert {one.level for one in found.remarks if one.code == "magnitude"} == {"warning"}
        assert [one.count("error") for one in check_data(copy.folder, "hrss", 2023)] == [0]
    copy.set("targets", RIGHT, "actual", OTHER)  # and with another result it is no longer what was published
    with pytest.raises(InputRefused):
        copy.evaluate()
