"""A batch in a process of its own: jobs on standard input, seconds of clock and of all its processors on standard output."""

from __future__ import annotations

import json
import pickle
import sys
import time

import psutil

from evallib.runs.batch import run_batch
from evallib.runs.workers import open_executor

if __name__ == "__main__":
    begun = time.perf_counter()
    jobs = pickle.load(sys.stdin.buffer)
    with open_executor(int(sys.argv[1])) as executor:
        outcomes = run_batch(tuple(jobs), executor, force=True)
        here = psutil.Process()
        used = [process.cpu_times() for process in (here, *here.children(recursive=True))]
    assert all(outcome.state == "made" for outcome in outcomes)
    processors = sum(times.user + times.system + times.children_user + times.children_system for times in used)
    print(json.dumps([time.perf_counter() - begun, processors]))
