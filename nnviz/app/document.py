"""The document: what the user made, the newest picture of the run, and the one door for edits.

Views call `edit`, the controls of the run, and nothing else; they show what the signals bring. The weights
live in the worker's thread: the document holds the newest `Frame` of them and acknowledges each one, so
that at most one is ever on its way (ARCHITECTURE, "One training frame").
"""

from __future__ import annotations

from enum import Enum
from itertools import count

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QUndoStack

from nnviz.app.commands import Edit, last_drag, token_of
from nnviz.app.crossings import Change
from nnviz.app.frame import Frame
from nnviz.app.gate import BusyGate
from nnviz.app.host import TrainingHost
from nnviz.app.pacing import Pacing
from nnviz.app.project_file import ProjectFile
from nnviz.app.resuming import teacher_of
from nnviz.app.start import Start
from nnviz.app.stepper import Stepper
from nnviz.app.worker import TO_EPOCH_END, Run
from nnviz.data.prepare import Prepared
from nnviz.data.teaching import taught_facts
from nnviz.engine.patch import Patch
from nnviz.engine.problem import Problem, SpecError
from nnviz.engine.spec import Spec, problems
from nnviz.engine.trace import Trace


class RunState(Enum):
    """What the run is doing."""

    LOADING = "loading"
    PAUSED = "paused"
    TRAINING = "training"
    STEPPING = "stepping"
    FAILED = "failed"


class Document(QObject):
    """One network with its data and its run; how fast it trains and what views want of it is asked of `host` itself.

    Signals carry frozen values: `spec_changed(old, new)`, `data_changed(Prepared)`, `frame_changed(Frame)`,
    `state_changed(RunState)`, `failed(tuple of Problem)` for a run that cannot go on, `refused(tuple of Problem)`
    for an edit that cannot be.
    """

    spec_changed = Signal(object, object)
    data_changed = Signal(object)
    frame_changed = Signal(object)
    state_changed = Signal(object)
    failed = Signal(object)
    refused = Signal(object)

    def __init__(self, start: Start, gate: BusyGate | None = None) -> None:
        """Open a document."""
        super().__init__()
        self.spec, self.name, self.started = start.project.spec, start.name, start
        self.frame: Frame | None = None
        self.data: Prepared | None = None
        self.state = RunState.LOADING
        self.undo_stack = QUndoStack(self)
        self._generation = self._order = 0
        self._tokens = count()
        self._pacing = Pacing()
        self.stepper = Stepper(self)
        self.host = TrainingHost(gate, self)
        self.file = ProjectFile(self, self.host)
        worker = self.host.worker
        worker.data_ready.connect(self._show_data)
        worker.frame_ready.connect(self._show_frame)
        worker.pass_ready.connect(self._show_pass)
        worker.stopped.connect(self._show_stopped)
        worker.failed.connect(self._show_failed)
        self.file.begin(start)
        self.host.open.emit(Run(start.project, self._generation, self._order))

    def close(self) -> None:
        """Stop the training thread and wait for it."""
        if self.host.running:
            self.file.close()
            self.host.close()

    # -- edits --------------------------------------------------------------------------------------------------

    def edit(self, spec: Spec, title: str, merge_key: str | None = None) -> bool:
        """Replace the spec, undoably; the only way to change it.

        Args:
            spec: what it shall be.
            title: what Undo shall call it.
            merge_key: names one drag; its successive edits are one step to undo.

        Returns:
            whether it was done; if the spec cannot be, nothing changes and `refused` says why.
        """
        if spec == self.spec:
            return True
        found = self.problems(spec)
        if found:
            self.refused.emit(found)
            return False
        token = token_of(self.undo_stack, merge_key, self._tokens)
        self.undo_stack.push(Edit(self._cross, self.spec, spec, (), title, merge_key, token))
        return True

    def problems(self, spec: Spec) -> tuple[Problem, ...]:
        """Return why the spec cannot take the place of the present one; nothing when it can."""
        if spec == self.spec:
            return ()
        try:
            return problems(spec, taught_facts(spec.data, teacher_of(self.started.project)))
        except SpecError as error:  # there is no such data
            return error.problems

    def set_weights(self, patches: tuple[Patch, ...], title: str, merge_key: str | None = None) -> None:
        """Set weights and biases by hand, undoably; training goes on from them, and Undo gives back what was there.

        Args:
            patches: finite numbers; of places that there are not, nothing happens.
            title: what Undo shall call it.
            merge_key: names one drag, which sets the same places again and again.
        """
        token = token_of(self.undo_stack, merge_key, self._tokens)
        self.undo_stack.push(Edit(self._cross, self.spec, self.spec, patches, title, merge_key, token))

    def take_back(self, merge_key: str) -> None:
        """Take back the drag of this name and forget it, if it was the last edit: Esc in the middle of it."""
        drag = last_drag(self.undo_stack, merge_key)
        if drag is not None:
            drag.given_up = True
            self.undo_stack.undo()

    def _cross(self, change: Change) -> None:
        old, self.spec = self.spec, change.spec
        if self.state is RunState.FAILED:
            self._set_state(RunState.PAUSED)
        if old != change.spec:  # else frames on their way fit as well: dropping them, a drag would be seen at its end only
            self._generation += 1
        self.host.edit.emit(change, self._generation)
        if self.state is RunState.STEPPING:
            self.host.trace.emit(False, self._next_order())
        if old != change.spec:
            self.spec_changed.emit(old, change.spec)

    def open(self, start: Start) -> None:
        """Show another document in place of this one."""
        old, self.spec, self.name, self.started = self.spec, start.project.spec, start.name, start
        self.undo_stack.clear()
        self.file.begin(start)
        self._begin_run()
        self.host.open.emit(Run(start.project, self._generation, self._order))
        self.spec_changed.emit(old, self.spec)

    def reset(self) -> None:
        """Begin the run again from its initial weights."""
        self._begin_run()
        self.host.reset.emit(self._generation, self._order)

    def _begin_run(self) -> None:
        self.stepper.leave()
        self._generation += 1
        self._next_order()
        self._set_state(RunState.LOADING)

    def _next_order(self) -> int:
        """Number a command of the run; what the worker says of an earlier one no longer counts."""
        self._order += 1
        return self._order

    # -- the run ------------------------------------------------------------------------------------------------

    def train(self, until_step: int = 0) -> None:
        """Train, until paused or until the step given (0: no limit)."""
        if self.state in (RunState.TRAINING, RunState.LOADING):
            return
        self.stepper.leave()
        self._set_state(RunState.TRAINING)
        self.host.train.emit(until_step, self._next_order())

    def pause(self) -> None:
        """Stop training after the present step."""
        if self.state is RunState.TRAINING:
            self.host.pause.emit()

    def run_epoch(self) -> None:
        """Train on to the next epoch boundary."""
        if self.state in (RunState.PAUSED, RunState.STEPPING):
            self.stepper.leave()
            self._set_state(RunState.TRAINING)
            self.host.train.emit(TO_EPOCH_END, self._next_order())

    def go_back(self) -> None:
        """Go back to the best epoch end there was, e.g. after a divergence."""
        self.stepper.leave()
        self.host.go_back.emit(self._next_order())
        self._set_state(RunState.PAUSED)

    def set_probe(self, row: int) -> None:
        """Show this row of the data on the canvas and in the pass."""
        self.host.set_probe.emit(row)
        if self.state is RunState.STEPPING:
            self.host.trace.emit(False, self._next_order())

    # -- one pass, stage by stage -------------------------------------------------------------------------------

    def step_through(self, *, batch: bool = False) -> None:
        """Pause and record one pass of the shown sample, or of the next mini-batch."""
        if self.state is not RunState.LOADING:
            self._set_state(RunState.STEPPING)
            self.host.trace.emit(batch, self._next_order())

    def apply_pass(self) -> None:
        """Make the shown optimizer step real."""
        if self.stepper.trace is not None:
            self.host.apply.emit(self.stepper.trace, self._next_order())
            self.discard_pass()

    def discard_pass(self) -> None:
        """Leave the pass; the run stays as it was, to the last bit."""
        if self.state is RunState.STEPPING:
            self.stepper.leave()
            self._set_state(RunState.PAUSED)

    # -- what the worker says -----------------------------------------------------------------------------------

    @Slot(object, int)
    def _show_data(self, data: Prepared, generation: int) -> None:
        if generation == self._generation and data is not self.data:
            self.data = data
            self.data_changed.emit(data)

    @Slot(object)
    def _show_frame(self, frame: Frame) -> None:
        if frame.generation == self._generation:
            self.frame = frame
            if self.state is RunState.LOADING:
                self._set_state(RunState.PAUSED)
            self.frame_changed.emit(frame)
        # After the views had it, but not from a paint: hidden views do not paint (DECISIONS 14).
        rest = self._pacing.rest() if frame.played is None and self.state is RunState.TRAINING else 0.0
        QTimer.singleShot(round(1000 * rest), self.host, self.host.acknowledge.emit)

    @Slot(object, int)
    def _show_pass(self, shown: Trace, generation: int) -> None:
        if self.state is not RunState.STEPPING or generation != self._generation:
            return
        self.stepper.begin(shown)

    @Slot(int)
    def _show_stopped(self, order: int) -> None:
        if self.state is RunState.TRAINING and order == self._order:
            self._set_state(RunState.PAUSED)

    @Slot(object, int)
    def _show_failed(self, problems: tuple[Problem, ...], order: int) -> None:
        if order == self._order:
            self.stepper.leave()
            self._set_state(RunState.FAILED)
            self.failed.emit(problems)

    def _set_state(self, state: RunState) -> None:
        if state is not self.state:
            self.state = state
            self.state_changed.emit(state)

