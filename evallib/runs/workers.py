"""Where the work of a batch is done: processes on this machine, or workers of a Dask cluster. Both are an `Executor`."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_all_start_methods, get_context, parent_process
from threading import Thread
from typing import Any

from evallib.runs.engine import MODULES


def default_workers() -> int:
    """As many workers as this process may use processors."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _begin() -> None:
    """At the start of a worker: Ctrl-C is the main process's to handle, and what every report needs is imported now."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    from evallib.runs.engine import warm_up

    warm_up()


def _end_with_parent() -> None:
    """End this worker when the main process is gone, however that came about; it would wait for work for ever."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def fresh_processes() -> Any:
    """How workers are started: forked from a process that has imported everything and runs nothing, where the system has that."""
    if "forkserver" not in get_all_start_methods():
        return get_context("spawn")
    context = get_context("forkserver")
    context.set_forkserver_preload([*MODULES])
    return context


@contextmanager
def open_executor(workers: int | None = None, dask: str | None = None) -> Iterator[Executor]:
    """An executor for a batch: a pool of processes, or the workers of the Dask scheduler at an address.

    Dask's workers must see the data, the notebook and the output folder under the same paths, and have this package
    installed. On an interruption what has not begun is dropped and what runs is finished.

    Raises ModuleNotFoundError where `dask` is asked for and the extra `cluster` is not installed, OSError where no scheduler
    answers.
    """
    if dask is None:
        executor: Executor = ProcessPoolExecutor(workers or default_workers(), fresh_processes(), _begin)
    else:
        from distributed import Client

        client: Any = Client(dask, timeout="10s", set_as_default=False)  # type: ignore[no-untyped-call]  # distributed has few types
        executor = client.get_executor(pure=False)
    try:
        yield executor
    except BaseException:
        executor.shutdown(wait=False, cancel_futures=True)
        raise
    else:
        executor.shutdown()
    finally:
        if dask is not None:
            client.close()
