"""A framework's document as rows of cells, and a cell as a value: names for ids, choices as they are called. No file, no sheet."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, get_args

from evallib.data.framework_tables import OWNER, PARTS, RULES, SETTINGS, Column, behind, sheets
from evallib.model.entries import Part
from evallib.model.framework import Framework
from evallib.model.rules import Seriousness
from evallib.model.table_words import CHOICES
from evallib.model.units import narrow, parse_decimal
from evallib.model.words import LANGS, Lang, folded, name_key

Rows = dict[str, list[dict[str, str]]]
"""The filled cells of every sheet, row by row, by column."""
BEARING = {"bands": "bands", "pieces": "pieces", "items": "checklist", "tiers": "tiers"}
"""The kinds of rules that have rows of their own, by the key that these stand under."""
_NOTHING = {"", "无", "（无）", "none", "-", "—"}
_PARTED = re.compile(r"\s*[、；;]\s*")


@dataclass
class Names:
    """What each entry is called: by sheet its ids, with the names of each."""

    of: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)

    def add(self, table: str, id: str, *names: str) -> None:
        known = self.of.setdefault(table, {})
        known[id] = (*known.get(id, ()), *(name for name in names if name))

    def add_all(self, table: str, entries: Iterable[Mapping[str, Any]]) -> None:
        for one in entries:
            self.add(table, one["id"], one.get("name", ""), one.get("name_en", ""))

    def add_part(self, part: Part) -> None:
        """The documents and topics of a catalogue."""
        self.add_all("source", (one.model_dump() for one in part.sources))
        self.add_all("topic", (one.model_dump() for one in part.topics))

    def find(self, tables: tuple[str, ...], text: str, suits: Callable[[str], bool] = lambda id: True) -> list[str]:
        """The ids that a text means: the id itself, or those so called, of which those that suit come first."""
        known = [(id, names) for table in tables for id, names in self.of.get(table, {}).items()]
        if any(id == text for id, _ in known):
            return [text]
        found = list(dict.fromkeys(id for id, names in known if name_key(text) in map(name_key, names)))
        return [id for id in found if suits(id)] or found

    def shown(self, tables: tuple[str, ...], id: str, lang: Lang, suits: Callable[[str], bool] = lambda id: True) -> str:
        """The name of an id in a language, where it means nothing else; else the id."""
        names = next((known[id] for table in tables if id in (known := self.of.get(table, {}))), ())
        name = names[-1 if lang == "en" else 0] if names else id
        return name if self.find(tables, name, suits) == [id] else id


def named(document: Mapping[str, Any], framework: Framework) -> Names:
    """What the entries of a document are called, and the formulas and documents of the catalogue that its framework is read with."""
    names, catalogue = Names(), framework.catalogue
    for table in ("source", "dimension", "group", "indicator", "rule", "topic"):
        names.add_all(table, document.get(table, ()))
    names.add_part(catalogue.part)
    for formula in catalogue.formulas.values():
        names.add("formula", formula.id, formula.name.zh, formula.name.en)
    return names


# --- a document as rows


def rows_of(document: Mapping[str, Any], framework: Framework, lang: Lang) -> Rows:
    """The cells of the sheets that a document fills, as a reader of the language writes them."""
    names, homes = named(document, framework), framework.homes
    bearers = [(entry["id"], entry[key]) for table, key in RULES.items() for entry in document.get(table, ()) if key in entry]
    kinds, parts = dict[str, set[str]](), dict[str, list[dict[str, Any]]]()
    for id, rule in bearers:
        kinds.setdefault(id, set()).add(rule["kind"])
        parts.setdefault(id, []).extend(one for keys in PARTS.values() for key in keys for one in rule.get(key, ()))

    def text(table: str, column: Column, value: Any, row: Mapping[str, Any]) -> str:
        if column.refers:
            named_here = suits_place(table, column.key, homes, row.get("dimension", ""))
            shown = names.shown(column.refers, value, lang, named_here)
            return column.choice(value)[lang] if shown == value and value in column.refers else shown
        if column.holds == "given":
            return _given_shown(value, parts.get(next((row[k] for k in ("indicator", "group", "rule") if k in row), ""), []), lang)
        return shown_value(column, value, lang)

    found: Rows = {}
    for id, table in sheets().items():
        entries = [{**document, "points": document.get("points", 0)}] if id == SETTINGS else document.get(id, ())
        for entry in entries if id not in PARTS else ():
            if id in ("indicator", "group") and "group" in entry:
                entry = entry | {"dimension": homes.get(entry["group"], "")}
            values = {column: value for column in table.columns if (value := _at(entry, column.path)) is not None}
            found.setdefault(id, []).append({column.key: text(id, column, value, entry) for column, value in values.items()})
    for id, keys in PARTS.items():
        for owner, rule in bearers:
            shown = names.shown(tuple(RULES), owner, lang, suits_rows(keys, kinds))
            for one in (one for key in keys for one in rule.get(key, ())):
                cells = {column.key: text(id, column, one[column.key], one) for column in sheets()[id].columns if column.key in one}
                found.setdefault(id, []).append({OWNER: shown} | cells)
    return found


def suits_place(table: str, key: str, homes: Mapping[str, str], dimension: str) -> Callable[[str], bool]:
    """Whether a group stands in the dimension that is named beside it."""
    return lambda id: table not in ("indicator", "group") or key != "group" or not dimension or homes.get(id) == dimension


def suits_rows(keys: tuple[str, ...], kinds: Mapping[str, set[str]]) -> Callable[[str], bool]:
    """Whether the rule of an entry is of a kind with such rows."""
    return lambda id: bool(kinds.get(id, set()) & {BEARING[key] for key in keys})


def _at(entry: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        entry = entry.get(step) if isinstance(entry, Mapping) else None
    return entry


def shown_value(column: Column, value: Any, lang: Lang) -> str:
    """A value as it stands in a cell; several with a line break between them."""
    if isinstance(value, list):
        return "\n".join(shown_value(column, one, lang) for one in value)
    if isinstance(value, bool):
        value = str(value).lower()
    if value in column.choices:
        return column.choice(value)[lang]
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _given_shown(value: Any, parts: list[dict[str, Any]], lang: Lang) -> str:
    """What an example gives: items and tiers by name, with the share of a tier behind it."""
    if isinstance(value, list):
        return "\n".join(_given_shown(one, parts, lang) for one in value) or ("无" if lang == "zh" else "none")
    if not isinstance(value, str):
        return f"{Decimal(value):f}"
    id, _, share = value.partition(" ")
    known = next((part for part in parts if part.get("id") == id), None)
    name = CHOICES[id][lang] if known is None and id in get_args(Seriousness) else id
    if known:
        name = (known.get("name_en") if lang == "en" else "") or known["name"]
    return f"{name} {share}".strip()


# --- a cell as a value


def value_of(column: Column, text: str) -> Any:
    """What a cell holds; a text where it is not what the column asks for, which the model then refuses."""
    if column.many and column.holds != "given":
        one = [value_of_one(column, part) for part in several(column, text)]
        return one[0] if column.holds == "number" and len(one) == 1 else one
    return value_of_one(column, text)


def several(column: Column, text: str) -> list[str]:
    """The texts of a cell that holds several."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return lines if len(lines) != 1 or column.meant(lines[0]) else [part for part in _PARTED.split(lines[0]) if part]


def value_of_one(column: Column, text: str) -> Any:
    """A single value of those that a cell holds."""
    if column.holds == "choice":
        meant = column.meant(text)
        return meant == "true" if meant in ("true", "false") else text if meant is None else meant
    text = next((text.removesuffix(end) for end in behind() if text.endswith(end)), text) if column.holds == "whole" else text
    number = number_of(text) if column.holds in ("number", "whole") else None
    if number is None:
        return text
    return int(number) if column.holds == "whole" and number == number.to_integral_value() else number


def number_of(text: str) -> Decimal | None:
    """A number, or a percentage as the share that it is; None where a text is neither."""
    read = narrow(text)
    number = parse_decimal(read.rstrip("%").strip())
    return number / 100 if number is not None and read.endswith("%") else number


def given_of(text: str, kind: str, parts: Sequence[Mapping[str, str]]) -> Any:
    """What an example gives to a rule of a kind: a number, a text, or the ids of what is met or found."""
    names = {name_key(part[key]): part["id"] for part in parts for key in ("name_en", "name", "id") if part.get(key) and "id" in part}
    names |= {name_key(name): one for one in get_args(Seriousness) for name in (one, *(CHOICES[one][lang] for lang in LANGS))}
    number = number_of(text)
    if kind in ("checklist", "deduct_per_occurrence"):
        if number is not None and kind != "checklist":
            return number
        if folded(text) in _NOTHING:
            return []
        whole = [text] if name_key(text) in names else [line.strip() for line in text.split("\n") if line.strip()]
        told = whole if len(whole) > 1 or name_key(whole[0]) in names else _PARTED.split(whole[0])
        return [names.get(name_key(one), one) for one in told]
    if kind == "tiers":
        name, _, share = text.rpartition(" ")
        return f"{names[name_key(name)]} {share}" if name_key(name) in names else names.get(name_key(text), text)
    return text if number is None or narrow(text).endswith("%") else number
