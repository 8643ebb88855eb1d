"""The options that several commands have, and what stands in their place where they are not given."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from evallib.cli.shared import asked, refusals_told
from evallib.model.errors import InputRefused
from evallib.model.words import Lang

DATA, REPORTS = Path("data"), Path("reports")


def _data(value: Path) -> Path:
    """The data folder: as named, else `data`, else the one found upwards."""
    from evallib.data.place import find_data

    return find_data(value)


def _given(ctx: typer.Context, option: str) -> bool:
    source = ctx.get_parameter_source(option)
    return source is not None and source.name != "DEFAULT"


def _reports(ctx: typer.Context, value: Path) -> Path:
    """Where reports go: as named, else `reports`; beside the data folder where that was found upwards."""
    found = ctx.params.get("data", DATA)
    asked.out = value if found == DATA or _given(ctx, "out") or _given(ctx, "data") else found.parent / REPORTS
    return asked.out


def _language(ctx: typer.Context, value: Lang) -> Lang:
    """The language: as named, else that of the data folder, else of the environment (`evallib.cli.language`)."""
    asked.lang = value if _given(ctx, "lang") else asked.lang
    return asked.lang


def department_code(ctx: typer.Context, value: Any) -> Any:
    """The codes of the departments that are asked for, by code or by name; what is called so by none is left to the command."""
    from evallib.data.load import load_departments

    try:
        every = load_departments(ctx.params["data"]) if value and "data" in ctx.params else None
    except InputRefused:
        every = None
    if every is None:
        return value
    with refusals_told(asked.lang, writes=False):
        return every.code_of(value) if isinstance(value, str) else [every.code_of(one) for one in value]


FORMAT = typer.Option("--format")
Departments = Annotated[list[str] | None, typer.Option("--department", callback=department_code)]
Department = Annotated[str, typer.Argument(callback=department_code)]
Data = Annotated[Path, typer.Option("--data", is_eager=True, readable=False, callback=_data)]
Out = Annotated[Path, typer.Option("--out", readable=False, callback=_reports)]
Language = Annotated[Lang, typer.Option("--lang", show_default=False, callback=_language)]
Notebooks = Annotated[Path | None, typer.Option("--notebooks", show_default=False)]
