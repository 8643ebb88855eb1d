"""An overview is made of evaluations that stand: the same page as of the data, and never of what is no longer true."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from evallib.data.handed import handing, standing_years
from evallib.data.results import standing_evaluation
from evallib.data.years import ends_of_year, evaluate_county, evaluate_year
from evallib.demo.county import make_demo
from evallib.door.book import Book
from evallib.model.errors import InputRefused
from evallib.model.years import CountyYear
from evallib.pages.head import ends_of
from evallib.pages.overview import SECTIONS, CountyOverview
from evallib.runs import stamps
from evallib.runs.batch import run_job
from evallib.runs.jobs import Job, list_jobs
from evallib.runs.report import run_overview
from evallib.runs.stamps import stands


def usable(data: Path, out: Path) -> list[Job]:
    found = []
    for job in list_jobs(data, out):
        try:
            evaluate_year(data, job.department, job.year)
        except InputRefused:
            continue
        found.append(job)
    return found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    home = tmp_path_factory.mktemp("standing")
    data = make_demo(home / "demo", departments=5, first_year=2024, last_year=2024, seed=1).data
    for job in usable(data, home / "out")[:2]:
        assert run_job(job).state == "made"
    return data, home / "out"


def body(page: Path) -> str:
    return re.sub(r"<!--head-->.*<!--/head-->", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)


def test_what_stands_is_what_the_data_gives(made: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    data, out = made
    found = stands(data, out, "zh", [2024])
    assert len(found) == 2
    read = {key: standing_evaluation(one) for key, one in found.items()}
    of_data = {key: evaluate_year(data, *key).evaluation for key in found}
    for key, one in read.items():
        assert one is not None
        assert one.to_json() == of_data[key].to_json()
        assert found[key].ends == ends_of(of_data[key])
    monkeypatch.setattr("evallib.data.handed.os.getpid", lambda: 0)
    county = evaluate_county(data, 2024)
    with handing(found, data, folder=None):
        monkeypatch.setattr("evallib.data.handed.os.getpid", lambda: 1)
        assert standing_years(data) == found
        standing = evaluate_county(data, 2024)
        assert standing.ends == ends_of_year(data, 2024)
        sections = [CountyOverview(one, "en").section(id).html for one in (standing, replace(county, ends={})) for id in SECTIONS]
        book = Book(data, "en")[2024]
        results = {r.department: r for r in book.results}
        assert [r.evaluation.total for r in book.results] == [e.total for e in county.evaluations]
        for department, _ in found:  # whoever asks for more gets it
            assert len(results[department].problems) == len(evaluate_year(data, department, 2024).remarks)
    assert sections[: len(SECTIONS)] == sections[len(SECTIONS) :]
    assert isinstance(county, CountyYear)


def test_the_page_is_the_same_with_and_without(made: tuple[Path, Path], tmp_path: Path) -> None:
    data, out = made
    assert body(run_overview(2024, data=data, out=out).page) == body(run_overview(2024, data=data, out=tmp_path / "none").page)


def test_what_is_no_longer_true_does_not_stand(made: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    data, out = made
    (key, first), (other, second) = stands(data, out, "zh", [2024]).items()
    file = Path(first.file)
    text = file.read_bytes()
    file.write_bytes(text.replace(b'"total"', b'"tatol"', 1))
    assert standing_evaluation(first) is None
    file.write_bytes(text)
    assert standing_evaluation(first)
    facts = data / "departments" / other[0] / "2024" / "facts.csv"
    held = facts.read_bytes()
    facts.write_bytes(held + b"\n")
    assert set(stands(data, out, "zh", [2024])) == {key}
    facts.write_bytes(held)
    assert set(stands(data, out, "zh", [2024])) == {key, other}
    monkeypatch.setattr(stamps, "program", lambda: b"another version")
    assert not stands(data, out, "zh", [2024])
    assert second.ends
