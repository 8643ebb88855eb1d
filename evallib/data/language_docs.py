"""The documentation of what a framework file may say: `python -m evallib.data.language_docs > data/frameworks/README.md`.

Its text is the template `kit/frameworks.md.j2`; the keys come from the models, their meanings and the examples from `words/language.toml`.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, get_args

from pydantic import BaseModel

from evallib.data.rulebook import UNITS, shipped_catalogue
from evallib.data.table_docs import rendered
from evallib.kit import words_of
from evallib.model.framework import Framework, NamedRule
from evallib.model.pieces import Piece
from evallib.model.rule_base import ChecklistItem, Tier
from evallib.model.rules import Awarded, Rule
from evallib.model.units import SHARE
from evallib.model.words import LANGS, Words
from evallib.say.mistakes import keys_of, models_of
from evallib.say.rules import rule_text


def language() -> dict[str, Any]:
    """The meanings of keys, the kinds of rules and the examples, as data."""
    return words_of("language")


def tables() -> dict[str, list[type[BaseModel]]]:
    """The tables of a framework file by name, with their models: the file itself, what stands in it, and what stands in rules."""
    inside = {key: models_of(info.annotation) for key, info in keys_of(Framework).items()}
    found: dict[str, list[type[BaseModel]]] = {"framework": [Framework], **{key: models for key, models in inside.items() if models}}
    return found | {"piece": [Piece], "item": [ChecklistItem], "tier": [Tier]}


def kinds() -> dict[str, type[BaseModel]]:
    """The kinds of rules by name, with their models."""
    return {get_args(keys_of(model)["kind"].annotation)[0]: model for model in models_of(Rule)}


def meaning(words: dict[str, Any], table: str, key: str) -> Words:
    """What a key of a table or kind means.

    >>> meaning(language(), "linear", "full_at").en
    'the number that earns full points'
    """
    own = words["keys"].get(table, {})
    return Words(*(own[key] if key in own else words["keys"]["any"][key]))


def language_documentation() -> str:
    """The text of `data/frameworks/README.md`."""
    words = language()
    common = [*keys_of(Awarded)]

    def table(name: str, models: list[type[BaseModel]], without: Sequence[str] = (), hidden: Sequence[str] = ()) -> list[dict[str, Any]]:
        keys = dict.fromkeys(key for model in models for key, info in keys_of(model).items() if key not in without or info.is_required())
        given = [(key, key == "kind" or all(key in _required(model) for model in models), meaning(words, name, key)) for key in keys]
        return [{"key": key, "required": required, "zh": said.zh, "en": said.en} for key, required, said in given if key not in hidden]

    return rendered(
        "frameworks.md.j2",
        whole=words["whole"]["text"].strip(),
        tables=[(Words(*words["tables"][name]), table(name, models)) for name, models in tables().items()],
        common=table("any", [Awarded]),
        kinds=[
            {"id": id, "rows": table(id, [model], common, ["kind"]), "told": _told(words["kinds"][id]), **words["kinds"][id]}
            for id, model in kinds().items()
        ],
        features=words["features"],
    )


def _required(model: type[BaseModel]) -> set[str]:
    return {key for key, info in keys_of(model).items() if info.is_required()}


def _told(kind: dict[str, Any]) -> list[tuple[str, ...]]:
    """The rules of an example in words: the id of each, and what it says in each language."""
    units, of = shipped_catalogue(UNITS).units, kind.get("units", {})
    rules = [NamedRule.model_validate(one) for one in tomllib.loads(kind["example"], parse_float=Decimal)["rule"]]
    return [(one.id, *(rule_text(one.rule, lang, units.find(of.get(one.id, "%")) or SHARE) for lang in LANGS)) for one in rules]


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # a terminal's stream can
    sys.stdout.write(language_documentation())
