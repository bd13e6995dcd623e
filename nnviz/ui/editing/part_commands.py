"""The commands that change neurons and edges: each asks for an edit of what is selected on the canvas."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from nnviz.ui.editing import parts
from nnviz.ui.editing.conditions import conditions
from nnviz.ui.editing.editor import NetworkEditor
from nnviz.ui.part_names import INPUT
from nnviz.ui.selection import Selection, several


class PartCommands(QObject):
    """What can be done with the selected neurons and edges."""

    def __init__(self, editor: NetworkEditor) -> None:
        super().__init__(editor)
        self._editor = editor

    def _state(self) -> dict[str, bool]:
        return conditions(self._editor.spec.network, self._editor.selection)

    @Slot()
    def delete(self) -> None:
        """Delete what is selected: layers and neurons go, edges are pruned."""
        self._editor.do(parts.delete(self._editor.spec, self._editor.selection))

    @Slot()
    def add_neuron(self) -> None:
        """Add a neuron behind the selected one, or at the end of the selected layer."""
        chosen = self._editor.selection.each[-1] if self._editor.selection.each else self._editor.selection
        after = chosen.neuron if chosen.kind == "neuron" else None
        self._editor.do(parts.add_neuron(self._editor.spec, chosen.layer, after))

    @Slot()
    def lesion(self) -> None:
        """Silence the selected neurons, or heal them."""
        self._editor.do(parts.lesion(self._editor.spec, self._editor.selection, on=not self._state()["lesioned"]))

    @Slot()
    def prune(self) -> None:
        """Cut the selected edges, or restore them."""
        self._editor.do(parts.prune(self._editor.spec, self._editor.selection, on=not self._state()["pruned"]))

    @Slot()
    def set_value(self) -> None:
        """Let the weight or bias be set beside it."""
        self._editor.value_asked.emit(self._editor.selection)

    @Slot()
    def reinitialise(self) -> None:
        """Draw the selected weights anew, other ones each time."""
        document = self._editor.document
        step = document.frame.step if document.frame is not None else 0
        seed = (self._editor.spec.training.seed, step, document.undo_stack.index())
        self._editor.do(parts.reinitialise(self._editor.spec, self._editor.selection, seed))

    @Slot()
    def select_all(self) -> None:
        """Select the neurons of the layer that is selected, or all layers."""
        network, chosen = self._editor.spec.network, self._editor.selection
        if chosen.layer and chosen.layer != INPUT and chosen.kind in ("layer", "neuron"):
            rows = network.rows(network.index(chosen.layer))
            self._editor.selected.emit(several(Selection("neuron", chosen.layer, name) for name in rows))
        else:
            self._editor.selected.emit(several(Selection("layer", layer.id) for layer in network.layers))
