"""Long work off the GUI thread: it says how far it is, can be cancelled at once, and its failure is told.

Each job has a thread, or a process with a thread that waits for it. What a thread has to say comes to the GUI thread by
queued signals; a job that is over answers no more, so late results are dropped there.

The threads are Python's daemon threads, not QThreads: work that is deaf to its cancellation can be left behind when the
program ends, whereas a QThread that still runs aborts the process.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Thread
from time import monotonic
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

from nnviz.app import job_process
from nnviz.app.gate import BusyGate
from nnviz.app.job_process import ProcessDiedError, WorkError
from nnviz.app.progress import CancelledError, Progress, TimeLeft, free
from nnviz.engine.problem import Problem, ProblemError, problem

__all__ = ["CancelledError", "Job", "Jobs", "Progress"]

LONGEST_CLOSE = 1.0  # s that closing waits for threads
LOOK = 0.05  # s between two looks whether a job that waits for its turn is still wanted
Work = Callable[..., Any]
log = logging.getLogger("nnviz")


@dataclass(frozen=True, slots=True)
class _Done:
    result: Any


@dataclass(frozen=True, slots=True)
class _Failed:
    problems: tuple[Problem, ...]


class Job(QObject):
    """One piece of long work; made by `Jobs.start`.

    Attributes:
        title: what it does, for people; may hold the name of a file.
        fraction: how much is done, -1 while it has not said; seconds_left: -1 while unknown.
        running: whether it may still answer.

    Signals:
        progressed(fraction, seconds left): at most about 20 times a second.
        finished(result), failed(problems), cancelled(): exactly one of them, once.
        ended(): after that one.
    """

    progressed = Signal(float, float)
    finished = Signal(object)
    failed = Signal(object)
    cancelled = Signal()
    ended = Signal()
    _reported = Signal(float)
    _answered = Signal(object)
    _over = Signal(object)

    def __init__(
        self, title: str, key: str, work: Callable[[Progress], Any], after: tuple[Thread, ...], wait: Callable[[], None] = free
    ) -> None:
        """Take up work, to begin when the threads `after` have ended; it calls `wait` to make way for the GUI thread."""
        super().__init__()
        self.title, self.key = title, key
        self.fraction, self.seconds_left = -1.0, -1.0
        self.running = True
        self._began = monotonic()
        self._left = TimeLeft(self._began)
        self._stop, self._wait = Event(), wait
        self._thread = Thread(target=self._run, args=(work, after), name=title, daemon=True)
        self._reported.connect(self._show, Qt.ConnectionType.QueuedConnection)
        self._answered.connect(self._take, Qt.ConnectionType.QueuedConnection)

    @property
    def age(self) -> float:
        """The seconds since it was started."""
        return monotonic() - self._began

    @Slot()
    def cancel(self) -> None:
        """End it: this is told at once, whatever the work does; what it still brings is dropped."""
        if self.running:
            self._stop.set()
            self.running = False
            self.cancelled.emit()
            self._end()

    # -- in its thread ------------------------------------------------------------------------------------------

    def _run(self, work: Callable[[Progress], Any], after: tuple[Thread, ...]) -> None:
        for thread in after:
            while thread.is_alive() and not self._stop.is_set():
                thread.join(LOOK)
        answer = self._result(work)
        if not self._stop.is_set():  # else nobody listens, and there may be no Qt any more
            self._answered.emit(answer)

    def _result(self, work: Callable[[Progress], Any]) -> _Done | _Failed | None:
        """Do the work; return None when it was given up."""
        try:
            return None if self._stop.is_set() else _Done(work(Progress(self._reported.emit, self._stop, self._wait)))
        except CancelledError:
            return None
        except ProblemError as error:
            return _Failed(error.problems)
        except ProcessDiedError as error:
            log.error("the process of the job %r died: %s", self.title, error)
            return _Failed((problem("", "job-process-died", job=self.title, reason=str(error)),))
        except WorkError as error:
            log.error("the job %r failed\n%s", self.title, error.details)
            return _Failed((problem("", "job-unexpected", job=self.title, reason=str(error)),))
        except BaseException as error:  # also SystemExit: a job that ends without an answer would never be over
            log.exception("the job %r failed", self.title)
            return _Failed((problem("", "job-unexpected", job=self.title, reason=f"{type(error).__name__}: {error}"),))

    # -- in the GUI thread --------------------------------------------------------------------------------------

    @Slot(float)
    def _show(self, fraction: float) -> None:
        if self.running:
            self.fraction, self.seconds_left = fraction, self._left.after(fraction, monotonic())
            self.progressed.emit(self.fraction, self.seconds_left)

    @Slot(object)
    def _take(self, answer: _Done | _Failed | None) -> None:
        if answer is None:
            self.cancel()
        elif self.running:
            self.running = False
            if isinstance(answer, _Done):
                self.finished.emit(answer.result)
            else:
                self.failed.emit(answer.problems)
            self._end()

    def _end(self) -> None:
        self.ended.emit()
        self._over.emit(self)


class Jobs(QObject):
    """Starts jobs and knows those that run.

    Signals:
        started(job), ended(job): for whoever shows them.
    """

    started = Signal(object)
    ended = Signal(object)

    def __init__(self, parent: QObject | None = None, gate: BusyGate | None = None) -> None:
        """Take the gate at which the threads of jobs wait while the GUI thread is busy."""
        super().__init__(parent)
        self._wait = gate.wait if gate is not None else free
        self._jobs: list[Job] = []  # a job that is over stays while its thread may still run
        self._closed = False

    @property
    def running(self) -> tuple[Job, ...]:
        """The jobs that may still answer, the oldest first."""
        return tuple(job for job in self._jobs if job.running)

    def start(self, title: str, work: Work, args: tuple[Any, ...] = (), *, key: str = "", in_process: bool = False) -> Job:
        """Begin `work(progress, *args)` off the GUI thread.

        Args:
            title: what it does, for people.
            work: called with a `Progress` first; it must touch nothing of Qt and nothing that others change.
            args: what else it takes.
            key: what it is about. An older job with the same key is cancelled, and has wholly ended before this one's
                work begins: two savings of one file never cross.
            in_process: run it in a process that is ended when it is cancelled, for work that cannot be interrupted;
                `work` must then be a function of a module, and what it takes and returns is copied.

        Raises:
            RuntimeError: `close` was called.
        """
        if self._closed:
            raise RuntimeError(f"the job {title!r} comes after the end")
        older = [job for job in self._jobs if key and job.key == key]
        for job in older:
            job.cancel()
        unended = tuple(job._thread for job in older if job._thread.is_alive())
        job = Job(title, key, _apart(work, args) if in_process else _here(work, args), unended, self._wait)
        self._jobs = [item for item in self._jobs if item.running or item._thread.is_alive()]
        self._jobs.append(job)
        job._over.connect(self.ended)
        job._thread.start()
        self.started.emit(job)
        return job

    def close(self) -> None:
        """Cancel all jobs and wait for their threads, a second at the longest."""
        self._closed = True
        for job in self.running:
            job.cancel()
        until = monotonic() + LONGEST_CLOSE
        for job in self._jobs:
            job._thread.join(max(0.0, until - monotonic()))
        deaf = [job.title for job in self._jobs if job._thread.is_alive()]
        if deaf:
            log.warning("left behind, since they did not heed their cancellation: %s", deaf)


def _here(work: Work, args: tuple[Any, ...]) -> Callable[[Progress], Any]:
    def call(progress: Progress) -> Any:
        return work(progress, *args)

    return call


def _apart(work: Work, args: tuple[Any, ...]) -> Callable[[Progress], Any]:
    def call(progress: Progress) -> Any:
        return job_process.run(work, args, progress)

    return call
