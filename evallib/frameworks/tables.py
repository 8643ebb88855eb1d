"""The sheets of a framework's workbook and their columns, made of the models: what each is called, what a cell of it may hold.

The names stand in `catalogue/words/framework_workbook.toml`, what the keys mean in `language.toml`. No cell is read or written here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from evallib.data.language_docs import kinds, language, tables
from evallib.data.rulebook import shipped_catalogues
from evallib.kit import words_of
from evallib.model.entries import Part
from evallib.model.grouped import grouped
from evallib.model.table_words import CHOICES
from evallib.model.words import LANGS, Words, folded, joined, words
from evallib.say.mistakes import keys_of, models_of
from evallib.say.sentences import sentence

SETTINGS, OWNER = "framework", "owner"
"""The sheet with a row a setting; the column that says whose rule a row of a sheet of bands, items or tiers belongs to."""
RULES = {"indicator": "rule", "group": "own_rule", "dimension": "own_rule", "rule": "rule"}
"""The sheets whose rows have a rule, and the key that it stands under."""
PARTS = {"piece": {"pieces": "pieces", "bands": "bands"}, "item": {"checklist": "items"}, "tier": {"tiers": "tiers"}}
"""The sheets with the rows of a rule: the kinds of rules that have such, and the key that the rows stand under."""
_LEFT_OUT = ("id", "source", "year", "given")
"""What a file must say and a workbook may leave out, as it is made of the rest, or empty is nothing."""
_MADE = {(SETTINGS, "format"), (SETTINGS, "id")}
"""What is no cell: the program knows it."""


@dataclass(frozen=True)
class Column:
    """A column: the keys to its value, joined by dots, how it is headed, what it means, what a cell holds, the few values or words it may
    say, the sheets whose rows it names, whether it is to be seen where nothing is in it."""

    key: str
    head: Words
    also: tuple[str, ...]
    means: Words
    holds: Literal["text", "number", "whole", "choice", "given"]
    choices: tuple[str, ...] = ()
    many: bool = False
    refers: tuple[str, ...] = ()
    required: bool = False
    usual: bool = False

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(self.key.split("."))

    @property
    def aside(self) -> bool:
        """Whether it stands behind the others: what the program makes, and English."""
        return self.key == "id" or self.key.endswith("_en")

    @property
    def heads(self) -> set[str]:
        """What its head may be."""
        return {folded(text) for text in (self.key, self.head.zh, self.head.en, *self.also)}

    def choice(self, value: str) -> Words:
        """A value of a few as it is called."""
        return words(*_called(self.path[-1], value)[:2])

    def meant(self, text: str) -> str | None:
        """The value of a few that a text means."""
        return next((v for v in self.choices if folded(text) in {folded(t) for t in (v, *_called(self.path[-1], v))}), None)


@dataclass(frozen=True)
class Table:
    """A sheet: its id, which is its key in the file, its name and its columns; whether it stands there where nothing is on it."""

    id: str
    name: Words
    also: tuple[str, ...]
    columns: tuple[Column, ...]
    usual: bool

    def column(self, key: str) -> Column | None:
        return next((column for column in self.columns if column.key == key), None)


@cache
def sheets() -> dict[str, Table]:
    """The sheets by id, in their order."""
    models = tables() | {key: models_of(info.annotation) for key, info in keys_of(Part).items()}
    return {id: _table(id, said, models[id]) for id, said in _words()["sheets"].items()}


def setting_heads() -> tuple[Words, ...]:
    """The heads of the sheet with a row a setting."""
    return tuple(words(*_words()["heads"][name]) for name in ("setting", "content", "means"))


def behind() -> list[str]:
    """What may stand behind a year."""
    return list(_words()["years"]["behind"])


def _words() -> dict[str, Any]:
    return words_of("framework_workbook")


def _table(id: str, said: dict[str, Any], models: list[type[BaseModel]]) -> Table:
    columns = [*_columns(id, models)]
    if id in PARTS:
        head = _words()["heads"][OWNER]
        columns.insert(0, Column(OWNER, words(*head[:2]), (), words(*head[2:]), "text", refers=tuple(RULES), required=True))
    first = {key: place for place, key in enumerate(said.get("first", ()))}
    usual = {*said.get("first", (column.key for column in columns if not column.aside))} - {*said.get("seldom", ())}
    columns = [replace(column, usual=column.required or column.key in usual) for column in columns]
    columns.sort(key=lambda column: (column.aside and id != SETTINGS, first.get(column.key, len(first))))
    return Table(id, words(*said["name"][:2]), tuple(said["name"][2:]), tuple(columns), said.get("usual", False))


def _columns(table: str, models: list[type[BaseModel]], within: str = "") -> Iterator[Column]:
    """The columns of what is of one of some models; what stands in it has columns too, lists of entries have sheets of their own."""
    for key, infos in grouped(item for model in models for item in keys_of(model).items()).items():
        annotation: Any = Union[tuple(info.annotation for info in infos)]  # noqa: UP007  # of as many as there are
        if (inner := models_of(annotation)) and get_origin(annotation) is not tuple:
            yield from _columns(table, inner, f"{within}{key}.")
        elif get_origin(annotation) is dict:
            yield from (_column(table, f"{within}{key}.{one}", str, False) for one in get_args(get_args(annotation)[0]))
        elif not inner and (table, within + key) not in _MADE:
            needed = not within and key not in _LEFT_OUT and all(info.is_required() for info in infos)
            yield _column(table, f"{within}{key}", annotation, needed)


def _column(table: str, key: str, annotation: Any, required: bool) -> Column:
    leaves, names, refers = [*_leaves(annotation)], _words()["heads"], _words()["refers"]
    plain = key.replace("own_rule", "rule")
    own = plain.removesuffix("_en")
    said = next(names[name] for name in (f"{table}.{own}", own, own.rpartition(".")[2]) if name in names)
    said = [f"{said[0]}（英文）", f"{said[1]} (English)"] if own != plain else said
    named = refers.get(f"{table}.{key}", refers.get(key, ()))
    choices = tuple(one for one in leaves if isinstance(one, str) and one) if str not in leaves else ()
    choices = ("true", "false") if bool in leaves else tuple(shipped_catalogues()) if key == "builds_on" else choices
    number: Any = ("given" if str in leaves else "number") if Decimal in leaves else "whole" if int in leaves else "text"
    return Column(
        key,
        words(*said[:2]),
        tuple(said[2:]),
        _meaning(table, plain),
        "choice" if choices else number,
        choices or tuple(one for one in named if one not in _words()["sheets"]),
        "tuple" in str(annotation),
        tuple(one for one in named if one in _words()["sheets"]),
        required,
    )


def _leaves(annotation: Any) -> Iterator[Any]:
    """The types that a value may be of, and the values of choices."""
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
        return
    inner = get_args(annotation)[:1] if get_origin(annotation) is Annotated else get_args(annotation)
    for one in inner or (annotation,):
        yield from _leaves(one) if inner else [one]


def _meaning(table: str, key: str) -> Words:
    """What a key means: by the table or the part of it that it stands in; of a rule, by the kinds that have it."""
    within, _, last = key.rpartition(".")
    places = [kind for kind, model in kinds().items() if last in keys_of(model)] if within == "rule" else [within or table]
    known = language()["keys"]
    said = (known.get(place, {}).get(last) or known["any"].get(last) for place in places)
    return joined(dict.fromkeys(Words(*both) for both in said if both))


@cache
def _called(key: str, value: str) -> tuple[str, ...]:
    """What a value of a few is called, in Chinese, in English, and in other words."""
    own = _words()["choices"]
    for name in (f"{key}.{value}", value):
        if name in own:
            return tuple(own[name])
    if key == "kind" and value in kinds():
        told = sentence(f"rules.{value}.name")
        return told.zh, told.en
    said = CHOICES.get({"true": "yes", "false": "no"}.get(value, value), words(value))
    return tuple(said[lang] for lang in LANGS)
