"""Nothing stale passes for current: what no longer holds leaves its place, and every list says in which state each row is."""

from __future__ import annotations

import csv
import io
import os
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from evallib.cli.main import app
from evallib.data.new_year import new_year
from evallib.model.errors import InputRefused
from evallib.runs.batch import run_batch
from evallib.runs.engine import fast_engine
from evallib.runs.index import write_shared
from evallib.runs.jobs import list_jobs, list_pages
from evallib.runs.publish import publish
from evallib.runs.report import run_report
from evallib.runs.stale import set_aside
from evallib.runs.stamps import Outcome
from tests.conftest import Copy
from tests.runs.test_batch import Here, Nowhere, shown


def second(copy: Copy) -> None:
    """Another department, with the same data."""
    with (copy.folder / "departments.csv").open("a", encoding="utf-8") as file:
        file.write("second,第二个部门,Second department,xundian-department,2023,2023\n")
    shutil.copytree(copy.year, copy.folder / "departments" / "second" / "2023")


def spoil(copy: Copy, code: str = "hrss") -> None:
    facts = copy.folder / "departments" / code / "2023" / "facts.csv"
    facts.write_text(facts.read_text(encoding="utf-8-sig").replace("18093595.56", "many"), encoding="utf-8")


def batch(copy: Copy, out: Path, lang: Any = "zh") -> dict[str, str]:
    """A batch of the reports alone, with what it leaves for all; by department its state."""
    jobs = list_jobs(copy.folder, out, lang=lang)
    outcomes = run_batch(jobs, Here())
    write_shared(jobs, outcomes, out, lang)
    return {outcome.job.department: outcome.state for outcome in outcomes}


def rows(out: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((out / "results.csv").read_text(encoding="utf-8-sig"))))


def departments(out: Path) -> set[str]:
    found = {row["department"] for row in rows(out)}
    assert found == set(pd.read_parquet(out / "results.parquet")["department"])
    return found


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith(".")) if folder.is_dir() else []


def test_results_hold_what_stands_in_whichever_language_and_nothing_else(copy: Copy, tmp_path: Path) -> None:
    second(copy)
    out = tmp_path / "out"
    assert batch(copy, out) == {"hrss": "made", "second": "made"}
    assert departments(out) == {"hrss", "second"}
    assert {row["state"] for row in rows(out)} == {"up_to_date"}
    assert {row["score"] for row in rows(out)} > {"2.00", "1.00"}, "as they are shown, not as floats"

    english = list_jobs(copy.folder, out, lang="en")
    only = run_batch(english[:1], Here())
    write_shared(english, only, out, "en")
    assert departments(out) == {"hrss", "second"}, "a batch of one department in English empties nothing"
    index = (out / "index.en.html").read_text(encoding="utf-8")
    assert 'href="2023/hrss.en.html"' in index
    assert 'href="2023/second.html"' in index, "which is there in Chinese only"
    assert ">中文</span>" in index

    spoil(copy, "second")
    assert batch(copy, out, "en") == {"hrss": "up_to_date", "second": "refused"}
    assert departments(out) == {"hrss"}
    for name in ("index.html", "index.en.html"):
        index = (out / name).read_text(encoding="utf-8")
        assert "2023/second.html" not in index.replace("stale/2023/second.html", "")
        assert ("不是数字" if name == "index.html" else "is not a number") in index
        assert 'href="stale/2023/second.html"' in index, "also where it was made in the other language only"
    assert names(out / "2023") == ["hrss.data", "hrss.en.html", "hrss.en.ipynb", "hrss.evaluation.json", "hrss.html", "hrss.ipynb"]
    assert names(out / "stale" / "2023") == ["second.data", "second.evaluation.json", "second.html", "second.ipynb"]
    assert [o.state for o in run_batch(list_jobs(copy.folder, out, lang="en"), Nowhere())] == ["up_to_date", "refused"]

    shutil.rmtree(copy.year)
    assert batch(copy, out, "zh") == {"hrss": "missing", "second": "refused"}
    assert departments(out) == set()
    assert names(out / "2023") == []


def test_data_that_changed_since_is_not_in_the_results(copy: Copy, tmp_path: Path) -> None:
    second(copy)
    jobs = list_jobs(copy.folder, tmp_path)
    for job in jobs:
        shown(job, "90.00")
    write_shared(jobs, [Outcome(jobs[0], "made"), Outcome(jobs[1], "waiting")], tmp_path, "zh")
    index = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert index.count(">90.00<") == 1
    assert "尚未生成" in index


def test_a_report_that_is_refused_leaves_no_page_that_passes_for_right(copy: Copy, tmp_path: Path) -> None:
    out, where = tmp_path / "out", ["--data", str(copy.folder), "--out", str(tmp_path / "out")]
    run_report("hrss", 2023, data=copy.folder, out=out, workbook=True, engine=fast_engine())
    (out / "2023" / "hrss.notes.txt").write_text("x")
    (out / "2023" / "hrss2.html").write_text("another's")
    (out / "stale" / "2023").mkdir(parents=True)
    (out / "stale" / "2023" / "hrss.en.html").write_text("of another time")
    spoil(copy)
    for lang, said in (("zh", "原有的报告已失效，移到了"), ("en", "is not a number")):
        result = CliRunner().invoke(app, ["report", "hrss", "2023", *where, "--lang", lang])
        assert (result.exit_code, said in result.stderr) == (2, True), result.output
    assert names(out / "2023") == ["hrss.notes.txt", "hrss2.html"], "somebody's own, though they begin alike"
    assert names(out / "stale" / "2023") == ["hrss.data", "hrss.evaluation.json", "hrss.html", "hrss.ipynb", "hrss.xlsx"]


@pytest.mark.parametrize(("old", "new"), [('"total"', '"totl"'), ('"84.63"', '"94.63"'), ('"rows": [', '"rows": {}, "x": ['), ("", "[]")])
def test_a_stamp_that_was_touched_says_nothing(copy: Copy, tmp_path: Path, old: str, new: str) -> None:
    """Neither is its total believed, nor does the index stumble over it: the page is made again."""
    assert batch(copy, tmp_path) == {"hrss": "made"}
    [job] = list_jobs(copy.folder, tmp_path)
    text = job.stamp.read_text(encoding="utf-8")
    assert old in text
    job.stamp.write_text(text.replace(old, new) if old else new, encoding="utf-8")
    write_shared([job], [], tmp_path, "zh")
    assert rows(tmp_path) == []
    assert batch(copy, tmp_path) == {"hrss": "made"}
    assert {row["total"] for row in rows(tmp_path)} == {"84.63"}


def test_what_somebody_has_put_beside_a_stale_page_stays(tmp_path: Path) -> None:
    for _ in range(2):
        for name in ("2023/hrss.html", "2023/hrss.notes.docx", "stale/2023/hrss.notes.docx"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(name)
        assert set_aside(tmp_path, "2023", "hrss")
    assert names(tmp_path / "stale" / "2023") == ["hrss.html", "hrss.notes.docx"]
    assert (tmp_path / "stale" / "2023" / "hrss.notes.docx").read_text() == "stale/2023/hrss.notes.docx"
    assert names(tmp_path / "2023") == ["hrss.notes.docx"]


def test_a_file_that_cannot_be_opened_just_now_makes_nothing_stale(copy: Copy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is open in another program, perhaps: the data is not known to be wrong."""
    out = tmp_path / "out"
    assert batch(copy, out) == {"hrss": "made"}
    facts = copy.year / "facts.csv"
    facts.write_bytes(facts.read_bytes() + b"\n")
    opened = os.open

    def open_(path: Any, *args: Any, **more: Any) -> int:
        if Path(path).name == "facts.csv":
            raise PermissionError
        return opened(path, *args, **more)

    monkeypatch.setattr(os, "open", open_)
    with pytest.raises(InputRefused):
        run_report("hrss", 2023, data=copy.folder, out=out, engine=fast_engine())
    assert batch(copy, out) == {"hrss": "refused"}
    assert (out / "2023" / "hrss.html").is_file()
    assert not (out / "stale").exists()


@pytest.mark.parametrize("wrong", ["folder", "year", "notebook"])
def test_a_mistake_of_the_command_moves_nothing(copy: Copy, tmp_path: Path, wrong: str) -> None:
    page = tmp_path / "out" / "2022" / "hrss.html"
    page.parent.mkdir(parents=True)
    page.write_text("x")
    data = tmp_path / "elsewhere" if wrong == "folder" else copy.folder
    year = 2023 if wrong == "notebook" else 2022
    with pytest.raises(InputRefused):
        run_report("hrss", year, data=data, out=tmp_path / "out", notebook=tmp_path / "none.ipynb" if wrong == "notebook" else None)
    assert page.is_file()


@pytest.mark.parametrize("how", ["refused", "gone"])
def test_a_published_page_stays_and_the_index_says_that_todays_data_is_not_taken(copy: Copy, tmp_path: Path, how: str) -> None:
    out = tmp_path / "out"
    assert batch(copy, out) == {"hrss": "made"}
    publish("hrss", 2023, data=copy.folder, out=out)
    page = (out / "2023" / "hrss.html").read_bytes()
    if how == "refused":
        spoil(copy)
    else:
        shutil.rmtree(copy.year)
    assert batch(copy, out) == {"hrss": "held"}
    assert (out / "2023" / "hrss.html").read_bytes() == page
    assert not (out / "stale").exists()
    index = (out / "index.html").read_text(encoding="utf-8")
    assert 'href="2023/hrss.html"' in index
    assert "已公布；今天的数据未采用" in index
    assert ("不是数字" if how == "refused" else "数据已不在了") in index
    assert {row["state"] for row in rows(out)} == {"held"}
    assert len(rows(out)) == 39


# --- being filled in -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("framework", ["xundian-department", "department-mof-2013", "self-evaluation-department"])
def test_a_year_just_laid_out_is_being_filled_in_and_not_wrong(copy: Copy, tmp_path: Path, framework: str) -> None:
    new_year(copy.folder, "edu", 2024, from_year=None, to="xlsx", lang="zh", name="教育局", framework=framework)
    where = ["--data", str(copy.folder)]
    check = CliRunner().invoke(app, ["check", "edu", "2024", *where])
    assert check.exit_code == 2
    assert "edu 2024：正在填报，还有 " in check.stderr
    assert "待填  departments/edu/2024.xlsx" in check.stderr
    assert "错误" not in check.stderr
    report = CliRunner().invoke(app, ["report", "edu", "2024", *where, "--out", str(tmp_path / "out"), "--lang", "en"])
    assert report.exit_code == 2
    assert "Being filled in: " in report.stderr
    jobs = [job for job in list_pages(copy.folder, tmp_path / "out") if job.department == "edu" and job.kind == "report"]
    for executor in (Here(), Nowhere()):
        [outcome] = run_batch(tuple(jobs), executor)
        assert outcome.state == "filling"
        assert outcome.reason.zh.startswith("正在填报，还有 ")
    index = write_shared(jobs, [outcome], tmp_path / "out", "zh").read_text(encoding="utf-8")
    assert "✗ 填报中" not in index
    assert "填报中" in index


def test_a_wrong_cell_among_the_empty_ones_is_wrong(copy: Copy) -> None:
    copy.set("facts", {"fact": "outturn_basic"}, "value", "")
    assert "正在填报，还有 1 处待填" in CliRunner().invoke(app, ["check", "hrss", "2023", "--data", str(copy.folder)]).stderr
    copy.set("facts", {"fact": "outturn_project"}, "value", "many")
    assert "hrss 2023：错误 2" in CliRunner().invoke(app, ["check", "hrss", "2023", "--data", str(copy.folder)]).stderr
