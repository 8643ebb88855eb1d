"""The commands for many reports: batch and results. Parsing and printing only."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from evallib.cli.options import DATA, FORMAT, REPORTS, Data, Departments, Language, Notebooks, Out
from evallib.cli.shared import ANOTHER_NAME, ERR, notebook_told, refusals_told, stopped, table_of, tell, tell_csv, told
from evallib.kit import PAGES
from evallib.model.errors import meant
from evallib.model.words import Words
from evallib.say.refusals import refused
from evallib.say.sentences import sentence

if TYPE_CHECKING:
    from evallib.runs.stamps import Outcome


def batch(
    here: typer.Context,
    department: Departments = None,
    year: list[int] | None = None,
    workers: Annotated[int | None, typer.Option("--workers", min=1)] = None,
    dask: str | None = None,
    word: Annotated[bool, typer.Option("--word")] = False,
    force: Annotated[bool, typer.Option("--force")] = False,
    lang: Language = "zh",
    data: Data = DATA,
    out: Out = REPORTS,
    notebooks: Notebooks = None,
) -> None:
    """Make every page on the list; only what changed is made again."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from evallib.files.locks import held
    from evallib.files.whole import clear_dead
    from evallib.runs.batch import run_batch
    from evallib.runs.index import write_shared
    from evallib.runs.jobs import choose_jobs, list_pages
    from evallib.runs.stamps import STATES
    from evallib.runs.workers import open_executor

    with refusals_told(lang):
        for name in PAGES.values():
            notebook_told(data, name, notebooks, lang)
        every_job = list_pages(data, out, lang, notebooks)
        every_job = tuple(replace(job, official=word) for job in every_job)
        jobs = choose_jobs(every_job, department or (), year or ())
    with refusals_told(lang, to=out):  # said once, not for every page
        here.with_resource(held(out, "batch"))
        clear_dead(out)
    failures, said_once = 0, list[Words]()
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=ERR, disable=not ERR.is_terminal) as progress:
        task = progress.add_task(told("batch.pages")[lang], total=len(jobs))

        def heard(outcome: Outcome) -> None:
            nonlocal failures
            line = f"{outcome.job.title[lang]}  {STATES[outcome.state][lang]}  {outcome.reason[lang]}".rstrip()
            if outcome.state in ("held", "refused", "failed", "missing"):
                failures += 1
                tell(line, on=progress.console)
            elif outcome.state == "filling" or (outcome.state == "made" and not ERR.is_terminal):
                tell(line, on=progress.console)
            if outcome.remark and outcome.remark not in said_once:
                said_once.append(outcome.remark)
                tell(outcome.remark, lang, progress.console)
            for said in outcome.left_out:
                tell(f"{outcome.job.title[lang]}  " + sentence("batch.left_out.one", said=said)[lang], on=progress.console)
            progress.update(task, advance=1, description=told("batch.failures", count=failures)[lang])

        try:
            with refusals_told(lang, to=None if dask else out), open_executor(workers, dask) as executor:
                outcomes = run_batch(jobs, executor, force=force, told=heard)
        except KeyboardInterrupt:
            raise stopped(told("batch.stopped"), lang, 130) from None
        except ModuleNotFoundError:
            raise stopped(told("batch.no_dask"), lang, 2) from None
        except OSError:
            if dask is None:
                raise
            raise stopped(told("batch.dask_silent", address=dask), lang, 2) from None
    with refusals_told(lang, to=out):
        index = write_shared(every_job, outcomes, out, lang)
    counts = {state: sum(1 for o in outcomes if o.state == state) for state in STATES}
    told_counts = [f"{STATES[s][lang]} {n}" for s, n in counts.items() if n]
    if left_out := sum(len(outcome.left_out) for outcome in outcomes):
        told_counts.append(sentence("batch.left_out.count", count=left_out)[lang])
    tell("  ".join(told_counts))
    tell(index)
    if failures:
        raise typer.Exit(1)


def demo(directory: Path, departments: int = 12, years: str = "2021-2024", seed: int = 1, lang: Language = "zh") -> None:
    """Lay out a synthetic county to try things on."""
    from evallib.demo.county import make_demo

    first, _, last = years.partition("-")
    with refusals_told(lang, to=directory, fix=ANOTHER_NAME):
        if not (first.isdigit() and (last or first).isdigit()):
            raise refused("command.years_unreadable", "--years", years)
        county = make_demo(directory, departments=departments, first_year=int(first), last_year=int(last or first), seed=seed)
    total, unusable = len(county.codes) * len(county.years), len(county.failures)
    tell(told("demo.made", total=total, unusable=unusable), lang)
    tell(f"evallib batch --data {county.data} --out {directory / 'reports'}")


def results(
    department: Departments = None,
    year: list[int] | None = None,
    indicator: list[str] | None = None,
    format: Annotated[Literal["table", "csv"], FORMAT] = "table",
    lang: Language = "zh",
    data: Data = DATA,
    out: Out = REPORTS,
) -> None:
    """Print results of all reports, or a part of them.

    For Excel there is results.csv in the folder of the reports.
    """
    import pandas as pd

    from evallib.files.outputs import RESULTS
    from evallib.model.units import SHARE
    from evallib.runs.index import COLUMNS, NUMBERS
    from evallib.say.numbers import percent
    from evallib.say.workings import STATUSES

    file = out / RESULTS[1]
    with refusals_told(lang, writes=False):
        if not file.is_file():
            raise refused("command.no_results", str(file))
        try:
            table = pd.read_parquet(file)[[*COLUMNS]]
            numbers = all(pd.api.types.is_numeric_dtype(table[one]) for one in NUMBERS)
            if len(table) and not ({*table["status"]} <= STATUSES.keys() and numbers):
                raise ValueError
        except (ValueError, KeyError, TypeError, OSError):
            raise refused("command.unreadable_results", str(file)) from None
        for column, wanted in (("department", department), ("year", year), ("indicator", indicator)):
            known = [str(value) for value in table[column].unique()]
            for value in wanted or ():
                if str(value) not in known:
                    raise refused("command.not_among_results", f"--{column}", str(value), known=meant(str(value), known))
            if wanted:
                table = table[table[column].isin(wanted)]
    if format == "csv":
        tell_csv([table.columns, *table.astype(object).where(table.notna(), None).itertuples(index=False)])
        return
    shown = ["department", "year", "indicator", "name" if lang == "zh" else "name_en", "points", "score", "value", "unit", "status"]
    view = table_of(told("results.heads"), lang)
    for row in table[shown].to_dict("records"):
        if row["unit"] == SHARE.symbol and not pd.isna(row["value"]):
            row["value"], row["unit"] = percent(Decimal(row["value"])).removesuffix("%"), "%"
        row["status"] = STATUSES[row["status"]][lang]
        view.add_row(*("—" if pd.isna(cell) else str(cell) for cell in row.values()))
    tell(view)
