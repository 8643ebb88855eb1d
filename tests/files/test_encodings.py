"""CSV files in the encodings and with the separators that people send: read, or refused with the line and the word."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evallib.files.encodings import decode
from evallib.files.sheets import read_csv
from evallib.model.words import LANGS
from tests.conftest import DATA, GOLDEN, ROOT

CASES = tomllib.loads((GOLDEN / "csv_files.toml").read_text(encoding="utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_file_is_read_or_refused_in_clear_words(case: dict[str, Any]) -> None:
    content = bytes.fromhex(case["hex"]) if "hex" in case else case["text"].encode(case.get("encoding", "utf-8"))
    grid = read_csv("t.csv", content)
    if "reads" in case:
        assert grid.problems == ()
        assert [list(cells) for _, cells in grid.rows] == case["reads"]
        assert [grid.encoding, grid.separator] == case["taken"]
    else:
        assert grid.rows == ()
        (problem,) = grid.problems
        for lang in LANGS:
            assert all(expected in problem.describe(lang) for expected in case[lang]), problem.describe(lang)


TEXTS = [file.read_text(encoding="utf-8-sig") for file in [*sorted(DATA.glob("**/*.csv")), ROOT / "README.zh.md"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_ordinary_chinese_is_never_taken_for_something_else(encoding: str) -> None:
    for text in TEXTS:
        lines = text.splitlines(keepends=True)
        for part in (text, *lines):  # down to single lines
            if "\n" in part:
                assert decode(part.encode(encoding)).text == part


@given(st.integers(0, 2**31), st.integers(1, 30))
def test_ordinary_chinese_that_was_garbled_is_noticed(start: int, lines: int) -> None:
    text = "".join(line for line in TEXTS[start % len(TEXTS)].splitlines(keepends=True)[start % 7 :][:lines])
    garbled = text.encode().decode("gb18030", "replace")
    letters = sum("一" <= sign <= "鿿" for sign in text)
    assert letters < 12 or decode(garbled.encode()).wrong in ("csv.read_twice", "csv.letters_lost")
    western = text.encode("gb18030").decode("latin-1")
    assert letters < 12 or decode(western.encode()).wrong == "csv.read_twice"


@given(st.binary(max_size=200))
def test_any_bytes_are_a_text_or_told(content: bytes) -> None:
    read = decode(content)
    assert bool(read.encoding) != bool(read.wrong)
    read_csv("t.csv", content)
