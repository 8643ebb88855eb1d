"""What tomllib and pydantic find wrong with a text, a key or a cell, in plain words, each mistake once. Knows no table and no file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from functools import cache, reduce
from operator import getitem
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError

from evallib.model.errors import Place, Problem, near, nearest
from evallib.model.toml_in import MOST_DEPTH
from evallib.model.toml_lines import Lines, Path
from evallib.model.words import NOTHING, Given, Words, listed, words
from evallib.say.refusals import entries, problem
from evallib.say.sentences import sentences

_SIGNS = {"greater_than": ">", "greater_than_equal": ">=", "less_than": "<", "less_than_equal": "<="}
_NAMES = {
    "missing": "missing",
    "extra_forbidden": "unknown",
    "union_tag_not_found": "missing",
    "union_tag": "unknown_rule",
    "literal_error": "not_a_choice",
    "greater_than": "out_of_range",
    "less_than": "out_of_range",
    "int": "not_a_number",
    "decimal": "not_a_number",
    "finite_number": "not_a_number",
    "date": "not_a_date",
    "bool": "not_yes_or_no",
    "string_type": "not_a_text",
    "string_pattern": "not_an_id",
    "string_too_short": "empty",
    "string_too_long": "text_too_long",
    "tuple_type": "not_a_list",
    "model": "not_a_table",
    "dict_type": "not_a_table",
    "too_short": "too_few",
    "too_long": "too_many",
}
"""How pydantic's name of a mistake begins, and how it is called here; the words stand under `cell.NAME`, `key.NAME` or `value.NAME`."""

_OWN = sentences("wrong")


def mistake(error: Any, at: Literal["cell", "key"], place: Place, found: str, **given: Given) -> Problem:
    """An error that pydantic found, as a problem; `given` is what the words of some leave room for."""
    kind, context = error["type"], error.get("ctx", {})
    name = next((name for start, name in _NAMES.items() if kind.startswith(start)), "wrong")
    said = words(str(error["msg"]).removeprefix("Value error, "))
    if own := _OWN.get(str(context.get("error"))):  # found by a check of the row or rule itself
        name, said = "refused", own
    if name == "not_an_id" and error["loc"][-1] == "factor":
        name = "not_a_factor"
    if at == "key" and kind.startswith("int"):
        name = "not_whole"
    named = next(one for one in (f"{at}.{name}", f"value.{name}", f"{at}.wrong") if one in entries())
    limit = str(next(iter(context.values()), ""))
    size = {"least": str(context.get("min_length", "")), "most": str(context.get("max_length", ""))}
    return problem(named, place, found, said=said, sign=_SIGNS.get(kind, ""), limit=limit, **size, **given)


# --- the keys of a document

_FOUND_NOTHING = ("missing", "union_tag_not_found", "extra_forbidden", "value_error", "too_short", "too_long")
"""Mistakes of which the place says all."""


def mistakes(errors: Iterable[Any], document: Any, model: Any, place: Callable[[Path], Place]) -> tuple[Problem, ...]:
    """What pydantic found wrong with a document that was to be a `model`, each mistake once; `place` tells where a value of it stands."""
    found: dict[Path, list[Any]] = {}
    for error in errors:
        if error["type"] == "union_tag_not_found" and not isinstance(error["input"], dict):
            error |= {"type": "model_type"}
        found.setdefault(_reached(document, error), []).append(error)
    for error in _taken_for_another(document, model):
        found[_reached(document, error)] = [error]
    few = [path for path, (error, *_) in found.items() if error["type"] == "too_short"]
    for path in few:  # it counts only those that are right
        if any(other[: len(path)] == path != other for other in found):
            del found[path]
    headless = _headless(found, model)
    lost = [problem("key.without_head", place(paths[0]), head=head) for head, paths in headless]
    found = {path: several for path, several in found.items() if not any(path in paths for _, paths in headless)}
    meant = _mistyped(found, document, model)
    missed = {(*path[:-1], key) for path, key in meant.items()}
    return (*lost, *(_key(path, several, model, meant, place) for path, several in found.items() if path not in missed))


def _taken_for_another(document: Any, model: Any) -> Iterator[dict[str, Any]]:
    """Values that pydantic would take for what they are not, were it not strict: yes for 1, "1" for 1, 1.0 for a whole number."""
    try:
        _adapter(model).validate_python(_with_tuples(document), strict=True)
    except ValidationError as refusal:
        for error in refusal.errors():
            is_text = isinstance(error["input"], str | bool)
            if error["type"] in ("bool_type", "int_type") and (is_text or isinstance(error["input"], int | Decimal)):
                yield {**error}
            elif error["type"] == "is_instance_of" and is_text:  # a whole number stands for a decimal one
                yield {**error, "type": "decimal_type"}


_adapter = cache(TypeAdapter)


def _with_tuples(document: Any) -> Any:
    if isinstance(document, dict):
        return {key: _with_tuples(value) for key, value in document.items()}
    return tuple(map(_with_tuples, document)) if isinstance(document, list) else document


def _headless(found: dict[Path, list[Any]], model: Any) -> list[tuple[Words, list[Path]]]:
    """Keys that stand where they do not belong, since a head is missing: which heads that may be, and the keys, with the table missing."""
    lost: list[tuple[Words, list[Path]]] = []
    for missing, stray in _astray(found).values():
        names = {str(path[-1]) for path in stray}
        tables = [path for path in missing if names & {*_keys(model, found[path][0]["loc"])}]
        heads = [] if len(names) < 2 else [head for head, keys in _heads(model).items() if names <= keys]
        if tables:
            head = ".".join(str(step) for step in tables[0] if isinstance(step, str))
            lost.append((words(f"[{head}]"), [*stray, tables[0]]))
        elif heads:
            lost.append((listed(heads), stray))
    return lost


def _heads(model: Any) -> dict[str, set[str]]:
    """The heads that there are in a file, with the keys that may follow each."""
    heads: dict[str, set[str]] = {}
    for key, info in ((key, info) for one in models_of(model) for key, info in keys_of(one).items()):
        inner = {name for one in models_of(info.annotation) for name in keys_of(one)}
        if inner:
            heads[f"[[{key}]]" if get_origin(info.annotation) is tuple else f"[{key}]"] = inner
    return heads


def _key(path: Path, several: Sequence[Any], model: Any, meant: dict[Path, str], place: Callable[[Path], Place]) -> Problem:
    # of what each side of a choice finds wrong with one value, what tells most: a bad id is no choice of none
    error = next((one for one in several if one["type"].startswith("string_pattern")), several[0])
    keys = _keys(model, error["loc"][:-1], error["type"] == "missing") if error["type"] in ("extra_forbidden", "missing") else []
    if path in meant:
        return problem("key.mistyped", place(path), near=meant[path], keys=listed(keys))
    if error["type"] == "union_tag_not_found" and (like := nearest("kind", error["input"])):
        return problem("key.mistyped", place((*path[:-1], like)), near="kind", keys=listed(_keys(model, error["loc"])))
    context = error.get("ctx", {})
    choices = str(context.get("expected") or context.get("expected_tags", "")).replace("'", "").replace(" or ", ", ").split(", ")
    given = context["tag"] if error["type"] == "union_tag_invalid" else error["input"]
    found = "" if error["type"] in _FOUND_NOTHING else _shown(given)
    like = nearest(found, choices)
    likely = words(f"是否应为 {like}？", f"did you mean {like}? If not, ") if like else NOTHING
    if len({one["type"] for one in several}) > 1 and error["type"].endswith("_type"):
        return problem("key.not_a_value", place(path), found)
    needed = words("这里须有：", "what must stand here: ") + listed(keys)
    if error["type"] == "union_tag_not_found":
        needed = kinds_of_rule(_models(model, error["loc"]))
    return mistake(error, "key", place(path), found, choices=listed(choices), near=likely, keys=listed(keys), needed=needed)


def kinds_of_rule(models: Iterable[Any]) -> Words:
    """Which kinds of rule there are among some models."""
    kinds = listed(kind for one in models for kind in get_args(one.model_fields["kind"].annotation))
    return words("规则种类有：", "the kinds of rule are: ") + kinds


def _shown(given: Any) -> str:
    """A value as it may stand in a file, in short."""
    if isinstance(given, bool):
        return str(given).lower()
    return "[ … ]" if isinstance(given, list | tuple) else "{ … }" if isinstance(given, dict) else str(given)[:60]


def _reached(document: Any, error: Any) -> Path:
    """The way to the value of a document that an error is about: pydantic's own steps, as the side of a choice, are no part of it."""
    path, here, chosen = Path(), document, False
    for n, step in enumerate(error["loc"]):
        if isinstance(here, dict) and here.get("kind") == step and not chosen and not (path and isinstance(path[-1], int)):
            chosen = True
            continue
        chosen = False
        if step in (here if isinstance(here, dict) else range(len(here)) if isinstance(here, list) else ()):
            here = here[step]
        elif error["type"] != "missing" or n < len(error["loc"]) - 1:
            break
        path += (step,)
    return (*path, "kind") if error["type"].startswith("union_tag") else path


def _mistyped(found: dict[Path, list[Any]], document: Any, model: Any) -> dict[Path, str]:
    """The keys that there are not, each with the one that was probably meant: one like it, or the only one that is lacking there."""
    meant: dict[Path, str] = {}
    for within, (missing, unknown) in _astray(found).items():
        there, lacking = reduce(getitem, within, document), [str(path[-1]) for path in missing]
        for path in unknown:
            known = [name for name in _keys(model, found[path][0]["loc"][:-1]) if name not in there]
            like = near(str(path[-1]), lacking, 1, 0.5) or near(str(path[-1]), known, 1)
            like = like or (lacking if len(lacking) == len(unknown) == 1 else [])
            if like:
                meant[path] = like[0]
                lacking = [name for name in lacking if name != like[0]]
    return meant


def _astray(found: dict[Path, list[Any]]) -> dict[Path, tuple[list[Path], list[Path]]]:
    """By place, the keys that are missing there and those that there are not."""
    places: dict[Path, tuple[list[Path], list[Path]]] = {}
    for path, (error, *_) in found.items():
        if error["type"] in ("missing", "extra_forbidden"):
            places.setdefault(path[:-1], ([], []))[error["type"] == "extra_forbidden"].append(path)
    return places


def models_of(annotation: Any) -> list[type[BaseModel]]:
    """The models that a value may be of, each side of a choice."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in models_of(part)]


@cache
def keys_of(model: type[BaseModel]) -> dict[str, Any]:
    """The keys of a model as they stand in a file, with what they are."""
    return {info.alias or name: info for name, info in model.model_fields.items() if not info.exclude}


def _models(model: Any, steps: Sequence[str | int]) -> list[type[BaseModel]]:
    """The models that a value at a place may be of."""
    models = models_of(model)
    for step in steps:
        of_kind = [one for one in models if "kind" in one.model_fields and step in get_args(one.model_fields["kind"].annotation)]
        if of_kind and len(models) > 1:
            models = of_kind
        elif isinstance(step, str):
            models = [inner for one in models if step in keys_of(one) for inner in models_of(keys_of(one)[step].annotation)]
    return models


def _keys(model: Any, steps: Sequence[str | int], required: bool = False) -> list[str]:
    """The keys there are at a place, or those of them that must be there."""
    keys = (key for one in _models(model, steps) for key, info in keys_of(one).items() if info.is_required() or not required)
    return list(dict.fromkeys(keys))


# --- a text that is no TOML

_BROKEN = (
    (r"(Illegal|Found invalid) character '\\n'|Unterminated string|Expected \"'", "quote"),
    (r"Invalid (value|date)", "value"),
    (r"Expected newline", "rest"),
    (r"Expected '='", "equals"),
    (r"Unclosed array", "list"),
    (r"Unclosed inline", "table"),
    (r"Expected '\]", "head"),
    (r"Cannot|Duplicate", "twice"),
    (r"Unescaped|Invalid hex|Escaped", "backslash"),
    (r"Illegal|Found invalid", "character"),
    (r"Invalid statement|Invalid initial", "key"),
)
"""How tomllib's words begin, and the mistake they speak of: its words stand under `toml.NAME`."""
_PLACE = re.compile(r"\(at line (\d+), ")


def broken(text: str, error: Exception, place: Callable[[int], Place]) -> Problem:
    r"""What is wrong with a text that is no TOML; `place` tells where a line of it is.

    >>> import tomllib
    >>> text = 'name = "x"\npoints = 3\nname = "y"'
    >>> try:
    ...     tomllib.loads(text)
    ... except tomllib.TOMLDecodeError as error:
    ...     print(broken(text, error, lambda line: Place("a.toml", line)).what.en)
    stands in line 1 already
    """
    text = text.replace("\r\n", "\n")
    lines, rows = Lines(text), text.split("\n")
    at = _PLACE.search(str(error))
    line = int(at[1]) if at else len(rows)
    name = next((name for start, name in _BROKEN if re.match(start, str(error))), "unreadable")
    name = "too_deep" if isinstance(error, RecursionError) else name
    first = next((one for one in (*lines.split[:1], *lines.open[::-1]) if one <= line), 0)
    if name == "twice":
        first, line = lines.twice[0] if lines.twice else (line, line)
    elif name == "key" and first:  # within { }
        name = "table"
    if name == "table":
        line = first
    elif name == "quote" and not at:  # of those of three signs, the last opens what nothing closes
        line = text.count("\n", 0, max(text.rfind('"""'), text.rfind("'''"), 0)) + 1
    found = rows[line - 1].strip() or rows[max(line - 2, 0)].strip()
    return problem(f"toml.{name}", place(line), found[:60], first=first, most=MOST_DEPTH)
