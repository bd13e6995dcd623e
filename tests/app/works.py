"""Work for jobs in tests, as functions of a module, which a process of its own can find; also light to import there."""

from __future__ import annotations

import ctypes
import itertools
import os
import signal
import sys
import time
from collections import deque
from pathlib import Path
from threading import Event
from typing import Any

from nnviz.app.progress import CancelledError, Progress
from nnviz.engine.problem import ProblemError, problem


def add(progress: Progress, one: int, other: int) -> int:
    progress.report(0.5)
    return one + other


def pid(progress: Progress) -> int:
    return os.getpid()


def count(progress: Progress, parts: int, seconds: float) -> str:
    for part in range(parts):
        progress.report(part / parts)
        time.sleep(seconds / parts)
    return "counted"


def fail(progress: Progress) -> None:
    raise ValueError("planted <b>fault</b>")


def refuse(progress: Progress) -> None:
    raise ProblemError(problem("file.csv", "no-layers"), problem("", "number-empty"))


def leave(progress: Progress) -> None:
    sys.exit(4)


def give_up(progress: Progress) -> None:
    raise CancelledError


def wait_for(progress: Progress, event: Event, result: Any = None) -> Any:
    """Be deaf to cancellation until the event."""
    event.wait(20)
    return result


def heed(progress: Progress) -> None:
    while True:
        progress.report(0.0)
        time.sleep(0.005)


def idle(progress: Progress) -> None:
    """Never say how far it is."""
    while not progress.cancelled:
        time.sleep(0.005)


def sleep(progress: Progress, note: Path) -> None:
    note.write_text(str(os.getpid()), encoding="utf-8")
    time.sleep(60)


def spin(progress: Progress, note: Path) -> None:
    """Never come back from C, and never let Python run meanwhile."""
    note.write_text(str(os.getpid()), encoding="utf-8")
    deque(itertools.repeat(None), maxlen=0)


def stop_itself(progress: Progress, note: Path) -> None:
    note.write_text(str(os.getpid()), encoding="utf-8")
    os.kill(os.getpid(), signal.SIGSTOP)


def kill_itself(progress: Progress) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def crash(progress: Progress) -> None:
    signal.signal(signal.SIGSEGV, signal.SIG_DFL)
    ctypes.string_at(0)


def exit_at_once(progress: Progress) -> None:
    os._exit(3)


def not_to_be_copied(progress: Progress) -> Any:
    return Event()


def large(progress: Progress, size: int) -> bytes:
    return bytes(size)


def loaded(progress: Progress, names: tuple[str, ...]) -> list[str]:
    return [name for name in names if name in sys.modules]


def append(progress: Progress, rows: list[str], row: str, event: Event) -> None:
    """Write one row, slowly and deaf, as a file is saved."""
    event.wait(20)
    rows.append(row)
