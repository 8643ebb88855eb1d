"""A document as a text of TOML, every value on a line of its own, so that what is wrong with one is told by its line. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any


def toml_text(document: Mapping[str, Any]) -> str:
    """A document as TOML: what it holds itself first, then its tables, then its lists of tables.

    >>> print(toml_text({"grade": [{"id": "good", "at_least": 80}], "rounding": {"scores": 2}, "name": "甲"}), end="")
    name = "甲"
    <BLANKLINE>
    [rounding]
    scores = 2
    <BLANKLINE>
    [[grade]]
    id = "good"
    at_least = 80
    """
    return "\n".join(_lines(document, "")) + "\n"


def _lines(table: Mapping[str, Any], within: str) -> Iterator[str]:
    inner = {key: value for key, value in table.items() if isinstance(value, Mapping)}
    lists = {key: value for key, value in table.items() if isinstance(value, list) and value and isinstance(value[0], Mapping)}
    yield from (f"{key} = {toml_value(value)}" for key, value in table.items() if key not in inner and key not in lists)
    for key, one in inner.items():
        yield from ("", f"[{within}{key}]", *_lines(one, f"{within}{key}."))
    for key, several in lists.items():
        for one in several:
            yield from ("", f"[[{within}{key}]]", *_lines(one, f"{within}{key}."))


def toml_value(value: Any, number: Callable[[Any], str] = str) -> str:
    """A value as it stands behind a key, in one line; `number` writes what is no text, no list and no table.

    >>> toml_value({"kind": "pass_fail", "at_least": Decimal("0.9"), "text": "“甲”", "bands": [1, 2]})
    '{ kind = "pass_fail", at_least = 0.9, text = "“甲”", bands = [1, 2] }'
    """
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {toml_value(one, number)}" for key, one in value.items()) + " }"
    if isinstance(value, str | bool):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Iterable):
        return f"[{', '.join(toml_value(one, number) for one in value)}]"
    return f"{value:f}" if isinstance(value, Decimal) else number(value)
