"""What `make clean` deletes in the folder of reports: what the kit made there and can make again."""

from __future__ import annotations

from pathlib import Path

import pytest

from evallib.analysis.what_if import apply
from evallib.data.score_workbook import write_score_workbook
from evallib.model.evaluation import Evaluation
from evallib.runs.clean import clean

PAGE = '<head><meta name="generator" content="evallib"></head>'
MINE = ("2023/notes.html", "2023/hrss copy.html", "2023/own.ipynb", "2023/own.xlsx", "plans/2024.html", "2024/letter.docx", "notes.txt")
KEPT = ("history/2023/hrss.1.html", "stale/2023/hrss.html", "stale/2023/hrss.ipynb")
MADE = (
    *(
        f"2023/{name}"
        for name in ("hrss.html", "hrss.ipynb", "hrss.evaluation.json", "hrss.points.png", ".hrss.stamp.json", "hrss.en.html")
    ),
    *("2023/hrss.en.ipynb", "overview/2023.html", "overview/2023.ipynb", "index.html", "results.csv", "results.parquet"),
)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    for name in (*MINE, *KEPT, *MADE):
        file = tmp_path / "reports" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(PAGE if name in (*MADE, *KEPT, "2023/hrss copy.html") else "mine")
    return tmp_path / "reports"


def left(out: Path) -> set[str]:
    return {file.relative_to(out).as_posix() for file in out.rglob("*") if file.is_file()}


def test_what_the_kit_made_goes_and_all_else_stays(out: Path) -> None:
    assert {file.relative_to(out).as_posix() for file in clean(out, out.parent / "data")} == set(MADE)
    assert left(out) == {*MINE, *KEPT}
    assert not (out / "overview").exists()


def test_what_was_published_stays(out: Path) -> None:
    data = out.parent / "data"
    data.mkdir()
    (data / "published.csv").write_text("部门,年度\nhrss,2023\n", encoding="utf-8-sig")
    clean(out, data)
    assert left(out) == {*MINE, *KEPT, *(name for name in MADE if name.startswith("2023/"))}


def test_a_workbook_that_somebody_saved_stays(out: Path, hrss: Evaluation) -> None:
    import openpyxl

    write_score_workbook(apply(hrss, ()), out / "2023" / "hrss.xlsx", "zh")
    write_score_workbook(apply(hrss, ()), out / "2023" / "hrss.en.xlsx", "en")
    book = openpyxl.load_workbook(out / "2023" / "hrss.en.xlsx")
    book.properties.lastModifiedBy = "Li"
    book.save(out / "2023" / "hrss.en.xlsx")
    clean(out, out.parent / "data")
    assert left(out) == {*MINE, *KEPT, "2023/hrss.en.xlsx"}


def test_a_folder_that_is_not_there_is_clean(tmp_path: Path) -> None:
    assert clean(tmp_path / "reports", tmp_path) == []
