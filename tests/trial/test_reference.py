"""The reference: every command in its notebooks is run from a fresh kernel, and does what it says there; the pages are `make docs`."""

from __future__ import annotations

import re

import pytest

from tests.test_guide import BOOKS, GUIDE, is_called_made_up, made
from tests.typed import Done

REFERENCE = [path for path in BOOKS if path not in GUIDE]
REFUSED = {"reference_3_publish": 1, "reference_4_rules": 1}
"""How many commands are refused on purpose, in a notebook of the reference."""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Done]:
    return made(REFERENCE, tmp_path_factory.mktemp("reference"))


@pytest.mark.parametrize("name", [path.stem for path in REFERENCE])
def test_every_command_of_the_reference_does_what_it_says(pages: dict[str, Done], name: str) -> None:
    assert pages[name].status == 0, pages[name].said
    page = pages[name].page
    assert "<h1>参考" in page
    lines = [line for block in re.findall(r"<pre>(.*?)</pre>", page, re.DOTALL) for line in block.splitlines()]
    assert not [line for line in lines if re.match(r"Traceback|错误  --|.*not found", line)]
    assert sum(line.startswith("错误  ") for line in lines) == REFUSED.get(name, 0)
    is_called_made_up(name, page)
