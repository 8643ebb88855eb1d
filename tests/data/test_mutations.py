"""Good data spoiled at random, a sample: never a traceback, never a score that moves in silence. `make trial` does thousands."""

from __future__ import annotations

from pathlib import Path

from tests.trial.mutations import try_all


def test_random_mistakes_are_refused_or_lead_to_scores_that_follow_from_the_data(tmp_path: Path) -> None:
    came = try_all(tmp_path, seed=15, count=150)
    assert not came.broken, "\n".join(came.broken)
    assert {what for _, what in came.counts} >= {"refused", "same"}
