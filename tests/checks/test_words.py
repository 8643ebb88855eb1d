"""The words of refusals and sentences: each name once, everything in both languages."""

from __future__ import annotations

import tomllib
from collections import Counter
from typing import Any

import pytest

from evallib.kit import CATALOGUE
from evallib.say.refusals import entries, family_of

WORDS = CATALOGUE / "words"


def test_each_refusal_has_a_name_of_its_own() -> None:
    files = [tomllib.loads(file.read_text(encoding="utf-8")) for file in (WORDS / "refusals").glob("*.toml")]
    assert [name for name, count in Counter(name for file in files for name in file).items() if count > 1] == []


def test_each_refusal_says_what_is_wrong_and_how_to_mend_it_in_both_languages() -> None:
    for name, said in entries().items():
        assert set(said) - {"level", "code"} == {"zh", "en", "fix_zh", "fix_en"}, name
        assert said.get("level", "warning") == "warning", name
        assert all(said.values()), name


def test_each_check_says_who_acts_and_why_and_no_family_is_idle() -> None:
    assert [name for name in entries() if not family_of(name).ids] == []
    families = {family_of(name) for name in entries()}
    read = tomllib.loads((WORDS / "families.toml").read_text(encoding="utf-8"))
    assert len(families) == len(read["family"])
    assert all(family.acts in read["acts"] and family.why.zh != family.why.en for family in families)


@pytest.mark.parametrize("file", sorted((WORDS / "sentences").glob("*.toml")), ids=lambda file: file.stem)
def test_each_sentence_is_there_in_both_languages(file: Any) -> None:
    tables = [tomllib.loads(file.read_text(encoding="utf-8"))]
    for table in tables:
        for name, one in table.items():
            if isinstance(one, dict):
                tables.append(one)
            else:
                assert len(one) == 2, name
