"""The page on what a framework may say is true: every example in it is read, checked and scored, every key of every model is in it."""

from __future__ import annotations

import re
import shutil
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from evallib.data.language_docs import kinds, language, language_documentation, meaning, tables
from evallib.data.rulebook import framework_remarks, load_framework
from evallib.say.mistakes import keys_of
from tests.conftest import DATA, ROOT

PAGE = ROOT / "data" / "frameworks" / "README.md"
EXAMPLES = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
WORDS = language()
WHOLE, *FRAGMENTS = EXAMPLES


def as_framework(fragment: str) -> str:
    """A fragment as a framework of its own: with a head, and what it names and does not bring itself, worth what stands in it."""
    found: dict[str, Any] = tomllib.loads(fragment, parse_float=Decimal)
    indicators = {i.get("one_of", i["id"]): i.get("points", 0) for i in found.get("indicator", ()) if "extra" not in i}
    dimensions = found.get("dimension", [])
    points = sum(d["points"] for d in dimensions) if dimensions else sum(indicators.values())
    head = f'format = 2\nid = "our-county"\nfirst_year = 2025\nname = "某县"\npoints = {points}\n'
    rest = '\n[[source]]\nid = "plan"\nname = "办法"\nyear = 2025\n'
    if not dimensions:
        rest += f'\n[[dimension]]\nid = "output"\nname = "产出"\npoints = {points}\n'
    return head + fragment + rest


@pytest.mark.parametrize("text", [WHOLE, *map(as_framework, FRAGMENTS)], ids=lambda text: re.findall(r'name = "(.*)"', text)[-1])
def test_every_example_is_a_framework_and_gives_the_scores_that_stand_there(tmp_path: Path, text: str) -> None:
    shutil.copy(DATA / "county.toml", tmp_path)
    file = tmp_path / "frameworks" / "our-county" / "2025.toml"
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    framework = load_framework(tmp_path, "our-county", 2025)
    assert not [problem.describe("zh") for problem in framework_remarks(tmp_path, "our-county", 2025)]
    stated = tomllib.loads(text).get("example", [])
    assert [float(example.points) for example in framework.examples] == [one["points"] for one in stated]


def test_an_example_that_is_wrong_would_be_told(tmp_path: Path) -> None:
    shutil.copy(DATA / "county.toml", tmp_path)
    file = tmp_path / "frameworks" / "our-county" / "2025.toml"
    file.parent.mkdir(parents=True)
    file.write_text(WHOLE.replace("points = 24", "points = 25"), encoding="utf-8")
    (problem,) = framework_remarks(tmp_path, "our-county", 2025)
    assert (problem.code, problem.place.row) == ("example.differs", WHOLE[: WHOLE.index("points = 24")].count("\n") + 1)


def test_every_kind_of_rule_that_is_computed_has_an_example_with_a_score() -> None:
    judged = {"awarded", "unsaid"}
    assert set(WORDS["kinds"]) == set(kinds())
    for id, kind in WORDS["kinds"].items():
        example = tomllib.loads(kind["example"])
        assert {one["rule"]["kind"] for one in example["rule"]} == {id}
        assert ("example" in example) == (id not in judged)


def test_every_key_of_every_model_has_its_meaning_in_both_languages() -> None:
    everything = {name: {key for model in models for key in keys_of(model)} for name, models in tables().items()}
    everything |= {id: set(keys_of(model)) for id, model in kinds().items()}
    for name, keys in everything.items():
        for key in keys:
            told = meaning(WORDS, name, key)
            assert re.search(r"[\u4e00-\u9fff]", told.zh), (name, key)
            assert told.en, (name, key)
            assert not re.search(r"[\u4e00-\u9fff]", told.en), (name, key)
            assert "|" not in told.zh + told.en
    own = {name: set(keys) for name, keys in WORDS["keys"].items() if name != "any"}
    assert not {(name, key) for name, keys in own.items() for key in keys - everything.get(name, set())}  # none that there is not
    assert not set(WORDS["keys"]["any"]) - {key for keys in everything.values() for key in keys}


def test_every_key_stands_on_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    models = [model for several in tables().values() for model in several] + list(kinds().values())
    assert not [key for model in models for key in keys_of(model) if f"`{key}`" not in page]


def test_the_page_is_what_the_models_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == language_documentation()
