"""The one undoable edit: a spec replaced by another."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QUndoCommand

from nnviz.engine.spec import Spec


class SetSpec(QUndoCommand):
    """Replaces the spec; two in succession with the same `merge_key` (one drag of a slider) are one step to undo.

    `token` tells the worker which edit is made or undone, so that it can hand back the weights the edit removed.
    """

    def __init__(
        self, show: Callable[[Spec, int], None], old: Spec, new: Spec, title: str, merge_key: str | None, token: int
    ) -> None:
        super().__init__(title)
        self._show = show
        self.old, self.new = old, new
        self.merge_key, self.token = merge_key, token

    def redo(self) -> None:
        """Show the new spec."""
        self._show(self.new, self.token)

    def undo(self) -> None:
        """Show the old spec."""
        self._show(self.old, self.token)

    def id(self) -> int:
        """Tell Qt that neighbours of this kind may be merged."""
        return 1 if self.merge_key else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take over the newer command's result, if it is part of the same drag."""
        if not isinstance(other, SetSpec) or other.merge_key != self.merge_key:
            return False
        self.new = other.new
        self.setObsolete(self.new == self.old)
        return True
