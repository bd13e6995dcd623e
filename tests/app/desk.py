"""One run whose edits can be undone, as a document and its worker do it, without either."""

from __future__ import annotations

from typing import Any

from nnviz.app.crossings import Change, Crossings
from nnviz.data.prepare import Prepared, prepare
from nnviz.engine.patch import Patch
from nnviz.engine.spec import Spec
from nnviz.engine.trainer import Trainer
from nnviz.formats.examples import load

SPEC = load("spiral").spec
DATA = prepare(SPEC.data)


class Desk:
    """A run with its edits, done and undone."""

    def __init__(self, spec: Spec = SPEC, data: Prepared | None = None, steps: int = 3) -> None:
        data = data or (DATA if spec.data == SPEC.data else prepare(spec.data))
        self.trainer, self.crossings = Trainer(spec, data.samples), Crossings()
        self.done: list[tuple[Spec, Change]] = []
        self.undone: list[tuple[Spec, Change]] = []
        self.data, self.data_spec, self.tokens = data, spec.data, 0
        self.train(steps)

    def train(self, steps: int) -> None:
        for _ in range(steps):
            self.trainer.step()

    def edit(self, spec: Spec | None = None, *patches: Patch) -> None:
        change, self.tokens = Change(spec or self.trainer.spec, patches, self.tokens), self.tokens + 1
        self.done.append((self.trainer.spec, change))
        self.undone.clear()
        self._cross(change)

    def drag(self, spec: Spec | None = None, *patches: Patch) -> None:
        """Carry the last edit on, as a slider does; one that ends where it began is none."""
        old, first = self.done.pop()
        change = Change(spec or self.trainer.spec, patches, first.token)
        self._cross(change)
        if change.spec != old or patches:
            self.done.append((old, change))

    def undo(self) -> None:
        old, change = self.done.pop()
        self.undone.append((old, change))
        self._cross(Change(old, (), change.token, undone=True))

    def redo(self) -> None:
        old, change = self.undone.pop()
        self.done.append((old, change))
        self._cross(change)

    def _cross(self, change: Change) -> None:
        data = self.data if change.spec.data == self.data_spec else prepare(change.spec.data)
        self.trainer = self.crossings.cross(self.trainer, data, change)

    def stands(self) -> tuple[Any, ...]:
        """Return all that decides how the run goes on, as bytes."""
        run = self.trainer.snapshot()
        initial = None if self.trainer.initial is None else self.trainer.initial.tobytes()
        moments = {name: moment.tobytes() for name, moment in run.state.items()}
        counts = run.step_count, run.epoch, run.position, run.moments_since
        return self.trainer.spec, run.parameters.tobytes(), moments, counts, initial
