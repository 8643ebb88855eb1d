"""The index of a county in a real browser: found, sorted, read on a phone and on paper, with scripts and without."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page

from evallib import __version__
from evallib.analysis.documents import result_of
from evallib.data.folder import has_data
from evallib.data.years import evaluate_year
from evallib.demo.county import make_demo
from evallib.model.errors import InputRefused
from evallib.model.words import LANGS, Lang, words
from evallib.runs.index import results_table, write_index
from evallib.runs.jobs import Job, list_jobs
from evallib.runs.stamps import Outcome, stamp_text
from tests.browser.browser import CHROMIUM, COLOUR, Opened, Scheme, barriers, launched
from tests.browser.hostile import HOSTILE

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: install the package chromium")
TOTAL, GRADE, CHANGE = 2, 3, 4
STOPPED = "ValueError: cannot convert float NaN to integer\nreport.section('summary')"


class County(NamedTuple):
    """A synthetic county, evaluated in truth but with no notebook run: what a batch knows when it writes the index."""

    jobs: tuple[Job, ...]
    outcomes: tuple[Outcome, ...]
    out: Path

    def write(self, lang: Lang) -> Path:
        """The index in a language."""
        outcomes = [replace(outcome, job=replace(outcome.job, lang=lang)) for outcome in self.outcomes]
        return write_index(outcomes, self.out, lang)

    def write_with(self, name: str, reason: str, folder: Path, lang: Lang = "zh") -> Path:
        """The index where every department has this name and every refusal this reason."""
        outcomes = [replace(o, job=replace(o.job, listed_name=words(name), lang=lang)) for o in self.outcomes]
        folder.mkdir()
        return write_index([replace(o, reason=words(reason)) if o.reason.zh else o for o in outcomes], folder, lang)

    def count(self, *states: str) -> int:
        return sum(1 for outcome in self.outcomes if outcome.state in states)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> County:
    base = tmp_path_factory.mktemp("county")
    jobs = list_jobs(make_demo(base / "demo", departments=12, first_year=2022, last_year=2024, seed=1).data, base / "out")
    jobs = tuple(job for job in jobs if job.department not in ("school_meals", "rural_roads"))  # projects stand apart, see below
    outcomes = [_outcome(job) for job in jobs]
    stopped = next(n for n, outcome in enumerate(outcomes) if outcome.state == "made" and outcome.job.year == 2023)
    outcomes[stopped] = replace(outcomes[stopped], state="failed", reason=words(STOPPED))
    jobs[stopped].stamp.unlink()
    made = County(jobs, tuple(outcomes), base / "out")
    assert all(made.count(state) for state in ("made", "refused", "failed", "missing"))
    return made


def _outcome(job: Job) -> Outcome:
    """What `run_job` would say and leave, but for the pages themselves; the same result in both languages' stamps."""
    if not has_data(job.data, job.department, job.year):
        return Outcome(job, "missing")
    try:
        made = evaluate_year(job.data, job.department, job.year).evaluation
    except InputRefused as refusal:
        return Outcome(job, "refused", refusal.in_short())
    called = {"year": asdict(made.catalogue.year(job.year)), "framework_name": asdict(made.framework.words), "kind": made.record.kind}
    result = result_of(made) | called
    for lang in LANGS:
        stamp = replace(job, lang=lang).stamp
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.write_text(stamp_text({"result": result}), encoding="utf-8")
    return Outcome(job, "made")


@pytest.fixture(scope="module")
def pages(county: County) -> dict[Lang, Path]:
    return {lang: county.write(lang) for lang in LANGS}


def column(page: Page, number: int) -> list[str | None]:
    """The texts of a column in the order shown; None where the row has no such cell because it has no report."""
    texts: list[str | None] = page.evaluate(
        "n => [...document.querySelector('#list').tBodies[0].rows].filter(r => !r.hidden)"
        ".map(r => r.cells[n] && r.cells[n].colSpan === 1 ? r.cells[n].firstChild.textContent.trim() : null)",
        number,
    )
    return texts


def number(text: str | None) -> float | None:
    return None if text in (None, "—") else float(str(text).replace("\N{MINUS SIGN}", "-"))


def sorts(page: Page) -> list[str | None]:
    found: list[str | None] = page.evaluate("[...document.querySelectorAll('thead th')].map(h => h.getAttribute('aria-sort'))")
    return found


# --- what it says --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_every_department_and_year_stands_there_the_newest_first(
    browser: Browser, county: County, pages: dict[Lang, Path], lang: Lang
) -> None:
    with Opened(browser, pages[lang]) as opened:
        wanted = [(job.listed_name[lang], str(job.year)) for year in (2024, 2023, 2022) for job in county.jobs if job.year == year]
        assert list(zip(column(opened.page, 0), column(opened.page, 1), strict=True)) == wanted
        links = opened.page.evaluate("[...document.querySelectorAll('tbody a')].map(a => a.getAttribute('href'))")
        made = {
            replace(job, lang=lang).outputs[0].relative_to(county.out).as_posix()
            for job, outcome in zip(county.jobs, county.outcomes, strict=True)
            if outcome.state == "made"
        }
        assert len(links) == len(made)
        assert set(links) == made
        told = re.findall(r"\d+", opened.page.inner_text(".lead"))
        assert told == [
            str(n) for n in (len(county.jobs), len(made), county.count("refused"), county.count("failed"), county.count("missing"))
        ]


@pytest.mark.parametrize("lang", LANGS)
def test_what_has_no_report_says_why_and_folds_the_rest_away(browser: Browser, county: County, pages: dict[Lang, Path], lang: Lang) -> None:
    with Opened(browser, pages[lang]) as opened:
        rows = opened.page.locator("tbody tr")
        for job, outcome in zip(county.jobs, county.outcomes, strict=True):
            if outcome.state == "made":
                continue
            row = rows.filter(has_text=str(job.year)).filter(
                has=opened.page.get_by_role("rowheader", name=job.listed_name[lang], exact=True)
            )
            shown, whole = row.inner_text(), row.evaluate("r => r.textContent")
            if outcome.state == "refused":
                what, _, fix = outcome.reason[lang].partition("。处理：" if lang == "zh" else ". To fix it: ")
                assert what.removeprefix(f"departments/{job.department}/{job.year}/") in shown
                assert fix not in shown
                assert fix in whole
            elif outcome.state == "failed":
                assert STOPPED.splitlines()[0] in shown
                assert STOPPED.splitlines()[1] not in shown
                assert STOPPED in whole
            else:
                assert ("没有数据" if lang == "zh" else "no data") in shown


def test_the_change_is_this_total_less_last_years_with_a_word_where_they_cannot_be_compared(
    browser: Browser, county: County, pages: dict[Lang, Path]
) -> None:
    with Opened(browser, pages["zh"]) as opened:
        names, years, totals, changes = (column(opened.page, n) for n in (0, 1, TOTAL, CHANGE))
        by_year = {(name, int(str(year))): number(total) for name, year, total in zip(names, years, totals, strict=True)}
        compared = set()
        for name, year, total, change in zip(names, years, totals, changes, strict=True):
            before = by_year.get((name, int(str(year)) - 1))
            if total is not None and before is not None:
                assert number(change) == pytest.approx(float(total) - before)
                compared.add((name, int(str(year))))
            else:
                assert change in (None, "—")
        assert len(compared) > 10
        marked = opened.page.evaluate(
            "[...document.querySelectorAll('td .quiet')].map(e => [...e.closest('tr').cells].map(c => c.textContent))"
        )
    rows = results_table(county.outcomes)
    rows["scored"] = rows.status == "scored"
    rests_on = {
        key: set(some.itertuples(index=False))
        for key, some in rows.groupby(["department_name", "year"])[["framework", "indicator", "points", "scored"]]
    }
    unlike = {(name, year) for name, year in compared if rests_on[name, year] != rests_on[name, year - 1]}
    assert unlike >= {(name, year) for name, year in compared if year == 2023}  # the county's second framework is in force from then
    assert compared - unlike
    assert {(row[0], int(row[1])) for row in marked} == unlike


def test_it_says_when_and_by_what_it_was_made(browser: Browser, county: County, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    first = county.write_with("某局", "", tmp_path / "a", "en")
    with Opened(browser, first) as opened:
        assert opened.page.inner_text("footer") == f"Made by evallib {__version__} on 2023-11-14 22:13"
    assert first.read_bytes() == county.write_with("某局", "", tmp_path / "b", "en").read_bytes()


# --- finding and sorting -------------------------------------------------------------------------------------------


def test_words_and_choices_narrow_the_rows_and_say_how_many(browser: Browser, county: County, pages: dict[Lang, Path]) -> None:
    with Opened(browser, pages["zh"]) as opened:
        page, name, rows = opened.page, county.jobs[0].listed_name["zh"], len(county.jobs)
        page.get_by_label("查找").fill(f"{name} ２０２４")  # full-width digits, as Chinese keyboards type them
        assert (column(page, 0), column(page, 1)) == ([name], ["2024"])
        assert page.inner_text("#found") == f"显示 1 / {rows} 行"
        page.get_by_label("查找").fill("没有这样的字")
        assert column(page, 0) == []
        assert str(rows) in page.inner_text("#found")
        page.get_by_label("查找").fill("")
        page.get_by_role("combobox", name="年度").select_option("2023")
        assert set(column(page, 1)) == {"2023"}
        assert page.inner_text("#found") == f"显示 {rows // 3} / {rows} 行"
        page.get_by_role("combobox", name="年度").select_option("")
        page.get_by_role("combobox", name="等级").select_option("没有报告")
        assert len(column(page, 0)) == county.count("refused", "failed", "missing")
        page.get_by_role("combobox", name="等级").select_option("优")
        assert set(column(page, GRADE)) == {"优"}
        page.get_by_role("combobox", name="等级").select_option("")
        assert (len(column(page, 0)), page.inner_text("#found")) == (rows, "")


@pytest.mark.parametrize("at", [TOTAL, CHANGE])
def test_numbers_sort_as_numbers_and_what_has_none_stays_last(browser: Browser, pages: dict[Lang, Path], at: int) -> None:
    with Opened(browser, pages["zh"]) as opened:
        page, head = opened.page, opened.page.locator("thead button").nth(at)
        assert sorts(page)[1] == "descending"
        for direction, sign in (("ascending", 1), ("descending", -1)):
            head.click()
            assert sorts(page) == [direction if n == at else None for n in range(7)]
            texts = column(page, at)
            numbers = [n for text in texts if (n := number(text)) is not None]
            assert numbers == sorted(numbers, key=lambda n: sign * n)
            assert all(number(text) is None for text in texts[len(numbers) :])
            assert len(numbers) < len(texts)
        if at == CHANGE:
            assert {min(numbers) < 0, max(numbers) > 9} == {True}


def test_grades_sort_from_best_to_worst_and_names_as_chinese_does(
    browser: Browser, county: County, pages: dict[Lang, Path], tmp_path: Path
) -> None:
    with Opened(browser, pages["zh"]) as opened:
        opened.page.locator("thead button").nth(GRADE).click()
        grades = [grade for grade in column(opened.page, GRADE) if grade]
        assert grades == sorted(grades, key="优良中差".index)
        assert len(set(grades)) > 2
    names = ["卫生局", "阿图什局", "10号局", "教育局", "9号局"]  # by pinyin: a, jiao, wei; numbers first, nine before ten
    named = [replace(o, job=replace(o.job, listed_name=words(name))) for o, name in zip(county.outcomes, names, strict=False)]
    with Opened(browser, write_index(named, tmp_path, "zh")) as opened:
        for wanted in (["9号局", "10号局", "阿图什局", "教育局", "卫生局"], ["卫生局", "教育局", "阿图什局", "10号局", "9号局"]):
            opened.page.locator("thead button").nth(0).click()
            assert column(opened.page, 0) == wanted


def test_rows_that_are_equal_keep_the_order_they_had(browser: Browser, pages: dict[Lang, Path]) -> None:
    with Opened(browser, pages["zh"]) as opened:
        for at in (TOTAL, 1):
            opened.page.locator("thead button").nth(at).click()
        found = [(year, number(total)) for year, total in zip(column(opened.page, 1), column(opened.page, TOTAL), strict=True) if total]
        assert found == sorted(found)


def test_the_keyboard_alone_finds_sorts_and_opens(browser: Browser, county: County, pages: dict[Lang, Path]) -> None:
    with Opened(browser, pages["en"]) as opened:
        page = opened.page

        def focused() -> str:
            return str(page.evaluate("document.activeElement.textContent || document.activeElement.id"))

        page.keyboard.press("Tab")
        assert focused() == "Skip to the list"
        page.keyboard.press("Tab")
        page.keyboard.type("2024")
        assert set(column(page, 1)) == {"2024"}
        for _ in range(5):
            page.keyboard.press("Tab")
        assert focused() == "Total"
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"
        page.keyboard.press("Enter")
        assert sorts(page)[TOTAL] == "ascending"
        assert focused() == "Total"
        page.keyboard.press("Space")
        assert sorts(page)[TOTAL] == "descending"
        for _ in range(5):
            page.keyboard.press("Tab")
        assert focused() == column(page, 0)[0]


def test_a_choice_that_the_browser_brings_back_is_applied(browser: Browser, pages: dict[Lang, Path]) -> None:
    with Opened(browser, pages["zh"]) as opened:
        opened.page.get_by_role("combobox", name="年度").select_option("2022")
        opened.page.goto(pages["en"].as_uri())
        opened.page.go_back()
        assert opened.page.get_by_role("combobox", name="年度").input_value() == "2022"
        assert set(column(opened.page, 1)) == {"2022"}


# --- safe and whole ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_nothing_is_requested_and_the_policy_lets_only_this_script_run(browser: Browser, pages: dict[Lang, Path], lang: Lang) -> None:
    with Opened(browser, pages[lang]) as opened:
        opened.page.locator("thead button").nth(TOTAL).click()
        assert opened.said == []
        assert [url for url in opened.asked if not url.startswith("data:")] == [pages[lang].as_uri()]
        policy = opened.page.get_attribute("meta[http-equiv]", "content") or ""
        assert re.search(r"default-src 'none';.* script-src 'sha256-[A-Za-z0-9+/]{43}=';", policy)
        opened.page.evaluate("document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.ran = 1'}))")
        assert opened.page.evaluate("window.ran") is None
        assert any("Content Security Policy" in said for said in opened.said)


@pytest.mark.parametrize("lang", LANGS)
def test_without_scripts_the_list_is_there_and_promises_nothing(
    browser: Browser, county: County, pages: dict[Lang, Path], lang: Lang
) -> None:
    with Opened(browser, pages[lang], scripts=False) as opened:
        assert opened.page.locator("tbody tr:visible").count() == len(county.jobs)
        assert opened.page.locator("input:visible, select:visible, button").count() == 0


def test_a_long_list_goes_on_in_pages_and_is_sought_and_sorted_as_one(
    browser: Browser, county: County, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, most = county.write("zh"), 7
    monkeypatch.setattr("evallib.runs.index.ROWS", most)
    first = write_index(county.outcomes, tmp_path, "zh")
    every, pages = len(county.jobs), -(-len(county.jobs) // most)
    with Opened(browser, whole) as opened:
        names, years = column(opened.page, 0), column(opened.page, 1)
    with Opened(browser, first, scripts=False) as opened:
        page, found, sought = opened.page, column(opened.page, 0), column(opened.page, 1)
        assert len(found) == most
        assert page.locator(".pages a:visible").count() == pages  # the next, and each by its rows
        for _ in range(pages - 1):
            page.locator('a[rel="next"]').first.click()
            found, sought = found + column(page, 0), sought + column(page, 1)
        assert (found, sought) == (names, years)
        link = page.locator("tbody tr th a").last.get_attribute("href") or ""
        assert link.startswith(f"../{years[-1]}/") or link.startswith("../comparison/")
    with Opened(browser, first) as opened:
        page = opened.page
        page.get_by_label("查找").fill(f"{names[-1]} {years[-1]}")
        assert (column(page, 0), page.inner_text("#found")) == ([names[-1]], f"显示 1 / {every} 行")
        page.get_by_label("查找").fill("")
        assert (column(page, 0), page.inner_text("#found")) == (names[:most], f"显示 {most} / {every} 行")
        page.get_by_role("button", name="年度").click()
        assert set(column(page, 1)) == {"2022"}
        assert len(column(page, 1)) == most
    monkeypatch.undo()
    write_index(county.outcomes, tmp_path, "zh")
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]


@pytest.mark.parametrize("lang", LANGS)
def test_hostile_names_and_reasons_are_shown_and_never_run(browser: Browser, county: County, tmp_path: Path, lang: Lang) -> None:
    with Opened(browser, county.write_with(HOSTILE, HOSTILE, tmp_path / "out", lang), width=360) as opened:
        page = opened.page
        dialogs: list[str] = []
        page.on("dialog", lambda d: dialogs.append(d.message))
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        page.locator("thead button").nth(0).click()
        assert (dialogs, opened.said, [u for u in opened.asked if not u.startswith("data:")]) == ([], [], [page.url])
        assert page.evaluate("document.querySelectorAll('iframe,base,object,embed,img,svg,main meta,main script').length") == 0
        assert page.evaluate("[...document.querySelectorAll('*')].every(e => [...e.attributes].every(a => !/^on/i.test(a.name)))")
        assert page.evaluate("[...document.links].every(a => /^(#|results.csv|\\d{4}.[a-z_0-9]+(.en)?.html)/.test(a.getAttribute('href')))")
        assert column(page, 0) == [HOSTILE] * len(county.jobs)
        assert page.locator(".why details p").evaluate_all("(e, text) => e.every(p => p.textContent === text)", HOSTILE)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_departments_and_projects_fit_a_phone(browser: Browser, tmp_path: Path) -> None:
    jobs = list_jobs(make_demo(tmp_path / "demo", departments=9, first_year=2024, last_year=2024).data, tmp_path / "out")
    made = County(tuple(jobs), tuple(map(_outcome, jobs)), tmp_path / "out")
    for lang in LANGS:
        with Opened(browser, made.write(lang), 360) as opened:
            assert opened.page.locator("#group option").count() == 3
            assert opened.page.evaluate("document.documentElement.scrollWidth") <= 360
            assert barriers(opened.page) == []


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_readable_at_every_width_and_without_a_barrier(browser: Browser, pages: dict[Lang, Path], lang: Lang, scheme: Scheme) -> None:
    with Opened(browser, pages[lang], 1280, scheme) as opened:
        opened.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        for width in (360, 768, 1280):
            opened.page.set_viewport_size({"width": width, "height": 900})
            assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
            cut = opened.page.evaluate(
                "[...document.querySelectorAll('#list th, #list td')].filter(e => e.scrollWidth > e.clientWidth + 1).length"
            )
            assert cut == 0
            if width != 768:
                assert barriers(opened.page, *([COLOUR] if scheme == "dark" else [])) == []


def test_ten_thousand_characters_keep_the_page_whole(browser: Browser, county: County, tmp_path: Path) -> None:
    file = county.write_with("W" * 10_000, "长" * 10_000, tmp_path / "out")
    for width in (360, 1280):
        with Opened(browser, file, width) as opened:
            assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
            assert "长" * 10_000 not in opened.page.inner_text("main")
            opened.page.locator("summary").first.click()
            assert "长" * 10_000 in opened.page.inner_text("main")


@pytest.mark.parametrize("lang", LANGS)
def test_on_paper_the_head_is_on_every_page_and_nothing_is_cut(
    browser: Browser, county: County, pages: dict[Lang, Path], lang: Lang, tmp_path: Path
) -> None:
    with Opened(browser, pages[lang], width=680) as opened:  # the width of the printable area
        head = opened.page.locator("thead button").nth(TOTAL).inner_text()
        opened.page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True, print_background=True)
        opened.page.emulate_media(media="print")
        wide = opened.page.evaluate(
            "[...document.querySelectorAll('#list th, #list td')].filter(e => e.scrollWidth > e.clientWidth + 1).length"
        )
        assert (wide, opened.page.evaluate("document.documentElement.scrollWidth") <= 680) == (0, True)
    told = subprocess.run(["pdftotext", "-layout", str(tmp_path / "page.pdf"), "-"], capture_output=True, text=True, check=True).stdout
    rows = re.compile(r"\d+ / \d+$", re.MULTILINE)
    with_rows = [page for page in told.split("\f") if len(rows.findall(page)) > 1]
    assert len(with_rows) > 1
    assert [page for page in with_rows if head not in page[:2000]] == []
    assert "report.section('summary')" in told  # what is folded away on the screen is open on paper
    assert len(rows.findall(told)) >= county.count("made")
    assert ("查找" if lang == "zh" else "Find a") not in told
