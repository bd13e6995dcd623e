"""What is kept for whoever looks for a fault later: the log file, and the crash file that Python itself writes when it dies.

A program makes `Diagnostics` at its start, asks `previous_crash` what earlier processes left once its window stands, and
calls `Diagnostics.close` on the way out.
"""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import os
import platform
import sys
import time
from pathlib import Path

from PySide6.QtCore import QLockFile, qVersion

import nnviz
from nnviz.app.places import log_folder

log = logging.getLogger("nnviz")

LOG = "nnviz.log"
LARGEST, KEPT = 1_000_000, 3
QUIET = 1.0  # seconds in which a record that repeats is counted and not written
MOST_KEYS = 256
CRASH, LAST_CRASH = "crash-{pid}.log", "crash-last.log"
LOCK = ".lock"
CRASH_SHOWN = 64_000  # characters


class Repeats(logging.Filter):
    """Lets a record through that has not come for a second, with the count of those held back.

    Records are the same that carry the same `fault` (`extra=`), or that come from the same line with the same words.
    """

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[object, tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether the record is to be written."""
        key = getattr(record, "fault", None) or (record.pathname, record.lineno, record.getMessage())
        now = time.monotonic()
        since, held = self._seen.pop(key, (-QUIET, 0))
        if now - since < QUIET:
            self._seen[key] = (since, held + 1)
            return False
        self._seen[key] = (now, 0)
        if held:
            record.msg, record.args = f"{record.getMessage()}\n(and {held} more of the same before)", None
        for old in list(self._seen)[: max(0, len(self._seen) - MOST_KEYS)]:
            del self._seen[old]
        return True

    def held(self) -> int:
        """Return how many records have been held back and not been counted in the log yet."""
        return sum(count for _, count in self._seen.values())


class LogFile(logging.FileHandler):
    """The log file, and the `KEPT` before it; when it cannot be written it says so once and is silent from then on.

    Python's own `RotatingFileHandler` does the same, but importing it takes 13 ms of the start for sockets and queues.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, encoding="utf-8", errors="backslashreplace", delay=True)
        self.trouble = ""
        self.repeats = Repeats()
        self.addFilter(self.repeats)
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(threadName)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, unless writing has failed before."""
        if self.trouble:
            return
        try:
            self._make_room(len(self.format(record).encode(errors="backslashreplace")))
            super().emit(record)
        except OSError:
            self.handleError(record)

    def _make_room(self, needed: int) -> None:
        """Begin a new file where the present one would become too large, and forget the oldest."""
        path = Path(self.baseFilename)
        if not path.exists() or path.stat().st_size + needed < LARGEST:
            return
        self.acquire()
        try:
            if self.stream is not None:
                self.stream.close()
                self.stream = None  # opened again by the next record
            for age in range(KEPT, 0, -1):
                younger = path if age == 1 else path.with_name(f"{path.name}.{age - 1}")
                if younger.exists():
                    younger.replace(path.with_name(f"{path.name}.{age}"))
        finally:
            self.release()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002
        """Say why the log cannot be written; a program without a log goes on."""
        reason = sys.exc_info()[1]
        self.trouble = f"the log {self.baseFilename} cannot be written: {reason}"
        say(self.trouble)

    def close(self) -> None:
        """Write what was held back as a count, and close."""
        held = self.repeats.held()
        if held and not self.trouble:
            self.emit(logging.LogRecord(log.name, logging.WARNING, __file__, 0, "and %d more of the records above", (held,), None))
        super().close()


class Diagnostics:
    """The log and the crash file of this process.

    Attributes:
        log_file: the handler of the log; its `trouble` says why nothing is logged, "" where all is well.
    """

    def __init__(self) -> None:
        folder = log_folder()
        self._lock: QLockFile | None = None
        self._crash: int | None = None
        self._crash_path = folder / CRASH.format(pid=os.getpid())
        self.log_file = LogFile(folder / LOG)
        self._level = log.level
        log.addHandler(self.log_file)
        log.propagate = False  # a library may have led Python's root log to the terminal
        log.setLevel(logging.INFO)
        system = platform.uname()  # not platform.platform(), which reads the C library for 12 ms
        where = f"{system.system} {system.release} {system.machine}"
        log.info("nnviz %s started, Python %s, Qt %s, %s", nnviz.__version__, platform.python_version(), qVersion(), where)
        self._watch_for_crashes()

    def _watch_for_crashes(self) -> None:
        """Have Python write all stacks into the crash file when the process dies of a fault."""
        lock = QLockFile(str(self._crash_path) + LOCK)
        lock.setStaleLockTime(0)  # not even after years: its owner lives or it does not
        if not lock.tryLock(0):
            log.warning("crashes are not kept: no lock beside %s", self._crash_path)
            return
        try:  # a process that dies cannot use `save`: it writes into a file that stands open
            self._crash = os.open(self._crash_path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        except OSError as error:
            lock.unlock()
            log.warning("crashes are not kept: %s", error)
            return
        self._lock = lock
        faulthandler.enable(self._crash)

    def close(self) -> None:
        """Leave no crash file behind, and close the log."""
        if self._crash is not None and self._lock is not None:
            faulthandler.disable()
            os.close(self._crash)
            self._crash_path.unlink(missing_ok=True)
            self._lock.unlock()
            self._crash = self._lock = None
        log.info("nnviz ended")
        log.removeHandler(self.log_file)
        log.propagate = True
        log.setLevel(self._level)
        self.log_file.close()


def previous_crash() -> str | None:
    """Return what processes wrote that died since the last look, None where none did; the newest is kept as `crash-last.log`.

    Files of processes that still run are left alone, empty ones of processes that were killed are removed.
    """
    folder, found = log_folder(), []
    for path in sorted(folder.glob(CRASH.format(pid="*")), key=_changed):
        lock = QLockFile(str(path) + LOCK)
        lock.setStaleLockTime(0)
        if path.name == LAST_CRASH or not lock.tryLock(0):
            continue
        try:
            words = path.read_text(encoding="utf-8", errors="replace").strip()
            if words:
                found.append(words)
                path.replace(folder / LAST_CRASH)
            else:
                path.unlink()
        except OSError as error:
            log.warning("the crash file %s: %s", path, error)
        lock.unlock()
    if not found:
        return None
    log.error("nnviz had ended unexpectedly\n%s", "\n\n".join(found))
    return "\n\n".join(reversed(found))[:CRASH_SHOWN]


def say(words: str) -> None:
    """Say something on the terminal, where there is one."""
    with contextlib.suppress(OSError, ValueError):
        if sys.stderr is not None:
            sys.stderr.write(f"nnviz: {words}\n")


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
