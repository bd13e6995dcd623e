"""The one undoable edit: a spec replaced by another, or numbers of the network set by hand, or both."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtGui import QUndoCommand, QUndoStack

from nnviz.app.crossings import Change
from nnviz.engine.patch import Patch
from nnviz.engine.spec import Spec


class Edit(QUndoCommand):
    """Crosses from one spec to another; two in succession with the same `merge_key` (one drag) are one step to undo.

    `token` tells the worker which edit is made or undone: it keeps what each crossing changes in the run (`crossings`).
    """

    def __init__(
        self,
        cross: Callable[[Change], None],
        old: Spec,
        new: Spec,
        patches: tuple[Patch, ...],
        title: str,
        merge_key: str | None,
        token: int,
    ) -> None:
        super().__init__(title)
        self._cross = cross
        self.old, self.new, self.patches = old, new, patches
        self.merge_key, self.token = merge_key, token
        self.given_up = False

    def redo(self) -> None:
        """Cross to the new spec, with the numbers set by hand."""
        self._cross(Change(self.new, self.patches, self.token))

    def undo(self) -> None:
        """Cross back to the old spec, with the numbers there were; one that was given up cannot be made again."""
        self._cross(Change(self.old, (), self.token, undone=True))
        self.setObsolete(self.given_up)

    def id(self) -> int:
        """Tell Qt that neighbours of this kind may be merged."""
        return 1 if self.merge_key else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take over the newer command's result, if it is part of the same drag."""
        if not isinstance(other, Edit) or other.merge_key != self.merge_key:
            return False
        self.new, self.patches = other.new, other.patches
        self.setText(other.text())
        self.setObsolete(self.new == self.old and not self.patches)
        return True


def last_drag(stack: QUndoStack, merge_key: str | None) -> Edit | None:
    """Return the last edit if it belongs to the drag of this name."""
    last = stack.command(stack.index() - 1)
    return last if merge_key and isinstance(last, Edit) and last.merge_key == merge_key else None


def token_of(stack: QUndoStack, merge_key: str | None, tokens: Iterator[int]) -> int:
    """Return the token of the next edit: that of the one it is merged with, as Qt does but where the last one was saved."""
    drag = None if stack.isClean() else last_drag(stack, merge_key)
    return next(tokens) if drag is None else drag.token
