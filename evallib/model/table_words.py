"""The tables of data in words: what each is called, what it is for, the heads of its columns, what a cell of few choices may say.

The words themselves stand in `catalogue/words/tables.toml`. No row lives here.
"""

from __future__ import annotations

from typing import Any

from evallib.kit import words_of
from evallib.model.errors import Acts
from evallib.model.words import Words, folded, words

_FILE: dict[str, dict[str, Any]] = words_of("tables")
COLUMNS: dict[str, dict[str, dict[str, str]]] = {id: table.get("columns", {}) for id, table in _FILE["tables"].items()}
"""The columns of each table: head in Chinese, what the column holds in English, what the short head does not say, unit."""

_SHEETS = {id: table for id, table in _FILE["tables"].items() if "name" in table}
TABLE_NAMES: dict[str, Words] = {id: words(table["name"], table["name_en"]) for id, table in _SHEETS.items()}
"""The tables by id: the name of the sheet in a workbook."""
SHEET_WORDS: dict[str, Any] = words_of("sheets")
"""The sheets of a workbook that are no table: their names, their columns and what these fill; what may be said once above heads."""
SHEETS: dict[str, str] = {
    folded(text): id
    for id, table in (*_SHEETS.items(), ("scoring", SHEET_WORDS["scoring"]))
    for text in (id, table["name"], table["name_en"], *table.get("also", ()))
}
"""What a sheet may be called, folded, and the table that it then holds."""
ACTS: dict[str, Acts] = {id: table["acts"] for id, table in _SHEETS.items() if "acts" in table}
"""Who fills in a table, where that is not the department."""
PURPOSES: dict[str, Words] = {id: words(table["purpose"], table["purpose_en"]) for id, table in _SHEETS.items()}
"""What each table is for."""
STATES: dict[str, Words] = {id: words(*both) for id, both in _FILE["states"].items()}
"""What says in a cell why there is no number, in both languages."""
CHOICES: dict[str, Words] = {id: words(*both[:2]) for id, both in _FILE["choices"].items()}
"""What a cell of few choices may say, in both languages."""
ALSO: dict[str, list[str]] = {id: texts[2:] for id, texts in _FILE["choices"].items()}
"""What it may say as well."""
BEHIND: dict[str, list[str]] = _FILE["behind"]
"""What may stand behind the number of a target, by operator."""
SUMS: dict[str, dict[str, Any]] = {id: table["sums"] for id, table in _FILE["tables"].items() if "sums" in table}
"""The tables that are added up: how, by table."""
CALLED: dict[str, list[str]] = _FILE["called"]
"""What stands in the place of an id and is no row: in Chinese, in English, then what may be written as well."""
DOCUMENTS: dict[str, list[str]] = _FILE["documents"]
"""What in the title of a document tells its kind, by kind."""
HEADS: dict[str, list[str]] = _FILE["heads"]
"""What may stand in a heading and is no part of its name: in brackets behind it (`remarks`), or alone (`own`)."""
TOTALS: dict[str, list[str]] = _FILE["totals"]
"""What a row is called that is the sum or the mean of others."""
