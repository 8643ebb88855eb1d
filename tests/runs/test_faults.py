"""A sample of the long trials (`make trial`): faults at calls of fixed seed, and two `new` at the same moment."""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

import pytest

from tests.trial.faults import COMMANDS, FAULTS, Command, reference_of, tried
from tests.trial.test_kills import two_new

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="a command is run in a fork")
SAMPLE = {command.name: command for command in COMMANDS if command.name in ("report", "new", "export")}


@pytest.mark.parametrize("command", SAMPLE.values(), ids=SAMPLE)
def test_a_call_that_fails_leaves_all_old_or_all_new(command: Command, tmp_path: Path) -> None:
    reference, calls = reference_of(command, tmp_path)
    numbers = Random(15).sample(range(calls // 2, calls + 1), len(FAULTS))  # the later ones write
    wrong = [one for number, fault in zip(numbers, FAULTS, strict=True) for one in tried(command, tmp_path, reference, number, fault)]
    assert not wrong, "\n".join(wrong)


def test_two_new_at_once_lose_no_line(tmp_path: Path) -> None:
    two_new(tmp_path, 2)
