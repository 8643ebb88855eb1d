"""Where the work of a batch is done: processes on this machine, or workers of a Dask cluster. Both are an `Executor`."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from multiprocessing import get_all_start_methods, get_context, parent_process
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any, TypeVar

from evallib.data import net
from evallib.runs.engine import MODULES


def default_workers() -> int:
    """As many workers as this process may use processors."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _begin() -> None:
    """At the start of a worker: Ctrl-C is the main process's to handle, and what every report needs is imported now."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    net.quiet()
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


class Died(RuntimeError):
    """A process that a job needed was killed, or ended by itself; most likely for lack of memory. By itself it may go well."""


class Killed(RuntimeError):
    """A job that was given a second worker, and killed that, too."""


class Workers(Executor):
    """A pool of processes of this machine, which is begun anew where one of them dies. Each job leaves a mark while it runs."""

    def __init__(self, count: int) -> None:
        self._count, self._marks, self._given = count, TemporaryDirectory(prefix="evallib-", ignore_cleanup_errors=True), 0
        self._pool = self._begun(count)

    def _begun(self, count: int) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(count, fresh_processes(), _begin)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self._given += 1
        mark = Path(self._marks.name, str(self._given))
        future = self._pool.submit(_marked, mark, fn, *args, **kwargs)
        future.mark = mark  # type: ignore[attr-defined]  # so that it can be asked for when the pool is broken
        return future

    def renew(self, count: int | None = None) -> None:
        """Begin anew after a death, with one worker or as many as before."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool = self._begun(count or self._count)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._pool.shutdown(wait, cancel_futures=cancel_futures)
        self._marks.cleanup()


def _marked(mark: Path, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    with suppress(OSError):
        mark.touch()
    try:
        return fn(*args, **kwargs)
    finally:
        with suppress(OSError):
            mark.unlink()


def work(executor: Executor, fn: Callable[[J], Any], jobs: Iterable[J]) -> Iterator[tuple[J, Any]]:
    """Do jobs on an executor; each with what came of it, as it comes: what was returned, or the exception.

    Where a worker dies, the jobs that were not finished are done again; those that were running then, or lacked memory, by themselves, at
    the end. What kills its worker twice has come to `Killed`.

    Raises ConnectionAbortedError where the scheduler of Dask is gone, and what it was given with it.
    """
    waiting, suspects = [*jobs], list[J]()
    while waiting:
        unfinished = []
        for job, came, begun in _round(executor, fn, waiting):
            if not isinstance(came, _DEATHS):
                yield job, came
            elif begun or isinstance(came, MemoryError | Died):
                suspects.append(job)
            else:
                unfinished.append(job)
        if len(unfinished) == len(waiting):  # none of them was seen to begin
            suspects, unfinished = [*suspects, *unfinished], []
        waiting = unfinished
        if waiting and isinstance(executor, Workers):
            executor.renew()
    for job in suspects:
        if isinstance(executor, Workers):
            executor.renew(1)
        for _, came, _ in _round(executor, fn, [job]):
            yield job, Killed() if isinstance(came, _DEATHS) else came


def _round(executor: Executor, fn: Callable[[J], Any], jobs: Iterable[J]) -> Iterator[tuple[J, Any, bool]]:
    """Each job once, with what came of it, and whether it was running when its worker died."""
    given = dict[Future[Any], J]()
    for job in jobs:
        try:
            given[executor.submit(fn, job)] = job
        except _DEATHS as error:
            yield job, error, False
    for future in as_completed(given):
        try:
            came = future.result()
        except CancelledError:
            raise ConnectionAbortedError from None
        except Exception as error:
            came = Died() if type(error).__name__ == "KilledWorker" else error  # of Dask
        mark = getattr(future, "mark", None)
        yield given.pop(future), came, mark is not None and mark.exists()


_DEATHS = (BrokenExecutor, MemoryError, Died)
J = TypeVar("J")


@contextmanager
def open_executor(workers: int | None = None, dask: str | None = None) -> Iterator[Executor]:
    """An executor for a batch: a pool of processes, or the workers of the Dask scheduler at an address.

    Dask's workers must see the data, the notebook and the output folder under the same paths, and have this package
    installed. On an interruption what has not begun is dropped and what runs is finished.

    Raises ModuleNotFoundError where `dask` is asked for and the extra `cluster` is not installed, OSError where no scheduler
    answers.
    """
    if dask is None:
        executor: Executor = Workers(workers or default_workers())
    else:
        from distributed import Client

        logging.disable(logging.CRITICAL if net.is_on() else logging.NOTSET)  # it writes tracebacks of its own
        client: Any = Client(dask, timeout="10s", set_as_default=False)  # type: ignore[no-untyped-call]  # distributed has few types
        executor = client.get_executor(pure=False)
    try:
        yield executor
    except BaseException:
        executor.shutdown(wait=False, **({} if dask else {"cancel_futures": True}))  # Dask drops what has not begun anyway
        raise
    else:
        executor.shutdown()
    finally:
        if dask is not None:
            client.close()
            logging.disable(logging.NOTSET)
