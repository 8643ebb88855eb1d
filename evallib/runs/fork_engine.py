"""A papermill engine for many notebooks in a row: each runs in a fork of a process that has imported everything already.

The notebook sees a fresh kernel of its own, as with papermill's plain engine; cells, outputs, order and errors are the same.
Only papermill imports this module, through its entry point group `papermill.engine`; `engine.fast_engine()` names it.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import sys
from collections.abc import Iterator
from functools import cache, wraps
from tempfile import TemporaryFile
from types import SimpleNamespace
from typing import Any

from nbformat import NotebookNode, from_dict
from papermill.engines import Engine, NBClientEngine
from traitlets.config import Config

from evallib.data import net
from evallib.runs.engine import given_up, silence, warm_up
from evallib.runs.quick import import_without

import_without("debugpy", "ipykernel.debugger")  # a tenth of a second for what nobody does to a page's notebook

_Source = tuple[str | None, bool]
"""The code of a cell, None where it is no code; whether it may fail."""


class ForkEngine(Engine):  # type: ignore[misc]  # papermill has no types
    """Runs the cells of a notebook in a forked child, with a kernel inside that process."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **kwargs: Any) -> None:
        """Run every cell; the first that fails is the last, and papermill raises for it afterwards.

        `resources` holds the folder to run in where papermill's plain engine finds it. Where ipykernel is not the one that is known here,
        nothing has been run yet: papermill's plain engine does it.
        """
        cells = nb_man.nb.cells
        may_fail = ["raises-exception" in cell.metadata.get("tags", []) for cell in cells]
        sources = [cell.source if cell.cell_type == "code" else None for cell in cells]
        try:
            if _kernel.cache_info().currsize:  # what a single page needs it imports by itself
                warm_up()
            _kernel()
            folder = kwargs.get("resources", {}).get("metadata", {}).get("path")
            results = _run_in_fork(list(zip(sources, may_fail, strict=True)), folder, kwargs.get("execution_timeout") or silence())
            nb_man.nb.metadata["language_info"] = from_dict(next(results))
        except (AttributeError, ImportError, TypeError, StopIteration) as error:
            given_up.append(f"{type(error).__name__}: {error}")
            NBClientEngine.execute_managed_notebook(nb_man, kernel_name, **kwargs)
            return
        shown: dict[str, list[Any]] = {}
        for index, cell in enumerate(cells):
            nb_man.cell_start(cell, index)
            failed = False
            try:
                result = next(results, None)
                if result is None:
                    raise RuntimeError("the process that ran the notebook ended before its last cell")
                if cell.cell_type == "code":
                    cell.outputs = _taken(result["messages"], shown)
                    cell.execution_count = result["count"]
                    failed = result["status"] != "ok" and not may_fail[index]
                    if failed:
                        nb_man.cell_exception(cell, cell_index=index)
            finally:
                nb_man.cell_complete(cell, cell_index=index)
            if failed:
                break


_PARTS = {
    **dict.fromkeys(("display_data", "update_display_data"), ("data", "metadata")),
    "execute_result": ("data", "metadata", "execution_count"),
    **{"stream": ("name", "text"), "error": ("ename", "evalue", "traceback"), "clear_output": ()},
}
"""The messages that leave outputs, or change them, with what an output keeps of them."""


def _taken(messages: list[dict[str, Any]], shown: dict[str, list[Any]]) -> list[NotebookNode]:
    """The outputs that a cell's messages leave. `shown` are those of all cells that may be changed later, by the id they were given."""
    outputs: list[NotebookNode] = []
    waits = False
    for message in messages:
        kind, content = message["type"], message["content"]
        name = (content.pop("transient", None) or {}).get("display_id")
        for output in shown.get(name, ()) if name else ():
            output.update(data=content["data"], metadata=content["metadata"])
        if kind == "clear_output":
            waits = content["wait"]
            outputs = outputs if waits else []
        elif kind != "update_display_data":
            outputs, waits = [] if waits else outputs, False
            outputs.append(from_dict({"output_type": kind} | {part: content[part] for part in _PARTS[kind]}))
            if name:
                shown.setdefault(name, []).append(outputs[-1])
    return outputs


_SETTINGS = Config(
    {
        "HistoryManager": {"enabled": False},  # a report is not part of anybody's history of typed commands
        # kernel and client are one process: nothing needs to be text between them; and it goes on in a fork
        "Session": {"packer": "pickle", "unpacker": "pickle", "check_pid": False},
        "IPythonKernel": {"_execute_sleep": 0},
    }
)


@cache
def _kernel() -> Any:
    """The manager of a kernel that has run nothing, for every fork to take over; what is there by now is left alone by the collector."""
    from ipykernel.inprocess.manager import InProcessKernelManager

    manager: Any = InProcessKernelManager(config=_SETTINGS)
    manager.start_kernel()
    manager.kernel.iopub_thread.stop()  # messages then go straight to the client, which is in the same process
    for stream in (manager.kernel.stdout, manager.kernel.stderr):
        stream._schedule_flush = lambda: None  # there is no thread to do it later; every cell's end and every output flushes
    manager.client()  # imports what a client needs
    gc.collect()
    gc.freeze()
    return manager


def _run_in_fork(sources: list[_Source], folder: str | None, seconds: int) -> Iterator[dict[str, Any]]:
    """The kernel's language, then a result for each source, as they come out of a forked child that runs in a folder.

    Raises TimeoutError where one takes longer than so many seconds. A child that nobody listens to any more is ended.
    """
    reading, writing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.close(reading)
            if folder:
                os.chdir(folder)
            with os.fdopen(writing, "w", encoding="utf-8", errors="surrogatepass") as pipe:
                for result in _run(sources):
                    pipe.write(json.dumps(result, ensure_ascii=False) + "\n")
                    pipe.flush()
            code = 0
        except BrokenPipeError:  # nobody listens any more
            pass
        finally:
            os._exit(code)  # nothing of the parent's may be cleaned up here
    os.close(writing)
    try:
        for line in _lines(reading, seconds):
            yield json.loads(line.decode("utf-8", "surrogatepass"))
    finally:
        os.close(reading)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _lines(pipe: int, seconds: int) -> Iterator[bytes]:
    """The lines that come out of a pipe, none later than so many seconds after the one before."""
    poll, parts = select.poll(), list[bytes]()
    poll.register(pipe, select.POLLIN | select.POLLHUP)
    while True:
        if not poll.poll(seconds * 1000):
            raise TimeoutError
        if not (piece := os.read(pipe, 1 << 16)):
            return
        first, *more = piece.split(b"\n")
        parts.append(first)
        for line in more:
            yield b"".join(parts)
            parts = [line]


def _run(sources: list[_Source]) -> Iterator[dict[str, Any]]:
    """Inside the child, with the kernel for itself: one source after the other until one fails."""
    manager = _kernel()
    client = manager.client()
    client.start_channels()
    _let_await(manager.kernel)
    if "matplotlib" in sys.modules:
        from evallib.charts.plain import show_pictures

        show_pictures(manager.kernel.shell)
    else:  # as a plain kernel has it
        os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    for number, stream in enumerate((manager.kernel.stdout, manager.kernel.stderr), 1):
        _join(stream, number)
    messages = _heard(manager.kernel)
    net.aloud()
    gc.set_threshold(100_000)  # what it began with is no garbage
    yield dict(manager.kernel.language_info)
    for source, may_fail in sources:
        if source is None or not source.strip():
            yield {"messages": [], "count": None, "status": "ok"}
            continue
        messages.clear()
        client.execute(source, allow_stdin=False)
        reply = client.get_shell_msg(timeout=0)["content"]
        yield {"messages": messages, "count": reply["execution_count"], "status": reply["status"]}
        if reply["status"] != "ok" and not may_fail:
            return


def _let_await(kernel: Any) -> None:
    """Let cells await something: the kernel then asks a thread for its parent, which one in this process does not have."""
    execute = kernel.do_execute

    @wraps(execute)
    async def executed(*args: Any, **how: Any) -> Any:
        kernel.shell_channel_thread = SimpleNamespace(parent_thread=None)
        try:
            return await execute(*args, **how)
        finally:
            kernel.shell_channel_thread = None

    kernel.do_execute = executed


def _join(stream: Any, number: int) -> None:
    """Let what is written past Python, as by a command of the system, come with what Python writes to the same stream."""
    file, flush, seen = TemporaryFile(), stream.flush, 0  # noqa: SIM115  # for as long as the child runs
    os.dup2(file.fileno(), number)

    def flushed() -> None:
        nonlocal seen
        if text := os.pread(file.fileno(), os.fstat(file.fileno()).st_size - seen, seen):
            seen += len(text)
            stream.write(text.decode("utf-8", "replace"))
        flush()

    stream.flush, stream._original_stdstream_copy = flushed, number
    stream._master_pid = os.getpid()  # else it sends every word by itself, as the child of a kernel has to


def _heard(kernel: Any) -> list[dict[str, Any]]:
    """A list to which comes what cells say, as they say it: neighbouring pieces of one stream joined. All else goes its way."""
    messages: list[dict[str, Any]] = []
    session = kernel.session
    send = session.send

    def heard(stream: Any, kind: Any, content: Any = None, *args: Any, **how: Any) -> Any:
        if stream is kernel.shell_stream:
            return send(stream, kind, content, *args, **how)
        if isinstance(kind, dict):
            kind, content = kind["msg_type"], kind["content"]
        last = messages[-1] if messages else None
        if last and kind == last["type"] == "stream" and content["name"] == last["content"]["name"]:
            last["content"]["text"] += content["text"]
        elif kind in _PARTS:
            messages.append({"type": kind, "content": content})
        return None

    session.send = heard
    return messages
