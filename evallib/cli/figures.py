"""The commands that print what is computed: scores, problems of the data, published figures compared with computed ones."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from evallib.cli.options import DATA, FORMAT, REPORTS, Data, Department, Language, Out, department_code
from evallib.cli.shared import ANOTHER_NAME, ERR, ONCE_MORE, OUT, print_problems, refusals_told, table_of, tell, tell_csv, tell_json, told
from evallib.model.errors import Problem
from evallib.model.words import NOTHING, Lang, words
from evallib.say.refusals import who
from evallib.say.sentences import sentence

if TYPE_CHECKING:
    from evallib.data.check_all import Checked


def score(
    department: Department,
    year: int,
    format: Annotated[Literal["table", "json", "csv"], FORMAT] = "table",
    draft: Annotated[bool, typer.Option("--draft")] = False,
    csv: Path | None = None,
    lang: Language = "zh",
    data: Data = DATA,
) -> None:
    """Compute and print the scores.

    What is kept of --format csv with > lacks the mark by which Excel knows Chinese: for Excel use --csv FILE.
    """
    from evallib.analysis.documents import score_document
    from evallib.data.years import evaluate_year
    from evallib.say.drafts import said_of_draft, said_waiting
    from evallib.say.numbers import percent, plain
    from evallib.say.workings import indicator_value, scaled_text, total_text

    with refusals_told(lang, writes=False):
        evaluation = evaluate_year(data, department, year, draft=draft).evaluation
    if csv or format != "table":
        document = score_document(evaluation, lang)
        rows = document["indicators"]
        lines = [[*next(iter(rows), {})], *(row.values() for row in rows)]
        if csv:
            with refusals_told(lang, to=csv, fix=ANOTHER_NAME):
                tell_csv(lines, csv)
        if format != "table":
            tell_json(document) if format == "json" else tell_csv(lines)
            return
    title = evaluation.record.name + words(" ") + evaluation.catalogue.year(year)
    title = sentence("draft.titled", title=title) if draft else title
    table = table_of(told("score.heads"), lang, title[lang])
    for column in table.columns[2:]:
        column.justify = "right"
    for d in evaluation.dimensions:
        for i in (i for i in evaluation.indicators if i.dimension == d.id):
            table.add_row("", i.name[lang], indicator_value(evaluation, i, lang), *_out_of(i.score, i.points))
        rate = "" if not d.points else percent(d.rate) if d.rate is not None else "—"
        table.add_row(d.name[lang], "", rate, *_out_of(d.score, d.points), style="bold", end_section=True)
    if total := total_text(evaluation):
        table.add_row(told("score.total")[lang], evaluation.grade[lang], "", total, plain(evaluation.points, 2), style="bold")
    tell(table)
    for said in filter(None, (scaled_text(evaluation), *said_of_draft(evaluation), said_waiting(evaluation) if draft else NOTHING)):
        tell(said, lang)


def _out_of(score: Decimal | None, points: Decimal) -> tuple[str, str]:
    """A score and the points it is out of; empty where there are none."""
    from evallib.say.numbers import plain

    return ("—" if score is None else plain(score, 2), plain(points, 2)) if points else ("", "")


def check(
    department: Annotated[str | None, typer.Argument(callback=department_code)] = None,
    year: Annotated[int | None, typer.Argument()] = None,
    format: Annotated[Literal["text", "json"], FORMAT] = "text",
    mark: Annotated[bool, typer.Option("--mark")] = False,
    lang: Language = "zh",
    data: Data = DATA,
    out: Out = REPORTS,
) -> None:
    """Check the data and list every error and warning at once."""
    from evallib.data.check_all import check_data
    from evallib.data.folder import refuse_mixed
    from evallib.say.drafts import waiting

    with refusals_told(lang, writes=False):
        found = check_data(data, department, year)
    if format == "json":
        documents = [_problem_document(one.department, one.year, p, lang) for one in found for p in one.problems]
        for one in found:
            common: dict[str, object] = {"department": one.department, "year": one.year, "level": "info", "code": "read_as"}
            missing = [{"id": id, "points": f"{points:f}"} for id, _, points in waiting(one.evaluation)] if one.evaluation else []
            documents += [common | {"code": "missing", "indicators": missing}] if missing else []
            unusual = [way for way in one.read_as if way[1:] != ("utf-8-sig", ",")]
            documents += [common | {"file": file, "encoding": encoding, "separator": separator} for file, encoding, separator in unusual]
        tell_json(documents)
    else:
        for one in found:
            _tell_checked(one, lang)
    for one in found if mark else ():
        if one.evaluation is not None:
            from evallib.data.marked import write_marked

            with refusals_told(lang, to=out):
                refuse_mixed(data, out)
                file = out / "check" / f"{one.department}-{one.year}.xlsx"
                write_marked(data.resolve(), one.evaluation, one.problems, file, lang)
            tell(file, on=ERR if format == "json" else OUT)
    if any(one.count("error") for one in found):
        raise typer.Exit(2)


def _tell_checked(one: Checked, lang: Lang) -> None:
    """In short first: how much is to be done by whom, what cannot be scored yet; then every problem, what one side has to do together."""
    from evallib.data.years import lacking_of
    from evallib.say.drafts import said_missing, to_do

    errors, warnings, recorded = (one.count(level) for level in ("error", "warning", "recorded"))
    todo = to_do(one.evaluation, one.problems)
    if errors:
        wrong = "lacking" if lacking_of(one.problems) else "wrong"
        tell(told(f"check.{wrong}", of=one.title, errors=errors), lang, ERR)
        for said in [told("check.heading", said=part.heading) for part in todo]:
            tell(said, lang, ERR)
    for said in said_missing(one.evaluation) if one.evaluation else ():
        tell(said, lang, ERR if errors else OUT)
    for part in todo:
        tell(told("check.part", who=who(part.acts)), lang, ERR)
        print_problems(part.problems, lang)
    print_problems(tuple(problem for problem in one.problems if problem.level != "error"), lang)
    if one.read_as:
        tell(one.how_read, lang)
    if errors:
        tell(ONCE_MORE, lang, ERR)
    else:
        tell(told("check.usable", of=one.title, warnings=warnings, recorded=recorded), lang)


def _problem_document(code: str, year: int, problem: Problem, lang: Lang) -> dict[str, object]:
    about = {"department": code, "year": year} | {name: getattr(problem, name) for name in ("level", "code", "acts")}
    place = {name: getattr(problem.place, name) for name in ("file", "sheet", "row", "column", "cell")}
    said = {"what": problem.what[lang], "found": problem.found, "fix": problem.fix[lang]}
    return about | place | said | {"open": [*problem.open]}


def reconcile(
    department: Department,
    year: int,
    format: Annotated[Literal["table", "json"], FORMAT] = "table",
    lang: Language = "zh",
    data: Data = DATA,
) -> None:
    """Compare published figures with computed ones."""
    from evallib.data.years import evaluate_year
    from evallib.model.table_words import TABLE_NAMES
    from evallib.say.reconciliation import counted, name, reason, verdict
    from evallib.score.reconcile import reconcile as reconciled

    with refusals_told(lang, writes=False):
        e = evaluate_year(data, department, year).evaluation
        rows = reconciled(e)
    if format == "json":
        tell_json([row.model_dump() | {"name": asdict(name(e, row)), "reason": reason(e, row)[lang]} for row in rows])
    elif not rows:
        tell(told("reconcile.nothing", table=TABLE_NAMES["published"]), lang)
    else:
        table = table_of(told("reconcile.heads"), lang)
        for row in rows:
            why = f"：{said}" if row.verdict != "agrees" and (said := reason(e, row)[lang]) else ""
            table.add_row(row.id, row.published, row.computed or "—", row.unit, verdict(row)[lang] + why, row.section)
        tell(table)
        tell(counted(rows)[lang])
    if any(row.verdict == "differs" for row in rows):
        raise typer.Exit(1)
