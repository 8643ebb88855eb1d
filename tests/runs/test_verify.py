"""Reports verified without a network: what was touched, differs, is missing or belongs to nothing is named; what is sound is sound."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from docx import Document
from typer.testing import CliRunner

from evallib.analysis.changes import ActualChange
from evallib.analysis.what_if import apply
from evallib.cli.main import app
from evallib.data.new_year import new_year
from evallib.data.years import evaluate_year
from evallib.files.workbook_seal import cells_seal, read_book
from evallib.model.errors import InputRefused
from evallib.model.evaluation import Evaluation
from evallib.model.seals import seals_of
from evallib.pages.page_seal import is_head_whole
from evallib.runs.county import list_text, read_list
from evallib.runs.engine import fast_engine
from evallib.runs.names import mark_of
from evallib.runs.publish import publish
from evallib.runs.report import run_report
from evallib.runs.verify import as_objects, verify
from tests.conftest import DATA, Copy
from tests.runs.heads import dead_links


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A county whose only report is published, corrected and published again, in both languages."""
    folder = tmp_path_factory.mktemp("county")
    shutil.copytree(DATA, folder / "data")
    how: Any = {"data": folder / "data", "out": folder / "reports", "engine": fast_engine()}
    run_report("hrss", 2023, workbook=True, word=True, **how)
    publish("hrss", 2023, **how)
    Copy(folder / "data").set("targets", {"indicator": "public_satisfaction"}, "actual", "90")
    publish("hrss", 2023, kind="correction", why="typed wrongly", **how)
    run_report("hrss", 2023, lang="en", **how)
    return folder


@pytest.fixture
def out(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "county")
    return tmp_path / "county" / "reports"


def said(path: Path, data: Path | None = None) -> dict[str, list[str]]:
    """What is told of each file that is told something, errors and remarks alike."""
    return {one.file: [p.describe("en") for p in one.problems] for one in verify(path, data) if one.problems}


def wrong(path: Path, data: Path | None = None) -> list[str]:
    return [one.file for one in verify(path, data) if not one.sound]


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8", newline="\n")


def test_what_was_made_is_sound(made: Path) -> None:
    verdicts = verify(made / "reports", made / "data")
    assert [one.file for one in verdicts if not one.sound] == []
    holds = {one.file: one.holds["en"] for one in verdicts}
    assert holds["2023/hrss.html"].endswith(" 2023 86.63 / 100 Good")
    assert holds["history/2023/hrss.1.html"].endswith(" 2023 84.63 / 100 Good")
    assert {one.kind for one in verdicts} == {"page", "workbook", "document", "notebook", "evaluation"}
    assert said(made / "reports", made / "data") == {  # the English page was made later, and is of the same result
        f"2023/hrss.{name}": [
            f"2023/hrss.{name}: is not on the list; it belongs to a result that is. Advice: to have it listed run evallib batch."
        ]
        for name in ("en.html", "en.ipynb")
    }
    for name in ("hrss.html", "hrss.en.html", "hrss.evaluation.json", "hrss.xlsx", "hrss.docx", "hrss.ipynb"):
        assert wrong(made / "reports" / "2023" / name) == []


def test_heads_lead_nowhere_after_a_correction(made: Path) -> None:
    """Also on the page that was published before, which has moved; it leads to the one that stands."""
    assert dead_links(made / "reports") == []
    assert 'href="../../2023/hrss.html">现行的报告' in (made / "reports" / "history" / "2023" / "hrss.1.html").read_text(encoding="utf-8")
    page = made / "reports" / "2023" / "hrss.html"
    assert is_head_whole(page.read_text(encoding="utf-8"))


def test_the_evaluation_page_and_workbook_carry_one_seal(made: Path) -> None:
    [page] = verify(made / "reports" / "2023" / "hrss.html")
    assert page.sound
    book = read_book((made / "reports" / "2023" / "hrss.xlsx").read_bytes())
    assert f'evallib-content" content="{book.content}"' in (made / "reports" / "2023" / "hrss.html").read_text(encoding="utf-8")
    assert book.own == cells_seal(book.cells)


@pytest.mark.parametrize(("old", "new", "told"), [
    ('<span class="figure">86.63', '<span class="figure">96.63', "was changed after it was made: total 86.63 → 96.63."),
    ('<span class="result">0.95 / 1.00', '<span class="result">1.00 / 1.00', "Budget execution rate 0.95 → 1.00"),
    ("18,854,402.47", "18,854,402.74", "was changed after it was made."),
    ('name="evallib-page"', 'name="evallib-pages"', "carries no checksum"),
])  # fmt: skip
def test_a_touched_page_is_told_with_the_scores_that_it_shows(out: Path, old: str, new: str, told: str) -> None:
    edit(out / "2023" / "hrss.html", old, new)
    assert wrong(out) == ["2023/hrss.html"]
    assert told in said(out)["2023/hrss.html"][0]
    assert wrong(out / "2023" / "hrss.html") == ["hrss.html"]


def test_a_page_with_a_new_checksum_does_not_become_another_result(out: Path, hrss: Evaluation) -> None:
    """Whoever computes the page's checksum anew is found out by the list; whoever changes the evaluation too by the scores."""
    from evallib.pages.page_seal import carried_by, sealed_page

    page = out / "2023" / "hrss.html"
    edit(page, '<span class="figure">86.63', '<span class="figure">96.63')
    page.write_text(sealed_page(page.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
    assert wrong(page) == []  # alone it cannot be told
    text = page.read_text(encoding="utf-8")
    page.write_text(sealed_page(text.replace(carried_by(text)[0], seals_of(hrss).content)), encoding="utf-8", newline="\n")
    assert "is not of the evaluation in hrss.evaluation.json" in said(page)["hrss.html"][0]


def test_lines_that_end_otherwise_are_no_touch(out: Path) -> None:
    page = out / "2023" / "hrss.html"
    page.write_bytes(b"\xef\xbb\xbf" + page.read_bytes().replace(b"\n", b"\r\n"))
    assert wrong(page) == []
    assert "was made again since the list was written" in said(out)["2023/hrss.html"][0]


@pytest.mark.parametrize(("cell", "value", "told"), [
    ("G8", 1.23, " → 1.23"), ("A1", "别的部门", "→ 别的部门"), ("Z99", "注", "Z99: — → 注"),
])  # fmt: skip
def test_a_changed_cell_is_named_and_saving_alone_is_nothing(out: Path, cell: str, value: object, told: str) -> None:
    file = out / "2023" / "hrss.xlsx"
    values: Any = openpyxl.load_workbook(file, data_only=True)  # as a program that computes saves it
    values.save(file)
    assert wrong(file) == []
    values[values.sheetnames[0]][cell] = value
    values.save(file)
    assert told in said(file)["hrss.xlsx"][0]


def test_a_changed_paragraph_of_the_word_report_is_named_and_saving_alone_is_nothing(out: Path) -> None:
    file = out / "2023" / "hrss.docx"
    book: Any = Document(str(file))
    book.save(str(file))  # as another program writes it
    assert wrong(file) == []
    [total] = [p for p in book.paragraphs if p.text.startswith("评价得分 86.63 分")]
    total.runs[0].text = total.text.replace("86.63", "96.63")
    book.save(str(file))
    assert "these texts are not as they were: 评价得分 96.63 分（满分 100 分），等级为“良”" in said(file)["hrss.docx"][0]
    del total._p.getparent()[:20]
    book.save(str(file))
    assert wrong(out) == ["2023/hrss.docx"]
    file.write_bytes(b"PK")
    assert "cannot be read" in said(file)["hrss.docx"][0]


def test_an_evaluation_whose_parts_do_not_add_up_is_told_part_by_part(out: Path) -> None:
    edit(out / "2023" / "hrss.evaluation.json", '"total": "86.63"', '"total": "96.63"')
    told = said(out)
    assert "total is not what follows from the data and the framework in the file (86.63)" in told["2023/hrss.evaluation.json"][0]
    assert "cannot be used, so nothing could be computed again" in told["2023/hrss.html"][0]
    assert wrong(out) == [f"2023/hrss.{name}" for name in ("docx", "en.html", "en.ipynb", "evaluation.json", "html", "ipynb", "xlsx")]


def test_another_result_that_adds_up_is_told_by_page_list_and_publication(out: Path, hrss: Evaluation) -> None:
    (out / "2023" / "hrss.evaluation.json").write_text(hrss.to_json(), encoding="utf-8", newline="\n")
    told = said(out, out.parent / "data")
    assert any("is not what was published on" in one and "Total 86.63 → 84.63" in one for one in told["2023/hrss.evaluation.json"])
    assert any("is not the file on the list" in one for one in said(out)["2023/hrss.evaluation.json"])
    assert "is not of the evaluation in hrss.evaluation.json beside it" in told["2023/hrss.html"][0]
    assert "make both again by evallib report --xlsx" in told["2023/hrss.xlsx"][0]
    assert "make both again by evallib report --word" in told["2023/hrss.docx"][0]


def test_words_that_decide_no_score_are_covered_too(out: Path) -> None:
    file = out / "2023" / "hrss.evaluation.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    document["record"]["findings"][0]["title"] = "没有问题"
    file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    assert wrong(file) == []  # it adds up
    assert "2023/hrss.html" in wrong(out)


def test_what_is_missing_or_not_on_the_list_is_told(out: Path) -> None:
    (out / "2023" / "hrss.xlsx").unlink()
    (out / "history" / "2023" / "hrss.1.evaluation.json").unlink()
    shutil.copy(out / "2023" / "hrss.html", out / "2023" / "edu.html")
    (out / "2023" / "hrss-final.html").write_text("<p>84.63", encoding="utf-8")
    (out / "stale" / "2023").mkdir(parents=True)
    (out / "stale" / "2023" / "hrss.html").write_text("<p>old", encoding="utf-8")
    told = said(out, out.parent / "data")
    assert "is on the list, and the file is gone" in told["2023/hrss.xlsx"][0]
    assert "was published, and the file is gone" in told["history/2023/hrss.1.evaluation.json"][0]
    assert any("stands in the folder, and is not on the list" in one for one in told["2023/edu.html"])
    assert any("stands in the folder, and is not on the list" in one for one in told["2023/hrss-final.html"])
    assert not [name for name in told if name.startswith("stale")]


def test_a_page_that_is_linked_and_gone_is_told_and_no_page_leads_nowhere(out: Path) -> None:
    assert not [one for one in verify(out) if not one.sound]  # of what has one language the other one's list leads there
    (out / "index.html").write_text('<a href="overview/2023.html">2023</a> <a href="2023/hrss.html">h</a>', encoding="utf-8")
    told = said(out)
    assert "is linked from the index or the list of corrections, and the file is gone" in told["overview/2023.html"][0]
    assert "2023/hrss.html" not in told
    (out / "2023" / "hrss.html").unlink()
    assert "is on the list" in said(out)["2023/hrss.html"][0]


def test_a_part_of_a_folder_is_held_against_the_list_and_nothing_is_not_sound(out: Path, tmp_path: Path) -> None:
    whole, part = verify(out), verify(out / "2023")
    assert part == tuple(one for one in whole if one.file.startswith("2023/"))
    assert verify(out / "history" / "2023") == tuple(one for one in whole if one.file.startswith("history/"))
    (out / "stale" / "2023").mkdir(parents=True)
    for folder in (tmp_path / "empty", out / "stale"):
        folder.mkdir(exist_ok=True)
        with pytest.raises(InputRefused, match="a folder without reports"):
            verify(folder)


def test_an_older_list_is_told_file_by_file(out: Path) -> None:
    """As it comes back from a backup: of the result before it was corrected."""
    county = read_list(out)
    [row] = county.rows.values()
    files = {name.replace("history/2023/hrss.1", "2023/hrss"): mark for name, mark in row.files.items() if "history" in name}
    old = county.with_row(replace(row, total="84.63", content="0" * 64, files=files))
    (out / "county.json").write_text(list_text(old), encoding="utf-8")
    told = {name: " ".join(lines) for name, lines in said(out).items()}
    assert {name: "not the file on the list" in told[name] for name in told} == {
        **{f"2023/hrss.{end}": True for end in ("data", "docx", "evaluation.json", "html", "ipynb", "xlsx")},
        **{f"2023/hrss.en.{end}": False for end in ("html", "ipynb")},
        **{f"history/2023/hrss.1.{end}": False for end in ("data", "docx", "evaluation.json", "html", "ipynb", "xlsx")},
    }
    assert all("is not on the list" in lines for lines in told.values() if "not the file on the list" not in lines)


@pytest.mark.parametrize("listed", [True, False])
def test_what_has_no_checksum_is_not_called_verified(out: Path, listed: bool) -> None:
    """A file that somebody put beside a report; without a list pictures and tables, too: they carry none themselves."""
    (out / "2023" / "hrss.pdf").write_text("total 99", encoding="utf-8")
    if not listed:
        (out / "county.json").unlink()
    unchecked = {one.file for one in verify(out) if not one.looked_at}
    assert unchecked == {"2023/hrss.pdf", *(set() if listed else {"county.json", "2023/hrss.data", "history/2023/hrss.1.data"})}
    told = CliRunner().invoke(app, ["verify", str(out), "--lang", "en"]).output
    assert "?  2023/hrss.pdf" in told
    assert told.rstrip().endswith(f"{len(unchecked)} not verified.")


def test_inputs_that_changed_since_are_remarked(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made, tmp_path / "c")
    Copy(tmp_path / "c" / "data").set("targets", {"indicator": "public_satisfaction"}, "actual", "91")
    file = tmp_path / "c" / "reports" / "2023" / "hrss.evaluation.json"
    [line] = said(file, tmp_path / "c" / "data")["hrss.evaluation.json"]
    assert "these files of the data folder have changed since: departments/hrss/2023/targets.csv" in line
    assert wrong(file, tmp_path / "c" / "data") == []


def test_a_framework_that_is_shipped_is_looked_for_where_it_lies(copy: Copy, tmp_path: Path) -> None:
    new_year(copy.folder, "edu", 2024, from_year=None, to="xlsx", lang="zh", name="教育局", framework="department-mof-2013")
    file = tmp_path / "edu.evaluation.json"
    file.write_text(evaluate_year(copy.folder, "edu", 2024, draft=True).evaluation.to_json(), encoding="utf-8")
    assert "frameworks/department-mof-2013/2013.toml" in file.read_text(encoding="utf-8")
    assert not any("changed since" in line for line in said(file, copy.folder)[file.name])


def test_a_trial_is_made_again_from_its_changes(tmp_path: Path, hrss: Evaluation) -> None:
    tried = apply(hrss, [ActualChange(indicator="public_satisfaction", actual=Decimal(90))])
    assert seals_of(tried).content != seals_of(hrss).content
    file = tmp_path / "hrss.evaluation.json"
    file.write_text(tried.to_json(), encoding="utf-8")
    [verdict] = verify(file)
    assert (verdict.sound, verdict.holds["en"].endswith("2023 86.63 / 100 Good")) == (True, True)
    for untrue, told in ((replace(tried, tried=()), "does not say what was tried"), (other_said(tried), "Actual is not what follows")):
        file.write_text(untrue.to_json(), encoding="utf-8")
        assert told in said(file)["hrss.evaluation.json"][0]
    file.write_text(tried.to_json().replace('"change": "{\\"kind\\"', '"change": "{\\"kinds\\"'), encoding="utf-8")
    assert wrong(file) == ["hrss.evaluation.json"]


def other_said(tried: Evaluation) -> Evaluation:
    [one] = tried.tried
    return replace(tried, tried=(replace(one, change=one.change.replace("90", "85")),))


@pytest.mark.parametrize("name", ["hrss.html", "hrss.xlsx", "hrss.ipynb", "hrss.evaluation.json", "county.json"])
@pytest.mark.parametrize(
    "content", [b"", b"\xff" * 1000, b"[" * 100_000, b'{"cells": [{"outputs": [{"metadata": 5}]}]}', b"PK\x03\x04broken"]
)
def test_bytes_of_any_kind_are_told_in_a_sentence(out: Path, name: str, content: bytes) -> None:
    file = out / name if name == "county.json" else out / "2023" / name
    file.write_bytes(content)
    if name == "county.json":
        with pytest.raises(InputRefused, match="the county's list cannot be read"):
            verify(out)
    else:
        assert f"2023/{name}" in wrong(out)


@pytest.mark.parametrize("name", ["notes.txt", "data", "empty"])
def test_what_is_none_of_ours_is_not_called_sound(tmp_path: Path, name: str) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "empty").mkdir()
    result = CliRunner().invoke(app, ["verify", str(DATA if name == "data" else tmp_path / name), "--lang", "en"])
    assert (result.exit_code, result.stdout, "nothing here to verify" in result.stderr) == (2, "", True)


def test_a_notebook_that_bears_no_mark_is_not_called_sound(out: Path) -> None:
    book = out / "2023" / "hrss.ipynb"
    edit(book, '"evallib"', '"other"')
    assert not verify(book)[0].sound


def test_the_command_says_it_in_both_languages_and_as_json(out: Path) -> None:
    run = CliRunner()
    sound = run.invoke(app, ["verify", str(out), "--data", str(out.parent / "data"), "--lang", "en"])
    assert (sound.exit_code, "0 wrong" in sound.stdout) == (0, True)
    edit(out / "2023" / "hrss.html", '<span class="figure">86.63', '<span class="figure">96.63')
    told = run.invoke(app, ["verify", str(out)])
    assert (told.exit_code, "✗ 不符  2023/hrss.html" in told.stdout, "总分 86.63 → 96.63" in told.output) == (1, True, True)
    found = json.loads(run.invoke(app, ["verify", str(out), "--format", "json"]).stdout)
    assert found == as_objects(verify(out))
    assert [one["file"] for one in found if not one["sound"]] == ["2023/hrss.html"]
    gone = run.invoke(app, ["verify", str(out / "nothing"), "--lang", "en"])
    assert (gone.exit_code, "there is no such file or folder" in gone.stderr) == (2, True)


def test_a_batch_leaves_what_is_published_and_the_list_says_so(out: Path) -> None:
    data = out.parent / "data"
    Copy(data).set("targets", {"indicator": "public_satisfaction"}, "actual", "91")
    before = mark_of(out / "2023" / "hrss.html")
    ran = CliRunner().invoke(app, ["batch", "--data", str(data), "--out", str(out), "--workers", "1", "--lang", "en"])
    assert "is published, and today's data gives another result" in ran.output
    assert ran.output.count("is published, and today's data gives another result") == 1
    assert "(total 86.63); today's data is not taken" in ran.output  # the comparison has no other year
    assert not [*out.glob("comparison/*.html")]
    assert "(total 86.63); today's data is not taken" in (out / "overview" / "2023.en.html").read_text(encoding="utf-8")
    assert mark_of(out / "2023" / "hrss.html") == before
    [row] = json.loads((out / "county.json").read_text(encoding="utf-8"))["reports"]
    assert (row["state"], row["total"]) == ("held", "86.63")
    index = (out / "index.en.html").read_text(encoding="utf-8")
    assert 'href="corrections.en.html"' in index
    assert "86.63" in index
    assert wrong(out) == []


def test_results_that_were_changed_or_are_gone_are_told(out: Path) -> None:
    """What a table of all reports says is held against the list; one that the list knows nothing of is not called verified."""
    ran = CliRunner().invoke(app, ["batch", "--data", str(out.parent / "data"), "--out", str(out), "--workers", "1"])
    assert (ran.exit_code, wrong(out)) == (0, [])
    assert {"results.csv", "results.parquet"} <= {one.file for one in verify(out)}
    text = (out / "results.csv").read_bytes()
    (out / "results.csv").write_bytes(text.replace(b"86.63", b"99.63"))
    (out / "results.parquet").unlink()
    assert wrong(out) == ["results.csv", "results.parquet"]
    (out / "results.csv").write_bytes(text)
    county = read_list(out)
    [row] = county.rows.values()
    (out / "county.json").write_text(list_text(county.with_row(replace(row, total="80.00"))), encoding="utf-8")  # as after a new report
    assert said(out)["results.csv"][0].startswith("results.csv: is older than the reports of Human Resources")
    (out / "county.json").write_text(list_text(replace(county, pages=dict.fromkeys(county.pages, ""))), encoding="utf-8")  # as of 2.0.0
    assert [one.file for one in verify(out) if not one.looked_at] == ["results.csv"]
    assert wrong(out) == ["results.parquet"]
