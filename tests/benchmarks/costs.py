"""How a cost is measured: clock and processors of what runs here and of every process that a command starts, by turns."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER: what a command leaves running is ours to wait for, so that it counts


@dataclass
class Cost:
    """Seconds on the clock and of processors, children included."""

    clock: float = 0.0
    processors: float = 0.0

    def each(self, count: int) -> Cost:
        return Cost(self.clock / count, self.processors / count)


@contextmanager
def measured() -> Iterator[Cost]:
    """What the block costs; children count once they have ended."""

    def used() -> float:
        own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
        return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime

    cost, clock, processors = Cost(), time.perf_counter(), used()
    yield cost
    cost.clock, cost.processors = time.perf_counter() - clock, used() - processors


def command(*run: str | Path, fails: bool = False) -> Cost:
    """What a command costs from its start until it and everything that it started has ended.

    Whatever else this process has started must have ended before. Raises CalledProcessError where it fails and may not.
    """
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    with measured() as cost:
        subprocess.run(run, check=not fails, capture_output=True)
        while True:
            try:
                os.waitpid(-1, 0)
            except ChildProcessError:
                break
    return cost


def evallib(*words: str | Path, fails: bool = False) -> Cost:
    """What a command of evallib costs."""
    return command(sys.executable, "-m", "evallib", *words, fails=fails)


def by_turns(count: int, *ways: Callable[[], Cost]) -> list[list[Cost]]:
    """The costs of each way, one after the other in every turn: a load on the machine meets all of them."""
    turns = [[way() for way in ways] for _ in range(count)]
    return [list(costs) for costs in zip(*turns, strict=True)]


def reference() -> Cost:
    """A fixed piece of work, to compare two machines by: decimals added up and JSON written and read, in this process."""
    with measured() as cost:
        total = Decimal(0)
        for number in range(400_000):
            total += Decimal(number) / 7
        json.loads(json.dumps([str(total + number) for number in range(200_000)]))
    return cost


def say(what: str, found: str, goal: str = "") -> None:
    print(f"{what:<92} {found:<34} {goal}".rstrip(), flush=True)


def spread(seen: Sequence[float], unit: str = " s", digits: int = 2) -> str:
    """The least and, in brackets, the range of what was seen."""
    if len(seen) == 1:
        return f"{seen[0]:.{digits}f}{unit}"
    return f"{min(seen):.{digits}f}{unit} ({min(seen):.{digits}f}-{max(seen):.{digits}f}, {len(seen)})"


def processors(costs: Sequence[Cost]) -> list[float]:
    return [cost.processors for cost in costs]


def clocks(costs: Sequence[Cost]) -> list[float]:
    return [cost.clock for cost in costs]
