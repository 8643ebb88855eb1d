"""What the commands share: their options and what stands in their place, the two consoles, and how a refusal is printed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from evallib.model.errors import InputRefused, Problem, gathered
from evallib.model.words import Lang, Words, words

_WIDE = None if sys.stdout.isatty() else 140  # where there is no terminal to ask
OUT = Console(highlight=False, soft_wrap=True, width=_WIDE)
ERR = Console(stderr=True, highlight=False, soft_wrap=True, width=_WIDE)


class Language(StrEnum):
    """The language of a page and of messages."""

    zh = "zh"
    en = "en"


DATA, REPORTS = Path("data"), Path("reports")


def _found_upwards() -> Path | None:
    """The data folder that the folder one stands in belongs to: itself or one above it that holds county.toml, or data/county.toml."""
    from evallib.data.folder import COUNTY

    here = Path.cwd()
    places = (place for folder in (here, *here.parents) for place in (folder, folder / DATA))
    return next((place for place in places if (place / COUNTY).is_file()), None)


def _data(value: Path) -> Path:
    """The data folder: as named, else `data`, else the one found upwards."""
    return value if value != DATA or value.is_dir() else _found_upwards() or value


def _given(ctx: typer.Context, option: str) -> bool:
    source = ctx.get_parameter_source(option)
    return source is not None and source.name != "DEFAULT"


def _reports(ctx: typer.Context, value: Path) -> Path:
    """Where reports go: as named, else `reports`; beside the data folder where that was found upwards."""
    found = ctx.params.get("data", DATA)
    return value if found == DATA or _given(ctx, "out") or _given(ctx, "data") else found.parent / REPORTS


def _language(ctx: typer.Context, value: Language) -> Language:
    """The language: as named, else that of the data folder."""
    if "data" not in ctx.params or _given(ctx, "lang"):
        return value
    from evallib.data.rulebook import load_county

    try:
        return Language(load_county(ctx.params["data"].resolve()).language)
    except InputRefused:
        return value


DepartmentArgument = Annotated[str, typer.Argument(help="部门编码，见 departments.csv / department code, see departments.csv")]
YearArgument = Annotated[int, typer.Argument(help="评价年度 / the year evaluated")]
DataFolder = Annotated[Path, typer.Option("--data", is_eager=True, callback=_data, help="数据文件夹 / folder of the data")]
OutFolder = Annotated[Path, typer.Option("--out", callback=_reports, help="报告文件夹 / folder of the reports")]
LangOption = Annotated[Language, typer.Option("--lang", callback=_language, help="语言 / language")]

NotebooksFolder = Annotated[
    Path,
    typer.Option(
        "--notebooks",
        show_default=False,
        help="自己的笔记本文件夹，代替 evallib 自带的 / folder of your own notebooks, instead of evallib's",
    ),
]

_LEVELS: dict[Lang, dict[str, str]] = {
    "zh": {"error": "错误", "warning": "提醒", "recorded": "已记录"},
    "en": {"error": "error", "warning": "warning", "recorded": "recorded"},
}


def print_problems(problems: tuple[Problem, ...], lang: Lang) -> None:
    """Every problem, a line each, on the error stream; the same in rows that follow each other shares one."""
    for problem in gathered(problems):
        mark = _LEVELS[lang][problem.level]
        ERR.print(f"{mark}  {problem.describe(lang)}", markup=False)


ANOTHER_FOLDER = words("换一个 --out 文件夹，或关闭正在打开的文件", "choose another --out folder, or close the file that is open")
"""What helps where a command cannot write to the folder it was given with --out."""
ANOTHER_NAME = words("换一个文件夹名", "name another folder")
CLOSE_IT = words("关闭正在打开的文件，或检查文件夹的写入权限", "close the file that is open, or see whether you may write to the folder")


def refused(refusal: InputRefused, lang: Lang, writes: bool = True) -> typer.Exit:
    """Print a refusal with its count; the exit that a command then raises (status 2). `writes`: whether the command makes files."""
    print_problems(refusal.problems, lang)
    count = len(refusal.problems)
    told = words("没有写出任何文件。", "Nothing was written. ") if writes else words("", " ")
    if count == 1:
        told += words("改正后请再运行一次。", "Fix this and run it again.")
    else:
        told = words(f"共 {count} 处需要改正。", f"{count} to fix. ") + told
        told += words(
            "改正后请再运行一次：有些检查要等这些改好才能做。", "Run it again afterwards: some checks need these to be right first."
        )
    ERR.print(told[lang].strip(), markup=False)
    return typer.Exit(2)


def unwritable(error: OSError, folder: Path, lang: Lang, fix: Words = ANOTHER_FOLDER) -> typer.Exit:
    """Say that a place cannot be written to, and the next step; the exit that a command then raises (status 2)."""
    what = f"无法写入 {error.filename or folder}" if lang == "zh" else f"cannot write to {error.filename or folder}"
    ERR.print(
        f"{what} ({error.strerror})。处理：{fix.zh}。" if lang == "zh" else f"{what} ({error.strerror}). To fix it: {fix.en}.", markup=False
    )
    return typer.Exit(2)


@contextmanager
def refusals_told(lang: Lang, writes: bool = True, to: Path | None = None, fix: Words = ANOTHER_FOLDER) -> Iterator[None]:
    """Around what a command does: a refusal is printed and becomes its exit; so does, where it writes `to` a folder, that it cannot."""
    try:
        yield
    except InputRefused as refusal:
        raise refused(refusal, lang, writes) from None
    except OSError as error:
        if to is None:
            raise
        raise unwritable(error, to, lang, fix) from None


@contextmanager
def page_being_made(out: Path, lang: Lang) -> Iterator[None]:
    """Around the making of a page: whatever stops it is said in a sentence, and becomes the exit that goes with it."""
    from evallib.runs.report import ReportFailed

    zh = lang == "zh"
    ERR.print("正在生成页面，约需十秒……" if zh else "Making the page; this takes some ten seconds ...", markup=False)
    try:
        with refusals_told(lang, to=out):
            yield
    except KeyboardInterrupt:
        ERR.print("已中断，没有写出任何文件。" if zh else "Stopped; nothing was written.", markup=False)
        raise typer.Exit(130) from None
    except ReportFailed as failure:
        stopped = "笔记本运行中断，没有写出页面：\n" if zh else "The notebook stopped; no page was written:\n"
        ERR.print(stopped + failure.details, markup=False)
        raise typer.Exit(1) from None
