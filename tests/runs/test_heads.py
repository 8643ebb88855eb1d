"""The head of every page: facts of the county's list, put in anew without a notebook; what it leads to is there."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from evallib.cli.main import app
from evallib.demo.county import make_demo
from evallib.files.whole import together
from evallib.model.errors import InputRefused
from evallib.model.words import LANGS, words
from evallib.pages.page_seal import is_head_whole, page_seal, parted, with_head
from evallib.runs.batch import run_batch
from evallib.runs.county import County, list_text, read_list
from evallib.runs.engine import fast_engine
from evallib.runs.heads import Heads, pages_of, put_list
from evallib.runs.index import write_shared
from evallib.runs.jobs import list_pages
from evallib.runs.names import mark_of
from evallib.runs.report import run_overview, run_report
from evallib.runs.stamps import Outcome
from evallib.runs.verify import verify
from tests.runs.heads import PAGE, dead_links, head_of, laid_out, links_of
from tests.runs.test_batch import Nowhere


def renew_heads(out: Path, county: County) -> None:
    with together(out) as change:
        put_list(change, out, county)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic county of two years with all its pages in Chinese, reports in English too; some data is refused."""
    home = tmp_path_factory.mktemp("county")
    data = make_demo(home / "demo", departments=7, first_year=2023, last_year=2024, seed=1).data
    laid_out([job for job in list_pages(data, home / "out", "en") if job.kind == "report"], home / "out")
    laid_out(list_pages(data, home / "out"), home / "out")
    return home


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "county")


def again(home: Path) -> None:
    """As a batch does at its end."""
    jobs = list_pages(home / "demo" / "data", home / "out")
    write_shared(jobs, [], home / "out", "zh")


def marks(out: Path) -> dict[str, tuple[int, str]]:
    """Which file each page is, and its checksum without the head."""
    return {place: (page.stat().st_ino, mark_of(page)) for place, page in pages_of(out)}


def ranked(out: Path) -> Iterator[tuple[str, int, str]]:
    for row in read_list(out).rows.values():
        if row.rated:
            yield f"{row.year}/{row.department}.html", row.year, row.department


def test_every_page_is_two_clicks_from_each_other_and_no_link_is_dead(made: Path) -> None:
    out = made / "out"
    assert dead_links(out) == []
    pages = {page: {*links_of(page)} for _, page in pages_of(out)}
    for index in (out / "index.html", out / "index.en.html"):
        pages[index] = {(out / to).resolve() for to in re.findall(r'href="([^"#:]+)"', index.read_text(encoding="utf-8"))}
    assert len(pages) > 30
    for page, leads in pages.items():
        reached = leads | {to for near in leads for to in pages.get(near, ())}
        lost = [
            to.name for to in pages if to not in reached and to != page and to.name.endswith(".en.html") == page.name.endswith(".en.html")
        ]
        assert lost == [], page


def test_a_head_says_where_the_page_stands(made: Path) -> None:
    out = made / "out"
    places = [*ranked(out)]
    best = next(place for place, year, _ in places if year == 2024 and "第 1 / " in head_of(out / place))
    zh, en = head_of(out / best), head_of(out / best.replace(".html", ".en.html"))
    count = sum(1 for _, year, _ in places if year == 2024)
    assert re.search(rf"<strong>第 1 / {count} 名(（1–\d+）)?</strong>", zh)
    assert re.search(rf"<strong>No. 1 of {count}( \(1–\d+\))?</strong>", en)
    date = next(iter(read_list(out).rows.values())).date
    assert f"按 {date} 的结果。" in zh
    assert f"As of {date}." in en
    assert ">English</a>" in zh
    assert 'lang="zh" hreflang="zh"><span lang="zh">中文</span></a>' in en
    assert ">‹ 2023</a>" in zh
    for name in ("evaluation.json", "data/indicators.csv", "data/budget.csv"):
        assert f'href="{Path(best).stem}.{name}"' in zh
    assert ">2024 年度总览</a>" in zh
    assert "第" not in head_of(out / "overview" / "2024.html").partition("</summary>")[0]
    assert 'href="../results.csv"' in head_of(out / "overview" / "2024.html")
    years = head_of(out / "comparison" / f"{Path(best).stem}.html")
    assert [year in years for year in (">2023</a>", ">2024</a>")] == [True, True]


def test_a_head_put_in_anew_changes_no_checksum_and_makes_no_page_stale(home: Path) -> None:
    out = home / "out"
    before, county = marks(out), read_list(out)
    seals = {place: page_seal(page.read_text(encoding="utf-8")) for place, page in pages_of(out)}
    renew_heads(out, county)
    assert marks(out) == before, "nothing changed, nothing is written"
    place, year, department = next(ranked(out))
    row = county.rows[department, year]
    renew_heads(out, county.with_row(replace(row, total="0.00", ends=("0.00", "0.00"))))
    after = marks(out)
    assert {place: mark for place, (_, mark) in after.items()} == {place: mark for place, (_, mark) in before.items()}
    assert {place: page_seal(page.read_text(encoding="utf-8")) for place, page in pages_of(out)} == seals
    written = {one for one in before if before[one] != after[one]}
    assert place in written
    assert all(one.startswith(f"{year}/") for one in written), "those of another year say the same as before"
    jobs = list_pages(home / "demo" / "data", out)
    states = {one.state for one in run_batch(jobs, Nowhere())}
    assert "up_to_date" in states
    assert not states & {"made", "failed"}


def test_verify_holds_the_head_apart(home: Path) -> None:
    out = home / "out"

    def told(place: str) -> list[str]:
        return [problem.code for one in verify(out) if one.file == place for problem in one.problems if "head" in problem.code]

    place = next(place for place, *_ in ranked(out) if "<strong>第" in head_of(out / place))
    page = out / place
    assert not [one for one in verify(out) for problem in one.problems if "head" in problem.code]
    text = page.read_text(encoding="utf-8")
    page.write_text(re.sub("<strong>第 \\d+", "<strong>第 99", text), encoding="utf-8", newline="\n")
    assert told(place) == ["verify.head_touched"]
    assert not next(one for one in verify(page)).sound
    forged = with_head(text, re.sub("<strong>第 \\d+", "<strong>第 99", head_of(page)).partition("-->")[2])
    page.write_text(forged, encoding="utf-8", newline="\n")
    assert is_head_whole(forged)
    assert told(place) == ["verify.head_other"]
    again(home)
    assert page.read_text(encoding="utf-8") == text, "as the remedy says"
    page.write_text(text.replace("</summary>", "</summary>\r\n").replace("\r\n", ""), encoding="utf-8", newline="\r\n")
    assert told(place) == [], "how lines end is no matter"


def test_a_page_that_is_gone_is_led_to_by_no_head(home: Path) -> None:
    out = home / "out"
    _, year, department = next(ranked(out))
    for file in (out / str(year)).glob(f"*{department}.*"):
        shutil.rmtree(file) if file.is_dir() else file.unlink()
    (out / "overview" / "2024.html").unlink()
    assert dead_links(out) != []
    again(home)
    assert dead_links(out) == []
    assert (department, year) in read_list(out).rows
    assert read_list(out).rows[department, year].rated is None


def test_the_old_page_of_a_notebook_that_failed_has_no_place(home: Path) -> None:
    """It stays where it is, and no head leads to it; nor does it say more of itself than its name."""
    out, jobs = home / "out", list_pages(home / "demo" / "data", home / "out")
    place, year, department = next(ranked(out))
    failed = next(job for job in jobs if (job.department, job.year) == (department, year))
    shutil.copy(out / place, out / f"{year}" / "stranger.html")
    write_shared(jobs, [Outcome(failed, "failed", words("stopped"))], out, "zh")
    assert dead_links(out) == []
    assert not [page for _, page in pages_of(out) if out / place in links_of(page)]
    for one in (place, f"{year}/stranger.html"):
        assert "<strong>" not in head_of(out / one)
        assert "JSON" not in head_of(out / one)
    assert f">{year} · " in head_of(out / place)


def test_a_report_that_is_refused_is_led_to_by_no_head_at_once(home: Path) -> None:
    out, data = home / "out", home / "demo" / "data"
    place, year, department = next(ranked(out))
    [file] = [one for one in (data / "departments" / department).glob(f"{year}*") if one.suffix != ".json"]
    facts = file / "facts.csv"
    facts.write_text(facts.read_text(encoding="utf-8-sig").replace(",", ";x", 3), encoding="utf-8-sig")
    refused = CliRunner().invoke(app, ["report", department, str(year), "--data", str(data), "--out", str(out)])
    assert refused.exit_code == 2, refused.output
    assert (out / "stale" / place).is_file()
    assert dead_links(out) == []
    assert not (out / place).exists()
    assert read_list(out).rows[department, year].state == "refused"
    assert not [one for one in verify(out) for problem in one.problems if "head" in problem.code]


def test_a_report_made_alone_says_of_which_date_the_others_are(home: Path) -> None:
    out, data = home / "out", home / "demo" / "data"
    _, year, department = next(ranked(out))
    county = read_list(out)
    old = {key: replace(row, date="2026-01-02") for key, row in county.rows.items()}
    (out / "county.json").write_text(list_text(replace(county, rows=old)), encoding="utf-8")
    other = next(row for row in county.rows.values() if row.rated and row.key != (department, year))
    (out / f"{other.year}" / f"{other.department}.html").unlink()
    made = run_report(department, year, data=data, out=out, engine=fast_engine())
    assert made.remarks == ()
    head = head_of(made.page)
    assert "按 2026-01-02 的结果。" in head
    assert [to for to in links_of(made.page) if not to.exists()] == []
    assert ">English</a>" in head

    text = (out / "county.json").read_text(encoding="utf-8")
    (out / "county.json").write_text(text.replace("2026-01-02", "2026-01-03"), encoding="utf-8")
    overview = run_overview(2024, data=data, out=out, engine=fast_engine())
    [remark] = overview.remarks
    assert (remark.level, remark.code) == ("warning", "verify.list_unreadable")
    assert "run evallib batch" in remark.describe("en")
    assert links_of(overview.page) == []
    with pytest.raises(InputRefused, match="the county's list cannot be read"):
        verify(out)
    again(home)
    assert dead_links(out) == []
    assert not [one for one in verify(out) for problem in one.problems if problem.code == "verify.list_unreadable"]


def test_a_page_made_where_nothing_stands_leads_to_what_lies_beside_it(made: Path, tmp_path: Path) -> None:
    place, year, department = next(ranked(made / "out"))
    for lang in LANGS:
        page = run_report(department, year, data=made / "demo" / "data", out=tmp_path, lang=lang, workbook=True, engine=fast_engine()).page
    assert dead_links(tmp_path) == []
    beside = {to.name for to in links_of(page)}
    assert beside >= {f"{department}.html", f"{department}.en.xlsx", f"{department}.evaluation.json", "targets.csv"}
    assert ">English</a>" in head_of(tmp_path / place), "the page that was made before leads to the other language"
    assert "名" not in head_of(tmp_path / place).partition("</summary>")[0].rpartition("·")[2]
    again_ = pd.read_csv(tmp_path / str(year) / f"{department}.data" / "indicators.csv").set_index("indicator")
    told = json.loads((tmp_path / str(year) / f"{department}.evaluation.json").read_text(encoding="utf-8"))
    assert [*again_.index] == [one["id"] for one in told["indicators"]]
    assert float(again_.score.sum()) > 0


def test_a_trial_and_a_draft_have_no_place(home: Path) -> None:
    out = home / "out"
    place, year, department = next(ranked(out))
    county = read_list(out)
    renew_heads(out, county.with_row(replace(county.rows[department, year], tried=True)))
    assert "<strong>" not in head_of(out / place)
    shutil.copy(out / place, out / place.replace(".html", ".draft.html"))
    renew_heads(out, county)
    assert "<strong>" in head_of(out / place)
    draft = head_of(out / place.replace(".html", ".draft.html"))
    assert "<strong>" not in draft
    assert ">现行的报告</a>" in draft


def test_the_list_is_told_by_what_stands(home: Path) -> None:
    """A page in the other language that is of another result is led to by none."""
    out = home / "out"
    place, year, department = next(ranked(out))
    english = out / place.replace(".html", ".en.html")
    english.write_text(
        english.read_text(encoding="utf-8").replace(read_list(out).rows[department, year].content, "0" * 64), encoding="utf-8"
    )
    again(home)
    assert english not in links_of(out / place)


def test_where_every_page_is_of_something_else_a_head_leads_to_none(made: Path) -> None:
    county = read_list(made / "out")
    place, *_ = next(ranked(made / "out"))
    foreign = replace(county, rows={key: replace(row, beside=()) for key, row in county.rows.items()})
    head = Heads(foreign).of(place)
    assert is_head_whole(with_head(PAGE, head))
    assert f'href="{place.rpartition("/")[2]}"' not in head


def test_names_are_text(made: Path) -> None:
    """Whatever a department or the county is called, the head stays one and runs nothing."""
    hostile = words("<!--/head--><script>alert(1)</script>\"'>")
    county = read_list(made / "out")
    rows = {key: replace(row, name=hostile, called=hostile, framework_name=hostile) for key, row in county.rows.items()}
    place, *_ = next(ranked(made / "out"))
    page = with_head(PAGE, Heads(replace(county, name=hostile, rows=rows)).of(place))
    assert is_head_whole(page)
    assert "<script" not in page
    assert parted(page)[2] == parted(PAGE)[2]
