"""What evallib costs, measured in one run on this machine: `make bench`, or `python -m tests.benchmarks FIGURE …` for some figures only.
Never a test: nothing here passes or fails.

Seconds are of processors, with every process that was started, unless it says "clock"; what is compared is done by turns, and the least
is said with its range. Everything is done with the real notebooks on synthetic counties that are made anew in a temporary folder, and
with the compiled code of modules kept, as pip leaves it.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks import county, one
from tests.benchmarks.costs import reference, say, spread

FIGURES: dict[str, Callable[[Path], None]] = {
    "commands": one.commands,
    "cold": one.cold,
    "warm": one.warm,
    "loading": one.loading,
    "japan": one.japan,
    "listing": county.listing,
    "standing": county.standing,
    "overview": county.overview,
    "many": county.many,
    "dask": county.dask,
}


def main(wanted: list[str]) -> None:
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory(prefix="evallib-bench-code-") as kept:
        os.environ["PYTHONPYCACHEPREFIX"] = kept
        _measure(wanted)


def _measure(wanted: list[str]) -> None:
    say("processors of this machine", str(len(os.sched_getaffinity(0))))
    say("the reference: 400,000 decimals added up, 200,000 written and read as JSON", spread([reference().processors for _ in range(3)]))
    for name, figure in FIGURES.items():
        if not wanted or name in wanted:
            print(f"\n{name}: {(figure.__doc__ or '').splitlines()[0]}", flush=True)
            with tempfile.TemporaryDirectory(prefix="evallib-bench-") as folder:
                figure(Path(folder))
                shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1:])
