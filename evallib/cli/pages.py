"""The commands that make one page: report, comparison, overview. Parsing and printing only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from evallib.cli.options import DATA, REPORTS, Data, Department, Language, Notebooks, Out
from evallib.cli.shared import ERR, page_being_made, print_problems, refusals_told, tell, told
from evallib.kit import PAGES
from evallib.model.made_ids import typed
from evallib.model.words import Lang, joined, listed
from evallib.say.sentences import sentence

if TYPE_CHECKING:
    from evallib.runs.report import Page


def report(
    department: Department,
    year: int,
    lang: Language = "zh",
    data: Data = DATA,
    out: Out = REPORTS,
    notebooks: Notebooks = None,
    figures: Annotated[bool, typer.Option("--figures")] = False,
    draft: Annotated[bool, typer.Option("--draft")] = False,
    xlsx: Annotated[bool, typer.Option("--xlsx")] = False,
    word: Annotated[bool, typer.Option("--word")] = False,
) -> None:
    """Make the report of a department's year."""
    from evallib.runs.report import run_report
    from evallib.say.drafts import said_of_draft
    from evallib.say.numbers import plain
    from evallib.say.workings import total_text

    with page_being_made(PAGES["report"], notebooks, data, out, lang) as how:
        written = run_report(department, year, figures=figures, workbook=xlsx, word=word, draft=draft, **how)
    print_problems(tuple(problem for problem in written.warnings if problem.code in ("last_year", "no_font")), lang)
    of_data = [problem for problem in written.warnings if problem not in written.left_out]
    warned = sum(1 for problem in of_data if problem.level == "warning")
    if warned:
        options = ("" if data == DATA else f" --data {data}") + ("" if lang == "zh" else " --lang en")
        check = f"evallib check {typed(department, written.evaluation.record.name)[lang]} {year}{options}"
        tell(told("page.warnings", count=warned, check=check), lang, ERR)
    e = written.evaluation
    result = f"  {total} / {plain(e.points)}  {e.grade[lang]}" if (total := total_text(e)) else ""
    tell(f"{e.record.name[lang]} {e.catalogue.year(year)[lang]}{result}".rstrip())
    for said in said_of_draft(e):
        tell(said, lang)
    if e.tried:
        tell(sentence("changes.tried", said=joined(tried.said for tried in e.tried)), lang)
    if written.to_write:
        name = typed(department, e.record.name)[lang]
        tell(sentence("word.still_to_write", names=listed(written.to_write), command=f"evallib texts {name} {year}"), lang)
    if figures:
        tell(written.page.with_suffix(".*.png"))
    if xlsx:
        tell(written.page.with_suffix(".xlsx"))
    if written.official:
        tell(written.official)
    tell_page(written, lang)


def texts(department: Department, year: int, lang: Language = "zh", data: Data = DATA) -> None:
    """Lay out the files of what people write for the official report."""
    from evallib.data.texts import lay_out_texts

    with refusals_told(lang, to=data):
        folder, new = lay_out_texts(data, department, year, lang)
    tell(sentence("word.texts_laid", count=len(new)), lang)
    tell(folder)


def tell_page(made: Page, lang: Lang) -> None:
    """Where the page is, what of the notebook it leaves out, and what is wrong with the county's list."""
    print_problems((*made.left_out, *made.remarks), lang)
    tell(made.page)


def compare(department: Department, lang: Language = "zh", data: Data = DATA, out: Out = REPORTS, notebooks: Notebooks = None) -> None:
    """Make the page that compares a department's years."""
    from evallib.runs.report import run_comparison

    with page_being_made(PAGES["comparison"], notebooks, data, out, lang) as how:
        made = run_comparison(department, **how)
    tell_page(made, lang)


def overview(year: int, lang: Language = "zh", data: Data = DATA, out: Out = REPORTS, notebooks: Notebooks = None) -> None:
    """Make the overview of all departments in a year."""
    from evallib.runs.report import run_overview

    with page_being_made(PAGES["overview"], notebooks, data, out, lang) as how:
        made = run_overview(year, **how)
    tell_page(made, lang)
