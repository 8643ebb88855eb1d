"""What pydantic finds wrong with a cell of a table or a key of a file, in plain words. Knows no table and no file."""

from __future__ import annotations

from typing import Any, Literal

from evallib.model.errors import Place, Problem
from evallib.model.words import Given, words
from evallib.say.refusals import entries, problem

_SIGNS = {"greater_than": ">", "greater_than_equal": ">=", "less_than": "<", "less_than_equal": "<="}
_NAMES = {
    "missing": "missing",
    "extra_forbidden": "unknown",
    "union_tag": "unknown_rule",
    "literal_error": "not_a_choice",
    "greater_than": "out_of_range",
    "less_than": "out_of_range",
    "int": "not_a_number",
    "decimal": "not_a_number",
    "date": "not_a_date",
    "string_type": "not_a_text",
    "string_pattern": "not_an_id",
}
"""How pydantic's name of a mistake begins, and how it is called here; the words stand under `cell.NAME`, `key.NAME` or `value.NAME`."""


def mistake(error: Any, at: Literal["cell", "key"], place: Place, found: str, **given: Given) -> Problem:
    """An error that pydantic found, as a problem; `given` is what the words of some leave room for."""
    kind, context = error["type"], error.get("ctx", {})
    name = next((name for start, name in _NAMES.items() if kind.startswith(start)), "wrong")
    said = words(str(error["msg"]).removeprefix("Value error, "))
    own = getattr(context.get("error"), "args", ())
    if len(own) == 2:  # a check of the row or rule itself says it in both languages
        name, said = "refused", words(*own)
    if name == "not_an_id" and error["loc"][-1] == "factor":
        name = "not_a_factor"
    named = next(one for one in (f"{at}.{name}", f"value.{name}", f"{at}.wrong") if one in entries())
    limit = str(next(iter(context.values()), ""))
    return problem(named, place, found, said=said, sign=_SIGNS.get(kind, ""), limit=limit, **given)
