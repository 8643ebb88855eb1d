"""Many reports: what is made, what is left alone, what is told of those that could not be made."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from typer.testing import CliRunner

from evallib.cli.main import app
from evallib.demo.county import make_demo
from evallib.kit import NOTEBOOKS
from evallib.model.errors import InputRefused
from evallib.model.monitoring_rows import example_lines, head_line
from evallib.runs.batch import run_batch
from evallib.runs.engine import fast_engine
from evallib.runs.index import results_table, write_index, write_results
from evallib.runs.jobs import Job, choose_jobs, list_jobs, list_pages
from evallib.runs.report import ReportFailed, run_report
from evallib.runs.stamps import Outcome, fingerprint, stamp_text, standing
from tests.conftest import DATA, Copy


class Here(Executor):
    """An executor that does the work at once, in this process."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class Nowhere(Here):
    """An executor that nothing may be given to."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        raise AssertionError("nothing has changed: there is nothing to do")


@pytest.fixture
def county(copy: Copy) -> Copy:
    """Three departments: one sound, one whose data is wrong, one without data."""
    for code in ("wrong", "absent"):
        with (copy.folder / "departments.csv").open("a", encoding="utf-8") as file:
            file.write(f"{code},部门{code},Department {code},xundian-department,2023,2023\n")
    shutil.copytree(copy.year, copy.folder / "departments" / "wrong" / "2023")
    facts = copy.folder / "departments" / "wrong" / "2023" / "facts.csv"
    facts.write_text(facts.read_text(encoding="utf-8-sig").replace("18093595.56", "many"), encoding="utf-8")
    return copy


def states(outcomes: tuple[Outcome, ...]) -> dict[str, str]:
    return {outcome.job.department: outcome.state for outcome in outcomes}


def test_one_failure_stops_nothing_and_everything_is_told(county: Copy, tmp_path: Path) -> None:
    jobs = list_jobs(county.folder, tmp_path / "out")
    heard: list[Outcome] = []
    outcomes = run_batch(jobs, Here(), told=heard.append)
    assert states(outcomes) == {"hrss": "made", "wrong": "refused", "absent": "missing"}
    assert {o.job.department for o in heard} == {"hrss", "wrong", "absent"}
    assert "不是数字" in next(o.reason.zh for o in outcomes if o.job.department == "wrong")
    assert not (tmp_path / "out" / "2023" / "wrong.html").exists()

    again = run_batch(jobs, Nowhere())
    assert states(again) == {"hrss": "up_to_date", "wrong": "refused", "absent": "missing"}

    index = write_index(again, tmp_path / "out", "zh").read_text(encoding="utf-8")
    assert 'href="2023/hrss.html"' in index
    assert 'href="2023/wrong.html"' not in index
    assert "84.63" in index
    assert "没有数据" in index
    assert "不是数字" in index
    comma, parquet = write_results(again, tmp_path / "out")
    rows = list(csv.DictReader(io.StringIO(comma.read_text(encoding="utf-8-sig"))))
    assert len(rows) == 39
    assert sum(float(row["score"]) for row in rows) == pytest.approx(84.63)
    assert {row["kind"] for row in rows} == {"department"}
    assert pd.read_parquet(parquet)["indicator"].tolist() == [row["indicator"] for row in rows]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A data folder and an output folder in which everything is up to date."""
    base = tmp_path_factory.mktemp("batch")
    shutil.copytree(DATA, base / "data")
    assert [o.state for o in run_batch(list_jobs(base / "data", base / "out"), Here())] == ["made"]
    return base / "data", base / "out"


def job_of(made: tuple[Path, Path], tmp_path: Path) -> Job:
    for source, name in zip(made, ("data", "out"), strict=True):
        shutil.copytree(source, tmp_path / name)
    return list_jobs(tmp_path / "data", tmp_path / "out")[0]


def test_a_finished_report_is_up_to_date(made: tuple[Path, Path], tmp_path: Path) -> None:
    assert standing(job_of(made, tmp_path))


@pytest.mark.parametrize(
    "file",
    [
        "data/departments/hrss/2023/facts.csv",
        "data/frameworks/xundian-department/2023.toml",
        "data/county.toml",
        "data/departments.csv",
    ],
)
def test_whatever_decides_a_report_makes_it_stale(made: tuple[Path, Path], tmp_path: Path, file: str) -> None:
    job_of(made, tmp_path)
    path = tmp_path / file
    text = path.read_text(encoding="utf-8-sig")
    path.write_text(text.replace("hrss,寻甸", "hrss,新寻甸") if file.endswith("departments.csv") else text + "\n", encoding="utf-8")
    assert not standing(list_jobs(tmp_path / "data", tmp_path / "out")[0])


def test_another_department_on_the_list_changes_nothing(made: tuple[Path, Path], tmp_path: Path) -> None:
    job_of(made, tmp_path)
    with (tmp_path / "data" / "departments.csv").open("a", encoding="utf-8") as file:
        file.write("other,其他,Other,xundian-department,2023,2023\n")
    assert standing(list_jobs(tmp_path / "data", tmp_path / "out")[0])


def as_if_made(job: Job) -> None:
    """Outputs and a stamp as a run leaves them."""
    job.folder.mkdir(parents=True, exist_ok=True)
    for file in job.outputs:
        file.write_text("x")
    job.stamp.write_text(stamp_text({"fingerprint": fingerprint(job), "outputs": {file.name: 1 for file in job.outputs}}))


def test_after_one_number_is_changed_exactly_what_depends_on_it_is_stale(tmp_path: Path) -> None:
    data = make_demo(tmp_path / "demo", departments=3, first_year=2021, last_year=2024, seed=3).data

    def every() -> list[Job]:
        return [job for job in list_pages(data, tmp_path / "out") if job.kind != "monitoring"]

    for job in every():
        as_if_made(job)
    assert all(standing(job) for job in every())
    code = every()[0].department
    facts = data / "departments" / code / "2022" / "facts.csv"
    facts.write_bytes(facts.read_bytes() + b"\n")
    stale = {(job.kind, job.department, job.year) for job in every() if not standing(job)}
    years = {2022, 2023, 2024}  # the year itself; the next year's report looks back one year, an overview two
    assert stale == {
        *(("report", code, year) for year in (2022, 2023)),
        ("comparison", code, 0),
        *(("overview", "", year) for year in years),
    }


@pytest.mark.parametrize("name", ["hrss.html", "hrss.ipynb", "hrss.evaluation.json", ".hrss.stamp.json"])
@pytest.mark.parametrize("how", ["deleted", "cut"])
def test_an_output_that_is_gone_or_cut_is_noticed(made: tuple[Path, Path], tmp_path: Path, name: str, how: str) -> None:
    job = job_of(made, tmp_path)
    path = tmp_path / "out" / "2023" / name
    if how == "deleted":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:100])
    assert not standing(job)


def test_the_official_report_is_made_where_it_is_asked_for_and_again_where_it_stands(copy: Copy, tmp_path: Path) -> None:
    [job] = list_jobs(copy.folder, tmp_path / "out")
    [made] = run_batch((replace(job, official=True),), Here())
    assert made.state == "made"
    official = tmp_path / "out" / "2023" / "hrss.docx"
    first = official.read_bytes()
    assert run_batch((job,), Nowhere())[0].state == "up_to_date"
    text = copy.folder / "departments" / "hrss" / "2023.text" / "落款.md"
    text.parent.mkdir()
    text.write_text("某某会计师事务所", encoding="utf-8")
    assert run_batch(list_jobs(copy.folder, tmp_path / "out"), Here())[0].state == "made"
    assert official.read_bytes() != first


def test_another_language_and_another_notebook_are_other_reports(made: tuple[Path, Path], tmp_path: Path) -> None:
    job_of(made, tmp_path)
    assert not standing(list_jobs(tmp_path / "data", tmp_path / "out", lang="en")[0])
    book = nbformat.read(NOTEBOOKS / "department_report.ipynb", as_version=4)
    book.cells[0].source += "!"
    nbformat.write(book, tmp_path / "other.ipynb")
    assert not standing(list_jobs(tmp_path / "data", tmp_path / "out", notebook=tmp_path / "other.ipynb")[0])


def test_only_what_is_asked_for(county: Copy, tmp_path: Path) -> None:
    reports = list_jobs(county.folder, tmp_path)
    every = list_pages(county.folder, tmp_path)

    def chosen(departments: tuple[str, ...], years: tuple[int, ...]) -> list[str]:
        return [job.title.en for job in choose_jobs(every, departments, years)]

    assert chosen(("wrong",), ()) == ["wrong 2023", "wrong comparison of years"]
    assert chosen((), (2023,)) == [f"{job.department} 2023" for job in reports] + ["2023 overview of all departments"]
    assert chosen(("wrong",), (2023,)) == ["wrong 2023"]
    assert len(chosen((), ())) == len(every)


@pytest.mark.parametrize(("departments", "years", "found"), [(("nobody",), (), "nobody"), ((), (1999,), "1999")])
def test_who_is_not_on_the_list_is_refused(county: Copy, tmp_path: Path, departments: Any, years: Any, found: str) -> None:
    with pytest.raises(InputRefused, match=f'is not on the list .found "{found}".*choose from the list'):
        choose_jobs(list_jobs(county.folder, tmp_path), departments, years)


def test_without_departments_or_notebooks_nothing_is_begun(county: Copy, tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="no such notebook"):
        list_jobs(county.folder, tmp_path, notebook=tmp_path / "none.ipynb")
    (county.folder / "departments.csv").write_text("code,name,name_en,framework,first_year,last_year\n")
    with pytest.raises(InputRefused, match="no department is on the list yet"):
        list_jobs(county.folder, tmp_path)


def test_the_index_leads_to_overviews_and_comparisons_that_were_made(county: Copy, tmp_path: Path) -> None:
    first = {"hrss", ""}  # of the comparisons only one
    jobs = [job for job in list_pages(county.folder, tmp_path) if job.kind == "report" or job.department in first]
    index = write_index([Outcome(job, "waiting" if job.kind == "report" else "made") for job in jobs], tmp_path, "zh").read_text(
        encoding="utf-8"
    )
    assert 'href="overview/2023.html"' in index
    assert 'href="comparison/hrss.html"' in index
    assert 'href="comparison/wrong.html"' not in index
    assert index.count("尚未生成</span>") == 3


def shown(job: Job, total: str | None) -> Outcome:
    """A report that was made, with a result as its stamp holds it."""
    called = {"zh": f"{job.year}/{(job.year + 1) % 100}", "en": f"{job.year}/{(job.year + 1) % 100}"}
    named = {"zh": f"{job.framework} 体系", "en": f"framework {job.framework}"}
    result: dict[str, Any] = {"name": job.department, "framework": job.framework, "framework_name": named, "kind": job.of, "year": called}
    result |= {"total": total, "points": "100.00" if total else "0.00", "grade": "良" if total else "", "grade_en": "Good" if total else ""}
    result |= {"self_total": None, "indicators": 4, "indicators_scored": 4, "synthetic": False, "rows": []}
    job.folder.mkdir(parents=True, exist_ok=True)
    job.stamp.write_text(stamp_text({"result": result}), encoding="utf-8")
    return Outcome(job, "made")


def test_what_is_evaluated_otherwise_is_set_apart_on_the_index(county: Copy, tmp_path: Path) -> None:
    """Projects stand with projects, and a framework without points has no total, no grade and no change."""
    lines = ["code,name,name_en,framework,first_year,last_year,kind,department"]
    lines += ["road,某道路,A road,project-mof-2020,2023,2024,project,hrss", "hrss,某局,A bureau,xundian-department,2023,2024,,"]
    lines += ["plain,某馆,A hall,xundian-department,2024,2024,department,", "bridge,某桥,A bridge,project-mof-2020,2024,2024,project,"]
    (county.folder / "departments.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    totals = {("road", 2023): "80.00", ("road", 2024): "81.50", ("hrss", 2024): "90.00"}
    jobs = list_jobs(county.folder, tmp_path, lang="en")
    outcomes = [shown(job, totals.get((job.department, job.year))) for job in jobs if job.department != "bridge"]
    outcomes += [Outcome(job, "missing") for job in jobs if job.department == "bridge"]
    page = write_index(outcomes, tmp_path, "en").read_text(encoding="utf-8")
    rows = page.partition("<tbody")[2].split("<tr role")[1:]
    names = [row.partition('data-value="')[2].partition('"')[0] for row in rows]
    assert names == ["A road", "A bridge", "A bureau", "A hall", "A road", "A bureau"]
    assert "<title>Performance at a glance</title>" in page
    assert "are not comparable" in page
    assert '<option value="1">project · framework project-mof-2020</option>' in page
    assert '<option value="2">department · framework xundian-department</option>' in page
    assert '<option value="2024">2024/25</option>' in page
    assert [re.search(r'data-group="(\d)"', row)[1] for row in rows] == ["1", "1", "2", "2", "1", "2"]  # type: ignore[index]
    assert 'data-value="1.50">+1.50' in rows[0]
    assert 'data-label="Total" data-value="">—</td>' in rows[3]
    assert 'data-value="">—</td>' in rows[2]  # last year had no total: no change is told
    assert "A framework without points has no total" in page
    table = results_table(outcomes)
    assert "kind" in table.columns


def test_departments_of_one_framework_need_no_setting_apart(county: Copy, tmp_path: Path) -> None:
    jobs = list_jobs(county.folder, tmp_path)
    page = write_index([shown(job, "90.00") for job in jobs], tmp_path, "zh").read_text(encoding="utf-8")
    assert "<title>部门绩效评价一览</title>" in page
    assert 'id="group"' not in page
    assert "不能相互比较" not in page
    assert "没有总分" not in page


def test_the_command_says_what_became_of_each_and_exits_1_if_any_failed(county: Copy, tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    result = CliRunner().invoke(app, ["batch", "--data", str(county.folder), "--out", out, "--workers", "1", "--lang", "en"])
    assert result.exit_code == 1, result.output
    assert "made 3  data refused 2  no data 2" in result.stdout
    assert "wrong 2023  data refused" in result.stderr
    printed = CliRunner().invoke(app, ["results", "--out", out, "--indicator", "quality", "--format", "csv"])
    assert printed.exit_code == 0
    assert "0.9175" in printed.stdout
    table = CliRunner().invoke(app, ["results", "--out", out, "--department", "hrss", "--indicator", "quality"]).stdout
    heads = [head.strip() for head in table.splitlines()[1].replace("┃", "|").split("|")]
    assert [*filter(None, heads)] == ["部门", "年度", "指标编号", "指标", "分值", "得分", "实际值", "单位", "状态"]
    assert all(text in table for text in ("91.75", "%", "已评分"))
    named = ["--department", "寻甸回族彝族自治县人力资源和社会保障局", "--data", str(county.folder)]
    assert CliRunner().invoke(app, ["results", "--out", out, *named, "--indicator", "quality"]).stdout == table
    unknown = CliRunner().invoke(app, ["results", "--out", out, "--department", "hrs"])
    assert unknown.exit_code == 2
    assert "是否应为 hrss？" in unknown.stderr


@pytest.mark.parametrize(("lang", "said"), [("zh", "无法写入"), ("en", "cannot write to")])
def test_reports_that_cannot_be_written_are_said_once(copy: Copy, tmp_path: Path, lang: str, said: str) -> None:
    (tmp_path / "file").touch()
    out = str(tmp_path / "file" / "out")
    result = CliRunner().invoke(app, ["batch", "--data", str(copy.folder), "--out", out, "--workers", "1", "--lang", lang])
    assert result.exit_code == 2, result.output
    assert result.stderr.count("\n") == 1
    assert said in result.stderr
    assert "Dask" not in result.stderr


def test_a_list_of_results_that_cannot_be_written_is_said(copy: Copy, tmp_path: Path) -> None:
    (tmp_path / "results.csv").mkdir()
    arguments = ["--data", str(copy.folder), "--out", str(tmp_path), "--workers", "1", "--year", "2023", "--department", "hrss"]
    result = CliRunner().invoke(app, ["batch", *arguments])
    assert result.exit_code == 2, result.output
    assert "无法写入" in result.stderr


# --- the fast engine -------------------------------------------------------------------------------------------------

needs_fork = pytest.mark.skipif(fast_engine() is None, reason="this system cannot fork: the plain engine is used")


def executed(notebook: Path, out: Path, engine: str | None) -> list[tuple[str, Any]]:
    run_report("hrss", 2023, data=DATA, out=out, notebook=notebook, engine=engine)
    book = nbformat.read(out / "2023" / "hrss.ipynb", as_version=4)
    return [(cell.source, json.loads(json.dumps(cell.get("outputs")))) for cell in book.cells]


@needs_fork
def test_the_fast_engine_gives_what_papermill_gives(tmp_path: Path) -> None:
    book = nbformat.read(NOTEBOOKS / "department_report.ipynb", as_version=4)
    more = [
        'import sys; print("one"); print("two"); print("three", file=sys.stderr); 4',
        "from IPython.display import HTML, display; display(HTML('<b>x</b>')); display(5); x = 6",
        "x",
        "",
        "import os; os.environ['LEFT'] = 'behind'",
    ]
    book.cells += [nbformat.v4.new_code_cell(source) for source in more]
    nbformat.write(book, tmp_path / "more.ipynb")
    assert executed(tmp_path / "more.ipynb", tmp_path / "plain", None) == executed(
        tmp_path / "more.ipynb", tmp_path / "fast", fast_engine()
    )


@needs_fork
def test_each_report_is_isolated_from_the_one_before(tmp_path: Path) -> None:
    book = nbformat.read(NOTEBOOKS / "department_report.ipynb", as_version=4)
    probe = (
        "import os, evallib; found = (os.environ.get('LEFT'), hasattr(evallib, 'left')); os.environ['LEFT'] = '1'; evallib.left = 1; found"
    )
    book.cells.append(nbformat.v4.new_code_cell(probe))
    nbformat.write(book, tmp_path / "probe.ipynb")
    runs = [executed(tmp_path / "probe.ipynb", tmp_path / name, fast_engine()) for name in ("a", "b")]
    assert [run[-1][1][0]["data"]["text/plain"] for run in runs] == ["(None, False)", "(None, False)"]


@needs_fork
@pytest.mark.parametrize("source", ["1 / 0", "import os; os._exit(3)"])
def test_a_notebook_that_stops_is_a_failure_on_the_fast_engine_too(tmp_path: Path, source: str) -> None:
    book = nbformat.read(NOTEBOOKS / "department_report.ipynb", as_version=4)
    book.cells[-1].source = source
    nbformat.write(book, tmp_path / "broken.ipynb")
    with pytest.raises((ReportFailed, RuntimeError)):
        run_report("hrss", 2023, data=DATA, out=tmp_path / "out", notebook=tmp_path / "broken.ipynb", engine=fast_engine())
    assert not (tmp_path / "out").exists()


def test_a_running_year_that_is_monitored_is_a_page_of_the_batch_and_on_the_index(copy: Copy, tmp_path: Path) -> None:
    """Its file decides whether it is made anew; the list of reports, in which the running year need not stand yet, does not."""
    file = copy.folder / "monitoring" / "hrss" / "2024.csv"
    file.parent.mkdir(parents=True)
    file.write_text("\n".join((head_line(), *example_lines(2024))) + "\n", encoding="utf-8")

    def planned() -> tuple[Job, ...]:
        return tuple(job for job in list_pages(copy.folder, tmp_path) if job.kind == "monitoring")

    [made] = run_batch(planned(), Here())
    assert (made.state, made.job.title.en, made.job.outputs[0].is_file()) == ("made", "hrss 2024 monitoring", True)
    assert [o.state for o in run_batch(planned(), Nowhere())] == ["up_to_date"]
    index = write_index([made], tmp_path, "zh").read_text(encoding="utf-8")
    assert '<a href="monitoring/hrss-2024.html">寻甸回族彝族自治县人力资源和社会保障局 2024</a>' in index
    file.write_text(file.read_text(encoding="utf-8").replace(",150,", ",151,"), encoding="utf-8")
    assert standing(planned()[0]) is None
