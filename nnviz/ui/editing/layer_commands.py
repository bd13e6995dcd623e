"""The commands that change layers: each asks for an edit of those that are selected on the canvas."""

from __future__ import annotations

from PySide6.QtCore import QObject, SignalInstance, Slot
from PySide6.QtGui import QGuiApplication

from nnviz.engine.network_spec import Weighted
from nnviz.ui.editing import layers
from nnviz.ui.editing.adding import place
from nnviz.ui.editing.editor import NetworkEditor
from nnviz.ui.editing.proposal import tr


class LayerCommands(QObject):
    """What can be done with the selected layers, or those that the selected neurons and edges belong to."""

    def __init__(self, editor: NetworkEditor) -> None:
        super().__init__(editor)
        self._editor = editor

    def _layers(self) -> list[str]:
        """Return the ids of the layers that are selected, or belong to what is."""
        known = {layer.id for layer in self._editor.spec.network.layers}
        return [name for name in dict.fromkeys(part.layer for part in self._editor.selection.each) if name in known]

    @Slot()
    def duplicate(self) -> None:
        """Put a copy of each selected layer behind it."""
        self._editor.do(layers.duplicate(self._editor.spec, self._layers()))

    @Slot()
    def copy(self) -> None:
        """Put the selected layers on the clipboard, as text."""
        chosen = self._layers()
        if chosen:
            QGuiApplication.clipboard().setText(layers.copied(self._editor.spec, chosen))
        else:
            self._editor.refused.emit(tr("Select a layer first; the input is made in the data panel."))

    @Slot()
    def cut(self) -> None:
        """Take the selected layers away and put them on the clipboard."""
        proposal = layers.remove(self._editor.spec, self._layers())
        if not self._editor.reason(proposal):
            self.copy()
        self._editor.do(proposal)

    @Slot()
    def paste(self) -> None:
        """Put the layers of the clipboard behind the selected one, before the output where none is selected."""
        index = place(self._editor.spec.network, self._editor.selection) + 1
        self._editor.do(layers.paste(self._editor.spec, index, QGuiApplication.clipboard().text()))

    @Slot()
    def rename(self) -> None:
        """Let the selected layer's name be typed in its place."""
        self._ask(self._editor.rename_asked)

    @Slot()
    def count_units(self) -> None:
        """Let the number of units be typed in its place."""
        self._ask(self._editor.units_asked)

    def _ask(self, asked: SignalInstance) -> None:
        chosen = self._layers()
        if len(chosen) == 1:
            asked.emit(chosen[0])
        else:
            self._editor.refused.emit(tr("Select one layer first."))

    @Slot()
    def move_before(self) -> None:
        """Move the selected layer one place towards the input."""
        self._move(-1)

    @Slot()
    def move_after(self) -> None:
        """Move the selected layer one place towards the output."""
        self._move(1)

    def _move(self, by: int) -> None:
        chosen = self._layers()
        if len(chosen) == 1:
            index = self._editor.spec.network.index(chosen[0]) + by
            self._editor.do(layers.move(self._editor.spec, chosen[0], index))
        else:
            self._editor.refused.emit(tr("Select one layer first."))

    @Slot()
    def more_units(self) -> None:
        """Give the selected layer one unit more."""
        self._change_units(1)

    @Slot()
    def fewer_units(self) -> None:
        """Give the selected layer one unit less."""
        self._change_units(-1)

    def _change_units(self, by: int) -> None:
        chosen = self._layers()
        layer = self._editor.spec.network.layer(chosen[0]) if len(chosen) == 1 else None
        if layer is None:
            self._editor.refused.emit(tr("Select one layer first."))
        else:
            units = layer.units + by if isinstance(layer, Weighted) else 0
            self._editor.do(layers.set_units(self._editor.spec, layer.id, units))

    @Slot()
    def freeze(self) -> None:
        """Let the selected layers learn no more, or again."""
        chosen = self._layers()
        frozen = all(self._editor.spec.network.layer(layer_id).frozen for layer_id in chosen)
        self._editor.do(layers.set_frozen(self._editor.spec, chosen, not frozen))

    @Slot()
    def fold(self) -> None:
        """Show all neurons of the selected layers that are folded, fold the others."""
        for layer_id in self._layers():
            self._editor.fold_asked.emit(layer_id)
