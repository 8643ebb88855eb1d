"""What a table of the data is made of: columns with their heads, rows, rows that say where they come from. No table lives here."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from evallib.core.base import Frozen
from evallib.core.words import Words, words


def column(zh: str, en: str, default: Any = ..., **more: Any) -> Any:
    """A column of a table: its head in Chinese; in English what it holds. `note` says in Chinese what the short head does not.

    For a number, `unit` names the column that holds its unit, or the unit itself where that is always the same.
    """
    extra: dict[str, Any] = {name: more.pop(name) for name in ("unit", "note") if name in more}
    return Field(default, title=zh, description=en, json_schema_extra=extra or None, **more)


class Row(Frozen):
    """A row of a table of the data."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Sourced(Row):
    """A row that says where it comes from: a document of sources.csv, and the section in it."""

    source: Annotated[str, Field(min_length=1)] = column(
        "来源", "source document (an id of the sheet Sources)", note="“来源文件”表中的编号"
    )
    section: Annotated[str, Field(min_length=1)] = column("章节", "section of that document", note="在该文件中的位置，如 五(二)1")


def columns(table: type[Row]) -> list[str]:
    """The columns of a table in the order in which people meet them: its own first, source and section last.

    >>> columns(Sourced)
    ['source', 'section']
    """
    last = [name for name in ("source", "section") if issubclass(table, Sourced)]
    return [name for name in table.model_fields if name not in last] + last


def unit_of(table: type[Row], name: str) -> str:
    """The column that names a number's unit, or the unit itself; empty where it has none."""
    return _extra(table, name).get("unit", "")


def note_of(table: type[Row], name: str) -> Words:
    """What a column holds: in Chinese its note, or its head where that says it all.

    >>> note_of(Sourced, "source")["en"]
    'source document (an id of the sheet Sources)'
    """
    info = table.model_fields[name]
    return words(_extra(table, name).get("note") or str(info.title), str(info.description))


def _extra(table: type[Row], name: str) -> dict[str, str]:
    extra = table.model_fields[name].json_schema_extra
    return {key: str(value) for key, value in extra.items()} if isinstance(extra, dict) else {}
