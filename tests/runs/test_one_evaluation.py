"""One evaluation: what the kernel takes, what the page shows and what stands in the files are the same, or nothing is written."""

from __future__ import annotations

import csv
import io
import shutil
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner

from evallib.cli.main import app
from evallib.data.years import DataChanged
from evallib.demo.county import make_demo
from evallib.files.outputs import SEVERAL
from evallib.kit import NOTEBOOKS, PAGES
from evallib.model.errors import InputRefused, Place
from evallib.model.evaluation import Evaluation
from evallib.model.words import LANGS, Lang
from evallib.pages.exporter import ReportExporter
from evallib.runs.batch import run_batch
from evallib.runs.engine import fast_engine
from evallib.runs.index import write_index, write_results
from evallib.runs.jobs import list_jobs
from evallib.runs.report import ReportFailed, Written, run_report
from evallib.runs.stamps import standing_anywhere
from evallib.say.refusals import problem
from tests.conftest import DATA, Copy
from tests.runs.books import TRIED, book
from tests.runs.test_batch import Here

ACTUAL = '{"kind": "actual", "indicator": "public_satisfaction", "actual": "95"}'
NAMES = ["hrss.data", "hrss.evaluation.json", "hrss.html", "hrss.ipynb"]


def run(notebook: Path, out: Path, data: Path = DATA, **how: Any) -> Written:
    return run_report("hrss", 2023, data=data, out=out, notebook=notebook, **{"engine": fast_engine(), **how})


def read_back(written: Written) -> Evaluation:
    return Evaluation.from_json(written.evaluation_file.read_text(encoding="utf-8"))


def test_what_is_handed_over_unchanged_is_what_was_checked(tmp_path: Path, hrss: Evaluation) -> None:
    written = run(book(tmp_path / "plain.ipynb"), tmp_path / "out")
    assert written.evaluation == hrss
    assert sorted(p.name for p in written.page.parent.iterdir()) == NAMES


@pytest.mark.parametrize("engine", [None, fast_engine()])
def test_a_page_of_8663_never_lies_beside_a_file_of_8463(tmp_path: Path, engine: str | None) -> None:
    written = run(book(tmp_path / "tried.ipynb", [TRIED]), tmp_path / "out", engine=engine, workbook=True, lang="en")
    assert "86.63" in written.page.read_text(encoding="utf-8")
    assert str(written.evaluation.total) == "86.63"
    assert read_back(written) == written.evaluation
    assert [t.said["en"] for t in read_back(written).tried] == ["Satisfaction of the public or of those served, Actual: 84.00% → 90.00%"]
    sheets = openpyxl.load_workbook(written.page.with_suffix(".xlsx"))
    sheet = sheets.worksheets[0]
    assert sheet["A1"].value.startswith(f"{written.evaluation.record.name.en}: performance in 2023 (trial, not recorded data)")
    told = "Trial, not recorded data. Changed: Satisfaction of the public or of those served, Actual: 84.00% → 90.00%."
    assert told in [cell.value for cell in sheets["Notes"]["B"]]


@pytest.mark.parametrize(
    ("lang", "result", "said"),
    [("zh", "86.63 / 100  良", "试算，不是实际数据。改动："), ("en", "86.63 / 100  Good", "Trial, not recorded data. Changed: Satisf")],
)
def test_the_printed_line_says_what_was_tried(tmp_path: Path, lang: str, result: str, said: str) -> None:
    book(tmp_path / "department_report.ipynb", [TRIED])
    command = ["report", "hrss", "2023", "--data", str(DATA), "--out", str(tmp_path / "out"), "--notebooks", str(tmp_path), "--lang", lang]
    printed = CliRunner().invoke(app, command)
    assert printed.exit_code == 0, printed.output
    assert result in printed.stdout.splitlines()[0]
    assert printed.stdout.splitlines()[1].startswith(said)


def test_a_batch_marks_what_was_tried(tmp_path: Path) -> None:
    jobs = list_jobs(DATA, tmp_path / "out", notebook=book(tmp_path / "tried.ipynb", [TRIED]))
    assert [o.state for o in run_batch(jobs, Here())] == ["made"]
    for lang, mark in zip(LANGS, (">试算<", ">trial<"), strict=True):
        index = write_index(run_batch(jobs, Here()), tmp_path / "out", lang).read_text(encoding="utf-8")
        assert "86.63" in index
        assert "84.63" not in index
        assert mark in index
    comma, _ = write_results(standing_anywhere(jobs), tmp_path / "out")
    rows = list(csv.DictReader(io.StringIO(comma.read_text(encoding="utf-8-sig"))))
    assert {(row["total"], row["tried_en"]) for row in rows} == {
        ("86.63", "Satisfaction of the public or of those served, Actual: 84.00% → 90.00%")
    }
    assert all(row["tried"] for row in rows)


def test_nothing_is_marked_where_nothing_was_tried(tmp_path: Path) -> None:
    jobs = list_jobs(DATA, tmp_path / "out", notebook=book(tmp_path / "plain.ipynb"))
    index = write_index(run_batch(jobs, Here()), tmp_path / "out", "zh").read_text(encoding="utf-8")
    assert "试算" not in index
    comma, _ = write_results(standing_anywhere(jobs), tmp_path / "out")
    assert {row["tried"] for row in csv.DictReader(io.StringIO(comma.read_text(encoding="utf-8-sig")))} == {""}


@pytest.mark.parametrize(
    ("of", "said"),
    [
        ('of["department"] = "other"', r'hands over another evaluation than was asked for \(hrss 2023\) \(found "other 2023"\)'),
        ('of["year"] = 2022', r'\(found "hrss 2022"\)'),
        ('of["year"] = None', r'\(found "hrss None"\)'),
        ('of["fingerprint"] = "0" * 16', "does not follow from the data folder and the changes it names"),
        ('of["changes"] = [{"kind": "wish", "value": 100}]', "the changes that the notebook hands over cannot be read"),
        *(
            (f'of["changes"] = [{{**{ACTUAL}, "actual": {n}}}]', "cannot be read")
            for n in ('"1e400"', "1e999", '"NaN"', "True", '"9" * 500')
        ),
        ('of["changes"] = [{"kind": "fact", "fact": "outturn", "value": "5", "year": 10**12}]', "cannot be read"),
        (f'of["changes"] = [{ACTUAL}] * 10_000; of["fingerprint"] = ""', "does not follow from the data folder"),
        ('of["fingerprint"] = ""', "does not follow from the data folder"),
        ('of["name"] = "another county"', "does not follow from the data folder"),
        ('of["said"] = ["nothing of note"]', "does not follow from the data folder"),
        ('of["page"] = "comparison"', "does not follow from the data folder"),
        ('of["lang"] = "en"', r'than was asked for \(hrss 2023 zh\) \(found "hrss 2023 en"\)'),
        ('of["lang"] = "fr"', "cannot be read"),
        ('of["changes"] = {"a": 1}', "cannot be read"),
        (
            'of["changes"] = [{"kind": "actual", "indicator": "public_satisfaction", "actual": "91"}]',
            "does not follow from the data folder",
        ),
    ],
)
def test_another_evaluation_than_was_asked_for_is_refused(tmp_path: Path, of: str, said: str) -> None:
    with pytest.raises(InputRefused, match=said):
        run(book(tmp_path / "other.ipynb", of=of), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_trial_does_not_pass_for_recorded_data(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="does not follow from the data folder"):
        run(book(tmp_path / "tried.ipynb", [TRIED], of='of["said"] = []'), tmp_path / "out")
    assert not (tmp_path / "out").exists()


PLANT = """import glob, os
for folder in glob.glob(str(Path({out!r}, "2023", ".*"))):
    for name in ("hrss.html", "hrss.ipynb", "hrss.evaluation.json"):
        os.symlink({victim!r}, Path(folder, name))
    Path(folder, "index.html").write_text("planted")"""


@pytest.mark.parametrize("engine", [None, fast_engine()])
def test_what_a_notebook_puts_into_the_folder_of_its_run_is_no_result_and_no_way_out(tmp_path: Path, engine: str | None) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine", encoding="utf-8")
    plant = PLANT.format(out=str(tmp_path / "out"), victim=str(victim))
    written = run(book(tmp_path / "planting.ipynb", [plant]), tmp_path / "out", engine=engine)
    assert victim.read_text(encoding="utf-8") == "mine"
    assert sorted(p.name for p in written.page.parent.iterdir()) == NAMES
    assert not any(p.is_symlink() for p in written.page.parent.iterdir())


@pytest.mark.parametrize("engine", [None, fast_engine()])
def test_a_notebook_that_throws_its_folder_away_gets_its_page(tmp_path: Path, engine: str | None) -> None:
    throw = f"import shutil\nshutil.rmtree({str(tmp_path / 'out')!r})"
    written = run(book(tmp_path / "throwing.ipynb", [throw]), tmp_path / "out", engine=engine)
    assert sorted(p.name for p in written.page.parent.iterdir()) == NAMES


@pytest.mark.parametrize("engine", [None, fast_engine()])
def test_a_kernel_that_dies_is_told_as_a_notebook_that_stopped(tmp_path: Path, engine: str | None) -> None:
    with pytest.raises(ReportFailed):
        run(book(tmp_path / "dying.ipynb", ["import os; os._exit(0)"]), tmp_path / "out", engine=engine)
    assert not (tmp_path / "out").exists()


def test_half_characters_in_an_output(tmp_path: Path) -> None:
    half = 'from IPython.display import display\ndisplay({"text/plain": "a" + chr(0xD800)}, raw=True)'
    assert run(book(tmp_path / "half.ipynb", [half]), tmp_path / "out").page.is_file()


def test_a_folder_may_be_called_anything(tmp_path: Path) -> None:
    folder = tmp_path / "县 财政 {x} 100%"
    folder.mkdir()
    assert run(book(folder / "a b{c}.ipynb"), folder / "{out}").page.is_file()


def test_an_evaluation_of_other_data_is_refused(tmp_path: Path, copy: Copy) -> None:
    copy.set("facts", {"fact": "staff_administrative"}, "value", "18")
    read = f"evaluation = evaluate_year(Path({str(copy.folder)!r}), department, year).evaluation"
    with pytest.raises(InputRefused, match="does not follow from the data folder"):
        run(book(tmp_path / "other.ipynb", [read]), tmp_path / "out")
    assert not (tmp_path / "out").exists()


CHANGES = {
    "facts.csv": 'p = Path(data, "departments/hrss/2023/facts.csv"); p.write_bytes(p.read_bytes() + b"\\n")',
    "2023.toml": 'p = Path(data, "frameworks/xundian-department/2023.toml"); p.write_bytes(p.read_bytes() + b"\\n")',
    "county.toml": 'p = Path(data, "county.toml"); p.write_bytes(p.read_bytes() + b"\\n")',
    "findings.csv": 'Path(data, "departments/hrss/2023/findings.csv").unlink()',
    "profile.csv": 'Path(data, "departments/hrss/2023/profile.csv").write_text("nothing", encoding="utf-8")',
    "stray.csv": 'Path(data, "departments/hrss/2023/stray.csv").write_text("nothing", encoding="utf-8")',
    "departments.csv": 'p = Path(data, "departments.csv"); p.write_text(p.read_text("utf-8-sig").replace("hrss,", "hrss,新"), "utf-8")',
}


@pytest.mark.parametrize("file", CHANGES)
@pytest.mark.parametrize("lang", LANGS)
def test_data_that_changes_meanwhile_is_named_and_nothing_is_written(tmp_path: Path, copy: Copy, file: str, lang: Lang) -> None:
    notebook = book(tmp_path / "changing.ipynb", [CHANGES[file]])
    with pytest.raises(DataChanged) as refusal:
        run(notebook, tmp_path / "out", copy.folder, lang=lang)
    assert [Path(problem.place.file).name for problem in refusal.value.problems] == [file]
    assert {"zh": "被改动", "en": "changed while the page was being made"}[lang] in refusal.value.describe(lang)
    assert not (tmp_path / "out").exists()


def test_what_changes_of_others_does_not_disturb(tmp_path: Path, copy: Copy) -> None:
    line = "other,其他,Other,xundian-department,2023,2023\\n"
    add = f'p = Path(data, "departments.csv"); p.write_text(p.read_text("utf-8-sig") + "{line}", "utf-8")'
    assert run(book(tmp_path / "changing.ipynb", [add]), tmp_path / "out", copy.folder).page.is_file()


def test_a_batch_makes_the_report_the_next_time_though_the_data_was_put_back(tmp_path: Path, copy: Copy) -> None:
    """A refusal for what changed meanwhile must not stand for the data as it was before and is again."""
    facts = copy.year / "facts.csv"
    content = facts.read_bytes()
    once = f"flag = Path({str(tmp_path / 'flag')!r})\nif not flag.exists():\n    flag.touch()\n    " + CHANGES["facts.csv"].replace(
        "; ", "\n    "
    )
    jobs = list_jobs(copy.folder, tmp_path / "out", notebook=book(tmp_path / "changing.ipynb", [once]))
    [refused] = run_batch(jobs, Here())
    assert (refused.state, refused.reason.en.partition(" changed")[0]) == ("refused", "departments/hrss/2023/facts.csv:")
    facts.write_bytes(content)
    assert [o.state for o in run_batch(jobs, Here())] == ["made"]


def test_last_years_data_counts_too(tmp_path: Path) -> None:
    data = make_demo(tmp_path / "demo", departments=1, first_year=2023, last_year=2024, seed=1).data
    [code] = {job.department for job in list_jobs(data, tmp_path / "out")}
    change = 'p = Path(data, "departments", department, "2023", "facts.csv"); p.write_bytes(p.read_bytes() + b"\\n")'
    with pytest.raises(DataChanged) as refusal:
        run_report(code, 2024, data=data, out=tmp_path / "out", notebook=book(tmp_path / "book.ipynb", [change]), engine=fast_engine())
    assert [problem.place.file for problem in refusal.value.problems] == [f"departments/{code}/2023/facts.csv"]


TAKEN = """from evallib.data.handed import handed
assert handed(Path(data), department, year).evaluation is evaluation"""


@pytest.mark.parametrize("engine", [None, fast_engine()])
def test_the_kernel_takes_what_was_checked(tmp_path: Path, engine: str | None) -> None:
    written = run(book(tmp_path / "taken.ipynb", [TAKEN]), tmp_path / "out", engine=engine)
    assert sorted(p.name for p in written.page.parent.iterdir()) == NAMES


@pytest.mark.parametrize("engine", [None, fast_engine()])
def test_what_lies_beside_the_notebook_is_found_as_in_jupyterlab(tmp_path: Path, engine: str | None) -> None:
    (tmp_path / "mine.csv").write_text("code,mine\nhrss,1\n", encoding="utf-8")
    here = Path.cwd()
    run(book(tmp_path / "joined.ipynb", ['assert Path("mine.csv").read_text().startswith("code")']), tmp_path / "out", engine=engine)
    assert Path.cwd() == here


def test_what_the_page_leaves_out_is_told_and_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    export = ReportExporter.from_notebook_node
    told, again = (problem("report.no_notebook", Place(file)) for file in ("department_report.ipynb", "another.ipynb"))

    def leaving_out(self: ReportExporter, nb: Any, resources: Any = None, **kw: Any) -> Any:
        html, made = export(self, nb, resources, **kw)
        made.setdefault("evallib", {})["left_out"] = (told, again)
        return html, made

    monkeypatch.setattr(ReportExporter, "from_notebook_node", leaving_out)
    book(tmp_path / "department_report.ipynb")
    written = run(tmp_path / "department_report.ipynb", tmp_path / "out")
    assert written.left_out == (told, again)
    assert written.warnings[-2:] == (told, again)
    options = ["--data", str(DATA), "--out", str(tmp_path / "out"), "--notebooks", str(tmp_path), "--lang", "en"]
    printed = CliRunner().invoke(app, ["report", "hrss", "2023", *options])
    assert [printed.stderr.count(one.describe("en")) for one in (told, again)] == [1, 1]
    for name in (PAGES[kind] for kind in SEVERAL):
        shutil.copy(NOTEBOOKS / name, tmp_path)
    monkeypatch.setattr("evallib.runs.workers.open_executor", lambda *_: nullcontext(Here()))
    made = CliRunner().invoke(app, ["batch", *options, "--department", "hrss"])
    assert "made 2  outputs not on a page 4" in made.stdout, made.output
    assert [made.stderr.count(f"hrss 2023  not on the page: {one.describe('en')}") for one in (told, again)] == [1, 1]
