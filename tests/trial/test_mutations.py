"""Thousands of spoiled data folders: no traceback, and no score that moves in silence."""

from __future__ import annotations

import os
from pathlib import Path

from tests.trial.mutations import try_all

COUNT = int(os.environ.get("MUTATIONS", "3000"))


def test_no_mutation_breaks_a_promise(tmp_path: Path) -> None:
    came = try_all(tmp_path, seed=int(os.environ.get("SEED", "1")), count=COUNT)
    for (how, what), count in sorted(came.counts.items()):
        print(f"{count:6} {what:9} {how}")
    assert not came.broken, "\n".join(came.broken)
    assert sum(came.counts.values()) == COUNT
