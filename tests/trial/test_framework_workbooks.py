"""Many cells of a framework's workbook, changed at random: each is told by its cell, or makes another framework."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.frameworks.test_workbooks import change_at_random, office

__all__ = ["office"]


@pytest.mark.parametrize("seed", range(4))
def test_cells_changed_at_random(office: Path, seed: int) -> None:
    change_at_random(office, Random(seed), 100)
