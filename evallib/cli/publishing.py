"""The commands for what leaves the house: publish, verify. Parsing and printing only."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from evallib.cli.options import DATA, FORMAT, REPORTS, Data, Department, Language, Notebooks, Out
from evallib.cli.shared import page_being_made, print_problems, refusals_told, tell, tell_json, told
from evallib.kit import REPORT

if TYPE_CHECKING:
    from evallib.model.published_rows import Kind


def publish(
    department: Department,
    year: int,
    correction: str | None = None,
    revision: str | None = None,
    lang: Language = "zh",
    data: Data = DATA,
    out: Out = REPORTS,
    notebooks: Notebooks = None,
) -> None:
    """Publish a year's result; from then on it does not change in silence."""
    from evallib.model.table_words import CHOICES
    from evallib.runs.publish import publish as publish_result
    from evallib.say.refusals import refused

    kind: Kind = "correction" if correction is not None else "revision" if revision is not None else "first"
    why = correction or revision or ""
    making = page_being_made(REPORT, notebooks, data, out, lang) if why else refusals_told(lang, to=out)
    with making as how:
        if correction is not None and revision is not None:
            raise refused("publish.no_reason", "publish")
        made = publish_result(department, year, kind=kind, why=why, **(how or {"data": data, "out": out}))
    said = "publish.stood" if made.stood else f"publish.{'first' if kind == 'first' else 'again'}"
    tell(told(said, department=made.called, year=str(year), date=made.row.date.isoformat(), kind=CHOICES[made.row.kind]), lang)
    for page in made.pages:
        tell(page)


def verify(
    path: Annotated[Path, typer.Argument(readable=False)] = REPORTS,
    data: Annotated[Path | None, typer.Option("--data", readable=False)] = None,
    format: Annotated[Literal["text", "json"], FORMAT] = "text",
    lang: Language = "zh",
) -> None:
    """Verify reports, offline: score again, see whether anything was touched."""
    from evallib.runs.verify import as_objects
    from evallib.runs.verify import verify as verify_reports

    with refusals_told(lang, writes=False):
        verdicts = verify_reports(path, data)
    wrong = [one for one in verdicts if not one.sound]
    if format == "json":
        tell_json(as_objects(verdicts))
    else:
        for one in verdicts:
            said = told(f"verify.{'wrong' if not one.sound else 'sound' if one.looked_at else 'unchecked'}")
            tell(f"{said[lang]}  {one.file}  {one.holds[lang]}".rstrip())
            print_problems(one.problems, lang)
        unchecked = sum(not one.looked_at for one in verdicts)
        tell(told("verify.counts", files=len(verdicts) - unchecked, wrong=len(wrong)), lang)
        if unchecked:
            tell(told("verify.not_counted", files=unchecked), lang)
    if wrong:
        raise typer.Exit(1)
