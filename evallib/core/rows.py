"""What a table of the data is made of: columns with their heads, rows, rows that say where they come from. No table lives here."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from evallib.core.base import Frozen


def column(zh: str, en: str, default: Any = ..., **more: Any) -> Any:
    """A column of a table: its head in Chinese and English, which is also its documentation.

    For a number, `unit` names the column that holds its unit, or the unit itself where that is always the same.
    """
    unit = more.pop("unit", None)
    return Field(default, title=zh, description=en, json_schema_extra={"unit": unit} if unit else None, **more)


class Row(Frozen):
    """A row of a table of the data."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Sourced(Row):
    """A row that says where it comes from: a document of sources.csv, and the section in it."""

    source: Annotated[str, Field(min_length=1)] = column("来源", "source document (an id of sources.csv)")
    section: Annotated[str, Field(min_length=1)] = column("章节", "section of that document")


def columns(table: type[Row]) -> list[str]:
    """The columns of a table in the order in which people meet them: its own first, source and section last.

    >>> columns(Sourced)
    ['source', 'section']
    """
    last = [name for name in ("source", "section") if issubclass(table, Sourced)]
    return [name for name in table.model_fields if name not in last] + last
