"""The film of one recorded pass: its stages and which of them is shown.

Every number of the pass is in its trace, so going back is showing the stage before (ARCHITECTURE, "One pass").
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from nnviz.engine.trace import Trace
from nnviz.explain.stages import Stage, stages


class Stepper(QObject):
    """Holds one pass and an index into its stages; `trace` is None while there is none."""

    pass_changed = Signal(object)
    stage_changed = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.trace: Trace | None = None
        self.stages: tuple[Stage, ...] = ()
        self.index = 0
        self._digits, self._comma = 4, False

    @property
    def stage(self) -> Stage | None:
        """The stage shown."""
        return self.stages[self.index] if self.stages else None

    def begin(self, trace: Trace) -> None:
        """Show this pass, at the stage of the same number as before."""
        self.trace, self.stages = trace, stages(trace, digits=self._digits, comma=self._comma)
        self.pass_changed.emit(trace)
        self.go_to(self.index)

    def read_as(self, digits: int, comma: bool) -> None:
        """Say the numbers with so many digits and this decimal mark from now on; `stage_changed` tells of the stage shown."""
        if (digits, comma) == (self._digits, self._comma):
            return
        self._digits, self._comma = digits, comma
        if self.trace is not None:
            self.stages = stages(self.trace, digits=digits, comma=comma)
            self.pass_changed.emit(self.trace)
            self.go_to(self.index)

    def go_to(self, index: int) -> None:
        """Show this stage; beyond the ends, the first or the last."""
        if self.stages:
            self.index = max(0, min(index, len(self.stages) - 1))
            self.stage_changed.emit(self.stage)

    def leave(self) -> None:
        """Put the pass away."""
        if self.trace is not None:
            self.trace, self.stages, self.index = None, (), 0
            self.pass_changed.emit(None)
            self.stage_changed.emit(None)
