"""The main text of a department's page: for officials, auditors and citizens; what the program is and how it works stands in the papers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

from evallib.data.years import evaluate_year
from evallib.model.evaluation import Evaluation
from evallib.model.words import LANGS, Lang
from evallib.pages.report import SECTIONS, Report
from tests.conftest import GOLDEN
from tests.pages.notebooks import export, notebook, sections
from tests.pages.test_sections import report

OF_THE_PROGRAM = re.compile(
    r"evallib|\.(?:csv|toml|xlsx|json|md|ipynb)\b|\b[a-z]+_[a-z_]+\b|sha-?256|种子"
    r"|索博尔|拉丁超立方|模拟 \d|\bseed\b|Sobol|hypercube|\bWilson\b",
    re.I,
)
"""Commands, files, ids of tables and the names of methods."""


def page_of(made: Report) -> Tag:
    found = BeautifulSoup(export(notebook(*sections(made)))[0], "html.parser").main
    assert isinstance(found, Tag)
    return found


def parted(main: Tag) -> tuple[Tag, Tag]:
    """The main text, and the papers taken out of it."""
    papers = main.select_one("details.papers")
    assert isinstance(papers, Tag)
    return main, papers.extract()


@pytest.fixture(scope="module", params=LANGS)
def made(request: pytest.FixtureRequest) -> Report:
    return report(evaluate_year(Path("data"), "hrss", 2023).evaluation, request.param)


def test_the_papers_stand_behind_the_main_text_closed_and_hold_every_proof(made: Report, hrss: Evaluation) -> None:
    main, papers = parted(page_of(made))
    assert "open" not in papers.attrs
    assert [s["id"] for s in main.select("section")] == [id for id in SECTIONS if id in made.shown and id not in Report.PAPERS]
    assert [s["id"] for s in papers.select("section")] == [id for id in SECTIONS if id in made.shown and id in Report.PAPERS]
    for i in hrss.indicators:
        assert papers.find(id=f"i-{i.id}") is not None
        assert main.find(id=f"i-{i.id}") is None
    for f in hrss.record.findings:
        assert main.find(id=f"p-{f.finding}") is not None


def test_nobody_meets_the_program_in_the_main_text(made: Report) -> None:
    main, papers = parted(page_of(made))
    assert OF_THE_PROGRAM.search(papers.get_text(" "))
    for code in main.select("details.code, details figure, figure details"):
        code.extract()
    assert OF_THE_PROGRAM.findall(main.get_text(" ")) == []


@pytest.mark.parametrize("lang", LANGS)
def test_nobody_meets_it_where_every_kind_of_rule_is_used(lang: Lang) -> None:
    checked = evaluate_year(GOLDEN / "features", "one", 2023)
    main, _ = parted(page_of(Report(checked, lang)))
    assert OF_THE_PROGRAM.findall(main.get_text(" ")) == []


def test_the_first_page_tells_what_the_evaluation_tells(made: Report, hrss: Evaluation) -> None:
    """Grade, total, money, targets, findings and what to do, each from what was computed."""
    said = " ".join(BeautifulSoup(made.section("summary").html, "html.parser").get_text(" ").split())
    known = [t for t in hrss.targets if t.met is not None]
    missed = [t for t in known if not t.met]
    assert f"{hrss.total:.2f}" in said
    assert hrss.grade[made.lang] in said
    for role in ("budget approved", "budget adjusted", "budget spent"):
        assert f"{hrss.amount(role):,.2f}" in said
    assert all(t.name[made.lang] in said for t in missed)
    of = f"{len(known)} 项达标 {len(known) - len(missed)} 项" if made.lang == "zh" else f"{len(known) - len(missed)} of {len(known)} met"
    assert of in said
    kinds = {f.kind: f.kind_words[made.lang] for f in hrss.record.findings}
    assert all(kind in said for kind in kinds.values())
    assert made.sure is not None
    assert f"{made.sure.low}" in said
    assert f"{made.sure.high}" in said


def test_the_largest_losses_are_told_with_what_would_mend_them(made: Report, hrss: Evaluation) -> None:
    items = BeautifulSoup(made.section("conclusion").html, "html.parser").select("ol.mend > li")
    lost = sorted((i for i in hrss.indicators if i.lost > 0), key=lambda i: -i.lost)[:5]
    assert len(items) == len(lost)
    nothing = "还没有针对它的建议" if made.lang == "zh" else "No recommendation addresses this yet"
    for item, i in zip(items, lost, strict=True):
        advised = any(f.recommendation for f in hrss.record.findings if f.indicator == i.id)
        assert i.name[made.lang] in item.get_text()
        assert f"−{i.lost:.2f}" in item.get_text()
        assert (nothing in item.get_text()) != advised


def test_what_has_no_score_yet_is_not_called_full(made: Report) -> None:
    """A project of which only the money is scored so far."""
    checked = evaluate_year(GOLDEN / "places" / "qingshen_project_2023", "qs", 2023)
    open_ones = [
        d for d in checked.evaluation.dimensions if any(i.score is None for i in checked.evaluation.indicators if i.dimension == d.id)
    ]
    html = Report(checked, made.lang).section("dimensions").html
    full = html.count("各项指标均得满分" if made.lang == "zh" else "Every indicator was given its full points")
    assert len(open_ones) == 2
    assert full == len(checked.evaluation.dimensions) - len(open_ones)
