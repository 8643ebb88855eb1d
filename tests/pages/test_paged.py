"""Pages that would be too long go on in pages beside them: every row once, every link where it leads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from evallib.demo.county import make_demo
from evallib.pages import paged as pages_paged
from evallib.pages.page_seal import carried_by, page_seal
from evallib.pages.paged import paged
from evallib.runs.clean import clean
from evallib.runs.jobs import list_pages
from evallib.runs.report import run_overview
from evallib.runs.stamps import fingerprint, standing, write_stamp
from evallib.runs.verify import verify


def table(rows: int, *, more: str = "", label: str = "Table: Ranking") -> str:
    body = "\n".join(f'<tr><th scope="row"><a href="../2023/d{n}.html">d{n}</a></th></tr>' for n in range(1, rows + 1))
    head = "<thead><tr><th>Name</th></tr></thead>"
    return f'<div class="scroll" aria-label="{label}"><table>\n{head}<tbody>\n{body}{more}\n</tbody></table></div>'


def page(*parts: str) -> str:
    sections = "".join(f'<section class="x" id="s{n}">{part}</section>' for n, part in enumerate(parts, 1))
    head = '<html><head><meta name="evallib-page" content=""><title>Overview</title></head>'
    return f'{head}<body><header class="title"><p class="warning">synthetic</p></header>{sections}<footer>made</footer></body></html>'


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages_paged, "ROWS", 10)
    monkeypatch.setattr(pages_paged, "NAMES", 4)


def rows(html: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="[./]*(2023/d\d+)\.html"', html)


@pytest.mark.parametrize("count", [0, 1, 10])
def test_what_fits_one_page_stays_as_it_is(count: int) -> None:
    html = page(table(count))
    assert paged(html, "2023", "2023.pages", "en") == (html, {})


@pytest.mark.parametrize("count", [11, 20, 21, 100])
def test_every_row_stands_once_in_its_order_and_every_page_is_one_click_away(count: int) -> None:
    first, more = paged(page(table(count)), "2023", "2023.pages", "en")
    assert [row for html in (first, *more.values()) for row in rows(html)] == [f"2023/d{n}" for n in range(1, count + 1)]
    assert set(re.findall(r'href="2023\.pages/([^"]+)"', first)) == set(more)
    assert list(more) == [f"s1-{n}.html" for n in range(2, -(-count // 10) + 1)]
    for number, html in enumerate(more.values(), 2):
        own = 'href="../2023.html#s1"'
        assert own in html
        assert 'href="../../2023/d' in html
        assert "<h1>Ranking " in html
        assert "synthetic" in html
        before = re.search(r'href="([^"]+)" rel="prev"', html)
        after = re.search(r'href="([^"]+)" rel="next"', html)
        assert before
        assert before[1] == ("../2023.html#s1" if number == 2 else f"s1-{number - 1}.html")
        assert (after[1] if after else None) == (f"s1-{number + 1}.html" if number <= len(more) else None)
        assert set(re.findall(r'href="(s1-\d+\.html)"', html)) | {f"s1-{number}.html"} == set(more)
    for html in (first, *more.values()):
        assert carried_by(html)[1] == page_seal(html)


def test_a_sum_stands_on_every_page_and_two_tables_of_a_section_are_told_apart() -> None:
    total = '<tr class="sum"><th scope="row">Together</th></tr>'
    first, more = paged(page(table(12, more=total) + table(12, label="Others")), "2023", "2023.pages", "en")
    assert first.count("Together") == 1
    assert list(more) == ["s1-2.html", "s1-3.html"]
    assert "Together" in more["s1-2.html"]
    assert "<h1>Others 11–12</h1>" in more["s1-3.html"]


def test_a_long_list_of_names_is_a_page_of_its_own_and_the_same_list_one_page() -> None:
    names = ", ".join(f'<a href="../2023/d{n}.html">d{n}</a>' for n in range(5))
    cell = f"<details><summary>5 departments</summary>{names}</details>"
    row = f'<table><tr><th scope="row">Bad books</th><td>{cell}</td></tr></table>'
    short = "<details><summary>1</summary><a href='x'>x</a></details>"
    first, more = paged(page(row + row, short), "2023", "2023.pages", "en")
    assert first.count('<a href="2023.pages/s1-list-1.html">5 departments</a>') == 2
    assert short in first
    assert list(more) == ["s1-list-1.html"]
    assert "<h1>Bad books: 5 departments</h1>" in more["s1-list-1.html"]
    assert more["s1-list-1.html"].count('href="../../2023/d') == 5


def test_an_overview_goes_on_beside_is_verified_and_leaves_nothing_when_the_county_shrinks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, out = make_demo(tmp_path / "demo", departments=14, first_year=2024, last_year=2024, seed=1).data, tmp_path / "out"
    monkeypatch.setattr(pages_paged, "ROWS", 5)
    monkeypatch.setattr(pages_paged, "NAMES", 100)

    def made() -> Path:
        (job,) = (job for job in list_pages(data, out) if job.kind == "overview")
        mark = fingerprint(job)
        made = run_overview(2024, data=data, out=out).page
        write_stamp(job, mark)
        assert standing(job)
        return made

    first, beside = made(), out / "overview" / "2024.pages"
    linked = set(re.findall(r'href="2024\.pages/([^"#]+)"', first.read_text(encoding="utf-8")))
    assert linked == {file.name for file in beside.iterdir()}
    assert "ranking-2.html" in linked
    assert all(verdict.sound for verdict in verify(out) if verdict.kind == "page")

    (job,) = (job for job in list_pages(data, out) if job.kind == "overview")
    (beside / "ranking-2.html").write_text("x")
    assert not standing(job)
    assert any(not verdict.sound for verdict in verify(out))
    (beside / "ranking-2.html").unlink()
    assert "overview/2024.pages/ranking-2.html" in {verdict.file for verdict in verify(out) if not verdict.sound}

    monkeypatch.setattr(pages_paged, "ROWS", 100)
    assert "2024.pages" not in made().read_text(encoding="utf-8")
    assert not beside.exists()
    monkeypatch.setattr(pages_paged, "ROWS", 5)
    made()
    clean(out, data)
    assert not (out / "overview").exists()
