"""A framework's document as rows of cells, and a cell as a value: names for ids, choices as they are called. No file, no sheet."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, get_args

from evallib.frameworks.tables import OWNER, PARTS, RULES, SETTINGS, Column, behind, sheets
from evallib.model.entries import Part
from evallib.model.framework import Framework
from evallib.model.rules import Seriousness
from evallib.model.table_words import CHOICES
from evallib.model.units import narrow, parse_share
from evallib.model.words import LANGS, Lang, folded, name_key, words

Rows = dict[str, list[dict[str, str]]]
"""The filled cells of every sheet, row by row, by column."""
Suits = Callable[[str], bool]
"""Whether an id may be meant where it is named."""
_NOTHING = {"", "无", "（无）", "none", "-", "—"}
_PARTED = re.compile(r"\s*[、；;]\s*")


class Names:
    """What each entry is called: by sheet its ids, with the names of each."""

    def __init__(self) -> None:
        self.of = defaultdict[str, dict[str, list[str]]](dict)

    def add(self, table: str, entries: Iterable[Mapping[str, Any]]) -> None:
        for one in entries:
            self.of[table].setdefault(one.get("id", ""), []).extend(one[key] for key in ("name", "name_en") if one.get(key))

    def add_part(self, part: Part, *kinds: str) -> None:
        """Some kinds of entries of a catalogue."""
        for table, entries in part.model_dump(by_alias=True, include={*kinds}).items():
            self.add(table, entries)

    def find(self, tables: Iterable[str], text: str, suits: Suits = lambda id: True) -> list[str]:
        """The ids that a text means: the id itself, or those so called, of which those that suit come first."""
        known = [(id, names) for table in tables for id, names in self.of[table].items()]
        if any(id == text for id, _ in known):
            return [text]
        found = list(dict.fromkeys(id for id, names in known if name_key(text) in map(name_key, names)))
        return [id for id in found if suits(id)] or found

    def shown(self, tables: Sequence[str], id: str, lang: Lang, suits: Suits) -> str:
        """The name of an id in a language, where it means nothing else; else the id."""
        names = next((self.of[table][id] for table in tables if id in self.of[table]), []) or [id]
        name = names[-1 if lang == "en" else 0]
        return name if self.find(tables, name, suits) == [id] else id


# --- a document as rows


def rows_of(document: Mapping[str, Any], framework: Framework, lang: Lang) -> Rows:
    """The cells of the sheets that a document fills, as a reader of the language writes them."""
    names, homes = Names(), framework.homes
    for kind in ("source", "dimension", "group", "indicator", "rule", "topic"):
        names.add(kind, document.get(kind, ()))
    names.add_part(framework.catalogue.part, "sources", "topics", "formulas")
    bearers = [(entry["id"], entry[key]) for table, key in RULES.items() for entry in document.get(table, ()) if key in entry]
    whole = {**document, SETTINGS: [{**document, "points": document.get("points", 0)}]}
    for part, keys in PARTS.items():
        whole[part] = [{OWNER: id} | one for id, rule in bearers for key in keys.values() for one in rule.get(key, ())]

    def text(table: str, column: Column, row: Mapping[str, Any], value: Any) -> str:
        if column.key == OWNER:
            kinds = PARTS[table]
            value = names.shown(column.refers, value, lang, lambda id: any(id == one and rule["kind"] in kinds for one, rule in bearers))
        elif column.refers:
            value = names.shown(column.refers, value, lang, suits_place(column.key, homes, row.get("dimension", "")))
        elif column.holds == "given":
            about = next((row[key] for key in ("indicator", "group", "rule") if key in row), "")
            rows = [one for part in PARTS for one in whole[part] if one[OWNER] == about and "id" in one]
            return _given_shown(value, {one["id"]: words(one["name"], one.get("name_en"))[lang] for one in rows}, lang)
        return shown_value(column, value, lang)

    found: Rows = {}
    for id, table in sheets().items():
        for entry in whole.get(id, ()):
            if id in ("indicator", "group") and "group" in entry:
                entry = entry | {"dimension": homes.get(entry["group"], "")}
            values = {column: value for column in table.columns if (value := _at(entry, column.path)) is not None}
            found.setdefault(id, []).append({column.key: text(id, column, entry, value) for column, value in values.items()})
    return found


def suits_place(key: str, homes: Mapping[str, str], dimension: str) -> Suits:
    """Whether a group stands in the dimension that is named beside it."""
    return lambda id: key != "group" or not dimension or homes.get(id) == dimension


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


def _given_shown(value: Any, names: Mapping[str, str], lang: Lang) -> str:
    """What an example gives: items and tiers by name, with the share of a tier behind it."""
    if isinstance(value, list):
        return "\n".join(_given_shown(one, names, lang) for one in value) or ("无" if lang == "zh" else "none")
    if not isinstance(value, str):
        return f"{Decimal(value):f}"
    id, _, share = value.partition(" ")
    name = names.get(id) or (CHOICES[id][lang] if id in get_args(Seriousness) else id)
    return f"{name} {share}".strip()


# --- a cell as a value


def value_of(column: Column, text: str) -> Any:
    """What a cell holds; a text where it is not what the column asks for, which the model then refuses."""
    if not column.many:
        return _value(column, text)
    values = [_value(column, one) for one in _several(text, column.meant)]
    return values[0] if column.holds == "number" and len(values) == 1 else values


def _several(text: str, is_one: Callable[[str], object]) -> list[str]:
    """The texts of a cell that holds several: a line each, or in one line."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return [text] if is_one(text) else lines if len(lines) > 1 else [part for part in _PARTED.split(text) if part]


def _value(column: Column, text: str) -> Any:
    """A single value of those that a cell holds."""
    if column.holds == "choice":
        meant = column.meant(text)
        return meant == "true" if meant in ("true", "false") else meant or text
    if column.holds not in ("number", "whole"):
        return text
    text = next((text.removesuffix(end) for end in behind() if text.endswith(end)), text) if column.holds == "whole" else text
    number = parse_share(text)
    if number is None:
        return text
    return int(number) if column.holds == "whole" and number == number.to_integral_value() else number


def given_of(text: str, kind: str, parts: Sequence[Mapping[str, str]]) -> Any:
    """What an example gives to a rule of a kind: a number, a text, or the ids of what is met or found."""
    names = {name_key(part[key]): part["id"] for part in parts for key in ("name_en", "name", "id") if part.get(key) and "id" in part}
    names |= {name_key(name): one for one in get_args(Seriousness) for name in (one, *(CHOICES[one][lang] for lang in LANGS))}
    number = parse_share(text)
    if not text and kind not in ("checklist", "deduct_per_occurrence"):
        return None
    if kind in ("checklist", "deduct_per_occurrence"):
        if number is not None and kind != "checklist":
            return number
        if folded(text) in _NOTHING:
            return []
        return [names.get(name_key(one), one) for one in _several(text, lambda one: name_key(one) in names)]
    if kind == "tiers":
        name, _, share = text.rpartition(" ")
        return f"{names[name_key(name)]} {share}" if name_key(name) in names else names.get(name_key(text), text)
    return text if number is None or narrow(text).endswith("%") else number
