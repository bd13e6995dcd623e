"""Work in a process of its own, for what cannot be interrupted: the process is ended instead.

The new process is spawned, so it shares nothing with the window; it is handed a function of a module, and answers
through a pipe. It ends with its work, when it is no longer wanted, and when nnviz dies, however that happens. Free of
Qt, so that the process need not load it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from nnviz.app.progress import CancelledError, Progress
from nnviz.engine.problem import ProblemError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

LOOK = 0.05  # s between two looks whether the work is still wanted
LAST_WAIT = 1.0  # s for the system to take away a process that has ended
_PR_SET_PDEATHSIG = 1


class ProcessDiedError(Exception):
    """The process ended without an answer: killed, out of memory, or a crash in a library."""


class WorkError(Exception):
    """The work raised something unexpected; the details are its traceback in the other process."""

    def __init__(self, summary: str, details: str) -> None:
        super().__init__(summary)
        self.details = details


def run(work: Callable[..., Any], args: tuple[Any, ...], progress: Progress) -> Any:
    """Return `work(progress, *args)`, computed in a process of its own; blocks meanwhile.

    Args:
        work: a function of a module, found by its name in the other process.
        args: what it takes; this and its result are copied between the processes.
        progress: where its reports go; when it is cancelled, the process is killed within `LOOK`.

    Raises:
        CancelledError: it is no longer wanted.
        ProblemError: as `work` raised it.
        WorkError: `work` raised anything else.
        ProcessDiedError: the process ended without an answer.
    """
    from multiprocessing import get_context

    context = get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(there, work, args), daemon=True)
    try:
        process.start()
        there.close()  # its only other end is the process's own, so that its death ends the pipe
        return _answer(here, process, progress)
    finally:
        if process.pid is not None:
            process.kill()
            process.join(LAST_WAIT)
        there.close()
        here.close()


def _answer(here: Connection, process: SpawnProcess, progress: Progress) -> Any:
    while True:
        if progress.cancelled:
            raise CancelledError
        if not here.poll(LOOK):
            continue
        try:
            kind, content = here.recv()
        except (EOFError, OSError) as error:
            process.join(LAST_WAIT)
            raise ProcessDiedError(_how(process.exitcode)) from error
        if kind == "report":
            progress.report(content)
        elif kind == "problems":
            raise ProblemError(*content)
        elif kind == "error":
            raise WorkError(*content)
        else:
            return content


def _how(code: int | None) -> str:
    """Return how a process ended, e.g. "SIGKILL" or "exit code 3"."""
    if code is not None and code < 0:
        known = {int(item): item.name for item in signal.Signals}
        return known.get(-code, f"signal {-code}")
    return f"exit code {code}"


def _work(there: Connection, work: Callable[..., Any], args: tuple[Any, ...]) -> None:
    """Run in the other process: do the work and answer."""
    _end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in the terminal is for the window to handle

    def tell(fraction: float) -> None:
        there.send(("report", fraction))

    progress = Progress(tell, threading.Event())
    try:
        answer: tuple[str, Any] = ("done", work(progress, *args))
    except ProblemError as error:
        answer = ("problems", error.problems)
    except BaseException as error:  # whatever it is, it has to be told
        answer = ("error", (f"{type(error).__name__}: {error}", traceback.format_exc()))
    try:
        there.send(answer)
    except Exception as error:  # an answer that cannot be copied
        there.send(("error", (f"{type(error).__name__}: {error}", traceback.format_exc())))


def _end_with_parent() -> None:
    """See to it that this process does not outlive nnviz, even when nnviz is killed."""
    if sys.platform == "linux":  # the kernel's own way also ends C code that never lets Python run
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    threading.Thread(target=_follow_parent, daemon=True).start()


def _follow_parent() -> None:
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
