"""The commands for many reports: batch and results. Parsing and printing only."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from evallib.cli.shared import (
    ANOTHER_NAME,
    DATA,
    ERR,
    OUT,
    REPORTS,
    DataFolder,
    LangOption,
    Language,
    NotebooksFolder,
    OutFolder,
    refusals_told,
    refused,
    unwritable,
)
from evallib.kit import NOTEBOOKS
from evallib.model.errors import InputRefused, Place, Problem, meant
from evallib.model.units import SHARE
from evallib.model.words import Lang, words
from evallib.say.numbers import percent
from evallib.say.workings import STATUSES

if TYPE_CHECKING:
    from evallib.runs.batch import Outcome


class ResultsFormat(StrEnum):
    """How `results` prints."""

    table = "table"
    csv = "csv"


def batch(
    department: Annotated[list[str] | None, typer.Option("--department", help="只做这些部门 / only these departments")] = None,
    year: Annotated[list[int] | None, typer.Option("--year", help="只做这些年度 / only these years")] = None,
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="同时运行几个 / how many at a time")] = None,
    dask: Annotated[str | None, typer.Option("--dask", help="Dask 调度器地址 / address of a Dask scheduler")] = None,
    force: Annotated[bool, typer.Option("--force", help="全部重做 / make all of them again")] = False,
    lang: LangOption = Language.zh,
    data: DataFolder = DATA,
    out: OutFolder = REPORTS,
    notebooks: NotebooksFolder = NOTEBOOKS,
) -> None:
    """生成名单上的全部页面，只重做有变化的 / Make every page on the list; only what changed is made again."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from evallib.runs.batch import (
        STATES,
        choose_jobs,
        clear_leftovers,
        list_pages,
        outcome_outside,
        run_batch,
    )
    from evallib.runs.workers import open_executor

    language: Lang = lang.value
    zh = language == "zh"
    with refusals_told(language):
        every_job = list_pages(data, out, language, notebooks)
        jobs = choose_jobs(every_job, department or (), year or ())
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:  # said once, not for every page
        raise unwritable(error, out, language) from None
    clear_leftovers(out)
    failures = 0
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=ERR,
        disable=not ERR.is_terminal,
    ) as progress:
        task = progress.add_task("页面" if zh else "Pages", total=len(jobs))

        def told(outcome: Outcome) -> None:
            nonlocal failures
            if outcome.state in ("refused", "failed", "missing"):
                failures += 1
                line = f"{outcome.job.title[language]}  {STATES[outcome.state][language]}  {outcome.reason[language]}"
                progress.console.print(line.rstrip(), markup=False)
            elif outcome.state == "made" and not ERR.is_terminal:
                ERR.print(f"{outcome.job.title[language]}  {STATES['made'][language]}", markup=False)
            progress.update(task, advance=1, description=("页面，未成 " if zh else "Pages, failed ") + str(failures))

        try:
            with open_executor(workers, dask) as executor:
                outcomes = run_batch(jobs, executor, force=force, told=told)
        except KeyboardInterrupt:
            ERR.print("已停止；再运行一次会接着做完。" if zh else "Stopped; run it again to finish the rest.", markup=False)
            raise typer.Exit(130) from None
        except ModuleNotFoundError:
            lacking = "缺少 Dask。运行：" if zh else "Dask is not installed. Run: "
            ERR.print(lacking + "python -m pip install distributed", markup=False)
            raise typer.Exit(2) from None
        except OSError as error:
            if dask is None:
                raise unwritable(error, out, language) from None
            ERR.print(f"{'连不上 Dask 调度器' if zh else 'the Dask scheduler does not answer'}: {dask} ({error})", markup=False)
            raise typer.Exit(2) from None
    from evallib.runs.index import write_index, write_results

    made = {outcome.job: outcome for outcome in outcomes}
    known: dict[Path, bytes] = {}
    try:
        index = write_index([made.get(job) or outcome_outside(job, known) for job in every_job], out, language)
        write_results([job for job in every_job if job.kind == "report"], out)
    except OSError as error:
        raise unwritable(error, out, language) from None
    counts = {state: sum(1 for o in outcomes if o.state == state) for state in STATES}
    OUT.print("  ".join(f"{STATES[s][language]} {n}" for s, n in counts.items() if n), markup=False)
    OUT.print(str(index), markup=False)
    if failures:
        raise typer.Exit(1)


def demo(
    directory: Annotated[Path, typer.Argument(help="新文件夹 / a new folder")],
    departments: Annotated[int, typer.Option("--departments", help="部门数 / how many departments")] = 12,
    years: Annotated[str, typer.Option("--years", help="年度，如 2021-2024 / years, such as 2021-2024")] = "2021-2024",
    seed: Annotated[int, typer.Option("--seed", help="随机种子 / random seed")] = 1,
    lang: LangOption = Language.zh,
) -> None:
    """写出一个模拟的县，供试用 / Lay out a synthetic county to try things on."""
    from evallib.demo.county import make_demo
    from evallib.model.errors import refuse

    language: Lang = lang.value
    first, _, last = years.partition("-")
    with refusals_told(language, to=directory, fix=ANOTHER_NAME):
        if not (first.isdigit() and (last or first).isdigit()):
            raise refuse("--years", "年度写法不对", "the years are not written so", "写成 2021-2024", "write 2021-2024", years)
        county = make_demo(directory, departments=departments, first_year=int(first), last_year=int(last or first), seed=seed)
    total, unusable = county.department_years, len(county.failures)
    said = (
        f"{total} 个部门年度（全部为模拟数据），其中 {unusable} 个故意不能用。"
        if language == "zh"
        else (f"{total} department-years, all synthetic; {unusable} of them unusable on purpose.")
    )
    OUT.print(said, markup=False)
    OUT.print(f"evallib batch --data {county.data} --out {directory / 'reports'}", markup=False)


def results(
    department: Annotated[list[str] | None, typer.Option("--department", help="部门 / department")] = None,
    year: Annotated[list[int] | None, typer.Option("--year", help="年度 / year")] = None,
    indicator: Annotated[list[str] | None, typer.Option("--indicator", help="指标 / indicator")] = None,
    format: Annotated[ResultsFormat, typer.Option("--format", help="输出格式 / output format")] = ResultsFormat.table,
    lang: LangOption = Language.zh,
    out: OutFolder = REPORTS,
) -> None:
    """查看全部报告的结果 / Print results of all reports, or a part of them."""
    import pandas as pd

    language: Lang = lang.value
    file = out / "results.parquet"
    if not file.is_file():
        from evallib.model.errors import refuse

        raise refused(
            refuse(str(file), "还没有结果", "there are no results yet", "先运行 evallib batch", "run evallib batch first"),
            language,
            writes=False,
        )
    table = pd.read_parquet(file)
    for column, wanted in (("department", department), ("year", year), ("indicator", indicator)):
        known = [str(value) for value in table[column].unique()]
        for value in wanted or ():
            if str(value) not in known:
                problem = Problem(
                    Place(f"--{column}"), words("结果中没有", "is not among the results"), meant(str(value), known), str(value)
                )
                raise refused(InputRefused((problem,)), language, writes=False)
        if wanted:
            table = table[table[column].isin(wanted)]
    if format is ResultsFormat.csv:
        print(table.to_csv(index=False), end="")
        return
    zh = language == "zh"
    shown = ["department", "year", "indicator", "name" if zh else "name_en", "points", "score", "value", "unit", "status"]
    heads = words("部门 年度 指标编号 指标 分值 得分 实际值 单位 状态", "Department Year Id Indicator Points Score Value Unit Status")
    view = Table(*heads[language].split())
    for row in table[shown].to_dict("records"):
        if row["unit"] == SHARE.symbol and not pd.isna(row["value"]):
            row["value"], row["unit"] = percent(Decimal(row["value"])).removesuffix("%"), "%"
        row["status"] = STATUSES[row["status"]][language]
        view.add_row(*("—" if pd.isna(cell) else str(cell) for cell in row.values()))
    OUT.print(view)
