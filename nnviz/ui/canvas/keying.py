"""Keys that set values on the canvas: Enter or the sign of a number opens the editor of what is selected, Up and Down step its value.

Digits are left to commands, such as 1 for the actual size.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent

from nnviz.app.frame import SETTLING
from nnviz.ui.canvas.canvas import Canvas
from nnviz.ui.canvas.value_editor import VALUE, value_of
from nnviz.ui.decades import stepped
from nnviz.ui.editing import parts
from nnviz.ui.editing.editor import NetworkEditor
from nnviz.ui.fields import ENTER
from nnviz.ui.selection import Selection

if TYPE_CHECKING:
    from nnviz.ui.canvas.hands import Hands

STEPS = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
SIGNS = frozenset("-−.,")
KEYS = frozenset({QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress})
_RUNS = count(1)


@dataclass(frozen=True, slots=True)
class Run:
    """Steps of one value in a row: whose it is, the newest value, and the name of the drag they are."""

    selection: Selection
    value: float
    key: str


class HandKeys(QObject):
    """Listens to the keys of a canvas; those that are shortcuts elsewhere are taken only where they set something."""

    def __init__(self, canvas: Canvas, editor: NetworkEditor, hands: Hands) -> None:
        super().__init__(hands)
        self._canvas, self._editor, self._hands = canvas, editor, hands
        self._run: Run | None = None
        self._since = QElapsedTimer()
        canvas.selection_changed.connect(self._end)
        canvas.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002
        """Take what is typed for the selected part."""
        if event.type() is QEvent.Type.FocusOut:
            self._end()
        if event.type() not in KEYS or not isinstance(event, QKeyEvent):
            return False
        self._hands.come_by_key()
        if event.type() is QEvent.Type.KeyPress:
            return self._press(event)
        if self._takes(event):  # else it could be a shortcut
            event.accept()
            return True
        return False

    def _end(self) -> None:
        self._run = None

    def _takes(self, event: QKeyEvent) -> bool:
        """Tell whether a key sets something: Up, Down, or what a number begins with that is no digit."""
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier or self._canvas.pointer.dragging:
            return False
        selection, network = self._canvas.selection, self._editor.document.spec.network
        begins = event.text() in SIGNS or (event.key() in STEPS and selection.kind != "several")
        return begins and self._canvas.sheet.exists(selection) and parts.has_value(network, selection)

    def _press(self, event: QKeyEvent) -> bool:
        selection = self._canvas.selection
        if self._takes(event):
            if event.key() in STEPS:
                self._step(selection, STEPS[Qt.Key(event.key())])
            else:
                panel = self._hands.set_value(selection)
                if panel is not None:
                    panel.type_over(event.text())
            return True
        if (event.key() in ENTER or event.key() == Qt.Key.Key_F2) and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return self._open(selection)
        return False

    def _open(self, selection: Selection) -> bool:
        """Open what can be typed of the selection; tell whether there is something."""
        if selection.kind == "layer":
            self._hands.rename(selection.layer)
        elif any(part.kind in ("neuron", "edge") for part in selection.each):
            self._hands.set_value(selection)
        else:
            return False
        return True

    def _step(self, selection: Selection, steps: int) -> None:
        """Step a value as fields do. In a run of steps each goes on from the one before: frames come later than keys."""
        quick = self._since.isValid() and not self._since.hasExpired(SETTLING)
        if self._run is None or self._run.selection != selection:
            self._run = Run(selection, math.nan, f"value stepped {next(_RUNS)}")
        value = self._run.value if quick and math.isfinite(self._run.value) else value_of(self._editor.document.frame, selection)
        value = stepped(value, steps, VALUE) if math.isfinite(value) else 0.0
        self._since.start()
        self._run = Run(selection, value, self._run.key)
        self._editor.do(parts.set_value(self._editor.document.spec, selection, value, self._run.key))
