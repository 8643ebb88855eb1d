"""The file-system calls of every command that writes fail in turn, in three ways: each one, of those that run a notebook each sixth.

`EVERY=1` takes each of these too; it takes hours.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.trial.faults import COMMANDS, FAULTS, Command, reference_of, tried

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="a command is run in a fork")


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_whatever_call_fails_nothing_is_mixed(command: Command, tmp_path: Path) -> None:
    reference, calls = reference_of(command, tmp_path)
    every = int(os.environ.get("EVERY", "6" if "reports" in command.homes else "1"))
    numbers = range(1, calls + 1, every)
    wrong = [one for number in numbers for fault in FAULTS for one in tried(command, tmp_path, reference, number, fault)]
    print(f"{command.name}: {len(numbers)} of {calls} calls, {len(numbers) * len(FAULTS)} faults, {len(wrong)} wrong")
    assert not wrong, "\n".join(wrong[:40])
