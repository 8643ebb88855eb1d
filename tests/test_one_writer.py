"""One fact, one writer: label, number and unit of a fact are the same on the page, in Word, workbook, picture, JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from docx import Document
from openpyxl import load_workbook

from evallib.charts.drawing import Chart
from evallib.charts.report import draw
from evallib.charts.sheet import PHONE, WIDE
from evallib.data.frames import write_tables
from evallib.data.score_workbook import write_score_workbook
from evallib.data.years import evaluate_year
from evallib.model.words import LANGS, Lang
from evallib.model.years import EvaluatedYear
from evallib.pages.report import Report
from evallib.say.numbers import plain
from evallib.say.workings import reached_text, target_text
from evallib.word.report import official_report
from tests.conftest import DATA


@pytest.fixture(scope="module")
def checked() -> EvaluatedYear:
    return evaluate_year(DATA, "hrss", 2023)


@pytest.fixture(scope="module", params=LANGS)
def lang(request: pytest.FixtureRequest) -> Lang:
    found: Lang = request.param
    return found


def of_page(report: Report, section: str, selector: str) -> dict[str, list[str]]:
    """The cells of rows by the indicator that they lead to."""
    soup = BeautifulSoup(report.section(section).html, "html.parser")
    found = {}
    for row in soup.select(selector):
        if link := row.select_one('a[href^="#i-"]'):
            found[str(link["href"])[3:]] = [" ".join(cell.get_text(" ").split()) for cell in row.select("th, td")]
    return found


def of_workbook(file: Path, sheet: int) -> list[Mapping[str, Any]]:
    """The rows of a sheet's table by their heads."""
    page: Any = load_workbook(file).worksheets[sheet]
    [(_, area)] = page.tables.items()
    heads, *rows = ([cell.value for cell in row] for row in page[area])
    return [dict(zip(heads, row, strict=True)) for row in rows]


def letters(chart: Chart) -> tuple[str, str]:
    """What stands in a picture, drawn wide, as in a PNG, and for a phone."""
    wide, narrow = (" ".join(re.findall(r">([^<>]+)</(?:text|tspan)>", chart.to_svg(size))) for size in (WIDE, PHONE))
    return wide, narrow


def test_a_score_is_one_number_in_every_document(checked: EvaluatedYear, lang: Lang, tmp_path: Path) -> None:
    e = checked.evaluation
    page = of_page(Report(checked, lang), "indicators", "tr.one")
    tables = Document(io.BytesIO(official_report(checked, lang).content)).tables
    word = {row.cells[2].text: row for table in tables for row in table.rows if len(row.cells) > 2}
    write_score_workbook(e, tmp_path / "scores.xlsx", lang)
    book = {list(row.values())[2]: row for row in of_workbook(tmp_path / "scores.xlsx", 2)}
    write_tables(e, tmp_path / "data")
    with (tmp_path / "data" / "indicators.csv").open(encoding="utf-8-sig", newline="") as file:
        frame = {row["indicator"]: row for row in csv.DictReader(file)}
    told = {row["id"]: row for row in json.loads(e.to_json())["indicators"]}
    picture = letters(draw("points", e, lang))
    assert len(page) == len(e.indicators)
    for i in e.indicators:
        assert i.score is not None
        name, score, points = i.name[lang], plain(i.score, 2), plain(i.points, 2)
        assert page[i.id][0].startswith(name)
        assert page[i.id][2:] == [score, points]
        assert (word[name].cells[6].text, word[name].cells[3].text) == (score, plain(i.points))
        numbers = [Decimal(str(value)) for value in book[name].values() if isinstance(value, int | float)]
        assert {i.score, i.points} <= set(numbers)
        assert frame[i.id]["name" if lang == "zh" else "name_en"] == name
        assert (Decimal(frame[i.id]["score"]), Decimal(frame[i.id]["points"])) == (i.score, i.points)
        assert (Decimal(told[i.id]["score"]), Decimal(told[i.id]["points"])) == (i.score, i.points)
        assert all(score in text for text in picture)


def test_how_far_a_target_is_reached_is_one_number_in_every_document(checked: EvaluatedYear, lang: Lang, tmp_path: Path) -> None:
    e = checked.evaluation
    page = of_page(Report(checked, lang), "target_table", "tbody tr:has(td.met)")
    chart = draw("targets", e, lang)
    drawn = chart.data.astype(str).agg(" ".join, axis=1).tolist()
    write_score_workbook(e, tmp_path / "scores.xlsx", lang)
    names = [sheet.title for sheet in load_workbook(tmp_path / "scores.xlsx").worksheets]
    book = of_workbook(tmp_path / "scores.xlsx", names.index("目标与实际" if lang == "zh" else "Targets"))
    for t, row in zip(e.targets, book, strict=True):
        name, goal, reached = t.name[lang], target_text(t, lang), reached_text(t, lang)
        assert page[t.id][0].startswith(name)
        assert page[t.id][1].startswith(goal)
        assert page[t.id][2] == reached
        assert name in [*row.values()]
        [of_chart] = [one for one in drawn if one.startswith(name)]
        if t.reached_share is not None:
            share = f"{plain(t.reached_share * 100, 2)}%"
            assert page[t.id][3] == share
            assert share in of_chart


def test_the_total_and_the_money_are_the_same_numbers_everywhere(checked: EvaluatedYear, lang: Lang) -> None:
    e, report = checked.evaluation, Report(checked, lang)
    first = " ".join(BeautifulSoup(report.section("summary").html, "html.parser").get_text(" ").split())
    book = Document(io.BytesIO(official_report(checked, lang).content))
    word = "\n".join([p.text for p in book.paragraphs] + [cell.text for table in book.tables for row in table.rows for cell in row.cells])
    bridge = letters(draw("budget_bridge", e, lang))
    for text in (first, word):
        assert plain(e.total, 2) in text
        assert e.grade[lang] in text
    for role in ("budget approved", "budget adjusted", "budget spent"):
        amount = e.amount(role)
        assert amount is not None
        for text in (first, word, *(bridge if role != "budget spent" else ())):
            assert plain(amount, 2) in text, role
