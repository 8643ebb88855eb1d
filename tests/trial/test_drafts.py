"""Each cell of the example's year emptied and spoiled in turn: a draft is made every time, and holds the final total."""

from __future__ import annotations

import pytest

from tests.conftest import Copy
from tests.data.test_draft import every_cell, hold_each_cell


@pytest.mark.parametrize("value", ["", "约若干"])
def test_every_cell_emptied_or_spoiled_gives_a_draft_that_names_it(copy: Copy, value: str) -> None:
    hold_each_cell(copy, value, every_cell(copy.year))
