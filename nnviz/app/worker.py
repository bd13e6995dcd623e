"""The training worker: runs a `Trainer` in short slices and sends one frame at a time.

It lives in its own thread. A 0 ms timer runs slices of about 8 ms; between slices the thread's event loop
handles what the document asks. A new frame is made only after the last one was acknowledged, so a slow
screen slows the drawing and never the training.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from PySide6.QtCore import QObject, QThread, QTimer, Signal, Slot

from nnviz.app.crossings import Change, Crossings
from nnviz.app.frame import Wanted
from nnviz.app.framing import Planes, make_frame, planes, probe_trace
from nnviz.app.gate import BusyGate
from nnviz.app.health import HealthWatch
from nnviz.app.resuming import project_of, resumed, teacher_of
from nnviz.app.speedometer import Speedometer
from nnviz.app.stopping import ending, place
from nnviz.data.prepare import Prepared
from nnviz.data.teaching import taught
from nnviz.engine.burst import Burst
from nnviz.engine.course import Stop
from nnviz.engine.problem import ProblemError, problem
from nnviz.engine.snapshot import checksum
from nnviz.engine.spec import DataSpec, Spec
from nnviz.engine.trace import Trace
from nnviz.engine.trainer import Trainer
from nnviz.formats.project import Project

SLICE = 0.008  # seconds of training between two looks at the event loop
BURST = 0.001  # seconds of steps between two looks at the gate; looking after each one costs a tenth of a small step
RESTING = 80  # ms between the slices of a window in the background
PLAYED_SPEED = 16.0  # up to so many steps a second each step is sent with its whole pass
TO_EPOCH_END = -1
Words = ParamSpec("Words")


@dataclass(frozen=True, slots=True)
class Run:
    """A run to begin.

    Attributes:
        project: what to train, from where on.
        generation, order: see `TrainingWorker`.
    """

    project: Project
    generation: int
    order: int


def _guarded(slot: Callable[Concatenate[TrainingWorker, Words], None]) -> Callable[Concatenate[TrainingWorker, Words], None]:
    """Let no failure pass unsaid: what was foreseen is told as `failed`, a fault of the program goes on to the one handler too."""

    @wraps(slot)
    def run(self: TrainingWorker, /, *words: Words.args, **more: Words.kwargs) -> None:
        try:
            slot(self, *words, **more)
        except ProblemError as error:
            self.stand()
            self.health.fail(error)
            self.failed.emit(error.problems, self.order)
            self.show()
        except Exception as error:
            self.stand()
            self.failed.emit((problem("training", "unexpected", error=f"{type(error).__name__}: {error}"),), self.order)
            raise

    return run


class TrainingWorker(QObject):
    """Owns the trainer; everything but the signals happens in its own thread.

    Frames carry the generation of the spec they belong to. Commands of the run are numbered; `stopped` and `failed`
    carry the number of the command that ended, so that one that was overtaken by another is recognized.
    """

    data_ready = Signal(object, int)
    frame_ready = Signal(object)
    pass_ready = Signal(object, int)
    stopped = Signal(int)
    taken = Signal(int, object)
    failed = Signal(object, int)

    def __init__(self, gate: BusyGate | None) -> None:
        super().__init__()
        self.order = 0
        self._gate = gate
        self._trainer: Trainer | None = None
        self._project: Project | None = None
        self._data: Prepared | None = None
        self._data_spec: DataSpec | None = None
        self._generation = 0
        self._crossings = Crossings()
        self.health = HealthWatch()
        self._edited_at = -1
        self._planes = Planes(None, None)
        self._wanted = Wanted()
        self._probe_row = 0
        self._training = False
        self._rest = 0
        self._speed = 0.0
        self._burst = Burst(BURST)
        self._last_step = self._last_epoch = math.inf
        self._stop: tuple[tuple[Any, ...], Stop | None] = (), None
        self._waiting_for_screen = False
        self._screen_is_old = False
        self._last_frame = self._next_step = 0.0
        self._played: Trace | None = None
        self._speedometer = Speedometer()
        self._summed: tuple[tuple[Any, ...], int] = ((), -1)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._slice)

    # -- controls -----------------------------------------------------------------------------------------------

    @Slot(object)
    @_guarded
    def open(self, run: Run) -> None:
        """Begin a run, or go on with one."""
        self.stand()
        self._generation, self.order = run.generation, run.order
        self._project, self._trainer, self._crossings, self.health = run.project, None, Crossings(), HealthWatch()
        self._edited_at = run.project.edited_at
        spec, shown = run.project.spec, run.project.view.probe_row
        data = self._prepared(spec)
        self._trainer = resumed(run.project, data)
        self._probe_row = int(data.samples.train.rows[0]) if shown < 0 else min(shown, len(data.raw) - 1)
        self._take(data, spec)

    @Slot(int)
    @_guarded
    def take(self, request: int) -> None:
        """Tell everything there is to keep of the run as it stands; of a run that could not begin, what was opened."""
        if self._trainer is None:
            self.taken.emit(request, self._project)
        else:
            self.taken.emit(request, project_of(self._trainer, self._edited_at))

    @Slot(object, int)
    @_guarded
    def edit(self, change: Change, generation: int) -> None:
        """Make an edit, or take it back: surviving weights and moments survive, training goes on.

        Args:
            change: the edit.
            generation: of the frames from now on.
        """
        self._generation = generation
        if self._trainer is None:
            return
        data = self._prepared(change.spec)
        self._trainer = self._crossings.cross(self._trainer, data, change)
        self._edited_at = self._trainer.step_count or -1
        self._probe_row = min(self._probe_row, len(data.raw) - 1)
        self._take(data, change.spec)

    def _prepared(self, spec: Spec) -> Prepared:
        if self._data is not None and self._data_spec == spec.data:
            return self._data
        return taught(spec.data, None if self._project is None else teacher_of(self._project))

    def _take(self, data: Prepared, spec: Spec) -> None:
        """Keep and show the data the trainer now learns from."""
        if data is not self._data:
            self._data, self._data_spec, self._planes = data, spec.data, planes(data)
        self.data_ready.emit(data, self._generation)
        self.show()

    @Slot(int, int)
    @_guarded
    def reset(self, generation: int, order: int) -> None:
        """Go back to the initial weights."""
        self.stand()
        self._generation, self.order, self._edited_at = generation, order, -1
        if self._trainer is not None:
            self._trainer.reset()
            self.show()

    @Slot(int, int)
    def train(self, until: int, order: int) -> None:
        """Train until paused (0), until this step, or to the end of the epoch (`TO_EPOCH_END`)."""
        self.order = order
        if self._trainer is not None:
            epoch, limit = self._trainer.epoch, self._trainer.spec.training.epochs
            self._last_step = until if until > 0 else math.inf
            self._last_epoch = epoch + 1 if until == TO_EPOCH_END else limit if epoch < limit else math.inf
            self._next_step = time.perf_counter()
            self._speedometer.start(self._trainer.step_count)
            self._training, self._stop, self._trainer.stopped = True, ((), None), None
            self.health.fail(None)
            self._timer.start(self._rest)

    @Slot()
    @_guarded
    def pause(self) -> None:
        """Stand still after the present step."""
        self.stand()
        self.show()
        self.stopped.emit(self.order)

    @Slot()
    @_guarded
    def acknowledge(self) -> None:
        """The screen has shown the last frame."""
        self._waiting_for_screen = False
        if self._screen_is_old:
            self.show()

    @Slot(float)
    def set_speed(self, steps_per_second: float) -> None:
        """Train at most so fast; 0 is full speed."""
        self._speed = steps_per_second
        self._next_step = time.perf_counter()

    @Slot(bool)
    def set_active(self, active: bool) -> None:
        """Train slice after slice, or with long rests between them while another window has the person's attention."""
        self._rest = 0 if active else RESTING
        if self._timer.isActive():
            self._timer.start(self._rest)

    @Slot(int)
    @_guarded
    def set_probe(self, row: int) -> None:
        """Show this row of the data, or the nearest there is."""
        if self._data is not None:
            self._probe_row = max(0, min(row, len(self._data.raw) - 1))
            self.show()

    @Slot(object)
    @_guarded
    def want(self, wanted: Wanted) -> None:
        """Compute what the visible views need from now on."""
        self._wanted = wanted
        self.show()

    @Slot(bool, int)
    @_guarded
    def make_pass(self, batch: bool, order: int) -> None:
        """Record one pass of the probe, or of the next mini-batch, from a copy of the weights."""
        self.stand()
        self.order = order
        if self._trainer is not None and self._data is not None:
            shown = self._trainer.trace_next() if batch else probe_trace(self._trainer, self._data, self._probe_row)
            self.pass_ready.emit(shown, self._generation)

    @Slot(object, int)
    @_guarded
    def apply_pass(self, shown: Trace, order: int) -> None:
        """Take exactly the shown step."""
        self.order = order
        if self._trainer is not None:
            self._trainer.apply(shown)
            self.show()

    @Slot(int)
    @_guarded
    def go_back(self, order: int) -> None:
        """Go back to the best epoch end there was."""
        self.stand()
        self.order = order
        if self._trainer is not None:
            self._trainer.restore(self._trainer.best())
            self.show()

    # -- training -----------------------------------------------------------------------------------------------

    @Slot()
    @_guarded
    def _slice(self) -> None:
        if not self._train_slice():
            return
        if self._training and self._trainer is not None:
            self._stop = place(self._trainer), ending(self._trainer, self._last_epoch)
            self.pause()
        else:
            self.stand()
            self.show()

    def _train_slice(self) -> bool:
        """Train for one slice; tell whether there is nothing left to do."""
        trainer, now = self._trainer, time.perf_counter()
        if trainer is None or QThread.currentThread().isInterruptionRequested():
            return True
        if not self._training:
            return self._refreshed(trainer)
        if self._speed:
            return self._paced_slice(trainer, now)
        end, limited = now + SLICE, min(self._last_step, self._last_epoch) < math.inf
        while time.perf_counter() < end:
            if self._gate is not None:
                self._gate.wait()
            self._burst.advance(trainer, self._last_step - trainer.step_count)
            if trainer.stopped or (limited and self._reached(trainer)):
                return True
        if time.perf_counter() - self._last_frame >= self._wanted.period:
            self.show()
        return False

    def _paced_slice(self, trainer: Trainer, now: float) -> bool:
        """Take the steps that are due at the chosen speed; slow ones each wait until the last was shown."""
        play = self._speed <= PLAYED_SPEED
        if now < self._next_step or (play and self._waiting_for_screen):
            time.sleep(max(0.001, min(0.01, self._next_step - now)))
            return False
        self._next_step = max(self._next_step + 1 / self._speed, now - SLICE)
        self._played = trainer.trace_next() if play else None  # may be the end of an epoch first
        while not (trainer.stopped or trainer.advance()):
            continue
        if trainer.stopped:
            self._played = None
            return True
        if play or now - self._last_frame >= self._wanted.period:
            self.show()
        return self._reached(trainer)

    def _refreshed(self, trainer: Trainer) -> bool:
        """Bring the evaluation up to date while training stands; tell whether it is."""
        if self._gate is not None:
            self._gate.wait()
        return not trainer.refresh()

    def _reached(self, trainer: Trainer) -> bool:
        """Tell whether the run has come to where it was to stop; an epoch just completed is evaluated first."""
        evaluated = trainer.position < len(trainer.samples.train)
        return (trainer.step_count >= self._last_step and evaluated) or trainer.epoch >= self._last_epoch

    def stand(self) -> None:
        """Train no further."""
        self._timer.stop()
        self._training = False
        self._speedometer.stop()

    # -- frames -------------------------------------------------------------------------------------------------

    def show(self) -> None:
        """Send a frame, or remember to, if the last one is still on its way."""
        if self._trainer is None or self._data is None:
            return
        if self._trainer.stale and not self._timer.isActive():
            self._timer.start(self._rest)
        self._screen_is_old = self._waiting_for_screen
        if self._waiting_for_screen:
            return
        frame = make_frame(self._trainer, self._data, self._planes, self._probe_row, self._wanted, self._generation)
        speed = self._speedometer.read(self._trainer.step_count)
        state: dict[str, Any] = {"steps_per_second": speed, "edited_at": self._edited_at, "checksum": self._checksum(self._trainer)}
        stopped = self._stop[1] if self._stop[0] == place(self._trainer) else None
        findings = self.health.findings(self._trainer) if self._wanted.health else ()
        frame = replace(frame, played=self._played, stopped=stopped, findings=findings, **state)
        self._waiting_for_screen, self._played, self._last_frame = True, None, time.perf_counter()
        self.frame_ready.emit(frame)

    def _checksum(self, trainer: Trainer) -> int:
        """Return the checksum of where a run stands, made once for each place: a large network has much to add up."""
        if self._training:
            return -1
        where = place(trainer)
        if self._summed[0] != where:
            self._summed = where, checksum(trainer.snapshot())
        return self._summed[1]
