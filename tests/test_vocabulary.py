"""The engine knows no word of the field: what is counted, computed and scored is named in data, and nowhere in the package's programs."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from evallib.kit import CATALOGUE, FRAMEWORKS, PACKAGE, TEMPLATES
from tests.conftest import DATA

ORDINARY = {
    "approved": "a column of a table of amounts; by chance an item of a checklist",
    "satisfaction": "a role; by chance a group",
    "performance": "what of a change comes of other results; by chance a group",
    "goals": "a section of the report; by chance a group",
    "outturn": "an English word in sentences; by chance a fact",
    "分": "what points are called in sentences",
    "百分点": "how a difference of rates is called in sentences",
    "个": "a measure word in sentences",
    "项": "an entry of a file, in sentences",
    "条": "a recommendation or a remark, in sentences",
    "起": "since, in sentences",
    "月": "the month in a date",
}
"""Ids that are ordinary words, and mean something else where they stand in the package."""


def vocabulary() -> dict[str, str]:
    """Every id of a fact, formula, topic, indicator, group and checklist item, and every symbol of a unit, with the file it is from."""
    found: dict[str, str] = {}
    for file in (*CATALOGUE.glob("*.toml"), *FRAMEWORKS.glob("*/*.toml"), *DATA.glob("frameworks/*/*.toml")):
        document: dict[str, list[dict[str, Any]]] = tomllib.loads(file.read_text(encoding="utf-8"))
        entries = [entry for kind in ("fact", "formula", "topic", "group", "indicator") for entry in document.get(kind, [])]
        entries += [item for entry in document.get("indicator", []) for item in entry["rule"].get("items", [])]
        words = {entry["id"] for entry in entries}
        words |= {entry["symbol"] for kind in ("unit", "currency") for entry in document.get(kind, [])} - {"%"}  # Excel's formats need it
        found |= dict.fromkeys(words, file.name)
    return found


WORDS = vocabulary()


def literals(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The string literals of a module with their lines; docstrings and the pieces of f-strings apart."""
    apart: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            apart |= {id(piece) for piece in node.values}
        if isinstance(node, ast.Expr):  # a docstring, of whatever it stands under
            apart.add(id(node.value))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in apart:
            yield node.lineno, node.value


def looked_up(template: str) -> Iterator[str]:
    """What the expressions of a template quote, and the attributes that they look up."""
    for expression in re.findall(r"\{\{.*?\}\}|\{%.*?%\}", template, re.DOTALL):
        yield from (text for pair in re.findall(r"\"([^\"]*)\"|'([^']*)'", expression) for text in pair if text)
        yield from re.findall(r"\.([a-z_]\w*)", re.sub(r"\"[^\"]*\"|'[^']*'", "", expression))


def test_the_words_of_the_field_are_found() -> None:
    assert {"staff_quota", "fund_arrival_rate", "staff_and_posts", "goals_clear", "project_goals", "grounds_lawful", "元", "公顷"} <= set(
        WORDS
    )
    assert "%" not in WORDS


def test_no_program_names_what_is_data() -> None:
    wrong = [
        f"{file.relative_to(PACKAGE)}:{line}: {text} ({WORDS[text]})"
        for file in sorted(PACKAGE.rglob("*.py"))
        for line, text in literals(ast.parse(file.read_text(encoding="utf-8")))
        if text in WORDS and text not in ORDINARY
    ]
    assert not wrong


def test_no_template_names_what_is_data() -> None:
    wrong = [
        f"{file.relative_to(TEMPLATES)}: {text} ({WORDS[text]})"
        for file in sorted(TEMPLATES.rglob("*.j2"))
        for text in looked_up(file.read_text(encoding="utf-8"))
        if text in WORDS and text not in ORDINARY
    ]
    assert not wrong


def test_an_ordinary_word_is_still_both() -> None:
    said = {text for file in PACKAGE.rglob("*.py") for _, text in literals(ast.parse(file.read_text(encoding="utf-8")))}
    said |= {text for file in TEMPLATES.rglob("*.j2") for text in looked_up(file.read_text(encoding="utf-8"))}
    assert set(ORDINARY) <= said & set(WORDS)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('x = "outturn"', ["outturn"]),
        ('"""outturn"""\nx = f"outturn{y}"', []),
        ('x["outturn"]', ["outturn"]),
    ],
)
def test_a_literal_is_seen(source: str, found: list[str]) -> None:
    assert [text for _, text in literals(ast.parse(source))] == found


def test_a_look_up_is_seen() -> None:
    assert list(looked_up('{% if a.outturn %}b.staff{{ c["carryover"] }}{% endif %}')) == ["outturn", "carryover"]
